"""What the documents of a channel name, and so is conformed for it."""

import pytest

from lppl.media import AssetId
from lppl.quanta import Quanta
from scheduler.documents import Documents
from scheduler.edits import insert
from scheduler.named import Named, named_by, sources_of


def entry(name: str, **content: object) -> dict[str, object]:
    return {
        "id": name,
        "programme": "acara",
        "on": {"first": "2026-11-22"},
        "start": "06.00",
        "length_s": 3600,
        "content": content,
    }


def grid(*entries: dict[str, object], filler: tuple[str, ...] = ()) -> dict[str, object]:
    return {"entries": list(entries), "filler": list(filler)}


ROTATIONS = {"pagi": {"id": "pagi", "title": "Pagi", "folders": ["lagu/baru", "lagu/lama"]}}
PLAYLISTS = {
    "a": {"id": "a", "title": "A", "items": ["satu.mp3", "playlist:b", "folder:obrolan"]},
    "b": {"id": "b", "title": "B", "items": ["dua.mp3", "playlist:a", "playlist:tiada"]},
}


@pytest.mark.parametrize(
    ("content", "paths"),
    [
        ({"kind": "asset", "path": "berita/pagi.mp3"}, {"berita/pagi.mp3"}),
        ({"kind": "series", "folder": "sinetron"}, {"sinetron"}),
        ({"kind": "series", "paths": ["1.mp3", "2.mp3"]}, {"1.mp3", "2.mp3"}),
        ({"kind": "playlist", "playlist": "a"}, {"satu.mp3", "dua.mp3", "obrolan"}),
        ({"kind": "playlist", "playlist": "tiada"}, set()),
        ({"kind": "rotation", "rotation": "pagi"}, {"lagu/baru", "lagu/lama"}),
        ({"kind": "rotation", "rotation": "tiada", "folders": ["lain"]}, {"lain"}),
        ({"kind": "rotation", "folders": ["."]}, {"."}),
        ({"kind": "live", "source": "RRI"}, set()),
        ({"kind": "simulcast", "channel": "tv"}, set()),
        ({"kind": "entah"}, set()),
    ],
)
def test_what_fills_an_entry_is_named(content: dict[str, object], paths: set[str]) -> None:
    documents = Documents(grid=grid(entry("satu", **content)), rotations=ROTATIONS, playlists=PLAYLISTS)
    assert named_by("radio", documents).paths == paths


def test_filler_is_named_by_folder_and_by_file() -> None:
    assert named_by("radio", Documents(grid=grid(filler=("folder:sisipan", "file:jingle/a.mp3")))).paths == {
        "sisipan",
        "jingle/a.mp3",
    }


def test_fixed_events_are_named_without_a_grid_too() -> None:
    events = [
        {"kind": "salat", "id": "azan", "prayer": "maghrib", "items": ["azan/a.mp3", "azan/b.mp3"]},
        {"kind": "lagu", "id": "lagu", "opening": "raya.mp3", "folder": "lagu/wajib"},
        {"kind": "jam", "id": "jam", "times": ["06.00"], "items": ["jam-{hh}.mp3"]},
    ]
    named = named_by("radio", Documents(channel={"fixed": {"events": events}}))
    hours = {f"jam-{hour:02}.mp3" for hour in range(24)}
    assert named.paths == {"azan/a.mp3", "azan/b.mp3", "raya.mp3", "lagu/wajib"} | hours


@pytest.mark.parametrize(
    ("breaks", "channels", "paths"),
    [([{"minutes": [15]}], [], {"iklan.mp3"}), ([{"minutes": [15]}], ["tv"], set()), ([], [], set())],
)
def test_spots_are_named_where_they_can_air(breaks: list[object], channels: list[str], paths: set[str]) -> None:
    order = {"id": "toko", "advertiser": "Toko", "assets": ["iklan.mp3"], "first": "2026-11-01", "last": "2026-11-30"}
    documents = Documents(channel={"breaks": breaks}, orders={"toko": order | {"times_a_day": 2, "channels": channels}})
    assert named_by("radio", documents).paths == paths


def test_what_people_put_in_and_what_is_simulcast_is_told() -> None:
    edit = insert(Quanta(5_600_000_000), AssetId("a" * 40), "Tamu").model_dump(mode="json")
    skip = {"act": "lewati", "at": 1, "left": {"slot": "x"}}
    documents = Documents(grid=grid(entry("s", kind="simulcast", channel="tv")), edits={"1": edit, "2": skip})
    assert named_by("radio", documents) == Named(assets=frozenset({AssetId("a" * 40)}), channels=frozenset({"tv"}))


def test_simulcasts_are_followed_also_in_a_ring() -> None:
    simulcasts = {"a": frozenset({"b"}), "b": frozenset({"c", "x"}), "c": frozenset({"a"}), "d": frozenset[str]()}
    assert sources_of("a", simulcasts) == {"a", "b", "c", "x"}
    assert sources_of("d", simulcasts) == {"d"}
