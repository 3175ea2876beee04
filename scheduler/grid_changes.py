"""Changes of one entry of a grid as people mean them: on one day only, from a day on, or always. Pure.

What recurs is taken apart where it must be: one day becomes an entry of its own (which goes before the ordinary week),
"from here on" ends the old entry the day before and begins a new one.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, ValidationError

from lppl.errors import LpplError
from lppl.programme import Document, Slug, Text
from scheduler import day_rule
from scheduler.day_rule import DAILY, WEEKDAYS, WEEKLY
from scheduler.file_grid import slug
from scheduler.grid import Entry, Filling, Grid, mistakes_of
from scheduler.plan import Start
from scheduler.recurrence import Day, Recurrence, dates
from scheduler.words import DAY_S

ONE = timedelta(days=1)
SOUGHT = timedelta(days=366 * 4)
"""How far the next day of a rule is looked for."""
InRamadan = Callable[[date], bool]


class Scope(StrEnum):
    """For which days of an entry a change holds."""

    ONCE = "sekali"
    ONWARDS = "seterusnya"
    ALL = "semua"


class EntryChange(Document):
    """What changes of an entry; what is not given stays. `day` is the occurrence meant, `to_day` where it goes.

    `start` in local seconds after midnight. `day` is needed for a change of one day, or from a day on.
    """

    scope: Scope = Scope.ALL
    day: Day | None = None
    to_day: Day | None = None
    programme: Slug | None = None
    on: Recurrence | None = None
    start: Annotated[int, Field(ge=0, lt=DAY_S)] | None = None
    length_s: Annotated[int, Field(ge=1, le=DAY_S)] | None = None
    begins: Start | None = None
    content: Filling | None = None
    note: Text | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the entry that it sets."""
        names = ("programme", "start", "length_s", "begins", "content", "note")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


class ChangeRefused(LpplError):
    """A change of an entry that cannot be meant; `field` is what to mend."""

    def __init__(self, field: str, indonesian: str, english: str) -> None:
        self.field = field
        super().__init__(indonesian, english)


def changed(grid: Grid, name: str, change: EntryChange, in_ramadan: InRamadan) -> tuple[Grid, Entry]:
    """Return the grid with entry `name` changed, and the entry that now has what was asked for.

    Raises KeyError for an entry that is not there, ChangeRefused.
    """
    entry = entry_of(grid, name)
    taken = [e.id for e in grid.entries]
    match _scope(entry, change.scope, change.day, in_ramadan):
        case Scope.ALL:
            on = change.on or moved(entry.on, change.day, change.to_day)
            fresh = _with(entry, on=on, **change.values)
            return _replaced(grid, name, (fresh,)), fresh
        case Scope.ONCE:
            day = _day(change.day)
            on = Recurrence(first=change.to_day or day)
            fresh = _with(entry, id=slug(f"{name[:56]}-{day:%d-%m}", taken), on=on, **change.values)
            return _replaced(grid, name, (*_rest(entry, without(entry.on, day)), fresh)), fresh
        case Scope.ONWARDS:
            day = _day(change.day)
            before, after = split(entry.on, day)
            fresh = _with(
                entry, id=slug(name, taken), on=change.on or moved(after, day, change.to_day), **change.values
            )
            return _replaced(grid, name, (*_rest(entry, before), fresh)), fresh


def removed(grid: Grid, name: str, scope: Scope, day: date | None, in_ramadan: InRamadan) -> Grid:
    """Return the grid without entry `name`, or without one day of it, or without `day` and all later ones.

    Raises KeyError, ChangeRefused.
    """
    entry = entry_of(grid, name)
    match _scope(entry, scope, day, in_ramadan):
        case Scope.ALL:
            return _replaced(grid, name, ())
        case Scope.ONCE:
            return _replaced(grid, name, _rest(entry, without(entry.on, _day(day))))
        case Scope.ONWARDS:
            return _replaced(grid, name, _rest(entry, split(entry.on, _day(day))[0]))


def entry_of(grid: Grid, name: str) -> Entry:
    """Return an entry. Raises KeyError."""
    found = next((e for e in grid.entries if e.id == name), None)
    if found is None:
        raise KeyError(name)
    return found


# ---- days -----------------------------------------------------------------------------------------


def without(on: Recurrence, day: date) -> Recurrence | None:
    """Return the recurrence less one day; None when nothing is left of it."""
    added = tuple(d for d in on.added if d != day)
    if not on.rule:
        days = sorted({on.first, *added} - {day, *on.excluded})
        return on.model_copy(update={"first": days[0], "added": tuple(days[1:])}) if days else None
    return on.model_copy(update={"added": added, "excluded": tuple(sorted({*on.excluded, day}))})


def split(on: Recurrence, day: date) -> tuple[Recurrence | None, Recurrence]:
    """Return the recurrence before `day`, and from `day` on; `day` is one of its days, and not the first."""
    early = tuple(d for d in on.added if d < day)
    late = tuple(d for d in on.added if d >= day)
    if not on.rule:
        days = sorted({on.first, *on.added})
        before, after = [d for d in days if d < day], [d for d in days if d >= day]
        return _once(before, on), _once(after, on) or Recurrence(first=day)
    first = next(iter(_ruled(on, day, day + SOUGHT)), None)
    last = day - ONE
    before_on = on.model_copy(
        update={"last": last, "added": early, "excluded": tuple(d for d in on.excluded if d < day)}
    )
    before_whole = before_on if last >= on.first else _once(list(early), on)
    if first is None:  # only added days are left
        return before_whole, _once(list(late), on) or Recurrence(first=day)
    rule = on.rule
    if (count := day_rule.read(rule).count) is not None:
        gone = len(_ruled(on, on.first, day - ONE))
        rule = re.sub(r"COUNT=\d+", f"COUNT={max(1, count - gone)}", rule)
    update = {"first": first, "rule": rule, "added": late, "excluded": tuple(d for d in on.excluded if d >= day)}
    return before_whole, on.model_copy(update=update)


def moved(on: Recurrence, day: date | None, to_day: date | None) -> Recurrence:
    """Return the recurrence with its `day` on `to_day` instead: of a weekly rule, that weekday on another.

    Raises ChangeRefused for a rule whose days cannot be moved so.
    """
    if day is None or to_day is None or day == to_day:
        return on
    excluded = tuple(d for d in on.excluded if d != to_day)
    if not on.rule or day in on.added:
        named = {to_day if d == day else d for d in (*on.added, *(() if on.rule else (on.first,)))}
        if on.rule:
            return on.model_copy(update={"added": tuple(sorted(named)), "excluded": excluded})
        first, *more = sorted(named)
        return on.model_copy(update={"first": first, "added": tuple(more), "excluded": excluded})
    rule = day_rule.explicit(day_rule.read(on.rule), on.first)
    weekly = rule.frequency == WEEKLY or (rule.frequency == DAILY and rule.weekdays)
    same_week = day - timedelta(days=(day.weekday() - rule.week_start) % 7) == to_day - timedelta(
        days=(to_day.weekday() - rule.week_start) % 7
    )
    if not weekly or (rule.interval > 1 and not same_week):
        raise ChangeRefused(
            "to_day",
            "Hari acara ini ditentukan aturannya; pindahkan satu hari saja, atau ubah harinya di formulir.",
            "The days of this programme follow a rule; move one day only, or change its days in the form.",
        )
    kept = {n for n, _ in rule.weekdays if n != day.weekday()} | {to_day.weekday()}
    by_day = "BYDAY=" + ",".join(WEEKDAYS[n] for n in sorted(kept))
    parts = [p for p in on.rule.split(";") if not p.startswith("BYDAY=")]
    first = to_day if day == next(iter(_ruled(on, on.first, day)), None) and to_day < on.first else on.first
    last = to_day if on.last is not None and to_day > on.last else on.last
    return on.model_copy(
        update={"rule": ";".join([*parts, by_day]), "first": first, "last": last, "excluded": excluded}
    )


def _ruled(on: Recurrence, first: date, last: date) -> tuple[date, ...]:
    """Return the days that the rule alone names, whatever the season."""
    plain = Recurrence(first=on.first, last=on.last, rule=on.rule)
    return dates(plain, first, min(last, day_rule.LAST_DAY), lambda _: False)


def _once(days: list[date], on: Recurrence) -> Recurrence | None:
    return Recurrence(first=days[0], added=tuple(days[1:]), excluded=on.excluded) if days else None


def _scope(entry: Entry, scope: Scope, day: date | None, in_ramadan: InRamadan) -> Scope:
    """Return the scope that is meant: all, where a day is the only one, or the first of those from it on."""
    if scope is Scope.ALL:
        return scope
    day = _day(day)
    on = entry.on
    if day not in dates(on, day, day, in_ramadan):
        raise ChangeRefused(
            "day", f"Acara ini tidak ada pada {day}; muat ulang minggunya.", f"It does not occur on {day}; reload."
        )
    if not on.rule and len({on.first, *on.added} - {*on.excluded}) == 1:
        return Scope.ALL
    start = min((on.first, *on.added))
    if scope is Scope.ONWARDS and not dates(on, start, day - ONE, in_ramadan):
        return Scope.ALL
    return scope


def _day(day: date | None) -> date:
    if day is None:
        raise ChangeRefused("day", "sebut harinya", "name the day")
    return day


def _rest(entry: Entry, on: Recurrence | None) -> tuple[Entry, ...]:
    return () if on is None else (entry.model_copy(update={"on": on}),)


def _with(entry: Entry, **values: Any) -> Entry:
    try:
        return Entry.model_validate({**dict(entry), **values})
    except ValidationError as error:
        said = mistakes_of(error)
        raise ChangeRefused("", said, said) from error


def _replaced(grid: Grid, name: str, entries: tuple[Entry, ...]) -> Grid:
    """Return the grid with `entries` in the place of one: who is named first keeps its weight in a clash."""
    made: list[Entry] = []
    for entry in grid.entries:
        made += entries if entry.id == name else (entry,)
    return grid.model_copy(update={"entries": tuple(made)})
