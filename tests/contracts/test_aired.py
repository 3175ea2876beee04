"""The index of the journal read back, over SQLite and PostgreSQL: with the journal for the rest, the whole past."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.aired import AiredIndex
from lppl.database import migrate, open_database
from lppl.desk.as_run import AsRun, untold
from lppl.journal import Commit, Entry, Item, JournalWriter, read
from lppl.library import Library
from lppl.media import HouseId
from lppl.quanta import Quanta
from lppl.rundown import Kind
from lppl.station.work import index_row
from tests.scheduler.aired import asset_of

T = Quanta(5_607_000_000)
ORDERS = ("", "", "kopi", "banjir")


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    await migrate(database_url)
    opened = open_database(database_url)
    yield opened
    await opened.dispose()


def a_past(seed: int, entries: int = 60) -> list[Entry]:
    """Return what a channel aired, contiguous from T on: items, pieces rendered from them, time off the air."""
    rnd, at, found = Random(seed), T, []
    for number in range(entries):
        length = Quanta(rnd.randrange(1, 900))
        asset, title = asset_of(f"lagu {rnd.randrange(9)}"), f"Lagu {number}"
        off, derived = rnd.random() < 0.1, rnd.random() < 0.2
        house = None if off else HouseId(f"{asset_of('sambungan') if derived else asset}.radio-x")
        item = Item(
            "radio", at, house, Quanta(rnd.randrange(50)), Quanta(length + rnd.choice((0, 0, 40))),
            Kind.OFF if off else rnd.choice((Kind.ITEM, Kind.FILLER)), title, "Artis", "Pagi", "Rotasi", number=number,
            slot="pagi@2026-11-22", programme_id="pagi", category="hiburan", order=rnd.choice(ORDERS),
            source=asset if derived and not off else "",
        )  # fmt: skip
        found.append(Entry(item, Quanta(at + length)))
        at = Quanta(at + length)
    return found


def as_told(entries: Sequence[Entry]) -> list[Entry]:
    """Leave out what only playout needs of an entry."""
    return [Entry(replace(e.item, number=0, hard=False, format="", format_changes=0), e.end) for e in entries]


def journalled(folder: Path, entries: Sequence[Entry]) -> Path:
    writer = JournalWriter(folder / "journal", reserve=1 << 12)
    for e in entries:
        writer.append([e.item, Commit(e.item.channel, e.item.start, e.length)], e.item.start)
    writer.close()
    return folder / "journal"


@pytest.mark.parametrize("indexed", [0, 20, 60])
async def test_index_and_journal_tell_the_whole_past(engine: AsyncEngine, tmp_path: Path, indexed: int) -> None:
    past = a_past(indexed)
    folder = journalled(tmp_path, past)
    assert as_told(read(folder, T)["radio"]) == as_told(past), "what was written is what is compared with"
    await Library(engine).record_aired([index_row(e) for e in past[:indexed]])
    as_run, rnd = AsRun(engine, folder), Random(indexed)
    for _ in range(25):
        start = Quanta(T + rnd.randrange(-500, past[-1].end - T))
        end = Quanta(start + rnd.randrange(1, 9000))
        expected = [e for e in past if e.end > start and e.item.start < end]
        assert as_told(await as_run.between("radio", start, end)) == as_told(expected)
        spots = [e for e in expected if e.item.order == "kopi" and e.item.start >= start]
        found = [e for e in await as_run.of_order("kopi", "radio", start, end) if e.item.start >= start]
        assert as_told(found) == as_told(spots)
    assert await as_run.between("tv", T, past[-1].end) == []


async def test_rows_of_an_older_release_are_left_to_the_journal(engine: AsyncEngine, tmp_path: Path) -> None:
    past = a_past(7)
    older = [replace(index_row(e), in_point=None, planned=None) for e in past[:30] if e.item.house is not None]
    await Library(engine).record_aired([*older, *(index_row(e) for e in past[30:])])
    as_run = AsRun(engine, journalled(tmp_path, past))
    end = past[-1].end
    assert as_told(await as_run.between("radio", T, end)) == as_told(past)
    spots = [e for e in past if e.item.order == "banjir"]
    assert spots and as_told(await as_run.of_order("banjir", "radio", T, end)) == as_told(spots)


async def test_where_the_index_ends(engine: AsyncEngine) -> None:
    index, past = AiredIndex(engine), a_past(3, 5)
    assert await index.known_until("radio") == 0
    await Library(engine).record_aired([index_row(e) for e in past])
    assert await index.known_until("radio") == past[-1].end


def test_what_is_not_told() -> None:
    first, second, third = a_past(1, 3)
    end = Quanta(third.end + 10)
    assert list(untold([first, third], T, end)) == [(first.end, third.item.start), (third.end, end)]
    assert list(untold([], T, end)) == [(T, end)]
    assert list(untold([first, second, third], Quanta(T + 1), third.end)) == []
