"""Setting a station up, step by step: who it is, its channels, material, the first week, farewell to the demo.

A step is done when the station shows it (a grid in force, settings of its own), or when somebody said that it is right
as it is; nothing else is kept, so the walk can be left and taken up again at any time.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import PurePosixPath

from sqlalchemy import select

from lppl.audit import Actor
from lppl.config import ChannelSettings
from lppl.demo import record
from lppl.demo.record import DemoRecord
from lppl.desk.grid import keep, rules
from lppl.desk.office import Office
from lppl.errors import LpplError
from lppl.events import PlanChanged
from lppl.library import Library
from lppl.media import ChannelKind, Material
from lppl.plan_store import GridVersion, Kind
from lppl.programme import Programme
from lppl.records import AssetState
from lppl.tables import asset_files, assets
from scheduler.first_week import Part, Parts, Wanted, first_week, guess, missing
from scheduler.grid_text import Bundle

WALK = "walk"


class Step(StrEnum):
    """The steps, in their order."""

    STATION = "stasiun"
    CHANNELS = "kanal"
    MATERIAL = "materi"
    WEEK = "minggu"
    DEMO = "contoh"


class DemoNeeded(LpplError):
    """A channel would have nothing, or too little, without the demo's material."""

    def __init__(self, channel: str, why: str, english: str) -> None:
        self.channel = channel
        super().__init__(f"{channel} masih memerlukan contoh: {why}", f"{channel} still needs the demo: {english}")


class NoMaterial(LpplError):
    """There is nothing to make a week of."""

    def __init__(self, channel: str) -> None:
        super().__init__(
            f"Belum ada materi yang cocok untuk {channel}. Unggah dulu, atau pilih foldernya.",
            f"There is no material for {channel} yet. Upload some, or choose its folders.",
        )


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the media folder with what lies right in it. `demo`: all of it was made by the demo."""

    path: str
    pictures: int
    sounds: int
    seconds: float
    demo: bool

    def suits(self, kind: ChannelKind) -> bool:
        """Tell whether a channel of a kind may air something of it."""
        return bool(self.pictures if kind is ChannelKind.TV else self.sounds)


@dataclass(frozen=True)
class Stock:
    """The material there is: its folders, all its paths, and what of it the demo made."""

    folders: tuple[Folder, ...]
    files: Collection[str]
    demo: DemoRecord

    @property
    def own(self) -> int:
        """Files that are the station's own."""
        return sum(1 for path in self.files if not self.demo.owns(path))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a station has come: the steps that are done, and whether somebody ended the walk."""

    done: frozenset[Step]
    closed: bool

    @property
    def complete(self) -> bool:
        """Whether nothing is left to be shown."""
        return self.closed or self.done == frozenset(Step)


# ---- where the station stands ---------------------------------------------------------------------


async def progress(office: Office) -> Progress:
    """Return how far the station has come."""
    done, closed = await _kept(office)
    settings = (await office.set_up.sources()).settings
    if await _grids(office):
        done.add(Step.WEEK)
    if not settings.demo and not (await asyncio.to_thread(record.read, office.settings.data_dir)).files:
        done.add(Step.DEMO)
    return Progress(frozenset(done), closed)


async def _kept(office: Office) -> tuple[set[Step], bool]:
    """Return the steps that somebody said are done, and whether somebody ended the walk."""
    kept = (await office.planning.store.documents(Kind.SETUP)).get(WALK, {})
    return {Step(name) for name in kept.get("done", ()) if name in set(Step)}, bool(kept.get("closed"))


async def _grids(office: Office) -> bool:
    """Tell whether every channel airs a grid."""
    store = office.planning.store
    return all([await store.in_force(c.id) is not None for c in office.settings.channels])


async def mark(office: Office, step: Step, now: datetime) -> None:
    """Note that a step is done."""
    done, closed = await _kept(office)
    await _note(office, done | {step}, closed, now)


async def close(office: Office, actor: Actor, now: datetime) -> None:
    """End the walk: its checklist is no longer shown."""
    done, _ = await _kept(office)
    await _note(office, done, True, now)
    await office.audit.record(actor, "setup.closed", now)


async def _note(office: Office, done: Collection[Step], closed: bool, now: datetime) -> None:
    document = {"done": [step for step in Step if step in done], "closed": closed}
    await office.planning.store.save_document(Kind.SETUP, WALK, document, now)


# ---- material -------------------------------------------------------------------------------------


async def stock(office: Office) -> Stock:
    """Return the material that can be aired."""
    rows = await _rows(office.library)
    demo = await asyncio.to_thread(record.read, office.settings.data_dir)
    return await asyncio.to_thread(_stock, rows, demo)


async def _rows(library: Library) -> list[tuple[str, bool, float]]:
    query = select(asset_files.c.path, assets.c.has_picture, assets.c.duration_s).join(assets)
    query = query.where(assets.c.state == AssetState.READY, assets.c.removed.is_(None))
    found: list[tuple[str, bool, float]] = []
    async with library.engine.connect() as connection:
        result = await connection.stream(query)
        async for rows in result.partitions(1000):
            found += [(path, picture, seconds) for path, picture, seconds in rows]
    return found


def _stock(rows: Sequence[tuple[str, bool, float]], demo: DemoRecord) -> Stock:
    known: dict[str, list[tuple[str, bool, float]]] = {}
    for row in rows:
        if not row[0].startswith("/"):  # the product's own
            known.setdefault(str(PurePosixPath(row[0]).parent), []).append(row)
    folders = [
        Folder(
            folder,
            sum(1 for _, picture, _ in inside if picture),
            sum(1 for _, picture, _ in inside if not picture),
            sum(seconds for _, _, seconds in inside),
            all(demo.owns(path) for path, _, _ in inside),
        )
        for folder, inside in sorted(known.items())
    ]
    return Stock(tuple(folders), {path for inside in known.values() for path, _, _ in inside}, demo)


def proposed(channel: ChannelSettings, found: Stock, others: Collection[str]) -> Parts:
    """Return which folders should fill which part of a channel's week; the demo's only where there is nothing else.

    `others`: ids of the other channels; what lies in a folder of such a name is theirs.
    """
    mine = [f for f in found.folders if f.suits(channel.kind) and not {*f.path.split("/")} & {*others}]
    own = [f for f in mine if not f.demo]
    return guess(f.path for f in (own or mine))


# ---- the first week -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Week:
    """A first week that was made but not kept: `lacks` are sentences about what a station usually has."""

    channel: ChannelSettings
    bundle: Bundle
    lacks: tuple[tuple[str, str], ...]
    programmes: Mapping[str, Programme]
    """Those that were there before."""


async def preview(office: Office, channel: str, parts: Mapping[Part, Sequence[str]], relay: str, now: datetime) -> Week:
    """Return the week that the typical day gives with these folders. Raises UnknownChannel, NoMaterial."""
    desk = office.planning
    settings, known, found = desk.channel(channel), await desk.laid_down(), await stock(office)
    kept = {part: tuple(folders) for part, folders in parts.items() if folders}
    # a day early: what begins before midnight is under way after it
    first = now.astimezone(desk.zone).date() - timedelta(days=1)
    house_rules = await rules(desk, channel)
    wanted = Wanted(channel, settings.kind, desk.settings.station.place, kept, found.files, first, relay.strip())
    try:
        bundle = await asyncio.to_thread(first_week, wanted, known.programmes, house_rules)
    except ValueError:
        raise NoMaterial(settings.name) from None
    return Week(settings, bundle, missing(wanted), known.programmes)


async def lay_down(
    office: Office, channel: str, parts: Mapping[Part, Sequence[str]], relay: str, actor: Actor, now: datetime
) -> tuple[Week, GridVersion]:
    """Keep the first week of a channel as its draft. Raises UnknownChannel, NoMaterial."""
    week = await preview(office, channel, parts, relay, now)
    kept = await keep(office.planning, channel, week.bundle, actor.name, now, "minggu pertama")
    await office.audit.record(
        actor, "grid.first_week", now, channel=channel, object=str(kept.version.number),
        after={"parts": {p: list(f) for p, f in parts.items()}, "relay": relay},
    )  # fmt: skip
    office.bus.publish(PlanChanged(channel, "draft", actor.name))
    return week, kept.version


# ---- farewell to the demo -------------------------------------------------------------------------


async def part_with_demo(office: Office, actor: Actor, now: datetime) -> None:
    """Have the demo's material removed at the next start, and never made again.

    First every channel must air a grid of its own with own material that is ready: nothing goes silent. Raises
    DemoNeeded, SetElsewhere, SettingsInvalid, OSError.
    """
    found = await asyncio.to_thread(record.read, office.settings.data_dir)
    for channel in office.settings.channels:
        await _stands_alone(office, channel, found, now)
    await office.set_up.keep({"demo": False}, actor, now)
    if found.files or found.schedules:
        await asyncio.to_thread(record.ask, office.settings.data_dir)
    await mark(office, Step.DEMO, now)
    await office.audit.record(actor, "demo.removed", now, before={"files": len(found.files)})


async def _stands_alone(office: Office, channel: ChannelSettings, demo: DemoRecord, now: datetime) -> None:
    """Raise DemoNeeded unless tomorrow would be full of the station's own material, were the demo's gone."""
    desk = office.planning

    def own(material: Material) -> bool:
        return any(not path.startswith("/") and not demo.owns(path) for path in material.paths)

    if await desk.store.in_force(channel.id) is None:
        raise DemoNeeded(channel.name, "terbitkan minggunya dulu.", "publish its week first.")
    alone = await desk.order_of(channel.id, now.astimezone(desk.zone).date() + timedelta(days=1), now, own)
    ready = sum(line.length for line in alone if own(line.material))
    whole = sum(line.length for line in alone)
    if not whole or ready < whole * SHARE_READY:
        raise DemoNeeded(
            channel.name,
            "materi sendiri yang siap belum cukup; tunggu sampai selesai disiapkan, atau ubah folder minggunya.",
            "too little material of its own is ready; wait until it is, or choose other folders for its week.",
        )


SHARE_READY = 0.9
"""Of a day's airtime; what is missing of the rest is filled as always."""
