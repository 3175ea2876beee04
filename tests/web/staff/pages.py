"""A station's desks over records in a folder, and the pages in front of them; nothing of it is on the air."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from aiohttp import web

from lppl.config import Settings
from lppl.database import migrate, open_database
from lppl.desk.office import Office, wall_clock
from lppl.events import MemoryBus
from lppl.library import Library
from lppl.sealing import Seal
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
            yield Office(settings, lambda: library, bus, Seal.of(settings.data_dir), now)
    finally:
        await engine.dispose()


def application(office: Office) -> web.Application:
    """Return staff's pages with their files."""
    app = web.Application(client_max_size=1 << 20)
    app[FILES] = StaticFiles(STATIC)
    app.router.add_get("/static/{path:.+}", app[FILES].serve)
    add_staff(app, lambda: office)
    return app
