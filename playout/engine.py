"""The commit loop: all channels, one journal, one sync a tick.

Nothing is told to anybody before it is in the journal, with one exception: when the disk fails or hangs, the air goes
on without it, says so, and the records are written as soon as the disk lets us.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial

import structlog

from lppl.clock import AirClock
from lppl.journal import Entry, JournalWriter, Record
from lppl.quanta import Quanta
from playout.channel import ChannelPlayout
from playout.scribe import Scribe

log = structlog.get_logger()

DISK_PATIENCE_S = 0.5
"""How long a sync may take before the air goes on without it: less than a tick is ahead of the air (0.64 s)."""
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
        self._scribe: Scribe | None = None
        self._asked = self._answered = 0
        """How many writes were given to the scribe, and how many have ended."""
        self._in_order = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def on_air(self, last: Mapping[str, Entry]) -> AsyncIterator[None]:
        """Open every channel where the journal `last` ended; on leaving, sync and close the journal."""
        now = self.clock.now()
        self._writer.resume(last)
        self._scribe = Scribe(self._writer)
        records = [r for c in self.channels.values() for r in c.open(now, last.get(c.channel))]
        if records:
            await self._journal(records, now)
        try:
            yield
        finally:
            closed = asyncio.Event()
            self._scribe.close(lambda _: closed.set())
            try:
                async with asyncio.timeout(CLOSE_PATIENCE_S):
                    await closed.wait()
            except TimeoutError:
                log.error("journal_not_closed", detail="disk tidak menjawab / the disk does not answer")

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
            loop = asyncio.get_running_loop()
            waiting = loop.create_future()
            # writes go in order through one thread: while one hangs, waiting for the next would only cost air
            patience = 0.0 if self._asked > self._answered else DISK_PATIENCE_S
            self._asked += 1
            assert self._scribe is not None
            self._scribe.append(tuple(records), now, partial(self._written, self._asked, waiting))
            giving_up = loop.call_later(patience, self._give_up, waiting)
            await waiting
            giving_up.cancel()
            self._on_committed(records)

    def _written(self, number: int, waiting: asyncio.Future[None], failure: Exception | None) -> None:
        """A write has ended; all is well only when it was the last."""
        self._answered = number
        if failure is not None and not isinstance(failure, OSError):
            log.error("journal_failed", exc_info=failure)  # a fault of ours; the air goes on all the same
        if failure is not None or number == self._asked:
            self._told(str(failure) if failure is not None else None)
        _end(waiting)

    def _give_up(self, waiting: asyncio.Future[None]) -> None:
        if not waiting.done():
            self._told("disk tidak menjawab / the disk does not answer")
            _end(waiting)

    def _told(self, failure: str | None) -> None:
        if failure != self.journal_failure:
            if failure:
                log.error("journal_not_durable", detail=failure)
            else:
                log.info("journal_durable_again")
            self.journal_failure = failure


def _end(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
