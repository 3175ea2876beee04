"""Listening before air: a house set as HLS, watched with the real ffmpeg; outline, pictures; who asks for rubbish."""

import asyncio
import io
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.typedefs import Handler
from PIL import Image

from lppl.media import AssetId, AudioRung, ChannelKind, Profile, Tags, VideoRung
from lppl.quanta import FRAMES, seconds
from streaming.conform import conform
from streaming.level_store import LevelStore
from streaming.levels import POINTS, Levels, Outline, SoundUnreadable
from streaming.pictures import Thumbs
from streaming.probe import probe
from web.preview import ADDRESSES, Answer, Preview

pytestmark = pytest.mark.integration

PREFIX = "/materi"

SOUND = (AudioRung("a128", 128_000), AudioRung("a64", 64_000))
TV = Profile(
    ChannelKind.TV,
    (VideoRung("v180", 320, 180, 300_000), VideoRung("v90", 160, 90, 150_000)),
    SOUND, -16.0, -1.0, "ultrafast",
)  # fmt: skip
RADIO = Profile(ChannelKind.RADIO, (), SOUND, -16.0, -1.0, "ultrafast")
FILM, SONG = AssetId("a" * 40), AssetId("b" * 40)
FILM_S = 11.2
FILM_HOUSE, SONG_HOUSE = TV.house(FILM), RADIO.house(SONG)


async def make(folder: Path) -> Path:
    source = folder / "film.mkv"
    argv = [
        "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25", "-f", "lavfi", "-i",
        "sine=frequency=440:sample_rate=48000", "-t", f"{FILM_S}", "-c:v", "libx264", "-preset", "ultrafast",
        "-c:a", "pcm_s16le", str(source),
    ]  # fmt: skip
    await asyncio.to_thread(subprocess.run, argv, check=True)
    facts = await probe(source)
    for asset, profile in ((FILM, TV), (SONG, RADIO)):
        await conform(source, facts, Tags("x"), asset, profile, folder / "house", folder / "work", lambda _: None)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asyncio.run(make(tmp_path_factory.mktemp("station")))


@pytest.fixture
async def client(data: Path) -> AsyncIterator[TestClient[Any, Any]]:
    app = web.Application()
    preview = Preview.of(data)

    def plain(answer: Answer) -> Handler:
        async def handler(request: web.Request) -> web.StreamResponse:
            return await answer(preview, request, request.match_info)

        return handler

    app.add_routes([web.get(PREFIX + path, plain(answer)) for path, answer in ADDRESSES])
    async with TestClient(TestServer(app)) as client:
        yield client


async def watched(client: TestClient[Any, Any], house: str, *options: str) -> bytes:
    """Return what ffmpeg makes of the master playlist."""
    url = client.make_url(f"{PREFIX}/{house}/master.m3u8")
    process = await asyncio.create_subprocess_exec(
        "ffmpeg", "-v", "error", "-i", str(url), *options, "-", stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, said = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0 and not said, said
    return out


async def test_every_picture_is_watched_from_the_first_to_the_last(client: TestClient[Any, Any]) -> None:
    frames = await watched(client, FILM_HOUSE, "-map", "0:v:0", "-f", "rawvideo", "-s", "16x16", "-pix_fmt", "gray")
    assert len(frames) == 256 * FRAMES * round(FILM_S / seconds(1))


async def test_every_sample_is_heard(client: TestClient[Any, Any]) -> None:
    for house in (FILM_HOUSE, SONG_HOUSE):
        heard = await watched(client, house, "-map", "0:a:0", "-f", "s16le", "-ac", "1")
        assert len(heard) / 2 / 48000 == pytest.approx(FILM_S, abs=0.03)


async def test_the_playlists_say_what_is_true(client: TestClient[Any, Any]) -> None:
    async with client.get(f"{PREFIX}/{FILM_HOUSE}/master.m3u8") as answer:
        master = await answer.text()
        assert answer.content_type == "application/vnd.apple.mpegurl"
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert "RESOLUTION=320x180" in master and 'AUDIO="a128"' in master and "avc1.64" in master
    async with client.get(f"{PREFIX}/{FILM_HOUSE}/v180.m3u8") as answer:
        media = await answer.text()
    lengths = [float(line[8:-1]) for line in media.splitlines() if line.startswith("#EXTINF:")]
    assert sum(lengths) == pytest.approx(FILM_S) and media.endswith("#EXT-X-ENDLIST\n")
    assert lengths[:-1] == [3.84] * (len(lengths) - 1) and "#EXT-X-TARGETDURATION:4" in media
    async with client.get(f"{PREFIX}/{SONG_HOUSE}/master.m3u8") as answer:
        assert "RESOLUTION" not in await answer.text()


async def test_segments_may_be_kept_by_the_browser_alone_and_asked_for_in_ranges(client: TestClient[Any, Any]) -> None:
    path = f"{PREFIX}/{SONG_HOUSE}/a64/0.m4s"
    async with client.get(path) as answer:
        body = await answer.read()
        assert answer.headers["Cache-Control"].startswith("private")
    async with client.get(path, headers={"Range": "bytes=5-14"}) as answer:
        assert (answer.status, await answer.read()) == (206, body[5:15])


async def test_the_outline_is_thinned_to_what_is_asked_for(client: TestClient[Any, Any], data: Path) -> None:
    store = LevelStore(data / "levels")
    store.keep(SONG_HOUSE, Levels(bytes(4 * 100)), Outline(bytes([200, 50]) * (POINTS * 100)))
    async with client.get(f"{PREFIX}/{SONG_HOUSE}/outline") as answer:
        assert len(await answer.read()) == 2 * POINTS * 100
        assert float(answer.headers["X-Points-Per-Second"]) == pytest.approx(50)
    async with client.get(f"{PREFIX}/{SONG_HOUSE}/outline?points=100") as answer:
        assert await answer.read() == bytes([200, 50]) * 100
        assert float(answer.headers["X-Points-Per-Second"]) == pytest.approx(3.125)


async def test_what_cannot_be_shown_says_why(client: TestClient[Any, Any], data: Path) -> None:
    other = RADIO.house(FILM)
    for path in (f"{other}/master.m3u8", f"{other}/outline"):
        async with client.get(f"{PREFIX}/{path}") as answer:
            assert answer.status == 404 and "belum selesai disiapkan" in await answer.text()
    LevelStore(data / "levels").refuse(other, SoundUnreadable("1/9 s"))
    async with client.get(f"{PREFIX}/{other}/outline") as answer:
        assert "tidak terbaca" in await answer.text()


async def test_pictures(client: TestClient[Any, Any], data: Path) -> None:
    path = Thumbs(data / "thumbs").poster(FILM)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (320, 180), "red").save(path)
    async with client.get(f"{PREFIX}/{FILM}/poster.jpg") as answer:
        assert answer.content_type == "image/jpeg"
        with Image.open(io.BytesIO(await answer.read())) as poster:
            assert poster.size == (320, 180)
    async with client.get(f"{PREFIX}/{FILM}/strip.jpg") as answer:
        assert answer.status == 404


@pytest.mark.parametrize(
    "path",
    [
        "x/master.m3u8", "..%2f..%2fetc/master.m3u8", f"{FILM}.TV-1/master.m3u8", f"{FILM}/master.m3u8",
        f"{FILM_HOUSE}/v999.m3u8", f"{FILM_HOUSE}/v180/-1.m4s", f"{FILM_HOUSE}/v180/3.m4s",
        f"{FILM_HOUSE}/v180/9999999.m4s", f"{FILM_HOUSE}/v180/%D9%A3.m4s", f"{FILM_HOUSE}/nothing/init.mp4",
        f"{FILM_HOUSE}/v180/0.m4s.bak", "A/poster.jpg", f"{'../' * 40}/poster.jpg", f"{FILM_HOUSE}/poster.jpg",
    ],
)  # fmt: skip
async def test_strict_with_addresses(client: TestClient[Any, Any], path: str) -> None:
    async with client.get(f"{PREFIX}/{path}") as answer:
        assert answer.status == 404
