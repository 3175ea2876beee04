"""Joins and tails with the real ffmpeg: spliced between the items' own packets they sound like one piece.

The reference is mixed here from the originals with the curves of the specification, encoded in one piece and decoded.
"""

import asyncio
import math
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from lppl.derived import Join, Tail, derived_id
from lppl.errors import HouseFileDamaged, ProcessFailed
from lppl.media import AssetId, AudioRung, ChannelKind, Profile, Tags, VideoRung
from lppl.quanta import FRAMES, Quanta, seconds
from streaming.conform import Conformed, conform
from streaming.fmp4 import VideoTrack, fragment_header
from streaming.house import HouseSet, folder_of
from streaming.joins import Original, render
from streaming.probe import probe

pytestmark = pytest.mark.integration

RADIO = Profile(ChannelKind.RADIO, (), (AudioRung("a128", 128_000),), -16.0, -1.0, "veryfast")
TV = Profile(
    ChannelKind.TV,
    (VideoRung("v180", 320, 180, 300_000), VideoRung("v90", 160, 90, 120_000)),
    (AudioRung("a128", 128_000),),
    -16.0,
    -1.0,
    "ultrafast",
)
RATE = 48_000
Q = 15_360
"""Samples in a quantum."""

Samples = npt.NDArray[np.float64]


def ffmpeg(*args: object, data: bytes = b"") -> bytes:
    """Run ffmpeg and return what it wrote to standard output. Fails the test on any complaint."""
    argv = ["ffmpeg", "-hide_banner", "-y", "-v", "error", *map(str, args)]
    done = subprocess.run(argv, input=data, capture_output=True, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr.decode()
    return done.stdout


def decoded(path: Path, *options: object) -> Samples:
    """Decode to 48 kHz stereo and return the first channel."""
    out = ffmpeg("-i", path, *options, "-ar", RATE, "-ac", 2, "-f", "f32le", "-")
    return np.frombuffer(out, np.float32)[::2].astype(np.float64)


def music(length: float, root: float, beat: float, *, level: float = 0.1, start: float = 0.0) -> Samples:
    """A chord, and a drum at each beat, from `start` on: steady sound, and attacks that the encoder reacts to."""
    t = np.arange(round(length * RATE)) / RATE
    chord = sum(np.sin(2 * np.pi * root * n * t) / n for n in (1, 1.25, 1.5, 3, 5))
    since = np.mod(t - start, beat)
    drum = np.exp(-since * 25) * (np.sin(2 * np.pi * 180 * since) + 0.3 * np.sin(2 * np.pi * 3000 * since))
    return np.asarray(np.where(t < start, 0.0, level * (chord + 3 * drum)), np.float64)


def save(path: Path, samples: Samples, rate: int = RATE, channels: int = 2) -> Path:
    """Write `samples` on both channels, or as mono, to a file of the kind that its suffix names."""
    raw = np.repeat(samples.astype(np.float32), 2).tobytes()
    ffmpeg("-f", "f32le", "-ar", RATE, "-ac", 2, "-i", "-", "-ar", rate, "-ac", channels, path, data=raw)
    return path


@dataclass
class Desk:
    """A house folder, what was conformed into it, and renderings."""

    folder: Path
    sources: dict[AssetId, Original] = field(default_factory=dict)
    cards: list[str] = field(default_factory=list)

    @property
    def house(self) -> Path:
        return self.folder / "house"

    @property
    def work(self) -> Path:
        return self.folder / "work"

    async def still(self, tags: Tags, path: Path) -> None:
        self.cards.append(tags.title)
        await asyncio.to_thread(
            ffmpeg, "-f", "lavfi", "-i", "color=white:size=320x180:duration=0.04:rate=25", "-frames:v", 1, path
        )

    async def item(self, source: Path, profile: Profile = RADIO) -> tuple[AssetId, HouseSet]:
        asset = AssetId(source.name.encode().hex().ljust(40, "0")[:40])
        facts = await probe(source)
        self.sources[asset] = Original(source, facts)
        await conform(
            source, facts, Tags(source.stem, "Penyanyi", "Album"), asset, profile, self.house, self.work,
            lambda _: None, self.still, urgent=True,
        )  # fmt: skip
        return asset, self.open(asset, profile)

    def open(self, asset: AssetId, profile: Profile = RADIO) -> HouseSet:
        return HouseSet(folder_of(self.house, profile.house(asset)))

    async def render(self, specification: Join | Tail, profile: Profile = RADIO) -> tuple[Conformed, HouseSet]:
        made = await render(specification, self.sources, profile, self.house, self.work, still=self.still, urgent=True)
        assert not list(self.work.iterdir()), "nothing is left behind"
        return made, self.open(derived_id(specification), profile)

    def level_of(self, asset: AssetId, house: HouseSet) -> Samples:
        """The original as the house set should sound, in one pass over the whole file."""
        info = house.info
        chain = ["aresample=48000", "aformat=channel_layouts=stereo", f"volume={info.gain_db}dB:precision=float"]
        if info.peak_limited:
            limit = 10 ** ((RADIO.ceiling_dbtp - 0.7) / 20)
            chain += ["aresample=192000", f"alimiter=limit={limit:.4f}:attack=5:release=80:level=0:latency=1",
                      "aresample=48000"]  # fmt: skip
        samples = decoded(self.sources[asset].path, "-af", ",".join(chain))
        return np.pad(samples, (0, house.quanta * Q))[: house.quanta * Q]

    def spliced(self, parts: Sequence[tuple[HouseSet, int, int]], name: str = "a128") -> Path:
        """Lay (set, first quantum, quanta) one behind the other, header and samples, as the packager does."""
        path, at = self.folder / f"spliced-{name}.mp4", 0
        with path.open("wb") as f:
            f.write(parts[0][0].renditions[name].init)
            for house, first, count in parts:
                rendition = house.renditions[name]
                samples = rendition.samples(Quanta(first), count)
                sizes, data = struct.pack(f">{len(samples)}I", *map(len, samples)), b"".join(samples)
                video = isinstance(rendition.track, VideoTrack)
                f.write(fragment_header(at, rendition.ticks_per_quantum, sizes, len(data), video=video) + data)
                at += count
        return path

    def in_one_piece(self, samples: Samples) -> Samples:
        """What coding at the same rate alone makes of `samples`."""
        path = save(self.folder / "whole.wav", samples)
        coded = self.folder / "whole.m4a"
        ffmpeg("-i", path, "-c:a", "aac", "-b:a", 128_000, coded)
        return decoded(coded)[: len(samples)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def level_db(samples: Samples, window: int, hop: int = 240) -> Samples:
    """Level of each window of so many samples."""
    power = np.convolve(np.square(samples), np.ones(window) / window, "valid")[::hop]
    return np.asarray(10 * np.log10(np.maximum(power, 1e-12)), np.float64)


def same_level(heard: Samples, wanted: Samples, within_db: float = 0.5) -> None:
    """In every window of 20 and of 50 ms in which there is sound, the level is that of the reference."""
    assert len(heard) == len(wanted)
    for window in (960, 2400):
        a, b = level_db(heard, window), level_db(wanted, window)
        loud = b > -50
        assert loud.mean() > 0.8
        worst = int(np.argmax(np.abs(np.where(loud, a - b, 0))))
        assert abs(a[worst] - b[worst]) <= within_db, f"{a[worst] - b[worst]:.2f} dB at {worst * 240 / RATE:.3f} s"


def no_click(heard: Samples, wanted: Samples) -> None:
    """No step from sample to sample is beyond those of the reference within 10 ms."""
    steps, usual = np.abs(np.diff(heard)), np.abs(np.diff(wanted))
    around = np.array([usual[max(0, n - 480) : n + 480].max() for n in range(0, len(usual), 48)])
    assert np.all(steps <= 1.15 * np.repeat(around, 48)[: len(steps)] + 0.004)


def window_of(packet: bytes) -> int:
    """The window sequence of a packet's first channel (ISO/IEC 14496-3, 4.4.2): long, start, short, stop."""
    bits = int.from_bytes(packet[:4])
    assert bits >> 29 == 1, "a channel pair comes first"
    common = bits >> 24 & 1
    return bits >> (21 if common else 13) & 3


def windows_fit(parts: Sequence[tuple[HouseSet, int, int]]) -> None:
    """At each splice the first window begins as long, or as short, as the one before it ends."""
    for (left, first, count), (right, at, _) in pairwise(parts):
        before = left.renditions["a128"].samples(Quanta(first + count - 1), 1)[-1]
        after = right.renditions["a128"].samples(Quanta(at), 1)[0]
        assert (window_of(before) in (1, 2)) == (window_of(after) in (2, 3))


def mixed(join: Join, before: Samples, after: Samples) -> Samples:
    """The specification's own curves: equal power, at the end of the join and at its start."""
    n = join.length * Q
    out, into = np.ones(n), np.ones(n)
    if join.fade_out:
        out[n - join.fade_out * Q :] = np.cos(np.linspace(0, np.pi / 2, join.fade_out * Q, endpoint=False))
    if join.fade_in:
        into[: join.fade_in * Q] = np.sin(np.linspace(0, np.pi / 2, join.fade_in * Q, endpoint=False))
    b = before[join.before_at * Q :][:n]
    a = after[join.after_at * Q :][:n]
    middle = out * b + into * a
    return np.concatenate([before[: join.before_at * Q], middle, after[(join.after_at + join.length) * Q :]])


async def heard_and_wanted(desk: Desk, join: Join) -> tuple[Samples, Samples]:
    before, after = desk.open(AssetId(join.before)), desk.open(AssetId(join.after))
    made, house = await desk.render(join)
    assert made.quanta == house.quanta == join.length
    after_from = join.after_at + join.length
    parts = [(before, 0, join.before_at), (house, 0, join.length), (after, after_from, after.quanta - after_from)]
    windows_fit(parts)
    heard = decoded(desk.spliced(parts))
    reference = mixed(join, desk.level_of(AssetId(join.before), before), desk.level_of(AssetId(join.after), after))
    wanted = desk.in_one_piece(reference)
    assert len(heard) == len(wanted) == (join.before_at + after.quanta - join.after_at) * Q
    skip = 4 * Q  # where coding begins
    return heard[skip:], wanted[skip:]


LENGTH = 25 * Q / RATE


@pytest.mark.parametrize(
    ("first", "second", "after_at", "length", "fade_out", "fade_in"),
    [
        # crossfade; the original of the second is mono at 44.1 kHz in a RIFF file
        (("flac", 48_000, 2, 0.05), ("wav", 44_100, 1, 0.14), 1, 6, 6, 4),
        # segue: the second at full level at once
        (("wav", 44_100, 1, 0.02), ("flac", 48_000, 2, 0.12), 1, 8, 6, 0),
        # the shortest, and a lossy original
        (("mp3", 44_100, 2, 0.1), ("wav", 22_050, 1, 0.05), 1, 1, 1, 1),
    ],
)
async def test_a_join_sounds_like_the_mix_in_one_piece(
    desk: Desk,
    first: tuple[str, int, int, float],
    second: tuple[str, int, int, float],
    after_at: int,
    length: int,
    fade_out: int,
    fade_in: int,
) -> None:
    assets = []
    # the second begins with silence, as its cue-in tells
    for name, root, start, (suffix, rate, channels, level) in (
        ("Satu", 220.0, 0.0, first),
        ("Dua", 277.0, 0.32 * after_at + 0.06, second),
    ):
        path = desk.folder / f"{name}.{suffix}"
        save(path, music(LENGTH, root, 0.37, level=level, start=start), rate, channels)
        assets.append(await desk.item(path))
    (before, _), (after, own) = assets
    join = Join(before=before, after=after, before_at=15, after_at=after_at, length=length, fade_out=fade_out,
                fade_in=fade_in)  # fmt: skip
    heard, wanted = await heard_and_wanted(desk, join)
    same_level(heard, wanted)
    no_click(heard, wanted)
    house = desk.open(derived_id(join))
    assert (house.info.title, house.info.artist, house.info.album) == ("Dua", "Penyanyi", "Album")
    assert (house.info.gain_db, house.info.lufs) == (own.info.gain_db, own.info.lufs)
    assert house.format == own.format, "joins without a discontinuity"


async def test_an_item_that_sounds_at_once_enters_without_a_click(desk: Desk) -> None:
    """Only its first 53 ms are softened: then the mix is as if in one piece."""
    before, _ = await desk.item(save(desk.folder / "Satu.flac", music(LENGTH, 220, 0.5, level=0.03)))
    after, _ = await desk.item(save(desk.folder / "Dua.flac", music(LENGTH, 277, 0.32, level=0.1)))
    join = Join(before=before, after=after, before_at=12, after_at=0, length=5, fade_out=0)
    heard, wanted = await heard_and_wanted(desk, join)
    entry, leave = (12 - 4) * Q, (12 + 5 - 4) * Q
    same_level(heard[:entry], wanted[:entry])
    same_level(heard[entry + 2560 : leave - 2560], wanted[entry + 2560 : leave - 2560])
    same_level(heard[leave:], wanted[leave:])
    no_click(heard, wanted)


@pytest.mark.parametrize(("level", "decay"), [(0.1, 500), (0.4, 60)])
async def test_an_attack_at_the_join_leaves_the_item_before_it_whole(desk: Desk, level: float, decay: float) -> None:
    """The encoder turns to short windows at an attack; the packet before the join was encoded without knowing of it."""
    t = np.arange(round(LENGTH * RATE)) / RATE
    low = 0.22 * np.sin(2 * np.pi * 220 * t)
    bright = level * np.exp(-np.mod(t, 0.32) * decay) * np.random.default_rng(1).standard_normal(len(t))
    before, _ = await desk.item(save(desk.folder / "Gong.flac", low))
    after, _ = await desk.item(save(desk.folder / "Kendang.flac", np.where(t < 4, bright, low)))
    join = Join(before=before, after=after, before_at=12, after_at=4, length=5, fade_out=2)
    heard, wanted = await heard_and_wanted(desk, join)
    no_click(heard, wanted)
    if level < 0.2:  # so soft that without it the level is the same
        around = slice((12 - 4) * Q - 4800, (12 - 4) * Q + 4800)
        same_level(heard[around], wanted[around])


@pytest.mark.soak
async def test_a_limited_item_and_a_sum_over_the_ceiling(desk: Desk) -> None:
    """A limiter of the item's own is heard in the join, too; one of the sum is set, and said."""
    peaks = music(LENGTH, 220, 0.32, level=0.02)
    peaks[:: Q // 2] = 0.9
    quiet, own = await desk.item(save(desk.folder / "Puncak.flac", peaks))
    assert own.info.peak_limited
    soft, _ = await desk.item(save(desk.folder / "Dua.flac", music(LENGTH, 277, 0.37, start=0.4)))
    join = Join(before=quiet, after=soft, before_at=14, after_at=1, length=6, fade_out=6, fade_in=3)
    heard, wanted = await heard_and_wanted(desk, join)
    same_level(heard, wanted)
    t = np.arange(25 * Q) / RATE
    tone = 0.5 * np.sin(2 * np.pi * 100 * t)
    loud = [await desk.item(save(desk.folder / f"Keras-{n}.flac", tone)) for n in (1, 2)]
    assert not loud[0][1].info.peak_limited
    high = replace(RADIO, target_lufs=-6.0)
    for asset in (loud[0][0], loud[1][0]):
        await desk.item(desk.sources[asset].path, high)
    both = Join(before=loud[0][0], after=loud[1][0], before_at=10, after_at=10, length=6, fade_out=1)
    made, house = await desk.render(both, high)
    assert made.peak_limited and "Puncak dibatasi pada -1.0 dBTP." in made.notes
    peak = np.abs(decoded(desk.spliced([(house, 0, 6)]))).max()
    assert 0.7 < peak <= 10 ** (-1 / 20)


async def test_a_whole_set_is_kept_and_a_damaged_one_made_anew(desk: Desk) -> None:
    asset, _ = await desk.item(save(desk.folder / "Satu.flac", music(5, 220, 0.5)))
    tail = Tail(asset=asset, at=6, length=4)
    first, house = await desk.render(tail)
    written = house.renditions["a128"].path
    before = (written.read_bytes(), written.stat().st_ino)
    assert (await desk.render(tail))[0] == first
    assert written.stat().st_ino == before[1], "kept"
    written.write_bytes(before[0][:100])
    with pytest.raises(HouseFileDamaged):
        desk.open(derived_id(tail))
    assert (await desk.render(tail))[0] == first
    assert written.read_bytes() == before[0], "the same bytes again"


async def test_what_does_not_fit_is_refused_and_nothing_stays(desk: Desk) -> None:
    asset, house = await desk.item(save(desk.folder / "Satu.flac", music(5, 220, 0.5)))
    last = house.quanta
    with pytest.raises(ValueError, match=f"which has {last} quanta"):
        await desk.render(Tail(asset=asset, at=last - 3, length=4))
    with pytest.raises(ValueError, match="radio"):
        await desk.render(Join(before=asset, after=asset, before_at=1, after_at=1, length=1, fade_out=1), TV)
    desk.sources[asset].path.write_bytes(b"RIFF" + bytes(400))
    tail = Tail(asset=asset, at=3, length=4)
    with pytest.raises(ProcessFailed):
        await desk.render(tail)
    assert not folder_of(desk.house, RADIO.house(derived_id(tail))).exists()
    assert not list(desk.work.iterdir())


async def test_the_tail_of_radio_fades_to_silence(desk: Desk) -> None:
    path = save(desk.folder / "Satu.wav", music(8, 220, 0.37), 44_100, 1)
    asset, own = await desk.item(path)
    tail = Tail(asset=asset, at=13, length=9)
    made, house = await desk.render(tail)
    assert made.quanta == house.quanta == 9
    assert house.info.title == "Satu"
    samples = desk.level_of(asset, own)[: 22 * Q]
    samples[13 * Q :] *= np.cos(np.linspace(0, np.pi / 2, 9 * Q, endpoint=False))
    heard, wanted = decoded(desk.spliced([(own, 0, 13), (house, 0, 9)])), desk.in_one_piece(samples)
    same_level(heard[4 * Q :], wanted[4 * Q :])
    no_click(heard[4 * Q :], wanted[4 * Q :])
    assert np.abs(heard[-480:]).max() < 0.01


# --- TV ------------------------------------------------------------------------------------------------


def pictures(path: Path) -> npt.NDArray[np.float64]:
    """Decode every frame once, small and grey."""
    out = ffmpeg("-i", path, "-fps_mode", "passthrough", "-vf", "scale=32:18:flags=area", "-pix_fmt", "gray",
                 "-f", "rawvideo", "-")  # fmt: skip
    return np.frombuffer(out, np.uint8).reshape(-1, 18, 32).astype(np.float64)


async def tv_item(desk: Desk, name: str, picture_s: float, sound_s: float) -> tuple[AssetId, HouseSet]:
    """An item with a picture that moves, at 30 fps with B-frames."""
    path = desk.folder / name
    ffmpeg("-f", "lavfi", "-i", f"testsrc2=size=160x90:rate=30:duration={picture_s}",
           "-f", "lavfi", "-i", f"aevalsrc=0.2*sin(2*PI*440*t)|0.2*sin(2*PI*440*t):s=44100:d={sound_s}",
           "-c:v", "libx264", "-preset", "veryfast", "-g", 50, "-c:a", "aac", path)  # fmt: skip
    return await desk.item(path, TV)


async def test_the_tail_of_tv_goes_on_and_fades_to_black(desk: Desk) -> None:
    """Far into a file, in the middle of a GOP: the next frame, faded step by step; parameter sets as in the whole."""
    asset, own = await tv_item(desk, "Film.mp4", 24.0, 24.0)
    tail = Tail(asset=asset, at=64, length=5)
    made, house = await desk.render(tail, TV)
    assert made.quanta == house.quanta == 5
    assert house.format == own.format and house.info.has_picture
    for name in ("v180", "v90"):
        plain, faded = own.renditions[name].track, house.renditions[name].track
        assert isinstance(plain, VideoTrack) and isinstance(faded, VideoTrack)
        assert plain.avcc == faded.avcc
        shown = pictures(desk.spliced([(own, 0, 64), (house, 0, 5)], name))
        assert len(shown) == 69 * FRAMES
        whole = pictures(desk.spliced([(own, 0, own.quanta)], name))
        start, count = 64 * FRAMES, 5 * FRAMES
        off = [np.abs(shown[start] - whole[start + n]).mean() for n in range(-3, 4)]
        assert int(np.argmin(off)) == 3 and off[3] < 2, "the very next frame"
        for n in range(0, count, 7):
            part = 1 - n / (count - 1)
            assert np.abs(shown[start + n] - part * whole[start + n]).mean() < 4
        assert shown[-1].max() <= 2, "black"
    heard = decoded(desk.spliced([(own, 0, 64), (house, 0, 5)]))
    sound = level_db(heard, 2400)
    at = 64 * Q // 240
    assert np.ptp(sound[at - 100 : at + 5]) < 0.5
    assert sound[-1] < -40


async def test_the_tail_behind_the_last_picture_holds_it(desk: Desk) -> None:
    asset, own = await tv_item(desk, "Panjang.mp4", 14.0, 17.0)
    tail = Tail(asset=asset, at=46, length=4)
    _, house = await desk.render(tail, TV)
    last = pictures(desk.spliced([(own, 0, 46)], "v90"))[-1]
    shown = pictures(desk.spliced([(house, 0, 4)], "v90"))
    assert np.abs(shown[0] - last).mean() < 2
    assert len(shown) == 4 * FRAMES and shown[-1].max() <= 2


async def test_the_tail_of_sound_or_of_picture_alone(desk: Desk) -> None:
    """An item without picture fades its title card; one without sound is silent."""
    asset, own = await desk.item(save(desk.folder / "Lagu.flac", music(4, 220, 0.5)), TV)
    _, house = await desk.render(Tail(asset=asset, at=4, length=3), TV)
    assert desk.cards == ["Lagu", "Lagu"]
    assert house.format == own.format and not house.info.has_picture
    shown = pictures(desk.spliced([(house, 0, 3)], "v180"))
    assert shown[0].min() > 250 and shown[-1].max() <= 2
    silent = desk.folder / "Bisu.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=3", "-c:v", "libx264", silent)
    asset, own = await desk.item(silent, TV)
    _, house = await desk.render(Tail(asset=asset, at=2, length=3), TV)
    assert house.format == own.format
    assert math.isclose(len(decoded(desk.spliced([(house, 0, 3)]))) / RATE, seconds(3))
    assert np.abs(decoded(desk.spliced([(house, 0, 3)]))).max() < 1e-4
