"""Row (a): processor time of one TV channel on air, beside ffmpeg encoding the same ladder in real time."""

import asyncio
import os
import shutil
import time
from pathlib import Path

from lppl import process
from lppl.bench.crowd import Orders, Viewer
from lppl.bench.crowds import renditions, send
from lppl.bench.figures import Figure, Result, Sense, Wall
from lppl.bench.machine import children, cpu_seconds
from lppl.bench.material import Material
from lppl.bench.service import NotMeasured, Running, running
from lppl.media import Profile
from lppl.quanta import Quanta, covering
from streaming.commands import audio_argv, video_argv
from streaming.loudness import Gain
from streaming.probe import probe

TITLE = "CPU per detik siaran, satu kanal TV / CPU per programme second, one TV channel"


async def measure(material: Material) -> Result:
    """Measure row (a). Raises NotMeasured, ProcessFailed, OSError."""
    scale = material.scale
    home = await material.station("a")
    video, audio = await asyncio.to_thread(renditions, home.folder)
    async with running(home) as service:
        await asyncio.sleep(scale.settle_s)
        idle = await _cost(service, scale.air_s)
        orders = Orders(home.url, scale.air_s + 6, [Viewer("tv", [*video, *audio])], spread_s=0.1)
        watching = asyncio.create_task(send(orders))
        await asyncio.sleep(4)
        served = await _cost(service, scale.air_s)
        seen = await watching
        if children(service.pid):
            raise NotMeasured("the service has child processes whose time is not counted")
    _, settings = await material.template()
    peer = await encode_in_real_time(
        await material.make_television(), settings.profile(settings.channels[0]), material.folder / "peer", scale.peer_s
    )
    name = f"ffmpeg -re, {'/'.join(video + audio)}, preset {settings.preset}"
    unit = "ms/s"
    return Result(
        "a", TITLE,
        (
            Figure("satu penonton mengambil semua rendisi / one client fetching every rendition",
                   served * 1000, unit, peer * 1000, name, Wall(Sense.AT_MOST, 1 / 200, ratio=True)),
            Figure("tanpa penonton / no client", idle * 1000, unit, peer * 1000, name,
                   Wall(Sense.AT_MOST, 1 / 500, ratio=True)),
        ),
        {"client": seen},
    )  # fmt: skip


async def _cost(service: Running, length: float) -> float:
    """Return core-seconds per second of a running service."""
    cpu, began = cpu_seconds(service.pid), time.monotonic()
    await asyncio.sleep(length)
    return (cpu_seconds(service.pid) - cpu) / (time.monotonic() - began)


async def encode_in_real_time(source: Path, profile: Profile, folder: Path, length: float) -> float:
    """Encode the ladder of `profile` with conform's own commands at the pace of the clock; return its cost.

    In core-seconds per second of programme. Raises ProcessFailed.
    """
    facts = await probe(source)
    quanta = Quanta(min(covering(length), covering(facts.duration_s) - 1))
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    await asyncio.to_thread(folder.mkdir, parents=True)
    pictures = [folder / f"{r.name}.mp4" for r in profile.video]
    sounds = [folder / f"{a.name}.mp4" for a in profile.audio]
    commands = [
        video_argv(source, facts, profile, (Quanta(0), quanta), pictures, None),
        audio_argv(source, facts, Gain(0.0, False), profile.ceiling_dbtp, quanta, profile.audio, sounds),
    ]
    paced = []
    for argv in commands:
        at = argv.index("-i")
        paced.append([*argv[:at], "-re", *argv[at:]])
    before = os.times()
    async with asyncio.TaskGroup() as group:
        for argv in paced:
            group.create_task(process.run(argv, timeout=length * 3 + 60))
    after = os.times()
    await asyncio.to_thread(shutil.rmtree, folder)
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return used / (quanta * 0.32)
