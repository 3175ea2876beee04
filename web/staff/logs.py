"""Log siaran: what aired, shares by category, planned against aired, proof of airing, and what was taken down.

One address for each; the scripts ask the API as programs do.
"""

from aiohttp import web

from lppl.accounts import Right
from lppl.programme import Category
from lppl.rundown import Kind
from scheduler.comparison import Outcome
from web.staff.layout import Layout
from web.staff.visit import Handler, Route, Visit, get

TABS = {"": "tab_aired", "/kategori": "tab_shares", "/rencana": "tab_compared", "/bukti": "tab_proof",
        "/ditarik": "tab_takedowns"}  # fmt: skip
"""Below ``kerja/log``: the key of its name."""

CATEGORIES = {
    Category.NEWS: ("Berita & Informasi", "News"),
    Category.EDUCATION: ("Pendidikan", "Education"),
    Category.CULTURE: ("Kebudayaan", "Culture"),
    Category.ENTERTAINMENT: ("Hiburan", "Entertainment"),
    Category.SUPPORT: ("Iklan & Penunjang", "Advertising"),
}
KINDS = {
    Kind.ITEM: ("Acara", "Programme"),
    Kind.FILLER: ("Sisipan", "Filler"),
    Kind.IDENT: ("Tanda pengenal", "Station ID"),
    Kind.SLATE: ("Gambar siaga", "Slate"),
    Kind.LIVE: ("Siaran langsung", "Live"),
    Kind.BREAK_IN: ("Sela Darurat", "Break-in"),
    Kind.OFF: ("Tidak mengudara", "Off air"),
}
OUTCOMES = {
    Outcome.AS_PLANNED: ("Sesuai rencana", "As planned"),
    Outcome.MOVED: ("Bergeser", "Moved"),
    Outcome.SHORTENED: ("Dipendekkan", "Shortened"),
    Outcome.LENGTHENED: ("Diperpanjang", "Lengthened"),
    Outcome.REPLACED: ("Diganti", "Replaced"),
    Outcome.NOT_AIRED: ("Tidak tayang", "Not aired"),
    Outcome.ADDED: ("Tambahan", "Added"),
    Outcome.OFF_AIR: ("Tidak mengudara", "Off air"),
}

WORDS = {
    "tab_aired": ("Yang tayang", "What aired"),
    "tab_shares": ("Persentase", "Shares"),
    "tab_compared": ("Rencana dan realisasi", "Planned and aired"),
    "tab_proof": ("Bukti siar", "Proof of airing"),
    "tab_takedowns": ("Siaran ditarik", "Taken down"),
    "parts": ("Bagian log", "Parts of the log"),
    "day": ("Hari", "Day"),
    "earlier": ("Hari sebelumnya", "The day before"),
    "later": ("Hari berikutnya", "The day after"),
    "programme": ("Mata acara", "Programme"),
    "category": ("Kategori", "Category"),
    "kind": ("Jenis", "Kind"),
    "why": ("Keterangan", "Why"),
    "actions": ("Tindakan", "Actions"),
    "find": ("Cari judul, artis, mata acara", "Find title, artist, programme"),
    "shown": ("{n} dari {all} baris", "{n} of {all} lines"),
    "lines": ("{n} baris", "{n} lines"),
    "nothing_aired": ("Tidak ada catatan siaran pada hari ini.", "Nothing is on record for this day."),
    "nothing_fits": ("Tidak ada baris yang cocok dengan saringan.", "No line fits the filter."),
    "aired_for": ("Mengudara {aired}", "On the air {aired}"),
    "off_for": ("tidak mengudara {off}", "off the air {off}"),
    "unrecorded_for": ("tanpa catatan {length}", "not on record {length}"),
    "download": ("Unduh", "Download"),
    "watch": ("Putar", "Play"),
    "watch_of": ("Putar {title}, {time}", "Play {title}, {time}"),
    "withheld": ("Tidak dapat diputar ulang", "May not be watched"),
    "take_down": ("Tarik", "Take down"),
    "take_down_of": ("Tarik {title}, {time}", "Take {title} down, {time}"),
    "take_down_title": ("Tarik dari tonton ulang", "Take down"),
    "take_down_help": (
        "Rentang ini segera tidak dapat diputar ulang oleh siapa pun. Siaran yang sedang berjalan tidak berubah.",
        "Nobody can watch this span from now on. What is on the air does not change.",
    ),
    "from": ("Dari", "From"),
    "until": ("Sampai", "Until"),
    "reason_help": ("Tercatat bersama nama Anda.", "Kept with your name."),
    "taken_down": ("Siaran ditarik.", "Taken down."),
    "lift": ("Cabut penarikan", "Lift"),
    "lift_sure": ("Cabut penarikan ini?", "Lift this takedown?"),
    "lift_help": ("Rentang itu dapat diputar ulang lagi.", "The span can be watched again."),
    "lifted": ("dicabut {when}", "lifted {when}"),
    "in_force": ("ditarik", "taken down"),
    "no_takedowns": ("Belum ada siaran yang ditarik.", "Nothing has been taken down."),
    "by": ("Oleh", "By"),
    "made": ("Dicatat", "Made"),
    "span_day": ("Hari ini", "This day"),
    "span_week": ("7 hari", "7 days"),
    "span_month": ("30 hari", "30 days"),
    "percent": ("Persen", "Percent"),
    "by_category": ("Waktu siaran per kategori", "Airtime by category"),
    "chart_categories": (
        "Diagram batang persen per kategori untuk satu hari, 7 hari dan 30 hari; angkanya ada pada tabel di samping.",
        "Bars of percent by category for a day, 7 and 30 days; the table beside it holds the numbers.",
    ),
    "by_day": ("Iklan per hari", "Advertising by day"),
    "chart_days": (
        "Garis persen iklan niaga dan iklan layanan masyarakat per hari; angkanya ada pada tabel di bawah.",
        "Lines of commercials and public-service spots by day, in percent; the table below holds the numbers.",
    ),
    "rules": ("Yang diminta aturan", "What the rules ask"),
    "rule": ("Bagian", "Share"),
    "now_is": ("Sekarang", "Is"),
    "should_be": ("Seharusnya", "Should be"),
    "at_most": ("paling banyak {n} %", "at most {n} %"),
    "at_least": ("paling sedikit {n} %", "at least {n} %"),
    "reported": ("dilaporkan saja", "only reported"),
    "kept": ("terpenuhi", "kept"),
    "broken": ("tidak terpenuhi", "not kept"),
    "no_data": ("belum ada data", "no data"),
    "source": ("Sumber", "Source"),
    "result": ("Hasil", "Result"),
    "commercial": ("Iklan niaga", "Commercials"),
    "ilm": ("ILM", "Public-service"),
    "ilm_of": ("ILM dari semua iklan", "Public-service, of all advertising"),
    "local": ("Muatan lokal", "Local content"),
    "limit_of": ("batas {n} %", "limit {n} %"),
    "each_day": ("Tiap hari", "Each day"),
    "on_air_for": ("Mengudara", "On the air"),
    "planned": ("Direncanakan", "Planned"),
    "aired": ("Ditayangkan", "Aired"),
    "outcome": ("Hasil", "Outcome"),
    "only_different": ("Hanya yang berbeda", "Only what differs"),
    "all_as_planned": ("Semuanya tayang sesuai rencana.", "Everything aired as planned."),
    "order": ("Pesanan", "Order"),
    "no_orders": ("Belum ada pesanan iklan.", "There are no spot orders."),
    "show": ("Tampilkan", "Show"),
    "proof_of": ("Bukti siar {order} · {advertiser}", "Proof of airing: {order} · {advertiser}"),
    "proof_sums": (
        "Direncanakan {planned} kali, tayang {aired} kali, utuh {complete} kali.",
        "Planned {planned} times, aired {aired} times, complete {complete} times.",
    ),
    "complete": ("Utuh", "Complete"),
    "known_by": ("Mengetahui,", "Acknowledged,"),
    "signed_by": ("Petugas Log Siaran", "Keeper of the log"),
    "head": ("Pimpinan", "Head"),
    "period": ("{first} sampai {last}", "{first} to {last}"),
    **{f"category_{c.value}": said for c, said in CATEGORIES.items()},
    **{f"kind_{k.value}": said for k, said in KINDS.items()},
    **{f"outcome_{o.value}": said for o, said in OUTCOMES.items()},
}  # fmt: skip


class LogPages:
    """The pages of the log."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [get(f"/kerja/log{below}", Right.LOGS, self._shown(below)) for below in TABS]

    def _shown(self, below: str) -> Handler:
        async def show(visit: Visit) -> web.StreamResponse:
            return await self._page(visit, below)

        return show

    async def _page(self, visit: Visit, below: str) -> web.StreamResponse:
        settings = visit.office.settings
        orders = (await visit.office.planning.laid_down()).orders if below == "/bukti" else ()
        zone = settings.station.zone
        data = {
            "tab": TABS[below].removeprefix("tab_"),
            "zone": str(zone),
            "today": visit.now.astimezone(zone).date().isoformat(),
            "channels": [{"id": c.id, "name": c.name} for c in settings.channels],
            "may_take_down": visit.may(Right.PUBLISH),
            "orders": [{"id": o.id, "advertiser": o.advertiser, "first": o.first.isoformat(),
                        "last": o.last.isoformat()} for o in orders],
        }  # fmt: skip
        return self._layout.page(
            visit, "staff/log.html", title="logs", words=WORDS, scripts=["log"], data=data, tabs=TABS, below=below,
            categories=[c.value for c in CATEGORIES], kinds=[k.value for k in KINDS], orders=orders,
            outcomes=[o.value for o in OUTCOMES],
        )  # fmt: skip
