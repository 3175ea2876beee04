"""Operations on playlists and rotations, and on playlists of other programs. Thin: the desk does it."""

from typing import Annotated, Literal

from pydantic import Base64Bytes, BaseModel, Field, StringConstraints

from lppl.accounts import Right
from lppl.desk.lists import MatchedRow, rotation_of
from lppl.plan_store import Kind
from lppl.programme import Slug
from scheduler.grid import Playlist, RotationRules
from web.api.media_models import Given, Words
from web.api.operations import Operations
from web.staff.visit import Visit

operations = Operations("daftar putar")
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Entry = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class OneList(Given):
    """A playlist or rotation by its id."""

    name: Slug


class PlaylistGiven(Given):
    """A playlist: paths in the media folder, ``folder:<path>``, ``playlist:<id>``, in order."""

    title: Title
    items: Annotated[list[Entry], Field(default_factory=list, max_length=5000)]


class RotationGiven(Given):
    """What takes turns, and what is kept apart; zero asks for nothing."""

    title: Title
    folders: Annotated[list[Entry], Field(default_factory=list, max_length=200)]
    artist_minutes: Annotated[int, Field(ge=0, le=10_080)] = 60
    title_minutes: Annotated[int, Field(ge=0, le=10_080)] = 180
    album_minutes: Annotated[int, Field(ge=0, le=10_080)] = 0
    again_hours: Annotated[int, Field(ge=0, le=336)] = 0
    clock: Annotated[list[Words], Field(default_factory=list, max_length=100)]


class FolderGiven(Given):
    """A folder of the media folder, and what the playlist made of it is called."""

    folder: Annotated[str, StringConstraints(max_length=1000)]
    title: Title


class FileGiven(Given):
    """A playlist file of another program, base64."""

    content: Annotated[Base64Bytes, Field(max_length=4 << 20)]


class RowOut(BaseModel):
    """A row of such a file, and the path of its material (empty: not found); `how` it was found."""

    said: str
    title: str
    artist: str
    seconds: float
    path: str
    how: str

    @classmethod
    def of(cls, found: MatchedRow) -> "RowOut":
        """Make it of a matched row."""
        row = found.row
        return cls(
            said=row.path, title=row.title, artist=row.artist, seconds=row.seconds, path=found.path, how=found.how.value
        )


class MatchedOut(BaseModel):
    """A foreign playlist, matched."""

    format: Literal["M3U", "PLS", "XSPF"]
    rows: list[RowOut]
    found: int


@operations.get("/playlists", Right.VIEW, "Semua daftar putar / All playlists")
async def playlists(visit: Visit) -> list[Playlist]:
    """Return them in the order of their ids."""
    return [*(await visit.office.lists.playlists()).values()]


@operations.post("/playlists", Right.PLAN, "Daftar putar baru / A new playlist", status=201)
async def add(visit: Visit, body: PlaylistGiven) -> Playlist:
    """Keep it under a name made of its title."""
    return await visit.office.lists.add_playlist(body.title, body.items, visit.actor, visit.now)


@operations.get("/playlists/{name}", Right.VIEW, "Satu daftar putar / One playlist")
async def playlist(visit: Visit, params: OneList) -> Playlist:
    """Return it."""
    return await visit.office.lists.playlist(params.name)


@operations.put("/playlists/{name}", Right.PLAN, "Ganti daftar putar / Replace a playlist")
async def save(visit: Visit, params: OneList, body: PlaylistGiven) -> Playlist:
    """Keep what is given in its place."""
    return await visit.office.lists.save_playlist(params.name, body.title, body.items, visit.actor, visit.now)


@operations.delete("/playlists/{name}", Right.PLAN, "Hapus daftar putar / Remove a playlist")
async def remove(visit: Visit, params: OneList) -> None:
    """Remove it, where nothing names it."""
    await visit.office.lists.remove(Kind.PLAYLIST, params.name, visit.actor, visit.now)


@operations.post(
    "/playlist-imports/folder", Right.PLAN, "Daftar putar dari folder / A playlist of a folder", status=201
)
async def from_folder(visit: Visit, body: FolderGiven) -> Playlist:
    """Make a playlist of what lies in a folder, in the order in which people count."""
    return await visit.office.lists.from_folder(body.folder, body.title, visit.actor, visit.now)


@operations.post("/playlist-imports/file", Right.PLAN, "Cocokkan M3U, PLS, XSPF / Match a foreign playlist")
async def matched(visit: Visit, body: FileGiven) -> MatchedOut:
    """Return which rows are in the library; nothing is kept. What is found becomes a playlist by ``POST playlists``."""
    name, rows = await visit.office.lists.matched(body.content)
    found = [RowOut.of(row) for row in rows]
    return MatchedOut.model_validate({"format": name, "rows": found, "found": sum(bool(r.path) for r in found)})


@operations.get("/rotations", Right.VIEW, "Semua rotasi / All rotations")
async def rotations(visit: Visit) -> list[RotationRules]:
    """Return them in the order of their ids."""
    return [*(await visit.office.lists.rotations()).values()]


@operations.post("/rotations", Right.PLAN, "Rotasi baru / A new rotation", status=201)
async def add_rotation(visit: Visit, body: RotationGiven) -> RotationRules:
    """Keep it under a name made of its title."""
    return await visit.office.lists.add_rotation(_rules("baru", body), visit.actor, visit.now)


@operations.get("/rotations/{name}", Right.VIEW, "Satu rotasi / One rotation")
async def rotation(visit: Visit, params: OneList) -> RotationRules:
    """Return it."""
    return await visit.office.lists.rotation(params.name)


@operations.put("/rotations/{name}", Right.PLAN, "Ganti rotasi / Replace a rotation")
async def save_rotation(visit: Visit, params: OneList, body: RotationGiven) -> RotationRules:
    """Keep what is given in its place."""
    return await visit.office.lists.save_rotation(_rules(params.name, body), visit.actor, visit.now)


@operations.delete("/rotations/{name}", Right.PLAN, "Hapus rotasi / Remove a rotation")
async def remove_rotation(visit: Visit, params: OneList) -> None:
    """Remove it, where nothing names it."""
    await visit.office.lists.remove(Kind.ROTATION, params.name, visit.actor, visit.now)


def _rules(name: str, body: RotationGiven) -> RotationRules:
    """Return the rotation that was given. Raises FieldsRefused."""
    return rotation_of({**body.model_dump(), "id": name})
