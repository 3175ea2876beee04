"""On which days something of the weekly grid occurs: weekly, every n weeks, first Friday, a range, once, exceptions.

Local days only: clock times are turned into UTC by `scheduler.agenda.instant`. Pure; it knows no clock, and asks its
caller whether a day lies in Ramadan.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator

from lppl.programme import Document
from scheduler import day_rule
from scheduler.day_rule import DAILY, MONTHLY, WEEKLY, YEARLY, DayRule
from scheduler.indonesian import MONTHS, full_date, short_date
from scheduler.words import EVERY_DAY, WEEKDAYS, days

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


# --- in words ----------------------------------------------------------------------------------------

_NTH = {1: "pertama", 2: "kedua", 3: "ketiga", 4: "keempat", 5: "kelima", -1: "terakhir"}
_SEASONS = {Season.RAMADAN: "selama Ramadan", Season.OUTSIDE_RAMADAN: "di luar Ramadan"}


def words(recurrence: Recurrence) -> str:
    """Say in Indonesian when `recurrence` occurs: ``setiap Senin dan Rabu mulai 23 November 2026``."""
    parts = [pattern(recurrence)]
    if recurrence.season in _SEASONS:
        parts.append(_SEASONS[recurrence.season])
    added = sorted(set(recurrence.added) - {recurrence.first})
    if recurrence.rule:
        rule = day_rule.read(recurrence.rule)
        parts.append(f"mulai {short_date(recurrence.first)}")
        if ends := [d for d in (recurrence.last, rule.until) if d is not None]:
            parts.append(f"sampai {short_date(min(ends))}")
        if added:
            parts.append(f"juga {_listed(map(short_date, added))}")
    if recurrence.excluded:
        parts.append(f"kecuali {_listed(map(short_date, sorted(set(recurrence.excluded))))}")
    return " ".join(parts)


def pattern(recurrence: Recurrence) -> str:
    """Say in Indonesian which days they are, without range, season and exceptions: ``Jumat pertama setiap bulan``."""
    if not recurrence.rule:
        return "hanya " + _listed(full_date(d) for d in sorted({recurrence.first, *recurrence.added}))
    rule = day_rule.explicit(day_rule.read(recurrence.rule), recurrence.first)
    said = _pattern(rule)
    if said is None:
        return f"menurut aturan {recurrence.rule}"
    if rule.months and rule.frequency != YEARLY:
        said += f" pada bulan {_listed(MONTHS[month - 1] for month in rule.months)}"
    return said if rule.count is None else f"{said} sebanyak {rule.count} kali"


def _pattern(rule: DayRule) -> str | None:
    """Return the words of what people say in words; None for the rest, of which the rule's own text is clearer."""
    n = rule.interval
    plain = tuple(day for day, nth in rule.weekdays if not nth)
    if rule.positions or rule.year_days or rule.weeks or (rule.weekdays and rule.month_days):
        return None
    if rule.frequency == DAILY and not plain:
        return "setiap hari" if n == 1 else f"setiap {n} hari"
    if rule.frequency in (DAILY, WEEKLY):
        if n > 1:
            # where a week begins then decides which ones they are
            return None if rule.week_start else f"setiap {n} minggu pada {_weekdays(plain)}"
        return "setiap hari" if plain == EVERY_DAY else f"setiap {_weekdays(plain)}"
    if rule.frequency == MONTHLY and not plain:
        every = "setiap bulan" if n == 1 else f"setiap {n} bulan"
        return None if (which := _of_month(rule)) is None else f"{which} {every}"
    if rule.frequency == YEARLY and rule.months and rule.month_days and min(rule.month_days) > 0:
        which = _listed(f"{day} {MONTHS[month - 1]}" for month in rule.months for day in rule.month_days)
        return f"setiap {which}" if n == 1 else f"setiap {n} tahun pada {which}"
    return None


def _of_month(rule: DayRule) -> str | None:
    if rule.month_days == (-1,):
        return "hari terakhir"
    if rule.month_days:
        return f"tanggal {_listed(map(str, rule.month_days))}" if min(rule.month_days) > 0 else None
    if any(nth not in _NTH for _, nth in rule.weekdays):
        return None
    order = sorted(rule.weekdays, key=lambda one: (one[1] < 0, one[1], one[0]))
    return _listed(f"{WEEKDAYS[day].capitalize()} {_NTH[nth]}" for day, nth in order)


def _weekdays(numbers: Sequence[int]) -> str:
    names = [WEEKDAYS[n].capitalize() for n in numbers]
    if len(names) > 2 and numbers[-1] - numbers[0] == len(names) - 1:
        return f"{names[0]} sampai {names[-1]}"
    return _listed(names)


def _listed(texts: Iterable[str]) -> str:
    *before, last = texts
    return f"{', '.join(before)} dan {last}" if before else last


EXAMPLES = '"senin-jumat", "jumat pertama", "setiap 2 minggu pada sabtu", "2026-11-22"'
_ISO = r"\d{4}-\d{2}-\d{2}"
_MONTH_NAMES = "|".join(MONTHS).lower()
_DAY_NAMES = "|".join((*WEEKDAYS, "jum'at", "ahad"))
_NTH_NUMBERS = {word: nth for nth, word in _NTH.items()}
_LONG_DATE = re.compile(rf"(?:\b(?:{_DAY_NAMES}),? +)?\b(\d{{1,2}}) ({_MONTH_NAMES}) (\d{{4}})\b")
_DAY_AND_NTH = re.compile(rf"({_DAY_NAMES}) ({'|'.join(_NTH_NUMBERS)})")
_EVERY = re.compile(r"\bsetiap (?:(\d+) (hari|minggu|bulan|tahun)|(bulan|tahun))\b(?: pada\b)?")
_UNITS = {"hari": DAILY, "minggu": WEEKLY, "bulan": MONTHLY, "tahun": YEARLY}
_BETWEEN = re.compile(r"\s*,\s*(?:dan\s+)?|\s+dan\s+")
_DATES = rf"({_ISO}(?:(?:\s*,\s*(?:dan\s+)?|\s+dan\s+){_ISO})*)"


def parse_words(text: str, first: date, last: date | None = None, season: Season = Season.ALWAYS) -> Recurrence:
    """Return the recurrence that `text` says, from `first` on: ``senin-jumat``, ``jumat pertama``, ``2026-11-22``.

    Reads what :func:`words` writes, and RRULE text. ``mulai``, ``sampai``, ``selama Ramadan``, ``juga`` and
    ``kecuali`` in the text win over the arguments. Raises ValueError with examples, or naming the word that is wrong.
    """
    rest = _LONG_DATE.sub(_iso, " ".join(text.lower().replace("’", "'").split()))
    for each, phrase in _SEASONS.items():
        if phrase.lower() in rest:
            season, rest = each, rest.replace(phrase.lower(), "")
    excluded, rest = _taken(rest, "kecuali")
    added, rest = _taken(rest, "juga")
    begins, rest = _taken(rest, "mulai")
    ends, rest = _taken(rest, "sampai")
    first, last = min(begins, default=first), max(ends, default=last)
    rest = " ".join(rest.split()).strip(" ,;").removeprefix("hanya ")
    rule = ""
    if re.fullmatch(_DATES, rest):
        first, *more = sorted(_dates(rest))
        last, added = None, (*more, *added)
    else:
        rule = _rule_of(rest)
    try:
        return Recurrence(first=first, last=last, rule=rule, excluded=excluded, added=added, season=season)
    except ValidationError as e:
        raise ValueError("; ".join(mistake["msg"].removeprefix("Value error, ") for mistake in e.errors())) from e


def _iso(match: re.Match[str]) -> str:
    return f"{match[3]}-{_month(match[2]):02}-{int(match[1]):02}"


def _dates(text: str) -> tuple[date, ...]:
    try:
        return tuple(date.fromisoformat(word) for word in re.findall(_ISO, text))
    except ValueError as e:
        raise ValueError(f'"{text}" bukan tanggal yang ada / "{text}" is no date that exists') from e


def _taken(text: str, word: str) -> tuple[tuple[date, ...], str]:
    """Return the dates after `word`, and the text without them."""
    match = re.search(rf"\b{word} {_DATES}", text)
    return (_dates(match[1]), text[: match.start()] + text[match.end() :]) if match else ((), text)


def _rule_of(text: str) -> str:
    """Return the RRULE of a pattern in words."""
    text = text.removeprefix("menurut aturan ")
    if text.startswith(("freq=", "rrule:")):
        return text
    tail = ""
    if match := re.fullmatch(r"(.*) sebanyak (\d+) kali", text):
        text, tail = match[1], f";COUNT={match[2]}"
    if match := re.fullmatch(rf"(.*) pada bulan ((?:{_MONTH_NAMES})(?:(?:, | dan )(?:{_MONTH_NAMES}))*)", text):
        text, tail = match[1], f";BYMONTH={_joined(map(_month, _BETWEEN.split(match[2])))}{tail}"
    interval, frequency = "", ""
    if match := _EVERY.search(text):
        frequency = _UNITS[match[2] or match[3]]
        interval = f";INTERVAL={match[1]}" if match[1] else ""
        text = f"{text[: match.start()]} {text[match.end() :]}".strip()
    usual, by = _by(text, frequency) if text or not frequency else (frequency, "")
    return f"FREQ={frequency or usual}{interval}{by}{tail}"


def _by(text: str, frequency: str) -> tuple[str, str]:
    """Return the frequency that goes without saying, and the BY... parts; `frequency` is what was said."""
    items = _BETWEEN.split(text.removeprefix("setiap ") if text != "setiap hari" else text)
    if matches := _all(_DAY_AND_NTH, items):
        return MONTHLY, f";BYDAY={_joined(f'{_NTH_NUMBERS[m[2]]}{day_rule.WEEKDAYS[days(m[1])[0]]}' for m in matches)}"
    if items == ["hari terakhir"]:
        return MONTHLY, ";BYMONTHDAY=-1"
    if matches := _all(re.compile(r"(\d{1,2})"), [items[0].removeprefix("tanggal "), *items[1:]]):
        return MONTHLY, f";BYMONTHDAY={_joined(m[1] for m in matches)}"
    if matches := _all(re.compile(rf"(\d{{1,2}}) ({_MONTH_NAMES})"), items):
        months, month_days = {_month(m[2]) for m in matches}, {m[1] for m in matches}
        if len(months) * len(month_days) == len(matches):
            return YEARLY, f";BYMONTH={_joined(sorted(months))};BYMONTHDAY={_joined(sorted(month_days))}"
    if not text:
        raise ValueError(f"tulis harinya, misalnya {EXAMPLES} / write the days, like {EXAMPLES}")
    numbers = days(items)
    if numbers == EVERY_DAY and frequency != WEEKLY:
        return DAILY, ""
    return WEEKLY, f";BYDAY={_joined(day_rule.WEEKDAYS[n] for n in numbers)}"


def _all(form: re.Pattern[str], items: list[str]) -> list[re.Match[str]]:
    """Return the matches of all items, or nothing."""
    matches = [m for m in map(form.fullmatch, items) if m]
    return matches if len(matches) == len(items) else []


def _month(name: str) -> int:
    return _MONTH_NAMES.split("|").index(name) + 1


def _joined(values: Iterable[object]) -> str:
    return ",".join(map(str, values))
