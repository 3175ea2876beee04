"""What a bench measured, as values: figures, walls, percentiles, and a viewer's buffer. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Sense(StrEnum):
    """On which side of the wall a figure must lie."""

    AT_MOST = "<="
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Wall:
    """What a figure must reach; with `ratio` it is the ratio to the peer that must."""

    sense: Sense
    value: float
    ratio: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number beside its peer's, from the same run."""

    what: str
    ours: float
    unit: str
    peer: float | None = None
    peer_name: str = ""
    wall: Wall | None = None
    computed_peer: bool = False
    """True when the peer's number is computed from a smaller measurement, and not itself measured."""

    @property
    def ratio(self) -> float | None:
        """Ours divided by the peer's; None without a peer."""
        return self.ours / self.peer if self.peer else None

    @property
    def holds(self) -> bool | None:
        """Whether the wall is reached; None where there is none."""
        if self.wall is None:
            return None
        value = self.ratio if self.wall.ratio else self.ours
        if value is None or math.isnan(value):
            return False
        return value <= self.wall.value if self.wall.sense is Sense.AT_MOST else value >= self.wall.value

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value."""
        wall = None
        if self.wall is not None:
            wall = {
                "sense": self.wall.sense.value,
                "value": self.wall.value,
                "of": "ratio" if self.wall.ratio else "ours",
            }
        return {
            "what": self.what, "ours": self.ours, "unit": self.unit, "peer": self.peer, "peer_name": self.peer_name,
            "peer_is_computed": self.computed_peer, "ratio": self.ratio, "wall": wall, "holds": self.holds,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """What one row gave; `failure` says why it could not be measured."""

    row: str
    title: str
    figures: tuple[Figure, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)
    failure: str | None = None
    took_s: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value."""
        return {
            "row": self.row, "title": self.title, "figures": [f.to_json() for f in self.figures],
            "details": self.details, "failure": self.failure, "took_s": round(self.took_s, 1),
        }  # fmt: skip


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the nearest-rank percentile. Raises ValueError for no values or a percent outside 0 to 100."""
    if not values or not 0 <= percent <= 100:
        raise ValueError(f"percentile {percent} of {len(values)} values")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def median(values: Sequence[float]) -> float:
    """Return the median; the mean of the middle two when there is no middle. Raises ValueError for none."""
    if not values:
        raise ValueError("median of no values")
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def growth(first: float, last: float) -> float:
    """Return by what part `last` lies above `first`: 0.05 is five per cent more."""
    return last / first - 1


def relative(ratio: float) -> str:
    """Write a ratio as people read it: ``1/230`` when small, ``3.4x`` otherwise."""
    if 0 < ratio < 0.2:
        return f"1/{1 / ratio:,.0f}"
    return f"{ratio:.2f}x" if ratio < 100 else f"{ratio:,.0f}x"


@dataclass
class Buffer:
    """What a player holds: media arrives, media plays at the pace of the clock. Times in seconds.

    Playing begins `start_up` seconds of media after the first byte, as players do; when the buffer runs empty the
    player stands still until the next media arrives.
    """

    start_up: float
    held: float = 0.0
    stalls: int = 0
    stalled_s: float = 0.0
    lowest: float | None = None
    _at: float = 0.0
    _playing: bool = False

    def arrived(self, at: float, length: float) -> None:
        """Take `length` seconds of media that came whole at `at`."""
        self.look(at)
        self.held += length
        if not self._playing and self.held >= self.start_up - 1e-9:
            self._playing = True

    def look(self, at: float) -> None:
        """Play on until `at`, and note how low the buffer was."""
        if self._playing:
            left = self.held - (at - self._at)
            self.lowest = left if self.lowest is None else min(self.lowest, left)
            if left < 0:
                self.stalls += 1
                self.stalled_s -= left
            self.held = max(0.0, left)
        self._at = at


@dataclass
class Lateness:
    """How late a player could have a segment, for what the service and not the player is to blame. Seconds."""

    published_at: float
    _first_asked: float | None = None

    def asked(self, sent: float) -> None:
        """Note a playlist request sent at `sent` that did not name the segment."""
        if sent >= self.published_at and self._first_asked is None:
            self._first_asked = sent

    def named(self, sent: float, received: float) -> float:
        """Return the lateness when the request sent at `sent` named it and its bytes were there at `received`.

        Who asks at once waits from publication on; who asked too late by himself waits from when he asked.
        """
        begin = self.published_at if self._first_asked is not None else max(sent, self.published_at)
        return max(0.0, received - begin)


def worst(values: Iterable[float]) -> float:
    """Return the greatest value, 0 for none."""
    return max(values, default=0.0)
