"""Staff through the API: accounts, the links by which they set their passwords, second factors, sessions."""

from typing import Annotated, Any

import segno
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from lppl.accounts import LINK_LIFE, Account, Agency, Login, PersonName, Right, Role, Session
from lppl.desk import sessions
from web.api.operations import Operations
from web.staff.visit import Visit

operations = Operations("Petugas")

Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
SessionName = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]


class Strict(BaseModel):
    """What comes in: nothing that is not asked for."""

    model_config = ConfigDict(extra="forbid")


class OfAccount(Strict):
    """Which account."""

    number: Number


class OfSession(OfAccount):
    """Which session of which account."""

    session: SessionName


class NewAccount(Strict):
    """Who is added; `agency`: which agency an officer of one is of."""

    login: Login
    name: PersonName
    role: Role
    agency: Agency = ""


class AccountChange(Strict):
    """What becomes different; what is left out stays."""

    name: PersonName | None = None
    role: Role | None = None
    agency: Agency | None = None
    active: bool | None = None


class AccountOut(BaseModel):
    """An account."""

    id: int
    login: str
    name: str
    role: Role
    agency: str
    language: str
    active: bool
    has_password: bool
    has_totp: bool
    made: AwareDatetime
    last_login: AwareDatetime | None


class LinkOut(BaseModel):
    """A link that sets a password, shown this once; `qr`: the same as a picture, a data: address of an SVG."""

    url: str
    qr: str
    expires: AwareDatetime


class AddedOut(BaseModel):
    """A new account, and the link to hand over."""

    account: AccountOut
    link: LinkOut


class SessionOut(BaseModel):
    """Where somebody is logged in; `this`: by this very session."""

    id: str
    made: AwareDatetime
    seen: AwareDatetime
    address: str
    agent: str
    this: bool


def account_out(account: Account) -> AccountOut:
    """Return an account as the API shows it."""
    return AccountOut.model_validate(account, from_attributes=True)


def session_out(session: Session, visit: Visit) -> SessionOut:
    """Return a session as the API shows it."""
    this = visit.session is not None and visit.session.id == session.id
    return SessionOut(
        id=sessions.name_of(session), made=session.made, seen=session.seen, address=session.address,
        agent=session.agent, this=this,
    )  # fmt: skip


def link_out(visit: Visit, secret: str) -> LinkOut:
    """Return a one-time link with its picture."""
    settings, request = visit.office.settings, visit.request
    url = f"{settings.public_url or f'{request.scheme}://{request.host}'}/kerja/tautan/{secret}"
    picture = segno.make(url, micro=False).svg_data_uri(scale=5, border=2, dark="#1a1f4d", light="#fff")
    return LinkOut(url=url, qr=picture, expires=visit.now + LINK_LIFE)


@operations.get("/accounts", Right.ADMIN, "Semua akun / All accounts")
async def accounts(visit: Visit) -> list[AccountOut]:
    """Return every account, active ones first."""
    return [account_out(a) for a in await visit.office.people.store.all()]


@operations.post("/accounts", Right.ADMIN, "Tambah akun / Add an account", status=201)
async def add(visit: Visit, body: NewAccount) -> AddedOut:
    """Add an account; its password is set by the link."""
    people = visit.office.people
    number, secret = await people.add(body.login, body.name, body.role, body.agency, visit.actor, visit.now)
    return AddedOut(account=account_out(await sessions.account_of(people, number)), link=link_out(visit, secret))


@operations.get("/accounts/{number}", Right.ADMIN, "Satu akun / One account")
async def account(visit: Visit, params: OfAccount) -> AccountOut:
    """Return an account."""
    return account_out(await sessions.account_of(visit.office.people, params.number))


@operations.patch("/accounts/{number}", Right.ADMIN, "Ubah akun / Change an account")
async def change(visit: Visit, params: OfAccount, body: AccountChange) -> AccountOut:
    """Change what is given."""
    people = visit.office.people
    old = await sessions.account_of(people, params.number)
    kept = {"name": old.name, "role": old.role, "agency": old.agency, "active": old.active}
    new: dict[str, Any] = kept | body.model_dump(exclude_none=True)
    return account_out(await people.change(old.id, **new, actor=visit.actor, now=visit.now))


@operations.post("/accounts/{number}/link", Right.ADMIN, "Tautan kata sandi baru / A link for a new password")
async def link(visit: Visit, params: OfAccount) -> LinkOut:
    """Make a link; earlier ones stop working."""
    return link_out(visit, await visit.office.people.password_link(params.number, visit.actor, visit.now))


@operations.delete("/accounts/{number}/second-factor", Right.ADMIN, "Lepas faktor kedua / Take the second factor off")
async def reset_second_factor(visit: Visit, params: OfAccount) -> None:
    """Take the second factor from somebody who has lost it."""
    await visit.office.people.reset_totp(params.number, visit.actor, visit.now)


@operations.get("/accounts/{number}/sessions", Right.ADMIN, "Sesi sebuah akun / Sessions of an account")
async def account_sessions(visit: Visit, params: OfAccount) -> list[SessionOut]:
    """Return where an account is logged in."""
    found = await sessions.sessions_of(visit.office.people, params.number, visit.now)
    return [session_out(s, visit) for s in found]


@operations.delete("/accounts/{number}/sessions", Right.ADMIN, "Akhiri semua sesi / End all sessions")
async def end_sessions(visit: Visit, params: OfAccount) -> None:
    """Log an account out everywhere, but for who asks."""
    keep = visit.session.id if visit.session is not None else ""
    await sessions.end_all(visit.office.people, params.number, visit.actor, visit.now, keep)


@operations.delete("/accounts/{number}/sessions/{session}", Right.ADMIN, "Akhiri satu sesi / End a session")
async def end_session(visit: Visit, params: OfSession) -> None:
    """Log an account out in one place."""
    await sessions.end(visit.office.people, params.number, params.session, visit.actor, visit.now)
