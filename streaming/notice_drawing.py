"""The child process that draws the card of a break-in: red, few words, large enough for a phone in the hand.

Pure drawing except for :func:`main`. Words that are too long are broken, and text that is too much is set smaller and
at last cut short, so that whatever somebody types in haste can be shown.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image, ImageDraw

from lppl.demo.look import SAFE, Colour, Font, font, mixed, width_of

Size = tuple[int, int]

RED: Colour = (158, 12, 22)
DARK: Colour = (92, 6, 14)
WHITE: Colour = (255, 255, 255)
PALE: Colour = (255, 226, 220)
YELLOW: Colour = (255, 214, 70)

LARGEST, SMALLEST = 1.0, 0.62
"""Text is tried at these shares of its ordinary size, in steps; smaller could not be read on a phone."""
STEP = 0.04
HEADLINE, BODY = 84, 46
"""Heights of letters at 720 lines, in pixels."""
LEADING = 1.22
APART = 0.35
"""Space before each text, as a share of its lines."""


def wrapped(text: str, face: Font, width: float) -> list[str]:
    """Break `text` into lines of at most `width` pixels; a word that is longer by itself is broken too."""
    lines: list[str] = []
    for word in text.split():
        if lines and width_of(f"{lines[-1]} {word}", face) <= width:
            lines[-1] += f" {word}"
            continue
        while width_of(word, face) > width and len(word) > 1:
            at = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or width_of(word[:n], face) <= width)
            lines.append(word[:at])
            word = word[at:]
        lines.append(word)
    return lines


@dataclass(frozen=True, slots=True)
class Set:
    """One line of the card as it is set; `above`: the space before it, in pixels."""

    text: str
    face: Font
    colour: Colour
    above: float = 0.0

    @property
    def tall(self) -> float:
        """Its height."""
        return float(getattr(self.face, "size", 12)) * LEADING


def _set(headline: str, lines: Sequence[str], share: float, unit: float, room: float) -> list[Set]:
    """Return the lines of the card when everything is set at `share` of its size."""
    big, body = font(round(HEADLINE * share * unit), bold=True), font(round(BODY * share * unit))
    found = [Set(line, big, WHITE) for line in wrapped(headline, big, room)]
    for text in lines:
        for n, line in enumerate(wrapped(text, body, room)):
            found.append(Set(line, body, PALE, 0.0 if n else BODY * share * unit * APART))
    return found


def _tall(lines: Sequence[Set]) -> float:
    return sum(line.above + line.tall for line in lines)


def fitted(headline: str, lines: Sequence[str], unit: float, room: tuple[float, float]) -> list[Set]:
    """Return the lines as large as they fit into `room` (width, height); what does not fit at all is left out."""
    share = LARGEST
    found = _set(headline, lines, share, unit, room[0])
    while _tall(found) > room[1] and share > SMALLEST:
        share -= STEP
        found = _set(headline, lines, share, unit, room[0])
    short = False
    while _tall(found) > room[1] and len(found) > 1:
        found, short = found[:-1], True
    if short:
        found[-1] = replace(found[-1], text=f"{found[-1].text} …")
    return found


def card(
    size: Size, label: str, headline: str, lines: Sequence[str], source: str, station: str, *, synthetic: bool
) -> Image.Image:
    """Draw the card. `size` in square pixels."""
    w, h = size
    unit = min(w, h) / 720
    picture = Image.new("RGB", size, RED)
    draw = ImageDraw.Draw(picture)
    for y in range(h):  # a little darker towards the bottom, so that a still picture does not look frozen white-hot
        draw.line((0, y, w, y), fill=mixed(RED, DARK, y / h))
    left, right = w * SAFE, w * (1 - SAFE)
    stripe, top, foot = 14 * unit, h * SAFE, 62 * unit
    draw.rectangle((0, 0, w, stripe), fill=YELLOW)
    draw.rectangle((0, h - stripe, w, h), fill=YELLOW)
    word = wrapped(label.upper(), font(round(52 * unit), bold=True), right - left - 60 * unit)[0]
    face = font(round(52 * unit), bold=True)
    wide, tall = width_of(word, face) + 56 * unit, 84 * unit
    draw.rectangle((left, top, left + wide, top + tall), fill=WHITE)
    draw.text((left + wide / 2, top + tall / 2), word, font=face, fill=RED, anchor="mm")
    at = top + tall + 34 * unit
    bottom = h * (1 - SAFE) - foot
    for line in fitted(headline, lines, unit, (right - left, bottom - at - 10 * unit)):
        at += line.above
        draw.text((left, at + line.tall / 2), line.text, font=line.face, fill=line.colour, anchor="lm")
        at += line.tall
    _foot(draw, (left, right, bottom + foot / 2), source, station, unit, synthetic=synthetic)
    return picture


def _foot(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float, float],
    source: str,
    station: str,
    unit: float,
    *,
    synthetic: bool,
) -> None:
    """Write who says so at the left, who sends it at the right."""
    left, right, y = place
    face = font(round(30 * unit), bold=True)
    parts = ["Suara sintetis"] * synthetic + [f"Sumber: {source}"] * bool(source)
    said = " · ".join(parts)
    half = (right - left) * 0.62
    if said:
        draw.text((left, y), wrapped(said, face, half)[0], font=face, fill=YELLOW, anchor="lm")
    if station:
        draw.text((right, y), wrapped(station, face, (right - left) - half)[0], font=face, fill=WHITE, anchor="rm")


def main(text: str) -> None:
    """Draw what the JSON order of :func:`streaming.notices.draw` says."""
    order = json.loads(text)
    said = order["notice"]
    size = (int(order["size"][0]), int(order["size"][1]))
    picture = card(
        size, said["label"], said["headline"], said["lines"], said["source"], said["station"],
        synthetic=order["synthetic"],
    )  # fmt: skip
    picture.save(Path(order["out"]), compress_level=1)
