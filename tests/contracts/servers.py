"""Servers of the tests' own that can go away and come back."""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from itertools import count
from pathlib import Path

import asyncpg
import pytest
import redis

_numbers = count()


class RedisServer:
    """A Redis of the test's own on a free loopback port; it can go away and come back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        argv = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(self.folder),
        ]
        self.process = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
        client = redis.Redis(port=self.port, retry=redis.retry.Retry(redis.backoff.ConstantBackoff(0.05), 200))
        client.ping()
        client.close()

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


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

    @classmethod
    def found(cls) -> "PostgresServer":
        """Return a server of the newest PostgreSQL here; the test is skipped where there is none."""
        binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not binaries:
            pytest.skip("PostgreSQL is not installed")
        return cls(binaries[-1].parent)

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
