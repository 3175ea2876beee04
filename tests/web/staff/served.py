"""A new station's pages served in a thread of their own, for clients that are not asynchronous.

Nothing of it is on the air.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import web

from lppl.accounts import Right, Role
from lppl.audit import Actor
from lppl.config import read_settings
from lppl.desk.office import Office
from tests.web.staff.pages import application, office_of

COMMAND = Actor(None, "uji")


class Served:
    """A running site; `url` ends without a slash. `token(name)` makes an account and a token with all rights."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._loop = folder, asyncio.new_event_loop()
        self._ready, self._stop = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="site")
        self.url = ""
        self.office: Office | None = None

    def start(self) -> None:
        """Serve, and wait until it does."""
        self._thread.start()
        assert self._ready.wait(30)

    def stop(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)

    def token(self, name: str, role: Role = Role.ADMIN) -> str:
        """Return a personal token of a new account."""
        return asyncio.run_coroutine_threadsafe(self._token(name, role), self._loop).result(30)

    async def _token(self, name: str, role: Role) -> str:
        assert self.office is not None
        people, now = self.office.people, self.office.now()
        await people.store.add(name, name, role, "", "id", now)
        found = await people.store.credentials(name)
        assert found is not None
        _, token = await people.add_token(found.account, "uji", list(Right), None, COMMAND, now)
        return token

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        text = 'demo = false\ndata_dir = "data"\nmedia_dir = "media"\n'
        async with office_of(read_settings(text, {}, base=self._folder)) as office:
            self.office = office
            runner = web.AppRunner(application(office), access_log=None)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            self._ready.set()
            await self._stop.wait()
            await runner.cleanup()


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Serve a new station in `folder` for as long as the block lasts."""
    site = Served(folder)
    site.start()
    try:
        yield site
    finally:
        site.stop()
