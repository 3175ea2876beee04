"""A citizen at the public form, in Chromium at phone width: with and without script, with a photo and a recording."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright, expect
from sqlalchemy import func, select

from lppl.cases.tables import arrivals, enclosures
from lppl.config import Settings
from lppl.desk.office import wall_clock
from lppl.intake.opening import Intake
from lppl.phone.calls import Calls
from lppl.rates import RATES, MemoryRates
from tests.web.staff.browsing import AXE, FOUND, RULES
from tests.web.staff.pages import STATIC, office_of
from web.intake.entrance import add_intake
from web.static_files import FILES, StaticFiles

pytestmark = [pytest.mark.browser, pytest.mark.integration]

CHROMIUM = "/usr/bin/chromium"
FAKE = ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]


@dataclass
class Town:
    """A station that takes reports in, and what has come."""

    url: str
    browser: Browser
    engine: Any

    async def count(self, table: Any) -> int:
        async with self.engine.connect() as connection:
            return int(await connection.scalar(select(func.count()).select_from(table)) or 0)

    async def phone(self, **more: Any) -> Page:
        context = await self.browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True, **more)
        return await context.new_page()


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    settings = Settings(data_dir=tmp_path / "data", media_dir=tmp_path / "media")
    view = SimpleNamespace(
        station_name="Batik TV", place="Pekalongan", zone=ZoneInfo("Asia/Jakarta"), channels=(), now=wall_clock()
    )
    async with office_of(settings) as office, async_playwright() as playwright:
        intake: Intake = office.intake()
        station = SimpleNamespace(intake=intake, rates=MemoryRates(RATES), calls=Calls())
        app = web.Application(client_max_size=1 << 20)
        app[FILES] = StaticFiles(STATIC)
        app.router.add_get("/static/{path:.+}", app[FILES].serve)
        add_intake(app, view, lambda: station)  # type: ignore[arg-type]
        server = TestServer(app)
        await server.start_server()
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FAKE)
        try:
            yield Town(str(server.make_url("")).rstrip("/"), browser, office.library.engine)
        finally:
            await browser.close()
            await server.close()


def _photo(path: Path) -> Path:
    drawn = Image.new("RGB", (640, 480), (90, 60, 30))
    exif = Image.Exif()
    exif[0x010E] = "Siti"
    out = io.BytesIO()
    drawn.save(out, "JPEG", exif=exif)
    path.write_bytes(out.getvalue())
    return path


async def _faults(page: Page) -> list[str]:
    await page.evaluate(await asyncio.to_thread(AXE.read_text))
    found: list[str] = await page.evaluate(FOUND, RULES)
    wide: int = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, *([f"{wide} px too wide"] if wide > 0 else [])]


async def test_a_report_with_a_photo_and_a_recording(town: Town, tmp_path: Path) -> None:
    page = await town.phone(
        permissions=["microphone", "geolocation"], geolocation={"latitude": -6.89, "longitude": 109.67}
    )
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"{town.url}/lapor")
    assert await _faults(page) == []
    await page.get_by_label("Isi laporan").fill("Jalan Merdeka berlubang besar di depan pasar.")
    await page.get_by_label("Kelurahan").select_option("Medono")
    await page.get_by_role("button", name="Gunakan lokasi saya").click()
    await page.get_by_text("Lokasi tercatat").wait_for()
    await page.get_by_label("Foto, video, atau rekaman suara").set_input_files(_photo(tmp_path / "foto.jpg"))
    await page.get_by_role("button", name="Rekam suara").click()
    await page.wait_for_timeout(1200)
    await page.get_by_role("button", name="Selesai merekam").click()
    await page.get_by_text("Rekaman ditambahkan").wait_for()
    await page.get_by_role("button", name="Kirim laporan").click()
    await page.get_by_role("heading", name="Laporan diterima").wait_for()
    assert len((await page.locator(".code").inner_text()).strip()) == 9
    assert await _faults(page) == []
    assert (await town.count(arrivals), await town.count(enclosures)) == (1, 2)
    assert complaints == []


async def test_without_script_what_was_typed_comes_back_and_112_is_told(town: Town) -> None:
    page = await town.phone(java_script_enabled=False)
    await page.goto(f"{town.url}/lapor?lang=en")
    await page.get_by_label("Your report").fill("api")
    await page.get_by_role("textbox", name="Name").fill("Budi <b>")
    await page.get_by_label("Phone or WhatsApp number").fill("bukan nomor")
    await page.get_by_label("Confidential").check()
    await page.get_by_role("button", name="Send the report").click()
    assert "This number cannot be read." in await page.content()
    assert await page.get_by_role("textbox", name="Name").input_value() == "Budi <b>"
    assert await page.get_by_label("Confidential").is_checked()
    assert await town.count(arrivals) == 0
    await page.get_by_label("Your report").fill("Tolong, ada kebakaran rumah di Medono!")
    await page.get_by_label("Phone or WhatsApp number").fill("0812 3456 7890")
    await page.get_by_role("button", name="Send the report").click()
    await page.get_by_role("alert").wait_for()
    assert "112" in await page.get_by_role("alert").inner_text()
    assert await town.count(arrivals) == 1


async def test_the_form_in_english_and_wide_has_no_faults(town: Town) -> None:
    page = await town.phone()
    await page.set_viewport_size({"width": 1366, "height": 900})
    await page.goto(f"{town.url}/lapor?lang=en")
    assert await _faults(page) == []
    assert "Laporan" not in await page.locator("main").inner_text()


async def test_whoever_has_the_code_follows_the_report_on_a_phone_without_a_script(town: Town) -> None:
    page = await town.phone(java_script_enabled=False)
    await page.goto(f"{town.url}/lapor")
    await page.get_by_label("Isi laporan").fill("Lampu jalan di depan sekolah mati.")
    await page.get_by_role("button", name="Kirim laporan").click()
    await page.get_by_role("link", name="Lihat perkembangannya").click()
    await expect(page.get_by_role("heading", name="Lacak laporan")).to_be_visible()
    await expect(page.get_by_text("Diterima, menunggu dibaca petugas")).to_be_visible()
    again = await town.phone()
    await again.goto(f"{town.url}/lapor?lang=en")
    await again.get_by_role("link", name="You have a code?").click()
    await again.get_by_label("Code of the report").fill((await page.locator(".code").inner_text()).lower())
    await again.get_by_role("button", name="Look").click()
    await expect(again.get_by_text("The report arrived.")).to_be_visible()
    assert await _faults(again) == []
