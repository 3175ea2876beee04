"""The portal in a real browser: it plays, tells the truth about what is heard, and never gives up."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

pytestmark = [pytest.mark.integration, pytest.mark.browser]

LONG = 60_000
"""Patience in milliseconds for a machine that is busy with something else."""
NEAR_S = 1.5
"""A title may change so long before or after the picture."""
COLOUR = """video => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 1, 1);
  const [red, , blue] = context.getImageData(0, 0, 1, 1).data;
  return red > blue ? "red" : "blue";
}"""


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page that fails its test when its script complains; failed requests are for the test to judge."""
    opened = await browser.new_page(viewport={"width": 1366, "height": 768})
    complaints: list[str] = []
    failed = ("Failed to load resource", "error occurred when fetching the script")  # the page's, its service worker's
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda said: (
            complaints.append(said.text)
            if said.type in ("error", "warning") and not any(words in said.text for words in failed)
            else None
        ),
    )
    yield opened
    assert complaints == []


def card(page: Page, channel: str = "tv") -> Locator:
    return page.locator(f'[data-channel="{channel}"]')


def part(page: Page, role: str, channel: str = "tv") -> Locator:
    return card(page, channel).locator(f'[data-role="{role}"]')


async def start(page: Page, channel: str = "tv") -> None:
    await part(page, "big-play", channel).click()
    await expect(card(page, channel)).to_have_attribute("data-status", "playing", timeout=LONG)


async def advances(page: Page, channel: str = "tv") -> None:
    """Wait until at least a second more was played than now."""
    media = part(page, "media", channel)
    before = await media.evaluate("m => m.currentTime")
    handle = await media.element_handle()
    await page.wait_for_function("([m, t]) => !m.paused && m.currentTime > t + 1", arg=[handle, before], timeout=LONG)


async def test_tv_plays_after_one_press_and_radio_takes_over(page: Page, station: Any) -> None:
    refused: list[str] = []
    page.on("requestfailed", lambda request: refused.append(request.url))
    await page.goto(station.url)
    assert not [path for path in station.asked if "m3u8" in path]  # nothing is spent before someone asks
    await start(page)
    await advances(page)
    await expect(part(page, "play")).to_have_attribute("aria-label", "Jeda Batik TV")
    await start(page, "radio")
    await advances(page, "radio")
    await expect(card(page)).to_have_attribute("data-status", "paused")
    assert await part(page, "media").evaluate("m => m.paused")
    assert [url for url in refused if "/hls/" not in url] == []


async def test_the_title_is_of_the_picture_that_is_shown(page: Page, station: Any) -> None:
    colour_of = {"Gending Pagi": "red", "Kabar Kota": "blue"}
    await page.goto(station.url)
    await start(page)
    await advances(page)
    video, title = part(page, "media"), part(page, "title")
    seen: list[tuple[float, str, str, str]] = []
    calm: list[tuple[float, str, str, str]] = []
    ahead: list[tuple[float, str, str, str]] = []
    began = time.monotonic()
    while {colour for _, colour, _, _ in calm} != {"red", "blue"} or not ahead:
        assert time.monotonic() - began < LONG / 1000, "items of both colours come every few seconds"
        air_ms = station.view.now_ms()
        on_air = next(i.title for i in station.view.programme("tv").items if i.start_ms <= air_ms < i.end_ms)
        shown = await title.inner_text()
        seen.append((time.monotonic(), await video.evaluate(COLOUR), shown, on_air))
        changes = [after[0] for before, after in pairwise(seen) if before[1] != after[1]]
        known = [row for row in seen if row[0] < seen[-1][0] - NEAR_S]  # a change may be about to come
        calm = [row for row in known if all(abs(row[0] - change) > NEAR_S for change in changes)]
        # The station itself is some seconds ahead of what is seen: had the page followed it, these would be none.
        ahead = [row for row in calm if row[2] != row[3]]
        await page.wait_for_timeout(150)
    assert [row for row in calm if colour_of[row[2]] != row[1]] == []


async def test_before_playing_the_item_on_air_is_shown_and_changes_by_itself(page: Page, station: Any) -> None:
    await page.goto(station.url)
    first = await part(page, "title", "radio").inner_text()
    await expect(part(page, "title", "radio")).not_to_have_text(first, timeout=LONG)
    await expect(part(page, "next", "radio").locator("li")).to_have_count(3)


@pytest.mark.parametrize("channel", ["tv", pytest.param("radio", marks=pytest.mark.soak)])
async def test_an_outage_ends_by_itself(page: Page, station: Any, channel: str) -> None:
    await page.goto(station.url)
    await start(page, channel)
    await advances(page, channel)
    await station.stop()
    await expect(part(page, "notice", channel)).to_have_text("Menyambung kembali…", timeout=LONG)
    await expect(page.locator('[data-role="link-state"]')).not_to_be_empty(timeout=LONG)
    await asyncio.sleep(6)  # longer than hls.js is patient, and than the whole live window
    await station.start()
    await expect(card(page, channel)).to_have_attribute("data-status", "playing", timeout=LONG)
    await advances(page, channel)
    await expect(part(page, "notice", channel)).to_be_empty()
    await expect(page.locator('[data-role="link-state"]')).to_be_empty(timeout=LONG)


async def test_a_failing_station_is_waited_for(page: Page, station: Any) -> None:
    await page.goto(station.url)
    await start(page)
    await advances(page)
    station.failing = True
    await expect(card(page)).to_have_attribute("data-status", "reconnecting", timeout=LONG)
    station.failing = False
    await expect(card(page)).to_have_attribute("data-status", "playing", timeout=LONG)
    await advances(page)


async def test_pressing_play_while_the_station_is_away_plays_later(page: Page, station: Any) -> None:
    await page.goto(station.url)
    await station.stop()  # even the player's own script cannot be fetched now
    await part(page, "big-play").click()
    await expect(part(page, "notice")).not_to_be_empty(timeout=LONG)
    await asyncio.sleep(3)
    await station.start()
    await expect(card(page)).to_have_attribute("data-status", "playing", timeout=LONG)


async def test_pause_stays_paused_and_stops_loading(page: Page, station: Any) -> None:
    await page.goto(station.url)
    await start(page)
    await part(page, "play").click()
    await expect(card(page)).to_have_attribute("data-status", "paused")
    await asyncio.sleep(1.5)  # what was on its way arrives
    asked = len(station.asked)
    await asyncio.sleep(3)
    assert len(station.asked) == asked
    assert await part(page, "media").evaluate("m => m.paused")
    await part(page, "play").click()
    await expect(card(page)).to_have_attribute("data-status", "playing", timeout=LONG)
    await advances(page)


async def test_back_in_time_and_live_again(page: Page, station: Any) -> None:
    await page.goto(station.url)
    await start(page)
    await advances(page)
    await expect(part(page, "live")).to_be_disabled()
    await part(page, "back").click()
    await expect(part(page, "position")).to_contain_text("di belakang siaran langsung", timeout=LONG)
    await expect(card(page)).to_have_attribute("data-status", "playing", timeout=LONG)
    await advances(page)
    assert any(path.startswith("tv/dvr-") for path in station.asked)
    behind = -float(await part(page, "timeline").input_value())
    assert 25 <= behind <= 50
    assert {b["c"] for b in station.beacons} == {"tv"}
    assert len({b["p"] for b in station.beacons}) == 1
    await part(page, "live").click()
    await expect(part(page, "live")).to_be_disabled(timeout=LONG)
    await expect(card(page)).to_have_attribute("data-status", "playing", timeout=LONG)
    await advances(page)


async def test_two_presses_go_back_a_minute_and_sound_alone_goes_back_too(page: Page, station: Any) -> None:
    await page.goto(station.url)
    await part(page, "quality").select_option("saver")
    await start(page)
    await advances(page)
    for _ in range(2):
        await part(page, "back").click()
    await expect(card(page)).to_have_attribute("data-status", "playing", timeout=LONG)
    await advances(page)
    behind = -float(await part(page, "timeline").input_value())
    assert 55 <= behind <= 75
    assert "tv/dvr-audio.m3u8" in station.asked
    assert not [path for path in station.asked if path.startswith(("tv/v0", "tv/v1", "tv/dvr-v"))]
    assert await part(page, "media").evaluate("m => m.videoWidth") == 0


async def test_what_is_replayed_has_the_name_it_aired_under(page: Page, station: Any) -> None:
    """Further back than the programme's memory, the recording's own playlist knows."""
    await page.goto(station.url)
    await part(page, "timeline").fill("-50")
    await expect(card(page)).to_have_attribute("data-status", "playing", timeout=LONG)
    await advances(page)
    await expect(part(page, "programme")).to_have_text("Rekaman")
    titles = {"red": "Gending Pagi (rekaman)", "blue": "Kabar Kota (rekaman)"}
    for _ in range(3):  # unless an item just changes, the first look will do
        colour = await part(page, "media").evaluate(COLOUR)
        if await part(page, "title").inner_text() == titles[colour]:
            break
        await page.wait_for_timeout(1500)
    else:
        pytest.fail("the title never was that of the picture")


async def test_a_young_channel_goes_back_to_its_beginning_only(page: Page, station: Any) -> None:
    await page.goto(station.url)
    reach = -float(await part(page, "timeline").get_attribute("min") or 0)
    age = time.time() - station.zero_ms / 1000
    assert age - 10 <= reach <= age + 2


async def test_in_full_screen_the_controls_hide_until_somebody_reaches_for_them(page: Page, station: Any) -> None:
    await page.goto(station.url)
    controls = card(page).locator(".controls")
    await part(page, "full").click()
    await page.wait_for_function("() => document.fullscreenElement")
    await page.mouse.move(200, 200)
    await expect(controls).to_have_css("opacity", "1")
    dark = await controls.evaluate("e => [e, e.querySelector('select')].map(x => getComputedStyle(x).backgroundColor)")
    assert all(sum(map(float, re.findall(r"[\d.]+", colour)[:3])) < 150 for colour in dark)
    await expect(controls).to_have_css("opacity", "0", timeout=LONG)
    await page.mouse.move(300, 220)
    await expect(controls).to_have_css("opacity", "1")
    await page.keyboard.press("Escape")


async def test_quality_is_obeyed_and_remembered(page: Page, station: Any) -> None:
    await page.goto(station.url)
    await part(page, "quality").select_option("360p")
    await start(page)
    await advances(page)
    pictures = {path.split("-")[0] for path in station.asked if path.startswith(("tv/v0-", "tv/v1-"))}
    assert pictures == {"tv/v1"}
    await part(page, "quality").select_option("saver")
    await expect(card(page)).to_have_attribute("data-status", "playing", timeout=LONG)
    await advances(page)
    assert "tv/audio.m3u8" in station.asked
    assert await part(page, "media").evaluate("m => m.videoWidth") == 0
    await page.reload()
    await expect(part(page, "quality")).to_have_value("saver")


async def test_volume_is_remembered_and_mute_says_so(page: Page, station: Any) -> None:
    await page.goto(station.url)
    await part(page, "volume").fill("35")
    await part(page, "mute").click()
    await expect(part(page, "mute")).to_have_attribute("aria-pressed", "true")
    await page.reload()
    assert await part(page, "media").evaluate("m => m.volume") == pytest.approx(0.35)


async def test_the_language_changes_while_it_plays(page: Page, station: Any) -> None:
    await page.goto(station.url)
    await start(page, "radio")
    await page.get_by_role("link", name="EN").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(part(page, "play", "radio")).to_have_attribute("aria-label", "Pause Radio Kota Batik")
    await expect(part(page, "quality").locator("option").last).to_have_text("Data saver: sound only · 29 MB per hour")
    await advances(page, "radio")
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.get_by_role("link", name="ID", exact=True).click()
    await expect(page.get_by_role("heading", name="Berikutnya").first).to_be_visible()


async def test_just_aired_and_links_for_other_apps(page: Page, station: Any) -> None:
    await page.goto(station.url)
    await part(page, "aired").locator("summary").click()
    await expect(part(page, "aired").locator("li")).to_have_count(2, timeout=LONG)
    await card(page, "radio").get_by_text("Putar lewat aplikasi lain").click()
    await expect(part(page, "address", "radio").first).to_have_text(f"{station.url}listen/radio.aac")


async def test_without_script_now_next_and_links_are_there(browser: Browser, station: Any) -> None:
    page = await browser.new_page(java_script_enabled=False)
    titles = ("Gending Pagi", "Kabar Kota")
    before = titles[_now(station)]
    await page.goto(station.url)
    shown = await part(page, "title").inner_text()
    assert shown in (before, titles[_now(station)]), "what is on when the page is made"
    assert "Salin" in await page.content()
    await expect(part(page, "next").locator("li")).to_have_count(3)
    await expect(card(page, "radio").locator("noscript audio")).to_be_visible()
    await expect(part(page, "play")).not_to_be_visible()
    await page.get_by_role("link", name="EN").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")


def _now(station: Any) -> int:
    return int((station.view.now_ms() - station.zero_ms) // station.view.item_ms) % 2


async def test_by_keyboard_alone(page: Page, station: Any) -> None:
    await page.goto(station.url)
    await page.keyboard.press("Tab")
    await expect(page.locator(":focus")).to_have_text("Lewati ke siaran")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.locator(":focus")).to_have_attribute("data-role", "big-play")
    await page.keyboard.press("Enter")
    await expect(part(page, "play")).to_be_focused()
    await expect(card(page)).to_have_attribute("data-status", "playing", timeout=LONG)
    await page.keyboard.press("Space")
    await expect(card(page)).to_have_attribute("data-status", "paused")


READABLE = (Path(__file__).parent / "js" / "readable.js").read_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1366, 390, 320])
async def test_readable_named_and_within_the_screen(browser: Browser, station: Any, scheme: Any, width: int) -> None:
    page = await browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    transferred: list[int] = []
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    session.on("Network.loadingFinished", lambda done: transferred.append(int(done["encodedDataLength"])))
    await page.goto(station.url)
    await expect(part(page, "address").first).to_have_text(f"{station.url}listen/tv.aac")  # the script has run
    assert await page.evaluate(READABLE) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    outside = """w => [...document.querySelectorAll("main button, main input, main select, main p")]
      .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > w + 1).map(e => e.outerHTML.slice(0, 80))"""
    assert await page.evaluate(outside, width) == []
    assert 0 < sum(transferred) < 300_000


async def test_nothing_jumps_when_playing_begins(page: Page, station: Any) -> None:
    await page.goto(station.url)
    places = (
        "[...document.querySelectorAll('h3, progress, .controls > *, .card')].map(e => e.getBoundingClientRect().top)"
    )
    before = await page.evaluate(places)
    await start(page)
    await advances(page)
    assert await page.evaluate(places) == before
