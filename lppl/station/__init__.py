"""Builds the running station: the composition root, where engines, stores and pages meet.

Three roles, all in one process unless told otherwise: *air* (playout and journal), *web* (streams and pages), *worker*
(library and conform). They meet through the journal's files, the database and a small state file, so that each can
run alone and none can take the air down.
"""

import asyncio
import contextlib
import resource
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import structlog

from lppl import durable, journal
from lppl.clock import AirClock
from lppl.config import Settings
from lppl.errors import AlreadyRunning, LpplError
from lppl.events import Bus, ItemStarted, LibraryChanged, MemoryBus, ScheduleChanged, open_bus
from lppl.journal import Entry, Record
from lppl.log import configure_log
from lppl.quanta import Quanta
from lppl.station.air import HISTORY, Air
from lppl.station.alarms import Alarms, free_gb
from lppl.station.builtin import BuiltinMaker, Builtins
from lppl.station.incident_writer import IncidentWriter
from lppl.station.outputs import Outputs
from lppl.station.restart import Restarts, begin_again
from lppl.station.serving import Serving, listening, window_start
from lppl.station.state import AirStatus
from lppl.station.supervision import supervised
from streaming.house import HouseStore
from streaming.level_store import LevelStore

if TYPE_CHECKING:
    from lppl.desk.office import Office
    from lppl.sealing import Seal
    from lppl.station.intake import StationIntake
    from lppl.station.records import Records
    from lppl.station.work import AsRunIndex

log = structlog.get_logger(__name__)

ROLES = frozenset({"air", "web", "worker"})
STATE_S = 4.0
"""What changes without an event (the clock, the journal's health) is told this often."""
BURST_S = 0.1
OPEN_FILES = 65_536
"""An open TV set takes twelve descriptors, and a shell's usual limit of 1,024 would be reached within a day."""


def serve(settings: Settings, roles: frozenset[str]) -> int:
    """Run the station's `roles` until SIGTERM or SIGINT; return the exit code."""
    configure_log(settings)
    _allow_open_files()
    failures: list[str] = []
    station = Station(settings, roles)
    try:
        asyncio.run(station.run())
    except* (OSError, LpplError) as group:
        failures += [str(error) for error in _leaves(group)]
    for failure in failures:
        print(f"lppl: {failure}", file=sys.stderr)
    if station.restarts.wanted and not failures:
        begin_again()
    return 1 if failures else 0


def _leaves(error: BaseException) -> Iterator[BaseException]:
    """Yield what went wrong in a group of groups: each task group on the way out wraps once more."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _allow_open_files() -> None:
    """Raise the limit on open files as far as this process may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _since_boot() -> float:
    """Return seconds that go on while the computer sleeps, which time.monotonic() does not count on Linux."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _redis_trouble(sentence: str) -> None:
    log.warning("redis", detail=sentence)


class Station:
    """One process of the station."""

    def __init__(self, settings: Settings, roles: frozenset[str]) -> None:
        self.settings, self.roles = settings, roles
        self._stop = asyncio.Event()
        self.restarts = Restarts(settings.data_dir, self._stop)
        self._web = contextlib.AsyncExitStack()
        self.store = HouseStore(settings.data_dir / "house", keep=max(64, 4 * len(settings.channels)))
        self.bus: Bus = MemoryBus()
        self.air: Air | None = None
        self.serving: Serving | None = None
        self.alarms: Alarms | None = None
        self._incidents: IncidentWriter | None = None

    async def run(self) -> None:
        """Run until told to stop. Raises OSError when the port or the data folder cannot be used."""
        loop = asyncio.get_running_loop()
        for sig in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sig, self.restarts.end)
        data = self.settings.data_dir
        for folder in ("journal", "state"):
            await asyncio.to_thread(partial((data / folder).mkdir, parents=True, exist_ok=True))
        tasks: list[asyncio.Task[None]] = []
        async with contextlib.AsyncExitStack() as stack:
            for role in sorted(self.roles & {"air", "worker"}):
                try:
                    stack.enter_context(durable.sole_owner(data / "state" / f"{role}.lock"))
                except BlockingIOError:
                    raise AlreadyRunning(role, str(data)) from None
            self.bus = await stack.enter_async_context(open_bus(self.settings.redis_url, _redis_trouble))
            last = await asyncio.to_thread(journal.last_entries, data / "journal")
            ends = [e.end for e in last.values()]
            clock = AirClock(max(ends) if ends else None, mono=_since_boot)
            group = await stack.enter_async_context(asyncio.TaskGroup())
            if self.roles & {"air", "web"}:
                await self._go_on_air(group, tasks, stack, clock, last)
            beside = [
                group.create_task(supervised("library", self._keep_library)),
                group.create_task(supervised("restart", partial(self.restarts.watch, clock.rest))),
            ]
            await self._stop.wait()
            log.info("stopping")
            for task in beside:
                task.cancel()  # its encoders end while the web says goodbye
            await self._web.aclose()  # takes its time while somebody listens: the air goes on meanwhile
            for task in tasks:
                task.cancel()

    # --- air and web ---

    async def _go_on_air(
        self,
        group: asyncio.TaskGroup,
        tasks: list[asyncio.Task[None]],
        stack: contextlib.AsyncExitStack,
        clock: AirClock,
        last: Mapping[str, Entry],
    ) -> None:
        settings = self.settings
        makers = {c.id: BuiltinMaker(settings, c) for c in settings.channels}
        slates = await asyncio.gather(*(m.slate() for m in makers.values()))
        builtins = {
            name: Builtins(m.ident_if_made(), slate) for (name, m), slate in zip(makers.items(), slates, strict=True)
        }
        since = window_start(settings, clock.now())
        past = await asyncio.to_thread(journal.read, settings.data_dir / "journal", since)
        cards = bool(settings.outputs) and "air" in self.roles
        if "web" in self.roles or cards:
            serving = self.serving = Serving(settings, self.store, clock, builtins)
            serving.load(past)
        if "air" in self.roles:
            self.air = Air(settings, self.store, clock, builtins, self._committed, self.bus)
            if self.serving is not None:
                self.serving.air_status = self.air.status
            ready = asyncio.Event()
            tasks.append(group.create_task(self.air.run(last, past, ready)))
            await ready.wait()
            tasks.append(group.create_task(supervised("state", partial(self._write_state, self.air))))
            tasks.append(group.create_task(supervised("alarms", self._watched(self.air, last).run)))
            for name, maker in makers.items():
                if builtins[name].ident is None:
                    join = partial(self._join_ident, self.air, name, maker)
                    tasks.append(group.create_task(supervised(f"ident-{name}", join)))
        if self.serving is not None and cards:
            outputs = Outputs(settings, self.serving.streams, clock)
            self.serving.outputs = outputs.status
            tasks.append(group.create_task(outputs.run()))
        if self.serving is not None and "web" in self.roles:
            serving = self.serving
            loops: dict[str, Callable[[], Awaitable[None]]] = {
                "publish": serving.publish,
                "feed": serving.feed,
                "disk": serving.look_at_disk,
                "news": partial(serving.pass_on, self.bus),
                "audience": serving.audience.count,
                "guide": partial(serving.audience.follow, self.bus),
            }
            if self.air is None:
                loops["follow"] = partial(serving.follow, since)
            tasks += [group.create_task(supervised(name, run)) for name, run in loops.items()]
            await stack.enter_async_context(self._web)
            await self._web.enter_async_context(listening(serving.application(), settings))
            self._say_where()

    def _watched(self, air: Air, last: Mapping[str, Entry]) -> Alarms:
        """Return the alarms of what airs; they are put on record once the database is there."""
        settings, clock = self.settings, air.clock
        former_end = max((e.end for e in last.values()), default=None)
        incidents = self._incidents = IncidentWriter(clock.now(), former_end)
        levels = LevelStore(settings.data_dir / "levels")
        free = partial(free_gb, settings.data_dir)
        self.alarms = Alarms(settings, air, clock, levels, self.bus, incidents, former_end, free)
        return self.alarms

    def _committed(self, records: Sequence[Record]) -> None:
        if self.serving is not None:
            try:
                self.serving.take(records)
            except Exception:  # nothing that streams or pages do may reach the air
                log.exception("records_not_taken")

    def _say_where(self) -> None:
        with contextlib.suppress(OSError):  # nobody may be there to read it
            print(
                f"{self.settings.station.name} mengudara di {self.settings.address} (Ctrl+C untuk berhenti)", flush=True
            )

    async def _join_ident(self, air: Air, channel: str, maker: BuiltinMaker) -> None:
        await air.take_ident(channel, await maker.ident())

    async def _write_state(self, air: Air) -> None:
        """Tell roles in other processes what the journal does not say: at every change, and now and then."""
        path = self.settings.data_dir / "state" / "air.json"
        written: AirStatus | None = None
        async with self.bus.subscribe(ItemStarted, ScheduleChanged) as changes:
            while True:
                status = air.status()
                if status != written:
                    try:
                        await asyncio.to_thread(durable.replace_file, path, status.to_json())
                        written = status
                    except OSError as error:
                        log.debug("state_not_written", error=str(error))
                await changes.burst(air.clock.rest(STATE_S), BURST_S)

    # --- library ---

    async def _keep_library(self) -> None:
        """Keep database, library and worker going; the air does without them when it must."""
        # imported late: the database's libraries take longer to load than the air takes to begin
        from lppl.incidents import Incidents
        from lppl.occurrences import Occurrences
        from lppl.station.intake import StationIntake
        from lppl.station.nightly import nightly
        from lppl.station.order_records import OrderRecords
        from lppl.station.planning import PlanWatch
        from lppl.station.planning_jobs import planning_jobs
        from lppl.station.push import PushSender
        from lppl.station.records import Records
        from lppl.station.timer import Timer
        from lppl.station.webhooks import Reporter, Sender
        from lppl.station.work import AsRunIndex, ShelfWatch, Work
        from lppl.webhooks import Webhooks

        records = Records(self.settings, self.air.clock.rest if self.air is not None else float)
        seal = await self._seal()
        loops: list[tuple[str, Callable[[], Awaitable[None]]]] = [("database", records.keep_open)]
        intake = StationIntake(self.settings, records, self.bus, self._wall)
        if self.serving is not None or "worker" in self.roles:
            loops.append(("intake", intake.open))
        if self.serving is not None:
            self.serving.intake = intake
            loops.append(("phone", intake.keep_line))
            self.serving.database_failure = lambda: records.failure
            self.serving.withheld = records.withheld
            self.serving.audience.library = lambda: records.library
            self.serving.office = self._office(self.serving, records, seal, intake)
            loops.append(("first_account", partial(self._say_first_link, self.serving.office, records)))
        if self.air is not None:
            watch = ShelfWatch(self.settings, records, self.bus, self.air.take_shelf)
            index = AsRunIndex(
                records, self.settings.data_dir / "journal", self.air.entries, [c.id for c in self.settings.channels]
            )
            past = partial(self._remember_past, self.air, index)
            plans = PlanWatch(self.settings, records, self.bus, self.air.take_documents)
            loops += [("shelf", watch.run), ("plans", plans.run), ("as_run_index", index.run), ("past", past)]
            loops.append(("orders", OrderRecords(self.air.control, records, self.bus).run))

        async def incidents() -> Incidents:
            return Incidents((await records.opened()).engine)

        if self.air is not None and self.alarms is not None and self._incidents is not None:
            self.alarms.database_failure = lambda: records.failure
            write = partial(self._incidents.run, incidents, records.failed, self.air.clock.now)
            loops.append(("incidents", write))

        async def occurrences() -> Occurrences:
            return Occurrences((await records.opened()).engine)

        async def hooks() -> Webhooks:
            return Webhooks((await records.opened()).engine, seal)

        if self.air is not None:
            loops.append(("webhooks", Reporter(self.bus, self.air.entries, hooks).run))
        async with asyncio.TaskGroup() as group:
            if "worker" in self.roles:
                from lppl.station.break_in_lane import BreakInLane

                work = Work(self.settings, records, lambda: self.bus.publish(LibraryChanged()))
                timer = Timer(self.settings.station.zone, occurrences)
                nightly(timer, self.settings)
                planning_jobs(timer, self.settings, self.bus, records.opened)
                loops += [("worker", work.run), ("timer", timer.run), ("lost", work.make_again)]
                loops.append(("intake_work", intake.work))
                loops.append(("break-ins", BreakInLane(self.settings, records).run))
                loops.append(("push", PushSender(self.settings, records.opened).run))
                loops.append(("webhook_sender", Sender(records, hooks, self.settings.station.name).run))
                if self.serving is not None:
                    self.serving.conform_pause = lambda: work.paused
                if self.air is not None:
                    # a queue, not a task: the air goes on asking while this is down and comes up again
                    self.air.on_lost = work.lost.put_nowait
            for name, run in loops:
                group.create_task(supervised(name, run))

    def _wall(self) -> datetime:
        """Return the time as this process knows it best, aware UTC."""
        return datetime.fromtimestamp(self.serving.clock.now_ms() / 1000, UTC) if self.serving else datetime.now(UTC)

    def _office(self, serving: Serving, records: "Records", seal: "Seal", intake: "StationIntake") -> "Office":
        """Return what pages of staff work with."""
        from lppl.desk.dashboard import health_told
        from lppl.desk.office import Office

        return Office(
            self.settings,
            lambda: records.library,
            self.bus,
            seal,
            self._wall,
            self.restarts.ask,
            serving.audience.live_counts,
            partial(health_told, serving.health),
            serving,
            lambda: intake.intake,
            intake.rates,
        )

    async def _seal(self) -> "Seal":
        """Return the station's seal; without its key nothing that was sealed opens, and the air goes on."""
        from lppl.sealing import LostSeal, Seal

        try:
            return await asyncio.to_thread(Seal.of, self.settings.data_dir)
        except (OSError, LpplError) as error:
            log.error("seal_broken", reason=str(error))
            return LostSeal()

    async def _say_first_link(self, office: "Office", records: "Records") -> None:
        """While there is no administrator, print the link that makes one."""
        await records.opened()
        secret = await office.people.first_link(office.now())
        if secret is not None:
            with contextlib.suppress(OSError):
                print(
                    f"Buat administrator / make the administrator: {self.settings.address}/kerja/tautan/{secret}",
                    flush=True,
                )

    async def _remember_past(self, air: Air, index: "AsRunIndex") -> None:
        from sqlalchemy.exc import SQLAlchemyError

        try:
            history = await index.history(Quanta(air.clock.now() - 7 * 270_000))
        except (SQLAlchemyError, OSError) as error:
            log.warning("past_not_read", reason=str(error))
            return
        for channel, past in history.items():
            known = air.history[channel]
            first = known[0].start if known else air.clock.now()
            # a full deque would drop its other end: the newest
            room = HISTORY - len(known)
            known.extendleft(list(reversed([a for a in past if a.start < first]))[:room])
