"""Segments when files vanish, shrink or differ: always delivered, always of the announced length."""

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lppl.errors import HouseFileDamaged
from lppl.journal import Entry, Item
from lppl.media import HouseId
from lppl.quanta import Quanta
from lppl.rundown import Kind
from streaming.house import HouseStore, folder_of
from streaming.packager import FileSlice, Packager, Slate
from streaming.timeline import Segment, Timeline

START = 5_600_000_004


class Bench:
    """A packager over its own copy of some houses, and one segment of 12 quanta that joins them."""

    def __init__(self, kit: SimpleNamespace, folder: Path, **special: Any) -> None:
        self.kit, self.root = kit, folder
        self.a = kit.write_house(folder, kit.TV, "a", 40)
        self.b = kit.write_house(folder, kit.TV, "b", 40, **special)
        slate = kit.write_house(folder, kit.TV, "slate", 5)
        self.store = HouseStore(folder)
        self.slate = slate.house
        self.packager = Packager(self.store, Slate(self.store.get(slate.house)))

    def entries(self, *parts: tuple[Any, int, int]) -> list[Entry]:
        out, at = [], START
        for material, in_point, length in parts:
            item = Item("tv", Quanta(at), material.house, Quanta(in_point), Quanta(length), Kind.ITEM, material.title)
            at += length
            out.append(Entry(item, Quanta(at)))
        return out

    def segments(self, *parts: tuple[Any, int, int]) -> list[Segment]:
        timeline = Timeline(lambda item, q: self.store.get(item.house).next_gop(q), self.entries(*parts))
        found = (timeline.segment(k) for k in range(START // 12, START // 12 + 9))
        return [s for s in found if s is not None]

    def folder(self, house: HouseId) -> Path:
        return folder_of(self.root, house)

    def seen(self, name: str, segment: Segment) -> list[bytes]:
        """The samples of a segment, after checking that they fill it exactly."""
        video = name.startswith("v")
        ticks, sample = (28_800, 3_600) if video else (15_360, 1_024)
        at, samples = segment.start * ticks, []
        for fragment in self.kit.read_fragments(self.packager.segment(name, segment).read(), sample):
            assert fragment.tfdt == at
            at += sum(fragment.durations)
            samples += fragment.samples
        assert at == segment.end * ticks
        return samples

    def expected(self, house: HouseId, name: str, first: int, quanta: int) -> list[bytes]:
        per = 8 if name.startswith("v") else 15
        return [self.kit.sample_bytes(house, name, n) for n in range(first * per, (first + quanta) * per)]


@pytest.fixture
def bench(kit: SimpleNamespace, new_folder: Callable[[], Path]) -> Callable[..., Bench]:
    return lambda **special: Bench(kit, new_folder(), **special)


NAMES = ("v720", "v360", "a128")


@pytest.mark.parametrize("name", NAMES)
def test_a_join_inside_a_segment(bench: Callable[..., Bench], name: str) -> None:
    it = bench()
    first = it.segments((it.a, 0, 8), (it.b, 6, 30))[0]
    rest = it.expected(it.b.house, name, 6, first.length - 8)
    assert it.seen(name, first) == it.expected(it.a.house, name, 0, 8) + rest


@pytest.mark.parametrize("name", NAMES)
def test_deleted_files_that_are_open_are_served(bench: Callable[..., Bench], name: str) -> None:
    it = bench()
    first, second, *_ = it.segments((it.a, 0, 40))
    it.seen(name, first)
    for path in it.folder(it.a.house).iterdir():
        path.unlink()
    assert it.store.ready(it.a.house) is None, "nothing more of it is committed"
    assert it.seen(name, second) == it.expected(it.a.house, name, 12, 12), "what was committed is served"
    assert not it.store.reopen(it.a.house)
    assert it.seen(name, second) == it.expected(it.a.house, name, 12, 12), "also after looking for it again"
    assert it.packager.substitutions == 0


@pytest.mark.parametrize("name", NAMES)
def test_files_that_were_never_opened_and_are_gone(bench: Callable[..., Bench], name: str) -> None:
    it = bench()
    first = it.segments((it.a, 0, 8), (it.b, 0, 30))[0]
    fresh = Packager(HouseStore(it.root), Slate(it.store.get(it.slate)))
    for path in it.folder(it.b.house).iterdir():
        path.unlink()
    it.packager = fresh
    samples = it.seen(name, first)
    head = it.expected(it.a.house, name, 0, 8)
    assert samples[: len(head)] == head
    assert first.length == 14, "8 of one item and 6 of the other"
    assert samples[len(head) :] == it.expected(it.slate, name, 0, 5) + it.expected(it.slate, name, 0, 1)
    assert fresh.segment(name, first).substituted
    assert fresh.substitutions > 0


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_a_file_cut_short_is_slate_with_the_same_timing(bench: Callable[..., Bench], name: str, cached: bool) -> None:
    """Also when the segment had been asked for before: a length that cannot be sent is not announced."""
    it = bench()
    first, *_ = it.segments((it.a, 0, 40))
    if cached:
        assert not it.packager.segment(name, first).substituted
    os.truncate(it.folder(it.a.house) / f"{name}.mp4", 2_000)
    assert it.store.ready(it.a.house) is None
    body = it.packager.segment(name, first)
    assert body.substituted
    assert it.seen(name, first) == [s for n in (5, 5, 2) for s in it.expected(it.slate, name, 0, n)]
    assert not any(isinstance(p, FileSlice) for p in body.parts), "from memory"
    other = next(n for n in NAMES if n != name)
    assert not it.packager.segment(other, first).substituted, "the other renditions go on"


def test_a_rung_that_the_set_does_not_have_is_slate(bench: Callable[..., Bench]) -> None:
    it = bench(only=("v720", "a128"))
    first = it.segments((it.b, 0, 40))[0]
    assert it.seen("v720", first) == it.expected(it.b.house, "v720", 0, 12)
    assert it.seen("v360", first)[:8] == it.expected(it.slate, "v360", 0, 1)
    assert it.packager.segment("v360", first).substituted


def test_a_set_made_again_shorter_than_it_was_committed(bench: Callable[..., Bench]) -> None:
    it = bench()
    segments = it.segments((it.a, 0, 60), (it.b, 0, 12))  # says 60, has 40
    assert [s.length for s in segments[:5]] == [12] * 5
    for name in NAMES:
        assert it.seen(name, segments[1]) == it.expected(it.a.house, name, 12, 12)
        assert it.seen(name, segments[4])[:8] == it.expected(it.slate, name, 0, 1)[:8]


@pytest.mark.parametrize("join", [1, 5, 8, 11])
def test_unlike_parameter_sets_in_mid_cell_hold_the_last_picture(bench: Callable[..., Bench], join: int) -> None:
    """A decoder's parameters can only change between segments: until then the last picture stays, the sound goes on."""
    it = bench(avcc=bytes.fromhex("014d401fffe10004674d0002010002ccdd"))
    first, second, *_ = it.segments((it.a, 0, join), (it.b, 0, 39))
    if first.length == join:
        pytest.skip("the join is at the segment's end")
    fragments = it.kit.read_fragments(it.packager.segment("v720", first).read(), 3_600)
    assert len(fragments) == 1
    assert fragments[0].samples == it.expected(it.a.house, "v720", 0, join)
    assert sum(fragments[0].durations) == first.length * 28_800
    assert fragments[0].durations[:-1] == [3_600] * (8 * join - 1)
    sound = it.expected(it.a.house, "a128", 0, join) + it.expected(it.b.house, "a128", 0, first.length - join)
    assert it.seen("a128", first) == sound
    begins = first.length - join
    assert it.seen("v720", second) == it.expected(it.b.house, "v720", begins, second.length)
    assert begins % 6 == 0, "with a key frame"
    assert it.packager.init_of("v720", first.pieces[0]) != it.packager.init_of("v720", second.pieces[0])
    assert it.packager.init_of("a128", first.pieces[0]) == it.packager.init_of("a128", second.pieces[0])


def test_the_held_picture_survives_the_loss_of_its_file(bench: Callable[..., Bench]) -> None:
    it = bench(avcc=bytes.fromhex("014d401fffe10004674d0002010002ccdd"))
    first, *_ = it.segments((it.a, 0, 8), (it.b, 0, 39))
    os.truncate(it.folder(it.a.house) / "v720.mp4", 2_000)
    assert it.seen("v720", first)[:8] == it.expected(it.slate, "v720", 0, 1)


def test_an_iframe_is_the_first_picture_for_the_whole_segment(bench: Callable[..., Bench]) -> None:
    it = bench()
    for segment in it.segments((it.a, 0, 8), (it.b, 6, 30)):
        (fragment,) = it.kit.read_fragments(it.packager.iframe("v720", segment).read(), 3_600)
        assert fragment.tfdt == segment.start * 28_800
        assert fragment.durations == [segment.length * 28_800]
        assert fragment.samples == it.seen("v720", segment)[:1]
        assert fragment.first_is_key


@pytest.mark.parametrize("name", NAMES)
def test_any_byte_range_is_those_bytes(bench: Callable[..., Bench], name: str) -> None:
    it = bench()
    body = it.packager.segment(name, it.segments((it.a, 0, 8), (it.b, 6, 30))[0])
    whole = body.read()
    assert len(whole) == body.length
    for start in range(0, body.length, 97):
        for end in (start, start + 1, start + 700, body.length):
            parts = body.cut(start, end)
            cut = b"".join(p if isinstance(p, bytes) else os.pread(p.rendition.fd, p.length, p.offset) for p in parts)
            assert cut == whole[start:end]


def test_sound_for_the_progressive_stream_never_fails(bench: Callable[..., Bench]) -> None:
    it = bench()
    piece = it.segments((it.a, 3, 37))[0].pieces[0]
    assert it.packager.aac("a128", piece) == it.expected(it.a.house, "a128", 3, piece.length)
    os.truncate(it.folder(it.a.house) / "a128.mp4", 100)
    assert len(it.packager.aac("a128", piece)) == 15 * piece.length


# --- house files -----------------------------------------------------------------------------------------

# the payload is not read when a set is opened, so noise in it is not seen
DAMAGES = {"idx": ("gone", "empty", "half", "noise", "folder"), "mp4": ("gone", "empty", "half")}


def test_a_house_file_is_an_ordinary_mp4_with_absolute_index(bench: Callable[..., Bench]) -> None:
    it = bench()
    data = (it.folder(it.a.house) / "v720.mp4").read_bytes()
    moof = data.index(b"moof") - 4
    fragments = it.kit.read_fragments(data[moof:], 3_600)
    assert [f.tfdt for f in fragments] == [0, 18 * 28_800, 36 * 28_800]
    assert [s for f in fragments for s in f.samples] == it.expected(it.a.house, "v720", 0, 40)
    assert it.kit.read_init(data[:moof]) == (90_000, 3_600)


@pytest.mark.parametrize(
    ("name", "damage"),
    [(f"{r}.{kind}", damage) for r in ("v720", "a128") for kind in ("idx", "mp4") for damage in DAMAGES[kind]]
    + [("set.json", damage) for damage in DAMAGES["idx"]],
)
def test_damaged_sets_are_refused_and_nothing_else_happens(bench: Callable[..., Bench], name: str, damage: str) -> None:
    it = bench()
    path = it.folder(it.a.house) / name
    data = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "gone":
        path.write_bytes({"empty": b"", "half": data[: len(data) // 2], "noise": bytes(range(256)) * 40}[damage])
    store = HouseStore(it.root)
    assert store.ready(it.a.house) is None
    assert store.key(it.a.house, Quanta(3)) is None
    assert store.format(it.a.house) == ""
    assert not store.reopen(it.a.house)
    with pytest.raises(HouseFileDamaged):
        store.get(it.a.house)


def test_opening_damaged_sets_leaks_and_steals_no_descriptor(bench: Callable[..., Bench]) -> None:
    """A descriptor closed twice would one day be somebody else's."""
    it = bench()
    os.truncate(it.folder(it.a.house) / "v360.mp4", 2_000)
    store = HouseStore(it.root)
    before = sorted(os.listdir("/proc/self/fd"))
    for _ in range(50):
        assert store.ready(it.a.house) is None
        kept = os.open("/dev/null", os.O_RDONLY)
        assert store.ready(it.a.house) is None
        os.close(kept)  # raises EBADF when somebody closed it for us
    assert sorted(os.listdir("/proc/self/fd")) == before


def test_an_index_with_fragments_out_of_order_is_refused(bench: Callable[..., Bench]) -> None:
    it = bench()
    path = it.folder(it.a.house) / "a128.idx"
    data = bytearray(path.read_bytes())
    at = 24 + 8 * 41
    for wrong in (b"\x07" + bytes(7), bytes(7) + b"\x7f"):
        data[at : at + 8] = wrong
        path.write_bytes(data)
        assert HouseStore(it.root).ready(it.a.house) is None


def test_only_the_sets_used_last_stay_open(bench: Callable[..., Bench]) -> None:
    it = bench()
    store = HouseStore(it.root, keep=2)
    first = store.get(it.a.house)
    assert store.get(it.a.house) is first
    store.get(it.b.house)
    store.get(it.slate)
    assert store.get(it.a.house) is not first


def test_formats_tell_what_joins_seamlessly(bench: Callable[..., Bench]) -> None:
    like, unlike = bench(), bench(avcc=bytes.fromhex("014d401fffe10004674d0002010002ccdd"))
    assert like.store.format(like.a.house) == like.store.format(like.b.house) != ""
    assert unlike.store.format(unlike.a.house) != unlike.store.format(unlike.b.house)
