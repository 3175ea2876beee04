"""The store of occurrences: what ran at which time of day, and who may run it.

An occurrence is a job's name and the instant at which it was due. Whoever inserts its row runs it, so that restarts,
clock changes and several nodes on one database run each once. When jobs are due, and what they do, only
:mod:`lppl.station.timer` knows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.database import READS
from lppl.stores import upsert
from lppl.tables import job_runs

DONE = "done"
ENTERED = "entered"
"""The outcome of a job's first row, which is no run: what is due from then on can be missed."""
OUTCOME_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence that somebody claimed; `finished` is None while it runs, and for ever when its process died."""

    due: datetime
    started: datetime
    finished: datetime | None
    outcome: str


class Occurrences:
    """Records of occurrences; instants are aware UTC datetimes. Everything raises SQLAlchemyError and OSError."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**READS)

    async def claim(self, job: str, due: datetime, now: datetime, again_after: timedelta | None = None) -> bool:
        """Take the occurrence; True for exactly one caller, who must run it and then call :meth:`finished`.

        With `again_after` an occurrence that was started longer ago and never finished is given out once more.
        """
        row = {"job": job, "due": due, "started": now, "outcome": ""}
        async with self._engine.begin() as connection:
            statement = upsert(connection, job_runs).values(row)
            if again_after is None:
                statement = statement.on_conflict_do_nothing()
            else:
                statement = statement.on_conflict_do_update(
                    index_elements=["job", "due"],
                    set_={"started": now},
                    where=job_runs.c.finished.is_(None) & (job_runs.c.started <= now - again_after),
                )
            result = await connection.execute(statement.returning(job_runs.c.job))
            return result.one_or_none() is not None

    async def finished(self, job: str, due: datetime, now: datetime, outcome: str = DONE) -> None:
        """Record how a claimed occurrence ended; `outcome` is one line, its secrets already masked."""
        this = (job_runs.c.job == job) & (job_runs.c.due == due)
        async with self._engine.begin() as connection:
            await connection.execute(
                update(job_runs).where(this).values(finished=now, outcome=outcome[:OUTCOME_LENGTH])
            )

    async def enter(self, job: str, now: datetime) -> None:
        """Make a job known as of `now`, so that what it misses later on, even before its first run, is noticed."""
        row = {"job": job, "due": now, "started": now, "finished": now, "outcome": ENTERED}
        async with self._engine.begin() as connection:
            await connection.execute(upsert(connection, job_runs).values(row).on_conflict_do_nothing())

    async def last_due(self, job: str, now: datetime) -> datetime | None:
        """Return the newest instant up to `now` that is on record; None for a job that is not known.

        Rows of the future, left by a clock that ran ahead, hold nothing up.
        """
        query = select(func.max(job_runs.c.due)).where(job_runs.c.job == job, job_runs.c.due <= now)
        async with self._reading.connect() as connection:
            found: datetime | None = await connection.scalar(query)
            return found

    async def recent(self, job: str, limit: int = 50) -> tuple[Occurrence, ...]:
        """Return the newest occurrences of `job`, newest first."""
        query = (
            select(job_runs.c.due, job_runs.c.started, job_runs.c.finished, job_runs.c.outcome)
            .where(job_runs.c.job == job)
            .order_by(job_runs.c.due.desc())
            .limit(limit)
        )
        async with self._reading.connect() as connection:
            return tuple(Occurrence(*row) for row in await connection.execute(query))

    async def prune(self, now: datetime, days: int) -> int:
        """Forget what was due more than `days` before `now`, but never the newest row of a job; return how many."""
        other = job_runs.alias()
        newer = select(other.c.job).where(other.c.job == job_runs.c.job, other.c.due > job_runs.c.due).exists()
        old = job_runs.c.due < now - timedelta(days=days)
        async with self._engine.begin() as connection:
            result = await connection.execute(delete(job_runs).where(old, newer))
            return result.rowcount
