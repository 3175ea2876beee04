"""A station with material recorded and nothing planned, for the commands of planning; what it aired is made up."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

from lppl.commands.app import run
from lppl.config import Settings, read_settings
from lppl.database import migrate, open_database
from lppl.desk.planning import PlanningDesk
from lppl.journal import Commit, Item, JournalWriter
from lppl.library import Library
from lppl.media import AssetId, AudioFacts, Facts, Tags
from lppl.quanta import Quanta, covering
from lppl.records import AiredRow, FileStamp, HouseRecord, LibraryFile
from lppl.rundown import Kind, Line

T = TypeVar("T")
MATERIAL = {
    **{f"musik/lagu-{n:02}.mp3": (181 + 13 * n, f"Lagu {n}", f"Penyanyi {n % 9}") for n in range(1, 25)},
    **{f"kabar/episode-{n:02}.mp3": (1640 + n, f"Kabar Pagi {n}", "") for n in range(1, 13)},
    **{f"sisipan/promo-{n}.mp3": (seconds, f"Promo {n}", "") for n, seconds in enumerate((10, 20, 30, 45, 60, 90), 1)},
    "spot/batik-1.mp3": (30, "Spot Batik 1", ""),
    "spot/batik-2.mp3": (30, "Spot Batik 2", ""),
    "spot/banjir.mp3": (60, "ILM Siaga Banjir", ""),
    "dialog/walikota.mp3": (3500, "Dialog Wali Kota", ""),
    "azan/maghrib.mp3": (200, "Azan Magrib", ""),
    "azan/subuh.mp3": (200, "Azan Subuh", ""),
    "lagu/indonesia-raya.mp3": (110, "Indonesia Raya", ""),
    "lagu/wajib/berkibarlah.mp3": (120, "Berkibarlah Benderaku", ""),
    "tanda-pengenal/ident.mp3": (12, "Ident", ""),
}  # fmt: skip
"""Path -> seconds, title, artist."""


def asset_of(path: str) -> AssetId:
    return AssetId(hashlib.blake2b(path.encode(), digest_size=20).hexdigest())


@dataclass
class Station:
    """A station in a folder, and its commands run in this process."""

    folder: Path
    zone: ZoneInfo
    capture: pytest.CaptureFixture[str]

    @property
    def settings(self) -> Settings:
        return read_settings((self.folder / "lppl.toml").read_text(), {})

    @property
    def today(self) -> date:
        return datetime.now(self.zone).date()

    @property
    def tomorrow(self) -> date:
        return self.today + timedelta(days=1)

    def lppl(self, *words: object, code: int = 0) -> str:
        """Run a command; return what it printed. Fails the test for another exit code or a traceback."""
        return self.both(*words, code=code)[0]

    def both(self, *words: object, code: int = 0) -> tuple[str, str]:
        self.capture.readouterr()
        found = run([str(word) for word in words])
        out, err = self.capture.readouterr()
        assert found == code, f"{found}\n{out}\n{err}"
        assert "Traceback" not in err
        return out, err

    def json(self, *words: object, code: int = 0) -> Any:
        return json.loads(self.lppl(*words, "--json", code=code))

    def at_the_desk(self, work: Callable[[PlanningDesk], Coroutine[Any, Any, T]]) -> T:
        async def opened() -> T:
            engine = open_database(self.settings.database_url)
            try:
                return await work(PlanningDesk(self.settings, Library(engine)))
            finally:
                await engine.dispose()

        return asyncio.run(opened())

    def air(self, channel: str, lines: Sequence[Line]) -> None:
        """Write a journal that says that these lines aired, and index it."""
        items = [_item(channel, n, line) for n, line in enumerate(lines)]
        writer = JournalWriter(self.folder / "data" / "journal", reserve=1 << 12)
        for item in items:
            writer.append([item, Commit(channel, item.start, item.planned)], item.start)
        writer.close()
        rows = [
            AiredRow(
                channel, i.start, i.planned, x.material.asset, x.material.house, i.kind.value, i.title, i.programme,
                i.programme_id, i.category, i.slot, i.order, i.artist, i.why,
            )
            for i, x in zip(items, lines, strict=True)
        ]  # fmt: skip
        self.at_the_desk(lambda desk: desk.library.record_aired(rows))


def _item(channel: str, number: int, line: Line) -> Item:
    return Item(
        channel, line.start, line.material.house, line.in_point, line.length, line.kind, line.material.title,
        line.material.artist, line.programme, line.why, line.hard, number, slot=line.slot,
        programme_id=line.programme_id, category=line.category, order=line.order,
    )  # fmt: skip


async def record_material(settings: Settings) -> None:
    """Make the records of a station and put MATERIAL into them, conformed for every channel."""
    await migrate(settings.database_url)
    engine, now = open_database(settings.database_url), datetime.now(UTC)
    library = Library(engine)
    for n, (path, (seconds, title, artist)) in enumerate(MATERIAL.items()):
        asset = asset_of(path)
        await library.add_asset(asset, 1000 + n, title, now)
        await library.record_files([LibraryFile(path, FileStamp(1000 + n, 1, n, 1), asset)])
        sound = AudioFacts(0, "mp3", 2, 48_000, float(seconds))
        await library.examined(asset, Tags(title, artist), Facts("mp3", 0.0, seconds, None, sound), path)
        for channel in settings.channels:
            house = settings.profile(channel).house(asset)
            await library.adopt_house(HouseRecord(house, covering(seconds), -20.0, 2.0, False), now)
    await engine.dispose()


def make_station(folder: Path, zone: str) -> Settings:
    """Make a station's folder with records and material."""
    (folder / "media").mkdir(parents=True)
    (folder / "data" / "state").mkdir(parents=True)
    text = (
        f'demo = false\ndata_dir = "{folder / "data"}"\nmedia_dir = "{folder / "media"}"\n[station]\nzone = "{zone}"\n'
    )
    (folder / "lppl.toml").write_text(text)
    settings = read_settings(text, {})
    asyncio.run(record_material(settings))
    return settings


def zone_without_midnight() -> str:
    """Return a zone of Indonesia in which no test meets midnight under way."""
    return "Asia/Jakarta" if datetime.now(ZoneInfo("Asia/Jakarta")).hour < 23 else "Asia/Jayapura"


def made_up(path: str, start: Quanta, seconds: float, **more: Any) -> Line:
    """Return a line of material at `path`, as it might have been planned."""
    from lppl.media import HouseId, Material

    whole, title, artist = MATERIAL[path]
    asset = asset_of(path)
    material = Material(HouseId(f"{asset}.radio-x"), asset, title, covering(whole), artist)
    given: dict[str, Any] = {"programme": "", "hard": False, "why": "Uji"}
    return Line(start, covering(seconds), material, Quanta(0), Kind.ITEM, **(given | more))
