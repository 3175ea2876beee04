"""What of the past may not be watched later: spans that staff took down, and assets whose rights do not reach so far.

A takedown stays on record with its reason and author; lifting it keeps the row. Nothing here stops the air or touches
a file: it is catch-up that asks (:mod:`streaming.vod`).
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, false, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from lppl.database import READS
from lppl.media import AssetId
from lppl.quanta import Quanta
from lppl.stores import counted
from lppl.tables import asset_details, counters, takedowns
from lppl.withheld import Withheld

COUNTER = "takedowns"
LIBRARY_COUNTER = "library"
"""Raised with the details of assets, too."""
FRESH_S = 0.25
"""What another process took down is seen after this long at the latest; so a crowd asks the database no oftener."""


@dataclass(frozen=True, slots=True)
class Takedown:
    """One span of a channel, [start, end) in quanta, that may not be watched; in force until `lifted`."""

    id: int
    channel: str
    start: Quanta
    end: Quanta
    reason: str
    author: str
    made: datetime
    lifted: datetime | None = None


class Takedowns:
    """The store. Any number of processes may use it at once; each change raises a counter."""

    def __init__(self, engine: AsyncEngine, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._engine, self._monotonic = engine, monotonic
        self._reading = engine.execution_options(**READS)
        self._looking = asyncio.Lock()
        self._looked = float("-inf")
        self._changes = 0
        self._seen: dict[str, int] | None = None
        self._withheld: dict[str, Withheld] = {}
        self._assets: frozenset[AssetId] = frozenset()

    async def take_down(
        self, channel: str, start: Quanta, end: Quanta, reason: str, author: str, now: datetime
    ) -> Takedown:
        """Withhold [start, end) of `channel` from now on. Raises ValueError for an empty span or no reason."""
        if end <= start or not reason.strip():
            raise ValueError(f"takedown [{start}, {end}) for {reason!r}")
        row = {"channel": channel, "start": start, "end": end, "reason": reason.strip(), "author": author, "made": now}
        async with self._engine.begin() as connection:
            made = (await connection.execute(insert(takedowns).values(row).returning(takedowns))).one()
            await counted(connection, COUNTER)
        self._changed()
        return _takedown(made)

    async def lift(self, takedown: int, now: datetime) -> Takedown | None:
        """Let the span be watched again; return it, None when no such takedown was in force."""
        in_force = (takedowns.c.id == takedown) & takedowns.c.lifted.is_(None)
        lifting = update(takedowns).where(in_force).values(lifted=now).returning(takedowns)
        async with self._engine.begin() as connection:
            lifted = (await connection.execute(lifting)).one_or_none()
            if lifted is not None:
                await counted(connection, COUNTER)
        self._changed()
        return None if lifted is None else _takedown(lifted)

    async def all(self, channel: str | None = None, *, limit: int = 500) -> tuple[Takedown, ...]:
        """Return takedowns, lifted ones too, the newest first."""
        query = select(takedowns).order_by(takedowns.c.id.desc()).limit(limit)
        if channel is not None:
            query = query.where(takedowns.c.channel == channel)
        async with self._reading.connect() as connection:
            return tuple(_takedown(row) for row in await connection.execute(query))

    async def withheld(self, channel: str) -> Withheld:
        """Return what may not be watched of `channel`: at once what this store changed, soon what others did.

        Raises SQLAlchemyError and OSError while the database is away: then nobody knows, and nothing may be shown.
        """
        if self._monotonic() - self._looked >= FRESH_S:
            async with self._looking:
                if self._monotonic() - self._looked >= FRESH_S:  # else somebody looked while this one waited
                    await self._look()
        return self._withheld.get(channel) or Withheld((), self._assets)

    async def _look(self) -> None:
        """Read spans and rights again when their counters have moved."""
        began, changes = self._monotonic(), self._changes
        async with self._reading.connect() as connection:
            named = counters.c.name.in_((COUNTER, LIBRARY_COUNTER))
            rows = await connection.execute(select(counters.c.name, counters.c.value).where(named))
            seen = {row.name: row.value for row in rows}
            if seen != self._seen:
                await self._read(connection)
                self._seen = seen
        if changes == self._changes:  # else one of this store's own came in between: the next one looks again
            self._looked = began

    async def _read(self, connection: AsyncConnection) -> None:
        in_force = select(takedowns).where(takedowns.c.lifted.is_(None)).order_by(takedowns.c.start)
        spans: dict[str, list[tuple[Quanta, Quanta]]] = {}
        for row in await connection.execute(in_force):
            spans.setdefault(row.channel, []).append((Quanta(row.start), Quanta(row.end)))
        closed = asset_details.c.document["catch_up"].as_boolean() == false()
        assets = await connection.execute(select(asset_details.c.asset_id).where(closed))
        self._assets = frozenset(AssetId(asset) for (asset,) in assets)
        self._withheld = {c: Withheld(tuple(found), self._assets) for c, found in spans.items()}

    def _changed(self) -> None:
        self._changes += 1
        self._looked = float("-inf")


def _takedown(row: Row[Any]) -> Takedown:
    return Takedown(**row._asdict())
