"""When an alarm begins and ends: after so long, not at the first click, and each once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.alarms import AlarmKind, Turn, Watch, sentence
from lppl.quanta import Quanta

AFTER, CALM = Quanta(4), Quanta(2)


def turns(how: str, after: Quanta = AFTER, calm: Quanta = CALM) -> list[tuple[int, bool, int]]:
    """Return (seen at, active, at) of each turn; `how` says of each quantum whether it was wrong (x) or right (.)."""
    watch = Watch(after, calm)
    seen = [(q, watch.see(Quanta(q), Quanta(q + 1), c == "x")) for q, c in enumerate(how)]
    return [(q, turn.active, turn.at) for q, turn in seen if turn is not None]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("....", []),
        ("xxx.xxx.", []),
        ("..xxxx", [(5, True, 2)]),
        ("xxxxxxxx", [(3, True, 0)]),
        ("xxxx.x.x.xx", [(3, True, 0)]),
        ("xxxx..", [(3, True, 0), (5, False, 4)]),
        ("xxxx.....xxxx", [(3, True, 0), (5, False, 4), (12, True, 9)]),
        ("xxxx.x..xxx", [(3, True, 0), (7, False, 6)]),
    ],
)
def test_an_alarm_begins_after_a_while_and_ends_when_it_is_calm(
    how: str, expected: list[tuple[int, bool, int]]
) -> None:
    assert turns(how) == expected


def test_without_patience_it_begins_at_once() -> None:
    assert turns(".x", after=Quanta(0)) == [(1, True, 1)]


@given(st.text("x.", max_size=60))
def test_turns_alternate_and_lie_in_order(how: str) -> None:
    found = turns(how)
    assert [active for _, active, _ in found] == [n % 2 == 0 for n in range(len(found))]
    places = [at for _, _, at in found]
    assert places == sorted(places)


@given(st.text("x.", max_size=60), st.data())
def test_how_often_it_is_looked_changes_nothing(how: str, data: st.DataObject) -> None:
    """What stays the same for a while may be told in one piece."""
    whole = Watch(AFTER, CALM)
    at, found = 0, []
    while at < len(how):
        longest = next((n for n in range(at, len(how)) if how[n] != how[at]), len(how)) - at
        length = data.draw(st.integers(1, longest))
        turn = whole.see(Quanta(at), Quanta(at + length), how[at] == "x")
        found += [(turn.active, turn.at)] if turn is not None else []
        at += length
    assert found == [(active, place) for _, active, place in turns(how)]


def test_an_empty_stretch_says_nothing() -> None:
    watch = Watch(Quanta(0), CALM)
    assert watch.see(Quanta(5), Quanta(5), True) is None
    assert watch.see(Quanta(5), Quanta(6), True) == Turn(True, Quanta(5))


@pytest.mark.parametrize("kind", AlarmKind)
def test_every_alarm_has_its_sentence(kind: AlarmKind) -> None:
    indonesian, english = sentence(kind, "Batik TV", "{name} 5 GB").split(" / ")
    assert indonesian != english
    assert ("Batik TV" in indonesian) == ("Batik TV" in english)
    assert len(kind.value) <= 16, "as the records hold it"
