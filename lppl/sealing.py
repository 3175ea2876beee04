"""Secrets kept in the records or in files, sealed with a key of the station's own that lies beside them.

Who gets a copy of the database, or a backup, reads none of them. The key is made once, in ``<data_dir>/keys`` with mode
0600; without it what was sealed cannot be read any more and is made anew (a subscription, a key pair).
"""

import contextlib
import os
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from lppl import durable
from lppl.errors import LpplError

FOLDER = "keys"
KEY = "seal.key"


class SealBroken(LpplError):
    """What was sealed cannot be opened: another key sealed it, or it was changed."""

    def __init__(self) -> None:
        super().__init__(
            "Rahasia tersimpan tidak dapat dibuka: kunci di folder keys berbeda. Pulihkan folder itu dari cadangan.",
            "A kept secret cannot be opened: the key in the folder keys is another. Restore that folder.",
        )


class Seal:
    """Seals and opens text. Blocking only when it is made."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    @classmethod
    def of(cls, data_dir: Path) -> "Seal":
        """Return the seal of a station, making its key the first time. Raises OSError, SealBroken."""
        try:
            return cls(kept_once(data_dir / FOLDER / KEY, Fernet.generate_key()))
        except ValueError:
            raise SealBroken from None

    def seal(self, text: str) -> str:
        """Return `text` so that only this seal opens it."""
        return self._fernet.encrypt(text.encode()).decode()

    def opened(self, sealed: str) -> str:
        """Return what was sealed. Raises SealBroken."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except (InvalidToken, UnicodeError):
            raise SealBroken from None


class LostSeal(Seal):
    """Stands for a seal whose key cannot be read: it seals nothing and opens nothing."""

    def __init__(self) -> None:
        super().__init__(Fernet.generate_key())

    def seal(self, text: str) -> str:
        """Raise SealBroken."""
        raise SealBroken

    def opened(self, sealed: str) -> str:
        """Raise SealBroken."""
        raise SealBroken


def kept_once(path: Path, made: bytes, owner: tuple[int, int] | None = None) -> bytes:
    """Return the bytes of the file `path`; when there is none yet, `made` becomes it, mode 0600. Raises OSError.

    Several processes may come at once: all get the bytes of the one that was first. `owner`: (uid, gid) of a new file.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        fd, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600 from the start
        try:
            with os.fdopen(fd, "wb") as file:
                if owner is not None:
                    os.fchown(fd, *owner)
                file.write(made)
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):  # another process was first
                path.hardlink_to(beside)
        finally:
            Path(beside).unlink()
        durable.sync_folder(path.parent)
    return path.read_bytes()
