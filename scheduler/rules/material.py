"""Rules of the material itself: censorship pass, age label, language, and what comes again too soon."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from lppl.media import ChannelKind
from lppl.quanta import Quanta, seconds
from lppl.rundown import Kind, Line
from scheduler.findings import Finding, Rule, Severity
from scheduler.rules.book import Repetition
from scheduler.rules.planned import Airings, Day, Gathering, Item, Piece, Planned
from scheduler.rules.wording import lasting, moment, times


def censorship(day: Day, item: Item, pieces: Sequence[Piece]) -> Finding | None:
    """A film needs the number of its censorship pass, on itself or on its programme."""
    rule = day.law.censorship
    if not item.unpassed or rule is None or not rule.needed:
        return None
    (when, when_en), (often, often_en) = moment(pieces[0].start, day.zone), times(len(pieces))
    return Finding(
        Rule.CENSORSHIP,
        f"Film “{item.title}” belum punya nomor tanda lulus sensor: disiarkan mulai {when}{often}.",
        f"The film “{item.title}” has no number of its censorship pass: airs from {when_en}{often_en}.",
        pieces[0].where,
        pieces[0].start,
        Severity.SEVERE,
        rule.source,
        item.title,
        "Isi nomor STLS pada materi atau mata acaranya, atau ganti dengan materi lain.",
    )


def labels(day: Day, airings: Airings, planned: Planned) -> list[Finding]:
    """A programme of TV shows its age label throughout: in the file, or in a variant that airs in its place.

    One finding for each programme of the day.
    """
    rule = day.law.label
    if rule is None or planned.channel is not ChannelKind.TV:
        return []
    bare: dict[str, list[tuple[Piece, Item]]] = {}
    for item, pieces in airings.items():
        if item.programme is None or item.labelled or item.age not in rule.classes:
            continue
        if item.category not in rule.except_categories:
            found = [(piece, item) for piece in pieces if not planned.labelled(piece.line)]
            if found:
                bare.setdefault(item.programme.id, []).extend(found)
    return [_unlabelled(day, sorted(found, key=lambda one: one[0].start), rule.source) for found in bare.values()]


def _unlabelled(day: Day, found: Sequence[tuple[Piece, Item]], source: str) -> Finding:
    piece, item = found[0]
    title = item.programme.title if item.programme else item.title
    age = item.age.label if item.age else ""
    (when, when_en), (often, often_en) = moment(piece.start, day.zone), times(len(found))
    return Finding(
        Rule.LABEL,
        f"“{title}” disiarkan tanpa label usia {age}: mulai {when}{often}.",
        f"“{title}” airs without its age label {age}: from {when_en}{often_en}.",
        piece.where,
        piece.start,
        Severity.WARNING,
        source,
        title,
        "Tunggu atau minta dibuatkan varian berlabel, atau tandai materi bila label sudah ada di gambarnya.",
    )


def language(day: Day, item: Item, pieces: Sequence[Piece]) -> Finding | None:
    """Languages outside the list are told, so that somebody sees to subtitles or an introduction."""
    rule = day.law.languages
    if rule is None or not item.content or not item.language or item.language in rule.allowed:
        return None
    (when, when_en), (often, often_en) = moment(pieces[0].start, day.zone), times(len(pieces))
    return Finding(
        Rule.LANGUAGE,
        f"Bahasa “{item.language}” dari “{item.title}” tidak ada di daftar bahasa siaran: mulai {when}{often}.",
        f"The language “{item.language}” of “{item.title}” is not on the list: from {when_en}{often_en}.",
        pieces[0].where,
        pieces[0].start,
        Severity.NOTE,
        rule.source,
        item.title,
        "Beri teks atau pengantar bahasa Indonesia, atau tambahkan bahasanya ke daftar aturan.",
    )


class _Showing:
    """One showing of an asset: when it began, and how far into the asset it has come, in quanta."""

    __slots__ = ("reach", "start")

    def __init__(self, start: Quanta, reach: int) -> None:
        self.start, self.reach = start, reach


def _restarts(lines: Sequence[Line]) -> Iterator[tuple[int, Quanta]]:
    """Yield each line (its index) that begins an asset anew, with the start of the showing before.

    A later part of the asset, after a break, goes on with the showing.
    """
    last: dict[str, _Showing] = {}
    for i, line in enumerate(lines):
        if line.kind is not Kind.ITEM or line.order:
            continue
        asset = line.material.asset
        before = last.get(asset)
        if before is not None and line.in_point >= before.reach:
            before.reach = line.in_point + line.length
            continue
        last[asset] = _Showing(line.start, line.in_point + line.length)
        if before is not None:
            yield i, before.start


def repetition(days: Sequence[Day], planned: Planned, gathering: Gathering) -> list[Finding]:
    """An asset begins again within the hours that the rule keeps between two starts; exactly that long is enough.

    An episode is its asset. What began before the days counts; findings are of starts within them, one for each asset
    and day. `days` are in order.
    """
    starts = [day.start for day in days]
    found: dict[tuple[str, Day], list[tuple[int, Quanta]]] = {}
    for i, before in _restarts(planned.lines):
        line = planned.lines[i]
        n = bisect_right(starts, line.start) - 1
        if n < 0 or line.start >= days[n].end:
            continue
        hours = _hours_apart(days[n].law.repetition, line)
        if hours is not None and seconds(line.start - before) < hours * 3600:
            found.setdefault((line.material.asset, days[n]), []).append((i, before))
    return [_repeated(day, planned, gathering, again) for (_, day), again in found.items()]


def _hours_apart(rule: Repetition | None, line: Line) -> float | None:
    if rule is None or seconds(line.material.quanta) < rule.shortest_s:
        return None
    return rule.programmes.get(line.programme_id, rule.hours)


def _repeated(day: Day, planned: Planned, gathering: Gathering, again: list[tuple[int, Quanta]]) -> Finding:
    i, before = again[0]
    line, rule = planned.lines[i], day.law.repetition
    (when, when_en), (often, often_en) = moment(line.start, day.zone), times(len(again))
    (gap, gap_en), title = lasting(line.start - before), line.material.title
    return Finding(
        Rule.REPETITION,
        f"“{title}” diulang terlalu cepat: {gap} sesudah mulai sebelumnya, pukul {when}{often}.",
        f"“{title}” is repeated too soon: {gap_en} after it last began, at {when_en}{often_en}.",
        line.slot or f"baris {gathering.number(i, day.start)}",
        line.start,
        Severity.NOTE,
        rule.source if rule else "",
        title,
        "Ganti salah satunya, atau atur jarak ulang mata acara ini di buku aturan.",
    )
