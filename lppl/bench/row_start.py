"""Rows (d) and (e): from start to the first playable segment, and back on the same timeline after a kill."""

import asyncio
import contextlib
import shutil
import struct
import time
from dataclasses import dataclass
from pathlib import Path

from lppl import process
from lppl.bench.crowd import parse
from lppl.bench.figures import Figure, Result, Sense, Wall, median
from lppl.bench.http import Connection
from lppl.bench.material import FFMPEG, Material
from lppl.bench.service import WHOLE, Home, NotMeasured, Running, spawn
from lppl.quanta import CELL

TITLE_START = "Mulai sampai segmen pertama / Start to first playable segment"
TITLE_KILL = "Kembali setelah kill -9 / Back after kill -9"
RESTART_S = 0.2
"""What the service manager waits before it starts a killed service again (RestartSec)."""
LIMIT_S = 60.0
LOOK_S = 0.01
RUNG = "v720"


@dataclass(frozen=True, slots=True)
class Seen:
    """A playlist and its newest segment, fetched."""

    at: float
    numbers: tuple[int, ...]
    segment: bytes
    """The newest segment's bytes."""


async def _look(home: Home) -> Seen | None:
    """Fetch the playlist and the newest segment that it names; None while that does not work."""
    connection = Connection("127.0.0.1", home.port)
    try:
        playlist = await connection.get(f"/hls/tv/{RUNG}/live.m3u8", keep=True)
        if playlist.status != 200:
            return None
        listed = parse(playlist.body.decode())
        if not listed:
            return None
        segment = await connection.get(f"/hls/tv/{RUNG}/{listed[-1][1]}", keep=True)
        if segment.status != 200 or not segment.body:
            return None
        return Seen(time.monotonic(), tuple(n for n, _, _ in listed), segment.body)
    except (OSError, TimeoutError):
        return None
    finally:
        connection.close()


async def _first(home: Home, service: Running) -> Seen:
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        seen = await _look(home)
        if seen is not None:
            return seen
        if service.process.returncode is not None:
            break
        await asyncio.sleep(LOOK_S)
    raise NotMeasured(f"no segment: {service.said()}")


async def measure_start(material: Material) -> Result:
    """Measure row (d). Raises NotMeasured, ProcessFailed, OSError."""
    home = await material.station("d")
    first: list[float] = []
    again: list[float] = []
    for _ in range(material.scale.starts):
        await asyncio.to_thread(shutil.rmtree, home.data / "journal", ignore_errors=True)
        for times in (first, again):
            service = await spawn(home)
            try:
                times.append((await _first(home, service)).at - service.spawned)
                await service.on_air()
            finally:
                await service.stop()
    nothing = [await _with_nothing(material) for _ in range(material.scale.starts)]
    folder = material.folder / "start-peer"
    peer = median(
        [await _encoder_start(await material.make_television(), folder) for _ in range(material.scale.starts)]
    )
    name = "ffmpeg -re HLS, satu rendisi 720p / one 720p rendition"
    wall = Wall(Sense.AT_MOST, 2.0)
    return Result(
        "d", TITLE_START,
        (
            Figure("pustaka siap, jurnal kosong / ready library, new journal", median(first), "s", peer, name, wall),
            Figure("dijalankan lagi / started again", median(again), "s", peer, name, wall),
            Figure("pertama kali, tanpa apa pun / the very first time, with nothing at all", median(nothing), "s",
                   peer, name, Wall(Sense.AT_MOST, 15.0)),
        ),
        {"first_s": _rounded(first), "again_s": _rounded(again), "nothing_s": _rounded(nothing)},
    )  # fmt: skip


async def _with_nothing(material: Material) -> float:
    """Return seconds from the start of a service in an empty folder, demo and all, to the first segment."""
    folder = material.folder / "nothing"
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    home = Home(folder, [])  # the channels of a station without settings
    await asyncio.to_thread(lambda: home.write(small=material.scale.small, demo=True))
    service = await spawn(home, command=WHOLE)
    try:
        return (await _first(home, service)).at - service.spawned
    finally:
        await service.stop()


async def measure_kill(material: Material) -> Result:
    """Measure row (e). Raises NotMeasured, ProcessFailed, OSError."""
    home = await material.station("e")
    back: list[float] = []
    answered: list[float] = []
    service = await spawn(home)
    try:
        await service.on_air()
        await asyncio.sleep(material.scale.settle_s)
        for _ in range(material.scale.starts):
            before = await _first(home, service)
            killed = time.monotonic()
            await service.kill()
            await asyncio.sleep(max(0.0, RESTART_S - (time.monotonic() - killed)))
            service = await spawn(home)
            after = await _first(home, service)
            back.append(after.at - killed)
            answered.append(after.at - service.spawned)
            await _same_timeline(home, service, before)
    finally:
        await service.stop()
    peer = RESTART_S + await _encoder_start(await material.make_television(), material.folder / "kill-peer")
    name = "ffmpeg -re HLS dijalankan lagi; mulai dari awal / started again; begins anew"
    what = f"kill -9, mulai lagi setelah {RESTART_S} s, segmen / started again after {RESTART_S} s, segment"
    return Result(
        "e", TITLE_KILL, (Figure(what, median(back), "s", peer, name, Wall(Sense.AT_MOST, 2.0)),),
        {"back_s": _rounded(back), "after_restart_s": _rounded(answered), "timeline": "same bytes, contiguous tfdt"},
    )  # fmt: skip


async def _same_timeline(home: Home, service: Running, before: Seen) -> None:
    """Check that what was out is out with the same bytes, and that what follows joins it. Raises NotMeasured."""
    connection = Connection("127.0.0.1", home.port)
    newest = before.numbers[-1]
    try:
        end = time.monotonic() + LIMIT_S
        while True:
            seen = await _first(home, service)
            if seen.numbers[-1] >= newest + 2:
                break
            if time.monotonic() > end:
                raise NotMeasured("no new segment after the restart")
            await asyncio.sleep(0.2)
        same = await connection.get(f"/hls/tv/{RUNG}/{newest}.m4s", keep=True)
        if same.body != before.segment:
            raise NotMeasured(f"segment {newest} has other bytes after the restart")
        playlist = await connection.get(f"/hls/tv/{RUNG}/live.m3u8", keep=True)
        if b"DISCONTINUITY" in playlist.body or b"EXT-X-GAP" in playlist.body:
            raise NotMeasured("the restart left a mark in the playlist")
        at = None
        for number in range(newest, seen.numbers[-1] + 1):
            segment = await connection.get(f"/hls/tv/{RUNG}/{number}.m4s", keep=True)
            begin, length = times(segment.body)
            if at is not None and begin != at:
                raise NotMeasured(f"segment {number} begins {begin - at} ticks off")
            if abs(begin - number * CELL * 28_800) >= CELL * 28_800:
                raise NotMeasured(f"segment {number} does not lie in its cell")
            at = begin + length
    finally:
        connection.close()


def times(segment: bytes) -> tuple[int, int]:
    """Return the first decode time of a segment and its length, in ticks of 90 kHz (8-frame quanta of 28,800).

    Every fragment's samples last one frame (3,600 ticks), so their number is its length. Raises ValueError.
    """
    first: int | None = None
    frames = at = 0
    while at + 8 <= len(segment):
        size, kind = struct.unpack_from(">I4s", segment, at)
        if size < 8:
            raise ValueError(f"box of {size} bytes")
        if kind == b"moof":
            moof = segment[at : at + size]
            if first is None:
                (first,) = struct.unpack_from(">Q", moof, moof.index(b"tfdt") + 8)
            frames += struct.unpack_from(">I", moof, moof.index(b"trun") + 8)[0]
        at += size
    if first is None:
        raise ValueError("no fragment")
    return first, frames * 3600


async def _encoder_start(source: Path, folder: Path) -> float:
    """Return how long ffmpeg takes from its start to the first segment in a playlist."""
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    await asyncio.to_thread(folder.mkdir)
    playlist = folder / "live.m3u8"
    argv = [*FFMPEG, "-re", "-i", str(source), "-t", "12", "-vf", "fps=25,scale=1280:720", "-c:v", "libx264",
            "-preset", "veryfast", "-g", "48", "-sc_threshold", "0", "-c:a", "aac", "-f", "hls", "-hls_time", "3.84",
            "-hls_segment_type", "fmp4", str(playlist)]  # fmt: skip
    began = time.monotonic()
    async with process.started(argv):
        while time.monotonic() - began < LIMIT_S:
            with contextlib.suppress(OSError):
                if "#EXTINF" in await asyncio.to_thread(playlist.read_text):
                    took = time.monotonic() - began
                    break
            await asyncio.sleep(LOOK_S)
        else:
            raise NotMeasured("ffmpeg made no segment")
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    return took


def _rounded(values: list[float]) -> list[float]:
    return [round(v, 3) for v in values]
