"""Enclosures at rest: each sealed in pieces under a key of its own, durable before anything names it.

Layout: ``<folder>/<first two of the id>/<id>.<part>``; `part` is ``raw`` (as received) or a form made of it. A file:
8 random bytes, then pieces of 64 KiB, each AES-256-GCM with the nonce ``those 8 bytes + its number`` and, as associated
data, whether it is the last: cut, swapped and forged pieces are found out.
"""

import contextlib
import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lppl import durable
from lppl.intake.keyring import KeyGone, PersonKey

FOLDER = "enclosures"
PIECE = 64 * 1024
TAG = 16
RAW = "raw"
HEAD = 8
_ID = re.compile(r"[0-9a-f]{32}\Z")


def new_id() -> str:
    """Return the id of a new enclosure: 32 hex digits that nobody guesses."""
    return secrets.token_hex(16)


class SealedFiles:
    """The files of enclosures. Every method blocks: call them in threads. Raises OSError throughout."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / FOLDER
        self._synced: set[Path] = set()
        """Folders whose names are durable for sure: this process has synced them."""

    def path(self, number: str, part: str = RAW) -> Path:
        """Return where a part lies. Raises ValueError for what is no id."""
        if not _ID.match(number) or not part.isalnum():
            raise ValueError(f"no enclosure: {number!r}")
        return self.folder / number[:2] / f"{number}.{part}"

    def keep(self, number: str, key: PersonKey, source: Path, part: str = RAW) -> int:
        """Seal the file `source` as a part of an enclosure, durably; return its size in bytes."""
        with source.open("rb") as data:
            return self.write(number, key, iter(lambda: data.read(PIECE), b""), part)

    def write(self, number: str, key: PersonKey, data: Iterator[bytes], part: str = RAW) -> int:
        """Seal pieces of bytes as a part of an enclosure, durably; return their size."""
        writing = self.begin(number, key, part)
        try:
            for piece in data:
                writing.write(piece)
            return writing.keep()
        except BaseException:
            writing.drop()
            raise

    def begin(self, number: str, key: PersonKey, part: str = RAW) -> "Writing":
        """Begin a part whose bytes come by and by; it ends by ``keep`` or by ``drop``."""
        target = self.path(number, part)
        if target.parent not in self._synced:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            durable.sync_folder(self.folder)
            durable.sync_folder(self.folder.parent)
            self._synced.add(target.parent)
        return Writing(target, key)

    def read(self, number: str, key: PersonKey, part: str = RAW) -> Iterator[bytes]:
        """Yield the bytes of a part. Raises FileNotFoundError, KeyGone when they are not what was sealed."""
        cipher = AESGCM(_file_key(key))
        with self.path(number, part).open("rb") as file:
            salt = file.read(HEAD)
            piece, count = file.read(PIECE + TAG), 0
            while True:
                after = file.read(PIECE + TAG)
                try:
                    yield cipher.decrypt(salt + count.to_bytes(4, "big"), piece, b"more" if after else b"last")
                except (InvalidTag, ValueError):
                    raise KeyGone from None
                if not after:
                    return
                piece, count = after, count + 1

    def remove(self, number: str) -> None:
        """Remove all parts of an enclosure."""
        for path in self.path(number).parent.glob(f"{number}.*"):
            path.unlink(missing_ok=True)

    def ids(self, older_than: float) -> Iterator[str]:
        """Yield the ids of enclosures that have a part written before `older_than` (Unix seconds), each once.

        Any part: of one whose removal was cut short, or that was erased while forms of it were made, others are left.
        """
        for folder in self.folder.glob("??"):
            found = set()
            for path in folder.iterdir():
                with contextlib.suppress(FileNotFoundError):
                    if path.stat().st_mtime < older_than:
                        if path.name.startswith("."):
                            path.unlink()  # of a writer that died
                        elif _ID.match(path.stem):
                            found.add(path.stem)
            yield from sorted(found)


class Writing:
    """A part on its way to the disk, sealed as it comes. Every method blocks and raises OSError."""

    def __init__(self, target: Path, key: PersonKey) -> None:
        self._target, self._cipher, self._salt = target, AESGCM(_file_key(key)), os.urandom(HEAD)
        fd, beside = tempfile.mkstemp(dir=target.parent, prefix=".")
        self._beside, self._file = Path(beside), os.fdopen(fd, "wb")
        self._held, self._count = bytearray(), 0
        self.size = 0
        """Bytes that came."""
        self._file.write(self._salt)

    def write(self, data: bytes) -> None:
        """Take some bytes more."""
        self._held += data
        self.size += len(data)
        while len(self._held) > PIECE:  # the last piece is written by keep, and marked as such
            self._put(bytes(self._held[:PIECE]), b"more")
            del self._held[:PIECE]

    def keep(self) -> int:
        """Make it durable under its name; return its size."""
        self._put(bytes(self._held), b"last")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._beside.replace(self._target)
        durable.sync_folder(self._target.parent)
        return self.size

    def drop(self) -> None:
        """Forget it."""
        with contextlib.suppress(OSError):
            self._file.close()
        self._beside.unlink(missing_ok=True)

    def _put(self, piece: bytes, mark: bytes) -> None:
        self._file.write(self._cipher.encrypt(self._salt + self._count.to_bytes(4, "big"), piece, mark))
        self._count += 1


def _file_key(key: PersonKey) -> bytes:
    return hashlib.sha256(b"enclosure\0" + key.raw).digest()
