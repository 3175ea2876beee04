"""The planning desk's work on grids: entries, whole grids as files, what a channel's rules are, a week to look at."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import BaseModel

from lppl.desk.planning import PlanningDesk
from lppl.errors import LpplError
from lppl.plan_store import GridVersion, Json, Kind
from lppl.programme import Programme
from scheduler.file_grid import grid_of, slug
from scheduler.grid import (
    ChannelRules,
    Entry,
    FromPlaylist,
    FromRotation,
    Grid,
    Playlist,
    RotationRules,
    Simulcast,
    read_grid,
)
from scheduler.grid_text import Bundle, parse_bundle, written_bundle
from scheduler.laying_out import PLAYLIST
from scheduler.planner import Origin, read_schedule_file
from scheduler.week import Week, week_of
from scheduler.words import nearest

KINDS: Mapping[type[BaseModel], Kind] = {
    Programme: Kind.PROGRAMME,
    Playlist: Kind.PLAYLIST,
    RotationRules: Kind.ROTATION,
    ChannelRules: Kind.CHANNEL,
}


class UnknownName(LpplError):
    """Staff named something that is not there."""

    def __init__(self, what: tuple[str, str], name: str, known: Iterable[str]) -> None:
        listed = [*known]
        near = nearest(name, listed)
        hint = (
            f" Maksudnya {near}?" if near else f" Yang ada: {', '.join(listed)}." if listed else " Belum ada satu pun."
        )
        hint_en = f" Did you mean {near}?" if near else ""
        super().__init__(f"{what[0].capitalize()} {name} tidak ada.{hint}", f"No {what[1]} {name}.{hint_en}")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import kept: the draft, and what each document that is new or differs was and is now."""

    version: GridVersion
    changes: Mapping[tuple[Kind, str], tuple[Json | None, Json]]

    @property
    def documents(self) -> tuple[tuple[Kind, str], ...]:
        """(kind, id) of each of these documents."""
        return tuple(self.changes)


class StillUsed(LpplError):
    """A document cannot be removed: `users` name it."""

    def __init__(self, what: tuple[str, str], name: str, users: Sequence[str]) -> None:
        self.users = tuple(users)
        listed = ", ".join(users[:8])
        super().__init__(
            f"{what[0].capitalize()} {name} masih dipakai ({listed}). Ganti atau hapus dulu di sana.",
            f"The {what[1]} {name} is still used ({listed}). Replace or remove it there first.",
        )


async def programme(desk: PlanningDesk, name: str) -> Programme:
    """Return a programme. Raises UnknownName."""
    known = await desk.programmes()
    if name not in known:
        raise UnknownName(("mata acara", "programme"), name, known)
    return known[name]


async def check_names(desk: PlanningDesk, content: BaseModel) -> None:
    """Raise UnknownName when what fills an entry names a playlist, rotation or channel that is not there."""
    everything = await desk.laid_down()
    match content:
        case FromPlaylist(playlist=name) if name not in everything.playlists:
            raise UnknownName(("daftar putar", "playlist"), name, everything.playlists)
        case FromRotation(rotation=str(name)) if name not in everything.rotations:
            raise UnknownName(("rotasi", "rotation"), name, everything.rotations)
        case Simulcast(channel=name):
            desk.channel(name)


async def put_entry(
    desk: PlanningDesk, channel: str, entry: Entry, author: str, now: datetime, *, fresh: bool
) -> tuple[Entry, GridVersion, bool]:
    """Put an entry into the draft; a `fresh` one gets an id of its own. Tell whether it took another's place."""
    grid = await desk.grid(channel)
    ids = [e.id for e in grid.entries]
    if fresh:
        entry = entry.model_copy(update={"id": slug(entry.programme, ids)})
    there = entry.id in ids
    entries = tuple(entry if e.id == entry.id else e for e in grid.entries) + (() if there else (entry,))
    draft = await desk.save_draft(channel, grid.model_copy(update={"entries": entries}), author, now)
    return entry, draft, there


async def remove_entry(desk: PlanningDesk, channel: str, name: str, author: str, now: datetime) -> GridVersion:
    """Take an entry out of the draft. Raises UnknownName."""
    grid = await desk.grid(channel)
    if name not in {e.id for e in grid.entries}:
        raise UnknownName(("entri", "entry"), name, [e.id for e in grid.entries])
    rest = tuple(e for e in grid.entries if e.id != name)
    return await desk.save_draft(channel, grid.model_copy(update={"entries": rest}), author, now)


async def rules(desk: PlanningDesk, channel: str) -> ChannelRules:
    """Return the rules of a channel; the usual ones where none are kept. Raises UnknownChannel, ValueError."""
    desk.channel(channel)
    kept = (await desk.store.documents(Kind.CHANNEL)).get(channel, {})
    return ChannelRules.model_validate({**kept, "id": channel})


async def week(desk: PlanningDesk, channel: str, grid: Grid, first: date, now: datetime) -> Week:
    """Return seven days of `grid` from `first` on."""
    plan = await desk.plan_of(channel, grid, now)
    return await asyncio.to_thread(week_of, plan, desk.zone, first)


# ---- whole grids as files -------------------------------------------------------------------------


async def bundle(desk: PlanningDesk, channel: str, grid: Grid) -> Bundle:
    """Return a grid with everything that it names."""
    known = await desk.laid_down()
    titles = {e.programme for e in grid.entries}
    rotations = {e.content.rotation for e in grid.entries if isinstance(e.content, FromRotation)}
    wanted = [e.content.playlist for e in grid.entries if isinstance(e.content, FromPlaylist)]
    lists: dict[str, Playlist] = {}
    while wanted:
        name = wanted.pop(0)
        if name in known.playlists and name not in lists:
            lists[name] = known.playlists[name]
            wanted += [i.removeprefix(PLAYLIST) for i in lists[name].items if i.startswith(PLAYLIST)]
    return Bundle(
        grid,
        tuple(p for name, p in known.programmes.items() if name in titles),
        tuple(lists.values()),
        tuple(r for name, r in known.rotations.items() if name in rotations),
        await rules(desk, channel),
    )


async def exported(desk: PlanningDesk, channel: str, grid: Grid, now: datetime) -> str:
    """Return a grid as the text of a file."""
    station, name = desk.settings.station.name, desk.channel(channel).name
    made = now.astimezone(desk.zone)
    heading = (
        f"Pola acara {name}, {station}. Dibuat {made:%Y-%m-%d %H.%M}.\nDibaca lagi dengan: lppl grid import {channel}"
    )
    return written_bundle(await bundle(desk, channel, grid), heading)


async def import_text(
    desk: PlanningDesk, channel: str, text: str, source: str, author: str, now: datetime, expected: int | None = None
) -> Imported:
    """Keep a grid file as the draft, with its documents. Raises GridTextInvalid; nothing has changed then.

    Raises Superseded when `expected` is not the grid's present revision.
    """
    desk.channel(channel)
    read = parse_bundle(text, source, channel, now.astimezone(desk.zone).date())
    return await keep(desk, channel, read, author, now, f"impor {source}", expected)


async def import_schedule(
    desk: PlanningDesk, channel: str, author: str, now: datetime, expected: int | None = None
) -> Imported:
    """Keep the schedule file of a channel as the draft. Raises LpplError when there is none, ScheduleInvalid."""
    settings = desk.channel(channel)
    path = desk.settings.schedule_file(settings)
    found = await asyncio.to_thread(read_schedule_file, path, settings.kind)
    if found.error is not None:
        raise found.error
    if found.origin is Origin.DEFAULT:
        raise LpplError(f"Kanal {channel} tidak punya berkas jadwal ({path}).", f"{channel} has no schedule file.")
    known = await desk.laid_down()
    # a day early: what begins before midnight is under way after it
    first = now.astimezone(desk.zone).date() - timedelta(days=1)
    present = await rules(desk, channel)
    made = grid_of(found.schedule, channel, known.programmes, known.playlists, present, first)
    return await keep(desk, channel, made, author, now, f"dari berkas jadwal {path.name}", expected)


async def keep(
    desk: PlanningDesk, channel: str, read: Bundle, author: str, now: datetime, note: str, expected: int | None = None
) -> Imported:
    """Keep what is new or differs of a bundle, and its grid as the draft. Raises Superseded; nothing is kept then."""
    draft = await desk.save_draft(channel, read.grid, author, now, note, expected)
    ruled = () if read.rules is None else (read.rules,)
    known = {kind: await desk.store.documents(kind) for kind in KINDS.values()}
    changes: dict[tuple[Kind, str], tuple[Json | None, Json]] = {}
    for document in (*read.programmes, *read.playlists, *read.rotations, *ruled):
        kind = KINDS[type(document)]
        if _differs(known[kind].get(document.id), document):
            before = await desk.save(kind, document.id, document, now)
            changes[kind, document.id] = before, document.model_dump(mode="json")
    return Imported(draft, changes)


def _differs(kept: Json | None, document: BaseModel) -> bool:
    """Tell whether a document says something else than what is kept; a channel without rules has the usual ones."""
    if kept is None:
        return not isinstance(document, ChannelRules) or document != ChannelRules(id=document.id)
    try:
        return type(document).model_validate(kept) != document
    except ValueError:
        return True


async def remove(desk: PlanningDesk, kind: Kind, what: tuple[str, str], name: str) -> None:
    """Remove a document. Raises UnknownName, and StillUsed where a grid or another document names it."""
    if users := await _users(desk, kind, name):
        raise StillUsed(what, name, users)
    if not await desk.store.remove_document(kind, name):
        raise UnknownName(what, name, await desk.store.documents(kind))


async def _users(desk: PlanningDesk, kind: Kind, name: str) -> list[str]:
    """Return who names a document: entries of grids in force or drafted, and playlists."""
    found: list[str] = []
    for channel in desk.settings.channels:
        for version in (await desk.store.in_force(channel.id), await desk.store.draft(channel.id)):
            entries = read_grid(version.document)[0].entries if version else ()
            found += [f"{channel.id}: {entry.id}" for entry in entries if _named_by(entry, kind) == name]
    if kind is Kind.PLAYLIST:
        for other, document in (await desk.store.documents(Kind.PLAYLIST)).items():
            found += [f"daftar putar {other}"] * (f"{PLAYLIST}{name}" in document.get("items", ()))
    return list(dict.fromkeys(found))


def _named_by(entry: Entry, kind: Kind) -> str | None:
    """Return which document of a kind an entry names."""
    match kind, entry.content:
        case Kind.PROGRAMME, _:
            return entry.programme
        case Kind.ROTATION, FromRotation(rotation=rotation):
            return rotation
        case Kind.PLAYLIST, FromPlaylist(playlist=playlist):
            return playlist
    return None
