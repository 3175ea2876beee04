"""The planning desk's logs, all from the journal: what aired, beside what was planned; proof of airing; the guide."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lppl.desk.grid import UnknownName
from lppl.desk.planning import PlanningDesk
from lppl.desk.rundown import edits, sentence
from lppl.errors import NotThere
from lppl.journal import Entry
from lppl.quanta import Quanta, at_or_after
from lppl.report_store import ReportStore
from lppl.rundown import Line, line_from_json
from scheduler.agenda import day_bounds
from scheduler.as_run import DailyLog, daily_log
from scheduler.comparison import Difference, compare
from scheduler.exports.reports import Letterhead
from scheduler.grid import Episodes
from scheduler.guide import GuideChannel, GuideEntry, guide
from scheduler.indonesian import full_date
from scheduler.proof import OrderProof, proofs

LONGEST_PROOF = timedelta(days=400)


class NotKept(NotThere):
    """The running order of a day was not kept, so nothing can be compared with it. `channel`: its name."""

    def __init__(self, channel: str, day: date) -> None:
        super().__init__(
            f"Rencana {channel} untuk {full_date(day)} tidak tersimpan: layanan mati ketika hari itu mulai.",
            f"What {channel} had planned for {day} was not kept: the service did not run when the day began.",
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """Planned against aired for [start, end) of a day."""

    differences: tuple[Difference, ...]
    start: Quanta
    end: Quanta


def letterhead(desk: PlanningDesk, channel: str, now: datetime) -> Letterhead:
    """Return what every report carries; `channel` is a channel's name, or empty."""
    station = desk.settings.station
    return Letterhead(station.name, station.place, channel, desk.zone, now)


async def day_log(desk: PlanningDesk, channel: str, day: date) -> DailyLog:
    """Return the log of what aired on a local day."""
    entries = await desk.aired(channel, day, day)
    return await asyncio.to_thread(daily_log, channel, day, desk.zone, entries, await desk.programmes())


async def compared(desk: PlanningDesk, channel: str, day: date, now: datetime) -> Compared:
    """Return what became of everything that was planned for a day, up to `now`. Raises NotKept."""
    planned = await desk.planned_day(channel, day)
    if not planned:
        raise NotKept(desk.channel(channel).name, day)
    start, end = day_bounds(day, desk.zone)
    entries = await desk.aired(channel, day, day)
    told = {Quanta(t.row.at): f"disunting {t.row.author}: {sentence(t, desk)}" for t in await edits(desk, channel, day)}
    until = min(end, at_or_after(now))
    found = await asyncio.to_thread(compare, planned, entries, Quanta(until), told)
    return Compared(found, start, end)


async def proof(
    desk: PlanningDesk, order: str, first: date | None, last: date | None, now: datetime
) -> tuple[OrderProof, date, date]:
    """Return when the spots of an order aired on all channels, and the days looked at: its flight, up to today.

    Raises UnknownName.
    """
    orders = {o.id: o for o in (await desk.laid_down()).orders}
    if order not in orders:
        raise UnknownName(("pesanan", "order"), order, orders)
    today = now.astimezone(desk.zone).date()
    last = min(last or orders[order].last, today)
    first = max(first or orders[order].first, last - LONGEST_PROOF)
    planned: dict[str, Sequence[Line]] = {}
    aired: dict[str, Sequence[Entry]] = {}
    for channel in (c.id for c in desk.settings.channels):
        if first <= last and (not orders[order].channels or channel in orders[order].channels):
            start, end = day_bounds(first, desk.zone)[0], day_bounds(last, desk.zone)[1]
            kept = await ReportStore(desk.library.engine).planned_with(order, channel, first, last)
            planned[channel] = [line_from_json(said) for said in kept]
            aired[channel] = await desk.as_run.of_order(order, channel, start, end)
    found = await asyncio.to_thread(proofs, planned, aired, desk.zone)
    return next((p for p in found if p.order == order), OrderProof(order, (), 0)), first, last


async def guide_of(
    desk: PlanningDesk, channels: Sequence[str], first: date, days: int, now: datetime
) -> tuple[list[GuideChannel], list[GuideEntry]]:
    """Return the guide of some channels for `days` local days from `first` on: aired, then planned."""
    known = await desk.programmes()
    entries: list[GuideEntry] = []
    heads = [GuideChannel(c.id, c.name) for c in map(desk.channel, channels)]
    today, present = now.astimezone(desk.zone).date(), at_or_after(now)
    last = first + timedelta(days=days - 1)
    start, end = day_bounds(first, desk.zone)[0], day_bounds(last, desk.zone)[1]
    for channel in channels:
        # one day more on both sides, so that programmes across midnight are whole
        aired = await desk.aired(channel, first - timedelta(days=1), min(today, last + timedelta(days=1)))
        planned = (await desk.order(channel, today, max(today, last) + timedelta(days=1), now)).lines
        reruns = await _reruns(desk, channel, planned, aired)
        entries += await asyncio.to_thread(guide, channel, planned, aired, known, present, reruns)
    return heads, [e for e in entries if at_or_after(e.end) > start and at_or_after(e.start) < end]


async def entries_again(desk: PlanningDesk, channel: str) -> frozenset[str]:
    """Return the entries of the published grid that air again what aired before."""
    version = await desk.store.in_force(channel)
    grid = await desk.grid(channel, version.number) if version else None
    entries = grid.entries if grid else ()
    return frozenset(e.id for e in entries if isinstance(e.content, Episodes) and e.content.rerun)


async def _reruns(desk: PlanningDesk, channel: str, planned: Sequence[Line], aired: Sequence[Entry]) -> frozenset[str]:
    again = await entries_again(desk, channel)
    slots = {line.slot for line in planned} | {e.item.slot for e in aired}
    return frozenset(slot for slot in slots if slot.partition("@")[0] in again)
