"""What the desk refuses before it hurts: removing what is in use, cue points behind the end, days too far ahead."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lppl.config import Settings
from lppl.database import migrate, open_database
from lppl.desk.errors import TooFarAhead
from lppl.desk.grid import StillUsed, remove
from lppl.desk.media import set_details
from lppl.desk.planning import FURTHEST, PlanningDesk
from lppl.errors import LpplError
from lppl.library import Library
from lppl.media import AssetId, AudioFacts, Facts, Tags
from lppl.plan_store import Kind
from lppl.programme import Programme
from lppl.quanta import Quanta
from lppl.records import FileStamp, LibraryFile
from lppl.station.wishes import Airing, meanwhile
from scheduler.grid import Entry, FromPlaylist, FromRotation, Grid, Playlist, RotationRules
from scheduler.recurrence import Recurrence

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
WHAT = ("nama", "name")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[PlanningDesk]:
    """A desk over an empty station."""
    settings = Settings(data_dir=tmp_path, media_dir=tmp_path / "media", demo=False)
    await migrate(settings.database_url)
    library = Library(open_database(settings.database_url))
    yield PlanningDesk(settings, library)
    await library.engine.dispose()


def entry(name: str, content: FromRotation | FromPlaylist) -> Entry:
    return Entry(
        id=name, programme="pagi", on=Recurrence(first=date(2026, 11, 23), rule="FREQ=DAILY"), start=21_600,
        length_s=3600, content=content,
    )  # fmt: skip


async def test_what_a_grid_names_cannot_be_removed_until_it_does_not(desk: PlanningDesk) -> None:
    await desk.save(Kind.PROGRAMME, "pagi", Programme(id="pagi", title="Pagi"), NOW)
    await desk.save(Kind.ROTATION, "lagu", RotationRules(id="lagu", title="Lagu"), NOW)
    await desk.save(Kind.PLAYLIST, "isi", Playlist(id="isi", title="Isi"), NOW)
    await desk.save(Kind.PLAYLIST, "luar", Playlist(id="luar", title="Luar", items=("playlist:isi",)), NOW)
    await desk.save_draft("radio", Grid(entries=(entry("satu", FromRotation(rotation="lagu")),)), "Sari", NOW)
    await desk.publish("radio", "Sari", NOW, reason="uji")
    await desk.save_draft("tv", Grid(entries=(entry("dua", FromPlaylist(playlist="luar")),)), "Sari", NOW)
    for kind, name, users in (
        (Kind.PROGRAMME, "pagi", ("tv: dua", "radio: satu")),
        (Kind.ROTATION, "lagu", ("radio: satu",)),
        (Kind.PLAYLIST, "luar", ("tv: dua",)),
        (Kind.PLAYLIST, "isi", ("daftar putar luar",)),
    ):
        with pytest.raises(StillUsed) as refused:
            await remove(desk, kind, WHAT, name)
        assert refused.value.users == users
        assert users[0] in str(refused.value)
    await desk.store.discard_draft("tv")
    await remove(desk, Kind.PLAYLIST, WHAT, "luar")
    await remove(desk, Kind.PLAYLIST, WHAT, "isi")
    assert await desk.store.documents(Kind.PLAYLIST) == {}


async def test_cue_points_lie_inside_the_file(desk: PlanningDesk) -> None:
    asset = AssetId("a" * 40)
    await desk.library.add_asset(asset, 1000, "lagu", NOW)
    await desk.library.record_files([LibraryFile("lagu.mp3", FileStamp(1000, 1, 1, 7), asset)])
    await desk.library.examined(
        asset, Tags("Lagu"), Facts("mp3", 0.0, 30.0, None, AudioFacts(0, "mp3", 2, 44_100, 30.0))
    )
    with pytest.raises(LpplError, match=r"outro_ms: di luar berkas \(30,0 detik\)"):
        await set_details(desk, ["lagu.mp3"], {"outro_ms": 180_000}, NOW)
    (kept,) = await set_details(desk, ["lagu.mp3"], {"outro_ms": 27_000, "cue_out_ms": 30_000}, NOW)
    assert kept.details.outro_ms == 27_000


async def test_a_year_too_far_is_refused_not_computed(desk: PlanningDesk) -> None:
    near = (NOW + FURTHEST).date()
    assert await desk.rundown("radio", NOW.date() + timedelta(days=1), NOW)
    with pytest.raises(TooFarAhead, match="62 hari"):
        await desk.rundown("radio", near + timedelta(days=2), NOW)


def test_of_a_mirrored_channel_only_what_airs_meanwhile_is_needed() -> None:
    def line(name: str, start: int, end: int, mirrors: str = "") -> Airing:
        return Airing(AssetId(name), Quanta(start), Quanta(end), mirrors)

    theirs = [line("a", 0, 10), line("b", 10, 20), line("c", 20, 30), line("d", 30, 40)]
    windows = [line("sisipan", 15, 25, "tv")]
    assert meanwhile(theirs, windows) == [("b", 10), ("c", 20)]
    assert meanwhile(theirs, []) == []
