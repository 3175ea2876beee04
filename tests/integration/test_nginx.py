"""The nginx configuration that is handed out, with a real nginx before a counting upstream."""

import asyncio
import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from lppl.process import started

pytestmark = pytest.mark.integration

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/sbin:/bin") or "nginx"
SEGMENT = bytes(range(256)) * 4000


@dataclass
class Upstream:
    """A service that answers like ours and remembers what it was asked."""

    asked: Counter[str] = field(default_factory=Counter)
    headers: dict[str, str] = field(default_factory=dict)
    playlist: str = "#EXTM3U\nfirst\n"
    slow: asyncio.Event = field(default_factory=asyncio.Event)
    line_read: asyncio.Event = field(default_factory=asyncio.Event)

    async def segment(self, request: web.Request) -> web.Response:
        self.asked[request.path] += 1
        if request.path.endswith("/slow.m4s"):
            await self.slow.wait()
        if request.path.endswith("/early.m4s") and self.asked[request.path] == 1:
            raise web.HTTPNotFound
        immutable = {"Cache-Control": "public, max-age=31536000, immutable"}
        return web.Response(body=SEGMENT, content_type="video/iso.segment", headers=immutable)

    async def live(self, request: web.Request) -> web.Response:
        self.asked[request.path_qs] += 1
        answer = web.Response(text=self.playlist, content_type="application/vnd.apple.mpegurl")
        answer.headers["Cache-Control"] = "max-age=30"
        answer.headers["Vary"] = "Accept-Encoding"
        answer.enable_compression()
        return answer

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Send one line, and the next only after the client has shown that it got the first."""
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        await answer.write(b"data: one\n\n")
        await self.line_read.wait()
        await answer.write(b"data: two\n\n")
        return answer

    async def page(self, request: web.Request) -> web.Response:
        self.asked[request.path] += 1
        self.headers = dict(request.headers)
        return web.Response(text="halaman")

    async def start(self, port: int = 0) -> web.AppRunner:
        """Listen on `port` (0: any free one) until the runner is cleaned up."""
        app = web.Application()
        app.router.add_get("/hls/tv/{rendition}/{name:.+[.]m4s}", self.segment)
        app.router.add_get("/static/dist/{name}", self.segment)
        app.router.add_get("/hls/tv/{name:.+[.]m3u8}", self.live)
        app.router.add_get("/events", self.stream)
        app.router.add_get("/listen/tv.aac", self.stream)
        app.router.add_get("/", self.page)
        app.router.add_get("/metrics", self.page)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        return runner


@dataclass
class Edge:
    """A running nginx before an upstream that can be taken away."""

    upstream: Upstream
    runner: web.AppRunner
    session: aiohttp.ClientSession

    async def get(self, path: str, **headers: str) -> tuple[int, bytes, str]:
        """Return status, body and what nginx says of its cache."""
        async with self.session.get(path, headers=headers) as answer:
            return answer.status, await answer.read(), answer.headers.get("X-Cache", "")


def prepared(text: str, prefix: Path, port: int, upstream_port: int) -> str:
    """Wrap the file handed out for an nginx that runs by itself below `prefix`; every address must be found."""
    for pattern, replacement in (
        (r"127\.0\.0\.1:8080", f"127.0.0.1:{upstream_port}"),
        (r"listen 80;", f"listen 127.0.0.1:{port};"),
        (r"/var/cache/nginx/", f"{prefix}/"),
    ):
        text, found = re.subn(pattern, replacement, text)
        assert found, f"{pattern} is no longer in {CONFIGURATION.name}"
    temporary = "\n".join(
        f"{kind}_temp_path {prefix}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off; master_process off; pid {prefix}/pid; error_log stderr warn;\n"
        f"events {{ worker_connections 512; }}\nhttp {{\naccess_log off;\n{temporary}\n{text}\n}}\n"
    )


async def free_port() -> int:
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


async def until(holds: Callable[[], Awaitable[bool]], why: str) -> None:
    """Ask again and again until it holds, for at most ten seconds."""
    try:
        async with asyncio.timeout(10):
            while not await holds():
                await asyncio.sleep(0.05)
    except TimeoutError:
        pytest.fail(why)


@pytest.fixture
async def edge(tmp_path: Path) -> AsyncIterator[Edge]:
    upstream = Upstream()
    runner = await upstream.start()
    port = await free_port()
    configuration = tmp_path / "nginx.conf"
    upstream_port: int = runner.addresses[0][1]
    configuration.write_text(prepared(CONFIGURATION.read_text(), tmp_path, port, upstream_port))
    connector = aiohttp.TCPConnector(limit=0)
    async with (
        started([NGINX, "-p", str(tmp_path), "-c", str(configuration), "-e", "stderr"]) as nginx,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}", connector=connector) as session,
    ):
        watching = asyncio.create_task(nginx.watch_stderr())
        edge = Edge(upstream, runner, session)

        async def answers() -> bool:
            assert nginx.process.returncode is None, "\n".join(nginx.tail)
            try:
                return (await edge.get("/"))[0] == 200
            except aiohttp.ClientConnectionError:
                return False

        await until(answers, "nginx does not answer")
        yield edge
        await nginx.stop()
        await watching
    await runner.cleanup()


async def test_fifty_viewers_of_one_segment_are_one_request(edge: Edge) -> None:
    path = "/hls/tv/v720/slow.m4s"
    viewers = [asyncio.create_task(edge.get(path)) for _ in range(50)]

    async def arrived() -> bool:
        return edge.upstream.asked[path] > 0

    await until(arrived, "no request reached the upstream")
    edge.upstream.slow.set()
    answers = await asyncio.gather(*viewers)
    assert {(status, body) for status, body, _ in answers} == {(200, SEGMENT)}
    assert edge.upstream.asked[path] == 1
    assert (await edge.get(path))[2] == "HIT"


async def test_a_range_comes_from_the_kept_segment(edge: Edge) -> None:
    path = "/hls/tv/v720/7.m4s"
    status, body, _ = await edge.get(path, Range="bytes=1000-1999")
    assert (status, body) == (206, SEGMENT[1000:2000])
    status, body, cache = await edge.get(path, Range="bytes=0-9")
    assert (status, body, cache) == (206, SEGMENT[:10], "HIT")
    assert edge.upstream.asked[path] == 1


@pytest.mark.parametrize("path", ["/hls/tv/v720/7.m4s", "/hls/tv/live.m3u8"])
async def test_invented_query_strings_do_not_reach_the_service(edge: Edge, path: str) -> None:
    for number in range(5):
        assert (await edge.get(f"{path}?r={number}"))[0] == 200
    assert sum(edge.upstream.asked.values()) - edge.upstream.asked["/"] == 1


async def test_a_segment_asked_for_too_early_is_there_when_it_is_published(edge: Edge) -> None:
    path = "/hls/tv/v720/early.m4s"
    assert (await edge.get(path))[0] == 404

    async def published() -> bool:
        return (await edge.get(path))[0] == 200

    await until(published, "the 404 was kept")
    assert edge.upstream.asked[path] == 2


async def test_a_playlist_is_new_after_a_second(edge: Edge) -> None:
    path = "/hls/tv/live.m3u8"
    await asyncio.gather(*(edge.get(path) for _ in range(50)))
    assert edge.upstream.asked[path] == 1
    edge.upstream.playlist = "#EXTM3U\nsecond\n"

    async def new() -> bool:
        return b"second" in (await edge.get(path))[1]

    await until(new, "the old playlist is still served")


async def test_blocking_reloads_of_different_segments_are_different_answers(edge: Edge) -> None:
    await edge.get("/hls/tv/live.m3u8?_HLS_msn=1")
    edge.upstream.playlist = "#EXTM3U\nsecond\n"
    assert b"second" in (await edge.get("/hls/tv/live.m3u8?_HLS_msn=2"))[1]


async def test_compressed_for_those_who_can_and_plain_for_the_others(edge: Edge) -> None:
    path = "/hls/tv/live.m3u8"
    for accepted, encoding in (("gzip, br", "gzip"), ("identity", None), ("deflate, gzip;q=1.0", "gzip")):
        async with edge.session.get(path, headers={"Accept-Encoding": accepted}) as answer:
            assert answer.headers.get("Content-Encoding") == encoding
            assert b"first" in await answer.read()
    assert edge.upstream.asked[path] == 2


@pytest.mark.parametrize("path", ["/events", "/listen/tv.aac"])
async def test_a_stream_passes_at_once(edge: Edge, path: str) -> None:
    async with asyncio.timeout(10), edge.session.get(path) as answer:
        assert await answer.content.readexactly(11) == b"data: one\n\n"
        edge.upstream.line_read.set()  # only now does the upstream go on
        assert await answer.content.read() == b"data: two\n\n"


async def test_a_dead_upstream_is_covered_by_what_is_kept(edge: Edge) -> None:
    port = edge.runner.addresses[0][1]
    await edge.get("/hls/tv/live.m3u8")
    await edge.get("/hls/tv/v720/7.m4s")
    await edge.runner.cleanup()

    async def expired() -> bool:
        status, body, cache = await edge.get("/hls/tv/live.m3u8")
        assert (status, b"first" in body) == (200, True)
        return cache == "STALE"

    await until(expired, "the playlist never expired")
    assert (await edge.get("/hls/tv/v720/7.m4s"))[:2] == (200, SEGMENT)
    assert (await edge.get("/"))[0] == 502

    edge.upstream.playlist = "#EXTM3U\nsecond\n"
    edge.runner = await edge.upstream.start(port)

    async def back() -> bool:
        return b"second" in (await edge.get("/hls/tv/live.m3u8"))[1]

    await until(back, "nginx does not ask the upstream again")
    await edge.runner.cleanup()


async def test_the_service_learns_the_true_address_and_the_audience_no_measurements(edge: Edge) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "Host": "tv.example.id"}
    assert (await edge.get("/", **forged))[0] == 200
    assert edge.upstream.headers["X-Forwarded-For"] == "127.0.0.1"
    assert edge.upstream.headers["X-Forwarded-Proto"] == "http"
    assert edge.upstream.headers["Host"] == "tv.example.id"
    allowed = re.findall(r"(allow|deny) (\S+);", CONFIGURATION.read_text())
    assert allowed == [("allow", "127.0.0.1"), ("allow", "::1"), ("deny", "all")]
