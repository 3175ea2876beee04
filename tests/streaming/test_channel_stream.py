"""What a channel's playlists say over time, in every rendition, through restarts and on a second server."""

import gzip
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lppl import journal
from lppl.quanta import CELL, Quanta
from lppl.rundown import Kind, Line, Rundown
from streaming.channel import ChannelStream, UnknownRendition
from streaming.house import HouseStore
from streaming.packager import Slate

START = 5_600_000_004
SHAPES = ((40, "home"), (13, "home"), (3, "home"), (40, "foreign"), (3, "foreign"), (1, "foreign"))


@pytest.fixture(scope="module")
def mixed(kit: SimpleNamespace, quick_folder: Path) -> Any:
    """A TV library in which some items were encoded elsewhere, with other parameter sets."""
    root = quick_folder / "mixed"
    avcc = {"home": kit.HOME_AVCC, "foreign": kit.FOREIGN_AVCC}
    items = [kit.write_house(root, kit.TV, f"{n}{kind}", n, avcc=avcc[kind]) for n, kind in SHAPES]
    ident, slate = kit.write_house(root, kit.TV, "ident", 31), kit.write_house(root, kit.TV, "slate", 12)
    return kit.Library(root, kit.TV, HouseStore(root), items, ident, slate)


def rundown(library: Any, order: list[int], start: int) -> Rundown:
    lines, at = [], start
    for n in order:
        m = library.items[n]
        lines.append(Line(Quanta(at), m.quanta, m, Quanta(0), Kind.ITEM, "Acara", False, ""))
        at += m.quanta
    return Rundown(lines)


def listed(text: str) -> Iterator[tuple[str, int, str, bool]]:
    """Yield (URI, discontinuity sequence number, MAP, gap) of each segment, by the letter of RFC 8216."""
    found = re.search(r"#EXT-X-DISCONTINUITY-SEQUENCE:(\d+)", text)
    sequence, init, gap = int(found[1]) if found else 0, "", False
    for line in text.splitlines():
        if line == "#EXT-X-DISCONTINUITY":
            sequence += 1
        elif line.startswith("#EXT-X-MAP:"):
            init = line
        elif line == "#EXT-X-GAP":
            gap = True
        elif line.endswith(".m4s"):
            yield line, sequence, init, gap
            gap = False


class Watcher:
    """Remembers what playlists said of each segment, and finds what changed."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.inits: dict[tuple[str, str], str] = {}
        self.ranges: dict[str, dict[str, str]] = {}

    def look(self, stream: ChannelStream) -> None:
        for name in stream.names:
            for kind in ("live", "dvr", *(("iframes", "dvr-iframes") if name.startswith("v") else ())):
                text = stream.document(f"{name}/{kind}").text.decode()
                before = None
                for uri, number, init, _gap in listed(text):
                    uri = uri.removeprefix("i")
                    assert self.numbers.setdefault(uri, number) == number, f"{name}/{kind}: {uri} changed its number"
                    assert self.inits.setdefault((name, uri), init) == init
                    if before is not None and before[1] != init:
                        assert before[0] < number, "another MAP needs a discontinuity"
                    before = number, init
                self._ranges(text)

    def _ranges(self, text: str) -> None:
        ids = []
        for line in text.splitlines():
            if line.startswith("#EXT-X-DATERANGE:"):
                attributes = dict(re.findall(r'([A-Z-]+)=("[^"]*"|[^,]*)', line.split(":", 1)[1]))
                ids.append(attributes["ID"])
                known = self.ranges.setdefault(attributes["ID"], attributes)
                assert known.items() <= attributes.items(), "attributes never change"
                known.update(attributes)
        assert len(set(ids)) == len(ids)


def air(world: Any, watcher: Watcher, now: int, ticks: int) -> int:
    for _ in range(ticks):
        now += 3
        world.tick(now)
        watcher.look(world.stream)
    return now


quickly = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


@given(
    order=st.lists(st.integers(0, len(SHAPES) - 1), min_size=20, max_size=40),
    mark=st.booleans(),
    outage=st.sampled_from([0, 40, 300]),
)
@quickly
def test_discontinuities_mean_the_same_for_ever_and_everywhere(
    mixed: Any, new_folder: Callable[[], Path], order: list[int], mark: bool, outage: int
) -> None:
    """In every rendition, while the window moves, after a kill, and on a server that starts later."""
    watcher = Watcher()
    with mixed.world(new_folder(), dvr_cells=14, mark_joins=mark) as world:
        world.start(START)
        plan = rundown(mixed, order, START)
        world.follow(plan)
        now = air(world, watcher, START, 50)
        world.kill()
        now += outage
        world.start(max(now, world.playout.end))
        watcher.look(world.stream)
        world.follow(rundown(mixed, order, world.playout.stop))
        now = air(world, watcher, max(now, world.playout.end - 3), 40)
        later = ChannelStream(
            "ch", world.profile, world.store, Slate(world.store.get(world.slate.house)), 14, mark_joins=mark
        )
        later.load(journal.read(world.folder, Quanta(now - 60))["ch"])
        later.publish(Quanta(now))
        watcher.look(later)
        if mark:
            lead = {f"{n}.m4s": world.stream.timeline.at(world.out["v720", n][0]) for n in world.numbers()}
            pairs = [(a, b) for a, b in pairwise(lead) if lead[a] and lead[b]]
            for a, b in pairs:
                if a in watcher.numbers and b in watcher.numbers:
                    assert (watcher.numbers[a] != watcher.numbers[b]) == (lead[a].item != lead[b].item)


def test_joins_of_one_kind_are_no_discontinuity(mixed: Any, new_folder: Callable[[], Path]) -> None:
    with mixed.world(new_folder()) as world:
        world.start(START)
        world.follow(rundown(mixed, [0, 1, 2, 1, 0, 2, 2, 1] * 3, START))
        air(world, Watcher(), START, 60)
        for name in world.stream.names:
            text = world.stream.document(f"{name}/dvr").text.decode()
            assert "DISCONTINUITY" not in text
            assert text.count("#EXT-X-MAP") == 1
            assert text.count("#EXT-X-PROGRAM-DATE-TIME") == 1


def test_a_foreign_item_is_marked_in_sound_too(mixed: Any, new_folder: Callable[[], Path]) -> None:
    """Players align picture and sound by counting discontinuities."""
    with mixed.world(new_folder()) as world:
        world.start(START)
        world.follow(rundown(mixed, [0, 3, 0, 0, 0], START))
        air(world, Watcher(), START, 50)
        texts = [world.stream.document(f"{name}/dvr").text.decode() for name in world.stream.names]
        assert [t.count("#EXT-X-DISCONTINUITY\n") for t in texts] == [2, 2, 2]
        assert [t.count("#EXT-X-MAP") for t in texts] == [3, 3, 1]


def test_a_foreign_item_too_short_to_begin_a_segment(mixed: Any, new_folder: Callable[[], Path]) -> None:
    """It never reaches a decoder; both changes are counted before the next segment, so the count stays true."""
    with mixed.world(new_folder()) as world:
        world.start(START)
        world.follow(rundown(mixed, [2, 5, 0, 0, 0, 0], START))  # 3 of home, 1 foreign, then home again
        air(world, Watcher(), START, 40)
        dvr = world.stream.document("v720/dvr").text.decode()
        assert dvr.count("#EXT-X-DISCONTINUITY\n") == 2
        assert dvr.count("#EXT-X-MAP") == 1


def test_two_servers_say_the_same(mixed: Any, new_folder: Callable[[], Path]) -> None:
    with mixed.world(new_folder(), dvr_cells=12) as world:
        world.start(START)
        world.follow(rundown(mixed, [0, 3, 2, 4, 1] * 4, START))
        now = air(world, Watcher(), START, 80)
        other = ChannelStream("ch", world.profile, world.store, Slate(world.store.get(world.slate.house)), 12)
        other.load(journal.read(world.folder, Quanta(now - 400))["ch"])
        other.publish(Quanta(now))
        for name in world.stream.names:
            for kind in ("live", "dvr"):
                assert other.document(f"{name}/{kind}").text == world.stream.document(f"{name}/{kind}").text
            number = world.numbers()[-5]
            assert other.body(name, number).read() == world.stream.body(name, number).read()


def test_removed_segments_stay_fetchable_and_then_go(mixed: Any, new_folder: Callable[[], Path]) -> None:
    with mixed.world(new_folder(), dvr_cells=12) as world:
        world.start(START)
        now = air(world, Watcher(), START, 250)
        first = next(listed(world.stream.document("v720/dvr").text.decode()))[0]
        number = int(first.removesuffix(".m4s"))
        assert number == world.numbers()[-12]
        for name in world.stream.names:
            assert world.stream.body(name, number - 12).length > 0, "for as long as the longest playlist again"
            with pytest.raises(UnknownRendition):
                world.stream.body(name, world.numbers()[0])
        assert len(world.stream.timeline.entries) < 20, "what is over is forgotten"
        assert now


def test_it_knows_how_far_it_is_behind_when_playout_is_away(mixed: Any, new_folder: Callable[[], Path]) -> None:
    with mixed.world(new_folder(), dvr_cells=12) as world:
        world.start(START)
        now = air(world, Watcher(), START, 60)
        assert world.stream.behind == 0
        world.stream.publish(Quanta(now + 6 * CELL))
        assert world.stream.behind in (5, 6)
        air(world, Watcher(), Quanta(now), 84)
        assert world.stream.behind == 0, "it is back"


@pytest.mark.parametrize(
    "name", ["", "v720", "v999/live", "v720/", "v720/next", "a128/iframes", "a128/dvr-iframes", "live", "../x/live"]
)
def test_unknown_documents(mixed: Any, new_folder: Callable[[], Path], name: str) -> None:
    with mixed.world(new_folder()) as world:
        world.start(START)
        with pytest.raises(UnknownRendition):
            world.stream.document(name)


def test_unknown_segments_and_inits(mixed: Any, new_folder: Callable[[], Path]) -> None:
    with mixed.world(new_folder()) as world:
        world.start(START)
        air(world, Watcher(), START, 5)
        newest = world.stream.newest.number
        for rendition, number, iframe in (
            ("v999", newest, False), ("a128", newest, True), ("v720", newest + 1, False), ("v720", 0, False),
        ):  # fmt: skip
            with pytest.raises(UnknownRendition):
                world.stream.body(rendition, number, iframe=iframe)
        with pytest.raises(UnknownRendition):
            world.stream.init("v720-0000000000")
        with pytest.raises(UnknownRendition):
            ChannelStream("ch", world.profile, world.store, Slate(world.store.get(world.slate.house)), 12).body(
                "v720", 1
            )


def test_every_map_is_served(mixed: Any, kit: SimpleNamespace, new_folder: Callable[[], Path]) -> None:
    with mixed.world(new_folder()) as world:
        world.start(START)
        world.follow(rundown(mixed, [0, 3] * 5, START))
        air(world, Watcher(), START, 60)
        for name in world.stream.names:
            maps = {i for _, _, i, _ in listed(world.stream.document(f"{name}/dvr").text.decode())}
            for uri in maps:
                data = world.stream.init(re.search(r"\.\./init/(.+)\.mp4", uri)[1])  # type: ignore[index]
                assert kit.read_init(data) == ((90_000, 3_600) if name.startswith("v") else (48_000, 1_024))


def test_the_master_names_everything(mixed: Any, new_folder: Callable[[], Path]) -> None:
    with mixed.world(new_folder()) as world:
        world.start(START)
        for name in ("master", "dvr", "audio"):
            text = world.stream.document(name).text.decode()
            for line in text.splitlines():
                if line.startswith("#EXT-X-STREAM-INF"):
                    for attribute in ("BANDWIDTH", "AVERAGE-BANDWIDTH", "CODECS"):
                        assert f"{attribute}=" in line
                    if name != "audio":
                        assert "RESOLUTION=" in line
                        assert "FRAME-RATE=25.000" in line
                        assert 'CODECS="avc1.64001f,mp4a.40.2"' in line
            uris = [line for line in text.splitlines() if not line.startswith("#")]
            uris += re.findall(r'URI="([^"]+)"', text)
            for uri in uris:
                assert world.stream.document(uri.removesuffix(".m3u8")).text.startswith(b"#EXTM3U")
        assert "RESOLUTION" not in world.stream.document("audio").text.decode()


def test_documents_are_the_same_gzipped_and_change_their_tag(mixed: Any, new_folder: Callable[[], Path]) -> None:
    with mixed.world(new_folder()) as world:
        world.start(START)
        before = world.stream.document("v720/live")
        assert gzip.decompress(before.gzipped) == before.text
        assert world.stream.document("v720/live") is before, "made once for each new segment"
        air(world, Watcher(), START, 6)
        after = world.stream.document("v720/live")
        assert after.etag != before.etag


def test_dateranges_tell_the_programme(mixed: Any, new_folder: Callable[[], Path]) -> None:
    watcher = Watcher()
    with mixed.world(new_folder()) as world:
        world.start(START)
        world.follow(rundown(mixed, [0, 1, 0, 1], START))
        air(world, watcher, START, 40)
    ids = list(watcher.ranges)
    assert ids[:4] == [f'"ch-{START + n}"' for n in (0, 40, 53, 93)]
    assert float(watcher.ranges[ids[0]]["DURATION"]) == pytest.approx(40 * 0.32)
    assert watcher.ranges[ids[0]]["X-TITLE"] == '"40home"'
    assert watcher.ranges[ids[0]]["X-PROGRAMME"] == '"Acara"'
