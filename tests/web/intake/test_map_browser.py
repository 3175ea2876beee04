"""A citizen who shows the place on the map, in Chromium at phone width: by finger, by keys, without a line."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Page, expect

from lppl.cases.areas import Area
from lppl.cases.boundaries import areas_of
from lppl.cases.tables import arrivals
from lppl.cases.town_map import Reading, TownMap
from lppl.cases.triage.pekalongan import KELURAHAN
from tests.lppl.cases import town as made
from tests.web.intake.test_report_browser import Town, _faults, town

__all__ = ["town"]
pytestmark = [pytest.mark.browser, pytest.mark.integration]
NOW = datetime(2026, 11, 23, tzinfo=UTC)


async def mapped(town: Town) -> list[Area]:
    """Give the station its map; return its areas."""
    found = areas_of(made.written(made.geojson()), KELURAHAN)
    reading = Reading([], found.kelurahan, found.kecamatan, found.areas, 0, found.points, 12)
    await TownMap(town.engine).keep_areas(reading, 0, "uji", NOW)
    return list(found.areas)


async def opened(page: Page, url: str) -> Any:
    """Open the form and its map; return the dialog."""
    await page.goto(f"{url}/lapor")
    await page.get_by_role("button", name="Pilih di peta").click()
    dialog = page.get_by_role("dialog", name="Tunjukkan tempatnya di peta")
    await expect(dialog.locator(".map-area").first).to_be_visible()
    return dialog


async def on_screen(page: Page, area: Area) -> tuple[float, float]:
    """Return where the label of an area is on the screen."""
    box = await page.locator(".map-name", has_text=area.name).first.bounding_box()
    assert box is not None
    return box["x"], box["y"]


async def test_a_tap_fills_the_point_and_the_kelurahan(town: Town) -> None:
    areas = await mapped(town)
    page = await town.phone(has_touch=True)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    dialog = await opened(page, town.url)
    field = await dialog.bounding_box()
    assert (field["x"], field["y"], field["width"], field["height"]) == (0, 0, 390, 844)
    use = dialog.get_by_role("button", name="Pakai titik ini")
    await expect(use).to_be_disabled()
    jenggot = next(a for a in areas if a.name == "Jenggot")
    await page.touchscreen.tap(*await on_screen(page, jenggot))
    await expect(dialog.locator(".map-told")).to_contain_text("Jenggot, Pekalongan Selatan")
    assert await _faults(page) == []
    await use.click()
    await expect(page.get_by_label("Kelurahan")).to_have_value("Jenggot")
    await expect(page.get_by_text("Lokasi tercatat: Jenggot")).to_be_visible()
    await expect(page.get_by_role("button", name="Pilih di peta")).to_be_focused()
    assert await _faults(page) == []
    await page.get_by_label("Isi laporan").fill("Saluran di depan balai kelurahan tersumbat.")
    await page.get_by_role("button", name="Kirim laporan").click()
    await page.get_by_role("heading", name="Laporan diterima").wait_for()
    async with town.engine.connect() as connection:
        assert (await connection.execute(arrivals.select())).one().source == "web"
    assert complaints == []


async def test_keys_alone_put_the_point_move_it_and_take_it_away(town: Town) -> None:
    await mapped(town)
    page = await town.phone()
    dialog = await opened(page, town.url)
    told = dialog.locator(".map-told")
    await expect(told).to_contain_text("Belum ada titik.")
    await page.keyboard.press("Enter")
    await expect(told).to_contain_text("-6.")
    first = await told.inner_text()
    await dialog.get_by_label("Titik: geser").focus()
    await page.keyboard.press("ArrowRight")
    await expect(told).not_to_have_text(first)
    await dialog.get_by_role("button", name="Pakai titik ini").press("Enter")
    await expect(page.locator('[name="longitude"]')).not_to_have_value("")
    longitude = float(await page.locator('[name="longitude"]').input_value())
    assert longitude > float(first.split(",")[-1])
    await page.get_by_role("button", name="Pilih di peta").press("Enter")
    await expect(dialog.locator(".map-pin")).to_be_visible()  # where it was left
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    assert float(await page.locator('[name="longitude"]').input_value()) == longitude  # given up: nothing changed
    await page.get_by_role("button", name="Pilih di peta").press("Enter")
    await dialog.get_by_role("button", name="Hapus titik").press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(page.locator('[name="longitude"]')).to_have_value("")
    await expect(page.get_by_text("Lokasi tercatat")).to_have_count(0)


async def test_a_point_outside_is_said_and_kept(town: Town) -> None:
    await mapped(town)
    page = await town.phone(
        permissions=["geolocation"], geolocation={"latitude": -6.2, "longitude": 106.8}, locale="en-GB"
    )
    await page.goto(f"{town.url}/lapor?lang=en")
    await page.get_by_role("button", name="Choose on the map").click()
    dialog = page.get_by_role("dialog", name="Show the place on the map")
    await dialog.get_by_role("button", name="My location").click()
    await expect(dialog.locator(".map-told")).to_contain_text("Outside the areas of this map")
    await dialog.get_by_role("button", name="Use this point").click()
    await expect(page.get_by_text("Location noted: -6.2000, 106.8000")).to_be_visible()
    assert await page.get_by_label("Kelurahan").input_value() == ""


async def test_a_line_that_fails_is_said_and_the_map_opens_later(town: Town) -> None:
    await mapped(town)
    page = await town.phone()
    await page.goto(f"{town.url}/lapor")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="Pilih di peta").click()
    await expect(page.get_by_text("Peta belum dapat dibuka")).to_be_visible()
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Pilih di peta").click()
    await expect(page.get_by_role("dialog")).to_be_visible()


async def test_without_a_map_or_a_script_the_form_is_as_it_was(town: Town) -> None:
    page = await town.phone()
    await page.goto(f"{town.url}/lapor")
    await expect(page.get_by_role("button", name="Gunakan lokasi saya")).to_be_visible()
    await expect(page.get_by_role("button", name="Pilih di peta")).to_have_count(0)
    await mapped(town)
    plain = await town.phone(java_script_enabled=False)
    await plain.goto(f"{town.url}/lapor")
    await expect(plain.get_by_role("button", name="Pilih di peta")).to_have_count(0)
    await expect(plain.get_by_label("Kelurahan")).to_be_visible()
