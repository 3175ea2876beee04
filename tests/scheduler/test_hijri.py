"""Hijri dates: official months as entered, calculated ones fitted around them, impossible entries refused."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hijridate import Gregorian
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduler.hijri import (
    HijriDate,
    HijriTable,
    MonthStart,
    hijri_date,
    in_ramadan,
    month_start,
    with_start,
    without_start,
)

TABLE = HijriTable()
CALCULATED = HijriTable(starts={})
ANY_DAY = st.dates(date(1, 1, 1), date(9999, 12, 31))


def starts(table: HijriTable, first_year: int, last_year: int) -> list[date]:
    """Return the first days of all months of some Hijri years."""
    return [month_start(y, m, table)[0] for y in range(first_year, last_year + 1) for m in range(1, 13)]


@pytest.mark.parametrize(
    ("day", "expected", "official"),
    [
        ("2026-02-18", "30 Syakban 1447 H", False),
        ("2026-02-19", "1 Ramadan 1447 H", True),
        ("2026-03-20", "30 Ramadan 1447 H", True),
        ("2026-03-21", "1 Syawal 1447 H", True),
        ("2026-04-18", "29 Syawal 1447 H", True),
        ("2026-04-19", "1 Zulkaidah 1447 H", False),
        ("2026-06-16", "1 Muharam 1448 H", False),
        ("2024-02-29", "19 Syakban 1445 H", False),
        ("2077-11-16", "30 Zulhijah 1500 H", False),
        ("2077-11-17", "1 Muharam 1501 H", False),
        ("0622-07-19", "1 Muharam 1 H", False),
    ],
)
def test_a_day_has_its_hijri_date(day: str, expected: str, official: bool) -> None:
    """The isbat's months of 1447, and what lies outside them, also beyond the calculated calendar."""
    found = hijri_date(date.fromisoformat(day), TABLE)
    assert (str(found), found.official) == (expected, official)


def test_ramadan_is_from_its_first_day_to_the_day_before_syawal() -> None:
    """Thirty days in 1447."""
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    ramadan = [day for day in days if in_ramadan(day, TABLE)]
    assert (ramadan[0], ramadan[-1], len(ramadan)) == (date(2026, 2, 19), date(2026, 3, 20), 30)


def test_the_calculated_start_differs_where_the_government_decided_otherwise() -> None:
    """Umm al-Qura has both months a day earlier; the month after follows, the next does not."""
    for month, calculated, official in (
        (8, date(2026, 1, 20), date(2026, 1, 20)),
        (9, date(2026, 2, 18), date(2026, 2, 19)),
        (10, date(2026, 3, 20), date(2026, 3, 21)),
        (11, date(2026, 4, 18), date(2026, 4, 19)),
        (12, date(2026, 5, 18), date(2026, 5, 18)),
    ):
        assert month_start(1447, month, CALCULATED) == (calculated, False)
        assert month_start(1447, month, TABLE) == (official, month in (9, 10))


def test_the_thirtieth_day_is_official_only_when_the_next_month_is() -> None:
    """Until then it may yet become the first of the next month."""
    table = HijriTable(starts={"1447-09": MonthStart(first=date(2026, 2, 18))})
    assert hijri_date(date(2026, 3, 18), table) == HijriDate(1447, 9, 29, official=True)
    assert hijri_date(date(2026, 3, 19), table) == HijriDate(1447, 9, 30, official=False)
    longer = with_start(table, 1447, 10, MonthStart(first=date(2026, 3, 20)))
    assert hijri_date(date(2026, 3, 19), longer) == HijriDate(1447, 9, 30, official=True)
    shorter = with_start(table, 1447, 10, MonthStart(first=date(2026, 3, 19)))
    assert hijri_date(date(2026, 3, 19), shorter) == HijriDate(1447, 10, 1, official=True)
    assert without_start(longer, 1447, 10) == table


@pytest.mark.parametrize(
    ("key", "first", "words"),
    [
        ("1447-11", date(2026, 4, 18), "28 hari"),
        ("1447-08", date(2026, 1, 19), "31 hari"),
        ("1447-12", date(2026, 5, 22), "berbeda 4 hari"),
        ("1448-09", date(2026, 2, 19), "periksa tahunnya"),
        ("1447-13", date(2026, 5, 1), "pattern"),
        ("47-09", date(2026, 5, 1), "pattern"),
    ],
)
def test_an_impossible_entry_is_refused(key: str, first: date, words: str) -> None:
    """A month of 28 or 31 days, a slip of the year, a month that does not exist."""
    with pytest.raises(ValidationError, match=words):
        HijriTable(starts={**TABLE.starts, key: MonthStart(first=first)})


def test_all_mistakes_are_told_at_once() -> None:
    """Both entries are named."""
    wrong = {"1447-11": MonthStart(first=date(2026, 4, 18)), "1449-01": MonthStart(first=date(2026, 1, 1))}
    with pytest.raises(ValidationError) as refused:
        HijriTable(starts={**TABLE.starts, **wrong})
    assert "1 Zulkaidah 1447" in str(refused.value) and "1 Muharam 1449" in str(refused.value)


def test_no_thirteenth_month() -> None:
    """It would be another year's first."""
    with pytest.raises(ValueError, match="1 sampai 12"):
        month_start(1447, 13, TABLE)


@st.composite
def tables(draw: st.DrawFn) -> HijriTable:
    """Draw a table as staff fill it: some months of a few years, each a day off at most, as far as they fit."""
    table = CALCULATED
    for year, month in draw(st.lists(st.tuples(st.integers(1440, 1450), st.integers(1, 12)), max_size=12)):
        first = month_start(year, month, CALCULATED)[0] + timedelta(days=draw(st.integers(-1, 1)))
        try:
            table = with_start(table, year, month, MonthStart(first=first))
        except ValueError:
            continue
    return table


@given(tables())
def test_every_month_has_29_or_30_days(table: HijriTable) -> None:
    """Whatever was entered, before, between and after the entries; and each entry stands."""
    lengths = {(after - before).days for before, after in pairwise(starts(table, 1435, 1455))}
    assert lengths <= {29, 30}
    for key, start in table.starts.items():
        year, month = map(int, key.split("-"))
        assert month_start(year, month, table) == (start.first, True)


@given(tables(), ANY_DAY)
def test_days_follow_each_other(table: HijriTable, day: date) -> None:
    """The next day is the next of the month, or the first of the next; no day of Python's calendar is refused."""
    today = hijri_date(day, table)
    assert 1 <= today.day <= 30 and 1 <= today.month <= 12
    assert in_ramadan(day, table) == (today.month == 9)
    if day < date.max:
        tomorrow = hijri_date(day + timedelta(days=1), table)
        following = (today.year + today.month // 12, today.month % 12 + 1, 1)
        assert (tomorrow.year, tomorrow.month, tomorrow.day) in ((today.year, today.month, today.day + 1), following)
        assert tomorrow.day != 1 or today.day in (29, 30)


@given(st.dates(date(1946, 1, 1), date(2077, 11, 16)))
def test_without_entries_it_is_the_calculated_calendar(day: date) -> None:
    """Day by day what `hijridate` says, and marked as such."""
    assert hijri_date(day, CALCULATED) == HijriDate(*Gregorian.fromdate(day).to_hijri().datetuple(), official=False)


def test_months_keep_their_length_at_the_edges_of_the_calculated_calendar() -> None:
    """Where the arithmetical calendar takes over, in 1945 and 2077."""
    for years in ((1330, 1370), (1495, 1560)):
        assert {(after - before).days for before, after in pairwise(starts(TABLE, *years))} == {29, 30}


def test_a_table_is_kept_as_json() -> None:
    """With who entered what, and where it was said."""
    table = with_start(TABLE, 1448, 9, MonthStart(first=date(2027, 2, 8), source="Isbat 1448", by="Siti"))
    assert HijriTable.model_validate_json(table.model_dump_json()) == table
    assert table.starts["1448-09"].by == "Siti"
    assert "1448-09" not in TABLE.starts
