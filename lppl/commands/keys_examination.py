"""Doctor's check of the keys of personal data: there, the records' own, complete, and for nobody else to read."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.cases.documents import DeskDocuments
from lppl.commands.records import library_of
from lppl.config import Settings
from lppl.database import READS
from lppl.doctor import Check, check_folder, fail, ok, standing, warn
from lppl.errors import LpplError
from lppl.intake.keyring import HASHES, Keyring, KeyringBroken, MasterMissing, open_to_others
from lppl.intake.keys_on_record import KEYRING, check
from lppl.intake.rewrapping import WRAPPED

NAME = "keys_dir"
RESTORE = (
    "kembalikan folder itu dari salinannya, jangan membuat yang baru; lihat Kunci data pribadi di "
    "docs/panduan/operasi.md / bring that folder back from its copy; do not make another"
)
COPY = "salin ke tempat lain: tidak ikut cadangan / copy it elsewhere: it is in no backup"


async def check_keys(settings: Settings) -> Check:
    """Check the folder of keys against the records; where these cannot be read, the folder alone."""
    known: Mapping[str, Any] | None = None
    sealed = False
    try:
        async with library_of(settings) as library:
            document = await DeskDocuments(library.engine).get(KEYRING)
            known = None if document is None else document.body
            sealed = await _sealed(library.engine)
    except LpplError:  # told by the check of the records
        pass
    return await asyncio.to_thread(judged, settings.keys_dir, settings.data_dir, known, sealed)


async def _sealed(engine: AsyncEngine) -> bool:
    """Tell whether any row holds a wrapped key. Raises SQLAlchemyError."""
    async with engine.execution_options(**READS).connect() as connection:
        for table in WRAPPED:
            if await connection.scalar(select(exists().where(table.c.wrapped.is_not(None)))):
                return True
    return False


def judged(folder: Path, data_dir: Path, known: Mapping[str, Any] | None, sealed: bool) -> Check:
    """Judge a folder of keys: `known` is what the records say of theirs, `sealed` that they hold keys. Blocks."""
    if known is None and not (folder / HASHES).exists():
        return check_folder(NAME, folder)
    try:
        keyring = Keyring.of(folder, make=False)
        if known is not None:
            check(known, keyring)
        others = open_to_others(folder)
    except MasterMissing:
        detail = f"{folder}: kunci induk yang dipakai basis data tidak ada / lacks the master key that the records need"
        return fail(NAME, detail, RESTORE)
    except KeyringBroken:
        return _broken(folder, sealed)
    except OSError as error:
        why = f"{folder}: {error.strerror} / cannot be read"
        return fail(NAME, why, "jalankan sebagai pengguna layanan / run as the service's user")
    if files := [name for name in others if name != "."]:
        shown = f"{folder}: terbaca orang lain / others may read: {', '.join(files[:4])}"
        return fail(NAME, shown, f"chmod 600 {folder}/*; anggap bocor: lppl keys turn / take them for leaked")
    detail = _told(keyring, data_dir)
    if others:
        return warn(NAME, f"{detail}; folder terbuka / the folder is open to others", f"chmod 700 {folder}")
    return ok(NAME, detail)


def _broken(folder: Path, sealed: bool) -> Check:
    there = (folder / HASHES).exists()
    why = "bukan milik basis data ini / of another database" if there else "kuncinya tidak ada / the keys are missing"
    lost = "; nama dan nomor pelapor tidak dapat dibuka, aduan baru ditolak / reporters' data cannot be opened"
    return fail(NAME, f"{folder}: {why}{lost if sealed else '; aduan ditolak / cases are refused'}", RESTORE)


def _told(keyring: Keyring, data_dir: Path) -> str:
    """Say what a folder that is well holds."""
    former = len(keyring.names) - 1
    count = f", {former} kunci induk lama / former master keys" if former else ""
    same = keyring.folder.stat().st_dev == standing(data_dir).stat().st_dev
    disk = "; sedisk dengan data_dir / on the disk of data_dir" if same else ""
    return f"{keyring.folder}: {keyring.names[0]}{count}{disk}; {COPY}"
