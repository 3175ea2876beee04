"""Words from other programs (Knok Knok and other local apps): one signed generic JSON, version 1. Pure.

The format and its signature are told to their makers in docs/contoh/json-aplikasi.md. Strict in what is required, an
`id` and something said; whatever else cannot be used is left out, so that no word is lost over a field that is wrong.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from lppl.intake.json_shapes import items, load, mapping
from lppl.intake.json_shapes import text as text_at
from lppl.intake.numbers import international
from lppl.intake.values import (
    NAME_LENGTH,
    TEXT_LENGTH,
    Enclosure,
    Intake,
    Kind,
    Parsed,
    Place,
    Raw,
    Sender,
    Unread,
    Visibility,
)

MESSAGES_MOST = 500
FILES_MOST = 20
KEY_LENGTH = 200
URL_LENGTH = 2_000
WORD_LENGTH = 80
AHEAD = timedelta(days=1)

_ENDINGS = {
    Kind.PICTURE: (".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".bmp"),
    Kind.SOUND: (".mp3", ".ogg", ".opus", ".m4a", ".aac", ".wav", ".amr", ".flac"),
    Kind.VIDEO: (".mp4", ".mov", ".webm", ".3gp", ".mkv", ".avi"),
}


def parse(raw: Raw) -> Parsed:
    """Read one message, or those of ``{"messages": […]}``; one that is wrong does not stop the others."""
    found = load(raw.body)
    if isinstance(found, Unread):
        return Parsed(unread=(found,))
    if not isinstance(found, dict):
        return Parsed(unread=(_wrong("harus berupa objek JSON", "it has to be a JSON object"),))
    if "messages" not in found:
        return _sorted([_message(found, "", raw)])
    messages = found["messages"]
    if not isinstance(messages, list):
        return Parsed(unread=(_wrong("messages harus berupa daftar", "messages has to be a list", "messages"),))
    if not messages:
        return Parsed(ignored=1)  # there was nothing new
    read = [_message(value, f"messages[{n}]", raw) for n, value in enumerate(messages[:MESSAGES_MOST])]
    if len(messages) > MESSAGES_MOST:
        told = f"paling banyak {MESSAGES_MOST} pesan sekali kirim", f"{MESSAGES_MOST} messages at once at most"
        read.append(Unread("too-large", *told, f"messages[{MESSAGES_MOST}]"))
    return _sorted(read)


def _sorted(read: Sequence[Intake | Unread]) -> Parsed:
    return Parsed(
        tuple(each for each in read if isinstance(each, Intake)),
        tuple(each for each in read if isinstance(each, Unread)),
    )


def _wrong(indonesian: str, english: str, where: str = "", reason: str = "damaged") -> Unread:
    return Unread(reason, f"Pesan aplikasi: {indonesian}.", f"Message of an app: {english}.", where)


def _message(value: object, where: str, raw: Raw) -> Intake | Unread:
    if not isinstance(value, dict):
        return _wrong("harus berupa objek", "it has to be an object", where)
    key = word(value, "id", KEY_LENGTH)
    if not key:
        return _wrong("id belum diisi", "there is no id", where)
    text, files = word(value, "text", TEXT_LENGTH), _files(value)
    if not text and not files:
        return _wrong("text dan files kosong", "text and files are empty", where, "empty")
    return Intake(
        source=raw.source,
        key=key,
        said=said(value.get("said"), raw.received),
        text=text,
        sender=sender(mapping(value, "sender")),
        title=word(value, "title", NAME_LENGTH),
        place=place(mapping(value, "place")),
        enclosures=files,
        visibility=visibility(value.get("visibility")),
        wanted=word(value, "class", WORD_LENGTH),
        category=word(value, "category", WORD_LENGTH),
        answers=word(value, "in_reply_to", KEY_LENGTH),
        outside_ticket=word(value, "ticket", WORD_LENGTH),
    )


def _files(value: Mapping[str, Any]) -> tuple[Enclosure, ...]:
    found = [file_at(each) for each in items(value, "files")[:FILES_MOST]]
    return tuple(file for file in found if file is not None)


# ---- fields, which the web form's own JSON has too ------------------------------------------------


def word(value: Mapping[str, Any], name: str, most: int) -> str:
    """Return a field of text (a number too: ids are often numbers) without spaces around it; "" for anything else."""
    return text_at(value, name, most).strip()


def sender(value: Mapping[str, Any]) -> Sender:
    """Return who says it: ``{"id", "name", "phone", "email", "address", "nik"}``, each as far as told."""
    phone = word(value, "phone", NAME_LENGTH)
    return Sender(
        handle=word(value, "id", KEY_LENGTH),
        name=word(value, "name", NAME_LENGTH),
        phone=international(phone) or phone,
        email=word(value, "email", NAME_LENGTH).casefold(),
        address=word(value, "address", NAME_LENGTH),
        nik="".join(sign for sign in word(value, "nik", 40) if sign in "0123456789"),
    )


def place(value: Mapping[str, Any]) -> Place:
    """Return where it is about: ``{"text", "kelurahan", "latitude", "longitude"}``; coordinates only if both can be."""
    latitude, longitude = degrees(value.get("latitude"), 90), degrees(value.get("longitude"), 180)
    both = latitude is not None and longitude is not None
    return Place(
        word(value, "text", NAME_LENGTH * 2),
        word(value, "kelurahan", WORD_LENGTH),
        latitude if both else None,
        longitude if both else None,
    )


def degrees(value: object, most: float) -> float | None:
    """Return a coordinate, from a number or its text (a decimal comma too); None when it cannot be one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value.strip()[:30].replace(",", ".") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) <= most else None  # which NaN is not


def visibility(value: object) -> Visibility:
    """Return who may know. What cannot be read, but was said, is taken as secret: hiding can be undone."""
    if value is None or value == "":
        return Visibility.OPEN
    try:
        return Visibility(str(value).strip().casefold()[:WORD_LENGTH])
    except ValueError:
        return Visibility.SECRET


def said(value: object, received: datetime) -> datetime:
    """Return when it was said, aware UTC: ISO 8601 with its zone, not in the future; else `received`."""
    if not isinstance(value, str):
        return received
    try:
        found = datetime.fromisoformat(value.strip()[:40])
        aware = found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return received
    return aware if aware is not None and aware.year >= 1990 and aware <= received + AHEAD else received


def file_at(value: object) -> Enclosure | None:
    """Return a file of ``{"url", "name", "content_type"}``; None when it names no web address."""
    if not isinstance(value, dict) or not (address := web_address(word(value, "url", URL_LENGTH))):
        return None
    name, content_type = word(value, "name", NAME_LENGTH), word(value, "content_type", 100).casefold()
    return Enclosure(kind_of(content_type, name or address), url=address, name=name, content_type=content_type)


def web_address(written: str) -> str:
    """Return an address of http or https with a host, as written; "" for anything else. Whether it may be fetched from
    is for whoever fetches."""
    try:
        parts = urlsplit(written)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not any(c.isspace() for c in written)
    except ValueError:
        return ""
    return written if good else ""


def kind_of(content_type: str, name: str = "") -> Kind:
    """Return what a media type claims, else the ending of a name or address."""
    whole = {"image": Kind.PICTURE, "audio": Kind.SOUND, "video": Kind.VIDEO}
    if found := whole.get(content_type.partition("/")[0].strip().casefold()):
        return found
    ending = PurePosixPath(name.partition("?")[0].partition("#")[0]).suffix.casefold()
    return next((kind for kind, endings in _ENDINGS.items() if ending in endings), Kind.FILE)
