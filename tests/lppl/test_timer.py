"""Times of day become instants by our own arithmetic, once each, whatever the clocks of the zone do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.station.timer import next_occurrence

ZONES = ("Asia/Jakarta", "Asia/Jayapura", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")


@pytest.mark.parametrize(
    ("zone", "clock", "after", "expected"),
    [
        ("Asia/Jakarta", 3 * 3600, "2026-11-21T19:00+00:00", "2026-11-21T20:00+00:00"),
        ("Asia/Jakarta", 3 * 3600, "2026-11-21T20:00+00:00", "2026-11-22T20:00+00:00"),
        # 02.30 does not exist that night in Berlin: the first instant after the gap
        ("Europe/Berlin", 2 * 3600 + 1800, "2026-03-28T12:00+00:00", "2026-03-29T01:00+00:00"),
        # 02.30 comes twice: only the first counts
        ("Europe/Berlin", 2 * 3600 + 1800, "2026-10-24T12:00+00:00", "2026-10-25T00:30+00:00"),
        ("Europe/Berlin", 2 * 3600 + 1800, "2026-10-25T00:30+00:00", "2026-10-26T01:30+00:00"),
    ],
)
def test_occurrences(zone: str, clock: int, after: str, expected: str) -> None:
    found = next_occurrence(clock, ZoneInfo(zone), datetime.fromisoformat(after))
    assert found == datetime.fromisoformat(expected)


@given(
    st.sampled_from(ZONES),
    st.integers(0, 86_399),
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_every_day_has_one_and_none_comes_twice(zone: str, clock: int, start: datetime) -> None:
    after = start.replace(tzinfo=UTC)
    days = set()
    for _ in range(5):
        found = next_occurrence(clock, ZoneInfo(zone), after)
        assert after < found <= after + timedelta(hours=49)
        day = found.astimezone(ZoneInfo(zone)).date()
        assert day not in days
        days.add(day)
        after = found
