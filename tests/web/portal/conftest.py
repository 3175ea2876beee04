"""A station for the portal's tests: an honest view with a programme that moves, and a small live HLS.

The channel's picture is red and blue by turns and its items change with the colour, so a test can see
whether a title belongs to the picture that is really shown.
"""

import asyncio
import contextlib
import re
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web

from lppl.media import ChannelKind
from lppl.process import run
from lppl.rundown import Kind
from web.portal import ChannelInfo, Programme, ProgrammeItem, Quality, add_portal

ITEM_S = 8
MEDIA_S = 240
WINDOW = 8
JAKARTA = ZoneInfo("Asia/Jakarta")
DVR = 60
ITEMS = ("Gending Pagi", "Kabar Kota")


@dataclass
class FakeView:
    """A station whose items each last `item_ms` and have started at `zero_ms`; `now_ms` is its clock."""

    now_ms: Callable[[], int]
    zero_ms: int
    item_ms: int = ITEM_S * 1000
    station_name: str = "Batik TV"
    place: str = "Kota Pekalongan"
    zone: ZoneInfo = JAKARTA
    fallback: str | None = None
    artist: str = "Sanggar Laras"
    titles: tuple[str, ...] = ITEMS
    kind: Kind = Kind.ITEM
    channels: Sequence[ChannelInfo] = (
        ChannelInfo(
            "tv",
            "Batik TV",
            ChannelKind.TV,
            (Quality("720p", 720, 2_628_000), Quality("360p", 360, 728_000), Quality("suara", None, 64_000)),
        ),
        ChannelInfo(
            "radio",
            "Radio Kota Batik",
            ChannelKind.RADIO,
            (Quality("128k", None, 128_000), Quality("64k", None, 64_000)),
        ),
    )
    listeners: set[asyncio.Queue[str | OSError]] = field(default_factory=set)

    def programme(self, channel_id: str) -> Programme:
        here = (self.now_ms() - self.zero_ms) // self.item_ms
        return Programme(channel_id, tuple(self.item(channel_id, n) for n in range(here - 3, here + 4)), self.fallback)

    def item(self, channel_id: str, n: int) -> ProgrammeItem:
        start = self.zero_ms + n * self.item_ms
        return ProgrammeItem(
            id=f"{channel_id}-{n}",
            title=self.titles[n % len(self.titles)],
            artist=self.artist,
            programme="Selamat Pagi Pekalongan",
            start_ms=start,
            end_ms=start + self.item_ms,
            kind=self.kind,
        )

    @contextlib.asynccontextmanager
    async def changes(self) -> AsyncIterator[AsyncIterator[str]]:
        queue: asyncio.Queue[str | OSError] = asyncio.Queue()
        self.listeners.add(queue)
        try:
            yield _told(queue)
        finally:
            self.listeners.discard(queue)

    def tell(self, news: str | OSError) -> None:
        """Yield a channel id to every subscriber, or break every subscription."""
        for queue in self.listeners:
            queue.put_nowait(news)


async def _told(queue: asyncio.Queue[str | OSError]) -> AsyncIterator[str]:
    while True:
        news = await queue.get()
        if isinstance(news, OSError):
            raise news
        yield news


@pytest.fixture
def view() -> FakeView:
    """A station that stands still at Sunday 22 November 2026, 22.00.03 WIB."""
    now = 1795359603_000
    return FakeView(now_ms=lambda: now, zero_ms=now - 3000, item_ms=600_000)


MASTER = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Suara",DEFAULT=YES,AUTOSELECT=YES,URI="{prefix}a.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2700000,CODECS="avc1.42c00a,mp4a.40.2",RESOLUTION=1280x720,AUDIO="a"
{prefix}v0.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=750000,CODECS="avc1.42c00a,mp4a.40.2",RESOLUTION=640x360,AUDIO="a"
{prefix}v1.m3u8
"""
SOUND = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-STREAM-INF:BANDWIDTH=70000,CODECS="mp4a.40.2"
{prefix}a.m3u8
"""


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four minutes of a tiny channel as fMP4 segments of one second: two pictures and one sound."""
    folder = tmp_path_factory.mktemp("siaran")
    blue = f"drawbox=color=blue:t=fill:enable='gte(mod(t,{2 * ITEM_S}),{ITEM_S})'"
    hls = ["-f", "hls", "-hls_time", "1", "-hls_list_size", "0", "-hls_segment_type", "fmp4"]

    def output(name: str) -> list[str]:
        init = ["-hls_fmp4_init_filename", f"{name}.mp4"]
        return [*hls, *init, "-hls_segment_filename", str(folder / f"{name}-%d.m4s"), str(folder / f"{name}.m3u8")]

    codec = ("-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "baseline")
    picture = ("-map", "0:v", *codec, "-g", "5", "-keyint_min", "5", "-sc_threshold", "0")
    colours = f"color=red:s=64x36:r=5:d={MEDIA_S},{blue},format=yuv420p"
    inputs = ("-f", "lavfi", "-i", colours, "-f", "lavfi", "-i", f"sine=440:r=48000:d={MEDIA_S}")
    high = (*picture, "-b:v", "40k", *output("v0"))
    low = (*picture, "-b:v", "20k", *output("v1"))
    sound = ("-map", "1:a", "-c:a", "aac", "-b:a", "32k", *output("a"))
    asyncio.run(run(["nice", "ffmpeg", "-v", "error", *inputs, *high, *low, *sound]))
    return folder


class LiveStation:
    """The portal and its channels on a real socket; the air began `aired_s` before now."""

    def __init__(self, media: Path, aired_s: int = 70) -> None:
        self._media = media
        # Media time 0 lies on a boundary between items.
        self.zero_ms = (int(time.time()) - aired_s) * 1000
        self.view = FakeView(now_ms=lambda: int(time.time() * 1000), zero_ms=self.zero_ms)
        self.view.channels = [replace(c, since_ms=self.zero_ms) for c in self.view.channels]
        self.asked: list[str] = []
        self.beacons: list[dict[str, object]] = []
        self.failing = False
        self._lengths = {name: self._read_lengths(name) for name in ("v0", "v1", "a")}
        self._runner: web.AppRunner | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def _read_lengths(self, name: str) -> list[float]:
        return [float(m) for m in re.findall(r"#EXTINF:([\d.]+)", (self._media / f"{name}.m3u8").read_text())]

    async def start(self) -> None:
        """Go on air, again on the same port after :meth:`stop`: the same timeline goes on."""
        app = web.Application()
        add_portal(app, self.view)
        app.router.add_get("/hls/{channel}/{name}", self._hls)
        app.router.add_post("/beacon", self._beacon)
        app.router.add_get("/sw.js", self._worker)
        app.cleanup_ctx.append(self._moving)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()

    async def stop(self) -> None:
        """Vanish: no socket, every connection cut."""
        if self._runner:
            await self._runner.cleanup()
        self._runner = None

    async def _moving(self, _app: web.Application) -> AsyncIterator[None]:
        async def tell() -> None:
            while True:
                await asyncio.sleep(ITEM_S - (time.time() - self.zero_ms / 1000) % ITEM_S)
                self.view.tell("tv")
                self.view.tell("radio")

        task = asyncio.create_task(tell())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def _beacon(self, request: web.Request) -> web.Response:
        self.beacons.append(await request.json())
        return web.Response(status=204)

    async def _worker(self, _request: web.Request) -> web.Response:
        return web.Response(content_type="text/javascript")

    async def _hls(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        self.asked.append(f"{request.match_info['channel']}/{name}")
        if self.failing:
            raise web.HTTPInternalServerError
        if name.endswith(".m3u8"):
            sound_only = request.match_info["channel"] == "radio"
            text = self._playlist(name.removesuffix(".m3u8"), sound_only)
            return web.Response(text=text, content_type="application/vnd.apple.mpegurl")
        path = self._media / name
        if not re.fullmatch(r"(v0|v1|a)(-\d+\.m4s|\.mp4)", name) or not path.exists():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={"Content-Type": "video/mp4"})

    def _playlist(self, name: str, sound_only: bool) -> str:
        if name in ("master", "audio", "dvr", "dvr-audio"):
            prefix = "dvr-" if "dvr" in name else ""
            return (SOUND if sound_only or "audio" in name else MASTER).format(prefix=prefix)
        rendition = name.removeprefix("dvr-")
        lengths = self._lengths[rendition]
        aired = time.time() - self.zero_ms / 1000
        ends = [sum(lengths[: n + 1]) for n in range(len(lengths))]
        last = sum(end <= aired for end in ends)
        first = max(0, last - (DVR if name.startswith("dvr-") else WINDOW))
        lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:1", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
        lines.append(f'#EXT-X-MAP:URI="{rendition}.mp4"')
        if name.startswith("dvr-"):
            lines += [self._named(n) for n in range(int(aired) // ITEM_S)]
        for n in range(first, last):
            at = self.zero_ms / 1000 + (ends[n - 1] if n else 0.0)
            lines += [f"#EXT-X-PROGRAM-DATE-TIME:{_stamp(at)}", f"#EXTINF:{lengths[n]:.6f},", f"{rendition}-{n}.m4s"]
        return "\n".join(lines) + "\n"

    def _named(self, n: int) -> str:
        item = self.view.item("tv", n)
        start = f'ID="tv-{n}",START-DATE="{_stamp(item.start_ms / 1000)}",DURATION={ITEM_S}'
        return f'#EXT-X-DATERANGE:{start},X-TITLE="{item.title} (rekaman)",X-KIND="item",X-PROGRAMME="Rekaman"'


def _stamp(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03}Z"


@pytest.fixture
async def station(media: Path) -> AsyncIterator[LiveStation]:
    """A station on air."""
    live = LiveStation(media)
    await live.start()
    yield live
    await live.stop()
