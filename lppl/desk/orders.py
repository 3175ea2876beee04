"""Spot orders (iklan niaga, ILM) as staff keep them; each change is audited."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import ValidationError

from lppl.audit import Actor
from lppl.desk.office import Office
from lppl.errors import LpplError, NotThere
from lppl.events import PlanChanged
from lppl.plan_store import Json, Kind
from scheduler.spots import SpotOrder


class NoOrder(NotThere):
    """There is no such order."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Pesanan {name} tidak ada.", f"There is no order {name}.")


class OrderTaken(LpplError):
    """An order has this name already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Pesanan {name} sudah ada; ubah yang itu.", f"There is an order {name}; change that one.")


async def orders(office: Office) -> Mapping[str, SpotOrder]:
    """Return the orders by id; what cannot be read any more is left out, and told by the plan's findings."""
    found: dict[str, SpotOrder] = {}
    for name, document in (await office.planning.store.documents(Kind.ORDER)).items():
        try:
            found[name] = SpotOrder.model_validate(document)
        except ValidationError:
            continue
    return found


async def put(office: Office, order: SpotOrder, actor: Actor, now: datetime, *, fresh: bool) -> None:
    """Keep an order; a `fresh` one must not be there yet. Raises OrderTaken, NoOrder, UnknownChannel."""
    for channel in order.channels:
        office.planning.channel(channel)

    def look(there: Json | None) -> None:
        if fresh and there is not None:
            raise OrderTaken(order.id)
        if not fresh and there is None:
            raise NoOrder(order.id)

    before = await office.planning.save(Kind.ORDER, order.id, order, now, look)
    await office.audit.record(
        actor, "order.added" if fresh else "order.changed", now, object=order.id,
        before=before, after=order.model_dump(mode="json"),
    )  # fmt: skip
    office.bus.publish(PlanChanged("", "order", actor.name))


async def remove(office: Office, name: str, actor: Actor, now: datetime) -> None:
    """Remove an order; what has aired stays on record. Raises NoOrder."""
    before = (await office.planning.store.documents(Kind.ORDER)).get(name)
    if before is None or not await office.planning.store.remove_document(Kind.ORDER, name):
        raise NoOrder(name)
    await office.audit.record(actor, "order.removed", now, object=name, before=before)
    office.bus.publish(PlanChanged("", "order", actor.name))
