"""The portal in headless Chromium: press play, and see what a listener sees."""

import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.station.material import SOURCES

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")
LONG_MS = 120_000

WATCH = """media => {
  media.told = [];
  for (const name of ["error", "waiting", "stalled", "seeking", "emptied"])
    media.addEventListener(name, () => media.told.push(name));
}"""
"""Stalls, seeks and errors from now on."""

LOOK = """media => {
  const ranges = [];
  for (let i = 0; i < media.buffered.length; i++) ranges.push([media.buffered.start(i), media.buffered.end(i)]);
  let colour = null;
  if (media.videoWidth) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    const context = canvas.getContext("2d");
    context.drawImage(media, media.videoWidth / 2 - 4, media.videoHeight / 2 - 4, 8, 8, 0, 0, 1, 1);
    colour = Array.from(context.getImageData(0, 0, 1, 1).data).slice(0, 3);
  }
  const quality = media.getVideoPlaybackQuality?.();
  const card = media.closest("[data-channel]");
  return {
    at: performance.now() / 1000, time: media.currentTime, paused: media.paused, ranges, colour, told: media.told ?? [],
    corrupted: quality?.corruptedVideoFrames ?? 0, status: card.dataset.status,
    title: card.querySelector('[data-role="title"]').innerText,
  };
}"""


@dataclass
class Seen:
    """One channel's card on an open page, and what the page complained of."""

    page: Page
    channel: str
    complaints: list[str] = field(default_factory=list)

    @property
    def card(self) -> Locator:
        """The channel's card."""
        return self.page.locator(f'[data-channel="{self.channel}"]')

    @property
    def media(self) -> Locator:
        """The element that plays."""
        return self.card.locator('[data-role="media"]')

    async def play(self) -> None:
        """Press the big button and wait until it plays."""
        await self.card.locator('[data-role="big-play"]').click()
        await self.plays()

    async def plays(self) -> None:
        """Wait until the card says that it plays, and the position moves on by two seconds."""
        await expect(self.card).to_have_attribute("data-status", "playing", timeout=LONG_MS)
        handle = await self.media.element_handle()
        before = await self.media.evaluate("m => m.currentTime")
        await self.page.wait_for_function(
            "([m, t]) => !m.paused && m.currentTime > t + 2", arg=[handle, before], timeout=LONG_MS
        )

    async def look(self) -> dict[str, Any]:
        """Return position, buffered ranges, the colour in the middle of the picture, title and events."""
        found: dict[str, Any] = await self.media.evaluate(LOOK)
        return found


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run Chromium until the block is left."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


async def opened(browser: Browser, url: str, channel: str) -> Seen:
    """Open the portal and return the card of `channel`."""
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    seen = Seen(page, channel)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    await page.goto(url)
    return seen


def shown(colour: list[int]) -> str | None:
    """Return the title of the TV item whose colour this is; None for anything else, such as the ident."""
    for source in SOURCES.values():
        if source.colour and max(abs(a - b) for a, b in zip(source.colour, colour, strict=True)) < 40:
            return source.title
    return None
