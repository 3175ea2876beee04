"""Where the intake hangs in the application. What is behind it is loaded when somebody first comes: the air begins
before the database's libraries are there."""

import asyncio
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import web

from web.audience.pages import Pages
from web.audience.view import AudienceView
from web.static_files import FILES

if TYPE_CHECKING:
    from web.intake.addresses import Address, Station

PLACES = ("/lapor", "/lapor/{below:.*}", "/masuk/{below:.*}", "/open311/{below:.*}")


class Entrance:
    """Leads to the form, the webhooks and Open311."""

    def __init__(self, pages: Pages, station: "Callable[[], Station | None]") -> None:
        self._pages, self._station = pages, station
        self._router: web.UrlDispatcher | None = None
        self._handlers: dict[tuple[str, str], Address] = {}
        self._loading = asyncio.Lock()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""
        router = await self._opened()
        match = await router.resolve(request)
        if match.http_exception is not None:
            if isinstance(match.http_exception, web.HTTPNotFound) and request.path.startswith("/lapor"):
                raise self._pages.missing(request)
            raise match.http_exception
        assert match.route.resource is not None
        method = "GET" if request.method == "HEAD" else request.method
        return await self._handlers[method, match.route.resource.canonical].handler(request, dict(match))

    async def _opened(self) -> web.UrlDispatcher:
        async with self._loading:
            if self._router is None:
                behind = await asyncio.to_thread(importlib.import_module, "web.intake.behind")
                found: list[Address] = behind.addresses(self._pages, self._station)
                router = web.UrlDispatcher()
                for address in found:
                    resource = router.add_route(address.method, address.path, _unused).resource
                    assert resource is not None
                    self._handlers[address.method, resource.canonical] = address
                    if address.method == "GET":
                        router.add_route("HEAD", address.path, _unused)
                self._router = router
        return self._router


def add_intake(
    app: web.Application,
    view: AudienceView,
    station: "Callable[[], Station | None]",
    *,
    public_url: str | None = None,
) -> None:
    """Register everything by which citizens' words come in; after the portal, whose files it shares."""
    entrance = Entrance(Pages(view, app[FILES], public_url), station)
    for path in PLACES:
        app.router.add_route("*", path, entrance.answer)


async def _unused(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPNotFound
