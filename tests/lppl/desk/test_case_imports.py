"""Complaint tables of other systems: read, masked, remembered, taken in once; hostile files end in a sentence."""

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from lppl.audit import Actor, AuditLog
from lppl.cases.documents import DeskDocuments
from lppl.cases.tables import arrivals
from lppl.database import migrate, open_database
from lppl.desk import case_tables
from lppl.desk.case_imports import Brought, CaseImports, Progress
from lppl.desk.case_tables import LIMITS, MOST_ROWS
from lppl.desk.errors import FieldsRefused
from lppl.desk.held_sheets import NoImport
from lppl.desk.sheets import SheetRefused, as_csv, read_sheets
from lppl.intake.reception import Reception
from lppl.intake.tables import Column, Mapping, guess_table
from lppl.intake.values import TEXT_LENGTH, Intake, Unread
from lppl.intake.works import MemoryWorks

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
WIB = ZoneInfo("Asia/Jakarta")
RINA = Actor(None, "Rina")
HEADER = ["Tracking ID", "Tanggal", "Nama Pelapor", "No HP", "Isi Laporan", "Instansi", "Status", "Rahasiakan?"]
TEXT = "Lampu padam.\n\nHubungi 081234567890."
ROWS = [
    ["Laporan 2026", "", "", "", "", "", "", ""],
    HEADER,
    ["71", "3 Jan 2026 09:05", "Siti Aminah", "0812 3456 7890", TEXT, "Dishub", "Proses", "x"],
    ["72", "4 Jan 2026", "Budi", "", "Jalan berlubang", "", "Selesai", ""],
    ["73", "kemarin", "Tono", "", "Tidak terbaca", "", "", ""],
    ["72", "4 Jan 2026", "Budi", "", "Jalan berlubang", "", "Selesai", ""],
]  # fmt: skip


@pytest.fixture
async def reception(tmp_path: Path) -> AsyncIterator[Reception]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'lppl.db'}"
    await migrate(url)
    engine = open_database(url)
    yield await Reception.opened(engine, tmp_path / "keys", MemoryWorks(), tmp_path, lambda: NOW)
    await engine.dispose()


@pytest.fixture
def imports(reception: Reception) -> CaseImports:
    return CaseImports(reception.engine, AuditLog(reception.engine), WIB, lambda: NOW)


async def taken_in(imports: CaseImports, reception: Reception, held: Brought, mapping: Mapping) -> Progress:
    """Take a table in to its end."""
    told = await imports.begin(held, held.sheets[0], mapping, reception, RINA, NOW)
    assert held.running is not None
    await held.running
    return told


def test_agency_and_status_there_stand_below_the_text() -> None:
    found = dict(case_tables.read(ROWS, guess_table(ROWS), WIB, NOW))
    texts = {n: each.text for n, each in found.items() if isinstance(each, Intake)}
    assert texts[3].endswith("081234567890.\n\nInstansi di sistem asal: Dishub; status: Proses")
    assert texts[4] == "Jalan berlubang\n\nStatus di sistem asal: Selesai"
    assert isinstance(found[5], Unread)
    long = [["Isi", "Instansi"], ["a" * TEXT_LENGTH, "Dishub"]]
    ((_, word),) = case_tables.read(long, guess_table(long), WIB, NOW)
    assert isinstance(word, Intake) and len(word.text) == TEXT_LENGTH and word.text.endswith("asal: Dishub")


def test_what_is_shown_names_nobody() -> None:
    mapping = guess_table(ROWS)
    shown = repr(case_tables.columns_of(ROWS, mapping)) + repr(case_tables.headings_of(ROWS, mapping))
    unknown = repr(case_tables.columns_of(ROWS, Mapping(header=1)))
    word = dict(case_tables.read(ROWS, mapping, WIB, NOW))[3]
    assert isinstance(word, Intake)
    shown += unknown + repr(case_tables.row_view(3, word, known=False))
    assert "Aminah" not in shown and "7890" not in shown.replace("***890", "")
    assert "S… A…" in shown and "***890" in shown and "[telepon]" in shown


async def test_a_table_comes_in_once_and_is_remembered(imports: CaseImports, reception: Reception) -> None:
    _, held = await imports.bring(as_csv(ROWS), "sp4n.csv", 1, NOW)
    table = await imports.table(held, held.sheets[0], None)
    assert not table.remembered and table.mapping.header == 1 and table.mapping.system == "sp4n"
    assert Column.SECRET not in table.mapping.columns, "nobody can guess that heading"
    mapping = table.mapping.model_copy(update={"columns": {**table.mapping.columns, Column.SECRET: 7}})

    before = await imports.preview(held, held.sheets[0], mapping, NOW)
    assert (before.total, before.known, before.unread_total) == (3, 1, 1), "one row stands there twice"
    assert before.rows[0].visibility == "rahasia" and f"{before.rows[0].said.astimezone(WIB):%H:%M}" == "09:05"
    mend = (await imports.unread_file(held, "id")).decode("utf-8-sig")
    assert "Mengapa tidak terbaca" in mend and '"5"' in mend and "kemarin" in mend

    told = await taken_in(imports, reception, held, mapping)
    assert (told.fresh, told.again, told.unread, told.over, told.stopped) == (2, 1, 1, True, False)
    (event,) = await imports.audit.page(action="cases.imported")
    assert event.after["fresh"] == 2 and "Siti" not in repr(event)

    # with another line above the headings, and more rows, a month later
    _, later = await imports.bring(as_csv([ROWS[0], *ROWS, ["74", "", "", "", "Baru", "", "", ""]]), "lain.csv", 1, NOW)
    table = await imports.table(later, later.sheets[0], None)
    assert table.remembered and table.mapping == mapping.model_copy(update={"header": 2})
    seen = await imports.preview(later, later.sheets[0], table.mapping, NOW)
    assert (seen.total, seen.known) == (4, 3) and [row.known for row in seen.rows] == [True, True, True, False]
    told = await taken_in(imports, reception, later, table.mapping)
    assert (told.fresh, told.again) == (1, 3)
    async with reception.engine.connect() as connection:
        rows = (await connection.execute(select(arrivals))).all()
    assert len(rows) == 3 and {row.source for row in rows} == {"tabel"}
    assert "Siti" not in repr(rows), "what came in is sealed"


async def test_what_nobody_can_read_of_the_memory_is_forgotten(imports: CaseImports, reception: Reception) -> None:
    await DeskDocuments(reception.engine).keep("mappings", {"tables": [{"old": 1}]}, 0, "Rina", NOW)
    _, held = await imports.bring(as_csv(ROWS), "a.csv", 1, NOW)
    table = await imports.table(held, held.sheets[0], None)
    assert not table.remembered
    await taken_in(imports, reception, held, table.mapping)
    assert (await imports.table(held, held.sheets[0], None)).remembered


async def test_a_table_is_its_bearers_and_needs_a_text(imports: CaseImports) -> None:
    key, held = await imports.bring(as_csv(ROWS), "a.csv", 1, NOW)
    with pytest.raises(NoImport):
        imports.sheet(key, 0, 2, NOW)
    with pytest.raises(NoImport):
        imports.sheet(key, 1, 1, NOW)
    with pytest.raises(NoImport):
        await imports.unread_file(held, "id")
    with pytest.raises(FieldsRefused):
        await imports.preview(held, held.sheets[0], Mapping(columns={Column.NAME: 2}), NOW)
    with pytest.raises(FieldsRefused):
        await imports.preview(held, held.sheets[0], Mapping(header=30, columns={Column.TEXT: 4}), NOW)
    for _ in range(3):
        await imports.bring(as_csv(ROWS), "b.csv", 1, NOW)
    with pytest.raises(NoImport):
        imports.brought(key, 1, NOW)


def test_cells_keep_their_lines_and_times() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Tanggal", "Isi"])
    day = datetime(2026, 1, 3)  # noqa: DTZ001 - a sheet knows no zones
    book.active.append([day.replace(hour=9, minute=5, second=10), "satu\n\ndua " + "x" * 600])
    book.active.append([day, '=HYPERLINK("http://x","y")'])
    out = io.BytesIO()
    book.save(out)
    (sheet,) = read_sheets(out.getvalue(), "a", LIMITS)
    assert sheet.rows[1][0] == "2026-01-03 09:05:10" and len(sheet.rows[1][1]) == 610
    assert sheet.rows[2] == ("2026-01-03", '=HYPERLINK("http://x","y")'), "a formula is its text"
    (plain,) = read_sheets(out.getvalue(), "a")
    assert plain.rows[1][0] == "2026-01-03" and plain.rows[1][1].startswith("satu dua") and len(plain.rows[1][1]) == 500


MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHARED = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    b'spreadsheetml.sharedStrings+xml"/></Types>'
)


def workbook(sheet: str, strings: str = "") -> bytes:
    """Return a workbook whose first sheet, and shared strings, are other XML."""
    book = Workbook()
    assert book.active is not None
    book.active.append(["a"])
    plain, out = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                body = sheet.encode()
            if name == "[Content_Types].xml":
                body = body.replace(b"</Types>", SHARED)
            new.writestr(name, body)
        new.writestr("xl/sharedStrings.xml", strings or f"<sst {MAIN}/>")
    return out.getvalue()


def shown_often(times: int) -> bytes:
    """Return a workbook of which one long text is shown in many cells."""
    rows = "".join(f'<row r="{n}">' + '<c t="s"><v>0</v></c>' * 50 + "</row>" for n in range(1, times))
    return workbook(
        f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>",
        f'<sst {MAIN} count="1" uniqueCount="1"><si><t>{"x" * 20_000}</t></si></sst>',
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\3\4" + b"\0" * 100, "tidak dapat dibaca"),
        (workbook(f"<worksheet {MAIN}>" + " " * 30_000_000 + "</worksheet>"), "terlalu besar"),
        (shown_often(200), "terlalu besar"),
        (b",".join([b"a"] * 1_000_000), "lebih dari 200 kolom"),
        (b"isi\n" + b"x\n" * (MOST_ROWS + 5), "lebih dari 50.000 baris"),
        (b'isi\n"' + b"x" * 200_000, "tidak dapat dibaca"),
        (b"\x89PNG\r\n\x1a\n\0\0", "bukan tabel"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 50, "Excel lama"),
        (b"x" * 20_000_001, "20 MB"),
        (b"\n\n", "kosong"),
    ],
)
async def test_hostile_files_end_in_a_sentence(imports: CaseImports, data: bytes, said: str) -> None:
    with pytest.raises(SheetRefused, match=said) as refused:
        await imports.bring(data, "a", 1, NOW)
    assert refused.value.english


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
async def test_what_excel_writes_is_read(imports: CaseImports, encoding: str) -> None:
    _, held = await imports.bring("Isi;Nama\nJalan é rusak;Budi\n".encode(encoding), "a.csv", 1, NOW)
    assert held.sheets[0].rows[1] == ("Jalan é rusak", "Budi")
