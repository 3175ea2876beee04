"""What went wrong on the air, on record: silence, fallback, off air, and trouble with clock, disk or database.

One process writes (:mod:`lppl.station.alarms`): it opens and closes by channel, kind and beginning, so that writing the
same twice changes nothing. Staff acknowledge; anybody reads.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.database import READS
from lppl.tables import incidents


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident; still going on while `ended` is None. `channel` is empty when it concerns the whole station."""

    id: int
    channel: str
    kind: str
    detail: str
    began: datetime
    ended: datetime | None = None
    acknowledged: datetime | None = None
    acknowledged_by: str = ""

    def within(self, start: datetime, end: datetime, now: datetime) -> timedelta:
        """Return for how long of [start, end) it lasted; what goes on still has lasted until `now`."""
        return max(timedelta(), min(self.ended or now, end) - max(self.began, start))


class Incidents:
    """The store. All instants are aware."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**READS)

    async def open(self, channel: str, kind: str, detail: str, began: datetime) -> Incident:
        """Record that an incident began; the one of that channel, kind and instant is returned when it is known."""
        row = {
            "channel": channel, "kind": kind, "detail": detail, "began": began, "ended": None,
            "acknowledged": None, "acknowledged_by": "",
        }  # fmt: skip
        async with self._engine.begin() as connection:
            known = (await connection.execute(select(incidents).where(_this(channel, kind, began)))).first()
            if known is None:
                known = (await connection.execute(insert(incidents).values(row).returning(incidents))).one()
        return _incident(known)

    async def close(self, channel: str, kind: str, began: datetime, ended: datetime) -> bool:
        """Record when an incident ended; tell whether it was still open."""
        still = and_(_this(channel, kind, began), incidents.c.ended.is_(None))
        async with self._engine.begin() as connection:
            done = await connection.execute(update(incidents).where(still).values(ended=max(began, ended)))
        return done.rowcount > 0

    async def acknowledge(self, incident: int, by: str, now: datetime) -> bool:
        """Record that somebody has seen it; tell whether that is new. The first to do so stays."""
        unseen = (incidents.c.id == incident) & incidents.c.acknowledged.is_(None)
        seen = {"acknowledged": now, "acknowledged_by": by}
        async with self._engine.begin() as connection:
            return (await connection.execute(update(incidents).where(unseen).values(seen))).rowcount > 0

    async def get(self, incident: int) -> Incident | None:
        """Return an incident by its number."""
        async with self._reading.connect() as connection:
            row = (await connection.execute(select(incidents).where(incidents.c.id == incident))).first()
        return _incident(row) if row is not None else None

    async def open_now(self) -> tuple[Incident, ...]:
        """Return what goes on, the oldest first."""
        query = select(incidents).where(incidents.c.ended.is_(None)).order_by(incidents.c.began, incidents.c.id)
        async with self._reading.connect() as connection:
            return tuple(_incident(row) for row in await connection.execute(query))

    async def during(self, start: datetime, end: datetime, *, limit: int = 500) -> tuple[Incident, ...]:
        """Return what went on at any time in [start, end), the newest first."""
        query = select(incidents).where(_overlaps(start, end)).order_by(incidents.c.began.desc(), incidents.c.id.desc())
        async with self._reading.connect() as connection:
            return tuple(_incident(row) for row in await connection.execute(query.limit(limit)))


def _this(channel: str, kind: str, began: datetime) -> ColumnElement[bool]:
    return and_(incidents.c.channel == channel, incidents.c.kind == kind, incidents.c.began == began)


def _overlaps(start: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(incidents.c.began < end, or_(incidents.c.ended.is_(None), incidents.c.ended > start))


def _incident(row: Row[Any]) -> Incident:
    return Incident(**row._asdict())
