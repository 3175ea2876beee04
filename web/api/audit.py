"""The audit log through the API: who changed what, before and after; page by page, or as CSV."""

import asyncio
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, ValidationInfo, field_validator

from lppl.accounts import Right
from lppl.audit import Event
from lppl.desk.planning import PlanningDesk
from lppl.desk.reports import FileKind, file_name
from lppl.settings import wrong
from scheduler.agenda import instant
from scheduler.exports.tables import Column, Table, csv_bytes
from web.api.log_models import Day
from web.api.operations import Operations
from web.api.people import Strict
from web.staff.visit import Visit

operations = Operations("Jejak perubahan")
MOST_ROWS = 20_000
"""Rows of a file; narrow the dates for more."""

Asked = Annotated[str, StringConstraints(max_length=120, pattern=r"^[^\x00]*$")]
Action = Annotated[str, StringConstraints(max_length=64, pattern=r"^[a-z0-9_.-]*$")]


class AuditFilter(Strict):
    """Which rows: part of a word, one person, how the action begins, local days (both included)."""

    words: Asked = ""
    actor: Asked = ""
    action: Action = ""
    first: Day | None = None
    last: Day | None = None

    @field_validator("last")
    @classmethod
    def _in_order(cls, last: date | None, info: ValidationInfo) -> date | None:
        first = info.data.get("first")
        if first is not None and last is not None and last < first:
            raise wrong("hari terakhir mendahului hari pertama", "the last day is before the first")
        return last


class AuditAsked(AuditFilter):
    """A page of them: older than the row `before`."""

    before: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class EventOut(BaseModel):
    """One change. `account` null: a command on the station's computer, or a job."""

    number: int
    at: AwareDatetime
    account: int | None
    actor: str
    action: str
    channel: str
    object: str
    before: Any
    after: Any
    address: str


class AuditPage(BaseModel):
    """Changes, newest first; `next`: what to give as `before` for the next page, null after the last."""

    events: list[EventOut]
    next: int | None


class AuditWords(BaseModel):
    """Who did anything, and what was done: what one can filter by."""

    actors: list[str]
    actions: list[str]


@operations.get("/audit", Right.AUDIT, "Jejak perubahan / Who changed what")
async def audit(visit: Visit, params: AuditAsked) -> AuditPage:
    """Return a page of the audit log."""
    found = await visit.office.audit.page(
        **_filter(params, visit.office.planning), before_id=params.before, limit=params.limit + 1
    )
    page = found[: params.limit]
    return AuditPage(events=[event_out(e) for e in page], next=page[-1].id if len(found) > len(page) else None)


@operations.get("/audit/words", Right.AUDIT, "Pelaku dan tindakan yang tercatat / Who and what there is")
async def known(visit: Visit) -> AuditWords:
    """Return what the audit log can be filtered by."""
    actors, actions = await visit.office.audit.known()
    return AuditWords(actors=list(actors), actions=list(actions))


@operations.get("/audit/file", Right.AUDIT, "Jejak perubahan sebagai CSV / As CSV", produces=("text/csv",))
async def audit_file(visit: Visit, params: AuditFilter) -> web.Response:
    """Return the newest rows that fit, as CSV."""
    found = await visit.office.audit.page(**_filter(params, visit.office.planning), limit=MOST_ROWS)
    body = await asyncio.to_thread(audit_csv, found, visit.office.planning.zone)
    today, kind = visit.now.astimezone(visit.office.planning.zone).date(), FileKind.CSV
    told = f'attachment; filename="{file_name("jejak-perubahan", today, kind=kind)}"'
    return web.Response(body=body, content_type=kind.content_type, headers={"Content-Disposition": told})


def _filter(asked: AuditFilter, desk: PlanningDesk) -> dict[str, Any]:
    first = None if asked.first is None else instant(asked.first, 0, desk.zone)
    last = None if asked.last is None else instant(asked.last + timedelta(days=1), 0, desk.zone)
    return {"words": asked.words.strip(), "actor": asked.actor, "action": asked.action, "first": first, "last": last}


def event_out(e: Event) -> EventOut:
    """Return a row as the API shows it."""
    return EventOut(
        number=e.id, at=e.at, account=e.account_id, actor=e.actor, action=e.action, channel=e.channel,
        object=e.object, before=e.before, after=e.after, address=e.address,
    )  # fmt: skip


COLUMNS = tuple(
    Column(heading)
    for heading in ("Nomor", "Waktu", "Pelaku", "Tindakan", "Kanal", "Objek", "Sebelum", "Sesudah", "Alamat")
)


def audit_csv(events: Sequence[Event], zone: ZoneInfo) -> bytes:
    """Return rows as CSV."""
    rows = [
        (e.id, _local(e.at, zone), e.actor, e.action, e.channel, e.object, _said(e.before), _said(e.after), e.address)
        for e in events
    ]
    return csv_bytes(Table("Jejak perubahan", COLUMNS, rows), zone)


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _said(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
