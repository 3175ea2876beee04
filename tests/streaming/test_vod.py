"""The past as values: what of a span is shown and where it is cut; and that it is what was on air, byte for byte."""

import asyncio
import itertools
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lppl.journal import Commit, Entry, Item, JournalWriter
from lppl.media import HouseId
from lppl.quanta import Quanta, at_or_after, starting
from lppl.rundown import Kind, Line, Rundown
from lppl.withheld import Withheld
from streaming.heads import Archive
from streaming.packager import Slate
from streaming.past import Past, Recent
from streaming.span import Absence, NotShown, Shown, Span, SpanInvalid, programme_span, shown
from streaming.vod import Busy, CatchUp, Turns

HOUR = at_or_after(datetime.fromisoformat("2026-03-01T05:00:00+00:00"))
NOTHING = Withheld()


def house(name: str) -> HouseId:
    return HouseId(name * 40 + ".tv-1")


def entries(*parts: tuple[str, int] | tuple[str, int, Kind], slots: Sequence[str] = ()) -> list[Entry]:
    """Entries from HOUR on: (asset's letter, or ``-`` off the air; length; kind)."""
    out, at = [], int(HOUR)
    for n, (name, length, *kind) in enumerate(parts):
        off = name == "-"
        item = Item(
            "tv", Quanta(at), None if off else house(name), Quanta(0), Quanta(length),
            kind[0] if kind else Kind.OFF if off else Kind.ITEM, name, slot=slots[n] if slots else "",
        )  # fmt: skip
        out.append(Entry(item, Quanta(at + length)))
        at += length
    return out


def span(first: int, last: int) -> Span:
    return Span(Quanta(HOUR + first), Quanta(HOUR + last))


def taken(*pairs: tuple[int, int]) -> Withheld:
    return Withheld(tuple((Quanta(HOUR + a), Quanta(HOUR + b)) for a, b in pairs))


DAY = entries(("a", 20), ("b", 10), ("-", 30), ("s", 12, Kind.PREROLL), ("a", 20), ("c", 10))


@pytest.mark.parametrize(
    ("wanted", "withheld", "lost", "stretches", "absences"),
    [
        ((0, 30), NOTHING, "", [(0, 30)], ""),
        ((3, 25), NOTHING, "", [(3, 25)], ""),
        ((5, 95), NOTHING, "", [(5, 30), (72, 95)], "OFF_AIR"),
        ((30, 72), NOTHING, "", [], "OFF_AIR"),
        ((-9, 10), NOTHING, "", [(0, 10)], "OFF_AIR"),
        ((95, 200), NOTHING, "", [(95, 102)], "OFF_AIR"),
        ((0, 30), NOTHING, "b", [(0, 20)], "LOST"),
        ((0, 30), taken((5, 8)), "", [(0, 5), (8, 30)], "TAKEN_DOWN"),
        ((0, 30), taken((5, 22)), "", [(0, 5), (22, 30)], "TAKEN_DOWN"),
        ((0, 30), taken((5, 9), (7, 12), (8, 10)), "", [(0, 5), (12, 30)], "TAKEN_DOWN"),
        ((0, 30), taken((-5, 0), (30, 40)), "", [(0, 30)], ""),
        ((0, 30), taken((-5, 100)), "", [], "TAKEN_DOWN"),
        ((0, 102), Withheld(assets=frozenset({"a" * 40})), "", [(20, 30), (92, 102)], "OFF_AIR RIGHTS"),
        ((0, 30), Withheld(taken((22, 24)).spans, frozenset({"a" * 40})), "b", [], "RIGHTS LOST"),
    ],
)
def test_what_is_shown(
    wanted: tuple[int, int], withheld: Withheld, lost: str, stretches: list[tuple[int, int]], absences: str
) -> None:
    found = shown(DAY, span(*wanted), withheld, lambda h: h[0] not in lost)
    assert found == Shown(tuple(span(*s) for s in stretches), frozenset(Absence[a] for a in absences.split()))


def test_what_is_made_from_an_asset_follows_its_rights() -> None:
    (entry,) = entries(("d", 10))
    item = Item("tv", HOUR, house("d"), Quanta(0), Quanta(10), Kind.ITEM, "", source="a" * 40)
    withheld = Withheld(assets=frozenset({"a" * 40}))
    assert shown([Entry(item, entry.end)], span(0, 10), withheld, lambda _: True).stretches == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5-9", Span(Quanta(5), Quanta(9))),
        ("0-1", Span(Quanta(0), Quanta(1))),
        ("0-270000", Span(Quanta(0), Quanta(270_000))),
        ("0-270001", None), ("5-5", None), ("9-5", None), ("", None), ("5", None), ("-", None), ("5-", None),
        ("05-9", None), (" 5-9", None), ("5-9\n", None), ("-5-9", None), ("5.0-9", None), ("5e3-6e3", None),
        ("٣-٩", None), ("1000000000000-1000000000001", None),
    ],
)  # fmt: skip
def test_spans_are_read_strictly(text: str, found: Span | None) -> None:
    if found is None:
        with pytest.raises(SpanInvalid, match="kuanta"):
            Span.parse(text)
    else:
        assert Span.parse(text) == found
        assert str(found) == text


def test_a_programme_is_found_by_its_slot() -> None:
    slots = ["", "berita@1", "", "berita@1", "film@1", "berita@2", "film@1"]
    found = entries(("a", 5), ("b", 6), ("c", 2), ("b", 4), ("a", 9), ("b", 3), ("-", 8), slots=slots)
    assert programme_span(found, "berita@1") == span(5, 17)
    assert programme_span(found, "film@1") == span(17, 26), "time off the air does not count"
    assert programme_span(found, "film@2") is None
    assert programme_span(found, "") is None


# --- the journal -----------------------------------------------------------------------------------------


def write(folder: Path, found: Sequence[Entry], hours_full: Sequence[int] = ()) -> None:
    """Write entries quantum after quantum, a new file each hour but in `hours_full`."""
    writer = JournalWriter(folder, reserve=4096)
    now = Quanta(0)
    for e in found:
        for record in (e.item, Commit("tv", e.item.start, e.length)):
            hour = starting(e.item.start)
            if hour.hour not in hours_full:
                now = e.item.start
            writer.append([record], now)
    writer.close()


@pytest.fixture
def long_day() -> list[Entry]:
    """Six hours of items of 17 minutes."""
    return entries(*(("abc"[n % 3], 3200) for n in range(22)))


def test_any_past_span_is_read_whole(tmp_path: Path, long_day: list[Entry]) -> None:
    write(tmp_path, long_day)
    assert len(list(tmp_path.glob("*.jnl"))) == 6
    past = Past(tmp_path)
    for a, b in itertools.product(range(0, 22 * 3200, 5711), (1, 900, 40_000)):
        found = past.entries("tv", Quanta(HOUR + a), Quanta(HOUR + a + b))
        assert found == [e for e in long_day if e.end > HOUR + a and e.item.start < HOUR + a + b]
    assert past.entries("radio", HOUR, Quanta(HOUR + 100)) == []
    assert past.entries("tv", Quanta(HOUR - 900_000), Quanta(HOUR - 1)) == []


def test_an_hour_that_lies_in_the_file_of_another_is_found(tmp_path: Path, long_day: list[Entry]) -> None:
    write(tmp_path, long_day, hours_full=(6,))
    assert not list(tmp_path.glob("*T06.jnl"))
    start = Quanta(at_or_after(starting(HOUR) + timedelta(minutes=80)))
    found = Past(tmp_path).entries("tv", start, Quanta(start + 500))
    assert found == [e for e in long_day if e.end > start and e.item.start < start + 500]


def test_a_file_that_is_still_written_is_read_again(tmp_path: Path) -> None:
    past = Past(tmp_path)
    assert past.entries("tv", HOUR, Quanta(HOUR + 9)) == []
    writer = JournalWriter(tmp_path, reserve=4096)
    (whole,) = entries(("a", 9))
    writer.append([whole.item, Commit("tv", HOUR, 4)], HOUR)
    path = next(tmp_path.glob("*.jnl"))
    first = path.stat().st_mtime_ns
    assert [e.length for e in past.entries("tv", HOUR, Quanta(HOUR + 9))] == [4]
    while path.stat().st_mtime_ns == first:  # the file system's clock is coarse; playout writes each 1.28 s
        writer.append([Commit("tv", Quanta(HOUR + 4), 5)], HOUR)
    assert past.entries("tv", HOUR, Quanta(HOUR + 9)) == [whole]
    writer.close()


def test_a_journal_that_cannot_be_read_tells_nothing(tmp_path: Path, long_day: list[Entry]) -> None:
    assert Past(tmp_path / "away").entries("tv", HOUR, Quanta(HOUR + 9)) == []
    write(tmp_path, long_day)
    past = Past(tmp_path)
    assert past.entries("tv", HOUR, Quanta(HOUR + 9))
    for path in tmp_path.glob("*T05.jnl"):
        path.unlink()
        path.mkdir()
    assert past.entries("tv", HOUR, Quanta(HOUR + 9)) == []


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 12)), max_size=60))
def test_what_was_used_last_is_kept_up_to_a_weight(uses: list[tuple[int, int]]) -> None:
    recent: Recent[int, int] = Recent(20)
    order: dict[int, int] = {}
    for key, weight in uses:
        assert recent.get(key) == order.pop(key, None)
        recent.put(key, weight, weight)
        order[key] = weight
        while sum(order.values()) > 20:
            order.pop(next(iter(order)))
    assert all(recent.get(key) == weight for key, weight in order.items())


# --- what was on air -------------------------------------------------------------------------------------


@pytest.fixture(params=["tv", "radio"])
def library(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def catch_up(world: Any, folder: Path, **options: Any) -> CatchUp:
    archive = Archive(world.store.root, folder / "heads")
    slate = Slate(world.store.get(world.slate.house))
    return CatchUp("ch", world.profile, Past(world.folder), archive, slate, lambda: world.playout.end, **options)


NAMED = re.compile(r"\.\./\.\./(\w+)/(\d+)-(\d+)\.m4s")


@given(
    picks=st.lists(st.integers(0, 8), min_size=6, max_size=14),
    first=st.integers(0, 60),
    length=st.integers(1, 120),
    outage=st.sampled_from([0, 0, 30, 140]),
)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
async def test_it_is_what_was_on_air_byte_for_byte(
    library: Any, kit: SimpleNamespace, new_folder: Callable[[], Path], picks, first, length, outage
) -> None:
    """Whole cells have the live channel's bytes; all of the span is there once, and nothing else.

    These pictures cannot be decoded: a span that begins inside a GOP then begins with the next key frame.
    """
    folder = new_folder()
    with library.world(folder) as world:
        world.start(HOUR)
        lines, at = [], int(HOUR)
        for n in picks:
            m = library.items[n]
            lines.append(Line(Quanta(at), m.quanta, m, Quanta(0), Kind.ITEM, "Acara", False, "uji"))
            at += m.quanta
        world.follow(Rundown(lines))
        now = int(HOUR)
        for move in (*[4] * 20, 4 + outage, *[4] * 20):
            now += move
            world.tick(now)
        channel = catch_up(world, folder)
        aired = kit.entries(world.records)
        wanted = Span(Quanta(HOUR + first), Quanta(min(HOUR + first + length, world.playout.end)))
        on_air = shown(aired, wanted, NOTHING, lambda _: True).stretches
        try:
            texts = [(await channel.document(wanted, f"{n}/vod", NOTHING)).text.decode() for n in channel.names]
        except NotShown:
            entry = next(e for e in aired if e.end > wanted.start)
            assert not on_air or (channel.pictures and wanted.end < entry.item.start + entry.length)
            return
        for name, text in zip(channel.names, texts, strict=True):
            live = {(s, s + n): data for (r, _), (s, n, data) in world.out.items() if r == name}
            listed = [(int(a), int(b)) for _, a, b in NAMED.findall(text)]
            assert listed == [(int(a), int(b)) for _, a, b in NAMED.findall(texts[0])]
            joined = merged(listed)
            begins = on_air[0].start
            assert joined[0][0] == begins or (channel.pictures and begins < joined[0][0] < begins + 6)
            assert [(joined[0][0], on_air[0].end), *((s.start, s.end) for s in on_air[1:])] == joined
            assert text.count("#EXT-X-DISCONTINUITY\n") == len(joined) - 1
            for a, b in listed:
                data = (await channel.body(name, Span(Quanta(a), Quanta(b)), NOTHING)).read()
                check_samples(kit, world, aired, name, a, b - a, data)
                assert live.get((a, b), data) == data


def check_samples(
    kit: SimpleNamespace, world: Any, aired: list[Entry], name: str, start: int, length: int, data: bytes
) -> None:
    """A segment's samples are the journal's, in order, without a jump in time, from a key frame on."""
    ticks, sample, per = (28_800, 3_600, 8) if name.startswith("v") else (15_360, 1_024, 15)
    at, samples = start * ticks, []
    for fragment in kit.read_fragments(data, sample):
        assert fragment.tfdt == at
        at += sum(fragment.durations)
        samples += fragment.samples
    assert at == (start + length) * ticks
    expected = []
    for e in aired:
        a, b = max(start, e.item.start), min(start + length, e.end)
        first = e.item.in_point + a - e.item.start
        expected += [kit.sample_bytes(e.item.house, name, n) for n in range(first * per, (first + b - a) * per)]
    assert samples == expected


def merged(listed: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for a, b in listed:
        if out and out[-1][1] == a:
            a = out.pop()[0]
        out.append((a, b))
    return out


async def test_foreign_parameters_and_marked_joins_are_marked(
    kit: SimpleNamespace, new_folder: Callable[[], Path]
) -> None:
    folder = new_folder()
    root = folder / "house"
    home = kit.write_house(root, kit.TV, "home", 24)
    foreign = kit.write_house(root, kit.TV, "foreign", 24, avcc=kit.FOREIGN_AVCC)
    slate = kit.write_house(root, kit.TV, "slate", 12)
    at, records = int(HOUR), []
    for n, (m, changes) in enumerate(((home, 0), (home, 0), (foreign, 1), (home, 2))):
        item = Item("ch", Quanta(at), m.house, Quanta(0), Quanta(24), Kind.ITEM, "", number=n, format=f"{m.title}",
                    format_changes=changes)  # fmt: skip
        records += [item, Commit("ch", Quanta(at), 24)]
        at += 24
    writer = JournalWriter(folder / "journal", reserve=4096)
    writer.append(records, HOUR)
    writer.close()
    archive = Archive(root, folder / "heads")
    for mark_joins, marks in ((False, 2), (True, 3)):
        channel = CatchUp(
            "ch", kit.TV, Past(folder / "journal"), archive, Slate(archive.get(slate.house)),
            lambda: Quanta(HOUR + 999), mark_joins=mark_joins,
        )  # fmt: skip
        for name in channel.names:
            text = (await channel.document(span(0, 96), f"{name}/vod", NOTHING)).text.decode()
            assert text.count("#EXT-X-DISCONTINUITY\n") == marks
            maps = re.findall(r'MAP:URI="\.\./\.\./\w+/init-(\w+)-(\d+)\.mp4"', text)
            assert len(maps) == (3 if name.startswith("v") else 1)
            for identity, when in maps:
                assert await channel.init(name, identity, Quanta(int(when)))
            assert maps[0] == maps[-1], "one address for the same bytes"


async def test_no_more_wait_than_can_be_served() -> None:
    turns = Turns(most=2)
    async with turns.turn():

        async def wait() -> str:
            async with turns.turn():
                return "served"

        waiting = [asyncio.create_task(wait()) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await wait()
    assert await asyncio.gather(*waiting) == ["served", "served"]
    assert await wait() == "served"
