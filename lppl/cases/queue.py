"""Lists and search of cases: a page at a time, in one query each, quick among a million.

A list of what is open is sorted by what is due. All else, and a search, is sorted by newest first: in that order the
index of words gives what it finds without collecting all of it first.
"""

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal_column, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from lppl.cases.tables import case_agencies, cases

PAGE = 50
COUNT_MOST, FOUND_MOST = 10_000, 1_000
"""Nobody counts further, and of what words find less far; the screen then says "10.000+"."""
WORDS = 12
SHORTEST_BEGINNING = 3
"""Letters from which on a last word may be the beginning of others: too many begin with one or two."""
FEW = 500
"""Of so few cases SQLite's index of words is asked one by one, which is quicker than all that hold a common word."""
CLOCK_SLACK = 2_000
"""Cases that a clock which was set back may have put out of the order of time."""
_WORD = re.compile(r"\w+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; an empty value asks for nothing. Instants are aware; `until` is not included."""

    words: str = ""
    statuses: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    category: str = ""
    kelurahan: str = ""
    source: str = ""
    agency: int | None = None
    assigned: int | None = None
    reporters: tuple[int, ...] | None = None
    open: bool | None = None
    late: bool = False
    emergency: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    newest_first: bool = False
    after: str = ""
    """Where the page before ended."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of rows of `cases`; `after` leads to the next one, "" when there is none."""

    rows: Sequence[Row[Any]]
    after: str


def match_of(words: str, dialect: str) -> str:
    """Return a query for the database's index of words: all of them, the last one perhaps unfinished. "" finds none."""
    found = _WORD.findall(words.casefold())[:WORDS]
    if not found:
        return ""
    last = found[-1]
    unfinished = len(last) >= SHORTEST_BEGINNING
    if dialect == "postgresql":
        return " & ".join([*(f"'{w}'" for w in found[:-1]), f"'{last}'" + (":*" if unfinished else "")])
    return " ".join([*(f'"{w}"' for w in found[:-1]), f'"{last}"' + ("*" if unfinished else "")])


async def find(connection: AsyncConnection, wanted: Wanted, now: datetime, limit: int = PAGE) -> Found:
    """Return a page of what is wanted."""
    dialect = connection.dialect.name
    query = _from(wanted, dialect)
    if query is None:
        return Found((), "")
    by_newest = not _by_due(wanted)
    conditions = await _all_conditions(connection, wanted, now)
    if cursor := _cursor(wanted.after):
        conditions.append(_beyond(cursor, by_newest))
    order = [cases.c.id.desc()] if by_newest else [cases.c.due.is_(None), cases.c.due, cases.c.id]
    if by_newest and dialect == "sqlite" and wanted.words.strip():
        order = [literal_column("case_search.rowid").desc()]
    rows = (await connection.execute(query.where(*conditions).order_by(*order).limit(limit + 1))).all()
    after = ""
    if len(rows) > limit:
        last = rows[limit - 1]
        after = _written(last.id, None if by_newest else last.due)
    return Found(rows[:limit], after)


def _by_due(wanted: Wanted) -> bool:
    """Tell whether a list is in the order of what is due: only what is open has something due."""
    return (wanted.open is True or wanted.late) and not wanted.newest_first and not wanted.words.strip()


async def count(connection: AsyncConnection, wanted: Wanted, now: datetime) -> int:
    """Return how many there are; over :data:`COUNT_MOST`, in a search over :data:`FOUND_MOST`, nobody counts."""
    query = _from(wanted, connection.dialect.name)
    if query is None:
        return 0
    conditions = await _all_conditions(connection, wanted, now)
    most = FOUND_MOST if wanted.words.strip() else COUNT_MOST
    some = query.with_only_columns(cases.c.id).where(*conditions).limit(most + 1).subquery()
    return int(await connection.scalar(select(func.count()).select_from(some)) or 0)


async def _all_conditions(connection: AsyncConnection, wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions of a list, with those that only spare the database work."""
    found = _conditions(wanted, now)
    if (few := await _few(connection, wanted, found)) is not None:
        return [*found, literal_column("case_search.rowid").in_(few)]
    return [*found, *await _before(connection, wanted)]


async def _few(
    connection: AsyncConnection, wanted: Wanted, conditions: Sequence[ColumnElement[bool]]
) -> Sequence[int] | None:
    """Return the cases of which all holds but the words, where those are few; None else, and where nobody needs it.

    PostgreSQL finds the shorter way by its statistics.
    """
    if not wanted.words.strip() or connection.dialect.name != "sqlite" or not (conditions or wanted.agency is not None):
        return None
    query = _of_agency(select(cases.c.id), wanted).where(*conditions).limit(FEW + 1)
    numbers = (await connection.scalars(query)).all()
    return numbers if len(numbers) <= FEW else None


async def _before(connection: AsyncConnection, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what spares looking through all that came after `until`: numbers grow with time, but for slack."""
    if wanted.until is None:
        return []
    newest = select(cases.c.id).where(cases.c.arrived < wanted.until).order_by(cases.c.arrived.desc()).limit(1)
    bound = (await connection.scalar(newest) or 0) + CLOCK_SLACK
    if wanted.words.strip() and connection.dialect.name == "sqlite":
        return [literal_column("case_search.rowid") <= bound]
    return [cases.c.id <= bound]


async def candidates(
    connection: AsyncConnection, stems: Sequence[str], since: datetime, limit: int
) -> Sequence[Row[Any]]:
    """Return the newest cases that hold any of some stems, for somebody to compare."""
    known = [w for stem in stems for w in _WORD.findall(stem)][:WORDS]
    if not known:
        return ()
    query = select(cases).where(cases.c.arrived >= since).order_by(cases.c.id.desc()).limit(limit)
    if connection.dialect.name == "postgresql":
        match = " | ".join(f"'{w}':*" for w in known)
        any_of = text("to_tsvector('simple', cases.search) @@ to_tsquery('simple', :match)").bindparams(match=match)
        return (await connection.execute(query.where(any_of))).all()
    match = " OR ".join(f'"{w}"*' for w in known)
    found = text("SELECT rowid FROM case_search WHERE case_search MATCH :match ORDER BY rowid DESC LIMIT :limit")
    numbers = [row[0] for row in await connection.execute(found, {"match": match, "limit": limit})]
    return (await connection.execute(query.where(cases.c.id.in_(numbers)))).all()


def _from(wanted: Wanted, dialect: str) -> Select[Any] | None:
    """Return the rows to choose from; None when words can find none."""
    query = select(cases)
    if wanted.words.strip():
        match = match_of(wanted.words, dialect)
        if not match:
            return None
        if dialect == "postgresql":
            query = query.where(
                text("to_tsvector('simple', cases.search) @@ to_tsquery('simple', :match)").bindparams(match=match)
            )
        else:
            query = query.select_from(text("case_search"), cases).where(
                literal_column("case_search.rowid") == cases.c.id,
                text("case_search MATCH :match").bindparams(match=match),
            )
    return _of_agency(query, wanted)


def _of_agency(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.agency is None:
        return query
    of_it = (case_agencies.c.case_id == cases.c.id) & (case_agencies.c.agency_id == wanted.agency)
    return query.join(case_agencies, of_it)


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (cases.c.category, wanted.category),
        (cases.c.kelurahan, wanted.kelurahan),
        (cases.c.source, wanted.source),
    ):
        if value:
            found.append(column == value)
    if wanted.statuses:
        found.append(cases.c.status.in_(wanted.statuses))
    if wanted.classes:
        found.append(cases.c.case_class.in_(wanted.classes))
    if wanted.assigned is not None:
        found.append(cases.c.assigned == wanted.assigned)
    if wanted.reporters is not None:
        found.append(cases.c.reporter_id.in_(wanted.reporters))
    if wanted.open is not None:
        found.append(cases.c.open.is_(wanted.open))
    if wanted.emergency is not None:
        found.append(cases.c.emergency.is_(wanted.emergency))
    if wanted.late:
        found += [cases.c.open.is_(True), cases.c.due < now]
    if wanted.since is not None:
        found.append(cases.c.arrived >= wanted.since)
    if wanted.until is not None:
        found.append(cases.c.arrived < wanted.until)
    return found


def _beyond(cursor: tuple[int, datetime | None], by_newest: bool) -> ColumnElement[bool]:
    """Return the condition of what comes after a row in its order."""
    number, due = cursor
    if by_newest:
        return cases.c.id < number
    if due is None:
        return and_(cases.c.due.is_(None), cases.c.id > number)
    return or_(cases.c.due.is_(None), cases.c.due > due, and_(cases.c.due == due, cases.c.id > number))


def _written(number: int, due: datetime | None) -> str:
    data = json.dumps([number, due.isoformat() if due else None]).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _cursor(after: str) -> tuple[int, datetime | None] | None:
    """Return where a page ended; None for nothing, and for rubbish."""
    try:
        number, due = json.loads(base64.urlsafe_b64decode(after[:200] + "=" * (-len(after[:200]) % 4)))
        found = datetime.fromisoformat(due) if due is not None else None
        if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**62:
            return None
    except (ValueError, TypeError):
        return None
    return None if found is not None and found.tzinfo is None else (number, found)
