"""Staff pages without the air: a station's records in a folder, the door in front, and clients logged in by role."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from lppl.accounts import Account, Role
from lppl.audit import Actor
from lppl.config import Settings, read_settings
from lppl.desk.office import Office
from tests.web.staff.pages import application, office_of
from web.staff.security import PLAIN_COOKIE
from web.staff.visit import CSRF_HEADER, csrf_of

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
COMMAND = Actor(None, "uji")
PASSWORD = "kuda laut makan soto"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Site:
    """The pages of a station, and who may be logged in there."""

    office: Office
    client: TestClient[web.Request, web.Application]
    clock: Clock

    async def account(self, role: Role, login: str = "") -> Account:
        """Return an account of a role, made when there is none."""
        login = login or role.value
        people = self.office.people
        found = await people.store.credentials(login)
        if found is None:
            await people.store.add(login, f"{role.label} {login}", role, "", "id", self.clock.at)
            found = await people.store.credentials(login)
        assert found is not None
        return found.account

    async def logged_in(self, role: Role, login: str = "") -> "Visitor":
        """Return somebody of a role with a session; no password is hashed for it."""
        account = await self.account(role, login)
        cookie, _ = await self.office.people.admit(account, "127.0.0.1", "uji", self.clock.at, whole=True)
        return Visitor(self.client, cookie, account)

    def stranger(self) -> "Visitor":
        """Return somebody who is not logged in."""
        return Visitor(self.client, "", None)


@dataclass
class Visitor:
    """Somebody with a browser: the session's cookie, and the token of its pages."""

    client: TestClient[web.Request, web.Application]
    cookie: str
    account: Account | None

    async def ask(self, method: str, path: str, **more: Any) -> ClientResponse:
        """Ask; redirects are not followed. The body is read."""
        headers = {"Sec-Fetch-Site": "same-origin", CSRF_HEADER: csrf_of(self.cookie)} | more.pop("headers", {})
        if self.cookie:
            headers["Cookie"] = f"{PLAIN_COOKIE}={self.cookie}"
        answer = await self.client.request(method, path, headers=headers, allow_redirects=False, **more)
        await answer.read()
        return answer

    async def get(self, path: str, **more: Any) -> ClientResponse:
        return await self.ask("GET", path, **more)

    async def post(self, path: str, **more: Any) -> ClientResponse:
        return await self.ask("POST", path, **more)


@asynccontextmanager
async def served(office: Office, clock: Clock) -> AsyncIterator[Site]:
    """Serve pages on loopback; who goes away cancels what they asked for, as at a station."""
    async with TestClient(TestServer(application(office)), cookie_jar=DummyCookieJar()) as client:
        yield Site(office, client, clock)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a station in a folder of its own; override it for others."""
    return read_settings('demo = false\ndata_dir = "data"\nmedia_dir = "media"\n', {}, base=tmp_path)


@pytest.fixture
async def office(settings: Settings, clock: Clock) -> AsyncIterator[Office]:
    """The desks of a new station."""
    async with office_of(settings, clock) as opened:
        yield opened


@pytest.fixture
async def site(office: Office, clock: Clock) -> AsyncIterator[Site]:
    """The pages of a new station, served on loopback."""
    async with served(office, clock) as site:
        yield site


AsRole = Callable[[Role], Awaitable[Visitor]]
