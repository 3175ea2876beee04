"""Break-ins as written down: what is drawn and read of any text; prepared ones; orders and their files."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lppl import durable
from lppl.break_in import DEFAULTS, GENERIC, BreakIn, notice_of, prepared, readable
from lppl.config import Settings
from lppl.derived import derived_id
from lppl.desk.control import ControlDesk, NotTaken, OrderRefused, UnknownBreakIn
from lppl.desk.errors import UnknownChannel
from lppl.errors import DatabaseAway, LpplError
from lppl.orders import Act, Kept, Ledger, Order, State, new_id
from lppl.quanta import Quanta
from lppl.station import orders
from lppl.station.noticing import noticing

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


# --- text --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Waspada   banjir \n", "Waspada banjir"),
        ("Aman\u202egnab\u202c", "Amangnab"),
        ("Gempa \U0001f30a\ufe0f 5,6 SR", "Gempa 5,6 SR"),
        ("Suhu 30 °C — 5 ½ km", "Suhu 30 °C — 5 ½ km"),
        ("تحذير", "تحذير"),
        ("<b>STOP</b>\x00\x07", "<b>STOP</b>"),
        ("e\u0301", "é"),
    ],
)
def test_what_is_typed_is_made_readable(typed: str, shown: str) -> None:
    assert readable(typed) == shown


@given(st.text(max_size=200))
def test_readable_text_stays_as_it_is_and_holds_no_controls(text: str) -> None:
    once = readable(text)
    assert readable(once) == once
    assert once.isprintable() or all(c in "\u200c\u200d" or c.isprintable() for c in once)


def test_a_headline_that_nobody_could_read_is_refused() -> None:
    with pytest.raises(ValidationError, match="tulis sesuatu yang dapat dibaca"):
        BreakIn(id="x", headline="\U0001f30a\u202e")


def test_what_is_heard_or_seen_otherwise_is_another_set() -> None:
    flood = DEFAULTS[0]
    one = derived_id(notice_of(flood, "Batik TV"))
    assert one == derived_id(notice_of(flood.model_copy(update={"id": "lain", "repeats": 3}), "Batik TV"))
    others = [
        notice_of(flood, "Radio Kota Batik"),
        notice_of(flood.model_copy(update={"tone": False}), "Batik TV"),
        notice_of(flood.model_copy(update={"voice": "suara.wav", "voice_asset": "a" * 40}), "Batik TV"),
    ]
    assert len({one, *map(derived_id, others)}) == 4
    assert not others[2].spoken, "a recording is heard instead of the synthetic voice"


def test_a_document_that_cannot_be_read_costs_no_other() -> None:
    kept = [each.model_dump(mode="json") for each in DEFAULTS]
    assert prepared([{"id": "?"}, *kept]) == DEFAULTS


# --- files -------------------------------------------------------------------------------------------


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "media").mkdir()
    return Settings(data_dir=tmp_path / "data", media_dir=tmp_path / "media", demo=False)


def order(**more: object) -> Order:
    given = {"id": new_id(NOW), "channel": "tv", "act": Act.SKIP, "by": "Sari", "made": NOW} | more
    return Order.model_validate(given)


def test_orders_come_in_the_order_in_which_they_were_given_and_rubbish_is_removed(settings: Settings) -> None:
    first = order(made=NOW)
    second = order(id=new_id(NOW + timedelta(seconds=1)), break_in=GENERIC, act=Act.BREAK_IN)
    for each in (second, first):
        orders.give(settings, each)
    folder = orders.inbox(settings)
    (folder / "1-rubbish.json").write_bytes(b"{")
    (folder / f"{new_id(NOW)}.json").write_text(first.model_dump_json())  # another name than its own
    (folder / "2.json").write_bytes(b" " * (orders.LARGEST + 1))
    assert orders.given(settings) == [first, second]
    assert {p.stem for p in folder.iterdir()} == {first.id, second.id}
    orders.done_with(settings, first)
    orders.done_with(settings, first)
    assert orders.given(settings) == [second]


def test_a_damaged_ledger_is_begun_anew_and_old_orders_are_let_go(settings: Settings) -> None:
    old = Kept(order=order(), state=State.DONE, taken=NOW - timedelta(days=9))
    holds = Kept(order=order(id=new_id(NOW), act=Act.HOLD), state=State.DONE, taken=NOW - timedelta(days=9), at=5)
    assert orders.shortened(Ledger(kept=(old, holds)), NOW).kept == (holds,), "what still holds is kept"
    orders.write_ledger(settings, "tv", Ledger(kept=(holds,)))
    assert orders.read_ledger(settings, "tv").held(Quanta(10)) == holds
    orders.ledger_file(settings, "tv").write_bytes(b'{"kept": [1]}')
    assert orders.read_ledger(settings, "tv") == Ledger()


@pytest.mark.parametrize("path", ["../rahasia.wav", "/etc/hostname", "tidak-ada.wav"])
def test_a_recording_lies_in_the_media_folder(settings: Settings, path: str) -> None:
    with pytest.raises(LpplError, match="tidak ada di folder materi"):
        orders.recording(settings, path)


async def test_a_file_that_comes_is_noticed_at_once(tmp_path: Path) -> None:
    with noticing([tmp_path]) as noticed:
        waiting = asyncio.create_task(noticed.wait(30))
        await asyncio.sleep(0)
        await asyncio.to_thread(durable.write_file, tmp_path / "a.json", b"{}")
        async with asyncio.timeout(10):
            await waiting
    assert not noticed.blind
    with noticing([tmp_path / "gone"]) as noticed:
        assert noticed.blind, "the caller looks now and then"


# --- the desk ----------------------------------------------------------------------------------------


async def test_an_order_that_nobody_takes_is_taken_back(settings: Settings) -> None:
    desk = ControlDesk(settings, patience_s=0.1)
    with pytest.raises(NotTaken):
        await desk.skip_now("tv", "Sari", NOW)
    assert orders.given(settings) == []
    with pytest.raises(UnknownChannel):
        await desk.skip_now("tvri", "Sari", NOW)


async def test_what_the_air_refuses_is_told_with_its_sentence(settings: Settings) -> None:
    desk = ControlDesk(settings)

    async def refuse() -> None:
        async with asyncio.timeout(30):
            while not (given := await asyncio.to_thread(orders.given, settings)):
                await asyncio.sleep(0.01)
        kept = Kept(order=given[0], state=State.REFUSED, taken=NOW, indonesian="Tidak bisa.", english="Cannot.")
        await asyncio.to_thread(orders.write_ledger, settings, "tv", Ledger(kept=(kept,)))

    refusing = asyncio.create_task(refuse())
    with pytest.raises(OrderRefused, match="Tidak bisa"):
        await desk.hold("tv", "Sari", NOW)
    await refusing
    (deed,) = await desk.history("tv", NOW - timedelta(minutes=1))
    assert (deed.kept.state, deed.at, deed.began) == (State.REFUSED, None, None)


async def test_without_records_prepared_break_ins_are_known_but_not_changed(settings: Settings) -> None:
    orders.write_prepared(settings, DEFAULTS)
    desk = ControlDesk(settings)
    found = await desk.break_ins()
    assert [p.break_in.id for p in found] == [GENERIC.id, "banjir", "gempa", "gangguan-teknis"]
    assert not any(ok for p in found for ok in p.ready.values())
    with pytest.raises(UnknownBreakIn):
        await desk.break_in("tv", "tsunami", "Sari", NOW)
    with pytest.raises(DatabaseAway):
        await desk.save_break_in(GENERIC, "Sari", NOW)
    with pytest.raises(DatabaseAway):
        await desk.remove_break_in("banjir", "Sari", NOW)
    with pytest.raises(LpplError, match="belum ada atau belum siap"):
        await desk.play_now("tv", "film/tidak-ada.mp4", "Sari", NOW)
