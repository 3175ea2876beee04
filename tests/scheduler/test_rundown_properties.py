"""What holds for every schedule, shelf, zone, past and span.

Every quantum once; hard starts in their first quantum; no line longer than its material; a plan made anew
from any line on is the same plan; a longer plan begins like a shorter one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from lppl.media import AssetId, HouseId, Material, Shelf
from lppl.ports import Aired
from lppl.quanta import Quanta, at_or_after
from lppl.rundown import Kind, Line
from scheduler.agenda import Agenda
from scheduler.rundown import catalogue_of, compose
from scheduler.schedule import At, Block, Schedule
from scheduler.words import written

ZONES = ("Asia/Jakarta", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns")
# Around a change to summer time, one back, a leap day, a year's end, and an ordinary week.
MOMENTS = [
    datetime(2026, 3, 28, 12, tzinfo=UTC),
    datetime(2026, 10, 24, 12, tzinfo=UTC),
    datetime(2026, 10, 3, 12, tzinfo=UTC),
    datetime(2028, 2, 28, 20, tzinfo=UTC),
    datetime(2026, 12, 31, 10, tzinfo=UTC),
    datetime(2026, 11, 22, 0, tzinfo=UTC),
]
PATHS = [f"{folder}/{n}" for folder in ("a", "b", "filler") for n in range(4)]
HOUR = 11_250


@dataclass(frozen=True)
class Case:
    schedule: Schedule
    shelf: Shelf
    ident: Material | None
    slate: Material
    zone: ZoneInfo
    start: Quanta
    end: Quanta
    aired: tuple[Aired, ...]

    def lines(self, start: Quanta | None = None, aired: Sequence[Aired] | None = None) -> tuple[Line, ...]:
        catalogue = catalogue_of(self.shelf, self.ident, self.slate)
        return compose(
            self.schedule,
            catalogue,
            self.ident,
            self.slate,
            self.zone,
            self.start if start is None else start,
            self.end,
            self.aired if aired is None else aired,
        ).rundown.lines

    def agenda(self) -> Agenda:
        catalogue = catalogue_of(self.shelf, self.ident, self.slate)
        return Agenda(self.schedule, self.zone, self.start, self.end, lambda p: catalogue.at_path(p) is not None)


def made(path: str, quanta: int) -> Material:
    return Material(HouseId(path), AssetId(path), path, Quanta(quanta), paths=(path,))


clocks = st.one_of(
    st.integers(0, 95).map(lambda n: n * 900),
    st.integers(0, 86_399),
    st.integers(4, 14).map(lambda n: n * 900),  # where clock changes are
)
lengths = st.one_of(st.integers(20, 3000), st.integers(1, 300), st.sampled_from([1, 2, 11_250, 90_000, 300_000]))
day_sets = st.sampled_from([tuple(range(7)), (5, 6), (6,), (0, 3)])
path_names = st.sampled_from([*PATHS, "gone/1", "gone/2"])


@st.composite
def blocks(draw: st.DrawFn) -> tuple[Block, ...]:
    """Blocks between sorted cuts of the day; some cuts left free, the last one may pass midnight."""
    cuts = sorted(draw(st.sets(clocks, min_size=2, max_size=7)))
    found = []
    for n, (start, end) in enumerate(zip(cuts, [*cuts[1:], cuts[0]], strict=True)):
        if not draw(st.integers(0, 3)):
            continue
        content = draw(
            st.sampled_from(
                [{"folder": "a"}, {"folder": "none"}, {"rotation": "a"}, {"rotation": ["a", "b"]}, {"rotation": "."}]
            )
            | st.lists(path_names, min_size=1, max_size=8).map(lambda items: {"items": items})
        )
        repeat = {"repeat": True} if "rotation" not in content and draw(st.booleans()) else {}
        named = f"Blok {n}"
        block = Block(programme=named, start=written(start), end=written(end), days=["senin"], **content, **repeat)
        every = draw(day_sets) if end > start else tuple(range(7))
        found.append(block.model_copy(update={"days": every, "hard": draw(st.booleans()), "line": n + 1}))
    return tuple(found)


@st.composite
def events(draw: st.DrawFn) -> At:
    item = draw(path_names)
    hard = draw(st.booleans())
    if draw(st.integers(0, 3)) == 0:
        return At(every="hour", minute=draw(st.integers(0, 59)), item=item, hard=hard)
    times = draw(st.lists(clocks.map(written), min_size=1, max_size=4))
    return At(times=times, item=item, hard=hard)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    present = draw(st.lists(st.sampled_from(PATHS), unique=True, max_size=len(PATHS)))
    materials = [made(path, draw(lengths)) for path in present]
    schedule = Schedule.model_construct(
        filler=tuple(draw(st.lists(st.sampled_from(["folder:filler", "file:filler/1", "file:gone/9"]), max_size=2))),
        block=draw(blocks()),
        at=tuple(draw(st.lists(events(), max_size=4))),
    )
    start = Quanta(at_or_after(draw(st.sampled_from(MOMENTS))) + draw(st.integers(0, 20 * HOUR)))
    aired, q = [], start - draw(st.sampled_from([0, 0, 0, 500]))
    for path in draw(st.lists(path_names, max_size=12)):
        length = draw(st.integers(1, 4000))
        q -= length
        aired.append(Aired(AssetId(path), Quanta(q), Quanta(length)))
    return Case(
        schedule,
        Shelf({m.asset: m for m in materials}),
        made("ident", draw(st.integers(25, 60))) if draw(st.booleans()) else None,
        made("slate", draw(st.integers(25, 60))),
        ZoneInfo(draw(st.sampled_from(ZONES))),
        start,
        Quanta(start + draw(st.integers(1, 12 * HOUR))),
        tuple(reversed(aired)),
    )


def past_with(case: Case, lines: Sequence[Line]) -> list[Aired]:
    return [*case.aired, *(Aired(line.material.asset, line.start, line.length) for line in lines)]


many = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(cases())
def test_every_quantum_once_and_no_line_longer_than_its_material(case: Case) -> None:
    lines = case.lines()
    assert lines[0].start == case.start
    assert lines[-1].start < case.end <= lines[-1].end
    for line, after in pairwise(lines):
        assert line.end == after.start
    for line in lines:
        assert 1 <= line.length <= line.material.quanta
        assert line.in_point == 0
        assert line.why
        assert line.programme
        assert (line.kind is Kind.SLATE) == (line.material is case.slate)
        assert line.kind is not Kind.IDENT or line.material is case.ident


@many
@given(cases())
def test_hard_starts_air_in_their_first_quantum(case: Case) -> None:
    by_start = {line.start: line for line in case.lines()}
    agenda = case.agenda()
    checked = 0
    for q, entries in agenda.hard.items():
        if not case.start <= q < case.end:
            continue
        checked += 1
        line = by_start[q]  # KeyError: a line runs over a hard start
        first = entries[0]
        assert line.hard
        if isinstance(first, At):
            assert line.kind is Kind.ITEM
            assert line.material.title in {e.path for e in agenda.events if e.start == q and e.at.hard}
        else:
            assert line.programme == first.programme
    event(f"hard starts: {min(checked, 3)}")
    for line in by_start.values():
        assert not line.hard or line.start in agenda.hard


@many
@given(cases(), st.data())
def test_a_plan_made_anew_from_any_line_is_the_same_plan(case: Case, data: st.DataObject) -> None:
    lines = case.lines()
    assert lines == case.lines()
    for k in data.draw(st.lists(st.integers(0, len(lines) - 1), min_size=1, max_size=4, unique=True)):
        again = case.lines(lines[k].start, past_with(case, lines[:k]))
        assert again == lines[k:]


@many
@given(cases(), st.integers(1, 6 * HOUR))
def test_a_longer_plan_begins_like_a_shorter_one(case: Case, more: int) -> None:
    lines = case.lines()
    longer = replace(case, end=Quanta(case.end + more)).lines()
    assert longer[: len(lines)] == lines


@many
@given(cases())
def test_ident_and_slate_air_only_where_nothing_better_fits(case: Case) -> None:
    agenda = case.agenda()
    filler = [m for m in case.shelf.materials.values() if "folder:filler" in case.schedule.filler and m.title[0] == "f"]
    for line in case.lines():
        if line.kind in (Kind.IDENT, Kind.SLATE):
            bound = agenda.next_start(line.start)
            assert all(bound is not None and m.quanta > bound - line.start for m in filler)
            assert line.kind is Kind.IDENT or case.ident is None
