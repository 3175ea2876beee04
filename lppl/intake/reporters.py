"""Who says it: reporters in the records, found again by keyed hashes, their facts sealed under a key of their own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Select, and_, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lppl.cases.case_store import searchable
from lppl.cases.tables import arrivals, cases, enclosures, outgoing, reporter_handles, reporters, words
from lppl.intake.keyring import KeyGone, Keyring, PersonKey
from lppl.intake.numbers import international
from lppl.intake.values import Sender, Source

NUMBER = "nomor"
"""The space of handles that are telephone numbers which the channel itself proves."""
PROVES_NUMBER = frozenset({Source.CALL, Source.NOTE, Source.SMS, Source.WHATSAPP})
ERASED = "[dihapus atas permintaan]"
"""Stands in place of what somebody wanted to have erased."""
FACTS = ("name", "phone", "email", "address", "nik")
AT_ONCE = 500
"""Rows named in one statement."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """A reporter as the records know them. `key` seals what is theirs."""

    id: int
    key: PersonKey


def handles_of(source: Source, sender: Sender) -> tuple[tuple[str, str], ...]:
    """Return (space, value) of everything by which the channel knows its sender for sure. Pure.

    What a stranger merely writes into a form proves nothing: somebody else's number would show them their case.
    """
    found = []
    if sender.handle:
        found.append((source.value, sender.handle))
    if source in PROVES_NUMBER and (number := international(sender.phone)):
        found.append((NUMBER, number))
    if source is Source.EMAIL and sender.email:
        found.append((source.value, sender.email.casefold()))
    return tuple(dict.fromkeys(found))


class Reporters:
    """Finds, makes and forgets reporters in the caller's transaction."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def of(self, connection: AsyncConnection, source: Source, sender: Sender, now: datetime) -> Reporter:
        """Return the reporter that `sender` is, made when nobody is known by these handles.

        Raises IntegrityError when another transaction made the same reporter meanwhile: then once more.
        """
        hashed = [(space, self._keyring.hashed(space, value)) for space, value in handles_of(source, sender)]
        found = await self._known(connection, hashed)
        if found is None:
            found = await self._made(connection, sender, now)
            missing = hashed  # all of them: one that stands there by now is of whoever was quicker
        else:
            await self._told(connection, found, sender, now)
            missing = await _missing(connection, hashed)
        if missing:
            rows = [{"space": space, "hash": value, "reporter_id": found.id} for space, value in missing]
            await connection.execute(insert(reporter_handles), rows)
        return found

    async def known(self, connection: AsyncConnection, source: Source, sender: Sender) -> Reporter | None:
        """Return the reporter that `sender` is; None for somebody new, and when the channel does not say who it is."""
        hashed = [(space, self._keyring.hashed(space, value)) for space, value in handles_of(source, sender)]
        return await self._known(connection, hashed)

    async def facts(self, connection: AsyncConnection, number: int) -> Mapping[str, str]:
        """Return what is known of a reporter: name, phone, email, address, nik. Raises KeyGone."""
        row = (await connection.execute(select(reporters).where(reporters.c.id == number))).one_or_none()
        if row is None or row.facts is None:
            raise KeyGone
        return _facts(self._keyring.unwrapped(row.wrapped).opened(row.facts))

    async def by_fact(self, connection: AsyncConnection, kind: str, value: str) -> tuple[int, ...]:
        """Return the reporters with a phone, email or nik, found by keyed hash."""
        column = {"phone": reporters.c.phone_hash, "email": reporters.c.email_hash, "nik": reporters.c.nik_hash}[kind]
        plain = _plain(kind, value)
        if not plain:
            return ()
        query = select(reporters.c.id).where(column == self._keyring.hashed(kind, plain)).limit(50)
        return tuple(await connection.scalars(query))

    async def wrapped(self, connection: AsyncConnection, number: int) -> bytes | None:
        """Return the wrapped key of a reporter and let nobody else change them meanwhile; None when there is none."""
        query = select(reporters.c.wrapped).where(reporters.c.id == number).with_for_update()
        found: bytes | None = await connection.scalar(query)
        return found

    def mark_of(self, number: int, wrapped: bytes) -> str:
        """Return by what an erased reporter is known outside the records: ``<number>.<keyed hash of the bare key>``.

        The hash alone decides, since another database has the same numbers; the number is where to look for it. It is
        of the bare key, which stays the same when a turned master key wraps it anew. Raises KeyGone.
        """
        return f"{number}.{self._keyring.hashed('erased', self._keyring.unwrapped(wrapped).raw.hex())}"

    async def erase(self, connection: AsyncConnection, number: int, now: datetime) -> tuple[str, ...]:
        """Destroy the keys of a reporter, of what they sent and of what came with it; return the enclosures' ids,
        whose files are noise now and may be removed. What is left says that there was somebody.

        What was received together with words of others goes as a whole: theirs stay, under keys of their own.
        """
        sent = select(words.c.arrival_id).where(words.c.reporter_id == number)
        said = select(words.c.id).where(words.c.reporter_id == number)
        nobodys = and_(enclosures.c.arrival_id.in_(sent), enclosures.c.word_id.is_(None))
        files = await drop_enclosures(connection, select(enclosures.c.id).where(
            or_(enclosures.c.word_id.in_(said), nobodys)
        ))  # fmt: skip
        await connection.execute(update(arrivals).where(arrivals.c.id.in_(sent)).values(wrapped=None, body=None))
        await self._unsay(connection, number)
        await self._untell(connection, number)
        await connection.execute(delete(reporter_handles).where(reporter_handles.c.reporter_id == number))
        nothing = {"wrapped": None, "facts": None, "phone_hash": None, "email_hash": None, "nik_hash": None}
        await connection.execute(
            update(reporters).where(reporters.c.id == number).values(**nothing, nik_end="", erased=now)
        )
        return files

    # --- erasing ---

    async def _unsay(self, connection: AsyncConnection, number: int) -> None:
        """Take out the texts of somebody's words, of their cases, and of cases of others that hold such a word."""
        theirs = await connection.execute(select(words.c.case_id, words.c.text).where(words.c.reporter_id == number))
        said: dict[int, list[str]] = {}
        for word in theirs:
            said.setdefault(word.case_id, []).append(word.text)
        own = update(cases).where(cases.c.reporter_id == number)
        await connection.execute(own.values(title=ERASED, text=ERASED, search=func.lower(cases.c.code)))
        for case, texts in said.items():  # a case that was split off holds the words of whoever wrote to the first
            of_others = cases.c.reporter_id.is_distinct_from(number)
            row = (await connection.execute(select(cases).where(cases.c.id == case, of_others))).one_or_none()
            if row is None:
                continue
            values = {"title": _title_without(row.title, texts), "text": _without(row.text, texts)}
            values["search"] = searchable(dict(row._mapping) | values)
            await connection.execute(update(cases).where(cases.c.id == case).values(values))
        await connection.execute(update(words).where(words.c.reporter_id == number).values(sealed=None, text=ERASED))

    async def _untell(self, connection: AsyncConnection, number: int) -> None:
        """Destroy the copies of somebody's key in the outbox. What waits there to be told to others stays."""
        await drop_told(connection)
        wrapped = await self.wrapped(connection, number)
        if wrapped is None:
            return
        try:
            raw = self._keyring.unwrapped(wrapped).raw
        except KeyGone:
            return
        query = select(outgoing.c.id, outgoing.c.wrapped).where(outgoing.c.wrapped.is_not(None))
        theirs = [row.id for row in await connection.execute(query) if self._is(row.wrapped, raw)]
        await connection.execute(
            update(outgoing).where(outgoing.c.id.in_(theirs)).values(wrapped=None, sealed=b"", not_before=None)
        )

    def _is(self, wrapped: bytes, raw: bytes) -> bool:
        try:
            return self._keyring.unwrapped(wrapped).raw == raw
        except KeyGone:
            return False

    # --- one of them ---

    async def _known(self, connection: AsyncConnection, hashed: list[tuple[str, str]]) -> Reporter | None:
        for space, value in hashed:  # the surest first
            row = (
                await connection.execute(
                    select(reporters.c.id, reporters.c.wrapped)
                    .join(reporter_handles)
                    .where(reporter_handles.c.space == space, reporter_handles.c.hash == value)
                    # who is erased just now is nobody known any more, and is not written to with a lost key
                    .where(reporters.c.wrapped.is_not(None))
                    .with_for_update(of=reporters)
                )
            ).one_or_none()
            if row is not None:
                return Reporter(row.id, self._keyring.unwrapped(row.wrapped))
        return None

    async def _made(self, connection: AsyncConnection, sender: Sender, now: datetime) -> Reporter:
        key = self._keyring.new()
        facts = {name: value for name, value in asdict(sender).items() if name in FACTS and value}
        values = self._columns(facts, key) | {"wrapped": key.wrapped, "made": now, "seen": now}
        number = await connection.scalar(insert(reporters).values(values).returning(reporters.c.id))
        assert number is not None
        return Reporter(number, key)

    async def _told(self, connection: AsyncConnection, reporter: Reporter, sender: Sender, now: datetime) -> None:
        """Put on record what is new about somebody."""
        sealed = await connection.scalar(select(reporters.c.facts).where(reporters.c.id == reporter.id))
        known = dict(_facts(reporter.key.opened(sealed))) if sealed else {}
        facts = known | {name: value for name, value in asdict(sender).items() if name in FACTS and value}
        values: dict[str, object] = {"seen": now}
        if facts != known:
            values |= self._columns(facts, reporter.key)
        await connection.execute(update(reporters).where(reporters.c.id == reporter.id).values(values))

    def _columns(self, facts: Mapping[str, str], key: PersonKey) -> dict[str, object]:
        hashes = {f"{kind}_hash": self._hash(kind, facts.get(kind, "")) for kind in ("phone", "email", "nik")}
        return {
            "facts": key.seal(json.dumps(facts, ensure_ascii=False).encode()),
            "nik_end": _plain("nik", facts.get("nik", ""))[-4:],
            **hashes,
        }

    def _hash(self, kind: str, value: str) -> str | None:
        plain = _plain(kind, value)
        return self._keyring.hashed(kind, plain) if plain else None


async def drop_enclosures(connection: AsyncConnection, which: Select[str]) -> tuple[str, ...]:
    """Destroy the keys of some enclosures; return their ids, whose files are noise now."""
    files = tuple(await connection.scalars(which))
    for first in range(0, len(files), AT_ONCE):
        some = update(enclosures).where(enclosures.c.id.in_(files[first : first + AT_ONCE]))
        await connection.execute(some.values(wrapped=None, origin=None, state="gone", parts=[], not_before=None))
    return files


async def drop_told(connection: AsyncConnection) -> None:
    """Destroy addresses and keys in the outbox that are of no use any more: told, or given up."""
    done = update(outgoing).where(outgoing.c.not_before.is_(None), outgoing.c.wrapped.is_not(None))
    await connection.execute(done.values(wrapped=None, sealed=b""))


def _without(text: str, said: Sequence[str]) -> str:
    """Return a text of a case, which is words beneath each other, without some of them. Pure."""
    found = f"\n{text}\n"
    for word in filter(str.strip, said):
        while f"\n{word}\n" in found:
            found = found.replace(f"\n{word}\n", f"\n{ERASED}\n")
    return found[1:-1]


def _title_without(title: str, said: Sequence[str]) -> str:
    """Return a title, which is the first line of a word and perhaps cut, unless it is one of these. Pure."""
    shown = title.removesuffix("…")
    lines = (" ".join(line.split()) for word in said for line in word.splitlines())
    return ERASED if shown and any(line.startswith(shown) for line in lines) else title


async def _missing(connection: AsyncConnection, hashed: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those handles that nobody has yet."""
    if not hashed:
        return []
    table = reporter_handles.c
    query = select(table.space, table.hash).where(tuple_(table.space, table.hash).in_(hashed))
    known = {(row.space, row.hash) for row in await connection.execute(query)}
    return [handle for handle in hashed if handle not in known]


def _plain(kind: str, value: str) -> str:
    """Return a fact as it is compared."""
    if kind == "phone":
        return international(value)
    if kind == "nik":
        return "".join(c for c in value if c in "0123456789")
    return value.strip().casefold()


def _facts(data: bytes) -> dict[str, str]:
    found = json.loads(data)
    return {name: str(found[name]) for name in FACTS if name in found}
