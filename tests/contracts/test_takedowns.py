"""The contract of what is withheld from catch-up, over SQLite and PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.database import migrate, open_database
from lppl.library import Library
from lppl.media import AssetId
from lppl.programme import Details
from lppl.quanta import Quanta
from lppl.stores import counted
from lppl.tables import asset_details
from lppl.takedowns import FRESH_S, Takedowns
from lppl.withheld import Withheld

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
A, B = AssetId("a" * 40), AssetId("b" * 40)
START = Quanta(5_600_000_000)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    await migrate(database_url)
    opened = open_database(database_url)
    yield opened
    await opened.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def takedowns(engine: AsyncEngine, clock: Clock) -> Takedowns:
    return Takedowns(engine, clock)


def span(first: int, last: int) -> tuple[Quanta, Quanta]:
    return Quanta(START + first), Quanta(START + last)


async def test_nothing_is_withheld_at_first(takedowns: Takedowns) -> None:
    assert await takedowns.withheld("tv") == Withheld()
    assert await takedowns.all() == ()


async def test_a_takedown_holds_at_once_and_for_its_channel(takedowns: Takedowns) -> None:
    assert await takedowns.withheld("tv") == Withheld()
    made = await takedowns.take_down("tv", *span(50, 90), "  Permintaan narasumber ", "Sari", NOW)
    await takedowns.take_down("tv", *span(10, 20), "Hak siar", "Sari", NOW)
    assert await takedowns.withheld("tv") == Withheld((span(10, 20), span(50, 90)))
    assert await takedowns.withheld("radio") == Withheld()
    assert (made.channel, made.start, made.end) == ("tv", *span(50, 90))
    assert (made.reason, made.author, made.made, made.lifted) == ("Permintaan narasumber", "Sari", NOW, None)


async def test_it_can_be_lifted_once_and_stays_on_record(takedowns: Takedowns) -> None:
    made = await takedowns.take_down("tv", *span(0, 9), "Keliru", "Sari", NOW)
    assert await takedowns.withheld("tv") == Withheld((span(0, 9),))
    later = NOW + timedelta(hours=1)
    assert await takedowns.lift(made.id, later)
    assert await takedowns.withheld("tv") == Withheld()
    assert not await takedowns.lift(made.id, later + timedelta(hours=1))
    assert not await takedowns.lift(made.id + 1, later)
    (kept,) = await takedowns.all("tv")
    assert (kept.id, kept.lifted) == (made.id, later)


async def test_the_newest_comes_first(takedowns: Takedowns) -> None:
    first = await takedowns.take_down("tv", *span(0, 9), "satu", "Sari", NOW)
    second = await takedowns.take_down("radio", *span(0, 9), "dua", "Sari", NOW)
    assert await takedowns.all() == (second, first)
    assert await takedowns.all("tv") == (first,)
    assert await takedowns.all(limit=1) == (second,)


@pytest.mark.parametrize(("first", "last", "reason"), [(5, 5, "x"), (6, 5, "x"), (0, 5, " ")])
async def test_an_empty_span_and_no_reason_are_refused(
    takedowns: Takedowns, first: int, last: int, reason: str
) -> None:
    with pytest.raises(ValueError, match="takedown"):
        await takedowns.take_down("tv", *span(first, last), reason, "Sari", NOW)
    assert await takedowns.all() == ()


async def test_what_another_process_takes_down_is_seen_soon(
    takedowns: Takedowns, engine: AsyncEngine, clock: Clock
) -> None:
    assert await takedowns.withheld("tv") == Withheld()
    await Takedowns(engine).take_down("tv", *span(0, 9), "Hak siar", "Sari", NOW)
    clock.now += FRESH_S
    assert await takedowns.withheld("tv") == Withheld((span(0, 9),))


async def test_assets_without_the_right_are_withheld_on_every_channel(
    takedowns: Takedowns, engine: AsyncEngine, clock: Clock
) -> None:
    library = Library(engine)
    for asset in (A, B):
        await library.add_asset(asset, 1, "berkas", NOW)
    async with engine.begin() as connection:
        for asset, details in ((A, Details(catch_up=False)), (B, Details(note="boleh"))):
            document = details.model_dump(mode="json", exclude_defaults=True)
            await connection.execute(insert(asset_details).values(asset_id=asset, document=document, updated=NOW))
        await counted(connection, "library")
    await takedowns.take_down("tv", *span(0, 9), "Hak siar", "Sari", NOW)
    assert await takedowns.withheld("tv") == Withheld((span(0, 9),), frozenset({A}))
    assert await takedowns.withheld("radio") == Withheld((), frozenset({A}))
    async with engine.begin() as connection:
        whole = Details(catch_up=True).model_dump(mode="json")
        await connection.execute(update(asset_details).where(asset_details.c.asset_id == A).values(document=whole))
        await counted(connection, "library")
    clock.now += FRESH_S
    assert await takedowns.withheld("radio") == Withheld()


def test_rights_are_given_as_a_mapping() -> None:
    assert Withheld.of((span(5, 9), span(0, 3)), {A: False, B: True}) == Withheld(
        (span(0, 3), span(5, 9)), frozenset({A})
    )
