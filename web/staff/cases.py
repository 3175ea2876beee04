"""Aduan: the queue of citizens' cases, and one case. The pages are frames; their scripts ask the API."""

from typing import Any

from aiohttp import web

from lppl.accounts import Right
from lppl.cases.case_store import NoCase
from lppl.cases.values import CaseClass, Status
from lppl.intake.values import Source, Visibility
from web.api.case_models import case_out
from web.staff.case_words import CASE_WORDS, QUEUE_WORDS
from web.staff.layout import Layout
from web.staff.town_map import map_of, with_map
from web.staff.visit import Route, Visit, get
from web.words import zone_text

TABS = (
    ("tab_new", f"status={Status.NEW}"),
    ("tab_incomplete", f"status={Status.INCOMPLETE}"),
    ("tab_forwarded", f"status={Status.FORWARDED}"),
    ("tab_late", "late=1"),
    ("tab_mine", "assigned=saya"),
    ("tab_all", ""),
)
"""The usual questions to the queue: the key of a name, and the query as it stands in the page's address."""


class CasePages:
    """The addresses below ``/kerja/aduan``."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def routes(self) -> list[Route]:
        """Return them."""
        return [
            get("/kerja/aduan", Right.CASES_READ, self.queue),
            get("/kerja/aduan/{number}", Right.CASES_READ, self.case),
        ]

    async def queue(self, visit: Visit) -> web.StreamResponse:
        """Show the queue; the script fetches its pages."""
        data = await _common(visit)
        return self._layout.page(
            visit, "staff/cases.html", title="cases", words=QUEUE_WORDS, scripts=["cases"], data=data, tabs=TABS,
            statuses=[s.value for s in Status], classes=[c.value for c in CaseClass], sources=[s.value for s in Source],
            people=[(number, data["people"][number]) for number in data["desk"]],
            agencies=await visit.office.case_lists.store.agencies(),
            **await _usual(visit),
        )  # fmt: skip

    async def case(self, visit: Visit) -> web.StreamResponse:
        """Show one case. Its code alone becomes the title: titles stay in the history of shared computers."""
        number = visit.params["number"]
        if not (number.isascii() and number.isdecimal() and len(number) < 18):
            raise NoCase
        found = await visit.office.cases.one(int(number), visit.now)
        data = await _common(visit) | await _usual(visit)
        data |= {
            "case": case_out(found).model_dump(mode="json", by_alias=True),
            "classes": [c.value for c in CaseClass],
            "visibilities": [v.value for v in Visibility],
            "map": await map_of(visit),
        }
        page = self._layout.page(
            visit, "staff/case.html", title=found.line.code, words=CASE_WORDS, scripts=["case"], data=data
        )
        return await with_map(visit, page)


async def _common(visit: Visit) -> dict[str, Any]:
    """Return what both scripts are given. `people`: names by account; `desk`: those to whom cases are assigned."""
    zone = visit.office.settings.station.zone
    desk = [a for a in await visit.office.people.store.all() if Right.CASES in a.role.rights]
    return {
        "zone": str(zone),
        "zone_name": zone_text(round(visit.now.timestamp() * 1000), zone),
        "offset": visit.now.astimezone(zone).isoformat()[-6:],  # the same all year: no Indonesian zone has summer time
        "now": visit.now.isoformat(),
        "me": visit.me.id,
        "my_name": visit.me.name,
        "may_act": visit.may(Right.CASES),
        "may_personal": visit.may(Right.PERSONAL),
        "people": {a.id: a.name for a in desk},
        "desk": [a.id for a in desk if a.active],
    }


async def _usual(visit: Visit) -> dict[str, Any]:
    """Return the desk's own names for places and topics, which fields offer."""
    lists = visit.office.case_lists
    places, categories = (await lists.get("places")).body, (await lists.get("categories")).body
    return {
        "kelurahan": sorted({str(place["name"]) for place in places.get("kelurahan", ())}),
        "categories": [str(name) for name in categories.get("names", ())],
    }
