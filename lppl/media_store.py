"""The store of what staff do with assets: titles, details of many at once, the bin, names within the media folder.

Records only; files are moved and removed by :mod:`lppl.desk.materials`. Every change raises the counters that others
poll (:meth:`lppl.library.Library.change_counter`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from lppl.database import READS
from lppl.media import AssetId, HouseId, Tags
from lppl.plan_store import PLAN
from lppl.programme import Details
from lppl.records import BUILTIN, FileStamp, LibraryFile, Refusal, search_words
from lppl.stores import chunked, counted, upsert
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

    async def known(self, ids: Sequence[AssetId]) -> frozenset[AssetId]:
        """Return which of `ids` there are."""
        found: set[AssetId] = set()
        async with self._reading.connect() as connection:
            for some in chunked(ids):
                found |= set(await connection.scalars(select(assets.c.id).where(assets.c.id.in_(some))))
        return frozenset(AssetId(name) for name in found)

    async def titles(self, ids: Sequence[AssetId]) -> dict[AssetId, str]:
        """Return the titles of those of `ids` that there are."""
        found: dict[AssetId, str] = {}
        async with self._reading.connect() as connection:
            for some in chunked(ids):
                query = select(assets.c.id, assets.c.title).where(assets.c.id.in_(some))
                found |= {AssetId(name): title for name, title in await connection.execute(query)}
        return found

    async def lengths(self, ids: Sequence[AssetId]) -> dict[AssetId, float]:
        """Return the lengths of those of `ids` that there are, in seconds; 0 while nobody has looked."""
        found: dict[AssetId, float] = {}
        async with self._reading.connect() as connection:
            for some in chunked(ids):
                query = select(assets.c.id, assets.c.duration_s).where(assets.c.id.in_(some))
                found |= {AssetId(name): length for name, length in await connection.execute(query)}
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

    async def refused_files(self, offset: int, limit: int) -> tuple[tuple[str, Refusal], ...]:
        """Return paths that could not become assets, in path order, and why."""
        f = asset_files.c
        query = select(f.path, f.refusal_reason, f.refusal_id, f.refusal_en).where(f.refusal_reason.is_not(None))
        async with self._reading.connect() as connection:
            rows = await connection.execute(query.order_by(f.path).offset(offset).limit(limit))
            return tuple((row.path, Refusal(row.refusal_reason, row.refusal_id, row.refusal_en)) for row in rows)

    async def candidates(self, titles: Sequence[str]) -> tuple[tuple[AssetId, str, str, float], ...]:
        """Return (id, title, artist, seconds) of what bears one of `titles`, exactly as it is recorded."""
        found: list[tuple[AssetId, str, str, float]] = []
        a = assets.c
        async with self._reading.connect() as connection:
            for some in chunked(titles):
                query = select(a.id, a.title, a.artist, a.duration_s).where(a.title.in_(some), a.removed.is_(None))
                rows = await connection.execute(query.where(a.state != "derived"))
                found += [(AssetId(name), title, artist, length) for name, title, artist, length in rows]
        return tuple(found)

    async def paths(self) -> tuple[str, ...]:
        """Return every path in the media folder that has an asset which is not in the bin."""
        query = (
            select(asset_files.c.path)
            .join(assets, assets.c.id == asset_files.c.asset_id)
            .where(assets.c.removed.is_(None), ~asset_files.c.path.startswith(BUILTIN))
        )
        async with self._reading.connect() as connection:
            return tuple(await connection.scalars(query.order_by(asset_files.c.path)))

    # ---- changes ----

    async def save_details(self, made: Mapping[AssetId, Details], now: datetime) -> None:
        """Add or replace the details of many assets, all or none."""
        rows = [
            {"asset_id": name, "document": d.model_dump(mode="json", exclude_defaults=True), "updated": now}
            for name, d in made.items()
        ]
        async with self._engine.begin() as connection:
            for some in chunked(rows):
                statement = upsert(connection, asset_details).values(list(some))
                new = {"document": statement.excluded.document, "updated": now}
                await connection.execute(statement.on_conflict_do_update(index_elements=["asset_id"], set_=new))
            await _changed(connection)

    async def rename(self, asset: AssetId, tags: Tags) -> None:
        """Give an asset another title, artist or album. It is found by them at once."""
        async with self._engine.begin() as connection:
            path = await connection.scalar(select(func.min(asset_files.c.path)).where(asset_files.c.asset_id == asset))
            values = {
                "title": tags.title[:300], "artist": tags.artist[:300], "album": tags.album[:300],
                "words": search_words(tags, path or ""),
            }  # fmt: skip
            await connection.execute(update(assets).where(assets.c.id == asset).values(values))
            await _changed(connection)

    async def move(self, file: LibraryFile, to: str, stamp: FileStamp, tags: Tags) -> None:
        """Record that a file lies at `to` now."""
        moved = replace(file, path=to, stamp=stamp)
        row = {
            "path": to, "size": stamp.size, "mtime_ns": stamp.mtime_ns, "inode": stamp.inode, "device": stamp.device,
            "asset_id": moved.asset, "refusal_reason": None, "refusal_id": None, "refusal_en": None,
        }  # fmt: skip
        async with self._engine.begin() as connection:
            await connection.execute(delete(asset_files).where(asset_files.c.path == file.path))
            statement = upsert(connection, asset_files).values(row)
            same = {k: v for k, v in row.items() if k != "path"}
            await connection.execute(statement.on_conflict_do_update(index_elements=["path"], set_=same))
            if file.asset is not None:
                words = search_words(tags, to)
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
