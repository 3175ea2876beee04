"""Where every citizen's word is kept before anybody is told that it was: one row, committed, its files durable before.

Arrivals that come at the same time are committed together, since one sync of the disk is what each commit costs.
"""

import asyncio
import hashlib
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import insert, select, tuple_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from lppl.cases.tables import arrivals, enclosures
from lppl.intake.codes import new_code
from lppl.intake.keyring import Keyring, PersonKey
from lppl.intake.ranks import rank_of
from lppl.intake.values import Kind, Raw
from lppl.intake.works import Rank
from lppl.stores import worth_repeating

log = structlog.get_logger(__name__)

MOST = 200
"""Arrivals in one commit."""
TRIES = 5
PRESSED_S = 0.02
"""For so long after a commit the next word is thought to be near."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """An enclosure whose bytes lie in the files already, sealed by `key`. `size` in bytes."""

    id: str
    kind: Kind
    content_type: str
    size: int
    key: PersonKey


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a sender may be told. `again`: the same had come before, and this is its code."""

    id: int
    code: str
    again: bool
    rank: Rank = Rank.ORDINARY


@dataclass(slots=True)
class _Waiting:
    raw: Raw
    key: str
    files: Sequence[KeptFile]
    rank: Rank | None
    kept: "asyncio.Future[Receipt]"


@dataclass(frozen=True, slots=True)
class _Sealed:
    wrapped: bytes
    body: bytes
    rank: Rank


class Inbox:
    """Keeps arrivals. One of a process; any number of processes may keep into the same database.

    `writing`: whoever in this process writes much holds it. SQLite lets one write at a time, and waits badly.
    """

    def __init__(self, engine: AsyncEngine, keyring: Keyring, writing: asyncio.Lock | None = None) -> None:
        self._engine, self._keyring = engine, keyring
        self._writing = writing or asyncio.Lock()
        self._waiting: list[_Waiting] = []
        self._committing: asyncio.Task[None] | None = None
        self._rested = -math.inf

    @property
    def pressed(self) -> bool:
        """Tell whether words are being kept this moment, or were just now: whoever can wait gives way to them."""
        busy = self._committing is not None and not self._committing.done()
        return busy or time.monotonic() - self._rested < PRESSED_S

    async def keep(self, raw: Raw, key: str = "", files: Sequence[KeptFile] = (), rank: Rank | None = None) -> Receipt:
        """Keep what came; return once it is durable.

        `key`: by what the source knows it when it sends it again; "" stands for the bytes themselves.
        `rank`: how soon it is read; None: by its words.
        Raises SQLAlchemyError, OSError: then nothing was kept, and the sender must be told so.
        """
        known = hashlib.sha256(key.encode("utf-8", "replace") if key else raw.body).hexdigest()
        future: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(raw, known, files, rank, future))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit_all(), name="inbox")
        return await future

    async def _commit_all(self) -> None:
        """Commit what waits, group after group, until nothing does."""
        try:
            await self._commit_groups()
        finally:
            self._rested = time.monotonic()

    async def _commit_groups(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            group = [w for w in group if not w.kept.cancelled()]
            try:
                receipts = await self._commit(group) if group else []
            except Exception as error:  # noqa: BLE001 - each of them is told; none of them is thought kept
                log.warning("arrivals_not_kept", count=len(group), reason=type(error).__name__)
                for each in group:
                    if not each.kept.done():
                        each.kept.set_exception(error)
                continue
            for waiting, receipt in receipts:
                if not waiting.kept.done():
                    waiting.kept.set_result(receipt)

    async def _commit(self, group: Sequence[_Waiting]) -> list[tuple[_Waiting, Receipt]]:
        """Keep a group in one transaction. A code or a key that somebody else took meanwhile: once more."""
        sealed = await asyncio.to_thread(self._sealed, group)
        for attempt in range(TRIES):
            try:
                async with self._writing, self._engine.begin() as connection:
                    return await self._insert(connection, group, sealed)
            except DBAPIError as error:
                if attempt == TRIES - 1 or not worth_repeating(error):
                    raise
        raise AssertionError

    def _sealed(self, group: Sequence[_Waiting]) -> list[_Sealed]:
        """Return each sealed by a key of its own, with its rank; blocks."""
        made = []
        for each in group:
            key = self._keyring.new()
            rank = rank_of(each.raw) if each.rank is None else each.rank
            made.append(_Sealed(key.wrapped, key.seal(each.raw.body), rank))
        return made

    async def _insert(
        self, connection: AsyncConnection, group: Sequence[_Waiting], sealed: Sequence[_Sealed]
    ) -> list[tuple[_Waiting, Receipt]]:
        wanted = {(w.raw.source.value, w.key) for w in group}
        known = await _known(connection, wanted)
        rows: dict[tuple[str, str], dict[str, object]] = {}
        files: list[tuple[tuple[str, str], KeptFile]] = []
        for waiting, made in zip(group, sealed, strict=True):
            at = (waiting.raw.source.value, waiting.key)
            if at in known or at in rows:
                continue
            rows[at] = {
                "source": at[0], "key": at[1], "code": new_code(), "received": waiting.raw.received,
                "content_type": waiting.raw.content_type[:200], "wrapped": made.wrapped, "body": made.body,
                "state": "waiting", "attempts": 0, "not_before": waiting.raw.received, "rank": made.rank.value,
                "outcome": "",
            }  # fmt: skip
            files += [(at, file) for file in waiting.files]
        if rows:
            await connection.execute(insert(arrivals), [rows[at] for at in sorted(rows)])  # in one order: no deadlock
            known |= {at: (*found[:2], False) for at, found in (await _known(connection, set(rows))).items()}
        if files:
            await connection.execute(insert(enclosures), [_row(known[at][0], file) for at, file in files])
        receipts, first = [], set(rows)
        for waiting, made in zip(group, sealed, strict=True):
            at = (waiting.raw.source.value, waiting.key)
            number, code, _ = known[at]
            receipts.append((waiting, Receipt(number, code, at not in first, made.rank)))
            first.discard(at)
        return receipts


async def _known(
    connection: AsyncConnection, wanted: set[tuple[str, str]]
) -> dict[tuple[str, str], tuple[int, str, bool]]:
    """Return (id, code, True) of those that are kept."""
    query = select(arrivals.c.id, arrivals.c.code, arrivals.c.source, arrivals.c.key).where(
        tuple_(arrivals.c.source, arrivals.c.key).in_(list(wanted))
    )
    return {(row.source, row.key): (row.id, row.code, True) for row in await connection.execute(query)}


def _row(arrival: int, file: KeptFile) -> dict[str, object]:
    return {
        "id": file.id, "arrival_id": arrival, "kind": file.kind.value, "state": "kept", "wrapped": file.key.wrapped,
        "size": file.size, "content_type": file.content_type[:100], "parts": ["raw"], "attempts": 0,
        "not_before": None, "outcome": "",
    }  # fmt: skip
