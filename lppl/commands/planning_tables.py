"""Planning as tables for a terminal of 100 columns. Pure: values in, tables and texts out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from lppl.commands.listing import shown
from lppl.quanta import Quanta, starting
from lppl.rundown import Kind, Line
from scheduler.agenda import day_bounds, local_clock
from scheduler.findings import Finding, Rule, Severity
from scheduler.forecast import Late
from scheduler.indonesian import DAYS, clock, full_date, length, length_in_words, short_date, zone_name
from scheduler.timing import Timing
from scheduler.week import Held, Week

if TYPE_CHECKING:
    from lppl.plan_store import GridVersion

KINDS = {
    Kind.ITEM: "materi", Kind.FILLER: "sisipan", Kind.IDENT: "ident", Kind.SLATE: "siaga",
    Kind.LIVE: "langsung", Kind.BREAK_IN: "sela", Kind.OFF: "mati", Kind.PREROLL: "-",
}  # fmt: skip
STYLES = {Severity.SEVERE: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
SIGNS = {Severity.SEVERE: "✗", Severity.WARNING: "!", Severity.NOTE: "·"}
RULES = {
    Rule.MISSING_ITEM: "materi belum ada", Rule.EMPTY_FOLDER: "folder kosong", Rule.BLOCK_OVERLONG: "isi kepanjangan",
    Rule.BLOCK_SKIPPED: "acara terlewat", Rule.TWO_HARD_STARTS: "dua tepat waktu", Rule.ITEM_CUT: "materi dipotong",
    Rule.CLASH: "jadwal bentrok", Rule.GAP: "celah", Rule.ENDLESS_RULE: "tanpa akhir",
    Rule.NO_SUCH_TIME: "jam tidak ada", Rule.ZERO_LENGTH: "tanpa lama", Rule.UNKNOWN_NAME: "nama tak dikenal",
    Rule.PLAYLIST_LOOP: "daftar berputar", Rule.EMPTY_CATEGORY: "kelompok kosong", Rule.SERIES_ENDED: "episode habis",
    Rule.SEPARATION_BROKEN: "jarak rotasi", Rule.LIVE_RESERVED: "sumber belum ada", Rule.RIGHTS_OVER: "hak siar",
    Rule.PLAN_FAULT: "susunan gagal", Rule.SPOT_UNPLACED: "spot tak muat",
    Rule.SPOT_NO_MATERIAL: "spot tanpa materi", Rule.AGE_HOURS: "jam klasifikasi", Rule.PRODUCT_HOURS: "jam produk",
    Rule.AD_SHARE: "porsi iklan", Rule.ILM_SHARE: "porsi ILM", Rule.LOCAL_SHARE: "muatan lokal",
    Rule.LANGUAGE: "bahasa", Rule.CENSORSHIP: "lulus sensor", Rule.LABEL: "label usia", Rule.RAMADAN: "Ramadan",
    Rule.REPETITION: "pengulangan",
}  # fmt: skip


def plain_table(*headings: str, right: Sequence[str] = ()) -> Table:
    """Return an empty table without lines; columns in `right` end at their right edge."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1))
    for heading in headings:
        table.add_column(heading, justify="right" if heading in right else "left", overflow="fold")
    return table


def text(value: object, style: str = "") -> Text:
    """Return a value as text that cannot steer a terminal."""
    return Text("\n".join(map(shown, str(value).split("\n"))), style=style)


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Write an instant as staff do: ``23 November 2026 06.15.30 WIB``."""
    local = at.astimezone(zone)
    return f"{short_date(local.date())} {clock(local)} {zone_name(local)}"


# ---- the grid -------------------------------------------------------------------------------------


def week_table(week: Week, zone: ZoneInfo) -> Table:
    """Return a week: a row for each time at which something begins on any day, a column for each day."""
    days = [week.first + timedelta(days=n) for n in range(7)]
    starts = sorted({begins_at(h.start, zone) for h in week.held} | {ends_at(h, zone) for h in week.held} - {"24.00"})
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1))
    table.add_column("Jam", no_wrap=True)
    for day in days:
        table.add_column(f"{DAYS[day.weekday()]}\n{day.day:02}/{day.month:02}", overflow="fold", ratio=1)
    for at in starts:
        table.add_row(Text(at, style="bold"), *(_cell(week, day, at, zone) for day in days))
    return table


def begins_at(q: Quanta, zone: ZoneInfo) -> str:
    return local_clock(q, zone)


def ends_at(held: Held, zone: ZoneInfo) -> str:
    """Return the clock time at which a day's part ends; 24.00 at its end."""
    return "24.00" if held.end >= day_bounds(held.day, zone)[1] else local_clock(held.end, zone)


def _cell(week: Week, day: object, at: str, zone: ZoneInfo) -> Text:
    for held in week.held:
        if held.day == day and begins_at(held.start, zone) <= at < ends_at(held, zone):
            if begins_at(held.start, zone) != at:
                return Text("│", style="dim")
            sign = "» " if held.goes_on else "! " if held.strip.begins.value == "tepat" else ""
            return text(sign + held.strip.programme)
    return Text("-", style="dim")


def lost_lines(week: Week, zone: ZoneInfo) -> list[str]:
    """Say who loses what to whom, in Indonesian."""
    return [
        f"{DAYS[lost.day.weekday()]} {local_clock(lost.start, zone)}-{local_clock(lost.end, zone)}: "
        f"{shown(lost.winner.programme)} ({lost.winner.key}) menang atas "
        f"{shown(lost.strip.programme)} ({lost.strip.key})"
        for lost in week.lost
    ]


def findings_table(findings: Iterable[Finding], zone: ZoneInfo) -> Table:
    """Return findings, the severe first; source, item and remedy stand below the sentence."""
    order = list(Severity)[::-1]
    table = plain_table("Bobot", "Aturan", "Temuan")
    table.columns[0].no_wrap = True
    for f in sorted(findings, key=lambda f: (order.index(f.severity), f.at or 0)):
        said = text(f.indonesian)
        about = [f"materi: {f.item}" if f.item else "", f"entri: {f.where}" if f.where else ""]
        about += [f"tayang: {moment(starting(f.at), zone)}" if f.at is not None else ""]
        about += [f"sumber: {f.source}" if f.source else ""]
        if listed := "; ".join(a for a in about if a):
            said.append(f"\n{shown(listed)}", style="dim")
        if f.remedy:
            said.append(f"\n→ {shown(f.remedy)}", style="cyan")
        table.add_row(Text(f"{SIGNS[f.severity]} {f.severity}", style=STYLES[f.severity]), RULES[f.rule], said)
    return table


def counted(findings: Sequence[Finding]) -> str:
    """Say how many findings there are of each weight."""
    if not findings:
        return "Tidak ada temuan. / Nothing found."
    numbers = [(s, sum(f.severity is s for f in findings)) for s in reversed(list(Severity))]
    return ", ".join(f"{n} {s}" for s, n in numbers if n) + f" / {len(findings)} in all"


def finding_json(f: Finding) -> dict[str, Any]:
    """Return a finding for programs."""
    at = None if f.at is None else starting(f.at).isoformat()
    return {
        "rule": f.rule.value, "severity": f.severity.value, "indonesian": f.indonesian, "english": f.english,
        "where": f.where, "at": at, "source": f.source, "item": f.item, "remedy": f.remedy,
    }  # fmt: skip


def late_lines(late: Iterable[Late], zone: ZoneInfo) -> list[str]:
    """Say what will not be ready in time."""
    return [
        f"{shown(x.title)}: siap sekitar {moment(x.ready, zone)}, diperlukan {moment(x.needed, zone)}" for x in late
    ]


STATES = {"draft": "rancangan", "published": "terbit", "withdrawn": "dicabut"}


def versions_table(versions: "Iterable[GridVersion]", force: int | None, zone: ZoneInfo) -> Table:
    """Return the versions of a grid, the newest first."""
    table = plain_table("Versi", "Keadaan", "Dibuat", "Oleh", "Catatan", right=("Versi",))
    for v in versions:
        state = f"{STATES[v.state.value]}{', berlaku' if v.number == force else ''}"
        said = [v.note, f"alasan: {v.reason}" if v.reason else "", f"{len(v.findings)} temuan" if v.findings else ""]
        when = moment(v.published or v.created, zone)
        table.add_row(str(v.number), state, when, text(v.author), text("; ".join(s for s in said if s)))
    return table


# ---- running orders -------------------------------------------------------------------------------


def rundown_table(lines: Sequence[Line], timings: Sequence[Timing], zone: ZoneInfo, numbers: Sequence[int]) -> Table:
    """Return lines with local times to the second, under a heading for each slot; `numbers` are the lines' own."""
    by_slot = {t.slot: t for t in timings}
    table = plain_table("No", "Jam", "Lama", "Judul", "Jenis", "Mengapa", right=("No",))
    for n in (1, 2, 4):
        table.columns[n].no_wrap = True
    table.columns[3].ratio, table.columns[5].ratio = 4, 5
    slot: str | None = None
    for number, line in zip(numbers, lines, strict=True):
        if line.slot != slot and not line.event:
            slot = line.slot
            heading = slot_heading(by_slot[slot], zone) if slot in by_slot else line.programme
            table.add_row("", "", "", text(heading, "bold"), "", Text(_comes_out(by_slot.get(slot)), style="bold"))
        style = "dim" if line.kind in (Kind.FILLER, Kind.IDENT, Kind.SLATE) else ""
        title = ("! " if line.hard else "") + line.material.title
        begins = clock(starting(line.start).astimezone(zone))
        kind = "petugas" if line.edit else "iklan" if line.order else "tetap" if line.event else KINDS[line.kind]
        table.add_row(str(number), begins, length(line.length), text(title, style), kind, text(line.why, "dim"))
    return table


def slot_heading(timing: Timing, zone: ZoneInfo) -> str:
    """Say a slot: ``Kabar Pagi (kabar-pagi) 06.00-07.00``."""
    until = local_clock(timing.end, zone)
    span = f"{local_clock(timing.start, zone)}-{'24.00' if until == '00.00' else until}"
    return f"{timing.programme} ({timing.where}) {span}"


def _comes_out(timing: Timing | None) -> str:
    if timing is None:
        return ""
    if timing.began is None:
        return "isinya tidak tayang"
    late = (
        f"mulai {length_in_words(timing.late)} {'lambat' if timing.late > 0 else 'awal'}, "
        if abs(timing.late) > 3
        else ""
    )
    if abs(timing.over) <= 3:
        return f"{late}selesai tepat"
    return f"{late}{'lebih' if timing.over > 0 else 'kurang'} {length_in_words(timing.over)}"


def line_json(number: int, line: Line, zone: ZoneInfo) -> dict[str, Any]:
    """Return a line for programs; `start` is local with its offset, lengths in seconds."""
    return {
        "number": number, "start": starting(line.start).astimezone(zone).isoformat(),
        "seconds": round(line.length * 0.32, 2), "title": line.material.title, "artist": line.material.artist,
        "programme": line.programme, "programme_id": line.programme_id, "kind": line.kind.value, "hard": line.hard,
        "category": line.category, "slot": line.slot, "order": line.order, "edit": line.edit, "why": line.why,
        "asset": line.material.asset, "in_seconds": round(line.in_point * 0.32, 2),
    }  # fmt: skip


def timing_json(t: Timing, zone: ZoneInfo) -> dict[str, Any]:
    """Return how a slot comes out, for programs; `over_seconds` is negative for an under-run."""
    return {
        "slot": t.slot, "programme": t.programme, "entry": t.where,
        "start": starting(t.start).astimezone(zone).isoformat(), "end": starting(t.end).astimezone(zone).isoformat(),
        "aired": t.began is not None, "late_seconds": round(t.late * 0.32, 2), "over_seconds": round(t.over * 0.32, 2),
    }  # fmt: skip


def week_json(week: Week, channel: str, version: str, zone: ZoneInfo) -> dict[str, Any]:
    """Return a week for programs; times are local."""
    held = [
        {"day": h.day.isoformat(), "start": begins_at(h.start, zone), "end": ends_at(h, zone), "entry": h.strip.key,
         "programme": h.strip.programme, "begins": h.strip.begins.value}
        for h in week.held
    ]  # fmt: skip
    lost = [
        {"day": x.day.isoformat(), "start": begins_at(x.start, zone), "end": begins_at(x.end, zone),
         "entry": x.strip.key, "winner": x.winner.key}
        for x in week.lost
    ]  # fmt: skip
    return {"channel": channel, "version": version, "first": week.first.isoformat(), "held": held, "lost": lost}


def day_title(day: Any, channel: str) -> str:
    """Return the title of a day's table."""
    return f"{channel} · {full_date(day)}"


def rows_table(rows: Sequence[Mapping[str, object]], headings: Mapping[str, str], right: Sequence[str] = ()) -> Table:
    """Return rows as a table; `headings`: key -> heading, in order."""
    table = plain_table(*headings.values(), right=right)
    for row in rows:
        table.add_row(*(text(row.get(key, "")) for key in headings))
    return table
