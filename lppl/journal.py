"""The journal: the append-only list of what airs, on disk before anything names it.

It is the as-run log, the DVR window, the catch-up index and the proof of airing. A record either *starts* an
item on a channel or *commits* further quanta of the item that is running there. One file an hour holds the
records of all channels, so that one sync makes a whole tick durable; each file begins by stating again what runs
on each channel, so that any file can be read alone.

A line is ``<crc32, 8 hex> <JSON>\\n``; a line that is cut short or damaged is not there. What such a line told of is
read as time off the air, never as a hole: everything that reads the journal finds every quantum covered once.
Nothing in this module decides what airs.
"""

import contextlib
import errno
import json
import os
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import structlog

from lppl import durable
from lppl.media import AssetId, HouseId
from lppl.quanta import Quanta, starting
from lppl.rundown import Kind

log = structlog.get_logger(__name__)

OFF_TITLE = "Tidak mengudara"
RESERVE = 1 << 19
"""Bytes set aside on disk beyond the end of the journal, made up again when half of them are used: with a full disk
two channels still journal for an hour at least."""
COMPACT_FROM = 1_000
"""Unwritten records from which on successive commits of an item are joined, so that memory lasts as long as the air."""


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
    number: int = 0
    """How many items the channel began before this one, ever."""
    format: str = ""
    """Names the parameter sets of its renditions; empty while unknown, and off the air."""
    format_changes: int = 0
    """How often `format` had changed up to this item: what HLS counts discontinuities by, also across a restart."""
    slot: str = ""
    programme_id: str = ""
    category: str = ""
    order: str = ""
    source: str = ""
    """The asset that is meant, where `house` is derived from it (a crossfade, graphics burnt in)."""

    @property
    def id(self) -> str:
        """Unique for ever: a channel starts one item in a quantum."""
        return f"{self.channel}-{self.start}"

    @property
    def asset(self) -> AssetId | None:
        """The asset that airs."""
        return AssetId(self.source or self.house.split(".", 1)[0]) if self.house else None


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


_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def encode(record: Record) -> bytes:
    """Return the line of a record."""
    if isinstance(record, Commit):
        value: object = [record.channel, record.start, record.length]
    else:
        value = {name: getattr(record, name) for name in Item.__slots__}
    body = _as_json(value).encode("utf-8", "replace")
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
    """Add the records of ONE channel to its `entries`, which stay without gap or overlap.

    Records that are known already (each file's head) change nothing. A commit beyond what its item planned belongs to
    an item whose line was lost, and is left out; the time up to the next item is then off the air.
    """
    for record in records:
        last = entries[-1] if entries else None
        if isinstance(record, Commit):
            end = record.start + record.length
            if last is not None and record.start <= last.end < end <= last.item.start + last.item.planned:
                entries[-1] = replace(last, end=Quanta(end))
        elif last is None:
            entries.append(Entry(record, record.start))
        elif record.start >= last.end and record != last.item:
            if not last.length:
                entries.pop()  # it began, but nothing of it was there in time
            start = entries[-1].end if entries else record.start
            if start < record.start:
                entries.append(_lost(last.item, start, record.start))
            entries.append(Entry(record, record.start))


def _lost(before: Item, start: Quanta, end: Quanta) -> Entry:
    """Return what stands for a stretch whose records are damaged."""
    why = "Catatan jurnal hilang"
    length = Quanta(end - start)
    counts = (before.number, before.format, before.format_changes)
    item = Item(before.channel, start, None, Quanta(0), length, Kind.OFF, OFF_TITLE, "", "", why, False, *counts)
    return Entry(item, end)


def compact(records: Sequence[Record]) -> list[Record]:
    """Return the same content with successive commits of each channel joined."""
    out: list[Record] = []
    newest: dict[str, int] = {}
    for record in records:
        at = newest.get(record.channel)
        before = out[at] if at is not None else None
        if isinstance(record, Commit) and isinstance(before, Commit) and before.start + before.length == record.start:
            assert at is not None
            out[at] = replace(before, length=before.length + record.length)
        else:
            newest[record.channel] = len(out)
            out.append(record)
    return out


# --- files -------------------------------------------------------------------------------------------


def file_of(folder: Path, q: Quanta) -> Path:
    """Return the file that holds what is committed during the hour of air time `q`."""
    return folder / f"{starting(q):%Y-%m-%dT%H}.jnl"


def read_lines(data: bytes) -> Iterator[Record]:
    """Yield the sound records of a file's bytes, in order.

    A last line without its newline is not there, even when it is whole: writing goes on over it.
    """
    for line in data.split(b"\n")[:-1]:
        if line and (record := decode(line.lstrip(b"\0"))) is not None:
            yield record


def files(folder: Path, since: datetime | None = None) -> list[Path]:
    """Return the journal's files in order, from the one that was written in the hour of `since` on."""
    found = sorted(folder.glob("????-??-??T??.jnl"))
    if since is None:
        return found
    first = f"{since:%Y-%m-%dT%H}.jnl"
    # on a full disk an hour's records lie in the file of the hour before
    return found[max(0, bisect_right([p.name for p in found], first) - 1) :]


def _records(path: Path) -> list[Record]:
    """Return the records of a file; of one that cannot be read any more none: a bad disk must not stop a start."""
    try:
        return list(read_lines(path.read_bytes()))
    except OSError as error:
        log.error("journal_file_unreadable", file=str(path), detail=str(error))
        return []


def read(folder: Path, since: Quanta) -> dict[str, list[Entry]]:
    """Return each channel's entries from about `since` on (whole files), oldest first."""
    channels: dict[str, list[Entry]] = {}
    for path in files(folder, starting(since)):
        for record in _records(path):
            fold(channels.setdefault(record.channel, []), (record,))
    return {c: entries for c, entries in channels.items() if entries}


def last_entries(folder: Path) -> dict[str, Entry]:
    """Return how the journal ends on each channel, reading back two files.

    One is not enough: a power cut may have torn its head, which says what runs on every channel.
    """
    channels: dict[str, list[Entry]] = {}
    with_records = (records for path in reversed(files(folder)) if (records := _records(path)))
    for records in reversed(list(islice(with_records, 2))):
        for record in records:
            fold(channels.setdefault(record.channel, []), (record,))
    return {c: entries[-1] for c, entries in channels.items() if entries}


class JournalWriter:
    """Appends records and syncs them: one call a tick for all channels. Blocking; call it in a thread.

    After an OSError the writer has closed its file; the next append opens a new attempt and first writes again
    what could not be written, so a disk that was full or away for a while leaves no hole.
    """

    def __init__(self, folder: Path, reserve: int = RESERVE) -> None:
        self.folder, self._reserve = folder, reserve
        self._file: BinaryIO | None = None
        self._path: Path | None = None
        self._end = self._room = 0
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
            self._unwritten = compact(pending) if len(pending) > COMPACT_FROM else pending
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
        """Go on in `path`. A full disk that has no room for a new file leaves the one before in use."""
        if path == self._path:
            return
        try:
            file = self._opened(path)
        except OSError:
            if self._file is None:
                raise
            return
        self.close()
        self._file, self._path = file, path
        data = file.read()
        self._room = len(data)
        data = data.rstrip(b"\0")
        # a line cut short by a power failure is overwritten, never continued
        self._end = data.rfind(b"\n") + 1
        if self._end != len(data):
            os.pwrite(file.fileno(), b"\0" * (len(data) - self._end), self._end)
        if not self._end:
            heads: list[Record] = []
            for e in self._running.values():
                heads += [e.item, Commit(e.item.channel, e.item.start, e.length)]
            self._write(heads)
            durable.sync_folder(self.folder)

    def _opened(self, path: Path) -> BinaryIO:
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = not path.exists() or not path.stat().st_size
        file = path.open("w+b" if fresh else "r+b")
        try:
            if fresh:
                os.posix_fallocate(file.fileno(), 0, self._reserve)
        except OSError:
            file.close()
            # an empty file would make followers leave the one that is still written
            path.unlink(missing_ok=True)
            raise
        return file

    def _reserve_room(self, fd: int, needed: int) -> None:
        """Set room aside, so that appending within it needs no new space on disk and no change of size."""
        if needed + self._reserve // 2 > self._room:
            # no room to set aside: what is there may still do, and writing tells when it does not
            with contextlib.suppress(OSError):
                os.posix_fallocate(fd, self._room, needed + self._reserve - self._room)
                self._room = needed + self._reserve

    def _write(self, records: Sequence[Record]) -> None:
        assert self._file is not None
        data = b"".join(map(encode, records))
        if not data:
            return
        fd = self._file.fileno()
        self._reserve_room(fd, self._end + len(data))
        # written and synced in one call
        if os.pwritev(fd, (data,), self._end, os.RWF_DSYNC) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
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
        self._listed: int | None = None

    def poll(self) -> list[Record]:
        """Return new records in order. Blocking, cheap when nothing is new. Raises OSError."""
        found: list[Record] = []
        changed = self._folder.stat().st_mtime_ns
        if self._path is not None and changed == self._listed:
            return self._read_on(self._path)  # no new file: a year of them need not be listed four times a second
        self._listed = changed
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
            if self._at:
                f.seek(self._at - 1)
                if f.read(1) != b"\n":
                    self._at = 0  # the file was cut back after a failed write; repeated records change nothing
            while True:
                f.seek(self._at)
                block = f.read(1 << 16)
                data = block.rstrip(b"\0")
                whole = data.rfind(b"\n") + 1
                found += read_lines(data[:whole])
                self._at += whole
                if not whole or len(data) < len(block) or len(block) < 1 << 16:
                    return found
