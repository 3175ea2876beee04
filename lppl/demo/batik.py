"""Batik drawn by rule: kawung, parang and mega mendung as pictures that repeat without a seam.

Every function is pure: sizes in pixels in, an RGB (or RGBA) picture out. Shapes are drawn at
``SHARP`` times the size and reduced, which is Pillow's way to smooth edges.
"""

from math import cos, pi, sin, sqrt

from PIL import Image, ImageDraw, ImageFilter

from lppl.demo.look import AMBER, BLUE, CREAM, GOLD, INDIGO, NIGHT, SKY, SOGA, Colour, clear, mixed

SHARP = 3
Point = tuple[float, float]


def _petal(centre: Point, angle: float, length: float, width: float, near: float = 0.0) -> list[Point]:
    """Return an oval that points away from `centre`, starting `near` pixels from it."""
    points: list[Point] = []
    for i in range(40):
        turn = 2 * pi * i / 40
        along = near + length / 2 + cos(turn) * length / 2
        across = sin(turn) * width / 2
        points.append(
            (
                centre[0] + along * cos(angle) - across * sin(angle),
                centre[1] + along * sin(angle) + across * cos(angle),
            )
        )
    return points


def _dot(draw: ImageDraw.ImageDraw, at: Point, radius: float, fill: Colour) -> None:
    draw.ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=fill)


def kawung(cell: int, ground: Colour = INDIGO, fruit: Colour = CREAM, seed: Colour = SOGA) -> Image.Image:
    """Draw one seamless `cell` x `cell` tile of kawung, the four-petalled palm fruit."""
    side = cell * SHARP
    tile = Image.new("RGB", (side, side), ground)
    draw = ImageDraw.Draw(tile)
    for cx, cy in ((side / 2, side / 2), *((x, y) for x in (0, side) for y in (0, side))):
        for quarter in range(4):
            angle = pi / 4 + quarter * pi / 2
            reach = side * 0.30
            draw.polygon(_petal((cx, cy), angle, reach, side * 0.215, side * 0.035), fill=fruit)
            draw.polygon(
                _petal((cx, cy), angle, reach * 0.72, side * 0.115, side * 0.075),
                fill=mixed(ground, seed, 0.75),
            )
            draw.polygon(_petal((cx, cy), angle, reach * 0.36, side * 0.03, side * 0.13), fill=fruit)
        _dot(draw, (cx, cy), side * 0.022, fruit)
    for cx, cy in ((side / 2, 0), (0, side / 2), (side / 2, side), (side, side / 2)):
        for quarter in range(4):
            angle = quarter * pi / 2
            _dot(draw, (cx + cos(angle) * side * 0.055, cy + sin(angle) * side * 0.055), side * 0.014, seed)
        _dot(draw, (cx, cy), side * 0.02, fruit)
    return tile.resize((cell, cell), Image.Resampling.LANCZOS)


def _blade(u: float, v: float, step: float, band: float) -> list[Point]:
    """Return the S-shaped blade of parang that starts at (u, v) of the slanted grid."""
    upper, lower = [], []
    for i in range(25):
        along = i / 24
        swing = sin((along - 0.5) * pi) * 0.5 + 0.5
        middle = u + step * (1.25 * swing - 0.1)
        half = step * (0.30 * sin(pi * along) ** 0.7 + 0.03)
        at = v + band * along
        upper.append((middle - half, at))
        lower.append((middle + half, at))
    return upper + lower[::-1]


def parang(tile: int, ground: Colour = INDIGO, blade: Colour = AMBER, edge: Colour = GOLD) -> Image.Image:
    """Draw one seamless `tile` x `tile` picture of parang: rows of blades at 45 degrees."""
    side = tile * SHARP
    picture = Image.new("RGB", (side, side), ground)
    draw = ImageDraw.Draw(picture)
    period = side / sqrt(2)  # a grid with this period, turned by 45 degrees, repeats every `side` pixels
    row, step = period / 2, period / 6
    band = row * 0.76

    def turned(points: list[Point]) -> list[Point]:
        return [((u - v) / sqrt(2), (u + v) / sqrt(2)) for u, v in points]

    for j in range(-4, 6):
        top = j * row
        for i in range(-1, 20):
            outline = _blade(i * step, top, step, band)
            draw.polygon(turned(outline), fill=blade)
            draw.line([*turned(outline), turned(outline)[0]], fill=edge, width=max(1, side // 260))
            _dot(draw, turned([(i * step + step * 0.53, top + band * 0.5)])[0], side * 0.006, edge)
        for i in range(-1, 40):  # mlinjon: the row of small lozenges between the blades
            u, v = i * step / 2, top + (row + band) / 2
            r = step * 0.14
            draw.polygon(turned([(u - r, v), (u, v - r), (u + r, v), (u, v + r)]), fill=edge)
        for v in (top + band + row * 0.035, top + row - row * 0.035):
            draw.line(turned([(-side, v), (3 * side, v)]), fill=mixed(blade, edge, 0.4), width=max(1, side // 220))
    return picture.resize((tile, tile), Image.Resampling.LANCZOS)


CLOUD = (
    (-1.05, 0.02, 0.19),
    (-0.66, -0.10, 0.32),
    (-0.16, -0.30, 0.42),
    (0.36, -0.20, 0.36),
    (0.78, 0.0, 0.26),
)
"""One cloud of mega mendung as circles: x, y, radius, in cloud half-widths."""


def _cloud_mask(size: tuple[int, int], margin: int, clouds: list[tuple[float, float, float]]) -> Image.Image:
    mask = Image.new("L", (size[0] + 2 * margin, size[1]), 0)
    draw = ImageDraw.Draw(mask)
    for cx, cy, half in clouds:
        for dx in (margin - size[0], margin, margin + size[0]):
            for x, y, r in CLOUD:
                px, py, pr = cx + dx + x * half, cy + y * half, r * half
                draw.ellipse((px - pr, py - pr, px + pr, py + pr), fill=255)
            left, right, low = cx + dx - 1.75 * half, cx + dx + 1.6 * half, cy + 0.12 * half
            draw.polygon(
                [
                    (left, low + 0.16 * half),
                    (cx + dx - half, low - 0.2 * half),
                    (cx + dx + half * 0.9, low - 0.2 * half),
                    (right, low + 0.1 * half),
                    (cx + dx + half * 0.8, low + 0.2 * half),
                    (cx + dx - half, low + 0.22 * half),
                ],
                fill=255,
            )
    return mask


def _outline(size: tuple[int, int], clouds: list[tuple[float, float, float]]) -> Image.Image:
    """Return the mask of clouds with rounded corners; its left edge continues the right one."""
    # Half the size is enough for a blurred outline; the threshold afterwards makes it sharp again. The margin
    # holds what lies beyond the edges, so that the blur sees there what a neighbouring copy would show.
    w, h = size[0] // 2, size[1] // 2
    margin = w // 16
    halved = [(x / 2, y / 2, r / 2) for x, y, r in clouds]
    mask = _cloud_mask((w, h), margin, halved).filter(ImageFilter.GaussianBlur(w * 0.005))
    wide = mask.resize((2 * (w + 2 * margin), size[1]), Image.Resampling.BILINEAR)
    crisp = wide.point([max(0, min(255, (v - 112) * 8)) for v in range(256)])
    return crisp.crop((2 * margin, 0, 2 * margin + size[0], size[1]))


def mega_mendung(width: int, height: int, ground: Colour = NIGHT) -> Image.Image:
    """Draw clouds whose outlines repeat inwards in paler blues; the left edge continues the right one."""
    w, h = width, height
    layers = [
        ([(0.18, 0.22, 0.11), (0.55, 0.12, 0.08), (0.86, 0.30, 0.12)], 0.45),
        ([(0.36, 0.48, 0.14), (0.70, 0.55, 0.10), (0.03, 0.60, 0.12)], 0.75),
        ([(0.20, 0.86, 0.15), (0.55, 0.82, 0.13), (0.88, 0.88, 0.14)], 1.0),
    ]
    picture = Image.new("RGB", (w, h), ground)
    for clouds, strength in layers:
        placed = [(x * w, y * h, r * w) for x, y, r in clouds]
        bands = 6
        for band in range(bands):
            shade = [INDIGO, BLUE, mixed(BLUE, SKY, 0.35), mixed(BLUE, SKY, 0.7), SKY, CREAM][band]
            inset = 1 - band * 0.135
            lowered = [(x, y + r * 0.055 * band, r * inset) for x, y, r in placed]
            mask = _outline((w, h), lowered)
            picture.paste(mixed(ground, shade, 0.35 + 0.6 * strength), mask=mask)
    return picture


def spread(tile: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Fill `size` with copies of `tile` from the top left corner."""
    picture = Image.new("RGB", size)
    for x in range(0, size[0], tile.width):
        for y in range(0, size[1], tile.height):
            picture.paste(tile, (x, y))
    return picture


def rosette(side: int) -> Image.Image:
    """Draw a gold medallion of petals on a transparent square; it looks alike every 45 degrees."""
    big = side * SHARP
    layer = clear((big, big))
    draw = ImageDraw.Draw(layer)
    c = (big / 2, big / 2)
    for turn, length, width, near, fill in (
        (0.0, 0.245, 0.17, 0.235, GOLD),
        (pi / 8, 0.20, 0.105, 0.265, CREAM),
        (0.0, 0.155, 0.075, 0.275, SOGA),
        (0.0, 0.19, 0.12, 0.05, AMBER),
        (0.0, 0.12, 0.055, 0.08, CREAM),
    ):
        for i in range(8):
            angle = turn + i * pi / 4
            draw.polygon(_petal(c, angle, length * big, width * big, near * big), fill=fill)
    for i in range(32):
        angle = i * pi / 16
        _dot(draw, (c[0] + cos(angle) * big * 0.485, c[1] + sin(angle) * big * 0.485), big * 0.007, GOLD)
    _dot(draw, c, big * 0.055, GOLD)
    _dot(draw, c, big * 0.032, INDIGO)
    return layer.resize((side, side), Image.Resampling.LANCZOS)


def dimmed(picture: Image.Image, colour: Colour = NIGHT, least: float = 0.45, most: float = 0.85) -> Image.Image:
    """Darken towards `colour`: `least` in the middle, `most` at top and bottom.

    Never from side to side: a ground that slides and starts again must not jump in brightness.
    """
    rows = 64
    shade = [round(255 * (least + (most - least) * abs(y / (rows - 1) * 2 - 1) ** 1.6)) for y in range(rows)]
    mask = Image.frombytes("L", (1, rows), bytes(shade)).resize(picture.size, Image.Resampling.BICUBIC)
    return Image.composite(Image.new("RGB", picture.size, colour), picture, mask)
