"""The air clock: counts on by itself, is drawn gently to wall time, and never jumps while it is believed.

Whatever happens to the computer's clock while the service runs (a step by NTP, an operator, a dead battery), air
time goes on without a jump and never backwards. A small error is taken up slowly; a large one at one per cent, which
no player notices. Only a clock that could not be believed from the start, and now can, is followed at once and forward
(:meth:`AirClock.follow`): the time between is journalled as off air. The decision is pure (:func:`steer`);
:class:`AirClock` reads the clocks.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lppl.quanta import AHEAD, BEAT, QUANTUM_MS, Quanta, beat_of, covering

FINE = 0.001
"""Steering for errors under COARSE_FROM_MS."""
COARSE = 0.01
COARSE_FROM_MS = 1_000.0
SETTLE_MS = 60_000.0
"""An error is meant to be gone after this long, when the limits allow."""
CREDIBLE_FROM = datetime(2026, 1, 1, tzinfo=UTC)
"""No station runs this software before it was written: an earlier clock has lost its battery."""
EARLY_MS = 60_000.0
"""How far behind the journal's end a clock may begin and still be believed."""
BELIEVED_AFTER_MS = 600_000.0
"""A clock that still is behind the journal after this long is believed: NTP has had its time, the journal was ahead
(as when a computer ran on another zone's time). Until then it is taken for a clock that has yet to be set."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Air time at a monotonic instant, and its pace from there on. All in ms; `rate` is added to 1."""

    mono: float
    air: float
    rate: float = 0.0

    def at(self, mono: float) -> float:
        """Return air time (ms since the epoch) at monotonic time `mono`."""
        return self.air + (mono - self.mono) * (1 + self.rate)


def steer(anchor: Anchor, mono: float, wall: float, *, trusted: bool) -> Anchor:
    """Return the anchor for the time after `mono`, drawn towards `wall` (ms); without trust, straight on."""
    air = anchor.at(mono)
    error = wall - air
    limit = FINE if abs(error) < COARSE_FROM_MS else COARSE
    rate = max(-limit, min(limit, error / SETTLE_MS)) if trusted else 0.0
    return replace(anchor, mono=mono, air=air, rate=rate)


def begin(mono: float, wall: float, journal_end: Quanta | None) -> tuple[Anchor, bool]:
    """Return the anchor at start-up, and whether wall time can be believed.

    Air time begins at wall time, but never further before the journal's end than channels are committed ahead: what a
    killed service had committed lies in the future still, and beginning at its end would carry the clock forward with
    every restart. A wall clock from before this software existed, or more than a minute before the journal's end, is
    not credible: air goes on from the journal's end.
    """
    end = float(journal_end * QUANTUM_MS) if journal_end is not None else 0.0
    start = wall if wall >= end - AHEAD * QUANTUM_MS else end
    return Anchor(mono, start), possible(wall) and wall >= end - EARLY_MS


def possible(wall: float) -> bool:
    """Tell whether `wall` (ms since the epoch) can be the time of day at all."""
    return wall >= CREDIBLE_FROM.timestamp() * 1000


class AirClock:
    """The running clock of a station."""

    def __init__(
        self,
        journal_end: Quanta | None = None,
        wall: Callable[[], float] = time.time,
        mono: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall, self._mono = wall, mono
        self._began = mono() * 1000
        self._anchor, self.credible = begin(self._began, wall() * 1000, journal_end)

    def now_ms(self) -> float:
        """Air time in ms since the Unix epoch."""
        return self._anchor.at(self._mono() * 1000)

    def now(self) -> Quanta:
        """The quantum on air."""
        return Quanta(int(self.now_ms() // QUANTUM_MS))

    def until(self, q: Quanta) -> float:
        """Seconds of real time until air time `q` begins; negative when it has begun."""
        return (q * QUANTUM_MS - self.now_ms()) / 1000 / (1 + self._anchor.rate)

    def rest(self, seconds: float) -> float:
        """Return about `seconds`, so that who sleeps that long wakes at a beat, together with the commit loop."""
        return self.until(Quanta(beat_of(Quanta(self.now() + covering(seconds) + BEAT // 2))))

    def steer(self) -> None:
        """Read wall time and correct the pace; call it every few seconds."""
        mono, wall = self._mono() * 1000, self._wall() * 1000
        waited = mono - self._began >= BELIEVED_AFTER_MS
        if possible(wall) and (waited or wall >= self._anchor.at(mono) - EARLY_MS):
            self.credible = True
        # a clock that fell back to the year 2000 while we run is not followed, not even slowly
        self._anchor = steer(self._anchor, mono, wall, trusted=self.credible and possible(wall))

    def follow(self) -> None:
        """Go forward to wall time at once: only for a clock that has just become credible; the caller journals it."""
        mono = self._mono() * 1000
        self._anchor = Anchor(mono, max(self._anchor.at(mono), self._wall() * 1000))

    @property
    def offset_ms(self) -> float:
        """Wall time minus air time: what is still to be taken up."""
        return self._wall() * 1000 - self.now_ms()
