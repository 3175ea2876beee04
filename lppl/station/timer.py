"""What happens at a time of day: APScheduler is the timer, the occurrences are computed here.

Its cron triggers fire twice or shift when clocks change, so each occurrence is a single date in UTC, and the next is
computed when one has run.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from scheduler.agenda import instant

log = structlog.get_logger(__name__)


def next_occurrence(second: int, zone: ZoneInfo, after: datetime) -> datetime:
    """Return the first UTC instant after `after` at which local clocks show `second` seconds past midnight."""
    day = after.astimezone(zone).date() - timedelta(days=1)
    while True:
        found = instant(day, second, zone)
        if found > after:
            return found
        day += timedelta(days=1)


class Timer:
    """Runs jobs daily at local times; a job that fails is logged and comes again the next day."""

    def __init__(self, zone: ZoneInfo, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._zone, self._now = zone, now
        # However late, a missed run is made up: the computer slept, or its clock was years behind when it was armed.
        # APScheduler would drop the date for good, and with it every run to come.
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True})

    def daily(self, name: str, second: int, run: Callable[[], Awaitable[None]]) -> None:
        """Run `run` every day at `second` seconds after local midnight."""

        async def once() -> None:
            try:
                await run()
                log.info("nightly_done", job=name)
            except Exception:
                log.exception("nightly_failed", job=name)
            finally:
                arm()

        def arm() -> None:
            when = next_occurrence(second, self._zone, self._now())
            self._scheduler.add_job(once, DateTrigger(when), id=name, replace_existing=True)

        arm()

    async def run(self) -> None:
        """Keep the timer going until cancelled."""
        self._scheduler.start()
        try:
            await asyncio.Event().wait()
        finally:
            self._scheduler.shutdown(wait=False)
