"""Clocks as values: what is measured, how it stands, and why. :mod:`lppl.cases.clocks` replays them from the events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ClockName(StrEnum):
    """What is measured."""

    VERIFY = "verifikasi"
    FIRST_ANSWER = "tanggapan-awal"
    """One for every time that an agency is given the case."""
    RESOLVE = "penyelesaian"
    TRANSFER = "pengalihan"
    """Until news come from the receiver; then anew, until they are final."""
    OBJECTION = "keberatan"
    AUTO_CLOSE = "tutup-otomatis"
    """Not a duty: after `due` the system may close the case."""
    COMPLETE = "kelengkapan"
    """Not a duty of staff: after `due` a case that lacks something may be archived."""

    @property
    def label(self) -> str:
        """Its name in Indonesian."""
        return _LABELS[self][0]

    @property
    def english(self) -> str:
        """Its name in English."""
        return _LABELS[self][1]

    @property
    def duty(self) -> bool:
        """Tell whether the desk or an agency has to do something before it is due."""
        return self not in (ClockName.AUTO_CLOSE, ClockName.COMPLETE)


_LABELS: Mapping[ClockName, tuple[str, str]] = {
    ClockName.VERIFY: ("Verifikasi", "Verification"),
    ClockName.FIRST_ANSWER: ("Tanggapan awal instansi", "First answer of the agency"),
    ClockName.RESOLVE: ("Penyelesaian", "Resolution"),
    ClockName.TRANSFER: ("Kabar dari penerima pengalihan", "News from the receiver of the transfer"),
    ClockName.OBJECTION: ("Tanggapan atas keberatan", "Answer to the objection"),
    ClockName.AUTO_CLOSE: ("Penutupan otomatis", "Automatic closing"),
    ClockName.COMPLETE: ("Kelengkapan dari pelapor", "Completion by the reporter"),
}


class ClockState(StrEnum):
    """How a clock stands. `MET`, `LATE` and `VOID` are final."""

    RUNNING = "berjalan"
    RESTING = "jeda"
    MET = "tepat-waktu"
    LATE = "terlambat"
    """It was done, after it was due."""
    VOID = "gugur"
    """It ended without what it waited for, and nobody is judged by it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the explanation, in both languages."""

    at: datetime
    indonesian: str
    english: str


@dataclass(frozen=True, slots=True)
class Clock:
    """One duty, or wait. Instants are aware UTC. `agency`: whose first answer. `days`: working days, without rests."""

    name: ClockName
    agency: int | None
    started: datetime
    days: int
    due: datetime
    """The last moment that is in time; while it rests, as if the rest ended now."""
    ended: datetime | None
    state: ClockState
    passed: bool
    """`due` lies behind: behind its end, or behind now for one that has not ended."""
    rests: tuple[tuple[datetime, datetime | None], ...]
    """From when to when it did not count; None for a rest that goes on."""
    why: tuple[Step, ...]

    @property
    def late(self) -> bool:
        """Tell whether a duty was not done in time; a wait is never late."""
        return self.passed and self.name.duty


def next_due(clocks: Iterable[Clock]) -> Clock | None:
    """Return the running duty that is due first; None when there is none."""
    running = [c for c in clocks if c.state is ClockState.RUNNING and c.name.duty]
    return min(running, key=lambda c: c.due, default=None)


def overdue(clocks: Iterable[Clock]) -> tuple[Clock, ...]:
    """Return the duties that are late and still not done, the longest overdue first."""
    return tuple(sorted((c for c in clocks if c.late and c.ended is None), key=lambda c: c.due))


def wait_over(clocks: Iterable[Clock], name: ClockName) -> bool:
    """Tell whether a wait (`AUTO_CLOSE`, `COMPLETE`) has run out, so that the case may be closed or archived."""
    return any(c.name is name and c.state is ClockState.RUNNING and c.passed for c in clocks)
