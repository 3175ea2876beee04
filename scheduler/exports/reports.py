"""What is in each report: the day's log, planned against aired, the proof of airing. From values to tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from lppl.quanta import Quanta
from scheduler.airings import Airing
from scheduler.as_run import DailyLog, Totals
from scheduler.comparison import Difference, Outcome, counts
from scheduler.exports.tables import Cell, Column, Report, Signature, Table, Unit, clock_title
from scheduler.indonesian import full_date, length
from scheduler.proof import OrderProof

SIGNATURES = (Signature("Mengetahui,\nPimpinan"), Signature("Petugas Log Siaran"))
"""Who signs when the station does not say otherwise."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every report of a station carries. `channel` is the channel's name; `made` aware, when it was made."""

    station: str
    place: str
    channel: str
    zone: ZoneInfo
    made: datetime
    signatures: tuple[Signature, ...] = SIGNATURES


def log_report(log: DailyLog, head: Letterhead) -> Report:
    """Return the log of a day: every line, then airtime by category."""
    columns = (
        Column(clock_title(log.start, log.end, head.zone), Unit.CLOCK, 1.0),
        Column("Lama", Unit.LENGTH, 0.9),
        Column("Judul", share=2.8),
        Column("Artis", share=1.6),
        Column("Mata acara", share=2.0),
        Column("Kategori", share=1.7),
        Column("Keterangan", share=2.9),
    )
    rows = [
        (x.start, x.length, x.title, x.artist, x.programme, x.category.label if x.category else "-", x.why)
        for x in log.lines
    ]
    main = Table("Log Siaran", columns, rows)
    return _report("LOG SIARAN", full_date(log.day), main, (totals_table(log.totals),), head, _absent(log.totals))


def totals_table(totals: Totals) -> Table:
    """Return airtime by category with percent of what aired."""
    columns = (Column("Kategori", share=3), Column("Lama", Unit.LENGTH, 1.2), Column("Persen (%)", Unit.PERCENT, 1.2))
    rows: list[tuple[Cell, ...]] = [(s.category.label, s.length, s.percent) for s in totals.shares]
    whole = sum(s.percent for s in totals.shares)
    return Table("Jumlah per kategori", columns, [*rows, ("Jumlah mengudara", totals.aired, whole)], True, True)


def _absent(totals: Totals) -> tuple[str, ...]:
    """Say how much time is not in the percentages."""
    notes = [f"Tidak mengudara: {length(totals.off)} (jam.menit.detik), di luar perhitungan persen."]
    if totals.unrecorded:
        notes.append(f"Tanpa catatan jurnal: {length(totals.unrecorded)}.")
    return tuple(notes)


def comparison_report(
    differences: Sequence[Difference], period: str, start: Quanta, end: Quanta, head: Letterhead
) -> Report:
    """Return planned against aired for [start, end), every line with its outcome; `period` is how that is written."""
    clock = clock_title(start, end, head.zone)
    columns = (
        Column(clock.replace("Jam", "Rencana"), Unit.CLOCK, 1.1),
        Column("Direncanakan", share=2.4),
        Column(clock.replace("Jam", "Tayang"), Unit.CLOCK, 1.1),
        Column("Ditayangkan", share=2.4),
        Column("Lama", Unit.LENGTH, 0.9),
        Column("Hasil", share=1.4),
        Column("Keterangan", share=3.2),
    )
    rows = [(*_side(d.planned), *_side(d.aired), _length(d.aired), d.kind.label, d.indonesian) for d in differences]
    found = counts(differences)
    outcomes: list[tuple[Cell, ...]] = [(o.label, found[o]) for o in Outcome]
    summary = Table(
        "Jumlah per hasil",
        (Column("Hasil", share=3), Column("Banyaknya", Unit.COUNT, 1.2)),
        [*outcomes, ("Jumlah", len(differences))],
        True,
    )
    return _report("RENCANA DAN REALISASI SIARAN", period, Table("Rencana", columns, rows), (summary,), head, ())


def _side(airing: Airing | None) -> tuple[Cell, Cell]:
    return (None, None) if airing is None else (airing.start, airing.head.title)


def _length(airing: Airing | None) -> Cell:
    return None if airing is None else airing.length


def proof_report(found: Iterable[OrderProof], period: str, head: Letterhead) -> Report:
    """Return the proof of airing of some orders: every airing, then planned and aired of each order."""
    columns = (
        Column("Pesanan", share=1.3),
        Column("Hari, tanggal", share=2.3),
        Column("Jam", share=1.4),
        Column("Judul", share=3.0),
        Column("Lama", Unit.LENGTH, 1.0),
        Column("Kanal", share=1.2),
        Column("Utuh", share=0.8),
    )
    orders = list(found)
    rows = [
        (r.order, r.date_text, r.time_text, r.title, r.length, r.channel, "ya" if r.complete else "tidak")
        for proof in orders
        for r in proof.rows
    ]
    each: list[tuple[Cell, ...]] = [(p.order, p.planned, p.aired, p.complete) for p in orders]
    whole: tuple[Cell, ...] = (
        "Jumlah",
        sum(p.planned for p in orders),
        sum(p.aired for p in orders),
        sum(p.complete for p in orders),
    )
    counted = (Column("Direncanakan", Unit.COUNT, 1.2), Column("Tayang", Unit.COUNT), Column("Utuh", Unit.COUNT))
    summary = Table("Jumlah per pesanan", (Column("Pesanan", share=2), *counted), [*each, whole], True)
    return _report("BUKTI SIAR", period, Table("Bukti Siar", columns, rows), (summary,), head, ())


def _report(
    title: str, period: str, main: Table, summaries: tuple[Table, ...], head: Letterhead, notes: tuple[str, ...]
) -> Report:
    name = f"{title} {head.channel.upper()}".strip()
    wide = len(main.columns) > 6
    return Report(
        name, head.station, head.place, period, main, summaries, head.zone, head.made, notes, head.signatures, wide
    )
