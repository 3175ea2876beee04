"""The public page: what is on now and next on every channel, and the players.

The page is rendered whole on the server, so it says what is on without any script. It knows the station
only through :class:`~web.programme.PortalView`. All addresses in it are relative, so it may live under any
prefix of a proxy.
"""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jinja2
import structlog
from aiohttp import web

from lppl.rundown import Kind
from web.programme import (
    ChannelInfo,
    PortalView,
    Programme,
    ProgrammeItem,
    Quality,
    aired,
    coming,
    on_air,
    payload,
    permille,
)
from web.programme_events import ProgrammeEvents
from web.static_files import FILES, StaticFiles
from web.words import LANGUAGES, WORDS, clock_text, date_text, volume_text, zone_text

__all__ = ["ChannelInfo", "PortalView", "Programme", "ProgrammeItem", "Quality", "add_portal"]

log = structlog.get_logger(__name__)

HERE = Path(__file__).parent
COOKIE = "lang"
CHANNEL_COOKIE = "channel"
"""Set by the page's script: the channel that was played last, shown first."""
COOKIE_AGE_S = 365 * 86400

HEADERS = {
    # MSE and hls.js hand media to the element as blob: addresses; everything else is our own files.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
    "Vary": "Cookie, Accept-Encoding",
}


def wall_ms() -> int:
    """Return the machine's clock in Unix milliseconds."""
    return time.time_ns() // 1_000_000


def add_portal(
    app: web.Application,
    view: PortalView,
    *,
    now_ms: Callable[[], int] = wall_ms,
    heartbeat_s: float = 15.0,
    max_clients: int = 2000,
    public_url: str | None = None,
) -> None:
    """Register the page, its data, its events and its files on `app`.

    `now_ms` is the air clock in Unix milliseconds, in which the view's items are timed. At most
    `max_clients` pages hold an event stream open; later ones ask for data instead. `public_url` is the address
    that search engines and messengers are told.
    """
    files = app[FILES] = StaticFiles(HERE / "static")
    portal = _Portal(view, now_ms, files, public_url)
    events = ProgrammeEvents(view, now_ms, heartbeat_s=heartbeat_s, max_clients=max_clients)
    app.cleanup_ctx.append(events.running)
    app.on_shutdown.append(events.close)
    app.router.add_get("/", portal.page)
    app.router.add_get("/events", events.serve)
    app.router.add_get("/aired/{channel}", portal.aired)
    app.router.add_get("/api/programme/{channel}", portal.programme)
    app.router.add_get("/static/{path:.+}", portal.files.serve)


def language_of(request: web.Request) -> str:
    """Return the language of a request: ``?lang=``, else the cookie, else Indonesian.

    Accept-Language is not asked: most phones here are left in English by people who want Indonesian.
    """
    for wanted in (request.query.get("lang"), request.cookies.get(COOKIE)):
        if wanted in LANGUAGES:
            return wanted
    return LANGUAGES[0]


def quality_choices(channel: ChannelInfo) -> tuple[list[Quality], Quality | None]:
    """Return the rungs a viewer may fix, best first, and the rung of the data saver (None: not known).

    On a channel with pictures the data saver is sound only; on radio it is the lowest rung.
    """
    sound = sorted((q for q in channel.qualities if q.height is None), key=lambda q: -q.bitrate_bps)
    video = sorted((q for q in channel.qualities if q.height is not None), key=lambda q: -q.bitrate_bps)
    if video:
        return video, sound[-1] if sound else None
    return sound[:-1], sound[-1] if sound else None


def label(quality: Quality) -> str:
    """Name a rung for the audience: by its picture's height, or by its sound's rate."""
    return f"{quality.height}p" if quality.height is not None else f"{round(quality.bitrate_bps / 1000)} kbit/s"


def environment() -> jinja2.Environment:
    """Return the templates of the public pages; what a template names and nobody gives is a fault."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def answer(request: web.Request, html: str, *, status: int = 200, headers: Mapping[str, str] = HEADERS) -> web.Response:
    """Return a page; ``?lang=`` also sets the cookie that remembers it."""
    response = web.Response(text=html, content_type="text/html", status=status, headers=headers)
    language = request.query.get("lang")
    if language in LANGUAGES:
        response.set_cookie(COOKIE, language, max_age=COOKIE_AGE_S, samesite="Lax", secure=request.secure, path="/")
    response.enable_compression()
    return response


class _Portal:
    def __init__(self, view: PortalView, now_ms: Callable[[], int], files: StaticFiles, public_url: str | None) -> None:
        self._view = view
        self._public_url = public_url
        self._now_ms = now_ms
        self.files = files
        if files.url("portal.js") is None:
            log.warning("portal_not_built", remedy="jalankan `make run`, atau `npm run build`")
        templates = environment()
        templates.filters["rung"] = label
        self._page = templates.get_template("portal.html")
        self._aired = templates.get_template("aired.html")

    async def page(self, request: web.Request) -> web.Response:
        """Answer ``GET /``."""
        language = language_of(request)
        html = self._page.render(self._context(language, unquote(request.cookies.get(CHANNEL_COOKIE, ""))))
        return answer(request, html)

    async def aired(self, request: web.Request) -> web.Response:
        """Answer ``GET aired/{channel}``: a piece of HTML that lists what has just been on."""
        channel = self._channel(request)
        ms = self._now_ms()
        html = self._aired.render(
            self._common(language_of(request), ms) | {"items": aired(self._view.programme(channel.id), ms)}
        )
        return web.Response(text=html, content_type="text/html", headers=HEADERS)

    async def programme(self, request: web.Request) -> web.Response:
        """Answer ``GET api/programme/{channel}`` with the same JSON as an event's data."""
        channel = self._channel(request)
        data = payload(self._view.programme(channel.id), self._now_ms())
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return web.json_response(data, headers=headers | {"Access-Control-Allow-Origin": "*"})

    def _channel(self, request: web.Request) -> ChannelInfo:
        wanted = request.match_info["channel"]
        for channel in self._view.channels:
            if channel.id == wanted:
                return channel
        raise web.HTTPNotFound(
            text='{"error": "Saluran tidak dikenal / Unknown channel"}', content_type="application/json"
        )

    def _common(self, language: str, ms: int) -> dict[str, Any]:
        zone = self._view.zone
        return {
            "lang": language,
            "t": WORDS[language],
            "ms": ms,
            "clock": lambda at: clock_text(at, zone, language),
            "zone": zone_text(ms, zone),
        }

    def _context(self, language: str, first: str) -> dict[str, Any]:
        view, ms = self._view, self._now_ms()
        channels = sorted(view.channels, key=lambda c: c.id != first)
        programmes = {c.id: view.programme(c.id) for c in channels}
        cards = [self._card(c, programmes[c.id], ms) for c in channels]
        data = {
            "server_ms": ms,
            "zone": view.zone.key,
            "zone_text": zone_text(ms, view.zone),
            "station": view.station_name,
            "place": view.place,
            "words": WORDS,
            "channels": [
                {"id": c.id, "name": c.name, "kind": c.kind.value, "dvr_seconds": c.dvr_seconds}
                | {"since_ms": c.since_ms, "qualities": [q._asdict() for q in c.qualities]}
                for c in channels
            ],
            "programmes": {key: payload(p, ms) for key, p in programmes.items()},
        }
        return self._common(language, ms) | {
            "station": view.station_name,
            "place": view.place,
            "date": date_text(ms, view.zone, language),
            "cards": cards,
            "data": data,
            "public_url": self._public_url,
            "script": self.files.url("portal.js"),
            "style": self.files.url("portal.css"),
            "volume": lambda bps: volume_text(bps, language),
            "volumes": lambda bps: {key: volume_text(bps, key) for key in LANGUAGES},
        }

    def _card(self, channel: ChannelInfo, programme: Programme, ms: int) -> dict[str, Any]:
        item = on_air(programme, ms)
        rungs, saver = quality_choices(channel)
        return {
            "channel": channel,
            "item": item,
            "off": item is not None and item.kind is Kind.OFF,
            "fallback": programme.fallback,
            "permille": permille(item, ms) if item else 0,
            "next": coming(programme, ms),
            "rungs": rungs,
            "saver": saver,
        }
