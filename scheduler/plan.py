"""The plan of one channel as the builder reads it: strips of the grid, fixed events, edits, and their contents.

Everything staff lay down (a schedule file, a published grid with its playlists, rotations, orders and edits) becomes
this one value; the builder knows no other. Names are resolved here already; days and clock times are not: what a plan
means on a given day is computed by `scheduler.agenda`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Protocol

from lppl.media import AssetId, Material
from lppl.ports import Aired
from lppl.quanta import Quanta
from scheduler.findings import Finding


class Start(StrEnum):
    """How a strip or a fixed line begins."""

    HARD = "tepat"
    """Exactly at its time; what runs is cut."""
    NOT_BEFORE = "tidak-sebelum"
    """At its time, or when what runs then has ended; never earlier."""
    SOFT = "mengalir"
    """When what is before it has run out: also somewhat earlier."""


# ---- what fills a slot ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """Fixed paths, each once in this order; `repeat` begins again when all have aired."""

    paths: tuple[str, ...]
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Folder:
    """What lies in a folder, once in path order."""

    folder: str
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """Episodes: `count` of them in each occurrence, going on where the last one ended; `rerun` airs those again."""

    paths: tuple[str, ...] = ()
    folder: str = ""
    count: int = 1
    repeat: bool = False
    rerun: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """What a rotation keeps apart. Lengths in quanta; 0 asks for nothing."""

    artist: Quanta = Quanta(0)
    title: Quanta = Quanta(0)
    album: Quanta = Quanta(0)
    again: Quanta = Quanta(0)
    """No item twice within this."""

    @property
    def any(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.artist or self.title or self.album or self.again)


NO_RULES = Rules()


@dataclass(frozen=True, slots=True)
class Rotating:
    """Folders whose material takes turns; `clock` names the group of each item of an hour, in order, over and over."""

    folders: tuple[str, ...]
    rules: Rules = NO_RULES
    clock: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Mirror:
    """What another channel airs at the same time."""

    channel: str


@dataclass(frozen=True, slots=True)
class Reserved:
    """A live source or relay that does not exist yet: filler airs."""

    source: str


Content = Listed | Folder | Series | Rotating | Mirror | Reserved


# ---- when -----------------------------------------------------------------------------------------


class Days(Protocol):
    """On which local dates something occurs."""

    def between(self, first: date, last: date) -> Iterable[date]:
        """Return the dates within [first, last], in order."""
        ...


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Every week on these days; 0 is Monday."""

    days: tuple[int, ...]

    def between(self, first: date, last: date) -> Iterable[date]:
        """As `Days` says."""
        numbers = (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
        return [day for day in numbers if day.weekday() in self.days]


@dataclass(frozen=True, slots=True)
class Strip:
    """A recurring stretch of the grid. Clock times in local seconds after midnight; `until_s` may pass 86400."""

    key: str
    programme: str
    on: Days
    start_s: int
    until_s: int
    content: Content
    begins: Start = Start.NOT_BEFORE
    where: str = ""
    """Names the entry for staff: ``baris 12``, ``kabar-pagi``."""
    programme_id: str = ""
    category: str = ""
    rank: int = 0
    """Who wins where strips meet: the higher."""


FOLDER = "folder:"
"""Begins an item of a list that stands for all of a folder."""
ORDINARY = 50
"""The priority of the grid's own hard starts, and of a schedule file's events."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """One line with a time of its own: a fixed event, a spot, or what a person inserted; `path` names its material.

    Of the same `series` a newer occurrence replaces one that still waits. Lower `priority` goes first among events of
    one quantum, and is not cut by hard starts of higher ones: they wait. `in_point` and `length` (quanta) cut it; 0:
    all of it.
    """

    start: Quanta
    series: str
    path: str
    hard: bool
    title: str = ""
    where: str = ""
    category: str = ""
    order: str = ""
    programme_id: str = ""
    priority: int = ORDINARY
    in_point: Quanta = Quanta(0)
    length: Quanta = Quanta(0)
    edit: int = 0
    asset: AssetId = AssetId("")
    """Names the material where it has no path of its own."""
    slot: str = ""
    """For what a person fixed: the occurrence that it belongs to."""
    turn: int = -1
    """From 0 on: `path` is a folder, whose files take turns by this."""
    ends: bool = False
    """`start` is when it ends: it begins as much earlier as it is long."""
    late_ok: bool = True
    """Whether it may wait for something of more weight; a time signal may not."""
    by: str = ""
    """The person who put it in."""
    ordered: bool = False
    """An operator put it in while the channel was on the air: it waits for nothing that runs, keeps nothing waiting,
    and holds by any clock, for its time is air time."""

    @property
    def key(self) -> str:
        """Unique in a channel."""
        return f"{self.series}@{self.start}"


class Stock(Protocol):
    """What there is to air, as far as fixed lines need to know."""

    def of_fixed(self, event: Fixed) -> Material | None:
        """Return the material of a fixed line; None while it is missing."""
        ...

    def length_at(self, path: str) -> Quanta | None:
        """Return how long the file at `path` airs; None while it is missing."""
        ...


Daily = Callable[[date, Stock], Sequence[Fixed]]
"""The fixed lines of a local date, any order; cached by whoever makes it."""
Told = Callable[[date], Sequence[Finding]]
"""What staff should know of the fixed lines of a local date, once these were asked for."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time [start, end) that filler takes by a person's wish: a held item, or filling to a time."""

    start: Quanta
    end: Quanta
    why: str
    edit: int = 0
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Crossfade:
    """How radio items go over into each other: quanta of overlap by category of the item that ends; ``""``: unknown."""

    overlap: Mapping[str, Quanta] = field(default_factory=dict)
    longest: Quanta = Quanta(31)
    """10 s: an outro may be longer, the overlap is not."""

    def of(self, material: Material) -> Quanta:
        """Return how long the end of `material` may overlap with what comes next; 0 for speech."""
        details = material.details
        if details.speech:
            return Quanta(0)
        by_rule = self.overlap.get(details.category.value if details.category else "", Quanta(0))
        if by_rule and details.outro_ms is not None:
            end = details.cue_out_ms if details.cue_out_ms is not None else material.quanta * 320
            by_rule = Quanta(max(0, min(self.longest, (end - details.outro_ms) // 320)))
        return by_rule if by_rule * 4 <= material.cue_out - material.cue_in else Quanta(0)


@dataclass(frozen=True)
class Plan:
    """All that is laid down for one channel."""

    strips: tuple[Strip, ...] = ()
    daily: tuple[Daily, ...] = ()
    told: tuple[Told, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    filler: tuple[str, ...] = ()
    """``folder:<path>`` or ``file:<path>``, most preferred first."""
    skips: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By slot occurrence (or key of a fixed line): assets (or ``""``: all of it) that a person left out."""
    stretches: tuple[Stretch, ...] = ()
    beneath: tuple[Aired, ...] = ()
    """What break-ins covered: it counts as aired, so that the plan goes on where it would have without them."""
    crossfade: Crossfade | None = None
    findings: tuple[Finding, ...] = ()
    """What was wrong with what it was made from."""


def untimed(plan: Plan) -> Plan:
    """Return what of `plan` can air by a clock that shows no credible time: programmes flow, nothing is on time.

    What operators order on the air stays: it is meant in air time.
    """
    soft = tuple(replace(s, begins=Start.NOT_BEFORE) if s.begins is Start.HARD else s for s in plan.strips)
    return replace(
        plan,
        strips=soft,
        daily=(),
        told=(),
        fixed=tuple(f for f in plan.fixed if f.ordered),
        stretches=tuple(s for s in plan.stretches if s.ordered),
    )
