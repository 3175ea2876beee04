"""Backup and restore: consistent while written, checked before anything is touched, never outside its folder."""

import asyncio
import hashlib
import io
import json
import os
import sqlite3
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lppl import journal
from lppl.backup import BackupDamaged, TargetNotEmpty, copy_sqlite, create_backup, restore_backup
from lppl.config import Settings
from lppl.database import migrate, open_database
from lppl.journal import Commit, Item
from lppl.library import Library
from lppl.media import AssetId, HouseId
from lppl.quanta import Quanta
from lppl.records import FileStamp, LibraryFile, recorded_path
from lppl.rundown import Kind

START = Quanta(5_600_000_000)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A station with records of every kind."""
    data, media = tmp_path / "data", tmp_path / "media"
    (data / "keys").mkdir(parents=True)
    (data / "keys" / "master.key").write_bytes(b"very secret")
    (data / "schedule").mkdir()
    (data / "schedule" / "tv.toml").write_text('filler = ["folder:isi"]\n')
    (media / "tv").mkdir(parents=True)
    (media / "tv" / "satu.mp4").write_bytes(b"x" * 1000)
    writer = journal.JournalWriter(data / "journal")
    item = Item("tv", START, HouseId("a" * 40 + ".tv-0"), Quanta(0), Quanta(60), Kind.ITEM, "Satu")
    writer.append([item, Commit("tv", START, 3)], START)
    writer.close()
    return Settings(data_dir=data, media_dir=media)


def names(archive: Path) -> set[str]:
    with tarfile.open(archive) as tar:
        return set(tar.getnames())


async def test_everything_comes_back(settings: Settings, tmp_path: Path) -> None:
    await migrate(settings.database_url)
    archive = await create_backup(settings)
    assert archive.parent == settings.data_dir / "backup"
    assert archive.stat().st_mode & 0o077 == 0, "others could read the station's keys"
    target = tmp_path / "new"
    restored = await restore_backup(archive, settings, into=target)
    assert restored.set_aside is None
    assert (target / "keys" / "master.key").read_bytes() == b"very secret"
    assert (target / "schedule" / "tv.toml").read_text().startswith("filler")
    assert journal.last_entries(target / "journal") == journal.last_entries(settings.data_dir / "journal")
    media = json.loads((target / "media-saat-cadangan.json").read_text())
    assert [(m["path"], m["bytes"]) for m in media] == [("tv/satu.mp4", 1000)]
    with closing(sqlite3.connect(target / "lppl.db")) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)


async def test_a_copy_made_while_the_station_writes_is_consistent(settings: Settings, tmp_path: Path) -> None:
    await migrate(settings.database_url)
    file = settings.database_file
    assert file is not None
    with closing(sqlite3.connect(file)) as db:
        db.execute("create table pairs (a integer, b integer)")
        db.commit()
    stop = threading.Event()
    writer = journal.JournalWriter(settings.data_dir / "journal")

    def write() -> None:
        with closing(sqlite3.connect(file, timeout=30)) as db:
            n = 0
            while not stop.is_set():
                db.execute("insert into pairs values (?, 0)", (n,))
                db.execute("update pairs set b = a")
                db.commit()
                writer.append([Commit("tv", Quanta(START + 3 + n), 1)], START)
                n += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        archives = [await create_backup(settings, tmp_path / f"{n}.tar.gz") for n in range(5)]
    finally:
        stop.set()
        await asyncio.to_thread(thread.join)
        writer.close()
    for n, archive in enumerate(archives):
        target = tmp_path / f"restored-{n}"
        await restore_backup(archive, settings, into=target)
        with closing(sqlite3.connect(target / "lppl.db")) as db:
            assert db.execute("select count(*) from pairs where a != b").fetchone() == (0,)
        for path in journal.files(target / "journal"):
            lines = path.read_bytes().splitlines()
            assert all(journal.decode(line) is not None for line in lines)


async def test_any_flipped_bit_is_found_and_nothing_is_changed(settings: Settings, tmp_path: Path) -> None:
    archive = await create_backup(settings, tmp_path / "good.tar.gz")
    good = archive.read_bytes()
    for at in range(10, len(good), max(1, len(good) // 40)):
        bad = bytearray(good)
        bad[at] ^= 0x10
        (tmp_path / "bad.tar.gz").write_bytes(bad)
        target = tmp_path / "target"
        try:
            await restore_backup(tmp_path / "bad.tar.gz", settings, into=target)
        except BackupDamaged:
            assert not target.exists()
        else:
            # a bit that gzip and tar do not use (a time stamp, padding): then all contents are as they were
            assert (target / "keys" / "master.key").read_bytes() == b"very secret"
            for path in sorted(target.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            target.rmdir()
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def forged(members: Mapping[str, bytes], link: str | None = None) -> bytes:
    """An archive whose manifest fits its members."""
    out = io.BytesIO()
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    manifest = json.dumps({"format": 1, "made": "2026-01-01T00:00:00+00:00", "sha256": sums}).encode()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, data in {**members, "manifest.json": manifest}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        if link:
            info = tarfile.TarInfo("keys/link")
            info.type, info.linkname = tarfile.SYMTYPE, link
            tar.addfile(info)
    return out.getvalue()


def hostile() -> Iterator[tuple[str, bytes]]:
    for name in ("../outside", "/tmp/outside", "keys/../../outside", "house/x.mp4", "journal\\..\\x"):
        yield name, forged({name: b"bad"})
    for name in ("house", "keys", "lppl.db-wal", "lppl.service"):
        yield f"{name} as a file", forged({name: b"bad", "media.json": b"[]"})
    yield "no list of media", forged({"keys/a": b""})
    yield "a link", forged({"keys/a": b"", "media.json": b"[]"}, link="/etc/passwd")
    yield "no archive", b"not a backup"
    yield "empty", b""


@pytest.mark.parametrize(("what", "data"), list(hostile()), ids=[name for name, _ in hostile()])
async def test_a_hostile_archive_is_refused_whole(what: str, data: bytes, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "in.tar.gz").write_bytes(data)
    with pytest.raises(BackupDamaged):
        await restore_backup(tmp_path / "in.tar.gz", settings, into=tmp_path / "a" / "target")
    assert not (tmp_path / "outside").exists()
    assert not (tmp_path / "a" / "target").exists()


async def test_a_station_is_never_written_over(settings: Settings, tmp_path: Path) -> None:
    archive = await create_backup(settings, tmp_path / "b.tar.gz")
    with pytest.raises(TargetNotEmpty):
        await restore_backup(archive, settings)
    (settings.data_dir / "house" / "aa").mkdir(parents=True)
    restored = await restore_backup(archive, settings, force=True)
    assert restored.set_aside is not None
    assert (restored.set_aside / "keys" / "master.key").exists()
    assert (settings.data_dir / "house" / "aa").is_dir(), "house files serve the restored station too"


async def test_the_folder_itself_stays(settings: Settings, tmp_path: Path) -> None:
    # It may be where a disk is mounted: that can be neither renamed nor removed.
    archive = await create_backup(settings, tmp_path / "b.tar.gz")
    target = tmp_path / "disk"
    (target / "lost+found").mkdir(parents=True)
    inode = target.stat().st_ino
    await restore_backup(archive, settings, into=target)
    assert target.stat().st_ino == inode
    again = await restore_backup(archive, settings, into=target, force=True)
    assert again.set_aside is not None and again.set_aside.parent == target
    assert target.stat().st_ino == inode
    assert (target / "lost+found").is_dir()
    assert not [p for p in target.iterdir() if p.name.startswith(".")]


async def test_a_database_elsewhere_comes_back_there(settings: Settings, tmp_path: Path) -> None:
    place = tmp_path / "fast" / "station.db"
    elsewhere = Settings(
        data_dir=settings.data_dir, media_dir=settings.media_dir, database_url=f"sqlite+aiosqlite:///{place}"
    )
    await migrate(elsewhere.database_url)
    with closing(sqlite3.connect(place)) as db:
        db.execute("create table told (n integer)")
        db.execute("insert into told values (42)")
        db.commit()
    archive = await create_backup(elsewhere, tmp_path / "b.tar.gz")
    place.write_bytes(b"rubbish")
    place.with_name("station.db-wal").write_bytes(b"rubbish")
    restored = await restore_backup(archive, elsewhere, force=True)
    with closing(sqlite3.connect(place)) as db:
        assert db.execute("select n from told").fetchone() == (42,)
    assert restored.set_aside is not None
    assert (restored.set_aside / "station.db").read_bytes() == b"rubbish"
    assert not (settings.data_dir / "lppl.db").exists()


async def test_media_are_listed_with_what_they_hold(settings: Settings, tmp_path: Path) -> None:
    await migrate(settings.database_url)
    file = settings.database_file
    assert file is not None
    odd = os.fsdecode(b"tv/lagu-\xe9.mp3")  # a name from an old Windows disk
    (settings.media_dir / odd).write_bytes(b"y")
    engine = open_database(settings.database_url)
    library = Library(engine)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    for name, asset in (("tv/satu.mp4", "a" * 40), (recorded_path(odd), "b" * 40)):
        await library.add_asset(AssetId(asset), 1, name, now)
        await library.record_files([LibraryFile(name, FileStamp(1, 1, 1), AssetId(asset))])
    await engine.dispose()
    archive = await create_backup(settings, tmp_path / "b.tar.gz")
    with tarfile.open(archive) as tar:
        member = tar.extractfile("media.json")
        assert member is not None
        listed = {m["path"]: m["asset"] for m in json.load(member)}
    assert listed == {"tv/satu.mp4": "a" * 40, recorded_path(odd): "b" * 40}


def test_copying_a_database_that_is_missing_makes_none(tmp_path: Path) -> None:
    (tmp_path / "old.db").write_bytes(b"the copy of yesterday")
    with pytest.raises(sqlite3.OperationalError):
        copy_sqlite(tmp_path / "none.db", tmp_path / "old.db")
    assert not (tmp_path / "none.db").exists()
    assert (tmp_path / "old.db").read_bytes() == b"the copy of yesterday"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_copied_database_is_one_file(tmp_path: Path) -> None:
    source, target = tmp_path / "a.db", tmp_path / "b.db"
    with closing(sqlite3.connect(source)) as db:
        db.execute("pragma journal_mode=wal")
        db.execute("create table t (n)")
        db.execute("insert into t values (1)")
        db.commit()
        copy_sqlite(source, target)
    assert {p.name for p in tmp_path.iterdir()} == {"a.db", "b.db"}
    with closing(sqlite3.connect(target)) as db:
        assert db.execute("select n from t").fetchone() == (1,)
