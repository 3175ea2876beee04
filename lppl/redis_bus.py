"""The bus over Redis pub/sub: one station's processes hear each other's events.

Subscribers of the same process get their events directly, so nothing here can delay or stop them while
Redis is slow or away; to the other processes events go through a bounded queue.
"""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Self, get_type_hints
from uuid import uuid4

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from lppl.events import EVENTS, QUEUE, Event, Lagged, MemoryBus
from lppl.masking import cleaned

TOPIC = "lppl:events"
OUTGOING = 2048
"""Events that wait for Redis before the oldest are dropped."""
SHORTEST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
ALIVE_EVERY_S = 10.0
"""How often an idle connection is asked whether it still lives; also bounds how long a stop may wait."""

_BY_NAME = {kind.__name__: kind for kind in EVENTS}
_FIELDS = {kind.__name__: get_type_hints(kind) for kind in EVENTS}


def encoded(event: Event, origin: str) -> bytes:
    """Return `event`, published by process `origin`, as JSON."""
    return json.dumps({"type": type(event).__name__, "origin": origin, "event": asdict(event)}).encode()


def decoded(data: bytes) -> tuple[Event, str] | None:
    """Return an event and its origin; None for what this release does not know, or rubbish."""
    try:
        message = json.loads(data)
        name, origin, values = message["type"], message["origin"], message["event"]
        fields = _FIELDS[name]
        right = values.keys() == fields.keys() and all(type(values[f]) is t for f, t in fields.items())
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None
    return (_BY_NAME[name](**values), origin) if right and isinstance(origin, str) else None


class RedisBus(MemoryBus):
    """A bus shared by every process that names the same Redis. Never raises for its absence."""

    def __init__(
        self,
        url: str,
        *,
        queue: int = QUEUE,
        topic: str = TOPIC,
        longest_pause_s: float = LONGEST_PAUSE_S,
        on_trouble: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(queue)
        self._url, self._topic, self._longest_pause_s = url, topic, longest_pause_s
        self._origin = uuid4().hex
        self._outgoing: deque[tuple[Event]] = deque(maxlen=OUTGOING)
        self._dropped = 0
        self._more = asyncio.Event()
        self._on_trouble = on_trouble
        self._online = asyncio.Event()
        self._was_online = False
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        return self._online.is_set() and not self._closed

    async def wait_connected(self) -> None:
        """Return once Redis is reached."""
        await self._online.wait()

    def publish(self, event: Event) -> None:
        super().publish(event)
        if not self._closed:
            self._dropped += len(self._outgoing) == self._outgoing.maxlen
            self._outgoing.append((event,))  # a tuple of its own: told apart from the same event sent again
            self._more.set()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="bus")
        return self

    async def __aexit__(self, *about: Any) -> None:
        self._closing = True
        self._more.set()
        # a cancellation that redis-py swallowed is said again, until the task has heard it
        while self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=0.2)
        await super().__aexit__(*about)
        if self._task is not None and not self._task.cancelled():
            self._task.result()  # a mistake of our own must not end unseen

    async def _run(self) -> None:
        """Keep a connection for ever; the pause between attempts grows, and resets once one worked."""
        pause = SHORTEST_PAUSE_S
        # redis-py may swallow a cancellation (while it connects) or hide it behind an error of its own: every
        # loop of this class therefore looks at `_closing` too.
        while not self._closing:
            try:
                await self._connection()
            except* (RedisError, OSError, TimeoutError) as errors:
                if self._online.is_set() or pause == SHORTEST_PAUSE_S:
                    self._say(f"Redis tidak terjangkau / Redis is away: {cleaned(str(errors.exceptions[0]))}")
                pause = SHORTEST_PAUSE_S if self._online.is_set() else min(pause * 2, self._longest_pause_s)
            self._online.clear()
            if not self._closing:
                await asyncio.sleep(pause)

    async def _connection(self) -> None:
        client = redis.Redis.from_url(
            self._url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=3, health_check_interval=ALIVE_EVERY_S
        )
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(client.aclose)
            listener = client.pubsub()
            stack.push_async_callback(listener.aclose)
            await listener.subscribe(self._topic)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._receive(listener))
                both.create_task(self._send(client))

    async def _receive(self, listener: Any) -> None:
        """Deliver what other processes publish."""
        while not self._closing:
            message = await listener.get_message(timeout=1.0)
            if message is None:
                continue
            if message["type"] == "subscribe":
                self._came_online()
                continue
            known = decoded(message["data"]) if message["type"] == "message" else None
            if known is not None and known[1] != self._origin:
                super().publish(known[0])

    def _came_online(self) -> None:
        super().publish(Lagged(0))  # what the others said until now is lost, and nobody counted it
        if self._was_online:
            self._say("Redis terjangkau kembali / Redis is back")
        self._was_online = True
        self._online.set()

    async def _send(self, client: Any) -> None:
        """Send what waits; an event leaves the queue only once Redis has it."""
        await self._online.wait()
        while not self._closing:
            while (self._outgoing or self._dropped) and not self._closing:
                if self._dropped:
                    dropped = self._dropped
                    await client.publish(self._topic, encoded(Lagged(dropped), self._origin))
                    self._dropped -= dropped
                    continue
                first = self._outgoing[0]
                await client.publish(self._topic, encoded(first[0], self._origin))
                if self._outgoing and self._outgoing[0] is first:  # else it was dropped meanwhile
                    self._outgoing.popleft()
            if not self._closing:
                self._more.clear()
                await self._more.wait()

    def _say(self, sentence: str) -> None:
        if self._on_trouble is not None:
            self._on_trouble(sentence)
