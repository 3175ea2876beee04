"""One contract, every bus: in process, and over a real Redis."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from lppl.events import (
    EVENTS,
    Alarm,
    Bus,
    Event,
    ItemStarted,
    Lagged,
    LibraryChanged,
    MemoryBus,
    ScheduleChanged,
    SegmentPublished,
    open_bus,
)
from lppl.redis_bus import RedisBus, decoded, encoded
from tests.contracts.servers import RedisServer

SOON = 10.0


MakeBus = Callable[[int], Bus]


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.integration)])
def make_bus(request: pytest.FixtureRequest) -> MakeBus:
    if request.param == "memory":
        return MemoryBus
    server: RedisServer = request.getfixturevalue("redis_server")
    return lambda queue: RedisBus(server.url, queue=queue, topic=request.node.name)


async def _ready(bus: Bus) -> None:
    if isinstance(bus, RedisBus):
        await asyncio.wait_for(bus.wait_connected(), SOON)


@pytest.fixture
async def bus(make_bus: MakeBus) -> AsyncIterator[Bus]:
    async with make_bus(4) as bus:
        await _ready(bus)
        yield bus


async def _next(events: AsyncIterator[Event]) -> Event:
    return await asyncio.wait_for(anext(events), SOON)


async def test_a_subscriber_gets_its_types_in_order(bus: Bus) -> None:
    async with bus.subscribe(SegmentPublished, Alarm) as events:
        bus.publish(SegmentPublished("tv", 1))
        bus.publish(LibraryChanged())
        bus.publish(Alarm("tv", "slate", True, "Tidak ada materi"))
        bus.publish(SegmentPublished("radio", 2))
        assert [await _next(events) for _ in range(3)] == [
            SegmentPublished("tv", 1),
            Alarm("tv", "slate", True, "Tidak ada materi"),
            SegmentPublished("radio", 2),
        ]


async def test_no_types_means_all(bus: Bus) -> None:
    async with bus.subscribe() as events:
        sent = [LibraryChanged(), ScheduleChanged("tv"), ItemStarted("tv", "a1")]
        for event in sent:
            bus.publish(event)
        assert [await _next(events) for _ in sent] == sent


async def test_a_burst_is_waited_for_and_forgotten(bus: Bus) -> None:
    async with bus.subscribe(ScheduleChanged) as changes:
        waiting = asyncio.create_task(changes.burst(SOON, 0.1))
        for channel in ("tv", "radio", "tv"):
            bus.publish(ScheduleChanged(channel))
        async with asyncio.timeout(SOON):
            await waiting
        await changes.burst(0.0, SOON)  # nothing is left: it does not wait for what may follow
        bus.publish(ScheduleChanged("after"))
        assert await _next(changes) == ScheduleChanged("after")


async def test_every_subscriber_gets_everything_once(bus: Bus) -> None:
    async with bus.subscribe(ScheduleChanged) as one, bus.subscribe(ScheduleChanged) as two:
        bus.publish(ScheduleChanged("tv"))
        bus.publish(ScheduleChanged("radio"))
        for events in (one, two):
            assert await _next(events) == ScheduleChanged("tv")
            assert await _next(events) == ScheduleChanged("radio")


async def test_a_waiting_subscriber_is_woken(bus: Bus) -> None:
    async with bus.subscribe(LibraryChanged) as events:
        waiting = asyncio.create_task(_next(events))
        await asyncio.sleep(0)
        bus.publish(LibraryChanged())
        assert await waiting == LibraryChanged()


async def test_a_slow_subscriber_loses_the_oldest_and_is_told(bus: Bus) -> None:
    async with bus.subscribe(SegmentPublished) as slow:
        for cell in range(10):
            bus.publish(SegmentPublished("tv", cell))
        assert await _next(slow) == Lagged(6)
        assert [await _next(slow) for _ in range(4)] == [SegmentPublished("tv", c) for c in range(6, 10)]
        bus.publish(SegmentPublished("tv", 10))
        assert await _next(slow) == SegmentPublished("tv", 10)


async def test_a_slow_subscriber_does_not_hurt_another(bus: Bus) -> None:
    async with bus.subscribe(SegmentPublished), bus.subscribe(SegmentPublished) as quick:
        for cell in range(20):
            bus.publish(SegmentPublished("tv", cell))
            assert await _next(quick) == SegmentPublished("tv", cell)


async def test_publishing_to_nobody_is_fine(bus: Bus) -> None:
    for cell in range(100):
        bus.publish(SegmentPublished("tv", cell))
    async with bus.subscribe(SegmentPublished) as events:
        bus.publish(SegmentPublished("tv", 100))
        assert await _next(events) == SegmentPublished("tv", 100)


async def test_leaving_the_block_ends_the_subscription(bus: Bus) -> None:
    async with bus.subscribe(LibraryChanged) as events:
        pass
    bus.publish(LibraryChanged())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(events), 0.05)


async def test_closing_the_bus_ends_iterations_after_what_was_waiting(make_bus: MakeBus) -> None:
    async with contextlib.AsyncExitStack() as stack:
        bus = await stack.enter_async_context(make_bus(4))
        await _ready(bus)
        assert bus.connected
        events = await stack.enter_async_context(bus.subscribe(LibraryChanged))
        bus.publish(LibraryChanged())
        await bus.__aexit__(None, None, None)
        assert [e async for e in events] == [LibraryChanged()]
        assert not bus.connected
        bus.publish(LibraryChanged())
        async with bus.subscribe() as late:
            assert [e async for e in late] == []


# --- what only Redis does -----------------------------------------------------------------------------------


@pytest.mark.integration
async def test_processes_hear_each_other_once(redis_server: RedisServer) -> None:
    async with RedisBus(redis_server.url, topic="two") as one, RedisBus(redis_server.url, topic="two") as two:
        await _ready(one)
        await _ready(two)
        async with one.subscribe() as at_one, two.subscribe() as at_two:
            one.publish(ItemStarted("tv", "x"))
            assert await _next(at_two) == ItemStarted("tv", "x")
            two.publish(ScheduleChanged("radio"))
            assert await _next(at_one) == ItemStarted("tv", "x")
            assert await _next(at_one) == ScheduleChanged("radio")  # its own event came back only once
            assert await _next(at_two) == ScheduleChanged("radio")


@pytest.mark.integration
async def test_local_delivery_works_while_redis_is_away_and_what_waited_follows(tmp_path: Path) -> None:
    server = RedisServer(tmp_path)
    troubles: list[str] = []
    make = {"topic": "away", "longest_pause_s": 0.2}
    url = server.url.replace("//", "//:geheim@")  # the test's server has no password and says so
    async with (
        RedisBus(url, **make, on_trouble=troubles.append) as stranger,
        stranger.subscribe(LibraryChanged) as events,
    ):
        stranger.publish(LibraryChanged())
        assert await _next(events) == LibraryChanged()
        assert not stranger.connected
    async with RedisBus(server.url, **make) as one, RedisBus(server.url, **make, on_trouble=troubles.append) as two:
        one.publish(ScheduleChanged("tv"))
        async with two.subscribe(ScheduleChanged) as at_two:
            server.start()
            try:
                await _ready(two)
                assert await _next(at_two) == Lagged(0)
                await _ready(one)
                server.stop()
                await _while(lambda: one.connected or two.connected)
                one.publish(ScheduleChanged("radio"))
                assert not one.connected
                server.start()
                await _ready(one)
                await _ready(two)
                one.publish(ScheduleChanged("last"))
                seen = []
                while ScheduleChanged("last") not in seen:
                    seen.append(await _next(at_two))
                assert Lagged(0) in seen
            finally:
                server.stop()
    assert any("kembali" in t for t in troubles)
    assert not any("geheim" in t for t in troubles)


async def _while(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON):
        while condition():
            await asyncio.sleep(0.02)


@pytest.mark.integration
async def test_rubbish_on_the_topic_is_passed_over(redis_server: RedisServer) -> None:
    async with RedisBus(redis_server.url, topic="rubbish") as bus:
        await _ready(bus)
        async with bus.subscribe() as events:
            with redis.Redis.from_url(redis_server.url) as client:
                client.publish("rubbish", b"\xff not json")
                client.publish("rubbish", b'{"type": "ItemStarted", "origin": "o", "event": {"channel": 5}}')
                client.publish("rubbish", encoded(ScheduleChanged("tv"), "another"))
            assert await _next(events) == ScheduleChanged("tv")


@given(st.one_of([st.builds(kind) for kind in EVENTS]), st.uuids().map(str))
def test_events_survive_the_wire(event: Event, origin: str) -> None:
    assert decoded(encoded(event, origin)) == (event, origin)


@given(st.binary() | st.text().map(str.encode))
def test_unknown_bytes_decode_to_nothing(data: bytes) -> None:
    assert decoded(data) is None


def test_a_station_without_redis_has_the_bus_in_process() -> None:
    assert type(open_bus(None)) is MemoryBus


@pytest.mark.integration
@pytest.mark.parametrize("steps", range(0, 24, 2))
async def test_a_bus_closes_at_any_moment(redis_server: RedisServer, steps: int) -> None:
    # redis-py swallows a cancellation that arrives while it connects.
    bus = RedisBus(redis_server.url, topic="closing")
    await bus.__aenter__()
    await _ready(bus)
    bus.publish(LibraryChanged())
    for _ in range(steps):
        await asyncio.sleep(0)
    await asyncio.wait_for(bus.__aexit__(None, None, None), SOON)
    assert not bus.connected
