"""Planned lines and journal entries for the tests of guide, log and comparison, written as short words."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from lppl.journal import OFF_TITLE, Entry, Item
from lppl.media import AssetId, HouseId, Material
from lppl.quanta import Quanta
from lppl.rundown import Kind, Line
from scheduler.agenda import day_bounds

WIB = ZoneInfo("Asia/Jakarta")
SUNDAY = date(2026, 11, 22)
MIDNIGHT, END_OF_DAY = day_bounds(SUNDAY, WIB)
MINUTE = Quanta(188)
"""A minute is 187.5 quanta."""


def asset_of(title: str) -> AssetId:
    return AssetId(hashlib.blake2b(title.encode("utf-8", "replace"), digest_size=20).hexdigest())


def material(title: str, length: int, derived: str = "") -> Material:
    asset = asset_of(title)
    return Material(HouseId(f"{asset_of(derived) if derived else asset}.t"), asset, title, Quanta(length))


def line(title: str, start: int, length: int, **more: object) -> Line:
    """A planned line; `slot`, `programme`, `kind`, `order`... as keywords, `derived` names what it is rendered from."""
    derived, in_point = str(more.pop("derived", "")), more.pop("in_point", 0)
    m = material(title, length, derived)
    made = Line(Quanta(start), Quanta(length), m, Quanta(0), Kind.ITEM, "", False, "Rotasi")
    return replace(made, in_point=in_point, **more)  # type: ignore[arg-type]


def entry(title: str, start: int, length: int, **more: object) -> Entry:
    """What aired; `planned` (quanta) as a keyword where it was meant to be longer."""
    derived = str(more.pop("derived", ""))
    m = material(title, length, derived)
    item = Item("tv", Quanta(start), m.house, Quanta(0), Quanta(length), Kind.ITEM, title, why="Rotasi")
    item = replace(item, source=m.asset if derived else "", **more)  # type: ignore[arg-type]
    return Entry(item, Quanta(start + length))


def off(start: int, length: int, why: str = "") -> Entry:
    item = Item("tv", Quanta(start), None, Quanta(0), Quanta(length), Kind.OFF, OFF_TITLE, why=why)
    return Entry(item, Quanta(start + length))


def as_aired(lines: Sequence[Line]) -> list[Entry]:
    """What the journal holds when everything airs as planned."""
    return [
        Entry(
            Item(
                "tv", x.start, x.material.house, x.in_point, x.length, x.kind, x.material.title, "", x.programme, x.why,
                slot=x.slot, programme_id=x.programme_id, category=x.category, order=x.order, source=x.material.asset,
            ),
            x.end,
        )
        for x in lines
    ]  # fmt: skip
