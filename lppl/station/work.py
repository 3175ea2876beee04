"""The worker role: database, library, conform queue, demo material, nightly copies. Slow and patient by design."""

import asyncio
import contextlib
import itertools
import json
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import structlog
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from lppl import journal
from lppl.backup import copy_sqlite, create_backup
from lppl.config import ChannelSettings, Settings
from lppl.database import HEAD, migrate, open_database, server_version
from lppl.demo.station import DemoStation, make_demo, write_schedules
from lppl.derived import SPECIFICATION, Specification
from lppl.errors import DatabaseAway, LpplError
from lppl.events import Bus, LibraryChanged
from lppl.journal import Entry
from lppl.library import Library
from lppl.masking import cleaned
from lppl.media import ChannelKind, Facts, HouseId, Profile, Shelf
from lppl.ports import Aired
from lppl.quanta import Quanta
from lppl.records import BUILTIN, AiredRow
from lppl.station.air import wishes_file
from lppl.station.still import make_still
from lppl.station.supervision import supervised
from lppl.takedowns import Takedowns
from lppl.withheld import Withheld
from scheduler.planner import Origin, read_schedule_file
from scheduler.schedule import Schedule
from streaming.conform import conform
from streaming.ingest import Ingest
from streaming.rendering import LOGOS, render_derived

log = structlog.get_logger(__name__)

RETRY_S = 5.0
PROBE_S = 60.0
"""How often a database that answers is asked whether it still does; whoever uses it tells of trouble at once."""
LOOK_S = 4.0
WISHES_S = 8.0
LOOK_ANYWAY_S = 60.0
"""The library is asked at least this often, even when its file does not seem to have changed."""
BURST_S = 0.5
"""Changes come in bursts: wait this long before looking."""
INDEX_S = 60.0
"""The index may lag: what the air needs of the past is in memory, and the journal is the truth."""

Rest = Callable[[float], float]
"""Turns a pause into about the same pause, in seconds, that ends when the process is awake anyway."""


class Records:
    """The database, opened in the background and reopened when it was away. `failure` says why it is.

    Who looks into it now and then does so after a :attr:`rest`.
    """

    def __init__(self, settings: Settings, rest: Rest = float) -> None:
        self._settings, self.rest = settings, rest
        self._url, self._file = settings.database_url, settings.database_file
        self.failure: str | None = "belum dibuka / not open yet"
        self.library: Library | None = None
        self._takedowns: Takedowns | None = None
        self._opened = asyncio.Event()

    async def opened(self) -> Library:
        """Wait until the database is there."""
        await self._opened.wait()
        assert self.library is not None
        return self.library

    async def keep_open(self) -> None:
        """Migrate and open, again and again until it works; afterwards look now and then whether it answers."""
        while True:
            try:
                if self.library is None:
                    if self._file is None and await server_version(self._url) not in (None, HEAD):
                        await create_backup(self._settings)
                    await migrate(self._url, backup=copy_sqlite)
                    engine = open_database(self._url)
                    self.library, self._takedowns = Library(engine), Takedowns(engine)
                    self._opened.set()
                await self.library.change_counter()
                self.failed(None)
            except (SQLAlchemyError, sqlite3.Error, OSError, LpplError) as error:  # migrations speak to SQLite itself
                self.failed(error)
            await asyncio.sleep(self.rest(RETRY_S if self.failure else PROBE_S))

    async def withheld(self, channel: str) -> Withheld:
        """Return what of the channel's past may not be watched. Raises DatabaseAway: then nobody knows."""
        if self._takedowns is None:
            raise DatabaseAway
        try:
            return await self._takedowns.withheld(channel)
        except (SQLAlchemyError, OSError) as error:
            self.failed(error)
            raise DatabaseAway from None

    def stamp(self) -> tuple[int, ...] | None:
        """Return what differs after any write to an SQLite database, by two stat calls; None for a server."""
        if self._file is None:
            return None
        found: list[int] = []
        for file in (self._file, self._file.with_name(f"{self._file.name}-wal")):
            with contextlib.suppress(OSError):
                stat = file.stat()
                found += [stat.st_ino, stat.st_size, stat.st_mtime_ns]
        return tuple(found)

    def failed(self, error: Exception | None) -> None:
        """Remember, and say once, that the database is away, or back."""
        text = f"{type(error).__name__}: {cleaned(str(error)).partition(chr(10))[0][:200]}" if error else None
        if text != self.failure:
            if text:
                log.error("database_away", reason=text)
            elif self.failure:
                log.info("database_open")
            self.failure = text


class ShelfWatch:
    """Tells the air role what its channels can air, whenever the library has changed."""

    def __init__(
        self, settings: Settings, records: Records, bus: Bus, take: Callable[[str, Shelf], Awaitable[None]]
    ) -> None:
        self._settings, self._records, self._bus, self._take = settings, records, bus, take

    async def run(self) -> None:
        """Watch for ever; a database that is away leaves everything as it is."""
        library = await self._records.opened()
        loop = asyncio.get_running_loop()
        seen: int | None = None
        stamp: tuple[int, ...] | None = None
        asked_at = -LOOK_ANYWAY_S
        async with self._bus.subscribe(LibraryChanged) as changes:
            while True:
                now = self._records.stamp()
                if now is None or now != stamp or loop.time() - asked_at > LOOK_ANYWAY_S:
                    try:
                        counter = await library.change_counter()
                        if counter != seen:
                            await self._look(library)
                            seen = counter
                        stamp, asked_at = now, loop.time()
                    except (SQLAlchemyError, OSError) as error:
                        self._records.failed(error)
                # another process may have no bus to tell us: look now and then all the same
                await changes.burst(self._records.rest(LOOK_S), BURST_S)

    async def _look(self, library: Library) -> None:
        for channel in self._settings.channels:
            shelf = await library.shelf(self._settings.profile(channel))
            await self._take(channel.id, restricted(shelf, channel.folders))


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
            await library.record_aired([row for e in ended if (row := _row(e)) is not None])
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


def _row(entry: Entry) -> AiredRow | None:
    """Return the index row of an entry; None for off-air time, which only the journal holds."""
    item = entry.item
    if item.asset is None or item.house is None:
        return None
    length = Quanta(entry.length)
    return AiredRow(
        item.channel, item.start, length, item.asset, item.house, item.kind.value, item.title, item.programme,
        item.programme_id, item.category, item.slot, item.order, item.artist, item.why,
    )  # fmt: skip


def wanted(
    path: str, facts: Facts, channels: Sequence[tuple[ChannelSettings, Profile, Schedule | None]]
) -> list[Profile]:
    """Return the profiles under which a file should be conformed: those of the channels that may air it.

    A channel with a schedule file wants what the file names; one without wants what suits it: TV what has a picture,
    radio what has none. `folders` in the settings narrow both.
    """
    if path.startswith(BUILTIN):
        return []
    out: list[Profile] = []
    for channel, profile, schedule in channels:
        if channel.folders and not any(_below(path, f) for f in channel.folders):
            continue
        if schedule is not None:
            suits = any(_below(path, named) for named in named_paths(schedule))
        else:
            suits = facts.video is not None if channel.kind is ChannelKind.TV else facts.video is None
        if suits and profile not in out:
            out.append(profile)
    return out


def named_paths(schedule: Schedule) -> set[str]:
    """Return the files and folders that a schedule names; a pattern counts as its folder."""
    names = set(schedule.filler)
    for block in schedule.block:
        names |= {*block.items, *block.rotation, *((block.folder,) if block.folder is not None else ())}
    names |= {at.item for at in schedule.at}
    return {n.split("{")[0].rpartition("/")[0] if "{" in n else n.removeprefix("folder:") for n in names}


def restricted(shelf: Shelf, folders: Sequence[str]) -> Shelf:
    """Return what of `shelf` lies below any of `folders` (none: all of it); channels of one profile share a shelf."""
    if not folders:
        return shelf
    kept = {}
    for asset, material in shelf.materials.items():
        paths = tuple(p for p in material.paths if any(_below(p, f) for f in folders))
        if paths:
            kept[asset] = replace(material, paths=paths)
    return Shelf(kept)


def _below(path: str, named: str) -> bool:
    named = named.strip("/")
    return named in ("", ".") or path == named or path.startswith(named + "/")


class Work:
    """The worker role."""

    def __init__(self, settings: Settings, records: Records, changed: Callable[[], None]) -> None:
        self.settings, self._records, self._changed = settings, records, changed
        self._schedules: list[tuple[ChannelSettings, Profile, Schedule | None]] = []
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
            if settings.demo:
                await self._demo_schedules()
                group.create_task(supervised("demo", self._demo))
            await self._read_schedules()
            self.ingest = Ingest(
                library,
                settings.media_dir,
                settings.data_dir / "house",
                settings.data_dir / "work",
                partial(conform, still=make_still),
                lambda path, facts: wanted(path, facts, self._schedules),
                self._changed,
                conform_jobs=settings.conform_jobs,
                min_free=round(settings.min_free_gb * 1e9),
                render=partial(render_derived, logos=settings.data_dir / LOGOS, still=make_still),
            )
            group.create_task(self.ingest.run())
            group.create_task(self._follow_schedules())
            group.create_task(supervised("wishes", self._follow_wishes))

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
        await asyncio.to_thread(write_schedules, self.settings.data_dir / "schedule", self._demo_station())

    async def _demo(self) -> None:
        try:
            await make_demo(self.settings.media_dir, self.settings.data_dir / "schedule", self._demo_station())
        except (OSError, LpplError) as error:
            log.warning("demo_not_made", reason=str(error))

    async def _read_schedules(self) -> bool:
        found: list[tuple[ChannelSettings, Profile, Schedule | None]] = []
        for c in self.settings.channels:
            read = await asyncio.to_thread(read_schedule_file, self.settings.schedule_file(c), c.kind)
            found.append((c, self.settings.profile(c), None if read.origin is Origin.DEFAULT else read.schedule))
        changed = found != self._schedules
        self._schedules = found
        return changed

    async def _follow_schedules(self) -> None:
        stamps: dict[Path, int] = {}
        while True:
            await asyncio.sleep(LOOK_S)
            now = await asyncio.to_thread(self._stamps)
            if now != stamps:
                stamps = now
                if await self._read_schedules() and self.ingest is not None:
                    await self.ingest.review()

    async def _follow_wishes(self) -> None:
        """Queue what the plans would have rendered ahead, as the air role tells it in files."""
        library = await self._records.opened()
        stamps: dict[Path, int] = {}
        while True:
            await asyncio.sleep(self._records.rest(WISHES_S))
            now = await asyncio.to_thread(_stamps, [wishes_file(self.settings, c.id) for c in self.settings.channels])
            for channel in self.settings.channels:
                path = wishes_file(self.settings, channel.id)
                if now.get(path) == stamps.get(path):
                    continue
                try:
                    wishes = await asyncio.to_thread(read_wishes, path)
                    await library.add_derived(wishes, self.settings.profile(channel), datetime.now(UTC))
                    stamps = stamps | {path: now[path]}
                except (SQLAlchemyError, OSError) as error:
                    self._records.failed(error)

    def _stamps(self) -> dict[Path, int]:
        return _stamps([self.settings.schedule_file(c) for c in self.settings.channels])


def _stamps(paths: Sequence[Path]) -> dict[Path, int]:
    found: dict[Path, int] = {}
    for path in paths:
        with contextlib.suppress(OSError):  # an editor replaces the file just now, or there is none
            found[path] = path.stat().st_mtime_ns
    return found


def read_wishes(path: Path) -> list[tuple[Specification, Quanta]]:
    """Return what a channel's plan would have rendered; what cannot be read is left out. Raises OSError."""
    found: list[tuple[Specification, Quanta]] = []
    try:
        raw = json.loads(path.read_bytes())
    except ValueError:
        return []
    for said, needed in raw:
        with contextlib.suppress(ValidationError):
            found.append((SPECIFICATION.validate_python(said), Quanta(needed)))
    return found
