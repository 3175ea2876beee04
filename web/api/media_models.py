"""What operations on material take and give (:mod:`web.api.media`)."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lppl.desk.folders import How, Import, State
from lppl.desk.materials import Item
from lppl.errors import MediaRefused
from lppl.media import AssetId
from lppl.media_list import Show, Sort, Sought
from lppl.programme import AgeClass, Category, Details
from lppl.records import BUILTIN, JobState

Asset = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
Path = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Words = Annotated[str, StringConstraints(max_length=200)]
Ms = Annotated[int, Field(ge=0, le=864_000_000)]
Second = Annotated[int, Field(ge=0, le=86_400)]
MOST = 2000
"""Assets that one change may be about."""


class Given(BaseModel):
    """What comes in; unknown names are mistakes."""

    model_config = ConfigDict(extra="forbid")


class OneAsset(Given):
    """An asset by its id."""

    asset: Asset


class Filter(Given):
    """What a list shows; what is not given asks for nothing."""

    words: Words = ""
    show: Show | None = None
    kind: Literal["audio", "video"] | None = None
    category: Category | None = None
    age: AgeClass | None = None
    group: Words = ""
    bare: bool = False
    """Without category or age class."""
    rights_until: Annotated[date, Field(ge=date(2000, 1, 1), le=date(2200, 1, 1))] | None = None
    unused: bool = False
    folder: Annotated[str, StringConstraints(max_length=1000)] = ""
    binned: bool = False
    sort: Sort = Sort.TITLE
    down: bool = False

    @property
    def sought(self) -> Sought:
        """It as the library's value."""
        picture = None if self.kind is None else self.kind == "video"
        return Sought(
            self.words, self.show, picture, self.category, self.age, self.group, self.bare, self.rights_until,
            self.unused, self.folder, self.binned,
        )  # fmt: skip


class ListGiven(Filter):
    """A page of a list."""

    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Fields(Given):
    """Fields to be changed; what is not named stays. Times in milliseconds from the first sample, null: not set."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)] | None = None
    artist: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] | None = None
    album: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] | None = None
    category: Category | None = None
    age: AgeClass | None = None
    language: Words | None = None
    local: bool | None = None
    own: bool | None = None
    film: bool | None = None
    censored: Words | None = None
    labelled: bool | None = None
    speech: bool | None = None
    group: Words | None = None
    weight: Annotated[int, Field(ge=1, le=100)] | None = None
    hours: Annotated[list[tuple[Second, Second]], Field(max_length=24)] | None = None
    cue_in_ms: Ms | None = None
    intro_ms: Ms | None = None
    outro_ms: Ms | None = None
    cue_out_ms: Ms | None = None
    first_day: date | None = None
    last_day: date | None = None
    catch_up: bool | None = None
    note: Annotated[str, StringConstraints(max_length=4000)] | None = None

    def named(self) -> dict[str, Any]:
        """Return the fields that were named; null takes a field back to what nobody has said."""
        said = {name: getattr(self, name) for name in self.model_fields_set}
        for name, value in said.items():
            if value is None and name in Details.model_fields:
                said[name] = Details.model_fields[name].default
        return {k: v for k, v in said.items() if v is not None or k in Details.model_fields}


class Change(Given):
    """One asset, and the fields that change."""

    asset: Asset
    fields: Fields


class Changes(Given):
    """Changes that are made together, all or none."""

    changes: Annotated[list[Change], Field(min_length=1, max_length=MOST)]


class BulkGiven(Given):
    """The same fields for many assets."""

    assets: Annotated[list[Asset], Field(min_length=1, max_length=MOST)]
    fields: Fields


class AssetsGiven(Given):
    """Some assets."""

    assets: Annotated[list[Asset], Field(min_length=1, max_length=MOST)]


class EmptyGiven(Given):
    """What of the bin is emptied; nothing named: all of it."""

    assets: Annotated[list[Asset], Field(max_length=MOST)] = []


class MoveGiven(Given):
    """A file of an asset, and where it shall lie."""

    path: Path
    to: Path


class RefusedGiven(Given):
    """A page of refused files."""

    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ChannelOut(BaseModel):
    """How far an item is for a channel; `house` names what can be listened to before air."""

    channel: str
    house: str | None
    state: JobState | None
    progress: float
    detail: str = ""
    english: str = ""


class ItemOut(BaseModel):
    """An item as lists show it."""

    id: str
    title: str
    artist: str
    album: str
    state: str
    kind: Literal["audio", "video"]
    length_s: float
    size: int
    added: datetime
    removed: datetime | None
    paths: list[str]
    category: Category | None
    age: AgeClass | None
    group: str
    last_day: date | None
    detail: str
    english: str
    channels: list[ChannelOut]

    @classmethod
    def of(cls, item: Item) -> "ItemOut":
        """Make it of an item."""
        return cls(**_plain(item))


class WholeItemOut(ItemOut):
    """An item with everything known of it."""

    details: Details
    facts: dict[str, Any] | None
    year: str
    genre: str
    isrc: str
    levels: list[dict[str, float | str | None]]

    @classmethod
    def of(cls, item: Item) -> "WholeItemOut":
        """Make it of an item."""
        asset, tags = item.asset, item.asset.tags
        facts = asset.facts
        told: dict[str, Any] | None = None
        if facts is not None:
            told = {"format": facts.format, "notes": list(facts.notes), "video": None, "audio": None}
            if facts.video is not None:
                v = facts.video
                told["video"] = {"codec": v.codec, "width": v.width, "height": v.height, "fps": round(v.fps, 3)}
            if facts.audio is not None:
                a = facts.audio
                told["audio"] = {"codec": a.codec, "channels": a.channels, "sample_rate": a.sample_rate}
        levels: list[dict[str, float | str | None]] = [
            {"house": s.house, "lufs": s.lufs, "peak_db": s.peak_db, "gain_db": s.gain_db} for s in asset.sets
        ]
        return cls(
            **_plain(item), details=item.details, facts=told, year=tags.year, genre=tags.genre, isrc=tags.isrc,
            levels=levels,
        )  # fmt: skip


def _plain(item: Item) -> dict[str, Any]:
    asset, tags, details = item.asset, item.asset.tags, item.details
    refusal = asset.refusal
    channels = [
        ChannelOut(
            channel=c.channel, house=c.house, state=c.state, progress=round(c.progress, 3),
            detail=c.error.indonesian if c.error else "", english=c.error.english if c.error else "",
        )
        for c in item.channels
    ]  # fmt: skip
    return {
        "id": asset.id, "title": tags.title, "artist": tags.artist, "album": tags.album, "state": asset.state.value,
        "kind": "video" if item.has_picture else "audio", "length_s": round(item.length_s, 3), "size": asset.size,
        "added": asset.added, "removed": item.removed, "paths": [p for p in asset.paths if not p.startswith(BUILTIN)],
        "category": details.category, "age": details.age, "group": details.group, "last_day": details.last_day,
        "detail": refusal.indonesian if refusal else "", "english": refusal.english if refusal else "",
        "channels": channels,
    }  # fmt: skip


class ListOut(BaseModel):
    """A page of a list; `total` counts all that match."""

    items: list[ItemOut]
    total: int


class IdsOut(BaseModel):
    """Ids of all that match, at most :data:`MOST`."""

    assets: list[str]
    total: int


class FacetsOut(BaseModel):
    """What can be filtered by: groups, folders with how many files, what is in the bin, refused files."""

    groups: list[str]
    folders: dict[str, int]
    binned: int
    refused: int


class ChangedOut(BaseModel):
    """How many were changed; `undo` is the body that changes them back."""

    changed: int
    undo: dict[str, Any]


class CountOut(BaseModel):
    """How many."""

    count: int


class UseOut(BaseModel):
    """Something that names an item; `direct`: the item itself, not a folder that it lies in."""

    place: str
    channel: str
    name: str
    title: str
    direct: bool


class ComingOut(BaseModel):
    """A line of a running order."""

    channel: str
    start: datetime
    programme: str


class AiringOut(BaseModel):
    """When it aired; `seconds` how long."""

    channel: str
    start: datetime
    seconds: float
    programme: str


class UsesOut(BaseModel):
    """Where an item is used."""

    uses: list[UseOut]
    coming: list[ComingOut]
    aired: list[AiringOut]
    times_aired: int


class WarningOut(BaseModel):
    """What hangs on some items: what names them, and when the next of them airs."""

    uses: list[UseOut]
    coming: list[ComingOut]


class PathOut(BaseModel):
    """A path in the media folder."""

    path: str


class RefusedFileOut(BaseModel):
    """A file that could not become an item, and why."""

    path: str
    reason: str
    detail: str
    english: str


class UploadOut(BaseModel):
    """An upload; sizes in bytes. `detail`: why it is refused."""

    id: str
    path: str
    size: int
    received: int
    state: str
    made: datetime
    detail: str
    english: str


class ServerFolderGiven(Given):
    """A folder of the station's computer; empty: those that may be brought in."""

    path: Annotated[str, StringConstraints(max_length=4000)] = ""


class ServerFolderOut(BaseModel):
    """A folder of the station's computer: the one around it, those in it, and how many files it holds itself."""

    path: str
    parent: str
    folders: list[str]
    files: int


class ImportGiven(Given):
    """A folder of the station's computer, where its files shall lie, and what becomes of them where they are."""

    path: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    into: Annotated[str, StringConstraints(max_length=1000)] = ""
    how: How = How.KEEP


class ImportOut(BaseModel):
    """An import of a folder; sizes in bytes. `error`: why it ended before its end."""

    folder: str
    into: str
    how: How
    by: str
    begun: datetime
    state: State
    files: int
    done: int
    size: int
    reached: int
    new: int
    refused: int
    told: list[RefusedFileOut]
    error: str
    error_english: str

    @classmethod
    def of(cls, made: Import) -> "ImportOut":
        """Make it of an import."""
        return cls(
            folder=made.folder, into=made.into, how=made.how, by=made.by, begun=made.begun, state=made.state,
            files=made.files, done=made.done, size=made.size, reached=made.reached, new=made.new,
            refused=made.refused,
            told=[
                RefusedFileOut(
                    path=path, reason=why.reason if isinstance(why, MediaRefused) else "", detail=why.indonesian,
                    english=why.english,
                )
                for path, why in list(made.told)
            ],
            error=made.error.indonesian if made.error else "", error_english=made.error.english if made.error else "",
        )  # fmt: skip


def asset_ids(names: list[str]) -> list[AssetId]:
    """Return ids as the library's, each once."""
    return [AssetId(name) for name in dict.fromkeys(names)]
