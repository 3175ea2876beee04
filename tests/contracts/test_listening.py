"""The contract of the store of listening hours, over SQLite and PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from lppl.audience import Hour
from lppl.database import migrate, open_database
from lppl.listening import Listening

HOUR = datetime(2026, 11, 22, 15, tzinfo=UTC)
LATER = HOUR + timedelta(hours=1)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Listening]:
    await migrate(database_url)
    engine = open_database(database_url)
    yield Listening(engine)
    await engine.dispose()


async def test_seconds_add_up_and_the_greatest_peak_stays(store: Listening) -> None:
    await store.add([Hour(HOUR, "tv", "v720", 90, 3), Hour(HOUR, "radio", "a64", 10, 1)])
    await store.add([Hour(HOUR, "tv", "v720", 30, 2), Hour(LATER, "tv", "v720", 5, 9)])
    assert await store.hours(HOUR, LATER) == (Hour(HOUR, "radio", "a64", 10, 1), Hour(HOUR, "tv", "v720", 120, 3))
    assert [h.peak for h in await store.hours(HOUR, LATER + timedelta(hours=1))] == [1, 3, 9]


async def test_nothing_is_nothing(store: Listening) -> None:
    await store.add([])
    assert await store.hours(HOUR, LATER) == ()
