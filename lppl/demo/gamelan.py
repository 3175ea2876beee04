"""Short pieces for the demo station, in the shape of karawitan: composed by rule, mixed to stereo.

A piece is a pure function of its name: the same name gives the same samples on every machine. Playing means
adding notes into a :class:`Mix`, which is written as a wave file.
"""

import sys
import wave
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from lppl.demo import tones
from lppl.demo.tones import PELOG, RATE, SLENDRO, pitch


class Mix:
    """Two channels of sound to which notes are added; with `loop`, tails run on at the beginning."""

    def __init__(self, seconds: float, *, loop: bool = False) -> None:
        self.length = round(seconds * RATE)
        self.loop = loop
        self.sides = (array("d", bytes(8 * self.length)), array("d", bytes(8 * self.length)))

    def add(self, note: "array[float]", at: float, gain: float = 1.0, pan: float = 0.0) -> None:
        """Add `note` from `at` seconds on; `pan` from -1 (left) to 1 (right)."""
        start = round(at * RATE)
        for side, share in zip(self.sides, (1 - max(0.0, pan), 1 + min(0.0, pan)), strict=True):
            self._lay(side, note, start, gain * share)

    def _lay(self, side: "array[float]", note: "array[float]", start: int, gain: float) -> None:
        if start >= self.length:
            if self.loop:
                self._lay(side, note, start % self.length, gain)
            return
        end = min(self.length, start + len(note))
        side[start:end] = array("d", [a + gain * b for a, b in zip(side[start:end], note, strict=False)])
        if self.loop and start + len(note) > self.length:
            self._lay(side, note[end - start :], 0, gain)

    def fade_out(self, seconds: float) -> None:
        """Let the last `seconds` die away in a straight line."""
        n = min(self.length, round(seconds * RATE))
        for side in self.sides:
            for i in range(n):
                side[-1 - i] *= i / n

    def write(self, path: Path, peak: float = 0.7) -> None:
        """Write a 16-bit stereo wave file whose loudest sample is `peak` of full scale."""
        top = max((max(max(s), -min(s)) for s in self.sides), default=0.0) or 1.0
        scale = 32767 * peak / top
        data = array("h", bytes(4 * self.length))
        for i, side in enumerate(self.sides):
            data[i::2] = array("h", [int(v * scale) for v in side])
        if sys.byteorder == "big":
            data.byteswap()
        with wave.open(str(path), "wb") as f:
            f.setnchannels(2)
            f.setsampwidth(2)
            f.setframerate(RATE)
            f.writeframes(data.tobytes())


@dataclass(frozen=True, slots=True)
class Piece:
    """How a piece goes: scale, tonic of the melody (Hz), beats per minute, length in gongan of 16 beats."""

    scale: tuple[int, ...]
    tonic: float
    tempo: float
    cycles: int
    style: str
    seed: int

    @property
    def beat(self) -> float:
        """The length of a beat in seconds."""
        return 60 / self.tempo

    @property
    def seconds(self) -> float:
        """The length of the piece with the last gong dying away."""
        return self.cycles * 16 * self.beat + 4.0


PIECES: Mapping[str, Piece] = {
    "lancaran": Piece(SLENDRO, 294.0, 104, 8, "lancaran", 11),
    "ladrang": Piece(PELOG, 278.0, 84, 6, "lancaran", 23),
    "suling": Piece(PELOG, 311.0, 66, 5, "suling", 31),
    "keroncong": Piece(SLENDRO, 262.0, 92, 7, "keroncong", 47),
    "pesisir": Piece(SLENDRO, 330.0, 112, 8, "keroncong", 59),
    "hening": Piece(PELOG, 233.0, 52, 4, "hening", 61),
    "dolanan": Piece(SLENDRO, 349.0, 120, 8, "lancaran", 73),
}


def balungan(piece: Piece) -> list[list[int]]:
    """Compose the core melody: 16 degrees for each cycle, moving by step, ending cycles on the tonic.

    Cycles follow the form A A B A, so that a listener recognises the tune.
    """
    dice = Random(piece.seed)  # noqa: S311 (a melody, not a secret)

    def phrase(goal: int) -> list[int]:
        at, line = dice.choice((0, 2, 3)), []
        for _ in range(15):
            line.append(at)
            at = max(-3, min(7, at + dice.choice((-2, -1, -1, 0, 1, 1, 2))))
        line.append(goal)
        line[7] = dice.choice((2, 3, 5))
        return line

    a, b = phrase(0), phrase(3)
    return [b if i % 4 == 2 else a for i in range(piece.cycles)]


def _time_keepers(mix: Mix, piece: Piece, start: float) -> None:
    """Add gong, kenong and kempul to the cycle that begins at `start`: the gong sounds on its last beat."""
    low = piece.tonic / 4
    for beat, degree, gain in ((3, 3, 0.30), (7, 0, 0.34), (11, 3, 0.30)):
        note = tones.struck(pitch(piece.scale, degree, piece.tonic / 2), 1.8, ((1, 0.5, 1.6), (1.5, 0.12, 0.6)))
        mix.add(note, start + beat * piece.beat, gain, 0.35)
    mix.add(tones.gong(round(low, 2)), start + 15 * piece.beat, 0.6)


def _lancaran(mix: Mix, piece: Piece, line: list[int], start: float) -> None:
    """A lively piece: saron on the beat, bonang answering between, drum."""
    for i, degree in enumerate(line):
        at = start + i * piece.beat
        mix.add(tones.saron(pitch(piece.scale, degree, piece.tonic)), at, 0.42, -0.3)
        mix.add(tones.slenthem(pitch(piece.scale, degree, piece.tonic / 2)), at, 0.34, 0.1)
        following = line[(i + 1) % len(line)]
        for part, ahead in ((0.5, degree), (0.75, following)):
            mix.add(tones.bonang(pitch(piece.scale, ahead, piece.tonic * 2)), at + part * piece.beat, 0.17, 0.5)
        mix.add(tones.kendang(i % 4 == 3), at, 0.34)
        if i % 2:
            mix.add(tones.kendang(False), at + piece.beat / 2, 0.16, -0.1)


def _suling(mix: Mix, piece: Piece, line: list[int], start: float) -> None:
    """A slow piece: flute over long tones, with a bonang now and then."""
    for i in range(0, 16, 2):
        at = start + i * piece.beat
        mix.add(tones.slenthem(pitch(piece.scale, line[i], piece.tonic / 2)), at, 0.5)
        mix.add(tones.saron(pitch(piece.scale, line[i + 1], piece.tonic / 2)), at + piece.beat, 0.20, -0.4)
        if i % 8 != 6:
            long = 1.9 if i % 4 == 0 else 0.95
            mix.add(tones.suling(pitch(piece.scale, line[i] + 5, piece.tonic), long * piece.beat), at, 0.34, 0.2)
            if long < 1:
                tail = tones.suling(pitch(piece.scale, line[i + 1] + 5, piece.tonic), 0.95 * piece.beat)
                mix.add(tail, at + piece.beat, 0.32, 0.2)
        mix.add(tones.bonang(pitch(piece.scale, line[i + 1], piece.tonic)), at + 1.5 * piece.beat, 0.14, 0.6)


def _keroncong(mix: Mix, piece: Piece, line: list[int], start: float) -> None:
    """A piece with strings: plucked bass, *cak* and *cuk* in alternation, saron and flute melody."""
    for i, degree in enumerate(line):
        at = start + i * piece.beat
        root = line[i - i % 4]
        if i % 2 == 0:
            mix.add(tones.plucked(pitch(piece.scale, root if i % 4 == 0 else root + 3, piece.tonic / 4)), at, 0.75)
        for k in range(4):
            tone = pitch(piece.scale, root + (0, 2, 3, 2)[k], piece.tonic)
            mix.add(
                tones.plucked(tone),
                at + k * piece.beat / 4,
                0.30 if k % 2 else 0.18,
                -0.45 if k % 2 else 0.45,
            )
        if i % 4 < 3:
            mix.add(tones.suling(pitch(piece.scale, degree, piece.tonic * 2), 0.96 * piece.beat), at, 0.26, 0.1)
        mix.add(tones.kendang(False), at + piece.beat / 2, 0.10)


def _hening(mix: Mix, piece: Piece, line: list[int], start: float) -> None:
    """A quiet bed: few, long tones."""
    for i in range(0, 16, 2):
        at = start + i * piece.beat
        mix.add(tones.slenthem(pitch(piece.scale, line[i], piece.tonic / 2)), at, 0.5, -0.2)
        mix.add(tones.slenthem(pitch(piece.scale, line[i] + 2, piece.tonic)), at + piece.beat, 0.24, 0.4)
        mix.add(tones.bonang(pitch(piece.scale, line[i + 1], piece.tonic)), at + 1.5 * piece.beat, 0.12, 0.2)


STYLES: Mapping[str, Callable[[Mix, Piece, list[int], float], None]] = {
    "lancaran": _lancaran,
    "suling": _suling,
    "keroncong": _keroncong,
    "hening": _hening,
}


def perform(name: str) -> Mix:
    """Play the piece `name` of :data:`PIECES`. Raises KeyError for any other name."""
    piece = PIECES[name]
    mix = Mix(piece.seconds)
    mix.add(tones.gong(round(piece.tonic / 4, 2)), 0.0, 0.5)
    for number, line in enumerate(balungan(piece)):
        start = number * 16 * piece.beat
        STYLES[piece.style](mix, piece, line, start)
        _time_keepers(mix, piece, start)
    mix.fade_out(2.0)
    return mix


def chime(seconds: float, *, rising: bool = True) -> Mix:
    """Play the station's call: a gong, then a line of pelog that opens upwards (or settles)."""
    mix = Mix(seconds)
    mix.add(tones.gong(69.3), 0.0, 0.75)
    mix.add(tones.gong(138.6, 4.0), 0.0, 0.25, 0.3)
    line = (0, 2, 3, 4, 7, 5, 8) if rising else (8, 7, 5, 4, 3, 2, 0)
    times = (0.64, 0.96, 1.28, 1.6, 1.92, 2.4, 2.88)
    for degree, at in zip(line, times, strict=True):
        mix.add(tones.saron(pitch(PELOG, degree, 277.2)), at, 0.40, -0.2)
        mix.add(tones.bonang(pitch(PELOG, degree, 554.4)), at + 0.04, 0.16, 0.4)
        mix.add(tones.slenthem(pitch(PELOG, degree, 138.6)), at, 0.22)
    for degree in (0, 3, 5):
        mix.add(tones.slenthem(pitch(PELOG, degree, 277.2)), 3.84, 0.25, (degree - 3) / 6)
    if seconds > 7:
        mix.add(tones.gong(69.3, min(6.0, seconds - 4.8)), 4.8, 0.55)
        for i, degree in enumerate((3, 5, 8)):
            mix.add(tones.bonang(pitch(PELOG, degree, 277.2)), 4.96 + 0.24 * i, 0.2, 0.3 - 0.3 * i)
    mix.fade_out(min(1.2, seconds / 4))
    return mix


def bed(seconds: float) -> Mix:
    """Play a soft bed of `seconds` that joins its own beginning without a seam."""
    mix = Mix(seconds, loop=True)
    for i, degree in enumerate((0, 3, 2, 4, 3, 5, 4, 2)):
        at = i * seconds / 8
        mix.add(tones.slenthem(pitch(SLENDRO, degree, 220.0)), at, 0.4, 0.3 if i % 2 else -0.3)
        if i % 2 == 0:
            mix.add(tones.slenthem(pitch(SLENDRO, degree - 5, 220.0)), at, 0.4)
    return mix
