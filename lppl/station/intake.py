"""The intake of a running station: opened once records and keys are there, kept in step with the desk's own lists.

The air knows nothing of it. Without the keys of personal data nothing is taken in, and staff are told why.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from lppl.cases.case_store import CaseStore
from lppl.cases.desk_lists import rules_of
from lppl.cases.life import replay
from lppl.cases.tables import cases
from lppl.config import Settings
from lppl.database import READS
from lppl.errors import LpplError
from lppl.events import Bus, Lagged, PlanChanged
from lppl.intake.forgetting import drop_old_bodies, forget_old, remove_orphans
from lppl.intake.opening import Intake
from lppl.intake.reception import Reception
from lppl.intake.redis_works import RedisWorks
from lppl.intake.understanding import Understanding
from lppl.intake.values import Source
from lppl.intake.works import MemoryWorks, Task, Works
from lppl.phone.calls import Calls
from lppl.rates import RATES, MemoryRates, Rates, RedisRates
from lppl.station.channel_probe import probe
from lppl.station.enclosure_work import Enclosures
from lppl.station.fetching import Outbound
from lppl.station.intake_work import Handler, IntakeWork
from lppl.station.phone_line import keep_line
from lppl.station.polling import MAIL_S, ask_mailbox, ask_telegram, poll
from lppl.station.records import Records
from lppl.station.reporter_messages import ReporterMessages

log = structlog.get_logger(__name__)

RETRY_S = 5.0
ORPHAN_AGE = timedelta(hours=6)
"""Files that nothing names after so long belong to nobody: whoever wrote them died before they were named."""
COLLECT_S = 3600.0
RECOUNTED = 500


class StationIntake:
    """One of a process with the web or the worker role. `hold`: how long work that somebody took is nobody else's."""

    def __init__(
        self, settings: Settings, records: Records, bus: Bus, now: Callable[[], datetime],
        hold: timedelta | None = None,
    ) -> None:  # fmt: skip
        self._hold = {} if hold is None else {"hold": hold}
        self._settings, self._records, self._bus, self._now = settings, records, bus, now
        url = settings.redis_url
        self.works: Works = MemoryWorks() if url is None else RedisWorks(url, on_trouble=_trouble)
        self.rates: Rates = MemoryRates(RATES) if url is None else RedisRates(url, RATES)
        self.intake = Intake(centre=(settings.station.latitude, settings.station.longitude))
        self.calls = Calls()
        self._opened = asyncio.Event()

    async def open(self) -> None:
        """Open records and keys, again and again until it works; then follow changes of the desk's lists."""
        while True:
            try:
                engine = (await self._records.opened()).engine
                settings = self._settings
                found = await Reception.opened(engine, settings.keys_dir, self.works, settings.data_dir, self._now)
                async with engine.execution_options(**READS).connect() as connection:
                    rules = await rules_of(connection, ZoneInfo(str(settings.station.zone)))
            except (SQLAlchemyError, OSError, LpplError, ValueError) as error:
                if self.intake.failure != str(error):
                    log.error("intake_closed", reason=str(error))
                self.intake.failure = str(error)
                await asyncio.sleep(RETRY_S)
                continue
            break
        self.intake.store = CaseStore(found.keyring, rules)
        self.intake.reception, self.intake.failure = found, ""
        self.intake.probe = partial(probe, found)
        self._opened.set()
        log.info("intake_open")
        await self._follow(found)

    async def opened(self) -> tuple[Reception, CaseStore]:
        """Wait until it is open."""
        await self._opened.wait()
        return self.intake.open_reception, self.intake.open_store

    async def keep_line(self) -> None:
        """Have the phone line open while it is set up (the web role, which the exchange announces calls to)."""
        reception, _ = await self.opened()
        await keep_line(reception, self.calls, self._settings.data_dir)

    async def _follow(self, reception: Reception) -> None:
        """Read the rules of clocks anew when somebody changed them, in whatever process."""
        async with self._bus.subscribe(PlanChanged) as changes:
            async for event in changes:
                if isinstance(event, Lagged) or getattr(event, "what", "") in ("desk.leave", "desk.policies"):
                    with contextlib.suppress(SQLAlchemyError, OSError, ValueError):
                        async with reception.engine.execution_options(**READS).connect() as connection:
                            zone = ZoneInfo(str(self._settings.station.zone))
                            self.intake.open_store.rules = await rules_of(connection, zone)

    async def work(self) -> None:
        """Work on what was kept (the worker's role), for ever."""
        reception, store = await self.opened()
        async with Outbound() as out:
            await self._work(reception, store, out)

    async def _work(self, reception: Reception, store: CaseStore, out: Outbound) -> None:
        now, engine, keyring, channels = self._now, reception.engine, reception.keyring, reception.channels
        files = Enclosures(engine, keyring, reception.files, channels, self._bus, now, out, **self._hold)
        await files.clear()
        messages = ReporterMessages(engine, keyring, channels, self._settings.station.name, now)
        handlers: dict[Task, Handler] = {Task.FETCH: files.work, Task.TELL: messages.send}
        understanding = Understanding(
            engine, keyring, store, reception.files, now, writing=reception.writing, **self._hold
        )
        work = IntakeWork(engine, self.works, understanding, self._bus, now, handlers, lambda: reception.inbox.pressed)
        async with asyncio.TaskGroup() as group:
            group.create_task(work.run())
            group.create_task(work.sweep())
            group.create_task(self._collect(reception))
            group.create_task(self._recount(reception, store))
            group.create_task(self._forget(reception))
            group.create_task(poll(reception, Source.TELEGRAM, partial(ask_telegram, reception), 0.5))
            group.create_task(poll(reception, Source.EMAIL, partial(ask_mailbox, reception), MAIL_S))

    async def _collect(self, reception: Reception) -> None:
        """Remove files that nothing names, now and then."""
        while True:
            before = (self._now() - ORPHAN_AGE).timestamp()
            try:
                await remove_orphans(reception, before)
            except (SQLAlchemyError, OSError) as error:
                log.warning("collector_failed", reason=type(error).__name__)
            await asyncio.sleep(COLLECT_S)

    async def _forget(self, reception: Reception) -> None:
        """Erase what has been kept for long enough, now and then."""
        while True:
            try:
                if count := await forget_old(reception, self._now()):
                    log.info("old_reporters_erased", count=count)
                if count := await drop_old_bodies(reception, self._now()):
                    log.info("old_arrivals_emptied", count=count)
            except (SQLAlchemyError, OSError) as error:
                log.warning("forgetting_failed", reason=type(error).__name__)
            await asyncio.sleep(COLLECT_S)

    async def _recount(self, reception: Reception, store: CaseStore) -> None:
        """Count the deadlines of open cases anew whenever days or policies changed."""
        async with self._bus.subscribe(PlanChanged) as changes:
            async for event in changes:
                if getattr(event, "what", "") in ("desk.leave", "desk.policies"):
                    await asyncio.sleep(1.0)  # the rules are read anew meanwhile
                    try:
                        await recount(reception, store, self._now())
                    except (SQLAlchemyError, OSError) as error:
                        log.warning("recount_failed", reason=type(error).__name__)


async def recount(reception: Reception, store: CaseStore, now: datetime) -> int:
    """Count the deadlines of all open cases by the rules that hold now; return how many changed."""
    last, changed = 0, 0
    while True:
        query = select(cases.c.id, cases.c.seq, cases.c.due, cases.c.due_clock).where(
            cases.c.open.is_(True), cases.c.id > last
        )
        async with reception.engine.execution_options(**READS).connect() as connection:
            rows = (await connection.execute(query.order_by(cases.c.id).limit(RECOUNTED))).all()
            found: list[tuple[Any, datetime | None, str]] = []
            for row in rows:
                events = await store.history(connection, row.id)
                due, clock = store.due(replay(events), events, now)
                if (due, clock) != (row.due, row.due_clock):
                    found.append((row, due, clock))
        async with reception.engine.begin() as connection:
            for row, due, clock in found:  # one that moved on meanwhile has counted by itself
                one = (cases.c.id == row.id) & (cases.c.seq == row.seq)
                await connection.execute(update(cases).where(one).values(due=due, due_clock=clock))
        changed += len(found)
        if len(rows) < RECOUNTED:
            return changed
        last = rows[-1].id


def _trouble(sentence: str) -> None:
    log.warning("redis", detail=sentence)
