"""Imports through the API: a table is uploaded, its columns are named, what was understood is looked at, then kept."""

import asyncio
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field, StringConstraints

from lppl.accounts import Right
from lppl.desk import importing
from lppl.desk.samples import XLSX, Sample, sample
from lppl.desk.sheets import LARGEST, Sheet
from lppl.programme import AgeClass, Category
from lppl.settings import ChannelId
from scheduler.grid import FromRotation, LiveSource
from scheduler.grid_text import Bundle
from scheduler.sheet_grid import GridColumns, Mistake, ReadGrid
from scheduler.sheet_orders import OrderColumns, ReadOrders
from scheduler.spots import SpotOrder
from scheduler.words import written
from web.api.operations import Operations
from web.api.people import Strict
from web.staff.visit import Visit

operations = Operations("Impor")
TYPES = (XLSX, "text/csv", "application/vnd.ms-excel", "application/octet-stream")
SHOWN = 60
MOST_TOLD = 500


class FileName(Strict):
    """What the file is called."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = "tabel"


class OfSheet(Strict):
    """Which table of which file."""

    file: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    sheet: Annotated[int, Field(ge=0, le=19)]


class SheetName(BaseModel):
    """A table of a file."""

    name: str
    rows: int
    columns: int


class HeldOut(BaseModel):
    """An uploaded file; it is held for an hour."""

    id: str
    sheets: list[SheetName]


class SheetOut(BaseModel):
    """A table's first rows, and how its columns seem to be meant, for either use."""

    rows: list[list[str]]
    total: int
    grid: GridColumns
    orders: OrderColumns


class GridImport(Strict):
    """For which channel, and what the columns are."""

    channel: ChannelId
    columns: GridColumns


class OrderImport(Strict):
    """For which channels (none: all), and what the columns are."""

    channels: Annotated[tuple[ChannelId, ...], Field(max_length=100)] = ()
    columns: OrderColumns


class MistakeOut(BaseModel):
    """What was not understood: row and column from 0. `skipped`: the row is left out for it."""

    row: int
    column: int | None
    detail: str
    english: str
    skipped: bool


class UnderstoodOut(BaseModel):
    """A programme of the table as it would be placed; `content`: what fills it."""

    row: int
    title: str
    days: list[int]
    start: str
    end: str
    category: Category
    age: AgeClass
    content: str


class GridReadOut(BaseModel):
    """What a table says of the week."""

    programmes: list[UnderstoodOut]
    mistakes: list[MistakeOut]
    fresh: int
    """Programmes that are new."""


class GridKeptOut(BaseModel):
    """The draft that a table has become."""

    number: int
    revision: int
    entries: int


class OrderRow(BaseModel):
    """An order of the table."""

    row: int
    order: SpotOrder


class OrdersReadOut(BaseModel):
    """What a table says of orders."""

    orders: list[OrderRow]
    mistakes: list[MistakeOut]


class OfSample(Strict):
    """Which sample."""

    sample: Sample


@operations.post(
    "/imports", Right.PLAN, "Unggah tabel XLSX atau CSV / Upload a table", status=201, consumes=TYPES, largest=LARGEST
)
async def upload(visit: Visit, params: FileName, data: bytes) -> HeldOut:
    """Read a file of at most 5 MB; nothing of it is kept yet."""
    key, held = await visit.office.held_sheets.bring(data, params.name, visit.me.id, visit.now)
    sheets = [SheetName(name=s.name, rows=len(s.rows), columns=len(s.rows[0])) for s in held.sheets]
    return HeldOut(id=key, sheets=sheets)


@operations.get("/imports/{file}/sheets/{sheet}", Right.PLAN, "Baris pertama sebuah tabel / The first rows of a table")
async def table(visit: Visit, params: OfSheet) -> SheetOut:
    """Return the first rows, and how the columns seem to be meant."""
    found = _sheet(visit, params)
    return SheetOut(
        rows=[list(row) for row in found.rows[:SHOWN]],
        total=len(found.rows),
        grid=await importing.grid_columns(visit.office, found),
        orders=await importing.order_columns(visit.office, found),
    )


@operations.post(
    "/imports/{file}/sheets/{sheet}/grid/preview", Right.PLAN, "Lihat pola acara / Look at the grid", asks=True
)
async def preview_grid(visit: Visit, params: OfSheet, body: GridImport) -> GridReadOut:
    """Return what is understood and what is not; nothing is kept."""
    sheet = _sheet(visit, params)
    read, bundle = await importing.look_at_grid(visit.office, sheet, body.columns, body.channel, visit.now)
    return _grid_out(read, bundle, await known_programmes(visit))


@operations.post("/imports/{file}/sheets/{sheet}/grid", Right.PLAN, "Jadikan rancangan / Make it the draft", status=201)
async def keep_grid(visit: Visit, params: OfSheet, body: GridImport) -> GridKeptOut:
    """Keep what is understood as the draft of a channel."""
    sheet = _sheet(visit, params)
    done = await importing.keep_grid(visit.office, sheet, body.columns, body.channel, visit.actor, visit.now)
    entries = len(done.version.document["entries"])
    return GridKeptOut(number=done.version.number, revision=done.version.revision, entries=entries)


@operations.post(
    "/imports/{file}/sheets/{sheet}/orders/preview", Right.PLAN, "Lihat pesanan / Look at the orders", asks=True
)
async def preview_orders(visit: Visit, params: OfSheet, body: OrderImport) -> OrdersReadOut:
    """Return what is understood and what is not; nothing is kept."""
    sheet = _sheet(visit, params)
    return _orders_out(await importing.look_at_orders(visit.office, sheet, body.columns, body.channels))


@operations.post("/imports/{file}/sheets/{sheet}/orders", Right.PLAN, "Simpan pesanan / Keep the orders", status=201)
async def keep_orders(visit: Visit, params: OfSheet, body: OrderImport) -> OrdersReadOut:
    """Keep the orders; those that were imported before are replaced."""
    sheet = _sheet(visit, params)
    done = await importing.keep_orders(visit.office, sheet, body.columns, body.channels, visit.actor, visit.now)
    return _orders_out(done)


@operations.get("/imports/samples/{sample}", Right.VIEW, "Contoh tabel / Sample tables", produces=(XLSX, "text/csv"))
async def sample_file(visit: Visit, params: OfSample) -> web.Response:
    """Return a sample to download."""
    today = visit.now.astimezone(visit.office.settings.station.zone).date()
    body = await asyncio.to_thread(sample, params.sample, today)
    headers = {"Content-Disposition": f'attachment; filename="{params.sample}"'}
    return web.Response(body=body, content_type=params.sample.content_type, headers=headers)


def _sheet(visit: Visit, params: OfSheet) -> Sheet:
    return visit.office.held_sheets.sheet(params.file, params.sheet, visit.me.id, visit.now)


async def known_programmes(visit: Visit) -> dict[str, tuple[Category, AgeClass]]:
    """Return category and age of the programmes that are there."""
    return {p.id: (p.category, p.age) for p in (await visit.office.planning.programmes()).values()}


def _grid_out(read: ReadGrid, bundle: Bundle, known: dict[str, tuple[Category, AgeClass]]) -> GridReadOut:
    known = known | {p.id: (p.category, p.age) for p in bundle.programmes}
    programmes = []
    for said, entry in zip(read.broadcasts, bundle.grid.entries, strict=True):
        category, age = known[entry.programme]
        match entry.content:
            case FromRotation(folders=folders):
                content = ", ".join(folders) or "-"
            case LiveSource(relay=relay):
                content = "relai" if relay else "langsung"
            case _:
                content = "-"
        programmes.append(
            UnderstoodOut(
                row=said.row, title=said.title, days=list(said.days), start=written(said.start),
                end=written(said.until), category=category, age=age, content=content,
            )
        )  # fmt: skip
    return GridReadOut(programmes=programmes, mistakes=_mistakes(read.mistakes), fresh=len(bundle.programmes))


def _orders_out(read: ReadOrders) -> OrdersReadOut:
    rows = [OrderRow(row=row, order=order) for row, order in read.orders.items()]
    return OrdersReadOut(orders=rows, mistakes=_mistakes(read.mistakes))


def _mistakes(found: list[Mistake]) -> list[MistakeOut]:
    return [
        MistakeOut(row=m.row, column=m.column, detail=m.indonesian, english=m.english, skipped=m.skipped)
        for m in found[:MOST_TOLD]
    ]
