"""The pictures with words on them: slate, ident, information cards, clock, covers, test picture.

Pure drawing: every function takes sizes in (square) pixels and returns a Pillow picture; layers are RGBA
and transparent where the moving ground shall show. Text keeps to the safe area.
"""

from collections.abc import Sequence
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFilter

from lppl.demo import batik
from lppl.demo.look import (
    AMBER,
    BLUE,
    CREAM,
    GOLD,
    INDIGO,
    NIGHT,
    SAFE,
    SKY,
    SOGA,
    Colour,
    clear,
    fitted,
    font,
    mixed,
    spaced,
    spaced_width,
    wrapped,
)

Size = tuple[int, int]


def ground(name: str, size: Size, travel: int) -> Image.Image:
    """Draw the ground that moves behind a card, `travel` pixels wider than `size` so that it can slide.

    `name` is "parang", "kawung" or "mendung"; its period is :func:`period` pixels.
    """
    wide = (size[0] + travel, size[1])
    tile = period(name, size)
    if name == "mendung":
        clouds = batik.mega_mendung(tile, size[1])
        return batik.dimmed(batik.spread(clouds, wide), least=0.3, most=0.65)
    if name == "kawung":
        leaf = batik.kawung(tile, ground=mixed(SOGA, NIGHT, 0.1), fruit=mixed(CREAM, GOLD, 0.5), seed=NIGHT)
        return batik.dimmed(batik.spread(leaf, wide), least=0.4, most=0.8)
    return batik.dimmed(batik.spread(batik.parang(tile), wide), least=0.5, most=0.85)


def period(name: str, size: Size) -> int:
    """Return after how many pixels a ground repeats sideways: even, so that chroma moves whole samples."""
    short = min(size)
    share = {"mendung": size[0], "kawung": short / 5, "parang": short / 2}[name]
    return round(share / 2) * 2


def frieze(width: int, height: int) -> Image.Image:
    """Draw an opaque band of kawung between gold lines; it repeats every `height - 8` pixels (even)."""
    cell = height - 8
    band = Image.new("RGB", (width, height), GOLD)
    band.paste(Image.new("RGB", (width, cell + 4), NIGHT), (0, 2))
    band.paste(batik.spread(batik.kawung(cell, INDIGO, CREAM, AMBER), (width, cell)), (0, 4))
    return band


def _rule(draw: ImageDraw.ImageDraw, left: float, right: float, y: float, unit: float) -> None:
    """Draw a thin gold line with a lozenge in its middle."""
    middle = (left + right) / 2
    r = 6 * unit
    thick = max(1, round(2 * unit))
    draw.line((left, y, middle - 2 * r, y), fill=GOLD, width=thick)
    draw.line((middle + 2 * r, y, right, y), fill=GOLD, width=thick)
    draw.polygon([(middle - r, y), (middle, y - r), (middle + r, y), (middle, y + r)], fill=GOLD)


def _shadowed(layer: Image.Image, radius: float) -> Image.Image:
    """Put a soft dark glow behind what is drawn on `layer`, so that it reads on any ground."""
    small = layer.getchannel("A").resize((layer.width // 4, layer.height // 4))
    soft = small.filter(ImageFilter.GaussianBlur(radius / 4)).point([min(255, v * 2) for v in range(256)])
    glow = Image.new("RGBA", layer.size, (*NIGHT, 0))
    glow.putalpha(soft.resize(layer.size, Image.Resampling.BILINEAR))
    return Image.alpha_composite(glow, layer)


def title_layer(size: Size, name: str, above: str, below: str, *, top: float = 0.555) -> Image.Image:
    """Draw a station's name with a small line above and a place below, centred around `top` (share)."""
    w, h = size
    unit = min(w, h) / 720
    layer = clear(size)
    draw = ImageDraw.Draw(layer)
    room = w * (1 - 2 * SAFE)
    y = h * top
    small = fitted(above.upper(), round(22 * unit), room * 0.62)
    spaced(
        draw,
        ((w - spaced_width(above.upper(), small, 6 * unit)) / 2, y),
        above.upper(),
        small,
        GOLD,
        6 * unit,
    )
    face = fitted(name, round(104 * unit), room, bold=True)
    draw.text((w / 2, y + 82 * unit), name, font=face, fill=CREAM, anchor="mm")
    _rule(draw, w / 2 - 210 * unit, w / 2 + 210 * unit, y + 158 * unit, unit)
    place = fitted(below, round(36 * unit), room)
    draw.text((w / 2, y + 198 * unit), below, font=place, fill=CREAM, anchor="mm")
    return _shadowed(layer, 16 * unit)


def slate(size: Size, station: str, channel: str) -> Image.Image:
    """Draw the card that stands while nothing else can air."""
    w, h = size
    picture = batik.dimmed(ground("mendung", size, 0), least=0.35, most=0.2).convert("RGBA")
    unit = min(w, h) / 720
    layer = clear(size)
    draw = ImageDraw.Draw(layer)
    mark = batik.rosette(round(150 * unit))
    layer.paste(mark, (round((w - mark.width) / 2), round(h * 0.15)), mark)
    room = w * (1 - 2 * SAFE)
    face = fitted("Mohon tunggu sebentar", round(76 * unit), room, bold=True)
    draw.text((w / 2, h * 0.47), "Mohon tunggu sebentar", font=face, fill=CREAM, anchor="mm")
    second = fitted("Siaran segera kembali", round(42 * unit), room)
    draw.text((w / 2, h * 0.575), "Siaran segera kembali", font=second, fill=CREAM, anchor="mm")
    _rule(draw, w / 2 - 210 * unit, w / 2 + 210 * unit, h * 0.65, unit)
    name = fitted(channel, round(44 * unit), room, bold=True)
    draw.text((w / 2, h * 0.725), channel, font=name, fill=GOLD, anchor="mm")
    english = "Please stand by, the programme will be back shortly"
    draw.text((w / 2, h * 0.80), english, font=fitted(english, round(24 * unit), room), fill=CREAM, anchor="mm")
    if station != channel:
        low = fitted(station, round(22 * unit), room)
        draw.text((w / 2, h * 0.88), station, font=low, fill=SKY, anchor="mm")
    picture.alpha_composite(_shadowed(layer, 24 * unit))
    return picture.convert("RGB")


def still(size: Size, title: str, lines: Sequence[str]) -> Image.Image:
    """Draw the picture of a sound-only item: its title, and lines such as the artist below it."""
    w, h = size
    unit = min(w, h) / 720
    picture = ground("kawung", size, 0).convert("RGBA")
    layer = clear(size)
    draw = ImageDraw.Draw(layer)
    room = w * (1 - 2 * SAFE) - 80 * unit
    face = font(round(68 * unit), bold=True)
    lines_of_title = wrapped(title, face, room)
    titles = lines_of_title[:3]
    if len(lines_of_title) > 3:
        titles[2] += "…"
    face = min(
        (fitted(t, round(68 * unit), room, bold=True) for t in titles), key=lambda f: f.getlength("M"), default=face
    )
    mark = batik.rosette(round(190 * unit))
    tall = mark.height + (70 + 84 * len(titles) + 46 * len(lines)) * unit
    y = (h - tall) / 2
    draw.rectangle((0, y - 50 * unit, w, y + tall + 50 * unit), fill=(*NIGHT, 200))
    layer.paste(mark, (round((w - mark.width) / 2), round(y)), mark)
    y += mark.height + 60 * unit
    for line in titles:
        draw.text((w / 2, y), line, font=face, fill=CREAM, anchor="mm")
        y += 84 * unit
    for line in lines:
        draw.text((w / 2, y), line, font=fitted(line, round(34 * unit), room), fill=GOLD, anchor="mm")
        y += 46 * unit
    picture.alpha_composite(layer)
    return picture.convert("RGB")


def card(size: Size, label: str, title: str, lines: Sequence[str], footer: str) -> Image.Image:
    """Draw an information card: a panel with a label, a title, lines of text and the channel's name."""
    w, h = size
    unit = min(w, h) / 720
    layer = clear(size)
    draw = ImageDraw.Draw(layer)
    left, right = w * (SAFE + 0.02), w * (0.98 - SAFE)
    inner = 44 * unit
    room = right - left - 2 * inner - 14 * unit
    big = font(round(58 * unit), bold=True)
    body = font(round(34 * unit))
    titles = wrapped(title, big, room)
    texts = [wrapped(line, body, room - 34 * unit) for line in lines]
    tall = (150 + 70 * len(titles) + sum(44 * len(t) + 16 for t in texts) + 30) * unit
    top = max(h * SAFE, (h - tall) / 2 - 20 * unit)
    draw.rounded_rectangle(
        (left, top, right, top + tall),
        18 * unit,
        fill=(*NIGHT, 222),
        outline=(*GOLD, 255),
        width=max(1, round(2 * unit)),
    )
    draw.rounded_rectangle((left, top, left + 14 * unit, top + tall), 7 * unit, fill=GOLD)
    x = left + inner + 14 * unit
    y = top + 58 * unit
    spaced(draw, (x, y), label.upper(), font(round(24 * unit), bold=True), GOLD, 5 * unit)
    y += 66 * unit
    for line in titles:
        draw.text((x, y), line, font=big, fill=CREAM, anchor="lm")
        y += 70 * unit
    y += 14 * unit
    for text in texts:
        r = 7 * unit
        draw.polygon([(x, y), (x + r, y - r), (x + 2 * r, y), (x + r, y + r)], fill=GOLD)
        for line in text:
            draw.text((x + 34 * unit, y), line, font=body, fill=CREAM, anchor="lm")
            y += 44 * unit
        y += 16 * unit
    foot = font(round(26 * unit), bold=True)
    draw.text((w / 2, h * (1 - SAFE) - 14 * unit), footer, font=foot, fill=CREAM, anchor="mm")
    return _shadowed(layer, 10 * unit)


def _hand(
    draw: ImageDraw.ImageDraw,
    c: tuple[float, float],
    turn: float,
    shape: tuple[float, float, float],
    fill: Colour,
) -> None:
    """Draw a tapering clock hand: `turn` in full turns from twelve, `shape` its tip, tail and half width."""
    tip, tail, half = shape
    corners = ((-tail, -half), (tip * 0.9, -half * 0.7), (tip, 0), (tip * 0.9, half * 0.7), (-tail, half))
    angle = turn * 2 * pi - pi / 2
    along, across = (cos(angle), sin(angle)), (-sin(angle), cos(angle))
    draw.polygon(
        [
            (c[0] + along[0] * reach + across[0] * side, c[1] + along[1] * reach + across[1] * side)
            for reach, side in corners
        ],
        fill=fill,
    )


def dial(side: int) -> Image.Image:
    """Draw the face of the station clock without hands."""
    big = side * 2
    layer = clear((big, big))
    draw = ImageDraw.Draw(layer)
    c = big / 2
    draw.ellipse((2, 2, big - 2, big - 2), fill=GOLD)
    draw.ellipse((c * 0.035, c * 0.035, big - c * 0.035, big - c * 0.035), fill=NIGHT)
    draw.ellipse((c * 0.07, c * 0.07, big - c * 0.07, big - c * 0.07), fill=INDIGO)
    mark = batik.rosette(round(big * 0.36))
    faint = mark.getchannel("A").point([v // 3 for v in range(256)])
    layer.paste(mark, (round(c - mark.width / 2), round(c - mark.height / 2)), faint)
    for minute in range(60):
        angle = minute * pi / 30
        long = minute % 5 == 0
        inner, outer = c * (0.78 if long else 0.85), c * 0.895
        draw.line(
            (c + sin(angle) * inner, c - cos(angle) * inner, c + sin(angle) * outer, c - cos(angle) * outer),
            fill=CREAM if long else SKY,
            width=round(c * (0.028 if long else 0.010)),
        )
    for hour in range(1, 13):
        angle = hour * pi / 6
        at = (c + sin(angle) * c * 0.66, c - cos(angle) * c * 0.66)
        draw.text(at, str(hour), font=font(round(c * 0.13), bold=True), fill=CREAM, anchor="mm")
    return layer.resize((side, side), Image.Resampling.LANCZOS)


def hands(face: Image.Image, seconds: int) -> Image.Image:
    """Return a copy of a dial with its hands at `seconds` after midnight."""
    side = face.width
    big = side * 2
    layer = clear((big, big))
    draw = ImageDraw.Draw(layer)
    c = (big / 2, big / 2)
    _hand(draw, c, seconds / 43200, (big * 0.25, big * 0.05, big * 0.017), CREAM)
    _hand(draw, c, seconds % 3600 / 3600, (big * 0.38, big * 0.06, big * 0.012), CREAM)
    _hand(draw, c, seconds % 60 / 60, (big * 0.42, big * 0.09, big * 0.005), GOLD)
    draw.ellipse((c[0] - big * 0.022, c[1] - big * 0.022, c[0] + big * 0.022, c[1] + big * 0.022), fill=GOLD)
    return Image.alpha_composite(face, layer.resize((side, side), Image.Resampling.LANCZOS))


def clock_frames(size: Size, hour: int, count: int, channel: str, zone: str) -> list[Image.Image]:
    """Draw the hourly clock: one RGBA layer for each of `count` seconds from `hour`.00.00."""
    w, h = size
    unit = min(w, h) / 720
    side = round(430 * unit)
    face = dial(side)
    base = clear(size)
    draw = ImageDraw.Draw(base)
    x, y = round(w * 0.09), round((h - side) / 2)
    left = x + side + 60 * unit
    room = w * (1 - SAFE) - left
    spaced(draw, (left, h * 0.33), "PUKUL", font(round(24 * unit), bold=True), GOLD, 8 * unit)
    _rule(draw, left, left + room, h * 0.585, unit)
    draw.text(
        (left, h * 0.66),
        channel,
        font=fitted(channel, round(52 * unit), room, bold=True),
        fill=CREAM,
        anchor="lm",
    )
    base = _shadowed(base, 12 * unit)
    digits = font(round(104 * unit), bold=True)
    advance = max(digits.getlength(d) for d in "0123456789")
    frames = []
    for second in range(count):
        frame = base.copy()
        frame.alpha_composite(hands(face, hour * 3600 + second), (x, y))
        pen = ImageDraw.Draw(frame)
        at = left
        for sign in f"{hour:02d}.00.{second:02d}":  # equal advance, so that digits do not dance
            step = advance * 0.55 if sign == "." else advance
            pen.text((at + step / 2, h * 0.46), sign, font=digits, fill=CREAM, anchor="mm")
            at += step
        pen.text((at + 14 * unit, h * 0.47), zone, font=font(round(34 * unit), bold=True), fill=GOLD, anchor="lm")
        frames.append(frame)
    return frames


def cover(side: int, pattern: str, title: str, artist: str) -> Image.Image:
    """Draw a square cover for a piece of music."""
    picture = ground(pattern, (side, side), 0).convert("RGBA")
    layer = clear((side, side))
    draw = ImageDraw.Draw(layer)
    mark = batik.rosette(side // 2)
    layer.paste(mark, (side // 4, round(side * 0.1)), mark)
    draw.text(
        (side / 2, side * 0.74),
        title,
        font=fitted(title, side // 11, side * 0.86, bold=True),
        fill=CREAM,
        anchor="mm",
    )
    draw.text((side / 2, side * 0.85), artist, font=fitted(artist, side // 20, side * 0.86), fill=GOLD, anchor="mm")
    picture.alpha_composite(_shadowed(layer, side / 40))
    return picture.convert("RGB")


def test_picture(size: Size, channel: str) -> Image.Image:
    """Draw a test picture of our own: bars, grey steps, fine lines, corner marks, a circle."""
    w, h = size
    unit = min(w, h) / 720
    picture = Image.new("RGB", size, mixed(NIGHT, BLUE, 0.2))
    draw = ImageDraw.Draw(picture)
    for i in range(1, 16):
        draw.line((w * i / 16, 0, w * i / 16, h), fill=mixed(NIGHT, SKY, 0.35), width=1)
    for i in range(1, 9):
        draw.line((0, h * i / 9, w, h * i / 9), fill=mixed(NIGHT, SKY, 0.35), width=1)
    bars = (
        (191, 191, 191),
        (191, 191, 0),
        (0, 191, 191),
        (0, 191, 0),
        (191, 0, 191),
        (191, 0, 0),
        (0, 0, 191),
    )
    for i, bar in enumerate(bars):
        draw.rectangle((w * (0.125 + 0.75 * i / 7), h * 2 / 9, w * (0.125 + 0.75 * (i + 1) / 7), h * 5 / 9), fill=bar)
    for i in range(11):
        grey = round(16 + 219 * i / 10)
        draw.rectangle(
            (w * (0.125 + 0.75 * i / 11), h * 5 / 9, w * (0.125 + 0.75 * (i + 1) / 11), h * 6 / 9),
            fill=(grey,) * 3,
        )
    for x in range(round(w * 0.125), round(w * 0.875), 2):
        draw.line((x, h * 6 / 9, x, h * 6.6 / 9), fill=CREAM if x // round(80 * unit) % 2 or x % 4 else NIGHT)
    radius = h * 0.44
    draw.ellipse(
        (w / 2 - radius, h / 2 - radius, w / 2 + radius, h / 2 + radius),
        outline=GOLD,
        width=max(2, round(3 * unit)),
    )
    for x in (0, 1):
        for y in (0, 1):
            for thick in range(3):
                inset = w * 0.035 + thick
                cx, cy = (inset if not x else w - inset), (inset if not y else h - inset)
                draw.line((cx, cy, cx + (1 - 2 * x) * 50 * unit, cy), fill=CREAM)
                draw.line((cx, cy, cx, cy + (1 - 2 * y) * 50 * unit), fill=CREAM)
    draw.rectangle((w * 0.3, h * 1.05 / 9, w * 0.7, h * 1.9 / 9), fill=NIGHT)
    draw.text(
        (w / 2, h * 1.47 / 9),
        channel,
        font=fitted(channel, round(50 * unit), w * 0.38, bold=True),
        fill=CREAM,
        anchor="mm",
    )
    return picture
