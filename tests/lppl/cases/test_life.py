"""The life of a case: the ways that it may go, what each act needs, and what is refused with a sentence."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lppl.cases.life import Act, AgencyState, CaseClass, Event, NotAllowed, Status, allowed, apply, replay
from lppl.intake.values import Visibility
from tests.lppl.cases.histories import (
    ARRIVAL,
    DISHUB,
    DLH,
    DPUPR,
    FIXED,
    arrived,
    good_data,
    histories,
    local,
    story,
)  # fmt: skip

AT = local("03-06")
FORWARDED = ("03-09", Act.FORWARDED, {"agencies": [DPUPR, DISHUB]})
ASKED = ("03-09", Act.ASKED, {"missing": "di mana"})
ADDED = ("03-10", Act.ADDED, {"word": 2})
TRANSFERRED = ("03-09", Act.TRANSFERRED, {"receiver": "PLN", "reason": "bukan wewenang"})
MERGED = ("03-09", Act.MERGED, {"case": 9})
DONE = ("03-12", Act.DONE)
REOPENED = ("03-13", Act.REOPENED, {"reason": "belum tuntas"})


def by(act: Act, agency: int, **more: str) -> tuple[str, Act, Mapping[str, Any]]:
    return "03-10", act, {"agency": agency, **more}


def answered(agency: int) -> tuple[str, Act, Mapping[str, Any]]:
    return by(Act.ANSWERED, agency, text="sudah")


def returned(agency: int) -> tuple[str, Act, Mapping[str, Any]]:
    return by(Act.RETURNED, agency, reason="bukan kami")


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ((), Status.NEW),
        ((("03-09", Act.VERIFIED),), Status.VERIFIED),
        ((FORWARDED,), Status.FORWARDED),
        ((FORWARDED, by(Act.TAKEN, 1)), Status.IN_PROGRESS),
        ((FORWARDED, answered(2)), Status.IN_PROGRESS),
        ((FORWARDED, returned(1)), Status.FORWARDED),
        ((FORWARDED, by(Act.TAKEN, 1), returned(1)), Status.FORWARDED),  # the other one still has to begin
        ((FORWARDED, returned(1), returned(2)), Status.VERIFIED),
        ((ASKED,), Status.INCOMPLETE),
        ((ASKED, ASKED, ADDED), Status.NEW),
        ((("03-08", Act.VERIFIED), ASKED, ADDED), Status.VERIFIED),
        ((ASKED, ("03-10", Act.ADDED, {"word": 2, "withdrawn": True})), Status.INCOMPLETE),
        ((ASKED, FORWARDED), Status.FORWARDED),
        ((TRANSFERRED,), Status.TRANSFERRED),
        ((TRANSFERRED, ("03-10", Act.HEARD, {"text": "dijadwalkan"})), Status.TRANSFERRED),
        ((TRANSFERRED, ("03-10", Act.HEARD, {"text": "menyala", "final": True})), Status.DONE),
        ((TRANSFERRED, FORWARDED), Status.FORWARDED),
        ((TRANSFERRED, ("03-10", Act.VERIFIED)), Status.VERIFIED),
        ((MERGED,), Status.MERGED),
        ((DONE,), Status.DONE),
        ((DONE, ADDED), Status.DONE),  # more words do not open it by themselves
        ((DONE, REOPENED), Status.VERIFIED),
        ((("03-12", Act.REJECTED, {"reason": "fitnah"}), REOPENED), Status.VERIFIED),
        ((DONE, ("03-13", Act.ARCHIVED)), Status.ARCHIVED),
        ((("03-09", Act.VERIFIED), ("03-09", Act.CLASSIFIED, {"class": "aspirasi"})), Status.VERIFIED),
    ],
)
def test_where_acts_lead(told: tuple[tuple[str, Act, Mapping[str, Any]], ...], status: Status) -> None:
    assert replay(story(arrived("03-06"), *told)).status is status


def test_what_arrives_is_what_the_state_says() -> None:
    place = {"kelurahan": "Podosugih", "latitude": -6.9, "longitude": 109.7}
    state = apply(None, Event(1, AT, Act.ARRIVED, None, {**ARRIVAL, **place, "emergency": True}))
    assert (state.case_class, state.category, state.visibility) == (CaseClass.PLAIN, "jalan", Visibility.OPEN)
    assert (state.kelurahan, state.latitude, state.longitude) == ("Podosugih", -6.9, 109.7)
    assert state.emergency_waits
    assert state.open
    assert (state.arrived, state.heard, state.changed, state.seq) == (AT, AT, AT, 1)


def test_agencies_go_their_own_ways() -> None:
    state = replay(story(arrived("03-06"), FORWARDED, by(Act.TAKEN, 1), returned(2), answered(1)))
    assert [(a.agency, a.name, a.state) for a in state.agencies] == [
        (1, "DPUPR", AgencyState.ANSWERED),
        (2, "Dishub", AgencyState.RETURNED),
    ]
    assert state.first_answer == local("03-10")
    again = apply(state, Event(6, local("03-11"), Act.FORWARDED, 5, {"agencies": [DISHUB, DLH]}))
    assert [(a.agency, a.state) for a in again.agencies] == [
        (1, AgencyState.ANSWERED),
        (2, AgencyState.WAITING),
        (3, AgencyState.WAITING),
    ]


@pytest.mark.parametrize("end", [DONE, TRANSFERRED, MERGED, ("03-12", Act.REJECTED, {"reason": "x"})])
def test_agencies_that_owe_an_answer_no_longer_have_what_is_closed(end: Any) -> None:
    state = replay(story(arrived("03-06"), FORWARDED, answered(1), end))
    assert [a.agency for a in state.agencies] == [1]


def test_a_transfer_is_followed_and_can_be_taken_back() -> None:
    heard = ("03-11", Act.HEARD, {"text": "petugas datang Senin", "ticket": "PLN-7"})
    transfer = replay(story(arrived("03-06"), TRANSFERRED, heard, ("03-12", Act.HEARD, {"text": "tunda"}))).transfer
    assert transfer is not None
    assert (transfer.receiver, transfer.ticket, transfer.news) == ("PLN", "PLN-7", "tunda")
    assert (transfer.since, transfer.heard, transfer.final) == (local("03-09"), local("03-12"), False)
    assert replay(story(arrived("03-06"), TRANSFERRED, heard, FORWARDED)).transfer is None
    given_on = replay(story(arrived("03-06"), TRANSFERRED, ("03-10", Act.TRANSFERRED, {**TRANSFERRED[2]})))
    assert given_on.transfer is not None
    assert given_on.transfer.since == local("03-10")


def test_an_emergency_has_to_be_given_on_each_time() -> None:
    mark, hand = ("03-06", Act.EMERGENCY), ("03-06", Act.HANDED_OVER, {"to": "112"})
    assert replay(story(arrived("03-06"), mark)).emergency_waits
    assert not replay(story(arrived("03-06"), mark, hand)).emergency_waits
    assert replay(story(arrived("03-06"), mark, hand, mark)).emergency_waits
    calm = replay(story(arrived("03-06"), mark, hand, ("03-06", Act.NOT_EMERGENCY)))
    assert not calm.emergency
    assert calm.handed_over is None


def test_an_objection_opens_a_closed_case_until_it_is_decided() -> None:
    objected = ("03-20", Act.OBJECTED, {"reason": "tidak lengkap"})
    state = replay(story(arrived("03-06", CaseClass.PPID), DONE, objected))
    assert (state.status, state.closed, state.objected) == (Status.IN_PROGRESS, None, local("03-20"))
    refused = {Act.TRANSFERRED, Act.MERGED, Act.ARCHIVED, Act.CLASSIFIED, Act.OBJECTED, Act.EXTENDED}
    assert not refused & allowed(state)
    decided = apply(state, Event(4, local("03-30"), Act.REJECTED, 5, {"reason": "dikecualikan"}))
    assert (decided.objected, decided.closed) == (None, local("03-30"))
    running = replay(story(arrived("03-06", CaseClass.PPID), ("03-08", Act.VERIFIED), objected))
    assert running.status is Status.VERIFIED


def test_closing_is_noted_once_and_reopening_counted() -> None:
    filed = replay(story(arrived("03-06"), DONE, ("03-30", Act.ARCHIVED)))
    assert filed.closed == local("03-12")
    reopened = replay(story(arrived("03-06"), FORWARDED, DONE, REOPENED))
    assert (reopened.closed, reopened.reopened, reopened.agencies) == (None, 1, ())
    settled = ("03-10", Act.HEARD, {"text": "menyala", "final": True})
    assert replay(story(arrived("03-06"), TRANSFERRED, settled)).transfer is not None
    assert replay(story(arrived("03-06"), TRANSFERRED, settled, REOPENED)).transfer is None


REFUSED: list[tuple[tuple[Any, ...], Act, Mapping[str, Any], str, str]] = [
    ((DONE,), Act.FORWARDED, {"agencies": [DPUPR]}, "status", "berstatus Selesai"),
    ((MERGED,), Act.MERGED, {"case": 8}, "status", "lanjutkan pada aduan nomor 9"),
    ((MERGED,), Act.ADDED, {"word": 2}, "status", "lanjutkan pada aduan nomor 9"),
    ((TRANSFERRED,), Act.DONE, {}, "status", "berstatus Dialihkan"),
    ((FORWARDED,), Act.ASKED, {"missing": "x"}, "status", "berstatus Diteruskan"),
    ((), Act.ARRIVED, ARRIVAL, "status", "berstatus Baru"),
    ((), Act.HEARD, {"text": "x"}, "status", "berstatus Baru"),
    ((), Act.EXTENDED, {"reason": "x"}, "status", "PPID"),
    ((), Act.OBJECTED, {"reason": "x"}, "status", "PPID"),
    ((), Act.HANDED_OVER, {"to": "112"}, "status", "tidak ditandai darurat"),
    ((("03-06", Act.EMERGENCY),), Act.EMERGENCY, {}, "status", "sudah ditandai"),
    ((ADDED,), Act.SPLIT_OFF, {"case": 3}, "status", "tepat sesudah"),
    ((FORWARDED, by(Act.TAKEN, 1), by(Act.TAKEN, 2)), Act.TAKEN, {"agency": 1}, "status", "belum memulai"),
    ((FORWARDED,), Act.FORWARDED, {"agencies": [DPUPR]}, "data", "sudah ada pada DPUPR"),
    ((FORWARDED, by(Act.TAKEN, 1)), Act.TAKEN, {"agency": 1}, "data", "DPUPR sudah memulai"),
    ((FORWARDED,), Act.ANSWERED, {"agency": 3, "text": "x"}, "data", "tidak memegang"),
    ((FORWARDED, returned(1)), Act.ANSWERED, {"agency": 1, "text": "x"}, "data", "tidak memegang"),
    ((FORWARDED,), Act.RETURNED, {"agency": 1}, "data", "alasan"),
    ((), Act.FORWARDED, {"agencies": []}, "data", "sedikitnya satu instansi"),
    ((), Act.FORWARDED, {"agencies": [DPUPR, DPUPR]}, "data", "dua kali"),
    ((), Act.FORWARDED, {"agencies": [{"id": True, "name": "x"}]}, "data", "nomor dan nama"),
    ((), Act.REJECTED, {"reason": "  "}, "data", "alasan"),
    ((), Act.TRANSFERRED, {"reason": "x"}, "data", "penerima"),
    ((), Act.TRANSFERRED, {"receiver": "PLN"}, "data", "alasan"),
    ((), Act.ASKED, {"missing": []}, "data", "masih kurang"),
    ((), Act.CLASSIFIED, {"class": "pujian"}, "data", "Pilih jenis"),
    ((), Act.PLACED, {"latitude": 91, "longitude": 1}, "data", "lintang"),
    ((), Act.PLACED, {"latitude": float("nan"), "longitude": 1}, "data", "lintang"),
    ((), Act.PLACED, {"longitude": 1}, "data", "lintang"),
    ((), Act.PLACED, {}, "data", "kelurahan"),
    ((), Act.ADDED, {"word": 0}, "data", "nomor pesan"),
    ((), Act.NOTED, {"text": 5}, "data", "sebagai teks"),
    ((("03-09", Act.JOINED, {"case": 4}),), Act.JOINED, {"case": 4}, "data", "sudah digabungkan"),
    ((("03-09", Act.JOINED, {"case": 4}),), Act.MERGED, {"case": 4}, "data", "telah digabungkan"),
    ((DONE,), Act.REOPENED, {}, "data", "alasan"),
]


@pytest.mark.parametrize(("told", "act", "data", "why", "said"), REFUSED)
def test_what_is_refused_says_why(
    told: tuple[Any, ...], act: Act, data: Mapping[str, Any], why: str, said: str
) -> None:
    state = replay(story(arrived("03-06"), *told))
    with pytest.raises(NotAllowed, match=said) as refused:
        apply(state, Event(state.seq + 1, local("03-14"), act, 5, data))
    assert refused.value.why == why
    assert refused.value.english
    assert (act in allowed(state)) == (why == "data")


def test_only_once_extended() -> None:
    extended = ("03-09", Act.EXTENDED, {"reason": "arsip"})
    state = replay(story(arrived("03-06", CaseClass.PPID), extended))
    with pytest.raises(NotAllowed, match="satu kali"):
        apply(state, Event(3, AT, Act.EXTENDED, 5, {"reason": "lagi"}))


@pytest.mark.parametrize("seq", [0, 1, 3])
def test_events_are_numbered_without_gaps(seq: int) -> None:
    state = replay(story(arrived("03-06")))
    with pytest.raises(NotAllowed, match="harus 2") as refused:
        apply(state, Event(seq, AT, Act.VERIFIED))
    assert refused.value.why == "sequence"


def test_a_history_begins_by_arriving_and_is_not_empty() -> None:
    with pytest.raises(NotAllowed, match="pertama"):
        apply(None, Event(1, AT, Act.VERIFIED))
    with pytest.raises(NotAllowed, match="harus 1"):
        apply(None, Event(2, AT, Act.ARRIVED, None, ARRIVAL))
    with pytest.raises(NotAllowed, match="belum memiliki"):
        replay([])
    with pytest.raises(NotAllowed, match="zona"):
        apply(None, Event(1, datetime(2026, 3, 6), Act.ARRIVED, None, ARRIVAL))  # noqa: DTZ001
    assert allowed(None) == {Act.ARRIVED}


def test_every_name_is_told_in_both_languages_and_fits_its_column() -> None:
    for one in (*CaseClass, *Status, *Act):
        assert one.label
        assert one.english
    assert max(map(len, Act)) <= 24
    assert max(map(len, Status)) <= 16
    assert max(map(len, AgencyState)) <= 12


@settings(max_examples=60)
@given(events=histories())
def test_the_same_history_always_comes_to_the_same(events: list[Event]) -> None:
    state = replay(events)
    assert state == replay(tuple(events))
    assert state.seq == len(events)
    assert state.open == (state.closed is None)
    assert (state.status is Status.INCOMPLETE) == (state.awaiting_since is not None)
    assert (state.status is Status.MERGED) == (state.merged_into is not None)
    assert state.transfer is not None or state.status is not Status.TRANSFERRED
    assert Act.NOTED in allowed(state)
    if not state.open or state.status is Status.TRANSFERRED:
        assert not any(a.pending for a in state.agencies)


@settings(max_examples=60)
@given(events=histories(), data=st.data())
def test_what_is_allowed_is_taken_and_all_else_refused(events: list[Event], data: st.DataObject) -> None:
    state = replay(events)
    for act in Act:
        draw: Any = data.draw
        if act in allowed(state):
            apply(state, Event(state.seq + 1, events[-1].at, act, 5, good_data(draw, state, act)))
            continue
        with pytest.raises(NotAllowed) as refused:
            apply(state, Event(state.seq + 1, events[-1].at, act, 5, {**FIXED.get(act, {}), "agency": 1, "case": 1}))
        assert refused.value.why == "status"
    with pytest.raises(NotAllowed):
        apply(state, Event(state.seq + 2, events[-1].at, Act.NOTED, 5, {"text": "x"}))


_KEYS = (
    "class", "category", "visibility", "emergency", "word", "account", "missing", "agencies", "agency", "text",
    "reason", "receiver", "ticket", "final", "case", "to", "latitude", "longitude", "kelurahan", "withdrawn",
)  # fmt: skip
_SCALARS = st.none() | st.booleans() | st.integers(-1, 3) | st.sampled_from(["", " ", "ppid", "terbuka"]) | st.floats()
_JSON = _SCALARS | st.lists(_SCALARS | st.dictionaries(st.sampled_from(["id", "name"]), _SCALARS), max_size=2)


@settings(max_examples=100)
@given(events=histories(6), act=st.sampled_from(Act), said=st.dictionaries(st.sampled_from(_KEYS), _JSON, max_size=6))
def test_no_data_break_the_machine(events: list[Event], act: Act, said: dict[str, Any]) -> None:
    state = replay(events)
    try:
        after = apply(state, Event(state.seq + 1, events[-1].at, act, None, said))
    except NotAllowed:
        return
    assert after.seq == state.seq + 1
