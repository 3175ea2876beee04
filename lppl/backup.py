"""Backup and restore: a consistent copy of a station's records, made while it is on air.

One archive holds the database, the journal, keys, schedules, settings and a list of the media; media and house files
themselves are not in it (they are large, and house files are made again from the media). Every member's checksum
stands in its manifest; a restore believes nothing else.
"""

import asyncio
import contextlib
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from sqlalchemy import inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from lppl import durable, journal, process
from lppl.config import STATION_FILE, Settings, settings_path
from lppl.database import open_database
from lppl.errors import LpplError, ProcessFailed
from lppl.library import Library
from lppl.masking import cleaned
from lppl.records import recorded_path

SUFFIX = ".tar.gz"
MANIFEST = "manifest.json"
DATABASE = "lppl.db"
DUMP = "database.pgdump"
SETTINGS = "lppl.toml"
MEDIA = "media.json"
FILES = (DATABASE, DUMP, SETTINGS, STATION_FILE, MEDIA)
FOLDERS = ("keys", "schedule")
"""Copied whole; the journal is copied line by line, because it is being written."""
FORMAT = 1
KEPT = ("house", "builtin", "work", "backup", "enclosures", "phone", "lost+found")
"""What a restore leaves where it is: large, immutable, named by content or by ids; and the backups themselves."""


class ProgramMissing(LpplError):
    """A program of PostgreSQL is needed and not installed."""

    def __init__(self, program: str) -> None:
        self.program = program
        super().__init__(
            f"Basis data PostgreSQL memerlukan {program}; pasang: sudo apt install postgresql-client",
            f"PostgreSQL records need {program}; install the package postgresql-client.",
        )


class BackupDamaged(LpplError):
    """An archive is not what its manifest says, or not a backup at all."""

    def __init__(self, file: str, detail: str) -> None:
        self.file, self.detail = file, detail
        super().__init__(
            f"Cadangan {file} rusak ({detail}); pakai cadangan lain. Tidak ada yang diubah.",
            f"Backup {file} is damaged ({detail}); use another one. Nothing was changed.",
        )


class TargetNotEmpty(LpplError):
    """A restore would write over a station's records."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        super().__init__(
            f"{folder} sudah berisi data; pilih yang kosong, atau pakai --force (berkas lama disisihkan).",
            f"{folder} already holds data; choose an empty one, or use --force (old files are set aside).",
        )


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    data_dir: Path
    made: str
    """When the backup was made (ISO 8601, UTC)."""
    settings: Path | None
    """Where the settings file of the backup was put; compare it with your own."""
    set_aside: Path | None


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database that may be in use, consistently (SQLite's backup API). Raises sqlite3.Error, OSError.

    Writers are not held up. The copy is one file, and durable when it gets its name.
    """
    beside = target.with_name(f".{target.name}.new")
    beside.unlink(missing_ok=True)
    try:
        # mode=rw: a source that is missing is an error, not a new and empty database
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as a,
            closing(sqlite3.connect(beside)) as b,
        ):
            a.backup(b)
            b.execute("PRAGMA journal_mode=DELETE")
        durable.sync_file(beside)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    durable.sync_folder(target.parent)


# --- making ------------------------------------------------------------------------------------------


async def create_backup(settings: Settings, target: Path | None = None) -> Path:
    """Make a backup and return its file; by default ``<data_dir>/backup/lppl-<time>.tar.gz``.

    A `target` that does not end in ``.tar.gz`` is a folder, made when it is missing: a disk that is not mounted must
    not leave one file of its name, overwritten every night.

    Raises OSError, sqlite3.Error, ProcessFailed (pg_dump); nothing is left behind then.
    """
    made = datetime.now(UTC)
    target = target or settings.data_dir / "backup" / f"lppl-{made:%Y%m%dT%H%M%SZ}.tar.gz"
    if not target.name.endswith(SUFFIX) or await asyncio.to_thread(target.is_dir):
        target = target / f"lppl-{made:%Y%m%dT%H%M%SZ}.tar.gz"
    await asyncio.to_thread(lambda: target.parent.mkdir(parents=True, exist_ok=True))
    desk = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=target.parent, prefix=".backup-"))
    try:
        database = await _copy_database(settings, desk)
        assets = await _known_assets(settings)
        await asyncio.to_thread(_pack, settings, made, database, assets, desk / "archive", target)
    finally:
        await asyncio.to_thread(shutil.rmtree, desk, ignore_errors=True)
    return target


async def _copy_database(settings: Settings, desk: Path) -> Path | None:
    """Return a consistent copy of the database; None when there is none yet."""
    file = settings.database_file
    if file is not None:
        if not await asyncio.to_thread(file.exists):
            return None
        await asyncio.to_thread(copy_sqlite, file, desk / DATABASE)
        return desk / DATABASE
    await _postgres(settings, ["pg_dump", "--format=custom", f"--file={desk / DUMP}"])
    return desk / DUMP


async def _postgres(settings: Settings, argv: Sequence[str]) -> None:
    """Run a program of PostgreSQL on the station's database. Raises ProgramMissing, ProcessFailed."""
    try:
        await process.run(argv, env=_server(settings))
    except FileNotFoundError as error:
        raise ProgramMissing(argv[0]) from error


async def _known_assets(settings: Settings) -> Mapping[str, str]:
    """Return the content hash of each media file by its path; empty when the database cannot say."""
    engine = open_database(settings.database_url)
    try:
        return {path: file.asset for path, file in (await Library(engine).files()).items() if file.asset}
    except SQLAlchemyError:
        return {}
    finally:
        await engine.dispose()


def _server(settings: Settings) -> Mapping[str, str]:
    """PostgreSQL's own variables for the configured database; so no password stands in an argument list."""
    url = make_url(str(settings.database_url))
    values = {
        "PGHOST": url.host or str(url.query.get("host", "")),
        "PGPORT": str(url.port or url.query.get("port", "")),
        "PGUSER": url.username or "",
        "PGPASSWORD": str(url.password or ""),
        "PGDATABASE": url.database or "",
    }
    return {name: value for name, value in values.items() if value}


def _members(
    settings: Settings, database: Path | None, assets: Mapping[str, str]
) -> Iterator[tuple[str, bytes | Path]]:
    """Yield (name, contents) of everything but the manifest."""
    if database is not None:
        yield database.name, database
    for path in journal.files(settings.data_dir / "journal"):
        # whole lines only: the last may be under way
        data = path.read_bytes().rstrip(b"\0")
        yield f"journal/{path.name}", data[: data.rfind(b"\n") + 1]
    for folder in FOLDERS:
        root = settings.data_dir / folder
        for path in sorted(p for p in root.rglob("*") if p.is_file()) if root.is_dir() else ():
            yield f"{folder}/{path.relative_to(root).as_posix()}", path.read_bytes()
    file = settings_path()
    if file is not None and file.is_file():
        yield SETTINGS, file.read_bytes()
    kept = settings.data_dir / STATION_FILE  # what pages set: part of the records, and restored with them
    if kept.is_file():
        yield STATION_FILE, kept.read_bytes()
    yield MEDIA, json.dumps(list(_media(settings.media_dir, assets)), indent=0).encode()


def _media(folder: Path, assets: Mapping[str, str]) -> Iterator[dict[str, object]]:
    """Yield what lies in the media folder: what has to be brought back from elsewhere when the disk is lost."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and not path.name.startswith("."):
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue  # staff delete files while the backup is made
            name = recorded_path(path.relative_to(folder).as_posix())
            yield {
                "path": name, "bytes": stat.st_size, "modified_ns": stat.st_mtime_ns, "asset": assets.get(name)
            }  # fmt: skip


def _pack(
    settings: Settings, made: datetime, database: Path | None, assets: Mapping[str, str], archive: Path, target: Path
) -> None:
    """Write the archive beside, sync it, and give it its name. Blocking."""
    sums: dict[str, str] = {}
    # Private from the start, as it holds the station's keys; a USB stick may know no chmod.
    with os.fdopen(os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
            for name, contents in _members(settings, database, assets):
                with contents.open("rb") if isinstance(contents, Path) else io.BytesIO(contents) as source:
                    sums[name] = _add(tar, name, source, made)
            manifest = {"format": FORMAT, "made": made.isoformat(), "version": _version(), "sha256": sums}
            _add(tar, MANIFEST, io.BytesIO(json.dumps(manifest, indent=1).encode()), made)
        file.flush()
        os.fsync(file.fileno())
    archive.replace(target)
    durable.sync_folder(target.parent)


def _add(tar: tarfile.TarFile, name: str, source: BinaryIO, made: datetime) -> str:
    """Add a member and return its checksum; a database is not held in memory."""
    checksum = hashlib.sha256()
    while block := source.read(1 << 20):
        checksum.update(block)
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = source.tell(), int(made.timestamp()), 0o600
    source.seek(0)
    tar.addfile(info, source)
    return checksum.hexdigest()


def _version() -> str:
    try:
        return version("lppl")
    except PackageNotFoundError:
        return "-"


# --- restoring ---------------------------------------------------------------------------------------


async def restore_backup(file: Path, settings: Settings, *, into: Path | None = None, force: bool = False) -> Restored:
    """Bring the records of `file` back into `into` (default: the data folder of `settings`).

    Everything is checked before anything is touched. With `force` the records that are there are set aside in
    ``sebelum-<time>/`` of the folder (a PostgreSQL database is overwritten). The folder itself stays: it may be
    where a disk is mounted. Raises BackupDamaged, TargetNotEmpty, ProgramMissing, OSError, ProcessFailed.
    """
    target = into or settings.data_dir
    occupied = await asyncio.to_thread(_occupied, target)
    if occupied and not force:
        raise TargetNotEmpty(str(target))
    created = not await asyncio.to_thread(target.exists)
    await asyncio.to_thread(lambda: target.mkdir(parents=True, exist_ok=True))
    desk = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=target, prefix=".restore-"))
    try:
        made = await asyncio.to_thread(_unpack, file, desk)
        dump = desk / DUMP
        if await asyncio.to_thread(dump.exists):
            if settings.database_file is not None:
                raise BackupDamaged(
                    file.name, "berisi PostgreSQL; setel database_url / holds PostgreSQL: set database_url"
                )
            if not force and await _has_records(settings):
                raise TargetNotEmpty(cleaned(settings.database_url))
            options = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--dbname="]
            await _postgres(settings, ["pg_restore", *options, str(dump)])
            await asyncio.to_thread(dump.unlink)
        elsewhere = settings.database_file if into is None else None
        return await asyncio.to_thread(_put_in_place, desk, target, made, occupied, elsewhere)
    finally:
        await asyncio.to_thread(_clear, desk, target, created)


def _clear(desk: Path, target: Path, created: bool) -> None:
    shutil.rmtree(desk, ignore_errors=True)
    if created:
        with contextlib.suppress(OSError):  # not empty: the restore went well
            target.rmdir()


def _occupied(folder: Path) -> bool:
    return folder.is_dir() and any(p.name != "lost+found" for p in folder.iterdir())


async def _has_records(settings: Settings) -> bool:
    """Tell whether the configured database has any table."""
    engine = open_database(settings.database_url)
    try:
        async with engine.connect() as connection:
            return bool(await connection.run_sync(lambda c: inspect(c).get_table_names()))
    finally:
        await engine.dispose()


def _unpack(file: Path, desk: Path) -> str:
    """Unpack into `desk` exactly what the manifest names, checked; return when it was made."""
    try:
        with tarfile.open(file, "r:gz") as tar:
            members = {m.name: m for m in tar.getmembers()}
            manifest = json.loads(_read(tar, members[MANIFEST]))
            if manifest["format"] != FORMAT:
                raise BackupDamaged(file.name, f"format {manifest['format']}")
            sums: dict[str, str] = manifest["sha256"]
            if set(members) != {*sums, MANIFEST} or MEDIA not in sums:
                raise BackupDamaged(file.name, "isi tidak sesuai daftar / contents differ from the manifest")
            for name, expected in sums.items():
                data = _read(tar, members[name])
                if hashlib.sha256(data).hexdigest() != expected:
                    raise BackupDamaged(file.name, name)
                durable.write_file(desk / _inside(file, name), data, mode=0o600)
            return str(manifest["made"])
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, AttributeError, OSError, zlib.error) as error:
        if (
            isinstance(error, OSError)
            and not isinstance(error, EOFError | tarfile.TarError)
            and error.errno is not None
        ):
            raise
        raise BackupDamaged(file.name, f"{type(error).__name__}: {error}") from error


def _inside(file: Path, name: str) -> PurePosixPath:
    """Return a member's name when it stays inside the folder and is one that we write. Raises BackupDamaged."""
    path = PurePosixPath(name)
    known = name in FILES or (len(path.parts) > 1 and path.parts[0] in ("journal", *FOLDERS))
    if path.is_absolute() or ".." in path.parts or "\\" in name or not known:
        raise BackupDamaged(file.name, f"nama tidak sah / illegal name {name!r}")
    return path


def _read(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    opened = tar.extractfile(member) if member.isreg() else None
    if opened is None:
        raise tarfile.TarError(f"{member.name} is not a file")
    return opened.read()


def _put_in_place(desk: Path, target: Path, made: str, occupied: bool, elsewhere: Path | None) -> Restored:
    """Move what was checked into the folder, the database last; what stood there is set aside. Blocking.

    `elsewhere` is where the settings keep the database when that is not in the folder.
    """
    aside = target / f"sebelum-{datetime.now(UTC):%Y%m%dT%H%M%SZ}" if occupied else None
    if aside is not None:
        aside.mkdir()
        for old in target.iterdir():
            if old not in (desk, aside) and old.name not in KEPT and not old.name.startswith("sebelum-"):
                old.rename(aside / old.name)
    settings = target / f"{SETTINGS}.cadangan" if (desk / SETTINGS).exists() else None
    if settings is not None:
        (desk / SETTINGS).rename(desk / settings.name)
    (desk / MEDIA).rename(desk / "media-saat-cadangan.json")
    for new in sorted(desk.iterdir(), key=lambda p: p.name == DATABASE):
        if new.name == DATABASE and elsewhere is not None and elsewhere.parent.absolute() != target.absolute():
            _put_database(new, elsewhere, aside)
        else:
            new.rename(target / new.name)
    durable.sync_folder(target)
    return Restored(target, made, settings, aside)


def _put_database(new: Path, place: Path, aside: Path | None) -> None:
    """Put the database where the settings want it, which may be another disk. Raises TargetNotEmpty."""
    if place.exists() and aside is None:
        raise TargetNotEmpty(str(place))
    for suffix in ("-wal", "-shm", ""):  # a log left of the old database would be read into the new one
        old = place.with_name(place.name + suffix)
        if old.exists() and aside is not None:
            shutil.move(old, aside / old.name)
        else:
            old.unlink(missing_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    copy_sqlite(new, place)


__all__ = [
    "BackupDamaged",
    "ProcessFailed",
    "ProgramMissing",
    "Restored",
    "TargetNotEmpty",
    "copy_sqlite",
    "create_backup",
    "restore_backup",
]
