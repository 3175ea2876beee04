"""A small station for tests of the running order: material by its path, strips by clock times, plans built and read.

Zone WIB; 22 November 2026 is a Sunday. An hour is 11,250 quanta, eight minutes are 1,500, 32 s are 100.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lppl.derived import Specification, derived_id
from lppl.media import AssetId, HouseId, Material, Shelf
from lppl.ports import Aired
from lppl.programme import Details
from lppl.quanta import Quanta, at_or_after
from lppl.rundown import Line
from scheduler.choice import Surroundings
from scheduler.edits import Edit, fixed_lines, skips, stretches
from scheduler.findings import Finding, Rule
from scheduler.memory import aired_line
from scheduler.plan import Content, Days, Fixed, Listed, Plan, Start, Strip, Weekdays
from scheduler.rundown import ALONE, Built, catalogue_of, compose
from scheduler.words import EVERY_DAY, clock

WIB = ZoneInfo("Asia/Jakarta")
SUNDAY = date(2026, 11, 22)
DAY = Quanta(24 * 11_250)
EVERY = Weekdays(EVERY_DAY)


def at(time: str, zone: ZoneInfo = WIB, day: date = SUNDAY) -> Quanta:
    """Return the air time of a clock time of the Sunday."""
    second = clock(time)
    local = datetime(day.year, day.month, day.day, second // 3600, second // 60 % 60, second % 60, tzinfo=zone)
    return at_or_after(local)


def asset(path: str) -> AssetId:
    """Return the asset at a path."""
    return AssetId(hashlib.blake2b(path.encode(), digest_size=20).hexdigest())


def made(path: str, quanta: int = 100, *, recipe: str = "radio-1", **said: object) -> Material:
    """Make material; `artist`, `album` and `title` are tags, what else is said are details."""
    tags = {name: str(said.pop(name)) for name in ("artist", "album") if name in said}
    title = str(said.pop("title", path))
    name = HouseId(f"{asset(path)}.{recipe}")
    return Material(name, asset(path), title, Quanta(quanta), paths=(path,), details=Details(**said), **tags)  # type: ignore[arg-type]


IDENT, SLATE = made("ident", 30), made("slate", 50)


def strip(
    key: str,
    start: str,
    end: str,
    content: Content | str,
    begins: Start = Start.NOT_BEFORE,
    *,
    rank: int = 0,
    on: Days = EVERY,
    **more: str,
) -> Strip:
    """Make a strip; content as text is a list of paths. It passes midnight where its end is not after its start."""
    first, last = clock(start), clock(end)
    filling = Listed(tuple(content.split())) if isinstance(content, str) else content
    until = last if last > first else last + 86_400
    return Strip(key, key.capitalize(), on, first, until, filling, begins, key, rank=rank, **more)


def fixed(time: str, path: str, *, hard: bool = True, **more: object) -> Fixed:
    """Make a fixed event at a clock time of the Sunday."""
    return Fixed(at(time), f"tetap-{path}", path, hard, where="tetap", **{"title": path} | more)  # type: ignore[arg-type]


def edited(plan: Plan, *edits: Edit) -> Plan:
    """Return a plan with edits laid over it, numbered from 1."""
    numbered = dict(enumerate(edits, 1))
    found = Plan(**{**vars(plan), "fixed": (*plan.fixed, *fixed_lines(numbered))})
    return Plan(**{**vars(found), "skips": skips(edits), "stretches": stretches(numbered)})


def planned(
    plan: Plan,
    shelf: Iterable[Material] | Shelf,
    start: str | Quanta,
    end: str | Quanta,
    aired: Sequence[Aired] = (),
    around: Surroundings = ALONE,
    *,
    ident: Material | None = IDENT,
    zone: ZoneInfo = WIB,
) -> Built:
    """Build a plan between clock times of the Sunday, or air times."""
    first, last = (at(q, zone) if isinstance(q, str) else q for q in (start, end))
    there = shelf if isinstance(shelf, Shelf) else Shelf({m.asset: m for m in shelf})
    return compose(plan, catalogue_of(there, ident, SLATE), ident, SLATE, zone, first, last, aired, around)


def past(*airings: tuple[str, str | Quanta, int]) -> list[Aired]:
    """Return what aired: path, start (clock time of the Sunday or air time), length."""
    found = [(asset(path), at(q) if isinstance(q, str) else q, Quanta(n)) for path, q, n in airings]
    return sorted((Aired(a, q, n, n) for a, q, n in found), key=lambda each: each.start)


def as_aired(lines: Iterable[Line]) -> list[Aired]:
    """Return planned lines as the past that they will be."""
    return [aired_line(line) for line in lines]


def rendered(shelf: Iterable[Material], *specifications: Specification) -> Shelf:
    """Return a shelf on which what was wished for has been rendered."""
    there = {m.asset: m for m in shelf}
    made_ahead = {}
    for each in specifications:
        name = derived_id(each)
        length = there[AssetId(each.asset)].quanta if each.kind == "variant" else each.length
        made_ahead[name] = Material(HouseId(f"{name}.radio-1"), name, "", Quanta(length))
    return Shelf(there, made_ahead)


def titles(built: Built, count: int | None = None) -> list[str]:
    """Return the titles of the first lines."""
    return [line.material.title for line in built.rundown][:count]


def lengths(built: Built, count: int | None = None) -> list[tuple[str, int]]:
    """Return title and length of the first lines."""
    return [(line.material.title, line.length) for line in built.rundown][:count]


def starting_at(built: Built, time: str | Quanta) -> Line:
    """Return the line that starts at a clock time or air time. Raises StopIteration when none does."""
    q = at(time) if isinstance(time, str) else time
    return next(line for line in built.rundown if line.start == q)


def named(built: Built, title: str) -> list[Line]:
    """Return the lines of a title."""
    return [line for line in built.rundown if line.material.title == title]


def told(built: Built, *rules: Rule) -> list[Finding]:
    """Return the findings of some rules."""
    return [f for f in built.findings if f.rule in rules]
