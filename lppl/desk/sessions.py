"""Who is logged in where: sessions as people see them, and ending them. A session is named by the start of its hash."""

from collections.abc import Sequence
from datetime import datetime

from lppl.accounts import Account, Session
from lppl.audit import Actor
from lppl.desk.people import NoAccount, PeopleDesk
from lppl.errors import NotThere

NAME_LENGTH = 16


class NoSession(NotThere):
    """There is no such session."""

    def __init__(self) -> None:
        super().__init__("Sesi itu sudah berakhir.", "That session is over.")


def name_of(session: Session) -> str:
    """Return how a session is called; its cookie cannot be guessed from that."""
    return session.id[:NAME_LENGTH]


async def account_of(people: PeopleDesk, number: int) -> Account:
    """Return an account. Raises NoAccount."""
    found = await people.store.account(number)
    if found is None:
        raise NoAccount
    return found


async def sessions_of(people: PeopleDesk, number: int, now: datetime) -> Sequence[Session]:
    """Return the sessions of an account that still hold, the one used last first. Raises NoAccount."""
    await account_of(people, number)
    found = await people.store.sessions_of(number)
    return [s for s in found if s.lasts(now)]


async def end(people: PeopleDesk, number: int, name: str, actor: Actor, now: datetime) -> None:
    """End one session of an account. Raises NoAccount, NoSession."""
    account = await account_of(people, number)
    found = next((s for s in await people.store.sessions_of(number) if name_of(s) == name), None)
    if found is None:
        raise NoSession
    await people.store.close_session(found.id)
    await people.audit.record(actor, "session.ended", now, object=account.login, before={"address": found.address})


async def end_all(people: PeopleDesk, number: int, actor: Actor, now: datetime, keep: str = "") -> None:
    """End every session of an account but the one whose whole id is `keep`. Raises NoAccount."""
    account = await account_of(people, number)
    await people.store.close_sessions(number, keep=keep)
    await people.audit.record(actor, "session.ended_all", now, object=account.login)
