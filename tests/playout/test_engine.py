"""The commit loop: durable before told, except when the disk fails or hangs; one channel's fault is its own.

Time is virtual: the loop's clock leaps to the next timer when nothing else happens. So a test sees how long a tick
would wait, whatever the machine is doing.
"""

import asyncio
import selectors
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from lppl import journal
from lppl.clock import AirClock
from lppl.journal import Commit, Entry, Item, JournalWriter, Record, fold
from lppl.media import AssetId, HouseId, Material
from lppl.quanta import AHEAD, BEAT, Quanta, beat_of, seconds
from lppl.rundown import Kind, Line, Rundown
from playout.channel import ChannelPlayout, Ladder, limit_of
from playout.engine import CLOSE_PATIENCE_S, DISK_PATIENCE_S, Engine

START = Quanta(5_600_000_001)  # a beat
GRACE_S = 0.2
"""Real seconds in which a thread may answer before virtual time goes on."""


class LeapingSelector(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """Waits a little for real events, then lets the timeout pass at once."""

    leapt = 0.0

    def select(self, timeout: float | None = None) -> Any:
        found = super().select(timeout if timeout is None else min(timeout, GRACE_S))
        if not found and timeout is not None and timeout > 0:
            self.leapt += timeout
        return found


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time passes only while it waits."""

    def __init__(self) -> None:
        self.selector = LeapingSelector()
        super().__init__(self.selector)

    def time(self) -> float:
        return self.selector.leapt


def virtually(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(main())


def now() -> float:
    return asyncio.get_running_loop().time()


class Everything:
    """Sources that have every house, until told otherwise."""

    def __init__(self) -> None:
        self.broken = False

    def ready(self, house: HouseId) -> Quanta | None:
        if self.broken:
            raise RuntimeError("this must not happen, and did")
        return Quanta(1_000)

    def key(self, house: HouseId, q: Quanta) -> Quanta | None:
        return q

    def format(self, house: HouseId) -> str:
        return "same"


class HangingWriter(JournalWriter):
    """A disk that does not answer while `answers` is not set."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.answers = threading.Event()
        self.answers.set()

    def append(self, records: Sequence[Record], now: Quanta) -> None:
        self.answers.wait()
        super().append(records, now)


class FullWriter(JournalWriter):
    """A disk that is full while `full`."""

    full = False

    def _write(self, records: Sequence[Record]) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        super()._write(records)


def material(name: str, quanta: int) -> Material:
    return Material(HouseId(f"{name}.t"), AssetId(name), name, Quanta(quanta))


class Station:
    """An engine with two channels, and what it told."""

    def __init__(self, folder: Path, writer: JournalWriter) -> None:
        self.q = int(START)
        self.folder, self.writer = folder, writer
        self.sources = {"tv": Everything(), "radio": Everything()}
        self.told: list[Record] = []
        self.on_disk_when_told: list[bool] = []
        clock = AirClock(START, wall=lambda: seconds(self.q), mono=lambda: seconds(self.q - START))
        ladder = Ladder(material("ident", 31), material("slate", 12))
        channels = [ChannelPlayout(c, s, ladder, picture=c == "tv") for c, s in self.sources.items()]
        self.engine = Engine(channels, writer, clock, self._tell)
        for c in channels:
            line = Line(START, Quanta(500), material("film", 1_000), Quanta(0), Kind.ITEM, "", False, "")
            c.rundown = Rundown([line])

    def _tell(self, records: Sequence[Record]) -> None:
        self.told += records
        self.on_disk_when_told.append(self.disk() == self.heard())

    def heard(self) -> Mapping[str, list[Entry]]:
        channels: dict[str, list[Entry]] = {}
        for record in self.told:
            fold(channels.setdefault(record.channel, []), (record,))
        return channels

    def disk(self) -> Mapping[str, list[Entry]]:
        return journal.read(self.folder, Quanta(START - 1_000))

    async def air(self, ticks: int) -> None:
        for _ in range(ticks):
            self.q = await self.engine.tick()
            for channel in self.engine.channels.values():
                assert channel.end > self.q, "never behind"


def test_nothing_is_told_before_it_is_on_disk(tmp_path: Path) -> None:
    async def main() -> None:
        station = Station(tmp_path, JournalWriter(tmp_path))
        async with station.engine.on_air({}):
            await station.air(20)
            assert all(station.on_disk_when_told)
            assert station.engine.journal_failure is None
        last = journal.last_entries(tmp_path)
        assert {c: e[-1] for c, e in station.heard().items()} == last
        assert journal.files(tmp_path)[-1].read_bytes().endswith(b"\n"), "closed"

    virtually(main)


def test_it_wakes_at_the_beats(tmp_path: Path) -> None:
    async def main() -> None:
        station = Station(tmp_path, JournalWriter(tmp_path))
        async with station.engine.on_air({}):
            for n in range(5):
                assert await station.engine.tick() == START + BEAT * (n + 1)
                assert {c.end for c in station.engine.channels.values()} == {START + BEAT * n + AHEAD}
                station.q += BEAT

    virtually(main)


def test_all_channels_come_due_in_the_same_instant_wherever_they_opened(tmp_path: Path) -> None:
    async def main() -> None:
        station = Station(tmp_path, JournalWriter(tmp_path))
        station.q = Quanta(START + 1)
        async with station.engine.on_air({}):
            wake = await station.engine.tick()
            assert wake > station.q
            assert wake == beat_of(wake)
            assert {c.due() for c in station.engine.channels.values()} == {wake}

    virtually(main)


def test_a_hung_disk_costs_one_tick_a_little_and_the_others_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        writer = HangingWriter(tmp_path)
        station = Station(tmp_path, writer)
        async with station.engine.on_air({}):
            await station.air(3)
            writer.answers.clear()
            waited = []
            for _ in range(6):
                before = now()
                await station.air(1)
                waited.append(now() - before)
            assert waited[0] == pytest.approx(DISK_PATIENCE_S)
            assert seconds(AHEAD - BEAT) > DISK_PATIENCE_S, "less than what is committed ahead"
            assert waited[1:] == [0] * 5
            assert station.engine.journal_failure
            assert station.heard()["tv"][-1].end == station.engine.channels["tv"].end, "the air knows all the same"
            writer.answers.set()
            await station.air(1)
            async with asyncio.timeout(60):
                while station.engine.journal_failure:  # the thread writes what has piled up
                    await asyncio.sleep(0.01)
            assert station.disk() == station.heard()

    virtually(main)


def test_a_clean_stop_does_not_wait_for_ever_for_the_disk(tmp_path: Path) -> None:
    async def main() -> None:
        writer = HangingWriter(tmp_path)
        station = Station(tmp_path, writer)
        async with station.engine.on_air({}):
            await station.air(1)
            writer.answers.clear()
            await station.air(1)
            before = now()
        assert now() - before == pytest.approx(CLOSE_PATIENCE_S)
        writer.answers.set()

    virtually(main)


def test_a_full_disk_is_said_and_made_up_for(tmp_path: Path) -> None:
    async def main() -> None:
        writer = FullWriter(tmp_path)
        station = Station(tmp_path, writer)
        async with station.engine.on_air({}):
            await station.air(3)
            writer.full = True
            await station.air(10)
            assert station.engine.journal_failure is not None
            assert "No space" in station.engine.journal_failure
            assert station.heard() != station.disk()
            writer.full = False
            await station.air(1)
            assert station.engine.journal_failure is None
            assert station.heard() == station.disk()

    virtually(main)


def test_what_is_unwritten_is_tried_again_though_nothing_is_new(tmp_path: Path) -> None:
    async def main() -> None:
        writer = FullWriter(tmp_path)
        station = Station(tmp_path, writer)
        async with station.engine.on_air({}):
            writer.full = True
            await station.air(1)
            writer.full = False
            station.q = int(START)  # nothing is due
            await station.engine.tick()
            assert station.engine.journal_failure is None
            assert station.heard() == station.disk()

    virtually(main)


def test_a_fault_in_one_channel_is_slate_there_and_nothing_elsewhere(tmp_path: Path) -> None:
    async def main() -> None:
        station = Station(tmp_path, JournalWriter(tmp_path))
        async with station.engine.on_air({}):
            await station.air(2)
            station.sources["tv"].broken = True
            await station.air(4)
            tv, radio = (station.engine.channels[c] for c in ("tv", "radio"))
            assert tv.fallback is Kind.SLATE
            assert radio.fallback is None
            station.sources["tv"].broken = False
            await station.air(3)
            assert tv.fallback is None
            for entries in station.heard().values():
                assert all(a.end == b.item.start for a, b in pairwise(entries))
                assert {e.item.title for e in entries if e.item.kind is not Kind.PREROLL} <= {"film", "slate"}
            assert all(e.item.title != "slate" for e in station.heard()["radio"])
            assert [r for r in station.told if isinstance(r, (Item, Commit))] == station.told

    virtually(main)


def test_it_goes_on_where_the_journal_ended(tmp_path: Path) -> None:
    async def main() -> None:
        first = Station(tmp_path, JournalWriter(tmp_path))
        async with first.engine.on_air({}):
            await first.air(7)
        second = Station(tmp_path, JournalWriter(tmp_path))
        second.q = first.q + 20
        async with second.engine.on_air(journal.last_entries(tmp_path)):
            assert second.told == []
            await second.air(2)
        for entries in second.disk().values():
            assert [e.item.kind for e in entries].count(Kind.ITEM) == 1, "the film runs on as one item"
            assert entries[-1].end > second.q

    virtually(main)


def test_a_clock_that_was_set_is_followed_and_the_time_between_is_off_air(tmp_path: Path) -> None:
    async def main() -> None:
        station = Station(tmp_path, JournalWriter(tmp_path))
        async with station.engine.on_air({}):
            await station.air(3)
            ends = {c: channel.end for c, channel in station.engine.channels.items()}
            station.q += 5_000
            await station.engine.reopen()
            for name, channel in station.engine.channels.items():
                assert channel.end == limit_of(station.q)
                entries = station.heard()[name]
                assert all(a.end == b.item.start for a, b in pairwise(entries))
                (off,) = (e for e in entries if e.item.kind is Kind.OFF)
                assert off.item.start == ends[name]
            assert station.disk() == station.heard()

    virtually(main)


def test_run_ticks_by_the_air_clock(tmp_path: Path) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        station = Station(tmp_path, JournalWriter(tmp_path))
        clock = AirClock(START, wall=lambda: seconds(START) + loop.time(), mono=loop.time)
        station.engine.clock = clock
        async with station.engine.on_air({}):
            running = asyncio.create_task(station.engine.run())
            await asyncio.sleep(6)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            assert clock.now() < station.engine.channels["tv"].end <= clock.now() + 6
            assert clock.now() == START + int(6 / 0.32)

    virtually(main)
