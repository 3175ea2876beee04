"""House files: one asset's renditions on disk, written once, read for ever.

A house set is a folder ``<root>/<2 hex>/<asset>/<recipe>/`` with, for each rendition, an ordinary fragmented
MP4 (``v720.mp4``: any player opens it) and an index of its samples (``v720.idx``), and ``set.json``, which says
what they are. A set is written beside its place and renamed into it, so it is whole or not there; it never
changes afterwards.

Index layout (little-endian unless said): magic ``LPPLIDX1``; u32 quanta, samples per quantum, fragments, GOP
starts; u64 payload offsets, one a quantum and one more; u64 pairs (first quantum, file offset minus payload
offset), one a fragment; u32 GOP starts in quanta; u32 **big-endian** sample sizes, ready to be copied into a trun.
"""

import hashlib
import json
import os
import struct
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

from lppl.errors import HouseFileDamaged
from lppl.media import AssetId, ChannelKind, HouseId
from lppl.quanta import GOP, Quanta
from streaming.fmp4 import AudioTrack, Track, TrackSamples, VideoTrack, fragment_header, init_segment

MAGIC = b"LPPLIDX1"
SET_FILE = "set.json"


def folder_of(root: Path, house: HouseId) -> Path:
    """Return where the set `house` lies below `root`."""
    asset, recipe = house.split(".", 1)
    return root / asset[:2] / asset / recipe


@dataclass(frozen=True, slots=True)
class RenditionInfo:
    """What one rendition is; `average` and `peak` (over one second) are measured, in bit/s."""

    name: str
    track: Track
    average: int
    peak: int


@dataclass(frozen=True, slots=True)
class SetInfo:
    """What ``set.json`` says: enough to rebuild a library without its database."""

    house: HouseId
    kind: ChannelKind
    quanta: Quanta
    renditions: Mapping[str, RenditionInfo]
    title: str
    artist: str
    album: str
    has_picture: bool
    lufs: float | None
    """Loudness of the source, None when it is silent or too short to measure."""
    gain_db: float
    peak_limited: bool
    notes: tuple[str, ...]

    @property
    def asset(self) -> AssetId:
        """The asset this set was made from."""
        return AssetId(self.house.split(".", 1)[0])

    def to_json(self) -> bytes:
        """Return the text of ``set.json``."""
        renditions = [
            {
                "name": r.name,
                "average": r.average,
                "peak": r.peak,
                **(
                    {"width": r.track.width, "height": r.track.height, "avcc": r.track.avcc.hex()}
                    if isinstance(r.track, VideoTrack)
                    else {"bitrate": r.track.bitrate, "asc": r.track.asc.hex()}
                ),
            }
            for r in self.renditions.values()
        ]
        record: dict[str, Any] = {name: getattr(self, name) for name in SetInfo.__slots__ if name != "renditions"}
        return json.dumps(record | {"renditions": renditions}, ensure_ascii=False, indent=1).encode()


def read_set(folder: Path) -> SetInfo:
    """Read ``set.json``. Raises HouseFileDamaged when it is missing or not what it should be."""
    path = folder / SET_FILE
    try:
        record = json.loads(path.read_bytes())
        renditions = {}
        for r in record.pop("renditions"):
            track: Track = (
                VideoTrack(r["width"], r["height"], bytes.fromhex(r["avcc"]))
                if "avcc" in r
                else AudioTrack(r["bitrate"], bytes.fromhex(r["asc"]))
            )
            renditions[r["name"]] = RenditionInfo(r["name"], track, r["average"], r["peak"])
        record["kind"] = ChannelKind(record["kind"])
        record["notes"] = tuple(record["notes"])
        return SetInfo(renditions=renditions, **record)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise HouseFileDamaged(str(path), f"{type(error).__name__}: {error}") from error


# --- writing -----------------------------------------------------------------------------------------


class RenditionWriter:
    """Writes one rendition, fragment by fragment; call :meth:`add` for each part, then :meth:`close`.

    For a live recording the parts are single quanta; for conformed files they are minutes long.
    """

    def __init__(self, folder: Path, name: str, track: Track) -> None:
        self.name, self.track, self._path = name, track, folder / f"{name}.mp4"
        self._index_path = folder / f"{name}.idx"
        self._file = self._path.open("wb")
        self._file.write(init_segment(track))
        self._payload = [0]
        self._fragments: list[tuple[int, int]] = []
        self._gops: list[int] = []
        self._sizes = bytearray()

    def add(self, source: BinaryIO, samples: TrackSamples, first: int, quanta: int) -> None:
        """Append `quanta` quanta of `source`, from its sample number `first`. Raises ValueError when too few."""
        per = self.track.per_quantum
        sizes = samples.sizes[4 * first : 4 * (first + quanta * per)]
        if len(sizes) != 4 * quanta * per:
            raise ValueError(f"{self.name}: {len(samples) - first} samples for {quanta} quanta")
        values = struct.unpack(f">{quanta * per}I", sizes)
        before = sum(struct.unpack(f">{first}I", samples.sizes[: 4 * first]))
        start = len(self._payload) - 1
        for i in range(0, len(values), per):
            self._payload.append(self._payload[-1] + sum(values[i : i + per]))
        total = self._payload[-1] - self._payload[start]
        video = isinstance(self.track, VideoTrack)
        ticks = self.track.sample_ticks * per
        self._file.write(fragment_header(start, ticks, sizes, total, video=video))
        self._fragments.append((start, self._file.tell() - self._payload[start]))
        if video:
            assert samples.sync is not None, "every frame is a key frame"
            self._gops += [start + s // per for s in samples.sync if s < quanta * per]
            if any(s % per for s in samples.sync):
                raise ValueError(f"{self.name}: a GOP starts inside a quantum")
        self._sizes += sizes
        source.seek(samples.offset + before)
        _copy(source, self._file, total)

    def close(self) -> RenditionInfo:
        """Finish both files; the caller syncs them (lppl.durable.new_folder does)."""
        quanta = len(self._payload) - 1
        self._file.close()
        with self._index_path.open("wb") as f:
            head = (quanta, self.track.per_quantum, len(self._fragments), len(self._gops))
            f.write(MAGIC + struct.pack("<4I", *head))
            f.write(struct.pack(f"<{quanta + 1}Q", *self._payload))
            f.write(b"".join(struct.pack("<2Q", *pair) for pair in self._fragments))
            f.write(struct.pack(f"<{len(self._gops)}I", *self._gops))
            f.write(self._sizes)
        return RenditionInfo(self.name, self.track, self._rate(quanta), self._peak())

    def _rate(self, quanta: int) -> int:
        return round(self._payload[quanta] * 8 / (quanta * 0.32))

    def _peak(self) -> int:
        """Bit/s of the worst span of a shortest segment (7 quanta, 2.24 s)."""
        span = min(7, len(self._payload) - 1)
        worst = max(b - a for a, b in zip(self._payload, self._payload[span:], strict=False))
        return round(worst * 8 / (span * 0.32))


def _copy(source: BinaryIO, target: BinaryIO, count: int) -> None:
    """Copy `count` bytes inside the kernel where it can."""
    target.flush()
    at = source.tell()
    while count:
        done = os.sendfile(target.fileno(), source.fileno(), at, count)
        if not done:
            raise ValueError("the source ended too early")
        at, count = at + done, count - done
    target.seek(0, 2)


# --- reading -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """The samples of some quanta: their sizes (big-endian u32 each), and where their bytes lie in the file."""

    sizes: bytes
    payload: int
    slices: tuple[tuple[int, int], ...]
    """(offset, length) pairs, in order."""


class Rendition:
    """One open rendition: its index and its file held open, so that deleting it cannot hurt what airs."""

    def __init__(self, folder: Path, info: RenditionInfo) -> None:
        self.info, self.track = info, info.track
        self.path = folder / f"{info.name}.mp4"
        self._name = os.fspath(self.path)
        index = folder / f"{info.name}.idx"
        try:
            self._index_fd = os.open(index, os.O_RDONLY | os.O_CLOEXEC)
            self._parse()
            self.fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except (OSError, ValueError, struct.error, TypeError) as error:
            raise HouseFileDamaged(str(self.path), f"{type(error).__name__}: {error}") from error
        offset, length = self.span(Quanta(self.quanta - 1), 1).slices[-1]
        self.size = offset + length
        if os.fstat(self.fd).st_size < self.size:
            raise HouseFileDamaged(str(self.path), "cut short")  # __del__ closes it, once

    def _parse(self) -> None:
        """Read the tables. The sample sizes stay on disk: read, not mapped, so that a bad sector is only an error."""
        head = os.pread(self._index_fd, 24, 0)
        if head[:8] != MAGIC:
            raise ValueError("not an index")
        quanta, self.per_quantum, fragments, gops = struct.unpack_from("<4I", head, 8)
        if not quanta or not fragments:
            raise ValueError("empty index")
        self.quanta = Quanta(quanta)
        tables = 8 * (quanta + 1) + 16 * fragments + 4 * gops
        self._sizes_at = 24 + tables
        if os.fstat(self._index_fd).st_size != self._sizes_at + 4 * quanta * self.per_quantum:
            raise ValueError("index cut short")
        view = memoryview(os.pread(self._index_fd, tables, 24))
        self._payload = view[: 8 * (quanta + 1)].cast("Q")
        at = 8 * (quanta + 1)
        pairs = struct.unpack_from(f"<{2 * fragments}Q", view, at)
        self._fragment_starts, self._deltas = pairs[0::2], pairs[1::2]
        if self._fragment_starts != tuple(sorted({0, *self._fragment_starts})):
            raise ValueError("fragments out of order")
        at += 16 * fragments
        self._gops = view[at : at + 4 * gops].cast("I")

    def _sizes(self, start: int, end: int) -> bytes:
        """Return the sizes of the samples of quanta [start, end). Raises HouseFileDamaged."""
        per = 4 * self.per_quantum
        try:
            sizes = os.pread(self._index_fd, per * (end - start), self._sizes_at + per * start)
        except OSError as error:
            raise HouseFileDamaged(str(self.path), str(error)) from error
        if len(sizes) != per * (end - start):
            raise HouseFileDamaged(str(self.path), "index cut short")
        return sizes

    @cached_property
    def init(self) -> bytes:
        """The init segment."""
        return init_segment(self.track)

    @property
    def ticks_per_quantum(self) -> int:
        """Ticks of the track's timescale in one quantum."""
        return self.track.sample_ticks * self.track.per_quantum

    def next_gop(self, q: int) -> Quanta | None:
        """Return the first GOP start at or after quantum `q` of this rendition; None when there is none."""
        i = bisect_left(self._gops, q)
        return Quanta(self._gops[i]) if i < len(self._gops) else None

    def last_gop(self, q: int) -> Quanta | None:
        """Return the last GOP start at or before quantum `q` of this rendition; None when there is none."""
        i = bisect_right(self._gops, q)
        return Quanta(self._gops[i - 1]) if i else None

    def span(self, start: Quanta, count: int) -> Span:
        """Return the samples of `count` quanta from `start`.

        Raises ValueError outside the rendition, HouseFileDamaged when the index cannot be read.
        """
        end = start + count
        if not 0 <= start < end <= self.quanta:
            raise ValueError(f"quanta [{start}, {end}) of {self.quanta} in {self.path}")
        slices: list[tuple[int, int]] = []
        i = bisect_right(self._fragment_starts, start) - 1
        at: int = start
        while at < end:
            last = self._fragment_starts[i + 1] if i + 1 < len(self._fragment_starts) else self.quanta
            stop = min(end, last)
            slices.append((self._payload[at] + self._deltas[i], self._payload[stop] - self._payload[at]))
            at, i = stop, i + 1
        return Span(
            self._sizes(start, end),
            self._payload[end] - self._payload[start],
            tuple(slices),
        )

    def samples(self, start: Quanta, count: int) -> list[bytes]:
        """Return the bytes of each sample of some quanta. Raises HouseFileDamaged when they cannot be read."""
        return self.split(self.span(start, count))

    def split(self, span: Span) -> list[bytes]:
        """Return the bytes of each sample of `span`. Raises HouseFileDamaged when they cannot be read."""
        data = self.read(span)
        out, at = [], 0
        for (size,) in struct.iter_unpack(">I", span.sizes):
            out.append(data[at : at + size])
            at += size
        return out

    def read(self, span: Span) -> bytes:
        """Return the bytes of `span`. Raises HouseFileDamaged when they cannot be read."""
        try:
            data = b"".join(os.pread(self.fd, length, offset) for offset, length in span.slices)
        except OSError as error:
            raise HouseFileDamaged(str(self.path), str(error)) from error
        if len(data) != span.payload:
            raise HouseFileDamaged(str(self.path), "cut short")
        return data

    def readable(self) -> bool:
        """Tell whether the open file still has its full length, in its place or not."""
        return os.fstat(self.fd).st_size >= self.size

    def whole(self) -> bool:
        """Tell whether the file is still in its place, at its full length (one stat call)."""
        try:
            return os.stat(self._name).st_size >= self.size  # noqa: PTH116 - asked for every file at every commit
        except OSError:
            return False

    def __del__(self) -> None:
        for fd in (getattr(self, "_index_fd", None), getattr(self, "fd", None)):
            if fd is not None:
                os.close(fd)


class HouseSet:
    """One open set. All renditions are equally long and, in a TV set, cut into GOPs at the same quanta."""

    def __init__(self, folder: Path) -> None:
        self.info = read_set(folder)
        self.quanta = self.info.quanta
        self.renditions = {name: Rendition(folder, r) for name, r in self.info.renditions.items()}
        for r in self.renditions.values():
            if r.quanta != self.quanta:
                raise HouseFileDamaged(str(r.path), f"{r.quanta} quanta, set has {self.quanta}")
        self._lead = next((r for r in self.renditions.values() if isinstance(r.track, VideoTrack)), None)

    def next_gop(self, q: int) -> Quanta | None:
        """Return the first quantum at or after `q` at which a cut can start (any, when there is no picture)."""
        if self._lead is None:
            return Quanta(q) if q < self.quanta else None
        return self._lead.next_gop(q)

    def key(self, q: int) -> Quanta | None:
        """Return the last quantum at or before `q` with which airing can begin."""
        if self._lead is None:
            return Quanta(min(q, self.quanta - 1)) if q >= 0 else None
        return self._lead.last_gop(q)

    @cached_property
    def format(self) -> str:
        """Names the init segments of all renditions: what is equal here joins without a discontinuity."""
        digest = hashlib.blake2b(digest_size=5)
        for name in sorted(self.renditions):
            init = self.renditions[name].init
            digest.update(f"{name} {len(init)} ".encode() + init)
        return digest.hexdigest()

    def whole(self) -> bool:
        """Tell whether every file is still in its place, at its full length."""
        return all(r.whole() for r in self.renditions.values())


class HouseStore:
    """Opens house sets and keeps the most recently used ones open. Implements lppl.ports.Sources.

    Thread-safe. A set that is open is served to the end, also when its files are deleted under it.
    """

    def __init__(self, root: Path, keep: int = 64) -> None:
        self.root, self.keep = root, keep
        self._open: OrderedDict[HouseId, HouseSet] = OrderedDict()
        self._lock = Lock()

    def get(self, house: HouseId) -> HouseSet:
        """Return the open set. Raises HouseFileDamaged."""
        with self._lock:
            found = self._open.get(house)
            if found is not None:
                self._open.move_to_end(house)
                return found
        return self._keep(house, HouseSet(folder_of(self.root, house)))

    def is_open(self, house: HouseId) -> bool:
        """Tell whether `house` is open, without touching a disk."""
        return house in self._open

    def _keep(self, house: HouseId, opened: HouseSet) -> HouseSet:
        with self._lock:
            self._open[house] = opened
            self._open.move_to_end(house)
            while len(self._open) > self.keep:
                self._open.popitem(last=False)
        return opened

    def ready(self, house: HouseId) -> Quanta | None:
        """Return the length of `house`, or None when any of its files is gone, cut short or unreadable."""
        try:
            found = self.get(house)
        except HouseFileDamaged:
            return None
        return found.quanta if found.whole() else None

    def key(self, house: HouseId, q: Quanta) -> Quanta | None:
        """Return the last quantum at or before `q` with which airing can begin; None when `house` is lost."""
        try:
            return self.get(house).key(q)
        except HouseFileDamaged:
            return None

    def format(self, house: HouseId) -> str:
        """Name the init segments of `house`; empty when it is lost."""
        try:
            return self.get(house).format
        except HouseFileDamaged:
            return ""

    def reopen(self, house: HouseId) -> bool:
        """Open what is on disk now, and tell whether it is whole.

        If it is not, what was open stays open: its deleted files still serve what was committed of them.
        """
        try:
            return self._keep(house, HouseSet(folder_of(self.root, house))).whole()
        except HouseFileDamaged:
            return False


def gop_grid(quanta: int) -> list[int]:
    """Return where the GOPs of a conformed item of `quanta` start."""
    return list(range(0, quanta, GOP))
