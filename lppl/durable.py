"""Writing files so that a power cut leaves either the old state or the new one.

Order: write beside, sync the file, rename, sync the folder; only then may anything name the file.
"""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_file(path: Path) -> None:
    """Make the bytes of `path` durable."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_file(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Replace `path` by `data`, durably and at once. Raises OSError; the old file then still stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fd, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(fd, "wb") as f:
            f.write(data)
            f.flush()
            os.fchmod(f.fileno(), mode)
            os.fsync(f.fileno())
        Path(beside).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(beside).unlink()
        raise
    sync_folder(path.parent)


def replace_file(path: Path, data: bytes) -> None:
    """Replace `path` by `data` at once but not durably: for state that is made anew after a start."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(data)
    beside.replace(path)


@contextlib.contextmanager
def sole_owner(path: Path) -> Iterator[None]:
    """Hold a lock file for as long as the block lasts. Raises BlockingIOError when another process holds it.

    The kernel lets go of it when the process ends, however it ends.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(fd)


@contextlib.contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yield a folder beside `path`; on success its files are synced and it takes the name `path`.

    On any error it is removed. `path` must not exist. Files directly inside are synced; sub-folders are not.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    try:
        yield beside
        for inside in beside.iterdir():
            sync_file(inside)
        beside.chmod(0o755)
        sync_folder(beside)
        beside.rename(path)
    except BaseException:
        for inside in beside.iterdir():
            inside.unlink()
        beside.rmdir()
        raise
    sync_folder(path.parent)
