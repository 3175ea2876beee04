"""``lppl logs``: what the journal says aired, beside what was planned, as tables and files."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from lppl.quanta import Quanta
from lppl.rundown import Line, line_to_json
from scheduler.agenda import day_bounds
from tests.lppl.planned_station import Station, made_up


@pytest.fixture
def aired(station: Station) -> Station:
    """A station that was on the air yesterday from 06.00 on: one song later than planned, one not at all."""
    yesterday = station.today - timedelta(days=1)
    six = Quanta(day_bounds(yesterday, station.zone)[0] + 67_500)
    slot = {"slot": f"musik@{yesterday}", "programme": "Musik Pilihan", "programme_id": "musik", "category": "hiburan"}
    news = {"slot": f"kabar@{yesterday}", "programme": "Kabar Pagi", "programme_id": "kabar", "category": "berita"}
    spot = {**slot, "order": "batik", "category": "iklan"}
    plan = (
        ("musik/lagu-01.mp3", 192.0, slot), ("musik/lagu-02.mp3", 192.0, slot), ("spot/batik-1.mp3", 28.8, spot),
        ("musik/lagu-03.mp3", 192.0, slot), ("kabar/episode-01.mp3", 1600.0, news),
    )  # fmt: skip

    def lines(paths: tuple[tuple[str, float, dict[str, str]], ...]) -> list[Line]:
        found: list[Line] = []
        for path, seconds, more in paths:
            found.append(made_up(path, found[-1].end if found else six, seconds, **more))
        return found

    planned = [line_to_json(line) for line in lines(plan)]
    station.at_the_desk(lambda d: d.store.keep_day("radio", str(yesterday), planned, datetime.now(UTC)))
    station.air("radio", lines((plan[0], plan[2], plan[3], plan[4])))
    station.lppl("programme", "set", "kabar", "--title", "Kabar Pagi", "--category", "berita", "--presenter", "Sari")
    station.lppl(
        "order", "set", "batik", "--advertiser", "Batik Jaya", "--asset", "spot/batik-1.mp3", "--from", yesterday,
        "--until", yesterday + timedelta(days=30), "--times", "1",
    )  # fmt: skip
    return station


def test_the_log_of_a_day_with_its_shares(aired: Station) -> None:
    out, err = aired.both("logs", "aired", "radio", "kemarin")
    assert "LOG SIARAN" in err and "Kabar Pagi 1" in out and "06.00.00" in out and "Berita & Informasi" in out
    log = aired.json("logs", "aired", "radio", "kemarin")
    assert [x["title"] for x in log["lines"]] == ["Lagu 1", "Spot Batik 1", "Lagu 3", "Kabar Pagi 1"]
    assert sum(log["percent"].values()) == pytest.approx(100.0)
    assert log["percent"]["berita"] == pytest.approx(79.5, abs=0.2)
    assert log["aired_seconds"] == pytest.approx(2012.8, abs=1.5)


def test_the_log_as_csv_spreadsheet_and_pdf(aired: Station) -> None:
    out = aired.lppl("logs", "aired", "radio", "kemarin", "--csv", "a.csv", "--xlsx", "a.xlsx", "--pdf", "a.pdf")
    assert out == ""
    rows = list(csv.reader(io.StringIO(Path("a.csv").read_text("utf-8-sig")), delimiter=";"))
    assert [row[2] for row in rows[1:]] == ["Lagu 1", "Spot Batik 1", "Lagu 3", "Kabar Pagi 1"]
    assert rows[1][0] == "06.00.00"
    assert any("Kabar Pagi 1" in map(str, row) for row in load_workbook("a.xlsx").worksheets[0].values)
    assert Path("a.pdf").read_bytes().startswith(b"%PDF")


def test_planned_against_aired_explains_each_difference(aired: Station) -> None:
    found = {d["planned"]: d for d in aired.json("logs", "compare", "radio", "kemarin")}
    assert found["Lagu 1"]["outcome"] == "sesuai"
    assert found["Lagu 2"]["outcome"] in ("tidak_tayang", "diganti") and found["Lagu 2"]["indonesian"]
    assert found["Lagu 3"]["outcome"] == "bergeser" and found["Lagu 3"]["moved_seconds"] == pytest.approx(-192.0)
    out = aired.lppl("logs", "compare", "radio", "kemarin")
    assert "Lagu 3" in out and "Tayang sesuai rencana" not in out
    assert "Tayang sesuai rencana" in aired.lppl("logs", "compare", "radio", "kemarin", "--all")
    aired.lppl("logs", "compare", "radio", "kemarin", "--csv", "c.csv")
    assert "Tayang sesuai rencana" in Path("c.csv").read_text("utf-8-sig")
    _, err = aired.both("logs", "compare", "radio", "2020-01-01", code=1)
    assert "tidak tersimpan" in err


def test_the_proof_of_airing_of_an_order(aired: Station) -> None:
    proof = aired.json("logs", "proof", "batik")
    assert (proof["planned"], proof["aired"], proof["complete"]) == (1, 1, 1)
    assert proof["rows"][0]["channel"] == "radio" and "T06:03:12" in proof["rows"][0]["start"]
    out = aired.lppl("logs", "proof", "batik")
    assert "Spot Batik 1" in out and "06.03.12 WI" in out
    aired.lppl("logs", "proof", "batik", "--pdf", "b.pdf")
    assert Path("b.pdf").read_bytes().startswith(b"%PDF")
    _, err = aired.both("logs", "proof", "batikk", code=1)
    assert "batik" in err
    aired.lppl("logs", "proof", "batik", "--from", "2026-12-02", "--until", "2026-12-01", code=2)


def test_the_guide_in_all_its_forms(aired: Station) -> None:
    words = ("logs", "guide", "radio", "--day", "kemarin", "--days", "1")
    out = aired.lppl(*words)
    assert "Kabar Pagi" in out and "tayang" in out
    aired.both(*words, "--xmltv", "g.xml", "--ical", "g.ics")
    epg = json.loads(aired.lppl(*words, "--json"))
    programmes = epg["channels"][0]["programmes"]
    titles = [p["title"] for p in programmes]
    assert titles == ["Musik Pilihan", "Kabar Pagi"] and all(p["aired"] for p in programmes)
    assert programmes[1]["presenter"] == "Sari"
    tree = ElementTree.fromstring(Path("g.xml").read_bytes())
    assert [p.findtext("title") for p in tree.iter("programme")] == titles
    events = Calendar.from_ical(Path("g.ics").read_bytes()).walk("VEVENT")
    assert [str(e["SUMMARY"]) for e in events] == titles
    aired.lppl("logs", "guide", "--ical", "g.ics", code=2)
    aired.lppl("logs", "guide", "televisi", code=1)


def test_the_guide_of_days_to_come_follows_the_grid(aired: Station) -> None:
    aired.lppl("programme", "set", "dialog", "--title", "Dialog Wali Kota", "--category", "pendidikan")
    aired.lppl(
        "grid", "add", "radio", "--programme", "dialog", "--on", aired.tomorrow, "--start", "09.00", "--length", "60",
        "--asset", "dialog/walikota.mp3", "--begins", "tepat",
    )  # fmt: skip
    aired.lppl("grid", "publish", "radio", "--reason", "uji")
    epg = json.loads(aired.lppl("logs", "guide", "radio", "--day", "besok", "--days", "1", "--json"))
    (programme,) = [p for p in epg["channels"][0]["programmes"] if p["programme"] == "dialog"]
    assert programme["start"][11:19] == "09:00:00" and programme["category"] == "pendidikan" and not programme["aired"]


@pytest.mark.parametrize(
    ("words", "code"),
    [(("aired", "televisi"), 1), (("aired", "radio", "2026-13-01"), 2), (("compare", "radio", "x"), 2)],
)
def test_what_is_wrong_is_one_sentence(station: Station, words: tuple[str, ...], code: int) -> None:
    out, err = station.both("logs", *words, code=code)
    assert out == "" and err.strip()


def test_a_day_on_which_nothing_aired_is_an_empty_log(station: Station) -> None:
    log = station.json("logs", "aired", "tv", "kemarin")
    assert log["lines"] == [] and log["unrecorded_seconds"] == pytest.approx(86_400, abs=1)
