"""The words of the map on which people show where something is, in Indonesian and English."""

from functools import cache
from typing import Final

_BOTH: Final[dict[str, tuple[str, str]]] = {
    "title": ("Tunjukkan tempatnya di peta", "Show the place on the map"),
    "title_view": ("Tempat di peta", "Place on the map"),
    "help": (
        "Ketuk tempatnya. Titik dapat digeser dan dipindah.",
        "Tap the place. The point can be dragged and moved.",
    ),
    "map": ("Peta", "Map"),
    "middle": ("Taruh titik di tengah", "Put the point in the middle"),
    "here": ("Lokasi saya", "My location"),
    "here_refused": ("Lokasi tidak dapat dibaca.", "The location cannot be read."),
    "zoom_in": ("Perbesar", "Zoom in"),
    "zoom_out": ("Perkecil", "Zoom out"),
    "pin": ("Titik: geser, atau pindahkan dengan tombol panah", "The point: drag it, or move it by the arrow keys"),
    "none": ("Belum ada titik.", "No point yet."),
    "outside": ("Di luar wilayah pada peta ini", "Outside the areas of this map"),
    "use": ("Pakai titik ini", "Use this point"),
    "drop": ("Hapus titik", "Remove the point"),
    "cancel": ("Batal", "Cancel"),
    "close": ("Tutup", "Close"),
}


@cache
def map_words(language: str) -> dict[str, str]:
    """Return them in a language."""
    return {key: texts[language == "en"] for key, texts in _BOTH.items()}
