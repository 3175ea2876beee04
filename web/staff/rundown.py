"""Rundown: a channel's day line by line. The page is a frame; its script asks the API for the lines it shows."""

from datetime import date, timedelta

from aiohttp import web

from lppl.accounts import Right
from lppl.desk.day import FIRST_DAY
from lppl.desk.planning import FURTHEST
from lppl.errors import NotThere
from scheduler.indonesian import full_date
from web.staff.layout import Layout, away
from web.staff.rundown_words import WORDS
from web.staff.visit import Route, Visit, get


class RundownPages:
    """The page, and the short addresses that lead to it."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [
            get("/kerja/rundown", Right.VIEW, self.first),
            get("/kerja/rundown/{channel}", Right.VIEW, self.today),
            get("/kerja/rundown/{channel}/{day}", Right.VIEW, self.page),
        ]

    async def first(self, visit: Visit) -> web.StreamResponse:
        """Lead to today of the first channel."""
        return away(visit, f"kerja/rundown/{visit.office.settings.channels[0].id}")

    async def today(self, visit: Visit) -> web.StreamResponse:
        """Lead to today of a channel."""
        channel = visit.office.planning.channel(visit.params["channel"])
        return away(visit, f"kerja/rundown/{channel.id}/{self._today(visit)}")

    async def page(self, visit: Visit) -> web.StreamResponse:
        """Show a day."""
        channel, day, today = (
            visit.office.planning.channel(visit.params["channel"]),
            _day(visit.params["day"]),
            self._today(visit),
        )
        if not FIRST_DAY <= day <= today + FURTHEST:
            raise _no_such_day()
        said = full_date(day) if visit.language == "id" else f"{day:%A}, {day.day} {day:%B %Y}"
        return self._layout.page(
            visit, "staff/rundown.html", title="rundown", words=WORDS, scripts=["rundown"], channel=channel,
            date=day, said_date=said, today=today, before=day - timedelta(days=1), after=day + timedelta(days=1),
            last=today + FURTHEST,
            data={
                "channel": channel.id, "kind": channel.kind.value, "day": str(day), "today": str(today),
                "mayEdit": visit.may(Right.RUNDOWN), "me": visit.me.name,
                "zone": str(visit.office.settings.station.zone),
            },
        )  # fmt: skip

    def _today(self, visit: Visit) -> date:
        return visit.now.astimezone(visit.office.settings.station.zone).date()


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise _no_such_day() from None


def _no_such_day() -> NotThere:
    return NotThere(
        f"Rundown hari itu tidak ada; paling jauh {FURTHEST.days} hari ke depan.",
        f"There is no running order of that day; {FURTHEST.days} days ahead at most.",
    )
