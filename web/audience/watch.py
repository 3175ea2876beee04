"""``/tonton`` and ``/saat``: catch-up as pages. What may not be watched is answered with a sentence that says why."""

import re
from datetime import UTC, datetime

from aiohttp import web

from lppl.errors import LpplError
from lppl.quanta import Quanta, at_or_after, covering, seconds, starting
from lppl.rundown import Kind
from scheduler.guide import GuideEntry
from streaming.span import NotShown, Span, SpanInvalid
from web.audience.guide import rows, span_of
from web.audience.pages import Pages
from web.portal import HEADERS
from web.programme import ChannelInfo
from web.vod import STATUS

YEARS = range(1970, 9999)
SPAN = r"\d{1,12}-\d{1,12}"
RECENT = 12
LONGEST_TITLE = 80
WITHOUT_GUIDE = covering(3600)
"""Where no programme is known a moment opens the hour from it on."""
SHORTEST_MOMENT = covering(20)
"""Shorter items (idents, spots) are not listed as moments."""
_LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d)[.:](\d\d)(?:[.:](\d\d))?")


PLAYER_HEADERS = HEADERS | {
    # for captions hls.js makes an empty track, whose address is a data: of six letters
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace("media-src", "media-src data:")
}


class Watch:
    """Answers below ``/tonton`` and ``/saat``."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def add(self, app: web.Application) -> None:
        """Register the addresses."""
        get = app.router.add_get
        get("/tonton", self.recent)
        get(f"/tonton/{{channel}}/{{span:{SPAN}}}", self.span)
        get("/tonton/{channel}/{uid}", self.programme)
        get("/saat/{channel}/{moment}", self.moment)

    async def recent(self, request: web.Request) -> web.Response:
        """Answer ``/tonton``: what ended lately on every channel."""
        view = self._pages.view
        found = [(c, rows((await view.recent(c.id))[:RECENT], self._pages)) for c in view.channels]
        return self._pages.page("recent", request, listed=found)

    async def programme(self, request: web.Request) -> web.Response:
        """Answer ``/tonton/{channel}/{uid}``: the programme that the guide names so."""
        channel = self._pages.channel(request)
        entry = await self._pages.view.named(channel.id, request.match_info["uid"])
        if entry is None:
            raise self._pages.missing(request)
        return await self._player(request, channel, span_of(entry), entry)

    async def span(self, request: web.Request) -> web.Response:
        """Answer ``/tonton/{channel}/{start}-{end}``, air times in quanta."""
        channel = self._pages.channel(request)
        try:
            span = Span.parse(request.match_info["span"])
            starting(span.end)  # raises for a year that no calendar has
            middle = Quanta((span.start + span.end) // 2)
            entry = await self._pages.view.at(channel.id, middle)
        except SpanInvalid as error:
            raise self._pages.missing(request, self._pages.sentence(error, request)) from None
        except (OverflowError, ValueError, OSError):
            raise self._pages.missing(request) from None
        return await self._player(request, channel, span, entry)

    async def moment(self, request: web.Request) -> web.Response:
        """Answer ``/saat/{channel}/{time}``: catch-up of what aired then, from that moment on.

        The time is Unix seconds, or local like ``2026-11-22T18.30``.
        """
        channel = self._pages.channel(request)
        at = self._read(request.match_info["moment"])
        if at is None:
            raise self._pages.missing(request, self._pages.words(request)["bad_moment"])
        q = at_or_after(at)
        entry = await self._pages.view.at(channel.id, q)
        if at > self._pages.view.now:
            raise self._not_yet(request, entry)
        span = span_of(entry) if entry else Span(q, Quanta(q + WITHOUT_GUIDE))
        into = round(seconds(q - span.start))
        raise web.HTTPFound(f"../../tonton/{channel.id}/{span}" + (f"?t={into}" if into > 0 else ""))

    def _read(self, text: str) -> datetime | None:
        """Return the aware time that `text` says; None for none that a station can have aired at."""
        try:
            at = self._instant(text)
        except (ValueError, OverflowError, OSError):
            return None
        return at if at is not None and at.year in YEARS else None

    def _instant(self, text: str) -> datetime | None:
        if text.isascii() and text.isdigit():
            return datetime.fromtimestamp(int(text), UTC)
        match = _LOCAL.fullmatch(text)
        if match is None:
            return None
        day, hour, minute, second = match[1], match[2], match[3], match[4] or "00"
        local = datetime.fromisoformat(f"{day}T{hour}:{minute}:{second}")
        return local.replace(tzinfo=self._pages.view.zone).astimezone(UTC)

    def _not_yet(self, request: web.Request, entry: GuideEntry | None) -> web.HTTPNotFound:
        return self._pages.missing(
            request, self._pages.words(request)["not_yet"] + (f": {entry.title}" if entry else "")
        )

    async def _player(
        self, request: web.Request, channel: ChannelInfo, span: Span, entry: GuideEntry | None
    ) -> web.Response:
        view = self._pages.view
        if starting(span.start) > view.now:
            raise self._not_yet(request, entry)
        try:
            await view.shown(channel.id, span)
        except LpplError as error:
            return self._refused(request, error)
        items = [
            i
            for e in await view.items(channel.id, span)
            if (i := e.item).kind in (Kind.ITEM, Kind.LIVE)
            and e.end - i.start >= SHORTEST_MOMENT
            and i.start >= span.start
        ]
        title = entry.title if entry else (items[0].title if items else channel.name)
        moments = [(starting(i.start), round(seconds(i.start - span.start)), i.title, i.artist) for i in items]
        return self._pages.page("player", request, headers=PLAYER_HEADERS, channel=channel, span=span,
            entry=entry, title=title,
            start=starting(span.start), end=min(starting(span.end), view.now), moments=_told_once(moments),
            share=self._pages.address(request, f"saat/{channel.id}/"), short=title[:LONGEST_TITLE])  # fmt: skip

    def _refused(self, request: web.Request, error: LpplError) -> web.Response:
        status = STATUS[error.why].status_code if isinstance(error, NotShown) else 503
        headers = HEADERS | ({"Retry-After": "5"} if status == 503 else {})
        heading = self._pages.words(request)["not_shown"]
        text = self._pages.sentence(error, request)
        return self._pages.page("sentence", request, status=status, headers=headers, heading=heading, text=text)


Moment = tuple[datetime, int, str, str]
"""When, how many seconds into the span, title, artist."""


def _told_once(moments: list[Moment]) -> list[Moment]:
    """Leave out what goes on after a break: an item is listed where it begins. Pure."""
    out: list[Moment] = []
    for each in moments:
        if not out or out[-1][2:] != each[2:]:
            out.append(each)
    return out
