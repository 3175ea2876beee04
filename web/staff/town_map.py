"""What pages of staff need to show the town's map: its address for the script, a policy that lets its pictures in."""

from typing import Any

from aiohttp import web

from web.map_words import map_words
from web.staff.security import page_headers
from web.staff.visit import Visit

POLICY = "Content-Security-Policy"


async def map_of(visit: Visit) -> dict[str, Any]:
    """Return what the script opens the map with; `version` "": there is none."""
    station = visit.office.settings.station
    return {
        "version": (await visit.office.town_map.base()).version,
        "words": map_words(visit.language),
        "centre": [station.latitude, station.longitude],
    }


async def with_map(visit: Visit, response: web.StreamResponse) -> web.StreamResponse:
    """Let the tile server's pictures into a page."""
    base = await visit.office.town_map.base()
    response.headers[POLICY] = base.pictures(page_headers(visit.nonce)[POLICY])
    return response
