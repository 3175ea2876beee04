"""One request of staff: who asks, for what, and what they may. Values and pure decisions; the door fills them in."""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cached_property
from urllib.parse import urlsplit

from aiohttp import web

from lppl.accounts import Account, ApiToken, Right, Session
from lppl.audit import Actor
from lppl.desk.office import Office
from web.words import LANGUAGES

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER, CSRF_FIELD = "X-CSRF-Token", "csrf"


class Need(Enum):
    """What an address asks of a visitor where it is not a right."""

    NOTHING = "nothing"
    """Anybody: logging in, one-time links."""
    HALF = "half"
    """A session whose second factor may still be missing."""
    LOGIN = "login"
    """Anybody of the station."""


class Verdict(Enum):
    """What becomes of a request before it is looked at."""

    COME_IN = "come in"
    LOG_IN = "log in"
    GIVE_CODE = "give code"
    FORBIDDEN = "forbidden"
    FORGED = "forged"


@dataclass
class Visit:
    """A request with everything that its handler needs. `token` in place of `session` for programs."""

    request: web.Request
    params: Mapping[str, str]
    office: Office
    account: Account | None = None
    session: Session | None = None
    token: ApiToken | None = None
    cookie: str = ""
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    @property
    def me(self) -> Account:
        """Who asks. Raises AssertionError where the address lets nobody in without an account."""
        assert self.account is not None
        return self.account

    def may(self, right: Right) -> bool:
        """Tell whether who asks has a right."""
        allowed = self.account is not None and self.account.may(right)
        return allowed and (self.token is None or right in self.token.scopes)

    @cached_property
    def now(self) -> datetime:
        """The moment of the request, aware UTC."""
        return self.office.now()

    @property
    def address(self) -> str:
        """Where the request came from."""
        return self.request.remote or ""

    @property
    def actor(self) -> Actor:
        """Who asks, for the audit log."""
        return Actor(self.me.id, self.me.name, self.address)

    @property
    def language(self) -> str:
        """The account's language, before login the cookie's."""
        if self.account is not None:
            return self.account.language
        found = self.request.query.get("lang") or self.request.cookies.get("lang")
        return found if found in LANGUAGES else LANGUAGES[0]

    @property
    def root(self) -> str:
        """What leads from this page to the root of the station, relative, so that any prefix of a proxy works."""
        return "../" * (self.request.path.count("/") - 1)

    @property
    def csrf(self) -> str:
        """The token that forms and scripts send back."""
        return csrf_of(self.cookie)


Handler = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """An address: who may ask for it, and who answers. `api`: for programs too, by token; answers are JSON.

    `asks`: nothing is changed, although it is no GET; what nobody waits for any more need not be answered.
    """

    method: str
    path: str
    need: Right | Need
    handler: Handler
    api: bool = False
    asks: bool = False


def get(path: str, need: Right | Need, handler: Handler) -> Route:
    """Return the route of a page."""
    return Route("GET", path, need, handler)


def post(path: str, need: Right | Need, handler: Handler) -> Route:
    """Return the route of a form."""
    return Route("POST", path, need, handler)


def csrf_of(cookie: str) -> str:
    """Return the token that belongs to a session's cookie; it tells nothing of the cookie."""
    return hmac.digest(cookie.encode(), b"csrf", hashlib.sha256).hex() if cookie else ""


def judged(route: Route, visit: Visit) -> Verdict:
    """Decide who comes in. A program's token opens the API alone."""
    need = route.need
    if need is Need.NOTHING:
        return Verdict.COME_IN
    if visit.account is None or (visit.token is not None and not route.api):
        return Verdict.LOG_IN
    if need is Need.HALF:
        return Verdict.COME_IN if visit.session is not None else Verdict.FORBIDDEN
    if visit.session is not None and not visit.session.whole:
        return Verdict.GIVE_CODE
    if isinstance(need, Right) and not visit.may(need):
        return Verdict.FORBIDDEN
    return Verdict.COME_IN


def from_here(request: web.Request) -> bool:
    """Tell whether a browser says that a request comes from one of our own pages.

    Sec-Fetch-Site where it is sent, else Origin, else Referer; without any of them, no.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    said = request.headers.get("Origin") or request.headers.get("Referer")
    return said is not None and urlsplit(said).netloc == request.host
