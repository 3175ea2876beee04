"""Hints of waiting work through Redis streams, one for each rank: a consumer group shares them among processes, and
what a process took and never finished is claimed by another. While Redis is away hints go by the process's own memory.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from lppl.intake.works import Hint, MemoryWorks, Rank, Taken, Task
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
        self._streams = {rank: f"{stream}:{rank.name.lower()}" for rank in Rank}
        self._ranks = {name: rank for rank, name in self._streams.items()}
        self._stale_s, self._away_s, self._on_trouble = stale_s, away_s, on_trouble
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
                        said = {"t": hint.task.value, "s": hint.subject}
                        pipe.xadd(self._streams[hint.rank], said, maxlen=ROOM, approximate=True)
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
                if taken := await self._claimed(most):
                    return taken
            block = max(1, int(min(wait_s, LONGEST_BLOCK_S) * 1000))
            news = dict.fromkeys(self._streams.values(), ">")
            answer = await self._client.xreadgroup(GROUP, self._me, news, count=most, block=block)
            by_rank = sorted((self._ranks[name.decode()], messages) for name, messages in _streams(answer))
            return tuple(taken for rank, messages in by_rank for taken in _taken(rank, messages))
        except (RedisError, OSError) as error:
            self._lost(error)
            return ()

    async def done(self, taken: Sequence[Taken]) -> None:
        numbers: dict[str, list[str]] = {}
        for each in taken:
            if each.receipt:
                numbers.setdefault(self._streams[each.hint.rank], []).append(each.receipt)
        if not numbers or not await self._there():
            return
        try:
            async with self._client.pipeline(transaction=True) as pipe:
                for stream, some in numbers.items():
                    pipe.xack(stream, GROUP, *some)
                    pipe.xdel(stream, *some)
                await pipe.execute()
        except (RedisError, OSError) as error:
            self._lost(error)  # they come back to somebody, who finds nothing to do

    async def close(self) -> None:
        """Let go of Redis."""
        await self._client.aclose()

    async def _claimed(self, most: int) -> list[Taken]:
        """Take over what others took and never finished."""
        found: list[Taken] = []
        for rank, stream in self._streams.items():
            stale_ms = int(self._stale_s * 1000)
            answer = await self._client.xautoclaim(stream, GROUP, self._me, stale_ms, "0-0", count=most)
            found += _taken(rank, answer[1])
        return found

    async def _there(self) -> bool:
        """Tell whether Redis can be used, making the groups once."""
        if self._ready or time.monotonic() < self._away_until:
            return self._ready
        try:
            for stream in self._streams.values():
                await self._grouped(stream)
        except (RedisError, OSError) as error:
            self._lost(error)
            return False
        self._ready = True
        return True

    async def _grouped(self, stream: str) -> None:
        try:
            await self._client.xgroup_create(stream, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    def _lost(self, error: Exception) -> None:
        """Leave Redis alone for a while; its group may be gone too, so it is made anew."""
        if (self._ready or self._away_until == 0.0) and self._on_trouble is not None:
            self._on_trouble(f"Redis tidak terjangkau / Redis is away: {cleaned(str(error))}")
        self._ready, self._away_until = False, time.monotonic() + self._away_s


def _streams(answer: Any) -> list[tuple[bytes, Any]]:
    """Return (stream, messages) of an answer to XREADGROUP, which has a shape for each version of the protocol."""
    if isinstance(answer, dict):  # version 3: {stream: [messages]}
        return [(name, [message for group in groups for message in group]) for name, groups in answer.items()]
    return [(name, group) for name, group in answer or ()]


def _taken(rank: Rank, messages: Any) -> list[Taken]:
    """Return what messages of the stream say; what this release does not know is passed over."""
    found = []
    for number, fields in messages:
        if not fields:
            continue  # it was trimmed away meanwhile
        try:
            hint = Hint(Task(fields[b"t"].decode()), fields[b"s"].decode(), rank)
        except (ValueError, KeyError):
            continue
        found.append(Taken(hint, number.decode()))
    return found
