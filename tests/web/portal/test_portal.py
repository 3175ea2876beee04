"""The portal's page, data, files and headers."""

import html
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from lppl.rundown import Kind
from web.portal import add_portal

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(view: Any) -> AsyncIterator[Client]:
    app = web.Application()
    add_portal(app, view, now_ms=view.now_ms)
    async with TestClient(TestServer(app)) as connected:
        yield connected


async def text_of(client: Client, url: str = "/", **more: Any) -> str:
    async with client.get(url, **more) as answer:
        assert answer.status == 200
        return html.unescape(await answer.text())


def visible(page: str) -> str:
    """The page's words: no tags, no data, no extra spaces."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


async def test_now_and_next_are_in_the_page_itself(client: Client) -> None:
    words = visible(await text_of(client))
    assert "Minggu, 22 November 2026 22.00 WIB" in words
    assert "Sekarang Selamat Pagi Pekalongan Gending Pagi Sanggar Laras 22.00 22.10 WIB" in words
    assert "Berikutnya 22.10 Kabar Kota · Sanggar Laras 22.20 Gending Pagi · Sanggar Laras 22.30 Kabar Kota" in words
    assert "Sedang Tayang" in words
    assert "Mengudara" in words


async def test_english_is_chosen_by_address_and_remembered(client: Client) -> None:
    assert '<html lang="id">' in await text_of(client)
    english = await text_of(client, "/?lang=en")
    assert '<html lang="en">' in english
    assert "Sunday, 22 November 2026 22:00 WIB" in visible(english)
    assert "Sedang Tayang" not in visible(english)
    assert '<html lang="en">' in await text_of(client)  # by the cookie
    assert '<html lang="id">' in await text_of(client, "/?lang=id")


@pytest.mark.parametrize("lang", ["de", "", "en-GB", "<script>"])
async def test_an_unknown_language_is_indonesian(client: Client, lang: str) -> None:
    assert '<html lang="id">' in await text_of(client, "/", params={"lang": lang})


async def test_titles_are_text_never_markup(client: Client, view: Any) -> None:
    view.titles = ("</script><img src=x onerror=alert(1)>", "Kabar & \"Kota\" 'Kita'")
    async with client.get("/") as answer:
        page = await answer.text()
    assert "<img src=x" not in page
    assert page.count("</script>") == len(re.findall(r"<script\b", page))
    data = json.loads(re.search(r'id="portal-data">(.*?)</script>', page, re.S)[1])  # type: ignore[index]
    assert data["programmes"]["tv"]["items"][3]["title"] == view.titles[0]


async def test_every_address_is_relative(client: Client) -> None:
    page = await text_of(client)
    addresses = re.findall(r'\b(?:href|src|hx-get|data-path)="([^"]+)"', page)
    assert {"hls/tv/master.m3u8", "listen/radio.aac", "?lang=en"} <= set(addresses)
    assert [a for a in addresses if a.startswith("/") or "://" in a] == []


async def test_qualities_say_what_an_hour_costs(client: Client) -> None:
    words = visible(await text_of(client))
    assert "720p · 1,2 GB per jam" in words
    assert "360p · 328 MB per jam" in words
    assert "Hemat data: suara saja · 29 MB per jam" in words
    assert "Hemat data · 29 MB per jam" in words


@pytest.mark.parametrize(
    ("last", "order"), [("radio", ["radio", "tv"]), ("tv", ["tv", "radio"]), ("hilang", ["tv", "radio"])]
)
async def test_the_channel_played_last_comes_first(client: Client, last: str, order: list[str]) -> None:
    page = await text_of(client, "/", headers={"Cookie": f"channel={last}"})
    assert re.findall(r'data-channel="(\w+)"', page) == order


async def test_off_air_and_interludes_are_said(client: Client, view: Any) -> None:
    view.kind, view.fallback = Kind.OFF, "slate"
    words = visible(await text_of(client))
    assert "Tidak mengudara" in words
    assert "Jeda: acara segera dilanjutkan" in words
    assert "Sedang Tayang" not in words


async def test_a_programme_that_ended_is_no_error(client: Client, view: Any) -> None:
    view.programme = lambda channel: replace(type(view).programme(view, channel), items=())
    words = visible(await text_of(client))
    assert "Keterangan acara belum tersedia" in words
    assert "Susunan acara berikutnya menyusul." in words


async def test_no_script_but_our_own_may_run(client: Client) -> None:
    async with client.get("/") as answer:
        policy = answer.headers["Content-Security-Policy"]
        page = await answer.text()
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert "blob:" in rules["media-src"]
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    # The policy would block these, so the page must not need them.
    assert re.search(r"\sstyle=|\son\w+=|<style", page) is None


async def test_programme_as_json(client: Client, view: Any) -> None:
    async with client.get("/api/programme/radio") as answer:
        assert answer.content_type == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
        data = await answer.json()
    assert data["channel"] == "radio"
    assert data["server_ms"] == view.now_ms()
    assert data["items"][3] == {
        "id": "radio-0",
        "title": "Gending Pagi",
        "artist": "Sanggar Laras",
        "programme": "Selamat Pagi Pekalongan",
        "start_ms": view.zero_ms,
        "end_ms": view.zero_ms + 600_000,
        "kind": "item",
    }


@pytest.mark.parametrize("url", ["/api/programme/tidak", "/aired/tidak", "/static/tidak.js", "/static/../portal.py"])
async def test_what_does_not_exist_is_not_found(client: Client, url: str) -> None:
    async with client.get(url) as answer:
        assert answer.status == 404


async def test_just_aired_lists_the_latest_first_and_repeats_once(client: Client) -> None:
    piece = await text_of(client, "/aired/tv")
    assert visible(piece) == "21.50 Kabar Kota · Sanggar Laras 21.40 Gending Pagi · Sanggar Laras"
    assert "<html" not in piece


async def test_own_pictures_are_typed_and_conditional(client: Client) -> None:
    async with client.get("/static/icon.svg") as answer:
        assert answer.content_type == "image/svg+xml"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "immutable" not in answer.headers["Cache-Control"]
        etag = answer.headers["ETag"]
    async with client.get("/static/icon.svg", headers={"If-None-Match": etag}) as again:
        assert again.status == 304
    async with client.head("/static/dist/manifest.json") as manifest:
        assert manifest.status == 200
        assert manifest.content_type == "application/json"
