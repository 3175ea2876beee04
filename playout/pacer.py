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
SESSION_MOST_MS = 26 * 3600 * 1000
"""A stream is ended before its 33-bit clock wraps (26.5 h): from the first on in a silence, at the latest here."""


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


def has_material(feed: TransportFeed, now_ms: float, bound_ms: float = BOUND_MS) -> bool:
    """Tell whether `feed` has anything that a stream beginning now would come to play."""
    current = int(now_ms + LEAD_MS) // QUANTUM_MS
    first = current - int(bound_ms) // QUANTUM_MS
    return any(feed.packets(Quanta(q)) is not None for q in range(current + AHEAD, first, -1))


class Pacer:
    """One continuous stream out of `feed`, beginning at air time `now_ms` (milliseconds since the epoch)."""

    def __init__(self, feed: TransportFeed, now_ms: float, bound_ms: float = BOUND_MS) -> None:
        self._feed = feed
        self._bound = bound_ms
        self._next = Quanta(-(-int(now_ms + LEAD_MS) // QUANTUM_MS))
        self._origin = self._due(self._next)
        self._horizon = self._next
        self._ready: dict[Quanta, tuple[bytes, float]] = {}
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

    def worn_out(self, now_ms: float, silent: bool) -> bool:
        """Tell whether a new stream should begin, because this one's own clock comes near its wrap."""
        return now_ms - self._origin > (SESSION_MS if silent else SESSION_MOST_MS)

    def _due(self, q: Quanta) -> float:
        """Return when `q` is handed over when nothing is late."""
        return float(q * QUANTUM_MS - LEAD_MS)

    def _look(self, now_ms: float) -> None:
        """Read what is newly committed, and note how late it is for being on time."""
        while self._horizon < self._next + AHEAD and self._read(self._horizon, now_ms):
            self._horizon = Quanta(self._horizon + 1)

    def _read(self, q: Quanta, now_ms: float) -> bool:
        packets = self._feed.packets(q)
        if packets is None:
            return False
        late = now_ms - self._due(q)
        self._ready[q] = (packets, late)
        self._lateness.append((now_ms, late))
        return True

    def _load(self, now_ms: float) -> bool:
        """Cut the next quantum into slices; False while it is not there."""
        self._give_back(now_ms)
        overdue = now_ms - self._due(self._next) - self.delay_ms
        if self._next not in self._ready and overdue > 0:
            self._pass_hole(now_ms)
        elif self._next in self._ready:
            overdue -= max(self._ready[self._next][1] - self.delay_ms, 0.0)
            if overdue > STALL_MS:  # it was there, but this process slept
                self._skip(int(overdue // QUANTUM_MS), now_ms)
        if self._next not in self._ready:
            return False
        packets, late = self._ready.pop(self._next)
        if late > self.delay_ms:
            self.delay_ms = min(late + MARGIN_MS, self._bound)
        self._cut(packets)
        self._next = Quanta(self._next + 1)
        self.figures.sent += 1
        return True

    def _pass_hole(self, now_ms: float) -> None:
        """Go past quanta that will never come: commits are in order, so a later one proves it; so does time."""
        current = int(now_ms + LEAD_MS) // QUANTUM_MS
        for q in range(self._next + 1, current + AHEAD):
            if self._read(Quanta(q), now_ms):
                self._skip(q - self._next, now_ms)
                return
        if now_ms - self._due(self._next) > self._bound:
            self._skip(current - self._next, now_ms)
            self.delay_ms = 0.0

    def _give_back(self, now_ms: float) -> None:
        """Drop whole quanta so that the delay becomes what the window needed, if what follows is there."""
        while self._lateness and self._lateness[0][0] < now_ms - WINDOW_MS:
            self._lateness.popleft()
        worst = max((late for _, late in self._lateness), default=0.0)
        needed = worst + MARGIN_MS if worst > 0 else 0.0
        drop = int((self.delay_ms - needed) // QUANTUM_MS)
        if drop > 0 and Quanta(self._next + drop) in self._ready:
            self._skip(drop, now_ms)
            self.delay_ms -= drop * QUANTUM_MS

    def _skip(self, count: int, now_ms: float) -> None:
        """Leave `count` quanta out."""
        self._next = Quanta(self._next + count)
        self.figures.skipped += count
        for q in [q for q in self._ready if q < self._next]:
            del self._ready[q]
        self._horizon = max(self._horizon, self._next)
        while self._horizon in self._ready:
            self._horizon = Quanta(self._horizon + 1)
        self._look(now_ms)

    def _cut(self, packets: bytes) -> None:
        """Give the next quantum the stream's own time, and cut it into slices of equal length."""
        due = self._due(self._next) + self.delay_ms
        ticks = STREAM_START_TICKS + round((due - self._origin) * transport.TICKS_PER_MS)
        moved = transport.shifted(packets, ticks - self._next * QUANTUM_MS * transport.TICKS_PER_MS)
        count = len(moved) // transport.PACKET
        edges = [count * i // SLICES * transport.PACKET for i in range(SLICES + 1)]
        for i in range(SLICES):
            self._slices.append(Slice(due + i * SLICE_MS, moved[edges[i] : edges[i + 1]]))
