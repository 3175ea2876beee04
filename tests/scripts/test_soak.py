"""The watcher of the endurance test sees the faults that it is there for."""

import importlib.util
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from lppl.process import run

SCRIPT = Path(__file__).parents[2] / "scripts" / "soak.py"
spec = importlib.util.spec_from_file_location("soak", SCRIPT)
assert spec and spec.loader
soak = importlib.util.module_from_spec(spec)
sys.modules["soak"] = soak
spec.loader.exec_module(soak)

START_MS = 5_000_000_000 * 320
PLAYLIST = """#EXTM3U
#EXT-X-TARGETDURATION:5
#EXT-X-MEDIA-SEQUENCE:41
#EXT-X-PROGRAM-DATE-TIME:2020-09-13T12:26:40.000Z
#EXTINF:3.84000,
41.m4s
#EXT-X-GAP
#EXTINF:5.12000,
42.m4s
"""


def box(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(payload), kind) + payload


def segment(stamp: int) -> bytes:
    tfdt = box(b"tfdt", b"\1\0\0\0" + struct.pack(">Q", stamp))
    traf = box(b"traf", box(b"tfhd", bytes(8)) + tfdt)
    return box(b"styp", b"msdh") + box(b"moof", box(b"mfhd", bytes(8)) + traf) + box(b"mdat", bytes(9))


GOOD = soak.Entry(number=42, uri="42.m4s", start_ms=START_MS, length_ms=3840, gap=False)
BEFORE = replace(GOOD, number=41, start_ms=START_MS - 3840)


def test_reads_a_playlist() -> None:
    playlist = soak.parse_playlist(PLAYLIST)
    start = 1_600_000_000_000
    assert playlist.target_s == 5
    assert playlist.entries == (
        soak.Entry(41, "41.m4s", start, 3840, False),
        soak.Entry(42, "42.m4s", start + 3840, 5120, True),
    )


@pytest.mark.parametrize("tag", ["TARGETDURATION", "MEDIA-SEQUENCE", "PROGRAM-DATE-TIME"])
def test_a_playlist_without_a_compulsory_tag_is_a_fault(tag: str) -> None:
    with pytest.raises(ValueError, match="EXT-X-"):
        soak.parse_playlist("\n".join(line for line in PLAYLIST.splitlines() if tag not in line))


def test_follows_every_rendition_once() -> None:
    master = (
        "#EXTM3U\n"
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="128",URI="a128/live.m3u8"\n'
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="v720/iframes.m3u8"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\nv720/live.m3u8\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="b"\nv720/live.m3u8\n'
        "#EXT-X-STREAM-INF:BANDWIDTH=3\na128/live.m3u8\n"
    )
    assert soak.renditions(master) == ["v720/live.m3u8", "a128/live.m3u8"]


@pytest.mark.parametrize("scale", [90_000, 48_000])
def test_a_good_segment_has_no_fault(scale: int) -> None:
    assert soak.faults_of(BEFORE, GOOD, 4, segment(START_MS * scale // 1000)) == []


@pytest.mark.parametrize(
    ("before", "entry", "stamp"),
    [
        pytest.param(replace(BEFORE, number=40), GOOD, START_MS * 90, id="a number is missing"),
        pytest.param(replace(BEFORE, length_ms=3520), GOOD, START_MS * 90, id="a hole in time"),
        pytest.param(None, replace(GOOD, length_ms=4600), START_MS * 90, id="longer than the target"),
        pytest.param(BEFORE, GOOD, START_MS * 90 + 28_800, id="stamped a quantum late"),
    ],
)
def test_a_fault_is_seen(before: object, entry: object, stamp: int) -> None:
    assert len(soak.faults_of(before, entry, 4, segment(stamp))) == 1


def test_a_cut_segment_is_a_fault() -> None:
    assert len(soak.faults_of(BEFORE, GOOD, 4, segment(START_MS * 90)[:40])) == 1


async def station(stamp: Callable[[int], int]) -> web.AppRunner:
    """Serve a radio whose segment k airs from k x 960 ms on, stamped by `stamp`."""

    async def master(request: web.Request) -> web.Response:
        return web.Response(text="#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na/live.m3u8\n")

    async def live(request: web.Request) -> web.Response:
        first = int(time.time() * 1000) // 960 - 6
        lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:1", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
        lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{datetime.fromtimestamp(first * 0.96, UTC).isoformat()}")
        for k in range(first, first + 6):
            lines += ["#EXTINF:0.96000,", f"{k}.m4s"]
        return web.Response(text="\n".join(lines))

    async def media(request: web.Request) -> web.Response:
        return web.Response(body=segment(stamp(int(request.match_info["k"]) * 960)))

    app = web.Application()
    app.router.add_get("/hls/radio/master.m3u8", master)
    app.router.add_get("/hls/radio/a/live.m3u8", live)
    app.router.add_get("/hls/radio/a/{k}.m4s", media)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner


@pytest.mark.integration
@pytest.mark.parametrize(
    ("stamp", "code"),
    [pytest.param(lambda ms: ms * 48, 0, id="good"), pytest.param(lambda ms: ms * 48 + 1024, 1, id="a frame off")],
)
async def test_watches_a_station(stamp: Callable[[int], int], code: int) -> None:
    runner = await station(stamp)
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    options = ["--url", url, "--channel", "radio", "--minutes", "0.06"]
    told = (await run(["sh", "-c", '"$@"; echo "code $?"', "soak", sys.executable, str(SCRIPT), *options])).decode()
    await runner.cleanup()
    assert told.endswith(f"code {code}\n"), told
    assert (", 0 gangguan" in told) == (code == 0)
