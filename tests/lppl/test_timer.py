"""Times of day become instants by our own arithmetic; what is late follows its policy; nothing runs twice."""

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import SQLAlchemyError

from lppl.database import migrate, open_database
from lppl.occurrences import DONE, ENTERED, Occurrences
from lppl.station.timer import Missed, Timer, due_between, next_occurrence, to_run

ZONES = ("Asia/Jakarta", "Asia/Jayapura", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WIB = ZoneInfo("Asia/Jakarta")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CLOCK = 3 * 3600  # 20.00 UTC
TONIGHT = datetime(2026, 11, 22, 20, tzinfo=UTC)


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


# --- which occurrences run -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late_by", "skip", "once", "every"),
    [
        ([], [], [], []),
        ([0], [0], [0], [0]),
        ([2], [2], [2], [2]),
        ([3], [], [3], [3]),
        ([50, 30, 9], [], [9], [50, 30, 9]),
        ([50, 9, 1], [1], [1], [50, 9, 1]),  # the one on time stands for those before
        ([50, 2, 1], [2, 1], [2, 1], [50, 2, 1]),
    ],
)
def test_what_comes_late_follows_its_policy(
    late_by: list[int], skip: list[int], once: list[int], every: list[int]
) -> None:
    due = [NOW - n * MINUTE for n in late_by]
    found = [[(NOW - d) // MINUTE for d in to_run(m, due, NOW)] for m in (Missed.SKIP, Missed.ONCE, Missed.ALL)]
    assert found == [skip, once, every]


def test_instants_that_do_not_go_forward_are_no_endless_loop() -> None:
    with pytest.raises(ValueError, match="not after"):
        list(due_between(lambda _after: NOW, NOW, NOW + MINUTE))


# --- the timer over a database, under a clock of its own -------------------------------------------------


class Station:
    """A timer of a station whose clock, power and database are in the test's hands."""

    def __init__(self, url: str) -> None:
        self.now = NOW
        self.ran: list[datetime] = []
        self.away = False
        self.engine = open_database(url)
        self.store = Occurrences(self.engine)
        self.errors: list[Exception] = []
        self.timer = self.switched_on()

    def switched_on(self) -> Timer:
        self.timer = Timer(WIB, self.opened, lambda: self.now)
        return self.timer

    async def opened(self) -> Occurrences:
        if self.away:
            raise OSError("no route to host")
        return self.store

    async def run(self, due: datetime) -> None:
        self.ran.append(due)
        if self.errors:
            raise self.errors.pop()

    async def rows(self) -> list[tuple[datetime, str]]:
        return [(r.due, r.outcome) for r in await self.store.recent("job") if r.outcome != ENTERED]


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    url = f"sqlite:///{tmp_path / 'lppl.db'}"
    await migrate(url)
    station = Station(url)
    yield station
    await station.engine.dispose()


async def test_a_job_runs_at_its_time_and_says_when_to_look_again(station: Station) -> None:
    station.timer.daily("job", CLOCK, station.run)
    assert await station.timer.look("job") == NOW + MINUTE, "clocks are set: never rest for long"
    station.now = TONIGHT - timedelta(seconds=20)
    assert await station.timer.look("job") == TONIGHT
    assert station.ran == []
    station.now = TONIGHT
    assert await station.timer.look("job") == TONIGHT + MINUTE
    await station.timer.look("job")
    assert station.ran == [TONIGHT]
    assert await station.rows() == [(TONIGHT, DONE)]


async def test_a_station_switched_off_before_its_first_night_makes_that_up(station: Station) -> None:
    station.timer.daily("job", CLOCK, station.run)
    await station.timer.look("job")
    station.now += DAY
    station.switched_on().daily("job", CLOCK, station.run)
    await station.timer.look("job")
    assert station.ran == [TONIGHT]


@pytest.mark.parametrize(("missed", "nights"), [(Missed.SKIP, []), (Missed.ONCE, [3]), (Missed.ALL, [0, 1, 2, 3])])
async def test_a_restart_makes_up_what_the_policy_says_once(
    station: Station, missed: Missed, nights: list[int]
) -> None:
    station.timer.daily("job", CLOCK, station.run, missed)
    await station.timer.look("job")
    station.now = NOW + 4 * DAY
    for _ in range(3):
        station.switched_on().daily("job", CLOCK, station.run, missed)
        await station.timer.look("job")
    assert station.ran == [TONIGHT + n * DAY for n in nights]


async def test_while_the_database_is_away_it_waits_and_is_then_late(station: Station) -> None:
    for name, missed in (("job", Missed.ONCE), ("skipped", Missed.SKIP)):
        station.timer.daily(name, CLOCK, station.run, missed)
        await station.timer.look(name)
    station.now, station.away = TONIGHT, True
    for name in ("job", "skipped"):
        with pytest.raises(OSError, match="no route"):
            await station.timer.look(name)
    assert station.ran == []
    station.now, station.away = TONIGHT + 10 * MINUTE, False
    for name in ("job", "skipped"):
        await station.timer.look(name)
    assert station.ran == [TONIGHT]
    assert await station.rows() == [(TONIGHT, DONE)]


async def test_a_database_lost_during_the_run_learns_its_end_later(station: Station, tmp_path: Path) -> None:
    async def run(due: datetime) -> None:
        await station.run(due)
        (tmp_path / "lppl.db").rename(tmp_path / "away.db")
        await station.engine.dispose()
        (tmp_path / "lppl.db").mkdir()

    station.timer.daily("job", CLOCK, run)
    await station.timer.look("job")
    station.now = TONIGHT
    for _ in range(2):
        with pytest.raises(SQLAlchemyError):
            await station.timer.look("job")
    (tmp_path / "lppl.db").rmdir()
    (tmp_path / "away.db").rename(tmp_path / "lppl.db")
    station.now = TONIGHT + HOUR
    await station.timer.look("job")
    assert station.ran == [TONIGHT]
    (row, _entered) = await station.store.recent("job")
    assert (row.finished, row.outcome) == (TONIGHT, DONE)


async def test_a_job_that_fails_is_on_record_without_secrets_and_comes_again(station: Station) -> None:
    station.timer.daily("job", CLOCK, station.run)
    await station.timer.look("job")
    station.errors = [RuntimeError("cannot reach ftp://a:rahasia@b/c\nand more")]
    for night in range(2):
        station.now = TONIGHT + night * DAY
        await station.timer.look("job")
    assert await station.rows() == [
        (TONIGHT + DAY, DONE),
        (TONIGHT, "failed: RuntimeError: cannot reach ftp://a:***@b/c"),
    ]


async def killed(station: Station, missed: Missed, again_after: timedelta | None) -> None:
    """Have the process die in tonight's run, and come up again ten minutes later."""

    async def run(due: datetime) -> None:
        await station.run(due)
        raise asyncio.CancelledError

    station.timer.daily("job", CLOCK, run, missed, again_after)
    await station.timer.look("job")
    station.now = TONIGHT
    with pytest.raises(asyncio.CancelledError):
        await station.timer.look("job")
    station.now += 10 * MINUTE
    station.switched_on().daily("job", CLOCK, station.run, missed, again_after)


async def test_what_a_process_died_with_is_not_run_again(station: Station) -> None:
    await killed(station, Missed.ALL, None)
    for hours in (0, 5):
        station.now += hours * HOUR
        await station.timer.look("job")
    assert station.ran == [TONIGHT]
    assert (await station.store.recent("job"))[0].finished is None, "staff can see it"


@pytest.mark.parametrize("missed", [Missed.ONCE, Missed.ALL])
async def test_what_may_run_twice_is_run_again_when_surely_nobody_runs_it(station: Station, missed: Missed) -> None:
    await killed(station, missed, HOUR)
    await station.timer.look("job")
    station.now = TONIGHT + HOUR - MINUTE / 2
    assert await station.timer.look("job") == TONIGHT + HOUR
    assert station.ran == [TONIGHT]
    station.now = TONIGHT + HOUR
    for _ in range(2):
        await station.timer.look("job")
    assert station.ran == [TONIGHT, TONIGHT]
    assert await station.rows() == [(TONIGHT, DONE)]


async def test_a_newer_run_stands_for_one_that_was_cut_off(station: Station) -> None:
    await killed(station, Missed.ONCE, HOUR)
    station.now = TONIGHT + 2 * DAY + HOUR
    await station.timer.look("job")
    assert station.ran == [TONIGHT, TONIGHT + 2 * DAY]


async def test_a_job_that_hangs_ends_before_it_may_run_again(station: Station) -> None:
    async def hang(_due: datetime) -> None:
        await asyncio.Event().wait()

    station.timer.daily("job", CLOCK, hang, again_after=timedelta(milliseconds=1))
    await station.timer.look("job")
    station.now = TONIGHT
    await station.timer.look("job")
    assert [outcome.split(":")[:2] for _, outcome in await station.rows()] == [["failed", " TimeoutError"]]


async def test_a_clock_set_back_or_years_ahead_repeats_nothing_and_stops_nothing(station: Station) -> None:
    station.timer.daily("job", CLOCK, station.run)
    await station.timer.look("job")
    hours_later = [8, 8 - 0.01, 8 + 0.01, 14 * 365 * 24, 9, 32]
    for hours in hours_later:
        station.now = NOW + hours * HOUR
        await station.timer.look("job")
        if hours == 9:  # the same for a process that only knows the records
            station.switched_on().daily("job", CLOCK, station.run)
            await station.timer.look("job")
    future = next_occurrence(CLOCK, WIB, NOW + 14 * 365 * DAY - DAY)
    assert station.ran == [TONIGHT, future, TONIGHT + DAY]


async def test_instants_need_not_be_daily_and_may_change(station: Station) -> None:
    slots = [NOW + HOUR, NOW + 9 * HOUR]

    def next_after(after: datetime) -> datetime | None:
        return min((s for s in slots if s > after), default=None)

    station.timer.at("job", next_after, station.run, Missed.SKIP)
    await station.timer.look("job")
    station.now = slots[0]
    await station.timer.look("job")
    slots[1] = NOW + 2 * HOUR  # the live slot was moved forward
    station.now = slots[1] - timedelta(seconds=1)
    assert await station.timer.look("job") == slots[1]
    station.now = slots[1]
    assert await station.timer.look("job") == slots[1] + MINUTE
    assert station.ran == slots


async def test_instants_are_asked_for_beside_the_event_loop(station: Station) -> None:
    """Who asks reads a running order of two days, which would hold up a commit."""
    asked: set[int] = set()

    def next_after(after: datetime) -> datetime | None:
        asked.add(threading.get_ident())
        return after + HOUR

    station.timer.at("job", next_after, station.run)
    await station.timer.look("job")
    assert asked and threading.get_ident() not in asked


def test_names_are_kept_for_ever_so_they_must_be_one_job_each() -> None:
    async def never(_due: datetime) -> None: ...

    async def opened() -> Occurrences:
        raise OSError

    timer = Timer(WIB, opened)
    timer.daily("backup", 0, never)
    for name in ("backup", "x" * 65):
        with pytest.raises(ValueError, match=name):
            timer.daily(name, 0, never)


async def test_a_dead_clock_once_set_and_a_fault_in_another_job_stop_nothing(station: Station) -> None:
    """The whole timer, with APScheduler: the machine begins in the year 2000 and learns the time as it runs."""
    instants = [datetime(2000, 1, 1, 20, tzinfo=UTC), TONIGHT]
    lag = [datetime.now(UTC) - instants[0] + timedelta(milliseconds=50)]
    made = asyncio.Event()

    async def run(due: datetime) -> None:
        await station.run(due)
        if due == TONIGHT:
            made.set()
        lag[0] = datetime.now(UTC) - (TONIGHT + 6 * HOUR)

    def next_after(after: datetime) -> datetime | None:
        return next((i for i in instants if i > after), None)

    def broken(_after: datetime) -> datetime | None:
        raise RuntimeError("no instants")

    timer = Timer(WIB, station.opened, lambda: datetime.now(UTC) - lag[0])
    timer.at("broken", broken, station.run)
    timer.at("job", next_after, run)
    running = asyncio.create_task(timer.run())
    try:
        async with asyncio.timeout(10):
            await made.wait()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert station.ran == instants
