"""What the engines ask of each other, as protocols; the composition root plugs them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lppl.media import AssetId, HouseId
from lppl.quanta import Quanta
from lppl.rundown import Rundown


@dataclass(frozen=True, slots=True)
class Aired:
    """One entry of the past that schedules need: what aired, from when to when."""

    asset: AssetId
    start: Quanta
    length: Quanta
    until: Quanta = Quanta(0)
    """How far into the asset it came; 0 when that is not known (what was rendered from several)."""


class Planner(Protocol):
    """Builds the running order of a channel from any instant on."""

    def plan(self, channel: str, start: Quanta, end: Quanta, aired: Sequence[Aired]) -> Rundown:
        """Cover at least [start, end) exactly once. `aired` is the recent past, oldest first.

        Pure with respect to the schedule and the library it holds at the moment of the call; never raises
        for bad material or schedules: the ladder filler, ident, slate covers what cannot be filled. May be
        called in a thread.
        """
        ...


class Sources(Protocol):
    """Tells playout what can be committed."""

    def ready(self, house: HouseId) -> Quanta | None:
        """Return how many quanta of `house`, from its start, can air now; None when it is lost.

        Conformed material answers its whole length; a live source answers what has arrived so far.
        Must be cheap (a stat call at most) and must not raise.
        """
        ...

    def key(self, house: HouseId, q: Quanta) -> Quanta | None:
        """Return the last quantum of `house`, at or before `q`, with which airing can begin; None when lost.

        Asked for live sources only: conformed material has a key frame every 6 quanta. Cheap; must not raise.
        """
        ...

    def format(self, house: HouseId) -> str:
        """Name the parameter sets of all renditions of `house`, the same for all that join seamlessly.

        Empty when it is lost. Cheap; must not raise.
        """
        ...


class TransportFeed(Protocol):
    """A channel's sound as an MPEG transport stream, for the sound card and for relays."""

    def packets(self, q: Quanta) -> bytes | None:
        """Return the TS packets (a multiple of 188 bytes) of quantum `q`; None while it is not committed.

        PTS and PCR follow the air time of `q`, so consecutive quanta join seamlessly.
        """
        ...
