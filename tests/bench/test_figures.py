"""The arithmetic of a bench: percentiles, walls, ratios, a viewer's buffer, lateness."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.bench.figures import Buffer, Figure, Lateness, Sense, Wall, growth, median, percentile, relative


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([7.0], 99, 7.0),
        ([1.0, 2.0, 3.0, 4.0], 50, 2.0),
        ([4.0, 3.0, 2.0, 1.0], 100, 4.0),
        ([1.0, 2.0, 3.0, 4.0], 0, 1.0),
        ([float(i) for i in range(1, 101)], 99, 99.0),
        ([float(i) for i in range(1, 1001)], 99, 990.0),
        ([float(i) for i in range(1, 1001)], 99.95, 1000.0),
    ],
)
def test_nearest_rank(values: list[float], percent: float, expected: float) -> None:
    assert percentile(values, percent) == expected


@pytest.mark.parametrize(("values", "percent"), [([], 50), ([1.0], 101), ([1.0], -1)])
def test_no_percentile(values: list[float], percent: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, percent)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 100))
def test_at_least_that_part_lies_at_or_below_a_percentile(values: list[float], percent: float) -> None:
    found = percentile(values, percent)
    assert found in values
    assert sum(v <= found for v in values) >= percent / 100 * len(values) - 1e-9


@pytest.mark.parametrize(("values", "expected"), [([3.0], 3.0), ([9.0, 1.0, 2.0], 2.0), ([4.0, 1.0, 3.0, 2.0], 2.5)])
def test_median(values: list[float], expected: float) -> None:
    assert median(values) == expected


def test_no_median_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        median([])


def test_growth() -> None:
    assert growth(100, 105) == pytest.approx(0.05)
    assert growth(100, 90) == pytest.approx(-0.1)


@pytest.mark.parametrize(
    ("wall", "ours", "peer", "holds"),
    [
        (Wall(Sense.AT_MOST, 2.0), 2.0, 5.0, True),
        (Wall(Sense.AT_MOST, 2.0), 2.01, 5.0, False),
        (Wall(Sense.AT_LEAST, 200), 200, None, True),
        (Wall(Sense.AT_LEAST, 200), 199, None, False),
        (Wall(Sense.AT_MOST, 1 / 200, ratio=True), 2.0, 500.0, True),
        (Wall(Sense.AT_MOST, 1 / 200, ratio=True), 3.0, 500.0, False),
        (Wall(Sense.AT_LEAST, 0.95, ratio=True), 0.9, 0.9, True),
        (Wall(Sense.AT_LEAST, 0.95, ratio=True), 0.9, 1.0, False),
        # nothing to compare with, or nothing measured, is never a success
        (Wall(Sense.AT_MOST, 1 / 200, ratio=True), 0.0, None, False),
        (Wall(Sense.AT_MOST, 500.0), math.nan, None, False),
        (None, 5.0, 1.0, None),
    ],
)
def test_wall(wall: Wall | None, ours: float, peer: float | None, holds: bool | None) -> None:
    figure = Figure("x", ours, "s", peer, "peer", wall)
    assert figure.holds is holds
    assert figure.to_json()["holds"] is holds


def test_ratio_needs_a_peer() -> None:
    assert Figure("x", 5.0, "s", 2.0).ratio == 2.5
    assert Figure("x", 5.0, "s").ratio is None
    assert Figure("x", 5.0, "s", 0.0).ratio is None


@pytest.mark.parametrize(
    ("ratio", "text"), [(1 / 200, "1/200"), (0.0008, "1/1,250"), (0.95, "0.95x"), (3.417, "3.42x"), (1234.5, "1,234x")]
)
def test_ratio_as_people_read_it(ratio: float, text: str) -> None:
    assert relative(ratio) == text


def test_buffer_that_never_empties() -> None:
    buffer = Buffer(11.52)
    for at in (100.0, 100.1, 100.2):
        buffer.arrived(at, 3.84)
    for at in (105.0, 108.9, 112.0):
        buffer.arrived(at, 3.84)
    buffer.look(115.0)
    assert (buffer.stalls, buffer.stalled_s) == (0, 0.0)
    assert buffer.lowest == pytest.approx(11.52 - 8.7 + 3.84)
    assert buffer.held == pytest.approx(6 * 3.84 - 14.8)


def test_buffer_that_runs_empty_stalls_and_goes_on() -> None:
    buffer = Buffer(4.0)
    buffer.arrived(10.0, 4.0)
    buffer.arrived(15.0, 4.0)  # a second too late
    assert buffer.stalls == 1
    assert buffer.stalled_s == pytest.approx(1.0)
    buffer.look(18.0)
    assert buffer.stalls == 1
    assert buffer.held == pytest.approx(1.0)


def test_who_has_not_begun_to_play_cannot_stall() -> None:
    buffer = Buffer(12.0)
    buffer.arrived(0.0, 4.0)
    buffer.arrived(100.0, 4.0)
    assert buffer.stalls == 0
    assert buffer.lowest is None


@given(st.lists(st.tuples(st.floats(0.01, 10), st.floats(0.01, 10)), min_size=1))
def test_media_is_played_held_or_waited_for(arrivals: list[tuple[float, float]]) -> None:
    buffer = Buffer(0.0)
    at = media = 0.0
    first = None
    for pause, length in arrivals:
        at += pause
        first = at if first is None else first
        buffer.arrived(at, length)
        media += length
    assert first is not None
    played = at - first - buffer.stalled_s
    assert buffer.held == pytest.approx(media - played, abs=1e-6)
    assert buffer.held >= 0


@pytest.mark.parametrize(
    ("asked", "sent", "received", "expected"),
    [
        ([], 100.2, 100.25, 0.05),  # asked a little after publication: only the answer's own time
        ([], 103.0, 103.1, 0.1),  # asked late of his own will
        ([], 99.9, 100.3, 0.3),  # asked before publication, and was answered after it
        ([100.2], 101.5, 101.6, 1.6),  # asked in time and was refused: late since publication
        ([99.0], 102.8, 102.9, 0.1),  # a question before publication does not count
        ([], 99.9, 99.95, 0.0),  # out before it is due
    ],
)
def test_lateness(asked: list[float], sent: float, received: float, expected: float) -> None:
    lateness = Lateness(100.0)
    for question in asked:
        lateness.asked(question)
    assert lateness.named(sent, received) == pytest.approx(expected)
