"""Hard fixed events outrank everything but an emergency: what is of less weight waits; a late time signal is none."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from lppl.media import AssetId, HouseId, Material, Shelf
from lppl.quanta import Quanta, at_or_after
from lppl.rundown import Line
from scheduler.plan import Fixed, Folder, Plan, Start, Strip, Weekdays
from scheduler.rundown import build

WIB = ZoneInfo("Asia/Jakarta")
SIX = at_or_after(datetime(2026, 11, 22, 11, tzinfo=UTC))  # 18.00 WIB
MINUTE = 188
EVERY = Weekdays((0, 1, 2, 3, 4, 5, 6))


def made(path: str, quanta: int) -> Material:
    return Material(HouseId(f"{path}.radio-1"), AssetId(path), path, Quanta(quanta), paths=(path,))


LENGTHS = {"azan": 4 * MINUTE, "lagu": 2 * MINUTE, "pip": 16, "ident": 30, "berita/1": 9_000, "musik/1": 700}


def lines(*fixed: Fixed, begins: Start = Start.NOT_BEFORE) -> list[Line]:
    """Plan around 18.00, when the news begins."""
    strips = (
        Strip("musik", "Musik", EVERY, 12 * 3600, 18 * 3600, Folder("musik", True)),
        Strip("berita", "Berita", EVERY, 18 * 3600, 20 * 3600, Folder("berita"), begins),
    )
    shelf = Shelf({AssetId(path): made(path, quanta) for path, quanta in LENGTHS.items()})
    plan = Plan(strips=strips, fixed=fixed)
    start = Quanta(SIX - 10 * MINUTE)
    return list(build(plan, shelf, None, made("slate", 50), WIB, start, Quanta(SIX + 10 * MINUTE), []))


def azan(before: int) -> Fixed:
    return Fixed(Quanta(SIX - before), "azan-maghrib", "azan", True, "Azan Magrib", priority=10)


def aired(found: list[Line], title: str) -> list[tuple[int, int]]:
    """Return (start after 18.00, length) of each line of `title`."""
    return [(line.start - SIX, line.length) for line in found if line.material.title == title]


@pytest.mark.parametrize("begins", [Start.HARD, Start.NOT_BEFORE])
def test_the_azan_is_not_cut_by_the_news(begins: Start) -> None:
    found = lines(azan(2 * MINUTE), begins=begins)
    assert aired(found, "azan") == [(-2 * MINUTE, 4 * MINUTE)]
    assert aired(found, "berita/1")[0][0] == 2 * MINUTE


def test_a_hard_ident_waits_for_the_azan() -> None:
    found = lines(azan(MINUTE), Fixed(SIX, "ident", "ident", True, priority=45))
    assert aired(found, "azan") == [(-MINUTE, 4 * MINUTE)]
    assert aired(found, "ident") == [(3 * MINUTE, 30)]


@pytest.mark.parametrize("before", [0, MINUTE])
def test_a_time_signal_that_would_be_late_is_left_out(before: int) -> None:
    found = lines(azan(before), Fixed(SIX, "pip", "pip", True, priority=30, late_ok=False))
    assert aired(found, "azan") == [(-before, 4 * MINUTE)]
    assert aired(found, "pip") == []


def test_a_time_signal_ends_on_the_hour_and_is_cut_by_nothing_less() -> None:
    signal = Fixed(SIX, "pip", "pip", True, priority=30, late_ok=False, ends=True)
    assert aired(lines(signal, begins=Start.HARD), "pip") == [(-16, 16)]


def test_the_azan_cuts_what_is_of_less_weight() -> None:
    found = lines(azan(0), Fixed(Quanta(SIX - MINUTE), "lagu", "lagu", True, priority=20))
    assert aired(found, "lagu") == [(-MINUTE, MINUTE)]
    assert aired(found, "azan") == [(0, 4 * MINUTE)]


def test_what_a_person_put_in_at_a_hard_time_waits_for_the_azan() -> None:
    found = lines(azan(MINUTE), Fixed(SIX, "petugas-1", "", True, priority=55, edit=1, asset=AssetId("lagu")))
    assert aired(found, "lagu") == [(3 * MINUTE, 2 * MINUTE)]
