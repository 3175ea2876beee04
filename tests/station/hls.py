"""HLS as a strict player reads it: playlists and fragmented MP4 as values. Pure; raises ValueError on nonsense."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin

_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^,]*)')


def attributes(line: str) -> dict[str, str]:
    """Return the attribute list of a tag's line, quotes removed."""
    return {name: value.strip('"') for name, value in _ATTRIBUTE.findall(line.partition(":")[2])}


@dataclass(frozen=True, slots=True)
class Listed:
    """One segment of a media playlist; times in seconds, `start` since the epoch."""

    number: int
    url: str
    duration: float
    start: float
    init: str
    discontinuity: bool
    gap: bool
    dated: bool
    """True when PROGRAM-DATE-TIME stands at this very segment."""


@dataclass(frozen=True, slots=True)
class Media:
    """A media playlist."""

    target: int
    sequence: int
    segments: tuple[Listed, ...]
    ranges: dict[str, dict[str, str]] = field(default_factory=dict)
    """DATERANGE attributes by ID."""
    faults: tuple[str, ...] = ()


def media(text: str, url: str) -> Media:
    """Read a media playlist. Raises ValueError when a tag that must be there is missing."""
    if not text.startswith("#EXTM3U\n"):
        raise ValueError("no #EXTM3U")
    target = sequence = start = duration = None
    init, discontinuity, gap, dated = "", False, False, False
    segments: list[Listed] = []
    ranges: dict[str, dict[str, str]] = {}
    faults: list[str] = []
    for line in text.splitlines():
        name, _, value = line.partition(":")
        match name:
            case "#EXT-X-TARGETDURATION":
                target = int(value)
            case "#EXT-X-MEDIA-SEQUENCE":
                sequence = int(value)
            case "#EXT-X-MAP":
                init = urljoin(url, attributes(line)["URI"])
            case "#EXT-X-PROGRAM-DATE-TIME":
                said = datetime.fromisoformat(value).timestamp()
                if start is not None and abs(said - start) > 0.002 and not discontinuity:
                    faults.append(f"PROGRAM-DATE-TIME {value} is {said - start:+.3f} s off the durations before it")
                start, dated = said, True
            case "#EXT-X-DATERANGE":
                found = attributes(line)
                ranges[found["ID"]] = found
            case "#EXTINF":
                duration = float(value.split(",")[0])
            case "#EXT-X-DISCONTINUITY":
                discontinuity = True
            case "#EXT-X-GAP":
                gap = True
            case _ if line and not line.startswith("#"):
                if sequence is None or target is None or start is None or duration is None or not init:
                    raise ValueError(f"segment {line} before what it needs")
                number = sequence + len(segments)
                segments.append(Listed(number, urljoin(url, line), duration, start, init, discontinuity, gap, dated))
                start, duration, discontinuity, gap, dated = start + duration, None, False, False, False
    if target is None or sequence is None or not segments:
        raise ValueError("TARGETDURATION, MEDIA-SEQUENCE or segments missing")
    faults += [
        f"segment {s.number} lasts {s.duration} > target {target}" for s in segments if round(s.duration) > target
    ]
    return Media(target, sequence, tuple(segments), ranges, tuple(faults))


@dataclass(frozen=True, slots=True)
class Variant:
    """One EXT-X-STREAM-INF: what it says, and its playlist."""

    said: dict[str, str]
    url: str


@dataclass(frozen=True, slots=True)
class Master:
    """A multivariant playlist."""

    variants: tuple[Variant, ...]
    audio: dict[str, str]
    """Playlist of each audio group."""
    faults: tuple[str, ...]

    @property
    def playlists(self) -> tuple[str, ...]:
        """Every media playlist that plays, each once."""
        return tuple(dict.fromkeys([*(v.url for v in self.variants), *self.audio.values()]))


def master(text: str, url: str) -> Master:
    """Read a multivariant playlist and note what Apple's authoring specification would refuse."""
    lines = text.splitlines()
    variants = []
    audio: dict[str, str] = {}
    faults: list[str] = []
    if "#EXT-X-INDEPENDENT-SEGMENTS" not in lines:
        faults.append("no EXT-X-INDEPENDENT-SEGMENTS")
    for i, line in enumerate(lines):
        said = attributes(line)
        if line.startswith("#EXT-X-MEDIA:"):
            audio[said["GROUP-ID"]] = urljoin(url, said["URI"])
        elif line.startswith("#EXT-X-STREAM-INF:"):
            needed = {"BANDWIDTH", "AVERAGE-BANDWIDTH", "CODECS"}
            if "avc1" in said.get("CODECS", ""):
                needed |= {"RESOLUTION", "FRAME-RATE"}
            faults += [f"variant {lines[i + 1]} without {name}" for name in sorted(needed - said.keys())]
            if said.get("AUDIO", "") not in ("", *audio):
                faults.append(f"variant {lines[i + 1]} names the audio group {said['AUDIO']}, which is not there")
            variants.append(Variant(said, urljoin(url, lines[i + 1])))
    if not variants:
        faults.append("no variants")
    picture = any("avc1" in v.said.get("CODECS", "") for v in variants)
    if picture and "#EXT-X-I-FRAME-STREAM-INF:" not in text:
        faults.append("no I-frame playlist")
    return Master(tuple(variants), audio, tuple(faults))


# --- fragmented MP4 ----------------------------------------------------------------------------------


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[str, int, int]]:
    """Yield type, payload start and end of the boxes in data[start:end]. Raises ValueError when one overruns."""
    end = len(data) if end is None else end
    while start < end:
        if start + 8 > end:
            raise ValueError(f"{end - start} bytes are no box")
        size, kind = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1:
            (size,), head = struct.unpack_from(">Q", data, start + 8), 16
        if size < head or start + size > end:
            raise ValueError(f"box {kind!r} at {start} overruns")
        yield kind.decode("latin1"), start + head, start + size
        start += size


def find(data: bytes, *path: str) -> tuple[int, int]:
    """Return where the payload of the first box at `path` lies. Raises ValueError when there is none."""
    start, end = 0, len(data)
    for step in path:
        start, end = next(((s, e) for kind, s, e in boxes(data, start, end) if kind == step), (-1, -1))
        if start < 0:
            raise ValueError(f"no box {'/'.join(path)}")
    return start, end


@dataclass(frozen=True, slots=True)
class Init:
    """What an init segment of one track says."""

    timescale: int
    handler: str
    """``vide`` or ``soun``."""
    default_duration: int


def init(data: bytes) -> Init:
    """Read an init segment."""
    at, _ = find(data, "moov", "trak", "mdia", "mdhd")
    (timescale,) = struct.unpack_from(">I", data, at + (20 if data[at] else 12))
    handler, _ = find(data, "moov", "trak", "mdia", "hdlr")
    extends, _ = find(data, "moov", "mvex", "trex")
    return Init(timescale, data[handler + 8 : handler + 12].decode(), struct.unpack_from(">I", data, extends + 12)[0])


@dataclass(frozen=True, slots=True)
class Fragment:
    """One moof: decode time and length in ticks, samples, and whether it begins with a key frame."""

    time: int
    ticks: int
    samples: int
    sync: bool
    sizes: tuple[int, ...]


def fragments(data: bytes, default_duration: int) -> list[Fragment]:
    """Read the fragments of a media segment. Raises ValueError when headers and media disagree."""
    out: list[Fragment] = []
    for kind, start, end in boxes(data):
        if kind == "moof":
            out.append(_fragment(data, start, end, default_duration))
        elif kind == "mdat":
            told = sum(out[-1].sizes) if out else 0
            if told != end - start:
                raise ValueError(f"samples of {told} bytes in an mdat of {end - start}")
    if not out:
        raise ValueError("no fragment")
    return out


def _fragment(data: bytes, start: int, end: int, default_duration: int) -> Fragment:
    traf = next((s, e) for kind, s, e in boxes(data, start, end) if kind == "traf")
    inside = {kind: at for kind, at, _ in boxes(data, *traf)}
    duration, flags = _defaults(data, inside["tfhd"], default_duration)
    at = inside["tfdt"]
    (time,) = struct.unpack_from(">Q" if data[at] else ">I", data, at + 4)
    ticks, sizes, sync = _run(data, inside["trun"], duration, flags)
    return Fragment(time, ticks, len(sizes), sync, sizes)


def _defaults(data: bytes, at: int, duration: int) -> tuple[int, int | None]:
    """Return default duration and flags of a tfhd."""
    present = struct.unpack_from(">I", data, at)[0] & 0xFFFFFF
    p = at + 8 + 8 * bool(present & 1) + 4 * bool(present & 2)
    flags = None
    if present & 8:
        (duration,) = struct.unpack_from(">I", data, p)
        p += 4
    p += 4 * bool(present & 16)
    if present & 32:
        (flags,) = struct.unpack_from(">I", data, p)
    return duration, flags


def _run(data: bytes, at: int, duration: int, flags: int | None) -> tuple[int, tuple[int, ...], bool]:
    """Return length in ticks, sample sizes, and whether the first sample is a key frame, of a trun."""
    present = struct.unpack_from(">I", data, at)[0] & 0xFFFFFF
    (count,) = struct.unpack_from(">I", data, at + 4)
    p = at + 8 + 4 * bool(present & 1)
    first = None
    if present & 4:
        (first,) = struct.unpack_from(">I", data, p)
        p += 4
    ticks, sizes, sync = 0, [], True
    for i in range(count):
        fields = {}
        for bit in (0x100, 0x200, 0x400, 0x800):
            if present & bit:
                (fields[bit],) = struct.unpack_from(">I", data, p)
                p += 4
        ticks += fields.get(0x100, duration)
        sizes.append(fields.get(0x200, 0))
        if i == 0:
            said = first if first is not None else fields.get(0x400, flags)
            sync = said is None or not said & 0x10000
    return ticks, tuple(sizes), sync
