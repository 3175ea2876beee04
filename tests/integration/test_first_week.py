"""From the first login to a published week on the air: what somebody who has never seen the product does, in a browser.

The station has material, and the demo's beside it, small as can be; the one-time link is read where the service prints
it. In the end the demo's is thrown away, and everybody else comes in.
"""

import json
import re
import time

import pytest
from playwright.async_api import Browser, Page, expect

from lppl.demo.record import note_file
from lppl.demo.station import catalogue
from tests.station.browser import LONG_MS, chromium
from tests.station.service import Home, Service, eventually, get, running
from tests.station.watcher import Watcher, watching

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.long]

PASSWORD = "kuda laut makan soto"
RESTART_S = 60.0
"""So long requests may fail while the service starts anew, on a machine that is busy; no segment may be missing."""
ENOUGH_S = 15 * 60.0

SEEN_BY_ALL = ["Ruang Kendali", "Rundown", "Pola Acara", "Materi", "Pesanan Iklan"]
WITH_LOG = [*SEEN_BY_ALL[:2], "Log Siaran", *SEEN_BY_ALL[2:]]
NOTES = ["Catat telepon", "Catat di acara"]
DESK = ["Aduan", *NOTES, "Baki", "Impor aduan", "Atur meja aduan"]
EVERYBODY = {
    "penata": ("Pola Acara", [*WITH_LOG, "Impor", *NOTES, "Dasbor"]),
    "operator": ("Ruang Kendali", [*WITH_LOG, *NOTES]),
    "penyiar": ("Ruang Kendali", [*WITH_LOG, *NOTES]),
    "aduan": ("Rundown", [*SEEN_BY_ALL, *DESK]),
    "opd": ("Ruang Kerja", []),
    "pimpinan": ("Dasbor", [*WITH_LOG, "Aduan", "Dasbor", "Jejak Perubahan"]),
    "pengamat": ("Rundown", SEEN_BY_ALL),
}
"""Role -> where its day begins, and what its menu holds; the administrator is who has come this far."""
ADD = """async ([root, account]) => {
  const csrf = document.querySelector('meta[name="csrf"]').content;
  const headers = {"Content-Type": "application/json", "X-CSRF-Token": csrf};
  const answer = await fetch(`${root}/api/v1/accounts`, {method: "POST", headers, body: JSON.stringify(account)});
  return (await answer.json()).link.url;
}"""


async def first_link(home: Home) -> str:
    """Return the link that the service has printed."""
    found: list[str] = []

    async def printed() -> bool:
        found[:] = re.findall(r"/kerja/tautan/\S+", home.said())
        return bool(found)

    await eventually(printed, "the service prints the one-time link")
    return home.url + found[-1]


def material(home: Home) -> set[str]:
    """Return the paths of all files in the media folder."""
    return {p.relative_to(home.media).as_posix() for p in home.media.rglob("*") if p.is_file()}


def make_the_demo(home: Home) -> None:
    """Put something where the demo has its files, on record as the demo's: making them is tested by itself."""
    for path in {home.media / item.path for hour in range(24) for item in catalogue(hour)}:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"contoh")
        note_file(home.data, home.media, path, path)


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
    text = re.sub(r"\[station\]\nname = .*\nplace = .*\n", "", text)
    settings.write_text(text.replace("demo = false\n", ""))
    own = material(home)
    make_the_demo(home)
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
            await leave_the_demo(page, home, own)
            await service.on_air()
        assert radio.faults == [], "two restarts, and the new week, cost no listener anything"
        for role, (heading, menu) in EVERYBODY.items():
            await somebody_comes_in(browser, page, home, role, heading, menu)
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


async def leave_the_demo(page: Page, home: Home, own: set[str]) -> None:
    """Throw the demo's material away: it goes, all of it and nothing else, and is not made again."""
    await page.locator('[data-role="remove-demo"]').click(timeout=LONG_MS)
    await page.get_by_role("dialog").get_by_role("button", name="Buang contoh").click()

    async def gone() -> bool:
        return not (home.data / "demo.json").exists() and material(home) == own

    await eventually(gone, "what the demo made is gone")
    await expect(page.get_by_role("heading", name="Buang contoh")).to_be_hidden(timeout=LONG_MS)


async def somebody_comes_in(
    browser: Browser, admin: Page, home: Home, role: str, heading: str, menu: list[str]
) -> None:
    """An account of a role is made; its owner sets a password by the link, logs in, and begins the day."""
    link = await admin.evaluate(ADD, [home.url, {"login": role, "name": f"Petugas {role}", "role": role}])
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(home.url + link[link.index("/kerja/") :])
    await page.get_by_label("Kata sandi").fill(PASSWORD)
    await page.get_by_role("button", name="Simpan").click()
    await page.get_by_label("Nama masuk").fill(role)
    await page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Masuk").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(heading, timeout=LONG_MS)
    places = page.locator("#menu .nav-item a.nav-link[href*='kerja/']:not([href$='kerja/akun'])")
    assert [text.strip() for text in await places.all_inner_texts()] == menu, role
    assert complaints == []
    await context.close()
