"""The calls that were announced: taken once, soon, and never too many."""

from uuid import UUID, uuid4

import pytest

from lppl.phone.calls import EXPIRES_S, SPENT, CallRefused, Calls, Registered, number_of

ONE = UUID(int=1)


def test_a_call_is_taken_once() -> None:
    calls = Calls()
    calls.register(ONE, "+62 812-3456-789", "0285 123", 10.0)
    assert calls.take(ONE, 11.0) == Registered("+62 812-3456-789", "0285 123")
    assert calls.take(ONE, 11.0) is None
    with pytest.raises(CallRefused) as refused:
        calls.register(ONE, "0812", "", 12.0)
    assert refused.value.reason == "used"


@pytest.mark.parametrize(("after", "there"), [(EXPIRES_S, True), (EXPIRES_S + 0.1, False)])
def test_it_expires(after: float, there: bool) -> None:
    calls = Calls()
    calls.register(ONE, "0812", "", 0.0)
    assert (calls.take(ONE, after) is not None) is there
    assert len(calls) == 0


def test_announced_again_it_is_new_and_the_order_stays_that_of_time() -> None:
    calls = Calls()
    calls.register(ONE, "0811", "", 0.0)
    calls.register(UUID(int=2), "0812", "", 50.0)
    calls.register(ONE, "0813", "", 100.0)
    assert calls.take(UUID(int=2), 175.0) is None
    assert calls.take(ONE, 175.0) == Registered("0813", "")


def test_there_are_never_too_many_and_those_that_expired_make_room() -> None:
    calls = Calls(most=3)
    for n in range(3):
        calls.register(uuid4(), "0812", "", float(n))
    with pytest.raises(CallRefused) as refused:
        calls.register(ONE, "0812", "", 3.0)
    assert refused.value.reason == "full"
    calls.register(ONE, "0812", "", EXPIRES_S + 0.5)
    assert len(calls) == 3


def test_what_was_used_is_remembered_within_bounds() -> None:
    calls = Calls()
    for n in range(SPENT + 1):
        calls.register(UUID(int=n), "0812", "", 0.0)
        calls.take(UUID(int=n), 0.0)
    calls.register(UUID(int=0), "0812", "", 0.0)
    with pytest.raises(CallRefused):
        calls.register(UUID(int=1), "0812", "", 0.0)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0812 3456", "0812 3456"),
        (" +62812\r\n", "+62812"),
        ("anonymous", ""),
        ("Restricted", ""),
        ("", ""),
        ("9" * 500, "9" * 64),
        ("08\x0012\u202e", "0812"),
    ],
)
def test_what_holds_no_digit_is_no_number(written: str, number: str) -> None:
    assert number_of(written) == number
