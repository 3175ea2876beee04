"""When the card gets what: the pacer on a clock of our own, and the shifting of timestamps."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.quanta import Quanta
from playout import pacer, transport
from playout.pacer import LEAD_MS, Pacer, has_material

START = Quanta(5_600_000_000)
START_MS = START * 320.0


def clock_packet(ticks: int, mark: bytes = b"") -> bytes:
    """One packet with a PCR and the start of a PES whose PTS is `ticks`; `mark` follows."""
    ticks %= transport.WRAP
    pcr = (ticks << 15 | 0x7E00).to_bytes(6)
    pts = bytes(
        (
            0x21 | ticks >> 29 & 0x0E,
            ticks >> 22 & 0xFF,
            ticks >> 14 & 0xFE | 1,
            ticks >> 7 & 0xFF,
            ticks << 1 & 0xFE | 1,
        )
    )
    pes = b"\x00\x00\x01\xc0\x00\x00\x84\x80\x05" + pts + mark
    stuffing = 188 - 4 - 8 - len(pes)
    return b"\x47\x41\x01\x30" + bytes((7 + stuffing, 0x10)) + pcr + b"\xff" * stuffing + pes


def times_in(data: bytes) -> list[tuple[int, int, int]]:
    """Return (PCR, PTS, q) of each packet that :func:`clock_packet` made."""
    found = []
    for at in range(0, len(data), 188):
        p = data[at : at + 188]
        pcr = int.from_bytes(p[6:12]) >> 15
        pes = p[5 + p[4] :]
        a, b, c, d, e = pes[9:14]
        pts = (a >> 1 & 7) << 30 | b << 22 | c >> 1 << 15 | d << 7 | e >> 1
        found.append((pcr, pts, int.from_bytes(pes[14:22])))
    return found


class Feed:
    """A channel whose quantum q is committed at `when(q)` (air ms; None: never)."""

    def __init__(self, when: "dict[int, float | None] | None" = None, late_ms: float = -1_500.0) -> None:
        self.when = when or {}
        self.late_ms = late_ms
        self.now = 0.0

    def packets(self, q: Quanta) -> bytes | None:
        at = self.when.get(q, q * 320.0 + self.late_ms)
        if at is None or at > self.now:
            return None
        return clock_packet(q * 28_800, q.to_bytes(8)) * 5


def play(feed: Feed, seconds: float, begin_ms: float = START_MS, step_ms: float = 8.0) -> list[tuple[float, int, int]]:
    """Run a pacer; return (air ms of handing over, stream ticks, q) of the first packet of each quantum."""
    feed.now = begin_ms
    machine = Pacer(feed, begin_ms)
    out: dict[int, tuple[float, int, int]] = {}
    while feed.now < begin_ms + seconds * 1000:
        for _, pts, q in times_in(machine.step(feed.now)):
            assert q not in out or feed.now - out[q][0] < 330, "nothing is sent twice"
            out.setdefault(q, (feed.now, pts, q))
        feed.now += step_ms
    return list(out.values())


def test_what_is_committed_in_time_is_handed_over_exactly_its_lead_before_its_air_time() -> None:
    sent = play(Feed(), 6)
    assert len(sent) >= 17
    assert [q for _, _, q in sent] == list(range(sent[0][2], sent[0][2] + len(sent)))
    assert all(0 <= at - (q * 320 - LEAD_MS) <= 8 for at, _, q in sent)


def test_the_stream_gets_a_small_clock_that_follows_the_handing_over() -> None:
    sent = play(Feed(), 6)
    first_at, first_ticks, first_q = sent[0]
    assert first_ticks == pacer.STREAM_START_TICKS
    assert all(ticks - first_ticks == (q - first_q) * 28_800 for _, ticks, q in sent)
    assert first_at >= START_MS


def test_the_feeds_own_clock_may_wrap() -> None:
    wrap_q = -(-6146 * transport.WRAP // 28_800)
    sent = play(Feed(), 6, begin_ms=(wrap_q - 9) * 320.0)
    assert min(q for *_, q in sent) < wrap_q < max(q for *_, q in sent)
    ticks = [t for _, t, _ in sent]
    assert [b - a for a, b in pairwise(ticks)] == [28_800] * (len(ticks) - 1)


@pytest.mark.parametrize("late_ms", [400.0, 1_000.0, 2_400.0])
def test_a_live_source_delays_the_card_by_what_it_needs_and_no_more(late_ms: float) -> None:
    sent = play(Feed(late_ms=late_ms), 20)
    last = sent[-20:]
    delays = [at - (q * 320 - LEAD_MS) for at, _, q in last]
    assert all(late_ms + LEAD_MS <= d <= late_ms + LEAD_MS + 330 for d in delays)
    assert [q for *_, q in last] == list(range(last[0][2], last[0][2] + 20)), "and loses nothing once it runs"


def test_the_delay_of_a_live_source_is_given_back_after_it() -> None:
    switch = START + 40
    feed = Feed({q: q * 320.0 + 900 for q in range(START, switch)})
    sent = play(feed, 30)
    during = [at - (q * 320 - LEAD_MS) for at, _, q in sent if START + 20 <= q < switch]
    after = [at - (q * 320 - LEAD_MS) for at, _, q in sent if q > switch + 30]
    assert min(during) >= 1_300
    assert max(after) < 330


def test_commits_six_quanta_at_a_time_settle_on_one_delay_without_loss() -> None:
    """A journal commits a GOP at a time: what comes just in time is as good as what comes early."""
    feed = Feed({q: (q - q % 6) * 320.0 - 200 for q in range(START, START + 200)})
    sent = play(feed, 40)
    settled = [q for *_, q in sent][10:]
    assert settled == list(range(settled[0], settled[0] + len(settled)))
    assert all(abs(at - (q * 320 - LEAD_MS)) < 400 for at, _, q in sent)


def test_quanta_that_never_come_are_passed_at_once_when_later_ones_are_there() -> None:
    feed = Feed(dict.fromkeys(range(START + 10, START + 14)))
    sent = play(feed, 8)
    assert not {START + 10, START + 13} & {q for *_, q in sent}
    assert all(at - (q * 320 - LEAD_MS) < 330 for at, _, q in sent)


def test_after_a_stop_of_the_feed_the_card_is_at_the_air_clock_again() -> None:
    back = START + 40
    feed = Feed({q: (None if q < back else back * 320.0) for q in range(START + 10, back + 4)})
    sent = play(feed, 40)
    assert all(at - (q * 320 - LEAD_MS) <= pacer.BOUND_MS for at, _, q in sent)
    late = [at - (q * 320 - LEAD_MS) for at, _, q in sent if q > back + 30]
    assert late and max(late) < 500


def test_a_stall_of_the_service_is_skipped_not_replayed() -> None:
    feed = Feed()
    feed.now = START_MS
    machine = Pacer(feed, START_MS)
    machine.step(START_MS)
    machine.step(START_MS + 370)
    feed.now = START_MS + 10_000
    sent = []
    for _ in range(100):
        sent += [q for _, _, q in times_in(machine.step(feed.now))]
        feed.now += 10
    assert [q for q in sent if q * 320 < START_MS + 9_000] == [START + 2] * 2, "but for the piece under way"
    assert min(q for q in sent if q > START + 2) * 320 - LEAD_MS > START_MS + 10_000 - 330
    assert machine.figures.skipped > 20


def test_idle_time_and_the_end_of_a_streams_clock_are_told() -> None:
    feed = Feed(late_ms=1e9)
    machine = Pacer(feed, START_MS)
    machine.step(START_MS + 5_000)
    assert machine.idle_ms(START_MS + 5_000) == 5_000
    day = START_MS + 24 * 3_600_000
    assert not machine.worn_out(day - 60_000, silent=True)
    assert machine.worn_out(day + 60_000, silent=True)
    assert not machine.worn_out(day + 60_000, silent=False)
    assert machine.worn_out(day + 2.1 * 3_600_000, silent=False)


def test_material_is_seen_early_or_late_but_not_when_there_is_none() -> None:
    for late_ms, there in ((-1_500.0, True), (1_500.0, True), (1e9, False)):
        feed = Feed(late_ms=late_ms)
        feed.now = START_MS
        assert has_material(feed, START_MS) is there


@given(
    st.dictionaries(
        st.integers(START, START + 60),
        st.one_of(st.none(), st.floats(-1_900, 4_000)),
        max_size=40,
    )
)
def test_whatever_the_feed_does_time_only_runs_forward_and_the_delay_is_bounded(plan: dict[int, float | None]) -> None:
    feed = Feed({q: None if late is None else q * 320.0 + late for q, late in plan.items()})
    sent = play(feed, 20, step_ms=20.0)
    assert all(b[2] > a[2] and b[1] > a[1] for a, b in pairwise(sent))
    assert all(at - (q * 320 - LEAD_MS) <= pacer.BOUND_MS + pacer.STALL_MS for at, _, q in sent)
    assert sent[-1][0] > START_MS + 19_000 - 330, "it always plays in the end"


@given(st.integers(0, transport.WRAP - 1), st.integers(-(2**40), 2**40))
def test_shifting_moves_both_clocks_and_nothing_else(ticks: int, by: int) -> None:
    packet = clock_packet(ticks, b"12345678")
    assert transport.shifted(packet, by) == clock_packet(ticks + by, b"12345678")
    assert transport.shifted(transport.shifted(packet, by), -by) == packet


def test_what_has_no_time_is_left_alone() -> None:
    null = b"\x47\x1f\xff\x10" + b"\xff" * 184
    assert transport.shifted(null, 90_000) == null


@pytest.mark.parametrize("bad", [b"\x47" * 187, b"\x00" * 188])
def test_what_is_no_transport_stream_is_refused(bad: bytes) -> None:
    with pytest.raises(ValueError, match=r"packets|sync"):
        transport.shifted(bad, 1)
