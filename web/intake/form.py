"""``/lapor``: the form by which anybody sends a complaint or an aspiration. It works without a script, on any phone.

What is answered with a code is durable. What cannot be kept is said so, and the form comes back with what was typed.
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

import structlog
from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from sqlalchemy.exc import SQLAlchemyError

from lppl.cases.desk_lists import or_default
from lppl.cases.documents import DeskDocuments
from lppl.cases.town_map import Base, TownMap
from lppl.cases.triage.emergency import emergency
from lppl.intake.codes import read_code
from lppl.intake.files import Writing, new_id
from lppl.intake.inbox import KeptFile
from lppl.intake.reception import Reception
from lppl.intake.values import Enclosure, Kind, Raw, Source
from lppl.intake.web_form import CONTENT_TYPE, written
from lppl.intake.works import Rank
from lppl.limits import household
from web.audience.pages import Pages
from web.intake.addresses import Address, Desk, body_of
from web.intake.form_values import FIELDS, Typed, checked, intake_of
from web.intake.words import WORDS
from web.map_words import map_words
from web.portal import HEADERS, language_of

log = structlog.get_logger(__name__)

FILES_MOST = 5
FILE_LARGEST = 50_000_000
FIELD_LARGEST = 40_000
FIELDS_LARGEST = 200_000
"""Bytes of a form without files."""
INDONESIA = (-2.5, 118.0)
"""Where a map begins that knows no town: latitude and longitude."""
KINDS = {"image": Kind.PICTURE, "video": Kind.VIDEO, "audio": Kind.SOUND}
PRIVATE = HEADERS | {
    "Cache-Control": "no-store",
    "Permissions-Policy": "geolocation=(self), microphone=(self), camera=(self)",
}
BROKEN = (ValueError, AssertionError, HttpProcessingError, web.RequestPayloadError)
"""What reading a damaged multipart body raises."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A form as it came."""

    fields: dict[str, str]
    files: Sequence[tuple[KeptFile, str]]
    wrong: str = ""
    """Key of the sentence about its files."""
    had_files: bool = False
    """Whether it came with any, kept or not."""


class Form:
    """Answers for the form."""

    def __init__(self, pages: Pages, desk: Desk, largest: int = FILE_LARGEST) -> None:
        self._pages, self._desk, self._largest = pages, desk, largest

    def addresses(self) -> list[Address]:
        """Return them."""
        return [
            Address("GET", "/lapor", self.show),
            Address("POST", "/lapor", self.send),
            Address("GET", "/lapor/diterima", self.received),
            Address("GET", "/lapor/peta.json", self.map_file),
        ]

    def _reception(self) -> Reception | None:
        """Return where words are kept; None while the records are not open."""
        return self._desk.intake().reception

    async def show(self, request: web.Request, _params: Mapping[str, str]) -> web.Response:
        """Answer with the empty form."""
        return await self._form(request, {}, {})

    async def received(self, request: web.Request, _params: Mapping[str, str]) -> web.Response:
        """Answer with the code that was given."""
        code = read_code(request.query.get("kode", ""))  # nothing else is shown: the address may be a stranger's
        w = WORDS[language_of(request)]
        urgent = request.query.get("darurat") == "1"
        return self._pages.page("report_received", request, headers=PRIVATE, w=w, code=code, urgent=urgent)

    async def map_file(self, request: web.Request, _params: Mapping[str, str]) -> web.Response:
        """Answer with the town's areas and its tile server, for the map. Addresses with a version never change."""
        town = self._desk.intake().town_map
        if town is None:
            raise web.HTTPServiceUnavailable(headers=PRIVATE)
        try:
            file = await town.file()
        except (SQLAlchemyError, OSError):
            raise web.HTTPServiceUnavailable(headers=PRIVATE) from None
        if not file.body:
            raise self._pages.missing(request)
        asked = request.query.get("v") == file.version
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable" if asked else "no-cache",
            "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding",
        }  # fmt: skip
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return web.Response(body=file.packed, content_type="application/json", headers=headers)
        return web.Response(body=file.body, content_type="application/json", headers=headers)

    async def send(self, request: web.Request, _params: Mapping[str, str]) -> web.StreamResponse:
        """Keep what was sent, and lead to its code."""
        if request.headers.get("Sec-Fetch-Site") == "cross-site":
            raise web.HTTPForbidden(headers=PRIVATE)
        reception = self._reception()
        address = household(request.remote or "")
        if wait := await self._desk.rates().wait_s("form", address):
            return await self._form(request, {}, {"": "too_often"}, 429, minutes=max(1, round(wait / 60)))
        sent = await self._read(request, reception)
        unkept = sent.had_files and (reception is None or bool(sent.wrong))
        typed = checked(sent.fields, len(sent.files) + unkept)
        wrong = dict(typed.wrong)
        if sent.wrong:
            wrong["files"] = sent.wrong
        if wrong:
            await self._drop(reception, sent)
            status = 503 if sent.wrong == "away" else 422
            return await self._form(request, typed.fields, wrong, status, had_files=sent.had_files)
        if typed.fields["website"]:  # a program: it is thanked, and nothing is kept
            await self._drop(reception, sent)
            raise web.HTTPSeeOther("lapor/diterima", headers=PRIVATE)
        if reception is None:
            return await self._form(request, typed.fields, {"": "away"}, 503, had_files=sent.had_files)
        try:
            closed = not (await reception.channels.get(Source.WEB)).active
        except (SQLAlchemyError, OSError) as error:
            return await self._away(request, reception, typed, sent, error)
        if closed:
            await self._drop(reception, sent)
            return await self._form(request, typed.fields, {"": "closed"}, 503, had_files=sent.had_files)
        return await self._kept(request, reception, typed, sent, address)

    async def _kept(
        self, request: web.Request, reception: Reception, typed: Typed, sent: _Sent, address: str
    ) -> web.StreamResponse:
        now = reception.now()
        enclosures = tuple(
            Enclosure(file.kind, ref=file.id, name=name, content_type=file.content_type, size=file.size)
            for file, name in sent.files
        )
        intake = intake_of(typed, now, enclosures)
        raw, danger = Raw(Source.WEB, written(intake), CONTENT_TYPE, now), bool(emergency(intake.text))
        try:
            files = [file for file, _ in sent.files]
            receipt = await reception.receive(raw, intake.key, files, Rank.URGENT if danger else Rank.ORDINARY)
        except (SQLAlchemyError, OSError) as error:
            return await self._away(request, reception, typed, sent, error)
        if receipt.again:
            await self._drop(reception, sent)
        await self._desk.rates().count("form", address)
        urgent = "&darurat=1" if danger else ""
        raise web.HTTPSeeOther(f"lapor/diterima?kode={receipt.code}{urgent}", headers=PRIVATE)

    async def _away(
        self, request: web.Request, reception: Reception, typed: Typed, sent: _Sent, error: Exception
    ) -> web.Response:
        """Give back what was typed, since it cannot be kept."""
        log.error("report_not_kept", reason=type(error).__name__)
        await self._drop(reception, sent)
        return await self._form(request, typed.fields, {"": "away"}, 503, had_files=sent.had_files)

    # --- what came ---

    async def _read(self, request: web.Request, reception: Reception | None) -> _Sent:
        """Return fields and files; the files are sealed as they come."""
        if request.content_type == "application/x-www-form-urlencoded":
            # read by itself: a character set that a program invents must not matter
            given = dict(reversed(parse_qsl((await self._body(request)).decode("utf-8", "replace"))))
            return _Sent({name: given.get(name, "").replace("\0", "") for name in FIELDS}, ())
        if request.content_type != "multipart/form-data":
            raise web.HTTPUnsupportedMediaType(headers=PRIVATE)
        fields: dict[str, str] = {}
        files: list[tuple[KeptFile, str]] = []
        wrong, had_files = "", False
        try:
            async for part in await request.multipart():
                if not isinstance(part, BodyPartReader):
                    continue
                if part.name == "files":
                    had_files = had_files or bool(part.filename)
                    if len(files) >= FILES_MOST:
                        wrong = wrong or ("too_many_files" if part.filename else "")
                        await part.release()
                        continue
                    kept, said = await self._file(part, reception)
                    wrong = wrong or said
                    if kept is not None:
                        files.append((kept, (part.filename or "")[:200]))
                elif part.name in FIELDS:
                    fields[part.name] = (await _bounded(part)).decode("utf-8", "replace").replace("\0", "")
                else:
                    await part.release()
        except BROKEN:
            await self._drop(reception, _Sent(fields, files))
            raise web.HTTPBadRequest(headers=PRIVATE) from None
        except BaseException:  # who sent it went away
            await self._drop(reception, _Sent(fields, files))
            raise
        return _Sent(fields, files, wrong, had_files)

    async def _body(self, request: web.Request) -> bytes:
        try:
            return await body_of(request, FIELDS_LARGEST)
        except (web.HTTPRequestEntityTooLarge, web.HTTPBadRequest) as error:
            error.headers.update(PRIVATE)
            raise

    async def _file(self, part: BodyPartReader, reception: Reception | None) -> tuple[KeptFile | None, str]:
        """Seal one file as it comes; return it, or the key of what is wrong with it."""
        if reception is None or not part.filename:
            await part.release()
            return None, ""
        content_type = part.headers.get("Content-Type", "application/octet-stream")[:100]
        key, number = reception.keyring.new(), new_id()
        try:
            writing: Writing = await asyncio.to_thread(reception.files.begin, number, key)
            try:
                while piece := await part.read_chunk(256 * 1024):
                    if writing.size + len(piece) > self._largest:
                        break
                    await asyncio.to_thread(writing.write, piece)
                if piece or not writing.size:
                    await asyncio.to_thread(writing.drop)
                    await part.release()
                    return None, "too_large" if piece else ""
                size = await asyncio.to_thread(writing.keep)
            except BaseException:
                writing.drop()
                raise
        except OSError as error:  # the disk is full, or was unplugged; what was typed comes after the files, too
            log.error("report_file_not_kept", reason=type(error).__name__)
            await part.release()
            return None, "away"
        kind = KINDS.get(content_type.partition("/")[0], Kind.FILE)
        return KeptFile(number, kind, content_type, size, key), ""

    async def _drop(self, reception: Reception | None, sent: _Sent) -> None:
        """Remove files that nothing will name."""
        if reception is not None:
            for file, _ in sent.files:
                await asyncio.to_thread(reception.files.remove, file.id)

    # --- the page ---

    async def _form(
        self, request: web.Request, fields: Mapping[str, str], wrong: Mapping[str, str], status: int = 200,
        *, had_files: bool = False, **more: object,
    ) -> web.Response:  # fmt: skip
        w = WORDS[language_of(request)]
        said = {name: w[key].format(**more) if more else w[key] for name, key in wrong.items()}
        intake = self._desk.intake()
        base = await _base(intake.town_map)
        policy = base.pictures(PRIVATE["Content-Security-Policy"])
        return self._pages.page(
            "report", request, status=status, headers=PRIVATE | {"Content-Security-Policy": policy}, w=w, typed=fields,
            wrong=said, token=secrets.token_urlsafe(24), had_files=had_files, largest=self._largest, most=FILES_MOST,
            kelurahan=await _kelurahan(intake.reception, self._pages.view.place), map=base.version,
            map_host=base.host, map_words=map_words(language_of(request)), centre=intake.centre or INDONESIA,
        )  # fmt: skip


async def _base(town: TownMap | None) -> Base:
    """Return what the page has to know of the map; without records there is none."""
    if town is None:
        return Base()
    try:
        return await town.base()
    except (SQLAlchemyError, OSError):
        return Base()


async def _kelurahan(reception: Reception | None, town: str) -> list[tuple[str, list[str]]]:
    """Return the kelurahan by kecamatan; none while nobody has written them down, or nobody can be asked."""
    if reception is None:
        return []
    try:
        found = await DeskDocuments(reception.engine).get("places")
    except (SQLAlchemyError, OSError):
        return []
    named: dict[str, list[str]] = {}
    for each in or_default("places", found, town).body["kelurahan"]:
        named.setdefault(each["kecamatan"], []).append(each["name"])
    return [(kecamatan, sorted(names)) for kecamatan, names in sorted(named.items())]


async def _bounded(part: BodyPartReader) -> bytes:
    """Return a field of at most :data:`FIELD_LARGEST` bytes. Raises HTTPRequestEntityTooLarge."""
    found = bytearray()
    while piece := await part.read_chunk():
        found += piece
        if len(found) > FIELD_LARGEST:
            raise web.HTTPRequestEntityTooLarge(FIELD_LARGEST, len(found), headers=PRIVATE)
    return bytes(found)
