"""Rules of whole days in the words of RFC 5545 (RRULE), read strictly and computed by `dateutil`.

Only days: a rule that speaks of hours or zones is refused, since clock times become UTC in `scheduler.agenda`. What
RFC 5545 allows but no broadcaster means (seconds, a weekday's number within a week) is refused too, with a remedy.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NoReturn

from dateutil import rrule

DAILY, WEEKLY, MONTHLY, YEARLY = "DAILY", "WEEKLY", "MONTHLY", "YEARLY"
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES = {DAILY: rrule.DAILY, WEEKLY: rrule.WEEKLY, MONTHLY: rrule.MONTHLY, YEARLY: rrule.YEARLY}
_ALWAYS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTH")
_PARTS = {
    DAILY: _ALWAYS,
    WEEKLY: (*_ALWAYS, "WKST"),
    MONTHLY: (*_ALWAYS, "WKST", "BYMONTHDAY", "BYSETPOS"),
    YEARLY: (*_ALWAYS, "WKST", "BYMONTHDAY", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"),
}
_NOT_OF_DAYS = ("DTSTART", "TZID", "BYHOUR", "BYMINUTE", "BYSECOND")
_LIMITS = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}
_BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)
"""Nothing is planned before or after."""
_CYCLE_YEARS = 400
"""After so many years the calendar repeats, weekdays included."""


@dataclass(frozen=True, slots=True)
class DayRule:
    """An RRULE read: which days, from a first day on. Weekdays count from 0 = Monday."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: date | None = None
    weekdays: tuple[tuple[int, int], ...] = ()
    """(weekday, n): the nth of its month or year, from the end if negative; 0 is each."""
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0

    @property
    def ends(self) -> bool:
        """Whether the rule itself says when it ends."""
        return self.count is not None or self.until is not None


def normal(text: str) -> str:
    """Return rule text as it is kept: capitals, no spaces, without the property's name."""
    return "".join(text.split()).upper().removeprefix("RRULE:").strip(";")


@lru_cache(maxsize=4096)
def read(text: str) -> DayRule:
    """Return the rule of `text` (see :func:`normal`). Raises ValueError whose sentence is for staff."""
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if name.partition(":")[0] in _NOT_OF_DAYS:
            _refuse(
                f"{part} tidak ditulis di sini; hari pertama dan jam punya tempatnya sendiri",
                f"{part} is not written here; the first day and the time have places of their own",
            )
        if not equals or not value or name in parts:
            _refuse(f'bagian "{part}" tidak dapat dibaca atau ganda', f'the part "{part}" is unreadable or double')
        parts[name] = value
    frequency = parts.get("FREQ", "")
    if frequency not in _FREQUENCIES:
        _refuse(
            f"FREQ={frequency} bukan aturan hari; pakai {', '.join(_FREQUENCIES)}",
            f"FREQ={frequency} is no rule of days",
        )
    for name in parts:
        if name not in _PARTS[frequency]:
            _refuse(f"{name} tidak berlaku untuk FREQ={frequency}", f"{name} is not for FREQ={frequency}")
    rule = DayRule(
        frequency,
        _number(parts, "INTERVAL") or 1,
        _number(parts, "COUNT"),
        _until(parts.get("UNTIL")),
        _weekdays(parts.get("BYDAY", ""), frequency),
        months=_numbers(parts, "BYMONTH"),
        month_days=_numbers(parts, "BYMONTHDAY"),
        year_days=_numbers(parts, "BYYEARDAY"),
        weeks=_numbers(parts, "BYWEEKNO"),
        positions=_numbers(parts, "BYSETPOS"),
        week_start=_week_start(parts.get("WKST", "MO")),
    )
    _check(rule)
    return rule


def _refuse(indonesian: str, english: str) -> NoReturn:
    raise ValueError(f"aturan pengulangan: {indonesian} / recurrence rule: {english}")


def _number(parts: dict[str, str], name: str) -> int | None:
    if name not in parts:
        return None
    if not re.fullmatch(r"[0-9]{1,4}", parts[name]) or not int(parts[name]):
        _refuse(f"{name}={parts[name]} harus bilangan 1 sampai 9999", f"{name} must be a number from 1 to 9999")
    return int(parts[name])


def _numbers(parts: dict[str, str], name: str) -> tuple[int, ...]:
    found: set[int] = set()
    for word in parts[name].split(",") if name in parts else ():
        number = int(word) if re.fullmatch(r"[+-]?[0-9]{1,3}", word) else 0
        if not 1 <= abs(number) <= _LIMITS[name] or (number < 0 and name == "BYMONTH"):
            _refuse(f"{name}={word} di luar 1 sampai {_LIMITS[name]}", f"{name} is outside 1 to {_LIMITS[name]}")
        found.add(number)
    return tuple(sorted(found))


def _until(word: str | None) -> date | None:
    if word is None:
        return None
    try:
        return datetime.strptime(word, "%Y%m%d").date() if len(word) == 8 else _bad_until(word)  # noqa: DTZ007
    except ValueError:
        _bad_until(word)


def _bad_until(word: str) -> NoReturn:
    _refuse(f"UNTIL={word} harus tanggal seperti 20261231", "UNTIL must be a date like 20261231")


def _week_start(word: str) -> int:
    if word not in WEEKDAYS:
        _refuse(f"WKST={word} bukan hari", "WKST is no weekday")
    return WEEKDAYS.index(word)


def _weekdays(words: str, frequency: str) -> tuple[tuple[int, int], ...]:
    found: set[tuple[int, int]] = set()
    most = {MONTHLY: 5, YEARLY: 53}.get(frequency, 0)
    for word in words.split(",") if words else ():
        match = _BYDAY.fullmatch(word)
        if match is None:
            _refuse(f"BYDAY={word} bukan hari; tulis MO, TU, WE, TH, FR, SA, SU", f"BYDAY={word} is no weekday")
        nth = int(match[1]) if match[1] else 0
        if abs(nth) > most or (match[1] and not nth):
            _refuse(f"BYDAY={word}: FREQ={frequency} tidak punya hari ke-{nth}", f"BYDAY={word} does not exist")
        found.add((WEEKDAYS.index(match[2]), nth))
    return tuple(sorted(found))


def _check(rule: DayRule) -> None:
    """Refuse what contradicts itself or what `dateutil` reads in another way than RFC 5545."""
    if rule.count and rule.until:
        _refuse("pilih COUNT atau UNTIL, jangan keduanya", "choose COUNT or UNTIL, not both")
    if len({nth == 0 for _, nth in rule.weekdays}) > 1:
        _refuse("BYDAY mencampur hari biasa dan hari ke-n; buat dua entri", "BYDAY mixes plain and numbered weekdays")
    if rule.weeks and any(nth for _, nth in rule.weekdays):
        _refuse("BYWEEKNO tidak bersama hari ke-n", "BYWEEKNO does not go with numbered weekdays")
    if rule.frequency == DAILY and rule.interval > 1 and rule.weekdays:
        _refuse("hari tertentu setiap n hari; pakai FREQ=WEEKLY", "weekdays every n days; use FREQ=WEEKLY")
    by_day = rule.weekdays or rule.month_days or rule.year_days or rule.weeks
    if rule.positions and not (by_day or rule.months):
        _refuse("BYSETPOS memerlukan BYDAY atau BYMONTHDAY", "BYSETPOS needs BYDAY or BYMONTHDAY")


def explicit(rule: DayRule, first: date) -> DayRule:
    """Return `rule` with the days named that RFC 5545 takes from the first day."""
    if rule.weekdays or rule.month_days or rule.year_days or rule.weeks or rule.frequency == DAILY:
        return rule
    if rule.frequency == WEEKLY:
        return replace(rule, weekdays=((first.weekday(), 0),))
    months = rule.months or (first.month,) if rule.frequency == YEARLY else rule.months
    return replace(rule, months=months, month_days=(first.day,))


def check_occurs(rule: DayRule, first: date) -> None:
    """Raise ValueError for a rule that no day ever meets (30 February), so that nothing searches for one later."""
    # within one cycle of the calendar; begun near its last year, so that a vain search is short
    plain = replace(explicit(rule, first), count=None, until=None)
    start = _period_start(plain, first)
    late = start.replace(year=start.year + ((9_999 - start.year) // _CYCLE_YEARS - 1) * _CYCLE_YEARS)
    if next(iter(_rule(plain, late, None)), None) is None:
        _refuse("tidak ada hari yang memenuhinya", "no day ever meets it")


def in_year(rule: DayRule, first: date, year: int) -> tuple[date, ...]:
    """Return the days of `year` that `rule` names, counted from `first`, in order."""
    if year < first.year:
        return ()
    if rule.count is not None:
        days = _counted(rule, first)
        return days[bisect_left(days, date(year, 1, 1)) : bisect_right(days, date(year, 12, 31))]
    rule = explicit(rule, first)
    found = _year(rule, _anchor(rule, first, year), year)
    return tuple(day for day in found if day >= first) if year == first.year else found


@lru_cache(maxsize=1024)
def _counted(rule: DayRule, first: date) -> tuple[date, ...]:
    """Return all days of a rule with COUNT, which can only be counted from its beginning."""
    return tuple(days_of(rule, first, LAST_DAY))


@lru_cache(maxsize=8192)
def _year(rule: DayRule, start: date, year: int) -> tuple[date, ...]:
    last = date(year, 12, 31)
    return tuple(day for day in days_of(rule, start, last) if day.year == year)


def days_of(rule: DayRule, first: date, last: date) -> Iterator[date]:
    """Yield the days of `rule` from `first` to `last`, counted from `first`."""
    for moment in _rule(rule, first, last):
        if moment.date() > last:
            return
        yield moment.date()


def _rule(rule: DayRule, start: date, last: date | None) -> rrule.rrule:
    # dateutil wants only one of count and until
    until = None if rule.count is not None else min((d for d in (rule.until, last) if d), default=None)
    return rrule.rrule(
        _FREQUENCIES[rule.frequency],  # type: ignore[arg-type]
        dtstart=datetime.combine(start, time()),
        interval=rule.interval,
        wkst=rule.week_start,
        count=rule.count,
        until=None if until is None else datetime.combine(until, time()),
        bysetpos=rule.positions or None,
        bymonth=rule.months or None,
        bymonthday=rule.month_days or None,
        byyearday=rule.year_days or None,
        byweekno=rule.weeks or None,
        byweekday=[rrule.weekday(day, nth or None) for day, nth in rule.weekdays] or None,
    )


def _period_start(rule: DayRule, first: date) -> date:
    """Return the first day of the period (week, month, year) of `first`; a rule's days then do not depend on it."""
    if rule.frequency == WEEKLY:
        return first - timedelta(days=(first.weekday() - rule.week_start) % 7)
    if rule.frequency == MONTHLY:
        return first.replace(day=1)
    return first.replace(month=1, day=1) if rule.frequency == YEARLY else first


def _anchor(rule: DayRule, first: date, year: int) -> date:
    """Return where counting may begin for `year`: whole periods after `first`, and not later than 1 January.

    So a rule that began years ago costs no more, and rules that differ only in their first day share what is cached.
    """
    start, target = _period_start(rule, first), date(year, 1, 1)
    if rule.frequency in (DAILY, WEEKLY):
        step = rule.interval * (7 if rule.frequency == WEEKLY else 1)
        return start + timedelta(days=max(0, (target - start).days // step * step))
    step = rule.interval * (12 if rule.frequency == YEARLY else 1)
    months = max(0, ((year - start.year) * 12 + 1 - start.month) // step * step)
    return date(start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1, 1)
