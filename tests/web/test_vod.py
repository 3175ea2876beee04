"""The past over HTTP, watched with the real ffmpeg: every picture carries its own number, so that each can be told.

The journal is written hour by hour as playout does, over midnight, with an outage in it.
"""

import asyncio
import itertools
import subprocess
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import numpy as np
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from lppl.errors import LpplError
from lppl.journal import Commit, Item, JournalWriter
from lppl.media import AssetId, AudioRung, ChannelKind, Profile, Tags, VideoRung
from lppl.quanta import AAC_FRAMES, FRAMES, Quanta, at_or_after
from lppl.rundown import Kind
from lppl.withheld import Withheld
from streaming.conform import conform
from streaming.heads import Archive
from streaming.house import HouseSet, folder_of
from streaming.packager import Slate
from streaming.past import Past
from streaming.probe import probe
from streaming.span import LONGEST
from streaming.vod import CatchUp
from tests.station import hls
from web.hls import add_hls
from web.vod import add_vod

pytestmark = pytest.mark.integration

TV = Profile(
    ChannelKind.TV,
    (VideoRung("v180", 320, 180, 400_000), VideoRung("v90", 160, 90, 200_000)),
    (AudioRung("a64", 64_000),),
    -16.0,
    -1.0,
    "veryfast",
)
RADIO = replace(TV, kind=ChannelKind.RADIO, video=())
MIDNIGHT = at_or_after(datetime.fromisoformat("2026-03-01T00:00:00+00:00"))
T0 = Quanta(MIDNIGHT - 70)
FILM, NEWS, SLATE = AssetId("a" * 40), AssetId("b" * 40), AssetId("0" * 40)
FILM_QUANTA, NEWS_QUANTA, SLATE_QUANTA = 50, 31, 12
BITS, OFFSET = 10, {FILM: 0, NEWS: 512}


def draw(path: Path, quanta: int, first: int) -> None:
    """Make a file whose frame n shows `first` + n in ten stripes, black or white, with a tone."""
    stripes = f"geq=lum='if(mod(floor(({first}+N)/pow(2,floor(X*{BITS}/W))),2),220,30)':cb=128:cr=128"
    graph = f"color=size=320x180:rate=25,format=yuv420p,{stripes}"
    argv = [
        "ffmpeg", "-hide_banner", "-nostdin", "-v", "error", "-f", "lavfi", "-i", graph,
        "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", f"{quanta * 0.32:.2f}",
        "-c:v", "libx264", "-qp", "10", "-preset", "ultrafast", "-c:a", "pcm_s16le", str(path),
    ]  # fmt: skip
    subprocess.run(argv, check=True)


async def make(folder: Path) -> Path:
    house = folder / "house"
    for asset, quanta in ((FILM, FILM_QUANTA), (NEWS, NEWS_QUANTA), (SLATE, SLATE_QUANTA)):
        source = folder / f"{asset[:4]}.mkv"
        await asyncio.to_thread(draw, source, quanta, OFFSET.get(asset, 0))
        for profile in (TV, RADIO):
            facts = await probe(source)
            work = folder / "work"
            made = await conform(source, facts, Tags(asset[:4]), asset, profile, house, work, lambda _: None)
            assert made.quanta == quanta
    return house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asyncio.run(make(tmp_path_factory.mktemp("house")))


@dataclass(frozen=True)
class Airing:
    """What airs: an asset from its `skip`-th quantum, or nothing."""

    length: int
    asset: AssetId | None
    kind: Kind = Kind.ITEM
    skip: int = 0


DAY = (
    Airing(FILM_QUANTA, FILM),
    Airing(NEWS_QUANTA, NEWS),
    Airing(NEWS_QUANTA, NEWS),
    Airing(4000, None, Kind.OFF),
    Airing(24, SLATE, Kind.PREROLL),
    Airing(FILM_QUANTA - 12, FILM, skip=12),
    Airing(NEWS_QUANTA, NEWS),
)
STARTS = [Quanta(T0 + n) for n in itertools.accumulate((a.length for a in DAY), initial=0)]
SECOND_FILM = STARTS[5]


def write_journal(folder: Path, profile: Profile) -> None:
    writer = JournalWriter(folder, reserve=4096)
    for number, (start, a) in enumerate(zip(STARTS, DAY, strict=False)):
        house = profile.house(a.asset) if a.asset else None
        item = Item(
            profile.kind.value, start, house, Quanta(a.skip), Quanta(a.length), a.kind, f"Acara {number}",
            number=number, format="f" if house else "", slot=f"acara@{number}",
        )  # fmt: skip
        writer.append([item], Quanta(start - 6))
        for at in range(start, start + a.length, 4 if house else a.length):
            length = min(4 if house else a.length, start + a.length - at)
            writer.append([Commit(item.channel, Quanta(at), length)], Quanta(at - 6 if house else at + length))
    writer.close()


@dataclass
class Station:
    """A web role that serves the past only."""

    client: TestClient[Any, Any]
    channels: dict[str, CatchUp]
    house: Path
    withheld: Withheld = field(default_factory=Withheld)
    away: bool = False
    now: Quanta = STARTS[-1]
    heads: Path = field(default_factory=Path)
    journal: Path = field(default_factory=Path)

    def restart(self) -> None:
        """Open everything anew."""
        for profile in (TV, RADIO):
            name = profile.kind.value
            slate = Slate(HouseSet(folder_of(self.house, profile.house(SLATE))))
            archive, past = Archive(self.house, self.heads), Past(self.journal / name)
            self.channels[name] = CatchUp(name, profile, past, archive, slate, lambda: self.now)

    async def ask(self, _channel: str) -> Withheld:
        if self.away:
            raise LpplError("Basis data tidak dapat dibaca.", "The database cannot be read.")
        return self.withheld

    def url(self, path: str) -> str:
        return str(self.client.make_url(f"/hls/{path}"))

    async def get(self, path: str, status: int = 200) -> str:
        async with self.client.get(urlsplit(urljoin("/hls/", path)).path) as answer:
            data = await answer.read()
            assert answer.status == status, (path, answer.status, data[:200])
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            return data.decode("latin1")

    async def media(self, path: str) -> hls.Media:
        found = hls.media(await self.get(path), self.url(path))
        assert found.faults == ()
        return found


@pytest.fixture
async def station(house: Path, tmp_path: Path) -> AsyncIterator[Station]:
    for profile in (TV, RADIO):
        await asyncio.to_thread(write_journal, tmp_path / "journal" / profile.kind.value, profile)
    channels: dict[str, CatchUp] = {}
    app = web.Application()
    client = TestClient(TestServer(app, host="127.0.0.1"))
    it = Station(client, channels, house, heads=tmp_path / "heads", journal=tmp_path / "journal")
    it.restart()
    add_vod(app, channels, it.ask)
    add_hls(app, {})
    async with client:
        yield it


@dataclass(frozen=True)
class Watched:
    """What a player saw: the number of each picture, and the count of samples."""

    pictures: list[int]
    samples: int


async def watch(url: str, *, picture: bool = True) -> Watched:
    """Play `url` to its end, with nothing dropped and nothing repeated."""

    async def run(*options: str) -> bytes:
        argv = ["ffmpeg", "-hide_banner", "-nostdin", "-v", "warning", "-i", url, *options, "-"]
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(*argv, stdout=pipe, stderr=pipe)
        out, said = await child.communicate()
        assert child.returncode == 0, said.decode()
        complaints = [line for line in said.decode().splitlines() if "duplicated MOOV" not in line]
        assert complaints == []
        return out

    pictures: list[int] = []
    if picture:
        raw = await run(
            "-map", "0:v:0", "-vf", f"scale=320:180,crop=320:90:0:45,scale={BITS}:1:flags=area",
            "-fps_mode", "passthrough", "-pix_fmt", "gray", "-f", "rawvideo",
        )  # fmt: skip
        bits = np.frombuffer(raw, np.uint8).reshape(-1, BITS) > 125
        pictures = [int(n) for n in bits @ (1 << np.arange(BITS))]
    sound = await run("-map", "0:a:0", "-f", "s16le") if not picture or "master" in url else b""
    return Watched(pictures, len(sound) // 4)


def numbers(start: int, end: int) -> list[int]:
    """The numbers of the pictures that aired during [start, end), off-air time and pre-roll left out."""
    out: list[int] = []
    for begins, a in zip(STARTS, DAY, strict=False):
        low, high = max(start, begins), min(end, begins + a.length)
        if a.asset in OFFSET and low < high:
            first = OFFSET[a.asset] + (a.skip + low - begins) * FRAMES
            out += range(first, first + (high - low) * FRAMES)
    return out


def samples(pictures: Sequence[int]) -> int:
    return len(pictures) // FRAMES * AAC_FRAMES * 1024


async def test_a_programme_is_watched_from_its_first_frame_to_its_last(station: Station) -> None:
    span = f"{STARTS[0]}-{STARTS[1]}"
    seen = await watch(station.url(f"tv/vod/{span}/master.m3u8"))
    assert seen.pictures == list(range(FILM_QUANTA * FRAMES))
    assert seen.samples == FILM_QUANTA * AAC_FRAMES * 1024
    assert not station.heads.exists(), "nothing was encoded for it"


@pytest.mark.parametrize("inside", [1, 2, 3, 4, 5, 11, 44, 49])
async def test_a_span_begins_and_ends_anywhere_to_the_frame(station: Station, inside: int) -> None:
    """Also inside a GOP, in every rendition."""
    start, end = STARTS[0] + inside, STARTS[2] - (inside % 7) - 3
    seen = await watch(station.url(f"tv/vod/{start}-{end}/master.m3u8"))
    assert seen.pictures == numbers(start, end)
    assert seen.samples == samples(seen.pictures)
    lower = await watch(station.url(f"tv/vod/{start}-{end}/v90/vod.m3u8"))
    assert lower.pictures == seen.pictures
    text = await station.get(f"tv/vod/{start}-{end}/v180/vod.m3u8")
    assert "#EXT-X-DISCONTINUITY" not in text, "what is encoded anew has the same parameters"
    assert text.count("#EXT-X-MAP") == 1


@pytest.mark.parametrize(("start", "end"), [(13, 14), (15, 17), (17, 19), (9, 12)])
async def test_a_very_short_span(station: Station, start: int, end: int) -> None:
    seen = await watch(station.url(f"tv/vod/{T0 + start}-{T0 + end}/master.m3u8"))
    assert seen.pictures == numbers(T0 + start, T0 + end)
    assert seen.samples == samples(seen.pictures)


async def test_sound_alone_and_radio(station: Station) -> None:
    start, end = STARTS[0] + 5, STARTS[2] - 2
    expected = (end - start) * AAC_FRAMES * 1024
    assert (await watch(station.url(f"radio/vod/{start}-{end}/master.m3u8"), picture=False)).samples == expected
    assert not station.heads.exists(), "sound is cut anywhere"
    assert (await watch(station.url(f"tv/vod/{start}-{end}/audio.m3u8"), picture=False)).samples == expected


async def test_over_midnight_and_two_journal_files_without_a_seam(station: Station) -> None:
    start, end = MIDNIGHT - 40, MIDNIGHT + 30
    seen = await watch(station.url(f"tv/vod/{start}-{end}/master.m3u8"))
    assert seen.pictures == numbers(start, end)
    assert "DISCONTINUITY" not in await station.get(f"tv/vod/{start}-{end}/a64/vod.m3u8")


async def test_an_outage_is_left_out(station: Station) -> None:
    start, end = STARTS[2] + 6, STARTS[-1]
    seen = await watch(station.url(f"tv/vod/{start}-{end}/master.m3u8"))
    assert seen.pictures == numbers(start, end)
    assert seen.samples == samples(seen.pictures)
    for rendition in ("v180", "v90", "a64"):
        text = await station.get(f"tv/vod/{start}-{end}/{rendition}/vod.m3u8")
        assert text.count("#EXT-X-DISCONTINUITY\n") == 1
        assert "GAP" not in text
        assert "Acara 3" not in text, "off the air"
        assert "Acara 4" not in text, "pre-roll"
        assert "Acara 5" in text


async def test_playlists_are_strict_and_alike_in_all_renditions(station: Station) -> None:
    span = f"{T0 + 3}-{STARTS[-1]}"
    text = await station.get(f"tv/vod/{span}/master.m3u8")
    master = hls.master(text, station.url(f"tv/vod/{span}/master.m3u8"))
    assert master.faults == ()
    found = []
    for url in master.playlists:
        text = await station.get(url)
        assert text.count("#EXT-X-PLAYLIST-TYPE:VOD\n") == text.count("#EXT-X-ENDLIST\n") == 1
        media = hls.media(text, url)
        assert media.faults == ()
        found.append([(s.start, s.duration, s.discontinuity) for s in media.segments])
        init = hls.init((await station.get(media.segments[0].init)).encode("latin1"))
        for s in media.segments:
            fragments = hls.fragments((await station.get(s.url)).encode("latin1"), init.default_duration)
            assert fragments[0].sync
            assert fragments[0].time / init.timescale == pytest.approx(s.start, abs=1e-3)
            assert sum(f.ticks for f in fragments) / init.timescale == pytest.approx(s.duration, abs=1e-5)
    assert found[0] == found[1] == found[2]
    pictures = await station.media(f"tv/vod/{span}/v90/iframes.m3u8")
    assert [(s.start, s.duration, s.discontinuity) for s in pictures.segments] == found[0]
    for s in pictures.segments:
        (fragment,) = hls.fragments((await station.get(s.url)).encode("latin1"), 3_600)
        assert (fragment.samples, fragment.sync) == (1, True)


async def test_spans_share_their_segments(station: Station) -> None:
    """A cache in front holds each whole cell once, whoever watches which programme."""
    one = await station.media(f"tv/vod/{T0}-{STARTS[2]}/v180/vod.m3u8")
    other = await station.media(f"tv/vod/{T0 + 15}-{STARTS[2]}/v180/vod.m3u8")
    assert {s.url for s in one.segments[-4:]} == {s.url for s in other.segments[-4:]}


async def test_a_takedown_holds_from_the_next_request_on(station: Station) -> None:
    span = f"{STARTS[0]}-{STARTS[3]}"
    path = f"tv/vod/{span}/v180/vod.m3u8"
    before = await station.media(path)
    cut = (Quanta(STARTS[0] + 20), Quanta(STARTS[1] + 8))
    station.withheld = Withheld((cut,))
    for s in before.segments:
        start, end = (int(n) for n in s.url.rpartition("/")[2].removesuffix(".m4s").split("-"))
        inside = start < cut[1] and end > cut[0]
        said = await station.get(s.url, 410 if inside else 200)
        assert not inside or "ditarik" in said
        if inside:
            await station.get(s.url.replace(f"/{start}-", f"/i{start}-"), 410)
    seen = await watch(station.url(f"tv/vod/{span}/master.m3u8"))
    resumes = STARTS[1] + 12  # the next key frame: nothing of what was taken down is decoded
    assert seen.pictures == numbers(STARTS[0], cut[0]) + numbers(resumes, STARTS[3])
    assert seen.samples == samples(seen.pictures)
    said = await station.get(f"tv/vod/{cut[0]}-{cut[1]}/master.m3u8", 410)
    assert "ditarik" in said
    assert "taken this broadcast down" in said
    station.withheld = Withheld()
    assert await station.media(path) == before, "and it can be lifted"


async def test_what_lies_between_two_takedowns_without_a_key_frame_is_gone(station: Station) -> None:
    station.withheld = Withheld(((STARTS[0], Quanta(T0 + 7)), (Quanta(T0 + 10), STARTS[1])))
    await station.get(f"tv/vod/{STARTS[0]}-{STARTS[1]}/master.m3u8", 410)
    seen = await watch(station.url(f"tv/vod/{T0 + 8}-{STARTS[1]}/master.m3u8"))
    assert seen.pictures == numbers(T0 + 8, T0 + 10), "a span that begins there is watched"


async def test_an_asset_without_the_right_is_cut_out(station: Station) -> None:
    span = f"{STARTS[0]}-{STARTS[3]}"
    before = await station.media(f"tv/vod/{span}/a64/vod.m3u8")
    station.withheld = Withheld.of((), {FILM: False, NEWS: True})
    assert "Hak siar" in await station.get(before.segments[0].url, 403)
    assert "Hak siar" in await station.get(f"tv/vod/{STARTS[0]}-{STARTS[1]}/master.m3u8", 403)
    text = await station.get(f"tv/vod/{span}/v180/vod.m3u8")
    assert "Acara 0" not in text
    seen = await watch(station.url(f"tv/vod/{span}/master.m3u8"))
    assert seen.pictures == numbers(STARTS[1], STARTS[3])
    assert seen.samples == samples(seen.pictures)


async def test_while_nobody_knows_what_is_withheld_nothing_is_shown(station: Station) -> None:
    media = await station.media(f"tv/vod/{STARTS[0]}-{STARTS[1]}/v180/vod.m3u8")
    station.away = True
    assert "Basis data" in await station.get(f"tv/vod/{STARTS[0]}-{STARTS[1]}/v180/vod.m3u8", 503)
    await station.get(media.segments[0].url, 503)


async def test_material_that_is_gone_is_left_out(station: Station) -> None:
    span = f"{STARTS[0]}-{STARTS[3]}"
    before = await station.media(f"tv/vod/{span}/v180/vod.m3u8")
    folder = folder_of(station.house, TV.house(FILM))
    away = folder.with_name("away")
    folder.rename(away)
    try:
        station.restart()  # what is open is served to the end
        seen = await watch(station.url(f"tv/vod/{span}/master.m3u8"))
        assert seen.pictures == numbers(STARTS[1], STARTS[3])
        said = await station.get(f"tv/vod/{STARTS[0]}-{STARTS[1]}/master.m3u8", 410)
        assert "tidak tersimpan" in said
        async with station.client.get(urlsplit(before.segments[0].url).path) as answer:
            # announced before it was lost: the slate stands in, and no cache may keep that
            assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    finally:
        away.rename(folder)
    assert (await watch(station.url(f"tv/vod/{span}/master.m3u8"))).pictures == numbers(STARTS[0], STARTS[3])


async def test_the_future_ends_at_what_is_published(station: Station) -> None:
    station.now = Quanta(STARTS[0] + 30)
    seen = await watch(station.url(f"tv/vod/{STARTS[0]}-{STARTS[0] + 5000}/master.m3u8"))
    assert seen.pictures == numbers(STARTS[0], STARTS[0] + 30)
    text = await station.get(f"tv/vod/{STARTS[0]}-{STARTS[0] + 5000}/master.m3u8")
    station.now = Quanta(STARTS[0] + 42)
    listed = hls.master(text, station.url(f"tv/vod/{STARTS[0]}-{STARTS[0] + 5000}/master.m3u8"))
    ends = {(await station.media(url)).segments[-1].url.rpartition("-")[2] for url in listed.playlists}
    assert ends == {f"{STARTS[0] + 30}.m4s"}, "all renditions end where the master was made to end"
    await station.get(f"tv/vod/{STARTS[0] + 42}-{STARTS[0] + 60}/master.m3u8", 404)
    await station.get(f"tv/vod/v180/{STARTS[0] + 36}-{STARTS[0] + 48}.m4s", 404)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("tv/vod/{a}-{b}/master.m3u8", 200),
        ("tv/vod/{b}-{a}/master.m3u8", 400),
        ("tv/vod/{a}-{a}/master.m3u8", 400),
        ("tv/vod/{a}-/master.m3u8", 400),
        ("tv/vod/x-{b}/audio.m3u8", 400),
        ("tv/vod/0{a}-{b}/master.m3u8", 400),
        ("tv/vod/+{a}-{b}/v180/vod.m3u8", 400),
        ("tv/vod/٣-{b}/master.m3u8", 400),
        ("tv/vod/1-9999999999999/master.m3u8", 400),
        ("tv/vod/{a}-{long}/master.m3u8", 400),
        ("tv/vod/1-2/master.m3u8", 404),
        ("tv/vod/{a}-{b}/other.m3u8", 404),
        ("tv/vod/{a}-{b}/v1080/vod.m3u8", 404),
        ("tv/vod/{a}-{b}/a64/iframes.m3u8", 404),
        ("tv/vod/{a}-{b}/v180/live.m3u8", 404),
        ("tidakada/vod/{a}-{b}/master.m3u8", 404),
        ("tv/vod/v180/{a}-{b}.m4s", 400),
        ("tv/vod/v180/0-5.m4s", 404),
        ("tv/vod/v1080/{a}-{c}.m4s", 404),
        ("tv/vod/a64/i{a}-{c}.m4s", 404),
        ("tv/vod/v180/x.m4s", 400),
        ("tv/vod/v180/init-0123456789-{a}.mp4", 404),
        ("tv/vod/v180/init-0123456789-1.mp4", 404),
        ("radio/vod/v180/{a}-{c}.m4s", 404),
    ],
)  # fmt: skip
async def test_strict_with_addresses(station: Station, path: str, status: int) -> None:
    a = STARTS[0]
    path = path.format(a=a, b=STARTS[1], c=a + 12, long=a + LONGEST + 1)
    await station.get(path, status)


async def test_a_segment_across_a_key_frame_cannot_be_asked_for_from_inside_a_gop(station: Station) -> None:
    await station.get(f"tv/vod/v180/{T0 + 2}-{T0 + 9}.m4s", 404)
    assert not station.heads.exists(), "nothing is encoded for it"


async def test_segments_are_kept_by_caches_for_an_hour_and_sent_in_ranges(station: Station) -> None:
    path = f"/hls/tv/vod/v180/{T0}-{T0 + 6}.m4s"
    async with station.client.get(path) as answer:
        data = await answer.read()
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        etag = answer.headers["ETag"]
    async with station.client.get(path, headers={"Range": "bytes=10-99"}) as answer:
        assert (answer.status, await answer.read()) == (206, data[10:100])
    async with station.client.get(path, headers={"If-None-Match": etag}) as answer:
        assert answer.status == 304
    async with station.client.options(path) as answer:
        assert answer.status == 204
