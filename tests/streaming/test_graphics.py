"""What is burnt in, where and until when; how it is drawn; what happens to a logo that is no picture."""

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from lppl.derived import Variant
from lppl.errors import LpplError, MediaRefused
from lppl.media import AudioRung, ChannelKind, Facts, Profile, VideoFacts, VideoRung
from lppl.programme import AgeClass
from lppl.quanta import Quanta
from streaming import drawing
from streaming.commands import video_argv
from streaming.graphics import NOTICE, SAFE, Graphics, draw, layer_path

RUNG = VideoRung("v180", 320, 180, 300_000)
LOGO = Path("logo.png")
GUIDANCE = "Orang tua diimbau mendampingi."


# --- what ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        (Variant(asset="a"), Graphics(None, "", "")),
        (Variant(asset="a", logo="b"), Graphics(LOGO, "", "")),
        (Variant(asset="a", age=AgeClass.R), Graphics(None, "R 13-17", "")),
        (Variant(asset="a", age=AgeClass.P, notice=True),
         Graphics(None, "P 2-6", f"Program ini untuk anak usia 2-6 tahun.\n{GUIDANCE}")),
        (Variant(asset="a", age=AgeClass.A, notice=True),
         Graphics(None, "A 7-12", f"Program ini untuk anak usia 7-12 tahun.\n{GUIDANCE}")),
        (Variant(asset="a", age=AgeClass.R, notice=True),
         Graphics(None, "R 13-17", f"Program ini untuk remaja usia 13-17 tahun.\n{GUIDANCE}")),
        # the rule asks a notice of P, A and R only
        (Variant(asset="a", age=AgeClass.D, notice=True), Graphics(None, "D 18+", "")),
        (Variant(asset="a", age=AgeClass.SU, notice=True), Graphics(None, "SU 2+", "")),
        (Variant(asset="a", notice=True), Graphics(None, "", "")),
    ],
)  # fmt: skip
def test_a_variant_says_what_is_burnt_in(variant: Variant, expected: Graphics) -> None:
    assert Graphics.of(variant, LOGO) == expected


def test_a_logo_that_is_asked_for_must_be_given() -> None:
    with pytest.raises(ValueError, match="logo b is needed"):
        Graphics.of(Variant(asset="a", logo="b"), None)


def test_only_what_is_wanted_becomes_a_layer() -> None:
    folder = Path("work")
    every = Graphics(LOGO, "R 13-17", "Perhatian.").layers(RUNG, folder)
    assert [layer.path.name for layer in every] == ["v180.label.png", "v180.logo.png", "v180.notice.png"]
    assert [layer.until for layer in every] == [None, None, NOTICE]
    assert Graphics(None, "SU 2+", "").layers(RUNG, folder) == every[:1]
    assert Graphics(None, "", "").layers(RUNG, folder) == ()


FACTS = Facts("mov", 0.0, 60.0, VideoFacts(0, "h264", 320, 180, 0, 25.0, False, "yuv420p", "1:1", "", 60.0), None)
TV = Profile(ChannelKind.TV, (RUNG,), (AudioRung("a64", 64_000),), -16.0, -1.0, "veryfast")


@pytest.mark.parametrize(("start", "frames"), [(0, 200), (12, 104), (24, 8), (25, 0), (300, 0)])
def test_the_notice_stands_for_eight_seconds_of_the_item_whichever_part_is_encoded(start: int, frames: int) -> None:
    layers = Graphics(None, "R 13-17", "Perhatian.").layers(RUNG, Path("work"))
    argv = video_argv(Path("in.mp4"), FACTS, TV, (Quanta(start), 60), [Path("out.mp4")], None, [layers])
    read = [word for word in argv if word.endswith(".png")]
    graph = argv[argv.index("-filter_complex") + 1].replace("\\", "")
    assert read == [f"file:work/v180.{piece}.png" for piece in (["label", "notice"] if frames else ["label"])]
    assert (f"lt(n,{frames})" in graph) == bool(frames)
    assert graph.count("enable=") == bool(frames)


# --- how -----------------------------------------------------------------------------------------------

SIZES = [(1920, 1080), (1280, 720), (854, 480), (426, 240), (320, 180), (160, 90), (720, 1280), (480, 480)]


@pytest.mark.parametrize("size", SIZES)
def test_everything_fits_into_the_safe_area_beside_each_other(size: drawing.Size) -> None:
    w, h = size[0] * (1 - 2 * SAFE), size[1] * (1 - 2 * SAFE)
    label = drawing.label(size, "R 13-17")
    logo = drawing.logo(size, Image.new("RGBA", (90, 50), (200, 0, 0, 255)))
    notice = drawing.notice(size, f"Program ini untuk remaja usia 13-17 tahun.\n{GUIDANCE}")
    for picture in (label, logo, notice):
        assert picture.mode == "RGBA"
        assert picture.width % 2 == picture.height % 2 == 0
        assert picture.width <= w + 2
    assert label.width + logo.width < w
    assert max(label.height, logo.height) + notice.height < h


def test_the_label_is_a_letter_on_gold_and_an_age_on_night() -> None:
    picture = drawing.label((1280, 720), "R 13-17")
    middle = picture.height // 2
    assert picture.getpixel((6, middle)) == (*drawing.GOLD, 255)
    assert picture.getpixel((picture.width - 6, middle)) == (*drawing.NIGHT, 255)
    assert picture.getpixel((0, 0))[3] < 40, "round corners"  # type: ignore[index]
    colours = {colour for _, colour in picture.getcolors(100_000) or []}
    assert (*drawing.CREAM, 255) in colours
    assert drawing.label((1280, 720), "SU 2+").tobytes() != picture.tobytes()


def test_letters_shrink_less_than_the_frame() -> None:
    large, small = drawing.label((1280, 720), "D 18+"), drawing.label((426, 240), "D 18+")
    assert large.height / 3 < small.height < large.height / 2


def test_a_long_line_is_wrapped() -> None:
    short, long = drawing.notice((320, 180), "kata"), drawing.notice((320, 180), "kata " * 30)
    assert long.width <= 320 * (1 - 2 * SAFE) + 2
    assert long.height > 2 * short.height


def test_a_logo_keeps_shape_colour_and_transparency() -> None:
    source = Image.new("RGBA", (400, 300), (0, 255, 0, 0))  # what is transparent has a colour, which must not leak
    pen = ImageDraw.Draw(source)
    pen.rectangle((100, 100, 299, 199), fill=(200, 50, 30, 255))
    pen.rectangle((150, 120, 249, 179), fill=(200, 50, 30, 128))
    made = drawing.logo((1280, 720), source)
    assert made.height == 88, "12 % of the height, its margin not counted"
    assert made.width / made.height == pytest.approx(2, rel=0.03)
    assert made.getpixel((4, 44)) == (200, 50, 30, 255)
    r, g, b, a = made.getpixel((made.width // 2, 44))  # type: ignore[misc]
    assert max(abs(r - 200), abs(g - 50), abs(b - 30), abs(a - 128)) <= 2
    assert max(colour[1] for _, colour in made.getcolors(100_000) or [] if colour[3] > 40) <= 60  # type: ignore[index]


# --- logos that are none -------------------------------------------------------------------------------


def png_of(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixel."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + b"\0\0\0\0IDAT"


def cut(path: Path, kind: str) -> None:
    picture = Image.effect_noise((200, 200), 60).convert("RGB")
    picture.save(path, kind)
    path.write_bytes(path.read_bytes()[:4_000])


FAULTS = {
    "unreadable": {"missing": lambda p: None, "a-folder": lambda p: p.mkdir()},
    "damaged": {
        "no-bytes": lambda p: p.write_bytes(b""),
        "text": lambda p: p.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>"),
        "postscript": lambda p: p.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
        "cut-png": lambda p: cut(p, "PNG"),
        "cut-jpeg": lambda p: cut(p, "JPEG"),
        "cut-webp": lambda p: cut(p, "WEBP"),
        "head-only": lambda p: p.write_bytes(png_of(64, 64)),
    },
    "large": {
        "too-large": lambda p: p.write_bytes(png_of(6_000, 6_000)),
        "bomb": lambda p: p.write_bytes(png_of(60_000, 60_000)),
        "small-bomb": lambda p: p.write_bytes(png_of(11_000, 11_000)),
    },
    "empty": {"transparent": lambda p: Image.new("RGBA", (40, 40), (9, 9, 9, 0)).save(p, "PNG")},
}


@pytest.mark.parametrize(("fault", "case"), [(f, c) for f, cases in FAULTS.items() for c in cases])
def test_a_logo_that_is_no_picture_is_named_as_such(tmp_path: Path, fault: str, case: str) -> None:
    logo = tmp_path / "logo.png"
    FAULTS[fault][case](logo)
    with pytest.raises(drawing.LogoFault) as failed:
        drawing.opened_logo(logo)
    assert failed.value.fault == fault


KINDS = [(kind, mode) for kind in drawing.LOGO_FORMATS if kind != "JPEG" for mode in ("RGB", "L", "P")]
KINDS += [("JPEG", mode) for mode in ("RGB", "L", "CMYK")]


@pytest.mark.parametrize(("kind", "mode"), KINDS)
def test_logos_of_any_kind_and_colour_are_read(tmp_path: Path, kind: str, mode: str) -> None:
    path = tmp_path / "logo"
    Image.new("RGB", (40, 30), (120, 120, 120)).convert(mode, palette=Image.Palette.ADAPTIVE).save(path, kind)
    made = drawing.opened_logo(path)
    assert (made.mode, made.size) == ("RGBA", (40, 30))
    r, g, b, a = made.getpixel((20, 15))  # type: ignore[misc]
    assert max(abs(r - 120), abs(g - 120), abs(b - 120)) <= 12
    assert a == 255


async def test_the_child_draws_for_every_rung(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    Image.new("RGBA", (60, 40), (200, 50, 30, 255)).save(logo)
    rungs = [RUNG, VideoRung("v90", 160, 90, 120_000)]
    made = await draw(Graphics(logo, "A 7-12", "Perhatian."), rungs, tmp_path, idle=False)
    assert [len(layers) for layers in made] == [3, 3]
    with Image.open(layer_path(tmp_path, "v90", "label")) as picture:
        assert picture.tobytes() == drawing.label((160, 90), "A 7-12").tobytes()


@pytest.mark.parametrize(("case", "kind", "word"), [("missing", LpplError, "tidak dapat dibuka"),
                                                    ("cut-png", MediaRefused, "rusak"),
                                                    ("too-large", MediaRefused, "terlalu besar")])  # fmt: skip
async def test_a_bad_logo_is_told_to_staff(tmp_path: Path, case: str, kind: type[LpplError], word: str) -> None:
    logo = tmp_path / "lambang.png"
    next(cases[case] for cases in FAULTS.values() if case in cases)(logo)
    with pytest.raises(LpplError) as failed:
        await draw(Graphics(logo, "", ""), [RUNG], tmp_path, idle=False)
    assert type(failed.value) is kind
    assert "lambang.png" in failed.value.english
    assert word in failed.value.indonesian
