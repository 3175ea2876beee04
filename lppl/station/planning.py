"""What staff laid down, from the records to the air: documents of each channel, read whenever something changed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from lppl.config import Settings
from lppl.events import Bus, LibraryChanged, PlanChanged
from lppl.plan_store import Kind, PlanStore
from lppl.quanta import at_or_after
from lppl.station.records import LOOK_ANYWAY_S, LOOK_S, Records
from scheduler.documents import ONLY, Documents

log = structlog.get_logger(__name__)

EDITS_KEPT = timedelta(days=3)
AIRINGS_KEPT = timedelta(days=92)
"""The longest flight whose total is watched."""
ANEW_S = 900.0
"""Read anew at least this often: spots make up what was missed, days begin."""


async def documents_of(store: PlanStore, channel: str, now: datetime) -> Documents:
    """Return all that is kept for a channel. Raises SQLAlchemyError, OSError."""
    grid = await store.in_force(channel)
    edits = await store.edits(channel, at_or_after(now - EDITS_KEPT))
    airings = await store.spot_airings(channel, at_or_after(now - AIRINGS_KEPT))
    common = await common_documents(store)
    return replace(
        common,
        grid=grid.document if grid else None,
        channel=(await store.documents(Kind.CHANNEL)).get(channel, {}),
        edits={str(row.id): row.document for row in edits},
        airings=[list(airing) for airing in airings],
    )


async def common_documents(store: PlanStore) -> Documents:
    """Return what is kept for all channels alike. Raises SQLAlchemyError, OSError."""
    return Documents(
        programmes=await store.documents(Kind.PROGRAMME),
        playlists=await store.documents(Kind.PLAYLIST),
        rotations=await store.documents(Kind.ROTATION),
        orders=await store.documents(Kind.ORDER),
        hijri=(await store.documents(Kind.HIJRI)).get(ONLY, {}),
        prayer_table=(await store.documents(Kind.PRAYER_TABLE)).get(ONLY, {}),
        rule_book=(await store.documents(Kind.RULE_BOOK)).get(ONLY, {}),
    )


class PlanWatch:
    """Tells the air role what is laid down for its channels, whenever it has changed."""

    def __init__(
        self, settings: Settings, records: Records, bus: Bus, take: Callable[[str, Documents], Awaitable[None]]
    ) -> None:
        self._settings, self._records, self._bus, self._take = settings, records, bus, take

    async def run(self) -> None:
        """Watch for ever; a database that is away leaves everything as it is."""
        library = await self._records.opened()
        store = PlanStore(library.engine)
        loop = asyncio.get_running_loop()
        seen: int | None = None
        stamp: tuple[int, ...] | None = None
        asked_at = read_at = -ANEW_S
        async with self._bus.subscribe(LibraryChanged, PlanChanged) as changes:
            while True:
                now = self._records.stamp()
                if now is None or now != stamp or loop.time() - asked_at > LOOK_ANYWAY_S:
                    try:
                        counter = await store.change_counter()
                        # where nothing was ever laid down the database is new: what is remembered stays in force
                        if counter and (counter != seen or loop.time() - read_at > ANEW_S):
                            await self._look(store)
                            seen, read_at = counter, loop.time()
                        stamp, asked_at = now, loop.time()
                    except (SQLAlchemyError, OSError) as error:
                        self._records.failed(error)
                await changes.burst(self._records.rest(LOOK_S), 0.0)

    async def _look(self, store: PlanStore) -> None:
        for channel in self._settings.channels:
            await self._take(channel.id, await documents_of(store, channel.id, datetime.now(UTC)))
