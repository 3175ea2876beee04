"""Tells webhooks what happens: from the air role into the outbox, and from the outbox to the addresses.

What happens goes into the records first, so that a message survives a power cut; while the records are away, what
happens waits in memory, up to a bound.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import aiohttp
import structlog
from sqlalchemy.exc import SQLAlchemyError

from lppl.events import Alarm, Bus, ItemStarted
from lppl.journal import Entry
from lppl.masking import cleaned
from lppl.quanta import milliseconds
from lppl.sealing import SealBroken
from lppl.station.records import Records
from lppl.webhooks import EVENT, MESSAGE_ID, SIGNATURE, Due, Hook, Webhooks, body_of, signature

log = structlog.get_logger(__name__)

KEPT_IN_MEMORY = 1000
RETRY_S = 5.0
TIMEOUT_S = 10.0
LOOK_S = 2.0
ALARMS = {
    ("silence", True): Hook.SILENCE_STARTED,
    ("silence", False): Hook.SILENCE_ENDED,
    ("fallback", True): Hook.FALLBACK_STARTED,
    ("fallback", False): Hook.FALLBACK_ENDED,
}


def wall() -> datetime:
    """Return the machine's clock as aware UTC."""
    return datetime.now(UTC)


class Reporter:
    """Puts what happens on the air into the outbox."""

    def __init__(
        self, bus: Bus, entries: Callable[[str], Sequence[Entry]], hooks: Callable[[], Awaitable[Webhooks]]
    ) -> None:
        self._bus, self._entries, self._hooks = bus, entries, hooks
        self._running: dict[str, tuple[str, dict[str, Any]]] = {}
        self._waiting: deque[tuple[Hook, dict[str, Any], datetime]] = deque(maxlen=KEPT_IN_MEMORY)
        self._filled = asyncio.Event()

    async def run(self) -> None:
        """Follow the bus, and write what waits."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow())
            group.create_task(self._write())

    async def _follow(self) -> None:
        async with self._bus.subscribe(ItemStarted, Alarm) as events:
            async for event in events:
                match event:
                    case ItemStarted(channel):
                        self._began(channel)
                    case Alarm(channel, name, active, detail) if hook := ALARMS.get((name, active)):
                        self._put(hook, {"channel": channel, "detail": detail})

    def _began(self, channel: str) -> None:
        """Tell of a programme when the item that began belongs to another than the one before."""
        entries = self._entries(channel)
        if not entries:
            return
        item = entries[-1].item
        key = item.slot or item.programme
        before = self._running.get(channel)
        if before is not None and before[0] == key:
            return
        at = datetime.fromtimestamp(milliseconds(item.start) / 1000, UTC).isoformat()
        if before is not None and before[0]:
            self._put(Hook.PROGRAMME_ENDED, before[1] | {"ended": at})
        about = {"channel": channel, "programme": item.programme, "programme_id": item.programme_id}
        about |= {"title": item.title, "started": at}
        self._running[channel] = key, about
        if key and before is not None:  # what ran when this process began had begun before
            self._put(Hook.PROGRAMME_STARTED, about)

    def _put(self, hook: Hook, body: dict[str, Any]) -> None:
        self._waiting.append((hook, body, wall()))
        self._filled.set()

    async def _write(self) -> None:
        while True:
            await self._filled.wait()
            self._filled.clear()
            hooks = await self._hooks()
            while self._waiting:
                first = self._waiting[0]
                try:
                    await hooks.tell(*first)
                except (SQLAlchemyError, OSError):
                    await asyncio.sleep(RETRY_S)
                    continue
                # only so much waits: it may have made room meanwhile
                if self._waiting and self._waiting[0] is first:
                    self._waiting.popleft()


class Sender:
    """Sends what lies in the outbox, with retries."""

    def __init__(self, records: Records, hooks: Callable[[], Awaitable[Webhooks]], station: str) -> None:
        self._records, self._hooks, self._station = records, hooks, station

    async def run(self) -> None:
        """Send for ever; the outbox is looked into when the records have changed, or a retry is due."""
        hooks = await self._hooks()
        seen: object = ()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as session:
            due = await hooks.next_due()
            while True:
                stamp = self._records.stamp()
                if stamp is None or stamp != seen or (due is not None and due <= wall()):
                    seen = stamp
                    while found := await hooks.take(wall()):
                        await asyncio.gather(*(self._send(session, hooks, each) for each in found))
                    due = await hooks.next_due()
                await asyncio.sleep(self._records.rest(LOOK_S))

    async def _send(self, session: aiohttp.ClientSession, hooks: Webhooks, due: Due) -> None:
        failure = await delivered(session, due, self._station, wall())
        if failure is not None:
            log.info("webhook_refused", webhook=due.message.webhook_id, tries=due.message.attempts + 1, why=failure)
        await hooks.done(due.message, failure, wall())


async def delivered(session: aiohttp.ClientSession, due: Due, station: str, now: datetime) -> str | None:
    """Send one message; return why it was not taken, None when it was. Redirects are not followed."""
    if due.secret is None:
        return str(SealBroken())
    body = body_of(due.message, station)
    headers = {
        "Content-Type": "application/json",
        SIGNATURE: signature(due.secret, body, now),
        MESSAGE_ID: str(due.message.id),
        EVENT: due.message.event,
        "User-Agent": "LPPL",
    }
    try:
        async with session.post(due.url, data=body, headers=headers, allow_redirects=False) as answer:
            return None if 200 <= answer.status < 300 else f"HTTP {answer.status}"
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return cleaned(f"{type(error).__name__}: {error}")[:200]
