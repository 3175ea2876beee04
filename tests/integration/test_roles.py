"""Air, web and worker as processes of their own on one data folder: none can take another down."""

import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from lppl.accounts import Role
from lppl.journal import last_entries
from tests.station.material import SOURCES
from tests.station.service import Home, Service, channel_of, eventually
from tests.station.staff import cookies_of
from tests.station.watcher import Rendition, Watcher, watching
from web.staff.security import PLAIN_COOKIE

pytestmark = [pytest.mark.integration, pytest.mark.long]

CRASH_S = 60.0


@contextlib.asynccontextmanager
async def role(home: Home, name: str, log: Path | None = None) -> AsyncIterator[Service]:
    service = await Service.start(home, ("--only", name), log=log)
    try:
        yield service
    finally:
        await service.close()


def journal_end(home: Home) -> int:
    entries = last_entries(home.data / "journal")
    return min((e.end for e in entries.values()), default=0) if len(entries) == 2 else 0


async def grows(home: Home) -> None:
    """Wait until the journal of both channels has grown by three seconds."""
    before = journal_end(home)

    async def grown() -> bool:
        return journal_end(home) >= before + 10

    await eventually(grown, "the journal grows")


async def test_roles_meet_in_the_data_folder_and_outlive_each_other(home: Home) -> None:
    url = f"{home.url}/hls/tv/master.m3u8"
    async with contextlib.AsyncExitStack() as stack:
        air = await stack.enter_async_context(role(home, "air"))
        await stack.enter_async_context(role(home, "worker"))
        async with role(home, "web") as web:
            health = await web.on_air()
            assert {c["kind"] for c in health["channels"]} == {"item"}
            assert all(c["committed_ahead_s"] > 0 for c in health["channels"])
            async with watching(Watcher(url)) as tv:
                await _two_more(tv.renditions)
            assert tv.faults == []
            await web.kill()
        await grows(home)  # nobody serves; the air goes on
        assert air.running
        async with role(home, "web") as web:
            await web.on_air()
            # the web role holds through a crash of the air role, and players through both
            async with watching(Watcher(url, outage_s=CRASH_S)) as tv:
                await _two_more(tv.renditions)
                await air.kill()
                air = await stack.enter_async_context(role(home, "air"))
                await _two_more(tv.renditions)
                assert web.running
            assert tv.faults == []
            health = await web.until(lambda h: channel_of(h, "tv")["item"] in SOURCES, "the programme goes on")
            assert channel_of(health, "tv")["kind"] == "item"


async def _two_more(renditions: list[Rendition]) -> None:
    async def present() -> bool:
        return len(renditions) > 0 and all(r.segments for r in renditions)

    await eventually(present, "segments arrive")
    had = {r.name: len(r.segments) for r in renditions}

    async def more() -> bool:
        return all(len(r.segments) >= had[r.name] + 3 for r in renditions)

    await eventually(more, "more segments arrive")


async def test_a_role_runs_once_on_a_data_folder(home: Home) -> None:
    async with role(home, "air"), role(home, "worker"):
        await grows(home)
        for name in ("air", "worker"):
            async with role(home, name) as second:
                assert await second.ended() == 1
    assert 'peran "air"' in home.said()
    assert 'peran "worker"' in home.said()


async def keep_a_setting(home: Home, cookie: str) -> None:
    """Change how far back listeners may go, and start anew, as the page of settings does."""
    api = f"{home.url}/api/v1"
    async with aiohttp.ClientSession(cookies={PLAIN_COOKIE: cookie}, raise_for_status=True) as session:
        async with session.get(f"{home.url}/kerja/akun") as answer:
            found = re.search(r'name="csrf" content="([^"]+)"', await answer.text())
        assert found is not None
        session.headers["X-CSRF-Token"] = found[1]
        await session.patch(f"{api}/settings", json={"dvr_hours": 1})
        await session.post(f"{api}/service/restart")


@pytest.mark.soak
async def test_a_setting_kept_by_a_page_reaches_every_role(home: Home) -> None:
    logs = {name: home.folder / f"log-{name}" for name in ("air", "worker", "web")}
    async with contextlib.AsyncExitStack() as stack:
        services = [await stack.enter_async_context(role(home, name, log)) for name, log in logs.items()]
        await services[-1].on_air()
        (cookie,) = await cookies_of(home, ("Sari", Role.ADMIN))
        async with watching(Watcher(f"{home.url}/hls/tv/master.m3u8", outage_s=CRASH_S)) as tv:
            await _two_more(tv.renditions)
            await keep_a_setting(home, cookie)

            async def anew() -> bool:
                return all(log.read_text().count("starting_anew") == 1 for log in logs.values())

            await eventually(anew, "every process begins again")
            await services[-1].on_air()
            await _two_more(tv.renditions)
        assert tv.faults == []
        assert all(service.running for service in services), "each goes on in its own process"
