"""HLS over HTTP: playlists, init segments, media segments.

Segment addresses never change their meaning, so any cache or CDN may stand in front. Playlists carry an entity tag
and are sent gzipped to clients that take it. Media bytes go from the house file to the socket by sendfile.
"""

import asyncio
import contextlib
import os
import re
from collections.abc import Mapping

from aiohttp import hdrs, web

from lppl.errors import HouseFileDamaged
from streaming.channel import ChannelStream, Document, UnknownRendition
from streaming.packager import Body, FileSlice

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Content-Length, Content-Range, Date"}
IMMUTABLE = "public, max-age=31536000, immutable"
SUBSTITUTED = "no-store"
BRIEF = "public, max-age=1"
NAME = r"[A-Za-z0-9-]+"
DVR = ("dvr", "dvr-audio")
MOST_BEHIND = 4
"""Segments (15 s) that may be missing before the live channel counts as away."""

STREAMS = web.AppKey("streams", Mapping[str, ChannelStream])


def add_hls(app: web.Application, streams: Mapping[str, ChannelStream]) -> None:
    """Register ``/hls/{channel}/...``."""
    app[STREAMS] = streams
    get = app.router.add_get
    get(f"/hls/{{channel:{NAME}}}/{{name:master|audio|dvr|dvr-audio}}.m3u8", multivariant, allow_head=True)
    get(
        f"/hls/{{channel:{NAME}}}/{{rendition:{NAME}}}/{{kind:live|dvr|iframes|dvr-iframes}}.m3u8",
        media,
        allow_head=True,
    )
    get(f"/hls/{{channel:{NAME}}}/init/{{name:{NAME}}}.mp4", init, allow_head=True)
    get(
        f"/hls/{{channel:{NAME}}}/{{rendition:{NAME}}}/{{iframe:i?}}{{number:[0-9]{{1,12}}}}.m4s",
        segment,
        allow_head=True,
    )
    app.router.add_route("OPTIONS", "/hls/{tail:.*}", preflight)
    app.router.add_get("/hls/{tail:.*}", nothing)


def _stream(request: web.Request) -> ChannelStream:
    stream = request.app[STREAMS].get(request.match_info["channel"])
    if stream is None:
        raise _missing()
    return stream


def _missing() -> web.HTTPNotFound:
    # a segment that is asked for too early will be there soon: a 404 must not be kept by caches
    return web.HTTPNotFound(headers={**CORS, "Cache-Control": "no-store"}, text="Tidak ada / not found")


async def preflight(_request: web.Request) -> web.Response:
    """Answer a CORS preflight."""
    allow = {
        "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
        "Access-Control-Allow-Headers": "Range, If-None-Match",
    }
    return web.Response(status=204, headers={**CORS, **allow, "Access-Control-Max-Age": "86400"})


async def multivariant(request: web.Request) -> web.Response:
    """Send a multivariant playlist; who asks for the live channel while playout is away is told to come again.

    Its media playlists are served on, for those who watch; a player that opens them anew would repeat the last seconds.
    """
    name = request.match_info["name"]
    if name not in DVR and _stream(request).behind > MOST_BEHIND:
        retry = {**CORS, "Cache-Control": "no-store", "Retry-After": "4"}
        raise web.HTTPServiceUnavailable(headers=retry, text="Siaran terhenti / off the air")
    return _document(request, name)


async def nothing(_request: web.Request) -> web.Response:
    """Answer any other address below ``/hls/``."""
    raise _missing()


async def media(request: web.Request) -> web.Response:
    """Send a media playlist."""
    return _document(request, f"{request.match_info['rendition']}/{request.match_info['kind']}")


def _document(request: web.Request, name: str) -> web.Response:
    try:
        document = _stream(request).document(name)
    except UnknownRendition:
        raise _missing() from None
    return send_document(request, document, PLAYLIST_TYPE)


def send_document(request: web.Request, document: Document, content_type: str) -> web.Response:
    """Answer with a document: 304 when the client has it, gzipped when it takes that."""
    headers = {**CORS, "Cache-Control": BRIEF, "ETag": document.etag, "Vary": "Accept-Encoding"}
    if document.etag in request.headers.get(hdrs.IF_NONE_MATCH, ""):
        return web.Response(status=304, headers=headers)
    if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        headers["Content-Encoding"] = "gzip"
        return web.Response(body=document.gzipped, headers=headers, content_type=content_type)
    return web.Response(body=document.text, headers=headers, content_type=content_type)


async def init(request: web.Request) -> web.Response:
    """Send an init segment; its name holds the hash of its bytes."""
    name = request.match_info["name"]
    try:
        data = _stream(request).init(name)
    except UnknownRendition:
        raise _missing() from None
    return web.Response(
        body=data, headers={**CORS, "Cache-Control": IMMUTABLE}, content_type=_type(_stream(request), name)
    )


def _type(stream: ChannelStream, rendition: str) -> str:
    pictures = {r.name for r in stream.profile.video}
    return "video/mp4" if rendition.split("-")[0] in pictures else "audio/mp4"


async def segment(request: web.Request) -> web.StreamResponse:
    """Send a media segment, or a byte range of it."""
    info = request.match_info
    try:
        stream = _stream(request)
        body = stream.body(info["rendition"], int(info["number"]), iframe=bool(info["iframe"]))
    except UnknownRendition:
        raise _missing() from None
    headers = {**CORS, "Accept-Ranges": "bytes", "Cache-Control": SUBSTITUTED if body.substituted else IMMUTABLE}
    if not body.substituted:  # the slate's bytes must never be joined with those that they stand for
        etag = headers["ETag"] = f'"{info["rendition"]}-{info["iframe"]}{info["number"]}"'
        if etag in request.headers.get(hdrs.IF_NONE_MATCH, ""):
            return web.Response(status=304, headers=headers)
    return await send_body(request, body, headers, _type(stream, info["rendition"]))


_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


def byte_range(header: str | None, length: int) -> tuple[int, int] | None:
    """Return [start, end) of a single range; None to send all (RFC 9110 14.2 lets a server ignore a range).

    Raises ValueError when it cannot be satisfied.
    """
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or match[1] == match[2] == "":
        return None
    if match[1] == "":
        start, end = max(0, length - int(match[2])), length
    else:
        start, end = int(match[1]), min(length, int(match[2]) + 1) if match[2] else length
    if start >= end:
        raise ValueError(header)
    return start, end


async def send_body(request: web.Request, body: Body, headers: dict[str, str], content_type: str) -> web.StreamResponse:
    """Send a body: what is in memory by write, slices of files by sendfile."""
    try:
        wanted = byte_range(request.headers.get(hdrs.RANGE), body.length)
    except ValueError:
        return web.Response(status=416, headers={**headers, "Content-Range": f"bytes */{body.length}"})
    start, end = wanted or (0, body.length)
    response = web.StreamResponse(status=206 if wanted else 200, headers=headers)
    response.content_type = content_type
    response.content_length = end - start
    if wanted:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{body.length}"
    await response.prepare(request)
    if request.method == hdrs.METH_HEAD:
        return response
    with contextlib.suppress(ConnectionError):  # players give segments up all the time: on a seek, a switch, a bad link
        for part in body.cut(start, end) if wanted else body.parts:
            if isinstance(part, bytes):
                await response.write(part)
            else:
                await _send_slice(request, response, part)
        await response.write_eof()
    return response


class _Fd:
    """What loop.sendfile wants of a file: a descriptor that it may use without moving its position."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def fileno(self) -> int:
        return self._fd

    def seek(self, offset: int, whence: int = 0) -> int:
        return offset


async def _send_slice(request: web.Request, response: web.StreamResponse, part: FileSlice) -> None:
    transport = request.transport
    if transport is None or transport.is_closing():
        raise ConnectionResetError("client went away")
    loop = asyncio.get_running_loop()
    if transport.get_extra_info("sslcontext") is not None:
        for at in range(part.offset, part.offset + part.length, 1 << 17):
            size = min(1 << 17, part.offset + part.length - at)
            await response.write(await asyncio.to_thread(_pread, part, at, size))
        return
    # sendfile waits until the transport has sent what was written before
    sent = await loop.sendfile(transport, _Fd(part.rendition.fd), part.offset, part.length, fallback=False)  # type: ignore[arg-type]
    if sent != part.length:
        transport.abort()  # the client sees a broken transfer and asks again; it never sees false bytes
        raise HouseFileDamaged(str(part.rendition.path), "cut short while being sent")


def _pread(part: FileSlice, offset: int, size: int) -> bytes:
    return os.pread(part.rendition.fd, size, offset)
