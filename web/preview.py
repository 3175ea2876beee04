"""What staff see and hear of an item before it airs: its house set as HLS, the outline of its sound, its pictures.

Handlers only, as functions of a request and the parts of its address: who may ask is decided around them. Nothing here
depends on a channel. What was never conformed cannot be shown, and the answer says so.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from aiohttp import web

from lppl.errors import HouseFileDamaged, LpplError
from lppl.media import AssetId, HouseId
from streaming import preview
from streaming.fmp4 import VideoTrack
from streaming.house import HouseSet, HouseStore, Rendition
from streaming.level_store import LevelStore
from streaming.pictures import Thumbs
from web.hls import PLAYLIST_TYPE, send_body

KEPT = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
"""The bytes of an address never change, but only staff may have them."""
FRESH = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
OPEN_SETS = 8
MOST_POINTS = 20_000
"""Points of an outline that are sent: more than a screen has columns, also when it is drawn ten times as wide."""
_HOUSE = re.compile(r"[0-9a-f]{40}\.[a-z0-9-]{1,40}")
_ASSET = re.compile(r"[0-9a-f]{40}")
_NUMBER = re.compile(r"[0-9]{1,6}")


class NothingToShow(LpplError):
    """There is nothing to show of an item."""

    def __init__(self) -> None:
        super().__init__(
            "Materi ini belum selesai disiapkan, atau berkas siarannya hilang; coba lagi setelah penyiapan selesai.",
            "This item has not been conformed yet, or its files are gone; try again when conforming is done.",
        )


class Preview:
    """Answers for one station's house sets. It opens them by itself: what airs keeps its own files open."""

    def __init__(self, house: Path, levels: LevelStore, thumbs: Thumbs) -> None:
        self._store, self._levels, self._thumbs = HouseStore(house, OPEN_SETS), levels, thumbs

    @classmethod
    def of(cls, data_dir: Path) -> "Preview":
        """Return the preview of the station whose data lie in `data_dir`."""
        return cls(data_dir / "house", LevelStore(data_dir / "levels"), Thumbs(data_dir / "thumbs"))

    # --- sound and picture ---

    async def master(self, _request: web.Request, params: Mapping[str, str]) -> web.StreamResponse:
        """Send the multivariant playlist of a house set."""
        return _playlist(preview.master(await self._open(params)))

    async def media(self, _request: web.Request, params: Mapping[str, str]) -> web.StreamResponse:
        """Send the media playlist of one rendition."""
        found = await self._open(params)
        rendition = _rendition(found, params)
        return _playlist(await asyncio.to_thread(preview.media, found, rendition.info.name))

    async def init(self, _request: web.Request, params: Mapping[str, str]) -> web.StreamResponse:
        """Send the init segment of one rendition."""
        rendition = _rendition(await self._open(params), params)
        return web.Response(body=rendition.init, content_type=_type(rendition), headers=KEPT)

    async def segment(self, request: web.Request, params: Mapping[str, str]) -> web.StreamResponse:
        """Send a segment, or a byte range of it."""
        found = await self._open(params)
        rendition = _rendition(found, params)
        if not _NUMBER.fullmatch(params["number"]):
            raise _missing()
        try:
            body = await asyncio.to_thread(preview.segment, found, rendition, int(params["number"]))
        except HouseFileDamaged as error:
            raise _missing(error) from None
        if body is None:
            raise _missing()
        return await send_body(request, body, {**KEPT, "Accept-Ranges": "bytes"}, _type(rendition))

    async def outline(self, request: web.Request, params: Mapping[str, str]) -> web.StreamResponse:
        """Send the outline of an item's sound: 2 signed bytes a point, lowest and highest sample, 127 full scale.

        ``?points=`` asks for fewer. The header ``X-Points-Per-Second`` says how they lie in time. 404 with a sentence
        while there is none, or why there never will be.
        """
        house = _house(params)
        found = await asyncio.to_thread(self._levels.outline, house)
        if found is None:
            raise _missing(await asyncio.to_thread(self._levels.finding, house))
        asked = request.query.get("points", "")
        most = min(MOST_POINTS, max(1, int(asked))) if _NUMBER.fullmatch(asked) else MOST_POINTS
        thin = await asyncio.to_thread(found.thinned, most)
        headers = {**KEPT, "X-Points-Per-Second": f"{thin.per_second:.6f}"}
        return web.Response(body=thin.points, content_type="application/octet-stream", headers=headers)

    async def poster(self, _request: web.Request, params: Mapping[str, str]) -> web.StreamResponse:
        """Send the poster of an asset, or its cover; 404 where it has none, or none yet."""
        return await self._picture(self._thumbs.poster(_asset(params)))

    async def strip(self, _request: web.Request, params: Mapping[str, str]) -> web.StreamResponse:
        """Send the strip of frames of an asset; 404 where it has none, or none yet."""
        return await self._picture(self._thumbs.strip(_asset(params)))

    async def _picture(self, path: Path) -> web.StreamResponse:
        if not await asyncio.to_thread(path.is_file):
            raise _missing()
        return web.FileResponse(path, headers=KEPT)

    async def _open(self, params: Mapping[str, str]) -> HouseSet:
        try:
            return await asyncio.to_thread(self._store.get, _house(params))
        except HouseFileDamaged:
            raise _missing() from None


Answer = Callable[[Preview, web.Request, Mapping[str, str]], Awaitable[web.StreamResponse]]

ADDRESSES: Sequence[tuple[str, Answer]] = (
    ("/{house}/master.m3u8", Preview.master),
    ("/{house}/outline", Preview.outline),
    ("/{house}/{rendition}.m3u8", Preview.media),
    ("/{house}/{rendition}/init.mp4", Preview.init),
    ("/{house}/{rendition}/{number}.m4s", Preview.segment),
    ("/{asset}/poster.jpg", Preview.poster),
    ("/{asset}/strip.jpg", Preview.strip),
)
"""What may be asked for (GET, HEAD), as paths below a prefix, and who answers."""


def _asset(params: Mapping[str, str]) -> AssetId:
    if not _ASSET.fullmatch(params["asset"]):
        raise _missing()
    return AssetId(params["asset"])


def _house(params: Mapping[str, str]) -> HouseId:
    if not _HOUSE.fullmatch(params["house"]):
        raise _missing()
    return HouseId(params["house"])


def _rendition(found: HouseSet, params: Mapping[str, str]) -> Rendition:
    rendition = found.renditions.get(params["rendition"])
    if rendition is None:
        raise _missing()
    return rendition


def _missing(why: LpplError | None = None) -> web.HTTPNotFound:
    return web.HTTPNotFound(text=str(why or NothingToShow()), headers={"Cache-Control": "no-store"})


def _playlist(text: str) -> web.Response:
    return web.Response(body=text.encode(), content_type=PLAYLIST_TYPE, headers=FRESH)


def _type(rendition: Rendition) -> str:
    return "video/mp4" if isinstance(rendition.track, VideoTrack) else "audio/mp4"
