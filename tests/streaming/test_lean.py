"""The leanest sound: from a set of its own where that is there, else from the item's own set, with the same timing."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lppl.journal import Entry, Item
from lppl.media import LEAN, HouseId
from lppl.quanta import Quanta
from lppl.rundown import Kind
from lppl.settings import Settings
from streaming.channel import ChannelStream
from streaming.fmp4 import AudioTrack, init_segment
from streaming.house import HouseStore
from streaming.packager import Slate

START = 5_600_000_004


class Bench:
    """A channel with two items on air; only what a test writes has its leanest sound."""

    def __init__(self, kit: SimpleNamespace, folder: Path) -> None:
        self.kit, self.folder, self.profile = kit, folder, kit.TV
        self.a, self.b = (kit.write_house(folder, kit.TV, name, 60) for name in "ab")
        self.slate = kit.write_house(folder, kit.TV, "slate", 5)

    def lean(self, name: str, quanta: int = 60) -> None:
        self.kit.write_house(self.folder, self.profile.lean, name, quanta)

    def stream(self, *more: Any, source: str = "") -> ChannelStream:
        store = HouseStore(self.folder)
        slate = Slate(store.get(self.slate.house))
        stream = ChannelStream("tv", self.profile, store, slate, 12, lean=self.profile.lean)
        entries: list[Entry] = []
        at = START
        for material in (self.a, self.b, *more):
            start, at = at, at + 60
            item = Item("tv", Quanta(start), material.house, Quanta(0), Quanta(60), Kind.ITEM, material.title)
            entries.append(Entry(replace(item, source=source), Quanta(at)))
        stream.load(entries)
        stream.publish(Quanta(at))
        return stream


@pytest.fixture
def bench(kit: SimpleNamespace, tmp_path: Path) -> Bench:
    return Bench(kit, tmp_path)


def samples(bench: Bench, stream: ChannelStream, rendition: str) -> list[bytes]:
    """The samples of every segment that is out, after checking that they fill it exactly."""
    found: list[bytes] = []
    for each in stream._published:
        segment = each.segment
        at = segment.start * 15_360
        for fragment in bench.kit.read_fragments(stream.body(rendition, segment.number).read(), 1_024):
            assert fragment.tfdt == at
            at += sum(fragment.durations)
            found += fragment.samples
        assert at == segment.end * 15_360
    return found


def test_the_set_of_its_own_is_taken_where_it_is_there(bench: Bench) -> None:
    bench.lean("a")
    stream = bench.stream()
    first, last = stream._published[0].segment, stream._published[-1].segment
    own = stream.body(LEAN.name, first.number)
    stands_in = stream.body(LEAN.name, last.number)
    assert (own.substituted, stands_in.substituted) == (False, True)
    assert len(samples(bench, stream, LEAN.name)) == len(samples(bench, stream, "a128"))
    assert own.read() != stream.body("a128", first.number).read()
    assert stands_in.read() == stream.body("a128", last.number).read()


def test_its_init_segment_never_changes(bench: Bench) -> None:
    bench.lean("a")
    stream = bench.stream()
    names = {each.inits[LEAN.name] for each in stream._published}
    assert len(names) == 1
    assert stream.init(f"{LEAN.name}-{names.pop()}") == init_segment(AudioTrack(LEAN.bitrate))


@pytest.mark.parametrize("there", ["", "b", "ab"])
def test_it_is_offered_while_most_of_the_live_window_has_it(bench: Bench, there: str) -> None:
    for name in there:
        bench.lean(name)
    stream = bench.stream()
    offered = there == "ab"
    assert stream.lean_offered is offered
    for name in ("audio", "dvr-audio"):
        text = stream.document(name).text.decode()
        kind = "dvr" if "dvr" in name else "live"
        assert (f"{LEAN.name}/{kind}.m3u8" in text) is offered
        assert f"a128/{kind}.m3u8" in text
    assert LEAN.name not in stream.document("master").text.decode()
    assert stream.document(f"{LEAN.name}/live").text.count(b".m4s") == stream.document("a128/live").text.count(b".m4s")


def test_a_set_of_another_length_is_not_taken(bench: Bench) -> None:
    bench.lean("a", 59)
    bench.lean("b", 61)
    assert all(bench.stream().body(LEAN.name, e.segment.number).substituted for e in bench.stream()._published)


def test_a_variant_has_the_sound_of_its_asset_and_a_crossfade_has_not(bench: Bench) -> None:
    bench.lean("a")
    variant = bench.kit.write_house(bench.folder, bench.profile, "variant", 60)
    stream = bench.stream(variant, source=str(bench.a.asset))
    assert not stream.body(LEAN.name, stream._published[-1].segment.number).substituted
    join = bench.kit.write_house(bench.folder, bench.profile, "join", 61)
    stream = bench.stream(join, source=str(bench.a.asset))
    assert stream.body(LEAN.name, stream._published[-1].segment.number).substituted


def test_what_is_lost_altogether_is_the_slate(bench: Bench) -> None:
    item = Item("tv", Quanta(START), HouseId(f"{'f' * 40}.x"), Quanta(0), Quanta(60), Kind.ITEM, "Hilang")
    stream = bench.stream()
    stream.load([Entry(item, Quanta(START + 60))])
    stream._published.clear()
    stream.publish(Quanta(START + 60))
    assert len(samples(bench, stream, LEAN.name)) == sum(e.segment.length for e in stream._published) * 15


def test_a_station_may_have_none_or_one_of_its_own() -> None:
    settings = Settings()
    profile = settings.profile(settings.channels[0])
    lean = settings.lean(profile)
    assert lean is not None
    assert lean.is_lean
    assert not profile.is_lean
    assert lean.recipe != profile.recipe
    assert settings.model_copy(update={"lean_audio": False}).lean(profile) is None
    own = settings.model_copy(update={"audio": (replace(LEAN),)})
    assert own.lean(profile) is None
    assert profile.recipe == settings.model_copy(update={"lean_audio": False}).profile(settings.channels[0]).recipe
