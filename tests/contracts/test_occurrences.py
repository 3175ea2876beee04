"""The contract of occurrences, over SQLite and PostgreSQL: each is given out once, whoever asks."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.database import migrate, open_database
from lppl.occurrences import DONE, ENTERED, Occurrence, Occurrences
from lppl.station.timer import Missed, Timer, next_occurrence

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WIB = ZoneInfo("Asia/Jakarta")


@pytest.fixture
async def occurrences(database_url: str) -> AsyncIterator[Occurrences]:
    await migrate(database_url)
    engine = open_database(database_url)
    yield Occurrences(engine)
    await engine.dispose()


async def test_only_the_first_claim_holds(occurrences: Occurrences) -> None:
    assert await occurrences.claim("backup", NOW, NOW)
    assert not await occurrences.claim("backup", NOW, NOW + HOUR)
    assert await occurrences.claim("journal", NOW, NOW)
    assert await occurrences.claim("backup", NOW + HOUR, NOW)


async def test_of_many_who_ask_at_once_one_gets_it(database_url: str) -> None:
    await migrate(database_url)
    engines = [open_database(database_url) for _ in range(4)]
    asked = [Occurrences(e).claim("backup", NOW, NOW, again) for e in engines for again in (None, HOUR)]
    assert sum(await asyncio.gather(*asked)) == 1
    for engine in engines:
        await engine.dispose()


async def test_an_instant_is_the_same_in_every_zone(occurrences: Occurrences) -> None:
    assert await occurrences.claim("backup", NOW.astimezone(WIB), NOW)
    assert not await occurrences.claim("backup", NOW, NOW)


async def test_what_never_finished_is_given_out_again_where_that_is_safe(occurrences: Occurrences) -> None:
    assert await occurrences.claim("backup", NOW, NOW, HOUR)
    assert not await occurrences.claim("backup", NOW, NOW + HOUR / 2, HOUR), "it may still be running"
    assert not await occurrences.claim("backup", NOW, NOW + 2 * HOUR), "a job that is not safe to run again"
    assert await occurrences.claim("backup", NOW, NOW + HOUR, HOUR)
    assert not await occurrences.claim("backup", NOW, NOW + HOUR, HOUR), "its time begins anew"
    await occurrences.finished("backup", NOW, NOW + HOUR)
    assert not await occurrences.claim("backup", NOW, NOW + 9 * HOUR, HOUR)


async def test_what_became_of_them_is_on_record(occurrences: Occurrences) -> None:
    await occurrences.enter("backup", NOW - HOUR)
    await occurrences.claim("backup", NOW, NOW + timedelta(seconds=1))
    await occurrences.finished("backup", NOW, NOW + HOUR, "failed: OSError: disk penuh")
    await occurrences.claim("backup", NOW + HOUR, NOW + HOUR)
    assert await occurrences.recent("backup") == (
        Occurrence(NOW + HOUR, NOW + HOUR, None, ""),
        Occurrence(NOW, NOW + timedelta(seconds=1), NOW + HOUR, "failed: OSError: disk penuh"),
        Occurrence(NOW - HOUR, NOW - HOUR, NOW - HOUR, ENTERED),
    )
    assert len(await occurrences.recent("backup", limit=1)) == 1
    assert await occurrences.recent("journal") == ()


async def test_the_last_due_is_never_in_the_future(occurrences: Occurrences) -> None:
    assert await occurrences.last_due("backup", NOW) is None
    for due in (NOW - HOUR, NOW, NOW + 9000 * HOUR):
        await occurrences.claim("backup", due, NOW)
    assert await occurrences.last_due("backup", NOW) == NOW
    assert await occurrences.last_due("backup", NOW - HOUR / 2) == NOW - HOUR
    assert await occurrences.last_due("journal", NOW) is None


async def test_old_ones_are_forgotten_but_never_the_newest_of_a_job(occurrences: Occurrences) -> None:
    day = timedelta(days=1)
    for days in (500, 401, 400, 1):
        await occurrences.claim("backup", NOW - days * day, NOW)
    await occurrences.claim("yearly", NOW - 700 * day, NOW)
    assert await occurrences.prune(NOW, 400) == 2
    assert [o.due for o in await occurrences.recent("backup")] == [NOW - day, NOW - 400 * day]
    assert await occurrences.last_due("yearly", NOW) == NOW - 700 * day
    assert await occurrences.prune(NOW, 400) == 0


async def test_two_nodes_run_each_occurrence_once(database_url: str) -> None:
    await migrate(database_url)
    now = [NOW]
    ran: list[tuple[str, datetime]] = []
    engines = [open_database(database_url) for _ in range(2)]
    timers = []
    for node, engine in zip("ab", engines, strict=True):

        async def opened(engine: AsyncEngine = engine) -> Occurrences:
            return Occurrences(engine)

        async def run(due: datetime, node: str = node) -> None:
            ran.append((node, due))
            await asyncio.sleep(0)  # lets the other node in

        timer = Timer(WIB, opened, lambda: now[0])
        timer.daily("backup", 3 * 3600, run, Missed.ALL)
        timers.append(timer)
    await asyncio.gather(*(t.look("backup") for t in timers))
    now[0] = NOW + timedelta(days=5)
    await asyncio.gather(*(t.look("backup") for t in timers))
    due = NOW
    expected = [due := next_occurrence(3 * 3600, WIB, due) for _ in range(5)]
    assert sorted(due for _, due in ran) == expected
    rows = await Occurrences(engines[0]).recent("backup")
    assert [r.outcome for r in rows if r.due in expected] == [DONE] * 5
    for engine in engines:
        await engine.dispose()
