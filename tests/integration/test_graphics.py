"""Graphics burnt in by the real ffmpeg: they are where they were drawn, as long as they should, and nowhere else.

Each variant is compared with the plain item, picture by picture, over which the drawn pictures are laid here.
"""

import asyncio
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from lppl.derived import Variant
from lppl.errors import MediaRefused
from lppl.media import AudioRung, ChannelKind, Profile, VideoRung
from lppl.programme import AgeClass
from lppl.quanta import FRAMES, Quanta
from streaming.fmp4 import VideoTrack
from streaming.graphics import NOTICE, Graphics, Layer, draw
from streaming.house import HouseSet
from tests.integration.test_conform import Conformer, check_set, decoded_pictures, ffmpeg, joined, tone

pytestmark = pytest.mark.integration

Frames = npt.NDArray[np.int16]
"""(frame, row, column, RGB)."""

RUNGS = (
    VideoRung("v720", 1280, 720, 2_500_000),
    VideoRung("v480", 854, 480, 1_200_000),
    VideoRung("v240", 426, 240, 75_000),
)
TV = Profile(ChannelKind.TV, RUNGS, (AudioRung("a64", 64_000),), -16.0, -1.0, "veryfast")
SMALL = Profile(ChannelKind.TV, (VideoRung("v180", 320, 180, 300_000),), TV.audio, -16.0, -1.0, "veryfast")
AT = (0, 50, NOTICE * FRAMES - 1, NOTICE * FRAMES, 250)
"""Frames that are looked at, and the last: first, at 2 s, around the notice's end, at 10 s."""
RED, BLUE = (200, 50, 30), (20, 60, 160)


def filmed(path: Path, size: str, length: float, *more: object) -> Path:
    """Make a calm picture with something that moves in the middle."""
    bars = f"smptehdbars=size={size}:rate=25:duration={length},hue=s=0.6"
    box = "drawbox=x=iw*(0.4+0.1*sin(t)):y=ih*0.4:w=iw*0.1:h=ih*0.1:color=0x607080:t=fill"
    ffmpeg("-f", "lavfi", "-i", f"{bars},{box}", *tone(length), "-c:v", "libx264", "-preset", "ultrafast", "-crf", 12,
           "-pix_fmt", "yuv420p", *more, "-c:a", "aac", path)  # fmt: skip
    return path


def logo_file(folder: Path) -> Path:
    """Draw a red ring around what is half transparent, and something blue."""
    picture = Image.new("RGBA", (400, 300), (0, 255, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((20, 20, 280, 280), fill=(*RED, 255))
    pen.ellipse((90, 90, 210, 210), fill=(255, 255, 255, 128))
    pen.rectangle((300, 60, 379, 239), fill=(*BLUE, 255))
    picture.save(folder / "logo.png")
    return folder / "logo.png"


def frames(path: Path, size: tuple[int, int], numbers: Sequence[int]) -> Frames:
    """Decode the frames `numbers` (ascending) as they are seen."""
    chosen = "+".join(f"eq(n,{n})" for n in numbers)
    argv = ["ffmpeg", "-v", "warning", "-i", path, "-map", "0:v", "-fps_mode", "passthrough", "-vf",
            f"select='{chosen}',scale=in_color_matrix=bt709:in_range=tv", "-pix_fmt", "rgb24",
            "-f", "rawvideo", "-"]  # fmt: skip
    done = subprocess.run(argv, capture_output=True, check=True)
    assert not done.stderr, done.stderr.decode()
    return np.frombuffer(done.stdout, np.uint8).reshape(len(numbers), size[1], size[0], 3).astype(np.int16)


Box = tuple[slice, slice]
"""Rows and columns."""


def placed(layer: Layer, size: tuple[int, int]) -> tuple[Box, Frames, npt.NDArray[np.float64]]:
    """Return where `layer` lies in a frame, its colours, and its alpha from 0 to 1."""
    picture = np.asarray(Image.open(layer.path))
    h, w = picture.shape[:2]
    names = {"W": size[0], "H": size[1], "w": w, "h": h}
    x, y = (int(eval(text, {}, names)) // 2 * 2 for text in (layer.x, layer.y))  # chroma samples are never split
    return (slice(y, y + h), slice(x, x + w)), picture[..., :3].astype(np.int16), picture[..., 3:] / 255


def apart(a: Frames, b: npt.NDArray[np.generic]) -> float:
    """Return the mean difference of two pictures' luma, 0 to 255 (chroma is shared by four pixels: see the colours)."""
    return float(np.abs((a - b) @ (0.2126, 0.7152, 0.0722)).mean())


def under(plain: Frames, layer: Layer, size: tuple[int, int]) -> tuple[Box, npt.NDArray[np.float64]]:
    """Return the box of `layer` and what is to be seen in it when it is laid over the frame `plain`."""
    box, colours, alpha = placed(layer, size)
    return box, plain[box] * (1 - alpha) + colours * alpha


@dataclass
class Pair:
    """A plain item and its variant, frames of both by rung."""

    conformer: Conformer
    plain: HouseSet
    variant: HouseSet
    layers: list[tuple[Layer, ...]]
    seen: dict[str, tuple[Frames, Frames]] = field(default_factory=dict)

    def of(self, rung: VideoRung) -> tuple[Frames, Frames]:
        """Return the frames AT and the last of the plain item and of the variant."""
        if rung.name not in self.seen:
            numbers = (*AT, self.plain.quanta * FRAMES - 1)
            plain, variant = (
                frames(joined(self.conformer, [(s.info.house, 0, s.quanta)], rung.name),
                       (rung.width, rung.height), numbers)
                for s in (self.plain, self.variant)
            )  # fmt: skip
            self.seen[rung.name] = plain, variant
        return self.seen[rung.name]


async def pair_of(folder: Path, source: Path, profile: Profile, age: AgeClass, part: Quanta | None = None) -> Pair:
    """Conform `source` plain and with everything burnt in."""
    graphics = Graphics.of(Variant(asset="0" * 40, logo="1" * 40, age=age, notice=True), logo_file(folder))
    conformer = Conformer(folder)
    _, plain = await conformer(source, profile, part=part)
    _, variant = await conformer(source, profile, f"{source.stem}+", part, graphics)
    return Pair(conformer, plain, variant, await draw(graphics, profile.video, folder, idle=False))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder = tmp_path_factory.mktemp("graphics")
    return asyncio.run(pair_of(folder, filmed(folder / "in.mp4", "1280x720", 11), TV, AgeClass.R))


@pytest.mark.parametrize("rung", RUNGS, ids=[r.name for r in RUNGS])
def test_label_and_logo_stand_in_every_frame_as_they_were_drawn(pair: Pair, rung: VideoRung) -> None:
    label, logo, _ = pair.layers[RUNGS.index(rung)]
    for before, after in zip(*pair.of(rung), strict=True):
        for layer in (label, logo):
            box, expected = under(before, layer, (rung.width, rung.height))
            assert apart(after[box], expected) < 6
            assert apart(after[box], before[box]) > 25


@pytest.mark.parametrize("rung", RUNGS, ids=[r.name for r in RUNGS])
def test_the_notice_stands_for_eight_seconds(pair: Pair, rung: VideoRung) -> None:
    *_, notice = pair.layers[RUNGS.index(rung)]
    for number, before, after in zip((*AT, -1), *pair.of(rung), strict=True):
        box, expected = under(before, notice, (rung.width, rung.height))
        if 0 <= number < 200:
            assert apart(after[box], expected) < 6
            assert apart(after[box], before[box]) > 25
        else:
            assert apart(after[box], before[box]) < 3


@pytest.mark.parametrize("rung", RUNGS, ids=[r.name for r in RUNGS])
def test_nothing_else_is_changed(pair: Pair, rung: VideoRung) -> None:
    outside = np.ones((rung.height, rung.width), bool)
    for layer in pair.layers[RUNGS.index(rung)]:
        (rows, columns), *_ = placed(layer, (rung.width, rung.height))
        outside[max(0, rows.start - 8) : rows.stop + 8, max(0, columns.start - 8) : columns.stop + 8] = False
    assert outside.mean() > 0.5
    for before, after in zip(*pair.of(rung), strict=True):
        assert apart(after[outside], before[outside]) < 1.5


@pytest.mark.parametrize("rung", RUNGS, ids=[r.name for r in RUNGS])
def test_the_logo_has_its_colours(pair: Pair, rung: VideoRung) -> None:
    """By the matrix of what airs, not the scaler's guess, which is off by 13 in the red."""
    _, logo, _ = pair.layers[RUNGS.index(rung)]
    box, drawn, alpha = placed(logo, (rung.width, rung.height))
    after = pair.of(rung)[1][-1][box]
    for colour in (RED, BLUE):
        of_it = (np.abs(drawn - colour).max(axis=-1) <= 2) & (alpha[..., 0] == 1)
        inner = of_it.copy()  # what lies at an edge shares its chroma
        for axis in (0, 1):
            for step in (-2, 2):
                inner &= np.roll(of_it, step, axis)
        assert inner.sum() >= 20
        assert np.abs(np.median(after[inner], axis=0) - colour).max() <= 8


def test_a_variant_joins_plain_items_without_a_seam(pair: Pair) -> None:
    assert pair.variant.quanta == pair.plain.quanta
    for rung in RUNGS:
        a, b = (s.renditions[rung.name].track for s in (pair.plain, pair.variant))
        assert isinstance(a, VideoTrack)
        assert isinstance(b, VideoTrack)
        assert a.avcc == b.avcc
    check_set(pair.variant)
    plain, variant = pair.plain.info.house, pair.variant.info.house
    parts = [(plain, 0, 7), (variant, 0, 20), (plain, 6, 12), (variant, 24, 5)]
    assert len(decoded_pictures(joined(pair.conformer, parts, "v240"))) == 44 * FRAMES
    a64 = [s.renditions["a64"].samples(Quanta(0), s.quanta) for s in (pair.plain, pair.variant)]
    assert a64[0] == a64[1], "the sound is the same"


async def test_the_notice_ends_in_time_when_an_item_is_encoded_in_parts(tmp_path: Path) -> None:
    """The third part begins at 7.68 s: eight frames of the notice lie in it, and none in the fourth."""
    source = filmed(tmp_path / "long.mp4", "320x180", 22)
    pair = await pair_of(tmp_path, source, SMALL, AgeClass.P, Quanta(12))
    numbers = (95, 96, 191, 192, 199, 200, 287, 288, pair.plain.quanta * FRAMES - 1)
    before, after = (
        frames(joined(pair.conformer, [(s.info.house, 0, s.quanta)], "v180"), (320, 180), numbers)
        for s in (pair.plain, pair.variant)
    )
    label, _, notice = pair.layers[0]
    for i, number in enumerate(numbers):
        box, expected = under(before[i], label, (320, 180))
        assert apart(after[i][box], expected) < 6, number
        box, expected = under(before[i], notice, (320, 180))
        assert apart(after[i][box], expected if number < 200 else before[i][box]) < 6, number
        assert (apart(after[i][box], before[i][box]) > 25) == (number < 200), number


@pytest.mark.parametrize(
    ("name", "size", "more"),
    [("portrait", "180x320", ()), ("classic", "720x576", ("-vf", "setdar=4/3")), ("wide", "640x270", ())],
)
async def test_pictures_with_bars_show_the_label(tmp_path: Path, name: str, size: str, more: Sequence[str]) -> None:
    pair = await pair_of(tmp_path, filmed(tmp_path / f"{name}.mp4", size, 1, *more), SMALL, AgeClass.D)
    assert len(pair.layers[0]) == 2, "no notice is asked for D"
    last = (pair.plain.quanta * FRAMES - 1,)
    before, after = (
        frames(joined(pair.conformer, [(s.info.house, 0, s.quanta)], "v180"), (320, 180), last)[0]
        for s in (pair.plain, pair.variant)
    )
    for layer in pair.layers[0]:
        box, expected = under(before, layer, (320, 180))
        assert apart(after[box], expected) < 6
        assert apart(after[box], before[box]) > 15


async def test_the_card_of_an_item_without_picture_is_labelled_too(tmp_path: Path) -> None:
    source = tmp_path / "song.mp3"
    ffmpeg(*tone(1), "-c:a", "libmp3lame", source)
    pair = await pair_of(tmp_path, source, SMALL, AgeClass.SU)
    before, after = (
        frames(joined(pair.conformer, [(s.info.house, 0, s.quanta)], "v180"), (320, 180), (20,))[0]
        for s in (pair.plain, pair.variant)
    )
    box, expected = under(before, pair.layers[0][0], (320, 180))
    assert apart(after[box], expected) < 6
    assert apart(after[box], before[box]) > 15


async def test_a_damaged_logo_refuses_the_variant_and_leaves_nothing(tmp_path: Path) -> None:
    source = filmed(tmp_path / "in.mp4", "320x180", 1)
    logo = logo_file(tmp_path)
    logo.write_bytes(logo.read_bytes()[:600])
    with pytest.raises(MediaRefused, match=r"rusak .* / .* damaged") as refused:
        await Conformer(tmp_path)(source, SMALL, graphics=Graphics(logo, "R 13-17", ""))
    assert refused.value.reason == "logo-damaged"
    assert not list((tmp_path / "house").rglob("*.mp4"))
