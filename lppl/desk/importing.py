"""Bringing in what a station has in tables of other programs: its present pola acara, and its spot orders.

How columns are read is remembered by their headings, so that next month's file needs no mapping. Nothing is kept
before somebody has seen what was understood.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import select

from lppl.audit import Actor
from lppl.desk import walk
from lppl.desk.grid import Imported, keep
from lppl.desk.office import Office
from lppl.desk.sheets import Sheet
from lppl.errors import LpplError
from lppl.events import PlanChanged
from lppl.plan_store import Kind
from lppl.records import AssetState
from lppl.tables import asset_files, assets
from scheduler import sheet_grid, sheet_orders
from scheduler.grid_text import Bundle
from scheduler.sheet_grid import GridColumns, ReadGrid, read_grid_sheet, signature
from scheduler.sheet_orders import OrderColumns, ReadOrders, read_orders_sheet
from scheduler.sheet_week import week_of

M = TypeVar("M", bound=BaseModel)


class NothingUnderstood(LpplError):
    """There is nothing to keep."""

    def __init__(self) -> None:
        super().__init__(
            "Tidak ada baris yang dimengerti; periksa kolomnya.", "No row was understood; look at the columns."
        )


# ---- how columns are read -------------------------------------------------------------------------


async def grid_columns(office: Office, sheet: Sheet) -> GridColumns:
    """Return how a table of programmes is read: as tables with these headings were before, or as it seems."""
    found = sheet_grid.guess(sheet.rows)
    return await _remembered(office, GridColumns, "pola", signature(sheet.rows, found.header)) or found


async def order_columns(office: Office, sheet: Sheet) -> OrderColumns:
    """Return how a table of orders is read."""
    found = sheet_orders.guess(sheet.rows)
    return await _remembered(office, OrderColumns, "pesanan", signature(sheet.rows, found.header)) or found


def _name(what: str, headings: str) -> str:
    return f"{what}-{hashlib.blake2b(headings.encode(), digest_size=8).hexdigest()}"


async def _remembered(office: Office, kind: type[M], what: str, headings: str) -> M | None:
    kept = (await office.planning.store.documents(Kind.IMPORT)).get(_name(what, headings))
    try:
        return None if kept is None else kind.model_validate(kept["columns"])
    except (ValidationError, KeyError, TypeError):
        return None


async def _remember(
    office: Office, what: str, sheet: Sheet, columns: GridColumns | OrderColumns, now: datetime
) -> None:
    headings = signature(sheet.rows, columns.header)
    document = {"headings": headings, "columns": columns.model_dump(mode="json")}
    await office.planning.store.save_document(Kind.IMPORT, _name(what, headings), document, now)


# ---- pola acara -----------------------------------------------------------------------------------


async def look_at_grid(
    office: Office, sheet: Sheet, columns: GridColumns, channel: str, now: datetime
) -> tuple[ReadGrid, Bundle]:
    """Return what a table says, and the grid that it would become. Raises UnknownChannel."""
    settings = office.planning.channel(channel)
    read = await asyncio.to_thread(read_grid_sheet, sheet.rows, columns)
    found = await walk.stock(office)
    others = [c.id for c in office.settings.channels if c.id != channel]
    first = now.astimezone(office.planning.zone).date() - timedelta(days=1)
    known = await office.planning.programmes()
    folders = [f.path for f in found.folders if f.suits(settings.kind)]
    parts = walk.proposed(settings, found, others)
    return read, await asyncio.to_thread(week_of, read.broadcasts, known, folders, parts, first)


async def keep_grid(
    office: Office, sheet: Sheet, columns: GridColumns, channel: str, actor: Actor, now: datetime
) -> Imported:
    """Keep a table as the draft of a channel, with its programmes. Raises UnknownChannel, NothingUnderstood."""
    read, bundle = await look_at_grid(office, sheet, columns, channel, now)
    if not read.broadcasts:
        raise NothingUnderstood
    done = await keep(office.planning, channel, bundle, actor.name, now, f"impor {sheet.name}"[:200])
    await _remember(office, "pola", sheet, columns, now)
    after = {"entries": len(bundle.grid.entries), "not_understood": len(read.mistakes)}
    await office.audit.record(actor, "grid.import", now, channel=channel, object=str(done.version.number), after=after)
    office.bus.publish(PlanChanged(channel, "draft", actor.name))
    return done


# ---- orders ---------------------------------------------------------------------------------------


async def look_at_orders(office: Office, sheet: Sheet, columns: OrderColumns, channels: Sequence[str]) -> ReadOrders:
    """Return the orders that a table says. Raises UnknownChannel."""
    for channel in channels:
        office.planning.channel(channel)
    return await asyncio.to_thread(read_orders_sheet, sheet.rows, columns, await _titles(office), tuple(channels))


async def keep_orders(
    office: Office, sheet: Sheet, columns: OrderColumns, channels: Sequence[str], actor: Actor, now: datetime
) -> ReadOrders:
    """Keep the orders of a table; one that was imported before is replaced. Raises NothingUnderstood."""
    read = await look_at_orders(office, sheet, columns, channels)
    if not read.orders:
        raise NothingUnderstood
    replaced = {}
    for order in read.orders.values():
        if (there := await office.planning.save(Kind.ORDER, order.id, order, now)) is not None:
            replaced[order.id] = there
    await _remember(office, "pesanan", sheet, columns, now)
    await office.audit.record(
        actor, "order.import", now, object=sheet.name, before=replaced or None,
        after={"orders": [o.id for o in read.orders.values()], "not_understood": len(read.mistakes)},
    )  # fmt: skip
    office.bus.publish(PlanChanged("", "order", actor.name))
    return read


async def _titles(office: Office) -> Mapping[str, str]:
    """Return path -> title of the material there is."""
    query = select(asset_files.c.path, assets.c.title).join(assets)
    query = query.where(assets.c.state == AssetState.READY, assets.c.removed.is_(None))
    found: dict[str, str] = {}
    async with office.library.engine.connect() as connection:
        result = await connection.stream(query)
        async for rows in result.partitions(1000):
            found |= {path: title for path, title in rows if not path.startswith("/")}
    return found
