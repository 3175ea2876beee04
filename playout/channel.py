"""What one channel airs next: rundown x air time -> journal records. Pure but for asking the sources.

The channel commits a few quanta at a time, at most 6 ahead of the air; what is committed is never changed. When
what should air is not there, the ladder of fallbacks holds: filler, station ident, slate; and it is left again at
the next commit after the material is back.

An operator's order takes effect at the committed end: the running item is cut there, or a break-in begins, which airs
over whatever is planned until it ends; the plan then goes on at the right place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lppl.journal import OFF_TITLE, Commit, Entry, Item, Record
from lppl.media import HouseId, Material
from lppl.ports import Sources
from lppl.quanta import AHEAD, BEAT, CELL, GOP, Quanta, beat_of, cell_of, cell_start
from lppl.rundown import Kind, Line, Rundown
from playout.items import item_airing, item_of, line_of, stands_in

LIVE_LEAD = 3
"""A live source is taken when this much of a GOP has arrived, so that its next samples may be late by 0.6 s."""
SHORT_OUTAGE = Quanta(94)
"""30 s: a shorter outage is made up as scheduled, late, while players live on what they have buffered."""
UNPLANNED = 11_250
"""How far (an hour) is taken to be free when nothing at all is planned."""
LOOKED_AHEAD = 4
"""So many lines that come tell an ident that closes a gap from one that airs for want of anything else."""
PREROLL_CELLS = 10
"""A channel that opens is back-dated by one live window, so that players find it full."""


def limit_of(now: Quanta) -> Quanta:
    """Return how far channels are committed at `now`."""
    return Quanta(beat_of(now) + AHEAD)


@dataclass(frozen=True, slots=True)
class Over:
    """A break-in: `materials`, the best that is there of them, over and over until `until`, or until it is ended."""

    materials: tuple[Material, ...]
    until: Quanta | None
    programme: str
    why: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Ladder:
    """What airs when nothing else can; the slate is always there."""

    ident: Material | None
    slate: Material


class ChannelPlayout:
    """The commit state of one channel."""

    def __init__(self, channel: str, sources: Sources, ladder: Ladder, *, picture: bool) -> None:
        self.channel, self.ladder = channel, ladder
        self._sources, self._gop = sources, GOP if picture else Quanta(1)
        self.rundown: Rundown | None = None
        self.entry: Entry | None = None
        self._stop = Quanta(0)
        self._fallback = False
        self._stands_in_for: Line | None = None
        self.lost: set[HouseId] = set()
        """Houses that were wanted and not there since last asked; the station has them made again."""
        self.over: Over | None = None
        """The break-in that is on the air, or begins at the next commit."""
        self.line: Line | None = None
        """The planned line that runs; None for what stands in, and after a restart."""
        self.orders = 0
        """How many orders changed what airs: a plan that was begun before one is void after it."""
        self._said = ""
        self._rejoins = False
        self._live_aired: dict[HouseId, Quanta] = {}
        """Up to where live sources aired: when one comes back, nothing of it airs twice."""

    # --- opening ---

    def open(self, now: Quanta, last: Entry | None) -> list[Record]:
        """Return what must be journalled before the channel goes on at `now`, given how its journal ends."""
        if last is not None:
            self._note_live(last)
        if last is not None and last.end >= now - SHORT_OUTAGE and last.item.house is not None:
            self.entry = last
            # pre-roll and what stood in at the end of the ladder do not run on; a planned item does
            runs_on = last.item.kind not in (Kind.PREROLL, Kind.IDENT, Kind.SLATE)
            self._stop = Quanta(last.item.start + last.item.planned) if runs_on else last.end
            self._fallback, self._stands_in_for = False, None
            return []
        preroll = max(cell_start(cell_of(now) - PREROLL_CELLS), self._cell_after(last))
        records: list[Record] = []
        self.entry = last
        if last is not None and last.end < preroll:
            off = Item(self.channel, last.end, None, Quanta(0), Quanta(preroll - last.end), Kind.OFF, OFF_TITLE)
            records += self._whole(off)
        q = preroll
        while q < now:
            ident = self.ladder.ident
            material = ident if ident is not None and self._usable(ident) else self.ladder.slate
            length = Quanta(min(material.quanta, now - q))
            records += self._whole(item_airing(self.channel, q, material, length, Kind.PREROLL, why="Pembuka kanal"))
            q = Quanta(q + length)
        self._stop = self.end
        self._fallback, self._stands_in_for = False, None
        return records

    def _whole(self, item: Item) -> list[Record]:
        """Return the records of an item that is committed at once to its planned length."""
        records: list[Record] = [*self._begin(item), Commit(self.channel, item.start, item.planned)]
        assert self.entry is not None
        self.entry = Entry(self.entry.item, self._stop)
        return records

    @staticmethod
    def _cell_after(last: Entry | None) -> Quanta:
        return cell_start(cell_of(Quanta(last.end + CELL - 1))) if last else Quanta(0)

    # --- what is planned ---

    @property
    def end(self) -> Quanta:
        """The first quantum not committed. Raises AttributeError before :meth:`open`."""
        assert self.entry is not None
        return self.entry.end

    @property
    def stop(self) -> Quanta:
        """When the running item is going to end; a rundown must continue from here."""
        return self.end if self._fallback else max(self._stop, self.end)

    def follow(self, rundown: Rundown) -> None:
        """Take a new rundown. It may cut the running item, by a hard line that starts before :attr:`stop`."""
        self.rundown = rundown
        if self.over is not None:
            return
        cut = next((line.start for line in rundown if line.hard and self.end <= line.start < self._stop), None)
        if cut is not None:
            self._stop = cut

    def cut(self, rundown: Rundown, said: str = "") -> None:
        """End the running item where `rundown` begins, not before the committed end; what begins there says `said`."""
        self.rundown, self._stop, self._said = rundown, Quanta(max(self.end, rundown.start)), said
        self.orders += 1

    def break_in(self, over: Over) -> None:
        """Air `over` from the committed end on; no hard start cuts it. What is planned goes on beneath, unheard."""
        if self.over is None:
            self.rundown = Rundown(self._beneath())
        self.over, self._stop = over, self.end
        self.orders += 1

    def _beneath(self) -> list[Line]:
        """Return the running item, as a line, and what is planned after it."""
        assert self.entry is not None
        item, line, stop = self.entry.item, self.line, self.stop
        later = [x for x in self.rundown or () if x.end > stop]
        line = line or line_of(item)
        if self._fallback or line is None or stop <= item.start:
            return later
        running = replace(line, length=Quanta(stop - line.start))
        return [running, *later] if later and later[0].start == stop else [running]

    def end_break_in(self, said: str = "") -> None:
        """Go on at the committed end with what should be on the air then; it also says `said`."""
        self.over, self._stop, self._said, self._rejoins = None, self.end, said, True
        self.orders += 1

    @property
    def beneath(self) -> tuple[Line, ...]:
        """The lines up to the one that a break-in lies over now, or that goes on where one has just ended."""
        if self.rundown is None or not (self.over or self._rejoins):
            return ()
        return tuple(line for line in self.rundown if line.start <= self.end)

    def next_lines(self) -> Sequence[Line]:
        """Return the lines that come after the running item; during a break-in those that would, if it ended now."""
        if self.rundown is None:
            return ()
        if self.over is not None:
            under = self.rundown.at(self.over.until or self.end)
            return () if under is None else (under, *self.rundown.after(under.start))
        line = self.rundown.at(self._stop)
        first = (line,) if line is not None and line.start == self._stop else ()
        return first + self.rundown.after(self._stop)

    @property
    def fallback(self) -> Kind | None:
        """The rung of the ladder on air instead of what was planned; None when all is well."""
        return self.entry.item.kind if self.entry is not None and self._fallback else None

    @property
    def substitute(self) -> Kind | None:
        """What airs for want of anything else, by the ladder or because nothing else was planned; None: all is well."""
        running = self.entry.item.kind if self.entry is not None else None
        if self._fallback or running not in (Kind.IDENT, Kind.SLATE):
            return self.fallback
        return stands_in(running, [line.kind for line in self.next_lines()[:LOOKED_AHEAD]])

    def due(self) -> Quanta:
        """Return when :meth:`commit` should be called next."""
        return Quanta(self.end - AHEAD + BEAT)

    # --- committing ---

    def commit(self, now: Quanta) -> list[Record]:
        """Return the records that carry the channel to at most `now` + AHEAD; empty while that is far enough.

        After a stall longer than a short outage (a suspended computer) the channel opens anew. What a source
        raises passes through, and leaves the channel as it was.
        """
        if self.end > now + AHEAD - BEAT:
            return []
        before = self._state()
        try:
            records = self.open(now, self.entry) if self.end < now - SHORT_OUTAGE else []
            while self.end < limit_of(now):
                end = self.end
                records += self._commit_some(now)
                if self.end == end:
                    break  # a live source whose samples are still on their way
        except BaseException:
            # records that nobody gets must not count as committed: the journal would have a hole
            self.entry, self._stop, self._fallback, self._stands_in_for, self.over, self.line, self._said = before
            raise
        return records

    def _state(self) -> "tuple[Entry | None, Quanta, bool, Line | None, Over | None, Line | None, str]":
        return self.entry, self._stop, self._fallback, self._stands_in_for, self.over, self.line, self._said

    def emergency(self, now: Quanta) -> list[Record]:
        """Return records that put the slate on, whatever went wrong in :meth:`commit`. Asks nobody anything."""
        assert self.entry is not None
        before = self.entry.item
        self._fallback, self._stands_in_for = True, None
        slate = self.ladder.slate
        length = Quanta(max(0, min(slate.quanta, limit_of(now) - self.end)))
        if not length:
            return []
        why = "Kesalahan pada kanal"
        item = item_airing(self.channel, self.end, slate, length, Kind.SLATE, why=why)
        item = replace(item, number=before.number + 1, format=before.format, format_changes=before.format_changes)
        self._stop = Quanta(item.start + length)
        self.entry = Entry(item, self._stop)
        return [item, Commit(self.channel, item.start, length)]

    def _commit_some(self, now: Quanta) -> list[Record]:
        assert self.entry is not None
        records: list[Record] = []
        ready = self._ready(self.entry.item)
        if not self._goes_on(now, ready):
            records += self._next(now)
            if not records:
                return []
            ready = self._ready(self.entry.item)
        item, end = self.entry.item, self.end
        length = min(self._stop, limit_of(now)) - end
        if item.house is not None:
            # never more than is there: of a live source what has arrived, of a file what it really holds
            length = min(length, ready - (item.in_point + end - item.start))
        if length > 0:
            records.append(Commit(self.channel, end, length))
            self.entry = Entry(item, Quanta(end + length))
            self._note_live(self.entry)
        return records

    def _ready(self, item: Item) -> Quanta:
        """Return how much of what `item` airs is there; nothing when it is lost, or off air."""
        return (self._sources.ready(item.house) if item.house is not None else None) or Quanta(0)

    def _note_live(self, entry: Entry) -> None:
        item = entry.item
        if item.kind is Kind.LIVE and item.house is not None:
            self._live_aired[item.house] = Quanta(item.in_point + entry.length)

    def _goes_on(self, now: Quanta, ready: Quanta) -> bool:
        """Tell whether the running item, of which `ready` is there, airs on at the committed end."""
        assert self.entry is not None
        item, end = self.entry.item, self.end
        if end >= self._stop or item.house is None:
            return False
        if self._fallback:
            line = self.rundown.at(end) if self.rundown else None
            if line is not None and self._joined_at(line, end) is not None:
                return False
        here = item.in_point + end - item.start
        if ready > here:
            return True
        if item.kind is Kind.LIVE and end > now:
            return True  # its next samples may still arrive in time
        self.lost.add(item.house)
        return False

    def _joined_at(self, line: Line, end: Quanta) -> Quanta | None:
        """Return the quantum of its material with which `line` can go on air at `end`; None when it cannot."""
        house = line.material.house
        ready = self._sources.ready(house)
        if line.kind is Kind.LIVE:
            key = self._sources.key(house, Quanta(ready - LIVE_LEAD)) if ready else None
            return key if key is not None and key >= max(line.in_point, self._live_aired.get(house, 0)) else None
        into = end - line.start
        at = line.in_point + into
        if at >= line.material.quanta:
            return None  # shorter than its line: the rest is filled
        if ready is None or ready <= at or house in self.lost:
            self.lost.add(house)
            return None
        # joined under way, for instance after an outage: at the key frame at or before the right place
        return Quanta(at - at % self._gop) if into else Quanta(at)

    def _next(self, now: Quanta) -> list[Record]:
        """Begin what airs at the committed end; nothing while a live source may still arrive in time."""
        end = self.end
        self.line, self._rejoins = None, False
        if self.over is not None and (broken_in := self._next_over(self.over)):
            return broken_in
        line = self.rundown.at(end) if self.rundown else None
        if line is None:
            return self._stand_in(None)
        in_point = self._joined_at(line, end)
        if in_point is None:
            if line.kind is Kind.LIVE and end > now:
                return []
            if line.kind is Kind.LIVE:
                self.lost.add(line.material.house)
            return self._stand_in(line)
        length = line.end - end
        if line.kind is not Kind.LIVE:
            length = min(length, line.material.quanta - in_point)
        self._fallback, self._stands_in_for = False, None
        self.line = line
        return self._begin(item_of(self.channel, end, line, Quanta(length), in_point))

    def _next_over(self, over: Over) -> list[Record]:
        """Begin the break-in, or repeat it; nothing once it is over, or when all of its material is lost."""
        left = over.until - self.end if over.until is not None else None
        material = next((m for m in over.materials if self._usable(m)), None)
        if material is None or (left is not None and left <= 0):
            self.over = None
            return []
        self._fallback, self._stands_in_for = False, None
        length = material.quanta if left is None else Quanta(min(material.quanta, left))
        item = item_airing(self.channel, self.end, material, length, Kind.BREAK_IN, programme=over.programme)
        return self._begin(replace(item, why=over.why, category=over.category))

    def _stand_in(self, line: Line | None) -> list[Record]:
        """Begin the best fallback, up to the end of the line that it stands in for."""
        end = self.end
        self._fallback, self._stands_in_for = True, line
        until = line.end if line is not None else self._until_next(end)
        fillers = [r.material for r in self.rundown if r.kind is Kind.FILLER] if self.rundown else []
        # the longest that is not over before the slot is: few joins
        fitting = sorted({m.house: m for m in fillers}.values(), key=lambda m: abs(m.quanta - (until - end)))
        for material in fitting[:8]:
            if self._usable(material):
                return self._begin_fallback(material, until, Kind.FILLER)
        if self.ladder.ident is not None and self._usable(self.ladder.ident):
            return self._begin_fallback(self.ladder.ident, until, Kind.IDENT)
        return self._begin_fallback(self.ladder.slate, until, Kind.SLATE)

    def _until_next(self, end: Quanta) -> Quanta:
        """Return how far to stand in where the rundown has nothing: up to what it has next, if it has."""
        later = self.rundown.after(end) if self.rundown else ()
        return later[0].start if later else Quanta(end + UNPLANNED)

    def _begin_fallback(self, material: Material, until: Quanta, kind: Kind) -> list[Record]:
        line = self._stands_in_for
        why = f"Pengganti: {line.material.title} tidak dapat ditayangkan" if line else "Rundown kosong"
        length = Quanta(min(material.quanta, until - self.end))
        programme = line.programme if line else ""
        return self._begin(item_airing(self.channel, self.end, material, length, kind, programme=programme, why=why))

    def _begin(self, item: Item) -> list[Record]:
        if self._said:
            item, self._said = replace(item, why=f"{item.why}; {self._said}" if item.why else self._said), ""
        before = self.entry.item if self.entry is not None else None
        if before is not None:
            found = self._sources.format(item.house) if item.house is not None else ""
            changed = bool(found and before.format and found != before.format)
            item = replace(
                item,
                number=before.number + 1,
                format=found or before.format,
                format_changes=before.format_changes + changed,
            )
        elif item.house is not None:
            item = replace(item, format=self._sources.format(item.house))
        self.entry, self._stop = Entry(item, item.start), Quanta(item.start + item.planned)
        return [item]

    def _usable(self, material: Material) -> bool:
        return material.house not in self.lost and self._sources.ready(material.house) is not None
