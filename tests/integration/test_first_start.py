"""The very first start: with nothing at all, with one file, and with the demo station that makes itself."""

import asyncio
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.station import hls
from tests.station.material import SOURCES
from tests.station.service import Home, Service, channel_of, get, running
from tests.station.watcher import Watcher, watching

pytestmark = [pytest.mark.integration, pytest.mark.long]

STANDING_IN = ("ident", "slate", "preroll", "filler", "item")


async def playable(home: Home, channel: str) -> None:
    """Fetch what a player fetches first: every playlist's newest segment with its init."""
    url = f"{home.url}/hls/{channel}/master.m3u8"
    status, body = await get(url)
    assert status == 200
    master = hls.master(body.decode(), url)
    assert master.faults == ()
    for playlist in master.playlists:
        _, text = await get(playlist)
        newest = hls.media(text.decode(), playlist).segments[-1]
        _, head = await get(newest.init)
        _, data = await get(newest.url)
        assert hls.fragments(data, hls.init(head).default_duration)


@pytest.mark.parametrize("demo", [False, pytest.param(True, marks=pytest.mark.soak)])
async def test_on_air_with_nothing_at_all(tmp_path: Path, demo: bool) -> None:
    home = Home(tmp_path / "station").write(demo=demo)
    service = await Service.start(home)
    try:
        await service.on_air(kinds=STANDING_IN)  # how soon is measured by the bench
        for channel in ("tv", "radio"):
            await playable(home, channel)
        async with watching(Watcher(f"{home.url}/hls/tv/master.m3u8")) as tv:
            if demo:
                await _demo_airs(service)
            else:
                await _a_file_airs(service, tmp_path)
        assert tv.faults == []
    finally:
        await service.close()


def _an_item(channel: str, title: str = "") -> Any:
    def airs(health: dict[str, Any]) -> bool:
        said = channel_of(health, channel)
        return said["kind"] == "item" and (not title or said["item"] == title)

    return airs


async def _demo_airs(service: Service) -> None:
    """The first demo material airs on one channel at least; the rest joins later.

    It is made and conformed by idle processes, so that how long it takes says how busy the machine is; what of it airs
    first depends on the hour of the day.
    """
    await service.until(lambda h: _an_item("tv")(h) or _an_item("radio")(h), "demo material airs", 1200)


async def _a_file_airs(service: Service, folder: Path) -> None:
    """A file that is dropped into the media folder airs, on the channel that it suits."""
    for title in ("Kilat", "Wayang"):
        source = SOURCES[title]
        out = folder / Path(source.path).name
        await asyncio.to_thread(subprocess.run, source.argv(out), check=True)
        shutil.move(out, service.home.media / out.name)
    await service.until(_an_item("tv", "Kilat"), "the file with picture airs on TV")
    await service.until(_an_item("radio", "Wayang"), "the file without picture airs on radio")


@pytest.mark.soak
async def test_a_second_start_finds_everything_made(home: Home) -> None:
    async with running(home):
        before = {p for p in home.house.rglob("*") if p.is_file()}
    async with running(home) as service:
        health = await service.until(lambda h: h["status"] == "ok", "all is well")
        assert {c["kind"] for c in health["channels"]} == {"item"}
        assert {p for p in home.house.rglob("*") if p.is_file()} == before
