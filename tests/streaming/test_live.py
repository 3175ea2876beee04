"""A synthetic live source: its samples arrive as it pleases, its key frames lie where it likes, and it dies in mid-GOP.

It proves the journal's horizon for live: what was committed has arrived, what has arrived airs, and no death of a
source makes a gap.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lppl.journal import Commit, Item
from lppl.quanta import Quanta
from lppl.rundown import Kind, Line, Rundown
from streaming.house import HouseStore

START = 5_600_000_004
LENGTH = 200
gop_lengths = st.lists(st.integers(1, 6), min_size=LENGTH, max_size=LENGTH)


def keys(lengths: list[int]) -> list[int]:
    at, out = 0, []
    for length in lengths:
        if at < LENGTH:
            out.append(at)
        at += length
    return out


class Live:
    """A world with a live source on a TV channel, from START + 12 on, until START + 120; then a film."""

    def __init__(self, kit: SimpleNamespace, tv: Any, folder: Path, gops: list[int]) -> None:
        self.kit = kit
        self.material = kit.write_house(folder / "house", kit.TV, "live", LENGTH, gops=gops, part=1)
        ident = kit.write_house(folder / "house", kit.TV, "ident", 31)
        slate = kit.write_house(folder / "house", kit.TV, "slate", 12)
        film = kit.write_house(folder / "house", kit.TV, "film", 64)
        (folder / "journal").mkdir()
        self.world = kit.Library(folder / "house", kit.TV, HouseStore(folder / "house"), [], ident, slate).world(
            folder / "journal"
        )
        self.world.gops[self.material.house] = gops
        self.world.sources.arrived[self.material.house] = 0
        self.world.start(START)
        lines = (
            (START, 12, film, Kind.ITEM),
            (START + 12, 108, self.material, Kind.LIVE),
            (START + 120, 64, film, Kind.ITEM),
            (START + 184, 64, film, Kind.ITEM),
        )
        self.world.follow(Rundown(Line(Quanta(s), Quanta(n), m, Quanta(0), k, "", True, "") for s, n, m, k in lines))

    def arrive(self, count: int) -> None:
        self.world.sources.arrived[self.material.house] = min(LENGTH, count)

    @property
    def arrived(self) -> int:
        return int(self.world.sources.arrived[self.material.house])

    def tick(self, now: int) -> None:
        for record in self.world.tick(now):
            if isinstance(record, Commit):
                entry = next(e for e in self.kit.entries(self.world.records) if e.end >= record.start + record.length)
                if entry.item.house == self.material.house:
                    have = entry.item.in_point + record.start + record.length - entry.item.start
                    assert have <= self.arrived, "nothing is committed that has not arrived"
        assert now < self.world.playout.end <= now + 6

    def aired(self) -> list[tuple[int, int]]:
        """What of the source aired, as (first, end) of its own quanta."""
        return [
            (int(e.item.in_point), int(e.item.in_point + e.length))
            for e in self.kit.entries(self.world.records)
            if e.item.house == self.material.house
        ]

    def check(self) -> None:
        self.kit.check_coverage(self.world)
        self.kit.check_segments(self.world)
        spans = self.aired()
        assert all(a[1] <= b[0] for a, b in pairwise(spans)), "nothing of it airs twice"
        assert all(a in self.world.gops[self.material.house] for a, _ in spans), "taken at its key frames"
        begun = {r.start: r for r in self.world.records if isinstance(r, Item)}
        assert begun[START + 120].title == "film", "what follows is in time"


@pytest.fixture
def live(kit: SimpleNamespace, tv: Any, new_folder: Callable[[], Path]) -> Iterator[Callable[[list[int]], Live]]:
    made: list[Live] = []

    def make(gops: list[int]) -> Live:
        made.append(Live(kit, tv, new_folder(), gops))
        return made[-1]

    yield make
    for each in made:
        each.world.writer.close()


quickly = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


@given(lengths=gop_lengths, dies=st.integers(14, 110))
@quickly
def test_it_dies_in_mid_gop(live: Callable[[list[int]], Live], lengths: list[int], dies: int) -> None:
    """All that arrived airs; at the next quantum what stands in begins, with its own key frame."""
    it = live(keys(lengths))
    for n in range(140):
        it.arrive(min(n, dies))
        it.tick(START + n)
    it.check()
    (span,) = it.aired()
    assert span[1] == min(dies, span[0] + 108)
    entries = it.kit.entries(it.world.records)
    at = next(i for i, e in enumerate(entries) if e.item.house == it.material.house)
    if entries[at].length < 108:
        assert entries[at + 1].item.kind is Kind.IDENT
        assert entries[at + 1].item.start == entries[at].end
    assert entries[at].item.kind is Kind.LIVE


@given(lengths=gop_lengths, arrivals=st.lists(st.sampled_from([0, 0, 1, 1, 1, 1, 2, 3]), min_size=140, max_size=140))
@quickly
def test_a_source_that_stutters(live: Callable[[list[int]], Live], lengths: list[int], arrivals: list[int]) -> None:
    """It comes late, in lumps, not at all for a while and then again: no gap, nothing twice, nothing invented."""
    it = live(keys(lengths))
    have = 0
    for n, count in enumerate(arrivals):
        have += count
        it.arrive(have)
        it.tick(START + n)
    it.check()


@pytest.mark.parametrize("away", [8, 30, 60])
def test_it_comes_back(live: Callable[[list[int]], Live], away: int) -> None:
    """While its line lasts it is taken again, at its first key frame after what had aired."""
    it = live([0, 5, 11, 14, 20, 26, 31, *range(36, LENGTH, 6)])
    have = 0
    for n in range(150):
        if not 40 <= n < 40 + away:
            have += 1
        it.arrive(have)
        it.tick(START + n)
    it.check()
    first, second = it.aired()
    assert first[1] == 40
    assert second[0] == 42, "the first key frame that is new"
    assert it.world.playout.fallback is None


def test_a_source_that_never_comes(live: Callable[[list[int]], Live]) -> None:
    it = live(list(range(0, LENGTH, 6)))
    for n in range(140):
        it.tick(START + n)
    it.check()
    assert it.aired() == []
    ids = [e.item.id for e in it.kit.entries(it.world.records)]
    assert len(set(ids)) == len(ids)


def test_jitter_of_half_a_second_is_no_dropout(live: Callable[[list[int]], Live]) -> None:
    it = live(list(range(0, LENGTH, 6)))
    for n in range(140):
        it.arrive(n - n % 3)
        it.tick(START + n)
    it.check()
    assert len(it.aired()) == 1


def test_a_kill_while_live_goes_on_or_stands_in(live: Callable[[list[int]], Live]) -> None:
    it = live(list(range(0, LENGTH, 6)))
    for n in range(50):
        it.arrive(n)
        it.tick(START + n)
    published = dict(it.world.out)
    rundown = it.world.playout.rundown
    it.world.kill()
    it.arrive(60)
    it.world.start(START + 60)
    it.world.follow(rundown)
    for n in range(60, 130):
        it.arrive(n)
        it.tick(START + n)
    it.check()
    assert all(it.world.out[k] == v for k, v in published.items())
    assert len(it.aired()) == 1, "the service was away for three seconds, the source was not"
