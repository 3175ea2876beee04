"""The inbox on both databases, and queues of hints in memory and by a real Redis: one contract each."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.cases.tables import arrivals, enclosures
from lppl.database import migrate, open_database
from lppl.intake.files import SealedFiles, new_id
from lppl.intake.inbox import Inbox, KeptFile
from lppl.intake.keyring import Keyring, KeyringBroken
from lppl.intake.reception import Reception
from lppl.intake.redis_works import RedisWorks
from lppl.intake.values import Kind, Raw, Source
from lppl.intake.works import Hint, MemoryWorks, Rank, Task, Works
from tests.contracts.servers import RedisServer

NOW = datetime(2026, 11, 23, 2, 5, tzinfo=UTC)


def _raw(body: bytes = b"jalan berlubang", source: Source = Source.WEB) -> Raw:
    return Raw(source, body, "application/json", NOW)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    await migrate(database_url)
    made = open_database(database_url)
    yield made
    await made.dispose()


# --- inbox ---


async def test_what_is_acknowledged_is_committed_and_sealed(engine: AsyncEngine, tmp_path: Path) -> None:
    ring = Keyring.of(tmp_path / "keys")
    receipt = await Inbox(engine, ring).keep(_raw(b"Siti 0812"))
    async with engine.connect() as connection:
        row = (await connection.execute(select(arrivals))).one()
    assert (row.id, row.code, row.state, row.not_before) == (receipt.id, receipt.code, "waiting", NOW)
    assert b"Siti" not in row.body
    assert ring.unwrapped(row.wrapped).opened(row.body) == b"Siti 0812"


async def test_the_same_sent_again_has_the_same_code_and_is_kept_once(engine: AsyncEngine, tmp_path: Path) -> None:
    ring = Keyring.of(tmp_path / "keys")
    one, other = Inbox(engine, ring), Inbox(engine, ring)
    first = await one.keep(_raw(), key="wamid.1")
    again = await asyncio.gather(*(i.keep(_raw(b"other bytes"), key="wamid.1") for i in (one, other, one, other)))
    assert {(r.id, r.code, r.again) for r in again} == {(first.id, first.code, True)}
    elsewhere = await one.keep(_raw(source=Source.SMS), key="wamid.1")
    assert elsewhere.id != first.id
    assert not elsewhere.again


async def test_a_crowd_by_two_processes_is_kept_once_each(engine: AsyncEngine, tmp_path: Path) -> None:
    ring = Keyring.of(tmp_path / "keys")
    inboxes = [Inbox(engine, ring) for _ in range(2)]
    sent = [f"{n % 150}" for n in range(300)]  # each comes twice, to a different inbox perhaps
    found = await asyncio.gather(*(inboxes[n // 7 % 2].keep(_raw(), key=k) for n, k in enumerate(sent)))
    assert len({r.code for r in found}) == 150
    assert [r.again for r in found].count(False) == 150
    async with engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(arrivals)) == 150


async def test_files_are_named_in_the_same_transaction(engine: AsyncEngine, tmp_path: Path) -> None:
    ring, files = Keyring.of(tmp_path / "keys"), SealedFiles(tmp_path)
    key, number = ring.new(), new_id()
    size = await asyncio.to_thread(files.write, number, key, iter([b"jpeg"]))
    kept = KeptFile(number, Kind.PICTURE, "image/jpeg", size, key)
    inbox = Inbox(engine, ring)
    first = await inbox.keep(_raw(), "token", [kept])
    again = await inbox.keep(_raw(), "token", [KeptFile(new_id(), Kind.PICTURE, "image/jpeg", 4, key)])
    assert again.again
    async with engine.connect() as connection:
        rows = (await connection.execute(select(enclosures))).all()
    assert [(r.id, r.arrival_id, r.state, r.size) for r in rows] == [(number, first.id, "kept", 4)]
    assert b"".join(files.read(number, ring.unwrapped(rows[0].wrapped))) == b"jpeg"


async def test_nothing_is_acknowledged_that_the_database_refused(engine: AsyncEngine, tmp_path: Path) -> None:
    inbox = Inbox(engine, Keyring.of(tmp_path / "keys"))
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE arrivals RENAME TO away"))
    results = await asyncio.gather(*(inbox.keep(_raw(), str(n)) for n in range(5)), return_exceptions=True)
    assert all(isinstance(r, SQLAlchemyError) for r in results)
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO arrivals"))
    assert not (await inbox.keep(_raw(), "1")).again  # it goes on


async def test_records_refuse_keys_that_are_not_theirs(engine: AsyncEngine, tmp_path: Path) -> None:
    async def opened(keys: str) -> Reception:
        return await Reception.opened(engine, tmp_path / keys, MemoryWorks(), tmp_path, lambda: NOW)

    first = await opened("keys")
    assert (await opened("keys")).keyring.fingerprint == first.keyring.fingerprint
    with pytest.raises(KeyringBroken):
        await opened("elsewhere")
    assert not (tmp_path / "elsewhere").exists()
    Keyring.of(tmp_path / "other")
    with pytest.raises(KeyringBroken):
        await opened("other")


# --- hints ---


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.integration)])
async def works(request: pytest.FixtureRequest) -> AsyncIterator[Callable[[], Works]]:
    """Give queues that are the same queue, as of several processes where there may be several."""
    if request.param == "memory":
        one = MemoryWorks()
        yield lambda: one
        return
    server: RedisServer = request.getfixturevalue("redis_server")
    made: list[RedisWorks] = []

    def another() -> Works:
        made.append(RedisWorks(server.url, stream=f"test:{request.node.name}", stale_s=0.2))
        return made[-1]

    yield another
    for each in made:
        await each.close()


def _hints(count: int) -> list[Hint]:
    return [Hint(Task.UNDERSTAND, str(n)) for n in range(count)]


async def _all(take: Callable[[], Awaitable[list[Hint]]], count: int) -> list[Hint]:
    found: list[Hint] = []
    async with asyncio.timeout(10):
        while len(found) < count:
            found += await take()
    return found


async def test_what_was_put_is_taken_once_by_somebody(works: Callable[[], Works]) -> None:
    putter, takers = works(), [works(), works()]
    await putter.put(_hints(40))

    async def take() -> list[Hint]:
        found = []
        for taker in takers:
            taken = await taker.take(0.05, most=3)
            await taker.done(taken)
            found += [t.hint for t in taken]
        return found

    found = await _all(take, 40)
    assert sorted(int(h.subject) for h in found) == list(range(40))
    assert [await t.take(0.01) for t in takers] == [(), ()]


async def test_an_empty_queue_gives_nothing_after_a_while(works: Callable[[], Works]) -> None:
    assert await works().take(0.01) == ()


async def test_who_waits_is_woken(works: Callable[[], Works]) -> None:
    queue = works()
    waiting = asyncio.create_task(_all(lambda: _taken(queue), 1))
    await asyncio.sleep(0)
    await works().put([Hint(Task.TELL, "7")])
    assert await waiting == [Hint(Task.TELL, "7")]


async def _taken(queue: Works) -> list[Hint]:
    taken = await queue.take(1.0)
    await queue.done(taken)
    return [t.hint for t in taken]


async def test_danger_is_taken_before_all_that_waits(works: Callable[[], Works]) -> None:
    putter = works()
    await putter.put([Hint(Task.UNDERSTAND, f"table {n}", Rank.LATER) for n in range(5)])
    await putter.put(_hints(5))
    await putter.put([Hint(Task.UNDERSTAND, "danger", Rank.URGENT)])
    taken = await works().take(1.0, most=2)
    ranks = [t.hint.rank for t in taken]
    assert ranks == sorted(ranks)
    assert ranks[0] is Rank.URGENT
    assert 2 <= len(taken) <= 5


async def test_a_queue_full_of_what_can_wait_has_room_for_danger() -> None:
    queue = MemoryWorks(room=3)
    await queue.put([Hint(Task.UNDERSTAND, str(n), Rank.LATER) for n in range(10)])
    danger = Hint(Task.UNDERSTAND, "danger", Rank.URGENT)
    await queue.put([danger, danger])
    assert [t.hint.subject for t in await queue.take(0.1)] == ["danger", "0", "1", "2"]
    assert await queue.take(0.01) == ()


@pytest.mark.integration
async def test_what_a_dead_process_took_is_given_to_another(redis_server: RedisServer) -> None:
    one, other = (RedisWorks(redis_server.url, stream="test:dead", stale_s=0.05) for _ in range(2))
    await one.put(_hints(3))
    assert len(await one.take(1.0)) == 3  # and it dies, without a word
    found = await _all(lambda: _taken(other), 3)
    assert len(found) == 3
    assert await other.take(0.2) == ()
    await one.close()
    await other.close()


@pytest.mark.integration
async def test_without_redis_hints_go_by_memory_and_by_redis_when_it_is_back(tmp_path: Path) -> None:
    server, told = RedisServer(tmp_path), list[str]()
    queue = RedisWorks(server.url, stream="test:away", stale_s=0.2, on_trouble=told.append, away_s=0.05)
    await queue.put(_hints(2))
    assert len(await queue.take(0.1)) == 2
    assert len(told) == 1
    assert "Redis" in told[0]
    server.start()
    try:
        await asyncio.sleep(0.1)  # it is left alone for so long
        await queue.put(_hints(2))
        assert len(await _all(lambda: _taken(queue), 2)) == 2
        server.stop()
        server.start()  # everything it knew is lost
        await queue.put(_hints(1))  # perhaps into memory, while the loss is noticed
        await asyncio.sleep(0.1)
        assert len(await _all(lambda: _taken(queue), 1)) == 1
    finally:
        await queue.close()
        server.stop()
