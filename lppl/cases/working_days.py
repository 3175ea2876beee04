"""Working days: Monday to Friday, less national holidays, joint leave (cuti bersama) and what the station sets itself.

Holidays of any year come from the package ``holidays``; those that hang on the moon are estimates until the joint
decree of three ministers, and the desk mends them by a table of :class:`Leave`. Nothing here reads a clock.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

_FRIDAY = 4
LAST_MOMENT = time(23, 59, 59, 999_999, fold=1)
"""The end of a day. This still belongs to the day, so that a deadline shown as a date shows the right one."""


@dataclass(frozen=True, slots=True)
class Leave:
    """A row of the station's own table: `free` makes a day off; else a holiday of that day does not count as one.

    A Saturday or Sunday stays free either way. `name` is shown in both languages.
    """

    day: date
    name: str
    free: bool = True


@dataclass(frozen=True, slots=True)
class Name:
    """What a free day is called."""

    indonesian: str
    english: str


class Calendar:
    """Which days count. Immutable to its users; each year is worked out when it is first asked for."""

    def __init__(self, leaves: Iterable[Leave] = ()) -> None:
        self._own: dict[int, dict[date, Leave]] = {}
        for leave in leaves:  # of two rows for a day the later one holds
            self._own.setdefault(leave.day.year, {})[leave.day] = leave
        self._free: dict[int, Mapping[date, Name]] = {}
        self._working: dict[int, tuple[date, ...]] = {}

    def holidays(self, year: int) -> Mapping[date, Name]:
        """Return the free days of a year that have a name, in their order; some fall on a weekend."""
        if year not in self._free:
            days = dict(_national(year))
            for leave in self._own.get(year, {}).values():
                if leave.free:
                    days[leave.day] = Name(leave.name, leave.name)
                else:
                    days.pop(leave.day, None)
            self._free[year] = dict(sorted(days.items()))
        return self._free[year]

    def named(self, day: date) -> Name | None:
        """Return the name of a free day; None for other days and plain weekends."""
        return self.holidays(day.year).get(day)

    def is_working(self, day: date) -> bool:
        """Tell whether a day counts."""
        return day.weekday() <= _FRIDAY and day not in self.holidays(day.year)

    def add(self, day: date, days: int) -> date:
        """Return the `days`-th working day after `day`, which itself is never counted. Raises ValueError below 1."""
        if days < 1:
            raise ValueError(f"sedikitnya satu hari kerja, bukan {days} / at least one working day, not {days}")
        year = day.year
        at = bisect_right(self._days(year), day) + days - 1
        while at >= len(self._days(year)):
            at -= len(self._days(year))
            year += 1
        return self._days(year)[at]

    def working_between(self, first: date, last: date) -> int:
        """Return how many working days lie after `first`, up to and with `last`; 0 when `last` is not later."""
        if last <= first:
            return 0
        if first.year == last.year:
            return bisect_right(self._days(last.year), last) - bisect_right(self._days(first.year), first)
        between = sum(len(self._days(year)) for year in range(first.year + 1, last.year))
        rest = len(self._days(first.year)) - bisect_right(self._days(first.year), first)
        return rest + between + bisect_right(self._days(last.year), last)

    def free_between(self, first: date, last: date) -> tuple[tuple[date, Name], ...]:
        """Return the named free days after `first`, up to and with `last`, that no weekend had made free anyway."""
        return tuple(
            (day, name)
            for year in range(first.year, last.year + 1)
            for day, name in self.holidays(year).items()
            if first < day <= last and day.weekday() <= _FRIDAY
        )

    def deadline(self, start: datetime, days: int, zone: ZoneInfo) -> datetime:
        """Return the last microsecond, in UTC, of the `days`-th working day after the day of `start` in `zone`.

        What happens at that moment is still in time. `start` is aware. Raises ValueError for fewer days than 1.
        """
        return end_of(self.add(start.astimezone(zone).date(), days), zone)

    def _days(self, year: int) -> tuple[date, ...]:
        """Return the working days of a year."""
        if year not in self._working:
            free = self.holidays(year)
            first = date(year, 1, 1).toordinal()
            all_days = (date.fromordinal(n) for n in range(first, date(year, 12, 31).toordinal() + 1))
            self._working[year] = tuple(d for d in all_days if d.weekday() <= _FRIDAY and d not in free)
        return self._working[year]


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the last microsecond of a day in `zone`, as UTC."""
    return datetime.combine(day, LAST_MOMENT, zone).astimezone(UTC)


@lru_cache(maxsize=64)
def _national(year: int) -> Mapping[date, Name]:
    """Return what the nation has free in a year, joint leave too."""
    # the language is named because the package else follows the machine's
    spoken = [
        holidays.country_holidays("ID", years=year, categories=("public", "government"), language=language)
        for language in ("id", "en_US")
    ]
    return {day: Name(name, spoken[1].get(day, name)) for day, name in sorted(spoken[0].items())}
