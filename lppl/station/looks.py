"""What material sounds and looks like, kept for pages, meters and alarms: the worker role's part of it.

What airs in the next two days is measured first, as the air role has told it.
"""

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from lppl.config import Settings
from lppl.library import Library
from lppl.media import HouseId
from lppl.records import disk_path
from lppl.station import state
from lppl.station.records import RETRY_S, Records
from streaming.impressions import Impressions
from streaming.level_store import LevelStore
from streaming.pictures import Thumbs

log = structlog.get_logger(__name__)


class Looks:
    """Keeps level profiles and pictures made, for ever."""

    def __init__(self, settings: Settings, records: Records, library: Library) -> None:
        self._settings, self._records = settings, records
        data = settings.data_dir
        self._impressions = Impressions(
            library,
            data / "house",
            LevelStore(data / "levels"),
            Thumbs(data / "thumbs"),
            lambda path: settings.media_dir / disk_path(path),
            {settings.profile(c).recipe for c in settings.channels},
            self._soon,
        )

    def after(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Return `changed`, to be called when the library has changed, so that this looks, too."""

        def both() -> None:
            changed()
            self._impressions.wake()

        return both

    async def run(self) -> None:
        """Make what is missing; while the database or the disk is away it waits."""
        while True:
            try:
                await self._impressions.run()
            except SQLAlchemyError as error:
                self._records.failed(error)
            except OSError as error:
                log.warning("looks_not_kept", reason=str(error))
            await asyncio.sleep(RETRY_S)

    def _soon(self) -> tuple[HouseId, ...]:
        """Return what the running orders name, in the order in which it airs. Blocking."""
        lines = [line for c in self._settings.channels for line in state.read_rundown(self._settings, c.id)]
        lines.sort(key=lambda line: line.start)
        return tuple(dict.fromkeys(line.material.house for line in lines))
