"""The schema on both databases: what the migrations make is what the tables say."""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError, OperationalError

from lppl.database import (
    HEAD,
    DatabaseTooNew,
    alembic_config,
    migrate,
    open_database,
    sqlite_version,
    upgrade,
)
from lppl.tables import asset_files, metadata


def _differences(connection: Connection) -> list[object]:
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return not (
            kind in ("table", "index") and str(name).removeprefix("ix_").startswith(("case_search", "cases_search"))
        )

    opts = {"compare_type": True, "include_name": ours}  # the index of words is each database's own
    return list(compare_metadata(MigrationContext.configure(connection, opts=opts), metadata))


async def test_fresh_schema_is_what_the_tables_say(database_url: str) -> None:
    await migrate(database_url)
    engine = open_database(database_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == HEAD
    await engine.dispose()


async def test_migrations_make_what_the_tables_say(database_url: str) -> None:
    engine = open_database(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, "head")
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == HEAD
    await engine.dispose()


def test_head_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [HEAD]


async def test_two_starts_at_once_make_one_schema(database_url: str) -> None:
    await asyncio.gather(*(migrate(database_url) for _ in range(4)))
    engine = open_database(database_url)
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    await engine.dispose()


async def test_again_keeps_what_is_there(database_url: str) -> None:
    await migrate(database_url)
    engine = open_database(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("INSERT INTO counters VALUES ('x', 7)"))
    await migrate(database_url)
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT value FROM counters")) == 7
    await engine.dispose()


async def test_references_are_enforced(database_url: str) -> None:
    await migrate(database_url)
    engine = open_database(database_url)
    row = {"path": "a", "size": 1, "mtime_ns": 1, "inode": 1, "device": 1, "asset_id": "missing"}
    with pytest.raises(IntegrityError):
        async with engine.begin() as connection:
            await connection.execute(asset_files.insert().values(row))
    await engine.dispose()


async def test_nothing_to_migrate_does_not_import_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'lppl.db'}"
    program = (
        "import asyncio, sys; from lppl.database import migrate; "
        f"asyncio.run(migrate({url!r})); asyncio.run(migrate({url!r})); print('alembic' in sys.modules)"
    )
    result = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "False"
    assert sqlite_version(tmp_path / "lppl.db") == HEAD


async def test_sqlite_is_durable_and_waits_for_other_writers(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'lppl.db'}"
    await migrate(url)
    engine = open_database(url)
    async with engine.connect() as connection:
        values = [
            await connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert values == ["wal", 2, 1, 15_000]

    async def add_one() -> None:
        async with engine.begin() as connection:
            value = await connection.scalar(text("SELECT value FROM counters WHERE name = 'n'"))
            await asyncio.sleep(0)  # lets the others in, between reading and writing
            await connection.execute(text("UPDATE counters SET value = :v WHERE name = 'n'"), {"v": value + 1})

    async with engine.begin() as connection:
        await connection.execute(text("INSERT INTO counters VALUES ('n', 0)"))
    await asyncio.gather(*(add_one() for _ in range(20)))
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT value FROM counters WHERE name = 'n'")) == 20
    await engine.dispose()


def _pretend(path: Path, version: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.commit()
    connection.close()


async def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "lppl.db"
    await migrate(f"sqlite:///{path}")
    _pretend(path, "9999")
    with pytest.raises(DatabaseTooNew) as caught:
        await migrate(f"sqlite:///{path}")
    assert caught.value.found == "9999"
    assert sqlite_version(path) == "9999"


async def test_an_existing_database_is_copied_before_it_is_migrated(tmp_path: Path) -> None:
    """Today's tables under an unknown older name: the copy is made, then the step fails as a whole."""
    path = tmp_path / "lppl.db"
    await migrate(f"sqlite:///{path}")
    _pretend(path, "0000")
    copies: list[Path] = []

    def backup(source: Path, target: Path) -> None:
        shutil.copy(source, target)
        copies.append(target)

    with pytest.raises(Exception, match="0000"):
        await migrate(f"sqlite:///{path}", backup)
    assert [copy.parent for copy in copies] == [tmp_path / "backup"]
    assert sqlite_version(copies[0]) == "0000"
    assert sqlite_version(path) == "0000"


async def test_a_failed_migration_leaves_the_old_schema(tmp_path: Path) -> None:
    """A table of the first migration is in the way, so its later steps fail: nothing of it may stay."""
    path = tmp_path / "lppl.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE house_sets (x)")
    connection.commit()
    connection.close()
    with pytest.raises(OperationalError):
        await migrate(f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("house_sets",)]
    connection.close()
