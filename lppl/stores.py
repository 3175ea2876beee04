"""What the stores share: upserts that SQLite and PostgreSQL both know, change counters, chunks."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from lppl.tables import counters

CHUNK = 500
"""Rows in one statement: well under SQLite's and asyncpg's limits of 32,766 parameters."""

T = TypeVar("T")


def chunked(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """Yield `items` in runs of at most `size`."""
    for i in range(0, len(items), size):
        yield items[i : i + size]


def upsert(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an insert into `table` that knows ON CONFLICT in the connection's own dialect."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


async def counted(connection: AsyncConnection, name: str) -> None:
    """Raise the counter `name` in the caller's transaction, so that it shows together with the change."""
    statement = upsert(connection, counters).values(name=name, value=1)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"value": counters.c.value + 1})
    )


async def counter(connection: AsyncConnection, name: str) -> int:
    """Return the counter `name`; 0 before its first change."""
    value = await connection.scalar(select(counters.c.value).where(counters.c.name == name))
    return int(value or 0)
