"""News for open pages: heard of at every beat however much happens, for as long as the session lasts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from aiohttp import ClientResponse, DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from lppl.accounts import SESSION_IDLE, Role
from lppl.events import MemoryBus, PlanChanged, Presence
from tests.web.staff.conftest import Site
from web.api.problems import ApiAnswers
from web.staff.door import Door
from web.staff.layout import Layout
from web.staff.news import StaffNews, beating
from web.staff.security import PLAIN_COOKIE
from web.static_files import StaticFiles

SOON_S = 20
BEAT_S = 0.05


@asynccontextmanager
async def listening(site: Site, role: Role, page: str) -> AsyncIterator[ClientResponse]:
    """Open the stream as somebody of a role; beats come much more often than in service."""
    cookie = (await site.logged_in(role)).cookie
    layout = Layout(StaticFiles(Path("none")))
    news = StaffNews(BEAT_S)
    door = Door(news.routes(), lambda: site.office, layout, ApiAnswers())
    app = web.Application()
    app.router.add_get("/kerja/kabar", door.answer)
    async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
        headers = {"Cookie": f"{PLAIN_COOKIE}={cookie}"}
        query = {"di": "kerja/rundown", "halaman": page}
        async with client.get("/kerja/kabar", params=query, headers=headers, allow_redirects=False) as answer:
            yield answer


async def until(answer: ClientResponse, wanted: bytes) -> None:
    """Read the stream until a line begins so."""
    async with asyncio.timeout(SOON_S):
        while not (await answer.content.readline()).startswith(wanted):
            assert not answer.content.at_eof()


async def test_beats_come_however_much_happens() -> None:
    async def chatter(bus: MemoryBus) -> None:
        while True:
            bus.publish(PlanChanged("tv", "grid", "Sari"))
            await asyncio.sleep(BEAT_S / 10)

    async with MemoryBus() as bus, bus.subscribe(PlanChanged) as news, asyncio.timeout(SOON_S):
        talking = asyncio.create_task(chatter(bus))
        found = [event async for event in _until_three(beating(news, BEAT_S))]
        talking.cancel()
    assert found.count(None) == 3 and len(found) > 3


async def _until_three(events: AsyncIterator[object]) -> AsyncIterator[object]:
    beats = 0
    async for event in events:
        yield event
        beats += event is None
        if beats == 3:
            return


async def test_who_looks_at_the_same_page_is_told(site: Site) -> None:
    async with listening(site, Role.OPERATOR, "a") as answer:
        assert answer.status == 200 and answer.content_type == "text/event-stream"
        await until(answer, b"retry")
        site.office.bus.publish(Presence(7, "Budi", "kerja/rundown", "b", True))
        await until(answer, b"event: presence")
        await until(answer, b": di sini")


async def test_it_ends_with_the_session(site: Site) -> None:
    async with listening(site, Role.OPERATOR, "a") as answer:
        await until(answer, b": di sini")
        site.clock.at += SESSION_IDLE + timedelta(minutes=1)
        async with asyncio.timeout(SOON_S):
            await answer.content.read()


async def test_it_is_for_those_who_see_plans(site: Site) -> None:
    async with listening(site, Role.AGENCY, "a") as answer:
        assert answer.status == 403
