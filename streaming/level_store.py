"""Where level profiles lie, and those of what airs now kept in memory, so that asking for a level never touches a disk.

``<root>/<2 hex>/<house id>.lvl`` holds what was measured, ``.bad`` why nothing could be.
"""

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path

from lppl import durable
from lppl.errors import LpplError
from lppl.media import HouseId
from streaming.levels import Level, Levels, Outline, read_levels, read_outline, write_levels

KEEP = 256
"""Profiles in memory: 45 kB for each hour of an item."""
AGAIN_S = 30.0
"""What was not measured yet is looked for again after this long."""


class LevelStore:
    """Level profiles by house id. Use it from one event loop; what is said to block may be called in threads."""

    def __init__(self, root: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._root, self._monotonic = root, monotonic
        self._known: OrderedDict[HouseId, tuple[Levels | None, float]] = OrderedDict()

    # --- in memory ---

    async def look(self, houses: Iterable[HouseId]) -> None:
        """Read the profiles of `houses` that are not in memory yet, in a thread."""
        wanted = [house for house in dict.fromkeys(houses) if self._stale(house)]
        if wanted:
            found = await asyncio.to_thread(lambda: [read_levels(self.path(house)) for house in wanted])
            for house, levels in zip(wanted, found, strict=True):
                self._keep(house, levels)

    def level(self, house: HouseId, q: int) -> Level | None:
        """Return the level of quantum `q` of `house`; None while it is not known. Never touches a disk."""
        levels, _ = self._known.get(house, (None, 0.0))
        return levels.at(q) if levels is not None else None

    def _stale(self, house: HouseId) -> bool:
        found = self._known.get(house)
        return found is None or (found[0] is None and self._monotonic() - found[1] > AGAIN_S)

    def _keep(self, house: HouseId, levels: Levels | None) -> None:
        self._known[house] = levels, self._monotonic()
        self._known.move_to_end(house)
        while len(self._known) > KEEP:
            self._known.popitem(last=False)

    # --- on disk; blocking ---

    def path(self, house: HouseId) -> Path:
        """Return where the profile of `house` lies."""
        return self._root / house[:2] / f"{house}.lvl"

    def measured(self, house: HouseId) -> bool:
        """Tell whether the profile of `house` was made."""
        return self.path(house).exists()

    def outline(self, house: HouseId) -> Outline | None:
        """Return the outline of the sound of `house`; None while there is none."""
        return read_outline(self.path(house))

    def keep(self, house: HouseId, levels: Levels, outline: Outline) -> None:
        """Write what was measured. Raises OSError."""
        write_levels(self.path(house), levels, outline)
        self._finding(house).unlink(missing_ok=True)

    def refuse(self, house: HouseId, why: LpplError) -> None:
        """Write down why nothing can be measured. Raises OSError."""
        durable.write_file(self._finding(house), json.dumps([why.indonesian, why.english]).encode())

    def finding(self, house: HouseId) -> LpplError | None:
        """Return why nothing could be measured of `house`; None when nothing is in the way."""
        try:
            indonesian, english = json.loads(self._finding(house).read_bytes())
        except (OSError, ValueError):
            return None
        return LpplError(indonesian, english)

    def refused_since(self, house: HouseId) -> float | None:
        """Return when it was written down that nothing can be measured, in seconds since the epoch; None if never."""
        try:
            return self._finding(house).stat().st_mtime
        except OSError:
            return None

    def _finding(self, house: HouseId) -> Path:
        return self.path(house).with_suffix(".bad")
