"""Builds the running order: every quantum covered once, hard starts exact, soft starts flowing.

A pure function of the plan, the shelf, the past and the span asked for. Each line is decided only from
its start and from what aired before it, never from the end of the build; a planned line counts as aired for
the lines after it. So a plan made anew from any line on is the same plan, and a restart continues it.

The ladder at every gap: planned item, filler, station ident, slate.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from lppl.derived import Join, Tail, Variant, derived_id
from lppl.media import AssetId, Material, Shelf
from lppl.ports import Aired
from lppl.programme import Category
from lppl.quanta import Quanta, at_or_after, covering, starting
from lppl.rundown import Kind, Line, Rundown
from scheduler.agenda import Agenda, Slot, local_clock
from scheduler.fill import Catalogue, Pool, Rotation, air_length, best_fit
from scheduler.findings import Finding, Findings, Rule, Severity
from scheduler.inspection import inspect, title_of
from scheduler.memory import OVERLAPS, Ending, Memory, loosened
from scheduler.plan import Fixed, Folder, Listed, Mirror, Plan, Reserved, Rotating, Series, Start, Stretch
from scheduler.progress import EventQueue, ListProgress, coalesced

GAP = "Sisipan"
"""Programme of what airs where nothing is scheduled."""
SHORTEST_START = covering(30)
"""A fixed item is not begun to be cut within this time when its slot goes on after the hard start."""
LONGEST_IDENT = covering(60)
"""Where neither rotation nor filler fits before a hard start, up to this much is closed with the ident; a
longer gap with the rotation's next item, cut: an hour of ident is as good as dead air."""
EARLIEST = covering(10 * 60)
"""A slot that flows begins at most this much before its time."""
FADE = covering(2)
"""Filler that is trimmed to fit fades out over this, where the fade has been rendered."""
FADED = "Sisipan: akhir {title}, dipudarkan"
FILLERS_TRIED = 24

PAST = covering(2 * 86_400)
LONGEST_AIRING = covering(31 * 86_400)

Specification = Join | Tail | Variant


@dataclass(frozen=True, slots=True)
class Wish:
    """Something to be rendered before air time `needed`."""

    specification: Specification
    needed: Quanta


@dataclass(frozen=True, slots=True)
class Built:
    """A running order, what staff should know about it, and what should be rendered for it that is not there yet."""

    rundown: Rundown
    findings: tuple[Finding, ...]
    wishes: tuple[Wish, ...] = ()


Previous = Mapping[tuple[Quanta, str], AssetId]
"""What an earlier plan had chosen, by start and slot: a rotation keeps to it where its rules still allow."""
Mirrors = Mapping[str, Rundown]
"""The running orders of other channels, for simulcasts."""
Dress = Callable[[str, Material], Variant | None]
"""(programme id, material) -> the variant with graphics that should air instead; None for none."""


@dataclass(frozen=True)
class Surroundings:
    """What a build looks at beside its plan: earlier choices, other channels, graphics."""

    previous: Previous = field(default_factory=dict)
    mirrors: Mirrors = field(default_factory=dict)
    dress: Dress | None = None


ALONE = Surroundings()


def build(
    plan: Plan,
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
    return compose(plan, catalogue, ident, slate, zone, start, end, aired).rundown


def catalogue_of(shelf: Shelf, ident: Material | None, slate: Material) -> Catalogue:
    """Index a shelf for `compose`; worth keeping as long as the shelf is the same."""
    return Catalogue(shelf, frozenset(m.asset for m in (ident, slate) if m))


def compose(
    plan: Plan,
    catalogue: Catalogue,
    ident: Material | None,
    slate: Material,
    zone: ZoneInfo,
    start: Quanta,
    end: Quanta,
    aired: Sequence[Aired],
    around: Surroundings = ALONE,
) -> Built:
    """Return lines that cover at least [start, end), the last may overrun, with findings and wishes.

    `aired` is the past, oldest first; entries from `start` on are ignored. To resume in the middle of an
    item, plan from the item's own start with what aired before it. Raises ValueError when `slate` is
    shorter than a quantum.
    """
    if slate.quanta < 1:
        raise ValueError(f"slate of {slate.quanta} quanta")
    usable_ident = ident if ident and ident.quanta >= 1 else None
    return _Composer(plan, catalogue, usable_ident, slate, zone, start, end, aired, around).built(start, end)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What airs next, from `in_point`, at the latest until `bound`; `length` 0: to its cue-out."""

    material: Material
    kind: Kind
    why: str
    bound: Quanta | None
    in_point: Quanta = Quanta(0)
    length: Quanta = Quanta(0)
    fades: bool = False
    """Its end may overlap with what comes next."""
    house_only: Material | None = None
    """What is sent for it, where that was rendered ahead."""


class _Composer:
    """The state of one build: what the past and the lines so far say, advanced line by line."""

    def __init__(
        self,
        plan: Plan,
        catalogue: Catalogue,
        ident: Material | None,
        slate: Material,
        zone: ZoneInfo,
        start: Quanta,
        end: Quanta,
        aired: Sequence[Aired],
        around: Surroundings,
    ) -> None:
        self._plan, self._catalogue, self._zone, self._around = plan, catalogue, zone, around
        self._ident, self._slate = ident, slate
        self._findings = Findings()
        self._wishes: dict[AssetId, Wish] = {}
        past = [entry for entry in aired if entry.start < start]
        oldest = _oldest_that_matters(past, start)
        self._agenda = Agenda(plan, zone, oldest, max(start, end), catalogue)
        self._events = EventQueue(self._agenda.airing, self._agenda.hard_slots)
        self._fillers: list[tuple[str, Pool]] = [(s, catalogue.filler(s)) for s in plan.filler]
        self._filler_assets = frozenset(m.asset for _, pool in self._fillers for m in pool.materials)
        self._rotations: dict[Pool, Rotation] = {}
        self._hour = (Quanta(0), Quanta(-1))
        self._memory = Memory(catalogue, plan.crossfade)
        self._ending_in = ""
        self._slot: Slot | None = None
        self._number = -1
        self._progress: ListProgress | None = None
        self._quiet = True
        self._remember(past, oldest, start)
        self._quiet = False
        self._seen = max(self._number, self._agenda.slot_number(start))
        inspect(plan, catalogue, self._agenda, start, end, self._findings)

    def built(self, start: Quanta, end: Quanta) -> Built:
        lines: list[Line] = []
        q = start
        while q < end:
            made = self._lines(q)
            lines += made
            q = made[-1].end
        return Built(Rundown(lines), self._findings.all(), tuple(self._wishes.values()))

    # ---- the past ----

    def _remember(self, past: Sequence[Aired], oldest: Quanta, start: Quanta) -> None:
        """Fold the past in. What is older than `oldest` matters only for whose turn it is."""
        lengths = {a.asset: m.quanta for a in past if (m := self._catalogue.of(a.asset))}
        lengths.update({m.asset: m.quanta for m in (self._ident, self._slate) if m})
        heard_until = oldest
        self._events.silence_until(oldest)
        begins = {a.asset: m.cue_in for a in past if (m := self._catalogue.of(a.asset))}
        for entry in coalesced(past, lengths, self._agenda.starts, begins):
            if entry.start < oldest:
                self._memory.recall(entry.asset, entry.start)
                continue
            if entry.start > heard_until:
                self._events.silence_until(entry.start)
            end = Quanta(entry.start + entry.length)
            heard_until = max(heard_until, end)
            self._enter(entry.start)
            self._note(entry.asset, entry.start, end, entry.until)
        if start > heard_until:
            self._events.silence_until(start)

    def _note(self, asset: AssetId, start: Quanta, end: Quanta, until: Quanta) -> None:
        """Count one airing, past or planned."""
        fixed = self._events.note(asset, start, end)
        self._memory.note(asset, start, end, until, fixed=fixed)
        self._ending_in = self._slot.key if self._slot else ""
        if self._progress and not fixed:
            self._progress.note(asset)

    # ---- one line, or what belongs together ----

    def _lines(self, q: Quanta) -> list[Line]:
        self._enter(q)
        hard = self._agenda.next_hard(q)
        due = self._events.due(q)
        stretch = next((s for s in self._plan.stretches if s.start <= q < s.end), None)
        ending = self._memory.ending
        if ending is not None and ending.head and ending.end == q and q not in self._agenda.hard:
            return self._rest(q, ending, hard)
        pending = self._pending(q, due is not None and due[0].hard)
        if pending:
            material, at, rest = pending
            return self._joined(q, material, at, rest, hard, free=due is None and stretch is None)
        choice = self._decide(q, hard, due, stretch)
        made = self._made(q, choice, due)
        self._note(choice.material.asset, q, made[-1].end, _until(made[-1], choice))
        return made

    def _decide(
        self, q: Quanta, hard: Quanta | None, due: tuple[Fixed, Material] | None, stretch: Stretch | None
    ) -> _Choice:
        if due:
            return self._event_choice(due[0], due[1], q, hard)
        if stretch:
            return self._fill(q, hard, stretch.why)
        return self._choice(q, hard)

    def _made(self, q: Quanta, choice: _Choice, due: tuple[Fixed, Material] | None) -> list[Line]:
        """Return the line of a choice, cut where it must be; with a rendered fade where filler is trimmed."""
        event = due[0] if due else None
        whole = choice.length or Quanta(choice.material.cue_out - choice.in_point)
        length, why = whole, choice.why
        if choice.bound is not None and choice.bound - q < whole:
            length = Quanta(choice.bound - q)
            if choice.kind is Kind.ITEM:
                where = event.where if event else self._slot.strip.where if self._slot else ""
                why += self._cut_note(choice.material, choice.bound, q, where)
            else:
                why += f"; dipendekkan sampai {self._clock(choice.bound)}"
        elif choice.fades and self._plan.crossfade:
            length = Quanta(length - self._plan.crossfade.of(choice.material))
        why += self._missed_note(q)
        line = self._line(q, length, choice, why, event)
        if length < whole and choice.kind is Kind.FILLER:
            return self._faded(line)
        return [line]

    def _line(self, q: Quanta, length: Quanta, choice: _Choice, why: str, event: Fixed | None) -> Line:
        slot = self._slot
        material, why = self._dressed(choice, slot, why, q)
        programme = slot.strip.programme if slot else GAP
        if event:
            programme = event.title or (programme if slot else choice.material.title)
            exact = event.hard and event.start == q
        else:
            exact = slot is not None and slot.strip.begins is Start.HARD and slot.start == q == slot.opens
        return Line(
            q,
            length,
            material,
            Quanta(0) if choice.house_only else choice.in_point,
            choice.kind,
            programme,
            exact,
            why,
            slot=(event.slot if event else "") or (slot.key if slot else ""),
            programme_id=(event.programme_id if event else "") or (slot.strip.programme_id if slot else ""),
            category=self._category(choice, event),
            order=event.order if event else "",
            edit=event.edit if event else 0,
            event=event.key if event else "",
        )

    def _category(self, choice: _Choice, event: Fixed | None) -> str:
        if choice.kind is not Kind.ITEM:
            return Category.SUPPORT.value
        if event and event.category:
            return event.category
        of_asset = choice.material.details.category
        return of_asset.value if of_asset else self._slot.strip.category if self._slot else ""

    def _dressed(self, choice: _Choice, slot: Slot | None, why: str, q: Quanta) -> tuple[Material, str]:
        """Return what is sent: the variant with graphics where there is one, or what was rendered for the choice."""
        if choice.house_only:
            return choice.house_only, why
        wanted = (
            self._around.dress(slot.strip.programme_id if slot else "", choice.material) if self._around.dress else None
        )
        if wanted is None or choice.kind is Kind.SLATE:
            return choice.material, why
        derived = self._rendered(wanted, q, choice.material)
        return (derived, why) if derived else (choice.material, f"{why}; grafis belum siap, tayang tanpa grafis")

    def _rendered(self, specification: Specification, q: Quanta, meant: Material) -> Material | None:
        """Return what was rendered by `specification`, standing for `meant`; note the wish when it was not."""
        name = derived_id(specification)
        found = self._catalogue.derived(name)
        if found is None:
            self._wishes.setdefault(name, Wish(specification, q))
            return None
        return replace(meant, house=found.house, quanta=found.quanta)

    # ---- how one item goes over into the next ----

    def _pending(self, q: Quanta, hard_event: bool) -> tuple[Material, Quanta, Quanta] | None:
        """Return the item whose end is still to come at `q`: (material, where in it, how much)."""
        ending, crossfade = self._memory.ending, self._plan.crossfade
        if crossfade is None or ending is None or ending.end != q or hard_event or q in self._agenda.hard:
            return None
        rest = Quanta(ending.material.cue_out - ending.until)
        return (ending.material, ending.until, rest) if 0 < rest == crossfade.of(ending.material) else None

    def _joined(
        self, q: Quanta, before: Material, at: Quanta, rest: Quanta, hard: Quanta | None, *, free: bool
    ) -> list[Line]:
        """Return the crossfade into the next item and that item; or, where nothing may overlap, the end alone."""
        choice = (
            self._choice(q, hard) if free and self._same_slot(q, rest) and (hard is None or hard > q + rest) else None
        )
        crossfade = self._plan.crossfade
        joins = (
            choice is not None
            and crossfade is not None
            and choice.fades
            and choice.material.asset != before.asset
            and not choice.material.details.speech
            and air_length(choice.material) > OVERLAPS * rest
            and (choice.bound is None or choice.bound - q > 2 * rest)
        )
        if choice is None or not joins:
            length = rest if hard is None else Quanta(min(rest, hard - q))
            ends = _Choice(before, Kind.ITEM, f"Akhir {before.title}", None, at, length)
            line = self._line(q, length, ends, ends.why, None)
            self._events.pass_until(line.end)
            self._memory.go_on(line.end, Quanta(at + length))
            return [line]
        after = choice.material
        join = Join(
            before=before.asset, after=after.asset, before_at=at, after_at=choice.in_point, length=rest, fade_out=rest
        )
        mixed = self._rendered(join, q, after)
        why = f"Peralihan dari {before.title}" + ("" if mixed else "; belum dirender, dipotong langsung")
        over = replace(choice, house_only=mixed, length=rest, bound=None, fades=False)
        first = self._line(q, rest, over, f"{choice.why}. {why}", None)
        self._note(after.asset, q, first.end, Quanta(choice.in_point + rest))
        return [first]

    def _rest(self, q: Quanta, head: Ending, hard: Quanta | None) -> list[Line]:
        """Return the rest of an item whose beginning aired over the end of the one before it."""
        material = head.material
        choice = _Choice(material, Kind.ITEM, f"Lanjutan {material.title}", hard, head.until, fades=True)
        made = self._made(q, choice, None)
        self._events.pass_until(made[-1].end)
        self._memory.go_on(made[-1].end, _until(made[-1], choice))
        return made

    def _same_slot(self, q: Quanta, rest: Quanta) -> bool:
        """Tell whether the slot of the item whose end is still to come goes on after it."""
        return self._slot is not None and self._slot.key == self._ending_in and q + rest < self._slot.end

    def _faded(self, line: Line) -> list[Line]:
        """Return trimmed filler as it is, or up to where its rendered fade takes over."""
        if line.length <= FADE or line.material.details.speech:
            return [line]
        at = Quanta(line.in_point + line.length - FADE)
        tail = Tail(asset=line.material.asset, at=at, length=FADE)
        faded = self._rendered(tail, Quanta(line.end - FADE), line.material)
        if faded is None:
            return [line]
        why = FADED.format(title=line.material.title)
        last = replace(
            line, start=Quanta(line.end - FADE), length=FADE, material=faded, in_point=Quanta(0), hard=False, why=why
        )
        return [replace(line, length=Quanta(line.length - FADE)), last]

    # ---- what is said about a line ----

    def _cut_note(self, material: Material, bound: Quanta, q: Quanta, where: str) -> str:
        first = self._agenda.hard[bound][0] if bound in self._agenda.hard else None
        by = (title_of(first) if first else "") or "acara tetap"
        self._findings.add(
            Rule.ITEM_CUT,
            f'"{material.title}" dipotong karena {by} mulai tepat waktu; pindahkan atau pendekkan.',
            f'"{material.title}" is cut for a hard start ({by}); move or shorten it.',
            where,
            q,
            item=material.title,
        )
        return f"; dipotong pukul {self._clock(bound)} karena {by} mulai tepat waktu"

    def _missed_note(self, q: Quanta) -> str:
        """Say which fixed events should have started since the line before, but have no item."""
        after = self._memory.starts[-1] if self._memory.starts else q - 1
        paths = [e.path or e.title for e in self._agenda.missing_in(Quanta(after + 1), Quanta(q + 1))]
        return f"; acara tetap dilewati, berkas belum ada: {', '.join(paths)}" if paths else ""

    def _event_choice(self, event: Fixed, material: Material, q: Quanta, hard: Quanta | None) -> _Choice:
        clock = self._clock(event.start)
        what = "Disisipkan petugas" if event.edit else "Iklan" if event.order else "Acara tetap"
        if event.start == q:
            why = f"{what} pukul {clock}" + (", mulai tepat waktu" if event.hard else "")
        else:
            why = f"{what} pukul {clock}, menunggu acara sebelumnya selesai"
        if event.order:
            why += f" (pesanan {event.order})"
        first = event.in_point or material.cue_in
        if material.on_tv:
            first = Quanta(first - first % 6)
        first = Quanta(min(first, material.quanta - 1))
        length = min(event.length or material.cue_out - first, material.quanta - first)
        return _Choice(material, Kind.ITEM, why, hard, first, Quanta(max(1, length)))

    # ---- what airs when nothing fixed is due ----

    def _choice(self, q: Quanta, hard: Quanta | None) -> _Choice:
        slot = self._slot
        if slot is None:
            return self._fill(q, hard, "tidak ada acara terjadwal")
        content = slot.strip.content
        if self._progress is not None:
            return self._from_list(slot, self._progress, q, hard)
        if isinstance(content, Rotating):
            return self._from_rotation(slot, content, q, hard)
        if isinstance(content, Mirror):
            return self._from_mirror(slot, content, q, hard)
        source = content.source if isinstance(content, Reserved) else ""
        return self._fill(q, hard, f"sumber {source} belum tersedia")

    def _from_list(self, slot: Slot, progress: ListProgress, q: Quanta, hard: Quanta | None) -> _Choice:
        """The next item of a list; cut at a hard start where it must be."""
        content, programme, count = slot.strip.content, slot.strip.programme, len(progress.entries)
        folder = content.folder if isinstance(content, Folder | Series) else ""
        found = progress.next()
        if found is None:
            reason = f"daftar {programme} habis" if count or not folder else f"folder {folder} kosong"
            return self._fill(q, hard, reason + _skipped(progress.missing_before(count)))
        n, material = found
        length = air_length(material)
        if hard is not None and hard < slot.end and hard - q < min(SHORTEST_START, length):
            return self._fill(q, hard, f'"{material.title}" menunggu acara tetap pukul {self._clock(hard)}')
        of = f"folder {folder}, " if folder else ""
        name = "episode" if isinstance(content, Series) else "urutan"
        why = f"{programme}: {of}{name} {n + 1} dari {count}" + _skipped(progress.missing_before(n))
        return _Choice(material, Kind.ITEM, why, hard, material.cue_in, fades=True)

    def _from_mirror(self, slot: Slot, content: Mirror, q: Quanta, hard: Quanta | None) -> _Choice:
        """What the other channel airs now, from this channel's own house files."""
        other = self._around.mirrors.get(content.channel)
        line = other.at(q) if other else None
        until = slot.end if line is None else min(slot.end, line.end)
        bound = until if hard is None else min(until, hard)
        own = self._catalogue.of(line.material.asset) if line is not None else None
        if line is None or own is None:
            title = f'"{line.material.title}" belum disiapkan' if line else "susunannya belum ada"
            return self._fill(q, bound, f"siaran bersama {content.channel}: {title}")
        at = Quanta(line.in_point + q - line.start)
        if own.on_tv:
            at = Quanta(at - at % 6)
        if at >= own.quanta:
            return self._fill(q, bound, f"siaran bersama {content.channel}")
        why = f"Siaran bersama {content.channel}: {line.programme}"
        return _Choice(
            own, line.kind if line.kind is Kind.FILLER else Kind.ITEM, why, bound, at, Quanta(own.quanta - at)
        )

    def _from_rotation(self, slot: Slot, content: Rotating, q: Quanta, hard: Quanta | None) -> _Choice:
        """Whose turn it is by the rotation's rules, or else the longest that fits before the hard start."""
        named = content.name or _named(content.folders)
        pool = self._catalogue.pool(content.folders)
        group = self._group(slot, content, pool, q)
        rotation = self._rotation(pool.group(group) if group else pool)
        limit = None if hard is None else hard - q
        may = self._may_air(slot, q)
        apart = self._memory.kept_apart(content.rules, q) if content.rules.any else None

        def admits(m: Material) -> bool:
            return may(m) and (apart is None or apart(m))

        kept = self._kept(slot, q, rotation.pool, limit, admits)
        of = f'Rotasi {named}, kelompok "{group}"' if group else f"Rotasi {named}"
        found = kept or rotation.choose(q, limit, self._memory.previous, admits)
        if found:
            turn = found if limit is None else next(iter(rotation.in_turn(q, 1, admits)), found)
            fitted = not kept and turn is not found
            why = (
                f"{of}: dipilih karena pas sebelum {self._clock(hard)}"
                if fitted and hard
                else (f"{of}: paling lama belum diputar")
            )
            return _Choice(found, Kind.ITEM, why, hard, found.cue_in, fades=True)
        return self._without_turn(slot, content, q, hard, rotation, of)

    def _without_turn(
        self, slot: Slot, content: Rotating, q: Quanta, hard: Quanta | None, rotation: Rotation, of: str
    ) -> _Choice:
        """Nothing that the rules allow fits: filler before a hard start, else fewer rules, else an item that is cut."""
        may = self._may_air(slot, q)
        if not any(may(m) for m in rotation.pool.materials):
            return self._fill(q, hard, f"{_lower(of)} kosong")
        clock = self._clock(hard) if hard is not None else ""
        filled = self._fill(q, hard, f"materi {_lower(of)} tidak ada yang pas sebelum {clock}") if hard else None
        strict_left = self._memory.kept_apart(content.rules, q)
        near = filled is not None and any(may(m) and strict_left(m) for m in rotation.pool.materials)
        if filled and (filled.kind is Kind.FILLER or (near and hard and hard - q <= LONGEST_IDENT)):
            return filled
        limit = None if hard is None else hard - q
        for rules, given_up in loosened(content.rules):
            apart = self._memory.kept_apart(rules, q)
            found = rotation.choose(q, limit, self._memory.previous, lambda m, a=apart: may(m) and a(m))  # type: ignore[misc]
            if found:
                self._say_broken(slot, given_up, found, q)
                return _Choice(
                    found, Kind.ITEM, f"{of}: pemisahan {given_up} dilonggarkan", hard, found.cue_in, fades=True
                )
        turn = rotation.in_turn(q, 1, may)
        if filled and (not turn or (hard and hard - q <= LONGEST_IDENT)):
            return filled
        return _Choice(turn[0], Kind.ITEM, f"{of}: tidak ada materi yang pas", hard, turn[0].cue_in, fades=True)

    def _say_broken(self, slot: Slot, given_up: str, material: Material, q: Quanta) -> None:
        self._findings.add(
            Rule.SEPARATION_BROKEN,
            f"{slot.strip.programme}: pemisahan {given_up} tidak dapat dipenuhi; materi rotasi terlalu sedikit.",
            f"{slot.strip.programme}: separation cannot be kept; the rotation holds too little material.",
            slot.strip.where,
            q,
            Severity.NOTE,
            source="Aturan rotasi",
            item=material.title,
            remedy="Tambah materi, atau perkecil jarak pemisahan.",
        )

    def _say_rights(self, slot: Slot, material: Material) -> None:
        self._findings.add(
            Rule.RIGHTS_OVER,
            f'"{material.title}" tidak boleh tayang pada hari atau jam ini; dilewati pada {slot.strip.programme}.',
            f'"{material.title}" may not air on this day or hour; it is skipped in {slot.strip.programme}.',
            slot.strip.where,
            slot.start,
            source="Hak siar dan jam materi",
            item=material.title,
            remedy="Perbarui hak siarnya, atau ganti materinya.",
        )

    def _group(self, slot: Slot, content: Rotating, pool: Pool, q: Quanta) -> str:
        """Return the group whose place in the clock of this hour comes next; empty without a clock."""
        if not content.clock:
            return ""
        if not self._hour[0] <= q < self._hour[1]:
            local = starting(q).astimezone(self._zone).replace(minute=0, second=0, microsecond=0)
            self._hour = (at_or_after(local), at_or_after(local + timedelta(hours=1)))
        since = max(self._hour[0], slot.opens)
        aired = sum(1 for asset in self._memory.aired_since(Quanta(since)) if asset in pool.assets)
        group = content.clock[aired % len(content.clock)]
        return group if pool.group(group).materials else ""

    def _kept(
        self, slot: Slot, q: Quanta, pool: Pool, limit: int | None, admits: Callable[[Material], bool]
    ) -> Material | None:
        """Return what an earlier plan had chosen for this place, where that is still right."""
        asset = self._around.previous.get((q, slot.key))
        material = self._catalogue.of(asset) if asset else None
        if material is None or asset not in pool.assets or not admits(material):
            return None
        return material if limit is None or air_length(material) <= limit else None

    def _may_air(self, slot: Slot | None, q: Quanta) -> Callable[[Material], bool]:
        """Return a predicate: do rights, day-parts and people's skips let an item air at `q`?"""
        skipped = self._plan.skips.get(slot.key, frozenset()) if slot else frozenset()
        local = starting(q).astimezone(self._zone)
        day, second = local.date(), local.hour * 3600 + local.minute * 60 + local.second

        def may(material: Material) -> bool:
            d = material.details
            if material.asset in skipped:
                return False
            if (d.first_day and day < d.first_day) or (d.last_day and day > d.last_day):
                return False
            return not d.hours or any(a <= second < b if a < b else second >= a or second < b for a, b in d.hours)

        return may

    def _fill(self, q: Quanta, hard: Quanta | None, reason: str) -> _Choice:
        """Filler that closes the gap up to the next start, the most preferred source first; then ident, then slate.

        Filler gives way to every start, soft ones too: it is never worth a delay.
        """
        bound = self._agenda.next_start(q)
        if hard is not None and (bound is None or hard < bound):
            bound = hard
        faded = self._fade_of_what_aired(q, bound)
        if faded:
            return faded
        may = self._may_air(None, q)
        for source, pool in self._fillers:
            rotation = self._rotation(pool)
            why = f"Sisipan {_named((source,))}: {reason}"
            if bound is None or bound - q >= 2 * pool.longest:
                turn = rotation.in_turn(q, 1, may)
                material = turn[0] if turn else None
            else:
                used = self._memory.just_aired(self._filler_assets)
                waiting = rotation.in_turn(q, FILLERS_TRIED, lambda m: may(m) and m.asset not in used)  # noqa: B023
                material = best_fit(bound - q, waiting) or pool.longest_fitting(bound - q, self._memory.previous, may)
            if material:
                return _Choice(material, Kind.FILLER, why, bound, material.cue_in)
        if self._ident:
            return _Choice(self._ident, Kind.IDENT, f"Tanda pengenal stasiun: {reason}", bound)
        shortest = next((pool.by_length[0] for _, pool in self._fillers if pool.by_length), None)
        if shortest:
            return _Choice(shortest, Kind.FILLER, f"Sisipan: {reason}", bound, shortest.cue_in)
        return _Choice(self._slate, Kind.SLATE, f"Gambar siaga: {reason}", bound)

    def _fade_of_what_aired(self, q: Quanta, bound: Quanta | None) -> _Choice | None:
        """Return the rendered end of the filler that was trimmed just before, when that is what is left of the gap."""
        ending = self._memory.ending
        if bound is None or bound - q != FADE or ending is None or ending.end != q:
            return None
        if ending.material.asset not in self._filler_assets:
            return None
        tail = self._catalogue.derived(derived_id(Tail(asset=ending.material.asset, at=ending.until, length=FADE)))
        if tail is None:
            return None
        rendered = replace(ending.material, house=tail.house, quanta=tail.quanta)
        why = FADED.format(title=ending.material.title)
        return _Choice(ending.material, Kind.FILLER, why, bound, Quanta(0), FADE, house_only=rendered)

    def _rotation(self, pool: Pool) -> Rotation:
        found = self._rotations.get(pool)
        if found is None:
            found = self._rotations[pool] = Rotation(pool, self._memory.last)
        return found

    def _clock(self, q: Quanta) -> str:
        return local_clock(q, self._zone)

    # ---- from slot to slot ----

    def _enter(self, q: Quanta) -> None:
        """Open the slot at `q`, and say what became of those that are over."""
        slots = self._agenda.slots
        number = max(self._agenda.slot_number(q), self._number)
        if number == self._number and self._flows(q):
            number += 1
        slot = slots[number] if number >= 0 and q < slots[number].end else None
        if not self._quiet:
            if self._slot is not None and slot is not self._slot:
                self._leave(self._slot, slot)
            for passed in slots[self._seen + 1 : number + 1]:
                if passed is not slot:
                    self._pass(passed)
            self._seen = max(self._seen, number)
        self._number = number
        if slot is not self._slot:
            if slot is None or self._slot is None or slot.key != self._slot.key:
                self._progress = self._opened(slot) if slot else None
            self._slot = slot

    def _flows(self, q: Quanta) -> bool:
        """Tell whether the running slot has run out at `q` and the next one may begin early."""
        slots, slot = self._agenda.slots, self._slot
        if slot is None or self._progress is None or self._number + 1 >= len(slots):
            return False
        after = slots[self._number + 1]
        return after.strip.begins is Start.SOFT and after.start - q <= EARLIEST and self._progress.next() is None

    def _opened(self, slot: Slot) -> ListProgress | None:
        """Return how far the list of a slot has come; None for what is no list."""
        content = slot.strip.content
        if isinstance(content, Folder):
            entries: list[tuple[str, Material | None]] = [("", m) for m in self._catalogue.in_folder(content.folder)]
            repeat = content.repeat
        elif isinstance(content, Listed):
            entries, repeat = [(path, self._catalogue.at_path(path)) for path in content.paths], content.repeat
        elif isinstance(content, Series):
            entries, repeat = self._episodes(slot, content), False
        else:
            return None
        may = self._may_air(slot, slot.start)
        skipped = self._plan.skips.get(slot.key, frozenset())
        wanted = [(path, m) for path, m in entries if m is None or m.asset not in skipped]
        for _, m in wanted:
            if m is not None and not may(m):
                self._say_rights(slot, m)
        progress = ListProgress([(path, m if m is None or may(m) else None) for path, m in wanted], repeat)
        for asset in self._memory.aired_since(slot.opens):
            progress.note(asset)
        return progress

    def _episodes(self, slot: Slot, series: Series) -> list[tuple[str, Material | None]]:
        """Return the episodes of one occurrence: those after the last one that aired before it."""
        listed: list[tuple[str, Material | None]]
        if series.folder:
            listed = [(min(m.paths, default=""), m) for m in self._catalogue.in_folder(series.folder)]
        else:
            listed = [(path, self._catalogue.at_path(path)) for path in series.paths]
        done = [
            (aired, n)
            for n, (_, m) in enumerate(listed)
            if m and (aired := self._memory.last_before(m.asset, slot.opens)) is not None
        ]
        latest = max(done)[1] if done else -1
        first = max(0, latest - series.count + 1) if series.rerun else latest + 1
        if first >= len(listed) and series.repeat:
            first = 0
        chosen = listed[first : first + series.count]
        if listed and len(chosen) < series.count and not series.rerun and not self._quiet:
            self._findings.add(
                Rule.SERIES_ENDED,
                f"Episode {slot.strip.programme} habis: {len(listed)} episode sudah ditayangkan.",
                f"{slot.strip.programme} has run out of episodes ({len(listed)}).",
                slot.strip.where,
                slot.start,
                item=slot.strip.programme,
                remedy="Tambah episode, atau akhiri acaranya di pola acara.",
            )
        return chosen

    def _leave(self, slot: Slot, then: Slot | None) -> None:
        content = slot.strip.content
        again = isinstance(content, Listed | Folder) and content.repeat
        rest = len(self._progress.unaired) if self._progress and not again else 0
        if rest and (then is None or then.key != slot.key):
            name = slot.strip.programme
            self._findings.add(
                Rule.BLOCK_OVERLONG,
                f"Isi {name} lebih panjang daripada waktunya: {rest} materi terakhir tidak tayang.",
                f"{name} holds more than fits its time: the last {rest} item(s) do not air.",
                slot.strip.where,
                slot.start,
                item=name,
            )

    def _pass(self, slot: Slot) -> None:
        name = slot.strip.programme
        self._findings.add(
            Rule.BLOCK_SKIPPED,
            f"{name} tidak tayang: acara sebelumnya berlangsung melewati seluruh waktunya, atau jam dimajukan.",
            f"{name} does not air: what ran before it, or a clock change, took all of its time.",
            slot.strip.where,
            slot.start,
            item=name,
        )


def _until(line: Line, choice: _Choice) -> Quanta:
    """Return how far into its material the last line of a choice comes; 0 for what was rendered."""
    return (
        Quanta(0)
        if choice.house_only or line.material.house != choice.material.house
        else Quanta(line.in_point + line.length)
    )


def _oldest_that_matters(past: Sequence[Aired], start: Quanta) -> Quanta:
    """Return the air time before which only the order of airing matters: two days before `start`.

    Two days outlast any slot; where one airing of several days ends at `start`, what it overran matters.
    """
    latest = max(past, key=lambda entry: entry.start, default=None)
    if latest is not None and latest.start + latest.length >= start:
        return Quanta(max(min(latest.start, start - PAST), start - LONGEST_AIRING))
    return Quanta(start - PAST)


def _named(folders: Sequence[str]) -> str:
    shown = (f.partition(":")[2] or f for f in folders)
    return ", ".join("semua materi" if f == "." else f for f in shown)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _skipped(paths: Sequence[str]) -> str:
    return f"; dilewati karena belum ada: {', '.join(paths)}" if paths else ""
