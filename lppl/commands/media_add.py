"""Adds files to the media folder and follows them, with progress bars."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from lppl.commands.adding import Wanted, check_room, place, wanted
from lppl.commands.following import Follower, Outcome, Standing, followed
from lppl.commands.listing import shown
from lppl.commands.records import library_of
from lppl.config import Settings
from lppl.errors import LpplError
from lppl.reach import lock_held
from lppl.records import recorded_path

SIGNS = {Outcome.READY: "✓", Outcome.UNWANTED: "-", Outcome.REFUSED: "✗", Outcome.FAILED: "✗"}
MOST_BARS = 20
"""Bars shown at a time; the others wait their turn."""


@dataclass(slots=True)
class Added:
    """What was done: every name in the media folder, in order; how many were new, had been there, were not taken."""

    names: list[PurePosixPath] = field(default_factory=list)
    new: int = 0
    there: int = 0
    skipped: int = 0
    refused: int = 0

    @property
    def summary(self) -> str:
        """One line for a person."""
        parts = [f"{self.new} ditambahkan / added"]
        parts += [f"{self.there} sudah ada / already there"] if self.there else []
        parts += [f"{self.skipped} dilewati / skipped"] if self.skipped else []
        parts += [f"{self.refused} ditolak / refused"] if self.refused else []
        return ", ".join(parts)


def add(paths: Sequence[Path], settings: Settings, to: PurePosixPath, *, link: bool, screen: Console) -> Added:
    """Bring `paths` into the media folder, below `to`; tell on `screen`. Raises NoRoom, OSError."""
    settings.media_dir.mkdir(parents=True, exist_ok=True)
    plan = wanted(paths, settings.media_dir, to)
    added = Added(skipped=len(plan.skipped), refused=len(plan.refused))
    for path, why in [*plan.skipped, *plan.refused]:
        _tell(screen, path, why)
    if not link:
        check_room(plan.size, settings.media_dir, round(settings.min_free_gb * 1e9))
    _place_all(plan, added, settings.media_dir, link=link, screen=screen)
    return added


def _place_all(plan: Wanted, added: Added, media_dir: Path, *, link: bool, screen: Console) -> None:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, disable=not screen.is_terminal) as progress:
        bar = progress.add_task("", total=plan.size or 1)
        for wish in plan.wishes:
            progress.update(bar, description=shown(wish.name.name)[:40])
            try:
                placed = place(wish, media_dir, link=link, on_bytes=lambda count: progress.advance(bar, count))
            except LpplError as why:
                added.refused += 1
                _tell(screen, wish.source, why)
                continue
            added.names.append(placed.name)
            added.new += placed.new
            added.there += not placed.new


def _tell(screen: Console, path: Path, why: LpplError) -> None:
    screen.print(Text(f"{shown(recorded_path(str(path)))}: {why}"), soft_wrap=True)


async def wait_for(
    names: Sequence[str],
    settings: Settings,
    screen: Console,
    pause: Callable[[], Awaitable[object]],
    now: Callable[[], float],
) -> bool:
    """Follow recorded paths until each is ready or not; tell whether none was refused or failed.

    Raises RecordsAway, and Unattended when nobody works on them.
    """
    lock = settings.data_dir / "state" / "worker.lock"

    def attended() -> bool:
        # workers of a shared database may be on other machines, where no lock of theirs is seen
        return settings.database_file is None or lock_held(lock)

    async with library_of(settings) as library:
        follower = Follower(library, names, now, attended)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[how]}", markup=False),
        )
        with Progress(*columns, console=screen, disable=not screen.is_terminal) as progress:
            bars: dict[str, TaskID] = {}
            over: set[str] = set()
            found: list[Standing] = []
            async for found in followed(follower, pause):
                for standing in found:
                    if standing.path not in over:
                        _draw(progress, bars, standing)
                        if standing.outcome is not None:
                            over.add(standing.path)
                            _finish(progress, bars, standing, screen)
    return not any(s.outcome in (Outcome.REFUSED, Outcome.FAILED) for s in found)


def _draw(progress: Progress, bars: dict[str, TaskID], standing: Standing) -> None:
    if standing.path not in bars:
        if len(bars) >= MOST_BARS:
            return
        bars[standing.path] = progress.add_task(shown(standing.path)[-50:], total=1.0, how="")
    progress.update(bars[standing.path], completed=standing.share, how=standing.sentence)


def _finish(progress: Progress, bars: dict[str, TaskID], standing: Standing, screen: Console) -> None:
    """Turn a bar into a line that stays."""
    if standing.path in bars:
        progress.remove_task(bars.pop(standing.path))
    sign = SIGNS[standing.outcome] if standing.outcome is not None else " "
    screen.print(Text(f"{sign} {shown(standing.path)}: {standing.sentence}"), soft_wrap=True)
