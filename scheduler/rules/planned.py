"""What is watched: the planned days of one channel, cut into local days and gathered by what airs.

Values and pure functions; which rule says what is the other modules' business.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from lppl.media import ChannelKind
from lppl.programme import AgeClass, Category, Details, Product, Programme, SpotKind
from lppl.quanta import Quanta, at_or_after
from lppl.rundown import Kind, Line
from scheduler.agenda import instant
from scheduler.rules.book import Law, RuleBook
from scheduler.words import DAY_S

# gathering runs over every line, and members are slow to look up in an enumeration
_ITEM, _LIVE, _OFF, _PREROLL = Kind.ITEM, Kind.LIVE, Kind.OFF, Kind.PREROLL

Span = tuple[Quanta, Quanta]
"""Air time [start, end)."""


class Spot(Protocol):
    """What the rules need to know of a spot order."""

    @property
    def kind(self) -> SpotKind:
        """Paid, or for the public."""
        ...

    @property
    def product(self) -> Product:
        """What it advertises, where that has hours of its own."""
        ...

    @property
    def advertiser(self) -> str:
        """Who orders it."""
        ...


@dataclass(frozen=True, slots=True)
class UnknownSpot:
    """Stands for an order that nobody described: taken for an ordinary commercial."""

    kind: SpotKind = SpotKind.COMMERCIAL
    product: Product = Product.ORDINARY
    advertiser: str = ""


UNKNOWN_SPOT = UnknownSpot()


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One occurrence of a grid entry, [start, end); of two at one time the higher `rank` wins, equal ones clash."""

    start: Quanta
    end: Quanta
    name: str
    rank: int = 0
    where: str = ""


def _never(day: date) -> bool:
    return False


def _unlabelled(line: Line) -> bool:
    return False


@dataclass(frozen=True)
class Planned:
    """Some days of one channel.

    `lines` are in air order. They may reach beyond `days` at both ends, and should begin some hours before them: what
    aired before counts for repetition, and the line that runs at midnight belongs to both days. Findings and shares
    are of `days` only. `azan` and `scheduled` (None: clash and gap are not watched) may come in any order.
    """

    channel: ChannelKind
    zone: ZoneInfo
    days: Sequence[date]
    lines: Sequence[Line]
    programmes: Mapping[str, Programme] = field(default_factory=dict)
    spots: Mapping[str, Spot] = field(default_factory=dict)
    """By order id, what the lines' `order` says."""
    in_ramadan: Callable[[date], bool] = _never
    """``days.__contains__`` of a set will do."""
    azan: Sequence[Span] = ()
    scheduled: Sequence[Scheduled] | None = None
    labelled: Callable[[Line], bool] = _unlabelled
    """Whether what airs in a line carries its age label: a variant with it is aired, or a live source adds it."""


@dataclass(frozen=True, eq=False)
class Day:
    """One local day with what is in force on it."""

    date: date
    zone: ZoneInfo
    start: Quanta
    end: Quanta
    law: Law
    ramadan: bool
    azan: tuple[Span, ...]
    """Azan that touch it, in order."""

    def spans(self, hours: tuple[tuple[int, int], ...]) -> tuple[Span, ...]:
        """Return when it is within `hours` (local seconds, may pass midnight) on this day, in order and joined."""
        return _spans(self.date, self.zone, hours)


@lru_cache(maxsize=1024)
def _spans(day: date, zone: ZoneInfo, hours: tuple[tuple[int, int], ...]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start_s, until_s in sorted(part for window in hours for part in _within_a_day(window)):
        start, end = clock_span(day, start_s, until_s, zone)
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:  # empty where a clock change leaps over the whole of it
            joined.append((start, end))
    return tuple(joined)


def _within_a_day(window: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    start_s, until_s = window
    return ((start_s, until_s),) if start_s < until_s else ((0, until_s), (start_s, DAY_S))


def clock_span(day: date, start_s: int, until_s: int, zone: ZoneInfo) -> Span:
    """Return the air time from one local clock time of `day` to another, in seconds after midnight.

    Rounded up to the quantum as the starts of the grid are, so that what fits the grid fits the law.
    """
    return at_or_after(instant(day, start_s, zone)), at_or_after(instant(day, until_s, zone))


@dataclass(eq=False, slots=True)
class Item:
    """What airs, as the rules see it: a spot, an asset of which staff said something, or else the whole programme.

    So a programme of a hundred songs that only the programme rates is one item, with one finding.
    """

    title: str
    programme: Programme | None
    spot: Spot | None
    content: bool
    """Part of a programme or an item of its own; not a spot, filler, ident or slate."""
    age: AgeClass | None
    language: str
    """First part of its BCP 47 tag, lower case; empty while unknown."""
    local: bool | None
    category: Category | None
    unpassed: bool
    """A film without a number of its censorship pass."""
    labelled: bool


class Piece(NamedTuple):
    """The part of a line within one local day: [start, end)."""

    number: int
    """Which line of the day's running order, from 1."""
    start: Quanta
    end: Quanta
    line: Line

    @property
    def where(self) -> str:
        """Names its slot, or its place in the day's running order."""
        return self.line.slot or f"baris {self.number}"


Airings = dict[Item, list[Piece]]
"""What airs on one day, each with its pieces in air order."""


def day_of(planned: Planned, day: date, book: RuleBook) -> Day:
    """Return a day of `planned` with the law and the azan that hold on it."""
    start, end = clock_span(day, 0, DAY_S, planned.zone)
    azan = tuple(sorted((a, b) for a, b in planned.azan if a < end and b > start))
    return Day(day, planned.zone, start, end, book.law(day), planned.in_ramadan(day), azan)


def _content(line: Line) -> bool:
    return not line.order and (line.kind is _ITEM or line.kind is _LIVE)


def _rated(details: Details) -> bool:
    """Return whether staff said of the asset itself what a rule asks for."""
    said = details.age or details.language or details.film or details.labelled or details.category
    return bool(said) or details.local is not None


class Gathering:
    """Gathers the lines of a plan by item and day; an item that airs on several days is made once."""

    def __init__(self, planned: Planned) -> None:
        self._planned = planned
        self._starts = [line.start for line in planned.lines]
        self._items: dict[tuple[str, str, str, bool], Item] = {}
        self._whole: dict[str, Item] = {}
        """Programmes that are one item."""

    def airings(self, start: Quanta, end: Quanta) -> Airings:
        """Return what airs during [start, end). Time off the air and pre-roll are left out."""
        found: Airings = {}
        items = self._items
        lines = self._planned.lines[self._first(start) : bisect_left(self._starts, end)]
        for number, line in enumerate(lines, 1):
            kind = line.kind
            if kind is _OFF or kind is _PREROLL:
                continue
            key = (line.material.house, line.programme_id, line.order, kind is _ITEM or kind is _LIVE)
            item = items.get(key)
            if item is None:
                item = items[key] = self._shared(line)
            begins, ends = line.start, line.end
            piece = Piece(number, begins if begins > start else start, ends if ends < end else end, line)
            pieces = found.get(item)
            if pieces is None:
                found[item] = [piece]
            else:
                pieces.append(piece)
        return found

    def number(self, index: int, start: Quanta) -> int:
        """Return which line, from 1, the line at `index` is in the running order of the day that begins at `start`."""
        return index - self._first(start) + 1

    def _first(self, start: Quanta) -> int:
        """Return the index of the first line that ends after `start`."""
        lines = self._planned.lines
        first = max(0, bisect_right(self._starts, start) - 1)
        return first + 1 if first < len(lines) and lines[first].end <= start else first

    def _shared(self, line: Line) -> Item:
        """Return the item of a line: its programme as a whole where nothing of its own is known of the asset."""
        programme = self._planned.programmes.get(line.programme_id)
        if programme is None or not _content(line) or _rated(line.material.details):
            return self._item(line, line.material.title)
        item = self._whole.get(programme.id)
        if item is None:
            item = self._whole[programme.id] = self._item(line, programme.title)
        return item

    def _item(self, line: Line, title: str) -> Item:
        details = line.material.details
        spot = self._planned.spots.get(line.order, UNKNOWN_SPOT) if line.order else None
        content = _content(line)
        # what fills a programme's gaps or interrupts it has not the programme's age or language
        programme = self._planned.programmes.get(line.programme_id) if content else None
        language = details.language or (programme.language if programme else "")
        return Item(
            title=title,
            programme=programme,
            spot=spot,
            content=content,
            age=details.age or (programme.age if programme else None),
            language=language.partition("-")[0].lower(),
            local=details.local if details.local is not None else (programme.local if programme else None),
            category=details.category or (programme.category if programme else None),
            unpassed=details.film and not (details.censored or (programme and programme.censored)),
            labelled=details.labelled,
        )
