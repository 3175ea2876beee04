"""What staff lay down at the desk airs, to the quantum: one run of a real station, judged by many tests."""

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from lppl.journal import Entry
from lppl.quanta import Quanta
from lppl.rundown import Kind
from tests.station.material import lay_out
from tests.station.planned_day import (
    ARTISTS,
    AZAN,
    CHANNELS,
    FADE,
    IDENT,
    SEPARATION,
    SPOKEN,
    Outcome,
    aired_day,
    prepared,
)

pytestmark = [pytest.mark.integration, pytest.mark.alone, pytest.mark.long]


@pytest.fixture(scope="module")
def outcome_of_day(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One run of the station, for all tests of this file."""
    home = lay_out(template, tmp_path_factory.mktemp("planning") / "station")
    prepared(home)
    return asyncio.run(aired_day(home))


def begun(out: Outcome, channel: str, since: str = "published") -> list[Entry]:
    """Return what began to air from a moment on, the item that still ran then left out."""
    return [e for e in out.journal[channel] if e.item.start > out.at[since]]


def programme(out: Outcome, channel: str) -> list[Entry]:
    """Return what aired of the published grid, without what a person or a clock put in and what closed gaps."""
    return [e for e in begun(out, channel) if e.item.kind is Kind.ITEM and not e.item.hard and e.item.slot]


@pytest.mark.parametrize("channel", CHANNELS)
def test_players_notice_nothing(outcome_of_day: Outcome, channel: str) -> None:
    assert outcome_of_day.watched[channel].faults == []
    assert min(r.seconds for r in outcome_of_day.watched[channel].renditions) > 45


@pytest.mark.parametrize(("channel", "names"), [("tv", {"wayang", "khusus"}), ("radio", {"lagu"})])
def test_what_airs_says_where_in_the_grid_it_belongs(outcome_of_day: Outcome, channel: str, names: set[str]) -> None:
    categories = {"lagu": {"hiburan", "berita"}, "wayang": {"kebudayaan"}, "khusus": {"berita"}}
    # what was about to begin at the moment of publishing may still be of the time before
    aired = [e.item for e in programme(outcome_of_day, channel)][1:]
    assert len(aired) >= 3
    for item in aired:
        assert item.programme_id in names, item
        assert item.slot.partition("@")[0] == item.programme_id
        assert item.category in categories[item.programme_id]


@pytest.mark.parametrize("name", ["azan", "ident"])
def test_a_hard_event_airs_in_its_quantum(outcome_of_day: Outcome, name: str) -> None:
    found = [e.item for e in outcome_of_day.journal["radio"] if e.item.start == outcome_of_day.at[name]]
    assert [(item.hard, item.kind, item.title) for item in found] == [
        (True, Kind.ITEM, Path({"azan": AZAN, "ident": IDENT}[name]).stem)
    ]
    assert "mulai tepat waktu" in found[0].why


@pytest.mark.parametrize(
    ("channel", "name", "title"), [("tv", "inserted", "Kilat"), ("radio", "after restart", "Lama")]
)
def test_what_a_person_inserts_airs_when_they_said(
    outcome_of_day: Outcome, channel: str, name: str, title: str
) -> None:
    found = [e.item for e in outcome_of_day.journal[channel] if e.item.start == outcome_of_day.at[name]]
    assert [(item.title, item.hard) for item in found] == [(title, True)]
    assert found[0].why.startswith("Disisipkan petugas")


def test_songs_go_over_into_each_other(outcome_of_day: Outcome) -> None:
    """A crossfade airs as one rendered item between the shortened end of one song and the rest of the next."""
    pairs = list(pairwise(outcome_of_day.journal["radio"]))
    joins = [n for n, (_, after) in enumerate(pairs) if after.item.source and after.item.programme_id == "lagu"]
    assert joins
    for n in joins:
        before, join = pairs[n]
        assert (join.item.kind, join.item.planned, join.item.in_point) == (Kind.ITEM, FADE, 0)
        assert f"Peralihan dari {before.item.title}" in join.item.why
        if n + 1 < len(pairs) and join.length == FADE:
            rest = pairs[n + 1][1].item
            assert (rest.asset, rest.in_point) == (join.item.asset, FADE) or rest.hard


def test_no_crossfade_touches_speech_and_none_follows_the_other_by_chance(outcome_of_day: Outcome) -> None:
    lines = outcome_of_day.planned["radio"]
    joins = [n for n, line in enumerate(lines) if "Peralihan dari" in line.why]
    rendered = [n for n in joins if not lines[n].material.house.startswith(lines[n].material.asset)]
    # what is needed within three hours is rendered, and the same pairs come again and again
    assert len(rendered) > 0.4 * len(joins) > 400
    titles = {lines[n + at].material.title for n in joins for at in (-1, 0, 1) if 0 <= n + at < len(lines)}
    assert SPOKEN not in titles
    assert SPOKEN in {line.material.title for line in lines}


def test_an_artist_waits_a_minute_or_the_line_says_why_not(outcome_of_day: Outcome) -> None:
    last: dict[str, tuple[Quanta, str]] = {}
    close = []
    for line in outcome_of_day.planned["radio"]:
        artist, key = line.material.artist, f"{line.slot} {line.material.asset}"
        if not line.why.startswith("Rotasi") or not artist:
            continue
        if artist in last and line.start - last[artist][0] < SEPARATION and "dilonggarkan" not in line.why:
            close.append((last[artist], line.start, key))
        last[artist] = (line.start, key)
    assert set(last) == set(ARTISTS)
    assert close == []


def test_graphics_air_once_they_are_ready_and_until_then_the_line_says_so(outcome_of_day: Outcome) -> None:
    not_ready = "grafis belum siap"
    at_first = [x for x in outcome_of_day.planned["tv at first"] if x.programme_id == "wayang" and x.kind is Kind.ITEM]
    assert all((not_ready in x.why) is x.material.house.startswith(x.material.asset) for x in at_first)
    assert any(not_ready in x.why for x in at_first)
    aired = [e.item for e in programme(outcome_of_day, "tv") if e.item.programme_id == "wayang"]
    assert all((not_ready in item.why) is (item.source == "") for item in aired)
    dressed = [item for item in aired if item.source]
    assert dressed
    assert all(item.house is not None and not item.house.startswith(item.source) for item in dressed)


def test_a_version_taken_back_gives_way_to_the_one_before(outcome_of_day: Outcome) -> None:
    assert outcome_of_day.seen["restored"] == 1
    assert {e.item.programme_id for e in begun(outcome_of_day, "tv", "back")} == {"wayang"}


@pytest.mark.parametrize(("channel", "unit", "close"), [("tv", 8, 0), ("radio", 320_000, 22_000)])
def test_what_just_aired_can_be_watched(outcome_of_day: Outcome, channel: str, unit: int, close: int) -> None:
    seen = outcome_of_day.seen[f"vod {channel}"]
    assert isinstance(seen, tuple)
    length, decoded = seen
    assert abs(decoded - length * unit) <= close


@pytest.mark.parametrize("channel", CHANNELS)
def test_without_its_database_a_station_goes_on_as_it_had_planned(outcome_of_day: Outcome, channel: str) -> None:
    """Line by line: the power cut and the lost database change nothing of what airs after what ran then."""
    aired = [e for e in outcome_of_day.journal[channel] if e.end > outcome_of_day.at["killed"]][1:]
    assert aired
    first, last = aired[0].item.start, aired[-1].item.start
    planned = [x for x in outcome_of_day.planned[f"{channel} before"] if first <= x.start <= last]
    assert [(e.item.start, e.item.asset, e.item.programme_id) for e in aired] == [
        (x.start, x.material.asset, x.programme_id) for x in planned
    ]
