"""Finds in the background what house sets sound and look like: level profiles, outlines, posters, each once.

What airs next goes first, then what came last, then an old library in its order. Everything runs at idle priority,
one process at a time: next to conforming it is one part in a hundred, so it need not wait for that. Whatever is wrong
with one set is written down once and stops nothing.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import structlog

from lppl.errors import HouseFileDamaged, LpplError
from lppl.library import Library
from lppl.media import AssetId, HouseId
from streaming.covers import make_cover
from streaming.fmp4 import AudioTrack
from streaming.house import SET_FILE, HouseSet, folder_of
from streaming.level_search import find_levels
from streaming.level_store import LevelStore
from streaming.levels import SoundUnreadable
from streaming.pictures import Thumbs, make_pictures, rung_for

BATCH = 8
"""After so many it is asked anew what airs next and what has come."""
AGAIN_S = 60.0
"""It is looked for new sets at least this often: other processes may conform, too."""

log = structlog.get_logger(__name__)


class Impressions:
    """Goes through a library's house sets of `recipes`. `soon` returns what airs next, in order; it may block."""

    def __init__(
        self,
        library: Library,
        house: Path,
        levels: LevelStore,
        thumbs: Thumbs,
        disk_path: Callable[[str], Path],
        recipes: Collection[str],
        soon: Callable[[], Sequence[HouseId]] = tuple,
    ) -> None:
        self._library, self._house, self._levels, self._thumbs = library, house, levels, thumbs
        self._disk_path, self._recipes, self._soon = disk_path, frozenset(recipes), soon
        self._known: frozenset[HouseId] = frozenset()
        self._todo: list[HouseId] = []
        """What goes first stands last."""
        self._counters: tuple[int, int] | None = None
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Tell that there may be new sets."""
        self._news.set()

    async def run(self) -> None:
        """Make what is missing, for ever. Raises SQLAlchemyError, OSError; call it again later then."""
        while True:
            self._news.clear()
            if not await self.some():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), AGAIN_S)

    async def some(self) -> bool:
        """Look at the next sets; tell whether there may be more. Raises SQLAlchemyError, OSError."""
        await self._gather()
        for _ in range(min(BATCH, len(self._todo))):
            await self._look_at(self._todo[-1])
            self._todo.pop()
        return bool(self._todo)

    async def _gather(self) -> None:
        """Add what has come since, and put in front what airs next."""
        counters = await self._library.change_counter(), await self._library.rendered_counter()
        if counters == self._counters and not self._todo:
            return
        recorded = await self._library.house_ids()
        # beside the event loop: of a large library it is a tenth of a second
        self._todo, self._known = await asyncio.to_thread(self._sorted_out, recorded)
        self._counters = counters

    def _sorted_out(self, recorded: frozenset[HouseId]) -> tuple[list[HouseId], frozenset[HouseId]]:
        """Return what is to be done, what goes first last, and all that is known now. Blocking."""
        soon = self._soon()
        # what airs may be the station's own, which no library holds
        known = recorded.union(soon)  # what is lost, and then made again, is new
        new = sorted(h for h in known - self._known if h.split(".", 1)[1] in self._recipes)
        todo = [*self._todo, *reversed([house for house in new if self._misses(house)])]
        places = {house: n for n, house in enumerate(soon)}
        return sorted(todo, key=lambda house: -places.get(house, len(places))), known

    def _misses(self, house: HouseId) -> bool:
        return not self._heard(house) or not self._seen(AssetId(house.split(".", 1)[0]))

    def _heard(self, house: HouseId) -> bool:
        """Tell whether the set was measured, or cannot be since it was made."""
        refused = self._levels.refused_since(house)
        if refused is None:
            return self._levels.measured(house)
        try:
            return (folder_of(self._house, house) / SET_FILE).stat().st_mtime <= refused
        except OSError:
            return True

    def _seen(self, asset: AssetId) -> bool:
        return self._thumbs.poster(asset).exists() or self._thumbs.known_bare(asset)

    async def _look_at(self, house: HouseId) -> None:
        try:
            found = await asyncio.to_thread(HouseSet, folder_of(self._house, house))
        except HouseFileDamaged:
            return  # gone meanwhile, or to be made again: whoever airs it says so
        if not await asyncio.to_thread(self._heard, house):
            await self._listen(found)
        await self._picture(found)

    async def _listen(self, found: HouseSet) -> None:
        house = found.info.house
        sound = max(
            (r for r in found.renditions.values() if isinstance(r.track, AudioTrack)),
            key=lambda r: r.info.average,
        )
        try:
            levels, outline = await find_levels(sound.path, found.quanta)
        except (LpplError, TimeoutError) as error:
            why = error if isinstance(error, SoundUnreadable) else SoundUnreadable(_brief(error))
            log.warning("levels_not_found", house=house, finding=str(why))
            await asyncio.to_thread(self._levels.refuse, house, why)
        else:
            await asyncio.to_thread(self._levels.keep, house, levels, outline)

    async def _picture(self, found: HouseSet) -> None:
        asset, thumbs = found.info.asset, self._thumbs
        if await asyncio.to_thread(thumbs.poster(asset).exists):
            return
        try:
            if found.info.has_picture and rung_for(found) is not None:
                await make_pictures(found, asset, thumbs)
                return
            if await asyncio.to_thread(thumbs.known_bare, asset) or await self._cover(asset):
                return
        except (LpplError, TimeoutError) as error:
            log.warning("picture_not_made", asset=asset, finding=str(error))
        await asyncio.to_thread(thumbs.keep_bare, asset)

    async def _cover(self, asset: AssetId) -> bool:
        """Make the poster of an item without picture from its cover art; tell whether it has any."""
        record = await self._library.asset(asset)
        if record is None or not record.tags.has_cover:
            return False
        for path in map(self._disk_path, record.paths):
            if await asyncio.to_thread(path.is_file):
                return await make_cover(path, self._thumbs.poster(asset))
        return False


def _brief(error: Exception) -> str:
    return str(error).partition("\n")[0][:120] or type(error).__name__
