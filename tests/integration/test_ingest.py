"""Ingest over a real folder, a real database and a real ffprobe; conforming is a port, implemented small here."""

import asyncio
import errno
import os
import shutil
import threading
import wave
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lppl.database import migrate, open_database
from lppl.errors import ProcessFailed
from lppl.jobs import MAX_ATTEMPTS, pause_after
from lppl.library import Library
from lppl.media import AssetId, AudioRung, ChannelKind, Facts, Profile, Tags
from lppl.quanta import Quanta
from lppl.records import BUILTIN, AssetState, JobState
from streaming.conform import Conformed, conform
from streaming.fmp4 import AudioTrack
from streaming.folder import content_hash
from streaming.house import HouseStore, RenditionInfo, SetInfo, folder_of
from streaming.ingest import Ingest

pytestmark = pytest.mark.integration

RADIO = Profile(ChannelKind.RADIO, (), (AudioRung("a128", 128_000),), -16.0, -1.5, "veryfast")
OTHER = Profile(ChannelKind.RADIO, (), (AudioRung("a64", 64_000),), -23.0, -1.5, "veryfast")


def write_wav(path: Path, seconds: float = 0.4, level: int = 7) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes([level, 1]) * int(8000 * seconds))
    return path


class SmallConform:
    """Writes only the description of a set; told by `behave` to fail or to wait."""

    def __init__(self) -> None:
        self.done: list[tuple[str, float]] = []
        self.behave: Callable[[Path], Any] | None = None

    async def __call__(
        self,
        source: Path,
        facts: Facts,
        tags: Tags,
        asset: AssetId,
        profile: Profile,
        house: Path,
        work: Path,
        on_progress: Callable[[float], None],
    ) -> Conformed:
        on_progress(0.5)
        if self.behave is not None and (waited := self.behave(source)) is not None:
            await waited
        self.done.append((source.name, facts.duration_s))
        write_set(house, asset, profile)
        return Conformed(Quanta(3), -20.0, 4.0, False, ())


def write_set(house: Path, asset: AssetId, profile: Profile) -> None:
    """Write what a whole house set is known by."""
    folder = folder_of(house, profile.house(asset))
    folder.mkdir(parents=True, exist_ok=True)
    rendition = RenditionInfo("a128", AudioTrack(128_000, b"\x11\x90"), 128_000, 130_000)
    info = SetInfo(
        profile.house(asset), profile.kind, Quanta(3), {"a128": rendition}, "t", "", "", False, -20.0, 4.0, False, ()
    )
    (folder / "set.json").write_bytes(info.to_json())


class Station:
    """A media folder, a library, an ingest and the clock that they see."""

    def __init__(self, base: Path, library: Library) -> None:
        self.base, self.library = base, library
        self.media, self.house, self.builtin = base / "media", base / "house", base / "builtin"
        for folder in (self.media, self.builtin):
            folder.mkdir(exist_ok=True)
        self.conform = SmallConform()
        self.profiles = [RADIO]
        self.ahead = timedelta(seconds=10)
        self.changes = 0
        self.ingest = self.start()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def start(self, **options: Any) -> Ingest:
        def changed() -> None:
            self.changes += 1

        self.ingest = Ingest(
            self.library,
            self.media,
            self.house,
            self.base / "work",
            self.conform,
            lambda path, facts: self.profiles,
            changed,
            builtin_dir=self.builtin,
            clock=self.now,
            **({"min_free": 0} | options),
        )
        return self.ingest

    async def settle(self) -> None:
        """Scan and conform until nothing is left to do."""
        while await self.ingest.scan_once():
            pass
        while await self.ingest.work_once():
            pass

    async def paths(self) -> list[str]:
        """The paths on the shelf."""
        shelf = await self.library.shelf(RADIO)
        return sorted(path for m in shelf.materials.values() for path in m.paths)

    async def reasons(self) -> dict[str, str]:
        """Why paths were refused, by themselves or through their asset."""
        found = {}
        for path, file in (await self.library.files()).items():
            asset = await self.library.asset(file.asset) if file.asset else None
            why = file.refusal or (asset.refusal if asset else None)
            if why is not None:
                found[path] = why.reason
        return found


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    url = f"sqlite:///{tmp_path / 'lppl.db'}"
    await migrate(url)
    engine = open_database(url)
    found = Station(tmp_path, Library(engine))
    yield found
    found.ingest.close()
    await engine.dispose()


async def test_a_file_comes_to_the_shelf(station: Station) -> None:
    write_wav(station.media / "musik" / "01_Lagu-Daerah.wav")
    await station.settle()
    shelf = await station.library.shelf(RADIO)
    material = shelf.at_path("musik/01_Lagu-Daerah.wav")
    assert material is not None
    assert (material.title, material.quanta, material.has_picture) == ("Lagu Daerah", 3, False)
    assert station.changes > 0


async def test_nothing_new_does_nothing(station: Station) -> None:
    write_wav(station.media / "a.wav")
    await station.settle()
    before = await station.library.change_counter(), station.changes
    await station.settle()
    assert (await station.library.change_counter(), station.changes) == before
    assert len(station.conform.done) == 1


async def test_the_same_content_twice_is_conformed_once(station: Station) -> None:
    write_wav(station.media / "a.wav")
    shutil.copy(station.media / "a.wav", station.media / "b.wav")
    await station.settle()
    assert await station.paths() == ["a.wav", "b.wav"]
    assert len(station.conform.done) == 1


async def test_the_short_are_conformed_first(station: Station) -> None:
    for name, seconds in (("a", 0.9), ("b", 0.3), ("c", 0.6)):
        write_wav(station.media / f"{name}.wav", seconds)
    await station.settle()
    assert [name for name, _ in station.conform.done] == ["b.wav", "c.wav", "a.wav"]


async def test_a_file_that_just_changed_waits(station: Station) -> None:
    station.start(settle_s=3600.0)
    write_wav(station.media / "a.wav")
    await station.settle()
    assert await station.paths() == []
    assert station.ingest.waiting == 1
    station.ahead = timedelta(hours=2)
    await station.settle()
    assert await station.paths() == ["a.wav"]


async def test_a_file_that_another_process_writes_waits(station: Station) -> None:
    path = write_wav(station.media / "a.wav")
    # tail of a stalled copy: the shell holds the file open for writing and does nothing
    holder = await asyncio.create_subprocess_exec(
        "sh", "-c", 'exec 3>>"$1"; echo ok; read _', "-", str(path),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdin is not None
    await holder.stdout.readline()
    await station.settle()
    assert (await station.paths(), station.ingest.waiting) == ([], 1)
    holder.stdin.close()
    await holder.wait()
    await station.settle()
    assert await station.paths() == ["a.wav"]


async def test_a_file_from_the_future_is_taken_at_the_second_look(station: Station) -> None:
    path = write_wav(station.media / "a.wav")
    os.utime(path, (4_000_000_000, 4_000_000_000))
    await station.settle()
    assert await station.paths() == []
    await station.settle()
    assert await station.paths() == ["a.wav"]


@pytest.mark.parametrize("name", [".a.wav", "a.wav.part", "a.wav.tmp", "a.wav~", "a.wav.crdownload", "Thumbs.db"])
async def test_hidden_and_temporary_files_are_passed_over(station: Station, name: str) -> None:
    write_wav(station.media / name)
    write_wav(station.media / ".folder" / "b.wav")
    await station.settle()
    assert await station.library.files() == {}


async def test_a_deleted_file_leaves_the_shelf_and_its_house_files_stay(station: Station) -> None:
    write_wav(station.media / "a.wav")
    write_wav(station.media / "b.wav", 0.7)
    await station.settle()
    (station.media / "a.wav").unlink()
    await station.settle()
    assert await station.paths() == ["b.wav"]
    assert len(list(station.house.glob("*/*/*/set.json"))) == 2
    write_wav(station.media / "kembali.wav")
    await station.settle()
    assert await station.paths() == ["b.wav", "kembali.wav"]
    assert len(station.conform.done) == 2


async def test_a_renamed_file_keeps_its_asset_without_being_read_again(station: Station) -> None:
    path = write_wav(station.media / "a.wav")
    await station.settle()
    (station.media / "baru").mkdir()
    path.rename(station.media / "baru" / "z.wav")
    station.start(settle_s=3600.0)  # a new name is no new content: there is nothing to wait for
    await station.ingest.scan_once()
    assert await station.paths() == ["baru/z.wav"]
    assert len(station.conform.done) == 1


async def test_a_replaced_file_is_a_new_asset(station: Station) -> None:
    path = write_wav(station.media / "a.wav")
    await station.settle()
    first = (await station.library.shelf(RADIO)).at_path("a.wav")
    write_wav(path, 0.8)
    await station.settle()
    second = (await station.library.shelf(RADIO)).at_path("a.wav")
    assert first is not None
    assert second is not None
    assert first.asset != second.asset
    assert len((await station.library.shelf(RADIO)).materials) == 1


async def test_bad_files_are_refused_and_do_not_stop_the_good(station: Station, tmp_path: Path) -> None:
    (station.media / "kosong.mp3").touch()
    (station.media / "daftar.mp4").write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
    (station.media / "rusak.mp3").write_bytes(os.urandom(3000) + b"\0" * 100)
    (station.media / "catatan.txt").write_text("Daftar lagu hari ini")
    os.mkfifo(station.media / "pipa.mp3")
    (station.media / "putus.mp3").symlink_to(tmp_path / "tidak-ada.mp3")
    (station.media / "keluar.wav").symlink_to(write_wav(tmp_path / "luar.wav"))
    (station.media / "etc").symlink_to("/etc")
    write_wav(station.media / "dalam" / "bagus.wav")
    (station.media / "pintasan.wav").symlink_to(station.media / "dalam" / "bagus.wav")
    await station.settle()
    assert await station.paths() == ["dalam/bagus.wav", "pintasan.wav"]
    reasons = await station.reasons()
    assert reasons.pop("rusak.mp3") in ("damaged", "unsupported", "unknown", "no-sound-no-picture")
    assert reasons == {
        "kosong.mp3": "empty",
        "daftar.mp4": "hostile",
        "catatan.txt": "no-sound-no-picture",
        "pipa.mp3": "not-a-file",
        "putus.mp3": "unreadable",
        "keluar.wav": "hostile",
        "etc": "hostile",
    }


async def test_names_of_any_bytes(station: Station) -> None:
    names = [
        b"lagu-\xe9\xff.wav",
        b"-i.wav",
        b"http:evil|x.wav",
        b"dua\nbaris.wav",
        "ꦗꦮ \u202e.wav".encode(),
        b"%d.wav",
    ]
    for n, name in enumerate(names):
        write_wav(station.media / "x.wav", 0.4 + n / 10).rename(station.media / os.fsdecode(name))
    await station.settle()
    assert len(await station.paths()) == len(names)
    assert sorted(os.fsencode(station.ingest.disk_path(p).name) for p in await station.paths()) == sorted(names)


async def test_a_folder_that_is_away_forgets_nothing(station: Station) -> None:
    write_wav(station.media / "a.wav")
    await station.settle()
    station.media.rename(station.base / "elsewhere")
    await station.settle()
    assert (await station.paths(), station.ingest.folder_away) == (["a.wav"], True)
    (station.base / "elsewhere").rename(station.media)
    await station.settle()
    assert (await station.paths(), station.ingest.folder_away) == (["a.wav"], False)


async def test_built_in_material_goes_first_and_has_no_path(station: Station) -> None:
    write_wav(station.media / "a.wav", 0.3)
    write_wav(station.builtin / "ident.wav", 0.9)
    await station.settle()
    assert [name for name, _ in station.conform.done] == ["ident.wav", "a.wav"]
    assert await station.paths() == ["a.wav"]
    assert len((await station.library.shelf(RADIO)).materials) == 2
    assert f"{BUILTIN}ident.wav" in await station.library.files()


# --- conforming ------------------------------------------------------------------------------------------


async def test_a_poison_file_ends_failed_and_the_next_goes_on(station: Station) -> None:
    def fail(source: Path) -> None:
        if source.name == "a.wav":
            raise ProcessFailed("ffmpeg", 1, "boom")

    station.conform.behave = fail
    write_wav(station.media / "a.wav", 0.3)
    write_wav(station.media / "b.wav", 0.6)
    await station.settle()
    assert await station.paths() == ["b.wav"]
    for attempt in range(1, MAX_ATTEMPTS + 1):
        station.ahead += pause_after(attempt)
        await station.settle()
    counts = await station.library.jobs.counts()
    assert (counts[JobState.FAILED], counts[JobState.QUEUED]) == (1, 0)
    job = next(j for a in (await station.library.page()).assets for j in a.jobs if j.state is JobState.FAILED)
    assert job.error is not None
    assert "boom" in job.error.indonesian


async def test_an_error_nobody_foresaw_is_contained(station: Station) -> None:
    def fail(source: Path) -> None:
        raise ZeroDivisionError("aneh")

    station.conform.behave = fail
    write_wav(station.media / "a.wav")
    await station.settle()
    counts = await station.library.jobs.counts()
    assert counts[JobState.QUEUED] == 1
    job = (await station.library.page()).assets[0].jobs[0]
    assert job.error is not None
    assert (job.attempts, "ZeroDivisionError: aneh" in job.error.indonesian) == (1, True)


async def test_a_full_disk_pauses_and_counts_no_failure(station: Station) -> None:
    write_wav(station.media / "a.wav")
    station.start(min_free=1 << 60)
    await station.settle()
    assert station.ingest.paused_reason is not None
    assert "Disk hampir penuh" in station.ingest.paused_reason
    assert station.conform.done == []
    station.start(min_free=0)
    await station.settle()
    assert (await station.paths(), station.ingest.paused_reason) == (["a.wav"], None)


async def test_a_disk_that_fills_up_under_way_counts_no_failure(station: Station) -> None:
    def full(source: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    station.conform.behave = full
    write_wav(station.media / "a.wav")
    await station.ingest.scan_once()
    await station.ingest.work_once()
    assert station.ingest.paused_reason is not None
    job = (await station.library.page()).assets[0].jobs[0]
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)


async def test_a_source_that_changes_under_conforming_is_not_kept(station: Station) -> None:
    path = write_wav(station.media / "a.wav")

    def change(source: Path) -> None:
        write_wav(path, 0.9, level=9)

    station.conform.behave = change
    await station.ingest.scan_once()
    assert await station.ingest.work_once()
    assert await station.paths() == []
    assert list(station.house.glob("*/*/*/set.json")) == []
    station.conform.behave = None
    station.ahead += timedelta(minutes=2)
    await station.settle()
    assert await station.paths() == ["a.wav"]
    counts = await station.library.jobs.counts()
    assert (counts[JobState.DONE], counts[JobState.QUEUED]) == (1, 0)


async def test_a_clean_stop_puts_the_job_back(station: Station) -> None:
    begun = asyncio.Event()

    async def wait_for_ever() -> None:
        begun.set()
        await asyncio.Event().wait()

    station.conform.behave = lambda source: wait_for_ever()
    write_wav(station.media / "a.wav")
    running = asyncio.create_task(station.ingest.run())
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    job = (await station.library.page()).assets[0].jobs[0]
    assert (job.state, job.attempts, job.interruptions) == (JobState.QUEUED, 0, 0)


async def test_after_a_kill_the_job_under_way_is_done_again(station: Station) -> None:
    write_wav(station.media / "a.wav")
    await station.ingest.scan_once()
    assert await station.library.jobs.claim("serve-0", station.now()) is not None  # and then the process is gone
    station.start()
    assert not await station.ingest.work_once()
    await station.ingest.start_up()
    await station.settle()
    assert await station.paths() == ["a.wav"]


async def test_run_serves_until_it_is_cancelled(station: Station) -> None:
    write_wav(station.media / "a.wav")
    done = asyncio.Event()
    station.conform.behave = lambda source: done.set()
    running = asyncio.create_task(station.ingest.run())
    await asyncio.wait_for(done.wait(), 30)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_file_killed_between_hash_and_probe_is_examined_at_the_next_start(station: Station) -> None:
    path = write_wav(station.media / "a.wav")
    asset = content_hash(path, threading.Event())
    await station.library.add_asset(asset, path.stat().st_size, "a", station.now())
    await station.settle()
    found = await station.library.asset(asset)
    assert found is not None
    assert found.state is AssetState.READY
    assert await station.paths() == ["a.wav"]


async def test_the_real_conform_fits_the_port(station: Station) -> None:
    """A sound file through the real ffmpeg: from the folder to a shelf and to house files that can be opened."""
    write_wav(station.media / "a.wav", 2.0)
    ingest = Ingest(
        station.library, station.media, station.house, station.base / "work", conform,
        lambda path, facts: [RADIO], lambda: None, clock=station.now, min_free=0,
    )  # fmt: skip
    station.ingest.close()
    station.ingest = ingest
    await station.settle()
    material = (await station.library.shelf(RADIO)).at_path("a.wav")
    assert material is not None
    assert material.quanta == 7
    assert HouseStore(station.house).ready(material.house) == 7


# --- restored databases and changed settings -------------------------------------------------------------


async def test_house_sets_on_disk_are_adopted_by_an_empty_database(station: Station, tmp_path: Path) -> None:
    write_wav(station.media / "a.wav")
    await station.settle()
    url = f"sqlite:///{tmp_path / 'fresh.db'}"
    await migrate(url)
    engine = open_database(url)
    station.library = Library(engine)
    station.start()
    await station.settle()
    assert await station.paths() == ["a.wav"]
    assert len(station.conform.done) == 1
    await engine.dispose()


async def test_lost_house_files_are_made_again_at_the_next_start(station: Station) -> None:
    write_wav(station.media / "a.wav")
    await station.settle()
    shutil.rmtree(station.house)
    station.start()
    await station.ingest.start_up()
    assert await station.paths() == []
    await station.settle()
    assert await station.paths() == ["a.wav"]
    assert len(station.conform.done) == 2


async def test_changed_profiles_are_conformed_and_old_wishes_dropped(station: Station) -> None:
    write_wav(station.media / "a.wav")
    await station.ingest.scan_once()
    station.profiles = [OTHER]
    station.start()
    await station.ingest.start_up()
    while await station.ingest.work_once():
        pass
    assert list((await station.library.shelf(OTHER)).materials) != []
    assert await station.paths() == []
    assert len(station.conform.done) == 1


async def test_a_review_asks_anew_what_is_wanted(station: Station) -> None:
    """As after a changed schedule: what nobody wanted so far is conformed, what aired stays on its shelf."""
    write_wav(station.media / "a.wav")
    station.profiles = []
    await station.settle()
    assert await station.paths() == []
    station.profiles = [RADIO]
    await station.ingest.review()
    await station.settle()
    assert await station.paths() == ["a.wav"]
    station.profiles = [OTHER]
    await station.ingest.review()
    await station.settle()
    assert list((await station.library.shelf(OTHER)).materials) != []
    assert await station.paths() == ["a.wav"]
