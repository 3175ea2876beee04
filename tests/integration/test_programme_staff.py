"""Programme staff on the real service: material comes in over a lost line and a power cut, a week by keys alone."""

import asyncio
import contextlib
import re
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from lppl.accounts import Role
from tests.station.browser import LONG_MS, chromium
from tests.station.material import FFMPEG
from tests.station.service import Home, Service, eventually
from tests.station.staff import cookies_of
from tests.web.staff.browsing import Open, browsing

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.long]

UPLINK = 600_000
"""Bytes a second: slow enough that an upload can be interrupted twice."""
TABS = 60


class Line:
    """What lies between a browser and the service: slow towards the service, and it can be cut."""

    def __init__(self, service: int) -> None:
        self.service, self.port, self.rate, self.up = service, 0, float(UPLINK), True
        self._ends: set[asyncio.StreamWriter] = set()

    @classmethod
    @contextlib.asynccontextmanager
    async def to(cls, home: Home) -> "AsyncIterator[Line]":
        """Lay a line to the service of a station."""
        line = cls(home.port)
        server = await asyncio.start_server(line._carry, "127.0.0.1", 0)
        line.port = server.sockets[0].getsockname()[1]
        try:
            yield line
        finally:
            server.close()
            line.cut()

    @property
    def url(self) -> str:
        """Where the browser finds the service."""
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Break what is open; nothing opens until the line is mended."""
        self.up = False
        for end in self._ends:
            end.transport.abort()

    def mend(self) -> None:
        """Let connections open again."""
        self.up = True

    async def _carry(self, browser: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self._ends.add(back)
        with contextlib.suppress(OSError):
            if self.up:
                answers, service = await asyncio.open_connection("127.0.0.1", self.service)
                self._ends.add(service)
                await asyncio.gather(self._pump(browser, service, slow=True), self._pump(answers, back))
                self._ends.discard(service)
        self._ends.discard(back)
        back.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, *, slow: bool = False) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(16_384):
                to.write(data)
                await to.drain()
                await asyncio.sleep(len(data) / self.rate if slow else 0)
        to.transport.abort()


def interview(path: Path) -> Path:
    """Make a TV item of some megabytes."""
    picture, sound = "testsrc2=size=1280x720:rate=25", "sine=frequency=330:sample_rate=48000"
    subprocess.run(
        [*FFMPEG, "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-t", "8", "-c:v", "libx264", "-preset",
         "ultrafast", "-b:v", "6M", "-minrate", "6M", "-bufsize", "6M", "-pix_fmt", "yuv420p", "-c:a", "aac",
         "-metadata", "title=Interview", str(path)], check=True,
    )  # fmt: skip
    return path


def received(home: Home) -> int:
    """Return how many bytes of unfinished uploads lie on the disk."""
    return sum(part.stat().st_size for part in (home.data / "uploads").glob("*.part"))


async def reach(page: Page, wanted: Locator) -> None:
    """Press Tab until `wanted` has the focus."""
    for _ in range(TABS):
        if await wanted.evaluate("node => node === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    await expect(wanted).to_be_focused()


async def speak_english(opened: Open, line: Line) -> None:
    page = opened.page
    await page.goto(f"{line.url}/kerja/akun")
    await page.get_by_label("Bahasa").select_option("en")
    await page.get_by_role("button", name="Simpan").first.click()
    await expect(page.locator("html")).to_have_attribute("lang", "en", timeout=LONG_MS)


async def an_upload_outlives_a_lost_line_and_a_power_cut(
    opened: Open, home: Home, line: Line, service: Service, file: Path
) -> Service:
    """Return the service that was started after the power cut."""
    page, size = opened.page, file.stat().st_size
    await page.goto(f"{line.url}/kerja/materi")
    await page.get_by_label("Put into the folder").fill("tv/wawancara")
    await page.locator('input[data-role="files"]').set_input_files(file)

    async def some(least: int) -> None:
        async def there() -> bool:
            return least <= received(home)

        await eventually(there, f"{least} bytes have arrived")

    await some(size // 8)
    line.cut()
    row = page.locator(".media-up")
    await expect(row).to_contain_text("the line broke; trying again", timeout=LONG_MS)
    kept = received(home)
    line.mend()
    await some(max(kept + 1, size // 3))
    await service.kill()
    await expect(row).to_contain_text("the line broke; trying again", timeout=LONG_MS)
    assert kept < received(home) < size
    again = await Service.start(home)
    line.rate = float("inf")
    await expect(row).to_contain_text("done; the library reads it", timeout=LONG_MS)
    (arrived,) = (home.media / "tv" / "wawancara").iterdir()
    assert arrived.read_bytes() == file.read_bytes()
    return again


async def it_is_watched_before_it_airs(opened: Open, line: Line) -> None:
    """Nothing names it yet: it is conformed when that is asked for; its picture and sound play in the page."""
    page = opened.page
    await page.goto(f"{line.url}/kerja/materi")
    await page.get_by_role("searchbox").fill("interview")
    await page.get_by_role("link", name="Interview", exact=True).click(timeout=LONG_MS)
    await page.get_by_role("button", name="Conform it now").click(timeout=LONG_MS)
    video = page.locator("video")
    await expect(video).to_be_visible(timeout=LONG_MS)
    assert await opened.faults() == []
    await page.get_by_role("button", name="Play", exact=True).click()
    await page.wait_for_function("() => document.querySelector('video').currentTime > 1", timeout=LONG_MS)
    assert await video.evaluate("v => v.videoWidth * v.videoHeight > 0 && v.error === null")


async def a_week_by_keys_alone(opened: Open, home: Home, line: Line) -> None:
    """A programme is added, moved and published; no mouse."""
    page, keys = opened.page, opened.page.keyboard
    await page.goto(f"{line.url}/kerja/pola?kanal=tv")
    add = page.get_by_role("button", name="Add a programme")
    await expect(add).to_be_visible(timeout=LONG_MS)
    await reach(page, add)
    await keys.press("Enter")
    form = page.get_by_role("dialog")
    await reach(page, form.get_by_label("Programme", exact=True))
    await keys.press("End")
    await reach(page, form.get_by_label("Title of the new programme"))
    await keys.type("Dini Hari")
    await reach(page, form.get_by_label("Starts", exact=True))
    await keys.press("Control+a")
    await keys.type("00.00")
    await reach(page, form.get_by_label("Ends"))
    await keys.press("Control+a")
    await keys.type("23.30")
    await reach(page, form.get_by_label("When", exact=True))
    await keys.press("Home")
    await reach(page, form.get_by_label("Folders", exact=True))
    await keys.type("tv")
    await keys.press("Enter")
    block = page.locator(".ec-event[data-entry]").first
    await expect(block).to_be_visible(timeout=LONG_MS)
    await reach(page, block)
    await keys.down("Alt")
    await keys.press("ArrowDown")
    await keys.up("Alt")
    always = page.get_by_role("button", name="All weeks")
    await reach(page, always)
    await keys.press("Enter")
    await expect(block).to_contain_text("00.15", timeout=LONG_MS)
    assert await opened.faults() == []
    publish = page.get_by_role("button", name="Publish", exact=True)
    await reach(page, publish)
    await keys.press("Enter")
    await expect(form).to_contain_text("Dini Hari", timeout=LONG_MS)
    await reach(page, form.get_by_role("button", name=re.compile("^Publish")))
    await keys.press("Enter")
    await expect(page.locator('[data-role="state"]')).to_contain_text("in force", timeout=LONG_MS)
    rundown = home.data / "state" / "rundown-tv.json"

    async def follows() -> bool:
        return "Dini Hari" in rundown.read_text()

    await eventually(follows, "the running order is the published week's")


async def test_from_a_file_to_a_week(home: Home, tmp_path: Path) -> None:
    file = interview(tmp_path / "Interview.mp4")
    service = await Service.start(home)
    try:
        await service.on_air()
        (cookie,) = await cookies_of(home, ("Sari", Role.PROGRAMME))
        async with (
            Line.to(home) as line,
            chromium() as browser,
            browsing(browser, f"{line.url}/kerja", cookie) as opened,
        ):
            await speak_english(opened, line)
            service = await an_upload_outlives_a_lost_line_and_a_power_cut(opened, home, line, service, file)
            await it_is_watched_before_it_airs(opened, line)
            await a_week_by_keys_alone(opened, home, line)
            await service.on_air(kinds=("item", "filler"))
            assert opened.complaints == []
    finally:
        await service.close()
