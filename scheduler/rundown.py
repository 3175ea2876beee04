"""Builds the running order: every quantum covered once, hard starts exact, soft starts flowing.

A pure function of the plan, the shelf, the past and the span asked for. Each line is decided only from
its start and from what aired before it, never from the end of the build; a planned line counts as aired for
the lines after it. So a plan made anew from any line on is the same plan, and a restart continues it.

The ladder at every gap: planned item, filler, station ident, slate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from lppl.derived import Join, Specification, Tail, derived_id
from lppl.media import AssetId, Material, Shelf
from lppl.ports import Aired
from lppl.programme import Category
from lppl.quanta import Quanta, covering
from lppl.rundown import Kind, Line, Rundown
from scheduler.agenda import Agenda, local_clock
from scheduler.choice import FADE, FADED, Choice, Chooser, Surroundings
from scheduler.fill import Catalogue, air_length
from scheduler.findings import Finding, Findings, Rule
from scheduler.inspection import folders_wanted, inspect, title_of
from scheduler.memory import OVERLAPS, Ending, Memory
from scheduler.plan import Fixed, Mirror, Plan, Reserved, Start, Stretch
from scheduler.progress import EventQueue, coalesced
from scheduler.slots import SlotWalk

GAP = "Sisipan"
"""Programme of what airs where nothing is scheduled."""
PAST = covering(2 * 86_400)
LONGEST_AIRING = covering(31 * 86_400)


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
    folders: Mapping[str, Quanta] = field(default_factory=dict)
    """From when on the content of folders may air."""


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
        past = [entry for entry in (*aired, *plan.beneath) if entry.start < start]
        oldest = _oldest_that_matters(past, start)
        self._agenda = Agenda(plan, zone, oldest, max(start, end), catalogue)
        self._events = EventQueue(self._agenda.airing, self._agenda.hard_slots)
        self._memory = Memory(catalogue, plan.crossfade)
        self._ending_in = ""
        self._walk = SlotWalk(plan, catalogue, zone, self._agenda, self._memory, self._findings)
        self._chooser = Chooser(
            plan, catalogue, (ident, slate), zone, self._agenda, self._memory, self._walk, around, self._findings
        )
        self._remember(past, oldest, start)
        self._walk.speak(start)
        inspect(plan, catalogue, self._agenda, zone, start, end, self._findings)

    def built(self, start: Quanta, end: Quanta) -> Built:
        lines: list[Line] = []
        q = start
        while q < end:
            made = self._lines(q)
            lines += (line for line in made if line.start < end)  # a faded end may lie behind it
            q = made[-1].end
        folders = folders_wanted(self._agenda, start, end)
        return Built(Rundown(lines), self._findings.all(), tuple(self._wishes.values()), folders)

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
            self._walk.enter(entry.start)
            self._note(entry.asset, entry.start, end, entry.until)
        if start > heard_until:
            self._events.silence_until(start)

    def _note(self, asset: AssetId, start: Quanta, end: Quanta, until: Quanta) -> None:
        """Count one airing, past or planned."""
        fixed = self._events.note(asset, start, end)
        self._memory.note(asset, start, end, until, fixed=fixed)
        self._ending_in = self._walk.slot.key if self._walk.slot else ""
        if not fixed:
            self._walk.note(asset)

    # ---- one line, or what belongs together ----

    def _lines(self, q: Quanta) -> list[Line]:
        self._walk.enter(q)
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
    ) -> Choice:
        if due:
            return self._chooser.fixed(due[0], due[1], q, hard)
        if stretch:
            return self._chooser.fill(q, hard, stretch.why)
        return self._chooser.content(q, hard)

    def _made(self, q: Quanta, choice: Choice, due: tuple[Fixed, Material] | None) -> list[Line]:
        """Return the line of a choice, cut where it must be; with a rendered fade where filler is trimmed."""
        event = due[0] if due else None
        whole = choice.length or Quanta(choice.material.cue_out - choice.in_point)
        length, why = whole, choice.why
        if choice.bound is not None and choice.bound - q < whole:
            length = Quanta(choice.bound - q)
            if choice.kind is Kind.ITEM:
                where = event.where if event else self._walk.slot.strip.where if self._walk.slot else ""
                why += self._cut_note(choice.material, choice.bound, q, where)
            else:
                why += f"; dipendekkan sampai {local_clock(choice.bound, self._zone)}"
        elif choice.fades and self._plan.crossfade:
            length = Quanta(length - self._plan.crossfade.of(choice.material))
        why += self._missed_note(q)
        line = self._line(q, length, choice, why, event)
        if length < whole and choice.kind is Kind.FILLER:
            return self._faded(line)
        return [line]

    def _line(self, q: Quanta, length: Quanta, choice: Choice, why: str, event: Fixed | None) -> Line:
        slot = self._walk.slot
        programme_id = (event.programme_id if event else "") or (slot.strip.programme_id if slot else "")
        # only the programme itself carries its age label: no spot, no azan, no filler within it
        own = choice.kind is Kind.ITEM and (event is None or event.edit)
        material, why = self._dressed(choice, programme_id if own else "", why, q)
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
            programme_id=programme_id,
            category=self._category(choice, event),
            order=event.order if event else "",
            edit=event.edit if event else 0,
            event=event.key if event else "",
            live=event is None and slot is not None and isinstance(slot.strip.content, Reserved),
            mirrors=slot.strip.content.channel if slot is not None and isinstance(slot.strip.content, Mirror) else "",
        )

    def _category(self, choice: Choice, event: Fixed | None) -> str:
        if choice.kind is not Kind.ITEM:
            return Category.SUPPORT.value
        if event and event.category:
            return event.category
        if choice.category:
            return choice.category
        of_asset = choice.material.details.category
        return of_asset.value if of_asset else self._walk.slot.strip.category if self._walk.slot else ""

    def _dressed(self, choice: Choice, programme_id: str, why: str, q: Quanta) -> tuple[Material, str]:
        """Return what is sent: the variant with graphics where there is one, or what was rendered for the choice."""
        if choice.house_only:
            return choice.house_only, why
        wanted = self._around.dress(programme_id, choice.material) if self._around.dress else None
        if wanted is None or choice.kind in (Kind.IDENT, Kind.SLATE):  # the station's own carry what they must
            return choice.material, why
        slot = self._walk.slot
        if wanted.notice and slot is not None and self._memory.aired_since(slot.opens):
            wanted = wanted.model_copy(update={"notice": False})  # it stands at the beginning of the programme
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
            self._chooser.content(q, hard)
            if free and self._same_slot(q, rest) and (hard is None or hard > q + rest)
            else None
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
            ends = Choice(before, Kind.ITEM, f"Akhir {before.title}", None, at, length)
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
        choice = Choice(material, Kind.ITEM, f"Lanjutan {material.title}", hard, head.until, fades=True)
        made = self._made(q, choice, None)
        self._events.pass_until(made[-1].end)
        self._memory.go_on(made[-1].end, _until(made[-1], choice))
        return made

    def _same_slot(self, q: Quanta, rest: Quanta) -> bool:
        """Tell whether the slot of the item whose end is still to come goes on after it."""
        return self._walk.slot is not None and self._walk.slot.key == self._ending_in and q + rest < self._walk.slot.end

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
        return f"; dipotong pukul {local_clock(bound, self._zone)} karena {by} mulai tepat waktu"

    def _missed_note(self, q: Quanta) -> str:
        """Say which fixed events should have started since the line before, but have no item."""
        after = self._memory.starts[-1] if self._memory.starts else q - 1
        paths = [e.path or e.title for e in self._agenda.missing_in(Quanta(after + 1), Quanta(q + 1))]
        return f"; acara tetap dilewati, berkas belum ada: {', '.join(paths)}" if paths else ""


def _until(line: Line, choice: Choice) -> Quanta:
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
