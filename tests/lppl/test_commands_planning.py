"""``lppl grid`` and what grids are made of, as staff use them: real records, real outputs, exit codes."""

import asyncio
import re
import shlex
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.main import get_command

from lppl.commands.app import app
from lppl.commands.examination import check_plans
from lppl.desk.planning import PlanningDesk
from lppl.doctor import State
from lppl.plan_store import Kind
from lppl.station import state
from scheduler.documents import Documents
from tests.lppl.planned_station import Station

WEEK = (
    ("kabar-pagi", "--on", "senin-jumat", "--start", "06.00", "--length", "30", "--begins", "tepat", "--series",
     "kabar"),
    ("musik", "--on", "sabtu,minggu", "--start", "06.00", "--length", "30", "--rotation", "pagi"),
    ("musik", "--start", "00.00", "--length", "06.00.00", "--rotation", "pagi"),
    ("musik", "--start", "06.30", "--length", "17.30.00", "--rotation", "pagi"),
)  # fmt: skip


def lay_down(station: Station) -> None:
    """Lay down a whole week by commands; it is a draft then."""
    station.lppl("programme", "set", "kabar-pagi", "--title", "Kabar Pagi", "--category", "berita", "--age", "SU")
    station.lppl("programme", "set", "musik", "--title", "Musik Pilihan")
    station.lppl("rotation", "set", "pagi", "--title", "Pagi", "--folder", "musik", "--artist", "0", "--song", "0")
    for programme, *words in WEEK:
        station.lppl("grid", "add", "radio", "--programme", programme, *words)
    station.lppl("grid", "filler", "radio", "folder:sisipan")


def test_a_week_published_by_commands_gives_the_rundown_that_was_meant(station: Station) -> None:
    lay_down(station)
    station.lppl("grid", "check", "radio")
    _, err = station.both("grid", "publish", "radio", "--by", "Sari")
    assert "Versi 1 terbit" in err
    monday = station.today + timedelta(days=7 - station.today.weekday())
    for n in range(5):
        day = station.json("rundown", "show", "radio", monday + timedelta(days=n))
        lines, slots = day["lines"], {s["entry"]: s for s in day["slots"]}
        assert [x["number"] for x in lines] == [*range(1, len(lines) + 1)]
        ends = [x["start"] for x in lines[1:]]
        assert all(a < b for a, b in zip([x["start"] for x in lines], ends, strict=False))
        assert sum(x["seconds"] for x in lines) >= 86_400 - 0.32
        news = [x for x in lines if x["programme_id"] == "kabar-pagi"]
        assert news[0]["start"][11:19] == "06:00:00" and news[0]["hard"] and news[0]["title"].startswith("Kabar Pagi")
        assert news[0]["category"] == "berita" and "episode" in news[0]["why"]
        # 1640 s and some of 1800: filler closes the rest, to the second
        assert -160 <= slots["kabar-pagi"]["over_seconds"] < -100 and slots["kabar-pagi"]["late_seconds"] == 0
        after = next(x for x in lines[1:] if x["start"][11:19] >= "06:30:00")  # the first began the day before
        assert after["start"][11:19] == "06:30:00" and after["programme_id"] == "musik"
    titles = [
        next(x for x in station.json("rundown", "show", "radio", monday + timedelta(days=n))["lines"]
             if x["programme_id"] == "kabar-pagi")["title"]
        for n in range(2)
    ]  # fmt: skip
    assert int(titles[1].split()[-1]) == int(titles[0].split()[-1]) + 1
    saturday = station.json("rundown", "show", "radio", monday + timedelta(days=5))
    assert all(x["programme_id"] != "kabar-pagi" for x in saturday["lines"])


def test_the_week_is_a_table_with_indonesian_days_and_says_who_wins(station: Station) -> None:
    lay_down(station)
    station.lppl("programme", "set", "dialog", "--title", "Dialog Wali Kota")
    special = station.tomorrow + timedelta(days=1)
    station.lppl(
        "grid", "add", "radio", "--programme", "dialog", "--on", special, "--start", "09.00", "--length", "60",
        "--asset", "dialog/walikota.mp3", "--begins", "tepat",
    )  # fmt: skip
    out = station.lppl("grid", "show", "radio", "--draft")
    assert all(day in out for day in ("Senin", "Jumat", "Minggu")) and "! Dialog Wali Kota" in out
    assert "Dialog Wali Kota (dialog) menang atas Musik Pilihan (musik-3)" in out
    week = station.json("grid", "show", "radio")
    mine = [(h["start"], h["end"], h["entry"]) for h in week["held"] if h["day"] == str(special)]
    assert ("09.00", "10.00", "dialog") in mine and ("10.00", "24.00", "musik-3") in mine
    assert week["lost"][0]["winner"] == "dialog" and "rancangan" in week["version"]
    listed = station.lppl("grid", "list", "radio", "--draft")
    assert "setiap Senin sampai Jumat" in listed and "series kabar" in listed and "folder:sisipan" in listed


def test_a_severe_finding_needs_a_reason_which_is_kept(station: Station) -> None:
    lay_down(station)
    station.lppl(
        "grid", "add", "radio", "--programme", "kabar-pagi", "--start", "05.45", "--length", "60", "--folder", "kabar"
    )
    found = station.json("grid", "check", "radio", code=1)
    severe = next(f for f in found["findings"] if f["severity"] == "berat")
    assert severe["rule"] == "clash" and severe["remedy"] and severe["source"] and found["severe"] >= 1
    table = station.lppl("grid", "check", "radio", code=1)
    assert "✗ berat" in table and "jadwal bentrok" in table and severe["remedy"] in table
    _, err = station.both("grid", "publish", "radio", code=1)
    assert "--reason" in err
    station.lppl("grid", "publish", "radio", "--reason", "uji coba sehari", "--by", "Sari")
    (version,) = station.json("grid", "versions", "radio")
    assert version["in_force"] and version["reason"] == "uji coba sehari" and version["author"] == "Sari"
    assert any("bentrok" in f for f in version["findings"])


def test_versions_are_compared_and_taken_back(station: Station) -> None:
    lay_down(station)
    station.lppl("grid", "publish", "radio")
    station.lppl("grid", "remove", "radio", "musik")
    changed = {c["entry"]: c for c in station.json("grid", "compare", "radio")}
    assert changed.keys() == {"musik"} and changed["musik"]["after"] == ""
    station.lppl("grid", "publish", "radio")
    assert station.json("grid", "compare", "radio", "1", "2") == list(changed.values())
    _, err = station.both("grid", "withdraw", "radio", "2", "--reason", "salah hari")
    assert "versi 1 berlaku" in err
    states = {v["number"]: (v["state"], v["in_force"]) for v in station.json("grid", "versions", "radio")}
    assert states == {1: ("published", True), 2: ("withdrawn", False)}
    assert "salah hari" in station.lppl("grid", "versions", "radio")
    station.lppl("grid", "withdraw", "radio", "2", "--reason", "lagi", code=1)
    station.lppl("grid", "compare", "radio", "7", "1", code=1)
    station.lppl("grid", "show", "radio", "--version", "9", code=1)


def test_a_week_is_copied(station: Station) -> None:
    lay_down(station)
    monday = station.today + timedelta(days=7 - station.today.weekday())
    station.lppl("grid", "copy-week", "radio", monday, monday + timedelta(days=7))
    shown = station.json("grid", "show", "radio", "--week", monday + timedelta(days=7))
    assert any(h["entry"].startswith("kabar-pagi-") for h in shown["held"])
    _, err = station.both("grid", "copy-week", "radio", monday + timedelta(days=1), monday, code=2)
    assert "Senin" in err
    station.lppl("grid", "discard", "radio")
    station.lppl("grid", "discard", "radio", code=1)


def test_a_grid_goes_out_to_a_file_and_comes_back_the_same(station: Station) -> None:
    lay_down(station)
    station.lppl("grid", "rules", "radio", "--fixed-default", "--fade", "hiburan=2,5", "--breaks", "15,45")
    station.lppl("grid", "publish", "radio", "--reason", "uji")
    before = station.json("grid", "list", "radio")
    rules = station.json("grid", "rules", "radio")
    file = station.folder / "radio.toml"
    station.lppl("grid", "export", "radio", file)
    assert {p["id"] for p in tomllib.loads(file.read_text())["programme"]} == {"kabar-pagi", "musik"}
    assert "masih dipakai (radio: kabar-pagi)" in station.both("programme", "remove", "kabar-pagi", code=1)[1]
    station.lppl("grid", "withdraw", "radio", 1, "--reason", "uji")
    for name in ("programme", "rotation"):
        for document in station.json(name, "list"):
            station.lppl(name, "remove", document["id"])
    station.lppl("grid", "rules", "radio", "--no-fixed", "--no-breaks")
    station.lppl("grid", "import", "radio", file)
    assert station.json("grid", "list", "radio", "--draft") == before
    assert station.json("grid", "rules", "radio") == rules
    assert {p["id"] for p in station.json("programme", "list")} == {"kabar-pagi", "musik"}
    assert station.lppl("grid", "export", "radio", "-", "--draft").splitlines()[3:] == file.read_text().splitlines()[3:]


def test_mistakes_in_a_file_are_all_told_with_their_lines_and_nothing_is_kept(station: Station) -> None:
    file = Path("salah.toml")
    file.write_text(
        '[[entry]]\nid = "a"\nprogramme = "a"\non = "senen"\nstart = "06.00"\nlength = 60\nasset = "a.mp3"\n'
        '[[entry]]\nid = "b"\nprogramme = "a"\non = "senin"\nstart = "26.00"\nlength = 60\nrotasi = "x"\n'
        '[[programe]]\nid = "c"\n'
    )
    _, err = station.both("grid", "import", "radio", file, code=1)
    assert "baris 1: " in err and 'maksudnya "senin"' in err
    assert "baris 8: " in err and 'maksudnya "rotation"' in err
    assert "baris 15: " in err and 'maksudnya "programme"' in err
    station.lppl("grid", "show", "radio", "--draft", code=1)


def test_an_old_schedule_file_becomes_a_draft(station: Station) -> None:
    folder = station.folder / "data" / "schedule"
    folder.mkdir()
    (folder / "radio.toml").write_text(
        'filler = ["folder:sisipan"]\n'
        '[[block]]\nprogramme = "Kabar Pagi"\ndays = "senin-jumat"\nstart = "06.00"\nend = "06.30"\nhard = true\n'
        'items = ["kabar/episode-01.mp3", "kabar/episode-02.mp3"]\n'
        '[[block]]\nprogramme = "Musik Malam"\nstart = "22.00"\nend = "02.00"\nrotation = ["musik"]\n'
        '[[at]]\nevery = "jam"\nitem = "tanda-pengenal/ident.mp3"\nhard = true\n'
    )

    def idents() -> list[str]:
        lines = station.json("rundown", "show", "radio", "besok")["lines"]
        return [x["start"][11:19] for x in lines if x["title"] == "Ident"]

    hourly = [f"{hour:02}:00:00" for hour in range(24)]
    assert idents() == hourly
    station.lppl("grid", "import", "radio", "--from-schedule")
    kept = {e["id"]: e for e in station.json("grid", "list", "radio", "--draft")["entries"]}
    assert kept["kabar-pagi"]["begins"] == "tepat" and kept["kabar-pagi"]["length_s"] == 1800
    assert kept["musik-malam"]["length_s"] == 4 * 3600
    # as long as the file airs, its own events and those of the rules are one
    assert idents() == hourly
    station.lppl("grid", "publish", "radio")
    assert idents() == hourly
    station.lppl("grid", "import", "tv", "--from-schedule", code=1)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("grid", "show", "televisi"), 1),
        (("grid", "publish", "radio"), 1),
        (("grid", "add", "radio", "--programme", "tiada", "--start", "06.00", "--asset", "a.mp3"), 1),
        (("grid", "add", "radio", "--programme", "musik", "--start", "26.00", "--asset", "a.mp3"), 2),
        (("grid", "add", "radio", "--programme", "musik", "--start", "06.00", "--on", "senen", "--asset", "a.mp3"), 2),
        (("grid", "add", "radio", "--programme", "musik", "--start", "6.00", "--on", "FREQ=HOURLY", "--asset", "a"), 2),
        (("grid", "add", "radio", "--programme", "musik", "--start", "06.00", "--length", "0", "--asset", "a.mp3"), 2),
        (("grid", "add", "radio", "--programme", "musik", "--start", "06.00"), 2),
        (("grid", "add", "radio", "--programme", "musik", "--start", "06.00", "--asset", "a", "--live", "b"), 2),
        (("grid", "add", "radio", "--programme", "musik", "--start", "06.00", "--asset", "../a"), 2),
        (("grid", "add", "radio", "--programme", "musik", "--start", "06.00", "--rotation", "tiada"), 1),
        (("grid", "add", "radio", "--programme", "musik", "--start", "06.00", "--simulcast", "tiada"), 1),
        (("grid", "add", "radio", "--programme", "musik", "--start", "06.00", "--asset", "a", "--begins", "x"), 2),
        (("grid", "remove", "radio", "tiada"), 1),
        (("grid", "import", "radio"), 2),
        (("grid", "import", "radio", "tiada.toml"), 1),
        (("grid", "rules", "radio", "--fade", "lagu=3"), 2),
        (("grid", "rules", "radio", "--fade", "hiburan=99"), 2),
        (("grid", "rules", "radio", "--breaks", "75"), 2),
        (("rundown", "show", "radio", "31/02/2026"), 2),
        (("programme", "set", "Besar", "--title", "x"), 2),
        (("programme", "set", "baru"), 2),
        (("programme", "set", "baru", "--title", "x", "--category", "politik"), 2),
        (("programme", "remove", "tiada"), 1),
        (("order", "set", "batik", "--advertiser", "x"), 2),
        (("order", "set", "batik", "--advertiser", "x", "--asset", "a", "--from", "2026-11-30", "--until", "2026-11-01",
          "--times", "2"), 2),
        (("order", "set", "batik", "--advertiser", "x", "--asset", "a", "--from", "2026-11-01", "--until", "2026-11-30",
          "--times", "2", "--channel", "tiada"), 1),
        (("prayer", "show", "besuk"), 2),
        (("prayer", "import", "tiada.csv"), 1),
        (("hijri", "set", "1448-13", "2027-02-08"), 2),
        (("hijri", "set", "1448-09", "2027-06-08"), 2),
        (("hijri", "remove", "1460-01"), 1),
        (("media", "set", "tiada.mp3", "--age", "R"), 1),
        (("media", "set", "musik", "--age", "X"), 2),
        (("media", "set", "musik"), 2),
        (("media", "set", "musik", "--clear", "umur"), 2),
        (("media", "set", "musik", "--cue-in", "10", "--cue-out", "5"), 2),
        (("media", "set", "musik", "--cue-out", "99999"), 1),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence(station: Station, words: tuple[str, ...], code: int) -> None:
    station.lppl("programme", "set", "musik", "--title", "Musik")
    out, err = station.both(*words, code=code)
    assert out == "" and err.strip()


def test_programmes_keep_what_is_not_named(station: Station) -> None:
    station.lppl(
        "programme", "set", "kabar", "--title", "Kabar", "--category", "berita", "--no-local", "--length", "45"
    )
    station.lppl("programme", "set", "kabar", "--age", "R", "--presenter", "Sari")
    (kept,) = station.json("programme", "list")
    assert (kept["title"], kept["category"], kept["age"], kept["presenter"]) == ("Kabar", "berita", "R", "Sari")
    assert kept["local"] is False and kept["default_length_s"] == 2700
    assert "Berita & Informasi" in station.lppl("programme", "list")
    station.lppl("programme", "remove", "kabar")
    assert station.json("programme", "list") == []


def test_playlists_rotations_and_orders_are_kept(station: Station) -> None:
    station.lppl("playlist", "set", "pagi", "--item", "musik/lagu-01.mp3", "--item", "folder:sisipan")
    station.lppl("rotation", "set", "pagi", "--folder", "musik", "--clock", "gold, baru", "--again", "4")
    station.lppl(
        "order", "set", "batik", "--advertiser", "Batik Jaya", "--asset", "spot/batik-1.mp3", "--from", "2026-11-01",
        "--until", "30/11/2026", "--times", "4", "--hours", "06.00-09.00", "--days", "senin-jumat", "--total", "50",
    )  # fmt: skip
    station.lppl("order", "set", "batik", "--times", "5")
    (order,) = station.json("order", "list")
    assert order["times_a_day"] == 5 and order["total"] == 50 and order["hours"] == [[21600, 32400]]
    station.lppl("order", "set", "batik", "--total", "0")
    assert station.json("order", "list")[0]["total"] is None
    assert station.json("playlist", "list")[0]["items"] == ["musik/lagu-01.mp3", "folder:sisipan"]
    assert station.json("rotation", "list")[0]["clock"] == ["gold", "baru"]
    for name in ("playlist", "rotation", "order"):
        assert "pagi" in station.lppl(name, "list") or "Batik Jaya" in station.lppl(name, "list")


def test_channel_rules_are_read_again_as_they_were_kept(station: Station) -> None:
    out = station.lppl("grid", "rules", "radio", "--fixed-default", "--breaks", "0,30", "--break-hours", "06.00-22.00")
    assert "azan-maghrib" in out and "menit 0, 30" in out
    again = station.json("grid", "rules", "radio")
    assert [e["kind"] for e in again["fixed"]["events"]].count("salat") == 6
    kept = station.at_the_desk(lambda desk: desk.store.documents(Kind.CHANNEL))
    assert kept["radio"] == again


def test_an_official_table_and_the_month_starts_are_read(station: Station) -> None:
    day = station.tomorrow
    computed = station.json("prayer", "show", day)[0]
    Path("salat.csv").write_text(f"tanggal;subuh;maghrib\n{day:%d/%m/%Y};03.01;18.59\n")
    station.lppl("prayer", "import", "salat.csv")
    read = station.json("prayer", "show", day)[0]
    assert (read["subuh"], read["maghrib"], read["dzuhur"]) == ("03.01", "18.59", computed["dzuhur"])
    assert "03.01*" in station.lppl("prayer", "show", day)
    station.lppl("prayer", "clear")
    assert station.json("prayer", "show", day)[0] == computed
    _, err = station.both("hijri", "set", "1448-09", "2027-02-08", "--by", "Sari")
    assert "1 Ramadan 1448 H = Senin, 8 Februari 2027" in err
    entered = {m["month"]: m for m in station.json("hijri", "show", "--months", "24")}
    assert entered.get("1448-09", {"first": "2027-02-08"})["first"] == "2027-02-08"
    station.lppl("hijri", "remove", "1448-09")
    station.lppl("hijri", "remove", "1448-09", code=1)


def test_details_of_material_are_kept_shown_and_cleared(station: Station) -> None:
    station.lppl("media", "set", "musik", "--category", "hiburan", "--group", "gold")
    station.lppl(
        "media", "set", "musik/lagu-01.mp3", "--age", "R", "--speech", "--cue-in", "0,5", "--rights-until",
        "2027-01-01", "--hours", "22.00-02.00",
    )  # fmt: skip
    (kept,) = station.json("media", "details", "musik/lagu-01.mp3")
    assert kept["age"] == "R" and kept["speech"] is True and kept["cue_in_ms"] == 500
    assert kept["category"] == "hiburan" and kept["last_day"] == "2027-01-01" and kept["hours"] == [[79200, 7200]]
    assert len(station.json("media", "details", "musik")) == 24
    assert "hours 22.00-02.00" in station.lppl("media", "details", "musik/lagu-01.mp3")
    _, err = station.both("media", "set", "musik", "--cue-out", "0,4", code=1)
    assert "musik/lagu-01.mp3: cue_out_ms: harus sesudah titik mulai" in err, "what is kept counts, too"
    assert station.json("media", "details", "musik/lagu-02.mp3")[0]["cue_out_ms"] is None, "all or none"
    station.lppl("media", "set", "musik/lagu-01.mp3", "--clear", "rights-until", "--clear", "age")
    (kept,) = station.json("media", "details", "musik/lagu-01.mp3")
    assert kept["last_day"] is None and kept["age"] is None and kept["group"] == "gold"


# ---- doctor ---------------------------------------------------------------------------------------


async def _spoil(desk: PlanningDesk) -> None:
    version, now = await desk.store.in_force("radio"), datetime.now(UTC)
    assert version is not None
    await desk.store.save_draft("radio", {**version.document, "entries": [{"id": "x"}]}, "Sari", now)
    await desk.store.publish("radio", version.number + 1, "Sari", now)


def test_doctor_says_which_grid_is_in_force(station: Station) -> None:
    schedule = station.settings.data_dir / "schedule"
    schedule.mkdir(parents=True)
    (schedule / "radio.toml").write_text("salah =")
    tv, radio = asyncio.run(check_plans(station.settings))
    assert (tv.name, radio.name, radio.state) == ("schedule:tv", "schedule:radio", State.FAIL)
    lay_down(station)
    station.lppl("grid", "publish", "radio")
    tv, radio = asyncio.run(check_plans(station.settings))
    assert (tv.name, radio.name, radio.state) == ("schedule:tv", "grid:radio", State.OK)
    assert "versi 1 berlaku" in radio.detail and "4 entri" in radio.detail
    station.at_the_desk(_spoil)
    spoilt = asyncio.run(check_plans(station.settings))[1]
    assert spoilt.state is State.FAIL and "versi 2" in spoilt.detail and "withdraw" in spoilt.remedy


def test_doctor_without_records_names_the_grid_that_the_air_remembers(station: Station) -> None:
    state.write_documents(station.settings, "radio", Documents(grid={}))
    assert station.settings.database_file is not None
    station.settings.database_file.unlink()
    tv, radio = asyncio.run(check_plans(station.settings))
    assert (tv.name, radio.name, radio.state) == ("schedule:tv", "grid:radio", State.OK)


# ---- the guide ------------------------------------------------------------------------------------

PLANNING = ("grid", "rundown", "logs", "programme", "playlist", "rotation", "order", "prayer", "hijri", "catchup")
GUIDE = (Path(__file__).parents[2] / "docs" / "panduan" / "pola-acara.md").read_text()


def _commands() -> dict[str, set[str]]:
    """Return every command of planning with its options."""
    found = {}
    for name, group in get_command(app).commands.items():  # type: ignore[attr-defined]
        for sub, command in getattr(group, "commands", {}).items():
            found[f"{name} {sub}"] = {o for p in command.params for o in (*p.opts, *p.secondary_opts)}
    return found


def test_the_guide_names_every_command_and_none_that_is_not_there() -> None:
    known = _commands()
    said = set(re.findall(r"(?:\$ |`)lppl ([a-z]+ [a-z-]+)", GUIDE.replace("\n", " ").replace("lppl  ", "lppl ")))
    planning = {name for name in known if name.split()[0] in PLANNING or name in ("media set", "media details")}
    assert said - {"media list"} == planning


@pytest.mark.parametrize("line", re.findall(r"^\$ lppl (.*)$", GUIDE, re.MULTILINE))
def test_each_command_of_the_guide_has_its_options(line: str) -> None:
    words = shlex.split(line)
    options = _commands()[" ".join(words[:2])]
    assert {word for word in words if word.startswith("--")} <= options
