"""The words of the public form, in Indonesian and English."""

from typing import Final

_BOTH: Final[dict[str, tuple[str, str]]] = {
    "report": ("Lapor", "Report"),
    "report_title": ("Sampaikan aduan dan aspirasi", "Send a complaint or an aspiration"),
    "report_lead": (
        "Tulis apa yang terjadi, di mana, dan kapan. Anda mendapat kode untuk mengikuti tindak lanjutnya.",
        "Write what happened, where and when. You get a code to follow what becomes of it.",
    ),
    "emergency": ("Keadaan darurat?", "An emergency?"),
    "emergency_call": ("Telepon 112 sekarang juga", "Call 112 right now"),
    "emergency_free": (
        "gratis, 24 jam. Jangan menunggu jawaban dari halaman ini.",
        "free, at any hour. Do not wait for an answer from this page.",
    ),
    "emergency_heard": (
        "Laporan Anda sepertinya tentang keadaan darurat. Telepon 112 sekarang juga (gratis, 24 jam). "
        "Petugas kami juga sudah diberi tahu.",
        "Your report seems to be about an emergency. Call 112 right now (free, at any hour). Our staff have been told "
        "as well.",
    ),
    "what_kind": ("Jenis laporan", "What it is"),
    "kind_complaint": ("Pengaduan", "Complaint"),
    "kind_aspiration": ("Aspirasi atau usul", "Aspiration or proposal"),
    "kind_request": ("Permintaan informasi", "Request for information"),
    "text": ("Isi laporan", "Your report"),
    "text_help": (
        "Apa yang terjadi, di mana, kapan, dan siapa yang terlibat bila ada. Jangan tulis NIK atau nomor rekening.",
        "What happened, where, when, and who is involved if anybody. Do not write an ID or account number.",
    ),
    "where": ("Tempat kejadian", "Where"),
    "where_help": ("Nama jalan, gang, RT/RW, atau patokan.", "Street, lane, RT/RW, or a landmark."),
    "kelurahan": ("Kelurahan", "Kelurahan"),
    "kelurahan_any": ("Tidak tahu", "Not known"),
    "map": ("Pilih di peta", "Choose on the map"),
    "map_away": (
        "Peta belum dapat dibuka; tulis tempatnya saja, atau coba lagi.",
        "The map cannot be opened just now; write the place, or try again.",
    ),
    "here": ("Gunakan lokasi saya", "Use my location"),
    "here_kept": ("Lokasi tercatat", "Location noted"),
    "here_refused": (
        "Lokasi tidak dapat dibaca; tulis tempatnya saja.",
        "The location cannot be read; please write the place.",
    ),
    "here_drop": ("Hapus lokasi", "Remove the location"),
    "files": ("Foto, video, atau rekaman suara", "Photos, videos or voice recordings"),
    "files_help": (
        "Paling banyak 5 berkas, masing-masing 50 MB. Lokasi di dalam foto dihapus.",
        "At most 5 files of 50 MB each. The location inside photos is removed.",
    ),
    "record": ("Rekam suara", "Record your voice"),
    "record_stop": ("Selesai merekam", "Stop recording"),
    "record_kept": ("Rekaman ditambahkan ({seconds} detik)", "Recording added ({seconds} seconds)"),
    "record_refused": ("Mikrofon tidak dapat dipakai.", "The microphone cannot be used."),
    "record_notice": (
        "Suara Anda direkam untuk menangani laporan ini.",
        "Your voice is recorded to work on this report.",
    ),
    "who": ("Tentang Anda (boleh dikosongkan)", "About you (may be left empty)"),
    "name": ("Nama", "Name"),
    "phone": ("Nomor telepon atau WhatsApp", "Phone or WhatsApp number"),
    "email": ("Surel", "E-mail"),
    "visibility": ("Siapa yang boleh tahu", "Who may know"),
    "open": ("Terbuka", "Open"),
    "open_help": ("Laporan dapat ditampilkan, nama disebut bila perlu.", "May be shown, with your name where needed."),
    "anon": ("Anonim", "Anonymous"),
    "anon_help": ("Laporan dapat ditampilkan tanpa nama Anda.", "May be shown, without your name."),
    "secret": ("Rahasia", "Confidential"),
    "secret_help": (
        "Hanya petugas yang dapat membaca; tidak pernah dibacakan di siaran.",
        "Only staff can read it; it is never read on air.",
    ),
    "privacy": ("Data pribadi Anda", "Your personal data"),
    "privacy_text": (
        "Nama, nomor, dan suara Anda disimpan tersandi, hanya dipakai untuk menangani laporan ini, dan hanya dibuka "
        "oleh petugas yang menanganinya. Anda dapat meminta data itu dihapus (UU 27/2022).",
        "Your name, number and voice are kept encrypted, used only to work on this report, and opened only by the "
        "staff who work on it. You may ask for them to be erased (UU 27/2022).",
    ),
    "send": ("Kirim laporan", "Send the report"),
    "sending": ("Sedang mengirim…", "Sending…"),
    "received": ("Laporan diterima", "Your report has arrived"),
    "received_lead": ("Kode laporan Anda:", "The code of your report:"),
    "received_keep": (
        "Catat kode ini. Laporan diperiksa paling lambat 3 hari kerja; tanyakan kabarnya dengan menyebut kode ini.",
        "Write this code down. Your report is looked at within 3 working days; ask about it by naming this code.",
    ),
    "track": ("Lacak laporan", "Follow a report"),
    "track_have": ("Sudah punya kode?", "You have a code?"),
    "track_this": ("Lihat perkembangannya", "See how far it is"),
    "track_lead": (
        "Tulis kode yang Anda dapat. Isi laporan dan nama tidak ditampilkan di halaman ini.",
        "Write the code that you were given. What was reported, and names, are not shown here.",
    ),
    "track_code": ("Kode laporan", "Code of the report"),
    "track_look": ("Lihat", "Look"),
    "track_none": (
        "Tidak ada laporan dengan kode ini. Periksa lagi hurufnya; kode tidak memakai huruf O, I, L, U dan angka 0, 1.",
        "There is no report with this code. Check its letters: codes have no O, I, L, U and no 0, 1.",
    ),
    "track_too_often": (
        "Terlalu banyak kode yang tidak ada dari sambungan ini. Coba lagi {minutes} menit lagi.",
        "Too many codes that are none from this connection. Try again in {minutes} minutes.",
    ),
    "track_away": (
        "Laporan belum dapat dibuka saat ini. Coba lagi sebentar.",
        "Reports cannot be opened just now. Please try again shortly.",
    ),
    "track_status": ("Status", "Status"),
    "track_unread": ("Diterima, menunggu dibaca petugas", "Arrived, waiting to be read by staff"),
    "track_due": ("Tenggat berikutnya", "Next due"),
    "track_steps": ("Perjalanan laporan", "What has happened"),
    "again": ("Kirim laporan lain", "Send another report"),
    "to_live": ("Ke siaran langsung", "To the live broadcast"),
    "wrong": (
        "Periksa isian berikut; yang sudah Anda tulis tidak hilang.",
        "Please check; what you wrote is not lost.",
    ),
    "wrong_text": ("Tulis laporan Anda, sedikitnya 10 huruf, atau tambahkan foto atau suara.",
                   "Write your report, at least 10 letters, or add a photo or a recording."),
    "wrong_long": ("Paling panjang 5.000 huruf.", "At most 5,000 letters."),
    "wrong_phone": ("Nomor ini tidak dapat dibaca; contoh: 0812 3456 7890.", "This number cannot be read."),
    "wrong_email": ("Alamat surel ini tidak lengkap.", "This e-mail address is not complete."),
    "too_many_files": ("Paling banyak 5 berkas.", "At most 5 files."),
    "too_large": ("Berkas terlalu besar; paling besar 50 MB.", "The file is too large; at most 50 MB."),
    "files_again": ("Pilih lagi berkasnya sebelum mengirim.", "Please choose your files again before sending."),
    "too_often": (
        "Terlalu banyak laporan dari sambungan ini. Coba lagi {minutes} menit lagi, atau telepon stasiun.",
        "Too many reports from this connection. Try again in {minutes} minutes, or call the station.",
    ),
    "away": (
        "Laporan belum dapat disimpan saat ini. Yang Anda tulis masih ada di bawah: kirim lagi sebentar.",
        "Reports cannot be kept just now. What you wrote is still below: please send it again shortly.",
    ),
    "closed": (
        "Formulir ini sedang ditutup. Sampaikan laporan lewat telepon stasiun.",
        "This form is closed now. Please call the station.",
    ),
    "forged": (
        "Formulir ini sudah lama terbuka; kirim sekali lagi.",
        "This form was open for long; send it once more.",
    ),
}  # fmt: skip

WORDS: Final[dict[str, dict[str, str]]] = {
    language: {key: texts[i] for key, texts in _BOTH.items()} for i, language in enumerate(("id", "en"))
}
