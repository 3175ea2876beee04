"""Catat telepon, Catat di acara, Baki: taking citizens' words down, and what could not be read.

The pages only give the frame; notes are kept in the browser first and sent by the scripts, so that nothing that was
typed depends on the line.
"""

from typing import Any

from aiohttp import web

from lppl.accounts import Right
from lppl.cases.values import CaseClass
from lppl.intake.values import Source, Visibility
from web.staff.layout import Layout
from web.staff.note_words import CALL_WORDS, EVENT_WORDS, TRAY_WORDS
from web.staff.visit import Route, Visit, get
from web.words import zone_text

CLASSES = (CaseClass.PLAIN, CaseClass.REQUEST, CaseClass.ASPIRATION, CaseClass.SUPERVISION)
"""What the keys 1 to 4 choose, by how often callers need them. PPID requests need a form of their own."""


class NotePages:
    """The pages on which words are taken down, and the tray."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [
            get("/kerja/catatan", Right.NOTES, self.calls),
            get("/kerja/acara", Right.NOTES, self.event),
            get("/kerja/baki", Right.CASES, self.tray),
        ]

    async def calls(self, visit: Visit) -> web.StreamResponse:
        """Show the form for callers' words during a show."""
        return self._layout.page(
            visit, "staff/notes.html", title="call_notes", words=CALL_WORDS, scripts=["notes"],
            **await self._form(visit, Source.NOTE),
        )  # fmt: skip

    async def event(self, visit: Visit) -> web.StreamResponse:
        """Show the form for words at an event; the browser keeps this page to open it without a line."""
        return self._layout.page(
            visit, "staff/event.html", title="event_notes", words=EVENT_WORDS, scripts=["event"],
            **await self._form(visit, Source.EVENT),
        )  # fmt: skip

    async def tray(self, visit: Visit) -> web.StreamResponse:
        """Show what nobody could read; the script asks the API for it."""
        data = _common(visit) | {"personal": visit.may(Right.PERSONAL)}
        return self._layout.page(visit, "staff/tray.html", title="tray", words=TRAY_WORDS, scripts=["tray"], data=data)

    async def _form(self, visit: Visit, source: Source) -> dict[str, Any]:
        """Return what the form is drawn from, and what its script is given."""
        places = (await visit.office.case_lists.get("places")).body
        english = visit.language == "en"
        classes = [(c.value, c.english if english else c.label) for c in CLASSES]
        data = _common(visit) | {"source": source.value, "queue": visit.may(Right.CASES_READ)}
        return {
            "data": data, "classes": classes, "visibilities": [v.value for v in Visibility],
            "kelurahan": sorted({str(place["name"]) for place in places.get("kelurahan", ())}),
        }  # fmt: skip


def _common(visit: Visit) -> dict[str, Any]:
    zone = visit.office.settings.station.zone
    return {"zone": str(zone), "zone_name": zone_text(round(visit.now.timestamp() * 1000), zone)}
