"""Row (f): memory over simulated days: engine, planner, journal, streams and playlists under a driven clock.

Runs in a process of its own (``python -m lppl.bench.row_memory FOLDER DAYS CELLS``), which puts the clock on by one
cell at a time, so that thirty days take minutes. Everything that the air and web roles do for the air is done by
their own code; what is left out is the network and the database, and playlists are rendered once per simulated hour
instead of every cell.
"""

import asyncio
import ctypes
import gc
import json
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog

from lppl import process
from lppl.bench.figures import Figure, Result, Sense, Wall, growth
from lppl.bench.machine import on_core, resident_mb
from lppl.bench.material import Material
from lppl.bench.service import NotMeasured
from lppl.clock import AirClock
from lppl.config import Settings, load_settings
from lppl.database import open_database
from lppl.events import MemoryBus
from lppl.journal import Record
from lppl.library import Library
from lppl.quanta import CELL, QUANTUM_MS, Quanta, covering
from lppl.station.air import RENEW, Air
from lppl.station.builtin import BuiltinMaker, Builtins
from lppl.station.serving import Serving
from streaming.house import HouseStore

TITLE = "Memori selama 30 hari simulasi / Memory over 30 simulated days"
BEGIN_S = 1_790_000_000.0
"""A fixed day of 2026, so that every run is the same."""
CELL_S = CELL * QUANTUM_MS / 1000
RENDER_CELLS = 938
"""Every playlist and the newest segments are asked for once in so many cells (an hour)."""
WARM_CELLS = 200
"""At first every segment is asked for, as viewers do, so that no cache fills only after days."""
TIMEOUT_S = 420.0


async def measure(material: Material) -> Result:
    """Measure row (f). Raises NotMeasured, ProcessFailed, OSError."""
    home = await material.station("f")
    days, base = material.scale.days, material.scale.base_day
    argv = [sys.executable, "-m", "lppl.bench.row_memory", str(home.folder), str(days), str(material.scale.day_cells)]
    # The disk's speed is not measured. Made here, so that it also goes when the child is stopped half way.
    with tempfile.TemporaryDirectory(prefix="lppl-bench-", dir=await asyncio.to_thread(_memory)) as journal:
        (home.data / "journal").symlink_to(journal, target_is_directory=True)
        out = json.loads(await process.run(on_core(argv, 0), timeout=TIMEOUT_S))
    by_day: list[float] = out["resident_mb"]
    if len(by_day) != days:
        raise NotMeasured(f"{len(by_day)} of {days} days")
    grown = growth(by_day[base - 1], by_day[-1])
    what = f"hari {days} di atas hari {base} / day {days} above day {base}"
    figure = Figure(what, round(grown * 100, 2), "%", wall=Wall(Sense.AT_MOST, 5.0))
    return Result("f", TITLE, (figure,), out)


class Driven:
    """A clock that goes on when told. One value serves as wall and as monotonic time."""

    def __init__(self, begin: float) -> None:
        self.at = begin

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.at


class Simulation:
    """Air and web roles of one station without a network, under a driven clock."""

    def __init__(self, settings: Settings, time: Driven) -> None:
        self._time, self.settings = time, settings
        self.clock = AirClock(None, time, time)
        store = HouseStore(settings.data_dir / "house", keep=max(64, 4 * len(settings.channels)))
        self._store = store
        self.quanta = self.joins = 0

    async def open(self) -> None:
        """Find slate and ident made, and lay the library on the shelf. Raises LpplError, OSError."""
        settings = self.settings
        builtins = {}
        for channel in settings.channels:
            maker = BuiltinMaker(settings, channel)
            builtins[channel.id] = Builtins(maker.ident_if_made(), await maker.slate())
        self.serving = Serving(settings, self._store, self.clock, builtins)
        self.serving.load({})
        self.air = Air(settings, self._store, self.clock, builtins, self._committed, MemoryBus())
        engine = open_database(settings.database_url)
        try:
            library = Library(engine)
            for channel in settings.channels:
                shelf = await library.shelf(settings.profile(channel))
                self.air.planner.update(channel.id, shelf=shelf)
        finally:
            await engine.dispose()

    def _committed(self, records: Sequence[Record]) -> None:
        self.joins += sum(hasattr(r, "kind") for r in records)
        self.serving.take(records)

    async def run(self, days: int, day_cells: int, lane: list[float]) -> None:
        """Be on air for `days` of `day_cells`, adding the resident memory at the end of each to `lane`."""
        engine = self.air.engine
        async with engine.on_air({}):
            for channel in engine.channels:
                await self.air.read_schedule(channel)
                await self.air.plan(channel)
            for _ in range(days):
                for cell in range(day_cells):
                    await self._cell(cell)
                lane.append(settled_mb())

    async def _cell(self, cell: int) -> None:
        self._time.at += CELL_S
        engine = self.air.engine
        await engine.tick()
        now = self.clock.now()
        for name, stream in self.serving.streams.items():
            stream.publish(now)
            rundown = engine.channels[name].rundown
            if rundown is None or rundown.end < now + RENEW:
                await self.air.plan(name)
            if self.quanta < WARM_CELLS * CELL:
                self._fetch(name)
            if cell % RENDER_CELLS == 0:
                self._ask(name)
        if cell % 25 == 0:
            self.clock.steer()
            self._forget_journal(now)
        self.quanta += CELL

    def _ask(self, name: str) -> None:
        """Ask for all that viewers, pages and watchdogs ask for."""
        stream = self.serving.streams[name]
        video = [r.name for r in stream.profile.video]
        for rendition in stream.names:
            kinds = ("live", "dvr", "iframes", "dvr-iframes") if rendition in video else ("live", "dvr")
            for kind in kinds:
                stream.document(f"{rendition}/{kind}")
        self._fetch(name)
        for document in ("master", "audio", "dvr"):
            stream.document(document)
        self.serving.programme(name)
        self.serving.health()
        self.air.status()

    def _fetch(self, name: str) -> None:
        """Ask for the newest segment of every rendition."""
        stream = self.serving.streams[name]
        if stream.newest is not None:
            for rendition in stream.names:
                stream.body(rendition, stream.newest.number)

    def _forget_journal(self, now: Quanta) -> None:
        """Delete old journal files, only to spare the disk: nothing reads them here."""
        files = sorted((self.settings.data_dir / "journal").glob("*.jnl"))
        for path in files[: -round(covering(6 * 3600) / covering(3600))]:
            path.unlink()


def settled_mb() -> float:
    """Return resident memory in MB once garbage is collected and free heap given back to the system."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return round(resident_mb(), 2)


def _memory() -> Path | None:
    """Return a folder that lies in memory; None (the ordinary temporary folder) where there is none."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    return memory if memory.is_dir() else None


async def simulate(folder: Path, days: int, day_cells: int) -> dict[str, Any]:
    """Run `days` of `day_cells` on the station in `folder`."""
    simulation = Simulation(load_settings(folder / "lppl.toml", {}), Driven(BEGIN_S))
    await simulation.open()
    lane: list[float] = []
    await simulation.run(days, day_cells, lane)
    return {"resident_mb": lane, "quanta": simulation.quanta, "joins": simulation.joins, "render_cells": RENDER_CELLS}


def main() -> int:
    """Simulate, and print what was measured as JSON."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
                        logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # fmt: skip
    print(json.dumps(asyncio.run(simulate(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
