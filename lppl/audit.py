"""The audit log: who changed what, before and after. Rows are only ever added; the database refuses anything else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.database import READS
from lppl.masking import MASK, cleaned
from lppl.tables import audit

SECRET_WORDS = ("password", "sandi", "secret", "token", "totp")
LONGEST = 20_000
"""Characters of a before or after that are kept; whole grids keep their own versions."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: an account, a command on the station's computer, or a job; from which address."""

    account_id: int | None
    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One row. `action`: ``<what>.<done>``, as ``grid.publish``; `object`: its name within that."""

    id: int
    at: datetime
    account_id: int | None
    actor: str
    action: str
    channel: str
    object: str
    before: Any
    after: Any
    address: str


class AuditLog:
    """The store. Any number of processes may use it at once."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**READS)

    async def record(
        self,
        actor: Actor,
        action: str,
        now: datetime,
        *,
        channel: str = "",
        object: str = "",
        before: Any = None,
        after: Any = None,
    ) -> None:
        """Add a row; what is secret by its name is masked first."""
        values = {
            "at": now, "account_id": actor.account_id, "actor": actor.name, "action": action, "channel": channel,
            "object": object[:200], "before": without_secrets(before), "after": without_secrets(after),
            "address": actor.address[:64],
        }  # fmt: skip
        async with self._engine.begin() as connection:
            await connection.execute(insert(audit).values(values))

    async def page(
        self,
        *,
        words: str = "",
        actor: str = "",
        action: str = "",
        first: datetime | None = None,
        last: datetime | None = None,
        before_id: int | None = None,
        limit: int = 100,
    ) -> tuple[Event, ...]:
        """Return rows, newest first, older than `before_id`.

        `words`: part of actor, action or object; `actor`: who exactly; `action`: how it begins.
        """
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        if words:
            query = query.where(
                or_(*(c.icontains(words, autoescape=True) for c in (audit.c.actor, audit.c.action, audit.c.object)))
            )
        if actor:
            query = query.where(audit.c.actor == actor)
        if action:
            query = query.where(audit.c.action.startswith(action, autoescape=True))
        if first is not None:
            query = query.where(audit.c.at >= first)
        if last is not None:
            query = query.where(audit.c.at < last)
        if before_id is not None:
            query = query.where(audit.c.id < before_id)
        async with self._reading.connect() as connection:
            return tuple(_event(row) for row in await connection.execute(query))

    async def known(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return who did anything, and what was done, each in order."""
        async with self._reading.connect() as connection:
            actors = await connection.scalars(select(audit.c.actor).distinct().order_by(audit.c.actor))
            actions = await connection.scalars(select(audit.c.action).distinct().order_by(audit.c.action))
            return tuple(actors), tuple(actions)


def without_secrets(value: Any) -> Any:
    """Return JSON-able `value` without what is secret by its key or in an address; very long text is shortened."""
    match value:
        case Mapping():
            return {
                str(k): MASK if v and any(w in str(k).lower() for w in SECRET_WORDS) else without_secrets(v)
                for k, v in value.items()
            }
        case list() | tuple():
            return [without_secrets(v) for v in value]
        case str():
            shown = cleaned(value)
            return shown if len(shown) <= LONGEST else shown[:LONGEST] + "…"
    return value


def _event(row: Row[Any]) -> Event:
    return Event(**row._mapping)
