"""The air role: engine, planner and journal of all channels. No power cut, dead database or lost file stops it.

It knows nothing of pages. The database is asked in the background and may be away: what can air is remembered in
a file beside the journal.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

import structlog

from lppl import journal
from lppl.clock import AirClock
from lppl.config import Settings
from lppl.events import Bus, ItemStarted, ScheduleChanged
from lppl.journal import Entry, Item, Record
from lppl.media import HouseId, Material, Shelf
from lppl.ports import Aired
from lppl.quanta import BEAT, QUANTUM_MS, Quanta, covering
from lppl.rundown import Kind, Line, Rundown
from lppl.station import state
from lppl.station.builtin import Builtins
from lppl.station.control import Control
from lppl.station.history import NOT_PROGRAMME, aired_entries, aired_item, aired_until
from lppl.station.layouts import Layouts
from lppl.station.state import AirStatus, ChannelStatus, ComingLine
from lppl.station.supervision import supervised
from lppl.station.telling import Telling
from playout.channel import SHORT_OUTAGE, ChannelPlayout, Ladder
from playout.engine import Engine
from scheduler.documents import Documents
from scheduler.findings import Finding, Rule
from scheduler.memory import aired_line
from scheduler.planner import SchedulePlanner
from streaming.house import HouseStore

log = structlog.get_logger(__name__)

HORIZON = covering(56 * 3600)
FIRST_HORIZON = covering(3600)
"""At a start the air comes first: two days are planned right after it."""
ORDER_HORIZON = covering(20 * 60)
"""What an order needs planned at once; the days after it are planned within seconds."""
RENEW = covering(50 * 3600)
"""Plan on when less than this is left of the rundown: two days ahead are always planned."""
HEADWAYS = (0, 0, BEAT, 2 * BEAT, 6 * BEAT)
"""How much later than the committed end an order takes effect (quanta), tried in turn: a plan takes a few hundredths of
a second, but where the machine is very busy it comes too late for the first."""
KEEP = covering(8)
"""Lines that begin within this time are kept when a library change makes a new rundown."""
HISTORY = 8_000
"""Entries of the past that a rotation looks at."""
TO_MEND = (Rule.MISSING_ITEM, Rule.TWO_HARD_STARTS)
FINDINGS_SHOWN = 10
RECENT = 4000
"""Entries kept for the index. Should the database be away for longer, the next start reads on in the journal."""
STEER_S = 5.0
LOOK_S = 4.0


class Air:
    """The running air role. `told` is called with every batch of records once they are durable."""

    def __init__(
        self,
        settings: Settings,
        store: HouseStore,
        clock: AirClock,
        builtins: Mapping[str, Builtins],
        told: Callable[[Sequence[Record]], None],
        bus: Bus,
    ) -> None:
        self.settings, self._store, self.clock = settings, store, clock
        self._told, self._bus = told, bus
        self.planner = SchedulePlanner(settings.station.zone)
        self.history: dict[str, deque[Aired]] = {c.id: deque(maxlen=HISTORY) for c in settings.channels}
        self._stale: set[str] = set()
        self._turns = {c.id: asyncio.Lock() for c in settings.channels}
        """One at a time makes a channel's plan: what was begun with less knowledge never comes after who knew more."""
        self._reported: set[HouseId] = set()
        self._said: dict[str, frozenset[tuple[str, str]]] = {}
        self.on_lost: Callable[[HouseId], object] = lambda _house: None
        self._entries: dict[str, list[Entry]] = {c.id: [] for c in settings.channels}
        self.engine = Engine(
            [
                ChannelPlayout(
                    c.id, store, Ladder(builtins[c.id].ident, builtins[c.id].slate), picture=c.kind.value == "tv"
                )
                for c in settings.channels
            ],
            journal.JournalWriter(settings.data_dir / "journal"),
            clock,
            self._committed,
        )
        self.control = Control(self, settings, store)
        self._layouts = Layouts(settings, self.planner, clock, self.control.overlaid)
        self._telling = Telling(settings, self.planner, self.engine.channels)
        for c in settings.channels:
            self.planner.update(
                c.id,
                shelf=state.read_shelf(settings, c.id, settings.profile(c).recipe),
                ident=builtins[c.id].ident,
                slate=builtins[c.id].slate,
            )

    # --- running ---

    async def run(self, last: Mapping[str, Entry], past: Mapping[str, Sequence[Entry]], ready: asyncio.Event) -> None:
        """Go on air where the journal ended and stay there; sets `ready` once the first quanta are committed."""
        self.remember(past)
        async with self.engine.on_air(last):
            await self.begin()
            await self.engine.tick()
            ready.set()
            async with asyncio.TaskGroup() as group:
                group.create_task(self.engine.run())
                # without these the air goes on: a fault in one of them must not end it
                for name, helper in (
                    ("clock", self._steer),
                    ("look-after", self._look_after),
                    ("control", self.control.run),
                ):
                    group.create_task(supervised(name, helper))

    def remember(self, past: Mapping[str, Sequence[Entry]]) -> None:
        """Take what the journal says of the past, before the air."""
        for channel, entries in past.items():
            if channel in self.history:
                self.history[channel].extend(aired_entries(entries))
                self._entries[channel] = list(entries)

    async def begin(self) -> None:
        """Read what staff had laid down and operators had ordered, and plan the first hour of every channel."""
        for channel, playout in self.engine.channels.items():
            self._note_running(playout)
            await asyncio.to_thread(self._recall, channel)
            await self.control.recall(channel)
            await self.read_schedule(channel)
            await self.plan(channel, horizon=FIRST_HORIZON)

    def _recall(self, channel: str) -> None:
        """Read what was remembered of the plan of a channel. Blocking."""
        self._layouts.recall(channel)
        self.planner.recall(channel, state.read_rundown(self.settings, channel))

    def _note_running(self, playout: ChannelPlayout) -> None:
        """Let the past say that what runs on over a restart airs to its planned end, not only as far as committed."""
        entry, past = playout.entry, self.history[playout.channel]
        if entry is not None and past and past[-1].start == entry.item.start:
            past[-1] = aired_item(entry.item, playout.stop - entry.item.start)

    def _committed(self, records: Sequence[Record]) -> None:
        for record in records:
            entries = self._entries[record.channel]
            journal.fold(entries, (record,))
            del entries[:-RECENT]
            if isinstance(record, Item) and record.asset is not None and record.kind not in NOT_PROGRAMME:
                self.history[record.channel].append(aired_item(record, record.planned))
        self._told(records)
        for record in records:
            if isinstance(record, Item):
                self._bus.publish(ItemStarted(record.channel, record.id))
        self.control.look()

    def changed(self, channel: str) -> None:
        """Tell pages, and the file for other roles, that something of a channel has changed."""
        self._bus.publish(ScheduleChanged(channel))

    def entries(self, channel: str) -> Sequence[Entry]:
        """Return the last entries of the journal of `channel`, oldest first."""
        return self._entries[channel]

    def fallback(self, channel: str) -> str | None:
        """Return what airs for want of what was planned; None while all is well."""
        return self.engine.channels[channel].substitute

    @property
    def journal_failure(self) -> str | None:
        """Why the journal is not durable."""
        return self.engine.journal_failure

    async def _steer(self) -> None:
        believed = self.clock.credible
        if not believed:
            log.error("clock_not_credible", remedy="setel jam komputer atau nyalakan NTP / set the clock or enable NTP")
        while True:
            await asyncio.sleep(self.clock.rest(STEER_S))
            self.clock.steer()
            if self.clock.credible and not believed:
                believed = True
                await self._believe()

    async def _believe(self) -> None:
        """The clock can be believed from now on: go to the right time, and let hard starts come again."""
        log.info("clock_credible_again", offset_ms=round(self.clock.offset_ms))
        if self.clock.offset_ms > SHORT_OUTAGE * QUANTUM_MS:
            self.clock.follow()
            await self.engine.reopen()
        self._layouts.forget_files()
        for channel in self.engine.channels:
            await self.read_schedule(channel)
            await self.plan(channel, keep=False)

    async def _look_after(self) -> None:
        """See every few seconds to what was lost and to what is planned: one wake-up for both."""
        while True:
            await asyncio.sleep(self.clock.rest(LOOK_S))
            for name, channel in self.engine.channels.items():
                for house in tuple(channel.lost):
                    await self._recover(channel, house)
                await self._renew(name, channel)
            await self._telling.save(self.clock.now())

    async def _recover(self, channel: ChannelPlayout, house: HouseId) -> None:
        """Look whether what was lost is back; tell the library, once, that it is to be made again."""
        if await asyncio.to_thread(self._store.reopen, house):
            channel.lost.discard(house)
            self._reported.discard(house)
            log.info("material_back", channel=channel.channel, house=house)
        elif house not in self._reported:
            self._reported.add(house)
            log.error("material_lost", channel=channel.channel, house=house)
            self.on_lost(house)
        else:
            return
        self.changed(channel.channel)

    async def _renew(self, name: str, channel: ChannelPlayout) -> None:
        """Plan on before the rundown ends, and when the schedule file changes; open ahead what comes next."""
        for line in channel.next_lines()[:2]:
            # off the loop: a slow disk must not hold up the commit at which it begins
            if not self._store.is_open(line.material.house):
                await asyncio.to_thread(self._store.format, line.material.house)
        if await self.read_schedule(name):
            await self.plan(name, keep=False)
        elif name in self._stale:
            self._stale.discard(name)
            await self._lay_out(name)
            await self.plan(name)
        elif channel.rundown is None or channel.rundown.end < self.clock.now() + RENEW:
            await self.plan(name)

    # --- planning ---

    async def read_schedule(self, channel: str) -> bool:
        """Read the schedule file when it is new; return whether the schedule changed."""
        changed = await self._layouts.read_file(channel)
        if changed:
            await self._lay_out(channel)
        return changed

    async def take_documents(self, channel: str, documents: Documents) -> None:
        """Plan with what staff have laid down; what is about to begin stays, but a new hard start may cut it."""
        if await self._layouts.take(channel, documents):
            await self._lay_out(channel)
            await self.plan(channel, keep=False)

    async def _lay_out(self, channel: str) -> None:
        async with self._turns[channel]:
            await asyncio.to_thread(self._layouts.lay_out, channel)

    async def obey(
        self, channel: str, begin: Callable[[Quanta], Awaitable[None]], said: str = "", *, cut: bool = True
    ) -> None:
        """Go on by a plan made with an order: at once, or without `cut` when what runs has ended.

        `begin` is told from when the order holds before the plan is made (perhaps more than once: the last holds), and
        returns what must be over before anything airs. What begins then also says `said`. Nobody is waited for: a plan
        of days that is under way is void, and made again within seconds.
        """
        playout = self.engine.channels[channel]
        for headway in HEADWAYS:
            at = Quanta(min(playout.end + headway, playout.stop)) if cut else playout.stop
            saved = begin(at if cut else playout.end)
            past = list(aired_until(self.history[channel], at))
            made = await asyncio.to_thread(self._made_from, channel, at, past)
            await saved
            if playout.end <= at <= playout.stop:
                break
        playout.cut(made, said)
        self.shorten(channel, at)
        self._telling.note_plan(channel)
        self.changed(channel)

    def _made_from(self, channel: str, at: Quanta, past: Sequence[Aired]) -> Rundown:
        """Lay out and plan anew from `at`, the next minutes only; blocking. The plan of days stays what is kept to."""
        self._layouts.lay_out(channel)
        return self.planner.look(channel, at, Quanta(at + ORDER_HORIZON), past)

    def plan_anew(self, channel: str) -> None:
        """Have a channel laid out and planned anew within seconds."""
        self._stale.add(channel)

    def shorten(self, channel: str, at: Quanta) -> None:
        """Let the past say that what runs ends at `at`."""
        past = self.history[channel]
        if past:
            past.extend(aired_until((past.pop(),), at))

    async def take_shelf(self, channel: str, shelf: Shelf) -> None:
        """Plan with a changed library; what is about to begin stays."""
        self.planner.update(channel, shelf=shelf)
        self._telling.note_shelf(channel, shelf)
        await self.plan(channel)

    async def take_ident(self, channel: str, ident: Material) -> None:
        """Use the ident from now on."""
        playout = self.engine.channels[channel]
        playout.ladder = replace(playout.ladder, ident=ident)
        self.planner.update(channel, ident=ident)
        await self.plan(channel)

    async def plan(self, channel: str, *, keep: bool = True, then: bool = True, horizon: Quanta = HORIZON) -> None:
        """Make a new rundown of `channel`, `horizon` long; without `keep` a new hard start may cut even what runs now.

        `then` those that simulcast it are planned too.
        """
        async with self._turns[channel]:
            await self._follow_new(self.engine.channels[channel], keep=keep, horizon=horizon)
        self._say_findings(channel)
        self._telling.note_plan(channel)
        self.changed(channel)
        for other in self.planner.mirroring(channel) if then else ():
            await self.plan(other, then=False, horizon=horizon)

    async def _follow_new(self, playout: ChannelPlayout, *, keep: bool, horizon: Quanta) -> None:
        channel = playout.channel
        for _ in range(3):
            beneath, orders = playout.beneath, playout.orders
            kept = beneath or (self._kept(playout) if keep else ())
            start = kept[-1].end if kept else playout.stop
            cut = None if keep or beneath else await self._hard_cut(playout)
            if playout.orders != orders:
                continue  # an order came in between, and what was planned without it is void
            if cut is not None:
                playout.follow(cut)
                return
            began = kept[0].start if kept else start
            past = [*(a for a in self.history[channel] if a.start < began), *(aired_line(x) for x in kept)]
            made = await asyncio.to_thread(
                self.planner.plan, channel, start, Quanta(max(start, self.clock.now()) + horizon), past
            )
            if playout.orders == orders and (kept or playout.stop == start):
                playout.follow(Rundown([*kept, *made]))
                return

    def _kept(self, playout: ChannelPlayout) -> tuple[Line, ...]:
        if playout.fallback is not None:
            return ()
        soon = self.clock.now() + KEEP
        lines: list[Line] = []
        for line in playout.next_lines():
            if line.start > soon or line.kind is not Kind.ITEM:
                break
            lines.append(line)
        return tuple(lines) if lines and lines[0].start == playout.stop else ()

    async def _hard_cut(self, playout: ChannelPlayout) -> Rundown | None:
        """Return a rundown that begins with a hard start during the running item, when there is one."""
        start, stop = Quanta(playout.end + 8), playout.stop
        if start >= stop:
            return None
        past = list(self.history[playout.channel])
        near = await asyncio.to_thread(self.planner.look, playout.channel, start, stop, past)
        if not any(line.hard and start < line.start < stop for line in near):
            return None
        made = await asyncio.to_thread(self.planner.plan, playout.channel, start, Quanta(start + HORIZON), past)
        hard = next((i for i, line in enumerate(made.lines) if line.hard and start < line.start < stop), None)
        return Rundown(made.lines[hard:]) if hard is not None else None

    def findings(self, channel: str) -> tuple[Finding, ...]:
        """Return what the last plan found that keeps something from airing as the schedule says."""
        return tuple(f for f in self.planner.findings(channel) if f.rule in TO_MEND)[:FINDINGS_SHOWN]

    def _say_findings(self, channel: str) -> None:
        found = frozenset((f.where, f.indonesian) for f in self.findings(channel))
        for where, text in sorted(found - self._said.get(channel, frozenset())):
            log.warning("schedule_finding", channel=channel, where=where, finding=text)
        self._said[channel] = found

    # --- what others see ---

    def status(self) -> AirStatus:
        """Return the state for pages, health and metrics."""
        channels = {}
        for name, playout in self.engine.channels.items():
            coming = tuple(
                ComingLine(x.start, x.end, x.material.title, x.material.artist, x.programme, x.kind.value)
                for x in playout.next_lines()[:4]
            )
            channels[name] = ChannelStatus(
                playout.stop,
                playout.substitute,
                tuple(playout.lost),
                coming,
                self._layouts.file_error(name),
                tuple(f"{f.where}: {f.indonesian} / {f.english}" for f in self.findings(name)),
            )
        # whole steps of 10 ms: the state file is written when something changes, and a clock always does a little
        offset = round(self.clock.offset_ms, -1) + 0.0  # never -0.0
        return AirStatus(channels, self.clock.credible, offset, self.engine.journal_failure)
