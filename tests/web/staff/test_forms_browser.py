"""Forms of staff in a browser: what is wrong is said at its field, secrets are shown once, files are read."""

import re

import pytest
from playwright.async_api import Browser, Route, expect

from lppl.accounts import Role
from lppl.desk.sheets import as_csv
from tests.web.staff.browsing import browsing
from tests.web.staff.conftest import PASSWORD, Site

pytestmark = [pytest.mark.browser]
LONG_MS = 60_000


def address(site: Site, path: str) -> str:
    return str(site.client.make_url(f"/kerja/{path}"))


async def test_a_webhook_is_refused_at_its_field_then_made(site: Site, browser: Browser) -> None:
    admin = await site.logged_in(Role.ADMIN)
    async with browsing(browser, address(site, "webhook"), admin.cookie) as opened:
        page = opened.page
        page.set_default_timeout(LONG_MS)
        await page.get_by_role("button", name="Webhook baru").click()
        await page.get_by_label("Alamat").fill("http://169.254.169.254/")
        await page.get_by_role("button", name="Simpan").click()
        await expect(page.get_by_text("tulis alamat utuh")).to_be_visible(timeout=LONG_MS)
        await expect(page.get_by_label("Alamat")).to_have_attribute("aria-invalid", "true")
        await page.get_by_label("Alamat").fill("https://kota.example/kabar")
        await page.get_by_role("button", name="Simpan").click()
        secret = page.get_by_label("Rahasia penandatanganan")
        await expect(secret).to_have_value(re.compile("^whsec_"), timeout=LONG_MS)
        assert await opened.faults() == []
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("heading", name="https://kota.example/kabar")).to_be_visible()
        await page.get_by_role("button", name="Ubah").click()
        await page.get_by_label("Aktif", exact=True).uncheck()
        await page.get_by_role("button", name="Simpan").click()
        await expect(page.get_by_text("Tidak aktif")).to_be_visible(timeout=LONG_MS)
    (hook,) = await site.office.webhooks.all()
    assert not hook.active and hook.url == "https://kota.example/kabar"


async def test_every_page_fits_a_phone(site: Site, browser: Browser) -> None:
    admin = await site.logged_in(Role.ADMIN)
    async with browsing(browser, address(site, "api"), admin.cookie, width=390, height=844) as opened:
        for path in ("api", "webhook", "akun", "petugas", "pengaturan", "mulai", "impor", "pesanan", "log/rencana"):
            await opened.page.goto(address(site, path), wait_until="load")
            wide = await opened.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert (wide, path) == (0, path)
        assert opened.complaints == []


async def test_a_wrong_password_is_said_at_its_field(site: Site, browser: Browser) -> None:
    sari = await site.logged_in(Role.OPERATOR)
    async with browsing(browser, address(site, "akun"), sari.cookie) as opened:
        page = opened.page
        await page.get_by_label("Kata sandi sekarang").fill("bukan yang ini")
        await page.get_by_label("Kata sandi baru").fill(PASSWORD)
        await page.get_by_role("button", name="Ganti kata sandi").click()
        await expect(page.get_by_text("Kata sandi itu salah.")).to_be_visible(timeout=LONG_MS)
        await expect(page.get_by_label("Kata sandi sekarang")).to_have_attribute("aria-invalid", "true")
        await expect(page.get_by_label("Kata sandi baru")).to_have_value(PASSWORD)
        assert await opened.faults() == []


async def test_a_table_is_read_and_looked_at(site: Site, browser: Browser) -> None:
    sari = await site.logged_in(Role.PROGRAMME)
    rows = [["Hari", "Pukul", "Mata Acara"], ["Senin", "06.00-07.00", "Kabar Pagi"]]
    async with browsing(browser, address(site, "impor"), sari.cookie) as opened:
        page = opened.page
        file = {"name": "pola.csv", "mimeType": "text/csv", "buffer": as_csv(rows)}
        await page.get_by_label("Berkas tabel").set_input_files(files=[file])  # type: ignore[list-item]
        await page.get_by_role("button", name="Lihat hasilnya").click(timeout=LONG_MS)
        await expect(page.get_by_text("Dimengerti: 1")).to_be_visible(timeout=LONG_MS)
        await page.get_by_label("Berkas tabel").set_input_files(
            files=[{"name": "x.xlsx", "mimeType": "application/zip", "buffer": b"PK\3\4rubbish"}]
        )
        await expect(page.get_by_text("tidak dapat dibaca sebagai XLSX")).to_be_visible(timeout=LONG_MS)
        assert await opened.faults() == []


async def test_a_station_is_renamed_and_the_channels_stay(site: Site, browser: Browser) -> None:
    admin = await site.logged_in(Role.ADMIN)
    async with browsing(browser, address(site, "pengaturan"), admin.cookie) as opened:
        page = opened.page
        await page.get_by_label("Nama stasiun").fill("a\u202eb")
        await page.locator('[data-role="station"]').get_by_role("button", name="Simpan").click()
        await expect(page.get_by_text("tidak boleh berisi ganti baris")).to_be_visible(timeout=LONG_MS)
        assert await opened.faults() == []


async def test_a_start_whose_answer_is_lost_is_waited_for(
    site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LPPL_DVR_HOURS", "1")  # a setting that waits for a start
    admin = await site.logged_in(Role.ADMIN)
    async with browsing(browser, address(site, "pengaturan"), admin.cookie) as opened:
        page, asked = opened.page, list[str]()

        async def gone(route: Route) -> None:
            await route.abort("connectionreset")

        async def back(route: Route) -> None:
            asked.append(route.request.method)
            if len(asked) < 3:
                return await route.abort("connectionrefused")
            answer = await route.fetch()
            await route.fulfill(response=answer, json=await answer.json() | {"run": "berikutnya"})

        await page.route("**/api/v1/service/restart", gone)
        await page.route("**/api/v1/settings", back)
        await page.locator('[data-role="restart"]').click()
        async with page.expect_event("load", timeout=LONG_MS):  # with the new settings, the page is opened anew
            await page.get_by_role("dialog").get_by_role("button", name="Terapkan sekarang").click()
        assert len(asked) == 3 and opened.complaints == []
