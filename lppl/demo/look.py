"""How the station's own pictures look: the colours of batik, the typefaces, the safe area.

Nothing is shipped: typefaces are looked up on the machine, and Pillow's own is the last resort.
"""

from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

NIGHT: Colour = (10, 16, 34)
INDIGO: Colour = (21, 34, 68)
BLUE: Colour = (44, 74, 128)
SKY: Colour = (126, 160, 200)
SOGA: Colour = (92, 52, 24)
AMBER: Colour = (158, 98, 42)
GOLD: Colour = (220, 172, 84)
CREAM: Colour = (247, 236, 213)

SAFE = 0.06
"""Share of each side that stays free of text (EBU R 95 asks for 5 %)."""

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
REGULAR = ("NotoSans-Regular.ttf", "LiberationSans-Regular.ttf", "DejaVuSans.ttf")
BOLD = ("NotoSans-Bold.ttf", "LiberationSans-Bold.ttf", "DejaVuSans-Bold.ttf")


@cache
def _typeface(names: tuple[str, ...], folders: tuple[Path, ...]) -> Path | None:
    """Return the first of `names` found below `folders`."""
    for name in names:
        for folder in folders:
            found = next(folder.rglob(name), None) if folder.is_dir() else None
            if found:
                return found
    return None


@cache
def font(size: int, *, bold: bool = False, folders: tuple[Path, ...] = FOLDERS) -> Font:
    """Return a clean sans serif of `size` pixels; Pillow's own where the machine has none."""
    path = _typeface(BOLD if bold else REGULAR, folders)
    return ImageFont.truetype(str(path), size) if path else ImageFont.load_default(size)


def mixed(a: Colour, b: Colour, share: float) -> Colour:
    """Return the colour `share` (0 to 1) of the way from `a` to `b`."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def width_of(text: str, face: Font) -> float:
    """Return the width of one line in pixels."""
    return face.getlength(text)


def fitted(text: str, size: int, width: float, *, bold: bool = False) -> Font:
    """Return the largest face up to `size` in which `text` is at most `width` pixels wide (12 at least)."""
    while size > 12 and width_of(text, font(size, bold=bold)) > width:
        size -= max(1, size // 20)
    return font(size, bold=bold)


def wrapped(text: str, face: Font, width: float) -> list[str]:
    """Break `text` into lines of at most `width` pixels (a longer single word keeps its line)."""
    lines: list[str] = []
    for word in text.split():
        if lines and width_of(f"{lines[-1]} {word}", face) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def spaced(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, face: Font, fill: Colour, gap: float
) -> float:
    """Write letter-spaced `text` with its left middle at `at`; return the width used in pixels."""
    x = at[0]
    for letter in text:
        draw.text((x, at[1]), letter, font=face, fill=fill, anchor="lm")
        x += width_of(letter, face) + gap
    return x - gap - at[0]


def spaced_width(text: str, face: Font, gap: float) -> float:
    """Return the width that :func:`spaced` will use."""
    return sum(width_of(letter, face) for letter in text) + gap * (len(text) - 1)


def clear(size: tuple[int, int]) -> Image.Image:
    """Return a fully transparent layer."""
    return Image.new("RGBA", size, (0, 0, 0, 0))
