"""Starting and stopping the real service: cleanly, once on a data folder, with a clear word when it cannot be."""

import re
import shutil
from pathlib import Path

import aiohttp
import pytest

from tests.station.material import SOURCES, TV, lay_out, schedule_of
from tests.station.service import Home, Service, eventually, get_health, processes_of, running
from tests.station.watcher import Watcher, watching

pytestmark = pytest.mark.integration

STOP_S = 10.0


async def test_a_stop_is_clean_and_quick(home: Home, tmp_path: Path) -> None:
    source = SOURCES["Pagi"]
    shutil.copyfile(home.media / source.path, tmp_path / "Lagi.mp4")
    with (tmp_path / "Lagi.mp4").open("ab") as f:
        f.write(bytes(64))  # other bytes: other content
    listen = f"{home.url}/listen/radio.aac"
    # a listener who never hangs up, and work under way
    async with running(home) as service, aiohttp.ClientSession() as session, session.get(listen) as listener:
        await listener.content.readexactly(10_000)
        home.schedule("tv").write_text(schedule_of(TV).replace(source.path, "tv/Lagi.mp4"))
        (tmp_path / "Lagi.mp4").rename(home.media / "tv" / "Lagi.mp4")

        async def encoding() -> bool:
            return any((home.data / "work").glob("*/*"))

        await eventually(encoding, "conforming has begun")
        code, seconds = await service.terminate()
    assert code == 0
    assert seconds < STOP_S
    assert processes_of(home) == []
    assert list(home.house.rglob(".*")) == []
    for path in (home.data / "journal").glob("*.jnl"):
        assert path.read_bytes().endswith(b"\n"), "room set aside was not given back"


async def test_a_port_in_use_is_said_clearly(home: Home, template: Path, tmp_path: Path) -> None:
    other = lay_out(template, tmp_path / "other")
    async with running(home):
        service = await Service.start(Home(other.folder, home.port).write())
        try:
            assert await service.ended() == 1
        finally:
            await service.close()
        await get_health(home)
    said = other.said()
    assert str(home.port) in said
    assert "Traceback" not in said
    assert re.search(r"dipakai|terpakai", said), said


async def test_a_second_service_on_the_same_data_is_refused(home: Home) -> None:
    async with running(home), watching(Watcher(f"{home.url}/hls/tv/master.m3u8")) as tv:
        second = await Service.start(home, LPPL_PORT="0")
        try:
            assert await second.ended() == 1
        finally:
            await second.close()
        assert "layanan lain sudah berjalan" in home.said()
        assert "Traceback" not in home.said()
        had = {r.name: len(r.segments) for r in tv.renditions}

        async def more() -> bool:
            return bool(had) and all(len(r.segments) >= had[r.name] + 2 for r in tv.renditions)

        await eventually(more, "the first one's player gets more")
    assert tv.faults == []
