"""Tables of other programs (XLSX, CSV) as rows of text, and the other way round. Nothing in a file is ever run.

Limits come first: a small file that unpacks to a huge one is refused before it is unpacked. Formulas are text. All of
it blocks: call it in a thread.
"""

import codecs
import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from lppl.errors import LpplError

LARGEST = 5_000_000
"""Bytes of a file."""
UNPACKED, PARTS, RATIO = 80_000_000, 2_000, 200
"""What a workbook may be once unpacked: bytes, parts, how many times its packed size."""
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 5_000, 60, 500
SHEETS = 20
PIECE = 1 << 20
DELIMITERS = ",;\t|"
Rows = tuple[tuple[str, ...], ...]


class SheetRefused(LpplError):
    """A file is no table that can be read."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read. `largest`: its bytes; `unpacked`: those of a workbook once unpacked; `tags`: the
    marks in its XML, each of which takes memory and time. `cell`: characters of one; `characters`: of all of them.

    `whole`: cells keep their lines, and dates their time of day.
    """

    largest: int = LARGEST
    unpacked: int = UNPACKED
    tags: int = 12_000_000
    rows: int = MOST_ROWS
    columns: int = MOST_COLUMNS
    cell: int = LONGEST_CELL
    sheets: int = SHEETS
    characters: int = 80_000_000
    whole: bool = False


PLANS = Limits()
"""Tables of programmes and orders."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its name, and rows of text without empty ones at the end; all rows are equally long."""

    name: str
    rows: Rows


def read_sheets(data: bytes, name: str, limits: Limits = PLANS) -> tuple[Sheet, ...]:
    """Return the tables in a file; `name` is what a CSV file's own is called. Raises SheetRefused."""
    if len(data) > limits.largest:
        most = limits.largest // 1_000_000
        raise SheetRefused(f"Berkas lebih dari {most} MB.", f"The file is larger than {most} MB.")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetRefused(
            "Ini berkas Excel lama (.xls) atau berkas bersandi; simpan sebagai .xlsx atau .csv tanpa sandi.",
            "This is an old Excel file (.xls) or has a password; save it as .xlsx or .csv without one.",
        )
    found = _workbook(data, limits) if data.startswith(b"PK") else (Sheet(name, _trimmed(_csv_rows(data, limits))),)
    good = tuple(sheet for sheet in found if sheet.rows)
    if not good:
        raise SheetRefused("Tabelnya kosong.", "The table is empty.")
    return good


def _trimmed(rows: Sequence[Sequence[str]]) -> Rows:
    """Return rows of one length, without empty rows and columns at the end."""
    listed = [list(row) for row in rows]
    while listed and not any(listed[-1]):
        listed.pop()
    width = max((n + 1 for row in listed for n, cell in enumerate(row) if cell), default=0)
    return tuple(tuple((row + [""] * width)[:width]) for row in listed) if width else ()


def _shown(text: str, limits: Limits) -> str:
    """Return the text of a cell: in one line, unless its lines are kept."""
    if limits.whole:
        return text.strip()[: limits.cell]
    return " ".join(text.split())[: limits.cell]


class _TooLarge(SheetRefused):
    def __init__(self) -> None:
        super().__init__(
            "Isi berkas ini terlalu besar setelah dibuka; hapus gambar dan lembar yang tidak perlu.",
            "The file is too large once it is unpacked; remove pictures and sheets that are not needed.",
        )


# ---- workbooks ------------------------------------------------------------------------------------


def _workbook(data: bytes, limits: Limits) -> tuple[Sheet, ...]:
    broken = SheetRefused(
        "Berkas ini tidak dapat dibaca sebagai XLSX; buka dan simpan ulang.", "The file cannot be read as XLSX."
    )
    try:
        _weighed(data, limits)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            left, found = limits.characters, []
            for sheet in book.worksheets[: limits.sheets]:
                rows, left = _bounded(_cells(sheet, limits), left, limits)
                found.append(Sheet(str(sheet.title), _trimmed(rows)))
            return tuple(found)
        finally:
            book.close()
    except SheetRefused:
        raise
    except Exception as error:  # openpyxl raises whatever the XML made it stumble over
        raise broken from error


def _weighed(data: bytes, limits: Limits) -> None:
    """Look how much a workbook holds before it is parsed. Raises SheetRefused when that is too much."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = packed.infolist()
        whole = sum(part.file_size for part in parts)
        if len(parts) > PARTS or whole > limits.unpacked or whole > RATIO * max(1, len(data)):
            raise _TooLarge
        tags = 0
        for part in parts:
            if not part.filename.endswith(".xml"):
                continue
            with packed.open(part) as opened:
                while piece := opened.read(PIECE):
                    tags += piece.count(b"<")
                    if tags > limits.tags:
                        raise _TooLarge


def _bounded(rows: Iterable[Iterable[object]], left: int, limits: Limits) -> tuple[list[list[str]], int]:
    """Return rows as text, and how many characters are left of those that a file may have: a text that stands once in
    a workbook may be shown in every cell of it."""
    found = []
    for row in rows:
        texts = [_text(value, limits) for value in row]
        while texts and not texts[-1]:  # a row is given as wide as the limit
            texts.pop()
        left -= sum(map(len, texts))
        if left < 0:
            raise _TooLarge
        found.append(texts)
    return found, left


def _cells(sheet: Any, limits: Limits) -> Any:
    sheet.reset_dimensions()  # what a file says of its size may be wrong, or huge
    return sheet.iter_rows(max_row=limits.rows, max_col=limits.columns, values_only=True)


def _text(value: object, limits: Limits = PLANS) -> str:
    """Return a cell as people see it: dates as 2026-11-22, times as 06.00, whole numbers without a point."""
    match value:
        case None:
            return ""
        case bool():
            return "ya" if value else "tidak"
        case datetime():
            if limits.whole and value.year > 1900 and (value.hour or value.minute or value.second):
                return f"{value:%Y-%m-%d %H:%M:%S}"
            return f"{value:%H.%M}" if value.year < 1901 else f"{value:%Y-%m-%d}"
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H.%M.%S}" if value.second else f"{value:%H.%M}"
        case timedelta():
            seconds = int(value.total_seconds())
            return f"{seconds // 3600:02}.{seconds // 60 % 60:02}"
        case float() if value.is_integer():
            return str(int(value))
    return _shown(str(value), limits)


# ---- CSV ------------------------------------------------------------------------------------------


def _csv_rows(data: bytes, limits: Limits) -> list[list[str]]:
    text = _decoded(data)
    if "\0" in text:
        raise SheetRefused("Berkas ini bukan tabel XLSX atau CSV.", "This file is no XLSX or CSV table.")
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), skipinitialspace=True):
            rows.append([_shown(cell, limits) for cell in row[: limits.columns]])
            if len(rows) >= limits.rows:
                break
    except csv.Error:
        raise SheetRefused(
            "Tabel CSV ini tidak dapat dibaca; simpan ulang sebagai XLSX.", "This CSV cannot be read; save it as XLSX."
        ) from None
    return rows


def _decoded(data: bytes) -> str:
    """Return the text of a file: by its mark, else UTF-8, else what Windows writes."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _delimiter(text: str) -> str:
    """Return what separates the cells of a text: by it most of the first lines have equally many.

    csv.Sniffer looks by expressions that take seconds over a text made for it, during which no other thread runs.
    """
    lines = text[:20_000].splitlines()[:50]

    def agreed(delimiter: str) -> tuple[int, int]:
        found = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
        widths = Counter(len(row) for row in found if len(row) > 1)
        return max(((rows, width) for width, rows in widths.items()), default=(0, 0))

    return max(DELIMITERS, key=agreed)


# ---- writing --------------------------------------------------------------------------------------


def as_xlsx(title: str, rows: Sequence[Sequence[str]], heading: int = 0) -> bytes:
    """Return a workbook of one table; `heading`: the row that names the columns."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for n in range(len(rows[heading])):
        headed = sheet.cell(heading + 1, n + 1)
        headed.font = Font(bold=True)
        headed.alignment = Alignment(wrap_text=True, vertical="top")
    for n in range(len(rows[0])):
        longest = max(len(str(row[n])) for row in rows if n < len(row))
        sheet.column_dimensions[get_column_letter(n + 1)].width = min(40, longest + 3)
    sheet.freeze_panes = f"A{heading + 2}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as CSV that Excel in Indonesia opens by itself: semicolons, UTF-8 with its mark."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(rows)
    return codecs.BOM_UTF8 + out.getvalue().encode()
