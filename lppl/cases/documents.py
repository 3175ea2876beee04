"""What the desk sets for itself, each list one document with a revision: categories, rules, places, days of leave…"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from lppl.cases.tables import desk_documents
from lppl.database import READS
from lppl.errors import LpplError


class DocumentChanged(LpplError):
    """Somebody kept a newer one meanwhile."""

    def __init__(self, author: str) -> None:
        self.author = author
        super().__init__(
            f"Daftar ini baru saja diubah oleh {author}. Muat ulang, lalu ulangi perubahan Anda.",
            f"{author} has just changed this list. Reload it and make your change again.",
        )


@dataclass(frozen=True, slots=True)
class Document:
    """A list as it is kept. `revision` 0: nobody has kept one yet, and the default holds."""

    revision: int
    body: Mapping[str, Any]
    author: str = ""


class DeskDocuments:
    """The store."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**READS)

    async def get(self, name: str) -> Document | None:
        """Return a document; None while nobody has kept one."""
        async with self._reading.connect() as connection:
            return await read(connection, name)

    async def stamps(self, names: Collection[str]) -> dict[str, str]:
        """Return a mark of each document that is kept; another content has another mark."""
        columns = select(desk_documents.c.name, desk_documents.c.revision, desk_documents.c.changed)
        async with self._reading.connect() as connection:
            rows = await connection.execute(columns.where(desk_documents.c.name.in_(names)))
            return {row.name: f"{row.revision}-{row.changed.timestamp():.3f}" for row in rows}

    async def keep(self, name: str, body: Mapping[str, Any], base: int, author: str, now: datetime) -> int:
        """Keep the successor of revision `base`; return its revision. Raises DocumentChanged."""
        values = {"body": dict(body), "author": author, "changed": now, "revision": base + 1}
        try:
            async with self._engine.begin() as connection:
                if base == 0:
                    await connection.execute(insert(desk_documents).values(name=name, **values))
                    return 1
                one = (desk_documents.c.name == name) & (desk_documents.c.revision == base)
                if (await connection.execute(update(desk_documents).where(one).values(values))).rowcount:
                    return base + 1
        except IntegrityError:
            pass  # somebody kept the first one meanwhile
        found = await self.get(name)
        raise DocumentChanged(found.author if found else "")


async def read(connection: AsyncConnection, name: str) -> Document | None:
    """Return a document in the caller's transaction."""
    row = (await connection.execute(select(desk_documents).where(desk_documents.c.name == name))).one_or_none()
    return None if row is None else Document(row.revision, row.body, row.author)
