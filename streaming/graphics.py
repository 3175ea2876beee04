"""TV graphics: what is burnt into a variant of an item, and where each piece of it lies in the frame.

Station logo and age label stand for the whole item, the parental notice at its start. Values, and the order to draw
them: drawing is done by a child process (:mod:`streaming.drawing`), because a logo is a file from a stranger, and so
that Pillow is never loaded by what is on air. Burning in is ffmpeg's (:mod:`streaming.commands`).
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lppl import process
from lppl.derived import Variant
from lppl.errors import LpplError, MediaRefused, ProcessFailed
from lppl.media import VideoRung
from lppl.programme import AgeClass
from lppl.quanta import Quanta

SAFE = 0.05
"""Share of the frame that stays free at each side (EBU R 95: the area in which graphics are safe)."""
NOTICE = Quanta(25)
"""The parental notice stands for the first 8 s of an item, whole GOPs or not."""
AUDIENCES = {AgeClass.P: "anak", AgeClass.A: "anak", AgeClass.R: "remaja"}
"""The classes that the broadcasting rules ask a parental notice of, and whom it names; D and SU have none."""

BAD_LOGO = 65
"""Exit status of the drawing child when the logo is at fault (EX_DATAERR); its last line on stderr is a fault below."""
LOGO_FAULTS = {
    "unreadable": (
        "Logo {name} tidak dapat dibuka; periksa apakah berkasnya ada dan boleh dibaca.",
        "The logo {name} cannot be opened; check that the file is there and may be read.",
    ),
    "damaged": (
        "Logo {name} rusak atau bukan gambar PNG, JPEG, WebP, atau GIF; simpan ulang sebagai PNG, lalu unggah lagi.",
        "The logo {name} is damaged or no PNG, JPEG, WebP or GIF picture; save it as PNG and upload it again.",
    ),
    "large": (
        "Logo {name} terlalu besar; perkecil hingga paling banyak 4096 x 4096 piksel.",
        "The logo {name} is too large; scale it down to at most 4096 x 4096 pixels.",
    ),
    "empty": (
        "Logo {name} seluruhnya tembus pandang; pilih gambar lain.",
        "The logo {name} is wholly transparent; choose another picture.",
    ),
}


@dataclass(frozen=True, slots=True)
class Layer:
    """A picture with alpha, drawn for one rung. `x`, `y` are ffmpeg expressions of W, H (frame) and w, h (picture).

    `until`: the length from the item's start for which it stands; None: the whole item.
    """

    path: Path
    x: str
    y: str
    until: Quanta | None = None


@dataclass(frozen=True, slots=True)
class Graphics:
    """What is burnt in: a logo's file, the label (letter and age), the notice (its lines); empty: none of it."""

    logo: Path | None
    label: str
    notice: str

    @classmethod
    def of(cls, variant: Variant, logo: Path | None) -> "Graphics":
        """Return what `variant` asks for; `logo` is the file whose hash it names. Raises ValueError without that."""
        if variant.logo and logo is None:
            raise ValueError(f"the file of logo {variant.logo} is needed")
        return cls(
            logo if variant.logo else None,
            variant.age.label if variant.age else "",
            notice_of(variant.age) if variant.notice and variant.age else "",
        )

    def layers(self, rung: VideoRung, folder: Path) -> tuple[Layer, ...]:
        """Return the layers of one rung, as :func:`draw` leaves them in `folder`."""
        left, right = f"W*{SAFE}", f"W-w-W*{SAFE}"
        top, bottom = f"H*{SAFE}", f"H-h-H*{SAFE}"
        wanted = (
            (self.label, Layer(layer_path(folder, rung.name, "label"), left, top)),
            (self.logo, Layer(layer_path(folder, rung.name, "logo"), right, top)),
            (self.notice, Layer(layer_path(folder, rung.name, "notice"), "(W-w)/2", bottom, NOTICE)),
        )
        return tuple(layer for there, layer in wanted if there)


def notice_of(age: AgeClass) -> str:
    """Return the lines of the parental notice of P, A and R; empty for D and SU."""
    if age not in AUDIENCES:
        return ""
    years = age.label.partition(" ")[2]
    return f"Program ini untuk {AUDIENCES[age]} usia {years} tahun.\nOrang tua diimbau mendampingi."


def layer_path(folder: Path, rung: str, piece: str) -> Path:
    """Return where the picture of `piece` (label, logo, notice) for a rung lies."""
    return folder / f"{rung}.{piece}.png"


async def draw(
    graphics: Graphics, rungs: Sequence[VideoRung], folder: Path, *, idle: bool = True
) -> list[tuple[Layer, ...]]:
    """Draw for every rung into `folder` and return the layers of each, in the order of `rungs`.

    Raises MediaRefused when the logo is no usable picture, LpplError when its file cannot be opened, ProcessFailed.
    """
    order = {
        "folder": str(folder),
        "sizes": {rung.name: (rung.width, rung.height) for rung in rungs},
        "logo": str(graphics.logo or ""),
        "label": graphics.label,
        "notice": graphics.notice,
    }
    home = str(Path(__file__).parents[1])  # the child finds this very package wherever it was imported from
    code = f"import sys; sys.path.insert(0, {home!r}); from streaming.drawing import main; sys.exit(main(sys.argv[1]))"
    try:
        await process.run([sys.executable, "-c", code, json.dumps(order)], idle=idle)
    except ProcessFailed as failure:
        if failure.returncode == BAD_LOGO and graphics.logo:
            raise _logo_error(failure.stderr.splitlines()[-1], graphics.logo.name) from None
        raise
    return [graphics.layers(rung, folder) for rung in rungs]


def _logo_error(fault: str, name: str) -> LpplError:
    indonesian, english = (text.format(name=name) for text in LOGO_FAULTS[fault])
    if fault == "unreadable":  # a disk may be away for a while: worth another try
        return LpplError(indonesian, english)
    return MediaRefused(f"logo-{fault}", indonesian, english)
