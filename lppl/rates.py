"""How often something may be tried: counted in this process, or by all processes together in Redis."""

import time
from collections.abc import Callable
from typing import Any, Protocol

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from lppl.limits import Limit

AWAY_S = 5.0


class Rates(Protocol):
    """The port. Contract: at most `most` counts of a key within a window; a lost Redis never refuses anybody."""

    async def wait_s(self, name: str, key: str) -> float:
        """Return for how many seconds `key` may not try what is called `name`; 0.0 when it may now."""
        ...

    async def count(self, name: str, key: str) -> None:
        """Count a try."""
        ...

    async def take(self, name: str, key: str) -> float:
        """Count a try if it may be made now; return 0.0 then, else for how many seconds it may not.

        Of many at once no more come through than may.
        """
        ...

    async def forget(self, name: str, key: str) -> None:
        """Forget the tries of `key`: it succeeded."""
        ...


class MemoryRates:
    """Counts in one process. `rates`: name -> (most, seconds)."""

    def __init__(self, rates: dict[str, tuple[int, float]], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limits = {name: Limit(most, window, monotonic) for name, (most, window) in rates.items()}

    async def wait_s(self, name: str, key: str) -> float:
        return self._limits[name].wait_s(key)

    async def count(self, name: str, key: str) -> None:
        self._limits[name].count(key)

    async def take(self, name: str, key: str) -> float:
        if not (wait := self._limits[name].wait_s(key)):
            self._limits[name].count(key)
        return wait

    async def forget(self, name: str, key: str) -> None:
        self._limits[name].forget(key)


class RedisRates:
    """Counts in windows that all processes share; while Redis is away each process counts by itself."""

    def __init__(self, url: str, rates: dict[str, tuple[int, float]], prefix: str = "lppl:rate") -> None:
        self._client: Any = redis.Redis.from_url(
            url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=1, socket_timeout=1
        )
        self._rates, self._prefix = rates, prefix
        self._memory = MemoryRates(rates)
        self._away_until = 0.0

    async def wait_s(self, name: str, key: str) -> float:
        alone = await self._memory.wait_s(name, key)
        if alone or time.monotonic() < self._away_until:
            return alone
        try:
            async with self._client.pipeline(transaction=False) as pipe:
                pipe.get(self._key(name, key))
                pipe.pttl(self._key(name, key))
                count, left_ms = await pipe.execute()
        except (RedisError, OSError):
            self._away_until = time.monotonic() + AWAY_S
            return 0.0
        return max(0.001, left_ms / 1000) if int(count or 0) >= self._rates[name][0] else 0.0

    async def count(self, name: str, key: str) -> None:
        await self._memory.count(name, key)
        if time.monotonic() < self._away_until:
            return
        try:
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.incr(self._key(name, key))
                pipe.pexpire(self._key(name, key), round(self._rates[name][1] * 1000), nx=True)
                await pipe.execute()
        except (RedisError, OSError):
            self._away_until = time.monotonic() + AWAY_S

    async def take(self, name: str, key: str) -> float:
        alone = await self._memory.take(name, key)
        if alone or time.monotonic() < self._away_until:
            return alone
        most, window_s = self._rates[name]
        try:
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.incr(self._key(name, key))
                pipe.pexpire(self._key(name, key), round(window_s * 1000), nx=True)
                pipe.pttl(self._key(name, key))
                count, _, left_ms = await pipe.execute()
        except (RedisError, OSError):
            self._away_until = time.monotonic() + AWAY_S
            return 0.0
        return max(0.001, left_ms / 1000) if int(count) > most else 0.0

    async def forget(self, name: str, key: str) -> None:
        await self._memory.forget(name, key)
        if time.monotonic() < self._away_until:
            return
        try:
            await self._client.delete(self._key(name, key))
        except (RedisError, OSError):
            self._away_until = time.monotonic() + AWAY_S

    async def close(self) -> None:
        """Let go of Redis."""
        await self._client.aclose()

    def _key(self, name: str, key: str) -> str:
        return f"{self._prefix}:{name}:{key}"


RATES: dict[str, tuple[int, float]] = {
    "form": (8, 600.0),
    "hook": (6000, 60.0),
    "forged": (30, 60.0),
    "open311": (60, 60.0),
    "track": (20, 600.0),
    "login": (6, 900.0),
    "login-address": (30, 900.0),
    "code": (6, 900.0),
}
"""What is counted: the public form, genuine and forged calls of webhooks, reports by Open311, codes
that are none; passwords of a login from
an address, passwords from an address, second factors."""
