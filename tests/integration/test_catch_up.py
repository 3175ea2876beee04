"""The past of a real station, served by a web role of its own; a takedown made elsewhere holds there."""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from lppl import journal, process
from lppl.database import open_database
from lppl.journal import Entry
from lppl.quanta import FRAMES, Quanta
from lppl.rundown import Kind
from lppl.takedowns import Takedowns
from tests.station.service import Home, Service, eventually, get

pytestmark = pytest.mark.integration

INSIDE = 2
"""Quanta after an item's start: inside its first GOP."""
LONG_OUT = 60
"""Once so many are committed the first half is out: a segment is published at most 17 quanta after its start."""


@contextlib.asynccontextmanager
async def roles(home: Home) -> AsyncIterator[Service]:
    """Air and web as processes of their own; yield the web role, on the air."""
    async with contextlib.AsyncExitStack() as stack:
        for name in ("air", "web"):
            service = await Service.start(home, ("--only", name))
            stack.push_async_callback(service.close)
        await service.on_air()
        yield service


def begun(home: Home) -> list[Entry]:
    entries = journal.read(home.data / "journal", Quanta(0)).get("tv", [])
    return [e for e in entries if e.item.kind is Kind.ITEM]


async def test_what_aired_a_moment_ago_is_watched_until_it_is_taken_down(home: Home) -> None:
    async with roles(home):

        async def aired() -> bool:
            found = begun(home)
            return bool(found) and found[-1].end > found[0].item.start + LONG_OUT

        await eventually(aired, "an item has begun long enough ago")
        start = Quanta(begun(home)[0].item.start + INSIDE)
        end = Quanta(start + 20)
        url = f"{home.url}/hls/tv/vod/{start}-{end}/master.m3u8"

        async def watched() -> bool:
            return (await get(url))[0] == 200

        await eventually(watched, "the records are open")
        quiet = ["ffmpeg", "-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-i", url]
        out = await process.run(
            [*quiet, "-map", "0:v:0", "-fps_mode", "passthrough", "-progress", "pipe:1", "-f", "null", "-"]
        )
        assert f"frame={20 * FRAMES}\n" in out.decode()
        engine = open_database(f"sqlite:///{home.data / 'lppl.db'}")
        try:
            await Takedowns(engine).take_down("tv", start, end, "Permintaan narasumber", "Sari", datetime.now(UTC))
        finally:
            await engine.dispose()

        async def gone() -> bool:
            status, said = await get(url)
            return status == 410 and "ditarik" in said.decode()

        await eventually(gone, "the takedown holds")
        assert (await get(f"{home.url}/hls/tv/vod/{end}-{end + 5}/master.m3u8"))[0] == 200
