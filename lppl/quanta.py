"""Air time: the quantum, the GOP, the cell, and their arithmetic.

Everything that airs is measured in whole quanta of 320 ms (8 video frames at 25 fps, 15 AAC frames
at 48 kHz), so picture and sound never drift by a sample. An air time is the number of quanta since
the Unix epoch. This module holds integers and pure functions only; it never reads a clock.
"""

from datetime import UTC, datetime, timedelta
from typing import NewType

Quanta = NewType("Quanta", int)
"""A length, or an air time since the Unix epoch, in quanta of 320 ms."""

QUANTUM_MS = 320
FRAMES = 8
"""Video frames in a quantum (25 fps)."""
AAC_FRAMES = 15
"""AAC frames of 1,024 samples in a quantum (48 kHz)."""

GOP = Quanta(6)
"""Longest group of pictures: 48 frames, 1.92 s."""
CELL = Quanta(12)
"""Wall-clock cell of one HLS segment: 3.84 s. Segment k is every GOP that starts in cell k."""
PUBLISH_DELAY = Quanta(5)
"""A segment is published this long after its cell ends: a GOP that began in it has ended by then."""
AHEAD = Quanta(6)
"""Channels are committed at most this far ahead of the air: 1.92 s."""
BEAT = 4
"""Channels are committed every 1.28 s of air time, all in the same instant, so that they share one sync of the journal.
Whatever else is done now and then waits for a beat: a computer that sleeps in between uses the least power, and at
each waking the processor's caches are cold."""


def at_or_after(instant: datetime) -> Quanta:
    """Return the first quantum that does not start before an aware `instant`."""
    micros = (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return Quanta(-(-micros // (QUANTUM_MS * 1000)))


def starting(q: Quanta) -> datetime:
    """Return the instant (aware, UTC) at which quantum `q` starts."""
    return datetime.fromtimestamp(q * QUANTUM_MS / 1000, tz=UTC)


def covering(seconds: float) -> Quanta:
    """Return the least number of quanta that lasts at least `seconds`."""
    return Quanta(-(-round(seconds * 1_000_000) // (QUANTUM_MS * 1000)))


def seconds(n: int) -> float:
    """Return the length of `n` quanta in seconds."""
    return n * QUANTUM_MS / 1000


def milliseconds(q: Quanta) -> int:
    """Return an air time as milliseconds since the Unix epoch."""
    return q * QUANTUM_MS


def beat_of(q: Quanta) -> Quanta:
    """Return the last beat not after `q`. Segments are published at beats."""
    return Quanta(q - (q - PUBLISH_DELAY) % BEAT)


def cell_of(q: Quanta) -> int:
    """Return the cell in which quantum `q` starts; it is the HLS media sequence number."""
    return q // CELL


def cell_start(k: int) -> Quanta:
    """Return the first quantum of cell `k`."""
    return Quanta(k * CELL)
