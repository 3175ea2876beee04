"""From the media folder to the library: scan, hash, tag, probe, and ask for conforming.

One scanner per station; any number of workers. A file is touched only when it is new or changed and nobody
writes to it any more. Whatever is wrong with one file is written down for staff and never stops the rest.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog

from lppl.errors import LpplError, MediaRefused
from lppl.library import Library
from lppl.media import AssetId, Facts, HouseId, Profile
from lppl.records import (
    BUILTIN,
    Asset,
    AssetState,
    FileStamp,
    HouseRecord,
    JobRequest,
    LibraryFile,
    Refusal,
    disk_path,
)
from lppl.tags import read_tags, title_from_name
from streaming import folder
from streaming.cue_search import CueSearch
from streaming.folder import Found
from streaming.house import read_set
from streaming.probe import MAX_HOURS, examine
from streaming.sniff import look
from streaming.worker import Conform, Render, Worker, contained, set_on_disk

SCAN_PERIOD_S = 5.0
SHORTEST_PERIOD_S = 1.0
SCAN_SHARE = 20
"""A scan may take one part in so many of a thread's time: a small folder is looked at each second."""
SETTLE_S = 2.0
LEAN_PRIORITY = 900
"""The leanest sound of what can air already waits for everything else."""
BATCH_S = 20.0
"""Examining stops after this long to look at the folder again: what was dropped in meanwhile may be shorter."""
RETRY_S = 60.0
LONGEST_PAUSE_S = 60.0
CUES_AGAIN_S = 900.0
"""What could not be reached when its cues were looked for is tried again after this."""
PASSING = frozenset(("unreadable", "too-complex"))
"""Refusals that may be the moment's and not the content's: examined again from time to time."""

Wants = Callable[[str, Facts], Sequence[Profile]]
"""Which profiles want a path. Built-in material has paths that begin with ``/builtin/``."""

T = TypeVar("T")
log = structlog.get_logger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Ingest:
    """Keeps the library in step with the media folder, and its house sets with the channels' profiles.

    `paused_reason` tells why no conforming happens (disk low), `folder_away` that the media folder is missing,
    `waiting` how many files are still being written, `last_error` what went wrong last in the loops.
    """

    def __init__(
        self,
        library: Library,
        media_dir: Path,
        house: Path,
        work: Path,
        conform: Conform,
        wants: Wants,
        changed: Callable[[], None],
        *,
        builtin_dir: Path | None = None,
        worker: str = "serve",
        conform_jobs: int = 1,
        min_free: int = 2 << 30,
        max_hours: float = MAX_HOURS,
        settle_s: float = SETTLE_S,
        clock: Callable[[], datetime] = _utc_now,
        render: Render | None = None,
    ) -> None:
        self._library, self._house = library, house
        self._wants, self._changed, self._clock = wants, changed, clock
        self._max_hours, self._settle_ns = max_hours, int(settle_s * 1e9)
        self._roots = {"": media_dir} | ({BUILTIN: builtin_dir} if builtin_dir else {})
        self._workers = [
            Worker(
                library,
                self.disk_path,
                house,
                work,
                conform,
                changed,
                clock,
                f"{worker}-{n}",
                min_free=min_free,
                render=render,
            )
            for n in range(conform_jobs)
        ]
        self._known: dict[str, LibraryFile] = {}
        self._known_counter: int | None = None
        self._unsettled: dict[str, dict[str, FileStamp]] = {}
        self._retry_at: dict[str, float] = {}
        self._stop = threading.Event()
        self._threads = folder.low_priority_threads()
        self._jobs_waiting = asyncio.Event()
        self._cues = CueSearch(library, self.disk_path, changed, clock)
        self._cues_waiting = asyncio.Event()
        self.folder_away = False
        self.waiting = 0
        self.last_error: BaseException | None = None

    @property
    def paused_reason(self) -> str | None:
        """Why nothing is being conformed just now (Indonesian and English); None when nothing is in the way."""
        return next((w.paused_reason for w in self._workers if w.paused_reason), None)

    def disk_path(self, path: str) -> Path:
        """Return where a recorded path lies."""
        for prefix, root in self._roots.items():
            if prefix and path.startswith(prefix):
                return root / disk_path(path.removeprefix(prefix))
        return self._roots[""] / disk_path(path)

    async def _thread(self, function: Callable[[], T]) -> T:
        """Run something slow at low priority."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)

    # --- the loops -----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Scan and conform until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                # first of all: a worker must not find its own job taken from it
                await self._forever(self._recover, once=True)
                group.create_task(self._begin())
                group.create_task(self._forever(self._cue_step))
                for worker in self._workers:
                    group.create_task(self._forever(partial(self._work_step, worker)))
        finally:
            self.close()

    async def _begin(self) -> None:
        """Look through records and folders once, say when that is done, and go on looking at the folders."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.review())
            group.create_task(self._forever(self.scan_once, once=True))
        log.info("library_in_step", files=len(self._known), waiting=self.waiting, away=self.folder_away)
        await self._forever(self._scan_step)

    def close(self) -> None:
        """Let the hashing thread end. For those who call the single steps; :meth:`run` does it itself."""
        self._stop.set()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _forever(self, step: Callable[[], Awaitable[object]], *, once: bool = False) -> None:
        """Repeat `step`; after an error (the database away, say) rest a little longer each time."""
        pause = 1.0
        while True:
            error = await contained(step())
            if error is None:
                pause = 1.0
                if once:
                    return
                continue
            self.last_error = error
            log.error("library step failed", exc_info=error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    async def _scan_step(self) -> None:
        started = time.monotonic()
        if not await self.scan_once():
            took = time.monotonic() - started
            await asyncio.sleep(min(SCAN_PERIOD_S, max(SHORTEST_PERIOD_S, SCAN_SHARE * took)))

    async def _work_step(self, worker: Worker) -> None:
        self._jobs_waiting.clear()
        if not await worker.work_once():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._jobs_waiting.wait(), SCAN_PERIOD_S)

    async def _cue_step(self) -> None:
        self._cues_waiting.clear()
        if not await self.find_cues():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._cues_waiting.wait(), CUES_AGAIN_S)

    async def find_cues(self) -> bool:
        """Find the cue points of some items that have none yet; tell whether there may be more."""
        return await self._cues.some()

    async def work_once(self) -> bool:
        """Do the next conform job, if any is due; tell whether there was one."""
        return await self._workers[0].work_once()

    async def start_up(self) -> None:
        """Take up what a kill left, and bring jobs in line with what the channels want now."""
        await self._recover()
        await self._review()

    async def _recover(self) -> None:
        for worker in self._workers:
            await self._library.jobs.recover(worker.name, self._clock())

    async def review(self) -> None:
        """Ask anew what each asset is wanted for, as after a changed schedule; while the database is away, wait."""
        await self._forever(self._review, once=True)

    async def _review(self) -> None:
        lost = await self._lost_houses()
        for house in lost:
            log.warning("house set is gone, conforming again", house=house)
            await self._library.lose_house(house, self._clock())
        recipes: set[str] = set()
        after = ""
        while assets := await self._library.ready_assets(after):
            after = assets[-1].id
            requests: list[JobRequest] = []
            for asset in assets:
                requests += await self._requests(asset, recipes)
            await self._enqueue(requests)
        if recipes:
            await self._library.jobs.drop_unwanted(sorted(recipes))

    async def _lost_houses(self) -> list[HouseId]:
        houses = await self._library.house_ids()
        return await self._thread(lambda: [h for h in houses if not set_on_disk(self._house, h).exists()])

    # --- scanning ------------------------------------------------------------------------------------

    async def scan_once(self) -> bool:
        """Bring the library in step with the folders; tell whether more is waiting to be examined."""
        await self._load_known()
        more = False
        was_away, self.folder_away, self.waiting = self.folder_away, False, 0
        started = time.monotonic()
        for prefix, root in self._roots.items():
            difference = await self._look(prefix, root)
            if difference.away:
                self.folder_away = True
                if not was_away:
                    log.warning("media folder is away; nothing is forgotten", folder=str(root))
                continue
            self.waiting += len(difference.unsettled)
            await self._settle_records(difference)
            for found in difference.candidates:
                if time.monotonic() - started > BATCH_S:
                    more = True
                    break
                error = await contained(self._take(found))
                if error is not None:
                    await self._contain(found, error)
        return more

    async def _load_known(self) -> None:
        counter = await self._library.file_counter()
        if counter != self._known_counter:
            self._known = await self._library.files()
            self._known_counter = counter

    async def _look(self, prefix: str, root: Path) -> folder.Difference:
        mine = {p: f for p, f in self._known.items() if p.startswith(BUILTIN) == bool(prefix)}
        now = time.monotonic()
        retry = frozenset(
            p
            for p, f in mine.items()
            if f.refusal and f.refusal.reason in PASSING and self._retry_at.get(p, 0.0) <= now
        )
        now_ns = int(self._clock().timestamp() * 1e9)
        before = self._unsettled.get(prefix, {})

        def look_around() -> folder.Difference:
            seen = folder.walk(root, prefix)
            difference = folder.compare(seen, mine, before, now_ns, self._settle_ns, retry)
            if difference.candidates:
                busy = folder.being_written()
                written = [f for f in difference.candidates if (f.stamp.device, f.stamp.inode) in busy]
                difference.candidates = [f for f in difference.candidates if f not in written]
                difference.unsettled |= {f.path: f.stamp for f in written}
            return difference

        difference = await self._thread(look_around)
        self._unsettled[prefix] = difference.unsettled
        return difference

    async def _settle_records(self, difference: folder.Difference) -> None:
        """Write down what needs no reading of files: gone, renamed, remounted."""
        moved = [LibraryFile(f.path, f.stamp, old.asset) for f, old in difference.moved]
        if moved or difference.remounted:
            await self._library.record_files(moved + difference.remounted)
        if difference.gone:
            await self._library.forget_files(difference.gone)
        for file in moved + difference.remounted:
            self._known[file.path] = file
        for path in difference.gone:
            self._known.pop(path, None)
        for file in moved:  # another folder may mean another channel
            asset = await self._library.asset(file.asset) if file.asset else None
            if asset is not None and asset.state is AssetState.READY:
                await self._ask_for(asset)
        if moved or difference.gone:
            self._changed()
        await self._remember_counter()

    async def _remember_counter(self) -> None:
        self._known_counter = await self._library.file_counter()

    # --- one file ------------------------------------------------------------------------------------

    async def _take(self, found: Found) -> None:
        """Examine one new or changed file and record what it is."""
        path = self.disk_path(found.path)
        root = self._roots[BUILTIN if found.path.startswith(BUILTIN) else ""]
        try:
            info = await self._thread(lambda: look(path, root))
        except MediaRefused as why:
            await self._refuse(found, why)
            return
        if not folder.stamp_of(info).same_content(found.stamp):
            return  # it changed since the walk: the next one sees it
        asset = await self._thread(lambda: folder.content_hash(path, self._stop))
        if not folder.stamp_of(await self._thread(path.stat)).same_content(found.stamp):
            return
        await self._library.add_asset(asset, found.stamp.size, title_from_name(path.name), self._clock())
        record = await self._library.asset(asset)
        if record is None or record.state is not AssetState.READY:
            refused = await self._examine(asset, path, root, found.path)
            if refused is not None and refused.reason in PASSING:
                await self._refuse(found, refused)
                return
        await self._record(LibraryFile(found.path, found.stamp, asset))
        record = await self._library.asset(asset)
        if record is not None and record.state is AssetState.READY:
            await self._ask_for(record)
            self._cues_waiting.set()
        self._changed()

    async def _examine(self, asset: AssetId, path: Path, root: Path, name: str) -> MediaRefused | None:
        """Tag and probe; record facts or the refusal, which is also returned."""
        try:
            probed = await examine(path, root=root, max_hours=self._max_hours)
        except MediaRefused as why:
            if why.reason not in PASSING:
                tags = await self._thread(lambda: read_tags(path))
                await self._library.refused(asset, tags, _refusal(why), name)
                log.info("media refused", path=name, reason=why.reason)
            return why
        tags = await self._thread(lambda: read_tags(path, probed.tags))
        await self._library.examined(asset, tags, probed.facts, name)
        return None

    async def _refuse(self, found: Found, why: MediaRefused) -> None:
        self._retry_at[found.path] = time.monotonic() + RETRY_S
        file = LibraryFile(found.path, found.stamp, None, _refusal(why))
        if self._known.get(found.path) == file:
            return
        log.info("media refused", path=found.path, reason=why.reason)
        await self._record(file)
        self._changed()

    async def _record(self, file: LibraryFile) -> None:
        await self._library.record_files([file])
        self._known[file.path] = file
        await self._remember_counter()

    async def _contain(self, found: Found, error: BaseException) -> None:
        """Write down that examining one file went wrong in a way nobody foresaw."""
        if isinstance(error, folder.Stopped):
            return
        log.error("file could not be examined", path=found.path, exc_info=error)
        self.last_error = error
        why = (
            MediaRefused("unreadable", error.indonesian, error.english)
            if isinstance(error, LpplError)
            else MediaRefused(
                "unreadable",
                f"Berkas gagal diperiksa ({type(error).__name__}); akan dicoba lagi.",
                f"Examining the file failed ({type(error).__name__}); it will be tried again.",
            )
        )
        # the database itself may be what failed: then the next scan meets the file as new
        again = await contained(self._refuse(found, why))
        if again is not None:
            self.last_error = again

    # --- house sets ----------------------------------------------------------------------------------

    async def _ask_for(self, asset: Asset) -> None:
        await self._enqueue(await self._requests(asset, set()))

    async def _enqueue(self, requests: Sequence[JobRequest]) -> None:
        if requests and await self._library.jobs.enqueue(requests, self._clock()):
            self._jobs_waiting.set()
            self._changed()

    async def _requests(self, asset: Asset, recipes: set[str]) -> list[JobRequest]:
        """Return the jobs that `asset` still needs; sets that lie on disk are adopted. Adds to `recipes`."""
        if asset.facts is None:
            return []
        facts = asset.facts
        wanted = {p.recipe: p for path in asset.paths for p in self._wants(path, facts)}
        recipes.update(wanted)
        have = {record.recipe for record in asset.sets}
        builtin = any(path.startswith(BUILTIN) for path in asset.paths)
        requests = []
        for recipe, profile in wanted.items():
            if recipe in have or await self._adopted(asset.id, profile):
                continue
            # the station's own ident and slate come first: they are what airs when nothing else can
            priority = 0 if builtin else LEAN_PRIORITY if profile.is_lean else 100
            requests.append(JobRequest(asset.id, profile, facts.duration_s, priority))
        return requests

    async def _adopted(self, asset: AssetId, profile: Profile) -> bool:
        """Record the house set of `asset` when it lies on disk whole, as after restoring an older database."""
        where = set_on_disk(self._house, profile.house(asset))

        def read() -> HouseRecord | None:
            if not where.exists():
                return None
            try:
                info = read_set(where.parent)
            except LpplError:
                return None  # damaged: conforming replaces it
            if info.house != profile.house(asset):
                return None
            return HouseRecord(info.house, info.quanta, info.lufs, info.gain_db, info.peak_limited, info.notes)

        record = await self._thread(read)
        if record is None:
            return False
        await self._library.adopt_house(record, self._clock())
        self._changed()
        return True


def _refusal(why: MediaRefused) -> Refusal:
    return Refusal(why.reason, why.indonesian, why.english)
