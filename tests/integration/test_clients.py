"""Real players on a real station, all at the same time, for a minute over joins: none of them notices a join."""

import asyncio
import json
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from lppl import process
from tests.station.browser import WATCH, chromium, opened, shown
from tests.station.material import SOURCES
from tests.station.service import Home, get_health, running

pytestmark = [pytest.mark.integration, pytest.mark.alone]

SECONDS = 60
VLC = Path(__file__).parents[1] / "station" / "vlc_client.py"
ADTS_RATE = 48_000
SINGLE_PICTURES = 24
"""Half of a GOP, in a minute."""
NEAR_JOIN_S = 2.0
"""The title follows the ear within this long; hls.js tells the position some times a second."""


async def ffmpeg(url: str, *options: str) -> tuple[str, list[str]]:
    """Read a minute of programme from `url`; return what ffmpeg measured and what it complained of."""
    said: list[str] = []
    quiet = ["ffmpeg", "-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning", "-i", url, "-t", str(SECONDS)]
    argv = [*quiet, *options, "-progress", "pipe:1", "-f", "null", "-"]
    out = await process.run(argv, on_stderr=said.append, timeout=SECONDS * 4)
    # at each reload of any live playlist of fMP4, ffmpeg 5 reads the same init segment again
    return out.decode(), [line for line in said if not line.endswith("Found duplicated MOOV Atom. Skipped it")]


def last(progress: str, key: str) -> int:
    """Return the last value of a key of ffmpeg's -progress."""
    return int([line.split("=")[1] for line in progress.splitlines() if line.startswith(f"{key}=")][-1])


async def check_ffmpeg_hls(home: Home) -> None:
    out, complaints = await ffmpeg(f"{home.url}/hls/tv/master.m3u8", "-map", "0:v:0", "-map", "0:a:0")
    assert complaints == []
    assert last(out, "frame") == SECONDS * 25
    assert abs(last(out, "out_time_us") - SECONDS * 1_000_000) <= 40_000
    assert (last(out, "drop_frames"), last(out, "dup_frames")) == (0, 0)


async def check_ffmpeg_listen(home: Home) -> None:
    out, complaints = await ffmpeg(f"{home.url}/listen/radio.aac")
    assert complaints == []
    assert abs(last(out, "out_time_us") - SECONDS * 1_000_000) <= 25_000


async def check_vlc(home: Home) -> None:
    argv = [sys.executable, str(VLC), f"{home.url}/hls/tv/master.m3u8", str(SECONDS)]
    out = await process.run(argv, timeout=SECONDS * 3)
    told: dict[str, Any] = json.loads(out)
    assert told["states"] == ["Playing"]
    assert told["errors"] == 0
    lost = {name: told[name] for name in ("lost_abuffers", "demux_corrupted", "demux_discontinuity")}
    assert lost == dict.fromkeys(lost, 0)
    # VLC also counts a picture that a busy machine drew too late; a fault of the stream loses whole GOPs
    assert told["lost_pictures"] < SINGLE_PICTURES
    assert told["displayed_pictures"] >= SECONDS * 25 * 0.9
    # the clock of the player went on with the clock on the wall
    assert abs(told["advanced_s"] - told["seconds"]) < 2


async def check_icy(home: Home) -> None:
    """Read the progressive stream as an old radio does: whole ADTS frames, titles in their blocks."""
    titles: list[str] = []
    frames = 0
    url, headers = f"{home.url}/listen/radio.aac", {"Icy-MetaData": "1"}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        assert answer.headers["Content-Type"] == "audio/aac"
        interval = int(answer.headers["icy-metaint"])
        rest = b""
        while frames < SECONDS * ADTS_RATE / 1024:
            rest += await answer.content.readexactly(interval)
            found, rest = adts(rest)
            frames += found
            length = (await answer.content.readexactly(1))[0] * 16
            block = (await answer.content.readexactly(length)).rstrip(b"\0").decode()
            if block:
                assert block.startswith("StreamTitle='") and block.endswith("';")
                titles.append(block[13:-2])
    order = [s.title for s in SOURCES.values() if s.channel == "radio"]
    if titles[0] == "Radio Uji":  # a new listener first gets the last five seconds: the channel's opening
        del titles[0]
    at = order.index(titles[0])
    assert titles == [order[(at + i) % len(order)] for i in range(len(titles))]
    assert len(titles) >= 3


def adts(data: bytes) -> tuple[int, bytes]:
    """Count the whole ADTS frames at the start of `data`; return the rest. Raises ValueError when out of step."""
    count = at = 0
    while at + 7 <= len(data):
        if data[at] != 0xFF or data[at + 1] & 0xF6 != 0xF0:
            raise ValueError(f"no ADTS frame after {count} frames")
        length = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        if at + length > len(data):
            break
        at, count = at + length, count + 1
    return count, data[at:]


async def check_browser(home: Home) -> None:
    """Watch the portal: one buffered range, no stall, the title is that of the picture that is shown."""
    async with chromium() as browser:
        seen = await opened(browser, home.url, "tv")
        await seen.play()
        await seen.media.evaluate(WATCH)
        looks = [await seen.look()]
        while looks[-1]["at"] < looks[0]["at"] + SECONDS:
            await asyncio.sleep(0.25)
            looks.append(await seen.look())
    assert seen.complaints == []
    assert looks[-1]["told"] == []
    assert {len(look["ranges"]) for look in looks} == {1}
    assert {look["status"] for look in looks} == {"playing"}
    assert looks[-1]["corrupted"] == 0
    assert abs(looks[-1]["time"] - looks[0]["time"] - (looks[-1]["at"] - looks[0]["at"])) < 2
    judge_titles(looks)


def judge_titles(looks: Sequence[dict[str, Any]]) -> None:
    """Away from joins the title is that of the item whose colour is in the middle of the picture."""
    known = [(look["at"], shown(look["colour"]), look["title"]) for look in looks]
    calm = deque[tuple[str, str]]()
    for at, item, title in known:
        near = {other for t, other, _ in known if abs(t - at) <= NEAR_JOIN_S}
        if item is not None and near == {item} and at > known[0][0] + NEAR_JOIN_S:
            calm.append((item, title))
    assert len({item for item, _ in calm}) >= 3
    assert [pair for pair in calm if pair[0] != pair[1]] == []


@pytest.mark.browser
async def test_every_player_plays_on_over_the_joins(home: Home) -> None:
    async with running(home):
        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for check in (check_ffmpeg_hls, check_ffmpeg_listen, check_vlc, check_icy, check_browser):
                group.create_task(check(home))
        assert time.monotonic() - begun >= SECONDS - 20  # it really was a minute of live programme
        assert (await get_health(home))["status"] == "ok"
