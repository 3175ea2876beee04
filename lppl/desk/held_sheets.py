"""Uploaded tables under way: read once, held in memory for an hour, each for who brought it."""

import asyncio
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from lppl.desk.sheets import Sheet, SheetRefused, read_sheets
from lppl.errors import NotThere

HELD = timedelta(hours=1)
MOST_HELD = 6
MOST_CELLS = 100_000


class NoImport(NotThere):
    """A file is no longer held."""

    def __init__(self) -> None:
        super().__init__("Berkas itu sudah tidak ada; unggah lagi.", "That file is no longer held; upload it again.")


@dataclass(frozen=True, slots=True)
class Held:
    """An uploaded file: who brought it, when, and its tables."""

    account: int
    at: datetime
    name: str
    sheets: tuple[Sheet, ...]


class HeldSheets:
    """The files that are held, few and for a short time; the oldest give way."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Held] = OrderedDict()

    async def bring(self, data: bytes, name: str, account: int, now: datetime) -> tuple[str, Held]:
        """Read a file and hold it; return what it is called. Raises SheetRefused."""
        sheets = await asyncio.to_thread(read_sheets, data, name)
        if sum(len(s.rows) * len(s.rows[0]) for s in sheets) > MOST_CELLS:
            raise SheetRefused(
                "Tabel ini terlalu besar; bagi menjadi beberapa berkas.", "The table is too large; divide it."
            )
        for old in [key for key, held in self._held.items() if now - held.at > HELD]:
            del self._held[old]
        while len(self._held) >= MOST_HELD:
            self._held.popitem(last=False)
        key = secrets.token_hex(8)
        self._held[key] = Held(account, now, name, sheets)
        return key, self._held[key]

    def sheet(self, key: str, number: int, account: int, now: datetime) -> Sheet:
        """Return a table of a file that `account` has brought. Raises NoImport."""
        held = self._held.get(key)
        if held is None or held.account != account or now - held.at > HELD or number >= len(held.sheets):
            raise NoImport
        return held.sheets[number]
