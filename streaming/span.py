"""A span of a channel's past: what of it may be watched, and where its segments begin. Pure.

Nothing here knows of playlists or files: whether a house set is still there is asked of the caller.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

from lppl.errors import LpplError
from lppl.journal import Entry
from lppl.media import HouseId
from lppl.quanta import QUANTUM_MS, Quanta, cell_of, cell_start
from lppl.rundown import Kind
from lppl.withheld import Withheld
from streaming.timeline import Timeline

LONGEST = Quanta(24 * 3_600_000 // QUANTUM_MS)
"""A playlist covers at most 24 h."""
LONGEST_SEGMENT = 17
"""Quanta; as live."""


class SpanInvalid(LpplError):
    """No span of air time, or one that is too long."""


class Absence(IntEnum):
    """Why something of the past is not shown; the greatest speaks for a span of which nothing is left."""

    OFF_AIR = 1
    LOST = 2
    RIGHTS = 3
    TAKEN_DOWN = 4


SENTENCES = {
    Absence.OFF_AIR: ("Tidak ada siaran pada waktu itu.", "Nothing was on the air at that time."),
    Absence.LOST: ("Rekaman siaran ini sudah tidak tersimpan.", "This broadcast is no longer kept."),
    Absence.RIGHTS: ("Hak siarnya tidak mengizinkan tayang ulang.", "Its rights do not allow watching it later."),
    Absence.TAKEN_DOWN: ("Siaran ini telah ditarik oleh stasiun.", "The station has taken this broadcast down."),
}


class NotShown(LpplError):
    """Nothing of a span can be watched; `why` says what stands against it."""

    def __init__(self, why: Absence) -> None:
        self.why = why
        super().__init__(*SENTENCES[why])


_SPAN = re.compile(r"(0|[1-9][0-9]{0,11})-(0|[1-9][0-9]{0,11})")


@dataclass(frozen=True, slots=True)
class Span:
    """[start, end) of a channel's air time, in quanta since the epoch."""

    start: Quanta
    end: Quanta

    @classmethod
    def parse(cls, text: str, longest: int = LONGEST) -> "Span":
        """Read ``<start>-<end>``. Raises SpanInvalid."""
        match = _SPAN.fullmatch(text)
        if match is None or not 0 < int(match[2]) - int(match[1]) <= longest:
            raise SpanInvalid(
                f"Rentang waktu tidak sah: tulis awal-akhir dalam kuanta (320 md), paling lama {longest} kuanta.",
                f"No such span: write start-end in quanta (320 ms), at most {longest} of them.",
            )
        return cls(Quanta(int(match[1])), Quanta(int(match[2])))

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a span can be watched: stretches of air time, in order, and why the rest cannot."""

    stretches: tuple[Span, ...]
    absences: frozenset[Absence]


def programme_span(entries: Iterable[Entry], slot: str) -> Span | None:
    """Return when the occurrence `slot` aired, with whatever aired in between; None when it did not."""
    found = [e for e in entries if slot and e.item.slot == slot and e.item.kind not in (Kind.OFF, Kind.PREROLL)]
    return Span(found[0].item.start, found[-1].end) if found else None


def shown(entries: Iterable[Entry], span: Span, withheld: Withheld, there: Callable[[HouseId], bool]) -> Shown:
    """Return what of `span` can be watched. `there` tells whether a house set is still on disk."""
    stretches: list[Span] = []
    absences: set[Absence] = set()
    covered: int = span.start
    for entry in entries:
        start, end = Quanta(max(entry.item.start, span.start)), Quanta(min(entry.end, span.end))
        if start >= end:
            continue
        if start > covered:
            absences.add(Absence.OFF_AIR)
        covered = end
        why = _absence(entry, withheld, there)
        if why is not None:
            absences.add(why)
            continue
        left = _without(start, end, withheld.spans)
        if left != [Span(start, end)]:
            absences.add(Absence.TAKEN_DOWN)
        for part in left:
            if stretches and stretches[-1].end == part.start:
                part = Span(stretches.pop().start, part.end)
            stretches.append(part)
    if covered < span.end:
        absences.add(Absence.OFF_AIR)
    return Shown(tuple(stretches), frozenset(absences))


def _absence(entry: Entry, withheld: Withheld, there: Callable[[HouseId], bool]) -> Absence | None:
    item = entry.item
    if item.house is None or item.kind in (Kind.OFF, Kind.PREROLL):
        return Absence.OFF_AIR
    if item.asset in withheld.assets:
        return Absence.RIGHTS
    return None if there(item.house) else Absence.LOST


def _without(start: Quanta, end: Quanta, spans: Iterable[tuple[Quanta, Quanta]]) -> list[Span]:
    """Return [start, end) without `spans`, which are in order of their starts and may overlap."""
    out: list[Span] = []
    at: int = start
    for a, b in spans:
        if b > at and a < end:
            if a > at:
                out.append(Span(Quanta(at), a))
            at = b
    if at < end:
        out.append(Span(Quanta(at), end))
    return out


def cuts(timeline: Timeline, stretch: Span, first_key: Quanta) -> list[Quanta]:
    """Return where the segments of `stretch` begin, and its end: where the live channel's do, and at `first_key`.

    `first_key` is the first key frame in it: behind its start where that lies inside a GOP.
    """
    marks: set[Quanta] = {stretch.start, first_key}
    for cell in range(cell_of(first_key) + 1, cell_of(stretch.end) + 1):
        mark = timeline.cut(cell_start(cell))
        if mark is not None:
            marks.add(mark)
    return [*sorted(m for m in marks if m < stretch.end), stretch.end]
