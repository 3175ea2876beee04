"""How many listen and watch, now and by the hour; nothing of who.

A page that plays says so every half minute, under a random name that lives as long as the page. Names and addresses are
never stored: names stay in memory for the minute in which they count, addresses only as a keyed hash that limits how
fast one of them may talk. What is kept is a sum for each hour, channel and quality.

A beacon can be invented. What keeps that within reason: a page is credited at most the time since it last spoke, never
more than `LONGEST_S`; one address may hold `MOST_OF_ADDRESS` pages (a whole village may share one) and may speak
`BURST` times at once; and only channels and qualities that the station has are counted under their names.
"""

import hashlib
import os
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

LIVE_S = 75.0
"""A page counts this long after its last word: of those, each half minute, one may be lost on the way."""
LONGEST_S = 65
"""Seconds that one beacon may be credited."""
MOST_OF_ADDRESS = 500
BURST = 120
A_SECOND = 20.0
"""Beacons an address may send: 600 pages behind one address, each every half minute."""
MOST_ADDRESSES = 50_000
MOST_PAGES = 200_000

REPLAY = "ulang"
"""The quality under which catch-up is counted."""
STREAM = "aliran"
"""The quality of continuous streams (`/listen/`), counted by their connections."""
OTHER = "lain"


@dataclass(frozen=True, slots=True)
class LiveCount:
    """Who listens now: how many pages on `channel` in `quality`."""

    channel: str
    quality: str
    listeners: int


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a channel in one quality: seconds listened in all, most listeners at once."""

    hour: datetime
    channel: str
    quality: str
    seconds: int
    peak: int


@dataclass(slots=True)
class _Page:
    channel: str
    quality: str
    at: float
    address: bytes


@dataclass(slots=True)
class _Address:
    """Allowance of one address (a token bucket), and how many pages it holds."""

    tokens: float
    at: float
    pages: int = 0


class Audience:
    """Counts in memory, in one process; not thread-safe. `qualities`: what each channel may be heard in."""

    def __init__(
        self,
        qualities: Mapping[str, Iterable[str]],
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._qualities = {channel: frozenset((*names, REPLAY)) for channel, names in qualities.items()}
        self._monotonic, self._now = monotonic, now
        self._salt = os.urandom(16)
        self._pages: OrderedDict[str, _Page] = OrderedDict()
        """By name, the longest silent first."""
        self._addresses: OrderedDict[bytes, _Address] = OrderedDict()
        self._streams: Mapping[str, int] = {}
        self._seconds: Counter[tuple[datetime, str, str]] = Counter()
        self._peaks: dict[tuple[datetime, str, str], int] = {}

    def heard(self, page: str, channel: str, quality: str, seconds: float, address: str) -> bool:
        """Take a beacon: `page` played for `seconds` since it last spoke, or begins. Tell whether it was counted."""
        known = self._qualities.get(channel)
        if known is None:
            return False
        now = self._monotonic()
        self._forget_silent(now)
        key = hashlib.blake2b(address.encode(), key=self._salt, digest_size=12).digest()
        allowance = self._allowance(key, now)
        if allowance.tokens < 1:
            return False
        allowance.tokens -= 1
        before = self._pages.get(page)
        if before is None and (allowance.pages >= MOST_OF_ADDRESS or len(self._pages) >= MOST_PAGES):
            return False
        if before is None or before.address != key:  # new, or the phone went from one network to another
            self.left(page)
            allowance.pages += 1
        name = quality if quality in known else OTHER
        self._pages[page] = _Page(channel, name, now, key)
        self._pages.move_to_end(page)
        if before is not None:  # a page that speaks for the first time cannot know how long it was heard
            credit = min(seconds, now - before.at + 1.0, LONGEST_S)
            self._seconds[self._hour(), channel, name] += max(0, round(credit))
        return True

    def left(self, page: str) -> None:
        """Forget a page that stopped playing."""
        found = self._pages.pop(page, None)
        if found is not None:
            self._leave(found)

    def streams(self, listeners: Mapping[str, int], seconds: float) -> None:
        """Count the connections of continuous streams, by channel, for the `seconds` since this was last told."""
        self._streams = {channel: n for channel, n in listeners.items() if n}
        for channel, n in self._streams.items():
            self._seconds[self._hour(), channel, STREAM] += round(n * seconds)

    def live_counts(self) -> tuple[LiveCount, ...]:
        """Return who listens now, by channel and quality; those without listeners are left out."""
        self._forget_silent(self._monotonic())
        found = Counter((p.channel, p.quality) for p in self._pages.values())
        found.update({(channel, STREAM): n for channel, n in self._streams.items()})
        return tuple(LiveCount(channel, quality, n) for (channel, quality), n in sorted(found.items()))

    def look(self) -> None:
        """Remember how many listen at this moment; call it about twice a minute."""
        hour = self._hour()
        for count in self.live_counts():
            key = hour, count.channel, count.quality
            self._peaks[key] = max(self._peaks.get(key, 0), count.listeners)

    def take(self) -> tuple[Hour, ...]:
        """Return what was counted since the last call, to be added to the records, and begin anew."""
        keys = sorted({*(k for k, seconds in self._seconds.items() if seconds), *self._peaks})
        taken = tuple(Hour(*key, self._seconds[key], self._peaks.get(key, 0)) for key in keys)
        self._seconds.clear()
        self._peaks.clear()
        return taken

    def give_back(self, hours: Iterable[Hour]) -> None:
        """Take back what could not be recorded."""
        for h in hours:
            key = h.hour, h.channel, h.quality
            self._seconds[key] += h.seconds
            self._peaks[key] = max(self._peaks.get(key, 0), h.peak)

    def _hour(self) -> datetime:
        return self._now().replace(minute=0, second=0, microsecond=0)

    def _allowance(self, key: bytes, now: float) -> _Address:
        found = self._addresses.get(key)
        if found is None:
            found = self._addresses[key] = _Address(float(BURST), now)
            while len(self._addresses) > MOST_ADDRESSES:
                self._addresses.popitem(last=False)
        self._addresses.move_to_end(key)
        found.tokens = min(float(BURST), found.tokens + (now - found.at) * A_SECOND)
        found.at = now
        return found

    def _leave(self, page: _Page) -> None:
        address = self._addresses.get(page.address)
        if address is not None:
            address.pages = max(0, address.pages - 1)

    def _forget_silent(self, now: float) -> None:
        while self._pages:
            name, page = next(iter(self._pages.items()))
            if now - page.at <= LIVE_S:
                break
            del self._pages[name]
            self._leave(page)
        while self._addresses:
            key, address = next(iter(self._addresses.items()))
            if now - address.at <= 4 * LIVE_S:
                break
            del self._addresses[key]
