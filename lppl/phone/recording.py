"""Recordings on disk: written while the caller speaks, whole after a kill, gone only when somebody else keeps them.

A call has up to three files in its folder, named by its UUID: ``.json``, the note (who, when, what was pressed), is
durable before there is any sound; ``.part`` is the recording as it grows, behind room for a WAV header; ``.wav`` is
the finished one. A kill costs what came in the last 0.2 s, a power cut about the last second.
:func:`left_over` finishes what was left lying and says what is to be handed in.
"""

import asyncio
import json
import os
import struct
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar
from uuid import UUID

from lppl import durable
from lppl.phone.audiosocket import BYTES_PER_S, RATE_HZ, SAMPLE_BYTES
from lppl.phone.values import CallTaken, Note, Stage

P = ParamSpec("P")
T = TypeVar("T")

HEADER_BYTES = 44
PIECE_BYTES = BYTES_PER_S // 5
"""Sound goes to the disk in pieces of at least this."""
WAITING_BYTES = 30 * BYTES_PER_S
"""A disk that is further behind than this is taken for broken, so that it cannot fill the memory."""
MODE = 0o600
"""Who called and what was said is nobody else's."""


def header(data_bytes: int) -> bytes:
    """Return the header of a WAV file: RIFF, PCM, 8 kHz, mono, 16 bit, with `data_bytes` of sound behind it."""
    form = struct.pack("<HHIIHH", 1, 1, RATE_HZ, BYTES_PER_S, SAMPLE_BYTES, 8 * SAMPLE_BYTES)
    return b"".join((
        b"RIFF", struct.pack("<I", HEADER_BYTES - 8 + data_bytes), b"WAVE",
        b"fmt ", struct.pack("<I", len(form)), form, b"data", struct.pack("<I", data_bytes),
    ))  # fmt: skip


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


def write_note(folder: Path, note: Note) -> None:
    """Make `note` durable. Raises OSError."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        durable.sync_folder(folder.parent)
    told = {
        "caller": note.caller, "line": note.line, "began": note.began.isoformat(), "pressed": note.pressed,
        "emergency": note.emergency, "told": note.told, "disturbed": note.disturbed,
    }  # fmt: skip
    durable.write_file(folder / f"{note.uuid}.json", json.dumps(told).encode(), MODE)


def read_note(folder: Path, uuid: UUID, otherwise: datetime) -> Note:
    """Return the note of a call; where it is missing or damaged, one that only knows that it began `otherwise`.

    Raises OSError when the disk does not let it be read: that may pass.
    """
    try:
        read = json.loads((folder / f"{uuid}.json").read_bytes())
        began = datetime.fromisoformat(read["began"]).astimezone(UTC)
        texts = [str(read[name]) for name in ("caller", "line", "pressed")]
        flags = [read[name] is True for name in ("emergency", "told", "disturbed")]
    except (FileNotFoundError, ValueError, KeyError, TypeError, OverflowError):
        return Note(uuid, "", "", otherwise)
    return Note(uuid, texts[0], texts[1], began, texts[2], *flags)


def remove(folder: Path, uuid: UUID) -> None:
    """Remove all files of a call that is kept. Raises OSError.

    The note goes first: should a kill come between, the recording is handed in once more as the same stage of the same
    call, which is recognised; the note alone would be handed in as a missed call.
    """
    for ending in ("json", "wav", "part"):
        (folder / f"{uuid}.{ending}").unlink(missing_ok=True)


def finish(folder: Path, uuid: UUID) -> tuple[Path, float] | None:
    """Make a WAV file of what was recorded, durably; return it and its seconds, None when there is no sound.

    It needs no room on the disk. Raises OSError; the sound then still lies as ``.part``.
    """
    part, done = folder / f"{uuid}.part", folder / f"{uuid}.wav"
    if not done.exists():
        try:
            fd = os.open(part, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            sound = (os.fstat(fd).st_size - HEADER_BYTES) // SAMPLE_BYTES * SAMPLE_BYTES
            if sound <= 0:
                return None
            os.ftruncate(fd, HEADER_BYTES + sound)  # up to the last whole sample
            os.pwrite(fd, header(sound), 0)
            os.fsync(fd)
        finally:
            os.close(fd)
        part.rename(done)
        durable.sync_folder(folder)
    return done, (done.stat().st_size - HEADER_BYTES) / BYTES_PER_S


def left_over(folder: Path, busy: Collection[UUID] = ()) -> list[CallTaken]:
    """Finish the calls that a kill or an error left in `folder`, and return them as they are to be handed in.

    Calls in `busy` are going on and are not touched. What holds nothing to hand in is removed; what the disk refuses
    is left for the next time. Blocks; raises OSError when the folder cannot be read.
    """
    if not folder.is_dir():
        return []
    found: dict[UUID, datetime] = {}
    for path in sorted(folder.iterdir()):
        try:
            uuid = UUID(path.name.lstrip(".").partition(".")[0])
            came = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except (ValueError, OSError):  # no file of a call; or gone meanwhile
            continue
        if uuid in busy:
            continue
        if path.name.startswith("."):  # a note that was never finished, so an older one stands
            with suppress(OSError):
                path.unlink(missing_ok=True)
        else:
            found[uuid] = min(came, found.get(uuid, came))
    taken = []
    for uuid, came in found.items():
        with suppress(OSError):
            call = _left(folder, uuid, came)
            if call is None:
                remove(folder, uuid)
            else:
                taken.append(call)
    return taken


def _left(folder: Path, uuid: UUID, came: datetime) -> CallTaken | None:
    """Return what is to be handed in of one call."""
    note = read_note(folder, uuid, came)
    finished = finish(folder, uuid)
    if finished is not None:
        return note.taken(Stage.WHOLE, *finished)
    if note.disturbed:
        return note.taken(Stage.WHOLE)
    if note.emergency:
        return None if note.told else note.taken(Stage.EMERGENCY)
    return note.taken(Stage.MISSED) if note.caller else None


class Recording:
    """The sound of one call, on its way to the disk. :meth:`run` writes, :meth:`append` never waits.

    More than `longest_s` of sound is not taken: whoever sends faster than anybody speaks fills no disk.
    """

    def __init__(self, folder: Path, uuid: UUID, longest_s: float, disk: Disk) -> None:
        self.fault: OSError | None = None
        """Why nothing more is written."""
        self._path = folder / f"{uuid}.part"
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

    async def run(self) -> None:
        """Write until :meth:`end` or a `fault`; never raises OSError. Nothing is finished yet: :func:`finish` does.

        A cancellation ends it as :meth:`end` does: what came before is written.
        """
        writing = asyncio.ensure_future(self._write())
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            self.end()
            await asyncio.wait({writing})
            raise

    async def _write(self) -> None:
        try:
            fd = await self._disk.do(self._open)
            try:
                await self._write_to(fd)
            finally:
                await self._disk.do(os.close, fd)
        except OSError as error:
            self.fault = error

    async def _write_to(self, fd: int) -> None:
        while self.fault is None:
            await self._wake.wait()
            self._wake.clear()
            ended, piece = self._ended, bytes(self._waiting)
            self._waiting.clear()
            if piece:
                await self._disk.do(self._put, fd, piece)
            if ended:
                return

    def _open(self) -> int:
        fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
        try:
            self._put(fd, header(0))
            os.fsync(fd)
            durable.sync_folder(self._path.parent)
        except OSError:
            os.close(fd)
            raise
        return fd

    def _put(self, fd: int, piece: bytes) -> None:
        """Write all of `piece`, and see to it that it lasts, about once for each second of sound."""
        view = memoryview(piece)
        while view:
            view = view[os.write(fd, view) :]
        self._unsynced += len(piece)
        if self._unsynced >= BYTES_PER_S:
            self._unsynced = 0
            os.fdatasync(fd)
