"""The worker role: library, conform queue, demo material; what channels can air, and the index of what aired."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from lppl import journal
from lppl.config import Settings
from lppl.demo import record
from lppl.demo.station import DemoStation, make_demo, write_schedules
from lppl.errors import LpplError
from lppl.events import Bus, LibraryChanged
from lppl.journal import Entry
from lppl.library import Library
from lppl.media import AssetId, ChannelKind, HouseId, Shelf
from lppl.plan_store import PlanStore
from lppl.ports import Aired
from lppl.quanta import Quanta
from lppl.records import AiredRow
from lppl.station.looks import Looks
from lppl.station.records import LOOK_ANYWAY_S, LOOK_S, RETRY_S, Records
from lppl.station.still import make_still
from lppl.station.supervision import supervised
from lppl.station.wants import Airs, below, read_wants, wanted, with_lean
from lppl.station.wishes import Wishes, stamps
from streaming.conform import conform
from streaming.ingest import Ingest
from streaming.rendering import LOGOS, render_derived

log = structlog.get_logger(__name__)

BURST_S = 0.5
"""Changes come in bursts: wait this long before looking."""
INDEX_S = 60.0
"""The index may lag: what the air needs of the past is in memory, and the journal is the truth."""


PIECES_S = 12.0
"""Crossfades and faded ends are rendered one after another, hours ahead: they are looked at together."""


class ShelfWatch:
    """Tells the air role what its channels can air, whenever the library has changed."""

    def __init__(
        self, settings: Settings, records: Records, bus: Bus, take: Callable[[str, Shelf], Awaitable[None]]
    ) -> None:
        self._settings, self._records, self._bus, self._take = settings, records, bus, take
        self._known: dict[str, Shelf] = {}

    async def run(self) -> None:
        """Watch for ever; a database that is away leaves everything as it is."""
        library = await self._records.opened()
        loop = asyncio.get_running_loop()
        seen = pieces = -1
        stamp: tuple[int, ...] | None = None
        asked_at = pieces_at = -LOOK_ANYWAY_S
        async with self._bus.subscribe(LibraryChanged) as changes:
            while True:
                now = self._records.stamp()
                if now is None or now != stamp or loop.time() - asked_at > LOOK_ANYWAY_S:
                    try:
                        counter, rendered = await library.change_counter(), pieces
                        in_turn = loop.time() - pieces_at > PIECES_S
                        if in_turn:
                            rendered, pieces_at = await library.rendered_counter(), loop.time()
                        if counter != seen or rendered != pieces:
                            await self._look(library)
                            seen, pieces = counter, rendered
                        # pieces that came in between are looked at when it is their turn
                        stamp, asked_at = now if in_turn else None, loop.time()
                    except (SQLAlchemyError, OSError) as error:
                        self._records.failed(error)
                # another process may have no bus to tell us: look now and then all the same
                await changes.burst(self._records.rest(LOOK_S), BURST_S)

    async def _look(self, library: Library) -> None:
        for channel in self._settings.channels:
            whole, known = await library.shelf(self._settings.profile(channel)), self._known.get(channel.id)
            # beside the event loop: with 20,000 items half a second
            shelf = await asyncio.to_thread(restricted, whole, channel.folders)
            if await asyncio.to_thread(shelf.__ne__, known):  # what changed may be another channel's
                self._known[channel.id] = shelf
                await self._take(channel.id, shelf)


class AsRunIndex:
    """Copies what ended on air into the database; the journal stays the truth, so nothing is lost when this lags."""

    def __init__(
        self, records: Records, folder: Path, entries: Callable[[str], Sequence[Entry]], channels: Sequence[str]
    ) -> None:
        self._records, self._folder, self._entries, self._channels = records, folder, entries, channels
        self._done: dict[str, Quanta] = {}

    async def run(self) -> None:
        """Fill what is missing from the journal, then index for ever."""
        library = await self._records.opened()
        for channel in self._channels:
            self._done[channel] = await library.newest_aired(channel)
        known = [self._entries(c)[0].item.start for c in self._channels if self._entries(c)]
        behind = min(self._done.values(), default=Quanta(0))
        if known and behind < min(known):  # the database was away, or is new: the journal knows what it missed
            past = await asyncio.to_thread(journal.read, self._folder, behind)
            await self._index(library, past)
        while True:
            try:
                await self._index(library, {c: self._entries(c) for c in self._channels})
            except (SQLAlchemyError, OSError) as error:
                self._records.failed(error)
            await asyncio.sleep(self._records.rest(INDEX_S))

    async def _index(self, library: Library, entries: Mapping[str, Sequence[Entry]]) -> None:
        """Index what has ended, of all channels at once: a transaction costs more than its rows."""
        ended = [e for c in self._channels for e in _since(entries.get(c, ()), self._done[c])]
        if ended:
            await library.record_aired([index_row(e) for e in ended])
            for e in ended:
                self._done[e.item.channel] = e.item.start

    async def history(self, since: Quanta) -> Mapping[str, list[Aired]]:
        """Return what aired since, by channel; for rotations, which look back days."""
        library = await self._records.opened()
        return {channel: await library.last_aired(channel, since) for channel in self._channels}


def _since(entries: Sequence[Entry], since: Quanta) -> list[Entry]:
    """Return the entries that have ended (all but the last) and began after `since`, oldest first."""
    ended = itertools.islice(reversed(entries), 1, None)
    return list(itertools.takewhile(lambda e: e.item.start > since, ended))[::-1]


def index_row(entry: Entry) -> AiredRow:
    """Return the index row of an entry."""
    item = entry.item
    asset, house = item.asset or AssetId(""), item.house or HouseId("")
    return AiredRow(
        item.channel, item.start, Quanta(entry.length), asset, house, item.kind.value, item.title, item.programme,
        item.programme_id, item.category, item.slot, item.order, item.artist, item.why, item.in_point, item.planned,
    )  # fmt: skip


def restricted(shelf: Shelf, folders: Sequence[str]) -> Shelf:
    """Return what of `shelf` lies below any of `folders` (none: all of it); channels of one profile share a shelf."""
    if not folders:
        return shelf
    kept = {}
    for asset, material in shelf.materials.items():
        paths = tuple(p for p in material.paths if any(below(p, f) for f in folders))
        if paths:
            kept[asset] = replace(material, paths=paths)
    return Shelf(kept, shelf.derived)


class Work:
    """The worker role."""

    def __init__(self, settings: Settings, records: Records, changed: Callable[[], None]) -> None:
        self.settings, self._records, self._changed = settings, records, changed
        self._wants: tuple[Airs, ...] = ()
        self.ingest: Ingest | None = None
        self.lost: asyncio.Queue[HouseId] = asyncio.Queue()
        """House sets that the air missed, to be made again."""

    @property
    def paused(self) -> str | None:
        """Why nothing is conformed now; None when all is well."""
        if self.ingest is None:
            return None
        return self.ingest.paused_reason

    async def run(self) -> None:
        """Make the demo (when wanted), watch the media folder, conform: for ever."""
        settings = self.settings
        await asyncio.to_thread(partial(settings.media_dir.mkdir, parents=True, exist_ok=True))
        library = await self._records.opened()
        async with asyncio.TaskGroup() as group:
            await asyncio.to_thread(self._remove_demo)
            if settings.demo:
                await self._demo_schedules()
                group.create_task(supervised("demo", self._demo))
            await self._read_wants(library)
            looks = Looks(settings, self._records, library)
            self.ingest = Ingest(
                library,
                settings.media_dir,
                settings.data_dir / "house",
                settings.data_dir / "work",
                partial(conform, still=make_still),
                lambda path, facts: with_lean(wanted(path, facts, self._wants), settings),
                looks.after(self._changed),
                conform_jobs=settings.conform_jobs,
                min_free=round(settings.min_free_gb * 1e9),
                render=partial(render_derived, logos=settings.data_dir / LOGOS, still=make_still),
            )
            group.create_task(self.ingest.run())
            group.create_task(supervised("looks", looks.run))
            group.create_task(supervised("wants", self._follow_plans))
            group.create_task(supervised("wishes", Wishes(settings, self._records, lambda: self._wants).run))

    async def make_again(self) -> None:
        """Have what is lost conformed again, one after another; while the database is away it waits."""
        library = await self._records.opened()
        while True:
            house = await self.lost.get()
            while True:
                try:
                    await library.lose_house(house, datetime.now(UTC))
                    break
                except (SQLAlchemyError, OSError) as error:
                    self._records.failed(error)
                await asyncio.sleep(RETRY_S)

    def _demo_station(self) -> DemoStation:
        s = self.settings
        tv = next((c.name for c in s.channels if c.kind is ChannelKind.TV), s.station.name)
        radio = next((c.name for c in s.channels if c.kind is ChannelKind.RADIO), s.station.name)
        local = datetime.now(s.station.zone)
        zone = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}.get(str(s.station.zone), "")
        return DemoStation(s.station.name, tv, radio, s.station.place, zone, (local.hour + 1) % 24)

    async def _demo_schedules(self) -> None:
        """Write the demo's schedule files before the first scan asks what is wanted."""
        data = self.settings.data_dir
        note = partial(record.note_schedule, data)
        await asyncio.to_thread(write_schedules, data / "schedule", self._demo_station(), note)

    def _remove_demo(self) -> None:
        """Remove what the demo made, once staff have asked for that."""
        data = self.settings.data_dir
        if self.settings.demo or not record.read(data).leaving:
            return
        try:
            gone = record.remove(data, self.settings.media_dir, data / "schedule")
            log.info("demo_removed", files=gone)
        except OSError as error:
            log.warning("demo_not_removed", reason=str(error))

    async def _demo(self) -> None:
        try:
            data, media = self.settings.data_dir, self.settings.media_dir
            await make_demo(media, data / "schedule", self._demo_station(), partial(record.note_file, data, media))
        except (OSError, LpplError) as error:
            log.warning("demo_not_made", reason=str(error))

    async def _read_wants(self, library: Library) -> bool:
        """Read anew what is wanted; tell whether that changed. While the database is away, nothing has."""
        try:
            found = await read_wants(self.settings, library)
        except (SQLAlchemyError, OSError) as error:
            self._records.failed(error)
            return False
        changed, self._wants = found != self._wants, found
        return changed

    async def _follow_plans(self) -> None:
        """Ask anew what each file is wanted for whenever a schedule file, or what staff laid down, names others."""
        library = await self._records.opened()
        store = PlanStore(library.engine)
        looked: object = None
        seen: object = None
        while True:
            await asyncio.sleep(self._records.rest(LOOK_S))
            files, stamp = await asyncio.to_thread(self._stamps), self._records.stamp()
            if stamp is not None and (files, stamp) == looked:
                continue
            try:
                now = files, await store.change_counter()
            except (SQLAlchemyError, OSError) as error:
                self._records.failed(error)
                continue
            looked = files, stamp
            if now != seen:
                seen = now
                if await self._read_wants(library) and self.ingest is not None:
                    await self.ingest.review()

    def _stamps(self) -> dict[Path, int]:
        return stamps([self.settings.schedule_file(c) for c in self.settings.channels])
