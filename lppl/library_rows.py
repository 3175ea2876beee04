"""Rows of the library's tables as the values that its stores give, and values as rows. Only `complete` asks more."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lppl.jobs import job_of
from lppl.media import AssetId, HouseId, Material, Shelf, Tags
from lppl.programme import NO_DETAILS, Details
from lppl.quanta import Quanta
from lppl.records import (
    BUILTIN,
    AiredRow,
    Asset,
    AssetState,
    FileStamp,
    HouseRecord,
    LibraryFile,
    Refusal,
    facts_from_json,
    search_words,
)
from lppl.stores import CHUNK, chunked
from lppl.tables import asset_files, conform_jobs, house_sets

READ_AHEAD = 250
"""Rows fetched at a time, so that reading a big library lets the event loop breathe in between."""


def file_of(row: Row[Any]) -> LibraryFile:
    """Return the path that a row holds."""
    stamp = FileStamp(row.size, row.mtime_ns, row.inode, row.device)
    asset = None if row.asset_id is None else AssetId(row.asset_id)
    return LibraryFile(row.path, stamp, asset, _refusal_of(row))


def file_row(file: LibraryFile) -> dict[str, Any]:
    """Return the row of a path."""
    why = file.refusal
    return {
        "path": file.path,
        "size": file.stamp.size,
        "mtime_ns": file.stamp.mtime_ns,
        "inode": file.stamp.inode,
        "device": file.stamp.device,
        "asset_id": file.asset,
        "refusal_reason": why.reason if why else None,
        "refusal_id": why.indonesian if why else None,
        "refusal_en": why.english if why else None,
    }


def tag_columns(tags: Tags, path: str) -> dict[str, Any]:
    """Return what the row of an asset says of its tags; it is found by them and by `path`."""
    return {
        "title": tags.title[:300],
        "artist": tags.artist[:300],
        "album": tags.album[:300],
        "year": tags.year[:16],
        "genre": tags.genre[:300],
        "isrc": tags.isrc[:16],
        "replaygain_db": tags.replaygain_db,
        "has_cover": tags.has_cover,
        "words": search_words(tags, path),
    }


def aired_row(row: AiredRow) -> dict[str, Any]:
    """Return the row of a line of the index of the journal."""
    return {
        "channel": row.channel,
        "start": row.start,
        "length": row.length,
        "asset_id": row.asset,
        "house_id": row.house,
        "kind": row.kind,
        "title": row.title[:300],
        "programme": row.programme[:300],
        "programme_id": row.programme_id[:64],
        "category": row.category[:16],
        "slot": row.slot[:120],
        "order_id": row.order[:64],
        "artist": row.artist[:300],
        "why": row.why,
        "in_point": row.in_point,
        "planned": row.planned,
    }


async def complete(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[Asset]:
    """Return assets with their paths, house sets and jobs, by three queries for each chunk."""
    paths: dict[str, list[str]] = defaultdict(list)
    sets: dict[str, list[HouseRecord]] = defaultdict(list)
    jobs: dict[str, list[Any]] = defaultdict(list)
    for ids in chunked([row.id for row in rows], CHUNK):
        query = select(asset_files.c.asset_id, asset_files.c.path).where(asset_files.c.asset_id.in_(ids))
        for asset, path in await connection.execute(query.order_by(asset_files.c.path)):
            paths[asset].append(path)
        ready = and_(house_sets.c.asset_id.in_(ids), house_sets.c.state == "ready")
        for row in await connection.execute(select(house_sets).where(ready)):
            sets[row.asset_id].append(_house_of(row))
        for row in await connection.execute(select(conform_jobs).where(conform_jobs.c.asset_id.in_(ids))):
            jobs[row.asset_id].append(job_of(row))
    return [
        Asset(
            id=AssetId(row.id),
            size=row.size,
            added=row.added,
            state=AssetState(row.state),
            tags=_tags_of(row),
            facts=facts_from_json(row.facts) if row.facts else None,
            refusal=_refusal_of(row),
            paths=tuple(paths[row.id]),
            sets=tuple(sets[row.id]),
            jobs=tuple(jobs[row.id]),
        )
        for row in rows
    ]


def shelf_of(rows: Iterable[Row[Any]], derived: Iterable[Row[Any]]) -> Shelf:
    """Fold one row per path into one material per asset."""
    paths: dict[str, list[str]] = defaultdict(list)
    first: dict[str, Row[Any]] = {}
    for row in rows:
        first.setdefault(row.id, row)
        if not row.path.startswith(BUILTIN):
            paths[row.id].append(row.path)
    return Shelf(
        {
            AssetId(asset): Material(
                house=HouseId(row.house_id),
                asset=AssetId(asset),
                title=row.title,
                quanta=Quanta(row.quanta),
                artist=row.artist,
                album=row.album,
                paths=tuple(sorted(paths[asset])),
                has_picture=row.has_picture,
                details=NO_DETAILS if row.details is None else Details.model_validate(row.details),
            )
            for asset, row in first.items()
        },
        {AssetId(row.id): Material(HouseId(row.house_id), AssetId(row.id), "", Quanta(row.quanta)) for row in derived},
    )


def _tags_of(row: Row[Any]) -> Tags:
    return Tags(row.title, row.artist, row.album, row.year, row.genre, row.isrc, row.replaygain_db, row.has_cover)


def _refusal_of(row: Row[Any]) -> Refusal | None:
    if row.refusal_reason is None:
        return None
    return Refusal(row.refusal_reason, row.refusal_id, row.refusal_en)


def _house_of(row: Row[Any]) -> HouseRecord:
    return HouseRecord(
        HouseId(row.house_id),
        Quanta(row.quanta),
        row.lufs,
        row.gain_db,
        row.peak_limited,
        tuple(row.notes),
        row.peak_db,
    )
