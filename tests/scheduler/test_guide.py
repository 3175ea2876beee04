"""The guide: the past as it aired, the future as planned."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.journal import Entry
from lppl.programme import AgeClass, Category, Programme
from lppl.quanta import Quanta, starting
from lppl.rundown import Kind, Line
from scheduler.guide import LONGEST_BREAK, SHORTEST, GuideEntry, guide
from tests.scheduler.aired import MIDNIGHT, MINUTE, as_aired, entry, line, off

T = MIDNIGHT
NEWS = Programme(
    id="kabar",
    title="Kabar Pekalongan",
    description="Berita sore",
    category=Category.NEWS,
    age=AgeClass.R,
    language="jv",
    presenter="Sari",
    picture="gambar/kabar.png",
)
PROGRAMMES = {"kabar": NEWS}


def minutes(*starts_and_lengths: tuple[str, str, int, int], **more: object) -> list[Line]:
    """Planned items as (title, slot, start, length), times in minutes after midnight."""
    return [
        line(title, T + at * MINUTE, length * MINUTE, slot=slot, programme=slot.partition("@")[0].title(), **more)
        for title, slot, at, length in starts_and_lengths
    ]


def spans(entries: tuple[GuideEntry, ...]) -> list[tuple[str, int, float, float]]:
    """(slot, part, start, end) with times in minutes after midnight."""
    unit = MINUTE * 0.32
    return [
        (
            e.slot,
            e.part,
            round((e.start - starting(T)).total_seconds() / unit, 3),
            round((e.end - starting(T)).total_seconds() / unit, 3),
        )
        for e in entries
    ]


PLAN = minutes(("a", "pagi@d", 0, 20), ("b", "pagi@d", 20, 40), ("c", "siang@d", 60, 30))


def test_before_anything_airs_the_guide_is_the_plan() -> None:
    found = guide("tv", PLAN, [], {}, T)
    assert spans(found) == [("pagi@d", 1, 0, 60), ("siang@d", 1, 60, 90)]
    assert [(e.title, e.aired, e.is_live, e.is_rerun) for e in found] == [
        ("Pagi", False, False, False),
        ("Siang", False, False, False),
    ]


def test_a_known_programme_tells_everything_and_an_unknown_one_its_title() -> None:
    planned = [
        line("a", T, 10 * MINUTE, slot="k@d", programme_id="kabar", programme="lama", kind=Kind.LIVE),
        line(
            "b", T + 10 * MINUTE, 10 * MINUTE, slot="x@d", programme_id="x", programme="Tak dikenal", category="berita"
        ),
    ]
    known, unknown = guide("tv", planned, [], PROGRAMMES, T, reruns={"x@d"})
    assert (known.title, known.description, known.category, known.age) == (
        "Kabar Pekalongan",
        "Berita sore",
        Category.NEWS,
        AgeClass.R,
    )
    assert (known.language, known.presenter, known.picture, known.is_live) == ("jv", "Sari", "gambar/kabar.png", True)
    assert (unknown.title, unknown.category, unknown.age, unknown.language) == (
        "Tak dikenal",
        Category.NEWS,
        AgeClass.SU,
        "id",
    )
    assert (known.is_rerun, unknown.is_rerun) == (False, True)


@pytest.mark.parametrize(
    ("aired", "now", "expected"),
    [
        pytest.param(
            [("a", "pagi@d", 2, 20), ("b", "pagi@d", 22, 40)],
            70,
            [("pagi@d", 1, 2, 62, True), ("siang@d", 1, 70, 90, False)],
            id="true start and end; what should run now and is not on record has not begun",
        ),
        pytest.param(
            [("a", "pagi@d", 2, 8)], 10, [("pagi@d", 1, 2, 60, True), ("siang@d", 1, 60, 90, False)], id="on the air"
        ),
        pytest.param(
            [("z", "lain@d", 0, 60)], 60, [("lain@d", 1, 0, 60, True), ("siang@d", 1, 60, 90, False)], id="replaced"
        ),
        pytest.param([], 60, [("siang@d", 1, 60, 90, False)], id="never aired: not listed"),
        pytest.param(
            [("a", "pagi@d", 0, 20), (None, "", 20, 15), ("b", "pagi@d", 35, 25)],
            60,
            [("pagi@d", 1, 0, 20, True), ("pagi@d", 2, 35, 60, True), ("siang@d", 1, 60, 90, False)],
            id="split by an outage",
        ),
        pytest.param(
            [("a", "pagi@d", 0, 20), (None, "", 20, 40)],
            60,
            [("pagi@d", 1, 0, 20, True), ("siang@d", 1, 60, 90, False)],
            id="shortened by an outage",
        ),
    ],
)
def test_the_past_is_what_aired(
    aired: list[tuple[str | None, str, int, int]], now: int, expected: list[tuple[str, int, float, float, bool]]
) -> None:
    entries = [
        entry(title, T + at * MINUTE, n * MINUTE, slot=slot) if title else off(T + at * MINUTE, n * MINUTE)
        for title, slot, at, n in aired
    ]
    found = guide("tv", PLAN, entries, {}, Quanta(T + now * MINUTE))
    assert [(*span, e.aired) for span, e in zip(spans(found), found, strict=True)] == expected


def test_filler_and_spots_within_a_programme_belong_to_it_those_around_it_do_not() -> None:
    filler = {"kind": Kind.FILLER}
    planned = [
        *minutes(("f", "pagi@d", 0, 5), **filler),
        *minutes(("a", "pagi@d", 5, 10)),
        *minutes(("spot", "", 15, 1), order="IKL-1"),
        *minutes(("f", "pagi@d", 16, 3), **filler),
        *minutes(("b", "pagi@d", 19, 10)),
        *minutes(("f", "pagi@d", 29, 6), **filler),
        *minutes(("spot", "", 35, 1), order="IKL-1"),
    ]
    assert spans(guide("tv", planned, [], {}, T)) == [("pagi@d", 1, 5, 29)]


def test_what_takes_a_minute_divides_a_programme_what_takes_less_does_not() -> None:
    def between(seconds_over: int) -> list[tuple[str, int, float, float]]:
        n = SHORTEST + seconds_over
        planned = [
            line("a", T, 10 * MINUTE, slot="pagi@d"),
            line("azan", T + 10 * MINUTE, n, slot="azan@d"),
            line("b", T + 10 * MINUTE + n, 10 * MINUTE, slot="pagi@d"),
        ]
        return [(slot, part, 0.0, 0.0) for slot, part, _, _ in spans(guide("tv", planned, [], {}, T))]

    assert [(s, p) for s, p, _, _ in between(0)] == [("pagi@d", 1), ("azan@d", 1), ("pagi@d", 2)]
    assert [(s, p) for s, p, _, _ in between(-1)] == [("pagi@d", 1)]


def test_two_short_things_in_a_row_do_not_divide_it_either() -> None:
    n = SHORTEST - 1
    titles = (("a", "pagi@d", 900), ("ident", "x@d", n), ("tanda waktu", "y@d", n), ("b", "pagi@d", 900))
    planned, q = [], T
    for title, slot, length in titles:
        planned.append(line(title, q, length, slot=slot))
        q = Quanta(q + length)
    assert [e.slot for e in guide("tv", planned, [], {}, T)] == ["pagi@d"]


def test_a_long_break_divides_it() -> None:
    def parts(length: int) -> int:
        second = T + 1000 + length
        planned = [
            line("a", T, 1000, slot="s@d"),
            line("f", T + 1000, length, kind=Kind.FILLER),
            line("b", second, 1000, slot="s@d"),
        ]
        return len(guide("tv", planned, [], {}, T))

    assert (parts(LONGEST_BREAK), parts(LONGEST_BREAK + 1)) == (1, 2)


def test_preroll_is_time_off_the_air() -> None:
    entries = [entry("a", T, 1000, slot="s@d"), entry("i", T + 1000, 120, slot="s@d", kind=Kind.PREROLL)]
    entries.append(entry("a", T + 1120, 1000, slot="s@d", in_point=1120))
    found = guide("tv", [], entries, {}, Quanta(T + 2120))
    assert [(e.part, e.start, e.end) for e in found] == [
        (1, starting(T), starting(Quanta(T + 1000))),
        (2, starting(Quanta(T + 1120)), starting(Quanta(T + 2120))),
    ]


def test_without_the_grid_a_programme_is_known_by_its_name() -> None:
    planned = [line(t, T + n * 500, 500, programme="Musik Pagi") for n, t in enumerate("abc")]
    (found,) = guide("tv", planned, [], {}, T)
    assert (found.title, found.slot, found.uid) == ("Musik Pagi", "", "tv.20261121T170000Z")


def test_an_id_stays_when_the_programme_moves() -> None:
    first = guide("tv", PLAN, [], {}, T)
    moved = guide("tv", PLAN, [entry("a", T + 300, 2000, slot="pagi@d")], {}, Quanta(T + 2300))
    assert first[0].start != moved[0].start
    assert [e.uid for e in first] == [e.uid for e in moved] == ["tv.pagi@d", "tv.siang@d"]
    assert len({e.uid for e in guide("tv", [], [*as_aired(PLAN[:1]), off(PLAN[1].start, 500),
                                                *as_aired(minutes(("b", "pagi@d", 30, 20)))], {}, T)}) == 2  # fmt: skip


# --- properties --------------------------------------------------------------------------------------

ITEMS = st.tuples(
    st.sampled_from(["", "s1@d", "s2@d", "s3@d"]),
    st.sampled_from([Kind.ITEM, Kind.ITEM, Kind.LIVE, Kind.FILLER, Kind.IDENT, Kind.SLATE, Kind.OFF, Kind.PREROLL]),
    st.integers(1, 4000),
    st.sampled_from(["", "IKL-1"]),
)


def journalled(items: list[tuple[str, Kind, int, str]]) -> list[Entry]:
    found: list[Entry] = []
    q = T
    for n, (slot, kind, length, order) in enumerate(items):
        made = off(q, length) if kind is Kind.OFF else entry(f"t{n}", q, length, slot=slot, kind=kind, order=order)
        found.append(made)
        q = Quanta(q + length)
    return found


def planned_from(items: list[tuple[str, Kind, int, str]], q: Quanta) -> list[Line]:
    found = []
    for n, (slot, kind, length, order) in enumerate(items):
        kind = Kind.SLATE if kind in (Kind.OFF, Kind.PREROLL) else kind
        found.append(line(f"p{n}", q, length, slot=slot, kind=kind, order=order, programme="Lain"))
        q = Quanta(q + length)
    return found


@given(st.lists(ITEMS, max_size=30), st.lists(ITEMS, max_size=30), st.integers(-5000, 5000), st.integers(0, 20_000))
def test_entries_never_overlap_and_ids_are_unique(
    past: list[tuple[str, Kind, int, str]], future: list[tuple[str, Kind, int, str]], shift: int, now: int
) -> None:
    entries = journalled(past)
    end = entries[-1].end if entries else T
    found = guide("tv", planned_from(future, Quanta(end + shift)), entries, {}, Quanta(T + now))
    assert all(e.start < e.end for e in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert len({e.uid for e in found}) == len(found)


@given(st.lists(ITEMS, max_size=30), st.lists(ITEMS, max_size=10))
def test_the_guide_of_the_past_is_what_aired(
    past: list[tuple[str, Kind, int, str]], future: list[tuple[str, Kind, int, str]]
) -> None:
    entries = journalled(past)
    now = entries[-1].end if entries else T
    found = guide("tv", planned_from(future, T), entries, {}, now)
    over = [e for e in found if e.end <= starting(now)]
    assert all(e.aired for e in over)
    shown = {e.item.slot: [] for e in entries if e.item.slot and e.item.kind in (Kind.ITEM, Kind.LIVE)}  # type: ignore[var-annotated]
    for each in entries:
        if each.item.slot in shown and each.item.kind in (Kind.ITEM, Kind.LIVE):
            shown[each.item.slot].append((starting(each.item.start), starting(each.end)))
    for e in over:
        if e.slot:
            assert e.start in [start for start, _ in shown[e.slot]]
            assert e.end in [end for _, end in shown[e.slot]]
    dark = [e for e in entries if e.item.kind in (Kind.OFF, Kind.PREROLL)]
    for e in found:
        assert not any(starting(d.item.start) < e.end and starting(d.end) > e.start for d in dark)
    for slot, spans_ in shown.items():  # whatever is long enough is listed
        for start, end in spans_:
            if (end - start).total_seconds() >= 60:
                assert any(e.slot == slot and e.start <= start and end <= e.end for e in found)
