"""Cue points of a library's items, found with the real ffmpeg in the background, each item once."""

import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lppl.database import migrate, open_database
from lppl.library import Library
from lppl.media import AssetId, Tags
from lppl.plan_store import PlanStore
from lppl.programme import Details
from lppl.records import FileStamp, LibraryFile
from streaming.cue_search import CueSearch
from streaming.probe import probe

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SILENT_S, SOUND_S = 2.0, 3.0


class Station:
    """A media folder and its library, in which items can be put as they are after being examined."""

    def __init__(self, folder: Path, library: Library) -> None:
        self.folder, self.library, self.changes = folder, library, 0
        self.store = PlanStore(library.engine)
        self.search = CueSearch(library, folder.joinpath, self.changed, lambda: NOW)

    def changed(self) -> None:
        self.changes += 1

    async def put(self, n: int, path: str) -> AssetId:
        file = self.folder / path
        subprocess.run(
            ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"sine=f=440:d={SOUND_S}",
             "-af", f"adelay={SILENT_S * 1000:.0f},apad=pad_dur=1", str(file)], check=True,
        )  # fmt: skip
        asset = AssetId(f"{n:040x}")
        await self.library.add_asset(asset, 1000, path, NOW)
        await self.library.record_files([LibraryFile(path, FileStamp(1000, n, n, 7), asset)])
        await self.library.examined(asset, Tags(path), await probe(file))
        return asset

    async def details(self, asset: AssetId) -> Details | None:
        return (await self.store.details([asset])).get(asset)


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'lppl.db'}"
    await migrate(url)
    engine = open_database(url)
    yield Station(tmp_path, Library(engine))
    await engine.dispose()


async def test_an_item_airs_from_its_first_sound_to_its_last(station: Station) -> None:
    asset = await station.put(1, "a.flac")
    assert not await station.search.some()
    found = await station.details(asset)
    assert found is not None and found.cue_in_ms is not None and found.cue_out_ms is not None
    assert abs(found.cue_in_ms - SILENT_S * 1000) <= 160
    assert abs(found.cue_out_ms - (SILENT_S + SOUND_S) * 1000) <= 160
    assert found.cue_in_ms <= SILENT_S * 1000 and found.cue_out_ms >= (SILENT_S + SOUND_S) * 1000


async def test_each_item_is_looked_at_once_and_all_are_written_together(station: Station) -> None:
    assets = [await station.put(n, f"{n}.flac") for n in (1, 2, 3)]
    await station.search.some()
    assert station.changes == 1
    await station.store.save_details(assets[0], Details(cue_in_ms=1, cues_sought=True), NOW)
    await station.search.some()
    assert station.changes == 1
    corrected = await station.details(assets[0])
    assert corrected is not None and (corrected.cue_in_ms, corrected.cue_out_ms) == (1, None)


async def test_what_cannot_be_decoded_has_no_cues_and_stops_nothing(station: Station) -> None:
    broken, sound = await station.put(1, "a.flac"), await station.put(2, "b.flac")
    (station.folder / "a.flac").write_bytes(b"rubbish" * 1000)
    await station.search.some()
    assert await station.details(broken) == Details(cues_sought=True)
    found = await station.details(sound)
    assert found is not None and found.cue_out_ms is not None


async def test_what_is_away_is_looked_at_when_it_is_back(station: Station) -> None:
    asset = await station.put(1, "a.flac")
    away = (station.folder / "a.flac").rename(station.folder / "away")
    assert not await station.search.some()
    assert await station.details(asset) is None and station.changes == 0
    away.rename(station.folder / "a.flac")
    await station.search.some()
    assert await station.details(asset) is not None
