"""What holds for every grid, library, hand and clock: random plans with all that documents can say.

`test_rundown_properties` asks the same of schedule files; here strips clash and flow, rotations keep artists apart,
series go on, people edit, radio crossfades, and what is rendered ahead may be there or not.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from inspect import signature
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from lppl.derived import derived_id
from lppl.media import AssetId, HouseId, Material, Shelf
from lppl.ports import Aired
from lppl.programme import Details
from lppl.quanta import Quanta, at_or_after, covering, starting
from lppl.rundown import Kind, Line
from scheduler.agenda import Agenda
from scheduler.edits import Edit, cut, fill, fixed_lines, hold, insert, move, skip, skips, stretches
from scheduler.edits import replace as replaced
from scheduler.fill import Catalogue
from scheduler.findings import Rule
from scheduler.memory import Memory, aired_line
from scheduler.plan import (
    Content,
    Crossfade,
    Fixed,
    Folder,
    Listed,
    Plan,
    Reserved,
    Rotating,
    Rules,
    Series,
    Start,
    Strip,
    Weekdays,
)
from scheduler.rundown import Built, catalogue_of, compose

HOUR = 11_250
ZONES = ("Asia/Jakarta", "Asia/Jayapura", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe")
MOMENTS = (
    datetime(2026, 11, 22, 3, tzinfo=UTC),
    datetime(2026, 3, 28, 22, tzinfo=UTC),  # the clock leaps in Berlin
    datetime(2026, 10, 24, 21, tzinfo=UTC),  # and falls back
    datetime(2028, 2, 28, 20, tzinfo=UTC),
    datetime(2026, 12, 31, 14, tzinfo=UTC),
)
NAMES = [f"musik/{n}" for n in range(14)] + [f"serial/{n}" for n in range(5)] + [f"filler/{n}" for n in range(5)]


@dataclass(frozen=True)
class Case:
    """One plan to be built."""

    plan: Plan
    shelf: Shelf
    ident: Material | None
    slate: Material
    zone: ZoneInfo
    start: Quanta
    end: Quanta
    aired: tuple[Aired, ...]

    def built(self, start: Quanta | None = None, aired: Sequence[Aired] | None = None) -> Built:
        first = self.start if start is None else start
        past = self.aired if aired is None else aired
        return compose(self.plan, self.catalogue, self.ident, self.slate, self.zone, first, self.end, past)

    @property
    def catalogue(self) -> Catalogue:
        return catalogue_of(self.shelf, self.ident, self.slate)

    def agenda(self) -> Agenda:
        return Agenda(self.plan, self.zone, self.start, self.end, self.catalogue)


def asset_of(path: str) -> AssetId:
    return AssetId(hashlib.blake2b(path.encode(), digest_size=20).hexdigest())


def made(path: str, quanta: int, details: Details | None = None, artist: str = "") -> Material:
    asset = asset_of(path)
    return Material(
        HouseId(f"{asset}.radio-1"), asset, path, Quanta(quanta), artist, paths=(path,), details=details or Details()
    )


def details_of(r: Random) -> Details:
    said: dict[str, object] = {"category": r.choice(["hiburan", "berita", None])}
    if r.random() < 0.2:
        said["speech"] = True
    if r.random() < 0.3:
        said["weight"] = r.randint(1, 4)
    if r.random() < 0.3:
        said["group"] = r.choice(["gold", "baru"])
    if r.random() < 0.2:
        said["hours"] = ((r.randrange(0, 86_400, 1800), r.randrange(0, 86_400, 1800)),)
    if r.random() < 0.3:
        said |= {"cue_in_ms": r.randint(0, 4_000), "cue_out_ms": r.randint(6_000, 90_000)}
    return Details.model_validate({k: v for k, v in said.items() if v is not None})


def content_of(r: Random) -> Content:
    rules = Rules(*(Quanta(r.choice([0, 0, 200, 1_200, 4_000])) for _ in range(4)))
    clock = tuple(r.choice(["gold", "baru", "kosong"]) for _ in range(r.choice([0, 0, 3])))
    return r.choice(
        [
            Rotating(("musik",), rules, clock, "Musik"),
            Rotating(("musik",), rules),
            Rotating(("musik", "serial")),
            Listed(tuple(r.choice(NAMES) for _ in range(r.randint(1, 6))), r.random() < 0.4),
            Folder(r.choice(["serial", "tidak-ada"]), r.random() < 0.3),
            Series((), "serial", r.randint(1, 2), r.random() < 0.5, r.random() < 0.3),
            Reserved("RRI"),
        ]
    )


def strips_of(r: Random, near: int) -> tuple[Strip, ...]:
    """Return strips around the hour `near` that may overlap, of unlike rank."""
    found = []
    for n in range(r.randint(0, 7)):
        start = (near * 3600 + r.randrange(-3 * 3600, 5 * 3600, 300) + r.choice([0, 0, 17])) % 86_400
        length = r.choice([0, 300, 1800, 3600, 7200, 20_000])
        days = Weekdays(tuple(sorted(r.sample(range(7), r.choice([1, 3, 7, 7])))))
        found.append(
            Strip(
                f"s{n}", f"Acara {n}", days, start, start + max(60, length), content_of(r),
                r.choice(list(Start)), f"s{n}", rank=r.choice([0, 0, 0, 1, 2]),
            )
        )  # fmt: skip
    return tuple(found)


def fixed_of(r: Random, start: Quanta) -> tuple[Fixed, ...]:
    return tuple(
        Fixed(Quanta(start + r.randint(-300, 4 * HOUR)), f"f{n}", r.choice(NAMES), r.random() < 0.6, f"Tetap {n}",
              priority=r.choice([10, 40, 60]), ends=r.random() < 0.1)
        for n in range(r.randint(0, 6))
    )  # fmt: skip


@lru_cache(maxsize=64)
def case_of(seed: int) -> Case:
    """Make one case from a seed."""
    r = Random(seed)
    start = Quanta(at_or_after(r.choice(MOMENTS)) + r.randint(0, 10 * HOUR))
    zone = ZoneInfo(r.choice(ZONES))
    near = starting(start).astimezone(zone).hour
    present = r.sample(NAMES, r.choice([0, 3, *[r.randint(6, len(NAMES))] * 6, len(NAMES)]))
    materials = [
        made(p, r.choice([r.randint(2, 40), r.randint(40, 400), r.randint(200, 900)]), details_of(r), f"A{n % 5}")
        for n, p in enumerate(present)
    ]
    fixed = fixed_of(r, start)
    plan = Plan(
        strips=strips_of(r, near),
        daily=((lambda day, _: tuple(e for e in fixed if starting(e.start).astimezone(zone).date() == day)),),
        filler=tuple(r.sample(["folder:filler", "file:filler/1"], r.randint(0, 2))),
        crossfade=Crossfade({"hiburan": covering(3), "": covering(1)}) if r.random() < 0.5 else None,
    )
    aired, q = [], start - r.choice([0, 0, 700])
    for _ in range(r.randint(0, 8)):
        lasted = r.randint(1, 900)
        q -= lasted
        aired.append(Aired(asset_of(r.choice(NAMES)), Quanta(q), Quanta(lasted), Quanta(lasted)))
    case = Case(
        plan,
        Shelf({m.asset: m for m in materials}),
        made("ident", r.randint(30, 200)) if r.random() < 0.7 else None,
        made("slate", r.randint(30, 200)),
        zone,
        start,
        Quanta(start + r.randint(600, 3 * HOUR)),
        tuple(reversed(aired)),
    )
    case = replace(case, plan=replace(case.plan, **edited(r, case)))
    wished = case.built().wishes
    rendered = {
        derived_id(w.specification): Material(
            HouseId(f"{derived_id(w.specification)}.radio-1"),
            derived_id(w.specification),
            "",
            Quanta(getattr(w.specification, "length", 1)),
        )
        for w in wished
        if r.random() < 0.5
    }
    return replace(case, shelf=Shelf(case.shelf.materials, rendered))


def edited(r: Random, case: Case) -> dict[str, object]:
    """Return what people changed of the case's first running order, as a plan keeps it."""
    lines = [x for x in case.built().rundown if x.start > case.start]
    edits: dict[int, Edit] = {}
    for n in range(1, r.choice([0, 0, 2, 5]) + 1):
        if not lines or not case.shelf.materials:
            break
        line = r.choice(lines)
        other = r.choice(list(case.shelf.materials.values()))
        begins = r.choice([Start.HARD, Start.NOT_BEFORE])
        edits[n] = r.choice(
            [
                lambda line=line, other=other, b=begins: insert(line.start, other.asset, other.title, b, line.slot),
                lambda line=line: (
                    skip(line) if line.event or (line.slot and line.kind is Kind.ITEM) else fill(line.start, line.end)
                ),
                lambda line=line, other=other: replaced(line, other.asset, other.title),
                lambda line=line: move(line, Quanta(line.start + r.randint(1, HOUR))),
                lambda line=line: cut(line, Quanta(0), Quanta(max(1, line.material.quanta // 2))),
                lambda line=line: hold(line, Quanta(line.start + r.randint(50, 2_000))),
                lambda line=line: fill(line.start, Quanta(line.start + r.randint(50, 2_000))),
            ]
        )()
    return {"fixed": fixed_lines(edits), "skips": skips(edits.values()), "stretches": stretches(edits)}


cases = st.integers(0, 2**48).map(case_of)
many = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@many
@given(cases)
def test_every_quantum_once_from_material_that_is_there(case: Case) -> None:
    lines = case.built().rundown.lines
    assert lines[0].start == case.start
    assert lines[-1].start < case.end <= lines[-1].end
    for line, after in pairwise(lines):
        assert line.end == after.start
    known = {m.house: m for m in (*case.shelf.materials.values(), *case.shelf.derived.values(), case.slate)}
    if case.ident:
        known[case.ident.house] = case.ident
    for line in lines:
        assert line.length >= 1
        assert line.in_point + line.length <= known[line.material.house].quanta
        assert line.why
        assert line.programme


@many
@given(cases)
def test_hard_starts_are_exact(case: Case) -> None:
    by_start = {line.start: line for line in case.built().rundown}
    agenda, checked = case.agenda(), 0
    for q, entries in agenda.hard.items():
        if case.start <= q < case.end:
            checked += 1
            line = by_start[q]  # KeyError: a line runs over a hard start
            first = entries[0]
            events = [e for e in agenda.events if e.start == q and e.hard]
            if events:
                assert line.event in {e.key for e in events}
                assert min(e.priority for e in events) == events[0].priority
                assert line.event == events[0].key
            else:
                assert isinstance(first, Strip)
                assert line.slot.startswith(f"{first.key}@")
    event(f"hard starts: {min(checked, 3)}")


@many
@given(cases, st.randoms(use_true_random=False))
def test_a_plan_made_anew_from_any_line_is_the_same_plan(case: Case, r: Random) -> None:
    lines = case.built().rundown.lines
    for k in {r.randrange(len(lines)) for _ in range(4)}:
        again = case.built(lines[k].start, [*case.aired, *map(aired_line, lines[:k])]).rundown.lines
        assert again == lines[k:]


@many
@given(cases)
def test_what_a_person_put_in_stays(case: Case) -> None:
    lines, agenda = case.built().rundown.lines, case.agenda()
    for pin in case.plan.fixed:
        if not case.start <= pin.start < case.end or case.catalogue.of_fixed(pin) is None:
            continue
        if pin.key in case.plan.skips:
            continue
        found = [line for line in lines if line.edit == pin.edit]
        exact = [e for e in agenda.hard.get(pin.start, ()) if isinstance(e, Fixed)]
        if pin.hard and exact[0] is pin:
            assert found
            assert found[0].start == pin.start
        elif lines[-1].end < case.end or lines[-1].start > pin.start + 2 * HOUR:
            assert found, "what waits behind others airs within two hours"
        for line in found:
            assert line.material.asset == pin.asset
            assert line.start >= pin.start


def rotation_lines(case: Case, built: Built) -> Iterator[tuple[Line, Rotating, Memory]]:
    """Yield the lines that a rotation with rules gave, with what was remembered when they were chosen."""
    memory = Memory(case.catalogue)
    contents = {s.key: s.content for s in case.plan.strips}
    for each in sorted(case.aired, key=lambda a: a.start):
        if each.start < case.start:
            memory.note(each.asset, each.start, Quanta(each.start + each.length), each.until, fixed=False)
    for line in built.rundown:
        goes_on = line.why.startswith(("Lanjutan", "Akhir", "Sisipan: akhir"))
        content = contents.get(line.slot.partition("@")[0])
        chosen = line.why.startswith("Rotasi") and not line.event and not goes_on
        if isinstance(content, Rotating) and content.rules.any and chosen:
            yield line, content, memory
        if not goes_on:
            memory.note(line.material.asset, line.start, line.end, Quanta(0), fixed=bool(line.event))


@many
@given(cases)
def test_separation_is_broken_only_when_nothing_else_would_do_and_then_told(case: Case) -> None:
    built = case.built()
    told = {f.where for f in built.findings if f.rule is Rule.SEPARATION_BROKEN}
    agenda = case.agenda()
    seen = broken = 0
    for line, content, memory in rotation_lines(case, built):
        apart = memory.kept_apart(content.rules, line.start)
        seen += 1
        if apart(line.material):
            continue
        broken += 1
        assert line.slot.partition("@")[0] in told or "tidak ada materi yang pas" in line.why
        hard = agenda.next_hard(line.start)
        assert not [
            m
            for m in pool_of(case, content, line)
            if apart(m)
            and hours_allow(m, line.start, case.zone)
            and m.asset not in case.plan.skips.get(line.slot, ())
            and (hard is None or m.cue_out - m.cue_in <= hard - line.start)
        ]
    event(f"broken: {min(broken, 2)} of {min(seen, 3)}")


def pool_of(case: Case, content: Rotating, line: Line) -> Sequence[Material]:
    """Return what the rotation could choose from: the group of its clock where that holds anything."""
    pool = case.catalogue.pool(content.folders)
    group = line.why.partition('kelompok "')[2].partition('"')[0]
    return pool.group(group).materials if group else pool.materials


def hours_allow(material: Material, q: Quanta, zone: ZoneInfo) -> bool:
    local = starting(q).astimezone(zone)
    second = local.hour * 3600 + local.minute * 60 + local.second
    hours = material.details.hours
    return not hours or any(a <= second < b if a < b else second >= a or second < b for a, b in hours)


@many
@given(cases)
def test_nothing_airs_outside_its_hours_or_rights_by_turn(case: Case) -> None:
    for line in case.built().rundown:
        if line.why.startswith("Rotasi"):
            assert hours_allow(line.material, line.start, case.zone)


RULES = (
    test_every_quantum_once_from_material_that_is_there,
    test_hard_starts_are_exact,
    test_a_plan_made_anew_from_any_line_is_the_same_plan,
    test_what_a_person_put_in_stays,
    test_separation_is_broken_only_when_nothing_else_would_do_and_then_told,
    test_nothing_airs_outside_its_hours_or_rights_by_turn,
)


@pytest.mark.soak
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rules_hold_for_many_more_plans(rule: Callable[..., None]) -> None:
    asked = rule.hypothesis.inner_test  # type: ignore[attr-defined]
    chance = [st.randoms(use_true_random=False)] if "r" in signature(asked).parameters else []
    settings(many, max_examples=400)(given(cases, *chance)(asked))()


def test_cases_are_as_wild_as_meant() -> None:
    """Guards the generators: every kind of line and edit must occur among some cases."""
    kinds: set[object] = set()
    for seed in range(100):
        case = case_of(seed)
        built = case.built()
        kinds |= {line.kind for line in built.rundown} | {f.rule for f in built.findings}
        kinds |= {"edit" for line in built.rundown if line.edit}
        kinds |= {"join" for line in built.rundown if "Peralihan" in line.why}
        kinds |= {"rendered" for x in built.rundown if not x.material.house.startswith(x.material.asset)}
    wanted = {Kind.ITEM, Kind.FILLER, Kind.IDENT, Kind.SLATE, "edit", "join", "rendered", Rule.SEPARATION_BROKEN}
    assert wanted | {Rule.CLASH, Rule.SERIES_ENDED, Rule.EMPTY_CATEGORY, Rule.LIVE_RESERVED} <= kinds
