"""What lies on the disk, how fast it grows, and when it will be full at that rate."""

import asyncio
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from lppl.config import Settings
from lppl.errors import ProcessFailed
from lppl.process import run
from lppl.report_store import Growth, ReportStore

log = structlog.get_logger(__name__)

LOOKED_BACK = timedelta(days=14)
HOUSE_AGAIN_S = 900.0
"""Adding up a hundred thousand house files takes a while: a child process does it, when nothing else runs."""
HOUSE_PATIENCE_S = 600.0
FARTHEST = timedelta(days=3650)
DEPTH = 3
"""House sets lie at ``<2 hex>/<asset>/<recipe>``."""


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk that holds the data folder, and what of the journal and backups lies on it; bytes.

    `journal_hours`: of how many hours the journal tells.
    """

    free: int
    total: int
    journal: int
    journal_hours: int
    backups: int
    newest_backup: datetime | None
    media_too: bool
    """Whether the media folder is on the same disk."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Sizes in bytes; `house` is None until it has been added up. `full`: None when that is years away, or unknown.

    Full means what conforming leaves free (`reserve`).
    """

    free: int
    total: int
    reserve: int
    media: int
    house: int | None
    journal: int
    backups: int
    newest_backup: datetime | None
    a_day: int
    full: datetime | None


def disk_of(settings: Settings) -> Disk:
    """Look at the disk; blocking. Raises OSError."""
    data = settings.data_dir
    usage = shutil.disk_usage(data)
    backups = list((data / "backup").glob("nightly-*.tar.*"))
    newest = max((p.stat().st_mtime for p in backups), default=None)
    media_too = not settings.media_dir.exists() or settings.media_dir.stat().st_dev == data.stat().st_dev
    made = None if newest is None else datetime.fromtimestamp(newest).astimezone()
    hours = _journal(data / "journal")
    size = sum(p.stat().st_size for p in backups)
    return Disk(usage.free, usage.total, sum(hours), len(hours), size, made, media_too)


def _journal(folder: Path) -> list[int]:
    """Return the sizes of the journal's files, one an hour."""
    try:
        with os.scandir(folder) as found:
            return [each.stat().st_size for each in found if each.name.endswith(".jnl")]
    except OSError:
        return []


def sizes_by_recipe(said: str) -> dict[str, int]:
    """Return bytes by recipe from what ``du -k -d 3`` of the house folder prints. Pure."""
    found: Counter[str] = Counter()
    lines = [line.partition("\t") for line in said.splitlines()]
    depth = min((path.count("/") for _, _, path in lines), default=0) + DEPTH
    for kilobytes, _, path in lines:
        if kilobytes.isdigit() and path.count("/") == depth:
            found[path.rpartition("/")[2]] += int(kilobytes) * 1024
    return dict(found)


def growth_a_day(
    growth: Growth, house: Mapping[str, int], quanta: Mapping[str, int], days: float, journal: int, media_too: bool
) -> int:
    """Return bytes a day: media and house sets that came in `days`, and the journal's. Pure."""
    made = sum(n * house.get(recipe, 0) / max(1, quanta.get(recipe, 0)) for recipe, n in growth.quanta.items())
    return round(((growth.media if media_too else 0) + made) / max(days, 1.0)) + journal


def full_at(free: int, reserve: int, a_day: int, now: datetime) -> datetime | None:
    """Return when `free` bytes have shrunk to `reserve`; None when that is more than ten years away. Pure."""
    left = max(0, free - reserve)
    if a_day <= 0 or left / a_day > FARTHEST.days:
        return None
    return now + timedelta(days=left / a_day)


class StorageDesk:
    """Looks at the disk; the house folder now and then, in the background."""

    def __init__(self, settings: Settings, store: ReportStore, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._store, self._monotonic = settings, store, monotonic
        self._house: dict[str, int] | None = None
        self._looked = float("-inf")
        self._looking: asyncio.Task[None] | None = None

    async def storage(self, now: datetime) -> Storage:
        """Return sizes and growth. Raises OSError, SQLAlchemyError."""
        self._look_at_house()
        settings, store = self._settings, self._store
        disk = await asyncio.to_thread(disk_of, settings)
        began = await store.first_added()
        days = min(LOOKED_BACK, now - began) / timedelta(days=1) if began else 1.0
        reserve = round(settings.min_free_gb * 1e9)
        a_day = growth_a_day(
            await store.growth(now - LOOKED_BACK), self._house or {}, await store.quanta(), days,
            round(disk.journal / max(disk.journal_hours / 24, 1.0)), disk.media_too,
        )  # fmt: skip
        return Storage(
            disk.free, disk.total, reserve, await store.media_bytes(),
            None if self._house is None else sum(self._house.values()), disk.journal, disk.backups,
            disk.newest_backup, a_day, full_at(disk.free, reserve, a_day, now) if self._house is not None else None,
        )  # fmt: skip

    def _look_at_house(self) -> None:
        if self._looking is None and self._monotonic() - self._looked >= HOUSE_AGAIN_S:
            self._looking = asyncio.create_task(self._added_up())

    async def _added_up(self) -> None:
        folder = self._settings.data_dir / "house"
        try:
            argv = ("du", "-k", "-d", str(DEPTH), str(folder))
            there = await asyncio.to_thread(folder.is_dir)
            said = await run(argv, timeout=HOUSE_PATIENCE_S, idle=True) if there else b""
            self._house = sizes_by_recipe(said.decode("utf-8", "replace"))
        except (OSError, ProcessFailed, TimeoutError) as error:
            log.info("house_not_added_up", reason=str(error))
        finally:
            self._looked, self._looking = self._monotonic(), None
