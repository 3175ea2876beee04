"""Turning the master key: every wrapped key in the records is wrapped anew, while the service runs, whatever is killed.

A batch is read, then written in a transaction of its own, each row only where it still is as it was read: whoever was
erased meanwhile stays erased. The order survives a kill at every step: the new master key is durable, then the records
say that they need it, then rows are wrapped by it; who turns again goes on. Former master keys are removed only by
:func:`retire`, once nothing needs them any more.
"""

import asyncio
import contextlib
import fcntl
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.cases.tables import reporters
from lppl.database import READS
from lppl.errors import LpplError
from lppl.intake.keyring import HASHES, LOOK_S, KeyGone, Keyring
from lppl.intake.keys_on_record import found, note_needed, under_way
from lppl.tables import metadata

WRAPPED = tuple(table for table in metadata.sorted_tables if "wrapped" in table.c)
"""Every table with wrapped keys; each has one column as its primary key."""
AT_ONCE = 200
"""Rows in one transaction."""
REST_S = 0.01
"""Between two transactions, for whoever else writes."""
PASSES = 5
SETTLED = timedelta(days=1)
"""A key that was made before a turn may come into the records long after it, at the end of a call or an upload. Only
after so long may former master keys be removed."""


class TurningAlready(LpplError):
    """Another process turns or retires master keys just now."""

    def __init__(self) -> None:
        super().__init__(
            "Kunci induk sedang diganti oleh perintah lain. Tunggu sampai selesai.",
            "Another command is turning the master keys. Wait until it is done.",
        )


class NothingToRetire(LpplError):
    """There is one master key alone."""

    def __init__(self) -> None:
        super().__init__(
            "Tidak ada kunci induk lama yang dapat dihapus. Buat yang baru dengan `lppl keys turn`.",
            "There is no former master key to remove. Make a new one with `lppl keys turn`.",
        )


class StillWrapped(LpplError):
    """`count` keys still need a former master key."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            f"{count} kunci masih dibungkus kunci induk lama. Jalankan `lppl keys turn` sampai selesai, lalu ulangi.",
            f"{count} keys are still wrapped by a former master key. Run `lppl keys turn` to its end, then try again.",
        )


class CallsWaiting(LpplError):
    """`count` keys of telephone calls that the records do not have yet need a former master key."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            f"{count} kunci panggilan telepon yang belum tercatat masih dibungkus kunci induk lama. Nyalakan layanan, "
            "tunggu dua menit, lalu ulangi.",
            f"{count} keys of telephone calls that wait to be recorded are still wrapped by a former master key. Start "
            "the service, wait two minutes, then try again.",
        )


class TurnedJustNow(LpplError):
    """What was begun before the turn may still come in; `until`: from then on it cannot."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(
            "Kunci induk baru saja diganti; unggahan atau panggilan yang dimulai sebelumnya mungkin belum selesai. "
            f"Ulangi setelah {until:%Y-%m-%d %H.%M} UTC.",
            "The master key was turned just now; uploads and calls that began before may still come in. Try again "
            f"after {until:%Y-%m-%d %H.%M} UTC.",
        )


@dataclass(frozen=True, slots=True)
class Wraps:
    """How many keys of a table each master key wraps, by its file's name; `lost`: those that none of them opens."""

    table: str
    by: Mapping[str, int] = field(default_factory=dict)
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of a table as they were read: how many, the last one's number, and (number, old, new) of those to write."""

    table: Table
    read: int
    last: Any
    fresh: Sequence[tuple[Any, bytes, bytes]]
    lost: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pass over a table is: rows looked at, and rows there were when it began."""

    table: str
    read: int
    all: int


@dataclass(frozen=True, slots=True)
class Turned:
    """What came of a turn. `made`: the new master key, or "" where a former turn was finished.

    `left`: keys that were still wrapped by a former one in the last pass; `lost`: those that none opens.
    """

    newest: str
    made: str
    rewrapped: int
    left: int
    lost: int


Told = Callable[[Progress], None]


def _nobody(_progress: Progress) -> None:
    """Tell nobody."""


# --- looking ---


async def wraps(engine: AsyncEngine, keyring: Keyring) -> tuple[Wraps, ...]:
    """Return what wraps the keys of each table. Raises SQLAlchemyError, OSError."""
    told = []
    for table in WRAPPED:
        by: Counter[str] = Counter()
        async for rows in _pieces(engine, table, AT_ONCE):
            by.update(await asyncio.to_thread(_wrappers, keyring, [wrapped for _, wrapped in rows]))
        lost = by.pop("", 0)
        told.append(Wraps(table.name, dict(by), lost))
    return tuple(told)


async def erased(engine: AsyncEngine) -> int:
    """Return how many reporters were erased. Raises SQLAlchemyError, OSError."""
    async with engine.execution_options(**READS).connect() as connection:
        query = select(func.count()).select_from(reporters).where(reporters.c.erased.is_not(None))
        return int(await connection.scalar(query) or 0)


def left(told: Sequence[Wraps], keyring: Keyring) -> int:
    """Return how many keys a former master key wraps. Pure."""
    return sum(count for each in told for name, count in each.by.items() if name != keyring.names[0])


# --- turning ---


async def turn(
    engine: AsyncEngine, keys_dir: Path, now: datetime, told: Told = _nobody, between: float = LOOK_S + 1.0,
    at_once: int = AT_ONCE,
) -> Turned:  # fmt: skip
    """Make a new master key and wrap everything by it; where a former turn was cut short, finish that one instead.

    `between`: seconds from one pass to the next, in which every process notices the new key.
    Raises TurningAlready, NoKeysYet, KeyringBroken, SQLAlchemyError, OSError; whatever was done stays, and is right.
    """
    await found(engine, keys_dir)
    with _alone(keys_dir):
        keyring = await found(engine, keys_dir)
        resumed, made, done, still, lost = await under_way(engine), "", 0, 0, 0
        if resumed or len(keyring.names) > 1:
            await note_needed(engine, keyring, now, turning=True)
            done, still, lost = await rewrap(engine, keyring, told, between, at_once)
        if not resumed and not done:
            keyring = await asyncio.to_thread(keyring.turned)
            made = keyring.names[0]
            await note_needed(engine, keyring, now, turning=True)
            done, still, lost = await rewrap(engine, keyring, told, between, at_once)
        if not still:
            await note_needed(engine, keyring, now)
        return Turned(keyring.names[0], made, done, still, lost)


async def rewrap(
    engine: AsyncEngine, keyring: Keyring, told: Told = _nobody, between: float = 0.0, at_once: int = AT_ONCE
) -> tuple[int, int, int]:
    """Wrap by the newest master key whatever a former one wraps, pass after pass until none is found.

    Returns (rewrapped, still found in the last pass, lost). Raises SQLAlchemyError, OSError; who goes on begins anew
    and passes over what is done.
    """
    done = 0
    for again in range(PASSES):
        if again:
            await asyncio.sleep(between)
        missed = fresh = lost = 0
        for table in WRAPPED:
            read, rows = 0, await _count(engine, table)
            batch = await due(engine, keyring, table, None, at_once)
            while batch.read:
                if batch.fresh:
                    changed = await put(engine, batch)
                    done, missed = done + changed, missed + len(batch.fresh) - changed
                    await asyncio.sleep(REST_S)
                fresh, lost, read = fresh + len(batch.fresh), lost + batch.lost, read + batch.read
                told(Progress(table.name, read, max(rows, read)))
                batch = await due(engine, keyring, table, batch.last, at_once)
        if not fresh:
            break
    return done, missed if fresh else 0, lost


async def due(engine: AsyncEngine, keyring: Keyring, table: Table, after: Any, at_once: int = AT_ONCE) -> Batch:
    """Read the next rows of a table and wrap anew what a former master key wraps. Raises SQLAlchemyError, OSError."""
    rows = await _piece(engine, table, after, at_once)
    fresh, lost = await asyncio.to_thread(_fresh, keyring, rows)
    return Batch(table, len(rows), rows[-1][0] if rows else after, fresh, lost)


async def put(engine: AsyncEngine, batch: Batch) -> int:
    """Write a batch, each row where it still is as it was read; return how many. Raises SQLAlchemyError, OSError.

    Rows that somebody else holds are left for the next pass: it waits for nobody, so that nobody waits for each other.
    """
    number, column = _number(batch.table), batch.table.c.wrapped
    changed = 0
    async with engine.begin() as connection:
        numbers = [which for which, _, _ in batch.fresh]
        free = select(number).where(number.in_(numbers)).with_for_update(skip_locked=True)
        ours = set(await connection.scalars(free))
        for which, old, new in batch.fresh:
            if which in ours:
                one = update(batch.table).where(number == which, column == old).values(wrapped=new)
                changed += (await connection.execute(one)).rowcount
    return changed


# --- retiring ---


async def retirable(
    engine: AsyncEngine, keys_dir: Path, now: datetime, calls: Collection[bytes] = ()
) -> tuple[Keyring, tuple[str, ...]]:
    """Return the keyring, and which former master keys nothing needs any more.

    `calls`: the wrapped keys of calls that lie outside the records; only the phone line wraps those anew.

    Raises NothingToRetire, StillWrapped, CallsWaiting, TurnedJustNow, NoKeysYet, KeyringBroken, SQLAlchemyError,
    OSError.
    """
    keyring = await found(engine, keys_dir)
    former = keyring.names[1:]
    if not former:
        raise NothingToRetire
    if still := left(await wraps(engine, keyring), keyring):
        raise StillWrapped(still)
    if still := sum(name in former for name in await asyncio.to_thread(_wrappers, keyring, calls)):
        raise CallsWaiting(still)
    until = await asyncio.to_thread(keyring.made, keyring.names[0]) + SETTLED
    if now < until:
        raise TurnedJustNow(until)
    return keyring, former


async def retire(engine: AsyncEngine, keys_dir: Path, now: datetime, calls: Collection[bytes] = ()) -> tuple[str, ...]:
    """Remove the former master keys; return their names. Backups from before the turn need them to be opened.

    Raises what :func:`retirable` raises, and TurningAlready.
    """
    await found(engine, keys_dir)
    with _alone(keys_dir):
        keyring, former = await retirable(engine, keys_dir, now, calls)
        await note_needed(engine, keyring, now)  # a turn may have been killed before it: the former is not needed
        await asyncio.to_thread(keyring.forget, former)
        return former


# --- rows ---


def _number(table: Table) -> Any:
    (column,) = table.primary_key.columns
    return column


async def _piece(engine: AsyncEngine, table: Table, after: Any, at_once: int) -> list[tuple[Any, bytes]]:
    number = _number(table)
    query = select(number, table.c.wrapped).where(table.c.wrapped.is_not(None)).order_by(number).limit(at_once)
    if after is not None:
        query = query.where(number > after)
    async with engine.execution_options(**READS).connect() as connection:
        return [(row[0], row[1]) for row in await connection.execute(query)]


async def _pieces(engine: AsyncEngine, table: Table, at_once: int) -> AsyncIterator[list[tuple[Any, bytes]]]:
    rows = await _piece(engine, table, None, at_once)
    while rows:
        yield rows
        rows = await _piece(engine, table, rows[-1][0], at_once)


async def _count(engine: AsyncEngine, table: Table) -> int:
    async with engine.execution_options(**READS).connect() as connection:
        query = select(func.count()).select_from(table).where(table.c.wrapped.is_not(None))
        return int(await connection.scalar(query) or 0)


def _wrappers(keyring: Keyring, keys: Collection[bytes]) -> list[str]:
    """Return the name of what wraps each; "" for what none of the master keys opens."""
    told = []
    for wrapped in keys:
        try:
            told.append(keyring.wrapper_of(wrapped))
        except KeyGone:
            told.append("")
    return told


def _fresh(keyring: Keyring, rows: Sequence[tuple[Any, bytes]]) -> tuple[list[tuple[Any, bytes, bytes]], int]:
    """Return (number, old, new) of the rows that a former master key wraps, and how many are lost."""
    by = _wrappers(keyring, [wrapped for _, wrapped in rows])
    former = [row for row, name in zip(rows, by, strict=True) if name not in ("", keyring.names[0])]
    return [(which, old, keyring.rewrapped(old)) for which, old in former], by.count("")


@contextlib.contextmanager
def _alone(keys_dir: Path) -> Iterator[None]:
    """Hold the folder of keys; the kernel lets go of it however the process ends. Raises TurningAlready, OSError."""
    fd = os.open(keys_dir / HASHES, os.O_RDWR | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TurningAlready from None
        yield
    finally:
        os.close(fd)
