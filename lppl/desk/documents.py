"""Programmes, rules of channels, the Hijri calendar, as staff change them in pages: in force at once, audited."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lppl.audit import Actor, AuditLog
from lppl.desk import grid as grids
from lppl.desk.grid import UnknownName
from lppl.desk.planning import PlanningDesk
from lppl.events import Bus, PlanChanged
from lppl.media import ChannelKind
from lppl.plan_store import Kind
from lppl.programme import Programme
from scheduler.documents import ONLY
from scheduler.file_grid import slug
from scheduler.fixed import FixedEvents, default_fixed
from scheduler.grid import ChannelRules
from scheduler.hijri import HijriTable

PROGRAMME = ("mata acara", "programme")


class DocumentDesk:
    """What is done with documents. `now` is aware UTC; an `actor` is who does it."""

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
        await self._save(Kind.PROGRAMME, made.id, None, made, actor, now)
        return made

    async def save_programme(self, programme: Programme, actor: Actor, now: datetime) -> Programme:
        """Replace a programme. Raises UnknownName."""
        kept = await self.planning.store.documents(Kind.PROGRAMME)
        if programme.id not in kept:
            raise UnknownName(PROGRAMME, programme.id, kept)
        await self._save(Kind.PROGRAMME, programme.id, kept[programme.id], programme, actor, now)
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

    async def save_rules(self, rules: ChannelRules, actor: Actor, now: datetime) -> ChannelRules:
        """Keep the rules of a channel. Raises UnknownChannel."""
        self.planning.channel(rules.id)
        before = (await self.planning.store.documents(Kind.CHANNEL)).get(rules.id)
        await self._save(Kind.CHANNEL, rules.id, before, rules, actor, now, channel=rules.id)
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
        before = (await self.planning.store.documents(Kind.HIJRI)).get(ONLY)
        await self._save(Kind.HIJRI, ONLY, before, table, actor, now)
        return table

    async def _save(
        self,
        kind: Kind,
        name: str,
        before: Mapping[str, Any] | None,
        document: Programme | ChannelRules | HijriTable,
        actor: Actor,
        now: datetime,
        channel: str = "",
    ) -> None:
        await self.planning.save(kind, name, document, now)
        after = document.model_dump(mode="json")
        action = f"{kind.value}.save"
        await self.audit.record(actor, action, now, channel=channel, object=name, before=before, after=after)
        self.bus.publish(PlanChanged(channel, kind.value, actor.name))
