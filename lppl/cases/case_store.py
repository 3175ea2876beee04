"""Cases in the records: their history, only ever added to, and the state that lists and searches look at.

Two who change a case at once: the second one's event has a number that is taken, and they are told (optimistic
locking). Everything here happens in the caller's transaction, so that a case, its words and what is to be told of it
are kept together or not at all.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from lppl.cases.clocks import clocks, next_due
from lppl.cases.life import apply, replay
from lppl.cases.policy import Policies
from lppl.cases.tables import case_agencies, case_events, cases, reporters
from lppl.cases.triage.personal import SEALED_KINDS, without
from lppl.cases.triage.words import tokens
from lppl.cases.values import Act, CaseState, Event
from lppl.cases.working_days import Calendar
from lppl.errors import LpplError, NotThere
from lppl.intake.keyring import KeyGone, Keyring

TITLE = 120
TEXTS = ("text", "reason", "note", "missing", "to", "receiver")
"""Keys of an event's data that hold what somebody wrote; personal data in them is sealed."""


class NoCase(NotThere):
    """There is no such case."""

    def __init__(self) -> None:
        super().__init__("Aduan itu tidak ada.", "There is no such case.")


class CaseChanged(LpplError):
    """Somebody else did something with the case meanwhile; `events` are theirs."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = tuple(events)
        super().__init__(
            "Aduan ini baru saja diubah orang lain. Lihat perubahannya, lalu ulangi bila masih perlu.",
            "Somebody else has just changed this case. See what they did, then repeat yours if it is still needed.",
        )


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to be done with a case. `by`: the account that does it; None is the reporter, or the system."""

    act: Act
    data: Mapping[str, Any]
    by: int | None = None


@dataclass(frozen=True, slots=True)
class DeskRules:
    """By what clocks are told: dated policies, working days, the station's zone."""

    policies: Policies
    calendar: Calendar
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a case begins with. `title`, `text`: without personal data. `search`: folded words beside them."""

    code: str
    source: str
    reporter_id: int
    title: str
    text: str
    outside_ticket: str = ""


class CaseStore:
    """Writes cases in the caller's transaction."""

    def __init__(self, keyring: Keyring, rules: DeskRules) -> None:
        self._keyring, self.rules = keyring, rules

    async def begin(
        self, connection: AsyncConnection, new: NewCase, deeds: Sequence[Deed], now: datetime
    ) -> tuple[int, CaseState]:
        """Make a case; its first deed is ARRIVED. Return its number and state."""
        state, events = _applied(None, (), deeds, now)
        values = self._columns(state, events, now) | {
            "code": new.code, "source": new.source, "reporter_id": new.reporter_id, "title": new.title[:TITLE],
            "text": new.text, "arrived": now, "outside_ticket": new.outside_ticket,
        }  # fmt: skip
        values["search"] = searchable(values)
        number = await connection.scalar(insert(cases).values(values).returning(cases.c.id))
        assert number is not None
        await self._write(connection, number, new.reporter_id, events)
        return number, state

    async def append(
        self,
        connection: AsyncConnection,
        number: int,
        deeds: Sequence[Deed],
        now: datetime,
        *,
        expected: int | None = None,
    ) -> CaseState:
        """Add to a case's history; return its new state.

        `expected`: the newest event that the doer has seen; None for those who only add (a reporter's word).
        Raises NoCase, NotAllowed, CaseChanged.
        """
        row = (await connection.execute(select(cases).where(cases.c.id == number))).one_or_none()
        if row is None:
            raise NoCase
        past = await self.history(connection, number)
        if expected is not None and past and past[-1].seq != expected:
            raise CaseChanged([event for event in past if event.seq > expected])
        before = replay(past)
        state, events = _applied(before, past, deeds, now)
        values = self._columns(state, (*past, *events), now)
        values["search"] = searchable(dict(row._mapping) | values)
        try:
            await self._write(connection, number, row.reporter_id, events)
        except IntegrityError:
            raise CaseChanged(()) from None
        await connection.execute(update(cases).where(cases.c.id == number).values(values))
        await self._agencies(connection, number, before, state)
        return state

    async def history(self, connection: AsyncConnection, number: int) -> tuple[Event, ...]:
        """Return what was done with a case, oldest first; texts without personal data."""
        query = select(case_events).where(case_events.c.case_id == number).order_by(case_events.c.seq)
        return tuple(_event(row) for row in await connection.execute(query))

    async def originals(self, connection: AsyncConnection, number: int) -> Mapping[int, Mapping[str, str]]:
        """Return the texts of a case's events as written, by seq, where they held personal data."""
        query = (
            select(case_events.c.seq, case_events.c.sealed, reporters.c.wrapped)
            .join(cases, cases.c.id == case_events.c.case_id)
            .join(reporters, reporters.c.id == cases.c.reporter_id)
            .where(case_events.c.case_id == number, case_events.c.sealed.is_not(None))
        )
        found: dict[int, Mapping[str, str]] = {}
        for row in await connection.execute(query):
            try:
                found[row.seq] = json.loads(self._keyring.unwrapped(row.wrapped).opened(row.sealed))
            except KeyGone:
                continue  # erased
        return found

    def due(self, state: CaseState, events: Sequence[Event], now: datetime) -> tuple[datetime | None, str]:
        """Return the earliest duty of a case and the name of its clock."""
        if not state.open:
            return None, ""
        rules = self.rules
        found = next_due(clocks(events, rules.policies, rules.calendar, rules.zone, now))
        return (found.due, found.name.value) if found is not None else (None, "")

    # --- rows ---

    def _columns(self, state: CaseState, events: Sequence[Event], now: datetime) -> dict[str, Any]:
        due, clock = self.due(state, events, now)
        ticket = state.transfer.ticket if state.transfer is not None else ""
        return {
            "seq": state.seq, "status": state.status.value, "open": state.open,
            "case_class": state.case_class.value, "category": state.category, "visibility": state.visibility,
            "kelurahan": state.kelurahan, "latitude": state.latitude, "longitude": state.longitude,
            "heard": state.heard, "emergency": state.emergency, "handed_over": state.handed_over,
            "assigned": state.assigned, "merged_into": state.merged_into, "closed": state.closed, "due": due,
            "due_clock": clock, "changed": now, **({"outside_ticket": ticket[:80]} if ticket else {}),
        }  # fmt: skip

    async def _write(
        self, connection: AsyncConnection, number: int, reporter: int | None, events: Sequence[Event]
    ) -> None:
        wrapped = await connection.scalar(select(reporters.c.wrapped).where(reporters.c.id == reporter))
        rows = []
        for event in events:
            data, held = without_personal(event.data)
            sealed = None
            if held and wrapped is not None:
                sealed = self._keyring.unwrapped(wrapped).seal(json.dumps(held, ensure_ascii=False).encode())
            rows.append(
                {
                    "case_id": number, "seq": event.seq, "at": event.at, "act": event.act.value,
                    "by_account": event.by, "data": data, "sealed": sealed,
                }
            )  # fmt: skip
        await connection.execute(insert(case_events), rows)

    async def _agencies(self, connection: AsyncConnection, number: int, before: CaseState, after: CaseState) -> None:
        """Keep the table of who has the case now."""
        if before.agencies == after.agencies:
            return
        await connection.execute(delete(case_agencies).where(case_agencies.c.case_id == number))
        if after.agencies:
            rows = [
                {"case_id": number, "agency_id": a.agency, "state": a.state.value, "since": a.since}
                for a in after.agencies
            ]
            await connection.execute(insert(case_agencies), rows)


def without_personal(data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an event's data without personal data, and the texts as they were where something was taken out. Pure."""
    plain, held = dict(data), {}
    for key in TEXTS:
        written = data.get(key)
        if isinstance(written, str):
            safe: Any = without(written, SEALED_KINDS)
        elif isinstance(written, list | tuple):
            safe = [without(each, SEALED_KINDS) if isinstance(each, str) else each for each in written]
            written = list(written)
        else:
            continue
        if safe != written:
            plain[key], held[key] = safe, written
    return plain, held


def searchable(case: Mapping[str, Any]) -> str:
    """Return the words by which a case is found, with their stems: *lubang* finds *berlubang*. Pure."""
    parts = ("code", "title", "text", "category", "kelurahan", "outside_ticket")
    written = " ".join(str(case[p]) for p in parts if case.get(p)).casefold()[:20_000]
    stems = {t.stem for t in tokens(f"{case.get('title', '')} {case.get('text', '')}") if t.weighs}
    return " ".join([written, *sorted(stems - set(written.split()))])[:30_000]


def _applied(
    state: CaseState | None, past: Sequence[Event], deeds: Sequence[Deed], now: datetime
) -> tuple[CaseState, tuple[Event, ...]]:
    """Return the state after `deeds`, and their events. Raises NotAllowed."""
    seq, events = (past[-1].seq if past else 0), []
    at = max(now, past[-1].at) if past else now  # the clock may have been set back: history goes on
    for deed in deeds:
        seq += 1
        event = Event(seq, at, deed.act, deed.by, dict(deed.data))
        state = apply(state, event)
        events.append(event)
    assert state is not None
    return state, tuple(events)


def _event(row: Row[Any]) -> Event:
    return Event(row.seq, row.at, Act(row.act), row.by_account, row.data)
