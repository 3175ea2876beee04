"""Looking at the media folder: what lies there, what is still being written, and the hash of a file.

Everything here blocks and is called in a thread. Only stat calls are made for files that are known already, so
that a scan of a large, unchanged folder costs next to nothing.
"""

import hashlib
import os
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from lppl.media import AssetId
from lppl.records import FileStamp, LibraryFile, recordable, recorded_path

IGNORED_PREFIXES = (".", "~$")
IGNORED_SUFFIXES = (".part", ".tmp", "~", ".crdownload", ".download", ".partial", ".filepart", ".!ut")
IGNORED_NAMES = frozenset(
    ("thumbs.db", "desktop.ini", "$recycle.bin", "system volume information", "lost+found", "@eadir")
)
INODE_MASK = (1 << 63) - 1
"""Network folders use all 64 bits of an inode number; databases have 63."""
PIECE = 1 << 20
BIG = 64 << 20


class Stopped(Exception):
    """The service stops; hashing gave up."""


@dataclass(frozen=True, slots=True)
class Found:
    """A path seen in a scan; `touched_ns` is the last change of the file or its name, Unix nanoseconds."""

    path: str
    stamp: FileStamp
    touched_ns: int


@dataclass(slots=True)
class Walk:
    """What one walk saw. `blind`: folders (recorded, ending in ``/``) that could not be read."""

    available: bool = True
    device: int = 0
    files: dict[str, Found] = field(default_factory=dict)
    blind: list[str] = field(default_factory=list)
    unnameable: int = 0


@dataclass(slots=True)
class Difference:
    """How what was seen differs from what is known."""

    candidates: list[Found] = field(default_factory=list)
    """New or changed, and at rest."""
    unsettled: dict[str, FileStamp] = field(default_factory=dict)
    """New or changed, and perhaps still being written."""
    moved: list[tuple[Found, LibraryFile]] = field(default_factory=list)
    """The same file under another name: its asset stays."""
    gone: list[str] = field(default_factory=list)
    remounted: list[LibraryFile] = field(default_factory=list)
    """Unchanged, on a device that has another number now."""
    away: bool = False
    """The whole folder is missing, or empty on another device: a disk is not mounted. Nothing is forgotten."""


def ignored(name: str) -> bool:
    """Tell whether `name` is hidden, temporary, or some system's own."""
    if name.startswith(IGNORED_PREFIXES):
        return True
    lower = name.lower()
    return lower.endswith(IGNORED_SUFFIXES) or lower in IGNORED_NAMES


def stamp_of(info: os.stat_result) -> FileStamp:
    """Return what records keep of a stat result."""
    return FileStamp(info.st_size, info.st_mtime_ns, info.st_ino & INODE_MASK, info.st_dev & INODE_MASK)


def walk(root: Path, prefix: str = "") -> Walk:
    """Look at everything below `root`; recorded paths begin with `prefix`. Folders that are links are files here."""
    seen = Walk()
    try:
        seen.device = root.stat().st_dev & INODE_MASK
    except OSError:
        seen.available = False
        return seen
    pending = [(str(root), prefix)]
    while pending:
        folder, at = pending.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if ignored(entry.name):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        pending.append((entry.path, f"{at}{entry.name}/"))
                    else:
                        _note(seen, entry, at)
        except OSError:
            # gone while we looked, or not ours to read: what lies below keeps its records
            seen.blind.append(recorded_path(at))
    if "" in seen.blind or prefix in seen.blind:
        seen.available = False
    return seen


def _note(seen: Walk, entry: "os.DirEntry[str]", at: str) -> None:
    try:
        info = entry.stat()
    except OSError:
        try:
            info = entry.stat(follow_symlinks=False)  # a link to nothing: it will be refused by name
        except OSError:
            return
    path = at + entry.name
    if not path.isascii():
        if not recordable(path):
            seen.unnameable += 1
            return
        path = recorded_path(path)
    seen.files[path] = Found(path, stamp_of(info), max(info.st_mtime_ns, info.st_ctime_ns))


def compare(
    seen: Walk,
    known: Mapping[str, LibraryFile],
    before: Mapping[str, FileStamp],
    now_ns: int,
    settle_ns: int,
    retry: frozenset[str] = frozenset(),
) -> Difference:
    """Return how `seen` differs from `known`; `before` are the unsettled stamps of the walk before.

    A file is at rest when neither it nor its name has changed for `settle_ns`. Should its time lie in the future
    (a camera's clock), two walks that see the same are enough. `retry`: known paths to be examined again. Pure.
    """
    difference = Difference()
    if not seen.available or (
        not seen.files and known and seen.device not in {file.stamp.device for file in known.values()}
    ):
        difference.away = True
        return difference
    blind = tuple(seen.blind)
    difference.gone = [p for p in known if p not in seen.files and not (blind and p.startswith(blind))]
    gone_by_stamp = {_identity(known[path].stamp): known[path] for path in difference.gone}
    for path, found in seen.files.items():
        file = known.get(path)
        if file is not None and file.stamp.same_content(found.stamp) and path not in retry:
            if file.stamp.device != found.stamp.device:
                difference.remounted.append(LibraryFile(path, found.stamp, file.asset, file.refusal))
            continue
        moved = gone_by_stamp.get(_identity(found.stamp))
        if moved is not None and moved.asset is not None:
            difference.moved.append((found, moved))
            continue
        age = now_ns - found.touched_ns
        if age >= settle_ns or (age < 0 and before.get(path) == found.stamp):
            difference.candidates.append(found)
        else:
            difference.unsettled[path] = found.stamp
    # small files first: the station has something to air sooner
    difference.candidates.sort(key=lambda f: (f.stamp.size, f.path))
    return difference


def _identity(stamp: FileStamp) -> tuple[int, int, int]:
    return stamp.size, stamp.mtime_ns, stamp.inode


def being_written(proc: Path = Path("/proc")) -> frozenset[tuple[int, int]]:
    """Return (device, inode) of every file that a process we may look at holds open for writing."""
    return frozenset(_open_for_writing(proc))


def _open_for_writing(proc: Path) -> Iterator[tuple[int, int]]:
    own = str(os.getpid())
    try:
        processes = [p for p in proc.iterdir() if p.name.isdigit() and p.name != own]
    except OSError:
        return
    for process in processes:
        try:
            opened = list((process / "fd").iterdir())
        except OSError:  # another user's, or ended
            continue
        for link in opened:
            try:
                if not link.lstat().st_mode & 0o200:  # the link's own permissions say how the file was opened
                    continue
                info = link.stat()
            except OSError:
                continue
            yield info.st_dev & INODE_MASK, info.st_ino & INODE_MASK


def content_hash(path: Path, stop: threading.Event) -> AssetId:
    """Return the asset id of the file at `path`. Raises OSError; Stopped once `stop` is set."""
    digest = hashlib.blake2b(digest_size=20)
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        buffer = bytearray(PIECE)
        view = memoryview(buffer)
        at = 0
        while count := file.readinto(buffer):
            if stop.is_set():
                raise Stopped
            digest.update(view[:count])
            if size > BIG:  # a big file must not push what is on air out of the page cache
                os.posix_fadvise(file.fileno(), at, count, os.POSIX_FADV_DONTNEED)
            at += count
    return AssetId(digest.hexdigest())


def low_priority_threads() -> ThreadPoolExecutor:
    """Return one thread for reading files, nicer than everything that airs."""

    def lower() -> None:
        # On Linux niceness belongs to a thread; only this one is lowered.
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)

    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="library", initializer=lower)
