"""A site whose radio has a published week: news at six, music around it; nothing of it is on the air.

A module that imports the fixtures `template` and `settings` has that site.
"""

import asyncio
import shutil
from datetime import date
from pathlib import Path

import pytest

from lppl.config import Settings, read_settings
from lppl.desk.office import Office
from lppl.plan_store import Kind
from lppl.programme import Category, Programme
from scheduler.grid import Entry, FromRotation, Grid, RotationRules
from scheduler.plan import Start
from scheduler.recurrence import Recurrence
from tests.lppl.planned_station import record_material
from tests.web.staff.conftest import NOW
from tests.web.staff.pages import office_of

DAY = date(2026, 11, 23)
"""The day after `NOW`, a Monday."""


def _entry(name: str, programme: str, start: int, length: int, content: FromRotation) -> Entry:
    return Entry(
        id=name, programme=programme, on=Recurrence(first=date(2026, 11, 16), rule="FREQ=DAILY"), start=start,
        length_s=length, begins=Start.HARD if start else Start.NOT_BEFORE, content=content,
    )  # fmt: skip


async def lay_down(office: Office) -> None:
    """Record material and put a week in force."""
    await record_material(office.settings)
    desk = office.planning
    news = Programme(id="kabar", title="Kabar Pagi", category=Category.NEWS)
    await desk.save(Kind.PROGRAMME, "kabar", news, NOW)
    await desk.save(Kind.PROGRAMME, "musik", Programme(id="musik", title="Musik Pilihan"), NOW)
    rules = RotationRules(id="pagi", title="Pagi", folders=("musik",), artist_minutes=0, title_minutes=0)
    await desk.save(Kind.ROTATION, "pagi", rules, NOW)
    music = FromRotation(rotation="pagi")
    grid = Grid(
        entries=(
            _entry("malam", "musik", 0, 6 * 3600, music),
            _entry("kabar", "kabar", 6 * 3600, 1800, FromRotation(folders=("kabar",))),
            _entry("siang", "musik", 23_400, 63_000, music),
        ),
        filler=("folder:sisipan",),
    )
    await desk.save_draft("radio", grid, "Sari", NOW)
    await desk.publish("radio", "Sari", NOW, reason="uji")


async def made(folder: Path) -> None:
    """Make the records of such a station in a folder."""
    async with office_of(_settings(folder), lambda: NOW) as office:
        await lay_down(office)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records of that station, to be copied."""
    folder = tmp_path_factory.mktemp("rundown") / "station"
    asyncio.run(made(folder))
    return folder


@pytest.fixture
def settings(template: Path, tmp_path: Path) -> Settings:
    """Of a fresh copy of that station."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return _settings(tmp_path)


def _settings(folder: Path) -> Settings:
    return read_settings('demo = false\ndata_dir = "data"\nmedia_dir = "media"\n', {}, base=folder)
