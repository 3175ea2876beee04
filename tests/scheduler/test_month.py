"""Weeks in which every day something goes wrong: what was planned airs, or its difference is explained.

``LPPL_SIMULATED_DAYS=365`` makes it a year (`make soak`).
"""

import os
from bisect import bisect_left
from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from lppl.journal import Entry
from lppl.quanta import Quanta
from lppl.rundown import Kind
from scheduler.agenda import day_bounds
from scheduler.comparison import Outcome, compare
from scheduler.fixed import AZAN, prayer_times
from tests.station.month import PLACE, ZONE, Channel, Month, at_or_after, begin

DAYS = int(os.environ.get("LPPL_SIMULATED_DAYS", "8"))
FIRST = date(2026, 3, 1)  # Ramadan 1447, and the end of a month
PREROLL = 11 * 12
"""Quanta by which a channel that opens is back-dated at most."""


@pytest.fixture(scope="module")
def month() -> Month:
    """Many days with edits, missing files, power cuts and a clock that is set."""
    station = begin(20260301, FIRST)
    station.run(DAYS)
    station.finish()
    return station


def powered(month: Month, q: Quanta) -> bool:
    i = bisect_left(month.powered, (q + 1, 0)) - 1
    return i >= 0 and q < month.powered[i][1]


def near(c: Channel, start: int, end: int) -> list[Entry]:
    """Return what aired in [start, end)."""
    first = bisect_left(c.journal, start, key=lambda e: e.item.start)
    return c.journal[max(0, first - 1) : bisect_left(c.journal, end, key=lambda e: e.item.start)]


def test_every_quantum_is_on_record_once(month: Month) -> None:
    for c in month.channels.values():
        for before, after in pairwise(c.journal):
            assert before.end == after.item.start, (before, after)
        assert c.journal[-1].end - c.journal[0].item.start > DAYS * 269_000


def test_no_dead_air_while_the_power_is_on_and_off_air_time_is_told_as_such(month: Month) -> None:
    assert month.outages == DAYS
    for c in month.channels.values():
        off = [e for e in c.journal if e.item.kind is Kind.OFF]
        assert off, "power cuts of minutes must show"
        for e in off:
            assert not powered(month, e.item.start)
            assert not powered(month, Quanta(e.end - 1))
        # and all that the power was away for longer than players bridge is told, but for the back-dated opening
        away = [(a_end, b_start) for (_, a_end), (b_start, _) in pairwise(month.powered) if b_start - a_end > 94]
        assert len(off) == len(away)
        for e, (start, end) in zip(off, away, strict=True):
            assert start <= e.item.start <= start + 12
            assert end - PREROLL <= e.end <= end


def test_the_slate_never_airs_and_the_ident_only_briefly(month: Month) -> None:
    for c in month.channels.values():
        aired = Counter[Kind]()
        for e in c.journal:
            aired[e.item.kind] += e.length
        assert not aired[Kind.SLATE]
        assert aired[Kind.IDENT] < aired[Kind.ITEM] / 500
        assert aired[Kind.FILLER] < aired[Kind.ITEM] / 5


def test_the_azan_begins_in_its_quantum_on_every_day_of_the_month(month: Month) -> None:
    checked = 0
    for c in month.channels.values():
        starts = {e.item.start: e for e in c.journal}
        for n in range(DAYS):
            day = date.fromordinal(FIRST.toordinal() + n)
            for prayer in AZAN:
                instant = prayer_times(day, PLACE)[prayer]
                assert instant is not None
                q = at_or_after(instant)
                calm = all(powered(month, Quanta(q + k)) for k in (-400, 0, 700))
                if not calm or missing(c, q):
                    continue
                checked += 1
                assert f"azan/{prayer}" in (starts[q].item.title,)
    assert checked > DAYS * 8


def missing(c: Channel, q: Quanta) -> bool:
    """Tell whether what aired at `q` stood in for a lost file, or the azan's file was known to be away."""
    return any("Pengganti" in e.item.why or "berkas belum ada" in e.item.why for e in near(c, q, q + 700)[:4])


def test_planned_is_aired_or_the_difference_is_explained(month: Month) -> None:
    seen: Counter[Outcome] = Counter()
    for c in month.channels.values():
        for day, kept in c.days.items():
            until = min(day_bounds(day, ZONE)[1], Quanta(kept.planned[-1].end))
            start = day_bounds(day, ZONE)[0]
            lines = [x for x in kept.planned if x.start < until and x.end > start]
            entries = near(c, start - 11_250, until)
            first = min((at for at, _ in kept.causes), default=until)
            for d in compare(lines, entries, until):
                seen[d.kind] += 1
                if d.kind is Outcome.AS_PLANNED:
                    continue
                assert d.indonesian, d
                assert explained(d.indonesian), d
                # before anything happened on that day, nothing differs
                about = d.planned or d.aired
                assert about is not None
                assert about.end > first, (day, c.name, d, kept.causes)
    assert seen[Outcome.AS_PLANNED] > sum(seen.values()) / 3
    assert {Outcome.MOVED, Outcome.REPLACED, Outcome.OFF_AIR, Outcome.ADDED} <= seen.keys()


def explained(sentence: str) -> bool:
    """Tell whether a sentence gives a reason: more than that something differs."""
    reasons = ("(", "karena", "setelah", "mengikuti", "terputus", "tidak mengudara", "dipakai", "dilanjutkan")
    return any(word in sentence for word in reasons)


def test_what_people_put_in_airs(month: Month) -> None:
    put = aired = 0
    for c in month.channels.values():
        titles = {(e.item.why.split(" pukul")[0], e.item.title) for e in c.journal if "petugas" in e.item.why}
        for edit in c.edits.values():
            if edit["put"] is not None:
                put += 1
                aired += ("Disisipkan petugas", edit["put"]["title"]) in titles  # type: ignore[index]
    assert put
    assert aired >= put * 0.7  # the others met a power cut or a missing file


def test_what_aired_is_never_changed_later(month: Month) -> None:
    again = begin(20260301, FIRST)
    again.run(2)
    for name, c in again.channels.items():
        whole: list[Entry] = month.channels[name].journal
        assert c.journal[:-1] == whole[: len(c.journal) - 1]
