"""What level meters show, from the level profiles of what airs: also where nobody plays the sound.

A page asks now and then and animates by the times that it is told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lppl.clock import AirClock
from lppl.journal import Entry
from lppl.quanta import AHEAD, Quanta, milliseconds
from lppl.station.alarms import UNHEARD, Sound, stretches
from streaming.levels import Level


@dataclass(frozen=True, slots=True)
class MeterValue:
    """The level of the quantum (320 ms) that airs at `at_ms` (since the Unix epoch); None where it is not known."""

    at_ms: int
    level: Level | None

    def to_json(self) -> dict[str, object]:
        """Return it for a page: ``{"at", "rms": [left, right], "peak": [left, right]}``, dB; null where unknown."""
        return {
            "at": self.at_ms,
            "rms": list(self.level.rms) if self.level else None,
            "peak": list(self.level.peak) if self.level else None,
        }


class Meters:
    """Meters of a station's channels. `entries` returns what a channel airs in a span, from memory."""

    def __init__(
        self, entries: Callable[[str, Quanta, Quanta], Sequence[Entry]], sound: Sound, clock: AirClock
    ) -> None:
        self._entries, self._sound, self._clock = entries, sound, clock

    async def ahead(self, channel: str, quanta: int = AHEAD) -> tuple[MeterValue, ...]:
        """Return one value a quantum, from the one on air on, as far as it is committed and at most `quanta`."""
        now = self._clock.now()
        end = Quanta(now + quanta)
        entries = self._entries(channel, now, end)
        await self._sound.look(e.item.house for e in entries if e.item.house is not None)
        return tuple(
            MeterValue(milliseconds(Quanta(q)), self._level(entry, q))
            for start, stop, entry in stretches(entries, now, end)
            if entry is not None
            for q in range(start, stop)
        )

    def _level(self, entry: Entry, q: int) -> Level | None:
        item = entry.item
        if item.house is None or item.kind in UNHEARD:
            return None
        return self._sound.level(item.house, item.in_point + q - item.start)
