"""News for open pages of staff, as server-sent events: what changed, alarms, and who else looks at the same page.

Presence needs no table: each page says now and then that it is here, and answers whoever is new; a page that has not
been heard of for three quarters of a minute is gone. With Redis that works over several web nodes.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import asdict

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from lppl.accounts import Right
from lppl.errors import DatabaseAway
from lppl.events import (
    Alarm,
    CaseChanged,
    Event,
    ItemStarted,
    Lagged,
    LibraryChanged,
    PlanChanged,
    Presence,
    ScheduleChanged,
)
from lppl.events import (
    Subscription as News,
)
from web.staff.visit import Route, Visit, get

BEAT_S = 15.0
MOST = 300
"""Pages that may listen at once."""
WRITE_S = 30.0
KINDS = (LibraryChanged, ItemStarted, Alarm, ScheduleChanged, PlanChanged, CaseChanged, Presence)


class StaffNews:
    """The open pages of this web node. Each is heard of, and its session looked at, every `beat_s`."""

    def __init__(self, beat_s: float = BEAT_S) -> None:
        self._beat_s = beat_s
        self._open: set[asyncio.Task[object]] = set()

    def routes(self) -> list[Route]:
        """Return the address."""
        return [get("/kerja/kabar", Right.VIEW, self.serve)]

    def close(self) -> None:
        """End every connection, so that the service can stop; the pages connect again."""
        for task in tuple(self._open):
            task.cancel()

    async def serve(self, visit: Visit) -> web.StreamResponse:
        """Send news for as long as the page is open and its session lasts."""
        if visit.request.method == "HEAD":
            return web.Response(content_type="text/event-stream")
        if len(self._open) >= MOST:
            return web.Response(status=503, headers={"Retry-After": "15"})
        query = visit.request.query
        me = Presence(visit.me.id, visit.me.name, query.get("di", "")[:200], query.get("halaman", "")[:64], True)
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            async with visit.office.bus.subscribe(*KINDS) as news:
                await response.prepare(visit.request)
                with contextlib.suppress(ConnectionError, TimeoutError):
                    await self._send_all(visit, response, news, me)
        finally:
            self._open.discard(task)
            visit.office.bus.publish(Presence(me.account, me.name, me.where, me.page, False))
        return response

    async def _send_all(self, visit: Visit, response: web.StreamResponse, news: News, me: Presence) -> None:
        bus = visit.office.bus
        await _send(response, b"retry: 2000\n\n")
        bus.publish(me)
        known: set[str] = {me.page}
        async for event in beating(news, self._beat_s):
            if event is None:
                if not await _still_in(visit):
                    return
                bus.publish(me)
                await _send(response, b": di sini\n\n")
                continue
            if isinstance(event, Presence):
                if event.page == me.page or event.where != me.where:
                    continue
                if event.here and event.page not in known:
                    known.add(event.page)
                    bus.publish(me)  # whoever is new learns of this page at once
                elif not event.here:
                    known.discard(event.page)
            for said in told(event):
                await _send(response, said)


def told(event: Event) -> list[bytes]:
    """Return an event as the lines of an event stream; after news was lost, all that can be looked at anew."""
    match event:
        case Presence():
            kind = "presence"
        case LibraryChanged():
            kind = "library"
        case ItemStarted():
            kind = "item"
        case Alarm():
            kind = "alarm"
        case ScheduleChanged() | PlanChanged():
            kind = "plan"
        case CaseChanged():
            kind = "case"
        case Lagged():
            kinds = ("library", "item", "plan", "alarm", "case")
            return [f"event: {kind}\ndata: {{}}\n\n".encode() for kind in kinds]
        case _:
            return []
    return [f"event: {kind}\ndata: {json.dumps(asdict(event), ensure_ascii=False)}\n\n".encode()]


async def _still_in(visit: Visit) -> bool:
    if visit.session is None:
        return False
    try:
        found = await visit.office.people.store.session(visit.session.id)
    except (SQLAlchemyError, OSError, DatabaseAway):
        return True  # alarms go on reaching whoever is on duty while the records are away
    return found is not None and found[1].active and found[0].lasts(visit.office.now())


async def beating(news: News, every_s: float) -> AsyncIterator[Event | None]:
    """Yield events, and None every `every_s` seconds, however much happens."""
    loop = asyncio.get_running_loop()
    due = loop.time() + every_s
    while True:
        if loop.time() >= due:
            due = loop.time() + every_s
            yield None
        try:
            async with asyncio.timeout_at(due):
                event = await anext(news)
        except TimeoutError:
            continue
        except StopAsyncIteration:
            return
        yield event


async def _send(response: web.StreamResponse, data: bytes) -> None:
    async with asyncio.timeout(WRITE_S):
        await response.write(data)
