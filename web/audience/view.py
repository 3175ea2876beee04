"""What the pages for the audience know of the station: a port that the composition root implements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from lppl.journal import Entry
from lppl.quanta import Quanta
from scheduler.guide import GuideEntry
from streaming.span import Span
from web.programme import PortalView


@dataclass(frozen=True, slots=True)
class Wish:
    """A browser that wants to be reminded of a broadcast: where its push service listens, and its keys."""

    endpoint: str
    p256dh: str
    auth: str
    language: str = "id"


@dataclass(frozen=True, slots=True)
class Remembered:
    """A broadcast that a browser wants to be reminded of. `start` is aware."""

    channel: str
    programme: str
    start: datetime
    title: str


class AudienceView(PortalView, Protocol):
    """Guide and past of every channel, named by the ids of `channels`. All times are air times."""

    @property
    def today(self) -> date:
        """The local day of the air clock."""
        ...

    @property
    def now(self) -> datetime:
        """The air clock, aware, UTC."""
        ...

    async def day(self, channel: str, day: date) -> Sequence[GuideEntry]:
        """Return the programmes that touch a local day, oldest first."""
        ...

    async def coming(self, channel: str) -> Sequence[GuideEntry]:
        """Return the programmes that have not ended, up to a week ahead, oldest first."""
        ...

    async def recent(self, channel: str) -> Sequence[GuideEntry]:
        """Return the programmes of the last two days that have ended, newest first."""
        ...

    async def at(self, channel: str, q: Quanta) -> GuideEntry | None:
        """Return the programme that airs or aired at `q`; None between programmes."""
        ...

    async def named(self, channel: str, uid: str) -> GuideEntry | None:
        """Return the programme with that uid; None when there is none."""
        ...

    async def shown(self, channel: str, span: Span) -> None:
        """Return when something of `span` can be watched. Raises NotShown; other LpplErrors for come again later."""
        ...

    async def items(self, channel: str, span: Span) -> Sequence[Entry]:
        """Return what aired in `span`, oldest first."""
        ...


class Reminding(Protocol):
    """Reminders by web push. All raise LpplError while the records cannot be read."""

    async def key(self) -> str:
        """Return the station's public key, base64url, for ``applicationServerKey``."""
        ...

    async def remind(self, wish: Wish, entry: GuideEntry) -> None:
        """Remember that a browser wants to be told before `entry` begins. Raises LpplError when it has too many."""
        ...

    async def forget(
        self, endpoint: str, channel: str = "", programme: str = "", start: datetime | None = None
    ) -> None:
        """Forget one reminder of a browser; without a channel the browser and all its reminders."""
        ...

    async def remembered(self, endpoint: str) -> Sequence[Remembered]:
        """Return what a browser will be reminded of, oldest first."""
        ...
