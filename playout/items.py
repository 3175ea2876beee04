"""Items of the journal made of what is to air, lines made of items again, and what items stand for others. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from lppl.journal import Item
from lppl.media import Material
from lppl.quanta import Quanta
from lppl.rundown import Kind, Line


def item_airing(
    channel: str,
    start: Quanta,
    material: Material,
    length: Quanta,
    kind: Kind,
    in_point: Quanta = Quanta(0),
    programme: str = "",
    why: str = "",
    hard: bool = False,
) -> Item:
    """Return the item with which `material` begins to air at `start`, `in_point` into it, for `length` at most."""
    title, artist = material.title, material.artist
    source = "" if material.house.startswith(material.asset) else material.asset
    return Item(
        channel, start, material.house, in_point, length, kind, title, artist, programme, why, hard, source=source
    )


def item_of(channel: str, start: Quanta, line: Line, length: Quanta, in_point: Quanta) -> Item:
    """Return the item with which `line` begins to air at `start`, for `length` at most."""
    item = item_airing(channel, start, line.material, length, line.kind, in_point, line.programme, line.why, line.hard)
    return replace(item, slot=line.slot, programme_id=line.programme_id, category=line.category, order=line.order)


def line_of(item: Item) -> Line | None:
    """Return a journalled item as the line that it was; None for time off the air."""
    if item.house is None or item.asset is None:
        return None
    material = Material(item.house, item.asset, item.title, Quanta(item.in_point + item.planned), item.artist)
    return Line(
        item.start, item.planned, material, item.in_point, item.kind, item.programme, item.hard, item.why,
        item.slot, item.programme_id, item.category, item.order,
    )  # fmt: skip


def stands_in(running: Kind | None, coming: Sequence[str]) -> Kind | None:
    """Tell what airs for want of anything else although it was planned: the slate, or ident after ident."""
    if running is Kind.SLATE or (running is Kind.IDENT and all(k in (Kind.IDENT, Kind.SLATE) for k in coming)):
        return running
    return None
