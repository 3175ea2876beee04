"""Arrivals become words, reporters and cases, on both databases: once, whole, and without a name in the clear."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.audit import Actor, AuditLog
from lppl.cases.case_store import CaseChanged, CaseStore, DeskRules
from lppl.cases.documents import DeskDocuments
from lppl.cases.policy import DEFAULT
from lppl.cases.queue import Wanted
from lppl.cases.tables import arrivals, case_events, cases, enclosures, outgoing, reporters, words
from lppl.cases.values import Act, NotAllowed
from lppl.cases.working_days import Calendar
from lppl.database import migrate, open_database
from lppl.desk.cases import CaseDesk, NothingLeft
from lppl.events import MemoryBus
from lppl.intake.files import new_id
from lppl.intake.forgetting import forget_old
from lppl.intake.inbox import Inbox, KeptFile
from lppl.intake.keyring import KeyGone, Keyring
from lppl.intake.reception import Reception
from lppl.intake.reporters import Reporters
from lppl.intake.understanding import Outcome, Understanding
from lppl.intake.values import Enclosure, Intake, Kind, Place, Raw, Sender, Source, Visibility
from lppl.intake.web_form import CONTENT_TYPE, written
from lppl.intake.works import Hint, MemoryWorks, Rank, Task
from lppl.station.intake_work import IntakeWork

ZONE = ZoneInfo("Asia/Jakarta")
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
SITI = Sender(name="Siti Wahyuni", phone="+6281234567890", email="siti@contoh.id", nik="3375016507900001")
OFFICER = Actor(None, "Petugas", "127.0.0.1")


@dataclass
class Bench:
    """A whole intake over one database, with a clock turned by hand."""

    engine: AsyncEngine
    reception: Reception
    store: CaseStore
    folder: Path
    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    @property
    def understanding(self) -> Understanding:
        r = self.reception
        return Understanding(r.engine, r.keyring, self.store, r.files, self.now)

    @property
    def desk(self) -> CaseDesk:
        return CaseDesk(self.reception, self.store, AuditLog(self.engine), MemoryBus())

    async def arrive(self, intake: Intake, files: tuple[KeptFile, ...] = ()) -> int:
        raw = Raw(intake.source, written(intake), CONTENT_TYPE, self.at)
        return (await self.reception.receive(raw, intake.key, files)).id

    async def take_in(self, intake: Intake, files: tuple[KeptFile, ...] = ()) -> Outcome:
        outcome = await self.understanding.read(await self.arrive(intake, files))
        assert outcome is not None
        return outcome

    async def one(self, intake: Intake) -> int:
        return (await self.take_in(intake)).cases[0]

    async def count(self, table: object) -> int:
        async with self.engine.connect() as connection:
            return int(await connection.scalar(select(func.count()).select_from(table)) or 0)  # type: ignore[arg-type]


@pytest.fixture
async def bench(database_url: str, tmp_path: Path) -> AsyncIterator[Bench]:
    await migrate(database_url)
    engine = open_database(database_url)
    holder: list[Bench] = []
    data = tmp_path / "data"
    data.mkdir()
    reception = await Reception.opened(
        engine, tmp_path / "keys", MemoryWorks(), data, lambda: holder[0].at if holder else NOON
    )
    store = CaseStore(reception.keyring, DeskRules(DEFAULT, Calendar(), ZONE))
    holder.append(Bench(engine, reception, store, data))
    yield holder[0]
    await engine.dispose()


def _said(key: str, words: str = "Jalan Merdeka berlubang besar di depan pasar.", **more: object) -> Intake:
    return replace(Intake(Source.WEB, key, NOON, words, sender=SITI), **more)  # type: ignore[arg-type]


# --- what a word becomes ---


async def test_a_word_becomes_a_case_with_its_history_and_its_first_duty(bench: Bench) -> None:
    number = await bench.one(_said("a", visibility=Visibility.ANON, place=Place("depan pasar", "Medono", -6.9, 109.6)))
    view = await bench.desk.one(number, bench.at)
    assert (view.line.status, view.line.visibility, view.line.kelurahan) == ("baru", "anonim", "Medono")
    assert [e.act for e in view.events] == [Act.ARRIVED]
    assert view.line.title == "Jalan Merdeka berlubang besar di depan pasar."
    # 3 working days after Monday 23 November
    assert view.line.due is not None
    assert view.line.due.astimezone(ZONE).date().isoformat() == "2026-11-26"
    assert view.reporter is not None
    assert (view.reporter.name, view.reporter.phone, view.reporter.nik_end) == ("S… W…", "***890", "0001")


async def test_the_code_that_was_told_finds_the_case(bench: Bench) -> None:
    raw = Raw(Source.WEB, written(_said("a")), CONTENT_TYPE, bench.at)
    receipt = await bench.reception.receive(raw, "a")
    await bench.understanding.read(receipt.id)
    found, _ = await bench.desk.page(Wanted(words=receipt.code.lower().replace("-", " ")), bench.at)
    assert [line.code for line in found] == [receipt.code]


async def test_no_copy_holds_a_name_or_a_number_in_the_clear(bench: Bench) -> None:
    told = "Nama saya Siti, telepon 0812-3456-7890, NIK 3375016507900001, surel siti@contoh.id."
    key = bench.reception.keyring.new()
    number = new_id()
    photo = b"EXIF Siti Wahyuni 0812-3456-7890" * 9
    size = await asyncio.to_thread(bench.reception.files.write, number, key, iter([photo]))
    kept = KeptFile(number, Kind.PICTURE, "image/jpeg", size, key)
    enclosed = Enclosure(Kind.PICTURE, ref=number, name="siti.jpg")
    case = (await bench.take_in(_said("a", told, enclosures=(enclosed,)), (kept,))).cases[0]
    await bench.desk.do(case, Act.NOTED, {"text": "Hubungi 081234567890 sore ini"}, OFFICER, 1, bench.at)
    await bench.desk.unmask(case, "menelepon pelapor", OFFICER, bench.at)
    async with bench.engine.connect() as connection:
        names = await connection.run_sync(lambda c: __import__("sqlalchemy").inspect(c).get_table_names())
        rows = [row for name in names for row in await connection.execute(text(f"SELECT * FROM {name}"))]
    plain = repr(rows).encode() + b"".join(p.read_bytes() for p in bench.folder.rglob("*") if p.is_file())
    for secret in (b"Wahyuni", b"81234567890", b"3456-7890", b"3375016507900001", b"siti@contoh.id"):
        assert secret not in plain, secret
    opened = await bench.desk.unmask(case, "memeriksa", OFFICER, bench.at)
    assert opened["reporter"]["name"] == "Siti Wahyuni"
    assert list(opened["words"].values()) == [told]
    assert opened["events"] == {2: {"text": "Hubungi 081234567890 sore ini"}}


async def test_every_opening_of_personal_data_is_on_record(bench: Bench) -> None:
    number = await bench.one(_said("a"))
    await bench.desk.unmask(number, "menelepon pelapor", OFFICER, bench.at)
    events = await AuditLog(bench.engine).page()
    assert [(e.action, e.after) for e in events] == [("case.unmasked", {"reason": "menelepon pelapor"})]


# --- once ---


async def test_read_twice_or_by_two_it_is_one_case(bench: Bench) -> None:
    number = await bench.arrive(_said("a"))
    found = await asyncio.gather(*(bench.understanding.read(number) for _ in range(4)))
    assert [f is not None for f in found].count(True) == 1
    assert await bench.understanding.read(number) is None
    assert (await bench.count(cases), await bench.count(words), await bench.count(reporters)) == (1, 1, 1)


async def test_whoever_died_while_reading_is_followed_by_another(bench: Bench) -> None:
    number = await bench.arrive(_said("a"))
    assert await bench.understanding._take(number) is not None  # and then it dies
    assert await bench.understanding.read(number) is None
    bench.at += timedelta(minutes=2)
    outcome = await bench.understanding.read(number)
    assert outcome is not None
    assert len(outcome.cases) == 1


async def test_the_same_word_in_two_arrivals_is_one_case(bench: Bench) -> None:
    first = await bench.one(_said("a"))
    raw = Raw(Source.WEB, written(_said("a")) + b" ", CONTENT_TYPE, bench.at)
    receipt = await bench.reception.receive(raw)
    outcome = await bench.understanding.read(receipt.id)
    assert outcome is not None
    assert (outcome.cases, outcome.again) == ([], 1)
    assert await bench.count(cases) == 1
    assert first


async def test_many_at_once_of_one_person_make_one_reporter_and_one_case(bench: Bench) -> None:
    said = [
        _said(f"m{n}", f"pesan {n} tentang lampu jalan mati", source=Source.TELEGRAM, sender=Sender("77"))
        for n in range(6)
    ]
    numbers = [await bench.arrive(each) for each in said]
    outcomes = []
    for _ in range(20):  # who is told that somebody else was first tries again, as the worker does
        bench.at += timedelta(minutes=2)
        found = await asyncio.gather(*(bench.understanding.read(n) for n in numbers), return_exceptions=True)
        outcomes += [f for f in found if isinstance(f, Outcome)]
        assert all(f is None or isinstance(f, Outcome | IntegrityError | CaseChanged | DBAPIError) for f in found)
        if len(outcomes) == 6:
            break
    assert (await bench.count(reporters), await bench.count(words), await bench.count(cases)) == (1, 6, 1)
    async with bench.engine.connect() as connection:
        seqs = list(await connection.scalars(select(case_events.c.seq).order_by(case_events.c.seq)))
    assert seqs == list(range(1, 7))


async def test_whoever_is_a_moment_later_makes_no_second_reporter(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process makes the same reporter between the question whether there is one and the answer that there is
    none: what it made is found then."""
    if bench.engine.dialect.name == "sqlite":
        pytest.skip("one writes at a time there")
    first, second = [await bench.arrive(_said(f"m{n}", source=Source.TELEGRAM, sender=Sender("77"))) for n in range(2)]
    made = Reporters._made
    quicker = bench.understanding

    async def later(*args: Any) -> Any:
        monkeypatch.setattr(Reporters, "_made", made)
        assert await quicker.read(first) is not None
        return await made(*args)

    monkeypatch.setattr(Reporters, "_made", later)
    assert await bench.understanding.read(second) is not None
    assert (await bench.count(reporters), await bench.count(words), await bench.count(cases)) == (1, 2, 1)


# --- conversations ---


async def test_what_somebody_writes_next_belongs_to_their_open_case(bench: Bench) -> None:
    person = {"source": Source.WHATSAPP, "sender": Sender("6281", phone="+6281234567890")}
    first = await bench.one(_said("1", **person))
    bench.at += timedelta(hours=1)
    second = await bench.one(_said("2", "Fotonya menyusul ya.", said=bench.at, **person))
    assert second == first
    stranger = await bench.one(_said("3", source=Source.WHATSAPP, sender=Sender("6299")))
    assert stranger != first
    view = await bench.desk.one(first, bench.at)
    assert [e.act for e in view.events] == [Act.ARRIVED, Act.ADDED]
    assert len(view.words) == 2
    bench.at += timedelta(days=30)
    later = await bench.one(_said("4", "Lampu di gang mati.", said=bench.at, **person))
    assert later != first


async def test_what_was_asked_for_ends_the_waiting_however_late(bench: Bench) -> None:
    person = {"source": Source.SMS, "sender": Sender("0812", phone="+6281234567890")}
    number = await bench.one(_said("1", **person))
    await bench.desk.do(number, Act.ASKED, {"missing": ["di mana"]}, OFFICER, 1, bench.at)
    bench.at += timedelta(days=9)
    assert await bench.one(_said("2", "Di Medono, dekat masjid.", said=bench.at, **person)) == number
    assert (await bench.desk.one(number, bench.at)).line.status == "baru"


async def test_a_claimed_number_opens_nobodys_conversation(bench: Bench) -> None:
    first = await bench.one(_said("1"))
    assert await bench.one(_said("2")) != first
    assert await bench.count(reporters) == 2


async def test_a_deleted_message_stays_and_says_so(bench: Bench) -> None:
    person = {"source": Source.WHATSAPP, "sender": Sender("6281")}
    number = await bench.one(_said("1", **person))
    gone = Intake(Source.WHATSAPP, "1:deleted", NOON, "", sender=Sender("6281"), withdraws="1")
    assert (await bench.take_in(gone)).cases == [number]
    view = await bench.desk.one(number, bench.at)
    assert view.words[0].withdrawn is not None
    assert view.words[0].text


async def test_nobody_deletes_what_somebody_else_said(bench: Bench) -> None:
    number = await bench.one(_said("1", source=Source.APP, sender=Sender("siti")))
    for key, handle in (("2", "budi"), ("3", "tidak-dikenal")):
        gone = Intake(Source.APP, key, NOON, "", sender=Sender(handle), withdraws="1")
        assert (await bench.take_in(gone)).cases == []
    assert (await bench.desk.one(number, bench.at)).words[0].withdrawn is None
    own = Intake(Source.APP, "4", NOON, "", sender=Sender("siti"), withdraws="1")
    assert (await bench.take_in(own)).cases == [number]
    assert (await bench.desk.one(number, bench.at)).words[0].withdrawn is not None


# --- emergencies ---


async def test_an_emergency_is_marked_and_its_sender_told_of_112(bench: Bench) -> None:
    said = _said("1", "Tolong ada kebakaran rumah di Medono, apinya besar!", source=Source.WHATSAPP)
    outcome = await bench.take_in(replace(said, sender=Sender("6281")))
    assert outcome.urgent == outcome.cases
    view = await bench.desk.one(outcome.cases[0], bench.at)
    assert view.line.emergency
    assert view.state.emergency_waits
    async with bench.engine.connect() as connection:
        kinds = list(await connection.scalars(select(outgoing.c.kind).order_by(outgoing.c.id)))
    assert kinds == ["diterima", "darurat"]
    waiting, _ = await bench.desk.page(Wanted(emergency=True, open=True), bench.at)
    assert [w.id for w in waiting] == outcome.cases


# --- the tray ---


async def test_what_nobody_can_read_waits_in_the_tray_and_can_be_tried_again(bench: Bench) -> None:
    receipt = await bench.reception.receive(Raw(Source.WEB, b"\xff\xfe rubbish", CONTENT_TYPE, bench.at))
    outcome = await bench.understanding.read(receipt.id)
    assert outcome is not None
    assert outcome.unread == 1
    tray = await bench.desk.tray()
    assert [t["id"] for t in tray] == [receipt.id]
    assert (await bench.desk.opened_arrival(receipt.id, OFFICER, bench.at))[0] == b"\xff\xfe rubbish"
    await bench.desk.clear_arrival(receipt.id, True, OFFICER, bench.at)
    assert await bench.understanding.read(receipt.id) is not None
    await bench.desk.clear_arrival(receipt.id, False, OFFICER, bench.at)
    assert await bench.desk.tray() == []


async def test_what_fails_again_and_again_ends_in_the_tray_not_nowhere(bench: Bench) -> None:
    number = await bench.arrive(_said("a"))
    for _ in range(12):
        bench.at += timedelta(hours=3)
        if await bench.understanding._take(number) is None:
            break
        await bench.understanding.put_off(number, "OperationalError")
    assert [t["id"] for t in await bench.desk.tray()] == [number]


# --- enclosures ---


async def test_enclosures_wait_to_be_fetched_and_heal_when_sent_again(bench: Bench) -> None:
    photo = Enclosure(Kind.PICTURE, ref="media-1", content_type="image/jpeg")
    said = _said("1", source=Source.WHATSAPP, sender=Sender("6281"), enclosures=(photo,))
    outcome = await bench.take_in(said)
    number = outcome.hints[0].subject
    async with bench.engine.begin() as connection:
        row = (await connection.execute(select(enclosures))).one()
        assert (row.id, row.state) == (number, "waiting")
        origin = json.loads(bench.reception.keyring.unwrapped(row.wrapped).opened(row.origin))
        assert origin["ref"] == "media-1"
        await connection.execute(enclosures.update().values(state="gone", not_before=None))
    again = await bench.reception.receive(Raw(Source.WHATSAPP, written(said) + b" ", CONTENT_TYPE, bench.at))
    assert await bench.understanding.read(again.id) is not None
    async with bench.engine.connect() as connection:
        assert await connection.scalar(select(enclosures.c.state)) == "waiting"


# --- the desk ---


async def test_who_comes_second_is_told(bench: Bench) -> None:
    number = await bench.one(_said("a"))
    await bench.desk.do(number, Act.VERIFIED, {}, OFFICER, 1, bench.at)
    with pytest.raises(CaseChanged) as told:
        await bench.desk.do(number, Act.REJECTED, {"reason": "ganda"}, OFFICER, 1, bench.at)
    assert [e.act for e in told.value.events] == [Act.VERIFIED]


async def test_two_at_the_same_moment_do_not_both_win(bench: Bench) -> None:
    number = await bench.one(_said("a"))
    both = await asyncio.gather(
        bench.desk.do(number, Act.VERIFIED, {}, OFFICER, 1, bench.at),
        bench.desk.do(number, Act.REJECTED, {"reason": "ganda"}, OFFICER, 1, bench.at),
        return_exceptions=True,
    )
    assert sorted(isinstance(b, CaseChanged) for b in both) == [False, True]


async def test_history_is_only_ever_added_to(bench: Bench) -> None:
    await bench.one(_said("a"))
    for statement in ("UPDATE case_events SET act = 'x'", "DELETE FROM case_events"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with bench.engine.begin() as connection:
                await connection.execute(text(statement))


async def test_merging_keeps_the_words_and_both_histories(bench: Bench) -> None:
    one, other = await bench.one(_said("a")), await bench.one(_said("b", "Jalan Merdeka rusak parah, saya juga jatuh"))
    await bench.desk.merge(other, one, OFFICER, 1, bench.at)
    view = await bench.desk.one(one, bench.at)
    assert len(view.words) == 2
    assert view.events[-1].act is Act.JOINED
    merged = await bench.desk.one(other, bench.at)
    assert (merged.line.status, merged.state.merged_into) == ("digabung", one)
    with pytest.raises(NotAllowed):
        await bench.desk.merge(one, other, OFFICER, 2, bench.at)


async def test_splitting_moves_words_into_a_case_of_their_own(bench: Bench) -> None:
    person = {"source": Source.WHATSAPP, "sender": Sender("6281")}
    number = await bench.one(_said("1", **person))
    await bench.one(_said("2", "Oh ya, sampah di pasar belum diangkut.", **person))
    moved = (await bench.desk.one(number, bench.at)).words[1].id
    with pytest.raises(NothingLeft):
        await bench.desk.split(number, [], OFFICER, 2, bench.at)
    other = await bench.desk.split(number, [moved], OFFICER, 2, bench.at)
    view = await bench.desk.one(other, bench.at)
    assert view.line.title == "Oh ya, sampah di pasar belum diangkut."
    assert [w.id for w in view.words] == [moved]
    assert view.state.split_from == number
    assert len((await bench.desk.one(number, bench.at)).words) == 1


async def test_lists_are_in_order_of_what_is_due_and_searches_find_words_and_numbers(bench: Bench) -> None:
    numbers = []
    for n in range(5):
        numbers.append(await bench.one(_said(f"k{n}", f"Laporan nomor {n} tentang sampah di Medono")))
        bench.at += timedelta(days=1)
    first, after = await _page(bench, Wanted(open=True), 3)
    second, end = await _page(bench, Wanted(open=True, after=after), 3)
    assert first + second == numbers
    assert end == ""
    assert (await _page(bench, Wanted(words="sampah med"), 9))[0] == numbers[::-1]
    assert (await _page(bench, Wanted(words="tidak ada begitu"), 9))[0] == []
    assert (await _page(bench, Wanted(words="0812 3456 7890"), 9))[0] == numbers[::-1]
    assert (await _page(bench, Wanted(words='"; DROP TABLE cases; -- *'), 9))[0] == []
    assert await bench.desk.count(Wanted(late=True), bench.at) == 2


async def _page(bench: Bench, wanted: Wanted, limit: int) -> tuple[list[int], str]:
    from lppl.cases import queue

    async with bench.engine.connect() as connection:
        if limit < 9:
            found = await queue.find(connection, wanted, bench.at, limit)
        else:
            found = await bench.desk.found(connection, wanted, bench.at)
    return [row.id for row in found.rows], found.after


async def test_what_came_while_the_folder_of_keys_is_away_waits_for_it(bench: Bench) -> None:
    folder = bench.reception.keyring.folder
    newer = Keyring.of(folder, make=False).turned()  # by another process, which seals by it from now on
    raw = Raw(Source.WEB, written(_said("z")), CONTENT_TYPE, bench.at)
    receipt = await Inbox(bench.engine, newer).keep(raw, "z")
    away = folder.rename(folder.with_name("away"))
    with pytest.raises(OSError, match="keys"):
        await bench.understanding.read(receipt.id)
    await bench.understanding.put_off(receipt.id, "OSError")
    away.rename(folder)
    bench.at += timedelta(minutes=2)
    outcome = await bench.understanding.read(receipt.id)
    assert outcome is not None and len(outcome.cases) == 1


# --- erasure ---


async def test_an_erased_reporter_is_noise_in_every_copy(bench: Bench) -> None:
    number = await bench.one(_said("a", "Telepon saya 081234567890 bila perlu"))
    async with bench.engine.connect() as connection:
        row = (await connection.execute(select(reporters))).one()
        copies = [(await connection.execute(select(words))).one().sealed, row.facts]
    await bench.desk.erase(number, "permintaan pelapor", OFFICER, bench.at)
    with pytest.raises(KeyGone):
        await bench.desk.unmask(number, "memeriksa", OFFICER, bench.at)
    view = await bench.desk.one(number, bench.at)
    assert view.reporter is not None
    assert (view.reporter.erased, view.reporter.phone) == (True, "")
    async with bench.engine.connect() as connection:
        wrapped = [*(await connection.scalars(select(reporters.c.wrapped)))]
        wrapped += [*(await connection.scalars(select(arrivals.c.wrapped)))]
    assert wrapped == [None, None]
    assert all(b"0812" not in copy for copy in copies)
    assert (await _page(bench, Wanted(words="081234567890"), 9))[0] == []


async def test_a_backup_that_is_put_back_forgets_the_same_again(bench: Bench, tmp_path: Path) -> None:
    number = await bench.one(_said("a"))
    other = await bench.one(_said("b"))
    async with bench.engine.connect() as connection:
        before = {row.id: dict(row._mapping) for row in await connection.execute(select(reporters))}
    await bench.desk.erase(number, "permintaan pelapor", OFFICER, bench.at)
    with pytest.raises(KeyGone):
        await bench.desk.erase(number, "sekali lagi", OFFICER, bench.at)
    async with bench.engine.begin() as connection:  # the backup still had the wrapped key
        for which, row in before.items():
            await connection.execute(reporters.update().where(reporters.c.id == which).values(row))
    r = bench.reception
    again = await Reception.opened(bench.engine, r.keyring.folder, MemoryWorks(), bench.folder, bench.now)
    async with bench.engine.connect() as connection:
        kept = {row.id for row in await connection.execute(select(reporters)) if row.wrapped is not None}
        with pytest.raises(KeyGone):
            await again.reporters.facts(connection, min(before))
        assert (await again.reporters.facts(connection, max(before)))["name"] == "Siti Wahyuni"
    assert kept == {max(before)}
    assert other


async def test_who_was_kept_for_long_enough_is_forgotten_and_nobody_else(bench: Bench) -> None:
    old, open_one = await bench.one(_said("a")), await bench.one(_said("b"))
    await bench.desk.do(old, Act.REJECTED, {"reason": "di luar wewenang"}, OFFICER, 1, bench.at)
    bench.at += timedelta(days=59 * 30)
    assert await forget_old(bench.reception, bench.at) == 0
    bench.at += timedelta(days=70)
    assert await forget_old(bench.reception, bench.at) == 1
    assert await forget_old(bench.reception, bench.at) == 0
    with pytest.raises(KeyGone):
        await bench.desk.unmask(old, "memeriksa", OFFICER, bench.at)
    opened = await bench.desk.unmask(open_one, "memeriksa", OFFICER, bench.at)
    assert opened["reporter"]["name"] == "Siti Wahyuni"
    await DeskDocuments(bench.engine).keep("keeping", {"months": 0}, 0, "uji", bench.at)
    assert await forget_old(bench.reception, bench.at + timedelta(days=9999)) == 0


# --- what goes first ---


async def test_danger_is_read_and_told_of_before_all_that_came_earlier(bench: Bench) -> None:
    def sms(key: str, words: str) -> Intake:
        return Intake(Source.SMS, key, bench.at, words, sender=Sender(phone=f"+62811{key}"))

    r, later = bench.reception, []
    for n in range(3):
        raw = Raw(Source.TABLE, written(_said(f"t{n}")), CONTENT_TYPE, bench.at)
        later.append((await r.receive(raw, f"t{n}", rank=Rank.LATER)).id)
    plain = [await bench.arrive(sms(f"55500{n}", "Lampu jalan mati sudah seminggu.")) for n in range(3)]
    bench.at += timedelta(seconds=1)
    danger = await bench.arrive(sms("666001", "Tolong, rumah terbakar dan ada orang terjebak di dalam!"))
    in_turn = [danger, *plain, *later]
    assert [t.hint.subject for t in await r.works.take(1.0)] == [str(n) for n in in_turn]
    work = IntakeWork(bench.engine, r.works, bench.understanding, MemoryBus(), bench.now, {Task.TELL: _nothing})
    assert [h.subject for h in await work.waiting()] == [str(n) for n in in_turn]  # and so does the sweep
    for number in (*plain, danger):
        await work.work(Hint(Task.UNDERSTAND, str(number)))
    told = [h for h in await work.waiting() if h.task is Task.TELL]
    assert [h.rank for h in told] == [Rank.URGENT, *[Rank.ORDINARY] * 4]
    async with bench.engine.connect() as connection:
        first = select(outgoing.c.kind).where(outgoing.c.id == int(told[0].subject))
        assert await connection.scalar(first) == "darurat"


async def test_work_gives_way_while_citizens_wait_and_danger_is_read_all_the_same(bench: Bench) -> None:
    """Pressed for as long as the test lasts: work goes on piece by piece, and danger is the next piece."""
    r = bench.reception
    plain = [await bench.arrive(_said(f"p{n}")) for n in range(4)]
    read: list[int] = []

    async def noted(subject: str) -> None:
        read.append(int(subject))
        if len(read) == 1:
            await r.works.put([Hint(Task.UNDERSTAND, "9001", Rank.URGENT)])

    work = IntakeWork(
        bench.engine, r.works, bench.understanding, MemoryBus(), bench.now, {Task.UNDERSTAND: noted}, lambda: True
    )
    async with asyncio.timeout(30):
        running = asyncio.create_task(work.run())
        while len(read) < 5:
            await asyncio.sleep(0.01)
        running.cancel()
    assert read == [plain[0], 9001, *plain[1:]]


async def _nothing(_: str) -> None:
    """Tell nobody."""
