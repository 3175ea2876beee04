"""Which order airs in which break of a day.

Pure: breaks, lengths and airings are given; nothing here reads a clock or the library. What the rules say of the
result is theirs to say; here they only keep spots out. How a day is laid out, and why: docs/decisions/spot.md.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from lppl.programme import Product, SpotKind
from lppl.quanta import QUANTUM_MS, Quanta, at_or_after, covering
from scheduler.agenda import instant
from scheduler.findings import Findings, Rule, Severity
from scheduler.spots import Book, Break, Hours, Placed, Placement, SpotAiring, SpotOrder, booked

MINUTE_MS = 60_000
LOAD = 2
"""What a full break weighs against an airing that is a whole interval from its place: 1."""
MOVES = covering(3600)
"""No break airs so much earlier or later than planned."""


def place(
    orders: Sequence[SpotOrder],
    breaks: Sequence[Break],
    day: date,
    zone: ZoneInfo,
    lengths: Callable[[str], Quanta | None],
    aired: Sequence[SpotAiring],
    book: Book,
    *,
    channel: str,
    now: Quanta | None = None,
) -> Placement:
    """Lay the spots of the local date `day` into its `breaks`, which are all of that day, in order, each key once.

    `lengths` tells how long a file is, None while it is not ready. `aired` is what aired on this channel in the flights
    of the orders, or will by the plan of the days between. Breaks up to the last one that aired, and those before
    `now`, are over; the others keep what they would have had, as far as it still fits, and take up what was missed.
    The same arguments give the same placement. Raises ValueError for breaks out of order or two with one key.
    """
    findings = Findings()
    table = _Table(orders, breaks, day, zone, book, aired)
    wishes = [
        wish
        for order in orders
        if order.airs_on(day, channel) and (wish := _wish(order, table, lengths, findings)) is not None
    ]
    sheet = _Sheet(table, ())
    _lay(sheet, wishes)
    over = table.over(now)
    if table.today or over:
        planned, sheet = sheet, _Sheet(table, table.today)
        wishes = [replace(wish, possible=wish.possible[bisect_left(wish.possible, over) :]) for wish in wishes]
        _keep(sheet, planned, over)
        _lay(sheet, wishes)
    _report(sheet, wishes, day, findings)
    spots = {b.key: sheet.in_order(n) for n, b in enumerate(breaks) if n >= over}
    return Placement(spots, findings.all())


def _minute(q: Quanta) -> int:
    """Return the nearest minute: an air time may move by seconds without changing what is near what."""
    return (q * QUANTUM_MS + MINUTE_MS // 2) // MINUTE_MS


def _clock(milliseconds: int, zone: ZoneInfo) -> int:
    """Return the local clock at `milliseconds` since the epoch as seconds after midnight."""
    local = datetime.fromtimestamp(milliseconds // 1000, zone)
    return local.hour * 3600 + local.minute * 60 + local.second


def _within(hours: Hours, clock: int) -> bool:
    return any(a <= clock < b if a < b else clock >= a or clock < b for a, b in hours)


class _Table:
    """What stays the same while a day is laid out: its breaks, their minutes, what aired."""

    def __init__(
        self,
        orders: Sequence[SpotOrder],
        breaks: Sequence[Break],
        day: date,
        zone: ZoneInfo,
        book: Book,
        aired: Sequence[SpotAiring],
    ) -> None:
        self.orders = {order.id: order for order in orders}
        self.breaks, self.book = breaks, book
        self.minutes = [_minute(b.start) for b in breaks]
        self.numbers = {b.key: n for n, b in enumerate(breaks)}
        if len(self.numbers) < len(breaks) or self.minutes != sorted(self.minutes):
            raise ValueError(
                "jeda iklan harus berurutan dan masing-masing bernama sendiri / breaks must be in order, each key once"
            )
        begin, end = (at_or_after(instant(d, 0, zone)) for d in (day, day + timedelta(days=1)))
        self.cap = int(book.commercial.share * (end - begin if book.airtime is None else book.airtime))
        self.separation = max(1, book.separation_minutes)
        past: list[SpotAiring] = []
        self.today: list[SpotAiring] = []
        for a in aired:
            near = begin - MOVES <= a.start < end + MOVES  # a break at midnight may air on the other side of it
            mine = near and (a.break_key in self.numbers or begin <= a.start < end)
            (self.today if mine else past).append(a)
        self.heard = Counter((a.order, a.path) for a in past)
        self.spent: Counter[str] = Counter()
        for (order, _), times in self.heard.items():
            self.spent[order] += times
        reach = (max([self.separation, *(o.min_gap_minutes for o in orders)]) + 1) * MINUTE_MS // QUANTUM_MS
        self.near = [a for a in past if begin - reach <= a.start < end + reach]
        self._zone = zone
        self._clocks = [_clock(minute * MINUTE_MS, zone) for minute in self.minutes]
        self._possible: dict[tuple[Hours, Product], list[int]] = {}

    def possible(self, order: SpotOrder) -> list[int]:
        """Return the breaks that begin in the order's day-parts and lie whole in the legal hours of its product."""
        wanted = (order.hours, order.product)
        if wanted not in self._possible:
            legal = self.book.hours.get(order.product)
            self._possible[wanted] = [
                n
                for n, clock in enumerate(self._clocks)
                if (not order.hours or _within(order.hours, clock)) and (legal is None or self._is_legal(n, legal))
            ]
        return self._possible[wanted]

    def _is_legal(self, number: int, hours: Hours) -> bool:
        """Tell whether a break lies in `hours` to the second, whatever moves within a minute elsewhere."""
        begin = self.breaks[number].start * QUANTUM_MS
        end = begin + self.breaks[number].longest * QUANTUM_MS
        return all(_within(hours, _clock(at, self._zone)) for at in (begin, max(begin, end - 1)))

    def over(self, now: Quanta | None) -> int:
        """Return how many breaks are over."""
        gone = [self.numbers[a.break_key] + 1 for a in self.today if a.break_key in self.numbers]
        return max([0, *gone, sum(b.start < now for b in self.breaks) if now is not None else 0])


@dataclass(frozen=True, slots=True)
class _Wish:
    """An order that should air today: the files that are ready, where it may air, how often."""

    order: SpotOrder
    files: tuple[tuple[str, Quanta], ...]
    lengths: tuple[Quanta, ...]
    """Of its files, each once, the longest first."""
    possible: list[int]
    times: int


def _wish(order: SpotOrder, table: _Table, lengths: Callable[[str], Quanta | None], findings: Findings) -> _Wish | None:
    times = booked(order, table.spent[order.id])
    if not times:
        return None
    known = [(path, lengths(path)) for path in order.assets]
    files = tuple((path, length) for path, length in known if length)
    for path in (path for path, length in known if not length):
        findings.add(
            Rule.SPOT_NO_MATERIAL,
            f"Berkas {path} dari pesanan spot {order.id} belum ada atau belum siap tayang"
            + ("; berkas lainnya tayang." if files else "; pesanan ini tidak tayang."),
            f"File {path} of spot order {order.id} is missing or not ready"
            + ("; its other files air." if files else "; the order does not air."),
            f"spot {order.id}",
            severity=Severity.NOTE if files else Severity.WARNING,
            item=path,
            remedy="Salin berkasnya ke folder media, atau ganti berkas di pesanannya.",
        )
    if not files:
        return None
    longest_first = tuple(sorted({length for _, length in files}, reverse=True))
    return _Wish(order, files, longest_first, table.possible(order), times)


class _Why(Enum):
    """Why a break does not take a spot: Indonesian, English, remedy."""

    GAP = ("terlalu dekat dengan penayangannya sendiri", "too near to its own airing", "kurangi jarak antarpenayangan")
    RIVAL = ("terlalu dekat dengan pesaing", "too near to a competitor", "geser jam tayang salah satu pesaing")
    ROOM = ("penuh", "full", "perpanjang jeda")


class _Sheet:
    """The day as it fills up. Whatever is put on it stays, so what has no place once has none later."""

    def __init__(self, table: _Table, today: Iterable[SpotAiring]) -> None:
        self.table = table
        self.room = [b.longest for b in table.breaks]
        self.load = [0.0] * len(table.breaks)
        self.spots: list[list[Placed]] = [[] for _ in table.breaks]
        self.heard = table.heard.copy()
        self.times: Counter[str] = Counter()
        self.length = dict.fromkeys(SpotKind, 0)
        self._minutes: dict[str, list[int]] = {}
        self._taken: dict[str, list[str]] = {}
        for airing in table.near:
            if airing.order in table.orders:
                self._stand(table.orders[airing.order], _minute(airing.start))
        for airing in today:
            if airing.order in table.orders:
                number = table.numbers.get(airing.break_key)
                minute = _minute(airing.start) if number is None else table.minutes[number]
                self._count(table.orders[airing.order], airing.path, airing.length, minute)

    def _stand(self, order: SpotOrder, minute: int) -> None:
        """Keep its next airing and its competitors away from `minute`."""
        self._minutes.setdefault(order.id, []).append(minute)
        if order.product_group:
            minutes, apart = self.table.minutes, self.table.separation
            taken = self._taken.setdefault(order.product_group, [""] * len(minutes))
            for n in range(bisect_right(minutes, minute - apart), bisect_left(minutes, minute + apart)):
                taken[n] = order.id if taken[n] in ("", order.id) else "*"  # "*": by several, which no order is called

    def _count(self, order: SpotOrder, path: str, length: Quanta, minute: int) -> None:
        self._stand(order, minute)
        self.heard[order.id, path] += 1
        self.times[order.id] += 1
        self.length[order.kind] += length

    def put(self, order: SpotOrder, path: str, length: Quanta, number: int) -> None:
        """Place a spot in break `number`, which must be free for it."""
        self._count(order, path, length, self.table.minutes[number])
        self.room[number] = Quanta(self.room[number] - length)
        self.load[number] = 1 - self.room[number] / self.table.breaks[number].longest
        self.spots[number].append(Placed(order.id, path, length))

    def verdicts(self, order: SpotOrder, length: Quanta, numbers: Iterable[int]) -> list[_Why | None]:
        """Return for each of the breaks `numbers` what keeps a spot of `length` out of it; None: it is free."""
        minutes, room, apart = self.table.minutes, self.room, max(1, order.min_gap_minutes)
        own, taken = self._minutes.get(order.id, ()), self._taken.get(order.product_group)
        found: list[_Why | None] = []
        for n in numbers:
            if own and any(abs(minutes[n] - minute) < apart for minute in own):
                found.append(_Why.GAP)
            elif taken and taken[n] and taken[n] != order.id:
                found.append(_Why.RIVAL)
            else:
                found.append(_Why.ROOM if room[n] < length else None)
        return found

    def left(self, order: SpotOrder) -> int | None:
        """Return how much may still air of its kind; None: no limit."""
        return self.table.cap - self.length[SpotKind.COMMERCIAL] if order.kind is SpotKind.COMMERCIAL else None

    def holds(self, wish: _Wish) -> bool:
        """Tell whether the share of public-service spots would hold with all that `wish` may still take."""
        more = min(wish.times - self.times[wish.order.id], len(wish.possible)) * wish.lengths[0]
        commercial = min(self.length[SpotKind.COMMERCIAL] + more, max(self.table.cap, 0))
        ilm = self.length[SpotKind.ILM]
        return ilm >= self.table.book.ilm.share * (ilm + commercial)

    def fill(self, wish: _Wish) -> None:
        """Place as many spots of an order as it still lacks and there are breaks for.

        Where the longest of its files has no room any more, the shorter ones are tried.
        """
        order = wish.order
        for length in wish.lengths:
            wanted, left = wish.times - self.times[order.id], self.left(order)
            wanted = wanted if left is None else min(wanted, left // length)
            if wanted <= 0:
                continue
            free = [rank for rank, why in enumerate(self.verdicts(order, length, wish.possible)) if why is None]
            short = [(path, size) for path, size in wish.files if size <= length]
            for rank in self._spread(wish, free, wanted):
                path, size = min(short, key=lambda file: self.heard[order.id, file[0]])
                self.put(order, path, size, wish.possible[rank])

    def _spread(self, wish: _Wish, free: list[int], wanted: int) -> list[int]:
        """Choose up to `wanted` of the `free` ranks of `wish.possible`, evenly, and rather where breaks are empty.

        Each is chosen early enough that the others still find theirs, so there are as many as the gap allows.
        """
        apart, possible, load = max(1, wish.order.min_gap_minutes), wish.possible, self.load
        minutes = [self.table.minutes[possible[rank]] for rank in free]
        latest = _latest(minutes, apart, wanted)
        chosen: list[int] = []
        at, earliest = 0, minutes[0] if minutes else 0
        for turn, last in enumerate(latest):
            spacing = len(possible) / len(latest)
            target = (turn + 0.5) * spacing - 0.5
            while minutes[at] < earliest:
                at += 1
            best, least = at, float("inf")
            for n in range(at, last + 1):
                away = (free[n] - target) / spacing
                if away > 0 and away * away >= least:
                    break
                cost = away * away + LOAD * load[possible[free[n]]]
                if cost < least:
                    best, least = n, cost
            chosen.append(free[best])
            at, earliest = best + 1, minutes[best] + apart
        return chosen

    def in_order(self, number: int) -> tuple[Placed, ...]:
        """Return the spots of a break: commercials first, what is public leads back to the programme."""
        orders = self.table.orders

        def rank(spot: Placed) -> tuple[bool, int, str]:
            order = orders[spot.order]
            return order.kind is SpotKind.ILM, order.priority, order.id

        return tuple(sorted(self.spots[number], key=rank))


def _latest(minutes: list[int], apart: int, wanted: int) -> list[int]:
    """Return the last places, at most `wanted`, that leave `apart` between them: as many as there can be."""
    found: list[int] = []
    for n in range(len(minutes) - 1, -1, -1):
        if len(found) == wanted:
            break
        if not found or minutes[n] + apart <= minutes[found[-1]]:
            found.append(n)
    return found[::-1]


def _lay(sheet: _Sheet, wishes: list[_Wish]) -> None:
    """Place order by order: by priority, then those with the fewest breaks, among them those with the most airings.

    Public-service spots go before the commercials that need them for the share, the others after all commercials.
    """

    def turn(wish: _Wish) -> tuple[int, int, int, str]:
        return wish.order.priority, len(wish.possible), -wish.times, wish.order.id

    queue = sorted(wishes, key=turn)
    public = deque(wish for wish in queue if wish.order.kind is SpotKind.ILM)
    for wish in queue:
        if wish.order.kind is SpotKind.COMMERCIAL:
            while public and not sheet.holds(wish):
                sheet.fill(public.popleft())
            sheet.fill(wish)
    for wish in public:
        sheet.fill(wish)


def _keep(sheet: _Sheet, planned: _Sheet, over: int) -> None:
    """Put on `sheet` what was planned for the breaks to come, as far as what really aired allows."""
    table = sheet.table
    for number in range(over, len(table.breaks)):
        for spot in planned.spots[number]:
            order = table.orders[spot.order]
            left = sheet.left(order)
            wanted = sheet.times[order.id] < booked(order, table.spent[order.id])
            if (
                wanted
                and (left is None or spot.length <= left)
                and sheet.verdicts(order, spot.length, [number]) == [None]
            ):
                sheet.put(order, spot.path, spot.length, number)


def _report(sheet: _Sheet, wishes: list[_Wish], day: date, findings: Findings) -> None:
    """Say which orders air less often than booked, and why."""
    limit, when = sheet.table.book.commercial, f"{day.day}/{day.month}/{day.year}"
    for wish in wishes:
        order, missing = wish.order, wish.times - sheet.times[wish.order.id]
        if missing <= 0:
            continue
        left, source = sheet.left(order), ""
        if left is not None and left < wish.lengths[-1]:
            source = limit.source
            share = f"{limit.share * 100:.3g} %"
            reason = f"iklan niaga hari itu sudah mencapai batasnya, {share.replace('.', ',')} waktu siaran"
            english = f"commercials have reached their limit of the day, {share} of the airtime"
            remedy = "Pindahkan sebagian pesanan ke hari lain."
            findings.add(
                Rule.AD_SHARE,
                f"Tanggal {when}: {reason}; iklan niaga lainnya tidak ditempatkan.",
                f"{day}: {english}; no more are placed.",
                f"spot {when}",
                source=source,
                remedy=remedy,
            )
        else:
            reason, english, remedy = _reasons(sheet, wish)
        findings.add(
            Rule.SPOT_UNPLACED,
            f"Pesanan spot {order.id} tanggal {when}: {missing} dari {wish.times} penayangan tidak mendapat tempat: "
            f"{reason}.",
            f"Spot order {order.id} on {day}: {missing} of {wish.times} airings have no place: {english}.",
            f"spot {order.id}",
            severity=Severity.NOTE if order.kind is SpotKind.ILM else Severity.WARNING,
            source=source,
            item=order.id,
            remedy=remedy,
        )


def _reasons(sheet: _Sheet, wish: _Wish) -> tuple[str, str, str]:
    """Count what kept an order out of the breaks to come: Indonesian, English, remedy."""
    if not wish.possible:
        over = bool(sheet.table.possible(wish.order))
        return (
            "semua jeda di jam tayangnya sudah lewat" if over else "tidak ada jeda iklan di jam tayangnya",
            "all breaks in its day-part are over" if over else "no break in its day-part",
            "Tambah jeda iklan di jam tayangnya, atau ubah jam tayangnya.",
        )
    found = Counter(sheet.verdicts(wish.order, wish.lengths[-1], wish.possible))
    told = [(why, found[why]) for why in _Why if found[why]]
    return (
        ", ".join(f"{times} jeda {why.value[0]}" for why, times in told),
        ", ".join(f"{times} break(s) {why.value[1]}" for why, times in told),
        f"Tambah jeda iklan di jam tayangnya, atau {' atau '.join(why.value[2] for why, _ in told)}.",
    )
