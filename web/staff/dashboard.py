"""Dasbor: the head's page. The script asks the API every minute; it prints on A4."""

from aiohttp import web

from lppl.accounts import Right
from web.staff.layout import Layout
from web.staff.visit import Route, Visit, get

INCIDENTS = {
    "silence": ("Sunyi", "Silence"),
    "fallback": ("Siaran pengganti", "Fallback"),
    "off_air": ("Tidak mengudara", "Off the air"),
    "journal": ("Jurnal tidak tersimpan", "Journal not kept"),
    "clock": ("Jam komputer", "Clock"),
    "disk": ("Ruang disk", "Disk space"),
    "database": ("Basis data", "Database"),
}
JOBS = {
    "backup": ("Cadangan malam", "Nightly backup"),
    "journal": ("Merapikan jurnal", "Tidying the journal"),
    "keep-day": ("Menyimpan rencana hari", "Keeping the day's plan"),
    "live": ("Pengingat siaran langsung {channel}", "Reminders of live slots, {channel}"),
    "check-plan": ("Memeriksa pola acara", "Checking the plan"),
}

WORDS = {
    "made_at": ("Angka pukul {time}, diperbarui tiap menit.", "Figures of {time}, renewed every minute."),
    "now": ("Saat ini", "Now"),
    "health_ok": ("Mengudara, semua baik", "On the air, all is well"),
    "health_degraded": ("Mengudara, ada yang perlu diperiksa", "On the air, something needs a look"),
    "health_off-air": ("Ada kanal yang tidak mengudara", "A channel is off the air"),
    "health_unknown": ("Keadaan belum diketahui", "Not known yet"),
    "listeners": ("Pendengar dan penonton", "Listeners and viewers"),
    "listeners_now": ("{n} sekarang", "{n} now"),
    "nobody": ("Belum ada yang mendengarkan.", "Nobody listens just now."),
    "quality": ("Mutu", "Quality"),
    "quality_ulang": ("tonton ulang", "catch-up"),
    "quality_aliran": ("aliran", "stream"),
    "quality_lain": ("lainnya", "other"),
    "quality_auto": ("otomatis", "automatic"),
    "audience_hours": ("Pendengar per jam, 48 jam terakhir", "Listeners by hour, the last 48 hours"),
    "chart_audience": (
        "Garis rata-rata pendengar tiap jam menurut kanal; angkanya ada pada tabel.",
        "Lines of listeners by hour and channel; the table holds the numbers.",
    ),
    "average": ("Rata-rata", "Average"),
    "peak": ("Terbanyak", "Peak"),
    "numbers": ("Lihat angkanya", "Show the numbers"),
    "on_air_hours": ("Jam mengudara", "Hours on the air"),
    "chart_air": (
        "Batang jam mengudara tiap hari selama 30 hari; angkanya ada pada tabel.",
        "Bars of hours on the air by day, 30 days; the table holds the numbers.",
    ),
    "spell_1": ("Hari ini", "Today"),
    "spell_7": ("7 hari", "7 days"),
    "spell_30": ("30 hari", "30 days"),
    "incidents": ("Gangguan 30 hari", "Incidents of 30 days"),
    "no_incidents": ("Tidak ada gangguan.", "There were no incidents."),
    "kind": ("Jenis", "Kind"),
    "count": ("Banyaknya", "How many"),
    "began": ("Mulai", "Began"),
    "lasted": ("Lamanya", "Lasted"),
    "goes_on": ("masih berlangsung", "goes on"),
    "acknowledged": ("Dilihat oleh", "Seen by"),
    "not_acknowledged": ("belum", "nobody yet"),
    "whole_station": ("Seluruh stasiun", "The whole station"),
    "coming": ("Masalah 7 hari ke depan", "Problems of the next 7 days"),
    "no_problems": ("Tidak ada masalah.", "There are no problems."),
    "severity": ("Bobot", "Weight"),
    "severity_berat": ("berat", "severe"),
    "severity_peringatan": ("peringatan", "warning"),
    "severity_catatan": ("catatan", "note"),
    "problem": ("Masalah", "Problem"),
    "when": ("Kapan", "When"),
    "unplanned": ("Jam tanpa acara", "Hours without a programme"),
    "live_slots": ("Siaran langsung dan relai", "Live sources and relays"),
    "late": ("Terlambat disiapkan", "Ready too late"),
    "ready": ("Siap", "Ready"),
    "needed": ("Diperlukan", "Needed"),
    "rights": ("Hak siar berakhir dalam 14 hari", "Rights that end within 14 days"),
    "last_day": ("Hari terakhir", "Last day"),
    "storage": ("Penyimpanan", "Storage"),
    "part": ("Isi", "What"),
    "size": ("Ukuran", "Size"),
    "newest": ("Terbaru", "Newest"),
    "free": ("Sisa ruang", "Free"),
    "of": ("{free} dari {total}", "{free} of {total}"),
    "library_size": ("Materi", "Library"),
    "house_size": ("Berkas siap siar", "House files"),
    "counting": ("sedang dihitung", "being counted"),
    "journal_size": ("Jurnal", "Journal"),
    "backup_size": ("Cadangan", "Backups"),
    "growth": ("Bertambah per hari", "Growth a day"),
    "full_at": ("Penuh sekitar {when}", "Full about {when}"),
    "full_never": ("Dengan laju ini cukup untuk bertahun-tahun.", "At this rate it lasts for years."),
    "full_unknown": ("Laju belum diketahui.", "The rate is not known yet."),
    "no_disk": ("Disk tidak dapat diperiksa.", "The disk cannot be asked."),
    "queue": ("Antrean penyiapan", "Conform queue"),
    "queue_sums": (
        "{waiting} menunggu, {running} dikerjakan, {failed} gagal; {length} materi.",
        "{waiting} wait, {running} under way, {failed} failed; {length} of material.",
    ),
    "queue_empty": ("Antrean kosong.", "The queue is empty."),
    "jobs": ("Pekerjaan terjadwal dan cadangan", "Timed jobs and backups"),
    "job": ("Pekerjaan", "Job"),
    "due": ("Jadwal", "Due"),
    "outcome": ("Hasil", "Outcome"),
    "outcome_done": ("selesai", "done"),
    "outcome_entered": ("belum pernah jalan", "has not run yet"),
    "running": ("sedang jalan", "running"),
    "not_finished": ("tidak selesai", "not finished"),
    "newest_backup": ("Cadangan terbaru: {when}", "Newest backup: {when}"),
    "no_backup": ("Belum ada cadangan.", "There is no backup yet."),
    "stale": ("Angka tidak dapat diperbarui; mencoba lagi.", "The figures cannot be renewed; trying again."),
    "chart_hours": ("jam", "hours"),
    **{f"incident_{name}": said for name, said in INCIDENTS.items()},
    **{f"job_{name}": said for name, said in JOBS.items()},
}


class DashboardPages:
    """The page."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def routes(self) -> list[Route]:
        """Return the address."""
        return [get("/kerja/dasbor", Right.REPORT, self.page)]

    async def page(self, visit: Visit) -> web.StreamResponse:
        """Show the frame; the script fills it."""
        settings = visit.office.settings
        data = {
            "zone": str(settings.station.zone),
            "channels": {c.id: c.name for c in settings.channels},
        }
        return self._layout.page(
            visit, "staff/dashboard.html", title="dashboard", words=WORDS, scripts=["dashboard"], data=data
        )
