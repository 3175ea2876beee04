"""Slate, ident and demo files, really made by ffmpeg, and what ffprobe says of them."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import lppl
from lppl.demo import DemoStation, Tools, formats, make_demo, make_ident, make_slate, station, workshop
from lppl.demo.making import work
from lppl.demo.scenes import Scene
from lppl.errors import ProcessFailed
from lppl.media import ChannelKind

pytestmark = pytest.mark.integration

NAMES = ("LPPL Kota Batik", "Batik TV")


def probe(path: Path, *more: str) -> dict[str, Any]:
    argv = ["ffprobe", "-v", "error", "-show_streams", "-show_format", *more, "-of", "json", str(path)]
    return json.loads(subprocess.run(argv, check=True, capture_output=True).stdout)  # type: ignore[no-any-return]


def stream(facts: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(s for s in facts["streams"] if s["codec_type"] == kind)


def loudness(path: Path) -> float:
    # six turns, because the meter needs some seconds
    argv = ["ffmpeg", "-hide_banner", "-nostats", "-stream_loop", "5", "-i", str(path), "-vn", "-af", "ebur128"]
    said = subprocess.run([*argv, "-f", "null", "-"], check=True, capture_output=True, text=True).stderr
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])


def samples(path: Path) -> bytes:
    argv = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a", "-f", "s16le", "-ac", "1", "-ar", "48000", "-"]
    return subprocess.run(argv, check=True, capture_output=True).stdout


def frame(path: Path, n: int, crop: str = "iw:ih:0:0") -> bytes:
    chosen = f"select=eq(n\\,{n}),crop={crop},scale=160:-2"
    argv = ["ffmpeg", "-v", "error", "-i", str(path), "-vf", chosen, "-frames:v", "1"]
    return subprocess.run([*argv, "-f", "rawvideo", "-pix_fmt", "gray", "-"], check=True, capture_output=True).stdout


def unlike(a: bytes, b: bytes) -> float:
    """Mean difference of two grey pictures."""
    assert len(a) == len(b) > 0
    return sum(abs(x - y) for x, y in zip(a, b, strict=True)) / len(a)


@pytest.fixture
def mute(tmp_path: Path) -> Tools:
    """The tools of a machine without espeak-ng, found by a search path that has ffmpeg only."""
    folder = tmp_path / "programs"
    folder.mkdir()
    ffmpeg = shutil.which("ffmpeg")
    assert ffmpeg
    (folder / "ffmpeg").symlink_to(ffmpeg)
    tools = Tools.find(str(folder))
    assert tools.espeak is None
    return tools


def shop_at(desk: Path, tools: Tools | None = None) -> workshop.Workshop:
    desk.mkdir(parents=True, exist_ok=True)
    return workshop.Workshop(tools or Tools.find(), desk, *NAMES, "Radio Kota Batik", "Pekalongan", "WIB")


async def test_the_tv_slate_is_twelve_quanta_of_still_card_and_steady_sound(tmp_path: Path, mute: Tools) -> None:
    path = await make_slate(tmp_path / "builtin", *NAMES, ChannelKind.TV, tools=mute)
    facts = probe(path, "-count_packets")
    video, audio = stream(facts, "video"), stream(facts, "audio")
    assert (video["width"], video["height"], video["r_frame_rate"]) == (1280, 720, "25/1")
    assert int(video["nb_read_packets"]) == 96
    assert video["color_space"] == "bt709"
    assert float(video["duration"]) == float(audio["duration"]) == 3.84
    assert len(samples(path)) == 2 * 184_320
    assert abs(loudness(path) + 20) <= 1
    assert unlike(frame(path, 0), frame(path, 90)) < 0.5
    assert len(set(frame(path, 0))) > 50, "a card, not a plain colour"
    assert facts["format"]["tags"]["artist"] == "Batik TV"


async def test_the_radio_slate_is_sound_only_and_just_as_long(tmp_path: Path) -> None:
    path = await make_slate(tmp_path, NAMES[0], "Radio Kota Batik", ChannelKind.RADIO)
    facts = probe(path)
    (audio,) = facts["streams"]
    assert (audio["codec_name"], audio["sample_rate"], audio["channels"]) == ("flac", "48000", 2)
    assert len(samples(path)) == 2 * 184_320
    assert abs(loudness(path) + 20) <= 1.5


async def test_a_slate_is_found_again_and_made_anew_for_another_name(tmp_path: Path) -> None:
    first = await make_slate(tmp_path / "a", *NAMES, ChannelKind.TV)
    before = first.stat()
    assert await make_slate(tmp_path / "a", *NAMES, ChannelKind.TV) == first
    assert first.stat().st_mtime_ns == before.st_mtime_ns
    other = await make_slate(tmp_path / "a", NAMES[0], "TV Lain", ChannelKind.TV)
    assert other != first
    elsewhere = await make_slate(tmp_path / "b", *NAMES, ChannelKind.TV)
    assert elsewhere.read_bytes() == first.read_bytes(), "the same words must give the same asset"
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == sorted([first.name, other.name])


async def test_the_tv_ident_moves_sounds_and_is_thirty_quanta_long(tmp_path: Path) -> None:
    path = await make_ident(tmp_path, *NAMES, "Pekalongan", ChannelKind.TV)
    facts = probe(path, "-count_packets")
    video, audio = stream(facts, "video"), stream(facts, "audio")
    assert int(video["nb_read_packets"]) == 240
    assert float(video["duration"]) == float(audio["duration"]) == 9.6
    assert unlike(frame(path, 60), frame(path, 75)) > 1
    assert unlike(frame(path, 0), frame(path, 60)) > 3, "the name appears"
    assert loudness(path) > -30


async def test_the_radio_ident_speaks_or_at_least_sounds(tmp_path: Path, mute: Tools) -> None:
    spoken = await make_ident(tmp_path, NAMES[0], "Radio Kota", "Pekalongan", ChannelKind.RADIO)
    tones = await make_ident(tmp_path, NAMES[0], "Radio Kota", "Pekalongan", ChannelKind.RADIO, tools=mute)
    assert spoken != tones, "a station that installs espeak-ng later gets its spoken ident"
    assert len(samples(tones)) == 2 * 48_000 * 8
    assert len(samples(spoken)) % (2 * 15_360) == 0, "whole quanta"
    assert 8 <= len(samples(spoken)) / 96_000 <= 12
    assert loudness(tones) > -30
    third = slice(4 * 96_000, 6 * 96_000)
    assert samples(spoken)[third] != samples(tones)[third]


async def test_a_program_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    broken = tmp_path / "programs" / "ffmpeg"
    broken.parent.mkdir()
    broken.write_text('#!/bin/sh\nfor last; do :; done\necho half > "$last"\nexit 1\n')
    broken.chmod(0o755)
    with pytest.raises(ProcessFailed):
        await make_slate(tmp_path / "builtin", *NAMES, ChannelKind.TV, tools=Tools.find(str(broken.parent)))
    assert list((tmp_path / "builtin").iterdir()) == []


async def short(tmp_path: Path, form: formats.Format, seconds: float = 0.6) -> Path:
    """Make some pictures of moving kawung in `form`."""
    shop = shop_at(tmp_path / "desk")
    ground = tmp_path / "ground.png"
    await work([("ground", {"out": str(ground), "size": form.size, "pattern": "parang"})])
    scene = Scene(form.size, form.fps, seconds, ground, workshop.cards.period("parang", form.size))
    sound = ["-f", "lavfi", "-i", "sine=440:sample_rate=48000"] if form.audio else []
    out = tmp_path / f"klip{form.suffix}"
    graph = "[1:a]aformat=channel_layouts=stereo[a]" if form.audio else ""
    await workshop.film(shop, scene, form, sound, graph, "Klip", "Uji", out)
    return out


@pytest.mark.parametrize(
    ("form", "video", "audio"),
    [
        (formats.FULL_HD, ("h264", 1920, 1080, "30/1"), ("aac", 44100, 1)),
        (formats.FILM, ("mpeg4", 848, 480, "24/1"), ("mp3", 44100, 2)),
        (formats.WEB, ("vp9", 640, 360, "25/1"), ("opus", 48000, 2)),
        (formats.TEN_BIT, ("hevc", 1280, 720, "25/1"), ("vorbis", 44100, 2)),
        (formats.SPORT, ("h264", 1280, 720, "50/1"), ("ac3", 48000, 2)),
        (formats.NTSC, ("h264", 720, 480, "30000/1001"), ("pcm_s16be", 32000, 2)),
        (formats.CINEMA, ("h264", 1280, 534, "24000/1001"), ("aac", 48000, 6)),
        (formats.WEBCAM, ("mjpeg", 640, 480, "15/1"), ("pcm_s16le", 22050, 1)),
        (formats.SILENT, ("h264", 1280, 720, "25/1"), None),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
async def test_formats_are_what_they_are_called(
    tmp_path: Path, form: formats.Format, video: tuple[str, int, int, str], audio: tuple[str, int, int] | None
) -> None:
    facts = probe(await short(tmp_path, form))
    v = stream(facts, "video")
    assert (v["codec_name"], v["width"], v["height"], v["r_frame_rate"]) == video
    heard = [s for s in facts["streams"] if s["codec_type"] == "audio"]
    assert [(a["codec_name"], int(a["sample_rate"]), a["channels"]) for a in heard] == ([audio] if audio else [])
    assert 0.5 <= float(facts["format"]["duration"]) <= 0.8
    if form is formats.TEN_BIT:
        assert v["pix_fmt"] == "yuv420p10le"
    if form is formats.NTSC:
        assert v["sample_aspect_ratio"] == "32:27"


async def test_the_tape_clip_is_really_interlaced(tmp_path: Path) -> None:
    path = await short(tmp_path, formats.PAL, 2.0)
    v = stream(probe(path), "video")
    assert (v["codec_name"], v["width"], v["height"], v["field_order"]) == ("mpeg2video", 720, 576, "tt")
    assert v["display_aspect_ratio"] == "4:3"
    assert v["r_frame_rate"] == "25/1"
    argv = ["ffmpeg", "-hide_banner", "-nostats", "-i", str(path), "-vf", "idet", "-an", "-f", "null", "-"]
    said = subprocess.run(argv, check=True, capture_output=True, text=True).stderr
    found = re.search(r"Multi frame detection: TFF:\s*(\d+) BFF:\s*(\d+) Progressive:\s*(\d+)", said)
    assert found
    upper, lower, progressive = map(int, found.groups())
    assert upper > 40
    assert lower == progressive == 0, "the picture itself must comb, not only its label"


async def test_the_phone_clip_lies_on_its_side_with_a_variable_frame_rate(tmp_path: Path) -> None:
    path = await short(tmp_path, formats.PHONE, 3.0)
    facts = probe(path, "-show_packets", "-select_streams", "v")
    v = stream(facts, "video")
    assert (v["width"], v["height"]) == (1280, 720)
    assert v["side_data_list"][0]["rotation"] == -90
    times = sorted(float(p["pts_time"]) for p in facts["packets"])
    gaps = [b - a for a, b in pairwise(times)]
    assert min(gaps) > 0
    assert len({round(gap * 1000) for gap in gaps}) >= 5
    assert max(gaps) > 1.6 * min(gaps)
    decoded = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-frames:v", "1", "-f", "image2pipe", "-c:v", "ppm", "-"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    assert decoded.split(b"\n", 2)[1] == b"720 1280", "players show it upright"


@pytest.mark.soak
async def test_the_clock_ticks_exactly_on_the_second(tmp_path: Path) -> None:
    path = tmp_path / "jam-06.mp4"
    await workshop.clock_clip(shop_at(tmp_path / "desk"), 6, path)
    facts = probe(path, "-count_packets")
    assert int(stream(facts, "video")["nb_read_packets"]) == 240
    assert float(facts["format"]["duration"]) == pytest.approx(9.6, abs=0.001)
    assert facts["format"]["tags"]["title"] == "Pukul 06.00 WIB"
    digits = "560:130:600:265"
    quiet = [unlike(frame(path, n, digits), frame(path, n + 1, digits)) for n in (0, 10, 23, 48, 120)]
    ticks = [unlike(frame(path, n, digits), frame(path, n + 1, digits)) for n in (24, 49, 74, 224)]
    assert min(ticks) > 3 * max(quiet)


@pytest.fixture(scope="module")
def short_piece(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of a chime."""
    path = tmp_path_factory.mktemp("hening") / "hening.wav"
    asyncio.run(work([("chime", {"out": str(path), "seconds": 4.0})]))
    return path


@pytest.mark.parametrize(
    ("suffix", "codec", "rate", "channels", "cover"),
    [
        (".flac", "flac", "44100", 2, True),
        (".ogg", "vorbis", "44100", 2, False),
        (".mp3", "mp3", "44100", 1, True),
        (".m4a", "aac", "44100", 2, True),
        (".opus", "opus", "48000", 2, False),
    ],
)
async def test_music_has_its_tags_and_cover(
    tmp_path: Path, short_piece: Path, suffix: str, codec: str, rate: str, channels: int, cover: bool
) -> None:
    shop = shop_at(tmp_path / "desk")
    shop.shared["hening.wav"] = short_piece  # in place of the whole one
    out = tmp_path / f"lagu{suffix}"
    await workshop.song(shop, "hening", "Hening", "kawung", None, out)
    facts = probe(out)
    audio = stream(facts, "audio")
    assert (audio["codec_name"], audio["sample_rate"], audio["channels"]) == (codec, rate, channels)
    tags = {k.lower(): v for k, v in {**facts["format"].get("tags", {}), **audio.get("tags", {})}.items()}
    assert (tags["title"], tags["artist"], tags["genre"]) == ("Hening", "Karawitan Demo", "Karawitan")
    pictures = [s for s in facts["streams"] if s["codec_type"] == "video"]
    assert [p["disposition"]["attached_pic"] for p in pictures] == ([1] if cover else [])


def visible(media: Path) -> list[Path]:
    """Return the files that a watcher of the folder would take."""
    return sorted(
        p
        for p in media.rglob("*")
        if p.is_file() and not any(part.startswith(".") for part in p.relative_to(media).parts)
    )


@pytest.mark.soak
async def test_the_demo_goes_on_where_a_kill_stopped_it(tmp_path: Path) -> None:
    media, folder = tmp_path / "media", tmp_path / "jadwal"
    code = (
        "import asyncio, sys; from pathlib import Path; from lppl.demo import DemoStation, make_demo\n"
        "say = lambda path, made: print(path, flush=True)\n"
        "asyncio.run(make_demo(Path(sys.argv[1]), Path(sys.argv[2]), DemoStation(), say))"
    )
    home = Path(lppl.__file__).parents[1]
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, str(media), str(folder),
        stdout=asyncio.subprocess.PIPE, cwd=home, env={**os.environ, "PYTHONPATH": str(home)},
    )  # fmt: skip
    assert child.stdout
    announced = [Path((await child.stdout.readline()).decode().strip()) for _ in range(2)]
    async with asyncio.timeout(60):
        while not list(media.rglob(".*.part.*")):  # until the third file is under way
            await asyncio.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    await child.wait()

    assert [p.relative_to(media).parts[0] for p in announced] == ["radio", "filler"]
    assert visible(media) == sorted(announced)
    for path in announced:
        assert float(probe(path)["format"]["duration"]) > 5
    assert sorted(p.name for p in folder.iterdir()) == ["radio.toml", "tv.toml"]
    (folder / "tv.toml").write_text("# milik petugas\n")
    stamps = {path: path.stat().st_mtime_ns for path in announced}

    made: list[Path] = []
    first = asyncio.Event()

    def note(path: Path, lies: Path) -> None:
        assert lies.exists() and not path.exists(), "it is noted before it has its name"
        made.append(path)
        first.set()

    again = asyncio.create_task(make_demo(media, folder, DemoStation(), note))
    await asyncio.wait_for(first.wait(), 120)
    again.cancel()
    with pytest.raises(asyncio.CancelledError):
        await again
    assert made[0].relative_to(media).as_posix() == "tv/bumper/selamat-datang.mp4"
    assert {path: path.stat().st_mtime_ns for path in announced} == stamps
    assert (folder / "tv.toml").read_text() == "# milik petugas\n"
    assert visible(media) == sorted([*announced, *made])
    assert not list(media.glob(".lppl-demo-*")), "no intermediate files stay after a cancel"


async def test_a_complete_demo_is_left_alone(tmp_path: Path, mute: Tools) -> None:
    media = tmp_path / "media"
    for item in station.catalogue(6):
        (media / item.path).parent.mkdir(parents=True, exist_ok=True)
        (media / item.path).write_bytes(b"ada")
    made: list[Path] = []
    await make_demo(media, tmp_path / "jadwal", DemoStation(), lambda path, _: made.append(path), tools=mute)
    assert made == []


async def test_what_needs_a_missing_encoder_or_a_voice_is_left_out(tmp_path: Path, mute: Tools) -> None:
    media = tmp_path / "media"
    gone = ("filler/tv/kawung.mp4", "tv/berita/contoh-berita-batik.webm", "radio/info/layanan-112.mp3")
    for item in station.catalogue(6):
        if item.path not in gone:
            (media / item.path).parent.mkdir(parents=True, exist_ok=True)
            (media / item.path).write_bytes(b"ada")
    listing = tmp_path / "plain" / "ffmpeg"
    listing.parent.mkdir()
    # the real ffmpeg, of which one encoder is hidden from the list
    listing.write_text(
        f'#!/bin/sh\ncase "$*" in *-encoders*) {mute.ffmpeg} "$@" | grep -v vp9;; *) exec {mute.ffmpeg} "$@";; esac\n'
    )
    listing.chmod(0o755)
    made: list[Path] = []
    await make_demo(
        media,
        tmp_path / "jadwal",
        DemoStation(),
        lambda path, _: made.append(path),
        tools=replace(mute, ffmpeg=str(listing)),
    )
    assert [p.relative_to(media).as_posix() for p in made] == ["filler/tv/kawung.mp4"]
    assert stream(probe(made[0]), "video")["width"] == 1280
