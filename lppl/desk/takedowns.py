"""What of the past may not be watched: taking spans down and lifting them, each with its reason, each on record."""

from datetime import datetime

from lppl.audit import Actor, AuditLog
from lppl.desk.planning import PlanningDesk
from lppl.errors import NotThere
from lppl.quanta import QUANTUM_MS, Quanta, at_or_after, starting
from lppl.takedowns import Takedown, Takedowns


class NoTakedown(NotThere):
    """No such span is taken down now."""

    def __init__(self) -> None:
        super().__init__(
            "Penarikan itu tidak ada, atau sudah dicabut.", "There is no such takedown, or it has been lifted."
        )


class TakedownDesk:
    """What staff do about catch-up. `store` may be shared by what serves it."""

    def __init__(self, planning: PlanningDesk, audit: AuditLog, store: Takedowns) -> None:
        self._planning, self._audit, self.store = planning, audit, store

    async def take_down(
        self, channel: str, start: datetime, end: datetime, reason: str, actor: Actor, now: datetime
    ) -> Takedown:
        """Withhold what aired in [start, end), whole quanta, from now on. Raises UnknownChannel, ValueError."""
        self._planning.channel(channel)
        span = Quanta(int(start.timestamp() * 1000) // QUANTUM_MS), at_or_after(end)
        made = await self.store.take_down(channel, *span, reason, actor.name, now)
        await self._audit.record(
            actor, "takedown.make", now, channel=channel, object=str(made.id), after=_told(made)
        )  # fmt: skip
        return made

    async def lift(self, number: int, actor: Actor, now: datetime) -> None:
        """Let the span be watched again. Raises NoTakedown."""
        lifted = await self.store.lift(number, now)
        if lifted is None:
            raise NoTakedown
        await self._audit.record(
            actor, "takedown.lift", now, channel=lifted.channel, object=str(number), before=_told(lifted)
        )


def _told(takedown: Takedown) -> dict[str, str]:
    return {
        "from": starting(takedown.start).isoformat(), "to": starting(takedown.end).isoformat(),
        "reason": takedown.reason,
    }  # fmt: skip
