"""The journal: the append-only list of what airs, on disk before anything names it.

It is the as-run log, the DVR window, the catch-up index and the proof of airing. A record either *starts* an
item on a channel or *commits* further quanta of the item that is running there. One file an hour holds the
records of all channels, so that one sync makes a whole tick durable; each file begins by stating again what runs
on each channel, so that any file can be read alone.

A line is ``<crc32, 8 hex> <JSON>\\n``; a line that is cut short or damaged, and what follows zero bytes, is not
there. Nothing in this module decides what airs.
"""

import contextlib
import errno
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from lppl import durable
from lppl.media import AssetId, HouseId
from lppl.quanta import Quanta, starting
from lppl.rundown import Kind

RESERVE = 1 << 18
"""Bytes set aside on disk beyond the end of the journal: with a full disk it still takes more than an hour of air."""


@dataclass(frozen=True, slots=True)
class Item:
    """What starts to air: one line of the as-run log."""

    channel: str
    start: Quanta
    house: HouseId | None
    """None: off air."""
    in_point: Quanta
    planned: Quanta
    """Planned length; what was committed tells what aired."""
    kind: Kind
    title: str
    artist: str = ""
    programme: str = ""
    why: str = ""
    hard: bool = False

    @property
    def id(self) -> str:
        """Unique for ever: a channel starts one item in a quantum."""
        return f"{self.channel}-{self.start}"

    @property
    def asset(self) -> AssetId | None:
        """The asset that airs."""
        return AssetId(self.house.split(".", 1)[0]) if self.house else None


@dataclass(frozen=True, slots=True)
class Commit:
    """Further quanta of the running item of `channel`: [start, start + length) will air, or did."""

    channel: str
    start: Quanta
    length: int


Record = Item | Commit


@dataclass(frozen=True, slots=True)
class Entry:
    """An item and how far it is committed: [item.start, end)."""

    item: Item
    end: Quanta

    @property
    def length(self) -> int:
        """Committed length in quanta."""
        return self.end - self.item.start


# --- text --------------------------------------------------------------------------------------------


def encode(record: Record) -> bytes:
    """Return the line of a record."""
    if isinstance(record, Commit):
        value: object = [record.channel, record.start, record.length]
    else:
        value = {name: getattr(record, name) for name in Item.__slots__}
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return b"%08x %s\n" % (zlib.crc32(body), body)


def decode(line: bytes) -> Record | None:
    """Return the record of a line (without its newline), or None when it is damaged."""
    if len(line) < 10 or line[8:9] != b" ":
        return None
    body = line[9:]
    try:
        if int(line[:8], 16) != zlib.crc32(body):
            return None
        value = json.loads(body)
        if isinstance(value, list):
            return Commit(value[0], Quanta(value[1]), value[2])
        value["kind"] = Kind(value["kind"])
        return Item(**value)
    except (ValueError, TypeError, KeyError, IndexError):
        return None


def fold(entries: list[Entry], records: Iterable[Record]) -> None:
    """Add the records of ONE channel to its `entries`. Repeated records (each file's head) change nothing."""
    for record in records:
        last = entries[-1] if entries else None
        if isinstance(record, Item):
            if last is None or record.start >= last.end and record != last.item:
                entries.append(Entry(record, record.start))
        elif last is not None and record.start <= last.end < record.start + record.length:
            entries[-1] = replace(last, end=Quanta(record.start + record.length))


# --- files -------------------------------------------------------------------------------------------


def file_of(folder: Path, q: Quanta) -> Path:
    """Return the file that holds what is committed during the hour of air time `q`."""
    return folder / f"{starting(q):%Y-%m-%dT%H}.jnl"


def read_lines(data: bytes) -> Iterator[Record]:
    """Yield the sound records of a file's bytes, in order."""
    for line in data.rstrip(b"\0").split(b"\n"):
        if line and (record := decode(line.lstrip(b"\0"))) is not None:
            yield record


def files(folder: Path, since: datetime | None = None) -> list[Path]:
    """Return the journal's files in order, from the hour of `since` on."""
    first = f"{since:%Y-%m-%dT%H}.jnl" if since else ""
    return sorted(p for p in folder.glob("????-??-??T??.jnl") if p.name >= first)


def read(folder: Path, since: Quanta) -> dict[str, list[Entry]]:
    """Return each channel's entries from about `since` on (whole files), oldest first."""
    channels: dict[str, list[Entry]] = {}
    for path in files(folder, starting(since)):
        for record in read_lines(path.read_bytes()):
            fold(channels.setdefault(record.channel, []), (record,))
    return {c: entries for c, entries in channels.items() if entries}


def last_entries(folder: Path) -> dict[str, Entry]:
    """Return how the journal ends on each channel, reading back only as far as needed for its last file."""
    for path in reversed(files(folder)):
        channels: dict[str, list[Entry]] = {}
        for record in read_lines(path.read_bytes()):
            fold(channels.setdefault(record.channel, []), (record,))
        if channels:
            return {c: entries[-1] for c, entries in channels.items() if entries}
    return {}


class JournalWriter:
    """Appends records and syncs them: one call a tick for all channels. Blocking; call it in a thread.

    After an OSError the writer has closed its file; the next append opens a new attempt and first writes again
    what could not be written, so a disk that was full or away for a while leaves no hole.
    """

    def __init__(self, folder: Path, reserve: int = RESERVE) -> None:
        self.folder, self._reserve = folder, reserve
        self._file: BinaryIO | None = None
        self._path: Path | None = None
        self._end = 0
        self._running: dict[str, Entry] = {}
        self._unwritten: list[Record] = []

    @property
    def unwritten(self) -> int:
        """Records that air although they are not on disk (disk full or lost)."""
        return len(self._unwritten)

    def append(self, records: Sequence[Record], now: Quanta) -> None:
        """Write `records` into the file of `now` and sync. Raises OSError; the records are then kept for later."""
        pending = [*self._unwritten, *records]
        try:
            self._open(file_of(self.folder, now))
            self._write(pending)
        except OSError:
            self._unwritten = pending[-10_000:]
            self.close()
            raise
        self._unwritten = []
        for record in pending:
            self._note(record)

    def _note(self, record: Record) -> None:
        entries = [self._running[record.channel]] if record.channel in self._running else []
        fold(entries, (record,))
        if entries:
            self._running[record.channel] = entries[-1]

    def resume(self, running: Mapping[str, Entry]) -> None:
        """Tell the writer what runs on each channel, so that the next file can say it again."""
        self._running.update(running)

    def _open(self, path: Path) -> None:
        if path == self._path:
            return
        fresh = not path.exists()
        try:
            file = open(path, "w+b" if fresh else "r+b")  # noqa: SIM115 - closed by close()
            self._reserve_room(file.fileno(), 0)
        except FileNotFoundError:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._open(path)
            return
        except OSError:
            if self._file is None:
                raise
            return  # a full disk: the room set aside in the hour before still serves
        self.close()
        self._file, self._path = file, path
        data = file.read().rstrip(b"\0")
        # a line cut short by a power failure is overwritten, never continued
        self._end = data.rfind(b"\n") + 1
        if self._end != len(data):
            os.pwrite(file.fileno(), b"\0" * (len(data) - self._end), self._end)
        if not self._end:
            heads = [
                (e.item, Commit(e.item.channel, e.item.start, e.length)) for e in self._running.values() if e.length
            ]
            self._write([record for head in heads for record in head])
        if fresh:
            durable.sync_folder(self.folder)

    def _reserve_room(self, fd: int, needed: int) -> None:
        """Set room aside, so that appending within it needs no new space on disk and no change of size."""
        size = os.fstat(fd).st_size
        if size == 0 or needed > size:
            os.posix_fallocate(fd, size, max(self._reserve, needed - size))

    def _write(self, records: Sequence[Record]) -> None:
        assert self._file is not None
        data = b"".join(map(encode, records))
        if not data:
            return
        fd = self._file.fileno()
        self._reserve_room(fd, self._end + len(data))
        if os.pwrite(fd, data, self._end) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
        os.fdatasync(fd)
        self._end += len(data)

    def close(self) -> None:
        """Close the file, giving back the room set aside; what was written stays."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # only room is lost, no record
                os.ftruncate(self._file.fileno(), self._end)
            self._file.close()
            self._file = self._path = None


class JournalFollower:
    """Reads what was appended since the last call; for a process that serves but does not play out."""

    def __init__(self, folder: Path, since: Quanta) -> None:
        self._folder, self._since = folder, since
        self._path: Path | None = None
        self._at = 0

    def poll(self) -> list[Record]:
        """Return new records in order. Blocking, cheap when nothing is new. Raises OSError."""
        found: list[Record] = []
        for path in files(self._folder, starting(self._since)):
            if self._path is not None and path.name < self._path.name:
                continue
            if path != self._path:
                self._path, self._at = path, 0
            found += self._read_on(path)
        return found

    def _read_on(self, path: Path) -> list[Record]:
        """Read whole lines from where the last call stopped, never through the room set aside."""
        found: list[Record] = []
        with path.open("rb") as f:
            while True:
                f.seek(self._at)
                block = f.read(1 << 16)
                data = block.rstrip(b"\0")
                whole = data.rfind(b"\n") + 1
                found += read_lines(data[:whole])
                self._at += whole
                if not whole or len(data) < len(block) or len(block) < 1 << 16:
                    return found
