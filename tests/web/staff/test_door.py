"""What the door does when whoever asked goes away, and what it tells of failures outside."""

import asyncio
import errno
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from tests.web.staff.conftest import Site
from web.staff.door import Answers, Door, trouble
from web.staff.visit import Need, Route, Visit


class Slow:
    """A handler that goes on when it is told to."""

    def __init__(self) -> None:
        self.begun, self.go_on, self.done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def handle(self, _visit: Visit) -> web.StreamResponse:
        self.begun.set()
        await self.go_on.wait()
        self.done.set()
        return web.Response()


async def given_up(slow: Slow, route: Route, site: Site) -> None:
    """Ask, and go away while it is under way."""
    door = Door([route], lambda: site.office, cast(Answers, object()), cast(Answers, object()))
    asking = asyncio.ensure_future(door.answer(make_mocked_request(route.method, route.path)))
    async with asyncio.timeout(30):
        await slow.begun.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    slow.go_on.set()


async def test_a_change_is_done_to_its_end(site: Site) -> None:
    slow = Slow()
    await given_up(slow, Route("POST", "/api/v1/ubah", Need.NOTHING, slow.handle, api=True), site)
    async with asyncio.timeout(30):
        await slow.done.wait()


@pytest.mark.parametrize("more", [{"method": "GET"}, {"method": "POST", "asks": True}])
async def test_a_question_is_dropped(more: dict[str, Any], site: Site) -> None:
    slow = Slow()
    route = Route(path="/api/v1/tanya", need=Need.NOTHING, handler=slow.handle, api=True, **more)
    await given_up(slow, route, site)
    for _ in range(3):
        await asyncio.sleep(0)
    assert not slow.done.is_set()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "Disk stasiun menolak"),
        (PermissionError(errno.EACCES, "Permission denied"), "Disk stasiun menolak"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "Basis data sedang tidak dapat dibaca"),
        (OperationalError("SELECT 1", {}, Exception("database is locked")), "Basis data sedang tidak dapat dibaca"),
    ],
)
def test_a_disk_is_not_told_as_the_records(error: OSError | SQLAlchemyError, told: str) -> None:
    assert trouble(error).indonesian.startswith(told)
