"""How items go over into each other: crossfades, trimmed filler, graphics; rendered or not, the timing is the same."""

from collections.abc import Sequence
from typing import Any

import pytest

from lppl.derived import Join, Tail, Variant, derived_id
from lppl.media import Material
from lppl.programme import AgeClass, Programme
from lppl.quanta import Quanta
from lppl.rundown import Kind
from scheduler.choice import FADE, Surroundings
from scheduler.findings import Rule
from scheduler.grid import ChannelRules
from scheduler.laying_out import dress
from scheduler.plan import Crossfade, Folder, Mirror, Plan, Rotating, Start, Stretch, Strip
from scheduler.rundown import Built
from tests.scheduler.building import (
    IDENT,
    as_aired,
    at,
    fixed,
    lengths,
    made,
    named,
    planned,
    rendered,
    starting_at,
    strip,
    titles,
    told,
)

MUSIC = Crossfade({"hiburan": Quanta(9), "berita": Quanta(3)})


def song(path: str, quanta: int = 500, **said: Any) -> Material:
    return made(path, quanta, **({"category": "hiburan"} | said))


def list_of(paths: str, *more: Strip, crossfade: Crossfade = MUSIC, **said: object) -> Plan:
    return Plan((strip("musik", "06.00", "07.00", paths), *more), crossfade=crossfade, **said)  # type: ignore[arg-type]


def both(plan: Plan, shelf: Sequence[Material], end: str = "06.16") -> tuple[Built, Built]:
    """Plan without anything rendered, and with all that was wished for; the timing is the same."""
    plain = planned(plan, shelf, "06.00", end)
    mixed = planned(plan, rendered(shelf, *(w.specification for w in plain.wishes)), "06.00", end)
    assert [(x.start, x.length, x.material.asset) for x in plain.rundown if x.kind is Kind.ITEM] == [
        (x.start, x.length, x.material.asset) for x in mixed.rundown if x.kind is Kind.ITEM
    ]
    return plain, mixed


# ---- joins ----------------------------------------------------------------------------------------


def test_the_end_of_a_song_sounds_together_with_the_beginning_of_the_next() -> None:
    a, b = song("a", cue_in_ms=640), song("b", cue_in_ms=640, cue_out_ms=150_400)
    plain, mixed = both(list_of("a b"), [a, b])
    join = Join(before=a.asset, after=b.asset, before_at=491, after_at=2, length=9, fade_out=9)
    assert plain.wishes[0].specification == join
    assert plain.wishes[0].needed == at("06.00") + 489
    first, over, rest = mixed.rundown.lines[:3]
    assert (first.material, first.in_point, first.length) == (a, 2, 489)
    assert (over.material.house, over.material.asset, over.in_point, over.length) == (
        f"{derived_id(join)}.radio-1", b.asset, 0, 9,
    )  # fmt: skip
    assert (rest.material, rest.in_point) == (b, 11)
    assert "Peralihan dari a" in over.why
    assert "belum dirender" not in over.why


def test_while_a_join_is_not_rendered_the_next_begins_at_its_own_beginning() -> None:
    plain, _ = both(list_of("a b"), [song("a"), song("b")])
    assert [(x.material.title, x.in_point, x.length) for x in plain.rundown][:3] == [
        ("a", 0, 491), ("b", 0, 9), ("b", 9, 482),
    ]  # fmt: skip
    assert "belum dirender, dipotong langsung" in plain.rundown.lines[1].why


@pytest.mark.parametrize(
    ("said", "overlap"),
    [
        ({"category": "hiburan"}, 9),
        ({"category": "berita"}, 3),
        ({"category": "pendidikan"}, 0),
        ({"category": None}, 0),
        ({"speech": True}, 0),
        ({"outro_ms": 500 * 320 - 6_400}, 20),
        ({"outro_ms": 500 * 320 - 64_000}, 31),
        ({"outro_ms": 500 * 320 - 100}, 0),
        ({"outro_ms": 100_000, "cue_out_ms": 104_800}, 15),
        ({"category": None, "outro_ms": 100_000}, 0),
        ({"cue_in_ms": 1_600, "cue_out_ms": 12_800}, 0),  # 35 quanta: too short for 9
    ],
)
def test_the_overlap_is_by_the_category_of_what_ends_and_by_its_outro(said: dict[str, Any], overlap: int) -> None:
    _, mixed = both(list_of("a b"), [song("a", **said), song("b")])
    joins = [x for x in mixed.rundown if "Peralihan" in x.why]
    assert [x.length for x in joins[:1]] == ([overlap] if overlap else [])


@pytest.mark.parametrize(
    "after", [song("b", speech=True), song("b", 36), song("b", cue_in_ms=1_600, cue_out_ms=12_800)], ids=repr
)
def test_nothing_fades_into_speech_or_into_what_is_short(after: Material) -> None:
    plain, _ = both(list_of("a b"), [song("a"), after])
    assert [(x.material.title, x.length) for x in plain.rundown][:2] == [("a", 491), ("a", 9)]
    assert plain.rundown.lines[1].why == "Akhir a"
    assert not plain.wishes
    assert named(plain, "b")[0].start == at("06.00") + 500


def test_nothing_fades_over_into_itself_or_into_filler() -> None:
    plain, _ = both(list_of("a a", filler=("file:f/1",)), [song("a"), song("f/1", 700)])
    assert lengths(plain, 5)[:4] == [("a", 491), ("a", 9), ("a", 491), ("a", 9)]
    assert not [w for w in plain.wishes if isinstance(w.specification, Join)]


@pytest.mark.parametrize("begins", [Start.NOT_BEFORE, Start.HARD, Start.SOFT])
def test_nothing_fades_over_the_border_of_a_slot(begins: Start) -> None:
    plan = Plan(
        (strip("satu", "06.00", "06.08", "a b c"), strip("dua", "06.08", "07.00", "d e", begins)), crossfade=MUSIC
    )
    plain, mixed = both(plan, [song(x, 509) for x in "abc"] + [song("d"), song("e")])
    assert not [x for x in mixed.rundown if "Peralihan dari c" in x.why]
    (first, *_) = named(plain, "d")
    assert first.start == at("06.00") + 3 * 509 - 18 if begins is not Start.HARD else at("06.08")
    assert [x for x in mixed.rundown if "Peralihan dari d" in x.why]


@pytest.mark.parametrize("after", [9, 10, 18, 19])
def test_nothing_fades_into_a_hard_event_and_what_is_left_airs_up_to_it(after: int) -> None:
    event = fixed("06.08", "azan")
    plan = Plan((strip("musik", "06.00", "07.00", "a b"),), fixed=(event,), crossfade=MUSIC)
    shelf = [song("a", 1_500 - after + 9), song("b"), made("azan")]
    plain, mixed = both(plan, shelf)
    assert starting_at(plain, "06.08").material.title == "azan"
    joins = [x for x in mixed.rundown if "Peralihan dari a" in x.why]
    assert not joins
    assert starting_at(plain, Quanta(at("06.08") - after)).material.title == "a"


def test_a_soft_event_waits_for_the_end_of_the_song_and_the_next_song_begins_plainly() -> None:
    plan = list_of("a b c", fixed=(fixed("06.01", "ident-1", hard=False),))
    plain, _ = both(plan, [song("a"), song("b"), song("c"), made("ident-1", 25)])
    assert lengths(plain, 5) == [("a", 491), ("a", 9), ("ident-1", 25), ("b", 491), ("c", 9)]


def test_a_stretch_of_filler_follows_the_whole_song() -> None:
    q = at("06.00")
    plan = list_of("a b", stretches=(Stretch(Quanta(q + 100), Quanta(q + 700), "diisi"),), filler=("file:f/1",))
    plain, _ = both(plan, [song("a"), song("b"), song("f/1", 200)])
    assert lengths(plain, 4) == [("a", 491), ("a", 9), ("f/1", 200), ("b", 491)]


def test_a_crossfade_counts_as_one_airing_of_what_comes_in() -> None:
    rotation = Plan((strip("musik", "06.00", "08.00", Rotating(("m",))),), crossfade=MUSIC)
    shelf = [song(f"m/{n}") for n in range(5)]
    plain, _ = both(rotation, shelf, "06.32")
    begun = [x.material.title for x in plain.rundown if not x.why.startswith("Lanjutan")]
    assert len(set(begun[:5])) == 5
    assert begun[5:10] == begun[:5]
    list_ = list_of("a b c a")
    order, _ = both(list_, [song("a"), song("b"), song("c")])
    assert [x.material.title for x in order.rundown if not x.why.startswith("Lanjutan")][:4] == ["a", "b", "c", "a"]


@pytest.mark.parametrize("is_rendered", [True, False])
def test_a_plan_made_anew_during_a_join_goes_on_as_before(is_rendered: bool) -> None:
    shelf = [song("a", cue_in_ms=640), song("b", cue_in_ms=640), song("c"), song("d", speech=True)]
    plain, mixed = both(list_of("a b c d"), shelf)
    built = mixed if is_rendered else plain
    there = rendered(shelf, *(w.specification for w in plain.wishes)) if is_rendered else shelf
    lines = built.rundown.lines
    for n in range(1, len(lines)):
        again = planned(list_of("a b c d"), there, lines[n].start, "06.16", as_aired(lines[:n]))
        assert again.rundown.lines == lines[n:]


def test_a_join_that_is_rendered_while_it_airs_changes_nothing_of_what_follows() -> None:
    shelf = [song("a"), song("b"), song("c")]
    plain, mixed = both(list_of("a b c"), shelf)
    there = rendered(shelf, *(w.specification for w in plain.wishes))
    again = planned(list_of("a b c"), there, plain.rundown.lines[2].start, "06.16", as_aired(plain.rundown.lines[:2]))
    assert again.rundown.lines == mixed.rundown.lines[2:]


# ---- trimmed filler -------------------------------------------------------------------------------

TRIMMED = Plan((strip("acara", "06.08", "07.00", "a"),), filler=("file:f/1",), crossfade=None)


def test_trimmed_filler_fades_out_where_the_fade_is_rendered() -> None:
    shelf = [made("a"), made("f/1", 2_000)]
    plain = planned(TRIMMED, shelf, "06.00", "06.09", ident=None)
    assert lengths(plain, 1) == [("f/1", 1_500)]
    (wish,) = plain.wishes
    assert wish.specification == Tail(asset=shelf[1].asset, at=1_500 - FADE, length=FADE)
    assert wish.needed == at("06.08") - FADE
    faded = planned(TRIMMED, rendered(shelf, wish.specification), "06.00", "06.09", ident=None)
    assert [(x.material.title, x.in_point, x.length, x.kind) for x in faded.rundown][:2] == [
        ("f/1", 0, 1_500 - FADE, Kind.FILLER), ("f/1", 0, FADE, Kind.FILLER),
    ]  # fmt: skip
    tail = faded.rundown.lines[1]
    assert (tail.material.house, tail.why) == (
        f"{derived_id(wish.specification)}.radio-1",
        "Sisipan: akhir f/1, dipudarkan",
    )
    again = planned(
        TRIMMED, rendered(shelf, wish.specification), tail.start, "06.09", as_aired(faded.rundown.lines[:1]), ident=None
    )
    assert again.rundown.lines == faded.rundown.lines[1:]


def test_a_running_order_that_ends_before_the_fade_goes_on_with_it() -> None:
    shelf = [made("a"), made("f/1", 2_000)]
    there = rendered(shelf, Tail(asset=shelf[1].asset, at=1_500 - FADE, length=FADE))
    whole = planned(TRIMMED, there, "06.00", "06.09", ident=None).rundown.lines
    short = planned(TRIMMED, there, "06.00", Quanta(at("06.08") - FADE), ident=None).rundown.lines
    assert short == whole[:1]
    again = planned(TRIMMED, there, short[-1].end, "06.09", as_aired(short), ident=None).rundown.lines
    assert again == whole[1:]


@pytest.mark.parametrize(("said", "gap"), [({"speech": True}, 1_500), ({}, FADE)])
def test_speech_and_a_short_rest_are_not_faded(said: dict[str, object], gap: int) -> None:
    start = Quanta(at("06.08") - gap)
    built = planned(TRIMMED, [made("a"), made("f/1", 2_000, **said)], start, "06.09", ident=None)  # type: ignore[arg-type]
    assert lengths(built, 1) == [("f/1", gap)]
    assert not built.wishes


def test_a_simulcast_of_trimmed_filler_airs_its_end_not_its_beginning() -> None:
    shelf = [made("a"), made("f/1", 2_000)]
    tail = Tail(asset=shelf[1].asset, at=1_500 - FADE, length=FADE)
    theirs = planned(TRIMMED, rendered(shelf, tail), "06.00", "06.09", ident=None)
    mine = Plan((strip("bersama", "06.00", "07.00", Mirror("tv")),))
    built = planned(mine, shelf, "06.00", "06.09", around=Surroundings(mirrors={"tv": theirs.rundown}))
    assert [(x.in_point, x.length) for x in built.rundown][:2] == [(0, 1_500 - FADE), (1_500 - FADE, FADE)]


def test_a_simulcast_of_a_join_begins_where_the_song_begins() -> None:
    shelf = [song("a", cue_in_ms=640), song("b", cue_in_ms=640)]
    _, mixed = both(list_of("a b"), shelf)
    mine = Plan((strip("bersama", "06.00", "07.00", Mirror("lain")),))
    built = planned(mine, shelf, "06.00", "06.05", around=Surroundings(mirrors={"lain": mixed.rundown}))
    assert [(x.material.title, x.in_point, x.length) for x in built.rundown][:3] == [
        ("a", 2, 489), ("b", 2, 9), ("b", 11, 480),
    ]  # fmt: skip


# ---- graphics -------------------------------------------------------------------------------------

NEWS = Programme(id="acara", title="Acara", age=AgeClass.R)
TV = ChannelRules(id="tv", labels=True)


def tv(path: str, quanta: int = 600, **said: object) -> Material:
    return made(path, quanta, recipe="tv-1", **said)


def dressed(plan: Plan, shelf: Sequence[Material], *ready: Variant, logo: str = "") -> Built:
    around = Surroundings(dress=dress(TV, {"acara": NEWS}, logo))
    return planned(plan, rendered(shelf, *ready), "06.00", "06.16", around=around)


SHOWN = Plan((strip("acara", "06.00", "07.00", "a b", programme_id="acara"),), filler=("file:f/1",))


def test_a_variant_airs_when_it_is_ready_and_the_plain_asset_says_when_it_is_not() -> None:
    shelf = [tv("a", cue_in_ms=1_920), tv("b"), tv("f/1")]
    variant = Variant(asset=shelf[0].asset, age=AgeClass.R, notice=True)
    built = dressed(SHOWN, shelf, variant)
    a, b = built.rundown.lines[:2]
    assert (a.material.house, a.material.asset, a.in_point, a.length) == (
        f"{derived_id(variant)}.radio-1", shelf[0].asset, 6, 594,
    )  # fmt: skip
    assert "grafis" not in a.why
    assert b.material == shelf[1]
    assert b.why.endswith("grafis belum siap, tayang tanpa grafis")
    (wish,) = built.wishes
    # the parental notice stands at the beginning of the programme, not of each of its items
    assert (wish.specification, wish.needed) == (Variant(asset=shelf[1].asset, age=AgeClass.R, notice=False), b.start)


def test_only_the_programme_itself_carries_the_label_all_but_ident_and_slate_the_logo() -> None:
    plan = Plan(SHOWN.strips, fixed=(fixed("06.00", "azan", category="iklan"),), filler=("file:f/1",))
    shelf = [tv("a"), tv("b"), tv("f/1"), tv("azan")]
    built = dressed(plan, shelf, logo="logo")
    wished = {w.specification.asset: w.specification for w in built.wishes if isinstance(w.specification, Variant)}
    assert {asset for asset, v in wished.items() if v.age} == {shelf[0].asset, shelf[1].asset}
    assert {v.logo for v in wished.values()} == {"logo"}
    assert set(wished) == {m.asset for m in shelf}
    assert {w.specification for w in dressed(SHOWN, shelf[:1], logo="logo").wishes} == {wished[shelf[0].asset]}
    assert named(dressed(SHOWN, shelf[:1], logo="logo"), IDENT.title)[0].material == IDENT


def test_what_a_person_moved_elsewhere_carries_the_label_of_its_own_programme() -> None:
    film = Programme(id="film", title="Film", age=AgeClass.D)
    event = fixed("06.00", "a", programme_id="film", edit=1)
    plan = Plan(SHOWN.strips, fixed=(event,))
    around = Surroundings(dress=dress(TV, {"acara": NEWS, "film": film}, ""))
    built = planned(plan, [tv("a")], "06.00", "06.02", around=around)
    assert [w.specification for w in built.wishes] == [Variant(asset=tv("a").asset, age=AgeClass.D, notice=True)]


def test_a_mirror_of_a_variant_airs_its_own_from_the_same_place() -> None:
    shelf = [tv("a"), tv("b")]
    theirs = dressed(SHOWN, shelf, Variant(asset=shelf[1].asset, age=AgeClass.R, notice=True))
    mine = Plan((strip("bersama", "06.00", "07.00", Mirror("tv")),))
    built = planned(
        mine, [made("a", 600), made("b", 600)], "06.04", "06.05", around=Surroundings(mirrors={"tv": theirs.rundown})
    )
    assert (built.rundown.lines[0].material.title, built.rundown.lines[0].in_point) == ("b", 150)


def test_without_crossfades_folders_play_to_their_end() -> None:
    plan = Plan((strip("musik", "06.00", "07.00", Folder("m")),))
    built = planned(plan, [song("m/1"), song("m/2")], "06.00", "06.05")
    assert lengths(built, 2) == [("m/1", 500), ("m/2", 500)]
    assert titles(built, 2) == ["m/1", "m/2"]
    assert not told(built, Rule.ITEM_CUT)
