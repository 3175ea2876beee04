"""Changes of one entry of a grid: on one day, from a day on, always; what was there on other days stays."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.grid import Entry, Grid
from scheduler.grid_changes import ChangeRefused, EntryChange, Scope, changed, moved, removed
from scheduler.recurrence import Recurrence, dates

MONDAY = date(2026, 11, 23)
NEVER = lambda _: False  # noqa: E731
RULES = (
    "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=MO,WE,SA", "FREQ=WEEKLY;INTERVAL=2",
    "FREQ=MONTHLY;BYDAY=1FR", "FREQ=DAILY;COUNT=9", "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270101", "FREQ=MONTHLY;BYMONTHDAY=-1",
)  # fmt: skip


def entry(on: Recurrence, name: str = "kabar") -> Entry:
    content = {"kind": "asset", "path": "a.mp3"}
    return Entry.model_validate(
        {"id": name, "programme": "kabar", "on": on, "start": "06.00", "length_s": 1800, "content": content}
    )


def occurrences(grid: Grid) -> set[tuple[date, int]]:
    """Return (day, start) of everything in the half year from MONDAY on."""
    last = MONDAY + timedelta(days=180)
    return {(day, e.start) for e in grid.entries for day in dates(e.on, MONDAY, last, NEVER)}


recurrences = st.builds(
    Recurrence,
    first=st.dates(MONDAY, MONDAY + timedelta(days=6)),
    rule=st.sampled_from(("", *RULES)),
    added=st.lists(st.dates(MONDAY, MONDAY + timedelta(days=60)), max_size=2).map(tuple),
    excluded=st.lists(st.dates(MONDAY, MONDAY + timedelta(days=60)), max_size=2).map(tuple),
)


@given(recurrences, st.sampled_from((Scope.ONCE, Scope.ONWARDS, Scope.ALL)), st.data())
def test_only_the_days_that_are_meant_change(on: Recurrence, scope: Scope, data: st.DataObject) -> None:
    grid = Grid(entries=(entry(on), entry(Recurrence(first=MONDAY, rule="FREQ=DAILY"), "lain")))
    days = dates(on, MONDAY, MONDAY + timedelta(days=60), NEVER)
    if not days:
        return
    day = data.draw(st.sampled_from(days))

    def meant(d: date) -> bool:
        return scope is Scope.ALL or d == day or (scope is Scope.ONWARDS and d > day)

    mine = {d for d, _ in occurrences(Grid(entries=(entry(on),)))}
    others = occurrences(Grid(entries=grid.entries[1:]))
    after, made = changed(grid, "kabar", EntryChange(scope=scope, day=day, start=7 * 3600), NEVER)
    assert occurrences(after) == others | {(d, 7 * 3600 if meant(d) else 6 * 3600) for d in mine}
    assert made in after.entries and len({e.id for e in after.entries}) == len(after.entries)
    gone = removed(grid, "kabar", scope, day, NEVER)
    assert occurrences(gone) == others | {(d, 6 * 3600) for d in mine if not meant(d)}


@pytest.mark.parametrize(
    ("rule", "day", "to_day", "then"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,WE", 23, 24, {24, 25}),
        ("FREQ=WEEKLY", 23, 27, {27}),
        ("FREQ=DAILY;BYDAY=MO,TU", 24, 29, {23, 29}),
        ("", 23, 26, {26}),
    ],
)
def test_a_weekday_is_moved_for_ever(rule: str, day: int, to_day: int, then: set[int]) -> None:
    on = Recurrence(first=MONDAY, rule=rule)
    found = moved(on, date(2026, 11, day), date(2026, 11, to_day))
    assert {d.day for d in dates(found, MONDAY, date(2026, 11, 29), NEVER)} == then


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=MONTHLY;BYDAY=4MO", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"])
def test_days_that_follow_a_rule_are_not_moved_for_ever(rule: str) -> None:
    with pytest.raises(ChangeRefused):
        moved(Recurrence(first=MONDAY, rule=rule), MONDAY, MONDAY + timedelta(days=8))


def test_a_day_that_is_not_there_is_refused_and_an_unknown_entry_too() -> None:
    grid = Grid(entries=(entry(Recurrence(first=MONDAY)),))
    with pytest.raises(ChangeRefused):
        changed(grid, "kabar", EntryChange(scope=Scope.ONCE, day=date(2026, 11, 24), start=0), NEVER)
    with pytest.raises(ChangeRefused):
        removed(grid, "kabar", Scope.ONWARDS, None, NEVER)
    with pytest.raises(KeyError):
        changed(grid, "x", EntryChange(start=0), NEVER)
