"""Spots as fixed lines of a plan: the breaks of a channel, what is over, what was missed and made up, what is told."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lppl.programme import Product
from lppl.quanta import Quanta, covering
from lppl.rundown import Kind
from scheduler.documents import Documents, laid_out
from scheduler.findings import Rule
from scheduler.grid import BreakRule, ChannelRules
from scheduler.plan import Fixed, Plan
from scheduler.prayer import Place
from scheduler.rules import DEFAULT_BOOK
from scheduler.spot_breaks import LATE, DailySpots, book_of, breaks_of, keyed
from scheduler.spots import SpotAiring, SpotOrder
from tests.scheduler.building import DAY, SUNDAY, WIB, at, made, planned, starting_at, told

HALF_MINUTE = covering(30)
TOMORROW = SUNDAY + timedelta(days=1)
HOURLY = BreakRule(minutes=(40,), start="06.00", until="22.00")


class Shop:
    """Knows how long files are."""

    def __init__(self, *missing: str) -> None:
        self.missing = missing

    def of_fixed(self, event: Fixed) -> None:
        """As `scheduler.plan.Stock` says."""

    def length_at(self, path: str) -> Quanta | None:
        """As `scheduler.plan.Stock` says."""
        return None if path in self.missing else HALF_MINUTE


def order(name: str, times: int, **more: Any) -> SpotOrder:
    said: dict[str, Any] = {
        "id": name, "advertiser": f"Toko {name}", "assets": [f"spot/{name}"], "times_a_day": times,
        "first": "2026-11-01", "last": "2026-11-30",
    }  # fmt: skip
    return SpotOrder.model_validate(said | more)


def spots(
    *orders: SpotOrder, now: str | Quanta = "00.00", aired: Sequence[SpotAiring] = (), rule: BreakRule = HOURLY
) -> DailySpots:
    rules = ChannelRules(id="radio", breaks=(rule,), separation_minutes=0)
    return DailySpots(rules, aired, orders, DEFAULT_BOOK, WIB, at(now) if isinstance(now, str) else now)


def hours(found: Sequence[Fixed], name: str, day: date = SUNDAY) -> list[int]:
    return [(spot.start - at("00.00", day=day)) // 11_250 for spot in found if spot.order == name]


def aired(name: str, time: str, day: date = SUNDAY) -> SpotAiring:
    return SpotAiring(name, f"spot/{name}", at(time, day=day), HALF_MINUTE)


# ---- breaks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "until", "clocks"),
    [
        ("06.00", "08.00", ["06.40", "07.40"]),
        ("06.40", "07.40", ["06.40"]),
        ("06.41", "07.40", []),
        ("22.00", "02.00", ["00.40", "01.40", "22.40", "23.40"]),
    ],
)
def test_breaks_lie_in_the_hours_of_their_rule_which_may_pass_midnight(
    start: str, until: str, clocks: list[str]
) -> None:
    rule = BreakRule(minutes=(40,), start=start, until=until)
    assert [b.start for b in breaks_of([rule], SUNDAY, WIB)] == [at(clock) for clock in clocks]


def test_of_two_rules_at_one_time_the_longer_break_holds_and_days_are_kept() -> None:
    short, long = (BreakRule(minutes=(0,), until=3600, longest_s=s) for s in (30, 90))
    monday = BreakRule(minutes=(30,), until=3600, days=(0,))
    assert [b.longest for b in breaks_of([short, long, short, monday], SUNDAY, WIB)] == [covering(90)]
    assert [b.key for b in breaks_of([monday], TOMORROW, WIB)] == ["2026-11-23.0030"]


def test_a_break_in_the_hour_that_is_leapt_over_and_the_one_after_it_are_one() -> None:
    rule = BreakRule(minutes=(0,), start="02.00", until="04.00")
    assert len(breaks_of([rule], date(2027, 3, 28), ZoneInfo("Europe/Berlin"))) == 1


@pytest.mark.parametrize(
    ("time", "day", "key"),
    [
        ("06.40", SUNDAY, "2026-11-22.0640"),
        ("06.44", SUNDAY, "2026-11-22.0640"),
        ("06.39", SUNDAY, ""),
        ("06.48", SUNDAY, ""),  # 2 minutes of break and 5 of grace
        ("00.01", TOMORROW, "2026-11-22.2358"),
    ],
)
def test_what_aired_belongs_to_the_break_that_began_before_it(time: str, day: date, key: str) -> None:
    rules = [HOURLY, BreakRule(minutes=(58,), start="23.00")]
    (found,) = keyed([aired("kopi", time, day)], rules, WIB)
    assert found.break_key == key


def test_a_break_that_is_known_is_kept() -> None:
    known = SpotAiring("kopi", "spot/kopi", at("06.40"), HALF_MINUTE, "lain")
    assert keyed([known], [HOURLY], WIB) == [known]


# ---- days -----------------------------------------------------------------------------------------


def test_today_and_the_days_after_have_their_spots_the_days_before_none() -> None:
    placed = spots(order("kopi", 4))
    assert [len(placed.on(SUNDAY + timedelta(days=n), Shop())) for n in (-1, 0, 1, 8, 9)] == [0, 4, 4, 4, 0]
    for spot in placed.on(SUNDAY, Shop()):
        assert (spot.hard, spot.path, spot.order, spot.category, spot.title) == (
            False, "spot/kopi", "kopi", "iklan", "Iklan Toko kopi",
        )  # fmt: skip


def test_the_same_day_asked_for_again_or_later_is_the_same() -> None:
    one, other = (spots(order("kopi", 4), order("teh", 3), order("ilm", 3, kind="ilm")) for _ in range(2))
    first = one.on(SUNDAY, Shop())
    tomorrow = one.on(TOMORROW, Shop())
    assert one.on(SUNDAY, Shop()) is first
    assert other.on(TOMORROW, Shop()) == tomorrow
    assert other.on(SUNDAY, Shop()) == first


def test_what_became_ready_is_placed() -> None:
    placed = spots(order("kopi", 2), order("teh", 2))
    assert Counter(s.order for s in placed.on(SUNDAY, Shop("spot/teh"))) == {"kopi": 2}
    assert Counter(s.order for s in placed.on(SUNDAY, Shop())) == {"kopi": 2, "teh": 2}


@pytest.mark.parametrize(("late", "kept"), [(LATE, True), (LATE + 1, False)])
def test_a_break_is_over_some_minutes_after_its_time(late: int, kept: bool) -> None:
    all_day = order("kopi", 16)
    placed = spots(all_day, now=Quanta(at("12.40") + late)).on(SUNDAY, Shop())
    assert (12 in hours(placed, "kopi")) == kept


def test_what_was_missed_today_is_made_up_in_the_breaks_to_come() -> None:
    kopi = order("kopi", 4)
    plain = hours(spots(kopi).on(SUNDAY, Shop()), "kopi")
    early, late = [h for h in plain if h < 12], [h for h in plain if h >= 12]
    assert early
    missed = hours(spots(kopi, now="12.00").on(SUNDAY, Shop()), "kopi")
    assert len(missed) == 4
    assert min(missed) >= 12
    done = [aired("kopi", f"{h:02}.40") for h in early]
    assert hours(spots(kopi, now="12.00", aired=done).on(SUNDAY, Shop()), "kopi") == late


def test_the_total_of_a_flight_counts_what_aired_and_what_is_planned_for_days_between() -> None:
    kopi = order("kopi", 4, total=7)
    placed = spots(kopi, now="12.00", aired=[aired("kopi", "06.40"), aired("kopi", "07.40")])
    days = [len(placed.on(SUNDAY + timedelta(days=n), Shop())) for n in range(4)]
    assert days == [2, 3, 0, 0]


def test_the_law_of_the_day_is_kept() -> None:
    book = book_of(DEFAULT_BOOK, SUNDAY, 15)
    assert (book.commercial.share, book.ilm.share, book.separation_minutes) == (0.15, 0.3, 15)
    assert book.hours[Product.CIGARETTES] == ((77_400, 18_000),)
    placed = spots(order("rokok", 16, product="rokok"))
    assert hours(placed.on(SUNDAY, Shop()), "rokok") == [21]


# ---- in a plan ------------------------------------------------------------------------------------


def plan_of(*orders: SpotOrder, **rules: Any) -> Plan:
    kept = Documents(
        grid={"entries": []},
        channel={"breaks": [HOURLY.model_dump(mode="json")]} | rules,
        orders={o.id: o.model_dump(mode="json") for o in orders},
    )
    return laid_out("radio", kept, Plan(), WIB, Place(-6.888, 109.675, WIB), at("00.00")).plan


def test_spots_air_in_their_break_one_after_the_other_with_their_order_and_category() -> None:
    shelf = [made(f"spot/{name}", HALF_MINUTE) for name in ("kopi", "teh")]
    built = planned(plan_of(order("kopi", 16), order("teh", 16)), shelf, "06.00", "08.00")
    first = starting_at(built, "06.40")
    second = starting_at(built, first.end)
    assert {first.order, second.order} == {"kopi", "teh"}
    assert {(x.category, x.kind, x.hard) for x in (first, second)} == {("iklan", Kind.ITEM, False)}
    assert first.why.startswith("Iklan pukul 06.40")
    assert first.why.endswith(f"(pesanan {first.order})")
    assert not [f for f in built.findings if f.rule is not Rule.GAP]


def test_what_has_no_place_and_what_has_no_material_is_told_for_the_days_that_are_built() -> None:
    crowd = [order(f"o{n}", 16) for n in range(6)]
    shelf = [made(f"spot/o{n}", HALF_MINUTE) for n in range(6)]
    plan = plan_of(*crowd, order("baru", 2))
    built = planned(plan, shelf, "06.00", Quanta(at("06.00") + 2 * DAY))
    days = {f.indonesian.partition("tanggal ")[2].split(":")[0] for f in told(built, Rule.SPOT_UNPLACED)}
    assert days == {"22/11/2026", "23/11/2026", "24/11/2026"}
    assert {f.item for f in told(built, Rule.SPOT_NO_MATERIAL)} == {"spot/baru"}
    assert not told(planned(plan_of(order("o1", 2)), shelf, "06.00", "08.00"), Rule.SPOT_UNPLACED)


def test_spots_of_yesterday_do_not_air_again_after_a_restart() -> None:
    shelf = [made("spot/kopi", HALF_MINUTE)]
    plan = plan_of(order("kopi", 16))
    built = planned(plan, shelf, "05.00", "07.00")
    assert [x.start for x in built.rundown if x.order] == [at("06.40")]
    assert not [x for x in planned(plan, shelf, "21.40.30", "23.00").rundown if x.order]
