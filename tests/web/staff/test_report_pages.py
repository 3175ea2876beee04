"""Log, dashboard and audit log in a browser: what is shown, by keyboard, on a phone, and what axe finds."""

import asyncio
import re
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, Route, expect

from lppl.accounts import Role
from lppl.incidents import Incidents
from lppl.journal import Entry
from lppl.rundown import line_to_json
from scheduler.agenda import day_bounds
from tests.scheduler.aired import line
from tests.web.staff.browsing import browsing
from tests.web.staff.conftest import NOW, Site
from tests.web.staff.log_site import MINUTE, SATURDAY, lay_down

pytestmark = [pytest.mark.browser]
LONG_MS = 60_000
TABS = (
    f"log?kanal=tv&hari={SATURDAY}", f"log/kategori?kanal=tv&hari={SATURDAY}", f"log/rencana?kanal=tv&hari={SATURDAY}",
    "log/bukti?pesanan=kopi", "log/ditarik", "dasbor", "jejak",
)  # fmt: skip


@pytest.fixture
async def past(site: Site) -> list[Entry]:
    """What tv aired, what was planned, an incident, a takedown."""
    found = await lay_down(site.office)
    start = day_bounds(SATURDAY, site.office.planning.zone)[0]
    planned = [line("Materi 0", start, 10 * MINUTE), line("Yang Tidak Jadi", start + 10 * MINUTE, 30 * MINUTE)]
    await site.office.planning.store.keep_day("tv", str(SATURDAY), [line_to_json(x) for x in planned], NOW)
    await Incidents(site.office.library.engine).open("tv", "silence", "Sunyi", NOW - timedelta(minutes=9))
    return found


def address(site: Site, path: str) -> str:
    return str(site.client.make_url("/")) + f"kerja/{path}"


async def settled(page: Page) -> None:
    """Wait until nothing is loading any more."""
    await expect(page.get_by_text("Memuat…")).to_have_count(0, timeout=LONG_MS)


@pytest.mark.parametrize("width", [1366, 390])
async def test_every_page_is_whole(site: Site, past: list[Entry], browser: Browser, width: int) -> None:
    sari = await site.logged_in(Role.ADMIN)
    async with browsing(browser, address(site, "jejak"), sari.cookie, width=width) as opened:
        for path in TABS:
            await opened.page.goto(address(site, path))
            await settled(opened.page)
            await expect(opened.page.locator("main .alert-warning:visible, .toast-danger")).to_have_count(0)
            assert await opened.faults() == [], path


async def test_a_day_is_searched_and_a_line_taken_down_by_keyboard(
    site: Site, past: list[Entry], browser: Browser
) -> None:
    sari = await site.logged_in(Role.PROGRAMME)
    async with browsing(browser, address(site, f"log?kanal=tv&hari={SATURDAY}"), sari.cookie) as opened:
        page = opened.page
        rows = page.locator("main tbody tr")
        await expect(rows.first).to_be_visible(timeout=LONG_MS)
        await page.get_by_label("Cari").focus()
        await page.keyboard.type("materi 3 kota", delay=5)
        await expect(page.locator('main tbody tr:not(:has-text("Materi 3"))')).to_have_count(0, timeout=LONG_MS)
        assert "cari=materi+3+kota" in page.url, "the address can be shared"
        await rows.first.get_by_role("button", name="Tarik").focus()
        await page.keyboard.press("Enter")
        reason = page.get_by_label("Alasan")
        await expect(reason).to_be_visible()
        await reason.focus()
        await page.keyboard.type("x")
        await page.keyboard.press("Tab")
        await page.get_by_role("dialog").get_by_role("button", name="Tarik").focus()
        await page.keyboard.press("Enter")
        await expect(reason).to_have_attribute("aria-invalid", "true", timeout=LONG_MS)
        await expect(reason).to_have_value("x")
        await reason.fill("Permintaan narasumber")
        await page.get_by_role("dialog").get_by_role("button", name="Tarik").focus()
        await page.keyboard.press("Enter")
        await expect(rows.first.get_by_text("Tidak dapat diputar ulang")).to_be_visible(timeout=LONG_MS)
        assert opened.complaints == []
        await page.get_by_role("link", name="Siaran ditarik").click()
        await page.get_by_role("button", name="Cabut penarikan").click(timeout=LONG_MS)
        await page.get_by_role("dialog").get_by_role("button", name="Cabut penarikan").click()
        await expect(page.get_by_text("dicabut")).to_be_visible(timeout=LONG_MS)
    (takedown,) = await site.office.takedowns.store.all("tv")
    assert takedown.reason == "Permintaan narasumber" and takedown.lifted is not None


async def test_the_audit_log_shows_what_changed(site: Site, browser: Browser) -> None:
    budi = await site.account(Role.OPERATOR, "budi")
    sari = await site.logged_in(Role.ADMIN, "sari")
    change = {"name": "<b>Budi</b> Santoso"}
    assert (await sari.ask("PATCH", f"/api/v1/accounts/{budi.id}", json=change)).status == 200
    async with browsing(browser, address(site, "jejak?tindakan=account"), sari.cookie) as opened:
        row = opened.page.locator("details").first
        await row.locator("summary").click(timeout=LONG_MS)
        await expect(row.locator("ins").first).to_have_text("<b>Budi</b> Santoso")
        await expect(row.locator("del").first).to_have_text(budi.name)
        assert opened.complaints == []


async def test_filters_do_not_bring_the_last_day_back(site: Site, past: list[Entry], browser: Browser) -> None:
    sari = await site.logged_in(Role.PROGRAMME)
    async with browsing(browser, address(site, f"log?kanal=tv&hari={SATURDAY}"), sari.cookie) as opened:
        page = opened.page
        rows = page.locator("main tbody tr")
        await expect(rows.first).to_be_visible(timeout=LONG_MS)
        await page.route("**/log?day=2026-11-20*", lambda route: route.fulfill(status=503, body="{}"))
        await page.get_by_label("Hari", exact=True).fill("2026-11-20")
        await expect(page.locator("main .alert-warning")).to_be_visible(timeout=LONG_MS)
        await page.get_by_label("Cari").fill("materi")
        await expect(page).to_have_url(re.compile("cari=materi"))
        await expect(rows).to_have_count(0)


async def test_figures_that_are_not_renewed_are_said_to_be_stale(
    site: Site, past: list[Entry], browser: Browser
) -> None:
    sari = await site.logged_in(Role.HEAD)
    async with browsing(browser, address(site, "dasbor"), sari.cookie) as opened:
        page, held = opened.page, asyncio.Event()
        stale = page.locator('[data-role="stale"]')

        async def later(route: Route) -> None:
            await held.wait()
            await route.continue_()

        await page.route("**/api/v1/dashboard", lambda route: route.fulfill(status=503, body="{}"))
        await page.route("**/api/v1/dashboard/now", later)
        await page.reload()
        await expect(stale).to_be_visible(timeout=LONG_MS)
        held.set()
        await expect(page.locator('[data-card="now"] .figure-big').first).to_be_visible(timeout=LONG_MS)
        await expect(stale).to_be_visible()
