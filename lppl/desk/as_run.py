"""What aired, wherever it is told fastest: of ended items by the index of the journal, of the rest by the journal."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.aired import AiredIndex
from lppl.journal import Entry
from lppl.quanta import Quanta
from streaming.past import Past


class AsRun:
    """The past of all channels. `folder` holds the journal."""

    def __init__(self, engine: AsyncEngine, folder: Path) -> None:
        self.index, self._past = AiredIndex(engine), Past(folder)

    async def between(self, channel: str, start: Quanta, end: Quanta) -> list[Entry]:
        """Return the whole entries of `channel` that air anywhere in [start, end), oldest first."""
        found = await self.index.between(channel, start, end)
        if not any(True for _ in untold(found, start, end)):
            return found
        return await asyncio.to_thread(self._completed, found, channel, start, end)

    async def of_order(self, order: str, channel: str, start: Quanta, end: Quanta) -> list[Entry]:
        """Return the entries of a spot order in [start, end), oldest first."""
        if await self.index.has_older(order, channel, start, end):
            return [e for e in await self.between(channel, start, end) if e.item.order == order]
        known = min(end, max(start, await self.index.known_until(channel)))
        found = await self.index.of_order(order, channel, start, known)
        lately = await self.between(channel, known, end) if known < end else []
        told = {e.item.start for e in found}
        return [*found, *(e for e in lately if e.item.order == order and e.item.start not in told)]

    def _completed(self, found: list[Entry], channel: str, start: Quanta, end: Quanta) -> list[Entry]:
        """Return what is `found` with what the journal tells of the stretches between; blocking."""
        told = {e.item.start for e in found}
        more = [
            e
            for first, last in untold(found, start, end)
            for e in self._past.entries(channel, first, last)
            if e.item.start not in told and (first == start or e.item.start >= first)
        ]
        return sorted([*found, *more], key=lambda e: e.item.start)


def untold(found: Iterable[Entry], start: Quanta, end: Quanta) -> Iterable[tuple[Quanta, Quanta]]:
    """Yield the stretches of [start, end) that the entries, oldest first, say nothing of. Pure."""
    at = start
    for e in found:
        if e.item.start > at:
            yield at, e.item.start
        at = max(at, e.end)
    if at < end:
        yield at, end
