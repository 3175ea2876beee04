"""The complaint desk: the queue, a case with everything that belongs to it, and what staff do with it.

What is done with a case stands in its own history, with who did it. The audit log has what the history cannot show:
who opened a name or a number, and why.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lppl.audit import Actor, AuditLog
from lppl.cases import queue
from lppl.cases.case_store import CaseStore, Deed, NewCase, NoCase
from lppl.cases.clocks import clocks
from lppl.cases.life import allowed, replay
from lppl.cases.queue import Found, Wanted
from lppl.cases.tables import agencies, arrivals, cases, enclosures, reporters, words
from lppl.cases.values import Act, CaseState, NotAllowed
from lppl.database import READS
from lppl.desk.case_views import CaseLine, CaseView, EnclosureView, ReporterView, WordView, masked
from lppl.errors import LpplError, NotThere
from lppl.events import Bus, CaseChanged
from lppl.intake.codes import new_code, read_code
from lppl.intake.forgetting import NoReporter, forget
from lppl.intake.keyring import KeyGone
from lppl.intake.numbers import international
from lppl.intake.reception import Reception
from lppl.tables import accounts

BY_REPORTERS = frozenset({Act.ARRIVED, Act.ADDED, Act.JOINED, Act.MERGED, Act.SPLIT, Act.SPLIT_OFF})
"""What happens by itself, or by an operation of its own; nobody does it by hand."""


class NoEnclosure(NotThere):
    """There is no such enclosure, or not in that form."""

    def __init__(self) -> None:
        super().__init__("Lampiran itu tidak ada.", "There is no such enclosure.")


class NotTogether(LpplError):
    """Two cases cannot be merged."""

    def __init__(self) -> None:
        super().__init__("Aduan tidak dapat digabung dengan dirinya.", "A case cannot be merged with itself.")


class NothingLeft(LpplError):
    """A split that would leave a case, or the new one, without a word."""

    def __init__(self) -> None:
        super().__init__(
            "Pilih sebagian pesan saja: kedua aduan harus punya sedikitnya satu pesan.",
            "Choose some of the messages: both cases need at least one.",
        )


class CaseDesk:
    """One of a process. `store` writes histories by the desk's rules."""

    def __init__(self, reception: Reception, store: CaseStore, audit: AuditLog, bus: Bus) -> None:
        self._reception, self._store, self._audit, self._bus = reception, store, audit, bus
        self._engine = reception.engine
        self._reading = self._engine.execution_options(**READS)

    # --- looking ---

    async def page(self, wanted: Wanted, now: datetime) -> tuple[Sequence[CaseLine], str]:
        """Return a page of cases, and what leads to the next."""
        async with self._reading.connect() as connection:
            found = await self.found(connection, wanted, now)
        return [_line(row, now) for row in found.rows], found.after

    async def count(self, wanted: Wanted, now: datetime) -> int:
        """Return how many there are; over :data:`lppl.cases.queue.COUNT_MOST` nobody counts."""
        async with self._reading.connect() as connection:
            return await queue.count(connection, wanted, now)

    async def found(self, connection: AsyncConnection, wanted: Wanted, now: datetime, limit: int = queue.PAGE) -> Found:
        """Find rows of cases by words, a page of them; a code and a telephone number are looked up as such."""
        written = wanted.words.strip()
        if code := read_code(written):
            rows = (await connection.execute(select(cases).where(cases.c.code == code))).all()
            if rows:
                return Found(rows, "")
        kind = "phone" if international(written) else "email" if "@" in written else ""
        if kind:
            people = await self._reception.reporters.by_fact(connection, kind, written)
            if people:
                theirs = Wanted(reporters=people, newest_first=True, after=wanted.after)
                return await queue.find(connection, theirs, now, limit)
        return await queue.find(connection, wanted, now, limit)

    async def one(self, number: int, now: datetime) -> CaseView:
        """Return a case with all that belongs to it. Raises NoCase."""
        async with self._reading.connect() as connection:
            row = (await connection.execute(select(cases).where(cases.c.id == number))).one_or_none()
            if row is None:
                raise NoCase
            events = await self._store.history(connection, number)
            state = replay(events)
            said = await self._words(connection, (number, *state.joined))
            reporter = await self._reporter(connection, row.reporter_id)
            names = await self._names(connection, {e.by for e in events if e.by} | {row.assigned or 0})
            others = await self._codes(connection, {int(e.data["case"]) for e in events if "case" in e.data})
        rules = self._store.rules
        told = clocks(events, rules.policies, rules.calendar, rules.zone, now)
        return CaseView(
            _line(row, now), row.text, state, events, said, reporter, told, allowed(state) - BY_REPORTERS, names, others
        )

    async def _words(self, connection: AsyncConnection, numbers: Sequence[int]) -> list[WordView]:
        """Return the words of cases, oldest first: of one, and of those that were merged into it."""
        query = select(words).where(words.c.case_id.in_(numbers)).order_by(words.c.said, words.c.id)
        rows = (await connection.execute(query)).all()
        belonging = select(enclosures).where(enclosures.c.word_id.in_([r.id for r in rows]))
        kept: dict[int, list[EnclosureView]] = {}
        for e in await connection.execute(belonging.order_by(enclosures.c.id)):
            view = EnclosureView(e.id, e.kind, e.state, e.content_type, e.size, e.parts, e.outcome)
            kept.setdefault(e.word_id, []).append(view)
        replaced = {r.corrects for r in rows if r.corrects}
        return [
            WordView(r.id, r.said, r.source, r.text, r.key in replaced, r.withdrawn, kept.get(r.id, ())) for r in rows
        ]

    async def _reporter(self, connection: AsyncConnection, number: int | None) -> ReporterView | None:
        row = (await connection.execute(select(reporters).where(reporters.c.id == number))).one_or_none()
        if row is None:
            return None
        try:
            facts = await self._reception.reporters.facts(connection, row.id)
        except KeyGone:
            facts = {}
        theirs = await connection.scalar(select(func.count()).where(cases.c.reporter_id == row.id))
        return masked(row.id, facts, row, max(0, int(theirs or 0) - 1))

    async def _names(self, connection: AsyncConnection, numbers: set[int]) -> dict[int, str]:
        query = select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(numbers))
        return {row.id: row.name for row in await connection.execute(query)}

    async def _codes(self, connection: AsyncConnection, numbers: set[int]) -> dict[int, str]:
        query = select(cases.c.id, cases.c.code).where(cases.c.id.in_(numbers))
        return {row.id: row.code for row in await connection.execute(query)}

    # --- opening what is personal ---

    async def unmask(self, number: int, reason: str, actor: Actor, now: datetime) -> Mapping[str, Any]:
        """Return a reporter's facts and the words as they were written; that they were opened is put on record first.

        Raises NoCase, KeyGone when they were erased.
        """
        async with self._reading.connect() as connection:
            row = (await connection.execute(select(cases).where(cases.c.id == number))).one_or_none()
            if row is None:
                raise NoCase
            wrapped = await connection.scalar(select(reporters.c.wrapped).where(reporters.c.id == row.reporter_id))
            key = self._reception.keyring.unwrapped(wrapped)
            await self._audit.record(actor, "case.unmasked", now, object=row.code, after={"reason": reason})
            facts = await self._reception.reporters.facts(connection, row.reporter_id)
            said = {}
            own = select(words.c.id, words.c.sealed).where(
                words.c.case_id == number, words.c.reporter_id == row.reporter_id
            )
            for word in await connection.execute(own):
                if word.sealed is not None:
                    said[word.id] = _text_of(key.opened(word.sealed))
            notes = await self._store.originals(connection, number)
        return {"reporter": dict(facts), "words": said, "events": {seq: dict(texts) for seq, texts in notes.items()}}

    async def erase(self, number: int, reason: str, actor: Actor, now: datetime) -> None:
        """Destroy the keys of a case's reporter, and of all that they sent, in whatever case.

        Who did it is put on record first; then nothing can stop it half way: see :mod:`lppl.intake.forgetting`.
        Raises NoCase, NoReporter, KeyGone when it was done.
        """
        async with self._reading.connect() as connection:
            case = (await connection.execute(select(cases).where(cases.c.id == number))).one_or_none()
            if case is None:
                raise NoCase
            row = (await connection.execute(select(reporters).where(reporters.c.id == case.reporter_id))).one_or_none()
            if row is None:
                raise NoReporter
            own = select(cases.c.id).where(cases.c.reporter_id == row.id)
            said = select(words.c.case_id).where(words.c.reporter_id == row.id, words.c.case_id.is_not(None))
            theirs = sorted(set(await connection.scalars(union(own, said))))
        if row.wrapped is None:
            raise KeyGone
        told = {"reason": reason, "reporter": row.id, "cases": len(theirs)}
        await self._audit.record(actor, "reporter.erased", now, object=case.code, after=told)
        await forget(self._reception, row.id, now)
        for each in theirs:
            self._bus.publish(CaseChanged(each, False))

    async def enclosure(self, number: int, which: str, part: str) -> tuple[Iterator[bytes], str]:
        """Return the bytes of a form of an enclosure (to be read in a thread), and their type. Raises NoEnclosure."""
        async with self._reading.connect() as connection:
            joined = select(cases.c.id).where(cases.c.merged_into == number)
            query = (
                select(enclosures)
                .join(words, words.c.id == enclosures.c.word_id)
                .where(enclosures.c.id == which, or_(words.c.case_id == number, words.c.case_id.in_(joined)))
            )
            row = (await connection.execute(query)).one_or_none()
        if row is None or part not in row.parts:
            raise NoEnclosure
        key = self._reception.keyring.unwrapped(row.wrapped)
        files = self._reception.files
        if not await asyncio.to_thread(files.path(which, part).exists):
            raise NoEnclosure
        return files.read(which, key, part), part

    # --- doing ---

    async def do(
        self, number: int, act: Act, data: Mapping[str, Any], actor: Actor, expected: int, now: datetime
    ) -> CaseState:
        """Do something with a case as it stood at event `expected`. Raises NoCase, NotAllowed, CaseChanged."""
        if act in BY_REPORTERS:
            raise NotAllowed("status", "Itu tidak dapat dilakukan begitu saja.", "That is not done by hand.")
        deed = Deed(act, await self._named(act, data), actor.account_id)
        async with self._engine.begin() as connection:
            state = await self._store.append(connection, number, [deed], now, expected=expected)
        self._bus.publish(CaseChanged(number, act is Act.EMERGENCY))
        return state

    async def _named(self, act: Act, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the data of an act, agencies by the names that they have now. Raises NotAllowed."""
        if act is not Act.FORWARDED:
            return data
        asked = [a.get("id") for a in data.get("agencies", ()) if isinstance(a, Mapping)]
        query = select(agencies.c.id, agencies.c.name).where(
            agencies.c.id.in_([a for a in asked if isinstance(a, int)]), agencies.c.active.is_(True),
            agencies.c.outside.is_(False),
        )  # fmt: skip
        async with self._reading.connect() as connection:
            known = {row.id: row.name for row in await connection.execute(query)}
        if any(a not in known for a in asked):
            raise NotAllowed("data", "Instansi itu tidak ada atau tidak aktif.", "No such agency, or it is not active.")
        return {**data, "agencies": [{"id": a, "name": known[a]} for a in asked]}

    async def merge(self, number: int, into: int, actor: Actor, expected: int, now: datetime) -> None:
        """Merge a case into another ("saya juga mengalami"): its words stay its own, both histories say so."""
        if number == into:
            raise NotTogether
        async with self._engine.begin() as connection:
            for each in sorted((number, into)):  # always in this order: two who merge crosswise wait for each other
                await connection.execute(select(cases.c.id).where(cases.c.id == each).with_for_update())
            await self._store.append(connection, into, [Deed(Act.JOINED, {"case": number}, actor.account_id)], now)
            deed = Deed(Act.MERGED, {"case": into}, actor.account_id)
            await self._store.append(connection, number, [deed], now, expected=expected)
        for each in (number, into):
            self._bus.publish(CaseChanged(each, False))

    async def split(self, number: int, moved: Sequence[int], actor: Actor, expected: int, now: datetime) -> int:
        """Move some of a case's words into a new case; return its number. Raises NoCase, NotAllowed, NothingLeft."""
        async with self._engine.begin() as connection:
            row = (await connection.execute(select(cases).where(cases.c.id == number))).one_or_none()
            if row is None:
                raise NoCase
            query = select(words).where(words.c.case_id == number).order_by(words.c.said, words.c.id)
            said = (await connection.execute(query)).all()
            going = [w for w in said if w.id in set(moved)]
            if not going or len(going) == len(said):
                raise NothingLeft
            text = "\n".join(w.text for w in going if w.text)
            title = next((line for line in text.splitlines() if line.strip()), row.title)
            arrived = {
                "class": row.case_class, "category": row.category, "visibility": row.visibility, "emergency": False,
                "kelurahan": row.kelurahan, "word": going[0].id, "source": row.source,
            }  # fmt: skip
            by = actor.account_id
            deeds = [Deed(Act.ARRIVED, arrived, by), Deed(Act.SPLIT_OFF, {"case": number}, by)]
            fresh = NewCase(new_code(), row.source, going[0].reporter_id, title, text)
            other, _ = await self._store.begin(connection, fresh, deeds, now)
            theirs = words.c.id.in_([w.id for w in going])
            await connection.execute(update(words).where(theirs).values(case_id=other))
            deed = Deed(Act.SPLIT, {"case": other, "words": [w.id for w in going]}, by)
            await self._store.append(connection, number, [deed], now, expected=expected)
        for each in (number, other):
            self._bus.publish(CaseChanged(each, False))
        return other

    # --- the tray ---

    async def tray(self, limit: int = 100) -> Sequence[Mapping[str, Any]]:
        """Return what nobody could read, newest first, without what is in it."""
        query = select(
            arrivals.c.id, arrivals.c.source, arrivals.c.code, arrivals.c.received, arrivals.c.content_type,
            arrivals.c.outcome, arrivals.c.attempts,
        ).where(arrivals.c.state == "tray").order_by(arrivals.c.id.desc()).limit(limit)  # fmt: skip
        async with self._reading.connect() as connection:
            return [dict(row._mapping) for row in await connection.execute(query)]

    async def opened_arrival(self, number: int, actor: Actor, now: datetime) -> tuple[bytes, str]:
        """Return what was received, byte for byte; that it was opened is put on record. Raises NotThere, KeyGone."""
        async with self._reading.connect() as connection:
            row = (await connection.execute(select(arrivals).where(arrivals.c.id == number))).one_or_none()
        if row is None or row.body is None:
            raise NoCase
        await self._audit.record(actor, "arrival.opened", now, object=row.code)
        return self._reception.keyring.unwrapped(row.wrapped).opened(row.body), row.content_type

    async def clear_arrival(self, number: int, again: bool, actor: Actor, now: datetime) -> None:
        """Take something out of the tray: read once more (`again`), or done with. Raises NotThere."""
        values: dict[str, Any] = (
            {"state": "waiting", "attempts": 0, "not_before": now} if again else {"state": "cleared"}
        )
        one = (arrivals.c.id == number) & (arrivals.c.state == "tray")
        async with self._engine.begin() as connection:
            if not (await connection.execute(update(arrivals).where(one).values(values))).rowcount:
                raise NoCase
        action = "arrival.again" if again else "arrival.cleared"
        await self._audit.record(actor, action, now, object=str(number))


def _line(row: Any, now: datetime) -> CaseLine:
    return CaseLine(
        row.id, row.code, row.status, row.case_class, row.category, row.title, row.kelurahan, row.source,
        row.visibility, row.arrived, row.heard, row.due, row.due_clock, row.due is not None and row.due < now,
        row.emergency, row.handed_over, row.assigned, row.seq,
    )  # fmt: skip


def _text_of(written: bytes) -> str:
    from lppl.intake import web_form
    from lppl.intake.values import Raw, Source

    found = web_form.parse(Raw(Source.WEB, written, web_form.CONTENT_TYPE, datetime.fromtimestamp(0).astimezone()))
    return found.intakes[0].text if found.intakes else ""
