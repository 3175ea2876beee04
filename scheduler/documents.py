"""What is kept of planning, read: JSON documents as the scheduler's values, each bad one a finding.

The air role keeps the same JSON in a file beside the journal, so that it plans on when the database is away.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from lppl.programme import Programme
from lppl.quanta import Quanta
from scheduler.edits import Edit
from scheduler.findings import Finding, Rule, Severity
from scheduler.grid import ChannelRules, Playlist, RotationRules, mistakes_of, read_grid
from scheduler.hijri import HijriTable
from scheduler.laying_out import Desk, Sheet, lay_out, with_rules
from scheduler.plan import Plan
from scheduler.prayer import Official, Place, Prayer
from scheduler.rules import DEFAULT_BOOK, RuleBook
from scheduler.spots import SpotAiring, SpotOrder

Json = Mapping[str, Any]
M = TypeVar("M", bound=BaseModel)
ONLY = "station"
"""The id of a document of which a station has one."""


@dataclass(frozen=True)
class Documents:
    """All that is kept for one channel, as JSON; `grid` is None before the first is published."""

    grid: Json | None = None
    channel: Json = field(default_factory=dict)
    programmes: Mapping[str, Json] = field(default_factory=dict)
    playlists: Mapping[str, Json] = field(default_factory=dict)
    rotations: Mapping[str, Json] = field(default_factory=dict)
    orders: Mapping[str, Json] = field(default_factory=dict)
    hijri: Json = field(default_factory=dict)
    prayer_table: Json = field(default_factory=dict)
    rule_book: Json = field(default_factory=dict)
    edits: Mapping[str, Json] = field(default_factory=dict)
    airings: Sequence[Sequence[Any]] = ()
    """(order, path, start, length) of spots that aired."""


def desk_of(kept: Documents) -> tuple[Desk, tuple[Finding, ...]]:
    """Return what staff have laid down, and a finding for each document that cannot be understood."""
    told: list[Finding] = []
    desk = Desk(
        programmes=_all(kept.programmes, Programme, "mata acara", told),
        playlists=_all(kept.playlists, Playlist, "daftar putar", told),
        rotations=_all(kept.rotations, RotationRules, "rotasi", told),
        orders=tuple(_all(kept.orders, SpotOrder, "pesanan iklan", told).values()),
        hijri=_one(kept.hijri, HijriTable, HijriTable, "tabel Hijriah", told),
        official=_official(kept.prayer_table, told),
        book=_one(kept.rule_book, RuleBook, lambda: DEFAULT_BOOK, "aturan siaran", told),
    )
    return desk, tuple(told)


def sheet_of(channel: str, kept: Documents, more: Sequence[Finding] = ()) -> Sheet:
    """Return what is laid down for a channel; `more` findings are told with its own."""
    told = [*more]
    grid, found = read_grid(kept.grid or {})
    told += found
    rules = _one({**kept.channel, "id": channel}, ChannelRules, lambda: ChannelRules(id=channel), "aturan kanal", told)
    edits = _all(kept.edits, Edit, "suntingan", told)
    airings = [SpotAiring(a[0], a[1], Quanta(a[2]), Quanta(a[3])) for a in kept.airings]
    return Sheet(channel, grid, rules, {int(n): edit for n, edit in edits.items()}, airings, tuple(told))


@dataclass(frozen=True)
class LaidOut:
    """What a channel's documents mean: its plan, and what it was made from."""

    plan: Plan
    sheet: Sheet
    desk: Desk


def laid_out(channel: str, kept: Documents, from_file: Plan, zone: ZoneInfo, where: Place, now: Quanta) -> LaidOut:
    """Return the plan of a channel at air time `now`; `from_file` airs until its first grid is published."""
    desk, found = desk_of(kept)
    sheet = sheet_of(channel, kept, found)
    if kept.grid is None:
        plan = with_rules(from_file, sheet, desk, zone, where, now)
        return LaidOut(replace(plan, findings=(*from_file.findings, *sheet.findings)), sheet, desk)
    return LaidOut(lay_out(sheet, desk, zone, where, now), sheet, desk)


def official_of(document: Json) -> Official:
    """Return the official prayer table that `official_document` wrote; rows that cannot be read are left out."""
    found: dict[date, dict[Prayer, time]] = {}
    for day, row in _days_of(document).items():
        try:
            found[date.fromisoformat(day)] = {Prayer(name): time.fromisoformat(clock) for name, clock in row.items()}
        except (ValueError, TypeError, AttributeError):
            continue
    return found


def _days_of(document: Json) -> Json:
    days = document.get("days", {}) if isinstance(document, Mapping) else {}
    return days if isinstance(days, Mapping) else {}


def _official(document: Json, told: list[Finding]) -> Official:
    """Return the official prayer table, with a finding for what of it cannot be read."""
    found = official_of(document)
    lost = len(_days_of(document)) - len(found)
    if lost or (document and not _days_of(document)):
        rows = f"{lost} baris" if lost else "isinya"
        told.append(_unused("tabel salat", ONLY, f"{rows} salah; hari itu dihitung"))
    return found


def official_document(table: Official) -> dict[str, Any]:
    """Return an official prayer table as a document."""
    return {
        "days": {
            day.isoformat(): {prayer.value: clock.isoformat("minutes") for prayer, clock in row.items()}
            for day, row in sorted(table.items())
        }
    }


def _all(kept: Mapping[str, Json], model: type[M], word: str, told: list[Finding]) -> dict[str, M]:
    found: dict[str, M] = {}
    for name, document in kept.items():
        try:
            found[name] = model.model_validate(document)
        except ValidationError as error:
            told.append(_unreadable(word, name, error))
    return found


def _one(document: Json, model: type[M], otherwise: Callable[[], M], word: str, told: list[Finding]) -> M:
    if not document:
        return otherwise()
    try:
        return model.model_validate(document)
    except ValidationError as error:
        told.append(_unreadable(word, ONLY, error))
        return otherwise()


def _unreadable(word: str, name: str, error: ValidationError) -> Finding:
    return _unused(word, name, mistakes_of(error))


def _unused(word: str, name: str, why: str) -> Finding:
    return Finding(
        Rule.UNKNOWN_NAME,
        f"{word.capitalize()} {name} tidak dapat dibaca dan tidak dipakai: {why}",
        f"A document cannot be read and is not used: {name}",
        name,
        None,
        Severity.SEVERE,
        source=word.capitalize(),
        item=name,
        remedy="Perbaiki isinya.",
    )
