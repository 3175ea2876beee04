"""The words of the pages that take citizens' words down, and of the tray, in Indonesian and English."""

from web.staff.words import Table

NOTE_WORDS = {
    # ---- the form ----
    "said": ("Apa yang disampaikan?", "What do they say?"),
    "said_help": ("Enter menyimpan, Shift+Enter baris baru.", "Enter keeps it, Shift+Enter begins a new line."),
    "keys_help": (
        "Tab ke isian berikutnya; tombol 0–4 memilih jenis; Enter menyimpan dari isian mana pun; Esc kembali ke teks.",
        "Tab to the next field; keys 0–4 choose the kind; Enter keeps it from any field; Esc goes back to the text.",
    ),
    "class": ("Jenis", "Kind"),
    "class_open": ("Petugas aduan yang menentukan", "The complaint desk decides"),
    "phone_number": ("Nomor telepon", "Telephone number"),
    "where": ("Lokasi", "Place"),
    "kelurahan": ("Kelurahan", "Kelurahan (ward)"),
    "visibility": ("Keterbukaan", "Who may know"),
    "visibility_terbuka": ("Terbuka", "Open"),
    "visibility_anonim": ("Anonim: nama tidak dipublikasikan", "Anonymous: the name is not published"),
    "visibility_rahasia": ("Rahasia: publik tidak dapat melihat", "Secret: the public cannot see it"),
    "keep": ("Simpan", "Keep"),
    "optional": ("Boleh dikosongkan", "May be left empty"),
    "empty": ("Tulis dulu apa yang disampaikan.", "Write down first what they say."),
    "mending": (
        "Memperbaiki catatan pukul {time}. Simpan untuk mengirimnya lagi.",
        "Mending the note of {time}. Keep it to send it again.",
    ),
    # ---- what became of a note ----
    "code_here": ("Kode", "Code"),
    "code_soon": (
        "Tersimpan di peramban ini. Kode muncul di sini begitu catatan terkirim.",
        "Kept in this browser. The code appears here as soon as the note is sent.",
    ),
    "kept": ("Diterima", "Received"),
    "waits": ("Menunggu dikirim", "Waiting to be sent"),
    "refused": ("Perlu diperbaiki", "Has to be mended"),
    "mend": ("Perbaiki", "Mend"),
    "drop": ("Buang", "Throw away"),
    "drop_sure": ("Buang catatan ini? Ia belum pernah diterima.", "Throw this note away? It was never received."),
    "today": ("Catatan hari ini di peramban ini", "Today's notes in this browser"),
    "no_notes": ("Belum ada catatan hari ini.", "No notes yet today."),
    "waiting_count": ("{count} catatan menunggu dikirim", "{count} notes waiting to be sent"),
    "waiting_one": ("1 catatan menunggu dikirim", "1 note waiting to be sent"),
    "refused_count": ("{count} catatan perlu diperbaiki", "{count} notes have to be mended"),
    "refused_one": ("1 catatan perlu diperbaiki", "1 note has to be mended"),
    "waiting_none": ("Semua catatan sudah terkirim", "All notes have been sent"),
    "send_now": ("Kirim sekarang", "Send now"),
    "line_away": ("Belum tersambung; dicoba lagi sendiri.", "Not connected yet; it tries again by itself."),
    "line_denied": (
        "Akun ini tidak lagi boleh mencatat. Catatan tetap tersimpan di peramban ini; hubungi administrator.",
        "This account may not take notes any more. They stay in this browser; ask an administrator.",
    ),
    "line_session": (
        "Sesi berakhir. Catatan tetap tersimpan di peramban ini dan dikirim setelah Anda masuk lagi.",
        "Your session is over. The notes stay in this browser and are sent once you have logged in again.",
    ),
    "not_durable": (
        "Peramban ini tidak mau menyimpan apa pun. Jangan tutup halaman ini sebelum semua catatan terkirim.",
        "This browser refuses to keep anything. Do not close this page before all notes have been sent.",
    ),
    "stays_here": (
        "Catatan yang belum terkirim tersimpan di perangkat ini tanpa sandi. Begitu diterima, isinya dihapus dari "
        "perangkat ini; yang tinggal sampai besok hanya waktu, acara, dan kodenya.",
        "Notes that are not sent yet lie on this device, not encrypted. Once received, their content is deleted from "
        "it; only time, event and code stay until tomorrow.",
    ),
    # ---- emergencies ----
    "danger": (
        "Bahaya bagi nyawa, kebakaran, kejahatan? Minta menghubungi 112 sekarang juga, gratis.",
        "Danger to life, fire, a crime? Have them call 112 at once, free of charge.",
    ),
    "urgent_caller": ("Minta penelepon menghubungi 112 sekarang", "Have the caller call 112 now"),
    "urgent_citizen": ("Minta warga menghubungi 112 sekarang", "Have the citizen call 112 now"),
    "urgent_help": (
        "Catatan pukul {time} ({code}) terdengar seperti keadaan darurat. Aduan tidak menggantikan 112.",
        "The note of {time} ({code}) sounds like an emergency. A complaint does not replace 112.",
    ),
    "urgent_queue": ("Buka antrean aduan", "Open the case queue"),
    "urgent_told": ("Sudah disampaikan", "They have been told"),
    # ---- leaving ----
    "leave_title": ("Masih ada catatan yang belum terkirim", "Some notes have not been sent yet"),
    "leave_help": (
        "Keluar menghapus semua yang tersimpan di peramban ini, juga {count} catatan yang belum diterima.",
        "Logging out deletes all that is kept in this browser, also {count} notes that were not received yet.",
    ),
    "leave_anyway": ("Hapus catatan dan keluar", "Delete the notes and log out"),
}

CALL_WORDS: Table = NOTE_WORDS | {
    "call_help": (
        "Catat kata penelepon selagi siaran; kodenya langsung dapat dibacakan.",
        "Take callers' words down during the show; the code can be read out at once.",
    ),
    "read_out": ("Bacakan", "Read out"),
    "read_out_text": (
        "“Terima kasih sudah menelepon. Percakapan yang mengudara direkam. Nama dan nomor Anda hanya dipakai untuk "
        "menindaklanjuti laporan ini, dan nama tidak disebut di siaran tanpa izin Anda. Bersedia?”",
        "“Thank you for calling. What goes on air is recorded. Your name and number are only used to follow this "
        "report up, and your name is not said on air without your consent. Do you agree?”",
    ),
    "code_call": ("Bacakan kode ini kepada penelepon", "Read this code to the caller"),
}

EVENT_WORDS: Table = NOTE_WORDS | {
    "event_help": (
        "Catat kata warga di ngaji bareng, teras walikota, dialog umat, pameran; juga tanpa sambungan.",
        "Take citizens' words down at meetings and exhibitions; also without a connection.",
    ),
    "event_name": ("Nama acara", "Name of the event"),
    "event_name_help": (
        "Diisi sekali; berlaku untuk semua catatan berikutnya.",
        "Filled in once; it holds for all notes that follow.",
    ),
    "event_empty": ("Isi dulu nama acaranya.", "Fill in the name of the event first."),
    "event_usual": (
        "Ngaji Bareng; Teras Walikota; Dialog Umat; Pameran",
        "Ngaji Bareng; Teras Walikota; Dialog Umat; Exhibition",
    ),
    "read_out": ("Sampaikan", "Say"),
    "read_out_text": (
        "“Nama dan nomor Anda hanya dipakai untuk menindaklanjuti laporan ini. Anda boleh tidak menyebut nama.”",
        "“Your name and number are only used to follow this report up. You need not give your name.”",
    ),
    "code_event": ("Berikan kode ini kepada warga", "Give this code to the citizen"),
    "shell_kept": (
        "Halaman ini dapat dibuka tanpa sambungan.",
        "This page can be opened without a connection.",
    ),
    "shell_waits": (
        "Menyiapkan halaman ini untuk dibuka tanpa sambungan…",
        "Making this page ready to be opened without a connection…",
    ),
    "shell_failed": (
        "Belum dapat dibuka tanpa sambungan; muat ulang selagi tersambung.",
        "It cannot be opened without a connection yet; reload it while connected.",
    ),
    "shell_insecure": (
        "Tanpa HTTPS halaman ini tidak dapat dibuka tanpa sambungan. Biarkan terbuka selama acara; "
        "catatan tetap tersimpan.",
        "Without HTTPS this page cannot be opened without a connection. Leave it open during the event; "
        "notes are kept all the same.",
    ),
}

TRAY_WORDS: Table = {
    "tray_help": (
        "Kiriman yang tidak dapat dibaca sistem. Tidak ada yang dibuang: baca lagi, atau lihat dan tangani sendiri.",
        "What the system could not read. Nothing is thrown away: have it read again, or look at it yourself.",
    ),
    "tray_empty": ("Baki kosong: semua kiriman terbaca.", "The tray is empty: all that came could be read."),
    "tray_most": ("Hanya {count} kiriman terbaru yang tampil.", "Only the newest {count} are shown."),
    "no_reason": ("Alasannya tidak tercatat.", "The reason was not recorded."),
    "attempts": ("{count} kali dicoba", "tried {count} times"),
    "again": ("Baca lagi", "Read again"),
    "again_done": ("Akan dibaca lagi sebentar.", "It will be read again in a moment."),
    "done": ("Selesai", "Done"),
    "done_sure": ("Keluarkan kiriman ini dari baki?", "Take this out of the tray?"),
    "done_detail": (
        "Lakukan bila sudah ditangani, misalnya sudah dijadikan catatan. Kirimannya tetap tersimpan.",
        "Do so when it was dealt with, such as by a note of it. What was received stays on record.",
    ),
    "cleared": ("Dikeluarkan dari baki.", "Taken out of the tray."),
    "download": ("Unduh aslinya", "Download as received"),
    "download_sure": ("Unduh kiriman seperti diterima?", "Download what was received?"),
    "download_detail": (
        "Isinya dapat memuat data pribadi dan berkas berbahaya. Pembukaannya dicatat atas nama Anda.",
        "It may hold personal data and harmful files. That you opened it is put on record.",
    ),
    "make_note": ("Jadikan catatan", "Make a note of it"),
    "refresh": ("Muat ulang", "Reload"),
    "source_telepon": ("Telepon", "Telephone"),
    "source_catatan": ("Catatan telepon", "Call note"),
    "source_web": ("Formulir web", "Web form"),
    "source_acara": ("Acara", "Event"),
    "source_whatsapp": ("WhatsApp", "WhatsApp"),
    "source_telegram": ("Telegram", "Telegram"),
    "source_sms": ("SMS", "SMS"),
    "source_email": ("Surel", "E-mail"),
    "source_tabel": ("Tabel impor", "Imported table"),
    "source_aplikasi": ("Aplikasi lain", "Another app"),
    "source_open311": ("Open311", "Open311"),
    "source_messenger": ("Messenger", "Messenger"),
    "source_instagram": ("Instagram", "Instagram"),
    "source_x": ("X", "X"),
}
