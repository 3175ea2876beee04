"""Lists of cases as tables for other programs: what the queue shows, with the text, without personal data."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from lppl.audit import Actor, AuditLog
from lppl.cases.exports import csv_bytes, xlsx_bytes
from lppl.cases.queue import Wanted
from lppl.cases.tables import agencies, case_agencies
from lppl.cases.triage.personal import SEALED_KINDS, without
from lppl.cases.values import CaseClass, Status
from lppl.database import READS
from lppl.desk.cases import CaseDesk
from lppl.intake.values import Visibility

MOST = 50_000
AT_ONCE = 500

HEADINGS = (
    ("Kode", "Code"),
    ("Masuk", "Arrived"),
    ("Kabar terakhir pelapor", "Last word of the reporter"),
    ("Ditutup", "Closed"),
    ("Tenggat", "Due"),
    ("Status", "Status"),
    ("Klasifikasi", "Class"),
    ("Kategori", "Category"),
    ("Kelurahan", "Kelurahan (ward)"),
    ("Kanal", "Channel"),
    ("Keterbukaan", "Visibility"),
    ("Judul", "Title"),
    ("Isi", "Text"),
    ("Instansi", "Agencies"),
)


class Format(StrEnum):
    """What a list is written as; the values stand in addresses and names of files."""

    CSV = "csv"
    XLSX = "xlsx"

    @property
    def content_type(self) -> str:
        """Its media type."""
        if self is Format.CSV:
            return "text/csv"
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class CaseExports:
    """Writes them. `zone`: in which times are shown."""

    desk: CaseDesk
    engine: AsyncEngine
    audit: AuditLog
    zone: tzinfo

    async def table(
        self, wanted: Wanted, kind: Format, language: str, actor: Actor, now: datetime, *, secret: bool
    ) -> bytes:
        """Return a list as a file, and put on record that it went out. `secret`: with confidential cases."""
        lines = await self._lines(wanted, language, now, secret=secret)
        english = language == "en"
        headings = [both[english] for both in HEADINGS]
        make = csv_bytes if kind is Format.CSV else xlsx_bytes
        body = await asyncio.to_thread(make, headings, lines)
        asked = {"format": kind.value, "query": _asked(wanted), "count": len(lines)}
        await self.audit.record(actor, "cases.exported", now, after=asked)
        return body

    async def _lines(self, wanted: Wanted, language: str, now: datetime, *, secret: bool) -> list[tuple[str, ...]]:
        """Return the cases, each once: one that moves in the queue meanwhile may be on two pages."""
        lines: dict[int, tuple[str, ...]] = {}
        after = ""
        async with self.engine.execution_options(**READS).connect() as connection:
            while len(lines) < MOST:
                found = await self.desk.found(connection, replace(wanted, after=after), now, AT_ONCE)
                shown = [row for row in found.rows if secret or row.visibility != Visibility.SECRET]
                with_whom = await _agencies(connection, [row.id for row in shown])
                for row in shown[: MOST - len(lines)]:
                    lines[row.id] = self._line(row, with_whom.get(row.id, ()), language)
                after = found.after
                if not after:
                    break
        return list(lines.values())

    def _line(self, row: Row[Any], with_whom: Sequence[str], language: str) -> tuple[str, ...]:
        return (
            row.code, self._local(row.arrived), self._local(row.heard), self._local(row.closed), self._local(row.due),
            _named(Status, row.status, language), _named(CaseClass, row.case_class, language), row.category,
            row.kelurahan, row.source, row.visibility, row.title, row.text, "; ".join(with_whom),
        )  # fmt: skip

    def _local(self, at: datetime | None) -> str:
        return "" if at is None else f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"


def _named(kind: type[Status] | type[CaseClass], value: str, language: str) -> str:
    """Return a value by its name; one that a newer version wrote as it is."""
    found = next((each for each in kind if each.value == value), None)
    if found is None:
        return value
    return found.english if language == "en" else found.label


async def _agencies(connection: AsyncConnection, numbers: Sequence[int]) -> Mapping[int, list[str]]:
    """Return the names of those that have each case now."""
    query = (
        select(case_agencies.c.case_id, agencies.c.name)
        .join(agencies, agencies.c.id == case_agencies.c.agency_id)
        .where(case_agencies.c.case_id.in_(numbers))
        .order_by(agencies.c.name)
    )
    found: dict[int, list[str]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.case_id, []).append(row.name)
    return found


def _asked(wanted: Wanted) -> dict[str, Any]:
    """Return what was asked for, for the record: no number of a person that was looked for."""
    plain = Wanted()
    fields = {name: getattr(wanted, name) for name in Wanted.__slots__ if name != "after"}
    asked = {name: value for name, value in fields.items() if value != getattr(plain, name)}
    if wanted.words:
        asked["words"] = without(wanted.words, SEALED_KINDS)
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asked.items()}
