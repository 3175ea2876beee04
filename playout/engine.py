"""The commit loop: all channels, one journal, one sync a tick.

Nothing is told to anybody before it is in the journal, with one exception: when the disk fails or hangs, the air goes
on without it, says so, and the records are written as soon as the disk lets us.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from lppl.clock import AirClock
from lppl.journal import Entry, JournalWriter, Record
from lppl.quanta import Quanta
from playout.channel import ChannelPlayout

log = structlog.get_logger()

DISK_PATIENCE_S = 0.8
"""How long a sync may take before the air goes on without it: less than the 0.96 s that a tick is ahead of the air."""
CLOSE_PATIENCE_S = 5.0
"""How long a clean stop waits for the disk."""


class Engine:
    """Runs the channels of a station. `on_committed` gets records in order, after they are durable."""

    def __init__(
        self,
        channels: Sequence[ChannelPlayout],
        writer: JournalWriter,
        clock: AirClock,
        on_committed: Callable[[Sequence[Record]], None],
    ) -> None:
        self.channels: Mapping[str, ChannelPlayout] = {c.channel: c for c in channels}
        self.clock = clock
        self.journal_failure: str | None = None
        """Why the journal is not durable at the moment; None when it is."""
        self._writer, self._on_committed = writer, on_committed
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._pending: asyncio.Future[None] | None = None
        self._in_order = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def on_air(self, last: Mapping[str, Entry]) -> AsyncIterator[None]:
        """Open every channel where the journal `last` ended; on leaving, sync and close the journal."""
        now = self.clock.now()
        self._writer.resume(last)
        records = [r for c in self.channels.values() for r in c.open(now, last.get(c.channel))]
        if records:
            await self._journal(records, now)
        try:
            yield
        finally:
            closing = asyncio.get_running_loop().run_in_executor(self._disk, self._writer.close)
            done, _ = await asyncio.wait({closing}, timeout=CLOSE_PATIENCE_S)
            if not done:
                log.error("journal_not_closed", detail="disk tidak menjawab / the disk does not answer")
            self._disk.shutdown(wait=False)

    async def reopen(self) -> None:
        """Go on at the clock's new time: what lies between is journalled as off air, the live window begins anew."""
        now = self.clock.now()
        records = [r for c in self.channels.values() for r in c.open(now, c.entry)]
        if records:
            await self._journal(records, now)
        await self.tick()  # the loop still sleeps by the old time

    async def tick(self) -> Quanta:
        """Commit what is due; return the quantum at which to tick again."""
        now = self.clock.now()
        records: list[Record] = []
        for channel in self.channels.values():
            try:
                records += channel.commit(now)
            except Exception:  # a fault in one channel's plan must not take any channel off the air
                log.exception("commit_failed", channel=channel.channel)
                records += channel.emergency(now)
        if records or self._writer.unwritten:
            await self._journal(records, now)
        return Quanta(max(now + 1, min(c.due() for c in self.channels.values())))

    async def run(self) -> None:
        """Tick for ever."""
        while True:
            wake = await self.tick()
            await asyncio.sleep(max(0.0, self.clock.until(wake)))

    async def _journal(self, records: Sequence[Record], now: Quanta) -> None:
        """Write and tell `records`; what is given first is told first, also while the disk hangs."""
        async with self._in_order:
            await self._write(records, now)

    async def _write(self, records: Sequence[Record], now: Quanta) -> None:
        loop = asyncio.get_running_loop()
        writing = loop.run_in_executor(self._disk, self._writer.append, tuple(records), now)
        # writes go in order through one thread: while one hangs, waiting for the next would only cost air
        hangs = self._pending is not None and not self._pending.done()
        self._pending = writing
        done, _ = await asyncio.wait({writing}, timeout=0 if hangs else DISK_PATIENCE_S)
        if done:
            failure = writing.exception()
            if failure is not None and not isinstance(failure, OSError):
                log.error("journal_failed", exc_info=failure)  # a fault of ours; the air goes on all the same
            self._told(str(failure) if failure is not None else None)
        else:
            self._told("disk tidak menjawab / the disk does not answer")
            writing.add_done_callback(self._written)
        self._on_committed(records)

    def _written(self, writing: asyncio.Future[None]) -> None:
        """A write that was not waited for has ended; all is well only when it was the last."""
        failure = writing.exception()
        if failure is not None or writing is self._pending:
            self._told(str(failure) if failure is not None else None)

    def _told(self, failure: str | None) -> None:
        if failure != self.journal_failure:
            if failure:
                log.error("journal_not_durable", detail=failure)
            else:
                log.info("journal_durable_again")
            self.journal_failure = failure
