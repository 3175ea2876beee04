"""The contract of the outbox of webhooks, over SQLite and PostgreSQL; and what a receiver gets, over real HTTP."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.database import migrate, open_database
from lppl.plan_store import PlanStore
from lppl.sealing import Seal, SealBroken
from lppl.station.webhooks import delivered
from lppl.tables import webhooks as table
from lppl.webhooks import HOLD, PAUSES, SIGNATURE, Hook, Webhooks, new_secret

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    await migrate(database_url)
    opened = open_database(database_url)
    yield opened
    await opened.dispose()


@pytest.fixture
def hooks(engine: AsyncEngine, tmp_path: Path) -> Webhooks:
    return Webhooks(engine, Seal.of(tmp_path))


async def test_only_who_wants_it_is_told(hooks: Webhooks) -> None:
    first = await hooks.add("http://a.example/", "s", [Hook.SILENCE_STARTED], "Sari", NOW)
    second = await hooks.add("http://b.example/", "s", [Hook.SILENCE_STARTED, Hook.SILENCE_ENDED], "Sari", NOW)
    assert await hooks.tell(Hook.SILENCE_STARTED, {"channel": "tv"}, NOW) == 2
    assert await hooks.tell(Hook.SILENCE_ENDED, {"channel": "tv"}, NOW) == 1
    await hooks.change(second, "http://b.example/", [Hook.SILENCE_ENDED], False)
    assert await hooks.tell(Hook.SILENCE_ENDED, {"channel": "tv"}, NOW) == 0, "it is not active"
    assert [m.event for m in await hooks.messages(second)] == ["silence.ended", "silence.started"]
    assert await hooks.remove(first) and not await hooks.remove(first)
    assert await hooks.messages(first) == ()


async def test_a_message_is_held_by_who_takes_it_and_tried_again_until_given_up(hooks: Webhooks) -> None:
    number = await hooks.add("http://a.example/", "rahasia", [Hook.GRID_PUBLISHED], "Sari", NOW)
    await hooks.tell(Hook.GRID_PUBLISHED, {"channel": "tv"}, NOW)
    (due,) = await hooks.take(NOW)
    assert (due.url, due.secret) == ("http://a.example/", "rahasia")
    assert await hooks.take(NOW) == (), "another process has it"
    assert await hooks.take(NOW + HOLD) != (), "that process died"
    at, tries = NOW + HOLD, 0
    while found := await hooks.take(at + HOLD):
        await hooks.done(found[0].message, "HTTP 500", at)
        tries += 1
        (message,) = await hooks.messages(number)
        if message.not_before is None:
            break
        assert message.not_before == at + PAUSES[tries - 1]
        at = message.not_before
    assert tries == len(PAUSES) + 1
    assert message.delivered is None and message.outcome == "HTTP 500" and await hooks.next_due() is None


async def test_the_secret_is_sealed(hooks: Webhooks, engine: AsyncEngine) -> None:
    secret = new_secret()
    await hooks.add("http://a.example/", secret, [Hook.PING], "Sari", NOW)
    async with engine.connect() as connection:
        (row,) = await connection.execute(table.select())
    assert secret not in str(row)


async def test_a_secret_that_another_key_sealed_keeps_nobody_elses_message(
    hooks: Webhooks, engine: AsyncEngine, tmp_path: Path
) -> None:
    lost = await Webhooks(engine, Seal.of(tmp_path / "lain")).add("http://127.0.0.1:9/", "s", [Hook.PING], "Sari", NOW)
    await hooks.add("http://127.0.0.1:9/", "rahasia", [Hook.PING], "Sari", NOW)
    await hooks.tell(Hook.PING, {}, NOW)
    first, second = await hooks.take(NOW)
    assert (first.message.webhook_id, first.secret, second.secret) == (lost, None, "rahasia")
    async with aiohttp.ClientSession() as session:
        assert await delivered(session, first, "", NOW) == str(SealBroken())


async def test_publishing_is_told_in_the_same_transaction(hooks: Webhooks, engine: AsyncEngine) -> None:
    number = await hooks.add("http://a.example/", "s", [Hook.GRID_PUBLISHED], "Sari", NOW)
    plans = PlanStore(engine)
    draft = await plans.save_draft("tv", {"entries": []}, "Sari", NOW)
    await plans.publish("tv", draft.number, "Sari", NOW, reason="uji")
    (message,) = await hooks.messages(number)
    assert message.body == {"channel": "tv", "version": draft.number, "author": "Sari", "reason": "uji"}


async def test_what_a_receiver_gets(hooks: Webhooks) -> None:
    got: list[tuple[str, bytes]] = []
    answers = [302, 503, 204]

    async def receive(request: web.Request) -> web.Response:
        got.append((request.headers[SIGNATURE], await request.read()))
        return web.Response(status=answers[len(got) - 1], headers={"Location": "/lain"})

    app = web.Application()
    app.router.add_post("/kabar", receive)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        number = await hooks.add(str(server.make_url("/kabar")), "rahasia", [Hook.SILENCE_STARTED], "Sari", NOW)
        await hooks.tell(Hook.SILENCE_STARTED, {"channel": "radio", "detail": "Sunyi 12 detik"}, NOW)
        at = NOW
        for expected in ("HTTP 302", "HTTP 503", None):
            (due,) = await hooks.take(at)
            failure = await delivered(session, due, "Radio Kota", at)
            assert failure == expected
            await hooks.done(due.message, failure, at)
            at += timedelta(hours=1)
    assert len(got) == 3 and (await hooks.messages(number))[0].delivered is not None
    for n, (signed, body) in enumerate(got):
        seconds, digest = (part.partition("=")[2] for part in signed.split(","))
        assert int(seconds) == int((NOW + timedelta(hours=n)).timestamp())
        wanted = hmac.new(b"rahasia", f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
        assert hmac.compare_digest(digest, wanted)
    said = json.loads(got[0][1])
    assert said["event"] == "silence.started" and said["data"]["channel"] == "radio" and said["station"] == "Radio Kota"


async def test_nobody_there_is_a_sentence(hooks: Webhooks) -> None:
    await hooks.add("http://127.0.0.1:9/", "s", [Hook.PING], "Sari", NOW)
    await hooks.tell(Hook.PING, {}, NOW)
    (due,) = await hooks.take(NOW)
    async with aiohttp.ClientSession() as session:
        failure = await delivered(session, due, "", NOW)
    assert failure is not None and "ClientConnectorError" in failure
