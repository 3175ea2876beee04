"""Checks a schedule against a shelf: what is missing, empty, or set to begin at one time."""

from collections.abc import Sequence

from lppl.quanta import Quanta
from scheduler.agenda import Agenda
from scheduler.fill import Catalogue
from scheduler.findings import Findings, Rule
from scheduler.schedule import At, Block, Schedule


def inspect(
    schedule: Schedule, catalogue: Catalogue, agenda: Agenda, start: Quanta, end: Quanta, findings: Findings
) -> None:
    """Add what is wrong with the schedule's entries that matter in [start, end)."""
    for source in schedule.filler:
        if not catalogue.filler(source).materials:
            _absent(findings, source, "filler", None)
    for event in agenda.missing_in(start, end):
        _missing(findings, event.path, event.at.where, event.start)
    for slot in agenda.slots:
        if slot.start < end and slot.end > start:
            _block(findings, catalogue, slot.block, slot.start)
    for q, entries in agenda.hard.items():
        if len(entries) > 1 and start <= q < end:
            _two_hard(findings, entries, q)


def _block(findings: Findings, catalogue: Catalogue, block: Block, q: Quanta) -> None:
    for path in block.items:
        if catalogue.at_path(path) is None:
            _missing(findings, path, block.where, q)
    folders = block.rotation or ((block.folder,) if block.folder else ())
    if folders and not any(catalogue.in_folder(f) for f in folders):
        _absent(findings, "folder:" + ", ".join(folders), block.where, q)


def _absent(findings: Findings, source: str, where: str, q: Quanta | None) -> None:
    kind, _, path = source.partition(":")
    if kind == "file":
        _missing(findings, path, where, q)
        return
    findings.add(
        Rule.EMPTY_FOLDER,
        f"Folder {path} belum berisi materi yang siap tayang; isi atau ganti di jadwal.",
        f"Folder {path} holds no material that is ready; fill it or change the schedule.",
        where,
        q,
    )


def _missing(findings: Findings, path: str, where: str, q: Quanta | None) -> None:
    findings.add(
        Rule.MISSING_ITEM,
        f"Berkas {path} belum ada atau belum siap tayang; dilewati.",
        f"File {path} is missing or not ready; it is skipped.",
        where,
        q,
    )


def _two_hard(findings: Findings, entries: Sequence[At | Block], q: Quanta) -> None:
    names = ", ".join(f"{e.programme or 'acara tetap'} ({e.where or '-'})" for e in entries)
    findings.add(
        Rule.TWO_HARD_STARTS,
        f"Mulai tepat waktu yang sama: {names}; yang pertama tayang, yang lain menunggu.",
        f"Hard starts at one time: {names}; the first airs, the others wait.",
        entries[0].where,
        q,
    )
