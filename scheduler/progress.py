"""Where a channel stands, read from what aired: which items of a list, which fixed events are done.

Everything here is a fold over air entries, oldest first. The builder feeds its own planned lines through
the same fold, which is why a plan made anew from any line on continues instead of starting over.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import MappingProxyType

from lppl.media import AssetId, Material
from lppl.ports import Aired
from lppl.quanta import Quanta
from scheduler.plan import Fixed

NOWHERE: Mapping[AssetId, Quanta] = MappingProxyType({})


def coalesced(
    aired: Iterable[Aired],
    lengths: Mapping[AssetId, Quanta],
    boundaries: AbstractSet[Quanta],
    begins: Mapping[AssetId, Quanta] = NOWHERE,
) -> list[Aired]:
    """Join entries that are pieces of one airing: same asset, touching, together no longer than the asset.

    Sorted by start. Where it is known how far they came, they tell themselves whether one goes on where the other
    ended. Otherwise what begins at one of the plan's `boundaries` is an airing of its own, unless it begins behind
    where its asset `begins` (its cue-in).
    """
    joined: list[Aired] = []
    for entry in sorted(aired, key=lambda e: e.start):
        before = joined[-1] if joined else None
        if (
            before is not None
            and before.asset == entry.asset
            and before.start + before.length == entry.start
            and before.length + entry.length <= lengths.get(entry.asset, 0)
            and _one_airing(before, entry, boundaries, begins)
        ):
            joined[-1] = Aired(before.asset, before.start, Quanta(before.length + entry.length), entry.until)
        else:
            joined.append(entry)
    return joined


def _one_airing(before: Aired, entry: Aired, boundaries: AbstractSet[Quanta], begins: Mapping[AssetId, Quanta]) -> bool:
    in_point = entry.until - entry.length
    if before.until and entry.until:
        return in_point == before.until
    return entry.start not in boundaries or (entry.until > 0 and in_point > begins.get(entry.asset, 0))


class ListProgress:
    """How far one occurrence of a block has come in its list. `entries` pairs paths with what is on the shelf.

    The k-th airing of an asset answers for its k-th place in the list; what is missing stays open, and airs
    next once it arrives. With `repeat` the list starts again when all that is on the shelf has aired.
    """

    def __init__(self, entries: Sequence[tuple[str, Material | None]], repeat: bool) -> None:
        self.entries, self._repeat = entries, repeat
        self._present = sum(1 for _, m in entries if m)
        self._restart()

    def _restart(self) -> None:
        self._open: dict[AssetId, deque[int]] = defaultdict(deque)
        for n, (_, material) in enumerate(self.entries):
            if material:
                self._open[material.asset].append(n)
        self._served = [False] * len(self.entries)
        self._left = self._present
        self._first = 0

    def note(self, asset: AssetId) -> None:
        """Count one airing."""
        places = self._open.get(asset)
        if not places:
            return
        self._served[places.popleft()] = True
        self._left -= 1
        if self._left == 0 and self._repeat:
            self._restart()

    def next(self) -> tuple[int, Material] | None:
        """Return the place in the list (from 0) and the material of what airs next; None when it ran out."""
        if self._left == 0:
            return None
        while True:
            material = self.entries[self._first][1]
            if material and not self._served[self._first]:
                return self._first, material
            self._first += 1

    @property
    def unaired(self) -> tuple[str, ...]:
        """Paths on the shelf that have not aired."""
        served = zip(self.entries, self._served, strict=True)
        return tuple(path for (path, material), done in served if material and not done)

    def missing_before(self, n: int) -> tuple[str, ...]:
        """Return the missing paths directly before place `n` (``len(entries)``: at the end)."""
        first = n
        while first > 0 and self.entries[first - 1][1] is None:
            first -= 1
        return tuple(path for path, _ in self.entries[first:n])


class EventQueue:
    """Which fixed events are due. `events` in order of start, then of priority.

    An event that its moment found busy waits its turn, a hard one only behind other events; it is given up
    when something else began instead of it, or the channel was off the air, or its next occurrence came.
    Hard events go before soft ones. At a start in `firm` (hard blocks) only a hard event of that very
    quantum goes first; the others wait for one item more.
    """

    def __init__(self, events: Sequence[tuple[Fixed, Material]], firm: AbstractSet[Quanta]) -> None:
        self._events, self._firm = events, firm
        self._reached = 0
        self._waiting: list[tuple[Fixed, Material]] = []

    def due(self, q: Quanta) -> tuple[Fixed, Material] | None:
        """Return the event that should start at `q`."""
        self._reach(q)
        exact = next((w for w in self._waiting if w[0].hard and w[0].start == q), None)
        if exact or q in self._firm:
            return exact
        return self._waiting[0] if self._waiting else None

    def note(self, asset: AssetId, start: Quanta, end: Quanta) -> bool:
        """Count one airing during [start, end); return whether it served an event."""
        due = self.due(start)
        served = due if due and due[1].asset == asset else None
        if served is None:
            served = next((w for w in self._waiting if w[1].asset == asset), None)
        if served is not None:
            self._waiting.remove(served)
        elif start not in self._firm:
            self._waiting.clear()
        self.pass_until(end)
        return served is not None

    def pass_until(self, end: Quanta) -> None:
        """Let soft events that come due before `end` wait: something airs until then."""
        while self._reached < len(self._events) and self._events[self._reached][0].start < end:
            event, material = self._events[self._reached]
            self._reached += 1
            if not event.hard:  # a hard event that was not let in has lost its moment
                self._wait(event, material)

    def silence_until(self, q: Quanta) -> None:
        """Give up what should have started before `q`: nothing aired until then."""
        self._waiting.clear()
        while self._reached < len(self._events) and self._events[self._reached][0].start < q:
            self._reached += 1

    def _reach(self, q: Quanta) -> None:
        while self._reached < len(self._events) and self._events[self._reached][0].start <= q:
            self._wait(*self._events[self._reached])
            self._reached += 1

    def _wait(self, event: Fixed, material: Material) -> None:
        """Queue an event; it replaces an older occurrence of the same series."""
        self._waiting = [w for w in self._waiting if w[0].series != event.series]
        self._waiting.append((event, material))
        self._waiting.sort(key=lambda w: not w[0].hard)  # stable: else in order of start
