"""Opens the station's records and brings them to the newest schema.

SQLite is the default, PostgreSQL the same code for a station that outgrows one machine. A migration is one
transaction, so a power cut leaves the old schema or the new one; before it, an SQLite file is copied.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from lppl.cases import tables as _case_tables  # noqa: F401 - the rest of the schema
from lppl.errors import LpplError
from lppl.tables import metadata

HEAD = "0004"
"""The newest migration, known without importing Alembic: a start with nothing to migrate must be fast."""

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MS = 15_000
LOCK_KEY = 0x4C50504C
"""PostgreSQL advisory lock that lets one process migrate at a time."""

READS = {"lppl_reads": True}
"""Execution options of a connection that only reads: on SQLite it then takes no write lock."""

Backup = Callable[[Path, Path], object]
"""Copies an SQLite database that may be in use: `(source, target)`."""


class DatabaseTooNew(LpplError):
    """The records were written by a newer release; `found` is their migration."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(
            f"Basis data dibuat oleh versi LPPL yang lebih baru ({found}). Pasang versi terbaru, "
            "atau pulihkan cadangan dari folder backup.",
            f"The database was made by a newer release ({found}). Install the newest release, "
            "or restore a copy from the backup folder.",
        )


def driver_url(url: str) -> URL:
    """Return `url` with the asynchronous driver that this product uses. Raises ArgumentError for rubbish."""
    parsed = make_url(url)
    driver = {
        "sqlite": "sqlite+aiosqlite",
        "postgresql": "postgresql+asyncpg",
        "postgres": "postgresql+asyncpg",
    }.get(parsed.drivername, parsed.drivername)
    return parsed.set(drivername=driver)


def open_database(url: str) -> AsyncEngine:
    """Return an engine for `url` (sqlite or postgresql); nothing is connected yet. Dispose it at the end."""
    parsed = driver_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_async_engine(parsed, pool_pre_ping=True)
    engine = create_async_engine(parsed)
    _prepare_sqlite(engine.sync_engine)
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    """Make each connection durable, and each transaction announce at its start whether it will write."""

    @event.listens_for(engine, "connect")
    def connected(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        # The driver begins transactions too late by itself (at the first write), which makes two writers fail
        # with "database is locked" at once instead of waiting for each other.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "secure_delete=ON",  # what is deleted is overwritten: keys of people who were erased, above all
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        reads = connection.get_execution_options().get("lppl_reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


async def migrate(url: str, backup: Backup | None = None) -> None:
    """Bring the database to the newest schema, creating it when it is empty.

    An SQLite database that exists and needs a migration is first copied by `backup` into ``backup/`` beside
    it.
    Raises DatabaseTooNew, OSError, SQLAlchemyError; the old schema then still stands.
    """
    parsed = driver_url(url)
    if parsed.get_backend_name() == "sqlite":
        await asyncio.to_thread(_migrate_sqlite, Path(str(parsed.database)), backup)
    else:
        # A loop of its own, in a thread: Alembic is synchronous, and asyncpg wants a loop.
        await asyncio.to_thread(lambda: asyncio.run(_migrate_server(parsed)))


def sqlite_version(path: Path) -> str | None:
    """Return the migration that the SQLite file stands at; None when it is missing or empty."""
    if not path.exists():
        return None
    connection = sqlite3.connect(path, timeout=BUSY_MS / 1000)
    try:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name='alembic_version'").fetchone():
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None
    finally:
        connection.close()


def _migrate_sqlite(path: Path, backup: Backup | None) -> None:
    found = sqlite_version(path)
    if found == HEAD:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if found is not None and backup is not None:
        _check_known(found)
        folder = path.parent / "backup"
        folder.mkdir(exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        backup(path, folder / f"{path.stem}-{found}-{stamp}{path.suffix}")
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)
    _prepare_sqlite(engine)
    try:
        with engine.begin() as connection:
            _bring_up(connection)
    finally:
        engine.dispose()


async def server_version(url: str) -> str | None:
    """Return the migration of a server's database; None when it is empty. Raises SQLAlchemyError, OSError."""
    engine = create_async_engine(driver_url(url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            tables = await connection.run_sync(lambda c: inspect(c).get_table_names())
            if "alembic_version" not in tables:
                return None
            return (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar()
    finally:
        await engine.dispose()


async def _migrate_server(url: URL) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK_KEY})"))
            await connection.run_sync(_bring_up)
    finally:
        await engine.dispose()


def _bring_up(connection: Connection) -> None:
    """Migrate inside the transaction of `connection`, which keeps every other process out."""
    tables = set(inspect(connection).get_table_names())
    found = None
    if "alembic_version" in tables:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found == HEAD:  # another process was faster
        return
    if found is None and not tables & set(metadata.tables):
        # Replaying history on an empty database would import Alembic and take ten times as long.
        metadata.create_all(connection)
        connection.execute(
            text(
                "CREATE TABLE IF NOT EXISTS alembic_version "
                "(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
            )
        )
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
        return
    if found is not None:
        _check_known(found)
    upgrade(connection, HEAD)


def _check_known(found: str) -> None:
    if found > HEAD:  # migrations are numbered, so their names sort
        raise DatabaseTooNew(found)


def alembic_config() -> Any:
    """Return the Alembic configuration of this product, for commands and tests."""
    from alembic.config import Config  # imported only when there is something to migrate: it costs 100 ms

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def upgrade(connection: Connection, revision: str) -> None:
    """Run the migrations up to `revision` in the transaction of `connection`."""
    from alembic import command

    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
