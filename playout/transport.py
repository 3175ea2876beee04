"""Moving a transport stream in time: the same packets with every PCR, PTS and DTS shifted.

Players that take MPEG-TS count on few hours between wraps of its 33-bit clock, so the sound card's feed is
given a clock of its own that starts small. Pure functions on bytes (ISO/IEC 13818-1, 2.4.3).
"""

PACKET = 188
TICKS_PER_MS = 90
WRAP = 1 << 33

_PCR_FLAG = 0x10
_PTS_FLAG = 0x80
_DTS_FLAG = 0x40


def shifted(packets: bytes, ticks: int) -> bytes:
    """Return `packets` with all timestamps moved by `ticks` of 90 kHz, modulo 2^33.

    Raises ValueError when `packets` is not a whole number of transport packets.
    """
    if len(packets) % PACKET:
        raise ValueError(f"{len(packets)} bytes are not whole transport packets")
    out = bytearray(packets)
    for at in range(0, len(out), PACKET):
        if out[at] != 0x47:
            raise ValueError(f"no sync byte at {at}")
        _shift_packet(out, at, ticks)
    return bytes(out)


def _shift_packet(out: bytearray, at: int, ticks: int) -> None:
    payload = at + 4
    if out[at + 3] & 0x20:
        length = out[at + 4]
        if length >= 7 and out[at + 5] & _PCR_FLAG:
            _shift_pcr(out, at + 6, ticks)
        payload += 1 + length
    starts_unit = out[at + 1] & 0x40 and out[at + 3] & 0x10
    if starts_unit and out[payload : payload + 3] == b"\x00\x00\x01" and payload + 19 <= at + PACKET:
        flags = out[payload + 7]
        if flags & _PTS_FLAG:
            _shift_timestamp(out, payload + 9, ticks)
        if flags & _PTS_FLAG and flags & _DTS_FLAG:
            _shift_timestamp(out, payload + 14, ticks)


def _shift_pcr(out: bytearray, at: int, ticks: int) -> None:
    """A PCR is 33 bits of base, 6 reserved, 9 of extension; the extension stays."""
    value = int.from_bytes(out[at : at + 6])
    base = ((value >> 15) + ticks) % WRAP
    out[at : at + 6] = (base << 15 | value & 0x7FFF).to_bytes(6)


def _shift_timestamp(out: bytearray, at: int, ticks: int) -> None:
    """A PTS or DTS is 33 bits in five bytes, with four prefix and three marker bits between."""
    a, b, c, d, e = out[at : at + 5]
    value = (a >> 1 & 7) << 30 | b << 22 | (c >> 1) << 15 | d << 7 | e >> 1
    value = (value + ticks) % WRAP
    out[at : at + 5] = bytes(
        (
            a & 0xF1 | value >> 29 & 0x0E,
            value >> 22 & 0xFF,
            value >> 14 & 0xFE | 1,
            value >> 7 & 0xFF,
            value << 1 & 0xFE | 1,
        )
    )
