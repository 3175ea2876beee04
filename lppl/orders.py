"""What operators order of the air now (skip, insert, play, hold, break in), and what became of each order.

Values and their JSON only. An order is a file that anybody may write who may write below ``state/orders/``: the web
role, a command. The air role takes it, does it once, and says in the channel's ledger what became of it
(:mod:`lppl.station.orders`). Not to be confused with the orders of spots.
"""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, Field, StringConstraints

from lppl.break_in import BreakIn
from lppl.programme import Document, Text, Word
from lppl.quanta import Quanta

OrderId = Annotated[str, StringConstraints(pattern=r"^[0-9]{13}-[0-9a-f]{8}$")]
"""Milliseconds since the epoch and a random part: sorts by the time at which it was given."""
AirTime = Annotated[int, Field(ge=0)]


class Act(StrEnum):
    """What is ordered."""

    SKIP = "lewati"
    NEXT = "sisip-berikutnya"
    PLAY = "tayangkan"
    HOLD = "tahan"
    RESUME = "lanjutkan"
    FILL = "isi"
    BREAK_IN = "sela-darurat"
    END_BREAK_IN = "akhiri-sela"

    @property
    def label(self) -> str:
        """What people call it, Indonesian."""
        return _LABELS[self]


_LABELS = {
    Act.SKIP: "Lewati",
    Act.NEXT: "Sisipkan berikutnya",
    Act.PLAY: "Tayangkan sekarang",
    Act.HOLD: "Tahan",
    Act.RESUME: "Lanjutkan",
    Act.FILL: "Isi sampai",
    Act.BREAK_IN: "Sela Darurat",
    Act.END_BREAK_IN: "Akhiri Sela Darurat",
}


class Order(Document):
    """One order, given at `made` (UTC); after `valid_s` seconds that the air role did not see it, it is not done."""

    id: OrderId
    channel: Word
    act: Act
    by: Word
    made: AwareDatetime
    valid_s: Annotated[int, Field(ge=1, le=3600)] = 20
    item: Word = ""
    """The id of the item that the operator saw on the air; when another one runs, the order is refused."""
    asset: Word = ""
    title: Word = ""
    until: AirTime = 0
    """For FILL: up to this air time. For BREAK_IN: ends then at the latest; 0: when an operator ends it."""
    break_in: BreakIn | None = None
    at_once: bool = True
    """A break-in that is not rendered yet: the generic slate airs until it is."""

    def expired(self, now: datetime) -> bool:
        """Tell whether it is too old to be done."""
        return now - self.made > timedelta(seconds=self.valid_s)


class State(StrEnum):
    """What became of an order."""

    WAITING = "menunggu"
    """Its break-in is being rendered."""
    ACCEPTED = "diterima"
    """It airs from `at` on; the journal does not say so yet."""
    DONE = "tayang"
    REFUSED = "ditolak"
    EXPIRED = "kedaluwarsa"


NEWEST = 20
"""Of so many orders is still looked for that they begin; what has not begun by then never will."""


class Kept(Document):
    """An order in the ledger of its channel: what became of it, and a sentence for people in two languages."""

    order: Order
    state: State
    taken: AwareDatetime
    at: AirTime = 0
    """The air time from which it holds; of what is inserted, when that began."""
    ended: AirTime = 0
    """When a hold, a filling or a break-in ended; 0: it goes on, or there is nothing to end."""
    indonesian: Text = ""
    english: Text = ""
    edit: dict[str, Any] | None = None
    """The edit of the running order that keeps it (:class:`scheduler.edits.Edit`), once it was accepted."""
    recorded: AwareDatetime | None = None
    """When the edit was recorded as it is now; None: it has yet to be."""

    @property
    def holds(self) -> bool:
        """Whether filler airs by this order, until somebody goes on."""
        in_force = self.state in (State.ACCEPTED, State.DONE) and not self.ended
        return in_force and self.order.act in (Act.HOLD, Act.FILL)

    @property
    def breaks_in(self) -> bool:
        """Whether a break-in airs, or is about to, by this order."""
        return self.order.act is Act.BREAK_IN and self.state not in (State.REFUSED, State.EXPIRED) and not self.ended


class Ledger(Document):
    """What became of the orders of one channel, oldest first."""

    kept: tuple[Kept, ...] = ()

    @property
    def unsettled(self) -> tuple[Kept, ...]:
        """The orders of which something may yet become: what has yet to begin, and the break-in that has yet to end."""
        older, newest = self.kept[:-NEWEST], self.kept[-NEWEST:]
        return (
            *(k for k in older if k.breaks_in),
            *(k for k in newest if k.state is State.ACCEPTED or k.breaks_in),
        )

    def of(self, order: str) -> Kept | None:
        """Return an order by its id; None when it was not taken."""
        return next((k for k in reversed(self.kept) if k.order.id == order), None)

    def held(self, now: Quanta) -> Kept | None:
        """Return the order by which filler airs at `now`, or will once the running item has ended."""
        return next((k for k in reversed(self.kept) if k.holds and now < (_until(k) or now + 1)), None)

    def breaking_in(self) -> Kept | None:
        """Return the order by which a break-in airs, or is about to."""
        return next((k for k in reversed(self.kept) if k.breaks_in), None)

    def having(self, kept: Kept) -> "Ledger":
        """Return the ledger with an order as it is now, added or in its place."""
        if self.of(kept.order.id) is None:
            return Ledger(kept=(*self.kept, kept))
        return Ledger(kept=tuple(kept if k.order.id == kept.order.id else k for k in self.kept))


def _until(kept: Kept) -> int:
    return int((kept.edit or {}).get("until", 0))


def new_id(now: datetime) -> str:
    """Return the id of an order given at `now`."""
    return f"{int(now.timestamp() * 1000):013d}-{secrets.token_hex(4)}"
