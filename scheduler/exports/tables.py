"""Tables to hand out: typed columns and rows, what surrounds them on paper, and their plainest form, CSV.

`scheduler.exports.reports` makes them from logs, `xlsx` and `pdf` in this package lay them out. No text is written
here that a spreadsheet could take for a formula.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from lppl.quanta import Quanta, starting
from scheduler.exports.characters import legible
from scheduler.indonesian import clock, decimal, length, short_date, zone_name

Cell = str | int | Decimal | date | None
"""What a cell holds; its column says how it is meant."""


class Unit(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    CLOCK = "clock"
    """An air time in quanta, shown as the station's clock."""
    LENGTH = "length"
    """Quanta, shown as hours, minutes, seconds."""
    COUNT = "count"
    PERCENT = "percent"
    """A Decimal: 33.4 for 33,4 %."""
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `share` of the paper's width, beside the others'."""

    title: str
    unit: Unit = Unit.TEXT
    share: float = 1.0

    @property
    def ranged_right(self) -> bool:
        """Whether its cells end at the right edge."""
        return self.unit in (Unit.LENGTH, Unit.COUNT, Unit.PERCENT)


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows of as many cells; the last row is a sum when `has_sum`."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    has_sum: bool = False
    is_chart: bool = False
    """Worth a picture: names in its first column, percent in its last."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: a role, and a name where it is known."""

    role: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A table with what stands around it. `period` says of when it tells; `made` is aware, when it was made."""

    title: str
    station: str
    place: str
    period: str
    main: Table
    summaries: tuple[Table, ...]
    zone: ZoneInfo
    made: datetime
    notes: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    landscape: bool = False


def local(at: int, zone: ZoneInfo) -> datetime:
    """Return an air time (quanta) as the station's clock shows it, to the second."""
    return starting(Quanta(at)).astimezone(zone).replace(microsecond=0)


def written(cell: Cell, unit: Unit, zone: ZoneInfo) -> str:
    """Return a cell as text for people: decimal comma, ``22.00.05``, ``22 November 2026``."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return legible(cell)
    if isinstance(cell, date):
        return short_date(cell)
    if unit is Unit.CLOCK:
        return clock(local(int(cell), zone))
    if unit is Unit.LENGTH:
        return length(int(cell))
    return decimal(cell)


def clock_title(start: int, end: int, zone: ZoneInfo) -> str:
    """Return the heading of a column of clock times: ``Jam (WIB)``; both names where clocks change."""
    names = dict.fromkeys(zone_name(local(q, zone)) for q in (start, max(start, end - 1)))
    return f"Jam ({'/'.join(names)})"


# --- CSV ---------------------------------------------------------------------------------------------

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""With these a spreadsheet may begin a formula (OWASP, CSV injection), in Asian editions wide ones too."""


def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: an apostrophe stands before what begins like one."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_bytes(table: Table, zone: ZoneInfo) -> bytes:
    """Return one table as CSV for Excel in Indonesia: UTF-8 with a mark, semicolons, since commas are decimal."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(legible(c.title)) for c in table.columns])
    units = [c.unit for c in table.columns]
    writer.writerows(
        [
            harmless(legible(cell)) if isinstance(cell, str) else written(cell, unit, zone)
            for cell, unit in zip(row, units, strict=True)
        ]
        for row in table.rows
    )
    return b"\xef\xbb\xbf" + text.getvalue().encode()
