"""Orders at the air role: each once, from the committed end on, part of every later plan, whatever is cut off."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from lppl import journal
from lppl.break_in import GENERIC, BreakIn
from lppl.clock import AirClock
from lppl.config import Settings
from lppl.desk.control import ControlDesk
from lppl.events import MemoryBus, PlanChanged
from lppl.journal import Entry, Item
from lppl.media import AssetId, ChannelKind, HouseId, Material, Shelf
from lppl.orders import NEWEST, Act, Kept, Ledger, Order, State, new_id
from lppl.plan_store import PlanStore
from lppl.quanta import AHEAD, BEAT, Quanta, at_or_after, seconds, starting
from lppl.rundown import Kind
from lppl.station import orders, state
from lppl.station.air import Air
from lppl.station.builtin import Builtins
from lppl.station.order_effects import with_orders
from lppl.station.order_records import OrderRecords
from lppl.station.records import Records
from scheduler.comparison import compare
from scheduler.documents import Documents
from streaming.house import HouseSet, HouseStore, SetInfo

START = at_or_after(datetime(2026, 11, 23, 3, 0, tzinfo=UTC))
"""10.00 WIB."""
SLATE = Material(HouseId("slate.x"), AssetId("slate"), "Gambar siaga", Quanta(94))
LOOP = Quanta(30)
SONGS = [f"{n:040x}" for n in range(1, 9)]


class Set:
    """What is known of a house set that does not exist."""

    def __init__(self, house: HouseId) -> None:
        self.info = SetInfo(house, ChannelKind.RADIO, LOOP, {}, str(house)[:4], "", "", False, None, 0.0, False, ())


class Everything(HouseStore):
    """A store that has every house but those that are `missing`; each is as long as a break-in."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.missing: set[HouseId] = set()
        self.asked: Callable[[], object] = lambda: None
        """Called whenever it is asked whether a house is there."""

    def get(self, house: HouseId) -> HouseSet:
        return cast(HouseSet, Set(house))

    def ready(self, house: HouseId) -> Quanta | None:
        self.asked()
        return None if house in self.missing else Quanta(10_000)

    def format(self, house: HouseId) -> str:
        return "same"

    def is_open(self, house: HouseId) -> bool:
        return True


class Station:
    """The air role of one channel, beat by beat, on a clock of its own."""

    def __init__(self, folder: Path, now: int = START) -> None:
        whole = Settings(data_dir=folder, media_dir=folder / "media", demo=False)
        self.settings = whole.model_copy(update={"channels": whole.channels[1:]})
        for name in ("state", "journal", "schedule"):
            (folder / name).mkdir(exist_ok=True)
        (folder / "schedule" / "radio.toml").write_text(SCHEDULE)
        self.q, self._first = now, now
        self.store = Everything(folder / "house")
        clock = AirClock(None, wall=lambda: seconds(self.q), mono=lambda: seconds(self.q - self._first))
        self.air = Air(
            self.settings, self.store, clock, {"radio": Builtins(None, SLATE)}, lambda _: None,
            MemoryBus(),
        )  # fmt: skip
        self.playout = self.air.engine.channels["radio"]

    @contextlib.asynccontextmanager
    async def on_air(self) -> AsyncIterator["Station"]:
        """Go on where the journal ended."""
        folder = self.settings.data_dir / "journal"
        past, last = journal.read(folder, Quanta(0)), journal.last_entries(folder)
        recipe = self.settings.profile(self.settings.channels[0]).recipe
        songs = {
            AssetId(a): Material(
                HouseId(f"{a}.{recipe}"), AssetId(a), f"Lagu {n}", Quanta(200 + 10 * n), paths=(f"lagu/{n}.mp3",)
            )
            for n, a in enumerate(SONGS, 1)
        }
        self.air.planner.update("radio", shelf=Shelf(songs))
        self.air.remember(past)
        async with self.air.engine.on_air(last):
            await self.air.begin()
            await self.air.engine.tick()
            await self.air.control.see_to()
            yield self

    async def until(self, q: int) -> None:
        while self.q < q:
            self.q = int(await self.air.engine.tick())
            await self.air.control.see_to()

    def give(self, act: Act, **more: object) -> Order:
        """Give an order as anybody does."""
        now = datetime.now(UTC)
        order = Order.model_validate(
            {"id": new_id(now), "channel": "radio", "act": act, "by": "Sari", "made": now} | more
        )
        orders.give(self.settings, order)
        return order

    async def order(self, act: Act, **more: object) -> Kept:
        """Give an order; return what became of it at once."""
        order = self.give(act, **more)
        await self.air.control.see_to()
        return self.kept(order.id)

    def kept(self, order: str) -> Kept:
        found = orders.read_ledger(self.settings, "radio").of(order)
        assert found is not None
        return found

    @property
    def entries(self) -> list[Entry]:
        return journal.read(self.settings.data_dir / "journal", Quanta(0))["radio"]

    def at(self, q: int) -> Item:
        return next(e.item for e in self.entries if e.item.start <= q < e.end)


SCHEDULE = """
filler = ["file:lagu/8.mp3"]
[[block]]
programme = "Lagu"
start = "00.00"
end = "24.00"
items = ["lagu/1.mp3", "lagu/2.mp3", "lagu/3.mp3", "lagu/4.mp3", "lagu/5.mp3", "lagu/6.mp3"]
repeat = true
[[at]]
programme = "Tepat"
times = ["10.03"]
item = "lagu/7.mp3"
"""
HARD = at_or_after(datetime(2026, 11, 23, 3, 3, tzinfo=UTC))


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    async with Station(tmp_path).on_air() as opened:
        yield opened


async def test_a_skip_holds_from_the_committed_end_once_and_the_list_goes_on(station: Station) -> None:
    await station.until(START + 50)
    first = station.at(START + 40)
    end = station.playout.end
    kept = await station.order(Act.SKIP, item=first.id)
    assert (kept.state, kept.at) == (State.ACCEPTED, end)
    await station.until(START + 100)
    after = station.at(kept.at)
    assert (after.start, after.title) == (end, "Lagu 2") and first.title == "Lagu 1"
    assert after.why.endswith('"Lagu 1" dilewati Sari')
    assert station.kept(kept.order.id).state is State.DONE
    (deed,) = await ControlDesk(station.settings).history("radio", kept.order.made)
    assert (deed.kept.order.id, deed.at, deed.began) == (kept.order.id, starting(end), after)
    orders.give(station.settings, kept.order)  # as when removing it from the inbox was cut off
    await station.until(START + 150)
    assert station.at(START + 140).start == end, "done once"
    assert not list(orders.inbox(station.settings).glob("*.json"))


async def test_what_is_too_old_or_meant_another_item_is_not_done(station: Station) -> None:
    await station.until(START + 50)
    running = station.at(START + 40).id
    late = await station.order(Act.SKIP, made=datetime.now(UTC) - timedelta(minutes=1))
    assert late.state is State.EXPIRED
    other = await station.order(Act.SKIP, item="radio-1")
    assert (other.state, other.indonesian) == (
        State.REFUSED, "Yang tayang sudah berganti; lihat lagi, lalu ulangi.",
    )  # fmt: skip
    missing = await station.order(Act.PLAY, asset="f" * 40, title="Hilang")
    assert missing.indonesian == 'Materi "Hilang" belum siap tayang di kanal ini.'
    assert (await station.order(Act.RESUME)).indonesian == "Tidak ada yang ditahan."
    assert (await station.order(Act.END_BREAK_IN)).state is State.REFUSED
    await station.until(START + 100)
    assert station.at(START + 90).id == running


async def test_what_is_played_now_is_cut_by_a_hard_start_in_its_quantum(station: Station) -> None:
    await station.until(HARD - 60)
    kept = await station.order(Act.PLAY, asset=SONGS[4], title="Lagu 5")
    await station.until(HARD + 50)
    played = station.at(kept.at)
    assert (played.start, played.title, played.hard) == (kept.at, "Lagu 5", True)
    assert played.why.startswith("Disisipkan Sari pukul 10.02")
    assert (station.at(HARD).start, station.at(HARD).title) == (HARD, "Lagu 7")
    assert station.at(HARD - 1).id == played.id


async def test_what_is_played_over_a_fixed_event_waits_for_nothing(station: Station) -> None:
    await station.until(HARD + 20)
    kept = await station.order(Act.PLAY, asset=SONGS[4], title="Lagu 5")
    assert kept.at <= HARD + 20 + BEAT + AHEAD
    await station.until(kept.at + 20)
    assert (station.at(kept.at).start, station.at(kept.at).title) == (kept.at, "Lagu 5")


async def test_inserted_items_follow_in_order_also_when_what_runs_is_skipped(station: Station) -> None:
    await station.until(START + 50)
    one = await station.order(Act.NEXT, asset=SONGS[4], title="Lagu 5")
    two = await station.order(Act.NEXT, asset=SONGS[5], title="Lagu 6", by="Budi")
    skip = await station.order(Act.SKIP)
    await station.until(skip.at + 280)
    assert station.at(skip.at).title == "Lagu 5"
    second = station.at(skip.at + 250)
    assert (second.start, second.title) == (skip.at + 250, "Lagu 6")
    assert "Disisipkan Budi" in second.why
    assert [station.kept(k.order.id).at for k in (one, two)] == [skip.at, skip.at + 250]


async def test_a_hold_airs_filler_until_it_is_resumed_but_fixed_events_keep_their_time(station: Station) -> None:
    await station.until(START + 50)
    held = await station.order(Act.HOLD)
    assert (await station.order(Act.HOLD)).state is State.REFUSED
    await station.order(Act.SKIP)
    await station.until(HARD - 20)
    assert station.at(HARD - 30).kind is Kind.FILLER
    assert "ditahan Sari" in station.at(HARD - 30).why
    await station.until(HARD + 20)
    assert station.at(HARD).start == HARD
    await station.until(HARD + 300)
    assert station.at(HARD + 280).kind is Kind.FILLER, "held still"
    resumed = await station.order(Act.RESUME)
    await station.until(HARD + 350)
    after = station.at(resumed.at)
    assert (after.start, after.kind) == (resumed.at, Kind.ITEM)
    assert after.why.endswith("dilanjutkan Sari")
    assert station.kept(held.order.id).ended == resumed.at
    assert station.air.control.ledger("radio").held(Quanta(resumed.at)) is None


async def test_a_hold_that_was_ended_does_not_come_back_with_what_was_remembered_before(tmp_path: Path) -> None:
    async with Station(tmp_path).on_air() as before:
        await before.until(START + 50)
        held = await before.order(Act.HOLD)
        await before.order(Act.SKIP)
        await before.until(START + 100)
        await before.order(Act.RESUME)
        await before.until(START + 150)
        await before.air.control.recorded(before.kept(held.order.id), datetime.now(UTC))
        now = before.q
    assert held.edit is not None
    state.write_documents(before.settings, "radio", Documents(edits={"1": held.edit}))
    async with Station(tmp_path, now).on_air() as after:
        await after.until(now + 400)
        aired = {e.item.kind for e in after.entries if e.item.start > now}
        assert aired == {Kind.ITEM}


async def test_filling_ends_at_its_time(station: Station) -> None:
    await station.until(START + 20)
    too_soon = await station.order(Act.FILL, until=station.playout.stop - 5)
    assert too_soon.state is State.REFUSED
    stop = int(station.playout.stop)
    until = stop + 100
    await station.order(Act.FILL, until=until)
    await station.until(until + 30)
    assert station.at(stop).kind is Kind.FILLER and station.at(until - 1).kind is Kind.FILLER
    assert (station.at(until).start, station.at(until).kind) == (until, Kind.ITEM)


async def test_an_order_that_is_taken_back_while_another_is_done_is_not_done(station: Station) -> None:
    await station.until(START + 50)
    now = datetime.now(UTC)
    first = station.give(Act.NEXT, id=new_id(now), asset=SONGS[4], title="Lagu 5")
    second = station.give(Act.HOLD, id=new_id(now + timedelta(seconds=1)))
    station.store.asked = lambda: orders.take_back(station.settings, second.id)
    await station.air.control.see_to()
    assert station.kept(first.id).state is State.ACCEPTED
    assert station.air.control.ledger("radio").of(second.id) is None


@pytest.mark.parametrize("hangs", [False, True])
async def test_a_disk_that_fails_or_hangs_costs_no_order(station: Station, *, hangs: bool) -> None:
    await station.until(START + 50)
    control, order = station.air.control, station.give(Act.SKIP)
    if not hangs:
        orders.ledger_file(station.settings, "radio").mkdir()  # nothing can be written in its place
    async with control._writing if hangs else contextlib.nullcontext():
        await control.see_to()
    kept = control.ledger("radio").of(order.id)
    assert kept is not None and kept.state is State.ACCEPTED
    await station.until(START + 100)
    assert station.at(kept.at).title == "Lagu 2"


@pytest.mark.parametrize("on_the_air", [False, True])
async def test_a_power_cut_between_order_and_air_neither_loses_nor_doubles_it(
    tmp_path: Path, *, on_the_air: bool
) -> None:
    async with Station(tmp_path).on_air() as before:
        await before.until(START + 50)
        kept = await before.order(Act.SKIP)
        if on_the_air:
            await before.until(kept.at + 1)
        now = before.q
        running = before.entries[-1].item
    after = Station(tmp_path, now)
    if on_the_air:
        assert running.start == kept.at
    else:
        assert running.start < kept.at
    async with after.on_air():
        await after.until(now + 60)
        items = [e.item for e in after.entries if e.item.kind is Kind.ITEM]
        assert [i.number for i in items] == sorted({i.number for i in items})
        assert len(items) == 2, "one item was skipped, once"
        assert after.kept(kept.order.id).state is State.DONE


async def test_an_order_cut_off_long_ago_is_not_done(tmp_path: Path) -> None:
    async with Station(tmp_path).on_air() as before:
        await before.until(START + 50)
        made = datetime.now(UTC) - timedelta(seconds=19.9)
        kept = await before.order(Act.PLAY, asset=SONGS[4], title="Lagu 5", made=made)
        assert kept.state is State.ACCEPTED
        now = before.q
    expired = kept.model_copy(update={"order": kept.order.model_copy(update={"made": made - timedelta(hours=1)})})
    orders.write_ledger(before.settings, "radio", Ledger(kept=(expired,)))
    after = Station(tmp_path, now)
    async with after.on_air():
        await after.until(now + 60)
        assert after.kept(kept.order.id).state is State.EXPIRED
        assert all(e.item.start != kept.at for e in after.entries)


FLOOD = BreakIn(id="banjir", headline="Waspada banjir")


def house_of(station: Station, break_in: BreakIn) -> HouseId:
    channel = station.settings.channels[0]
    return orders.house_of(break_in, channel.name, station.settings.profile(channel))


async def test_a_break_in_airs_over_everything_until_it_is_ended_and_the_plan_goes_on_at_the_right_place(
    station: Station,
) -> None:
    await station.until(HARD - 100)
    before = station.at(HARD - 110)
    kept = await station.order(Act.BREAK_IN, break_in=FLOOD)
    await station.until(HARD + 40)
    assert {e.item.kind for e in station.entries if e.item.start >= kept.at} == {Kind.BREAK_IN}
    aired = station.at(HARD + 5)
    assert (aired.house, aired.category) == (house_of(station, FLOOD), "berita")
    assert aired.why == "Sela Darurat oleh Sari: Waspada banjir (suara sintetis)"
    for act in (Act.SKIP, Act.HOLD, Act.RESUME):
        assert (await station.order(act)).indonesian == "Sela Darurat sedang tayang; akhiri dulu."
    ended = await station.order(Act.END_BREAK_IN, by="Budi")
    await station.until(ended.at + 60)
    after = station.at(ended.at)
    assert (after.start, after.title, after.in_point) == (ended.at, "Lagu 7", ended.at - HARD)
    assert after.why.endswith("Sela Darurat diakhiri Budi")
    done = station.kept(kept.order.id)
    assert (done.state, done.ended) == (State.DONE, ended.at)
    assert done.edit is not None
    covered = [(b["asset"], b["at"], b["length"]) for b in done.edit["beneath"]]
    assert covered[0] == (before.asset, kept.at, HARD - kept.at)
    assert covered[-1] == (SONGS[6], HARD, ended.at - HARD)
    # what it covered is not made up for: the list goes on after the item that was cut
    await station.air.take_documents("radio", Documents(channel={"id": "radio"}))  # laid out and planned anew
    await station.until(HARD + 300)
    number = int(before.title.split()[1])
    assert station.at(HARD + 280).title == f"Lagu {number % 6 + 1}"


async def test_a_text_of_the_moment_begins_with_the_generic_slate(station: Station) -> None:
    station.store.missing = {house_of(station, FLOOD)}
    await station.until(START + 50)
    kept = await station.order(Act.BREAK_IN, break_in=FLOOD)
    assert kept.state is State.WAITING
    await station.until(START + 100)
    assert station.at(START + 90).house == house_of(station, GENERIC)
    station.store.missing.clear()
    await station.until(START + 120)
    assert station.at(START + 115).house == house_of(station, FLOOD)
    done = station.kept(kept.order.id)
    assert (done.state, done.at) == (State.DONE, kept.at)


async def test_without_the_generic_slate_a_break_in_waits_until_it_is_rendered(station: Station) -> None:
    station.store.missing = {house_of(station, FLOOD)}
    await station.until(START + 50)
    kept = await station.order(Act.BREAK_IN, break_in=FLOOD, at_once=False)
    await station.until(START + 80)
    assert station.at(START + 75).kind is Kind.ITEM and kept.at == 0
    station.store.missing.clear()
    await station.until(START + 110)
    assert station.at(START + 105).house == house_of(station, FLOOD)


async def test_a_break_in_that_repeats_ends_by_itself(station: Station) -> None:
    await station.until(START + 50)
    kept = await station.order(Act.BREAK_IN, break_in=FLOOD.model_copy(update={"repeats": 2}))
    await station.until(kept.at + 2 * LOOP + 30)
    assert station.at(kept.at + 2 * LOOP - 1).kind is Kind.BREAK_IN
    after = station.at(kept.at + 2 * LOOP)
    assert (after.title, after.in_point) == ("Lagu 1", kept.at + 2 * LOOP - START), "the song that it covered"
    done = station.kept(kept.order.id)
    assert (done.state, done.ended) == (State.DONE, kept.at + 2 * LOOP)


async def test_however_many_orders_are_refused_meanwhile_a_break_in_is_seen_to_end(station: Station) -> None:
    await station.until(START + 50)
    kept = await station.order(Act.BREAK_IN, break_in=FLOOD.model_copy(update={"repeats": 2}))
    for _ in range(NEWEST + 1):
        assert (await station.order(Act.SKIP)).state is State.REFUSED
    await station.until(kept.at + 2 * LOOP + 30)
    assert station.kept(kept.order.id).ended == kept.at + 2 * LOOP
    assert station.air.control.ledger("radio").breaking_in() is None


@pytest.mark.parametrize(("outage", "goes_on"), [(5, True), (60, True), (500, True), (5_000, False)])
async def test_a_break_in_outlives_a_power_cut_but_not_a_long_one(
    tmp_path: Path, *, outage: int, goes_on: bool
) -> None:
    async with Station(tmp_path).on_air() as before:
        await before.until(START + 50)
        kept = await before.order(Act.BREAK_IN, break_in=FLOOD)
        await before.until(START + 100)
        now = before.q + outage
    after = Station(tmp_path, now)
    async with after.on_air():
        await after.until(now + 3 * LOOP)
        assert (after.at(now + 2 * LOOP).kind is Kind.BREAK_IN) is goes_on
        assert (after.kept(kept.order.id).ended > 0) is not goes_on
        if goes_on:
            ended = await after.order(Act.END_BREAK_IN)
            await after.until(ended.at + 40)
            joined, into = after.at(ended.at), ended.at - START
            number, began = next((n, b) for n, b in ((7, HARD - START), (3, 430), (2, 210), (1, 0)) if into >= b)
            assert (joined.start, joined.title, joined.in_point) == (ended.at, f"Lagu {number}", into - began)


@pytest.mark.parametrize("act", [Act.BREAK_IN, Act.END_BREAK_IN])
async def test_a_break_in_that_was_about_to_begin_or_to_end_does_so_after_a_power_cut(tmp_path: Path, act: Act) -> None:
    async with Station(tmp_path).on_air() as before:
        await before.until(START + 50)
        if act is Act.END_BREAK_IN:
            await before.order(Act.BREAK_IN, break_in=FLOOD)
            await before.until(START + 100)
        kept = await before.order(act, break_in=FLOOD if act is Act.BREAK_IN else None)
        now = before.q
        assert before.entries[-1].end <= kept.at, "nothing of it was committed"
    async with Station(tmp_path, now).on_air() as after:
        await after.until(now + 60)
        item = after.at(now + 50)
        if act is Act.BREAK_IN:
            assert item.house == house_of(after, FLOOD)
        else:
            assert (item.title, item.in_point) == ("Lagu 1", item.start - START)


async def test_the_comparison_gives_the_operator_as_the_reason(station: Station) -> None:
    await station.until(START + 50)
    assert station.playout.rundown is not None and station.playout.entry is not None
    running = station.playout.line
    assert running is not None
    planned = [running, *station.playout.rundown]
    kept = await station.order(Act.SKIP)
    await station.until(kept.at + 60)
    told = compare(planned, station.entries, Quanta(kept.at + 50))
    assert told[0].indonesian.endswith('dilanjutkan "Lagu 2" (Lagu: urutan 2 dari 6; "Lagu 1" dilewati Sari).')


async def test_an_order_that_was_recorded_is_told_as_an_edit_by_whoever_gave_it(station: Station) -> None:
    await station.until(START + 50)
    records, control = Records(station.settings), station.air.control
    async with MemoryBus() as bus, bus.subscribe(PlanChanged) as told:
        running = [asyncio.create_task(run()) for run in (records.keep_open, OrderRecords(control, records, bus).run)]
        try:
            kept = await station.order(Act.SKIP)
            async with asyncio.timeout(30):
                assert await anext(told) == PlanChanged("radio", "edits", "Sari")
            assert control.to_record() == []
            edits = await PlanStore((await records.opened()).engine).edits("radio", Quanta(kept.at - 1))
            assert [edit.document["ordered"] for edit in edits] == [kept.order.id]
        finally:
            for task in running:
                task.cancel()
            await asyncio.wait(running)
            await (await records.opened()).engine.dispose()


def test_edits_of_orders_are_laid_over_documents_until_these_hold_them() -> None:
    now = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    order = Order(id=new_id(now), channel="radio", act=Act.SKIP, by="Sari", made=now)
    edit = {"act": "lewati", "at": 5, "ordered": order.id}
    fresh = Kept(order=order, state=State.ACCEPTED, taken=now, at=5, edit=edit)
    alone = with_orders(Documents(), Ledger(kept=(fresh,)), now)
    assert list(alone.edits.values()) == [edit] and int(next(iter(alone.edits))) < 0
    there = Documents(edits={"7": edit | {"at": 4}})
    assert with_orders(there, Ledger(kept=(fresh,)), now).edits == {"7": edit}, "not recorded as it is now"
    recorded = fresh.model_copy(update={"recorded": now})
    assert with_orders(there, Ledger(kept=(recorded,)), now).edits == {"7": edit}, "read before it was recorded so"
    same = Documents(edits={"7": edit})
    assert with_orders(same, Ledger(kept=(recorded,)), now) is same
    assert with_orders(Documents(), Ledger(kept=(recorded,)), now).edits, "on its way"
    later = now + timedelta(minutes=1)
    assert with_orders(Documents(), Ledger(kept=(recorded,)), later).edits == {}, "taken back since"
    assert with_orders(there, Ledger(kept=(recorded,)), later).edits == {"7": edit}, "remembered from before"
