"""Cover art that a sound file carries, made small by a process of its own: strangers wrote both file and picture.

Run as ``python -m streaming.covers SOURCE TARGET``: the process sets itself limits, reads the tags, and writes a JPEG.
It prints what came of it. Whatever a hostile file does to it, it ends there.
"""

import base64
import io
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mutagen
from mutagen.flac import Picture
from PIL import Image

from lppl import durable, process
from lppl.errors import LpplError, ProcessFailed

LARGEST = 320
"""Pixels of the longer side of what is kept."""
MOST_BYTES = 16 << 20
MOST_PIXELS = 40_000_000
"""A cover scanned at 600 dpi; beyond it a picture is a bomb: few bytes that unpack to gigabytes."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
CPU_S = 20
MEMORY = 1 << 30
PATIENCE_S = 120.0
FRONT = 3
"""The front cover, by the numbers that ID3 gave and everybody took over."""
MADE, NONE = "made", "none"


class CoverRefused(LpplError):
    """The cover art of a file cannot be shown."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(
            f"Gambar sampul di dalam berkas ini tidak dapat dipakai ({detail}); ganti gambarnya bila perlu.",
            f"The cover art inside this file cannot be used ({detail}); replace it if it matters.",
        )


async def make_cover(source: Path, target: Path) -> bool:
    """Write the cover art of `source` to `target` as a small JPEG; tell whether it has any.

    Both paths are whole ones. Raises CoverRefused; OSError.
    """
    argv = [sys.executable, "-m", "streaming.covers", str(source), str(target)]
    try:
        outcome = (await process.run(argv, idle=True, timeout=PATIENCE_S)).decode().strip()
    except ProcessFailed as error:
        # the last line of a traceback names the error and says what is wrong
        raise CoverRefused(error.stderr.strip().rpartition("\n")[2][:120] or str(error.returncode)) from None
    except TimeoutError:
        raise CoverRefused(f"> {PATIENCE_S:.0f} s") from None
    return outcome == MADE


# --- in the process of its own -----------------------------------------------------------------------


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def pictures_in(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the pictures that a file carries, with their ID3 types. Raises whatever mutagen does."""
    file: Any = mutagen.File(path)
    tags: Any = getattr(file, "tags", None) or {}
    for picture in getattr(file, "pictures", ()):  # FLAC
        yield picture.type, picture.data
    for key in list(tags.keys()):
        name = str(key).casefold()
        if name.startswith("apic"):  # ID3
            yield tags[key].type, tags[key].data
        elif name == "covr":  # MP4
            yield from ((FRONT, bytes(cover)) for cover in tags[key])
        elif name == "metadata_block_picture":  # Ogg
            for text in tags[key]:
                picture = Picture(base64.b64decode(text))  # type: ignore[no-untyped-call]
                yield picture.type, picture.data
        elif name.startswith("cover art (front"):  # APE: a name, a null byte, the picture
            yield FRONT, bytes(tags[key].value).partition(b"\0")[2]
        elif name == "wm/picture":  # ASF: type, length, two texts in UTF-16 that end with nulls, the picture
            for value in tags[key]:
                yield value.value[0], _behind_texts(bytes(value.value))


def _behind_texts(data: bytes) -> bytes:
    """Return the picture of an ASF attribute: so many bytes at its end as it says."""
    length = int.from_bytes(data[1:5], "little")
    return data[-length:] if length else b""


def best(pictures: Iterator[tuple[int, bytes]]) -> bytes | None:
    """Return the front cover, or whatever comes first; None when there is no picture at all."""
    found = [(kind, data) for kind, data in pictures if data]
    return next((data for kind, data in found if kind == FRONT), found[0][1] if found else None)


def made_small(data: bytes) -> bytes:
    """Return a picture as a JPEG that fits into a square of `LARGEST` pixels.

    Raises OSError, ValueError, DecompressionBombError.
    """
    if len(data) > MOST_BYTES:
        raise ValueError(f"{len(data) >> 20} MB")
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:  # before a single pixel is unpacked
            raise ValueError(f"{width} x {height}")
        picture.draft("RGB", (2 * LARGEST, 2 * LARGEST))  # a large JPEG is then decoded at a fraction of its size
        whole = picture.convert("RGBA") if picture.mode in ("P", "LA", "PA", "RGBA") else picture.convert("RGB")
    if whole.mode == "RGBA":
        paper = Image.new("RGB", whole.size, "white")
        paper.paste(whole, mask=whole.getchannel("A"))
        whole = paper
    whole.thumbnail((LARGEST, LARGEST))
    out = io.BytesIO()
    whole.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def main(source: str, target: str) -> str:
    """Write the cover of `source` to `target`; return what came of it."""
    _limit()
    Image.MAX_IMAGE_PIXELS = None  # ours is lower
    data = best(pictures_in(Path(source)))
    if data is None:
        return NONE
    durable.write_file(Path(target), made_small(data))
    return MADE


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
