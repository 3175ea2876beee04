"""What happens at a time of day: APScheduler is the timer, the occurrences are computed here.

Its cron triggers fire twice or shift when clocks change, so what it is given is one date in UTC at a time. It keeps
nothing: what ran is in the database (:mod:`lppl.occurrences`), read again at each start. An occurrence runs only
after its row was inserted, so it waits while the database is away. What then comes late is subject to the job's
:class:`Missed`.

A process may die between inserting the row and finishing the work. Such an occurrence stays on record as started and
not finished, and is not run again, unless its job says that this is safe (`again_after`): half a notice may have been
sent.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from sqlalchemy.exc import SQLAlchemyError

from lppl.masking import cleaned
from lppl.occurrences import DONE, Occurrences
from scheduler.agenda import instant

log = structlog.get_logger(__name__)


def _is_no_stop(record: logging.LogRecord) -> bool:
    """Tell whether a record of APScheduler's is anything but a job that ended because the service stops."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


logging.getLogger("apscheduler.executors.default").addFilter(_is_no_stop)

LOOK = timedelta(minutes=1)
"""Each job is looked at this often, because clocks are set, computers sleep and plans change; all at the same time."""
ON_TIME = timedelta(minutes=2)
"""What runs no later than this is no missed run."""
RETRY = timedelta(seconds=5)
KEPT_DAYS = 400
"""Rows are kept for so long, and nothing is made up that was due before."""

Run = Callable[[datetime], Awaitable[None]]
"""Does the work of one occurrence; takes the UTC instant at which it was due."""
NextAfter = Callable[[datetime], datetime | None]
"""Returns the first UTC instant after a given one at which a job is due, None when there is none. Asked in a thread."""


class Missed(StrEnum):
    """What becomes of occurrences that could not run in time."""

    SKIP = "skip"
    ONCE = "once"
    """The newest runs for all, unless the next one is already there."""
    ALL = "all"


def next_occurrence(second: int, zone: ZoneInfo, after: datetime) -> datetime:
    """Return the first UTC instant after `after` at which local clocks show `second` seconds past midnight."""
    day = after.astimezone(zone).date() - timedelta(days=1)
    while True:
        found = instant(day, second, zone)
        if found > after:
            return found
        day += timedelta(days=1)


def due_between(next_after: NextAfter, after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the instants in (after, until]. Raises ValueError when `next_after` does not go forward."""
    while (found := next_after(after)) is not None and found <= until:
        if found <= after:
            raise ValueError(f"{found} is not after {after}")
        yield found
        after = found


def to_run(missed: Missed, due: Sequence[datetime], now: datetime) -> list[datetime]:
    """Return which occurrences of `due` (oldest first) run at `now`: those on time, and of the late what is asked."""
    on_time = [d for d in due if now - d <= ON_TIME]
    late = list(due[: len(due) - len(on_time)])
    match missed:
        case Missed.SKIP:
            return on_time
        case Missed.ONCE:
            return on_time or late[-1:]
        case Missed.ALL:
            return late + on_time


@dataclass
class _Job:
    """`looked`: up to where its occurrences are dealt with; None until the database was asked."""

    name: str
    next_after: NextAfter
    run: Run
    missed: Missed
    again_after: timedelta | None
    looked: datetime | None = None
    interrupted: list[tuple[datetime, datetime]] = field(default_factory=list)
    """Occurrences that a process died with: when they were due, and from when on they may run again."""
    unwritten: tuple[datetime, datetime, str] | None = None
    """Due, finished, outcome: of a run whose end the database does not know yet."""


class Timer:
    """Runs jobs at their instants, each occurrence once over all nodes; runs of one job never overlap in a process.

    `opened` waits for the database. A job that fails is on record with its error, and comes again at its next time.
    """

    def __init__(
        self,
        zone: ZoneInfo,
        opened: Callable[[], Awaitable[Occurrences]],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._zone, self._opened, self._now = zone, opened, now
        self._jobs: dict[str, _Job] = {}
        self._looking: set[asyncio.Task[Any]] = set()

    def daily(
        self, name: str, second: int, run: Run, missed: Missed = Missed.ONCE, again_after: timedelta | None = None
    ) -> None:
        """Run `run` every day at `second` seconds after local midnight; for the rest see :meth:`at`."""
        self.at(name, partial(next_occurrence, second, self._zone), run, missed, again_after)

    def at(
        self,
        name: str,
        next_after: NextAfter,
        run: Run,
        missed: Missed = Missed.ONCE,
        again_after: timedelta | None = None,
    ) -> None:
        """Run `run` at the instants of `next_after`, which is asked anew each minute, so that a plan may change.

        `name` (at most 64 characters) stands for the job on record, for ever. `again_after` declares that an
        occurrence may safely run twice: one whose process died runs again that long after its start, and none may
        take longer. Add jobs before :meth:`run`. Raises ValueError for a name that is taken or too long.
        """
        if name in self._jobs or len(name) > 64:
            raise ValueError(f"name of a job: {name}")
        self._jobs[name] = _Job(name, next_after, run, missed, again_after)

    async def run(self) -> None:
        """Keep the timer going until cancelled."""
        # However late, a date is looked at: the computer slept, or its clock was years behind when it was armed.
        # APScheduler would drop the date for good, and with it every run to come.
        scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True})
        scheduler.start()
        try:
            for name in self._jobs:
                self._arm(scheduler, name, self._now())
            await asyncio.Event().wait()
        finally:
            scheduler.shutdown(wait=False)  # cancels what is under way; before it has ended, the database must stay
            await asyncio.gather(*self._looking, return_exceptions=True)

    def _arm(self, scheduler: AsyncIOScheduler, name: str, when: datetime) -> None:
        """Have `name` looked at when our clock, which need not be APScheduler's, shows `when`."""
        left = when - self._now()  # asked first, so that the date is never too early
        # A job of its own each time: under one id the next date would be dropped as "already running" when it is now.
        scheduler.add_job(self._fire, DateTrigger(datetime.now(UTC) + left), [scheduler, name])

    async def _fire(self, scheduler: AsyncIOScheduler, name: str) -> None:
        if (task := asyncio.current_task()) is not None:
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)
        try:
            when = await self.look(name)
        except (SQLAlchemyError, OSError) as error:
            log.debug("job_waits_for_database", job=name, reason=_said(error))
            when = self._now() + RETRY
        except Exception:  # a fault in one job's instants must not keep the others waiting
            log.exception("job_not_looked_at", job=name)
            when = self._now() + LOOK
        self._arm(scheduler, name, when)

    async def look(self, name: str) -> datetime:
        """Run what is due of the job `name`; return when to look again.

        Raises SQLAlchemyError, OSError while the database is away: nothing is lost, look again soon.
        """
        job, now = self._jobs[name], self._now()
        store = await self._opened()
        await _write(job, store)
        # what lies behind a clock that went back was claimed already
        since = await self._recall(job, store, now) if job.looked is None else min(job.looked, now)
        since = max(since, now - timedelta(days=KEPT_DAYS))
        ripe = {due for due, from_then in job.interrupted if from_then <= now}
        due = sorted(ripe.union(await asyncio.to_thread(list, due_between(job.next_after, since, now))))
        chosen = to_run(job.missed, due, now)
        if len(chosen) < len(due):
            log.warning("occurrences_missed", job=name, missed=len(due) - len(chosen), newest=due[-1].isoformat())
        for instant_due in chosen:
            await self._once(job, store, instant_due)
        job.looked = now
        job.interrupted = [(d, from_then) for d, from_then in job.interrupted if d not in ripe]
        following = await asyncio.to_thread(job.next_after, now)
        coming = [from_then for _, from_then in job.interrupted] + ([following] if following is not None else [])
        return min([_next_look(now), *coming])

    async def _recall(self, job: _Job, store: Occurrences, now: datetime) -> datetime:
        """Return up to where the records know `job`, and note what its process died with."""
        last = await store.last_due(job.name, now)
        if last is None:
            await store.enter(job.name, now)
            return now
        if job.again_after is not None:
            job.interrupted = [
                (row.due, row.started + job.again_after)
                for row in await store.recent(job.name)
                # one that was followed by another is only owed where all are
                if row.finished is None and row.due <= now and (job.missed is Missed.ALL or row.due == last)
            ]
        return last

    async def _once(self, job: _Job, store: Occurrences, due: datetime) -> None:
        """Claim one occurrence, run it when it is ours, and record how it ended."""
        if not await store.claim(job.name, due, self._now(), job.again_after):
            return
        outcome = DONE
        try:
            async with asyncio.timeout(None if job.again_after is None else job.again_after.total_seconds()):
                await job.run(due)
            log.info("job_done", job=job.name, due=due.isoformat())
        except Exception as error:  # whatever it is, it goes on record, and the job comes again
            log.exception("job_failed", job=job.name, due=due.isoformat())
            outcome = f"failed: {_said(error)}"
        job.unwritten = (due, self._now(), outcome)
        await _write(job, store)
        await store.prune(self._now(), KEPT_DAYS)


async def _write(job: _Job, store: Occurrences) -> None:
    """Record the end of the last run, unless that is done."""
    if job.unwritten is not None:
        due, at, outcome = job.unwritten
        await store.finished(job.name, due, at, outcome)
        job.unwritten = None


def _said(error: Exception) -> str:
    """Return what `error` says in its first line, without secrets."""
    return f"{type(error).__name__}: {cleaned(str(error)).partition(chr(10))[0]}"


def _next_look(now: datetime) -> datetime:
    step = LOOK.total_seconds()
    return datetime.fromtimestamp((now.timestamp() // step + 1) * step, UTC)
