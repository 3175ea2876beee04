"""The head's figures at one glance: hours on the air, incidents, listeners, storage, the queue, the next days, jobs.

Heavy figures are made beside the event loop and kept for a minute, the look at the next days for five as long as
nothing is planned anew; however many look at the page, they are made once.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

import structlog

from lppl.audience import Hour, LiveCount
from lppl.config import ChannelSettings
from lppl.desk.figures import DayFigures, Figures
from lppl.desk.outlook import Outlook, outlook
from lppl.desk.planning import PlanningDesk
from lppl.desk.storage import Storage, StorageDesk
from lppl.incidents import Incident, Incidents
from lppl.listening import Listening
from lppl.quanta import Quanta, at_or_after, seconds, starting
from lppl.records import JobState
from lppl.report_store import EndingRight, LastRun, ReportStore

log = structlog.get_logger(__name__)

FRESH_S = 60.0
STALE_S = 900.0
OUTLOOK_S = 300.0
DAYS = 30
RIGHTS_AHEAD = timedelta(days=14)
LISTENED = timedelta(hours=48)
QUEUE_TOLD = 20
INCIDENTS_TOLD = 100


@dataclass(frozen=True, slots=True)
class Spell:
    """How long a channel was on the air within some days up to now; `percent` of the time that there was to air."""

    days: int
    aired_seconds: float
    silent_seconds: float
    percent: float | None


@dataclass(frozen=True, slots=True)
class AirDay:
    """How long a channel was on the air on a local day; `due_seconds`: how much of the day there was to air."""

    day: date
    aired_seconds: float
    due_seconds: float


@dataclass(frozen=True, slots=True)
class AirTime:
    """A channel on the air: today, 7 and 30 days, and each of those days."""

    channel: str
    name: str
    spells: tuple[Spell, ...]
    days: tuple[AirDay, ...]


@dataclass(frozen=True, slots=True)
class IncidentTold:
    """An incident of the last 30 days; `seconds` it lasted, or has lasted."""

    number: int
    channel: str
    kind: str
    detail: str
    began: datetime
    ended: datetime | None
    seconds: float
    acknowledged: datetime | None
    acknowledged_by: str


@dataclass(frozen=True, slots=True)
class IncidentSum:
    """All incidents of a kind on a channel."""

    channel: str
    kind: str
    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Listened:
    """An hour of a channel: how many listened on average, and at most at once."""

    hour: datetime
    channel: str
    average: float
    peak: int


@dataclass(frozen=True, slots=True)
class Queued:
    """What is to be conformed; `needed`: when the plan wants it."""

    title: str
    seconds: float
    needed: datetime | None


@dataclass(frozen=True, slots=True)
class Queue:
    """The conform queue: how many jobs, how much material, and what is next."""

    waiting: int
    running: int
    failed: int
    seconds: float
    next: tuple[Queued, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """How the station is now, as /healthz says."""

    status: str
    warnings: tuple[str, ...]


class HealthSeen(Protocol):
    """What the web role knows (:class:`web.health.Health`)."""

    @property
    def status(self) -> str:
        """``ok``, ``degraded`` or ``off-air``."""
        ...

    @property
    def journal(self) -> str | None:
        """Why the journal is not durable now."""
        ...

    @property
    def database(self) -> str | None:
        """Why the records cannot be read."""
        ...

    @property
    def conform(self) -> str | None:
        """Why nothing is conformed."""
        ...

    @property
    def warnings(self) -> Sequence[str]:
        """What else needs a person."""
        ...


@dataclass(frozen=True, slots=True)
class Board:
    """Everything; `made` says when. `storage` is None when the disk cannot be asked."""

    made: datetime
    air: tuple[AirTime, ...]
    incidents: tuple[IncidentTold, ...]
    incident_sums: tuple[IncidentSum, ...]
    listened: tuple[Listened, ...]
    storage: Storage | None
    queue: Queue
    outlooks: tuple[Outlook, ...]
    rights: tuple[EndingRight, ...]
    jobs: tuple[LastRun, ...]


@dataclass(frozen=True, slots=True)
class Present:
    """What is never kept: who listens at this moment, and how the station is."""

    live: tuple[LiveCount, ...]
    health: Health | None


def health_told(asked: Callable[[], HealthSeen]) -> Health:
    """Return what the web role says of the station, as staff read it."""
    seen = asked()
    trouble = [said for said in (seen.journal, seen.database, seen.conform) if said]
    return Health(seen.status, (*trouble, *seen.warnings))


class DashboardDesk:
    """Makes the board. `live` and `health` tell of this process."""

    def __init__(
        self,
        planning: PlanningDesk,
        figures: Figures,
        live: Callable[[], Sequence[LiveCount]] = tuple,
        health: Callable[[], Health | None] = lambda: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._planning, self._figures, self._live, self._health = planning, figures, live, health
        self._monotonic = monotonic
        engine = planning.library.engine
        self._store = ReportStore(engine)
        self._incidents, self._listening = Incidents(engine), Listening(engine)
        self._storage = StorageDesk(planning.settings, self._store, monotonic)
        self._making: asyncio.Task[None] | None = None
        self._board: tuple[float, Board] | None = None
        self._outlooks: dict[str, tuple[float, int, Outlook]] = {}

    def present(self) -> Present:
        """Return what is so at this moment."""
        return Present(tuple(self._live()), self._health())

    async def board(self, now: datetime) -> Board:
        """Return the figures, at most a minute old; while new ones are made, those before. Raises as their stores do.

        Only who comes first, or after a quarter of an hour in which nobody came, waits for them.
        """
        age = float("inf") if self._board is None else self._monotonic() - self._board[0]
        if age >= FRESH_S and self._making is None:
            self._making = asyncio.create_task(self._renew(now))
            self._making.add_done_callback(self._renewed)
        if age >= STALE_S:
            assert self._making is not None
            await asyncio.shield(self._making)
        assert self._board is not None
        return self._board[1]

    async def _renew(self, now: datetime) -> None:
        self._board = self._monotonic(), await self._made(now)

    def _renewed(self, task: asyncio.Task[None]) -> None:
        self._making = None
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("dashboard_not_renewed", reason=type(error).__name__)

    async def _made(self, now: datetime) -> Board:
        planning, store = self._planning, self._store
        today, month = now.astimezone(planning.zone).date(), now - timedelta(days=DAYS)
        happened = await self._incidents.during(month, now, limit=10_000)
        hours = await self._listening.hours(now - LISTENED, now)
        rights = await store.ending_rights(today, today + RIGHTS_AHEAD)
        return Board(
            now,
            tuple([await self._air_time(c, today, now) for c in planning.settings.channels]),
            tuple(_told(i, now) for i in happened[:INCIDENTS_TOLD]),
            incident_sums(happened, month, now),
            listened(hours),
            await self._storage_now(now),
            await self._queue(),
            tuple([await self._outlook(c.id, now) for c in planning.settings.channels]),
            rights,
            await store.last_runs(),
        )

    async def _storage_now(self, now: datetime) -> Storage | None:
        try:
            return await self._storage.storage(now)
        except OSError:
            return None

    async def _air_time(self, channel: ChannelSettings, today: date, now: datetime) -> AirTime:
        days = await self._figures.days(channel.id, today - timedelta(days=DAYS - 1), today, now)
        first = await self._store.first_aired(channel.id)
        return air_time(channel.id, channel.name, days, None if first is None else Quanta(first), at_or_after(now))

    async def _queue(self) -> Queue:
        jobs = self._planning.library.jobs
        counts, waiting = await jobs.counts(), await jobs.waiting()
        told = tuple(
            Queued(w.title, w.duration_s, None if w.needed is None else starting(w.needed))
            for w in waiting[:QUEUE_TOLD]
        )
        return Queue(
            counts[JobState.QUEUED], counts[JobState.RUNNING], counts[JobState.FAILED],
            sum(w.duration_s for w in waiting), told,
        )  # fmt: skip

    async def _outlook(self, channel: str, now: datetime) -> Outlook:
        changes = await self._planning.store.change_counter()
        known = self._outlooks.get(channel)
        if known is None or known[1] != changes or self._monotonic() - known[0] >= OUTLOOK_S:
            known = self._monotonic(), changes, await outlook(self._planning, channel, now)
            self._outlooks[channel] = known
        return known[2]


# ---- sums, pure -------------------------------------------------------------------------------------


def air_time(channel: str, name: str, days: Sequence[DayFigures], first: Quanta | None, now: Quanta) -> AirTime:
    """Return how long a channel was on the air on `days`, which end with today.

    `first`: the oldest air time on record. What lies before it counts as nothing to air, what is off the air or
    without a record after it counts against the channel.
    """
    if first is None:
        first = Quanta(now - sum(d.totals.aired + d.totals.off for d in days))
    told = [_air_day(d, first, now) for d in days]
    return AirTime(
        channel, name, tuple(_spell(n, told[-n:]) for n in (1, 7, DAYS)),
        tuple(AirDay(d, round(seconds(aired), 1), round(seconds(due), 1)) for d, aired, due in told),
    )  # fmt: skip


def _air_day(d: DayFigures, first: Quanta, now: Quanta) -> tuple[date, int, int]:
    due = max(0, min(d.end, now) - max(d.start, first))
    return d.day, min(d.totals.aired, due), due


def _spell(number: int, days: Sequence[tuple[date, int, int]]) -> Spell:
    aired, due = sum(d[1] for d in days), sum(d[2] for d in days)
    percent = round(100 * aired / due, 2) if due else None
    return Spell(number, round(seconds(aired), 1), round(seconds(due - aired), 1), percent)


def incident_sums(happened: Iterable[Incident], start: datetime, now: datetime) -> tuple[IncidentSum, ...]:
    """Return how many there were of each kind since `start`, and for how long in all."""
    counts: Counter[tuple[str, str]] = Counter()
    lasted: Counter[tuple[str, str]] = Counter()
    for each in happened:
        counts[each.channel, each.kind] += 1
        lasted[each.channel, each.kind] += round(each.within(start, now, now).total_seconds() * 1000)
    return tuple(IncidentSum(*key, counts[key], lasted[key] / 1000) for key in sorted(counts))


def listened(hours: Iterable[Hour]) -> tuple[Listened, ...]:
    """Return each hour of each channel, all qualities together.

    The greatest number at once is that of one quality at least, and of all at most their sum: the sum is told.
    """
    total: Counter[tuple[datetime, str]] = Counter()
    peak: Counter[tuple[datetime, str]] = Counter()
    for h in hours:
        total[h.hour, h.channel] += h.seconds
        peak[h.hour, h.channel] += h.peak
    return tuple(Listened(*key, round(total[key] / 3600, 2), peak[key]) for key in sorted(total))


def _told(i: Incident, now: datetime) -> IncidentTold:
    lasted = ((i.ended or now) - i.began).total_seconds()
    return IncidentTold(
        i.id, i.channel, i.kind, i.detail, i.began, i.ended, max(0.0, lasted), i.acknowledged, i.acknowledged_by
    )
