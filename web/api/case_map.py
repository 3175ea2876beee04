"""The town's map through the API: its areas out of a GeoJSON file, and the tile server whose pictures lie beneath."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from lppl.accounts import Right
from lppl.cases.areas import Area, Names
from lppl.cases.desk_lists import places_told
from lppl.cases.town_map import LARGEST, Reading, host_of
from lppl.cases.triage.places import Kelurahan
from lppl.desk.errors import FieldsRefused
from lppl.events import PlanChanged
from web.api.operations import Operations
from web.api.people import Strict
from web.staff.visit import Visit

operations = Operations("Peta")

TYPES = ("application/octet-stream", "application/geo+json")
Name = Annotated[str, StringConstraints(max_length=80)]
Revision = Annotated[int, Field(ge=0, le=2**31 - 1)]
NO_TILES = (
    "harus seperti https://tile.openstreetmap.org/{z}/{x}/{y}.png",
    "must be like https://tile.openstreetmap.org/{z}/{x}/{y}.png",
)
NO_ATTRIBUTION = (
    "harus diisi: pemilik peta minta disebut",
    "is required: whose map it is wants to be named",
)


class NamesQuery(Strict):
    """From which properties of the file the names are read: the likeliest where none is named; "": no kecamatan."""

    kelurahan: Name = ""
    kecamatan: Name | None = None


class KeepQuery(NamesQuery):
    """The same, as the successor of `revision`."""

    revision: Revision


class OfRevision(Strict):
    """Which revision is followed."""

    revision: Revision


class AreaOut(BaseModel):
    """An area. `known`: the desk's list has a kelurahan of that name; the point lies well inside."""

    name: str
    kecamatan: str
    known: bool
    latitude: float
    longitude: float


class PropertyOut(BaseModel):
    """A property of the file's areas, with some of its values. `known`: how many are kelurahan of the desk's list."""

    name: str
    examples: list[str]
    different: int
    known: int


class AreasOut(BaseModel):
    """Areas, and the kelurahan of the desk's list that have none. `metres`: outlines are true within so many."""

    areas: list[AreaOut]
    missing: list[str]
    metres: int


class ReadingOut(AreasOut):
    """What a file holds. `ignored`: features that are no areas; `before`, `after`: points of the outlines."""

    properties: list[PropertyOut]
    kelurahan: str
    kecamatan: str
    ignored: int
    before: int
    after: int


class TilesIn(Strict):
    """A tile server: the template of its addresses, and whose pictures they are. Both empty: none."""

    revision: Revision
    url: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] = ""
    attribution: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class TilesOut(BaseModel):
    """Which tile server is used."""

    revision: int
    url: str
    attribution: str


class MapOut(AreasOut):
    """The map as it is. `version`: of what phones are sent, "" while there is none."""

    version: str
    revision: int
    author: str
    tiles: TilesOut


@operations.get("/case-map", Right.CASES, "Peta wilayah / The town's map")
async def town_map(visit: Visit) -> MapOut:
    """Return the map's areas and its tile server."""
    maps = visit.office.town_map
    kept, tiles = await maps.kept(), await maps.tiles()
    return MapOut(
        **_areas(await maps.areas(), await _table(visit), int(kept.body.get("metres", 0))),
        version=(await maps.base()).version, revision=kept.revision, author=kept.author,
        tiles=TilesOut(revision=tiles.revision, url=tiles.body["url"], attribution=tiles.body["attribution"]),
    )  # fmt: skip


@operations.post(
    "/case-map/reading", Right.CASES, "Baca berkas peta / Read a map's file", consumes=TYPES, largest=LARGEST, asks=True
)  # fmt: skip
async def reading(visit: Visit, params: NamesQuery, data: bytes) -> ReadingOut:
    """Return what a GeoJSON file of at most 30 MB holds; nothing of it is kept."""
    table = await _table(visit)
    found = await visit.office.town_map.read(data, table, params.kelurahan, params.kecamatan)
    return _reading(found, table)


@operations.put("/case-map/areas", Right.CASES, "Pakai berkas peta / Use a map's file", consumes=TYPES, largest=LARGEST)
async def keep_areas(visit: Visit, params: KeepQuery, data: bytes) -> MapOut:
    """Keep the areas of a GeoJSON file; who comes second is told who was first."""
    found = await visit.office.town_map.read(data, await _table(visit), params.kelurahan, params.kecamatan)
    await _keep(visit, found, params.revision)
    return await town_map(visit)


@operations.delete("/case-map/areas", Right.CASES, "Hapus wilayah dari peta / Remove the areas")
async def drop_areas(visit: Visit, params: OfRevision) -> None:
    """Keep no areas."""
    await _keep(visit, None, params.revision)


@operations.put("/case-map/tiles", Right.ADMIN, "Atur gambar peta / Set the tile server")
async def keep_tiles(visit: Visit, body: TilesIn) -> MapOut:
    """Keep which tile server is used. Its host alone may send pictures to the pages with the map, and it sees the
    addresses of those who open it."""
    wrong: dict[str, tuple[str, str]] = {}
    if body.url and not host_of(body.url):
        wrong["url"] = NO_TILES
    if body.url and not body.attribution:
        wrong["attribution"] = NO_ATTRIBUTION
    if wrong:
        raise FieldsRefused(wrong)
    maps = visit.office.town_map
    before = (await maps.tiles()).body
    await maps.keep_tiles(body.url, body.attribution, body.revision, visit.me.name, visit.now)
    after = {"url": body.url, "attribution": body.attribution}
    await visit.office.audit.record(visit.actor, "map.tiles", visit.now, before=dict(before), after=after)
    visit.office.bus.publish(PlanChanged("", "desk.map", visit.me.name))
    return await town_map(visit)


async def _keep(visit: Visit, found: Reading | None, revision: int) -> None:
    maps = visit.office.town_map
    before = len((await maps.kept()).body["areas"])
    await maps.keep_areas(found, revision, visit.me.name, visit.now)
    after = {"areas": len(found.areas) if found is not None else 0}
    await visit.office.audit.record(visit.actor, "map.areas", visit.now, before={"areas": before}, after=after)
    visit.office.bus.publish(PlanChanged("", "desk.map", visit.me.name))


async def _table(visit: Visit) -> tuple[Kelurahan, ...]:
    return places_told((await visit.office.case_lists.get("places")).body)


def _areas(areas: Sequence[Area], table: tuple[Kelurahan, ...], metres: int) -> dict[str, Any]:
    names = Names(table)
    known = {area.name: names.kelurahan(area.name) is not None for area in areas}
    return {
        "areas": [
            AreaOut(
                name=a.name, kecamatan=a.kecamatan, known=known[a.name], latitude=a.label[1], longitude=a.label[0]
            )
            for a in areas
        ],
        "missing": sorted(k.name for k in table if k.name not in known),
        "metres": metres,
    }  # fmt: skip


def _reading(found: Reading, table: tuple[Kelurahan, ...]) -> ReadingOut:
    return ReadingOut(
        **_areas(found.areas, table, found.metres),
        properties=[PropertyOut(**p) for p in found.properties],
        kelurahan=found.kelurahan, kecamatan=found.kecamatan, ignored=found.ignored, before=found.points[0],
        after=found.points[1],
    )  # fmt: skip
