"""Alarms of the air as values: which there are, when one begins and ends, and the sentence that staff read.

Pure. What is wrong is decided elsewhere (:mod:`lppl.station.alarms`), quantum by quantum; here a short disturbance is
kept from being one, and an alarm from ending at the first click in a silence.
"""

from dataclasses import dataclass
from enum import StrEnum

from lppl.quanta import Quanta


class AlarmKind(StrEnum):
    """Stable words, as on the bus and in the records. The first three concern a channel, the others the station."""

    SILENCE = "silence"
    FALLBACK = "fallback"
    OFF_AIR = "off_air"
    JOURNAL = "journal"
    CLOCK = "clock"
    DISK = "disk"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class ActiveAlarm:
    """An alarm that goes on since air time `since`; `channel` is empty when it concerns the whole station."""

    channel: str
    kind: AlarmKind
    detail: str
    since: Quanta


@dataclass(frozen=True, slots=True)
class Turn:
    """An alarm began or ended at air time `at`."""

    active: bool
    at: Quanta


class Watch:
    """One thing that may go wrong: an alarm once it was wrong for `after` quanta, over once it was right for `calm`."""

    def __init__(self, after: Quanta, calm: Quanta) -> None:
        self._after, self._calm = after, calm
        self._since: Quanta | None = None
        """Since when it is as `active` does not say: wrong without an alarm, right with one."""
        self.active = False

    def see(self, start: Quanta, end: Quanta, wrong: bool) -> Turn | None:
        """Take how it was in [start, end), the next stretch of air time; return what that turns, if anything."""
        if end <= start:
            return None
        if wrong == self.active:
            self._since = None
            return None
        if self._since is None:
            self._since = start
        if end - self._since < (self._calm if self.active else self._after):
            return None
        turn, self._since = Turn(not self.active, self._since), None
        self.active = turn.active
        return turn


_SENTENCES = {
    AlarmKind.SILENCE: ("Sunyi di {name}: {about}", "Silence on {name}: {about}"),
    AlarmKind.FALLBACK: ("{name} menayangkan pengganti: {about}", "{name} airs a fallback: {about}"),
    AlarmKind.OFF_AIR: ("{name} tidak mengudara", "{name} is off the air"),
    AlarmKind.JOURNAL: ("Jurnal siaran tidak tersimpan: {about}", "The journal is not kept on disk: {about}"),
    AlarmKind.CLOCK: (
        "Jam komputer tidak dapat dipercaya; setel jam atau nyalakan NTP",
        "The computer's clock cannot be believed; set it or enable NTP",
    ),
    AlarmKind.DISK: ("Ruang disk hampir habis: sisa {about} GB", "The disk is nearly full: {about} GB left"),
    AlarmKind.DATABASE: ("Basis data tidak terjangkau: {about}", "The database is away: {about}"),
}


def sentence(kind: AlarmKind, name: str = "", about: str = "") -> str:
    """Return what staff read of an alarm, Indonesian and English; `name` is the channel's."""
    indonesian, english = (text.replace("{name}", name).replace("{about}", about) for text in _SENTENCES[kind])
    return f"{indonesian} / {english}"
