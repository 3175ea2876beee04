"""Words that all pages of staff share, in Indonesian and English; each page has a table of its own besides."""

from collections.abc import Mapping
from typing import Final

Table = Mapping[str, tuple[str, str]]

COMMON: Final[Table] = {
    "home": ("Ruang Kerja", "Workspace"),
    "menu": ("Menu", "Menu"),
    "skip": ("Lewati ke isi", "Skip to content"),
    "portal": ("Lihat siaran", "Watch the channels"),
    "on_air": ("Siaran", "On air"),
    "planning": ("Perencanaan", "Planning"),
    "station": ("Stasiun", "Station"),
    "dashboard": ("Dasbor", "Dashboard"),
    "media": ("Materi", "Media"),
    "grid": ("Pola Acara", "Weekly grid"),
    "rundown": ("Rundown", "Running order"),
    "control": ("Ruang Kendali", "Control room"),
    "logs": ("Log Siaran", "As-run log"),
    "orders": ("Pesanan Iklan", "Spot orders"),
    "import": ("Impor", "Import"),
    "setup_open": ("Stasiun belum selesai disiapkan", "The station is not set up yet"),
    "setup_go": ("Lanjutkan", "Go on"),
    "setup_station": ("Stasiun", "Station"),
    "setup_channels": ("Kanal", "Channels"),
    "setup_material": ("Materi", "Material"),
    "setup_week": ("Minggu pertama", "First week"),
    "setup_demo": ("Buang contoh", "Remove the demo"),
    "people": ("Petugas", "Staff"),
    "audit": ("Jejak Perubahan", "Audit log"),
    "settings": ("Pengaturan", "Settings"),
    "webhooks": ("Webhook", "Webhooks"),
    "account": ("Akun saya", "My account"),
    "login": ("Masuk", "Log in"),
    "logout": ("Keluar", "Log out"),
    "save": ("Simpan", "Save"),
    "cancel": ("Batal", "Cancel"),
    "delete": ("Hapus", "Delete"),
    "publish": ("Terbitkan", "Publish"),
    "close": ("Tutup", "Close"),
    "add": ("Tambah", "Add"),
    "change": ("Ubah", "Change"),
    "search": ("Cari", "Search"),
    "yes": ("Ya", "Yes"),
    "no": ("Tidak", "No"),
    "all": ("Semua", "All"),
    "none": ("Belum ada", "Nothing yet"),
    "more": ("Muat lagi", "Load more"),
    "loading": ("Memuat…", "Loading…"),
    "channel": ("Kanal", "Channel"),
    "title": ("Judul", "Title"),
    "name": ("Nama", "Name"),
    "date": ("Tanggal", "Date"),
    "time": ("Waktu", "Time"),
    "duration": ("Durasi", "Length"),
    "reason": ("Alasan", "Reason"),
    "state": ("Keadaan", "State"),
    "language": ("Bahasa", "Language"),
    "saved": ("Tersimpan", "Saved"),
    "undo": ("Urungkan", "Undo"),
    "redo": ("Ulangi", "Redo"),
    "print": ("Cetak", "Print"),
    "connection_lost": (
        "Sambungan ke layanan terputus; menyambung kembali…",
        "The connection to the service is lost; reconnecting…",
    ),
    "connection_back": ("Tersambung lagi", "Connected again"),
    "fault": ("Terjadi kesalahan pada layanan. Coba lagi.", "Something went wrong in the service. Try again."),
    "session_over": ("Sesi berakhir; masuk lagi.", "Your session is over; log in again."),
    "present": ("juga membuka halaman ini", "also looks at this page"),
    "noscript": ("Halaman ini memerlukan JavaScript.", "This page needs JavaScript."),
    "forbidden": ("Halaman ini bukan untuk peran Anda.", "This page is not for your role."),
    "forbidden_help": (
        "Minta administrator mengubah peran Anda bila Anda memerlukannya.",
        "Ask an administrator to change your role if you need it.",
    ),
    "forged": (
        "Permintaan ini bukan dari halaman ini, atau halamannya terlalu lama terbuka. Muat ulang, lalu coba lagi.",
        "The request does not come from our page, or the page was open too long. Reload and try again.",
    ),
    "not_found": ("Halaman tidak ada.", "There is no such page."),
    "back": ("Kembali", "Back"),
    "away": ("Catatan stasiun sedang tidak dapat dibaca.", "The station's records cannot be read just now."),
    "away_help": (
        "Siaran tetap berjalan. Halaman ini mencoba lagi sendiri.",
        "The air goes on. This page tries again by itself.",
    ),
}


def texts(language: str, *tables: Table) -> dict[str, str]:
    """Return key -> text of the tables in a language; a later table wins."""
    index = 1 if language == "en" else 0
    return {key: both[index] for table in tables for key, both in table.items()}
