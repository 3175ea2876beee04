"""The store of what staff do with assets: titles, details of many at once, the bin, names within the media folder.

Records only; files are moved and removed by :mod:`lppl.desk.materials`. Every change raises the counters that others
poll (:meth:`lppl.library.Library.change_counter`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, not_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from lppl.database import READS
from lppl.library_rows import READ_AHEAD, file_row, tag_columns
from lppl.media import AssetId, HouseId, Tags
from lppl.plan_store import PLAN
from lppl.programme import Details
from lppl.records import BUILTIN, LibraryFile, search_words
from lppl.stores import chunked, counted, lying_in, upsert
from lppl.tables import aired, asset_details, asset_files, assets, conform_jobs, house_sets


@dataclass(frozen=True, slots=True)
class Airing:
    """When an asset aired; `start` and `length` in quanta."""

    channel: str
    start: int
    length: int
    programme: str


class MediaStore:
    """Records of assets, as staff change them."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**READS)

    # ---- what is known ----

    async def removed(self, ids: Sequence[AssetId]) -> dict[AssetId, datetime]:
        """Return which of `ids` are in the bin, and since when."""
        found: dict[AssetId, datetime] = {}
        async with self._reading.connect() as connection:
            for some in chunked(ids):
                query = select(assets.c.id, assets.c.removed).where(
                    assets.c.id.in_(some), assets.c.removed.is_not(None)
                )
                found |= {AssetId(name): since for name, since in await connection.execute(query)}
        return found

    async def titles(self, ids: Sequence[AssetId]) -> dict[AssetId, str]:
        """Return the titles of those of `ids` that there are."""
        found: dict[AssetId, str] = {}
        async with self._reading.connect() as connection:
            for some in chunked(ids):
                query = select(assets.c.id, assets.c.title).where(assets.c.id.in_(some))
                found |= {AssetId(name): title for name, title in await connection.execute(query)}
        return found

    async def airings(self, asset: AssetId, limit: int = 50) -> tuple[tuple[Airing, ...], int]:
        """Return the latest airings of an asset, newest first, and how many there are."""
        mine = aired.c.asset_id == asset
        query = select(aired.c.channel, aired.c.start, aired.c.length, aired.c.programme).where(mine)
        async with self._reading.connect() as connection:
            total = await connection.scalar(select(func.count()).select_from(aired).where(mine))
            rows = await connection.execute(query.order_by(aired.c.start.desc()).limit(limit))
            return tuple(Airing(*row) for row in rows), int(total or 0)

    async def progress(self, limit: int = 100) -> Mapping[AssetId, float]:
        """Return what is being conformed or waits for it, and how far it is (0..1): what runs first."""
        job = conform_jobs.c
        query = (
            select(job.asset_id, func.max(job.progress))
            .where(job.state.in_(["running", "queued"]))
            .group_by(job.asset_id)
            .order_by(func.max(job.state).desc(), func.min(job.priority), func.min(job.id))
            .limit(limit)
        )
        async with self._reading.connect() as connection:
            return {AssetId(name): progress for name, progress in await connection.execute(query)}

    async def candidates(self, titles: Sequence[str]) -> tuple[tuple[str, str, float, str], ...]:
        """Return (title, artist, seconds, path) of what bears one of `titles`, exactly as it is recorded."""
        found: list[tuple[str, str, float, str]] = []
        a, path = assets.c, func.min(asset_files.c.path)
        query = select(a.title, a.artist, a.duration_s, path).join(asset_files, asset_files.c.asset_id == a.id)
        query = query.where(a.removed.is_(None), self._own()).group_by(a.id, a.title, a.artist, a.duration_s)
        async with self._reading.connect() as connection:
            for some in chunked(titles):
                found += map(tuple, await connection.execute(query.where(a.title.in_(some)).order_by(a.id)))
        return tuple(found)

    async def paths(self, folder: str = "", most: int | None = None) -> tuple[str, ...]:
        """Return the paths in the media folder, or in a folder of it, whose assets are not in the bin."""
        path = asset_files.c.path
        query = select(path).join(assets, assets.c.id == asset_files.c.asset_id)
        query = query.where(assets.c.removed.is_(None), self._own()).order_by(path).limit(most)
        if folder:
            query = query.where(lying_in(self._engine, path, folder))
        found: list[str] = []
        async with self._reading.connect() as connection:
            result = await connection.stream_scalars(query)
            async for some in result.partitions(READ_AHEAD):
                found += some
        return tuple(found)

    def _own(self) -> ColumnElement[bool]:
        """Return the condition that a path is the station's, not the product's."""
        return not_(lying_in(self._engine, asset_files.c.path, BUILTIN.rstrip("/")))

    # ---- changes ----

    async def change(self, made: Mapping[AssetId, Details], names: Mapping[AssetId, Tags], now: datetime) -> None:
        """Add or replace the details of assets, and give some another title, artist or album: all or none.

        They are found by their new names at once.
        """
        rows = [
            {"asset_id": name, "document": d.model_dump(mode="json", exclude_defaults=True), "updated": now}
            for name, d in made.items()
        ]
        async with self._engine.begin() as connection:
            for some in chunked(rows):
                statement = upsert(connection, asset_details).values(list(some))
                new = {"document": statement.excluded.document, "updated": now}
                await connection.execute(statement.on_conflict_do_update(index_elements=["asset_id"], set_=new))
            for asset, tags in names.items():
                mine = select(func.min(asset_files.c.path)).where(asset_files.c.asset_id == asset)
                columns = tag_columns(tags, await connection.scalar(mine) or "")
                values = {name: columns[name] for name in ("title", "artist", "album", "words")}
                await connection.execute(update(assets).where(assets.c.id == asset).values(values))
            await _changed(connection)

    async def move(self, path: str, file: LibraryFile, tags: Tags) -> None:
        """Record that what lay at `path` is `file` now."""
        row = file_row(file)
        async with self._engine.begin() as connection:
            await connection.execute(delete(asset_files).where(asset_files.c.path == path))
            statement = upsert(connection, asset_files).values(row)
            same = {k: v for k, v in row.items() if k != "path"}
            await connection.execute(statement.on_conflict_do_update(index_elements=["path"], set_=same))
            words = search_words(tags, file.path)
            await connection.execute(update(assets).where(assets.c.id == file.asset).values(words=words))
            await counted(connection, "files")
            await _changed(connection)

    async def put_away(self, ids: Sequence[AssetId], now: datetime) -> int:
        """Put assets into the bin; return how many were not there yet."""
        return await self._set_removed(ids, now, assets.c.removed.is_(None))

    async def take_back(self, ids: Sequence[AssetId]) -> int:
        """Take assets out of the bin; return how many were there."""
        return await self._set_removed(ids, None, assets.c.removed.is_not(None))

    async def _set_removed(self, ids: Sequence[AssetId], value: datetime | None, which: Any) -> int:
        count = 0
        async with self._engine.begin() as connection:
            for some in chunked(ids):
                result = await connection.execute(
                    update(assets).where(assets.c.id.in_(some), which).values(removed=value)
                )
                count += result.rowcount
            await _changed(connection)
        return count

    async def binned(self, before: datetime) -> tuple[AssetId, ...]:
        """Return what has been in the bin since before a moment and still has a file or house set."""
        file = exists().where(asset_files.c.asset_id == assets.c.id)
        house = exists().where(house_sets.c.asset_id == assets.c.id, house_sets.c.state == "ready")
        query = select(assets.c.id).where(assets.c.removed.is_not(None), assets.c.removed <= before, file | house)
        async with self._reading.connect() as connection:
            return tuple(AssetId(name) for name in await connection.scalars(query.order_by(assets.c.id)))

    async def aired_houses(self, asset: AssetId) -> frozenset[HouseId]:
        """Return the house sets of an asset that the index of the journal names."""
        query = select(aired.c.house_id).where(aired.c.asset_id == asset).distinct()
        async with self._reading.connect() as connection:
            return frozenset(HouseId(name) for name in await connection.scalars(query))

    async def forget(self, paths: Sequence[str], houses: Sequence[HouseId]) -> None:
        """Record that files and house sets are no more. What aired stays on record."""
        async with self._engine.begin() as connection:
            for some in chunked(paths):
                await connection.execute(delete(asset_files).where(asset_files.c.path.in_(some)))
            for house in houses:
                asset, recipe = house.split(".", 1)
                job = conform_jobs.c
                await connection.execute(delete(conform_jobs).where(job.asset_id == asset, job.recipe == recipe))
                await connection.execute(delete(house_sets).where(house_sets.c.house_id == house))
            await counted(connection, "files")
            await _changed(connection)


async def _changed(connection: AsyncConnection) -> None:
    await counted(connection, PLAN)
    await counted(connection, "library")
