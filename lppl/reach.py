"""What a station talks to, as checks with remedies: its own port, the records, Redis.

Like :mod:`lppl.doctor`: nothing is changed, nothing is raised for what is found, and no password is shown.
"""

import asyncio
import errno
import json
import re
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg  # type: ignore[import-untyped]  # has no types
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from lppl.config import Settings
from lppl.database import HEAD, open_database, sqlite_version
from lppl.doctor import Check, fail, ok, warn
from lppl.masking import cleaned

PATIENCE_S = 5.0
EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - only compared


# --- who runs -----------------------------------------------------------------------------------------

_LOCK = re.compile(r"FLOCK\s+ADVISORY\s+WRITE\s+\d+\s+([0-9a-f]+):([0-9a-f]+):(\d+)\s")


def lock_held(path: Path, locks: Path = Path("/proc/locks")) -> bool:
    """Tell whether a process of this machine holds the lock file at `path`, without touching the lock."""
    try:
        info, text = path.stat(), locks.read_text()
    except OSError:
        return False
    return any(int(inode) == info.st_ino for _, _, inode in _LOCK.findall(text))


# --- port --------------------------------------------------------------------------------------------------


def occupied(host: str, port: int) -> OSError | None:
    """Return why a server cannot listen on `port` of `host`; None when it can. Resolves `host`: call it in a thread."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, kind, protocol)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error
    return None


async def answer_of(settings: Settings) -> dict[str, Any] | None:
    """Return what ``/healthz`` says on the station's port; None when nobody answers like this service."""
    scheme = "https" if settings.tls_cert else "http"
    host = "127.0.0.1" if settings.host in EVERYWHERE else settings.host
    host = f"[{host}]" if ":" in host else host
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE_S)) as session,
            # the certificate names the public address, which is not the one asked here
            session.get(f"{scheme}://{host}:{settings.port}/healthz", ssl=False) as response,
        ):
            found = json.loads(await response.content.read(1 << 20))
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return None
    return found if isinstance(found, dict) and "status" in found and "channels" in found else None


async def check_port(settings: Settings) -> Check:
    """Check that the service can listen, or that it does already and is well."""
    where = f"{settings.host}:{settings.port}"
    error = await asyncio.to_thread(occupied, settings.host, settings.port)
    if error is None:
        return ok("port", f"{where}: bebas / free")
    if error.errno == errno.EADDRINUSE:
        health = await answer_of(settings)
        if health is not None:
            state = settings.data_dir / "state"
            ours = await asyncio.to_thread(lambda: any(lock_held(state / f"{r}.lock") for r in ("air", "worker")))
            return running(where, health, ours=ours)
        return fail(
            "port",
            f"{where}: dipakai program lain / used by another program",
            "ganti port (LPPL_PORT=8090), atau hentikan program itu / choose another port, or stop that program",
        )
    if error.errno == errno.EACCES:
        return fail(
            "port",
            f"{where}: perlu izin untuk port di bawah 1024 / ports below 1024 need permission",
            "pakai port 8080, atau CAP_NET_BIND_SERVICE seperti di docs/pasang.md / or grant the capability",
        )
    return fail(
        "port",
        f"{where}: {error.strerror or error} / cannot be used",
        "periksa host: 127.0.0.1 atau 0.0.0.0 / check the setting host",
    )


def running(where: str, health: dict[str, Any], *, ours: bool) -> Check:
    """Say how the service that answered at `where` is; `ours`: some process has this data folder in use. Pure."""
    status = str(health["status"])
    if not ours:
        return warn(
            "port",
            f"{where}: yang menjawab memakai data_dir lain / the service that answers has another data folder",
            "jalankan doctor dengan pengaturan layanan itu (LPPL_CONFIG, LPPL_DATA_DIR), atau ganti port / run doctor "
            "with that service's settings, or choose another port",
        )
    detail = f"{where}: layanan LPPL berjalan, status {status} / the service runs"
    if status == "ok":
        return ok("port", detail)
    remedy = f"lihat http://{where}/healthz dan catatan layanan / look at /healthz and the service's log"
    return fail("port", detail, remedy) if status == "off-air" else warn("port", detail, remedy)


# --- records -----------------------------------------------------------------------------------------------


async def check_database(settings: Settings) -> Check:
    """Check that the records can be read and stand at this release's migration."""
    if settings.database_file is not None:
        return await asyncio.to_thread(_sqlite, settings)
    return await _server(settings)


def _sqlite(settings: Settings) -> Check:
    path = settings.database_file
    if path is None or not path.exists():
        return ok("database", f"{path}: dibuat saat layanan mulai / made at the first start")
    damaged = (
        f"hentikan layanan, simpan berkasnya, lalu pulihkan cadangan: lppl restore (lihat {path.parent / 'backup'}) / "
        "stop the service, keep the file aside, restore a backup"
    )
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=PATIENCE_S)) as c:
            found = str(c.execute("PRAGMA quick_check(1)").fetchone()[0])
        if found != "ok":
            return fail("database", f"{path}: rusak ({found[:120]}) / damaged", damaged)
        return _at(str(path), sqlite_version(path))
    except sqlite3.OperationalError as error:  # locked, or not ours to read
        return fail(
            "database",
            f"{path}: tidak dapat dibuka ({error}) / cannot be opened",
            f"jalankan sebagai pengguna layanan, periksa izin {path.parent} / run as the service's user",
        )
    except sqlite3.Error as error:
        return fail("database", f"{path}: rusak ({error}) / damaged", damaged)


async def _server(settings: Settings) -> Check:
    engine = open_database(settings.database_url)
    shown = cleaned(settings.database_url)
    try:
        async with asyncio.timeout(PATIENCE_S), engine.connect() as connection:
            tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
            found = None
            if "alembic_version" in tables:
                found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        return _at(shown, found)
    # a refused password comes from the driver as it is
    except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        why = cleaned(str(error)).partition("\n")[0][:160] or type(error).__name__
        return fail(
            "database",
            f"{shown}: tidak dapat dihubungi ({why}) / cannot be reached",
            "periksa database_url dan jalankan servernya; siaran tetap berjalan tanpa basis data, materi baru "
            "menunggu / check database_url, start the server",
        )
    finally:
        await engine.dispose()


def _at(where: str, found: str | None) -> Check:
    """Say what the migration `found` in the records at `where` means. Pure."""
    if found is None:
        return ok("database", f"{where}: kosong, diisi saat layanan mulai / empty, filled at the first start")
    if found == HEAD:
        return ok("database", f"{where}: versi {found}, terbaru / the newest version")
    if found > HEAD:
        return fail(
            "database",
            f"{where}: versi {found} dari LPPL yang lebih baru (di sini {HEAD}) / made by a newer release",
            "pasang LPPL terbaru, atau pulihkan cadangan / install the newest release, or restore a backup",
        )
    return warn(
        "database",
        f"{where}: versi {found}, terbaru {HEAD} / not the newest version",
        "diperbarui sendiri saat layanan mulai, setelah dicadangkan / renewed at the next start, after a backup",
    )


# --- Redis -------------------------------------------------------------------------------------------------


async def check_redis(settings: Settings) -> Check | None:
    """Check that Redis answers; None when the station uses none."""
    if settings.redis_url is None:
        return None
    shown = cleaned(settings.redis_url)
    client = Redis.from_url(settings.redis_url, socket_connect_timeout=PATIENCE_S, socket_timeout=PATIENCE_S)
    try:
        await client.ping()
    except (RedisError, OSError) as error:
        why = cleaned(str(error)).partition("\n")[0][:160]
        return fail(
            "redis",
            f"{shown}: tidak menjawab ({why}) / does not answer",
            "jalankan Redis atau kosongkan redis_url / start Redis, or remove redis_url",
        )
    finally:
        await client.aclose()
    return ok("redis", f"{shown}: menjawab / answers")
