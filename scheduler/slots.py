"""From slot to slot: which occurrence a plan is in, how far its list has come, what became of those that are over."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from lppl.media import AssetId, Material
from lppl.quanta import Quanta, covering
from scheduler.agenda import Agenda, Slot, local_date
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
        self._last_part = {slot.key: n for n, slot in enumerate(agenda.slots)}
        self._interrupted: dict[str, ListProgress] = {}

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
        if slot is not self.slot:
            self._change(slot, number)
        if self._seen is not None:
            for passed in slots[self._seen + 1 : number + 1]:
                if passed is not slot:
                    self._pass(passed)
            self._seen = max(self._seen, number)
        self._number = number

    def _change(self, slot: Slot | None, number: int) -> None:
        """Go over into the slot of a number; a list that something interrupts goes on later where it was."""
        left, progress = self.slot, self.progress
        self.slot = slot
        if left is not None and slot is not None and slot.key == left.key:
            return
        if left is not None and progress:
            if self._last_part[left.key] > number:
                self._interrupted[left.key] = progress
            else:
                self._leave(left, progress)
        self.progress = (self._interrupted.pop(slot.key, None) or self._opened(slot)) if slot else None

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
        self._say_rights(slot, [m for _, m in wanted if m is not None and not may(m)])
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
        if series.rerun:
            return listed[max(0, latest - series.count + 1) :][: series.count]
        return self._next_episodes(slot, series, listed, latest + 1)

    def _next_episodes(
        self, slot: Slot, series: Series, listed: Sequence[tuple[str, Material | None]], first: int
    ) -> list[tuple[str, Material | None]]:
        """Return the episodes from place `first` on, past those that will never be allowed again."""
        today = local_date(slot.opens, self._zone)
        chosen: list[tuple[str, Material | None]] = []
        over: list[Material] = []
        for path, m in (*listed[first:], *(listed[:first] if series.repeat else ())):
            if len(chosen) == series.count:
                break
            if m is not None and m.details.last_day is not None and m.details.last_day < today:
                over.append(m)
            else:
                chosen.append((path, m))
        self._say_rights(slot, over)
        if listed and len(chosen) < series.count and not series.repeat and self._seen is not None:
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

    def _say_rights(self, slot: Slot, materials: Sequence[Material]) -> None:
        for material in materials if self._seen is not None else ():
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

    def _leave(self, slot: Slot, progress: ListProgress) -> None:
        content = slot.strip.content
        again = isinstance(content, Listed | Folder) and content.repeat
        rest = len(progress.unaired)
        if rest and not again and self._seen is not None:
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
        if slot.start > slot.opens:  # the rest of what began before something interrupted it
            if self._agenda.slots[self._last_part[slot.key]] is slot and slot.key in self._interrupted:
                self._leave(slot, self._interrupted.pop(slot.key))
            return
        self._findings.add(
            Rule.BLOCK_SKIPPED,
            f"{name} tidak tayang: acara sebelumnya berlangsung melewati seluruh waktunya, atau jam dimajukan.",
            f"{name} does not air: what ran before it, or a clock change, took all of its time.",
            slot.strip.where,
            slot.start,
            item=name,
        )
