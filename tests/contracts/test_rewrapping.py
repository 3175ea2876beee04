"""The master key turned while words arrive, on both databases: whatever is killed, written or erased meanwhile."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.audit import Actor, AuditLog
from lppl.cases.case_store import CaseStore, DeskRules
from lppl.cases.policy import DEFAULT
from lppl.cases.tables import outgoing, reporters
from lppl.cases.working_days import Calendar
from lppl.database import migrate, open_database
from lppl.desk.cases import CaseDesk
from lppl.events import MemoryBus
from lppl.intake.channels import Telegram
from lppl.intake.keyring import Keyring, MasterMissing
from lppl.intake.keys_on_record import NoKeysYet, found
from lppl.intake.reception import Reception
from lppl.intake.rewrapping import (
    SETTLED,
    WRAPPED,
    NothingToRetire,
    Progress,
    StillWrapped,
    TurnedJustNow,
    TurningAlready,
    due,
    erased,
    left,
    put,
    retirable,
    retire,
    rewrap,
    turn,
    wraps,
)
from lppl.intake.understanding import Understanding
from lppl.intake.values import Enclosure, Intake, Kind, Raw, Sender, Source
from lppl.intake.web_form import CONTENT_TYPE, written
from lppl.intake.works import MemoryWorks

ZONE = ZoneInfo("Asia/Jakarta")
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
OFFICER = Actor(None, "Petugas")
PHOTO = Enclosure(Kind.PICTURE, ref="media-1", content_type="image/jpeg")


class KilledHere(BaseException):
    """What a kill is to a process."""


@dataclass
class Station:
    """Two processes of a station, as the web and the worker role: each with a keyring of its own."""

    engine: AsyncEngine
    keys: Path
    web: Reception
    worker: Reception
    at: datetime = NOON

    def store(self, of: Reception) -> CaseStore:
        return CaseStore(of.keyring, DeskRules(DEFAULT, Calendar(), ZONE))

    @property
    def desk(self) -> CaseDesk:
        return CaseDesk(self.web, self.store(self.web), AuditLog(self.engine), MemoryBus())

    async def said(self, key: str, name: str = "Siti Wahyuni") -> int:
        """Have a word arrive at the web role and be read by the worker; return the number of its case."""
        word = Intake(
            Source.TELEGRAM, key, self.at, "Lampu jalan mati.", sender=Sender(key, name), enclosures=(PHOTO,)
        )  # fmt: skip
        raw = Raw(word.source, written(word), CONTENT_TYPE, self.at)
        receipt = await self.web.receive(raw, word.key)
        r = self.worker
        outcome = await Understanding(r.engine, r.keyring, self.store(r), r.files, lambda: self.at).read(receipt.id)
        assert outcome is not None
        return outcome.cases[0]

    async def name_of(self, case: int) -> str:
        return str((await self.desk.unmask(case, "memeriksa", OFFICER, self.at))["reporter"]["name"])

    async def by(self) -> dict[str, int]:
        """Return how many keys each master key wraps, of all tables."""
        counted: dict[str, int] = {}
        for each in await wraps(self.engine, Keyring.of(self.keys, make=False)):
            for name, count in [*each.by.items(), *([("", each.lost)] if each.lost else [])]:
                counted[name] = counted.get(name, 0) + count
        return counted


@pytest.fixture
async def station(database_url: str, tmp_path: Path) -> AsyncIterator[Station]:
    await migrate(database_url)
    engine = open_database(database_url)
    data = tmp_path / "data"
    data.mkdir()

    async def process() -> Reception:
        return await Reception.opened(engine, tmp_path / "keys", MemoryWorks(), data, lambda: NOON)

    yield Station(engine, tmp_path / "keys", await process(), await process())
    await engine.dispose()


def kill_after(batches: int) -> Callable[[Progress], None]:
    """Return what dies after so many batches were written."""
    seen = iter(range(batches))

    def told(_progress: Progress) -> None:
        if next(seen, None) is None:
            raise KilledHere

    return told


def test_every_table_with_wrapped_keys_is_known_and_has_one_number() -> None:
    assert {t.name for t in WRAPPED} == {"arrivals", "reporters", "enclosures", "outgoing", "intake_channels"}
    assert all(len(t.primary_key.columns) == 1 for t in WRAPPED)


async def test_a_turn_reaches_everything_while_both_roles_go_on(station: Station) -> None:
    case = await station.said("77")
    await station.web.channels.keep(Source.TELEGRAM, True, Telegram(bot_token=SecretStr("rahasia")))
    seen: list[Progress] = []
    done = await turn(station.engine, station.keys, station.at, seen.append, between=0)
    assert (done.newest, done.made, done.rewrapped, done.left, done.lost) == ("0002.key", "0002.key", 5, 0, 0)
    assert await station.by() == {"0002.key": 5}
    assert {p.table for p in seen} == {t.name for t in WRAPPED}
    assert await station.name_of(case) == "Siti Wahyuni", "the web role noticed"
    assert await station.said("78", "Budi") != case, "and so did the worker, reading what the web role kept"
    assert (await station.worker.channels.get(Source.TELEGRAM)).settings.bot_token.get_secret_value() == "rahasia"

    station.at += SETTLED + timedelta(days=9999)  # the key's file is of today
    assert await retire(station.engine, station.keys, station.at) == ("0001.key",)
    assert await station.name_of(case) == "Siti Wahyuni"
    other = await station.said("79", "Tono")
    assert await station.name_of(other) == "Tono"
    assert set(await station.by()) == {"0002.key"}
    async with station.engine.connect() as connection:
        for wrapped in await connection.scalars(select(outgoing.c.wrapped)):
            station.worker.keyring.unwrapped(wrapped)


async def test_killed_after_any_batch_it_goes_on_with_the_same_key(station: Station) -> None:
    cases = [await station.said(str(n), f"Orang {n}") for n in range(3)]
    kills = 0
    for batches in range(0, 99, 3):
        try:
            done = await turn(station.engine, station.keys, station.at, kill_after(batches), between=0, at_once=1)
        except KilledHere:
            kills += 1
            for n, case in enumerate(cases):
                assert await station.name_of(case) == f"Orang {n}"
        else:
            break
    assert kills >= 4, "in the middle, and in the last look"
    assert (done.made, done.left, done.lost) == ("", 0, 0)
    assert await station.by() == {"0002.key": 12}
    assert [await station.name_of(case) for case in cases] == ["Orang 0", "Orang 1", "Orang 2"]


async def test_killed_before_the_first_row_nothing_is_lost(station: Station) -> None:
    case = await station.said("77")
    station.web.keyring.turned()  # the key was made, and then it died
    assert (await turn(station.engine, station.keys, station.at, between=0)).made == ""
    assert await station.by() == {"0002.key": 4}
    assert await station.name_of(case) == "Siti Wahyuni"


async def test_what_is_written_between_reading_and_writing_stays(station: Station) -> None:
    cases = [await station.said(str(n), f"Orang {n}") for n in range(3)]
    keyring = station.web.keyring.turned()
    batch = await due(station.engine, keyring, reporters, None)
    assert len(batch.fresh) == 3
    await station.desk.erase(cases[0], "permintaan pelapor", OFFICER, station.at)
    number, old, _ = batch.fresh[1]
    async with station.engine.begin() as connection:  # another who turns was faster
        theirs = keyring.rewrapped(old)
        await connection.execute(update(reporters).where(reporters.c.id == number).values(wrapped=theirs))
    assert await put(station.engine, batch) == 1
    async with station.engine.connect() as connection:
        kept = list(await connection.scalars(select(reporters.c.wrapped).order_by(reporters.c.id)))
    assert kept == [None, theirs, batch.fresh[2][2]]
    await rewrap(station.engine, keyring)
    assert (await station.by()).keys() == {"0002.key"}
    assert await erased(station.engine) == 1
    assert [await station.name_of(case) for case in cases[1:]] == ["Orang 1", "Orang 2"]


async def test_it_waits_for_nobody_who_holds_a_row(station: Station) -> None:
    if station.engine.dialect.name == "sqlite":
        pytest.skip("one writes at a time there")
    for n in range(2):
        await station.said(str(n))
    keyring = station.web.keyring.turned()
    batch = await due(station.engine, keyring, reporters, None)
    async with station.engine.begin() as connection:
        one = select(reporters.c.id).where(reporters.c.id == batch.fresh[0][0]).with_for_update()
        await connection.execute(one)
        assert await put(station.engine, batch) == 1
    await rewrap(station.engine, keyring)
    assert (await station.by()).keys() == {"0002.key"}


async def test_who_wraps_by_a_former_key_keeps_it_from_being_retired(station: Station) -> None:
    slow = station.web.keyring.new()  # of an upload that began before the turn
    case = await station.said("77")
    await turn(station.engine, station.keys, station.at, between=0)
    later = station.at + timedelta(days=9999)
    assert (await retirable(station.engine, station.keys, later))[1] == ("0001.key",)
    async with station.engine.begin() as connection:
        values = {"made": NOON, "seen": NOON, "nik_end": "", "wrapped": slow.wrapped}
        await connection.execute(reporters.insert().values(values))
    keyring = await found(station.engine, station.keys)
    assert left(await wraps(station.engine, keyring), keyring) == 1
    with pytest.raises(StillWrapped) as refused:
        await retire(station.engine, station.keys, later)
    assert refused.value.count == 1
    assert (await turn(station.engine, station.keys, station.at, between=0)).made == ""
    assert await retire(station.engine, station.keys, later) == ("0001.key",)
    assert await station.name_of(case) == "Siti Wahyuni"


async def test_retiring_is_refused_where_there_is_nothing_or_the_turn_is_fresh(station: Station) -> None:
    with pytest.raises(NothingToRetire):
        await retire(station.engine, station.keys, station.at)
    await turn(station.engine, station.keys, station.at, between=0)
    with pytest.raises(TurnedJustNow):
        await retire(station.engine, station.keys, datetime.now(UTC))
    assert (await found(station.engine, station.keys)).names == ("0002.key", "0001.key")


async def test_a_turn_killed_before_it_was_noted_can_be_retired_and_opened(station: Station) -> None:
    station.web.keyring.turned()
    assert await retire(station.engine, station.keys, station.at + timedelta(days=9999)) == ("0001.key",)
    assert (await found(station.engine, station.keys)).names == ("0002.key",)


async def test_a_backup_from_the_middle_of_a_turn_needs_both_keys(station: Station) -> None:
    case = await station.said("77")
    with pytest.raises(KilledHere):
        await turn(station.engine, station.keys, station.at, kill_after(2), between=0, at_once=1)
    assert (await found(station.engine, station.keys)).names == ("0002.key", "0001.key")
    (station.keys / "0001.key").rename(station.keys.with_name("0001.key"))
    with pytest.raises(MasterMissing):
        await found(station.engine, station.keys)
    station.keys.with_name("0001.key").rename(station.keys / "0001.key")
    await turn(station.engine, station.keys, station.at, between=0)
    (station.keys / "0001.key").unlink()
    assert (await found(station.engine, station.keys)).names == ("0002.key",)
    assert await station.name_of(case) == "Siti Wahyuni"


async def test_an_older_copy_of_the_folder_is_found_out_and_a_newer_one_opens_a_backup(station: Station) -> None:
    case = await station.said("77")
    copy, engine = station.keys.with_name("copy"), station.engine
    await asyncio.to_thread(shutil.copytree, station.keys, copy)
    await turn(engine, station.keys, station.at, between=0)
    with pytest.raises(MasterMissing):
        await Reception.opened(engine, copy, MemoryWorks(), station.keys.with_name("data"), lambda: NOON)
    await asyncio.to_thread(shutil.copy, station.keys / "0002.key", copy)
    again = await Reception.opened(engine, copy, MemoryWorks(), station.keys.with_name("data"), lambda: NOON)
    assert again.keyring.names == ("0002.key", "0001.key")
    assert await replace(station, web=again).name_of(case) == "Siti Wahyuni"


async def test_what_no_master_key_opens_is_counted_and_left(station: Station) -> None:
    await station.said("77")
    async with station.engine.begin() as connection:
        await connection.execute(update(reporters).values(wrapped=b"rubbish"))
    done = await turn(station.engine, station.keys, station.at, between=0)
    assert (done.rewrapped, done.lost, done.left) == (3, 1, 0)
    assert await station.by() == {"0002.key": 3, "": 1}


async def test_two_do_not_turn_at_once(station: Station) -> None:
    await station.said("77")
    refused: list[BaseException] = []

    async def second() -> None:
        try:
            await retire(station.engine, station.keys, station.at)
        except TurningAlready as error:
            refused.append(error)

    tasks: list[asyncio.Task[None]] = []
    await turn(
        station.engine, station.keys, station.at, lambda _: tasks.append(asyncio.create_task(second())), between=0
    )
    await asyncio.gather(*tasks)
    assert refused


async def test_before_the_first_start_there_is_nothing_to_turn(database_url: str, tmp_path: Path) -> None:
    await migrate(database_url)
    engine = open_database(database_url)
    with pytest.raises(NoKeysYet):
        await turn(engine, tmp_path / "keys", NOON)
    await engine.dispose()
    assert not (tmp_path / "keys").exists()
