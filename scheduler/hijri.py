"""Hijri dates: the government's month starts where staff have entered them, calculated ones elsewhere.

A month begins when the government says so (sidang isbat), which differs from every calculated calendar by a day in
some months. So a table of month starts decides, and `hijridate` (Umm al-Qura) fills what it does not hold, marked as
calculated. Pure. A date here is a day of daylight: its night, by Islamic reckoning, is the evening before.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Annotated, Self

from hijridate import Hijri
from pydantic import Field, StringConstraints, model_validator

from lppl.programme import Document, Word

MONTHS = (
    "Muharam",
    "Safar",
    "Rabiulawal",
    "Rabiulakhir",
    "Jumadilawal",
    "Jumadilakhir",
    "Rajab",
    "Syakban",
    "Ramadan",
    "Syawal",
    "Zulkaidah",
    "Zulhijah",
)
RAMADAN = 9
SHORTEST, LONGEST = 29, 30
"""Days of a month."""
LARGEST_DIFFERENCE = 2
"""Days by which an entry may differ from the calculated start; more is a slip of the pen."""
ISBAT = "Sidang isbat Kementerian Agama"

_FIRST, _LAST = 1365 * 12, 1500 * 12 + 11
"""The months taken from `hijridate`, as counted by :func:`_number`: December 1945 to November 2077. It knows some
twenty years before too, but with months of 28 and 31 days."""
_CYCLE_DAYS, _CYCLE_MONTHS = 10_631, 360
"""The arithmetical calendar, for all other months, repeats after 30 years."""
_EPOCH = 227_015
"""``date.toordinal()`` of 1 Muharam 1 in the arithmetical calendar (16 July 622, Julian)."""


class MonthStart(Document):
    """When a month began by decision: its first day, who says so, and who entered it."""

    first: date
    source: Word = ISBAT
    by: Word = ""


_Key = Annotated[str, StringConstraints(pattern=r"^1[3-5]\d\d-(0[1-9]|1[0-2])$")]


class HijriTable(Document):
    """The official month starts by Hijri month, ``1447-09``; what lies between is calculated to fit.

    Raises ValueError (Indonesian / English) with every entry that leaves a month fewer than 29 or more than 30 days,
    or that is more than two days off the calculated start.
    """

    starts: Annotated[Mapping[_Key, MonthStart], Field(max_length=2000)] = {
        "1447-09": MonthStart(first=date(2026, 2, 19)),
        "1447-10": MonthStart(first=date(2026, 3, 21)),
    }

    @model_validator(mode="after")
    def _check(self) -> Self:
        wrong = [*_far_off(self.fixed), *_impossible(self.fixed)]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    @cached_property
    def fixed(self) -> tuple[tuple[int, int], ...]:
        """The entries as (number of the month, ordinal of its first day), in order."""
        return tuple(
            sorted((_number(*map(int, key.split("-"))), start.first.toordinal()) for key, start in self.starts.items())
        )


@dataclass(frozen=True, slots=True)
class HijriDate:
    """A day of the Hijri calendar. `official`: by entries of the table; otherwise calculated."""

    year: int
    month: int
    day: int
    official: bool

    def __str__(self) -> str:
        return f"{self.day} {MONTHS[self.month - 1]} {self.year} H"


def hijri_date(day: date, table: HijriTable) -> HijriDate:
    """Return the Hijri date of the daylight of `day`. Outside 1945-2077 the arithmetical calendar goes on.

    It is official when the month's start is in the table, and on its 30th day the next month's too.
    """
    number, in_month = _placed(table.fixed, day.toordinal())
    entered = {n for n, _ in table.fixed}
    official = number in entered and (in_month < LONGEST or number + 1 in entered)
    return HijriDate(number // 12, number % 12 + 1, in_month, official)


def in_ramadan(day: date, table: HijriTable) -> bool:
    """Return whether the daylight of `day` belongs to Ramadan; the first tarawih is on the evening before it."""
    return _placed(table.fixed, day.toordinal())[0] % 12 + 1 == RAMADAN


def month_start(year: int, month: int, table: HijriTable) -> tuple[date, bool]:
    """Return the first day of a Hijri month (1 to 12), and whether it is official.

    Raises ValueError for a month that does not exist or days outside Python's calendar.
    """
    if not 1 <= month <= 12:
        raise ValueError(f"bulan Hijriah 1 sampai 12, bukan {month} / a Hijri month is 1 to 12, not {month}")
    number = _number(year, month)
    return date.fromordinal(_start(table.fixed, number)), any(n == number for n, _ in table.fixed)


def with_start(table: HijriTable, year: int, month: int, start: MonthStart) -> HijriTable:
    """Return `table` with one entry set. Raises ValueError as the table does."""
    return HijriTable(starts={**table.starts, f"{year}-{month:02}": start})


def without_start(table: HijriTable, year: int, month: int) -> HijriTable:
    """Return `table` without one entry: the month is calculated again. Raises ValueError if the rest does not fit."""
    return HijriTable(starts={key: start for key, start in table.starts.items() if key != f"{year}-{month:02}"})


def _number(year: int, month: int) -> int:
    return year * 12 + month - 1


def _name(number: int) -> str:
    return f"1 {MONTHS[number % 12]} {number // 12}"


@lru_cache(maxsize=1 << 16)
def _placed(fixed: tuple[tuple[int, int], ...], ordinal: int) -> tuple[int, int]:
    """Return the month that holds a day, and which day of it that is, from 1."""
    number = 12 + (ordinal - _EPOCH) * _CYCLE_MONTHS // _CYCLE_DAYS
    while _start(fixed, number) > ordinal:
        number -= 1
    while _start(fixed, number + 1) <= ordinal:
        number += 1
    return number, ordinal - _start(fixed, number) + 1


def _start(fixed: tuple[tuple[int, int], ...], number: int) -> int:
    """Return the ordinal of a month's first day: calculated, then moved as little as the entries demand.

    From each entry the months before and after it are 29 to 30 days long. Three sequences with such steps, the
    calculated starts and both bounds, have such steps also where one takes over from the other.
    """
    return _fitted(fixed, number, _calculated(number))


def _fitted(fixed: tuple[tuple[int, int], ...], number: int, start: int) -> int:
    after = bisect_right(fixed, number, key=lambda entry: entry[0])
    if after:
        month, day = fixed[after - 1]
        start = min(max(start, day + SHORTEST * (number - month)), day + LONGEST * (number - month))
    if after < len(fixed):
        month, day = fixed[after]
        start = min(max(start, day - LONGEST * (month - number)), day - SHORTEST * (month - number))
    return start


@lru_cache(maxsize=4096)
def _calculated(number: int) -> int:
    """Return the calculated ordinal of a month's first day: Umm al-Qura, elsewhere arithmetical, fitted to it."""
    if _FIRST <= number <= _LAST:
        return Hijri(number // 12, number % 12 + 1, 1).to_gregorian().toordinal()
    edge = _FIRST if number < _FIRST else _LAST
    return _fitted(((edge, _calculated(edge)),), number, _arithmetical(number))


def _arithmetical(number: int) -> int:
    """Return the ordinal of a month's first day in the arithmetical calendar (leap years 2, 5, 7, 10, 13, 16, ...)."""
    year, month = divmod(number, 12)
    return _EPOCH + (year - 1) * 354 + (3 + 11 * year) // 30 + (59 * month + 1) // 2


def _far_off(fixed: tuple[tuple[int, int], ...]) -> list[str]:
    wrong = []
    for number, day in fixed:
        difference = day - _calculated(number)
        if abs(difference) > LARGEST_DIFFERENCE:
            text = date.fromordinal(day)
            wrong.append(
                f"{_name(number)} pada {text} berbeda {abs(difference)} hari dari hitungan; periksa tahunnya / "
                f"{_name(number)} on {text} is {abs(difference)} days off the calculated start; check its year"
            )
    return wrong


def _impossible(fixed: tuple[tuple[int, int], ...]) -> list[str]:
    wrong = []
    for (month, day), (next_month, next_day) in pairwise(fixed):
        months, length = next_month - month, next_day - day
        if not SHORTEST * months <= length <= LONGEST * months:
            span = f"{_name(month)} ({date.fromordinal(day)}), {_name(next_month)} ({date.fromordinal(next_day)})"
            wrong.append(
                f"{span}: {months} bulan menjadi {length} hari; satu bulan 29 atau 30 hari / "
                f"{span}: {months} month(s) of {length} days; a month has 29 or 30 days"
            )
    return wrong
