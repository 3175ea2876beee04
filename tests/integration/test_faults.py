"""What goes wrong at a station, done to the real service under a strict player's eyes: the air goes on and says so."""

import asyncio
import contextlib
import json
import os
import resource
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeGuard
from zoneinfo import ZoneInfo

import pytest

from lppl import quanta
from lppl.journal import Commit, Item, encode, file_of, last_entries
from lppl.rundown import Kind, lines_from_json
from tests.station.material import SOURCES, TV, lay_out, schedule_of
from tests.station.service import Home, NotReached, Service, channel_of, eventually, get, get_health, running
from tests.station.watcher import Watcher, watching

pytestmark = [pytest.mark.integration, pytest.mark.long]

RUBBISH = b"ini bukan basis data\n" * 400
ITEM = "item"
LEFT = ("Pagi", "Web", "Pantun", "Wayang")
"""What still lies in the media folder of a station that lost everything else: two items for each channel."""
Endings = dict[str, BaseException | None]
JAKARTA = ZoneInfo("Asia/Jakarta")


def master(home: Home, channel: str = "tv") -> str:
    return f"{home.url}/hls/{channel}/master.m3u8"


@contextlib.asynccontextmanager
async def watched(home: Home, *, substitutes: bool = False) -> AsyncIterator[None]:
    """Both channels must break no rule for as long as the block lasts, and until two more segments have come."""
    async with (
        watching(Watcher(master(home, "tv"), substitutes=substitutes)) as tv,
        watching(Watcher(master(home, "radio"), substitutes=substitutes)) as radio,
    ):
        yield
        renditions = [*tv.renditions, *radio.renditions]
        had = [len(r.segments) for r in renditions]

        async def more() -> bool:
            return bool(tv.faults or radio.faults) or all(
                len(r.segments) >= n + 2 for r, n in zip(renditions, had, strict=True)
            )

        await eventually(more, "two more segments")
    assert tv.faults == []
    assert radio.faults == []
    assert all(r.segments for w in (tv, radio) for r in w.renditions)


def house_folder(home: Home, title: str) -> Path:
    """Return where the house set of an item lies. Raises KeyError while there is none."""
    return house_sets(home)[title]


def house_sets(home: Home) -> dict[str, Path]:
    """Return the folders of all finished house sets that air, by title: not those of the leanest sound alone.

    What is being made has a name that begins with a dot.
    """
    found = {p.parent: json.loads(p.read_text()) for p in home.house.glob("*/*/[!.]*/set.json")}
    return {told["title"]: folder for folder, told in found.items() if len(told["renditions"]) > 1}


def airs(channel: str, **wanted: object) -> Callable[[dict[str, Any]], bool]:
    """A condition on what /healthz says of a channel."""
    return lambda health: all(channel_of(health, channel)[key] == value for key, value in wanted.items())


async def in_step(home: Home) -> None:
    """Wait until the worker has looked through the library and the folders for the first time."""

    async def said() -> bool:
        return "library_in_step" in home.log.read_text(errors="replace")

    await eventually(said, "the library is looked through")


async def long_enough(service: Service, seconds: float = 4.0) -> str:
    """Wait until the running TV item has at least `seconds` to go; return its title."""

    def lasts(health: dict[str, Any]) -> bool:
        tv = channel_of(health, "tv")
        return bool(tv["kind"] == ITEM and tv["item_ends_in_s"] > seconds)

    return str(channel_of(await service.until(lasts, "an item with time left"), "tv")["item"])


async def next_item(service: Service, title: str) -> str:
    """Wait until TV airs a planned item other than `title`; return its title."""

    def other(health: dict[str, Any]) -> bool:
        tv = channel_of(health, "tv")
        return bool(tv["kind"] == ITEM and tv["item"] != title)

    return str(channel_of(await service.until(other, f"an item after {title}"), "tv")["item"])


# --- how these run -----------------------------------------------------------------------------------

Scenario = Callable[[Home], Awaitable[None]]
SCENARIOS: dict[str, Scenario] = {}
AT_ONCE = 5


def scenario(function: Scenario) -> Scenario:
    """Have `function` run with a station of its own. Most of it is waiting for the air, so several run at once."""
    SCENARIOS[function.__name__] = function
    return function


@pytest.fixture(scope="module")
def ended(request: pytest.FixtureRequest, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Endings:
    """Run every selected scenario; return how each ended: None, or what it raised."""
    chosen = [str(item.callspec.params["name"]) for item in request.session.items if _is_scenario(item)]

    async def run(name: str, room: asyncio.Semaphore) -> BaseException | None:
        async with room:
            home = lay_out(template, tmp_path_factory.mktemp("fault") / "station")
            try:
                await SCENARIOS[name](home)
            except (Exception, pytest.skip.Exception) as error:  # noqa: BLE001 - told by the scenario's own test
                return error
            return None

    async def run_all() -> list[BaseException | None]:
        room = asyncio.Semaphore(AT_ONCE)
        return await asyncio.gather(*(run(name, room) for name in chosen))

    return dict(zip(chosen, asyncio.run(run_all()), strict=True))


def _is_scenario(item: pytest.Item) -> TypeGuard[pytest.Function]:
    return isinstance(item, pytest.Function) and item.function is test_the_air_goes_on


# --- material ----------------------------------------------------------------------------------------


@scenario
async def the_running_items_house_set_is_deleted(home: Home) -> None:
    async with running(home) as service:
        await in_step(home)
        title = await long_enough(service)
        folder = house_folder(home, title)
        async with watched(home):
            await asyncio.to_thread(shutil.rmtree, folder)
            health = await service.until(lambda h: bool(channel_of(h, "tv")["lost"]), "healthz names what is lost")
            assert health["status"] == "degraded"
            assert channel_of(health, "tv")["fallback"] in ("filler", "ident", "slate")
            await eventually(lambda: asyncio.to_thread((folder / "set.json").exists), "it is conformed again")
            await service.until(airs("tv", lost=[], fallback=None, kind=ITEM), "TV airs what is planned again")
        assert (await service.until(lambda h: h["status"] == "ok", "all is well"))["status"] == "ok"


@scenario
async def a_house_file_is_cut_short(home: Home) -> None:
    async with running(home) as service:
        await in_step(home)
        title = await long_enough(service)
        folder = house_folder(home, title)
        async with watched(home, substitutes=True):
            for path in folder.glob("*.mp4"):
                os.truncate(path, path.stat().st_size // 3)
            health = await service.until(lambda h: bool(channel_of(h, "tv")["lost"]), "healthz names what is lost")
            assert health["status"] == "degraded"
            await service.until(airs("tv", lost=[], fallback=None, kind=ITEM), "TV airs what is planned again")
            await next_item(service, title)


@scenario
async def the_media_folder_goes_away_and_comes_back(home: Home) -> None:
    async with running(home) as service:
        await in_step(home)
        title = await long_enough(service)
        async with watched(home):
            away = home.media.rename(home.folder / "away")

            async def noticed() -> bool:
                return "media folder is away" in home.log.read_text(errors="replace")

            await eventually(noticed, "the service notices")
            await next_item(service, title)
            away.rename(home.media)
            health = await service.until(lambda h: h["status"] == "ok", "all is well")
        assert channel_of(health, "tv")["kind"] == ITEM


@scenario
async def a_crash_while_conforming_leaves_nothing_half_done(home: Home) -> None:
    """The encoders that a crash leaves behind must not write into the files of those that do the job again."""
    source = home.folder / "Panjang.mp4"
    picture = "testsrc2=s=1280x720:r=30"
    command = ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", "sine=500:r=48000"]
    options = ["-t", "32", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    await asyncio.to_thread(subprocess.run, [*command, *options, str(source)], check=True)
    home.schedule("tv").write_text(schedule_of(TV).replace('"tv/Pagi.mp4"', '"tv/Pagi.mp4", "tv/Panjang.mp4"'))
    async with running(home) as service:
        source.rename(home.media / "tv" / "Panjang.mp4")

        async def encoding() -> bool:
            return any(p.stat().st_size > 100_000 for p in (home.data / "work").glob("*/v*"))

        await eventually(encoding, "conforming has begun")
        await service.kill()
    async with running(home):

        async def made() -> bool:
            return "Panjang" in house_sets(home)

        await eventually(made, "the job is done again")
        folder = house_folder(home, "Panjang")
        for name, rate in (("v240", 25), ("v144", 25), ("a128", 46.875), ("a64", 46.875)):
            said = await asyncio.to_thread(
                subprocess.run, ["ffprobe", "-v", "warning", "-count_frames", "-show_entries", "stream=nb_read_frames",
                                 "-of", "csv=p=0", str(folder / f"{name}.mp4")], capture_output=True, text=True,
            )  # fmt: skip
            assert (said.stdout.strip(" ,\n"), said.stderr) == (str(round(32 * rate)), "")


# --- records -----------------------------------------------------------------------------------------


@scenario
async def the_database_turns_to_rubbish_while_on_air(home: Home) -> None:
    async with running(home) as service:
        title = await long_enough(service)
        async with watched(home):
            for name in ("lppl.db-wal", "lppl.db"):
                if (home.data / name).exists():
                    (home.data / name).write_bytes(RUBBISH)
            health = await service.until(lambda h: h["database"] is not None, "healthz tells of the database")
            assert health["status"] == "degraded"
            await next_item(service, title)


@scenario
async def the_database_is_rubbish_at_the_start(home: Home) -> None:
    good = (home.data / "lppl.db").read_bytes()
    (home.data / "lppl.db").write_bytes(RUBBISH)
    async with running(home) as service, watched(home):
        health = await service.until(lambda h: bool(h["database"]), "healthz tells of the database")
        assert health["status"] == "degraded"
        title = await long_enough(service)
        (home.data / "beside").write_bytes(good)
        (home.data / "beside").rename(home.data / "lppl.db")
        await service.until(lambda h: h["database"] is None, "the copy that was put back is used")
        await next_item(service, title)


# --- disk --------------------------------------------------------------------------------------------


@scenario
async def nothing_can_be_written(home: Home) -> None:
    """As on a disk that fails: every write of the service is refused for a while."""
    async with running(home, log=Path("/dev/null")) as service:  # no ordinary file, so not refused
        title = await long_enough(service)
        async with watched(home):
            _, most = resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
            health = await service.until(lambda h: h["journal"] is not None, "healthz tells of the journal")
            assert health["status"] == "degraded"
            title = await next_item(service, title)
            resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (most, most))
            await service.until(lambda h: h["journal"] is None, "the journal is written again")
            await next_item(service, title)
        seen = channel_of(await get_health(home), "tv")
        await service.kill()
        # nothing is missing of what aired meanwhile: the journal ends where the air did
        end = last_entries(home.data / "journal")["tv"]
        assert end.item.title == seen["item"]


@scenario
async def the_log_cannot_be_written(home: Home) -> None:
    """As when the disk that a station's log goes to is full."""
    async with running(home, log=Path("/dev/full")) as service, watched(home):
        title = await long_enough(service)
        house = house_folder(home, title)
        await asyncio.to_thread(shutil.rmtree, house)  # something that the log would tell
        await service.until(lambda h: bool(channel_of(h, "tv")["lost"]), "healthz names what is lost")
        await service.until(airs("tv", lost=[], fallback=None, kind=ITEM), "TV airs what is planned again")


@contextlib.contextmanager
def small_disk(home: Home) -> Iterator[None]:
    """Put the station's data on a disk of its own of 64 MB for as long as the block lasts."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a disk; the failing disk is tested without")
    home.write(min_free_gb=0.008)
    beside = home.data.rename(home.folder / "beside")
    home.data.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(home.data)]
    if (mounted := subprocess.run(mount, capture_output=True)).returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.decode()}")
    try:
        shutil.copytree(beside, home.data, dirs_exist_ok=True)
        yield
    finally:
        subprocess.run(["umount", "-l", str(home.data)], check=True)


def _disk_full(health: dict[str, Any]) -> bool:
    return bool(health["conform"]) and health["disk_free_gb"] < 0.005


def _fill(home: Home) -> Path:
    """Fill the station's disk; return the file to delete."""
    path = home.data / "large"
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as large:
        while True:
            large.write(bytes(1 << 20))
    return path


@scenario
async def the_disk_is_full(home: Home) -> None:
    with small_disk(home):
        async with running(home) as service:
            await service.until(lambda h: h["database"] is None, "the database is open")
            title = await long_enough(service)
            async with watched(home):
                large = _fill(home)
                health = await service.until(_disk_full, "healthz tells of the disk")
                assert health["status"] == "degraded"
                title = await next_item(service, title)
                large.unlink()
                await service.until(lambda h: h["status"] == "ok", "all is well")
                await next_item(service, title)


@scenario
async def the_disk_is_full_at_the_start(home: Home) -> None:
    with small_disk(home):
        large = _fill(home)
        async with running(home) as service, watched(home):
            health = await service.until(lambda h: h["journal"] and "disk" in (h["database"] or ""), "healthz tells")
            assert health["status"] == "degraded"
            await next_item(service, await long_enough(service))
            large.unlink()
            await service.until(lambda h: h["status"] == "ok", "all is well")


# --- schedule ----------------------------------------------------------------------------------------


@scenario
async def a_broken_schedule_leaves_the_last_good_one_in_force(home: Home) -> None:
    async with running(home) as service:
        title = await long_enough(service)
        async with watched(home):
            good = home.schedule("tv").read_text()
            home.schedule("tv").write_text(good + '\n[[block]]\nprogramme = "Rusak"\nstart = "25.00"\n')
            health = await service.until(lambda h: bool(h["warnings"]), "healthz tells of the mistake")
            assert health["status"] == "degraded"
            assert "25.00" in " ".join(health["warnings"])
            order = [s.title for s in TV]
            assert await next_item(service, title) == order[(order.index(title) + 1) % len(order)]
            home.schedule("tv").write_text(good)
            await service.until(lambda h: h["status"] == "ok", "the mistake is forgotten")


async def planned_before_its_time(home: Home, schedule: Callable[[datetime], str]) -> quanta.Quanta:
    """Write the schedule with a start soon to come; return the start. Later ones are tried for a slow machine."""
    told = home.data / "state" / "rundown-tv.json"
    for lead_s in (20, 60, 120):
        at = datetime.now(JAKARTA).replace(microsecond=0) + timedelta(seconds=lead_s)
        start = quanta.at_or_after(at.astimezone(UTC))
        home.schedule("tv").write_text(schedule(at))
        while datetime.now(JAKARTA) < at:
            with contextlib.suppress(FileNotFoundError):  # the first is told some seconds after the start
                lines = lines_from_json(told.read_bytes())
                if any(line.start == start and line.programme == "Tepat" for line in lines):
                    return start
            await asyncio.sleep(0.25)
    raise NotReached("no start is planned before its time")


@scenario
async def a_new_hard_start_airs_in_the_first_quantum_not_before_its_time(home: Home) -> None:
    async with running(home) as service:
        title = await long_enough(service)
        watcher = Watcher(master(home))
        async with watching(watcher) as tv:
            good = home.schedule("tv").read_text()
            late = next(s for s in TV if s.title not in (title, "Kilat"))
            hard = await planned_before_its_time(
                home,
                lambda at: f'{good}\n[[at]]\nprogramme = "Tepat"\ntimes = ["{at:%H.%M.%S}"]\nitem = "{late.path}"\n',
            )
            start = quanta.starting(hard)

            async def begun() -> bool:
                return any(said.get("X-PROGRAMME") == "Tepat" for said in tv.ranges.values())

            await eventually(begun, "the item of the new schedule airs")
        assert tv.faults == []
        (said,) = [said for said in tv.ranges.values() if said.get("X-PROGRAMME") == "Tepat"]
        assert said["X-TITLE"] == late.title
        assert datetime.fromisoformat(said["START-DATE"]) == start
        # what ran before ends in the very same quantum: the timeline of the watch has no hole
        before = max(
            (r for r in tv.ranges.values() if r["START-DATE"] < said["START-DATE"]), key=lambda r: r["START-DATE"]
        )
        ended = datetime.fromisoformat(before["START-DATE"]) + timedelta(seconds=float(before["DURATION"]))
        assert ended == start


# --- starting ----------------------------------------------------------------------------------------


async def _journal_ends_in(home: Home, ahead_s: int) -> None:
    """The clock was ahead before the start. Air time never goes back: the stream continues where the journal ends."""
    end = quanta.at_or_after(datetime.now(UTC) + timedelta(seconds=ahead_s))
    first = next(iter(json.loads((home.data / "state" / "shelf-tv.json").read_text())))
    start = quanta.Quanta(end - 25)
    item = Item("tv", start, first["house"], quanta.Quanta(0), quanta.Quanta(25), Kind.ITEM, first["title"])
    path = file_of(home.data / "journal", start)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(item) + encode(Commit("tv", start, 25)))
    async with running(home) as service:
        watcher = Watcher(master(home), ahead_s=ahead_s + 30, young=True)
        async with watching(watcher) as tv:
            await service.until(lambda h: h["clock_credible"] == (ahead_s < 60), "healthz tells of the clock")

            async def enough() -> bool:
                return len(tv.renditions) > 0 and all(len(r.segments) >= 6 for r in tv.renditions)

            await eventually(enough, "the stream flows")
    assert tv.faults == []
    assert all(r.segments[-1].end / r.timescale > quanta.seconds(end) for r in tv.renditions)


@scenario
async def a_journal_that_ends_a_little_later_than_now(home: Home) -> None:
    await _journal_ends_in(home, 40)


@scenario
async def a_journal_that_ends_hours_from_now(home: Home) -> None:
    await _journal_ends_in(home, 7200)


@scenario
async def everything_on_the_disk_is_gone_but_the_media(home: Home) -> None:
    """A station that lost its data folder is on the air again with what lies in the media folder."""
    shutil.rmtree(home.data)
    for source in SOURCES.values():  # each is conformed again, which takes its time
        if source.title not in LEFT:
            (home.media / source.path).unlink()
    async with running(home) as service:
        health = await service.until(lambda h: h["status"] == "ok", "all is well")
        assert {c["kind"] for c in health["channels"]} == {ITEM}
        status, _ = await get(master(home))
        assert status == 200


# --- the tests ---------------------------------------------------------------------------------------


EVERY_TIME = frozenset(
    {
        "the_running_items_house_set_is_deleted", "the_database_turns_to_rubbish_while_on_air",
        "nothing_can_be_written", "everything_on_the_disk_is_gone_but_the_media",
    }
)  # fmt: skip
"""One of each kind; the others, which are like one of these, take their time in `make soak`."""
assert set(SCENARIOS) > EVERY_TIME


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n in EVERY_TIME else pytest.mark.soak) for n in SCENARIOS]
)
def test_the_air_goes_on(ended: Endings, name: str) -> None:
    if (error := ended[name]) is not None:
        raise error
