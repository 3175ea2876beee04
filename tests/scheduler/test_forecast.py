"""When what is to be rendered will be ready, and what of it too late."""

from datetime import UTC, datetime, timedelta

import pytest

from lppl.quanta import Quanta, at_or_after
from scheduler.forecast import Waiting, forecast

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
HOUR = 3600.0


def needed(minutes: float) -> Quanta:
    return at_or_after(NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("hours", "speed", "workers", "minutes"),
    [
        ([], 1, 1, 0),
        ([1], 1, 1, 60),
        ([1], 4, 1, 15),
        ([1, 2], 4, 1, 45),
        ([1], 4, 2, 15),  # one worker does the whole of a job
        ([1, 1], 4, 2, 15),
        ([1, 2, 1], 4, 2, 30),
        ([2, 1, 1, 1], 4, 2, 45),
    ],
)
def test_the_queue_is_empty_when_its_workers_are_done(
    hours: list[float], speed: float, workers: int, minutes: float
) -> None:
    ready, late = forecast((Waiting("x", h * HOUR, None) for h in hours), speed, workers, NOW)
    assert ready == NOW + timedelta(minutes=minutes)
    assert late == ()


@pytest.mark.parametrize(("minutes", "is_late"), [(14.9, True), (15, False), (15.1, False)])
def test_what_is_ready_after_its_air_time_is_late(minutes: float, is_late: bool) -> None:
    _, late = forecast([Waiting("Film", HOUR, needed(minutes))], 4, 1, NOW)
    assert bool(late) == is_late
    for each in late:
        assert (each.title, each.ready) == ("Film", NOW + timedelta(minutes=15))
        assert abs(each.needed - NOW - timedelta(minutes=minutes)) < timedelta(seconds=1)


def test_what_waits_before_makes_late_what_nobody_waits_for_is_never_late() -> None:
    queue = [Waiting("a", HOUR, needed(20)), Waiting("b", HOUR, None), Waiting("c", HOUR, needed(40))]
    assert [each.title for each in forecast(queue, 4, 1, NOW)[1]] == ["c"]
    assert forecast(queue, 4, 2, NOW)[1] == ()
