"""Hints that work waits: which arrival, enclosure or message somebody should take up now.

A hint is never the truth. The row in the database with its `not_before` is; whoever gets a hint takes that row, and a
sweep finds rows whose hint was lost. So a queue may lose everything, or give a hint twice, and costs a moment only.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Protocol

ROOM = 10_000
"""Hints of each rank that a process remembers; the sweep finds what there was no room for."""


class Task(StrEnum):
    """What is to be done."""

    UNDERSTAND = "pahami"
    """An arrival, by its number."""
    FETCH = "ambil"
    """The bytes of an enclosure, by its id, or to make them safe to look at."""
    TELL = "kabari"
    """A message to a reporter, by its number."""


class Rank(IntEnum):
    """What goes first. However much waits, who is in danger is told of 112 at once."""

    URGENT = 0
    """It may speak of danger to somebody now."""
    ORDINARY = 1
    LATER = 2
    """Nobody waits for it: a table or a chat that staff bring in."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One piece of work: `subject` is the row's id as text."""

    task: Task
    subject: str
    rank: Rank = Rank.ORDINARY


@dataclass(frozen=True, slots=True)
class Taken:
    """A hint that was taken; `receipt` is the queue's own."""

    hint: Hint
    receipt: str


class Works(Protocol):
    """The port. Contract: what was put is taken by somebody, by one at a time, again when its taker died; never raises
    for the absence of what carries it."""

    async def put(self, hints: Sequence[Hint]) -> None:
        """Tell that work waits. Returns at once; what cannot be carried is left to the sweep."""
        ...

    async def take(self, wait_s: float, most: int = 16) -> Sequence[Taken]:
        """Return some hints, at most so many of each rank, the first ranks first; wait up to `wait_s` for any."""
        ...

    async def done(self, taken: Sequence[Taken]) -> None:
        """Tell that these were worked on, whatever came of it: the rows know."""
        ...


class MemoryWorks:
    """The queue of one process. `room`: hints of each rank."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._queues: dict[Rank, deque[Hint]] = {rank: deque() for rank in Rank}
        self._known: set[Hint] = set()
        self._some = asyncio.Event()

    async def put(self, hints: Sequence[Hint]) -> None:
        for hint in hints:
            queue = self._queues[hint.rank]
            if hint not in self._known and len(queue) < self._room:
                queue.append(hint)
                self._known.add(hint)
        if self._known:
            self._some.set()

    async def take(self, wait_s: float, most: int = 16) -> Sequence[Taken]:
        try:
            await asyncio.wait_for(self._some.wait(), wait_s)
        except TimeoutError:
            return ()
        found = [queue.popleft() for queue in self._queues.values() for _ in range(min(most, len(queue)))]
        self._known.difference_update(found)
        if not self._known:
            self._some.clear()
        return tuple(Taken(hint, "") for hint in found)

    async def done(self, taken: Sequence[Taken]) -> None:
        """Nothing has to be told: what was taken is out of the queue."""
