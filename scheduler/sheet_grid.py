"""A station's present pola acara, read from a table: one row per programme, or the wall table (days beside each other).

Pure. What is understood becomes programmes of the week, what is not is said at its cell; which column is what is
guessed from the headings, and staff decide.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import Field

from lppl.programme import AgeClass, Category, Document
from scheduler.cell_words import age_in, category_in, days_in, is_day, length_in, span_in
from scheduler.words import DAY_S, EVERY_DAY

T = TypeVar("T")
Rows = Sequence[Sequence[str]]
HEADER_WITHIN = 20
"""Rows in which headings are looked for: titles and addresses stand above them."""
LONGEST_TITLE = 200


class Layout(StrEnum):
    """How a table is laid out."""

    ROWS = "baris"
    """One programme per row."""
    WALL = "dinding"
    """Times down, days across."""


class Column(StrEnum):
    """What a column may say of a programme."""

    DAY = "hari"
    START = "mulai"
    END = "selesai"
    LENGTH = "lama"
    TITLE = "judul"
    CATEGORY = "kategori"
    AGE = "usia"
    KIND = "jenis"
    NOTE = "catatan"


_HEADINGS: Mapping[Column, str] = {
    Column.DAY: r"^hari|^day",
    Column.START: r"^(jam|waktu|pukul|mulai|start|time)|^(jam|waktu) mulai|^pkl",
    Column.END: r"selesai|akhir|^end|^sampai|^until",
    Column.LENGTH: r"durasi|lama|length|duration|menit",
    Column.TITLE: r"acara|program|judul|title|mata",
    Column.CATEGORY: r"kategori|category|klasifikasi siar|rumpun",
    Column.AGE: r"usia|umur|age|rating|klasifikasi",
    Column.KIND: r"jenis|format|kind|sifat|status|live|langsung",
    Column.NOTE: r"catatan|keterangan|ket\.?$|note|remark|penyiar|host",
}
_FIRST: Sequence[Column] = (
    Column.END, Column.LENGTH, Column.CATEGORY, Column.AGE, Column.DAY, Column.START, Column.TITLE, Column.KIND,
    Column.NOTE,
)  # fmt: skip
Index = Annotated[int, Field(ge=0, le=199)]


class GridColumns(Document):
    """How a table is read. `header`: the row of headings; in a wall table `days` maps weekdays (0 = Monday)."""

    layout: Layout
    header: Index
    columns: dict[Column, Index] = Field(default_factory=dict, max_length=20)
    days: dict[Annotated[int, Field(ge=0, le=6)], Index] = Field(default_factory=dict, max_length=7)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What was not understood, at a cell (from 0; `column` None: the row). `skipped`: the row is left out for it."""

    row: int
    column: int | None
    indonesian: str
    english: str
    skipped: bool


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A programme's place in the week. Seconds after midnight; `until` may pass midnight."""

    row: int
    title: str
    days: tuple[int, ...]
    start: int
    until: int
    category: Category | None = None
    age: AgeClass = AgeClass.SU
    live: bool = False
    relay: bool = False
    note: str = ""


@dataclass
class ReadGrid:
    """What a table says."""

    broadcasts: list[Broadcast] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    def take(self, row: int, column: int | None, read: Callable[[str], T], text: str, *, skips: bool) -> T | None:
        """Return what a cell says; note what it does not."""
        try:
            return read(text)
        except ValueError as error:
            indonesian, _, english = str(error).partition(" / ")
            self.mistakes.append(Mistake(row, column, indonesian, english or indonesian, skips))
            return None


# ---- guessing -------------------------------------------------------------------------------------


def guess(rows: Rows) -> GridColumns:
    """Return how a table seems to be laid out; what is not clear is left out."""
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        found: dict[int, int] = {}
        for column, cell in enumerate(row):
            if (day := is_day(cell)) is not None and len(cell) < 30:
                found.setdefault(day, column)
        if len(found) >= 3:
            times = [c for c in range(len(row)) if c not in found.values()]
            return GridColumns(
                layout=Layout.WALL, header=number, days=found, columns={Column.START: times[0]} if times else {}
            )
    named = [(_named(row), -number) for number, row in enumerate(rows[:HEADER_WITHIN])]
    best, number = max(named, key=lambda each: (len(each[0]), each[1]), default=({}, 0))
    return GridColumns(layout=Layout.ROWS, header=-number, columns=best)


def _named(row: Sequence[str]) -> dict[Column, int]:
    """Return which columns the headings of a row name."""
    found: dict[Column, int] = {}
    taken: set[int] = set()
    for column in _FIRST:
        for n, cell in enumerate(row):
            if n not in taken and cell and len(cell) < 40 and re.search(_HEADINGS[column], cell.lower()):
                found[column] = n
                taken.add(n)
                break
    return found


def signature(rows: Rows, header: int) -> str:
    """Return what tables of one origin have in common: their headings."""
    row = rows[header] if header < len(rows) else ()
    return "|".join(re.sub(r"[^a-z0-9]+", " ", cell.lower()).strip() for cell in row)[:1000]


# ---- reading --------------------------------------------------------------------------------------


def read_grid_sheet(rows: Rows, columns: GridColumns) -> ReadGrid:
    """Return what `rows` say when they are read so."""
    return _wall(rows, columns) if columns.layout is Layout.WALL else _rows(rows, columns)


def _cell(row: Sequence[str], at: int | None) -> str:
    return row[at].strip() if at is not None and at < len(row) else ""


def _rows(rows: Rows, columns: GridColumns) -> ReadGrid:
    read, at, day_above = ReadGrid(), columns.columns, ""
    open_ended: list[int] = []
    for number, row in enumerate(rows[columns.header + 1 :], columns.header + 1):
        said = {column: _cell(row, n) for column, n in at.items()}
        # a day that stands once above several rows, as in merged cells
        day_above = said.get(Column.DAY) or day_above
        title, when = said.get(Column.TITLE, ""), said.get(Column.START, "")
        if not title and not when:
            continue
        if not title:
            read.mistakes.append(Mistake(number, at.get(Column.TITLE), "judul kosong", "there is no title", True))
            continue
        days = _days(read, number, at, day_above)
        span = read.take(number, at.get(Column.START), span_in, when, skips=True)
        if days is None or span is None:
            continue
        until = _until(read, number, at, said, span)
        if until is None:
            open_ended.append(len(read.broadcasts))
        read.broadcasts.append(_broadcast(read, number, at, said, days, span[0], until or span[0]))
    _close(read, open_ended)
    return read


def _days(read: ReadGrid, number: int, at: Mapping[Column, int], text: str) -> tuple[int, ...] | None:
    if Column.DAY not in at:
        return EVERY_DAY
    return read.take(number, at[Column.DAY], days_in, text, skips=True)


def _until(
    read: ReadGrid, number: int, at: Mapping[Column, int], said: Mapping[Column, str], span: tuple[int, int | None]
) -> int | None:
    """Return where a programme ends; None when nothing says so."""
    start, end = span
    if said.get(Column.END):
        found = read.take(number, at[Column.END], _ending, said[Column.END], skips=False)
        end = found if found is not None else end
    elif end is None and said.get(Column.LENGTH):
        seconds = read.take(number, at[Column.LENGTH], length_in, said[Column.LENGTH], skips=False)
        return start + seconds if seconds else None
    if end is None:
        return None
    return end if end > start else end + DAY_S


def _ending(text: str) -> int:
    """Return an end, which unlike a start may be 24.00."""
    return DAY_S if re.match(r"\s*24[.:]?00", text) else span_in(text)[0]


def _broadcast(
    read: ReadGrid,
    number: int,
    at: Mapping[Column, int],
    said: Mapping[Column, str],
    days: tuple[int, ...],
    start: int,
    until: int,
) -> Broadcast:
    category, age = None, AgeClass.SU
    if said.get(Column.CATEGORY):
        category = read.take(number, at[Column.CATEGORY], category_in, said[Column.CATEGORY], skips=False)
    if said.get(Column.AGE):
        age = read.take(number, at[Column.AGE], age_in, said[Column.AGE], skips=False) or AgeClass.SU
    kind = f"{said.get(Column.KIND, '')} {said.get(Column.NOTE, '')}".lower()
    relay = bool(re.search(r"\brela[iy]\b|relay|rri|tvri", kind))
    live = relay or bool(re.search(r"langsung|\blive\b", said.get(Column.KIND, "").lower()))
    title = said[Column.TITLE][:LONGEST_TITLE]
    return Broadcast(number, title, days, start, until, category, age, live, relay, said.get(Column.NOTE, ""))


def _close(read: ReadGrid, open_ended: Sequence[int]) -> None:
    """End each programme without an end where the next of its days begins, at midnight at the latest."""
    starts = {day: sorted(b.start for b in read.broadcasts if day in b.days) for day in EVERY_DAY}
    for n in open_ended:
        mine = read.broadcasts[n]
        until = DAY_S
        for day in mine.days:
            after = bisect_right(starts[day], mine.start)
            until = min([until, *starts[day][after : after + 1]])
        read.broadcasts[n] = replace(mine, until=until)


def _wall(rows: Rows, columns: GridColumns) -> ReadGrid:
    read, at = ReadGrid(), columns.columns.get(Column.START)
    times: list[tuple[int, int, int | None]] = []
    for number, row in enumerate(rows[columns.header + 1 :], columns.header + 1):
        text = _cell(row, at)
        if not text and not any(_cell(row, n) for n in columns.days.values()):
            continue
        if not re.search(r"\d", text):
            if any(_cell(row, n) for n in columns.days.values()):
                told = ("baris ini tanpa jam", "this row has no time")
                read.mistakes.append(Mistake(number, at, *told, True))
            continue
        span = read.take(number, at, span_in, text, skips=True)
        if span is not None:
            times.append((number, *span))
    found: dict[tuple[str, int, int], tuple[int, set[int]]] = {}
    for day, column in columns.days.items():
        for number, start, until, title in _of_day(rows, times, column):
            kept = found.setdefault((title, start, until), (number, set()))
            kept[1].add(day)
    for (title, start, until), (number, days) in sorted(found.items(), key=lambda each: (each[0][1], min(each[1][1]))):
        read.broadcasts.append(Broadcast(number, title[:LONGEST_TITLE], tuple(sorted(days)), start, until))
    return read


def _of_day(rows: Rows, times: Sequence[tuple[int, int, int | None]], column: int) -> list[tuple[int, int, int, str]]:
    """Return (row, start, end, title) of a day: an empty cell, or the same title again, goes on with what is above."""
    found: list[tuple[int, int, int, str]] = []
    for n, (number, start, end) in enumerate(times):
        following = times[n + 1][1] if n + 1 < len(times) else DAY_S
        until = end if end is not None else following
        until = until if until > start else until + DAY_S
        title = _cell(rows[number], column)
        if found and (not title or title == found[-1][3]) and found[-1][2] >= start:
            found[-1] = (*found[-1][:2], until, found[-1][3])
        elif title:
            found.append((number, start, until, title))
    return found
