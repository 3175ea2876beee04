"""When each piece of a channel's feed is handed to the sound card's player: a pure state machine.

What is handed over at time t leaves the card LEAD_MS later, so a quantum is handed over LEAD_MS before its
air time and the card is on the air clock. Material that is committed too late for that (a live source)
makes the *delay* grow, never past a bound: beyond it quanta are skipped. The delay shrinks again, by skipping
whole quanta, once nothing has needed it for a while. The player never sees any of this: its stream gets
timestamps that follow the moment of handing over.
"""

from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

from lppl.ports import TransportFeed
from lppl.quanta import QUANTUM_MS, Quanta
from playout import transport

CACHING_MS = 300
"""What VLC holds back to even out arrivals."""
PCR_LEAD_MS = 100
"""The feed's PCR runs this long before its PTS (streaming/mpegts.py)."""
LEAD_MS = CACHING_MS + PCR_LEAD_MS
BOUND_MS = 3_000.0
"""The most that the card may be behind the air; reached only when every commit is that late."""
WINDOW_MS = 6_000.0
"""A delay that nothing has needed for this long is given back: three GOPs of a journal's commits."""
MARGIN_MS = 40.0
STALL_MS = 1_000.0
"""When this process slept longer than this, what should have been sent meanwhile is skipped."""

SLICES = 5
SLICE_MS = QUANTUM_MS / SLICES
AHEAD = 8
"""Quanta looked at ahead of the one being sent."""
STREAM_START_TICKS = 10 * 90_000
SESSION_MS = 24 * 3600 * 1000
"""A stream is ended before its 33-bit clock wraps (26.5 h)."""


class Slice(NamedTuple):
    """A fifth of a quantum, due at `due_ms` of air time."""

    due_ms: float
    data: bytes


@dataclass(slots=True)
class Figures:
    """What the pacer did so far, in quanta."""

    sent: int = 0
    skipped: int = 0
    """Given up because they came too late, or dropped to give a delay back."""


class Pacer:
    """One continuous stream out of `feed`, beginning at air time `now_ms` (milliseconds since the epoch)."""

    def __init__(self, feed: TransportFeed, now_ms: float, bound_ms: float = BOUND_MS) -> None:
        self._feed = feed
        self._bound = bound_ms
        self._next = Quanta(-(-int(now_ms + LEAD_MS) // QUANTUM_MS))
        self._origin = self._due(self._next)
        self._horizon = self._next
        self._ready: dict[Quanta, bytes] = {}
        self._lateness: deque[tuple[float, float]] = deque()
        self._slices: deque[Slice] = deque()
        self._last_sent = now_ms
        self.delay_ms = 0.0
        self.figures = Figures()

    def step(self, now_ms: float) -> bytes:
        """Return what is to be handed over now (often nothing). Call it at least every 20 ms or so."""
        self._look(now_ms)
        out: list[bytes] = []
        while self._slices or self._load(now_ms):
            if self._slices[0].due_ms > now_ms:
                break
            out.append(self._slices.popleft().data)
            self._last_sent = now_ms
        return b"".join(out)

    def wait_ms(self, now_ms: float) -> float:
        """Return how long to wait until the next step; short while the feed is behind."""
        if self._slices:
            return max(0.0, min(self._slices[0].due_ms - now_ms, SLICE_MS))
        return 20.0

    def idle_ms(self, now_ms: float) -> float:
        """Return for how long nothing was handed over."""
        return now_ms - self._last_sent

    def worn_out(self, now_ms: float) -> bool:
        """Tell whether the stream's own clock comes near its wrap and a new stream should begin."""
        return now_ms - self._origin > SESSION_MS

    def _due(self, q: Quanta) -> float:
        """Return when `q` is handed over when nothing is late."""
        return q * QUANTUM_MS - LEAD_MS

    def _look(self, now_ms: float) -> None:
        """Read what is newly committed, and note how much delay it would need."""
        while self._horizon < self._next + AHEAD:
            packets = self._feed.packets(self._horizon)
            if packets is None:
                return
            self._ready[self._horizon] = packets
            self._lateness.append((now_ms, now_ms - self._due(self._horizon)))
            self._horizon = Quanta(self._horizon + 1)

    def _needed(self, now_ms: float) -> float:
        """Return the delay that what came during the window needed."""
        while self._lateness and self._lateness[0][0] < now_ms - WINDOW_MS:
            self._lateness.popleft()
        worst = max((late for _, late in self._lateness), default=0.0)
        return worst + MARGIN_MS if worst > 0 else 0.0

    def _load(self, now_ms: float) -> bool:
        """Cut the next quantum into slices; False while it is not there."""
        self._give_back(now_ms)
        if now_ms - (self._due(self._next) + self.delay_ms) > STALL_MS and self._next in self._ready:
            self._skip(int((now_ms - self._due(self._next) - self.delay_ms) // QUANTUM_MS))
        while self._next not in self._ready:
            if now_ms - self._due(self._next) <= self._bound:
                return False
            self._skip(1)
        late = now_ms - self._due(self._next)
        if late > self.delay_ms + SLICE_MS and self._came_late(self._next):
            self.delay_ms = min(late + MARGIN_MS, self._bound)
        self._cut(self._next, self._ready.pop(self._next))
        self._next = Quanta(self._next + 1)
        self.figures.sent += 1
        return True
