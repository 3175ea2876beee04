"""The words of the portal in Indonesian and English, and how times, dates and amounts are written.

The page carries both dictionaries, so that the language changes while the sound goes on. In a text,
``{name}`` stands for the channel's name and other braces for what the code fills in.
"""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from scheduler import indonesian

LANGUAGES: Final = ("id", "en")
"""The first is what a visitor gets who has not chosen."""

_BOTH: Final[dict[str, tuple[str, str]]] = {
    "title": ("{station} · Siaran langsung", "{station} · Live"),
    "description": (
        "Tonton dan dengarkan {station}, {place}, siaran 24 jam.",
        "Watch and listen to {station}, {place}, on air 24 hours a day.",
    ),
    "tagline": ("Lembaga penyiaran publik lokal", "Local public broadcaster"),
    "skip": ("Lewati ke siaran", "Skip to the channels"),
    "language": ("Bahasa", "Language"),
    "kind_tv": ("Televisi", "Television"),
    "kind_radio": ("Radio", "Radio"),
    "on_air_tv": ("Sedang Tayang", "On air"),
    "on_air_radio": ("Mengudara", "On air"),
    "off_air": ("Tidak mengudara", "Off air"),
    "fallback": ("Jeda: acara segera dilanjutkan", "Interlude: the programme resumes shortly"),
    "now": ("Sekarang", "Now"),
    "next": ("Berikutnya", "Next"),
    "aired": ("Baru saja disiarkan", "Just aired"),
    "no_aired": ("Belum ada catatan.", "Nothing yet."),
    "no_next": ("Susunan acara berikutnya menyusul.", "What comes next will be shown here."),
    "no_now": ("Keterangan acara belum tersedia", "No programme information yet"),
    "progress": ("Kemajuan acara", "Progress of the programme"),
    "play": ("Putar {name}", "Play {name}"),
    "pause": ("Jeda {name}", "Pause {name}"),
    "mute": ("Bisukan", "Mute"),
    "unmute": ("Bunyikan", "Unmute"),
    "volume": ("Volume", "Volume"),
    "quality": ("Kualitas", "Quality"),
    "quality_auto": ("Otomatis", "Automatic"),
    "quality_saver": ("Hemat data: suara saja", "Data saver: sound only"),
    "quality_radio_saver": ("Hemat data", "Data saver"),
    "per_hour": ("per jam", "per hour"),
    "fullscreen": ("Layar penuh", "Full screen"),
    "back": ("Mundur 30 detik", "Back 30 seconds"),
    "forward": ("Maju 30 detik", "Forward 30 seconds"),
    "live": ("Langsung", "Live"),
    "go_live": ("Kembali ke siaran langsung", "Return to live"),
    "timeline": ("Putar ulang: geser untuk mundur", "Rewind: slide to go back"),
    "behind": ("{time} di belakang siaran langsung", "{time} behind live"),
    "replay_of": ("Siaran pukul {time}", "Broadcast at {time}"),
    "controls": ("Kendali pemutar {name}", "Player controls of {name}"),
    "loading": ("Memuat siaran…", "Loading…"),
    "reconnecting": ("Menyambung kembali…", "Reconnecting…"),
    "blocked": ("Ketuk untuk memutar", "Tap to play"),
    "unsupported": (
        "Peramban ini tidak dapat memutar siaran; pakai tautan di bawah.",
        "This browser cannot play the channel; use the links below.",
    ),
    "offline": ("Keterangan acara sedang disambungkan kembali.", "Programme information is reconnecting."),
    "other_apps": ("Putar lewat aplikasi lain", "Play in another app"),
    "other_help": (
        "Salin tautan ini ke VLC, pemutar lain, atau aplikasi radio di ponsel lama.",
        "Paste this link into VLC, another player, or a radio app on an older phone.",
    ),
    "link_sound": ("Suara (AAC)", "Sound (AAC)"),
    "link_hls": ("Siaran lengkap (HLS)", "Full channel (HLS)"),
    "copy": ("Salin", "Copy"),
    "copied": ("Tersalin", "Copied"),
    "noscript": (
        "Pemutar memerlukan JavaScript. Tanpa itu, pakai pemutar sederhana ini atau tautan di bawah.",
        "The player needs JavaScript. Without it, use this simple player or the links below.",
    ),
    "nav": ("Halaman", "Pages"),
    "nav_live": ("Siaran", "Live"),
    "nav_guide": ("Panduan acara", "Programme guide"),
    "nav_replay": ("Tonton ulang", "Watch again"),
    "nav_report": ("Lapor", "Report"),
    "nav_saver": ("Hemat data", "Data saver"),
    "share_moment": ("Bagikan saat ini", "Share this moment"),
    "share_link": ("Tautan ke saat ini", "Link to this moment"),
    "shared": ("Tautan tersalin", "Link copied"),
    "footer": (
        "Siaran publik untuk warga, 24 jam sehari.",
        "Public broadcasting for everyone, 24 hours a day.",
    ),
}

WORDS: Final[dict[str, dict[str, str]]] = {
    language: {key: texts[i] for key, texts in _BOTH.items()} for i, language in enumerate(LANGUAGES)
}
"""Language to key to text; every language has every key."""

DAYS: Final = {
    "id": indonesian.DAYS,
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS: Final = {
    "id": indonesian.MONTHS,
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}


def local(ms: int, zone: ZoneInfo) -> datetime:
    """Return the instant `ms` (Unix milliseconds) in `zone`."""
    return datetime.fromtimestamp(ms / 1000, tz=zone)


def clock_text(ms: int, zone: ZoneInfo, language: str) -> str:
    """Return a time of day without its zone: ``22.00``, in English ``22:00``."""
    at = local(ms, zone)
    return f"{at.hour:02}{'.' if language == 'id' else ':'}{at.minute:02}"


def zone_text(ms: int, zone: ZoneInfo) -> str:
    """Return the zone's short name at `ms`: ``WIB``, ``WITA``, ``WIT``."""
    return local(ms, zone).strftime("%Z")


def date_text(ms: int, zone: ZoneInfo, language: str) -> str:
    """Return a date in words: ``Minggu, 22 November 2026``."""
    at = local(ms, zone)
    return f"{DAYS[language][at.weekday()]}, {at.day} {MONTHS[language][at.month - 1]} {at.year}"


def volume_text(bitrate_bps: int, language: str) -> str:
    """Return what an hour costs of a data plan: ``58 MB per jam``, ``1,2 GB per jam``."""
    megabytes = bitrate_bps * 3600 / 8 / 1_000_000
    amount = f"{megabytes / 1000:.1f} GB" if megabytes >= 1000 else f"{megabytes:.0f} MB"
    if language == "id":
        amount = amount.replace(".", ",")
    return f"{amount} {WORDS[language]['per_hour']}"
