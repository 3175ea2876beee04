"""Help with sorting a case, put together from what the station has: its rules, its closed cases, its places.

It shows reasons and decides nothing. What is learned is learned from the station's own cases that are done.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.cases import queue
from lppl.cases.areas import Area, area_at
from lppl.cases.case_store import NoCase
from lppl.cases.desk_lists import places_told, rules_told
from lppl.cases.tables import cases
from lppl.cases.town_map import TownMap
from lppl.cases.triage import classifier, duplicates, places, rules
from lppl.cases.triage.classifier import Counts
from lppl.cases.triage.duplicates import Duplicate, Look
from lppl.cases.triage.personal import Mark, marks
from lppl.cases.triage.profanity import Rude, rude
from lppl.cases.triage.values import Reason, Suggestion
from lppl.database import READS
from lppl.desk.case_lists import CaseLists

LEARNED_FROM = 3_000
"""The newest cases that are done; older ones say less of how the desk sorts today."""
LEARNED_ANEW_S = 900.0
COMPARED = 400
BACK = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Shown:
    """A suggestion as it is shown, its reasons as one sentence in each language."""

    field: str
    value: str
    score: float
    indonesian: str
    english: str


@dataclass(frozen=True, slots=True)
class Double:
    """A case that may be about the same."""

    id: int
    code: str
    title: str
    score: float
    indonesian: str
    english: str


@dataclass(frozen=True, slots=True)
class Named:
    """A place that the words name. `by_point`: the report's point is in it."""

    kelurahan: str
    kecamatan: str
    by_point: bool = False


@dataclass(frozen=True, slots=True)
class Help:
    """All help with one case."""

    suggestions: Sequence[Shown]
    duplicates: Sequence[Double]
    places: Sequence[Named]
    marks: Sequence[Mark]
    rude: Sequence[Rude]


class TriageDesk:
    """One of a process; what it has learned it keeps for a while."""

    def __init__(self, engine: AsyncEngine, lists: CaseLists, town: TownMap) -> None:
        self._reading = engine.execution_options(**READS)
        self._lists, self._town = lists, town
        self._counts = Counts()
        self._learn_at = 0.0
        self._learning = asyncio.Lock()

    async def of(self, number: int, now: datetime) -> Help:
        """Return all help with a case. Raises NoCase."""
        async with self._reading.connect() as connection:
            row = (await connection.execute(select(cases).where(cases.c.id == number))).one_or_none()
            if row is None:
                raise NoCase
            others = await queue.candidates(connection, duplicates.keys(row.text), now - BACK, COMPARED)
        counts = await self._learned()
        told = rules_told((await self._lists.get("rules")).body)
        table = places_told((await self._lists.get("places")).body)
        known = set((await self._lists.get("categories")).body["names"])
        areas = await self._town.areas() if row.latitude is not None else []
        return await asyncio.to_thread(_help, row, others, counts, told, table, areas, known, now)

    async def _learned(self) -> Counts:
        """Return what the station's own cases teach, counted anew now and then."""
        async with self._learning:
            if time.monotonic() >= self._learn_at:
                query = select(cases.c.text, cases.c.category).where(
                    cases.c.status == "selesai", cases.c.category != ""
                )
                async with self._reading.connect() as connection:
                    rows = (await connection.execute(query.order_by(cases.c.id.desc()).limit(LEARNED_FROM))).all()
                self._counts = await asyncio.to_thread(classifier.counted, [(r.text, r.category) for r in rows])
                self._learn_at = time.monotonic() + LEARNED_ANEW_S
        return self._counts


def _help(
    row: Row[Any], others: Sequence[Row[Any]], counts: Counts, told: Sequence[rules.Rule],
    table: Sequence[places.Kelurahan], areas: Sequence[Area], known: set[str], now: datetime,
) -> Help:  # fmt: skip
    """Return the help with a case. Pure; takes tens of milliseconds."""
    found = [*rules.suggestions(row.text, told), *classifier.predict(counts, row.text, known)]
    codes = {other.id: other for other in others}
    doubles = duplicates.likely(_look(row), [_look(other) for other in others], now)
    return Help(
        [_shown(s) for s in found],
        [_double(d, codes[d.number]) for d in doubles],
        _places(row, table, areas),
        marks(row.text),
        rude(row.text),
    )


def _places(row: Row[Any], table: Sequence[places.Kelurahan], areas: Sequence[Area]) -> list[Named]:
    """Return the place that holds the report's point, then those that its words name."""
    area = area_at(areas, row.latitude, row.longitude) if row.latitude is not None else None
    by_point = [] if area is None else [Named(area.name, area.kecamatan, by_point=True)]
    named = [
        Named(p.kelurahan.name if p.kelurahan else "", p.kecamatan)
        for p in places.found(row.text, table)
        if area is None or p.kelurahan is None or p.kelurahan.name != area.name
    ]
    return by_point + named


def _look(row: Row[Any]) -> Look:
    return duplicates.look(
        row.id, row.text, row.arrived, category=row.category, kelurahan=row.kelurahan, latitude=row.latitude,
        longitude=row.longitude,
    )  # fmt: skip


def _shown(s: Suggestion) -> Shown:
    return Shown(s.field.value, s.value, s.score, *_sentences(s.reasons))


def _double(d: Duplicate, row: Row[Any]) -> Double:
    return Double(d.number, row.code, row.title, d.score, *_sentences(d.reasons))


def _sentences(reasons: Sequence[Reason]) -> tuple[str, str]:
    """Return reasons as one sentence in each language."""
    return (
        "; ".join(dict.fromkeys(r.indonesian for r in reasons)), "; ".join(dict.fromkeys(r.english for r in reasons))
    )  # fmt: skip
