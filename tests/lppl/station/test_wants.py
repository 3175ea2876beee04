"""Which files are conformed for which channel, and by when."""

import json
from pathlib import Path
from typing import Any

import pytest

from lppl.config import ChannelSettings, Settings
from lppl.derived import Tail
from lppl.media import AssetId, AudioFacts, ChannelKind, Facts, VideoFacts
from lppl.quanta import Quanta
from lppl.records import BUILTIN
from lppl.station.wants import Airs, airs, named_paths, wanted
from lppl.station.wishes import Wished, first_airings, read_wishes
from scheduler.documents import Documents
from scheduler.schedule import parse_schedule

AUDIO = AudioFacts(0, "mp3", 2, 44_100, 12.5)
VIDEO = VideoFacts(0, "h264", 640, 360, 0, 25.0, False, "yuv420p", "1:1", "bt709", 12.5)
SOUND = Facts("mp3", 0.0, 12.5, None, AUDIO)
PICTURE = Facts("mp4", 0.0, 12.5, VIDEO, AUDIO)
SETTINGS = Settings(
    channels=[
        ChannelSettings(id="tv", name="TV", kind=ChannelKind.TV),
        ChannelSettings(id="radio", name="Radio", kind=ChannelKind.RADIO),
    ]
)
TV, RADIO = SETTINGS.channels
PROFILES = {c.id: SETTINGS.profile(c) for c in SETTINGS.channels}


def channel(settings: ChannelSettings, *paths: str, suiting: bool = False, sources: str = "") -> Airs:
    names = frozenset((settings.id, *sources.split()))
    return Airs(settings, PROFILES[settings.id], frozenset(paths), suiting, names)


def recipients(path: str, facts: Facts, *channels: Airs) -> list[str]:
    found = wanted(path, facts, channels)
    return [name for name, profile in PROFILES.items() if profile in found]


ROWS: list[tuple[str, Facts, list[Airs], list[str]]] = [
    ("a.mp4", PICTURE, [channel(TV, suiting=True), channel(RADIO, suiting=True)], ["tv"]),
    ("a.mp3", SOUND, [channel(TV, suiting=True), channel(RADIO, suiting=True)], ["radio"]),
    ("tv/a.mp4", PICTURE, [channel(TV, "tv"), channel(RADIO, "radio")], ["tv"]),
    ("tvlama/a.mp4", PICTURE, [channel(TV, "tv")], []),
    ("radio/a.mp3", SOUND, [channel(TV, "tv", sources="radio"), channel(RADIO, "radio")], ["tv", "radio"]),
    ("x.mp3", SOUND, [channel(TV, "tv", sources="radio"), channel(RADIO, suiting=True)], ["tv", "radio"]),
    ("x.mp4", PICTURE, [channel(TV, "tv", sources="radio"), channel(RADIO, suiting=True)], []),
    ("x.mp3", SOUND, [channel(TV, "."), channel(RADIO)], ["tv"]),
    (BUILTIN + "slate.mp4", PICTURE, [channel(TV, ".", suiting=True)], []),
]


@pytest.mark.parametrize(("path", "facts", "channels", "names"), ROWS)
def test_a_file_is_wanted_where_it_may_air(path: str, facts: Facts, channels: list[Airs], names: list[str]) -> None:
    assert recipients(path, facts, *channels) == names


def test_folders_of_the_settings_narrow_what_documents_name() -> None:
    narrow = ChannelSettings(id="tv", name="TV", kind=ChannelKind.TV, folders=["tv"])
    assert recipients("lain/a.mp4", PICTURE, channel(narrow, ".")) == []
    assert recipients("tv/a.mp4", PICTURE, channel(narrow, ".")) == ["tv"]


SCHEDULE = parse_schedule(
    'filler = ["sisipan/a.mp3", "folder:jingle"]\n[[at]]\ntimes = ["06.00"]\nitem = "jam/{hh}.mp3"\n', "radio.toml"
)
FIXED = {"fixed": {"events": [{"kind": "jam", "id": "azan", "times": ["06.00"], "items": ["azan.mp3"]}]}}


def test_what_a_schedule_file_names() -> None:
    assert named_paths(SCHEDULE) == {"sisipan/a.mp3", "jingle", "jam"}


@pytest.mark.parametrize(
    ("schedule", "documents", "paths", "suiting"),
    [
        (None, Documents(), set(), True),
        (None, Documents(channel=FIXED), {"azan.mp3"}, True),
        (SCHEDULE, Documents(channel=FIXED), {"sisipan/a.mp3", "jingle", "jam", "azan.mp3"}, False),
        (SCHEDULE, Documents(grid={"filler": ["folder:baru"]}, channel=FIXED), {"baru", "azan.mp3"}, False),
        (None, Documents(grid={}), set(), False),
    ],
)
def test_a_published_grid_stands_for_the_schedule_file(
    schedule: Any, documents: Documents, paths: set[str], suiting: bool
) -> None:
    found, _ = airs(RADIO, PROFILES["radio"], schedule, documents)
    assert (found.paths, found.suiting) == (paths, suiting)


# --- by when -----------------------------------------------------------------------------------------


def test_an_asset_is_needed_when_it_first_airs_from_now_on() -> None:
    a, b = AssetId("a" * 40), AssetId("b" * 40)
    airings = [(a, Quanta(90)), (a, Quanta(200)), (b, Quanta(50)), (a, Quanta(150)), (b, Quanta(100))]
    assert first_airings(airings, Quanta(100)) == {a: 150, b: 100}


def test_wishes_are_read_as_far_as_they_can_be(tmp_path: Path) -> None:
    tail = Tail(asset="a" * 40, at=3, length=6)
    said = [[tail.model_dump(mode="json"), 77], [{"kind": "entah"}, 5]]
    path = tmp_path / "wishes-tv.json"
    assert read_wishes(path) == Wished()
    path.write_text(json.dumps({"render": said, "missing": {"azan.mp3": 99}}))
    assert read_wishes(path) == Wished(((tail, Quanta(77)),), {"azan.mp3": Quanta(99)})
    path.write_text("[]")
    assert read_wishes(path) == Wished()
