"""Puts alarms on record when the database is there; until then they wait in memory, in order.

What a former process left open is taken up: an alarm that goes on over a restart stays one incident; the others ended
where the journal of that process did.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from lppl.alarms import ActiveAlarm
from lppl.quanta import Quanta, covering, starting

if TYPE_CHECKING:
    from lppl.incidents import Incidents

RETRY_S = 5.0
MOST = 5_000
"""Notes that may wait: a database that is away for days must not fill the memory. The oldest go first."""
TAKE_UP_S = 60.0
"""What was open before and does not come again within this time has ended."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Note:
    alarm: ActiveAlarm
    ended: Quanta | None


class IncidentWriter:
    """Writes for one air role. `began` is when this process began, `former_end` where the journal ended then."""

    def __init__(self, began: Quanta, former_end: Quanta | None) -> None:
        self._began = began
        self._former_end = starting(former_end if former_end is not None else began)
        self._waiting: deque[_Note] = deque()
        self._news = asyncio.Event()
        self._left_open: dict[tuple[str, str], datetime] | None = None
        """Beginnings of what a former process left open; None while nobody has looked."""
        self._taken_up: dict[ActiveAlarm, datetime] = {}

    # --- Recorder ---

    def began(self, alarm: ActiveAlarm) -> None:
        """Note that an alarm began."""
        self._note(_Note(alarm, None))

    def ended(self, alarm: ActiveAlarm, at: Quanta) -> None:
        """Note that an alarm ended."""
        self._note(_Note(alarm, at))

    def _note(self, note: _Note) -> None:
        self._waiting.append(note)
        if len(self._waiting) > MOST:
            lost = self._waiting.popleft()
            log.error("incident_not_recorded", channel=lost.alarm.channel, kind=lost.alarm.kind.value)
        self._news.set()

    # --- writing ---

    async def run(
        self,
        opened: "Callable[[], Awaitable[Incidents]]",
        failed: Callable[[Exception], None],
        now: Callable[[], Quanta],
    ) -> None:
        """Write for ever; `failed` is told each time the database turns out to be away."""
        # the database's libraries take longer to load than the air takes to begin
        from sqlalchemy.exc import SQLAlchemyError

        store = await opened()
        while True:
            self._news.clear()
            try:
                await self.write(store, now())
            except (SQLAlchemyError, OSError) as error:
                failed(error)
                await asyncio.sleep(RETRY_S)
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), TAKE_UP_S if self._left_open else None)

    async def write(self, store: "Incidents", now: Quanta) -> None:
        """Write what waits. Raises SQLAlchemyError, OSError: what is not written yet waits on."""
        if self._left_open is None:
            # the newest of a kind: there is only one, unless two processes once wrote
            self._left_open = {(i.channel, i.kind): i.began for i in await store.open_now()}
        while self._waiting:
            note = self._waiting[0]
            await self._write(store, note)
            # at most MOST wait: the first may have gone meanwhile
            if self._waiting and self._waiting[0] is note:
                self._waiting.popleft()
        if now - self._began > covering(TAKE_UP_S):
            for (channel, kind), began in tuple(self._left_open.items()):
                await store.close(channel, kind, began, self._former_end)
                del self._left_open[channel, kind]

    async def _write(self, store: "Incidents", note: _Note) -> None:
        assert self._left_open is not None
        alarm = note.alarm
        key = alarm.channel, alarm.kind.value
        if note.ended is not None:
            began = self._taken_up.pop(alarm, starting(alarm.since))
            await store.close(*key, began, starting(note.ended))
        elif key in self._left_open and starting(alarm.since) - starting(self._began) < timedelta(seconds=TAKE_UP_S):
            self._taken_up[alarm] = self._left_open.pop(key)
        else:
            await store.open(*key, alarm.detail, starting(alarm.since))
