"""Working days around real holidays, at the end of a year, in years that no table knows, and what the desk mends."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lppl.cases.working_days import Calendar, Leave, end_of

CALENDAR = Calendar()
D = date.fromisoformat


@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        ("2026-03-06", 3, "2026-03-11"),  # a Friday: the weekend between does not count
        ("2026-03-07", 1, "2026-03-09"),  # begun on a Saturday
        ("2026-03-17", 1, "2026-03-25"),  # Nyepi and Lebaran 2026 with their joint leave: 18 to 24 March
        ("2026-03-17", 3, "2026-03-27"),
        ("2026-03-16", 60, "2026-06-25"),
        ("2025-03-27", 1, "2025-04-08"),  # Nyepi and Lebaran 2025
        ("2026-12-23", 1, "2026-12-28"),  # Christmas with its joint leave
        ("2026-12-23", 5, "2027-01-04"),  # over New Year, a Friday
        ("2026-12-31", 1, "2027-01-04"),
        ("2150-06-05", 1, "2150-06-08"),  # beyond what anybody computes: weekends alone
    ],
)
def test_the_nth_working_day(day: str, days: int, expected: str) -> None:
    assert CALENDAR.add(D(day), days) == D(expected)
    assert CALENDAR.working_between(D(day), D(expected)) == days
    assert CALENDAR.working_between(D(day), D(expected) - timedelta(days=1)) == days - 1


def test_fewer_than_one_day_is_refused() -> None:
    with pytest.raises(ValueError, match="satu hari kerja"):
        CALENDAR.add(D("2026-03-06"), 0)


def test_names_come_in_both_languages_whatever_the_machine_speaks() -> None:
    name = CALENDAR.named(D("2026-03-19"))
    assert name is not None
    assert (name.indonesian, name.english) == ("Hari Suci Nyepi", "Day of Silence")
    assert CALENDAR.named(D("2026-03-07")) is None  # a plain Saturday
    joint = CALENDAR.named(D("2026-03-18"))
    assert joint is not None
    assert joint.indonesian == "Cuti Bersama Hari Suci Nyepi"


def test_the_desk_adds_a_day_off_and_makes_joint_leave_a_working_day() -> None:
    mended = Calendar(
        [
            Leave(D("2026-03-17"), "Banjir besar"),
            Leave(D("2026-03-18"), "Cuti bersama dicabut", free=False),
            Leave(D("2026-03-21"), "tidak berpengaruh", free=False),  # a Saturday stays free
            Leave(D("2026-04-01"), "Hari jadi kota"),
            Leave(D("2026-04-01"), "batal", free=False),  # the later row holds
        ]
    )
    assert mended.add(D("2026-03-16"), 1) == D("2026-03-18")
    assert not mended.is_working(D("2026-03-21"))
    assert mended.is_working(D("2026-04-01"))
    assert [(day.day, name.indonesian) for day, name in mended.free_between(D("2026-03-16"), D("2026-03-19"))] == [
        (17, "Banjir besar"),
        (19, "Hari Suci Nyepi"),
    ]
    assert CALENDAR.is_working(D("2026-03-17"))  # other calendars are not touched
    assert not CALENDAR.is_working(D("2026-03-18"))


@pytest.mark.parametrize(
    ("start", "zone", "due"),
    [
        (datetime(2026, 3, 6, 3, tzinfo=UTC), "Asia/Jakarta", datetime(2026, 3, 9, 16, 59, 59, 999_999, UTC)),
        # Sunday 23.30 in UTC is Monday morning at the station, which then does not count
        (datetime(2026, 3, 8, 23, 30, tzinfo=UTC), "Asia/Jakarta", datetime(2026, 3, 10, 16, 59, 59, 999_999, UTC)),
        (datetime(2026, 3, 8, 16, 30, tzinfo=UTC), "Asia/Jakarta", datetime(2026, 3, 9, 16, 59, 59, 999_999, UTC)),
        (datetime(2026, 3, 8, 16, 30, tzinfo=UTC), "Asia/Jayapura", datetime(2026, 3, 10, 14, 59, 59, 999_999, UTC)),
    ],
)
def test_a_deadline_is_the_end_of_the_stations_day(start: datetime, zone: str, due: datetime) -> None:
    assert CALENDAR.deadline(start, 1, ZoneInfo(zone)) == due


def test_a_day_whose_last_hour_comes_twice_ends_with_the_second_one() -> None:
    zone = ZoneInfo("America/Sao_Paulo")  # 24.00 became 23.00 on 17 February 2018
    assert end_of(date(2018, 2, 17), zone) == datetime(2018, 2, 18, 2, 59, 59, 999_999, UTC)


DAYS = st.dates(date(2024, 6, 1), date(2028, 6, 1))


@settings(max_examples=60)
@given(day=DAYS, days=st.integers(1, 300))
def test_adding_is_counting_day_by_day(day: date, days: int) -> None:
    walked, left = day, days
    while left:
        walked += timedelta(days=1)
        left -= CALENDAR.is_working(walked)
    assert CALENDAR.add(day, days) == walked


@settings(max_examples=60)
@given(first=DAYS, last=DAYS)
def test_counting_between_is_counting_day_by_day(first: date, last: date) -> None:
    counted = sum(CALENDAR.is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
    assert CALENDAR.working_between(first, last) == counted
