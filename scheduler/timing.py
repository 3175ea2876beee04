"""How the slots of a running order come out: what begins when, and by how much a slot over- or under-runs. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lppl.quanta import Quanta
from lppl.rundown import Line
from scheduler.agenda import Slot
from scheduler.airings import STAND_INS


@dataclass(frozen=True, slots=True)
class Timing:
    """One occurrence of a grid entry: planned [start, end), and its content [began, ended) in air time.

    Fixed events and spots within are no content; `began` is None where nothing of it airs.
    """

    slot: str
    programme: str
    where: str
    start: Quanta
    end: Quanta
    began: Quanta | None
    ended: Quanta | None

    @property
    def late(self) -> int:
        """How much later than planned it begins (quanta; negative: earlier)."""
        return 0 if self.began is None else self.began - self.start

    @property
    def over(self) -> int:
        """How far its content runs past its end (quanta); negative: it ends so much earlier, and filler airs."""
        return self.start - self.end if self.ended is None else self.ended - self.end


def timings(lines: Iterable[Line], slots: Sequence[Slot]) -> tuple[Timing, ...]:
    """Return how `slots` come out in `lines`, by start; the parts of an interrupted occurrence are one.

    A slot that is under way where `lines` begin is taken to have begun on time.
    """
    content: dict[str, tuple[Quanta, Quanta]] = {}
    known_from: Quanta | None = None
    for line in lines:
        known_from = line.start if known_from is None else known_from
        if line.slot and not line.event and line.kind not in STAND_INS:
            began, _ = content.get(line.slot, (line.start, line.end))
            content[line.slot] = began, line.end
    found: dict[str, Timing] = {}
    for slot in slots:
        if slot.end > slot.start:
            before = found.get(slot.key)
            start, strip = before.start if before else slot.start, slot.strip
            span = content.get(slot.key)
            if span and span[0] == known_from and start < known_from:
                span = start, span[1]
            found[slot.key] = Timing(slot.key, strip.programme, strip.where, start, slot.end, *(span or (None, None)))
    return tuple(sorted(found.values(), key=lambda timing: timing.start))
