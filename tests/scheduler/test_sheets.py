"""Tables of stations as they are: what is understood, and what is said at which cell. Samples read back whole."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lppl.desk.samples import Sample, grid_rows, sample, wall_rows
from lppl.desk.sheets import SheetRefused, as_csv, as_xlsx, read_sheets
from lppl.media import ChannelKind
from lppl.programme import AgeClass, Category, SpotKind
from scheduler import sheet_grid, sheet_orders
from scheduler.cell_words import age_in, category_in, date_in, days_in, hours_in, length_in, number_in, span_in
from scheduler.first_week import DAYS, RADIO_DAY, WEEK, WEEKEND, WORKDAYS, Part, Wanted, first_week, guess, part_of
from scheduler.grid import ChannelRules, FromRotation, LiveSource
from scheduler.sheet_grid import Column, GridColumns, Layout, read_grid_sheet
from scheduler.sheet_orders import read_orders_sheet
from scheduler.sheet_week import week_of
from scheduler.words import DAY_S, clock

TODAY = date(2026, 11, 22)
EVERY = tuple(range(7))


# ---- cells ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Senin s/d Jumat", (0, 1, 2, 3, 4)), ("SENIN - MINGGU", EVERY), ("Sab, Ahad", (5, 6)), ("Jum'at", (4,)),
        ("Setiap Hari", EVERY), ("hari kerja", (0, 1, 2, 3, 4)), ("Sel & Kam", (1, 3)), ("Mon–Wed", (0, 1, 2)),
        ("Sabtu sampai dengan Senin", (0, 5, 6)), ("Senin/Rabu", (0, 2)),
    ],
)  # fmt: skip
def test_days(text: str, days: tuple[int, ...]) -> None:
    assert days_in(text) == days


@pytest.mark.parametrize(
    ("text", "span"),
    [("06.00", (21600, None)), ("6:30 WIB", (23400, None)), ("06.00 - 07.00 WIB", (21600, 25200)),
     ("22.00 s.d. 24.00", (79200, DAY_S)), ("0600", (21600, None))],
)  # fmt: skip
def test_clock_times(text: str, span: tuple[int, int | None]) -> None:
    assert span_in(text) == span


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("60", 3600), ("90 menit", 5400), ("1 jam 30 menit", 5400), ("1,5 jam", 5400), ("01.30.00", 5400), ("30'", 1800)],
)
def test_lengths(text: str, seconds: int) -> None:
    assert length_in(text) == seconds


def test_other_cells() -> None:
    assert category_in("Berita & Informasi") is Category.NEWS and category_in("Seni Budaya") is Category.CULTURE
    assert category_in("Film") is Category.ENTERTAINMENT and category_in("ILM") is Category.SUPPORT
    assert age_in("R 13+") is AgeClass.R and age_in("semua umur") is AgeClass.SU and age_in("Anak-anak") is AgeClass.A
    assert date_in("22/11/26") == date_in("22 Nov 2026") == date_in("2026-11-22") == TODAY
    assert hours_in("06.00-10.00, 17.00-20.00") == ((21600, 36000), (61200, 72000)) and hours_in("") == ()
    assert number_in("4x", 10) == number_in("4 kali/hari", 10) == 4


@pytest.mark.parametrize("read", [days_in, span_in, length_in, category_in, age_in, date_in])
@given(text=st.text(max_size=30))
@settings(max_examples=60)
def test_rubbish_is_a_sentence_never_a_fault(read: object, text: str) -> None:
    try:
        read(text)  # type: ignore[operator]
    except ValueError as error:
        assert " / " in str(error), "in both languages"


# ---- files ----------------------------------------------------------------------------------------


def test_files_of_every_making_read_alike() -> None:
    rows = [["Hari", "Jam", "Acara"], ["Senin", "06.00", 'Kabar "Pagi"; é'], ["Selasa", "07.00", "Musik"]]
    expected = tuple(tuple(row) for row in rows)
    assert read_sheets(as_xlsx("A", rows), "a")[0].rows == expected
    assert read_sheets(as_csv(rows), "a")[0].rows == expected
    text = 'Hari,Jam,Acara\r\nSenin,06.00,"Kabar ""Pagi""; é"\r\nSelasa,07.00,Musik\r\n'
    for data in (text.encode("utf-8"), text.encode("utf-16"), text.encode("cp1252")):
        assert read_sheets(data, "a")[0].rows == expected
    assert read_sheets(text.replace(",", "\t").encode(), "a")[0].rows == expected


def test_what_separates_cells_is_what_most_lines_agree_on() -> None:
    for text in (
        "Hari;Jam;Lama\nSenin;06.00;1,5\nSelasa;07.00;2,5\n",
        "Hari|Jam|Lama\nSenin|06.00|1;5\nJum'at|07.00|2\n",
        'Hari, Jam, Acara\nSenin, 06.00, "Kabar; Pagi, Siang"\nSelasa, 07.00, "x"\n',
    ):
        rows = read_sheets(text.encode(), "a")[0].rows
        assert [len(row) for row in rows] == [3, 3, 3] and rows[1][:2] == ("Senin", "06.00")
    assert read_sheets((',"' * 10_000).encode(), "a")[0].rows, "rubbish is read, too, and at once"


def test_what_is_no_table_is_refused() -> None:
    import io
    import zipfile

    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 90_000_000)
    for data in (
        b"",
        b"\0\1\2",
        b"PK\3\4rubbish",
        b"\xd0\xcf\x11\xe0old",
        bomb.getvalue(),
        b" \n \n",
        b"x" * 5_000_001,
    ):
        with pytest.raises(SheetRefused):
            read_sheets(data, "a")


def test_a_formula_is_text() -> None:
    found = read_sheets(as_xlsx("A", [["Judul"], ['=HYPERLINK("http://x","y")']]), "a")[0]
    assert found.rows[1][0].startswith("=HYPERLINK")


# ---- the grid -------------------------------------------------------------------------------------


def test_samples_read_back_whole() -> None:
    for which in (Sample.GRID, Sample.GRID_CSV):
        rows = read_sheets(sample(which, TODAY), "a")[0].rows
        read = read_grid_sheet(rows, sheet_grid.guess(rows))
        assert read.mistakes == [] and len(read.broadcasts) == len(RADIO_DAY) == len(grid_rows()) - 1
        assert [b.until - b.start for b in read.broadcasts] == [clock(h.end) - clock(h.start) for h in RADIO_DAY]
    rows = read_sheets(sample(Sample.WALL, TODAY), "a")[0].rows
    read = read_grid_sheet(rows, columns := sheet_grid.guess(rows))
    assert columns.layout is Layout.WALL and len(columns.days) == 7 and len(rows) == len(wall_rows())
    assert {(b.title, b.start) for b in read.broadcasts} == {
        (h.title.format(place="Kota"), clock(h.start)) for h in RADIO_DAY
    }


def test_what_is_not_understood_is_said_at_its_cell() -> None:
    rows = [
        ["LPPL Radio", "", "", "", ""], ["Hari", "Jam", "Durasi", "Mata Acara", "Ket"],
        ["Senin-Jumat", "05.00", "60", "Mutiara Subuh", ""], ["", "06.00", "", "Kabar Pagi", "Relay RRI"],
        ["Snin", "07.00", "60", "Apa", ""], ["Senin", "7 pagi", "60", "Apa", ""], ["Senin", "08.00", "lama", "Ini", ""],
        ["", "", "", "", ""], ["Senin", "10.00", "60", "", ""], ["Senin", "23.00", "120", "Malam", ""],
    ]  # fmt: skip
    read = read_grid_sheet(rows, sheet_grid.guess(rows))
    assert [(m.row, m.column, m.skipped) for m in read.mistakes] == [
        (4, 0, True), (5, 1, True), (6, 2, False), (8, 3, True)
    ]  # fmt: skip
    by_title = {b.title: b for b in read.broadcasts}
    assert by_title["Kabar Pagi"].relay and by_title["Kabar Pagi"].days == (0, 1, 2, 3, 4), "the day stands above"
    assert by_title["Kabar Pagi"].until == clock("08.00"), "until the next of its days"
    assert by_title["Malam"].until == DAY_S + 3600


def test_a_wall_table_joins_cells_and_days() -> None:
    rows = [["Waktu", "Senin", "Selasa", "Rabu"], ["04.30", "Tilawah", "Tilawah", "Tilawah"],
            ["05.00", "Kultum", "", "Kultum"], ["06.00-07.00", "Kabar", "Kabar", "Kabar"]]  # fmt: skip
    read = read_grid_sheet(rows, sheet_grid.guess(rows))
    found = {(b.title, b.start): (b.days, b.until) for b in read.broadcasts}
    assert found[("Tilawah", clock("04.30"))] in (((0, 2), clock("05.00")), ((1,), clock("06.00")))
    assert found[("Kabar", clock("06.00"))] == ((0, 1, 2), clock("07.00"))


@given(rows=st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=3), max_size=12))
@settings(max_examples=80)
def test_no_table_makes_it_fail(rows: list[list[str]]) -> None:
    columns = sheet_grid.guess(rows)
    every = GridColumns(layout=columns.layout, header=0, columns={Column.START: 0, Column.TITLE: 1, Column.DAY: 2})
    for each in (columns, every):
        for b in read_grid_sheet(rows, each).broadcasts:
            assert 0 <= b.start < DAY_S and b.start < b.until <= b.start + DAY_S


def test_a_table_becomes_a_grid_with_its_programmes() -> None:
    rows = grid_rows()
    read = read_grid_sheet(rows, sheet_grid.guess(rows))
    parts = {Part.MUSIC: ("musik",), Part.NEWS: ("berita",)}
    bundle = week_of(read.broadcasts, {}, ["musik", "berita", "radio/dunia anak"], parts, TODAY)
    entries = {e.id: e for e in bundle.grid.entries}
    assert entries["dunia-anak"].content == FromRotation(folders=("radio/dunia anak",)), "its own folder"
    assert entries["kabar-pagi"].content == FromRotation(folders=("berita",))
    assert len(bundle.programmes) == len({e.programme for e in bundle.grid.entries})
    again = week_of(read.broadcasts, {p.id: p for p in bundle.programmes}, [], parts, TODAY)
    assert again.programmes == (), "programmes that are there are used"


# ---- orders ---------------------------------------------------------------------------------------


def test_orders_and_what_is_missing() -> None:
    rows = read_sheets(sample(Sample.ORDERS, TODAY), "a")[0].rows
    columns = sheet_orders.guess(rows)
    assert len(columns.columns) == len(rows[0]), "every heading of the sample is known"
    files = {"spot/batik.mp3": "Batik Lebaran"}
    read = read_orders_sheet(rows, columns, files, ("radio",))
    (order,) = read.orders.values()
    assert (order.advertiser, order.times_a_day, order.total, order.first) == ("Batik Sekar Jagad", 4, 100, TODAY)
    assert order.hours == ((21600, 36000), (57600, 72000)) and order.channels == ("radio",)
    (mistake,) = read.mistakes
    assert (mistake.row, mistake.column, mistake.skipped) == (2, 2, True) and "imunisasi" in mistake.indonesian
    both = read_orders_sheet(rows, columns, {**files, "spot/imunisasi.mp3": ""}, ())
    assert [o.kind for o in both.orders.values()] == [SpotKind.COMMERCIAL, SpotKind.ILM]


# ---- the first week -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ChannelKind)
def test_the_typical_day_has_no_gap_and_nothing_twice(kind: ChannelKind) -> None:
    for rule in (WORKDAYS, WEEKEND):
        spans = sorted((clock(h.start), clock(h.end)) for h in DAYS[kind] if h.rule in (WEEK, rule))
        ends = [0, *(end for _, end in spans)]
        assert [start for start, _ in spans] == ends[:-1] and ends[-1] == DAY_S


@pytest.mark.parametrize(
    ("folder", "part"),
    [("radio/musik", Part.MUSIC), ("Berita Pagi", Part.NEWS), ("radio/musik/lagu anak", Part.CHILDREN),
     ("azan", None), ("lagu/wajib", None), ("a/b", None), ("filler/tv", Part.FILLER), ("Campursari", Part.CULTURE)],
)  # fmt: skip
def test_folders_tell_what_they_hold(folder: str, part: Part | None) -> None:
    assert part_of(folder) is part


def test_a_week_from_whatever_there_is() -> None:
    assert guess(["x", "y"]) == {Part.MUSIC: ("x", "y")}, "nothing tells: everything is taken"
    files = {"azan/maghrib.mp3", "lagu/indonesia-raya.mp3", "lagu/wajib/a.mp3", "x/1.mp3"}
    wanted = Wanted("radio", ChannelKind.RADIO, "Kudus", guess(["x"]), files, TODAY, "RRI")
    bundle = first_week(wanted, {}, ChannelRules(id="radio"))
    assert bundle.rules is not None
    assert [e.id for e in bundle.rules.fixed.events] == ["azan-maghrib", "lagu-kebangsaan"]
    live = [e for e in bundle.grid.entries if isinstance(e.content, LiveSource)]
    assert [e.id for e in live] == ["kabar-pagi"]
    with pytest.raises(ValueError, match="belum ada folder"):
        first_week(Wanted("radio", ChannelKind.RADIO, "Kudus", {}, (), TODAY), {}, ChannelRules(id="radio"))
