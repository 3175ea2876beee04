"""Kanal aduan: how citizens' words come in; Atur meja aduan: the desk's own lists. Their scripts ask the API."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from lppl.accounts import Right
from lppl.cases.desk_lists import PEKALONGAN
from lppl.cases.values import CaseClass
from lppl.cases.working_days import Calendar
from lppl.errors import NotThere
from lppl.intake.values import Source
from web.staff.case_setting_words import CHANNEL_WORDS, LIST_WORDS
from web.staff.layout import Layout
from web.staff.town_map import map_of, with_map
from web.staff.visit import Route, Visit, get

SAMPLES = Path(__file__).parents[2] / "docs" / "contoh"
HOW_TO: Mapping[Source, Sequence[str]] = {
    Source.CALL: ("asterisk/README.md", "asterisk/extensions.conf", "asterisk/pjsip.conf"),
    Source.WHATSAPP: ("whatsapp.md",),
    Source.TELEGRAM: ("telegram.md",),
    Source.SMS: ("gammu-smsd.conf", "gammu-ke-lppl", "kannel.conf"),
    Source.EMAIL: ("surel.md",),
    Source.APP: ("json-aplikasi.md",),
    Source.MESSENGER: ("messenger-instagram.md",),
    Source.INSTAGRAM: ("messenger-instagram.md",),
    Source.X: ("x.md",),
}
"""What of ``docs/contoh`` tells how a channel is set up in the other service."""
NAMES = {name.replace("/", "-"): name for names in HOW_TO.values() for name in names}
"""Files by the name in their page's address."""
TABS = (
    ("instansi", "agencies"),
    ("kategori", "categories"),
    ("balasan", "replies"),
    ("wilayah", "places"),
    ("peta", "map"),
    ("kata-kunci", "rules"),
    ("cuti-bersama", "leave"),
    ("ketentuan-waktu", "policies"),
    ("masa-simpan", "keeping"),
)
"""The lists: the part of the page's address, and the name that the API and the words know them by."""


class NoSample(NotThere):
    """There is no such guide."""

    def __init__(self) -> None:
        super().__init__("Panduan itu tidak ada.", "There is no such guide.")


class CaseSettingPages:
    """The two pages, and the guides to the channels."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [
            get("/kerja/kanal", Right.ADMIN, self.channels),
            get("/kerja/kanal/contoh/{name}", Right.ADMIN, self.sample),
            get("/kerja/aduan-atur", Right.CASES, self.lists),
        ]

    async def channels(self, visit: Visit) -> web.StreamResponse:
        """Show the channels."""
        settings = visit.office.settings
        data = {
            "zone": str(settings.station.zone),
            "public_url": settings.public_url or "",
            "samples": await asyncio.to_thread(_samples),
        }
        return self._layout.page(
            visit, "staff/channels.html", title="intake_channels", words=CHANNEL_WORDS, scripts=["channels"], data=data
        )

    async def sample(self, visit: Visit) -> web.StreamResponse:
        """Show a guide, or a sample file, as it is shipped."""
        name = NAMES.get(visit.params["name"])
        text = await asyncio.to_thread(_read, SAMPLES / name) if name is not None else None
        if text is None:
            raise NoSample
        return self._layout.page(
            visit, "staff/channel_sample.html", title=str(name), words=CHANNEL_WORDS, scripts=["channels"], text=text
        )

    async def lists(self, visit: Visit) -> web.StreamResponse:
        """Show the desk's lists."""
        zone = visit.office.settings.station.zone
        today = visit.now.astimezone(zone).date()
        data = {
            "zone": str(zone),
            "today": today.isoformat(),
            "classes": [c.value for c in CaseClass],
            "holidays": await asyncio.to_thread(_holidays, range(today.year - 1, today.year + 2), visit.language),
            "example": PEKALONGAN["kelurahan"],
            "map": await map_of(visit),
            "may_admin": visit.may(Right.ADMIN),
        }
        page = self._layout.page(
            visit, "staff/case_lists.html", title="case_lists", words=LIST_WORDS, scripts=["case-lists"], data=data,
            tabs=TABS,
        )  # fmt: skip
        return await with_map(visit, page)


def _samples() -> dict[str, list[dict[str, str]]]:
    """Return the guides that are there, by channel. An installation may leave the folder ``docs`` out."""
    return {
        source.value: [{"file": n, "name": n.replace("/", "-")} for n in names if (SAMPLES / n).is_file()]
        for source, names in HOW_TO.items()
    }


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except OSError:
        return None


def _holidays(years: range, language: str) -> dict[str, list[dict[str, Any]]]:
    """Return the national holidays of some years, without the station's own table."""
    calendar = Calendar()
    return {
        str(year): [
            {"day": day.isoformat(), "name": name.english if language == "en" else name.indonesian}
            for day, name in calendar.holidays(year).items()
        ]
        for year in years
    }
