"""Areas out of a GeoJSON file (RFC 7946) as offices give it away: checked, mended, and made light enough for phones.

    python -m lppl.cases.boundaries FOLDER

reads ``FOLDER/file`` as ``FOLDER/asked.json`` wants it and prints JSON. It is a process of its own, since the file is a
stranger's and the geometry a library's: it may need much memory, and the service on the air must not.
"""

import json
import math
import os
import resource
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon

from lppl.cases.areas import STEPS, Area, Names, Point, plain_name, written
from lppl.cases.triage.places import Kelurahan
from lppl.errors import LpplError

AREAS_MOST = 2_000
FEATURES_MOST = 50_000
NAME_LONGEST = 80
POINTS_MOST = 20_000
"""Of all areas together once simplified: some 60 kB on the way to a phone."""
FINEST = 0.0001
"""Degrees within which outlines may be straightened: about 11 m."""
WEST, SOUTH, EAST, NORTH = 94.5, -11.5, 141.5, 6.5
"""Indonesia."""
EXAMPLES = 3
MEMORY, SECONDS = 3 << 30, 90
KNOWN_NAMES = (
    "wadmkd", "kelurahan", "desa", "desa_kelurahan", "desa_kel", "nm_kelurahan", "nama_kelurahan", "nmdesa", "village",
    "name_4", "namobj", "nama", "name",
)  # fmt: skip
"""How maps of BIG, BPS, GADM and OpenStreetMap call the name of a kelurahan."""
KNOWN_KECAMATAN = ("wadmkc", "kecamatan", "nm_kecamatan", "nama_kecamatan", "nmkec", "kec", "district", "name_3")


class BoundariesRefused(LpplError):
    """The file cannot be used; the sentences say why, and what to do."""


@dataclass(frozen=True, slots=True)
class Property:
    """A property of the file's areas. `known`: how many of its values are kelurahan of the station."""

    name: str
    examples: Sequence[str]
    different: int
    known: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds. `kelurahan`, `kecamatan`: the properties that were read ("": none); `ignored`: features that
    are no areas; `points`: before and after; `straightened`: degrees within which outlines were."""

    properties: Sequence[Property]
    kelurahan: str
    kecamatan: str
    areas: Sequence[Area]
    ignored: int
    points: tuple[int, int]
    straightened: float


@dataclass(frozen=True, slots=True)
class _Feature:
    properties: Mapping[str, str]
    shape: shapely.Geometry


def areas_of(data: bytes, table: Sequence[Kelurahan], kelurahan: str = "", kecamatan: str | None = None) -> Found:
    """Return the areas of a GeoJSON file.

    `kelurahan`, `kecamatan`: properties to read the names from; "" and None to choose, and "" for no kecamatan.

    Raises BoundariesRefused. Takes seconds, and memory many times the file's.
    """
    features, ignored = _features(_loaded(data))
    names = Names(table)
    properties = _properties(features, names)
    kelurahan = kelurahan or _likely(properties, KNOWN_NAMES)
    if not any(p.name == kelurahan for p in properties):
        raise BoundariesRefused(
            "Wilayah di berkas ini tidak bernama: tidak ada kolom dengan nama kelurahan.",
            "The areas of this file have no names: it has no property with names of kelurahan.",
        )
    if kecamatan is None or kecamatan == kelurahan:
        kecamatan = _of_kecamatan(features, properties, names, kelurahan)
    shapes = _joined(features, kelurahan, kecamatan, names)
    before = int(sum(shapely.get_num_coordinates(shape) for shape in shapes.values()))
    simple, within = _simplified(list(shapes.values()))
    areas = [
        area
        for (name, district), shape in zip(shapes, simple, strict=True)
        if (area := _area(name, district, shape)) is not None
    ]
    if not areas:
        raise BoundariesRefused("Tidak ada wilayah yang dapat dibaca.", "No area of it can be read.")
    areas.sort(key=lambda a: (a.kecamatan, a.name))
    after = sum(len(ring) for area in areas for ring in area.rings)
    return Found(properties, kelurahan, kecamatan, areas, ignored, (before, after), within)


# --- the file ---


def _loaded(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BoundariesRefused(
            "Ini bukan GeoJSON yang utuh. Simpan peta sebagai GeoJSON (bukan shapefile, KML, atau ZIP), lalu unggah "
            "lagi.",
            "This is no complete GeoJSON. Save the map as GeoJSON (no shapefile, KML or ZIP) and upload it again.",
        ) from None


def _no_number(name: str) -> float:
    raise ValueError(name)


def _features(found: Any) -> tuple[list[_Feature], int]:
    """Return the areas of a document, and how many features are none."""
    given = found.get("features") if isinstance(found, dict) and found.get("type") == "FeatureCollection" else None
    if isinstance(found, dict) and found.get("type") == "Feature":
        given = [found]
    if not isinstance(given, list) or not given:
        raise BoundariesRefused(
            "GeoJSON ini tidak berisi wilayah (FeatureCollection).", "This GeoJSON has no areas (FeatureCollection)."
        )
    if len(given) > FEATURES_MOST:
        raise BoundariesRefused(
            f"Terlalu banyak bagian: paling banyak {FEATURES_MOST}. Ambil hanya wilayah kota ini.",
            f"Too many features: at most {FEATURES_MOST}. Take the areas of this town only.",
        )
    features = []
    for each in given:
        shape = _shape(each.get("geometry")) if isinstance(each, dict) else None
        if shape is not None:
            features.append(_Feature(_texts(each.get("properties")), shape))
    return features, len(given) - len(features)


def _texts(properties: Any) -> dict[str, str]:
    """Return the properties that are short texts, their spaces put right."""
    if not isinstance(properties, dict):
        return {}
    found = {}
    for name, value in properties.items():
        text = " ".join(value.split()) if isinstance(value, str) else ""
        if text and len(text) <= NAME_LONGEST and len(name) <= NAME_LONGEST:
            found[name] = text
    return found


def _shape(geometry: Any) -> shapely.Geometry | None:
    """Return a polygon, or several, without faults; None for all other geometry."""
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return None
    given = geometry.get("coordinates")
    polygons = [given] if geometry["type"] == "Polygon" else given
    if not isinstance(polygons, list):
        return None
    made = []
    for rings in polygons:
        if not isinstance(rings, list) or not rings:
            continue
        outlines = [_ring(ring) for ring in rings]
        if len(outlines[0]) > 2:
            made.append(Polygon(outlines[0], [hole for hole in outlines[1:] if len(hole) > 2]))
    shape = shapely.make_valid(MultiPolygon(made)) if made else None
    return _only_areas(shape) if shape is not None else None


def _ring(given: Any) -> list[Point]:
    if not isinstance(given, list):
        return []
    return [_point(each) for each in given]


def _point(given: Any) -> Point:
    if not (isinstance(given, list) and len(given) >= 2 and all(type(c) in (int, float) for c in given[:2])):
        raise BoundariesRefused("Titik di berkas ini rusak.", "A point of this file is damaged.")
    x, y = given[:2]
    if WEST <= x <= EAST and SOUTH <= y <= NORTH:
        return float(x), float(y)
    if SOUTH <= x <= NORTH and WEST <= y <= EAST:
        raise BoundariesRefused(
            "Lintang dan bujur tertukar: GeoJSON menulis bujur lebih dahulu. Ekspor ulang sebagai WGS 84 (EPSG:4326).",
            "Latitude and longitude are the wrong way round: GeoJSON has longitude first. Export it again as WGS 84 "
            "(EPSG:4326).",
        )
    raise BoundariesRefused(
        "Titik di berkas ini di luar Indonesia. Ekspor ulang peta dengan koordinat WGS 84 (EPSG:4326), bukan UTM.",
        "Points of this file are outside Indonesia. Export the map again with WGS 84 (EPSG:4326), not UTM.",
    )


def _only_areas(shape: shapely.Geometry) -> shapely.Geometry | None:
    """Return what of a mended shape has an area; mending may leave lines and points."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon | MultiPolygon)]
    whole = shapely.union_all(parts) if parts else None
    return whole if whole is not None and not whole.is_empty and whole.area > 0 else None


# --- names ---


def _properties(features: Sequence[_Feature], names: Names) -> list[Property]:
    """Return the properties that most of the areas have, with examples."""
    values: dict[str, Counter[str]] = {}
    for feature in features:
        for name, value in feature.properties.items():
            values.setdefault(name, Counter())[value] += 1
    found = []
    for name, counted in values.items():
        if counted.total() * 2 >= len(features):
            known = {place.name for value in counted if (place := names.kelurahan(value)) is not None}
            found.append(Property(name, sorted(counted)[:EXAMPLES], len(counted), len(known)))
    return found[:60]


def _likely(properties: Sequence[Property], known: Sequence[str]) -> str:
    """Return the property that says which kelurahan it is: by the station's own names, else by how maps call it."""

    def rank(p: Property) -> tuple[int, int, int]:
        usual = known.index(p.name.casefold()) if p.name.casefold() in known else len(known)
        return p.known, -usual, p.different

    best = max(properties, key=rank, default=None)
    return best.name if best is not None else ""


def _of_kecamatan(
    features: Sequence[_Feature], properties: Sequence[Property], names: Names, kelurahan: str
) -> str:  # fmt: skip
    """Return the property that says which kecamatan it is in, else ""."""
    others = [p.name for p in properties if p.name != kelurahan]
    matches = {n: sum(bool(names.kecamatan(f.properties.get(n, ""))) for f in features) for n in others}
    best = max(others, key=lambda n: matches[n], default="")
    if best and matches[best] * 2 >= len(features):
        return best
    usual = {n.casefold(): n for n in others}
    return next((usual[k] for k in KNOWN_KECAMATAN if k in usual), "")


def _joined(
    features: Sequence[_Feature], kelurahan: str, kecamatan: str, names: Names
) -> dict[tuple[str, str], shapely.Geometry]:
    """Return one shape for each kelurahan by its name and kecamatan; a file may have its parts one by one."""
    parts: dict[tuple[str, str], list[shapely.Geometry]] = {}
    for feature in features:
        name = feature.properties.get(kelurahan, "")
        if not name:
            continue
        district = plain_name(feature.properties.get(kecamatan, "")) if kecamatan else ""
        place = names.kelurahan(name)
        key = (plain_name(name), names.kecamatan(district) or district)
        if place is not None:
            key = (place.name, place.kecamatan)
        parts.setdefault(key, []).append(feature.shape)
    if len(parts) > AREAS_MOST:
        raise BoundariesRefused(
            f"Terlalu banyak wilayah: paling banyak {AREAS_MOST}. Ambil hanya kelurahan kota ini.",
            f"Too many areas: at most {AREAS_MOST}. Take the kelurahan of this town only.",
        )
    return {key: shapely.union_all(shapes) for key, shapes in parts.items()}


# --- outlines ---


def _simplified(shapes: Sequence[shapely.Geometry]) -> tuple[list[shapely.Geometry], float]:
    """Return shapes with fewer points, neighbours with the same border still; and within how many degrees.

    It is done more coarsely until all together have at most :data:`POINTS_MOST`.
    """
    within = FINEST
    together = bool(shapely.coverage_is_valid(list(shapes)))
    while True:
        if together:
            found = list(shapely.coverage_simplify(list(shapes), within))
        else:
            found = [shapely.simplify(shape, within, preserve_topology=True) for shape in shapes]
        found = [new if not new.is_empty else old for new, old in zip(found, shapes, strict=True)]
        if sum(shapely.get_num_coordinates(shape) for shape in found) <= POINTS_MOST or within > 0.01:
            return found, within
        within *= 2


def _area(name: str, kecamatan: str, shape: shapely.Geometry) -> Area | None:
    """Return an area with its points in whole steps; None when nothing is left of it."""
    polygons = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    rings = [ring for polygon in polygons for ring in _rings(polygon)]
    if not rings:
        return None
    largest = max(polygons, key=lambda p: p.area)
    inside = shapely.maximum_inscribed_circle(largest).coords[0]
    return Area(name, kecamatan, _rounded(inside), tuple(rings))


def _rings(polygon: Polygon) -> Iterator[tuple[Point, ...]]:
    for line in (polygon.exterior, *polygon.interiors):
        points = [_rounded(c) for c in line.coords[1:]]  # the last is the first again
        apart = tuple(point for n, point in enumerate(points) if point != points[n - 1])
        if len(apart) > 2:
            yield apart


def _rounded(point: Sequence[float]) -> Point:
    x, y = (round(round(c * STEPS) / STEPS, 5) for c in point[:2])
    return x, y


# --- the process ---


def main(folder: Path) -> None:
    """Read what lies in a folder and print what was found, or why nothing was."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    os.nice(10)
    asked = json.loads((folder / "asked.json").read_bytes())
    table = [Kelurahan(name, kecamatan, tuple(aliases)) for name, kecamatan, aliases in asked["table"]]
    answer: dict[str, Any]
    try:
        found = areas_of((folder / "file").read_bytes(), table, asked["kelurahan"], asked["kecamatan"])
        answer = {
            "properties": [asdict(p) for p in found.properties], "kelurahan": found.kelurahan,
            "kecamatan": found.kecamatan, "areas": [written(a) for a in found.areas], "ignored": found.ignored,
            "points": found.points, "metres": math.ceil(found.straightened * 111_000),
        }  # fmt: skip
    except BoundariesRefused as error:
        answer = {"refused": [error.indonesian, error.english]}
    except MemoryError:
        answer = {"refused": ["Peta ini terlalu rinci.", "This map is too detailed."]}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
