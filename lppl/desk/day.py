"""A channel's day, line by line, as pages show it: what aired, then what is planned, with all that is said about it.

A day is put together once and kept until something changes, so that any page of it is answered in milliseconds: the
running order that the air role has told, what the journal's index has, the edits, totals. Findings take a build of the
coming days and are asked for apart.
"""

import asyncio
import json
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar

from lppl.desk.errors import TooFarAhead
from lppl.desk.overlap import Seen
from lppl.desk.planning import FURTHEST, PlanningDesk
from lppl.desk.rundown import ToldEdit, told
from lppl.errors import NotThere
from lppl.journal import OFF_TITLE, Entry
from lppl.media import AssetId, HouseId, Material
from lppl.plan_store import A_DAY
from lppl.quanta import Quanta, at_or_after
from lppl.readiness import Readiness
from lppl.rundown import Kind, Line
from lppl.station.state import rundown_file, wishes_file
from scheduler.agenda import day_bounds
from scheduler.airings import STAND_INS
from scheduler.day_totals import DayTotals, totals
from scheduler.findings import Finding
from scheduler.timing import Timing

T = TypeVar("T")
FIRST_DAY = date(2000, 1, 1)
KEPT = 8
"""Days in memory."""
FRESH_S = 60.0
"""What aired is read again at least so often."""
LIBRARY_S = 15.0
"""While material comes in, a day is not put together more often for its sake."""
NOTHING_AIRED = AssetId("")
TOGETHER = Quanta(2)


class State(StrEnum):
    """How far the material of a line has come."""

    READY = "siap"
    RENDERING = "dirender"
    """It can air, but not yet as it should: its graphics are being rendered."""
    MISSING = "hilang"
    """Its file or its house set is gone."""


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of a channel, [start, end) in quanta. The first `aired` lines began, by the journal."""

    channel: str
    date: date
    start: Quanta
    end: Quanta
    lines: tuple[Line, ...]
    aired: int
    timings: tuple[Timing, ...]
    headings: tuple[tuple[int, str], ...]
    """Before which line (from 0) the slot of which key begins, or goes on."""
    edits: tuple[ToldEdit, ...]
    """What people changed about this day, oldest first, with what was taken back."""
    totals: DayTotals
    seen: Seen

    def at(self, q: Quanta) -> int | None:
        """Return the number (from 0) of the line that airs at `q`."""
        found = bisect_right(self.lines, q, key=lambda line: line.start) - 1
        return found if found >= 0 and q < self.lines[found].end else None


@dataclass(frozen=True, slots=True)
class DayFinding:
    """A finding about a day; `line` (from 0) is where it shows, None for what has no air time of its own."""

    finding: Finding
    line: int | None


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What a day was made from."""

    told: tuple[int, int] | None
    plan: int
    library: int


@dataclass(slots=True, eq=False)
class _Made(Generic[T]):
    """A value that is made, or being made, since `began` (loop time); `askers` wait for it."""

    stamp: _Stamp
    began: float
    task: asyncio.Task[T]
    askers: int = 0

    def holds(self, stamp: _Stamp, now: float) -> bool:
        """Tell whether it is still what somebody wants who asks now."""
        if self.task.done() and (self.task.cancelled() or self.task.exception() is not None):
            return False
        if (self.stamp.told, self.stamp.plan) != (stamp.told, stamp.plan) or now - self.began > FRESH_S:
            return False
        return self.stamp.library == stamp.library or now - self.began <= LIBRARY_S


class _Kept(Generic[T]):
    """Values of days, each made once for many who ask; the longest unused go first."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, date], _Made[T]] = OrderedDict()

    async def get(self, key: tuple[str, date], stamp: _Stamp, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return the value of a day, made anew when it is out of date."""
        now = asyncio.get_running_loop().time()
        found = self._made.get(key)
        if found is None or not found.holds(stamp, now):
            found = self._made[key] = _Made(stamp, now, asyncio.create_task(make()))
        self._made.move_to_end(key)
        while len(self._made) > KEPT:
            self._made.popitem(last=False)
        found.askers += 1
        try:
            return await asyncio.shield(found.task)
        finally:
            found.askers -= 1
            if not found.askers and not found.task.done():  # nobody waits for it any more
                found.task.cancel()
                if self._made.get(key) is found:
                    del self._made[key]


class DayDesk:
    """The days of all channels. Raises DatabaseAway by the library, UnknownChannel, TooFarAhead, NotThere."""

    def __init__(self, planning: PlanningDesk) -> None:
        self.planning = planning
        self._readiness = Readiness(planning.library.engine)
        self._days: _Kept[Day] = _Kept()
        self._findings: _Kept[tuple[Finding, ...]] = _Kept()

    async def day(self, channel: str, day: date, now: datetime) -> Day:
        """Return a day as it stands; `now` is aware UTC."""
        self._must_exist(channel, day, now)
        stamp = await self._stamp(channel)
        return await self._days.get((channel, day), stamp, lambda: self._made(channel, day, now))

    async def findings(self, channel: str, day: date, now: datetime) -> tuple[DayFinding, ...]:
        """Return what is found about a day that is not over; takes a build of all days up to it."""
        shown = await self.day(channel, day, now)
        if shown.end <= at_or_after(now):
            return ()
        stamp = await self._stamp(channel)
        span = timedelta(milliseconds=(shown.end - at_or_after(now)) * 320)

        async def examined() -> tuple[Finding, ...]:
            return (await self.planning.check(channel, None, now, span)).findings

        found = await self._findings.get((channel, day), stamp, examined)
        of_day = (f for f in found if f.at is None or shown.start <= f.at < shown.end)
        return tuple(DayFinding(f, None if f.at is None else shown.at(f.at)) for f in of_day)

    async def states(self, channel: str, lines: Sequence[Line]) -> list[State]:
        """Return how far the material of some lines has come."""
        wanted = {line.material.house for line in lines if line.kind not in (Kind.IDENT, Kind.SLATE, Kind.OFF)}
        there = await self._readiness.present(wanted)
        waited_for = await asyncio.to_thread(_waited_for, wishes_file(self.planning.settings, channel))

        def state(line: Line) -> State:
            if line.material.house in wanted and line.material.house not in there:
                return State.MISSING
            plain = line.material.house.startswith(line.material.asset)
            return State.RENDERING if plain and line.material.asset in waited_for else State.READY

        return [state(line) for line in lines]

    def _must_exist(self, channel: str, day: date, now: datetime) -> None:
        self.planning.channel(channel)
        if day > now.astimezone(self.planning.zone).date() + FURTHEST:
            raise TooFarAhead(FURTHEST.days)
        if day < FIRST_DAY:
            raise NotThere("Tidak ada rundown hari itu.", "There is no running order of that day.")

    async def _stamp(self, channel: str) -> _Stamp:
        told_by = await asyncio.to_thread(_stat, rundown_file(self.planning.settings, channel))
        return _Stamp(told_by, await self.planning.store.change_counter(), await self.planning.library.change_counter())

    async def _made(self, channel: str, day: date, now: datetime) -> Day:
        desk, present = self.planning, at_or_after(now)
        start, end = day_bounds(day, desk.zone)
        # the edits first: what comes while the lines are made shows as news; those of the evening before may reach in
        rows = await desk.store.edits(channel, Quanta(start - A_DAY), withdrawn=True)
        lines: tuple[Line, ...] = ()
        timings: tuple[Timing, ...] = ()
        if end > present:
            order = await desk.order(channel, day, day, now)
            lines, timings = order.lines, order.timings
        entries = await desk.aired(channel, day, day) if start <= present else []
        open_from = await asyncio.to_thread(desk.open_from, channel, present)
        programmes = await desk.programmes()

        def put_together() -> Day:
            past = _past(entries, present, open_from)
            whole = (*past, *_after(lines, past[-1].end if past else start))
            edits = tuple(t for t in map(told, rows) if _about(t, start, end))
            shares = totals(whole, programmes, start, end)
            return Day(
                channel, day, start, end, whole, len(past), timings, _headings(whole), edits, shares, Seen.of(rows)
            )

        return await asyncio.to_thread(put_together)


# ---- pure -------------------------------------------------------------------------------------------


def _past(entries: Iterable[Entry], now: Quanta, open_from: Quanta) -> list[Line]:
    """Return what aired as lines; what runs is as long as it is meant to be."""
    found = [e for e in entries if e.item.kind is not Kind.PREROLL and e.end > e.item.start]
    lines = [aired_line(e) for e in found]
    if lines and lines[-1].end >= now - TOGETHER and open_from > lines[-1].end:
        lines[-1] = replace(lines[-1], length=Quanta(open_from - lines[-1].start))
    return lines


def aired_line(entry: Entry) -> Line:
    """Return what aired as a line of a running order."""
    i, length = entry.item, Quanta(entry.end - entry.item.start)
    title = OFF_TITLE if i.kind is Kind.OFF else i.title
    material = Material(i.house or HouseId(""), i.asset or NOTHING_AIRED, title, Quanta(i.planned or length), i.artist)
    return Line(
        i.start, length, material, i.in_point, i.kind, i.programme, i.hard, i.why, slot=i.slot,
        programme_id=i.programme_id, category=i.category, order=i.order,
    )  # fmt: skip


def _after(lines: Iterable[Line], reached: Quanta) -> Iterable[Line]:
    """Yield what is planned from `reached` on."""
    for line in lines:
        if line.start >= reached:
            yield line
        elif line.end > reached:
            yield replace(line, start=reached, length=Quanta(line.end - reached), hard=False)


def _headings(lines: Iterable[Line]) -> tuple[tuple[int, str], ...]:
    """Return where the content of another slot begins: fixed lines and spots within one do not divide it."""
    found: list[tuple[int, str]] = []
    for n, line in enumerate(lines):
        if not line.event and (not found or line.slot != found[-1][1]) and (line.slot or line.kind not in STAND_INS):
            found.append((n, line.slot))
    return tuple(found)


def _about(each: ToldEdit, start: Quanta, end: Quanta) -> bool:
    edit = each.edit
    if edit is None:
        return start <= each.row.at < end
    until = max(edit.until, edit.put.at + 1 if edit.put else 0, edit.at + 1)
    return min(edit.at, edit.put.at if edit.put else edit.at) < end and until > start


def _waited_for(path: Path) -> frozenset[str]:
    """Return the assets whose variants with graphics the plan waits for. Reads a file."""
    try:
        said = json.loads(path.read_bytes())
        return frozenset(s["asset"] for s, _ in said["render"] if s["kind"] == "variant")
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


def _stat(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def by_slot(timings: Iterable[Timing]) -> Mapping[str, Timing]:
    """Return timings by the key of their slot."""
    return {timing.slot: timing for timing in timings}
