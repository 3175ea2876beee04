"""Checks a plan against a shelf: what is missing, empty, or set to begin at one time."""

from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from lppl.quanta import Quanta
from scheduler.agenda import Agenda, Clash, local_date
from scheduler.fill import Catalogue
from scheduler.findings import Findings, Rule, Severity
from scheduler.plan import FOLDER, Fixed, Folder, Listed, Plan, Reserved, Rotating, Series, Strip


def inspect(
    plan: Plan, catalogue: Catalogue, agenda: Agenda, zone: ZoneInfo, start: Quanta, end: Quanta, findings: Findings
) -> None:
    """Add what is wrong with the plan's entries that matter in [start, end)."""
    findings.extend(plan.findings)
    first, last = (local_date(q, zone).toordinal() for q in (start, Quanta(max(start, end - 1))))
    for told in plan.told:
        for day in range(first, last + 1):
            findings.extend(tuple(told(date.fromordinal(day))))
    for source in plan.filler:
        if not catalogue.filler(source).materials:
            _absent(findings, source, "filler", None)
    for event in agenda.missing_in(start, end):
        _missing(findings, event.path or event.title, event.where, event.start)
    for slot in agenda.slots:
        if slot.start < end and slot.end > start:
            _content(findings, catalogue, slot.strip, slot.start)
    for clash in agenda.clashes:
        if start <= clash.at < end:
            _clash(findings, clash)
    for q, entries in agenda.hard.items():
        if len(entries) > 1 and start <= q < end and len(rivals := _rivals(entries)) > 1:
            _two_hard(findings, rivals, q)


def folders_wanted(agenda: Agenda, start: Quanta, end: Quanta) -> Mapping[str, Quanta]:
    """Return from when on the content of each folder may air in [start, end): what lies there is needed by then."""
    found: dict[str, Quanta] = {}
    for slot in agenda.slots:
        if slot.start >= end or slot.end <= start:
            continue
        content = slot.strip.content
        folders: Sequence[str] = ()
        if isinstance(content, Rotating):
            folders = content.folders
        elif isinstance(content, Folder | Series) and content.folder:
            folders = (content.folder,)
        elif isinstance(content, Listed):
            folders = [p.removeprefix(FOLDER) for p in content.paths if p.startswith(FOLDER)]
        for folder in folders:
            found.setdefault(folder, Quanta(max(start, slot.start)))
    return found


def _content(findings: Findings, catalogue: Catalogue, strip: Strip, q: Quanta) -> None:
    content = strip.content
    paths: Sequence[str] = content.paths if isinstance(content, Listed | Series) else ()
    for path in paths:
        if path.startswith(FOLDER):
            if not catalogue.in_folder(path.removeprefix(FOLDER)):
                _absent(findings, path, strip.where, q)
        elif catalogue.at_path(path) is None:
            _missing(findings, path, strip.where, q)
    folders: Sequence[str] = ()
    if isinstance(content, Rotating):
        folders = content.folders
    elif isinstance(content, Folder | Series) and content.folder:
        folders = (content.folder,)
    if not folders and not paths and isinstance(content, Listed | Folder | Series | Rotating):
        _nothing(findings, strip, q)
    elif folders and not any(catalogue.in_folder(f) for f in folders):
        _absent(findings, "folder:" + ", ".join(folders), strip.where, q)
    if isinstance(content, Rotating) and content.clock and folders:
        _clock(findings, catalogue, strip, content, q)
    if isinstance(content, Reserved):
        _reserved(findings, strip, content, q)


def _nothing(findings: Findings, strip: Strip, q: Quanta) -> None:
    findings.add(
        Rule.EMPTY_FOLDER,
        f"{strip.programme} belum punya isi; sisipan mengudara.",
        f"{strip.programme} has nothing to air; filler airs.",
        strip.where,
        q,
        item=strip.programme,
        remedy="Isi daftar, folder, atau rotasinya.",
    )


def _clock(findings: Findings, catalogue: Catalogue, strip: Strip, content: Rotating, q: Quanta) -> None:
    pool = catalogue.pool(content.folders)
    for group in dict.fromkeys(content.clock):
        if not pool.group(group).materials:
            findings.add(
                Rule.EMPTY_CATEGORY,
                f'Kelompok "{group}" pada jam putar {strip.programme} kosong; seluruh rotasi dipakai.',
                f'Group "{group}" of the clock of {strip.programme} is empty; the whole rotation is used.',
                strip.where,
                q,
                item=group,
                remedy=f'Beri materi kelompok "{group}", atau ubah jam putarnya.',
            )


def _reserved(findings: Findings, strip: Strip, content: Reserved, q: Quanta) -> None:
    findings.add(
        Rule.LIVE_RESERVED,
        f"{strip.programme}: sumber {content.source} belum tersedia; sisipan mengudara.",
        f"{strip.programme}: the source {content.source} does not exist yet; filler airs.",
        strip.where,
        q,
        Severity.NOTE,
        item=content.source,
    )


def _clash(findings: Findings, clash: Clash) -> None:
    winner, loser = clash.winner, clash.loser
    findings.add(
        Rule.CLASH,
        f"Jadwal bentrok: {winner.programme} dan {loser.programme}; {winner.programme} yang tayang.",
        f"Schedule conflict: {winner.programme} and {loser.programme}; {winner.programme} airs.",
        loser.where,
        clash.at,
        Severity.SEVERE,
        source="Pola acara",
        item=loser.programme,
        remedy="Ubah waktu salah satunya.",
    )


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
        item=path,
    )


def _missing(findings: Findings, path: str, where: str, q: Quanta | None) -> None:
    findings.add(
        Rule.MISSING_ITEM,
        f"Berkas {path} belum ada atau belum siap tayang; dilewati.",
        f"File {path} is missing or not ready; it is skipped.",
        where,
        q,
        item=path,
    )


def _rivals(entries: Sequence[Fixed | Strip]) -> Sequence[Fixed | Strip]:
    """Return the entries without the strips whose own beginning a person has replaced."""
    replaced = {e.slot.partition("@")[0] for e in entries if isinstance(e, Fixed) and e.edit}
    return [e for e in entries if not (isinstance(e, Strip) and e.key in replaced)]


def _two_hard(findings: Findings, entries: Sequence[Fixed | Strip], q: Quanta) -> None:
    names = ", ".join(f"{title_of(e) or 'acara tetap'} ({e.where or '-'})" for e in entries)
    findings.add(
        Rule.TWO_HARD_STARTS,
        f"Mulai tepat waktu yang sama: {names}; yang pertama tayang, yang lain menunggu.",
        f"Hard starts at one time: {names}; the first airs, the others wait.",
        entries[0].where,
        q,
    )


def title_of(entry: Fixed | Strip) -> str:
    """Return what staff call an entry; empty when it has no name of its own."""
    return entry.programme if isinstance(entry, Strip) else entry.title
