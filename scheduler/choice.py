"""What airs next: the content of a slot by its own rules, a fixed line, or filler where nothing else does.

A `Chooser` looks at the state of one build and changes nothing of it but findings; cutting, joining and noting what was
chosen is the builder's business (`scheduler.rundown`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from lppl.derived import Tail, Variant, derived_id
from lppl.media import AssetId, Material
from lppl.quanta import GOP, Quanta, at_or_after, covering, starting
from lppl.rundown import Kind, Line, Rundown
from scheduler.agenda import Agenda, Slot, local_clock
from scheduler.fill import Catalogue, Pool, Rotation, air_length, best_fit
from scheduler.findings import Findings, Rule, Severity
from scheduler.memory import Memory, loosened
from scheduler.permission import may_air
from scheduler.plan import Fixed, Folder, Mirror, Plan, Reserved, Rotating, Series
from scheduler.progress import ListProgress
from scheduler.slots import SlotWalk

SHORTEST_START = covering(30)
"""A fixed item is not begun to be cut within this time when its slot goes on after the hard start."""
LONGEST_IDENT = covering(60)
"""Where neither rotation nor filler fits before a hard start, up to this much is closed with the ident; a
longer gap with the rotation's next item, cut: an hour of ident is as good as dead air."""
LONGEST_FILLED = covering(5 * 60)
"""Where a rotation's rules leave nothing that fits before a hard start, up to this much is filled rather than the rules
loosened."""
FADE = covering(2)
"""Filler that is trimmed to fit fades out over this, where the fade has been rendered."""
FADED = "Sisipan: akhir {title}, dipudarkan"
FILLERS_TRIED = 24

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


@dataclass(frozen=True, slots=True)
class Choice:
    """What airs next, from `in_point`, at the latest until `bound`; `length` 0: to its cue-out."""

    material: Material
    kind: Kind
    why: str
    bound: Quanta | None
    in_point: Quanta = Quanta(0)
    length: Quanta = Quanta(0)
    fades: bool = False
    """Its end may overlap with what comes next."""
    category: str = ""
    """Its category in the log, where it is known from elsewhere."""
    house_only: Material | None = None
    """What is sent for it, where that was rendered ahead."""


class Chooser:
    """Chooses for one build. `ident` and `slate` are the last rungs of the ladder."""

    def __init__(
        self,
        plan: Plan,
        catalogue: Catalogue,
        builtins: tuple[Material | None, Material],
        zone: ZoneInfo,
        agenda: Agenda,
        memory: Memory,
        walk: SlotWalk,
        around: Surroundings,
        findings: Findings,
    ) -> None:
        self._plan, self._catalogue, self._zone, self._around = plan, catalogue, zone, around
        self._ident, self._slate = builtins
        self._agenda, self._memory, self._walk, self._findings = agenda, memory, walk, findings
        self._fillers: list[tuple[str, Pool]] = [(s, catalogue.filler(s)) for s in plan.filler]
        self._filler_assets = frozenset(m.asset for _, pool in self._fillers for m in pool.materials)
        self._rotations: dict[Pool, Rotation] = {}
        self._hour = (Quanta(0), Quanta(-1))

    def fixed(self, event: Fixed, material: Material, q: Quanta, hard: Quanta | None) -> Choice:
        clock = self._clock(event.start)
        what = f"Disisipkan {event.by or 'petugas'}" if event.edit else "Iklan" if event.order else "Acara tetap"
        if event.start == q:
            why = f"{what} pukul {clock}" + (", mulai tepat waktu" if event.hard else "")
        else:
            why = f"{what} pukul {clock}, menunggu acara sebelumnya selesai"
        if event.order:
            why += f" (pesanan {event.order})"
        first = event.in_point if event.length else event.in_point or material.cue_in
        last = min(event.in_point + event.length if event.length else material.cue_out, material.quanta)
        first = Quanta(min(first, material.quanta - 1))
        if material.on_tv:
            first = Quanta(first - first % GOP)
        return Choice(material, Kind.ITEM, why, hard, first, Quanta(max(1, last - first)))

    def content(self, q: Quanta, hard: Quanta | None) -> Choice:
        slot = self._walk.slot
        if slot is None:
            return self.fill(q, hard, "tidak ada acara terjadwal")
        content = slot.strip.content
        if self._walk.progress is not None:
            return self._from_list(slot, self._walk.progress, q, hard)
        if isinstance(content, Rotating):
            return self._from_rotation(slot, content, q, hard)
        if isinstance(content, Mirror):
            return self._from_mirror(slot, content, q, hard)
        source = content.source if isinstance(content, Reserved) else ""
        return self.fill(q, hard, f"sumber {source} belum tersedia")

    def _from_list(self, slot: Slot, progress: ListProgress, q: Quanta, hard: Quanta | None) -> Choice:
        """The next item of a list; cut at a hard start where it must be."""
        content, programme, count = slot.strip.content, slot.strip.programme, len(progress.entries)
        folder = content.folder if isinstance(content, Folder | Series) else ""
        found = progress.next()
        if found is None:
            reason = f"daftar {programme} habis" if count or not folder else f"folder {folder} kosong"
            return self.fill(q, hard, reason + _skipped(progress.missing_before(count)))
        n, material = found
        length = air_length(material)
        if hard is not None and hard < slot.end and hard - q < min(SHORTEST_START, length):
            return self.fill(q, hard, f'"{material.title}" menunggu acara tetap pukul {self._clock(hard)}')
        of = f"folder {folder}, " if folder else ""
        name = "episode" if isinstance(content, Series) else "urutan"
        why = f"{programme}: {of}{name} {n + 1} dari {count}" + _skipped(progress.missing_before(n))
        return Choice(material, Kind.ITEM, why, hard, material.cue_in, fades=True)

    def _from_mirror(self, slot: Slot, content: Mirror, q: Quanta, hard: Quanta | None) -> Choice:
        """What the other channel airs now, from this channel's own house files."""
        other = self._around.mirrors.get(content.channel)
        line = other.at(q) if other else None
        until = slot.end if line is None else min(slot.end, line.end)
        bound = until if hard is None else min(until, hard)
        own = self._catalogue.of(line.material.asset) if line is not None else None
        if other is None or line is None or own is None:
            title = f'"{line.material.title}" belum disiapkan' if line else "susunannya belum ada"
            return self.fill(q, bound, f"siaran bersama {content.channel}: {title}")
        at = Quanta(_where(other, line, own) + q - line.start)
        if own.on_tv:
            at = Quanta(at - at % GOP)
        if at >= own.quanta or own.asset in self._plan.skips.get(slot.key, ()):
            return self.fill(q, bound, f"siaran bersama {content.channel}")
        why = f"Siaran bersama {content.channel}: {line.programme}"
        kind = line.kind if line.kind is Kind.FILLER else Kind.ITEM
        length = Quanta(min(own.quanta - at, until - q))
        return Choice(own, kind, why, hard, at, length, category=line.category)

    def _from_rotation(self, slot: Slot, content: Rotating, q: Quanta, hard: Quanta | None) -> Choice:
        """Whose turn it is by the rotation's rules, or else the longest that fits before the hard start."""
        named = content.name or _named(content.folders)
        pool = self._catalogue.pool(content.folders)
        group = self._group(slot, content, pool, q)
        rotation = self._rotation(pool.group(group) if group else pool)
        limit = None if hard is None else hard - q
        may = may_air(self._plan, slot.key, q, self._zone)
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
            return Choice(found, Kind.ITEM, why, hard, found.cue_in, fades=True)
        return self._without_turn(slot, content, q, hard, rotation, of)

    def _without_turn(
        self, slot: Slot, content: Rotating, q: Quanta, hard: Quanta | None, rotation: Rotation, of: str
    ) -> Choice:
        """Nothing that the rules allow fits: filler before a hard start, else fewer rules, else an item that is cut."""
        may = may_air(self._plan, slot.key, q, self._zone)
        if not any(may(m) for m in rotation.pool.materials):
            return self.fill(q, hard, f"{_lower(of)} kosong")
        clock = self._clock(hard) if hard is not None else ""
        filled = self.fill(q, hard, f"materi {_lower(of)} tidak ada yang pas sebelum {clock}") if hard else None
        strict_left = self._memory.kept_apart(content.rules, q)
        near = filled is not None and any(may(m) and strict_left(m) for m in rotation.pool.materials)
        soon = hard is not None and hard - q <= LONGEST_FILLED
        if filled and soon and (filled.kind is Kind.FILLER or (near and hard and hard - q <= LONGEST_IDENT)):
            return filled
        limit = None if hard is None else hard - q
        for rules, given_up in loosened(content.rules):
            apart = self._memory.kept_apart(rules, q)
            found = rotation.choose(q, limit, self._memory.previous, lambda m, a=apart: may(m) and a(m))  # type: ignore[misc]
            if found:
                self._say_broken(slot, given_up, found, q)
                return Choice(
                    found, Kind.ITEM, f"{of}: pemisahan {given_up} dilonggarkan", hard, found.cue_in, fades=True
                )
        turn = rotation.in_turn(q, 1, may)
        if filled and (not turn or (hard and hard - q <= LONGEST_IDENT)):
            return filled
        return Choice(turn[0], Kind.ITEM, f"{of}: tidak ada materi yang pas", hard, turn[0].cue_in, fades=True)

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

    def _group(self, slot: Slot, content: Rotating, pool: Pool, q: Quanta) -> str:
        """Return the group whose place in the clock of this hour comes next; empty without a clock."""
        if not content.clock:
            return ""
        if not self._hour[0] <= q < self._hour[1]:
            local = starting(q).astimezone(self._zone).replace(minute=0, second=0, microsecond=0)
            # in UTC: where clocks are set back, an hour comes twice, and is two
            self._hour = (at_or_after(local), at_or_after(local.astimezone(UTC) + timedelta(hours=1)))
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

    def fill(self, q: Quanta, hard: Quanta | None, reason: str) -> Choice:
        """Filler that closes the gap up to the next start, the most preferred source first; then ident, then slate.

        Filler gives way to every start, soft ones too: it is never worth a delay.
        """
        bound = self._agenda.next_start(q)
        if hard is not None and (bound is None or hard < bound):
            bound = hard
        faded = self._fade_of_what_aired(q, bound)
        if faded:
            return faded
        may = may_air(self._plan, self._walk.slot.key if self._walk.slot else "", q, self._zone)
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
                return Choice(material, Kind.FILLER, why, bound, material.cue_in)
        if self._ident:
            return Choice(self._ident, Kind.IDENT, f"Tanda pengenal stasiun: {reason}", bound)
        shortest = next((pool.by_length[0] for _, pool in self._fillers if pool.by_length), None)
        if shortest:
            return Choice(shortest, Kind.FILLER, f"Sisipan: {reason}", bound, shortest.cue_in)
        return Choice(self._slate, Kind.SLATE, f"Gambar siaga: {reason}", bound)

    def _fade_of_what_aired(self, q: Quanta, bound: Quanta | None) -> Choice | None:
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
        return Choice(ending.material, Kind.FILLER, why, bound, Quanta(0), FADE, house_only=rendered)

    def _rotation(self, pool: Pool) -> Rotation:
        found = self._rotations.get(pool)
        if found is None:
            found = self._rotations[pool] = Rotation(pool, self._memory.last)
        return found

    def _clock(self, q: Quanta) -> str:
        return local_clock(q, self._zone)


def _where(other: Rundown, line: Line, own: Material) -> Quanta:
    """Return where in its asset a line of another channel begins; of what was rendered, a part only, by its place."""
    part = not line.material.house.startswith(line.material.asset) and line.material.quanta < own.quanta
    if not part:
        return line.in_point
    before = other.at(Quanta(line.start - 1))
    goes_on = before is not None and before.material.asset == own.asset
    return Quanta(before.in_point + before.length) if before and goes_on else own.cue_in


def _named(folders: Sequence[str]) -> str:
    shown = (f.partition(":")[2] or f for f in folders)
    return ", ".join("semua materi" if f == "." else f for f in shown)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _skipped(paths: Sequence[str]) -> str:
    return f"; dilewati karena belum ada: {', '.join(paths)}" if paths else ""
