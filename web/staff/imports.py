"""Impor: bringing in a pola acara and spot orders from tables; Pesanan: the spot orders."""

from aiohttp import web

from lppl.accounts import Right
from lppl.desk.samples import Sample
from lppl.desk.sheets import LARGEST
from lppl.programme import Product, SpotKind
from scheduler.indonesian import DAYS
from scheduler.sheet_grid import Column
from scheduler.sheet_orders import OrderColumn
from web.api.orders import Wanted, page_of
from web.staff.layout import Layout
from web.staff.people import FIELDS
from web.staff.visit import Route, Visit, get

_COLUMNS = {
    Column.DAY: ("Hari", "Days"),
    Column.START: ("Jam mulai", "Start"),
    Column.END: ("Jam selesai", "End"),
    Column.LENGTH: ("Lama", "Length"),
    Column.TITLE: ("Mata acara", "Programme"),
    Column.CATEGORY: ("Kategori", "Category"),
    Column.AGE: ("Klasifikasi usia", "Age class"),
    Column.KIND: ("Jenis (langsung, relai)", "Kind (live, relay)"),
    Column.NOTE: ("Keterangan", "Notes"),
}
_ORDER_COLUMNS = {
    OrderColumn.ADVERTISER: ("Pemasang", "Advertiser"),
    OrderColumn.TITLE: ("Judul spot", "Spot"),
    OrderColumn.MATERIAL: ("Materi (berkas atau judul)", "Material (file or title)"),
    OrderColumn.KIND: ("Niaga atau ILM", "Commercial or public service"),
    OrderColumn.PRODUCT: ("Golongan produk", "Product"),
    OrderColumn.FIRST: ("Tanggal mulai", "First day"),
    OrderColumn.LAST: ("Tanggal selesai", "Last day"),
    OrderColumn.DAYS: ("Hari", "Days"),
    OrderColumn.HOURS: ("Jam tayang", "Hours"),
    OrderColumn.TIMES: ("Kali per hari", "Times a day"),
    OrderColumn.TOTAL: ("Total", "Total"),
}

WORDS = (
    FIELDS
    | {
        "import_help": (
            "Dari tabel Excel (.xlsx) atau CSV. Tidak ada yang berubah sebelum hasil bacanya dilihat dan disimpan.",
            "From an Excel table (.xlsx) or CSV. Nothing changes before you have looked at what was read.",
        ),
        "what": ("Isi tabel", "What the table holds"),
        "what_grid": ("Pola acara", "Weekly grid"),
        "what_orders": ("Pesanan iklan dan ILM", "Spot orders"),
        "file": ("Berkas tabel", "Table file"),
        "file_help": ("Paling besar 5 MB.", "At most 5 MB."),
        "read": ("Baca berkas", "Read the file"),
        "samples": ("Contoh untuk diunduh", "Samples to download"),
        "sheet": ("Lembar", "Sheet"),
        "layout": ("Bentuk tabel", "Layout"),
        "layout_baris": ("Satu acara per baris", "One programme per row"),
        "layout_dinding": ("Tabel dinding: jam ke bawah, hari ke samping", "Wall table: times down, days across"),
        "header": ("Baris judul kolom", "Row of headings"),
        "columns": ("Kolom mana berisi apa", "Which column is what"),
        "columns_help": (
            "Diingat untuk berkas berikutnya yang berjudul sama.",
            "Remembered for files with the same headings.",
        ),
        "no_column": ("– tidak ada –", "– none –"),
        "column_n": ("Kolom {letter}: {text}", "Column {letter}: {text}"),
        "row_n": ("Baris {n}: {text}", "Row {n}: {text}"),
        "look": ("Lihat hasilnya", "Look at the result"),
        "understood": ("Dimengerti: {n}", "Understood: {n}"),
        "fresh": ("mata acara baru: {n}", "new programmes: {n}"),
        "mistakes": ("Tidak dimengerti: {n}", "Not understood: {n}"),
        "at_row": ("Baris {n}", "Row {n}"),
        "at_cell": ("Baris {n}, kolom {letter}", "Row {n}, column {letter}"),
        "row_skipped": ("baris dilewati", "row left out"),
        "keep_grid": ("Jadikan rancangan", "Make it the draft"),
        "keep_orders": ("Simpan pesanan", "Keep the orders"),
        "kept_grid": (
            "Rancangan berisi {n} entri; periksa dan terbitkan di Pola Acara.",
            "The draft holds {n} entries.",
        ),
        "kept_orders": ("{n} pesanan tersimpan.", "{n} orders are kept."),
        "to_grid": ("Buka Pola Acara", "Open the grid"),
        "to_orders": ("Buka Pesanan", "Open the orders"),
        "content": ("Isi", "Content"),
        "days": ("Hari", "Days"),
        "category": ("Kategori", "Category"),
        "all_channels": ("Semua kanal", "All channels"),
    }
    | {f"column_{c}": both for c, both in _COLUMNS.items()}
    | {f"order_{c}": both for c, both in _ORDER_COLUMNS.items()}
)

ORDER_WORDS = FIELDS | {
    "orders_help": (
        "Iklan niaga dan ILM yang dipesan; penempatannya mengikuti jeda iklan pada aturan kanal.",
        "Commercials and public-service spots; they are placed into the breaks of each channel's rules.",
    ),
    "add_order": ("Tambah pesanan", "Add an order"),
    "id": ("Nama pendek", "Short name"),
    "id_help": ("Huruf kecil, angka, tanda hubung; contoh batik-lebaran", "Small letters, digits, hyphens"),
    "advertiser": ("Pemasang", "Advertiser"),
    "kind": ("Jenis", "Kind"),
    "niaga": ("Iklan niaga", "Commercial"),
    "ilm": ("ILM", "Public service"),
    "product": ("Golongan produk", "Product"),
    "biasa": ("Biasa", "Ordinary"),
    "rokok": ("Rokok", "Cigarettes"),
    "dewasa": ("Dewasa", "Adult"),
    "product_group": ("Kelompok saingan (boleh kosong)", "What it competes with (may be empty)"),
    "assets": ("Materi, satu berkas per baris", "Material, one file a line"),
    "assets_help": (
        "Jalur di folder materi, contoh spot/batik.mp3",
        "Path in the media folder, such as spot/batik.mp3",
    ),
    "first": ("Hari pertama", "First day"),
    "last": ("Hari terakhir", "Last day"),
    "days": ("Hari", "Days"),
    "hours": ("Jam tayang", "Hours"),
    "hours_help": ("Contoh 06.00-10.00, 17.00-20.00; kosong: kapan saja.", "Such as 06.00-10.00; empty: any time."),
    "hours_wrong": ("tulis seperti 06.00-10.00, 17.00-20.00", "write it like 06.00-10.00, 17.00-20.00"),
    "times_a_day": ("Kali per hari", "Times a day"),
    "total": ("Paling banyak seluruhnya (boleh kosong)", "At most in all (may be empty)"),
    "priority": ("Prioritas (1 paling dulu, 9 terakhir)", "Priority (1 first, 9 last)"),
    "min_gap_minutes": ("Jarak paling dekat (menit)", "Smallest gap (minutes)"),
    "channels": ("Kanal (kosong: semua)", "Channels (none: all)"),
    "a_day": ("{n} kali sehari", "{n} times a day"),
    "delete_sure": ("Hapus pesanan {name}?", "Remove the order {name}?"),
    "delete_help": ("Yang sudah tayang tetap tercatat di bukti siar.", "What has aired stays in the proof of airing."),
    "found": ("{n} pesanan", "{n} orders"),
}


class ImportPages:
    """The two pages."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [get("/kerja/impor", Right.PLAN, self.imports), get("/kerja/pesanan", Right.VIEW, self.orders)]

    async def imports(self, visit: Visit) -> web.StreamResponse:
        """Show the import."""
        data = {
            "channels": _channels(visit),
            "columns": [c.value for c in Column],
            "order_columns": [c.value for c in OrderColumn],
            "samples": [s.value for s in Sample],
            "weekdays": DAYS,
            "largest": LARGEST,
        }
        return self._layout.page(
            visit, "staff/imports.html", title="import", words=WORDS, scripts=["imports"], data=data
        )

    async def orders(self, visit: Visit) -> web.StreamResponse:
        """Show the orders."""
        data = {
            "page": (await page_of(visit, Wanted())).model_dump(mode="json"),
            "channels": _channels(visit),
            "kinds": [k.value for k in SpotKind],
            "products": [p.value for p in Product],
            "weekdays": DAYS,
            "may": visit.may(Right.PLAN),
            "today": f"{visit.now.astimezone(visit.office.settings.station.zone):%Y-%m-%d}",
        }
        return self._layout.page(
            visit, "staff/orders.html", title="orders", words=ORDER_WORDS, scripts=["imports"], data=data
        )


def _channels(visit: Visit) -> list[dict[str, str]]:
    return [{"id": c.id, "name": c.name, "kind": c.kind.value} for c in visit.office.settings.channels]
