"""Lists of the library as staff look at it: filtered, in an order, page by page, quickly also among 100,000.

Everything that a filter asks for stands in two indexes (``ix_assets_search``, ``ix_asset_details_facets``), so that
rows are taken from the tables only for the page that is shown. Words are found as :mod:`lppl.search` says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, not_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from lppl.database import READS
from lppl.media import AssetId
from lppl.programme import AgeClass, Category
from lppl.records import BUILTIN, AssetState, JobState
from lppl.search import from_nearer_end, holding, words_of
from lppl.stores import lying_in
from lppl.tables import aired, asset_details, asset_files, assets, conform_jobs

OWN = BUILTIN.rstrip("/")


class Show(StrEnum):
    """How far an asset has come, as staff ask for it."""

    READY = "siap"
    PREPARING = "disiapkan"
    NEW = "baru"
    REFUSED = "ditolak"
    FAILED = "gagal"
    """It could not be conformed."""
    GONE = "hilang"
    """Its file is no longer in the media folder."""


class Sort(StrEnum):
    """The orders of a list."""

    TITLE = "judul"
    ADDED = "masuk"
    LENGTH = "durasi"


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list shows. None and empty ask for nothing."""

    words: str = ""
    show: Show | None = None
    picture: bool | None = None
    category: Category | None = None
    age: AgeClass | None = None
    group: str = ""
    bare: bool = False
    """Without category or age class."""
    rights_until: date | None = None
    """Rights that end on this day or before."""
    unused: bool = False
    """Never aired."""
    folder: str = ""
    binned: bool = False

    @property
    def by_others(self) -> bool:
        """Whether other tables than that of assets choose."""
        asked = (self.category, self.age, self.group, self.rights_until, self.folder)
        return any(asked) or self.show in (Show.PREPARING, Show.FAILED)


@dataclass(frozen=True, slots=True)
class Listed:
    """One page: ids in order, and how many there are in all."""

    ids: tuple[AssetId, ...]
    total: int


_COLUMNS: Mapping[Sort, ColumnElement[Any]] = {
    Sort.TITLE: assets.c.title,
    Sort.ADDED: assets.c.added,
    Sort.LENGTH: assets.c.duration_s,
}


_Where = Sequence[ColumnElement[bool]]
_Column = ColumnElement[Any]
_Found = tuple[Sequence[str], int]


class MediaList:
    """Lists of one library."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._reading = engine.execution_options(**READS)
        self._lying_in = partial(lying_in, engine, asset_files.c.path)

    async def page(
        self, sought: Sought, sort: Sort = Sort.TITLE, *, down: bool = False, offset: int = 0, limit: int = 50
    ) -> Listed:
        """Return one page. Takes any text."""
        where = self._conditions(sought)
        if where is None:
            return Listed((), 0)
        find = self._at_once if sought.by_others else self._in_order
        async with self._reading.connect() as connection:
            found, total = await find(connection, where, _COLUMNS[sort], down, offset, limit)
        return Listed(tuple(AssetId(name) for name in found), total)

    async def _at_once(
        self, connection: AsyncConnection, where: _Where, by: _Column, down: bool, offset: int, limit: int
    ) -> _Found:
        """Find all hits in one pass, then put them in order: no index holds what other tables choose."""
        hits = select(assets.c.id, by.label("by")).where(*where).cte("hits")
        total = select(func.count()).select_from(hits)
        order = (hits.c.by.desc(), hits.c.id.desc()) if down else (hits.c.by, hits.c.id)
        page = select(hits.c.id, total.scalar_subquery()).order_by(*order).offset(offset).limit(limit)
        rows = (await connection.execute(page)).all()
        if rows or not offset:
            return [name for name, _ in rows], rows[0][1] if rows else 0
        return [], int(await connection.scalar(total) or 0)

    async def _in_order(
        self, connection: AsyncConnection, where: _Where, by: _Column, down: bool, offset: int, limit: int
    ) -> _Found:
        """Count, then walk along an index to the page from its nearer end."""
        total = int(await connection.scalar(select(func.count()).select_from(assets).where(*where)) or 0)
        near = from_nearer_end(total, offset, limit)
        falling = down is not near.backwards
        order = (by.desc(), assets.c.id.desc()) if falling else (by, assets.c.id)
        page = select(assets.c.id).where(*where).order_by(*order).offset(near.offset).limit(near.limit)
        found = (await connection.scalars(page)).all() if near.limit else []
        return found[::-1] if near.backwards else found, total

    async def groups(self) -> tuple[str, ...]:
        """Return the groups that assets are in, in order."""
        name = asset_details.c.group_name
        query = select(name).where(name.is_not(None), name != "").distinct().order_by(name).limit(500)
        async with self._reading.connect() as connection:
            return tuple(await connection.scalars(query))

    async def folders(self) -> dict[str, int]:
        """Return the folders that hold files themselves, with how many; the media folder itself is ``""``."""
        path = asset_files.c.path
        # what is left when everything but slashes is taken off the right end: the folder and its slash
        folder = func.rtrim(path, func.replace(path, "/", ""))
        query = select(folder, func.count()).where(not_(self._lying_in(OWN))).group_by(folder).order_by(folder)
        async with self._reading.connect() as connection:
            return {str(name).rstrip("/"): count for name, count in await connection.execute(query)}

    async def summary(self) -> dict[str, int]:
        """Return how many wait to be looked at: in the bin, refused files that became no asset."""
        binned = select(func.count()).select_from(assets).where(*(self._conditions(Sought(binned=True)) or ()))
        refused = select(func.count()).select_from(asset_files).where(asset_files.c.refusal_reason.is_not(None))
        async with self._reading.connect() as connection:
            return {
                "binned": int(await connection.scalar(binned) or 0),
                "refused": int(await connection.scalar(refused) or 0),
            }

    def _conditions(self, sought: Sought) -> Sequence[ColumnElement[bool]] | None:
        """Return what an asset must meet; None when none ever can."""
        words = words_of(sought.words)
        if words is None or any("\0" in text or not _plain(text) for text in (sought.group, sought.folder)):
            return None
        own = select(asset_files.c.asset_id).where(self._lying_in(OWN), asset_files.c.asset_id.is_not(None))
        found = [assets.c.state != AssetState.DERIVED, assets.c.id.not_in(own), *holding(words)]
        file = exists().where(asset_files.c.asset_id == assets.c.id)
        if sought.binned:
            found += [assets.c.removed.is_not(None), file]
        else:
            found.append(assets.c.removed.is_(None))
        if sought.show is not None:
            found += _standing(sought.show, file)
        if sought.picture is not None:
            found.append(assets.c.has_picture.is_(sought.picture))
        if folder := sought.folder.strip("/"):
            found.append(_among(select(asset_files.c.asset_id).where(self._lying_in(folder))))
        if sought.unused:
            found.append(~exists().where(aired.c.asset_id == assets.c.id))
        return found + _by_details(sought)


def _plain(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _standing(show: Show, file: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    def jobs(*states: JobState) -> ColumnElement[bool]:
        return _among(select(conform_jobs.c.asset_id).where(conform_jobs.c.state.in_(states)))

    match show:
        case Show.READY:
            return [assets.c.state == AssetState.READY]
        case Show.NEW:
            return [assets.c.state == AssetState.NEW]
        case Show.REFUSED:
            return [assets.c.state == AssetState.REFUSED]
        case Show.PREPARING:
            return [jobs(JobState.QUEUED, JobState.RUNNING)]
        case Show.FAILED:
            return [jobs(JobState.FAILED)]
        case Show.GONE:
            return [~file]


def _by_details(sought: Sought) -> list[ColumnElement[bool]]:
    d = asset_details.c
    known = select(d.asset_id)
    found: list[ColumnElement[bool]] = []
    if sought.category is not None:
        found.append(_among(known.where(d.category == sought.category)))
    if sought.age is not None:
        found.append(_among(known.where(d.age == sought.age)))
    if sought.group:
        found.append(_among(known.where(d.group_name == sought.group)))
    if sought.rights_until is not None:
        found.append(_among(known.where(d.last_day.is_not(None), d.last_day <= sought.rights_until.isoformat())))
    if sought.bare:
        whole = known.where(d.category.is_not(None), d.age.is_not(None))
        found.append(assets.c.id.not_in(whole))
    return found


def _among(chosen: Select[Any]) -> ColumnElement[bool]:
    return assets.c.id.in_(chosen)
