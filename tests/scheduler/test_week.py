"""A week to look at, and how slots come out: who has which hours, who loses them, over- and under-run."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from lppl.media import AssetId, HouseId, Material, Shelf
from lppl.quanta import Quanta, at_or_after, covering
from scheduler.agenda import Agenda, day_bounds, instant
from scheduler.fill import Catalogue
from scheduler.plan import Fixed, Listed, Plan, Start, Strip, Weekdays
from scheduler.rundown import build
from scheduler.timing import timings
from scheduler.week import week_of
from scheduler.words import EVERY_DAY

WIB = ZoneInfo("Asia/Jakarta")
MONDAY = date(2026, 11, 23)
SLATE = Material(HouseId("slate.x"), AssetId("slate"), "Siaga", Quanta(94))


def strip(key: str, start: float, until: float, rank: int = 0, **more: object) -> Strip:
    given = {"on": Weekdays(EVERY_DAY), "content": Listed((f"{key}.mp3",)), "where": key} | more
    return Strip(key, key.title(), start_s=int(start * 3600), until_s=int(until * 3600), rank=rank, **given)  # type: ignore[arg-type]


def test_a_special_takes_its_hours_from_the_ordinary_week() -> None:
    tuesday = MONDAY + timedelta(days=1)
    special = strip("khusus", 9, 10, 2, on=Weekdays((1,)))
    week = week_of(Plan(strips=(strip("musik", 6, 18), special)), WIB, MONDAY)
    on = [h for h in week.held if h.day == tuesday]
    assert [(h.strip.key, h.goes_on) for h in on] == [("musik", False), ("khusus", False), ("musik", True)]
    assert [at_or_after(instant(tuesday, s * 3600, WIB)) for s in (6, 9, 10)] == [h.start for h in on]
    (lost,) = week.lost
    assert (lost.strip.key, lost.winner.key, lost.day) == ("musik", "khusus", tuesday)
    assert lost.end - lost.start == 11_250


def test_what_passes_midnight_is_cut_there() -> None:
    week = week_of(Plan(strips=(strip("malam", 22, 26),)), WIB, MONDAY)
    assert len(week.held) == 14 and all(h.end - h.start == 22_500 for h in week.held)
    first, second = [h for h in week.held if h.day == MONDAY]
    assert first.goes_on and not second.goes_on and second.end == day_bounds(MONDAY, WIB)[1]
    assert week.lost == ()


def shelf(**seconds: float) -> Shelf:
    materials = [
        Material(HouseId(f"{name}.x"), AssetId(name), name, covering(s), paths=(f"{name}.mp3",))
        for name, s in seconds.items()
    ]
    return Shelf({m.asset: m for m in materials})


def come_out(plan: Plan, found: Shelf) -> dict[str, tuple[int, int, bool]]:
    """Return late, over and whether it aired, by entry, for Monday."""
    start, end = day_bounds(MONDAY, WIB)
    lines = build(plan, found, None, SLATE, WIB, start, end, []).lines
    slots = [s for s in Agenda(plan, WIB, start, end, Catalogue(found)).slots if start <= s.opens < end]
    return {t.where: (t.late, t.over, t.began is not None) for t in timings(lines, slots)}


def test_over_and_under_run_are_told_to_the_quantum() -> None:
    plan = Plan(strips=(strip("panjang", 6, 7), strip("pendek", 7, 8), strip("hilang", 8, 9)))
    found = come_out(plan, shelf(panjang=3600 + 32, pendek=3200))
    assert found == {"panjang": (0, 100, True), "pendek": (100, 100 - 1250, True), "hilang": (0, -11_250, False)}


def test_an_interruption_is_no_content_and_both_parts_are_one_slot() -> None:
    noon = Fixed(at_or_after(instant(MONDAY, int(6.5 * 3600), WIB)), "azan", "azan.mp3", True)
    after = strip("sesudah", 8, 9, 1, begins=Start.HARD)
    plan = Plan(strips=(strip("acara", 6, 10), after), daily=(lambda day, _: (noon,) if day == MONDAY else (),))
    found = come_out(plan, shelf(acara=3200, azan=320, sesudah=3600))
    # cut by the azan at half past six, the item is not begun again; the slot ends at ten
    assert found["acara"][0] == 0 and found["acara"][1] < 0
    assert found["sesudah"] == (0, 0, True) and len(found) == 2


def test_stand_ins_are_no_content() -> None:
    plan = Plan(strips=(strip("kosong", 6, 7),), filler=("file:isi.mp3",))
    assert come_out(plan, shelf(isi=60)) == {"kosong": (0, -11_250, False)}


def test_a_slot_under_way_where_the_lines_begin_is_not_late() -> None:
    plan, found = Plan(strips=(strip("acara", 6, 7, content=Listed(("acara.mp3",), True)),)), shelf(acara=320)
    start, end = at_or_after(instant(MONDAY, 23_400, WIB)), day_bounds(MONDAY, WIB)[1]
    lines = build(plan, found, None, SLATE, WIB, start, end, []).lines
    slots = [s for s in Agenda(plan, WIB, start, end, Catalogue(found)).slots if s.opens < end and s.end > start]
    (timing,) = timings(lines, slots)
    assert timing.late == 0 and timing.began == timing.start < start
