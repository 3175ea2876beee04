"""A plan looked at before it is published: built, judged by whole days, with what must be rendered for it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from lppl.derived import Variant
from lppl.media import ChannelKind, Material, Shelf
from lppl.programme import AgeClass, Programme
from lppl.quanta import Quanta
from lppl.rundown import Line
from scheduler.choice import Surroundings
from scheduler.documents import Documents, laid_out
from scheduler.examination import Examined, examine, labelled
from scheduler.findings import Finding, Rule, Severity
from scheduler.grid import ChannelRules
from scheduler.laying_out import dress
from scheduler.plan import Plan
from scheduler.prayer import Place
from scheduler.rundown import ALONE, catalogue_of
from tests.scheduler.building import DAY, IDENT, SLATE, SUNDAY, WIB, asset, at, made

HOUR = 11_250
ALWAYS = {"first": "2026-01-05", "last": "2027-12-31", "rule": "FREQ=DAILY"}
PROGRAMMES = {
    "anak": {"id": "anak", "title": "Anak", "category": "pendidikan"},
    "malam": {"id": "malam", "title": "Malam", "age": "D"},
}


def entry(programme: str = "anak", start: str = "06.00", **more: object) -> dict[str, Any]:
    said = {"id": programme, "programme": programme, "on": ALWAYS, "start": start, "length_s": 3600}
    return said | {"content": {"kind": "asset", "path": programme}} | more


def examined(
    *entries: dict[str, Any],
    start: str | Quanta = "00.00",
    days: float = 1,
    kind: ChannelKind = ChannelKind.RADIO,
    around: Surroundings = ALONE,
    more: Sequence[Material] = (),
    **kept: Any,
) -> Examined:
    """Lay out, build and judge from a time of the Sunday on."""
    said: dict[str, Any] = {"grid": {"entries": list(entries)}, "programmes": PROGRAMMES}
    documents = Documents(**(said | kept))
    first = at(start) if isinstance(start, str) else start
    found = laid_out("tv", documents, Plan(), WIB, Place(-6.888, 109.675, WIB), first)
    materials = [made("anak", HOUR), made("malam", HOUR), *more]
    catalogue = catalogue_of(Shelf({m.asset: m for m in materials}), IDENT, SLATE)
    span = first, Quanta(first + round(days * DAY))
    return examine(found.plan, found.desk, kind, catalogue, (IDENT, SLATE), WIB, span, (), around)


def told(found: Examined, *rules: Rule) -> list[Finding]:
    return [f for f in found.findings if f.rule in rules]


def test_rules_of_the_law_are_severe_and_the_plan_stays_as_it_is() -> None:
    found = examined(entry("malam"))
    (age,) = found.severe
    assert (age.rule, age.at, age.item) == (Rule.AGE_HOURS, at("06.00"), "Malam")
    assert [x.material.title for x in found.rundown if x.slot][:1] == ["malam"]
    assert not examined(entry("malam", "22.00")).severe


def test_mistakes_of_documents_are_told_with_those_of_the_plan() -> None:
    found = examined(entry(), entry("tiada", "08.00"), {"id": "rusak"})
    assert [f.rule for f in told(found, Rule.UNKNOWN_NAME, Rule.MISSING_ITEM)] == [
        Rule.UNKNOWN_NAME, Rule.UNKNOWN_NAME, Rule.MISSING_ITEM,
    ]  # fmt: skip
    assert {f.where for f in found.severe} == {"rusak"}


def test_a_clash_is_told_once_and_severe() -> None:
    found = examined(entry("anak", "21.30"), entry("malam", "22.00"))
    (clash,) = told(found, Rule.CLASH)
    assert (clash.severity, clash.item) == (Severity.SEVERE, "Malam")


@pytest.mark.parametrize(
    ("start", "days", "judged"),
    [
        ("00.00", 1, {SUNDAY}),
        ("05.00", 2, {date(2026, 11, 23)}),
        ("05.00", 0.5, {SUNDAY}),  # no day is whole: judged is what there is
        ("00.00", 2, {SUNDAY, date(2026, 11, 23)}),
    ],
)
def test_only_days_that_are_built_whole_are_judged(start: str, days: float, judged: set[date]) -> None:
    found = examined(entry("malam"), start=start, days=days)
    assert {date(2026, 11, 22 + (f.at - at("00.00")) // DAY) for f in told(found, Rule.AGE_HOURS) if f.at} == judged


def test_gaps_are_of_what_the_grid_leaves_after_specials_took_their_time() -> None:
    whole = entry("anak", "00.00", length_s=86_400)
    special = entry("malam", "22.00", on={"first": "2026-11-22"})
    assert not told(examined(whole, special), Rule.GAP, Rule.CLASH)
    assert [f.severity for f in told(examined(entry()), Rule.GAP)] == [Severity.NOTE]


def test_spots_wait_for_the_azan() -> None:
    azan = {"kind": "jam", "id": "azan-maghrib", "items": ["azan"], "times": ["18.00"]}
    order = {
        "id": "kopi", "advertiser": "Kopi", "assets": ["spot"], "first": "2026-01-01", "last": "2026-12-31",
        "times_a_day": 1,
    }  # fmt: skip
    found = examined(
        entry("anak", "17.00", length_s=7200),
        more=[made("azan", 800), made("spot", 94)],
        channel={"fixed": {"events": [azan]}, "breaks": [{"minutes": [2], "start": "18.00", "until": "18.30"}]},
        orders={"kopi": order},
    )
    (call,) = [x for x in found.rundown if x.event.startswith("azan-")]
    (spot,) = [x for x in found.rundown if x.order]
    assert call.length == 800
    assert spot.start == call.end
    assert not told(found, Rule.RAMADAN)


# ---- labels ---------------------------------------------------------------------------------------

SHOWN = Surroundings(dress=dress(ChannelRules(id="tv", labels=True), {}, ""))


def test_a_variant_that_is_still_to_be_rendered_counts_as_labelled_and_is_wished_for() -> None:
    bare = examined(entry("malam", "22.00"), kind=ChannelKind.TV)
    assert [f.item for f in told(bare, Rule.LABEL)] == ["Malam"]
    programmes = {name: Programme.model_validate(p) for name, p in PROGRAMMES.items()}
    around = Surroundings(dress=dress(ChannelRules(id="tv", labels=True), programmes, ""))
    found = examined(entry("malam", "22.00"), kind=ChannelKind.TV, around=around)
    assert not told(found, Rule.LABEL)
    assert [(w.specification, w.needed) for w in found.wishes] == [
        (Variant(asset=asset("malam"), age=AgeClass.D, notice=True), at("22.00"))
    ]


def test_what_is_labelled_already_and_what_stands_in_needs_no_variant() -> None:
    found = examined(entry("malam", "22.00"))
    line: Line = next(x for x in found.rundown if x.material.title == "malam")
    filler = next(x for x in found.rundown if x.material is IDENT)
    assert not labelled(line, ALONE, {"malam": object()})
    assert not labelled(line, SHOWN, {"malam": object()})
    assert labelled(filler, ALONE, {})


def test_the_same_plan_gives_the_same_findings() -> None:
    one, other = (examined(entry("malam"), entry(), entry("tiada"), days=2) for _ in range(2))
    assert one.findings == other.findings
    assert one.rundown.lines == other.rundown.lines
