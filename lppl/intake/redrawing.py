"""Draws a stranger's picture anew, in a process of its own: new files that hold pixels and nothing else.

Run as ``python -m lppl.intake.redrawing TYPE SOURCE TARGET THUMBNAIL``. The process limits itself before it looks at a
single byte, and says in one line of JSON what came of it. Whatever a hostile file does to it, it ends there. Colour
profiles are not applied but dropped: one more parser of strangers' bytes would buy a slightly truer red.
"""

import errno
import json
import math
import resource
import sys
import warnings
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, features

LONGEST = 2048
"""Pixels of the longer side of what is looked at."""
THUMBNAIL = 320
QUALITY = 82
MOST_PIXELS = 50_000_000
MOST_JPEG_PIXELS = 120_000_000
"""A telephone's largest photograph; a JPEG is decoded at a fraction of its size, all others whole."""
CPU_S = 30
MEMORY = 1 << 30
MOST_BYTES = 32 << 20
MOST_FILES = 64
FORMATS = {
    "image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP", "image/avif": "AVIF",
}  # fmt: skip
"""The one decoder that is tried for each judged type."""

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by its Exif orientation (CIPA DC-008, 4.6.4)."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ENOENT, errno.EACCES)


class _TooLarge(Exception):
    """More pixels than any photograph has."""


def limit() -> None:
    """Give this process little of everything, for good."""
    for what, most in (
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, MOST_BYTES),
        (resource.RLIMIT_NOFILE, MOST_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def gps_of(exif: Image.Exif) -> tuple[float, float] | None:
    """Return latitude and longitude in degrees as the camera wrote them; None when there are none, or absurd ones."""
    try:
        tags = exif.get_ifd(ExifTags.IFD.GPSInfo)
        latitude = _degrees(tags[ExifTags.GPS.GPSLatitude], tags.get(ExifTags.GPS.GPSLatitudeRef, "N"), "S")
        longitude = _degrees(tags[ExifTags.GPS.GPSLongitude], tags.get(ExifTags.GPS.GPSLongitudeRef, "E"), "W")
    except Exception:  # noqa: BLE001 - Exif of strangers makes its reader raise anything; it is a hint, no more
        return None
    known = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0.0, 0.0)
    return (round(latitude, 6), round(longitude, 6)) if known else None


def _degrees(parts: Any, reference: str, negative: str) -> float:
    value: float = sum(float(part) / 60**power for power, part in enumerate(tuple(parts)[:3]))
    if not math.isfinite(value):
        raise ValueError("no number")
    return -value if reference.upper().startswith(negative) else value


def _exif(picture: Image.Image) -> Image.Exif:
    try:
        return picture.getexif()
    except Exception:  # noqa: BLE001 - as above: the picture is worth more than what is written beside it
        return Image.Exif()


def _flat(picture: Image.Image) -> Image.Image:
    """Return it as RGB, on white where it is transparent."""
    if picture.mode.startswith("I;16"):
        picture = picture.convert("I")
    if picture.mode == "I":  # 16 bits a pixel; converted as they stand nearly all would be white
        picture = picture.point(lambda value: value / 256).convert("L")
    if picture.mode not in ("P", "LA", "PA", "La", "RGBA", "RGBa") and "transparency" not in picture.info:
        return picture.convert("RGB")
    whole = picture.convert("RGBA")
    paper = Image.new("RGB", whole.size, "white")
    paper.paste(whole, mask=whole.getchannel("A"))
    return paper


def redraw(content_type: str, source: Path, target: Path, thumbnail: Path) -> dict[str, Any]:
    """Write `source` anew as two JPEGs; return what is known of it.

    Raises _TooLarge and whatever the decoder does.
    """
    form = FORMATS[content_type]
    if form == "AVIF" and not features.check("avif"):  # Pillow may be built without it
        return {"refused": "unsupported"}
    most = MOST_JPEG_PIXELS if form == "JPEG" else MOST_PIXELS
    Image.MAX_IMAGE_PIXELS = most
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(source, formats=[form]) as picture:
        if picture.width * picture.height > most:  # before a single pixel is unpacked
            raise _TooLarge
        exif = _exif(picture)
        gps, orientation = gps_of(exif), exif.get(ExifTags.Base.Orientation)
        if form == "JPEG":
            picture.draft("RGB", (LONGEST, LONGEST))  # decoded at a fraction of its size, never below this
        picture.load()  # the first picture of a moving one
        whole = _flat(picture)
    whole.thumbnail((LONGEST, LONGEST))
    if orientation in _UPRIGHT:
        whole = whole.transpose(_UPRIGHT[orientation])
    _write(whole, target)
    size = whole.size
    whole.thumbnail((THUMBNAIL, THUMBNAIL))
    _write(whole, thumbnail)
    return {"width": size[0], "height": size[1], "gps": gps}


def _write(picture: Image.Image, target: Path) -> None:
    picture.info.clear()  # the encoder would copy a comment from there
    picture.save(target, "JPEG", quality=QUALITY, optimize=True)


def main(content_type: str, source: str, target: str, thumbnail: str) -> dict[str, Any]:
    """Do it within limits; return what came of it: ``refused`` holds a reason."""
    limit()
    try:
        return redraw(content_type, Path(source), Path(target), Path(thumbnail))
    except (_TooLarge, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return {"refused": "too-large"}
    except MemoryError:
        return {"refused": "too-complex"}
    except OSError as error:
        return {"refused": "disk" if error.errno in _FULL else "damaged"}
    except Exception:  # noqa: BLE001 - decoders raise anything for damaged files; this process is about nothing else
        return {"refused": "damaged"}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
