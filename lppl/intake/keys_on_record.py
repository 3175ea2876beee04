"""By what the records know the keys that they were sealed with: which folder is theirs, which master keys they need.

Nothing here says anything of the keys themselves. An old copy of the folder, or another station's, is found out before
anything is taken in: what cannot be opened would be taken for erased.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.cases.documents import DeskDocuments, DocumentChanged
from lppl.errors import LpplError
from lppl.intake.keyring import Keyring, KeyringBroken, MasterMissing

KEYRING = "keyring"
"""The document."""
AUTHOR = "LPPL"
TRIES = 5


class NoKeysYet(LpplError):
    """Nothing was sealed so far: the service makes the keys when it starts."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"Kunci data pribadi belum dibuat; layanan membuatnya di {folder} saat pertama kali mulai.",
            f"There are no keys of personal data yet; the service makes them in {folder} at its first start.",
        )


async def opened(engine: AsyncEngine, keys_dir: Path, now: datetime) -> Keyring:
    """Return the keyring of the records, made the first time, and never where they know another.

    Raises KeyringBroken, MasterMissing, OSError, SQLAlchemyError.
    """
    documents = DeskDocuments(engine)
    known = await documents.get(KEYRING)
    keyring = await asyncio.to_thread(Keyring.of, keys_dir, make=known is None)
    if known is None:
        try:
            await documents.keep(KEYRING, _told(keyring), 0, AUTHOR, now)
        except DocumentChanged:  # another process was faster
            known = await documents.get(KEYRING)
    if known is not None:
        check(known.body, keyring)
    return keyring


async def found(engine: AsyncEngine, keys_dir: Path) -> Keyring:
    """Return the keyring of the records, which is never made here.

    Raises NoKeysYet, KeyringBroken, MasterMissing, OSError, SQLAlchemyError.
    """
    known = await DeskDocuments(engine).get(KEYRING)
    if known is None:
        raise NoKeysYet(keys_dir)
    keyring = await asyncio.to_thread(Keyring.of, keys_dir, make=False)
    check(known.body, keyring)
    return keyring


def check(known: Mapping[str, Any], keyring: Keyring) -> None:
    """Check that a keyring is the one that the records know. Pure. Raises KeyringBroken, MasterMissing."""
    if known.get("fingerprint") != keyring.fingerprint:
        raise KeyringBroken(keyring.folder)
    if not set(known.get("masters", ())) <= set(keyring.marks.values()):
        raise MasterMissing(keyring.folder)


async def under_way(engine: AsyncEngine) -> bool:
    """Tell whether a turn of the master key was begun and not finished. Raises SQLAlchemyError, OSError."""
    known = await DeskDocuments(engine).get(KEYRING)
    return known is not None and len(known.body.get("masters", ())) > 1


async def note_needed(engine: AsyncEngine, keyring: Keyring, now: datetime, turning: bool = False) -> None:
    """Put on record that the newest master key is needed from now on; while one is `turning`, each that is there.

    Raises SQLAlchemyError, OSError, DocumentChanged.
    """
    documents, told = DeskDocuments(engine), _told(keyring, turning)
    for again in range(TRIES):
        known = await documents.get(KEYRING)
        if known is not None and known.body == told:
            return
        try:
            await documents.keep(KEYRING, told, 0 if known is None else known.revision, AUTHOR, now)
        except DocumentChanged:
            if again == TRIES - 1:
                raise
        else:
            return


def _told(keyring: Keyring, turning: bool = False) -> dict[str, str | list[str]]:
    names = keyring.names if turning else keyring.names[:1]
    return {"fingerprint": keyring.fingerprint, "masters": [keyring.marks[name] for name in names]}
