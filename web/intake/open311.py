"""``/open311/v2/…``: GeoReport v2 for apps of the city: services, new requests (with a key), what became of them.

Of a case anybody may see its kind, its times, whether it is open, and where it is to about a hundred metres; never what
was said, by whom, and nothing at all of one that is confidential.
"""

from collections.abc import Mapping

from aiohttp import web
from sqlalchemy import Row, or_, select
from sqlalchemy.exc import SQLAlchemyError

from lppl.cases.desk_lists import or_default
from lppl.cases.documents import DeskDocuments
from lppl.cases.tables import cases
from lppl.database import READS
from lppl.intake import open311, signatures
from lppl.intake.channels import plain
from lppl.intake.codes import read_code
from lppl.intake.open311 import FORM, LARGEST, MOST_REQUESTS, Fields, Filters, Refusal
from lppl.intake.open311_answers import Format, Service, ServiceRequest, created, definition, errors, requests, services
from lppl.intake.values import Raw, Source, Visibility
from lppl.limits import household
from web.intake.addresses import Address, Desk, away, body_of, not_too_often

TYPES: Mapping[Format, str] = {"json": "application/json", "xml": "text/xml"}
CLOSE_DEGREES = 3
"""Decimals of a degree: about a hundred metres."""


class Open311:
    """Answers for GeoReport v2."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def addresses(self) -> list[Address]:
        """Return them."""
        form = "{form:json|xml}"
        return [
            Address("GET", f"/open311/v2/services.{form}", self.services),
            Address("GET", f"/open311/v2/services/{{code}}.{form}", self.definition),
            Address("GET", f"/open311/v2/requests.{form}", self.requests),
            Address("POST", f"/open311/v2/requests.{form}", self.create),
            Address("GET", f"/open311/v2/requests/{{number}}.{form}", self.request),
        ]

    async def services(self, _request: web.Request, params: Mapping[str, str]) -> web.StreamResponse:
        """Answer with what may be sent in."""
        return _said(services(await self._services(), _form(params)), params)

    async def definition(self, _request: web.Request, params: Mapping[str, str]) -> web.StreamResponse:
        """Answer with what a service asks for."""
        found = next((s for s in await self._services() if s.code == params["code"]), None)
        if found is None:
            return _refused([Refusal(404, "service_code tidak dikenal", "service_code was not found")], params)
        return _said(definition(found, _form(params)), params)

    async def create(self, request: web.Request, params: Mapping[str, str]) -> web.StreamResponse:
        """Keep a new request."""
        address, rates = household(request.remote or ""), self._desk.rates()
        for name in ("forged", "open311"):
            await not_too_often(self._desk, name, address)
        reception = self._desk.reception
        body = await body_of(request, LARGEST)
        fields = open311.fields_of(body)
        try:
            channel = await reception.channels.get(Source.OPEN311)
            given = (fields.get("api_key") or [""])[0]
            if not channel.ready or not signatures.shared(given, plain(channel.settings.api_key)):
                await rates.count("forged", address)
                return _refused([Refusal(403, "api_key tidak dikenal", "api_key is missing or not known")], params)
            if refusals := open311.refusals(fields, [s.code for s in await self._services()]):
                return _refused(refusals, params)
            await rates.count("open311", address)
            raw = Raw(Source.OPEN311, body, FORM, reception.now())
            # by the word's own key: one that is sent again with another API key is told the code of the first
            key = next((intake.key for intake in open311.parse(raw).intakes), "")
            receipt = await reception.receive(raw, key)
        except (SQLAlchemyError, OSError):
            raise away() from None
        return _said(created(receipt.code, _form(params)), params, 201)

    async def requests(self, request: web.Request, params: Mapping[str, str]) -> web.StreamResponse:
        """Answer with requests of a time."""
        fields = open311.fields_of(request.rel_url.raw_query_string.encode())
        wanted = open311.filters(fields, self._desk.reception.now())
        if isinstance(wanted, Refusal):
            return _refused([wanted], params)
        return _said(requests(await self._found(wanted), _form(params)), params)

    async def request(self, _request: web.Request, params: Mapping[str, str]) -> web.StreamResponse:
        """Answer with one request."""
        now = self._desk.reception.now()
        fields: Fields = {"service_request_id": [params["number"]]}
        wanted = open311.filters(fields, now)
        # a number of commas alone names none, and would ask for all
        found = [] if isinstance(wanted, Refusal) or not wanted.ids else await self._found(wanted)
        if not found:
            told = Refusal(404, "service_request_id tidak dikenal", "service_request_id was not found")
            return _refused([told], params)
        return _said(requests(found, _form(params)), params)

    async def _services(self) -> list[Service]:
        try:
            kept = await DeskDocuments(self._desk.reception.engine).get("categories")
        except (SQLAlchemyError, OSError):
            raise away() from None
        return [Service(name, name) for name in or_default("categories", kept).body["names"]]

    async def _found(self, wanted: Filters) -> list[ServiceRequest]:
        """Return what is asked for, newest first; a case that is asked for by its code bears that for its id, as its
        sender was told, and its number otherwise: codes are for who has them."""
        codes: list[str] = []
        query = select(cases).where(cases.c.visibility != Visibility.SECRET.value)
        if wanted.ids:
            numbers = [int(each) for each in wanted.ids if each.isascii() and each.isdigit() and len(each) < 10]
            codes = [code for each in wanted.ids if (code := read_code(each))]
            query = query.where(or_(cases.c.id.in_(numbers), cases.c.code.in_(codes)))
        else:
            query = query.where(cases.c.arrived >= wanted.start, cases.c.arrived <= wanted.end)
            if wanted.codes:
                query = query.where(cases.c.category.in_(wanted.codes))
            if len(wanted.statuses) == 1:
                query = query.where(cases.c.open.is_("open" in wanted.statuses))
        engine = self._desk.reception.engine.execution_options(**READS)
        try:
            async with engine.connect() as connection:
                rows = await connection.execute(query.order_by(cases.c.arrived.desc()).limit(MOST_REQUESTS))
                return [_request(row, row.code if row.code in codes else str(row.id)) for row in rows]
        except (SQLAlchemyError, OSError):
            raise away() from None


def _request(row: Row[tuple[object, ...]], number: str) -> ServiceRequest:
    """Return what anybody may see of a case."""
    return ServiceRequest(
        number, "open" if row.open else "closed", row.category, row.category, row.arrived, row.changed,
        expected=row.due,
        latitude=None if row.latitude is None else round(row.latitude, CLOSE_DEGREES),
        longitude=None if row.longitude is None else round(row.longitude, CLOSE_DEGREES),
    )  # fmt: skip


def _form(params: Mapping[str, str]) -> Format:
    return "xml" if params["form"] == "xml" else "json"


def _said(body: bytes, params: Mapping[str, str], status: int = 200) -> web.Response:
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return web.Response(body=body, status=status, content_type=TYPES[_form(params)], charset="utf-8", headers=headers)


def _refused(refusals: "list[Refusal] | tuple[Refusal, ...]", params: Mapping[str, str]) -> web.Response:
    return _said(errors(refusals, _form(params)), params, refusals[0].code)
