"""Folders of the station's own computer brought into the media folder, where the settings allow it (`import_dirs`).

One at a time, by a thread of the lowest priority: the air and its disk come first. What is under way lives in memory;
after a stop the same folder is asked for again, and what is there already is not brought in twice.
"""

import asyncio
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path, PurePosixPath

import structlog
from sqlalchemy.exc import SQLAlchemyError

from lppl.audit import Actor, AuditLog
from lppl.commands.adding import NoRoom, OnBytes, Placed, Wanted, Wish, check_room, place, wanted
from lppl.config import Settings
from lppl.errors import DatabaseAway, LpplError, MediaRefused, NotThere
from lppl.file_names import safe_folder
from lppl.records import disk_path, recorded_path
from streaming.folder import Stopped, ignored, low_priority_threads

log = structlog.get_logger(__name__)

LISTED = 1000
"""Folders of one folder that are listed."""
TOLD = 200
"""Refused files that are told of, each with its reason; more are counted."""


class How(StrEnum):
    """What becomes of the files where they lie."""

    KEEP = "biarkan"
    """They stay; on the disk of the media folder no bytes are copied."""
    MOVE = "pindahkan"


class State(StrEnum):
    """How far an import is."""

    LOOKING = "dilihat"
    RUNNING = "berjalan"
    DONE = "selesai"
    STOPPED = "dihentikan"
    FAILED = "gagal"


class NoServerFolder(NotThere):
    """A folder is not there, or not among those that may be brought in."""

    def __init__(self) -> None:
        super().__init__(
            "Folder itu tidak ada atau tidak boleh diimpor (import_dirs).",
            "There is no such folder, or it may not be imported (import_dirs).",
        )


class ImportUnderWay(LpplError):
    """Another folder is being brought in."""

    def __init__(self) -> None:
        super().__init__(
            "Impor folder lain sedang berjalan; tunggu atau hentikan dulu.",
            "Another folder is being brought in; wait, or stop it first.",
        )


@dataclass(frozen=True, slots=True)
class Inside:
    """A folder, by recorded paths: the one around it (empty: none that may be looked at), those in it, its files."""

    path: str
    parent: str
    folders: tuple[str, ...]
    files: int


@dataclass(slots=True)
class Import:
    """A folder on its way into the media folder. `into`: where to; `size` and `reached` in bytes."""

    folder: str
    into: str
    how: How
    by: str
    begun: datetime
    state: State = State.LOOKING
    files: int = 0
    done: int = 0
    size: int = 0
    reached: int = 0
    new: int = 0
    refused: int = 0
    told: list[tuple[str, LpplError]] = field(default_factory=list)
    error: LpplError | None = None

    @property
    def under_way(self) -> bool:
        """Whether it is not over."""
        return self.state in (State.LOOKING, State.RUNNING)

    def refuse(self, path: Path, why: LpplError) -> None:
        """Note a file that was not brought in."""
        self.refused += 1
        if len(self.told) < TOLD:
            self.told.append((recorded_path(str(path)), why))


class FolderDesk:
    """Imports of folders. One object for each process that serves pages."""

    def __init__(self, settings: Settings, audit: AuditLog) -> None:
        self._settings, self._audit = settings, audit
        self.latest: Import | None = None
        self._work: asyncio.Task[None] | None = None
        self._stop = threading.Event()

    async def look(self, path: str) -> Inside:
        """Return what is in a folder; of none, the folders that may be looked at. Raises NoServerFolder."""
        return await asyncio.to_thread(self._look, path)

    async def begin(self, path: str, into: str, how: How, actor: Actor, now: datetime) -> Import:
        """Begin to bring a folder in, with its name, below the folder `into` of the media folder.

        Raises NoServerFolder, ImportUnderWay.
        """
        folder, root = await asyncio.to_thread(self._allowed, path)
        if self.latest is not None and self.latest.under_way:
            raise ImportUnderWay
        made = Import(recorded_path(str(folder)), str(safe_folder(into)), how, actor.name, now)
        self.latest, self._stop = made, threading.Event()
        self._work = asyncio.create_task(self._run(made, folder, root, actor, now), name="folder import")
        return made

    def stop(self) -> None:
        """End what is under way; what is in stays."""
        self._stop.set()

    async def _run(self, made: Import, folder: Path, root: Path, actor: Actor, now: datetime) -> None:
        threads, loop, stop = low_priority_threads(), asyncio.get_running_loop(), self._stop
        try:
            plan = await loop.run_in_executor(threads, self._planned, made, folder, root, stop)
            said = {"into": made.into, "how": made.how.value, "files": made.files, "size": made.size}
            await self._audit.record(actor, "media.import", now, object=made.folder, after=said)
            await loop.run_in_executor(threads, self._bring, made, plan, stop)
            made.state = State.DONE
        except Stopped:
            made.state = State.STOPPED
        except LpplError as error:
            made.state, made.error = State.FAILED, error
        except (OSError, SQLAlchemyError) as error:
            made.state, made.error = State.FAILED, _trouble(error)
        finally:
            stop.set()  # also when the service stops: the thread ends with its next piece
            threads.shutdown(wait=False)
            if made.under_way:
                made.state = State.FAILED
            log.info("folder_imported", folder=made.folder, state=made.state, new=made.new, refused=made.refused)

    # ---- on disk; blocking ----

    def _ours(self) -> tuple[Path, Path]:
        """Return the folders of the station itself: nothing is brought in from there."""
        return self._settings.media_dir.resolve(), self._settings.data_dir.resolve()

    def _roots(self) -> Iterator[Path]:
        for root in self._settings.import_dirs:
            try:
                yield root.resolve(strict=True)
            except (OSError, RuntimeError):
                continue  # a disk that is not plugged in

    def _allowed(self, said: str) -> tuple[Path, Path]:
        """Return a folder without links, and the allowed one that it lies in. Raises NoServerFolder."""
        path = Path(disk_path(said))
        try:
            real = path.resolve(strict=True)
            known = path.is_absolute() and real.is_dir()
        except (OSError, RuntimeError, ValueError):  # ValueError: no name that a disk could hold
            raise NoServerFolder from None
        root = next((r for r in self._roots() if real.is_relative_to(r)), None)
        if not known or root is None or any(real.is_relative_to(own) for own in self._ours()):
            raise NoServerFolder
        return real, root

    def _look(self, said: str) -> Inside:
        if not said:
            return Inside("", "", tuple(recorded_path(str(root)) for root in self._roots()), 0)
        folder, root = self._allowed(said)
        ours = self._ours()
        folders: list[str] = []
        files = 0
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if ignored(entry.name):
                        continue
                    if not entry.is_dir(follow_symlinks=False):
                        files += 1
                    elif Path(entry.path) not in ours:
                        folders.append(recorded_path(entry.path))
        except OSError:
            raise NoServerFolder from None
        parent = "" if folder == root else recorded_path(str(folder.parent))
        return Inside(recorded_path(str(folder)), parent, tuple(sorted(folders, key=str.casefold)[:LISTED]), files)

    def _planned(self, made: Import, folder: Path, root: Path, stop: threading.Event) -> Wanted:
        media = self._settings.media_dir
        plan = wanted(
            [folder], media, PurePosixPath(made.into), within=root, spared=self._ours(), going=lambda: _go_on(stop)
        )
        for path, why in [*plan.refused, *plan.skipped]:
            made.refuse(path, why)
        made.files, made.size = len(plan.wishes), plan.size
        if folder.stat().st_dev != media.stat().st_dev:
            self._check_room(plan.size)
        made.state = State.RUNNING
        return plan

    def _check_room(self, needed: int) -> None:
        check_room(needed, self._settings.media_dir, round(self._settings.min_free_gb * 1e9))

    def _bring(self, made: Import, plan: Wanted, stop: threading.Event) -> None:
        def on_bytes(count: int) -> None:
            made.reached += count
            _go_on(stop)

        for wish in plan.wishes:
            try:
                made.new += self._placed(wish, on_bytes).new
                if made.how is How.MOVE:
                    wish.source.unlink()
            except NoRoom:
                raise
            except LpplError as why:
                made.refuse(wish.source, why)
            except OSError as error:
                made.refuse(wish.source, _trouble(error))
            made.done += 1

    def _placed(self, wish: Wish, on_bytes: OnBytes) -> Placed:
        media = self._settings.media_dir
        try:
            return place(wish, media, link=True, on_bytes=on_bytes)
        except MediaRefused:
            raise
        except LpplError:  # another disk, or a file that is not ours to link: its bytes are copied
            self._check_room(wish.size)
            return place(wish, media, link=False, on_bytes=on_bytes)


def _go_on(stop: threading.Event) -> None:
    if stop.is_set():
        raise Stopped


def _trouble(error: OSError | SQLAlchemyError) -> LpplError:
    if isinstance(error, SQLAlchemyError):
        return DatabaseAway()
    why = error.strerror or type(error).__name__
    return LpplError(
        f"Berkas tidak dapat dibawa masuk ({why}); periksa izin dan disknya.",
        f"It cannot be brought in ({why}); check permissions and the disk.",
    )
