"""Asterisk's AudioSocket on the wire: a frame is a type (1 byte), a length (2 bytes, big-endian) and a payload.

https://docs.asterisk.org/Configuration/Channel-Drivers/AudioSocket/ - the exchange connects to us and says first which
call it is (UUID); from then on audio goes both ways, and keys come from the exchange. Nothing here reads a socket.
"""

from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

RATE_HZ = 8000
SAMPLE_BYTES = 2
BYTES_PER_S = RATE_HZ * SAMPLE_BYTES
FRAME_S = 0.02
FRAME_BYTES = 320
"""20 ms of signed linear, 16 bit little-endian, mono."""
HEADER_BYTES = 3
LONGEST_PAYLOAD = 8192
"""20 ms at 192 kHz, the highest rate that there is a type for, are 7680 bytes."""
KEYS = "0123456789*#ABCD"
SILENCE = bytes(FRAME_BYTES)


class Type(IntEnum):
    """The types that mean something here. 0x11 to 0x18 are audio at other rates, which nobody asked for."""

    HANGUP = 0x00
    UUID = 0x01
    DTMF = 0x03
    """One ASCII character. Sent by Asterisk since 20.14, 21.9 and 22.4; older ones tell of no key."""
    AUDIO = 0x10
    ERROR = 0xFF


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; `type` may be a number that :class:`Type` does not name."""

    type: int
    payload: bytes = b""

    @property
    def call(self) -> UUID | None:
        """The call that a UUID frame names; None for any other frame."""
        if self.type != Type.UUID or len(self.payload) != 16:
            return None
        return UUID(bytes=self.payload)

    @property
    def key(self) -> str:
        """The key that a DTMF frame names; empty for any other frame, and for what is no key."""
        if self.type != Type.DTMF or len(self.payload) != 1:
            return ""
        key = self.payload.decode("latin-1").upper()
        return key if key in KEYS else ""

    def encoded(self) -> bytes:
        """Return it for the wire: header and payload in one piece, as Asterisk gives up on a late payload."""
        return bytes((self.type,)) + len(self.payload).to_bytes(2, "big") + self.payload


class Decoder:
    """Turns what arrives, however it is split, into frames. It holds less than one frame between two calls.

    What cannot be a frame ends it: `fault` says why, and nothing more is decoded.
    """

    def __init__(self, longest: int = LONGEST_PAYLOAD) -> None:
        self.fault = ""
        """Why no more is decoded: a stable word, ``too-long``; empty while all is well."""
        self._longest = longest
        self._rest = bytearray()

    @property
    def held(self) -> int:
        """Bytes of a frame that is not whole yet."""
        return len(self._rest)

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that `data` completes, in order."""
        if self.fault:
            return []
        rest = self._rest
        rest += data
        frames: list[Frame] = []
        at = 0
        while len(rest) - at >= HEADER_BYTES:
            length = int.from_bytes(rest[at + 1 : at + HEADER_BYTES], "big")
            if length > self._longest:
                self.fault = "too-long"
                rest.clear()
                return frames
            end = at + HEADER_BYTES + length
            if len(rest) < end:
                break
            frames.append(Frame(rest[at], bytes(rest[at + HEADER_BYTES : end])))
            at = end
        del rest[:at]
        return frames


@dataclass(slots=True)
class Pace:
    """Whether a peer sends about as fast as people speak: three times that is borne, more only for a few seconds.

    What was held up on the way may come at once, so up to `BURST_BYTES` may. Every frame counts at least as much as
    20 ms of audio: a flood of tiny frames is one too.
    """

    TIMES = 3
    BURST_BYTES = 15 * BYTES_PER_S

    since: float
    left: float = float(BURST_BYTES)

    def borne(self, frame: Frame, now: float) -> bool:
        """Count `frame`, come at `now` (seconds, never backwards); return whether the peer may go on."""
        self.left = min(self.BURST_BYTES, self.left + (now - self.since) * self.TIMES * BYTES_PER_S)
        self.since = now
        self.left -= max(FRAME_BYTES, len(frame.payload))
        return self.left >= 0
