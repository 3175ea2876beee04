"""A station's desks over records in a folder, and the pages in front of them; nothing of it is on the air."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web

from lppl.cases.case_store import CaseStore
from lppl.cases.desk_lists import rules_of
from lppl.config import Settings
from lppl.database import migrate, open_database
from lppl.desk.office import Office, wall_clock
from lppl.events import MemoryBus
from lppl.intake.opening import Intake
from lppl.intake.reception import Reception
from lppl.intake.works import MemoryWorks
from lppl.library import Library
from lppl.sealing import Seal
from lppl.station.channel_probe import probe
from web.staff.entrance import add_staff
from web.static_files import FILES, StaticFiles

STATIC = Path(__file__).parents[3] / "web" / "static"


@asynccontextmanager
async def office_of(settings: Settings, now: Callable[[], datetime] = wall_clock) -> AsyncIterator[Office]:
    """Open the desks of a station; folders and records are made where there are none."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    settings.media_dir.mkdir(parents=True, exist_ok=True)
    await migrate(settings.database_url)
    engine = open_database(settings.database_url)
    library = Library(engine)
    try:
        async with MemoryBus() as bus:
            intake = await opened_intake(settings, library, now)
            yield Office(settings, lambda: library, bus, Seal.of(settings.data_dir), now, intake=lambda: intake)
    finally:
        await engine.dispose()


async def opened_intake(settings: Settings, library: Library, now: Callable[[], datetime]) -> Intake:
    """Return the intake of a station, open."""
    engine = library.engine
    found = await Reception.opened(engine, settings.keys_dir, MemoryWorks(), settings.data_dir, now)
    async with engine.connect() as connection:
        rules = await rules_of(connection, ZoneInfo(str(settings.station.zone)))
    return Intake(found, CaseStore(found.keyring, rules), partial(probe, found))


def application(office: Office) -> web.Application:
    """Return staff's pages with their files."""
    app = web.Application(client_max_size=1 << 20)
    app[FILES] = StaticFiles(STATIC)
    app.router.add_get("/static/{path:.+}", app[FILES].serve)
    add_staff(app, lambda: office)
    return app
