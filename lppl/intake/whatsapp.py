"""WhatsApp: what Meta's Cloud API posts (entry[].changes[].value), read message by message. Pure.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages. One call may hold
several messages, the same one twice, and none at all (statuses). A person may come without a telephone number: the
business-scoped user id (`from_user_id`, and `user_id` of the contact) stands instead. What the station itself sent by
the WhatsApp Business app (echoes, history) is nobody's word.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from lppl.intake.gathering import Found, damaged, empty, gathered, unknown
from lppl.intake.json_shapes import cleaned, coordinates, items, load, mapping, text, when
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
    Source,
    Unread,
)

MEDIA = {
    "image": Kind.PICTURE, "sticker": Kind.PICTURE, "video": Kind.VIDEO, "audio": Kind.SOUND, "voice": Kind.SOUND,
    "document": Kind.FILE,
}  # fmt: skip
NOBODYS = frozenset({"reaction", "system", "ephemeral", "request_welcome"})
"""Types that are no word to the station: a thumb, a new number, a chat that was opened."""
ECHOES = {"message_echoes": "message_echoes", "smb_message_echoes": "message_echoes", "history": "history"}
"""Fields of the station's own messages, and below which name these stand."""
KEY_LENGTH = 300
LISTED = 20
"""Contacts, wares or answers of a form that are written out."""


def parse(raw: Raw) -> Parsed:
    """Read a call of the webhook."""
    said = load(raw.body)
    if isinstance(said, Unread):
        return Parsed(unread=(said,))
    entries = items(said, "entry")
    if not entries:
        return Parsed(unread=(unknown("WhatsApp", text(said, "object", 60)),))
    return gathered(_parts(entries, raw.received))


def _parts(entries: Sequence[object], received: datetime) -> Iterator[Found]:
    for e, entry in enumerate(entries):
        changes = items(entry, "changes")
        if not changes:
            yield damaged(f"entry[{e}]")
        for c, change in enumerate(changes):
            yield from _change(change, received, f"entry[{e}].changes[{c}]")


def _change(change: object, received: datetime, where: str) -> Iterator[Found]:
    """Yield what one change says: its messages, and None for each part that is nobody's."""
    field, value = text(change, "field", 60), mapping(change, "value")
    own = next((below for name, below in ECHOES.items() if field == name or name in value), "")
    if own:
        yield from [None] * max(1, len(items(value, own)))
        return
    yield from [None] * len(items(value, "statuses"))
    people, station = _people(value), text(mapping(value, "metadata"), "display_phone_number", NAME_LENGTH)
    messages = items(value, "messages")
    for number, message in enumerate(messages):
        yield _message(message, people, station, received, f"{where}.messages[{number}]")
    if not isinstance(value.get("messages", messages), list | tuple):
        yield damaged(where)
    elif not messages and not items(value, "statuses"):
        # other fields tell of templates, limits and the account; and errors are Meta's, about what the station sent
        yield damaged(where) if field in ("messages", "") and not items(value, "errors") else None


def _people(value: Mapping[str, Any]) -> dict[str, tuple[str, str, str]]:
    """Return name, user id and telephone number of each contact, by every id that a message may name them by."""
    found = {}
    for contact in items(value, "contacts"):
        profile, number = mapping(contact, "profile"), text(contact, "wa_id", NAME_LENGTH)
        user = text(contact, "user_id", NAME_LENGTH)
        name = text(profile, "name", NAME_LENGTH) or text(profile, "username", NAME_LENGTH)
        for key in filter(None, (number, user)):
            found[key] = (name, user, number)
    return found


def _message(
    message: object, people: Mapping[str, tuple[str, str, str]], station: str, received: datetime, where: str
) -> Found:
    if not isinstance(message, Mapping):
        return damaged(where)
    kind, key = text(message, "type", 60), text(message, "id", KEY_LENGTH)
    number = text(message, "from", NAME_LENGTH)
    if kind in NOBODYS or (number and number == station):
        return None
    if not key:
        return damaged(where)
    user = text(message, "from_user_id", NAME_LENGTH) or text(message, "user_id", NAME_LENGTH)
    name, known_user, known_number = people.get(user) or people.get(number) or ("", "", "")
    handle, phone = user or known_user or number or known_number, number or known_number
    phone = international(phone or _shared_number(message))
    common: dict[str, Any] = {
        "source": Source.WHATSAPP, "key": key, "said": when(message.get("timestamp"), received),
        "sender": Sender(handle=handle, name=name, phone=phone),
        "answers": text(mapping(message, "context"), "id", KEY_LENGTH),
    }  # fmt: skip
    if kind == "revoke":
        gone = text(mapping(message, "revoke"), "original_message_id", KEY_LENGTH)
        return Intake(text="", withdraws=gone, **common) if gone else damaged(where)
    if kind == "edit":
        edit = mapping(message, "edit")
        inner, first = mapping(edit, "message"), text(edit, "original_message_id", KEY_LENGTH)
        if not first:
            return damaged(where)
        return _said(inner, text(inner, "type", 60), {**common, "corrects": first}, where)
    return _said(message, kind, common, where)


def _shared_number(message: Mapping[str, Any]) -> str:
    """Return the number that somebody without one gave when the station asked for it; a card of others is not it."""
    if text(message, "origin", 40) != "contact_request":
        return ""
    card = next(iter(items(message, "contacts")), None)
    return text(next(iter(items(card, "phones")), None), "phone", 40)


def _said(message: Mapping[str, Any], kind: str, common: dict[str, Any], where: str) -> Found:
    """Return what a message of a known type says."""
    inner = mapping(message, kind)
    if kind in MEDIA:
        ref = text(inner, "id", NAME_LENGTH)
        if not ref:
            return damaged(where)
        content_type = text(inner, "mime_type", 100).partition(";")[0].strip()
        name = text(inner, "filename", NAME_LENGTH)
        enclosure = Enclosure(MEDIA[kind], ref=ref, name=name, content_type=content_type)
        return Intake(text=text(inner, "caption", TEXT_LENGTH), enclosures=(enclosure,), **common)
    if kind == "location":
        told = ", ".join(filter(None, (text(inner, "name", 300), text(inner, "address", 300))))
        north, east = coordinates(inner) or (None, None)
        if north is None and not told:
            return damaged(where)
        return Intake(text=told or "Lokasi", place=Place(told, latitude=north, longitude=east), **common)
    if kind not in PLAIN:
        return _unread(message, kind, where)
    words = _plain(message, kind, inner)
    return Intake(text=words, **common) if words.strip() else empty(where)


PLAIN = frozenset({"text", "button", "interactive", "contacts", "order"})
"""Types that are words alone."""


def _plain(message: Mapping[str, Any], kind: str, inner: Mapping[str, Any]) -> str:
    if kind == "text":
        return text(inner, "body", TEXT_LENGTH)
    if kind == "button":
        return text(inner, "text", TEXT_LENGTH)
    if kind == "interactive":
        return _chosen(inner)
    if kind == "contacts":
        return "\n".join(filter(None, map(_card, items(message, "contacts")[:LISTED])))
    wares = [text(item, "product_retailer_id", 100) for item in items(inner, "product_items")[:LISTED]]
    return "\n".join(filter(None, (text(inner, "text", TEXT_LENGTH), *wares))) or "Pesanan katalog"


def _chosen(inner: Mapping[str, Any]) -> str:
    """Return the answer that was tapped, or what was filled into a form."""
    for name in ("button_reply", "list_reply"):
        reply = mapping(inner, name)
        if title := text(reply, "title", TEXT_LENGTH):
            return "\n".join(filter(None, (title, text(reply, "description", TEXT_LENGTH))))
    form = mapping(inner, "nfm_reply")
    written = text(form, "response_json", TEXT_LENGTH)
    answers = load(written.encode())
    if isinstance(answers, Mapping):
        told = [(name, text(answers, name, TEXT_LENGTH)) for name in list(answers)[:LISTED] if name != "flow_token"]
        written = "\n".join(f"{cleaned(name, 100)}: {value}" for name, value in told if value)
    return (written or text(form, "body", TEXT_LENGTH))[:TEXT_LENGTH]


def _card(contact: object) -> str:
    name = text(mapping(contact, "name"), "formatted_name", NAME_LENGTH)
    numbers = [text(phone, "phone", 40) for phone in items(contact, "phones")[:LISTED]]
    told = " ".join(filter(None, (name, *numbers)))
    return f"Kontak: {told}" if told else ""


def _unread(message: Mapping[str, Any], kind: str, where: str) -> Unread:
    """Return that a message cannot be read, with Meta's own reason: it hands over no poll, event or first message."""
    inner = text(mapping(message, "unsupported"), "type", 60)
    error = next(iter(items(message, "errors")), None)
    reason = text(error, "title", 60) or text(error, "code", 20)
    return unknown("WhatsApp", " - ".join(filter(None, (kind, inner, reason))), where)
