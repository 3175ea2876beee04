"""What the air does becomes messages: programmes by their slots, silence and fallbacks by their alarms."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lppl.database import migrate, open_database
from lppl.events import Alarm, Bus, ItemStarted, MemoryBus
from lppl.journal import Entry, Item
from lppl.media import HouseId
from lppl.quanta import Quanta
from lppl.rundown import Kind
from lppl.sealing import LostSeal, Seal, SealBroken
from lppl.station.webhooks import KEPT_IN_MEMORY, Reporter
from lppl.webhooks import Hook, Webhooks
from tests.station.service import eventually

START = 5_600_000_000
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
async def hooks(tmp_path: Path) -> AsyncIterator[Webhooks]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'lppl.db'}"
    await migrate(url)
    engine = open_database(url)
    yield Webhooks(engine, Seal.of(tmp_path))
    await engine.dispose()


def entry(n: int, programme: str, slot: str) -> Entry:
    item = Item(
        "tv", Quanta(START + 100 * n), HouseId("a.b"), Quanta(0), Quanta(100), Kind.ITEM, f"Lagu {n}", "", programme,
        slot=slot,
    )  # fmt: skip
    return Entry(item, Quanta(START + 100 * n + 100))


async def test_what_happens_is_told_once(hooks: Webhooks) -> None:
    aired: list[Entry] = []
    number = await hooks.add("http://a.example/", "s", list(Hook), "Sari", NOW)

    async def store() -> Webhooks:
        return hooks

    bus: Bus
    async with MemoryBus() as bus:
        running = asyncio.create_task(Reporter(bus, lambda _channel: aired, store).run())
        try:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            slots = [("Musik Pagi", "musik@1"), ("Musik Pagi", "musik@1"), ("Kabar", "kabar@1"), ("", "")]
            for n, (programme, slot) in enumerate(slots):
                aired.append(entry(n, programme, slot))
                bus.publish(ItemStarted("tv", str(n)))
                await asyncio.sleep(0)
            bus.publish(Alarm("tv", "silence", True, "Sunyi 12 detik"))
            bus.publish(Alarm("tv", "disk", True, "Disk hampir penuh"))

            async def told() -> bool:
                return len(await hooks.messages(number)) == 4

            await eventually(told, "four messages")
        finally:
            running.cancel()
    said = [(m.event, m.body.get("programme", m.body.get("detail"))) for m in reversed(await hooks.messages(number))]
    assert said == [
        ("programme.ended", "Musik Pagi"),
        ("programme.started", "Kabar"),
        ("programme.ended", "Kabar"),
        ("silence.started", "Sunyi 12 detik"),
    ]


class Slow(Webhooks):
    """A store that is told a thing while so much else happens that what waits is full."""

    def __init__(self, hooks: Webhooks, meanwhile: Callable[[], None]) -> None:
        super().__init__(hooks._engine, hooks._seal)
        self.told: list[object] = []
        self._meanwhile = meanwhile

    async def tell(self, event: Hook, body: Mapping[str, Any], now: datetime, only: int | None = None) -> int:
        if not self.told:
            self._meanwhile()
        self.told.append(body["n"])
        return 0


async def test_what_made_room_while_it_was_told_costs_nothing_else(hooks: Webhooks) -> None:
    async with MemoryBus() as bus:

        def meanwhile() -> None:
            for n in range(1, KEPT_IN_MEMORY + 1):
                reporter._put(Hook.PING, {"n": n})

        slow = Slow(hooks, meanwhile)

        async def store() -> Webhooks:
            return slow

        reporter = Reporter(bus, lambda _channel: [], store)
        reporter._put(Hook.PING, {"n": 0})
        running = asyncio.create_task(reporter.run())
        try:

            async def told() -> bool:
                return len(slow.told) > KEPT_IN_MEMORY

            await eventually(told, "all that waited")
        finally:
            running.cancel()
    assert slow.told == list(range(KEPT_IN_MEMORY + 1))


def test_a_lost_key_opens_nothing() -> None:
    with pytest.raises(SealBroken):
        LostSeal().seal("rahasia")
    with pytest.raises(SealBroken):
        LostSeal().opened("rahasia")
