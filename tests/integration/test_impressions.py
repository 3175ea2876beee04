"""Levels and pictures of a library's house sets, made in the background by the real ffmpeg, each once."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mutagen.id3 import APIC, ID3
from PIL import Image

from lppl.database import migrate, open_database
from lppl.library import Library
from lppl.media import AssetId, AudioRung, ChannelKind, HouseId, Profile, Tags, VideoRung
from lppl.quanta import seconds
from lppl.records import FileStamp, HouseRecord, LibraryFile
from streaming.conform import conform
from streaming.house import folder_of
from streaming.impressions import Impressions
from streaming.level_store import LevelStore
from streaming.pictures import FRAME_WIDTH, FRAMES, Thumbs
from streaming.probe import probe

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOUND = (AudioRung("a128", 128_000), AudioRung("a64", 64_000))
TV = Profile(
    ChannelKind.TV,
    (VideoRung("v360", 640, 360, 400_000), VideoRung("v180", 320, 180, 200_000)),
    SOUND, -16.0, -1.0, "ultrafast",
)  # fmt: skip
RADIO = Profile(ChannelKind.RADIO, (), SOUND, -16.0, -1.0, "ultrafast")
LOUD_S, SILENT_S = 4.8, 3.2
COLOURS = ("red", "lime", "blue", "white", "black")


class Station:
    """A library whose items are conformed."""

    def __init__(self, folder: Path, library: Library) -> None:
        self.folder, self.library = folder, library
        self.house = folder / "house"
        self.levels, self.thumbs = LevelStore(folder / "levels"), Thumbs(folder / "thumbs")
        self.soon: Sequence[HouseId] = ()
        self.impressions = self.restarted()

    def restarted(self) -> Impressions:
        recipes = {TV.recipe, RADIO.recipe}
        return Impressions(
            self.library, self.house, self.levels, self.thumbs, self.folder.joinpath, recipes, lambda: self.soon
        )

    async def conform(self, n: int, path: str, profile: Profile) -> HouseId:
        asset, file = AssetId(f"{n:040x}"), self.folder / path
        facts = await probe(file)
        await self.library.add_asset(asset, 1000, path, NOW)
        await self.library.record_files([LibraryFile(path, FileStamp(1000, n, n, 7), asset)])
        await self.library.examined(asset, Tags(path, has_cover=path.endswith(".mp3")), facts)
        house = profile.house(asset)
        made = await conform(file, facts, Tags(path), asset, profile, self.house, self.folder / "work", lambda _: None)
        await self.library.adopt_house(
            HouseRecord(house, made.quanta, made.lufs, made.gain_db, made.peak_limited, made.notes), NOW
        )
        return house

    async def song(self, n: int, cover: bytes | None = None) -> HouseId:
        path = self.folder / f"{n}.mp3"
        run("-f", "lavfi", "-i", f"sine=f=440:d={LOUD_S}", "-af", f"apad=pad_dur={SILENT_S}", path)
        if cover is not None:
            tags = ID3(path) if path.exists() else ID3()
            tags.add(APIC(type=3, mime="image/png", desc="", data=cover))
            tags.save(path)
        return await self.conform(n, path.name, RADIO)

    async def film(self, n: int) -> HouseId:
        """Five colours, two seconds each."""
        path = self.folder / f"{n}.mp4"
        colours = [x for c in COLOURS for x in ("-f", "lavfi", "-i", f"color=c={c}:s=640x360:r=25:d=1.92")]
        sound = ("-f", "lavfi", "-i", "sine=f=330:d=9.6")
        run(*colours, *sound, "-filter_complex", f"concat=n={len(COLOURS)}", "-c:v", "libx264", path)
        return await self.conform(n, path.name, TV)


def run(*words: object) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, words)], check=True)


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'lppl.db'}"
    await migrate(url)
    engine = open_database(url)
    yield Station(tmp_path, Library(engine))
    await engine.dispose()


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 30 for a, b in zip(pixel, colour, strict=True))


async def test_a_song_with_a_silent_end_and_a_cover(station: Station) -> None:
    cover = station.folder / "cover.png"
    Image.new("RGB", (640, 640), (10, 120, 200)).save(cover)
    house = await station.song(1, cover.read_bytes())
    assert not await station.impressions.some()
    await station.levels.look([house])
    loud = round(LOUD_S / seconds(1))
    during = [station.levels.level(house, q) for q in range(1, loud - 1)]
    after = [station.levels.level(house, q) for q in range(loud + 1, loud + round(SILENT_S / seconds(1)) - 1)]
    assert all(found is not None and -20 < found.loudest < -16 for found in during), "-16 LUFS of both sides"
    assert all(found is not None and found.loudest < -60 for found in after)
    outline = station.levels.outline(house)
    assert outline is not None and len(outline.points) / 2 / outline.per_second == pytest.approx(8.0, abs=0.4)
    with Image.open(station.thumbs.poster(AssetId(house.split(".")[0]))) as poster:
        assert poster.size == (320, 320) and near(poster.getpixel((9, 9)), (10, 120, 200))


async def test_a_film_has_a_poster_and_a_strip(station: Station) -> None:
    house = await station.film(1)
    assert not await station.impressions.some()
    asset = AssetId(house.split(".")[0])
    with Image.open(station.thumbs.poster(asset)) as poster:
        assert poster.size == (320, 180)
        assert near(poster.getpixel((160, 90)), (0, 255, 0)), "at a fifth the second colour has begun"
    with Image.open(station.thumbs.strip(asset)) as strip:
        assert strip.size == (FRAMES * FRAME_WIDTH, 90)
        middles = [strip.getpixel((FRAME_WIDTH * n + 80, 45)) for n in range(FRAMES)]
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)]
    assert all(near(pixel, colours[n // 2]) for n, pixel in enumerate(middles)), middles


async def test_everything_is_made_once_and_what_airs_next_first(station: Station) -> None:
    first, second = await station.song(1), await station.song(2)
    made: list[HouseId] = []
    keep = station.levels.keep
    station.levels.keep = lambda house, *found: (made.append(house), keep(house, *found))[1]  # type: ignore[method-assign, func-returns-value]
    await station.conform(1, "1.mp3", replace(RADIO, target_lufs=-20.0))  # no channel's
    station.soon = (second,)
    while await station.impressions.some():
        pass
    assert made == [second, first]
    third = await station.song(3)
    restarted = station.restarted()
    while await restarted.some():
        pass
    assert made == [second, first, third]
    assert station.thumbs.known_bare(AssetId(first.split(".")[0]))


async def test_a_damaged_set_is_told_once_and_measured_when_it_was_made_again(station: Station) -> None:
    broken, sound = await station.song(1), await station.song(2)
    file = folder_of(station.house, broken) / "a128.mp4"
    whole = file.read_bytes()
    file.write_bytes(whole[:2000] + bytes(len(whole) - 2000))
    assert not await station.impressions.some()
    finding = station.levels.finding(broken)
    assert finding is not None and "siapkan ulang" in finding.indonesian
    assert station.levels.measured(sound) and not station.levels.measured(broken)
    refused = station.levels.refused_since(broken)
    assert not await station.restarted().some()
    assert station.levels.refused_since(broken) == refused, "not looked at again"
    await station.library.lose_house(broken, NOW)
    await station.impressions.some()
    shutil.rmtree(folder_of(station.house, broken))
    await station.conform(1, "1.mp3", RADIO)
    assert not await station.impressions.some()
    assert station.levels.measured(broken) and station.levels.finding(broken) is None


async def test_what_airs_is_measured_though_no_library_holds_it(station: Station) -> None:
    own = await station.song(1)
    await station.library.lose_house(own, NOW)
    station.soon = (own,)
    assert not await station.impressions.some()
    assert station.levels.measured(own)


async def test_new_sets_are_found_when_it_is_woken(station: Station) -> None:
    task = asyncio.create_task(station.impressions.run())
    try:
        house = await station.song(1)
        station.impressions.wake()
        async with asyncio.timeout(30):
            while not station.levels.measured(house):
                await asyncio.sleep(0.05)
    finally:
        task.cancel()
        await asyncio.wait({task})
