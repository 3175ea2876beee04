"""Operators' orders into the records, as edits of the running order: later, when the database was away."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from lppl.events import Bus, PlanChanged
from lppl.plan_store import PlanStore
from lppl.quanta import Quanta
from lppl.station.control import Control
from lppl.station.records import RETRY_S, Records


class OrderRecords:
    """Records what `control` has accepted; an order is recorded once, also when that is cut off."""

    def __init__(self, control: Control, records: Records, bus: Bus) -> None:
        self._control, self._records, self._bus = control, records, bus

    async def run(self) -> None:
        """Record for ever; while the database is away, wait."""
        library = await self._records.opened()
        store = PlanStore(library.engine)
        while True:
            try:
                self._control.unrecorded.clear()
                await self._record(store)
            except (SQLAlchemyError, OSError) as error:
                self._records.failed(error)
                await asyncio.sleep(self._records.rest(RETRY_S))
                continue
            await self._control.unrecorded.wait()

    async def _record(self, store: PlanStore) -> None:
        for kept in self._control.to_record():
            order, edit = kept.order, kept.edit
            assert edit is not None
            await store.keep_order(order.channel, order.id, Quanta(kept.at), edit, order.by, order.made)
            await self._control.recorded(kept, datetime.now(UTC))
            self._bus.publish(PlanChanged(order.channel, "edits", order.by))
