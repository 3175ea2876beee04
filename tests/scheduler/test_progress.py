"""What the past says: pieces joined, lists continued, events due."""

from collections.abc import Callable

import pytest

from lppl.media import AssetId, Material
from lppl.ports import Aired
from lppl.quanta import Quanta
from scheduler.plan import Fixed
from scheduler.progress import EventQueue, ListProgress, coalesced

A, B = AssetId("a"), AssetId("b")


def aired(*entries: tuple[AssetId, int, int]) -> list[Aired]:
    return [Aired(asset, Quanta(start), Quanta(length)) for asset, start, length in entries]


@pytest.mark.parametrize(
    ("pieces", "boundaries", "joined"),
    [
        (aired((A, 0, 6), (A, 6, 4)), set(), aired((A, 0, 10))),
        (aired((A, 6, 4), (A, 0, 6)), set(), aired((A, 0, 10))),
        (aired((A, 0, 6), (A, 6, 4)), {Quanta(6)}, aired((A, 0, 6), (A, 6, 4))),
        (aired((A, 0, 6), (A, 6, 5)), set(), aired((A, 0, 6), (A, 6, 5))),
        (aired((A, 0, 6), (A, 7, 3)), set(), aired((A, 0, 6), (A, 7, 3))),
        (aired((B, 0, 6), (B, 6, 1)), set(), aired((B, 0, 6), (B, 6, 1))),
        ([], set(), []),
    ],
)
def test_pieces_of_one_airing_are_joined(pieces: list[Aired], boundaries: set[Quanta], joined: list[Aired]) -> None:
    assert coalesced(pieces, {A: Quanta(10)}, boundaries) == joined


def test_a_missing_item_that_arrives_airs_next(material: Callable[..., Material]) -> None:
    progress = ListProgress([("a", material("a")), ("b", material("b"))], repeat=False)
    progress.note(material("b").asset)
    assert progress.next() == (0, material("a"))
    assert progress.unaired == ("a",)
    progress.note(material("a").asset)
    assert progress.next() is None
    progress.note(material("a").asset)
    assert progress.unaired == ()


def test_a_list_of_nothing_has_nothing_to_repeat() -> None:
    progress = ListProgress([("gone", None)], repeat=True)
    assert progress.next() is None
    assert progress.missing_before(1) == ("gone",)


@pytest.fixture
def queue(material: Callable[..., Material]) -> Callable[..., EventQueue]:
    """Make a queue from (path, start, hard) in the order of the file."""

    def make(*events: tuple[str, int, bool], firm: frozenset[int] = frozenset()) -> EventQueue:
        made = [
            (Fixed(Quanta(start), f"at-{n}", path, hard), material(path))
            for n, (path, start, hard) in enumerate(events)
        ]
        made.sort(key=lambda pair: pair[0].start)
        return EventQueue(made, {Quanta(q) for q in firm})

    return make


def serve(queue: EventQueue, start: int, length: int = 5) -> str | None:
    """Let what is due at `start` air; return its path."""
    due = queue.due(Quanta(start))
    if due is None:
        return None
    assert queue.note(due[1].asset, Quanta(start), Quanta(start + length))
    return due[0].path


def test_hard_events_go_before_soft_ones_that_wait(queue: Callable[..., EventQueue]) -> None:
    events = queue(("soft", 95, False), ("one", 100, True), ("two", 100, True))
    assert not events.note(AssetId("other"), Quanta(90), Quanta(100))
    assert [serve(events, q) for q in (100, 105, 110, 115)] == ["one", "two", "soft", None]


def test_a_hard_block_lets_only_its_own_quantum_go_first(queue: Callable[..., EventQueue]) -> None:
    events = queue(("one", 100, True), ("two", 100, True), firm=frozenset({105}))
    assert serve(events, 100) == "one"
    assert serve(events, 105) is None
    assert not events.note(AssetId("first of the block"), Quanta(105), Quanta(110))
    assert serve(events, 110) == "two"


def test_an_event_is_given_up_when_something_else_began(queue: Callable[..., EventQueue]) -> None:
    events = queue(("one", 100, True), ("later", 120, True))
    assert not events.note(AssetId("other"), Quanta(100), Quanta(110))
    assert events.due(Quanta(110)) is None
    events.silence_until(Quanta(121))
    assert events.due(Quanta(121)) is None
