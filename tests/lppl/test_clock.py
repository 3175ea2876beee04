"""The air clock never jumps, whatever happens to the computer's clock."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lppl.clock import BELIEVED_AFTER_MS, COARSE, COARSE_FROM_MS, FINE, AirClock, Anchor, begin, possible, steer
from lppl.quanta import AHEAD, QUANTUM_MS, Quanta, at_or_after, starting

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC).timestamp()
STEER_S = 5.0


@dataclass
class Computer:
    """Two clocks: one that only counts on, one that people and NTP set. Seconds."""

    wall: float = NOON
    mono: float = 1_000.0

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.mono += seconds

    def clock(self, journal_end: Quanta | None = None) -> AirClock:
        return AirClock(journal_end, lambda: self.wall, lambda: self.mono)


def live(computer: Computer, clock: AirClock, seconds: float) -> float:
    """Let time pass, steering as the station does; return the largest deviation of the pace from 1."""
    worst = 0.0
    for _ in range(round(seconds / STEER_S)):
        before = clock.now_ms()
        computer.pass_(STEER_S)
        here = clock.now_ms()
        clock.steer()
        assert clock.now_ms() == pytest.approx(here, abs=0.01), "steering itself moves nothing"
        worst = max(worst, abs((here - before) / 1000 / STEER_S - 1))
    return worst


def test_it_counts_quanta_from_the_epoch() -> None:
    computer = Computer()
    clock = computer.clock()
    assert clock.credible
    assert starting(clock.now()) == datetime(2026, 5, 1, 12, tzinfo=UTC)
    computer.pass_(0.319)
    assert starting(clock.now()) == datetime(2026, 5, 1, 12, tzinfo=UTC)
    computer.pass_(0.002)
    assert clock.now() == at_or_after(datetime(2026, 5, 1, 12, tzinfo=UTC)) + 1


@pytest.mark.parametrize("step", [-3600.0, -30.0, -1.0, -0.2, 0.2, 1.0, 30.0, 3600.0, 7 * 3600.0])
def test_a_step_of_the_wall_clock_is_no_step_of_the_air(step: float) -> None:
    """Also a step forward by an hour is not followed by a jump: it is taken up at one per cent, and it is said."""
    computer = Computer()
    clock = computer.clock()
    live(computer, clock, 60)
    before = clock.now_ms()
    computer.wall += step
    clock.steer()
    assert clock.now_ms() == pytest.approx(before, abs=0.01)
    assert clock.offset_ms == pytest.approx(1000 * step, abs=1)
    assert live(computer, clock, 60) <= (COARSE if abs(step) >= 1 else FINE) + 1e-9
    assert abs(clock.offset_ms) < 1000 * abs(step), "it is drawn there"
    # until there, and it stays there
    live(computer, clock, min(abs(step) / COARSE, 4_000) + 2_500)
    if abs(step) <= 30:
        assert abs(clock.offset_ms) < 50
        assert live(computer, clock, 600) < FINE
        assert abs(clock.offset_ms) < 1


def test_the_last_second_of_an_error_is_taken_up_so_slowly_that_no_ear_hears_it() -> None:
    anchor = steer(Anchor(0.0, 0.0), 0.0, COARSE_FROM_MS - 1, trusted=True)
    assert anchor.rate == FINE
    assert steer(anchor, 0.0, COARSE_FROM_MS, trusted=True).rate == COARSE


def test_it_never_begins_before_the_journals_end() -> None:
    """The clock was 20 s ahead when the journal was written: no quantum airs twice."""
    computer = Computer()
    end = Quanta(at_or_after(datetime.fromtimestamp(NOON, UTC)) + 62)
    clock = computer.clock(end)
    assert clock.now() == end
    assert clock.credible, "20 s is no reason for doubt"
    live(computer, clock, 4_000)
    assert abs(clock.offset_ms) < 50


def test_after_an_outage_it_begins_at_wall_time() -> None:
    clock = Computer().clock(Quanta(at_or_after(datetime.fromtimestamp(NOON, UTC)) - 9_000))
    assert clock.offset_ms == pytest.approx(0, abs=1)


def test_without_a_credible_time_air_goes_on_from_the_journal() -> None:
    """A dead battery: the computer believes it is 2000. Air goes on at its own pace until the clock is set."""
    computer = Computer(wall=datetime(2000, 1, 1, tzinfo=UTC).timestamp())
    end = at_or_after(datetime(2026, 5, 1, 12, tzinfo=UTC))
    clock = computer.clock(end)
    assert not clock.credible
    assert clock.now() == end
    assert live(computer, clock, 3_600) < 1e-9, "a clock without credit does not draw"
    assert not clock.credible, "not even after an hour"
    assert clock.now() == end + 11_250
    # NTP sets it, two minutes on: the outage comes to light and is taken up
    computer.wall = datetime(2026, 5, 1, 13, 2, tzinfo=UTC).timestamp()
    before = clock.now_ms()
    clock.steer()
    assert clock.credible
    assert clock.now_ms() == pytest.approx(before, abs=0.01)
    assert live(computer, clock, 60) <= COARSE + 1e-9


def test_without_any_journal_and_time_it_airs_all_the_same() -> None:
    computer = Computer(wall=0.0)
    clock = computer.clock()
    assert not clock.credible
    assert live(computer, clock, 60) < 1e-9
    assert clock.now() == 60_000 // QUANTUM_MS


def test_a_clock_behind_the_journal_is_believed_when_it_stays_there() -> None:
    """The journal was written seven hours ahead (a clock on local time read as UTC). NTP would have set it by now."""
    computer = Computer()
    end = Quanta(at_or_after(datetime.fromtimestamp(NOON, UTC)) + 7 * 11_250)
    clock = computer.clock(end)
    assert not clock.credible
    assert live(computer, clock, BELIEVED_AFTER_MS / 1000 - STEER_S) < 1e-9
    assert not clock.credible
    live(computer, clock, 2 * STEER_S)
    assert clock.credible
    before = clock.offset_ms
    assert live(computer, clock, 600) <= COARSE + 1e-9
    assert abs(clock.offset_ms) < abs(before)


def test_followed_it_goes_forward_only() -> None:
    computer = Computer(wall=0.0)
    clock = computer.clock(at_or_after(datetime(2026, 5, 1, 12, tzinfo=UTC)))
    computer.wall = NOON + 3_600
    clock.steer()
    clock.follow()
    assert clock.offset_ms == pytest.approx(0, abs=1)
    before = clock.now_ms()
    computer.wall -= 7_200
    clock.follow()
    assert clock.now_ms() == pytest.approx(before, abs=0.01)


def test_a_clock_that_loses_its_year_on_air_is_not_followed() -> None:
    computer = Computer()
    clock = computer.clock()
    computer.wall = 0.0
    assert live(computer, clock, 60) < 1e-9
    assert clock.offset_ms < -1e9, "and it shows"


@given(
    errors=st.lists(st.integers(-10_000_000, 10_000_000), min_size=1, max_size=20),
    spans=st.lists(st.integers(0, 100_000), min_size=20, max_size=20),
    trusted=st.booleans(),
)
@settings(deadline=None)
def test_steering_is_continuous_and_bounded(errors: list[int], spans: list[int], trusted: bool) -> None:
    anchor, mono = Anchor(0.0, NOON * 1000), 0.0
    for error, span in zip(errors, spans, strict=False):
        mono += span
        after = steer(anchor, mono, anchor.at(mono) + error, trusted=trusted)
        error = after.at(mono) + error - after.at(mono)  # as it reads in ms since 1970
        assert after.at(mono) == anchor.at(mono)
        assert after.at(mono + 1000) > after.at(mono)
        assert abs(after.rate) <= (COARSE if abs(error) >= COARSE_FROM_MS else FINE)
        assert (after.rate == 0) if not trusted or error == 0 else (after.rate > 0) == (error > 0)
        # never past the mark before it is steered again
        assert abs(after.rate) * STEER_S * 1000 <= abs(error) + 1e-6
        anchor = after


@given(st.floats(0, 4e12), st.none() | st.integers(0, 12_500_000_000))
def test_it_begins_at_wall_time_or_where_a_journal_from_the_future_ends(wall: float, end: int | None) -> None:
    anchor, credible = begin(5.0, wall, None if end is None else Quanta(end))
    journal_end = (end or 0) * QUANTUM_MS
    assert anchor.at(5.0) == (wall if wall >= journal_end - AHEAD * QUANTUM_MS else journal_end)
    assert not credible or possible(wall)


def test_restarts_do_not_carry_the_clock_forward() -> None:
    """A crash loop: each run commits up to AHEAD and is killed; air time stays wall time."""
    wall = NOON * 1000.0
    end = Quanta(int(wall // QUANTUM_MS))
    for _ in range(100):
        anchor, credible = begin(0.0, wall, end)
        assert credible
        assert anchor.at(0.0) == wall
        end = Quanta(int(wall // QUANTUM_MS) + AHEAD)
        wall += 700.0


@given(st.integers(0, 10_000), st.floats(-60, 60))
def test_until_is_when_the_quantum_begins(ahead: int, error: float) -> None:
    computer = Computer()
    clock = computer.clock()
    computer.wall += error
    clock.steer()
    q = Quanta(clock.now() + 1 + ahead)
    wait = clock.until(q)
    computer.pass_(wait - 1e-6)
    assert clock.now() == q - 1
    computer.pass_(1e-5)
    assert clock.now() == q
