"""Programmes, rules of channels, the Hijri calendar, as staff change them in pages: in force at once, audited.

Whoever changes a programme or rules may say which revision they had looked at: where somebody else was faster, nothing
is kept.
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from lppl.audit import Actor, AuditLog
from lppl.desk import grid as grids
from lppl.desk.grid import UnknownName
from lppl.desk.planning import PlanningDesk
from lppl.errors import LpplError
from lppl.events import Bus, PlanChanged
from lppl.media import ChannelKind
from lppl.plan_store import Json, Kind
from lppl.programme import Programme
from scheduler.documents import ONLY
from scheduler.file_grid import slug
from scheduler.fixed import FixedEvents, default_fixed
from scheduler.grid import ChannelRules
from scheduler.hijri import HijriTable

PROGRAMME = ("mata acara", "programme")


class Overtaken(LpplError):
    """A document is not any more what somebody had looked at."""

    def __init__(self) -> None:
        super().__init__(
            "Orang lain sudah mengubahnya sesudah Anda membukanya.", "Somebody else has changed it since you opened it."
        )


def revision_of(document: BaseModel) -> str:
    """Return a word that is another one whenever a document says something else."""
    said = json.dumps(document.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


async def record_saved(
    audit: AuditLog, bus: Bus, kind: Kind, name: str, before: Json | None, after: Json, actor: Actor, now: datetime
) -> None:
    """Write down that a document was saved, and tell open pages."""
    channel = name if kind is Kind.CHANNEL else ""
    await audit.record(actor, f"{kind.value}.save", now, channel=channel, object=name, before=before, after=after)
    bus.publish(PlanChanged(channel, kind.value, actor.name))


class DocumentDesk:
    """What is done with documents. `now` is aware UTC; an `actor` is who does it; `seen` as `revision_of` tells."""

    def __init__(self, planning: PlanningDesk, audit: AuditLog, bus: Bus) -> None:
        self.planning, self.audit, self.bus = planning, audit, bus

    # ---- programmes ----

    async def programme(self, name: str) -> Programme:
        """Return a programme. Raises UnknownName."""
        return await grids.programme(self.planning, name)

    async def add_programme(self, programme: Programme, actor: Actor, now: datetime) -> Programme:
        """Keep a new programme under a name made of its title; return it."""
        taken = await self.planning.store.documents(Kind.PROGRAMME)
        made = programme.model_copy(update={"id": slug(programme.title, taken)})
        await self._save(Kind.PROGRAMME, made.id, made, actor, now)
        return made

    async def save_programme(
        self, programme: Programme, actor: Actor, now: datetime, seen: str | None = None
    ) -> Programme:
        """Replace a programme. Raises UnknownName, Overtaken."""
        known = await self.planning.store.documents(Kind.PROGRAMME)
        if programme.id not in known:
            raise UnknownName(PROGRAMME, programme.id, known)
        await self._save(Kind.PROGRAMME, programme.id, programme, actor, now, seen)
        return programme

    async def remove_programme(self, name: str, actor: Actor, now: datetime) -> None:
        """Remove a programme. Raises UnknownName, and StillUsed where a grid names it."""
        before = (await self.planning.store.documents(Kind.PROGRAMME)).get(name)
        await grids.remove(self.planning, Kind.PROGRAMME, PROGRAMME, name)
        await self.audit.record(actor, "programme.remove", now, object=name, before=before)
        self.bus.publish(PlanChanged("", Kind.PROGRAMME.value, actor.name))

    # ---- rules ----

    async def rules(self, channel: str) -> ChannelRules:
        """Return the rules of a channel, the usual ones where none that can be read are kept. Raises UnknownChannel."""
        try:
            return await grids.rules(self.planning, channel)
        except ValueError:
            return ChannelRules(id=channel)

    async def save_rules(
        self, rules: ChannelRules, actor: Actor, now: datetime, seen: str | None = None
    ) -> ChannelRules:
        """Keep the rules of a channel. Raises UnknownChannel, Overtaken."""
        self.planning.channel(rules.id)
        await self._save(Kind.CHANNEL, rules.id, rules, actor, now, seen)
        return rules

    def usual_events(self, channel: str) -> FixedEvents:
        """Return the fixed events that a new channel begins with. Raises UnknownChannel."""
        kind: ChannelKind = self.planning.channel(channel).kind
        return default_fixed(kind)

    # ---- the Hijri calendar ----

    async def hijri(self) -> HijriTable:
        """Return the official month starts."""
        return (await self.planning.laid_down()).hijri

    async def save_hijri(self, table: HijriTable, actor: Actor, now: datetime) -> HijriTable:
        """Keep the official month starts."""
        await self._save(Kind.HIJRI, ONLY, table, actor, now)
        return table

    async def _save(
        self,
        kind: Kind,
        name: str,
        document: Programme | ChannelRules | HijriTable,
        actor: Actor,
        now: datetime,
        seen: str | None = None,
    ) -> None:
        def look(kept: Json | None) -> None:
            if seen is not None and revision_of(_read(document, kept)) != seen:
                raise Overtaken

        before = await self.planning.save(kind, name, document, now, look)
        after = document.model_dump(mode="json")
        await record_saved(self.audit, self.bus, kind, name, before, after, actor, now)


def _read(document: BaseModel, kept: Json | None) -> BaseModel:
    """Return what is kept in the place of a document, as somebody sees it who looks."""
    usual: dict[str, Any] = {"id": document.id} if isinstance(document, ChannelRules) else {}
    try:
        return type(document).model_validate({**(kept or {}), **usual})
    except ValueError:
        return type(document).model_construct(**usual)
