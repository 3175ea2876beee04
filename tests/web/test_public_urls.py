"""Every address of the station that is not behind the door: all are in a table, and answer anybody the same."""

from pathlib import Path
from typing import Any

import pytest
from aiohttp import DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer

from lppl.clock import AirClock
from lppl.config import read_settings
from lppl.station.builtin import BuiltinMaker, Builtins
from lppl.station.serving import Serving
from streaming.house import HouseStore
from web.audience.urls import URLS

pytestmark = pytest.mark.integration

STATION = """
demo = false
data_dir = "data"
media_dir = "media"
preset = "ultrafast"
[[channels]]
id = "radio"
name = "Radio Uji"
kind = "radio"
"""
OTHERS = {
    "/": ("/", 200),
    "/events": (None, 200),
    "/aired/{channel}": ("/aired/tidak-ada", 404),
    "/api/programme/{channel}": ("/api/programme/radio", 200),
    "/static/{path}": ("/static/tidak-ada", 404),
    "/healthz": ("/healthz", 503),
    "/metrics": ("/metrics", 200),
    "/lapor": ("/lapor", 200),
    "/lapor/{below}": ("/lapor/diterima", 200),
    "/masuk/{below}": ("/masuk/whatsapp", 503),
    "/open311/{below}": ("/open311/v2/services.json", 503),
    "/kerja": ("/kerja", 503),
    "/kerja/{below}": ("/kerja/masuk", 503),
    "/api/v1/{below}": ("/api/v1/openapi.json", 503),
}
"""Path -> an example (None: it never ends), and its answer before anything is on the air and no records are open."""
STREAMS = ("/hls/", "/listen/")
"""Streams: what they answer is held by their own tests (tests/web/test_vod.py, tests/streaming)."""


def canonical(route: Any) -> str:
    """Return a routed path without the patterns of its places."""
    return str(route.resource.canonical)


async def test_all_public_addresses(tmp_path: Path) -> None:
    settings = read_settings(STATION, {}, base=tmp_path)
    (settings.data_dir / "state").mkdir(parents=True)
    maker = BuiltinMaker(settings, settings.channels[0])
    builtins = {"radio": Builtins(maker.ident_if_made(), await maker.slate())}
    serving = Serving(settings, HouseStore(settings.data_dir / "house"), AirClock(None), builtins)
    serving.load({})
    app = serving.application()
    routed = {canonical(route) for route in app.router.routes()}
    told = {canonical_of(u.path) for u in URLS}
    others = {path for path in routed - told if not path.startswith(STREAMS)}
    assert others == set(OTHERS), "an address is missing in the table, or gone"
    async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
        for path, (example, status) in OTHERS.items():
            for headers in ({}, {"Cookie": "lppl=palsu"}, {"Authorization": "Bearer palsu"}):
                if example is not None:
                    async with client.get(example, headers=headers, allow_redirects=False) as answer:
                        assert answer.status == status, (path, headers)


def canonical_of(path: str) -> str:
    """Return a path as aiohttp's resources name it: places without their patterns."""
    out, depth, name = "", 0, False
    for letter in path:
        depth += letter == "{"
        if depth == 1 and letter == ":":
            name = True
        if letter == "}" and depth == 1:
            name = False
        depth -= letter == "}"
        if not name:
            out += letter
    return out
