"""Spot orders (iklan niaga, ILM) read from a table, one per row. Pure; what is not understood is said at its cell."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import Field, ValidationError

from lppl.programme import Document, Product, SpotKind
from scheduler.cell_words import date_in, days_in, hours_in, number_in
from scheduler.file_grid import slug
from scheduler.grid import mistakes_of
from scheduler.sheet_grid import HEADER_WITHIN, Mistake, ReadGrid, Rows
from scheduler.spots import SpotOrder
from scheduler.words import EVERY_DAY


class OrderColumn(StrEnum):
    """What a column may say of an order."""

    ADVERTISER = "pemasang"
    TITLE = "judul"
    MATERIAL = "materi"
    KIND = "jenis"
    PRODUCT = "produk"
    FIRST = "mulai"
    LAST = "selesai"
    DAYS = "hari"
    HOURS = "jam"
    TIMES = "kali"
    TOTAL = "total"


_HEADINGS: Mapping[OrderColumn, str] = {
    OrderColumn.TIMES: r"kali|per hari|frek|spot ?/|times|x ?/",
    OrderColumn.TOTAL: r"total|jumlah",
    OrderColumn.LAST: r"selesai|akhir|sampai|s/d|end|until",
    OrderColumn.FIRST: r"mulai|tanggal|periode|start|first|from",
    OrderColumn.ADVERTISER: r"pemasang|klien|client|instansi|pengiklan|advertiser|pemesan",
    OrderColumn.MATERIAL: r"materi|berkas|file|path",
    OrderColumn.PRODUCT: r"produk|product|golongan",
    OrderColumn.KIND: r"jenis|kind|type|tipe",
    OrderColumn.DAYS: r"^hari|^day",
    OrderColumn.HOURS: r"jam|waktu|hour|time|slot",
    OrderColumn.TITLE: r"judul|spot|versi|title|nama|iklan",
}
Index = Annotated[int, Field(ge=0, le=199)]


class OrderColumns(Document):
    """How a table of orders is read; `header`: the row of headings."""

    header: Index
    columns: dict[OrderColumn, Index] = Field(default_factory=dict, max_length=20)


@dataclass
class ReadOrders:
    """What a table says: orders by the row that each stands in, and what was not understood."""

    orders: dict[int, SpotOrder] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)


def guess(rows: Rows) -> OrderColumns:
    """Return which column seems to be what."""
    best: tuple[int, dict[OrderColumn, int]] = (0, {})
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        found: dict[OrderColumn, int] = {}
        for column, words in _HEADINGS.items():
            for n, cell in enumerate(row):
                if n not in found.values() and cell and len(cell) < 40 and re.search(words, cell.lower()):
                    found[column] = n
                    break
        if len(found) > len(best[1]):
            best = number, found
    return OrderColumns(header=best[0], columns=best[1])


def read_orders_sheet(
    rows: Rows, columns: OrderColumns, files: Mapping[str, str], channels: Sequence[str]
) -> ReadOrders:
    """Return the orders in `rows` for `channels` (none: all). `files`: path -> title of the material there is.

    An order of the same advertiser and title, as an earlier import made it, keeps its id.
    """
    found = ReadOrders()
    names: set[str] = set()
    by_word = _by_word(files)
    for number, row in enumerate(rows[columns.header + 1 :], columns.header + 1):
        said = {c: row[n].strip() for c, n in columns.columns.items() if n < len(row)}
        if not any(said.get(c) for c in (OrderColumn.ADVERTISER, OrderColumn.TITLE, OrderColumn.MATERIAL)):
            continue
        read = ReadGrid()
        order = _order(read, number, columns.columns, said, by_word, channels)
        found.mistakes += read.mistakes
        if order is not None:
            name = order.id if order.id not in names else slug(order.id, names)
            names.add(name)
            found.orders[number] = order.model_copy(update={"id": name})
    return found


def _by_word(files: Mapping[str, str]) -> dict[str, str]:
    """Return paths by what people call a file: its path, its name, its title."""
    found: dict[str, str] = {}
    for path, title in sorted(files.items(), reverse=True):
        pure = PurePosixPath(path)
        found |= {word.casefold(): path for word in (title, pure.stem, pure.name, path) if word}
    return found


def _order(
    read: ReadGrid,
    number: int,
    at: Mapping[OrderColumn, int],
    said: Mapping[OrderColumn, str],
    files: Mapping[str, str],
    channels: Sequence[str],
) -> SpotOrder | None:
    c = OrderColumn
    title = said.get(c.TITLE, "")
    path = read.take(
        number, at.get(c.MATERIAL, at.get(c.TITLE)), lambda text: _material(text, files),
        said.get(c.MATERIAL) or title, skips=True,
    )  # fmt: skip
    first = read.take(number, at.get(c.FIRST), date_in, said.get(c.FIRST, ""), skips=True)
    last = read.take(number, at.get(c.LAST), date_in, said.get(c.LAST) or said.get(c.FIRST, ""), skips=True)
    days = read.take(number, at.get(c.DAYS), days_in, said[c.DAYS], skips=False) if said.get(c.DAYS) else EVERY_DAY
    hours = read.take(number, at.get(c.HOURS), hours_in, said.get(c.HOURS, ""), skips=False)
    times = read.take(number, at.get(c.TIMES), lambda t: number_in(t, 500), said.get(c.TIMES) or "1", skips=True)
    total = None
    if said.get(c.TOTAL):
        total = read.take(number, at[c.TOTAL], lambda t: number_in(t, 100_000), said[c.TOTAL], skips=False)
    if path is None or first is None or last is None or times is None:
        return None
    advertiser = said.get(c.ADVERTISER) or title
    kind = f"{said.get(c.KIND, '')} {title}".lower()
    try:
        return SpotOrder(
            id=slug(f"{advertiser} {title}".strip()), advertiser=advertiser[:200], assets=(path,), first=first,
            last=last,
            kind=SpotKind.ILM if re.search(r"\bilm\b|layanan|himbauan|imbauan", kind) else SpotKind.COMMERCIAL,
            product=_product(said.get(c.PRODUCT, "")), days=days or EVERY_DAY, hours=hours or (), times_a_day=times,
            total=total, channels=tuple(channels),
        )  # fmt: skip
    except ValidationError as error:
        read.mistakes.append(Mistake(number, None, mistakes_of(error), "the order cannot be kept", True))
        return None


def _material(text: str, files: Mapping[str, str]) -> str:
    plain = text.strip().strip("/").casefold()
    if not plain:
        raise ValueError("materi belum diisi / the material is missing")
    if plain not in files:
        raise ValueError(f'materi "{text}" tidak ada di pustaka; unggah dulu / no material "{text}"; upload it first')
    return files[plain]


def _product(text: str) -> Product:
    plain = text.lower()
    if re.search(r"rokok|cigarette|tembakau", plain):
        return Product.CIGARETTES
    return Product.ADULT if re.search(r"dewasa|adult|alkohol|kondom", plain) else Product.ORDINARY
