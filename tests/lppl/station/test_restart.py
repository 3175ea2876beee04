"""When the service begins anew by itself: all of its processes, and never against who ends it."""

import asyncio
from pathlib import Path

import pytest

from lppl.station.restart import Restarts


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    return tmp_path


async def test_every_process_follows_who_asks(data: Path) -> None:
    here, there = asyncio.Event(), asyncio.Event()
    asked, other = Restarts(data, here), Restarts(data, there)
    watching = asyncio.create_task(other.watch(lambda _seconds: 0.0))
    asked.ask()
    async with asyncio.timeout(30):
        await there.wait()
    assert asked.wanted and other.wanted and here.is_set()
    assert not Restarts(data, asyncio.Event()).wanted, "a new run has nothing to follow"
    watching.cancel()


@pytest.mark.parametrize("asked_first", [False, True])
def test_who_ends_it_while_it_begins_anew_is_obeyed(data: Path, *, asked_first: bool) -> None:
    stop = asyncio.Event()
    restarts = Restarts(data, stop)
    for do in (restarts.ask, restarts.end) if asked_first else (restarts.end, restarts.ask):
        do()
    assert stop.is_set() and not restarts.wanted
