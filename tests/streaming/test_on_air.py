"""Rundown, commits, journal, timeline, segments and playlists together, over random schedules, losses and kills.

Nothing here is a stand-in but the clock: journal files are written and cut, house files are read, bytes are parsed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lppl import journal
from lppl.journal import Commit, Item
from lppl.quanta import CELL, PUBLISH_DELAY, Quanta, at_or_after, cell_of, cell_start, starting
from lppl.rundown import Kind, Line, Rundown

quickly = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
HOUR = at_or_after(datetime.fromisoformat("2026-03-01T05:00:00+00:00"))


@dataclass(frozen=True)
class Slot:
    """A rundown line to be: the material by its place on the shelf, and how long it is given."""

    item: int
    over: int
    """Quanta more (or less) than the material has."""
    skip: int
    """GOPs skipped at its start."""
    kind: Kind
    hard: bool


slots = st.builds(
    Slot,
    st.integers(0, 8),
    st.sampled_from([0, 0, 0, 0, -3, -1, 1, 4, 15]),
    st.sampled_from([0, 0, 0, 1, 3]),
    st.sampled_from([Kind.ITEM, Kind.ITEM, Kind.FILLER]),
    st.booleans(),
)
plans = st.lists(slots, min_size=3, max_size=14)
starts = st.integers(-150, 30).map(lambda n: HOUR + n)
steps = st.lists(st.sampled_from([1, 2, 3, 3, 3, 4, 5]), min_size=10, max_size=70)


def rundown(library: Any, plan: list[Slot], start: int) -> Rundown:
    """Lay the slots one behind the other from `start`."""
    lines, at = [], start
    for slot in plan:
        m = library.items[slot.item]
        in_point = min(6 * slot.skip, (m.quanta - 1) // 6 * 6)
        length = max(1, m.quanta - in_point + slot.over)
        lines.append(Line(Quanta(at), Quanta(length), m, Quanta(in_point), slot.kind, "Acara", slot.hard, "uji"))
        at += length
    return Rundown(lines)


def check_playlists(world: Any) -> None:
    """Live and DVR playlists say of each segment what its bytes say."""
    for name in world.stream.names:
        for kind in ("live", "dvr"):
            text = world.stream.document(f"{name}/{kind}").text.decode()
            number = int(re.search(r"#EXT-X-MEDIA-SEQUENCE:(\d+)", text)[1])  # type: ignore[index]
            target = int(re.search(r"#EXT-X-TARGETDURATION:(\d+)", text)[1])  # type: ignore[index]
            at = None
            for line in text.splitlines():
                if line.startswith("#EXT-X-PROGRAM-DATE-TIME:"):
                    at = at_or_after(datetime.fromisoformat(line.split(":", 1)[1]))
                    assert starting(at) == datetime.fromisoformat(line.split(":", 1)[1])
                elif line.startswith("#EXTINF:"):
                    length = float(line[8:-1])
                elif line.endswith(".m4s"):
                    start, quanta, _ = world.out[name, number]
                    assert line == f"{number}.m4s"
                    assert at == start, "date-time equals tfdt"
                    assert length == pytest.approx(quanta * 0.32) and round(length) <= target
                    at, number = start + quanta, number + 1
            assert number == world.numbers()[-1] + 1, "the newest is listed"


def run(world: Any, now: int, moves: list[int]) -> int:
    """Tick at these distances; the playlists' first numbers never go back."""
    sequence = -1
    for move in moves:
        now += move
        world.tick(now)
        text = world.stream.document(f"{world.stream.names[0]}/live").text.decode()
        found = int(re.search(r"#EXT-X-MEDIA-SEQUENCE:(\d+)", text)[1])  # type: ignore[index]
        assert found >= sequence
        sequence = found
        assert now < world.playout.end <= now + 6, "committed ahead of the air, and not far"
        newest = world.stream.newest
        assert newest is not None
        assert newest.number == cell_of(Quanta(now - PUBLISH_DELAY)) - 1, "published in time"
    return now


@pytest.fixture(params=["tv", "radio"])
def library(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


@given(plan=plans, start=starts, moves=steps)
@quickly
def test_a_rundown_airs(library: Any, kit: SimpleNamespace, new_folder: Callable[[], Path], plan, start, moves) -> None:
    with library.world(new_folder()) as world:
        world.start(start)
        lines = rundown(library, plan, start)
        world.follow(lines)
        end = run(world, start, moves)
        kit.check_coverage(world)
        kit.check_segments(world)
        check_playlists(world)
        begun = {r.start: r for r in world.records if isinstance(r, Item)}
        for line in lines:
            if line.start < end:
                assert begun[line.start].house == line.material.house, "each line starts in its quantum, hard or not"
                assert begun[line.start].in_point == line.in_point
        assert kit.entries(world.records)[0].item.kind is Kind.PREROLL


@given(plan=plans, start=starts, moves=steps, data=st.data())
@quickly
def test_losses_are_filled_and_end(
    library: Any, kit: SimpleNamespace, new_folder: Callable[[], Path], plan, start, moves, data
) -> None:
    """Houses go and come back at random, filler and ident too; only the slate is always there."""
    with library.world(new_folder()) as world:
        world.start(start)
        lines = rundown(library, plan, start)
        world.follow(lines)
        houses = [m.house for m in library.items] + [library.ident.house]
        wanted: dict[int, set[Any]] = {}
        now = start
        for move in moves:
            now += move
            for house in data.draw(st.lists(st.sampled_from(houses), max_size=2)):
                world.sources.gone ^= {house}
            for record in world.tick(now):
                wanted[record.start] = set(world.sources.gone)
            assert now < world.playout.end <= now + 6
        kit.check_coverage(world)
        kit.check_segments(world)
        begun = {r.start: r for r in world.records if isinstance(r, Item)}
        for line in lines:
            if line.start in wanted:
                item = begun[line.start]
                if line.material.house in wanted[line.start]:
                    assert item.house != line.material.house
                    assert item.kind in (Kind.FILLER, Kind.IDENT, Kind.SLATE)
                    assert item.kind is not Kind.SLATE or library.ident.house in wanted[line.start]
                else:
                    assert item.house == line.material.house
        # all is well again: what is planned for the next quantum airs in it, joined under way if need be
        world.sources.gone.clear()
        world.tick(now)
        q = world.playout.end
        world.tick(q)
        line = lines.at(q)
        if line is not None and line.in_point + q - line.start < line.material.quanta:
            assert next(e.item.house for e in kit.entries(world.records) if e.end > q) == line.material.house


@given(plan=plans, more=plans, start=starts, moves=steps, again=steps)
@quickly
def test_a_new_rundown_is_taken_in_mid_flight(
    library: Any, kit: SimpleNamespace, new_folder: Callable[[], Path], plan, more, start, moves, again
) -> None:
    with library.world(new_folder()) as world:
        world.start(start)
        world.follow(rundown(library, plan, start))
        now = run(world, start, moves)
        cut = Quanta(world.playout.end + len(again) % 5)
        stop = world.playout.stop
        lines = rundown(library, more, cut)
        hard = Rundown([replace(lines.lines[0], hard=True), *lines.lines[1:]])
        world.follow(hard if cut < stop else rundown(library, more, stop))
        follows = min(cut, stop)
        now = run(world, now, again)
        kit.check_coverage(world)
        kit.check_segments(world)
        if follows < now:
            assert {r.start: r for r in world.records if isinstance(r, Item)}[follows].house == lines.lines[
                0
            ].material.house


def torn(folder: Path, before: dict[str, bytes], cut: int) -> None:
    """Leave of what was written since `before` only the first `cut` bytes, as a power failure may."""
    for path in sorted(folder.glob("*.jnl")):
        data, old = path.read_bytes(), before.get(path.name, b"")
        end = len(data.rstrip(b"\0"))
        keep = min(end, len(old.rstrip(b"\0")) + cut)
        cut = max(0, cut - (end - len(old.rstrip(b"\0"))))
        path.write_bytes(data[:keep] + b"\0" * (len(data) - keep))


def written(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.glob("*.jnl")}


@given(
    plan=plans,
    start=starts,
    lives=st.lists(st.tuples(steps, st.integers(0, 900), st.sampled_from([0, 1, 5, 20, 60, 90, 100, 250])), max_size=3),
    last=steps,
)
@quickly
def test_kills_at_any_byte_continue_the_same_timeline(
    library: Any, kit: SimpleNamespace, new_folder: Callable[[], Path], plan, start, lives, last
) -> None:
    """A kill between sync and publication, or in mid-write, then a start after an outage, again and again."""
    folder = new_folder()
    with library.world(folder) as world:
        world.start(start)
        world.follow(rundown(library, plan, start))
        now = run(world, start, lives[0][0] if lives else last)
        long_outages = 0
        for moves, cut, outage in lives:
            before, published = written(folder), dict(world.out)
            known = len(world.records)
            world.tick(now + 2)  # what this one writes may be torn; nobody was told of it
            world.records = world.records[:known]
            world.out = published
            world.kill()
            torn(folder, before, cut)
            now += 2 + outage
            last_entry = journal.last_entries(folder)[world.channel]
            # what the journal kept of the last tick did air, or will
            kept = journal.read(folder, Quanta(start - 1000))[world.channel]
            world.records = [
                r
                for e in kept
                for r in (e.item, *([Commit(world.channel, e.item.start, e.length)] if e.length else []))
            ]
            now = max(now, last_entry.end)  # as the air clock does
            long_outages += now - last_entry.end > 94
            world.start(now)
            world.follow(rundown(library, plan, world.playout.stop))
            now = run(world, now - 1, [1, *moves])
            assert all(world.out[key] == seen for key, seen in published.items())
        kit.check_coverage(world)
        kit.check_segments(world)
        check_playlists(world)
        kinds = [e.item.kind for e in kit.entries(world.records)]
        opened = [k for before, k in pairwise([None, *kinds]) if k is Kind.PREROLL and before is not Kind.PREROLL]
        assert len(opened) == 1 + long_outages, "a long outage opens the channel anew, a short one goes on"


def test_an_empty_rundown_is_ident_for_ever(library: Any, kit: SimpleNamespace, new_folder: Callable[[], Path]) -> None:
    with library.world(new_folder()) as world:
        world.start(HOUR)
        run(world, HOUR, [3] * 60)
        kit.check_coverage(world)
        kit.check_segments(world)
        assert {e.item.kind for e in kit.entries(world.records)[8:]} == {Kind.IDENT}
        assert world.playout.fallback is Kind.IDENT


def test_after_a_long_outage_the_live_window_begins_anew(
    library: Any, kit: SimpleNamespace, new_folder: Callable[[], Path]
) -> None:
    with library.world(new_folder()) as world:
        world.start(HOUR)
        now = run(world, HOUR, [3] * 30)
        end = world.playout.end
        now += 400
        world.kill()
        world.start(now)
        run(world, now, [3] * 20)
        name = world.stream.names[0]
        live, dvr = (world.stream.document(f"{name}/{k}").text.decode() for k in ("live", "dvr"))
        assert "EXT-X-GAP" not in live
        assert live.count(".m4s") >= 6
        assert dvr.count("EXT-X-GAP") == cell_of(Quanta(cell_start(cell_of(Quanta(now)) - 10))) - cell_of(end)
        off = [e for e in kit.entries(world.records) if e.item.kind is Kind.OFF]
        assert [(e.item.start, e.end) for e in off] == [(end, cell_start(cell_of(Quanta(now)) - 10))]
        assert "Tidak mengudara" not in dvr, "off air and pre-roll are no programmes"


def test_a_stall_is_an_outage_too(library: Any, kit: SimpleNamespace, new_folder: Callable[[], Path]) -> None:
    """A computer that was suspended: what should have aired meanwhile is not invented afterwards."""
    with library.world(new_folder()) as world:
        world.start(HOUR)
        now = run(world, HOUR, [3] * 10)
        end = world.playout.end
        run(world, now, [300, 3, 3])
        off = [e for e in kit.entries(world.records) if e.item.kind is Kind.OFF]
        assert len(off) == 1
        assert off[0].item.start == end
        assert off[0].end % CELL == 0
