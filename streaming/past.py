"""The journal of any past hour, for those who watch it later. Blocking: call it in a thread.

An hour's file never changes once the next is written, so what was read of it is kept.
"""

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from lppl.journal import Entry, Record, compact, file_of, files, fold, read_lines
from lppl.quanta import Quanta

KEEP_FILES = 100
"""Hours of the journal that are kept in memory: 24 h are read through 27 files, and several people watch."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """What was used last, up to a weight in all; what is heavier than that alone is not kept."""

    def __init__(self, most: int) -> None:
        self._most, self._weight = most, 0
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return what is kept under `key`, and use it."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V, weight: int = 1) -> None:
        """Keep `value`, and let go of what was used longest ago."""
        self._weight += weight - (self._kept.pop(key)[1] if key in self._kept else 0)
        self._kept[key] = value, weight
        while self._weight > self._most:
            _, (_, lost) = self._kept.popitem(last=False)
            self._weight -= lost


Hour = dict[str, list[Record]]
"""The records of a file by channel, successive commits joined."""


class Past:
    """Reads the journal in `folder`. Thread-safe."""

    def __init__(self, folder: Path, keep: int = KEEP_FILES) -> None:
        self._folder = folder
        self._hours: Recent[tuple[str, int, int], Hour] = Recent(keep)
        self._listed: tuple[int, list[Path]] = (-1, [])
        self._lock = Lock()

    def entries(self, channel: str, start: Quanta, end: Quanta) -> list[Entry]:
        """Return the whole entries of `channel` that air anywhere in [start, end); none that is unreadable."""
        out: list[Entry] = []
        with self._lock:
            for path in self._files(start, end):
                fold(out, self._hour(path).get(channel, ()))
        return [e for e in out if e.end > start and e.item.start < end]

    def _files(self, start: Quanta, end: Quanta) -> Sequence[Path]:
        """Return the files that may tell of [start, end): those of its hours, one before and one behind.

        A full disk leaves records in the file of the hour before; what could not be written for a while, and an
        outage that has ended, stand in the next one there is.
        """
        try:
            changed = self._folder.stat().st_mtime_ns
            if changed != self._listed[0]:
                self._listed = changed, files(self._folder)
        except OSError:
            return ()
        found = self._listed[1]
        names = [p.name for p in found]
        first = bisect_right(names, file_of(self._folder, start).name) - 1
        last = bisect_left(names, file_of(self._folder, end).name)
        return found[max(0, first - 1) : last + 2]

    def _hour(self, path: Path) -> Hour:
        try:
            stat = path.stat()
            key = path.name, stat.st_mtime_ns, stat.st_size
            found = self._hours.get(key)
            if found is None:
                channels: Hour = {}
                for record in read_lines(path.read_bytes()):
                    channels.setdefault(record.channel, []).append(record)
                found = {channel: compact(records) for channel, records in channels.items()}
                self._hours.put(key, found)
        except OSError:  # removed after its retention, or a bad disk: it tells nothing
            return {}
        return found
