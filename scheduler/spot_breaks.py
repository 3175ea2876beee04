"""The spots of a day as fixed lines: the breaks of a channel, filled by `scheduler.spot_placing`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from lppl.programme import Category, Product, SpotKind
from lppl.quanta import Quanta, at_or_after, covering, starting
from scheduler.agenda import instant
from scheduler.findings import Finding
from scheduler.grid import BreakRule, ChannelRules
from scheduler.plan import Fixed, Stock
from scheduler.rules import RuleBook
from scheduler.rules.book import Share
from scheduler.spot_placing import place
from scheduler.spots import Book, Break, Limit, SpotAiring, SpotOrder

LATE = covering(300)
"""A break counts as over this long after its time: what it still holds may be on the air."""

# ---- spots ----------------------------------------------------------------------------------------


class DailySpots:
    """The spots of each day from today on, placed day after day; as long as lengths are the same, once.

    `airings` of spots so far; `now`: air time, from which today is known.
    """

    def __init__(
        self,
        rules: ChannelRules,
        airings: Sequence[SpotAiring],
        orders: Sequence[SpotOrder],
        book: RuleBook,
        zone: ZoneInfo,
        now: Quanta,
    ) -> None:
        self._rules, self._airings, self._orders, self._book, self._zone = rules, airings, orders, book, zone
        self._now = Quanta(now - LATE)
        self._today = starting(self._now).astimezone(zone).date()
        self._paths = sorted({path for order in orders for path in order.assets})
        self._lengths: tuple[Quanta | None, ...] | None = None
        self._days: dict[date, tuple[Fixed, ...]] = {}
        self._planned: list[SpotAiring] = []
        self._told: dict[date, Sequence[Finding]] = {}

    def on(self, day: date, stock: Stock) -> Sequence[Fixed]:
        """Return the spots of a local date; none before today, whose spots have aired or not."""
        lengths = tuple(stock.length_at(path) for path in self._paths)
        if lengths != self._lengths:
            self._lengths, self._days = lengths, {}
            self._planned = keyed([a for a in self._airings if a.start < self._now], self._rules.breaks, self._zone)
        for n in range((day - self._today).days + 1):
            each = self._today + timedelta(days=n)
            if each not in self._days:
                self._days[each] = self._placed(each, stock)
        return self._days.get(day, ())

    def told(self, day: date) -> Sequence[Finding]:
        """Return what staff should know of the spots of a local date that :meth:`on` has placed."""
        return self._told.get(day, ())

    def _placed(self, day: date, stock: Stock) -> tuple[Fixed, ...]:
        breaks = tuple(breaks_of(self._rules.breaks, day, self._zone))
        book = book_of(self._book, day, self._rules.separation_minutes)
        placement = place(
            self._orders, breaks, day, self._zone, stock.length_at, tuple(self._planned), book,
            channel=self._rules.id, now=self._now,
        )  # fmt: skip
        self._told[day] = placement.findings
        orders = {order.id: order for order in self._orders}
        found: list[Fixed] = []
        for each in breaks:
            q = each.start
            for n, spot in enumerate(placement.breaks.get(each.key, ())):
                order = orders[spot.order]
                word = "ILM" if order.kind is SpotKind.ILM else "Iklan"
                found.append(
                    Fixed(
                        each.start,
                        f"iklan.{each.key}.{n}",
                        spot.path,
                        False,
                        f"{word} {order.advertiser}",
                        spot.order,
                        Category.SUPPORT.value,
                        order=spot.order,
                        priority=60 + n,
                    )
                )
                self._planned.append(SpotAiring(spot.order, spot.path, q, spot.length, each.key))
                q = Quanta(q + spot.length)
        return tuple(found)


def keyed(airings: Sequence[SpotAiring], rules: Sequence[BreakRule], zone: ZoneInfo) -> list[SpotAiring]:
    """Return what aired with the break that it belongs to: the last one that began before it, and not long before."""
    days: dict[date, Sequence[Break]] = {}
    found = []
    for airing in airings:
        day = starting(airing.start).astimezone(zone).date()
        near = (day - timedelta(days=1), day)  # the last break of a day may air after midnight
        for each in near:
            if each not in days:
                days[each] = breaks_of(rules, each, zone)
        begun = [b for each in near for b in days[each] if b.start <= airing.start < b.start + b.longest + LATE]
        found.append(replace(airing, break_key=begun[-1].key) if begun and not airing.break_key else airing)
    return found


def breaks_of(rules: Sequence[BreakRule], day: date, zone: ZoneInfo) -> Sequence[Break]:
    """Return the commercial breaks of a local date, in order; of two at one time the longer."""
    found: dict[Quanta, Break] = {}
    for rule in rules:
        if day.weekday() not in rule.days:
            continue
        for hour in range(24):
            for minute in rule.minutes:
                second = hour * 3600 + minute * 60
                if _within(rule, second):
                    start = at_or_after(instant(day, second, zone))
                    each = Break(start, covering(rule.longest_s), f"{day}.{hour:02}{minute:02}")
                    if start not in found or found[start].longest < each.longest:
                        found[start] = each
    return [found[q] for q in sorted(found)]


def _within(rule: BreakRule, second: int) -> bool:
    """Tell whether a rule holds at a local second of the day; its hours may pass midnight."""
    if rule.start < rule.until:
        return rule.start <= second < rule.until
    return second >= rule.start or second < rule.until


def book_of(book: RuleBook, day: date, separation_minutes: int) -> Book:
    """Return what spots must keep on a day, from the rules in force."""
    law = book.law(day)
    return Book(
        commercial=_limit(law.commercial, 1.0),
        ilm=_limit(law.ilm, 0.0),
        separation_minutes=separation_minutes,
        hours={
            Product(product): tuple((a, b) for a, b in rule.hours)
            for product, rule in law.products.items()
            if rule.hours is not None
        },
    )


def _limit(share: Share | None, otherwise: float) -> Limit:
    if share is None or share.percent is None:
        return Limit(otherwise, "")
    return Limit(float(share.percent) / 100, share.source)
