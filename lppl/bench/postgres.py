"""A PostgreSQL of the bench's own, on a Unix socket: durable as a station's, its folder kept for the next run."""

import asyncio
import os
import pwd
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from lppl import process
from lppl.errors import LpplError

USER = "lppl"
SHARED = "256MB"
"""`shared_buffers`: what a station of this size would give it; the default of 128 MB is for the smallest machines."""


@asynccontextmanager
async def postgres(folder: Path) -> AsyncIterator[str | None]:
    """Run a server on the data in `folder`, made the first time; yield its URL, None where none is installed.

    Raises ProcessFailed.
    """
    binaries = await asyncio.to_thread(_binaries)
    if binaries is None:
        yield None
        return
    prefix, owner = _unprivileged()
    data = folder / "data"
    with tempfile.TemporaryDirectory(prefix="lppl-pg-") as sockets:
        if not await asyncio.to_thread(data.exists):
            await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
            await _own(folder, owner)
            await _run([*prefix, str(binaries / "initdb"), "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8",
                        "--locale=C"])  # fmt: skip
        await _own(Path(sockets), owner)
        control = [*prefix, str(binaries / "pg_ctl"), "-D", str(data), "-w"]
        options = f"-k {sockets} -c listen_addresses='' -c shared_buffers={SHARED}"
        await _run([*control, "-o", options, "-l", str(data / "log"), "start"])
        try:
            yield f"postgresql+asyncpg://{USER}@/postgres?host={sockets}"
        finally:
            await asyncio.shield(_run([*control, "-m", "fast", "stop"]))


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _unprivileged() -> tuple[Sequence[str], tuple[int, int] | None]:
    """Return how to run it: it refuses to run as root. Raises LpplError."""
    if os.geteuid() != 0:
        return (), None
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        raise LpplError("Pengguna postgres tidak ada.", "There is no user postgres.") from None
    prefix = ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    return prefix, (user.pw_uid, user.pw_gid)


async def _own(folder: Path, owner: tuple[int, int] | None) -> None:
    if owner is not None:
        await asyncio.to_thread(os.chown, folder, *owner)


async def _run(argv: Sequence[str]) -> None:
    await process.run(argv, timeout=120.0)
