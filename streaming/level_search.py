"""Measures how loud the sound of a house set is, by one decode at idle priority.

ffmpeg's astats says the figures of each fiftieth of a second as text; they are folded piece by piece as they come, half
a millisecond of this process at a time, so that measuring an hour never keeps the event loop from what is due.
"""

import asyncio
from pathlib import Path

import ffmpeg

from lppl import process
from lppl.errors import ProcessFailed
from lppl.quanta import Quanta, seconds
from streaming.commands import opened
from streaming.conform import STALL_S
from streaming.levels import POINT_SAMPLES, Levels, Outline, Reading

READ = 1 << 16


async def find_levels(sound: Path, quanta: Quanta) -> tuple[Levels, Outline]:
    """Decode the sound of a house set once, when nothing else wants the processor, and measure it.

    Raises SoundUnreadable, ProcessFailed, TimeoutError.
    """
    graph = (
        opened(sound)
        .audio.filter("aformat", sample_fmts="fltp")  # whatever is not float is told in its own integers
        .filter("asetnsamples", POINT_SAMPLES)
        .filter(
            "astats", metadata=1, reset=1, measure_overall="none",
            measure_perchannel="Min_level+Max_level+RMS_level",
        )
        .filter("ametadata", mode="print", file="-")
    )  # fmt: skip
    argv = ffmpeg.output(graph, "-", format="null").compile()
    quiet = [argv[0], "-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", *argv[1:]]
    reading = Reading()
    async with process.started(quiet, idle=True) as child, asyncio.timeout(STALL_S + 2 * seconds(quanta)):
        stdout = child.process.stdout
        assert stdout is not None
        async with asyncio.TaskGroup() as group:
            group.create_task(child.watch_stderr())
            while text := await stdout.read(READ):
                reading.take(text)
        code = await child.process.wait()
        if code != 0:
            raise ProcessFailed(child.program, code, "\n".join(child.tail))
    return reading.finished(quanta)
