"""JSON that strangers send, walked without ever raising: bounded, typed, its texts cleaned for the records."""

import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from lppl.intake.values import Unread

DEEPEST = 64
MARKS = 30
"""Marks upon one letter; more are no language's (Unicode Standard Annex 15, Stream-Safe Text Format)."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NEWLINES = re.compile("\r\n?|\u2028|\u2029|\x85|\x0b|\x0c")
_FIRST, _LAST = 946_684_800, 4_102_444_800
"""2000 and 2100: an instant outside is rubbish."""

DAMAGED = Unread("damaged", "Isinya bukan JSON yang utuh.", "It holds no whole JSON.")
ENCODING = Unread("encoding", "Pengodean hurufnya salah (bukan UTF-8).", "It is not encoded in UTF-8.")


def load(body: bytes) -> object | Unread:
    """Return what JSON in UTF-8 says; :class:`Unread` for what is none, or nested beyond sense."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ENCODING
    try:
        found: object = json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError):
        return DAMAGED
    return found if _shallow(found) else DAMAGED


def _refused(name: str) -> float:
    raise ValueError(name)


def _shallow(value: object) -> bool:
    """Tell whether nothing lies deeper than :data:`DEEPEST`."""
    level: list[object] = [value]
    for _ in range(DEEPEST):
        below: list[object] = []
        for each in level:
            if isinstance(each, dict):
                below += each.values()
            elif isinstance(each, list):
                below += each
        if not below:
            return True
        level = below
    return False


def cleaned(text: str, most: int) -> str:
    """Return at most `most` characters of a text that any database takes: no NUL, no half characters, NFC."""
    plain = _CONTROL.sub("", _NEWLINES.sub("\n", text[: 4 * most]))
    return plain[:most] if plain.isascii() else unicodedata.normalize("NFC", _stream_safe(plain))[:most]


def _stream_safe(text: str) -> str:
    """Return a text without more than :data:`MARKS` marks upon one letter: sorting them takes the square of their
    number, and 80,000 keep a processor busy for seconds."""
    kept, run = [], 0
    for sign in text:
        run = run + 1 if unicodedata.combining(sign) else 0
        if run <= MARKS:
            kept.append(sign)
    return text if len(kept) == len(text) else "".join(kept)


def text(value: object, key: str, most: int) -> str:
    """Return a text or number below `key`, cleaned; "" when there is none."""
    found = value.get(key) if isinstance(value, Mapping) else None
    if isinstance(found, bool) or not isinstance(found, str | int):
        return ""
    try:
        return cleaned(str(found), most)
    except ValueError:  # an integer of thousands of digits
        return ""


def mapping(value: object, key: str) -> Mapping[str, Any]:
    """Return the object below `key`; an empty one when there is none."""
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def items(value: object, key: str) -> Sequence[Any]:
    """Return the list below `key`; an empty one when there is none."""
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, list) else ()


def coordinates(value: object, north: str = "latitude", east: str = "longitude") -> tuple[float, float] | None:
    """Return latitude and longitude in degrees from the two keys of an object; None when they cannot be a place."""
    found = [value.get(key) if isinstance(value, Mapping) else None for key in (north, east)]
    if any(isinstance(degrees, bool) or not isinstance(degrees, int | float) for degrees in found):
        return None
    latitude, longitude = found
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # type: ignore[arg-type]  # nor is NaN
        return None
    return float(latitude), float(longitude)  # type: ignore[arg-type]


def when(value: object, fallback: datetime) -> datetime:
    """Return an instant given in Unix seconds or milliseconds (number or digits), or ISO 8601 with a zone."""
    if isinstance(value, str) and not value.strip().lstrip("-").replace(".", "", 1).isdigit():
        try:
            found = datetime.fromisoformat(value.strip())
        except ValueError:
            return fallback
        return found.astimezone(UTC) if found.tzinfo is not None and 2000 <= found.year < 2100 else fallback
    try:
        seconds = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return fallback
    if isinstance(value, bool) or not math.isfinite(seconds):
        return fallback
    if seconds > _LAST:
        seconds /= 1000
    return datetime.fromtimestamp(seconds, UTC) if _FIRST <= seconds < _LAST else fallback
