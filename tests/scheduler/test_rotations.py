"""What a rotation chooses: clocks of the hour, weights, day-parts, rights, separation, what it had chosen before."""

from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from lppl.quanta import Quanta
from scheduler.choice import Surroundings
from scheduler.findings import Rule, Severity
from scheduler.plan import Plan, Rotating, Rules
from tests.scheduler.building import (
    DAY,
    as_aired,
    asset,
    at,
    fixed,
    made,
    named,
    past,
    planned,
    strip,
    titles,
    told,
)

# ---- rotations ------------------------------------------------------------------------------------

SONGS = [made(f"m/{n}", 500, artist=f"A{n % 3}") for n in range(12)]


def rotating(rules: Rules = Rules(), clock: tuple[str, ...] = (), end: str = "12.00") -> Plan:  # noqa: B008
    return Plan((strip("musik", "06.00", end, Rotating(("m",), rules, clock, "Musik")),))


def test_the_clock_names_the_group_of_each_item_and_begins_again_every_hour() -> None:
    shelf = [made(f"m/{g}{n}", 500, group=g) for g in ("gold", "baru", "etnik") for n in range(30)]
    built = planned(rotating(clock=("gold", "baru", "etnik", "gold")), shelf, "06.00", "08.00")
    groups = [(x.start, x.material.details.group) for x in built.rundown]
    for hour in ("06.00", "07.00"):
        of_hour = [group for q, group in groups if at(hour) <= q < at(hour) + 11_250]
        assert of_hour[:9] == ["gold", "baru", "etnik", "gold"] * 2 + ["gold"]
    assert 'kelompok "gold"' in built.rundown.lines[0].why


def test_the_clock_counts_what_aired_before_a_restart() -> None:
    shelf = [made(f"m/{g}{n}", 500, group=g) for g in ("gold", "baru", "etnik") for n in range(30)]
    plan = rotating(clock=("gold", "baru", "etnik"))
    lines = planned(plan, shelf, "06.00", "07.20").rundown.lines
    assert planned(plan, shelf, lines[9].start, "07.20", as_aired(lines[:9])).rundown.lines == lines[9:]


def test_the_hour_that_comes_twice_is_two_hours_of_the_clock() -> None:
    berlin, day = ZoneInfo("Europe/Berlin"), date(2026, 10, 25)
    shelf = [made(f"m/{g}{n}", 700, group=g) for g in ("gold", "baru", "etnik") for n in range(30)]
    plan = Plan((strip("musik", "00.00", "12.00", Rotating(("m",), clock=("gold", "baru", "etnik"))),))
    start = at("01.00", berlin, day)
    end = Quanta(start + 4 * 11_250)
    lines = planned(plan, shelf, start, end, zone=berlin).rundown.lines
    for n, line in enumerate(lines):
        again = planned(plan, shelf, line.start, end, as_aired(lines[:n]), zone=berlin).rundown
        assert again.lines[0].material == line.material
    for hour in range(4):
        of_hour = [x.material.details.group for x in lines if 0 <= x.start - start - hour * 11_250 < 11_250]
        assert of_hour[:4] == ["gold", "baru", "etnik", "gold"]


def test_an_empty_group_of_the_clock_takes_from_the_whole_rotation_and_is_told() -> None:
    shelf = [made("m/1", 500, group="gold"), made("m/2", 500), made("m/3", 500)]
    built = planned(rotating(clock=("gold", "kosong")), shelf, "06.00", "06.08")
    assert titles(built, 1) == ["m/1"]
    assert built.rundown.lines[1].why.startswith("Rotasi Musik:")
    assert [(f.rule, f.item) for f in built.findings] == [(Rule.EMPTY_CATEGORY, "kosong")]


def test_weight_two_airs_about_twice_as_often() -> None:
    shelf = [made(f"m/{n}", 500, weight=1 + (n % 2)) for n in range(20)]
    built = planned(rotating(end="06.00"), shelf, "06.00", Quanta(at("06.00") + DAY))
    times = Counter(titles(built))
    light, heavy = (sum(times[m.title] for m in shelf if m.details.weight == w) for w in (1, 2))
    assert heavy / light == pytest.approx(2, rel=0.1)
    assert min(times.values()) >= 15


@pytest.mark.parametrize(
    ("hours", "clock", "airs"),
    [
        (((6 * 3600, 10 * 3600),), "06.00", True),
        (((6 * 3600, 10 * 3600),), "10.00", False),
        (((22 * 3600, 7 * 3600),), "06.56", True),
        (((22 * 3600, 7 * 3600),), "07.00", False),
        (((0, 3600), (8 * 3600, 9 * 3600)), "08.00", True),
    ],
)
def test_a_rotation_chooses_within_the_day_parts_of_its_material(
    hours: tuple[tuple[int, int], ...], clock: str, airs: bool
) -> None:
    shelf = [made("m/1", 500, hours=hours), made("m/2", 500)]
    aired = past(("m/2", Quanta(at(clock) - 500), 500))
    assert (titles(planned(rotating(), shelf, clock, "12.00", aired), 1) == ["m/1"]) == airs


@pytest.mark.parametrize(
    ("rights", "airs"),
    [
        ({"last_day": date(2026, 11, 22)}, True),
        ({"last_day": date(2026, 11, 21)}, False),
        ({"first_day": date(2026, 11, 22)}, True),
        ({"first_day": date(2026, 11, 23)}, False),
    ],
)
def test_rights_hold_from_their_first_to_their_last_day(rights: dict[str, date], airs: bool) -> None:
    shelf = [made(path, 500, **rights) for path in ("m/1", "a")]  # type: ignore[arg-type]
    assert (titles(planned(rotating(), shelf, "06.00", "06.08"), 1) == ["m/1"]) == airs
    built = planned(Plan((strip("daftar", "06.00", "07.00", "a"),)), shelf, "06.00", "06.08")
    assert (titles(built, 1) == ["a"]) == airs
    assert bool(told(built, Rule.RIGHTS_OVER)) != airs


def test_rights_end_at_midnight() -> None:
    shelf = [made("m/1", 500, last_day=date(2026, 11, 22)), made("m/2", 500), made("m/3", 500)]
    plan = Plan((strip("musik", "22.00", "02.00", Rotating(("m",))),))
    built = planned(plan, shelf, "23.00", Quanta(at("23.00") + 22_500))
    last = max(line.start for line in named(built, "m/1"))
    assert at("23.44") < last < at("23.00") + 11_250


# ---- separation -----------------------------------------------------------------------------------

HALF_HOUR = Quanta(5_625)


@pytest.mark.parametrize(
    ("rules", "one", "other"),
    [
        (Rules(artist=HALF_HOUR), {"artist": "Didi Kempot"}, {"artist": " didi  KEMPOT "}),
        (Rules(title=HALF_HOUR), {"title": "Lir Ilir"}, {"title": "lir ilir"}),
        (Rules(album=HALF_HOUR), {"album": "Emas", "artist": "X"}, {"album": "emas", "artist": "x"}),
    ],
)
def test_artist_title_and_album_are_kept_apart(rules: Rules, one: dict[str, str], other: dict[str, str]) -> None:
    shelf = [made("m/1", 500, **one), made("m/2", 500, **other), *(made(f"m/lain-{n}", 500) for n in range(20))]
    built = planned(rotating(rules), shelf, "06.00", "07.00", past(("m/1", "05.56", 500)))
    pair = {asset("m/1"), asset("m/2")}
    starts = [line.start for line in built.rundown if line.material.asset in pair]
    assert starts
    assert starts[0] >= at("05.56") + HALF_HOUR
    assert not told(built, Rule.SEPARATION_BROKEN)


def test_an_album_of_one_name_by_another_artist_is_another_album() -> None:
    rules = Rules(album=HALF_HOUR)
    shelf = [made("m/1", 500, album="Emas", artist="X"), made("m/2", 500, album="Emas", artist="Y")]
    built = planned(rotating(rules), shelf, "06.00", "06.01", past(("m/1", Quanta(at("06.00") - 500), 500)))
    assert titles(built, 1) == ["m/2"]
    assert not built.findings


def test_nothing_airs_twice_within_its_hours() -> None:
    built = planned(rotating(Rules(again=Quanta(5_500))), SONGS, "06.00", "09.00")
    starts: dict[str, int] = {}
    for line in built.rundown:
        assert line.start - starts.get(line.material.title, -DAY) >= 5_500
        starts[line.material.title] = line.start
    assert not built.findings


@pytest.mark.parametrize(
    ("shelf", "given_up"),
    [
        ([{"artist": "X", "album": "E"}, {"artist": "Y", "album": "E"}], ""),
        ([{"artist": "X", "album": "E"}, {"artist": "X", "album": "E"}], "album, artis"),
        ([{"artist": "X", "title": "T"}, {"artist": "Y", "title": "T"}], "album, artis, judul"),
        ([{"artist": "X"}], "album, artis, judul, jarak putar"),
    ],
)
def test_separation_is_loosened_in_its_order_and_that_is_told(shelf: list[dict[str, str]], given_up: str) -> None:
    rules = Rules(HALF_HOUR, HALF_HOUR, HALF_HOUR, HALF_HOUR)
    songs = [made(f"m/{n}", 500, **tags) for n, tags in enumerate(shelf)]
    built = planned(rotating(rules), songs, "06.00", "06.01", past(("m/0", Quanta(at("06.00") - 500), 500)))
    assert built.rundown.lines[0].material == songs[-1]
    findings = told(built, Rule.SEPARATION_BROKEN)
    if not given_up:
        assert not findings
        return
    assert f"pemisahan {given_up} dilonggarkan" in built.rundown.lines[0].why
    (found,) = findings
    assert f"pemisahan {given_up} " in found.indonesian
    assert (found.severity, found.where, found.at) == (Severity.NOTE, "musik", at("06.00"))


def test_filler_goes_before_separation_where_a_hard_start_is_near() -> None:
    plan = Plan(rotating(Rules(artist=HALF_HOUR)).strips, fixed=(fixed("06.04", "azan"),), filler=("folder:f",))
    shelf = [made("m/1", 500, artist="X"), made("f/1", 375), made("azan")]
    built = planned(plan, shelf, "06.00", "06.04", past(("m/1", Quanta(at("06.00") - 500), 500)))
    assert titles(built, 2) == ["f/1", "f/1"]
    assert not told(built, Rule.SEPARATION_BROKEN)


# ---- what an earlier plan had chosen --------------------------------------------------------------


def test_a_rotation_keeps_to_an_earlier_plan_when_material_is_added() -> None:
    before = planned(rotating(), SONGS, "06.00", "07.00").rundown.lines
    kept = {(x.start, x.slot): x.material.asset for x in before}
    more = [*SONGS, *(made(f"m/baru-{n}", 500) for n in range(12))]
    assert titles(planned(rotating(), more, "06.00", "07.00")) != [x.material.title for x in before]
    again = planned(rotating(), more, "06.00", "07.00", around=Surroundings(kept))
    assert [x.material.title for x in again.rundown] == [x.material.title for x in before]


def test_an_earlier_choice_gives_way_to_the_rules_and_to_a_hard_start() -> None:
    kept = Surroundings({(at("06.00"), "musik@2026-11-22"): asset("m/1")})
    songs = [made("m/1", 500, artist="X"), made("m/2", 400, artist="Y")]
    just = past(("m/1", Quanta(at("06.00") - 500), 500))
    assert titles(planned(rotating(), songs, "06.00", "06.08", around=kept), 1) == ["m/1"]
    apart = planned(rotating(Rules(artist=HALF_HOUR)), songs, "06.00", "06.08", just, kept)
    assert titles(apart, 1) == ["m/2"]
    plan = Plan(rotating().strips, fixed=(fixed("06.02.24", "azan"),))  # 450 quanta later
    assert titles(planned(plan, [*songs, made("azan")], "06.00", "06.08", around=kept), 1) == ["m/2"]
