"""A day's running order as a report: every line with when it begins and ends, then time by category and programme."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from lppl.programme import Category
from lppl.quanta import Quanta
from lppl.rundown import Kind, Line
from scheduler.day_totals import DayTotals, Part
from scheduler.exports.reports import Letterhead
from scheduler.exports.tables import Cell, Column, Report, Table, Unit, clock_title
from scheduler.indonesian import full_date, length

KINDS = {
    Kind.ITEM: "acara",
    Kind.FILLER: "sisipan",
    Kind.IDENT: "ident",
    Kind.SLATE: "gambar siaga",
    Kind.LIVE: "langsung",
    Kind.BREAK_IN: "sela darurat",
    Kind.OFF: "tidak mengudara",
}


def running_order_report(
    day: date, start: Quanta, end: Quanta, lines: Iterable[Line], totals: DayTotals, head: Letterhead
) -> Report:
    """Return the running order of a local day, [start, end) in quanta; ``!`` marks what begins on time."""
    clock = clock_title(start, end, head.zone)
    columns = (
        Column("No", Unit.COUNT, 0.6),
        Column(clock.replace("Jam", "Mulai"), Unit.CLOCK, 1.1),
        Column("Selesai", Unit.CLOCK, 1.0),
        Column("Lama", Unit.LENGTH, 0.9),
        Column("Tepat", share=0.6),
        Column("Judul", share=3.0),
        Column("Mata acara", share=2.0),
        Column("Jenis", share=1.1),
        Column("Mengapa", share=3.4),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            n, line.start, line.end, line.length, "!" if line.hard else "",
            line.material.title + (f" · {line.material.artist}" if line.material.artist else ""),
            line.programme, kind_of(line), line.why,
        )
        for n, line in enumerate(lines, 1)
    ]  # fmt: skip
    summaries = (
        _shares("Jumlah per kategori", "Kategori", [_labelled(p) for p in totals.categories], chart=True),
        _shares("Jumlah per mata acara", "Mata acara", totals.programmes),
    )
    return Report(
        f"RUNDOWN {head.channel.upper()}".strip(), head.station, head.place, full_date(day),
        Table("Rundown", columns, rows), summaries, head.zone, head.made,
        (f"Sisipan, ident, dan gambar siaga: {length(totals.filler)} (jam.menit.detik).",), (), True,
    )  # fmt: skip


def kind_of(line: Line) -> str:
    """Say what a line is: put in by staff, a spot, fixed, or what its kind is called."""
    return "petugas" if line.edit else "iklan" if line.order else "tetap" if line.event else KINDS[line.kind]


def _labelled(part: Part) -> Part:
    return Part(Category(part.name).label, part.length, part.percent)


def _shares(title: str, heading: str, parts: Iterable[Part], *, chart: bool = False) -> Table:
    columns = (Column(heading, share=3), Column("Lama", Unit.LENGTH, 1.2), Column("Persen (%)", Unit.PERCENT, 1.2))
    rows: list[tuple[Cell, ...]] = [(p.name, p.length, p.percent) for p in parts]
    whole = sum((row[2] for row in rows if isinstance(row[2], Decimal)), Decimal(0))
    lengths = sum(row[1] for row in rows if isinstance(row[1], int))
    return Table(title, columns, [*rows, ("Jumlah", lengths, whole)], True, chart)
