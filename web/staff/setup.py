"""Mulai: the walk that sets a station up; and Pengaturan: the same settings later, with the station's health."""

from typing import Any

from aiohttp import web

from lppl.accounts import Right
from lppl.media import ChannelKind
from lppl.places import TOWNS
from scheduler.first_week import Part
from web.api.setup import material, settings_out, setup
from web.staff.layout import Layout
from web.staff.people import FIELDS
from web.staff.visit import Route, Visit, get

SETTING_WORDS = FIELDS | {
    "station_name": ("Nama stasiun", "Name of the station"),
    "place": ("Kota atau kabupaten", "Town or regency"),
    "place_help": (
        "Pilih dari daftar: zona waktu dan koordinat terisi sendiri.",
        "Choose one of the list: time zone and coordinates fill themselves in.",
    ),
    "zone": ("Zona waktu", "Time zone"),
    "latitude": ("Lintang (selatan negatif)", "Latitude (south is negative)"),
    "longitude": ("Bujur", "Longitude"),
    "coordinates_help": ("Untuk jadwal salat.", "For prayer times."),
    "channel_id": ("Nama pendek", "Short name"),
    "channel_id_help": ("Dipakai di alamat: huruf kecil dan angka.", "Used in addresses: small letters and digits."),
    "channel_name": ("Nama kanal", "Name of the channel"),
    "kind": ("Jenis", "Kind"),
    "tv": ("TV", "TV"),
    "radio": ("Radio", "Radio"),
    "loudness": ("Kenyaringan (LUFS)", "Loudness (LUFS)"),
    "loudness_help": ("-16 untuk internet, -23 untuk pemancar TV.", "-16 for streams, -23 for TV transmitters."),
    "add_channel": ("Tambah kanal", "Add a channel"),
    "remove_channel": ("Buang kanal {name}", "Remove the channel {name}"),
    "waiting": (
        "Ada pengaturan yang baru berlaku setelah layanan mulai ulang.",
        "Some settings hold only after the service has started anew.",
    ),
    "restart": ("Terapkan sekarang", "Apply now"),
    "restart_sure": ("Mulai ulang layanan sekarang?", "Start the service anew now?"),
    "restart_help": (
        "Siaran berlanjut; pendengar dan penonton tidak perlu berbuat apa-apa.",
        "The air goes on; listeners and viewers need not do anything.",
    ),
    "restarting": ("Layanan mulai ulang…", "The service starts anew…"),
    "restarted": ("Layanan berjalan dengan pengaturan baru.", "The service runs with the new settings."),
}

SETTINGS_WORDS = SETTING_WORDS | {
    "station_card": ("Stasiun", "Station"),
    "channels_card": ("Kanal", "Channels"),
    "service_card": ("Layanan", "Service"),
    "health_card": ("Kesehatan", "Health"),
    "examine": ("Periksa sekarang", "Examine now"),
    "examining": ("Memeriksa; beberapa detik…", "Examining; some seconds…"),
    "dvr_hours": ("Jam yang dapat diputar mundur (jam)", "Hours that can be gone back"),
    "public_url": ("Alamat untuk umum", "Public address"),
    "public_url_help": (
        "Seperti https://siaran.contoh.go.id; kosong bila belum ada.",
        "Such as https://air.example.id; empty where there is none.",
    ),
    "min_free_gb": ("Ruang disk yang disisakan (GB)", "Free space to be left (GB)"),
    "ladder": ("Ukuran gambar", "Picture sizes"),
    "ladder_help": (
        "Mengubahnya menyiapkan ulang semua materi TV di latar belakang.",
        "Changing it conforms all TV material anew in the background.",
    ),
    "ladder_penuh": ("Penuh: 720p, 480p, 360p, 240p", "Full: 720p, 480p, 360p, 240p"),
    "ladder_hemat": ("Hemat: 480p, 360p, 240p", "Saving: 480p, 360p, 240p"),
    "ladder_ringan": ("Ringan: 360p, 240p", "Light: 360p, 240p"),
    "ladder_own": ("Menurut lppl.toml", "As lppl.toml says"),
    "lean_audio": ("Suara 32 kbit/s untuk sambungan lemah", "32 kbit/s sound for weak connections"),
    "walk": ("Langkah menyiapkan stasiun", "Setting the station up"),
    "state_ok": ("baik", "good"),
    "state_warn": ("perhatian", "look at it"),
    "state_fail": ("rusak", "broken"),
}

WALK_WORDS = SETTING_WORDS | {
    "start": ("Mulai: siapkan stasiun", "Begin: set the station up"),
    "walk_help": (
        "Lima langkah; boleh ditinggal dan dilanjutkan kapan saja. Semuanya dapat diubah lagi di Pengaturan.",
        "Five steps; leave and go on whenever you like. All of it can be changed later under Settings.",
    ),
    "step_stasiun": ("Stasiun", "Station"),
    "step_kanal": ("Kanal", "Channels"),
    "step_materi": ("Materi", "Material"),
    "step_minggu": ("Minggu pertama", "First week"),
    "step_contoh": ("Buang contoh", "Remove the demo"),
    "done": ("selesai", "done"),
    "next": ("Simpan dan lanjut", "Save and go on"),
    "go_on": ("Lanjut", "Go on"),
    "skip": ("Lewati", "Skip"),
    "material_help": (
        "Taruh berkas di folder yang namanya menyebut isinya, misalnya musik, berita, dialog, religi, anak, sisipan.",
        "Put files into folders whose names say what they hold: musik, berita, dialog, religi, anak, sisipan.",
    ),
    "to_media": ("Unggah di halaman Materi", "Upload on the Media page"),
    "refresh": ("Lihat lagi", "Look again"),
    "folder": ("Folder", "Folder"),
    "files": ("Berkas", "Files"),
    "hours": ("Lama", "Length"),
    "demo_sign": ("contoh", "demo"),
    "no_material": (
        "Belum ada materi. Berkas baru tampak di sini beberapa detik setelah diunggah.",
        "No material yet. New files appear here some seconds after their upload.",
    ),
    "week_help": (
        "Hari siaran yang lazim bagi LPPL, diisi dari folder yang dipilih. Nanti bebas diubah di Pola Acara.",
        "A day that is typical of a local public broadcaster, filled from the folders chosen. Change it freely later.",
    ),
    "relay": ("Relai berita pagi dari (boleh kosong)", "Morning news relayed from (may be empty)"),
    "look": ("Lihat minggu ini", "Look at the week"),
    "make_draft": ("Jadikan rancangan", "Make it the draft"),
    "draft_made": ("Rancangan tersimpan; belum tayang.", "The draft is kept; it is not on the air yet."),
    "publish_all": ("Terbitkan", "Publish"),
    "published": ("Sudah terbit: {channel} menyiarkan minggu ini.", "Published: {channel} airs this week."),
    "publish_reason": ("Alasan menerbitkan walau ada temuan", "Why it is published in spite of what was found"),
    "findings": ("Temuan", "Findings"),
    "lacks": ("Belum ada", "Not there yet"),
    "content": ("Isi", "Content"),
    "weekday": ("Hari", "Days"),
    "demo_help": (
        "Menghapus berkas dan jadwal buatan contoh, hanya itu. Siaran tidak terputus: setiap kanal harus sudah "
        "menyiarkan pola acara dengan materi sendiri.",
        "Removes the files and schedules that the demo made, and nothing else. The air is not broken: each channel "
        "must air a grid with material of its own first.",
    ),
    "demo_gone": ("Contoh sudah tidak ada.", "The demo is gone."),
    "demo_sure": ("Buang semua berkas contoh?", "Remove all files of the demo?"),
    "demo_remove": ("Buang contoh", "Remove the demo"),
    "demo_keep": ("Biarkan saja", "Keep it"),
    "finished": ("Stasiun siap.", "The station is ready."),
    "finish": ("Selesai", "Finish"),
    "to_control": ("Ke ruang kendali", "To the control room"),
} | {f"part_{part}": part.label for part in Part}  # fmt: skip


class SetupPages:
    """The two pages."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [get("/kerja/mulai", Right.ADMIN, self.walk), get("/kerja/pengaturan", Right.ADMIN, self.settings)]

    async def walk(self, visit: Visit) -> web.StreamResponse:
        """Show the steps."""
        data = await _forms(visit) | {
            "setup": (await setup(visit)).model_dump(mode="json"),
            "material": (await material(visit)).model_dump(mode="json"),
            "parts": [part.value for part in Part],
        }
        return self._layout.page(
            visit, "staff/walk.html", title="start", words=WALK_WORDS, scripts=["setup"], data=data
        )

    async def settings(self, visit: Visit) -> web.StreamResponse:
        """Show the settings."""
        return self._layout.page(
            visit, "staff/settings.html", title="settings", words=SETTINGS_WORDS, scripts=["setup"],
            data=await _forms(visit),
        )  # fmt: skip


async def _forms(visit: Visit) -> dict[str, Any]:
    """Return what the forms of station and channels show."""
    return {
        "settings": (await settings_out(visit)).model_dump(mode="json"),
        "towns": [[t.name, t.zone, t.latitude, t.longitude] for t in TOWNS],
        "kinds": [kind.value for kind in ChannelKind],
    }
