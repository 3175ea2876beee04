"""The index of the journal, read back as entries: any day of a year in milliseconds, where the journal takes a second.

What the index does not tell (what runs, what was recorded by an older release) is not returned; the journal is the
truth, and whoever wants the whole asks it for the rest (:meth:`lppl.desk.planning.PlanningDesk.aired_between`).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.database import READS
from lppl.journal import Entry, Item
from lppl.media import HouseId
from lppl.quanta import Quanta
from lppl.rundown import Kind
from lppl.tables import aired

_KINDS = {kind.value: kind for kind in Kind}
_c = aired.c
_WANTED = (
    _c.channel, _c.start, _c.length, _c.house_id, _c.asset_id, _c.kind, _c.title, _c.artist, _c.programme,
    _c.programme_id, _c.category, _c.slot, _c.order_id, _c.why, _c.in_point, _c.planned,
)  # fmt: skip
_WHOLE = _c.in_point.is_not(None) & _c.planned.is_not(None) & _c.kind.in_(list(_KINDS))


class AiredIndex:
    """The store, read only. Any number of processes may use it at once. Raises SQLAlchemyError, OSError."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._reading = engine.execution_options(**READS)

    async def between(self, channel: str, start: Quanta, end: Quanta) -> list[Entry]:
        """Return the entries of `channel` that air anywhere in [start, end), as far as indexed, oldest first."""
        running = select(func.max(_c.start)).where(_c.channel == channel, _c.start <= start).scalar_subquery()
        found = await self._read(_c.channel == channel, _c.start >= func.coalesce(running, start), _c.start < end)
        return [e for e in found if e.end > start]

    async def of_order(self, order: str, channel: str, start: Quanta, end: Quanta) -> list[Entry]:
        """Return the entries of a spot order that begin in [start, end), oldest first."""
        return await self._read(_c.order_id == order, _c.channel == channel, _c.start >= start, _c.start < end)

    async def has_older(self, order: str, channel: str, start: Quanta, end: Quanta) -> bool:
        """Tell whether rows of an order that begin in [start, end) are an older release's, and not returned."""
        mine = (_c.order_id == order, _c.channel == channel, _c.start >= start, _c.start < end)
        async with self._reading.connect() as connection:
            return await connection.scalar(select(_c.start).where(*mine, ~_WHOLE).limit(1)) is not None

    async def known_until(self, channel: str) -> Quanta:
        """Return up to where the index tells of `channel`; 0 when it tells nothing."""
        query = select(_c.start + _c.length).where(_c.channel == channel).order_by(_c.start.desc()).limit(1)
        async with self._reading.connect() as connection:
            return Quanta(await connection.scalar(query) or 0)

    async def _read(self, *where: ColumnElement[bool]) -> list[Entry]:
        query = select(*_WANTED).where(_WHOLE, *where).order_by(_c.start)
        async with self._reading.connect() as connection:
            rows: Sequence[Sequence[Any]] = (await connection.execute(query)).all()
        return [_entry(*row) for row in rows]


def _entry(
    channel: str, start: Quanta, length: int, house: str, asset: str, kind: str, title: str, artist: str,
    programme: str, programme_id: str, category: str, slot: str, order: str, why: str, in_point: Quanta,
    planned: Quanta,
) -> Entry:  # fmt: skip
    source = asset if house and house.partition(".")[0] != asset else ""
    item = Item(
        channel, start, HouseId(house) if house else None, in_point, planned, _KINDS[kind], title, artist, programme,
        why, slot=slot, programme_id=programme_id, category=category, order=order, source=source,
    )  # fmt: skip
    return Entry(item, Quanta(start + length))
