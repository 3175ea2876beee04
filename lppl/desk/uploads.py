"""Uploads: bytes of strangers on their way into the media folder, by the tus protocol.

What arrives is written to a partial file off the event loop and counted only once it is synced, so a connection, a
browser or the service may die at any time. Whole files are examined as the library examines them, and only then moved
into the media folder under a safe name that nothing has. The disk never gets so full that the air could suffer.
"""

import asyncio
import contextlib
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import FileIO
from pathlib import Path, PurePosixPath

import structlog

from lppl import durable
from lppl.audit import Actor, AuditLog
from lppl.commands.adding import bring_in, check_room
from lppl.config import Settings
from lppl.errors import LpplError, MediaRefused, NotThere
from lppl.file_names import safe_folder, safe_path
from lppl.uploads import OPEN, Upload, UploadState, UploadStore
from streaming.probe import examine

log = structlog.get_logger(__name__)

LARGEST = 64 << 30
"""Bytes of one file: a day of HD."""
LIFE = timedelta(days=7)
"""An upload that nobody has gone on with for so long is given up."""
OPEN_MOST = 2000
"""Uploads of one account that may be under way: a folder of an album collection at once."""
AT_ONCE = 6
"""Connections that may be writing; the others are told to come back."""
PIECE = 1 << 20
SYNC_EVERY = 16 << 20
SAID_S = 10.0
"""Who sent the last byte waits so long for the examination; a big file's goes on after that."""
CHECKSUMS = ("sha1", "sha256")


class NoUpload(NotThere):
    """There is no such upload of that account, or no more."""

    def __init__(self) -> None:
        super().__init__("Unggahan itu tidak ada atau sudah selesai.", "There is no such upload, or it is over.")


class UploadTooLarge(LpplError):
    """A file is larger than the station takes."""

    def __init__(self) -> None:
        most = LARGEST >> 30
        super().__init__(
            f"Berkas lebih besar dari {most} GB. Potong, atau salin langsung ke folder materi.",
            f"The file is larger than {most} GB. Cut it, or copy it straight into the media folder.",
        )


class TooManyUploads(LpplError):
    """Too many uploads at a time."""

    def __init__(self) -> None:
        super().__init__(
            "Terlalu banyak unggahan sekaligus; lanjutkan setelah sebagian selesai.",
            "Too many uploads at a time; go on when some are done.",
        )


class UploadBusy(LpplError):
    """Another connection is writing to the upload."""

    def __init__(self) -> None:
        super().__init__(
            "Unggahan ini sedang diterima lewat sambungan lain.", "This upload comes in by another connection just now."
        )


class OffsetDiffers(LpplError):
    """Somebody goes on from another place than where the upload stands; `reached` is that place, in bytes."""

    def __init__(self, reached: int) -> None:
        self.reached = reached
        super().__init__(f"Unggahan ini sudah sampai bita {reached}.", f"This upload stands at byte {reached}.")


class ChecksumDiffers(LpplError):
    """What arrived is not what was sent."""

    def __init__(self) -> None:
        super().__init__("Data rusak di jalan; dikirim ulang.", "The data was damaged on its way; send it again.")


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one request must hash to. `algorithm`: one of :data:`CHECKSUMS`."""

    algorithm: str
    digest: bytes


class UploadDesk:
    """The uploads of a station. One object for each process that serves pages."""

    def __init__(self, settings: Settings, store: UploadStore, audit: AuditLog) -> None:
        self._settings, self.store, self._audit = settings, store, audit
        self._folder = settings.data_dir / "uploads"
        self._busy: set[str] = set()
        self._finishing: dict[str, asyncio.Task[None]] = {}

    # ---- coming in ----

    async def create(self, actor: Actor, name: Sequence[str], folder: str, size: int, now: datetime) -> Upload:
        """Begin an upload of an account; `name` are the parts of the file's path as its owner has it.

        Raises UploadTooLarge, TooManyUploads, NoRoom; LpplError while the disk is away.
        """
        account = _account(actor)
        if size > LARGEST:
            raise UploadTooLarge
        await self.sweep(now)
        if await self.store.under_way(account) >= OPEN_MOST:
            raise TooManyUploads
        needed = size + await self.store.outstanding()
        try:
            await asyncio.to_thread(self._check_room, needed)
        except OSError as error:
            raise LpplError(
                f"Folder materi atau folder data tidak dapat dicapai ({error.strerror}); periksa disknya.",
                f"The media folder or the data folder cannot be reached ({error.strerror}); check the disk.",
            ) from error
        path = PurePosixPath(safe_folder(folder)) / safe_path(name)
        upload = Upload(secrets.token_hex(16), account, str(path), size, 0, UploadState.RECEIVING, now, now, "")
        await asyncio.to_thread(self._begin, upload.id)
        await self.store.add(upload)
        log.info("upload_begun", path=upload.path, size=size, by=actor.name)
        return upload

    def _check_room(self, needed: int) -> None:
        keep = round(self._settings.min_free_gb * 1e9)
        for folder in (self._settings.data_dir, self._settings.media_dir):
            check_room(needed, folder, keep)

    def _begin(self, name: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._partial(name).touch(mode=0o600)
        durable.sync_folder(self._folder)

    def _partial(self, name: str) -> Path:
        return self._folder / f"{name}.part"

    async def find(self, actor: Actor, name: str, now: datetime) -> Upload:
        """Return an upload of an account; one that is whole is finished, should a stop have prevented that.

        Raises NoUpload.
        """
        upload = await self.store.get(name)
        if upload is None or upload.account_id != _account(actor):
            raise NoUpload
        self._finish_if_whole(upload, actor, now)
        return upload

    async def mine(self, actor: Actor, now: datetime) -> tuple[Upload, ...]:
        """Return the uploads of an account, newest first; whole ones are finished as :meth:`find` does."""
        found = await self.store.of(_account(actor), now - LIFE)
        for upload in found:
            self._finish_if_whole(upload, actor, now)
        return found

    async def receive(
        self,
        actor: Actor,
        name: str,
        offset: int,
        data: AsyncIterator[bytes],
        now: datetime,
        checksum: Checksum | None = None,
    ) -> int:
        """Append what comes; return how far the upload is then, all of that safely on disk.

        A connection that breaks leaves what had come. Raises OffsetDiffers, UploadBusy, TooManyUploads, NoRoom,
        UploadTooLarge for more than was announced, ChecksumDiffers; NoUpload once it is over.
        """
        if name in self._busy:
            raise UploadBusy
        if len(self._busy) >= AT_ONCE:
            raise TooManyUploads
        self._busy.add(name)
        try:
            upload = await self.store.get(name)  # now that nobody else writes to it
            if upload is None or upload.state is not UploadState.RECEIVING:
                raise NoUpload
            if offset != upload.received:
                raise OffsetDiffers(upload.received)
            reached = await _Receiving(self, upload, now, checksum).take(data)
        except Exception as error:
            log.info("upload_stopped", upload=name, reason=str(error))
            raise
        finally:
            self._busy.discard(name)
        if reached == upload.size:
            await self._finished(upload, actor, now)
        return reached

    async def withdraw(self, upload: Upload) -> None:
        """Let go of an upload and what has come of it. Raises UploadBusy."""
        if upload.id in self._busy or upload.id in self._finishing:
            raise UploadBusy
        await asyncio.to_thread(self._partial(upload.id).unlink, missing_ok=True)
        await self.store.forget(upload.id)

    async def sweep(self, now: datetime) -> None:
        """Give up uploads that nobody goes on with, remove what is left of such, and forget those long over."""
        for upload in await self.store.unheard_of(now - LIFE):
            if upload.id not in self._busy and upload.id not in self._finishing:
                await asyncio.to_thread(self._partial(upload.id).unlink, missing_ok=True)
                await self.store.become(upload.id, UploadState.GIVEN_UP, now)
        await self.store.forget_over(now - LIFE)

    # ---- whole ----

    def _finish_if_whole(self, upload: Upload, actor: Actor, now: datetime) -> None:
        whole = upload.received == upload.size and upload.state in OPEN
        if whole and upload.id not in self._busy and upload.id not in self._finishing:
            task = asyncio.create_task(self._finish(upload, actor, now), name=f"upload {upload.id}")
            self._finishing[upload.id] = task
            task.add_done_callback(lambda _done: self._finishing.pop(upload.id, None))

    async def _finished(self, upload: Upload, actor: Actor, now: datetime) -> None:
        """Have a whole upload examined, and wait a little for what comes of it."""
        whole = await self.store.get(upload.id)
        if whole is not None:
            self._finish_if_whole(whole, actor, now)
        if (task := self._finishing.get(upload.id)) is not None:
            await asyncio.wait({task}, timeout=SAID_S)

    async def _finish(self, upload: Upload, actor: Actor, now: datetime) -> None:
        partial = self._partial(upload.id)
        try:
            await self.store.become(upload.id, UploadState.CHECKING, now)
            await examine(partial, root=self._folder)
            placed = await asyncio.to_thread(bring_in, partial, PurePosixPath(upload.path), self._settings.media_dir)
        except MediaRefused as why:
            await asyncio.to_thread(partial.unlink, missing_ok=True)
            await self.store.become(upload.id, UploadState.REFUSED, now, told=f"{why.indonesian}\n{why.english}")
        except (OSError, LpplError) as error:
            # the disk or the records: it stays whole, and the next look tries again
            log.error("upload_not_placed", path=upload.path, reason=str(error))
        else:
            where = str(placed.name)
            await self.store.become(upload.id, UploadState.DONE, now, path=where)
            after = {"size": upload.size, "new": placed.new}
            await self._audit.record(actor, "media.upload", now, object=where, after=after)


def _account(actor: Actor) -> int:
    assert actor.account_id is not None, "only people and their programs upload"
    return actor.account_id


class _Receiving:
    """One request's bytes on their way to disk."""

    def __init__(self, desk: UploadDesk, upload: Upload, now: datetime, checksum: Checksum | None) -> None:
        self._desk, self._upload, self._now = desk, upload, now
        self._checksum = checksum
        self._hash = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
        self._at = self._safe = upload.received

    async def take(self, data: AsyncIterator[bytes]) -> int:
        """Write what comes, then sync it; also when the connection breaks."""
        path, begun = self._desk._partial(self._upload.id), self._at
        try:
            file = await asyncio.to_thread(_opened, path, begun)
        except OSError:
            raise NoUpload from None
        try:
            with file:
                try:
                    await self._write_all(file, data)
                    if self._hash is not None and self._checksum and self._hash.digest() != self._checksum.digest:
                        self._at = begun
                        raise ChecksumDiffers
                finally:
                    await self._settle(file)
        except OSError as error:
            log.warning("upload_interrupted", path=self._upload.path, reason=str(error))
            if self._safe == begun:
                raise
        return self._safe

    async def _write_all(self, file: FileIO, data: AsyncIterator[bytes]) -> None:
        async for piece in _gathered(data):
            if self._at + len(piece) > self._upload.size:
                raise UploadTooLarge
            await asyncio.to_thread(_write, file, piece, self._at)
            if self._hash is not None:
                self._hash.update(piece)
            self._at += len(piece)
            if self._hash is None and self._at - self._safe >= SYNC_EVERY:
                await self._settle(file)
                await asyncio.to_thread(self._desk._check_room, 0)

    async def _settle(self, file: FileIO) -> None:
        """Make what was written durable, and count it."""
        if self._at > self._safe:
            await asyncio.to_thread(_synced, file.fileno(), self._at)
            await self._desk.store.reached(self._upload.id, self._at, self._now)
            self._safe = self._at


async def _gathered(data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Join what comes into pieces that are worth a thread's while; what had come before an error is not lost."""
    waiting = bytearray()
    try:
        async for chunk in data:
            waiting += chunk
            if len(waiting) >= PIECE:
                yield bytes(waiting)
                waiting.clear()
    except OSError:
        if waiting:
            yield bytes(waiting)
        raise
    if waiting:
        yield bytes(waiting)


def _opened(path: Path, length: int) -> FileIO:
    """Open a partial file at the length that counts: what lies behind was never synced."""
    with contextlib.ExitStack() as failed:
        fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        file = failed.enter_context(FileIO(fd, "w"))
        if os.fstat(fd).st_size < length:
            raise FileNotFoundError(path)
        os.ftruncate(fd, length)
        failed.pop_all()
        return file


def _write(file: FileIO, data: bytes, at: int) -> None:
    file.seek(at)
    view = memoryview(data)
    while view:
        view = view[file.write(view) or 0 :]


def _synced(fd: int, at: int) -> None:
    os.fdatasync(fd)
    # what is on air needs the page cache more than an upload does
    os.posix_fadvise(fd, 0, at, os.POSIX_FADV_DONTNEED)
