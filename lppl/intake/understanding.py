"""Arrivals become words of reporters, and cases: what was kept is read, once, in one transaction, as often as needed.

An arrival is done when its words, the case, the enclosures to fetch and what is to be told stand in the records, and
its row says so, all at once. Killed before that, it waits on; done twice, the second time finds it done.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from lppl.cases.case_store import CaseStore, Deed, NewCase
from lppl.cases.tables import arrivals, cases, enclosures, outgoing, words
from lppl.cases.triage.emergency import emergency
from lppl.cases.triage.personal import SEALED_KINDS, without
from lppl.cases.values import Act, CaseClass
from lppl.intake import parsers, web_form
from lppl.intake.codes import new_code, read_code
from lppl.intake.files import SealedFiles, new_id
from lppl.intake.keyring import KeyGone, Keyring
from lppl.intake.reporters import Reporter, Reporters, handles_of
from lppl.intake.values import Enclosure, Intake, Kind, Parsed, Raw, Source, Unread
from lppl.intake.whatsapp_export import NAMED
from lppl.intake.works import Hint, Rank, Task
from lppl.stores import worth_repeating

log = structlog.get_logger(__name__)

HOLD = timedelta(seconds=20)
"""An arrival that somebody reads is nobody else's for so long."""
PAUSES = tuple(timedelta(seconds=s) for s in (2, 10, 60, 300, 1800, 7200))
"""After each failure it is tried again so much later; after the last a person has to look."""
CONVERSATION = timedelta(hours=72)
"""What somebody writes by the same message channel within this time belongs to the case that is still open."""
TALKS = frozenset({Source.WHATSAPP, Source.TELEGRAM, Source.SMS, Source.MESSENGER, Source.INSTAGRAM, Source.X})
ANSWERED = TALKS | {Source.EMAIL}
"""Channels by which something can be told."""
ANSWERED_WITHIN = timedelta(hours=24)
"""WhatsApp lets a station answer freely for so long after somebody wrote."""
DANGER = "darurat"
"""The kind of message that tells of 112."""
LONG = 64_000
"""Bytes from which on parsing is left to a thread."""
TRIES = 4


@dataclass(slots=True)
class Outcome:
    """What became of an arrival: cases begun and added to, and hints of the work that follows."""

    cases: list[int] = field(default_factory=list)
    urgent: list[int] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)
    unread: int = 0
    again: int = 0


class Understanding:
    """Reads arrivals. Any number of processes may do so at once."""

    def __init__(
        self,
        engine: AsyncEngine,
        keyring: Keyring,
        store: CaseStore,
        files: SealedFiles,
        now: Callable[[], datetime],
        hold: timedelta = HOLD,
        writing: asyncio.Lock | None = None,
    ) -> None:
        self._engine, self._keyring, self._store, self._files = engine, keyring, store, files
        self._now, self._hold, self._writing = now, hold, writing or asyncio.Lock()
        self._reporters = Reporters(keyring)

    async def read(self, number: int) -> Outcome | None:
        """Read an arrival; None when there is nothing to do: it is done, or somebody else's just now.

        Raises SQLAlchemyError, OSError: then it waits, and is tried again.
        """
        row = await self._take(number)
        if row is None:
            return None
        try:
            raw = Raw(Source(row.source), self._opened(row), row.content_type, row.received)
            parsed = await asyncio.to_thread(parsers.parse, raw) if len(raw.body) > LONG else parsers.parse(raw)
        except KeyGone:
            parsed = Parsed(unread=(Unread("erased", "Kuncinya sudah dihapus.", "Its key was erased."),))
        except OSError:  # the folder of keys is away: it waits, and is tried again
            raise
        except Exception as error:  # a parser promises not to; should it, a person looks
            log.exception("parser_failed", source=row.source)
            why = type(error).__name__
            parsed = Parsed(unread=(Unread("damaged", f"Tidak dapat dibaca ({why}).", f"Cannot be read ({why})."),))
        held = await self._held_files(parsed)
        for attempt in range(TRIES):
            try:
                return await self._keep(row, parsed, held)
            except DBAPIError as error:  # another process made the same reporter, or added to the same case
                if attempt == TRIES - 1 or not worth_repeating(error):
                    raise
        raise AssertionError

    async def put_off(self, number: int, why: str) -> None:
        """Have an arrival that failed wait for its next try, or for a person."""
        now = self._now()
        async with self._writing, self._engine.begin() as connection:
            tries = await connection.scalar(select(arrivals.c.attempts).where(arrivals.c.id == number)) or 0
            values: dict[str, object] = {"outcome": why[:500]}
            if tries > len(PAUSES):
                values |= {"state": "tray", "not_before": None}
            else:
                values["not_before"] = now + PAUSES[max(0, tries - 1)]
            one = (arrivals.c.id == number) & (arrivals.c.state == "waiting")
            await connection.execute(update(arrivals).where(one).values(values))

    # --- an arrival ---

    async def _take(self, number: int) -> Row[Any] | None:
        """Hold an arrival that waits; None when it does not."""
        now = self._now()
        async with self._writing, self._engine.begin() as connection:
            free = (arrivals.c.id == number) & (arrivals.c.state == "waiting") & (arrivals.c.not_before <= now)
            held = update(arrivals).where(free).values(not_before=now + self._hold, attempts=arrivals.c.attempts + 1)
            if not (await connection.execute(held)).rowcount:
                return None
            row: Row[Any] = (await connection.execute(select(arrivals).where(arrivals.c.id == number))).one()
            return row

    def _opened(self, row: Row[Any]) -> bytes:
        if row.body is None:
            raise KeyGone
        return self._keyring.unwrapped(row.wrapped).opened(row.body)

    async def _held_files(self, parsed: Parsed) -> Mapping[int, tuple[str, bytes, int]]:
        """Seal enclosures that came whole inside the message (an e-mail's), before anything names them.

        Returns id of the enclosure value -> (number, wrapped key, size). Files of an attempt that died are found by
        the collector: nothing names them.
        """
        found = {}
        for intake in parsed.intakes:
            for enclosure in intake.enclosures:
                if enclosure.data is not None:
                    key, number = self._keyring.new(), new_id()
                    size = await asyncio.to_thread(self._files.write, number, key, iter([enclosure.data]))
                    found[id(enclosure)] = (number, key.wrapped, size)
        return found

    async def _keep(self, row: Row[Any], parsed: Parsed, held: Mapping[int, tuple[str, bytes, int]]) -> Outcome | None:
        """Put on record what an arrival says, all or nothing."""
        outcome, now = Outcome(), self._now()
        async with self._writing, self._engine.begin() as connection:
            waits = select(arrivals.c.state).where(arrivals.c.id == row.id).with_for_update()
            if await connection.scalar(waits) != "waiting":
                return None
            code: str | None = row.code
            for intake in parsed.intakes:
                code = await self._word(connection, row.id, intake, code, held, now, outcome)
            outcome.unread = len(parsed.unread)
            state = "tray" if parsed.unread else "understood"
            told = "; ".join(f"{u.where} {u.indonesian} / {u.english}".strip() for u in parsed.unread[:10])
            values = {"state": state, "not_before": None, "outcome": told[:2000]}
            await connection.execute(update(arrivals).where(arrivals.c.id == row.id).values(values))
        return outcome

    # --- a word ---

    async def _word(
        self, connection: AsyncConnection, arrival: int, intake: Intake, code: str | None,
        held: Mapping[int, tuple[str, bytes, int]], now: datetime, outcome: Outcome,
    ) -> str | None:  # fmt: skip
        """Put a word on record; return the code that is still free for a new case."""
        key = word_key(intake.key)
        at = (words.c.source == intake.source.value) & (words.c.key == key)
        known = (await connection.execute(select(words.c.id).where(at))).one_or_none()
        if known is not None:
            outcome.again += 1
            await self._healed(connection, known.id, arrival, intake, held, now, outcome)
            return code
        if intake.withdraws:
            await self._withdrawn(connection, intake, now, outcome)
            return code
        reporter = await self._reporters.of(connection, intake.source, intake.sender, now)
        safe = without(intake.text, SEALED_KINDS)
        case = await self._case_of(connection, intake, reporter, now)
        word = await connection.scalar(
            insert(words)
            .values(
                source=intake.source.value, key=key, arrival_id=arrival, case_id=case, reporter_id=reporter.id,
                said=intake.said, received=now, text=safe, sealed=reporter.key.seal(web_form.written(intake)),
                corrects=word_key(intake.corrects) if intake.corrects else "",
            )
            .returning(words.c.id)
        )  # fmt: skip
        assert word is not None
        await self._enclosures(connection, word, arrival, intake, held, now, outcome)
        if case is None:
            number = await self._begun(connection, intake, reporter, safe, word, code or new_code(), now, outcome)
            await connection.execute(update(words).where(words.c.id == word).values(case_id=number))
            return None
        await self._added(connection, case, intake, word, reporter, now, outcome)
        return code

    async def _case_of(
        self, connection: AsyncConnection, intake: Intake, reporter: Reporter, now: datetime
    ) -> int | None:
        """Return the case that a word belongs to; None for a new one."""
        for key in (intake.corrects, intake.answers):
            if key:
                at = (words.c.source == intake.source.value) & (words.c.key == word_key(key))
                found = await connection.scalar(select(words.c.case_id).where(at, words.c.reporter_id == reporter.id))
                if found is not None:
                    return await self._living(connection, found)
        own = select(cases.c.id).where(cases.c.reporter_id == reporter.id).order_by(cases.c.id.desc()).limit(1)
        for written in intake.text.split()[:200]:
            if len(written) >= 8 and (code := read_code(written.strip(".,:;()[]"))):
                found = await connection.scalar(own.where(cases.c.code == code))
                if found is not None:
                    return await self._living(connection, found)
        if intake.source in TALKS:
            since = max(intake.said, now - CONVERSATION) - CONVERSATION
            talking = own.where(
                cases.c.open.is_(True), cases.c.source == intake.source.value,
                (cases.c.heard >= since) | (cases.c.status == "tertunda"),
            )  # fmt: skip
            return await connection.scalar(talking)
        return None

    async def _living(self, connection: AsyncConnection, number: int) -> int:
        """Return the case that a case was merged into, however often."""
        for _ in range(20):
            into = await connection.scalar(select(cases.c.merged_into).where(cases.c.id == number))
            if into is None:
                break
            number = into
        return number

    async def _begun(
        self, connection: AsyncConnection, intake: Intake, reporter: Reporter, safe: str, word: int, code: str,
        now: datetime, outcome: Outcome,
    ) -> int:  # fmt: skip
        reasons = emergency(intake.text)
        wanted = next((c for c in CaseClass if c.value == intake.wanted), None)
        category = intake.category or (intake.wanted if wanted is None else "")  # Open311 names its service
        arrived: dict[str, Any] = {
            "class": (wanted or CaseClass.PLAIN).value, "category": without(category, SEALED_KINDS)[:80],
            "visibility": intake.visibility.value, "emergency": False, "kelurahan": intake.place.kelurahan,
            "word": word, "source": intake.source.value,
        }  # fmt: skip
        deeds = [Deed(Act.ARRIVED, arrived)]
        if reasons:
            deeds.append(Deed(Act.EMERGENCY, {"words": [r.word for r in reasons][:10]}))
        if intake.occasion:
            arrived["occasion"] = without(intake.occasion, SEALED_KINDS)[:200]
        if intake.place.latitude is not None:
            arrived |= {"latitude": intake.place.latitude, "longitude": intake.place.longitude}
        source, ticket = intake.source.value, intake.outside_ticket[:80]
        new = NewCase(code, source, reporter.id, title_of(intake, safe), safe, ticket)
        number, _ = await self._store.begin(connection, new, deeds, now)
        outcome.cases.append(number)
        await self._told(connection, intake, reporter, number, "diterima", code, now, outcome)
        if reasons:
            outcome.urgent.append(number)
            await self._told(connection, intake, reporter, number, DANGER, code, now, outcome)
        return number

    async def _added(
        self, connection: AsyncConnection, number: int, intake: Intake, word: int, reporter: Reporter, now: datetime,
        outcome: Outcome,
    ) -> None:  # fmt: skip
        deeds = [Deed(Act.ADDED, {"word": word, "corrects": bool(intake.corrects)})]
        urgent = emergency(intake.text)
        row = (await connection.execute(select(cases.c.code, cases.c.emergency).where(cases.c.id == number))).one()
        if urgent and not row.emergency:
            deeds.append(Deed(Act.EMERGENCY, {"words": [r.word for r in urgent][:10]}))
            outcome.urgent.append(number)
            await self._told(connection, intake, reporter, number, DANGER, row.code, now, outcome)
        await self._store.append(connection, number, deeds, now)
        outcome.cases.append(number)

    async def _withdrawn(self, connection: AsyncConnection, intake: Intake, now: datetime, outcome: Outcome) -> None:
        """Mark a word that its sender deleted; it stays, since staff may have acted upon it."""
        at = (words.c.source == intake.source.value) & (words.c.key == word_key(intake.withdraws))
        columns = select(words.c.id, words.c.case_id, words.c.withdrawn, words.c.reporter_id)
        row = (await connection.execute(columns.where(at))).one_or_none()
        if row is None or row.withdrawn is not None:
            return
        if handles_of(intake.source, intake.sender):  # otherwise the channel itself says so, for its sender
            sender = await self._reporters.known(connection, intake.source, intake.sender)
            if sender is None or sender.id != row.reporter_id:
                log.warning("withdrawn_by_another", source=intake.source.value, word=row.id)
                return
        await connection.execute(update(words).where(words.c.id == row.id).values(withdrawn=now))
        if row.case_id is not None:
            number = await self._living(connection, row.case_id)
            said = "Pelapor menghapus pesannya di kanal asal. / The reporter deleted the message."
            deed = Deed(Act.NOTED, {"text": said, "word": row.id})
            await self._store.append(connection, number, [deed], now)
            outcome.cases.append(number)

    # --- what belongs to a word ---

    async def _enclosures(
        self, connection: AsyncConnection, word: int, arrival: int, intake: Intake,
        held: Mapping[int, tuple[str, bytes, int]], now: datetime, outcome: Outcome,
    ) -> None:  # fmt: skip
        for enclosure in intake.enclosures:
            mine = (enclosures.c.id == enclosure.ref[:32]) & (enclosures.c.arrival_id == arrival)
            here = update(enclosures).where(mine).values(word_id=word, not_before=now)
            if enclosure.ref and (await connection.execute(here)).rowcount:
                outcome.hints.append(Hint(Task.FETCH, enclosure.ref))
                continue
            row = self._fetched_later(word, arrival, intake.source, enclosure, held.get(id(enclosure)), now)
            await connection.execute(insert(enclosures).values(row))
            outcome.hints.append(Hint(Task.FETCH, str(row["id"])))

    def _fetched_later(
        self, word: int, arrival: int, source: Source, enclosure: Enclosure, here: tuple[str, bytes, int] | None,
        now: datetime,
    ) -> dict[str, object]:  # fmt: skip
        common = {
            "arrival_id": arrival, "word_id": word, "kind": enclosure.kind.value, "attempts": 0, "not_before": now,
            "content_type": enclosure.content_type[:100], "outcome": "",
        }  # fmt: skip
        if here is not None:
            number, wrapped, size = here
            return common | {
                "id": number, "state": "kept", "wrapped": wrapped, "size": size, "origin": None, "parts": ["raw"]
            }  # fmt: skip
        key = self._keyring.new()
        origin = {"source": source.value, "ref": enclosure.ref, "url": enclosure.url, "name": enclosure.name}
        return common | {
            "id": new_id(), "state": "waiting", "wrapped": key.wrapped, "size": max(0, enclosure.size or 0),
            "origin": key.seal(json.dumps(origin).encode()), "parts": [],
        }  # fmt: skip

    async def _healed(
        self, connection: AsyncConnection, word: int, arrival: int, intake: Intake,
        held: Mapping[int, tuple[str, bytes, int]], now: datetime, outcome: Outcome,
    ) -> None:  # fmt: skip
        """What came once more brings what is missing of its enclosures."""
        lost = update(enclosures).where(
            enclosures.c.word_id == word, enclosures.c.state == "gone", enclosures.c.origin.is_not(None)
        )
        if (await connection.execute(lost.values(state="waiting", attempts=0, not_before=now))).rowcount:
            again = select(enclosures.c.id).where(enclosures.c.word_id == word, enclosures.c.state == "waiting")
            outcome.hints += [Hint(Task.FETCH, n) for n in await connection.scalars(again)]

    async def _told(
        self, connection: AsyncConnection, intake: Intake, reporter: Reporter, case: int, kind: str, code: str,
        now: datetime, outcome: Outcome,
    ) -> None:  # fmt: skip
        """Put what the sender is to be told into the outbox; only channels that can answer, and not about old words.

        A chat that somebody imports is old, or knows its people by their names in an address book alone.
        """
        to = intake.sender.handle or intake.sender.phone or intake.sender.email
        if intake.source not in ANSWERED or not to or to.startswith(NAMED) or now - intake.said > ANSWERED_WITHIN:
            return
        message = {"to": to, "code": code}
        number = await connection.scalar(
            insert(outgoing)
            .values(
                source=intake.source.value, kind=kind, case_id=case, key=word_key(f"{kind}:{case}"),
                sealed=reporter.key.seal(json.dumps(message).encode()), wrapped=reporter.key.wrapped, made=now,
                attempts=0, not_before=now, outcome="",
            )
            .returning(outgoing.c.id)
        )  # fmt: skip
        outcome.hints.append(Hint(Task.TELL, str(number), Rank.URGENT if kind == DANGER else Rank.ORDINARY))


def word_key(key: str) -> str:
    """Return a message's key as it stands in the records: no channel's own words, and of one length. Pure."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def title_of(intake: Intake, safe: str) -> str:
    """Return what a case is called in lists: its own title, its first line, or what came instead of words. Pure."""
    first = without(intake.title, SEALED_KINDS).strip() or next(
        (line for line in safe.splitlines() if line.strip()), ""
    )
    first = " ".join(first.split())
    if first:
        return first if len(first) <= 110 else first[:110].rsplit(" ", 1)[0] + "…"
    kinds = {e.kind for e in intake.enclosures}
    for kind, name in ((Kind.SOUND, "Rekaman suara"), (Kind.VIDEO, "Video"), (Kind.PICTURE, "Foto")):
        if kind in kinds:
            return name
    return "Panggilan tidak terjawab" if intake.source is Source.CALL else "Tanpa keterangan"
