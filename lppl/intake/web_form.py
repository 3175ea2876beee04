"""Words that the product itself took down, as JSON: the web form, a note, an event, a call, a row of a table. Pure.

Whoever takes it down writes an :class:`Intake` with :func:`written`, and :func:`parse` gives the same back: for
words whose texts are as :func:`lppl.intake.json_shapes.cleaned` leaves them. Bytes of enclosures do not go into it:
these lie in the files.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lppl.intake.app_json import degrees, visibility
from lppl.intake.json_shapes import items, load, mapping
from lppl.intake.json_shapes import text as text_at
from lppl.intake.numbers import international
from lppl.intake.values import TEXT_LENGTH, Enclosure, Intake, Kind, Parsed, Place, Raw, Sender, Source, Unread

CONTENT_TYPE = "application/vnd.lppl.intake+json"
"""By which what the product wrote itself is known, whatever channel it came by."""
SENDER = {"id": "handle", "name": "name", "phone": "phone", "email": "email", "address": "address", "nik": "nik"}
"""Fields of the JSON by those of :class:`Sender`."""
WORD = {
    "token": "key", "text": "text", "title": "title", "class": "wanted", "category": "category",
    "in_reply_to": "answers", "corrects": "corrects", "withdraws": "withdraws", "ticket": "outside_ticket",
    "occasion": "occasion",
}  # fmt: skip
"""Fields of the JSON by those of :class:`Intake` that are plain text."""


def written(intake: Intake) -> bytes:
    """Return a word as JSON in UTF-8; fields that say nothing are left out."""
    place = intake.place
    found: dict[str, Any] = {
        "source": intake.source.value,
        "said": intake.said.astimezone(UTC).isoformat(),
        "visibility": intake.visibility.value,
        "sender": {name: said for name, field in SENDER.items() if (said := getattr(intake.sender, field))},
        "place": {
            name: said
            for name, said in (
                ("text", place.text), ("kelurahan", place.kelurahan),
                ("latitude", place.latitude), ("longitude", place.longitude),
            )
            if said not in ("", None)
        },
        "files": [_file(enclosure) for enclosure in intake.enclosures],
    }  # fmt: skip
    found |= {name: said for name, field in WORD.items() if (said := getattr(intake, field))}
    return json.dumps(found).encode()  # in ASCII: a lone surrogate in a text must not make it fail


def _file(enclosure: Enclosure) -> dict[str, Any]:
    size = enclosure.size if enclosure.size is not None or enclosure.data is None else len(enclosure.data)
    found = {
        "ref": enclosure.ref, "url": enclosure.url, "kind": enclosure.kind.value, "name": enclosure.name,
        "content_type": enclosure.content_type, "size": size,
    }  # fmt: skip
    return {name: said for name, said in found.items() if said not in ("", None)}


def parse(raw: Raw) -> Parsed:
    """Read a word that the product wrote. Required is its `token` alone: a missed call says nothing.

    It names its own source: an imported chat's words are WhatsApp's though a page took them in.
    """
    found = load(raw.body)
    if isinstance(found, Unread):
        return Parsed(unread=(found,))
    if not isinstance(found, dict) or not _text(found, "token"):
        told = "Catatan ini tidak lengkap: tanpa token.", "This record is not complete: it has no token."
        return Parsed(unread=(Unread("damaged", *told),))
    fields = {field: _text(found, name) for name, field in WORD.items()}
    intake = Intake(
        source=_source(found.get("source"), raw.source),
        said=_said(found.get("said"), raw.received),
        sender=_sender(mapping(found, "sender")),
        place=_place(mapping(found, "place")),
        enclosures=tuple(_enclosure(each) for each in items(found, "files") if isinstance(each, dict)),
        visibility=visibility(found.get("visibility")),
        **fields,
    )
    return Parsed((intake,))


def _text(value: Mapping[str, Any], name: str) -> str:
    return text_at(value, name, TEXT_LENGTH)


def _source(value: object, otherwise: Source) -> Source:
    return next((source for source in Source if source.value == value), otherwise)


def _said(value: object, received: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else received
        return found.astimezone(UTC) if found.tzinfo is not None else received
    except (ValueError, OverflowError):
        return received


def _sender(value: Mapping[str, Any]) -> Sender:
    fields = {field: _text(value, name) for name, field in SENDER.items()}
    return Sender(**fields | {"phone": international(fields["phone"]) or fields["phone"]})


def _place(value: Mapping[str, Any]) -> Place:
    latitude, longitude = degrees(value.get("latitude"), 90), degrees(value.get("longitude"), 180)
    both = latitude is not None and longitude is not None
    return Place(
        _text(value, "text"), _text(value, "kelurahan"), latitude if both else None, longitude if both else None
    )


def _enclosure(value: Mapping[str, Any]) -> Enclosure:
    size = value.get("size")
    return Enclosure(
        kind=next((kind for kind in Kind if kind.value == value.get("kind")), Kind.FILE),
        ref=_text(value, "ref"),
        url=_text(value, "url"),
        name=_text(value, "name"),
        content_type=_text(value, "content_type"),
        size=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
    )
