"""What people change in a running order: each act at each kind of line, and that it outlives a changed grid."""

import pytest

from lppl.media import Material
from lppl.quanta import Quanta
from lppl.rundown import Kind, Line
from scheduler.choice import Surroundings
from scheduler.edits import Put, cut, fill, hold, insert, move, skip
from scheduler.edits import replace as replaced
from scheduler.findings import Rule
from scheduler.plan import Folder, Mirror, Plan, Rotating, Series, Start
from scheduler.rundown import Built
from tests.scheduler.building import (
    asset,
    at,
    edited,
    fixed,
    lengths,
    made,
    named,
    planned,
    starting_at,
    strip,
    titles,
    told,
)

SHELF = [made(path, 500) for path in ("a", "b", "c", "d", "x")] + [made("azan", 250), made("f/1", 25), made("f/2", 400)]
LIST = Plan((strip("acara", "06.00", "07.00", "a b c d"),), filler=("folder:f",))


def before(plan: Plan = LIST) -> Built:
    return planned(plan, SHELF, "06.00", "06.32")


def after(plan: Plan, *edits: object) -> Built:
    return planned(edited(plan, *edits), SHELF, "06.00", "06.32")  # type: ignore[arg-type]


def line_of(title: str, plan: Plan = LIST) -> Line:
    return named(before(plan), title)[0]


X = asset("x")

# ---- in lists -------------------------------------------------------------------------------------


def test_what_is_inserted_waits_for_what_runs_and_the_list_goes_on() -> None:
    built = after(LIST, insert(Quanta(at("06.00") + 600), X, "x"))
    assert titles(built, 5) == ["a", "b", "x", "c", "d"]
    (line,) = named(built, "x")
    assert (line.edit, line.hard, line.programme) == (1, False, "x")
    assert "Disisipkan petugas pukul 06.03.12, menunggu acara sebelumnya selesai" in line.why


def test_what_is_inserted_hard_cuts_what_runs() -> None:
    built = after(LIST, insert(Quanta(at("06.00") + 600), X, "x", Start.HARD))
    assert lengths(built, 4) == [("a", 500), ("b", 100), ("x", 500), ("c", 500)]
    assert named(built, "x")[0].hard
    assert [f.item for f in told(built, Rule.ITEM_CUT)] == ["b"]


def test_replacing_airs_the_other_in_its_place_and_time() -> None:
    built = after(LIST, replaced(line_of("b"), X, "x"))
    assert lengths(built, 4) == [("a", 500), ("x", 500), ("c", 500), ("d", 500)]
    (line,) = named(built, "x")
    assert (line.slot, line.edit) == ("acara@2026-11-22", 1)


def test_moving_takes_it_from_its_place() -> None:
    built = after(LIST, move(line_of("b"), Quanta(at("06.00") + 1_400)))
    assert titles(built, 4) == ["a", "c", "d", "b"]


@pytest.mark.parametrize(
    ("first", "last", "recipe", "aired"),
    [
        (0, 100, "radio-1", (0, 100)),
        (50, 100, "radio-1", (50, 50)),
        (50, 500, "radio-1", (50, 450)),
        (50, 100, "tv-1", (48, 52)),
        (499, 500, "tv-1", (498, 2)),
    ],
)
def test_cutting_airs_from_in_to_out_on_tv_from_the_key_frame_before(
    first: int, last: int, recipe: str, aired: tuple[int, int]
) -> None:
    shelf = [made(path, 500, recipe=recipe, cue_in_ms=1_000) for path in ("a", "b")]
    plan = Plan((strip("acara", "06.00", "07.00", "a b"),))
    (line,) = named(planned(plan, shelf, "06.00", "06.08"), "a")
    built = planned(edited(plan, cut(line, Quanta(first), Quanta(last))), shelf, "06.00", "06.08")
    assert [(x.material.title, x.in_point, x.length) for x in built.rundown][:1] == [("a", *aired)]
    assert titles(built, 2) == ["a", "b"]


@pytest.mark.parametrize(("first", "last"), [(100, 100), (100, 99), (-1, 5), (0, 501)])
def test_an_empty_cut_is_refused(first: int, last: int) -> None:
    with pytest.raises(ValueError, match="titik masuk"):
        cut(line_of("a"), Quanta(first), Quanta(last))


def test_a_moved_cut_stays_cut() -> None:
    plan = edited(LIST, cut(line_of("a"), Quanta(50), Quanta(150)))
    line = line_of("a", plan)
    moved = move(line, Quanta(at("06.00") + 700), Start.HARD, Put(at=line.start, asset=X, in_point=50, length=100))
    (again,) = named(after(LIST, cut(line_of("a"), Quanta(50), Quanta(150)), moved), "a")
    assert (again.start, again.in_point, again.length) == (at("06.00") + 700, 50, 100)


def test_a_held_item_airs_when_its_time_is_over_and_filler_until_then() -> None:
    built = after(LIST, hold(line_of("b"), Quanta(at("06.00") + 1_000)))
    assert titles(built, 1) == ["a"]
    assert {(x.kind, x.programme) for x in built.rundown if 500 <= x.start - at("06.00") < 1_000} <= {
        (Kind.FILLER, "Acara"),
        (Kind.IDENT, "Acara"),
    }
    assert "ditahan petugas: b" in built.rundown.lines[1].why
    assert named(built, "b")[0].start == at("06.00") + 1_000


def test_what_is_skipped_is_left_out_and_the_rest_moves_up() -> None:
    built = after(LIST, skip(line_of("b")), skip(line_of("d")))
    assert titles(built, 2) == ["a", "c"]
    assert not named(built, "b")
    assert not named(built, "d")


def test_filling_ends_to_the_quantum() -> None:
    start, until = Quanta(at("06.00") + 500), Quanta(at("06.00") + 937)
    built = after(LIST, fill(start, until))
    assert [x.kind for x in built.rundown if start <= x.start < until] == [Kind.FILLER, Kind.FILLER, Kind.IDENT]
    assert starting_at(built, until).material.title == "b"
    with pytest.raises(ValueError, match="waktu akhir"):
        fill(until, start)


# ---- other contents -------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [Rotating((".",)), Folder(".", True), Series((), ".", 5)])
def test_what_is_skipped_stays_out_of_that_occurrence_only(content: Rotating | Folder | Series) -> None:
    plan = Plan((strip("satu", "06.00", "06.08", content), strip("dua", "06.08", "06.32", Rotating((".",)))))
    shelf = SHELF[:4]
    line = planned(plan, shelf, "06.00", "06.30").rundown.lines[0]
    built = planned(edited(plan, skip(line)), shelf, "06.00", "06.30")
    name = line.material.title
    assert not [x for x in named(built, name) if x.slot == "satu@2026-11-22"]
    assert [x for x in named(built, name) if x.slot == "dua@2026-11-22"]


def test_an_episode_that_is_skipped_airs_at_the_next_occurrence() -> None:
    plan = Plan((strip("a", "06.00", "06.08", Series((), "s")), strip("b", "06.16", "06.32", Series((), "s"))))
    shelf = [made("s/1", 500), made("s/2", 500)]
    line = planned(plan, shelf, "06.00", "06.30").rundown.lines[0]
    built = planned(edited(plan, skip(line)), shelf, "06.00", "06.30")
    assert [x.material.title for x in built.rundown if x.kind is Kind.ITEM] == ["s/1"]
    assert named(built, "s/1")[0].start == at("06.16")


def test_filler_of_a_programme_can_be_skipped_what_fills_empty_time_not() -> None:
    plan = Plan((strip("hampa", "06.00", "06.16", ""),), filler=("folder:f",))
    shelf = [made("f/1", 400), made("f/2", 390), made("f/3", 380)]
    first = planned(plan, shelf, "06.00", "06.16").rundown.lines[0]
    built = planned(edited(plan, skip(first)), shelf, "06.00", "06.16")
    assert not named(built, first.material.title)
    with pytest.raises(ValueError, match="waktu kosong"):
        skip(planned(plan, shelf, "07.00", "07.08").rundown.lines[0])


def test_what_is_skipped_of_a_simulcast_is_filled() -> None:
    around = Surroundings(mirrors={"tv": before().rundown})
    plan = Plan((strip("bersama", "06.00", "07.00", Mirror("tv")),), filler=("folder:f",))
    line = planned(plan, SHELF, "06.00", "06.16", around=around).rundown.lines[1]
    built = planned(edited(plan, skip(line)), SHELF, "06.00", "06.16", around=around)
    assert (line.material.title, len(named(built, "b"))) == ("b", 0)
    assert named(built, "c")[0].start == at("06.00") + 1_000


# ---- at hard starts -------------------------------------------------------------------------------

HARD = Plan(
    (strip("satu", "05.00", "06.00", "x"), strip("berita", "06.00", "07.00", "a b c", Start.HARD)),
    filler=("folder:f",),
)


def test_replacing_the_beginning_of_a_hard_programme_stays_exact_and_is_no_rival_of_it() -> None:
    built = after(HARD, replaced(line_of("a", HARD), X, "x"))
    line = built.rundown.lines[0]
    assert (line.material.title, line.start, line.hard, line.programme) == ("x", at("06.00"), True, "x")
    assert titles(built, 3) == ["x", "b", "c"]
    assert not built.findings


def test_what_is_inserted_at_a_hard_start_airs_after_its_first_item_or_hard_before_it() -> None:
    assert titles(after(HARD, insert(at("06.00"), X, "x")), 3) == ["a", "x", "b"]
    built = after(HARD, insert(at("06.00"), X, "x", Start.HARD))
    assert titles(built, 3) == ["x", "a", "b"]
    assert [f.rule for f in built.findings] == [Rule.TWO_HARD_STARTS]


def test_the_beginning_of_a_hard_programme_can_be_skipped_and_held() -> None:
    line = line_of("a", HARD)
    assert titles(after(HARD, skip(line)), 2) == ["b", "c"]
    built = after(HARD, hold(line, at("06.08")))
    assert starting_at(built, "06.08").material.title == "a"
    assert built.rundown.lines[0].kind is Kind.FILLER


# ---- at fixed events ------------------------------------------------------------------------------

AZAN = Plan(LIST.strips, fixed=(fixed("06.08", "azan", title="Azan Asar"),), filler=("folder:f",))


def azan_of(plan: Plan = AZAN) -> Line:
    return starting_at(planned(plan, SHELF, "06.00", "06.32"), "06.08")


@pytest.mark.parametrize("hard", [True, False])
def test_a_fixed_event_can_be_skipped_moved_replaced_and_held(hard: bool) -> None:
    plan = Plan(LIST.strips, fixed=(fixed("06.08", "azan", hard=hard),), filler=("folder:f",))
    line = azan_of(plan)
    assert (line.material.title, line.hard) == ("azan", hard)
    assert not named(after(plan, skip(line)), "azan")
    (moved,) = named(after(plan, move(line, at("06.16"), Start.HARD)), "azan")
    assert (moved.start, moved.hard) == (at("06.16"), True)
    instead = starting_at(after(plan, replaced(line, X, "x")), "06.08")
    assert (instead.material.title, instead.hard) == ("x", hard)
    (held,) = named(after(plan, hold(line, at("06.16"))), "azan")
    assert held.start >= at("06.16")


def test_a_fixed_event_that_is_held_for_a_day_is_left_out() -> None:
    line = azan_of()
    edit = hold(line, Quanta(line.start + 270_000))
    assert edit.put is None
    assert not named(after(AZAN, edit), "azan")


def test_an_event_that_ends_at_its_time_can_be_skipped_too() -> None:
    plan = Plan(LIST.strips, fixed=(fixed("06.08", "azan", ends=True),), filler=("folder:f",))
    (line,) = named(before(plan), "azan")
    assert line.end == at("06.08")
    assert not named(after(plan, skip(line)), "azan")


def test_people_and_filling_give_way_to_hard_events() -> None:
    built = after(AZAN, fill(Quanta(at("06.00") + 500), at("06.16")), insert(at("06.08"), X, "x"))
    assert starting_at(built, "06.08").material.title == "azan"
    assert named(built, "x")[0].start == at("06.08") + 250


# ---- what stays -----------------------------------------------------------------------------------


def test_what_a_person_fixed_survives_another_grid() -> None:
    edits = (replaced(line_of("b"), X, "x"), insert(at("06.16"), asset("azan"), "azan", Start.HARD))
    other = Plan((strip("lain", "06.00", "07.00", Rotating(("f",))),))
    built = after(other, *edits)
    assert {x.material.title: x.edit for x in built.rundown if x.edit} == {"x": 1, "azan": 2}
    assert named(built, "azan")[0].start == at("06.16")
    assert at("06.00") + 500 <= named(built, "x")[0].start < at("06.00") + 1_000


def test_what_a_person_put_in_is_told_of_while_it_is_missing_and_cuts_nothing() -> None:
    built = after(LIST, insert(Quanta(at("06.00") + 600), asset("hilang"), "Hilang", Start.HARD))
    assert lengths(built, 2) == [("a", 500), ("b", 500)]
    assert [(f.rule, f.item, f.where) for f in built.findings] == [(Rule.MISSING_ITEM, "Hilang", "suntingan 1")]


def test_the_later_edit_of_one_time_airs_after_the_earlier() -> None:
    q = Quanta(at("06.00") + 500)
    assert titles(after(LIST, insert(q, X, "x"), insert(q, asset("azan"), "azan")), 4) == ["a", "x", "azan", "b"]


def test_what_people_put_in_is_kept_apart_from_by_rotations() -> None:
    plan = Plan((strip("musik", "06.00", "07.00", Rotating(("m",))),))
    shelf: list[Material] = [made(f"m/{n}", 500) for n in range(3)]
    first = planned(plan, shelf, "06.00", "06.16").rundown.lines[0]
    built = planned(edited(plan, replaced(first, shelf[2].asset, "m/2")), shelf, "06.00", "06.08")
    assert built.rundown.lines[0].material.title == "m/2"
    assert "m/2" not in titles(built)[1:3]
