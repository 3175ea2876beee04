"""The page Rundown in a browser: keyboard alone, the mouse, a phone, two people at once, a lost connection."""

import asyncio

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from lppl.accounts import Role
from lppl.quanta import Quanta
from tests.web.staff.browsing import Open, browsing
from tests.web.staff.conftest import Site
from tests.web.staff.rundown_site import DAY, settings, template  # noqa: F401 - fixtures

pytestmark = [pytest.mark.browser]
LONG_MS = 60_000


def rundown(site: Site, channel: str = "radio") -> str:
    return str(site.client.make_url(f"/kerja/rundown/{channel}/{DAY}"))


def line(page: Page, number: int) -> Locator:
    return page.locator(f'.rd-row[data-number="{number}"]')


async def title(page: Page, number: int) -> str:
    return await line(page, number).locator(".rd-name").inner_text(timeout=LONG_MS)


async def ready(opened: Open) -> Page:
    await expect(opened.page.locator(".rd-row:not(.rd-wait)").first).to_be_visible(timeout=LONG_MS)
    return opened.page


async def test_a_day_is_changed_by_keyboard_alone(site: Site, browser: Browser) -> None:
    sari = await site.logged_in(Role.PROGRAMME)
    async with browsing(browser, rundown(site), sari.cookie) as opened:
        page = await ready(opened)
        await line(page, 1).focus()
        for _ in range(4):
            await page.keyboard.press("ArrowDown")
        await expect(line(page, 5)).to_be_focused()
        before, fifth = await title(page, 5), line(page, 5)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog", name=before)).to_contain_text("Rotasi")
        await page.keyboard.press("Escape")
        await expect(fifth).to_be_focused()
        await page.keyboard.press("s")
        await page.keyboard.type("walikota", delay=5)
        await expect(page.get_by_role("option")).to_have_count(1, timeout=LONG_MS)
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")
        await expect(fifth.locator(".rd-name")).to_have_text("Dialog Wali Kota", timeout=LONG_MS)
        assert await title(page, 6) == before
        await expect(fifth).to_be_focused()
        await expect(page.locator('[data-role="edits"]')).to_contain_text('sisip "Dialog Wali Kota"')
        await page.keyboard.press("Alt+ArrowDown")
        await expect(line(page, 6).locator(".rd-name")).to_have_text("Dialog Wali Kota", timeout=LONG_MS)
        for _ in range(2):
            await page.keyboard.press("Control+z")
            await expect(page.get_by_text("Suntingan dicabut").last).to_be_visible(timeout=LONG_MS)
        await expect(page.get_by_role("heading", name="Suntingan (0)")).to_be_visible(timeout=LONG_MS)
        await expect(page.get_by_text("Dialog Wali Kota", exact=True)).to_have_count(0)
        await page.keyboard.press("End")
        total = int(await page.locator('[role="grid"]').get_attribute("aria-rowcount") or 0)
        await expect(page.locator(".rd-row:focus")).to_have_attribute("aria-rowindex", str(total))
        assert await opened.faults() == []


async def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(site: Site, browser: Browser) -> None:
    sari = await site.logged_in(Role.PROGRAMME)
    async with browsing(browser, rundown(site), sari.cookie) as opened:
        page = await ready(opened)
        await page.get_by_role("button", name="Isi sampai").click()
        form = page.get_by_role("dialog")
        await form.get_by_label("Dari jam").fill("25.00")
        await form.get_by_label("Sampai jam").fill("<b>lima</b>")
        await form.get_by_role("button", name="Isi sampai").click()
        await expect(form.get_by_label("Dari jam")).to_have_attribute("aria-invalid", "true", timeout=LONG_MS)
        await expect(form.get_by_text('jam "25.00" tidak dikenal')).to_be_visible()
        await expect(form.get_by_label("Sampai jam")).to_have_value("<b>lima</b>")
        assert await opened.faults() == []

        await form.get_by_label("Dari jam").fill("20.00")
        await form.get_by_label("Sampai jam").fill("20.10")
        await page.context.set_offline(True)
        await form.get_by_role("button", name="Isi sampai").click()
        await expect(form.get_by_text("Sambungan terputus; belum tersimpan")).to_be_visible(timeout=LONG_MS)
        await page.context.set_offline(False)
        await form.get_by_role("button", name="Isi sampai").click()
        await expect(page.get_by_role("heading", name="Suntingan (1)")).to_be_visible(timeout=LONG_MS)


async def test_what_was_kept_though_its_answer_was_lost_is_not_kept_twice(site: Site, browser: Browser) -> None:
    sari = await site.logged_in(Role.PROGRAMME)
    async with browsing(browser, rundown(site), sari.cookie) as opened:
        page = await ready(opened)
        await page.get_by_role("button", name="Isi sampai").click()
        form = page.get_by_role("dialog")
        await form.get_by_label("Dari jam").fill("20.00")
        await form.get_by_label("Sampai jam").fill("20.10")

        async def lose(route: Route) -> None:
            await route.fetch()
            await route.abort()

        await page.route("**/edits", lose, times=1)
        await form.get_by_role("button", name="Isi sampai").click()
        await expect(form.get_by_text("Sambungan terputus; belum tersimpan")).to_be_visible(timeout=LONG_MS)
        await form.get_by_role("button", name="Isi sampai").click()
        await expect(page.get_by_role("dialog")).to_have_count(0, timeout=LONG_MS)
        await expect(page.get_by_role("heading", name="Suntingan (1)")).to_be_visible(timeout=LONG_MS)
        assert len(await site.office.planning.store.edits("radio", Quanta(0))) == 1


async def test_two_people_at_once(site: Site, browser: Browser) -> None:
    """The second is told who did what, sees the difference, and chooses; both see each other, and the outcome."""
    sari, budi = await site.logged_in(Role.PROGRAMME, "sari"), await site.logged_in(Role.OPERATOR, "budi")
    url = rundown(site)
    async with browsing(browser, url, sari.cookie) as first, browsing(browser, url, budi.cookie) as second:
        one, two = await asyncio.gather(ready(first), ready(second))
        await expect(one.locator('[data-role="present"]')).to_contain_text("Operator budi", timeout=LONG_MS)
        gone = await title(two, 5)
        await line(two, 5).dblclick()
        await two.get_by_role("dialog").get_by_role("button", name="Ganti").click()
        await two.get_by_role("combobox").fill("walikota")
        await expect(two.get_by_role("option")).to_have_count(1, timeout=LONG_MS)
        await two.get_by_role("option").click()

        await line(one, 5).focus()
        await one.keyboard.press("x")
        await one.get_by_role("button", name="Lewati").click()
        await expect(one.get_by_role("heading", name="Suntingan (1)")).to_be_visible(timeout=LONG_MS)
        await expect(two.get_by_text("Penata acara sari mengubah rundown ini")).to_be_visible(timeout=LONG_MS)

        await two.get_by_role("dialog").get_by_role("button", name="Ganti").click()
        clash = two.get_by_role("dialog", name="Bagian ini sudah diubah orang lain")
        await expect(clash.get_by_text(f'lewati "{gone}"')).to_be_visible(timeout=LONG_MS)
        await clash.get_by_text("Lihat perbedaannya").click()
        await expect(clash.locator("table").last).to_contain_text("Dialog Wali Kota")
        assert await second.faults() == []
        await clash.get_by_role("button", name="Terapkan punya saya di atasnya").click()
        for page in (two, one):
            await expect(line(page, 5).locator(".rd-name")).to_have_text("Dialog Wali Kota", timeout=LONG_MS)
        assert [*await first.faults(), *await second.faults()] == []


async def test_with_mouse_on_a_phone_and_in_english(site: Site, browser: Browser) -> None:
    sari = await site.logged_in(Role.PROGRAMME)
    async with browsing(browser, rundown(site), sari.cookie) as opened:
        page = await ready(opened)
        moved, target = await title(page, 3), line(page, 6)
        await line(page, 3).locator(".rd-handle").drag_to(target)
        await expect(line(page, 5).locator(".rd-name")).to_have_text(moved, timeout=LONG_MS)
        await page.get_by_role("button", name="Urungkan").last.click()
        await expect(line(page, 3).locator(".rd-name")).to_have_text(moved, timeout=LONG_MS)
    assert sari.account is not None
    viewer = await site.account(Role.VIEWER)
    await site.office.people.store.change(viewer.id, language="en")
    visitor = await site.logged_in(Role.VIEWER)
    async with browsing(browser, rundown(site), visitor.cookie, width=390, height=844, has_touch=True) as opened:
        page = await ready(opened)
        await expect(page.locator('[data-role="date"]')).to_have_text("Monday, 23 November 2026")
        await line(page, 2).get_by_role("button").tap()
        await expect(page.get_by_role("dialog")).to_contain_text("Your role can look at the running order only.")
        assert await opened.faults() == []
        await page.keyboard.press("Escape")
        await page.get_by_text("Edits, findings, totals").tap()
        await expect(page.get_by_role("tab", name="By hour")).to_be_visible()
        assert await opened.faults() == []
