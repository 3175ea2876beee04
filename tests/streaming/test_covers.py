"""Cover art in files of every kind, and pictures that mean harm."""

import base64
import io
import struct
import subprocess
import zlib
from pathlib import Path
from typing import Any

import mutagen
import pytest
from mutagen.apev2 import APEBinaryValue
from mutagen.asf import ASFByteArrayAttribute
from mutagen.flac import Picture
from mutagen.id3 import APIC, ID3
from mutagen.mp4 import MP4Cover
from PIL import Image

from streaming.covers import LARGEST, MOST_BYTES, CoverRefused, best, made_small, make_cover, pictures_in

pytestmark = pytest.mark.integration

FRONT, BACK = 3, 4


def picture(width: int, height: int, colour: str, kind: str = "PNG", mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height), colour).save(out, kind)
    return out.getvalue()


RED = picture(900, 600, "red")


def framed(data: bytes, kind: int) -> Picture:
    made = Picture()
    made.type, made.mime, made.data = kind, "image/png", data
    return made


def tag(path: Path, data: bytes) -> None:
    """Put `data` into a sound file as its front cover, by the habit of its format."""
    file: Any = mutagen.File(path)
    match path.suffix:
        case ".mp3":
            file.tags.add(APIC(type=BACK, mime="image/png", desc="b", data=picture(8, 8, "blue")))
            file.tags.add(APIC(type=FRONT, mime="image/png", desc="a", data=data))
        case ".flac":
            file.add_picture(framed(picture(8, 8, "blue"), BACK))
            file.add_picture(framed(data, FRONT))
        case ".ogg" | ".opus":
            file["metadata_block_picture"] = [base64.b64encode(framed(data, FRONT).write()).decode()]
        case ".m4a":
            file["covr"] = [MP4Cover(data, MP4Cover.FORMAT_PNG)]
        case ".wv":
            file["Cover Art (Front)"] = APEBinaryValue(b"sampul.png\0" + data)
        case ".wma":
            name = "image/png\0\0".encode("utf-16-le")
            file["WM/Picture"] = [ASFByteArrayAttribute(struct.pack("<BI", FRONT, len(data)) + name + data)]
    file.save()


def sound(path: Path) -> Path:
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=0.3:r=48000", *(["-f", "asf"] * (path.suffix == ".wma")),
         str(path)], check=True,
    )  # fmt: skip
    return path


@pytest.mark.parametrize("suffix", [".mp3", ".flac", ".ogg", ".opus", ".m4a", ".wv", ".wma"])
def test_the_front_cover_of_every_kind_of_file(tmp_path: Path, suffix: str) -> None:
    path = sound(tmp_path / f"a{suffix}")
    assert best(pictures_in(path)) is None
    tag(path, RED)
    assert best(pictures_in(path)) == RED


@pytest.mark.parametrize(
    "data",
    [
        RED,
        picture(2000, 100, "red", "JPEG"),
        picture(40, 50, "red", "GIF"),
        picture(500, 500, "red", "WEBP"),
        picture(64, 64, "#ff0000ff", mode="RGBA"),
    ],
)
def test_a_cover_becomes_a_small_jpeg(data: bytes) -> None:
    with Image.open(io.BytesIO(made_small(data)), formats=("JPEG",)) as small:
        assert max(small.size) <= LARGEST
        red, green, blue = small.getpixel((1, 1))  # type: ignore[misc]
        assert red > 240 and green < 20 and blue < 20


def test_what_is_transparent_lies_on_white() -> None:
    with Image.open(io.BytesIO(made_small(picture(20, 20, "#00000000", mode="RGBA")))) as small:
        assert small.getpixel((5, 5)) == (255, 255, 255)


def bomb() -> bytes:
    """Return a PNG of 60 kB that says it is 30,000 pixels high and wide."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(60_000_000), 9))


@pytest.mark.parametrize(
    "data",
    [bomb(), b"rubbish", RED[:200], b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG" + bytes(MOST_BYTES)],
)
def test_what_is_no_harmless_picture_is_refused(data: bytes) -> None:
    with pytest.raises((OSError, ValueError, Image.DecompressionBombError)):
        made_small(data)


async def test_a_cover_is_made_in_a_process_of_its_own(tmp_path: Path) -> None:
    path, target = sound(tmp_path / "a b.mp3"), tmp_path / "x" / "a.jpg"
    assert not await make_cover(path, target)
    tag(path, RED)
    assert await make_cover(path, target)
    with Image.open(target) as small:
        assert small.size == (320, 213)


async def test_a_bomb_ends_in_that_process_with_a_sentence(tmp_path: Path) -> None:
    path, target = sound(tmp_path / "a.mp3"), tmp_path / "a.jpg"
    tags = ID3(path)
    tags.add(APIC(type=FRONT, mime="image/png", desc="a", data=bomb()))
    tags.save(path)
    with pytest.raises(CoverRefused, match="30000 x 30000"):
        await make_cover(path, target)
    assert not target.exists()
