"""Planned against aired: for every planned item what became of it, and what aired besides, in a sentence each.

Both sides are read as airings (`scheduler.airings`), matched by their asset and the nearest time, so that an item that
aired later is one that moved, not one that is missing and another that was added. Pure.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from lppl.journal import Entry
from lppl.media import AssetId
from lppl.quanta import Quanta, covering
from lppl.rundown import Line
from scheduler.airings import OFF_AIR, Airing, Piece, aired_piece, airings, planned_piece
from scheduler.indonesian import length_in_words

TOLERANCE = Quanta(3)
"""Just under a second: what nobody calls a difference."""
FARTHEST = covering(4 * 3600)
"""An item that airs farther from its time than this is another airing of the same asset."""
NO_EDITS: Mapping[Quanta, str] = MappingProxyType({})


class Outcome(StrEnum):
    """What became of a planned item, or why something aired that was not planned."""

    AS_PLANNED = "sesuai"
    MOVED = "bergeser"
    SHORTENED = "dipendekkan"
    LENGTHENED = "diperpanjang"
    REPLACED = "diganti"
    NOT_AIRED = "tidak_tayang"
    ADDED = "tambahan"
    OFF_AIR = "tidak_mengudara"

    @property
    def label(self) -> str:
        """Its name on paper, Indonesian."""
        return _LABELS[self]


_LABELS = {
    Outcome.AS_PLANNED: "Sesuai rencana",
    Outcome.MOVED: "Bergeser",
    Outcome.SHORTENED: "Dipendekkan",
    Outcome.LENGTHENED: "Diperpanjang",
    Outcome.REPLACED: "Diganti",
    Outcome.NOT_AIRED: "Tidak tayang",
    Outcome.ADDED: "Tambahan",
    Outcome.OFF_AIR: "Tidak mengudara",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One planned item and what became of it; or what aired unplanned (`planned` is None).

    `aired` is what aired of it, or instead of it. `moved`: how much later it began (quanta, negative: earlier);
    `lost`: how much less of it aired (quanta, negative: more). The sentences say why.
    """

    kind: Outcome
    planned: Airing | None
    aired: Airing | None
    moved: int
    lost: int
    indonesian: str
    english: str

    @property
    def start(self) -> Quanta:
        """Where it is listed: when it was planned, else when it aired."""
        airing = self.planned or self.aired
        assert airing is not None
        return airing.start


def compare(
    planned: Iterable[Line],
    aired: Iterable[Entry],
    until: Quanta,
    edits: Mapping[Quanta, str] = NO_EDITS,
    tolerance: Quanta = TOLERANCE,
) -> tuple[Difference, ...]:
    """Return every planned item up to `until` with its outcome, and everything unplanned, by start.

    `planned` is contiguous, oldest first; `aired` the same channel's journal, oldest first, known up to `until`: what
    is planned from there on is left out, and an item that runs there has not lost its rest yet. `edits` are what
    people changed since it was planned: by the air time each is about, a sentence in Indonesian.
    """
    plan = [a for a in airings(map(planned_piece, planned)) if a.start < until]
    begins = {(a.head.asset, a.start) for a in plan}
    return _Comparison(
        plan, airings(map(aired_piece, aired), across=True, begins=begins), until, edits, tolerance
    ).all()


def counts(differences: Iterable[Difference]) -> dict[Outcome, int]:
    """Return how many there are of each outcome, all outcomes in their order."""
    found = Counter(d.kind for d in differences)
    return {outcome: found[outcome] for outcome in Outcome}


# --- matching ----------------------------------------------------------------------------------------


def matched(plan: Sequence[Airing], real: Sequence[Airing]) -> dict[int, int]:
    """Return which of `real` each of `plan` became, both by index: the same asset, exact starts first, then nearest.

    Order is kept among the airings of one asset; each is used once.
    """
    pairs: dict[int, int] = {}
    exact = {(a.head.asset, a.start): n for n, a in enumerate(real) if a.head.kind not in OFF_AIR}
    for n, airing in enumerate(plan):
        at = exact.pop((airing.head.asset, airing.start), None)
        if at is not None:
            pairs[n] = at
    taken = set(pairs.values())
    left: dict[AssetId | None, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for n, airing in enumerate(plan):
        if n not in pairs:
            left[airing.head.asset][0].append(n)
    for n, airing in enumerate(real):
        if n not in taken and airing.head.asset in left and airing.head.kind not in OFF_AIR:
            left[airing.head.asset][1].append(n)
    for wanted, there in left.values():
        pairs.update(_nearest(wanted, [plan[n].start for n in wanted], there, [real[n].start for n in there]))
    return pairs


def _nearest(
    wanted: list[int], wanted_at: list[Quanta], there: list[int], there_at: list[Quanta]
) -> Iterable[tuple[int, int]]:
    """Pair two lists in order of time; one that has a nearer neighbour on the other side goes without."""
    i = j = 0
    while i < len(wanted) and j < len(there):
        apart = abs(there_at[j] - wanted_at[i])
        if j + 1 < len(there) and abs(there_at[j + 1] - wanted_at[i]) < apart:
            j += 1
        elif i + 1 < len(wanted) and abs(there_at[j] - wanted_at[i + 1]) < apart:
            i += 1
        elif apart <= FARTHEST:
            yield wanted[i], there[j]
            i, j = i + 1, j + 1
        elif wanted_at[i] < there_at[j]:
            i += 1
        else:
            j += 1


# --- sentences ---------------------------------------------------------------------------------------

Said = tuple[str, str]
"""The same in Indonesian and English."""
NOTHING: Said = ("", "")


def _words(quanta: int) -> Said:
    return length_in_words(quanta), length_in_words(quanta, "en")


def _reason(why: str) -> Said:
    """What the journal says of something, as it was noted for staff."""
    return (f" ({why})", f" ({why})") if why else NOTHING


class _Comparison:
    """One comparison: both sides, which belongs to which, and what lies where."""

    def __init__(
        self,
        plan: list[Airing],
        real: list[Airing],
        until: Quanta,
        edits: Mapping[Quanta, str],
        tolerance: Quanta,
    ) -> None:
        self._plan, self._real, self._until, self._tolerance = plan, real, until, tolerance
        self._pairs = matched(plan, real)
        self._planned_of = {r: p for p, r in self._pairs.items()}
        placed = sorted(((piece, n) for n, airing in enumerate(real) for piece in airing.pieces), key=_start)
        self._placed = placed
        self._starts = [piece.start for piece, _ in placed]
        self._edited = sorted(edits.items())
        self._explained: set[int] = set()
        """Airings that a difference of a planned item tells of already."""

    def all(self) -> tuple[Difference, ...]:
        found = [self._planned(n) for n in range(len(self._plan))]
        found += self._unplanned()
        return tuple(sorted(found, key=lambda d: d.start))

    # --- what is planned ---

    def _planned(self, n: int) -> Difference:
        at = self._pairs.get(n)
        if at is None:
            return self._missing(self._plan[n])
        planned, aired = self._plan[n], self._real[at]
        moved, lost = aired.start - planned.start, self._lost(planned, aired)
        if lost > self._tolerance:
            kind, said = Outcome.SHORTENED, self._shortened(planned, aired, moved, lost)
        elif lost < -self._tolerance:
            less, why = _words(lost), _reason(aired.head.why)
            kind, said = Outcome.LENGTHENED, (f"Lebih panjang {less[0]}{why[0]}.", f"{less[1]} longer{why[1]}.")
        elif abs(moved) > self._tolerance:
            kind, said = Outcome.MOVED, self._moved(n, aired, moved)
        else:
            return Difference(
                Outcome.AS_PLANNED, planned, aired, moved, lost, "Tayang sesuai rencana.", "Aired as planned."
            )
        return self._told(kind, planned, aired, moved, lost, said)

    def _lost(self, planned: Airing, aired: Airing) -> int:
        """Return how much less of an item aired than was planned; of one that still runs its rest is not lost yet."""
        if aired.length >= planned.length:
            return planned.length - aired.length
        if aired.end >= self._until:
            skipped = max(0, aired.head.in_point - planned.head.in_point)
            return skipped + aired.end - aired.start - aired.length
        return max(0, planned.before(self._until) - aired.length)

    def _moved(self, n: int, aired: Airing, moved: int) -> Said:
        by, cause = _words(moved), self._cause(n, aired, moved)
        late = moved > 0
        return (
            f"Mulai {by[0]} lebih {'lambat' if late else 'awal'}{cause[0]}.",
            f"Began {by[1]} {'later' if late else 'earlier'}{cause[1]}.",
        )

    def _cause(self, n: int, aired: Airing, moved: int) -> Said:
        """Say what pushed the planned item `n` away from its time: what is right before it, or is missing there."""
        if moved < 0 and n and n - 1 not in self._pairs:
            title = f'"{self._plan[n - 1].head.title}"'
            return f" karena {title} tidak tayang", f" because {title} did not air"
        i = bisect_left(self._starts, aired.start) - 1
        if i < 0 or self._placed[i][0].end != aired.start:
            return _reason(aired.head.why)
        before, number = self._placed[i]
        title = f'"{before.title}"'
        if before.kind in OFF_AIR:
            return " setelah siaran terputus", " after an outage"
        at = self._planned_of.get(number)
        if at is None:
            why = _reason(before.why)
            return f" setelah {title}{why[0]}", f" after {title}{why[1]}"
        its_plan, its_airing = self._plan[at], self._real[number]
        if its_airing.start - its_plan.start == moved:
            return ", mengikuti acara sebelumnya", ", following what was before it"
        lost = self._lost(its_plan, its_airing)
        if abs(lost) > self._tolerance:
            longer = lost < 0
            return (
                f" karena {title} lebih {'panjang' if longer else 'pendek'}",
                f" because {title} was {'longer' if longer else 'shorter'}",
            )
        return _reason(aired.head.why)

    def _shortened(self, planned: Airing, aired: Airing, moved: int, lost: int) -> Said:
        less = _words(lost)
        off = self._off(planned.start, max(planned.end, aired.end), least=1)
        if off:
            away = _words(off)
            cause = f": siaran terputus {away[0]}", f": off the air for {away[1]}"
        else:
            after = self._after(aired)
            cause = after if after != NOTHING else _reason(aired.head.why)
        by, late = _words(moved), moved > 0
        shift = (
            (
                f", mulai {by[0]} lebih {'lambat' if late else 'awal'}",
                f", begun {by[1]} {'later' if late else 'earlier'}",
            )
            if abs(moved) > self._tolerance
            else NOTHING
        )
        return f"Lebih pendek {less[0]}{shift[0]}{cause[0]}.", f"{less[1]} shorter{shift[1]}{cause[1]}."

    def _after(self, aired: Airing) -> Said:
        """Say what took the place of an item's end."""
        i = bisect_left(self._starts, aired.end)
        if i == len(self._placed):
            return NOTHING
        piece = self._placed[i][0]
        why = _reason(piece.why)
        return f', dilanjutkan "{piece.title}"{why[0]}', f', followed by "{piece.title}"{why[1]}'

    def _missing(self, planned: Airing) -> Difference:
        """Tell what aired in the time of an item that did not."""
        end = min(planned.end, self._until)
        if self._off(planned.start, end, least=-(-(end - planned.start) // 2)):
            said = "Tidak tayang: stasiun tidak mengudara.", "Not aired: the station was off the air."
            return self._told(Outcome.OFF_AIR, planned, None, 0, planned.before(self._until), said)
        there: Counter[int] = Counter()
        for piece, number in self._between(planned.start, end):
            if piece.kind not in OFF_AIR:
                there[number] += min(piece.end, end) - max(piece.start, planned.start)
        instead = [number for number, _ in there.most_common() if number not in self._planned_of]
        if instead:
            return self._replaced(planned, instead)
        if there:
            title = self._real[there.most_common(1)[0][0]].head.title
            said = f'Tidak tayang: waktunya dipakai "{title}".', f'Not aired: "{title}" took its time.'
        else:
            said = "Tidak tayang: jurnal tidak punya catatan untuk waktu ini.", "Not aired: nothing is on record."
        return self._told(Outcome.NOT_AIRED, planned, None, 0, planned.before(self._until), said)

    def _replaced(self, planned: Airing, instead: list[int]) -> Difference:
        self._explained.update(instead)
        aired, others = self._real[instead[0]], len(instead) - 1
        why = _reason(aired.head.why)
        more = (f" dan {others} materi lain", f" and {others} more") if others else NOTHING
        said = (
            f'Diganti "{aired.head.title}"{more[0]}{why[0]}.',
            f'Replaced by "{aired.head.title}"{more[1]}{why[1]}.',
        )
        return self._told(Outcome.REPLACED, planned, aired, 0, planned.before(self._until), said)

    # --- what is not ---

    def _unplanned(self) -> Iterable[Difference]:
        """Yield what aired, or was silent, and is told of nowhere else."""
        if not self._plan:
            return
        first, last = self._plan[0].start, min(self._until, max(a.end for a in self._plan))
        for number, aired in enumerate(self._real):
            if number in self._planned_of or number in self._explained or not first <= aired.start < last:
                continue
            why, length = _reason(aired.head.why), _words(aired.length)
            if aired.head.kind in OFF_AIR:
                kind, said = Outcome.OFF_AIR, (f"Siaran terputus {length[0]}.", f"Off the air for {length[1]}.")
            else:
                kind, said = Outcome.ADDED, (f"Di luar rencana{why[0]}.", f"Not planned{why[1]}.")
            yield self._told(kind, None, aired, 0, -aired.length, said)

    # --- what lies where ---

    def _between(self, start: Quanta, end: Quanta) -> Iterable[tuple[Piece, int]]:
        """Return the pieces that overlap [start, end), each with the number of its airing."""
        first = max(0, bisect_right(self._starts, start) - 1)
        return (p for p in self._placed[first : bisect_left(self._starts, end)] if p[0].end > start)

    def _off(self, start: Quanta, end: Quanta, least: int) -> int:
        """Return how much of [start, end) was off the air (quanta), when it is `least`, and count that as told."""
        off = [(p, n) for p, n in self._between(start, end) if p.kind in OFF_AIR]
        length = sum(min(p.end, end) - max(p.start, start) for p, _ in off)
        if length < least:
            return 0
        self._explained.update(n for _, n in off)
        return length

    def _told(
        self, kind: Outcome, planned: Airing | None, aired: Airing | None, moved: int, lost: int, said: Said
    ) -> Difference:
        """Return a difference; what people changed in its time is the first reason."""
        spans = [a for a in (planned, aired) if a is not None]
        start, end = min(a.start for a in spans), max(a.end for a in spans)
        first, last = (bisect_left(self._edited, (q, "")) for q in (start, end))
        by_hand = " ".join(text for _, text in self._edited[first:last])
        indonesian, english = (f"{by_hand} {text}" if by_hand else text for text in said)
        return Difference(kind, planned, aired, moved, lost, indonesian, english)


def _start(placed: tuple[Piece, int]) -> Quanta:
    return placed[0].start
