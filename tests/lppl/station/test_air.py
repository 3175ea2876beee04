"""The air role's plans: what is known later wins, and nothing that was laid down keeps the air away."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from lppl import durable
from lppl.clock import AirClock
from lppl.config import Settings
from lppl.events import MemoryBus
from lppl.media import AssetId, HouseId, Material, Shelf
from lppl.ports import Aired
from lppl.quanta import Quanta
from lppl.rundown import Kind, Line, Rundown
from lppl.station.air import Air
from lppl.station.builtin import Builtins
from lppl.station.state import plan_file
from scheduler.documents import Documents
from scheduler.planner import SchedulePlanner
from streaming.house import HouseStore

SLATE = Material(HouseId("slate.x"), AssetId("slate"), "Gambar siaga", Quanta(94))


@pytest.fixture
def air(tmp_path: Path) -> Air:
    settings = Settings(data_dir=tmp_path, media_dir=tmp_path / "media", demo=False)
    (tmp_path / "state").mkdir()
    (tmp_path / "journal").mkdir()
    builtins = {c.id: Builtins(None, SLATE) for c in settings.channels}
    return Air(settings, HouseStore(tmp_path / "house"), AirClock(), builtins, lambda _: None, MemoryBus())


async def test_a_damaged_memory_of_what_was_laid_down_does_not_keep_the_air_away(air: Air) -> None:
    durable.write_file(plan_file(air.settings, "radio"), b'{"grid": {}, "channel": [1], "edits": {"x": 1}}')
    ready = asyncio.Event()
    running = asyncio.create_task(air.run({}, {}, ready))
    async with asyncio.timeout(30):
        await asyncio.wait({running, asyncio.create_task(ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
    assert ready.is_set() and not running.done()
    assert all(playout.rundown for playout in air.engine.channels.values())
    running.cancel()
    await asyncio.wait({running})


async def test_documents_that_cannot_be_laid_out_leave_the_plan_as_it_was(
    air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []
    monkeypatch.setattr(air.planner, "update", lambda channel, **parts: given.append((channel, *parts)))
    air.engine.channels["radio"].open(air.clock.now(), None)
    await air.read_schedule("radio")
    assert given == [("radio", "plan", "dress")]
    await air.take_documents("radio", Documents(grid={}, channel=[1]))  # type: ignore[arg-type]
    assert given == [("radio", "plan", "dress")]


async def test_a_plan_begun_with_less_knowledge_never_comes_after_one_with_more(
    air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    asked: list[Quanta] = []

    class Slow(SchedulePlanner):
        def plan(self, channel: str, start: Quanta, end: Quanta, aired: Sequence[Aired]) -> Rundown:
            asked.append(start)
            number = len(asked)
            if number == 1:
                begun.set()
                assert go_on.wait(30)
            return Rundown([Line(start, Quanta(9), SLATE, Quanta(0), Kind.SLATE, "", False, f"nomor {number}")])

    planner = Slow(air.settings.station.zone)
    planner.update("radio", slate=SLATE)
    monkeypatch.setattr(air, "planner", planner)
    playout = air.engine.channels["radio"]
    playout.open(air.clock.now(), None)
    first = asyncio.create_task(air.take_shelf("radio", Shelf()))
    assert await asyncio.to_thread(begun.wait, 30)
    second = asyncio.create_task(air.take_shelf("radio", Shelf()))
    await asyncio.wait({second}, timeout=0.2)  # without its turn to wait for it would be through long before
    go_on.set()
    await asyncio.gather(first, second)
    assert playout.rundown is not None
    assert playout.rundown.lines[0].why == "nomor 2"
