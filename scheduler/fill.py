"""Choosing material: what a folder holds, whose turn it is in a rotation, what fits best into a gap.

A `Catalogue` is what one shelf means to schedules; it never changes and may be shared by threads. A
`Rotation` lives for one build.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from heapq import heapify, heappop, heappush, heapreplace

from lppl.media import AssetId, Material, Shelf
from lppl.quanta import Quanta

NEVER = Quanta(-(1 << 62))
"""Stands for the air time of what has not aired as far as anyone remembers."""
WAITING_LONGEST = 32
"""Before a hard start, the longest fitting item is looked for among this many that waited longest, and
only then among all: otherwise one item of a handy length would air every hour."""
_MASK = (1 << 64) - 1


class Pool:
    """The material of some folders or files, each asset once, in path order."""

    def __init__(self, materials: Iterable[Material]) -> None:
        self.materials = tuple({m.asset: m for m in materials}.values())
        self.by_length = tuple(sorted(self.materials, key=lambda m: (m.quanta, m.asset)))
        self.lengths = [m.quanta for m in self.by_length]
        # Not the asset id itself: it may be no number, and Python's own hash differs between processes.
        self.digests = [
            int.from_bytes(hashlib.blake2b(m.asset.encode(), digest_size=8).digest()) for m in self.materials
        ]

    @property
    def longest(self) -> Quanta:
        """Length of its longest item; 0 when empty."""
        return self.lengths[-1] if self.lengths else Quanta(0)

    def longest_fitting(self, limit: int, barred: AssetId | None) -> Material | None:
        """Return the longest item of at most `limit` quanta; `barred` only when it is the only one."""
        i = bisect_right(self.lengths, limit) - 1
        if i > 0 and self.by_length[i].asset == barred:
            i -= 1
        return self.by_length[i] if i >= 0 else None


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

    def length(self, asset: AssetId) -> Quanta | None:
        """Return the length of an asset on the shelf."""
        material = self._shelf.materials.get(asset)
        return material.quanta if material else None


class Rotation:
    """The turn-taking of one pool: least recently aired first; what never aired, in an order of the day.

    `last` maps assets to the air time of their last start. It is shared and grows while a build goes on;
    the heap is mended only where its top is looked at, because an asset's last start only moves forward.
    """

    def __init__(self, pool: Pool, last: Mapping[AssetId, Quanta], day: date) -> None:
        self.pool, self._last = pool, last
        # An odd factor shuffles 64-bit numbers one to one: another fair order every day, without a hash each.
        factor = int.from_bytes(hashlib.blake2b(day.isoformat().encode(), digest_size=8).digest()) | 1
        self._heap = [
            (last.get(m.asset, NEVER), digest * factor & _MASK, n)
            for n, (m, digest) in enumerate(zip(pool.materials, pool.digests, strict=True))
        ]
        heapify(self._heap)

    def next(self) -> Material | None:
        """Return whose turn it is. It aired longest ago, so never just before, unless it is alone."""
        turn = self._waiting(1)
        return turn[0] if turn else None

    def fitting(self, limit: int, barred: AssetId | None) -> Material | None:
        """Return the longest item of at most `limit` quanta; of equals, whose turn comes first.

        `barred` is what aired just before: it is chosen only where nothing else fits.
        """
        fits = [m for m in self._waiting(WAITING_LONGEST) if m.quanta <= limit]
        free = [m for m in fits if m.asset != barred]
        if free:
            return max(free, key=lambda m: m.quanta)  # max keeps the first of equals
        return self.pool.longest_fitting(limit, barred)

    def _waiting(self, count: int) -> list[Material]:
        """Return up to `count` items in turn."""
        taken: list[tuple[Quanta, int, int]] = []
        while self._heap and len(taken) < count:
            self._settle()
            taken.append(heappop(self._heap))
        for entry in taken:
            heappush(self._heap, entry)
        return [self.pool.materials[n] for _, _, n in taken]

    def _settle(self) -> None:
        """Bring the top of the heap up to date."""
        while True:
            key, tie, n = self._heap[0]
            now = self._last.get(self.pool.materials[n].asset, NEVER)
            if now == key:
                return
            heapreplace(self._heap, (now, tie, n))
