"""The door to staff pages and the API: finds the address, who asks, and whether they may; what goes wrong is answered.

The pages are loaded after the air has begun, and without the database there are none; the door itself stands from the
start, and says so.
"""

import asyncio
import errno
import os
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from lppl.accounts import Account, ApiToken, Session
from lppl.desk.office import Office
from lppl.errors import DatabaseAway, DiskRefuses, LpplError
from web.staff.security import api_headers, cookie_name, page_headers
from web.staff.visit import CSRF_FIELD, CSRF_HEADER, SAFE, Route, Verdict, Visit, csrf_of, from_here, judged

log = structlog.get_logger(__name__)

DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM)
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Answers(Protocol):
    """How refusals and faults are said: as a page, or as JSON for programs."""

    def refusal(self, visit: Visit, verdict: Verdict) -> web.StreamResponse:
        """Answer whoever may not come in."""
        ...

    def failure(self, visit: Visit, error: Exception) -> web.StreamResponse:
        """Answer a request that could not be done; `error` is an LpplError, an HTTPException or a fault of ours."""
        ...


class Door:
    """Routes requests below ``/kerja`` and ``/api/v1``. `pages`, `api`: how each says no."""

    def __init__(self, routes: Sequence[Route], office: Callable[[], Office], pages: Answers, api: Answers) -> None:
        self.routes = tuple(routes)
        self._office, self._pages, self._api = office, pages, api
        self._router = web.UrlDispatcher()
        self._changes: set[asyncio.Future[web.StreamResponse]] = set()
        self._by_key = {("HEAD", r.path): r for r in routes if r.method == "GET"}
        self._by_key |= {(r.method, r.path): r for r in routes}
        for method, path in self._by_key:
            self._router.add_route(method, path, _unused)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""
        is_api = request.path.startswith("/api/")
        answers = self._api if is_api else self._pages
        visit = Visit(request, {}, self._office())
        try:
            visit.account, visit.session, visit.token, visit.cookie = await self._visitor(visit)
            route = await self._found(visit)
            verdict = judged(route, visit)
            if verdict is Verdict.COME_IN and not await self._own(route, visit):
                verdict = Verdict.FORGED
            if verdict is not Verdict.COME_IN:
                response = answers.refusal(visit, verdict)
            else:
                response = await self._answered(route, visit)
        except (LpplError, web.HTTPException) as error:
            response = answers.failure(visit, error)
        except (SQLAlchemyError, OSError) as error:
            log.error("records_failed", path=request.path, reason=type(error).__name__)
            response = answers.failure(visit, trouble(error))
        except Exception as error:
            log.exception("page_failed", path=request.path)
            response = answers.failure(visit, error)
        if not response.prepared:
            response.headers.update({**(api_headers() if is_api else page_headers(visit.nonce)), **response.headers})
        return response

    async def _answered(self, route: Route, visit: Visit) -> web.StreamResponse:
        """Have it answered. A change that has begun is done to its end, also when its asker has gone away meanwhile."""
        if route.method in SAFE or route.asks:
            return await route.handler(visit)
        change = asyncio.ensure_future(route.handler(visit))
        self._changes.add(change)
        change.add_done_callback(self._over)
        return await asyncio.shield(change)

    def _over(self, change: asyncio.Future[web.StreamResponse]) -> None:
        self._changes.discard(change)
        if not change.cancelled():
            change.exception()  # told to whoever asked; when nobody does any more, there is nobody to tell

    async def _visitor(self, visit: Visit) -> tuple[Account | None, Session | None, ApiToken | None, str]:
        """Return account, session, token and cookie of a request."""
        request, people, now = visit.request, visit.office.people, visit.now
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            found = await people.bearer(bearer.strip(), now)
            return (found[1], None, found[0], "") if found else (None, None, None, "")
        cookie = request.cookies.get(cookie_name(secure=request.secure), "")
        if cookie and (known := await people.visitor(cookie, now)):
            return known[1], known[0], None, cookie
        return None, None, None, ""

    async def _found(self, visit: Visit) -> Route:
        match = await self._router.resolve(visit.request)
        if match.http_exception is not None:
            raise match.http_exception
        resource = match.route.resource
        assert resource is not None
        visit.params = dict(match)
        return self._by_key[visit.request.method, resource.canonical]

    async def _own(self, route: Route, visit: Visit) -> bool:
        """Tell whether a change was asked for by one of our own pages, or by a program with its token."""
        request = visit.request
        if request.method in SAFE or visit.token is not None:
            return True
        if visit.session is None:  # before login there is no session to steal
            return route.api or from_here(request)
        sent = request.headers.get(CSRF_HEADER, "")
        if not sent and request.content_type in FORMS and not route.api:
            sent = str((await request.post()).get(CSRF_FIELD, ""))
        return sent == csrf_of(visit.cookie) and request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"


def trouble(error: SQLAlchemyError | OSError) -> LpplError:
    """Return what to tell of a failure outside: the disk by its reason; all else is the records' not being there."""
    if isinstance(error, OSError) and error.errno in DISK:
        return DiskRefuses(os.strerror(error.errno))
    return DatabaseAway()


async def _unused(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPNotFound
