"""The store of uploads: files on their way in, by the tus protocol (https://tus.io/protocols/resumable-upload, 1.0).

The bytes lie in a folder of partial files, one for each upload; `received` counts those that are safely on disk, so
that a killed service or a power cut costs no more than what came since.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.database import READS
from lppl.tables import uploads


class UploadState(StrEnum):
    """What became of an upload."""

    RECEIVING = "receiving"
    CHECKING = "checking"
    """All of it is here; it is looked at and put into the media folder."""
    DONE = "done"
    REFUSED = "refused"
    GIVEN_UP = "given up"


OPEN = (UploadState.RECEIVING, UploadState.CHECKING)
"""It is not known yet what becomes of it."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file. `path`: where it will lie, or lies, in the media folder; sizes in bytes; `told`: why it is refused."""

    id: str
    account_id: int
    path: str
    size: int
    received: int
    state: UploadState
    made: datetime
    seen: datetime
    told: str


class UploadStore:
    """Records of uploads."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**READS)

    async def add(self, upload: Upload) -> None:
        """Keep a new upload."""
        values = {name: getattr(upload, name) for name in Upload.__slots__}
        async with self._engine.begin() as connection:
            await connection.execute(uploads.insert().values(values))

    async def get(self, name: str) -> Upload | None:
        """Return an upload, or None."""
        async with self._reading.connect() as connection:
            row = (await connection.execute(select(uploads).where(uploads.c.id == name))).one_or_none()
            return None if row is None else _upload(row)

    async def reached(self, name: str, received: int, now: datetime) -> None:
        """Note how many bytes are safely on disk."""
        await self._update(name, received=received, seen=now)

    async def become(self, name: str, state: UploadState, now: datetime, *, path: str = "", told: str = "") -> None:
        """Note what became of an upload, and where it lies now."""
        more = {"path": path} if path else {}
        await self._update(name, state=state, seen=now, told=told, **more)

    async def _update(self, name: str, **values: Any) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(update(uploads).where(uploads.c.id == name).values(**values))

    async def of(self, account: int, since: datetime, limit: int = 200) -> tuple[Upload, ...]:
        """Return the uploads of somebody that were heard of since a moment, newest first."""
        query = select(uploads).where(uploads.c.account_id == account, uploads.c.seen >= since)
        async with self._reading.connect() as connection:
            rows = await connection.execute(query.order_by(uploads.c.made.desc(), uploads.c.id).limit(limit))
            return tuple(_upload(row) for row in rows)

    async def unheard_of(self, since: datetime) -> tuple[Upload, ...]:
        """Return all uploads that are not over, and that nobody has gone on with since a moment."""
        query = select(uploads).where(uploads.c.state.in_(OPEN), uploads.c.seen < since)
        async with self._reading.connect() as connection:
            return tuple(_upload(row) for row in await connection.execute(query))

    async def under_way(self, account: int) -> int:
        """Return how many uploads of somebody are not all here yet."""
        mine = (uploads.c.account_id == account, uploads.c.state == UploadState.RECEIVING)
        async with self._reading.connect() as connection:
            return int(await connection.scalar(select(func.count()).select_from(uploads).where(*mine)) or 0)

    async def outstanding(self) -> int:
        """Return how many bytes are still to come of all uploads under way."""
        query = select(func.sum(uploads.c.size - uploads.c.received)).where(uploads.c.state == UploadState.RECEIVING)
        async with self._reading.connect() as connection:
            return int(await connection.scalar(query) or 0)

    async def forget(self, name: str) -> None:
        """Remove the record of an upload."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(uploads).where(uploads.c.id == name))

    async def forget_over(self, before: datetime) -> None:
        """Remove the records of uploads that have been over since before a moment; the audit log keeps who and what."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(uploads).where(uploads.c.state.not_in(OPEN), uploads.c.seen < before))


def _upload(row: Row[Any]) -> Upload:
    return Upload(**(dict(row._mapping) | {"state": UploadState(row.state)}))
