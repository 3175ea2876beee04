"""Logs as reports to hand out, and the bytes of one as CSV, XLSX or PDF; the shares beside what the rules ask."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from lppl.desk.figures import DayFigures, shares_together, together
from scheduler.exports.reports import Letterhead, totals_table
from scheduler.exports.tables import Cell, Column, Report, Table, Unit, csv_bytes
from scheduler.findings import Rule
from scheduler.indonesian import short_date
from scheduler.rules import DayShares, RuleBook


class FileKind(StrEnum):
    """How a report leaves the house."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"

    @property
    def content_type(self) -> str:
        """Its media type."""
        return CONTENT_TYPES[self]


CONTENT_TYPES = {
    FileKind.CSV: "text/csv",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.PDF: "application/pdf",
}

_one_at_a_time = asyncio.Semaphore(1)
"""A long PDF takes seconds of the processor that the air shares."""


async def written(report: Report, kind: FileKind) -> bytes:
    """Return a report as a file; made beside the event loop, one after another."""
    async with _one_at_a_time:
        return await asyncio.to_thread(_bytes, report, kind)


def _bytes(report: Report, kind: FileKind) -> bytes:
    match kind:
        case FileKind.CSV:
            return csv_bytes(report.main, report.zone)
        case FileKind.XLSX:
            from scheduler.exports.xlsx import xlsx_bytes

            return xlsx_bytes(report)
        case FileKind.PDF:
            from scheduler.exports.pdf import pdf_bytes

            return pdf_bytes(report)


@dataclass(frozen=True, slots=True)
class Ruled:
    """A share that the rules watch. `percent`: None where there is nothing to share; `limit`: None, only reported.

    `is_most`: the limit is the most that is allowed, else the least.
    """

    rule: Rule
    indonesian: str
    english: str
    percent: float | None
    limit: float | None
    is_most: bool
    source: str

    @property
    def kept(self) -> bool | None:
        """Whether the limit is kept; None where there is none, or nothing to share."""
        if self.percent is None or self.limit is None:
            return None
        return self.percent <= self.limit if self.is_most else self.percent >= self.limit


def ruled(shares: DayShares, book: RuleBook) -> tuple[Ruled, ...]:
    """Return the shares of some days beside what `book` asks on the last of them."""
    law = book.law(shares.day)
    found = []
    if law.commercial:
        said = "Iklan niaga dari waktu siaran", "Commercials of all airtime"
        share, rule = shares.commercial_percent, law.commercial
        found.append(Ruled(Rule.AD_SHARE, *said, share, rule.percent, True, rule.source))
    if law.ilm:
        said = "Iklan layanan masyarakat dari seluruh iklan", "Public-service spots of all advertising"
        found.append(Ruled(Rule.ILM_SHARE, *said, shares.ilm_percent, law.ilm.percent, False, law.ilm.source))
    if law.local:
        said = "Muatan lokal dari waktu mata acara", "Local content of programme time"
        found.append(Ruled(Rule.LOCAL_SHARE, *said, shares.local_percent, law.local.percent, False, law.local.source))
    if law.languages:
        said = "Bahasa Indonesia dari waktu mata acara", "Indonesian of programme time"
        share, least = shares.indonesian_percent, law.languages.indonesian_percent
        found.append(Ruled(Rule.LANGUAGE, *said, share, least, False, law.languages.source))
    return tuple(found)


def shares_report(days: Sequence[DayFigures], book: RuleBook, head: Letterhead) -> Report:
    """Return airtime by category of some days, day by day, with sums and what the rules ask; `days`: at least one."""
    first, last = days[0].day, days[-1].day
    totals = together(days)
    names = [share.category.label for share in totals.shares]
    columns = (
        Column("Tanggal", Unit.DATE, 1.6),
        Column("Mengudara", Unit.LENGTH, 1.1),
        *(Column(f"{name} (%)", Unit.PERCENT, 1.2) for name in names),
        Column("Iklan niaga (%)", Unit.PERCENT, 1.1),
        Column("ILM (%)", Unit.PERCENT, 1.0),
    )
    rows: list[tuple[Cell, ...]] = [
        (d.day, d.totals.aired, *(s.percent for s in d.totals.shares), *_two(d.shares)) for d in days
    ]
    whole = shares_together(days)
    summed: tuple[Cell, ...] = ("Jumlah", totals.aired, *(s.percent for s in totals.shares), *_two(whole))
    rules: list[tuple[Cell, ...]] = [
        (r.indonesian, _decimal(r.percent), _asked(r), {None: "-", True: "terpenuhi", False: "tidak"}[r.kept], r.source)
        for r in ruled(whole, book)
    ]
    asked = Table(
        "Aturan",
        (Column("Bagian", share=3), Column("Persen (%)", Unit.PERCENT, 1.1), Column("Seharusnya", share=1.6),
         Column("Hasil", share=1.1), Column("Sumber", share=3)),
        rules,
    )  # fmt: skip
    main = Table("Kategori per hari", columns, [*rows, summed], has_sum=True)
    period = short_date(first) if first == last else f"{short_date(first)} sampai {short_date(last)}"
    return Report(
        f"PERSENTASE SIARAN {head.channel.upper()}".strip(), head.station, head.place, period, main,
        (totals_table(totals), asked), head.zone, head.made, (), head.signatures, landscape=True,
    )  # fmt: skip


def _two(shares: DayShares) -> tuple[Cell, Cell]:
    return _decimal(shares.commercial_percent), _decimal(shares.ilm_percent)


def _decimal(percent: float | None) -> Decimal | None:
    return None if percent is None else Decimal(f"{percent:.1f}")


def _asked(rule: Ruled) -> str:
    if rule.limit is None:
        return "dilaporkan"
    return f"{'paling banyak' if rule.is_most else 'paling sedikit'} {rule.limit:g} %".replace(".", ",")


def file_name(*parts: str | date, kind: FileKind) -> str:
    """Return the name under which a report is saved: ``log-siaran-tv-2026-11-22.pdf``."""
    return "-".join(str(part) for part in parts) + f".{kind.value}"
