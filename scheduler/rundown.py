"""Builds the running order: every quantum covered once, hard starts exact, soft starts flowing.

A pure function of the schedule, the shelf, the past and the span asked for. Each line is decided only from
its start and from what aired before it, never from the end of the build; a planned line counts as aired for
the lines after it. So a plan made anew from any line on is the same plan, and a restart continues it.

The ladder at every gap: planned item, filler, station ident, slate.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from lppl.media import AssetId, Material, Shelf
from lppl.ports import Aired
from lppl.quanta import Quanta, at_or_after, covering
from lppl.rundown import Kind, Line, Rundown
from scheduler.agenda import Agenda, Event, Slot, instant, local_clock, local_date
from scheduler.fill import Catalogue, Pool, Rotation
from scheduler.findings import Finding, Findings, Rule
from scheduler.inspection import inspect
from scheduler.progress import EventQueue, ListProgress, coalesced
from scheduler.schedule import Schedule

GAP = "Sisipan"
"""Programme of what airs where nothing is scheduled."""
SHORTEST_START = covering(30)
"""A fixed item is not begun to be cut within this time when its block goes on after the hard start."""
LONGEST_IDENT = covering(60)
"""Where neither rotation nor filler fits before a hard start, up to this much is closed with the ident; a
longer gap with the rotation's next item, cut: an hour of ident is as good as dead air."""

PAST = covering(2 * 86_400)
LONGEST_AIRING = covering(31 * 86_400)


@dataclass(frozen=True, slots=True)
class Built:
    """A running order, and what staff should know about it."""

    rundown: Rundown
    findings: tuple[Finding, ...]


def build(
    schedule: Schedule,
    shelf: Shelf,
    ident: Material | None,
    slate: Material,
    zone: ZoneInfo,
    start: Quanta,
    end: Quanta,
    aired: Sequence[Aired],
) -> Rundown:
    """Return lines that cover at least [start, end); empty when `end` <= `start`. As `compose`."""
    catalogue = catalogue_of(shelf, ident, slate)
    return compose(schedule, catalogue, ident, slate, zone, start, end, aired).rundown


def catalogue_of(shelf: Shelf, ident: Material | None, slate: Material) -> Catalogue:
    """Index a shelf for `compose`; worth keeping as long as the shelf is the same."""
    return Catalogue(shelf, frozenset(m.asset for m in (ident, slate) if m))


def compose(
    schedule: Schedule,
    catalogue: Catalogue,
    ident: Material | None,
    slate: Material,
    zone: ZoneInfo,
    start: Quanta,
    end: Quanta,
    aired: Sequence[Aired],
) -> Built:
    """Return lines that cover at least [start, end), the last may overrun, with findings.

    `aired` is the past, oldest first; entries from `start` on are ignored. To resume in the middle of an
    item, plan from the item's own start with what aired before it. Raises ValueError when `slate` is
    shorter than a quantum.
    """
    if slate.quanta < 1:
        raise ValueError(f"slate of {slate.quanta} quanta")
    usable_ident = ident if ident and ident.quanta >= 1 else None
    return _Composer(schedule, catalogue, usable_ident, slate, zone, start, end, aired).built(start, end)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What airs next, at the latest until `bound`."""

    material: Material
    kind: Kind
    why: str
    bound: Quanta | None


class _Composer:
    """The state of one build: what the past and the lines so far say, advanced line by line."""

    def __init__(
        self,
        schedule: Schedule,
        catalogue: Catalogue,
        ident: Material | None,
        slate: Material,
        zone: ZoneInfo,
        start: Quanta,
        end: Quanta,
        aired: Sequence[Aired],
    ) -> None:
        self._schedule, self._catalogue, self._zone = schedule, catalogue, zone
        self._ident, self._slate = ident, slate
        self._findings = Findings()
        past = [entry for entry in aired if entry.start < start]
        oldest = _oldest_that_matters(past, start)
        self._agenda = Agenda(schedule, zone, oldest, max(start, end), lambda path: catalogue.at_path(path) is not None)
        self._events = EventQueue(
            [(e, m) for e in self._agenda.events if (m := catalogue.at_path(e.path)) is not None],
            self._agenda.hard_slots,
        )
        self._fillers: list[tuple[str, Pool]] = [(s, catalogue.filler(s)) for s in schedule.filler]
        self._rotations: dict[Pool, Rotation] = {}
        self._day, self._day_end = date.min, Quanta(start - 1)
        self._last: dict[AssetId, Quanta] = {}
        self._starts: list[Quanta] = []
        self._listable: list[AssetId | None] = []  # beside _starts: the asset, or None when it was an event
        self._previous: AssetId | None = None
        self._slot: Slot | None = None
        self._progress: ListProgress | None = None
        self._remember(past, oldest, start)
        self._seen = self._agenda.slot_number(start)
        inspect(schedule, catalogue, self._agenda, start, end, self._findings)

    def built(self, start: Quanta, end: Quanta) -> Built:
        lines: list[Line] = []
        q = start
        while q < end:
            line = self._line(q)
            lines.append(line)
            self._note(line.material.asset, line.start, line.end)
            q = line.end
        return Built(Rundown(lines), self._findings.all())

    # ---- the past ----

    def _remember(self, past: Sequence[Aired], oldest: Quanta, start: Quanta) -> None:
        """Fold the past in. What is older than `oldest` matters only for whose turn it is."""
        lengths = {a.asset: length for a in past if (length := self._catalogue.length(a.asset))}
        lengths.update({m.asset: m.quanta for m in (self._ident, self._slate) if m})
        heard_until = oldest
        self._events.silence_until(oldest)
        for entry in coalesced(past, lengths, self._agenda.starts):
            if entry.start < oldest:
                self._last[entry.asset] = entry.start
                self._previous = entry.asset
                continue
            if entry.start > heard_until:
                self._events.silence_until(entry.start)
            end = Quanta(entry.start + entry.length)
            heard_until = max(heard_until, end)
            self._note(entry.asset, entry.start, end)
        if start > heard_until:
            self._events.silence_until(start)

    def _note(self, asset: AssetId, start: Quanta, end: Quanta) -> None:
        """Count one airing, past or planned."""
        served_event = self._events.note(asset, start, end)
        self._starts.append(start)
        self._listable.append(None if served_event else asset)
        self._last[asset] = start
        self._previous = asset
        if self._progress and not served_event:
            self._progress.note(asset)

    # ---- one line ----

    def _line(self, q: Quanta) -> Line:
        self._enter(q)
        slot, hard = self._slot, self._agenda.next_hard(q)
        due = self._events.due(q)
        choice = self._event_choice(due[0], due[1], q, hard) if due else self._choice(q, hard)
        length, why = choice.material.quanta, choice.why
        if choice.bound is not None and choice.bound - q < length:
            length = Quanta(choice.bound - q)
            if choice.kind is Kind.ITEM:
                entry = due[0].at if due else slot.block if slot else None
                why += self._cut_note(choice.material, choice.bound, q, entry.where if entry else "")
            else:
                why += f"; dipendekkan sampai {self._clock(choice.bound)}"
        why += self._missed_note(q)
        programme = slot.block.programme if slot else GAP
        if due:
            event = due[0]
            programme = event.at.programme or (programme if slot else choice.material.title)
            exact = event.at.hard and event.start == q
        else:
            exact = slot is not None and slot.block.hard and slot.start == q
        return Line(q, length, choice.material, Quanta(0), choice.kind, programme, exact, why)

    def _cut_note(self, material: Material, bound: Quanta, q: Quanta, where: str) -> str:
        by = self._agenda.hard[bound][0].programme or "acara tetap"
        self._findings.add(
            Rule.ITEM_CUT,
            f'"{material.title}" dipotong karena {by} mulai tepat waktu; pindahkan atau pendekkan.',
            f'"{material.title}" is cut for a hard start ({by}); move or shorten it.',
            where,
            q,
        )
        return f"; dipotong pukul {self._clock(bound)} karena {by} mulai tepat waktu"

    def _missed_note(self, q: Quanta) -> str:
        """Say which fixed events should have started since the line before, but have no item."""
        after = self._starts[-1] if self._starts else q - 1
        paths = [e.path for e in self._agenda.missing_in(Quanta(after + 1), Quanta(q + 1))]
        return f"; acara tetap dilewati, berkas belum ada: {', '.join(paths)}" if paths else ""

    def _event_choice(self, event: Event, material: Material, q: Quanta, hard: Quanta | None) -> _Choice:
        clock = self._clock(event.start)
        if event.start == q:
            why = f"Acara tetap pukul {clock}" + (", mulai tepat waktu" if event.at.hard else "")
        else:
            why = f"Acara tetap pukul {clock}, menunggu acara sebelumnya selesai"
        return _Choice(material, Kind.ITEM, why, hard)

    def _choice(self, q: Quanta, hard: Quanta | None) -> _Choice:
        slot = self._slot
        if slot is None:
            return self._fill(q, hard, "tidak ada acara terjadwal")
        if self._progress is not None:
            return self._from_list(slot, self._progress, q, hard)
        return self._from_rotation(slot, q, hard)

    def _from_list(self, slot: Slot, progress: ListProgress, q: Quanta, hard: Quanta | None) -> _Choice:
        """The next item of a list; cut at a hard start where it must be."""
        block, count = slot.block, len(progress.entries)
        found = progress.next()
        if found is None:
            reason = f"daftar {block.programme} habis" if count else f"folder {block.folder} kosong"
            return self._fill(q, hard, reason + _skipped(progress.missing_before(count)))
        n, material = found
        if hard is not None and hard < slot.end and hard - q < min(SHORTEST_START, material.quanta):
            return self._fill(q, hard, f'"{material.title}" menunggu acara tetap pukul {self._clock(hard)}')
        of = f"folder {block.folder}, " if block.folder else ""
        why = f"{block.programme}: {of}urutan {n + 1} dari {count}" + _skipped(progress.missing_before(n))
        return _Choice(material, Kind.ITEM, why, hard)

    def _from_rotation(self, slot: Slot, q: Quanta, hard: Quanta | None) -> _Choice:
        """Whose turn it is, or else the longest that fits before the hard start."""
        named = _named(slot.block.rotation)
        rotation = self._rotation(self._catalogue.pool(slot.block.rotation), q)
        turn = rotation.next()
        if turn is None:
            return self._fill(q, hard, f"rotasi {named} kosong")
        if hard is None or turn.quanta <= hard - q:
            return _Choice(turn, Kind.ITEM, f"Rotasi {named}: paling lama belum diputar", hard)
        clock = self._clock(hard)
        fitting = rotation.fitting(hard - q, self._previous)
        if fitting:
            return _Choice(fitting, Kind.ITEM, f"Rotasi {named}: dipilih karena pas sebelum {clock}", hard)
        filled = self._fill(q, hard, f"materi rotasi {named} tidak ada yang pas sebelum {clock}")
        if filled.kind is not Kind.FILLER and hard - q > LONGEST_IDENT:
            return _Choice(turn, Kind.ITEM, f"Rotasi {named}: tidak ada materi yang pas", hard)
        return filled

    def _fill(self, q: Quanta, hard: Quanta | None, reason: str) -> _Choice:
        """Filler that fits up to the next start, the most preferred source first; then ident, then slate.

        Filler gives way to every start, soft ones too: it is never worth a delay.
        """
        bound = self._agenda.next_start(q)
        for source, pool in self._fillers:
            rotation = self._rotation(pool, q)
            if bound is None or bound - q >= 2 * pool.longest:
                material = rotation.next()
            else:
                material = rotation.fitting(bound - q, self._previous)
            if material:
                return _Choice(material, Kind.FILLER, f"Sisipan {_named((source,))}: {reason}", bound)
        if self._ident:
            return _Choice(self._ident, Kind.IDENT, f"Tanda pengenal stasiun: {reason}", bound)
        shortest = next((pool.by_length[0] for _, pool in self._fillers if pool.by_length), None)
        if shortest:
            return _Choice(shortest, Kind.FILLER, f"Sisipan: {reason}", bound)
        return _Choice(self._slate, Kind.SLATE, f"Gambar siaga: {reason}", bound)

    def _rotation(self, pool: Pool, q: Quanta) -> Rotation:
        if q >= self._day_end:
            self._day = local_date(q, self._zone)
            self._day_end = at_or_after(instant(self._day + timedelta(days=1), 0, self._zone))
            self._rotations.clear()
        found = self._rotations.get(pool)
        if found is None:
            found = self._rotations[pool] = Rotation(pool, self._last, self._day)
        return found

    def _clock(self, q: Quanta) -> str:
        return local_clock(q, self._zone)

    # ---- from slot to slot ----

    def _enter(self, q: Quanta) -> None:
        """Open the slot at `q`, and say what became of those that are over."""
        number = self._agenda.slot_number(q)
        slots = self._agenda.slots
        slot = slots[number] if number >= 0 and q < slots[number].end else None
        if self._slot is not None and slot is not self._slot:
            self._leave(self._slot)
        first_new = self._seen + 1
        for passed in slots[first_new : number + 1]:
            if passed is not slot:
                self._pass(passed)
        self._seen = max(self._seen, number)
        if slot is not self._slot:
            self._slot = slot
            self._progress = self._opened(slot) if slot else None

    def _opened(self, slot: Slot) -> ListProgress | None:
        """Return how far the list of a slot has come; None for a rotation."""
        block = slot.block
        if block.rotation:
            return None
        entries: list[tuple[str, Material | None]]
        if block.folder:
            entries = [("", m) for m in self._catalogue.in_folder(block.folder)]
        else:
            entries = [(path, self._catalogue.at_path(path)) for path in block.items]
        progress = ListProgress(entries, block.repeat)
        for asset in self._listable[bisect_left(self._starts, slot.start) :]:
            if asset is not None:
                progress.note(asset)
        return progress

    def _leave(self, slot: Slot) -> None:
        rest = len(self._progress.unaired) if self._progress and not slot.block.repeat else 0
        if rest:
            name = slot.block.programme
            self._findings.add(
                Rule.BLOCK_OVERLONG,
                f"Isi {name} lebih panjang daripada waktunya: {rest} materi terakhir tidak tayang.",
                f"{name} holds more than fits its time: the last {rest} item(s) do not air.",
                slot.block.where,
                slot.start,
            )

    def _pass(self, slot: Slot) -> None:
        name = slot.block.programme
        self._findings.add(
            Rule.BLOCK_SKIPPED,
            f"{name} tidak tayang: acara sebelumnya berlangsung melewati seluruh waktunya, atau jam dimajukan.",
            f"{name} does not air: what ran before it, or a clock change, took all of its time.",
            slot.block.where,
            slot.start,
        )


def _oldest_that_matters(past: Sequence[Aired], start: Quanta) -> Quanta:
    """Return the air time before which only the order of airing matters: two days before `start`.

    Two days outlast any block; where one airing of several days ends at `start`, what it overran matters.
    """
    latest = max(past, key=lambda entry: entry.start, default=None)
    if latest is not None and latest.start + latest.length >= start:
        return Quanta(max(min(latest.start, start - PAST), start - LONGEST_AIRING))
    return Quanta(start - PAST)


def _named(folders: Sequence[str]) -> str:
    shown = (f.partition(":")[2] or f for f in folders)
    return ", ".join("semua materi" if f == "." else f for f in shown)


def _skipped(paths: Sequence[str]) -> str:
    return f"; dilewati karena belum ada: {', '.join(paths)}" if paths else ""
