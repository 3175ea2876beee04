"""Webhooks: addresses that are told of what happens, each message signed, kept until it is delivered or given up.

The signature is as Stripe's: header ``LPPL-Signature: t=<unix seconds>,v1=<hex>`` with HMAC-SHA256, keyed by the hook's
secret, over ``<t>.<body>``. A receiver checks it and that `t` is not old; a repeated message has the same ``LPPL-Id``.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from lppl.database import READS
from lppl.sealing import Seal, SealBroken
from lppl.tables import webhook_messages as messages
from lppl.tables import webhooks

SIGNATURE, MESSAGE_ID, EVENT = "LPPL-Signature", "LPPL-Id", "LPPL-Event"
PAUSES = tuple(timedelta(seconds=s) for s in (10, 60, 300, 1800, 7200, 21_600, 86_400))
"""After each failed try the next one waits this long; after the last the message is given up."""
KEPT = timedelta(days=30)
HOLD = timedelta(minutes=2)
"""A message that is being sent is nobody else's for so long."""


class Hook(StrEnum):
    """What may be told."""

    PROGRAMME_STARTED = "programme.started"
    PROGRAMME_ENDED = "programme.ended"
    SILENCE_STARTED = "silence.started"
    SILENCE_ENDED = "silence.ended"
    FALLBACK_STARTED = "fallback.started"
    FALLBACK_ENDED = "fallback.ended"
    GRID_PUBLISHED = "grid.published"
    PING = "ping"
    """Sent by hand, to try."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address and what it is told."""

    id: int
    url: str
    events: tuple[Hook, ...]
    active: bool
    made: datetime
    author: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one address. `not_before`: the next try; None once it is `delivered`, or given up."""

    id: int
    webhook_id: int
    event: str
    body: Mapping[str, Any]
    made: datetime
    attempts: int
    not_before: datetime | None
    delivered: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Due:
    """A message to be sent now, with what it takes. `secret` None: the station's seal does not open it any more."""

    message: Message
    url: str
    secret: str | None


def new_secret() -> str:
    """Return the secret of a new hook; it is shown once."""
    return "whsec_" + secrets.token_urlsafe(32)


def signature(secret: str, body: bytes, at: datetime) -> str:
    """Return the header's value for a body sent at `at`."""
    seconds = int(at.timestamp())
    digest = hmac.digest(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hex()
    return f"t={seconds},v1={digest}"


def body_of(message: Message, station: str) -> bytes:
    """Return what is sent."""
    said = {"id": message.id, "event": message.event, "made": message.made.isoformat(), "station": station}
    return json.dumps({**said, "data": message.body}, ensure_ascii=False).encode()


async def put_out(
    connection: AsyncConnection, event: Hook, body: Mapping[str, Any], now: datetime, only: int | None = None
) -> int:
    """Put a message into the outbox in the caller's transaction, so that it is told exactly when that is kept."""
    rows = (await connection.execute(select(webhooks).where(webhooks.c.active.is_(True)))).all()
    wanted = [r.id for r in rows if (event in r.events if only is None else r.id == only)]
    if wanted:
        common = {"event": event, "body": dict(body), "made": now, "attempts": 0, "not_before": now, "outcome": ""}
        await connection.execute(insert(messages), [{**common, "webhook_id": n} for n in wanted])
    return len(wanted)


class Webhooks:
    """The store. Any number of processes may use it at once; a message is sent by one of them."""

    def __init__(self, engine: AsyncEngine, seal: Seal) -> None:
        self._engine, self._seal = engine, seal
        self._reading = engine.execution_options(**READS)

    async def all(self) -> tuple[Webhook, ...]:
        """Return every hook, oldest first."""
        async with self._reading.connect() as connection:
            return tuple(_hook(row) for row in await connection.execute(select(webhooks).order_by(webhooks.c.id)))

    async def add(self, url: str, secret: str, events: Sequence[Hook], author: str, now: datetime) -> int:
        """Keep a hook; return its number."""
        values = {
            "url": url, "secret": self._seal.seal(secret), "events": list(events), "active": True, "made": now,
            "author": author,
        }  # fmt: skip
        async with self._engine.begin() as connection:
            return int(
                (await connection.execute(insert(webhooks).values(values).returning(webhooks.c.id))).scalar_one()
            )

    async def change(self, number: int, url: str, events: Sequence[Hook], active: bool) -> bool:
        """Change a hook; tell whether it is there."""
        query = update(webhooks).where(webhooks.c.id == number).values(url=url, events=list(events), active=active)
        async with self._engine.begin() as connection:
            return bool((await connection.execute(query)).rowcount)

    async def remove(self, number: int) -> bool:
        """Remove a hook and its messages; tell whether it was there."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(messages).where(messages.c.webhook_id == number))
            return bool((await connection.execute(delete(webhooks).where(webhooks.c.id == number))).rowcount)

    async def messages(self, number: int, limit: int = 50) -> tuple[Message, ...]:
        """Return the newest messages of a hook."""
        query = select(messages).where(messages.c.webhook_id == number).order_by(messages.c.id.desc()).limit(limit)
        async with self._reading.connect() as connection:
            return tuple(Message(**row._mapping) for row in await connection.execute(query))

    async def tell(self, event: Hook, body: Mapping[str, Any], now: datetime, only: int | None = None) -> int:
        """Put a message for each active hook that wants it (or for `only`) into the outbox; return how many."""
        async with self._engine.begin() as connection:
            return await put_out(connection, event, body, now, only)

    async def take(self, now: datetime, limit: int = 10) -> tuple[Due, ...]:
        """Return messages whose time has come, and hold them for this process."""
        ready = (
            select(messages.c.id)
            .where(messages.c.not_before <= now)
            .order_by(messages.c.not_before, messages.c.id)
            .limit(limit)
        )
        async with self._engine.begin() as connection:
            await connection.execute(delete(messages).where(messages.c.made < now - KEPT))
            if self._engine.dialect.name == "postgresql":
                ready = ready.with_for_update(skip_locked=True)
            numbers = list(await connection.scalars(ready))
            if not numbers:
                return ()
            query = update(messages).where(messages.c.id.in_(numbers)).values(not_before=now + HOLD)
            await connection.execute(query)
            rows = await connection.execute(
                select(messages, webhooks.c.url, webhooks.c.secret)
                .join(webhooks)
                .where(messages.c.id.in_(numbers))
                .order_by(messages.c.id)
            )
            return tuple(self._due(row) for row in rows)

    def _due(self, row: Row[Any]) -> Due:
        of = dict(row._mapping)
        url, sealed = of.pop("url"), of.pop("secret")
        try:
            secret: str | None = self._seal.opened(sealed)
        except SealBroken:  # it must not keep what is for others
            secret = None
        return Due(Message(**of), url, secret)

    async def done(self, message: Message, failure: str | None, now: datetime) -> None:
        """Note how a try went: `failure` None when it was delivered. After the last try it is given up."""
        tries = message.attempts + 1
        values: dict[str, Any] = {"attempts": tries, "outcome": (failure or "200")[:300]}
        if failure is None:
            values |= {"delivered": now, "not_before": None}
        else:
            values["not_before"] = now + PAUSES[message.attempts] if message.attempts < len(PAUSES) else None
        async with self._engine.begin() as connection:
            await connection.execute(update(messages).where(messages.c.id == message.id).values(values))

    async def next_due(self) -> datetime | None:
        """Return when the next message is to be tried; None when none waits."""
        query = select(messages.c.not_before).where(messages.c.not_before.is_not(None))
        async with self._reading.connect() as connection:
            return await connection.scalar(query.order_by(messages.c.not_before).limit(1))


def _hook(row: Row[Any]) -> Webhook:
    events = tuple(Hook(e) for e in row.events if e in set(Hook))
    return Webhook(row.id, row.url, events, row.active, row.made, row.author)
