"""Row (b): how many TV channels one core keeps on air with no segment over 1 s late, one client each."""

import asyncio
import os
import shutil
import time
from pathlib import Path
from typing import Any

from lppl import process
from lppl.bench.crowd import Orders, Viewer
from lppl.bench.crowds import renditions, send
from lppl.bench.figures import Figure, Result, Sense, Wall
from lppl.bench.machine import cpu_seconds, on_core, resident_mb
from lppl.bench.material import FFMPEG, Material
from lppl.bench.service import NotMeasured, running

TITLE = "Kanal TV per inti prosesor / TV channels per core"
LATE_MS = 1000.0
SPREAD_S = 4.0


async def measure(material: Material) -> Result:
    """Measure row (b). Raises NotMeasured, ProcessFailed, OSError."""
    tried: list[dict[str, Any]] = []
    held = 0
    for count in material.scale.channels:
        seen = await on_air(material, count)
        tried.append(seen)
        if not seen["held"]:
            break
        held = count
    one = await copy_cost(material)
    peer = 1 / one if one else 0
    name = "ffmpeg -re -c copy -f hls: 1 / biaya satu kanal / 1 / cost of one channel"
    what = "tanpa segmen terlambat lebih dari 1 s / no segment over 1 s late"
    figure = Figure(what, held, "kanal", peer, name, Wall(Sense.AT_LEAST, 200), computed_peer=True)
    return Result("b", TITLE, (figure,), {"tried": tried, "ffmpeg_copy_core_s_per_s": round(one, 5)})


async def on_air(material: Material, count: int) -> dict[str, Any]:
    """Put `count` channels on air on one core, each with a player, and return what the players saw."""
    names = [f"tv{i:03d}" for i in range(count)]
    home = await material.station("b", names)
    video, audio = await asyncio.to_thread(renditions, home.folder)
    length, settle = material.scale.channels_s, material.scale.settle_s
    async with running(home, core=0) as service:
        viewers = [Viewer(n, [video[i % len(video)], audio[i % len(audio)]]) for i, n in enumerate(names)]
        orders = Orders(home.url, length + SPREAD_S + settle, viewers, spread_s=SPREAD_S, eager=True, settle_s=settle)
        watching = asyncio.create_task(send(orders, core=1))
        await asyncio.sleep(SPREAD_S + settle)
        cpu, began = cpu_seconds(service.pid), time.monotonic()
        await asyncio.sleep(length - 1)
        used = (cpu_seconds(service.pid) - cpu) / (time.monotonic() - began)
        seen = await watching
        memory = resident_mb(service.pid)
    late = seen["late_ms"]
    # each player must have seen its segments: none lost, none skipped
    expected = count * 2 * max(1, int(length / 3.84) - 2)
    held = not seen["failures"] and late["count"] >= expected and late["max"] <= LATE_MS
    return {
        "channels": count, "held": held, "late_ms": late, "core": round(used, 3), "memory_mb": round(memory),
        "failures": seen["failures"], "last_failure": seen["last_failure"], "stalls": seen["stalls"],
        "expected_segments": expected,
    }  # fmt: skip


def _largest(house: Path, name: str) -> Path:
    """Return the largest house file of that name. Raises NotMeasured when there is none."""
    found = max(house.glob(f"*/*/*/{name}"), key=lambda p: p.stat().st_size, default=None)
    if found is None:
        raise NotMeasured("no conformed material")
    return found


async def copy_cost(material: Material) -> float:
    """Return the cost of one channel that ffmpeg only repackages into HLS, in core-seconds per second."""
    _, settings = await material.template()
    rung = settings.profile(settings.channels[0]).video[0].name
    longest = await asyncio.to_thread(_largest, settings.data_dir / "house", f"{rung}.mp4")
    folder = material.folder / "copy"
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    await asyncio.to_thread(folder.mkdir)
    length = material.scale.peer_s
    argv = [*FFMPEG, "-re", "-stream_loop", "-1", "-i", str(longest), "-t", str(length), "-c", "copy",
            "-f", "hls", "-hls_time", "3.84", "-hls_segment_type", "fmp4", "-hls_flags", "delete_segments",
            str(folder / "live.m3u8")]  # fmt: skip
    before = os.times()
    await process.run(on_core(argv, 0), timeout=length * 3 + 30)
    after = os.times()
    await asyncio.to_thread(shutil.rmtree, folder)
    return (after.children_user + after.children_system - before.children_user - before.children_system) / length
