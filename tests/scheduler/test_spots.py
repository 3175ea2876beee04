"""Spots: tables of one rule each, and properties over random days that an independent check of the rules watches."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from lppl.programme import Product, SpotKind
from lppl.quanta import Quanta, at_or_after, covering, starting
from scheduler.agenda import instant
from scheduler.findings import Rule, Severity
from scheduler.spot_placing import place
from scheduler.spots import Book, Break, Limit, Placed, Placement, SpotAiring, SpotOrder, proof, shares

WIB, BERLIN = ZoneInfo("Asia/Jakarta"), ZoneInfo("Europe/Berlin")
DAY = date(2026, 3, 5)  # a Thursday
LONG, HALF_MINUTE = covering(180), covering(30)
FREE = Book(Limit(1, "-"), Limit(0, "-"), 15)
LAWFUL = replace(FREE, commercial=Limit(0.15, "UU 32/2002 Pasal 46"), ilm=Limit(0.3, "UU 32/2002 Pasal 46"))
CHANNEL = "tv"


def order(name: str, times: int = 1, **more: object) -> SpotOrder:
    said: dict[str, object] = {
        "id": name,
        "advertiser": "Toko Batik",
        "assets": (f"spot/{name}.mp4",),
        "first": date(2026, 1, 1),
        "last": date(2026, 12, 31),
        "times_a_day": times,
    }
    return SpotOrder.model_validate(said | more)


def ilm(name: str, times: int = 1, **more: object) -> SpotOrder:
    return order(name, times, kind=SpotKind.ILM, **more)


def at(clock: str, day: date = DAY, zone: ZoneInfo = WIB) -> Quanta:
    return at_or_after(datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC))


def breaks_at(*clocks: str, longest: Quanta = LONG) -> tuple[Break, ...]:
    return tuple(Break(at(clock), longest, clock) for clock in clocks)


HOURLY = breaks_at(*(f"{hour:02}:30" for hour in range(24)))


def lay(
    orders: Sequence[SpotOrder],
    breaks: Sequence[Break] = HOURLY,
    aired: Sequence[SpotAiring] = (),
    book: Book = FREE,
    lengths: dict[str, Quanta] | None = None,
    **more: object,
) -> Placement:
    said: dict[str, object] = {"day": DAY, "zone": WIB, "channel": CHANNEL} | more
    known = {path: HALF_MINUTE for o in orders for path in o.assets} if lengths is None else lengths
    return place(orders, breaks, lengths=known.get, aired=aired, book=book, **said)  # type: ignore[arg-type]


def where(placement: Placement, name: str) -> list[str]:
    return [key for key, spots in placement.breaks.items() for spot in spots if spot.order == name]


def airings(placement: Placement, breaks: Sequence[Break], late: int = 0) -> list[SpotAiring]:
    """Air what was placed in `breaks`, each `late` quanta after its time."""
    found = []
    for b in breaks:
        q = b.start + late
        for spot in placement.breaks[b.key]:
            found.append(SpotAiring(spot.order, spot.path, Quanta(q), spot.length, b.key))
            q += spot.length
    return found


def aired_at(name: str, clock: str, day: date = DAY, key: str = "") -> SpotAiring:
    return SpotAiring(name, f"spot/{name}.mp4", at(clock, day), HALF_MINUTE, key)


def told(placement: Placement, rule: Rule) -> list[str]:
    return [f.indonesian for f in placement.findings if f.rule is rule]


# one rule each


@pytest.mark.parametrize(
    ("booked", "wanted"),
    [
        ({}, True),
        ({"first": DAY, "last": DAY}, True),
        ({"last": DAY - timedelta(days=1)}, False),
        ({"first": DAY + timedelta(days=1)}, False),
        ({"days": (3,)}, True),
        ({"days": (0, 1, 2, 4, 5, 6)}, False),
        ({"channels": ("radio", CHANNEL)}, True),
        ({"channels": ("radio",)}, False),
    ],
)
def test_an_order_airs_in_its_flight_on_its_weekdays_and_channels(booked: dict[str, object], wanted: bool) -> None:
    placement = lay([order("a", 1, **booked)])
    assert bool(where(placement, "a")) is wanted
    assert not placement.findings


@pytest.mark.parametrize(
    ("hours", "keys"),
    [
        (((6 * 3600, 9 * 3600),), ["06:30", "07:30", "08:30"]),
        (((6 * 3600 + 1800, 7 * 3600 + 1800),), ["06:30"]),
        (((22 * 3600, 3 * 3600),), ["00:30", "01:30", "02:30", "22:30", "23:30"]),
        (((23 * 3600, 86_400),), ["23:30"]),
        (((3600, 7200), (12 * 3600, 13 * 3600)), ["01:30", "12:30"]),
        (((7200, 7200),), [b.key for b in HOURLY]),
    ],
)
def test_an_order_airs_in_its_day_parts(hours: object, keys: list[str]) -> None:
    assert where(lay([order("a", 24, hours=hours)]), "a") == keys


def test_seconds_do_not_move_a_break_across_the_border_of_a_day_part() -> None:
    moved = [replace(b, start=Quanta(b.start - 20)) for b in breaks_at("09:00", "10:00")]
    assert where(lay([order("a", 5, hours=((9 * 3600, 10 * 3600),))], moved), "a") == ["09:00"]


def test_legal_hours_of_a_product_hold_to_the_second_and_for_the_whole_break() -> None:
    book = replace(FREE, hours={Product.CIGARETTES: ((int(21.5 * 3600), 5 * 3600),)})
    breaks = (
        *breaks_at("04:56", "04:58", "12:00"),
        Break(Quanta(at("21:30") - 2), LONG, "early"),
        *breaks_at("21:31", "23:59"),
    )
    smoke, soap = order("rokok", 9, product=Product.CIGARETTES), order("sabun", 9)
    placement = lay([smoke, soap], breaks, book=book)
    assert where(placement, "rokok") == ["04:56", "21:31", "23:59"]
    assert len(where(placement, "sabun")) == 6


@pytest.mark.parametrize(
    ("times", "total", "before", "count"), [(3, None, 40, 3), (3, 42, 40, 2), (3, 40, 40, 0), (30, None, 0, 24)]
)
def test_no_more_than_its_times_a_day_and_its_total(times: int, total: int | None, before: int, count: int) -> None:
    past = [aired_at("a", "12:00", DAY - timedelta(days=n + 1)) for n in range(before)]
    assert len(where(lay([order("a", times, total=total)], aired=past), "a")) == count


def test_airings_are_spread_over_the_day_part() -> None:
    assert where(lay([order("a", 4)]), "a") == ["02:30", "08:30", "14:30", "20:30"]
    assert where(lay([order("a", 2, hours=((6 * 3600, 12 * 3600),))]), "a") == ["07:30", "10:30"]


def test_orders_with_one_wish_share_the_breaks() -> None:
    placement = lay([order(f"o{n:02}", 1) for n in range(24)])
    assert [len(spots) for spots in placement.breaks.values()] == [1] * 24


def test_a_gap_between_airings_is_kept_and_filled_as_often_as_it_allows() -> None:
    every_half_hour = breaks_at("08:00", "08:30", "09:00", "09:30", "10:00")
    assert where(lay([order("a", 3, min_gap_minutes=60)], every_half_hour), "a") == ["08:00", "09:00", "10:00"]
    placement = lay([order("a", 4, min_gap_minutes=60)], every_half_hour)
    assert told(placement, Rule.SPOT_UNPLACED) == [
        "Pesanan spot a tanggal 5/3/2026: 1 dari 4 penayangan tidak mendapat tempat: "
        "5 jeda terlalu dekat dengan penayangannya sendiri."
    ]


def test_the_gap_holds_across_midnight() -> None:
    yesterday = [aired_at("a", "23:50", DAY - timedelta(days=1))]
    placement = lay([order("a", 1, min_gap_minutes=60)], breaks_at("00:10", "00:50"), yesterday)
    assert where(placement, "a") == ["00:50"]


def test_competitors_never_meet_nor_come_near() -> None:
    breaks = breaks_at("08:00", "08:10", "08:25")
    rivals = [order("x", 1, product_group="Bank"), order("y", 1, product_group=" bank ")]
    near = {frozenset(("08:00", "08:10"))}
    placement = lay(rivals, breaks)
    pair = frozenset((*where(placement, "x"), *where(placement, "y")))
    assert len(pair) == 2
    assert pair not in near
    placement = lay(rivals, breaks[:2])
    assert len(where(placement, "x")) == 1
    assert told(placement, Rule.SPOT_UNPLACED) == [
        "Pesanan spot y tanggal 5/3/2026: 1 dari 1 penayangan tidak mendapat tempat: "
        "2 jeda terlalu dekat dengan pesaing."
    ]
    yesterday = [aired_at("x", "23:55", DAY - timedelta(days=1))]
    over = rivals[0].model_copy(update={"last": DAY - timedelta(days=1)})
    assert where(lay([over, rivals[1]], breaks_at("00:05", "00:10"), yesterday), "y") == ["00:10"]


def test_an_order_does_not_compete_with_itself_nor_do_orders_without_a_group() -> None:
    breaks = breaks_at("08:00", "08:10")
    assert where(lay([order("x", 2, product_group="bank")], breaks), "x") == ["08:00", "08:10"]
    assert len(lay([order("x"), order("y")], breaks[:1]).breaks["08:00"]) == 2


def test_a_break_is_filled_no_further_than_its_length() -> None:
    placement = lay([order(f"o{n}") for n in range(7)], breaks_at("08:00", longest=Quanta(6 * HALF_MINUTE)))
    assert len(placement.breaks["08:00"]) == 6
    assert told(placement, Rule.SPOT_UNPLACED) == [
        "Pesanan spot o6 tanggal 5/3/2026: 1 dari 1 penayangan tidak mendapat tempat: 1 jeda penuh."
    ]
    assert lay([order("a")], breaks_at("08:00", longest=Quanta(0))).breaks == {"08:00": ()}


def test_priority_goes_first_and_then_what_has_fewer_breaks() -> None:
    one = breaks_at("08:00", "09:00", longest=HALF_MINUTE)
    wide, narrow = order("a-wide", 2), order("b-narrow", 1, hours=((9 * 3600, 10 * 3600),))
    assert where(lay([wide, narrow], one), "b-narrow") == ["09:00"]
    first = wide.model_copy(update={"priority": 1})
    assert where(lay([narrow, first], one), "a-wide") == ["08:00", "09:00"]


def test_commercials_stop_at_their_share_of_the_airtime_and_staff_are_told() -> None:
    book = replace(FREE, commercial=Limit(0.125, "peraturan"), airtime=Quanta(HALF_MINUTE * 8 * 10))
    placement = lay([order("a", 8), order("b", 8), ilm("c", 8)], book=book)
    assert [len(where(placement, name)) for name in "abc"] == [8, 2, 8]
    stopped = [f for f in placement.findings if f.rule is Rule.AD_SHARE]
    assert [(f.source, "12,5 %" in f.indonesian) for f in stopped] == [("peraturan", True)]
    assert [(f.item, f.source) for f in placement.findings if f.rule is Rule.SPOT_UNPLACED] == [("b", "peraturan")]
    aired = [aired_at("gone", "00:01"), *(aired_at("a", "00:01") for _ in range(9))]
    assert sum(s.order != "c" for v in lay([order("a", 20)], aired=aired, book=book).breaks.values() for s in v) == 1


def test_public_service_spots_have_their_share_before_commercials_fill_the_room() -> None:
    tight = [replace(b, longest=HALF_MINUTE) for b in HOURLY]
    orders = [*(order(f"a{n}", 6, priority=1) for n in range(4)), ilm("z", 8, priority=9)]
    law = replace(LAWFUL, commercial=FREE.commercial)
    placement = lay(orders, tight, book=law)
    spots = [spot for v in placement.breaks.values() for spot in v]
    assert (shares(orders, spots).ilm_share or 0) >= 0.3
    assert len(spots) == 24
    assert {f.item for f in placement.findings} == {"a3", "a2"}
    assert (shares(orders, [s for v in lay(orders, tight).breaks.values() for s in v]).ilm_share or 0) < 0.3


def test_one_large_order_leaves_the_public_its_share() -> None:
    tight = [replace(b, longest=HALF_MINUTE) for b in HOURLY]
    placement = lay([order("a", 24, priority=1), ilm("z", 8)], tight, book=replace(FREE, ilm=LAWFUL.ilm))
    assert [len(where(placement, name)) for name in "az"] == [16, 8]


def test_public_service_spots_fill_the_room_that_is_left_and_come_last_in_a_break() -> None:
    placement = lay([ilm("a", 24), order("z", 2, priority=9), order("y", 1)], HOURLY[:2])
    assert [[s.order for s in v] for v in placement.breaks.values()] == [["y", "z", "a"], ["z", "a"]]
    assert [(f.item, f.severity) for f in placement.findings] == [("a", Severity.NOTE)]


def test_files_take_turns_by_how_often_they_aired() -> None:
    files = ("spot/1.mp4", "spot/2.mp4", "spot/3.mp4")
    past = [SpotAiring("a", path, Quanta(at("12:00") - 300_000), HALF_MINUTE) for path in files[:1] * 2 + files[1:2]]
    placement = lay([order("a", 6, assets=files)], aired=past)
    assert [s.path[5] for v in placement.breaks.values() for s in v] == ["3", "2", "3", "1", "2", "3"]


def test_a_shorter_file_airs_where_the_longer_one_has_no_room() -> None:
    files = {"spot/60.mp4": covering(60), "spot/15.mp4": covering(15)}
    breaks = (*breaks_at("08:00"), *breaks_at("09:00", longest=covering(15)))
    placement = lay([order("a", 2, assets=tuple(files))], breaks, lengths=files)
    assert [v[0].path for v in placement.breaks.values()] == ["spot/60.mp4", "spot/15.mp4"]


def test_material_that_is_not_ready_is_told_and_the_rest_airs() -> None:
    files = ("spot/1.mp4", "spot/2.mp4")
    placement = lay([order("a", 2, assets=files), order("b")], lengths={files[0]: HALF_MINUTE})
    assert where(placement, "a") and not where(placement, "b")
    assert [(f.rule, f.item, f.severity) for f in placement.findings] == [
        (Rule.SPOT_NO_MATERIAL, files[1], Severity.NOTE),
        (Rule.SPOT_NO_MATERIAL, "spot/b.mp4", Severity.WARNING),
    ]


def test_an_order_whose_total_has_aired_is_not_spoken_of() -> None:
    past = [aired_at("a", "12:00", DAY - timedelta(days=1))]
    assert not lay([order("a", total=1)], aired=past, lengths={}).findings


def test_without_a_break_in_its_day_part_it_is_told() -> None:
    morning = order("a", hours=((6 * 3600, 7 * 3600),))
    assert "tidak ada jeda iklan di jam tayangnya" in told(lay([morning], HOURLY[12:]), Rule.SPOT_UNPLACED)[0]
    late = lay([morning], now=at("12:00"))
    assert "semua jeda di jam tayangnya sudah lewat" in told(late, Rule.SPOT_UNPLACED)[0]
    assert list(late.breaks) == [b.key for b in HOURLY[12:]]


def test_breaks_out_of_order_or_of_one_name_are_refused() -> None:
    for wrong in (HOURLY[1::-1], (HOURLY[0], replace(HOURLY[1], key=HOURLY[0].key))):
        with pytest.raises(ValueError, match="jeda iklan harus berurutan"):
            lay([], wrong)


def test_nothing_to_place_and_nowhere_to_place_it() -> None:
    assert lay([]).breaks == {b.key: () for b in HOURLY}
    assert lay([], ()) == Placement({}, ())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"last": date(2025, 12, 31)}, "ends before it begins"),
        ({"assets": ()}, "assets"),
        ({"times_a_day": 0}, "times_a_day"),
        ({"days": (7,)}, "days"),
        ({"hours": ((0, 86_401),)}, "hours"),
    ],
)
def test_an_order_that_cannot_be_is_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        order("a", 1, **wrong)


# the day under way


def test_what_was_missed_is_made_up_in_later_breaks() -> None:
    orders = [order("a", 6, min_gap_minutes=60), order("b", 6)]
    plan = lay(orders)
    missed = where(plan, "a")[0]
    aired = [a for a in airings(plan, HOURLY[:12]) if (a.order, a.break_key) != ("a", missed)]
    again = lay(orders, aired=aired, now=at("12:00"))
    assert where(again, "b") == [key for key in where(plan, "b") if key > "12"]
    kept = [key for key in where(plan, "a") if key > "12"]
    assert set(kept) < set(where(again, "a"))
    assert len(where(again, "a")) == len(kept) + 1


def test_what_aired_too_often_is_taken_off_and_what_aired_by_hand_keeps_its_gap() -> None:
    orders = [order("a", 3, min_gap_minutes=120)]
    plan = lay(orders)
    assert where(plan, "a") == ["03:30", "11:30", "19:30"]
    by_hand = [*airings(plan, HOURLY[:11]), aired_at("a", "10:45")]
    assert where(lay(orders, aired=by_hand), "a") == ["19:30"]
    assert where(lay(orders, aired=[*by_hand, aired_at("a", "09:10")]), "a") == []
    assert len(where(lay(orders, aired=[aired_at("a", "02:00")], now=at("03:00")), "a")) == 2


def test_an_airing_late_in_its_break_stands_at_the_time_of_the_break() -> None:
    orders = [order("a", 24, min_gap_minutes=60)]
    plan = lay(orders)
    assert where(lay(orders, aired=airings(plan, HOURLY[:3], late=covering(150))), "a") == [b.key for b in HOURLY[3:]]


def test_a_break_that_airs_some_seconds_early_at_midnight_is_todays() -> None:
    breaks = (Break(at("00:00"), LONG, "first"), *HOURLY)
    orders = [order("a", 25)]
    early = airings(lay(orders, breaks), breaks[:1], late=-10)
    assert starting(early[0].start).astimezone(WIB).date() == DAY - timedelta(days=1)
    again = lay(orders, breaks, early)
    assert len(where(again, "a")) == 24
    assert "first" not in again.breaks


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_of_23_or_25_hours(day: date, hours: int) -> None:
    begin = at_or_after(instant(day, 0, BERLIN))
    breaks = [Break(Quanta(begin + covering(3600 * n)), LONG, str(n)) for n in range(hours)]
    night = order("a", 30, hours=((3600, 4 * 3600),))
    assert len(where(lay([night], breaks, day=day, zone=BERLIN), "a")) == hours - 21
    everything = [order("a", hours), ilm("b", hours)]
    placement = lay(everything, breaks, day=day, zone=BERLIN)
    assert not placement.findings
    assert not lay(everything, breaks, airings(placement, breaks[:9]), day=day, zone=BERLIN).findings


# proof and shares


def test_proof_counts_what_was_booked_and_what_aired_day_by_day() -> None:
    orders = [order("a", 2, total=5, first=DAY, last=DAY + timedelta(days=2)), order("b", 1, days=(4,))]
    days = [DAY + timedelta(days=n) for n in range(3)]
    aired = [aired_at("a", clock, day) for day in days[:2] for clock in ("08:00", "20:00")]
    aired += [aired_at("a", "23:59", DAY - timedelta(days=1)), aired_at("b", "00:00", days[2])]
    rows = proof(orders, aired, days[0], days[2], WIB, channel=CHANNEL)
    assert [(r.order.id, r.day, r.planned, len(r.airings)) for r in rows] == [
        ("a", days[0], 2, 2),
        ("a", days[1], 2, 2),
        ("b", days[1], 1, 0),
        ("b", days[2], 0, 1),
    ]
    assert rows[0].airings == (aired_at("a", "08:00"), aired_at("a", "20:00"))
    elsewhere = [o.model_copy(update={"channels": ("radio",)}) for o in orders]
    assert [r.planned for r in proof(elsewhere, aired, days[0], days[2], WIB, channel=CHANNEL)] == [0, 0, 0]


def test_shares_of_what_was_placed_or_aired() -> None:
    orders = [order("a"), ilm("b")]
    spots: list[Placed | SpotAiring] = [
        Placed("a", "x", Quanta(70)),
        SpotAiring("b", "y", Quanta(0), Quanta(30)),
        aired_at("unknown", "08:00"),
    ]
    found = shares(orders, spots)
    assert (found.commercial, found.ilm, found.ilm_share, found.commercial_share(Quanta(700))) == (70, 30, 0.3, 0.1)
    assert shares(orders, []).ilm_share is None


# random days


@dataclass(frozen=True)
class Case:
    """A random day: its orders, its breaks, how long files are (shorter than their break or not, some missing)."""

    orders: tuple[SpotOrder, ...]
    breaks: tuple[Break, ...]
    lengths: dict[str, Quanta]
    before: tuple[SpotAiring, ...]
    book: Book
    day: date
    zone: ZoneInfo

    def lay(self, aired: Sequence[SpotAiring] = (), now: Quanta | None = None) -> Placement:
        return lay(
            self.orders,
            self.breaks,
            [*self.before, *aired],
            self.book,
            self.lengths,
            day=self.day,
            zone=self.zone,
            now=now,
        )


def part(r: Random) -> tuple[int, int]:
    begin = r.randrange(0, 86_400, 1800)
    return begin, (begin + r.randrange(1800, 43_200, 1800)) % 86_400


def random_order(r: Random, n: int, day: date) -> SpotOrder:
    return order(
        f"o{n}",
        r.choice([1, 2, 3, 5, 12]),
        assets=tuple(f"f/{r.randrange(12)}" for _ in range(r.randint(1, 3))),
        first=day - timedelta(days=r.randint(-1, 9)),
        last=day + timedelta(days=r.randint(9, 12)),
        days=r.choice([tuple(range(7))] * 4 + [(0, 2, 3)]),
        hours=tuple(part(r) for _ in range(r.choice([0, 0, 1, 2]))),
        total=r.choice([None, None, 1, 4, 9]),
        priority=r.choice([1, 5, 5, 9]),
        min_gap_minutes=r.choice([0, 0, 20, 60, 240]),
        product_group=r.choice(["", "bank", "motor", "sabun"]),
        kind=r.choice([SpotKind.COMMERCIAL, SpotKind.COMMERCIAL, SpotKind.ILM]),
        product=r.choice([Product.ORDINARY] * 4 + [Product.CIGARETTES]),
        channels=r.choice([(), (), (CHANNEL,), ("radio",)]),
    )


def case_of(seed: int) -> Case:
    """Make one case from a seed: a plain generator spreads wider than one that likes small values."""
    r = Random(seed)
    day, zone = r.choice([(DAY, WIB), (DAY, WIB), (date(2026, 3, 29), BERLIN), (date(2026, 10, 25), BERLIN)])
    begin, end = (at_or_after(instant(d, 0, zone)) for d in (day, day + timedelta(days=1)))
    step = r.choice([covering(600), covering(1800), covering(5400)])
    starts = [Quanta(q + r.randrange(step // 2)) for q in range(begin, end - step, step)]
    breaks = tuple(Break(q, r.choice([LONG, LONG, HALF_MINUTE, covering(70)]), f"b{n}") for n, q in enumerate(starts))
    orders = tuple(random_order(r, n, day) for n in range(r.randint(1, 25)))
    before = tuple(
        SpotAiring(r.choice(orders).id, f"f/{r.randrange(12)}", Quanta(begin - r.randrange(1, 12_000)), HALF_MINUTE)
        for _ in range(r.choice([0, 0, 8]))
    )
    book = Book(
        Limit(r.choice([1, 0.15, 0.02]), "-"),
        Limit(r.choice([0, 0.3]), "-"),
        r.choice([0, 15, 45]),
        r.choice([{}, {Product.CIGARETTES: ((int(21.5 * 3600), 5 * 3600),)}]),
        r.choice([None, Quanta(100_000)]),
    )
    lengths = {f"f/{n}": covering(r.choice([15, 30, 30, 60])) for n in range(12) if r.random() < 0.9}
    return Case(orders, breaks, lengths, before, book, day, zone)


cases = st.integers(0, 2**48).map(case_of)
many = settings(max_examples=120, deadline=None)


def minute(q: Quanta) -> int:
    return round(q * 0.32 / 60)


def local_second(q: int, zone: ZoneInfo) -> int:
    clock = starting(Quanta(q)).astimezone(zone)
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def inside(hours: Sequence[tuple[int, int]], second: int) -> bool:
    return any((second - a) % 86_400 < ((b - a) % 86_400 or 86_400) for a, b in hours)


class Checked:
    """The rules, written down once more: each airing alone against all others."""

    def __init__(self, case: Case, placement: Placement, aired: Sequence[SpotAiring]) -> None:
        self.case, self.orders = case, {o.id: o for o in case.orders}
        starts = {b.key: b.start for b in case.breaks}
        self.placed = [(s, key) for key, spots in placement.breaks.items() for s in spots]
        self.all = [(self.orders[a.order], minute(starts.get(a.break_key, a.start))) for a in [*case.before, *aired]]
        self.all += [(self.orders[s.order], minute(starts[key])) for s, key in self.placed]
        self.today = Counter([a.order for a in aired] + [s.order for s, _ in self.placed])
        self.ever = Counter([o.id for o, _ in self.all])
        self.room = {
            b.key: b.longest - sum(s.length for s in placement.breaks[b.key])
            for b in case.breaks
            if b.key in placement.breaks
        }
        self.spots: list[Placed | SpotAiring] = [*aired, *(s for s, _ in self.placed)]

    @property
    def commercial_left(self) -> int:
        begin, end = (at_or_after(instant(self.case.day + timedelta(days=n), 0, self.case.zone)) for n in (0, 1))
        airtime = self.case.book.airtime or end - begin
        return int(self.case.book.commercial.share * airtime) - shares(self.case.orders, self.spots).commercial

    def in_hours(self, o: SpotOrder, b: Break) -> bool:
        nominal = datetime.fromtimestamp(minute(b.start) * 60, self.case.zone)
        second = nominal.hour * 3600 + nominal.minute * 60
        legal = self.case.book.hours.get(o.product, ((0, 0),))
        ends = b.start + b.longest - 1
        return (not o.hours or inside(o.hours, second)) and all(
            inside(legal, local_second(q, self.case.zone)) for q in (b.start, ends)
        )

    def apart(self, one: tuple[SpotOrder, int], other: tuple[SpotOrder, int]) -> bool:
        (a, m), (b, n) = one, other
        if a.id == b.id:
            return abs(m - n) >= max(1, a.min_gap_minutes)
        rivals = a.product_group and a.product_group == b.product_group
        return not rivals or abs(m - n) >= max(1, self.case.book.separation_minutes)

    def could_take(self, o: SpotOrder, b: Break) -> bool:
        """Tell whether one more airing of `o` in `b` would keep every rule."""
        sizes = [self.case.lengths[path] for path in o.assets if path in self.case.lengths]
        return (
            bool(sizes)
            and o.airs_on(self.case.day, CHANNEL)
            and self.today[o.id] < o.times_a_day
            and (o.total is None or self.ever[o.id] < o.total)
            and self.room[b.key] >= min(sizes)
            and (o.kind is SpotKind.ILM or self.commercial_left >= min(sizes))
            and self.in_hours(o, b)
            and all(self.apart((o, minute(b.start)), other) for other in self.all)
        )


def check(case: Case, placement: Placement, aired: Sequence[SpotAiring] = ()) -> Checked:
    """Assert every rule of a placement whose airings of the day so far broke none."""
    checked = Checked(case, placement, aired)
    breaks = {b.key: b for b in case.breaks}
    assert min([0, *checked.room.values()]) == 0
    assert checked.commercial_left >= 0
    for spot, key in checked.placed:
        o = checked.orders[spot.order]
        assert spot.path in o.assets
        assert case.lengths[spot.path] == spot.length
        assert o.airs_on(case.day, CHANNEL)
        assert checked.in_hours(o, breaks[key])
    for name, count in checked.today.items():
        assert count <= checked.orders[name].times_a_day
        assert checked.ever[name] <= (checked.orders[name].total or count + checked.ever[name])
    first_placed = len(checked.all) - len(checked.placed)
    for (i, one), (_, other) in combinations(enumerate(reversed(checked.all)), 2):
        assert i >= len(checked.all) - first_placed or checked.apart(one, other)
    missing = {f.item for f in placement.findings if f.rule is Rule.SPOT_UNPLACED}
    for o in case.orders:
        assert not any(checked.could_take(o, b) for b in case.breaks if b.key in placement.breaks)
        ready = any(path in case.lengths for path in o.assets)
        wanted = min(o.times_a_day, checked.today[o.id] + max(0, (o.total or 10**6) - checked.ever[o.id]))
        assert (o.id in missing) == (o.airs_on(case.day, CHANNEL) and ready and checked.today[o.id] < wanted)
    return checked


@many
@given(cases)
def test_every_rule_is_kept_and_what_could_be_placed_is(case: Case) -> None:
    check(case, case.lay())


@many
@given(cases)
def test_the_same_day_is_laid_out_the_same_whatever_order_the_orders_come_in(case: Case) -> None:
    shuffled = replace(case, orders=case.orders[::-1], before=case.before[::-1])
    assert case.lay() == case.lay()
    assert case.lay().breaks == shuffled.lay().breaks


@many
@given(cases, st.floats(0, 1), st.integers(-20, 20))
def test_after_some_breaks_have_aired_the_rest_stays_as_it_was(case: Case, share: float, late: int) -> None:
    plan, done = case.lay(), round(share * len(case.breaks))
    aired = airings(plan, case.breaks[:done], late)
    now = case.breaks[done - 1].start + 1 if done else None
    again = case.lay(aired, None if now is None else Quanta(now))
    assert again.breaks == {b.key: plan.breaks[b.key] for b in case.breaks[done:]}
    assert {f.item for f in again.findings} == {f.item for f in plan.findings}


@many
@given(cases, st.floats(0, 1), st.integers(0, 2**32))
def test_what_was_missed_is_made_up_without_breaking_a_rule(case: Case, share: float, seed: int) -> None:
    r, plan, done = Random(seed), case.lay(), round(share * len(case.breaks))
    aired = [a for a in airings(plan, case.breaks[:done]) if r.random() < 0.7]
    again = case.lay(aired, Quanta(case.breaks[done - 1].start + 1) if done else None)
    check(case, again, aired)
    for b in case.breaks[done:]:
        assert set(plan.breaks[b.key]) <= set(again.breaks[b.key])


@many
@given(cases)
def test_the_share_of_public_service_spots_holds_or_no_more_can_air(case: Case) -> None:
    placement = case.lay()
    checked = Checked(case, placement, ())
    held = (shares(case.orders, checked.spots).ilm_share or 0) >= case.book.ilm.share
    more = [(o, b) for o in case.orders if o.kind is SpotKind.ILM for b in case.breaks if checked.could_take(o, b)]
    assert held or not checked.spots or not more
