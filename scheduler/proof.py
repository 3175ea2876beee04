"""Bukti siar, the proof of airing: when each spot of an order aired, from the journal, beside how often it was planned.

Pure. One airing counts once, whatever pieces it lies in; one that was cut counts as aired but not as complete.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from lppl.journal import Entry
from lppl.media import AssetId
from lppl.quanta import Quanta, starting
from lppl.rundown import Line
from scheduler.airings import OFF_AIR, STAND_INS, Airing, Piece, aired_piece, airings, planned_piece
from scheduler.indonesian import clock, full_date, zone_name


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One airing of a spot; `start` is aware, in the station's zone. `complete`: all that was meant to air did."""

    order: str
    channel: str
    start: datetime
    length: Quanta
    title: str
    complete: bool

    @property
    def date_text(self) -> str:
        """``Minggu, 22 November 2026``."""
        return full_date(self.start.date())

    @property
    def time_text(self) -> str:
        """``06.15.00 WIB``."""
        return f"{clock(self.start)} {zone_name(self.start)}"


@dataclass(frozen=True, slots=True)
class OrderProof:
    """What an order got: its airings by time, and how many were planned, aired, aired complete."""

    order: str
    rows: tuple[ProofRow, ...]
    planned: int

    @property
    def aired(self) -> int:
        """How many times its spots aired."""
        return len(self.rows)

    @property
    def complete(self) -> int:
        """How many of them were complete."""
        return sum(row.complete for row in self.rows)


def proofs(
    planned: Mapping[str, Iterable[Line]], aired: Mapping[str, Iterable[Entry]], zone: ZoneInfo
) -> tuple[OrderProof, ...]:
    """Return the proof of every order that was planned or aired, by order. Both map a channel to its past, in order.

    Days as they were planned may overlap at midnight: a line that stands in two of them counts once.
    """
    wanted: dict[str, int] = defaultdict(int)
    begins: dict[tuple[str, AssetId | None], Quanta] = {}
    for lines in planned.values():
        for airing in _spots(planned_piece(line) for line in {line.start: line for line in lines}.values()):
            wanted[_order(airing)] += 1
            begins[_order(airing), airing.head.asset] = airing.head.in_point
    rows: dict[str, list[ProofRow]] = defaultdict(list)
    for channel, entries in aired.items():
        for airing in _spots(map(aired_piece, entries)):
            row = _row(channel, airing, zone, begins.get((_order(airing), airing.head.asset), Quanta(0)))
            rows[row.order].append(row)
    return tuple(
        OrderProof(order, tuple(sorted(rows[order], key=lambda r: (r.start, r.channel))), wanted[order])
        for order in sorted({*wanted, *rows})
    )


def _spots(pieces: Iterable[Piece]) -> list[Airing]:
    """Return the airings of spots; what stood in for a spot is none."""
    found = airings((p for p in pieces if p.kind not in OFF_AIR), across=True)
    return [a for a in found if _order(a) and a.head.kind not in STAND_INS]


def _order(airing: Airing) -> str:
    return next((piece.order for piece in airing.pieces if piece.order), "")


def _row(channel: str, airing: Airing, zone: ZoneInfo, begins: Quanta) -> ProofRow:
    """Return one airing; `begins` is where its spot is meant to be entered."""
    start = starting(airing.start).astimezone(zone)
    last = airing.pieces[-1]
    complete = airing.head.in_point <= begins and last.end >= last.until and airing.length >= last.end - airing.start
    return ProofRow(_order(airing), channel, start, airing.length, airing.head.title, complete)
