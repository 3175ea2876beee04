"""Orders on a channel's timeline: whatever is cut whenever, it has no gap, and hard starts keep their time."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from lppl.journal import Entry, Item, Record, fold
from lppl.media import AssetId, HouseId, Material
from lppl.quanta import AHEAD, BEAT, Quanta, beat_of
from lppl.rundown import Kind, Line, Rundown
from playout.channel import ChannelPlayout, Ladder, Over

START = Quanta(1_000_005)
END = Quanta(START + 700)


class Shelf:
    """Sources that have everything but what is lost."""

    def __init__(self, *lost: str) -> None:
        self.lost = {HouseId(f"{name}.t") for name in lost}

    def ready(self, house: HouseId) -> Quanta | None:
        return None if house in self.lost else Quanta(1_000)

    def key(self, house: HouseId, q: Quanta) -> Quanta | None:
        return q

    def format(self, house: HouseId) -> str:
        return "same"


def material(name: str, quanta: int = 1_000) -> Material:
    return Material(HouseId(f"{name}.t"), AssetId(name), name, Quanta(quanta))


def line(start: int, length: int, name: str, *, hard: bool = False) -> Line:
    return Line(Quanta(start), Quanta(length), material(name), Quanta(0), Kind.ITEM, "", hard, "")


def rundown_from(start: int, lengths: list[int], hard: list[int]) -> Rundown:
    """Return lines from `start` on, cut at each of the `hard` starts, as the planner lays them."""
    lines: list[Line] = []
    q, n = start, 0
    while q < END + 400:
        later = [h for h in hard if h > q]
        length = min([lengths[n % len(lengths)], *(h - q for h in later)])
        lines.append(line(q, length, f"{'tepat' if q in hard else 'acara'}-{q}", hard=q in hard))
        q, n = q + length, n + 1
    return Rundown(lines)


class Channel:
    """A channel on the air, beat by beat, and its journal."""

    def __init__(self, rundown: Rundown, *, picture: bool = False, lost: tuple[str, ...] = ()) -> None:
        ladder = Ladder(material("ident", 31), material("slate", 12))
        self.playout = ChannelPlayout("radio", Shelf(*lost), ladder, picture=picture)
        self.entries: list[Entry] = []
        self.now = int(START)
        self._note(self.playout.open(START, None))
        self.playout.follow(rundown)

    def _note(self, records: list[Record]) -> None:
        fold(self.entries, records)

    def beat(self) -> None:
        self._note(self.playout.commit(Quanta(self.now)))
        assert self.now < self.playout.end <= self.now + AHEAD, "never behind, never too far ahead"
        self.now = beat_of(Quanta(self.now)) + BEAT

    def until(self, q: int) -> None:
        while self.now < q:
            self.beat()

    def at(self, q: int) -> Item:
        return next(e.item for e in self.entries if e.item.start <= q < e.end)

    def whole(self) -> None:
        assert all(a.end == b.item.start for a, b in pairwise(self.entries))


OVER = Over((material("sela", 40),), None, "Sela Darurat", "Sela Darurat oleh Sari")


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 90), min_size=1, max_size=6),
    hard=st.lists(st.integers(20, 650), max_size=4, unique=True),
    orders=st.lists(st.tuples(st.integers(0, 600), st.sampled_from(["cut", "later", "break in", "end"])), max_size=12),
    picture=st.booleans(),
)
def test_whatever_is_ordered_leaves_no_gap_and_hard_starts_in_their_quantum(
    lengths: list[int], hard: list[int], orders: list[tuple[int, str]], picture: bool
) -> None:
    starts = [START + h for h in hard]
    channel = Channel(rundown_from(START, lengths, starts), picture=picture)
    playout = channel.playout
    covered: list[tuple[int, int]] = []
    for after, what in sorted(orders):
        channel.until(START + after)
        if what == "break in":
            playout.break_in(OVER)
            covered.append((playout.end, END + 400))
        elif what == "end" and playout.over is not None:
            covered[-1] = covered[-1][0], playout.end
            playout.end_break_in()
        elif what in ("cut", "later") and playout.over is None:
            at = playout.end if what == "cut" else playout.stop
            playout.cut(rundown_from(at, lengths, starts), "dilewati Sari")
    channel.until(END)
    channel.whole()
    for h in starts:
        if not any(a <= h < b for a, b in covered) and h < channel.playout.end:
            assert channel.at(h).start == h, "a hard start in its quantum"
            assert channel.at(h).hard


def test_a_cut_holds_from_the_committed_end_and_says_why() -> None:
    channel = Channel(rundown_from(START, [200], []))
    channel.until(START + 50)
    at = channel.playout.end
    channel.playout.cut(rundown_from(at, [200], []), '"acara" dilewati Sari')
    channel.until(START + 300)
    begun = channel.at(at)
    assert begun.start == at <= START + 50 + BEAT + AHEAD
    assert begun.why == '"acara" dilewati Sari'
    assert channel.at(at + 200).why == "", "said once"


def test_a_break_in_repeats_over_hard_starts_until_it_is_ended_and_the_plan_went_on_beneath() -> None:
    channel = Channel(rundown_from(START, [150], [START + 100]))
    channel.until(START + 40)
    began = channel.playout.end
    channel.playout.break_in(OVER)
    channel.until(START + 220)
    ended = channel.playout.end
    channel.playout.end_break_in("Sela Darurat diakhiri Sari")
    channel.until(START + 260)
    channel.whole()
    aired = [e.item for e in channel.entries if began <= e.item.start < ended]
    assert {(i.kind, i.title, i.in_point) for i in aired} == {(Kind.BREAK_IN, "sela", 0)}
    assert len(aired) == -(-(ended - began) // 40)
    after = channel.at(ended)
    assert (after.start, after.title) == (ended, f"tepat-{START + 100}"), "what should be on the air then"
    assert after.in_point == ended - (START + 100), "in the middle, at the right place"
    assert after.why == "Sela Darurat diakhiri Sari"


def test_a_short_break_in_leaves_the_item_that_it_covered_at_the_right_place() -> None:
    channel = Channel(rundown_from(START, [500], []), picture=True)
    channel.until(START + 40)
    channel.playout.break_in(OVER)
    channel.until(START + 60)
    ended = channel.playout.end
    channel.playout.end_break_in()
    channel.until(START + 100)
    joined = channel.at(ended)
    assert joined.title == f"acara-{START}"
    assert 0 <= (ended - START) - joined.in_point < 6, "at the key frame at or before the right place"


def test_a_break_in_ends_by_itself_and_a_lost_one_gives_way() -> None:
    channel = Channel(rundown_from(START, [500], []), lost=("hilang",))
    channel.until(START + 40)
    at = channel.playout.end
    channel.playout.break_in(Over((material("hilang"), material("umum", 9)), Quanta(at + 20), "", ""))
    channel.until(START + 100)
    assert [(e.item.title, e.length) for e in channel.entries if e.item.kind is Kind.BREAK_IN] == [
        ("umum", 9), ("umum", 9), ("umum", 2),
    ]  # fmt: skip
    channel.playout.break_in(Over((material("hilang"),), None, "", ""))
    channel.until(START + 150)
    assert channel.playout.over is None
    assert channel.at(START + 140).kind is Kind.ITEM
    channel.whole()
