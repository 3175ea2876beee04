"""From documents to a plan: whatever is wrong is one clear finding, and everything else is laid out."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lppl.derived import Variant
from lppl.media import Material
from lppl.programme import AgeClass, Programme
from lppl.quanta import covering
from scheduler.documents import Documents, LaidOut, laid_out
from scheduler.edits import fill, insert
from scheduler.file_plan import plan_of
from scheduler.findings import Finding, Rule, Severity
from scheduler.grid import ChannelRules, Grid, compare, copy_week, read_grid
from scheduler.laying_out import dress
from scheduler.plan import Folder, Listed, Mirror, Plan, Reserved, Rotating, Rules, Series, Start, untimed
from scheduler.prayer import Place, Prayer
from scheduler.rundown import Built
from scheduler.schedule import parse_schedule
from tests.scheduler.building import SUNDAY, WIB, asset, at, made, planned, starting_at, titles, told

BERLIN = ZoneInfo("Europe/Berlin")
Json = dict[str, Any]
PROGRAMMES = {"acara": {"id": "acara", "title": "Acara", "category": "pendidikan"}}
ALWAYS = {"first": "2026-01-05", "last": "2027-12-31", "rule": "FREQ=DAILY"}


def entry(name: str = "satu", start: str = "06.00", minutes: int = 60, **more: object) -> Json:
    said: Json = {"id": name, "programme": "acara", "on": ALWAYS, "start": start, "length_s": minutes * 60}
    return said | {"content": {"kind": "asset", "path": "a"}} | more


def documents(*entries: object, **more: Any) -> Documents:
    said: Json = {"grid": {"entries": list(entries)}, "programmes": PROGRAMMES}
    return Documents(**(said | more))


def laid(kept: Documents, zone: ZoneInfo = WIB, from_file: Plan = Plan()) -> LaidOut:  # noqa: B008
    return laid_out("radio", kept, from_file, zone, Place(-6.888, 109.675, zone), at("00.00"))


def plan_for(*entries: object, **more: Any) -> Plan:
    return laid(documents(*entries, **more)).plan


def only(plan: Plan) -> Finding:
    (found,) = plan.findings
    for said in (found.indonesian, found.english):
        assert said
    return found


# ---- what documents mean --------------------------------------------------------------------------

PLAYLISTS = {
    "a": {"id": "a", "title": "A", "items": ["1", "playlist:b", "folder:f", "1"]},
    "b": {"id": "b", "title": "B", "items": ["2"]},
    "f": {"id": "f", "title": "F", "items": ["folder:f"]},
}
ROTATIONS = {
    "m": {
        "id": "m", "title": "Musik", "folders": ["m"], "artist_minutes": 30, "title_minutes": 60, "album_minutes": 15,
        "again_hours": 4, "clock": ["gold"],
    }
}  # fmt: skip


@pytest.mark.parametrize(
    ("content", "meant"),
    [
        ({"kind": "asset", "path": "a"}, Listed(("a",))),
        ({"kind": "series", "folder": "s", "count": 2, "rerun": True}, Series((), "s", 2, False, True)),
        ({"kind": "series", "paths": ["1", "2"], "repeat": True}, Series(("1", "2"), "", 1, True)),
        ({"kind": "playlist", "playlist": "a", "repeat": True}, Listed(("1", "2", "folder:f", "1"), True)),
        ({"kind": "playlist", "playlist": "f"}, Folder("f")),
        ({"kind": "rotation", "folders": ["x", "y"]}, Rotating(("x", "y"))),
        (
            {"kind": "rotation", "rotation": "m"},
            Rotating(("m",), Rules(*(covering(60 * m) for m in (30, 60, 15, 240))), ("gold",), "Musik"),
        ),
        ({"kind": "simulcast", "channel": "tv"}, Mirror("tv")),
        ({"kind": "live", "source": "RRI", "relay": True}, Reserved("RRI")),
    ],
)
def test_content(content: Json, meant: object) -> None:
    plan = plan_for(entry(content=content), playlists=PLAYLISTS, rotations=ROTATIONS)
    assert plan.strips[0].content == meant
    assert not plan.findings


@pytest.mark.parametrize(
    ("on", "rank"),
    [
        ({"first": "2026-11-22"}, 2),
        ({"first": "2026-11-20", "last": "2026-11-30", "rule": "FREQ=DAILY"}, 1),
        (ALWAYS | {"season": "ramadan"}, 1),
        (ALWAYS, 0),
    ],
)
def test_an_entry(on: Json, rank: int) -> None:
    (strip,) = plan_for(entry(on=on, begins="tepat", start="23.30")).strips
    assert (strip.key, strip.programme, strip.programme_id, strip.category, strip.begins) == (
        "satu", "Acara", "acara", "pendidikan", Start.HARD,
    )  # fmt: skip
    assert (strip.start_s, strip.until_s, strip.rank, strip.where) == (84_600, 88_200, rank, "satu")


# ---- what is wrong is one finding -----------------------------------------------------------------

LOOPS = {
    "diri": {"id": "diri", "title": "D", "items": ["a", "playlist:diri", "b"]},
    "satu": {"id": "satu", "title": "S", "items": ["a", "playlist:dua"]},
    "dua": {"id": "dua", "title": "D", "items": ["playlist:satu", "b"]},
    "asing": {"id": "asing", "title": "A", "items": ["a", "playlist:tiada", "b"]},
}


def playlist(name: str) -> Json:
    return {"kind": "playlist", "playlist": name}


@pytest.mark.parametrize(
    ("bad", "rule", "severity", "word"),
    [
        ({"on": {"first": "2026-01-05", "rule": "FREQ=DAILY"}}, Rule.ENDLESS_RULE, Severity.NOTE, "tanpa akhir"),
        ({"on": {"first": "2026-01-05", "rule": "FREQ=HOURLY"}}, Rule.ENDLESS_RULE, Severity.SEVERE, "dilewati"),
        ({"on": {"first": "2026-01-05", "rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}},
         Rule.ENDLESS_RULE, Severity.SEVERE, "dilewati"),
        ({"on": {"first": "2026-11-22", "last": "2026-11-21"}}, Rule.ENDLESS_RULE, Severity.SEVERE, "lebih awal"),
        ({"minutes": 0}, Rule.ZERO_LENGTH, Severity.WARNING, "tidak punya lama"),
        ({"programme": "tiada"}, Rule.UNKNOWN_NAME, Severity.WARNING, "Mata acara tiada tidak dikenal"),
        ({"content": playlist("tiada")}, Rule.UNKNOWN_NAME, Severity.WARNING, "Daftar putar tiada tidak dikenal"),
        ({"content": playlist("asing")}, Rule.UNKNOWN_NAME, Severity.WARNING, "Daftar putar tiada tidak dikenal"),
        ({"content": playlist("diri")}, Rule.PLAYLIST_LOOP, Severity.WARNING, "memuat dirinya sendiri"),
        ({"content": playlist("satu")}, Rule.PLAYLIST_LOOP, Severity.WARNING, "memuat dirinya sendiri (lewat satu)"),
        ({"content": {"kind": "rotation", "rotation": "tiada"}}, Rule.UNKNOWN_NAME, Severity.WARNING, "Rotasi tiada"),
        ({"content": {"kind": "simulcast", "channel": "radio"}}, Rule.PLAYLIST_LOOP, Severity.WARNING, "dirinya"),
        ({"content": {"kind": "entah"}}, Rule.UNKNOWN_NAME, Severity.SEVERE, "dilewati"),
        ({"start": "24.00"}, Rule.UNKNOWN_NAME, Severity.SEVERE, "start"),
        ({"start": "6 pagi"}, Rule.UNKNOWN_NAME, Severity.SEVERE, "6 pagi"),
        ({"programme": "Kabar Pagi"}, Rule.UNKNOWN_NAME, Severity.SEVERE, "hanya huruf kecil"),
        ({"begins": "kapan-kapan"}, Rule.UNKNOWN_NAME, Severity.SEVERE, "bukan salah satu"),
        ({"lain": 1}, Rule.UNKNOWN_NAME, Severity.SEVERE, "lain"),
        ({"name": "dua"}, Rule.UNKNOWN_NAME, Severity.SEVERE, "sudah dipakai"),
    ],
    ids=str,
)  # fmt: skip
def test_a_bad_entry_is_one_finding_and_the_others_are_laid_out(
    bad: Json, rule: Rule, severity: Severity, word: str
) -> None:
    said: Json = {"name": "satu"}
    plan = plan_for(entry("dua", "12.00"), entry(**(said | bad)), entry("tiga", "18.00"), playlists=LOOPS)
    found = only(plan)
    assert (found.rule, found.severity, found.where) == (rule, severity, bad.get("name", "satu"))
    assert word in found.indonesian
    assert found.source
    assert found.remedy
    assert {"dua", "tiga"} <= {s.key for s in plan.strips}
    built = planned(plan, [made("a", 500)], "05.00", "19.00")
    assert {x.slot.partition("@")[0] for x in built.rundown} >= {"dua", "tiga", ""}


def test_of_playlists_within_themselves_the_rest_airs() -> None:
    for name, paths in {"diri": ("a", "b"), "satu": ("a", "b"), "asing": ("a", "b")}.items():
        assert plan_for(entry(content=playlist(name)), playlists=LOOPS).strips[0].content == Listed(paths)


@pytest.mark.parametrize(
    "entries", [None, 5, "satu", {"satu": entry()}, [None], ["satu"], [entry(), 5]], ids=lambda e: str(e)[:20]
)
def test_what_is_no_list_of_entries_is_told(entries: object) -> None:
    grid, found = read_grid({"entries": entries, "filler": ["folder:f"]})
    assert len(found) == 1
    assert grid.filler == ("folder:f",)


@pytest.mark.parametrize("filler", [None, 5, "folder:f", [5], ["folder:"], ["f/"]], ids=str)
def test_what_is_no_filler_is_told_and_the_entries_are_laid_out(filler: object) -> None:
    grid, found = read_grid({"entries": [entry()], "filler": filler})
    assert [e.id for e in grid.entries] == ["satu"]
    assert len(found) == 1


def test_a_grid_that_is_no_grid_is_told() -> None:
    assert read_grid([1])[0] == Grid()  # type: ignore[arg-type]
    assert read_grid([1])[1]  # type: ignore[arg-type]
    assert read_grid({}) == (Grid(), ())


@pytest.mark.parametrize(
    ("zone", "start", "told_of"), [(BERLIN, "02.30", True), (BERLIN, "03.00", False), (WIB, "02.30", False)]
)
def test_a_time_that_a_clock_change_leaps_over_is_told(zone: ZoneInfo, start: str, told_of: bool) -> None:
    kept = documents(entry(start=start, minutes=90), entry("lain", "12.00"))
    plan = laid(kept, zone).plan
    assert [(f.rule, f.where) for f in plan.findings] == ([(Rule.NO_SUCH_TIME, "satu")] if told_of else [])
    day = date(2027, 3, 28)
    if told_of:
        assert plan.findings[0].at == at("03.00", BERLIN, day)
        built = planned(plan, [made("a", 20_000)], at("01.00", BERLIN, day), at("03.30", BERLIN, day), zone=BERLIN)
        assert starting_at(built, at("03.00", BERLIN, day)).slot == "satu@2027-03-28"


def test_two_hard_starts_in_one_quantum_are_told_and_both_air() -> None:
    event = {"kind": "jam", "id": "pip", "items": ["p"], "times": ["06.00"]}
    plan = plan_for(entry(begins="tepat"), channel={"fixed": {"events": [event]}})
    built = planned(plan, [made("a", 500), made("p", 20)], "05.59", "06.08")
    assert [f.where for f in told(built, Rule.TWO_HARD_STARTS)] == ["pip"]
    assert [(x.material.title, x.start - at("06.00")) for x in built.rundown if x.start >= at("06.00")][:2] == [
        ("p", 0), ("a", 20),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("programmes", PROGRAMMES | {"rusak": {"id": "rusak"}}),
        ("playlists", {"rusak": {"id": "rusak", "title": ""}}),
        ("rotations", {"rusak": {"id": "rusak", "title": "R", "folders": ["m"], "artist_minutes": -1}}),
        ("orders", {"rusak": {"id": "rusak"}}),
        ("channel", {"fixed": {"events": [{"kind": "entah"}]}}),
        ("hijri", {"rusak": 1}),
        ("prayer_table", {"days": {"2026-11-22": {"subuh": "pagi"}, "2026-11-23": {"subuh": "04:10"}}}),
        ("prayer_table", {"days": {"2026-11-22": 5}}),
        ("prayer_table", {"days": [1, 2]}),
        ("rule_book", {"rusak": 1}),
        ("edits", {"1": {"act": "entah", "at": 5}}),
    ],
    ids=str,
)
def test_a_document_that_cannot_be_read_is_one_finding_and_not_used(name: str, kept: Mapping[str, Any]) -> None:
    found = laid(documents(entry(), **{name: kept}))
    finding = only(found.plan)
    assert (finding.rule, finding.severity) == (Rule.UNKNOWN_NAME, Severity.SEVERE)
    assert "tidak dapat dibaca dan tidak dipakai" in finding.indonesian
    assert titles(planned(found.plan, [made("a", 500)], "06.00", "06.01"), 1) == ["a"]


def test_of_an_official_prayer_table_the_good_days_win() -> None:
    kept = documents(prayer_table={"days": {"2026-11-22": 5, "2026-11-23": {"subuh": "04:10"}}})
    assert [(day, row[Prayer.SUBUH].isoformat("minutes")) for day, row in laid(kept).desk.official.items()] == [
        (date(2026, 11, 23), "04:10")
    ]


# ---- what holds beside the grid -------------------------------------------------------------------

FILE = plan_of(
    parse_schedule('[[block]]\nprogramme = "File"\nstart = "06.00"\nend = "07.00"\nitems = ["a"]\n', "x"), WIB
)
AZAN = {"kind": "jam", "id": "azan", "items": ["azan"], "times": ["06.08"]}


def over_file(**more: Any) -> Built:
    found = laid(Documents(**more), from_file=FILE)
    return planned(found.plan, [made("a", 3_000), made("azan", 20), made("x", 30)], "06.00", "06.32")


def test_until_a_grid_is_published_the_schedule_file_airs_with_fixed_events_and_edits() -> None:
    edit = insert(at("06.16"), asset("x"), "x", Start.HARD).model_dump(mode="json")
    built = over_file(channel={"fixed": {"events": [AZAN]}}, edits={"7": edit})
    assert [(x.material.title, x.programme) for x in built.rundown][:3] == [
        ("a", "File"), ("azan", "azan"), ("ident", "File"),
    ]  # fmt: skip
    assert (starting_at(built, "06.16").material.title, starting_at(built, "06.16").edit) == ("x", 7)


def test_over_a_schedule_file_findings_of_documents_are_told_too() -> None:
    assert [f.rule for f in over_file(playlists={"rusak": {}}).findings] == [Rule.UNKNOWN_NAME]


def test_a_published_grid_takes_the_place_of_the_schedule_file_even_an_empty_one() -> None:
    found = laid(Documents(grid={}), from_file=FILE)
    assert found.plan.strips == ()


def test_crossfades_and_stretches_are_the_channels_rules_and_edits() -> None:
    stretch = fill(at("06.00"), at("06.08")).model_dump(mode="json")
    plan = plan_for(channel={"fades_s": {"hiburan": 3, "berita": 0}}, edits={"1": stretch})
    assert plan.crossfade is not None
    assert plan.crossfade.overlap == {"hiburan": covering(3)}
    assert [(s.start, s.end) for s in plan.stretches] == [(at("06.00"), at("06.08"))]
    assert plan_for(channel={"fades_s": {"berita": 0}}).crossfade is None


# ---- graphics -------------------------------------------------------------------------------------

NEWS = Programme(id="acara", title="Acara", age=AgeClass.R)


@pytest.mark.parametrize(
    ("labels", "logo", "programme", "said", "variant"),
    [
        (True, "", "acara", {}, Variant(asset=asset("a"), age=AgeClass.R, notice=True)),
        (True, "", "acara", {"age": "D"}, Variant(asset=asset("a"), age=AgeClass.D, notice=True)),
        (True, "", "acara", {"labelled": True}, None),
        (True, "", "", {}, None),
        (True, "logo", "", {}, Variant(asset=asset("a"), logo="logo")),
        (True, "logo", "acara", {"labelled": True}, Variant(asset=asset("a"), logo="logo")),
        (True, "logo", "acara", {}, Variant(asset=asset("a"), logo="logo", age=AgeClass.R, notice=True)),
        (False, "logo", "acara", {}, Variant(asset=asset("a"), logo="logo")),
        (False, "", "acara", {}, None),
    ],
)
def test_dress(labels: bool, logo: str, programme: str, said: Json, variant: Variant | None) -> None:
    material: Material = made("a", **said)
    assert dress(ChannelRules(id="tv", labels=labels), {"acara": NEWS}, logo)(programme, material) == variant


# ---- versions -------------------------------------------------------------------------------------


def grid(*entries: Json, filler: tuple[str, ...] = ()) -> Grid:
    found, wrong = read_grid({"entries": list(entries), "filler": list(filler)})
    assert not wrong
    return found


def test_versions_are_compared_entry_by_entry() -> None:
    old = grid(entry("sama"), entry("lama"), entry("geser"), filler=("folder:f",))
    new = grid(entry("sama"), entry("geser", "07.00", begins="tepat"), entry("baru"), filler=("folder:g",))
    changes = {c.entry: (c.before, c.after) for c in compare(old, new, {"acara": "Kabar"})}
    said = "Kabar, setiap hari mulai 5 Januari 2026 sampai 31 Desember 2027, {}, asset a"
    six, seven = said.format("06.00-07.00, tidak-sebelum"), said.format("07.00-08.00, tepat")
    assert changes == {"lama": (six, ""), "geser": (six, seven), "baru": ("", six), "sisipan": ("folder:f", "folder:g")}
    assert compare(old, old, {}) == ()


MONDAY, LATER = date(2026, 11, 16), date(2026, 12, 7)


def copied(kept: Grid, *, ramadan: bool = False) -> Grid:
    return copy_week(kept, MONDAY, LATER, "261207", lambda _: ramadan)


def test_a_copied_week_is_single_days_over_the_ordinary_week() -> None:
    kept = grid(entry(on={"first": "2026-01-05", "rule": "FREQ=WEEKLY;BYDAY=MO,WE,SU", "excluded": ["2026-11-18"]}))
    found = copied(kept)
    assert [(e.id, e.on.first.isoformat(), e.on.rule) for e in found.entries[1:]] == [
        ("satu-261207-1", "2026-12-07", ""), ("satu-261207-7", "2026-12-13", ""),
    ]  # fmt: skip
    assert found.entries[:1] == kept.entries
    assert copied(found) == found
    plan = plan_for(*(e.model_dump(mode="json") for e in found.entries))
    built = planned(plan, [made("a", 500)], at("00.00", day=LATER), at("23.00", day=date(2026, 12, 13)))
    assert {x.slot for x in built.rundown if x.slot} == {
        "satu-261207-1@2026-12-07", "satu@2026-12-09", "satu-261207-7@2026-12-13",
    }  # fmt: skip
    assert not told(built, Rule.CLASH)


def test_in_a_copied_week_a_special_still_goes_before_the_ordinary() -> None:
    kept = grid(entry(), entry("khusus", "06.30", on={"first": "2026-11-18"}))
    plan = plan_for(*(e.model_dump(mode="json") for e in copied(kept).entries))
    day = date(2026, 12, 9)
    built = planned(plan, [made("a", 500)], at("06.00", day=day), at("07.20", day=day))
    assert not told(built, Rule.CLASH)
    assert {x.slot for x in built.rundown if at("06.32", day=day) <= x.start < at("07.20", day=day)} == {
        "khusus-261207-3@2026-12-09"
    }
    assert starting_at(built, at("06.00", day=day)).slot == "satu-261207-3@2026-12-09"


@pytest.mark.parametrize(("ramadan", "copies"), [(True, {"puasa"}), (False, {"biasa"})])
def test_a_copied_week_has_what_its_season_had(ramadan: bool, copies: set[str]) -> None:
    kept = grid(
        entry("puasa", on=ALWAYS | {"season": "ramadan"}), entry("biasa", on=ALWAYS | {"season": "luar-ramadan"})
    )
    assert {e.id.partition("-")[0] for e in copied(kept, ramadan=ramadan).entries[2:]} == copies


def test_copies_of_long_names_keep_their_days() -> None:
    found = copied(grid(entry("a" * 64)))
    assert len({e.id for e in found.entries}) == 8
    assert Grid.model_validate(found.model_dump(mode="json")) == found


@pytest.mark.parametrize(("source", "target"), [(SUNDAY, LATER), (MONDAY, SUNDAY)])
def test_a_week_begins_on_a_monday(source: date, target: date) -> None:
    with pytest.raises(ValueError, match="Senin"):
        copy_week(grid(), source, target, "x", lambda _: False)


def test_a_plan_by_a_clock_without_a_credible_time_has_nothing_on_time() -> None:
    edit = insert(at("06.16"), asset("x"), "x", Start.HARD).model_dump(mode="json")
    plan = untimed(plan_for(entry(begins="tepat"), channel={"fixed": {"events": [AZAN]}}, edits={"1": edit}))
    assert [s.begins for s in plan.strips] == [Start.NOT_BEFORE]
    assert set(titles(planned(plan, [made("a", 500), made("azan"), made("x")], "06.00", "06.20"))) == {"a", "ident"}
