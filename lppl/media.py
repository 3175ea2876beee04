"""Values of the media library: what a file is, how it is conformed, and what a channel can air.

An *asset* is one piece of content, known by the hash of its bytes. A *profile* says which renditions a
channel airs; its *recipe* names everything that decides the bytes of those renditions. Asset + recipe is
a *house id*: one immutable set of house files. Nothing here touches a disk.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import NewType

from lppl.programme import NO_DETAILS, Details
from lppl.quanta import GOP, QUANTUM_MS, Quanta

AssetId = NewType("AssetId", str)
"""Lower-case hex BLAKE2b-160 of a file's bytes (40 characters)."""

HouseId = NewType("HouseId", str)
"""``<asset id>.<recipe>``: names one immutable set of house files, in the journal and on disk."""

RECIPE_VERSION = 3
"""Raised when the way of conforming changes so that old house files must not be mixed with new ones."""


class ChannelKind(StrEnum):
    """What a channel sends."""

    TV = "tv"
    RADIO = "radio"


@dataclass(frozen=True, slots=True)
class VideoRung:
    """One step of the video ladder; `bitrate` is the cap of its average, in bit/s."""

    name: str
    width: int
    height: int
    bitrate: int


@dataclass(frozen=True, slots=True)
class AudioRung:
    """One AAC-LC stereo rendition; `bitrate` in bit/s."""

    name: str
    bitrate: int


LEAN = AudioRung("a32", 32_000)
"""The leanest sound, for lines of the second generation: mono in both channels, up to 8 kHz. It lies in a house set of
its own, beside that of the channel (:attr:`Profile.lean`), so that adding it makes nobody conform a library again."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything that decides the bytes of a channel's renditions."""

    kind: ChannelKind
    video: tuple[VideoRung, ...]
    audio: tuple[AudioRung, ...]
    target_lufs: float
    ceiling_dbtp: float
    preset: str

    @property
    def recipe(self) -> str:
        """A short name that changes whenever conforming with this profile would give other bytes."""
        text = json.dumps([RECIPE_VERSION, asdict(self)], sort_keys=True)
        return f"{self.kind.value}-{hashlib.blake2b(text.encode(), digest_size=4).hexdigest()}"

    @property
    def lean(self) -> "Profile":
        """The profile of the set that holds :data:`LEAN` of the same material, as long and as loud."""
        return replace(self, video=(), audio=(LEAN,))

    @property
    def is_lean(self) -> bool:
        """Whether it is such a set: nothing airs from it alone, so it is conformed when nothing else waits."""
        return not self.video and self.audio == (LEAN,)

    def house(self, asset: AssetId) -> HouseId:
        """Name the house set of `asset` under this profile."""
        return HouseId(f"{asset}.{self.recipe}")


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file says of itself (mutagen). `title` falls back to the file's name, made readable."""

    title: str
    artist: str = ""
    album: str = ""
    year: str = ""
    genre: str = ""
    isrc: str = ""
    replaygain_db: float | None = None
    has_cover: bool = False


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """The picture of a source, as ffprobe and a look at its packets tell. Sizes in pixels, before rotation."""

    index: int
    codec: str
    width: int
    height: int
    rotation: int
    fps: float
    interlaced: bool
    pix_fmt: str
    sar: str
    transfer: str
    duration_s: float
    matrix: str = ""
    """How its YUV was made from RGB, by ffprobe's name; empty when the file does not say."""


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """The sound of a source."""

    index: int
    codec: str
    channels: int
    sample_rate: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What conforming needs to know of a source file. Times in seconds from the container's own start."""

    format: str
    start_s: float
    duration_s: float
    video: VideoFacts | None
    audio: AudioFacts | None
    notes: tuple[str, ...] = ()
    """Sentences for staff (Indonesian), for example that the file is cut short."""


@dataclass(frozen=True, slots=True)
class Material:
    """A conformed asset that a channel can air now."""

    house: HouseId
    asset: AssetId
    title: str
    quanta: Quanta
    artist: str = ""
    album: str = ""
    paths: tuple[str, ...] = ()
    """Where it lies in the media folder (relative, ``/``-separated); what schedules select by."""
    has_picture: bool = False
    details: Details = NO_DETAILS

    @property
    def cue_in(self) -> Quanta:
        """Where it begins to air, in quanta: rounded down, for TV to a key frame."""
        return self._cues()[0]

    @property
    def cue_out(self) -> Quanta:
        """Where it ends, in quanta, rounded up; always after :attr:`cue_in`."""
        return self._cues()[1]

    def _cues(self) -> tuple[Quanta, Quanta]:
        """Return where it begins and ends to air; cues that contradict each other say nothing: the whole item airs."""
        cue_in, cue_out = self.details.cue_in_ms, self.details.cue_out_ms
        if cue_in is None and cue_out is None:
            return Quanta(0), self.quanta
        start = (cue_in or 0) // QUANTUM_MS
        if self.on_tv:
            start -= start % GOP
        end = self.quanta if cue_out is None else min(self.quanta, -(-cue_out // QUANTUM_MS))
        return (Quanta(start), Quanta(end)) if start < end else (Quanta(0), self.quanta)

    @property
    def on_tv(self) -> bool:
        """Whether it is conformed with a picture, so that it can only be entered at a key frame."""
        return self.house.partition(".")[2].startswith(ChannelKind.TV.value)


@dataclass(frozen=True)
class Shelf:
    """Everything that one channel can air now: an immutable snapshot of the library."""

    materials: Mapping[AssetId, Material] = field(default_factory=dict)
    derived: Mapping[AssetId, Material] = field(default_factory=dict)
    """Rendered ahead, by derived id (:mod:`lppl.derived`)."""

    def to_json(self) -> bytes:
        """Return the shelf as text; details that say nothing are left out."""

        def record(derived: AssetId | None, m: Material) -> dict[str, object]:
            said = {name: getattr(m, name) for name in Material.__slots__ if name != "details"}
            if m.details is not NO_DETAILS:
                said["details"] = m.details.model_dump(mode="json", exclude_defaults=True)
            return said if derived is None else said | {"derived": derived}

        records = [record(None, m) for m in self.materials.values()]
        records += [record(derived, m) for derived, m in self.derived.items()]
        return json.dumps(records, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, data: bytes, recipe: str) -> "Shelf":
        """Read what :meth:`to_json` wrote, where it fits `recipe`. Raises ValueError, TypeError, KeyError."""
        materials: dict[AssetId, Material] = {}
        rendered: dict[AssetId, Material] = {}
        for said in json.loads(data):
            derived = said.pop("derived", None)
            details = Details.model_validate(said.pop("details")) if "details" in said else NO_DETAILS
            material = Material(**(said | {"paths": tuple(said["paths"])}), details=details)
            if material.house.endswith(f".{recipe}"):
                if derived is None:
                    materials[material.asset] = material
                else:
                    rendered[derived] = material
        return cls(materials, rendered)

    def in_folder(self, folder: str) -> tuple[Material, ...]:
        """Return the material below `folder` (``""`` or ``"."``: all of it), in path order."""
        prefix = folder.strip("/")
        prefix = "" if prefix in ("", ".") else prefix + "/"
        found = [
            (min(p for p in m.paths if p.startswith(prefix)), m)
            for m in self.materials.values()
            if any(p.startswith(prefix) for p in m.paths)
        ]
        return tuple(m for _, m in sorted(found, key=lambda pair: pair[0]))

    def at_path(self, path: str) -> Material | None:
        """Return the material whose file lies at `path`, or None while it is missing or unready."""
        wanted = path.strip("/")
        return next((m for m in self.materials.values() if wanted in m.paths), None)
