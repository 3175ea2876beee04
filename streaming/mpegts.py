"""MPEG transport stream of one quantum of a channel's sound: for the sound card, and for relays.

Pure and stateless: the bytes of a quantum depend on its air time and its samples only, so two servers, or
one after a restart, send the same stream, and any quantum may follow any other of the time before it.

A quantum is five *slots* of 64 ms with equally many packets, so the PCR at the same place in each slot is
exact. Each slot is PAT, PMT, one PES packet of three AAC frames, null packets. What would need memory is
the 4-bit continuity counter: each slot holds one PAT and one PMT, so theirs follow from the number of the
slot; the sound's packets are made a multiple of 16 a quantum (the same bytes thinly spread over a few
packets more), so theirs begins every quantum at 0. ISO/IEC 13818-1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from lppl.quanta import AAC_FRAMES, Quanta
from streaming import adts

PACKET = 188
"""Bytes of a transport packet."""
WRAP = 1 << 33
"""PTS and PCR count modulo this: 26.5 hours."""
QUANTUM_TICKS = 28_800
FRAME_TICKS = 1_920
PCR_LEAD_TICKS = 9_000
"""The PCR runs 100 ms before the PTS it stands beside: time enough to receive and decode a slot."""

SLOTS = 5
FRAMES_PER_SLOT = AAC_FRAMES // SLOTS

_HEADER = 4
_PCR_FIELD = 8
_COUNTER = 16
_WHOLE_HEADER = 20
"""Bytes of a PES that its first packet holds at least: the header with both timestamps is never torn."""
_PAT_PID = 0
_PMT_PID = 0x1000
_PROGRAM = 1
_STREAM_ID = 1
_NULL = b"\x47\x1f\xff\x10" + b"\xff" * (PACKET - _HEADER)


@dataclass(frozen=True, slots=True)
class Elementary:
    """One elementary stream of the programme, as the PMT names it."""

    pid: int
    stream_type: int
    """ISO/IEC 13818-1 table 2-34: 0x0F is AAC in ADTS, 0x1B is H.264."""
    stream_id: int
    """The PES stream id: 0xC0 for the first sound, 0xE0 for the first picture."""


AUDIO = Elementary(pid=0x101, stream_type=0x0F, stream_id=0xC0)


def pts_of(q: Quanta, frame: int = 0) -> int:
    """Return the 33-bit PTS, in ticks of 90 kHz, of AAC frame `frame` of quantum `q`."""
    return (q * QUANTUM_TICKS + frame * FRAME_TICKS) % WRAP


def mux_quantum(q: Quanta, frames: Sequence[bytes]) -> bytes:
    """Return the transport packets of quantum `q`, whose sound is 15 raw AAC-LC `frames` (no ADTS).

    The result is a multiple of 5 x 188 bytes; its five equal parts each last 64 ms. Raises ValueError when
    there are not 15 frames or one is empty or too long.
    """
    if len(frames) != AAC_FRAMES:
        raise ValueError(f"a quantum has {AAC_FRAMES} AAC frames, not {len(frames)}")
    parts = []
    for slot in range(SLOTS):
        first = slot * FRAMES_PER_SLOT
        data = b"".join(adts.framed(f) for f in frames[first : first + FRAMES_PER_SLOT])
        parts.append(_pes(AUDIO.stream_id, pts_of(q, first), data))
    counts = _packet_counts([len(part) for part in parts])
    widest = max(counts)
    out: list[bytes] = []
    counter = 0
    for slot, (part, count) in enumerate(zip(parts, counts, strict=True)):
        tables = (q * SLOTS + slot) % _COUNTER
        out.append(_section_packet(_PAT_PID, tables, _pat()))
        out.append(_section_packet(_PMT_PID, tables, _pmt((AUDIO,))))
        pcr = (pts_of(q, slot * FRAMES_PER_SLOT) - PCR_LEAD_TICKS) % WRAP
        out += _packets(AUDIO.pid, part, count, counter, pcr)
        out += [_NULL] * (widest - count)
        counter += count
    return b"".join(out)


def _packet_counts(sizes: Sequence[int]) -> list[int]:
    """Return in how many packets each PES of `sizes` bytes travels: all together a multiple of 16."""
    room = PACKET - _HEADER
    counts = [1 + max(0, -(-(size + _PCR_FIELD - room) // room)) for size in sizes]
    for _ in range(-sum(counts) % _COUNTER):
        counts[counts.index(min(counts))] += 1
    return counts


def _pes(stream_id: int, pts: int, data: bytes) -> bytes:
    """Return a PES packet (13818-1, 2.4.3.6) that starts an access unit at `pts`."""
    header = b"\x84\x80\x05" + _timestamp(0b0010, pts)  # data aligned; PTS only; five bytes of header follow
    return b"\x00\x00\x01" + bytes((stream_id,)) + (len(header) + len(data)).to_bytes(2) + header + data


def _timestamp(prefix: int, ticks: int) -> bytes:
    """Return the five bytes of a PTS or DTS: 33 bits with marker bits between."""
    return bytes(
        (
            prefix << 4 | ticks >> 29 & 0x0E | 1,
            ticks >> 22 & 0xFF,
            ticks >> 14 & 0xFE | 1,
            ticks >> 7 & 0xFF,
            ticks << 1 & 0xFE | 1,
        )
    )


def _packets(pid: int, pes: bytes, count: int, counter: int, pcr: int) -> list[bytes]:
    """Spread `pes` evenly over `count` packets, counted from `counter`; the PCR stands in the first."""
    out = []
    offset = 0
    for i in range(count):
        field = _pcr_field(pcr) if i == 0 else b""
        share = max(-(-(len(pes) - offset) // (count - i)), _WHOLE_HEADER if i == 0 else 0)
        chunk = pes[offset : offset + min(share, PACKET - _HEADER - len(field))]
        offset += len(chunk)
        out.append(_packet(pid, i == 0, counter + i, field, chunk))
    return out


def _packet(pid: int, start: bool, counter: int, field: bytes, payload: bytes) -> bytes:
    """Return a transport packet; its adaptation `field`, if any, grows to fill what `payload` leaves."""
    space = PACKET - _HEADER - len(payload)
    if space:
        body = field[1:] or (b"\x00" if space > 1 else b"")
        field = bytes((space - 1,)) + body + b"\xff" * (space - 1 - len(body))
    control = 0x30 if field else 0x10
    pid_bytes = (pid | (0x4000 if start else 0)).to_bytes(2)
    return b"\x47" + pid_bytes + bytes((control | counter % _COUNTER,)) + field + payload


def _pcr_field(pcr: int) -> bytes:
    """Return an adaptation field that holds a PCR (base only; the 27 MHz part is 0)."""
    return b"\x07\x10" + (pcr << 15 | 0x3F << 9).to_bytes(6)


def _section_packet(pid: int, counter: int, section: bytes) -> bytes:
    """Return the packet that holds a whole PSI section: pointer 0, the section, 0xFF to the end."""
    payload = b"\x00" + section
    payload += b"\xff" * (PACKET - _HEADER - len(payload))
    return _packet(pid, True, counter, b"", payload)


@cache
def _pat() -> bytes:
    """Return the section that says where the programme's PMT is."""
    return _section(0x00, _STREAM_ID, _PROGRAM.to_bytes(2) + (0xE000 | _PMT_PID).to_bytes(2))


@cache
def _pmt(streams: tuple[Elementary, ...]) -> bytes:
    """Return the section that names the programme's streams; the first one carries the PCR."""
    body = (0xE000 | streams[0].pid).to_bytes(2) + b"\xf0\x00"
    for stream in streams:
        body += bytes((stream.stream_type,)) + (0xE000 | stream.pid).to_bytes(2) + b"\xf0\x00"
    return _section(0x02, _PROGRAM, body)


def _section(table: int, number: int, body: bytes) -> bytes:
    """Return a PSI section, version 0, current, section 0 of 0, with its CRC."""
    length = 5 + len(body) + 4
    head = bytes((table,)) + (0xB000 | length).to_bytes(2) + number.to_bytes(2) + b"\xc1\x00\x00"
    return head + body + _crc32(head + body).to_bytes(4)


def _crc32(data: bytes) -> int:
    """Return the CRC of 13818-1 annex A: polynomial 0x04C11DB7, not reflected, not inverted."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    return crc
