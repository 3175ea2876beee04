"""The programme guide as pages show it: the past from the journal, the coming days from the plan, kept for a moment.

Nothing here may cost the air: what is asked often is kept, a week is planned at most every ten minutes and only while
somebody reads guides, and without the database the guide still tells two days, from the files that the air role writes.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from lppl.config import Settings
from lppl.errors import LpplError
from lppl.programme import Programme
from lppl.quanta import Quanta, at_or_after, covering, starting
from lppl.rundown import Line
from lppl.station.state import read_rundown
from scheduler.agenda import day_bounds
from scheduler.guide import GuideEntry, guide
from streaming.past import Past, Recent

if TYPE_CHECKING:
    from lppl.library import Library

log = structlog.get_logger(__name__)
T = TypeVar("T")

AHEAD_DAYS = 7
BACK = covering(12 * 3600)
"""A programme is whole when so much of the journal around it is read."""
PRESENT_S = 30.0
"""The guide of today and the coming days is made at most so often: with thousands of lines it takes some tenths of a
second. Pages see by themselves what is on the air now."""
STALE_S = 600.0
"""Until it is made anew a page is given the last one, if it is no older."""
PLANNED_S = 600.0
PROGRAMMES_S = 60.0
PATIENCE_S = 5.0
"""A page waits so long for the first plan of a week; then it tells the two days that are known."""
KEEP_DAYS = 400
YEARS = range(1970, 9999)
"""In which something may have aired; past them instants of other zones do not exist."""


class Reruns:
    """The occurrences of entries of the grid that air again."""

    def __init__(self, entries: Iterable[str] = ()) -> None:
        self._entries = frozenset(entries)

    def __contains__(self, slot: object) -> bool:
        return isinstance(slot, str) and slot.partition("@")[0] in self._entries


NO_RERUNS = Reruns()


@dataclass(frozen=True, slots=True)
class _Planned:
    """The plan beyond what the air role has told, and which occurrences air again."""

    lines: tuple[Line, ...] = ()
    reruns: Reruns = NO_RERUNS
    made: float = float("-inf")


class GuideBook:
    """The guide of every channel. `now` is the air clock; one event loop."""

    def __init__(self, settings: Settings, past: Past, now: Callable[[], Quanta]) -> None:
        self._settings, self._past, self._now = settings, past, now
        self.zone = settings.station.zone
        self.library: Callable[[], Library | None] = lambda: None
        self._days: Recent[tuple[str, date], tuple[GuideEntry, ...]] = Recent(KEEP_DAYS)
        self._present: dict[str, tuple[float, tuple[GuideEntry, ...]]] = {}
        self._planned: dict[str, _Planned] = {}
        self._planning: dict[str, asyncio.Task[None]] = {}
        self._programmes: tuple[float, Mapping[str, Programme]] = float("-inf"), {}
        self._making: dict[str, asyncio.Task[tuple[GuideEntry, ...]]] = {}

    @property
    def today(self) -> date:
        """The local day of the air clock."""
        return starting(self._now()).astimezone(self.zone).date()

    def changed(self, channel: str) -> None:
        """Plan `channel` anew when it is next asked for: its schedule changed."""
        self._expire(channel)
        if channel in self._planned:
            self._planned[channel] = _Planned(self._planned[channel].lines, self._planned[channel].reruns)

    async def day(self, channel: str, day: date) -> tuple[GuideEntry, ...]:
        """Return the programmes that touch a local day, oldest first."""
        start, end = day_bounds(day, self.zone)
        if day >= self.today - timedelta(days=1):
            found: Sequence[GuideEntry] = await self.present(channel)
        else:
            kept = self._days.get((channel, day))
            if kept is None:
                kept = await self._aired_day(channel, start, end)
                self._days.put((channel, day), kept)
            found = kept
        return tuple(e for e in found if at_or_after(e.end) > start and at_or_after(e.start) < end)

    async def present(self, channel: str) -> tuple[GuideEntry, ...]:
        """Return the programmes from yesterday to the end of the coming days, oldest first."""
        made, known = self._present.get(channel, (float("-inf"), ()))
        age = monotonic() - made
        if age < PRESENT_S:
            return known
        task = self._making.get(channel)
        if task is None or task.done():
            task = self._making[channel] = _begun(f"guide of {channel}", self._make_anew(channel))
        return known if age < STALE_S else await asyncio.shield(task)

    async def _make_anew(self, channel: str) -> tuple[GuideEntry, ...]:
        began = monotonic()
        found = await self._make(channel)
        self._present[channel] = began, found
        return found

    def _expire(self, channel: str) -> None:
        """Have the guide of a channel made anew by who asks next; meanwhile the last one is told."""
        if channel in self._present:
            made, known = self._present[channel]
            self._present[channel] = min(made, monotonic() - PRESENT_S), known

    async def at(self, channel: str, q: Quanta) -> GuideEntry | None:
        """Return the programme at an air time, None between programmes."""
        at = starting(q)
        found = await self.day(channel, at.astimezone(self.zone).date())
        return next((e for e in found if e.start <= at < e.end), None)

    async def named(self, channel: str, uid: str) -> GuideEntry | None:
        """Return the programme whose uid is `uid`: of the days kept in :meth:`present`, or of the day it names."""
        found = next((e for e in await self.present(channel) if e.uid == uid), None)
        if found is None:
            for day in _days_in(uid):
                found = next((e for e in await self.day(channel, day) if e.uid == uid), None)
        return found

    async def _aired_day(self, channel: str, start: Quanta, end: Quanta) -> tuple[GuideEntry, ...]:
        known = await self._known_programmes()
        entries = await asyncio.to_thread(self._past.entries, channel, Quanta(start - BACK), Quanta(end + BACK))
        reruns = self._planned.get(channel, _Planned()).reruns
        return await asyncio.to_thread(guide, channel, (), entries, known, self._now(), reruns)

    async def _make(self, channel: str) -> tuple[GuideEntry, ...]:
        known, planned, now = await self._known_programmes(), await self._plan(channel), self._now()
        start = day_bounds(self.today - timedelta(days=1), self.zone)[0]
        entries = await asyncio.to_thread(self._past.entries, channel, Quanta(start - BACK), Quanta(now + 100))
        near = await asyncio.to_thread(read_rundown, self._settings, channel)
        reached = near[-1].end if near else Quanta(0)
        lines = (*near, *(line for line in planned.lines if line.start >= reached))
        return await asyncio.to_thread(guide, channel, lines, entries, known, now, planned.reruns)

    async def _plan(self, channel: str) -> _Planned:
        """Return the plan of the coming week; an old one is made anew meanwhile."""
        planned = self._planned.get(channel, _Planned())
        if monotonic() - planned.made > PLANNED_S and self.library() is not None:
            task = self._planning.get(channel)
            if task is None or task.done():
                task = self._planning[channel] = _begun(f"plan of {channel}", self._plan_anew(channel))
            if not planned.lines:
                await asyncio.wait({task}, timeout=PATIENCE_S)
                planned = self._planned.get(channel, planned)
        return planned

    async def _plan_anew(self, channel: str) -> None:
        # imported late: what plans is not needed to serve
        from sqlalchemy.exc import SQLAlchemyError

        from lppl.desk.logs import entries_again
        from lppl.desk.planning import PlanningDesk

        library = self.library()
        if library is None:
            return
        desk, now = PlanningDesk(self._settings, library), starting(self._now())
        before = self._planned.get(channel, _Planned())
        try:
            lines = (await desk.order(channel, self.today, self.today + timedelta(days=AHEAD_DAYS), now)).lines
            again = await entries_again(desk, channel)
        except (SQLAlchemyError, OSError, LpplError) as error:
            log.warning("guide_not_planned", channel=channel, reason=str(error))
            self._planned[channel] = _Planned(before.lines, before.reruns, monotonic() - PLANNED_S + 60)
            return
        self._planned[channel] = _Planned(lines, Reruns(again), monotonic())
        self._expire(channel)

    async def _known_programmes(self) -> Mapping[str, Programme]:
        made, known = self._programmes
        library = self.library()
        if library is None or monotonic() - made < PROGRAMMES_S:
            return known
        from sqlalchemy.exc import SQLAlchemyError

        from lppl.desk.planning import PlanningDesk

        try:
            known = await PlanningDesk(self._settings, library).programmes()
        except (SQLAlchemyError, OSError, LpplError) as error:
            log.warning("programmes_not_read", reason=str(error))
        self._programmes = monotonic(), known
        return known

    async def close(self) -> None:
        """End what is still being made; what failed was logged when it did."""
        tasks = [*self._planning.values(), *self._making.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _begun(name: str, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Begin `work`; what it fails with is logged, for a page that has the last guide to show does not wait for it."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_logged)
    return task


def _logged(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("guide_not_made", task=task.get_name(), exc_info=error)


def _days_in(uid: str) -> list[date]:
    """Return the local days that a uid may name: ``<entry>@2026-11-22``, or the UTC day of its start and those beside.

    Pure; a uid that names none, or one at an end of the calendar, gives none.
    """
    word = uid.partition("@")[2][:10] or uid.rpartition(".")[2][:8]
    try:
        day = date.fromisoformat(word)
    except ValueError:
        return []
    return [day, day + timedelta(days=1)] if day.year in YEARS else []
