"""Who wants to be reminded of which broadcast: browsers by their push address, sealed, and nothing else of anybody.

A browser's row goes when it asks, when its push service says that it is gone, or after `MOST_FAILURES` refusals in a
row; with it go its reminders. An outage forgets nobody. A reminder is claimed before it is sent, so that none is sent
twice.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from lppl.database import READS
from lppl.errors import LpplError
from lppl.sealing import Seal, SealBroken
from lppl.stores import upsert
from lppl.tables import push_subscriptions, reminders

MOST_OF_BROWSER = 100
MOST_BROWSERS = 200_000
MOST_FAILURES = 10
KEPT = timedelta(days=2)
"""A reminder is forgotten so long after its broadcast began."""


class TooManyReminders(LpplError):
    """A browser has asked for more than anybody can mean."""

    def __init__(self) -> None:
        super().__init__(
            f"Sudah ada {MOST_OF_BROWSER} pengingat di peramban ini; hapus sebagian dulu.",
            f"This browser has {MOST_OF_BROWSER} reminders already; remove some first.",
        )


class TooManyBrowsers(LpplError):
    """No more browsers are taken."""

    def __init__(self) -> None:
        super().__init__("Pengingat sedang penuh; pakai berkas kalender.", "Reminders are full; use the calendar file.")


@dataclass(frozen=True, slots=True)
class Browser:
    """A push subscription as browsers give it; `endpoint` and `keys` (``p256dh``, ``auth``) are its secrets."""

    endpoint: str
    keys: Mapping[str, str]
    language: str

    @property
    def id(self) -> str:
        """SHA-256 of the endpoint."""
        return browser_id(self.endpoint)


@dataclass(frozen=True, slots=True)
class Reminder:
    """One broadcast; `start` aware."""

    channel: str
    programme: str
    start: datetime
    title: str


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder to be sent, and to whom; `browser` is None when its seal is broken."""

    subscription: str
    reminder: Reminder
    browser: Browser | None
    failures: int


def browser_id(endpoint: str) -> str:
    """Return what names a browser in the records."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


class Reminders:
    """The store. Any number of processes may use it at once. All methods raise SQLAlchemyError, OSError."""

    def __init__(self, engine: AsyncEngine, seal: Seal) -> None:
        self._engine, self._seal = engine, seal
        self._reading = engine.execution_options(**READS)

    async def remind(self, browser: Browser, reminder: Reminder, now: datetime) -> None:
        """Keep a reminder; the same once more changes nothing. Raises TooManyReminders, TooManyBrowsers."""
        sealed = self._seal.seal(json.dumps({"endpoint": browser.endpoint, "keys": dict(browser.keys)}))
        async with self._engine.begin() as connection:
            mine = reminders.c.subscription_id == browser.id
            if await _count(connection, select(func.count()).select_from(reminders).where(mine)) >= MOST_OF_BROWSER:
                raise TooManyReminders
            if await _count(connection, select(func.count()).select_from(push_subscriptions)) >= MOST_BROWSERS:
                raise TooManyBrowsers
            row = {"id": browser.id, "subscription": sealed, "language": browser.language, "made": now, "failures": 0}
            renewed = {"subscription": sealed, "language": browser.language, "failures": 0}
            await connection.execute(
                upsert(connection, push_subscriptions)
                .values(row)
                .on_conflict_do_update(index_elements=["id"], set_=renewed)
            )
            wish = {
                "subscription_id": browser.id, "channel": reminder.channel, "programme_id": reminder.programme,
                "start": reminder.start, "title": reminder.title[:300], "sent": None,
            }  # fmt: skip
            await connection.execute(upsert(connection, reminders).values(wish).on_conflict_do_nothing())

    async def forget(self, endpoint: str, reminder: tuple[str, str, datetime] | None = None) -> None:
        """Forget one reminder (channel, programme, start) of a browser, or the browser with all of them.

        A browser without reminders is forgotten, too.
        """
        name = browser_id(endpoint)
        async with self._engine.begin() as connection:
            which = reminders.c.subscription_id == name
            if reminder is not None:
                channel, programme, start = reminder
                which &= reminders.c.channel == channel
                which &= (reminders.c.programme_id == programme) & (reminders.c.start == start)
            await connection.execute(delete(reminders).where(which))
            left = select(reminders.c.subscription_id).where(reminders.c.subscription_id == name).exists()
            await connection.execute(delete(push_subscriptions).where(push_subscriptions.c.id == name, ~left))

    async def of(self, endpoint: str) -> tuple[Reminder, ...]:
        """Return what a browser is still to be reminded of, oldest first."""
        query = (
            select(reminders)
            .where(reminders.c.subscription_id == browser_id(endpoint), reminders.c.sent.is_(None))
            .order_by(reminders.c.start)
        )
        async with self._reading.connect() as connection:
            return tuple(Reminder(r.channel, r.programme_id, r.start, r.title) for r in await connection.execute(query))

    async def due(self, first: datetime, last: datetime, limit: int = 500) -> tuple[Due, ...]:
        """Return what is not sent of the broadcasts that begin in [first, last], oldest first."""
        query = (
            select(reminders, push_subscriptions.c.subscription, push_subscriptions.c.language,
                   push_subscriptions.c.failures)
            .join(push_subscriptions, push_subscriptions.c.id == reminders.c.subscription_id)
            .where(reminders.c.sent.is_(None), reminders.c.start >= first, reminders.c.start <= last)
            .order_by(reminders.c.start)
            .limit(limit)
        )  # fmt: skip
        async with self._reading.connect() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(
            Due(
                r.subscription_id,
                Reminder(r.channel, r.programme_id, r.start, r.title),
                self._opened(r.subscription, r.language),
                r.failures,
            )
            for r in rows
        )

    def _opened(self, sealed: str, language: str) -> Browser | None:
        try:
            said = json.loads(self._seal.opened(sealed))
            return Browser(said["endpoint"], said["keys"], language)
        except (SealBroken, ValueError, KeyError, TypeError):
            return None

    async def claim(self, due: Due, now: datetime) -> bool:
        """Mark a reminder as sent; tell whether it was not before: then it is the caller's to send."""
        async with self._engine.begin() as connection:
            mine = _one(due) & reminders.c.sent.is_(None)
            return (await connection.execute(update(reminders).where(mine).values(sent=now))).rowcount == 1

    async def delivered(self, subscription: str) -> None:
        """Note that a browser could be reached."""
        async with self._engine.begin() as connection:
            mine = (push_subscriptions.c.id == subscription) & (push_subscriptions.c.failures > 0)
            await connection.execute(update(push_subscriptions).where(mine).values(failures=0))

    async def put_back(self, due: Due) -> None:
        """Give a reminder back, to be tried again: its push service could not be asked."""
        async with self._engine.begin() as connection:
            await connection.execute(update(reminders).where(_one(due)).values(sent=None))

    async def failed(self, due: Due) -> None:
        """Give a reminder back that was refused; a browser for which that happened too often is forgotten."""
        if due.failures + 1 >= MOST_FAILURES:
            await self.gone(due.subscription)
            return
        async with self._engine.begin() as connection:
            await connection.execute(update(reminders).where(_one(due)).values(sent=None))
            counted = {"failures": push_subscriptions.c.failures + 1}
            mine = push_subscriptions.c.id == due.subscription
            await connection.execute(update(push_subscriptions).where(mine).values(counted))

    async def gone(self, subscription: str) -> None:
        """Forget a browser that its push service no longer knows."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(reminders).where(reminders.c.subscription_id == subscription))
            await connection.execute(delete(push_subscriptions).where(push_subscriptions.c.id == subscription))

    async def prune(self, now: datetime) -> None:
        """Forget reminders of what is long over, and browsers that have none."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(reminders).where(reminders.c.start < now - KEPT))
            wished = select(reminders.c.subscription_id)
            await connection.execute(delete(push_subscriptions).where(push_subscriptions.c.id.not_in(wished)))


async def _count(connection: AsyncConnection, query: Select[int]) -> int:
    return await connection.scalar(query) or 0


def _one(due: Due) -> ColumnElement[bool]:
    r = due.reminder
    return (
        (reminders.c.subscription_id == due.subscription)
        & (reminders.c.channel == r.channel)
        & (reminders.c.programme_id == r.programme)
        & (reminders.c.start == r.start)
    )
