"""The desk's own lists as staff change them; deadlines of open cases follow a change of days or policies."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.cases.desk_lists import LISTS, or_default
from lppl.cases.desk_store import DeskStore
from lppl.cases.documents import DeskDocuments, Document
from lppl.events import Bus, PlanChanged

OF_CLOCKS = frozenset({"leave", "policies"})


class CaseLists:
    """Lists, agencies, views, notes."""

    def __init__(self, engine: AsyncEngine, bus: Bus, town: str) -> None:
        self._documents, self._bus, self._town = DeskDocuments(engine), bus, town
        self.store = DeskStore(engine)

    async def get(self, name: str) -> Document:
        """Return a list as it holds. `name` must be one of LISTS."""
        return or_default(name, await self._documents.get(name), self._town)

    async def keep(self, name: str, body: Mapping[str, Any], base: int, author: str, now: datetime) -> int:
        """Keep the successor of a list; return its revision. Raises DocumentChanged."""
        assert name in LISTS
        revision = await self._documents.keep(name, body, base, author, now)
        self._bus.publish(PlanChanged("", f"desk.{name}", author))
        return revision
