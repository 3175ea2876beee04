"""When the entries of a schedule occur: local clock times of the station's zone as air times in quanta.

Computed here, in UTC, by `zoneinfo`, never by cron, so that a clock change neither doubles nor loses a
start: a time that the change leaps over means the first instant after it, a time that comes twice means
the first. Both keep the order of the day, so blocks that do not overlap on paper never overlap on air.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lppl.quanta import Quanta, at_or_after, starting
from scheduler.schedule import At, Block, Schedule

BEFORE = timedelta(days=2)
"""How far before the span occurrences still reach into it: the longest block, a day, and a clock change."""
AHEAD = timedelta(days=8)
"""How far after a build: the next start of a weekly schedule, so that a plan does not depend on its end."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One occurrence of a block, [start, end); empty where a clock change leaps over the whole of it."""

    start: Quanta
    end: Quanta
    block: Block


@dataclass(frozen=True, slots=True)
class Event:
    """One occurrence of an `at` entry; `number` is the entry's place in the file."""

    start: Quanta
    number: int
    at: At
    path: str


def instant(day: date, second: int, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of a local clock time, `second` seconds (0 to 172800) after midnight of `day`.

    Raises OverflowError past the year 9999.
    """
    naive = datetime.combine(day, time()) + timedelta(seconds=second)
    local = naive.replace(tzinfo=zone)
    first, second_time = _offset(local), _offset(local.replace(fold=1))
    if second_time > first:  # the clock leaps over this time
        return _change(naive - second_time, naive - first, zone)
    return (naive - first).replace(tzinfo=UTC)


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or timedelta()


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first UTC instant in (before, after], both naive UTC, that has the offset of `after`."""
    low, high = before.replace(tzinfo=UTC), after.replace(tzinfo=UTC)
    new = _offset(high.astimezone(zone))
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // timedelta(seconds=2) * timedelta(seconds=1)
        if _offset(middle.astimezone(zone)) == new:
            high = middle
        else:
            low = middle
    return high


def local_date(q: Quanta, zone: ZoneInfo) -> date:
    """Return the station's date at air time `q`."""
    return starting(q).astimezone(zone).date()


def local_clock(q: Quanta, zone: ZoneInfo) -> str:
    """Write air time `q` as staff do: ``06.00``, or ``06.00.30`` within a minute."""
    local = starting(q).astimezone(zone)
    return local.strftime("%H.%M.%S" if local.second else "%H.%M")


class Agenda:
    """All starts of a schedule around [start, end), and what comes next."""

    def __init__(
        self, schedule: Schedule, zone: ZoneInfo, start: Quanta, end: Quanta, on_shelf: Callable[[str], bool]
    ) -> None:
        first = (starting(start) - BEFORE).astimezone(zone).date()
        last = (starting(end) + AHEAD).astimezone(zone).date()
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self.slots = tuple(sorted(_slots(schedule, zone, days), key=lambda s: (s.start, s.end)))
        events = sorted(_events(schedule, zone, days), key=lambda e: (e.start, e.number))
        self.events = tuple(e for e in events if on_shelf(e.path))
        self.missing = tuple(e for e in events if not on_shelf(e.path))
        """Events whose item is not on the shelf: nothing is cut for them."""
        self._missing_starts = [e.start for e in self.missing]
        self._slot_starts = [slot.start for slot in self.slots]
        self._index()

    def _index(self) -> None:
        hard: dict[Quanta, list[At | Block]] = defaultdict(list)
        starts: set[Quanta] = set()
        for event in self.events:
            starts.add(event.start)
            if event.at.hard:
                hard[event.start].append(event.at)
        for slot in self.slots:
            if slot.end > slot.start:
                starts.add(slot.start)
                if slot.block.hard:
                    hard[slot.start].append(slot.block)
        self.hard = hard
        """The hard entries of each hard start, in the order in which they air."""
        self.starts = starts
        self.hard_slots = {s.start for s in self.slots if s.block.hard and s.end > s.start}
        self._sorted_starts = sorted(starts)
        self._sorted_hard = sorted(hard)

    def slot_number(self, q: Quanta) -> int:
        """Return the index of the last slot that started at or before `q`, -1 before the first."""
        return bisect_right(self._slot_starts, q) - 1

    def missing_in(self, start: Quanta, end: Quanta) -> tuple[Event, ...]:
        """Return the events without an item in [start, end)."""
        starts = self._missing_starts
        return self.missing[bisect_left(starts, start) : bisect_left(starts, end)]

    def next_hard(self, q: Quanta) -> Quanta | None:
        """Return the first hard start after `q`."""
        return _after(self._sorted_hard, q)

    def next_start(self, q: Quanta) -> Quanta | None:
        """Return the first start of any kind after `q`."""
        return _after(self._sorted_starts, q)


def _after(values: list[Quanta], q: Quanta) -> Quanta | None:
    i = bisect_right(values, q)
    return values[i] if i < len(values) else None


def _slots(schedule: Schedule, zone: ZoneInfo, days: list[date]) -> Iterator[Slot]:
    for block in schedule.block:
        for day in days:
            if day.weekday() in block.days:
                start = at_or_after(instant(day, block.start, zone))
                yield Slot(start, at_or_after(instant(day, block.until, zone)), block)


def _events(schedule: Schedule, zone: ZoneInfo, days: list[date]) -> Iterator[Event]:
    for number, at in enumerate(schedule.at):
        seen: set[Quanta] = set()  # two clock times that a change leaps over are one start
        for day in days:
            if day.weekday() not in at.days:
                continue
            for second in at.seconds:
                start = at_or_after(instant(day, second, zone))
                if start not in seen:
                    seen.add(start)
                    hour = starting(start).astimezone(zone).hour
                    yield Event(start, number, at, at.item.replace("{hh}", f"{hour:02}"))
