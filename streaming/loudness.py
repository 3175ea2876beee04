"""Loudness: measure a source once, decide its gain; never change its dynamics unasked.

gain = target - measured (EBU R 128). A limiter is used only where peaks would pass the ceiling, and then it is said.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lppl.media import Facts
from lppl.quanta import Quanta, covering, seconds

SILENCE_DB = -50
SILENCE_S = 0.005
"""Shorter than the tail that a lossy codec leaves (one frame, some 20 ms), which must not cost a quantum of silence."""
MAX_GAIN_DB = 24.0
UNMEASURED_LUFS = -69.0
"""ebur128 answers -70 for silence and for what is shorter than its 400 ms block."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What analysis found."""

    lufs: float | None
    peak_dbtp: float
    duration_s: float
    silent_from_s: float
    """Start of the silence in which the sound ends; its duration when it does not."""


@dataclass(frozen=True, slots=True)
class Gain:
    """How loudness is met."""

    db: float
    limit: bool
    notes: tuple[str, ...] = ()


def parse_analysis(stderr: Sequence[str], progress: str) -> Sound:
    """Read what ffmpeg's ebur128, silencedetect and -progress said. Raises ValueError when there is nothing."""
    times = re.findall(r"out_time_us=(\d+)", progress)
    if not times:
        raise ValueError("no sound was decoded")
    duration = int(times[-1]) / 1e6
    text = "\n".join(stderr)
    summary = text[text.rfind("Integrated loudness:") :]
    loudness = re.search(r"I:\s+(-?[\d.]+) LUFS", summary)
    peak = re.search(r"Peak:\s+(-?[\d.]+|-inf) dBFS", summary)
    lufs = float(loudness[1]) if loudness else -70.0
    silences = re.findall(r"silence_(start|end): (-?[\d.]+)", text)
    silent_from = duration
    # the last silence reaches the end when it has no end, or ends where the sound does
    if silences and silences[-1][0] == "start":
        silent_from = max(0.0, float(silences[-1][1]))
    elif len(silences) > 1 and float(silences[-1][1]) >= duration - 0.01:
        silent_from = max(0.0, float(silences[-2][1]))
    return Sound(
        lufs if lufs > UNMEASURED_LUFS else None,
        float(peak[1]) if peak and peak[1] != "-inf" else -120.0,
        duration,
        silent_from,
    )


def length_of(facts: Facts, sound: Sound | None, *, picture: bool) -> Quanta:
    """Return the item's length: padded to a whole quantum, unless the last partial one is silent."""
    ends = [sound.duration_s] if sound else []
    if picture and facts.video:
        ends.append(facts.video.duration_s)
    end = max(ends, default=0.0)
    whole = math.floor(end / seconds(1) + 1e-6)
    if whole >= 1 and sound and sound.silent_from_s <= seconds(whole):
        return Quanta(whole)
    return Quanta(max(1, covering(max(0.0, end - 1e-4))))


def gain_of(sound: Sound, target_lufs: float, ceiling_dbtp: float) -> Gain:
    """Return the gain to `target_lufs`, with a limiter when peaks would pass the ceiling."""
    if sound.lufs is None:
        return Gain(0.0, False, ("Kenyaringan tidak terukur (senyap atau terlalu pendek).",))
    db = target_lufs - sound.lufs
    notes: tuple[str, ...] = ()
    if db > MAX_GAIN_DB:
        notes = (f"Suara sangat pelan ({sound.lufs:.1f} LUFS); dinaikkan hanya {MAX_GAIN_DB:.0f} dB.",)
        db = MAX_GAIN_DB
    # AAC coding itself can raise peaks by about a decibel: limit a little before the ceiling is reached
    limit = sound.peak_dbtp + db > ceiling_dbtp - 0.5
    if limit:
        notes += (f"Puncak dibatasi pada {ceiling_dbtp:.1f} dBTP.",)
    return Gain(round(db, 2), limit, notes)
