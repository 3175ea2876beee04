"""Row (c): conform beside ONE plain ffmpeg command that makes the same renditions.

Both run at idle priority, as conform does in service, and in turn, so that a busy moment of the machine hits both.
Conform also measures loudness, verifies every GOP, indexes, and syncs; the plain command does none of it.
"""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from lppl import process
from lppl.bench.figures import Figure, Result, Sense, Wall, median
from lppl.bench.material import FFMPEG, Material
from lppl.config import Settings, load_settings
from lppl.media import AssetId, Facts, Profile, Tags
from streaming.commands import X264, level_of
from streaming.conform import conform
from streaming.probe import probe

TITLE = "Menyiapkan materi / Conforming material"
TIMEOUT_S = 600.0


async def measure(material: Material) -> Result:
    """Measure row (c). Raises ProcessFailed, OSError, TimeoutError."""
    settings = _settings(material.folder)
    by_kind = {c.kind.value: settings.profile(c) for c in settings.channels}
    rounds = material.scale.rounds
    tv = await _compare(material.folder, await material.make_television(), by_kind["tv"], rounds)
    radio = await _compare(material.folder, await material.make_radio(), by_kind["radio"], rounds + 1)
    name = "satu perintah ffmpeg / one ffmpeg command"
    return Result(
        "c", TITLE,
        (
            Figure("materi TV 1080p30 / TV material", tv[0], "x waktu nyata", tv[1], name,
                   Wall(Sense.AT_LEAST, 0.95, ratio=True)),
            Figure("materi radio / radio material", radio[0], "x waktu nyata", radio[1], name,
                   Wall(Sense.AT_LEAST, 0.8, ratio=True)),
        ),
        {"priority": "idle, both", "tv_s": tv[2], "radio_s": radio[2]},
    )  # fmt: skip


def _settings(folder: Path) -> Settings:
    return load_settings(None, {"LPPL_DATA_DIR": str(folder / "c"), "LPPL_CONFIG": ""})


async def _compare(
    folder: Path, source: Path, profile: Profile, rounds: int
) -> tuple[float, float, dict[str, list[float]]]:
    """Return the speed of conform and of the plain command, in programme seconds per second, and all times."""
    facts = await probe(source)
    work = folder / "conforming"
    took: dict[str, list[float]] = {"conform": [], "ffmpeg": []}
    for _ in range(rounds):
        took["conform"].append(await _timed(work, lambda: _conform(source, facts, profile, work)))
        took["ffmpeg"].append(
            await _timed(work, lambda: process.run(plain(source, facts, profile, work), idle=True, timeout=TIMEOUT_S))
        )
    speeds = [facts.duration_s / median(took[who]) for who in ("conform", "ffmpeg")]
    return speeds[0], speeds[1], {who: [round(t, 2) for t in times] for who, times in took.items()}


async def _timed(work: Path, step: Callable[[], Awaitable[object]]) -> float:
    await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)
    await asyncio.to_thread(work.mkdir, parents=True)
    began = time.monotonic()
    async with asyncio.timeout(TIMEOUT_S):
        await step()
    took = time.monotonic() - began
    await asyncio.to_thread(shutil.rmtree, work)
    return took


async def _conform(source: Path, facts: Facts, profile: Profile, work: Path) -> None:
    asset = AssetId("0" * 40)
    await conform(source, facts, Tags("bench"), asset, profile, work / "house", work / "parts", lambda _: None)


def plain(source: Path, facts: Facts, profile: Profile, folder: Path) -> list[str]:
    """Return one ffmpeg command: decode once, split, the same scaling and encoder options, AAC beside it."""
    argv = [*FFMPEG, "-i", str(source)]
    outputs: list[str] = []
    graph: list[str] = []
    x264 = ":".join(f"{k}={v}" for k, v in X264.items())
    if profile.video:
        # each rung is scaled from the one above it, as conform does: the same pixels, and the quickest way
        below = "0:v"
        for i, rung in enumerate(profile.video):
            name = f"v{i}"
            first = "fps=25," if i == 0 else ""
            more = f",split[{name}n]" if i + 1 < len(profile.video) else ""
            graph.append(
                f"[{below}]{first}scale={rung.width}:{rung.height}:flags=bicubic,setsar=1,format=yuv420p{more}[{name}o]"
            )
            below = f"{name}n"
            outputs += ["-map", f"[{name}o]", "-c:v", "libx264", "-preset", profile.preset, "-profile:v", "high",
                        "-level", level_of(rung), "-crf", "21", "-maxrate", str(rung.bitrate),
                        "-bufsize", str(round(rung.bitrate * 0.8)), "-x264-params", x264,
                        str(folder / f"{rung.name}.mp4")]  # fmt: skip
    for audio in profile.audio:
        outputs += ["-map", "0:a", "-c:a", "aac", "-b:a", str(audio.bitrate), "-ar", "48000", "-ac", "2",
                    str(folder / f"{audio.name}.mp4")]  # fmt: skip
    return [*argv, *(["-filter_complex", ";".join(graph)] if graph else []), *outputs]
