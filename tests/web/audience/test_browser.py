"""The pages in a real browser: readable for everybody, within the screen, by keyboard alone, in light and dark."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

pytestmark = [pytest.mark.integration, pytest.mark.browser]
AXE = (Path(__file__).parents[3] / "node_modules/axe-core/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
PAGES = ("/panduan", "/panduan/tv/sepekan", "/tonton", "/tonton/tv/tv.kabar@2026-11-22", "/hemat", "/widget",
         "/widget/tv?tema=gelap", "/widget/tv?tema=terang", "/luring", "/panduan/tv2")  # fmt: skip


async def opened(browser: Browser, client: Any, width: int, scheme: Any) -> Page:
    context = await browser.new_context(
        base_url=str(client.make_url("/")), viewport={"width": width, "height": 800}, color_scheme=scheme,
        service_workers="block",
    )  # fmt: skip
    return await context.new_page()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1366, "light")])
async def test_readable_and_within_the_screen(browser: Browser, client: Any, width: int, scheme: str) -> None:
    page = await opened(browser, client, width, scheme)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    for path in PAGES:
        await page.goto(path)
        over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        await page.evaluate(AXE)
        found = await page.evaluate(
            "tags => axe.run(document, {runOnly: tags, iframes: false})"
            ".then(r => r.violations.map(v => [v.id, v.nodes[0].html]))",
            RULES,
        )
        assert (path, over, found, faults) == (path, 0, [], [])


async def test_by_keyboard_alone(browser: Browser, client: Any) -> None:
    page = await opened(browser, client, 1366, "light")
    await page.goto("/panduan")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    await page.keyboard.press("Enter")
    for _ in range(60):
        await page.keyboard.press("Tab")
        if "tonton/" in (await page.evaluate("document.activeElement.getAttribute('href')") or ""):
            break
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/tonton/tv/*")


async def test_a_page_for_when_there_is_no_line(browser: Browser, client: Any) -> None:
    context = await browser.new_context(base_url=str(client.make_url("/")))
    page = await context.new_page()
    await page.goto("/panduan")
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await page.reload()
    await context.set_offline(True)
    await page.goto("/panduan/radio")
    assert await page.inner_text("h1") == "Sedang luring"
    assert await page.evaluate("getComputedStyle(document.querySelector('.action')).borderRadius") == "99px"
    root = str(client.make_url("/"))
    assert await page.evaluate("document.querySelector('header .name a').href") == root
    kept = "caches.keys().then(all => Promise.all(all.map(k => caches.open(k).then(c => c.keys()))))"
    names = await page.evaluate(f"{kept}.then(k => k.flat().map(r => new URL(r.url).pathname))")
    assert all(name == "/luring" or name.endswith(".css") for name in names), names
    await context.set_offline(False)
    await page.wait_for_url("**/panduan/radio")


async def test_nothing_is_loaded_before_somebody_presses_play(browser: Browser, client: Any) -> None:
    asked: list[str] = []
    page = await opened(browser, client, 390, "light")
    page.on("request", lambda request: asked.append(request.url))
    await page.goto("/tonton/tv/tv.kabar@2026-11-22?t=60", wait_until="networkidle")
    assert not [url for url in asked if "/hls" in url]
    async with page.expect_request("**/hls/tv/vod/*/master.m3u8"):
        await page.click('[data-role="start"]')


async def test_catch_up_is_tried_again_and_takes_nobody_s_place(browser: Browser, client: Any) -> None:
    page = await opened(browser, client, 390, "light")
    await page.goto("/tonton/tv/tv.kabar@2026-11-22", wait_until="networkidle")
    async with page.expect_request("**/hls/tv/vod/*/master.m3u8"):
        await page.click('[data-role="start"]')
    await page.wait_for_function("document.querySelector('.replay .told').textContent.includes('tidak dapat')")
    await page.focus('[data-role="share"]')
    async with page.expect_request("**/hls/tv/vod/*/master.m3u8"):
        pass
    assert await page.evaluate("document.activeElement.dataset.role") == "share"
