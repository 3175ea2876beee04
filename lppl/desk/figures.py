"""Figures of what aired, day by day: airtime by category, and the shares that the rules limit.

A day that is over is counted once and kept in memory until something that decides its figures changes: a month costs a
quarter of a second the first time, and nothing after that. Sums of days are sums of quanta; percentages are made last.
"""

import asyncio
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from lppl.desk.planning import PlanningDesk
from lppl.journal import Entry
from lppl.media import AssetId, ChannelKind, Material
from lppl.programme import NO_DETAILS, Category, Details
from lppl.quanta import Quanta, at_or_after
from lppl.report_store import ReportStore
from lppl.rundown import Line
from scheduler.agenda import day_bounds
from scheduler.as_run import Share, Totals, daily_log, percentages
from scheduler.laying_out import Desk
from scheduler.rules import DayShares, Planned, shares

AT_ONCE = 31
"""Days that are read in one go."""
MOST_KEPT = 4_000
DETAILS_AGAIN = timedelta(minutes=10)
SETTLED = timedelta(days=2)
"""After this long nothing is added to a day any more, even one of which the journal tells only a part."""


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What aired on one local day, [start, end) in quanta."""

    day: date
    start: Quanta
    end: Quanta
    totals: Totals
    shares: DayShares


def together(days: Sequence[DayFigures]) -> Totals:
    """Return the airtime of several days."""
    lengths = dict.fromkeys(Category, 0)
    for each in days:
        for share in each.totals.shares:
            lengths[share.category] += share.length
    percent = percentages(lengths)
    return Totals(
        tuple(Share(c, Quanta(n), percent[c]) for c, n in lengths.items()),
        Quanta(sum(lengths.values())),
        Quanta(sum(d.totals.off for d in days)),
        Quanta(sum(d.totals.unrecorded for d in days)),
    )


def shares_together(days: Sequence[DayFigures]) -> DayShares:
    """Return the shares of several days as those of one; `days` has at least one, whose last names the result."""
    names = [f.name for f in fields(DayShares) if f.name != "day"]
    sums = {name: sum(getattr(d.shares, name) for d in days) for name in names}
    return DayShares(days[-1].day, **sums)


class Figures:
    """The figures of all channels; one object for a process."""

    def __init__(self, desk: PlanningDesk) -> None:
        self._desk, self._store = desk, ReportStore(desk.library.engine)
        self._kept: OrderedDict[tuple[str, date], DayFigures] = OrderedDict()
        self._laid_down = Desk()
        self._changes = -1
        self._counting = asyncio.Lock()
        self._begun = datetime.min.replace(tzinfo=UTC)
        self._in_doubt = False
        """Whether something changed since `_begun` that may be a detail of an asset."""

    async def days(self, channel: str, first: date, last: date, now: datetime) -> list[DayFigures]:
        """Return the figures of the local days [first, last]. Raises UnknownChannel."""
        async with self._counting:  # whoever asks for the same meanwhile finds it counted
            return await self._days(channel, first, last, now)

    async def _days(self, channel: str, first: date, last: date, now: datetime) -> list[DayFigures]:
        kind = self._desk.channel(channel).kind
        laid_down = await self._decided(now)
        wanted = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        found = {day: kept for day in wanted if (kept := self._kept.get((channel, day)))}
        missing = [day for day in wanted if day not in found]
        for run in _runs(missing):
            entries = await self._desk.aired(channel, run[0], run[-1])
            local = await self._store.locality([*{e.item.asset for e in entries if e.item.asset}])
            made = await asyncio.to_thread(counted, channel, kind, run, entries, laid_down, local, self._desk.zone)
            found |= {each.day: each for each in made}
            self._kept |= {(channel, each.day): each for each in made if _is_settled(each, now)}
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return [found[day] for day in wanted]

    async def _decided(self, now: datetime) -> Desk:
        """Return what staff have laid down; forget the figures when that decides them otherwise.

        Plans change all day long, and hardly ever what counts here: programmes and orders. What staff say of single
        assets is looked at again after a while.
        """
        changes = await self._desk.store.change_counter()
        if changes != self._changes:
            found, known = await self._desk.laid_down(), self._laid_down
            if (found.programmes, found.orders) == (known.programmes, known.orders):
                self._in_doubt = True
            else:
                self._forget(now)
            self._laid_down, self._changes = found, changes
        if self._in_doubt and now - self._begun >= DETAILS_AGAIN:
            self._forget(now)
        return self._laid_down

    def _forget(self, now: datetime) -> None:
        self._kept.clear()
        self._begun, self._in_doubt = now, False


def _runs(days: Sequence[date]) -> Iterable[list[date]]:
    """Yield days that follow each other, at most `AT_ONCE` of them at once."""
    run: list[date] = []
    for day in days:
        if run and (day - run[-1] != timedelta(days=1) or len(run) == AT_ONCE):
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def _is_settled(figures: DayFigures, now: datetime) -> bool:
    """Tell whether nothing will be added to a day."""
    whole = not figures.totals.unrecorded
    return figures.end <= at_or_after(now if whole else now - SETTLED)


def counted(
    channel: str,
    kind: ChannelKind,
    days: Sequence[date],
    entries: Sequence[Entry],
    laid_down: Desk,
    local: Mapping[AssetId, bool],
    zone: ZoneInfo,
) -> list[DayFigures]:
    """Return the figures of `days`, which follow each other, from what aired on them. Pure; a month takes a while."""
    starts, ends = [e.item.start for e in entries], [e.end for e in entries]
    orders = {order.id: order for order in laid_down.orders}
    lines = [line_of(e, local) for e in entries if e.item.house is not None]
    found = shares(Planned(kind, zone, days, lines, laid_down.programmes, orders))
    made = []
    for day, share in zip(days, found, strict=True):
        start, end = day_bounds(day, zone)
        mine = entries[bisect_right(ends, start) : bisect_left(starts, end)]
        log = daily_log(channel, day, zone, mine, laid_down.programmes)
        made.append(DayFigures(day, start, end, log.totals, share))
    return made


def line_of(entry: Entry, local: Mapping[AssetId, bool]) -> Line:
    """Return what aired as a line, for what judges lines. Raises AssertionError for time off the air."""
    i = entry.item
    assert i.house is not None and i.asset is not None
    details = Details(local=local[i.asset]) if i.asset in local else NO_DETAILS
    material = Material(i.house, i.asset, i.title, Quanta(i.in_point + entry.length), i.artist, details=details)
    return Line(
        i.start, Quanta(entry.length), material, i.in_point, i.kind, i.programme, i.hard, i.why, i.slot,
        i.programme_id, i.category, i.order,
    )  # fmt: skip
