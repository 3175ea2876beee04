"""The programme guide: what aired where the past is known, the plan from then on.

One truth for the pages, the EPG and the log: the past comes from the journal, never from what was planned. A programme
is the stretch from the first to the last item of one occurrence of the grid; spots and filler within it belong to it,
those around it do not. Pure; how the guide travels (JSON, XMLTV, iCalendar) is `scheduler.exports`' business.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from lppl.journal import Entry
from lppl.programme import AgeClass, Category, Programme
from lppl.quanta import Quanta, covering, starting
from lppl.rundown import Kind, Line
from scheduler.airings import CATEGORIES, OFF_AIR, STAND_INS, Piece, aired_piece, planned_piece

LONGEST_BREAK = covering(15 * 60)
"""After a longer break (spots, filler, what stood in) the programme is listed anew."""
SHORTEST = covering(60)
"""A shorter programme is not listed, and does not divide the one that it interrupts: a time signal, an ident."""
OUTAGE = covering(30)
"""A longer time of which nothing is known ends a programme."""


@dataclass(frozen=True, slots=True)
class GuideChannel:
    """How a channel is named in the guide; `icon` is an address, or empty."""

    id: str
    name: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class GuideEntry:
    """One programme on one channel: [start, end), aware, UTC. Entries of a channel never overlap."""

    channel: str
    slot: str
    """The occurrence (``<entry>@<local date>``); empty where nothing is scheduled by the grid."""
    part: int
    """1, and more where something longer divides the occurrence: an outage, the azan."""
    programme_id: str
    title: str
    description: str
    category: Category
    age: AgeClass
    language: str
    start: datetime
    end: datetime
    presenter: str
    picture: str
    is_live: bool
    is_rerun: bool
    aired: bool
    """It has aired or is on the air: `start` is what happened; so is `end` once it has passed."""

    @property
    def uid(self) -> str:
        """A name that stays the same when the entry moves, as long as the grid knows its occurrence."""
        if not self.slot:
            return f"{self.channel}.{self.start:%Y%m%dT%H%M%SZ}"
        return f"{self.channel}.{self.slot}" + (f".{self.part}" if self.part > 1 else "")


def guide(
    channel: str,
    planned: Iterable[Line],
    aired: Iterable[Entry],
    programmes: Mapping[str, Programme],
    now: Quanta,
    reruns: Container[str] = (),
) -> tuple[GuideEntry, ...]:
    """Return the guide of one channel, oldest first. `now` is the air time from which on the plan holds.

    `planned` and `aired` come oldest first and should hold occurrences as a whole. `reruns` are the occurrences that
    air again. A programme that is not in `programmes` is listed by the title that its line gives.
    """
    runs = _whole(_runs(_known(planned, aired, now)))
    parts: dict[str, int] = {}
    found = []
    for run in runs:
        if not run.short:
            slot = run.head.slot
            parts[slot] = parts.get(slot, 0) + 1 if slot else 1
            found.append(_entry(channel, run, programmes, parts[slot], slot in reruns if slot else False))
    return tuple(found)


@dataclass(slots=True)
class _Run:
    """A stretch of one programme, under construction."""

    key: str
    head: Piece
    start: Quanta
    end: Quanta
    aired: bool
    outages: int
    """How many outages there were before it: only runs with the same number can be one."""
    live: bool

    @property
    def short(self) -> bool:
        return self.end - self.start < SHORTEST

    def takes(self, later: "_Run") -> bool:
        """Tell whether `later` is the same programme going on."""
        near = later.start - self.end <= LONGEST_BREAK
        return near and later.key == self.key and later.outages == self.outages

    def add(self, other: "_Run") -> None:
        self.end = other.end
        self.live = self.live or other.live
        if self.head.order and not other.head.order:
            self.head = other.head


def _known(planned: Iterable[Line], aired: Iterable[Entry], now: Quanta) -> Iterator[tuple[Piece, bool]]:
    """Yield what aired (True), then what is planned from there on (False)."""
    horizon = now
    for entry in aired:
        piece = aired_piece(entry)
        if piece.length > 0:
            horizon = max(horizon, piece.end)
            yield piece, True
    for line in planned:
        if line.end > horizon:
            piece = planned_piece(line)
            yield (piece if piece.start >= horizon else piece._replace(start=horizon)), False


def _key(piece: Piece) -> str:
    """Return which programme `piece` belongs to; empty for none."""
    if piece.kind in STAND_INS:
        return ""
    if piece.slot:
        return f"@{piece.slot}"
    return "" if piece.order else piece.programme_id or piece.programme


def _runs(pieces: Iterable[tuple[Piece, bool]]) -> list[_Run]:
    """Return the stretches of programmes, with breaks closed."""
    runs: list[_Run] = []
    outages = 0
    reached: Quanta | None = None
    for piece, aired in pieces:
        if piece.kind in OFF_AIR or (reached is not None and piece.start - reached > OUTAGE):
            outages += 1
        reached = piece.end
        key = "" if piece.kind in OFF_AIR else _key(piece)
        if not key:
            continue
        run = _Run(key, piece, piece.start, piece.end, aired, outages, piece.kind is Kind.LIVE)
        if runs and runs[-1].takes(run):
            runs[-1].add(run)
        else:
            runs.append(run)
    return runs


def _whole(runs: list[_Run]) -> list[_Run]:
    """Return `runs` with those joined that only something short divides."""
    out: list[_Run] = []
    for run in runs:
        i = len(out) - 1
        while i >= 0 and not out[i].takes(run) and out[i].short and run.start - out[i].end <= LONGEST_BREAK:
            i -= 1
        if i >= 0 and out[i].takes(run):
            out[i].add(run)
            del out[i + 1 :]
        else:
            out.append(run)
    return out


def _entry(channel: str, run: _Run, programmes: Mapping[str, Programme], part: int, rerun: bool) -> GuideEntry:
    head = run.head
    programme = programmes.get(head.programme_id)
    start, end = starting(run.start), starting(run.end)
    if programme is not None:
        p = programme
        return GuideEntry(
            channel, head.slot, part, p.id, p.title, p.description, p.category, p.age, p.language, start, end,
            p.presenter, p.picture, run.live, rerun, run.aired,
        )  # fmt: skip
    category = CATEGORIES.get(head.category, Category.ENTERTAINMENT)
    return GuideEntry(
        channel, head.slot, part, head.programme_id, head.programme or head.title, "", category, AgeClass.SU, "id",
        start, end, "", "", run.live, rerun, run.aired,
    )  # fmt: skip
