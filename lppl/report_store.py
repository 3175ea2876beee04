"""What reports ask of the records besides what aired: sizes, growth, rights that end, last runs. It only reads."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Text, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.database import READS
from lppl.media import AssetId
from lppl.rundown import Kind
from lppl.stores import CHUNK, chunked
from lppl.tables import aired, asset_details, asset_files, assets, house_sets, job_runs, planned_days

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Growth:
    """What came since an instant: bytes of media, and conformed quanta by recipe."""

    media: int
    quanta: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class EndingRight:
    """An asset that may air up to the local `last_day`."""

    asset: AssetId
    title: str
    last_day: date


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest run of a job of the timer; `finished` is None while it runs, or when its process died."""

    job: str
    due: datetime
    started: datetime
    finished: datetime | None
    outcome: str


class ReportStore:
    """The store. Everything raises SQLAlchemyError and OSError."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._reading = engine.execution_options(**READS)

    async def locality(self, of: Sequence[AssetId]) -> dict[AssetId, bool]:
        """Return whether assets are local content, as far as staff have said so of them."""
        local = asset_details.c.document["local"].as_boolean()
        found: dict[AssetId, bool] = {}
        async with self._reading.connect() as connection:
            for ids in chunked(of, CHUNK):
                query = select(asset_details.c.asset_id, local).where(asset_details.c.asset_id.in_(ids))
                rows = await connection.execute(query)
                found |= {AssetId(asset): said for asset, said in rows if said is not None}
        return found

    async def first_aired(self, channel: str) -> int | None:
        """Return the air time of the oldest entry of a channel that is indexed; pre-roll was never on the air."""
        on_air = (aired.c.channel == channel) & (aired.c.kind != Kind.PREROLL)
        query = select(aired.c.start).where(on_air).order_by(aired.c.start).limit(1)
        async with self._reading.connect() as connection:
            found: int | None = await connection.scalar(query)
            return found

    async def first_added(self) -> datetime | None:
        """Return when the oldest file of the library was found."""
        has_file = exists().where(asset_files.c.asset_id == assets.c.id)
        query = select(assets.c.added).where(has_file).order_by(assets.c.added).limit(1)
        async with self._reading.connect() as connection:
            found: datetime | None = await connection.scalar(query)
            return found

    async def media_bytes(self) -> int:
        """Return how many bytes the files of the library have."""
        async with self._reading.connect() as connection:
            return int(await connection.scalar(select(func.sum(asset_files.c.size))) or 0)

    async def quanta(self) -> dict[str, int]:
        """Return how many quanta are conformed, by recipe."""
        query = select(house_sets.c.recipe, func.sum(house_sets.c.quanta)).where(house_sets.c.state == "ready")
        async with self._reading.connect() as connection:
            return {recipe: int(n) for recipe, n in await connection.execute(query.group_by(house_sets.c.recipe))}

    async def growth(self, since: datetime) -> Growth:
        """Return what came since `since`."""
        has_file = exists().where(asset_files.c.asset_id == assets.c.id)
        media = select(func.sum(assets.c.size)).where(assets.c.added >= since, has_file)
        made = select(house_sets.c.recipe, func.sum(house_sets.c.quanta)).where(
            house_sets.c.made >= since, house_sets.c.state == "ready"
        )
        async with self._reading.connect() as connection:
            size = int(await connection.scalar(media) or 0)
            rows = await connection.execute(made.group_by(house_sets.c.recipe))
            return Growth(size, {recipe: int(n) for recipe, n in rows})

    async def ending_rights(self, first: date, last: date, limit: int = 100) -> tuple[EndingRight, ...]:
        """Return what may air for the last time in [first, last], the soonest first."""
        day = asset_details.c.document["last_day"].as_string()
        query = (
            select(assets.c.id, assets.c.title, day)
            .join(assets, assets.c.id == asset_details.c.asset_id)
            .where(day >= first.isoformat(), day <= last.isoformat(), assets.c.removed.is_(None))
            .order_by(day, assets.c.title)
            .limit(limit)
        )
        async with self._reading.connect() as connection:
            rows = await connection.execute(query)
            return tuple(EndingRight(AssetId(asset), title, date.fromisoformat(ends)) for asset, title, ends in rows)

    async def last_runs(self) -> tuple[LastRun, ...]:
        """Return the newest run of each job of the timer, by name."""
        newest = select(job_runs.c.job, func.max(job_runs.c.due).label("due")).group_by(job_runs.c.job).subquery()
        same = (job_runs.c.job == newest.c.job) & (job_runs.c.due == newest.c.due)
        query = select(job_runs).join(newest, same).order_by(job_runs.c.job)
        async with self._reading.connect() as connection:
            return tuple(LastRun(**row._asdict()) for row in await connection.execute(query))

    async def planned_with(self, order: str, channel: str, first: date, last: date) -> list[Json]:
        """Return the lines of kept days in [first, last] that serve a spot order, day after day.

        Read as text and taken apart beside the event loop: a year of kept days is a quarter of a gigabyte.
        """
        text = cast(planned_days.c.document, Text)
        query = (
            select(text)
            .where(
                planned_days.c.channel == channel,
                planned_days.c.day >= first.isoformat(),
                planned_days.c.day <= last.isoformat(),
                text.contains(f'"{order}"', autoescape=True),
            )
            .order_by(planned_days.c.day)
        )
        found: list[Json] = []
        async with self._reading.connect() as connection:
            for (document,) in await connection.execute(query):
                found += await asyncio.to_thread(_lines_of, document, order)
        return found


def _lines_of(document: str, order: str) -> list[Json]:
    return [line for line in json.loads(document) if line.get("order") == order]
