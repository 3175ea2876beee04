"""The calls that the exchange has announced and not connected yet.

AudioSocket carries a UUID and sound, no number: the dialplan registers UUID, number and line over HTTP right before it
connects. A call that nobody announced is none of ours.
"""

from collections import deque
from dataclasses import dataclass
from uuid import UUID

from lppl.errors import LpplError

EXPIRES_S = 120.0
MOST = 256
SPENT = 1024
"""So many used UUIDs are remembered, for refusing them."""
WRITTEN = 64
"""Characters kept of a number and of a line."""


@dataclass(frozen=True, slots=True)
class Registered:
    """Who calls which line. `caller` is empty when the number is withheld."""

    caller: str
    line: str


class CallRefused(LpplError):
    """A call cannot be registered; `reason` is a stable word: ``full`` or ``used``."""

    def __init__(self, reason: str, indonesian: str, english: str) -> None:
        self.reason = reason
        super().__init__(indonesian, english)


def number_of(written: str) -> str:
    """Return a caller's number as written, "" for what holds no digit: ``anonymous``, ``Restricted``, nothing."""
    shown = "".join(c for c in written if c.isprintable()).strip()[:WRITTEN]
    return shown if any(c.isdigit() for c in shown) else ""


class Calls:
    """Registered calls: each can be taken once, within two minutes, and there are never more than `most`."""

    def __init__(self, most: int = MOST, expires_s: float = EXPIRES_S) -> None:
        self._most, self._expires_s = most, expires_s
        self._waiting: dict[UUID, tuple[float, Registered]] = {}
        self._spent: set[UUID] = set()
        self._spent_in_order: deque[UUID] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def register(self, uuid: UUID, caller: str, line: str, now: float) -> None:
        """Expect a call. `now`: ``time.monotonic()``. The same again, before it is taken, replaces it.

        Raises CallRefused when too many are waited for, or `uuid` was used before.
        """
        self._forget(now)
        if uuid in self._spent:
            raise CallRefused("used", "UUID telepon ini sudah dipakai; buat yang baru.", "This UUID was used before.")
        if uuid not in self._waiting and len(self._waiting) >= self._most:
            raise CallRefused(
                "full", "Terlalu banyak telepon menunggu; coba lagi nanti.", "Too many calls are waiting; try later."
            )
        shown = "".join(c for c in line if c.isprintable()).strip()[:WRITTEN]
        self._waiting.pop(uuid, None)  # so that the order stays that of time
        self._waiting[uuid] = (now, Registered(number_of(caller), shown))

    def take(self, uuid: UUID, now: float) -> Registered | None:
        """Return who calls, once; None when nobody announced it, or too long ago."""
        self._forget(now)
        found = self._waiting.pop(uuid, None)
        if found is None:
            return None
        self._spent.add(uuid)
        self._spent_in_order.append(uuid)
        if len(self._spent_in_order) > SPENT:
            self._spent.discard(self._spent_in_order.popleft())
        return found[1]

    def _forget(self, now: float) -> None:
        """Drop what expired; the oldest stand first."""
        while self._waiting:
            uuid, (since, _) = next(iter(self._waiting.items()))
            if now - since <= self._expires_s:
                return
            del self._waiting[uuid]
