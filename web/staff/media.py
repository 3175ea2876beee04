"""Pages of the library: the list with uploads and the bin, one item, playlists and rotations. Scripts use the API."""

import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from lppl.accounts import Right
from lppl.desk.materials import NoMedia
from lppl.media import AssetId
from lppl.media_list import Show, Sort
from lppl.programme import AgeClass, Category
from web.staff.grid_words import CATEGORIES_ENGLISH
from web.staff.layout import Layout
from web.staff.media_words import WORDS
from web.staff.visit import Route, Visit, get

_ASSET = re.compile(r"[0-9a-f]{40}")


class MediaPages:
    """The addresses below ``/kerja/materi``."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def routes(self) -> list[Route]:
        """Return them."""
        return [
            get("/kerja/materi", Right.VIEW, self.library),
            get("/kerja/materi/daftar", Right.VIEW, self.lists),
            get("/kerja/materi/{asset}", Right.VIEW, self.item),
        ]

    async def library(self, visit: Visit) -> web.StreamResponse:
        """Show the library; the script fetches its pages."""
        return self._layout.page(
            visit, "staff/media.html", title="media", words=WORDS, scripts=("media",), data=_common(visit),
            shows=[s.value for s in Show], sorts=[s.value for s in Sort], **_choices(visit),
            imports=bool(visit.office.settings.import_dirs),
        )  # fmt: skip

    async def item(self, visit: Visit) -> web.StreamResponse:
        """Show one item."""
        if not _ASSET.fullmatch(visit.params["asset"]):
            raise NoMedia
        found = await visit.office.materials.item(AssetId(visit.params["asset"]))
        data = _common(visit) | {"asset": found.asset.id}
        return self._layout.page(
            visit, "staff/media_item.html", title="item", words=WORDS, scripts=("media-item",), data=data, item=found
        )

    async def lists(self, visit: Visit) -> web.StreamResponse:
        """Show playlists and rotations."""
        return self._layout.page(
            visit, "staff/media_lists.html", title="lists", words=WORDS, scripts=("media-lists",), data=_common(visit)
        )


def _common(visit: Visit) -> dict[str, Any]:
    settings = visit.office.settings
    return {
        "may_media": visit.may(Right.MEDIA),
        "may_plan": visit.may(Right.PLAN),
        "channels": {c.id: c.name for c in settings.channels},
        "zone": str(settings.station.zone),
        "today": visit.now.astimezone(settings.station.zone).date().isoformat(),
        **_choices(visit),
    }


def _choices(visit: Visit) -> Mapping[str, Any]:
    english = visit.language == "en"
    return {
        "categories": [[c.value, CATEGORIES_ENGLISH[c.value] if english else c.label] for c in Category],
        "ages": [[a.value, a.label] for a in AgeClass],
    }
