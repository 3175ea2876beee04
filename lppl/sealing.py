"""Seals secrets that the station must be able to read again (TOTP, webhook secrets) with a key of its own.

The key lies beside the data, readable by the service alone, so that a copy of the database gives no secret away.
"""

from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from lppl import durable
from lppl.errors import LpplError

FILE = "secret.key"


class SealBroken(LpplError):
    """A sealed secret cannot be read: the key is another one than it was sealed with."""

    def __init__(self) -> None:
        super().__init__(
            f"Kunci rahasia stasiun ({FILE}) bukan yang dulu. Pulihkan dari cadangan, atau atur ulang rahasianya.",
            f"The station's key ({FILE}) is not the one this was sealed with. Restore it, or set the secret anew.",
        )


class Seal:
    """Seals and opens short texts."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    def seal(self, text: str) -> str:
        """Return `text` sealed; empty stays empty."""
        return self._fernet.encrypt(text.encode()).decode() if text else ""

    def open(self, sealed: str) -> str:
        """Return what was sealed. Raises SealBroken."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode() if sealed else ""
        except InvalidToken:
            raise SealBroken from None


def station_seal(data_dir: Path) -> Seal:
    """Return the station's seal; its key is made when there is none. Blocking. Raises OSError."""
    path = data_dir / FILE
    try:
        key = path.read_bytes().strip()
    except FileNotFoundError:
        key = Fernet.generate_key()
        durable.write_file(path, key, mode=0o600)
    return Seal(key)
