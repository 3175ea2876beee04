"""Small pictures of an item: a poster, and a strip of ten frames spread over its length.

Made from the key frames of its own conformed picture, which lie ready in the house file: nothing of the hostile source
is opened, and an hour costs as much as a minute. An item without picture shows the cover art that its file carries
(:mod:`streaming.covers`).
"""

import asyncio
import struct
import tempfile
from pathlib import Path

import ffmpeg

from lppl import durable, process
from lppl.errors import HouseFileDamaged
from lppl.media import AssetId
from lppl.quanta import Quanta
from streaming.commands import opened, reporting
from streaming.fmp4 import VideoTrack, fragment_header, init_segment
from streaming.house import HouseSet, Rendition, Span

POSTER_WIDTH = 320
ENOUGH = 2 * POSTER_WIDTH
"""Taken from a picture so wide: the leanest rung shows its blocks, and eleven key frames cost nothing."""
POSTER_AT = 0.2
"""Of the length: the title is over, and what it is about has begun."""
FRAMES = 10
FRAME_WIDTH = 160
PATIENCE_S = 120.0
"""Eleven pictures are decoded; idle work may have to wait for a busy processor."""


class Thumbs:
    """Where the pictures of assets lie: ``<root>/<2 hex>/<asset>.jpg``, ``-strip.jpg``, or ``.none``. Blocking."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def poster(self, asset: AssetId) -> Path:
        """Return where the poster lies, `POSTER_WIDTH` pixels wide, or a cover that fits into a square of that."""
        return self._root / asset[:2] / f"{asset}.jpg"

    def strip(self, asset: AssetId) -> Path:
        """Return where the strip lies: `FRAMES` pictures side by side, each `FRAME_WIDTH` pixels wide."""
        return self._root / asset[:2] / f"{asset}-strip.jpg"

    def known_bare(self, asset: AssetId) -> bool:
        """Tell whether it was found that there is nothing to show."""
        return self._bare(asset).exists()

    def keep_bare(self, asset: AssetId) -> None:
        """Write down that there is nothing to show. Raises OSError."""
        self._bare(asset).parent.mkdir(parents=True, exist_ok=True)
        self._bare(asset).touch()

    def _bare(self, asset: AssetId) -> Path:
        return self._root / asset[:2] / f"{asset}.none"


def rung_for(found: HouseSet) -> Rendition | None:
    """Return the least picture of a set that is wide enough, else its widest; None when it has no picture."""
    pictures = sorted(
        (track.width, name)
        for name, rendition in found.renditions.items()
        if isinstance(track := rendition.track, VideoTrack)
    )
    if not pictures:
        return None
    wide = [name for width, name in pictures if width >= ENOUGH]
    return found.renditions[wide[0] if wide else pictures[-1][1]]


def places(quanta: Quanta) -> tuple[Quanta, ...]:
    """Return the quanta of the pictures: the poster's first, then the middles of equal parts."""
    parts = ((n + 0.5) / FRAMES for n in range(FRAMES))
    return tuple(Quanta(int(quanta * part)) for part in (POSTER_AT, *parts))


def key_frames(rendition: Rendition, quanta: tuple[Quanta, ...]) -> bytes:
    """Return an MP4 of the key frames at or before `quanta`, each shown for one quantum. Raises HouseFileDamaged."""
    out = [init_segment(rendition.track)]
    for n, q in enumerate(quanta):
        span = rendition.span(rendition.last_gop(q) or Quanta(0), 1)
        (size,) = struct.unpack(">I", span.sizes[:4])
        ticks = rendition.ticks_per_quantum
        out.append(fragment_header(n, ticks, span.sizes[:4], size, video=True, duration=ticks))
        out.append(rendition.read(Span(b"", size, ((span.slices[0][0], size),))))
    return b"".join(out)


def pictures_argv(frames: Path, poster: Path, strip: Path) -> list[str]:
    """Return the ffmpeg command that makes both pictures of what :func:`key_frames` wrote."""
    # JPEG is full range, by the matrix of BT.601
    jpeg = {"flags": "bicubic", "in_color_matrix": "bt709", "out_color_matrix": "bt601", "out_range": "pc"}
    split = opened(frames, threads=1).video.filter_multi_output("split")
    first = split[0].filter("scale", POSTER_WIDTH, -2, **jpeg).filter("format", "yuvj420p")
    row = (
        split[1]
        .filter("select", "gte(n,1)")
        .filter("scale", FRAME_WIDTH, -2, **jpeg)
        .filter("format", "yuvj420p")
        .filter("tile", f"{FRAMES}x1")
    )
    kept = {"frames:v": 1, "format": "image2", "vcodec": "mjpeg", "flags": "+bitexact", "map_metadata": -1}
    made = (
        ffmpeg.output(first, str(poster), **{"q:v": 4}, **kept),
        ffmpeg.output(row, str(strip), **{"q:v": 6}, **kept),
    )
    return reporting(ffmpeg.merge_outputs(*made).compile(overwrite_output=True))


async def make_pictures(found: HouseSet, asset: AssetId, thumbs: Thumbs) -> None:
    """Make poster and strip of an item from its house set, when nothing else wants the processor.

    Raises HouseFileDamaged, also for a set without picture; ProcessFailed, TimeoutError, OSError.
    """
    rendition = rung_for(found)
    if rendition is None:
        raise HouseFileDamaged(found.info.house, "no picture")
    with tempfile.TemporaryDirectory(prefix="lppl-pictures-") as name:
        work = Path(name)
        frames, poster, strip = work / "frames.mp4", work / "poster.jpg", work / "strip.jpg"
        cut = await asyncio.to_thread(key_frames, rendition, places(found.quanta))
        await asyncio.to_thread(frames.write_bytes, cut)
        await process.run(pictures_argv(frames, poster, strip), idle=True, timeout=PATIENCE_S)
        await asyncio.to_thread(_keep, ((strip, thumbs.strip(asset)), (poster, thumbs.poster(asset))))


def _keep(made: tuple[tuple[Path, Path], ...]) -> None:
    """Put pictures into their places; the poster comes last: who sees it finds the strip, too."""
    for source, target in made:
        durable.write_file(target, source.read_bytes())
