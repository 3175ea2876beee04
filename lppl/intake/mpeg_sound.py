"""Sound that begins without a signature: MPEG audio frames and ADTS, known by frames that follow each other. Pure.

ISO/IEC 11172-3, 2.4.1.3 (MPEG audio), ISO/IEC 13818-7, 6.2 (ADTS), and ID3v2.4, 3.1, which may stand before any.
"""

from collections.abc import Callable
from enum import Enum, auto


class Found(Enum):
    """What the bytes are."""

    MP3 = auto()
    AAC = auto()
    FLAC = auto()


_MPEG1_III = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG1_II = (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = (44_100, 48_000, 32_000)
_FRAMES = 3


def look(head: bytes, size: int) -> Found | None:
    """Return what the first bytes of a file of `size` bytes are; None when they are none of these. Never raises."""
    at = _after_id3(head)
    if at is None:
        return None
    if at >= len(head):
        return Found.MP3 if at < size else None  # a tag as long as what is seen: covers stand in files of this kind
    data = head[at:]
    if at:
        data = data.lstrip(b"\0")  # the tag's padding
        if data.startswith(b"fLaC"):
            return Found.FLAC
    if _chained(data, _mpeg_length):
        return Found.MP3
    return Found.AAC if _chained(data, _adts_length) else None


def _after_id3(head: bytes) -> int | None:
    """Return where the sound begins; 0 without a tag, None for a tag that is none."""
    if not head.startswith(b"ID3"):
        return 0
    length = head[6:10]
    if len(head) < 10 or head[3] not in (2, 3, 4) or head[4] == 0xFF or any(byte & 0x80 for byte in length):
        return None
    return 10 + sum(byte << shift for byte, shift in zip(length, (21, 14, 7, 0), strict=True))


def _chained(data: bytes, length_of: Callable[[bytes], int]) -> bool:
    """Tell whether frames follow each other, up to `_FRAMES` of them or the end."""
    at = 0
    for count in range(_FRAMES):
        length = length_of(data[at : at + 6])
        if not length:
            return False
        at += length
        if at + 6 > len(data):
            return count > 0 or at == len(data)  # one frame alone proves too little, unless the file ends with it
    return True


def _mpeg_length(header: bytes) -> int:
    """Return the length of an MPEG audio frame of layer II or III in bytes; 0 for what is none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return 0
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    rate_index, sampling = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or layer not in (1, 2) or rate_index in (0, 15) or sampling == 3:
        return 0
    first = version == 3
    kbits = (_MPEG2 if not first else _MPEG1_III if layer == 1 else _MPEG1_II)[rate_index]
    rate = _RATES[sampling] >> (0 if first else 1 if version == 2 else 2)
    samples = 1152 if first or layer == 2 else 576
    return samples // 8 * kbits * 1000 // rate + (header[2] >> 1 & 1)


def _adts_length(header: bytes) -> int:
    """Return the length of an ADTS frame in bytes; 0 for what is none."""
    if len(header) < 6 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0 or header[2] >> 2 & 15 > 12:
        return 0
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return length if length >= 7 else 0
