"""Orders of a crowd, and the crowd itself before a small server of our own."""

import gzip
import time
from collections import Counter

import pytest
from aiohttp import web

from lppl.bench.crowd import Orders, Viewer, loop_closed, parse, published_at, read_orders, watch
from lppl.bench.http import BadAnswer, Connection
from lppl.bench.machine import free_port
from lppl.bench.row_start import times
from lppl.bench.row_viewers import audience
from lppl.quanta import CELL, QUANTUM_MS, Quanta
from streaming.fmp4 import fragment_header
from streaming.hls import ListedSegment, MediaPlaylist
from streaming.timeline import published_at as published_in_quanta

CELL_S = CELL * QUANTUM_MS / 1000


def test_orders_survive_the_pipe() -> None:
    orders = Orders("http://127.0.0.1:1", 5.0, [Viewer("tv", ["v720", "a128"])], eager=True, loop=["/x"])
    again = read_orders(orders.to_json())
    assert again.viewers == orders.viewers
    assert (again.url, again.seconds, again.eager, list(again.loop)) == (orders.url, 5.0, True, ["/x"])


def test_our_own_playlists_are_understood() -> None:
    listed = [
        ListedSegment("100.m4s", Quanta(1200), 12, "i.mp4"),
        ListedSegment("101.m4s", Quanta(1212), 17, "j.mp4", discontinuities=1),
    ]
    assert parse(MediaPlaylist(100, 5, listed).text()) == [(100, "100.m4s", 3.84), (101, "101.m4s", 5.44)]


def test_a_page_that_is_no_playlist() -> None:
    with pytest.raises(ValueError, match="MEDIA-SEQUENCE"):
        parse("<html>")


def test_the_moment_of_publication_is_the_services_own() -> None:
    assert published_at(468_000_000) == pytest.approx(published_in_quanta(468_000_000) * QUANTUM_MS / 1000)


def test_begin_and_length_of_a_segment() -> None:
    def fragment(q: int, quanta: int) -> bytes:
        sizes = b"\0\0\0\2" * (8 * quanta)
        return fragment_header(q, 28_800, sizes, 16 * quanta, video=True) + b"mo" * (8 * quanta)

    assert times(fragment(1200, 6) + fragment(1206, 5)) == (1200 * 28_800, 11 * 28_800)
    with pytest.raises(ValueError, match="no fragment"):
        times(b"\0\0\0\x08free")


def test_audience_is_mixed_over_the_rungs() -> None:
    viewers = audience(8, ["v720", "v480", "v360", "v240"], ["a128", "a64"])
    assert Counter(tuple(v.renditions) for v in viewers) == {
        ("v720", "a128"): 2, ("v480", "a128"): 2, ("v360", "a64"): 2, ("v240", "a64"): 2,
    }  # fmt: skip


class Station:
    """Serves one rendition whose live edge follows the clock, as the service does."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.hidden = 0
        """How many segments the playlist is behind."""

    async def playlist(self, request: web.Request) -> web.Response:
        self.asked["playlist"] += 1
        newest = int((time.time() - published_at(0)) // CELL_S) - self.hidden
        numbers = range(newest - 5, newest + 1)
        listed = [ListedSegment(f"{n}.m4s", Quanta(n * CELL), CELL, "i.mp4") for n in numbers]
        text = MediaPlaylist(numbers[0], 4, listed).text().encode()
        headers = {"Content-Encoding": "gzip"} if "gzip" in request.headers.get("Accept-Encoding", "") else {}
        return web.Response(body=gzip.compress(text) if headers else text, headers=headers)

    async def segment(self, request: web.Request) -> web.Response:
        self.asked["segment"] += 1
        return web.Response(body=bytes(700_000))

    async def start(self) -> tuple[web.AppRunner, str]:
        app = web.Application()
        app.router.add_get("/hls/tv/v/live.m3u8", self.playlist)
        app.router.add_get("/hls/tv/v/{number:[0-9]+}.m4s", self.segment)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        return runner, f"http://127.0.0.1:{port}"


async def test_a_viewer_begins_three_segments_behind_and_counts_what_it_gets() -> None:
    station = Station()
    runner, url = await station.start()
    try:
        seen = await watch(Orders(url, 1.0, [Viewer("tv", ["v"]), Viewer("tv", ["v"])], spread_s=0.1))
    finally:
        await runner.cleanup()
    assert seen["failures"] == 0
    assert seen["stalls"] == seen["never_began"] == 0
    assert seen["segment_ms"]["count"] == station.asked["segment"] >= 6
    assert seen["bytes"] > 6 * 700_000
    assert seen["requests"] == station.asked.total()


async def test_what_is_missing_is_a_failure() -> None:
    station = Station()
    runner, url = await station.start()
    try:
        seen = await watch(Orders(url, 0.5, [Viewer("radio", ["v"])], spread_s=0.0))
    finally:
        await runner.cleanup()
    assert seen["failures"] >= 1
    assert "404" in seen["last_failure"]
    assert seen["segment_ms"] == {"count": 0}


async def test_closed_loop_asks_on_and_on() -> None:
    station = Station()
    runner, url = await station.start()
    try:
        paths = ["/hls/tv/v/live.m3u8", "/hls/tv/v/7.m4s"]
        seen = await loop_closed(Orders(url, 0.5, loop=paths, connections=2))
    finally:
        await runner.cleanup()
    assert seen["failures"] == 0
    assert min(station.asked["playlist"], station.asked["segment"]) >= 2
    # those under way at the end may have reached the server only
    assert 0 <= station.asked.total() - seen["requests"] <= 2


async def test_a_refused_connection_is_an_error() -> None:
    with pytest.raises(OSError):
        await Connection("127.0.0.1", free_port()).get("/")


async def test_an_answer_without_length_is_refused() -> None:
    async def chunked(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        answer.enable_chunked_encoding()
        await answer.prepare(request)
        await answer.write(b"x")
        return answer

    app = web.Application()
    app.router.add_get("/", chunked)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    connection = Connection("127.0.0.1", port)
    try:
        with pytest.raises(BadAnswer):
            await connection.get("/")
    finally:
        connection.close()
        await runner.cleanup()
