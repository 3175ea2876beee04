"""From the first login to a published week on the air: what somebody who has never seen the product does, in a browser.

The station has material and nothing else; the one-time link is read where the service prints it.
"""

import json
import re
import time

import pytest
from playwright.async_api import Page, expect

from tests.station.browser import LONG_MS, chromium
from tests.station.service import Home, Service, eventually, get, running
from tests.station.watcher import Watcher, watching

pytestmark = [pytest.mark.integration, pytest.mark.browser]

PASSWORD = "kuda laut makan soto"
RESTART_S = 60.0
"""So long requests may fail while the service starts anew, on a machine that is busy; no segment may be missing."""
ENOUGH_S = 15 * 60.0


async def first_link(home: Home) -> str:
    """Return the link that the service has printed."""
    found: list[str] = []

    async def printed() -> bool:
        found[:] = re.findall(r"/kerja/tautan/\S+", home.said())
        return bool(found)

    await eventually(printed, "the service prints the one-time link")
    return home.url + found[-1]


def programmes(home: Home, channel: str) -> set[str]:
    """Return the programmes of the running order that the air role tells."""
    try:
        lines = json.loads((home.data / "state" / f"rundown-{channel}.json").read_bytes())
    except (OSError, ValueError):
        return set()
    return {title for title in re.findall(r'"programme": "([^"]*)"', json.dumps(lines)) if title}


async def log_in_first(page: Page, home: Home) -> None:
    await page.goto(await first_link(home))
    await page.get_by_label("Nama Anda").fill("Sari Wulandari")
    await page.get_by_label("Nama masuk").fill("sari")
    await page.get_by_label("Kata sandi").fill(PASSWORD)
    await page.get_by_role("button", name="Mulai").click()
    await expect(page.get_by_role("heading", name="Mulai: siapkan stasiun")).to_be_visible(timeout=LONG_MS)


async def name_the_station(page: Page) -> None:
    """Say where the station is; time zone and coordinates come with the town."""
    await page.get_by_label("Nama stasiun").fill("LPPL Suara Kudus")
    await page.get_by_label("Kota atau kabupaten").fill("Kudus")
    await page.get_by_label("Lintang (selatan negatif)").focus()
    await expect(page.get_by_label("Lintang (selatan negatif)")).to_have_value("-6.8")
    await page.get_by_role("button", name="Simpan dan lanjut").click()


async def test_first_login_to_a_week_on_the_air(home: Home) -> None:
    # the file that tests share names the station; here the pages do
    settings = home.folder / "lppl.toml"
    text = settings.read_text()
    settings.write_text(re.sub(r"\[station\]\nname = .*\nplace = .*\n", "", text))
    began = time.monotonic()
    async with running(home) as service, chromium() as browser:
        page = await browser.new_page(viewport={"width": 1366, "height": 900})
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await log_in_first(page, home)
        url = f"{home.url}/hls/radio/master.m3u8"
        async with watching(Watcher(url, outage_s=RESTART_S)) as radio:
            await name_the_station(page)
            await keep_the_channels(page)
            await page.get_by_role("button", name="Lanjut", exact=True).click(timeout=LONG_MS)
            for channel, name in (("tv", "TV Uji"), ("radio", "Radio Uji")):
                await publish_the_week(page, channel, name)
            await on_the_air(home, service)
        assert radio.faults == [], "the restart, and the new week, cost no listener anything"
        assert complaints == []
    assert time.monotonic() - began < ENOUGH_S


async def keep_the_channels(page: Page) -> None:
    """Channels are set by a file here: they are shown, and cannot be changed; the service starts anew by itself."""
    await expect(page.locator('[data-channel="radio"]')).to_be_visible(timeout=LONG_MS)
    await expect(page.locator('[data-channel="radio"] input').first).to_be_disabled()
    await page.get_by_role("button", name="Simpan dan lanjut").click()
    await expect(page.get_by_role("heading", name="Materi", exact=True)).to_be_visible(timeout=LONG_MS)
    await expect(page.locator(".navbar-brand")).to_have_text("LPPL Suara Kudus", timeout=LONG_MS)


async def publish_the_week(page: Page, channel: str, name: str) -> None:
    week = page.locator(f'[data-week="{channel}"]')
    await week.get_by_role("button", name="Lihat minggu ini").click(timeout=LONG_MS)
    await expect(week.get_by_role("cell", name="Kabar Kudus")).to_be_visible(timeout=LONG_MS)
    await week.get_by_role("button", name="Jadikan rancangan").click()
    await week.get_by_role("button", name=f"Terbitkan: {name}").click(timeout=LONG_MS)
    done = week.locator('[data-role="published"]')
    last = page.get_by_role("heading", name="Buang contoh")
    await expect(done.or_(last).first).to_be_visible(timeout=LONG_MS)


async def on_the_air(home: Home, service: Service) -> None:
    """The running order follows, and so does what is on the air."""
    for channel in ("tv", "radio"):

        async def planned(channel: str = channel) -> bool:
            return "Kabar Kudus" in programmes(home, channel)

        async def airs(channel: str = channel) -> bool:
            _, body = await get(f"{home.url}/api/programme/{channel}")
            named = {item.get("programme") for item in json.loads(body)["items"]}
            return bool(named & programmes(home, channel))

        await eventually(planned, f"the running order of {channel} is the published week's")
        await eventually(airs, f"{channel} airs the published week")
    await service.on_air()
