"""Server-sent events: snapshot, changes, limits, broken subscriptions, clean stop."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from web.portal import add_portal

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(view: Any) -> AsyncIterator[Client]:
    app = web.Application()
    add_portal(app, view, now_ms=view.now_ms, heartbeat_s=0.05, max_clients=2)
    async with TestClient(TestServer(app)) as connected:
        yield connected


async def block(answer: aiohttp.ClientResponse) -> str:
    """Read up to the next empty line."""
    lines: list[str] = []
    while line := (await answer.content.readline()).decode().rstrip("\n"):
        lines.append(line)
    return "\n".join(lines)


async def programme(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    """Read the next programme event, passing over heartbeats."""
    while not (text := await block(answer)).startswith("event: programme\ndata: "):
        assert text.startswith((":", "retry:"))
    return json.loads(text.removeprefix("event: programme\ndata: "))  # type: ignore[no-any-return]


async def test_a_new_page_gets_everything_at_once(client: Client, view: Any) -> None:
    async with client.get("/events") as answer:
        assert answer.content_type == "text/event-stream"
        assert answer.headers["Cache-Control"] == "no-store"
        assert (await block(answer)).startswith("retry: ")
        first, second = await programme(answer), await programme(answer)
        assert (first["channel"], second["channel"]) == ("tv", "radio")
        assert first["server_ms"] == view.now_ms()
        assert first["items"][3]["title"] == "Gending Pagi"


async def test_a_change_reaches_every_page(client: Client, view: Any) -> None:
    async with client.get("/events") as one, client.get("/events") as two:
        for answer in (one, two):
            await programme(answer)
            await programme(answer)
        view.titles = ("Sela Darurat",)
        view.tell("radio")
        for answer in (one, two):
            news = await programme(answer)
            assert news["channel"] == "radio"
            assert {item["title"] for item in news["items"]} == {"Sela Darurat"}


async def test_silence_is_broken_by_comments(client: Client) -> None:
    async with client.get("/events") as answer:
        await programme(answer)
        await programme(answer)
        assert (await block(answer)).startswith(":")
        assert (await block(answer)).startswith(":")


async def test_too_many_pages_are_told_to_ask_instead(client: Client) -> None:
    async with client.get("/events") as one, client.get("/events"):
        async with client.get("/events") as third:
            assert third.status == 503
            assert "Retry-After" in third.headers
        one.close()
        # The place is free as soon as the service has noticed: at the next heartbeat.
        for _ in range(200):
            async with client.get("/events") as again:
                if again.status == 200:
                    break
            await asyncio.sleep(0.02)
        else:
            pytest.fail("the place of a page that left never became free")


async def test_a_broken_subscription_is_opened_again(client: Client, view: Any) -> None:
    async with client.get("/events") as answer:
        await programme(answer)
        await programme(answer)
        (before,) = view.listeners
        view.tell(ConnectionResetError("bus"))
        # Everything is told again, since something may have changed in between.
        assert {(await programme(answer))["channel"], (await programme(answer))["channel"]} == {"tv", "radio"}
        assert before not in view.listeners
        view.tell("tv")
        assert (await programme(answer))["channel"] == "tv"


async def test_a_slow_page_gets_the_newest_state_only(client: Client, view: Any) -> None:
    async with client.get("/events") as answer:
        await programme(answer)
        await programme(answer)
        for n in range(500):
            view.titles = (f"Acara {n}",)
            view.tell("tv")
        # All 500 are waiting before the page's turn comes; it hears the last one, once.
        news = await programme(answer)
        assert news["items"][0]["title"] == "Acara 499"
        assert (await block(answer)).startswith(":")


async def test_open_pages_do_not_keep_the_service_from_stopping(view: Any) -> None:
    app = web.Application()
    add_portal(app, view, now_ms=view.now_ms)
    server = TestServer(app)
    async with TestClient(server) as client, client.get("/events") as answer:
        await programme(answer)
        async with asyncio.timeout(20):  # without the farewell the service waits a minute for the page
            await server.close()
            while await answer.content.readline():
                pass
    assert view.listeners == set()
