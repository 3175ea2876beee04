"""Log siaran, planned against aired, proof of airing: all from the journal."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.journal import Entry
from lppl.media import AssetId
from lppl.programme import Category, Programme
from lppl.quanta import Quanta
from lppl.rundown import Kind, Line
from scheduler.agenda import day_bounds
from scheduler.as_run import NOT_RUNNING, daily_log, log_lines, percentages
from scheduler.comparison import Difference, Outcome, compare, counts
from scheduler.indonesian import length_in_words
from scheduler.proof import proofs
from tests.scheduler.aired import END_OF_DAY, MIDNIGHT, SUNDAY, WIB, as_aired, asset_of, entry, line, off

T = MIDNIGHT
JOIN = {"derived": "sambungan"}

# --- the log -----------------------------------------------------------------------------------------


def test_a_line_says_what_the_journal_says() -> None:
    aired = entry(
        "Gending", T, 700, artist="Laras", programme="Pagi", category="kebudayaan", order="I-1", why="Urutan 1"
    )
    (found,) = log_lines("radio", [aired])
    assert (found.channel, found.start, found.length, found.end) == ("radio", T, 700, T + 700)
    assert (found.title, found.artist, found.programme, found.category) == (
        "Gending",
        "Laras",
        "Pagi",
        Category.CULTURE,
    )
    assert (found.kind, found.why, found.order, found.asset) == (Kind.ITEM, "Urutan 1", "I-1", asset_of("Gending"))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"category": "berita", "order": "I-1"}, Category.NEWS),
        ({"order": "I-1"}, Category.SUPPORT),
        ({"kind": Kind.IDENT}, Category.SUPPORT),
        ({"kind": Kind.SLATE, "programme_id": "kabar"}, Category.SUPPORT),
        ({"kind": Kind.FILLER, "category": "hiburan"}, Category.ENTERTAINMENT),
        ({"programme_id": "kabar"}, Category.NEWS),
        ({"programme_id": "tak ada"}, Category.ENTERTAINMENT),
        ({"category": "kata lama"}, Category.ENTERTAINMENT),
    ],
)
def test_every_line_on_the_air_has_a_category(more: dict[str, object], expected: Category) -> None:
    programmes = {"kabar": Programme(id="kabar", title="Kabar", category=Category.NEWS)}
    (found,) = log_lines("tv", [entry("a", T, 100, **more)], programmes)
    assert found.category is expected


def test_preroll_and_the_outage_before_it_are_one_line_off_the_air() -> None:
    entries = [
        entry("a", T, 100),
        off(T + 100, 500),
        entry("i", T + 600, 60, kind=Kind.PREROLL),
        entry("i", T + 660, 60, kind=Kind.PREROLL),
        entry("b", T + 720, 100),
    ]
    found = log_lines("tv", entries)
    assert [(x.title, x.start - T, x.length, x.category) for x in found][1] == ("Tidak mengudara", 100, 620, None)
    assert [x.kind for x in found] == [Kind.ITEM, Kind.OFF, Kind.ITEM]
    assert found[1].why == NOT_RUNNING


def test_an_item_and_the_joins_at_its_ends_are_one_line() -> None:
    entries = [
        entry("a", T, 100),
        entry("a", T + 100, 10, **JOIN),
        entry("b", T + 110, 90, in_point=10),
        entry("b", T + 200, 100),
        entry("b", T + 300, 100),
    ]
    assert [(x.title, x.length) for x in log_lines("tv", entries)] == [("a", 110), ("b", 90), ("b", 100), ("b", 100)]


def test_an_item_that_airs_twice_in_a_row_is_two_lines_even_where_its_beginning_is_cut() -> None:
    entries = [entry("spot", T + n * 90, 90, in_point=4, order="A") for n in range(3)]
    assert [x.length for x in log_lines("tv", entries)] == [90, 90, 90]
    (found,) = proofs({"tv": [line("spot", T, 90, in_point=4, order="A")]}, {"tv": entries}, WIB)
    assert (found.planned, found.aired, found.complete) == (1, 3, 3)


def test_a_day_is_cut_at_midnight_and_adds_up() -> None:
    entries = [
        entry("kemarin", T - 500, 1000, category="berita"),
        entry("a", T + 500, 1000, category="hiburan"),
        off(T + 1500, 300),
        entry("larut", END_OF_DAY - 10, 500, category="berita"),
    ]
    log = daily_log("tv", SUNDAY, WIB, entries)
    assert [(x.title, x.start, x.length) for x in log.lines] == [
        ("kemarin", T, 500),
        ("a", T + 500, 1000),
        ("Tidak mengudara", T + 1500, 300),
        ("larut", END_OF_DAY - 10, 10),
    ]
    t = log.totals
    assert (t.aired, t.off, t.unrecorded) == (1510, 300, 270_000 - 1810)
    assert {s.category: (s.length, s.percent) for s in t.shares if s.length} == {
        Category.NEWS: (510, Decimal("33.8")),
        Category.ENTERTAINMENT: (1000, Decimal("66.2")),
    }
    assert [s.category for s in t.shares] == list(Category)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Amsterdam", date(2026, 3, 29), 23),
        ("Europe/Amsterdam", date(2026, 10, 25), 25),
        ("Asia/Jayapura", date(2026, 10, 25), 24),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
    ],
)
def test_a_day_has_its_own_hours(zone: str, day: date, hours: float) -> None:
    start, end = day_bounds(day, ZoneInfo(zone))
    log = daily_log("tv", day, ZoneInfo(zone), [entry("a", start - 5000, end - start + 9000)])
    assert [(x.start, x.length) for x in log.lines] == [(start, hours * 11_250)]
    assert log.totals.aired == log.end - log.start == hours * 11_250


def test_neighbouring_days_share_an_entry_without_loss() -> None:
    entries = [entry("a", T - 100, 400_000)]
    days = [daily_log("tv", SUNDAY + timedelta(days=n), WIB, entries) for n in (-1, 0, 1)]
    assert sum(d.totals.aired for d in days) == 400_000
    assert [d.end for d in days[:2]] == [d.start for d in days[1:]]


# --- percentages -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ((1, 1, 1), ("33.4", "33.3", "33.3")),
        ((2, 1), ("66.7", "33.3")),
        ((1, 999, 1000), ("0.1", "49.9", "50.0")),
        ((0, 0), ("0.0", "0.0")),
        ((5, 0), ("100.0", "0.0")),
    ],
)
def test_what_is_lost_in_rounding_goes_to_the_largest_remainder(
    amounts: tuple[int, ...], expected: tuple[str, ...]
) -> None:
    assert [str(p) for p in percentages(dict(enumerate(amounts))).values()] == list(expected)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=12), st.integers(0, 4))
def test_percentages_add_up_to_a_hundred_and_are_a_step_from_exact(amounts: list[int], places: int) -> None:
    found = percentages(dict(enumerate(amounts)), places)
    whole = sum(amounts)
    assert sum(found.values()) == (100 if whole else 0)
    for n, amount in enumerate(amounts):
        assert whole == 0 or abs(found[n] - Decimal(100 * amount) / whole) < Decimal(1).scaleb(-places)


def test_a_negative_amount_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        percentages({"a": -1, "b": 2})


# --- planned against aired ---------------------------------------------------------------------------

PLAN = [
    line("a", T, 1000, why="Urutan 1"),
    line("b", T + 1000, 2000, why="Urutan 2"),
    line("c", T + 3000, 1000, why="Urutan 3"),
]


def told(found: tuple[Difference, ...]) -> list[tuple[str, str, str]]:
    return [
        (d.planned.head.title if d.planned else "", d.kind.value, d.aired.head.title if d.aired else "") for d in found
    ]


def test_what_airs_as_planned_is_said_to() -> None:
    found = compare(PLAN, as_aired(PLAN), Quanta(T + 4000))
    assert {d.kind for d in found} == {Outcome.AS_PLANNED}
    assert len(found) == 3
    assert counts(found)[Outcome.AS_PLANNED] == 3


CASES: list[tuple[str, Callable[[], list[Entry]], list[tuple[str, str, str]], list[str]]] = [
    (
        "an insertion moves the rest",
        lambda: [
            entry("a", T, 1000),
            entry("sela", T + 1000, 100, why="Sela darurat"),
            entry("b", T + 1100, 2000),
            entry("c", T + 3100, 900, planned=1000),
        ],
        [("a", "sesuai", "a"), ("b", "bergeser", "b"), ("", "tambahan", "sela"), ("c", "bergeser", "c")],
        [
            "Tayang sesuai rencana.",
            'Mulai 32 detik lebih lambat setelah "sela" (Sela darurat).',
            "Di luar rencana (Sela darurat).",
            "Mulai 32 detik lebih lambat, mengikuti acara sebelumnya.",
        ],
    ),
    (
        "a missing file",
        lambda: [
            entry("a", T, 1000),
            entry("f", T + 1000, 1500, kind=Kind.FILLER, why="Pengganti: b tidak dapat ditayangkan"),
            entry("g", T + 2500, 500, kind=Kind.FILLER, why="Pengganti: b tidak dapat ditayangkan"),
            entry("c", T + 3000, 1000),
        ],
        [("a", "sesuai", "a"), ("b", "diganti", "f"), ("c", "sesuai", "c")],
        ["", 'Diganti "f" dan 1 materi lain (Pengganti: b tidak dapat ditayangkan).', ""],
    ),
    (
        "a power cut in the middle of an item",
        lambda: [
            entry("a", T, 1000),
            entry("b", T + 1000, 500, planned=2000),
            off(T + 1500, 600),
            entry("i", T + 2100, 120, kind=Kind.PREROLL),
            entry("b", T + 2220, 780, in_point=1218),
            entry("c", T + 3000, 1000),
        ],
        [("a", "sesuai", "a"), ("b", "dipendekkan", "b"), ("c", "sesuai", "c")],
        ["", "Lebih pendek 3 menit 50 detik: siaran terputus 3 menit 50 detik.", ""],
    ),
    (
        "a power cut over whole items",
        lambda: [entry("a", T, 1000), off(T + 1000, 2500), entry("c", T + 3500, 500, in_point=500)],
        [("a", "sesuai", "a"), ("b", "tidak_mengudara", ""), ("c", "dipendekkan", "c")],
        [
            "",
            "Tidak tayang: stasiun tidak mengudara.",
            "Lebih pendek 2 menit 40 detik, mulai 2 menit 40 detik lebih lambat: siaran terputus 2 menit 40 detik.",
        ],
    ),
    (
        "an item runs longer, the next ones follow",
        lambda: [entry("a", T, 1050), entry("b", T + 1050, 2000), entry("c", T + 3050, 1000)],
        [("a", "diperpanjang", "a"), ("b", "bergeser", "b"), ("c", "bergeser", "c")],
        [
            "Lebih panjang 16 detik (Rotasi).",
            'Mulai 16 detik lebih lambat karena "a" lebih panjang.',
            "Mulai 16 detik lebih lambat, mengikuti acara sebelumnya.",
        ],
    ),
    (
        "an item is skipped",
        lambda: [entry("a", T, 1000), entry("c", T + 1000, 1000), entry("d", T + 2000, 2000, why="Rotasi")],
        [("a", "sesuai", "a"), ("b", "diganti", "d"), ("c", "bergeser", "c")],
        ["", 'Diganti "d" (Rotasi).', 'Mulai 10 menit 40 detik lebih awal karena "b" tidak tayang.'],
    ),
    (
        "nothing took its time but what moved",
        lambda: [entry("a", T, 1000), entry("c", T + 1000, 3000)],
        [("a", "sesuai", "a"), ("b", "tidak_tayang", ""), ("c", "diperpanjang", "c")],
        ["", 'Tidak tayang: waktunya dipakai "c".', "Lebih panjang 10 menit 40 detik (Rotasi)."],
    ),
    (
        "the journal has lost it",
        lambda: [entry("a", T, 1000), entry("c", T + 3000, 1000)],
        [("a", "sesuai", "a"), ("b", "tidak_tayang", ""), ("c", "sesuai", "c")],
        ["", "Tidak tayang: jurnal tidak punya catatan untuk waktu ini.", ""],
    ),
]


@pytest.mark.parametrize(("aired", "expected", "sentences"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_every_difference_is_explained(
    aired: Callable[[], list[Entry]], expected: list[tuple[str, str, str]], sentences: list[str]
) -> None:
    found = compare(PLAN, aired(), Quanta(T + 4000))
    assert sorted(told(found)) == sorted(expected)
    by_planned = {told((d,))[0]: d.indonesian for d in found}
    for key, sentence in zip(expected, sentences, strict=True):
        assert not sentence or by_planned[key] == sentence
    assert all(d.english and d.indonesian for d in found)


def test_what_people_changed_is_the_first_reason() -> None:
    aired = [entry("a", T, 1000), entry("x", T + 1000, 2000, why="Disisipkan petugas"), entry("c", T + 3000, 1000)]
    found = compare(PLAN, aired, Quanta(T + 4000), {Quanta(T + 1000): "Diganti Sari: wawancara bupati."})
    assert [d.indonesian for d in found][1] == 'Diganti Sari: wawancara bupati. Diganti "x" (Disisipkan petugas).'
    assert found[0].indonesian == "Tayang sesuai rencana."


def test_what_is_still_to_come_is_left_out_and_what_runs_has_lost_nothing() -> None:
    aired = [entry("a", T, 1000), entry("b", T + 1000, 300, planned=2000)]
    assert told(compare(PLAN, aired, Quanta(T + 1300))) == [("a", "sesuai", "a"), ("b", "sesuai", "b")]
    ended = [*aired[:1], entry("b", T + 1000, 300), entry("z", T + 1300, 100)]
    assert told(compare(PLAN, ended, Quanta(T + 1400)))[1] == ("b", "dipendekkan", "b")


def test_the_same_asset_again_is_matched_with_its_own_time() -> None:
    planned = [line("i" if n % 2 else "x", T + n * 100, 100) for n in range(10)]
    aired = as_aired(planned)
    del aired[3]  # the second ident
    found = compare(planned, aired, Quanta(T + 1000))
    assert [d.kind for d in found].count(Outcome.AS_PLANNED) == 9
    assert [d.start for d in found if d.kind is Outcome.NOT_AIRED] == [T + 300]
    late = compare(planned, [entry(e.item.title, e.item.start + 40, 100) for e in as_aired(planned)], Quanta(T + 1040))
    assert {(d.kind, d.moved) for d in late} == {(Outcome.MOVED, 40)}


def test_joins_that_were_made_after_the_plan_are_no_difference() -> None:
    aired = [
        entry("a", T, 980, planned=980),
        entry("a", T + 980, 20, **JOIN),
        entry("b", T + 1000, 2000),
        entry("c", T + 3000, 1000),
    ]
    assert {d.kind for d in compare(PLAN, aired, Quanta(T + 4000))} == {Outcome.AS_PLANNED}


LINES = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 500)), min_size=1, max_size=25)


def laid(items: list[tuple[str, int]]) -> list[Line]:
    found = []
    q = T
    for title, length in items:
        found.append(line(title, q, length))
        q = Quanta(q + length)
    return found


@given(LINES)
def test_what_aired_as_planned_has_no_difference(items: list[tuple[str, int]]) -> None:
    planned = laid(items)
    assert {d.kind for d in compare(planned, as_aired(planned), planned[-1].end)} == {Outcome.AS_PLANNED}


@given(LINES, LINES, st.lists(st.integers(0, 24)))
def test_every_planned_line_is_accounted_for_once_and_so_is_all_that_aired(
    items: list[tuple[str, int]], others: list[tuple[str, int]], dark: list[int]
) -> None:
    planned, aired = laid(items), as_aired(laid(others))
    aired = [off(e.item.start, e.length) if n in dark else e for n, e in enumerate(aired)]
    until = max(planned[-1].end, aired[-1].end)
    found = compare(planned, aired, until)
    assert [d.planned.start for d in found if d.planned] == [x.start for x in planned]
    matched = [d.aired.start for d in found if d.aired and d.kind is not Outcome.REPLACED]
    assert len(matched) == len(set(matched))
    assert [d.start for d in found] == sorted(d.start for d in found)
    named = {(d.aired.start, d.aired.head.asset) for d in found if d.aired}
    for e in aired:
        if e.item.house and e.item.start < planned[-1].end:
            instead = any(
                d.kind is Outcome.REPLACED and d.planned and d.planned.start < e.end and e.item.start < d.planned.end
                for d in found
            )
            assert instead or (e.item.start, e.item.asset) in named


@pytest.mark.parametrize(
    ("quanta", "indonesian", "english"),
    [
        (2, "0,6 detik", "0.6 s"),
        (-25, "8 detik", "8 s"),
        (32, "10 detik", "10 s"),
        (188, "1 menit", "1 min"),
        (1000, "5 menit 20 detik", "5 min 20 s"),
        (11_250 * 25 + 188, "25 jam 1 menit", "25 h 1 min"),
    ],
)
def test_lengths_in_words(quanta: int, indonesian: str, english: str) -> None:
    assert (length_in_words(quanta), length_in_words(quanta, "en")) == (indonesian, english)


# --- proof of airing ---------------------------------------------------------------------------------


def test_the_proof_counts_every_airing_once() -> None:
    spot = {"order": "IKL-7", "category": "iklan"}
    day = [
        line("batik", T, 94, **spot),
        line("batik", T + 11_250, 94, **spot),
        line("batik", T + 22_500, 94, **spot),
        line("ilm", T + 30_000, 94, order="ILM-1"),
    ]
    aired = [
        entry("batik", T, 94, **spot),
        entry("batik", T + 11_250, 40, planned=94, **spot),
        entry("ident", T + 11_290, 54, kind=Kind.IDENT, order="IKL-7"),
        entry("batik", T + 22_500, 80, planned=80, **spot),
        entry("batik", T + 22_580, 14, **spot, **JOIN),
        entry("lain", T + 22_594, 100),
    ]
    ilm, batik = sorted(proofs({"tv": [*day, *day]}, {"tv": aired}, WIB), key=lambda p: p.planned)
    assert (batik.order, batik.planned, batik.aired, batik.complete) == ("IKL-7", 3, 3, 2)
    assert (ilm.order, ilm.planned, ilm.aired, ilm.complete) == ("ILM-1", 1, 0, 0)
    assert [(r.time_text, r.length, r.complete) for r in batik.rows] == [
        ("00.00.00 WIB", 94, True),
        ("01.00.00 WIB", 40, False),
        ("02.00.00 WIB", 94, True),
    ]
    assert (batik.rows[0].date_text, batik.rows[0].title, batik.rows[0].channel) == (
        "Minggu, 22 November 2026",
        "batik",
        "tv",
    )


def test_a_spot_that_was_joined_under_way_is_not_complete() -> None:
    joined = entry("batik", T + 50, 44, in_point=50, order="A")
    (found,) = proofs({"tv": [line("batik", T, 94, order="A")]}, {"tv": [joined]}, WIB)
    assert (found.aired, found.complete) == (1, 0)


def test_orders_over_two_channels_are_in_order_of_time() -> None:
    aired = {"tv": [entry("x", T + 500, 94, order="A")], "radio": [entry("x", T, 94, order="A")]}
    (found,) = proofs({}, aired, ZoneInfo("Asia/Makassar"))
    assert [(r.channel, r.time_text) for r in found.rows] == [("radio", "01.00.00 WITA"), ("tv", "01.02.40 WITA")]


# --- a busy day --------------------------------------------------------------------------------------


def test_twenty_thousand_entries_stay_whole() -> None:
    titles = [f"t{n * 7919 % 500}" for n in range(20_000)]
    length = Quanta((END_OF_DAY - T) // 20_000)
    planned = [line(t, T + n * length, length, order="A" * (n % 10 == 0)) for n, t in enumerate(titles)]
    aired = as_aired(planned)
    log = daily_log("tv", SUNDAY, WIB, aired)
    assert (len(log.lines), log.totals.aired) == (20_000, 20_000 * length)
    assert all(a.end == b.start for a, b in pairwise(log.lines))
    assert counts(compare(planned, aired, END_OF_DAY))[Outcome.AS_PLANNED] == 20_000
    (found,) = proofs({"tv": planned}, {"tv": aired}, WIB)
    assert (found.planned, found.complete) == (2_000, 2_000)
    assert isinstance(log.lines[0].asset, str) and log.lines[0].asset == AssetId(asset_of("t0"))
