"""Who works here: logging in and out, accounts, second factors, one-time links, personal tokens; each change audited.

What is secret leaves here exactly once (a link, a token); the records keep SHA-256 of it, passwords argon2id.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pyotp

from lppl.account_store import AccountStore, Link
from lppl.accounts import (
    LINK_LIFE,
    LINK_LIFE_FIRST,
    SESSION_LONGEST,
    Account,
    ApiToken,
    LinkPurpose,
    Right,
    Role,
    Session,
)
from lppl.audit import Actor, AuditLog
from lppl.errors import LpplError
from lppl.limits import household
from lppl.passwords import check_password, hash_password, outdated, verify_password
from lppl.rates import RATES, MemoryRates, Rates
from lppl.sealing import Seal

TOUCH_EVERY = timedelta(minutes=1)
TOKEN_PREFIX = "lppl_"  # noqa: S105 - what tokens begin with, so that they are found where they do not belong
STEP_S = 30
ISSUER = "LPPL"


class LoginRefused(LpplError):
    """A login or code was wrong; which of it is not said."""

    def __init__(self) -> None:
        super().__init__("Nama masuk atau kata sandi salah.", "The login or the password is wrong.")


class CodeRefused(LpplError):
    """The code of the second factor is wrong, or was used already."""

    def __init__(self) -> None:
        super().__init__(
            "Kode salah atau sudah dipakai; tunggu kode berikutnya.",
            "The code is wrong or was used; wait for the next one.",
        )


class TooManyTries(LpplError):
    """Too many wrong tries; `wait_s`: seconds until the next is looked at."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = max(1, round(wait_s))
        minutes = -(-self.wait_s // 60)
        super().__init__(
            f"Terlalu sering salah. Coba lagi {minutes} menit lagi.", f"Too many tries. Try again in {minutes} min."
        )


class LinkOver(LpplError):
    """A one-time link was used, is too old, or never was."""

    def __init__(self) -> None:
        super().__init__(
            "Tautan ini sudah dipakai atau sudah lewat masa berlakunya. Minta yang baru kepada administrator.",
            "This link has been used or is too old. Ask an administrator for a new one.",
        )


class FactorThere(LpplError):
    """An account has a second factor already; another in its place needs the password."""

    def __init__(self) -> None:
        super().__init__(
            "Faktor kedua sudah aktif; matikan dulu dengan kata sandi.",
            "There is a second factor already; turn it off first, with the password.",
        )


class PersonNeeded(LpplError):
    """A token asked for what only a logged-in person may do."""

    def __init__(self) -> None:
        super().__init__(
            "Ini hanya dapat dilakukan setelah masuk dengan kata sandi, bukan dengan token.",
            "Only somebody who has logged in may do this, not a token.",
        )


class NoAccount(LpplError):
    """There is no such account."""

    def __init__(self) -> None:
        super().__init__("Akun itu tidak ada.", "There is no such account.")


class LoginTaken(LpplError):
    """Somebody has this login already."""

    def __init__(self, login: str) -> None:
        super().__init__(f"Nama masuk {login} sudah dipakai.", f"The login {login} is taken.")


class LastAdministrator(LpplError):
    """The last administrator would lose that role."""

    def __init__(self) -> None:
        super().__init__(
            "Ini administrator terakhir. Buat administrator lain dulu.",
            "This is the last administrator. Make another first.",
        )


def hashed(secret: str) -> str:
    """Return what the records keep of a random secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class PeopleDesk:
    """What is done with accounts; `now` is injected, all times are aware UTC."""

    def __init__(self, store: AccountStore, audit: AuditLog, seal: Seal, rates: Rates | None = None) -> None:
        """`rates`: counts tries together with other processes; None: by itself."""
        self.store, self.audit, self.seal = store, audit, seal
        self._rates = rates or MemoryRates(RATES)

    # ---- logging in ----

    async def log_in(self, login: str, password: str, address: str, agent: str, now: datetime) -> tuple[str, Session]:
        """Check a password; return the cookie and the session, not whole yet where a second factor is wanted.

        Raises LoginRefused, TooManyTries.
        """
        name, house = login.strip().lower()[:64], household(address)
        # counted before the check, so that many at once are not all looked at
        await self._try("login", f"{name} {house}")
        await self._try("login-address", house)
        found = await self.store.credentials(name)
        right = await verify_password(found.password if found else "", password)
        if found is None or not right or not found.account.active:
            tried = name if found is not None else "?"  # what is no login may be a password in the wrong field
            await self.audit.record(Actor(None, tried, address), "login.refused", now, object=tried)
            raise LoginRefused
        await self._rates.forget("login", f"{name} {house}")
        account = found.account
        if outdated(found.password):
            await self.store.change(account.id, password=await hash_password(password))
        return await self.admit(account, address, agent, now, whole=not account.has_totp)

    async def _try(self, name: str, key: str) -> None:
        """Count a try. Raises TooManyTries."""
        if (wait := await self._rates.take(name, key)) > 0:
            raise TooManyTries(wait)

    async def admit(
        self, account: Account, address: str, agent: str, now: datetime, *, whole: bool
    ) -> tuple[str, Session]:
        """Open a session for somebody who has shown who they are; return its cookie and the session."""
        cookie = secrets.token_urlsafe(32)
        session = Session(hashed(cookie), account.id, whole, now, now, now + SESSION_LONGEST, address[:64], agent[:200])
        await self.store.open_session(session)
        if whole:
            await self._logged_in(account, address, now)
        return cookie, session

    async def _logged_in(self, account: Account, address: str, now: datetime) -> None:
        await self.store.change(account.id, last_login=now)
        await self.audit.record(Actor(account.id, account.name, address), "login", now, object=account.login)

    async def give_code(self, session: Session, account: Account, code: str, now: datetime) -> tuple[str, Session]:
        """Check the second factor; return a new cookie with its whole session. Raises CodeRefused, TooManyTries."""
        await self._try("code", str(account.id))
        found = await self.store.credentials(account.login)
        secret = self.seal.opened(found.totp) if found is not None and found.totp else ""
        if not await self._right_code(account.id, secret, code, now):
            raise CodeRefused
        await self._rates.forget("code", str(account.id))
        await self.store.close_session(session.id)
        return await self.admit(account, session.address, session.agent, now, whole=True)

    async def _right_code(self, number: int, secret: str, code: str, now: datetime) -> bool:
        """Tell whether a code is right now, or was a step ago; each step is taken once."""
        digits = "".join(c for c in code if c.isdigit())
        step = int(now.timestamp()) // STEP_S
        for at in (step, step - 1, step + 1):
            if secret and secrets.compare_digest(pyotp.TOTP(secret).generate_otp(at), digits):
                return await self.store.use_totp_step(number, at)
        return False

    async def visitor(self, cookie: str, now: datetime) -> tuple[Session, Account] | None:
        """Return who a cookie belongs to; None when the session is over."""
        found = await self.store.session(hashed(cookie))
        if found is None:
            return None
        session, account = found
        if not account.active or not session.lasts(now):
            await self.store.close_session(session.id)
            return None
        if now - session.seen > TOUCH_EVERY:
            await self.store.touch(session.id, now)
            session = replace(session, seen=now)
        return session, account

    async def log_out(self, session: Session) -> None:
        """End a session."""
        await self.store.close_session(session.id)

    # ---- links ----

    async def first_link(self, now: datetime) -> str | None:
        """Return the secret of a link that makes the first administrator; None when there is one."""
        if await self.store.count_admins():
            return None
        return await self._link(LinkPurpose.FIRST, None, now, LINK_LIFE_FIRST)

    async def password_link(self, number: int, actor: Actor, now: datetime) -> str:
        """Return the secret of a link by which an account sets its password. Raises NoAccount."""
        account = await self._known(number)
        await self.audit.record(actor, "account.link", now, object=account.login)
        return await self._link(LinkPurpose.PASSWORD, number, now, LINK_LIFE)

    async def _link(self, purpose: LinkPurpose, number: int | None, now: datetime, life: timedelta) -> str:
        secret = secrets.token_urlsafe(24)
        await self.store.add_link(hashed(secret), purpose, number, now, now + life)
        return secret

    async def link(self, secret: str, now: datetime) -> Link:
        """Return a link that can be used. Raises LinkOver."""
        found = await self.store.link(hashed(secret), now)
        if found is None:
            raise LinkOver
        return found

    async def first_administrator(
        self, secret: str, login: str, name: str, password: str, address: str, agent: str, now: datetime
    ) -> tuple[str, Session]:
        """Make the first administrator and log in. Raises LinkOver, LoginTaken, PasswordRefused."""
        link = await self.link(secret, now)
        check_password(password, (login, name))
        if link.purpose is not LinkPurpose.FIRST or await self.store.count_admins():
            raise LinkOver
        kept = await hash_password(password)
        known = await self.store.credentials(login)
        if known is not None and known.password:
            raise LoginTaken(login)
        if not await self.store.use_link(link.id, now):
            raise LinkOver
        number = known.account.id if known else await self.store.add(login, name, Role.ADMIN, "", "id", now)
        if number is None:
            raise LoginTaken(login)
        await self.store.change(number, password=kept, password_set=now, name=name, role=Role.ADMIN, active=True)
        account = await self._known(number)
        await self.audit.record(Actor(number, name, address), "account.first", now, object=login)
        return await self.admit(account, address, agent, now, whole=True)

    async def set_password(self, secret: str, password: str, address: str, now: datetime) -> Account:
        """Set the password by a link; all sessions of the account end. Raises LinkOver, PasswordRefused."""
        link = await self.link(secret, now)
        if link.purpose is not LinkPurpose.PASSWORD or link.account_id is None:
            raise LinkOver
        account = await self._known(link.account_id)
        check_password(password, (account.login, account.name))
        kept = await hash_password(password)
        if not await self.store.use_link(link.id, now):
            raise LinkOver
        await self.store.change(account.id, password=kept, password_set=now)
        await self.store.close_sessions(account.id)
        await self.audit.record(Actor(account.id, account.name, address), "account.password", now, object=account.login)
        return account

    # ---- one's own account ----

    async def change_password(
        self, account: Account, session: Session, old: str, new: str, address: str, now: datetime
    ) -> None:
        """Change one's own password; other sessions end. Raises LoginRefused, TooManyTries, PasswordRefused."""
        await self._sure(account, old)
        check_password(new, (account.login, account.name))
        await self.store.change(account.id, password=await hash_password(new), password_set=now)
        await self.store.close_sessions(account.id, keep=session.id)
        await self.audit.record(Actor(account.id, account.name, address), "account.password", now, object=account.login)

    async def _sure(self, account: Account, password: str) -> None:
        """Raise LoginRefused, TooManyTries unless `password` is the account's."""
        await self._try("login", account.login)
        found = await self.store.credentials(account.login)
        if found is None or not await verify_password(found.password, password):
            raise LoginRefused
        await self._rates.forget("login", account.login)

    def new_totp(self, account: Account) -> tuple[str, str]:
        """Return a new secret for the second factor, and its address for authenticator apps (a QR code)."""
        secret = pyotp.random_base32()
        return secret, pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=ISSUER)

    async def turn_totp_on(
        self, account: Account, session: Session, secret: str, code: str, address: str, now: datetime
    ) -> None:
        """Ask for a second factor from now on, once a code of it was right.

        Raises CodeRefused, TooManyTries, FactorThere.
        """
        if account.has_totp:
            raise FactorThere
        await self._try("code", str(account.id))
        try:
            right = await self._right_code(account.id, secret, code, now)
        except (ValueError, TypeError):  # not a secret at all: somebody changed the form
            right = False
        if not right:
            raise CodeRefused
        await self._rates.forget("code", str(account.id))
        await self.store.change(account.id, totp=self.seal.seal(secret))
        await self.store.close_sessions(account.id, keep=session.id)
        await self.audit.record(Actor(account.id, account.name, address), "account.totp_on", now, object=account.login)

    async def turn_totp_off(self, account: Account, password: str, address: str, now: datetime) -> None:
        """Ask for no second factor any more. Raises LoginRefused, TooManyTries."""
        await self._sure(account, password)
        await self.store.change(account.id, totp="", totp_step=0)
        await self.audit.record(Actor(account.id, account.name, address), "account.totp_off", now, object=account.login)

    async def change_own(self, account: Account, name: str, language: str, actor: Actor, now: datetime) -> None:
        """Change one's own name and language."""
        await self.store.change(account.id, name=name, language=language)
        await self.audit.record(
            actor, "account.changed", now, object=account.login,
            before={"name": account.name, "language": account.language}, after={"name": name, "language": language},
        )  # fmt: skip

    # ---- accounts of others ----

    async def add(self, login: str, name: str, role: Role, agency: str, actor: Actor, now: datetime) -> tuple[int, str]:
        """Add an account; return its number and the secret of the link that sets its password. Raises LoginTaken."""
        number = await self.store.add(login, name, role, agency, "id", now)
        if number is None:
            raise LoginTaken(login)
        await self.audit.record(
            actor, "account.added", now, object=login, after={"name": name, "role": role, "agency": agency}
        )
        return number, await self._link(LinkPurpose.PASSWORD, number, now, LINK_LIFE)

    async def change(
        self, number: int, name: str, role: Role, agency: str, active: bool, actor: Actor, now: datetime
    ) -> Account:
        """Change an account; who is no longer active is logged out. Raises NoAccount, LastAdministrator."""
        account = await self._known(number)
        loses = account.role is Role.ADMIN and account.active and (role is not Role.ADMIN or not active)
        if loses and account.has_password and await self.store.count_admins() < 2:
            raise LastAdministrator
        await self.store.change(number, name=name, role=role, agency=agency, active=active)
        if not active or role is not account.role:
            await self.store.close_sessions(number)
        before = {"name": account.name, "role": account.role, "agency": account.agency, "active": account.active}
        after = {"name": name, "role": role, "agency": agency, "active": active}
        await self.audit.record(actor, "account.changed", now, object=account.login, before=before, after=after)
        return await self._known(number)

    async def reset_totp(self, number: int, actor: Actor, now: datetime) -> None:
        """Take the second factor from an account whose owner has lost it. Raises NoAccount."""
        account = await self._known(number)
        await self.store.change(number, totp="", totp_step=0)
        await self.store.close_sessions(number)
        await self.audit.record(actor, "account.totp_off", now, object=account.login)

    async def _known(self, number: int) -> Account:
        account = await self.store.account(number)
        if account is None:
            raise NoAccount
        return account

    # ---- personal tokens ----

    async def add_token(
        self, account: Account, name: str, scopes: Iterable[Right], life: timedelta | None, actor: Actor, now: datetime
    ) -> tuple[int, str]:
        """Return a new token's number and the token, shown this once; its scopes are never more than its owner's."""
        allowed = frozenset(scopes) & account.role.rights
        token = TOKEN_PREFIX + secrets.token_urlsafe(32)
        number = await self.store.add_token(
            account.id, name, hashed(token), allowed, now, now + life if life is not None else None
        )
        await self.audit.record(
            actor, "token.added", now, object=f"{account.login}/{name}", after={"scopes": sorted(allowed)}
        )
        return number, token

    async def bearer(self, token: str, now: datetime) -> tuple[ApiToken, Account] | None:
        """Return a token in force with its active owner."""
        found = await self.store.token(hashed(token), now)
        if found is None or not found[1].active:
            return None
        if found[0].used is None or now - found[0].used > TOUCH_EVERY:
            await self.store.token_used(found[0].id, now)
        return found

    async def tokens(self, account: Account) -> Sequence[ApiToken]:
        """Return the tokens of an account."""
        return await self.store.tokens_of(account.id)

    async def revoke(self, account: Account, number: int, actor: Actor, now: datetime) -> None:
        """Revoke a token. Raises LpplError when there is none in force."""
        if not await self.store.revoke_token(account.id, number, now):
            raise LpplError("Token itu tidak ada atau sudah dicabut.", "There is no such token in force.")
        await self.audit.record(actor, "token.revoked", now, object=f"{account.login}/{number}")
