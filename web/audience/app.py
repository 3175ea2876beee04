"""The portal as an app on the phone: its manifest, its icons, its service worker, the page for when there is no line.

The service worker keeps that one page and its style, shows reminders, and touches nothing else: no playlist, no segment
and no programme is ever kept by it.
"""

import asyncio
import io
import math
from functools import cache
from typing import TYPE_CHECKING

from aiohttp import web

from web.audience.pages import Pages
from web.audience.words import WORDS
from web.words import LANGUAGES

if TYPE_CHECKING:
    from PIL import Image

SIZES = {"icon-192.png": (192, False), "icon-512.png": (512, False), "icon-maskable-512.png": (512, True)}
"""Name -> side in pixels, and whether the picture may be cut to a circle: then it fills the square and the mark is
smaller (W3C manifest, the safe zone is a circle of 80 %)."""
INDIGO, GOLD, CREAM = (26, 31, 77), (226, 173, 76), (251, 243, 226)
_OVER = 4
"""Drawn so many times larger and then shrunk, for smooth edges."""


class App:
    """Answers for the manifest, the icons, ``/sw.js`` and ``/luring``."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def add(self, app: web.Application) -> None:
        """Register the addresses."""
        get = app.router.add_get
        get("/manifest.webmanifest", self.manifest)
        get(f"/{{name:{'|'.join(SIZES)}}}", self.icon)
        get("/sw.js", self.worker)
        get("/luring", self.offline)

    async def manifest(self, request: web.Request) -> web.Response:
        """Answer with the manifest: the station under its own name."""
        name = self._pages.view.station_name
        icons = [
            {"src": file, "sizes": f"{side}x{side}", "type": "image/png", "purpose": "maskable" if cut else "any"}
            for file, (side, cut) in SIZES.items()
        ]
        icons.append({"src": "static/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"})
        words = WORDS[LANGUAGES[0]]  # kept for all, whatever language somebody reads
        document = {
            "id": "./", "name": name, "short_name": name[:24], "description": words["tagline"], "lang": LANGUAGES[0],
            "start_url": "./", "scope": "./", "display": "standalone", "background_color": "#1a1f4d",
            "theme_color": "#1a1f4d", "icons": icons, "categories": ["news", "entertainment", "music"],
            "shortcuts": [
                {"name": words["nav_guide"], "url": "panduan"}, {"name": words["nav_saver"], "url": "hemat"},
            ],
        }  # fmt: skip
        headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
        return web.json_response(document, content_type="application/manifest+json", headers=headers)

    async def icon(self, request: web.Request) -> web.Response:
        """Answer with an icon, drawn when it is first asked for."""
        body = await asyncio.to_thread(drawn, request.match_info["name"])
        headers = {"Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=body, content_type="image/png", headers=headers)

    async def worker(self, request: web.Request) -> web.StreamResponse:
        """Answer with the service worker; it lies at the root, because that is how far it may reach."""
        bundled = self._pages.files.url("sw.js")
        body = await self._pages.files.body(bundled.removeprefix("static/")) if bundled else None
        if body is None:
            raise self._pages.missing(request)
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=body, content_type="text/javascript", charset="utf-8", headers=headers)

    async def offline(self, request: web.Request) -> web.Response:
        """Answer with the page that the service worker keeps."""
        return self._pages.page("offline", request)


@cache
def drawn(name: str) -> bytes:
    """Return an icon of :data:`SIZES` as PNG: four petals about a point, as on the cloth. Blocking, some 50 ms."""
    from PIL import Image, ImageDraw

    side, cut = SIZES[name]
    large = side * _OVER
    image = Image.new("RGBA", (large, large), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    corner = 0 if cut else round(0.22 * large)
    draw.rounded_rectangle((0, 0, large - 1, large - 1), corner, fill=INDIGO)
    scale = large / (125 if cut else 100)
    for turn in (45, 135, 225, 315):
        draw.polygon([_placed(x, y, turn, scale, large / 2) for x, y in _petal()], fill=GOLD)
    radius = 6 * scale
    draw.ellipse((large / 2 - radius, large / 2 - radius, large / 2 + radius, large / 2 + radius), fill=CREAM)
    return _png(image.resize((side, side), Image.Resampling.LANCZOS))


def _petal(steps: int = 32) -> list[tuple[float, float]]:
    """Return a petal that points up as a polygon: the curves of ``static/icon.svg``, about (0, 0)."""
    right = [_cubic((0, -4), (14, -14), (14, -30), (0, -41), n / steps) for n in range(steps + 1)]
    return [*right, *((-x, y) for x, y in reversed(right))]


def _cubic(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float], t: float
) -> tuple[float, float]:
    """Return the point at `t` (0 to 1) of a cubic Bézier curve."""
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    x, y = (sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) for axis in (0, 1))
    return x, y


def _placed(x: float, y: float, turn: float, scale: float, centre: float) -> tuple[float, float]:
    angle = math.radians(turn)
    return (
        centre + scale * (x * math.cos(angle) - y * math.sin(angle)),
        centre + scale * (x * math.sin(angle) + y * math.cos(angle)),
    )


def _png(image: "Image.Image") -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
