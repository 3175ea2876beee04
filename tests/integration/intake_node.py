"""A node of the intake, as a process of its own: the public form, and the worker. Killed at any moment by its test.

Everything in it is the product's own. ``python intake_node.py <port>`` takes its settings from LPPL_ variables; tests
that start many of them fork a process that has loaded it all (:func:`serve`).
"""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from aiohttp import web

from lppl.config import load_settings
from lppl.events import open_bus
from lppl.station.intake import StationIntake
from lppl.station.records import Records
from web.intake.entrance import add_intake
from web.static_files import FILES, StaticFiles

STATIC = Path(__file__).parents[2] / "web" / "static"


def serve(port: int, environ: Mapping[str, str], log: Path, ready: Connection) -> None:
    """Be a node until somebody kills it; what it says is added to the file `log`."""
    with log.open("a") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    asyncio.run(main(port, environ, lambda: ready.send(True)))


async def main(port: int, environ: Mapping[str, str], ready: Callable[[], None]) -> None:
    settings = load_settings(environ=environ)
    view = SimpleNamespace(  # what pages show of a station; no page is looked at here
        station_name="Uji", place="Pekalongan", zone=ZoneInfo("Asia/Jakarta"), channels=(), now=datetime.now(UTC)
    )
    async with open_bus(settings.redis_url, print) as bus, asyncio.TaskGroup() as group:
        records = Records(settings)
        station = StationIntake(settings, records, bus, lambda: datetime.now(UTC), hold=timedelta(seconds=3))
        station.rates.wait_s = _never  # type: ignore[method-assign]  # one address sends everything here
        for run in (records.keep_open, station.open, station.work):
            group.create_task(run())
        app = web.Application(client_max_size=1 << 20)
        app[FILES] = StaticFiles(STATIC)
        add_intake(app, view, lambda: station)  # type: ignore[arg-type]
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await station.opened()
        ready()


async def _never(_name: str, _key: str) -> float:
    return 0.0


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), os.environ, lambda: print("ready", flush=True)))
