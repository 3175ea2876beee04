"""What the air does becomes messages: programmes by their slots, silence and fallbacks by their alarms."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lppl.database import migrate, open_database
from lppl.events import Alarm, Bus, ItemStarted, MemoryBus
from lppl.journal import Entry, Item
from lppl.media import HouseId
from lppl.quanta import Quanta
from lppl.rundown import Kind
from lppl.sealing import LostSeal, Seal, SealBroken
from lppl.station.webhooks import Reporter
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


def test_a_lost_key_opens_nothing() -> None:
    with pytest.raises(SealBroken):
        LostSeal().seal("rahasia")
    with pytest.raises(SealBroken):
        LostSeal().opened("rahasia")
