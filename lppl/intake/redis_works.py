"""Hints of waiting work through a Redis stream: a consumer group shares them among processes, and what a process took
and never finished is claimed by another. While Redis is away hints go by the process's own memory.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from lppl.intake.works import Hint, MemoryWorks, Taken, Task
from lppl.masking import cleaned

STREAM, GROUP = "lppl:works", "lppl"
STALE_S = 60.0
"""After so long without word of its end a hint is somebody else's."""
LONGEST_BLOCK_S = 2.0
"""redis-py gives up a connection that says nothing for 5 s."""
AWAY_S = 5.0
"""How long Redis is left alone after it failed."""
ROOM = 100_000


class RedisWorks:
    """The queue of several processes. `stale_s`: when what somebody took is given to another."""

    def __init__(
        self,
        url: str,
        *,
        stream: str = STREAM,
        stale_s: float = STALE_S,
        on_trouble: Callable[[str], None] | None = None,
        away_s: float = AWAY_S,
    ) -> None:
        self._client: Any = redis.Redis.from_url(
            url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=3, health_check_interval=10
        )
        self._stream, self._stale_s, self._away_s, self._on_trouble = stream, stale_s, away_s, on_trouble
        self._me = uuid4().hex
        self._memory = MemoryWorks()
        self._ready = False
        self._away_until = 0.0
        self._claim_next = 0.0

    async def put(self, hints: Sequence[Hint]) -> None:
        if not hints:
            return
        if await self._there():
            try:
                async with self._client.pipeline(transaction=False) as pipe:
                    for hint in hints:
                        pipe.xadd(
                            self._stream, {"t": hint.task.value, "s": hint.subject}, maxlen=ROOM, approximate=True
                        )
                    await pipe.execute()
                return
            except (RedisError, OSError) as error:
                self._lost(error)
        await self._memory.put(hints)

    async def take(self, wait_s: float, most: int = 16) -> Sequence[Taken]:
        found = list(await self._memory.take(0.001, most))
        if found or not await self._there():
            return found or await self._memory.take(wait_s, most)
        try:
            if time.monotonic() >= self._claim_next:
                self._claim_next = time.monotonic() + self._stale_s / 4
                claimed = await self._client.xautoclaim(
                    self._stream, GROUP, self._me, int(self._stale_s * 1000), "0-0", count=most
                )
                if taken := _taken(claimed[1]):
                    return taken
            block = max(1, int(min(wait_s, LONGEST_BLOCK_S) * 1000))
            answer = await self._client.xreadgroup(GROUP, self._me, {self._stream: ">"}, count=most, block=block)
            return _taken(_messages(answer))
        except (RedisError, OSError) as error:
            self._lost(error)
            return ()

    async def done(self, taken: Sequence[Taken]) -> None:
        numbers = [t.receipt for t in taken if t.receipt]
        if not numbers or not await self._there():
            return
        try:
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.xack(self._stream, GROUP, *numbers)
                pipe.xdel(self._stream, *numbers)
                await pipe.execute()
        except (RedisError, OSError) as error:
            self._lost(error)  # they come back to somebody, who finds nothing to do

    async def close(self) -> None:
        """Let go of Redis."""
        await self._client.aclose()

    async def _there(self) -> bool:
        """Tell whether Redis can be used, making the group once."""
        if self._ready or time.monotonic() < self._away_until:
            return self._ready
        try:
            await self._client.xgroup_create(self._stream, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                self._lost(error)
                return False
        except (RedisError, OSError) as error:
            self._lost(error)
            return False
        self._ready = True
        return True

    def _lost(self, error: Exception) -> None:
        """Leave Redis alone for a while; its group may be gone too, so it is made anew."""
        if (self._ready or self._away_until == 0.0) and self._on_trouble is not None:
            self._on_trouble(f"Redis tidak terjangkau / Redis is away: {cleaned(str(error))}")
        self._ready, self._away_until = False, time.monotonic() + self._away_s


def _messages(answer: Any) -> Any:
    """Return the messages of an answer to XREADGROUP, which has a shape for each version of the protocol."""
    if isinstance(answer, dict):  # version 3: {stream: [messages]}
        return [message for groups in answer.values() for group in groups for message in group]
    return [message for _, group in answer or () for message in group]


def _taken(messages: Any) -> tuple[Taken, ...]:
    """Return what messages of the stream say; what this release does not know is passed over."""
    found = []
    for number, fields in messages:
        if not fields:
            continue  # it was trimmed away meanwhile
        try:
            hint = Hint(Task(fields[b"t"].decode()), fields[b"s"].decode())
        except (ValueError, KeyError):
            continue
        found.append(Taken(hint, number.decode()))
    return tuple(found)
