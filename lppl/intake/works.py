"""Hints that work waits: which arrival, enclosure or message somebody should take up now.

A hint is never the truth. The row in the database with its `not_before` is; whoever gets a hint takes that row, and a
sweep finds rows whose hint was lost. So a queue may lose everything, or give a hint twice, and costs a moment only.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

ROOM = 10_000
"""Hints that a process remembers; the sweep finds what there was no room for."""


class Task(StrEnum):
    """What is to be done."""

    UNDERSTAND = "pahami"
    """An arrival, by its number."""
    FETCH = "ambil"
    """The bytes of an enclosure, by its id, or to make them safe to look at."""
    TELL = "kabari"
    """A message to a reporter, by its number."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One piece of work: `subject` is the row's id as text."""

    task: Task
    subject: str


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
        """Return some hints, waiting up to `wait_s` for the first."""
        ...

    async def done(self, taken: Sequence[Taken]) -> None:
        """Tell that these were worked on, whatever came of it: the rows know."""
        ...


class MemoryWorks:
    """The queue of one process."""

    def __init__(self, room: int = ROOM) -> None:
        self._queue: asyncio.Queue[Hint] = asyncio.Queue(room)
        self._known: set[Hint] = set()

    async def put(self, hints: Sequence[Hint]) -> None:
        for hint in hints:
            if hint in self._known:
                continue
            with contextlib.suppress(asyncio.QueueFull):
                self._queue.put_nowait(hint)
                self._known.add(hint)

    async def take(self, wait_s: float, most: int = 16) -> Sequence[Taken]:
        try:
            first = await asyncio.wait_for(self._queue.get(), wait_s)
        except TimeoutError:
            return ()
        found = [first]
        while len(found) < most and not self._queue.empty():
            found.append(self._queue.get_nowait())
        self._known.difference_update(found)
        return tuple(Taken(hint, "") for hint in found)

    async def done(self, taken: Sequence[Taken]) -> None:
        """Nothing has to be told: what was taken is out of the queue."""
