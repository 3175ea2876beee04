"""The control room: what the air does now and what endangers it, put together for those who watch; their orders, noted.

An order is done first and noted in the audit log then: records that are away must not make what was done look undone.
The ledger and the running order name whoever gave it in any case.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from lppl.alarms import ActiveAlarm
from lppl.audit import Actor, AuditLog
from lppl.break_in import GENERIC, BreakIn
from lppl.desk.control import ControlDesk, Deed, NotTaken, Prepared, UnknownBreakIn
from lppl.desk.errors import WrongField
from lppl.errors import LpplError, NotThere
from lppl.events import Bus, PlanChanged
from lppl.incidents import Incident, Incidents
from lppl.orders import Act, Kept
from lppl.plan_store import Kind as Documents
from lppl.quanta import Quanta, at_or_after, starting
from lppl.rundown import Kind, Line
from lppl.station.alarms import read_alarms
from lppl.station.meters import Meters, MeterValue
from lppl.station.orders import recording
from lppl.station.state import read_rundown, rundown_file
from scheduler.file_grid import slug

COMING = 3
FILLED_AT_MOST = timedelta(hours=24)
LATELY = timedelta(hours=24)
"""So long an alarm that is over is still told."""
SAID = {
    Act.SKIP: "air.skip", Act.NEXT: "air.insert", Act.PLAY: "air.play", Act.HOLD: "air.hold", Act.RESUME: "air.resume",
    Act.FILL: "air.fill", Act.BREAK_IN: "air.break_in", Act.END_BREAK_IN: "air.end_break_in",
}  # fmt: skip
"""What the audit log calls each act."""

log = structlog.get_logger(__name__)


class SeenItem(Protocol):
    """An item of the running order, airing during [start_ms, end_ms), milliseconds since the epoch."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def artist(self) -> str: ...
    @property
    def programme(self) -> str: ...
    @property
    def start_ms(self) -> int: ...
    @property
    def end_ms(self) -> int: ...
    @property
    def kind(self) -> Kind: ...


class Seen(Protocol):
    """The recent past, the item on air and the next ones; `fallback`: what stands in for planned material."""

    @property
    def items(self) -> Sequence[SeenItem]: ...
    @property
    def fallback(self) -> str | None: ...


class Sight(Protocol):
    """What the web role sees of the air; cheap to ask."""

    @property
    def meters(self) -> Meters:
        """The level meters."""
        ...

    def programme(self, channel_id: str, /) -> Seen:
        """Return what a channel airs."""
        ...


class NoAlarm(NotThere):
    """There is no such alarm on record."""

    def __init__(self) -> None:
        super().__init__("Alarm itu tidak ada di catatan.", "There is no such alarm on record.")


class NotToBeChanged(LpplError):
    """The generic break-in always stays as it is."""

    def __init__(self) -> None:
        super().__init__(
            "Layar umum selalu ada dan tidak dapat diubah; siapkan Sela Darurat lain.",
            "The generic screen is always there and cannot be changed; prepare another break-in.",
        )


@dataclass(frozen=True, slots=True)
class ChannelNow:
    """What a channel does. `item` None: off the air. `hard`: the next line that begins on the second, come what may."""

    channel: str
    item: SeenItem | None
    coming: tuple[SeenItem, ...]
    fallback: str | None
    held: Kept | None
    breaking_in: Kept | None
    hard: Line | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm that goes on (`active`), or did lately; `record` is None until it is on record."""

    channel: str
    kind: str
    detail: str
    began: datetime
    active: bool
    record: Incident | None


class ControlRoom:
    """What is seen and done there. `now` is aware UTC; an `actor` is who does it. `sight` None: no air to be seen."""

    def __init__(self, desk: ControlDesk, audit: AuditLog, incidents: Incidents, bus: Bus, sight: Sight | None) -> None:
        self.desk, self._audit, self._incidents, self._bus, self._sight = desk, audit, incidents, bus, sight
        self._told: dict[str, tuple[tuple[int, int], tuple[Line, ...]]] = {}

    # ---- watching ----

    async def states(self, now: datetime) -> tuple[ChannelNow, ...]:
        """Return what every channel does."""
        return tuple([await self.state(c.id, now) for c in self.desk.settings.channels])

    async def state(self, channel: str, now: datetime) -> ChannelNow:
        """Return what a channel does. Raises UnknownChannel."""
        ledger = await self.desk.orders(channel)
        hard = await asyncio.to_thread(self._hard, channel, at_or_after(now))
        ms = int(now.timestamp() * 1000)
        seen = self._sight.programme(channel) if self._sight is not None else None
        items = seen.items if seen is not None else ()
        on = next((i for i in items if i.start_ms <= ms < i.end_ms and i.kind is not Kind.OFF), None)
        return ChannelNow(
            channel, on, tuple(i for i in items if i.start_ms > ms)[:COMING],
            seen.fallback if seen is not None else None, ledger.held(at_or_after(now)), ledger.breaking_in(), hard,
        )  # fmt: skip

    def _hard(self, channel: str, now: Quanta) -> Line | None:
        """Return the next line that begins on time. The running order is read again when it was told anew."""
        try:
            stat = rundown_file(self.desk.settings, channel).stat()
        except OSError:
            return None
        stamp, known = (stat.st_mtime_ns, stat.st_size), self._told.get(channel)
        if known is None or known[0] != stamp:
            lines = tuple(line for line in read_rundown(self.desk.settings, channel) if line.hard)
            known = self._told[channel] = stamp, lines
        return next((line for line in known[1] if line.start > now), None)

    async def levels(self) -> Mapping[str, tuple[MeterValue, ...]]:
        """Return how loud each channel is, a value a quantum, from now on as far ahead as it is committed."""
        if self._sight is None:
            return {c.id: () for c in self.desk.settings.channels}
        return {c.id: await self._sight.meters.ahead(c.id) for c in self.desk.settings.channels}

    async def history(self, channel: str, since: datetime) -> tuple[Deed, ...]:
        """Return who did what since, the newest first. Raises UnknownChannel."""
        return await self.desk.history(channel, since)

    # ---- alarms ----

    async def alarms(self, now: datetime) -> tuple[Alarm, ...]:
        """Return the alarms that go on, the newest first, then those that ended within a day."""
        active = await asyncio.to_thread(read_alarms, self.desk.settings)
        records = await self._incidents.during(now - LATELY, now + timedelta(minutes=1), limit=100)
        return told(active, records)

    async def acknowledge(self, number: int, actor: Actor, now: datetime) -> Incident:
        """Note that somebody has seen an alarm; the first to do so stays. Raises NoAlarm."""
        new = await self._incidents.acknowledge(number, actor.name, now)
        found = await self._incidents.get(number)
        if found is None:
            raise NoAlarm
        if new:
            await self._audit.record(
                actor,
                "alarm.acknowledge",
                now,
                channel=found.channel,
                object=str(number),
                after={"alarm": found.detail},
            )
        return found

    # ---- orders ----

    async def skip(self, channel: str, item: str, actor: Actor, now: datetime) -> Kept:
        """End what runs. `item`: what was seen on the air. Like all orders: raises OrderRefused, NotTaken, OSError."""
        return await self._given(self._air(channel).skip_now(channel, actor.name, _made(), item=item), actor, now)

    async def play(self, channel: str, asset: str, title: str, item: str, actor: Actor, now: datetime) -> Kept:
        """End what runs and air an asset."""
        desk = self._air(channel)
        return await self._given(desk.play_now(channel, asset, actor.name, _made(), title=title, item=item), actor, now)

    async def insert(self, channel: str, asset: str, title: str, actor: Actor, now: datetime) -> Kept:
        """Air an asset when what runs has ended."""
        desk = self._air(channel)
        return await self._given(desk.insert_next(channel, asset, actor.name, _made(), title=title), actor, now)

    async def hold(self, channel: str, actor: Actor, now: datetime) -> Kept:
        """Air filler once what runs has ended."""
        return await self._given(self._air(channel).hold(channel, actor.name, _made()), actor, now)

    async def resume(self, channel: str, actor: Actor, now: datetime) -> Kept:
        """Go on with the plan."""
        return await self._given(self._air(channel).resume(channel, actor.name, _made()), actor, now)

    async def fill(self, channel: str, until: datetime, actor: Actor, now: datetime) -> Kept:
        """Air filler until an instant within a day. Raises WrongField."""
        if not now < until <= now + FILLED_AT_MOST:
            raise WrongField("until", "pilih waktu dalam 24 jam ke depan", "choose a time within the next 24 hours")
        return await self._given(self._air(channel).fill_until(channel, until, actor.name, _made()), actor, now)

    async def break_in(
        self, channel: str, what: str | BreakIn, limit: timedelta | None, actor: Actor, now: datetime
    ) -> Kept:
        """Break in: a prepared one by its name, or a text; at the longest for `limit`. Raises UnknownBreakIn."""
        until = now + limit if limit is not None else None
        desk = self._air(channel)
        if isinstance(what, BreakIn):
            await self._heard(what, "text.voice")
        return await self._given(desk.break_in(channel, what, actor.name, _made(), until=until), actor, now)

    async def end_break_in(self, channel: str, actor: Actor, now: datetime) -> Kept:
        """End the break-in; what should be on the air goes on."""
        return await self._given(self._air(channel).end_break_in(channel, actor.name, _made()), actor, now)

    def _air(self, channel: str) -> ControlDesk:
        """Return the desk that orders are given to. Raises UnknownChannel; NotTaken without an air."""
        self.desk.channel(channel)
        if self._sight is None:
            raise NotTaken
        return self.desk

    async def _given(self, order: Awaitable[Kept], actor: Actor, now: datetime) -> Kept:
        """Have an order done and noted."""
        kept = await order
        given = kept.order
        more: dict[str, Any] = {"order": given.id, "state": kept.state.value, "title": given.title or None}
        if given.break_in is not None:
            more["break_in"] = given.break_in.model_dump(mode="json", exclude_defaults=True)
        if given.until:
            more["until"] = starting(Quanta(given.until)).isoformat()
        try:
            await self._audit.record(
                actor, SAID[given.act], now, channel=given.channel, object=given.asset or given.item,
                after={k: v for k, v in more.items() if v is not None},
            )  # fmt: skip
        except (SQLAlchemyError, OSError) as error:
            log.warning("order_not_audited", order=given.id, by=actor.name, reason=type(error).__name__)
        return kept

    # ---- prepared break-ins ----

    async def break_ins(self) -> tuple[Prepared, ...]:
        """Return the prepared break-ins, the generic one first, and where each can air at once."""
        return await self.desk.break_ins()

    async def add_break_in(self, break_in: BreakIn, name: str, actor: Actor, now: datetime) -> BreakIn:
        """Prepare a break-in under a name, or one made of its headline. Raises WrongField where the name is taken."""
        known = {p.break_in.id: p.break_in for p in await self.desk.break_ins()}
        if name in known:
            raise WrongField("name", "nama itu sudah dipakai", "that name is taken")
        made = break_in.model_copy(update={"id": name or slug(break_in.headline, known)})
        return await self._save(made, None, actor, now)

    async def change_break_in(self, break_in: BreakIn, actor: Actor, now: datetime) -> BreakIn:
        """Change a prepared break-in. Raises UnknownBreakIn, NotToBeChanged."""
        return await self._save(break_in, await self._known(break_in.id), actor, now)

    async def remove_break_in(self, name: str, actor: Actor, now: datetime) -> None:
        """Let go of a prepared break-in. Raises UnknownBreakIn, NotToBeChanged."""
        before = await self._known(name)
        await self.desk.remove_break_in(name, actor.name, now)
        await self._audit.record(actor, "break_in.remove", now, object=name, before=before.model_dump(mode="json"))
        self._bus.publish(PlanChanged("", Documents.BREAK_IN.value, actor.name))

    async def _known(self, name: str) -> BreakIn:
        if name == GENERIC.id:
            raise NotToBeChanged
        known = {p.break_in.id: p.break_in for p in await self.desk.break_ins()}
        if name not in known:
            raise UnknownBreakIn(name, list(known))
        return known[name]

    async def _save(self, break_in: BreakIn, before: BreakIn | None, actor: Actor, now: datetime) -> BreakIn:
        await self._heard(break_in, "voice")
        kept = await self.desk.save_break_in(break_in, actor.name, now)
        await self._audit.record(
            actor, "break_in.save", now, object=kept.id,
            before=before.model_dump(mode="json") if before else None, after=kept.model_dump(mode="json"),
        )  # fmt: skip
        self._bus.publish(PlanChanged("", Documents.BREAK_IN.value, actor.name))
        return kept

    async def _heard(self, break_in: BreakIn, field: str) -> None:
        """Raise WrongField where the recording of a break-in is none."""
        if not break_in.voice:
            return
        try:
            await asyncio.to_thread(recording, self.desk.settings, break_in.voice)
        except LpplError as error:
            raise WrongField(field, error.indonesian, error.english) from None
        except (OSError, ValueError):
            raise WrongField(field, "rekaman tidak dapat dibaca", "the recording cannot be read") from None


def told(active: Sequence[ActiveAlarm], records: Sequence[Incident]) -> tuple[Alarm, ...]:
    """Return what goes on, the newest first, each with its record, then the records of what is over. Pure."""
    still = {(r.channel, r.kind): r for r in reversed(records) if r.ended is None}
    newest = sorted(active, key=lambda a: a.since, reverse=True)
    going = [
        Alarm(a.channel, a.kind.value, a.detail, starting(a.since), True, still.pop((a.channel, a.kind.value), None))
        for a in newest
    ]
    over = [Alarm(r.channel, r.kind, r.detail, r.began, False, r) for r in records if r.ended is not None]
    return (*going, *over)


def _made() -> datetime:
    """Return when an order is given: by the computer's clock, by which the air role tells whether it came too late."""
    return datetime.now(UTC)
