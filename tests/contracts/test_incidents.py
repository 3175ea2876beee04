"""The contract of incidents on record, over SQLite and PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.database import migrate, open_database
from lppl.incidents import Incident, Incidents

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    await migrate(database_url)
    opened = open_database(database_url)
    yield opened
    await opened.dispose()


@pytest.fixture
def incidents(engine: AsyncEngine) -> Incidents:
    return Incidents(engine)


async def test_an_incident_begins_and_ends_once(incidents: Incidents) -> None:
    made = await incidents.open("tv", "silence", "Sunyi / Silent", at(0))
    assert made == Incident(made.id, "tv", "silence", "Sunyi / Silent", at(0))
    assert await incidents.open("tv", "silence", "lain", at(0)) == made, "written again, nothing changes"
    assert await incidents.open_now() == (made,)
    assert await incidents.close("tv", "silence", at(0), at(2))
    assert not await incidents.close("tv", "silence", at(0), at(3))
    assert not await incidents.close("radio", "silence", at(0), at(3))
    assert await incidents.open_now() == ()
    (kept,) = await incidents.during(at(-60), at(60))
    assert (kept.id, kept.ended) == (made.id, at(2))
    again = await incidents.open("tv", "silence", "lain", at(0))
    assert (again.id, again.ended) == (made.id, at(2)), "what has ended does not begin again"


async def test_none_ends_before_it_began(incidents: Incidents) -> None:
    await incidents.open("tv", "fallback", "x", at(5))
    assert await incidents.close("tv", "fallback", at(5), at(4))
    (kept,) = await incidents.during(at(0), at(10))
    assert kept.ended == at(5)


async def test_the_first_who_acknowledges_stays(incidents: Incidents) -> None:
    made = await incidents.open("", "disk", "x", at(0))
    assert await incidents.acknowledge(made.id, "Sari", at(1))
    assert not await incidents.acknowledge(made.id, "Budi", at(2))
    assert not await incidents.acknowledge(made.id + 1, "Budi", at(2))
    (kept,) = await incidents.open_now()
    assert (kept.acknowledged, kept.acknowledged_by) == (at(1), "Sari")


async def test_a_span_holds_what_went_on_in_it_the_newest_first(incidents: Incidents) -> None:
    for channel, began, ended in (("tv", 0, 10), ("radio", 20, 30), ("", 40, None)):
        await incidents.open(channel, "silence", "x", at(began))
        if ended is not None:
            await incidents.close(channel, "silence", at(began), at(ended))

    async def found(start: float, end: float) -> list[str]:
        return [i.channel for i in await incidents.during(at(start), at(end))]

    assert await found(-10, 100) == ["", "radio", "tv"]
    assert await found(9, 20) == ["tv"], "what begins at the end of a span lies outside"
    assert await found(10, 20) == [], "and what ended at its start"
    assert await found(5, 25) == ["radio", "tv"]
    assert await found(500, 600) == [""], "what has not ended goes on"
    assert len(await incidents.during(at(-10), at(100), limit=2)) == 2


async def test_durations_are_those_within_the_span(incidents: Incidents) -> None:
    for began, ended in ((0, 10), (20, 30)):
        await incidents.open("tv", "silence", "x", at(began))
        await incidents.close("tv", "silence", at(began), at(ended))
    await incidents.open("tv", "off_air", "x", at(25))
    await incidents.open("", "clock", "x", at(200))

    async def lasted(start: float, end: float, now: float) -> list[tuple[str, timedelta]]:
        found = await incidents.during(at(start), at(end))
        return [(i.kind, i.within(at(start), at(end), at(now))) for i in reversed(found)]

    assert await lasted(5, 60, 40) == [
        ("silence", timedelta(minutes=5)), ("silence", timedelta(minutes=10)), ("off_air", timedelta(minutes=15)),
    ]  # fmt: skip
    assert ("off_air", timedelta(minutes=5)) in await lasted(0, 30, 300)
