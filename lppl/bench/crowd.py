"""Simulated viewers, a process of their own: ``python -m lppl.bench.crowd`` reads orders (JSON), prints a summary.

A viewer follows some renditions as hls.js does: begins three segments before the live edge, asks for the playlist
once an average segment's length after the last change and twice as often after a miss, fetches each new segment at
once. An *eager* viewer asks every 0.25 s for a segment that is overdue, so that lateness is known exactly.
"""

import asyncio
import json
import random
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lppl.bench.figures import Buffer, Lateness, percentile
from lppl.bench.http import Answer, Connection
from lppl.quanta import CELL, QUANTUM_MS
from lppl.quanta import PUBLISH_DELAY as DELAY

BEHIND = 3
"""Segments before the live edge at which a player begins (hls.js: liveSyncDurationCount)."""
OVERDUE_S = 0.25
RETRY_S = 0.5
_SEGMENT = re.compile(r"#EXTINF:([0-9.]+),[^\n]*\n(?:#[^\n]*\n)*([^#\n]+)")
_SEQUENCE = re.compile(r"#EXT-X-MEDIA-SEQUENCE:(\d+)")


@dataclass(frozen=True, slots=True)
class Viewer:
    """One player: the renditions that it follows."""

    channel: str
    renditions: Sequence[str]


@dataclass(frozen=True, slots=True)
class Orders:
    """What a crowd does: viewers follow the live edge, or, with `loop`, connections fetch paths as fast as they can."""

    url: str
    seconds: float
    viewers: Sequence[Viewer] = ()
    spread_s: float = 4.0
    """Viewers come one after another during this time."""
    eager: bool = False
    settle_s: float = 0.0
    """What happens in this time after the last viewer came is not counted as lateness."""
    loop: Sequence[str] = ()
    connections: int = 32
    seed: int = 1

    def to_json(self) -> str:
        """Return the text that :func:`read_orders` reads."""
        return json.dumps(asdict(self))


def read_orders(text: str) -> Orders:
    """Read orders. Raises ValueError, TypeError, KeyError."""
    record = json.loads(text)
    record["viewers"] = [Viewer(**v) for v in record["viewers"]]
    return Orders(**record)


def published_at(number: int) -> float:
    """Return the wall time, in seconds, at which segment `number` is due."""
    return ((number + 1) * CELL + DELAY) * QUANTUM_MS / 1000


def parse(text: str) -> list[tuple[int, str, float]]:
    """Return number, address and length (seconds) of each segment of a live playlist. Raises ValueError."""
    first = _SEQUENCE.search(text)
    if first is None:
        raise ValueError("no EXT-X-MEDIA-SEQUENCE")
    number = int(first[1])
    return [(number + i, m[2].strip(), float(m[1])) for i, m in enumerate(_SEGMENT.finditer(text))]


@dataclass
class Tally:
    """What the crowd saw. Times in seconds."""

    playlists: list[float] = field(default_factory=list)
    segments: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    bytes: int = 0
    requests: int = 0
    failures: int = 0
    last_failure: str = ""
    buffers: list[Buffer] = field(default_factory=list)

    def failed(self, why: str) -> None:
        """Count a request that gave nothing."""
        self.failures += 1
        self.last_failure = why[:200]

    def summary(self, took: float) -> dict[str, Any]:
        """Return the figures, times in milliseconds."""
        lows = [b.lowest for b in self.buffers if b.lowest is not None]
        return {
            "requests": self.requests, "bytes": self.bytes, "seconds": took,
            "failures": self.failures, "last_failure": self.last_failure,
            "requests_per_s": self.requests / took, "mb_per_s": self.bytes / took / 1e6,
            "playlist_ms": _spread(self.playlists), "segment_ms": _spread(self.segments), "late_ms": _spread(self.late),
            "stalls": sum(b.stalls for b in self.buffers), "stalled_s": sum(b.stalled_s for b in self.buffers),
            "never_began": sum(b.lowest is None for b in self.buffers),
            "lowest_buffer_s": min(lows) if lows else None,
        }  # fmt: skip


def _spread(values: Sequence[float]) -> dict[str, float]:
    if not values:
        return {"count": 0}
    points = {f"p{p}": round(percentile(values, p) * 1000, 2) for p in (50, 95, 99)}
    return {"count": len(values), **points, "max": round(max(values) * 1000, 2)}


class Track:
    """One rendition as one viewer follows it."""

    def __init__(self, orders: Orders, viewer: Viewer, rendition: str, tally: Tally, counted_from: float) -> None:
        self._orders, self._tally, self._counted_from = orders, tally, counted_from
        parts = urlsplit(orders.url)
        self._connection = Connection(parts.hostname or "127.0.0.1", parts.port or 80)
        self._base = f"{parts.path}/hls/{viewer.channel}/{rendition}/"
        self._next: int | None = None
        self._late: dict[int, Lateness] = {}
        self._buffer: Buffer | None = None
        self._average = CELL * QUANTUM_MS / 1000

    async def follow(self) -> None:
        """Play until cancelled."""
        try:
            while True:
                asked = time.time()
                news = await self._reload()
                pause = self._average if news else self._average / 2
                if self._orders.eager and self._next is not None and time.time() >= published_at(self._next):
                    pause = OVERDUE_S
                await asyncio.sleep(max(0.0, asked + pause - time.time()))
        finally:
            self._connection.close()
            if self._buffer is not None:
                self._buffer.look(time.time())

    async def _get(self, name: str, *, keep: bool = False) -> Answer | None:
        self._tally.requests += 1
        try:
            answer = await self._connection.get(self._base + name, keep=keep)
        except (OSError, TimeoutError) as error:
            self._tally.failed(f"{name}: {type(error).__name__} {error}")
            await asyncio.sleep(RETRY_S)
            return None
        self._tally.bytes += answer.length
        if answer.status != 200:
            self._tally.failed(f"{name}: HTTP {answer.status}")
            return None
        return answer

    async def _reload(self) -> bool:
        """Fetch the playlist and what is new in it; tell whether there was anything."""
        answer = await self._get("live.m3u8", keep=True)
        if answer is None:
            return False
        self._tally.playlists.append(answer.took)
        listed = parse(answer.body.decode())
        if not listed:
            return False
        self._average = sum(length for _, _, length in listed) / len(listed)
        if self._next is None:
            self._next = listed[max(0, len(listed) - BEHIND)][0]
            self._buffer = Buffer(sum(length for n, _, length in listed if n >= self._next))
            self._tally.buffers.append(self._buffer)
            first = True
        else:
            first = False
        new = [entry for entry in listed if entry[0] >= self._next]
        if not new:
            self._overdue(self._next).asked(answer.sent)
        for number, uri, length in new:
            await self._fetch(number, uri, length, None if first else answer)
        return bool(new)

    def _overdue(self, number: int) -> Lateness:
        return self._late.setdefault(number, Lateness(published_at(number)))

    async def _fetch(self, number: int, uri: str, length: float, named_by: Answer | None) -> None:
        answer = await self._get(uri) or await self._get(uri)
        self._next = number + 1
        lateness = self._overdue(number)
        del self._late[number]
        if answer is None or self._buffer is None:
            return
        self._tally.segments.append(answer.took)
        self._buffer.arrived(answer.received, length)
        if named_by is not None and answer.sent >= self._counted_from:
            self._tally.late.append(lateness.named(named_by.sent, answer.received))


async def watch(orders: Orders) -> dict[str, Any]:
    """Let the viewers watch, and return what they saw."""
    tally = Tally()
    chance = random.Random(orders.seed)  # noqa: S311 - repeatable, not secret
    counted_from = time.time() + orders.spread_s + orders.settle_s

    async def come(viewer: Viewer, after: float) -> None:
        await asyncio.sleep(after)
        async with asyncio.TaskGroup() as group:
            for rendition in viewer.renditions:
                group.create_task(Track(orders, viewer, rendition, tally, counted_from).follow())

    began = time.monotonic()
    tasks = [asyncio.create_task(come(v, chance.uniform(0, orders.spread_s))) for v in orders.viewers]
    done, _ = await asyncio.wait(tasks, timeout=orders.seconds, return_when=asyncio.FIRST_EXCEPTION)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
    return tally.summary(time.monotonic() - began)


async def loop_closed(orders: Orders) -> dict[str, Any]:
    """Fetch the paths over and over on each connection, as fast as answers come."""
    tally = Tally()
    parts = urlsplit(orders.url)

    async def fetch(offset: int) -> None:
        connection = Connection(parts.hostname or "127.0.0.1", parts.port or 80)
        try:
            while True:
                path = orders.loop[offset % len(orders.loop)]
                offset += 1
                answer = await connection.get(path)
                tally.requests += 1
                tally.bytes += answer.length
                tally.segments.append(answer.took)
                if answer.status != 200:
                    tally.failed(f"{path}: HTTP {answer.status}")
        except (OSError, TimeoutError) as error:
            tally.failed(str(error))
        finally:
            connection.close()

    began = time.monotonic()
    tasks = [asyncio.create_task(fetch(i)) for i in range(orders.connections)]
    await asyncio.wait(tasks, timeout=orders.seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return tally.summary(time.monotonic() - began)


def main() -> int:
    """Read orders from standard input, carry them out, print the summary."""
    orders = read_orders(sys.stdin.read())
    print(json.dumps(asyncio.run(loop_closed(orders) if orders.loop else watch(orders))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
