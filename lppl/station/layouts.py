"""What each channel is planned from: what staff laid down and operators ordered, else its schedule file; laid out.

No document is worth the air: what cannot be laid out leaves in force what was.
"""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import structlog

from lppl.clock import AirClock
from lppl.config import Settings
from lppl.media import ChannelKind
from lppl.station import state
from lppl.station.graphics import keep_logo
from scheduler.documents import Documents, laid_out
from scheduler.file_plan import plan_of
from scheduler.laying_out import dress
from scheduler.plan import Plan, untimed
from scheduler.planner import Origin, SchedulePlanner, read_schedule_file
from scheduler.prayer import Place

log = structlog.get_logger(__name__)


class Layouts:
    """The layouts of a station's channels, for `planner`. `overlaid` adds to documents what operators ordered."""

    def __init__(
        self,
        settings: Settings,
        planner: SchedulePlanner,
        clock: AirClock,
        overlaid: Callable[[str, Documents], Documents],
    ) -> None:
        self._settings, self._planner, self._clock, self._overlaid = settings, planner, clock, overlaid
        self._zone = settings.station.zone
        self._place = Place(settings.station.latitude, settings.station.longitude, self._zone)
        self._channels = {c.id: c for c in settings.channels}
        self._file_plans: dict[str, Plan] = {}
        self._file_errors: dict[str, str | None] = {}
        self._stamps: dict[str, tuple[int, int] | None] = {}
        self._documents: dict[str, Documents] = {}
        self._laid: set[str] = set()
        self._laying_out = {c.id: threading.Lock() for c in settings.channels}
        """So that what is laid out with less knowledge never comes after what was with more."""

    def recall(self, channel: str) -> None:
        """Take what staff had laid down before a restart. Blocking."""
        documents = state.read_documents(self._settings, channel)
        if documents is not None:
            self._documents[channel] = documents

    async def take(self, channel: str, documents: Documents) -> bool:
        """Take, and remember, what staff have laid down; tell whether it is new."""
        before = self._of(channel)
        if channel in self._documents and before == documents:
            return False
        if documents.grid is not None and documents.grid != before.grid:
            log.info("grid_in_force", channel=channel, entries=len(documents.grid.get("entries", ())))
        self._documents[channel] = documents
        await asyncio.to_thread(state.write_documents, self._settings, channel, documents)
        return True

    async def read_file(self, channel: str) -> bool:
        """Read the schedule file when it is new; tell whether it was."""
        path = self._settings.schedule_file(self._channels[channel])
        stamp = _stamp(path)  # one stat call of a local file: less than handing it to a thread
        if channel in self._stamps and self._stamps[channel] == stamp:
            return False
        self._stamps[channel] = stamp
        read = await asyncio.to_thread(read_schedule_file, path, self._channels[channel].kind)
        self._file_errors[channel] = str(read.error) if read.error else None
        if read.error:
            log.error("schedule_wrong", channel=channel, in_force=read.origin.value, mistakes=read.error.mistakes)
        elif read.origin is Origin.FILE:
            log.info("schedule_read", channel=channel, file=str(path))
        self._file_plans[channel] = plan_of(read.schedule, self._zone)
        return True

    def forget_files(self) -> None:
        """Have every schedule file read anew."""
        self._stamps.clear()

    def file_error(self, channel: str) -> str | None:
        """Return what is wrong with the schedule file that a channel airs by; None while a grid was published."""
        return self._file_errors.get(channel) if self._of(channel).grid is None else None

    def lay_out(self, channel: str) -> None:
        """Make the plan of a channel from its documents, or from its file while no grid was published. Blocking."""
        try:
            with self._laying_out[channel]:
                self._lay_out(channel)
            self._laid.add(channel)
        except Exception:  # what was laid out before holds
            log.exception("documents_not_laid_out", channel=channel)
            if channel not in self._laid:
                self._planner.update(channel, plan=self._file_plans.get(channel))

    def _lay_out(self, channel: str) -> None:
        documents = self._overlaid(channel, self._of(channel))
        from_file = self._file_plans.get(channel, Plan())
        found = laid_out(channel, documents, from_file, self._zone, self._place, self._clock.now())
        rules, on_tv = found.sheet.rules, self._channels[channel].kind is ChannelKind.TV
        logo = keep_logo(self._settings, rules.logo) if rules.logo and on_tv else ""
        self._planner.update(
            channel,
            # by a clock that shows no credible time nothing can begin on time: programmes flow, hard starts wait
            plan=found.plan if self._clock.credible else untimed(found.plan),
            dress=dress(rules, found.desk.programmes, logo) if on_tv else None,
        )

    def _of(self, channel: str) -> Documents:
        return self._documents.get(channel, Documents())


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
