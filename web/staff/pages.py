"""All addresses of staff: the pages of each feature and the API's operations, in one list.

Imported after the air has begun, since the database's libraries take their time to load.
"""

import asyncio
import functools
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from aiohttp import web

from web.api import (
    audit,
    case_desk,
    case_imports,
    case_map,
    cases,
    control,
    dashboard,
    grid,
    logs,
    media,
    own,
    people,
    playlists,
    programmes,
    rundown,
    setup,
    webhooks,
)
from web.api.imports import operations as import_operations
from web.api.openapi import document
from web.api.operations import JSON, PREFIX, Operation
from web.api.orders import operations as order_operations
from web.staff.audit import AuditPages
from web.staff.case_imports import CaseImportPages
from web.staff.case_settings import CaseSettingPages
from web.staff.cases import CasePages
from web.staff.control import ControlPages
from web.staff.dashboard import DashboardPages
from web.staff.grid import GridPages
from web.staff.home import HomePage
from web.staff.imports import ImportPages
from web.staff.layout import Layout
from web.staff.login import LoginPages
from web.staff.logs import LogPages
from web.staff.media import MediaPages
from web.staff.news import StaffNews
from web.staff.notes import NotePages
from web.staff.people import PeoplePages
from web.staff.preview import PreviewPages
from web.staff.rundown import RundownPages
from web.staff.setup import SetupPages
from web.staff.uploads import UploadRoutes
from web.staff.visit import Need, Route, Visit
from web.staff.webhooks import WebhookPages
from web.static_files import StaticFiles


class Pages(Protocol):
    """Some addresses of staff pages."""

    def routes(self) -> list[Route]:
        """Return them."""
        ...


OPERATIONS: Sequence[Operation] = (
    *people.operations.all,
    *own.operations.all,
    *setup.operations.all,
    *order_operations.all,
    *import_operations.all,
    *rundown.operations.all,
    *webhooks.operations.all,
    *logs.operations.all,
    *dashboard.operations.all,
    *audit.operations.all,
    *grid.operations.all,
    *programmes.operations.all,
    *media.operations.all,
    *playlists.operations.all,
    *control.operations.all,
    *cases.operations.all,
    *case_desk.operations.all,
    *case_imports.operations.all,
    *case_map.operations.all,
)  # fmt: skip
"""Every operation of the API, feature after feature."""

PAGES: Sequence[Callable[[Layout], Pages]] = (
    LoginPages,
    HomePage,
    PeoplePages,
    SetupPages,
    ImportPages,
    RundownPages,
    WebhookPages,
    LogPages,
    DashboardPages,
    AuditPages,
    MediaPages,
    UploadRoutes,
    lambda _layout: PreviewPages(),
    GridPages,
    ControlPages,
    NotePages,
    CasePages,
    CaseSettingPages,
    CaseImportPages,
)  # fmt: skip
"""What serves pages, feature after feature."""


def staff_routes(files: StaticFiles, news: StaffNews) -> tuple[list[Route], Layout]:
    """Return every address below /kerja and /api/v1, and the layout in which refusals are said."""
    layout = Layout(files)
    routes = [route for made in PAGES for route in made(layout).routes()]
    routes += news.routes()
    routes += [op.route for op in OPERATIONS]
    routes.append(Route("GET", f"{PREFIX}/openapi.json", Need.NOTHING, openapi, api=True))
    return routes, layout


async def openapi(visit: Visit) -> web.StreamResponse:
    """Send the description of the API."""
    body = await asyncio.to_thread(_written, visit.office.settings.station.name)
    return web.Response(body=body, content_type=JSON)


@functools.cache
def described(station: str) -> Mapping[str, Any]:
    """Return the OpenAPI document; it takes a while the first time."""
    return document(OPERATIONS, station, "1")


@functools.cache
def _written(station: str) -> bytes:
    return json.dumps(described(station)).encode()
