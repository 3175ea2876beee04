"""What planning does at a time of day: keep the day as planned, look ahead at night, tell of live slots in time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog

from lppl.config import Settings
from lppl.desk.planning import PlanningDesk
from lppl.events import Alarm, Bus
from lppl.library import Library
from lppl.quanta import starting
from lppl.rundown import Line, lines_from_json
from lppl.station.nightly import JOURNAL_KEPT
from lppl.station.state import rundown_file
from lppl.station.timer import Missed, Timer
from scheduler.findings import Severity

log = structlog.get_logger(__name__)

KEEP_AT = 23 * 3600 + 58 * 60
"""Shortly before midnight the running order of the next day is kept, to be compared with what airs."""
CHECK_AT = 2 * 3600 + 23 * 60
AGAIN_AFTER = timedelta(hours=1)
NOTICE = timedelta(minutes=15)
"""So long before a live slot staff are told."""
LIVE_SOON = "live-soon"
PLAN_SEVERE = "plan-severe"


def planning_jobs(timer: Timer, settings: Settings, bus: Bus, opened: Callable[[], Awaitable[Library]]) -> None:
    """Put the work of planning on `timer`. All of it may safely run twice, but a notice is not repeated."""

    async def desk() -> PlanningDesk:
        return PlanningDesk(settings, await opened())

    async def keep(due: datetime) -> None:
        await keep_days(await desk(), due)

    async def check(_due: datetime) -> None:
        await check_ahead(await desk(), bus, datetime.now(UTC))

    timer.daily("keep-day", KEEP_AT, keep, Missed.ONCE, AGAIN_AFTER)
    timer.daily("check-plan", CHECK_AT, check, Missed.ONCE, AGAIN_AFTER)
    for channel in settings.channels:
        notices = LiveNotices(settings, channel.id, bus)
        timer.at(f"live-{channel.id}", notices.next_after, notices.tell, Missed.SKIP)


async def keep_days(desk: PlanningDesk, due: datetime) -> None:
    """Keep the running order of the day after `due`, and of that day itself when it was missed; let go of old ones."""
    first = due.astimezone(desk.zone).date()
    for channel in desk.settings.channels:
        for day in (first, first + timedelta(days=1)):
            if await desk.keep_day(channel.id, day, due):
                log.info("day_kept", channel=channel.id, day=str(day))
    await desk.store.forget_days((first - JOURNAL_KEPT).isoformat())


async def check_ahead(desk: PlanningDesk, bus: Bus, now: datetime) -> None:
    """Judge the coming days of every channel; severe findings are an alarm until a night without."""
    for channel in desk.settings.channels:
        examined = await desk.check(channel.id, None, now)
        severe = [f for f in examined.findings if f.severity is Severity.SEVERE]
        for finding in severe:
            log.warning("plan_finding", channel=channel.id, rule=finding.rule, finding=finding.indonesian)
        late = await desk.late(channel.id, examined, now)
        for job in late:
            log.warning("not_ready_in_time", channel=channel.id, title=job.title, needed=job.needed.isoformat())
        detail = "; ".join(f.indonesian for f in severe[:3])
        bus.publish(Alarm(channel.id, PLAN_SEVERE, bool(severe), detail))
        log.info("plan_checked", channel=channel.id, findings=len(examined.findings), severe=len(severe))


class LiveNotices:
    """Says shortly before a live slot of a channel that its source will be wanted; reads the written running order."""

    def __init__(self, settings: Settings, channel: str, bus: Bus) -> None:
        self._path, self._channel, self._bus = rundown_file(settings, channel), channel, bus
        self._seen: tuple[int, tuple[tuple[datetime, str], ...]] = (0, ())

    def next_after(self, after: datetime) -> datetime | None:
        """Return when the next notice is due."""
        return next((at for at, _ in self._slots() if at > after), None)

    async def tell(self, due: datetime) -> None:
        """Tell of the slot whose notice is `due`."""
        slots = await asyncio.to_thread(self._slots)
        for at, programme in slots:
            if at == due:
                detail = f"{programme} mulai {NOTICE.seconds // 60} menit lagi; siapkan sumber siaran langsung"
                self._bus.publish(Alarm(self._channel, LIVE_SOON, True, detail))
                log.info("live_soon", channel=self._channel, programme=programme)

    def _slots(self) -> tuple[tuple[datetime, str], ...]:
        """Return (when to tell, programme) of the live slots ahead; the file is read when it is new."""
        try:
            stamp = self._path.stat().st_mtime_ns
            if stamp != self._seen[0]:
                self._seen = (stamp, live_slots(lines_from_json(self._path.read_bytes())))
        except (OSError, ValueError, KeyError, TypeError):
            return ()
        return self._seen[1]


def live_slots(lines: tuple[Line, ...]) -> tuple[tuple[datetime, str], ...]:
    """Return when to tell of each live slot among planned lines, and its programme; an occurrence once."""
    found: dict[str, tuple[datetime, str]] = {}
    for line in lines:
        if line.live and line.slot not in found:
            found[line.slot] = (starting(line.start) - NOTICE, line.programme)
    return tuple(sorted(found.values()))
