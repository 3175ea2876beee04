"""Finds the cue points of music and speech in the background, each item once: new ones, and those of an old library.

What is found is a proposal: it is written only where staff have set no cue point at all, and never looked for again.
An item whose sound cannot be read simply has none.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import structlog

from lppl.errors import ProcessFailed
from lppl.library import Library
from lppl.media import AssetId
from lppl.plan_store import PlanStore
from lppl.programme import Details
from streaming.cues import NO_CUES, Cues, find_cues

AT_ONCE = 50
TOGETHER_S = 60.0
"""So many items, or so long a search, are written down together: each writing has the running orders made anew."""

log = structlog.get_logger(__name__)


class CueSearch:
    """Goes through the library's items without picture; several may run, what is found twice is written once."""

    def __init__(
        self,
        library: Library,
        disk_path: Callable[[str], Path],
        changed: Callable[[], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._library, self._disk_path, self._changed, self._clock = library, disk_path, changed, clock
        self._store = PlanStore(library.engine)
        self._after = ""

    async def some(self) -> bool:
        """Look at the next items; tell whether there may be more. Raises SQLAlchemyError, OSError.

        At the end of the library it begins anew, for what has come since and what could not be reached.
        """
        waiting = await self._library.without_cues(self._after, AT_ONCE)
        found: dict[AssetId, Details] = {}
        began = time.monotonic()
        try:
            for asset in waiting:
                cues = await self._cues(asset)
                if cues is not None:
                    found[asset] = details_of(cues)
                self._after = asset
                if time.monotonic() - began > TOGETHER_S:
                    return True
        finally:
            if found:
                await self._store.propose_cues(found, self._clock())
                self._changed()
        if len(waiting) == AT_ONCE:
            return True
        self._after = ""
        return False

    async def _cues(self, name: AssetId) -> Cues | None:
        """Return the cues of an asset; None while its file cannot be reached."""
        asset = await self._library.asset(name)
        if asset is None or asset.facts is None:
            return None
        path = await asyncio.to_thread(self._first_there, asset.paths)
        if path is None:
            return None
        try:
            return await find_cues(path, asset.facts)
        except (ProcessFailed, TimeoutError) as error:
            log.info("no_cues_found", path=asset.paths[0], reason=str(error).partition("\n")[0])
            return NO_CUES

    def _first_there(self, paths: Sequence[str]) -> Path | None:
        return next((path for path in map(self._disk_path, paths) if path.is_file()), None)


def details_of(cues: Cues) -> Details:
    """Return cues as they are kept beside an asset."""
    return Details(
        cue_in_ms=cues.cue_in_ms,
        intro_ms=cues.intro_ms,
        outro_ms=cues.outro_ms,
        cue_out_ms=cues.cue_out_ms,
        cues_sought=True,
    )
