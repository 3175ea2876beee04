"""ADTS: the seven bytes before each AAC frame that let a decoder start anywhere in a stream.

Shared by the transport stream and the progressive stream. Only the house format is known here:
AAC-LC, 48 kHz, stereo (ISO/IEC 13818-7, 6.2; no CRC, one raw data block per frame).
"""

HEADER_BYTES = 7
LARGEST_FRAME = (1 << 13) - 1 - HEADER_BYTES
"""The longest raw frame that the 13-bit length can name, in bytes."""

_PROFILE_LC = 1
_RATE_48K = 3
_STEREO = 2


def header(size: int) -> bytes:
    """Return the ADTS header of a raw frame of `size` bytes. Raises ValueError when it cannot be one."""
    if not 0 < size <= LARGEST_FRAME:
        raise ValueError(f"an AAC frame of {size} bytes")
    length = size + HEADER_BYTES
    fullness = 0x7FF  # "variable rate": a decoder then does not wait for a buffer to fill
    return bytes(
        (
            0xFF,
            0xF1,
            _PROFILE_LC << 6 | _RATE_48K << 2 | _STEREO >> 2,
            (_STEREO & 3) << 6 | length >> 11,
            length >> 3 & 0xFF,
            (length & 7) << 5 | fullness >> 6,
            (fullness & 0x3F) << 2,
        )
    )


def framed(frame: bytes) -> bytes:
    """Return a raw AAC frame with its ADTS header. Raises ValueError for an empty or too long frame."""
    return header(len(frame)) + frame
