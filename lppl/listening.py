"""What was listened to, by hour, channel and quality: the store of :mod:`lppl.audience`'s sums; nothing of who."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.audience import Hour
from lppl.database import READS
from lppl.stores import chunked, upsert
from lppl.tables import listening


class Listening:
    """The store of hours. Several processes may add to it at once."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**READS)

    async def add(self, hours: Iterable[Hour]) -> None:
        """Add seconds to what is recorded; of peaks the greater stays. Raises SQLAlchemyError, OSError."""
        rows = [
            {"hour": h.hour, "channel": h.channel, "quality": h.quality, "seconds": h.seconds, "peak": h.peak}
            for h in hours
        ]
        if not rows:
            return
        async with self._engine.begin() as connection:
            for part in chunked(rows):
                new = upsert(connection, listening).values(list(part))
                added = {
                    "seconds": listening.c.seconds + new.excluded.seconds,
                    "peak": case((new.excluded.peak > listening.c.peak, new.excluded.peak), else_=listening.c.peak),
                }
                await connection.execute(
                    new.on_conflict_do_update(index_elements=["hour", "channel", "quality"], set_=added)
                )

    async def hours(self, first: datetime, last: datetime) -> tuple[Hour, ...]:
        """Return the hours that begin in [first, last), by time, channel and quality."""
        query = (
            select(listening)
            .where(listening.c.hour >= first, listening.c.hour < last)
            .order_by(listening.c.hour, listening.c.channel, listening.c.quality)
        )
        async with self._reading.connect() as connection:
            return tuple(Hour(**row._asdict()) for row in await connection.execute(query))
