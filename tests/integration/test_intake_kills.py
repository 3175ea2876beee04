"""kill -9 of any node at any moment, with real databases and Redis: what was acknowledged is there, once, with its
files; nothing else is.
"""

import asyncio
import contextlib
import math
import multiprocessing
import random
import socket
import string
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select

from lppl.cases.tables import arrivals, case_events, cases, enclosures, words
from lppl.database import open_database
from lppl.intake.forgetting import remove_orphans
from lppl.intake.reception import Reception
from lppl.intake.works import MemoryWorks
from tests.contracts.servers import PostgresServer, RedisServer
from tests.integration import intake_node

pytestmark = [pytest.mark.integration, pytest.mark.long]

FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(["tests.integration.intake_node"])  # loaded once; a node is then there in a moment
PHOTO = b"\xff\xd8\xff\xe0" + b"not much of a picture" * 400
SETTLED_S = 60.0


@dataclass
class Node:
    """A process that takes words in, and works on them."""

    port: int
    environ: dict[str, str]
    log: Path
    process: "multiprocessing.context.ForkServerProcess | None" = None

    async def start(self) -> None:
        here, there = FORK.Pipe()
        self.process = FORK.Process(
            target=intake_node.serve, args=(self.port, self.environ, self.log, there), daemon=True
        )
        await asyncio.to_thread(self.process.start)
        there.close()
        try:
            assert await asyncio.to_thread(here.poll, 60), "the node does not start"
            here.recv()
        except EOFError:
            pytest.fail(f"the node ended while it started:\n{self.log.read_text()[-3000:]}")
        finally:
            here.close()

    async def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            await asyncio.to_thread(self.process.join)
            self.process.close()
            self.process = None


@dataclass
class Citizens:
    """People who send their report until it is acknowledged, as a phone does."""

    ports: list[int]
    acknowledged: dict[str, str] = field(default_factory=dict)
    """Token -> code."""
    tried: set[str] = field(default_factory=set)
    over: bool = False

    async def one(self, session: aiohttp.ClientSession, lot: random.Random) -> None:
        while not self.over:
            token = "".join(lot.choices(string.ascii_lowercase, k=24))  # digits might look like somebody's number
            await asyncio.sleep(0.03)
            self.tried.add(token)
            while not await self._sent(session, token, lot.choice(self.ports)):
                await asyncio.sleep(0.05)
                if self.over:
                    return

    async def _sent(self, session: aiohttp.ClientSession, token: str, port: int) -> bool:
        form = aiohttp.FormData()
        form.add_field("token", token)
        form.add_field("text", f"Lampu jalan mati, laporan {token}")
        form.add_field("files", PHOTO, filename="foto.jpg", content_type="image/jpeg")
        try:
            async with session.post(f"http://127.0.0.1:{port}/lapor", data=form, allow_redirects=False) as answer:
                if answer.status != 303:
                    return False
                code = answer.headers["Location"].partition("kode=")[2].partition("&")[0]
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False
        assert self.acknowledged.setdefault(token, code) == code
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def nodes(folder: Path, count: int, database_url: str, redis_url: str) -> AsyncIterator[list[Node]]:
    environ = {
        "LPPL_DATA_DIR": str(folder / "data"), "LPPL_MEDIA_DIR": str(folder / "media"),
        "LPPL_KEYS_DIR": str(folder / "keys"), "LPPL_DATABASE_URL": database_url, "LPPL_REDIS_URL": redis_url,
    }  # fmt: skip
    (folder / "data").mkdir()
    found = [Node(_free_port(), environ, folder / f"node-{n}.log") for n in range(count)]
    try:
        await found[0].start()  # the first makes records and keys
        await asyncio.gather(*(node.start() for node in found[1:]))
        yield found
    finally:
        await asyncio.gather(*(node.kill() for node in found))


async def killing(found: list[Node], kills: int, citizens: Citizens, lot: random.Random) -> None:
    """Kill a node, `kills` times, at a moment that nobody chose; start it again meanwhile."""
    for _ in range(kills):
        node = lot.choice(found)
        before = len(citizens.acknowledged)
        async with asyncio.timeout(60):
            while len(citizens.acknowledged) < before + 2:
                await asyncio.sleep(0.01)
        await asyncio.sleep(lot.random() * 0.1)
        await node.kill()
        await node.start()


async def settled(database_url: str) -> None:
    """Wait until every arrival is understood and nothing waits any more, as long as it becomes less."""
    reading = select(arrivals.c.id, arrivals.c.attempts, arrivals.c.outcome).where(arrivals.c.state == "waiting")
    making = select(enclosures.c.id, enclosures.c.attempts, enclosures.c.outcome)
    making = making.where(enclosures.c.not_before.is_not(None))
    engine = open_database(database_url)
    before = left = None
    try:
        async with asyncio.timeout(SETTLED_S) as patience:
            while True:
                async with engine.connect() as connection:
                    left = [tuple(row) for query in (reading, making) for row in await connection.execute(query)]
                if not left:
                    return
                if before is None or len(left) < before:
                    before = len(left)
                    patience.reschedule(asyncio.get_running_loop().time() + SETTLED_S)
                await asyncio.sleep(0.2)
    except TimeoutError:
        pytest.fail(f"{len(left or ())} do not become fewer: {(left or [])[:5]}")
    finally:
        await engine.dispose()


async def look(database_url: str, folder: Path, citizens: Citizens) -> None:
    """Look at everything that there is: no acknowledged report is lost or doubled, no file orphaned or missing."""
    engine = open_database(database_url)
    async with engine.connect() as connection:
        codes = set(await connection.scalars(select(cases.c.code)))
        total = await connection.scalar(select(func.count()).select_from(cases))
        said = [row.text.rpartition(" ")[2] for row in await connection.execute(select(words.c.text))]
        events = [tuple(row) for row in await connection.execute(select(case_events.c.case_id, case_events.c.seq))]
        files = {row.id: row for row in await connection.execute(select(enclosures))}
    lost = set(citizens.acknowledged.values()) - codes
    assert not lost
    assert total == len(codes) == len(said) == len(set(said))
    assert set(citizens.acknowledged) <= set(said) <= citizens.tried
    assert sorted(events) == sorted({(case, 1) for case, _ in events})
    assert len(files) == len(said)
    assert all(row.word_id is not None and "raw" in row.parts for row in files.values())
    # what nothing names is of those whom nobody answered, and is removed by the collector, whose time has come
    reception = await Reception.opened(
        engine, folder / "keys", MemoryWorks(), folder / "data", lambda: datetime.now(UTC)
    )
    await remove_orphans(reception, math.inf)
    assert {path.name for path in reception.files.folder.glob("??/*")} == {f"{number}.raw" for number in files}
    for number, row in files.items():
        assert b"".join(reception.files.read(number, reception.keyring.unwrapped(row.wrapped))) == PHOTO
    await engine.dispose()


async def run(folder: Path, database_url: str, redis_url: str, count: int, kills: int, seed: int) -> None:
    lot = random.Random(seed)
    async with nodes(folder, count, database_url, redis_url) as found:
        citizens = Citizens([node.port for node in found])
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(timeout=timeout) as session, asyncio.TaskGroup() as group:
            for _ in range(2):
                group.create_task(citizens.one(session, random.Random(lot.random())))
            await killing(found, kills, citizens, lot)
            citizens.over = True
        await settled(database_url)
    assert len(citizens.acknowledged) >= 2 * kills
    await look(database_url, folder, citizens)


@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=pytest.mark.soak)])
async def test_sqlite_with_two_nodes(tmp_path: Path, kills: int) -> None:
    await run(tmp_path, f"sqlite+aiosqlite:///{tmp_path}/lppl.db", "", 2, kills, seed=kills)


@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=pytest.mark.soak)])
async def test_postgresql_and_redis_with_two_nodes(tmp_path: Path, kills: int) -> None:
    redis = RedisServer(tmp_path)
    postgres = PostgresServer.found()
    postgres.start()
    redis.start()
    try:
        await run(tmp_path, await asyncio.to_thread(postgres.new_database), redis.url, 2, kills, seed=kills)
    finally:
        redis.stop()
        postgres.stop()
