"""Air-time arithmetic: by example and by property."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.quanta import (
    AAC_FRAMES,
    CELL,
    FRAMES,
    GOP,
    PUBLISH_DELAY,
    QUANTUM_MS,
    Quanta,
    at_or_after,
    cell_of,
    cell_start,
    covering,
    milliseconds,
    seconds,
    starting,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
instants = st.integers(0, 7_258_118_400_000_000).map(lambda us: EPOCH + timedelta(microseconds=us))


def test_a_quantum_is_whole_frames_of_picture_and_sound() -> None:
    assert timedelta(seconds=FRAMES / 25) == timedelta(milliseconds=QUANTUM_MS)
    assert 48_000 * milliseconds(Quanta(1)) == AAC_FRAMES * 1024 * 1000


@given(instants)
def test_the_first_quantum_not_before_an_instant(instant: datetime) -> None:
    q = at_or_after(instant)
    assert timedelta(0) <= starting(q) - instant < timedelta(milliseconds=QUANTUM_MS)
    assert at_or_after(starting(q)) == q


@pytest.mark.parametrize("hour", range(24))
def test_full_hours_are_exact(hour: int) -> None:
    instant = datetime(2026, 8, 17, hour, tzinfo=UTC)
    assert starting(at_or_after(instant)) == instant


def test_an_instant_in_another_zone_is_the_same_instant() -> None:
    assert at_or_after(datetime.fromisoformat("2026-08-17T10:00:00+07:00")) == at_or_after(
        datetime(2026, 8, 17, 3, tzinfo=UTC)
    )


@given(st.floats(0, 1e6))
def test_covering_is_the_least_that_lasts(length: float) -> None:
    n = covering(length)
    assert seconds(n) >= length - 1e-6
    assert n == 0 or seconds(n - 1) < length


@pytest.mark.parametrize(
    ("length", "quanta"), [(0.0, 0), (0.32, 1), (0.3200001, 1), (0.3201, 2), (3.84, 12), (3600, 11250)]
)
def test_covering_by_example(length: float, quanta: int) -> None:
    assert covering(length) == quanta


@given(st.integers(0, 10**12))
def test_a_quantum_lies_in_its_cell(q: int) -> None:
    k = cell_of(Quanta(q))
    assert cell_start(k) <= q < cell_start(k + 1)
    assert cell_start(k + 1) - cell_start(k) == CELL


def test_a_cell_is_never_empty_and_its_gops_end_in_time() -> None:
    assert GOP < CELL
    assert PUBLISH_DELAY >= GOP - 1


@given(st.integers(0, 2 * 10**10))
def test_times_are_exact_to_the_millisecond(q: int) -> None:
    assert milliseconds(Quanta(q)) == q * 320
    assert round(seconds(q) * 1000) == q * 320
