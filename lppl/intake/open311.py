"""Open311 GeoReport v2, the server's side: what apps send in, and what they are answered. Pure.

https://wiki.open311.org/GeoReport_v2 says what stands in requests and answers; its sections are named where they rule.
Whether an app may send at all (its API key) is for whoever receives. Answers: :mod:`lppl.intake.open311_answers`.
"""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote_to_bytes

from lppl.intake.app_json import URL_LENGTH, degrees, kind_of, web_address
from lppl.intake.charsets import decoded
from lppl.intake.dates import FIRST_YEAR, LAST_YEAR
from lppl.intake.json_shapes import cleaned
from lppl.intake.numbers import international
from lppl.intake.values import NAME_LENGTH, TEXT_LENGTH, Enclosure, Intake, Parsed, Place, Raw, Sender, Unread

FORM = "application/x-www-form-urlencoded"
LARGEST = 200_000
FIELDS_MOST = 200
DESCRIPTION_LENGTH = 4_000
"""As POST Service Request says; longer ones are read all the same."""
CODE_LENGTH = 80
SPAN = timedelta(days=90)
MOST_REQUESTS = 1_000
"""GET Service Requests, Response Volume: 90 days or 1000 requests, whichever is less."""
Fields = Mapping[str, Sequence[str]]

_W3C = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(:\d{2})?(?:\.\d{1,9})?(Z|[+ -]\d{2}:?\d{2}))?", re.ASCII | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not taken. `code`: the HTTP status, which the answer repeats."""

    code: int
    indonesian: str
    english: str

    @property
    def description(self) -> str:
        """What the app is answered."""
        return f"{self.indonesian} / {self.english}"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which requests are asked for. `ids` overrides all else; empty collections stand for all. Times: aware, of the
    requests' beginning, both included; `statuses`: ``open``, ``closed``."""

    ids: tuple[str, ...]
    codes: tuple[str, ...]
    start: datetime
    end: datetime
    statuses: frozenset[str]


# ---- what was sent --------------------------------------------------------------------------------


def fields_of(body: bytes) -> Fields:
    """Return the fields of a form or query by name, each with its values in order; empty ones are as if not sent
    (Definitions, Optional Arguments). UTF-8 (Internationalization and Encoding)."""
    found: dict[str, list[str]] = {}
    for piece in body.split(b"&", FIELDS_MOST)[:FIELDS_MOST]:
        name, _, value = (unquote_to_bytes(part.replace(b"+", b" ")) for part in piece.partition(b"="))
        text = cleaned(decoded(value), TEXT_LENGTH).strip()
        if text:
            found.setdefault(cleaned(decoded(name), NAME_LENGTH).strip(), []).append(text)
    return found


def _one(fields: Fields, name: str, most: int = NAME_LENGTH) -> str:
    return fields[name][0][:most].strip() if name in fields else ""


def refusals(fields: Fields, codes: Collection[str]) -> tuple[Refusal, ...]:
    """Return why a new request cannot be taken, as POST Service Request demands; nothing when it can.

    `codes`: the service codes that there are. The place: both coordinates, or an address, or its id.
    """
    found = []
    code = _one(fields, "service_code", CODE_LENGTH)
    if not code:
        found.append(Refusal(400, "service_code belum diisi", "service_code was not provided"))
    elif code not in codes:
        found.append(Refusal(404, "service_code tidak dikenal", "service_code was not found"))
    here = degrees(_one(fields, "lat"), 90) is not None and degrees(_one(fields, "long"), 180) is not None
    if not here and not _one(fields, "address_string") and not _one(fields, "address_id"):
        told = "lokasi belum diisi: lat dan long, address_string, atau address_id"
        found.append(Refusal(400, told, "no location: provide lat and long, address_string, or address_id"))
    return tuple(found)


def parse(raw: Raw) -> Parsed:
    """Read a new request (POST requests.json, requests.xml). What :func:`refusals` would refuse is read as far as it
    goes: it was kept, so a person may look at it."""
    if len(raw.body) > LARGEST:
        return _unread("too-large", "Kiriman Open311 ini terlalu besar.", "This Open311 request is too large.")
    if raw.content_type.partition(";")[0].strip().casefold() not in ("", FORM):
        return _unread("unknown-type", f"Open311 harus dikirim sebagai {FORM}.", f"Open311 is sent as {FORM}.")
    fields = fields_of(raw.body)
    text, code, files = _described(fields), _one(fields, "service_code", CODE_LENGTH), _media(fields)
    if not (text or code or files):
        return _unread("empty", "Kiriman Open311 ini kosong.", "This Open311 request is empty.")
    intake = Intake(
        source=raw.source,
        key=_key(fields),
        said=raw.received,
        text=text,
        sender=_sender(fields),
        place=_place(fields),
        enclosures=files,
        wanted=code,
    )
    return Parsed((intake,))


def _unread(reason: str, indonesian: str, english: str) -> Parsed:
    return Parsed(unread=(Unread(reason, indonesian, english),))


def _key(fields: Fields) -> str:
    """Return a key that is the same when an app sends the same again, with another API key too: the protocol has
    none."""
    said = sorted((name, tuple(values)) for name, values in fields.items() if name != "api_key")
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _described(fields: Fields) -> str:
    """Return the description, and below it the answers to what the service's definition asks (attribute[code])."""
    asked = (
        f"{name.removeprefix('attribute[').partition(']')[0]}: {', '.join(values)}"
        for name, values in fields.items()
        if name.startswith("attribute[")
    )
    return cleaned("\n\n".join(filter(None, (_one(fields, "description", TEXT_LENGTH), "\n".join(asked)))), TEXT_LENGTH)


def _sender(fields: Fields) -> Sender:
    """Return who says it; known again by the app's account, else by the device."""
    account, device = _one(fields, "account_id"), _one(fields, "device_id")
    phone = _one(fields, "phone")
    return Sender(
        handle=f"account:{account}" if account else f"device:{device}" if device else "",
        name=" ".join(filter(None, (_one(fields, "first_name"), _one(fields, "last_name"))))[:NAME_LENGTH],
        phone=international(phone) or phone,
        email=_one(fields, "email").casefold(),
    )


def _place(fields: Fields) -> Place:
    latitude, longitude = degrees(_one(fields, "lat"), 90), degrees(_one(fields, "long"), 180)
    both = latitude is not None and longitude is not None
    text = _one(fields, "address_string", 2 * NAME_LENGTH) or _one(fields, "address_id")
    return Place(text, latitude=latitude if both else None, longitude=longitude if both else None)


def _media(fields: Fields) -> tuple[Enclosure, ...]:
    address = web_address(_one(fields, "media_url", URL_LENGTH))
    return (Enclosure(kind_of("", address), url=address),) if address else ()


# ---- what is asked for ----------------------------------------------------------------------------


def filters(fields: Fields, now: datetime) -> Filters | Refusal:
    """Return what GET requests asks for. `now`: aware; its zone is that of dates without a time.

    No dates: the last 90 days; one: 90 days from it, or up to it; both: at most 90 days, else it is refused.
    """
    statuses = frozenset(each.casefold() for each in _listed(fields, "status"))
    if not statuses <= {"open", "closed"}:
        return Refusal(400, "status harus open atau closed", "status has to be open or closed")
    start, end = (_w3c(_one(fields, name), now) for name in ("start_date", "end_date"))
    if isinstance(start, Refusal):
        return start
    if isinstance(end, Refusal):
        return end
    if start is None:
        end = end or now
        start = end - SPAN
    end = end or min(now, start + SPAN)
    if start > end and _one(fields, "end_date"):
        return Refusal(400, "start_date sesudah end_date", "start_date is after end_date")
    if end - start > SPAN:
        return Refusal(400, "rentang tanggal lebih dari 90 hari", "the dates span more than 90 days")
    return Filters(_listed(fields, "service_request_id"), _listed(fields, "service_code"), start, end, statuses)


def _listed(fields: Fields, name: str) -> tuple[str, ...]:
    """Return values that are separated by commas, or declared several times."""
    values = (
        value.strip()[:CODE_LENGTH] for whole in fields.get(name, ()) for value in whole.split(",", MOST_REQUESTS)
    )
    return tuple(dict.fromkeys(value for value in values if value))[:MOST_REQUESTS]


def _w3c(written: str, now: datetime) -> datetime | Refusal | None:
    """Return a time of the W3C's note on dates; None when none is written. A zone is required with a time."""
    if not written:
        return None
    refused = Refusal(
        400, "tanggal harus seperti 2026-11-22T00:00:00Z", "dates have to be written as 2026-11-22T00:00:00Z"
    )
    found = _W3C.fullmatch(written)
    if found is None:
        return refused
    day, time, seconds, zone = found.groups()
    try:
        if not time:
            moment = datetime.fromisoformat(day).replace(tzinfo=now.tzinfo)
        else:  # a plus sign that was sent as it is has become a space
            moment = datetime.fromisoformat(f"{day}T{time}{seconds or ''}{zone.upper().replace(' ', '+')}")
    except ValueError:
        return refused
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else refused
