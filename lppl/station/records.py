"""The database as one process of the station holds it: opened in the background, reopened when it was away."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from lppl.backup import copy_sqlite, create_backup
from lppl.config import Settings
from lppl.database import HEAD, migrate, open_database, server_version
from lppl.errors import NOT_OPEN_YET, DatabaseAway, LpplError
from lppl.library import Library
from lppl.masking import cleaned
from lppl.takedowns import Takedowns
from lppl.withheld import Withheld

log = structlog.get_logger(__name__)

RETRY_S = 5.0
PROBE_S = 60.0
"""How often a database that answers is asked whether it still does; whoever uses it tells of trouble at once."""
LOOK_S = 4.0
LOOK_ANYWAY_S = 60.0
"""It is asked at least this often whether it has changed, even when its file does not seem to have."""

Rest = Callable[[float], float]
"""Turns a pause into about the same pause, in seconds, that ends when the process is awake anyway."""


class Records:
    """The database, opened in the background and reopened when it was away. `failure` says why it is.

    Who looks into it now and then does so after a :attr:`rest`.
    """

    def __init__(self, settings: Settings, rest: Rest = float) -> None:
        self._settings, self.rest = settings, rest
        self._url, self._file = settings.database_url, settings.database_file
        self.failure: str | None = NOT_OPEN_YET
        self.library: Library | None = None
        self._takedowns: Takedowns | None = None
        self._opened = asyncio.Event()

    async def opened(self) -> Library:
        """Wait until the database is there."""
        await self._opened.wait()
        assert self.library is not None
        return self.library

    async def keep_open(self) -> None:
        """Migrate and open, again and again until it works; afterwards look now and then whether it answers."""
        while True:
            try:
                if self.library is None:
                    if self._file is None and await server_version(self._url) not in (None, HEAD):
                        await create_backup(self._settings)
                    await migrate(self._url, backup=copy_sqlite)
                    engine = open_database(self._url)
                    self.library, self._takedowns = Library(engine), Takedowns(engine)
                    self._opened.set()
                await self.library.change_counter()
                self.failed(None)
            except (SQLAlchemyError, sqlite3.Error, OSError, LpplError) as error:  # migrations speak to SQLite itself
                self.failed(error)
            await asyncio.sleep(self.rest(RETRY_S if self.failure else PROBE_S))

    async def withheld(self, channel: str) -> Withheld:
        """Return what of the channel's past may not be watched. Raises DatabaseAway: then nobody knows."""
        if self._takedowns is None:
            raise DatabaseAway
        try:
            return await self._takedowns.withheld(channel)
        except (SQLAlchemyError, OSError) as error:
            self.failed(error)
            raise DatabaseAway from None

    def stamp(self) -> tuple[int, ...] | None:
        """Return what differs after any write to an SQLite database, by two stat calls; None for a server."""
        if self._file is None:
            return None
        found: list[int] = []
        for file in (self._file, self._file.with_name(f"{self._file.name}-wal")):
            with contextlib.suppress(OSError):
                stat = file.stat()
                found += [stat.st_ino, stat.st_size, stat.st_mtime_ns]
        return tuple(found)

    def failed(self, error: Exception | None) -> None:
        """Remember, and say once, that the database is away, or back."""
        text = f"{type(error).__name__}: {cleaned(str(error)).partition(chr(10))[0][:200]}" if error else None
        if text != self.failure:
            if text:
                log.error("database_away", reason=text)
            elif self.failure:
                log.info("database_open")
            self.failure = text
