"""The work that follows once a word is kept: it is understood, its enclosures fetched, its sender told.

Hints come from the queue; a sweep finds what has no hint. Each piece of work contains its own failure.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, Table, case, literal, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.cases.tables import arrivals, enclosures, outgoing
from lppl.database import READS
from lppl.errors import LpplError
from lppl.events import Bus, CaseChanged
from lppl.intake.understanding import DANGER, Understanding
from lppl.intake.works import Hint, Rank, Taken, Task, Works

log = structlog.get_logger(__name__)

WAIT_S = 2.0
SWEEP_S = 5.0
SWEPT_MOST = 500
AT_ONCE: Mapping[Task, int] = {Task.UNDERSTAND: 1, Task.FETCH: 2, Task.TELL: 4}
"""How many pieces of each kind of work one process does at once."""
TAKEN = 16
"""Hints of each rank that are taken at once."""
GIVES_WAY_TURNS, TURN_S = 25, 0.01
"""How long work gives way at most to citizens who wait for an answer: it looks each turn whether it still must."""
ROOM = 64
"""Pieces of work that one process has taken out of the queue."""
TABLES: Mapping[Task, tuple[Table, ColumnElement[int]]] = {
    Task.UNDERSTAND: (arrivals, arrivals.c.rank),
    Task.FETCH: (enclosures, literal(Rank.ORDINARY.value)),
    Task.TELL: (outgoing, case((outgoing.c.kind == DANGER, Rank.URGENT.value), else_=Rank.ORDINARY.value)),
}
"""Where each kind of work waits, and its rank there."""

Handler = Callable[[str], Awaitable[None]]


class IntakeWork:
    """One of a process with the worker's role. `handlers`: how to fetch and to tell.

    `pressed`: whether citizens wait in this process for their words to be kept; what is kept already then gives way.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        works: Works,
        understanding: Understanding,
        bus: Bus,
        now: Callable[[], datetime],
        handlers: Mapping[Task, Handler],
        pressed: Callable[[], bool] = lambda: False,
    ) -> None:
        self._reading = engine.execution_options(**READS)
        self._works, self._understanding, self._bus, self._now = works, understanding, bus, now
        self._pressed = pressed
        self._handlers: Mapping[Task, Handler] = {Task.UNDERSTAND: self._understand, **handlers}

    async def run(self) -> None:
        """Work on what waits, for ever; each kind of work at most so often at once, and none keeps another waiting."""
        lanes = {task: asyncio.Semaphore(most) for task, most in AT_ONCE.items()}
        room = asyncio.Semaphore(ROOM)
        async with asyncio.TaskGroup() as group:
            while True:
                pressed = self._pressed()
                # one of each rank at a time then: whoever is in danger waits for no more than that
                taken = await self._works.take(WAIT_S, 1 if pressed else TAKEN)
                for each in taken:
                    await room.acquire()
                    group.create_task(self._worked(each, lanes[each.hint.task], room))
                if pressed and taken:
                    await self._give_way()

    async def _worked(self, taken: Taken, lane: asyncio.Semaphore, room: asyncio.Semaphore) -> None:
        try:
            async with lane:
                await self.work(taken.hint)
            await self._works.done([taken])
        finally:
            room.release()

    async def _give_way(self) -> None:
        """Wait while citizens wait for an answer, but not for long: what is kept has to be read some time."""
        for _ in range(GIVES_WAY_TURNS):
            if not self._pressed():
                return
            await asyncio.sleep(TURN_S)

    async def work(self, hint: Hint) -> None:
        """Do one piece of work; what it fails with is its own."""
        handler = self._handlers.get(hint.task)
        if handler is None:
            return
        try:
            await handler(hint.subject)
        except (SQLAlchemyError, OSError, LpplError) as error:
            log.warning("work_failed", task=hint.task.value, subject=hint.subject, reason=type(error).__name__)
        except Exception:
            log.exception("work_failed", task=hint.task.value, subject=hint.subject)

    async def sweep(self) -> None:
        """Give hints of what waits without one, for ever: a queue may have lost them."""
        while True:
            try:
                await self._works.put(await self.waiting())
            except (SQLAlchemyError, OSError) as error:
                log.warning("sweep_failed", reason=type(error).__name__)
            await asyncio.sleep(SWEEP_S)

    async def waiting(self) -> list[Hint]:
        """Return hints of all work whose time has come, the first ranks first."""
        now, found = self._now(), []
        async with self._reading.connect() as connection:
            for task, (table, rank) in TABLES.items():
                if task in self._handlers:
                    due = select(table.c.id, rank.label("rank")).where(table.c.not_before <= now)
                    rows = await connection.execute(
                        due.order_by("rank", table.c.not_before, table.c.id).limit(SWEPT_MOST)
                    )
                    found += [Hint(task, str(row.id), Rank(row.rank)) for row in rows]
        return found

    async def _understand(self, subject: str) -> None:
        arrival = int(subject)
        try:
            outcome = await self._understanding.read(arrival)
        except (SQLAlchemyError, OSError, LpplError) as error:
            await self._understanding.put_off(arrival, type(error).__name__)
            raise
        except Exception as error:
            await self._understanding.put_off(arrival, f"{type(error).__name__}: {error}"[:300])
            raise
        if outcome is None:
            return
        await self._works.put(outcome.hints)
        for number in dict.fromkeys(outcome.cases):
            self._bus.publish(CaseChanged(number, number in outcome.urgent))
