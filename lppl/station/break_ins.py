"""What a break-in airs on a channel: house sets found by their name, without the database."""

from lppl.break_in import GENERIC, PROGRAMME
from lppl.config import ChannelSettings, Settings
from lppl.orders import Order
from lppl.programme import Category
from lppl.quanta import Quanta
from lppl.station.builtin import material_of
from lppl.station.orders import house_of
from playout.channel import Over
from streaming.house import HouseStore


def channel_of(settings: Settings, name: str) -> ChannelSettings:
    """Return the settings of a channel. Raises StopIteration for an unknown one."""
    return next(c for c in settings.channels if c.id == name)


def over_of(settings: Settings, store: HouseStore, order: Order) -> Over | None:
    """Return what airs by an order now: its own material, else the generic slate; None when neither is there.

    When it ends is not said. Reads small files.
    """
    assert order.break_in is not None
    channel = channel_of(settings, order.channel)
    profile = settings.profile(channel)
    houses = [house_of(each, channel.name, profile) for each in (order.break_in, GENERIC)]
    found = tuple(material_of(store.get(house).info) for house in houses if store.ready(house) is not None)
    why = f"Sela Darurat oleh {order.by}: {order.break_in.headline}"
    if order.break_in.spoken and not order.break_in.voice:
        why += " (suara sintetis)"
    return Over(found, None, PROGRAMME, why, Category.NEWS.value) if found else None


def is_its_own(settings: Settings, order: Order, over: Over) -> bool:
    """Tell whether `over` is what the order asks for, not only the generic slate."""
    assert order.break_in is not None
    channel = channel_of(settings, order.channel)
    return over.materials[0].house == house_of(order.break_in, channel.name, settings.profile(channel))


def until_of(order: Order, over: Over, start: Quanta) -> Quanta | None:
    """Return when what begins at `start` ends by itself: by its time, or after its repeats; None: never."""
    repeats = order.break_in.repeats if order.break_in is not None else 0
    ends = [Quanta(order.until)] if order.until else []
    if repeats:
        ends.append(Quanta(start + repeats * over.materials[0].quanta))
    return min(ends, default=None)
