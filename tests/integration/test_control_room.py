"""An operator's minute in the control room: a real station, a real browser, and what the journal says of it."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from lppl import journal
from lppl.account_store import AccountStore
from lppl.accounts import Role
from lppl.audit import AuditLog
from lppl.config import load_settings
from lppl.database import open_database
from lppl.desk.control import ControlDesk
from lppl.desk.people import PeopleDesk
from lppl.journal import Entry
from lppl.orders import Act, Kept, State
from lppl.quanta import Quanta
from lppl.rundown import Kind
from lppl.sealing import Seal
from tests.station.browser import chromium
from tests.station.service import Home, eventually, running
from tests.web.staff.browsing import Open, browsing

pytestmark = [pytest.mark.integration, pytest.mark.alone]

CHANNELS = ("tv", "radio")
LONG_MS = 20_000
SOME_SECONDS = re.compile(r"^00\.(0[5-9]|[1-9]\d)$")
COUNTDOWN = re.compile(r"^\d\d\.\d\d$")
AIRED_S = 25.0


class Room:
    """The page of one person, and the station behind it."""

    def __init__(self, home: Home, opened: Open) -> None:
        self.home, self.opened, self.page = home, opened, opened.page
        self.desk = ControlDesk(load_settings(home.folder / "lppl.toml", {}))

    def card(self, channel: str) -> Locator:
        return self.page.locator(f'[data-channel="{channel}"]')

    def order(self, channel: str, act: str) -> Locator:
        return self.card(channel).locator(f'[data-order="{act}"]')

    async def aired(self, channel: str, condition: Callable[[Entry], bool], what: str) -> Entry:
        """Wait until the journal has such an entry."""
        found: list[Entry] = []

        async def there() -> bool:
            entries = await asyncio.to_thread(journal.read, self.home.data / "journal", Quanta(0))
            found[:] = [e for e in entries.get(channel, []) if condition(e)]
            return bool(found)

        await eventually(there, f"{what} on {channel}", AIRED_S)
        return found[-1]

    async def orders(self, channel: str, act: Act) -> list[Kept]:
        return [k for k in (await self.desk.orders(channel)).kept if k.order.act is act]

    async def picture(self, name: str) -> None:
        """Keep a screenshot where SCREENSHOTS says, for people to look at."""
        if folder := os.environ.get("SCREENSHOTS"):
            await self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def cookies(home: Home) -> dict[Role, str]:
    """Return the cookie of somebody of each role who is logged in."""
    settings = load_settings(home.folder / "lppl.toml", {})
    engine = open_database(settings.database_url)
    people, now = PeopleDesk(AccountStore(engine), AuditLog(engine), Seal.of(settings.data_dir)), datetime.now(UTC)
    found = {}
    try:
        for role, name in ((Role.OPERATOR, "Sari"), (Role.ANNOUNCER, "Budi")):
            await people.store.add(role.value, name, role, "", "id", now)
            known = await people.store.credentials(role.value)
            assert known is not None
            found[role], _ = await people.admit(known.account, "127.0.0.1", "uji", now, whole=True)
    finally:
        await engine.dispose()
    return found


@asynccontextmanager
async def entered(browser: Browser, home: Home, cookie: str) -> AsyncIterator[Room]:
    """Open the control room, and wait until it knows what airs."""
    async with browsing(browser, f"{home.url}/kerja/kendali", cookie) as opened:
        room = Room(home, opened)
        for channel in CHANNELS:
            await expect(room.card(channel).locator('[data-role="left"]')).to_have_text(COUNTDOWN, timeout=LONG_MS)
        yield room


async def it_is_accessible(room: Room, name: str) -> None:
    """Wide and narrow, axe finds nothing and nothing sticks out."""
    for width in (1366, 390):
        await room.page.set_viewport_size({"width": width, "height": 900})
        await room.picture(f"{name}-{width}")
        assert await room.opened.faults() == []
    await room.page.set_viewport_size({"width": 1366, "height": 900})


async def a_press_skips_once(room: Room) -> None:
    """Somebody nervous presses twice."""
    # in its last two seconds what comes next is committed already, and the order would be refused
    await expect(room.card("tv").locator('[data-role="left"]')).to_have_text(SOME_SECONDS, timeout=LONG_MS)
    await room.order("tv", "skip").dblclick()
    await room.aired("tv", lambda e: "dilewati Sari" in e.item.why, "what was next")
    assert len(await room.orders("tv", Act.SKIP)) == 1
    await expect(room.page.locator('[data-role="history"]')).to_contain_text("Lewati", timeout=LONG_MS)


async def keys_hold_and_resume(room: Room) -> None:
    """A number, a letter, a yes: radio is held, and goes on."""
    keyboard, state = room.page.keyboard, room.card("radio").locator('[data-role="state"]')
    await keyboard.press("2")
    for act, said in ((Act.HOLD, re.compile("Ditahan Sari")), (Act.RESUME, re.compile("Mengudara|menggantikan"))):
        await keyboard.press("h")
        await expect(room.page.locator("dialog[open]")).to_be_visible()
        assert await room.orders("radio", act) == [], "it is asked first"
        await keyboard.press("Tab")
        await keyboard.press("Enter")
        await expect(state).to_have_text(said, timeout=LONG_MS)
        assert [k.order.by for k in await room.orders("radio", act)] == ["Sari"]


async def without_a_line_nothing_can_be_ordered(room: Room) -> None:
    """The page says that the line is lost, and is right again when it is back."""
    lost, skip = room.page.locator('[data-role="lost"]'), room.order("tv", "skip")
    await expect(skip).to_be_enabled()
    await room.page.context.set_offline(True)
    await expect(lost).to_be_visible(timeout=LONG_MS)
    await expect(skip).to_be_disabled()
    await expect(room.page.locator('[data-role="break-in"]')).to_be_disabled()
    await room.picture("kendali-terputus")
    await room.page.context.set_offline(False)
    await expect(lost).to_be_hidden(timeout=LONG_MS)
    await expect(skip).to_be_enabled()


async def two_clicks_break_in(room: Room) -> None:
    """The first opens the list, the second is on the air of both channels; another ends it on each."""
    await room.page.locator('[data-role="break-in"]').click()
    await room.page.locator("[data-air]").first.click()
    began = {c: await room.aired(c, lambda e: e.item.kind is Kind.BREAK_IN, "the break-in") for c in CHANNELS}
    for channel in CHANNELS:
        await expect(room.card(channel).locator('[data-role="state"]')).to_have_text("SELA DARURAT", timeout=LONG_MS)
        await expect(room.order(channel, "skip")).to_be_disabled()
    await it_is_accessible(room, "kendali-sela")
    for channel in CHANNELS:
        end, start = room.order(channel, "end-break-in"), began[channel].item.start
        await end.click()
        await expect(end).to_be_hidden(timeout=LONG_MS)
        await room.aired(channel, lambda e: e.item.start > start and e.item.kind is Kind.ITEM, "the plan")  # noqa: B023
        assert [k.state for k in await room.orders(channel, Act.BREAK_IN)] == [State.DONE]


async def test_an_operator_at_work(home: Home) -> None:
    async with running(home), chromium() as browser:
        cookie = await cookies(home)
        async with entered(browser, home, cookie[Role.OPERATOR]) as room:
            await it_is_accessible(room, "kendali")
            await a_press_skips_once(room)
            await keys_hold_and_resume(room)
            await without_a_line_nothing_can_be_ordered(room)
            await two_clicks_break_in(room)
            assert room.opened.complaints == []
        async with entered(browser, home, cookie[Role.ANNOUNCER]) as room:
            assert await room.page.locator("[data-order], [data-role='break-in']").count() == 0
            await expect(room.page.locator('[data-role="history"]')).to_contain_text("Sela Darurat")
