"""What the stores share: upserts that SQLite and PostgreSQL both know, change counters, chunks."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, Table, and_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from lppl.tables import counters

CHUNK = 500
"""Rows in one statement: well under SQLite's and asyncpg's limits of 32,766 parameters."""

T = TypeVar("T")


def chunked(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """Yield `items` in runs of at most `size`."""
    for i in range(0, len(items), size):
        yield items[i : i + size]


def worth_repeating(error: DBAPIError) -> bool:
    """Tell whether a transaction that failed so may go another time: somebody else was first, or both waited."""
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    return isinstance(error, IntegrityError) or state in ("40P01", "40001")


def upsert(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an insert into `table` that knows ON CONFLICT in the connection's own dialect."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def lying_in(engine: AsyncEngine, path: ColumnElement[str], folder: str) -> ColumnElement[bool]:
    """Return the condition that a path lies below a folder, letter by letter, so that an index by paths finds it.

    PostgreSQL may sort by a language, to which a slash hardly matters: there the bytes are compared.
    """
    plain = path.collate("C") if engine.dialect.name == "postgresql" else path
    return and_(plain >= f"{folder}/", plain < f"{folder}0")  # 0 comes next after the slash


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
