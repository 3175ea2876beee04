"""Uploads for browsers and programs: tus 1.0.0 at ``/api/v1/tus`` (https://tus.io/protocols/resumable-upload).

Core with the extensions creation, termination, expiration and checksum. It is not part of the OpenAPI document, which
has no words for it; docs/panduan/materi.md says how to use it. What becomes of an upload is told by ``GET uploads``.
"""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Mapping
from email.utils import format_datetime

from aiohttp import ClientError, web

from lppl.accounts import Right
from lppl.desk.uploads import CHECKSUMS, LARGEST, LIFE, Checksum, ChecksumDiffers, OffsetDiffers, UploadBusy
from lppl.errors import LpplError
from lppl.uploads import Upload
from web.api.problems import answered, problem_of
from web.staff.layout import Layout
from web.staff.visit import Route, Visit

PREFIX = "/api/v1/tus"
VERSION = "1.0.0"
CHUNK_TYPE = "application/offset+octet-stream"
QUIET_S = 45.0
"""A connection on which nothing comes for so long is over; its owner goes on by another."""
PARTS_MOST = 32
BASE: Mapping[str, str] = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}


class UploadRoutes:
    """The addresses of the protocol."""

    def __init__(self, _layout: Layout) -> None:
        pass

    def routes(self) -> list[Route]:
        """Return the addresses."""
        one = f"{PREFIX}/{{upload}}"
        return [
            Route("OPTIONS", PREFIX, Right.MEDIA, self.options, api=True),
            Route("POST", PREFIX, Right.MEDIA, self.create, api=True),
            Route("HEAD", one, Right.MEDIA, self.head, api=True),
            Route("PATCH", one, Right.MEDIA, self.patch, api=True),
            Route("DELETE", one, Right.MEDIA, self.terminate, api=True),
        ]

    async def options(self, _visit: Visit) -> web.StreamResponse:
        """Say what is understood."""
        said = {
            "Tus-Version": VERSION,
            "Tus-Max-Size": str(LARGEST),
            "Tus-Extension": "creation,termination,expiration,checksum",
            "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
        }
        return web.Response(status=204, headers={**BASE, **said})

    async def create(self, visit: Visit) -> web.StreamResponse:
        """Begin an upload; metadata: `filename`, `relativePath` (of a folder's file), `folder` (where to)."""
        _check_version(visit)
        size = _number(visit, "Upload-Length")
        said = metadata(visit.request.headers.get("Upload-Metadata", ""))
        name = said.get("relativePath") or said.get("filename") or said.get("name") or ""
        parts = name.replace("\\", "/").split("/")[-PARTS_MOST:]
        try:
            upload = await visit.office.uploads.create(visit.actor, parts, said.get("folder", ""), size, visit.now)
        except LpplError as error:
            return _refused(error)
        return web.Response(status=201, headers={**BASE, **_expires(upload), "Location": f"tus/{upload.id}"})

    async def head(self, visit: Visit) -> web.StreamResponse:
        """Say how far an upload is."""
        _check_version(visit)
        upload = await visit.office.uploads.find(visit.actor, visit.params["upload"], visit.now)
        reached = {"Upload-Offset": str(upload.received), "Upload-Length": str(upload.size)}
        return web.Response(status=200, headers={**BASE, **reached, **_expires(upload)})

    async def patch(self, visit: Visit) -> web.StreamResponse:
        """Take more of an upload."""
        _check_version(visit)
        if visit.request.content_type != CHUNK_TYPE:
            raise web.HTTPUnsupportedMediaType
        offset = _number(visit, "Upload-Offset")
        checksum = _checksum(visit.request.headers.get("Upload-Checksum", ""))
        desk = visit.office.uploads
        upload = await desk.find(visit.actor, visit.params["upload"], visit.now)
        try:
            reached = await desk.receive(visit.actor, upload.id, offset, body_of(visit.request), visit.now, checksum)
        except LpplError as error:
            return _refused(error)
        return web.Response(status=204, headers={**BASE, **_expires(upload), "Upload-Offset": str(reached)})

    async def terminate(self, visit: Visit) -> web.StreamResponse:
        """Let go of an upload."""
        _check_version(visit)
        desk = visit.office.uploads
        try:
            await desk.withdraw(await desk.find(visit.actor, visit.params["upload"], visit.now))
        except UploadBusy as error:
            return _refused(error)
        return web.Response(status=204, headers=BASE)


def metadata(header: str) -> dict[str, str]:
    """Return the pairs of an ``Upload-Metadata`` header; what cannot be read is left out."""
    found: dict[str, str] = {}
    for pair in header.split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            text = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError):
            continue
        if key:
            found[key] = text
    return found


async def body_of(request: web.Request) -> AsyncIterator[bytes]:
    """Yield what a request carries as it comes. Raises OSError when the connection breaks or falls silent."""
    chunks = request.content.iter_any()
    while True:
        try:
            async with asyncio.timeout(QUIET_S):
                chunk = await anext(chunks, None)
        except ClientError as error:
            raise ConnectionResetError(str(error)) from None
        if chunk is None:
            return
        yield chunk


def _check_version(visit: Visit) -> None:
    if visit.request.headers.get("Tus-Resumable") != VERSION:
        raise web.HTTPPreconditionFailed(headers={"Tus-Version": VERSION})


def _number(visit: Visit, header: str) -> int:
    said = visit.request.headers.get(header, "")
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        raise web.HTTPBadRequest
    return int(said)


def _checksum(header: str) -> Checksum | None:
    if not header:
        return None
    algorithm, _, value = header.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise web.HTTPBadRequest from None
    if algorithm not in CHECKSUMS:
        raise web.HTTPBadRequest
    return Checksum(algorithm, digest)


def _refused(error: LpplError) -> web.Response:
    """Answer by the protocol's own numbers: 409 asks a client to look where it stands, 423 and 460 to come again."""
    problem = problem_of(error)
    match error:
        case OffsetDiffers():
            problem.status = 409
        case UploadBusy():
            problem.status = 423
        case ChecksumDiffers():
            problem.status = 460
    headers = dict(BASE)
    if isinstance(error, OffsetDiffers):
        headers["Upload-Offset"] = str(error.reached)
    return answered(problem, headers)


def _expires(upload: Upload) -> dict[str, str]:
    return {"Upload-Expires": format_datetime(upload.seen + LIFE, usegmt=True)}
