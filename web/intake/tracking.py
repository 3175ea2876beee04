"""``/lapor/lacak``: how far a report is, for whoever has its code. Plain words, no script, nothing that anybody wrote.

Codes are not to be found by trying: there are 5 x 10^11, and who names many that are none has to wait.
"""

from collections.abc import Mapping
from datetime import datetime

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from lppl.cases.tracking import Tracked, tracked
from lppl.database import READS
from lppl.errors import LpplError
from lppl.intake.codes import read_code
from lppl.limits import household
from web.audience.pages import Pages, milliseconds_of
from web.intake.addresses import Address, Desk
from web.intake.form import PRIVATE
from web.intake.words import WORDS
from web.portal import language_of
from web.words import clock_text, date_text, zone_text

TYPED_LONGEST = 40


class Tracking:
    """Answers for those who ask how far their report is."""

    def __init__(self, pages: Pages, desk: Desk) -> None:
        self._pages, self._desk = pages, desk

    def addresses(self) -> list[Address]:
        """Return them."""
        return [Address("GET", "/lapor/lacak", self.show)]

    async def show(self, request: web.Request, _params: Mapping[str, str]) -> web.Response:
        """Answer with the field for a code, or with how far its report is."""
        typed = request.query.get("kode", "")[:TYPED_LONGEST]
        if not typed.strip():
            return self._page(request, typed)
        address, rates = household(request.remote or ""), self._desk.rates()
        if wait := await rates.wait_s("track", address):
            return self._page(request, typed, "track_too_often", 429, minutes=max(1, round(wait / 60)))
        intake = self._desk.intake()
        if intake.reception is None or intake.store is None:
            return self._page(request, typed, "track_away", 503)
        code = read_code(typed)
        found: Tracked | None = None
        if code:
            try:
                async with intake.reception.engine.execution_options(**READS).connect() as connection:
                    found = await tracked(connection, intake.store, code, intake.reception.now())
            except (SQLAlchemyError, OSError, LpplError):
                return self._page(request, typed, "track_away", 503)
        if found is None:
            await rates.count("track", address)
            return self._page(request, typed, "track_none", 404)
        return self._page(request, code, found=found)

    def _page(
        self, request: web.Request, typed: str, wrong: str = "", status: int = 200, *, found: Tracked | None = None,
        minutes: int = 0,
    ) -> web.Response:  # fmt: skip
        language = language_of(request)
        w, zone = WORDS[language], self._pages.view.zone

        def moment(at: datetime) -> str:
            ms = milliseconds_of(at)
            return f"{date_text(ms, zone, language)}, {clock_text(ms, zone, language)} {zone_text(ms, zone)}"

        english = language == "en"
        shown = (
            [(moment(step.at), step.english if english else step.indonesian) for step in found.steps] if found else []
        )
        name = w["track_unread"]
        if found is not None and found.status is not None:
            name = found.status.english if english else found.status.label
        return self._pages.page(
            "report_track", request, status=status, headers=PRIVATE, w=w, typed=typed, found=found is not None,
            wrong=w[wrong].format(minutes=minutes) if wrong else "", status_name=name, steps=shown,
            due=date_text(milliseconds_of(found.due), zone, language) if found is not None and found.due else "",
        )  # fmt: skip
