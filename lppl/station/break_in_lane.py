"""The worker's lane for break-ins: prepared ones are rendered ahead, what an operator waits for before all else.

It stands beside the queue of conform jobs, because a text that was typed in the moment waits behind nothing; and it
needs no database: what is waited for stands in the ledgers, what is prepared in a file, and house sets are found by
their name. When the database is there, the file follows it.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from lppl.break_in import DEFAULTS, GENERIC, BreakIn, notice_of, prepared
from lppl.config import ChannelSettings, Settings
from lppl.errors import LpplError
from lppl.media import HouseId
from lppl.orders import State
from lppl.plan_store import Kind, PlanStore
from lppl.station import orders
from lppl.station.noticing import noticing
from lppl.station.records import LOOK_S, Records
from streaming.house import folder_of
from streaming.notices import render_notice

log = structlog.get_logger(__name__)

AGAIN_S = 60.0
"""What could not be rendered is tried again after this long."""


class BreakInLane:
    """Renders what is missing: what is waited for side by side, the rest one after another."""

    def __init__(self, settings: Settings, records: Records) -> None:
        self._settings, self._records = settings, records
        self._failed: dict[str, float] = {}
        self._seen: tuple[int, ...] | None = None

    async def run(self) -> None:
        """Render for ever."""
        folder = orders.orders_folder(self._settings)
        await asyncio.to_thread(lambda: folder.mkdir(parents=True, exist_ok=True))
        with noticing([folder]) as noticed:
            while True:
                await self._follow_records()
                while missing := await asyncio.to_thread(self._missing):
                    await asyncio.gather(*(self._render(*each) for each in missing))
                await noticed.wait(0.5 if noticed.blind else self._records.rest(LOOK_S))

    async def _follow_records(self) -> None:
        """Remember the prepared break-ins; a station that never had any gets those that the product brings."""
        library, stamp = self._records.library, self._records.stamp()
        if library is None or (stamp is not None and stamp == self._seen):
            return
        store = PlanStore(library.engine)
        try:
            remembered = await asyncio.to_thread(orders.read_prepared, self._settings)
            documents = await store.documents(Kind.BREAK_IN)
            if not documents and remembered is None:
                now = datetime.now(UTC)
                for each in DEFAULTS:
                    await store.save_document(Kind.BREAK_IN, each.id, each.model_dump(mode="json"), now)
                documents = await store.documents(Kind.BREAK_IN)
            found = prepared(documents.values())
            if found != remembered:
                await asyncio.to_thread(orders.write_prepared, self._settings, found)
            self._seen = stamp
        except (SQLAlchemyError, OSError) as error:
            self._records.failed(error)

    # --- what is missing ---

    def _wanted(self) -> Iterator[tuple[BreakIn, ChannelSettings, bool]]:
        """Yield every break-in for every channel that it may air on, and whether somebody waits for it."""
        for channel in self._settings.channels:
            for kept in orders.read_ledger(self._settings, channel.id).unsettled:
                if kept.state is State.WAITING and kept.order.break_in is not None:
                    yield kept.order.break_in, channel, True
        for each in (GENERIC, *(orders.read_prepared(self._settings) or ())):
            for channel in self._settings.channels:
                yield each, channel, False

    def _missing(self) -> list[tuple[BreakIn, ChannelSettings, bool]]:
        """Return what is to be rendered next: all that is waited for, else one that is prepared. Blocking."""
        now = datetime.now(UTC).timestamp()
        found: dict[HouseId, tuple[BreakIn, ChannelSettings, bool]] = {}
        for break_in, channel, urgent in self._wanted():
            house = orders.house_of(break_in, channel.name, self._settings.profile(channel))
            late = self._failed.get(house, 0.0) + (2.0 if urgent else AGAIN_S) > now
            if late or folder_of(self._settings.data_dir / "house", house).exists():
                continue
            if found and not urgent:
                break
            found.setdefault(house, (break_in, channel, urgent))
        return list(found.values())

    async def _render(self, break_in: BreakIn, channel: ChannelSettings, urgent: bool) -> None:
        settings, profile = self._settings, self._settings.profile(channel)
        notice = notice_of(break_in, channel.name)
        began = asyncio.get_running_loop().time()
        try:
            voice = orders.recording(settings, break_in.voice) if break_in.voice else None
            data = settings.data_dir
            await render_notice(notice, voice, profile, data / "house", data / "work", urgent=urgent)
        except (LpplError, OSError, ValueError, TimeoutError) as error:
            house = orders.house_of(break_in, channel.name, profile)
            self._failed[house] = datetime.now(UTC).timestamp()
            log.error("break_in_not_rendered", break_in=break_in.id, channel=channel.id, reason=str(error))
            return
        took = asyncio.get_running_loop().time() - began
        log.info("break_in_rendered", break_in=break_in.id, channel=channel.id, seconds=round(took, 1))
