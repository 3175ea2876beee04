"""Staff pages in Chromium: somebody logged in, what the page complained of, and what axe finds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page

from web.staff.security import PLAIN_COOKIE

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
FOUND = """async (rules) => {
  // colours are judged when they have come to rest
  const moving = document.getAnimations().filter((a) => a.playState === "running");
  const ending = moving.filter((a) => a.effect.getComputedTiming().endTime !== Infinity);
  await Promise.all(ending.map((a) => a.finished.catch(() => {})));
  const {violations} = await axe.run(document, {runOnly: rules});
  return violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target).join(", ")}`);
}"""


@dataclass
class Open:
    """An open page of somebody."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    async def faults(self) -> list[str]:
        """Return what axe finds at WCAG 2.1 AA, what scripts complained of, and whether the page is too wide."""
        await self.page.evaluate(AXE.read_text())
        found: list[str] = await self.page.evaluate(FOUND, RULES)
        wide: int = await self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return [*found, *self.complaints, *([f"{wide} px too wide"] if wide > 0 else [])]


@asynccontextmanager
async def browsing(
    browser: Browser, url: str, cookie: str, *, width: int = 1366, height: int = 900, **more: Any
) -> AsyncIterator[Open]:
    """Open `url` with a session's cookie; axe may be run in it."""
    context = await browser.new_context(viewport={"width": width, "height": height}, bypass_csp=True, **more)
    origin = "{0.scheme}://{0.netloc}/".format(urlsplit(url))
    await context.add_cookies([{"name": PLAIN_COOKIE, "value": cookie, "url": origin}])
    opened = Open(await context.new_page())
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    await opened.page.goto(url)
    try:
        yield opened
    finally:
        await context.close()
