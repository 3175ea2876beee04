"""Enclosures on their way to be looked at: fetched from their channel, sealed as they came, made safe, sealed again.

What is fetched lies unsealed only in a work folder that nobody else reads; what a killed process left there is removed
at each start, but never what another process works on. A missing picture heals: it is tried again for a day, and when
its message is delivered once more.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Row, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.cases.tables import enclosures, words
from lppl.errors import DiskRefuses
from lppl.events import Bus, CaseChanged
from lppl.intake.channels import Channels, plain
from lppl.intake.content import Refused
from lppl.intake.files import RAW, SealedFiles
from lppl.intake.keyring import KeyGone, Keyring, PersonKey
from lppl.intake.values import Kind, Source
from lppl.station.channel_media import telegram_file, whatsapp_media
from lppl.station.fetching import NeverThere, Outbound, TryAgain, fetch
from lppl.station.strangers_media import SAFE, SMALL, NotMadeSafe, judged_file, made_safe

log = structlog.get_logger(__name__)

WORK = ".work"
LARGEST = 100_000_000
HOLD = timedelta(seconds=60)
"""So long an enclosure is nobody else's; whoever still works on it says so again."""
PAUSES = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 3600, 3600, 7200, 14_400, 28_800))
NAMES = {Kind.PICTURE: "picture", Kind.SOUND: "sound", Kind.VIDEO: "video"}
"""What the form of an enclosure that is made for looking is called, by what it is."""


class Enclosures:
    """One of a process with the worker's role."""

    def __init__(
        self, engine: AsyncEngine, keyring: Keyring, files: SealedFiles, channels: Channels, bus: Bus,
        now: Callable[[], datetime], out: Outbound, hold: timedelta = HOLD,
    ) -> None:  # fmt: skip
        self._engine, self._keyring, self._files, self._channels = engine, keyring, files, channels
        self._bus, self._now, self._out, self._hold = bus, now, out, hold
        self._folder = files.folder / WORK

    async def clear(self) -> None:
        """Remove what processes that ended left in the work folder."""
        await asyncio.to_thread(_clear, self._folder)

    async def work(self, subject: str) -> None:
        """Do what an enclosure waits for, if its time has come. Raises SQLAlchemyError, OSError."""
        row = await self._take(subject)
        if row is None:
            return
        try:
            key = self._keyring.unwrapped(row.wrapped)
        except KeyGone:
            await self._keep(row, {"state": "gone", "not_before": None, "outcome": "dihapus / erased"})
            return
        folder, lock = await asyncio.to_thread(self._new_folder)
        holding = asyncio.create_task(self._hold_on(row.id))
        try:
            values = await self._done(row, key, folder)
        except TryAgain as error:
            values = self._later(row, str(error), error.after)
        except (NeverThere, DiskRefuses, OSError) as error:
            final = isinstance(error, NeverThere)
            values = (
                {"state": "gone", "not_before": None, "outcome": str(error)[:500]}
                if final
                else self._later(row, str(error) if isinstance(error, DiskRefuses) else type(error).__name__, None)
            )
        finally:
            holding.cancel()
            await asyncio.shield(asyncio.to_thread(_remove, folder, lock))
        await self._keep(row, values)

    async def _hold_on(self, number: str) -> None:
        """Say again and again that an enclosure is worked on: a long video takes its time."""
        while True:
            await asyncio.sleep(self._hold.total_seconds() / 3)
            held = update(enclosures).where(enclosures.c.id == number, enclosures.c.not_before.is_not(None))
            with contextlib.suppress(SQLAlchemyError, OSError):
                async with self._engine.begin() as connection:
                    await connection.execute(held.values(not_before=self._now() + self._hold))

    async def _done(self, row: Row[Any], key: PersonKey, folder: Path) -> dict[str, Any]:
        """Return what the row becomes. Raises TryAgain, NeverThere, OSError."""
        source = folder / "raw"
        parts = list(row.parts)
        if RAW not in parts:
            await self._fetched(row, key, source)
            size = await asyncio.to_thread(self._files.keep, row.id, key, source)
            parts = [RAW]
            await self._keep(row, {"state": "kept", "parts": parts, "size": size})
        else:
            await asyncio.to_thread(self._opened, row.id, key, source)
        judged = await asyncio.to_thread(judged_file, source)
        if isinstance(judged, Refused):
            return {"state": "refused", "not_before": None, "outcome": f"{judged.indonesian} / {judged.english}"}
        try:
            safe = await made_safe(source, judged, folder)
        except NotMadeSafe as error:
            if error.again:
                return self._later(row, str(error), None)
            return {"state": "refused", "not_before": None, "outcome": str(error)[:500]}
        for name, path in safe.parts.items():
            part = {SAFE: NAMES.get(safe.kind, "file"), SMALL: "poster" if safe.kind is Kind.VIDEO else "small"}[name]
            await asyncio.to_thread(self._files.keep, row.id, key, path, part)
            parts.append(part)
        return {
            "state": "safe", "not_before": None, "parts": list(dict.fromkeys(parts)), "kind": safe.kind.value,
            "content_type": judged.content_type, "outcome": "",
        }  # fmt: skip

    async def _fetched(self, row: Row[Any], key: PersonKey, into: Path) -> None:
        """Fetch the bytes from where they are. Raises TryAgain, NeverThere, DiskRefuses."""
        try:
            origin: Mapping[str, str] = json.loads(key.opened(row.origin or b""))
            source = Source(origin["source"])
        except (KeyGone, ValueError, KeyError):
            raise NeverThere("origin", "") from None
        if source is Source.WHATSAPP and origin["ref"]:
            token = plain((await self._channels.get(source)).settings.access_token)
            await whatsapp_media(self._out, origin["ref"], token, into, most_bytes=LARGEST)
        elif source is Source.TELEGRAM and origin["ref"]:
            token = plain((await self._channels.get(source)).settings.bot_token)
            await telegram_file(self._out, token, origin["ref"], into, most_bytes=LARGEST)
        elif origin["url"]:
            await fetch(self._out, origin["url"], into, most_bytes=LARGEST)
        else:
            raise NeverThere("origin", "")

    def _opened(self, number: str, key: PersonKey, into: Path) -> None:
        """Write the bytes as they came into the work folder. Blocks."""
        with into.open("xb") as file:
            for piece in self._files.read(number, key):
                file.write(piece)

    def _new_folder(self) -> tuple[Path, int]:
        """Make a folder for one enclosure; return it and what keeps it ours, for :func:`_remove`. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        while True:
            folder = Path(tempfile.mkdtemp(dir=self._folder))
            with contextlib.suppress(FileNotFoundError, BlockingIOError):  # a process that starts took it for left over
                return folder, _locked(folder)

    # --- rows ---

    async def _take(self, subject: str) -> Row[Any] | None:
        now = self._now()
        free = (enclosures.c.id == subject) & (enclosures.c.not_before <= now)
        held = update(enclosures).where(free).values(not_before=now + self._hold, attempts=enclosures.c.attempts + 1)
        async with self._engine.begin() as connection:
            if not (await connection.execute(held)).rowcount:
                return None
            return (await connection.execute(select(enclosures).where(enclosures.c.id == subject))).one()

    def _later(self, row: Row[Any], why: str, after: timedelta | None) -> dict[str, Any]:
        if row.attempts > len(PAUSES):
            state = "gone" if RAW not in row.parts else "refused"
            return {"state": state, "not_before": None, "outcome": why[:500]}
        pause = after if after is not None else PAUSES[row.attempts - 1]
        return {"not_before": self._now() + pause, "outcome": why[:500]}

    async def _keep(self, row: Row[Any], values: Mapping[str, Any]) -> None:
        """Put on record what became of an enclosure, unless it was erased meanwhile; tell open pages."""
        one = (enclosures.c.id == row.id) & enclosures.c.wrapped.is_not(None)
        if row.wrapped is None:
            one = enclosures.c.id == row.id
        async with self._engine.begin() as connection:
            await connection.execute(update(enclosures).where(one).values(dict(values)))
            case = await connection.scalar(select(words.c.case_id).where(words.c.id == row.word_id))
        if case is not None and "not_before" in values:
            self._bus.publish(CaseChanged(case, False))


def _locked(folder: Path) -> int:
    """Lock a folder, for as long as the process lives or until what is returned is closed.

    Raises FileNotFoundError when it is gone, BlockingIOError when somebody else has it.
    """
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        folder.stat()  # it may have been removed in between
    except BaseException:
        os.close(fd)
        raise
    return fd


def _clear(work: Path) -> None:
    with contextlib.suppress(OSError):
        for folder in work.iterdir():
            with contextlib.suppress(OSError):
                _remove(folder, _locked(folder))


def _remove(folder: Path, lock: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)
