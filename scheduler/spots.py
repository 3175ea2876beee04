"""Spots (iklan niaga, ILM): what is booked, what aired, and the proof of it.

Values and their sums only; which order airs in which break is `scheduler.spot_placing`'s business. All of it speaks of
one channel: an order that is booked on two channels has its times a day, and its total, on each.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, model_validator

from lppl.programme import Document, Name, Product, Slug, SpotKind
from lppl.quanta import Quanta, starting
from scheduler.findings import Finding
from scheduler.words import DAY_S, EVERY_DAY

GroupWord = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=200)]
MediaPath = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Hours = tuple[tuple[Annotated[int, Field(ge=0, le=DAY_S)], Annotated[int, Field(ge=0, le=DAY_S)]], ...]
"""Day-parts: local seconds after midnight [from, to); a part that does not end after it begins passes midnight."""


class SpotOrder(Document):
    """What an advertiser or an agency booked. A day is a local date: a night's hours after midnight are the next."""

    id: Slug
    advertiser: Name
    product_group: GroupWord = ""
    """What competes: two orders of one group never meet. Empty: competes with nobody."""
    kind: SpotKind = SpotKind.COMMERCIAL
    product: Product = Product.ORDINARY
    assets: Annotated[tuple[MediaPath, ...], Field(min_length=1)]
    """Paths in the media folder; what aired least often is next."""
    first: date
    last: date
    """The flight, both days included."""
    days: tuple[Annotated[int, Field(ge=0, le=6)], ...] = EVERY_DAY
    """Weekdays, 0 = Monday."""
    hours: Hours = ()
    """When its breaks may begin; empty: at any time."""
    times_a_day: Annotated[int, Field(ge=1, le=500)]
    total: Annotated[int, Field(ge=1)] | None = None
    """At most so many airings in the whole flight."""
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 is placed before all others, 9 after them."""
    min_gap_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    """From one of its breaks to its next."""
    channels: tuple[Slug, ...] = ()
    """Empty: every channel."""

    @model_validator(mode="after")
    def _flight_is_a_span(self) -> "SpotOrder":
        if self.last < self.first:
            raise ValueError(
                f"hari terakhir pesanan {self.id} mendahului hari pertamanya / order {self.id} ends before it begins"
            )
        return self

    def airs_on(self, day: date, channel: str) -> bool:
        """Tell whether it is booked on `channel` for the local date `day`."""
        on_channel = not self.channels or channel in self.channels
        return on_channel and self.first <= day <= self.last and day.weekday() in self.days


@dataclass(frozen=True, slots=True)
class Break:
    """A commercial break: its planned start (air time), how long it may be, and a name that no other break has."""

    start: Quanta
    longest: Quanta
    key: str


@dataclass(frozen=True, slots=True)
class SpotAiring:
    """One spot that aired; `break_key` is empty where it aired outside the breaks that were planned."""

    order: str
    path: str
    start: Quanta
    length: Quanta
    break_key: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """One spot in a break: the order it serves, the file, its length."""

    order: str
    path: str
    length: Quanta


@dataclass(frozen=True, slots=True)
class Limit:
    """A share (0 to 1) and the text that lays it down."""

    share: float
    source: str


@dataclass(frozen=True, slots=True)
class Book:
    """What holds for all orders of a station."""

    commercial: Limit
    """Commercials: at most this share of the day's airtime."""
    ilm: Limit
    """Public-service spots: at least this share of all spots, by time."""
    separation_minutes: int
    """Breaks nearer than this hold no two orders of one product group."""
    hours: Mapping[Product, Hours] = field(default_factory=dict)
    """Legal hours of a product; one that is not named has none."""
    airtime: Quanta | None = None
    """How long the channel is on the air that day; None: all day."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The breaks that are still to come, by key, in order, each with its spots in order; and what staff should know."""

    breaks: Mapping[str, tuple[Placed, ...]]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Shares:
    """How long commercials and public-service spots last."""

    commercial: Quanta
    ilm: Quanta

    @property
    def ilm_share(self) -> float | None:
        """The share of public-service spots in all spots, 0 to 1; None without any spot."""
        spots = self.commercial + self.ilm
        return self.ilm / spots if spots else None

    def commercial_share(self, airtime: Quanta) -> float:
        """Return the share of commercials in `airtime` (at least one quantum)."""
        return self.commercial / airtime


@dataclass(frozen=True, slots=True)
class ProofRow:
    """Bukti siar: one order on one local date, how often it was booked and what aired, in order."""

    order: SpotOrder
    day: date
    planned: int
    airings: tuple[SpotAiring, ...]


def shares(orders: Iterable[SpotOrder], spots: Iterable[Placed | SpotAiring]) -> Shares:
    """Add up planned or aired `spots`; those of an unknown order are left out."""
    kinds = {order.id: order.kind for order in orders}
    length: Counter[SpotKind | None] = Counter()
    for spot in spots:
        length[kinds.get(spot.order)] += spot.length
    return Shares(Quanta(length[SpotKind.COMMERCIAL]), Quanta(length[SpotKind.ILM]))


def proof(
    orders: Sequence[SpotOrder], airings: Iterable[SpotAiring], first: date, last: date, zone: ZoneInfo, *, channel: str
) -> tuple[ProofRow, ...]:
    """Return a row for each order and local date of [first, last] on which it was booked or aired on `channel`.

    `airings` hold those before `first` too where an order has a total: they were taken from it.
    """
    aired: dict[tuple[str, date], list[SpotAiring]] = {}
    for airing in sorted(airings, key=lambda a: a.start):
        aired.setdefault((airing.order, starting(airing.start).astimezone(zone).date()), []).append(airing)
    rows = []
    for order in orders:
        spent = sum(len(found) for (name, day), found in aired.items() if name == order.id and day < first)
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            found = tuple(aired.get((order.id, day), ()))
            planned = booked(order, spent) if order.airs_on(day, channel) else 0
            spent += len(found)
            if planned or found:
                rows.append(ProofRow(order, day, planned, found))
    return tuple(rows)


def booked(order: SpotOrder, spent: int) -> int:
    """Return how often `order` may air on a day it is booked for, when `spent` airings of its total are gone."""
    return order.times_a_day if order.total is None else max(0, min(order.times_a_day, order.total - spent))
