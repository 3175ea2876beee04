"""``/widget/{channel}``: what is on now and next, for other people's pages, in an iframe.

No cookie, and a script of its own that asks the station once a minute what is on. It may stand on any page, so its own
policy lets everybody frame it; the rest of the portal may not be framed by others.
"""

from html import escape

from aiohttp import web

from web.audience.pages import Pages
from web.portal import HEADERS
from web.programme import coming, on_air, permille

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors *"
)
FRAME_HEADERS = {k: v for k, v in HEADERS.items() if k not in ("X-Frame-Options", "Cross-Origin-Opener-Policy")} | {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=20",
}
THEMES = ("", "terang", "gelap")
SNIPPETS_POLICY = HEADERS["Content-Security-Policy"] + "; frame-src 'self'"


class Widget:
    """Answers ``/widget`` and ``/widget/{channel}``."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def add(self, app: web.Application) -> None:
        """Register the addresses."""
        app.router.add_get("/widget", self.snippets)
        app.router.add_get("/widget/{channel}", self.frame)

    async def snippets(self, request: web.Request) -> web.Response:
        """Answer with the widgets as they look and the HTML to copy."""
        found = []
        for channel in self._pages.view.channels:
            address = self._pages.address(request, f"widget/{channel.id}")
            html = (
                f'<iframe src="{address}" title="{escape(channel.name)}" width="340" height="190" loading="lazy" '
                'style="border:0;max-width:100%"></iframe>'
            )
            found.append((channel, html, self._pages.address(request, f"api/programme/{channel.id}")))
        headers = HEADERS | {"Content-Security-Policy": SNIPPETS_POLICY}
        return self._pages.page("widgets", request, headers=headers, snippets=found)

    async def frame(self, request: web.Request) -> web.Response:
        """Answer with the frame; ``?tema=gelap|terang`` fixes its colours, else they follow the visitor's."""
        channel = self._pages.channel(request)
        theme = request.query.get("tema", "")
        ms = round(self._pages.view.now.timestamp() * 1000)
        programme = self._pages.view.programme(channel.id)
        item = on_air(programme, ms)
        text = self._pages.render("widget", request, channel=channel, item=item, next=coming(programme, ms, 2),
            done=permille(item, ms) if item else 0, theme=theme if theme in THEMES else "",
            home=self._pages.address(request))  # fmt: skip
        response = web.Response(text=text, content_type="text/html", headers=FRAME_HEADERS)
        response.enable_compression()
        return response
