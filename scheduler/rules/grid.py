"""Clash and gap of the weekly grid: two entries of equal rank at one time, and time with nothing scheduled."""

from collections.abc import Iterator, Sequence

from lppl.quanta import Quanta
from scheduler.findings import Finding, Rule, Severity
from scheduler.rules.planned import Day, Scheduled, Span
from scheduler.rules.wording import day_text, lasting, moment, times


def grid_findings(day: Day, scheduled: Sequence[Scheduled]) -> list[Finding]:
    """Return the clashes of a day, one for each pair of entries, and at most one finding of its gaps.

    `scheduled` is in order of start; entries of no length take no time.
    """
    rule = day.law.grid
    if rule is None:
        return []
    touching = [entry for entry in scheduled if max(entry.start, day.start) < min(entry.end, day.end)]
    gaps = tuple(_gaps(day, touching))
    found = _clashes(day, touching, rule.source)
    return [*found, _gap(day, gaps, rule.source)] if gaps else found


def _clashes(day: Day, scheduled: Sequence[Scheduled], source: str) -> list[Finding]:
    pairs: dict[tuple[str, str, str, str], list[tuple[Quanta, Scheduled, Scheduled]]] = {}
    running: dict[int, list[Scheduled]] = {}
    for entry in scheduled:
        others = running.setdefault(entry.rank, [])
        others[:] = [other for other in others if other.end > entry.start]
        for other in others:
            # told on each day on which they meet
            at = max(entry.start, day.start)
            if at < min(entry.end, other.end, day.end):
                pairs.setdefault((other.name, other.where, entry.name, entry.where), []).append((at, other, entry))
        others.append(entry)
    return [_clash(day, met, source) for met in pairs.values()]


def _clash(day: Day, met: Sequence[tuple[Quanta, Scheduled, Scheduled]], source: str) -> Finding:
    at, first, second = met[0]
    (when, when_en), (often, often_en) = moment(at, day.zone), times(len(met))
    return Finding(
        Rule.CLASH,
        f"Jadwal bentrok: “{first.name}” dan “{second.name}” sama-sama dijadwalkan mulai {when}{often}.",
        f"Schedule conflict: “{first.name}” and “{second.name}” are both scheduled from {when_en}{often_en}.",
        second.where or first.where or second.name,
        at,
        Severity.WARNING,
        source,
        second.name,
        "Geser atau pendekkan salah satunya, atau beri salah satunya peringkat lebih tinggi.",
    )


def _gaps(day: Day, scheduled: Sequence[Scheduled]) -> Iterator[Span]:
    at = day.start
    for entry in scheduled:
        if entry.start > at:
            yield at, entry.start
        at = max(at, entry.end)
    if at < day.end:
        yield at, day.end


def _gap(day: Day, gaps: Sequence[Span], source: str) -> Finding:
    start, end = gaps[0]
    (when, when_en), (long, long_en) = moment(start, day.zone), lasting(end - start)
    (all_id, all_en), (date_id, _) = lasting(sum(end - start for start, end in gaps)), day_text(day.date)
    more, more_en = (
        (f"; {len(gaps)} celah hari itu, seluruhnya {all_id}", f"; {len(gaps)} gaps that day, {all_en} in all")
        if len(gaps) > 1
        else ("", "")
    )
    return Finding(
        Rule.GAP,
        f"Tidak ada yang dijadwalkan mulai {when}, selama {long}{more}; hanya sisipan yang disiarkan.",
        f"Nothing is scheduled from {when_en} for {long_en}{more_en}; only filler airs.",
        day.date.isoformat(),
        start,
        Severity.SEVERE if (start, end) == (day.start, day.end) else Severity.NOTE,  # a day of nothing but filler
        source,
        f"Pola acara {date_id}",
        "Isi celah itu dengan mata acara.",
    )
