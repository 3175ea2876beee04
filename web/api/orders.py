"""Spot orders through the API."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from lppl.accounts import Right
from lppl.desk import orders as desk
from lppl.programme import Slug
from scheduler.recurrence import Day
from scheduler.spots import MediaPath, SpotOrder
from scheduler.words import DAY_S
from web.api.operations import Operations
from web.api.people import Strict
from web.staff.visit import Visit

operations = Operations("Pesanan iklan")

Second = Annotated[int, Field(ge=0, le=DAY_S)]


class OrderIn(SpotOrder):
    """An order. `hours`: local seconds after midnight [from, to); `days`: 0 = Monday; no channels: all."""

    assets: Annotated[tuple[MediaPath, ...], Field(min_length=1, max_length=50)]
    first: Day
    last: Day
    days: Annotated[tuple[Annotated[int, Field(ge=0, le=6)], ...], Field(min_length=1, max_length=7)] = tuple(range(7))
    hours: Annotated[tuple[tuple[Second, Second], ...], Field(max_length=12)] = ()
    total: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    channels: Annotated[tuple[Slug, ...], Field(max_length=100)] = ()


class OrderPage(BaseModel):
    """Some orders by id, and how many match in all; `next`: what to ask for the following ones with."""

    orders: list[SpotOrder]
    total: int
    next: str | None


class Wanted(Strict):
    """Which orders: those that hold `words`, behind the id `after`."""

    words: Annotated[str, StringConstraints(max_length=200)] = ""
    after: Annotated[str, StringConstraints(max_length=64)] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class OfOrder(Strict):
    """Which order."""

    order: Slug


async def page_of(visit: Visit, wanted: Wanted) -> OrderPage:
    """Return a page of orders."""
    found = await desk.orders(visit.office)
    words = wanted.words.casefold().split()

    def about(o: SpotOrder) -> str:
        return " ".join((o.id, o.advertiser, o.product_group, *o.assets)).casefold()

    mine = [o for o in found.values() if all(w in about(o) for w in words)]
    after = [o for o in mine if o.id > wanted.after]
    shown = after[: wanted.limit]
    return OrderPage(orders=shown, total=len(mine), next=shown[-1].id if len(after) > len(shown) else None)


@operations.get("/orders", Right.VIEW, "Pesanan iklan dan ILM / Spot orders")
async def orders(visit: Visit, params: Wanted) -> OrderPage:
    """Return orders, page by page."""
    return await page_of(visit, params)


@operations.post("/orders", Right.PLAN, "Buat pesanan / Make an order", status=201)
async def add(visit: Visit, body: OrderIn) -> SpotOrder:
    """Add an order."""
    await desk.put(visit.office, body, visit.actor, visit.now, fresh=True)
    return body


@operations.put("/orders/{order}", Right.PLAN, "Ubah pesanan / Change an order")
async def change(visit: Visit, params: OfOrder, body: OrderIn) -> SpotOrder:
    """Set an order to what is given; its id stays."""
    order = body.model_copy(update={"id": params.order})
    await desk.put(visit.office, order, visit.actor, visit.now, fresh=False)
    return order


@operations.delete("/orders/{order}", Right.PLAN, "Hapus pesanan / Remove an order")
async def remove(visit: Visit, params: OfOrder) -> None:
    """Remove an order."""
    await desk.remove(visit.office, params.order, visit.actor, visit.now)
