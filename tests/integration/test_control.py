"""A busy operator's half minute on a real station: what was ordered airs, once; players notice nothing."""

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from lppl.journal import Entry
from lppl.orders import State
from lppl.quanta import AHEAD
from lppl.rundown import Kind
from tests.station.material import lay_out
from tests.station.ordered import CHANNELS, INSERTED, PLAYED, PREPARED, TYPED, Outcome, busy_hour

pytestmark = [pytest.mark.integration, pytest.mark.alone]

channels = pytest.mark.parametrize("channel", CHANNELS)
REACH_S = 4.0
"""Generous, for a machine that tests; docs/performance.md says what is measured when it is quiet."""


@pytest.fixture(scope="module")
def ran(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One run of the station, for all tests of this file."""
    return asyncio.run(busy_hour(lay_out(template, tmp_path_factory.mktemp("control") / "station")))


def at(ran: Outcome, channel: str, name: str) -> Entry:
    """Return what began by an order."""
    start = ran.orders[channel][name].at
    return next(e for e in ran.journal[channel] if e.item.start == start)


@channels
def test_players_notice_nothing(ran: Outcome, channel: str) -> None:
    assert ran.watched[channel].faults == []
    assert min(r.seconds for r in ran.watched[channel].renditions) > 15
    assert all(a.end == b.item.start for a, b in pairwise(ran.journal[channel]))


@channels
def test_every_order_was_done_once_and_soon(ran: Outcome, channel: str) -> None:
    assert {name: kept.state for name, kept in ran.orders[channel].items() if kept.state is not State.DONE} == {}
    assert max(ran.reach_s) < REACH_S


@channels
def test_what_began_is_what_was_ordered_and_says_by_whom(ran: Outcome, channel: str) -> None:
    said = {
        "skip": "dilewati Sari", "play": "Disisipkan Budi", "insert": "Disisipkan Budi", "hold": "ditahan Sari",
        "resume": "dilanjutkan Sari", "break in": "Sela Darurat oleh Sari", "typed": "Sela Darurat oleh Budi",
        "end": "Sela Darurat diakhiri Budi", "last skip": "dilewati Sari",
    }  # fmt: skip
    assert {name: words in at(ran, channel, name).item.why for name, words in said.items()} == dict.fromkeys(said, True)
    assert at(ran, channel, "play").item.title == Path(PLAYED[channel]).stem
    assert at(ran, channel, "insert").item.title == Path(INSERTED[channel]).stem
    assert at(ran, channel, "hold").item.kind is not Kind.ITEM
    assert {at(ran, channel, name).item.kind for name in ("skip", "resume", "end")} == {Kind.ITEM}


@channels
def test_a_break_in_outlives_a_power_cut_and_its_text_changes_without_records(ran: Outcome, channel: str) -> None:
    start, typed, end = (ran.orders[channel][name].at for name in ("break in", "typed", "end"))
    assert start <= ran.killed + AHEAD < typed < end
    aired = [e.item for e in ran.journal[channel] if start <= e.item.start < end]
    assert {i.kind for i in aired} == {Kind.BREAK_IN}
    assert {i.title for i in aired if i.start < typed} == {PREPARED.headline}
    assert aired[-1].title == TYPED.headline


@channels
def test_every_order_is_an_edit_of_the_running_order_once_the_records_are_back(ran: Outcome, channel: str) -> None:
    rows = [row for row in ran.edits[channel] if row.document["ordered"]]
    assert [row.document["act"] for row in rows] == [
        "lewati", "tayangkan", "sisip", "lewati", "tahan", "lewati", "lanjutkan", "sela darurat", "sela darurat",
        "lewati",
    ]  # fmt: skip
    assert {row.author for row in rows} == {"Sari", "Budi"}
    first, second = (row.document for row in rows if row.document["act"] == "sela darurat")
    assert first["until"] == second["at"] == ran.orders[channel]["typed"].at
    assert sum(b["length"] for d in (first, second) for b in d["beneath"]) == second["until"] - first["at"]
