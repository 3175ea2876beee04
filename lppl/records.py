"""Values that the library's store takes and gives, and their JSON; no database is touched here."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from lppl.media import (
    AssetId,
    AudioFacts,
    AudioRung,
    ChannelKind,
    Facts,
    HouseId,
    Profile,
    Tags,
    VideoFacts,
    VideoRung,
)
from lppl.quanta import Quanta

BUILTIN = "/builtin/"
"""Paths of the product's own material begin with this; no path in the media folder can."""


class AssetState(StrEnum):
    """How far an asset has come."""

    NEW = "new"
    READY = "ready"
    REFUSED = "refused"
    DERIVED = "derived"
    """No file of its own: rendered from other assets (:mod:`lppl.derived`)."""


class JobState(StrEnum):
    """How far a conform job has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something cannot be broadcast: a stable word, and a sentence in Indonesian and English."""

    reason: str
    indonesian: str
    english: str


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What a stat call says of a file; while it stays the same, so do the bytes."""

    size: int
    mtime_ns: int
    inode: int
    device: int = 0

    def same_content(self, other: "FileStamp") -> bool:
        """Tell whether size, time and inode agree; device numbers change when a machine starts again."""
        return (self.size, self.mtime_ns, self.inode) == (other.size, other.mtime_ns, other.inode)


@dataclass(frozen=True, slots=True)
class LibraryFile:
    """A path in the media folder, and the asset found there or why there is none."""

    path: str
    stamp: FileStamp
    asset: AssetId | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """One piece of content as the library knows it. `progress` (0..1) is None when no job is waiting."""

    id: AssetId
    size: int
    added: datetime
    state: AssetState
    tags: Tags
    facts: Facts | None
    refusal: Refusal | None = None
    paths: tuple[str, ...] = ()
    sets: tuple["HouseRecord", ...] = ()
    jobs: tuple["Job", ...] = ()


@dataclass(frozen=True, slots=True)
class HouseRecord:
    """What the library keeps of one house set. Levels in LUFS and dB; `lufs` None when not measurable."""

    house: HouseId
    quanta: Quanta
    lufs: float | None
    gain_db: float
    peak_limited: bool
    notes: tuple[str, ...] = ()
    peak_db: float | None = None

    @property
    def asset(self) -> AssetId:
        """The asset it was made from."""
        return AssetId(self.house.split(".", 1)[0])

    @property
    def recipe(self) -> str:
        """The recipe it was made by."""
        return self.house.split(".", 1)[1]


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A wish to conform `asset` for `profile`; lower `priority` goes first, then the shorter `duration_s`."""

    asset: AssetId
    profile: Profile
    duration_s: float
    priority: int = 100
    needed: Quanta | None = None
    """The air time at which the plan wants it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A conform job; `progress` is 0..1, `attempts` counts failures, `interruptions` kills under way."""

    id: int
    asset: AssetId
    profile: Profile
    state: JobState
    priority: int
    duration_s: float
    attempts: int
    interruptions: int
    progress: float
    error: Refusal | None
    not_before: datetime


@dataclass(frozen=True, slots=True)
class WaitingJob:
    """What is to be conformed or rendered, and the air time (quanta) at which the plan wants it."""

    asset: AssetId
    title: str
    duration_s: float
    needed: Quanta | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing, and how many there are in all."""

    assets: tuple[Asset, ...]
    total: int


@dataclass(frozen=True, slots=True)
class AiredRow:
    """One line of the index of the journal; times in quanta. Off the air `asset` and `house` are empty."""

    channel: str
    start: Quanta
    length: Quanta
    asset: AssetId
    house: HouseId
    kind: str
    title: str
    programme: str
    programme_id: str = ""
    category: str = ""
    slot: str = ""
    order: str = ""
    artist: str = ""
    why: str = ""
    in_point: Quanta | None = None
    planned: Quanta | None = None


def facts_to_json(facts: Facts) -> dict[str, Any]:
    """Return `facts` as JSON can hold it."""
    return asdict(facts)


def facts_from_json(record: Mapping[str, Any]) -> Facts:
    """Return the facts that :func:`facts_to_json` wrote. Raises KeyError, TypeError."""
    video, audio = record["video"], record["audio"]
    return Facts(
        format=record["format"],
        start_s=record["start_s"],
        duration_s=record["duration_s"],
        video=VideoFacts(**video) if video else None,
        audio=AudioFacts(**audio) if audio else None,
        notes=tuple(record["notes"]),
    )


def profile_to_json(profile: Profile) -> dict[str, Any]:
    """Return `profile` as JSON can hold it."""
    return asdict(profile)


def profile_from_json(record: Mapping[str, Any]) -> Profile:
    """Return the profile that :func:`profile_to_json` wrote. Raises KeyError, TypeError, ValueError."""
    return Profile(
        kind=ChannelKind(record["kind"]),
        video=tuple(VideoRung(**r) for r in record["video"]),
        audio=tuple(AudioRung(**r) for r in record["audio"]),
        target_lufs=record["target_lufs"],
        ceiling_dbtp=record["ceiling_dbtp"],
        preset=record["preset"],
    )


SEARCH_BYTES = 1300
"""What is searched stands in an index, whose entries are limited (:data:`lppl.tables.assets`)."""


def search_words(tags: Tags, path: str = "") -> str:
    """Return what a search of the library looks into: folded, and no longer than `SEARCH_BYTES` in UTF-8."""
    text = " ".join(filter(None, (tags.title, tags.artist, tags.album, tags.genre, path))).casefold()
    return text.encode(errors="ignore")[:SEARCH_BYTES].decode(errors="ignore")


# Names on disk are bytes; a database holds only Unicode. Bytes that are not UTF-8 (old Windows disks, ZIPs)
# stand as U+EF80..U+EFFF in records, the range that other tools use for the same purpose.
_TO_RECORD = {0xDC00 + byte: 0xEF00 + byte for byte in range(0x80, 0x100)}
_FROM_RECORD = {private: surrogate for surrogate, private in _TO_RECORD.items()}


def recorded_path(path: str) -> str:
    """Return the name of `path` (as Python decodes it) in records and schedules."""
    return path.translate(_TO_RECORD)


def disk_path(recorded: str) -> str:
    """Return the path on disk of a name in records."""
    return recorded.translate(_FROM_RECORD)


def recordable(path: str) -> bool:
    """Tell whether records can name `path` and find it again."""
    try:
        return os.fsencode(disk_path(recorded_path(path))) == os.fsencode(path)
    except UnicodeEncodeError:
        return False
