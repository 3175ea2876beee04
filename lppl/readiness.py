"""Whether material can air: asked of a page of lines or of search results, not of the whole library."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.database import READS
from lppl.media import AssetId, HouseId
from lppl.quanta import Quanta, covering
from lppl.records import BUILTIN, Asset, AssetState
from lppl.stores import chunked
from lppl.tables import asset_files, assets, house_sets


@dataclass(frozen=True, slots=True)
class Airable:
    """An asset as a channel can air it: `quanta` long; not yet while `ready` is false."""

    asset: AssetId
    title: str
    artist: str
    path: str
    quanta: Quanta
    ready: bool
    has_picture: bool


class Readiness:
    """The store, read only. Raises SQLAlchemyError, OSError."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._reading = engine.execution_options(**READS)

    async def present(self, houses: Collection[HouseId]) -> frozenset[HouseId]:
        """Return those house sets that are ready, and whose file is there, or never was one; not in the bin."""
        found: set[HouseId] = set()
        file = exists().where(asset_files.c.asset_id == house_sets.c.asset_id)
        ready = select(house_sets.c.house_id).join(assets, assets.c.id == house_sets.c.asset_id)
        ready = ready.where(house_sets.c.state == "ready", assets.c.removed.is_(None))
        ready = ready.where(or_(file, assets.c.state == AssetState.DERIVED))
        async with self._reading.connect() as connection:
            for some in chunked(sorted(houses)):
                found.update(map(HouseId, await connection.scalars(ready.where(house_sets.c.house_id.in_(some)))))
        return frozenset(found)


def airable(found: Iterable[Asset], recipe: str, fits: Callable[[str], bool]) -> list[Airable]:
    """Return those assets that a channel whose profile has `recipe` may air; `fits`: which paths are its own. Pure."""
    fitting = []
    for asset in found:
        path = next((p for p in asset.paths if fits(p) and not p.startswith(BUILTIN)), None)
        if asset.state is not AssetState.READY or path is None or asset.facts is None:
            continue
        house = next((h for h in asset.sets if h.recipe == recipe), None)
        quanta = house.quanta if house else covering(asset.facts.duration_s)
        picture = asset.facts.video is not None
        fitting.append(Airable(asset.id, asset.tags.title, asset.tags.artist, path, quanta, house is not None, picture))
    return fitting
