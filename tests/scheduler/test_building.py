"""The running order from strips, lists, series, rotations and simulcasts: one behaviour each, by example."""

from datetime import date, timedelta

import pytest

from lppl.ports import Aired
from lppl.quanta import Quanta, covering
from lppl.rundown import Kind, Rundown
from scheduler.choice import Surroundings
from scheduler.findings import Rule, Severity
from scheduler.plan import Folder, Listed, Mirror, Plan, Reserved, Rotating, Series, Start, Weekdays
from scheduler.slots import EARLIEST
from tests.scheduler.building import (
    DAY,
    IDENT,
    as_aired,
    at,
    fixed,
    lengths,
    made,
    named,
    past,
    planned,
    starting_at,
    strip,
    titles,
    told,
)

# ---- strips that meet -----------------------------------------------------------------------------


def test_a_higher_rank_takes_its_time_and_both_rests_are_one_occurrence() -> None:
    plan = Plan((strip("biasa", "06.00", "08.00", "a b c d"), strip("khusus", "06.32", "07.00", "x", rank=2)))
    shelf = [made("a", 6_000), made("b", 2_000), made("c", 2_000), made("d", 2_000), made("x", 5_000)]
    built = planned(plan, shelf, "06.00", "07.40")
    assert lengths(built, 5) == [("a", 6_000), ("x", 5_000), ("ident", 30), ("ident", 30), ("ident", 30)]
    assert [(x.material.title, x.slot) for x in built.rundown if x.start >= at("07.00")][:3] == [
        (name, "biasa@2026-11-22") for name in ("b", "c", "d")
    ]
    assert not built.findings


@pytest.mark.parametrize(("first", "second"), [("06.00", "06.32"), ("06.32", "06.00"), ("06.00", "06.00")])
def test_among_equals_who_is_named_first_airs_and_the_clash_is_severe(first: str, second: str) -> None:
    plan = Plan((strip("satu", first, "07.04", "a"), strip("dua", second, "07.36", "b")))
    built = planned(plan, [made("a", 100), made("b", 100)], "06.00", "08.00")
    at_both = max(at(first), at(second))
    assert {x.slot for x in built.rundown if at_both <= x.start < at("07.04")} == {"satu@2026-11-22"}
    (clash,) = told(built, Rule.CLASH)
    assert (clash.severity, clash.item, clash.at) == (Severity.SEVERE, "Dua", at_both)


def test_a_special_over_the_start_of_a_hard_strip_leaves_its_rest_without_a_hard_start() -> None:
    plan = Plan(
        (strip("khusus", "06.00", "06.32", "x", rank=2), strip("berita", "06.16", "07.04", "b", Start.HARD)),
    )
    built = planned(plan, [made("x", 7_000), made("b", 500)], "06.00", "06.40")
    assert lengths(built, 2) == [("x", 7_000), ("b", 500)]
    assert not built.rundown.lines[1].hard


# ---- how strips begin -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begins", "before", "start"),
    [
        (Start.HARD, 1_400, at("06.08")),
        (Start.HARD, 1_600, at("06.08")),
        (Start.NOT_BEFORE, 1_400, at("06.08")),
        (Start.NOT_BEFORE, 1_600, at("06.00") + 1_600),
        (Start.SOFT, 1_400, at("06.00") + 1_400),
        (Start.SOFT, 1_600, at("06.00") + 1_600),
    ],
)
def test_a_strip_begins_as_it_is_told(begins: Start, before: int, start: Quanta) -> None:
    plan = Plan((strip("satu", "06.00", "06.08", "a"), strip("dua", "06.08", "07.04", "b", begins)))
    built = planned(plan, [made("a", before), made("b", 300)], "06.00", "06.16")
    (line,) = named(built, "b")
    assert line.start == start
    assert line.hard == (begins is Start.HARD)


@pytest.mark.parametrize(("left", "early"), [(EARLIEST, True), (EARLIEST + 1, False)])
def test_what_flows_begins_at_most_ten_minutes_early(left: int, early: bool) -> None:
    plan = Plan((strip("satu", "06.00", "06.32", "a"), strip("dua", "06.32", "07.04", "b", Start.SOFT)))
    built = planned(plan, [made("a", 6_000 - left), made("b", 300)], "06.00", "07.00")
    (line,) = named(built, "b")
    assert line.start == (at("06.32") - left if early else line.start)
    assert at("06.32") - line.start <= EARLIEST
    assert line.slot == "dua@2026-11-22"


def test_what_began_early_goes_on_after_a_restart() -> None:
    plan = Plan((strip("satu", "06.00", "06.16", "a"), strip("dua", "06.16", "07.04", "b c d", Start.SOFT)))
    shelf = [made("a", 2_000), made("b", 100), made("c", 100), made("d", 100)]
    whole = planned(plan, shelf, "06.00", "06.16")
    assert titles(whole, 4) == ["a", "b", "c", "d"]
    for n in (1, 2, 3):
        lines = whole.rundown.lines
        again = planned(plan, shelf, lines[n].start, "06.16", as_aired(lines[:n]))
        assert again.rundown.lines == lines[n:]


def test_nothing_flows_into_the_time_of_what_still_has_something_to_air() -> None:
    plan = Plan((strip("satu", "06.00", "06.16", Folder("x", True)), strip("dua", "06.16", "07.04", "b", Start.SOFT)))
    built = planned(plan, [made("x/1", 900), made("b", 300)], "06.00", "06.24")
    assert named(built, "b")[0].start == at("06.00") + 3_600


# ---- lists ----------------------------------------------------------------------------------------


def test_a_list_that_a_special_interrupts_is_not_called_too_long() -> None:
    plan = Plan((strip("biasa", "06.00", "08.00", "a b"), strip("khusus", "06.32", "07.04", "x", rank=1)))
    built = planned(plan, [made("a", 6_000), made("b", 500), made("x", 6_000)], "06.00", "08.08")
    assert titles(built, 3) == ["a", "x", "b"]
    assert not told(built, Rule.BLOCK_OVERLONG, Rule.BLOCK_SKIPPED)


def test_the_rest_of_a_list_that_a_special_overruns_is_told_as_too_long_not_as_skipped() -> None:
    plan = Plan((strip("biasa", "06.00", "07.12", "a b"), strip("khusus", "06.32", "07.04", "x", rank=1)))
    built = planned(plan, [made("a", 6_000), made("b", 500), made("x", 9_000)], "06.00", "08.00")
    assert titles(built, 2) == ["a", "x"]
    assert [(f.rule, f.item) for f in told(built, Rule.BLOCK_OVERLONG, Rule.BLOCK_SKIPPED)] == [
        (Rule.BLOCK_OVERLONG, "Biasa")
    ]


def test_folders_stand_within_lists() -> None:
    plan = Plan((strip("daftar", "06.00", "07.00", Listed(("a", "folder:x", "b", "folder:kosong"))),))
    built = planned(plan, [made("a"), made("x/1"), made("x/2"), made("b")], "06.00", "06.08")
    assert titles(built, 5) == ["a", "x/1", "x/2", "b", "ident"]
    assert built.rundown.lines[1].why == "Daftar: urutan 2 dari 4"
    assert [(f.rule, f.item) for f in built.findings] == [(Rule.EMPTY_FOLDER, "kosong")]


@pytest.mark.parametrize(
    "content", [Listed(()), Folder("", False), Series(), Rotating(()), Series((), "", 2, True)], ids=repr
)
def test_a_strip_of_nothing_is_told(content: Listed | Folder | Series | Rotating) -> None:
    built = planned(Plan((strip("hampa", "06.00", "07.00", content),)), [], "06.00", "06.08")
    assert [(f.rule, f.where) for f in built.findings] == [(Rule.EMPTY_FOLDER, "hampa")]


# ---- series ---------------------------------------------------------------------------------------

EPISODES = [made(f"s/{n}", 1_000) for n in range(1, 5)]


def week_of(series: Series, aired: list[Aired], days: int = 5) -> list[str]:
    """Return which episodes a daily series airs on days from the Sunday on; ``-`` parts days."""
    plan = Plan((strip("sinetron", "06.00", "07.00", series),), filler=("file:jeda",))
    built = planned(plan, [*EPISODES, made("jeda", 5_000)], "06.00", Quanta(at("06.00") + days * DAY - 1), aired)
    found = []
    for n in range(days):
        start = at("06.00") + n * DAY
        found.append("".join(x.material.title[2:] for x in named_in(built.rundown, start)))
    return found


def named_in(rundown: Rundown, start: int) -> list:  # type: ignore[type-arg]
    return [x for x in rundown if start <= x.start < start + 11_250 and x.material.title.startswith("s/")]


@pytest.mark.parametrize(
    ("series", "aired", "days"),
    [
        (Series((), "s"), [], ["1", "2", "3", "4", ""]),
        (Series(("s/1", "s/2", "s/3"), repeat=True), [], ["1", "2", "3", "1", "2"]),
        (Series((), "s", count=2), [], ["12", "34", "", "", ""]),
        (Series((), "s", count=3, repeat=True), [], ["123", "412", "341", "234", "123"]),
        (Series((), "s"), [("s/2", "05.00", 1_000)], ["3", "4", "", "", ""]),
        # an episode that did not air on its day airs at the next occurrence
        (Series((), "s"), [("s/1", Quanta(at("06.00") - 3 * DAY), 1_000)], ["2", "3", "4", "", ""]),
    ],
)
def test_a_series_goes_on_after_the_last_episode_that_aired(
    series: Series, aired: list[tuple[str, str | Quanta, int]], days: list[str]
) -> None:
    assert week_of(series, past(*aired)) == days


def test_a_rerun_airs_the_episodes_of_the_last_occurrence_again() -> None:
    plan = Plan(
        (
            strip("perdana", "06.00", "07.00", Series((), "s", 2)),
            strip("ulang", "18.00", "19.00", Series((), "s", 2, rerun=True)),
        )
    )
    built = planned(plan, EPISODES, "06.00", Quanta(at("20.00") + DAY))
    found = [(x.slot.partition("@")[0], x.material.title) for x in built.rundown if x.kind is Kind.ITEM]
    first, second = [("perdana", "s/1"), ("perdana", "s/2")], [("perdana", "s/3"), ("perdana", "s/4")]
    again = [[("ulang", title) for _, title in each] for each in (first, second)]
    assert found == [*first, *again[0], *second, *again[1]]


def test_a_rerun_that_a_special_interrupts_does_not_go_back_an_episode() -> None:
    plan = Plan(
        (
            strip("ulang", "18.00", "20.00", Series((), "s", 1, rerun=True)),
            strip("khusus", "18.16", "18.24", "x", rank=1),
        )
    )
    aired = past(("s/1", Quanta(at("06.00") - DAY), 1_000), ("s/2", "06.00", 1_000))
    built = planned(plan, [*EPISODES, made("x", 1_500)], "18.00", "20.00", aired)
    assert [x.material.title for x in built.rundown if x.kind is Kind.ITEM] == ["s/2", "x"]


@pytest.mark.parametrize(("series", "told_of"), [(Series((), "s"), True), (Series((), "s", 3, repeat=True), False)])
def test_a_series_says_when_it_runs_out(series: Series, told_of: bool) -> None:
    plan = Plan((strip("sinetron", "06.00", "07.00", series),))
    built = planned(plan, EPISODES, "06.00", "06.08", past(("s/4", "05.00", 1_000)))
    assert bool(told(built, Rule.SERIES_ENDED)) == told_of
    assert (titles(built, 1) == ["ident"]) == told_of


def test_a_series_waits_for_an_episode_that_is_missing() -> None:
    plan = Plan((strip("sinetron", "06.00", "07.00", Series(("s/1", "s/baru", "s/2"))),))
    built = planned(plan, EPISODES, "06.00", "06.08", past(("s/1", "05.00", 1_000)))
    assert set(titles(built)) == {"ident"}
    assert [f.item for f in told(built, Rule.MISSING_ITEM)] == ["s/baru"]


def test_a_series_goes_past_an_episode_whose_rights_are_over() -> None:
    shelf = [EPISODES[0], made("s/2", 1_000, last_day=date(2026, 11, 21)), *EPISODES[2:]]
    plan = Plan((strip("sinetron", "06.00", "07.00", Series((), "s")),))
    built = planned(plan, shelf, "06.00", "06.08", past(("s/1", "05.00", 1_000)))
    assert titles(built, 1) == ["s/3"]
    assert [f.item for f in told(built, Rule.RIGHTS_OVER)] == ["s/2"]


# ---- simulcast and live ---------------------------------------------------------------------------


def simulcast(*lines_of: tuple[str, str, str], end: str = "07.04") -> tuple:  # type: ignore[type-arg]
    """Return the other channel's plan with its strips, and this channel's plan that mirrors it from 06.00 on."""
    other = Plan(tuple(strip(f"lain-{n}", *each) for n, each in enumerate(lines_of)))
    return other, Plan((strip("bersama", "06.00", end, Mirror("tv")),), filler=("file:f/1",))


def test_a_simulcast_airs_what_the_other_channel_airs_at_the_same_time() -> None:
    other, mine = simulcast(("06.00", "07.04", "a b c"))
    shelf = [made("a", 1_000), made("b", 2_000), made("c", 3_000), made("f/1", 500)]
    theirs = planned(other, shelf, "05.00", "08.00", ident=None).rundown
    around = Surroundings(mirrors={"tv": theirs})
    built = planned(mine, shelf, "06.00", "06.30", around=around)
    assert [(x.start, x.length, x.material) for x in built.rundown][:3] == [
        (x.start, x.length, x.material) for x in theirs if x.kind is Kind.ITEM
    ]
    assert built.rundown.lines[0].why == "Siaran bersama tv: Lain-0"
    assert not built.findings


def test_a_simulcast_begins_and_ends_in_the_middle_of_an_item_without_a_finding() -> None:
    other, mine = simulcast(("05.56", "07.04", "a"), end="06.08")
    shelf = [made("a", 3_000), made("f/1", 500)]
    around = Surroundings(mirrors={"tv": planned(other, shelf, "05.00", "07.00").rundown})
    built = planned(mine, shelf, "06.00", "06.10", around=around)
    (line,) = named(built, "a")
    assert (line.start, line.in_point, line.end) == (at("06.00"), 750, at("06.08"))
    assert not built.findings
    assert "dipotong" not in line.why


def test_a_simulcast_is_filled_while_its_own_house_set_is_missing_and_joins_when_it_is_there() -> None:
    other, mine = simulcast(("06.00", "07.04", "a b"))
    theirs = planned(other, [made("a", 1_000), made("b", 2_000)], "05.00", "08.00").rundown
    around = Surroundings(mirrors={"tv": theirs})
    built = planned(mine, [made("b", 2_000), made("f/1", 500)], "06.00", "06.10", around=around)
    assert lengths(built, 3) == [("f/1", 500), ("f/1", 500), ("b", 2_000)]
    assert 'siaran bersama tv: "a" belum disiapkan' in built.rundown.lines[0].why
    later = planned(
        mine,
        [made("a", 1_000), made("b", 2_000), made("f/1", 500)],
        Quanta(at("06.00") + 500),
        "06.10",
        as_aired(built.rundown.lines[:1]),
        around,
    )
    assert [(x.material.title, x.in_point, x.length) for x in later.rundown][:2] == [("a", 500, 500), ("b", 0, 2_000)]


def test_a_simulcast_of_a_channel_without_a_running_order_is_filled() -> None:
    _, mine = simulcast()
    built = planned(mine, [made("f/1", 500)], "06.00", "06.08")
    assert set(titles(built)) == {"f/1"}
    assert "siaran bersama tv: susunannya belum ada" in built.rundown.lines[0].why


def test_a_simulcast_on_tv_enters_at_a_key_frame() -> None:
    other, mine = simulcast(("05.56", "07.04", "a"))
    shelf = [made("a", 3_000, recipe="tv-1")]
    around = Surroundings(mirrors={"tv": planned(other, shelf, "05.00", "07.00").rundown})
    start = Quanta(at("06.00") + 2)
    built = planned(mine, shelf, start, "06.10", around=around)
    line = built.rundown.lines[0]
    assert (line.in_point, line.end) == (750, at("05.56") + 3_000)


def test_a_reserved_source_is_filled_and_marked_as_live() -> None:
    plan = Plan((strip("dialog", "06.00", "07.00", Reserved("Studio 1"), category="berita"),), filler=("folder:f",))
    built = planned(plan, [made("f/1", 500)], "06.00", "06.08")
    assert {(x.material.title, x.live, x.kind) for x in built.rundown} == {("f/1", True, Kind.FILLER)}
    assert "sumber Studio 1 belum tersedia" in built.rundown.lines[0].why
    (found,) = told(built, Rule.LIVE_RESERVED)
    assert (found.severity, found.item, found.at) == (Severity.NOTE, "Studio 1", at("06.00"))


# ---- filler ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "there", "chosen"),
    [
        (100, (60, 41, 40), [60, 40]),
        (100, (97, 50, 49), [50, 49]),
        (100, (70, 30, 100), [100]),
        (101, (50, 50, 33), [50, 50]),
    ],
)
def test_filler_closes_a_gap_to_the_quantum_where_it_can(gap: int, there: tuple[int, ...], chosen: list[int]) -> None:
    plan = Plan((strip("acara", "06.08", "07.00", "a"),), filler=("folder:f",))
    shelf = [made("a", 500), *(made(f"f/{n}", length) for n, length in enumerate(there))]
    built = planned(plan, shelf, Quanta(at("06.08") - gap), "06.09")
    before = [x for x in built.rundown if x.start < at("06.08")]
    assert sorted(x.length for x in before if x.kind is Kind.FILLER)[::-1] == [n for n in chosen if n in there]
    assert sum(x.length for x in before if x.kind is not Kind.FILLER) == gap - sum(n for n in chosen if n in there)


@pytest.mark.parametrize(
    ("filler", "ident", "kinds"),
    [
        (["f/1"], IDENT, [Kind.FILLER, Kind.IDENT]),
        (["f/1"], None, [Kind.FILLER, Kind.FILLER]),
        ([], IDENT, [Kind.IDENT]),
        ([], None, [Kind.SLATE]),
    ],
)
def test_the_ladder_is_filler_ident_slate(filler: list[str], ident: object, kinds: list[Kind]) -> None:
    plan = Plan((strip("acara", "06.08", "07.00", "a"),), filler=("folder:f",))
    shelf = [made("a", 500), *(made(path, 60) for path in filler)]
    built = planned(plan, shelf, Quanta(at("06.08") - 80), "06.09", ident=ident)  # type: ignore[arg-type]
    before = [x for x in built.rundown if x.start < at("06.08")]
    assert [x.kind for x in before][: len(kinds)] == kinds
    assert before[-1].end == at("06.08")
    assert {x.programme for x in before} == {"Sisipan"}
    assert {x.category for x in before} == {"iklan"}


# ---- categories in the log ------------------------------------------------------------------------


def test_the_category_of_a_line_is_of_its_event_then_its_asset_then_its_programme() -> None:
    plan = Plan(
        (strip("acara", "06.00", "07.00", "a b", category="pendidikan", programme_id="acara"),),
        fixed=(fixed("06.08", "azan", category="kebudayaan"),),
    )
    built = planned(plan, [made("a", 100, category="berita"), made("b", 100), made("azan")], "06.00", "06.09")
    assert [(x.material.title, x.category) for x in built.rundown][:3] == [
        ("a", "berita"), ("b", "pendidikan"), ("ident", "iklan"),
    ]  # fmt: skip
    azan = starting_at(built, "06.08")
    assert (azan.category, azan.programme_id, azan.event) == ("kebudayaan", "acara", f"tetap-azan@{at('06.08')}")


def test_days_of_a_strip_are_local_days_and_a_night_belongs_to_the_day_it_began() -> None:
    plan = Plan((strip("malam", "23.00", "01.00", "a b", on=Weekdays((5,))),))
    midnight = at("00.00")
    built = planned(plan, [made("a", 15_000), made("b", 500)], Quanta(midnight - 11_250), Quanta(midnight + 11_250))
    assert [x.slot for x in built.rundown][:2] == ["malam@2026-11-21"] * 2
    assert not [x for x in planned(plan, [made("a", 500)], "23.00", "23.08").rundown if x.slot]
    assert covering(timedelta(hours=1).total_seconds()) == 11_250
