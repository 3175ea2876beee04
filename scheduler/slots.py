"""From slot to slot: which occurrence a plan is in, how far its list has come, what became of those that are over."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from lppl.media import AssetId, Material
from lppl.quanta import Quanta, covering
from scheduler.agenda import Agenda, Slot
from scheduler.fill import Catalogue
from scheduler.findings import Findings, Rule
from scheduler.memory import Memory
from scheduler.permission import may_air
from scheduler.plan import FOLDER, Folder, Listed, Plan, Series, Start
from scheduler.progress import ListProgress

EARLIEST = covering(10 * 60)
"""A slot that flows begins at most this much before its time."""


class SlotWalk:
    """The slot that a build is in; :meth:`enter` each instant in order. Silent while the past is folded in.

    `progress` says how far the list of the slot has come; None for what is no list.
    """

    def __init__(
        self, plan: Plan, catalogue: Catalogue, zone: ZoneInfo, agenda: Agenda, memory: Memory, findings: Findings
    ) -> None:
        self._plan, self._catalogue, self._zone = plan, catalogue, zone
        self._agenda, self._memory, self._findings = agenda, memory, findings
        self.slot: Slot | None = None
        self.progress: ListProgress | None = None
        self._number = -1
        self._seen: int | None = None

    def speak(self, start: Quanta) -> None:
        """Tell from `start` on what becomes of slots."""
        self._seen = max(self._number, self._agenda.slot_number(start))

    def note(self, asset: AssetId) -> None:
        """Count one airing of the slot's content."""
        if self.progress:
            self.progress.note(asset)

    def enter(self, q: Quanta) -> None:
        """Open the slot at `q`, and say what became of those that are over."""
        slots = self._agenda.slots
        number = max(self._agenda.slot_number(q), self._number)
        if number == self._number and self._flows(q):
            number += 1
        slot = slots[number] if number >= 0 and q < slots[number].end else None
        if self._seen is not None:
            if self.slot is not None and slot is not self.slot:
                self._leave(self.slot, slot)
            for passed in slots[self._seen + 1 : number + 1]:
                if passed is not slot:
                    self._pass(passed)
            self._seen = max(self._seen, number)
        self._number = number
        if slot is not self.slot:
            if slot is None or self.slot is None or slot.key != self.slot.key:
                self.progress = self._opened(slot) if slot else None
            self.slot = slot

    def _flows(self, q: Quanta) -> bool:
        """Tell whether the running slot has run out at `q` and the next one may begin early."""
        slots, slot = self._agenda.slots, self.slot
        if slot is None or self.progress is None or self._number + 1 >= len(slots):
            return False
        after = slots[self._number + 1]
        return after.strip.begins is Start.SOFT and after.start - q <= EARLIEST and self.progress.next() is None

    def _opened(self, slot: Slot) -> ListProgress | None:
        """Return how far the list of a slot has come; None for what is no list."""
        content = slot.strip.content
        if isinstance(content, Folder):
            entries: list[tuple[str, Material | None]] = [("", m) for m in self._catalogue.in_folder(content.folder)]
            repeat = content.repeat
        elif isinstance(content, Listed):
            entries, repeat = self._listed(content.paths), content.repeat
        elif isinstance(content, Series):
            entries, repeat = self._episodes(slot, content), False
        else:
            return None
        may = may_air(self._plan, slot.key, slot.start, self._zone)
        skipped = self._plan.skips.get(slot.key, frozenset())
        wanted = [(path, m) for path, m in entries if m is None or m.asset not in skipped]
        for _, m in wanted:
            if m is not None and not may(m):
                self._say_rights(slot, m)
        progress = ListProgress([(path, m if m is None or may(m) else None) for path, m in wanted], repeat)
        for asset in self._memory.aired_since(slot.opens):
            progress.note(asset)
        return progress

    def _listed(self, paths: Sequence[str]) -> list[tuple[str, Material | None]]:
        """Return the material of paths; a folder stands for all that it holds."""
        found: list[tuple[str, Material | None]] = []
        for path in paths:
            if path.startswith(FOLDER):
                found += [(path, m) for m in self._catalogue.in_folder(path.removeprefix(FOLDER))]
            else:
                found.append((path, self._catalogue.at_path(path)))
        return found

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
        if listed and len(chosen) < series.count and not series.rerun and self._seen is not None:
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

    def _leave(self, slot: Slot, then: Slot | None) -> None:
        content = slot.strip.content
        again = isinstance(content, Listed | Folder) and content.repeat
        rest = len(self.progress.unaired) if self.progress and not again else 0
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
