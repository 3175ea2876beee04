"""On which days something of the weekly grid occurs: weekly, every n weeks, first Friday, a range, once, exceptions.

Local days only: clock times are turned into UTC by `scheduler.agenda.instant`. Pure; it knows no clock, and asks its
caller whether a day lies in Ramadan.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from lppl.programme import Document
from scheduler import day_rule

SHORT_DAYS = 62
"""A range of at most so many days is a special broadcast: it goes before the ordinary grid."""


class Season(StrEnum):
    """In which part of the Islamic year something occurs."""

    ALWAYS = "selalu"
    RAMADAN = "ramadan"
    OUTSIDE_RAMADAN = "luar-ramadan"

    def holds(self, day: date, in_ramadan: Callable[[date], bool]) -> bool:
        """Return whether `day` belongs to the season."""
        return self is Season.ALWAYS or in_ramadan(day) == (self is Season.RAMADAN)


Day = Annotated[date, Field(ge=day_rule.FIRST_DAY, le=day_rule.LAST_DAY)]


class Recurrence(Document):
    """The local days of an entry: what `rule` names from `first` to `last` in `season`, less `excluded`, and `added`.

    `rule` is an RFC 5545 RRULE of whole days counted from `first`, which need not meet it itself; empty means once, on
    `first`. `added` days stand outside range and season too; `excluded` wins over both. Raises ValueError (Indonesian /
    English) for a rule that cannot be read or that no day meets.
    """

    first: Day
    last: Day | None = None
    rule: Annotated[str, StringConstraints(max_length=400), AfterValidator(day_rule.normal)] = ""
    excluded: tuple[Day, ...] = ()
    added: tuple[Day, ...] = ()
    season: Season = Season.ALWAYS

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.last is not None and self.last < self.first:
            raise ValueError(
                f"hari terakhir {self.last} lebih awal dari hari pertama {self.first} / "
                f"the last day {self.last} is before the first {self.first}"
            )
        if self.rule:
            day_rule.check_occurs(day_rule.read(self.rule), self.first)
        return self


def dates(recurrence: Recurrence, first: date, last: date, in_ramadan: Callable[[date], bool]) -> tuple[date, ...]:
    """Return the local days within [first, last] on which `recurrence` occurs, sorted, each once."""
    found = {d for d in _ruled(recurrence, first, last) if recurrence.season.holds(d, in_ramadan)}
    found.update(d for d in recurrence.added if first <= d <= last)
    return tuple(sorted(found.difference(recurrence.excluded)))


def _ruled(recurrence: Recurrence, first: date, last: date) -> list[date]:
    """Return the days of the rule alone within [first, last], in order."""
    first = max(first, recurrence.first)
    last = last if recurrence.last is None else min(last, recurrence.last)
    if last < first:
        return []
    if not recurrence.rule:
        return [recurrence.first] if first == recurrence.first else []
    rule = day_rule.read(recurrence.rule)
    found: list[date] = []
    for year in range(first.year, last.year + 1):
        days = day_rule.in_year(rule, recurrence.first, year)
        found += days[bisect_left(days, first) : bisect_right(days, last)]
    return found


def is_endless(recurrence: Recurrence) -> bool:
    """Return whether the days never end: a rule without COUNT and UNTIL, and no `last`."""
    return bool(recurrence.rule) and recurrence.last is None and not day_rule.read(recurrence.rule).ends


def rank(recurrence: Recurrence) -> int:
    """Return who wins a clash, the higher: 2 once, 1 a range of at most 62 days or a season, 0 the ordinary grid."""
    if not recurrence.rule:
        return 2
    end = _end(recurrence)
    short = end is not None and (end - recurrence.first).days < SHORT_DAYS
    return 1 if short or recurrence.season is not Season.ALWAYS else 0


def _end(recurrence: Recurrence) -> date | None:
    """Return the last day on which the rule may occur; None if it is far off or there is none."""
    rule = day_rule.read(recurrence.rule)
    ends = [d for d in (recurrence.last, rule.until) if d is not None]
    if rule.count is not None and rule.count <= SHORT_DAYS:
        counted = list(islice(day_rule.days_of(rule, recurrence.first, day_rule.LAST_DAY), rule.count))
        ends += counted[-1:]
    return min(ends, default=None)
