"""Events: what just happened, told to whoever listens; and the bus that carries them.

Events are hints to look again, never the only record of anything: a subscriber that is too slow loses the
oldest and is told so by :class:`Lagged`. Nobody who publishes ever waits. With Redis
(:mod:`lppl.redis_bus`) the same events reach the station's other processes.
"""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

QUEUE = 256
"""Events that wait for one subscriber before the oldest are dropped."""


@dataclass(frozen=True, slots=True)
class LibraryChanged:
    """Material came, went, or became ready."""


@dataclass(frozen=True, slots=True)
class ItemStarted:
    """An item of a channel was committed to the air; `item_id` is its entry in the journal."""

    channel: str
    item_id: str


@dataclass(frozen=True, slots=True)
class SegmentPublished:
    """The segment of `cell` can be fetched."""

    channel: str
    cell: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm began (`active`) or ended; `name` is a stable word, `detail` a sentence for staff."""

    channel: str
    name: str
    active: bool
    detail: str


@dataclass(frozen=True, slots=True)
class ScheduleChanged:
    """The schedule of a channel was read anew."""

    channel: str


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """Somebody changed what is planned. `what`: ``grid``, ``edits`` or a kind of document; `author`: who, for staff."""

    channel: str
    what: str
    author: str


@dataclass(frozen=True, slots=True)
class CaseChanged:
    """Something was done with a citizen's case; `urgent`: it has just become an emergency."""

    case: int
    urgent: bool


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody looks at a page of staff (`where`: its path and what it shows), or has left it."""

    account: int
    name: str
    where: str
    page: str
    here: bool


@dataclass(frozen=True, slots=True)
class Lagged:
    """Events were lost before this one; `count` of them, 0 when nobody can know. Read the state anew."""

    count: int


Event = (
    LibraryChanged
    | ItemStarted
    | SegmentPublished
    | Alarm
    | ScheduleChanged
    | PlanChanged
    | CaseChanged
    | Presence
    | Lagged
)
EVENTS: tuple[type[Event], ...] = (
    LibraryChanged,
    ItemStarted,
    SegmentPublished,
    Alarm,
    ScheduleChanged,
    PlanChanged,
    CaseChanged,
    Presence,
    Lagged,
)


class Subscription(AsyncIterator[Event]):
    """The events of one subscriber, in order. Ends when the bus closes, after what was waiting."""

    def __init__(self, types: tuple[type[Event], ...], limit: int) -> None:
        self._types = types or EVENTS
        self._waiting: deque[Event] = deque(maxlen=limit)
        self._lost = 0
        self._unknown = False
        self._closed = False
        self._news = asyncio.Event()

    def offer(self, event: Event) -> None:
        """Keep `event` for the subscriber when it asked for its type; drops the oldest when full."""
        if isinstance(event, Lagged):
            self._lost += event.count
            self._unknown = True
        elif isinstance(event, self._types):
            self._lost += len(self._waiting) == self._waiting.maxlen
            self._waiting.append(event)
        else:
            return
        self._news.set()

    def close(self) -> None:
        """End the iteration once what is waiting has been taken."""
        self._closed = True
        self._news.set()

    async def __anext__(self) -> Event:
        while True:
            if self._lost or self._unknown:
                lagged, self._lost, self._unknown = Lagged(self._lost), 0, False
                return lagged
            if self._waiting:
                return self._waiting.popleft()
            if self._closed:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()

    async def burst(self, within: float, pause: float) -> None:
        """Wait for an event, at most `within` seconds, then `pause` for those that follow; all are then forgotten.

        For one who reads the state anew whatever happened: events come in bursts, as when all channels begin an item.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await anext(self)
            await asyncio.sleep(pause)
        self._waiting.clear()
        self._lost, self._unknown = 0, False


class Bus(ABC):
    """Carries events. Use as an async context manager; call it on its event loop's thread only.

    The contract, held by ``tests/contracts/test_bus.py`` over every implementation:

    - :meth:`publish` returns at once and never raises, whatever became of subscribers or of the network;
    - a subscriber gets the events of its types that are published while its block is open, in the order of
      each publisher, from every process that shares the bus, each once (from another process possibly twice
      when the connection broke just then);
    - one that is too slow loses the oldest, and gets :class:`Lagged` before the next; so does everybody when
      the connection to the others was away. Lagged comes whatever types were asked for;
    - closing the bus ends every iteration.
    """

    @abstractmethod
    def publish(self, event: Event) -> None:
        """Hand `event` to every subscriber."""

    @abstractmethod
    def subscribe(self, *types: type[Event]) -> AbstractAsyncContextManager[Subscription]:
        """Open a subscription to `types` (none: all)."""

    @property
    @abstractmethod
    def connected(self) -> bool:
        """Whether events reach the other processes at the moment; a bus inside one process always does."""

    async def __aenter__(self) -> Self:
        return self

    @abstractmethod
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the bus."""


class MemoryBus(Bus):
    """The bus inside one process. `queue` is how many events wait for one subscriber."""

    def __init__(self, queue: int = QUEUE) -> None:
        self._queue = queue
        self._subscriptions: set[Subscription] = set()
        self._closed = False

    def publish(self, event: Event) -> None:
        for subscription in tuple(self._subscriptions):
            subscription.offer(event)

    def subscribe(self, *types: type[Event]) -> AbstractAsyncContextManager[Subscription]:
        return self._subscribed(types)

    @contextlib.asynccontextmanager
    async def _subscribed(self, types: tuple[type[Event], ...]) -> AsyncIterator[Subscription]:
        subscription = Subscription(types, self._queue)
        if self._closed:
            subscription.close()
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    @property
    def connected(self) -> bool:
        return not self._closed

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        for subscription in self._subscriptions:
            subscription.close()


def open_bus(redis_url: str | None, on_trouble: Callable[[str], None] | None = None) -> Bus:
    """Return the bus of a station: in process, or over Redis when `redis_url` is set.

    `on_trouble` is told, in a sentence without secrets, each time Redis goes away or comes back.
    """
    if redis_url is None:
        return MemoryBus()
    from lppl.redis_bus import RedisBus  # a station without Redis need not load its client

    return RedisBus(redis_url, on_trouble=on_trouble)
