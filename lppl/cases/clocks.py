"""The clocks of a case: every duty with a start, rests and a due moment, replayed from the events and explained.

Nothing is stored and nothing ticks: :func:`clocks` is a function of what was done, the policy in force on the day of
arrival, the calendar and `now`. Therefore an edit is never taken for an answer, and no clock is left over.

- A period of n working days starts the day after it began and ends with the last moment of the n-th working day.
- A rest moves the due day by the working days in it, and at least to the first working day on or after its end. A rest
  that begins when the clock is late already moves nothing.
- What a clock came to, once it ended, never changes. A case taken back from a transfer, or opened again, has a new
  RESOLVE clock, whose `why` goes on from the old one; taken back, it also has the old start.
- An extension (PPID) after the due moment moves nothing. The answer to an objection is the decision: DONE or REJECTED.
- AUTO_CLOSE runs after an answer while no agency still owes one: what somebody works on is not closed by itself.
- When the station's clock was set back, an event counts as not earlier than the one before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lppl.cases import clock_words as words
from lppl.cases.clock_values import Clock, ClockName, ClockState, Step, next_due, overdue, wait_over
from lppl.cases.clock_words import Said
from lppl.cases.life import apply
from lppl.cases.policy import Policies, Policy
from lppl.cases.values import Act, CaseClass, CaseState, Event, Status
from lppl.cases.working_days import Calendar, end_of

__all__ = ["Clock", "ClockName", "ClockState", "Step", "clocks", "next_due", "overdue", "wait_over"]

_DUE: Mapping[ClockName, Said] = {
    ClockName.AUTO_CLOSE: ("boleh ditutup sesudah", "may be closed after"),
    ClockName.COMPLETE: ("boleh diarsipkan sesudah", "may be archived after"),
}


def clocks(
    events: Iterable[Event], policies: Policies, calendar: Calendar, zone: ZoneInfo, now: datetime
) -> tuple[Clock, ...]:
    """Return all clocks of a case as they stand at `now` (aware), in the order in which they started.

    `events`: all of them, in order; raises NotAllowed for a history that could not have been. `zone`: the station's.
    """
    replaying = _Replay(policies, calendar, zone)
    state: CaseState | None = None
    for event in events:
        after = apply(state, event)
        replaying.follow(state, after, event)
        state = after
    return replaying.shown(now)


@dataclass(slots=True)
class _Hand:
    """A clock while it is being replayed."""

    name: ClockName
    agency: int | None
    started: datetime
    days: int
    basis: Said
    rests: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    why: list[Step] = field(default_factory=list)
    ended: datetime | None = None
    outcome: ClockState | None = None

    @property
    def resting(self) -> bool:
        return bool(self.rests) and self.rests[-1][1] is None


class _Replay:
    """Follows a case through its events, and keeps its clocks."""

    def __init__(self, policies: Policies, calendar: Calendar, zone: ZoneInfo) -> None:
        self._policies, self._calendar, self._zone = policies, calendar, zone
        self._policy: Policy = policies.table[0]
        self._hands: list[_Hand] = []
        self._running: dict[tuple[ClockName, int | None], _Hand] = {}
        self._at: datetime | None = None
        self._extension = 0  # working days that were added to the RESOLVE that runs, or did before the transfer
        self._away: _Hand | None = None  # the RESOLVE that a transfer made void

    # --- what each event means ---

    def follow(self, before: CaseState | None, after: CaseState, event: Event) -> None:
        """Move the clocks by one event, which led from `before` to `after`."""
        at = self._at = event.at if self._at is None else max(self._at, event.at)
        if before is None:
            self._policy = self._policies.at(self._day(at))
            self._start(ClockName.VERIFY, at, self._policy.verify_days, "verify_days", _cause(event), after)
            self._start_resolve(at, _cause(event), after)
            return
        if before.status is Status.INCOMPLETE and after.status is not Status.INCOMPLETE:
            self._stop_waiting(at, event.act)
        match event.act:
            case Act.ADDED if not event.data.get("withdrawn"):
                self._void(ClockName.AUTO_CLOSE, at, event.act)
            case Act.CLASSIFIED:
                self._reclassify(at, after)
            case Act.ASKED:
                self._ask(at, before, after, event)
            case Act.VERIFIED | Act.FORWARDED:
                self._pass_on(at, before, after, event)
            case Act.ANSWERED:
                self._answer(at, after, event)
            case Act.RETURNED:
                self._void(ClockName.FIRST_ANSWER, at, event.act, event.data["agency"])
            case Act.TRANSFERRED:
                self._transfer(at, after, event)
            case Act.HEARD:
                self._finish(ClockName.TRANSFER, at, event.act)
                if not event.data.get("final"):
                    self._start_transfer(at, _cause(event), after)
            case Act.MERGED:
                self._void_all(at, event.act)
            case Act.DONE | Act.REJECTED | Act.ARCHIVED:
                self._close(at, event.act)
            case Act.REOPENED:
                self._reopen(at, after, event)
            case Act.EXTENDED:
                self._extend(at, after)
            case Act.OBJECTED:
                self._void(ClockName.AUTO_CLOSE, at, event.act)
                days = self._policy.objection_days
                self._start(ClockName.OBJECTION, at, days, "objection_days", _cause(event), after)

    def _ask(self, at: datetime, before: CaseState, after: CaseState, event: Event) -> None:
        self._void(ClockName.AUTO_CLOSE, at, event.act)
        self._void(ClockName.COMPLETE, at, event.act)
        if before.status is not Status.INCOMPLETE:
            for name in (ClockName.VERIFY, ClockName.RESOLVE):
                if hand := self._running.get((name, None)):
                    hand.rests.append((at, None))
                    hand.why.append(Step(at, *words.resting(self._day(at))))
        self._start(ClockName.COMPLETE, at, self._policy.complete_days, "complete_days", _cause(event), after)

    def _stop_waiting(self, at: datetime, act: Act) -> None:
        """End the rests; what the reporter was asked for has come, or is not waited for any more."""
        for hand in self._running.values():
            if hand.resting:
                since = hand.rests.pop()[0]
                moved = self._rest(hand, since, at)
                hand.why.append(Step(at, *words.rested(self._day(at), moved, self._end(hand))))
        (self._finish if act is Act.ADDED else self._void)(ClockName.COMPLETE, at, act)

    def _pass_on(self, at: datetime, before: CaseState, after: CaseState, event: Event) -> None:
        self._finish(ClockName.VERIFY, at, event.act)
        if before.status is Status.TRANSFERRED:
            self._take_back(at, after, event.act)
        if event.act is Act.FORWARDED:
            self._void(ClockName.AUTO_CLOSE, at, event.act)
            days = self._policy.first_answer_days
            for agency in event.data["agencies"]:
                cause = f"Diteruskan ke {agency['name']}", f"Forwarded to {agency['name']}"
                self._start(ClockName.FIRST_ANSWER, at, days, "first_answer_days", cause, after, agency["id"])

    def _answer(self, at: datetime, after: CaseState, event: Event) -> None:
        agency = event.data.get("agency")
        if agency is not None:
            self._finish(ClockName.FIRST_ANSWER, at, event.act, agency)
        self._void(ClockName.AUTO_CLOSE, at, event.act)
        verified = after.status in (Status.VERIFIED, Status.FORWARDED, Status.IN_PROGRESS)
        if verified and after.objected is None and not any(a.pending for a in after.agencies):
            days = self._policy.auto_close_days
            self._start(ClockName.AUTO_CLOSE, at, days, "auto_close_days", _cause(event), after)

    def _transfer(self, at: datetime, after: CaseState, event: Event) -> None:
        self._finish(ClockName.VERIFY, at, event.act)
        self._away = self._running.get((ClockName.RESOLVE, None)) or self._away  # given on twice: the first one counts
        self._void_all(at, event.act)
        cause = f"Dialihkan ke {event.data['receiver']}", f"Transferred to {event.data['receiver']}"
        self._start_transfer(at, cause, after)

    def _take_back(self, at: datetime, after: CaseState, act: Act) -> None:
        self._void(ClockName.TRANSFER, at, act)
        old, self._away = self._away, None
        assert old is not None and old.ended is not None  # a transfer made it void
        days, basis = self._resolve_days(after)
        hand = _Hand(ClockName.RESOLVE, None, old.started, days, basis, list(old.rests), list(old.why))
        moved = self._rest(hand, old.ended, at)
        hand.why.append(Step(at, *words.taken_back(self._day(at), moved, self._end(hand))))
        self._add(hand)

    def _close(self, at: datetime, act: Act) -> None:
        for name in (ClockName.VERIFY, ClockName.RESOLVE, ClockName.OBJECTION):
            self._finish(name, at, act)
        waiting = self._running.get((ClockName.AUTO_CLOSE, None))
        if waiting is not None and at > self._due(waiting, at):
            self._finish(ClockName.AUTO_CLOSE, at, act)
        self._void_all(at, act)

    def _reopen(self, at: datetime, after: CaseState, event: Event) -> None:
        old = next(hand for hand in reversed(self._hands) if hand.name is ClockName.RESOLVE)
        self._extension, self._away = 0, None
        self._start_resolve(at, _cause(event), after, old.why)

    def _reclassify(self, at: datetime, after: CaseState) -> None:
        hand = self._running.get((ClockName.RESOLVE, None))
        days, basis = self._resolve_days(after)
        if hand is None or (days, basis) == (hand.days, hand.basis):
            return
        hand.days, hand.basis = days, basis
        said = words.reclassified(after.case_class, self._day(at), self._day(hand.started), self._counting(hand, at))
        hand.why.append(Step(at, *said))

    def _extend(self, at: datetime, after: CaseState) -> None:
        hand = self._running.get((ClockName.RESOLVE, None))
        if hand is None:
            return
        if at > self._due(hand, at):
            hand.why.append(Step(at, *words.extended_too_late(self._day(at))))
            return
        self._extension = self._policy.ppid_extension
        hand.days, hand.basis = self._resolve_days(after)
        said = words.extended(self._extension, self._day(at), self._counting(hand, at))
        hand.why.append(Step(at, *said))

    # --- starting and ending ---

    def _resolve_days(self, after: CaseState) -> tuple[int, Said]:
        days = self._policy.resolve_days[after.case_class]
        if after.case_class is CaseClass.PPID:
            days += self._extension
        return days, self._policy.basis(f"resolve_days.{after.case_class}", after.case_class)

    def _start_resolve(self, at: datetime, cause: Said, after: CaseState, before: Sequence[Step] = ()) -> None:
        days, _ = self._resolve_days(after)
        self._start(ClockName.RESOLVE, at, days, f"resolve_days.{after.case_class}", cause, after, before=before)

    def _start_transfer(self, at: datetime, cause: Said, after: CaseState) -> None:
        self._start(ClockName.TRANSFER, at, self._policy.transfer_days, "transfer_days", cause, after)

    def _start(
        self,
        name: ClockName,
        at: datetime,
        days: int,
        source: str,
        cause: Said,
        after: CaseState,
        agency: int | None = None,
        before: Sequence[Step] = (),
    ) -> None:
        hand = _Hand(name, agency, at, days, self._policy.basis(source, after.case_class), why=list(before))
        hand.why.append(Step(at, *words.started(cause, self._day(at), self._counting(hand, at))))
        self._add(hand)

    def _add(self, hand: _Hand) -> None:
        self._hands.append(hand)
        self._running[hand.name, hand.agency] = hand

    def _finish(self, name: ClockName, at: datetime, act: Act, agency: int | None = None) -> None:
        """End a clock, if it runs, because what it waited for has come."""
        hand = self._running.pop((name, agency), None)
        if hand is None:
            return
        late = self._lateness(hand, at) if name.duty else None
        hand.ended, hand.outcome = at, ClockState.MET if late is None else ClockState.LATE
        day = self._day(at)
        hand.why.append(Step(at, *(words.finished(act, day, late) if name.duty else words.wait_over(act, day))))

    def _void(self, name: ClockName, at: datetime, act: Act, agency: int | None = None) -> None:
        """End a clock, if it runs, because nothing is waited for any more."""
        hand = self._running.pop((name, agency), None)
        if hand is None:
            return
        hand.ended, hand.outcome = at, ClockState.VOID
        late = self._lateness(hand, at) if name.duty else None
        hand.why.append(Step(at, *words.voided(act, self._day(at), late)))

    def _void_all(self, at: datetime, act: Act) -> None:
        for name, agency in tuple(self._running):
            self._void(name, at, act, agency)

    # --- counting ---

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def _due_day(self, hand: _Hand, until: datetime) -> date:
        """Return the local day that a clock is due; `until`: where a rest that goes on is taken to end."""
        start, total = self._day(hand.started), hand.days
        for since, end in hand.rests:
            first, last = self._day(since), self._day(max(since, until) if end is None else end)
            if first > self._calendar.add(start, total):
                continue  # late by then
            total += self._calendar.working_between(first, last)
            # from Friday to Sunday no working day went by, yet nobody is late for having waited
            total = max(total, self._calendar.working_between(start, last - timedelta(days=1)) + 1)
        return self._calendar.add(start, total)

    def _due(self, hand: _Hand, until: datetime) -> datetime:
        return end_of(self._due_day(hand, until), self._zone)

    def _rest(self, hand: _Hand, since: datetime, until: datetime) -> int:
        """Add a rest that is over; return by how many working days the due day moved."""
        before = self._due_day(hand, until)
        hand.rests.append((since, until))
        return self._calendar.working_between(before, self._due_day(hand, until))

    def _lateness(self, hand: _Hand, at: datetime) -> int | None:
        """Return by how many working days a clock is late; None when it is not."""
        if at <= self._due(hand, at):
            return None
        return self._calendar.working_between(self._due_day(hand, at), self._day(at))

    # --- showing ---

    def _end(self, hand: _Hand, until: datetime | None = None) -> Said:
        due = words.full(self._due_day(hand, until or hand.started))
        before = _DUE.get(hand.name, ("tenggat", "due"))
        return f"{before[0]} {due[0]}", f"{before[1]} {due[1]}"

    def _counting(self, hand: _Hand, until: datetime) -> Said:
        start, due = self._day(hand.started), self._due_day(hand, until)
        resting = self._calendar.working_between(start, due) - hand.days
        free = words.uncounted(self._calendar, start, due)
        return words.counted(hand.days, resting, hand.basis, free, self._end(hand, until))

    def shown(self, now: datetime) -> tuple[Clock, ...]:
        """Return all clocks as they stand at `now`, or at the last event where that is later."""
        now = now if self._at is None else max(now, self._at)
        return tuple(self._shown(hand, now) for hand in self._hands)

    def _shown(self, hand: _Hand, now: datetime) -> Clock:
        until = hand.ended or now
        late, why = self._lateness(hand, until), list(hand.why)
        state = hand.outcome or (ClockState.RESTING if hand.resting else ClockState.RUNNING)
        due = self._due(hand, until)
        if late is not None and hand.ended is None and hand.name.duty:
            why.append(Step(now, *words.overdue(self._due_day(hand, until), self._day(now), late)))
        return Clock(
            hand.name, hand.agency, hand.started, hand.days, due, hand.ended, state, late is not None,
            tuple(hand.rests), tuple(why),
        )  # fmt: skip


def _cause(event: Event) -> Said:
    return event.act.label, event.act.english
