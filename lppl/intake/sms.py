"""SMS as a gateway hands it over by HTTP: the fields of a form or a query (Kannel, Gammu), or one object of JSON. Pure.

Names differ between gateways; those of Kannel's ``get-url``, of scripts for gammu-smsd and of the usual services are
known. Kannel hands the bytes of a message over as the telephone wrote them and says in ``charset`` what they are.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import unquote_to_bytes
from zoneinfo import ZoneInfo

from lppl.intake.charsets import decoded
from lppl.intake.dates import moment
from lppl.intake.json_shapes import cleaned, load
from lppl.intake.numbers import international
from lppl.intake.values import NAME_LENGTH, TEXT_LENGTH, Intake, Parsed, Raw, Sender, Unread

LARGEST = 1_000_000
"""Bytes of a request; 255 parts of an SMS are 40 kB."""
FIELDS_MOST = 100
KEY_LENGTH = 500
AHEAD = timedelta(days=1)
ZONE = ZoneInfo("Asia/Jakarta")
"""Of times without a zone. Kannel's ``%t`` is UTC: have it send ``%T``, seconds since 1970, which needs none."""

FROM = (
    "from", "sender", "number", "msisdn", "phone", "source", "originator", "sendernumber", "from_number",
    "phonenumber", "nomor",
)  # fmt: skip
TEXT = ("text", "message", "msg", "body", "content", "textdecoded", "isi", "pesan", "sms")
TIME = (
    "ts", "timestamp", "time", "date", "datetime", "sent", "received", "receivedat",
    "receivingdatetime", "waktu",
)  # fmt: skip
ID = ("id", "message_id", "messageid", "msgid", "msg_id", "smsid", "sms_id", "uuid")
WRAPPERS = ("payload", "data", "message", "sms")
REPORTS = ("status", "dlr", "dlr_status", "delivery_status")
"""What only a note of delivery has, and no text."""


def parse(raw: Raw) -> Parsed:
    """Read one SMS. A sender that is no number (a bank's name, 1708) is a word too, by the name as written."""
    if len(raw.body) > LARGEST:
        return _unread("too-large", "Kiriman SMS ini terlalu besar.", "This SMS is too large.")
    fields = _json_fields(raw.body) if _is_json(raw) else _form_fields(raw.body, raw.content_type)
    if fields is None:
        return _unread("damaged", "Kiriman gerbang SMS tidak terbaca.", "What the SMS gateway sent cannot be read.")
    written, text = _first(fields, FROM, NAME_LENGTH), _first(fields, TEXT, TEXT_LENGTH)
    if not text.strip():
        if any(name in fields for name in REPORTS):
            return Parsed(ignored=1)
        return _unread("empty", "SMS ini tidak berisi teks.", "This SMS has no text.")
    time, own = _first(fields, TIME, 80), _first(fields, ID, KEY_LENGTH)
    number = international(written)
    sender = Sender(handle="" if number else written, phone=number or (written if _dialled(written) else ""))
    key = own or hashlib.sha256("\0".join((written, time, text)).encode()).hexdigest()
    return Parsed((Intake(raw.source, key, _said(time, raw.received), text, sender),))


def _unread(reason: str, indonesian: str, english: str) -> Parsed:
    return Parsed(unread=(Unread(reason, indonesian, english),))


def _is_json(raw: Raw) -> bool:
    named = raw.content_type.partition(";")[0].strip().casefold()
    return named.endswith("json") or (named != "application/x-www-form-urlencoded" and raw.body.lstrip()[:1] == b"{")


def _json_fields(body: bytes) -> Mapping[str, str] | None:
    """Return the fields of an object by their names in small letters; None when it is none."""
    found = load(decoded(body).encode())
    if not isinstance(found, dict):
        return None
    # gateways on telephones put the message into an object of its own, beside the name of the event
    inner: Mapping[str, object] = next((found[name] for name in WRAPPERS if isinstance(found.get(name), dict)), {})
    return {
        str(name).casefold(): str(value)
        for name, value in (*list(found.items())[:FIELDS_MOST], *list(inner.items())[:FIELDS_MOST])
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    }


def _form_fields(body: bytes, content_type: str) -> Mapping[str, str] | None:
    """Return the fields of a form by their names in small letters; None when there is none.

    The bytes of the text are in the character set that a field `charset` names, else the request's own.
    """
    pieces = [piece.partition(b"=") for piece in body.strip().split(b"&", FIELDS_MOST)[:FIELDS_MOST]]
    found = {
        decoded(_unquoted(name)).casefold(): _unquoted(value)
        for name, equals, value in reversed(pieces)  # of a name that stands twice, the first counts
        if equals
    }
    if not found:
        return None
    own = decoded(found.get("charset", b""))
    if not own and found.get("coding", b"").strip() == b"2":
        own = "utf-16-be"  # what Kannel's coding 2 is on the air
    of_request = content_type.casefold().partition("charset=")[2].partition(";")[0]
    return {name: decoded(value, (own or of_request) if name in TEXT else of_request) for name, value in found.items()}


def _unquoted(value: bytes) -> bytes:
    return unquote_to_bytes(value.replace(b"+", b" "))


def _first(fields: Mapping[str, str], names: tuple[str, ...], most: int) -> str:
    """Return the first of these fields that says something."""
    for name in names:
        if found := cleaned(fields.get(name, ""), most).strip():
            return found
    return ""


def _dialled(written: str) -> bool:
    return bool(written) and all(sign in "0123456789+-() *#" for sign in written)


def _said(time: str, received: datetime) -> datetime:
    """Return when it was sent, by the gateway's clock where that can be right."""
    said = moment(time, ZONE) if time else None
    return said if said is not None and said <= received + AHEAD else received
