"""Following added files, and listing them: from the records alone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from lppl.commands import listing
from lppl.commands.following import GRACE_S, UNATTENDED_S, Follower, Outcome, Unattended, followed, standing_of
from lppl.database import migrate, open_database
from lppl.library import Library
from lppl.media import AssetId, AudioFacts, AudioRung, ChannelKind, Facts, Profile, Tags
from lppl.quanta import Quanta
from lppl.records import Asset, AssetState, FileStamp, HouseRecord, Job, JobRequest, JobState, LibraryFile, Refusal

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RADIO = Profile(ChannelKind.RADIO, (), (AudioRung("a64", 64_000),), -16.0, -1.5, "veryfast")
FACTS = Facts("mp3", 0.0, 153.2, None, AudioFacts(0, "mp3", 2, 44_100, 153.2), ("Berkas terpotong",))
WHY = Refusal("damaged", "Berkas rusak.", "The file is damaged.")
ID = AssetId("ab" * 20)
FILE = LibraryFile("a.mp3", FileStamp(1, 2, 3, 4), ID)
HOUSE = HouseRecord(RADIO.house(ID), Quanta(40), -23.04, 7.04, False, ("catatan",), -3.0)
NEW = Asset(ID, 1, NOW, AssetState.NEW, Tags("Gambang"), None)
EXAMINED = replace(NEW, state=AssetState.READY, facts=FACTS, paths=("a.mp3",))


def job(state: JobState, progress: float = 0.0, error: Refusal | None = None) -> Job:
    return Job(1, ID, RADIO, state, 100, 1.0, 0, 0, progress, error, NOW)


def with_jobs(*jobs: Job, sets: tuple[HouseRecord, ...] = ()) -> Asset:
    return replace(EXAMINED, jobs=jobs, sets=sets)


DONE, RUNNING, QUEUED = job(JobState.DONE, 1.0), job(JobState.RUNNING, 0.5), job(JobState.QUEUED)
FAILED = job(JobState.FAILED, 0.0, WHY)
TRIED = job(JobState.QUEUED, 0.0, WHY)


@pytest.mark.parametrize(
    ("file", "asset", "waited", "share", "outcome", "word"),
    [
        (None, None, 0, 0.0, None, "menunggu"),
        (replace(FILE, asset=None, refusal=WHY), None, 0, 1.0, Outcome.REFUSED, "rusak"),
        (FILE, NEW, 0, 0.0, None, "diperiksa"),
        (FILE, replace(NEW, state=AssetState.REFUSED, refusal=WHY), 0, 1.0, Outcome.REFUSED, "rusak"),
        (FILE, EXAMINED, GRACE_S - 1, 0.0, None, "diperiksa"),
        (FILE, EXAMINED, GRACE_S, 1.0, Outcome.UNWANTED, "jadwal"),
        (FILE, with_jobs(QUEUED), 0, 0.0, None, "antre"),
        (FILE, with_jobs(TRIED), 0, 0.0, None, "dicoba lagi"),
        (FILE, with_jobs(DONE, RUNNING, sets=(HOUSE,)), 0, 0.75, None, "disiapkan"),
        (FILE, with_jobs(DONE, FAILED, sets=(HOUSE,)), 0, 1.0, Outcome.FAILED, "rusak"),
        (FILE, with_jobs(DONE, sets=(HOUSE,)), 0, 1.0, Outcome.READY, "siap"),
        (FILE, with_jobs(sets=(HOUSE,)), 0, 1.0, Outcome.READY, "siap"),
        (FILE, with_jobs(DONE), 99, 0.0, None, "diperiksa"),  # its set was lost, it is queued again in a moment
    ],
)
def test_standing(
    file: LibraryFile | None, asset: Asset | None, waited: float, share: float, outcome: Outcome | None, word: str
) -> None:
    found = standing_of("a.mp3", file, asset, waited)
    assert (found.share, found.outcome) == (share, outcome) and word in found.sentence


# --- against the records -----------------------------------------------------------------------------------


class Hand:
    """A clock and a pause that a test drives: each pause advances it and does the next thing."""

    def __init__(self, step_s: float = 1.0) -> None:
        self.time, self.step_s = 100.0, step_s
        self.attended = True

    def now(self) -> float:
        return self.time


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'lppl.db'}"
    await migrate(url)
    engine = open_database(url)
    yield Library(engine)
    await engine.dispose()


async def test_files_are_followed_to_their_ends(library: Library) -> None:
    hand = Hand()

    async def found() -> None:
        await library.add_asset(ID, 1, "a", NOW)
        await library.record_files([FILE, LibraryFile("b.mp3", FileStamp(9, 9, 9), None, WHY)])

    async def examined() -> None:
        await library.examined(ID, Tags("Gambang"), FACTS, "a.mp3")

    async def asked_for() -> None:
        await library.jobs.enqueue([JobRequest(ID, RADIO, 153.2)], NOW)

    async def half() -> None:
        claimed = await library.jobs.claim("w", NOW)
        assert claimed is not None
        await library.jobs.heartbeat(claimed, "w", 0.5, NOW)

    async def finished() -> None:
        running = await library.asset(ID)
        assert running is not None
        await library.jobs.finish(running.jobs[0], HOUSE, NOW + timedelta(seconds=9))

    steps = iter([found, examined, asked_for, half, finished])

    async def pause() -> None:
        hand.time += hand.step_s
        await next(steps)()

    follower = Follower(library, ["a.mp3", "b.mp3"], hand.now, lambda: True)
    seen = [[(s.share, s.outcome) for s in found] async for found in followed(follower, pause)]
    refused = (1.0, Outcome.REFUSED)
    assert seen == [
        [(0.0, None), (0.0, None)],
        [(0.0, None), refused],
        [(0.0, None), refused],
        [(0.0, None), refused],
        [(0.5, None), refused],
        [(1.0, Outcome.READY), refused],
    ]


async def test_what_no_schedule_names_is_told_after_a_while(library: Library) -> None:
    await library.add_asset(ID, 1, "a", NOW)
    await library.record_files([FILE])
    await library.examined(ID, Tags("Gambang"), FACTS, "a.mp3")
    hand = Hand()
    follower = Follower(library, ["a.mp3"], hand.now, lambda: True)
    assert (await follower.look())[0].outcome is None
    hand.time += GRACE_S
    assert (await follower.look())[0].outcome is Outcome.UNWANTED


async def test_waiting_without_a_service_ends_but_a_restart_is_waited_for(library: Library) -> None:
    hand = Hand()
    hand.attended = False
    follower = Follower(library, ["a.mp3"], hand.now, lambda: hand.attended)
    await follower.look()
    hand.time += UNATTENDED_S - 1
    await follower.look()
    hand.attended = True  # it came back
    hand.time += 100
    await follower.look()
    hand.attended = False
    await follower.look()
    hand.time += UNATTENDED_S
    with pytest.raises(Unattended):
        await follower.look()


# --- listing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0:00"), (0.1, "0,1 d"), (1.0, "0:01"), (153.2, "2:33"), (3599.6, "1:00:00"), (36000, "10:00:00")],
)
def test_length(seconds: float, text: str) -> None:
    assert listing.length(seconds) == text


@pytest.mark.parametrize(
    ("asset", "word"),
    [
        (NEW, "diperiksa"),
        (replace(NEW, state=AssetState.REFUSED, refusal=WHY), "ditolak"),
        (EXAMINED, "tidak dijadwalkan"),
        (replace(EXAMINED, paths=()), "hilang"),
        (with_jobs(QUEUED), "antre"),
        (with_jobs(QUEUED, RUNNING), "50 %"),
        (with_jobs(DONE, FAILED, sets=(HOUSE,)), "gagal"),
        (with_jobs(DONE, sets=(HOUSE,)), "siap"),
    ],
)
def test_state(asset: Asset, word: str) -> None:
    assert word in listing.state(asset)


def test_level_has_a_decimal_comma_and_tells_limited_peaks() -> None:
    assert listing.level(()) == "-"
    assert listing.level((HOUSE,)) == "-23,0 LUFS, +7,0 dB"
    assert listing.level((replace(HOUSE, peak_limited=True),)).endswith("peaks limited")
    assert "senyap" in listing.level((replace(HOUSE, lufs=None, gain_db=0.0),))


def test_the_table_holds_everything_and_obeys_no_name() -> None:
    evil = replace(with_jobs(DONE, sets=(HOUSE,)), tags=Tags("[bold]Lagu\x1b[31m\x07", "Waldjinah"))
    refused = replace(NEW, state=AssetState.REFUSED, refusal=WHY, tags=Tags("Rusak"))
    console = Console(width=200, force_terminal=True, color_system=None)
    with console.capture() as capture:
        console.print(listing.table_of([evil, refused], [LibraryFile("x/pipa", FileStamp(0, 0, 0), None, WHY)]))
    out = capture.get()
    assert "[bold]Lagu�[31m�" in out and "\x1b" not in out and "\x07" not in out
    for word in ("Waldjinah", "2:33", "suara", "siap", "-23,0 LUFS", "catatan", "Berkas rusak.", "x/pipa", "ditolak"):
        assert word in out
