"""Catch-up over HTTP: ``/hls/<channel>/vod/<start>-<end>/master.m3u8``, times in quanta of 320 ms since the epoch.

Below it lie ``audio.m3u8`` and ``<rendition>/vod|iframes.m3u8``; segments and init segments lie at
``vod/<rendition>/``, the same for every span. Each request asks anew what is withheld, so that a takedown holds from
the next request on; caches may keep a segment for an hour, and no longer for that reason.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiohttp import hdrs, web

from lppl.errors import LpplError
from lppl.quanta import QUANTUM_MS, Quanta
from lppl.withheld import Withheld
from streaming.captions import Cue, webvtt
from streaming.channel import UnknownRendition
from streaming.span import LONGEST_SEGMENT, Absence, NotShown, Span, SpanInvalid
from streaming.vod import KINDS, Busy, CatchUp
from web.hls import CORS, NAME, PLAYLIST_TYPE, SUBSTITUTED, send_body, send_document

KEPT = "public, max-age=3600"
"""The bytes of an address never change, but they may be taken down: caches forget them within the hour."""
RETRY_S = "3"
STATUS: Mapping[Absence, type[web.HTTPException]] = {
    Absence.OFF_AIR: web.HTTPNotFound,
    Absence.LOST: web.HTTPGone,
    Absence.RIGHTS: web.HTTPForbidden,
    Absence.TAKEN_DOWN: web.HTTPGone,
}

AskWithheld = Callable[[str], Awaitable[Withheld]]
"""channel -> what may not be watched of it now. Raises LpplError while nobody knows: then nothing is shown."""

AskCaptions = Callable[[str, Span], Awaitable[Sequence[Cue]]]
"""channel, span -> its captions, in milliseconds from its start; none while nobody knows."""
VTT_TYPE = "text/vtt"
WRAP = 1 << 33
"""MPEG-2 timestamps of 90 kHz wrap there."""

CAPTIONED: web.AppKey[AskCaptions] = web.AppKey("captioned")
CATCH_UP = web.AppKey("catch_up", Mapping[str, CatchUp])
WITHHELD: web.AppKey[AskWithheld] = web.AppKey("withheld")


async def _no_captions(_channel: str, _span: Span) -> Sequence[Cue]:
    return ()


def add_vod(
    app: web.Application,
    channels: Mapping[str, CatchUp],
    withheld: AskWithheld,
    captions: AskCaptions = _no_captions,
) -> None:
    """Register ``/hls/{channel}/vod/...``; before :func:`web.hls.add_hls`, which answers all else below ``/hls/``."""
    app[CATCH_UP], app[WITHHELD], app[CAPTIONED] = channels, withheld, captions
    base = f"/hls/{{channel:{NAME}}}/vod"
    get = app.router.add_get
    get(f"{base}/{{span:[^/]+}}/{{name:master|audio|teks}}.m3u8", playlist, allow_head=True)
    get(f"{base}/{{span:[^/]+}}/{{name:{NAME}/(?:{'|'.join(KINDS)})}}.m3u8", playlist, allow_head=True)
    get(f"{base}/teks/{{span:[^/]+}}.vtt", captions_of, allow_head=True)
    get(f"{base}/{{rendition:{NAME}}}/init-{{identity:[0-9a-f]{{10}}}}-{{at:[0-9]{{1,12}}}}.mp4", init, allow_head=True)
    get(f"{base}/{{rendition:{NAME}}}/{{iframe:i?}}{{span:[^/]+}}.m4s", segment, allow_head=True)


def _refused(kind: type[web.HTTPException], error: LpplError | None = None) -> web.HTTPException:
    headers = {**CORS, "Cache-Control": "no-store"}
    if kind is web.HTTPServiceUnavailable:
        headers["Retry-After"] = RETRY_S
    return kind(headers=headers, text=str(error) if error else "Tidak ada / not found")


class _Answers:
    """Turns what went wrong into an answer with a sentence."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        match error:
            case UnknownRendition():
                raise _refused(web.HTTPNotFound) from None
            case SpanInvalid():
                raise _refused(web.HTTPBadRequest, error) from None
            case NotShown():
                raise _refused(STATUS[error.why], error) from None
            case Busy() | LpplError():
                raise _refused(web.HTTPServiceUnavailable, error) from None


def _channel(request: web.Request) -> CatchUp:
    found = request.app[CATCH_UP].get(request.match_info["channel"])
    if found is None:
        raise _refused(web.HTTPNotFound)
    return found


async def playlist(request: web.Request) -> web.Response:
    """Send a playlist of a span."""
    channel = _channel(request)
    with _Answers():
        span = Span.parse(request.match_info["span"])
        withheld = await request.app[WITHHELD](channel.channel)
        name = request.match_info["name"]
        captioned = name == "master" and bool(await request.app[CAPTIONED](channel.channel, span))
        document = await channel.document(span, name, withheld, captioned=captioned)
    return send_document(request, document, PLAYLIST_TYPE)


async def captions_of(request: web.Request) -> web.Response:
    """Send the captions of a stretch; what of it may not be watched has none."""
    channel = _channel(request)
    with _Answers():
        span = Span.parse(request.match_info["span"])
        await channel.document(span, "teks", await request.app[WITHHELD](channel.channel))
        cues = await request.app[CAPTIONED](channel.channel, span)
    text = webvtt(cues, span.start * QUANTUM_MS * 90 % WRAP)
    return web.Response(text=text, content_type=VTT_TYPE, headers={**CORS, "Cache-Control": KEPT})


async def init(request: web.Request) -> web.Response:
    """Send an init segment; it holds nothing of what aired but how to decode it."""
    channel, info = _channel(request), request.match_info
    with _Answers():
        data = await channel.init(info["rendition"], info["identity"], Quanta(int(info["at"])))
    headers = {**CORS, "Cache-Control": KEPT}
    return web.Response(body=data, headers=headers, content_type=_type(channel, info["rendition"]))


async def segment(request: web.Request) -> web.StreamResponse:
    """Send a media segment, or a byte range of it."""
    channel, info = _channel(request), request.match_info
    with _Answers():
        span = Span.parse(info["span"], LONGEST_SEGMENT)
        withheld = await request.app[WITHHELD](channel.channel)
        body = await channel.body(info["rendition"], span, withheld, iframe=bool(info["iframe"]))
    headers = {**CORS, "Accept-Ranges": "bytes", "Cache-Control": SUBSTITUTED if body.substituted else KEPT}
    if not body.substituted:  # the slate's bytes must never be joined with those that they stand for
        etag = headers["ETag"] = f'"{info["rendition"]}-{info["iframe"]}{span}"'
        if etag in request.headers.get(hdrs.IF_NONE_MATCH, ""):
            return web.Response(status=304, headers=headers)
    return await send_body(request, body, headers, _type(channel, info["rendition"]))


def _type(channel: CatchUp, rendition: str) -> str:
    return "video/mp4" if rendition in channel.pictures else "audio/mp4"
