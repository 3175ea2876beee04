"""``lppl logs``: what aired, planned against aired, proof of airing, the guide; as tables and as files to hand out."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lppl.commands.planning_desk import AsJson, Channel, as_json, at_the_desk, day_of, read_date, words
from lppl.commands.screen import out, say

if TYPE_CHECKING:
    from lppl.desk.planning import PlanningDesk
    from scheduler.exports.tables import Report
    from scheduler.guide import GuideChannel, GuideEntry

logs = typer.Typer(help="Log siaran dan bukti siar. / Logs and proofs.", no_args_is_help=True, rich_markup_mode=None)

DayWord = Annotated[str, typer.Argument(help="Hari: 2026-11-22, kemarin / the day", metavar="[HARI]")]
Csv = Annotated[Path | None, typer.Option("--csv", help="Tulis CSV / write CSV")]
Xlsx = Annotated[Path | None, typer.Option("--xlsx", help="Tulis Excel / write a spreadsheet")]
Pdf = Annotated[Path | None, typer.Option("--pdf", help="Tulis PDF / write a PDF")]


def _handed_out(report: "Report", csv: Path | None, xlsx: Path | None, pdf: Path | None) -> bool:
    """Write the files that were asked for; return whether there were any. Raises OSError."""
    if csv:
        from scheduler.exports.tables import csv_bytes

        csv.write_bytes(csv_bytes(report.main, report.zone))
    if xlsx:
        from scheduler.exports.xlsx import xlsx_bytes

        xlsx.write_bytes(xlsx_bytes(report))
    if pdf:
        from scheduler.exports.pdf import pdf_bytes

        pdf.write_bytes(pdf_bytes(report))
    made = [file for file in (csv, xlsx, pdf) if file]
    for file in made:
        say(f"Ditulis / written: {file}")
    return bool(made)


def _print(report: "Report", left_out: str = "") -> None:
    """Show a report: its table without the rows that hold `left_out`, its sums, its notes."""
    from lppl.commands.planning_tables import plain_table, text
    from scheduler.exports.tables import written

    say(f"{report.title} · {report.period}")
    for table in (report.main, *report.summaries):
        headings = [c.title for c in table.columns]
        shown = plain_table(*headings, right=[c.title for c in table.columns if c.ranged_right])
        shown.expand = table is report.main
        for column, of in zip(shown.columns, table.columns, strict=True):
            column.no_wrap = of.unit.value != "text" or of.share <= 1.4
            column.ratio = round(10 * of.share) if shown.expand and not column.no_wrap else None
        for row in table.rows:
            if left_out and left_out in row and table is report.main:
                continue
            cells = zip(row, table.columns, strict=True)
            shown.add_row(*(text(written(cell, column.unit, report.zone)) for cell, column in cells))
        out().print(shown)
        out().print()
    for note in report.notes:
        out().print(note)


@logs.command("aired")
def aired(
    channel: Channel, day: DayWord = "", csv: Csv = None, xlsx: Xlsx = None, pdf: Pdf = None, json: AsJson = False
) -> None:
    """Log siaran satu hari, dengan persen per kategori. / What aired on a day."""

    async def work(desk: "PlanningDesk", now: datetime) -> "Report | None":
        from lppl.desk import logs as desk_logs
        from lppl.quanta import starting
        from scheduler.exports.reports import log_report

        name = desk.channel(channel).name
        log = await desk_logs.day_log(desk, channel, day_of(day, desk, now))
        if not json:
            return log_report(log, desk_logs.letterhead(desk, name, now))
        as_json({
            "channel": channel, "day": log.day,
            "lines": [
                {"start": starting(x.start).astimezone(desk.zone).isoformat(), "seconds": round(x.length * 0.32, 2),
                 "title": x.title, "artist": x.artist, "programme": x.programme, "kind": x.kind.value,
                 "category": x.category.value if x.category else None, "order": x.order, "why": x.why}
                for x in log.lines
            ],
            "percent": {s.category.value: float(s.percent) for s in log.totals.shares},
            "aired_seconds": round(log.totals.aired * 0.32, 2), "off_seconds": round(log.totals.off * 0.32, 2),
            "unrecorded_seconds": round(log.totals.unrecorded * 0.32, 2),
        })  # fmt: skip
        return None

    report = at_the_desk(work)
    if report and not _handed_out(report, csv, xlsx, pdf):
        _print(report)


@logs.command("compare")
def compare(
    channel: Channel,
    day: DayWord = "",
    csv: Csv = None,
    xlsx: Xlsx = None,
    pdf: Pdf = None,
    everything: Annotated[bool, typer.Option("--all", help="Juga yang sesuai rencana / as planned too")] = False,
    json: AsJson = False,
) -> None:
    """Rencana dan kenyataan satu hari, setiap beda dijelaskan. / Planned against aired.

    Di layar hanya yang berbeda; berkas memuat semuanya. / The screen shows what differs, files hold all.
    """

    async def work(desk: "PlanningDesk", now: datetime) -> "Report | None":
        from lppl.desk import logs as desk_logs
        from lppl.quanta import starting
        from scheduler.exports.reports import comparison_report
        from scheduler.indonesian import full_date

        name, date_ = desk.channel(channel).name, day_of(day, desk, now)
        found = await desk_logs.compared(desk, channel, date_, now)
        if not json:
            head = desk_logs.letterhead(desk, name, now)
            return comparison_report(found.differences, full_date(date_), found.start, found.end, head)
        as_json([
            {"outcome": d.kind.value, "start": starting(d.start).astimezone(desk.zone).isoformat(),
             "planned": d.planned.head.title if d.planned else None, "aired": d.aired.head.title if d.aired else None,
             "moved_seconds": round(d.moved * 0.32, 2), "lost_seconds": round(d.lost * 0.32, 2),
             "indonesian": d.indonesian, "english": d.english}
            for d in found.differences
        ])  # fmt: skip
        return None

    report = at_the_desk(work)
    if report and not _handed_out(report, csv, xlsx, pdf):
        from scheduler.comparison import Outcome

        _print(report, "" if everything else Outcome.AS_PLANNED.label)


@logs.command("proof")
def proof(
    order: Annotated[str, typer.Argument(help="Pesanan (lppl order list) / the order", metavar="PESANAN")],
    first: Annotated[str, typer.Option("--from", help="Hari pertama / first day")] = "",
    last: Annotated[str, typer.Option("--until", help="Hari terakhir / last day")] = "",
    csv: Csv = None,
    xlsx: Xlsx = None,
    pdf: Pdf = None,
    json: AsJson = False,
) -> None:
    """Bukti siar satu pesanan, dari jurnal. / Proof of airing of an order."""

    async def work(desk: "PlanningDesk", now: datetime) -> "Report | None":
        from lppl.desk import logs as desk_logs
        from scheduler.exports.reports import proof_report
        from scheduler.indonesian import short_date

        with words("--from --until"):
            low, high = (read_date(first) if first else None), (read_date(last) if last else None)
            if low and high and high < low:
                raise ValueError("hari terakhir mendahului hari pertama / the last day is before the first")
        found, begin, end = await desk_logs.proof(desk, order, low, high, now)
        if not json:
            period = f"{short_date(begin)} sampai {short_date(end)}"
            return proof_report([found], period, desk_logs.letterhead(desk, "", now))
        rows = [
            {"channel": r.channel, "start": r.start.isoformat(), "seconds": round(r.length * 0.32, 2),
             "title": r.title, "complete": r.complete}
            for r in found.rows
        ]  # fmt: skip
        as_json({"order": order, "first": begin, "last": end, "planned": found.planned, "aired": found.aired,
                 "complete": found.complete, "rows": rows})  # fmt: skip
        return None

    report = at_the_desk(work)
    if report and not _handed_out(report, csv, xlsx, pdf):
        _print(report)


@logs.command("guide")
def guide(
    channels: Annotated[
        list[str] | None, typer.Argument(help="Kanal; biasanya semua / channels", metavar="[KANAL]")
    ] = None,
    day: Annotated[str, typer.Option("--day", help="Hari pertama / first day")] = "",
    days: Annotated[int, typer.Option("--days", min=1, max=31, help="Berapa hari / how many days")] = 2,
    json: AsJson = False,
    xmltv: Annotated[Path | None, typer.Option("--xmltv", help="Tulis XMLTV / write XMLTV")] = None,
    ical: Annotated[Path | None, typer.Option("--ical", help="Tulis iCalendar, satu kanal / one channel")] = None,
) -> None:
    """Panduan acara: yang sudah dan yang akan tayang. / The programme guide."""
    if ical and len(channels or ()) != 1:
        raise typer.BadParameter("sebut satu kanal / name one channel", param_hint="--ical")

    async def work(
        desk: "PlanningDesk", now: datetime
    ) -> "tuple[PlanningDesk, datetime, list[GuideChannel], list[GuideEntry]]":
        from lppl.desk import logs as desk_logs

        wanted = channels or [c.id for c in desk.settings.channels]
        first = day_of(day, desk, now, "--day")
        return desk, now, *await desk_logs.guide_of(desk, wanted, first, days, now)

    desk, now, heads, entries = at_the_desk(work)
    station = desk.settings.station.name
    if json:
        from scheduler.exports.epg_json import epg_json

        print(epg_json(station, heads, entries, desk.zone, now))
    if xmltv:
        from scheduler.exports.xmltv import xmltv as written

        xmltv.write_bytes(written(station, heads, entries, desk.zone, now))
        say(f"Ditulis / written: {xmltv}")
    if ical:
        from scheduler.exports.ical import ical as calendar

        ical.write_bytes(calendar(heads[0], entries, desk.zone, now))
        say(f"Ditulis / written: {ical}")
    if not (json or xmltv or ical):
        _print_guide(desk, heads, entries)


def _print_guide(desk: "PlanningDesk", heads: "list[GuideChannel]", entries: "list[GuideEntry]") -> None:
    from lppl.commands.planning_tables import rows_table
    from scheduler.indonesian import full_date

    for head in heads:
        mine = [e for e in entries if e.channel == head.id]
        for day in dict.fromkeys(_day(e, desk) for e in mine):
            say(f"{head.name} · {full_date(day)}")
            rows: list[dict[str, object]] = [
                {
                    "time": f"{e.start.astimezone(desk.zone):%H.%M}-{e.end.astimezone(desk.zone):%H.%M}",
                    "title": e.title + (" (ulang)" if e.is_rerun else ""), "category": e.category.label,
                    "age": e.age.value, "state": "tayang" if e.aired else "",
                }
                for e in mine
                if _day(e, desk) == day
            ]  # fmt: skip
            headings = {"time": "Jam", "title": "Mata acara", "category": "Kategori", "age": "Usia", "state": ""}
            out().print(rows_table(rows, headings))


def _day(entry: "GuideEntry", desk: "PlanningDesk") -> date:
    return entry.start.astimezone(desk.zone).date()
