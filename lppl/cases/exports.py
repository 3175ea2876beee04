"""Tables of cases for other programs, in which nothing that a citizen wrote can act as a formula.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-`` or ``@``: whoever writes a complaint would write programs
for the desk's computers (OWASP, CSV Injection). CSV has no types, so such a cell gets an apostrophe; XLSX has, so there
the text stays as written and is typed as text. Pure; writing a large workbook takes seconds: call it in a thread.
"""

import codecs
import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font

Value = str | int | float | Decimal | bool | date | datetime | None
"""What may stand in a cell. Datetimes are written as the clock of their own zone shows them; convert them before."""

SEMICOLON = ";"
"""What Excel expects in Indonesia, where the comma is the decimal sign."""
LONGEST = 32_767
"""Characters that a cell of Excel can hold."""
EXACT_DIGITS = 15
"""A longer whole number is rounded by Excel; a NIK has 16."""

_SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫"
_UNSEEN = "\\s\\x00-\\x20\\x7f\\u200b-\\u200f\\u202a-\\u202e\\u2060\\ufeff"
_NUMBER = r"[+-]?[0-9]++(?:[.,][0-9]++)*"
_ACTS = re.compile(rf"[{_UNSEEN}]*[{_SIGNS}]|[\t\r\n]")
_PLAIN_NUMBER = re.compile(_NUMBER)
_BETWEEN = rf"{_UNSEEN},;|\"'"
_ALONE = rf"{_NUMBER}+[ \"']*+(?:[\r\n]|\Z)"
_NEW_CELL = re.compile(rf"(?<![{_BETWEEN}])([{_BETWEEN}]++)(?=[{_SIGNS}])(?!{_ALONE})")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def neutral(cell: str) -> str:
    """Return a text that no spreadsheet takes for a formula: with an apostrophe before it where it would.

    Looked at are ``= + - @``, tab and line ends at its start, also after spaces and in their full-width forms. A signed
    number (``-6,89``, ``+6281234567890``) stays a number: it computes nothing. What is neutral already stays as it is.
    """
    if _PLAIN_NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}" if _ACTS.match(cell) else cell


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Value]], separator: str = SEMICOLON) -> bytes:
    """Return a table as CSV: UTF-8 with its mark, every cell in quotes, lines ended by CR LF (RFC 4180).

    `separator`: a semicolon for Excel in Indonesia, with decimal commas; a comma, with decimal points, for programs.
    A program that splits at another sign than was meant starts new cells inside of texts: signs after such a place get
    an apostrophe too. Raises ValueError for a separator that is none of ``; , | tab``.
    """
    if separator not in {",", ";", "|", "\t"}:
        raise ValueError(separator)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    comma = separator == SEMICOLON
    writer.writerow([_csv_text(name, comma) for name in header])
    writer.writerows([_csv_text(value, comma) for value in row] for row in rows)
    return codecs.BOM_UTF8 + out.getvalue().encode()


def _csv_text(value: Value, comma: bool) -> str:
    if isinstance(value, str):
        return neutral(_NEW_CELL.sub(_marked, _written(value)))
    text = _as_text(value)
    return text.replace(".", ",") if comma and isinstance(value, float | Decimal) else text


def _marked(found: re.Match[str]) -> str:
    """Return what stands between two words, with an apostrophe at its end if a new cell could begin there."""
    return f"{found[1]}'" if any(sign in found[1] for sign in ",;|\t\r\n") else found[1]


def _as_text(value: Value) -> str:
    """Return a cell that is no text, as people read it."""
    match value:
        case None:
            return ""
        case bool():
            return "ya" if value else "tidak"
        case datetime():
            return f"{value.replace(microsecond=0, tzinfo=None).isoformat(sep=' ')}"
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}" if value.is_finite() else ""
        case float():
            return f"{Decimal(repr(value)):f}" if math.isfinite(value) else ""
    return str(value)


def _written(text: str) -> str:
    """Return a text without what neither XML nor UTF-8 can hold."""
    return _UNWRITABLE.sub("", text)


def xlsx_bytes(header: Sequence[str], rows: Iterable[Sequence[Value]], title: str = "Aduan") -> bytes:
    """Return a workbook of one table, its first row in bold and fixed. No cell is a formula, whatever it says.

    A text that looks like one also has Excel's quote prefix, so that it stays text when somebody edits the cell.
    Whole numbers that Excel would round (a NIK) are written as text.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\\*?:/\[\]']", " ", _written(title)).strip()[:31] or "Aduan")
    sheet.freeze_panes = "A2"
    bold = Font(bold=True)
    heading = [_xlsx_cell(sheet, name) for name in header]
    for cell in heading:
        cell.font = bold
    sheet.append(heading)
    for row in rows:
        sheet.append([_xlsx_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xlsx_cell(sheet: Any, value: Value) -> Cell:
    """Return a cell of a number or a date where it is one that Excel can hold, else of text."""
    if _stays(value):
        moment: Any = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        return WriteOnlyCell(sheet, value=moment)
    text = _written(value if isinstance(value, str) else _as_text(value))[:LONGEST]
    cell = WriteOnlyCell(sheet, value=text or None)
    if text:
        cell.data_type = "s"  # openpyxl makes a formula of every text that begins with "="
        if neutral(text) != text:
            cell.quotePrefix = True
    return cell


def _stays(value: Value) -> bool:
    """Tell whether Excel can hold a value as a number or a date, without loss."""
    match value:
        case bool() | None | str():
            return False
        case int():
            return len(str(abs(value))) <= EXACT_DIGITS
        case float():
            return math.isfinite(value)
        case Decimal():
            return value.is_finite() and len(value.as_tuple().digits) <= EXACT_DIGITS
        case date():  # Excel counts from 1900, and wrongly before March of it
            return value.year > 1900
    return False
