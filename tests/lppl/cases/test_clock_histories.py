"""What holds for the clocks of any life that a case may have."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from lppl.cases.clocks import Clock, ClockName, ClockState, next_due, overdue
from lppl.cases.life import Act, Event, Status, allowed, replay
from tests.lppl.cases.histories import CALENDAR, WIB, clocks_of, good_data, histories

EDITS = (Act.CLASSIFIED, Act.CATEGORISED, Act.NOTED, Act.PLACED, Act.ASSIGNED, Act.SHOWN)
LATER = st.integers(0, 24 * 400).map(lambda hours: timedelta(hours=hours))
FEW = settings(max_examples=60)


def running(found: tuple[Clock, ...]) -> list[Clock]:
    return [c for c in found if c.ended is None]


def at(events: list[Event], later: timedelta) -> datetime:
    return events[-1].at + later


@FEW
@given(events=histories(), later=LATER)
def test_everything_is_due_at_the_end_of_a_working_day_after_its_start(events: list[Event], later: timedelta) -> None:
    for clock in clocks_of(events, at(events, later)):
        due = clock.due.astimezone(WIB)
        assert CALENDAR.is_working(due.date())
        assert (due.hour, due.minute, due.second, due.microsecond) == (23, 59, 59, 999_999)
        assert due.date() > clock.started.astimezone(WIB).date()
        unrested = CALENDAR.deadline(clock.started, clock.days, WIB)
        assert clock.due >= unrested  # a rest never makes it due earlier
        assert clock.rests or clock.due == unrested
        assert clock.why


@FEW
@given(events=histories(), later=LATER)
def test_a_state_says_how_it_ended(events: list[Event], later: timedelta) -> None:
    now = at(events, later)
    for clock in clocks_of(events, now):
        until = clock.ended or now
        assert clock.passed == (until > clock.due)
        assert (clock.ended is None) == (clock.state in (ClockState.RUNNING, ClockState.RESTING))
        if clock.state is ClockState.LATE:
            assert clock.late
        if clock.state is ClockState.MET and clock.name.duty:
            assert not clock.passed
        assert (clock.state is ClockState.RESTING) == bool(clock.rests and clock.rests[-1][1] is None)
        if clock.state is ClockState.RESTING and clock.late:
            assert clock.rests[-1][0] > clock.due  # late before the wait, never by it


@FEW
@given(events=histories(), later=LATER, even_later=LATER)
def test_what_ended_stays_as_it_ended(events: list[Event], later: timedelta, even_later: timedelta) -> None:
    whole = clocks_of(events, at(events, later + even_later))
    for count in range(1, len(events)):
        for before, after in zip(clocks_of(events[:count], at(events[:count], later)), whole, strict=False):
            assert (before.name, before.agency, before.started) == (after.name, after.agency, after.started)
            if before.ended is not None:
                assert before == after


@FEW
@given(events=histories(), edits=st.lists(st.sampled_from(EDITS), min_size=1, max_size=4), data=st.data())
def test_no_edit_ends_anything(events: list[Event], edits: list[Act], data: st.DataObject) -> None:
    edited, now = list(events), at(events, timedelta(days=30))
    for act in edits:
        state = replay(edited)
        if act in allowed(state):
            draw = data.draw
            edited.append(Event(state.seq + 1, events[-1].at, act, 5, good_data(draw, state, act)))  # type: ignore[arg-type]
    before, after = clocks_of(events, now), clocks_of(edited, now)
    assert [(c.name, c.agency, c.ended) for c in before] == [(c.name, c.agency, c.ended) for c in after]
    answers = [[c for c in found if c.name is not ClockName.RESOLVE] for found in (before, after)]
    assert answers[0] == answers[1]  # a class only changes RESOLVE


@FEW
@given(events=histories())
def test_only_the_agencys_own_answer_is_a_first_answer(events: list[Event]) -> None:
    answers = {(e.data.get("agency"), e.at) for e in events if e.act is Act.ANSWERED}
    for clock in clocks_of(events, at(events, timedelta())):
        if clock.name is ClockName.FIRST_ANSWER and clock.state in (ClockState.MET, ClockState.LATE):
            assert (clock.agency, clock.ended) in answers


@FEW
@given(events=histories(), later=LATER)
def test_no_deadline_without_an_owner_and_none_after_the_end(events: list[Event], later: timedelta) -> None:
    for count in range(1, len(events) + 1):
        state, found = replay(events[:count]), clocks_of(events[:count], at(events, later))
        duties = [c for c in running(found) if c.name.duty]
        names = {c.name for c in duties}
        assert bool(duties) == state.open
        assert state.open or not running(found)
        assert (ClockName.TRANSFER in names) == (state.status is Status.TRANSFERRED)
        if state.status is Status.TRANSFERRED:
            assert [c.state for c in duties] == [ClockState.RUNNING]
        assert (ClockName.OBJECTION in names) == (state.objected is not None)
        assert {c.agency for c in duties if c.name is ClockName.FIRST_ANSWER} == {
            a.agency for a in state.agencies if a.pending
        }
        assert any(c.state is ClockState.RESTING for c in duties) <= (state.status is Status.INCOMPLETE)
        keys = [(c.name, c.agency) for c in running(found)]
        assert len(keys) == len(set(keys))


@FEW
@given(events=histories(), later=LATER)
def test_lists_are_sorted_by_what_runs(events: list[Event], later: timedelta) -> None:
    now = at(events, later)
    found = clocks_of(events, now)
    first = next_due(found)
    duties = [c for c in found if c.state is ClockState.RUNNING and c.name.duty]
    assert (first is None) == (not duties)
    assert all(first.due <= c.due for c in duties if first is not None)
    assert all(c.due < now and c.ended is None and c.name.duty for c in overdue(found))
    assert found == clocks_of(list(events), now)
