"""Pages of the weekly grid: week, programmes, rules of a channel, a week to print. Scripts do the rest by the API."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from aiohttp import web

from lppl.accounts import Right
from lppl.programme import AgeClass, Category
from scheduler.fixed import PRAYER_NAMES
from scheduler.indonesian import short_date
from scheduler.laying_out import Desk
from web.api.grid_models import local
from web.staff.grid_words import CATEGORIES_ENGLISH, WORDS
from web.staff.layout import Layout
from web.staff.visit import Route, Visit, get
from web.words import DAYS, MONTHS

FIRST, LAST = date(2000, 1, 3), date(2100, 12, 20)


class GridPages:
    """The addresses below ``/kerja/pola``."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def routes(self) -> list[Route]:
        """Return them."""
        return [
            get("/kerja/pola", Right.VIEW, self.week),
            get("/kerja/pola/cetak", Right.VIEW, self.printed),
            get("/kerja/pola/mata-acara", Right.VIEW, self.programmes),
            get("/kerja/pola/aturan", Right.VIEW, self.rules),
        ]

    async def week(self, visit: Visit) -> web.StreamResponse:
        """Show the week; the script fetches it."""
        channel, first = _channel(visit), _monday(visit)
        desk = await visit.office.planning.laid_down()
        data = _common(visit) | {
            "channel": channel, "first": first.isoformat(), "version": _version(visit),
            "may_plan": visit.may(Right.PLAN), "may_publish": visit.may(Right.PUBLISH), **_named(desk),
        }  # fmt: skip
        return self._layout.page(
            visit, "staff/grid.html", title="grid", words=WORDS, scripts=("grid",), data=data, channel=channel,
            first=first,
        )  # fmt: skip

    async def programmes(self, visit: Visit) -> web.StreamResponse:
        """Show the programmes."""
        english = visit.language == "en"
        data = _common(visit) | {
            "may_plan": visit.may(Right.PLAN),
            "categories": [[c.value, CATEGORIES_ENGLISH[c.value] if english else c.label] for c in Category],
            "ages": [[a.value, a.label] for a in AgeClass],
        }
        return self._layout.page(
            visit, "staff/programmes.html", title="programmes", words=WORDS, scripts=("programmes",), data=data
        )

    async def rules(self, visit: Visit) -> web.StreamResponse:
        """Show the rules of a channel."""
        english = visit.language == "en"
        channel = _channel(visit)
        data = _common(visit) | {
            "channel": channel, "may_plan": visit.may(Right.PLAN),
            "prayers": [[p.value, name] for p, name in PRAYER_NAMES.items()],
            "categories": [[c.value, CATEGORIES_ENGLISH[c.value] if english else c.label] for c in Category],
        }  # fmt: skip
        return self._layout.page(
            visit, "staff/rules.html", title="channel_rules", words=WORDS, scripts=("rules",), data=data,
            channel=channel,
        )  # fmt: skip

    async def printed(self, visit: Visit) -> web.StreamResponse:
        """Show a week as a clean page for A4, landscape."""
        channel, first = _channel(visit), _monday(visit)
        zone = visit.office.planning.zone
        view = await visit.office.grids.week(channel, _version(visit), first, visit.now)
        days: list[dict[str, Any]] = []
        for n in range(7):
            day = first + timedelta(days=n)
            rows = [
                {
                    "start": f"{local(h.start, zone):%H.%M}", "end": _end(local(h.end, zone)),
                    "title": h.strip.programme, "hard": h.strip.begins.value == "tepat", "goes_on": h.goes_on,
                    "once": not view.entries[h.strip.key].on.rule,
                }
                for h in view.week.held
                if h.day == day
            ]  # fmt: skip
            days.append({"name": DAYS[visit.language][n], "date": f"{day.day}/{day.month}", "rows": rows})
        return self._layout.page(
            visit, "staff/grid_print.html", title="grid", words=WORDS, scripts=("grid",), days=days,
            channel_name=visit.office.planning.channel(channel).name, state=view.state,
            span=f"{_said(first, visit.language)} – {_said(first + timedelta(days=6), visit.language)}",
        )  # fmt: skip


def _common(visit: Visit) -> dict[str, Any]:
    settings = visit.office.settings
    return {
        "channels": [{"id": c.id, "name": c.name, "kind": c.kind.value} for c in settings.channels],
        "days": list(DAYS[visit.language]),
        "months": list(MONTHS[visit.language]),
        "today": visit.now.astimezone(settings.station.zone).date().isoformat(),
        "zone": settings.station.zone.key,
    }


def _named(desk: Desk) -> Mapping[str, Any]:
    """Return what entries may name, for the form."""
    return {
        "programmes": [
            {"id": p.id, "title": p.title, "colour": p.colour, "length_s": p.default_length_s}
            for p in sorted(desk.programmes.values(), key=lambda p: p.title.casefold())
        ],
        "playlists": [{"id": p.id, "title": p.title} for p in desk.playlists.values()],
        "rotations": [{"id": r.id, "title": r.title} for r in desk.rotations.values()],
    }


def _channel(visit: Visit) -> str:
    """Return the channel that the address names, else the first. Raises UnknownChannel."""
    wanted = visit.request.query.get("kanal", "")[:64]
    return visit.office.planning.channel(wanted).id if wanted else visit.office.settings.channels[0].id


def _monday(visit: Visit) -> date:
    """Return the Monday of the week that the address names, else of the present one."""
    today = visit.now.astimezone(visit.office.settings.station.zone).date()
    try:
        day = date.fromisoformat(visit.request.query.get("minggu", ""))
    except ValueError:
        day = today
    day = min(max(day, FIRST), LAST)
    return day - timedelta(days=day.weekday())


def _version(visit: Visit) -> int | None:
    said = visit.request.query.get("versi", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 and int(said) else None


def _end(at: Any) -> str:
    return f"{at:%H.%M}" if at.hour or at.minute else "24.00"


def _said(day: date, language: str) -> str:
    return short_date(day) if language == "id" else f"{day.day} {MONTHS['en'][day.month - 1]} {day.year}"
