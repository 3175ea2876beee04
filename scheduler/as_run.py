"""Log siaran, the as-run log: what really aired, by day and by category.

Made from the journal alone, so that it says the same as the guide and the proof of airing. Pure: the day and the
station's zone come in, values go out; how they look on paper is `scheduler.exports`' business.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import ZoneInfo

from lppl.journal import OFF_TITLE, Entry
from lppl.media import AssetId
from lppl.programme import Category, Programme
from lppl.quanta import Quanta
from lppl.rundown import Kind
from scheduler.agenda import day_bounds
from scheduler.airings import CATEGORIES, OFF_AIR, STAND_INS, Airing, Piece, aired_piece, airings

K = TypeVar("K")

NO_PROGRAMMES: Mapping[str, Programme] = MappingProxyType({})
NOT_RUNNING = "Layanan siaran tidak berjalan"


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log: `[start, start + length)` in quanta. Off the air `category` is None and `kind` OFF."""

    channel: str
    start: Quanta
    length: Quanta
    title: str
    artist: str
    programme: str
    category: Category | None
    kind: Kind
    why: str
    order: str
    asset: AssetId | None

    @property
    def end(self) -> Quanta:
        """The first quantum after it."""
        return Quanta(self.start + self.length)


@dataclass(frozen=True, slots=True)
class Share:
    """The airtime of a category: quanta, and percent of what aired (one decimal place)."""

    category: Category
    length: Quanta
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """Airtime of a span in quanta: what aired, by all five categories in their order; what was off the air.

    `unrecorded` is time that the journal says nothing of: before the station's first start, or yet to come. The three
    add up to the span; the percentages of the categories to 100, or to 0 when nothing aired.
    """

    shares: tuple[Share, ...]
    aired: Quanta
    off: Quanta
    unrecorded: Quanta


@dataclass(frozen=True, slots=True)
class DailyLog:
    """The log of one local day of a channel: [start, end) in quanta, 23 to 25 hours where clocks change."""

    channel: str
    day: date
    start: Quanta
    end: Quanta
    lines: tuple[LogLine, ...]
    totals: Totals


def log_lines(
    channel: str, entries: Iterable[Entry], programmes: Mapping[str, Programme] = NO_PROGRAMMES
) -> list[LogLine]:
    """Return the log of what aired, oldest first. `entries` are of one channel.

    The pieces of an item that lie side by side are one line; pre-roll is time off the air, like what is before it.
    """
    lines: list[LogLine] = []
    for airing in airings(map(aired_piece, entries)):
        line = _line(channel, airing, programmes)
        last = lines[-1] if lines else None
        if last is not None and line.category is None and last.category is None and last.end == line.start:
            lines[-1] = replace(last, length=Quanta(last.length + line.length))
        else:
            lines.append(line)
    return lines


def _line(channel: str, airing: Airing, programmes: Mapping[str, Programme]) -> LogLine:
    p = airing.head
    if p.kind in OFF_AIR:
        why = (p.why if p.kind is Kind.OFF else "") or NOT_RUNNING
        return LogLine(channel, p.start, airing.length, OFF_TITLE, "", "", None, Kind.OFF, why, "", None)
    category = category_of(p, programmes)
    order = next((piece.order for piece in airing.pieces if piece.order), "")
    return LogLine(
        channel, p.start, airing.length, p.title, p.artist, p.programme, category, p.kind, p.why, order, p.asset
    )


def category_of(piece: Piece, programmes: Mapping[str, Programme]) -> Category:
    """Return the category that `piece` counts for: its own, a spot's, its programme's, else the least that fits."""
    if piece.category in CATEGORIES:
        return CATEGORIES[piece.category]
    if piece.order or piece.kind in STAND_INS:
        return Category.SUPPORT
    programme = programmes.get(piece.programme_id)
    return programme.category if programme else Category.ENTERTAINMENT


def daily_log(
    channel: str,
    day: date,
    zone: ZoneInfo,
    entries: Iterable[Entry],
    programmes: Mapping[str, Programme] = NO_PROGRAMMES,
) -> DailyLog:
    """Return the log of a local `day`. What aired across midnight is split there; other days' entries are left out."""
    start, end = day_bounds(day, zone)
    near = (e for e in entries if e.end > start and e.item.start < end)
    lines = clipped(log_lines(channel, near, programmes), start, end)
    return DailyLog(channel, day, start, end, tuple(lines), totals(lines, start, end))


def clipped(lines: Iterable[LogLine], start: Quanta, end: Quanta) -> list[LogLine]:
    """Return what of `lines` lies in [start, end)."""
    found = []
    for line in lines:
        first, last = max(line.start, start), min(line.end, end)
        if first < last:
            whole = first == line.start and last == line.end
            found.append(line if whole else replace(line, start=first, length=Quanta(last - first)))
    return found


def totals(lines: Iterable[LogLine], start: Quanta, end: Quanta) -> Totals:
    """Return the airtime of [start, end) by category. `lines` lie within it, of one channel."""
    lengths = dict.fromkeys(Category, 0)
    off = 0
    for line in lines:
        if line.category is None:
            off += line.length
        else:
            lengths[line.category] += line.length
    aired = sum(lengths.values())
    percent = percentages(lengths)
    shares = tuple(Share(c, Quanta(n), percent[c]) for c, n in lengths.items())
    return Totals(shares, Quanta(aired), Quanta(off), Quanta(end - start - aired - off))


def percentages(amounts: Mapping[K, int], places: int = 1) -> dict[K, Decimal]:
    """Return each amount as percent of their sum; they add up to exactly 100, or to 0 when there is nothing.

    Largest remainder: all are rounded down to `places` decimal places, and what is missing goes one step each to those
    that lost most, the earlier first. Raises ValueError for a negative amount.
    """
    if any(n < 0 for n in amounts.values()):
        raise ValueError(f"negative amount in {dict(amounts)}")
    whole, steps = sum(amounts.values()), 100 * 10**places
    step = Decimal(1).scaleb(-places)
    if not whole:
        return dict.fromkeys(amounts, 0 * step)
    floors = {key: n * steps // whole for key, n in amounts.items()}
    by_loss = sorted(amounts, key=lambda key: -(amounts[key] * steps % whole))
    for key in by_loss[: steps - sum(floors.values())]:
        floors[key] += 1
    return {key: n * step for key, n in floors.items()}
