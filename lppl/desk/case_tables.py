"""Complaint tables of other systems as the desk looks at them before they are taken in: columns, words, masked rows.

Pure. The tables are large: call what reads all of their rows in a thread.
"""

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from lppl.cases.exports import csv_bytes
from lppl.cases.triage.personal import SEALED_KINDS, Kind, without
from lppl.desk.case_views import masked_email, masked_name, masked_phone
from lppl.desk.sheets import Limits
from lppl.intake.tables import HEADER_WITHIN, Column, Mapping, Rows, fingerprint, guess, guess_table, told
from lppl.intake.tables import rows_to_intakes as words_of
from lppl.intake.values import NAME_LENGTH, TEXT_LENGTH, Intake, Unread
from lppl.masking import MASK

MOST_ROWS, MOST_COLUMNS = 50_000, 200
LIMITS = Limits(
    largest=20_000_000, unpacked=160_000_000, tags=16_000_000, rows=MOST_ROWS + HEADER_WITHIN + 1,
    columns=MOST_COLUMNS + 1, cell=TEXT_LENGTH, sheets=5, whole=True,
)  # fmt: skip
"""One row and one column more than are taken, so that it is seen when there are more."""
SHOWN = 300
"""Characters of a text in a list."""
EXAMPLE, EXAMPLES_WITHIN = 60, 50
READS_AS_TEXT = frozenset({Column.TEXT, Column.EDITED, Column.TITLE})
"""Without one of them no row says anything."""

Read = Sequence[tuple[int, Intake | Unread]]
"""Of each row below the headings: its number as a spreadsheet counts them, and what it says or why nothing."""


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column of a table: its heading, and what stands in it, masked."""

    heading: str
    example: str


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as it would become a case, names and numbers masked. `known`: it was taken in before."""

    row: int
    ticket: str
    said: datetime
    title: str
    text: str
    name: str
    contact: str
    place: str
    category: str
    wanted: str
    visibility: str
    files: int
    known: bool


def read(rows: Rows, mapping: Mapping, zone: tzinfo, received: datetime) -> Read:
    """Return what the rows say. Who had it at the other system, and how far it was, are added to the text."""
    return [
        (number, each if isinstance(each, Unread) else _with_origin(each, rows[number - 1], mapping))
        for number, each in words_of(rows, mapping, zone, received)
    ]


def _with_origin(intake: Intake, row: Sequence[str], mapping: Mapping) -> Intake:
    """Return a word with its agency and status there: our own begin anew, and nothing of it may be lost."""
    agency, status = told(row, mapping, Column.AGENCY), told(row, mapping, Column.STATUS)
    if not agency and not status:
        return intake
    if agency:
        line = f"Instansi di sistem asal: {agency}" + (f"; status: {status}" if status else "")
    else:
        line = f"Status di sistem asal: {status}"
    origin = f"\n\n{line}"
    return replace(intake, text=intake.text[: TEXT_LENGTH - len(origin)] + origin)


def mapping_of(rows: Rows, name: str, known: Table[str, Mapping], header: int | None) -> tuple[Mapping, bool]:
    """Return how a table is to be read, and whether that is remembered; else it is guessed.

    `known`: mappings by fingerprint; `header`: the row of headings where somebody has said which it is.
    """
    within = range(len(rows))[:HEADER_WITHIN] if header is None else range(len(rows))[header : header + 1]
    for at in within:
        found = known.get(fingerprint(rows[at]))
        if found is not None:
            return found.model_copy(update={"header": at}), True
    if header is None:
        return guess_table(rows, name), False
    return guess(rows[header] if header < len(rows) else (), name, header), False


def columns_of(rows: Rows, mapping: Mapping) -> list[ColumnView]:
    """Return the columns of a table."""
    heads = rows[mapping.header] if mapping.header < len(rows) else ()
    below = rows[mapping.header + 1 : mapping.header + 1 + EXAMPLES_WITHIN]
    meant = {at: column for column, at in mapping.columns.items()}
    return [
        ColumnView(
            " ".join(head.split())[:EXAMPLE],
            _example(next((row[n] for row in below if row[n].strip()), ""), meant.get(n)),
        )
        for n, head in enumerate(heads)
    ]


def _example(cell: str, column: Column | None) -> str:
    """Return a cell as anybody may see it; of a column that nobody knows yet only first letters."""
    line = " ".join(cell[: 4 * EXAMPLE].split())
    match column:
        case Column.PHONE:
            return masked_phone(line)
        case Column.EMAIL:
            return masked_email(line)
        case Column.NIK:
            return MASK if line else ""
        case None | Column.NAME | Column.ADDRESS:
            return masked_name(line)
    return without(line, frozenset(Kind))[:EXAMPLE]


def headings_of(rows: Rows, mapping: Mapping) -> list[str]:
    """Return the rows near the top, one of which holds the headings; what stands below these is masked."""
    found = []
    for n, row in enumerate(rows[:HEADER_WITHIN]):
        line = " · ".join(" ".join(cell.split())[:40] for cell in row if cell.strip())[:80]
        found.append(line if n <= mapping.header else masked_name(line.replace(" · ", " ")))
    return found


def row_view(number: int, intake: Intake, known: bool) -> RowView:
    """Return a row as it would become a case."""
    sender, place = intake.sender, intake.place
    contact = (masked_phone(sender.phone), masked_email(sender.email))
    return RowView(
        number, intake.outside_ticket, intake.said, without(intake.title, SEALED_KINDS)[:NAME_LENGTH],
        without(intake.text, SEALED_KINDS)[:SHOWN], masked_name(sender.name), " ".join(c for c in contact if c),
        without(", ".join(p for p in (place.text, place.kelurahan) if p), SEALED_KINDS), intake.category,
        intake.wanted, intake.visibility.value, len(intake.enclosures), known,
    )  # fmt: skip


def unread_csv(rows: Rows, header: int, unread: Sequence[tuple[int, Unread]], language: str) -> bytes:
    """Return the rows that could not be read, each with the reason, to be mended and brought again."""
    english = language == "en"
    heads = rows[header] if header < len(rows) else ()
    first = ["Row", "Why it was not read"] if english else ["Baris", "Mengapa tidak terbaca"]
    return csv_bytes(
        [*first, *heads],
        ([number, why.english if english else why.indonesian, *rows[number - 1]] for number, why in unread),
    )
