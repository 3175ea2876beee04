"""What the air role remembers without the database, and tells other processes, kept up to date in files.

Not at each change of a burst: a library that is read in changes for hours.
"""

import asyncio
from collections.abc import Mapping

from lppl.config import Settings
from lppl.derived import Variant
from lppl.media import Shelf
from lppl.quanta import Quanta, covering
from lppl.station import state
from playout.channel import ChannelPlayout
from scheduler.findings import Rule
from scheduler.plan import FOLDER
from scheduler.planner import SchedulePlanner
from scheduler.rundown import Wish

SHELF_FILE_EVERY_S = 20.0
TOLD_EVERY = covering(3600)
PIECES_AHEAD = covering(3 * 3600)
"""Crossfades and faded ends are rendered this long ahead: quickly made, and of no use once the plan has changed."""


class Telling:
    """The files of all channels: what each can air, what is planned, what its plan waits for."""

    def __init__(self, settings: Settings, planner: SchedulePlanner, channels: Mapping[str, ChannelPlayout]) -> None:
        self._settings, self._planner, self._channels = settings, planner, channels
        self._shelves: dict[str, Shelf] = {}
        self._shelves_saved_at = -SHELF_FILE_EVERY_S
        self._planned: set[str] = set()
        self._told_at = Quanta(0)

    def note_shelf(self, channel: str, shelf: Shelf) -> None:
        """Take what a channel can air now."""
        self._shelves[channel] = shelf

    def note_plan(self, channel: str) -> None:
        """Take note that what is planned has changed."""
        self._planned.add(channel)

    async def save(self, now: Quanta) -> None:
        """Write what has changed; of what is planned every hour all, because less and less of it is ahead."""
        await self._save_shelves()
        if now - self._told_at > TOLD_EVERY:
            self._told_at = now
            self._planned.update(self._channels)
        for channel in tuple(self._planned):
            self._planned.discard(channel)
            await self._tell(channel, now)

    async def _save_shelves(self) -> None:
        at = asyncio.get_running_loop().time()
        if not self._shelves or at - self._shelves_saved_at < SHELF_FILE_EVERY_S:
            return
        self._shelves_saved_at = at
        shelves, self._shelves = self._shelves, {}
        for channel, shelf in shelves.items():
            await asyncio.to_thread(state.write_shelf, self._settings, channel, shelf)

    async def _tell(self, channel: str, now: Quanta) -> None:
        planner, rundown = self._planner, self._channels[channel].rundown
        missing: dict[str, Quanta] = {}
        for f in planner.findings(channel):
            if f.rule is Rule.MISSING_ITEM and f.at:
                missing[f.item] = min(f.at, missing.get(f.item, f.at))
        for folder, q in planner.folders(channel).items():
            missing[f"{FOLDER}{folder}"] = q
        wishes = [w for w in planner.wishes(channel) if _in_time(w, now)]
        await asyncio.to_thread(state.write_plan, self._settings, channel, rundown or (), wishes, missing)


def _in_time(wish: Wish, now: Quanta) -> bool:
    return isinstance(wish.specification, Variant) or wish.needed < now + PIECES_AHEAD
