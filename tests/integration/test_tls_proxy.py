"""The station over TLS with its own certificate, and behind a proxy that puts it below a path of a larger site."""

import asyncio
import contextlib
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.station import hls
from tests.station.browser import chromium, opened
from tests.station.material import lay_out
from tests.station.service import Home, Service, eventually, free_port, get, running
from tests.station.watcher import Watcher, watching

pytestmark = pytest.mark.integration

PREFIX = "/siaran/langsung"


@pytest.fixture
def secure(template: Path, tmp_path: Path) -> Home:
    """A station with a certificate of its own."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    keys = f'tls_cert = "{tmp_path}/cert.pem"\ntls_key = "{tmp_path}/key.pem"'
    return lay_out(template, tmp_path / "station", keys, scheme="https")


async def some_segments(watcher: Watcher) -> list[str]:
    """Watch until every rendition has had four segments; return the broken rules."""
    async with watching(watcher) as watched:

        async def enough() -> bool:
            some = bool(watched.renditions) and all(len(r.segments) >= 4 for r in watched.renditions)
            return some or bool(watched.faults)

        await eventually(enough, "four segments")
    return watched.faults


async def test_segments_over_tls_are_those_of_the_house_files(secure: Home, template: Path, tmp_path: Path) -> None:
    async with running(secure):
        assert await some_segments(Watcher(f"{secure.url}/hls/tv/master.m3u8")) == []
        context = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        playlist = f"{secure.url}/hls/tv/v240/live.m3u8"
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
            async with session.get(playlist) as answer:
                segment = hls.media(await answer.text(), playlist).segments[-1]
            async with session.get(segment.url) as answer:
                whole = await answer.read()
            async with session.get(segment.url, headers={"Range": f"bytes=1000-{len(whole) - 7}"}) as answer:
                assert answer.status == 206
                assert await answer.read() == whole[1000:-6]
            async with session.head(segment.url) as answer:
                assert int(answer.headers["Content-Length"]) == len(whole)
    # the same journal served without TLS, by sendfile: the same bytes
    Home(secure.folder, secure.port).write()
    plain = Home(secure.folder, secure.port)
    async with running(plain):
        status, body = await get(segment.url.replace("https:", "http:"))
        assert (status, body) == (200, whole)


async def test_a_plain_request_to_the_secure_port_does_no_harm(secure: Home) -> None:
    async with running(secure) as service:
        with pytest.raises(aiohttp.ClientError):
            await get(secure.url.replace("https:", "http:"))
        assert await some_segments(Watcher(f"{secure.url}/hls/radio/master.m3u8")) == []
        assert service.running


@contextlib.asynccontextmanager
async def proxy(home: Home) -> AsyncIterator[str]:
    """Serve the station below PREFIX of another address, as a town's web server does; yield that address."""
    async with aiohttp.ClientSession(auto_decompress=False, timeout=aiohttp.ClientTimeout(None)) as upstream:

        async def forward(request: web.Request) -> web.StreamResponse:
            url = home.url + request.rel_url.raw_path.removeprefix(PREFIX)
            if request.query_string:
                url += f"?{request.query_string}"
            kept = {k: v for k, v in request.headers.items() if k.lower() not in ("host", "connection")}
            async with upstream.request(request.method, url, headers=kept, allow_redirects=False) as answer:
                skipped = ("transfer-encoding", "connection", "keep-alive")
                headers = {k: v for k, v in answer.headers.items() if k.lower() not in skipped}
                response = web.StreamResponse(status=answer.status, headers=headers)
                await response.prepare(request)
                async for data in answer.content.iter_any():
                    await response.write(data)
                return response

        app = web.Application()
        app.router.add_route("*", PREFIX + "/{tail:.*}", forward)
        runner = web.AppRunner(app, shutdown_timeout=0.5, handler_cancellation=True)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            yield f"http://127.0.0.1:{port}{PREFIX}"
        finally:
            await runner.cleanup()


@pytest.mark.browser
async def test_everything_holds_below_a_path_of_a_proxy(home: Home) -> None:
    async with running(home), proxy(home) as address:
        async with chromium() as browser:
            page = await opened(browser, f"{address}/", "tv")
            strayed: list[str] = []
            page.page.on("request", lambda r: None if r.url.startswith((address, "blob:")) else strayed.append(r.url))
            await page.play()
            await page.page.wait_for_function("() => document.querySelector('[data-role=title]').innerText.length > 0")
            assert strayed == []
            assert page.complaints == []
        assert await some_segments(Watcher(f"{address}/hls/tv/master.m3u8")) == []


async def test_both_tls_settings_are_needed(home: Home, tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("x")
    home.write(f'tls_cert = "{tmp_path}/cert.pem"')
    service = await Service.start(home)
    try:
        async with asyncio.timeout(60):
            assert await service.ended() == 2
    finally:
        await service.close()
    assert "tls_key" in home.said()
