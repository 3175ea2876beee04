"""Conform with the real ffmpeg: unlike sources become one format, exactly; what is joined decodes as if never cut.

All material is made here, small and short. What is measured is measured on decoded pictures and samples.
"""

import asyncio
import math
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from lppl.errors import ProcessFailed
from lppl.journal import Entry, Item
from lppl.media import AssetId, AudioRung, ChannelKind, HouseId, Profile, Tags, VideoRung
from lppl.quanta import AAC_FRAMES, FRAMES, GOP, Quanta, seconds
from lppl.rundown import Kind
from streaming.conform import PART, Conformed, conform
from streaming.fmp4 import VideoTrack
from streaming.graphics import Graphics
from streaming.house import HouseSet, HouseStore, folder_of
from streaming.packager import Packager, Slate
from streaming.probe import probe
from streaming.timeline import Segment, Timeline

pytestmark = pytest.mark.integration

TV = Profile(
    ChannelKind.TV,
    (VideoRung("v180", 320, 180, 300_000), VideoRung("v90", 160, 90, 120_000)),
    (AudioRung("a64", 64_000),),
    -16.0,
    -1.0,
    "veryfast",
)
RADIO = Profile(ChannelKind.RADIO, (), (AudioRung("a128", 128_000),), -16.0, -1.0, "veryfast")
START = Quanta(5_600_000_004)
RATE = 48_000

Samples = npt.NDArray[np.float32]


def ffmpeg(*args: object) -> str:
    """Run ffmpeg; return what it said. Fails the test when ffmpeg fails."""
    argv = ["ffmpeg", "-hide_banner", "-nostdin", "-y", "-v", "warning", *map(str, args)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


def picture(size: str, rate: float, length: float) -> list[str]:
    return ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={length}"]


def tone(length: float, hz: int = 440, rate: int = 48_000, channels: int = 2, db: float = -20) -> list[str]:
    layout = {1: "mono", 2: "stereo", 8: "7.1"}[channels]
    level = 10 ** (db / 20)
    source = "|".join([f"{level}*sin(2*PI*{hz}*t)"] * channels)
    return ["-f", "lavfi", "-i", f"aevalsrc=exprs={source}:channel_layout={layout}:s={rate}:d={length}"]


@dataclass
class Conformer:
    """Conforms into one folder, each source once."""

    folder: Path

    def __post_init__(self) -> None:
        self.store = HouseStore(self.folder / "house")

    async def __call__(
        self,
        source: Path,
        profile: Profile = TV,
        name: str | None = None,
        part: Quanta | None = None,
        graphics: Graphics | None = None,
    ) -> tuple[Conformed, HouseSet]:
        asset = AssetId((name or source.stem).encode().hex().ljust(40, "0")[:40])

        async def still(_tags: Tags, path: Path) -> None:
            await asyncio.to_thread(ffmpeg, *picture("320x180", 25, 0.04), "-frames:v", 1, path)

        options = {"graphics": graphics} | ({"part": part} if part else {})
        made = await conform(
            source, await probe(source), Tags(source.stem), asset, profile,
            self.folder / "house", self.folder / "work", lambda _: None, still, urgent=True, **options,
        )  # fmt: skip
        return made, self.store.get(profile.house(asset))


@pytest.fixture
def conformer(tmp_path: Path) -> Conformer:
    return Conformer(tmp_path)


def check_set(house: HouseSet) -> None:
    """Counts, key frames and lengths of every rendition are exact."""
    for name, rendition in house.renditions.items():
        video = isinstance(rendition.track, VideoTrack)
        samples = rendition.samples(Quanta(0), rendition.quanta)
        assert len(samples) == rendition.quanta * (FRAMES if video else AAC_FRAMES), name
        assert all(samples), "no sample is empty"
        if video:
            keys = [n for n, s in enumerate(samples) if 5 in nal_types(s)]
            assert keys == list(range(0, len(samples), GOP * FRAMES))
            assert [rendition.last_gop(n // FRAMES) for n in keys] == [n // FRAMES for n in keys]


def nal_types(sample: bytes) -> list[int]:
    """NAL unit types of a sample with 4-byte lengths."""
    at, found = 0, []
    while at < len(sample):
        found.append(sample[at + 4] & 0x1F)
        at += 4 + int.from_bytes(sample[at : at + 4])
    assert at == len(sample)
    return found


def joined(conformer: Conformer, parts: Sequence[tuple[HouseId, int, int]], name: str) -> Path:
    """Put items on air one behind the other, (house, in point, length), and save what a player would fetch."""
    entries, at = [], int(START)
    for house, in_point, length in parts:
        item = Item("tv", Quanta(at), house, Quanta(in_point), Quanta(length), Kind.ITEM, "")
        at += length
        entries.append(Entry(item, Quanta(at)))
    timeline = Timeline(lambda item, q: conformer.store.get(item.house).next_gop(q), entries)
    packager = Packager(conformer.store, Slate(conformer.store.get(parts[0][0])))
    path = conformer.folder / f"joined-{name}.mp4"
    with path.open("wb") as f:
        f.write(conformer.store.get(parts[0][0]).renditions[name].init)
        number = START // 12
        assert START % 12 == 0
        length = 0
        while (segment := timeline.segment(number)) is not None:
            body = packager.segment(name, segment)
            assert not body.substituted
            f.write(body.read())
            number, length = number + 1, length + segment.length
        if START + length < at:  # the last one, cut where everything ends
            rest = timeline.pieces(Quanta(START + length), Quanta(at))
            f.write(packager.segment(name, Segment(number, rest[0].air, at - rest[0].air, rest)).read())
    return path


def decoded_sound(path: Path) -> Samples:
    """Decode the sound as it is and return the first channel; fail on any warning."""
    argv = ["ffmpeg", "-v", "warning", "-i", path, "-map", "0:a", "-f", "f32le", "-"]
    done = subprocess.run(argv, capture_output=True, check=True)
    assert not done.stderr, done.stderr.decode()
    return np.frombuffer(done.stdout, np.float32)[::2]


def decoded_pictures(path: Path, size: tuple[int, int] = (32, 18)) -> npt.NDArray[np.uint8]:
    """Decode every frame once, small and grey; fail on any warning."""
    w, h = size
    argv = ["ffmpeg", "-v", "warning", "-i", path, "-map", "0:v", "-fps_mode", "passthrough",
            "-vf", f"scale={w}:{h}:flags=area", "-pix_fmt", "gray", "-f", "rawvideo", "-"]  # fmt: skip
    done = subprocess.run(argv, capture_output=True, check=True)
    assert not done.stderr, done.stderr.decode()
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, h, w)


def level_db(samples: Samples) -> float:
    return float(10 * math.log10(float(np.mean(np.square(samples, dtype=np.float64))) + 1e-12))


# --- unlike sources ------------------------------------------------------------------------------------

L = 2.5


def phone(path: Path) -> None:
    """A vertical phone video: rotated by its display matrix, frame times that vary."""
    flat = path.with_name("flat.mp4")
    ffmpeg(*picture("320x240", 30, L), *tone(L), "-vf", "select='not(eq(mod(n,7),3)+eq(mod(n,11),5))'",
           "-fps_mode", "vfr", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", flat)  # fmt: skip
    ffmpeg("-i", flat, "-c", "copy", "-metadata:s:v:0", "rotate=90", path)


SOURCES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "1080p30-mono-44k": ("mp4", lambda p: ffmpeg(
        *picture("1920x1080", 30, L), *tone(L, rate=44_100, channels=1), "-c:v", "libx264", "-preset", "ultrafast",
        "-c:a", "aac", p)),
    "576i25": ("mpg", lambda p: ffmpeg(
        *picture("720x576", 50, L), *tone(L), "-vf", "tinterlace=interleave_top,setdar=4/3", "-c:v", "mpeg2video",
        "-flags", "+ildct+ilme", "-b:v", "4M", "-c:a", "mp2", p)),
    "480p24": ("mkv", lambda p: ffmpeg(
        *picture("854x480", 24, L), *tone(L), "-c:v", "libx264", "-preset", "ultrafast", "-bf", 2,
        "-c:a", "libmp3lame", p)),
    "phone": ("mp4", phone),
    "motion-jpeg": ("avi", lambda p: ffmpeg(  # its chroma lies elsewhere, which must not reach the SPS
        *picture("320x240", 25, L), *tone(L), "-pix_fmt", "yuvj420p", "-c:v", "mjpeg", "-c:a", "pcm_s16le", p)),
    "no-picture": ("mp3", lambda p: ffmpeg(*tone(L, rate=44_100), "-c:a", "libmp3lame", p)),
    "no-sound": ("mp4", lambda p: ffmpeg(*picture("320x180", 25, L), "-c:v", "libx264", "-preset", "ultrafast", p)),
    "10-bit": ("mkv", lambda p: ffmpeg(*picture("320x180", 25, L), *tone(L), "-pix_fmt", "yuv420p10le", "-c:v", "ffv1",
                                       "-c:a", "flac", p)),
    "8-channels": ("mkv", lambda p: ffmpeg(*picture("320x180", 25, L), *tone(L, channels=8), "-c:v", "mpeg4",
                                           "-c:a", "pcm_s16le", p)),
    "odd-size": ("mkv", lambda p: ffmpeg(*picture("321x181", 25, L), *tone(L), "-pix_fmt", "yuv444p", "-c:v", "ffv1",
                                         "-c:a", "flac", p)),
    "negative-times": ("mkv", lambda p: ffmpeg(
        *picture("320x180", 25, L), *tone(L), "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac",
        "-output_ts_offset", "-0.7", "-avoid_negative_ts", "disabled", p)),
    "tenth-of-a-second": ("mp4", lambda p: ffmpeg(*picture("320x180", 25, 0.12), *tone(0.1), "-c:v", "libx264",
                                                  "-c:a", "aac", p)),
}  # fmt: skip


@pytest.mark.soak
async def test_unlike_sources_become_one_format_and_join_without_a_seam(conformer: Conformer) -> None:
    """Counts exact, key frames where they must be, one avcC; joined they decode without a warning, to the frame."""
    parts: list[tuple[HouseId, int, int]] = []
    avccs = set()
    for name, (suffix, make) in SOURCES.items():
        source = conformer.folder / f"{name}.{suffix}"
        make(source)
        made, house = await conformer(source)
        check_set(house)
        length = 0.12 if name == "tenth-of-a-second" else L
        # a container's own idea of its end may be a frame more
        assert length <= seconds(made.quanta) + 1e-6 < length + 0.32 + 0.06, name
        for rendition in house.renditions.values():
            if isinstance(rendition.track, VideoTrack):
                avccs.add((rendition.info.name, rendition.track.avcc))
        parts.append((house.info.house, 0, made.quanta))
    assert len(avccs) == 2, "the same parameter sets for all"
    # also cut short in mid-GOP, and joined under way at a key frame
    parts += [(house, 0, min(5, n)) for house, _, n in parts] + [(parts[0][0], 6, 1)]
    total = sum(n for _, _, n in parts)
    for name in ("v180", "v90"):
        assert len(decoded_pictures(joined(conformer, parts, name))) == total * FRAMES
    assert len(decoded_sound(joined(conformer, parts, "a64"))) == total * AAC_FRAMES * 1024


# --- lip sync ------------------------------------------------------------------------------------------

FLASH = "drawbox=t=fill:color=white:enable='lt(mod(t+0.5,1),0.12)'"
BEEP = "0.5*sin(2*PI*1000*t)*lt(mod(t+0.5,1),0.12)"


def flash_and_beep(path: Path, rate: int, sound_rate: int, channels: str, *codecs: object) -> None:
    exprs = BEEP if channels == "mono" else f"{BEEP}|{BEEP}"
    ffmpeg(
        "-f", "lavfi", "-i", f"color=black:size=320x180:rate={rate}:duration=4,format=yuv420p,{FLASH}",
        "-f", "lavfi", "-i", f"aevalsrc=exprs='{exprs}':channel_layout={channels}:s={sound_rate}:d=4",
        *codecs, path,
    )  # fmt: skip


def onsets(signal: npt.NDArray[np.floating], threshold: float, quiet: int) -> list[int]:
    """Return where `signal` rises over `threshold` after at least `quiet` values below it."""
    loud = np.flatnonzero(signal > threshold)
    return [int(n) for i, n in enumerate(loud) if i == 0 or n - loud[i - 1] > quiet]


async def test_lip_sync_within_20_ms_through_conform_and_joins(conformer: Conformer) -> None:
    sources = {
        "a25.mp4": (25, 48_000, "stereo", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"),
        "b30.mkv": (30, 44_100, "mono", "-c:v", "libx264", "-bf", 2, "-c:a", "libmp3lame"),
        "c24.mov": (24, 44_100, "stereo", "-c:v", "mpeg4", "-c:a", "pcm_s16le"),
        "d50.ts": (50, 48_000, "stereo", "-c:v", "mpeg2video", "-c:a", "mp2"),
    }
    parts: list[tuple[HouseId, int, int]] = []
    for name, (rate, sound_rate, channels, *codecs) in sources.items():
        flash_and_beep(conformer.folder / name, rate, sound_rate, channels, *codecs)  # type: ignore[arg-type]
        made, house = await conformer(conformer.folder / name)
        parts.append((house.info.house, 0, made.quanta))
    # joins in mid-GOP and at in-points
    parts += [(house, 0, 7) for house, _, _ in parts] + [(house, 6, 4) for house, _, _ in parts[:4]]
    light = decoded_pictures(joined(conformer, parts, "v180")).mean(axis=(1, 2))
    sound = np.abs(decoded_sound(joined(conformer, parts, "a64")))
    flashes = [n / 25 for n in onsets(light, 100.0, 2)]
    beeps = [n / RATE for n in onsets(sound, 0.15 * float(sound.max()), 4_800)]
    assert len(flashes) == len(beeps) == 4 * 4 + 4 * 2 + 4 * 1
    errors = [1000 * (b - f) for f, b in zip(flashes, beeps, strict=True)]
    assert max(map(abs, errors)) <= 20, errors


# --- sound ---------------------------------------------------------------------------------------------


def loudness(path: Path) -> float:
    done = subprocess.run(
        ["ffmpeg", "-hide_banner", "-nostdin", "-i", path, "-map", "0:a", "-af", "ebur128", "-f", "null", "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    summary = done.stderr[done.stderr.rindex("Integrated loudness:") :]
    return float(summary.split("I:")[1].split()[0])


PROGRAMMES = {
    "quiet": "0.02*sin(2*PI*300*t)*(1+0.5*sin(2*PI*3*t))",
    "loud": "0.9*sin(2*PI*300*t)*(0.6+0.4*sin(2*PI*2*t))",
    "speech-like": "0.2*sin(2*PI*220*t)*gt(mod(t,0.6),0.15)+0.1*sin(2*PI*1700*t)*gt(mod(t,0.25),0.1)",
    "peaky": "0.03*sin(2*PI*400*t)+0.9*sin(2*PI*900*t)*lt(mod(t,1),0.004)",
}


@pytest.mark.parametrize("name", PROGRAMMES)
async def test_loudness_is_met_or_said_to_be_limited(conformer: Conformer, name: str) -> None:
    source = conformer.folder / f"{name}.wav"
    expr = PROGRAMMES[name]
    ffmpeg("-f", "lavfi", "-i", f"aevalsrc=exprs='{expr}|{expr}':s=48000:d=8", source)
    made, house = await conformer(source, RADIO)
    path = joined(conformer, [(house.info.house, 0, made.quanta)], "a128")
    found = loudness(path)
    assert abs(found - RADIO.target_lufs) <= 1.0 or made.peak_limited
    assert float(np.abs(decoded_sound(path)).max()) <= 10 ** ((RADIO.ceiling_dbtp + 0.5) / 20), "peaks stay below"
    if made.peak_limited:
        assert any("dBTP" in note for note in made.notes)
        assert found <= RADIO.target_lufs + 1.0
    assert made.peak_limited == (name == "peaky")


async def test_silence_stays_silence(conformer: Conformer) -> None:
    source = conformer.folder / "silence.wav"
    ffmpeg("-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo", "-t", 2, source)
    made, house = await conformer(source, RADIO)
    assert made.lufs is None
    assert made.gain_db == 0
    assert level_db(decoded_sound(joined(conformer, [(house.info.house, 0, made.quanta)], "a128"))) < -80


async def test_a_join_has_no_dip_and_no_click(conformer: Conformer) -> None:
    """A tone of whole periods a quantum, cut and joined anywhere: its level around a join is its level inside."""
    source = conformer.folder / "tone.wav"
    ffmpeg(*tone(6.4, 1_000), source)
    made, house = await conformer(source, RADIO)
    assert made.quanta == 20
    parts = [(house.info.house, a, n) for a, n in ((0, 7), (3, 5), (11, 9), (0, 20), (2, 1), (5, 4))]
    sound = decoded_sound(joined(conformer, parts, "a128"))
    window = RATE // 100
    inside = level_db(sound[5 * 15_360 : 6 * 15_360])
    peak = float(np.abs(sound[5 * 15_360 : 6 * 15_360]).max())
    at = 0
    for _, in_point, length in parts[:-1]:
        at += length * 15_360
        around = sound[at - 2_048 : at + 2_048]
        levels = [level_db(around[n : n + window]) for n in range(0, len(around) - window, window // 4)]
        if in_point + length == made.quanta:
            # the item is over, nothing of it is left to fade out: what follows fades in, in one frame of 21 ms
            levels = levels[: (2_048 - window) // (window // 4)] + levels[3_072 // (window // 4) :]
        assert min(levels) > inside - 2.4
        assert max(levels) < inside + 2.4
        assert float(np.abs(around).max()) < 1.3 * peak


async def test_the_first_sample_of_an_item_is_its_first_sample(conformer: Conformer) -> None:
    """The encoder's priming is dropped: an impulse comes out where it went in."""
    source = conformer.folder / "impulse.wav"
    ffmpeg("-f", "lavfi", "-i", "aevalsrc=exprs='0.8*eq(n,24000)|0.8*eq(n,24000)':s=48000:d=1.6", source)
    made, house = await conformer(source, RADIO)
    sound = np.abs(decoded_sound(joined(conformer, [(house.info.house, 0, made.quanta)], "a128")))
    assert abs(int(sound.argmax()) - 24_000) <= 48, "within a millisecond"


async def test_a_last_partial_quantum_that_is_silent_is_dropped(conformer: Conformer) -> None:
    for name, sounding, length, expected in (
        ("silent-end", 1.27, 1.5, 4), ("sounding-end", 1.5, 1.5, 5), ("whole", 1.6, 1.6, 5), ("hair", 1.61, 1.61, 6),
    ):  # fmt: skip
        source = conformer.folder / f"{name}.wav"
        expr = f"0.2*sin(2*PI*500*t)*lt(t,{sounding})"
        ffmpeg("-f", "lavfi", "-i", f"aevalsrc=exprs='{expr}|{expr}':s=48000:d={length}", source)
        made, house = await conformer(source, RADIO)
        assert made.quanta == expected, name
        check_set(house)


# --- colours -------------------------------------------------------------------------------------------

COLOURS = (
    ("hd-unmarked", "1280x720", "bt709", ()),
    ("hd-marked-601", "1280x720", "bt601", ("-colorspace", "smpte170m")),
    ("sd-unmarked", "720x576", "bt601", ()),
    ("sd-marked-709", "720x576", "bt709", ("-colorspace", "bt709")),
)


@pytest.mark.parametrize(("name", "size", "matrix", "mark"), COLOURS, ids=[c[0] for c in COLOURS])
async def test_colours_are_kept(conformer: Conformer, name: str, size: str, matrix: str, mark: Sequence[str]) -> None:
    """A file is read by the matrix that it names, else by the custom of its size; what airs is BT.709."""
    source = conformer.folder / f"{name}.mkv"
    ffmpeg("-f", "lavfi", "-i", f"color=0xC8321E:size={size}:rate=25:duration=0.5,format=gbrp,"
           f"scale=out_color_matrix={matrix}:out_range=tv,format=yuv444p", "-c:v", "ffv1", *mark, source)  # fmt: skip
    made, house = await conformer(source)
    saved = joined(conformer, [(house.info.house, 0, made.quanta)], "v180")
    argv = ["ffmpeg", "-v", "error", "-i", saved, "-vf", "scale=in_color_matrix=bt709,format=rgb24",
            "-frames:v", "1", "-f", "rawvideo", "-"]  # fmt: skip
    done = await asyncio.to_thread(subprocess.run, argv, capture_output=True, check=True)
    middle = np.frombuffer(done.stdout, np.uint8).reshape(180, 320, 3)[90, 160].astype(int)
    assert np.abs(middle - (0xC8, 0x32, 0x1E)).max() <= 6, middle


# --- kills ---------------------------------------------------------------------------------------------


@pytest.mark.soak
async def test_a_killed_conform_keeps_its_parts_and_gives_the_same_pictures(conformer: Conformer) -> None:
    """The grid of frames is the same as without a kill and without parts, for a source whose frame times vary, too."""
    source = conformer.folder / "long.mp4"
    ffmpeg(*picture("160x90", 30, 59), *tone(59), "-vf", "select='not(eq(mod(n,7),3)+eq(mod(n,11),5))'",
           "-fps_mode", "vfr", "-g", 40, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", source)  # fmt: skip
    whole = Conformer(conformer.folder / "whole")
    made, house = await whole(source)
    # a part must last whole seconds, as the real ones do: else its start is no tick of every source's clock
    part = Quanta(150)
    assert seconds(part) == 48
    assert seconds(PART) % 1 == 0
    task = asyncio.create_task(conformer(source, part=part))
    parts = conformer.folder / "work" / house.info.house
    while not list(await asyncio.to_thread(lambda: list(parts.glob("v90.*.mp4")))):
        await asyncio.sleep(0.01)
        assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    kept = {p.name: p.stat().st_mtime_ns for p in parts.glob("v*.mp4")}
    assert set(kept) == {"v180.00000000.mp4", "v90.00000000.mp4"}
    again = asyncio.create_task(conformer(source, part=part))
    seen: dict[str, int] = {}
    while not again.done():
        seen |= await asyncio.to_thread(lambda: {p.name: p.stat().st_mtime_ns for p in list(parts.glob("v*.mp4"))})
        await asyncio.sleep(0.02)
    remade, resumed = await again
    assert {name: seen[name] for name in kept} == kept, "finished parts are not made again"
    assert remade.quanta == made.quanta
    check_set(resumed)
    assert not parts.exists()
    a = decoded_pictures(joined(whole, [(house.info.house, 0, made.quanta)], "v180"), (64, 36)).astype(int)
    b = decoded_pictures(joined(conformer, [(resumed.info.house, 0, made.quanta)], "v180"), (64, 36)).astype(int)
    assert a.shape == b.shape
    # encoded in other parts the bits differ a little; a picture that is one frame off differs by much more
    differences = np.abs(a - b).mean(axis=(1, 2))
    moving = np.abs(a[1:] - a[:-1]).mean(axis=(1, 2))
    assert np.median(moving) > 3
    assert differences.max() < 1.5


async def test_a_whole_set_is_not_made_again(conformer: Conformer) -> None:
    source = conformer.folder / "tone.wav"
    ffmpeg(*tone(1), source)
    _, house = await conformer(source, RADIO)
    path = folder_of(conformer.folder / "house", house.info.house) / "a128.mp4"
    before = path.stat()
    made, _ = await conformer(source, RADIO)
    assert path.stat() == before
    assert made.quanta == house.quanta


async def test_a_damaged_set_is_made_again(conformer: Conformer) -> None:
    source = conformer.folder / "tone.wav"
    ffmpeg(*tone(1), source)
    _, house = await conformer(source, RADIO)
    (folder_of(conformer.folder / "house", house.info.house) / "set.json").write_text("{")
    _, again = await Conformer(conformer.folder)(source, RADIO)
    check_set(again)


async def test_what_cannot_be_decoded_leaves_nothing_behind(conformer: Conformer) -> None:
    source = conformer.folder / "tone.mp3"
    ffmpeg(*tone(2), "-c:a", "libmp3lame", source)
    facts = await probe(source)
    source.write_bytes(b"\0" * 5_000)
    with pytest.raises((ProcessFailed, ValueError)):
        await conform(
            source, facts, Tags("x"), AssetId("0" * 40), RADIO, conformer.folder / "house", conformer.folder / "work",
            lambda _: None, urgent=True,
        )  # fmt: skip
    assert not list((conformer.folder / "house").rglob("*.mp4"))


def test_ffmpeg_is_here() -> None:
    assert shutil.which("ffmpeg")
    assert shutil.which("ffprobe")
