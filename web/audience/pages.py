"""How pages for the audience are answered: language, relative addresses, headers, a page for what is not there.

All addresses in a page are relative to the root of the portal (`root`, some ``../``), so that any prefix of a proxy
works.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from aiohttp import web

from lppl.errors import LpplError
from lppl.media import ChannelKind
from web.audience.view import AudienceView
from web.audience.words import WORDS
from web.portal import HEADERS, answer, environment, language_of
from web.programme import ChannelInfo
from web.static_files import StaticFiles
from web.words import clock_text, date_text, volume_text, zone_text


def root_of(request: web.Request) -> str:
    """Return what leads from the page's address to the portal's: ``""``, ``"../"``, ``"../../"``."""
    return "../" * (request.path.count("/") - 1)


def milliseconds_of(at: datetime) -> int:
    """Return an aware time as milliseconds since the epoch."""
    return round(at.timestamp() * 1000)


class Pages:
    """Renders templates below ``templates/audience``."""

    def __init__(self, view: AudienceView, files: StaticFiles, public_url: str | None) -> None:
        self.view, self.files, self.public_url = view, files, public_url
        self._templates = environment()
        self._templates.filters["segment"] = lambda text: quote(str(text), safe="@.-_~")

    def channel(self, request: web.Request) -> ChannelInfo:
        """Return the channel that the address names. Raises HTTPNotFound with a page."""
        wanted = request.match_info["channel"]
        found = next((c for c in self.view.channels if c.id == wanted), None)
        if found is None:
            raise self.missing(request)
        return found

    def render(self, template: str, request: web.Request, **context: Any) -> str:
        """Return the text of a page."""
        language = language_of(request)
        return self._templates.get_template(f"audience/{template}.html").render(
            self._common(request, language) | context
        )

    def page(
        self,
        template: str,
        request: web.Request,
        *,
        status: int = 200,
        headers: Mapping[str, str] = HEADERS,
        **more: Any,
    ) -> web.Response:
        """Answer with a page; ``?lang=`` also sets the cookie that remembers it."""
        return answer(request, self.render(template, request, **more), status=status, headers=headers)

    def words(self, request: web.Request) -> dict[str, str]:
        """Return the words in the request's language."""
        return WORDS[language_of(request)]

    def sentence(self, error: LpplError, request: web.Request) -> str:
        """Return what `error` says in the request's language."""
        return error.indonesian if language_of(request) == "id" else error.english

    def missing(self, request: web.Request, sentence: str = "") -> web.HTTPNotFound:
        """Return the answer for an address that names nothing."""
        said = self.words(request)
        text = self.render("sentence", request, heading=said["not_found"], text=sentence or said["not_found_help"])
        return web.HTTPNotFound(text=text, content_type="text/html", headers=HEADERS)

    def address(self, request: web.Request, path: str = "") -> str:
        """Return the whole address of `path` below the portal, for links that leave the page."""
        base = self.public_url or f"{request.scheme}://{request.host}"
        return f"{base}/{path}"

    def _common(self, request: web.Request, language: str) -> dict[str, Any]:
        view, zone = self.view, self.view.zone
        ms = milliseconds_of(view.now)
        return {
            "lang": language,
            "t": WORDS[language],
            "root": root_of(request),
            "path": request.path,
            "station": view.station_name,
            "place": view.place,
            "channels": view.channels,
            "ms": ms,
            "zone": zone_text(ms, zone),
            "clock": lambda at: clock_text(milliseconds_of(at), zone, language),
            "clock_ms": lambda at: clock_text(at, zone, language),
            "day_short": lambda day: _short(self.day_text(day, language)),
            "day_text": lambda day: self.day_text(day, language),
            "date_of": lambda at: date_text(milliseconds_of(at), zone, language),
            "volume": lambda bps: volume_text(bps, language),
            "tv": lambda channel: channel.kind is ChannelKind.TV,
            "asset": self.files.url,
            "public_url": self.public_url,
        }

    def day_text(self, day: date, language: str) -> str:
        """Return a local day in words."""
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=self.view.zone)
        return date_text(milliseconds_of(noon), self.view.zone, language)


def _short(day: str) -> str:
    """Shorten ``Minggu, 22 November 2026`` to ``Min, 22 Nov``. Pure."""
    weekday, number, month, _ = day.replace(",", "").split(" ")
    return f"{weekday[:3]}, {number} {month[:3]}"
