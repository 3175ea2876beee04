"""``lppl keys``: what there is, a turn, a retirement, and every refusal in a sentence; ``lppl doctor`` of the keys."""

import asyncio
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.audit import AuditLog
from lppl.cases.tables import arrivals, desk_documents
from lppl.commands.app import run
from lppl.commands.keys_examination import check_keys
from lppl.config import load_settings
from lppl.database import migrate, open_database
from lppl.doctor import State
from lppl.intake.keyring import Keyring
from lppl.intake.reception import Reception
from lppl.intake.rewrapping import turn
from lppl.intake.values import Raw, Source
from lppl.intake.works import MemoryWorks
from lppl.phone import notes
from lppl.phone.left_over import left_over
from lppl.phone.recording import folder_of
from lppl.phone.values import Note

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
LONG_AGO = 1_600_000_000
Said = Callable[[], tuple[str, str]]


def with_records(work: Callable[[AsyncEngine], object]) -> None:
    """Do something with the station's records."""

    async def done() -> None:
        engine = open_database(load_settings().database_url)
        try:
            await work(engine)  # type: ignore[misc]
        finally:
            await engine.dispose()

    asyncio.run(done())


def arrive(*bodies: bytes) -> None:
    """Have something arrive, as a service does that begins just now."""

    async def kept(engine: AsyncEngine) -> None:
        settings = load_settings()
        found = await Reception.opened(engine, settings.keys_dir, MemoryWorks(), settings.data_dir, lambda: NOON)
        for body in bodies:
            await found.receive(Raw(Source.WEB, body, "text/plain", NOON))

    with_records(kept)


def turned() -> None:
    """Turn the master key, without waiting for a service that does not run."""

    async def done(engine: AsyncEngine) -> None:
        await turn(engine, load_settings().keys_dir, NOON, between=0)

    with_records(done)


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A station with records, whose service never ran. Returns its folder of keys."""
    (tmp_path / "lppl.toml").write_text('demo = false\ndata_dir = "data"\nkeys_dir = "kunci"\n')
    monkeypatch.setenv("LPPL_CONFIG", str(tmp_path / "lppl.toml"))
    (tmp_path / "data").mkdir()
    asyncio.run(migrate(load_settings().database_url))
    return tmp_path / "kunci"


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """Return what was printed, and what was said beside."""

    def told() -> tuple[str, str]:
        found = capsys.readouterr()
        return " ".join(found.out.split()), " ".join(found.err.split())

    return told


def test_before_the_service_ever_ran(station: Path, said: Said) -> None:
    for words in (["keys", "status"], ["keys", "turn"], ["keys", "retire", "--yes"]):
        assert run(words) == 1
        assert "layanan membuatnya" in said()[1]
    assert not station.exists(), "a look makes nothing"


def test_a_turn_and_a_retirement(station: Path, said: Said) -> None:
    arrive(b"satu", b"dua")
    assert run(["keys", "status"]) == 0
    out, _ = said()
    assert "0001.key" in out and str(station) in out and "hanya pemiliknya" in out and "cocok dengan basis data" in out
    assert run(["keys", "retire", "--yes"]) == 1
    assert "Tidak ada kunci induk lama" in said()[1]

    assert run(["keys", "turn", "--by", "Sari"]) == 0
    _, err = said()
    assert "Kunci induk baru: 0002.key" in err and "2 kunci dibungkus ulang" in err and f"now: {station}" in err
    assert "kiriman / arrivals" in err, "how far it is"
    assert run(["keys", "status"]) == 0
    assert "lppl keys retire" in said()[0]
    assert run(["keys", "retire", "--yes"]) == 1
    assert "baru saja diganti" in said()[1]
    os.utime(station / "0002.key", (LONG_AGO, LONG_AGO))
    assert run(["keys", "retire"]) == 1, "nobody is there to agree"
    _, err = said()
    assert "Backups" in err or "backups" in err
    assert "--yes" in err
    assert (station / "0001.key").exists()
    assert run(["keys", "retire", "--yes", "--by", "Sari"]) == 0
    assert "0001.key" in said()[1]
    assert sorted(p.name for p in station.glob("*.key")) == ["0002.key", "hash.key"]

    async def opened(engine: AsyncEngine) -> None:
        found = await Reception.opened(engine, station, MemoryWorks(), station.with_name("data"), lambda: NOON)
        async with engine.connect() as connection:
            rows = (await connection.execute(select(arrivals).order_by(arrivals.c.id))).all()
        assert [found.keyring.unwrapped(row.wrapped).opened(row.body) for row in rows] == [b"satu", b"dua"]
        told = await AuditLog(engine).page(action="keys.")
        assert [(e.actor, e.action, e.object) for e in told] == [
            ("Sari", "keys.retired", "0001.key"), ("Sari", "keys.turned", "0002.key"),
        ]  # fmt: skip

    with_records(opened)


def test_what_a_former_key_still_wraps_is_told(station: Path, said: Said) -> None:
    arrive(b"satu")
    Keyring.of(station).turned()  # a turn that made its key, and was killed
    assert run(["keys", "status"]) == 0
    assert "1 kunci masih dibungkus kunci induk lama: lppl keys turn" in said()[0]
    assert run(["keys", "retire", "--yes"]) == 1
    assert "1 kunci masih dibungkus kunci induk lama" in said()[1]
    for key in station.glob("0*.key"):
        key.unlink()
    Keyring.of(station)
    assert run(["keys", "status"]) == 1, "another key of the same name is not the key that the records need"
    assert "salinan folder itu" in said()[1]


def test_a_call_that_waits_to_be_kept_keeps_its_master_key(station: Path, said: Said) -> None:
    arrive(b"satu")
    folder = folder_of(load_settings().data_dir)
    notes.write(folder, Note(UUID(int=1), "0812", "", NOON), Keyring.of(station).new())
    turned()
    os.utime(station / "0002.key", (LONG_AGO, LONG_AGO))
    assert run(["keys", "retire", "--yes"]) == 1
    assert "1 kunci panggilan telepon" in said()[1]
    left_over(folder, Keyring.of(station))  # as the service does every minute
    assert run(["keys", "retire", "--yes"]) == 0
    assert [call.caller for call in left_over(folder, Keyring.of(station)).calls] == ["0812"]


def test_keys_of_another_station_are_refused_in_a_sentence(station: Path, said: Said) -> None:
    arrive(b"satu")
    shutil.rmtree(station)
    for words in (["keys", "status"], ["keys", "turn"], ["keys", "retire", "--yes"]):
        assert run(words) == 1
        out, err = said()
        assert "Pulihkan folder itu" in err and "Traceback" not in err + out
    assert not station.exists()


# --- doctor ---


def judged() -> tuple[State, str, str]:
    """Return what doctor says of the keys."""
    found = asyncio.run(check_keys(load_settings()))
    assert found.name == "keys_dir"
    return found.state, found.detail, found.remedy


def test_doctor_of_keys_that_are_well(station: Path) -> None:
    assert judged()[0] is State.OK, "they are made at the first start"
    arrive(b"satu")
    state, detail, _ = judged()
    assert state is State.OK and "0001.key" in detail and "salin ke tempat lain" in detail
    assert "sedisk dengan data_dir" in detail and "kunci induk lama" not in detail
    turned()
    state, detail, _ = judged()
    assert state is State.OK and "1 kunci induk lama" in detail


def test_doctor_of_keys_that_others_may_read(station: Path) -> None:
    arrive(b"satu")
    station.chmod(0o755)
    state, _, remedy = judged()
    assert state is State.WARN and "chmod 700" in remedy
    (station / "hash.key").chmod(0o644)
    state, detail, remedy = judged()
    assert state is State.FAIL and "hash.key" in detail and "chmod 600" in remedy


def test_doctor_of_keys_that_are_lost_or_not_ours(station: Path, tmp_path: Path) -> None:
    arrive(b"satu")
    shutil.copytree(station, tmp_path / "lama")
    turned()
    shutil.rmtree(station)
    state, detail, remedy = judged()
    assert state is State.FAIL and "kuncinya tidak ada" in detail and "aduan baru ditolak" in detail
    assert "salinan" in remedy
    (tmp_path / "lama").rename(station)
    state, detail, _ = judged()
    assert state is State.FAIL and "kunci induk yang dipakai basis data tidak ada" in detail

    async def another(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            values = {"name": "keyring", "revision": 1, "author": "", "changed": NOON}
            await connection.execute(delete(desk_documents).where(desk_documents.c.name == "keyring"))
            await connection.execute(desk_documents.insert().values(body={"fingerprint": "ab" * 8}, **values))

    with_records(another)
    state, detail, _ = judged()
    assert state is State.FAIL and "bukan milik basis data ini" in detail


def test_doctor_of_keys_without_records(station: Path, tmp_path: Path) -> None:
    arrive(b"satu")
    (tmp_path / "data" / "lppl.db").rename(tmp_path / "lppl.db")
    assert judged()[0] is State.OK
