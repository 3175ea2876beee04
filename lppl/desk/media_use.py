"""Where material is used: what of the plans names it, when it comes on the air, when it aired.

The documents are matched purely; reading them, and the running orders that the air role tells, is the shell around it.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from lppl.desk.grid import rules
from lppl.desk.planning import PlanningDesk
from lppl.media import AssetId
from lppl.quanta import Quanta
from lppl.rundown import Line
from lppl.station.state import read_rundown
from scheduler.grid import ChannelRules, Grid, read_grid
from scheduler.laying_out import Desk
from scheduler.named import entry_paths, fixed_paths, playlist_paths


class Place(StrEnum):
    """What names material."""

    GRID = "pola"
    DRAFT = "rancangan"
    FILLER = "sisipan"
    PLAYLIST = "daftar"
    ROTATION = "rotasi"
    ORDER = "iklan"
    FIXED = "tetap"


@dataclass(frozen=True, slots=True)
class Use:
    """Something that names an asset: itself (`direct`), or a folder that it lies in."""

    place: Place
    channel: str
    name: str
    title: str
    direct: bool


@dataclass(frozen=True, slots=True)
class Coming:
    """A line of a running order; `start` and `end` are air times in quanta."""

    channel: str
    start: Quanta
    end: Quanta
    programme: str


@dataclass(frozen=True)
class Sheets:
    """What is laid down for one channel: grids by where they stand, and its rules."""

    channel: str
    grids: Mapping[Place, Grid]
    rules: ChannelRules


@dataclass(frozen=True)
class Plans:
    """All that can name material."""

    desk: Desk
    sheets: Sequence[Sheets]


async def read_plans(desk: PlanningDesk) -> Plans:
    """Return everything that can name material, as it is kept now."""
    sheets = []
    for channel in desk.settings.channels:
        grids: dict[Place, Grid] = {}
        for place, version in (
            (Place.GRID, await desk.store.in_force(channel.id)),
            (Place.DRAFT, await desk.store.draft(channel.id)),
        ):
            if version is not None:
                grids[place] = read_grid(version.document)[0]
        try:
            kept = await rules(desk, channel.id)
        except ValueError:
            kept = ChannelRules(id=channel.id)
        sheets.append(Sheets(channel.id, grids, kept))
    return Plans(await desk.laid_down(), sheets)


def uses_of(paths: Sequence[str], plans: Plans) -> tuple[Use, ...]:
    """Return what names a file that lies at `paths`; what names it by a folder comes last. Pure."""

    folders = {str(folder) for path in paths for folder in PurePosixPath(path).parents}
    folders |= {""} if paths else set()

    def named(said: Iterable[str]) -> bool | None:
        """Tell whether what is said names the file itself (True), a folder of it (False), or neither (None)."""
        names = {name.strip("/") for name in said}
        if not names.isdisjoint(paths):
            return True
        return None if names.isdisjoint(folders) else False

    found = [
        Use(place, channel, name, title, direct)
        for place, channel, name, title, said in _named(plans)
        if (direct := named(said)) is not None
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda use: not use.direct))


def _named(plans: Plans) -> Iterator[tuple[Place, str, str, str, Iterable[str]]]:
    """Yield place, channel, name, title and paths of everything that names material."""
    desk = plans.desk
    for sheet in plans.sheets:
        for place, grid in sheet.grids.items():
            for entry in grid.entries:
                programme = desk.programmes.get(entry.programme)
                title = programme.title if programme else entry.programme
                yield place, sheet.channel, entry.id, title, entry_paths(entry, desk)
        for grid in sheet.grids.values():
            yield Place.FILLER, sheet.channel, "", "", [source.partition(":")[2] for source in grid.filler]
        for event in sheet.rules.fixed.events:
            only = sheet.rules.fixed.model_copy(update={"events": (event,)})
            yield Place.FIXED, sheet.channel, event.id, event.title or event.id, fixed_paths(only)
    for name, playlist in desk.playlists.items():
        yield Place.PLAYLIST, "", name, playlist.title, playlist_paths(name, desk.playlists, set())
    for name, rotation in desk.rotations.items():
        yield Place.ROTATION, "", name, rotation.title, rotation.folders
    for order in desk.orders:
        yield Place.ORDER, "", order.id, order.advertiser, order.assets


async def coming(desk: PlanningDesk, assets: Iterable[AssetId], now: Quanta, limit: int = 50) -> tuple[Coming, ...]:
    """Return the next lines of all running orders that air one of `assets`, in time."""
    wanted = frozenset(assets)
    orders = await asyncio.to_thread(lambda: {c.id: read_rundown(desk.settings, c.id) for c in desk.settings.channels})
    found = [
        Coming(channel, line.start, line.end, line.programme)
        for channel, lines in orders.items()
        for line in lines
        if line.end > now and _airs(line) in wanted
    ]
    return tuple(sorted(found, key=lambda c: c.start)[:limit])


def _airs(line: Line) -> AssetId:
    return line.material.asset
