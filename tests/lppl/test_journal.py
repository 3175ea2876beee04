"""The journal survives power cuts at any byte, damage anywhere, and full disks; it never has a hole or an overlap."""

import json
import random
import tempfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from lppl import journal
from lppl.journal import Commit, Entry, Item, JournalFollower, JournalWriter, Record, fold
from lppl.media import HouseId
from lppl.quanta import Quanta, at_or_after, starting
from lppl.rundown import Kind

HOUR_QUANTA = 11_250
START = Quanta(at_or_after(starting(Quanta(5_500_000_000)).replace(minute=0, second=0, microsecond=0)) + 11_240)
"""3.2 s before a full hour: ten quanta."""


def item(channel: str, start: int, planned: int = 50, title: str = "Berita", **more: object) -> Item:
    house = HouseId(f"{start % 1000:040d}.tv-0")
    return Item(channel, Quanta(start), house, Quanta(0), Quanta(planned), Kind.ITEM, title, **more)  # type: ignore[arg-type]


def day(channels: tuple[str, ...] = ("tv", "radio"), ticks: int = 20) -> list[tuple[Quanta, list[Record]]]:
    """Ticks of 3 quanta on some channels, with items of unlike lengths: (now, records) each."""
    out = []
    running: dict[str, Item] = {}
    for tick in range(ticks):
        now = Quanta(START + 3 * tick)
        records: list[Record] = []
        for n, channel in enumerate(channels):
            at = now + 3
            if tick % (4 + n) == 0:
                running[channel] = item(channel, at, 3 * (4 + n), f"Acara “{tick}” é", number=tick)
                records.append(running[channel])
            records.append(Commit(channel, Quanta(at), 3))
        out.append((now, records))
    return out


def folded(records: list[Record]) -> dict[str, list[Entry]]:
    channels: dict[str, list[Entry]] = {}
    for record in records:
        fold(channels.setdefault(record.channel, []), (record,))
    return channels


def write(folder: Path, ticks: list[tuple[Quanta, list[Record]]], reserve: int = 2048) -> None:
    writer = JournalWriter(folder, reserve)
    for now, records in ticks:
        writer.append(records, now)
    writer.close()


def contiguous(entries: list[Entry]) -> bool:
    return all(a.end == b.item.start for a, b in pairwise(entries))


# --- lines -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    [
        item("tv", 7),
        item("tv", 7, title='kutip " garis\n baru \u2028 dan 🎺', artist="A", programme="P", why="uji", hard=True),
        Item("tv", Quanta(5), None, Quanta(0), Quanta(9), Kind.OFF, "Tidak mengudara"),
        item("tv", 7, number=8, format="abc", format_changes=2),
        Commit("radio", Quanta(5_500_000_000), 3),
    ],
)
def test_a_record_is_a_line_and_back(record: Record) -> None:
    line = journal.encode(record)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert journal.decode(line[:-1]) == record


def test_half_a_character_is_written_as_a_question_mark() -> None:
    found = journal.decode(journal.encode(item("tv", 1, title="a\udc80b"))[:-1])
    assert isinstance(found, Item)
    assert found.title == "a?b"


@pytest.mark.parametrize(
    "body",
    [b"", b"3", b"null", b"[]", b'["tv"]', b"{}", b'{"kind":"item"}', b'{"kind":"nonsense"}', b"\xff", b'{"kind":[]}'],
)
def test_lines_that_are_sound_but_senseless_are_not_there(body: bytes) -> None:
    assert journal.decode(b"%08x %s" % (zlib.crc32(body), body)) is None


def test_every_changed_byte_is_noticed() -> None:
    line = journal.encode(item("tv", 7))[:-1]
    for at in range(len(line)):
        for value in (0, 0xFF, line[at] ^ 1, line[at] ^ 0x20):
            damaged = line[:at] + bytes((value,)) + line[at + 1 :]
            # the checksum may be written in capitals, nothing else
            assert damaged == line or journal.decode(damaged) is None or (at < 8 and damaged.lower() == line.lower())


def test_old_lines_without_newer_fields_are_read() -> None:
    value = json.loads(journal.encode(item("tv", 7))[9:])
    for name in ("number", "format", "format_changes"):
        del value[name]
    body = json.dumps(value).encode()
    assert journal.decode(b"%08x %s" % (zlib.crc32(body), body)) == item("tv", 7)


# --- folding -----------------------------------------------------------------------------------------


def test_what_is_repeated_changes_nothing() -> None:
    records = [r for _, batch in day(("tv",)) for r in batch]
    once = folded(records)["tv"]
    heads: list[Record] = []
    for n, record in enumerate(records):
        heads.append(record)
        heads += records[max(0, n - 7) : n + 1]
    assert folded(heads)["tv"] == once


@pytest.mark.parametrize("lost", range(26))
def test_a_lost_line_is_off_air_and_never_a_hole(lost: int) -> None:
    records = [r for _, batch in day(("tv",)) for r in batch]
    whole = folded(records)["tv"]
    entries = folded(records[:lost] + records[lost + 1 :])["tv"]
    assert contiguous(entries)
    for entry in entries:
        if entry.item.kind is Kind.OFF:
            assert entry.item.why
        else:
            # what is said to have aired did
            real = next(e for e in whole if e.item.start == entry.item.start)
            assert entry.item == real.item
            assert entry.end <= real.end


def test_an_item_of_which_nothing_aired_gives_way() -> None:
    first, second = item("tv", 10), item("tv", 10, title="Pengganti")
    assert folded([first, second, Commit("tv", Quanta(10), 4)])["tv"] == [Entry(second, Quanta(14))]
    after = item("tv", 20)
    entries = folded([item("tv", 0, 10), Commit("tv", Quanta(0), 10), first, after])["tv"]
    assert [(e.item.start, e.end, e.item.kind) for e in entries] == [
        (0, 10, Kind.ITEM),
        (10, 20, Kind.OFF),
        (20, 20, Kind.ITEM),
    ]


def test_compacting_changes_no_meaning() -> None:
    records = [r for _, batch in day() for r in batch]
    short = journal.compact(records)
    assert folded(short) == folded(records)
    assert len(short) == 2 * sum(isinstance(r, Item) for r in records)


# --- files -------------------------------------------------------------------------------------------


def test_what_was_written_is_read(tmp_path: Path) -> None:
    ticks = day()
    write(tmp_path, ticks)
    expected = folded([r for _, batch in ticks for r in batch])
    assert journal.read(tmp_path, START) == expected
    assert journal.last_entries(tmp_path) == {c: e[-1] for c, e in expected.items()}
    assert len(journal.files(tmp_path)) == 2, "the hour changed"


def test_each_file_can_be_read_alone(tmp_path: Path) -> None:
    ticks = day()
    write(tmp_path, ticks)
    second = journal.files(tmp_path)[1]
    expected = folded([r for _, batch in ticks for r in batch])
    found = journal.read(tmp_path, Quanta(START + 12))
    for channel, entries in expected.items():
        assert found[channel] == entries[-len(found[channel]) :]
        assert found[channel][0].item.start <= START + 13, "it begins with what was running"
    journal.files(tmp_path)[0].unlink()
    assert journal.last_entries(tmp_path) == {c: e[-1] for c, e in expected.items()}
    assert second.exists()


def test_an_item_that_only_began_is_carried_into_the_next_hour(tmp_path: Path) -> None:
    started = item("tv", START + 20)
    write(tmp_path, [(START, [started]), (Quanta(START + 15), [Commit("tv", Quanta(START + 20), 3)])])
    journal.files(tmp_path)[0].unlink()
    assert journal.last_entries(tmp_path) == {"tv": Entry(started, Quanta(START + 23))}


@pytest.fixture
def quick_path() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of syncs take long on a real disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None, prefix="lppl-test-") as name:
        yield Path(name)


@pytest.mark.parametrize("rest", ["nothing", "zeros", "noise"])
def test_every_prefix_of_the_bytes_recovers(quick_path: Path, rest: str) -> None:
    """A power cut after any byte: all that was synced is there, the rest is not, and writing goes on."""
    tmp_path = quick_path
    ticks = day(ticks=9)
    write(tmp_path / "whole", ticks)
    paths = journal.files(tmp_path / "whole")
    blobs = {p.name: p.read_bytes() for p in paths}
    sizes = _sizes_after_each_tick(tmp_path, ticks)
    noise = random.Random(7)
    for name in blobs:
        for cut in range(len(blobs[name]) + 1):
            folder = tmp_path / "cut"
            folder.mkdir()
            for other, data in blobs.items():
                if other < name:
                    (folder / other).write_bytes(data)
            tail = {"nothing": b"", "zeros": bytes(700), "noise": noise.randbytes(64) + bytes(600)}[rest]
            (folder / name).write_bytes(blobs[name][:cut] + tail)
            _check_prefix(folder, ticks, _synced(sizes, name, cut))
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()


def _sizes_after_each_tick(tmp_path: Path, ticks: list[tuple[Quanta, list[Record]]]) -> list[dict[str, int]]:
    folder, out = tmp_path / "sizes", []
    writer = JournalWriter(folder, 2048)
    for now, records in ticks:
        writer.append(records, now)
        out.append({p.name: len(p.read_bytes().rstrip(b"\0")) for p in journal.files(folder)})
    writer.close()
    return out


def _synced(sizes: list[dict[str, int]], name: str, cut: int) -> int:
    """Return how many ticks were wholly synced when `name` had `cut` bytes."""
    return sum(max(s) < name or (max(s) == name and s[name] <= cut) for s in sizes)


def _check_prefix(folder: Path, ticks: list[tuple[Quanta, list[Record]]], synced: int) -> None:
    least = folded([r for _, batch in ticks[:synced] for r in batch])
    most = folded([r for _, batch in ticks[: synced + 1] for r in batch])
    found = journal.read(folder, START)
    last = journal.last_entries(folder)
    for channel, entries in least.items():
        assert contiguous(found[channel])
        assert entries[-1].end <= found[channel][-1].end <= most[channel][-1].end
        assert last[channel].end == found[channel][-1].end
    # writing goes on behind it, and what was there stays
    writer = JournalWriter(folder, 2048)
    writer.resume(last)
    more = [Commit(c, e.end, 1) for c, e in last.items() if e.end < e.item.start + e.item.planned]
    writer.append(more, ticks[min(synced, len(ticks) - 1)][0])
    writer.close()
    after = journal.read(folder, START)
    for channel, entry in last.items():
        grown = any(c.channel == channel for c in more)
        assert after[channel][-1].end == entry.end + grown
        assert after[channel][:-1] == found[channel][:-1]


def test_damage_in_the_middle_loses_no_more_than_it_hits(tmp_path: Path) -> None:
    ticks = day()
    write(tmp_path, ticks)
    path = journal.files(tmp_path)[1]
    whole = path.read_bytes()
    expected = folded([r for _, batch in ticks for r in batch])
    for at in range(0, len(whole), 53):
        path.write_bytes(whole[:at] + bytes(64) + whole[at + 64 :])
        for channel, entries in journal.read(tmp_path, START).items():
            assert contiguous(entries)
            aired = [e for e in entries if e.item.kind is not Kind.OFF]
            assert {e.item.start for e in aired} <= {e.item.start for e in expected[channel]}
        path.write_bytes(whole)


def test_a_file_that_cannot_be_read_does_not_stop_a_start(tmp_path: Path) -> None:
    ticks = day()
    write(tmp_path, ticks)
    first, second = journal.files(tmp_path)
    first.unlink()
    first.mkdir()  # reading it is an OSError, for root too
    assert set(journal.read(tmp_path, START)) == {"tv", "radio"}
    second.unlink()
    assert journal.last_entries(tmp_path) == {}


def test_a_torn_head_falls_back_on_the_file_before(tmp_path: Path) -> None:
    """At the full hour the power fails while the new file says what runs: no channel is taken for a new one."""
    ticks = day(ticks=8)
    write(tmp_path, ticks)
    second = journal.files(tmp_path)[1]
    head = second.read_bytes().split(b"\n")[0] + b"\n"
    second.write_bytes(head)
    assert set(journal.last_entries(tmp_path)) == {"tv", "radio"}


def test_a_follower_sees_everything_once_and_in_order(tmp_path: Path) -> None:
    ticks = day()
    follower = JournalFollower(tmp_path, START)
    writer = JournalWriter(tmp_path, 2048)
    channels: dict[str, list[Entry]] = {}
    for n, (now, records) in enumerate(ticks):
        writer.append(records, now)
        if n % 3 == 0:
            for record in follower.poll():
                fold(channels.setdefault(record.channel, []), (record,))
            assert channels == folded([r for _, batch in ticks[: n + 1] for r in batch])
    writer.close()
    assert follower.poll() != []
    assert follower.poll() == []


def test_a_follower_reads_a_file_longer_than_its_block(tmp_path: Path) -> None:
    records: list[Record] = [item("tv", START, 40_000)]
    records += [Commit("tv", Quanta(START + n), 1) for n in range(5_000)]
    writer = JournalWriter(tmp_path, 1 << 18)
    writer.append(records, START)
    follower = JournalFollower(tmp_path, START)
    assert follower.poll() == records
    writer.append([Commit("tv", Quanta(START + 5_000), 1)], START)
    assert follower.poll() == [Commit("tv", Quanta(START + 5_000), 1)]
    writer.close()


def test_a_follower_recovers_when_a_failed_write_was_cut_back(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, 2048)
    first = item("tv", START)
    writer.append([first, Commit("tv", START, 3)], START)
    path = journal.files(tmp_path)[0]
    follower = JournalFollower(tmp_path, START)
    end = len(path.read_bytes().rstrip(b"\0"))
    with path.open("r+b") as f:  # written and seen, but the sync failed
        f.seek(end)
        f.write(journal.encode(Commit("tv", Quanta(START + 3), 1)) + journal.encode(Commit("tv", Quanta(START + 4), 2)))
    entries: list[Entry] = []
    fold(entries, follower.poll())
    # written again in another shape
    with path.open("r+b") as f:
        f.truncate(end)
    writer.append([Commit("tv", Quanta(START + 3), 12), Commit("tv", Quanta(START + 15), 30)], START)
    fold(entries, follower.poll())
    writer.close()
    assert entries == [Entry(first, Quanta(START + 45))]
