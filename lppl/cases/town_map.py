"""The map on which people show where something is: the town's areas, and a tile server's pictures if there is one.

Both are documents of the desk. What phones are sent is made once for each version, and kept in memory.
"""

import asyncio
import gzip
import json
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.cases.areas import Area, packed, read, written
from lppl.cases.documents import DeskDocuments, Document
from lppl.cases.triage.places import Kelurahan
from lppl.errors import LpplError, ProcessFailed
from lppl.process import run

AREAS, TILES = "map-areas", "map-tiles"
LARGEST = 30_000_000
"""Bytes of a file."""
READING_S = 120.0
_TILES = re.compile(
    r"https://(?P<host>[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::[0-9]{1,5})?)/[A-Za-z0-9._~:/?&=%+,{}-]*"
)
_PLACES = ("{z}", "{x}", "{y}")


class MapUnread(LpplError):
    """A file cannot be used; the sentences say why, and what to do."""


@dataclass(frozen=True, slots=True)
class Base:
    """What a page has to know before anybody opens the map. `version` "": there is none; `host`: of the tile server."""

    version: str = ""
    host: str = ""

    def pictures(self, policy: str) -> str:
        """Return a page's Content-Security-Policy with the tile server's pictures allowed, and nothing else of it."""
        return policy.replace("img-src ", f"img-src https://{self.host} ") if self.host else policy


@dataclass(frozen=True, slots=True)
class MapFile:
    """What phones are sent, plain and packed by gzip; and the areas that it was made of."""

    version: str
    host: str
    body: bytes
    packed: bytes
    areas: Sequence[Area]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds, as :func:`lppl.cases.boundaries.main` tells it."""

    properties: Sequence[Mapping[str, Any]]
    kelurahan: str
    kecamatan: str
    areas: Sequence[Area]
    ignored: int
    points: tuple[int, int]
    metres: int


def host_of(url: str) -> str:
    """Return the host, with its port, of a template such as ``https://tile.example.org/{z}/{x}/{y}.png``; "" when it is
    no such template. The host goes into a header: nothing else than letters, figures, dots and dashes may be in it."""
    match = _TILES.fullmatch(url)
    left = re.sub("|".join(map(re.escape, _PLACES)), "", url)
    whole = match is not None and all(url.count(p) == 1 for p in _PLACES) and not set("{}") & set(left)
    return match["host"] if match is not None and whole else ""


class TownMap:
    """The store of the map, and its reader of files."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._documents = DeskDocuments(engine)
        self._file: MapFile | None = None
        self._reading = asyncio.Lock()

    async def base(self) -> Base:
        """Return what pages have to know."""
        file = await self.file()
        return Base(file.version, file.host) if file.body else Base()

    async def file(self) -> MapFile:
        """Return what phones are sent; nothing while there is neither a map nor a tile server."""
        stamps = await self._documents.stamps((AREAS, TILES))
        version = ".".join(stamps[name] for name in (AREAS, TILES) if name in stamps)
        if self._file is None or self._file.version != version:
            kept, tiles = await self.kept(), await self.tiles()
            self._file = await asyncio.to_thread(_made, version, kept.body["areas"], tiles.body)
        return self._file

    async def areas(self) -> Sequence[Area]:
        """Return the town's areas; none while nobody has brought a map."""
        return (await self.file()).areas

    async def kept(self) -> Document:
        """Return the areas as they are kept, with their revision."""
        return await self._documents.get(AREAS) or Document(0, {"areas": []})

    async def tiles(self) -> Document:
        """Return which tile server is used."""
        return await self._documents.get(TILES) or Document(0, {"url": "", "attribution": ""})

    async def keep_areas(self, reading: Reading | None, base: int, author: str, now: datetime) -> int:
        """Keep the areas of a file, or none; return the revision. Raises DocumentChanged."""
        body: dict[str, Any] = {"areas": []}
        if reading is not None:
            body = {
                "kelurahan": reading.kelurahan, "kecamatan": reading.kecamatan, "metres": reading.metres,
                "areas": [written(area) for area in reading.areas],
            }  # fmt: skip
        return await self._documents.keep(AREAS, body, base, author, now)

    async def keep_tiles(self, url: str, attribution: str, base: int, author: str, now: datetime) -> int:
        """Keep which tile server is used, "" for none; return the revision. Raises DocumentChanged."""
        assert not url or host_of(url)
        return await self._documents.keep(TILES, {"url": url, "attribution": attribution}, base, author, now)

    async def read(self, data: bytes, table: Sequence[Kelurahan], kelurahan: str, kecamatan: str | None) -> Reading:
        """Read a GeoJSON file in a process of its own, one at a time; names as :func:`boundaries.areas_of` takes them.

        Raises MapUnread.
        """
        asked = {
            "table": [[k.name, k.kecamatan, list(k.aliases)] for k in table],
            "kelurahan": kelurahan, "kecamatan": kecamatan,
        }  # fmt: skip
        async with self._reading:
            with tempfile.TemporaryDirectory(prefix="lppl-map-") as name:
                folder = Path(name)
                await asyncio.to_thread((folder / "file").write_bytes, data)
                await asyncio.to_thread((folder / "asked.json").write_text, json.dumps(asked), "utf-8")
                try:
                    out = await run([sys.executable, "-m", "lppl.cases.boundaries", name], timeout=READING_S)
                except (ProcessFailed, TimeoutError):
                    raise MapUnread(
                        "Peta ini terlalu rinci atau rusak; sederhanakan dulu, lalu unggah lagi.",
                        "This map is too detailed, or damaged; simplify it and upload it again.",
                    ) from None
        return await asyncio.to_thread(_told, out)


def _told(out: bytes) -> Reading:
    """Return what the reading process said. Raises MapUnread."""
    said = json.loads(out)
    if "refused" in said:
        raise MapUnread(*said["refused"])
    areas = [read(a) for a in said.pop("areas")]
    before, after = said.pop("points")
    return Reading(areas=areas, points=(before, after), **said)


def _made(version: str, kept: Sequence[Mapping[str, Any]], tiles: Mapping[str, Any]) -> MapFile:
    areas, host = [read(each) for each in kept], host_of(str(tiles["url"]))
    if not areas and not host:
        return MapFile(version, "", b"", b"", ())
    shown = {"url": tiles["url"], "attribution": tiles["attribution"]} if host else None
    body = json.dumps({"areas": packed(areas), "tiles": shown}, separators=(",", ":")).encode()
    return MapFile(version, host, body, gzip.compress(body, mtime=0), areas)
