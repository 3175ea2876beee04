"""Changing a running order by hand, by several people at once: each edit is compared with what came since it was
looked at, and whoever comes second is told before anything is kept (:mod:`lppl.desk.overlap`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lppl.audit import Actor, AuditLog
from lppl.desk.day import DayDesk
from lppl.desk.overlap import Seen, Touched, meeting, touched
from lppl.desk.planning import Edits
from lppl.desk.rundown import LONG_AGO, NoSuchLine, ToldEdit, sentences, told
from lppl.errors import LpplError, NotThere
from lppl.events import Bus, PlanChanged
from lppl.media import AssetId
from lppl.plan_store import A_DAY, EditRow
from lppl.quanta import Quanta, at_or_after
from lppl.readiness import Airable, airable
from lppl.rundown import Line
from lppl.station.wants import below
from scheduler.agenda import day_bounds
from scheduler.edits import Edit

AN_HOUR = A_DAY // 24
NEAR = 3
"""Lines shown on either side of what two edits are both about."""
MOST_SHOWN = 16


class OrderedOnAir(LpplError):
    """An edit keeps what an operator ordered on the air; it is not taken back here."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Suntingan {number} adalah perintah dari Ruang Kendali; lanjutkan atau akhiri di sana.",
            f"Edit {number} is an order of the control room; go on, or end it, there.",
        )


class EditsMeet(LpplError):
    """Somebody else has changed the same lines or the same time since they were looked at.

    `theirs`: what they did. `now`: the lines there as they stand, `mine`: as they would be with this edit on top.
    `seen` accepts what they did.
    """

    def __init__(
        self, theirs: Sequence[ToldEdit], now: Sequence[Line], mine: Sequence[Line], seen: Seen, said: tuple[str, str]
    ) -> None:
        self.theirs, self.now, self.mine, self.seen = tuple(theirs), tuple(now), tuple(mine), seen
        super().__init__(*said)


class _Meets(Exception):
    """Carries what was found out of the transaction in which nothing is to be kept."""

    def __init__(self, theirs: Sequence[EditRow], rows: Sequence[EditRow]) -> None:
        self.theirs, self.rows = theirs, rows


@dataclass(frozen=True, slots=True)
class Looked:
    """What somebody looked at when they made an edit: a channel's day, and up to which state (None: does not matter).

    `accepts`: what came since up to this state is known, and the edit is wanted on top of it.
    """

    channel: str
    day: date
    seen: Seen | None = None
    accepts: Seen | None = None


class EditingDesk:
    """What people change by hand."""

    def __init__(self, days: DayDesk, audit: AuditLog, bus: Bus) -> None:
        self.days, self.planning = days, days.planning
        self._audit, self._bus = audit, bus

    # ---- what an edit is about ----

    async def line(self, at: Looked, name: str, now: datetime) -> Line:
        """Return the line that somebody means by its name (:func:`name_of`), where it is by now.

        What somebody else has taken away since is found as it was. Raises NoSuchLine.
        """
        day = await self.days.day(at.channel, at.day, now)
        planned = day.lines[day.aired :]
        found = named(planned, name)
        if found is None and at.seen is not None:
            rows = await self.planning.store.edits(at.channel, Quanta(day.start - A_DAY), withdrawn=True)
            if at.seen.since(rows):
                before = await self.planning.order(at.channel, at.day, at.day, now, otherwise=as_seen(rows, at.seen))
                seen = named(before.lines, name)
                found = seen and (the_same(planned, seen) or seen)
            else:
                found = wandered(planned, name)
        if found is None:
            raise NoSuchLine(
                "Baris itu tidak ada lagi: sudah tayang, atau susunannya berubah. Lihat rundown yang terbaru.",
                "That line is not there any more: it has aired, or the order has changed. Look at the newest one.",
            )
        return found

    async def material(self, channel: str, asset: AssetId) -> Airable:
        """Return an asset that may air on a channel, ready or not. Raises NotThere."""
        found = await self.planning.library.asset(asset)
        fitting = self._airable(channel, [found] if found else [])
        if not fitting:
            raise NotThere("Materi itu tidak ada untuk kanal ini.", "There is no such material for this channel.")
        return fitting[0]

    async def search(self, channel: str, words: str, offset: int, limit: int) -> tuple[list[Airable], int]:
        """Return one page of what may air on a channel, found by words, and how many assets match in all."""
        page = await self.planning.library.page(words, offset=offset, limit=limit)
        return self._airable(channel, page.assets), page.total

    def _airable(self, channel: str, assets: Sequence[Any]) -> list[Airable]:
        settings = self.planning.channel(channel)
        folders = settings.folders
        recipe = self.planning.settings.profile(settings).recipe
        return airable(assets, recipe, lambda path: not folders or any(below(path, f) for f in folders))

    # ---- keeping and taking back ----

    async def keep(self, at: Looked, edit: Edit, actor: Actor, now: datetime) -> ToldEdit:
        """Keep an edit; return it with its number.

        Raises EditsMeet, and AlreadyAiring for what is committed.
        """
        channel, known = at.channel, at.accepts or at.seen
        lengths = await self._lengths(at, edit, now)

        def check(rows: Sequence[EditRow]) -> None:
            if known is not None and (theirs := meeting(edit, known.since(rows), lambda a: lengths.get(a, 0))):
                raise _Meets(theirs, rows)

        try:
            number = await self.planning.edit(channel, edit, actor.name, now, check=check)
        except _Meets as met:
            raise await self._met(at, edit, met, lengths, now) from None
        kept = ToldEdit(EditRow(number, channel, Quanta(edit.at), edit.model_dump(), actor.name, now, None), edit)
        said = {"edit": sentences(kept, self.planning.zone)[0], "document": edit.model_dump(mode="json")}
        await self._audit.record(actor, "rundown.edit", now, channel=channel, object=str(number), after=said)
        self._bus.publish(PlanChanged(channel, "edits", actor.name))
        return kept

    async def withdraw(self, channel: str, number: int, actor: Actor, now: datetime) -> None:
        """Take an edit back. Raises NotThere, OrderedOnAir, and LpplError when it is not in force."""
        self.planning.channel(channel)
        rows = await self.planning.store.edits(channel, Quanta(at_or_after(now) - LONG_AGO), withdrawn=True)
        found = next((told(row) for row in rows if row.id == number), None)
        if found is None:
            raise NotThere(f"Suntingan {number} tidak ada.", f"There is no edit {number}.")
        if found.edit is not None and found.edit.ordered:
            raise OrderedOnAir(number)
        await self.planning.undo(channel, number, now)
        said = {"edit": sentences(found, self.planning.zone)[0], "author": found.row.author}
        await self._audit.record(actor, "rundown.withdraw", now, channel=channel, object=str(number), before=said)
        self._bus.publish(PlanChanged(channel, "edits", actor.name))

    async def _lengths(self, at: Looked, edit: Edit, now: datetime) -> Mapping[str, int]:
        """Return how long what airs on that day is, by asset: enough to know what meets."""
        day = await self.days.day(at.channel, at.day, now)
        lengths: dict[str, int] = {line.material.asset: line.material.quanta for line in day.lines}
        if edit.put is not None and edit.put.asset not in lengths:
            lengths[edit.put.asset] = (await self.material(at.channel, AssetId(edit.put.asset))).quanta
        return lengths

    async def _met(self, at: Looked, edit: Edit, met: _Meets, lengths: Mapping[str, int], now: datetime) -> EditsMeet:
        zone = self.planning.zone
        theirs = [told(row) for row in met.theirs]
        about = [touched(edit, lambda a: lengths.get(a, 0))]
        about += [touched(t.edit, lambda a: lengths.get(a, 0)) for t in theirs if t.edit is not None]
        in_force = {str(row.id): row.document for row in met.rows if row.withdrawn is None}
        on_top = {**in_force, str(max(row.id for row in met.rows) + 1): edit.model_dump(mode="json")}
        stands = await self.planning.order(at.channel, at.day, at.day, now)
        mine = await self.planning.order(at.channel, at.day, at.day, now, otherwise=on_top)
        who = ", ".join(dict.fromkeys(t.row.author for t in theirs))
        said = sentences(theirs[0], zone)
        start, end = day_bounds(at.day, zone)
        return EditsMeet(
            theirs,
            near(stands.lines, about, start, end),
            near(mine.lines, about, start, end),
            Seen.of(met.rows),
            (
                f"{who} mengubah bagian ini sesudah Anda membukanya: {said[0]}.",
                f"{who} changed this part after you had opened it: {said[1]}.",
            ),
        )


# ---- pure -------------------------------------------------------------------------------------------


def name_of(line: Line) -> str:
    """Return the name of a line in its running order: when it begins, and what airs."""
    return f"{line.start}.{line.material.asset}"


def named(lines: Sequence[Line], name: str) -> Line | None:
    """Return the line of that name."""
    return next((line for line in lines if name_of(line) == name), None)


def the_same(lines: Sequence[Line], seen: Line) -> Line | None:
    """Return the one line that is what `seen` was, whenever it begins; None when there is none, or more than one."""

    def what(line: Line) -> tuple[str, str, str]:
        return line.event, line.slot, line.material.asset

    same = [line for line in lines if what(line) == what(seen)]
    return same[0] if len(same) == 1 else None


def wandered(lines: Sequence[Line], name: str) -> Line | None:
    """Return the line that bore that name before the plan was made anew: of an asset that airs once, near by."""
    start, _, asset = name.partition(".")
    same = [line for line in lines if line.material.asset == asset]
    return same[0] if len(same) == 1 and abs(same[0].start - int(start)) < AN_HOUR else None


def as_seen(rows: Sequence[EditRow], seen: Seen) -> Edits:
    """Return the edits that were in force when somebody saw up to `seen`."""
    return {
        str(row.id): row.document
        for row in rows
        if row.id <= seen.number and (row.withdrawn is None or row.withdrawn > seen.withdrawn)
    }


def near(lines: Sequence[Line], about: Sequence[Touched], start: Quanta, end: Quanta) -> tuple[Line, ...]:
    """Return the lines of [start, end) that edits are about, with some on either side."""
    spans = [(max(a, start), min(b, end)) for t in about for a, b in t.spans if a < end and b > start]
    hit = [n for n, line in enumerate(lines) if any(line.start < b and a < line.end for a, b in spans)]
    if not hit:
        return ()
    first = max(0, hit[0] - NEAR)
    return tuple(lines[first : min(hit[-1] + NEAR + 1, first + MOST_SHOWN)])
