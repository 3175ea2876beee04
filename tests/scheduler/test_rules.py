"""Broadcasting rules: tables at exact boundaries, clock changes, dated books; what holds for every plan."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lppl.media import AssetId, ChannelKind, HouseId, Material
from lppl.programme import AgeClass, Category, Details, Product, Programme, SpotKind
from lppl.quanta import Quanta, at_or_after, covering, starting
from lppl.rundown import Kind, Line
from scheduler.agenda import instant
from scheduler.findings import Finding, Rule, Severity
from scheduler.rules import DEFAULT_BOOK, Planned, RuleBook, Scheduled, shares, watch
from scheduler.rules.book import hours_text
from scheduler.rules.planned import UnknownSpot
from scheduler.words import clock

WIB, NEW_YORK = ZoneInfo("Asia/Jakarta"), ZoneInfo("America/New_York")
SUNDAY = date(2026, 11, 22)
MONDAY = SUNDAY + timedelta(days=1)
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
"""New York's clock leaps from 02.00 to 03.00, and goes back from 02.00 to 01.00."""
SPOTS = {
    "niaga": UnknownSpot(),
    "ilm": UnknownSpot(SpotKind.ILM),
    "rokok": UnknownSpot(product=Product.CIGARETTES, advertiser="PT Asap"),
    "dewasa": UnknownSpot(product=Product.ADULT),
}


def q(at: str, day: date = SUNDAY, zone: ZoneInfo = WIB) -> Quanta:
    """Return the air time of a clock time; past 24.00 belongs to the day after."""
    hour, minute = (int(part) for part in at.split("."))
    return at_or_after(instant(day, hour * 3600 + minute * 60, zone))


def programme(name: str, **said: Any) -> Programme:
    return Programme(id=name, title=name.title(), **said)


def line(start: Quanta, end: Quanta, name: str = "kabar", **said: Any) -> Line:
    """Return a line of material `name`; words of `Line` are its own, all others are its details."""
    own = {key: said.pop(key) for key in tuple(said) if key in Line.__slots__ and key != "category"}
    material = Material(HouseId(f"{name}.t"), AssetId(name), name, Quanta(end - start), details=Details(**said))
    given: dict[str, Any] = {"in_point": Quanta(0), "kind": Kind.ITEM, "programme": "", "hard": False, "why": ""}
    return Line(start=start, length=Quanta(end - start), material=material, **(given | own))


def planned(*lines: Line, days: Sequence[date] = (SUNDAY,), **more: Any) -> Planned:
    given: dict[str, Any] = {"channel": ChannelKind.RADIO, "zone": WIB, "spots": SPOTS}
    return Planned(days=days, lines=lines, **(given | more))


def of(rule: Rule, findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.rule is rule]


def only(rule: Rule, findings: Sequence[Finding]) -> Finding:
    (found,) = of(rule, findings)
    return found


# --- hours -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "start", "end", "breaks_at"),
    [
        ("D", "22.00", "23.00", None),
        ("D", "22.00", "27.00", None),  # ends exactly with the window, at 03.00
        ("D", "23.30", "24.30", None),
        ("D", "21.58", "23.00", "21.58"),
        ("D", "26.00", "27.02", "27.00"),  # only its end lies outside
        ("D", "20.00", "28.00", "20.00"),
        ("P", "07.00", "09.00", None),
        ("P", "08.30", "09.30", "09.00"),
        ("P", "08.00", "16.00", "09.00"),  # from one window into the next
        ("P", "15.00", "18.00", None),
        ("A", "05.00", "18.00", None),
        ("A", "17.00", "18.02", "18.00"),
        ("R", "21.00", "22.00", None),
        ("R", "04.58", "06.00", "04.58"),
        ("SU", "00.00", "24.00", None),
    ],
)
def test_an_age_class_airs_within_its_hours(age: str, start: str, end: str, breaks_at: str | None) -> None:
    findings = watch(planned(line(q(start), q(end), age=age), days=(SUNDAY, MONDAY)))
    found = of(Rule.AGE_HOURS, findings)
    assert [f.at for f in found[:1]] == ([q(breaks_at)] if breaks_at else [])
    assert {f.severity for f in found} <= {Severity.SEVERE}


def test_an_item_that_leaves_on_two_days_is_told_on_each() -> None:
    found = of(Rule.AGE_HOURS, watch(planned(line(q("20.00"), q("28.00"), age="D"), days=(SUNDAY, MONDAY))))
    assert [f.at for f in found] == [q("20.00"), q("27.00")]
    assert of(Rule.AGE_HOURS, watch(planned(line(q("20.00"), q("28.00"), age="D"), days=(MONDAY,)))) == found[1:]


def test_one_quantum_too_long_is_too_long() -> None:
    late = line(q("22.00"), Quanta(q("27.00") + 1), age="D")
    assert only(Rule.AGE_HOURS, watch(planned(late, days=(SUNDAY, MONDAY)))).at == q("27.00")


def test_the_assets_age_goes_before_its_programmes() -> None:
    programmes = {"malam": programme("malam", age=AgeClass.D)}
    kids = line(q("10.00"), q("10.30"), programme_id="malam", age="SU")
    bare = line(q("10.30"), q("11.00"), "lain", programme_id="malam")
    found = only(Rule.AGE_HOURS, watch(planned(kids, bare, programmes=programmes)))
    assert (found.item, found.at) == ("Malam", q("10.30"))


def test_filler_and_spots_have_not_the_programmes_age() -> None:
    programmes = {"malam": programme("malam", age=AgeClass.D)}
    filler = line(q("10.00"), q("10.30"), "sisipan", programme_id="malam", kind=Kind.FILLER)
    spot = line(q("10.30"), q("10.31"), "iklan", programme_id="malam", order="ilm")
    assert watch(planned(filler, spot, programmes=programmes)) == ()


def test_a_finding_names_rule_source_item_place_and_remedy() -> None:
    found = only(
        Rule.AGE_HOURS, watch(planned(line(q("21.40"), q("22.30"), "Misteri", age="D", slot="film@2026-11-22")))
    )
    assert found.indonesian == (
        "“Misteri” (D 18+) disiarkan di luar jam 22.00-03.00: mulai 21.40 WIB, 22 November 2026."
    )
    assert found.english == "“Misteri” (D 18+) airs outside 22.00-03.00: from 21.40 WIB, 22 November 2026."
    assert (found.item, found.where) == ("Misteri", "film@2026-11-22")
    assert found.source == "SPS (Peraturan KPI 02/P/KPI/03/2012), penggolongan program siaran: D [V]"
    assert "Pindahkan ke jam 22.00-03.00" in found.remedy


def test_many_airings_are_one_finding_with_their_number() -> None:
    hours = [line(q(f"{n:02}.00"), q(f"{n + 1:02}.00"), age="D") for n in range(4, 20)]
    found = only(Rule.AGE_HOURS, watch(planned(*hours)))
    assert "(16 kali hari itu)" in found.indonesian
    assert (found.at, found.where) == (q("04.00"), "baris 1")


def test_a_programme_that_only_it_rates_is_one_item() -> None:
    songs = [line(q(f"10.{n:02}"), q(f"10.{n + 2:02}"), f"lagu{n}", programme_id="malam") for n in range(0, 40, 2)]
    findings = watch(planned(*songs, programmes={"malam": programme("malam", age=AgeClass.D, language="en")}))
    assert Counter(f.rule for f in findings) == {Rule.AGE_HOURS: 1, Rule.LANGUAGE: 1}
    assert {f.item for f in findings} == {"Malam"}


@pytest.mark.parametrize(
    ("order", "start", "end", "breaks_at"),
    [
        ("rokok", "21.30", "21.32", None),
        ("rokok", "28.58", "29.00", None),
        ("rokok", "28.58", "29.02", "29.00"),
        ("rokok", "21.28", "21.30", "21.28"),
        ("dewasa", "22.00", "22.02", None),
        ("dewasa", "21.58", "22.02", "21.58"),
        ("dewasa", "26.58", "27.00", None),
        ("dewasa", "27.00", "27.02", "27.00"),
        ("niaga", "12.00", "12.02", None),
        ("tak-dikenal", "12.00", "12.02", None),
    ],
)
def test_a_product_is_advertised_within_its_hours(order: str, start: str, end: str, breaks_at: str | None) -> None:
    findings = watch(planned(line(q(start), q(end), "iklan", order=order), days=(SUNDAY, MONDAY)))
    found = of(Rule.PRODUCT_HOURS, findings)
    assert [(f.at, f.severity) for f in found] == ([(q(breaks_at), Severity.SEVERE)] if breaks_at else [])
    if order == "rokok":
        assert all("(PT Asap)" in f.indonesian and "(PT Asap)" in f.english for f in found)


@pytest.mark.parametrize(
    ("day", "start", "end", "breaks_at"),
    [
        (SPRING, "00.00", "03.00", None),  # two hours long
        (SPRING, "01.00", "04.00", "03.00"),
        (AUTUMN, "00.00", "03.00", None),  # four hours long
        (AUTUMN, "00.00", "04.00", "03.00"),
    ],
)
def test_windows_are_local_time_when_the_clock_changes(day: date, start: str, end: str, breaks_at: str | None) -> None:
    late = line(q(start, day, NEW_YORK), q(end, day, NEW_YORK), age="D")
    found = of(Rule.AGE_HOURS, watch(planned(late, days=(day,), zone=NEW_YORK)))
    assert [f.at for f in found] == ([q(breaks_at, day, NEW_YORK)] if breaks_at else [])


def test_a_window_that_the_clock_leaps_over_is_not_there() -> None:
    rules = [{"age": "D", "hours": ["02.10-02.50"], "since": "2020-01-01", "source": "uji"}]
    book = RuleBook.model_validate({"age_hours": rules})
    late = line(q("02.10", SPRING, NEW_YORK), q("03.10", SPRING, NEW_YORK), age="D")
    found = only(Rule.AGE_HOURS, watch(planned(late, days=(SPRING,), zone=NEW_YORK), book))
    assert found.at == q("03.00", SPRING, NEW_YORK)


@given(
    zone=st.sampled_from(["Asia/Jakarta", "America/New_York", "Europe/Berlin", "Asia/Jayapura"]),
    day=st.dates(date(2026, 1, 2), date(2027, 12, 30)) | st.sampled_from([SPRING, AUTUMN]),
    age=st.sampled_from(AgeClass),
    start=st.integers(0, 24 * 15),
    length=st.integers(1, 15 * 15),
)
def test_hours_are_what_the_wall_clock_says(zone: str, day: date, age: AgeClass, start: int, length: int) -> None:
    """Every four minutes of an item, which fill whole quanta, by the clock on the wall."""
    here = ZoneInfo(zone)
    windows = {rule.age: rule.hours for rule in DEFAULT_BOOK.age_hours}[age]
    begins = at_or_after(instant(day, 0, here)) + start * 750
    steps = [Quanta(begins + n * 750) for n in range(length)]

    def allowed(at: Quanta) -> bool:
        local = starting(at).astimezone(here)
        second = local.hour * 3600 + local.minute * 60
        return windows is None or any(a <= second < b if a < b else second >= a or second < b for a, b in windows)

    one = line(steps[0], Quanta(steps[-1] + 750), age=age)
    found = of(Rule.AGE_HOURS, watch(planned(one, days=[day + timedelta(days=n) for n in range(4)], zone=here)))
    assert [f.at for f in found[:1]] == [at for at in steps if not allowed(at)][:1]


# --- azan and Ramadan --------------------------------------------------------------------------------

AZAN = (q("18.04"), q("18.08"))


@pytest.mark.parametrize(
    ("start", "end", "inside"),
    [("18.02", "18.04", None), ("18.08", "18.10", None), ("18.02", "18.06", "18.04"), ("18.06", "18.10", "18.06")],
)
@pytest.mark.parametrize("order", ["niaga", "ilm"])
def test_no_advertising_inside_the_azan_of_ramadan(order: str, start: str, end: str, inside: str | None) -> None:
    spot = planned(line(q(start), q(end), "iklan", order=order), azan=[AZAN], in_ramadan={SUNDAY}.__contains__)
    found = of(Rule.RAMADAN, watch(spot))
    assert [(f.at, f.severity) for f in found] == ([(q(inside), Severity.SEVERE)] if inside else [])
    assert of(Rule.RAMADAN, watch(replace(spot, in_ramadan={MONDAY}.__contains__))) == []


def test_a_book_may_keep_the_azan_free_all_year() -> None:
    spot = planned(line(q("18.04"), q("18.05"), "iklan", order="ilm"), azan=[AZAN])
    book = RuleBook.model_validate({"azan": [{"since": "2020-01-01", "source": "uji", "ramadan_only": False}]})
    assert only(Rule.RAMADAN, watch(spot, book)).source == "uji"


def test_the_azan_itself_is_no_advertising() -> None:
    azan = planned(line(*AZAN, "azan", category="iklan"), azan=[AZAN], in_ramadan={SUNDAY}.__contains__)
    assert watch(azan) == ()


@pytest.mark.parametrize(
    ("said", "start", "end", "at"),
    [
        ({"age": "R"}, "03.00", "04.00", "03.00"),
        ({"age": "D"}, "01.00", "02.00", None),
        ({"age": "D"}, "01.00", "02.02", "02.00"),
        ({"age": "R"}, "04.30", "05.00", None),
        ({"age": "SU"}, "02.00", "04.30", None),
        ({"order": "rokok"}, "03.00", "03.02", "03.00"),
        ({"order": "niaga"}, "03.00", "03.02", None),
    ],
)
def test_sahur_is_safe_for_everybody(said: dict[str, str], start: str, end: str, at: str | None) -> None:
    plan = planned(line(q(start), q(end), **said), in_ramadan={SUNDAY}.__contains__)
    found = of(Rule.RAMADAN, watch(plan))
    assert [(f.at, f.severity) for f in found] == ([(q(at), Severity.WARNING)] if at else [])
    assert of(Rule.RAMADAN, watch(replace(plan, in_ramadan=lambda day: False))) == []


# --- shares ------------------------------------------------------------------------------------------


def day_with(commercial: int, ilm: int) -> Planned:
    """Return a whole day of which so many quanta are commercials and ILM."""
    start, end = q("00.00"), q("24.00")
    lines = [
        line(start, Quanta(start + commercial), "niaga", order="niaga"),
        line(Quanta(start + commercial), Quanta(start + commercial + ilm), "ilm", order="ilm"),
        line(Quanta(start + commercial + ilm), end),
    ]
    return planned(*(each for each in lines if each.length))


@pytest.mark.parametrize(
    ("commercial", "ilm", "rules"),
    [
        (40_500, 17_358, []),  # 15 % of 270,000 exactly
        (40_501, 17_358, [Rule.AD_SHARE]),
        (7_000, 3_000, []),  # 30 % of all advertising exactly
        (7_001, 3_000, [Rule.ILM_SHARE]),
        (7_000, 2_999, [Rule.ILM_SHARE]),
        (40_501, 0, [Rule.AD_SHARE, Rule.ILM_SHARE]),
        (0, 5_000, []),
        (0, 0, []),
    ],
)
def test_shares_of_a_day_at_their_limits(commercial: int, ilm: int, rules: list[Rule]) -> None:
    findings = watch(day_with(commercial, ilm))
    assert [f.rule for f in findings] == rules
    assert {f.severity for f in findings} <= {Severity.WARNING}


def test_a_share_is_told_with_its_limit() -> None:
    found = only(Rule.AD_SHARE, watch(day_with(43_740, 20_000)))
    assert found.indonesian == (
        "Iklan niaga dari seluruh waktu siaran pada 22 November 2026: 16,2 %, seharusnya paling banyak 15 %."
    )
    assert "16.2 %, should be at most 15 %" in found.english


def test_shares_are_given_without_any_limit() -> None:
    programmes = {"jawa": programme("jawa", language="jv"), "film": programme("film", local=False, language="en-US")}
    plan = planned(
        line(q("00.00"), q("06.00"), "a", programme_id="jawa"),
        line(q("06.00"), q("12.00"), "b", programme_id="film"),
        line(q("12.00"), q("18.00"), "c", local=True, language="id"),
        line(q("18.00"), q("24.00"), "d", kind=Kind.FILLER),
        programmes=programmes,
    )
    (day,) = shares(plan)
    assert (day.day, day.airtime) == (SUNDAY, covering(86_400))
    assert day.local_percent == pytest.approx(200 / 3)
    assert day.indonesian_percent == pytest.approx(100 / 3)
    assert (day.commercial_percent, day.ilm_percent) == (0, None)
    assert [f.rule for f in watch(plan)] == [Rule.LANGUAGE]  # the film's language only


def test_local_content_and_indonesian_are_limits_once_the_book_says_so() -> None:
    plan = planned(
        line(q("00.00"), q("12.00"), "a", local=True, language="id"),
        line(q("12.00"), q("24.00"), "b", local=False, language="jv"),
    )

    def book(percent: float) -> RuleBook:
        rule = {"since": "2020-01-01", "source": "uji"}
        languages = [rule | {"allowed": ["id", "jv"], "indonesian_percent": percent}]
        return RuleBook.model_validate({"local_share": [rule | {"percent": percent}], "languages": languages})

    assert watch(plan, book(50)) == ()
    assert [f.rule for f in watch(plan, book(50.5))] == [Rule.LOCAL_SHARE, Rule.LANGUAGE]


def test_a_spot_over_midnight_counts_on_both_days() -> None:
    spot = line(q("23.58"), q("24.02"), "iklan", order="niaga")
    assert [day.commercial for day in shares(planned(spot, days=(MONDAY, SUNDAY, SUNDAY)))] == [375, 375]


# --- material ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "of_programme", "missing"),
    [
        ({"film": True}, {}, True),
        ({"film": True, "censored": "123/DVD/2026"}, {}, False),
        ({"film": True}, {"censored": "77/TV/2026"}, False),
        ({}, {}, False),
    ],
)
def test_a_film_needs_its_censorship_pass(said: dict[str, Any], of_programme: dict[str, Any], missing: bool) -> None:
    film = line(q("20.00"), q("21.00"), "film", programme_id="bioskop", **said)
    findings = watch(planned(film, programmes={"bioskop": programme("bioskop", **of_programme)}))
    assert [(f.rule, f.severity) for f in findings] == [(Rule.CENSORSHIP, Severity.SEVERE)] * missing


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [("23.00", "24.00", [0]), ("24.00", "25.00", [1]), ("23.00", "25.00", [0, 1])],
)
def test_an_item_belongs_to_the_days_it_airs_on(start: str, end: str, days: list[int]) -> None:
    found = of(Rule.CENSORSHIP, watch(planned(line(q(start), q(end), film=True), days=(SUNDAY, MONDAY))))
    assert [at for f in found if (at := f.at)] == [max(q(start), q(f"{24 * n:02}.00")) for n in days]


def test_a_programme_of_tv_shows_its_age_label() -> None:
    programmes = {"kabar": programme("kabar"), "promo": programme("promo", category=Category.SUPPORT)}
    lines = [
        line(q("06.00"), q("07.00"), "a", programme_id="kabar"),
        line(q("07.00"), q("08.00"), "b", programme_id="kabar", labelled=True),
        line(q("08.00"), q("09.00"), "c", programme_id="kabar", age="R"),
        line(q("09.00"), q("09.02"), "d", programme_id="kabar", order="ilm"),
        line(q("09.02"), q("09.04"), "e", programme_id="promo"),
        line(q("09.04"), q("09.06"), "f"),
    ]
    plan = planned(*lines, programmes=programmes, channel=ChannelKind.TV)
    found = only(Rule.LABEL, watch(plan))
    assert (found.item, found.at, found.severity) == ("Kabar", q("06.00"), Severity.WARNING)
    assert "SU 2+" in found.indonesian
    assert "(2 kali hari itu)" in found.indonesian
    second = only(Rule.LABEL, watch(replace(plan, labelled=lambda each: each.start < q("07.00"))))
    assert (second.at, "R 13-17" in second.indonesian) == (q("08.00"), True)
    assert watch(replace(plan, labelled=lambda each: True)) == ()
    assert watch(replace(plan, channel=ChannelKind.RADIO)) == ()


@pytest.mark.parametrize(
    ("said", "noted"),
    [
        ("id", False),
        ("jv", False),
        ("id-ID", False),
        ("JV", False),
        ("zxx", False),
        ("", False),
        ("en", True),
        ("EN-gb", True),
    ],
)
def test_a_language_outside_the_list_is_noted(said: str, noted: bool) -> None:
    findings = watch(planned(line(q("10.00"), q("11.00"), language=said)))
    assert [(f.rule, f.severity) for f in findings] == [(Rule.LANGUAGE, Severity.NOTE)] * noted


# --- repetition --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "again", "told"),
    [
        ("10.00", "13.00", False),  # exactly three hours
        ("10.00", "12.58", True),
        ("00.00", "02.00", True),
        ("10.00", "20.00", False),
    ],
)
def test_an_asset_does_not_come_again_too_soon(first: str, again: str, told: bool) -> None:
    lines = [line(q(at), Quanta(q(at) + 3_750), slot=f"{at}@2026-11-22") for at in (first, again)]
    found = of(Rule.REPETITION, watch(planned(*lines)))
    assert [(f.at, f.where) for f in found] == [(q(again), f"{again}@2026-11-22")] * told


def test_what_aired_before_the_days_counts() -> None:
    lines = [line(q(at), Quanta(q(at) + 3_750)) for at in ("23.00", "24.30")]
    assert only(Rule.REPETITION, watch(planned(*lines, days=(MONDAY,)))).at == q("24.30")
    assert of(Rule.REPETITION, watch(planned(*lines, days=(SUNDAY,)))) == []


def test_what_begins_with_the_next_day_belongs_to_it() -> None:
    lines = [line(q(at), Quanta(q(at) + 3_750)) for at in ("23.00", "24.00")]
    assert of(Rule.REPETITION, watch(planned(*lines, days=(SUNDAY,)))) == []
    assert only(Rule.REPETITION, watch(planned(*lines, days=(MONDAY,)))).where == "baris 1"


def test_going_on_after_a_break_is_no_repetition() -> None:
    whole = line(q("10.00"), q("12.00"))
    half = Quanta(whole.length // 2)
    first = replace(whole, length=half)
    second = replace(whole, start=q("11.10"), length=half, in_point=half)
    assert watch(planned(first, second)) == ()
    overlapping = replace(second, in_point=Quanta(half - 1))
    assert [f.rule for f in watch(planned(first, overlapping))] == [Rule.REPETITION]


@pytest.mark.parametrize("said", [{"order": "ilm"}, {"kind": Kind.FILLER}, {"kind": Kind.IDENT}])
def test_what_is_meant_to_come_often_may(said: dict[str, Any]) -> None:
    lines = [line(q(at), Quanta(q(at) + 3_750), **said) for at in ("10.00", "11.00")]
    assert of(Rule.REPETITION, watch(planned(*lines))) == []


def test_short_assets_are_left_to_their_rotation() -> None:
    def twice(quanta: int) -> Planned:
        return planned(*(line(q(at), Quanta(q(at) + quanta)) for at in ("10.00", "11.00")))

    assert watch(twice(1_874)) == ()  # just under ten minutes
    assert [f.rule for f in watch(twice(1_875))] == [Rule.REPETITION]


def test_a_programme_may_have_hours_of_its_own() -> None:
    rule = {"since": "2020-01-01", "source": "uji", "hours": 3, "programmes": {"kabar": 1, "ulang": None}}
    book = RuleBook.model_validate({"repetition": [rule]})

    def twice(name: str, again: str) -> tuple[Finding, ...]:
        ats = ("10.00", again)
        return watch(planned(*(line(q(at), Quanta(q(at) + 3_750), programme_id=name) for at in ats)), book)

    assert twice("kabar", "11.00") == ()
    assert [f.rule for f in twice("kabar", "10.58")] == [Rule.REPETITION]
    assert twice("ulang", "10.58") == ()
    assert [f.rule for f in twice("lain", "11.00")] == [Rule.REPETITION]


# --- the grid ----------------------------------------------------------------------------------------


def entry(start: str, end: str, name: str, rank: int = 0) -> Scheduled:
    return Scheduled(q(start), q(end), name, rank, f"jadwal-{name}")


def test_entries_of_one_rank_clash_and_others_do_not() -> None:
    entries = [entry("20.00", "24.00", "c", 1), entry("00.00", "08.00", "a"), entry("07.00", "24.00", "b")]
    found = watch(planned(scheduled=entries))
    assert [(f.rule, f.at, f.where) for f in found] == [(Rule.CLASH, q("07.00"), "jadwal-b")]
    assert "“a” dan “b”" in found[0].indonesian


def test_entries_that_touch_do_not_clash_and_leave_no_gap() -> None:
    entries = [entry("00.00", "08.00", "a"), entry("08.00", "08.00", "nol"), entry("08.00", "24.00", "b")]
    assert watch(planned(scheduled=entries)) == ()


def test_a_clash_over_midnight_is_told_on_each_day() -> None:
    entries = [entry("00.00", "25.00", "a"), entry("22.00", "48.00", "b")]
    found = watch(planned(scheduled=entries, days=(SUNDAY, MONDAY)))
    assert [(f.rule, f.at) for f in found] == [(Rule.CLASH, q("22.00")), (Rule.CLASH, q("24.00"))]


def test_gaps_of_a_day_are_one_note() -> None:
    entries = [entry("04.30", "12.00", "a"), entry("05.00", "06.00", "b", 1), entry("13.00", "23.00", "c")]
    found = only(Rule.GAP, watch(planned(scheduled=entries)))
    assert (found.at, found.severity) == (q("00.00"), Severity.NOTE)
    assert "selama 4 jam 30 menit; 3 celah hari itu, seluruhnya 6 jam 30 menit" in found.indonesian
    assert only(Rule.GAP, watch(planned(scheduled=()))).english.startswith(
        "Nothing is scheduled from 00.00 WIB, 22 November 2026 for 24 h;"
    )
    assert watch(planned()) == ()


# --- the book ----------------------------------------------------------------------------------------


def test_a_new_version_holds_from_its_day_on() -> None:
    versions = [
        {"product": "rokok", "hours": ["22.00-05.00"], "since": MONDAY.isoformat(), "source": "baru"},
        {"product": "rokok", "hours": ["21.30-05.00"], "since": "2012-03-01", "source": "lama"},
    ]
    book = RuleBook.model_validate({"product_hours": versions})
    spots = [line(q(at), Quanta(q(at) + 375), "iklan", order="rokok") for at in ("21.28", "21.40", "45.28", "45.40")]
    found = of(Rule.PRODUCT_HOURS, watch(planned(*spots, days=(SUNDAY, MONDAY)), book))
    assert [(f.at, f.source) for f in found] == [(q("21.28"), "lama"), (q("45.28"), "baru")]
    assert "(2 kali hari itu)" in found[1].indonesian
    before = date(2011, 5, 1)
    early = line(q("12.00", before), q("12.02", before), "iklan", order="rokok")
    assert of(Rule.PRODUCT_HOURS, watch(planned(early, days=(before,)), book)) == []


def test_an_item_over_midnight_is_judged_by_each_days_law() -> None:
    versions = [
        {"age": "D", "hours": ["22.00-03.00"], "since": "2012-03-01", "source": "lama"},
        {"age": "D", "hours": ["22.00-01.00"], "since": MONDAY.isoformat(), "source": "baru"},
    ]
    book = RuleBook.model_validate({"age_hours": versions})
    late = planned(line(q("23.00"), q("26.00"), age="D"), days=(SUNDAY, MONDAY))
    assert watch(late) == ()
    found = only(Rule.AGE_HOURS, watch(late, book))
    assert (found.at, found.source) == (q("25.00"), "baru")


def test_no_hours_means_never_and_none_means_always() -> None:
    def book(hours: list[str] | None) -> RuleBook:
        rule = {"product": "rokok", "hours": hours, "since": "2020-01-01", "source": "uji"}
        return RuleBook.model_validate({"product_hours": [rule]})

    spot = planned(line(q("23.00"), q("23.01"), "iklan", order="rokok"))
    never = only(Rule.PRODUCT_HOURS, watch(spot, book([])))
    assert "dilarang pada jam apa pun" in never.indonesian
    assert of(Rule.PRODUCT_HOURS, watch(spot, book(None))) == []


def test_an_empty_book_watches_nothing() -> None:
    book = RuleBook(**dict.fromkeys(RuleBook.model_fields, ()))
    bad = [
        line(q("10.00"), q("11.00"), age="D", film=True, language="en", programme_id="film"),
        line(q("11.00"), q("12.00"), age="D", film=True, language="en", programme_id="film"),
        line(q("12.00"), q("13.00"), "iklan", order="rokok"),
    ]
    plan = planned(
        *bad,
        channel=ChannelKind.TV,
        programmes={"film": programme("film")},
        azan=[(q("12.00"), q("12.04"))],
        in_ramadan=lambda day: True,
        scheduled=(),
    )
    assert watch(plan, book) == ()
    assert {f.rule for f in watch(plan)} >= {
        *(Rule.AGE_HOURS, Rule.PRODUCT_HOURS, Rule.AD_SHARE, Rule.ILM_SHARE, Rule.LANGUAGE),
        *(Rule.CENSORSHIP, Rule.LABEL, Rule.RAMADAN, Rule.REPETITION, Rule.GAP),
    }


def test_a_book_survives_being_kept_as_a_document() -> None:
    text = DEFAULT_BOOK.model_dump_json()
    assert RuleBook.model_validate_json(text) == DEFAULT_BOOK
    hours = {rule["age"]: rule["hours"] for rule in json.loads(text)["age_hours"]}
    assert (hours["P"], hours["SU"]) == (["07.00-09.00", "15.00-18.00"], None)


def test_every_default_has_a_source_with_its_mark() -> None:
    rules = [rule for name in RuleBook.model_fields for rule in getattr(DEFAULT_BOOK, name)]
    assert len(rules) >= len(RuleBook.model_fields)
    assert all(rule.source.rstrip().endswith(("[V]", "[P]", "[M]")) for rule in rules)


@pytest.mark.parametrize(
    ("hours", "word"),
    [
        (["22.00"], "22.00-03.00"),
        (["25.00-03.00"], "25.00"),
        (["08.00-08.00"], "sepanjang hari"),
        ([7], "7"),
        (["24.00-03.00"], "24.00"),
        ([[0, "x"]], "x"),
        ([[-1, 60]], "24.00"),
    ],
)
def test_wrong_hours_are_refused_with_a_sentence(hours: list[Any], word: str) -> None:
    rule = {"age": "D", "hours": hours, "since": "2020-01-01", "source": "uji"}
    with pytest.raises(ValidationError, match=word):
        RuleBook.model_validate({"age_hours": [rule]})


def test_two_versions_of_one_day_are_a_mistake() -> None:
    rule = {"age": "D", "hours": ["22.00-03.00"], "since": "2020-01-01", "source": "uji"}
    with pytest.raises(ValidationError, match="dua versi berlaku sejak 2020-01-01"):
        RuleBook.model_validate({"age_hours": [rule, rule]})
    RuleBook.model_validate({"age_hours": [rule, rule | {"age": "R"}]})


def test_hours_are_written_as_they_are_read() -> None:
    assert hours_text(((clock("21.30"), clock("05.00")), (0, 86_400))) == "21.30-05.00, 00.00-24.00"


# --- every plan --------------------------------------------------------------------------------------


BAD = st.fixed_dictionaries(
    {"programme_id": st.sampled_from(["kabar", "malam", ""])},
    optional={
        "order": st.sampled_from([*SPOTS, "?"]),
        "age": st.sampled_from(AgeClass),
        "film": st.booleans(),
        "kind": st.sampled_from([Kind.FILLER, Kind.LIVE]),
    },
)
GOOD = st.fixed_dictionaries(
    {"programme_id": st.just("kabar")}, optional={"age": st.just("SU"), "local": st.just(True)}
)


@st.composite
def plans(draw: st.DrawFn, bad: bool) -> Planned:
    """Contiguous lines about two days; without `bad` only own local content for everybody, and no spots."""
    own = {"kabar": programme("kabar", category=Category.NEWS)}
    worse = {"malam": programme("malam", age=AgeClass.D, language="en", local=False)}
    drawn = draw(st.lists(st.tuples(st.integers(1, 60_000), BAD if bad else GOOD), max_size=20))
    at, lines = q("00.00") + draw(st.integers(-20_000, 300_000)), []
    for n, (length, said) in enumerate(drawn):
        name = f"materi {sorted(said.items()) if bad else n}"
        lines.append(line(Quanta(at), Quanta(at + length), name, **said))
        at += length
    azan = draw(st.lists(st.integers(q("00.00"), q("48.00")), max_size=4))
    labelled = not bad
    return planned(
        *lines,
        days=(SUNDAY, MONDAY),
        programmes=own | worse,
        channel=draw(st.sampled_from(ChannelKind)),
        azan=[(Quanta(a), Quanta(a + 750)) for a in azan],
        in_ramadan=draw(st.sets(st.sampled_from([SUNDAY, MONDAY]))).__contains__,
        scheduled=None if bad else (entry("00.00", "30.00", "a"), entry("30.00", "48.00", "b")),
        labelled=lambda each: labelled,
    )


@given(plans(bad=False))
def test_own_local_content_for_everybody_without_spots_has_no_findings(plan: Planned) -> None:
    assert watch(plan) == ()


@given(plans(bad=True))
def test_findings_are_few_in_order_and_complete(plan: Planned) -> None:
    """One for each item, rule and day; within the days; with source and remedy; in both languages."""
    findings = watch(plan)
    days = [(q("00.00"), q("24.00")), (q("24.00"), q("48.00"))]
    ats = [f.at for f in findings if f.at is not None]
    assert len(ats) == len(findings)
    assert ats == sorted(ats)
    assert all(days[0][0] <= at < days[1][1] for at in ats)
    assert all(f.source and f.item and f.remedy and f.where and f.indonesian != f.english for f in findings)
    told = Counter((f.rule, f.item, at >= days[1][0]) for f, at in zip(findings, ats, strict=True))
    assert set(told.values()) <= {1}


def test_a_week_of_two_thousand_lines_a_day_is_quick() -> None:
    programmes = {f"p{n}": programme(f"p{n}", age=AgeClass.D if n == 3 else AgeClass.SU) for n in range(40)}
    lines = [
        line(
            Quanta(q("00.00") + n * 135),
            Quanta(q("00.00") + n * 135 + 135),
            f"m{n % 300}",
            programme_id=f"p{n // 100 % 40}",
            order="ilm" if n % 10 == 0 else "",
        )
        for n in range(14_000)
    ]
    plan = planned(*lines, days=[SUNDAY + timedelta(days=n) for n in range(7)], programmes=programmes)
    taken = []
    for _ in range(5):
        begun = time.process_time()
        assert watch(plan)
        taken.append(time.process_time() - begun)
    assert min(taken) < 0.1
