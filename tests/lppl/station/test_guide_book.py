"""The guide as pages show it: past from the journal, the coming days from the plan, and without the database too."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from lppl.config import Settings
from lppl.database import open_database
from lppl.journal import Entry
from lppl.library import Library
from lppl.plan_store import Kind
from lppl.programme import Category, Programme
from lppl.quanta import Quanta, at_or_after
from lppl.rundown import Line, lines_to_json
from lppl.station.guide_book import GuideBook
from lppl.station.state import rundown_file
from scheduler.guide import GuideEntry
from streaming.past import Past
from tests.lppl.planned_station import Station, made_up


@pytest.fixture
def settings(station: Station) -> Settings:
    return station.settings


def noon(station: Station, days: int = 0) -> Quanta:
    day = station.today + timedelta(days=days)
    return at_or_after(datetime(day.year, day.month, day.day, 12, tzinfo=station.zone))


def lines(start: Quanta, *programmes: tuple[str, str]) -> list[Line]:
    out: list[Line] = []
    for n, (programme, slot) in enumerate(programmes):
        path = f"kabar/episode-{n + 1:02}.mp3"
        out.append(made_up(path, out[-1].end if out else start, 1640, programme_id=programme, slot=slot))
    return out


def told(found: Sequence[GuideEntry]) -> list[tuple[str, bool]]:
    return [(e.title, e.aired) for e in found]


def test_what_aired_and_what_comes_without_a_database(station: Station, settings: Settings) -> None:
    now = noon(station)
    past, coming = lines(Quanta(now - 6000), ("kabar", "k@1")), lines(now, ("dialog", "d@1"), ("wayang", "w@1"))
    station.air("radio", past)
    rundown_file(settings, "radio").parent.mkdir(parents=True, exist_ok=True)
    rundown_file(settings, "radio").write_bytes(lines_to_json(coming))

    async def ask() -> None:
        book = GuideBook(settings, Past(settings.data_dir / "journal"), lambda: now)
        found = await book.day("radio", book.today)
        assert [(e.slot, e.aired) for e in found] == [("k@1", True), ("d@1", False), ("w@1", False)]
        at = await book.at("radio", Quanta(now - 5000))
        assert at is not None
        assert at.slot == "k@1"
        assert await book.named("radio", at.uid) == at
        for no_day in ("2026-11-22", "0001-01-01", "9999-12-31", "1970-01-01"):
            assert await book.named("radio", f"radio.tidak@{no_day}") is None
        assert await book.day("radio", book.today - timedelta(days=30)) == ()
        await book.close()

    asyncio.run(ask())


def test_programmes_have_their_names_once_the_records_are_open(station: Station, settings: Settings) -> None:
    now = noon(station)
    station.air("radio", lines(Quanta(now - 6000), ("kabar", "k@1")))
    wanted = Programme(id="kabar", title="Kabar Pekalongan", category=Category.NEWS)
    station.at_the_desk(lambda desk: desk.save(Kind.PROGRAMME, "kabar", wanted, datetime.now(station.zone)))

    async def ask() -> None:
        engine = open_database(settings.database_url)
        library = Library(engine)
        book = GuideBook(settings, Past(settings.data_dir / "journal"), lambda: now)
        book.library = lambda: library
        assert told(await book.day("radio", book.today))[:1] == [("Kabar Pekalongan", True)]
        await book.close()
        await engine.dispose()

    asyncio.run(ask())


def test_the_last_guide_is_told_while_a_new_one_is_made(station: Station, settings: Settings) -> None:
    now = noon(station)
    station.air("radio", lines(Quanta(now - 6000), ("kabar", "k@1")))

    async def ask() -> None:
        book = GuideBook(settings, Past(settings.data_dir / "journal"), lambda: now)
        first = await book.present("radio")
        book.changed("radio")
        assert await book.present("radio") is first
        for _ in range(200):
            if await book.present("radio") is not first:
                break
            await asyncio.sleep(0.02)
        else:
            pytest.fail("it was never made anew")
        await book.close()

    asyncio.run(ask())


class Failing(Past):
    """A journal that can be told to fail."""

    broken = False

    def entries(self, channel: str, start: Quanta, end: Quanta) -> list[Entry]:
        if self.broken:
            raise RuntimeError("rusak")
        return super().entries(channel, start, end)


def test_what_a_guide_failed_with_is_logged_while_the_last_one_is_told(station: Station, settings: Settings) -> None:
    now, past = noon(station), Failing(settings.data_dir / "journal")
    station.air("radio", lines(Quanta(now - 6000), ("kabar", "k@1")))

    async def ask() -> None:
        book = GuideBook(settings, past, lambda: now)
        first = await book.present("radio")
        past.broken = True
        with capture_logs() as said:
            book.changed("radio")
            assert await book.present("radio") is first
            async with asyncio.timeout(10):
                while not said:
                    await asyncio.sleep(0.02)
        assert [(s["event"], str(s["exc_info"])) for s in said] == [("guide_not_made", "rusak")]
        await book.close()

    asyncio.run(ask())
