"""Reminders over SQLite and PostgreSQL, and the sender beside a push service of the test's own."""

import asyncio
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import http_ece
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.config import Settings
from lppl.database import migrate, open_database
from lppl.reminders import MOST_FAILURES, MOST_OF_BROWSER, Browser, Due, Reminder, Reminders, TooManyReminders
from lppl.sealing import FOLDER, Seal
from lppl.station.push import VAPID_FILE, PushSender, public_key, vapid_key
from lppl.tables import push_subscriptions

NOW = datetime(2026, 11, 22, 13, 56, tzinfo=UTC)
WAYANG = Reminder("tv", "wayang", datetime(2026, 11, 22, 14, tzinfo=UTC), "Wayang")
PRIVATE = ec.generate_private_key(ec.SECP256R1())
SECRET = b"s" * 16


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def browser(endpoint: str = "https://push.example/a") -> Browser:
    point = PRIVATE.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return Browser(endpoint, {"p256dh": text(point), "auth": text(SECRET)}, "id")


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    await migrate(database_url)
    opened = open_database(database_url)
    yield opened
    await opened.dispose()


@pytest.fixture
def store(engine: AsyncEngine, tmp_path: Path) -> Reminders:
    return Reminders(engine, Seal.of(tmp_path))


async def test_a_reminder_is_claimed_once(store: Reminders) -> None:
    await store.remind(browser(), WAYANG, NOW)
    await store.remind(browser(), WAYANG, NOW)
    assert await store.of(browser().endpoint) == (WAYANG,)
    (due,) = await store.due(NOW, NOW + timedelta(minutes=5))
    assert due.browser == browser()
    assert (await store.claim(due, NOW), await store.claim(due, NOW)) == (True, False)
    assert await store.due(NOW, NOW + timedelta(minutes=5)) == ()
    await store.failed(due)
    assert len(await store.due(NOW, NOW + timedelta(minutes=5))) == 1


async def test_nothing_of_the_browser_is_readable(store: Reminders, engine: AsyncEngine) -> None:
    await store.remind(browser(), WAYANG, NOW)
    async with engine.connect() as connection:
        row = (await connection.execute(select(push_subscriptions))).one()
    assert "push.example" not in repr(row)


async def test_who_wants_nothing_more_is_forgotten(store: Reminders) -> None:
    later = Reminder("tv", "kabar", WAYANG.start + timedelta(hours=3), "Kabar")
    for each in (WAYANG, later):
        await store.remind(browser(), each, NOW)
    await store.forget(browser().endpoint, ("tv", "wayang", WAYANG.start))
    assert await store.of(browser().endpoint) == (later,)
    await store.forget(browser().endpoint)
    assert await store.of(browser().endpoint) == ()
    await store.remind(browser(), WAYANG, NOW)
    await store.prune(WAYANG.start + timedelta(days=3))
    assert await store.of(browser().endpoint) == ()


async def test_nobody_keeps_more_than_anybody_can_mean(store: Reminders) -> None:
    for n in range(MOST_OF_BROWSER):
        await store.remind(browser(), Reminder("tv", f"p{n}", WAYANG.start, "x"), NOW)
    with pytest.raises(TooManyReminders):
        await store.remind(browser(), Reminder("tv", "more", WAYANG.start, "x"), NOW)


def test_the_key_pair_is_made_once_and_sealed(tmp_path: Path) -> None:
    seal = Seal.of(tmp_path)
    key = public_key(vapid_key(tmp_path, seal))
    assert public_key(vapid_key(tmp_path, seal)) == key
    assert len(key) == 87
    file = tmp_path / FOLDER / VAPID_FILE
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE" not in file.read_bytes()


class PushService:
    """Takes messages; answers what it is told to."""

    def __init__(self) -> None:
        self.status = 201
        self.taken: list[tuple[Mapping[str, str], bytes]] = []

    async def take(self, request: web.Request) -> web.Response:
        self.taken.append((request.headers, await request.read()))
        return web.Response(status=self.status)


@pytest.mark.parametrize(
    ("status", "delivered", "left", "known"),
    [(201, 1, 0, 1), (410, 0, 0, 0), (404, 0, 0, 0), (503, 0, 1, 1), (429, 0, 1, 1)],
)
async def test_sent_once_encrypted_and_signed(
    store: Reminders, engine: AsyncEngine, tmp_path: Path, status: int, delivered: int, left: int, known: int
) -> None:
    service = PushService()
    service.status = status
    app = web.Application()
    app.router.add_post("/a", service.take)
    settings = Settings(data_dir=tmp_path)

    async def never() -> object:
        raise AssertionError

    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        await store.remind(browser(str(server.make_url("/a"))), WAYANG, NOW)
        sender = PushSender(settings, never, lambda: NOW)  # type: ignore[arg-type]
        vapid = vapid_key(tmp_path, Seal.of(tmp_path))
        assert await sender.send_due(store, vapid, session) == delivered
        assert len(await store.due(NOW, NOW + timedelta(minutes=5))) == left
    headers, body = service.taken[0]
    assert headers["Authorization"].startswith("vapid t=")
    assert headers["Content-Encoding"] == "aes128gcm"
    assert 0 < int(headers["TTL"]) <= 600
    said = json.loads(http_ece.decrypt(body, private_key=PRIVATE, auth_secret=SECRET, version="aes128gcm"))
    assert said["title"] == "Wayang segera mulai"
    assert said["body"] == "Pukul 21.00 WIB di Batik TV. Ketuk untuk membuka."
    async with engine.connect() as connection:
        assert len((await connection.execute(select(push_subscriptions))).all()) == known


async def test_a_browser_that_never_answers_is_given_up(store: Reminders) -> None:
    await store.remind(browser(), WAYANG, NOW)
    for _ in range(MOST_FAILURES):
        (due,) = await store.due(NOW, NOW + timedelta(minutes=5))
        assert await store.claim(due, NOW)
        await store.failed(due)
    assert await store.due(NOW, NOW + timedelta(minutes=5)) == ()


async def test_a_broken_seal_forgets_the_browser(store: Reminders, engine: AsyncEngine, tmp_path: Path) -> None:
    await store.remind(browser(), WAYANG, NOW)
    other = Reminders(engine, Seal.of(tmp_path / "other"))
    (due,) = await other.due(NOW, NOW + timedelta(minutes=5))
    assert due.browser is None


async def test_an_outage_forgets_nobody(store: Reminders, tmp_path: Path) -> None:
    service = PushService()
    app = web.Application()
    app.router.add_post("/a", service.take)

    async def never() -> object:
        raise AssertionError

    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        await store.remind(browser(str(server.make_url("/a"))), WAYANG, NOW)
        await store.remind(browser("http://127.0.0.1:9/a"), WAYANG, NOW)
        sender = PushSender(Settings(data_dir=tmp_path), never, lambda: NOW)  # type: ignore[arg-type]
        vapid = vapid_key(tmp_path, Seal.of(tmp_path))
        service.status = 503
        for _ in range(MOST_FAILURES + 1):
            assert await sender.send_due(store, vapid, session) == 0
        service.status = 201
        assert await sender.send_due(store, vapid, session) == 1
    assert len(await store.due(NOW, NOW + timedelta(minutes=5))) == 1, "nobody answers there, yet"


async def test_without_its_key_nothing_is_sent_and_nothing_forgotten(tmp_path: Path) -> None:
    async def opened() -> object:
        return None

    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "seal.key").write_bytes(b"rusak")
    async with asyncio.timeout(10):
        await PushSender(Settings(data_dir=tmp_path), opened, lambda: NOW).run()  # type: ignore[arg-type]
    assert (tmp_path / FOLDER / "seal.key").read_bytes() == b"rusak"
    assert not (tmp_path / FOLDER / VAPID_FILE).exists()


class Half(Reminders):
    """A store that loses the records at one browser."""

    async def claim(self, due: Due, now: datetime) -> bool:
        if due.reminder.channel == "radio":
            raise OSError("the records are away")
        return await super().claim(due, now)


async def test_what_fails_with_one_keeps_no_other_back(engine: AsyncEngine, tmp_path: Path) -> None:
    service, store = PushService(), Half(engine, Seal.of(tmp_path))
    app = web.Application()
    app.router.add_post("/a", service.take)

    async def never() -> object:
        raise AssertionError

    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        for channel in ("radio", "tv"):
            reminder = Reminder(channel, "wayang", WAYANG.start, "Wayang")
            await store.remind(browser(str(server.make_url("/a"))), reminder, NOW)
        sender = PushSender(Settings(data_dir=tmp_path), never, lambda: NOW)  # type: ignore[arg-type]
        with pytest.raises(OSError, match="away"):
            await sender.send_due(store, vapid_key(tmp_path, Seal.of(tmp_path)), session)
    assert len(service.taken) == 1
    assert [due.reminder.channel for due in await store.due(NOW, NOW + timedelta(minutes=5))] == ["radio"]
