"""Counting listeners: who is live, what an hour sums up to, and what cannot be invented."""

from datetime import UTC, datetime, timedelta

import pytest

from lppl.audience import BURST, LIVE_S, LONGEST_S, MOST_OF_ADDRESS, Audience, Hour, LiveCount

HOUR = datetime(2026, 11, 22, 15, tzinfo=UTC)


class Clock:
    """A clock that a test moves, in seconds after HOUR."""

    def __init__(self) -> None:
        self.at = 0.0

    def monotonic(self) -> float:
        return self.at

    def now(self) -> datetime:
        return HOUR + timedelta(seconds=self.at)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def audience(clock: Clock) -> Audience:
    return Audience({"tv": ("v720", "a64"), "radio": ("a128",)}, clock.monotonic, clock.now)


def test_pages_that_play_are_live_by_channel_and_quality(audience: Audience, clock: Clock) -> None:
    audience.heard("p1", "tv", "v720", 0, "10.0.0.1")
    audience.heard("p2", "tv", "v720", 0, "10.0.0.2")
    audience.heard("p3", "radio", "a128", 0, "10.0.0.2")
    assert audience.live_counts() == (LiveCount("radio", "a128", 1), LiveCount("tv", "v720", 2))
    clock.at = 30
    audience.heard("p2", "tv", "a64", 30, "10.0.0.2")
    audience.left("p1")
    assert audience.live_counts() == (LiveCount("radio", "a128", 1), LiveCount("tv", "a64", 1))
    clock.at = 30 + LIVE_S
    assert audience.live_counts() == (LiveCount("tv", "a64", 1),)
    clock.at += 0.1
    assert audience.live_counts() == ()


def test_an_hour_sums_what_was_heard_and_the_most_at_once(audience: Audience, clock: Clock) -> None:
    for at in (0, 30, 60):
        clock.at = at
        audience.heard("p1", "tv", "v720", 30, "10.0.0.1")
        if at:
            audience.heard("p2", "tv", "v720", 30, "10.0.0.2")
        audience.look()
    assert audience.take() == (Hour(HOUR, "tv", "v720", 60 + 30, 2),)
    assert audience.take() == ()


def test_what_could_not_be_recorded_is_added_later(audience: Audience, clock: Clock) -> None:
    audience.heard("p1", "tv", "v720", 0, "a")
    audience.look()
    clock.at = 30
    audience.heard("p1", "tv", "v720", 30, "a")
    audience.give_back(audience.take())
    clock.at = 60
    audience.heard("p1", "tv", "v720", 30, "a")
    assert audience.take() == (Hour(HOUR, "tv", "v720", 60, 1),)


@pytest.mark.parametrize(
    ("claimed", "waited", "credited"),
    [(30, 30, 30), (9999, 30, 31), (9999, 70, LONGEST_S), (-5, 30, 0), (12, 30, 12), (30, 0, 1)],
)
def test_nobody_is_credited_more_than_the_time_that_passed(
    audience: Audience, clock: Clock, claimed: int, waited: int, credited: int
) -> None:
    audience.heard("p1", "tv", "v720", 9999, "a")
    clock.at = waited
    audience.heard("p1", "tv", "v720", claimed, "a")
    assert sum(h.seconds for h in audience.take()) == credited


def test_unknown_channels_are_not_counted_and_unknown_qualities_have_one_name(audience: Audience) -> None:
    assert not audience.heard("p1", "tv2", "v720", 0, "a")
    assert audience.heard("p1", "tv", "<b>", 0, "a")
    assert audience.live_counts() == (LiveCount("tv", "lain", 1),)


def test_one_address_cannot_invent_an_audience(audience: Audience, clock: Clock) -> None:
    counted = sum(audience.heard(f"p{n}", "tv", "v720", 0, "10.0.0.1") for n in range(2 * BURST))
    assert counted == BURST
    assert audience.heard("q", "tv", "v720", 0, "10.0.0.2")
    for n in range(4000):
        clock.at += 0.016
        audience.heard(f"r{n}", "tv", "v720", 0, "10.0.0.1")
    assert audience.live_counts() == (LiveCount("tv", "v720", MOST_OF_ADDRESS + 1),)


def test_a_page_that_changes_its_network_counts_once(audience: Audience, clock: Clock) -> None:
    audience.heard("p1", "tv", "v720", 0, "10.0.0.1")
    clock.at = 30
    audience.heard("p1", "tv", "v720", 30, "10.0.0.2")
    assert audience.live_counts() == (LiveCount("tv", "v720", 1),)
    assert [h.seconds for h in audience.take()] == [30]


def test_streams_are_counted_by_their_connections(audience: Audience) -> None:
    audience.streams({"tv": 0, "radio": 3}, 30)
    audience.look()
    assert audience.live_counts() == (LiveCount("radio", "aliran", 3),)
    assert audience.take() == (Hour(HOUR, "radio", "aliran", 90, 3),)


def test_no_address_is_kept(audience: Audience) -> None:
    audience.heard("p1", "tv", "v720", 0, "203.0.113.77")
    assert "203.0.113.77" not in repr([*audience._addresses, *map(repr, audience._pages.values())])
