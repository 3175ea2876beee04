"""The nightly work: a backup kept for a week, and the journal's oldest files let go after their retention."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from lppl import journal
from lppl.backup import create_backup
from lppl.config import Settings
from lppl.station.timer import Missed, Timer

log = structlog.get_logger(__name__)

BACKUP_AT = 3 * 3600 + 17 * 60
BACKUPS_KEPT = 7
JOURNAL_AT = 3 * 3600 + 47 * 60
JOURNAL_KEPT = timedelta(days=400)
"""What aired must be provable for at least a year."""
AGAIN_AFTER = timedelta(hours=3)
"""Both may safely run twice, and neither takes so long."""


def nightly(timer: Timer, settings: Settings) -> None:
    """Put the nightly work on `timer`; a station that is switched off at night does it when it is on again."""
    timer.daily("backup", BACKUP_AT, lambda _due: back_up(settings), Missed.ONCE, AGAIN_AFTER)
    timer.daily("journal", JOURNAL_AT, lambda _due: tidy_journal(settings), Missed.ONCE, AGAIN_AFTER)


async def back_up(settings: Settings) -> None:
    """Make tonight's backup and let go of the eighth. Raises LpplError, OSError."""
    folder = settings.data_dir / "backup"
    made = await create_backup(settings, folder / f"nightly-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar.gz")
    log.info("backup_made", file=str(made))
    await asyncio.to_thread(_keep_newest, folder)


def _keep_newest(folder: Path) -> None:
    for old in sorted(folder.glob("nightly-*.tar.*"))[:-BACKUPS_KEPT]:
        old.unlink()


async def tidy_journal(settings: Settings) -> None:
    """Remove journal files past their retention. Raises OSError."""
    await asyncio.to_thread(_drop_old, settings.data_dir / "journal", JOURNAL_KEPT)


def _drop_old(folder: Path, kept: timedelta) -> None:
    """Remove what is older than the newest file by more than `kept`: a clock that runs years ahead removes nothing."""
    found = journal.files(folder)
    if not found:
        return
    before = datetime.strptime(found[-1].stem, "%Y-%m-%dT%H").replace(tzinfo=UTC) - kept
    for path in found:
        if path.stem >= f"{before:%Y-%m-%dT%H}":
            return
        path.unlink()
