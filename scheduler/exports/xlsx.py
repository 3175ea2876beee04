"""A report as an Excel workbook: typed cells that can be summed and sorted, a sheet of totals, a chart."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from lppl.quanta import QUANTUM_MS
from scheduler.exports.characters import legible
from scheduler.exports.tables import Cell, Column, Report, Table, Unit, local

A4 = 9
"""Its number among Excel's papers."""
DAY_MS = 86_400_000
FORMATS = {
    Unit.CLOCK: 'hh"."mm"."ss',
    Unit.LENGTH: '[hh]"."mm"."ss',
    Unit.COUNT: "#,##0",
    Unit.PERCENT: "0.0%",
    Unit.DATE: "d mmmm yyyy",
}
WIDTH_PER_SHARE = 13
LONGEST_CELL = 32_767
"""Characters that Excel keeps in a cell."""

_NOT_TEXT = ("=", "#", *map(chr, range(32)))
"""openpyxl would make a formula or an error of text that begins so; what is not legible is taken away first."""
_HEADING = Font(bold=True, color="FFFFFF")
_GROUND = PatternFill("solid", fgColor="1F3A5F")
_BOLD = Font(bold=True)


def xlsx_bytes(report: Report) -> bytes:
    """Return `report` as a workbook: its main table, and "Ringkasan" with the rest."""
    book = Workbook(write_only=True)
    book.properties.title = legible(report.title)
    book.properties.creator = legible(report.station)
    book.properties.created = book.properties.modified = report.made.replace(tzinfo=None)
    _main(book, report)
    _totals(book, report)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _main(book: Workbook, report: Report) -> None:
    """Add the main table: its heading stays in sight, and is repeated on every printed page."""
    table = report.main
    sheet = _sheet(book, table.title, table.columns)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table.rows) + 1}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape" if report.landscape else "portrait"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for item, text in (
        (sheet.oddHeader, _plain(f"{report.station}: {report.title}, {report.period}")),
        (sheet.oddFooter, "&P / &N"),
    ):
        assert isinstance(item, HeaderFooterItem)
        item.center.text = text
    _rows(sheet, table, report)


def _totals(book: Workbook, report: Report) -> None:
    """Add what surrounds the main table, and a chart of the shares."""
    widest = max((t.columns for t in report.summaries), key=len, default=(Column("", share=3),))
    sheet = _sheet(book, "Ringkasan", widest)
    for text, font in ((report.station, _BOLD), (report.title, _BOLD), (report.place, None), (report.period, None)):
        cell = _text(sheet, text)
        if font is not None:
            cell.font = font
        sheet.append([cell])
    used = 4
    for table in report.summaries:
        sheet.append([])
        first = used + 2
        _rows(sheet, table, report)
        used = first + len(table.rows)
        if table.is_chart:
            sheet.add_chart(_chart(sheet, table, first), f"{get_column_letter(len(widest) + 2)}{first}")
    sheet.append([])
    for note in report.notes:
        sheet.append([_text(sheet, note)])


def _sheet(book: Workbook, title: str, columns: Sequence[Column]) -> Worksheet:
    sheet = cast(Worksheet, book.create_sheet(title))  # a write-only one, which has all that is used here
    for n, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(n)].width = max(11.0, column.share * WIDTH_PER_SHARE)
    return sheet


def _rows(sheet: Worksheet, table: Table, report: Report) -> None:
    heading = []
    for column in table.columns:
        cell = _text(sheet, column.title)
        cell.font, cell.fill = _HEADING, _GROUND
        cell.alignment = Alignment(horizontal="right" if column.ranged_right else "left", vertical="center")
        heading.append(cell)
    sheet.append(heading)
    units = [column.unit for column in table.columns]
    plain = table.rows[:-1] if table.has_sum else table.rows
    for row in plain:
        sheet.append([_value(sheet, value, unit, report) for value, unit in zip(row, units, strict=True)])
    if table.has_sum:
        cells = [_cell(sheet, value, unit, report) for value, unit in zip(table.rows[-1], units, strict=True)]
        for cell in cells:
            cell.font = _BOLD
        sheet.append(cells)


def _value(sheet: Worksheet, value: Cell, unit: Unit, report: Report) -> SheetCell | str | None:
    """Return what `append` takes: text that is nothing but text goes without a cell of its own, for speed."""
    if value is None:
        return None
    if isinstance(value, str) and not value.startswith(_NOT_TEXT):
        return _kept(value)
    return _cell(sheet, value, unit, report)


def _cell(sheet: Worksheet, value: Cell, unit: Unit, report: Report) -> SheetCell:
    """Return a typed cell; a string stays a string, whatever it begins with."""
    if isinstance(value, str) or value is None:
        return _text(sheet, value or "")
    typed: float | Decimal | date = value
    if unit is Unit.CLOCK and isinstance(value, int):
        typed = local(value, report.zone).replace(tzinfo=None)
    elif unit is Unit.LENGTH and isinstance(value, int):
        typed = value * QUANTUM_MS / DAY_MS
    elif unit is Unit.PERCENT and isinstance(value, Decimal):
        typed = value / 100
    cell = SheetCell(sheet, 1, 1, typed)
    cell.number_format = FORMATS[unit]
    return cell


def _text(sheet: Worksheet, text: str) -> SheetCell:
    cell = SheetCell(sheet, 1, 1, _kept(text))
    if text.startswith(_NOT_TEXT):  # also with what is taken away before it
        cell.data_type = "s"
        cell.quotePrefix = True
    return cell


def _kept(text: str) -> str:
    return legible(text)[:LONGEST_CELL]


def _plain(text: str) -> str:
    """Return text for a printed heading, where ``&`` begins a code."""
    return legible(text).replace("&", "&&")


def _chart(sheet: Worksheet, table: Table, heading_row: int) -> BarChart:
    """Return a bar chart of a table's last column; its heading is in `heading_row`, the sum is left out."""
    last = heading_row + len(table.rows) - (1 if table.has_sum else 0)
    column = len(table.columns)
    chart = BarChart()
    chart.type, chart.style, chart.title, chart.legend = "bar", 10, table.title, None
    chart.add_data(Reference(sheet, min_col=column, min_row=heading_row + 1, max_row=last))
    chart.set_categories(Reference(sheet, min_col=1, min_row=heading_row + 1, max_row=last))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format = "0%"
    chart.height, chart.width = 8, 15
    return chart
