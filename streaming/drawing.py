"""The child process that draws TV graphics: label, logo and notice as small pictures with alpha, one set a rung.

Pure drawing except for :func:`opened_logo` and :func:`main`. Sizes in (square) pixels of the rung's frame; every
picture has even sides, so that no chroma sample is shared with what lies beside it. Panels are opaque: the few bits of
the smallest rung then go into the letters, not into what moves behind them.
"""

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from lppl.demo.look import CREAM, GOLD, NIGHT, Colour, clear, font, width_of, wrapped
from streaming.graphics import BAD_LOGO, SAFE, layer_path

Size = tuple[int, int]

LOGO_TALL, LOGO_WIDE = 0.12, 0.22
"""The logo fills a box of these shares of the frame's height and width."""
LOGO_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
LOGO_PIXELS = 4096 * 4096
SMOOTH = 4
"""Round corners are drawn so many times larger."""


class LogoFault(Exception):
    """The logo cannot be used; `fault` is a word of `streaming.graphics.LOGO_FAULTS`."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def unit(size: Size) -> float:
    """Return what is one pixel of lettering at 720 lines; in smaller frames letters shrink less than the picture."""
    return float((min(size) / 720) ** 0.7)


def even(length: float) -> int:
    """Return `length` rounded up to an even number, at least 2."""
    return max(2, 2 * -int(-length // 2))


def panel(size: Size, radius: float, stripes: Sequence[tuple[float, Colour]]) -> Image.Image:
    """Draw a rounded opaque panel of stripes side by side: (right end as a share of the width, colour)."""
    w, h = size
    layer = clear(size)
    draw = ImageDraw.Draw(layer)
    left = 0
    for share, colour in stripes:
        draw.rectangle((left, 0, round(w * share), h), fill=colour)
        left = round(w * share)
    outline = Image.new("L", (w * SMOOTH, h * SMOOTH), 0)
    ImageDraw.Draw(outline).rounded_rectangle((0, 0, *outline.size), radius * SMOOTH, fill=255)
    layer.putalpha(outline.resize(size, Image.Resampling.BOX))
    return layer


def label(size: Size, text: str) -> Image.Image:
    """Draw the age label: the letter dark on gold, the age light on dark. `text` is letter, space, age."""
    u = unit(size)
    letter, _, years = text.partition(" ")
    big, small = font(round(38 * u), bold=True), font(round(34 * u), bold=True)
    pad = 13 * u
    first = width_of(letter, big) + 2 * pad
    second = width_of(years, small) + 2 * pad if years else 0.0
    w, h = even(first + second), even(56 * u)
    picture = panel((w, h), 8 * u, [(first / w, GOLD), (1.0, NIGHT)])
    draw = ImageDraw.Draw(picture)
    draw.text((first / 2, h / 2), letter, font=big, fill=NIGHT, anchor="mm")
    draw.text((first + second / 2, h / 2), years, font=small, fill=CREAM, anchor="mm")
    return picture


def logo(size: Size, picture: Image.Image) -> Image.Image:
    """Scale what is seen of an RGBA logo into its box, transparency kept."""
    seen = picture.crop(picture.getchannel("A").getbbox())
    scale = min(size[1] * LOGO_TALL / seen.height, size[0] * LOGO_WIDE / seen.width)
    return seen.resize((even(seen.width * scale), even(seen.height * scale)), Image.Resampling.LANCZOS)


def notice(size: Size, text: str) -> Image.Image:
    """Draw the parental notice: a dark panel with a golden edge, the first line bold, long lines wrapped."""
    u = unit(size)
    pad, edge = 24 * u, 8 * u
    room = size[0] * (1 - 2 * SAFE) - 2 * pad - edge
    lines = []
    for i, said in enumerate(text.split("\n")):
        face = font(round(34 * u), bold=i == 0)
        lines += [(line, face) for line in wrapped(said, face, room)]
    step = 46 * u
    w = even(max(width_of(line, face) for line, face in lines) + 2 * pad + edge)
    h = even(step * len(lines) + 1.2 * pad)
    picture = panel((w, h), 10 * u, [(edge / w, GOLD), (1.0, NIGHT)])
    draw = ImageDraw.Draw(picture)
    for i, (line, face) in enumerate(lines):
        draw.text((edge + pad, 0.6 * pad + step * (i + 0.5)), line, font=face, fill=CREAM, anchor="lm")
    return picture


def opened_logo(path: Path) -> Image.Image:
    """Read a logo as RGBA. Raises LogoFault."""
    try:
        data = path.read_bytes()
    except OSError:
        raise LogoFault("unreadable") from None
    try:
        with Image.open(io.BytesIO(data), formats=LOGO_FORMATS) as picture:
            if picture.width * picture.height > LOGO_PIXELS:
                raise LogoFault("large")
            made = picture.convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise LogoFault("large") from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, OverflowError, MemoryError):
        raise LogoFault("damaged") from None  # what Pillow's decoders are known to raise
    if made.getchannel("A").getbbox() is None:
        raise LogoFault("empty")
    return made


def main(text: str) -> int:
    """Draw what the JSON order of :func:`streaming.graphics.draw` says; return the exit status."""
    order = json.loads(text)
    folder = Path(order["folder"])
    try:
        picture = opened_logo(Path(order["logo"])) if order["logo"] else None
    except LogoFault as fault:
        print(fault.fault, file=sys.stderr)
        return BAD_LOGO
    for rung, (w, h) in order["sizes"].items():
        if order["label"]:
            label((w, h), order["label"]).save(layer_path(folder, rung, "label"))
        if picture:
            logo((w, h), picture).save(layer_path(folder, rung, "logo"))
        if order["notice"]:
            notice((w, h), order["notice"]).save(layer_path(folder, rung, "notice"))
    return 0
