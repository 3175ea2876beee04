"""A station whose complaint desk is open, with citizens' words that came by real channels, in front of a browser."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image
from playwright.async_api import Browser
from sqlalchemy import select, update

from lppl.accounts import Role
from lppl.audit import Actor
from lppl.cases.case_store import CaseStore
from lppl.cases.desk_lists import Places, rules_of
from lppl.cases.tables import cases, enclosures
from lppl.cases.values import Act, CaseState
from lppl.config import Settings
from lppl.desk.office import Office
from lppl.intake import web_form
from lppl.intake.opening import Intake as Opened
from lppl.intake.reception import Reception
from lppl.intake.understanding import Understanding
from lppl.intake.values import Enclosure, Intake, Kind, Raw, Source
from lppl.intake.works import MemoryWorks
from tests.web.staff.browsing import Open, browsing
from tests.web.staff.conftest import Clock, Site
from tests.web.staff.pages import application, office_of

JAKARTA = ZoneInfo("Asia/Jakarta")
PLACES = Places.model_validate({"kelurahan": [{"name": "Medono", "kecamatan": "Pekalongan Barat"}]})


@dataclass
class CaseSite:
    """The desk. `agencies`: numbers by name."""

    site: Site
    browser: Browser
    reception: Reception
    store: CaseStore
    base: str
    agencies: dict[str, int] = field(default_factory=dict)
    said: int = 0

    @asynccontextmanager
    async def opened(self, path: str, role: Role = Role.COMPLAINTS, **more: Any) -> AsyncIterator[Open]:
        """Open a page as somebody of a role."""
        visitor = await self.site.logged_in(role)
        async with browsing(self.browser, f"{self.base}/kerja/{path}", visitor.cookie, **more) as opened:
            yield opened

    async def language(self, role: Role, language: str) -> None:
        """Set the language of somebody's pages."""
        account = await self.site.account(role)
        await self.site.office.people.store.change(account.id, language=language)

    async def arrived(self, text: str, ago: timedelta = timedelta(), **more: Any) -> int:
        """Have somebody's word arrive so long ago; return the number of its case."""
        clock, now = self.site.clock, self.site.clock.at
        clock.at = now - ago
        self.said += 1
        word = replace(Intake(Source.WEB, f"kata-{self.said}", clock.at, text), **more)
        reader = Understanding(self.reception.engine, self.reception.keyring, self.store, self.reception.files, clock)
        receipt = await self.reception.receive(
            Raw(word.source, web_form.written(word), web_form.CONTENT_TYPE, clock.at), word.key
        )
        outcome = await reader.read(receipt.id)
        clock.at = now
        assert outcome is not None and len(outcome.cases) == 1
        return outcome.cases[0]

    async def row(self, number: int) -> Any:
        """Return a case as it stands in the records."""
        async with self.reception.engine.connect() as connection:
            return (await connection.execute(select(cases).where(cases.c.id == number))).one()

    async def done(self, number: int, act: Act, who: str = "rina", **data: Any) -> CaseState:
        """Have a colleague do something."""
        colleague = await self.site.account(Role.COMPLAINTS, who)
        seq = (await self.row(number)).seq
        actor = Actor(colleague.id, colleague.name)
        return await self.site.office.cases.do(number, act, data, actor, seq, self.site.clock())

    async def acts(self, number: int) -> list[Act]:
        """Return what was done with a case."""
        view = await self.site.office.cases.one(number, self.site.clock())
        return [event.act for event in view.events]

    async def photographed(self, number: int) -> None:
        """Put a picture that was made safe where the first enclosure of a case waits to be fetched."""
        view = await self.site.office.cases.one(number, self.site.clock())
        which = next(e.id for word in view.words for e in word.enclosures)
        async with self.reception.engine.begin() as connection:
            row = (await connection.execute(select(enclosures).where(enclosures.c.id == which))).one()
            key = self.reception.keyring.unwrapped(row.wrapped)
            for part, side in (("small", 160), ("picture", 640)):
                drawn = io.BytesIO()
                Image.new("RGB", (side, side * 3 // 4), "#52775a").save(drawn, "JPEG")
                self.reception.files.write(which, key, iter([drawn.getvalue()]), part)
            made = {"state": "safe", "parts": ["small", "picture"], "not_before": None}
            await connection.execute(update(enclosures).where(enclosures.c.id == which).values(made))


def photo(name: str) -> Enclosure:
    """Return a picture that a channel still has."""
    return Enclosure(Kind.PICTURE, ref=name, content_type="image/jpeg")


@asynccontextmanager
async def case_site(settings: Settings, clock: Clock, browser: Browser) -> AsyncIterator[CaseSite]:
    """Open a desk without cases; two agencies and one outside the city."""
    intake = Opened()
    async with office_of(settings, clock) as plain:
        engine = plain.library.engine
        reception = await Reception.opened(engine, settings.keys_dir, MemoryWorks(), settings.data_dir, clock)
        async with engine.connect() as connection:
            rules = await rules_of(connection, JAKARTA)
        intake.reception, intake.store = reception, CaseStore(reception.keyring, rules)
        office = Office(settings, plain.opened, plain.bus, plain.seal, clock, intake=lambda: intake)
        await office.case_lists.keep("places", PLACES.model_dump(mode="json"), 0, "uji", clock())
        server = TestServer(application(office))
        async with TestClient(server, cookie_jar=DummyCookieJar()) as client:
            base = str(server.make_url("")).rstrip("/")
            desk = CaseSite(Site(office, client, clock), browser, reception, intake.store, base)
            for name, outside in (("Dinas Pekerjaan Umum", False), ("Dinas Lingkungan Hidup", False), ("PLN", True)):
                desk.agencies[name] = await office.case_lists.store.add_agency(name, "", outside)
            yield desk


def days(count: int) -> timedelta:
    """Return so many days."""
    return timedelta(days=count)


def local(at: datetime) -> str:
    """Write a moment's time as the pages do."""
    return f"{at.astimezone(JAKARTA):%H.%M} WIB"
