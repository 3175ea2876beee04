"""MP4 boxes (ISO/IEC 14496-12, -14, -15): writing init segments and fragments, reading what ffmpeg wrote.

Pure functions over bytes; the only file access is :func:`read_track`, which reads the headers of an
ordinary one-track MP4 and never its media data.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from lppl.quanta import AAC_FRAMES, FRAMES

VIDEO_TIMESCALE = 90_000
AUDIO_TIMESCALE = 48_000
VIDEO_SAMPLE = 3_600
"""Ticks of one frame at 25 fps."""
AUDIO_SAMPLE = 1_024
"""Ticks of one AAC frame at 48 kHz."""

# ISO/IEC 14496-12 8.8.3.1: a sync sample depends on no other; the rest depend on others and are no sync samples.
SYNC = 0x02000000
NOT_SYNC = 0x01010000
_IDENTITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """An H.264 track: picture size and the decoder configuration record (avcC box payload)."""

    width: int
    height: int
    avcc: bytes

    timescale = VIDEO_TIMESCALE
    sample_ticks = VIDEO_SAMPLE
    per_quantum = FRAMES

    @property
    def codec(self) -> str:
        """RFC 6381 name, for example ``avc1.64001f``."""
        return f"avc1.{self.avcc[1:4].hex()}"


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """An AAC-LC 48 kHz stereo track; `bitrate` in bit/s, `asc` the AudioSpecificConfig."""

    bitrate: int
    asc: bytes = b"\x11\x90"

    timescale = AUDIO_TIMESCALE
    sample_ticks = AUDIO_SAMPLE
    per_quantum = AAC_FRAMES

    @property
    def codec(self) -> str:
        """RFC 6381 name."""
        return "mp4a.40.2"


Track = VideoTrack | AudioTrack


def box(kind: bytes, *payload: bytes) -> bytes:
    """Return one box."""
    body = b"".join(payload)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def full_box(kind: bytes, version: int, flags: int, *payload: bytes) -> bytes:
    """Return one box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *payload)


def _descriptor(tag: int, payload: bytes) -> bytes:
    return bytes((tag, 0x80, 0x80, 0x80, len(payload))) + payload


def _sample_entry(track: Track) -> bytes:
    if isinstance(track, VideoTrack):
        head = struct.pack(">6xH16xHHIIIH32sHh", 1, track.width, track.height, 0x480000, 0x480000, 0, 1, b"", 24, -1)
        return box(b"avc1", head, box(b"avcC", track.avcc), box(b"pasp", struct.pack(">II", 1, 1)))
    config = _descriptor(
        4, struct.pack(">BBxHII", 0x40, 0x15, 0, track.bitrate, track.bitrate) + _descriptor(5, track.asc)
    )
    es = _descriptor(3, struct.pack(">HB", 1, 0) + config + _descriptor(6, b"\x02"))
    head = struct.pack(">6xH8xHHIHxx", 1, 2, 16, 0, AUDIO_TIMESCALE)
    return box(b"mp4a", head, full_box(b"esds", 0, 0, es))


def init_segment(track: Track) -> bytes:
    """Return ftyp + moov of a fragmented one-track file. The same track gives the same bytes, always."""
    video = isinstance(track, VideoTrack)
    size = (track.width << 16, track.height << 16) if isinstance(track, VideoTrack) else (0, 0)
    mvhd = full_box(
        b"mvhd",
        0,
        0,
        struct.pack(">IIIIIH10x", 0, 0, 1000, 0, 0x10000, 0x100),
        _IDENTITY,
        struct.pack(">24xI", 2),
    )
    tkhd = full_box(
        b"tkhd", 0, 3, struct.pack(">IIIIIIIHHHH", 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 if video else 0x100, 0), _IDENTITY,
        struct.pack(">II", *size),
    )  # fmt: skip
    mdhd = full_box(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, track.timescale, 0, 0x2484 if not video else 0x55C4, 0))
    hdlr = full_box(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, b"vide" if video else b"soun"), b"LPPL\0")
    media_header = full_box(b"vmhd", 0, 1, bytes(8)) if video else full_box(b"smhd", 0, 0, bytes(4))
    dinf = box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1)))
    stbl = box(
        b"stbl",
        full_box(b"stsd", 0, 0, struct.pack(">I", 1), _sample_entry(track)),
        full_box(b"stts", 0, 0, bytes(4)),
        full_box(b"stsc", 0, 0, bytes(4)),
        full_box(b"stsz", 0, 0, bytes(8)),
        full_box(b"stco", 0, 0, bytes(4)),
    )
    mdia = box(b"mdia", mdhd, hdlr, box(b"minf", media_header, dinf, stbl))
    flags = NOT_SYNC if video else SYNC
    trex = full_box(b"trex", 0, 0, struct.pack(">IIIII", 1, 1, track.sample_ticks, 0, flags))
    ftyp = box(b"ftyp", b"iso6", bytes(4), b"iso6cmfcmp41")
    return ftyp + box(b"moov", mvhd, box(b"trak", tkhd, mdia), box(b"mvex", trex))


_MDAT = struct.Struct(">I4s")


def fragment_header(
    q: int, ticks_per_quantum: int, sizes: bytes, payload: int, *, video: bool, duration: int = 0
) -> bytes:
    """Return moof + mdat header of a fragment that starts at air time `q` (quanta).

    `sizes` holds the samples' sizes as big-endian 32-bit integers, `payload` their sum in bytes. `duration`
    (ticks) overrides the sample duration of init_segment, for I-frames shown for a whole segment.
    """
    extra = 4 if duration else 0
    trun = (24 if video else 20) + len(sizes)
    traf = 8 + 16 + extra + 20 + trun
    moof = 8 + 16 + traf
    tfhd_flags = 0x020000 | (0x8 if duration else 0)
    tfhd = struct.pack(">I4sII", 16 + extra, b"tfhd", tfhd_flags, 1) + (
        struct.pack(">I", duration) if duration else b""
    )
    run = struct.pack(">I4sIII", trun, b"trun", 0x205 if video else 0x201, len(sizes) // 4, moof + 8)
    return b"".join(
        (
            struct.pack(">I4sI4sII", moof, b"moof", 16, b"mfhd", 0, q & 0xFFFFFFFF),
            struct.pack(">I4s", traf, b"traf"),
            tfhd,
            struct.pack(">I4sIQ", 20, b"tfdt", 0x01000000, q * ticks_per_quantum),
            run,
            struct.pack(">I", SYNC) if video else b"",
            sizes,
            _MDAT.pack(payload + 8, b"mdat"),
        )
    )


def held_fragment_header(q: int, track: Track, sizes: bytes, payload: int, hold: int) -> bytes:
    """Return moof + mdat header of a fragment whose last sample lasts `hold` quanta longer."""
    count = len(sizes) // 4
    entries = bytearray()
    for i in range(count):
        extra = hold * track.per_quantum if i == count - 1 else 0
        entries += struct.pack(">I", track.sample_ticks * (1 + extra)) + sizes[4 * i : 4 * i + 4]
    first = struct.pack(">I", SYNC) if isinstance(track, VideoTrack) else b""
    flags = 0x305 if first else 0x301

    def moof(data_offset: int) -> bytes:
        run = full_box(b"trun", 0, flags, struct.pack(">II", count, data_offset), first, bytes(entries))
        tfdt = full_box(b"tfdt", 1, 0, struct.pack(">Q", q * track.sample_ticks * track.per_quantum))
        traf = box(b"traf", full_box(b"tfhd", 0, 0x020000, struct.pack(">I", 1)), tfdt, run)
        return box(b"moof", full_box(b"mfhd", 0, 0, struct.pack(">I", q & 0xFFFFFFFF)), traf)

    return moof(len(moof(0)) + 8) + _MDAT.pack(payload + 8, b"mdat")


# --- reading -----------------------------------------------------------------------------------------


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Yield (type, payload start, payload end) of the boxes in data[start:end]. Raises ValueError on nonsense."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, start + 8)
            head = 16
        if size < head or start + size > end:
            raise ValueError(f"box {kind!r} at {start} overruns")
        yield kind, start + head, start + size
        start += size


def find(data: bytes, path: tuple[bytes, ...], start: int = 0, end: int | None = None) -> tuple[int, int]:
    """Return the payload range of the first box at `path`. Raises ValueError when there is none."""
    for kind, s, e in boxes(data, start, end):
        if kind == path[0]:
            return (s, e) if len(path) == 1 else find(data, path[1:], s, e)
    raise ValueError(f"no box {path[0]!r}")


@dataclass(frozen=True, slots=True)
class TrackSamples:
    """Where the samples of an ordinary one-track MP4 lie."""

    avcc: bytes
    """Payload of avcC; empty for sound."""
    asc: bytes
    """AudioSpecificConfig; empty for picture."""
    sizes: bytes
    """Big-endian 32-bit sizes, one a sample."""
    sync: tuple[int, ...] | None
    """Numbers (from 0) of the sync samples; None when all are."""
    offset: int
    """File offset of the first sample; the others follow without a hole."""

    def __len__(self) -> int:
        return len(self.sizes) // 4


def _moov(file: BinaryIO) -> bytes:
    """Return the moov payload, skipping over media data."""
    file.seek(0, 2)
    end = file.tell()
    at = 0
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        size, kind = struct.unpack_from(">I4s", head)
        if size == 1:
            (size,) = struct.unpack_from(">Q", head, 8)
        if size < 8 or at + size > end:
            break
        if kind == b"moov":
            file.seek(at + 8)
            return file.read(size - 8)
        at += size
    raise ValueError("no moov box: the file was not finished")


def _asc(esds: bytes) -> bytes:
    at = 4
    while at < len(esds):
        tag = esds[at]
        at += 1
        length = 0
        while True:
            byte = esds[at]
            at += 1
            length = length << 7 | byte & 0x7F
            if not byte & 0x80:
                break
        if tag == 5:
            return esds[at : at + length]
        at += {3: 3, 4: 13}.get(tag, length)
    raise ValueError("no decoder configuration in esds")


def read_track(file: BinaryIO) -> TrackSamples:
    """Read the sample tables of a finished, unfragmented, one-track MP4 (as ffmpeg's mp4 muxer writes it).

    Raises ValueError when the file is unfinished, or its samples do not lie one behind the other.
    """
    moov = _moov(file)
    s, e = find(moov, (b"trak", b"mdia", b"minf", b"stbl"))
    stsd, stsd_end = find(moov, (b"stsd",), s, e)
    ((kind, es, ee),) = list(boxes(moov, stsd + 8, stsd_end))[:1]
    avcc = asc = b""
    if kind == b"avc1":
        a, b = find(moov, (b"avcC",), es + 78, ee)
        avcc = moov[a:b]
    elif kind == b"mp4a":
        a, b = find(moov, (b"esds",), es + 28, ee)
        asc = _asc(moov[a:b])
    else:
        raise ValueError(f"sample entry {kind!r}")
    a, b = find(moov, (b"stsz",), s, e)
    fixed, count = struct.unpack_from(">II", moov, a + 4)
    sizes = moov[a + 12 : a + 12 + 4 * count] if not fixed else struct.pack(">I", fixed) * count
    sync = None
    for kind, a, b in boxes(moov, s, e):
        if kind == b"stss":
            sync = tuple(n - 1 for (n,) in struct.iter_unpack(">I", moov[a + 8 : b]))
    return TrackSamples(avcc, asc, sizes, sync, _contiguous_offset(moov, s, e, sizes))


def _contiguous_offset(moov: bytes, s: int, e: int, sizes: bytes) -> int:
    """Return the first chunk's offset after checking that all chunks touch."""
    offsets: tuple[int, ...] = ()
    runs: list[tuple[int, int]] = []
    for kind, a, b in boxes(moov, s, e):
        if kind == b"stco":
            offsets = struct.unpack(f">{(b - a - 8) // 4}I", moov[a + 8 : b])
        elif kind == b"co64":
            offsets = struct.unpack(f">{(b - a - 8) // 8}Q", moov[a + 8 : b])
        elif kind == b"stsc":
            runs = [(first, per) for first, per, _ in struct.iter_unpack(">III", moov[a + 8 : b])]
    if not offsets:
        raise ValueError("no samples")
    if len(offsets) == 1:
        return offsets[0]
    values = struct.unpack(f">{len(sizes) // 4}I", sizes)
    at, expected, sample = 0, offsets[0], 0
    for chunk, offset in enumerate(offsets, 1):
        while at + 1 < len(runs) and runs[at + 1][0] <= chunk:
            at += 1
        if offset != expected:
            raise ValueError(f"chunk {chunk} does not follow the one before")
        expected += sum(values[sample : sample + runs[at][1]])
        sample += runs[at][1]
    return offsets[0]
