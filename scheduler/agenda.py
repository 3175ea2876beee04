"""When a plan's strips and fixed lines occur: local clock times of the station's zone as air times in quanta.

Computed here, in UTC, by `zoneinfo`, never by cron, so that a clock change neither doubles nor loses a
start: a time that the change leaps over means the first instant after it, a time that comes twice means
the first. Both keep the order of the day, so strips that do not overlap on paper never overlap on air; where strips
do overlap, the one of higher rank airs (a special over the ordinary week), then the one named first.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lppl.media import Material
from lppl.quanta import Quanta, at_or_after, starting
from scheduler.plan import ORDINARY, Fixed, Plan, Start, Stock, Strip

BEFORE = timedelta(days=2)
"""How far before the span occurrences still reach into it: the longest strip, a day, and a clock change."""
LOOKED_BACK = 6
"""Airings of fixed events that may reach into an instant: more do not overlap."""
AHEAD = timedelta(days=8)
"""How far after a build: the next start of a weekly grid, so that a plan does not depend on its end."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One occurrence of a strip, [start, end); empty where a clock change leaps over the whole of it.

    Where something of higher rank lies in the middle, both rests are slots of the one occurrence, which began at
    `opens`.
    """

    start: Quanta
    end: Quanta
    strip: Strip
    key: str
    opens: Quanta
    named: int = 0
    """The place of its strip in the plan."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two strips of one rank that want the same time from `at` on; `winner` airs."""

    at: Quanta
    winner: Strip
    loser: Strip


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


def day_bounds(day: date, zone: ZoneInfo) -> tuple[Quanta, Quanta]:
    """Return the air time of a local date as [start, end)."""
    return at_or_after(instant(day, 0, zone)), at_or_after(instant(day + timedelta(days=1), 0, zone))


class Agenda:
    """All starts of a plan around [start, end), and what comes next."""

    def __init__(self, plan: Plan, zone: ZoneInfo, start: Quanta, end: Quanta, stock: Stock) -> None:
        first = (starting(start) - BEFORE).astimezone(zone).date()
        last = (starting(end) + AHEAD).astimezone(zone).date()
        self.clashes: list[Clash] = []
        self.slots = _resolved(_slots(plan.strips, zone, first, last), self.clashes)
        found = [(e, stock.of_fixed(e)) for e in _events(plan, first, last, stock)]
        settled = [(_settled(e, m), m) for e, m in found if m is not None]
        self._guarded, there = _giving_way((e, m) for e, m in settled if e.key not in plan.skips)
        self.airing = tuple(sorted(there, key=lambda pair: (pair[0].start, pair[0].priority)))
        """Fixed lines that have their material, with it."""
        self.events = tuple(e for e, _ in self.airing)
        self.missing = tuple(e for e, m in found if m is None)
        """Fixed lines whose material is not on the shelf: nothing is cut for them."""
        self._missing_starts = [e.start for e in self.missing]
        self._slot_starts = [slot.start for slot in self.slots]
        self._index()
        # filler gives way to the end of a stretch, as to any start
        self._sorted_starts = sorted({*self.starts, *(s.end for s in plan.stretches)})

    def _index(self) -> None:
        hard: dict[Quanta, list[Fixed | Strip]] = defaultdict(list)
        starts: set[Quanta] = set()
        for event in self.events:
            starts.add(event.start)
            if event.hard:
                hard[event.start].append(event)
        self.hard_slots: set[Quanta] = set()
        for slot in self.slots:
            if slot.end > slot.start:
                starts.add(slot.start)
                exact = slot.strip.begins is Start.HARD and slot.start == slot.opens
                if exact and not self._guarded.holds(slot.start, ORDINARY):
                    hard[slot.start].append(slot.strip)
                    self.hard_slots.add(slot.start)
        self.hard = hard
        """The hard entries of each hard start, in the order in which they air."""
        self.starts = starts
        self._sorted_hard = sorted(hard)

    def slot_number(self, q: Quanta) -> int:
        """Return the index of the last slot that started at or before `q`, -1 before the first."""
        return bisect_right(self._slot_starts, q) - 1

    def missing_in(self, start: Quanta, end: Quanta) -> tuple[Fixed, ...]:
        """Return the fixed lines without material in [start, end)."""
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


def _slots(strips: Iterable[Strip], zone: ZoneInfo, first: date, last: date) -> Iterator[Slot]:
    for named, strip in enumerate(strips):
        for day in strip.on.between(first, last):
            start = at_or_after(instant(day, strip.start_s, zone))
            end = at_or_after(instant(day, strip.until_s, zone))
            yield Slot(start, end, strip, f"{strip.key}@{day}", start, named)


def _resolved(slots: Iterable[Slot], clashes: list[Clash]) -> tuple[Slot, ...]:
    """Return slots that do not overlap, in order: a higher rank, then who is named first, takes the time."""
    ordered = sorted(slots, key=lambda s: (s.start, s.end))
    reached = Quanta(-1)
    for slot in ordered:
        if slot.start < reached and slot.end > slot.start:
            break
        reached = Quanta(max(reached, slot.end))
    else:
        return tuple(ordered)
    taken: list[Slot] = []
    starts: list[Quanta] = []
    for slot in sorted(ordered, key=lambda s: (-s.strip.rank, s.named)):
        for part in _rest_of(slot, taken, starts, clashes):
            i = bisect_left(starts, part.start)
            taken.insert(i, part)
            starts.insert(i, part.start)
    return tuple(taken)


def _rest_of(slot: Slot, taken: Sequence[Slot], starts: list[Quanta], clashes: list[Clash]) -> Iterator[Slot]:
    """Yield what is left of `slot` beside those that have their time already."""
    at = slot.start
    i = max(0, bisect_right(starts, at) - 1)
    if slot.end <= slot.start:
        yield slot
        return
    for other in taken[i:]:
        if other.start >= slot.end:
            break
        if other.end <= at or other.end == other.start:
            continue
        if other.strip.rank == slot.strip.rank:
            clashes.append(Clash(Quanta(max(at, other.start)), other.strip, slot.strip))
        if other.start > at:
            yield replace(slot, start=at, end=other.start)
        at = Quanta(max(at, other.end))
    if at < slot.end:
        yield replace(slot, start=at)


class _Guarded:
    """The airings of fixed hard events, which nothing of less weight cuts: (start, end, priority) by start."""

    def __init__(self) -> None:
        self._spans: list[tuple[Quanta, Quanta, int]] = []

    def add(self, start: Quanta, end: Quanta, priority: int) -> None:
        insort(self._spans, (start, end, priority))

    def holds(self, q: Quanta, priority: int) -> bool:
        """Tell whether something of more weight, begun before `q`, airs then."""
        return any(p < priority and start < q < end for start, end, p in self._before(q))

    def holds_or_begins(self, q: Quanta, priority: int) -> bool:
        """Tell whether something of more weight airs at `q`, or begins there."""
        return any(p < priority and start <= q < end for start, end, p in self._before(Quanta(q + 1)))

    def _before(self, q: Quanta) -> Sequence[tuple[Quanta, Quanta, int]]:
        i = bisect_left(self._spans, (q,))
        return self._spans[max(0, i - LOOKED_BACK) : i]


def _giving_way(found: Iterable[tuple[Fixed, Material]]) -> tuple[_Guarded, list[tuple[Fixed, Material]]]:
    """Let hard events of less weight wait for those that they would cut; what is of no use late is left out."""
    guarded = _Guarded()
    kept: list[tuple[Fixed, Material]] = []
    for event, material in sorted(found, key=lambda pair: (pair[0].priority, pair[0].start)):
        if not event.late_ok and guarded.holds_or_begins(event.start, event.priority):
            continue
        waits = event.hard and not event.ordered and guarded.holds(event.start, event.priority)
        if event.hard and not waits and not event.ordered:
            length = event.length or material.cue_out - material.cue_in
            guarded.add(event.start, Quanta(event.start + length), event.priority)
        kept.append((replace(event, hard=False) if waits else event, material))
    return guarded, kept


def _settled(event: Fixed, material: Material) -> Fixed:
    """Return a fixed line that ends at its time with the start that follows."""
    if not event.ends:
        return event
    return replace(event, start=Quanta(event.start - (material.cue_out - material.cue_in)), ends=False)


def _events(plan: Plan, first: date, last: date, stock: Stock) -> list[Fixed]:
    """Return the fixed lines of some dates in the order in which they are due, without what a person left out."""
    found: dict[tuple[str, Quanta], Fixed] = {}  # two clock times that a change leaps over are one start
    for day in (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)):
        for daily in plan.daily:
            for event in daily(day, stock):
                found.setdefault((event.series, event.start), event)
    for event in plan.fixed:
        found[event.series, event.start] = event
    kept = [e for e in found.values() if e.key not in plan.skips]
    return sorted(kept, key=lambda e: (e.start, e.priority))
