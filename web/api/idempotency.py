"""Idempotency keys: a request that is sent again, because its answer got lost, does nothing twice.

Answers are kept sealed: among them are tokens and links that are shown this once.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.errors import LpplError
from lppl.sealing import Seal
from lppl.stores import upsert
from lppl.tables import idempotent_answers as answers

KEY = "Idempotency-Key"
KEPT = timedelta(days=2)
LONGEST = timedelta(minutes=10)
"""No request takes so long: the service ended meanwhile, and whether anything was done is not known."""


class KeyUsed(LpplError):
    """A key stands for another request, or its first request is still being done."""


@dataclass(frozen=True, slots=True)
class Known:
    """The answer that was given before."""

    status: int
    answer: Any


class Repeats:
    """What is known of one key of one account."""

    def __init__(self, engine: AsyncEngine, seal: Seal, account: int, key: str) -> None:
        self._engine, self._seal, self._account, self._key = engine, seal, account, key[:200]
        self._mine = and_(answers.c.account_id == account, answers.c.key == self._key)

    async def begin(self, request: str, now: datetime) -> Known | None:
        """Take the key for the request with this hash; return its answer when it has one. Raises KeyUsed."""
        values = {"account_id": self._account, "key": self._key, "request": request, "made": now}
        async with self._engine.begin() as connection:
            await connection.execute(delete(answers).where(answers.c.made < now - KEPT))
            added = await connection.execute(upsert(connection, answers).values(values).on_conflict_do_nothing())
            if added.rowcount:
                return None
            row = (await connection.execute(select(answers).where(self._mine))).one()
        if row.request != request:
            raise KeyUsed("Kunci itu milik permintaan lain.", "That key belongs to another request.")
        if row.status is None and row.made < now - LONGEST:
            raise KeyUsed(
                "Layanan berhenti saat permintaan itu dikerjakan; lihat dulu hasilnya, lalu kirim dengan kunci baru.",
                "The service ended while that request was done; look what became of it, then send it with a new key.",
            )
        if row.status is None:
            raise KeyUsed("Permintaan itu masih dikerjakan.", "That request is still being done.")
        return Known(row.status, json.loads(self._seal.opened(row.answer["sealed"])))

    async def keep(self, status: int, answer: Any) -> None:
        """Keep the answer."""
        kept = {"sealed": self._seal.seal(json.dumps(answer))}
        async with self._engine.begin() as connection:
            await connection.execute(update(answers).where(self._mine).values(status=status, answer=kept))

    async def forget(self) -> None:
        """Give the key free again."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(answers).where(self._mine))
