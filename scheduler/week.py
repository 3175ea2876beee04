"""A week of a plan as staff look at it: which entry has which hours, and which lose theirs to whom. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from lppl.media import Shelf
from lppl.quanta import Quanta, at_or_after
from scheduler.agenda import Agenda, Slot, day_bounds, instant
from scheduler.fill import Catalogue
from scheduler.plan import Plan, Strip


@dataclass(frozen=True, slots=True)
class Held:
    """[start, end) of a local `day`, in air time, that `strip` has; `goes_on`: it began before `start`.

    `occurrence`: the day of the strip that it belongs to, the day before where it passes midnight.
    """

    day: date
    start: Quanta
    end: Quanta
    strip: Strip
    occurrence: date
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """[start, end) that `strip` was laid out for and `winner` has."""

    day: date
    start: Quanta
    end: Quanta
    strip: Strip
    winner: Strip


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from `first` on."""

    first: date
    held: tuple[Held, ...]
    lost: tuple[Lost, ...]


def week_of(plan: Plan, zone: ZoneInfo, first: date) -> Week:
    """Return the seven days from `first` on, each entry cut at midnight."""
    days = [first + timedelta(days=n) for n in range(7)]
    start, end = day_bounds(days[0], zone)[0], day_bounds(days[-1], zone)[1]
    slots = [s for s in Agenda(plan, zone, start, end, Catalogue(Shelf())).slots if s.end > s.start]
    held = [
        Held(
            day, max(s.start, midnight), min(s.end, next_one), s.strip, date.fromisoformat(s.key.rpartition("@")[2]),
            s.start < midnight or s.start > s.opens,
        )
        for day in days
        for midnight, next_one in (day_bounds(day, zone),)
        for s in slots
        if s.start < next_one and s.end > midnight
    ]  # fmt: skip
    return Week(first, tuple(held), tuple(_lost(plan.strips, slots, days, zone)))


def _lost(strips: Sequence[Strip], slots: Sequence[Slot], days: Sequence[date], zone: ZoneInfo) -> list[Lost]:
    found = []
    starts = [slot.start for slot in slots]  # in order, and no two overlap
    for strip in strips:
        for day in strip.on.between(days[0], days[-1]):
            first = at_or_after(instant(day, strip.start_s, zone))
            last = at_or_after(instant(day, strip.until_s, zone))
            for other in slots[max(0, bisect_right(starts, first) - 1) : bisect_left(starts, last)]:
                start, end = max(first, other.start), min(last, other.end)
                if other.strip is not strip and start < end:
                    found.append(Lost(day, start, end, strip, other.strip))
    return sorted(found, key=lambda lost: (lost.start, lost.strip.key))
