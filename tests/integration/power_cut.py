"""The folder as a power cut at any moment could leave it, of what a process was seen to do.

Only what was synced is certain to be there: bytes whose writing had returned before an fsync of their file began, once
that has returned; names likewise by an fsync of their folder. Everything else may be there or not: all of it, or some
in whatever order, each sector for itself.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.integration.power_trace import Call

SECTOR = 512
Folder = Mapping[str, bytes]
"""Files by path, relative to the folder."""


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes given to a file at a place; `cut` instead: its new length."""

    file: int
    at: int
    data: bytes
    began: int
    ended: int
    cut: int | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A file got the name `path`, or nothing has it any more (`file` None); `former` is taken away by the same."""

    path: str
    file: int | None
    began: int
    ended: int
    former: str = ""


@dataclass(frozen=True, slots=True)
class Sync:
    """A file (its number) or a folder (its path) was synced."""

    what: int | str
    began: int
    ended: int


@dataclass
class History:
    """What happened below `root`, a folder whose files at the beginning are durable."""

    root: Path
    before: Folder
    writes: list[Write] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    syncs: list[Sync] = field(default_factory=list)
    answers: list[tuple[bytes, int]] = field(default_factory=list)
    """What was sent over sockets, and when that began."""
    made: dict[str, int] = field(default_factory=dict)
    """Folders that were made, and when that was done."""
    _names: dict[str, int] = field(default_factory=dict)
    _contents: dict[int, bytes] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)
    _count: int = 0

    @classmethod
    def of(cls, calls: Sequence[Call], root: Path, before: Folder) -> "History":
        """Return what `calls` did. Raises AssertionError for a call on a file that nobody knows how to replay."""
        self = cls(root, before)
        for path, data in before.items():
            self._contents[self._new(path)] = data
        for call in calls:
            self._take(call)
        return self

    @property
    def moments(self) -> list[int]:
        """Return when something began or was done: a power cut may come after each."""
        found = {m for each in (*self.writes, *self.named, *self.syncs) for m in (each.began, each.ended)}
        return sorted(found | {at for _, at in self.answers})

    def file(self, path: str) -> int:
        """Return the number of the file that has a name at the end."""
        return self._names[path]

    # --- reading ---

    def _take(self, call: Call) -> None:
        if call.name in ("sendto", "sendmsg", "write") and call.texts and call.texts[0].startswith(b"HTTP/1."):
            self.answers.append((call.texts[0], call.began))
        if not call.worked:
            return
        if call.name in ("rename", "renameat", "renameat2"):
            former, path = (self._inside(text.decode()) for text in call.texts[-2:])
            if path is not None and former is not None:
                file = self._names.pop(former)
                self._names[path] = file
                self.named.append(Named(path, file, call.began, call.ended, former))
        elif call.name in ("unlink", "unlinkat"):
            path = self._inside(str(PurePosixPath(call.path, call.texts[-1].decode())))
            if path is not None and self._names.pop(path, None) is not None:
                self.named.append(Named(path, None, call.began, call.ended))
        elif call.name == "openat":
            self._opened(call)
        elif call.name in ("mkdir", "mkdirat"):
            path = self._inside(str(PurePosixPath(call.path, call.texts[-1].decode())))
            if path is not None:
                self.made[path] = call.ended
        elif (path := self._inside(call.path)) is not None and call.name != "close":
            self._wrote(call, path)

    def _opened(self, call: Call) -> None:
        found = re.match(r"(\d+)<(.*?)>", call.result)
        path = self._inside(found[2]) if found else None
        if found is None or path is None or "O_DIRECTORY" in call.arguments:
            return
        self._places[found[1]] = 0
        if path not in self._names and "O_CREAT" in call.arguments:
            self.named.append(Named(path, self._new(path), call.began, call.ended))
        elif "O_TRUNC" in call.arguments:
            self.writes.append(Write(self._names[path], 0, b"", call.began, call.ended, 0))

    def _wrote(self, call: Call, path: str) -> None:
        descriptor = call.arguments.partition("<")[0]
        if call.name in ("fsync", "fdatasync"):
            self.syncs.append(Sync(self._names.get(path, path), call.began, call.ended))
        elif call.name == "ftruncate":
            self.writes.append(Write(self._names[path], 0, b"", call.began, call.ended, call.numbers[-1]))
        elif call.name == "pwrite64":
            self.writes.append(Write(self._names[path], call.numbers[-1], call.texts[0], call.began, call.ended))
        elif call.name == "write":
            data, at = call.texts[0], self._places[descriptor]
            self._places[descriptor] = at + len(data)
            self.writes.append(Write(self._names[path], at, data, call.began, call.ended))
        else:
            raise AssertionError(f"cannot replay {call.name} of {path}")

    def _new(self, path: str) -> int:
        self._count += 1
        self._names[path] = self._count
        return self._count

    def _inside(self, path: str) -> str | None:
        root = f"{self.root}/"
        if path == str(self.root):
            return "."
        return path.removeprefix(root) if path.startswith(root) and not path.endswith("-shm") else None

    # --- power cuts ---

    def synced(self, at: int) -> dict[str, bytes]:
        """Return the least that a power cut at a moment leaves."""
        return self._folder([w for w in self.writes if self._is_safe(w, at)],
                            [n for n in self.named if self._is_safe(n, at)])  # fmt: skip

    def written(self, at: int) -> dict[str, bytes]:
        """Return the most that it leaves."""
        return self._folder([w for w in self.writes if w.began <= at], [n for n in self.named if n.began <= at])

    def some(self, at: int, chance: random.Random) -> dict[str, bytes]:
        """Return something between: what was not synced is there or not, sectors and names each for themselves."""
        writes: list[Write] = []
        for each in self.writes:
            if each.began > at:
                continue
            if self._is_safe(each, at):
                writes.append(each)
            elif each.cut is None:
                writes += [sector for sector in _sectors(each) if chance.random() < 0.5]
            elif chance.random() < 0.5:
                writes.append(each)
        named = [n for n in self.named if n.began <= at and (self._is_safe(n, at) or chance.random() < 0.5)]
        return self._folder(writes, named)

    def _is_safe(self, each: Write | Named, at: int) -> bool:
        if isinstance(each, Write):
            return self._is_synced(each.file, each.ended, at)
        above = [str(folder) for folder in PurePosixPath(each.path).parents]
        fresh = [(folder, self.made[folder]) for folder in above if folder in self.made]
        return self._is_synced(above[0], each.ended, at) and all(
            self._is_synced(str(PurePosixPath(folder).parent), ended, at) for folder, ended in fresh
        )

    def _is_synced(self, what: int | str, since: int, at: int) -> bool:
        """Tell whether a sync of a file or folder that began after `since` had ended at a moment."""
        return any(s.what == what and s.began >= since and s.ended <= at for s in self.syncs)

    def _folder(self, writes: Sequence[Write], named: Sequence[Named]) -> dict[str, bytes]:
        contents = {file: bytearray(data) for file, data in self._contents.items()}
        for each in writes:
            held = contents.setdefault(each.file, bytearray())
            if each.cut is not None:
                held[:] = held[: each.cut].ljust(each.cut, b"\0")
                continue
            if len(held) < each.at:
                held.extend(bytes(each.at - len(held)))
            held[each.at : each.at + len(each.data)] = each.data
        names: dict[str, int] = dict(zip(self.before, range(1, len(self.before) + 1), strict=True))
        for one in named:
            if one.former:
                names.pop(one.former, None)
            if one.file is None:
                names.pop(one.path, None)
            else:
                names[one.path] = one.file
        return {path: bytes(contents.get(file, b"")) for path, file in names.items()}


def _sectors(write: Write) -> Iterator[Write]:
    """Yield the parts of a write that lie in sectors of their own."""
    at, data = write.at, write.data
    while data:
        size = SECTOR - at % SECTOR
        yield Write(write.file, at, data[:size], write.began, write.ended)
        at, data = at + size, data[size:]
