"""Notes of calls on disk: who calls, which line, what was pressed: sealed, and durable before there is any sound.

``<uuid>.note`` is JSON: ``format``, when the call ``began``, its ``key`` as a master key wrapped it, and the rest
``sealed`` by that key (Fernet). It is always replaced as a whole.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from lppl import durable
from lppl.intake.keyring import KeyGone, PersonKey
from lppl.phone.values import Note

ENDING = "note"
FORMAT = 1
MODE = 0o600
"""Who called and what was said is nobody else's."""


class NoteDamaged(ValueError):
    """What lies there is no note, or not as it was written."""


@dataclass(frozen=True, slots=True)
class SealedNote:
    """A note as it lies on the disk."""

    began: datetime
    """Aware UTC."""
    wrapped: bytes
    sealed: bytes

    def opened(self, uuid: UUID, key: PersonKey) -> Note:
        """Return what it says of the call `uuid`. Raises NoteDamaged, also when `key` is another's."""
        try:
            told = json.loads(key.opened(self.sealed))
            texts = [str(told[name]) for name in ("caller", "line", "pressed")]
            flags = [told[name] is True for name in ("emergency", "told", "disturbed")]
        except (KeyGone, ValueError, KeyError, TypeError):
            raise NoteDamaged from None
        return Note(uuid, texts[0], texts[1], self.began, texts[2], *flags)

    def encoded(self) -> bytes:
        """Return the bytes of its file."""
        told = {
            "format": FORMAT, "began": self.began.isoformat(), "key": self.wrapped.decode("ascii"),
            "sealed": self.sealed.decode("ascii"),
        }  # fmt: skip
        return json.dumps(told).encode()


def sealed_note(note: Note, key: PersonKey) -> SealedNote:
    """Return `note` as it may lie on a disk."""
    told = {
        "caller": note.caller, "line": note.line, "pressed": note.pressed, "emergency": note.emergency,
        "told": note.told, "disturbed": note.disturbed,
    }  # fmt: skip
    return SealedNote(note.began, key.wrapped, key.seal(json.dumps(told).encode()))


def decoded(data: bytes) -> SealedNote:
    """Return the note in the bytes of a file. Raises NoteDamaged."""
    try:
        told = json.loads(data)
        began = datetime.fromisoformat(told["began"]).astimezone(UTC)
        return SealedNote(began, told["key"].encode("ascii"), told["sealed"].encode("ascii"))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        raise NoteDamaged from None


def path_of(folder: Path, uuid: UUID) -> Path:
    """Return where the note of a call lies."""
    return folder / f"{uuid}.{ENDING}"


def write(folder: Path, note: Note, key: PersonKey) -> None:
    """Make `note` durable, sealed by `key`. Blocks; raises OSError."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        durable.sync_folder(folder.parent)
    durable.write_file(path_of(folder, note.uuid), sealed_note(note, key).encoded(), MODE)


def read(folder: Path, uuid: UUID) -> SealedNote | None:
    """Return the note of a call; None where it is missing or damaged. Blocks.

    Raises OSError when the disk does not let it be read: that may pass.
    """
    try:
        return decoded(path_of(folder, uuid).read_bytes())
    except (FileNotFoundError, NoteDamaged):
        return None
