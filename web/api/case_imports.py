"""Complaints of other systems through the API: a table is brought, looked at, taken in; and lists of cases go out."""

from typing import Annotated

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from lppl.accounts import Right
from lppl.desk.case_exports import Format
from lppl.desk.case_imports import Brought, Preview, Progress
from lppl.desk.case_tables import LIMITS
from lppl.desk.sheets import Sheet
from lppl.intake.tables import HEADER_WITHIN, Mapping
from web.api.case_models import Query, Short
from web.api.cases import wanted_of
from web.api.imports import TYPES, FileName, HeldOut, OfSheet, SheetName
from web.api.operations import Operations
from web.api.people import Strict
from web.staff.visit import Visit

SENDERS = 200
TYPES_OF_CHATS = (*TYPES, "application/zip", "application/x-zip-compressed", "text/plain")
operations = Operations("Impor dan ekspor aduan")


class OfFile(Strict):
    """Which file."""

    file: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]


class TableQuery(OfSheet):
    """Which table, and in which row its headings stand, from 0; left out: it is looked for."""

    header: Annotated[int, Field(ge=0, le=HEADER_WITHIN - 1)] | None = None


class BroughtOut(HeldOut):
    """A file that was brought. `senders`: who wrote how much in an exported chat; empty for tables."""

    senders: dict[str, int]


class OwnIn(Strict):
    """What the station is called in a chat: names or numbers."""

    own: list[Short] = Field(default=[], max_length=20)


class MappingIn(Strict):
    """How the table is read."""

    mapping: Mapping


class ColumnOut(BaseModel):
    """A column: its heading, and what stands in it, masked."""

    heading: str
    example: str


class TableOut(BaseModel):
    """How a table seems to be meant. `remembered`: as it was read last time; `headings`: its first rows."""

    total: int
    mapping: Mapping
    remembered: bool
    columns: list[ColumnOut]
    headings: list[str]


class RowOut(BaseModel):
    """A row as it would become a case, names and numbers masked. `known`: it is here already."""

    row: int
    ticket: str
    said: AwareDatetime
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


class UnreadOut(BaseModel):
    """A row that cannot be read, and why."""

    row: int
    detail: str
    english: str


class PreviewOut(BaseModel):
    """What a table says. `total`: rows that can be read, `known`: those of them that are here already."""

    rows: list[RowOut]
    total: int
    known: int
    unread: list[UnreadOut]
    unread_total: int


class ProgressOut(BaseModel):
    """How far an import is. `fresh`: new rows; `again`: rows that were here; `stopped`: it came to no end."""

    total: int
    unread: int
    fresh: int
    again: int
    over: bool
    stopped: bool


class ExportQuery(Query):
    """Which cases, and as what."""

    format: Format = Format.XLSX


@operations.post(
    "/case-imports", Right.CASES, "Unggah tabel aduan atau obrolan / Upload a table of cases or a chat", status=201,
    consumes=TYPES_OF_CHATS, largest=LIMITS.largest,
)  # fmt: skip
async def upload(visit: Visit, params: FileName, data: bytes) -> BroughtOut:
    """Read a file of at most 20 MB; nothing of it is kept yet."""
    key, held = await visit.office.case_imports.bring(data, params.name, visit.me.id, visit.now)
    sheets = [SheetName(name=s.name, rows=len(s.rows), columns=len(s.rows[0])) for s in held.sheets]
    most_first = sorted(held.senders.items(), key=lambda each: -each[1])
    return BroughtOut(id=key, sheets=sheets, senders=dict(most_first[:SENDERS]))


@operations.get("/case-imports/{file}/sheets/{sheet}", Right.CASES, "Kolom sebuah tabel / The columns of a table")
async def table(visit: Visit, params: TableQuery) -> TableOut:
    """Return how the columns seem to be meant."""
    held, sheet = _sheet(visit, params)
    found = await visit.office.case_imports.table(held, sheet, params.header)
    return TableOut.model_validate(found, from_attributes=True)


@operations.post(
    "/case-imports/{file}/sheets/{sheet}/preview", Right.CASES, "Lihat hasil bacanya / Look at what is read", asks=True
)
async def preview(visit: Visit, params: OfSheet, body: MappingIn) -> PreviewOut:
    """Return what is understood and what is not; nothing is kept."""
    held, sheet = _sheet(visit, params)
    found = await visit.office.case_imports.preview(held, sheet, body.mapping, visit.now)
    return _preview(found)


@operations.post(
    "/case-imports/{file}/chat/preview", Right.CASES, "Lihat pesan sebuah obrolan / Look at a chat", asks=True
)
async def preview_chat(visit: Visit, params: OfFile, body: OwnIn) -> PreviewOut:
    """Return what others than the station wrote; nothing is kept."""
    return _preview(await visit.office.case_imports.preview_chat(_brought(visit, params), body.own))


@operations.post("/case-imports/{file}/chat", Right.CASES, "Mulai mengimpor obrolan / Take a chat in", status=202)
async def begin_chat(visit: Visit, params: OfFile, body: OwnIn) -> ProgressOut:
    """Begin; what is here already is not taken in again."""
    held, office = _brought(visit, params), visit.office
    return _progress(await office.case_imports.begin_chat(held, body.own, office.reception, visit.actor))


def _preview(found: Preview) -> PreviewOut:
    return PreviewOut(
        rows=[RowOut.model_validate(row, from_attributes=True) for row in found.rows],
        total=found.total,
        known=found.known,
        unread=[UnreadOut(row=n, detail=why.indonesian, english=why.english) for n, why in found.unread],
        unread_total=found.unread_total,
    )


@operations.post(
    "/case-imports/{file}/sheets/{sheet}", Right.CASES, "Mulai mengimpor / Begin to take a table in", status=202
)
async def begin(visit: Visit, params: OfSheet, body: MappingIn) -> ProgressOut:
    """Begin; what is here already is not taken in again."""
    held, sheet = _sheet(visit, params)
    office = visit.office
    found = await office.case_imports.begin(held, sheet, body.mapping, office.reception, visit.actor, visit.now)
    return _progress(found)


@operations.get("/case-imports/{file}/progress", Right.CASES, "Sampai mana impor / How far an import is")
async def progress(visit: Visit, params: OfFile) -> ProgressOut:
    """Return how far it is; of a file that nobody takes in, that it is not."""
    held = _brought(visit, params)
    return _progress(held.progress or Progress(0, 0))


@operations.get(
    "/case-imports/{file}/unread", Right.CASES, "Baris yang tidak terbaca / Rows that could not be read",
    produces=("text/csv",),
)  # fmt: skip
async def unread(visit: Visit, params: OfFile) -> web.Response:
    """Return them as CSV with the reasons, for who brought the file to mend them."""
    body = await visit.office.case_imports.unread_file(_brought(visit, params), visit.language)
    return _file(body, "text/csv", "baris-tidak-terbaca.csv")


@operations.get(
    "/cases/export", Right.CASES_READ, "Daftar aduan sebagai CSV atau XLSX / A list of cases as a file",
    produces=tuple(kind.content_type for kind in Format),
)  # fmt: skip
async def export(visit: Visit, params: ExportQuery) -> web.Response:
    """Return at most 50,000 cases without personal data; confidential ones only for those who work cases."""
    wanted, secret = wanted_of(params), visit.may(Right.CASES)
    body = await visit.office.case_exports.table(
        wanted, params.format, visit.language, visit.actor, visit.now, secret=secret
    )
    day = visit.now.astimezone(visit.office.settings.station.zone)
    return _file(body, params.format.content_type, f"aduan-{day:%Y-%m-%d}.{params.format}")


def _sheet(visit: Visit, params: OfSheet) -> tuple[Brought, Sheet]:
    return visit.office.case_imports.sheet(params.file, params.sheet, visit.me.id, visit.now)


def _brought(visit: Visit, params: OfFile) -> Brought:
    return visit.office.case_imports.brought(params.file, visit.me.id, visit.now)


def _progress(found: Progress) -> ProgressOut:
    return ProgressOut.model_validate(found, from_attributes=True)


def _file(body: bytes, content_type: str, name: str) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=body, content_type=content_type, headers=headers)
