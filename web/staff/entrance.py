"""Where staff pages and the API hang in the application. The pages behind it are loaded when somebody first comes."""

import asyncio
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from web.headers import common_headers
from web.static_files import FILES, StaticFiles

if TYPE_CHECKING:
    from lppl.desk.office import Office
    from web.staff.door import Door
    from web.staff.news import StaffNews

log = structlog.get_logger(__name__)

STARTING = "Layanan sedang mulai; coba lagi sebentar. / The service is starting; try again in a moment.\n"


class Entrance:
    """Leads to the door, once there is an office behind it (`office` returns None until then)."""

    def __init__(self, office: "Callable[[], Office | None]", files: StaticFiles) -> None:
        self._office, self._files = office, files
        self._door: Door | None = None
        self._news: StaffNews | None = None
        self._loading = asyncio.Lock()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a request below /kerja or /api/v1."""
        office = self._office()
        if office is None:
            return web.Response(status=503, text=STARTING, headers={"Retry-After": "2", "Cache-Control": "no-store"})
        return await (await self.door()).answer(request)

    async def door(self) -> "Door":
        """Return the door, loading what is behind it the first time."""
        async with self._loading:
            if self._door is None:
                await asyncio.to_thread(importlib.import_module, "web.staff.pages")
                self._door = self._made()
        return self._door

    def _made(self) -> "Door":
        from web.api.problems import ApiAnswers
        from web.staff.door import Door
        from web.staff.news import StaffNews
        from web.staff.pages import staff_routes

        self._news = StaffNews()
        routes, layout = staff_routes(self._files, self._news)

        def office() -> "Office":
            found = self._office()
            assert found is not None
            return found

        return Door(routes, office, layout, ApiAnswers())

    async def close(self, _app: web.Application) -> None:
        """Let go of open connections (an aiohttp shutdown signal)."""
        if self._news is not None:
            self._news.close()


def add_staff(app: web.Application, office: "Callable[[], Office | None]") -> Entrance:
    """Register ``/kerja`` and ``/api/v1`` with everything below; return the entrance. The portal comes before it."""
    entrance = Entrance(office, app[FILES])
    for path in ("/kerja", "/kerja/{below:.*}", "/api/v1/{below:.*}"):
        app.router.add_route("*", path, entrance.answer)
    app.on_shutdown.append(entrance.close)
    app.on_response_prepare.append(common_headers)
    return entrance
