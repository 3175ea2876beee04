"""The air role's obedience: takes operators' orders from the inbox, does each once, and says what became of it.

An order holds from the committed end on, two seconds ahead of the air at most. It is written down, durably, before its
effect is committed, so that it is done once whatever happens; and as an edit of the running order it is part of every
later plan. Nothing here may hold up the commit loop, and no order needs the database.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from lppl.config import Settings
from lppl.errors import LpplError
from lppl.media import AssetId
from lppl.orders import Act, Kept, Ledger, Order, State
from lppl.quanta import Quanta, covering
from lppl.rundown import Kind, Rundown
from lppl.station import break_ins, orders
from lppl.station.noticing import Noticed, noticing
from lppl.station.order_effects import accepted, begun_by, edit_of, ended, ended_break_in, saying, with_orders
from playout.channel import ChannelPlayout, Over
from playout.items import line_of
from scheduler import edits
from scheduler.documents import Documents
from streaming.house import HouseStore

if TYPE_CHECKING:
    from lppl.station.air import Air

log = structlog.get_logger(__name__)

PATIENCE_S = 0.5
"""How long an order waits for a disk that does not answer; it is then done all the same."""
RENDERING_S = 0.25
"""How often is looked whether a break-in that is waited for is rendered."""
RENDERED_WITHIN = timedelta(seconds=90)
LOOK_ANYWAY_S = 60.0
BLIND_S = 0.4
"""How often the inbox is looked into where the kernel tells nothing."""
FORGOTTEN = covering(600)
"""A break-in that was on the air does not come back after a longer outage."""
NEVER_BENEATH = (Kind.BREAK_IN, Kind.OFF, Kind.PREROLL)
PLANNED_ACTS = (Act.NEXT, Act.HOLD, Act.FILL)


class Refused(LpplError):
    """An order cannot be done as things stand."""


class Control:
    """The orders of all channels."""

    def __init__(self, air: "Air", settings: Settings, store: HouseStore) -> None:
        self._air, self._settings, self._store = air, settings, store
        self._ledgers: dict[str, Ledger] = {}
        self._again: list[Order] = []
        self._noticed = Noticed()
        self._writing = asyncio.Lock()
        self.unrecorded = asyncio.Event()
        """Set while an edit waits to be recorded (:mod:`lppl.station.order_records`)."""

    def ledger(self, channel: str) -> Ledger:
        """Return what became of the orders of a channel."""
        return self._ledgers.get(channel, Ledger())

    def look(self) -> None:
        """Look again: something began to air."""
        if any(ledger.unsettled for ledger in self._ledgers.values()):
            self._noticed.tell()

    # --- after a start ---

    async def recall(self, channel: str) -> None:
        """Read what was ordered before the channel's first plan: what was done stays done, what was cut off is redone.

        A break-in that nobody ended goes on, but not after a long outage.
        """
        ledger = await asyncio.to_thread(orders.read_ledger, self._settings, channel)
        self._ledgers[channel] = ledger
        playout, now = self._air.engine.channels[channel], datetime.now(UTC)
        for kept in ledger.unsettled:
            lost = kept.state is State.ACCEPTED and kept.order.act in (Act.SKIP, Act.PLAY)
            if lost and not begun_by(self._air.entries(channel), kept):
                # its effect was not on the air yet
                self._again.append(kept.order)
                self._ledgers[channel] = Ledger(kept=tuple(k for k in self.ledger(channel).kept if k is not kept))
        breaking = ledger.breaking_in()
        if breaking is not None:
            await self._go_on_breaking_in(playout, breaking, now)
        elif playout.entry is not None and playout.entry.item.kind is Kind.BREAK_IN:
            self._find_beneath(playout)
            playout.end_break_in()
        if any(k.edit is not None and k.recorded is None for k in ledger.kept):
            self.unrecorded.set()

    async def _go_on_breaking_in(self, playout: ChannelPlayout, kept: Kept, now: datetime) -> None:
        entries = self._air.entries(playout.channel)
        last = next((e for e in reversed(entries) if e.item.kind is Kind.BREAK_IN and e.item.start >= kept.at), None)
        waits = kept.state is State.WAITING and now - kept.taken < RENDERED_WITHIN
        reached = last.end if last is not None else Quanta(kept.at)
        if kept.at and playout.end - reached < FORGOTTEN:
            found = await self._over(kept)
            if found is None:
                return
            over = replace(found, until=Quanta(int((kept.edit or {}).get("until", 0))) or None)
            if last is None:  # it was about to begin
                playout.break_in(over)
            else:
                self._find_beneath(playout)
                playout.over = over
        elif not waits:
            await self._end(kept, reached)

    def _find_beneath(self, playout: ChannelPlayout) -> None:
        """Let the item that a break-in cut run on beneath it to its end; what follows is planned from there."""
        entries = reversed(self._air.entries(playout.channel))
        cut = next((e.item for e in entries if e.item.kind not in NEVER_BENEATH), None)
        line = line_of(cut) if cut is not None else None
        if line is not None:
            playout.follow(Rundown([line]))

    # --- what plans read ---

    def overlaid(self, channel: str, documents: Documents) -> Documents:
        """Return documents with the edits of orders that they do not hold yet, or not as they are now."""
        return with_orders(documents, self.ledger(channel), datetime.now(UTC))

    # --- taking orders ---

    async def run(self) -> None:
        """Take orders as they come, for ever."""
        folder = orders.inbox(self._settings)
        await asyncio.to_thread(lambda: folder.mkdir(parents=True, exist_ok=True))
        with noticing([folder]) as self._noticed:
            while True:
                await self.see_to()
                await self._noticed.wait(self._pause())

    async def see_to(self) -> None:
        """Take what was ordered, and note what has begun to air, is rendered by now, or is over."""
        again, self._again = self._again, []
        for order in again:
            await self._take(order)
        for order in await asyncio.to_thread(orders.given, self._settings):
            # while the one before it was done it may have been taken back
            if await asyncio.to_thread(orders.stands, self._settings, order):
                await self._take(order)
        for channel in self._air.engine.channels:
            await self._settle(channel)

    def _pause(self) -> float:
        if any(k.state is State.WAITING for ledger in self._ledgers.values() for k in ledger.unsettled):
            return RENDERING_S
        return BLIND_S if self._noticed.blind else self._air.clock.rest(LOOK_ANYWAY_S)

    async def _take(self, order: Order) -> None:
        """Do an order, once, and say what became of it."""
        now, channel = datetime.now(UTC), order.channel
        if channel in self._air.engine.channels and self.ledger(channel).of(order.id) is None:
            kept = Kept(order=order, state=State.REFUSED, taken=now)
            try:
                if order.expired(now):
                    text = "Terlambat diterima, tidak dijalankan.", "It came too late and was not done."
                    await self._keep(saying(kept, State.EXPIRED, *text))
                else:
                    await self._do(kept, self._air.engine.channels[channel])
            except Refused as error:
                await self._keep(saying(kept, State.REFUSED, error.indonesian, error.english))
            except Exception as error:  # one order must not keep the others from being taken
                log.exception("order_failed", channel=channel, act=order.act.value)
                text = f"Perintah gagal dijalankan ({type(error).__name__}).", "The order failed."
                await self._keep(saying(kept, State.REFUSED, *text))
            done = self.ledger(channel).of(order.id)
            log.info("order", channel=channel, act=order.act.value, by=order.by, state=done.state.value if done else "")
        await asyncio.to_thread(orders.done_with, self._settings, order)

    async def _do(self, kept: Kept, playout: ChannelPlayout) -> None:
        """Do an order as things stand. Raises Refused."""
        order, entry = kept.order, playout.entry
        if order.item and entry is not None and order.item != entry.item.id:
            raise Refused("Yang tayang sudah berganti; lihat lagi, lalu ulangi.", "Another item is on the air by now.")
        if order.act is Act.BREAK_IN:
            await self._break_in(kept, playout)
        elif order.act is Act.END_BREAK_IN:
            await self._end_break_in(kept, playout)
        elif playout.over is not None:
            raise Refused("Sela Darurat sedang tayang; akhiri dulu.", "A break-in is on the air; end it first.")
        elif order.act in PLANNED_ACTS:
            await self._plan_on(kept, playout)
        else:
            await self._cut(kept, playout)

    async def _cut(self, kept: Kept, playout: ChannelPlayout) -> None:
        """Skip, play now, or go on after a hold: what runs ends."""
        order, held = kept.order, self.ledger(playout.channel).held(playout.end)
        if order.act is Act.RESUME and held is None:
            raise Refused("Tidak ada yang ditahan.", "Nothing is held.")
        if order.act is Act.PLAY:
            self._must_be_ready(order)
        running = playout.entry.item if playout.entry is not None else None
        title, cut = running.title if running is not None else "", True
        if held is not None and order.act is Act.RESUME and running is not None and running.start < held.at:
            # the programme still runs: nothing is to be cut
            cut = False
        line = playout.line

        def begin(at: Quanta) -> Awaitable[None]:
            if order.act is Act.RESUME and held is not None:
                self._set(ended(held, at))
            self._set(accepted(kept, at, edit_of(order, at, title, line)))
            return asyncio.create_task(self._save(playout.channel))

        said = {Act.SKIP: f'"{title}" dilewati {order.by}', Act.RESUME: f"dilanjutkan {order.by}"}
        await self._air.obey(playout.channel, begin, said.get(order.act, ""), cut=cut)

    async def _plan_on(self, kept: Kept, playout: ChannelPlayout) -> None:
        """Insert next, hold, or fill: what runs airs to its end."""
        order = kept.order
        if order.act is Act.NEXT:
            self._must_be_ready(order)
        elif self.ledger(playout.channel).held(playout.end) is not None:
            raise Refused("Sisipan sudah tayang atau menunggu; lanjutkan dulu.", "It is held already.")
        elif order.act is Act.FILL and order.until <= playout.stop:
            raise Refused(
                "Materi yang tayang selesai sesudah jam itu; pilih jam yang lebih lambat.",
                "What runs ends after that time; choose a later one.",
            )

        def begin(at: Quanta) -> Awaitable[None]:
            self._set(accepted(kept, at, edit_of(order, at)))
            return asyncio.create_task(self._save(playout.channel))

        await self._air.obey(playout.channel, begin, cut=False)

    def _must_be_ready(self, order: Order) -> None:
        material = self._air.planner.material(order.channel, AssetId(order.asset))
        if material is None or self._store.ready(material.house) is None:
            title = order.title or order.asset
            raise Refused(f'Materi "{title}" belum siap tayang di kanal ini.', f'"{title}" is not ready to air here.')

    # --- break-ins ---

    async def _break_in(self, kept: Kept, playout: ChannelPlayout) -> None:
        """Break in with what was ordered; while it is rendered with the generic slate, or not yet."""
        if kept.order.break_in is None:
            raise Refused("Sela Darurat tanpa isi.", "A break-in without content.")
        over = await self._over(kept)
        ready = over is not None and break_ins.is_its_own(self._settings, kept.order, over)
        if over is None or not (ready or kept.order.at_once):
            text = "Sedang disiapkan; tayang begitu siap.", "It is being rendered, and airs once it is."
            await self._keep(saying(kept, State.WAITING, *text))
            return
        before, at = self.ledger(playout.channel).breaking_in(), Quanta(kept.at or playout.end)
        if before is not None and before.order.id != kept.order.id:
            await self._keep(ended_break_in(before, at, playout.rundown or ()))
        note = f"{kept.order.break_in.label}: {kept.order.break_in.headline}"
        until = break_ins.until_of(kept.order, over, playout.end) if ready else Quanta(kept.order.until) or None
        edit = edits.ordered(edits.Act.BREAK_IN, at, kept.order.id, kept.order.by, note, until or edits.OPEN)
        text = ("", "") if ready else ("Layar umum tayang; teksnya sedang disiapkan.", "The generic slate airs first.")
        began = accepted(kept, at, edit)
        await self._keep(saying(began, State.ACCEPTED if ready else State.WAITING, *text))
        self._air.shorten(playout.channel, playout.end)
        playout.break_in(replace(over, until=until))
        self._air.changed(playout.channel)

    async def _over(self, kept: Kept) -> Over | None:
        return await asyncio.to_thread(break_ins.over_of, self._settings, self._store, kept.order)

    async def _end_break_in(self, kept: Kept, playout: ChannelPlayout) -> None:
        breaking = self.ledger(playout.channel).breaking_in()
        if breaking is None:
            raise Refused("Tidak ada Sela Darurat yang tayang.", "No break-in is on the air.")
        at = playout.end
        await self._keep(saying(kept.model_copy(update={"at": at}), State.ACCEPTED, "", ""))
        if breaking.at:
            playout.end_break_in(f"Sela Darurat diakhiri {kept.order.by}")
        await self._end(breaking, at)

    async def _end(self, breaking: Kept, at: Quanta) -> None:
        """Note that a break-in ended at `at`: what it covered counts as aired, and the plan goes on from there."""
        channel = breaking.order.channel
        if not breaking.at:
            text = "Dibatalkan sebelum tayang.", "It was ended before it aired."
            await self._keep(saying(ended(breaking, at), State.EXPIRED, *text))
            return
        playout = self._air.engine.channels[channel]
        await self._keep(ended_break_in(breaking, at, playout.rundown or ()))
        self._air.plan_anew(channel)

    # --- what becomes of them ---

    async def _settle(self, channel: str) -> None:
        """See what has begun to air, what is rendered by now, what is over."""
        playout, entries, now = self._air.engine.channels[channel], self._air.entries(channel), datetime.now(UTC)
        for kept in self.ledger(channel).unsettled:
            if kept.state is State.WAITING:
                await self._settle_waiting(kept, playout, now)
            elif kept.state is State.ACCEPTED:
                began = begun_by(entries, kept)
                if began is not None:
                    await self._keep(kept.model_copy(update={"state": State.DONE, "at": began.item.start}))
            elif kept.breaks_in and playout.over is None:
                last = next((e for e in reversed(entries) if e.item.kind is Kind.BREAK_IN), None)
                if last is not None and last is not entries[-1]:
                    await self._end(kept, last.end)

    async def _settle_waiting(self, kept: Kept, playout: ChannelPlayout, now: datetime) -> None:
        over = await self._over(kept)
        if over is not None and break_ins.is_its_own(self._settings, kept.order, over):
            await self._break_in(kept, playout)
        elif now - kept.taken > RENDERED_WITHIN:
            text = "Teksnya gagal disiapkan; periksa peran worker.", "It could not be rendered; see the worker role."
            # what stands in on the air stays until it is ended
            await self._keep(saying(kept, State.DONE if kept.at else State.REFUSED, *text))

    # --- the ledger ---

    def _set(self, kept: Kept) -> None:
        channel = kept.order.channel
        self._ledgers[channel] = orders.shortened(self.ledger(channel).having(kept), datetime.now(UTC))
        if kept.edit is not None and kept.recorded is None:
            self.unrecorded.set()

    async def _keep(self, kept: Kept) -> None:
        """Remember what became of an order, durably, and tell pages."""
        self._set(kept)
        await self._save(kept.order.channel)
        self._air.changed(kept.order.channel)

    async def _save(self, channel: str) -> None:
        """Write a ledger; a disk that fails or hangs is not waited for."""
        _, hanging = await asyncio.wait({asyncio.create_task(self._write(channel))}, timeout=PATIENCE_S)
        if hanging:
            log.error("ledger_not_written", channel=channel, reason="disk tidak menjawab / the disk does not answer")

    async def _write(self, channel: str) -> None:
        async with self._writing:
            try:
                await asyncio.to_thread(orders.write_ledger, self._settings, channel, self.ledger(channel))
            except OSError as error:
                log.error("ledger_not_written", channel=channel, reason=str(error))

    async def recorded(self, kept: Kept, now: datetime) -> None:
        """Note that the edit of an order was recorded as `kept` has it."""
        current = self.ledger(kept.order.channel).of(kept.order.id)
        if current is not None and current.edit == kept.edit:
            self._set(current.model_copy(update={"recorded": now}))
            await self._save(kept.order.channel)

    def to_record(self) -> list[Kept]:
        """Return the orders whose edit has yet to be recorded as it is now."""
        every = (k for ledger in self._ledgers.values() for k in ledger.kept)
        return [k for k in every if k.edit is not None and k.recorded is None]
