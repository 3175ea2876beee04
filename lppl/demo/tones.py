"""Instruments made by arithmetic: what one note of a gamelan sounds like.

Pure functions from a pitch to samples (floats near +-1, 48 kHz, mono). A decaying partial is the geometric
series of one complex number, which `itertools.accumulate` walks in C; that makes plain Python quick enough
and spares the station a numerical library.
"""

from array import array
from cmath import rect
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, repeat
from math import exp, pi, sin
from operator import add, mul
from random import Random

RATE = 48_000
Samples = array  # of "d"

SLENDRO = (0, 240, 480, 720, 960)
"""Five nearly equal steps, in cents."""
PELOG = (0, 120, 270, 670, 790)
"""The five tones of pelog bem that most pieces use (1 2 3 5 6), in cents."""


def pitch(scale: Sequence[int], degree: int, tonic: float) -> float:
    """Return the frequency (Hz) of a scale's `degree`; degrees run on through the octaves, also below 0."""
    octave, step = divmod(degree, len(scale))
    return tonic * 2 ** (octave + scale[step] / 1200)


def struck(
    freq: float, seconds: float, partials: Sequence[tuple[float, float, float]], attack: float = 0.002
) -> "array[float]":
    """Return a struck sound; each partial is (ratio to `freq`, loudness, seconds until it falls by 60 dB)."""
    n = round(seconds * RATE)
    total: list[float] = [0.0] * n
    for ratio, loud, fall in partials:
        turn = rect(exp(-6.9 / (fall * RATE)), 2 * pi * freq * ratio / RATE)
        spiral = accumulate(repeat(turn, n - 1), mul, initial=complex(loud))
        total = list(map(add, total, [z.imag for z in spiral]))
    for i in range(min(n, round(attack * RATE))):
        total[i] *= i / (attack * RATE)
    _fade(total, 0.02)
    return array("d", total)


def _fade(samples: "list[float]", seconds: float) -> None:
    """Bring the last `seconds` down to nothing, so that no note ends with a click."""
    n = min(len(samples), round(seconds * RATE))
    for i in range(n):
        samples[-1 - i] *= i / n


@cache
def saron(freq: float) -> "array[float]":
    """Bronze bars: the melody."""
    return struck(freq, 1.6, ((1, 0.6, 1.8), (2.76, 0.16, 0.6), (5.4, 0.07, 0.18)))


@cache
def bonang(freq: float) -> "array[float]":
    """Small kettle gongs: the ornaments."""
    return struck(freq, 0.9, ((1, 0.5, 0.9), (1.52, 0.16, 0.35), (2.9, 0.10, 0.15)))


@cache
def slenthem(freq: float) -> "array[float]":
    """Bars over tubes: the soft, long core tones."""
    return struck(freq, 2.6, ((1, 0.7, 3.2), (2, 0.10, 1.4)), attack=0.012)


@cache
def gong(freq: float, seconds: float = 6.0) -> "array[float]":
    """The great gong; two partials a hertz apart make its *ombak*, the wave in its sound."""
    beat = 1.1 / freq
    partials = ((1, 0.5, 7.0), (1 + beat, 0.4, 7.0), (1.52, 0.16, 2.5), (2.0, 0.18, 3.0), (2.74, 0.08, 1.2))
    return struck(freq, seconds, partials, attack=0.008)


@cache
def plucked(freq: float) -> "array[float]":
    """A nylon string (Karplus-Strong): bass and ukulele of keroncong."""
    n = round(1.4 * RATE)
    period = max(2, round(RATE / freq))
    noise = Random(period)  # noqa: S311 (sound, not secrets)
    ring = [noise.uniform(-0.6, 0.6) for _ in range(period)]
    for _ in range(3):
        ring = [(ring[i] + ring[i - 1]) / 2 for i in range(period)]
    samples: list[float] = []
    while len(samples) < n:
        samples.extend(ring)
        ring = [0.497 * (ring[i] + ring[i - 1]) for i in range(period)]
    samples = samples[:n]
    _fade(samples, 0.05)
    return array("d", samples)


@cache
def suling(freq: float, seconds: float) -> "array[float]":
    """A bamboo flute: soft attack, slow vibrato, a little breath."""
    n = round(seconds * RATE)
    w = 2 * pi * freq / RATE
    v = 2 * pi * 5.2 / RATE
    depth = 0.004 * freq / 5.2
    breath = Random(n)  # noqa: S311 (sound, not secrets)
    rise, fall = 0.07 * RATE, 0.12 * RATE
    samples = []
    for i in range(n):
        phase = w * i + depth * sin(v * i)
        envelope = min(1.0, i / rise, (n - i) / fall)
        samples.append(envelope * (0.42 * sin(phase) + 0.09 * sin(2 * phase) + 0.03 * breath.uniform(-1, 1)))
    return array("d", samples)


@cache
def kendang(low: bool) -> "array[float]":
    """A hand drum: the deep *dah* or the short *tak*."""
    n = round((0.34 if low else 0.12) * RATE)
    start, end, fall = (150.0, 78.0, 0.30) if low else (420.0, 310.0, 0.09)
    skin = Random(7)  # noqa: S311 (sound, not secrets)
    phase, samples = 0.0, []
    for i in range(n):
        t = i / RATE
        phase += 2 * pi * (end + (start - end) * exp(-t * 30)) / RATE
        slap = skin.uniform(-1, 1) * exp(-t * 180) * 0.35
        samples.append(exp(-6.9 * t / fall / 2) * sin(phase) * 0.8 + slap)
    _fade(samples, 0.01)
    return array("d", samples)
