"""What leaves the house is read back: XMLTV, iCalendar, JSON, CSV, XLSX, PDF."""

import csv
import io
import json
import re
import zlib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from openpyxl import load_workbook

from lppl.journal import Entry
from lppl.programme import AgeClass, Category
from lppl.quanta import Quanta
from scheduler.as_run import daily_log
from scheduler.comparison import compare
from scheduler.exports.epg_json import epg_json
from scheduler.exports.ical import ical
from scheduler.exports.pdf import in_visual_order, pdf_bytes, typefaces, wrapped
from scheduler.exports.reports import Letterhead, comparison_report, log_report, proof_report
from scheduler.exports.tables import Cell, Column, Report, Table, Unit, csv_bytes, harmless
from scheduler.exports.xlsx import xlsx_bytes
from scheduler.exports.xmltv import xmltv
from scheduler.guide import GuideChannel, GuideEntry
from scheduler.proof import proofs
from tests.scheduler.aired import END_OF_DAY, MIDNIGHT, SUNDAY, WIB, as_aired, entry, line, off

MADE = datetime(2026, 11, 22, 17, 5, tzinfo=UTC)
CHANNELS = [GuideChannel("tv", "Batik TV", "https://lppl.example/tv.png"), GuideChannel("radio", "Radio Kota Batik")]
NASTY = "<&>\"' \x00\x1b\ud800 ]]> 日本"
"""What a file's tags may say."""


def programme(**more: object) -> GuideEntry:
    known: dict[str, object] = {
        "channel": "tv",
        "slot": "kabar@2026-11-22",
        "part": 1,
        "programme_id": "kabar",
        "title": "Kabar Pekalongan",
        "description": "Berita sore",
        "category": Category.NEWS,
        "age": AgeClass.R,
        "language": "id",
        "start": datetime(2026, 11, 22, 11, 0, 0, 960_000, tzinfo=UTC),
        "end": datetime(2026, 11, 22, 11, 30, 0, 640_000, tzinfo=UTC),
        "presenter": "Sari",
        "picture": "gambar/kabar sore.png",
        "is_live": True,
        "is_rerun": False,
        "aired": False,
    }
    return GuideEntry(**(known | more))  # type: ignore[arg-type]


LATER = programme(
    slot="", programme_id="", title=NASTY, description="", presenter="", picture="", is_live=False, is_rerun=True,
    start=datetime(2026, 11, 22, 11, 30, 0, 640_000, tzinfo=UTC), end=datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
    channel="radio",
)  # fmt: skip

# --- EPG ---------------------------------------------------------------------------------------------

DTD_ORDER = (
    "title", "sub-title", "desc", "credits", "date", "category", "keyword", "language", "orig-language", "length",
    "icon", "url", "country", "episode-num", "video", "audio", "previously-shown", "premiere", "last-chance", "new",
    "subtitles", "rating", "star-rating", "review", "image",
)  # fmt: skip
"""What a programme may hold, by xmltv.dtd."""


def test_xmltv_is_in_the_order_of_its_dtd() -> None:
    root = ElementTree.fromstring(xmltv("LPPL", CHANNELS, [programme(), LATER], WIB, MADE, "https://lppl.example/m/"))
    assert root.tag == "tv"
    assert [c.tag for c in root] == ["channel", "channel", "programme", "programme"]
    assert [[c.tag for c in channel] for channel in root.iter("channel")] == [
        ["display-name", "icon"],
        ["display-name"],
    ]
    for each in root.iter("programme"):
        places = [DTD_ORDER.index(child.tag) for child in each]
        assert places == sorted(places)
        assert {"start", "stop", "channel"} == set(each.attrib)


def test_xmltv_says_what_the_guide_says() -> None:
    root = ElementTree.fromstring(xmltv("LPPL", CHANNELS, [programme(), LATER], WIB, MADE, "https://lppl.example/m/"))
    first, second = root.iter("programme")
    assert (first.get("start"), first.get("stop")) == ("20261122180000 +0700", "20261122183000 +0700")
    assert first.get("channel") == "tv"
    assert [(t.get("lang"), t.text) for t in first.findall("title")] == [("id", "Kabar Pekalongan")]
    assert first.findtext("desc") == "Berita sore"
    assert first.findtext("credits/presenter") == "Sari"
    assert first.findtext("date") == "20261122"
    assert first.findtext("category") == "Berita & Informasi"
    assert [(r.get("system"), r.findtext("value")) for r in first.findall("rating")] == [("KPI", "R")]
    assert [i.get("src") for i in first.findall("icon")] == ["https://lppl.example/m/gambar/kabar%20sore.png"]
    assert first.find("previously-shown") is None
    assert second.find("previously-shown") is not None
    assert second.findtext("title") == "<&>\"'  ]]> 日本"
    assert [c.findtext("display-name") for c in root.iter("channel")] == ["Batik TV", "Radio Kota Batik"]


def test_ical_is_read_back() -> None:
    changed = datetime(2026, 11, 21, tzinfo=UTC)
    calendar = Calendar.from_ical(ical(CHANNELS[0], [programme(), LATER], WIB, MADE, changed, "lppl.example"))
    (event,) = calendar.walk("VEVENT")
    assert event["UID"] == "tv.kabar@2026-11-22@lppl.example"
    assert event["DTSTART"].dt == datetime(2026, 11, 22, 18, 0, tzinfo=WIB)
    assert event["DTSTART"].params["TZID"] == "Asia/Jakarta"
    assert event["DTEND"].dt == datetime(2026, 11, 22, 18, 30, tzinfo=WIB)
    assert (event["DTSTAMP"].dt, event["LAST-MODIFIED"].dt) == (MADE, changed)
    assert event["SUMMARY"] == "Kabar Pekalongan"
    assert "Penyiar: Sari" in event["DESCRIPTION"]
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Jakarta"]


def test_ical_keeps_its_lines_whatever_a_title_holds() -> None:
    title = "a;b,\r\nBEGIN:VEVENT\n" + NASTY + "é" * 100
    text = ical(CHANNELS[0], [programme(title=title)], WIB, MADE)
    assert all(len(row) <= 75 for row in text.split(b"\r\n"))
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert event["SUMMARY"].endswith("é" * 100)
    assert event["LAST-MODIFIED"].dt == MADE


def test_json_has_the_documented_shape() -> None:
    found = json.loads(epg_json("LPPL Kota Batik", CHANNELS, [programme(), LATER], WIB, MADE, "https://lppl.example/m"))
    assert found == {
        "format": "lppl-epg",
        "version": 1,
        "station": "LPPL Kota Batik",
        "zone": "Asia/Jakarta",
        "generated": "2026-11-23T00:05:00+07:00",
        "channels": [
            {
                "id": "tv",
                "name": "Batik TV",
                "icon": "https://lppl.example/tv.png",
                "programmes": [
                    {
                        "id": "tv.kabar@2026-11-22",
                        "programme": "kabar",
                        "title": "Kabar Pekalongan",
                        "description": "Berita sore",
                        "category": "berita",
                        "category_name": "Berita & Informasi",
                        "age": "R",
                        "language": "id",
                        "start": "2026-11-22T18:00:00+07:00",
                        "end": "2026-11-22T18:30:00+07:00",
                        "presenter": "Sari",
                        "picture": "https://lppl.example/m/gambar/kabar%20sore.png",
                        "live": True,
                        "rerun": False,
                        "aired": False,
                    }
                ],
            },
            {
                "id": "radio",
                "name": "Radio Kota Batik",
                "icon": "",
                "programmes": [found["channels"][1]["programmes"][0]],
            },
        ],
    }
    later = found["channels"][1]["programmes"][0]
    assert (later["id"], later["title"], later["rerun"]) == ("radio.20261122T113000Z", "<&>\"'  ]]> 日本", True)


def test_entries_of_other_channels_are_left_out() -> None:
    stray = [programme(channel="lain")]
    assert not list(ElementTree.fromstring(xmltv("L", CHANNELS, stray, WIB, MADE)).iter("programme"))
    assert not Calendar.from_ical(ical(CHANNELS[0], stray, WIB, MADE)).walk("VEVENT")
    assert [c["programmes"] for c in json.loads(epg_json("L", CHANNELS, stray, WIB, MADE))["channels"]] == [[], []]


# --- tables ------------------------------------------------------------------------------------------

HEAD = Letterhead("LPPL Kota Batik", "Pekalongan", "Batik TV", WIB, MADE)


def day() -> list[Entry]:
    return [
        entry("=1+1", MIDNIGHT, 11_250, artist="@laras", programme="Pagi", category="berita", why="Urutan 1"),
        off(MIDNIGHT + 11_250, 11_250),
        entry(f"#N/A {NASTY}", MIDNIGHT + 22_500, 22_500, category="hiburan", programme="-Malam"),
    ]


def log() -> Report:
    return log_report(daily_log("tv", SUNDAY, WIB, day()), HEAD)


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_csv_is_what_excel_in_indonesia_opens() -> None:
    data = csv_bytes(log().main, WIB)
    assert data.startswith(b"\xef\xbb\xbf")
    heading, first, dark, last = rows_of(data)
    assert heading == ["Jam (WIB)", "Lama", "Judul", "Artis", "Mata acara", "Kategori", "Keterangan"]
    assert first == ["00.00.00", "01.00.00", "'=1+1", "'@laras", "Pagi", "Berita & Informasi", "Urutan 1"]
    assert dark[2:6] == ["Tidak mengudara", "", "", "'-"]
    assert last[:2] == ["02.00.00", "02.00.00"]
    assert last[4] == "'-Malam"


def test_csv_writes_numbers_with_a_decimal_comma() -> None:
    totals = rows_of(csv_bytes(log().summaries[0], WIB))
    assert totals[1] == ["Berita & Informasi", "01.00.00", "33,3"]
    assert totals[4] == ["Hiburan", "02.00.00", "66,7"]
    assert totals[-1] == ["Jumlah mengudara", "03.00.00", "100,0"]


@given(st.text())
def test_no_cell_of_csv_begins_a_formula_and_all_come_back(text: str) -> None:
    table = Table("t", (Column("a"), Column("b")), [(text, "x")])
    _, (cell, other) = rows_of(csv_bytes(table, WIB))
    assert other == "x"
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.removeprefix("'") in text or len(cell) <= len(text)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\tx", "\rx", "＝1"])
def test_what_begins_like_a_formula_is_quoted(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless(f" {text}") == f" {text}"


def test_xlsx_has_typed_cells_that_excel_can_add() -> None:
    report = log()
    book = load_workbook(io.BytesIO(xlsx_bytes(report)))
    assert book.sheetnames == ["Log Siaran", "Ringkasan"]
    sheet = book["Log Siaran"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:G4"
    assert [c.value for c in sheet[1]] == [c.title for c in report.main.columns]
    start, length, title, artist = (sheet.cell(2, n) for n in range(1, 5))
    assert start.value == datetime.combine(SUNDAY, time())
    assert length.value in (timedelta(hours=1), time(1))
    assert (title.value, title.data_type, title.quotePrefix) == ("=1+1", "s", True)
    assert (artist.value, artist.data_type) == ("@laras", "s")
    assert (sheet.cell(4, 3).value, sheet.cell(4, 3).data_type) == ("#N/A <&>\"'  ]]> 日本", "s")
    assert sheet.column_dimensions["C"].width > sheet.column_dimensions["B"].width >= 11


def test_xlsx_has_a_sheet_of_totals_with_a_chart() -> None:
    sheet = load_workbook(io.BytesIO(xlsx_bytes(log())))["Ringkasan"]
    found = {row[0].value: row for row in sheet.iter_rows() if row[0].value}
    assert "LPPL Kota Batik" in found and "Minggu, 22 November 2026" in found
    news = found["Berita & Informasi"]
    assert (round(news[2].value, 9), news[2].number_format) == (0.333, "0.0%")
    assert found["Jumlah mengudara"][2].value == 1
    assert any("Tidak mengudara: 01.00.00" in key for key in found)
    (chart,) = sheet._charts
    reference = chart.series[0].val.numRef.f
    assert reference == f"'Ringkasan'!$C${news[0].row}:$C${news[0].row + 4}"


# --- paper -------------------------------------------------------------------------------------------


def drawn(data: bytes) -> list[tuple[int, str]]:
    """What a PDF in Helvetica draws, each with its page."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", data, re.DOTALL)
    pages = [zlib.decompress(stream) for stream in streams if stream[:1] == b"x"]
    return [
        (number, re.sub(r"\\([()\\])", r"\1", text.decode("latin-1")))
        for number, page in enumerate(pages, 1)
        for text in re.findall(rb"\((.*?)(?<!\\)\) Tj", page)
    ]


def test_paper_says_who_where_when_and_how_much() -> None:
    said = [text for _, text in drawn(pdf_bytes(log()))]
    for text in ("LPPL Kota Batik", "Pekalongan", "LOG SIARAN BATIK TV", "Minggu, 22 November 2026", "=1+1", "33,3"):
        assert text in said
    assert "Pekalongan, 23 November 2026" in said
    assert said[-2:] == ["Halaman 1 dari ", "1"]  # the number of pages is put in at the end
    assert "Tidak mengudara: 01.00.00 (jam.menit.detik), di luar perhitungan persen." in said


def test_a_typeface_of_the_machine_is_put_into_the_file() -> None:
    faces = typefaces()
    if faces is None:
        pytest.skip("this machine has no typeface")
    data = pdf_bytes(log(), faces)
    assert data.startswith(b"%PDF-")
    assert data.count(b"/FontFile2") == 2
    assert b"Helvetica" not in data


def test_every_page_has_the_heading_of_the_table_and_its_number() -> None:
    planned = [line(f"Lagu {n}", MIDNIGHT + n * 500, 500, order="IKL-1") for n in range(200)]
    report = proof_report(proofs({"tv": planned}, {"tv": as_aired(planned)}, WIB), "Minggu, 22 November 2026", HEAD)
    said = drawn(pdf_bytes(report))
    pages = {page for page, _ in said}
    assert len(pages) > 3
    rows = {page for page, text in said if text.startswith("Lagu ")}
    assert {page for page, text in said if text == "Hari, tanggal"} == rows
    numbered = [(page, text) for page, text in said if text.startswith("Halaman ")]
    assert numbered == [(page, f"Halaman {page} dari ") for page in sorted(pages)]
    assert said[-1] == (len(pages), str(len(pages)))
    assert [text for _, text in said if text.startswith("Lagu ")] == [f"Lagu {n}" for n in range(200)]


def test_paper_is_the_same_whenever_it_is_printed() -> None:
    assert pdf_bytes(log()) == pdf_bytes(log())


def test_without_typefaces_other_scripts_are_replaced() -> None:
    said = drawn(pdf_bytes(log(), typefaces((Path("/nowhere"),))))
    assert ("#N/A <&>\"'  ]]> ??") in [text.replace("   ", "  ") for _, text in said]


def test_arabic_runs_from_right_to_left() -> None:
    assert in_visual_order("نسيم") == "نسيم"[::-1]
    assert in_visual_order("Gending Pagi") == "Gending Pagi"


@given(st.text(max_size=80), st.integers(1, 30), st.integers(1, 5))
def test_wrapped_lines_fit(text: str, room: int, most: int) -> None:
    lines = wrapped(text, room, lambda t: float(len(t)), most)
    assert 1 <= len(lines) <= most
    assert all(len(each) <= max(room, 3) for each in lines)
    if not lines[-1].endswith("..."):
        assert "".join("".join(lines).split()) == "".join(text.split())


# --- the other reports -------------------------------------------------------------------------------


def test_planned_against_aired_tells_every_line_and_counts_them() -> None:
    planned = [line("a", MIDNIGHT, 1000), line("b", MIDNIGHT + 1000, 1000)]
    aired = [entry("a", MIDNIGHT, 1000), off(MIDNIGHT + 1000, 1000)]
    found = compare(planned, aired, Quanta(MIDNIGHT + 2000))
    report = comparison_report(found, "Minggu, 22 November 2026", MIDNIGHT, END_OF_DAY, HEAD)
    heading, first, second = rows_of(csv_bytes(report.main, WIB))
    assert heading[:4] == ["Rencana (WIB)", "Direncanakan", "Tayang (WIB)", "Ditayangkan"]
    assert first == ["00.00.00", "a", "00.00.00", "a", "00.05.20", "Sesuai rencana", "Tayang sesuai rencana."]
    assert second[1:] == ["b", "", "", "", "Tidak mengudara", "Tidak tayang: stasiun tidak mengudara."]
    summary = dict(rows_of(csv_bytes(report.summaries[0], WIB))[1:])
    assert (summary["Sesuai rencana"], summary["Tidak mengudara"], summary["Jumlah"]) == ("1", "1", "2")


def test_an_empty_report_can_be_handed_out() -> None:
    report = proof_report([], "November 2026", HEAD)
    assert len(rows_of(csv_bytes(report.main, WIB))) == 1
    assert load_workbook(io.BytesIO(xlsx_bytes(report)))["Bukti Siar"].max_row == 1
    assert "Tidak ada catatan." in [text for _, text in drawn(pdf_bytes(report))]


def test_where_clocks_change_the_heading_names_both_zones() -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    report = log_report(daily_log("tv", date(2026, 10, 25), zone, []), Letterhead("L", "P", "TV", zone, MADE))
    assert report.main.columns[0].title == "Jam (CEST/CET)"
    assert report.notes[1] == "Tanpa catatan jurnal: 25.00.00."


CELLS: list[tuple[Cell, Unit, str]] = [
    (None, Unit.TEXT, ""),
    (MIDNIGHT + 1, Unit.CLOCK, "00.00.00"),
    (11_250 * 30, Unit.LENGTH, "30.00.00"),
    (1234, Unit.COUNT, "1234"),
    (-5, Unit.COUNT, "-5"),
    (Decimal("33.40"), Unit.PERCENT, "33,40"),
    (date(2026, 11, 22), Unit.DATE, "22 November 2026"),
]


@pytest.mark.parametrize(("cell", "unit", "text"), CELLS)
def test_a_cell_is_written_as_its_column_means_it(cell: Cell, unit: Unit, text: str) -> None:
    assert rows_of(csv_bytes(Table("t", (Column("a"), Column("b", unit)), [("x", cell)]), WIB))[1] == ["x", text]
