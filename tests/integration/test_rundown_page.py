"""Rundown on the real service: two people change the same time, the second is told; the air follows what was kept."""

import json
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Locator, Page, expect

from lppl.accounts import Role
from tests.station.browser import LONG_MS, chromium
from tests.station.service import Home, eventually, running
from tests.station.staff import cookies_of
from tests.web.staff.browsing import browsing

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.long]
ZONE = ZoneInfo("Asia/Jakarta")
BEHIND = 10
"""Fewer items than that end while a busy machine asks the page two things."""
SOON_S = 15.0
"""So soon an edit is in the air role's running order."""


async def write_insertion(page: Page, words: str, clock: str) -> None:
    """Fill in the form by which material is put in, and leave it open."""
    await expect(page.locator(".rd-row:not(.rd-wait)").first).to_be_visible(timeout=LONG_MS)
    await page.get_by_role("button", name="Sisipkan").first.click()
    form = page.get_by_role("dialog", name="Sisipkan materi")
    await page.get_by_role("combobox").fill(words)
    await expect(page.get_by_role("option")).to_have_count(1, timeout=LONG_MS)
    await page.get_by_role("option").click()
    await form.get_by_label("Jam tayang").fill(clock)
    await form.get_by_label("Tepat pada jamnya").check()


def edited(rundown: Path) -> list[str]:
    """Return the titles that people put in, by the air role's running order."""
    try:
        return [line["title"] for line in json.loads(rundown.read_bytes()) if line.get("edit")]
    except (OSError, ValueError):
        return []


async def number_of(row: Locator) -> int:
    """Return which line of the day a row shows."""
    return int(await row.get_attribute("data-number") or 0)


async def is_for_the_control_room(page: Page) -> bool:
    """Skip what airs by keyboard; tell whether one is sent to the control room. An item may end between the keys."""
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await page.keyboard.press("x")
    dialog = page.get_by_role("dialog")
    await dialog.wait_for()
    return "diatur di Ruang Kendali" in await dialog.inner_text()


async def test_two_people_and_the_air(home: Home) -> None:
    day = (datetime.now(ZONE) + timedelta(days=1)).date()
    async with running(home), chromium() as browser:
        sari, budi = await cookies_of(home, ("Sari", Role.PROGRAMME), ("Budi", Role.OPERATOR))
        url = f"{home.url}/kerja/rundown/tv/{day}"
        async with browsing(browser, url, sari) as first, browsing(browser, url, budi) as second:
            for opened, words in ((first, "Pagi"), (second, "Kabar")):
                await write_insertion(opened.page, words, "12.00")
            await first.page.get_by_role("dialog").get_by_role("button", name="Sisipkan").click()
            await expect(first.page.get_by_role("heading", name="Suntingan (1)")).to_be_visible(timeout=LONG_MS)

            await second.page.get_by_role("dialog").get_by_role("button", name="Sisipkan").click()
            clash = second.page.get_by_role("dialog", name="Bagian ini sudah diubah orang lain")
            await expect(clash).to_contain_text('Sari: sisip "Pagi", pukul 12.00.00', timeout=LONG_MS)
            await clash.get_by_role("button", name="Biarkan yang sekarang").click()
            await expect(second.page.get_by_text("Suntingan Anda tidak disimpan")).to_be_visible(timeout=LONG_MS)
            rundown = home.data / "state" / "rundown-tv.json"

            async def taken() -> bool:
                return edited(rundown) == ["Pagi"]

            await eventually(taken, "the air role plans with the edit", SOON_S)
            assert [*await first.faults(), *await second.faults()] == []

            await first.page.goto(f"{home.url}/kerja/rundown/tv")
            led = first.page.locator(".rd-row:focus")
            await expect(led).to_be_visible(timeout=LONG_MS)
            # items are short: what aired when the page led there may have ended meanwhile
            assert 0 <= await number_of(first.page.locator(".rd-current")) - await number_of(led) < BEHIND
            await expect(first.page.locator('[data-role="now"]')).to_contain_text("selesai dalam")
            await eventually(partial(is_for_the_control_room, first.page), "what airs is changed in the control room")
            assert await first.faults() == []
