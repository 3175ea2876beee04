"""``/healthz``: is the station on the air? JSON for people, watchdogs and load balancers.

200 while every channel sends what it should or stands in for it; 503 when a channel has no fresh segment.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from aiohttp import web


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """One channel. Times in seconds."""

    channel: str
    item: str
    """Title of what is on air."""
    kind: str
    item_ends_in_s: float
    committed_ahead_s: float
    segment_age_s: float | None
    """How long ago the newest segment ended on air; None before the first."""
    fallback: str | None
    """filler, ident or slate when it stands in for what was planned."""
    lost: tuple[str, ...] = ()
    """House sets that were wanted and could not be read."""
    substituted: int = 0
    """Pieces of announced segments for which the slate stood in."""

    @property
    def on_air(self) -> bool:
        """A segment is published every 3.84 s, 1.6 s after its cell."""
        return self.segment_age_s is not None and self.segment_age_s < 15


@dataclass(frozen=True, slots=True)
class Health:
    """The whole station."""

    channels: tuple[ChannelHealth, ...]
    clock_credible: bool = True
    clock_offset_ms: float = 0.0
    journal: str | None = None
    """Why the journal is not durable now; None when it is."""
    database: str | None = None
    conform: str | None = None
    """Why conforming pauses; None when it does not."""
    disk_free_gb: float | None = None
    outputs: tuple[dict[str, object], ...] = ()
    warnings: tuple[str, ...] = field(default=())
    findings: tuple[str, ...] = ()
    """What to mend in schedules: files that they name and that are not there, two starts at once. No state of alarm."""

    @property
    def on_air(self) -> bool:
        """True when every channel is."""
        return all(c.on_air for c in self.channels)

    @property
    def status(self) -> str:
        """``ok``, ``degraded`` (on air, but something needs a person) or ``off-air``."""
        if not self.on_air:
            return "off-air"
        trouble = self.journal or self.database or self.conform or self.warnings or not self.clock_credible
        trouble = trouble or any(o.get("alarms") for o in self.outputs)
        trouble = trouble or any(c.committed_ahead_s < 0 for c in self.channels)  # playout no longer commits
        return "degraded" if trouble or any(c.fallback or c.lost for c in self.channels) else "ok"


HEALTH: web.AppKey[Callable[[], Health]] = web.AppKey("health")


def add_health(app: web.Application, health: Callable[[], Health]) -> None:
    """Register ``/healthz``."""
    app[HEALTH] = health
    app.router.add_get("/healthz", healthz, allow_head=True)


async def healthz(request: web.Request) -> web.Response:
    """Send the station's state."""
    health = request.app[HEALTH]()
    body = {"status": health.status, **asdict(health)}
    return web.json_response(body, status=200 if health.on_air else 503, headers={"Cache-Control": "no-store"})
