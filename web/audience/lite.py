"""``/hemat``: sound only, for lines of the second generation. One answer of a few kilobytes, no script, no picture.

Its style stands in the page and is named in the policy by its hash, so that the browser asks for nothing else.
"""

import base64
import hashlib

from aiohttp import web

from lppl.media import LEAN
from web.audience.pages import Pages
from web.portal import HEADERS
from web.programme import coming, on_air

STYLE = (
    ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:38rem;margin:0 auto;"
    "padding:.75rem;background:#fffcf6;color:#231b2b}h1{font-size:1.3rem;margin:.2rem 0}"
    "h2{font-size:1.1rem;margin:1.2rem 0 .2rem}"
    "p{margin:.3rem 0}audio{width:100%}a{color:#2d3478}section{border-top:1px solid #b9a98c}"
    "@media(prefers-color-scheme:dark){body{background:#0d0f29;color:#f6eedd}a{color:#f0cd8b}}"
)
POLICY = (
    "default-src 'none'; media-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; "
    f"manifest-src 'self'; style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)


class Lite:
    """Answers ``/hemat``."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def add(self, app: web.Application) -> None:
        """Register the address."""
        app.router.add_get("/hemat", self.page)

    async def page(self, request: web.Request) -> web.Response:
        """Answer with what is on now and next on each channel, and a plain player."""
        view = self._pages.view
        ms = round(view.now.timestamp() * 1000)
        listed = []
        for channel in view.channels:
            programme = view.programme(channel.id)
            sound = sorted((q for q in channel.qualities if q.height is None), key=lambda q: q.bitrate_bps)
            lean = bool(sound) and sound[0].name == LEAN.name
            # without it the continuous stream is the richest sound; HLS begins with the leanest there is
            rates = sound[0].bitrate_bps if sound else 0, sound[-1].bitrate_bps if sound else 0
            listed.append((channel, on_air(programme, ms), coming(programme, ms, 1), lean, rates))
        headers = HEADERS | {"Content-Security-Policy": POLICY}
        return self._pages.page("lite", request, headers=headers, listed=listed, style=STYLE)
