"""The sound of a call at rest: sealed frame by frame as it grows, whole up to wherever it was cut, never in the clear.

A file: a head of 256 bytes (8 of ``MAGIC``, the call's wrapped key, zeros), then frames of 20 ms of sound, of which
only the last may hold less, each AES-256-GCM with its number as the nonce. The cipher's key is derived (HKDF-SHA256)
from the call's, which is made for one recording and used for no other; a file that is there already is never gone on
with: therefore no nonce comes twice. To end a recording nothing has to be written. A frame that was cut, damaged or
moved does not open: at the end it is dropped, between others it is silence.
"""

import errno
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lppl.intake.keyring import PersonKey
from lppl.phone.audiosocket import BYTES_PER_S, FRAME_BYTES, RATE_HZ, SAMPLE_BYTES

WAV_HEADER_BYTES = 44
MAGIC = b"LPPLcal1"
HEAD_BYTES = 256
TAG_BYTES = 16
SEALED_FRAME_BYTES = FRAME_BYTES + TAG_BYTES
AT_ONCE = 200
"""Frames that are read together."""


def wav_header(data_bytes: int) -> bytes:
    """Return the header of a WAV file: RIFF, PCM, 8 kHz, mono, 16 bit, with `data_bytes` of sound behind it."""
    form = struct.pack("<HHIIHH", 1, 1, RATE_HZ, BYTES_PER_S, SAMPLE_BYTES, 8 * SAMPLE_BYTES)
    return b"".join((
        b"RIFF", struct.pack("<I", WAV_HEADER_BYTES - 8 + data_bytes), b"WAVE",
        b"fmt ", struct.pack("<I", len(form)), form, b"data", struct.pack("<I", data_bytes),
    ))  # fmt: skip


def head(wrapped: bytes) -> bytes:
    """Return what a file begins with. `wrapped`: the call's key; a damaged note must not cost the only copy of it."""
    made = (MAGIC + wrapped).ljust(HEAD_BYTES, b"\0")
    assert len(made) == HEAD_BYTES
    return made


def wrapped_in(begin: bytes) -> bytes | None:
    """Return the wrapped key out of the first bytes of a file; None when they are no whole head."""
    if len(begin) < HEAD_BYTES or not begin.startswith(MAGIC):
        return None
    return begin[len(MAGIC) : HEAD_BYTES].rstrip(b"\0")


class SoundSeal:
    """Seals the sound of one recording from its first frame to its last. One for each key, ever."""

    def __init__(self, key: PersonKey) -> None:
        self._cipher = _cipher(key)
        self._count = 0

    def sealed(self, pcm: bytes) -> bytes:
        """Return `pcm` as it goes to the disk: whole frames, but for the last piece of the recording."""
        return b"".join(self._frame(pcm[at : at + FRAME_BYTES]) for at in range(0, len(pcm), FRAME_BYTES))

    def _frame(self, pcm: bytes) -> bytes:
        sealed = self._cipher.encrypt(_nonce(self._count), pcm, None)
        self._count += 1
        return sealed


@dataclass(frozen=True, slots=True)
class SealedSound:
    """A recording as it lies sealed in a file, `size` bytes of sound. It is opened in the memory alone."""

    path: Path
    size: int
    key: PersonKey = field(repr=False, compare=False)

    @property
    def seconds(self) -> float:
        """Return how long it is."""
        return self.size / BYTES_PER_S

    def wav(self) -> Iterator[bytes]:
        """Yield it as a WAV file. Blocks; raises OSError."""
        yield wav_header(self.size)
        cipher, number, left = _cipher(self.key), 0, self.size
        with self.path.open("rb") as file:
            file.seek(HEAD_BYTES)
            while left > 0:
                block, sound = file.read(SEALED_FRAME_BYTES * AT_ONCE), b""
                if not block:
                    raise OSError(errno.EIO, "the recording has become shorter", str(self.path))
                for at in range(0, len(block), SEALED_FRAME_BYTES):
                    sound += _opened(cipher, number, block[at : at + SEALED_FRAME_BYTES]) or bytes(FRAME_BYTES)
                    number += 1
                yield sound[:left]
                left -= len(sound)


def sound_in(path: Path, key: PersonKey) -> SealedSound | None:
    """Return the recording in a file, up to the last frame that opens; None when none does. Blocks; raises OSError."""
    cipher = _cipher(key)
    with path.open("rb") as file:
        sealed = os.fstat(file.fileno()).st_size - HEAD_BYTES
        for number in reversed(range(-(-sealed // SEALED_FRAME_BYTES))):
            frame = os.pread(file.fileno(), SEALED_FRAME_BYTES, HEAD_BYTES + number * SEALED_FRAME_BYTES)
            if opened := _opened(cipher, number, frame):
                return SealedSound(path, number * FRAME_BYTES + len(opened), key)
    return None


def _cipher(key: PersonKey) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=b"lppl phone sound").derive(key.raw))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _opened(cipher: AESGCM, number: int, frame: bytes) -> bytes:
    """Return the sound of a frame, nothing when it is not what was sealed there."""
    try:
        return cipher.decrypt(_nonce(number), frame, None)
    except (InvalidTag, ValueError):  # ValueError: too short for a tag
        return b""
