"""Writes the journal in a thread of its own, in order; tells the event loop of each write how it ended.

One waking of the loop for a write: what an executor and futures do besides costs more than the write itself, once a
second, day and night. The thread does not keep the process alive, for a disk may never answer.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue

from lppl.journal import JournalWriter, Record
from lppl.quanta import Quanta

Done = Callable[[Exception | None], None]
"""Called on the event loop with what went wrong, or None."""


class Scribe:
    """The thread. Use it from the event loop that runs when it is made."""

    def __init__(self, writer: JournalWriter) -> None:
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._work: SimpleQueue[tuple[Callable[[], None], Done] | None] = SimpleQueue()
        threading.Thread(target=self._run, name="journal", daemon=True).start()

    def append(self, records: Sequence[Record], now: Quanta, done: Done) -> None:
        """Write and sync `records` (see :meth:`JournalWriter.append`) after everything that was given before."""
        self._work.put((lambda: self._writer.append(records, now), done))

    def close(self, done: Done) -> None:
        """Close the journal after everything that was given before; the thread then ends."""
        self._work.put((self._writer.close, done))
        self._work.put(None)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            step, done = work
            failure: Exception | None = None
            try:
                step()
            except Exception as error:  # noqa: BLE001 - told to the loop, which decides
                failure = error
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(done, failure)
