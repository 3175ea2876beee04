"""Impor aduan: complaints of other systems come in, lists of cases go out. The page is a frame; its script asks."""

from aiohttp import web

from lppl.accounts import Right
from lppl.desk.case_tables import LIMITS
from lppl.intake.tables import Column
from web.staff.case_import_words import CASE_IMPORT_WORDS
from web.staff.layout import Layout
from web.staff.visit import Route, Visit, get

SYSTEMS = ("sp4n", "laporgub", "up4")
"""Names that the field offers."""


class CaseImportPages:
    """The page."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def routes(self) -> list[Route]:
        """Return its address."""
        return [get("/kerja/aduan-impor", Right.CASES, self.page)]

    async def page(self, visit: Visit) -> web.StreamResponse:
        """Show it."""
        zone = visit.office.settings.station.zone
        data = {
            "columns": [c.value for c in Column],
            "systems": SYSTEMS,
            "largest": LIMITS.largest,
            "zone": str(zone),
            "offset": visit.now.astimezone(zone).isoformat()[-6:],
        }
        return self._layout.page(
            visit, "staff/case_import.html", title="case_import", words=CASE_IMPORT_WORDS, scripts=["case-import"],
            data=data, readable=visit.may(Right.CASES_READ),
        )  # fmt: skip
