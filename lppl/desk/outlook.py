"""What will go wrong in the next days unless somebody mends it: one channel's plan looked at ahead."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lppl.desk.planning import PlanningDesk
from lppl.quanta import seconds, starting
from lppl.rundown import Line
from scheduler.examination import Examined
from scheduler.findings import Finding, Severity
from scheduler.forecast import Late

LOOKED_AHEAD = timedelta(days=7)
MOST_TOLD = 60
ORDER = (Severity.SEVERE, Severity.WARNING, Severity.NOTE)


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding about the next days."""

    severity: Severity
    rule: str
    indonesian: str
    english: str
    remedy: str
    at: datetime | None
    where: str


@dataclass(frozen=True, slots=True)
class Unplanned:
    """How much of a local day nothing is planned for: fillers air then."""

    day: date
    seconds: float


@dataclass(frozen=True, slots=True)
class LiveSlot:
    """When a live source or relay is expected."""

    start: datetime
    end: datetime
    programme: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """The next days of a channel; `problems` are the gravest, `counts` all of them by severity."""

    channel: str
    until: datetime
    counts: dict[Severity, int]
    problems: tuple[Problem, ...]
    unplanned: tuple[Unplanned, ...]
    live: tuple[LiveSlot, ...]
    late: tuple[Late, ...]


async def outlook(desk: PlanningDesk, channel: str, now: datetime, ahead: timedelta = LOOKED_AHEAD) -> Outlook:
    """Look at a channel's plan as it is in force. Takes some tenths of a second, beside the event loop."""
    examined = await desk.check(channel, None, now, ahead)
    late = await desk.late(channel, examined, now)
    return await asyncio.to_thread(_told, channel, examined, late, now + ahead, desk.zone)


def _told(channel: str, examined: Examined, late: Iterable[Late], until: datetime, zone: ZoneInfo) -> Outlook:
    found = Counter(f.severity for f in examined.findings)
    lines = [line for line in examined.rundown if starting(line.start) < until]
    return Outlook(
        channel, until, {s: found[s] for s in ORDER}, gravest(examined.findings), unplanned(lines, zone),
        live_slots(lines), tuple(late),
    )  # fmt: skip


def gravest(findings: Sequence[Finding]) -> tuple[Problem, ...]:
    """Return the gravest findings first, the soonest first among equals. Pure."""
    ordered = sorted(findings, key=lambda f: (ORDER.index(f.severity), f.at is None, f.at or 0))
    return tuple(
        Problem(
            f.severity, f.rule.value, f.indonesian, f.english, f.remedy,
            None if f.at is None else starting(f.at), f.where,
        )
        for f in ordered[:MOST_TOLD]
    )  # fmt: skip


def unplanned(lines: Iterable[Line], zone: ZoneInfo) -> tuple[Unplanned, ...]:
    """Return the local days on which something belongs to no slot, and for how long. Pure.

    A line belongs to the day on which it begins: fillers are short.
    """
    found: Counter[date] = Counter()
    for line in lines:
        if not line.slot and not line.event and not line.order:
            found[starting(line.start).astimezone(zone).date()] += line.length
    return tuple(Unplanned(day, round(seconds(n), 1)) for day, n in sorted(found.items()))


def live_slots(lines: Iterable[Line]) -> tuple[LiveSlot, ...]:
    """Return when live sources are expected, each slot once. Pure."""
    found: dict[str, LiveSlot] = {}
    for line in lines:
        if line.live:
            start, end = starting(line.start), starting(line.end)
            known = found.get(line.slot)
            found[line.slot] = LiveSlot(known.start if known else start, end, line.programme)
    return tuple(found.values())
