"""The keys of what is personal: a key for each person and each arrival, wrapped by master keys outside the data folder.

Who has a copy of the data, or a backup, has the wrapped keys only. Erasing somebody destroys the wrapped key, and its
fingerprint goes into the file ``erased``: a backup that is put back is made to forget the same again. A master key is
replaced by :func:`Keyring.turned`; the former ones go on opening until they are taken away. Processes that run
meanwhile notice it by themselves. What was wrapped before is wrapped anew by :mod:`lppl.intake.rewrapping`.
"""

import contextlib
import errno
import hashlib
import hmac
import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from lppl import durable
from lppl.errors import LpplError
from lppl.sealing import kept_once

FIRST = "0001.key"
HASHES = "hash.key"
ERASED = "erased"
LOOK_S = 3.0
"""Whoever wraps looks this often whether there is a newer master key."""
_NAME = re.compile(r"^\d{4}\.key$")
_LOOKS = 3


class KeyringBroken(LpplError):
    """The folder of keys is not there, or holds other keys than those the records were sealed with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"Kunci data pribadi di {folder} tidak ada atau bukan milik basis data ini. Pulihkan folder itu dari "
            "salinannya; tanpa kunci, nama dan nomor pelapor tidak dapat dibuka.",
            f"The keys of personal data in {folder} are missing or belong to another database. Restore that folder; "
            "without it the names and numbers of reporters cannot be opened.",
        )


class MasterMissing(KeyringBroken):
    """The folder is this station's, without the master key that its records need: an old copy, or one cut short."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.indonesian = (
            f"Folder kunci {folder} tidak memuat kunci induk yang dipakai basis data ini. Kembalikan berkas *.key yang "
            "hilang dari salinan folder itu yang sezaman dengan basis datanya."
        )
        self.english = (
            f"The folder of keys {folder} lacks the master key that this database needs. Bring the missing *.key files "
            "back from a copy of the folder as old as the database."
        )


class KeyGone(LpplError):
    """What this key sealed was erased, or another master key wrapped it."""

    def __init__(self) -> None:
        super().__init__(
            "Data pribadi ini sudah dihapus atau kuncinya tidak ada.",
            "This personal data was erased, or its key is missing.",
        )


class PersonKey:
    """Seals and opens what belongs to one person, or to one arrival. `wrapped`: how it is kept in the records."""

    __slots__ = ("_fernet", "raw", "wrapped")

    def __init__(self, raw: bytes, wrapped: bytes) -> None:
        self.raw, self.wrapped = raw, wrapped
        self._fernet = Fernet(raw)

    def seal(self, data: bytes) -> bytes:
        """Return `data` so that only this key opens it."""
        return self._fernet.encrypt(data)

    def opened(self, sealed: bytes) -> bytes:
        """Return what was sealed. Raises KeyGone."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise KeyGone from None


class _Masters(NamedTuple):
    """Master keys by their files' names, the newest first; exchanged as one, since several threads use a keyring."""

    raw: Mapping[str, bytes]
    masters: Mapping[str, Fernet]
    all: MultiFernet


class Keyring:
    """The master keys of a station, noticed when they change. Blocking only where it says so; any thread may use it.

    `monotonic`: seconds, by which it looks again.
    """

    def __init__(
        self, folder: Path, masters: Mapping[str, bytes], hash_key: bytes, monotonic: Callable[[], float]
    ) -> None:
        self.folder, self._monotonic = folder, monotonic
        self._take(masters)
        self._looked = monotonic()
        self._hash_key = hash_key
        self.fingerprint = self.hashed("keyring", "lppl")[:16]
        """By which the records know the keys that they were sealed with."""

    @classmethod
    def of(cls, folder: Path, *, make: bool = True, monotonic: Callable[[], float] = time.monotonic) -> "Keyring":
        """Return the keyring in `folder`, making its keys the first time when `make`. Blocks.

        Raises KeyringBroken when there is none, or it is rubbish; OSError.
        """
        names = _names(folder)
        if not make and (not names or not (folder / HASHES).exists()):
            raise KeyringBroken(folder)
        if not names:
            kept_once(folder / FIRST, Fernet.generate_key())
            names = (FIRST,)
        hash_key = kept_once(folder / HASHES, secrets.token_hex(32).encode())
        try:
            return cls(folder, {name: (folder / name).read_bytes() for name in names}, hash_key, monotonic)
        except ValueError:
            raise KeyringBroken(folder) from None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the master keys' files, the newest first."""
        return tuple(self._held.masters)

    @property
    def marks(self) -> Mapping[str, str]:
        """By what the records know each master key (16 hex digits, which say nothing of it), by its file's name."""
        raw = self._held.raw
        return {name: self.hashed("master", key.strip().decode("ascii", "replace"))[:16] for name, key in raw.items()}

    def made(self, name: str) -> datetime:
        """Return when a master key was made: its file's time, aware UTC. Blocks. Raises OSError."""
        return datetime.fromtimestamp((self.folder / name).stat().st_mtime, UTC)

    def new(self) -> PersonKey:
        """Return a key that nobody had before."""
        if self._monotonic() - self._looked > LOOK_S:  # else what a turn has left behind would grow and grow
            with contextlib.suppress(OSError):  # away just now: what is known goes on sealing
                self._look()
        raw = Fernet.generate_key()
        return PersonKey(raw, self._held.all.encrypt(raw))

    def unwrapped(self, wrapped: bytes | None) -> PersonKey:
        """Return the key kept as `wrapped`.

        Raises KeyGone; OSError when a newer master key may have wrapped it and the folder cannot be looked at just now:
        that is no reason to take it for erased.
        """
        if wrapped is None:
            raise KeyGone
        held = self._held
        try:
            return PersonKey(held.all.decrypt(wrapped), wrapped)
        except (InvalidToken, ValueError):
            if self._look() or held is not self._held:  # or another thread has looked meanwhile
                return self.unwrapped(wrapped)
            raise KeyGone from None

    def rewrapped(self, wrapped: bytes) -> bytes:
        """Return the same key wrapped by the newest master key. Raises KeyGone."""
        try:
            return self._held.all.rotate(wrapped)
        except InvalidToken:
            raise KeyGone from None

    def renewed(self, wrapped: bytes) -> bytes:
        """Return the same key wrapped by the newest master key that is there: `wrapped` itself where that one did.

        Blocks. Raises KeyGone; OSError when the folder is away just now.
        """
        self._look()
        return wrapped if self.wrapper_of(wrapped) == self.names[0] else self.rewrapped(wrapped)

    def wrapper_of(self, wrapped: bytes) -> str:
        """Return the name of the master key that wrapped a key. Raises KeyGone when it is none of these."""
        for name, master in self._held.masters.items():
            try:
                master.decrypt(wrapped)
            except InvalidToken:
                continue
            return name
        raise KeyGone

    def _take(self, masters: Mapping[str, bytes]) -> None:
        found = {name: Fernet(key) for name, key in masters.items()}
        self._held = _Masters(dict(masters), found, MultiFernet(list(found.values())))

    def _look(self) -> bool:
        """Read the master keys anew when the folder holds others by name; tell whether it does. Blocks, briefly.

        Raises OSError when the folder is away just now, or cannot be read: then nothing changes.
        """
        self._looked = self._monotonic()
        for again in range(_LOOKS):
            names = _names(self.folder)
            if not names:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.folder))
            if names == self.names:
                return False
            try:
                self._take({name: (self.folder / name).read_bytes() for name in names})
            except FileNotFoundError:  # retired in this moment
                if again == _LOOKS - 1:
                    raise
            except ValueError:  # a file that is copied there just now
                raise OSError(errno.EIO, os.strerror(errno.EIO), str(self.folder)) from None
            else:
                return True
        raise AssertionError

    def hashed(self, kind: str, value: str) -> str:
        """Return the keyed hash (64 hex digits) by which a value can be found again, of a `kind` of its own."""
        return hmac.digest(self._hash_key, f"{kind}\0{value}".encode(), hashlib.sha256).hex()

    def turned(self) -> "Keyring":
        """Make a new master key, which wraps from now on; the former ones still open. Blocks. Raises OSError.

        Its file belongs to whom the newest one belongs: root may turn the keys of a service that is not root.
        """
        newest = _names(self.folder)[0]
        path, told = self.folder / f"{int(Path(newest).stem) + 1:04d}.key", (self.folder / newest).stat()
        owner = (told.st_uid, told.st_gid) if os.geteuid() == 0 else None
        kept_once(path, Fernet.generate_key(), owner)
        return Keyring.of(self.folder, make=False)

    def forget(self, names: Iterable[str]) -> int:
        """Remove former master keys by name; return how many. What only they wrapped is noise. Blocks.

        The newest that is there stays, whatever is named. Raises OSError.
        """
        former = sorted(set(names) & set(_names(self.folder)[1:]))
        for name in former:
            (self.folder / name).unlink()
        durable.sync_folder(self.folder)
        return len(former)

    def note_erased(self, person: str) -> None:
        """Put on record, outside the data and its backups, that `person` was erased. Blocks; durable."""
        path = self.folder / ERASED
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(fd, f"{person}\n".encode())
            os.fsync(fd)
        finally:
            os.close(fd)
        durable.sync_folder(self.folder)

    def erased(self) -> frozenset[str]:
        """Return who was erased. Blocks."""
        try:
            return frozenset((self.folder / ERASED).read_text("utf-8").split())
        except FileNotFoundError:
            return frozenset()


def _names(folder: Path) -> tuple[str, ...]:
    """Return the names of the master keys in a folder, the newest first. Blocks. Raises OSError."""
    return tuple(sorted((p.name for p in folder.glob("*.key") if _NAME.match(p.name)), reverse=True))


def open_to_others(folder: Path) -> tuple[str, ...]:
    """Return which files of a folder of keys others than its owner may use, by name; "." is the folder itself. Blocks.

    Raises OSError.
    """
    places = [folder, *sorted(p for p in folder.iterdir() if p.suffix == ".key" or p.name == ERASED)]
    return tuple("." if p == folder else p.name for p in places if p.stat().st_mode & 0o077)
