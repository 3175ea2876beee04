"""Erasing people: because they want it, because a backup has brought them back, because they were kept for long enough.

The order survives a kill at every step. In one transaction that holds the reporter's row: it is noted outside the
records, durably (:func:`Keyring.note_erased`), then the keys are destroyed. Then the files are removed, which are noise
already. Killed after the note, :func:`forget_again` finishes it when the intake is opened next, before anything is
shown; killed after that, :func:`remove_orphans` finds the files.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import ColumnElement, and_, exists, or_, select, true, update

from lppl.cases.desk_lists import or_default
from lppl.cases.documents import DeskDocuments
from lppl.cases.tables import arrivals, cases, enclosures, reporters
from lppl.database import READS
from lppl.errors import NotThere
from lppl.intake.keyring import KeyGone
from lppl.intake.reporters import drop_enclosures, drop_told

if TYPE_CHECKING:
    from lppl.intake.reception import Reception

log = structlog.get_logger(__name__)

AT_ONCE = 200
"""Reporters, or arrivals, in one go; the rest follows in the next."""
MONTH = timedelta(days=30.44)
READ = ("understood", "cleared")
"""States of arrivals that nobody has to look at any more."""
PLACES = 5_000
"""Numbers looked for in one statement."""


class NoReporter(NotThere):
    """There is no such reporter."""

    def __init__(self) -> None:
        super().__init__("Pelapor itu tidak ada.", "There is no such reporter.")


async def forget(reception: "Reception", number: int, now: datetime, still: ColumnElement[bool] | None = None) -> bool:
    """Erase a reporter for good; tell whether there was anything to erase, and they are `still` such a one.

    Raises SQLAlchemyError, OSError: it may then be on record that they were erased, and is done at the next opening.
    """
    people = reception.reporters
    async with reception.writing, reception.engine.begin() as connection:
        wrapped = await people.wrapped(connection, number)
        fits = exists().where(reporters.c.id == number, true() if still is None else still)
        if wrapped is None or not await connection.scalar(select(fits)):
            return False
        try:
            mark = people.mark_of(number, wrapped)
        except KeyGone:  # its master key was retired: what it sealed is noise in every copy, without a note
            mark = ""
        if mark:
            await asyncio.to_thread(reception.keyring.note_erased, mark)
        files = await people.erase(connection, number, now)
    await _remove(reception, files)
    return True


async def forget_again(reception: "Reception", now: datetime) -> int:
    """Erase once more whom a backup that was put back has brought back, or whose erasing was cut short; return how
    many. Raises SQLAlchemyError, OSError."""
    marks = await asyncio.to_thread(reception.keyring.erased)
    numbers = sorted({int(n) for n, _, mark in (m.partition(".") for m in marks) if mark and n.isdecimal()})
    back = 0
    for first in range(0, len(numbers), PLACES):
        alive = select(reporters.c.id, reporters.c.wrapped).where(
            reporters.c.id.in_(numbers[first : first + PLACES]), reporters.c.wrapped.is_not(None)
        )
        async with reception.engine.execution_options(**READS).connect() as connection:
            rows = (await connection.execute(alive)).all()
        for row in rows:
            if _marked(reception, row.id, row.wrapped, marks):
                back += await forget(reception, row.id, now)
    return back


def _marked(reception: "Reception", number: int, wrapped: bytes, marks: Iterable[str]) -> bool:
    try:
        return reception.reporters.mark_of(number, wrapped) in marks
    except KeyGone:  # nobody knows who it is; it is noise already, or the right master key is missing
        return False


async def forget_old(reception: "Reception", now: datetime) -> int:
    """Erase reporters who said nothing and whose cases are all closed for longer than is kept; return how many.

    Each in a transaction of its own; killed in between, the next time goes on. Raises SQLAlchemyError, OSError.
    """
    before = await _kept_since(reception, now)
    if before is None:
        return 0
    kept = exists().where(
        cases.c.reporter_id == reporters.c.id, or_(cases.c.open.is_(True), cases.c.closed >= before)
    )  # fmt: skip
    old = and_(reporters.c.erased.is_(None), reporters.c.seen < before, ~kept)
    async with reception.engine.execution_options(**READS).connect() as connection:
        numbers = list(
            await connection.scalars(select(reporters.c.id).where(old).order_by(reporters.c.id).limit(AT_ONCE))
        )
    # whoever says something in this moment is looked at again when their row is held
    return sum([await forget(reception, number, now, old) for number in numbers])


async def drop_old_bodies(reception: "Reception", now: datetime) -> int:
    """Destroy what was received, as it came, for longer than is kept; return how many arrivals.

    Only of those that were read, whose words are kept for themselves: what is in the tray, or waits, stays. What the
    outbox needs no more goes at any age. Raises SQLAlchemyError, OSError.
    """
    async with reception.writing, reception.engine.begin() as connection:
        await drop_told(connection)
    before = await _kept_since(reception, now)
    count = 0
    while before is not None:
        old = (arrivals.c.received < before) & arrivals.c.state.in_(READ) & arrivals.c.wrapped.is_not(None)
        async with reception.writing, reception.engine.begin() as connection:
            numbers = list(await connection.scalars(select(arrivals.c.id).where(old).limit(AT_ONCE)))
            again = arrivals.c.id.in_(numbers) & arrivals.c.state.in_(READ)  # unless it is just read once more
            await connection.execute(update(arrivals).where(again).values(wrapped=None, body=None))
            loose = enclosures.c.arrival_id.in_(numbers) & enclosures.c.word_id.is_(None)
            files = await drop_enclosures(connection, select(enclosures.c.id).where(loose))
        await _remove(reception, files)
        count += len(numbers)
        if len(numbers) < AT_ONCE:
            break
    return count


async def remove_orphans(reception: "Reception", before: float) -> int:
    """Remove files from before an instant (Unix seconds) that no enclosure names, or only one that was erased.

    Returns of how many enclosures. Raises SQLAlchemyError, OSError.
    """
    count = 0
    for number in await asyncio.to_thread(list, reception.files.ids(before)):
        named = select(enclosures.c.id).where(enclosures.c.id == number, enclosures.c.wrapped.is_not(None))
        async with reception.engine.execution_options(**READS).connect() as connection:
            known = await connection.scalar(named)
        if known is None:
            await _remove(reception, [number])
            log.info("orphan_removed", enclosure=number)
            count += 1
    return count


async def _kept_since(reception: "Reception", now: datetime) -> datetime | None:
    """Return from when on personal data is kept; None when all of it is."""
    months = or_default("keeping", await DeskDocuments(reception.engine).get("keeping")).body["months"]
    return now - months * MONTH if months else None


async def _remove(reception: "Reception", files: Iterable[str]) -> None:
    for which in files:
        await asyncio.to_thread(reception.files.remove, which)
