"""``lppl control`` as people type it; the air role stands in as whoever takes orders and says what became of them."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from lppl.orders import Kept, Ledger, Order, State
from lppl.quanta import at_or_after
from lppl.station import orders
from tests.lppl.planned_station import Station

PATIENCE_S = 30.0


class Taker(threading.Thread):
    """Takes every order: accepted, or refused when the channel is the radio."""

    def __init__(self, station: Station) -> None:
        super().__init__(daemon=True)
        self.settings, self.taken, self.stopped = station.settings, list[Order](), threading.Event()

    def run(self) -> None:
        end = time.monotonic() + PATIENCE_S
        while not self.stopped.wait(0.01) and time.monotonic() < end:
            for order in orders.given(self.settings):
                self.taken.append(order)
                orders.write_ledger(self.settings, order.channel, self.answered(order))
                orders.done_with(self.settings, order)

    def answered(self, order: Order) -> Ledger:
        now = datetime.now(UTC)
        if order.channel == "radio":
            kept = Kept(
                order=order, state=State.REFUSED, taken=now, indonesian="Tidak ada yang ditahan.", english="No."
            )
        else:
            kept = Kept(order=order, state=State.ACCEPTED, taken=now, at=at_or_after(now))
        return orders.read_ledger(self.settings, order.channel).having(kept)


@pytest.fixture
def taker(station: Station) -> Iterator[Taker]:
    orders.inbox(station.settings).mkdir(parents=True)
    thread = Taker(station)
    thread.start()
    yield thread
    thread.stopped.set()
    thread.join(PATIENCE_S)


def test_orders_say_from_when_they_hold_and_by_whom(station: Station, taker: Taker) -> None:
    said = station.lppl("control", "skip", "tv", "--by", "Sari")
    assert said.startswith("Lewati: diterima, mulai ")
    station.lppl("control", "hold", "tv", "--by", "Budi")
    station.lppl("control", "fill", "tv", "23.59")
    station.lppl("control", "end", "tv")
    station.lppl("control", "break-in", "tv", "Jalan ditutup", "--line", "Lewat Jalan Sriwijaya.", "--minutes", "5")
    assert [o.act.value for o in taker.taken] == ["lewati", "tahan", "isi", "akhiri-sela", "sela-darurat"]
    assert [o.by for o in taker.taken[:2]] == ["Sari", "Budi"]
    typed = taker.taken[-1].break_in
    assert typed is not None and (typed.headline, typed.lines) == ("Jalan ditutup", ("Lewat Jalan Sriwijaya.",))
    rows = station.json("control", "history", "tv")
    assert [row["act"] for row in rows] == [
        "Sela Darurat", "Akhiri Sela Darurat", "Isi sampai", "Tahan", "Lewati",
    ]  # fmt: skip
    assert "Lewati" in station.lppl("control", "history", "tv")


def test_what_is_refused_is_one_sentence_and_exit_code_1(station: Station, taker: Taker) -> None:
    _, said = station.both("control", "resume", "radio", code=1)
    assert said.strip() == "lppl: Tidak ada yang ditahan. / No."
    _, said = station.both("control", "play", "tv", "film/tidak-ada.mp4", code=1)
    assert "belum ada atau belum siap tayang" in said
    _, said = station.both("control", "break-in", "tv", "\u202e", code=2)
    assert "dapat dibaca" in said
    _, said = station.both("control", "skip", "tvri", code=1)
    assert "Kanal tvri tidak ada" in said
    assert [o.act.value for o in taker.taken] == ["lanjutkan"]


def test_break_ins_are_prepared_and_let_go(station: Station) -> None:
    station.lppl("control", "break-ins", "save", "rob", "Rob di Panjang", "--line", "Jauhi pantai.", "--source", "BPBD")
    (generic, *_) = station.json("control", "break-ins", "list")
    assert generic["id"] == "sela-darurat" and generic["ready"] == {"tv": False, "radio": False}
    assert "belum" in station.lppl("control", "break-ins", "list")
    _, said = station.both("control", "break-ins", "save", "rob", "Rob", "--voice", "../x.wav", code=1)
    assert "tidak ada di folder materi" in said
    station.lppl("control", "break-ins", "remove", "rob")
    _, said = station.both("control", "break-ins", "remove", "rob", code=1)
    assert "Sela Darurat rob tidak ada" in said
