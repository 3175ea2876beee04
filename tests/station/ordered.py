"""Half a minute of a station whose operators are busy: every order once, a break-in, a power cut, no database.

Air, web and worker run as processes of their own, the operator's desk is the test: what it orders reaches the air by
files alone.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from lppl import journal
from lppl.break_in import BreakIn
from lppl.config import load_settings
from lppl.database import open_database
from lppl.desk.control import ControlDesk
from lppl.journal import Entry
from lppl.orders import Kept, State
from lppl.plan_store import EditRow, PlanStore
from lppl.quanta import Quanta, at_or_after, milliseconds
from lppl.rundown import Kind
from tests.station.service import Home, Service, eventually
from tests.station.watcher import Watched, Watcher, watching

CHANNELS = ("tv", "radio")
PLAYED = {"tv": "tv/Kamera.mov", "radio": "radio/Pantun.wav"}
INSERTED = {"tv": "tv/Kilat.mp4", "radio": "radio/Lama.mp2"}
PREPARED = BreakIn(id="rob", headline="Rob di Panjang", label="STOP PRESS", lines=("Jauhi pantai.",), spoken=False)
TYPED = BreakIn(id="baru", headline="Jalan Hayam Wuruk ditutup", lines=("Lewat Jalan Sriwijaya.",), source="Dishub")


@dataclass
class Outcome:
    """What one run left: journal, ledger and records of each channel, and what players saw."""

    journal: dict[str, list[Entry]] = field(default_factory=dict)
    orders: dict[str, dict[str, Kept]] = field(default_factory=lambda: {c: {} for c in CHANNELS})
    """By what the run calls them."""
    edits: dict[str, tuple[EditRow, ...]] = field(default_factory=dict)
    watched: dict[str, Watched] = field(default_factory=dict)
    reach_s: list[float] = field(default_factory=list)
    """From giving an order that cuts until its first quantum was on the air."""
    rendered_s: list[float] = field(default_factory=list)
    """From giving a text of the moment until its own card was on the air."""
    took: dict[str, float] = field(default_factory=dict)
    killed: Quanta = Quanta(0)


class Station:
    """The station's folder, its desk, and its processes."""

    def __init__(self, home: Home, out: Outcome) -> None:
        self.home, self.out = home, out
        self.settings = load_settings(home.folder / "lppl.toml", {})
        self.desk = ControlDesk(self.settings)
        self.air: Service | None = None

    def journal(self, channel: str) -> list[Entry]:
        return journal.read(self.home.data / "journal", Quanta(0)).get(channel, [])

    async def did(self, channel: str, name: str, kept: Kept, *, given: datetime | None = None) -> Kept:
        """Wait until an order is on the air; return it as the ledger has it then."""

        async def done() -> bool:
            ledger = await self.desk.orders(channel)
            found = ledger.of(kept.order.id)
            assert found is not None
            self.out.orders[channel][name] = found
            return found.state is State.DONE

        await eventually(done, f"{name} on {channel}", 30.0)
        found = self.out.orders[channel][name]
        if given is not None:
            self.out.reach_s.append(milliseconds(Quanta(found.at)) / 1000 - given.timestamp())
        return found

    async def until_aired(self, channel: str, condition: Callable[[Entry], bool], what: str) -> Entry:
        found: list[Entry] = []

        async def aired() -> bool:
            found[:] = [e for e in await asyncio.to_thread(self.journal, channel) if condition(e)]
            return bool(found)

        await eventually(aired, f"{what} on {channel}", 30.0)
        return found[0]


@contextlib.asynccontextmanager
async def role(home: Home, *names: str) -> AsyncIterator[Service]:
    service = await Service.start(home, [word for name in names for word in ("--only", name)])
    try:
        yield service
    finally:
        await service.close()


async def busy_hour(home: Home) -> Outcome:
    """Run the station through all of it."""
    out = Outcome()
    station, began = Station(home, out), time.monotonic()

    def stage(name: str) -> None:
        out.took[name] = round(time.monotonic() - began, 1)

    async with contextlib.AsyncExitStack() as stack:
        station.air = await stack.enter_async_context(role(home, "air"))
        web = await stack.enter_async_context(role(home, "web", "worker"))
        await web.on_air()
        await prepared(station)
        stage("on air")
        for channel in CHANNELS:
            watcher = Watcher(f"{home.url}/hls/{channel}/master.m3u8", outage_s=20.0, young=True)
            out.watched[channel] = await stack.enter_async_context(watching(watcher))
        await asyncio.gather(*(ordered(station, channel) for channel in CHANNELS))
        stage("ordered")
        await asyncio.gather(*(broken_in(station, channel) for channel in CHANNELS))
        stage("broken in")
        await cut_off(station, stack)
        stage("back without records")
        await asyncio.gather(*(without_records(station, channel) for channel in CHANNELS))
        stage("ended")
        await recorded(station)
        stage("recorded")
        for channel in CHANNELS:
            out.journal[channel] = station.journal(channel)
    return out


async def prepared(station: Station) -> None:
    """Prepare a break-in, and wait until it is rendered for both channels."""
    engine = open_database(station.settings.database_url)
    try:
        desk = ControlDesk(station.settings, PlanStore(engine))
        await desk.save_break_in(PREPARED, "Sari", datetime.now(UTC))

        async def ready() -> bool:
            return any(p.break_in.id == PREPARED.id and all(p.ready.values()) for p in await station.desk.break_ins())

        await eventually(ready, "the prepared break-in is rendered", 60.0)
    finally:
        await engine.dispose()


async def ordered(station: Station, channel: str) -> None:
    """Skip, play, insert, hold and go on."""
    desk = station.desk

    async def skip(name: str) -> None:
        now = datetime.now(UTC)
        await station.did(channel, name, await desk.skip_now(channel, "Sari", now), given=now)

    await skip("skip")
    now = datetime.now(UTC)
    await station.did(channel, "play", await desk.play_now(channel, PLAYED[channel], "Budi", now), given=now)
    inserted = await desk.insert_next(channel, INSERTED[channel], "Budi", datetime.now(UTC))
    await skip("skip to inserted")
    await station.did(channel, "insert", inserted)
    held = await desk.hold(channel, "Sari", datetime.now(UTC))
    await skip("skip to filler")
    await station.did(channel, "hold", held)
    now = datetime.now(UTC)
    await station.did(channel, "resume", await desk.resume(channel, "Sari", now), given=now)


async def broken_in(station: Station, channel: str) -> None:
    now = datetime.now(UTC)
    await station.did(channel, "break in", await station.desk.break_in(channel, "rob", "Sari", now), given=now)


async def cut_off(station: Station, stack: contextlib.AsyncExitStack) -> None:
    """End the air role as a power cut does, a skip before it is on the air; take the records away; start again."""
    assert station.air is not None
    await station.air.kill()
    station.out.killed = at_or_after(datetime.now(UTC))
    for path in station.home.data.glob("lppl.db*"):
        path.rename(station.home.folder / path.name)
    (station.home.data / "lppl.db").mkdir()  # nothing can be made in its place
    station.air = await stack.enter_async_context(role(station.home, "air"))
    for channel in CHANNELS:
        since = station.out.killed
        await station.until_aired(channel, lambda e: e.end > since + 10, "the air goes on")  # noqa: B023


async def without_records(station: Station, channel: str) -> None:
    """Change the break-in's text, end it, and skip: with nothing but files."""
    desk, now = station.desk, datetime.now(UTC)
    kept = await desk.break_in(channel, TYPED, "Budi", now)
    await station.did(channel, "typed", kept)
    own = await station.until_aired(channel, lambda e: e.item.title == TYPED.headline, "its own card")
    station.out.rendered_s.append(milliseconds(own.item.start) / 1000 - now.timestamp())
    now = datetime.now(UTC)
    await station.did(channel, "end", await desk.end_break_in(channel, "Budi", now), given=now)
    now = datetime.now(UTC)
    await station.did(channel, "last skip", await desk.skip_now(channel, "Sari", now), given=now)


async def recorded(station: Station) -> None:
    """Give the records back, and wait until all orders are among them."""
    (station.home.data / "lppl.db").rmdir()
    for path in station.home.folder.glob("lppl.db*"):
        path.rename(station.home.data / path.name)
    engine = open_database(station.settings.database_url)
    store = PlanStore(engine)
    since = at_or_after(datetime.now(UTC) - timedelta(hours=1))
    try:
        for channel in CHANNELS:
            ids = {k.order.id for k in (await station.desk.orders(channel)).kept if k.edit is not None}

            async def there(channel: str = channel, ids: set[str] = ids) -> bool:
                rows = station.out.edits[channel] = await store.edits(channel, since)
                return ids <= {row.document["ordered"] for row in rows}

            await eventually(there, f"the orders of {channel} are recorded", 40.0)
    finally:
        await engine.dispose()


def kinds(entries: list[Entry]) -> set[Kind]:
    """Return what kinds of entries there are."""
    return {e.item.kind for e in entries}
