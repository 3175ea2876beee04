"""``lppl rundown``: the running order line by line, and what people change in it."""

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest

from lppl.commands import planning_desk
from lppl.config import Settings
from lppl.quanta import Quanta, at_or_after
from lppl.rundown import lines_to_json
from lppl.station.planning import documents_of
from lppl.station.state import AirStatus, ChannelStatus, plan_file, rundown_file
from tests.lppl.planned_station import Station, made_up
from tests.lppl.test_commands_planning import lay_down

DAY = ("--day", "besok")


@pytest.fixture
def planned(station: Station) -> Station:
    """A station with a published week."""
    lay_down(station)
    station.lppl("grid", "publish", "radio")
    return station


@pytest.fixture
def standing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no time pass between commands: what is planned from a later moment may number its lines otherwise."""
    moment = datetime.now(UTC)

    class Standing(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Standing":
            return cls.fromtimestamp(moment.timestamp(), tz)

    monkeypatch.setattr(planning_desk, "datetime", Standing)


def lines(station: Station, *words: str) -> list[dict[str, Any]]:
    return list(station.json("rundown", "show", "radio", "besok", *words)["lines"])


def at(found: list[dict[str, Any]], clock: str) -> dict[str, Any]:
    return next(x for x in found if x["start"][11:19] == clock)


def test_the_rundown_shows_local_seconds_lengths_and_reasons(planned: Station) -> None:
    out = planned.lppl("rundown", "show", "radio", "besok", "--from", "06.00", "--until", "08.00")
    assert "06.30.00" in out and "Musik Pilihan (musik" in out and "paling lama belum diputar" in out
    rows = re.findall(r"^ *(\d+)  (06|07)\.\d\d\.\d\d  00\.\d\d\.\d\d  \S", out, re.MULTILINE)
    numbers = [int(number) for number, _ in rows]
    assert len(rows) >= 15 and numbers == [*range(numbers[0], numbers[0] + len(rows))]
    shown = lines(planned, "--from", "10.00", "--until", "10.30")
    assert 3 <= len(shown) <= 12 and shown[0]["number"] > 50
    _, err = planned.both("rundown", "show", "radio", "kemarin")
    assert "logs aired" in err


def test_material_is_inserted_on_time_and_taken_out_again(planned: Station) -> None:
    out, err = planned.both(
        "rundown", "insert", "radio", "10.15.30", "dialog/walikota.mp3", "--begins", "tepat", *DAY, "--by", "Sari"
    )
    assert "Suntingan 1: sisip" in out and "rundown undo radio 1" in err
    put = at(lines(planned), "10:15:30")
    assert put["title"] == "Dialog Wali Kota" and put["hard"] and put["edit"] == 1
    (edit,) = planned.json("rundown", "edits", "radio")
    assert edit["author"] == "Sari" and "10.15.30" in edit["edit"]
    planned.lppl("rundown", "undo", "radio", "1")
    assert all(x["edit"] == 0 for x in lines(planned))
    planned.lppl("rundown", "undo", "radio", "1", code=1)
    assert planned.json("rundown", "edits", "radio") == []
    assert len(planned.json("rundown", "edits", "radio", "--all")) == 1
    assert "sisip" in planned.lppl("rundown", "edits", "radio", "--all")


def hard_line(station: Station) -> None:
    """Put in a line whose time does not depend on the moment of planning."""
    station.lppl("rundown", "insert", "radio", "12.00", "dialog/walikota.mp3", "--begins", "tepat", *DAY)


def test_a_line_is_replaced_by_its_time_or_its_number(planned: Station, standing: None) -> None:
    hard_line(planned)
    planned.lppl("rundown", "replace", "radio", "12.00", "kabar/episode-12.mp3", *DAY)
    assert at(lines(planned), "12:00:00")["title"] == "Kabar Pagi 12"
    number = at(lines(planned), "12:00:00")["number"]
    planned.lppl("rundown", "skip", "radio", number, *DAY)
    assert all(x["title"] != "Kabar Pagi 12" for x in lines(planned, "--from", "11.50", "--until", "12.10"))


def test_a_line_is_moved(planned: Station) -> None:
    hard_line(planned)
    planned.lppl("rundown", "move", "radio", "12.00.00", "14.00", "--begins", "tepat", *DAY)
    found = lines(planned)
    assert at(found, "14:00:00")["title"] == "Dialog Wali Kota"
    assert [x["title"] for x in found].count("Dialog Wali Kota") == 1


def test_a_line_is_cut(planned: Station) -> None:
    hard_line(planned)
    planned.lppl("rundown", "cut", "radio", "12.00", "--in", "32", "--out", "64,0", *DAY)
    cut = at(lines(planned), "12:00:00")
    assert cut["in_seconds"] == 32 and cut["seconds"] == 32
    planned.lppl("rundown", "cut", "radio", "12.00", "--in", "9999", *DAY, code=2)
    planned.lppl("rundown", "move", "radio", "12.00", "15.00", "--begins", "tepat", *DAY)
    moved = at(lines(planned), "15:00:00")
    assert (moved["in_seconds"], moved["seconds"]) == (32, 32)


def test_a_time_is_filled_and_a_line_held(planned: Station) -> None:
    planned.lppl("rundown", "fill", "radio", "11.00", "11.05", *DAY)
    during = lines(planned, "--from", "11.00.01", "--until", "11.04.59")
    started = [x for x in during if "11:00" <= x["start"][11:16] < "11:05"]
    assert all(x["kind"] != "item" for x in started)
    assert at(lines(planned), "11:05:00")["kind"] == "item"
    hard_line(planned)
    planned.lppl("rundown", "hold", "radio", "12.00", "--until", "11.00", *DAY, code=2)
    planned.lppl("rundown", "hold", "radio", "12.00", "--until", "13.30", *DAY)
    assert "tahan" in planned.json("rundown", "edits", "radio")[-1]["edit"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "televisi"), 1),
        (("show", "radio", "besuk"), 2),
        (("show", "radio", "--from", "25.00"), 2),
        (("insert", "radio", "10.00", "tiada.mp3", *DAY), 1),
        (("insert", "radio", "jam-10", "dialog/walikota.mp3", *DAY), 2),
        (("insert", "radio", "10.00", "dialog/walikota.mp3", "--begins", "kira-kira", *DAY), 2),
        (("insert", "radio", "00.00", "dialog/walikota.mp3", "--day", "kemarin"), 1),
        (("replace", "radio", "99999", "dialog/walikota.mp3", *DAY), 1),
        (("skip", "radio", "siang", *DAY), 2),
        (("skip", "radio", "1", "--day", "kemarin"), 1),
        (("fill", "radio", "05.00", "04.00", *DAY), 2),
        (("undo", "radio", "77"), 1),
        (("undo", "televisi", "1"), 1),
        (("edits", "televisi"), 1),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence(planned: Station, words: tuple[str, ...], code: int) -> None:
    out, err = planned.both("rundown", *words, code=code)
    assert out == "" and err.strip()


def test_a_time_at_which_nothing_begins_names_what_runs_then(planned: Station) -> None:
    hard_line(planned)
    _, err = planned.both("rundown", "skip", "radio", "12.20.00", *DAY, code=1)
    assert "Dialog Wali Kota" in err and "12.00.00" in err


# ---- beside a running service ---------------------------------------------------------------------


def air_tells(station: Station, titles: list[str], stop: int) -> Settings:
    """Write what the air role would: its running order, what it has planned with, how far it is committed."""
    settings, now = station.settings, datetime.now(UTC)
    begin = at_or_after(now) - 100
    told = [made_up(path, Quanta(begin + 1000 * n), 320.0, slot="musik@x") for n, path in enumerate(titles)]
    documents = station.at_the_desk(lambda desk: documents_of(desk.store, "radio", now))
    plan_file(settings, "radio").write_text(json.dumps(asdict(documents)))
    rundown_file(settings, "radio").write_bytes(lines_to_json(told))
    status = AirStatus({"radio": ChannelStatus(begin + stop, None, (), (), None)})
    (settings.data_dir / "state" / "air.json").write_bytes(status.to_json())
    return settings


def test_what_the_air_role_has_planned_is_shown_until_something_changes(planned: Station) -> None:
    paths = [f"musik/lagu-{n:02}.mp3" for n in (7, 3, 9)]
    air_tells(planned, paths, 1000)
    today = planned.json("rundown", "show", "radio")["lines"]
    assert [x["title"] for x in today[:3]] == ["Lagu 7", "Lagu 3", "Lagu 9"]
    # an edit of what runs already comes too late
    planned.lppl("rundown", "skip", "radio", "1", code=1)
    soon = (datetime.now(planned.zone) + timedelta(minutes=6)).strftime("%H.%M.%S")
    planned.lppl("rundown", "insert", "radio", soon, "dialog/walikota.mp3")
    after = planned.json("rundown", "show", "radio")["lines"]
    assert after[0]["title"] == "Lagu 7"
    assert any(x["title"] == "Dialog Wali Kota" and x["edit"] for x in after[1:4])
