"""How loud an item is, quantum by quantum, and the outline of its sound: found once, kept compactly.

Pure but for its file; ffmpeg does the measuring (:mod:`streaming.level_search`).

File layout (little-endian): magic ``LPPLLVL1``; u32 quanta; 4 bytes a quantum: RMS left, RMS right, peak left, peak
right, each in half decibels below full scale (255: nothing); then 2 signed bytes for each fiftieth of a second: the
lowest and the highest sample of both channels, 127 being full scale. An hour takes 405 kB, of which 45 are levels.
"""

import math
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lppl import durable
from lppl.errors import LpplError
from lppl.quanta import AAC_FRAMES, Quanta, seconds
from streaming.fmp4 import AUDIO_SAMPLE

MAGIC = b"LPPLLVL1"
HEAD = struct.Struct("<8sI")
POINTS = 16
"""Points of the outline in a quantum: one each 20 ms."""
POINT_SAMPLES = AAC_FRAMES * AUDIO_SAMPLE // POINTS
SILENT = 255
SILENCE_DB = -127.5
"""What stands for no sound at all; the next step is -127 dB."""
FULL = 127
MISSING = 4
"""So many quanta may lack at the end of a sound file: more, and it is damaged."""
_PROFILE = 4


class SoundUnreadable(LpplError):
    """The sound of a conformed item cannot be decoded to its end."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(
            f"Suara materi ini tidak terbaca sampai akhir ({detail}); siapkan ulang materinya.",
            f"The sound of this item cannot be read to its end ({detail}); have it conformed again.",
        )


@dataclass(frozen=True, slots=True)
class Level:
    """The level of one quantum in dB relative to full scale, (left, right); `SILENCE_DB` is no sound at all."""

    rms: tuple[float, float]
    peak: tuple[float, float]
    """The highest sample, not the true peak between samples."""

    @property
    def loudest(self) -> float:
        """The RMS of the louder side: what an ear hears of a programme that is on one side only."""
        return max(self.rms)


@dataclass(frozen=True, slots=True)
class Levels:
    """The level profile of an item: 4 bytes a quantum, as in the file."""

    profile: bytes

    @property
    def quanta(self) -> Quanta:
        """How many quanta it covers."""
        return Quanta(len(self.profile) // _PROFILE)

    def at(self, q: int) -> Level | None:
        """Return the level of quantum `q` of the item; None outside it."""
        if not 0 <= q < self.quanta:
            return None
        left, right, peak_left, peak_right = (_decibels(b) for b in self.profile[_PROFILE * q : _PROFILE * (q + 1)])
        return Level((left, right), (peak_left, peak_right))


@dataclass(frozen=True, slots=True)
class Outline:
    """The outline of an item's sound: 2 signed bytes a point (lowest, highest), `per_second` points a second."""

    points: bytes
    per_second: float = POINTS / seconds(1)

    def thinned(self, most: int) -> "Outline":
        """Return it with at most `most` points, each the extremes of those that it stands for."""
        count = len(self.points) // 2
        if count <= most:
            return self
        together = -(-count // most)
        low, high = memoryview(self.points[0::2]).cast("b"), memoryview(self.points[1::2]).cast("b")
        thin = bytearray()
        for at in range(0, count, together):
            thin += struct.pack("2b", min(low[at : at + together]), max(high[at : at + together]))
        return Outline(bytes(thin), self.per_second / together)


def _decibels(step: int) -> float:
    return SILENCE_DB if step == SILENT else -step / 2


def _step(db: float) -> int:
    """Return a level as a byte; what is over full scale counts as full scale."""
    return SILENT if db <= SILENCE_DB else min(SILENT - 1, max(0, round(-2 * db)))


# --- reading what ffmpeg measured --------------------------------------------------------------------

_LOW, _HIGH, _RMS = (re.compile(rb"\.%b_level=(\S+)" % name) for name in (b"Min", b"Max", b"RMS"))


class Reading:
    """Takes the text of ffmpeg's astats piece by piece: for each point and side the lowest, the highest, the RMS."""

    def __init__(self) -> None:
        self._rest = b""
        self._low: list[float] = []
        self._high: list[float] = []
        self._power: list[float] = []
        self._profile, self._points = bytearray(), bytearray()

    def take(self, text: bytes) -> None:
        """Take the next piece of text, cut anywhere."""
        whole, _, self._rest = (self._rest + text).rpartition(b"\n")
        self._low += map(float, _LOW.findall(whole))
        self._high += map(float, _HIGH.findall(whole))
        self._power += (_power(float(db)) for db in _RMS.findall(whole))
        each = 2 * POINTS
        ready = min(len(self._low), len(self._high), len(self._power)) // each * each
        self._fold(ready)

    def _fold(self, count: int) -> None:
        """Make quanta of the first `count` values of each kind, left and right in turn."""
        each = 2 * POINTS
        for at in range(0, count, each):
            low, high = self._low[at : at + each], self._high[at : at + each]
            power = self._power[at : at + each]
            sides = ((low[n::2], high[n::2], power[n::2]) for n in (0, 1))
            levels = [(_step(_db(sum(p) / POINTS)), _step(_peak(min(a), max(b)))) for a, b, p in sides]
            self._profile += bytes(rms for rms, _ in levels) + bytes(peak for _, peak in levels)
            for n in range(0, each, 2):
                extremes = min(low[n], low[n + 1]), max(high[n], high[n + 1])
                self._points += struct.pack("2b", *map(_sample, extremes))
        del self._low[:count], self._high[:count], self._power[:count]

    def finished(self, quanta: Quanta) -> tuple[Levels, Outline]:
        """Return what was measured of an item of `quanta`. Raises SoundUnreadable when too much is missing."""
        measured = len(self._profile) // _PROFILE
        if measured < quanta - MISSING or not measured:
            raise SoundUnreadable(f"{seconds(measured):.0f}/{seconds(quanta):.0f} s")
        lacking = max(0, quanta - measured)
        profile = self._profile[: _PROFILE * quanta] + bytes([SILENT]) * (_PROFILE * lacking)
        points = self._points[: 2 * POINTS * quanta] + bytes(2 * POINTS * lacking)
        return Levels(bytes(profile)), Outline(bytes(points))


def _power(db: float) -> float:
    return 10 ** (db / 10) if math.isfinite(db) else 0.0


def _db(power: float) -> float:
    return 10 * math.log10(power) if power > 0 else SILENCE_DB


def _peak(low: float, high: float) -> float:
    highest = max(-low, high)
    return 20 * math.log10(highest) if highest > 0 else SILENCE_DB


def _sample(value: float) -> int:
    return max(-FULL, min(FULL, round(value * FULL)))


# --- the file ----------------------------------------------------------------------------------------


def write_levels(path: Path, levels: Levels, outline: Outline) -> None:
    """Write both into one file. Blocking. Raises OSError."""
    durable.write_file(path, HEAD.pack(MAGIC, levels.quanta) + levels.profile + outline.points)


def read_levels(path: Path) -> Levels | None:
    """Return the profile in a file; None when there is none, or not a whole one. Blocking."""
    profile = _section(path, lambda quanta: (HEAD.size, _PROFILE * quanta))
    return Levels(profile) if profile is not None else None


def read_outline(path: Path) -> Outline | None:
    """Return the outline in a file; None when there is none, or not a whole one. Blocking."""
    points = _section(path, lambda quanta: (HEAD.size + _PROFILE * quanta, 2 * POINTS * quanta))
    return Outline(points) if points is not None else None


def _section(path: Path, where: Callable[[int], tuple[int, int]]) -> bytes | None:
    try:
        with path.open("rb") as f:
            magic, quanta = HEAD.unpack(f.read(HEAD.size))
            if magic != MAGIC:
                return None
            offset, length = where(quanta)
            f.seek(offset)
            found = f.read(length)
    except (OSError, struct.error):
        return None
    return found if len(found) == length else None
