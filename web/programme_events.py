"""Server-sent events: tells every open page when a channel's programme changed.

One task follows the station; each page has a mailbox that holds only the newest state of each channel, so
a slow page costs a bounded amount of memory and never sees old news. It never keeps the service from
stopping.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterator

import structlog
from aiohttp import web

from lppl.errors import LpplError
from web.programme import PortalView, payload

log = structlog.get_logger(__name__)

RETRY_MS = 3000
"""What the browser is told to wait before it connects again."""
WRITE_S = 30.0
"""A page that takes nothing for this long is gone."""
REOPEN_S = 1.0
"""Pause before a broken subscription to the station's changes is opened again."""


class _Mailbox:
    """The newest unsent event of each channel, for one page."""

    def __init__(self) -> None:
        self._news: dict[str, bytes] = {}
        self._filled = asyncio.Event()

    def put(self, channel: str, event: bytes) -> None:
        self._news[channel] = event
        self._filled.set()

    def wake(self) -> None:
        self._filled.set()

    async def take(self) -> bytes:
        """Wait for news and empty the box."""
        await self._filled.wait()
        self._filled.clear()
        events = b"".join(self._news.values())
        self._news.clear()
        return events


class ProgrammeEvents:
    """The pages that are connected, and the task that feeds them."""

    def __init__(self, view: PortalView, now_ms: Callable[[], int], *, heartbeat_s: float, max_clients: int) -> None:
        self._view = view
        self._now_ms = now_ms
        self._heartbeat_s = heartbeat_s
        self._max_clients = max_clients
        self._boxes: set[_Mailbox] = set()
        self._closing = False

    @property
    def clients(self) -> int:
        """How many pages are connected."""
        return len(self._boxes)

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """Follow the station while the application runs (an aiohttp cleanup context)."""
        task = asyncio.create_task(self._follow(), name="portal: programme changes")
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def close(self, _app: web.Application) -> None:
        """Let every open connection end (an aiohttp shutdown signal): pages connect again by themselves."""
        self._closing = True
        for box in self._boxes:
            box.wake()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer ``GET events``: a snapshot of all channels, then changes; 503 past the limit."""
        if self._closing or len(self._boxes) >= self._max_clients:
            # The page asks for api/programme now and then instead.
            return web.Response(status=503, headers={"Retry-After": "15", "Cache-Control": "no-store"})
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
                "X-Content-Type-Options": "nosniff",
            }
        )
        with self._mailbox() as box:
            await response.prepare(request)
            if request.method == "GET":
                with contextlib.suppress(ConnectionError, TimeoutError):
                    await self._send_all(response, box)
        return response

    async def _send_all(self, response: web.StreamResponse, box: _Mailbox) -> None:
        hello = f"retry: {RETRY_MS}\n\n".encode()
        await _send(response, hello + b"".join(self._event(c.id) for c in self._view.channels))
        while not self._closing:
            try:
                async with asyncio.timeout(self._heartbeat_s):
                    news = await box.take()
            except TimeoutError:
                # Keeps proxies from closing the connection, and finds out that a page has gone.
                news = b": siaran\n\n"
            await _send(response, news)

    async def _follow(self) -> None:
        while True:
            try:
                async with self._view.changes() as changes:
                    # What changed while nobody listened must reach the pages, too.
                    for channel in self._view.channels:
                        self._tell(channel.id)
                    async for channel_id in changes:
                        self._tell(channel_id)
            except (LpplError, OSError) as error:
                log.warning("portal_changes_lost", error=str(error), retry_s=REOPEN_S)
            await asyncio.sleep(REOPEN_S)

    def _tell(self, channel_id: str) -> None:
        if not self._boxes:
            return
        event = self._event(channel_id)
        for box in self._boxes:
            box.put(channel_id, event)

    def _event(self, channel_id: str) -> bytes:
        data = json.dumps(payload(self._view.programme(channel_id), self._now_ms()), ensure_ascii=False)
        return f"event: programme\ndata: {data}\n\n".encode()

    @contextlib.contextmanager
    def _mailbox(self) -> Iterator[_Mailbox]:
        box = _Mailbox()
        self._boxes.add(box)
        try:
            yield box
        finally:
            self._boxes.discard(box)


async def _send(response: web.StreamResponse, data: bytes) -> None:
    if data:
        async with asyncio.timeout(WRITE_S):
            await response.write(data)
