"""The queue of conform jobs, in the station's records: any number of workers, none twice, none for ever.

A job belongs to one asset and one recipe. Failing puts it back with growing pauses until `MAX_ATTEMPTS`;
being killed under way (power, kill -9) does not count as failing, but a job that is killed again and again
without getting further is poison too, and ends failed.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from lppl.database import READS
from lppl.media import AssetId
from lppl.quanta import Quanta
from lppl.records import (
    HouseRecord,
    Job,
    JobRequest,
    JobState,
    Refusal,
    WaitingJob,
    profile_from_json,
    profile_to_json,
)
from lppl.stores import CHUNK, chunked, counted, upsert
from lppl.tables import assets, conform_jobs, derived_assets, house_sets

MAX_ATTEMPTS = 4
MAX_INTERRUPTIONS = 6
ORDINARY_PRIORITY = 100
PLANNED_PRIORITY = 90
"""What a plan waits for goes before what nobody has planned yet, and among itself by air time."""
MEASURED = 40
"""Jobs from which the speed is taken."""
FIRST_PAUSE = timedelta(seconds=30)
POISON = Refusal(
    "poison",
    "Penyiapan berkas ini berkali-kali terhenti di tengah jalan. Periksa atau ekspor ulang berkasnya, "
    "lalu minta disiapkan lagi.",
    "Conforming this file was cut off again and again. Check or export the file again, then ask once more.",
)


def pause_after(attempts: int) -> timedelta:
    """Return how long a job rests after its `attempts`-th failure: 30 s, 2 min, 8 min."""
    return FIRST_PAUSE * int(4 ** (attempts - 1))


def job_of(row: Row[Any]) -> Job:
    """Return the job that a row of the table holds."""
    failed = bool(row.error_id)
    return Job(
        id=row.id,
        asset=AssetId(row.asset_id),
        profile=profile_from_json(row.profile),
        state=JobState(row.state),
        priority=row.priority,
        duration_s=row.duration_s,
        attempts=row.attempts,
        interruptions=row.interruptions,
        progress=row.progress,
        error=Refusal("failed", row.error_id, row.error_en) if failed else None,
        not_before=row.not_before,
    )


class ConformJobs:
    """The queue; one object per process, any number of processes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**READS)

    async def enqueue(self, requests: Sequence[JobRequest], now: datetime) -> int:
        """Add the jobs that are not there yet, and return how many were new; never repeats a job."""
        added = 0
        for some in chunked(requests, CHUNK):
            async with self._engine.begin() as connection:
                new = await queue_jobs(connection, some, now)
                if new:
                    await counted(connection, "library")
            added += new
        return added

    async def claim(self, worker: str, now: datetime) -> Job | None:
        """Give `worker` the next job and mark it running; None when nothing is due."""
        due = (
            select(conform_jobs.c.id)
            .where(conform_jobs.c.state == JobState.QUEUED, conform_jobs.c.not_before <= now)
            .order_by(*_order())
            .limit(1)
            .with_for_update(skip_locked=True)  # PostgreSQL: a row that another worker is taking is passed over
        )
        async with self._engine.begin() as connection:
            result = await connection.execute(
                update(conform_jobs)
                .where(conform_jobs.c.id == due.scalar_subquery())
                .values(state=JobState.RUNNING, worker=worker, heartbeat=now, progress=0.0)
                .returning(*conform_jobs.c)
            )
            row = result.one_or_none()
            return None if row is None else job_of(row)

    async def heartbeat(self, job: Job, worker: str, progress: float, now: datetime) -> bool:
        """Note progress (0..1); False when the job is no longer this worker's: stop working on it."""
        async with self._engine.begin() as connection:
            result = await connection.execute(
                update(conform_jobs)
                .where(*_held(job, worker))
                .values(
                    heartbeat=now,
                    progress=progress,
                    # Whoever gets further than any time before is slow, not poisoned.
                    interruptions=case(
                        (conform_jobs.c.reached < progress - 0.05, 0), else_=conform_jobs.c.interruptions
                    ),
                    reached=case((conform_jobs.c.reached < progress - 0.05, progress), else_=conform_jobs.c.reached),
                )
            )
            return result.rowcount == 1

    async def finish(self, job: Job, house: HouseRecord, now: datetime, counted_as: str = "library") -> None:
        """Mark `job` done and `house` ready, in one step; `counted_as` names the counter that tells of it."""
        async with self._engine.begin() as connection:
            await save_house(connection, house, now)
            await connection.execute(
                update(conform_jobs)
                .where(conform_jobs.c.id == job.id)
                .values(state=JobState.DONE, progress=1.0, error_id="", error_en="", finished=now)
            )
            await counted(connection, counted_as)

    async def fail(self, job: Job, worker: str, why: Refusal, now: datetime, *, final: bool = False) -> JobState:
        """Put `job` back with a pause, or end it when `final` or tried often enough; return its new state."""
        attempts = job.attempts + 1
        over = final or attempts >= MAX_ATTEMPTS
        state = JobState.FAILED if over else JobState.QUEUED
        async with self._engine.begin() as connection:
            await connection.execute(
                update(conform_jobs)
                .where(*_held(job, worker))
                .values(
                    state=state,
                    attempts=attempts,
                    progress=0.0,
                    error_id=why.indonesian,
                    error_en=why.english,
                    not_before=now + pause_after(attempts),
                    finished=now if over else None,
                )
            )
            await counted(connection, "library")
        return state

    async def release(self, job: Job, worker: str, not_before: datetime) -> None:
        """Put `job` back without counting anything: the worker stops, or the source is away for a while."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(conform_jobs)
                .where(*_held(job, worker))
                .values(state=JobState.QUEUED, worker="", not_before=not_before)
            )

    async def withdraw(self, job: Job, worker: str) -> None:
        """Remove `job`: what it was for is no longer in the library."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(conform_jobs).where(*_held(job, worker)))
            await counted(connection, "library")

    async def recover(self, worker: str, now: datetime, silent_for: timedelta = timedelta(minutes=5)) -> int:
        """Put back what `worker`, starting anew, or a silent worker left running; return how many."""
        left = and_(
            conform_jobs.c.state == JobState.RUNNING,
            or_(conform_jobs.c.worker == worker, conform_jobs.c.heartbeat < now - silent_for),
        )
        poisoned = conform_jobs.c.interruptions + 1 >= MAX_INTERRUPTIONS
        async with self._engine.begin() as connection:
            result = await connection.execute(
                update(conform_jobs)
                .where(left)
                .values(
                    state=case((poisoned, JobState.FAILED), else_=JobState.QUEUED),
                    error_id=case((poisoned, POISON.indonesian), else_=conform_jobs.c.error_id),
                    error_en=case((poisoned, POISON.english), else_=conform_jobs.c.error_en),
                    interruptions=conform_jobs.c.interruptions + 1,
                    not_before=now,
                    worker="",
                )
            )
            if result.rowcount:
                await counted(connection, "library")
            return result.rowcount

    async def again(self, asset: AssetId, now: datetime, recipe: str | None = None) -> int:
        """Queue the jobs of `asset` afresh, failed or done, at a person's wish; return how many."""
        async with self._engine.begin() as connection:
            return await requeue(connection, asset, recipe, now)

    async def drop_unwanted(self, recipes: Sequence[str]) -> int:
        """Remove the waiting jobs whose recipe no channel uses any more; return how many."""
        async with self._engine.begin() as connection:
            result = await connection.execute(
                delete(conform_jobs).where(
                    conform_jobs.c.state.in_([JobState.QUEUED, JobState.FAILED]),
                    conform_jobs.c.recipe.not_in(list(recipes)),
                )
            )
            return result.rowcount

    async def drop_derived(self, recipe: str, kept: Collection[AssetId]) -> int:
        """Remove the waiting jobs of rendered material that no plan wishes any more: all but `kept`; tell how many.

        What was never rendered is forgotten with its last job: plans change by the minute.
        """
        waiting = (conform_jobs.c.recipe == recipe, conform_jobs.c.state == JobState.QUEUED)
        query = select(conform_jobs.c.asset_id).join(derived_assets, derived_assets.c.id == conform_jobs.c.asset_id)
        async with self._engine.begin() as connection:
            found = [asset for asset in await connection.scalars(query.where(*waiting)) if asset not in kept]
            for some in chunked(found):
                await connection.execute(delete(conform_jobs).where(*waiting, conform_jobs.c.asset_id.in_(some)))
                await _forget_derived(connection, some)
        return len(found)

    async def waiting(self, recipe: str | None = None) -> tuple[WaitingJob, ...]:
        """Return what is queued or under way (of one recipe), in the order in which it is done."""
        query = (
            select(conform_jobs.c.asset_id, assets.c.title, conform_jobs.c.duration_s, conform_jobs.c.needed)
            .join(assets, assets.c.id == conform_jobs.c.asset_id)
            .where(conform_jobs.c.state.in_([JobState.QUEUED, JobState.RUNNING]))
            .order_by(*_order())
        )
        if recipe is not None:
            query = query.where(conform_jobs.c.recipe == recipe)
        async with self._reading.connect() as connection:
            return tuple(
                WaitingJob(AssetId(asset), title, duration_s, None if needed is None else Quanta(needed))
                for asset, title, duration_s, needed in await connection.execute(query)
            )

    async def speed(self, recipe: str) -> float | None:
        """Return how many seconds of material one worker lately made in a second; None before anything was measured.

        From the last jobs that followed each other without a pause longer than the job could have taken.
        """
        query = (
            select(conform_jobs.c.duration_s, conform_jobs.c.finished)
            .where(
                conform_jobs.c.recipe == recipe, conform_jobs.c.state == JobState.DONE, conform_jobs.c.duration_s > 0
            )
            .order_by(conform_jobs.c.finished.desc())
            .limit(MEASURED)
        )
        async with self._reading.connect() as connection:
            rows = [(r.duration_s, r.finished) for r in await connection.execute(query) if r.finished is not None]
        speeds = sorted(
            duration / took
            for (duration, finished), (_, before) in pairwise(rows)
            if (took := (finished - before).total_seconds()) > 0
        )
        # idle pauses only make jobs look slower: the faster half is what the machine does
        return speeds[len(speeds) * 3 // 4] if speeds else None

    async def counts(self) -> Mapping[JobState, int]:
        """Return how many jobs are in each state."""
        async with self._reading.connect() as connection:
            rows = await connection.execute(select(conform_jobs.c.state, func.count()).group_by(conform_jobs.c.state))
            found = {JobState(state): count for state, count in rows}
        return {state: found.get(state, 0) for state in JobState}


def _order() -> tuple[Any, ...]:
    """Return the order of the queue: priority, then air time, then what nobody waits for, the shorter first."""
    unneeded = case((conform_jobs.c.needed.is_(None), 1), else_=0)
    c = conform_jobs.c
    return c.priority, unneeded, c.needed, c.duration_s, c.id


def _held(job: Job, worker: str) -> tuple[Any, ...]:
    return (
        conform_jobs.c.id == job.id,
        conform_jobs.c.state == JobState.RUNNING,
        conform_jobs.c.worker == worker,
    )


async def queue_jobs(connection: AsyncConnection, requests: Sequence[JobRequest], now: datetime) -> int:
    """Add the jobs that are not there yet, in the caller's transaction; return how many were new."""
    rows = [_new_row(request, now) for request in requests]
    statement = upsert(connection, conform_jobs).values(rows).on_conflict_do_nothing()
    return len((await connection.execute(statement.returning(conform_jobs.c.id))).all())


async def _forget_derived(connection: AsyncConnection, among: Sequence[AssetId]) -> None:
    """Remove what of `among` has neither a house set nor a job, in the caller's transaction."""
    name = derived_assets.c.id
    used = or_(
        exists().where(house_sets.c.asset_id == name),
        exists().where(conform_jobs.c.asset_id == name),
    )
    gone = list(await connection.scalars(select(name).where(name.in_(among), ~used)))
    await connection.execute(delete(derived_assets).where(name.in_(gone)))
    await connection.execute(delete(assets).where(assets.c.id.in_(gone)))


async def set_needed(connection: AsyncConnection, needed: Mapping[AssetId, Quanta], recipe: str) -> None:
    """Note when waiting jobs of `recipe` are needed, in the caller's transaction; the other files are not any more."""
    c = conform_jobs.c
    files = c.asset_id.not_in(select(derived_assets.c.id))
    await connection.execute(
        update(conform_jobs)
        .where(c.recipe == recipe, c.state == JobState.QUEUED, c.needed.is_not(None), files)
        .values(needed=None, priority=case((c.priority == PLANNED_PRIORITY, ORDINARY_PRIORITY), else_=c.priority))
    )
    statement = (
        update(conform_jobs)
        .where(c.asset_id == bindparam("asset"), c.recipe == recipe, c.state == JobState.QUEUED)
        .values(
            needed=bindparam("at"),
            priority=case((c.priority > PLANNED_PRIORITY, PLANNED_PRIORITY), else_=c.priority),
        )
    )
    if needed:
        await connection.execute(statement, [{"asset": asset, "at": q} for asset, q in needed.items()])


def _new_row(request: JobRequest, now: datetime) -> dict[str, Any]:
    return {
        "asset_id": request.asset,
        "recipe": request.profile.recipe,
        "profile": profile_to_json(request.profile),
        "state": JobState.QUEUED,
        "priority": request.priority,
        "needed": request.needed,
        "duration_s": request.duration_s,
        "attempts": 0,
        "interruptions": 0,
        "progress": 0.0,
        "reached": 0.0,
        "worker": "",
        "error_id": "",
        "error_en": "",
        "created": now,
        "not_before": now,
    }


async def save_house(connection: AsyncConnection, house: HouseRecord, now: datetime) -> None:
    """Record `house` as ready in the caller's transaction."""
    values = {
        "house_id": house.house,
        "asset_id": house.asset,
        "recipe": house.recipe,
        "quanta": house.quanta,
        "lufs": house.lufs,
        "peak_db": house.peak_db,
        "gain_db": house.gain_db,
        "peak_limited": house.peak_limited,
        "notes": list(house.notes),
        "state": "ready",
        "made": now,
    }
    statement = upsert(connection, house_sets).values(values)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["house_id"], set_={k: v for k, v in values.items() if k != "house_id"}
        )
    )


async def requeue(connection: AsyncConnection, asset: AssetId, recipe: str | None, now: datetime) -> int:
    """Queue jobs that ended (done or failed) afresh, in the caller's transaction; return how many."""
    which = [
        conform_jobs.c.asset_id == asset,
        conform_jobs.c.state.in_([JobState.DONE, JobState.FAILED]),
    ]
    if recipe is not None:
        which.append(conform_jobs.c.recipe == recipe)
    result = await connection.execute(
        update(conform_jobs)
        .where(*which)
        .values(
            state=JobState.QUEUED,
            attempts=0,
            interruptions=0,
            progress=0.0,
            reached=0.0,
            error_id="",
            error_en="",
            not_before=now,
            finished=None,
        )
    )
    if result.rowcount:
        await counted(connection, "library")
    return result.rowcount
