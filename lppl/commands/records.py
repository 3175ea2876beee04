"""Opens the station's library for a command, and says in one sentence why that cannot be done."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator

import asyncpg  # type: ignore[import-untyped]  # has no types
from sqlalchemy.exc import SQLAlchemyError

from lppl.config import Settings
from lppl.database import HEAD, DatabaseTooNew, open_database, sqlite_version
from lppl.errors import LpplError
from lppl.library import Library
from lppl.masking import cleaned


class RecordsAway(LpplError):
    """The records cannot be read now."""

    def __init__(self, indonesian: str, english: str) -> None:
        super().__init__(
            f"Basis data tidak dapat dibaca: {indonesian}. Periksa dengan `lppl doctor`.",
            f"The database cannot be read: {english}. Look with `lppl doctor`.",
        )


@contextlib.asynccontextmanager
async def library_of(settings: Settings) -> AsyncIterator[Library]:
    """Give the library of a station whose service has made its records. Raises RecordsAway, DatabaseTooNew."""
    path = settings.database_file
    # opening SQLite would make an empty file, which the service would take for a new station's
    if path is not None and not path.exists():
        raise RecordsAway(f"{path} belum ada; jalankan `lppl serve` dulu", f"{path} does not exist; start the service")
    try:
        found = sqlite_version(path) if path is not None else HEAD
        if found is None or found < HEAD:
            raise RecordsAway("belum diperbarui; jalankan `lppl serve` dulu", "start the service once to renew it")
        if found > HEAD:
            raise DatabaseTooNew(found)
        engine = open_database(settings.database_url)
        try:
            yield Library(engine)
        finally:
            await engine.dispose()
    # SQLite's own errors come from looking at its version; a refused password comes from the driver as it is
    except (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, sqlite3.Error) as error:
        why = cleaned(str(error)).partition("\n")[0][:160]
        raise RecordsAway(why, why) from error
