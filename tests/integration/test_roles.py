"""Air, web and worker as processes of their own on one data folder: none can take another down."""

import contextlib
from collections.abc import AsyncIterator

import pytest

from lppl.journal import last_entries
from tests.station.material import SOURCES
from tests.station.service import Home, Service, channel_of, eventually
from tests.station.watcher import Rendition, Watcher, watching

pytestmark = pytest.mark.integration

CRASH_S = 60.0


@contextlib.asynccontextmanager
async def role(home: Home, name: str) -> AsyncIterator[Service]:
    service = await Service.start(home, ("--only", name))
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
