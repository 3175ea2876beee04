"""What the phone line is set to, what it hands over, and to whom: values and one port, nothing that reads or writes."""

from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Protocol
from uuid import UUID

LOOPBACK: tuple[IPv4Network | IPv6Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True, slots=True)
class LineSettings:
    """Where the exchange connects to, from where it may, and how long anything may take (`_s`: seconds)."""

    host: str = "127.0.0.1"
    port: int = 9092
    """0 lets the system choose one: :attr:`lppl.phone.line.PhoneLine.port` tells which."""
    allowed: tuple[IPv4Network | IPv6Network, ...] = LOOPBACK
    calls: int = 8
    """Calls at the same time."""
    half_open: int = 16
    """Connections at the same time that have not said yet which call they are."""
    longest_s: float = 300.0
    """The longest recording."""
    first_frame_s: float = 5.0
    """How long a connection may take to say which call it is."""
    idle_s: float = 10.0
    """A call of which nothing is heard for so long, not even silence, is over."""
    write_s: float = 5.0
    """A peer that reads nothing for so long is gone."""
    keep_s: float = 20.0
    """How long keeping a call may take; then the caller is told that the code comes later."""
    retry_s: float = 60.0
    """How often calls that could not be handed in are handed in again."""
    speech_dbfs: float = -42.0
    """What is louder counts as speech. Speech on a phone line is about -26 dBFS, a quiet line below -50."""


class Stage(StrEnum):
    """What a hand-in of a call is. All of one call have the same `uuid`; a later one completes the earlier."""

    EMERGENCY = "darurat"
    """The caller said by a key that this is an emergency; the recording follows as `WHOLE`."""
    WHOLE = "utuh"
    """All of a call that got as far as its recording."""
    MISSED = "tak-terjawab"
    """The caller hung up before a word was recorded, and can be called back."""


class Sound(Protocol):
    """The recording of a call, however it lies on the disk."""

    @property
    def seconds(self) -> float:
        """Return how long it is."""
        ...

    def wav(self) -> Iterator[bytes]:
        """Yield it as a WAV file (8 kHz, mono, 16 bit), piece by piece and in the memory alone.

        Blocks; raises OSError. It is no longer there once :meth:`Desk.keep` has returned.
        """
        ...


@dataclass(frozen=True, slots=True)
class CallTaken:
    """A call, as it is handed in. `uuid` is its key: handed in again after a crash or an error, it is the same."""

    uuid: UUID
    caller: str
    """The number as the exchange told it; empty when it was withheld."""
    line: str
    """Which of the station's numbers or lines was called, as the exchange told it."""
    began: datetime
    """Aware UTC."""
    pressed: str
    """``pengaduan``, ``aspirasi``, ``permintaan-informasi``; empty when no key was pressed."""
    emergency: bool
    stage: Stage
    recording: Sound | None = None
    disturbed: bool = False
    """Recording failed in the middle or at all: there is less than the caller said."""


class Desk(Protocol):
    """Who keeps calls."""

    async def keep(self, call: CallTaken) -> str:
        """Return the tracking code once `call` and its recording are durable.

        Must be idempotent by (`uuid`, `stage`), and give every stage of a call the same code. It may be cancelled.
        Raises LpplError or OSError when it cannot be kept now: it will be handed in again.
        """
        ...


class Clock(Protocol):
    """Time that only goes forward, in seconds; a test turns it by hand."""

    def monotonic(self) -> float:
        """Return seconds since some fixed point."""
        ...

    def sleep_until(self, when: float) -> Awaitable[None]:
        """Return at `when`, or at once when that is past; the loop gets its turn in any case."""
        ...


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of a call besides its sound; it stands beside the recording, and is there before it."""

    uuid: UUID
    caller: str
    line: str
    began: datetime
    pressed: str = ""
    emergency: bool = False
    told: bool = False
    """The emergency has been handed in already."""
    disturbed: bool = False

    def taken(self, stage: Stage, recording: Sound | None = None) -> CallTaken:
        """Return it as it is handed in."""
        return CallTaken(
            self.uuid, self.caller, self.line, self.began, self.pressed, self.emergency, stage, recording,
            self.disturbed,
        )  # fmt: skip
