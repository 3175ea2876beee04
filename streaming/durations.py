"""Where the streams of a file begin and end, from the times of their packets. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

JUMP_S = 30.0
"""A stream whose span exceeds the sum of its packets by more than this (and by half) has jumping times."""


@dataclass(slots=True)
class _Stream:
    start: float = float("inf")
    end: float = float("-inf")
    total: float = 0.0
    packets: int = 0
    last: float = 0.0
    step: float = 0.0


@dataclass(slots=True)
class Ends:
    """The first and last instants of each stream, in seconds on the container's clock."""

    streams: dict[int, _Stream] = field(default_factory=dict)
    known_start: float | None = None
    """Set when only the last packets were read: where the file starts by its container's word."""

    @property
    def packets(self) -> int:
        """How many packets had a time."""
        return sum(s.packets for s in self.streams.values())

    def start(self, index: int) -> float:
        """Return when stream `index` starts; 0 when it has no packets."""
        found = self.streams.get(index)
        if self.known_start is not None:
            return self.known_start
        return found.start if found and found.packets else 0.0

    def end(self, index: int) -> float:
        """Return when stream `index` ends; minus infinity when it has no packets."""
        found = self.streams.get(index)
        if found is None or not found.packets:
            return float("-inf")
        if self.jumps(index):
            return found.start + found.total
        return found.end

    def jumps(self, index: int) -> bool:
        """Tell whether the times of stream `index` do not run on, as in recordings joined end to end."""
        found = self.streams.get(index)
        if found is None or not found.packets or found.total <= 0 or self.known_start is not None:
            return False
        span = found.end - found.start
        return abs(span - found.total) > max(JUMP_S, found.total / 2)

    def add(self, index: int, time: float, duration: float) -> None:
        """Take one packet in; `duration` 0 when it is not known."""
        stream = self.streams.setdefault(index, _Stream())
        if not duration:
            # unknown: as long as the step from the packet before, when that is a sane one
            step = time - stream.last if stream.packets else 0.0
            duration = stream.step = step if 0 < step < 1 else stream.step
        stream.last = time
        stream.packets += 1
        stream.total += duration
        stream.start = min(stream.start, time)
        stream.end = max(stream.end, time + duration)


def parse_packets(lines: Iterable[bytes], ends: Ends) -> None:
    """Add ffprobe's packet lines ``index,pts,dts,duration`` to `ends`; lines without a time are passed over."""
    for line in lines:
        fields = line.split(b",")
        if len(fields) < 4:
            continue
        time = _float(fields[1])
        if time is None:
            time = _float(fields[2])
        if time is not None and fields[0].isdigit():
            ends.add(int(fields[0]), time, _float(fields[3]) or 0.0)


def _float(text: bytes) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
