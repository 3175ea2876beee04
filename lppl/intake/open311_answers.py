"""What Open311 apps are answered: services, requests, what was created, errors, as XML and as JSON. Pure.

GeoReport v2: XML without a namespace, in UTF-8 with its declaration; JSON is the same by the Spark convention: a list
of items is an array, without the name of the list around it.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from xml.etree import ElementTree

from lppl.intake.open311 import Refusal

Format = Literal["json", "xml"]
CONTENT_TYPES: dict[Format, str] = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (2.2, Char) cannot hold, not even escaped."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers that an attribute's list offers."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """A question that a service asks beyond the usual. `datatype`: string, number, datetime, text, singlevaluelist or
    multivaluelist; `order` from 1; `variable` False: shown, not asked."""

    code: str
    description: str
    datatype: str = "string"
    required: bool = False
    order: int = 1
    datatype_description: str = ""
    variable: bool = True
    values: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of request that can be sent in. `kind`: realtime (its id is answered at once), batch, blackbox."""

    code: str
    name: str
    description: str = ""
    group: str = ""
    keywords: tuple[str, ...] = ()
    kind: str = "realtime"
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """A request as anybody may see it. Times aware; `expected`: when it has to be done. Coordinates in degrees."""

    id: str
    status: Literal["open", "closed"]
    service_code: str
    service_name: str
    requested: datetime
    updated: datetime
    description: str = ""
    status_notes: str = ""
    agency: str = ""
    notice: str = ""
    expected: datetime | None = None
    address: str = ""
    address_id: str = ""
    zipcode: str = ""
    latitude: float | None = None
    longitude: float | None = None
    media_url: str = ""


def services(rows: Sequence[Service], form: Format) -> bytes:
    """Return the list of services (GET Service List)."""
    found = [
        {
            "service_code": row.code, "service_name": row.name, "description": row.description,
            "metadata": bool(row.attributes), "type": row.kind, "keywords": ", ".join(row.keywords),
            "group": row.group,
        }
        for row in rows
    ]  # fmt: skip
    return _rendered(found, form, "services", "service")


def definition(row: Service, form: Format) -> bytes:
    """Return what a service asks (GET Service Definition)."""
    attributes = [
        {
            "variable": each.variable, "code": each.code, "datatype": each.datatype, "required": each.required,
            "datatype_description": each.datatype_description or None, "order": each.order,
            "description": each.description, "values": [{"key": v.key, "name": v.name} for v in each.values],
        }
        for each in sorted(row.attributes, key=lambda each: each.order)
    ]  # fmt: skip
    return _rendered({"service_code": row.code, "attributes": attributes}, form, "service_definition")


def created(request_id: str, form: Format, notice: str = "", token: bool = False) -> bytes:
    """Return what a sender of a request is answered (POST Service Request): its id, or a token to ask for it by."""
    name = "token" if token else "service_request_id"
    found = [{name: request_id, "service_notice": notice or None, "account_id": None}]
    return _rendered(found, form, "service_requests", "request")


def of_token(request_id: str, token: str, form: Format) -> bytes:
    """Return the id of a request whose token is known (GET service_request_id from a token)."""
    return _rendered([{"service_request_id": request_id, "token": token}], form, "service_requests", "request")


def requests(rows: Sequence[ServiceRequest], form: Format) -> bytes:
    """Return requests (GET Service Requests, GET Service Request: a list of one)."""
    return _rendered([_request(row) for row in rows], form, "service_requests", "request")


def _request(row: ServiceRequest) -> dict[str, Any]:
    return {
        "service_request_id": row.id, "status": row.status, "status_notes": row.status_notes or None,
        "service_name": row.service_name, "service_code": row.service_code, "description": row.description or None,
        "agency_responsible": row.agency or None, "service_notice": row.notice or None,
        "requested_datetime": _w3c(row.requested), "updated_datetime": _w3c(row.updated),
        "expected_datetime": _w3c(row.expected) if row.expected else None, "address": row.address or None,
        "address_id": row.address_id or None, "zipcode": row.zipcode or None, "lat": row.latitude,
        "long": row.longitude, "media_url": row.media_url or None,
    }  # fmt: skip


def errors(refusals: Sequence[Refusal], form: Format) -> bytes:
    """Return why something was refused (Errors); the answer's status is the first one's code."""
    found = [{"code": each.code, "description": each.description} for each in refusals]
    return _rendered(found, form, "errors", "error")


def _w3c(at: datetime) -> str:
    """Return an aware time as the W3C's note on dates writes it, to the second."""
    return at.replace(microsecond=0).astimezone(UTC).isoformat().replace("+00:00", "Z")


# ---- JSON and XML ---------------------------------------------------------------------------------


def _rendered(value: Any, form: Format, root: str, item: str = "") -> bytes:
    if form == "json":
        return json.dumps(_plain(value), ensure_ascii=False).encode()
    element = ElementTree.Element(root)
    _fill(element, value, item)
    head = b'<?xml version="1.0" encoding="utf-8"?>\n'
    return head + ElementTree.tostring(element, encoding="unicode").encode()


def _plain(value: Any) -> Any:
    """Return a value whose texts can be written in both formats."""
    match value:
        case str():
            return _UNWRITABLE.sub("", value)
        case list():
            return [_plain(each) for each in value]
        case dict():
            return {name: _plain(each) for name, each in value.items()}
    return value


def _fill(element: ElementTree.Element, value: Any, item: str = "") -> None:
    """Write a value into an element; members of a list under `item`, which is the list's name without its s."""
    match value:
        case None | "":
            pass
        case bool():
            element.text = "true" if value else "false"
        case list():
            for each in value:
                _fill(ElementTree.SubElement(element, item), each)
        case dict():
            for name, each in value.items():
                _fill(ElementTree.SubElement(element, name), each, name.removesuffix("s"))
        case _:
            element.text = _UNWRITABLE.sub("", str(value))
