"""Jejak perubahan: who changed what, before and after. The script asks the API page by page."""

from aiohttp import web

from lppl.accounts import Right
from web.staff.layout import Layout
from web.staff.visit import Route, Visit, get

WHAT = {
    "account": ("Akun", "Account"),
    "agency": ("Instansi", "Agency"),
    "air": ("Siaran", "On the air"),
    "alarm": ("Alarm", "Alarm"),
    "arrival": ("Kiriman warga", "Citizen's message"),
    "break_in": ("Sela Darurat", "Break-in"),
    "case": ("Aduan", "Case"),
    "cases": ("Aduan", "Cases"),
    "channel": ("Aturan kanal", "Rules of a channel"),
    "demo": ("Materi demo", "Demo material"),
    "desk": ("Meja aduan", "Complaint desk"),
    "draft": ("Rancangan pola acara", "Draft of the grid"),
    "grid": ("Pola acara", "Weekly grid"),
    "hijri": ("Kalender Hijriah", "Hijri calendar"),
    "intake": ("Kanal aduan", "Channel of complaints"),
    "keys": ("Kunci data pribadi", "Keys of personal data"),
    "login": ("Masuk", "Login"),
    "map": ("Peta", "Map"),
    "media": ("Materi", "Media"),
    "order": ("Pesanan iklan", "Spot order"),
    "playlist": ("Daftar putar", "Playlist"),
    "programme": ("Mata acara", "Programme"),
    "reporter": ("Pelapor", "Reporter"),
    "rotation": ("Rotasi", "Rotation"),
    "rundown": ("Rundown", "Running order"),
    "service": ("Layanan", "Service"),
    "session": ("Sesi", "Session"),
    "settings": ("Pengaturan", "Settings"),
    "setup": ("Pemasangan awal", "Set-up"),
    "takedown": ("Penarikan siaran", "Takedown"),
    "token": ("Token pribadi", "Personal token"),
    "webhook": ("Webhook", "Webhook"),
}
DONE = {
    "acknowledge": ("dilihat", "acknowledged"),
    "added": ("ditambah", "added"),
    "areas": ("wilayah diganti", "areas replaced"),
    "again": ("disiapkan ulang", "conformed again"),
    "bin": ("dibuang", "put into the bin"),
    "break_in": ("Sela Darurat", "break-in"),
    "categories": ("kategori diubah", "categories changed"),
    "change": ("diubah", "changed"),
    "changed": ("diubah", "changed"),
    "channel": ("diatur", "set up"),
    "cleared": ("dikeluarkan dari baki", "taken out of the tray"),
    "closed": ("selesai", "closed"),
    "discard": ("dibatalkan", "discarded"),
    "edit": ("disunting", "edited"),
    "end_break_in": ("Sela Darurat diakhiri", "break-in ended"),
    "ended": ("diakhiri", "ended"),
    "ended_all": ("semua diakhiri", "all ended"),
    "erased": ("data pribadinya dihapus", "personal data erased"),
    "exported": ("diekspor", "exported"),
    "fill": ("diisi", "filled"),
    "first": ("administrator pertama", "first administrator"),
    "first_week": ("minggu pertama", "first week"),
    "hold": ("ditahan", "held"),
    "import": ("diimpor", "imported"),
    "imported": ("diimpor", "imported"),
    "insert": ("disisipkan", "inserted"),
    "keeping": ("masa simpan diubah", "period of keeping changed"),
    "leave": ("hari libur diubah", "days of leave changed"),
    "lift": ("dicabut", "lifted"),
    "link": ("tautan kata sandi", "password link"),
    "make": ("dibuat", "made"),
    "move": ("dipindah", "moved"),
    "opened": ("dibuka", "opened"),
    "password": ("kata sandi diganti", "password set"),
    "places": ("daftar tempat diubah", "places changed"),
    "play": ("ditayangkan", "put on the air"),
    "policies": ("ketentuan waktu diubah", "periods changed"),
    "publish": ("diterbitkan", "published"),
    "refused": ("ditolak", "refused"),
    "remove": ("dihapus", "removed"),
    "removed": ("dihapus", "removed"),
    "replies": ("balasan tersimpan diubah", "saved replies changed"),
    "restart": ("dimulai ulang", "restarted"),
    "restore": ("dikembalikan", "restored"),
    "resume": ("dilanjutkan", "resumed"),
    "retired": ("kunci lama dihapus", "former keys removed"),
    "revoked": ("dicabut", "revoked"),
    "rules": ("aturan kata kunci diubah", "keyword rules changed"),
    "save": ("disimpan", "saved"),
    "skip": ("dilewati", "skipped"),
    "totp_off": ("faktor kedua dilepas", "second factor taken off"),
    "totp_on": ("faktor kedua dipasang", "second factor turned on"),
    "tiles": ("gambar peta diatur", "tile server set"),
    "turned": ("kunci induk diganti", "master key turned"),
    "unmasked": ("data pelapor dibuka", "reporter's data opened"),
    "upload": ("diunggah", "uploaded"),
    "withdraw": ("dicabut", "withdrawn"),
}
"""What is recorded, in words; what is not here is shown as it is recorded."""

WORDS = {
    "audit_help": (
        "Setiap perubahan tercatat dan tidak dapat dihapus.",
        "Every change is on record and cannot be removed.",
    ),
    "actor": ("Pelaku", "Who"),
    "action": ("Tindakan", "What"),
    "object": ("Objek", "Object"),
    "from": ("Dari", "From"),
    "until": ("Sampai", "Until"),
    "find": ("Bagian dari pelaku, tindakan, objek", "Part of who, what, object"),
    "before": ("Sebelum", "Before"),
    "after": ("Sesudah", "After"),
    "field": ("Bagian", "Field"),
    "changes": ("Perubahan", "Changes"),
    "changes_of": ("Perubahan {n}", "Change {n}"),
    "no_details": ("Tidak ada rincian.", "There are no details."),
    "nothing_fits": ("Tidak ada perubahan yang cocok.", "No change fits."),
    "added_to": ("ditambah", "added"),
    "removed_from": ("dihapus", "removed"),
    "changed_in": ("diubah", "changed"),
    "address": ("Alamat", "Address"),
    "shown_changes": ("{n} perubahan ditampilkan", "{n} changes shown"),
    "end_of_log": ("Akhir catatan.", "The log ends here."),
    **{f"what_{name}": said for name, said in WHAT.items()},
    **{f"done_{name}": said for name, said in DONE.items()},
}


class AuditPages:
    """The page."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def routes(self) -> list[Route]:
        """Return the address."""
        return [get("/kerja/jejak", Right.AUDIT, self.page)]

    async def page(self, visit: Visit) -> web.StreamResponse:
        """Show the frame; the script fills it."""
        data = {"zone": str(visit.office.settings.station.zone)}
        return self._layout.page(visit, "staff/audit.html", title="audit", words=WORDS, scripts=["audit"], data=data)
