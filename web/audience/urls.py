"""Every public address of the audience's pages, with what it answers: read by the test that knows all URLs.

`path` is as routed; `example` is an address that works on a station with the channels ``tv`` and ``radio``. `status` is
the answer to anybody, logged in or not. Where it depends on what the station has aired, all that may be are told.
"""

from typing import Final, NamedTuple


class PublicUrl(NamedTuple):
    """One address and method."""

    method: str
    path: str
    example: str
    status: tuple[int, ...]
    type: str


HTML: Final = "text/html"
JSON: Final = "application/json"

URLS: Final = (
    PublicUrl("GET", "/panduan", "/panduan", (200,), HTML),
    PublicUrl("GET", "/panduan/{channel}", "/panduan/tv", (200,), HTML),
    PublicUrl("GET", r"/panduan/{channel}/{date:\d{4}-\d\d-\d\d}", "/panduan/tv/1999-01-01", (404,), HTML),
    PublicUrl("GET", "/panduan/{channel}/sepekan", "/panduan/tv/sepekan", (200,), HTML),
    PublicUrl(
        "GET", r"/panduan/{channel}/sepekan/{date:\d{4}-\d\d-\d\d}", "/panduan/tv/sepekan/1999-01-01", (404,), HTML
    ),
    PublicUrl("GET", "/panduan/{channel}/siaran/{uid}.ics", "/panduan/tv/siaran/tidak-ada.ics", (404,), HTML),
    PublicUrl("GET", "/panduan/{channel}/seri/{programme}.ics", "/panduan/tv/seri/tidak-ada.ics", (404,), HTML),
    PublicUrl("GET", "/tonton", "/tonton", (200,), HTML),
    PublicUrl("GET", r"/tonton/{channel}/{span:\d{1,12}-\d{1,12}}", "/tonton/tv/2-1", (404,), HTML),
    PublicUrl("GET", "/tonton/{channel}/{uid}", "/tonton/tv/tidak-ada", (404,), HTML),
    PublicUrl("GET", "/saat/{channel}/{moment}", "/saat/tv/kemarin", (404,), HTML),
    PublicUrl("GET", "/widget", "/widget", (200,), HTML),
    PublicUrl("GET", "/widget/{channel}", "/widget/tv", (200,), HTML),
    PublicUrl("GET", "/hemat", "/hemat", (200,), HTML),
    PublicUrl("GET", "/luring", "/luring", (200,), HTML),
    PublicUrl("GET", "/manifest.webmanifest", "/manifest.webmanifest", (200,), "application/manifest+json"),
    PublicUrl("GET", "/{name:icon-192.png|icon-512.png|icon-maskable-512.png}", "/icon-192.png", (200,), "image/png"),
    PublicUrl("GET", "/sw.js", "/sw.js", (200, 404), "text/javascript"),
    PublicUrl("POST", "/beacon", "/beacon", (400,), "text/plain"),
    PublicUrl("GET", "/pengingat/kunci", "/pengingat/kunci", (200, 503), JSON),
    PublicUrl("POST", "/pengingat", "/pengingat", (400,), JSON),
    PublicUrl("DELETE", "/pengingat", "/pengingat", (400,), JSON),
    PublicUrl("POST", "/pengingat/daftar", "/pengingat/daftar", (400,), JSON),
    PublicUrl("GET", "/listen/{channel}/hemat.aac", "/listen/tidak-ada/hemat.aac", (404,), "text/plain"),
)
"""Examples without a body; HEAD answers wherever GET does."""
