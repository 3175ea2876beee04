"""Recordings on their way to the disk: sealed while the caller speaks, gone only when somebody else keeps them.

A call has up to two files in its folder, named by its UUID: ``.note`` (:mod:`lppl.phone.notes`) is durable before there
is any sound; ``.sound`` (:mod:`lppl.phone.sound`) is the recording as it grows, and stays as it is when it has ended. A
kill costs what came in the last 0.2 s, a power cut about the last second. No sound and no number is ever written in the
clear.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar
from uuid import UUID

from lppl import durable
from lppl.intake.keyring import PersonKey
from lppl.phone import notes, unsealed
from lppl.phone.audiosocket import BYTES_PER_S, FRAME_BYTES, RATE_HZ, SAMPLE_BYTES
from lppl.phone.sound import SealedSound, SoundSeal, head, sound_in

P = ParamSpec("P")
T = TypeVar("T")

ENDING = "sound"
PIECE_BYTES = BYTES_PER_S // 5
"""Sound goes to the disk in pieces of at least this."""
WAITING_BYTES = 30 * BYTES_PER_S
"""A disk that is further behind than this is taken for broken, so that it cannot fill the memory."""


class Disk:
    """Threads of the phone line's own, so that a disk that hangs stops neither the loop nor what else uses threads."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="phone")

    async def do(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return ``function(*args)``, run in a thread. It is not stopped by a cancellation."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(function, *args, **kwargs))

    def close(self) -> None:
        """Begin nothing new; what runs is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def folder_of(data_dir: Path) -> Path:
    """Return where the calls of a station lie until they are kept."""
    return data_dir / "phone" / "calls"


def path_of(folder: Path, uuid: UUID) -> Path:
    """Return where the sound of a call lies."""
    return folder / f"{uuid}.{ENDING}"


def recorded(folder: Path, uuid: UUID, key: PersonKey) -> SealedSound | None:
    """Return what was recorded of a call; None when there is no sound that `key` opens. Blocks; raises OSError."""
    try:
        return sound_in(path_of(folder, uuid), key)
    except FileNotFoundError:
        return None


def remove(folder: Path, uuid: UUID) -> None:
    """Remove all files of a call that is kept. Blocks; raises OSError.

    The note goes first: should a kill come between, the recording is handed in once more as the same stage of the same
    call, which is recognised; the note alone would be handed in as a missed call.
    """
    for ending in (notes.ENDING, ENDING, *unsealed.ENDINGS):
        (folder / f"{uuid}.{ending}").unlink(missing_ok=True)


class Recording:
    """The sound of one call, on its way to the disk. :meth:`run` writes, :meth:`append` never waits.

    More than `longest_s` of sound is not taken: whoever sends faster than anybody speaks fills no disk.
    """

    def __init__(self, folder: Path, uuid: UUID, longest_s: float, disk: Disk) -> None:
        self.fault: OSError | None = None
        """Why nothing more is written."""
        self._path = path_of(folder, uuid)
        self._disk = disk
        self._room = int(longest_s * RATE_HZ) * SAMPLE_BYTES
        self._waiting = bytearray()
        self._wake = asyncio.Event()
        self._ended = False
        self._unsynced = 0

    def append(self, pcm: bytes) -> None:
        """Take sound to be written."""
        if self.fault is not None or self._ended:
            return
        if len(self._waiting) > WAITING_BYTES:
            self.fault = TimeoutError("the disk is too slow")
            self._wake.set()
            return
        taken = pcm[: self._room]
        self._room -= len(taken)
        self._waiting += taken
        if len(self._waiting) >= PIECE_BYTES:
            self._wake.set()

    def end(self) -> None:
        """Take no more; :meth:`run` returns when all is written."""
        self._ended = True
        self._wake.set()

    async def run(self, key: PersonKey) -> None:
        """Write until :meth:`end` or a `fault`; never raises OSError. `key`: the call's own, of no other recording.

        A cancellation ends it as :meth:`end` does: what came before is written.
        """
        writing = asyncio.ensure_future(self._write(key))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            self.end()
            await asyncio.wait({writing})
            raise

    async def _write(self, key: PersonKey) -> None:
        try:
            fd = await self._disk.do(self._open, head(key.wrapped))
            try:
                await self._write_to(fd, SoundSeal(key))
            finally:
                await self._disk.do(os.close, fd)
        except OSError as error:
            self.fault = error

    async def _write_to(self, fd: int, seal: SoundSeal) -> None:
        while self.fault is None:
            await self._wake.wait()
            self._wake.clear()
            ended, came = self._ended, len(self._waiting)
            taken = came if ended else came // FRAME_BYTES * FRAME_BYTES
            piece = bytes(self._waiting[:taken])
            del self._waiting[:taken]
            if piece:
                await self._disk.do(self._put, fd, seal, piece)
            if ended:
                return

    def _open(self, begin: bytes) -> int:
        fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, notes.MODE)
        try:
            _write_all(fd, begin)
            os.fsync(fd)
            durable.sync_folder(self._path.parent)
        except OSError:
            os.close(fd)
            raise
        return fd

    def _put(self, fd: int, seal: SoundSeal, piece: bytes) -> None:
        """Write all of `piece`, sealed, and see to it that it lasts, about once for each second of sound."""
        _write_all(fd, seal.sealed(piece))
        self._unsynced += len(piece)
        if self._unsynced >= BYTES_PER_S:
            self._unsynced = 0
            os.fdatasync(fd)


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
