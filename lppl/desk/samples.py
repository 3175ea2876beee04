"""Sample tables of a pola acara and of spot orders, made by the very day that a first week is made of."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from lppl.desk.sheets import as_csv, as_xlsx
from scheduler.first_week import RADIO_DAY, WEEK, WEEKEND, WORKDAYS, Hour

_DAYS = {WEEK: "Setiap hari", WORKDAYS: "Senin-Jumat", WEEKEND: "Sabtu, Minggu"}
_PLACE = "Kota"
_WEEK = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


class Sample(StrEnum):
    """The files to download."""

    GRID = "pola-acara.xlsx"
    GRID_CSV = "pola-acara.csv"
    WALL = "pola-acara-dinding.xlsx"
    ORDERS = "pesanan-iklan.xlsx"
    ORDERS_CSV = "pesanan-iklan.csv"

    @property
    def content_type(self) -> str:
        """Its MIME type."""
        return "text/csv" if self.value.endswith(".csv") else XLSX


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sample(which: Sample, today: date) -> bytes:
    """Return a sample; orders begin on `today`. Blocking."""
    match which:
        case Sample.GRID:
            return as_xlsx("Pola acara", grid_rows())
        case Sample.GRID_CSV:
            return as_csv(grid_rows())
        case Sample.WALL:
            return as_xlsx("Pola acara", wall_rows())
        case Sample.ORDERS:
            return as_xlsx("Pesanan", order_rows(today))
        case Sample.ORDERS_CSV:
            return as_csv(order_rows(today))


def grid_rows() -> Sequence[Sequence[str]]:
    """Return one row per programme."""
    rows = [["Hari", "Mulai", "Selesai", "Mata Acara", "Kategori", "Usia", "Jenis", "Keterangan"]]
    rows += [
        [_DAYS[h.rule], h.start, h.end, _title(h), h.category.label, h.age.value, "Rekaman", ""] for h in RADIO_DAY
    ]
    return rows


def wall_rows() -> Sequence[Sequence[str]]:
    """Return the table that hangs on the wall: times down, days across."""
    rows = [["Waktu", *_WEEK]]
    for start, end in sorted({(h.start, h.end) for h in RADIO_DAY}):
        mine = [h for h in RADIO_DAY if (h.start, h.end) == (start, end)]
        titles = [_of_day(mine, n) for n in range(7)]
        rows.append([f"{start}-{end}", *titles])
    return rows


def _of_day(hours: Sequence[Hour], day: int) -> str:
    rules = (WEEK, WEEKEND if day >= 5 else WORKDAYS)
    return next((_title(h) for h in hours if h.rule in rules), "")


def order_rows(today: date) -> Sequence[Sequence[str]]:
    """Return one row per order."""
    first, last = f"{today:%d/%m/%Y}", f"{today + timedelta(days=30):%d/%m/%Y}"
    return [
        ["Pemasang", "Judul Spot", "Materi", "Jenis", "Produk", "Tanggal Mulai", "Tanggal Selesai", "Hari", "Jam",
         "Kali per Hari", "Total"],
        ["Batik Sekar Jagad", "Batik Lebaran", "spot/batik.mp3", "Niaga", "Biasa", first, last, "Setiap hari",
         "06.00-10.00, 16.00-20.00", "4", "100"],
        ["Dinas Kesehatan", "ILM Imunisasi", "spot/imunisasi.mp3", "ILM", "", first, last, "Senin-Jumat", "", "6", ""],
    ]  # fmt: skip


def _title(hour: Hour) -> str:
    return hour.title.format(place=_PLACE)
