"""How often something may be tried: one contract in memory and over a real Redis, which several processes share."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from lppl import rates
from lppl.rates import MemoryRates, Rates, RedisRates
from tests.contracts.servers import RedisServer

TABLE = {"masuk": (3, 900.0), "sebentar": (2, 0.4)}
Make = Callable[[], Rates]


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.integration)])
async def make(request: pytest.FixtureRequest) -> AsyncIterator[Make]:
    """Return what makes the counts of one more process."""
    async with AsyncExitStack() as stack:

        def memory() -> Rates:
            return MemoryRates(TABLE)

        def redis() -> Rates:
            server: RedisServer = request.getfixturevalue("redis_server")
            made = RedisRates(server.url, TABLE, prefix=request.node.name)
            stack.push_async_callback(made.close)
            return made

        yield memory if request.param == "memory" else redis


async def test_of_many_at_once_no_more_come_through_than_may(make: Make) -> None:
    counts = make()
    waits = await asyncio.gather(*(counts.take("masuk", "rina") for _ in range(20)))
    assert sum(wait == 0.0 for wait in waits) == 3
    assert all(0 < wait <= 900 for wait in waits if wait)
    assert await counts.take("masuk", "budi") == 0.0
    assert await counts.wait_s("masuk", "rina") > 0


async def test_whoever_succeeded_begins_anew_and_so_does_who_waited(make: Make) -> None:
    counts = make()
    for _ in range(3):
        await counts.take("masuk", "rina")
    await counts.forget("masuk", "rina")
    assert await counts.take("masuk", "rina") == 0.0
    for _ in range(2):
        await counts.count("sebentar", "rina")
    wait = await counts.wait_s("sebentar", "rina")
    assert 0 < wait <= 0.4
    await asyncio.sleep(wait + 0.1)
    assert await counts.take("sebentar", "rina") == 0.0


@pytest.mark.integration
async def test_processes_share_what_they_count_and_a_lost_redis_refuses_nobody(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "AWAY_S", 0.1)
    one, other = (RedisRates(redis_server.url, TABLE, prefix="bersama") for _ in range(2))
    try:
        taken = [await each.take("masuk", "rina") for each in (one, other, one, other, one)]
        assert [wait == 0.0 for wait in taken] == [True, True, True, False, False]
        redis_server.stop()
        assert await other.take("masuk", "budi") == 0.0
        assert await other.wait_s("masuk", "budi") == 0.0
        await other.forget("masuk", "budi")
        alone = [await other.take("masuk", "sari") for _ in range(4)]
        assert [wait == 0.0 for wait in alone] == [True, True, True, False]  # by itself it counts on
        redis_server.start()
        for each in (one, other):  # each finds out by itself that its connection is of the server before
            await asyncio.sleep(0.2)
            await each.take("masuk", "siapa saja")
        await asyncio.sleep(0.2)
        assert await one.take("masuk", "tono") == 0.0
        assert [await other.take("masuk", "tono") == 0.0 for _ in range(3)] == [True, True, False]
    finally:
        await one.close()
        await other.close()
