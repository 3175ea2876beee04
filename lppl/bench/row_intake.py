"""Row (l): how many reports a second the public form takes durably, while two channels are on the air.

The whole service runs in one process: the air, the pages, and the work that makes cases of what came. An answer is
given after the commit, which is synced to the disk (``synchronous=FULL``). The peer: a row and a commit each.
"""

import asyncio
import os
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from lppl import process
from lppl.bench import citizens
from lppl.bench.citizens import Sending
from lppl.bench.crowd import Orders, Viewer
from lppl.bench.crowds import renditions, send
from lppl.bench.figures import Figure, Result, Sense, Wall
from lppl.bench.machine import free_port
from lppl.bench.material import Material
from lppl.bench.service import WHOLE, NotMeasured, Running, spawn

TITLE = "Aduan masuk lewat formulir / Reports by the form"
CHANNELS = ("tv", "radio")
SPREAD_S = 1.0
LATE_MS = 1000.0
P99_MS = 100.0
STEADY = 300
"""Reports a second that must hold."""
IN_MEMORY = ("tmpfs", "ramfs")


async def measure(material: Material) -> Result:
    """Measure row (l). Raises NotMeasured, ProcessFailed, OSError."""
    await asyncio.to_thread(must_be_disk, material.folder)
    scale = material.scale
    plain = {rate: await _plain(material, rate) for rate in scale.intakes}
    seen = await _ours(material)
    figures: list[Figure] = []
    for rate in scale.intakes:
        figures += _figures(rate, seen["rates"][rate], plain[rate])
    late = seen["late_ms"]["max"]
    figures.append(Figure("segmen paling terlambat selama itu / latest segment meanwhile", late, "ms",
                          wall=Wall(Sense.AT_MOST, LATE_MS)))  # fmt: skip
    return Result("l", TITLE, tuple(figures), seen | {"peer": plain})


def _figures(rate: int, ours: dict[str, Any], peer: dict[str, Any]) -> tuple[Figure, ...]:
    what, name = f"{rate}/s ditawarkan / offered", "aiosqlite, INSERT + COMMIT"
    counted = rate == STEADY
    least = Wall(Sense.AT_LEAST, float(STEADY)) if counted else None
    most = Wall(Sense.AT_MOST, P99_MS) if counted else None
    return (
        Figure(f"{what}: diterima / acknowledged", ours["per_s"], "aduan/s", peer["per_s"], name, least),
        *(
            Figure(f"{what}: {key}", ours["ms"][key], "ms", peer["ms"][key], name, most if key == "p99" else None)
            for key in ("p50", "p99", "max")
        ),
    )  # fmt: skip


def must_be_disk(folder: Path) -> None:
    """Raise NotMeasured when `folder` lies in memory: syncing costs nothing there."""
    found = max(
        (line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines() if _below(folder, line)),
        key=lambda mount: len(mount[0]), default=["/", ""],
    )  # fmt: skip
    if found[1] in IN_MEMORY:
        raise NotMeasured(f"{folder} is in memory; set TMPDIR to a folder on a disk")


def _below(folder: Path, line: str) -> bool:
    return folder.resolve().is_relative_to(line.split()[1])


# --- ours ---


async def _ours(material: Material) -> dict[str, Any]:
    """Return what citizens and viewers saw of the real service."""
    scale = material.scale
    home = await material.station("l", CHANNELS)
    home.write(small=scale.small, proxied=True)
    video, audio = await asyncio.to_thread(renditions, home.folder)
    service = await spawn(home, command=WHOLE)
    try:
        await service.on_air()
        await _form_is_open(service)
        length = len(scale.intakes) * (scale.intakes_s + 2)
        viewers = [Viewer(name, [video[0], audio[0]]) for name in CHANNELS]
        watch = Orders(home.url, length + SPREAD_S + scale.settle_s, viewers, spread_s=SPREAD_S, eager=True,
                       settle_s=scale.settle_s)  # fmt: skip
        watching = asyncio.create_task(send(watch))
        await asyncio.sleep(SPREAD_S + scale.settle_s)
        rates = await _floods(home.url, scale.intakes, scale.intakes_s)
        waiting = await asyncio.to_thread(_waiting, home.data / "lppl.db")
        seen = await watching
    finally:
        await asyncio.shield(service.stop())
    kept, acknowledged = await asyncio.to_thread(_kept, home.data / "lppl.db"), _acknowledged(rates)
    if kept < acknowledged:
        raise NotMeasured(f"{acknowledged} reports acknowledged, {kept} kept")
    if seen["failures"]:
        raise NotMeasured(f"viewers: {seen['last_failure']}")
    return {
        "rates": rates, "kept": kept, "acknowledged": acknowledged, "not_yet_understood": waiting,
        "late_ms": seen["late_ms"], "stalls": seen["stalls"],
    }  # fmt: skip


async def _floods(url: str, rates: tuple[int, ...], seconds: float) -> dict[int, dict[str, Any]]:
    found, first = {}, 0
    for rate in rates:
        found[rate] = await citizens.send(Sending(url, rate, seconds, first))
        first += round(rate * seconds)
    return found


def _acknowledged(rates: dict[int, dict[str, Any]]) -> int:
    return sum(seen["acknowledged"] for seen in rates.values())


async def _form_is_open(service: Running) -> None:
    """Wait until the form takes reports. Raises NotMeasured."""
    for _ in range(60):
        seen = await citizens.send(Sending(service.home.url, 2, 0.5, 1 << 23))
        if seen["acknowledged"]:
            return
        await asyncio.sleep(0.5)
    raise NotMeasured(f"the form took nothing: {seen['statuses']}; {service.said()}")


def _kept(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM arrivals").fetchone()[0])


def _waiting(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM arrivals WHERE state = 'waiting'").fetchone()[0])


# --- the peer ---


async def _plain(material: Material, rate: int) -> dict[str, Any]:
    async with _serving_plainly(material.folder / "plain-intake") as url:
        return await citizens.send(Sending(url, rate, material.scale.intakes_s))


@asynccontextmanager
async def _serving_plainly(folder: Path) -> AsyncIterator[str]:
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    await asyncio.to_thread(os.makedirs, folder)
    port = free_port()
    argv = [sys.executable, "-m", "lppl.bench.plain_intake", str(folder / "plain.db"), str(port)]
    async with process.started(argv) as child:
        assert child.process.stdout is not None
        async with asyncio.timeout(30):
            if await child.process.stdout.readline() != b"ready\n":
                raise NotMeasured("the peer did not start")
        yield f"http://127.0.0.1:{port}"
