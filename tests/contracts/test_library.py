"""The library's contract, over SQLite and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from lppl.database import migrate, open_database
from lppl.jobs import MAX_ATTEMPTS, MAX_INTERRUPTIONS, pause_after
from lppl.library import Library
from lppl.media import AssetId, AudioFacts, AudioRung, ChannelKind, Facts, HouseId, Profile, Tags, VideoFacts, VideoRung
from lppl.ports import Aired
from lppl.quanta import Quanta
from lppl.records import (
    BUILTIN,
    AiredRow,
    AssetState,
    FileStamp,
    HouseRecord,
    JobRequest,
    JobState,
    LibraryFile,
    Refusal,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TV = Profile(
    ChannelKind.TV, (VideoRung("v720", 1280, 720, 2_500_000),), (AudioRung("a128", 128_000),), -16.0, -1.5, "veryfast"
)
RADIO = Profile(ChannelKind.RADIO, (), (AudioRung("a128", 128_000),), -16.0, -1.5, "veryfast")
FACTS = Facts("mp3", 0.0, 12.5, None, AudioFacts(0, "mp3", 2, 44_100, 12.5), ("Berkas terpotong",))
WHY = Refusal("damaged", "Berkas rusak.", "The file is damaged.")


def asset_id(n: int) -> AssetId:
    return AssetId(f"{n:040x}")


def stamp(n: int) -> FileStamp:
    return FileStamp(1000 + n, 1_700_000_000_000_000_000 + n, 2**62 + n, 7)


def house(n: int, profile: Profile = RADIO) -> HouseRecord:
    return HouseRecord(profile.house(asset_id(n)), Quanta(40 + n), -18.25, 2.25, False, ("catatan",), -3.0)


async def put(library: Library, n: int, path: str | None = None, title: str = "", duration: float = 12.5) -> AssetId:
    """Record one examined asset with one file."""
    asset = asset_id(n)
    await library.add_asset(asset, 1000 + n, "berkas", NOW + timedelta(seconds=n))
    await library.record_files([LibraryFile(path or f"musik/{n:05}.mp3", stamp(n), asset)])
    facts = Facts("mp3", 0.0, duration, None, FACTS.audio, ())
    await library.examined(asset, Tags(title or f"Lagu {n}", "Waldjinah", "Keroncong"), facts, path or "")
    return asset


@pytest.fixture
async def library(database_url: str) -> AsyncIterator[Library]:
    await migrate(database_url)
    engine = open_database(database_url)
    yield Library(engine)
    await engine.dispose()


# --- files and assets ------------------------------------------------------------------------------------


async def test_files_come_back_as_they_were_recorded(library: Library) -> None:
    await library.add_asset(asset_id(1), 10, "berkas", NOW)
    with_asset = LibraryFile("a/satu.mp3", stamp(1), asset_id(1))
    refused = LibraryFile("b/dua \u202e\uef9f'\".mp4", stamp(2), None, WHY)
    await library.record_files([with_asset, refused])
    assert await library.files() == {with_asset.path: with_asset, refused.path: refused}
    assert await library.refused_files() == (refused,)


async def test_a_path_recorded_again_is_replaced(library: Library) -> None:
    await library.add_asset(asset_id(1), 10, "berkas", NOW)
    await library.record_files([LibraryFile("a.mp3", stamp(1), None, WHY)])
    healed = LibraryFile("a.mp3", stamp(2), asset_id(1))
    await library.record_files([healed])
    assert await library.files() == {"a.mp3": healed}


async def test_more_files_than_one_statement_holds(library: Library) -> None:
    files = [LibraryFile(f"{n:05}.mp3", stamp(n), None, WHY) for n in range(1201)]
    await library.record_files(files)
    assert len(await library.files()) == 1201
    await library.forget_files([f.path for f in files[1:]])
    assert list(await library.files()) == ["00000.mp3"]


async def test_an_asset_keeps_everything(library: Library) -> None:
    video = VideoFacts(0, "h264", 1080, 1920, 90, 29.97, True, "yuv420p", "1:1", "bt709", 12.4)
    facts = Facts("mov", 0.5, 12.5, video, FACTS.audio, ("Berkas terpotong",))
    tags = Tags("Judul", "Artis", "Album", "1971", "Langgam", "IDA123456789", -7.5, True)
    await library.add_asset(asset_id(1), 99, "berkas", NOW)
    new = await library.asset(asset_id(1))
    assert new is not None
    assert (new.state, new.tags.title, new.added, new.facts) == (AssetState.NEW, "berkas", NOW, None)
    await library.examined(asset_id(1), tags, facts, "a.mp4")
    await library.record_files([LibraryFile(p, stamp(1), asset_id(1)) for p in ("z.mp4", "a.mp4")])
    found = await library.asset(asset_id(1))
    assert found is not None
    assert (found.state, found.tags, found.facts, found.size) == (AssetState.READY, tags, facts, 99)
    assert found.paths == ("a.mp4", "z.mp4")
    assert await library.asset(asset_id(2)) is None


async def test_adding_a_known_asset_changes_nothing(library: Library) -> None:
    await put(library, 1, title="Judul")
    await library.add_asset(asset_id(1), 5, "lain", NOW + timedelta(days=1))
    found = await library.asset(asset_id(1))
    assert found is not None
    assert (found.tags.title, found.state) == ("Judul", AssetState.READY)


async def test_a_refusal_is_kept_and_healed(library: Library) -> None:
    await library.add_asset(asset_id(1), 5, "berkas", NOW)
    await library.refused(asset_id(1), Tags("berkas"), WHY)
    found = await library.asset(asset_id(1))
    assert found is not None
    assert (found.state, found.refusal) == (AssetState.REFUSED, WHY)
    await library.examined(asset_id(1), Tags("berkas"), FACTS)
    found = await library.asset(asset_id(1))
    assert found is not None
    assert (found.state, found.refusal) == (AssetState.READY, None)


async def test_pages_and_search(library: Library) -> None:
    for n in range(7):
        await put(library, n, title=f"Lagu {n}")
    await put(library, 7, path="berita/100%_sehat.mp4", title="Åpen Ñandú")
    first = await library.page(limit=3)
    second = await library.page(limit=3, offset=3)
    assert [a.tags.title for a in first.assets + second.assets] == [f"Lagu {n}" for n in range(6)]
    assert first.total == 8
    assert [a.id for a in (await library.page(newest_first=True, limit=2)).assets] == [asset_id(7), asset_id(6)]
    assert (await library.page("KERONCONG lagu")).total == 7
    assert [a.id for a in (await library.page("ñANDÚ")).assets] == [asset_id(7)]
    assert (await library.page("100%_")).total == 1
    assert (await library.page("100_")).total == 0, "an underscore is no wildcard"
    assert (await library.page("' OR 1=1 --")).total == 0
    assert (await library.page(state=AssetState.REFUSED)).total == 0


# --- the shelf -------------------------------------------------------------------------------------------


async def test_the_shelf_holds_what_is_conformed_and_present(library: Library) -> None:
    for n in range(1, 5):
        await put(library, n)
    await library.adopt_house(house(1), NOW)
    await library.adopt_house(house(2, TV), NOW)
    await library.adopt_house(house(3), NOW)
    await library.forget_files(["musik/00003.mp3"])
    shelf = await library.shelf(RADIO)
    assert list(shelf.materials) == [asset_id(1)]
    found = shelf.at_path("musik/00001.mp3")
    assert found is not None
    assert (found.house, found.quanta, found.title) == (RADIO.house(asset_id(1)), 41, "Lagu 1")
    assert (found.artist, found.album, found.has_picture) == ("Waldjinah", "Keroncong", False)
    assert list((await library.shelf(TV)).materials) == [asset_id(2)]


async def test_one_asset_at_two_paths_is_one_material(library: Library) -> None:
    await put(library, 1, path="b.mp3")
    await library.record_files([LibraryFile("a.mp3", stamp(1), asset_id(1))])
    await library.adopt_house(house(1), NOW)
    assert (await library.shelf(RADIO)).materials[asset_id(1)].paths == ("a.mp3", "b.mp3")


async def test_built_in_material_is_on_the_shelf_without_a_path(library: Library) -> None:
    await put(library, 1, path=f"{BUILTIN}ident.mp4")
    await library.adopt_house(house(1), NOW)
    shelf = await library.shelf(RADIO)
    assert shelf.materials[asset_id(1)].paths == ()
    assert shelf.in_folder("") == ()


async def test_a_refused_asset_leaves_the_shelf(library: Library) -> None:
    await put(library, 1)
    await library.adopt_house(house(1), NOW)
    await library.refused(asset_id(1), Tags("x"), WHY)
    assert (await library.shelf(RADIO)).materials == {}


async def test_a_lost_house_leaves_the_shelf_and_is_conformed_again(library: Library) -> None:
    await put(library, 1)
    await library.jobs.enqueue([JobRequest(asset_id(1), RADIO, 1.0)], NOW)
    job = await library.jobs.claim("w", NOW)
    assert job is not None
    await library.jobs.finish(job, house(1), NOW)
    assert await library.house_ids() == {house(1).house}
    await library.lose_house(house(1).house, NOW)
    assert (await library.shelf(RADIO)).materials == {}
    assert await library.house_ids() == frozenset()
    again = await library.jobs.claim("w", NOW)
    assert again is not None
    assert (again.asset, again.attempts) == (asset_id(1), 0)


async def test_the_change_counter_tells_of_every_change(library: Library) -> None:
    seen = [await library.change_counter()]

    async def differs() -> bool:
        seen.append(await library.change_counter())
        return seen[-1] != seen[-2]

    assert not await differs()
    await put(library, 1)
    assert await differs()
    await library.jobs.enqueue([JobRequest(asset_id(1), RADIO, 1.0)], NOW)
    assert await differs()
    files = await library.file_counter()
    job = await library.jobs.claim("w", NOW)
    assert job is not None
    await library.jobs.heartbeat(job, "w", 0.5, NOW)
    await differs()
    await library.jobs.finish(job, house(1), NOW)
    assert await differs()
    assert await library.file_counter() == files
    await library.forget_files(["musik/00001.mp3"])
    assert await differs()
    assert await library.file_counter() != files
    assert not await differs()


async def test_a_change_by_another_process_is_seen(database_url: str) -> None:
    await migrate(database_url)
    mine, other = open_database(database_url), open_database(database_url)
    before = await Library(mine).change_counter()
    await Library(other).add_asset(asset_id(1), 1, "x", NOW)
    assert await Library(mine).change_counter() != before
    await mine.dispose()
    await other.dispose()


async def test_a_walk_over_ready_assets_meets_each_once(library: Library) -> None:
    for n in range(5):
        await put(library, n)
    await library.forget_files(["musik/00003.mp3"])
    await library.add_asset(asset_id(9), 1, "baru", NOW)
    walked: list[AssetId] = []
    while page := await library.ready_assets(walked[-1] if walked else "", limit=2):
        walked += [a.id for a in page]
    assert walked == [asset_id(n) for n in (0, 1, 2, 4)]


# --- jobs ------------------------------------------------------------------------------------------------


async def queue(library: Library, *durations: float, priority: int = 100) -> None:
    for n, duration in enumerate(durations):
        await put(library, n, duration=duration)
        await library.jobs.enqueue([JobRequest(asset_id(n), RADIO, duration, priority)], NOW)


async def test_the_short_go_first_within_a_priority(library: Library) -> None:
    await queue(library, 300.0, 10.0, 60.0)
    await put(library, 9)
    await library.jobs.enqueue([JobRequest(asset_id(9), RADIO, 9999.0, priority=1)], NOW)
    order = []
    while job := await library.jobs.claim("w", NOW):
        order.append(job.duration_s)
    assert order == [9999.0, 10.0, 60.0, 300.0]


async def test_a_job_is_queued_once(library: Library) -> None:
    await put(library, 1)
    request = JobRequest(asset_id(1), RADIO, 1.0)
    assert await library.jobs.enqueue([request], NOW) == 1
    assert await library.jobs.enqueue([request, JobRequest(asset_id(1), TV, 1.0)], NOW) == 1
    job = await library.jobs.claim("w", NOW)
    assert job is not None
    assert job.profile in (RADIO, TV)
    assert await library.jobs.counts() == {
        JobState.QUEUED: 1,
        JobState.RUNNING: 1,
        JobState.DONE: 0,
        JobState.FAILED: 0,
    }


async def test_many_workers_never_share_a_job(library: Library) -> None:
    await queue(library, *(float(n) for n in range(20)))
    taken: list[int] = []

    async def work(name: str) -> None:
        while job := await library.jobs.claim(name, NOW):
            taken.append(job.id)
            await asyncio.sleep(0)

    await asyncio.gather(*(work(f"w{n}") for n in range(4)))
    assert len(taken) == len(set(taken)) == 20


async def test_a_failing_job_rests_longer_and_longer_and_then_stays_failed(library: Library) -> None:
    await queue(library, 1.0)
    now = NOW
    for attempt in range(1, MAX_ATTEMPTS + 1):
        job = await library.jobs.claim("w", now)
        assert job is not None
        state = await library.jobs.fail(job, "w", WHY, now)
        assert await library.jobs.claim("w", now) is None
        now += pause_after(attempt)
    assert state is JobState.FAILED
    assert await library.jobs.claim("w", now + timedelta(days=99)) is None
    asset = await library.asset(asset_id(0))
    assert asset is not None
    assert asset.jobs[0].error == Refusal("failed", WHY.indonesian, WHY.english)
    assert await library.jobs.again(asset_id(0), now) == 1
    fresh = await library.jobs.claim("w", now)
    assert fresh is not None
    assert (fresh.attempts, fresh.error) == (0, None)


async def test_a_final_failure_is_not_tried_again(library: Library) -> None:
    await queue(library, 1.0)
    job = await library.jobs.claim("w", NOW)
    assert job is not None
    assert await library.jobs.fail(job, "w", WHY, NOW, final=True) is JobState.FAILED
    assert await library.jobs.claim("w", NOW + timedelta(days=1)) is None


async def test_a_released_job_counts_nothing(library: Library) -> None:
    await queue(library, 1.0)
    job = await library.jobs.claim("w", NOW)
    assert job is not None
    await library.jobs.release(job, "w", NOW + timedelta(minutes=1))
    assert await library.jobs.claim("w", NOW) is None
    job = await library.jobs.claim("w", NOW + timedelta(minutes=1))
    assert job is not None
    assert (job.attempts, job.interruptions) == (0, 0)


async def test_after_a_kill_only_own_or_silent_jobs_come_back(library: Library) -> None:
    await queue(library, 1.0, 2.0, 3.0)
    for worker in ("mine", "busy", "dead"):
        assert await library.jobs.claim(worker, NOW)
    later = NOW + timedelta(minutes=6)
    busy = next(j for a in (await library.page()).assets for j in a.jobs if j.duration_s == 2.0)
    assert await library.jobs.heartbeat(busy, "busy", 0.3, later)
    assert await library.jobs.recover("mine", later) == 2
    back = [await library.jobs.claim("mine", later) for _ in range(3)]
    assert [j.duration_s if j else None for j in back] == [1.0, 3.0, None]


async def test_a_job_that_kills_its_worker_again_and_again_ends_failed(library: Library) -> None:
    await queue(library, 1.0)
    for _ in range(MAX_INTERRUPTIONS):
        job = await library.jobs.claim("w", NOW)
        assert job is not None
        await library.jobs.heartbeat(job, "w", 0.01, NOW)
        await library.jobs.recover("w", NOW)
    assert await library.jobs.claim("w", NOW) is None
    assert (await library.jobs.counts())[JobState.FAILED] == 1


async def test_a_long_job_that_gets_further_survives_any_number_of_power_cuts(library: Library) -> None:
    await queue(library, 1.0)
    for n in range(3 * MAX_INTERRUPTIONS):
        job = await library.jobs.claim("w", NOW)
        assert job is not None
        await library.jobs.heartbeat(job, "w", 0.01 + n * 0.055, NOW)
        await library.jobs.recover("w", NOW)
    assert await library.jobs.claim("w", NOW) is not None


async def test_a_worker_learns_that_its_job_was_taken_away(library: Library) -> None:
    await queue(library, 1.0)
    job = await library.jobs.claim("slow", NOW)
    assert job is not None
    await library.jobs.recover("other", NOW + timedelta(hours=1))
    assert not await library.jobs.heartbeat(job, "slow", 0.5, NOW + timedelta(hours=1))
    await library.jobs.fail(job, "slow", WHY, NOW + timedelta(hours=1))
    assert await library.jobs.claim("other", NOW + timedelta(hours=1)) is not None, "not the slow one's to fail"


async def test_jobs_of_recipes_no_channel_uses_are_dropped(library: Library) -> None:
    await put(library, 1)
    await library.jobs.enqueue([JobRequest(asset_id(1), p, 1.0) for p in (RADIO, TV)], NOW)
    assert await library.jobs.drop_unwanted([TV.recipe]) == 1
    job = await library.jobs.claim("w", NOW)
    assert job is not None
    assert job.profile == TV


# --- the index of the journal ----------------------------------------------------------------------------


def aired(start: int, kind: str = "item", channel: str = "tv", length: int = 10) -> AiredRow:
    return AiredRow(
        channel, Quanta(start), Quanta(length), asset_id(start), HouseId("h"), kind, "Judul" * 99, "Mata Acara"
    )


async def test_the_journal_is_indexed_once_and_read_in_order(library: Library) -> None:
    epoch = 5_500_000_000
    rows = [aired(epoch + 20), aired(epoch), aired(epoch + 10, "filler"), aired(epoch + 30, channel="radio")]
    await library.record_aired(rows)
    await library.record_aired(rows)
    assert await library.last_aired("tv", Quanta(epoch + 10)) == [
        Aired(asset_id(epoch + 10), Quanta(epoch + 10), Quanta(10)),
        Aired(asset_id(epoch + 20), Quanta(epoch + 20), Quanta(10)),
    ]
    await library.record_aired([aired(epoch, length=7)])
    assert (await library.last_aired("tv", Quanta(epoch)))[0].length == 7


async def test_off_air_time_and_preroll_are_not_programme(library: Library) -> None:
    await library.record_aired([aired(0, "preroll"), aired(10, "off"), aired(20, "ident")])
    assert [a.start for a in await library.last_aired("tv", Quanta(0))] == [20]
