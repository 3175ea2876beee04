"""What the desk keeps beside its cases: agencies, saved views, notes from one shift to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.cases.tables import agencies, handover_notes, saved_views
from lppl.database import READS
from lppl.errors import LpplError, NotThere
from lppl.tables import accounts


class NameTaken(LpplError):
    """There is one of that name already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Nama “{name}” sudah dipakai.", f"The name “{name}” is taken.")


class NoAgency(NotThere):
    """There is no such agency."""

    def __init__(self) -> None:
        super().__init__("Instansi itu tidak ada.", "There is no such agency.")


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency of the city, or one outside to which cases are only transferred."""

    id: int
    name: str
    short: str
    outside: bool
    active: bool


@dataclass(frozen=True, slots=True)
class SavedView:
    """A search that somebody keeps; `query` as in the address of the page."""

    id: int
    account_id: int
    name: str
    query: str
    shared: bool


@dataclass(frozen=True, slots=True)
class HandoverNote:
    """What one shift told the next."""

    id: int
    at: datetime
    author: str
    text: str


class DeskStore:
    """The store."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**READS)

    # --- agencies ---

    async def agencies(self) -> tuple[Agency, ...]:
        """Return all agencies by name."""
        async with self._reading.connect() as connection:
            rows = await connection.execute(select(agencies).order_by(agencies.c.name))
            return tuple(Agency(**row._mapping) for row in rows)

    async def add_agency(self, name: str, short: str, outside: bool) -> int:
        """Keep a new agency. Raises NameTaken."""
        values = {"name": name, "short": short, "outside": outside, "active": True}
        try:
            async with self._engine.begin() as connection:
                statement = insert(agencies).values(values).returning(agencies.c.id)
                return int((await connection.execute(statement)).scalar_one())
        except IntegrityError:
            raise NameTaken(name) from None

    async def change_agency(self, agency: Agency) -> None:
        """Change an agency; what was forwarded to it keeps the name that it had. Raises NoAgency, NameTaken."""
        values = {"name": agency.name, "short": agency.short, "outside": agency.outside, "active": agency.active}
        try:
            async with self._engine.begin() as connection:
                changed = update(agencies).where(agencies.c.id == agency.id).values(values)
                if not (await connection.execute(changed)).rowcount:
                    raise NoAgency
        except IntegrityError:
            raise NameTaken(agency.name) from None

    # --- views ---

    async def views(self, account: int) -> tuple[SavedView, ...]:
        """Return the views of an account, and those that others share."""
        mine = or_(saved_views.c.account_id == account, saved_views.c.shared.is_(True))
        async with self._reading.connect() as connection:
            rows = await connection.execute(select(saved_views).where(mine).order_by(saved_views.c.name))
            return tuple(SavedView(**row._mapping) for row in rows)

    async def keep_view(self, account: int, name: str, query: str, shared: bool) -> int:
        """Keep a view; one of the same name is replaced."""
        one = (saved_views.c.account_id == account) & (saved_views.c.name == name)
        async with self._engine.begin() as connection:
            await connection.execute(delete(saved_views).where(one))
            values = {"account_id": account, "name": name, "query": query, "shared": shared}
            return int(
                (await connection.execute(insert(saved_views).values(values).returning(saved_views.c.id))).scalar_one()
            )

    async def drop_view(self, account: int, number: int) -> None:
        """Forget one's own view; another's is left."""
        one = (saved_views.c.account_id == account) & (saved_views.c.id == number)
        async with self._engine.begin() as connection:
            await connection.execute(delete(saved_views).where(one))

    # --- shifts ---

    async def handover(self, limit: int) -> Sequence[HandoverNote]:
        """Return the newest notes."""
        query = (
            select(handover_notes.c.id, handover_notes.c.at, accounts.c.name, handover_notes.c.text)
            .join(accounts, accounts.c.id == handover_notes.c.account_id)
            .order_by(handover_notes.c.id.desc())
            .limit(limit)
        )
        async with self._reading.connect() as connection:
            return [HandoverNote(*row) for row in await connection.execute(query)]

    async def add_handover(self, account: int, text: str, now: datetime) -> int:
        """Keep a note."""
        values = {"account_id": account, "at": now, "text": text}
        async with self._engine.begin() as connection:
            statement = insert(handover_notes).values(values).returning(handover_notes.c.id)
            return int((await connection.execute(statement)).scalar_one())
