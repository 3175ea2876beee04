"""Noticing at once, and without looking, that files came into folders: inotify, the kernel's own word.

A look now and then costs a wake-up of the processor, around the clock; this costs nothing while nothing happens. Where
inotify is not to be had, the caller's own time-out is what is left.
"""

import asyncio
import contextlib
import ctypes
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

IN_MOVED_TO, IN_CLOSE_WRITE = 0x80, 0x08
"""A file was renamed into the folder, or written there to its end."""
IN_CLOEXEC, IN_NONBLOCK = os.O_CLOEXEC, os.O_NONBLOCK
READ = 1 << 16


class Noticed:
    """Tells that something came. Clear it by waiting."""

    def __init__(self, *, blind: bool = False) -> None:
        self.blind = blind
        """Nothing is told of files: look now and then."""
        self._news = asyncio.Event()

    def tell(self) -> None:
        """Say that something came."""
        self._news.set()

    async def wait(self, within: float | None) -> None:
        """Wait for news, at most `within` seconds; they count as seen then."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._news.wait()
        self._news.clear()


@contextlib.contextmanager
def noticing(folders: Iterable[Path]) -> Iterator[Noticed]:
    """Yield what tells of files that come into `folders`, which must exist. Use it on the running event loop."""
    loop, noticed = asyncio.get_running_loop(), Noticed()
    try:
        fd = _watch(folders)
    except OSError as error:
        log.warning("folder_not_watched", reason=str(error))
        yield Noticed(blind=True)
        return

    def came() -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(fd, READ)
        noticed.tell()

    loop.add_reader(fd, came)
    try:
        yield noticed
    finally:
        loop.remove_reader(fd)
        os.close(fd)


def _watch(folders: Iterable[Path]) -> int:
    """Return a descriptor that becomes readable when a file comes into any of `folders`. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    fd = int(libc.inotify_init1(IN_CLOEXEC | IN_NONBLOCK))
    if fd < 0:
        raise _last_error()
    for folder in folders:
        if libc.inotify_add_watch(fd, os.fsencode(folder), IN_MOVED_TO | IN_CLOSE_WRITE) < 0:
            error = _last_error(folder)
            os.close(fd)
            raise error
    return fd


def _last_error(folder: Path | None = None) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number), str(folder) if folder else None)
