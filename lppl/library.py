"""The store of the media library: what files there are, what they hold, and what channels can air.

It keeps records only; files are looked at by :mod:`streaming.ingest`. Any number of processes may use it at
once; each change raises a counter that others poll cheaply (:meth:`Library.change_counter`).
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from lppl.database import READS
from lppl.derived import SPECIFICATION, Specification, Variant, derived_id, sources_of
from lppl.jobs import ConformJobs, queue_jobs, requeue, save_house, set_needed
from lppl.library_rows import READ_AHEAD, aired_row, complete, file_of, file_row, shelf_of, tag_columns
from lppl.media import AssetId, Facts, HouseId, Profile, Shelf, Tags
from lppl.ports import Aired
from lppl.quanta import Quanta, seconds
from lppl.records import (
    AiredRow,
    Asset,
    AssetState,
    HouseRecord,
    JobRequest,
    LibraryFile,
    Page,
    Refusal,
    facts_to_json,
)
from lppl.rundown import Kind
from lppl.search import find
from lppl.stores import chunked, counted, counter, lying_in, upsert
from lppl.tables import aired, asset_details, asset_files, assets, derived_assets, house_sets

RENDERED = "rendered"
"""Counts what is rendered of several items, apart from the library."""
NOT_PROGRAMME = (Kind.OFF.value, Kind.PREROLL.value, Kind.BREAK_IN.value)


class Library:
    """Records of the media library. `jobs` is the queue of conform jobs."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**READS)
        self.jobs = ConformJobs(engine)

    @property
    def engine(self) -> AsyncEngine:
        """The database, for the stores beside this one."""
        return self._engine

    # --- files ---------------------------------------------------------------------------------------

    async def files(self) -> dict[str, LibraryFile]:
        """Return every known path with its asset or refusal."""
        found: dict[str, LibraryFile] = {}
        async with self._reading.connect() as connection:
            result = await connection.stream(select(asset_files))
            async for rows in result.partitions(READ_AHEAD):
                for row in rows:
                    found[row.path] = file_of(row)
        return found

    async def record_files(self, files: Sequence[LibraryFile]) -> None:
        """Add or replace paths. Their assets must be recorded already."""
        for some in chunked(files):
            rows = [file_row(file) for file in some]
            async with self._engine.begin() as connection:
                statement = upsert(connection, asset_files).values(rows)
                columns = {c.name: statement.excluded[c.name] for c in asset_files.c if c.name != "path"}
                await connection.execute(statement.on_conflict_do_update(index_elements=["path"], set_=columns))
                await _changed_files(connection)

    async def forget_files(self, paths: Sequence[str]) -> None:
        """Remove paths that are gone. Their assets stay, off the shelf while no path is left."""
        for some in chunked(paths):
            async with self._engine.begin() as connection:
                await connection.execute(delete(asset_files).where(asset_files.c.path.in_(some)))
                await _changed_files(connection)

    async def refused_files(self, limit: int = 200, offset: int = 0) -> tuple[LibraryFile, ...]:
        """Return paths that could not become assets at all, in path order."""
        query = select(asset_files).where(asset_files.c.refusal_reason.is_not(None))
        async with self._reading.connect() as connection:
            rows = await connection.execute(query.order_by(asset_files.c.path).offset(offset).limit(limit))
            return tuple(file_of(row) for row in rows)

    # --- assets --------------------------------------------------------------------------------------

    async def add_asset(self, asset: AssetId, size: int, title: str, now: datetime) -> None:
        """Record new content that has been hashed and not examined yet.

        When it is known it comes out of the bin, should it be there: somebody has brought it in again.
        """
        row = {
            "id": asset,
            "size": size,
            "added": now,
            "state": AssetState.NEW,
            "duration_s": 0.0,
            "has_picture": False,
        }
        async with self._engine.begin() as connection:
            statement = upsert(connection, assets).values(row | tag_columns(Tags(title), ""))
            await connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"removed": None}))
            await counted(connection, "library")

    async def examined(self, asset: AssetId, tags: Tags, facts: Facts, path: str = "") -> None:
        """Record that `asset` can be broadcast, with what its tags and streams say."""
        values = {
            "state": AssetState.READY,
            "facts": facts_to_json(facts),
            "duration_s": facts.duration_s,
            "has_picture": facts.video is not None,
            "refusal_reason": None,
            "refusal_id": None,
            "refusal_en": None,
        }
        await self._update(asset, values | tag_columns(tags, path))

    async def refused(self, asset: AssetId, tags: Tags, why: Refusal, path: str = "") -> None:
        """Record that `asset` cannot be broadcast, and why."""
        values = {
            "state": AssetState.REFUSED,
            "refusal_reason": why.reason,
            "refusal_id": why.indonesian,
            "refusal_en": why.english,
        }
        await self._update(asset, values | tag_columns(tags, path))

    async def _update(self, asset: AssetId, values: dict[str, Any]) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(update(assets).where(assets.c.id == asset).values(values))
            await counted(connection, "library")

    async def asset(self, asset: AssetId) -> Asset | None:
        """Return everything known of `asset`, or None."""
        async with self._reading.connect() as connection:
            rows = (await connection.execute(select(assets).where(assets.c.id == asset))).all()
            found = await complete(connection, rows)
            return found[0] if found else None

    async def assets(self, ids: Sequence[AssetId]) -> dict[AssetId, Asset]:
        """Return everything known of those of `ids` that there are."""
        found: dict[AssetId, Asset] = {}
        async with self._reading.connect() as connection:
            for some in chunked(ids):
                rows = (await connection.execute(select(assets).where(assets.c.id.in_(some)))).all()
                found |= {a.id: a for a in await complete(connection, rows)}
        return found

    async def page(
        self,
        query: str = "",
        state: AssetState | None = None,
        *,
        newest_first: bool = False,
        offset: int = 0,
        limit: int = 50,
    ) -> Page:
        """Return assets by title (or newest first) whose tags or path hold every word of `query`, as parts of words."""
        async with self._reading.connect() as connection:
            rows, total = await find(connection, query, state, newest_first=newest_first, offset=offset, limit=limit)
            return Page(tuple(await complete(connection, rows)), total)

    async def ready_assets(self, after: str = "", limit: int = 500) -> tuple[Asset, ...]:
        """Return ready assets with a present path, in id order after `after`, to walk over all.

        Also those in the bin: what comes out of it airs again at once.
        """
        query = (
            select(assets)
            .where(assets.c.id > after, assets.c.state == AssetState.READY, _present())
            .order_by(assets.c.id)
            .limit(limit)
        )
        async with self._reading.connect() as connection:
            return tuple(await complete(connection, (await connection.execute(query)).all()))

    async def without_cues(self, after: str, limit: int) -> tuple[AssetId, ...]:
        """Return ready assets without picture whose cue points nobody has looked for, in id order after `after`."""
        sought = asset_details.c.document["cues_sought"].as_boolean()
        query = (
            select(assets.c.id)
            .join(asset_details, asset_details.c.asset_id == assets.c.id, isouter=True)
            .where(assets.c.id > after, assets.c.state == AssetState.READY, assets.c.has_picture.is_(False), _present())
            .where(or_(sought.is_(None), sought.is_(False)))
            .order_by(assets.c.id)
            .limit(limit)
        )
        async with self._reading.connect() as connection:
            return tuple(AssetId(name) for name in await connection.scalars(query))

    # --- house sets and what channels can air --------------------------------------------------------

    async def adopt_house(self, house: HouseRecord, now: datetime) -> None:
        """Record a house set that lies on disk already."""
        async with self._engine.begin() as connection:
            await save_house(connection, house, now)
            await counted(connection, "library")

    async def lose_house(self, house: HouseId, now: datetime) -> None:
        """Record that the files of `house` are gone or damaged, and queue it to be conformed again."""
        asset, recipe = house.split(".", 1)
        async with self._engine.begin() as connection:
            await connection.execute(update(house_sets).where(house_sets.c.house_id == house).values(state="lost"))
            await requeue(connection, AssetId(asset), recipe, now)
            await counted(connection, "library")

    async def house_ids(self) -> frozenset[HouseId]:
        """Return every house set that is recorded as ready."""
        query = select(house_sets.c.house_id).where(house_sets.c.state == "ready")
        found: set[HouseId] = set()
        async with self._reading.connect() as connection:
            result = await connection.stream_scalars(query)
            async for some in result.partitions(READ_AHEAD):
                found.update(map(HouseId, some))
        return frozenset(found)

    async def shelf(self, profile: Profile) -> Shelf:
        """Return everything that a channel with `profile` can air: ready, conformed, its file there, not in the bin.

        With it what was rendered ahead from other material.
        """
        ready = (house_sets.c.recipe == profile.recipe, house_sets.c.state == "ready")
        query = (
            select(
                house_sets.c.house_id,
                house_sets.c.quanta,
                assets.c.id,
                assets.c.title,
                assets.c.artist,
                assets.c.album,
                assets.c.has_picture,
                asset_files.c.path,
                asset_details.c.document.label("details"),
            )
            .join(assets, assets.c.id == house_sets.c.asset_id)
            .join(asset_files, asset_files.c.asset_id == assets.c.id)
            .join(asset_details, asset_details.c.asset_id == assets.c.id, isouter=True)
            .where(*ready, assets.c.state == AssetState.READY, assets.c.removed.is_(None))
        )
        rendered = (
            select(house_sets.c.house_id, house_sets.c.quanta, derived_assets.c.id)
            .join(derived_assets, derived_assets.c.id == house_sets.c.asset_id)
            .where(*ready)
        )
        rows: list[Any] = []
        derived: list[Any] = []
        async with self._reading.connect() as connection:
            for wanted, found in ((query, rows), (rendered, derived)):
                result = await connection.stream(wanted)
                async for some in result.partitions(READ_AHEAD):
                    found += some
        return await asyncio.to_thread(shelf_of, rows, derived)

    # --- material rendered ahead ---------------------------------------------------------------------

    async def add_derived(self, wishes: Sequence[tuple[Specification, Quanta]], profile: Profile, now: datetime) -> int:
        """Queue what should be rendered under `profile` by the air times given; return how many were new.

        What waits already takes the time given now. Wishes whose sources are unknown are left for later. No counter
        tells of it: nobody can air anything else for it, and plans wish by the minute.
        """
        added = 0
        for some in chunked(wishes, 100):
            sources = {asset for specification, _ in some for asset in sources_of(specification)}
            async with self._engine.begin() as connection:
                query = select(assets.c.id, assets.c.title, assets.c.duration_s).where(assets.c.id.in_(sources))
                known = {row.id: row for row in await connection.execute(query)}
                possible = [(derived_id(s), s, needed) for s, needed in some if all(a in known for a in sources_of(s))]
                if not possible:
                    continue
                await _add_derived_rows(connection, possible, {name: row.title for name, row in known.items()}, now)
                requests = [
                    JobRequest(name, profile, _length_s(s, known[sources_of(s)[0]].duration_s), needed=needed)
                    for name, s, needed in possible
                ]
                added += await queue_jobs(connection, requests, now)
                await set_needed(connection, {name: needed for name, _, needed in possible}, profile.recipe)
        return added

    async def derived(self, asset: AssetId) -> Specification | None:
        """Return what a derived asset is made from; None for any other."""
        query = select(derived_assets.c.specification).where(derived_assets.c.id == asset)
        async with self._reading.connect() as connection:
            found = await connection.scalar(query)
            return None if found is None else SPECIFICATION.validate_python(found)

    async def set_needed(self, needed: Mapping[AssetId, Quanta], recipe: str) -> None:
        """Note when the plan wants waiting jobs done, so that they go by air time, before what nobody has planned."""
        async with self._engine.begin() as connection:
            await set_needed(connection, needed, recipe)

    async def assets_at(self, paths: Sequence[str]) -> dict[str, AssetId]:
        """Return the assets of those paths that have one."""
        found: dict[str, AssetId] = {}
        async with self._reading.connect() as connection:
            for some in chunked(paths):
                query = select(asset_files.c.path, asset_files.c.asset_id).where(asset_files.c.path.in_(some))
                rows = await connection.execute(query.where(asset_files.c.asset_id.is_not(None)))
                found |= {path: AssetId(asset) for path, asset in rows}
        return found

    async def assets_below(self, folder: str) -> frozenset[AssetId]:
        """Return the assets that lie below a folder of the media folder (``.``: all of it)."""
        query = select(asset_files.c.asset_id).where(asset_files.c.asset_id.is_not(None))
        if folder.strip("/") not in ("", "."):
            query = query.where(lying_in(self._engine, asset_files.c.path, folder.strip("/")))
        async with self._reading.connect() as connection:
            return frozenset(AssetId(asset) for asset in await connection.scalars(query))

    async def change_counter(self) -> int:
        """Return a number that differs whenever the library has changed; one row is read."""
        async with self._reading.connect() as connection:
            return await counter(connection, "library")

    async def rendered_counter(self) -> int:
        """Return a number that differs whenever a crossfade or a faded end was rendered: they come by the minute."""
        async with self._reading.connect() as connection:
            return await counter(connection, RENDERED)

    async def file_counter(self) -> int:
        """Return a number that differs whenever the known paths have changed."""
        async with self._reading.connect() as connection:
            return await counter(connection, "files")

    # --- the index of the journal --------------------------------------------------------------------

    async def record_aired(self, rows: Sequence[AiredRow]) -> None:
        """Index journal entries; doing it again changes nothing."""
        for some in chunked(rows):
            values = {(r.channel, r.start): aired_row(r) for r in some}
            async with self._engine.begin() as connection:
                statement = upsert(connection, aired).values(list(values.values()))
                columns = {c.name: statement.excluded[c.name] for c in aired.c if c.name not in ("channel", "start")}
                await connection.execute(
                    statement.on_conflict_do_update(index_elements=["channel", "start"], set_=columns)
                )

    async def newest_aired(self, channel: str) -> Quanta:
        """Return the start of the newest entry that is indexed for `channel`; 0 when there is none."""
        query = select(func.max(aired.c.start)).where(aired.c.channel == channel)
        async with self._reading.connect() as connection:
            return Quanta(await connection.scalar(query) or 0)

    async def last_aired(self, channel: str, since: Quanta) -> list[Aired]:
        """Return what `channel` aired from `since` on, oldest first, without off-air time and pre-roll."""
        query = (
            select(aired.c.asset_id, aired.c.start, aired.c.length)
            .where(aired.c.channel == channel, aired.c.start >= since, aired.c.kind.not_in(NOT_PROGRAMME))
            .order_by(aired.c.start)
        )
        async with self._reading.connect() as connection:
            return [
                Aired(AssetId(asset), Quanta(start), Quanta(length))
                for asset, start, length in await connection.execute(query)
            ]


async def _changed_files(connection: AsyncConnection) -> None:
    await counted(connection, "files")
    await counted(connection, "library")


def _present() -> Any:
    return exists().where(asset_files.c.asset_id == assets.c.id)


async def _add_derived_rows(
    connection: AsyncConnection,
    possible: Sequence[tuple[AssetId, Specification, Quanta]],
    titles: Mapping[str, str],
    now: datetime,
) -> None:
    plain = {"size": 0, "added": now, "state": AssetState.DERIVED, "duration_s": 0.0, "has_picture": False}
    rows = {name: plain | {"id": name} | tag_columns(Tags(titles[sources_of(s)[-1]]), "") for name, s, _ in possible}
    await connection.execute(upsert(connection, assets).values(list(rows.values())).on_conflict_do_nothing())
    specifications = {name: {"id": name, "specification": s.model_dump(mode="json")} for name, s, _ in possible}
    await connection.execute(
        upsert(connection, derived_assets).values(list(specifications.values())).on_conflict_do_nothing()
    )


def _length_s(specification: Specification, whole_s: float) -> float:
    return whole_s if isinstance(specification, Variant) else seconds(specification.length)
