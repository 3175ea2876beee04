"""What players are told while playout is away, and below addresses that do not exist."""

from dataclasses import dataclass
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from streaming.channel import ChannelStream, Document
from web.hls import MOST_BEHIND, add_hls


@dataclass
class Stream:
    """A channel that is `behind` by some segments."""

    behind: int = 0

    def document(self, name: str) -> Document:
        return Document.of(f"#EXTM3U {name}")


async def ask(path: str, behind: int = 0, method: str = "GET") -> Any:
    app = web.Application()
    add_hls(app, {"tv": cast(ChannelStream, Stream(behind))})
    async with TestClient(TestServer(app)) as client, client.request(method, path) as answer:
        await answer.read()
        return answer


@pytest.mark.parametrize("name", ["master", "audio"])
async def test_the_live_channel_is_refused_while_playout_is_away(name: str) -> None:
    assert (await ask(f"/hls/tv/{name}.m3u8", MOST_BEHIND)).status == 200
    away = await ask(f"/hls/tv/{name}.m3u8", MOST_BEHIND + 1)
    assert (away.status, away.headers["Retry-After"], away.headers["Cache-Control"]) == (503, "4", "no-store")
    assert away.headers["Access-Control-Allow-Origin"] == "*"


async def test_the_past_and_what_is_being_watched_are_served_all_the_same() -> None:
    assert (await ask("/hls/tv/dvr.m3u8", 1_000)).status == 200
    assert (await ask("/hls/tv/v720/live.m3u8", 1_000)).status == 200


@pytest.mark.parametrize("path", ["/hls/tv/v720.m3u8", "/hls/tv/", "/hls/", "/hls/tv/../../etc/passwd"])
async def test_other_addresses_are_not_there(path: str) -> None:
    assert (await ask(path)).status == 404
    assert (await ask("/hls/" + path.strip("/"), method="OPTIONS")).status == 204
