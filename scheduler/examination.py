"""Looks at a plan before it is published: some days are built and judged. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from lppl.media import ChannelKind, Material
from lppl.ports import Aired
from lppl.quanta import Quanta, starting
from lppl.rundown import Kind, Line, Rundown
from scheduler.agenda import Agenda, day_bounds
from scheduler.choice import Surroundings
from scheduler.fill import Catalogue
from scheduler.findings import Finding, Severity
from scheduler.hijri import in_ramadan
from scheduler.laying_out import Desk
from scheduler.plan import Plan
from scheduler.rules import Planned, Scheduled, watch
from scheduler.rundown import Wish, compose

AZAN = "azan-"
"""Fixed events whose id begins so are the azan: no advertising lies inside."""


@dataclass(frozen=True, slots=True)
class Examined:
    """The running order that a plan gives, what is wrong with it, and what must be rendered for it."""

    rundown: Rundown
    findings: tuple[Finding, ...]
    wishes: tuple[Wish, ...]

    @property
    def severe(self) -> tuple[Finding, ...]:
        """Those that publishing needs a reason for."""
        return tuple(f for f in self.findings if f.severity is Severity.SEVERE)


def examine(
    plan: Plan,
    desk: Desk,
    kind: ChannelKind,
    catalogue: Catalogue,
    builtins: tuple[Material | None, Material],
    zone: ZoneInfo,
    span: tuple[Quanta, Quanta],
    aired: Sequence[Aired],
    around: Surroundings,
) -> Examined:
    """Build [start, end) of a channel and watch the rules over its local days. `builtins`: ident and slate."""
    start, end = span
    ident, slate = builtins
    built = compose(plan, catalogue, ident, slate, zone, start, end, aired, around)
    first = starting(start).astimezone(zone).date()
    last = starting(Quanta(end - 1)).astimezone(zone).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    # the first day is judged only when all of it is built: shares are of whole days
    whole = [day for day in days if day_bounds(day, zone)[0] >= start and day_bounds(day, zone)[1] <= end]
    agenda = Agenda(plan, zone, start, end, catalogue)
    planned = Planned(
        kind,
        zone,
        whole or days,
        built.rundown.lines,
        desk.programmes,
        {order.id: order for order in desk.orders},
        lambda day: in_ramadan(day, desk.hijri),
        tuple((line.start, line.end) for line in built.rundown if line.event.startswith(AZAN)),
        tuple(
            Scheduled(s.start, s.end, s.strip.programme, s.strip.rank, s.strip.where)
            for s in agenda.slots
            if s.end > start and s.start < end
        ),
        lambda line: labelled(line, around, desk.programmes),
    )
    return Examined(built.rundown, (*built.findings, *watch(planned, desk.book)), built.wishes)


def labelled(line: Line, around: Surroundings, programmes: Mapping[str, object]) -> bool:
    """Tell whether what airs in a line carries its age label, or will once its variant is rendered."""
    if line.material.details.labelled or line.kind is not Kind.ITEM:
        return True
    variant = around.dress(line.programme_id, line.material) if around.dress else None
    return variant is not None and variant.age is not None and line.programme_id in programmes
