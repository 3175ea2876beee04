"""Playlists and rotations as staff keep them, and playlists of other programs matched against the library."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationError

from lppl.audit import Actor, AuditLog
from lppl.desk import grid as grids
from lppl.desk.errors import FieldsRefused
from lppl.desk.grid import UnknownName
from lppl.desk.planning import PlanningDesk
from lppl.errors import NotThere
from lppl.events import Bus, PlanChanged
from lppl.media_store import MediaStore
from lppl.mistakes import said as mistake
from lppl.plan_store import Kind
from scheduler.file_grid import slug
from scheduler.grid import Playlist, RotationRules
from scheduler.laying_out import PLAYLIST
from scheduler.plan import FOLDER
from scheduler.playlist_files import MOST_ROWS, Row, read_playlist
from scheduler.words import media_path

T = TypeVar("T", Playlist, RotationRules)
WORDS = {Kind.PLAYLIST: ("daftar putar", "playlist"), Kind.ROTATION: ("rotasi", "rotation")}
SECONDS_APART = 3.0
"""Lengths nearer than this are the same recording, where title and artist agree."""


class NoFolder(NotThere):
    """There is no such folder, or nothing in it."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"Tidak ada materi di folder {folder}.", f"There is no media in the folder {folder}.")


class Matched(StrEnum):
    """How a row of a foreign playlist was found in the library."""

    PATH = "jalur"
    NAME = "nama"
    """By the name of its file, which only one item has."""
    TITLE = "judul"
    NOT = "tidak"


@dataclass(frozen=True, slots=True)
class MatchedRow:
    """A row of a foreign playlist, and where its material lies in the media folder (empty: not found)."""

    row: Row
    path: str
    how: Matched


@dataclass(frozen=True, slots=True)
class Tagged:
    """An item of the library that bears a title."""

    artist: str
    seconds: float
    path: str


class ListDesk:
    """What staff do with playlists and rotations. `now` is aware UTC, an `actor` who does it."""

    def __init__(self, planning: PlanningDesk, audit: AuditLog, bus: Bus) -> None:
        self.planning, self._audit, self._bus = planning, audit, bus
        self._media = MediaStore(planning.library.engine)

    # ---- playlists ----

    async def playlists(self) -> Mapping[str, Playlist]:
        """Return the playlists by id."""
        return (await self.planning.laid_down()).playlists

    async def playlist(self, name: str) -> Playlist:
        """Return a playlist. Raises UnknownName."""
        return _one(Kind.PLAYLIST, name, await self.playlists())

    async def add_playlist(self, title: str, items: Sequence[str], actor: Actor, now: datetime) -> Playlist:
        """Keep a new playlist under a name made of its title. Raises FieldsRefused."""
        name = slug(title, await self.planning.store.documents(Kind.PLAYLIST))
        return await self.save_playlist(name, title, items, actor, now, fresh=True)

    async def save_playlist(
        self, name: str, title: str, items: Sequence[str], actor: Actor, now: datetime, *, fresh: bool = False
    ) -> Playlist:
        """Keep a playlist; its items are paths, ``folder:<path>`` or ``playlist:<id>``.

        A list may not hold itself, over however many others. Raises UnknownName, FieldsRefused.
        """
        known = await self.playlists()
        if not fresh:
            _one(Kind.PLAYLIST, name, known)
        checked = tuple(_item(n, said, known, name) for n, said in enumerate(items))
        try:
            made = Playlist(id=name, title=title.strip(), items=checked)
        except ValidationError:
            raise FieldsRefused({"title": ("tidak boleh kosong", "must not be empty")}) from None
        if _within_itself(made, known):
            raise FieldsRefused(
                {"items": ("daftar putar tidak boleh memuat dirinya", "a playlist may not hold itself")}
            )
        await self._save(Kind.PLAYLIST, made, known.get(name), actor, now)
        return made

    # ---- rotations ----

    async def rotations(self) -> Mapping[str, RotationRules]:
        """Return the rotations by id."""
        return (await self.planning.laid_down()).rotations

    async def rotation(self, name: str) -> RotationRules:
        """Return a rotation. Raises UnknownName."""
        return _one(Kind.ROTATION, name, await self.rotations())

    async def add_rotation(self, rules: RotationRules, actor: Actor, now: datetime) -> RotationRules:
        """Keep a new rotation under a name made of its title."""
        name = slug(rules.title, await self.planning.store.documents(Kind.ROTATION))
        made = rules.model_copy(update={"id": name})
        await self._save(Kind.ROTATION, made, None, actor, now)
        return made

    async def save_rotation(self, rules: RotationRules, actor: Actor, now: datetime) -> RotationRules:
        """Keep a rotation. Raises UnknownName."""
        await self._save(Kind.ROTATION, rules, await self.rotation(rules.id), actor, now)
        return rules

    # ---- both ----

    async def remove(self, kind: Kind, name: str, actor: Actor, now: datetime) -> None:
        """Remove a playlist or rotation. Raises UnknownName, and StillUsed where something names it."""
        before = (await self.planning.store.documents(kind)).get(name)
        await grids.remove(self.planning, kind, WORDS[kind], name)
        await self._audit.record(actor, f"{kind.value}.remove", now, object=name, before=before)
        self._bus.publish(PlanChanged("", kind.value, actor.name))

    async def _save(
        self,
        kind: Kind,
        made: Playlist | RotationRules,
        before: Playlist | RotationRules | None,
        actor: Actor,
        now: datetime,
    ) -> None:
        await self.planning.save(kind, made.id, made, now)
        was = before.model_dump(mode="json") if before else None
        await self._audit.record(
            actor, f"{kind.value}.save", now, object=made.id, before=was, after=made.model_dump(mode="json")
        )
        self._bus.publish(PlanChanged("", kind.value, actor.name))

    # ---- from elsewhere ----

    async def matched(self, data: bytes) -> tuple[str, tuple[MatchedRow, ...]]:
        """Return the format of a foreign playlist and its rows, each with its material. Raises PlaylistUnreadable."""
        name, rows = await asyncio.to_thread(read_playlist, data)
        paths = await self._media.paths()
        tagged: dict[str, list[Tagged]] = {}
        for bears, artist, seconds, path in await self._media.candidates(sorted({r.title for r in rows if r.title})):
            tagged.setdefault(bears, []).append(Tagged(artist, seconds, path))
        return name, await asyncio.to_thread(match, rows, paths, tagged)

    async def from_folder(self, folder: str, title: str, actor: Actor, now: datetime) -> Playlist:
        """Make a playlist of what lies in a folder of the media folder, in its order.

        Raises NoFolder, FieldsRefused.
        """
        try:
            inside = media_path(folder or ".")
        except ValueError:
            raise NoFolder(folder) from None
        paths = await self._media.paths("" if inside == "." else inside, MOST_ROWS + 1)
        if not paths:
            raise NoFolder(folder)
        if len(paths) > MOST_ROWS:
            indonesian = f"berisi lebih dari {MOST_ROWS} materi; masukkan foldernya sendiri ke daftar putar"
            english = f"holds more than {MOST_ROWS} items; put the folder itself into a playlist"
            raise FieldsRefused({"folder": (indonesian, english)})
        return await self.add_playlist(title, sorted(paths, key=in_order), actor, now)


def match(rows: Sequence[Row], paths: Sequence[str], tagged: Mapping[str, Sequence[Tagged]]) -> tuple[MatchedRow, ...]:
    """Find each row among `paths`: by the longest end of its path that one alone has, else by its tags. Pure."""
    ends: dict[str, list[str]] = {}
    for path in paths:
        ends.setdefault(path.rpartition("/")[2].casefold(), []).append(path)
    return tuple(_found(row, ends, tagged) for row in rows)


def _found(row: Row, ends: Mapping[str, list[str]], tagged: Mapping[str, Sequence[Tagged]]) -> MatchedRow:
    if not row.address and row.path:
        same = ends.get(row.path.rpartition("/")[2].casefold(), [])
        common = [(_shared(row.path, path), path) for path in same]
        most = max((n for n, _ in common), default=0)
        best = [path for n, path in common if n == most]
        if len(best) == 1:
            return MatchedRow(row, best[0], Matched.PATH if most > 1 or best[0] == row.path else Matched.NAME)
    for each in tagged.get(row.title, ()):
        alike = not row.artist or each.artist.casefold() == row.artist.casefold()
        if alike and (not row.seconds or abs(each.seconds - row.seconds) <= SECONDS_APART):
            return MatchedRow(row, each.path, Matched.TITLE)
    return MatchedRow(row, "", Matched.NOT)


def _shared(one: str, other: str) -> int:
    """Return how many parts two paths have in common, from their ends."""
    count = 0
    for a, b in zip(reversed(one.casefold().split("/")), reversed(other.casefold().split("/")), strict=False):
        if a != b:
            break
        count += 1
    return count


def in_order(path: str) -> list[tuple[int, int, str]]:
    """Return what sorts paths as people count: ``episode-2`` before ``episode-10``."""
    return [
        (1, int(p), "") if p.isdigit() and p.isascii() else (0, 0, p.casefold()) for p in re.split(r"([0-9]+)", path)
    ]


def rotation_of(said: Mapping[str, Any]) -> RotationRules:
    """Return a rotation of what was given. Raises FieldsRefused."""
    try:
        return RotationRules.model_validate(said)
    except ValidationError as error:
        raise FieldsRefused({".".join(map(str, e["loc"])): mistake(e) for e in error.errors()}) from None


def _one(kind: Kind, name: str, known: Mapping[str, T]) -> T:
    if name not in known:
        raise UnknownName(WORDS[kind], name, known)
    return known[name]


def _item(n: int, said: str, known: Mapping[str, Playlist], own: str) -> str:
    """Return an item of a playlist as it is kept. Raises FieldsRefused."""
    if said.startswith(PLAYLIST):
        name = said.removeprefix(PLAYLIST)
        if name not in known and name != own:
            raise FieldsRefused({f"items.{n}": (f"daftar putar {name} tidak ada", f"there is no playlist {name}")})
        return said
    kind = FOLDER if said.startswith(FOLDER) else ""
    try:
        return kind + media_path(said.removeprefix(kind))
    except ValueError as error:
        indonesian, _, english = str(error).partition(" / ")
        raise FieldsRefused({f"items.{n}": (indonesian, english or indonesian)}) from None


def _within_itself(made: Playlist, known: Mapping[str, Playlist]) -> bool:
    lists = {**known, made.id: made}
    waiting, seen = [i for i in made.items if i.startswith(PLAYLIST)], set[str]()
    while waiting:
        name = waiting.pop().removeprefix(PLAYLIST)
        if name == made.id:
            return True
        if name in lists and name not in seen:
            seen.add(name)
            waiting += [i for i in lists[name].items if i.startswith(PLAYLIST)]
    return False
