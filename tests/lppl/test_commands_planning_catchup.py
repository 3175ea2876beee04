"""``lppl catchup``: what staff take down of the past is withheld exactly, and lifted again."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from lppl.commands.planning_catchup import instant_of, shown_times
from lppl.desk.planning import PlanningDesk
from lppl.quanta import Quanta, at_or_after, starting
from lppl.takedowns import Takedowns
from lppl.withheld import Withheld
from tests.lppl.planned_station import Station

SPAN = ("2026-11-22 19.00.00", "2026-11-22 20.00.07")


async def _withheld(desk: PlanningDesk, channel: str) -> Withheld:
    return await Takedowns(desk.library.engine).withheld(channel)


def test_a_span_is_taken_down_listed_and_lifted(station: Station) -> None:
    _, err = station.both("catchup", "take-down", "radio", *SPAN, "--reason", "Permintaan narasumber", "--by", "Sari")
    assert "22 November 2026 19.00.00" in err and "lppl catchup lift 1" in err
    ((start, end),) = station.at_the_desk(lambda desk: _withheld(desk, "radio")).spans
    first, last = (datetime.fromisoformat(t.replace(".", ":")).replace(tzinfo=station.zone) for t in SPAN)
    assert starting(start) <= first < starting(Quanta(start + 1)), "what airs at that instant is withheld too"
    assert end == at_or_after(last)
    assert not station.at_the_desk(lambda desk: _withheld(desk, "tv")).spans
    (row,) = station.json("catchup", "list", "radio")
    assert (row["author"], row["reason"], row["lifted"]) == ("Sari", "Permintaan narasumber", None)
    assert [datetime.fromisoformat(row[key]) for key in ("start", "end")] == [first, last]
    table = station.lppl("catchup", "list")
    assert "22 November 2026 20.00.07" in table and "ditarik" in table
    assert station.json("catchup", "list", "tv") == []
    station.lppl("catchup", "lift", "1")
    assert not station.at_the_desk(lambda desk: _withheld(desk, "radio")).spans
    assert "dicabut" in station.lppl("catchup", "list")
    assert "sudah dicabut" in station.both("catchup", "lift", "1", code=1)[1]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("radio", *SPAN), 2, "alasannya"),
        (("radio", *SPAN[::-1], "--reason", "x"), 2, "sesudah DARI"),
        (("radio", SPAN[0], SPAN[0], "--reason", "x"), 2, "sesudah DARI"),
        (("radio", "2026-11-22", SPAN[1], "--reason", "x"), 2, "hari dan jam"),
        (("radio", "2026-02-30 10.00", SPAN[1], "--reason", "x"), 2, "tidak dikenal"),
        (("radio", "2026-11-22 25.00", SPAN[1], "--reason", "x"), 2, "tidak dikenal"),
        (("rtv", *SPAN, "--reason", "x"), 1, "rtv"),
    ],
)
def test_wrong_words_change_nothing(station: Station, words: tuple[str, ...], code: int, says: str) -> None:
    assert says in station.both("catchup", "take-down", *words, code=code)[1]
    assert station.json("catchup", "list") == []


def test_a_list_of_an_unknown_channel_is_refused(station: Station) -> None:
    assert "rtv" in station.both("catchup", "list", "rtv", code=1)[1]


@pytest.mark.parametrize("second", range(8))
def test_whole_seconds_come_back_as_they_were_said(second: int) -> None:
    at = datetime(2026, 11, 22, 12, 0, second, tzinfo=UTC)
    said = f"2026-11-22 19.00.{second:02}"
    assert instant_of(said, ZoneInfo("Asia/Jakarta")) == at
    start = Quanta(int(at.timestamp() * 1000) // 320)
    assert shown_times(start, at_or_after(at)) == (at, at)
