"""Local clock times as air times: clock changes, midnight, leap day, year end."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.media import AssetId, HouseId, Material
from lppl.quanta import Quanta, at_or_after, starting
from scheduler.agenda import Agenda, instant, local_clock
from scheduler.file_plan import plan_of
from scheduler.plan import Fixed, Plan
from scheduler.schedule import parse_schedule


class Everything:
    """A stock in which nothing is missing."""

    def of_fixed(self, event: Fixed) -> Material:
        return Material(HouseId(f"{event.path}.t"), AssetId(event.path), event.path, Quanta(10))

    def length_at(self, path: str) -> Quanta:
        return Quanta(10)


BERLIN = "Europe/Berlin"  # Indonesia has no clock changes; the rule must hold where there are some


@pytest.mark.parametrize(
    ("zone", "day", "second", "expected"),
    [
        ("Asia/Jakarta", date(2026, 11, 22), 6 * 3600, "2026-11-21T23:00:00"),
        ("Asia/Makassar", date(2026, 11, 22), 86_400, "2026-11-22T16:00:00"),
        ("Asia/Jayapura", date(2028, 2, 29), 0, "2028-02-28T15:00:00"),
        ("Asia/Jakarta", date(2026, 12, 31), 86_400, "2026-12-31T17:00:00"),
        (BERLIN, date(2026, 3, 29), 7199, "2026-03-29T00:59:59"),
        (BERLIN, date(2026, 3, 29), 2 * 3600, "2026-03-29T01:00:00"),  # 02.00 is leapt over: 03.00 it is
        (BERLIN, date(2026, 3, 29), 2 * 3600 + 1800, "2026-03-29T01:00:00"),
        (BERLIN, date(2026, 3, 29), 3 * 3600, "2026-03-29T01:00:00"),
        (BERLIN, date(2026, 10, 25), 2 * 3600 + 1800, "2026-10-25T00:30:00"),  # comes twice: the first
        (BERLIN, date(2026, 10, 25), 3 * 3600, "2026-10-25T02:00:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), 2 * 3600 + 600, "2026-10-03T15:30:00"),  # half an hour
        ("Pacific/Apia", date(2011, 12, 30), 12 * 3600, "2011-12-30T10:00:00"),  # a day that never was
    ],
)
def test_clock_times_as_instants(zone: str, day: date, second: int, expected: str) -> None:
    assert instant(day, second, ZoneInfo(zone)) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@given(
    st.sampled_from([BERLIN, "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Jakarta"]),
    st.dates(date(2005, 1, 1), date(2035, 1, 1)),
    st.integers(0, 86_399),
    st.integers(0, 86_399),
)
def test_later_clock_times_are_never_earlier_instants(zone: str, day: date, one: int, other: int) -> None:
    first, second = sorted((one, other))
    assert instant(day, first, ZoneInfo(zone)) <= instant(day, second, ZoneInfo(zone))
    assert instant(day, second, ZoneInfo(zone)) <= instant(day + timedelta(days=1), 0, ZoneInfo(zone))


def signal_hours(zone: str, day: date) -> list[str]:
    """Return the files of an hourly signal on one local day."""
    tz = ZoneInfo(zone)
    start, end = (at_or_after(instant(day + timedelta(days=n), 0, tz)) for n in (0, 1))
    schedule = parse_schedule('[[at]]\nevery = "hour"\nitem = "{hh}"\n', "x")
    agenda = Agenda(plan_of(schedule, tz), tz, start, end, Everything())
    return [e.path for e in agenda.events if start <= e.start < end]


def test_an_hourly_signal_says_the_hour_that_clocks_show() -> None:
    hours = [f"{h:02}" for h in range(24)]
    assert signal_hours("Asia/Jakarta", date(2026, 11, 22)) == hours
    assert signal_hours(BERLIN, date(2026, 3, 29)) == [h for h in hours if h != "02"]
    assert signal_hours(BERLIN, date(2026, 10, 25)) == hours  # the second 02.00 has none


def test_a_block_within_a_leapt_over_hour_is_empty_and_one_across_midnight_is_whole() -> None:
    text = """
[[block]]
programme = "Malam"
days = "sabtu"
start = "23.00"
end = "02.00"
folder = "x"
[[block]]
programme = "Hilang"
days = "minggu"
start = "02.00"
end = "03.00"
folder = "x"
"""
    zone = ZoneInfo(BERLIN)
    start = at_or_after(datetime(2026, 3, 29, tzinfo=zone))
    agenda = Agenda(plan_of(parse_schedule(text, "x"), zone), zone, start, Quanta(start + 10), Everything())
    near = [s for s in agenda.slots if abs(s.start - start) < 40_000]
    assert [(s.strip.programme, s.end - s.start) for s in near] == [("Malam", 3 * 11_250), ("Hilang", 0)]
    assert starting(near[0].end) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert agenda.next_start(near[0].start) != near[1].start


def test_what_comes_next_and_how_it_is_written() -> None:
    zone = ZoneInfo("Asia/Jakarta")
    q = at_or_after(datetime(2026, 11, 22, 6, 0, 30, tzinfo=zone))
    assert local_clock(q, zone) == "06.00.30"
    empty = Agenda(Plan(), zone, q, q, Everything())
    assert (empty.next_hard(q), empty.next_start(q), empty.slot_number(q)) == (None, None, -1)
