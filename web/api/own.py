"""One's own account through the API: name and language, password, second factor, sessions, personal tokens.

What opens the account to others (password, second factor, tokens) is done by a person who is logged in, never by a
token: a token of few rights must not make one of more.
"""

from datetime import timedelta
from typing import Annotated, Literal

import segno
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from lppl.accounts import ApiToken, PersonName, Right, Session
from lppl.desk import sessions
from lppl.desk.errors import WrongField
from lppl.desk.people import LoginRefused, PersonNeeded
from lppl.errors import LpplError
from lppl.passwords import PasswordRefused
from web.api.operations import Operations
from web.api.people import AccountOut, Number, SessionName, SessionOut, Strict, account_out, session_out
from web.staff.visit import Need, Visit

operations = Operations("Akun saya")
MOST_TOKENS = 50

Password = Annotated[str, Field(max_length=1000)]
Code = Annotated[str, Field(max_length=20)]


class TooManyTokens(LpplError):
    """Nobody needs so many."""

    def __init__(self) -> None:
        super().__init__(
            f"Sudah ada {MOST_TOKENS} token yang berlaku; cabut yang tidak dipakai.",
            f"There are {MOST_TOKENS} tokens in force; revoke those that are not used.",
        )


class MeOut(AccountOut):
    """Who asks, and what they may do."""

    rights: list[Right]


class MeChange(Strict):
    """What becomes different of one's own account."""

    name: PersonName
    language: Literal["id", "en"]


class PasswordChange(Strict):
    """The present password, and the new one."""

    old: Password
    new: Password


class FactorOut(BaseModel):
    """A new second factor that holds once a code of it was given; `qr`: a data: address of an SVG."""

    secret: str
    uri: str
    qr: str


class FactorOn(Strict):
    """The secret that was shown, and a code that the app made of it."""

    secret: Annotated[str, StringConstraints(pattern=r"^[A-Z2-7]{16,64}$")]
    code: Code


class FactorOff(Strict):
    """The password, so that nobody does it on a computer left alone."""

    password: Password


class OfSession(Strict):
    """Which session."""

    session: SessionName


class NewToken(Strict):
    """What a program may do by the token; `days` it lasts, null: until it is revoked."""

    name: PersonName
    scopes: Annotated[list[Right], Field(min_length=1, max_length=20)]
    days: Annotated[int, Field(ge=1, le=3650)] | None = 365


class OfToken(Strict):
    """Which token."""

    number: Number


class TokenOut(BaseModel):
    """A personal token; the token itself is known to its owner only."""

    id: int
    name: str
    scopes: list[Right]
    made: AwareDatetime
    used: AwareDatetime | None
    expires: AwareDatetime | None
    revoked: AwareDatetime | None


class NewTokenOut(BaseModel):
    """A new token, shown this once."""

    id: int
    token: str


def token_out(token: ApiToken) -> TokenOut:
    """Return a token as the API shows it."""
    return TokenOut(
        id=token.id, name=token.name, scopes=sorted(token.scopes), made=token.made, used=token.used,
        expires=token.expires, revoked=token.revoked,
    )  # fmt: skip


def person(visit: Visit) -> Session:
    """Return the session of who is logged in. Raises PersonNeeded for a token."""
    if visit.session is None:
        raise PersonNeeded
    return visit.session


def _wrong(field: str) -> WrongField:
    """Return what is said where the present password was asked for."""
    return WrongField(field, "Kata sandi itu salah.", "That password is wrong.")


@operations.get("/me", Need.LOGIN, "Akun saya / My account")
async def me(visit: Visit) -> MeOut:
    """Return who asks."""
    rights = [r for r in Right if visit.may(r)]
    return MeOut(**account_out(visit.me).model_dump(), rights=rights)


@operations.patch("/me", Need.LOGIN, "Ubah nama dan bahasa / Change name and language")
async def change_me(visit: Visit, body: MeChange) -> AccountOut:
    """Change one's own name and language."""
    person(visit)
    people = visit.office.people
    await people.change_own(visit.me, body.name, body.language, visit.actor, visit.now)
    return account_out(await sessions.account_of(people, visit.me.id))


@operations.post("/me/password", Need.LOGIN, "Ganti kata sandi / Change the password")
async def change_password(visit: Visit, body: PasswordChange) -> None:
    """Change the password; the other sessions end."""
    people, session = visit.office.people, person(visit)
    try:
        await people.change_password(visit.me, session, body.old, body.new, visit.address, visit.now)
    except LoginRefused:
        raise _wrong("old") from None
    except PasswordRefused as error:
        raise WrongField("new", error.indonesian, error.english) from None


@operations.post("/me/second-factor/new", Need.LOGIN, "Faktor kedua baru / A new second factor")
async def new_second_factor(visit: Visit) -> FactorOut:
    """Make a secret for an authenticator app; nothing is kept yet."""
    person(visit)
    secret, uri = visit.office.people.new_totp(visit.me)
    picture = segno.make(uri, micro=False).svg_data_uri(scale=4, border=2, dark="#1a1f4d", light="#fff")
    return FactorOut(secret=secret, uri=uri, qr=picture)


@operations.post("/me/second-factor", Need.LOGIN, "Pakai faktor kedua / Use a second factor")
async def second_factor_on(visit: Visit, body: FactorOn) -> None:
    """Ask for a code at each login from now on; the other sessions end."""
    people = visit.office.people
    await people.turn_totp_on(visit.me, person(visit), body.secret, body.code, visit.address, visit.now)


@operations.post("/me/second-factor/off", Need.LOGIN, "Lepas faktor kedua / Use no second factor")
async def second_factor_off(visit: Visit, body: FactorOff) -> None:
    """Ask for no code any more."""
    person(visit)
    try:
        await visit.office.people.turn_totp_off(visit.me, body.password, visit.address, visit.now)
    except LoginRefused:
        raise _wrong("password") from None


@operations.get("/me/sessions", Need.LOGIN, "Sesi saya / My sessions")
async def my_sessions(visit: Visit) -> list[SessionOut]:
    """Return where one is logged in."""
    found = await sessions.sessions_of(visit.office.people, visit.me.id, visit.now)
    return [session_out(s, visit) for s in found]


@operations.delete("/me/sessions", Need.LOGIN, "Akhiri sesi lain / End the other sessions")
async def end_others(visit: Visit) -> None:
    """Log out everywhere else."""
    this = person(visit)
    await sessions.end_all(visit.office.people, visit.me.id, visit.actor, visit.now, keep=this.id)


@operations.delete("/me/sessions/{session}", Need.LOGIN, "Akhiri satu sesi / End a session")
async def end_session(visit: Visit, params: OfSession) -> None:
    """Log out in one place."""
    person(visit)
    await sessions.end(visit.office.people, visit.me.id, params.session, visit.actor, visit.now)


@operations.get("/me/tokens", Need.LOGIN, "Token saya / My tokens")
async def my_tokens(visit: Visit) -> list[TokenOut]:
    """Return one's tokens, the newest first."""
    return [token_out(t) for t in await visit.office.people.tokens(visit.me)]


@operations.post("/me/tokens", Need.LOGIN, "Buat token / Make a token", status=201)
async def add_token(visit: Visit, body: NewToken) -> NewTokenOut:
    """Make a token; of its scopes only those hold that its owner has."""
    person(visit)
    people = visit.office.people
    in_force = [t for t in await people.tokens(visit.me) if t.revoked is None]
    if len(in_force) >= MOST_TOKENS:
        raise TooManyTokens
    life = None if body.days is None else timedelta(days=body.days)
    number, token = await people.add_token(visit.me, body.name, body.scopes, life, visit.actor, visit.now)
    return NewTokenOut(id=number, token=token)


@operations.delete("/me/tokens/{number}", Need.LOGIN, "Cabut token / Revoke a token")
async def revoke_token(visit: Visit, params: OfToken) -> None:
    """Revoke a token."""
    person(visit)
    await visit.office.people.revoke(visit.me, params.number, visit.actor, visit.now)
