"""Real databases for the contract suites: SQLite files, and a PostgreSQL server of the tests' own."""

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import asyncpg
import pytest

_numbers = count()


class PostgresServer:
    """A server on a Unix socket in a folder of its own; durable writes are off, its data is thrown away."""

    def __init__(self, binaries: Path) -> None:
        self.binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="lppl-pg-"))
        self.prefix: list[str] = []
        if os.geteuid() == 0:  # the server refuses to run as root
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]

    def start(self) -> None:
        data = str(self.folder / "data")
        common = {"cwd": "/", "check": True, "stdout": subprocess.DEVNULL}
        initdb = [str(self.binaries / "initdb"), "-D", data, "-U", "lppl", "-A", "trust", "-N", "-E", "UTF8"]
        subprocess.run([*self.prefix, *initdb, "--locale=C"], **common)
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off"
        start = [str(self.binaries / "pg_ctl"), "-D", data, "-w", "-o", options, "-l", f"{data}/log", "start"]
        subprocess.run([*self.prefix, *start], **common)

    def stop(self) -> None:
        stop = [str(self.binaries / "pg_ctl"), "-D", str(self.folder / "data"), "-m", "immediate", "stop"]
        subprocess.run([*self.prefix, *stop], cwd="/", check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(self.folder)

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"t{next(_numbers)}"

        async def create() -> None:
            connection = await asyncpg.connect(host=str(self.folder), user="lppl", database="postgres")
            try:
                await connection.execute(f"CREATE DATABASE {name}")
            finally:
                await connection.close()

        asyncio.run(create())
        return f"postgresql+asyncpg://lppl@/{name}?host={self.folder}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the whole run."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("PostgreSQL is not installed")
    server = PostgresServer(found[-1].parent)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'lppl.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()
