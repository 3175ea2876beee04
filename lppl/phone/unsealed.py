"""Calls that a former version of the product left lying unsealed: finished and handed in, and never made any more.

Their files: ``<uuid>.json``, the note; ``<uuid>.part``, the sound behind room for a WAV header; ``<uuid>.wav``, the
finished one.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from lppl import durable
from lppl.phone.audiosocket import BYTES_PER_S, SAMPLE_BYTES
from lppl.phone.sound import WAV_HEADER_BYTES, wav_header
from lppl.phone.values import Note

ENDINGS = ("json", "wav", "part")
BLOCK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class UnsealedSound:
    """A finished recording, a WAV file."""

    path: Path
    seconds: float

    def wav(self) -> Iterator[bytes]:
        """Yield the file. Blocks; raises OSError."""
        with self.path.open("rb") as file:
            yield from iter(lambda: file.read(BLOCK_BYTES), b"")


def read_note(folder: Path, uuid: UUID, otherwise: datetime) -> Note:
    """Return the note of a call; where it is missing or damaged, one that only knows that it began `otherwise`.

    Blocks. Raises OSError when the disk does not let it be read: that may pass.
    """
    try:
        read = json.loads((folder / f"{uuid}.json").read_bytes())
        began = datetime.fromisoformat(read["began"]).astimezone(UTC)
        texts = [str(read[name]) for name in ("caller", "line", "pressed")]
        flags = [read[name] is True for name in ("emergency", "told", "disturbed")]
    except (FileNotFoundError, ValueError, KeyError, TypeError, OverflowError):
        return Note(uuid, "", "", otherwise)
    return Note(uuid, texts[0], texts[1], began, texts[2], *flags)


def finish(folder: Path, uuid: UUID) -> UnsealedSound | None:
    """Make a WAV file of what was recorded, durably; None when there is no sound. It needs no room on the disk.

    Blocks. Raises OSError; the sound then still lies as ``.part``.
    """
    part, done = folder / f"{uuid}.part", folder / f"{uuid}.wav"
    if not done.exists():
        try:
            fd = os.open(part, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            sound = (os.fstat(fd).st_size - WAV_HEADER_BYTES) // SAMPLE_BYTES * SAMPLE_BYTES
            if sound <= 0:
                return None
            os.ftruncate(fd, WAV_HEADER_BYTES + sound)  # up to the last whole sample
            os.pwrite(fd, wav_header(sound), 0)
            os.fsync(fd)
        finally:
            os.close(fd)
        part.rename(done)
        durable.sync_folder(folder)
    return UnsealedSound(done, (done.stat().st_size - WAV_HEADER_BYTES) / BYTES_PER_S)
