import csv
import io
import re
import time
import zipfile
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from lppl.cases.exports import Value, csv_bytes, neutral, xlsx_bytes

ATTACKS = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\ufeff=1", "\u200b=1",
    "\u202e=1", "＝1", "＋cmd", "－cmd", "＠SUM",
    "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "+62-812-3456", "-", "- tidak",
    "--1", "+1 1", "\x01=1",
)  # fmt: skip
HARMLESS = (
    "", "Jalan rusak", "081234567890", "+6281234567890", "-6,8898", "-6.8898", "+5", "1=1", "a@b.id", "'=1", "3 - 2",
    "22/11/2026",
)  # fmt: skip


@pytest.mark.parametrize("text", ATTACKS)
def test_what_would_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_none_stays(text: str) -> None:
    assert neutral(text) == text


@given(st.text())
def test_neutral_is_the_same_twice_and_loses_nothing(text: str) -> None:
    assert neutral(neutral(text)) == neutral(text)
    assert neutral(text) in (text, f"'{text}")


def cells(body: bytes, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def acts(cell: str) -> bool:
    """Tell whether a spreadsheet computes a cell."""
    plain = cell.lstrip(" \t\r\n\xa0\ufeff\u200b")
    if plain[:1] not in tuple("=+-@＝＋－＠"):
        return False
    # a number, and after it at most what stands in quotes: cells that were split at another sign; quotes within are
    # doubled, so that it is a text whatever it says
    return re.fullmatch(r"[+-][0-9]+([.,][0-9]+)*[ '\"]*([,;\t|](\"([^\"]|\"\")*\"?)?)*", plain) is None


ROW: tuple[Value, ...] = (
    "Jalan; \"rusak\"\nparah", 7, -6.8898, Decimal("1.50"), True, None, date(2026, 11, 22),
    datetime(2026, 11, 22, 9, 5, 7, 3, timezone(timedelta(hours=7))), float("nan"), "3375011212120001",
)  # fmt: skip


def test_csv_as_excel_in_indonesia_opens_it() -> None:
    body = csv_bytes(["Isi", "=n"], [ROW])
    assert body.startswith(b'\xef\xbb\xbf"Isi";"\'=n"\r\n')
    assert cells(body, ";")[1] == [
        'Jalan; "rusak"\nparah', "7", "-6,8898", "1,50", "ya", "", "2026-11-22", "2026-11-22 09:05:07", "",
        "3375011212120001",
    ]  # fmt: skip


def test_csv_for_programs_has_decimal_points() -> None:
    assert cells(csv_bytes([], [ROW], ","), ",")[1][2:4] == ["-6.8898", "1.50"]


def test_only_separators_that_are_ones() -> None:
    with pytest.raises(ValueError, match="="):
        csv_bytes([], [], "=")


@pytest.mark.parametrize("text", ATTACKS)
def test_no_cell_of_a_csv_acts(text: str) -> None:
    assert not any(acts(cell) for row in cells(csv_bytes([text], [[text]]), ";") for cell in row)


@given(
    st.lists(st.text(alphabet="=+-@＝;,\t\n\r\"'|a1. ") | st.sampled_from(ATTACKS), min_size=1, max_size=4),
    st.sampled_from(",;\t|"),
    st.sampled_from(",;\t|"),
)
def test_no_cell_acts_even_where_it_is_split_at_another_sign(row: list[str], written: str, split: str) -> None:
    body = csv_bytes(row, [row], written)
    assert not [cell for line in cells(body, split) for cell in line if acts(cell)]
    if written == split:
        assert len(cells(body, split)[0]) == len(row)


def opened(body: bytes) -> list[list[object]]:
    (sheet,) = load_workbook(io.BytesIO(body)).worksheets
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_xlsx_keeps_texts_as_written_and_never_as_formulas() -> None:
    body = xlsx_bytes(["Isi"], [[text] for text in (*ATTACKS, *HARMLESS)])
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"<f " not in sheet
    (read,) = load_workbook(io.BytesIO(body)).worksheets
    found = [row[0] for row in read.iter_rows(min_row=2)]
    assert {cell.data_type for cell in found} <= {"s", "inlineStr", "n"}
    assert found[0].value == "=1+1" and found[0].quotePrefix
    plain = next(cell for cell in found if cell.value == "Jalan rusak")
    assert not plain.quotePrefix


def test_xlsx_holds_numbers_and_dates_as_such() -> None:
    (_, row) = opened(xlsx_bytes(["x"] * len(ROW), [ROW]))
    assert row == [
        'Jalan; "rusak"\nparah', 7, -6.8898, 1.5, "ya", None,
        datetime.fromisoformat("2026-11-22"), datetime.fromisoformat("2026-11-22T09:05:07"), None, "3375011212120001",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "held"),
    [
        (3375011212120001, "3375011212120001"), (999_999_999_999_999, 999_999_999_999_999), (float("inf"), None),
        (datetime(1800, 1, 1, tzinfo=UTC), "1800-01-01 00:00:00"), ("\x00a\x0b\ud800", "a"),
        ("a" * 40_000, "a" * 32_767),
    ],
)  # fmt: skip
def test_what_excel_cannot_hold(value: Value, held: object) -> None:
    assert opened(xlsx_bytes(["x", "y"], [[value, "y"]]))[1] == [held, "y"]


@given(
    st.lists(st.text(st.characters(exclude_categories=[]), max_size=20) | st.floats() | st.integers() | st.datetimes())
)
def test_no_value_raises(row: list[Value]) -> None:
    xlsx_bytes(["x"], [row], "a/b[1]:?*'\\")
    csv_bytes(["x"], [row]).decode()


@pytest.mark.parametrize("piece", [",", "\n\t", "=,", ', "', "- ", "+1 ", ",+1'"])
def test_long_texts_are_written_in_linear_time(piece: str) -> None:
    began = time.process_time()
    csv_bytes([], [[piece * (1_000_000 // len(piece))]])
    assert time.process_time() - began < 2
