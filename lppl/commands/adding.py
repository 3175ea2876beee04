"""``lppl media add``: copies files and trees into the media folder, so that the library can never see half a file.

Each file is written beside its place under a hidden name, synced, and then named; what is there already is never
replaced. The service need not run: it finds the files when it does.
"""

import contextlib
import errno
import filecmp
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from lppl import durable
from lppl.errors import LpplError, MediaRefused
from lppl.records import recordable
from streaming.folder import ignored
from streaming.sniff import look, refusal

PIECE = 1 << 20
BIG = 64 << 20
"""Copies from this size on are taken out of the page cache again: what is on air needs it."""

OnBytes = Callable[[int], None]


def _mode() -> int:
    """Return the permissions of a new file by the process's umask, which can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return 0o666 & ~mask


MODE = _mode()
"""Found once, while nothing else runs: two threads that set the umask to read it would lose it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A file to be added: where it lies, where it shall lie below the media folder, its size in bytes."""

    source: Path
    name: PurePosixPath
    size: int


@dataclass(slots=True)
class Wanted:
    """What a person asked to add. `refused`: named files that cannot be added; `skipped`: the like inside trees."""

    wishes: list[Wish] = field(default_factory=list)
    refused: list[tuple[Path, LpplError]] = field(default_factory=list)
    skipped: list[tuple[Path, LpplError]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """All bytes to be added."""
        return sum(w.size for w in self.wishes)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a wish ended up below the media folder; `new` is False when the same content was there already."""

    name: PurePosixPath
    new: bool


class NoRoom(LpplError):
    """The disk of the media folder would get too full. Sizes in bytes."""

    def __init__(self, needed: int, free: int, kept: int) -> None:
        self.needed, self.free, self.kept = needed, free, kept
        super().__init__(
            f"Disk tidak cukup: perlu {needed / 1e9:.2f} GB, bebas {free / 1e9:.2f} GB, dan {kept / 1e9:g} GB harus "
            "tetap bebas untuk siaran (min_free_gb). Hapus berkas lain atau pindahkan media_dir.",
            f"Not enough room: {needed / 1e9:.2f} GB needed, {free / 1e9:.2f} GB free, of which {kept / 1e9:g} GB "
            "must stay free for the air (min_free_gb).",
        )


# --- what is wanted ----------------------------------------------------------------------------------------


def destination(to: str) -> PurePosixPath:
    """Return the folder below the media folder that a person named. Raises ValueError when it is not one."""
    path = PurePosixPath(to)
    if path.is_absolute() or ".." in path.parts or "\0" in to or any(ignored(part) for part in path.parts):
        raise ValueError(to)
    return path


def wanted(
    paths: Iterable[Path],
    media_dir: Path,
    to: PurePosixPath,
    *,
    within: Path | None = None,
    spared: Collection[Path] = (),
    going: Callable[[], object] = lambda: None,
) -> Wanted:
    """Look at what `paths` name. A tree keeps its own name and those inside it. Reads the beginning of each file.

    Links must not lead out of `within`; folders that are `spared` are passed over, as the media folder is. `going` is
    called before each file of a tree: what it raises ends the look.
    """
    found = Wanted()
    media = media_dir.resolve()
    tree = _Tree(found, frozenset((media, *(path.resolve() for path in spared))), within, going)
    for given in paths:
        path = given.absolute()
        try:
            real = path.resolve()
            name = real.name if path.name in ("", "..") else path.name
            if real.is_relative_to(media):
                raise _here_already()
            if not name or ignored(name):
                raise _ignored_name()
            if path.is_dir():
                before = len(found.wishes)
                tree.take(path, to / name)
                if len(found.wishes) == before:
                    raise _nothing_inside()
            else:
                found.wishes.append(_wish(path, to / name, within))
        except LpplError as why:
            found.refused.append((given, why))
        except (OSError, RuntimeError):  # RuntimeError: a link that leads to itself
            found.refused.append((given, refusal("unreadable")))
    return found


@dataclass(frozen=True, slots=True)
class _Tree:
    """How trees are looked at."""

    found: Wanted
    spared: frozenset[Path]
    within: Path | None
    going: Callable[[], object]

    def take(self, root: Path, at: PurePosixPath) -> None:
        def blind(error: OSError) -> None:
            self.found.skipped.append((Path(error.filename), refusal("unreadable")))

        # links to folders are not followed: they may lead in a circle
        for folder, folders, names in os.walk(root, onerror=blind):
            here = Path(folder)
            folders[:] = sorted(d for d in folders if not ignored(d) and (here / d).resolve() not in self.spared)
            for name in sorted(names):
                path = here / name
                if ignored(name):
                    continue
                self.going()
                try:
                    wish = _wish(path, at / path.relative_to(root).as_posix(), self.within)
                    self.found.wishes.append(wish)
                except MediaRefused as why:
                    self.found.skipped.append((path, why))


def _wish(path: Path, name: PurePosixPath, within: Path | None) -> Wish:
    """Return the wish for one file. Raises MediaRefused when its first bytes say that it is no media."""
    if not recordable(str(name)):
        raise MediaRefused(
            "name", "Nama berkas tidak dapat dibaca; ganti namanya.", "The file's name cannot be read; rename it."
        )
    if not path.exists() and not path.is_symlink():
        raise MediaRefused("missing", "Berkas atau folder ini tidak ada.", "There is no such file or folder.")
    if path.is_socket() or path.is_fifo() or path.is_block_device() or path.is_char_device():
        raise refusal("not-a-file")
    return Wish(path, name, look(path, within).st_size)


def _here_already() -> MediaRefused:
    return MediaRefused(
        "here", "Sudah ada di folder materi; tidak perlu ditambahkan.", "It lies in the media folder already."
    )


def _ignored_name() -> MediaRefused:
    return MediaRefused(
        "hidden",
        "Nama seperti ini (tersembunyi atau sementara) tidak dibaca layanan; ganti namanya.",
        "The service ignores hidden and temporary names; rename it.",
    )


def _nothing_inside() -> MediaRefused:
    return MediaRefused("nothing", "Folder ini tidak berisi berkas media.", "This folder holds no media files.")


def check_room(needed: int, media_dir: Path, keep: int) -> None:
    """Raise NoRoom when copying `needed` bytes would leave less than `keep` bytes free in `media_dir`."""
    free = shutil.disk_usage(media_dir).free
    if needed > free - keep:
        raise NoRoom(needed, free, keep)


# --- placing -----------------------------------------------------------------------------------------------


def place(wish: Wish, media_dir: Path, *, link: bool, on_bytes: OnBytes) -> Placed:
    """Bring one file into the media folder under its name, or with `` (2)`` and so on when that is another's.

    `on_bytes` is told how many more bytes are done. Raises LpplError for what a person can mend, OSError for the rest.
    """
    target = _target(media_dir, wish.name)
    free = _free_name(wish.source, target)
    if free is None:
        on_bytes(wish.size)
        return Placed(_below(_same_as(wish.source, target), media_dir), new=False)
    if link:
        placed = _linked(wish.source, target)
        on_bytes(wish.size)
    else:
        placed = _copied(wish.source, target, on_bytes)
    durable.sync_folder(placed.parent)
    return Placed(_below(placed, media_dir), new=True)


def bring_in(source: Path, name: PurePosixPath, media_dir: Path) -> Placed:
    """Move a synced file of the station's own into the media folder, under a free name as :func:`place` finds it.

    Bytes are copied only from another file system. A power cut leaves the file in one place or in both. Raises
    LpplError when a link on the way leads out of the media folder, OSError.
    """
    target = _target(media_dir, name)
    if _free_name(source, target) is None:
        placed = Placed(_below(_same_as(source, target), media_dir), new=False)
    else:
        source.chmod(MODE)
        try:
            there = _named(source, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            there = _copied(source, target, lambda _count: None)
        durable.sync_folder(there.parent)
        placed = Placed(_below(there, media_dir), new=True)
    source.unlink(missing_ok=True)
    return placed


def _target(media_dir: Path, name: PurePosixPath) -> Path:
    """Return the path of a name, its folder made. Raises MediaRefused when a link leads out of the media folder."""
    target = media_dir / name
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.parent.resolve().is_relative_to(media_dir.resolve()):
        raise refusal("hostile")
    return target


def _below(path: Path, media_dir: Path) -> PurePosixPath:
    return PurePosixPath(path.relative_to(media_dir).as_posix())


def numbered(target: Path) -> Iterator[Path]:
    """Yield `target`, then ``name (2).ext``, ``name (3).ext`` and so on. Pure."""
    yield target
    for n in itertools.count(2):
        yield target.with_name(f"{target.stem} ({n}){target.suffix}")


def _free_name(source: Path, target: Path) -> Path | None:
    """Return the first name that nothing has; None when an earlier one has the same content."""
    for path in numbered(target):
        if not os.path.lexists(path):
            return path
        if _same(source, path):
            return None
    return None


def _same_as(source: Path, target: Path) -> Path:
    return next(path for path in numbered(target) if _same(source, path))


def _same(source: Path, path: Path) -> bool:
    if not path.is_file():
        return False
    filecmp.clear_cache()  # it goes by size and time, which a copy can have in common with its elder
    return filecmp.cmp(source, path, shallow=False)


def _linked(source: Path, target: Path) -> Path:
    """Give the file a second name: no bytes are copied. Raises LpplError across file systems."""
    for path in numbered(target):
        with contextlib.suppress(FileExistsError):
            try:
                os.link(source.resolve(), path)
            except FileExistsError:
                raise
            except OSError as error:
                raise LpplError(
                    f"{source} tidak dapat ditautkan ({error.strerror}); ulangi tanpa --link agar disalin.",
                    "It cannot be hard-linked; try again without --link to copy it.",
                ) from error
            return path
    raise FileExistsError(target)


def _copied(source: Path, target: Path, on_bytes: OnBytes) -> Path:
    fd, hidden = tempfile.mkstemp(dir=target.parent, prefix=".lppl-", suffix=".part")
    beside = Path(hidden)
    try:
        with source.open("rb", buffering=0) as reader, os.fdopen(fd, "wb", buffering=0) as writer:
            before = os.fstat(reader.fileno())
            count = _pump(reader.fileno(), writer.fileno(), on_bytes)
            after = os.fstat(reader.fileno())
            if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns) or count != after.st_size:
                raise MediaRefused(
                    "growing",
                    "Berkas masih ditulis saat disalin; ulangi setelah selesai.",
                    "The file was still being written; try again when it is complete.",
                )
            os.fchmod(writer.fileno(), MODE)  # the service may be another user
            os.utime(writer.fileno(), ns=(before.st_atime_ns, before.st_mtime_ns))
            os.fsync(writer.fileno())
            if count >= BIG:
                for file in (reader, writer):
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return _named(beside, target)
    finally:
        beside.unlink(missing_ok=True)


def _pump(reader: int, writer: int, on_bytes: OnBytes) -> int:
    """Copy all there is, inside the kernel; return how many bytes."""
    total = 0
    while count := os.sendfile(writer, reader, None, PIECE):
        total += count
        on_bytes(count)
    return total


def _named(beside: Path, target: Path) -> Path:
    """Give the finished file its name without ever replacing another; the hidden name stays, if it can."""
    for path in numbered(target):
        try:
            os.link(beside, path)
        except FileExistsError:  # somebody was faster
            continue
        except OSError:  # FAT and some network folders know no second name
            if os.path.lexists(path):
                continue
            beside.rename(path)
        return path
    raise FileExistsError(target)
