"""The planning desk: what staff do with the weekly grid, running orders and logs, as functions over the records.

Commands and pages call these and only show what comes back. The air role is never asked: it follows the records, and
tells what it does by the journal and by files.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel

from lppl.config import ChannelSettings, Settings
from lppl.derived import Variant, derived_id
from lppl.desk.as_run import AsRun
from lppl.desk.errors import (
    AlreadyAiring,
    NothingToPublish,
    ReasonNeeded,
    TooFarAhead,
    UnknownChannel,
    UnknownVersion,
)
from lppl.errors import LpplError
from lppl.journal import Entry
from lppl.library import Library
from lppl.media import AssetId, ChannelKind, HouseId, Material, Shelf
from lppl.plan_store import Check, GridVersion, Json, Kind, Look, PlanStore, Superseded
from lppl.ports import Aired
from lppl.programme import Programme
from lppl.quanta import Quanta, at_or_after, starting
from lppl.rundown import Line, Rundown, line_from_json, line_to_json
from lppl.station.builtin import BuiltinMaker
from lppl.station.graphics import keep_logo
from lppl.station.planning import common_documents, documents_of
from lppl.station.state import AirStatus, plan_file, read_documents, read_rundown, rundown_file
from lppl.station.work import restricted
from scheduler.agenda import Agenda, day_bounds
from scheduler.choice import Surroundings
from scheduler.documents import Documents, LaidOut, desk_of, laid_out
from scheduler.edits import Edit
from scheduler.examination import Examined, examine
from scheduler.file_plan import plan_of
from scheduler.findings import Finding
from scheduler.forecast import Late, Waiting, forecast
from scheduler.grid import Change, Grid, compare, copy_week, read_grid
from scheduler.hijri import in_ramadan
from scheduler.laying_out import Desk, dress
from scheduler.memory import aired_line
from scheduler.plan import Fixed, Plan
from scheduler.planner import read_schedule_file
from scheduler.prayer import Place
from scheduler.rundown import catalogue_of, compose
from scheduler.timing import Timing, timings

LOOKED_AHEAD = timedelta(days=7)
FURTHEST = timedelta(days=62)
"""Running orders are shown so far ahead: each day builds on the one before."""
PAST = Quanta(8 * 270_000)
"""How much of the past rotations look at: 8 days."""
SLATE = Material(HouseId("slate.none"), AssetId("slate"), "Gambar siaga", Quanta(94))
"""Stands for the slate where only a plan is made."""
Edits = Mapping[str, Mapping[str, Any]]
"""Edits of a running order: their documents by number."""
FALLBACK_SPEED = {ChannelKind.TV: 2.0, ChannelKind.RADIO: 20.0}
"""Seconds conformed in a second, before anything was measured."""
T = TypeVar("T")
_builder = ThreadPoolExecutor(1, thread_name_prefix="building")
"""Building days takes a core for as long as a few seconds: one at a time in a process, beside the air."""


@dataclass(frozen=True, slots=True)
class Published:
    """What became of publishing: the version, what was found, what will not be rendered in time."""

    version: GridVersion
    findings: tuple[Finding, ...]
    late: tuple[Late, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """The running order of some local days, and how the slots that open in them come out."""

    lines: tuple[Line, ...]
    timings: tuple[Timing, ...]


class _NoStock:
    """Nothing to air: enough where only slots are asked for."""

    def of_fixed(self, event: Fixed) -> Material | None:
        return None

    def length_at(self, path: str) -> Quanta | None:
        return None


NO_STOCK = _NoStock()


@dataclass(frozen=True)
class _Situation:
    """All that planning a channel needs, read at one moment."""

    channel: ChannelSettings
    documents: Documents
    shelf: Shelf
    now: Quanta
    ident: Material | None


async def _built(build: Callable[[], T]) -> T:
    """Return what `build` makes when its turn comes; whoever goes away while waiting takes no turn."""
    return await asyncio.get_running_loop().run_in_executor(_builder, build)


class PlanningDesk:
    """What staff can do. `now` is injected for tests; all times are aware UTC."""

    def __init__(self, settings: Settings, library: Library) -> None:
        self.settings, self.library = settings, library
        self.store = PlanStore(library.engine)
        self.as_run = AsRun(library.engine, settings.data_dir / "journal")
        self.zone = settings.station.zone
        self.place = Place(settings.station.latitude, settings.station.longitude, self.zone)

    def channel(self, name: str) -> ChannelSettings:
        """Return a channel. Raises UnknownChannel."""
        found = next((c for c in self.settings.channels if c.id == name), None)
        if found is None:
            raise UnknownChannel(name, [c.id for c in self.settings.channels])
        return found

    # ---- documents ----

    async def save(
        self, kind: Kind, name: str, document: BaseModel, now: datetime, look: Look | None = None
    ) -> Json | None:
        """Keep a document; return what it was. Raises what `look`, which is shown that first, raises."""
        # whole: what tells one kind of fixed event from another is a default too
        return await self.store.save_document(kind, name, document.model_dump(mode="json"), now, look)

    async def programmes(self) -> Mapping[str, Programme]:
        """Return the programmes by id."""
        return (await self.laid_down()).programmes

    async def laid_down(self) -> Desk:
        """Return everything that is laid down for all channels."""
        return desk_of(await common_documents(self.store))[0]

    # ---- the grid ----

    async def grid(self, channel: str, number: int | None = None) -> Grid:
        """Return a version of the grid; without a number the draft, else what is in force, else an empty one.

        Raises UnknownVersion.
        """
        self.channel(channel)
        if number is not None:
            version = await self.store.version(channel, number)
            if version is None:
                raise UnknownVersion(channel, number)
        else:
            version = await self.store.draft(channel) or await self.store.in_force(channel)
        return read_grid(version.document)[0] if version else Grid()

    async def save_draft(
        self, channel: str, grid: Grid, author: str, now: datetime, note: str = "", expected: int | None = None
    ) -> GridVersion:
        """Keep `grid` as the draft of its channel; the air is not touched.

        Raises Superseded when `expected`, the revision that was looked at, is not the present one.
        """
        self.channel(channel)
        base = await self.store.in_force(channel)
        document = grid.model_dump(mode="json")
        return await self.store.save_draft(
            channel, document, author, now, note=note, base=base.number if base else None, expected=expected
        )

    async def compare(self, channel: str, old: int | None, new: int | None) -> tuple[Change, ...]:
        """Return what differs: versions by number; None is the draft for `new`, what is in force for `old`."""
        force = await self.store.in_force(channel)
        number = old if old is not None else force.number if force else None
        before = Grid() if number is None else await self.grid(channel, number)
        after = await self.grid(channel, new)
        titles = {name: p.title for name, p in (await self.programmes()).items()}
        return compare(before, after, titles)

    async def copy_week(self, channel: str, source: date, target: date, author: str, now: datetime) -> GridVersion:
        """Lay the week from Monday `source` over the week from Monday `target`, in the draft. Raises ValueError."""
        hijri = (await self.laid_down()).hijri
        grid = copy_week(
            await self.grid(channel), source, target, f"{target:%y%m%d}", lambda day: in_ramadan(day, hijri)
        )
        return await self.save_draft(channel, grid, author, now, f"salin minggu {source} ke {target}")

    async def check(self, channel: str, grid: Grid | None, now: datetime, span: timedelta = LOOKED_AHEAD) -> Examined:
        """Build the coming days by `grid` (None: what is in force) and judge them."""
        situation = await self._situation(channel, now)
        document = None if grid is None else grid.model_dump(mode="json")
        past, others = await self._past(channel, situation.now), await self._others(channel)
        end = at_or_after(now + span)
        return await _built(lambda: self._examined(situation, document, past, end, others))

    async def plan_of(self, channel: str, grid: Grid, now: datetime) -> Plan:
        """Return what `grid` means for a channel, with its rules and edits."""
        return (await self.laid_out(channel, grid, now)).plan

    async def laid_out(self, channel: str, grid: Grid, now: datetime) -> LaidOut:
        """Return what `grid` means for a channel, and what it was made from. No material is looked at."""
        settings = self.channel(channel)
        documents = replace(await documents_of(self.store, channel, now), grid=grid.model_dump(mode="json"))
        return await asyncio.to_thread(self._laid_out, settings, documents, at_or_after(now))

    async def publish(
        self, channel: str, author: str, now: datetime, reason: str = "", expected: int | None = None
    ) -> Published:
        """Put the draft in force. Raises NothingToPublish, and ReasonNeeded for severe findings without a reason.

        Raises Superseded when `expected`, the revision that was looked at, is not the present one.
        """
        draft = await self.store.draft(channel)
        if draft is None:
            raise NothingToPublish(channel)
        if expected not in (None, draft.revision):
            raise Superseded(draft)
        grid, unreadable = read_grid(draft.document)
        examined = await self.check(channel, grid, now)
        severe = (*(f for f in unreadable if f not in examined.findings), *examined.severe)
        if severe and not reason.strip():
            raise ReasonNeeded(severe)
        told = [f"{f.rule}: {f.indonesian}" for f in severe]
        seen = draft.revision if expected is None else expected
        await self.store.publish(
            channel, draft.number, author, now, reason=reason.strip(), findings=told, expected=seen
        )
        version = await self.store.version(channel, draft.number)
        assert version is not None
        return Published(version, examined.findings, await self.late(channel, examined, now))

    async def withdraw(self, channel: str, number: int, reason: str) -> GridVersion | None:
        """Take a published version back; return the one that is in force then. Raises LpplError for another."""
        if not await self.store.withdraw(channel, number, reason):
            raise LpplError(f"Versi {number} tidak sedang terbit.", f"Version {number} is not published.")
        return await self.store.in_force(channel)

    async def late(self, channel: str, examined: Examined, now: datetime) -> tuple[Late, ...]:
        """Return what of a plan will not be rendered or conformed when it is needed."""
        settings = self.channel(channel)
        waiting = await self.library.jobs.waiting()
        queue = [Waiting(w.title, w.duration_s, w.needed) for w in waiting]
        known = {w.asset for w in waiting}
        for wish in sorted(examined.wishes, key=lambda w: w.needed):
            variant = wish.specification
            if isinstance(variant, Variant) and derived_id(variant) not in known:
                material = next((x for x in examined.rundown if x.material.asset == variant.asset), None)
                seconds = material.material.quanta * 0.32 if material else 0.0
                queue.append(Waiting(material.material.title if material else "", seconds, wish.needed))
        speed = await self.library.jobs.speed(self.settings.profile(settings).recipe)
        _, late = forecast(queue, speed or FALLBACK_SPEED[settings.kind], self.settings.conform_jobs, now)
        return late

    # ---- running orders ----

    async def rundown(self, channel: str, day: date, now: datetime) -> tuple[Line, ...]:
        """Return the running order of a local day: as the air role has planned it, and beyond that as it would."""
        return (await self.order(channel, day, day, now)).lines

    async def order(
        self, channel: str, first: date, last: date, now: datetime, *, otherwise: Edits | None = None
    ) -> Order:
        """Return the running order of the local days [first, last], from about now on, and how its slots come out.

        `otherwise`: with these edits in place of those in force. What the air role has told needs no library.
        """
        if last > now.astimezone(self.zone).date() + FURTHEST:
            raise TooFarAhead(FURTHEST.days)
        span = day_bounds(first, self.zone)[0], day_bounds(last, self.zone)[1]
        settings, at = self.channel(channel), at_or_after(now)
        documents = await documents_of(self.store, channel, now)
        if otherwise is not None:
            documents = replace(documents, edits=otherwise)
        lines = await asyncio.to_thread(self._standing, channel, documents, at)
        if lines and lines[-1].end >= span[1]:
            return await asyncio.to_thread(self._told_order, settings, documents, lines, span, at)
        situation = await self._situation(channel, now, documents)
        past, others = await self._past(channel, situation.now), await self._others(channel)
        return await _built(lambda: self._ordered(situation, lines, span, past, others))

    async def order_of(
        self, channel: str, day: date, now: datetime, remains: Callable[[Material], bool]
    ) -> tuple[Line, ...]:
        """Return the lines that a local day would have, from now on, if only what `remains` were in the library."""
        s = await self._situation(channel, now)
        shelf = Shelf({asset: material for asset, material in s.shelf.materials.items() if remains(material)})
        past, others = await self._past(channel, s.now), await self._others(channel)
        span = day_bounds(day, self.zone)
        order = await _built(lambda: self._ordered(replace(s, shelf=shelf), (), span, past, others))
        return order.lines

    def _told(self, channel: str) -> tuple[Line, ...]:
        return read_rundown(self.settings, channel)

    def _standing(self, name: str, documents: Documents, now: Quanta) -> tuple[Line, ...]:
        """Return what of the air role's running order still holds: all of it, or after a change what has begun."""
        told = self._told(name)
        if not told or told[-1].end <= now or self._taken(name, documents):
            return told if told and told[-1].end > now else ()
        open_from = self.open_from(name, now)
        return tuple(line for line in told if line.start < open_from)

    def _taken(self, name: str, documents: Documents) -> bool:
        """Tell whether the air role has planned with the documents as they are now."""
        kept, order = plan_file(self.settings, name), rundown_file(self.settings, name)
        known = read_documents(self.settings, name)
        try:
            fresh = kept.stat().st_mtime_ns <= order.stat().st_mtime_ns
        except OSError:
            return False
        return fresh and known is not None and replace(known, airings=()) == replace(documents, airings=())

    def _ordered(
        self,
        s: _Situation,
        lines: tuple[Line, ...],
        span: tuple[Quanta, Quanta],
        past: Sequence[Aired],
        others: Mapping[str, Rundown],
    ) -> Order:
        """Plan on from `lines` to the end of `span`; blocking."""
        end = span[1]
        found = self._laid_out(s.channel, s.documents, s.now)
        catalogue = catalogue_of(s.shelf, s.ident, SLATE)
        reached = lines[-1].end if lines else s.now
        if reached < end:
            before = [x for x in past if not lines or x.start < lines[0].start] + [aired_line(x) for x in lines]
            around = self._around(s, found, others)
            lines += compose(
                found.plan, catalogue, s.ident, SLATE, self.zone, reached, end, before, around
            ).rundown.lines  # fmt: skip
        return self._cut_out(found.plan, lines, span)

    def _told_order(
        self,
        channel: ChannelSettings,
        documents: Documents,
        lines: tuple[Line, ...],
        span: tuple[Quanta, Quanta],
        now: Quanta,
    ) -> Order:
        """Return `span` of what the air role has told; blocking."""
        return self._cut_out(self._laid_out(channel, documents, now).plan, lines, span)

    def _cut_out(self, plan: Plan, lines: tuple[Line, ...], span: tuple[Quanta, Quanta]) -> Order:
        start, end = span
        near = tuple(line for line in lines if line.end > start and line.start < end)
        slots = Agenda(plan, self.zone, start, end, NO_STOCK).slots if near else ()
        return Order(near, timings(lines, [x for x in slots if start <= x.opens < end]))

    async def edit(self, channel: str, edit: Edit, author: str, now: datetime, *, check: Check | None = None) -> int:
        """Keep an edit; return its number. Raises AlreadyAiring for what is committed, and what `check` raises."""
        self.channel(channel)
        open_from = await asyncio.to_thread(self.open_from, channel, at_or_after(now))
        touched = min(edit.at, edit.put.at) if edit.put else edit.at
        if touched < open_from:
            # the next whole second, so that what it says can be typed
            local = (starting(open_from) + timedelta(microseconds=999_999)).astimezone(self.zone)
            raise AlreadyAiring(f"{local:%H.%M.%S}")
        return await self.store.add_edit(channel, Quanta(edit.at), edit.model_dump(mode="json"), author, now, check)

    def open_from(self, channel: str, now: Quanta) -> Quanta:
        """Return the first air time that edits can still change: the end of what runs. Reads a small file."""
        try:
            status = AirStatus.from_json((self.settings.data_dir / "state" / "air.json").read_bytes())
            return Quanta(max(status.channels[channel].stop, now))
        except (OSError, ValueError, KeyError, TypeError):
            return now

    async def undo(self, channel: str, number: int, now: datetime) -> None:
        """Take an edit back. Raises LpplError when there is none."""
        if not await self.store.withdraw_edit(channel, number, now):
            raise LpplError(f"Suntingan {number} tidak ada atau sudah dicabut.", f"There is no edit {number} in force.")

    async def asset_at(self, channel: str, path: str) -> Material:
        """Return the material of a path on the shelf of a channel. Raises LpplError while it is not ready."""
        found = (await self._shelf(self.channel(channel))).at_path(path)
        if found is None:
            raise LpplError(f"Materi {path} belum ada atau belum siap tayang.", f"{path} is missing or not ready.")
        return found

    # ---- what aired ----

    async def aired(self, channel: str, first: date, last: date) -> list[Entry]:
        """Return the journal's entries that touch the local days [first, last]."""
        self.channel(channel)
        return await self.as_run.between(channel, day_bounds(first, self.zone)[0], day_bounds(last, self.zone)[1])

    async def planned_day(self, channel: str, day: date) -> tuple[Line, ...]:
        """Return the running order of a day as it was planned; empty when it was not kept."""
        kept = await self.store.kept_day(channel, day.isoformat())
        return tuple(line_from_json(said) for said in kept or ())

    async def keep_day(self, channel: str, day: date, now: datetime) -> bool:
        """Keep the running order of a day as it stands now; tell whether it was not kept before."""
        lines = await self.rundown(channel, day, now)
        return await self.store.keep_day(channel, day.isoformat(), [line_to_json(x) for x in lines], now)

    # ---- reading what planning needs ----

    async def _shelf(self, channel: ChannelSettings) -> Shelf:
        return restricted(await self.library.shelf(self.settings.profile(channel)), channel.folders)

    async def _situation(self, name: str, now: datetime, documents: Documents | None = None) -> _Situation:
        channel = self.channel(name)
        documents = documents or await documents_of(self.store, name, now)
        ident = await asyncio.to_thread(BuiltinMaker(self.settings, channel).ident_if_made)
        return _Situation(channel, documents, await self._shelf(channel), at_or_after(now), ident)

    async def _past(self, channel: str, now: Quanta) -> list[Aired]:
        return await self.library.last_aired(channel, Quanta(now - PAST))

    async def _others(self, channel: str) -> Mapping[str, Rundown]:
        """Return the running orders of the other channels, for simulcasts."""
        names = [c.id for c in self.settings.channels if c.id != channel]
        return {name: Rundown(await asyncio.to_thread(self._told, name)) for name in names}

    def _laid_out(self, channel: ChannelSettings, documents: Documents, now: Quanta) -> LaidOut:
        read = read_schedule_file(self.settings.schedule_file(channel), channel.kind)
        return laid_out(channel.id, documents, plan_of(read.schedule, self.zone), self.zone, self.place, now)

    def _around(self, s: _Situation, found: LaidOut, others: Mapping[str, Rundown]) -> Surroundings:
        told = {(x.start, x.slot): x.material.asset for x in self._told(s.channel.id) if x.slot}
        rules = found.sheet.rules
        if s.channel.kind is not ChannelKind.TV:
            return Surroundings(told, others)
        logo = keep_logo(self.settings, rules.logo) if rules.logo else ""
        return Surroundings(told, others, dress(rules, found.desk.programmes, logo))

    def _examined(
        self,
        s: _Situation,
        grid: Mapping[str, Any] | None,
        past: Sequence[Aired],
        end: Quanta,
        others: Mapping[str, Rundown],
    ) -> Examined:
        """Build and judge; blocking. `grid` stands for the published one."""
        documents = s.documents if grid is None else replace(s.documents, grid=grid)
        found = self._laid_out(s.channel, documents, s.now)
        catalogue = catalogue_of(s.shelf, s.ident, SLATE)
        return examine(
            found.plan, found.desk, s.channel.kind, catalogue, (s.ident, SLATE), self.zone, (s.now, end), past,
            self._around(s, found, others),
        )  # fmt: skip
