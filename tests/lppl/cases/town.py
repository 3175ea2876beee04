"""A made town for tests: kelurahan in rows, with winding borders that neighbours share, as offices give them away."""

import json
import math
import random
from collections.abc import Sequence
from typing import Any

from lppl.cases.triage.pekalongan import KELURAHAN

WEST, SOUTH, WIDE = 109.64, -6.93, 0.013
COLUMNS = 6
Point = tuple[float, float]


def _node(column: int, row: int) -> Point:
    shake = random.Random(f"{column} {row}")
    return (
        WEST + (column + shake.uniform(-0.2, 0.2)) * WIDE,
        SOUTH + (row + shake.uniform(-0.2, 0.2)) * WIDE,
    )


def _border(a: Point, b: Point, pieces: int) -> list[Point]:
    """Return a winding line from one node to another, without its end; the way back is the same line."""
    if a > b:
        return [a, *reversed(_border(b, a, pieces)[1:])]
    shake, off, found = random.Random(f"{a} {b}"), 0.0, [a]
    for n in range(1, pieces):
        part = n / pieces
        off += shake.uniform(-1, 1) / 60
        aside = off * math.sin(math.pi * part)
        x, y = b[0] - a[0], b[1] - a[1]
        found.append((a[0] + x * part - y * aside, a[1] + y * part + x * aside))
    return found


def cell(column: int, row: int, pieces: int = 40) -> list[Point]:
    """Return the outline of one kelurahan, closed."""
    corners = [_node(column, row), _node(column + 1, row), _node(column + 1, row + 1), _node(column, row + 1)]
    ring = [point for n, a in enumerate(corners) for point in _border(a, corners[(n + 1) % 4], pieces)]
    return [*ring, ring[0]]


def geojson(names: Sequence[tuple[str, str]] | None = None, pieces: int = 40) -> dict[str, Any]:
    """Return a map of kelurahan, by (name, kecamatan); those of Pekalongan unless others are given."""
    given = names if names is not None else [(k.name, k.kecamatan) for k in KELURAHAN]
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"OBJECTID": n, "WADMKD": name.upper(), "WADMKC": kecamatan, "REMARK": "Batas"},
                "geometry": {"type": "Polygon", "coordinates": [cell(n % COLUMNS, n // COLUMNS, pieces)]},
            }
            for n, (name, kecamatan) in enumerate(given)
        ],
    }


def written(found: Any) -> bytes:
    """Return it as a file."""
    return json.dumps(found).encode()
