"""How often something may be tried: a count in a sliding window, per key, in the memory of a process."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

KEYS = 20_000
"""Keys that are remembered; the one unused longest is forgotten first."""


def household(address: str) -> str:
    """Return whose tries those from an address are: a visitor by IPv6 has a whole /64 to choose from."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address) or found.ipv4_mapped is not None:
        return address
    return found.exploded[:19]


class Limit:
    """At most `most` tries within `window_s` seconds for each key."""

    def __init__(self, most: int, window_s: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._most, self._window_s, self._monotonic = most, window_s, monotonic
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, key: str) -> float:
        """Return for how many seconds `key` may not try; 0.0 when it may now."""
        tries = self._fresh(key)
        return 0.0 if len(tries) < self._most else tries[0] + self._window_s - self._monotonic()

    def count(self, key: str) -> None:
        """Count a try of `key`."""
        self._fresh(key).append(self._monotonic())

    def forget(self, key: str) -> None:
        """Forget the tries of `key`: it succeeded."""
        self._tries.pop(key, None)

    def _fresh(self, key: str) -> deque[float]:
        tries = self._tries.setdefault(key, deque(maxlen=self._most))
        self._tries.move_to_end(key)
        if len(self._tries) > KEYS:
            self._tries.popitem(last=False)
        over = self._monotonic() - self._window_s
        while tries and tries[0] <= over:
            tries.popleft()
        return tries
