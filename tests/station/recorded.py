"""What is on a recording, measured with ffmpeg and numpy: counts, complaints of decoders, levels, flashes and beeps.

Blocking; tests call it when nothing else of theirs runs.
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tests.station.material import SOURCES
from tests.station.watcher import Watched

RATE = 48_000
WINDOW = 960
"""Samples in a window of 20 ms."""
FLOOR_DB = -90.0

Samples: TypeAlias = npt.NDArray[np.float32]
"""Sound as (samples, 2)."""
Levels: TypeAlias = npt.NDArray[np.float64]
"""One figure in dB for each window of 20 ms."""


def _ffmpeg(*arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["ffmpeg", "-hide_banner", "-nostats", *arguments], input=stdin, capture_output=True, check=True
    )


def complaints(path: Path) -> list[str]:
    """Decode `path` to the end; return every warning and error of the decoder."""
    return _ffmpeg("-loglevel", "warning", "-i", str(path), "-f", "null", "-").stderr.decode().splitlines()


def counts(path: Path) -> tuple[int, int]:
    """Return how many packets `path` holds and how many frames a decoder makes of them."""
    entries = ["-show_entries", "stream=nb_read_packets,nb_read_frames", "-of", "csv=p=0"]
    out = subprocess.run(
        ["ffprobe", "-v", "error", "-count_packets", "-count_frames", *entries, str(path)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    frames, packets = out.strip().strip(",").split(",")[:2]
    return int(packets), int(frames)


def blacks(path: Path, seconds: float = 2.0) -> list[str]:
    """Return the black spans of at least `seconds`."""
    said = _ffmpeg("-i", str(path), "-vf", f"blackdetect=d={seconds}:pix_th=0.05", "-f", "null", "-").stderr.decode()
    return re.findall(r"black_start:.*", said)


def sound(path: Path) -> Samples:
    """Decode to 48 kHz stereo."""
    out = _ffmpeg(
        "-loglevel", "error", "-i", str(path), "-map", "0:a:0", "-af", "aresample=48000:async=1:first_pts=0",
        "-f", "f32le", "-ac", "2", "-ar", str(RATE), "-",
    ).stdout  # fmt: skip
    return np.frombuffer(out, np.float32).reshape(-1, 2)


def brightness(path: Path) -> Levels:
    """Return the mean luma (0 to 255) of each frame."""
    out = _ffmpeg(
        "-loglevel", "error", "-i", str(path), "-vf", "scale=16:16:flags=area,format=gray", "-f", "rawvideo", "-"
    ).stdout
    return np.asarray(np.frombuffer(out, np.uint8).reshape(-1, 256).mean(axis=1))


def loudness(samples: Samples) -> float:
    """Return the integrated loudness in LUFS (EBU R128)."""
    said = _ffmpeg(
        "-f", "f32le", "-ac", "2", "-ar", str(RATE), "-i", "-", "-af", "ebur128", "-f", "null", "-",
        stdin=samples.tobytes(),
    ).stderr.decode()  # fmt: skip
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])


def levels(samples: Samples) -> Levels:
    """Return the RMS of each 20 ms, both channels together, in dBFS; a last partial window is dropped."""
    whole = samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW * 2).astype(np.float64)
    return np.asarray(np.maximum(FLOOR_DB, 10 * np.log10(np.mean(whole**2, axis=1) + 1e-12)))


def roughness(samples: Samples) -> Levels:
    """Return the greatest second difference in each 20 ms: what a click is and a tone is not."""
    bends = np.abs(np.diff(samples.astype(np.float64), n=2, axis=0, prepend=samples[:1], append=samples[-1:]))
    return np.asarray(bends[: len(bends) // WINDOW * WINDOW].reshape(-1, WINDOW * 2).max(axis=1))


def beeps(samples: Samples, threshold: float) -> list[float]:
    """Return when, in seconds, sound rises over `threshold` after at least half a second below it."""
    loud = np.flatnonzero(np.abs(samples).max(axis=1) > threshold)
    starts = [n for i, n in enumerate(loud) if i == 0 or n - loud[i - 1] > RATE // 2]
    return [float(n) / RATE for n in starts]


@dataclass(frozen=True)
class Aired:
    """An item that aired from end to end within a recording; `first` and `last` are samples of the recording."""

    title: str
    first: int
    last: int


def aired(watched: Watched, start: float, samples: int) -> Iterator[Aired]:
    """Yield the items that lie wholly within a recording of `samples` that begins at air time `start`."""
    for said in sorted(watched.ranges.values(), key=lambda r: r["START-DATE"]):
        if "DURATION" not in said:
            continue
        begin = datetime.fromisoformat(said["START-DATE"]).timestamp() - start
        first, last = round(begin * RATE), round((begin + float(said["DURATION"])) * RATE)
        if first >= 0 and last <= samples:
            yield Aired(said["X-TITLE"], first, last)


def programme(items: list[Aired], media: Path, samples: Samples) -> Samples:
    """Return what should be heard: the sources themselves, one after another, each at the level at which it aired.

    Silent where no source is known, and where a source is shorter than its item.
    """
    out = np.zeros_like(samples)
    sources: dict[str, Samples] = {}
    for item in items:
        if item.title not in sources:
            sources[item.title] = sound(media / SOURCES[item.title].path)
        source = sources[item.title][: item.last - item.first]
        heard = samples[item.first : item.first + len(source)]
        gain = float(np.median(levels(heard) - levels(source)))
        out[item.first : item.first + len(source)] = source * np.float32(10 ** (gain / 20))
    return out
