"""Each rule of the running order by example. Zone WIB; 22 November 2026 is a Sunday, a minute 187.5 quanta."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from lppl.media import ChannelKind, Material, Shelf
from lppl.ports import Aired
from lppl.quanta import Quanta, at_or_after
from lppl.rundown import Kind
from scheduler.file_plan import plan_of
from scheduler.findings import Rule
from scheduler.rundown import Built, build, catalogue_of, compose
from scheduler.schedule import default_schedule, parse_schedule

WIB = ZoneInfo("Asia/Jakarta")


def at(clock: str | Quanta) -> Quanta:
    """The first quantum not before a clock time of the Sunday; an air time stays what it is."""
    if not isinstance(clock, str):
        return clock
    hour, minute, second = (int(x) for x in (clock + ".00").split(".")[:3])
    return at_or_after(datetime(2026, 11, 22, hour, minute, second, tzinfo=WIB))


Row = tuple[str, str, int]
Planned = Callable[..., Built]


@pytest.fixture
def planned(shelf: Callable[[dict[str, int]], Shelf], material: Callable[..., Material]) -> Planned:
    """Plan a schedule text over path=length, between clock times or air times; `aired` as (path, start, length)."""

    def plan(
        text: str,
        lengths: dict[str, int],
        start: str | Quanta,
        end: str | Quanta,
        aired: Sequence[tuple[str, int, int]] = (),
        ident: int = 30,
    ) -> Built:
        past = [Aired(material(path).asset, Quanta(q), Quanta(n)) for path, q, n in aired]
        slate, sign = material("slate", 50), material("ident", ident) if ident else None
        the_shelf = shelf(lengths)
        catalogue = catalogue_of(the_shelf, sign, slate)
        built = compose(plan_of(parse_schedule(text, "x"), WIB), catalogue, sign, slate, WIB, at(start), at(end), past)
        assert built.rundown.start == at(start)
        assert built.rundown.end >= at(end)
        return built

    return plan


def rows(built: Built) -> list[Row]:
    """Return (path, kind, length) of each line."""
    return [(line.material.title, line.kind.value, line.length) for line in built.rundown]


def paths(built: Built) -> list[str]:
    return [line.material.title for line in built.rundown]


def block(start: str, end: str, content: str, name: str = "Acara", extra: str = "") -> str:
    return f'[[block]]\nprogramme = "{name}"\nstart = "{start}"\nend = "{end}"\n{content}\n{extra}\n'


def event(times: str, item: str, extra: str = "") -> str:
    return f'[[at]]\ntimes = ["{times}"]\nitem = "{item}"\n{extra}\n'


FILLER = 'filler = ["folder:filler"]\n'


# ---- gaps: filler, ident, slate -------------------------------------------------------------------


def test_a_gap_without_anything_is_slate_in_a_loop(planned: Planned) -> None:
    built = planned("", {}, "06.00", "06.01", ident=0)
    assert rows(built) == [("slate", "slate", 50)] * 4


def test_a_gap_without_filler_is_ident(planned: Planned) -> None:
    built = planned("", {}, "06.00", "06.01")
    assert set(rows(built)) == {("ident", "ident", 30)}
    assert {line.programme for line in built.rundown} == {"Sisipan"}


def test_filler_takes_turns_in_a_long_gap_and_the_preferred_source_goes_first(planned: Planned) -> None:
    text = 'filler = ["folder:filler", "reserve.mp4"]\n'
    built = planned(text, {"filler/a": 40, "filler/b": 50, "filler/c": 60, "reserve.mp4": 40}, "06.00", "06.02")
    names = paths(built)
    assert set(names[:3]) == {"filler/a", "filler/b", "filler/c"}
    assert names[3:6] == names[:3]
    assert "reserve.mp4" not in names


def test_filler_fits_best_before_a_start_and_the_rest_is_ident_cut_short(planned: Planned) -> None:
    text = FILLER + block("06.01", "07.00", 'folder = "x"')
    built = planned(text, {"filler/a": 100, "filler/b": 60, "filler/c": 11, "x/1": 20_000}, "06.00", "06.02")
    # 06.01 is 188 quanta away: 100 + 60 + 11 + 11 (it is alone), and 6 of ident; filler delays no soft start either
    assert rows(built)[:5] == [
        ("filler/a", "filler", 100),
        ("filler/b", "filler", 60),
        ("filler/c", "filler", 11),
        ("filler/c", "filler", 11),
        ("ident", "ident", 6),
    ]
    assert "dipendekkan sampai 06.01" in built.rundown.lines[4].why
    assert built.rundown.lines[5].start == at("06.01")


def test_without_ident_the_last_remainder_is_filler_cut_short(planned: Planned) -> None:
    text = FILLER + block("06.01", "07.00", 'folder = "x"')
    built = planned(text, {"filler/a": 500, "filler/b": 300, "x/1": 20_000}, "06.00", "06.01", ident=0)
    assert rows(built) == [("filler/b", "filler", at("06.01") - at("06.00"))]


def test_an_empty_filler_folder_and_a_missing_filler_file_are_told(planned: Planned) -> None:
    built = planned('filler = ["folder:none", "none.mp4"]\n', {}, "06.00", "06.01")
    assert [f.rule for f in built.findings] == [Rule.EMPTY_FOLDER, Rule.MISSING_ITEM]


# ---- lists ----------------------------------------------------------------------------------------


def test_items_air_once_in_order_then_filler(planned: Planned) -> None:
    text = FILLER + block("06.00", "06.10", 'items = ["b", "a", "b"]')
    built = planned(text, {"a": 100, "b": 200, "filler/f": 150}, "06.00", "06.10")
    assert paths(built)[:4] == ["b", "a", "b", "filler/f"]
    assert "a" not in paths(built)[3:]
    assert built.rundown.lines[1].why == "Acara: urutan 2 dari 3"
    assert "daftar Acara habis" in built.rundown.lines[3].why
    assert built.rundown.lines[3].programme == "Acara"


def test_a_folder_airs_in_path_order_and_may_repeat(planned: Planned) -> None:
    text = block("06.00", "07.00", 'folder = "tv"', extra="repeat = true")
    built = planned(text, {"tv/2": 200, "tv/10": 200, "tvx/0": 200, "tv/3/a": 200}, "06.00", "06.06")
    assert paths(built) == ["tv/10", "tv/2", "tv/3/a"] * 2


def test_missing_items_are_skipped_and_told(planned: Planned) -> None:
    text = block("06.00", "06.10", 'items = ["gone1", "gone2", "a", "b", "gone3"]')
    built = planned(text, {"a": 100, "b": 100}, "06.00", "06.02")
    assert paths(built)[:3] == ["a", "b", "ident"]
    first, second, third = built.rundown.lines[:3]
    assert first.why == "Acara: urutan 3 dari 5; dilewati karena belum ada: gone1, gone2"
    assert "dilewati" not in second.why
    assert "dilewati karena belum ada: gone3" in third.why
    assert [(f.rule, f.where) for f in built.findings] == [(Rule.MISSING_ITEM, "baris 1")] * 3


def test_a_list_continues_from_what_aired_since_its_block_began(planned: Planned) -> None:
    text = block("06.00", "06.30", 'items = ["a", "b", "a", "c"]')
    lengths = {"a": 100, "b": 100, "c": 100}
    before = [("c", at("06.00") - 100, 100), ("a", at("06.00"), 100), ("b", at("06.00") + 100, 100)]
    built = planned(text, lengths, "06.10", "06.12", aired=before)
    assert paths(built)[:3] == ["a", "c", "ident"]


def test_pieces_of_one_airing_count_once(planned: Planned) -> None:
    text = block("06.00", "06.30", 'items = ["a", "a", "b"]')
    pieces = [("a", at("06.00") + n * 6, 6) for n in range(10)]
    built = planned(text, {"a": 60, "b": 100}, "06.10", "06.11", aired=pieces)
    assert paths(built)[:2] == ["a", "b"]


def test_an_overrun_from_before_is_not_counted_and_soft_starts_flow(planned: Planned) -> None:
    text = block("06.00", "06.10", 'items = ["long"]', "A") + block("06.10", "06.20", 'items = ["b", "c"]', "B")
    built = planned(text, {"long": 2000, "b": 100, "c": 100}, "06.00", "06.12")
    assert [(line.material.title, line.programme, line.hard) for line in built.rundown][:3] == [
        ("long", "A", False),
        ("b", "B", False),
        ("c", "B", False),
    ]


def test_an_overlong_list_and_a_block_that_never_comes_are_told(planned: Planned) -> None:
    text = (
        block("06.00", "06.02", 'items = ["a", "long", "b", "c"]', "A")
        + block("06.02", "06.04", 'items = ["d"]', "B")
        + block("06.04", "07.00", 'items = ["e"]', "C")
    )
    built = planned(text, {"a": 100, "long": 800, "b": 10, "c": 10, "d": 10, "e": 10}, "06.00", "06.10")
    assert paths(built)[:3] == ["a", "long", "e"]
    assert [(f.rule, f.where, f.at) for f in built.findings] == [
        (Rule.BLOCK_OVERLONG, "baris 1", at("06.00")),
        (Rule.BLOCK_SKIPPED, "baris 7", at("06.02")),
    ]
    assert "2 materi" in built.findings[0].indonesian


# ---- hard starts ----------------------------------------------------------------------------------


def test_a_fixed_item_is_cut_at_a_hard_block_and_says_so(planned: Planned) -> None:
    text = block("06.00", "06.10", 'items = ["long"]', "A") + block(
        "06.10", "07.00", 'folder = "n"', "B", "hard = true"
    )
    built = planned(text, {"long": 5000, "n/1": 300}, "06.00", "06.11")
    one, second = built.rundown.lines[:2]
    assert (one.end, second.start, second.hard, second.programme) == (at("06.10"), at("06.10"), True, "B")
    assert "dipotong pukul 06.10 karena B mulai tepat waktu" in one.why
    assert [f.rule for f in built.findings] == [Rule.ITEM_CUT]


def test_an_event_inside_a_block_interrupts_and_the_block_goes_on(planned: Planned) -> None:
    text = block("06.00", "07.00", 'items = ["a", "b"]', "A") + event("06.10", "jam/{hh}.mp4")
    built = planned(text, {"a": 5000, "b": 500, "jam/06.mp4": 20}, "06.00", "06.12")
    assert rows(built)[:3] == [("a", "item", at("06.10") - at("06.00")), ("jam/06.mp4", "item", 20), ("b", "item", 500)]
    signal = built.rundown.lines[1]
    assert (signal.start, signal.hard, signal.programme) == (at("06.10"), True, "A")
    assert signal.why == "Acara tetap pukul 06.10, mulai tepat waktu"


def test_a_fixed_item_does_not_begin_just_before_an_event(planned: Planned) -> None:
    text = block("06.00", "07.00", 'items = ["a", "b"]') + event("06.10", "e")
    length = at("06.10") - at("06.00") - 60  # 19 s are left
    built = planned(text, {"a": length, "b": 500, "e": 20}, "06.00", "06.12")
    assert rows(built)[1:5] == [("ident", "ident", 30), ("ident", "ident", 30), ("e", "item", 20), ("b", "item", 500)]
    assert 'b" menunggu acara tetap pukul 06.10' in built.rundown.lines[1].why


@pytest.mark.parametrize(("left", "chosen"), [(130, "r/long"), (119, "r/short"), (79, "filler/f"), (19, "ident")])
def test_a_rotation_chooses_what_fits_before_a_hard_start(planned: Planned, left: int, chosen: str) -> None:
    text = FILLER + block("06.00", "07.00", 'rotation = "r"') + event("06.10", "e")
    lengths = {"r/long": 120, "r/short": 80, "filler/f": 20, "e": 20}
    start = Quanta(at("06.10") - left)
    aired = [("r/short", at("06.00"), 80), ("x", start - 10, 10)]  # so it is the turn of r/long
    built = planned(text, lengths, start, "06.11", aired=aired)
    assert paths(built)[0] == chosen
    assert [line.material.title for line in built.rundown if line.start == at("06.10")] == ["e"]


def test_a_rotation_of_long_items_is_cut_rather_than_an_hour_of_ident(planned: Planned) -> None:
    text = block("06.00", "09.00", 'rotation = "r"') + event("07.00", "e")
    built = planned(text, {"r/film": 30_000, "e": 20}, "06.00", "07.01")
    assert rows(built) == [("r/film", "item", 11_250), ("e", "item", 20), ("r/film", "item", 30_000)]
    assert [f.rule for f in built.findings] == [Rule.ITEM_CUT]


def test_a_soft_event_waits_for_the_running_item(planned: Planned) -> None:
    text = block("06.00", "07.00", 'items = ["a", "b"]') + event("06.01", "e", "hard = false")
    built = planned(text, {"a": 1000, "b": 100, "e": 20}, "06.00", "06.07")
    assert rows(built)[:3] == [("a", "item", 1000), ("e", "item", 20), ("b", "item", 100)]
    assert built.rundown.lines[1].why == "Acara tetap pukul 06.01, menunggu acara sebelumnya selesai"
    assert not built.rundown.lines[1].hard


def test_a_soft_event_goes_after_the_first_item_of_a_hard_block(planned: Planned) -> None:
    text = block("06.01", "07.00", 'items = ["a", "b"]', extra="hard = true") + event("06.01", "e", "hard = false")
    built = planned(text, {"a": 100, "b": 100, "e": 20}, "06.01", "06.02")
    assert paths(built) == ["a", "e", "b"]


def test_of_two_hard_events_the_later_in_the_file_waits(planned: Planned) -> None:
    text = event("06.10", "a") + event("06.10", "b") + block("06.10", "06.20", 'items = ["c"]', extra="hard = true")
    built = planned(text, {"a": 30, "b": 40, "c": 50}, "06.10", "06.11")
    assert [(line.material.title, line.hard) for line in built.rundown][:3] == [("a", True), ("b", False), ("c", False)]
    assert [(f.rule, f.where) for f in built.findings] == [(Rule.TWO_HARD_STARTS, "baris 1")]


def test_an_event_is_cut_by_the_next_hard_one(planned: Planned) -> None:
    text = event("06.10", "a") + event("06.11", "b")
    built = planned(text, {"a": 3000, "b": 40}, "06.10", "06.12")
    assert rows(built)[:2] == [("a", "item", at("06.11") - at("06.10")), ("b", "item", 40)]


def test_a_missing_event_cuts_nothing_and_is_told(planned: Planned) -> None:
    text = block("06.00", "07.00", 'items = ["a", "b"]') + event("06.01", "jam/jam-{hh}.mp4")
    built = planned(text, {"a": 1000, "b": 1000}, "06.00", "06.10")
    assert rows(built)[:2] == [("a", "item", 1000), ("b", "item", 1000)]
    assert "jam/jam-06.mp4" in built.rundown.lines[1].why
    assert built.findings[0].rule is Rule.MISSING_ITEM


def test_an_event_that_was_missed_off_air_is_not_made_up_for(planned: Planned) -> None:
    built = planned(event("06.10", "a"), {"a": 30}, Quanta(at("06.10") + 1), "06.12")
    assert set(paths(built)) == {"ident"}


def test_soft_events_missed_during_a_long_live_air_once(planned: Planned) -> None:
    text = '[[at]]\nevery = "hour"\nitem = "e"\nhard = false\n'
    live = [("live", at("05.30"), at("09.10") - at("05.30"))]
    assert paths(planned(text, {"e": 30}, "09.10", "09.11", aired=live))[:2] == ["e", "ident"]


def test_a_hard_event_that_was_not_let_in_is_not_made_up_for(planned: Planned) -> None:
    live = [("live", at("05.30"), at("09.10") - at("05.30"))]
    built = planned('[[at]]\nevery = "hour"\nitem = "e"\n', {"e": 30}, "09.10", "09.11", aired=live)
    assert set(paths(built)) == {"ident"}


def test_an_item_that_fits_airs_however_near_an_event_is(planned: Planned) -> None:
    text = block("06.00", "07.00", 'items = ["short"]') + event("06.10", "e")
    built = planned(text, {"short": 40, "e": 20}, Quanta(at("06.10") - 60), "06.11")
    assert rows(built)[:3] == [("short", "item", 40), ("ident", "ident", 20), ("e", "item", 20)]


def test_an_item_is_cut_for_a_hard_start_far_behind_the_end_of_the_plan(planned: Planned) -> None:
    text = block("00.00", "24.00", 'rotation = "r"') + '[[at]]\ndays = "sabtu"\ntimes = ["06.00"]\nitem = "e"\n'
    built = planned(text, {"r/week": 7 * 270_000, "e": 20}, "06.01", "06.02")
    assert [line.end for line in built.rundown] == [at("06.00") + 6 * 270_000]


def test_what_airs_after_an_outage_does_not_stand_for_an_event_missed_in_it(planned: Planned) -> None:
    text = block("06.00", "07.00", 'items = ["x", "y"]') + event("06.01", "x", "hard = false")
    aired = [("z", at("05.59"), 100), ("x", at("06.05"), 100)]
    built = planned(text, {"x": 100, "y": 100}, Quanta(at("06.05") + 100), "06.06", aired=aired)
    assert paths(built)[0] == "y"


# ---- rotations ------------------------------------------------------------------------------------


def test_a_rotation_airs_the_least_recently_aired_first(planned: Planned) -> None:
    lengths = {f"r/{n}": 100 for n in range(5)}
    aired = [(f"r/{n}", at("05.00") + i * 100, 100) for i, n in enumerate((3, 1, 4, 0, 2))]
    built = planned(block("06.00", "07.00", 'rotation = "r"'), lengths, "06.00", "06.05", aired=aired)
    assert paths(built)[:6] == ["r/3", "r/1", "r/4", "r/0", "r/2", "r/3"]


def test_what_never_aired_comes_first_and_not_in_path_order(planned: Planned) -> None:
    lengths = {f"r/{n}": 100 for n in range(30)}
    text = block("00.00", "24.00", 'rotation = "r"')
    one = paths(planned(text, lengths, "06.00", "06.15"))[:28]
    assert len(set(one)) == 28
    assert one != sorted(one)
    heard = planned(text, lengths, "06.00", "06.01", aired=[("r/7", at("05.00"), 100)])
    assert paths(heard)[0] != "r/7"


def test_nothing_airs_twice_in_a_row_unless_it_is_alone(planned: Planned) -> None:
    text = block("00.00", "24.00", 'rotation = "r"')
    assert paths(planned(text, {"r/a": 100, "r/b": 100}, "06.00", "06.02", aired=[("r/a", at("05.00"), 9)]))[:3] == [
        "r/b",
        "r/a",
        "r/b",
    ]
    assert set(paths(planned(text, {"r/a": 100}, "06.00", "06.02"))) == {"r/a"}


def test_an_empty_rotation_is_filled_and_told(planned: Planned) -> None:
    built = planned(block("06.00", "07.00", 'rotation = ["r", "s"]'), {}, "06.00", "06.01")
    assert "rotasi r, s kosong" in built.rundown.lines[0].why
    assert [f.rule for f in built.findings] == [Rule.EMPTY_FOLDER]


@pytest.mark.parametrize("kind", ChannelKind)
def test_the_default_airs_everything_but_ident_and_slate(kind: ChannelKind, material: Callable[..., Material]) -> None:
    made = [material(path, 100) for path in ("a", "b/c", "d/e/f", "ident", "slate")]
    shelf = Shelf({m.asset: m for m in made})
    rundown = build(plan_of(default_schedule(kind), WIB), shelf, made[3], made[4], WIB, at("06.00"), at("06.05"), [])
    assert {line.material.title for line in rundown} == {"a", "b/c", "d/e/f"}
    assert {line.kind for line in rundown} == {Kind.ITEM}


# ---- clocks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "late_ms"), [((6, 0, 0), 0), ((6, 0, 1), 280), ((6, 10, 0), 0), ((6, 0, 13), 120), ((0, 0, 0), 0)]
)
def test_a_hard_start_airs_in_the_first_quantum_not_before_its_time(
    planned: Planned, clock: tuple[int, int, int], late_ms: int
) -> None:
    written = "{:02}.{:02}.{:02}".format(*clock)
    moment = datetime(2026, 11, 22, *clock, tzinfo=WIB)
    built = planned(event(written, "e"), {"e": 30}, Quanta(at_or_after(moment) - 100), Quanta(at_or_after(moment) + 10))
    (line,) = [line for line in built.rundown if line.hard]
    assert line.start * 320 - round(moment.astimezone(UTC).timestamp() * 1000) == late_ms


def test_an_empty_span_is_an_empty_rundown_and_a_slate_of_nothing_is_refused(
    material: Callable[..., Material],
) -> None:
    arguments = (plan_of(default_schedule(ChannelKind.TV), WIB), Shelf({}), None)
    assert len(build(*arguments, material("s", 5), WIB, at("06.00"), at("06.00"), [])) == 0
    with pytest.raises(ValueError, match="slate of 0"):
        build(*arguments, material("s", 0), WIB, at("06.00"), at("07.00"), [])


def test_what_lies_in_a_folder_is_needed_when_its_slot_begins_or_now_where_it_runs(planned: Planned) -> None:
    text = block("05.00", "07.00", 'rotation = ["r", "s"]') + block("07.00", "08.00", 'folder = "x"', "Lain")
    built = planned(text, {"r/1": 500}, "06.00", "07.30")
    assert built.folders == {"r": at("06.00"), "s": at("06.00"), "x": at("07.00")}
