"""Areas of the town's map: whose is a point, how they travel, and how files of boundaries are read."""

import json
import random
from typing import Any

import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from lppl.cases import areas, boundaries
from lppl.cases.areas import STEPS, Area, Names, area_at, packed, plain_name, read, written
from lppl.cases.boundaries import BoundariesRefused, areas_of
from lppl.cases.triage.pekalongan import KELURAHAN
from lppl.cases.triage.places import Kelurahan
from tests.lppl.cases import town

whole = st.integers(0, 40)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5)
    | st.sampled_from(["FeatureCollection", "Feature", "Polygon", "MultiPolygon"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["type", "features", "properties", "geometry", "coordinates", "NAMA"]), inner),
    max_leaves=30,
)  # fmt: skip


def square(west: int, south: int, side: int = 10) -> list[tuple[float, float]]:
    return [(west, south), (west + side, south), (west + side, south + side), (west, south + side)]


def unpacked(found: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """Return the rings of what is sent, as a phone reads them."""
    rings = []
    for ways in found["r"]:
        x = y = 0
        ring = []
        for to_x, to_y in zip(ways[::2], ways[1::2], strict=True):
            x, y = x + to_x, y + to_y
            ring.append((x / STEPS, y / STEPS))
        rings.append(ring)
    return rings


@given(whole, whole)
def test_a_point_is_in_the_square_that_holds_it(x: int, y: int) -> None:
    table = [Area(f"{i} {j}", "", (i * 10, j * 10), [square(i * 10, j * 10)]) for i in range(4) for j in range(4)]
    found = area_at(table, y + 0.5, x + 0.5)
    assert (found.name if found is not None else None) == (f"{x // 10} {y // 10}" if x < 40 and y < 40 else None)


def test_holes_and_islands_belong_to_whom_they_should() -> None:
    ring = Area("Ringin", "", (1, 1), [square(0, 0, 30), square(10, 10, 10), square(50, 0, 5)])
    inner = Area("Tengah", "", (15, 15), [square(10, 10, 10)])
    assert [area_at([ring, inner], y, x) for x, y in ((5, 5), (15, 15), (52, 2), (40, 2))] == [ring, inner, ring, None]


def test_what_is_sent_is_what_is_kept() -> None:
    found = areas_of(town.written(town.geojson()), KELURAHAN).areas
    for area, sent in zip(found, packed(found), strict=True):
        assert sent["n"] == area.name
        assert [sent["l"][0] / STEPS, sent["l"][1] / STEPS] == pytest.approx(area.label)
        for ring, told in zip(area.rings, unpacked(sent), strict=True):
            assert [c for point in told for c in point] == pytest.approx([c for point in ring for c in point])
        assert read(json.loads(json.dumps(written(area)))) == area


@pytest.mark.parametrize(
    ("as_written", "name"),
    [
        ("KELURAHAN MEDONO", "Medono"),
        ("Kel. Medono", "Medono"),
        ("medono", "Medono"),
        ("PASIR KRATON KRAMAT", "Pasirkratonkramat"),
        ("Sapuro", "Sapuro Kebulen"),  # before they were merged
        ("Kalibaros", "Kali Baros"),
    ],
)
def test_names_of_offices_mean_the_stations_own(as_written: str, name: str) -> None:
    found = Names(KELURAHAN).kelurahan(as_written)
    assert found is not None and found.name == name


def test_a_name_nobody_knows_is_only_tidied() -> None:
    assert Names(KELURAHAN).kelurahan("Wiradesa") is None
    assert (plain_name("DESA WIRADESA"), plain_name("Desa"), plain_name("Karangjompo")) == (
        "Wiradesa", "Desa", "Karangjompo",
    )  # fmt: skip


# --- files ---


def test_a_map_is_read_by_the_property_that_names_the_kelurahan() -> None:
    found = areas_of(town.written(town.geojson()), KELURAHAN)
    assert (found.kelurahan, found.kecamatan, found.ignored) == ("WADMKD", "WADMKC", 0)
    assert {(a.name, a.kecamatan) for a in found.areas} == {(k.name, k.kecamatan) for k in KELURAHAN}
    assert next(p for p in found.properties if p.name == "WADMKD").known == 27
    assert found.points[1] < found.points[0]


def test_without_a_list_of_kelurahan_the_usual_names_of_maps_tell() -> None:
    found = areas_of(town.written(town.geojson()), ())
    assert (found.kelurahan, found.kecamatan) == ("WADMKD", "WADMKC")
    assert "Pasirkratonkramat" in {a.name for a in found.areas}


def test_simplified_neighbours_still_share_their_border() -> None:
    """Every point of the town is in one area, in no gap and in no two."""
    raw = town.geojson(pieces=120)
    found = areas_of(town.written(raw), KELURAHAN)
    assert found.points[1] < found.points[0] / 2
    before = shapely.union_all([shapely.Polygon(f["geometry"]["coordinates"][0]) for f in raw["features"]])
    inside = shapely.buffer(before, -2 * boundaries.FINEST)
    pick = random.Random(1)
    west, south, east, north = before.bounds
    tried = 0
    for _ in range(3000):
        x, y = pick.uniform(west, east), pick.uniform(south, north)
        holding = [a.name for a in found.areas if area_at([a], y, x)]
        assert len(holding) <= 1
        if shapely.contains_xy(inside, x, y):
            tried += 1
            assert len(holding) == 1
    assert tried > 1500


def test_labels_are_well_inside() -> None:
    found = areas_of(town.written(town.geojson()), KELURAHAN).areas
    assert [area_at(found, a.label[1], a.label[0]) for a in found] == list(found)


def test_a_very_detailed_map_becomes_light() -> None:
    found = areas_of(town.written(town.geojson(pieces=2000)), KELURAHAN)
    assert found.points[0] > 200_000
    assert found.points[1] <= boundaries.POINTS_MOST
    assert len(json.dumps(packed(found.areas))) < 300_000


def test_parts_of_a_kelurahan_become_one() -> None:
    names = [("Medono", "Pekalongan Barat"), ("KELURAHAN MEDONO", "Pekalongan Barat"), ("Tirto", "Pekalongan Barat")]
    found = areas_of(town.written(town.geojson(names)), KELURAHAN)
    assert [a.name for a in found.areas] == ["Medono", "Tirto"]


def test_a_bow_tie_is_mended_and_what_is_no_area_is_left_out() -> None:
    made = town.geojson([("Medono", "B"), ("Tirto", "B"), ("Garis", "B"), ("Kosong", "B")])
    x, y = town.WEST, town.SOUTH - 0.1
    bow = [[x, y], [x + 0.01, y + 0.01], [x + 0.01, y], [x, y + 0.01], [x, y]]
    made["features"][1]["geometry"] = {"type": "Polygon", "coordinates": [bow]}
    made["features"][2]["geometry"] = {"type": "LineString", "coordinates": bow}
    made["features"][3]["geometry"] = None
    found = areas_of(town.written(made), KELURAHAN)
    assert ([a.name for a in found.areas], found.ignored) == (["Medono", "Tirto"], 2)
    tirto = found.areas[1]
    assert area_at([tirto], y + 0.005, x + 0.002) is tirto
    assert area_at([tirto], y + 0.009, x + 0.005) is None


def shifted(swap: bool, by: float) -> bytes:
    made = town.geojson([("Medono", "B")])
    ring = made["features"][0]["geometry"]["coordinates"][0]
    moved = [(y, x) if swap else (x + by, y) for x, y in ring]
    made["features"][0]["geometry"]["coordinates"] = [moved]
    return town.written(made)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "bukan GeoJSON"),
        (b"PK\x03\x04 zip", "bukan GeoJSON"),
        (b"\xff\xfe{", "bukan GeoJSON"),
        (b"[" * 200_000, "bukan GeoJSON"),
        (b'{"type": "FeatureCollection", "features": [{"geometry": {"coordinates": [[[NaN, 1]]]}}]}', "bukan GeoJSON"),
        (b'{"type": "Topology"}', "tidak berisi wilayah"),
        (b'{"type": "FeatureCollection", "features": []}', "tidak berisi wilayah"),
        (b'{"type": "FeatureCollection", "features": [1, null, []]}', "tidak bernama"),
        (shifted(swap=True, by=0), "tertukar"),
        (shifted(swap=False, by=358_000), "di luar Indonesia"),
        (shifted(swap=False, by=1e308), "di luar Indonesia"),
        (town.written(town.geojson([("", "B")])), "tidak bernama"),
    ],
)
def test_what_cannot_be_used_is_said(data: bytes, said: str) -> None:
    with pytest.raises(BoundariesRefused, match=said):
        areas_of(data, KELURAHAN, "" if said != "tidak bernama" else "WADMKD")


@given(JSON)
@example(
    {"type": "Feature", "properties": {"NAMA": "A"}, "geometry": {"type": "Polygon", "coordinates": [[[True, 1]]]}}
)
@example({"type": "Feature", "properties": {"NAMA": "A"}, "geometry": {"type": "Polygon", "coordinates": [[], [[]]]}})
def test_any_json_is_read_or_refused(found: Any) -> None:
    try:
        areas_of(json.dumps(found).encode(), (Kelurahan("Medono", "Barat"),))
    except BoundariesRefused as error:
        assert error.indonesian and error.english


def test_every_area_is_below_the_limit_of_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundaries, "AREAS_MOST", 5)
    with pytest.raises(BoundariesRefused, match="Terlalu banyak wilayah"):
        areas_of(town.written(town.geojson()), KELURAHAN)
    monkeypatch.setattr(boundaries, "FEATURES_MOST", 5)
    with pytest.raises(BoundariesRefused, match="Terlalu banyak bagian"):
        areas_of(town.written(town.geojson()), KELURAHAN)
    assert areas.packed(()) == []
