"""The course of a call: paths by table, and what holds for every path there is."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.phone.menu import (
    Answered,
    At,
    Digit,
    HandIn,
    HangUp,
    Happening,
    HungUp,
    KeepFailed,
    Kept,
    Limits,
    Order,
    Play,
    Prompt,
    PromptEnded,
    Record,
    RecordFailed,
    Silence,
    StopRecording,
    Talk,
    Tick,
    step,
)
from lppl.phone.values import Stage

WHOLE, MISSED, EMERGENCY = HandIn(Stage.WHOLE), HandIn(Stage.MISSED), HandIn(Stage.EMERGENCY)
KNOWN, UNKNOWN = Talk(caller_known=True), Talk(caller_known=False)
NOTICE, MENU, SPEAK = Play(Prompt.NOTICE), Play(Prompt.MENU), Play(Prompt.SPEAK)
E = PromptEnded()
TO_RECORDING: tuple[Happening, ...] = (Answered(), E, Digit("1"), E)
TO_KEEPING: tuple[Happening, ...] = (*TO_RECORDING, Digit("#"))


def course(talk: Talk, happenings: Iterable[Happening]) -> tuple[Talk, list[Order]]:
    given: list[Order] = []
    for happening in happenings:
        talk, orders = step(talk, happening)
        given += orders
    return talk, given


@pytest.mark.parametrize(
    ("happenings", "orders", "pressed"),
    [
        ((Answered(), E, E, Digit("2"), E), [NOTICE, MENU, SPEAK, Record()], "aspirasi"),
        ((Answered(), E, Digit("3")), [NOTICE, MENU, SPEAK], "permintaan-informasi"),
        ((Answered(), Digit("1"), Digit("2"), E), [NOTICE, SPEAK], "aspirasi"),
        ((Answered(), Digit("7"), E), [NOTICE, MENU], ""),
        ((Answered(), E, E, Tick(5.9)), [NOTICE, MENU], ""),
        ((Answered(), E, E, Tick(6.0)), [NOTICE, MENU, MENU], ""),
        ((Answered(), E, E, Tick(6.0), E, Tick(12.0)), [NOTICE, MENU, MENU, SPEAK], ""),
        ((Answered(), E, E, Digit("5"), Digit("0")), [NOTICE, MENU, MENU, SPEAK], ""),
        ((Answered(), E, E, Tick(6.0), Digit("1")), [NOTICE, MENU, MENU, SPEAK], "pengaduan"),
        ((Answered(), Answered()), [NOTICE], ""),
    ],
)
def test_the_menu(happenings: tuple[Happening, ...], orders: list[Order], pressed: str) -> None:
    talk, given = course(KNOWN, happenings)
    assert given == orders
    assert talk.pressed == pressed


@pytest.mark.parametrize(
    "end",
    [Digit("#"), Tick(300.0), Silence(8.0, spoke=True), Silence(30.0, spoke=False)],
    ids=["hash", "longest", "silence", "nothing"],
)
def test_what_ends_a_recording(end: Happening) -> None:
    talk, _ = course(KNOWN, TO_RECORDING)
    assert step(talk, end) == (replace(talk, at=At.KEEPING, now=getattr(end, "now", 0.0)), (StopRecording(), WHOLE))


@pytest.mark.parametrize(
    "nothing",
    [Digit("1"), Digit("9"), Tick(299.9), Silence(7.9, spoke=True), Silence(29.9, spoke=False), E],
)
def test_what_does_not_end_a_recording(nothing: Happening) -> None:
    talk, given = course(KNOWN, (*TO_RECORDING, nothing))
    assert talk.at is At.RECORDING
    assert given[-1] == Record()


def test_silence_counts_only_while_recording() -> None:
    talk, _ = course(KNOWN, (Answered(), E))
    assert step(talk, Silence(100.0, spoke=True)) == (talk, ())


@pytest.mark.parametrize("before", [(Answered(),), (Answered(), E), (Answered(), E, E), (Answered(), E, Digit("1"))])
def test_the_emergency_key_hands_in_before_anything_is_said(before: tuple[Happening, ...]) -> None:
    talk, _ = course(UNKNOWN, before)
    talk, orders = step(talk, Digit("9"))
    assert orders == (EMERGENCY, Play(Prompt.EMERGENCY))
    assert step(talk, Digit("9"))[1] == ()
    talk, later = course(talk, (Kept(Stage.EMERGENCY, "A"), E, KeepFailed(Stage.EMERGENCY), E, HungUp()))
    assert later == [SPEAK, Record(), StopRecording(), WHOLE]
    assert talk.emergency


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Kept(Stage.WHOLE, "K7QF-2M9X"), Play(Prompt.CODE, "K7QF-2M9X")),
        (KeepFailed(Stage.WHOLE), Play(Prompt.LATER)),
    ],
)
def test_the_code_is_said_only_after_it_is_kept_then_the_call_ends(answer: Happening, said: Play) -> None:
    talk, given = course(KNOWN, (*TO_KEEPING, Tick(400.0), Digit("1"), Kept(Stage.EMERGENCY, "B")))
    assert given[-1] == WHOLE
    talk, orders = step(talk, answer)
    assert orders == (said,)
    talk, orders = step(talk, E)
    assert (talk.at, orders) == (At.ENDED, (HangUp(),))


@pytest.mark.parametrize("happening", [Kept(Stage.WHOLE, "A"), KeepFailed(Stage.WHOLE), E, HungUp(), Digit("9")])
def test_after_the_end_there_are_no_orders(happening: Happening) -> None:
    talk, _ = course(KNOWN, (*TO_KEEPING, HungUp()))
    assert step(talk, happening) == (talk, ())


@pytest.mark.parametrize(
    ("before", "known", "orders"),
    [
        ((Answered(),), True, (MISSED,)),
        ((Answered(),), False, ()),
        ((Answered(), E, E), True, (MISSED,)),
        ((Answered(), E, Digit("1")), True, (MISSED,)),
        ((Answered(), E, Digit("1")), False, ()),
        ((Answered(), Digit("9")), True, ()),
        (TO_RECORDING, True, (StopRecording(), WHOLE)),
        (TO_RECORDING, False, (StopRecording(), WHOLE)),
        (TO_KEEPING, True, ()),
        ((*TO_KEEPING, Kept(Stage.WHOLE, "A")), True, ()),
        ((*TO_RECORDING, RecordFailed()), False, (WHOLE,)),
    ],
)
def test_who_hangs_up_is_handed_in_once(before: tuple[Happening, ...], known: bool, orders: tuple[Order, ...]) -> None:
    talk, _ = course(KNOWN if known else UNKNOWN, before)
    assert step(talk, HungUp()) == (replace(talk, at=At.ENDED), orders)


SORRY = Play(Prompt.DISTURBED)


@pytest.mark.parametrize(
    ("happenings", "orders"),
    [
        ((Answered(), RecordFailed(), E, Digit("1"), E), [NOTICE, MENU, SORRY, WHOLE]),
        ((Answered(), E, Digit("1"), RecordFailed(), E), [NOTICE, MENU, SPEAK, SORRY, WHOLE]),
        ((*TO_RECORDING, RecordFailed(), E), [NOTICE, MENU, SPEAK, Record(), StopRecording(), SORRY, WHOLE]),
    ],
)
def test_a_recording_that_fails_is_told_and_the_call_goes_on(
    happenings: tuple[Happening, ...], orders: list[Order]
) -> None:
    talk, given = course(KNOWN, happenings)
    assert given == orders
    assert step(talk, KeepFailed(Stage.WHOLE))[1] == (Play(Prompt.NOT_TAKEN),)
    assert step(talk, Kept(Stage.WHOLE, "A"))[1] == (Play(Prompt.CODE, "A"),)


happenings = st.one_of(
    st.sampled_from([Answered(), E, E, E, HungUp(), RecordFailed()]),
    st.builds(Digit, st.sampled_from("1234567890*#")),
    st.builds(Silence, st.floats(0, 60), st.booleans()),
    st.builds(Tick, st.floats(0, 2000)),
    st.builds(Kept, st.sampled_from(Stage), st.just("A")),
    st.builds(KeepFailed, st.sampled_from(Stage)),
)


@given(st.booleans(), st.lists(happenings, max_size=40))
def test_whatever_happens_who_spoke_is_handed_in_and_the_end_is_the_end(known: bool, drawn: list[Happening]) -> None:
    talk, given = course(Talk(known), [Answered(), *drawn, HungUp()])
    assert talk.ended
    assert given.count(WHOLE) + given.count(MISSED) <= 1
    assert given.count(EMERGENCY) == talk.emergency
    if Record() in given:
        assert given.count(Record()) == given.count(StopRecording()) == 1
        assert given.index(Record()) < given.index(StopRecording()) < given.index(WHOLE)
    if HangUp() in given:
        assert given[-1] == HangUp()
        assert WHOLE in given
    elif known and not talk.emergency:
        assert WHOLE in given or MISSED in given
    for at, order in enumerate(given):
        if isinstance(order, Play) and order.prompt in (Prompt.CODE, Prompt.LATER, Prompt.NOT_TAKEN):
            assert WHOLE in given[:at]


def carried_out(talk: Talk, order: Order, works: bool) -> Happening | None:
    """What a line reports for an order that it has carried out."""
    match order:
        case Play():
            return PromptEnded()
        case HandIn(stage):
            return Kept(stage, "A") if works else KeepFailed(stage)
        case Record() if not works:
            return RecordFailed()
    return None


@given(st.booleans(), st.booleans(), st.lists(st.sampled_from("1239#50"), max_size=10), st.booleans())
def test_a_call_that_nobody_hangs_up_comes_to_its_end_by_itself(
    known: bool, works: bool, keys: list[str], speaks: bool
) -> None:
    talk, orders = step(Talk(known, Limits()), Answered())
    waiting, now = list(orders), 0.0
    for _ in range(2000):
        if talk.ended:
            break
        now += 1.0
        happened = carried_out(talk, waiting.pop(0), works) if waiting else Tick(now)
        if happened is None:
            continue
        if isinstance(happened, Tick) and keys:
            happened = Digit(keys.pop())
        elif isinstance(happened, Tick) and talk.at is At.RECORDING and speaks:
            happened = Silence(now % 20, spoke=True)
        talk, orders = step(talk, happened)
        waiting += orders
    assert talk.ended
    assert orders == (HangUp(),)
