"""Cue points of an item, found from its level: where it begins and ends to the ear, its intro and its outro.

One decode; ffmpeg's ebur128 tells the momentary loudness (400 ms) ten times a second. What is found is a proposal:
staff correct it, and what they say wins (:class:`lppl.programme.Details`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import ffmpeg

from lppl import process
from lppl.media import Facts
from streaming.commands import opened, reporting, stereo
from streaming.conform import STALL_S
from streaming.loudness import UNMEASURED_LUFS

STEP_MS = 100
WINDOW_MS = 400
"""ebur128 gives a value every 100 ms, of the 400 ms before it (EBU Tech 3341: momentary)."""
AUDIBLE_LU = 40.0
"""So far under the item's own loudness nothing is heard behind the next item; hiss of an old tape lies lower."""
FADED_LU = 8.0
"""So far under the item's own loudness it is going: the next one, at full level, covers it. Common in automation."""
FULL_LU = 1.0
"""So near to the item's own loudness the whole arrangement plays, which is where a voice most often begins."""
PAUSE_LU = 15.0
PAUSES = 0.1
"""Speech falls this far between sentences for more than a tenth of the time; music does not. Where there is doubt
there is no intro and no outro, and so no crossfade into a voice."""
SHORT_MS = 20_000
"""Idents, spots and effects are shorter than this and have no intro or outro."""
LEAST_MS = 1_000
"""An intro or outro shorter than a second is an attack or a clean end."""
LONGEST_MS = 60_000
"""Beyond a minute, or half of the item, it is no intro or outro but the shape of the piece."""
ENTRY_MS = 60
"""A cue-in lies at least so long before the first sound: a join lets its second item in after 53 ms."""


@dataclass(frozen=True, slots=True)
class Cues:
    """Milliseconds from the item's first sample; None where nothing can be said."""

    cue_in_ms: int | None
    """Just before the first sound."""
    intro_ms: int | None
    """Where the intro ends."""
    outro_ms: int | None
    """Where the final fade, or a low end, begins."""
    cue_out_ms: int | None
    """Just after the last sound."""


NO_CUES = Cues(None, None, None, None)


@dataclass(frozen=True, slots=True)
class Levels:
    """What ffmpeg measured: `momentary` loudness (LUFS), value n ending `(n + 1) * STEP_MS` after the item's start."""

    momentary: Sequence[float]
    lufs: float | None
    """Of the whole item; None when it is silent or too short."""


_MOMENTARY = re.compile(r"ebur128.* t: *[\d.]+ .* M: *(-?[\d.]+|-?inf|-?nan) ")
_INTEGRATED = re.compile(r"^ *I: +(-?[\d.]+) LUFS")


def parse_levels(lines: Iterable[str]) -> Levels:
    """Read what ebur128 said of an item that had one window of silence put before and behind it."""
    reading = _Reading()
    for line in lines:
        reading.take(line)
    return reading.levels()


class _Reading:
    """Takes ebur128's lines one by one: a long item has half a million, which need not be kept."""

    def __init__(self) -> None:
        self._momentary: list[float] = []
        self._lufs: float | None = None

    def take(self, line: str) -> None:
        if found := _MOMENTARY.search(line):
            self._momentary.append(float(found[1]))
        elif found := _INTEGRATED.search(line):
            self._lufs = float(found[1])

    def levels(self) -> Levels:
        # a value that ends within the silence before the item says nothing of it
        measured = self._lufs is not None and self._lufs > UNMEASURED_LUFS
        return Levels(self._momentary[WINDOW_MS // STEP_MS :], self._lufs if measured else None)


def cues_of(levels: Levels, length_ms: int) -> Cues:
    """Return the cues of an item of `length_ms` from its levels. Pure."""
    if levels.lufs is None:
        return NO_CUES
    loudness, values = levels.lufs, levels.momentary
    heard = [n for n, m in enumerate(values) if m >= loudness - AUDIBLE_LU]
    if not heard:
        return NO_CUES
    # the first value that hears it does so by its newest tenth of a second, the last one by its oldest
    cue_out = min(length_ms, _oldest_end(heard[-1]))
    cue_in = max(0, min(cue_out, heard[0] * STEP_MS - ENTRY_MS))
    if cue_out - cue_in < SHORT_MS or _is_speech(values, loudness):
        return Cues(cue_in, None, None, cue_out)
    return Cues(cue_in, _intro(levels, cue_in, cue_out), _outro(levels, cue_in, cue_out), cue_out)


def _oldest_end(n: int) -> int:
    """Return where the oldest tenth of a second of value `n` ends, in milliseconds."""
    return max(STEP_MS, (n + 2) * STEP_MS - WINDOW_MS)


def _is_speech(values: Sequence[float], loudness: float) -> bool:
    """Tell whether the level falls and rises again as sentences do; a fade at either end does not count."""
    loud = [n for n, m in enumerate(values) if m >= loudness - FADED_LU]
    body = values[loud[0] : loud[-1] + 1] if loud else ()
    return sum(1 for m in body if m < loudness - PAUSE_LU) > PAUSES * len(body)


def _lasts(length: int, whole: int) -> bool:
    """Tell whether a span at an end of an item can be its intro or outro."""
    return LEAST_MS <= length <= min(LONGEST_MS, whole // 2)


def _intro(levels: Levels, cue_in: int, cue_out: int) -> int | None:
    """Where the level first reaches the item's own, and for two windows: one hit is no beginning."""
    assert levels.lufs is not None
    full = [m >= levels.lufs - FULL_LU for m in levels.momentary]
    first = next((n for n, (a, b) in enumerate(pairwise(full)) if a and b), None)
    if first is None:
        return None
    at = max(0, (first + 1) * STEP_MS - WINDOW_MS // 2)  # the middle of the window
    return at if _lasts(at - cue_in, cue_out - cue_in) else None


def _outro(levels: Levels, cue_in: int, cue_out: int) -> int | None:
    """Where the level was last near the item's own, when it goes on for a while under it."""
    assert levels.lufs is not None
    last = max((n for n, m in enumerate(levels.momentary) if m >= levels.lufs - FADED_LU), default=None)
    if last is None:
        return None
    at = max(0, (last + 1) * STEP_MS - WINDOW_MS // 2)
    return at if _lasts(cue_out - at, cue_out - cue_in) else None


async def find_cues(source: Path, facts: Facts, *, idle: bool = True) -> Cues:
    """Decode the sound once and find its cues. Raises ProcessFailed, TimeoutError."""
    if facts.audio is None:
        return NO_CUES
    # silence around it, so that each tenth of a second of the item is the newest of a value, and the oldest of one
    graph = (
        stereo(opened(source), facts)
        .filter("adelay", WINDOW_MS, all=1)
        .filter("apad", pad_dur=WINDOW_MS / 1000)
        .filter("ebur128", framelog="info")
    )
    reading = _Reading()
    await process.run(
        reporting(ffmpeg.output(graph, "-", format="null").compile(), "info"),
        idle=idle,
        on_stderr=reading.take,
        timeout=STALL_S + 2 * facts.duration_s,
    )
    return cues_of(reading.levels(), round(facts.audio.duration_s * 1000))
