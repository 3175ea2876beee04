"""The store of staff: accounts, sessions, one-time links, personal tokens. Only hashes of what is secret come here.

Any number of processes may use it at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.accounts import SESSION_IDLE, Account, ApiToken, LinkPurpose, Right, Role, Session
from lppl.database import READS
from lppl.tables import accounts, api_tokens, one_time_links, sessions


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a login is checked against. `totp`: sealed."""

    account: Account
    password: str
    totp: str
    totp_step: int


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link that can still be used."""

    id: str
    purpose: LinkPurpose
    account_id: int | None
    expires: datetime


class AccountStore:
    """Records of people."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**READS)

    # ---- accounts ----

    async def all(self) -> tuple[Account, ...]:
        """Return every account, active ones first, by name."""
        query = select(accounts).order_by(accounts.c.active.desc(), accounts.c.name, accounts.c.id)
        async with self._reading.connect() as connection:
            return tuple(_account(row) for row in await connection.execute(query))

    async def account(self, number: int) -> Account | None:
        """Return an account."""
        async with self._reading.connect() as connection:
            row = (await connection.execute(select(accounts).where(accounts.c.id == number))).first()
            return _account(row) if row else None

    async def credentials(self, login: str) -> Credentials | None:
        """Return what a login is checked against."""
        async with self._reading.connect() as connection:
            row = (await connection.execute(select(accounts).where(accounts.c.login == login))).first()
            return Credentials(_account(row), row.password, row.totp, row.totp_step) if row else None

    async def add(self, login: str, name: str, role: Role, agency: str, language: str, now: datetime) -> int | None:
        """Add an account without password; return its number, or None when the login is taken."""
        values = {
            "login": login, "name": name, "role": role, "agency": agency, "language": language, "password": "",
            "totp": "", "totp_step": 0, "active": True, "made": now,
        }  # fmt: skip
        try:
            async with self._engine.begin() as connection:
                query = insert(accounts).values(values).returning(accounts.c.id)
                return int((await connection.execute(query)).scalar_one())
        except IntegrityError:
            return None

    async def change(self, number: int, **values: Any) -> None:
        """Set columns of an account."""
        async with self._engine.begin() as connection:
            await connection.execute(update(accounts).where(accounts.c.id == number).values(**values))

    async def use_totp_step(self, number: int, step: int) -> bool:
        """Mark a time step of the second factor as used; False when it, or a later one, was used before."""
        query = update(accounts).where(accounts.c.id == number, accounts.c.totp_step < step).values(totp_step=step)
        async with self._engine.begin() as connection:
            return bool((await connection.execute(query)).rowcount)

    async def count_admins(self) -> int:
        """Return how many active administrators have a password."""
        query = select(func.count()).where(
            accounts.c.role == Role.ADMIN, accounts.c.active.is_(True), accounts.c.password != ""
        )
        async with self._reading.connect() as connection:
            return int(await connection.scalar(query) or 0)

    # ---- sessions ----

    async def open_session(self, session: Session) -> None:
        """Keep a new session; sessions long over are removed."""
        values = {name: getattr(session, name) for name in Session.__slots__}
        async with self._engine.begin() as connection:
            await connection.execute(delete(sessions).where(sessions.c.expires < session.made))
            await connection.execute(delete(sessions).where(sessions.c.seen < session.made - SESSION_IDLE))
            await connection.execute(insert(sessions).values(values))

    async def session(self, name: str) -> tuple[Session, Account] | None:
        """Return a session with its account."""
        query = select(sessions, accounts).join(accounts).where(sessions.c.id == name)
        query = query.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
        async with self._reading.connect() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        of = row._mapping
        return (
            Session(**{c.name: of[f"sessions_{c.name}"] for c in sessions.c}),
            _account_from({c.name: of[f"accounts_{c.name}"] for c in accounts.c}),
        )

    async def sessions_of(self, number: int) -> tuple[Session, ...]:
        """Return the sessions of an account, the one used last first."""
        query = select(sessions).where(sessions.c.account_id == number).order_by(sessions.c.seen.desc())
        async with self._reading.connect() as connection:
            return tuple(Session(**row._mapping) for row in await connection.execute(query))

    async def touch(self, name: str, now: datetime) -> None:
        """Note that a session was used."""
        async with self._engine.begin() as connection:
            await connection.execute(update(sessions).where(sessions.c.id == name).values(seen=now))

    async def close_session(self, name: str) -> None:
        """End a session."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(sessions).where(sessions.c.id == name))

    async def close_sessions(self, number: int, keep: str = "") -> None:
        """End all sessions of an account but `keep`."""
        query = delete(sessions).where(sessions.c.account_id == number, sessions.c.id != keep)
        async with self._engine.begin() as connection:
            await connection.execute(query)

    # ---- links that work once ----

    async def add_link(
        self, name: str, purpose: LinkPurpose, account_id: int | None, now: datetime, expires: datetime
    ) -> None:
        """Keep a link; earlier ones for the same stop working."""
        same = (one_time_links.c.purpose == purpose, one_time_links.c.used.is_(None))
        mine = (
            one_time_links.c.account_id.is_(None) if account_id is None else one_time_links.c.account_id == account_id
        )
        values = {"id": name, "purpose": purpose, "account_id": account_id, "made": now, "expires": expires}
        async with self._engine.begin() as connection:
            await connection.execute(delete(one_time_links).where(*same, mine))
            await connection.execute(insert(one_time_links).values(values))

    async def link(self, name: str, now: datetime) -> Link | None:
        """Return a link that can still be used."""
        query = select(one_time_links).where(
            one_time_links.c.id == name, one_time_links.c.used.is_(None), one_time_links.c.expires > now
        )
        async with self._reading.connect() as connection:
            row = (await connection.execute(query)).first()
            return Link(row.id, LinkPurpose(row.purpose), row.account_id, row.expires) if row else None

    async def use_link(self, name: str, now: datetime) -> bool:
        """Use a link up; False when somebody was faster, or it is over."""
        query = (
            update(one_time_links)
            .where(one_time_links.c.id == name, one_time_links.c.used.is_(None), one_time_links.c.expires > now)
            .values(used=now)
        )
        async with self._engine.begin() as connection:
            return bool((await connection.execute(query)).rowcount)

    # ---- personal tokens ----

    async def add_token(
        self, account_id: int, name: str, hashed: str, scopes: Iterable[Right], now: datetime, expires: datetime | None
    ) -> int:
        """Keep a token by its hash; return its number."""
        values = {
            "account_id": account_id, "name": name, "hash": hashed, "scopes": sorted(scopes), "made": now,
            "expires": expires,
        }  # fmt: skip
        async with self._engine.begin() as connection:
            query = insert(api_tokens).values(values).returning(api_tokens.c.id)
            return int((await connection.execute(query)).scalar_one())

    async def tokens_of(self, account_id: int) -> tuple[ApiToken, ...]:
        """Return the tokens of an account, newest first."""
        query = select(api_tokens).where(api_tokens.c.account_id == account_id).order_by(api_tokens.c.id.desc())
        async with self._reading.connect() as connection:
            return tuple(_token(row) for row in await connection.execute(query))

    async def token(self, hashed: str, now: datetime) -> tuple[ApiToken, Account] | None:
        """Return a token in force with its account."""
        query = (
            select(api_tokens)
            .where(api_tokens.c.hash == hashed, api_tokens.c.revoked.is_(None))
            .where((api_tokens.c.expires.is_(None)) | (api_tokens.c.expires > now))
        )
        async with self._reading.connect() as connection:
            row = (await connection.execute(query)).first()
            if row is None:
                return None
            owner = (await connection.execute(select(accounts).where(accounts.c.id == row.account_id))).one()
            return _token(row), _account(owner)

    async def token_used(self, number: int, now: datetime) -> None:
        """Note that a token was used."""
        async with self._engine.begin() as connection:
            await connection.execute(update(api_tokens).where(api_tokens.c.id == number).values(used=now))

    async def revoke_token(self, account_id: int, number: int, now: datetime) -> bool:
        """Revoke a token of an account; False when there is none in force."""
        query = (
            update(api_tokens)
            .where(api_tokens.c.id == number, api_tokens.c.account_id == account_id, api_tokens.c.revoked.is_(None))
            .values(revoked=now)
        )
        async with self._engine.begin() as connection:
            return bool((await connection.execute(query)).rowcount)


def _account(row: Row[Any]) -> Account:
    return _account_from(dict(row._mapping))


def _account_from(row: dict[str, Any]) -> Account:
    return Account(
        row["id"], row["login"], row["name"], Role(row["role"]), row["agency"], row["language"], row["active"],
        bool(row["password"]), bool(row["totp"]), row["made"], row["last_login"],
    )  # fmt: skip


def _token(row: Row[Any]) -> ApiToken:
    scopes = frozenset(Right(s) for s in row.scopes if s in set(Right))
    return ApiToken(row.id, row.account_id, row.name, scopes, row.made, row.used, row.expires, row.revoked)
