"""How the time of a planned day is shared out: by hour, by programme, by category of the as-run log. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from lppl.programme import Category, Programme
from lppl.quanta import Quanta, at_or_after, starting
from lppl.rundown import Line
from scheduler.airings import OFF_AIR, STAND_INS, planned_piece
from scheduler.as_run import category_of, percentages


@dataclass(frozen=True, slots=True)
class Hour:
    """One clock hour from `start` on: the time of each category that airs in it, in quanta."""

    start: Quanta
    lengths: Mapping[Category, int]
    filler: int
    """How much of it is filler, ident or slate."""


@dataclass(frozen=True, slots=True)
class Part:
    """A programme's or category's part of the day: quanta, and percent of what airs (one decimal place).

    `name` is a programme's title, or a category's word (:class:`lppl.programme.Category`).
    """

    name: str
    length: int
    percent: Decimal


@dataclass(frozen=True, slots=True)
class DayTotals:
    """The time of a day in quanta; programmes the longest first, all five categories in their order."""

    hours: tuple[Hour, ...]
    programmes: tuple[Part, ...]
    categories: tuple[Part, ...]
    filler: int


AN_HOUR = 11_250
"""Quanta."""


def totals(lines: Iterable[Line], programmes: Mapping[str, Programme], start: Quanta, end: Quanta) -> DayTotals:
    """Return how [start, end), a local day, is shared out among `lines`; what is off the air counts nowhere."""
    edges = _hours(start, end)
    hours: list[dict[Category, int]] = [{} for _ in edges[1:]]
    filled = [0 for _ in edges[1:]]
    by_programme: dict[str, int] = {}
    n = 0
    for line in lines:
        if line.kind in OFF_AIR:
            continue
        category = category_of(planned_piece(line), programmes)
        first, last = max(line.start, start), min(line.end, end)
        if first < last:
            by_programme[line.programme] = by_programme.get(line.programme, 0) + last - first
        while first < last:
            while edges[n + 1] <= first:
                n += 1
            until = min(last, edges[n + 1])
            hours[n][category] = hours[n].get(category, 0) + until - first
            filled[n] += (until - first) if line.kind in STAND_INS else 0
            first = until
    by_category = {c: sum(h.get(c, 0) for h in hours) for c in Category}
    return DayTotals(
        tuple(Hour(q, h, f) for q, h, f in zip(edges, hours, filled, strict=False) if h),
        _parts({name: by_programme[name] for name in sorted(by_programme, key=lambda x: (-by_programme[x], x))}),
        _parts({c.value: n for c, n in by_category.items()}),
        sum(filled),
    )


def _parts(lengths: Mapping[str, int]) -> tuple[Part, ...]:
    percent = percentages(lengths)
    return tuple(Part(name, n, percent[name]) for name, n in lengths.items())


def _hours(start: Quanta, end: Quanta) -> list[Quanta]:
    """Return the hours of [start, end) from `start`, a local midnight, on: each by its first quantum; then `end`."""
    midnight = starting(start).replace(microsecond=0)
    longest = (end - start) // AN_HOUR + 2
    inner = (at_or_after(midnight + timedelta(hours=n)) for n in range(1, longest))
    return [start, *(q for q in inner if q < end), end]
