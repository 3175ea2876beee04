"""A channel's journal read as time: which segment holds which quanta of which house set.

Wall-clock time is divided into cells of 12 quanta. Segment k is every GOP that starts in cell k; its start is the
first cut at or after the cell's start. Pure: it asks the house store only where GOPs begin.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lppl.journal import Entry, Item, Record, fold
from lppl.quanta import CELL, GOP, PUBLISH_DELAY, Quanta, cell_of, cell_start
from lppl.rundown import Kind

NextGop = Callable[[Item, int], Quanta | None]
"""(item, quantum of its house set) -> first GOP start at or after it, or None behind the last."""


@dataclass(frozen=True, slots=True)
class Piece:
    """`length` quanta of the item's house set from `in_point`, on air at `air`."""

    item: Item
    in_point: Quanta
    length: int
    air: Quanta


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of a channel, the same in all renditions. `number` is its media sequence number."""

    number: int
    start: Quanta
    length: int
    pieces: tuple[Piece, ...]

    @property
    def end(self) -> Quanta:
        """The first quantum after the segment."""
        return Quanta(self.start + self.length)

    @property
    def gap(self) -> bool:
        """True when the station was off air during any of it: listed as EXT-X-GAP."""
        return any(p.item.kind is Kind.OFF for p in self.pieces)


class Timeline:
    """What one channel committed, from some past quantum on."""

    def __init__(self, next_gop: NextGop, entries: Iterable[Entry] = ()) -> None:
        self._next_gop = next_gop
        self.entries: list[Entry] = list(entries)
        self._starts = [e.item.start for e in self.entries]

    @property
    def start(self) -> Quanta | None:
        """The first quantum known."""
        return self._starts[0] if self._starts else None

    @property
    def end(self) -> Quanta | None:
        """The first quantum not committed."""
        return self.entries[-1].end if self.entries else None

    def apply(self, records: Iterable[Record]) -> None:
        """Add what was committed since."""
        for record in records:
            fold(self.entries, (record,))
            if isinstance(record, Item):
                # an item may take the place of one that never aired, or come behind a stretch that was lost
                known = max(0, min(len(self._starts), len(self.entries)) - 2)
                self._starts[known:] = [e.item.start for e in self.entries[known:]]

    def forget_before(self, q: Quanta) -> None:
        """Drop entries that ended at or before `q`."""
        keep = 0
        while keep < len(self.entries) - 1 and self.entries[keep].end <= q:
            keep += 1
        if keep:
            del self.entries[:keep], self._starts[:keep]

    def at(self, q: Quanta) -> Entry | None:
        """Return the entry that airs at `q`."""
        i = bisect_right(self._starts, q) - 1
        return self.entries[i] if i >= 0 and q < self.entries[i].end else None

    def between(self, start: Quanta, end: Quanta) -> Sequence[Entry]:
        """Return the entries that air anywhere in [start, end)."""
        i = max(0, bisect_right(self._starts, start) - 1)
        j = bisect_right(self._starts, end - 1)
        return [e for e in self.entries[i:j] if e.end > start]

    def cut(self, q: Quanta) -> Quanta | None:
        """Return the first instant at or after `q` at which a segment can start; None while not committed."""
        entry = self.at(q)
        if entry is None:
            return None
        item = entry.item
        if item.house is None or q == item.start:
            return q
        gop = self._next_gop(item, item.in_point + q - item.start)
        if gop is not None and item.start + gop - item.in_point < entry.end:
            return Quanta(item.start + gop - item.in_point)
        if gop is None and entry.end - q >= GOP:
            return q  # the house set is shorter than when it was committed: the slate stands in, a key frame first
        i = bisect_right(self._starts, item.start)
        return self._starts[i] if i < len(self._starts) else None

    def segment(self, number: int, start: Quanta | None = None) -> Segment | None:
        """Return segment `number`; None while it is not wholly committed, or from before the timeline.

        `start`, when known, is where the segment before it ended.
        """
        if self.start is None or cell_start(number) < self.start:
            return None
        if start is None:
            start = self.cut(cell_start(number))
        end = self.cut(cell_start(number + 1))
        if start is None or end is None or end <= start:
            return None
        return Segment(number, start, end - start, self.pieces(start, end))

    def pieces(self, start: Quanta, end: Quanta) -> tuple[Piece, ...]:
        """Return what airs in [start, end), which must be committed."""
        out = []
        for entry in self.between(start, end):
            item = entry.item
            a, b = max(start, item.start), min(end, entry.end)
            out.append(Piece(item, Quanta(item.in_point + a - item.start), b - a, a))
        return tuple(out)


def due(now: Quanta) -> int:
    """Return the newest segment that may be published at `now`: cell end + 5 quanta, when its GOPs have ended."""
    return cell_of(Quanta(now - PUBLISH_DELAY)) - 1


def published_at(number: int) -> Quanta:
    """Return the quantum at which segment `number` is published."""
    return Quanta((number + 1) * CELL + PUBLISH_DELAY)
