"""Ruang Kendali: the air now. The page is a frame with a card for each channel; its script asks the API and orders."""

from aiohttp import web

from lppl.accounts import Right
from web.staff.layout import Layout
from web.staff.visit import Route, Visit, get

WORDS = {
    "control_help": (
        "Yang mengudara sekarang. Perintah berlaku dalam dua detik; penonton streaming melihatnya 10 sampai 20 detik "
        "kemudian.",
        "What is on the air. Orders take effect within two seconds; viewers of the streams see it 10 to 20 s later.",
    ),
    "watching_only": ("Anda hanya melihat; perintah untuk operator.", "You watch only; orders are for operators."),
    # ---- a channel ----
    "now_tv": ("Sedang tayang", "On air"),
    "now_radio": ("Mengudara", "On air"),
    "off_air": ("Tidak mengudara", "Off the air"),
    "reading": ("Memuat…", "Loading…"),
    "next": ("Berikutnya", "Next"),
    "nothing_next": ("Belum ada yang direncanakan", "Nothing is planned yet"),
    "ends_in": ("lagi", "left"),
    "on_since": ("berjalan", "so far"),
    "hard_in": ("Tepat waktu pukul {clock}: {title}", "On time at {clock}: {title}"),
    "no_hard": ("Tidak ada acara tepat waktu yang dekat", "Nothing that must begin on time is near"),
    "fallback_filler": ("Sisipan menggantikan acara", "A filler stands in"),
    "fallback_ident": ("Tanda pengenal menggantikan acara", "The station ID stands in"),
    "fallback_slate": ("Layar cadangan menggantikan acara", "The slate stands in"),
    "held_by": ("Ditahan {by}", "Held by {by}"),
    "filled_by": ("Diisi sampai {clock} oleh {by}", "Filled until {clock} by {by}"),
    "sound_level": ("Tinggi suara", "Sound level"),
    "quiet": ("Tidak ada suara", "No sound"),
    "hear": ("Dengarkan", "Hear it"),
    "mute": ("Bisukan", "Mute"),
    "play_here": ("Putar", "Play"),
    "monitor": ("Pantauan {channel}", "Monitor of {channel}"),
    "monitor_delay": ("Gambar dan suara di sini terlambat beberapa detik.", "What is seen here is some seconds late."),
    # ---- orders ----
    "orders_of": ("Perintah untuk {channel}", "Orders for {channel}"),
    "skip_now": ("Lewati", "Skip"),
    "insert_next": ("Sisip berikutnya", "Insert next"),
    "play_now": ("Tayangkan sekarang", "Play now"),
    "hold": ("Tahan", "Hold"),
    "resume": ("Lanjutkan", "Resume"),
    "fill": ("Isi sampai", "Fill until"),
    "skip_sure": ("Lewati {title}?", "Skip {title}?"),
    "hold_sure": ("Tahan {channel}?", "Hold {channel}?"),
    "hold_help": (
        "Sesudah yang sekarang selesai, sisipan tayang sampai dilanjutkan. Azan dan acara tepat waktu tetap jalan.",
        "Once what runs has ended, filler airs until you resume. Azan and what must begin on time goes on.",
    ),
    "play_help": (
        "Yang tayang dipotong sekarang juga. Acara tepat waktu berikutnya memotong materi ini.",
        "What runs is cut at once. The next thing that must begin on time cuts this.",
    ),
    "insert_help": ("Tayang sesudah yang sekarang selesai.", "Airs when what runs has ended."),
    "until": ("Sampai pukul", "Until"),
    "until_help": ("Sesudah yang sekarang selesai, sisipan tayang sampai jam ini.", "Filler airs until this time."),
    "choose_time": ("Tulis jamnya.", "Give the time."),
    "choose_material": ("Pilih materi dari daftar.", "Choose material from the list."),
    "done_at": ("{act}: mulai {clock}", "{act}: from {clock}"),
    "done": ("{act}: diterima", "{act}: taken"),
    "waiting": (
        "{act}: teks sedang disiapkan; layar umum tayang dulu",
        "{act}: being prepared; the generic screen airs first",
    ),
    "unknown_outcome": (
        "{act}: jawabannya tidak sampai. Lihat yang tayang dan riwayat; Coba lagi tidak akan menjalankannya dua kali.",
        "{act}: the answer was lost. Look at what airs and the history; trying again will not do it twice.",
    ),
    "try_again": ("Coba lagi", "Try again"),
    "lost": (
        "Sambungan terputus. Perintah tidak dapat dikirim, dan keadaan di bawah ini mungkin sudah berubah.",
        "The connection is lost. Orders cannot be sent, and what is shown below may have changed.",
    ),
    # ---- break-ins ----
    "break_in": ("Sela Darurat", "Break in"),
    "breaking": ("SELA DARURAT", "BREAK-IN"),
    "end_break_in": ("Akhiri sela", "End the break-in"),
    "choose_channels": ("Tayang di", "Airs on"),
    "choose_a_channel": ("Pilih paling sedikit satu kanal.", "Choose at least one channel."),
    "air_it": ("Tayangkan", "Air it"),
    "air_this": ("Tayangkan sela {headline}", "Air the break-in {headline}"),
    "ready": ("{channel} siap", "{channel} ready"),
    "unready": ("{channel} sedang disiapkan", "{channel} being prepared"),
    "typed": ("Teks baru, tayang sekarang", "A new text, now"),
    "typed_help": (
        "Layar umum tayang dulu; teks ini menyusul dalam beberapa detik.",
        "The generic screen airs at once; this text follows within seconds.",
    ),
    "prepare": ("Siapkan yang baru", "Prepare a new one"),
    "change_this": ("Ubah {headline}", "Change {headline}"),
    "remove_this": ("Hapus {headline}", "Remove {headline}"),
    "remove_sure": ("Hapus sela {headline}?", "Remove the break-in {headline}?"),
    "headline": ("Judul", "Headline"),
    "write_headline": ("Tulis judulnya.", "Write a headline."),
    "label": ("Kata di atas judul", "Word above the headline"),
    "lines": ("Teks, satu kalimat tiap baris", "Text, one sentence a line"),
    "lines_help": ("Dua atau tiga kalimat pendek; paling banyak 8 baris.", "Two or three short sentences; 8 at most."),
    "source": ("Sumber", "Source"),
    "source_help": ("Misalnya BMKG atau BPBD.", "For instance BMKG or BPBD."),
    "voice": ("Rekaman suara", "Recording"),
    "voice_help": (
        "Jalur berkas di folder materi; kosong: dibacakan suara sintetis.",
        "The path of a file in the media folder; empty: a synthetic voice reads it.",
    ),
    "spoken": ("Dibacakan suara sintetis bila tidak ada rekaman", "Read by a synthetic voice without a recording"),
    "tone": ("Nada perhatian sebelum suara", "An attention tone before the voice"),
    "repeats": ("Diulang berapa kali", "Repeats"),
    "repeats_help": ("0: sampai diakhiri petugas.", "0: until somebody ends it."),
    "short_name": ("Nama pendek", "Short name"),
    "short_name_help": (
        "Untuk perintah di komputer stasiun: huruf kecil, angka, tanda hubung. Kosong: dibuat dari judul.",
        "For commands: small letters, digits, hyphens. Empty: made of the headline.",
    ),
    # ---- alarms ----
    "alarms": ("Alarm", "Alarms"),
    "no_alarms": ("Tidak ada alarm.", "No alarms."),
    "acknowledge": ("Terima", "Acknowledge"),
    "acknowledge_this": ("Terima alarm: {detail}", "Acknowledge the alarm: {detail}"),
    "acknowledged": ("Diterima {by} pukul {clock}", "Acknowledged by {by} at {clock}"),
    "since": ("sejak {clock}", "since {clock}"),
    "over": ("berakhir {clock}", "over at {clock}"),
    "unrecorded": ("sedang dicatat", "being recorded"),
    "tone_off": ("Bunyikan alarm", "Sound the alarm"),
    "tone_on": ("Bunyi alarm menyala", "The alarm sounds"),
    "tone_help": (
        "Peramban baru boleh membunyikan alarm sesudah tombol ini ditekan.",
        "Browsers may sound the alarm only after this button was pressed.",
    ),
    "lately": ("Alarm sehari terakhir", "Alarms of the last day"),
    # ---- history ----
    "history": ("Siapa melakukan apa", "Who did what"),
    "no_history": ("Belum ada perintah dalam sehari terakhir.", "No orders within the last day."),
    "who": ("Petugas", "Who"),
    "what": ("Perintah", "Order"),
    "outcome": ("Hasil", "Outcome"),
    "act_lewati": ("Lewati", "Skip"),
    "act_sisip-berikutnya": ("Sisip berikutnya", "Insert next"),
    "act_tayangkan": ("Tayangkan sekarang", "Play now"),
    "act_tahan": ("Tahan", "Hold"),
    "act_lanjutkan": ("Lanjutkan", "Resume"),
    "act_isi": ("Isi sampai", "Fill until"),
    "act_sela-darurat": ("Sela Darurat", "Break-in"),
    "act_akhiri-sela": ("Akhiri sela", "End the break-in"),
    "state_menunggu": ("menunggu", "waiting"),
    "state_diterima": ("diterima", "taken"),
    "state_tayang": ("tayang", "aired"),
    "state_ditolak": ("ditolak", "refused"),
    "state_kedaluwarsa": ("terlambat", "too late"),
    # ---- keys ----
    "keys": ("Pintasan", "Shortcuts"),
    "keys_on": ("Pintasan papan ketik menyala", "Keyboard shortcuts are on"),
    "keys_help": (
        "Pilih kanal dengan angka, lalu tekan hurufnya. Yang mengubah siaran selalu ditanya dulu.",
        "Choose a channel by its number, then press the letter. What changes the air is asked first.",
    ),
    "key_digit": ("pilih {channel}", "choose {channel}"),
    "key_l": ("Lewati", "Skip"),
    "key_b": ("Sisip berikutnya", "Insert next"),
    "key_t": ("Tayangkan sekarang", "Play now"),
    "key_h": ("Tahan atau lanjutkan", "Hold or resume"),
    "key_i": ("Isi sampai", "Fill until"),
    "key_d": ("Sela Darurat", "Break in"),
    "key_e": ("Akhiri sela", "End the break-in"),
    "key_a": ("Terima alarm teratas", "Acknowledge the first alarm"),
    "key_s": ("Dengarkan atau bisukan", "Hear or mute"),
    "key_?": ("Daftar ini", "This list"),
    "resume_sure": ("Lanjutkan {channel} sekarang?", "Resume {channel} now?"),
    "end_sure": ("Akhiri sela di {channel}?", "End the break-in on {channel}?"),
    # ---- the search for material ----
    "material": ("Materi", "Material"),
    "find_material": ("Cari judul, artis, atau berkas", "Search title, artist or file"),
    "nothing_found": ("Tidak ada yang cocok.", "Nothing matches."),
    "not_ready": ("sedang disiapkan", "being prepared"),
    "chosen": ("Dipilih: {title}", "Chosen: {title}"),
    "lost_line": ("Sambungan terputus. Coba lagi.", "The connection is lost. Try again."),
}  # fmt: skip


class ControlPages:
    """The page."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def routes(self) -> list[Route]:
        """Return the address."""
        return [get("/kerja/kendali", Right.VIEW, self.page)]

    async def page(self, visit: Visit) -> web.StreamResponse:
        """Show the channels; the script asks the API what they do."""
        settings = visit.office.settings
        channels = [
            {
                "id": c.id, "name": c.name, "kind": c.kind.value,
                "height": min((r.height for r in settings.profile(c).video), default=0),
            }
            for c in settings.channels
        ]  # fmt: skip
        return self._layout.page(
            visit, "staff/control.html", title="control", words=WORDS, scripts=["control"],
            acts=visit.may(Right.CONTROL),
            data={"channels": channels, "acts": visit.may(Right.CONTROL), "zone": str(settings.station.zone)},
        )  # fmt: skip
