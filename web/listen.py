"""``/listen/{channel}.aac``, and ``/listen/{channel}/hemat.aac``: continuous streams for old radio apps, VLC, cars."""

from collections.abc import Mapping
from contextlib import aclosing, suppress

from aiohttp import hdrs, web

from streaming.progressive import ICY_INTERVAL, IcyMixer, ProgressiveFeed

FEEDS = web.AppKey("feeds", Mapping[str, ProgressiveFeed])
LEAN_FEEDS = web.AppKey("lean_feeds", Mapping[str, ProgressiveFeed])
NAMES = web.AppKey("feed_names", Mapping[str, str])


def add_listen(
    app: web.Application,
    feeds: Mapping[str, ProgressiveFeed],
    names: Mapping[str, str],
    lean: Mapping[str, ProgressiveFeed] | None = None,
) -> None:
    """Register the stream of each channel, and the one of its leanest sound; `names` are what players show."""
    app[FEEDS], app[NAMES], app[LEAN_FEEDS] = feeds, names, lean or {}
    app.router.add_get("/listen/{channel:[A-Za-z0-9-]+}.aac", listen, allow_head=True)
    app.router.add_get("/listen/{channel:[A-Za-z0-9-]+}/{lean:hemat}.aac", listen, allow_head=True)


class _Endless(web.StreamResponse):
    """An answer that lasts as long as its connection.

    Players of the Icecast age expect the bytes as they are, without the chunks that aiohttp would frame them in for
    want of a length; this attribute is how its WebSockets do without, too.
    """

    _length_check = False


async def listen(request: web.Request) -> web.StreamResponse:
    """Send the stream until the listener goes, with titles when it sent ``Icy-MetaData: 1``."""
    channel = request.match_info["channel"]
    feeds = request.app[LEAN_FEEDS if "lean" in request.match_info else FEEDS]
    feed = feeds.get(channel)
    if feed is None:
        raise web.HTTPNotFound(text="Kanal tidak ada / no such channel")
    icy = request.headers.get("Icy-MetaData") == "1"
    name = request.app[NAMES][channel].encode("ascii", "replace").decode()
    headers = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*", "icy-name": name}
    if icy:
        headers["icy-metaint"] = str(ICY_INTERVAL)
    response = _Endless(headers=headers)
    response.content_type = "audio/aac"
    response.headers[hdrs.CONNECTION] = "close"
    response.force_close()
    await response.prepare(request)
    if request.method == hdrs.METH_HEAD:
        return response
    mixer = IcyMixer()
    with suppress(ConnectionError):  # the listener has gone
        async with aclosing(feed.listen()) as chunks:
            async for data, title in chunks:
                await response.write(mixer.mix(data, title) if icy else data)
    return response
