"""``/panduan``: the programme guide by day and by week, and calendar files of one broadcast or of a whole programme."""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from aiohttp import web

from lppl.quanta import at_or_after
from scheduler.guide import GuideChannel, GuideEntry
from streaming.span import LONGEST, Span
from web.audience.pages import Pages
from web.programme import ChannelInfo

DATE = r"\d{4}-\d\d-\d\d"
DAYS_BACK = 400
"""The journal is kept that long; older days are not looked for."""
DAYS_AHEAD = 7
CALENDAR = "text/calendar"


@dataclass(frozen=True, slots=True)
class Row:
    """One programme as a page lists it."""

    entry: GuideEntry
    on_air: bool
    over: bool
    span: Span | None
    """What of it has aired, for catch-up; None before it begins."""
    key: str


def span_of(entry: GuideEntry) -> Span:
    """Return a programme's air time, at most the longest that catch-up plays. Pure."""
    start, end = at_or_after(entry.start), at_or_after(entry.end)
    return Span(start, min(end, type(end)(start + LONGEST)))


def programme_key(entry: GuideEntry) -> str:
    """Return what names a programme for reminders and series: its id, or one made of its title. Pure."""
    return entry.programme_id or hashlib.blake2b(entry.title.encode(), digest_size=8).hexdigest()


def rows(entries: Iterable[GuideEntry], pages: Pages) -> list[Row]:
    """Return `entries` as pages list them at this moment."""
    now = pages.view.now
    return [
        Row(e, e.start <= now < e.end, e.end <= now, span_of(e) if e.start <= now else None, programme_key(e))
        for e in entries
    ]


class Guide:
    """Answers below ``/panduan``."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def add(self, app: web.Application) -> None:
        """Register the addresses."""
        get = app.router.add_get
        get("/panduan", self.first)
        get("/panduan/{channel}", self.day)
        get(f"/panduan/{{channel}}/{{date:{DATE}}}", self.day)
        get("/panduan/{channel}/sepekan", self.week)
        get(f"/panduan/{{channel}}/sepekan/{{date:{DATE}}}", self.week)
        get("/panduan/{channel}/siaran/{uid}.ics", self.broadcast)
        get("/panduan/{channel}/seri/{programme}.ics", self.series)

    async def first(self, request: web.Request) -> web.Response:
        """Answer ``/panduan``: today on the first channel."""
        return await self._day(request, self._pages.view.channels[0], self._pages.view.today)

    async def day(self, request: web.Request) -> web.Response:
        """Answer ``/panduan/{channel}[/{date}]``."""
        return await self._day(request, self._pages.channel(request), self._date(request))

    async def week(self, request: web.Request) -> web.Response:
        """Answer ``/panduan/{channel}/sepekan[/{date}]``: seven days from a day on."""
        channel, first = self._pages.channel(request), self._date(request)
        days = [first + timedelta(days=n) for n in range(7)]
        listed = [(day, self._listed(await self._pages.view.day(channel.id, day), day)) for day in days]
        return self._pages.page("week", request, channel=channel, first=first, today=self._pages.view.today,
            days=listed, earlier=first - timedelta(days=7), later=first + timedelta(days=7),
            furthest=self._furthest, oldest=self._oldest)  # fmt: skip

    async def _day(self, request: web.Request, channel: ChannelInfo, day: date) -> web.Response:
        view = self._pages.view
        found = rows(await view.day(channel.id, day), self._pages)
        strip = [view.today + timedelta(days=n) for n in range(-1, DAYS_AHEAD)]
        return self._pages.page("guide", request, channel=channel, day=day, today=view.today, rows=found,
            strip=strip if day in strip else [day, *strip], earlier=day - timedelta(days=1),
            later=day + timedelta(days=1), furthest=self._furthest, oldest=self._oldest)  # fmt: skip

    def _listed(self, entries: Sequence[GuideEntry], day: date) -> list[Row]:
        """Return the programmes that begin on `day`: over a week each is listed once."""
        zone = self._pages.view.zone
        return [r for r in rows(entries, self._pages) if r.entry.start.astimezone(zone).date() == day]

    @property
    def _furthest(self) -> date:
        return self._pages.view.today + timedelta(days=DAYS_AHEAD)

    @property
    def _oldest(self) -> date:
        return self._pages.view.today - timedelta(days=DAYS_BACK)

    def _date(self, request: web.Request) -> date:
        """Return the day of the address; today without one. Raises HTTPNotFound for none, or one out of reach."""
        said = request.match_info.get("date")
        try:
            day = date.fromisoformat(said) if said else self._pages.view.today
        except ValueError:
            raise self._pages.missing(request) from None
        if not self._oldest <= day <= self._furthest:
            raise self._pages.missing(request)
        return day

    # ---- calendar files ----

    async def broadcast(self, request: web.Request) -> web.Response:
        """Answer ``/panduan/{channel}/siaran/{uid}.ics``: one broadcast."""
        channel = self._pages.channel(request)
        entry = await self._pages.view.named(channel.id, request.match_info["uid"])
        if entry is None:
            raise self._pages.missing(request)
        return await self._calendar(request, channel, [entry], entry.title)

    async def series(self, request: web.Request) -> web.Response:
        """Answer ``/panduan/{channel}/seri/{programme}.ics``: a programme's coming broadcasts, to subscribe to."""
        channel, key = self._pages.channel(request), request.match_info["programme"]
        found = [e for e in await self._pages.view.coming(channel.id) if programme_key(e) == key]
        if not found:
            raise self._pages.missing(request)
        return await self._calendar(request, channel, found, found[0].title)

    async def _calendar(
        self, request: web.Request, channel: ChannelInfo, entries: Sequence[GuideEntry], title: str
    ) -> web.Response:
        view = self._pages.view
        host = self._pages.address(request).split("/")[2].partition(":")[0]
        named = GuideChannel(channel.id, channel.name)
        text = await asyncio.to_thread(_written, named, entries, view.zone, view.now, host)
        name = "".join(c if c.isascii() and c.isalnum() else "-" for c in title).strip("-")[:60] or channel.id
        headers = {
            "Content-Disposition": f"attachment; filename=\"{name}.ics\"; filename*=UTF-8''{quote(title[:80])}.ics",
            "Cache-Control": "public, max-age=300",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(body=text, content_type=CALENDAR, charset="utf-8", headers=headers)


def _written(channel: GuideChannel, entries: Sequence[GuideEntry], zone: ZoneInfo, stamp: datetime, host: str) -> bytes:
    """Return a calendar file; blocking."""
    # imported late: reading its zones takes time that a start does not have
    from scheduler.exports.ical import HOST, ical

    return ical(channel, entries, zone, stamp, host=host or HOST)
