"""People erased on both databases: out of cases of others, after a kill, by age; files that nothing names any more."""

import asyncio
import itertools
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.audit import Actor, AuditLog
from lppl.cases.case_store import CaseStore, DeskRules
from lppl.cases.policy import DEFAULT
from lppl.cases.queue import Wanted
from lppl.cases.tables import arrivals, cases, enclosures, reporters
from lppl.cases.working_days import Calendar
from lppl.database import migrate, open_database
from lppl.desk.cases import CaseDesk
from lppl.events import CaseChanged, MemoryBus
from lppl.intake.files import new_id
from lppl.intake.forgetting import drop_old_bodies, remove_orphans
from lppl.intake.inbox import KeptFile
from lppl.intake.keyring import KeyGone
from lppl.intake.reception import Reception
from lppl.intake.reporters import ERASED
from lppl.intake.understanding import Understanding
from lppl.intake.values import Enclosure, Intake, Kind, Raw, Sender, Source
from lppl.intake.web_form import CONTENT_TYPE, written
from lppl.intake.works import MemoryWorks

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
OFFICER = Actor(None, "Petugas")


@dataclass
class Desk:
    """A complaint desk over one database, with a clock turned by hand."""

    engine: AsyncEngine
    reception: Reception
    store: CaseStore
    cases: CaseDesk
    bus: MemoryBus
    folder: Path
    at: datetime = NOON
    count: "itertools.count[int]" = field(default_factory=itertools.count)

    async def said(self, who: str, text: str, *files: KeptFile, answers: str = "") -> int:
        """Have somebody say something by a messenger, as ``kata-0`` and so on; return the number of the case."""
        enclosed = tuple(Enclosure(Kind.PICTURE, ref=file.id) for file in files)
        key, sender = f"kata-{next(self.count)}", Sender(who, who.title())
        word = Intake(Source.TELEGRAM, key, self.at, text, sender=sender, enclosures=enclosed, answers=answers)
        r = self.reception
        receipt = await r.receive(Raw(word.source, written(word), CONTENT_TYPE, self.at), key, files)
        outcome = await Understanding(r.engine, r.keyring, self.store, r.files, lambda: self.at).read(receipt.id)
        assert outcome is not None
        return outcome.cases[0]

    async def merged(self, number: int, into: int) -> None:
        seq = (await self.cases.one(number, self.at)).state.seq
        await self.cases.merge(number, into, OFFICER, seq, self.at)

    async def erase(self, number: int) -> None:
        await self.cases.erase(number, "permintaan pelapor", OFFICER, self.at)

    async def kept(self, content: bytes) -> KeptFile:
        """Put a picture into the files, as an upload does."""
        key, number = self.reception.keyring.new(), new_id()
        size = await asyncio.to_thread(self.reception.files.write, number, key, iter([content]))
        return KeptFile(number, Kind.PICTURE, "image/jpeg", size, key)


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    await migrate(database_url)
    engine, bus, data = open_database(database_url), MemoryBus(), tmp_path / "data"
    data.mkdir()
    reception = await Reception.opened(engine, tmp_path / "keys", MemoryWorks(), data, lambda: NOON)
    store = CaseStore(reception.keyring, DeskRules(DEFAULT, Calendar(), ZoneInfo("Asia/Jakarta")))
    yield Desk(engine, reception, store, CaseDesk(reception, store, AuditLog(engine), bus), bus, data)
    await engine.dispose()


async def test_what_somebody_said_goes_out_of_cases_of_others_and_theirs_stays(desk: Desk) -> None:
    theirs = await desk.said("budi", "Lampu jalan padam.")
    own = await desk.said("siti", "Di gang kami juga gelap.")
    await desk.merged(own, theirs)
    await desk.said("budi", "Trotoarnya juga rusak.")
    assert await desk.said("siti", "Tiangnya miring di depan rumah saya.", answers="kata-1") == theirs
    view = await desk.cases.one(theirs, desk.at)
    moved = [w.id for w in view.words if "Tiangnya" in w.text or "Trotoarnya" in w.text]
    split = await desk.cases.split(theirs, moved, OFFICER, view.state.seq, desk.at)

    told: list[int] = []
    async with desk.bus.subscribe(CaseChanged) as changes:
        await desk.erase(own)
        for _ in range(2):
            event = await asyncio.wait_for(anext(aiter(changes)), 10)
            assert isinstance(event, CaseChanged)
            told.append(event.case)
    assert sorted(told) == sorted([own, split]), "pages that show words of theirs are told"
    async with desk.engine.connect() as connection:
        rows = {row.id: row for row in await connection.execute(select(cases))}
    assert (rows[own].title, rows[own].text) == (ERASED, ERASED)
    assert rows[theirs].text == "Lampu jalan padam."
    assert rows[split].text == f"Trotoarnya juga rusak.\n{ERASED}"
    assert not any("iang" in row.title + row.text + row.search for row in rows.values())
    found, _ = await desk.cases.page(Wanted(words="tiangnya"), desk.at)
    assert found == []
    opened = await desk.cases.unmask(theirs, "memeriksa", OFFICER, desk.at)
    assert opened["reporter"]["name"] == "Budi"
    with pytest.raises(KeyGone):
        await desk.cases.unmask(own, "memeriksa", OFFICER, desk.at)
    assert await desk.said("siti", "Saya lagi.") not in rows, "who was erased and writes again is somebody new"


async def test_an_erasing_that_was_killed_after_its_note_is_finished_at_the_next_opening(desk: Desk) -> None:
    number, other = await desk.said("siti", "Lampu padam."), await desk.said("budi", "Selokan mampet.")
    r = desk.reception
    async with desk.engine.connect() as connection:
        row = (await connection.execute(select(reporters).order_by(reporters.c.id).limit(1))).one()
    turned = r.keyring.turned()  # the note is of the bare key: a turn changes nothing
    r.keyring.note_erased(r.reporters.mark_of(row.id, row.wrapped))
    r.keyring.note_erased(f"{row.id + 1}.{'0' * 64}")  # of another database
    async with desk.engine.begin() as connection:
        again = reporters.update().where(reporters.c.id == row.id).values(wrapped=turned.rewrapped(row.wrapped))
        await connection.execute(again)
    await Reception.opened(desk.engine, r.keyring.folder, MemoryWorks(), desk.folder, lambda: desk.at)
    with pytest.raises(KeyGone):
        await desk.cases.unmask(number, "memeriksa", OFFICER, desk.at)
    assert (await desk.cases.unmask(other, "memeriksa", OFFICER, desk.at))["reporter"]["name"] == "Budi"


async def test_no_page_of_the_database_keeps_a_key_that_was_erased(desk: Desk) -> None:
    if desk.engine.dialect.name != "sqlite":
        pytest.skip("SQLite overwrites what it deletes; PostgreSQL when it cleans its pages")
    number = await desk.said("siti", "Lampu padam.")
    await desk.said("budi", "Selokan mampet.")
    async with desk.engine.connect() as connection:
        query = select(reporters.c.wrapped).order_by(reporters.c.id)
        wrapped, others = (await connection.execute(query)).scalars().all()
    records = Path(desk.engine.url.database or "")
    assert _in_files(records, wrapped)
    await desk.erase(number)
    assert not _in_files(records, wrapped)
    assert _in_files(records, others)


def _in_files(records: Path, what: bytes) -> bool:
    """Tell whether bytes stand anywhere in the database's files, what is in its log put into place before."""
    with closing(sqlite3.connect(records)) as c:
        assert c.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    return any(what in path.read_bytes() for path in records.parent.glob(f"{records.name}*"))


async def test_files_go_with_their_sender_and_files_that_nothing_names_go_later(desk: Desk) -> None:
    one, other, orphan = [await desk.kept(b"foto") for _ in range(3)]
    number = await desk.said("siti", "Ini fotonya.", one)
    await desk.said("budi", "Ini foto saya.", other)
    later = datetime.now(UTC).timestamp() + 60
    path = desk.reception.files.path
    assert all(path(file.id).exists() for file in (one, other, orphan))
    assert await remove_orphans(desk.reception, 0.0) == 0, "what was written just now may be named in a moment"
    assert await remove_orphans(desk.reception, later) == 1
    assert [path(file.id).exists() for file in (one, other, orphan)] == [True, True, False]
    await desk.erase(number)
    assert [path(file.id).exists() for file in (one, other)] == [False, True]
    async with desk.engine.connect() as connection:
        states = {row.id: row.state for row in await connection.execute(select(enclosures))}
    assert states[one.id] == "gone" and states[other.id] != "gone"


async def test_what_was_received_is_emptied_by_age_but_not_what_waits_for_a_person(desk: Desk) -> None:
    number = await desk.said("siti", "Lampu padam.")
    tray = await desk.reception.receive(Raw(Source.WEB, b"\xff rubbish", CONTENT_TYPE, desk.at))
    r = desk.reception
    await Understanding(r.engine, r.keyring, desk.store, r.files, lambda: desk.at).read(tray.id)
    assert await drop_old_bodies(r, desk.at + timedelta(days=30)) == 0
    desk.at += timedelta(days=6 * 366)
    assert await drop_old_bodies(r, desk.at) == 1
    assert await drop_old_bodies(r, desk.at) == 0
    async with desk.engine.connect() as connection:
        rows = (await connection.execute(select(arrivals).order_by(arrivals.c.id))).all()
    assert [row.body is None for row in rows] == [True, False]
    opened = await desk.cases.unmask(number, "memeriksa", OFFICER, desk.at)
    assert list(opened["words"].values()) == ["Lampu padam."], "the words are kept for themselves"
