"""Tiny house sets written without ffmpeg, a playout world around them, and an independent reader of fragments.

Every sample says what it is: house, rendition and number stand in its bytes, so that a test can see in a segment
exactly which picture of which item was sent. The reader knows nothing of streaming/fmp4.py.
"""

import itertools
import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lppl import journal
from lppl.journal import Entry, Item, JournalWriter, Record, fold
from lppl.media import AssetId, AudioRung, ChannelKind, HouseId, Material, Profile, VideoRung
from lppl.quanta import Quanta, cell_start
from lppl.rundown import Rundown
from playout.channel import ChannelPlayout, Ladder
from streaming.channel import ChannelStream
from streaming.fmp4 import AudioTrack, TrackSamples, VideoTrack
from streaming.house import HouseStore, RenditionWriter, SetInfo, folder_of
from streaming.packager import Slate

HOME_AVCC = bytes.fromhex("0164001fffe1000467640001010002aabb")
FOREIGN_AVCC = bytes.fromhex("014d401fffe10004674d0002010002ccdd")

TV = Profile(
    ChannelKind.TV,
    (VideoRung("v720", 1280, 720, 2_500_000), VideoRung("v360", 640, 360, 600_000)),
    (AudioRung("a128", 128_000),),
    -16.0,
    -1.0,
    "veryfast",
)
RADIO = Profile(ChannelKind.RADIO, (), (AudioRung("a128", 128_000), AudioRung("a64", 64_000)), -16.0, -1.0, "veryfast")


# --- making house sets ---------------------------------------------------------------------------------


def sample_bytes(house: str, rendition: str, number: int) -> bytes:
    """What a sample says of itself; lengths vary, as real ones do."""
    return f"<{house[:8]}|{rendition}|{number}>".encode().ljust(24 + number % 5, b".")


def write_samples(
    folder: Path, house: HouseId, name: str, track: Any, quanta: int, gops: Sequence[int], part: int
) -> Any:
    """Write one rendition in parts of `part` quanta."""
    per = track.per_quantum
    writer = RenditionWriter(folder, name, track)
    for at in range(0, quanta, part):
        count = min(part, quanta - at)
        samples = [sample_bytes(house, name, n) for n in range(at * per, (at + count) * per)]
        with tempfile.TemporaryFile(dir=folder) as source:
            source.write(b"".join(samples))
            source.flush()
            sync = None
            if isinstance(track, VideoTrack):
                sync = tuple((g - at) * per for g in gops if at <= g < at + count)
            sizes = struct.pack(f">{len(samples)}I", *map(len, samples))
            writer.add(source, TrackSamples(b"", b"", sizes, sync, 0), 0, count)
    return writer.close()


def write_house(
    root: Path,
    profile: Profile,
    name: str,
    quanta: int,
    *,
    gops: Sequence[int] | None = None,
    avcc: bytes = HOME_AVCC,
    part: int = 18,
    only: Iterable[str] | None = None,
) -> Material:
    """Write a whole house set and return its material. `only` leaves renditions out."""
    asset = AssetId(name.encode().hex().ljust(40, "0")[:40])
    house = profile.house(asset)
    folder = folder_of(root, house)
    folder.mkdir(parents=True)
    gops = list(range(0, quanta, 6)) if gops is None else gops
    tracks = {r.name: VideoTrack(r.width, r.height, avcc) for r in profile.video} | {
        a.name: AudioTrack(a.bitrate) for a in profile.audio
    }
    renditions = {
        n: write_samples(folder, house, n, t, quanta, gops, part)
        for n, t in tracks.items()
        if only is None or n in only
    }
    info = SetInfo(
        house, profile.kind, Quanta(quanta), renditions, name, "", "", bool(profile.video), -16.0, 0.0, False, ()
    )
    (folder / "set.json").write_bytes(info.to_json())
    return Material(house, asset, name, Quanta(quanta))


# --- reading what was made -----------------------------------------------------------------------------


@dataclass
class Fragment:
    """One moof and its samples, as a player understands them."""

    tfdt: int
    durations: list[int]
    samples: list[bytes]
    first_is_key: bool


def _walk(data: bytes) -> Iterator[tuple[str, bytes, int]]:
    at = 0
    while at < len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8].decode("latin1")
        assert 8 <= size <= len(data) - at, f"box {kind} at {at}: {size} of {len(data) - at}"
        yield kind, data[at + 8 : at + size], at
        at += size


def read_fragments(data: bytes, default_duration: int) -> list[Fragment]:
    """Read a media segment by ISO/IEC 14496-12 alone."""
    out: list[Fragment] = []
    moof_at = -1
    for kind, body, at in _walk(data):
        if kind == "moof":
            moof, moof_at = {k: b for k, b, _ in _walk(body)}, at
        elif kind == "mdat":
            traf = {k: b for k, b, _ in _walk(moof["traf"])}
            out.append(_fragment(traf, data, moof_at, at, len(body), default_duration))
    return out


def _fragment(traf: dict[str, bytes], data: bytes, moof_at: int, mdat_at: int, size: int, default: int) -> Fragment:
    flags = int.from_bytes(traf["tfhd"][1:4])
    assert flags & 0x020000, "offsets count from the moof"
    if flags & 0x8:
        default = int.from_bytes(traf["tfhd"][8:12])
    trun = traf["trun"]
    flags, count = int.from_bytes(trun[1:4]), int.from_bytes(trun[4:8])
    at = 8
    assert flags & 1
    offset = int.from_bytes(trun[at : at + 4])
    assert moof_at + offset == mdat_at + 8, "data begin behind the mdat header"
    at += 4
    key = True
    if flags & 4:
        key = not int.from_bytes(trun[at : at + 4]) & 0x00010000
        at += 4
    durations, samples, here = [], [], moof_at + offset
    for _ in range(count):
        duration = default
        if flags & 0x100:
            duration, at = int.from_bytes(trun[at : at + 4]), at + 4
        assert flags & 0x200
        length, at = int.from_bytes(trun[at : at + 4]), at + 4
        durations.append(duration)
        samples.append(data[here : here + length])
        here += length
    assert at == len(trun)
    assert here == mdat_at + 8 + size, "samples fill the mdat"
    assert traf["tfdt"][0] == 1
    return Fragment(int.from_bytes(traf["tfdt"][4:12]), durations, samples, key)


def read_init(data: bytes) -> tuple[int, int]:
    """Return (timescale, default sample duration) of an init segment."""
    moov = {k: b for k, b, _ in _walk(next(b for k, b, _ in _walk(data) if k == "moov"))}
    mdia = {k: b for k, b, _ in _walk({k: b for k, b, _ in _walk(moov["trak"])}["mdia"])}
    trex = {k: b for k, b, _ in _walk(moov["mvex"])}["trex"]
    return int.from_bytes(mdia["mdhd"][12:16]), int.from_bytes(trex[12:16])


# --- a station without clocks --------------------------------------------------------------------------


class Shelves:
    """lppl.ports.Sources over real house sets, of which some are gone and some are live."""

    def __init__(self, store: HouseStore) -> None:
        self.store = store
        self.gone: set[HouseId] = set()
        self.arrived: dict[HouseId, int] = {}

    def ready(self, house: HouseId) -> Quanta | None:
        if house in self.gone:
            return None
        if house in self.arrived:
            return Quanta(self.arrived[house])
        return self.store.ready(house)

    def key(self, house: HouseId, q: Quanta) -> Quanta | None:
        return None if house in self.gone else self.store.key(house, q)

    def format(self, house: HouseId) -> str:
        return "" if house in self.gone else self.store.format(house)


@dataclass
class World:
    """One channel from rundown to segments, driven by hand, with its journal on disk."""

    store: HouseStore
    folder: Path
    profile: Profile
    ident: Material | None
    slate: Material
    dvr_cells: int = 60
    mark_joins: bool = False
    channel: str = "ch"
    sources: Shelves = field(init=False)
    playout: ChannelPlayout = field(init=False)
    stream: ChannelStream = field(init=False)
    writer: JournalWriter = field(init=False)
    records: list[Record] = field(default_factory=list)
    out: dict[tuple[str, int], tuple[Any, ...]] = field(default_factory=dict)
    """Everything that was ever published: (rendition, number) -> what a player saw of it."""
    gops: dict[HouseId, Sequence[int]] = field(default_factory=dict)
    """Key frames of houses that do not have one each 6 quanta."""

    def __post_init__(self) -> None:
        self.sources = Shelves(self.store)

    def start(self, now: int) -> None:
        """Start the service: read the journal, open the channel, journal what that says."""
        last = journal.last_entries(self.folder)
        self.playout = ChannelPlayout(
            self.channel, self.sources, Ladder(self.ident, self.slate), picture=bool(self.profile.video)
        )
        self.stream = ChannelStream(
            self.channel,
            self.profile,
            self.store,
            Slate(self.store.get(self.slate.house)),
            self.dvr_cells,
            mark_joins=self.mark_joins,
        )
        self.stream.load(journal.read(self.folder, Quanta(now - 12 * self.dvr_cells)).get(self.channel, ()))
        self.writer = JournalWriter(self.folder, reserve=4096)
        self.writer.resume(last)
        self._take(self.playout.open(Quanta(now), last.get(self.channel)), now)

    def kill(self) -> None:
        """End without a word: the journal's files stay as they are, with the room set aside."""
        left = {p: p.read_bytes() for p in self.folder.glob("*.jnl")}
        self.writer.close()
        for path, data in left.items():
            path.write_bytes(data)

    def __enter__(self) -> "World":
        return self

    def __exit__(self, *_: object) -> None:
        self.writer.close()

    def follow(self, rundown: Rundown) -> None:
        self.playout.follow(rundown)

    def tick(self, now: int) -> list[Record]:
        """One tick of engine, recovery and publishing."""
        for house in tuple(self.playout.lost):
            if self.sources.ready(house) is not None:
                self.playout.lost.discard(house)
        records = self.playout.commit(Quanta(now))
        self._take(records, now)
        return records

    def _take(self, records: Sequence[Record], now: int) -> None:
        if records:
            self.writer.append(records, Quanta(now))
            self.records += records
        self.stream.apply(records)
        for segment in self.stream.publish(Quanta(now)):
            for name in self.stream.names:
                self._see(name, segment)

    def _see(self, name: str, segment: Any) -> None:
        if segment.gap:
            seen: tuple[Any, ...] = (segment.start, segment.length, "gap")
        else:
            seen = (segment.start, segment.length, self.stream.body(name, segment.number).read())
        before = self.out.setdefault((name, segment.number), seen)
        assert before == seen, f"{name}/{segment.number} was rewritten"

    def numbers(self) -> list[int]:
        return sorted({n for _, n in self.out})


# --- what must always hold -------------------------------------------------------------------------------


def entries(records: list[Any]) -> list[Entry]:
    out: list[Entry] = []
    fold(out, records)
    return out


def check_coverage(world: World) -> None:
    """Every quantum is committed once, from material that has it."""
    at = None
    for record in world.records:
        if isinstance(record, Item):
            item = record
            assert record.start == at or at is None
            at = record.start
        else:
            assert record.start == at, "commits follow each other"
            at = record.start + record.length
            assert item.start <= record.start
            if item.house is not None:
                # what the file has, whatever the rundown said
                assert item.in_point + at - item.start <= world.store.get(item.house).quanta
    folded = entries(world.records)
    for before, after in itertools.pairwise(folded):
        assert before.end == after.item.start
        assert before.item.number < after.item.number
    assert len({e.item.id for e in folded}) == len(folded), "an id for each item"


def check_segments(world: World) -> None:
    """Cells, lengths and bytes of everything published."""
    numbers, aired = world.numbers(), entries(world.records)
    assert numbers == list(range(numbers[0], numbers[-1] + 1)), "every cell has a segment"
    picture = bool(world.profile.video)
    for name in world.stream.names:
        follows = None
        for number in numbers:
            start, length, data = world.out[name, number]
            assert follows is None or start == follows, "segments touch"
            follows = start + length
            assert cell_start(number) <= start < cell_start(number + 1)
            assert (7 <= length <= 17) if picture else length == 12
            if data != "gap":
                check_bytes(world, aired, name, start, length, data)


def check_bytes(world: World, aired: list[Entry], name: str, start: int, length: int, data: bytes) -> None:
    """A segment's samples are the journal's, in order, without a jump in time, from a key frame on."""
    video = name.startswith("v")
    ticks, sample, per = (28_800, 3_600, 8) if video else (15_360, 1_024, 15)
    at = start * ticks
    samples = []
    fragments = read_fragments(data, sample)
    for fragment in fragments:
        assert fragment.tfdt == at, "tfdt continues"
        at += sum(fragment.durations)
        samples += fragment.samples
    assert at == (start + length) * ticks, "durations are EXTINF"
    assert fragments[0].first_is_key
    expected = []
    for entry in aired:
        a, b = max(start, entry.item.start), min(start + length, entry.end)
        first = entry.item.in_point + a - entry.item.start
        if a < b:
            assert entry.item.house is not None
            keys = world.gops.get(entry.item.house) or range(0, 1_000_000, 6)
            expected += [sample_bytes(entry.item.house, name, n) for n in range(first * per, (first + b - a) * per)]
            assert not video or a not in (start, entry.item.start) or first in keys, "begins with a key frame"
    assert samples == expected


# --- fixtures ----------------------------------------------------------------------------------------------


@dataclass
class Library:
    """House sets for one kind of channel."""

    root: Path
    profile: Profile
    store: HouseStore
    items: list[Material]
    ident: Material
    slate: Material

    def world(self, folder: Path, **options: Any) -> World:
        return World(self.store, folder, self.profile, self.ident, self.slate, **options)


LENGTHS = (1, 2, 5, 6, 7, 12, 13, 31, 64)


def _library(root: Path, profile: Profile, kind: str) -> Library:
    items = [write_house(root, profile, f"{kind}{n}", n) for n in LENGTHS]
    ident, slate = write_house(root, profile, f"{kind}ident", 31), write_house(root, profile, f"{kind}slate", 12)
    return Library(root, profile, HouseStore(root), items, ident, slate)


@pytest.fixture(scope="session")
def quick_folder() -> Iterator[Path]:
    """A folder in memory where there is one: these tests sync very often."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None, prefix="lppl-test-") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def tv(quick_folder: Path) -> Library:
    return _library(quick_folder / "tv", TV, "t")


@pytest.fixture(scope="session")
def radio(quick_folder: Path) -> Library:
    return _library(quick_folder / "radio", RADIO, "r")


@pytest.fixture(scope="session")
def new_folder(quick_folder: Path) -> Callable[[], Path]:
    """A new empty folder at each call."""
    counter = itertools.count()

    def make() -> Path:
        folder = quick_folder / f"new-{next(counter)}"
        folder.mkdir()
        return folder

    return make


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """What tests of this folder share, since test modules do not import each other."""
    return SimpleNamespace(
        write_house=write_house, sample_bytes=sample_bytes, read_fragments=read_fragments, read_init=read_init,
        World=World, Library=Library, Shelves=Shelves, TV=TV, RADIO=RADIO, HOME_AVCC=HOME_AVCC,
        FOREIGN_AVCC=FOREIGN_AVCC, entries=entries, check_coverage=check_coverage, check_segments=check_segments,
    )  # fmt: skip
