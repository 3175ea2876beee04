"""The words of the pages for the audience, in Indonesian and English; what the portal has is taken from there."""

from typing import Final

from web import words

_BOTH: Final[dict[str, tuple[str, str]]] = {
    "nav_widget": ("Pasang di situs Anda", "Embed"),
    "skip_content": ("Lewati ke isi", "Skip to the content"),
    "guide": ("Panduan acara", "Programme guide"),
    "guide_of": ("Panduan acara {channel}", "Programme guide of {channel}"),
    "channels": ("Kanal", "Channels"),
    "days": ("Hari", "Days"),
    "today": ("Hari ini", "Today"),
    "week": ("Sepekan", "Week"),
    "week_of": ("Sepekan mulai {date}", "Week from {date}"),
    "earlier": ("Hari sebelumnya", "Previous day"),
    "later": ("Hari berikutnya", "Next day"),
    "earlier_week": ("Pekan sebelumnya", "Previous week"),
    "later_week": ("Pekan berikutnya", "Next week"),
    "nothing_planned": ("Belum ada acara yang tercatat untuk hari ini.", "Nothing is listed for this day yet."),
    "is_live": ("Siaran langsung", "Live"),
    "is_rerun": ("Siaran ulang", "Rerun"),
    "age": ("Klasifikasi usia {age}", "Age rating {age}"),
    "with": ("Bersama {name}", "With {name}"),
    "watch": ("Tonton ulang", "Watch again"),
    "listen": ("Dengarkan ulang", "Listen again"),
    "watch_start": ("Tonton dari awal", "Watch from the start"),
    "listen_start": ("Dengarkan dari awal", "Listen from the start"),
    "watch_live": ("Ke siaran langsung", "To the live broadcast"),
    "remind": ("Ingatkan saya", "Remind me"),
    "reminded": ("Akan diingatkan", "You will be reminded"),
    "remind_denied": (
        "Peramban menolak pemberitahuan. Izinkan di setelan situs, atau pakai berkas kalender.",
        "The browser refuses notifications. Allow them in the site's settings, or use the calendar file.",
    ),
    "remind_failed": ("Pengingat belum tersimpan; coba lagi sebentar.", "Not saved; please try again soon."),
    "remind_kept": ("Anda akan diingatkan 5 menit sebelum {title}.", "You will be reminded 5 minutes before {title}."),
    "remind_dropped": ("Pengingat {title} dihapus.", "The reminder of {title} is removed."),
    "calendar": ("Kalender", "Calendar"),
    "calendar_series": ("Semua siaran acara ini (kalender)", "All broadcasts of this programme (calendar)"),
    "reminder_note": (
        "Pengingat dikirim ke peramban ini saja. Tidak ada nama, nomor, atau akun yang disimpan.",
        "Reminders go to this browser only. No name, number or account is kept.",
    ),
    "replay": ("Tonton ulang", "Watch again"),
    "replay_recent": ("Baru selesai disiarkan", "Recently broadcast"),
    "replay_none": ("Belum ada acara yang selesai.", "No programme has ended yet."),
    "replay_more": ("Cari hari lain di panduan acara", "Find other days in the programme guide"),
    "player": ("Pemutar {title}", "Player of {title}"),
    "aired_on": ("Disiarkan {date}, {start}-{end} {zone}", "Broadcast on {date}, {start}-{end} {zone}"),
    "moments": ("Isi siaran ini", "In this broadcast"),
    "from_here": ("Putar mulai {time}", "Play from {time}"),
    "not_shown": ("Siaran ini tidak dapat ditonton", "This broadcast cannot be watched"),
    "not_yet": ("Acara ini belum disiarkan", "This programme has not been broadcast yet"),
    "not_found": ("Halaman tidak ditemukan", "Page not found"),
    "not_found_help": (
        "Alamat itu tidak dikenal. Periksa tulisannya, atau mulai dari panduan acara.",
        "This address is not known. Check its spelling, or begin with the programme guide.",
    ),
    "bad_moment": (
        "Waktu itu tidak dapat dibaca. Tulis seperti 2026-11-22T18.30 (waktu setempat).",
        "This time cannot be read. Write it like 2026-11-22T18.30 (local time).",
    ),
    "to_guide": ("Buka panduan acara", "Open the programme guide"),
    "loading_replay": ("Memuat rekaman…", "Loading the recording…"),
    "replay_failed": (
        "Rekaman tidak dapat dimuat; periksa sambungan, lalu coba lagi.",
        "The recording cannot be loaded; check your connection, then try again.",
    ),
    "saver_title": ("Hemat data: suara saja", "Data saver: sound only"),
    "saver_note": (
        "Halaman ini ringan, tanpa gambar dan tanpa JavaScript, untuk sambungan lambat.",
        "This page is light, without pictures or JavaScript, for slow connections.",
    ),
    "saver_lean": ("Suara hemat", "Lean sound"),
    "saver_plain": ("Suara biasa", "Ordinary sound"),
    "saver_open": ("Buka di pemutar lain", "Open in another player"),
    "saver_not_ready": (
        "Suara paling hemat sedang disiapkan; ini yang paling ringan sekarang.",
        "The leanest sound is being prepared; this is the lightest for now.",
    ),
    "saver_refresh": ("Muat ulang halaman untuk acara terbaru.", "Reload the page for the latest programme."),
    "saver_full": ("Halaman lengkap dengan gambar", "Full page with pictures"),
    "widget_title": ("Pasang siaran di situs Anda", "Embed the channel in your site"),
    "widget_note": (
        "Salin potongan HTML ini. Tampilannya memuat acara sekarang dan berikutnya, diperbarui tiap menit, "
        "tanpa kuki dan tanpa melacak pengunjung.",
        "Copy this piece of HTML. It shows what is on now and next, renewed each minute, without cookies and "
        "without tracking visitors.",
    ),
    "widget_snippet": ("Potongan HTML untuk {name}", "HTML for {name}"),
    "widget_dark": ("gelap: tambahkan ?tema=gelap", "dark: add ?tema=gelap"),
    "widget_json": ("Data JSON untuk pengembang", "JSON for developers"),
    "widget_open": ("Buka siaran", "Open the channel"),
    "offline_title": ("Sedang luring", "You are offline"),
    "offline_note": (
        "Tidak ada sambungan internet. Halaman siaran terbuka lagi begitu sambungan pulih.",
        "There is no internet connection. The page opens again once you are connected.",
    ),
    "offline_again": ("Coba lagi", "Try again"),
}

WORDS: Final[dict[str, dict[str, str]]] = {
    language: words.WORDS[language] | {key: texts[i] for key, texts in _BOTH.items()}
    for i, language in enumerate(words.LANGUAGES)
}
"""Language to key to text; every language has every key."""

PUSH: Final[dict[str, tuple[str, str]]] = {
    "id": ("{title} segera mulai", "Pukul {time} di {channel}. Ketuk untuk membuka."),
    "en": ("{title} starts soon", "At {time} on {channel}. Tap to open."),
}
"""Title and text of a reminder."""
