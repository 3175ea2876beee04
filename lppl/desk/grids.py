"""The weekly grid as staff change it in pages and by the API: against a revision, audited, and told to open pages.

What it means is the planning desk's; here is who did what. Every change names the revision that was looked at.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from lppl.audit import Actor, AuditLog
from lppl.desk import grid as grids
from lppl.desk.documents import record_saved
from lppl.desk.errors import NothingToPublish, UnknownVersion
from lppl.desk.grid import Imported, UnknownName
from lppl.desk.planning import LOOKED_AHEAD, PlanningDesk, Published
from lppl.errors import LpplError
from lppl.events import Bus, PlanChanged
from lppl.plan_store import GridVersion, Superseded, VersionState
from scheduler.documents import LaidOut
from scheduler.file_grid import slug
from scheduler.findings import Finding
from scheduler.fixed import Dated, TimeSignal, occurrences
from scheduler.fixed import Ident as StationIdent
from scheduler.forecast import Late
from scheduler.grid import Change, Entry, FromPlaylist, FromRotation, Grid, Simulcast, compare, copy_week, read_grid
from scheduler.grid_changes import ChangeRefused, EntryChange, InRamadan, Scope, changed, removed
from scheduler.hijri import in_ramadan
from scheduler.week import Week, week_of

FURTHEST_CHECK = timedelta(days=28)
"""So far ahead a check builds; a week far off is judged when it comes nearer."""
MOST_ENTRIES = 2000


@dataclass(frozen=True, slots=True)
class GridState:
    """What staff work on: the draft, else what is in force, else nothing; or a version that was asked for.

    `revision` is what a change of it must name. `in_force`: the number of the version that is.
    """

    channel: str
    version: GridVersion | None
    grid: Grid
    findings: tuple[Finding, ...]
    in_force: int | None

    @property
    def revision(self) -> int:
        """What a change must name; 0 where nothing was kept yet."""
        return self.version.revision if self.version else 0

    @property
    def is_draft(self) -> bool:
        """Whether it is not on the air yet."""
        return self.version is None or self.version.state is VersionState.DRAFT


@dataclass(frozen=True)
class WeekView:
    """A week of a grid with what it was made from; `fixed`: azan, anthem and the like in these days."""

    state: GridState
    week: Week
    laid: LaidOut
    fixed: tuple[Dated, ...]

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """The grid's entries by name."""
        return {entry.id: entry for entry in self.state.grid.entries}


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with a grid, and what will be rendered too late for it."""

    grid: Grid
    findings: tuple[Finding, ...]
    late: tuple[Late, ...]


class GridDesk:
    """What is done with grids. `now` is aware UTC; an `actor` is who does it."""

    def __init__(self, planning: PlanningDesk, audit: AuditLog, bus: Bus) -> None:
        self.planning, self.audit, self.bus = planning, audit, bus

    # ---- looking ----

    async def state(self, channel: str, number: int | None = None) -> GridState:
        """Return what staff work on, or a version. Raises UnknownChannel, UnknownVersion."""
        self.planning.channel(channel)
        store = self.planning.store
        force = await store.in_force(channel)
        if number is not None:
            version = await store.version(channel, number)
            if version is None:
                raise UnknownVersion(channel, number)
        else:
            version = await store.draft(channel) or force
        grid, findings = read_grid(version.document) if version else (Grid(), ())
        return GridState(channel, version, grid, findings, force.number if force else None)

    async def week(self, channel: str, number: int | None, first: date, now: datetime) -> WeekView:
        """Return seven days from `first` on, of a version or of what staff work on."""
        state = await self.state(channel, number)
        laid = await self.planning.laid_out(channel, state.grid, now)
        return await asyncio.to_thread(self._week, state, laid, first)

    def _week(self, state: GridState, laid: LaidOut, first: date) -> WeekView:
        desk, fixed = laid.desk, laid.sheet.rules.fixed
        # what comes every hour would only hide the week
        rare = fixed.model_copy(
            update={"events": tuple(e for e in fixed.events if not isinstance(e, StationIdent | TimeSignal))}
        )
        found = [
            dated
            for n in range(7)
            for dated in occurrences(
                rare, first + timedelta(days=n), self.planning.place, desk.hijri, desk.official, desk.correction
            )
        ]
        bare = type(laid.plan)(strips=laid.plan.strips)
        return WeekView(state, week_of(bare, self.planning.zone, first), laid, tuple(found))

    async def versions(self, channel: str, limit: int) -> tuple[GridVersion, ...]:
        """Return the newest versions, drafts among them."""
        self.planning.channel(channel)
        return await self.planning.store.versions(channel, limit)

    async def check(
        self, channel: str, grid: Grid | None, change: tuple[str, EntryChange] | None, until: date | None, now: datetime
    ) -> Checked:
        """Judge the coming days by `grid` (None: what staff work on), as it would be after `change`."""
        state = await self.state(channel)
        found, unreadable = (grid, ()) if grid is not None else (state.grid, state.findings)
        if change is not None:
            found = self._changed(found, *change, await self._ramadan())[0]
        span = LOOKED_AHEAD
        if until is not None:
            days = (until - now.astimezone(self.planning.zone).date()).days + 1
            span = min(max(span, timedelta(days=days)), FURTHEST_CHECK)
        examined = await self.planning.check(channel, found, now, span)
        late = await self.planning.late(channel, examined, now)
        return Checked(found, (*(f for f in unreadable if f not in examined.findings), *examined.findings), late)

    async def tried(self, grid: Grid, name: str, change: EntryChange, *, remove: bool) -> Grid:
        """Return `grid` as a change, or a removal of the days that it names, would make it; nothing is kept.

        Raises UnknownName, ChangeRefused.
        """
        ramadan = await self._ramadan()
        if not remove:
            return self._changed(grid, name, change, ramadan)[0]
        return self._removed(grid, name, change.scope, change.day, ramadan)

    # ---- changing the draft ----

    async def put(
        self, channel: str, grid: Grid, revision: int, actor: Actor, now: datetime, note: str = ""
    ) -> GridState:
        """Keep a whole grid as the draft. Raises Superseded."""
        before = await self.state(channel)
        if len({e.id for e in grid.entries}) != len(grid.entries):
            raise ChangeRefused("grid.entries", "ada dua entri dengan nama yang sama", "two entries have one name")
        return await self._kept(before, grid, revision, actor, now, note)

    async def change(
        self, channel: str, name: str, change: EntryChange, revision: int, actor: Actor, now: datetime
    ) -> tuple[GridState, Entry]:
        """Change an entry; return the draft, and the entry that has what was asked for. Raises Superseded."""
        before = await self._at(channel, revision)
        await self._check_names(channel, change.programme, change.content)
        grid, entry = self._changed(before.grid, name, change, await self._ramadan())
        return await self._kept(before, grid, revision, actor, now), entry

    async def add(
        self, channel: str, entry: Entry, revision: int, actor: Actor, now: datetime
    ) -> tuple[GridState, Entry]:
        """Add an entry under a name of its own. Raises Superseded."""
        before = await self._at(channel, revision)
        await self._check_names(channel, entry.programme, entry.content)
        if len(before.grid.entries) >= MOST_ENTRIES:
            raise LpplError(
                f"Pola acara ini sudah {MOST_ENTRIES} entri; hapus yang sudah lewat dulu.",
                f"This grid has {MOST_ENTRIES} entries; remove what is over first.",
            )
        made = entry.model_copy(update={"id": slug(entry.programme, [e.id for e in before.grid.entries])})
        grid = before.grid.model_copy(update={"entries": (*before.grid.entries, made)})
        return await self._kept(before, grid, revision, actor, now), made

    async def remove(
        self, channel: str, name: str, scope: Scope, day: date | None, revision: int, actor: Actor, now: datetime
    ) -> GridState:
        """Take an entry out, or days of it. Raises UnknownName, Superseded."""
        before = await self._at(channel, revision)
        grid = self._removed(before.grid, name, scope, day, await self._ramadan())
        return await self._kept(before, grid, revision, actor, now)

    async def copy_week(
        self, channel: str, source: date, target: date, revision: int, actor: Actor, now: datetime
    ) -> GridState:
        """Lay the week from Monday `source` over the week from Monday `target`. Raises Superseded, ChangeRefused."""
        before = await self._at(channel, revision)
        for name, day in (("source", source), ("target", target)):
            if day.weekday():
                raise ChangeRefused(name, "minggu mulai pada hari Senin", "a week begins on a Monday")
        grid = copy_week(before.grid, source, target, f"{target:%y%m%d}", await self._ramadan())
        return await self._kept(before, grid, revision, actor, now, f"salin minggu {source} ke {target}")

    async def discard(self, channel: str, revision: int, actor: Actor, now: datetime) -> None:
        """Throw the draft away. Raises NothingToPublish where there is none, Superseded."""
        draft = await self.planning.store.draft(channel)
        if draft is None:
            raise NothingToPublish(channel)
        await self.planning.store.discard_draft(channel, expected=revision)
        # whole: nothing else keeps it any more
        await self._told(actor, "draft.discard", now, channel, str(draft.number), draft.document)

    async def import_text(
        self, channel: str, text: str, source: str, revision: int, actor: Actor, now: datetime
    ) -> Imported:
        """Keep a grid file as the draft. Raises GridTextInvalid, Superseded."""
        done = await grids.import_text(self.planning, channel, text, source, actor.name, now, revision)
        return await self._imported(done, actor, now, source)

    async def import_schedule(self, channel: str, revision: int, actor: Actor, now: datetime) -> Imported:
        """Keep the schedule file as the draft. Raises ScheduleInvalid, LpplError, Superseded."""
        done = await grids.import_schedule(self.planning, channel, actor.name, now, revision)
        return await self._imported(done, actor, now, "jadwal")

    # ---- the air ----

    async def publish(self, channel: str, revision: int, reason: str, actor: Actor, now: datetime) -> Published:
        """Put the draft in force. Raises NothingToPublish, ReasonNeeded, Superseded."""
        self.planning.channel(channel)
        done = await self.planning.publish(channel, actor.name, now, reason, revision)
        after = {"version": done.version.number, "reason": reason, "findings": list(done.version.findings)}
        await self._told(actor, "grid.publish", now, channel, str(done.version.number), None, after)
        return done

    async def withdraw(self, channel: str, number: int, reason: str, actor: Actor, now: datetime) -> GridVersion | None:
        """Take a published version back; return the one that is in force then. Raises UnknownVersion, LpplError."""
        await self.state(channel, number)
        force = await self.planning.withdraw(channel, number, reason)
        after = {"reason": reason, "in_force": force.number if force else None}
        await self._told(actor, "grid.withdraw", now, channel, str(number), None, after)
        return force

    # ---- parts ----

    async def _ramadan(self) -> InRamadan:
        table = (await self.planning.laid_down()).hijri
        return lambda day: in_ramadan(day, table)

    async def _at(self, channel: str, revision: int) -> GridState:
        """Return what staff work on. Raises Superseded when it is not `revision` any more."""
        state = await self.state(channel)
        if state.revision != revision:
            raise Superseded(state.version)
        return state

    def _changed(self, grid: Grid, name: str, change: EntryChange, ramadan: InRamadan) -> tuple[Grid, Entry]:
        try:
            return changed(grid, name, change, ramadan)
        except KeyError:
            raise UnknownName(("entri", "entry"), name, [e.id for e in grid.entries]) from None

    def _removed(self, grid: Grid, name: str, scope: Scope, day: date | None, ramadan: InRamadan) -> Grid:
        try:
            return removed(grid, name, scope, day, ramadan)
        except KeyError:
            raise UnknownName(("entri", "entry"), name, [e.id for e in grid.entries]) from None

    async def _check_names(self, channel: str, programme: str | None, content: Any) -> None:
        """Raise ChangeRefused, with its field, for a name that nobody knows."""
        known = await self.planning.laid_down()
        if programme is not None and programme not in known.programmes:
            raise _unknown("programme", UnknownName(("mata acara", "programme"), programme, known.programmes))
        match content:
            case FromPlaylist(playlist=name) if name not in known.playlists:
                error = UnknownName(("daftar putar", "playlist"), name, known.playlists)
                raise _unknown("content.playlist", error)
            case FromRotation(rotation=str(name)) if name not in known.rotations:
                raise _unknown("content.rotation", UnknownName(("rotasi", "rotation"), name, known.rotations))
            case FromRotation(rotation=None, folders=()):
                raise ChangeRefused("content.rotation", "pilih rotasi atau folder", "choose a rotation or folders")
            case Simulcast(channel=name) if name == channel or name not in {
                c.id for c in self.planning.settings.channels
            }:
                raise ChangeRefused("content.channel", "pilih kanal lain yang ada", "choose another channel")

    async def _kept(
        self, before: GridState, grid: Grid, revision: int, actor: Actor, now: datetime, note: str = ""
    ) -> GridState:
        version = await self.planning.save_draft(before.channel, grid, actor.name, now, note, revision)
        titles = {name: p.title for name, p in (await self.planning.programmes()).items()}
        changes = compare(before.grid, grid, titles)
        await self._told(
            actor, "draft.save", now, before.channel, str(version.number), _side(changes, "before"),
            _side(changes, "after"),
        )  # fmt: skip
        return GridState(before.channel, version, grid, (), before.in_force)

    async def _imported(self, done: Imported, actor: Actor, now: datetime, source: str) -> Imported:
        after = {"source": source, "documents": [f"{kind.value} {name}" for kind, name in done.documents]}
        await self._told(
            actor, "draft.import", now, done.version.channel, str(done.version.number), None, after
        )  # fmt: skip
        for (kind, name), (was, said) in done.changes.items():
            await record_saved(self.audit, self.bus, kind, name, was, said, actor, now)
        return done

    async def _told(
        self, actor: Actor, action: str, now: datetime, channel: str, name: str, before: Any, after: Any = None
    ) -> None:
        await self.audit.record(actor, action, now, channel=channel, object=name, before=before, after=after)
        what = "grid" if action.startswith("grid.") else "draft"
        self.bus.publish(PlanChanged(channel, what, actor.name))


def _side(changes: Sequence[Change], side: str) -> Mapping[str, str]:
    return {c.entry: getattr(c, side) for c in changes[:200]}


def _unknown(field: str, error: LpplError) -> ChangeRefused:
    return ChangeRefused(field, error.indonesian, error.english)
