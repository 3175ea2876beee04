"""What an act says, read from its event and checked: a sentence for what is missing, never a KeyError.

| act | data |
|---|---|
| ARRIVED | class, category (may be empty), visibility, emergency; may: kelurahan, latitude and longitude |
| ADDED | word: its number; may: withdrawn, when the reporter took that word back instead |
| CLASSIFIED, CATEGORISED, SHOWN | class; category; visibility |
| PLACED | at least one of: kelurahan, text, latitude and longitude |
| ASSIGNED | account: a number, or null for nobody |
| ASKED | missing: what is missing, as a text or as a list of texts |
| FORWARDED | agencies: one or more of {id, name}; may: note |
| TAKEN | agency |
| ANSWERED | text; agency: a number, or null for the desk |
| RETURNED | agency, reason |
| TRANSFERRED | receiver, reason; may: ticket |
| HEARD | text; may: ticket, final |
| JOINED, MERGED, SPLIT, SPLIT_OFF | case: the other one's number |
| NOTED | text |
| REJECTED, REOPENED, EXTENDED, OBJECTED | reason |
| HANDED_OVER | to: whom |
| VERIFIED, DONE, ARCHIVED, EMERGENCY, NOT_EMERGENCY | nothing; may: text, reason |

More keys may stand there; they are kept and not looked at. Every reader raises :class:`NotAllowed` (``data``).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from lppl.cases.values import NotAllowed

E = TypeVar("E", bound=StrEnum)
Data = Mapping[str, Any]

_NAMES: Mapping[str, tuple[str, str]] = {
    "class": ("jenis", "the class"),
    "category": ("kategori", "the category"),
    "visibility": ("keterbukaan", "the visibility"),
    "emergency": ("tanda darurat", "the emergency mark"),
    "final": ("tanda akhir", "the final mark"),
    "withdrawn": ("tanda dicabut", "the mark of a withdrawal"),
    "kelurahan": ("kelurahan", "the kelurahan"),
    "word": ("nomor pesan", "the number of the message"),
    "account": ("petugas", "the member of staff"),
    "agency": ("instansi", "the agency"),
    "case": ("aduan lain", "the other case"),
    "text": ("isi", "the text"),
    "reason": ("alasan", "the reason"),
    "receiver": ("penerima", "the receiver"),
    "ticket": ("nomor tiket", "the ticket number"),
    "to": ("penerima penyerahan", "whom it is handed over to"),
}


def refuse(indonesian: str, english: str) -> NotAllowed:
    """Return the error for data that do not fit."""
    return NotAllowed("data", indonesian, english)


def text(data: Data, key: str) -> str:
    """Return a text that must not be empty."""
    said = optional_text(data, key)
    if not said:
        indonesian, english = _NAMES[key]
        raise refuse(f"Isi dahulu {indonesian}.", f"Give {english} first.")
    return said


def optional_text(data: Data, key: str) -> str:
    """Return a text without the spaces around it; empty when it is not there."""
    said = data.get(key)
    if said is None:
        return ""
    if not isinstance(said, str):
        indonesian, english = _NAMES[key]
        raise refuse(f"Tulis {indonesian} sebagai teks.", f"Write {english} as text.")
    return said.strip()


def number(data: Data, key: str) -> int:
    """Return a record's number, 1 or more."""
    said = data.get(key)
    if not isinstance(said, int) or isinstance(said, bool) or said < 1:
        indonesian, english = _NAMES[key]
        raise refuse(f"Sebutkan {indonesian}.", f"Name {english}.")
    return said


def optional_number(data: Data, key: str) -> int | None:
    """Return a record's number, or None for nobody."""
    return None if data.get(key) is None else number(data, key)


def flag(data: Data, key: str) -> bool:
    """Return yes or no; no when it is not there."""
    said = data.get(key, False)
    if not isinstance(said, bool):
        indonesian, english = _NAMES[key]
        raise refuse(f"Jawab ya atau tidak untuk {indonesian}.", f"Answer yes or no for {english}.")
    return said


def choice(data: Data, key: str, kind: type[E]) -> E:
    """Return one of an enum's values."""
    said = data.get(key)
    try:
        return kind(said)  # type: ignore[arg-type]
    except ValueError:
        indonesian, english = _NAMES[key]
        values = ", ".join(kind)
        raise refuse(f"Pilih {indonesian} dari: {values}.", f"Choose {english} from: {values}.") from None


def missing(data: Data) -> tuple[str, ...]:
    """Return what the reporter is asked for, each a text that is not empty."""
    said = data.get("missing")
    listed = [said] if isinstance(said, str) else said
    if not isinstance(listed, list | tuple) or not listed or not all(isinstance(s, str) and s.strip() for s in listed):
        raise refuse("Sebutkan apa yang masih kurang dari laporan ini.", "Say what is still missing from this report.")
    return tuple(listed)


def agencies(data: Data) -> tuple[tuple[int, str], ...]:
    """Return whom it is forwarded to: number and name of one or more agencies, none twice."""
    said = data.get("agencies")
    if not isinstance(said, list | tuple) or not said:
        raise refuse("Pilih sedikitnya satu instansi.", "Choose at least one agency.")
    chosen: dict[int, str] = {}
    for one in said:
        number, name = _agency(one)
        if number in chosen:
            raise refuse(f"{name} disebut dua kali.", f"{name} is named twice.")
        chosen[number] = name
    return tuple(chosen.items())


def _agency(said: object) -> tuple[int, str]:
    if isinstance(said, Mapping):
        number, name = said.get("id"), said.get("name")
        known = isinstance(name, str) and name.strip() != ""
        if isinstance(number, int) and not isinstance(number, bool) and number >= 1 and known:
            return number, str(name).strip()
    raise refuse("Sebutkan setiap instansi dengan nomor dan nama.", "Name each agency by number and name.")


def coordinates(data: Data) -> tuple[float, float] | tuple[None, None]:
    """Return degrees north and east, or neither."""
    said = (data.get("latitude"), data.get("longitude"))
    if said == (None, None):
        return None, None
    north, east = said
    for value, most in ((north, 90), (east, 180)):
        # `not -most <= value <= most` also catches NaN, which no map can show
        if not isinstance(value, int | float) or isinstance(value, bool) or not -most <= value <= most:
            raise refuse(
                "Isi lintang (-90 s/d 90) dan bujur (-180 s/d 180), keduanya.",
                "Give latitude (-90 to 90) and longitude (-180 to 180), both.",
            )
    return float(north), float(east)  # type: ignore[arg-type]


def place(data: Data) -> tuple[str, float | None, float | None]:
    """Return kelurahan and coordinates of a place that must say something."""
    kelurahan, (north, east) = optional_text(data, "kelurahan"), coordinates(data)
    if not kelurahan and north is None and not optional_text(data, "text"):
        raise refuse("Isi kelurahan, titik peta, atau keterangan tempat.", "Give a kelurahan, a point, or a place.")
    return kelurahan, north, east
