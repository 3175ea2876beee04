"""How a day's time is shared out: every quantum once, by hour, by programme, by category."""

from datetime import date
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from lppl.media import AssetId, HouseId, Material
from lppl.programme import Category, Programme
from lppl.quanta import Quanta
from lppl.rundown import Kind, Line
from scheduler.agenda import day_bounds
from scheduler.day_totals import totals

ZONE = ZoneInfo("Asia/Jakarta")
START, END = day_bounds(date(2026, 11, 22), ZONE)
NEWS = Programme(id="kabar", title="Kabar", category=Category.NEWS)


def line(start: int, length: int, kind: Kind = Kind.ITEM, programme_id: str = "") -> Line:
    material = Material(HouseId("x.radio-1"), AssetId("x"), "X", Quanta(length))
    name = programme_id or "Musik"
    return Line(Quanta(start), Quanta(length), material, Quanta(0), kind, name, False, "", programme_id=programme_id)


def test_what_passes_an_hour_counts_in_both() -> None:
    hour = 11_250
    found = totals(
        [line(START + hour - 100, 300, programme_id="kabar"), line(START + hour + 200, 50, Kind.FILLER)],
        {"kabar": NEWS}, START, END,
    )  # fmt: skip
    assert [(h.start - START, dict(h.lengths), h.filler) for h in found.hours] == [
        (0, {Category.NEWS: 100}, 0),
        (hour, {Category.NEWS: 200, Category.SUPPORT: 50}, 50),
    ]
    assert [(p.name, p.length) for p in found.programmes] == [("kabar", 300), ("Musik", 50)]
    assert found.filler == 50 and [p.name for p in found.categories] == [c.value for c in Category]


def test_off_the_air_counts_nowhere_and_neither_does_another_day() -> None:
    found = totals([line(START - 50, 100, Kind.OFF), line(START - 50, 60), line(END - 10, 100)], {}, START, END)
    assert sum(p.length for p in found.categories) == 20 == found.programmes[0].length


@given(st.lists(st.tuples(st.integers(1, 40_000), st.sampled_from([Kind.ITEM, Kind.FILLER])), max_size=40))
def test_every_quantum_counts_once(parts: list[tuple[int, Kind]]) -> None:
    lines, at = [], START - 1_000
    for length, kind in parts:
        lines.append(line(at, length, kind))
        at += length
    found = totals(lines, {}, START, END)
    aired = max(0, min(at, END) - START)
    assert sum(p.length for p in found.categories) == aired
    assert sum(sum(h.lengths.values()) for h in found.hours) == aired
    assert sum(p.percent for p in found.categories) == (100 if aired else 0)
    assert sum(h.filler for h in found.hours) == found.filler
    assert [h.start for h in found.hours] == sorted({h.start for h in found.hours}) and len(found.hours) <= 24
