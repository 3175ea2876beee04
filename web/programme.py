"""What a channel is airing, as the pages show it: values, and pure functions over them.

Times are air times in milliseconds since the Unix epoch. The composition root implements
:class:`PortalView`; nothing here reads a clock, a journal or a schedule.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from lppl.media import ChannelKind
from lppl.rundown import Kind


class Quality(NamedTuple):
    """One rung that a viewer may choose. `height` is None for sound only; `bitrate_bps` is all of it."""

    name: str
    height: int | None
    bitrate_bps: int


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """A channel as the audience knows it."""

    id: str
    name: str
    kind: ChannelKind
    qualities: tuple[Quality, ...]
    dvr_seconds: int = 7200
    """How far back `hls/{id}/dvr.m3u8` may reach; 0 hides going back."""
    since_ms: int = 0
    """The oldest air time that it reaches now: later than `dvr_seconds` ago while the channel is young."""


@dataclass(frozen=True, slots=True)
class ProgrammeItem:
    """One item of the running order, airing during [start_ms, end_ms). `id` is unique in its channel."""

    id: str
    title: str
    artist: str
    programme: str
    start_ms: int
    end_ms: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Programme:
    """The recent past (about 15 minutes), the item on air and the next three, in order.

    `fallback` is the kind (``filler``, ``ident``, ``slate``) that stands in for planned material now; None
    while everything is as planned.
    """

    channel: str
    items: tuple[ProgrammeItem, ...]
    fallback: str | None = None


class PortalView(Protocol):
    """All that the portal knows of the station."""

    @property
    def station_name(self) -> str:
        """The station, for the page's title."""
        ...

    @property
    def place(self) -> str:
        """Town or regency."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown."""
        ...

    @property
    def channels(self) -> Sequence[ChannelInfo]:
        """The channels, in the order in which they are shown."""
        ...

    def programme(self, channel_id: str) -> Programme:
        """Return what `channel_id`, one of `channels`, airs. Cheap: no file, no query."""
        ...

    def changes(self) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        """Open a subscription that yields a channel id whenever that channel's programme changed.

        Entering may raise LpplError or OSError, and so may iterating; the portal then subscribes again.
        """
        ...


def on_air(programme: Programme, ms: int) -> ProgrammeItem | None:
    """Return the item that airs at `ms`, or None when the programme does not reach it."""
    return next((i for i in programme.items if i.start_ms <= ms < i.end_ms), None)


def coming(programme: Programme, ms: int, count: int = 3) -> tuple[ProgrammeItem, ...]:
    """Return at most `count` items that start after `ms`, in order."""
    return tuple(i for i in programme.items if i.start_ms > ms)[:count]


def aired(programme: Programme, ms: int) -> tuple[ProgrammeItem, ...]:
    """Return the items that ended by `ms` and were meant to be seen, latest first; what was on several times, once."""
    latest: dict[tuple[str, str], ProgrammeItem] = {}
    for item in reversed(programme.items):
        if item.end_ms <= ms and item.kind not in (Kind.PREROLL, Kind.OFF):
            latest.setdefault((item.title, item.artist), item)
    return tuple(latest.values())


def permille(item: ProgrammeItem, ms: int) -> int:
    """Return how much of `item` is over at `ms`, 0 to 1000."""
    length = max(1, item.end_ms - item.start_ms)
    return max(0, min(1000, (ms - item.start_ms) * 1000 // length))


def payload(programme: Programme, server_ms: int) -> dict[str, Any]:
    """Return `programme` as JSON-able data; `server_ms`, the air clock, lets a page correct its own clock."""
    return {
        "channel": programme.channel,
        "server_ms": server_ms,
        "fallback": programme.fallback,
        "items": [
            {
                "id": i.id,
                "title": i.title,
                "artist": i.artist,
                "programme": i.programme,
                "start_ms": i.start_ms,
                "end_ms": i.end_ms,
                "kind": i.kind.value,
            }
            for i in programme.items
        ],
    }
