"""Choosing material: what a folder holds, whose turn it is in a rotation, what fits best into a gap.

A `Catalogue` is what one shelf means to plans; it never changes and may be shared by threads. A
`Rotation` lives for one build.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush, heapreplace

from lppl.media import AssetId, Material, Shelf
from lppl.quanta import Quanta
from scheduler.plan import Fixed

NEVER = Quanta(-(1 << 62))
"""Stands for the air time of what has not aired as far as anyone remembers."""
WAITING_LONGEST = 32
"""Before a hard start, the longest fitting item is looked for among this many that waited longest, and
only then among all: otherwise one item of a handy length would air every hour."""

Admits = Callable[[Material], bool]
"""Whether an item may air now."""


def air_length(material: Material) -> Quanta:
    """Return how long it airs, from cue-in to cue-out."""
    return Quanta(material.cue_out - material.cue_in)


class Pool:
    """The material of some folders or files, each asset once, in path order."""

    def __init__(self, materials: Iterable[Material]) -> None:
        self.materials = tuple({m.asset: m for m in materials}.values())
        self.by_length = tuple(sorted(self.materials, key=lambda m: (air_length(m), m.asset)))
        self.lengths = [air_length(m) for m in self.by_length]
        # Not the asset id itself: it may be no number, and Python's own hash differs between processes.
        self.digests = [
            int.from_bytes(hashlib.blake2b(m.asset.encode(), digest_size=8).digest()) for m in self.materials
        ]
        self.assets = frozenset(m.asset for m in self.materials)
        self._groups: dict[str, Pool] = {}

    @property
    def longest(self) -> Quanta:
        """Length of its longest item; 0 when empty."""
        return self.lengths[-1] if self.lengths else Quanta(0)

    def longest_fitting(self, limit: int, barred: AssetId | None, admits: Admits = lambda _: True) -> Material | None:
        """Return the longest item of at most `limit` quanta; `barred` only when nothing else fits."""
        second: Material | None = None
        for i in range(bisect_right(self.lengths, limit) - 1, -1, -1):
            found = self.by_length[i]
            if not admits(found):
                continue
            if found.asset != barred:
                return found
            second = found
        return second

    def group(self, name: str) -> "Pool":
        """Return those that category clocks call `name`."""
        found = self._groups.get(name)
        if found is None:
            found = self._groups[name] = Pool(m for m in self.materials if m.details.group == name)
        return found


class Catalogue:
    """A shelf, indexed by what schedules name. `reserved` (ident, slate) is left out of 'everything'."""

    def __init__(self, shelf: Shelf, reserved: frozenset[AssetId] = frozenset()) -> None:
        self._shelf, self._reserved = shelf, reserved
        self._paths = {path: m for m in shelf.materials.values() if m.quanta >= 1 for path in m.paths}
        self._folders: dict[str, tuple[Material, ...]] = {}
        self._pools: dict[tuple[str, ...], Pool] = {}

    def at_path(self, path: str) -> Material | None:
        """Return what lies at `path`, or None."""
        return self._paths.get(path)

    def in_folder(self, folder: str) -> tuple[Material, ...]:
        """Return what lies below `folder` (``.``: everything but the reserved), in path order."""
        found = self._folders.get(folder)
        if found is None:
            below = self._shelf.in_folder(folder)
            left_out = self._reserved if folder in ("", ".") else frozenset()
            found = tuple(m for m in below if m.quanta >= 1 and m.asset not in left_out)
            self._folders[folder] = found
        return found

    def pool(self, folders: tuple[str, ...]) -> Pool:
        """Return the material of several folders together."""
        found = self._pools.get(folders)
        if found is None:
            found = self._pools[folders] = Pool(m for folder in folders for m in self.in_folder(folder))
        return found

    def filler(self, source: str) -> Pool:
        """Return the material of one filler source, ``folder:<path>`` or ``file:<path>``."""
        kind, _, path = source.partition(":")
        if kind == "folder":
            return self.pool((path,))
        found = self._pools.get((source,))
        if found is None:
            one = self.at_path(path)
            found = self._pools[(source,)] = Pool([one] if one else [])
        return found

    def of(self, asset: AssetId) -> Material | None:
        """Return an asset that is on the shelf."""
        return self._shelf.materials.get(asset)

    def derived(self, derived: AssetId) -> Material | None:
        """Return what was rendered ahead under a derived id."""
        return self._shelf.derived.get(derived)

    def of_fixed(self, event: Fixed) -> Material | None:
        """Return the material of a fixed line; of a folder's, the one whose turn it is."""
        found = self.of(event.asset) if event.asset else None
        if found is None and event.turn >= 0:
            inside = self.in_folder(event.path)
            return inside[event.turn % len(inside)] if inside else None
        return found or (self.at_path(event.path) if event.path else None)

    def length_at(self, path: str) -> Quanta | None:
        """Return how long the file at `path` airs; None while it is missing."""
        found = self.at_path(path)
        return air_length(found) if found else None


class _Turns:
    """Items of one weight in turn: least recently aired first, what never aired before all, by its digest."""

    def __init__(self, entries: list[tuple[Quanta, int, int]], materials: tuple[Material, ...]) -> None:
        self._heap, self._materials = entries, materials
        heapify(self._heap)

    def take(self, last: Mapping[AssetId, Quanta]) -> tuple[Quanta, int, int] | None:
        """Take out whose turn it is: (last start, tie, number)."""
        while self._heap:
            key, tie, n = self._heap[0]
            now = last.get(self._materials[n].asset, NEVER)
            if now == key:
                return heappop(self._heap)
            heapreplace(self._heap, (now, tie, n))  # an asset's last start only moves forward
        return None

    def put_back(self, entry: tuple[Quanta, int, int]) -> None:
        """Put back what was taken."""
        heappush(self._heap, entry)


class Rotation:
    """The turn-taking of one pool: least recently aired first; weight 2 waits half as long as weight 1.

    `last` maps assets to the air time of their last start. It is shared and grows while a build goes on;
    the heaps are mended only where their tops are looked at.
    """

    def __init__(self, pool: Pool, last: Mapping[AssetId, Quanta]) -> None:
        self.pool, self._last = pool, last
        by_weight: dict[int, list[tuple[Quanta, int, int]]] = {}
        for n, (m, digest) in enumerate(zip(pool.materials, pool.digests, strict=True)):
            by_weight.setdefault(m.details.weight, []).append((last.get(m.asset, NEVER), digest, n))
        self._turns = [(weight, _Turns(entries, pool.materials)) for weight, entries in sorted(by_weight.items())]

    def in_turn(self, q: Quanta, count: int, admits: Admits = lambda _: True) -> list[Material]:
        """Return at most `count` of those that `admits` lets in, in the order in which it is their turn at `q`."""
        found: list[Material] = []
        taken: list[tuple[_Turns, tuple[Quanta, int, int]]] = []
        heads: list[tuple[_Turns, int, tuple[Quanta, int, int]]] = []
        waiting = list(self._turns)
        try:
            while len(found) < count:
                for weight, turns in waiting:
                    entry = turns.take(self._last)
                    if entry is not None:
                        taken.append((turns, entry))
                        heads.append((turns, weight, entry))
                if not heads:
                    break
                head = heads[0] if len(heads) == 1 else min(heads, key=lambda h: _urgency(q, h[1], h[2]))
                heads.remove(head)
                waiting = [(head[1], head[0])]
                material = self.pool.materials[head[2][2]]
                if admits(material):
                    found.append(material)
        finally:
            for turns, entry in taken:
                turns.put_back(entry)
        return found

    def choose(
        self, q: Quanta, limit: int | None, barred: AssetId | None = None, admits: Admits = lambda _: True
    ) -> Material | None:
        """Return whose turn it is at `q` among those that `admits` lets in; None when there is none.

        When that is longer than `limit` quanta: the longest that fits among the next in turn, then among all; `barred`
        (what aired just before) only where nothing else fits.
        """
        turn = self.in_turn(q, 1, admits)
        if not turn or limit is None or air_length(turn[0]) <= limit:
            return turn[0] if turn else None
        fits = [m for m in self.in_turn(q, WAITING_LONGEST, admits) if air_length(m) <= limit]
        free = [m for m in fits if m.asset != barred]
        if free:
            return max(free, key=air_length)  # max keeps the first of equals
        return self.pool.longest_fitting(limit, barred, admits)


def best_fit(gap: int, candidates: Sequence[Material]) -> Material | None:
    """Return the first item of those that together close `gap` quanta best, each at most once; None when none fits.

    Sums that can be reached are the bits of an integer. Taking the answer and asking again for the rest of the gap,
    with the rest of the candidates, gives the other items.
    """
    items = sorted((m for m in candidates if air_length(m) <= gap), key=air_length, reverse=True)
    mask = (1 << (gap + 1)) - 1
    reached = [1]  # by the items after each place, from the last place on
    for m in reversed(items):
        reached.append((reached[-1] | reached[-1] << air_length(m)) & mask)
    best = reached[-1].bit_length() - 1
    for m, after in zip(items, reversed(reached[:-1]), strict=True):
        if best >= air_length(m) and after >> (best - air_length(m)) & 1:
            return m
    return None


def _urgency(q: Quanta, weight: int, entry: tuple[Quanta, int, int]) -> tuple[int, int]:
    """Sort key: what has waited longest, weighted, first; what never aired before all, by its digest."""
    last, tie, _ = entry
    return (-(1 << 80), tie) if last == NEVER else (-(q - last) * weight, tie)
