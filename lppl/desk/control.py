"""The control desk: what operators order of the air now, as functions. Pages and commands call these.

An order is a file that the air role takes at once; each function waits until it says what became of it. Nothing here
needs the database but preparing break-ins; without it (`store` None) what is prepared is known from a file.
"""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lppl.break_in import GENERIC, BreakIn, prepared
from lppl.config import ChannelSettings, Settings
from lppl.desk.errors import UnknownChannel
from lppl.errors import DatabaseAway, LpplError
from lppl.journal import Item
from lppl.media import Material
from lppl.orders import Act, Kept, Ledger, Order, State, new_id
from lppl.plan_store import Kind, PlanStore
from lppl.quanta import Quanta, at_or_after, starting
from lppl.station import orders as files
from lppl.station.state import read_shelf
from streaming.house import SET_FILE, folder_of
from streaming.past import Past

TAKEN_WITHIN_S = 5.0
POLL_S = 0.03
ASSET = re.compile(r"[0-9a-f]{40}")


class NotTaken(LpplError):
    """The air role does not answer; the order was taken back and will not be done."""

    def __init__(self) -> None:
        super().__init__(
            "Perintah tidak dijalankan: peran air tidak menjawab. Periksa apakah layanan berjalan.",
            "The order was not done: the air role does not answer. Check that the service runs.",
        )


class OrderRefused(LpplError):
    """An order could not be done as things stood; `kept` is what the ledger says of it."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        super().__init__(kept.indonesian, kept.english)


class UnknownBreakIn(LpplError):
    """No prepared break-in has such a name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        listed = ", ".join(known) or "-"
        super().__init__(f"Sela Darurat {name} tidak ada; yang ada: {listed}.", f"No break-in {name}; known: {listed}.")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A break-in as prepared; `ready` tells of each channel whether it can air at once."""

    break_in: BreakIn
    ready: dict[str, bool]


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did on the air: the order, when it took effect (None: not at all), and what then began."""

    kept: Kept
    at: datetime | None
    began: Item | None


class ControlDesk:
    """What operators can do. `author` is who does it; `now` is aware UTC."""

    def __init__(
        self, settings: Settings, store: PlanStore | None = None, *, patience_s: float = TAKEN_WITHIN_S
    ) -> None:
        self.settings, self._store, self._patience_s = settings, store, patience_s
        self._past = Past(settings.data_dir / "journal")

    def channel(self, name: str) -> ChannelSettings:
        """Return a channel. Raises UnknownChannel."""
        found = next((c for c in self.settings.channels if c.id == name), None)
        if found is None:
            raise UnknownChannel(name, [c.id for c in self.settings.channels])
        return found

    async def orders(self, channel: str) -> Ledger:
        """Return what became of the orders of a channel, oldest first: also what is held, what breaks in."""
        self.channel(channel)
        return await asyncio.to_thread(files.read_ledger, self.settings, channel)

    # ---- what runs now ----

    async def skip_now(self, channel: str, author: str, now: datetime, *, item: str = "") -> Kept:
        """End what runs; what is next begins. `item`: the id of the item that the operator saw on the air.

        Like all orders: raises OrderRefused with a sentence, NotTaken, UnknownChannel, OSError.
        """
        return await self._order(channel, Act.SKIP, author, now, item=item)

    async def play_now(
        self, channel: str, material: str, author: str, now: datetime, *, title: str = "", item: str = ""
    ) -> Kept:
        """End what runs, and air `material`: an asset id, or a path in the media folder."""
        given = await self._named(channel, material, title)
        return await self._order(channel, Act.PLAY, author, now, item=item, **given)

    async def insert_next(self, channel: str, material: str, author: str, now: datetime, *, title: str = "") -> Kept:
        """Air `material` when what runs has ended; what was inserted before goes first."""
        given = await self._named(channel, material, title)
        return await self._order(channel, Act.NEXT, author, now, **given)

    async def hold(self, channel: str, author: str, now: datetime) -> Kept:
        """Air filler once what runs has ended, until :meth:`resume`; fixed events keep their time."""
        return await self._order(channel, Act.HOLD, author, now)

    async def resume(self, channel: str, author: str, now: datetime) -> Kept:
        """Go on with the plan after :meth:`hold` or :meth:`fill_until`."""
        return await self._order(channel, Act.RESUME, author, now)

    async def fill_until(self, channel: str, until: datetime, author: str, now: datetime) -> Kept:
        """Air filler from the end of what runs until the instant `until` (aware)."""
        return await self._order(channel, Act.FILL, author, now, until=at_or_after(until))

    # ---- break-ins ----

    async def break_in(
        self,
        channel: str,
        what: str | BreakIn,
        author: str,
        now: datetime,
        *,
        until: datetime | None = None,
        at_once: bool = True,
    ) -> Kept:
        """Air a break-in over everything: a prepared one by its name, or a text of the moment.

        What is not rendered yet begins with the generic slate (`at_once`) and changes to its own within seconds; the
        order then says WAITING. It airs until it is ended, or as often as it repeats, or up to `until`.
        """
        if isinstance(what, str):
            known = {p.id: p for p in await self._prepared()} | {GENERIC.id: GENERIC}
            if what not in known:
                raise UnknownBreakIn(what, list(known))
            what = known[what]
        else:
            what = await asyncio.to_thread(self._with_voice, what)
        return await self._order(
            channel, Act.BREAK_IN, author, now, break_in=what, at_once=at_once, until=at_or_after(until) if until else 0
        )

    async def end_break_in(self, channel: str, author: str, now: datetime) -> Kept:
        """End the break-in; what should be on the air then goes on."""
        return await self._order(channel, Act.END_BREAK_IN, author, now)

    async def break_ins(self) -> tuple[Prepared, ...]:
        """Return the prepared break-ins, the generic one first, and where each can air at once."""
        found = (GENERIC, *(p for p in await self._prepared() if p.id != GENERIC.id))
        return await asyncio.to_thread(lambda: tuple(Prepared(each, self._ready(each)) for each in found))

    async def save_break_in(self, break_in: BreakIn, author: str, now: datetime) -> BreakIn:
        """Prepare a break-in, or change one; it is rendered at once. Return it as it is kept.

        Raises DatabaseAway, and LpplError when its recording is missing.
        """
        if self._store is None:
            raise DatabaseAway
        kept = await asyncio.to_thread(self._with_voice, break_in)
        await self._store.save_document(Kind.BREAK_IN, kept.id, kept.model_dump(mode="json"), now)
        return kept

    async def remove_break_in(self, name: str, author: str, now: datetime) -> None:
        """Let go of a prepared break-in. Raises DatabaseAway, UnknownBreakIn."""
        if self._store is None:
            raise DatabaseAway
        if not await self._store.remove_document(Kind.BREAK_IN, name):
            raise UnknownBreakIn(name, [p.id for p in await self._prepared()])

    async def _prepared(self) -> tuple[BreakIn, ...]:
        if self._store is not None:
            return prepared((await self._store.documents(Kind.BREAK_IN)).values())
        return await asyncio.to_thread(files.read_prepared, self.settings) or ()

    def _ready(self, break_in: BreakIn) -> dict[str, bool]:
        found: dict[str, bool] = {}
        for channel in self.settings.channels:
            house = files.house_of(break_in, channel.name, self.settings.profile(channel))
            found[channel.id] = (folder_of(self.settings.data_dir / "house", house) / SET_FILE).exists()
        return found

    def _with_voice(self, break_in: BreakIn) -> BreakIn:
        """Return a break-in that names the bytes of its recording. Raises LpplError, OSError."""
        if not break_in.voice:
            return break_in.model_copy(update={"voice_asset": ""})
        with files.recording(self.settings, break_in.voice).open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=20)).hexdigest()
        return break_in.model_copy(update={"voice_asset": digest})

    # ---- who did what ----

    async def history(self, channel: str, since: datetime) -> tuple[Deed, ...]:
        """Return what was ordered since, the newest first, each with what it began by the journal."""
        ledger = await self.orders(channel)
        kept = [k for k in reversed(ledger.kept) if k.order.made >= since]
        return await asyncio.to_thread(lambda: tuple(map(self._deed, kept)))

    def _deed(self, kept: Kept) -> Deed:
        """Return an order with what it began; blocking."""
        if not kept.at:
            return Deed(kept, None, None)
        at = Quanta(kept.at)
        found = self._past.entries(kept.order.channel, at, Quanta(at + 1))
        return Deed(kept, starting(at), next((e.item for e in found if e.item.start == at), None))

    # ---- orders ----

    async def _named(self, channel: str, material: str, title: str) -> dict[str, Any]:
        """Return what an order says of its material. Raises LpplError for a path that is not on the shelf."""
        if ASSET.fullmatch(material):
            return {"asset": material, "title": title[:200]}
        found = await asyncio.to_thread(self._on_shelf, self.channel(channel), material)
        return {"asset": found.asset, "title": (title or found.title)[:200]}

    def _on_shelf(self, channel: ChannelSettings, path: str) -> Material:
        found = read_shelf(self.settings, channel.id, self.settings.profile(channel).recipe).at_path(path)
        if found is None:
            raise LpplError(f"Materi {path} belum ada atau belum siap tayang.", f"{path} is missing or not ready.")
        return found

    async def _order(self, channel: str, act: Act, author: str, now: datetime, **more: Any) -> Kept:
        """Give an order and wait until it was taken. Raises OrderRefused, NotTaken, UnknownChannel, OSError."""
        self.channel(channel)
        order = Order(id=new_id(now), channel=channel, act=act, by=author[:120], made=now, **more)
        await asyncio.to_thread(files.give, self.settings, order)
        kept = await self._outcome(order)
        if kept is None:
            await asyncio.to_thread(files.take_back, self.settings, order.id)
            kept = await asyncio.to_thread(self._taken, order)  # it may have been done at the last moment
        if kept is None:
            raise NotTaken
        if kept.state in (State.REFUSED, State.EXPIRED):
            raise OrderRefused(kept)
        return kept

    async def _outcome(self, order: Order) -> Kept | None:
        """Wait until an order was taken; return what became of it, None when nobody takes it."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._patience_s
        while loop.time() < end:
            await asyncio.sleep(POLL_S)
            if (kept := await asyncio.to_thread(self._taken, order)) is not None:
                return kept
        return None

    def _taken(self, order: Order) -> Kept | None:
        return files.read_ledger(self.settings, order.channel).of(order.id)
