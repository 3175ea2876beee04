"""Does conform jobs, one after another, so that neither a kill, a poison file nor a full disk can hurt the air."""

import asyncio
import errno
import shutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import structlog

from lppl.derived import Specification, Variant, sources_of
from lppl.errors import LpplError, MediaRefused
from lppl.library import RENDERED, Library
from lppl.media import AssetId, Facts, HouseId, Profile, Tags
from lppl.records import Asset, AssetState, HouseRecord, Job, JobState, Refusal
from streaming.conform import Conformed
from streaming.folder import stamp_of
from streaming.house import SET_FILE, folder_of
from streaming.joins import Original

HEARTBEAT_S = 2.0
LATER = timedelta(minutes=1)
SPACE_FACTOR = 2.2
"""Parts and the finished set lie on disk together for a moment; and bitrates are averages."""

log = structlog.get_logger(__name__)


class Conform(Protocol):
    """Makes one house set; see :func:`streaming.conform.conform`."""

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
        """Make the set, reporting progress from 0 to 1. An existing whole set is kept."""
        ...


class Render(Protocol):
    """Makes the house set of derived material; see :func:`streaming.rendering.render_derived`."""

    async def __call__(
        self,
        specification: Specification,
        sources: Mapping[AssetId, tuple[Original, Tags]],
        profile: Profile,
        house: Path,
        work: Path,
        on_progress: Callable[[float], None],
    ) -> Conformed:
        """Make the set, reporting progress from 0 to 1. An existing whole set is kept."""
        ...


async def contained(step: Awaitable[object]) -> BaseException | None:
    """Run `step` as a task of its own and return what it failed with, if it did; cancelling passes through."""
    task = asyncio.ensure_future(step)
    try:
        await asyncio.wait({task})
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
    # a step that cancelled itself must not look as if its caller had been
    return asyncio.CancelledError() if task.cancelled() else task.exception()


def set_on_disk(house: Path, house_id: HouseId) -> Path:
    """Return where the description of a house set lies."""
    return folder_of(house, house_id) / SET_FILE


def space_needed(profile: Profile, duration_s: float) -> int:
    """Return how many bytes conforming needs at most, roughly."""
    rate = sum(r.bitrate for r in profile.video) + sum(r.bitrate for r in profile.audio)
    return int(rate / 8 * duration_s * SPACE_FACTOR)


class Worker:
    """One worker; `name` must be its own among all that share the database, and the same after a restart."""

    def __init__(
        self,
        library: Library,
        disk_path: Callable[[str], Path],
        house: Path,
        work: Path,
        conform: Conform,
        changed: Callable[[], None],
        clock: Callable[[], datetime],
        name: str,
        *,
        min_free: int,
        heartbeat_s: float = HEARTBEAT_S,
        render: Render | None = None,
    ) -> None:
        self._library, self._disk_path, self._conform, self._render = library, disk_path, conform, render
        self._house, self._work = house, work
        self._changed, self._clock = changed, clock
        self.name, self._min_free, self._heartbeat_s = name, min_free, heartbeat_s
        self.paused_reason: str | None = None

    async def work_once(self) -> bool:
        """Do the next due job; False when there is none or the disk is too full."""
        if not await self._room_for(0):
            return False
        job = await self._library.jobs.claim(self.name, self._clock())
        if job is None:
            return False
        try:
            return await self._do(job)
        except asyncio.CancelledError:
            # a clean stop is no failure: the next start goes on at once
            await asyncio.shield(self._library.jobs.release(job, self.name, self._clock()))
            raise

    async def _room_for(self, needed: int) -> bool:
        """Tell whether `needed` bytes fit; say so in `paused_reason` when they do not."""

        def free() -> int:
            self._house.mkdir(parents=True, exist_ok=True)
            return shutil.disk_usage(self._house).free

        left = await asyncio.to_thread(free) - needed
        if left >= self._min_free:
            self.paused_reason = None
            return True
        self._pause(left)
        return False

    def _pause(self, left: int) -> None:
        short = (self._min_free - left) / 1e9
        before, self.paused_reason = (
            self.paused_reason,
            (
                f"Disk hampir penuh: kosongkan {short:.1f} GB lagi agar materi dapat disiapkan. / "
                f"Disk almost full: free {short:.1f} GB more so that material can be conformed."
            ),
        )
        if before is None:
            log.warning("conforming pauses", reason=self.paused_reason)
            self._changed()

    async def _do(self, job: Job) -> bool:
        jobs, now = self._library.jobs, self._clock()
        if not await self._room_for(space_needed(job.profile, job.duration_s)):
            await jobs.release(job, self.name, now + LATER)
            return False
        asset = await self._library.asset(job.asset)
        if asset is not None and asset.state is AssetState.DERIVED:
            return await self._do_derived(job)
        if asset is None or asset.facts is None or not asset.paths:
            await jobs.withdraw(job, self.name)  # the file is gone; should it come back, it is asked for again
            return True
        source = await asyncio.to_thread(self._source, asset)
        if source is None:
            await jobs.release(job, self.name, now + LATER)  # a disk may be away for a while
            return True
        before = stamp_of(await asyncio.to_thread(source.stat))
        facts, tags = asset.facts, asset.tags
        made: list[Conformed] = []
        error = await contained(
            self._with_heartbeats(
                job,
                made,
                lambda report: self._conform(
                    source, facts, tags, job.asset, job.profile, self._house, self._work, report
                ),
            )
        )
        if error is not None:
            await self._failed(job, error)
            return True
        if not await asyncio.to_thread(_unchanged, source, before):
            log.warning("source changed while it was conformed", path=str(source))
            await asyncio.to_thread(shutil.rmtree, folder_of(self._house, job.profile.house(job.asset)), True)
            await jobs.release(job, self.name, self._clock() + LATER)
            return True
        await self._finished(job, made[0])
        return True

    async def _do_derived(self, job: Job) -> bool:
        """Render what is derived from other assets, once those are there."""
        jobs, render = self._library.jobs, self._render
        specification = await self._library.derived(job.asset)
        if specification is None or render is None:
            await jobs.withdraw(job, self.name)
            return True
        sources: dict[AssetId, tuple[Original, Tags]] = {}
        for name in sources_of(specification):
            asset = await self._library.asset(name)
            path = await asyncio.to_thread(self._source, asset) if asset is not None else None
            recipes = {made.recipe for made in asset.sets} if asset is not None else set()
            whole = isinstance(specification, Variant) or job.profile.recipe in recipes
            if asset is None or asset.facts is None or path is None or not whole:
                await jobs.release(job, self.name, self._clock() + LATER)  # not conformed yet, or away for a while
                return True
            sources[name] = Original(path, asset.facts), asset.tags
        made: list[Conformed] = []
        error = await contained(
            self._with_heartbeats(
                job,
                made,
                lambda report: render(specification, sources, job.profile, self._house, self._work, report),
            )
        )
        if error is not None:
            await self._failed(job, error)
        else:
            await self._finished(job, made[0], piece=not isinstance(specification, Variant))
        return True

    async def _finished(self, job: Job, c: Conformed, *, piece: bool = False) -> None:
        """Record what was made; a `piece` (crossfade, faded end) is one of many, and announced by its own counter.

        So is the leanest sound, which changes nothing on anybody's shelf.
        """
        piece = piece or job.profile.is_lean
        house = HouseRecord(job.profile.house(job.asset), c.quanta, c.lufs, c.gain_db, c.peak_limited, tuple(c.notes))
        await self._library.jobs.finish(job, house, self._clock(), RENDERED if piece else "library")
        if not piece:
            self._changed()

    def _source(self, asset: Asset) -> Path | None:
        return next((p for p in map(self._disk_path, asset.paths) if p.is_file()), None)

    async def _with_heartbeats(
        self, job: Job, made: list[Conformed], make: Callable[[Callable[[float], None]], Awaitable[Conformed]]
    ) -> None:
        """Await what `make` makes, with heartbeats beside; ends early with JobTaken or DiskLow."""
        progress = 0.0

        def report(value: float) -> None:
            nonlocal progress
            progress = max(progress, min(1.0, value))

        async def beat() -> None:
            while True:
                await asyncio.sleep(self._heartbeat_s)
                if not await self._library.jobs.heartbeat(job, self.name, progress, self._clock()):
                    raise JobTaken
                if not await self._room_for(-self._min_free // 2):  # half of the reserve is for what airs
                    raise DiskLow

        async with asyncio.TaskGroup() as group:
            beating = group.create_task(beat())
            made.append(await make(report))
            beating.cancel()

    async def _failed(self, job: Job, error: BaseException) -> None:
        """Record why a job failed; what is not the file's fault counts nothing."""
        now = self._clock()
        causes = list(_leaves(error))
        if any(isinstance(e, JobTaken) for e in causes):
            return
        full = any(isinstance(e, OSError) and e.errno in (errno.ENOSPC, errno.EDQUOT) for e in causes)
        if full or any(isinstance(e, DiskLow) for e in causes):
            self._pause(0)
            await self._library.jobs.release(job, self.name, now + LATER)
            return
        log.error("conforming failed", asset=job.asset, recipe=job.profile.recipe, exc_info=error)
        final = any(isinstance(e, MediaRefused) for e in causes)
        state = await self._library.jobs.fail(job, self.name, _sentence(causes), now, final=final)
        if state is JobState.FAILED:
            # what is left of the tries; a later wish begins anew
            await asyncio.to_thread(shutil.rmtree, self._work / job.profile.house(job.asset), True)
        self._changed()


class JobTaken(Exception):
    """Another worker took the job over because this one was silent for too long."""


class DiskLow(Exception):
    """The disk filled up while a job was under way."""


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _sentence(causes: list[BaseException]) -> Refusal:
    for cause in causes:
        if isinstance(cause, LpplError):
            return Refusal("failed", cause.indonesian, cause.english)
    cause = causes[0]
    return Refusal(
        "failed",
        f"Materi gagal disiapkan ({type(cause).__name__}: {cause}).",
        f"The material could not be conformed ({type(cause).__name__}: {cause}).",
    )


def _unchanged(source: Path, before: Any) -> bool:
    try:
        return stamp_of(source.stat()).same_content(before)
    except OSError:
        return True  # deleted or renamed meanwhile: what was read is what the asset is
