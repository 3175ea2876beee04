"""The weekly grid in a real browser: dragged, moved by keyboard, undone, changed by two, published with a reason."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from lppl.accounts import Role
from tests.station.service import eventually
from tests.web.staff.browsing import Open, browsing
from tests.web.staff.conftest import Site
from tests.web.staff.test_grid_api import DAILY, GRID, WORKDAYS, Desk

pytestmark = [pytest.mark.integration, pytest.mark.browser]

EMPTY = "/kerja/pola?kanal=tv&minggu=2026-11-23"
WEEK = "/kerja/pola?kanal=radio&minggu=2026-11-23"
LONG = 60_000
LOSE_FOCUS = "new Promise(done => setTimeout(() => { document.activeElement.blur(); done(); }))"
"""What a redraw does to the block that has the focus; any that is under way is over then."""


class Staff:
    """Somebody at the page of the grid; what the page complains of fails the test."""

    def __init__(self, opened: Open, desk: Desk, base: str) -> None:
        self.opened, self.page, self.desk, self.base = opened, opened.page, desk, base
        self.page.set_default_timeout(LONG)

    async def open(self, path: str = WEEK) -> None:
        await self.page.goto(self.base + path)

    async def see(self, entry: str, day: str) -> Any:
        """Return the block of a day, once it is drawn."""
        block = self.page.locator(f'.ec-event[data-entry="{entry}"][data-occurrence="{day}"]').first
        await block.wait_for()
        return block

    async def hours_are(self, entry: str, wanted: list[str] | None) -> None:
        """Wait until the service holds these hours."""

        async def there() -> bool:
            return (await self.desk.hours()).get(entry) == wanted

        await eventually(there, f"{entry} at {wanted}", 30)


Come = Callable[..., Awaitable[Staff]]


@pytest.fixture
async def come(browser: Browser, site: Site) -> AsyncIterator[Come]:
    """Have somebody of a role open the grid: ``come(role, login)``."""
    base = str(site.client.make_url("")).rstrip("/")
    async with AsyncExitStack() as browsers:

        async def opened(role: Role, login: str, **more: Any) -> Staff:
            visitor = await site.logged_in(role, login)
            page = await browsers.enter_async_context(browsing(browser, base + WEEK, visitor.cookie, **more))
            return Staff(page, Desk(visitor), base)

        yield opened


@pytest.fixture
async def sari(come: Come) -> Staff:
    """Programme staff with a week: news on working days, music every day."""
    made = await come(Role.PROGRAMME, "sari")
    for title in ("Kabar Pagi", "Musik Pilihan"):
        await made.desk.ask("POST", "/api/v1/programmes", 201, title=title)
    await made.desk.add("kabar-pagi", WORKDAYS, "06.00", 60)
    await made.desk.add("musik-pilihan", DAILY, "09.00", 120)
    return made


async def drag(page: Page, block: Any, right: float, down: float) -> None:
    await block.scroll_into_view_if_needed()
    box = await block.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 20
    await page.mouse.move(x, y)
    await page.mouse.down()
    for n in range(1, 9):
        await page.mouse.move(x + right * n / 8, y + down * n / 8)
    await page.mouse.up()


async def test_a_block_is_dragged_for_one_day_and_that_is_undone_and_done_again(sari: Staff) -> None:
    page = sari.page
    await sari.open()
    tuesday = await sari.see("kabar-pagi", "2026-11-24")
    box = await tuesday.bounding_box()
    await drag(page, tuesday, 0, box["height"] / 4 * 5)  # five quarters of an hour
    await page.get_by_role("button", name=re.compile("^Hanya Selasa, 24 November")).click()
    await sari.hours_are("kabar-pagi-24-11", ["24 07.15-08.15"])
    moved = await sari.see("kabar-pagi-24-11", "2026-11-24")
    await expect(moved).to_contain_text("07.15–08.15")
    await page.locator('[data-do="undo"]').click()
    await sari.hours_are("kabar-pagi", [f"{d} 06.00-07.00" for d in (23, 24, 25, 26, 27)])
    await page.locator('[data-do="redo"]').click()
    await sari.hours_are("kabar-pagi-24-11", ["24 07.15-08.15"])
    assert sari.opened.complaints == []


async def test_the_keyboard_alone_moves_resizes_adds_and_removes(sari: Staff) -> None:
    page = sari.page
    await sari.open()
    monday = await sari.see("kabar-pagi", "2026-11-23")
    await monday.focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowDown")
    await expect(await sari.see("musik-pilihan", "2026-11-24")).to_be_focused()
    await page.keyboard.down("Alt")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.up("Alt")
    await expect(page.get_by_role("dialog")).to_contain_text("Musik Pilihan berulang")
    always = page.get_by_role("button", name="Semua minggu")
    for _ in range(8):
        if await always.evaluate("button => button === document.activeElement"):
            break
        await page.keyboard.press("Tab")
    await expect(always).to_be_focused()
    await page.keyboard.press("Enter")
    await sari.hours_are("musik-pilihan", [f"{d} 09.30-11.30" for d in range(23, 30)])
    await expect(page.locator('.ec-event[data-entry="musik-pilihan"]:focus')).to_have_count(1)
    await page.keyboard.press("n")
    form = page.get_by_role("dialog")
    await form.get_by_label("Mata acara", exact=True).select_option("kabar-pagi")
    await form.get_by_label("Mulai", exact=True).fill("26.00")
    await page.keyboard.press("Enter")
    await expect(form.get_by_role("alert")).to_have_text("tulis jam seperti 06.00")
    await form.get_by_label("Mulai", exact=True).fill("13.00")
    await form.get_by_label("Selesai").fill("14.30")
    await form.get_by_label("Folder", exact=True).fill("musik")
    await page.keyboard.press("Enter")
    await sari.hours_are("kabar-pagi-2", ["23 13.00-14.30"])
    fresh = await sari.see("kabar-pagi-2", "2026-11-23")
    await fresh.focus()
    await page.keyboard.press("+")
    await page.get_by_role("button", name="Semua minggu").press("Enter")
    await sari.hours_are("kabar-pagi-2", ["23 13.00-14.45"])
    await (await sari.see("kabar-pagi-2", "2026-11-23")).press("Delete")
    await page.get_by_role("button", name="Semua minggu").press("Enter")
    await sari.hours_are("kabar-pagi-2", None)
    await page.keyboard.press("Control+z")
    await sari.hours_are("kabar-pagi-2", ["23 13.00-14.45"])
    assert sari.opened.complaints == []


async def test_keys_reach_the_block_while_it_is_drawn_anew(sari: Staff) -> None:
    page, keys = sari.page, sari.page.keyboard
    await sari.open()
    block = await sari.see("musik-pilihan", "2026-11-24")
    await block.focus()
    await page.evaluate(LOSE_FOCUS)
    await keys.press("ArrowUp")
    await expect(await sari.see("kabar-pagi", "2026-11-24")).to_be_focused()
    await page.evaluate(LOSE_FOCUS)
    await keys.press("ArrowDown")
    await expect(block).to_be_focused()

    await keys.down("Alt")
    await keys.press("ArrowDown")
    await expect(block).to_contain_text("09.15–11.15")
    await page.evaluate(LOSE_FOCUS)
    await keys.press("Escape")
    await expect(block).to_contain_text("09.00–11.00")
    await keys.press("ArrowDown")
    await expect(block).to_contain_text("09.15–11.15")
    await page.evaluate(LOSE_FOCUS)
    await keys.press("ArrowDown")
    await expect(block).to_contain_text("09.30–11.30")
    await keys.up("Alt")
    await page.get_by_role("button", name="Semua minggu").click()
    await sari.hours_are("musik-pilihan", [f"{d} 09.30-11.30" for d in range(23, 30)])
    await expect(page.locator('.ec-event[data-entry="musik-pilihan"]:focus')).to_have_count(1)

    await page.evaluate(LOSE_FOCUS)
    await keys.press("+")
    await expect(page.get_by_role("dialog")).to_contain_text("Musik Pilihan berulang")
    await keys.press("Escape")
    await page.get_by_role("heading", name="Pola Acara").click()
    await keys.press("Delete")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert sari.opened.complaints == []


async def test_who_saves_a_programme_second_is_asked_before_the_first_is_replaced(sari: Staff) -> None:
    page = sari.page
    await sari.open("/kerja/pola/mata-acara")
    await page.locator("#p-kabar-pagi").get_by_role("button", name="Ubah").click()
    form = page.get_by_role("dialog").first
    await form.get_by_label("Penyiar").fill("Budi")
    await sari.desk.ask("PUT", "/api/v1/programmes/kabar-pagi", title="Kabar Pagi Ini")
    await form.get_by_role("button", name="Simpan").click()
    asked = page.get_by_role("dialog", name="Orang lain sudah mengubahnya")
    await asked.get_by_role("button", name="Batal").click()
    await expect(form.get_by_label("Penyiar")).to_have_value("Budi")
    assert (await sari.desk.ask("GET", "/api/v1/programmes/kabar-pagi"))["title"] == "Kabar Pagi Ini"
    await form.get_by_role("button", name="Simpan").click()
    await asked.get_by_role("button", name="Simpan punya saya").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    kept = await sari.desk.ask("GET", "/api/v1/programmes/kabar-pagi")
    assert (kept["title"], kept["presenter"]) == ("Kabar Pagi", "Budi")
    assert sari.opened.complaints == []


async def test_the_week_follows_what_a_programme_is_called(sari: Staff) -> None:
    async with sari.page.expect_response(re.compile("/kerja/kabar")):  # from then on it hears the news
        await sari.open()
    block = await sari.see("kabar-pagi", "2026-11-23")
    await expect(block).to_contain_text("Kabar Pagi")
    await sari.desk.ask("PUT", "/api/v1/programmes/kabar-pagi", title="Warta Fajar")
    await expect(block).to_contain_text("Warta Fajar", timeout=LONG)
    assert sari.opened.complaints == []


async def test_two_people_change_the_same_programme_and_choose(sari: Staff, come: Come) -> None:
    budi = await come(Role.ADMIN, "budi")
    await budi.see("kabar-pagi", "2026-11-23")
    await budi.desk.look()
    block = await budi.see("kabar-pagi", "2026-11-23")
    await sari.desk.look()
    # Sari's change reaches the service while Budi's drag is still held
    await block.focus()
    await budi.page.keyboard.down("Alt")
    await budi.page.keyboard.press("ArrowDown")
    await sari.desk.change("kabar-pagi", start=5 * 3600)
    await sari.desk.change("musik-pilihan", start=10 * 3600)
    await expect(budi.page.locator(".toast-line")).to_contain_text("sari mengubah pola acara ini")
    await budi.page.keyboard.up("Alt")
    await budi.page.get_by_role("button", name="Semua minggu").click()
    told = budi.page.get_by_role("dialog")
    await expect(told).to_contain_text("Penata acara sari mengubah acara yang sama")
    await expect(told).to_contain_text("05.00–06.00")
    await told.get_by_label("Punya saya").check()
    await told.get_by_role("button", name="Gabungkan").click()
    await budi.hours_are("kabar-pagi", [f"{d} 06.15-07.15" for d in (23, 24, 25, 26, 27)])
    assert (await budi.desk.hours())["musik-pilihan"][0] == "23 10.00-12.00", "what did not clash is kept"


async def test_a_week_is_published_over_a_clash_with_a_reason(sari: Staff) -> None:
    page = sari.page
    await sari.desk.change("musik-pilihan", start=6 * 3600 + 1800)
    await sari.open()
    findings = page.locator('[data-role="findings"]')
    await expect(findings).to_contain_text("Jadwal bentrok", timeout=LONG)
    await page.locator('[data-do="publish"]').click()
    form = page.get_by_role("dialog")
    await form.get_by_role("button", name="Terbitkan").click()
    await expect(form.get_by_role("alert")).to_contain_text("temuan berat", timeout=LONG)
    await form.get_by_label("Alasan").fill("Disepakati di rapat")
    await form.get_by_role("button", name="Terbitkan").click()
    await expect(page.locator('[data-role="state"]')).to_contain_text("Terbit, berlaku", timeout=LONG)
    kept = await sari.desk.ask("GET", f"{GRID}/versions")
    assert kept[0]["reason"] == "Disepakati di rapat" and kept[0]["in_force"]
    assert sari.opened.complaints == []


async def test_pages_are_accessible_in_both_languages_and_on_a_phone(sari: Staff, come: Come, site: Site) -> None:
    await sari.desk.ask("PUT", "/api/v1/channels/radio/rules", id="radio")
    phone = await come(Role.PROGRAMME, "sari", width=390, height=844)
    account = await site.account(Role.PROGRAMME, "sari")
    for each, ready in ((sari, ".ec-event[data-entry]"), (phone, ".day-row")):
        await each.open()
        await each.page.locator(ready).first.wait_for()
        assert await each.opened.faults() == []
    await phone.page.locator(".day-row .btn-plain").first.click()
    await expect(phone.page.get_by_role("dialog")).to_contain_text("Ubah acara: Kabar Pagi")
    assert await phone.opened.faults() == []
    await site.office.people.store.change(account.id, language="en")
    paper = WEEK.replace("pola?", "pola/cetak?")
    for path, ready, word in (
        (WEEK, ".ec-event[data-entry]", "Weekly grid"), (EMPTY, ".ec-main[tabindex]", "No grid yet"),
        ("/kerja/pola/mata-acara", "#p-kabar-pagi", "Programmes"),
        ("/kerja/pola/aturan?kanal=radio", ".save-bar", "Fixed events"), (paper, ".print-row", "Print"),
    ):  # fmt: skip
        await sari.open(path)
        await sari.page.locator(ready).first.wait_for()
        await expect(sari.page.locator("html")).to_have_attribute("lang", "en", timeout=LONG)
        await expect(sari.page.locator(".page-wrapper")).to_contain_text(word, timeout=LONG)
        assert await sari.opened.faults() == [], path
