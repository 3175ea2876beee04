"""The areas of the station's town on its map: whose is a point, and how they are sent to a phone. Pure values."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lppl.cases.triage.places import Kelurahan, letters

Point = tuple[float, float]
"""Longitude and latitude in degrees, in the order of GeoJSON (RFC 7946)."""
STEPS = 100_000
"""Steps of a degree in which areas are kept and sent: about 1.1 m."""
_KIND = re.compile(r"^(kelurahan|kel|desa|ds|nagari|kampung|gampong)\b[\s.:]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Area:
    """A kelurahan or desa. `rings`: outlines and holes, none closed twice; `label`: a point well inside."""

    name: str
    kecamatan: str
    label: Point
    rings: Sequence[Sequence[Point]]


def area_at(areas: Iterable[Area], latitude: float, longitude: float) -> Area | None:
    """Return the area that holds a point, by counting how often a line to the east leaves it (even-odd rule)."""
    return next((area for area in areas if sum(_crossings(r, longitude, latitude) for r in area.rings) % 2), None)


def _crossings(ring: Sequence[Point], x: float, y: float) -> int:
    found = 0
    before = ring[-1]
    for point in ring:
        (x0, y0), (x1, y1) = before, point
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            found += 1
        before = point
    return found


def plain_name(name: str) -> str:
    """Return a name without what it is, and not in capitals alone: ``Medono`` of ``KELURAHAN MEDONO``."""
    short = _KIND.sub("", name.strip()) or name.strip()
    return short.title() if short.isupper() else short


class Names:
    """The station's own names for places, found however an official file writes them."""

    def __init__(self, table: Iterable[Kelurahan]) -> None:
        table = tuple(table)
        self._kelurahan: dict[str, Kelurahan] = {}
        for place in table:
            self._kelurahan.setdefault(letters(place.name), place)
        for place in table:
            for alias in place.aliases:
                self._kelurahan.setdefault(letters(alias), place)
        self._kecamatan = {letters(place.kecamatan): place.kecamatan for place in table}

    def kelurahan(self, name: str) -> Kelurahan | None:
        """Return the place that a name means; None when the station has none of that name."""
        return self._kelurahan.get(letters(name)) or self._kelurahan.get(letters(plain_name(name)))

    def kecamatan(self, name: str) -> str:
        """Return the kecamatan that a name means, else ""."""
        return self._kecamatan.get(letters(name), "")


def packed(areas: Iterable[Area]) -> list[dict[str, Any]]:
    """Return areas in few bytes for a slow line.

    ``n`` name, ``k`` kecamatan, ``l`` label, ``r`` rings. All points are whole :data:`STEPS` of a degree, longitude and
    latitude in turns; in a ring the first is as it is, each other the way to it from the one before.
    """
    return [
        {"n": a.name, "k": a.kecamatan, "l": [_step(c) for c in a.label], "r": [_ways(ring) for ring in a.rings]}
        for a in areas
    ]


def _ways(ring: Sequence[Point]) -> list[int]:
    found: list[int] = []
    x = y = 0
    for longitude, latitude in ring:
        to_x, to_y = _step(longitude), _step(latitude)
        found += [to_x - x, to_y - y]
        x, y = to_x, to_y
    return found


def _step(degrees: float) -> int:
    return round(degrees * STEPS)


def written(area: Area) -> dict[str, Any]:
    """Return an area as the records keep it."""
    return {"name": area.name, "kecamatan": area.kecamatan, "label": area.label, "rings": area.rings}


def read(kept: Mapping[str, Any]) -> Area:
    """Return an area that the records keep."""
    x, y = kept["label"]
    rings = tuple(tuple((float(px), float(py)) for px, py in ring) for ring in kept["rings"])
    return Area(kept["name"], kept["kecamatan"], (x, y), rings)
