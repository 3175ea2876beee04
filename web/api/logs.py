"""The log through the API: what aired, shares by category, planned against aired, proof of airing, takedowns, files."""

import asyncio
from datetime import date

from aiohttp import web

from lppl.accounts import Right
from lppl.desk import logs
from lppl.desk.figures import DayFigures, shares_together, together
from lppl.desk.reports import CONTENT_TYPES, FileKind, file_name, ruled, shares_report, written
from lppl.quanta import at_or_after, seconds, starting
from lppl.rundown import Kind
from lppl.takedowns import Takedown
from lppl.withheld import Withheld
from scheduler.airings import Airing
from scheduler.as_run import DailyLog, LogLine, Totals
from scheduler.comparison import Difference, counts
from scheduler.exports.reports import comparison_report, log_report, proof_report
from scheduler.exports.tables import Report
from scheduler.indonesian import full_date, short_date
from scheduler.proof import OrderProof, ProofRow
from scheduler.rules import RuleBook
from web.api.log_models import (
    ComparedOut,
    DaySharesOut,
    DifferenceOut,
    FileAsked,
    LineOut,
    LogAsked,
    LogOut,
    OfChannel,
    OfChannelTakedowns,
    OfDay,
    OfTakedown,
    ProofAsked,
    ProofFileAsked,
    ProofOut,
    ProofPageAsked,
    ProofRowOut,
    RuledOut,
    ShareOut,
    SharesAsked,
    SharesFileAsked,
    SharesOut,
    SideOut,
    TakedownIn,
    TakedownOut,
    TotalsOut,
)
from web.api.operations import Operations
from web.staff.visit import Visit

operations = Operations("Log siaran")
FILES = tuple(CONTENT_TYPES.values())


# ---- a day ------------------------------------------------------------------------------------------


@operations.get("/channels/{channel}/log", Right.LOGS, "Log siaran satu hari / What aired on a day")
async def day_log(visit: Visit, params: LogAsked) -> LogOut:
    """Return lines of the log of a day, and its totals."""
    log = await logs.day_log(visit.office.planning, params.channel, params.day)
    withheld = await visit.office.takedowns.store.withheld(params.channel)
    return await asyncio.to_thread(_log_out, log, params, withheld)


def _log_out(log: DailyLog, asked: LogAsked, withheld: Withheld) -> LogOut:
    lines = [x for x in log.lines if _is_asked(x, asked)]
    return LogOut(
        channel=log.channel, day=log.day, start=starting(log.start), end=starting(log.end), total=len(lines),
        lines=[line_out(x, withheld) for x in lines[asked.offset : asked.offset + asked.limit]],
        totals=totals_out(log.totals),
    )  # fmt: skip


def _is_asked(line: LogLine, asked: LogAsked) -> bool:
    if asked.category not in (None, line.category) or asked.kind not in (None, line.kind):
        return False
    words = asked.words.casefold().split()
    text = f"{line.title} {line.artist} {line.programme}".casefold()
    return all(word in text for word in words)


def line_out(line: LogLine, withheld: Withheld) -> LineOut:
    """Return a line of the log as the API shows it."""
    on_air = line.kind not in (Kind.OFF, Kind.PREROLL)
    hidden = line.asset in withheld.assets or any(a < line.end and b > line.start for a, b in withheld.spans)
    return LineOut(
        start=starting(line.start), seconds=_seconds(line.length), title=line.title, artist=line.artist,
        programme=line.programme, category=line.category, kind=line.kind, why=line.why, order=line.order,
        asset=line.asset, span=f"{line.start}-{line.end}" if on_air else "", withheld=on_air and hidden,
    )  # fmt: skip


def totals_out(totals: Totals) -> TotalsOut:
    """Return airtime by category as the API shows it."""
    return TotalsOut(
        categories=[
            ShareOut(
                category=s.category, label=s.category.label, seconds=_seconds(s.length), percent=float(s.percent)
            )
            for s in totals.shares
        ],
        aired_seconds=_seconds(totals.aired), off_seconds=_seconds(totals.off),
        unrecorded_seconds=_seconds(totals.unrecorded),
    )  # fmt: skip


def _seconds(quanta: int) -> float:
    return round(seconds(quanta), 2)


@operations.get(
    "/channels/{channel}/log/file", Right.LOGS, "Log siaran sebagai berkas / The log as a file", produces=FILES
)
async def log_file(visit: Visit, params: FileAsked) -> web.Response:
    """Return the log of a day as CSV, XLSX or PDF."""
    desk = visit.office.planning
    log = await logs.day_log(desk, params.channel, params.day)
    report = log_report(log, logs.letterhead(desk, desk.channel(params.channel).name, visit.now))
    return await _file(report, params.format, "log-siaran", params.channel, str(params.day))


async def _file(report: Report, kind: FileKind, *name: str) -> web.Response:
    body = await written(report, kind)
    told = f'attachment; filename="{file_name(*name, kind=kind)}"'
    return web.Response(body=body, content_type=kind.content_type, headers={"Content-Disposition": told})


# ---- shares -----------------------------------------------------------------------------------------


@operations.get("/channels/{channel}/log/shares", Right.LOGS, "Persentase kategori / Shares by category")
async def shares(visit: Visit, params: SharesAsked) -> SharesOut:
    """Return airtime by category of some days, beside what the rules ask."""
    days, book = await _figures(visit, params)
    whole = shares_together(days)
    return SharesOut(
        channel=params.channel, first=params.first, last=params.last, totals=totals_out(together(days)),
        rules=[
            RuledOut.model_validate(r, from_attributes=True) for r in ruled(whole, book)
        ],
        days=[day_shares_out(d) for d in days],
    )  # fmt: skip


def day_shares_out(figures: DayFigures) -> DaySharesOut:
    """Return the shares of a day as the API shows them."""
    s = figures.shares
    return DaySharesOut(
        day=figures.day, aired_seconds=_seconds(figures.totals.aired),
        percent={x.category: float(x.percent) for x in figures.totals.shares},
        commercial_percent=s.commercial_percent, ilm_percent=s.ilm_percent, local_percent=s.local_percent,
    )  # fmt: skip


async def _figures(visit: Visit, asked: SharesAsked) -> tuple[list[DayFigures], RuleBook]:
    days = await visit.office.figures.days(asked.channel, asked.first, asked.last, visit.now)
    return days, (await visit.office.planning.laid_down()).book


@operations.get(
    "/channels/{channel}/log/shares/file", Right.LOGS, "Persentase sebagai berkas / Shares as a file", produces=FILES
)
async def shares_file(visit: Visit, params: SharesFileAsked) -> web.Response:
    """Return the shares of some days as CSV, XLSX or PDF."""
    desk = visit.office.planning
    days, book = await _figures(visit, params)
    report = shares_report(days, book, logs.letterhead(desk, desk.channel(params.channel).name, visit.now))
    return await _file(
        report, params.format, "persentase", params.channel, str(params.first), str(params.last)
    )  # fmt: skip


# ---- planned against aired --------------------------------------------------------------------------


@operations.get("/channels/{channel}/log/compared", Right.LOGS, "Rencana dan realisasi / Planned against aired")
async def compared(visit: Visit, params: OfDay) -> ComparedOut:
    """Return what became of everything that was planned for a day."""
    found = await logs.compared(visit.office.planning, params.channel, params.day, visit.now)
    told = counts(found.differences)
    return ComparedOut(
        channel=params.channel, day=params.day, counts=told, differences=[_difference(d) for d in found.differences]
    )


def _difference(d: Difference) -> DifferenceOut:
    return DifferenceOut(
        outcome=d.kind, planned=_side(d.planned), aired=_side(d.aired), moved_seconds=_seconds(d.moved),
        lost_seconds=_seconds(d.lost), detail=d.indonesian, english=d.english,
    )  # fmt: skip


def _side(airing: Airing | None) -> SideOut | None:
    if airing is None:
        return None
    head = airing.head
    return SideOut(
        start=starting(airing.start), seconds=_seconds(airing.length), title=head.title, programme=head.programme,
        kind=head.kind,
    )  # fmt: skip


@operations.get(
    "/channels/{channel}/log/compared/file", Right.LOGS, "Rencana dan realisasi sebagai berkas / As a file",
    produces=FILES,
)  # fmt: skip
async def compared_file(visit: Visit, params: FileAsked) -> web.Response:
    """Return planned against aired as CSV, XLSX or PDF."""
    desk = visit.office.planning
    found = await logs.compared(desk, params.channel, params.day, visit.now)
    head = logs.letterhead(desk, desk.channel(params.channel).name, visit.now)
    report = comparison_report(found.differences, full_date(params.day), found.start, found.end, head)
    return await _file(report, params.format, "rencana-realisasi", params.channel, str(params.day))


# ---- proof of airing --------------------------------------------------------------------------------


@operations.get("/orders/{order}/proof", Right.LOGS, "Bukti siar satu pesanan / Proof of airing of an order")
async def proof(visit: Visit, params: ProofPageAsked) -> ProofOut:
    """Return when the spots of an order aired."""
    found, advertiser, first, last = await _proof(visit, params)
    rows = found.rows[params.offset : params.offset + params.limit]
    return ProofOut(
        order=found.order, advertiser=advertiser, first=first, last=last, planned=found.planned, aired=found.aired,
        complete=found.complete, rows=[_proof_row(r) for r in rows],
    )  # fmt: skip


async def _proof(visit: Visit, asked: ProofAsked) -> tuple[OrderProof, str, date, date]:
    desk = visit.office.planning
    found, first, last = await logs.proof(desk, asked.order, asked.first, asked.last, visit.now)
    orders = (await desk.laid_down()).orders
    return found, next((o.advertiser for o in orders if o.id == asked.order), ""), first, last


def _proof_row(row: ProofRow) -> ProofRowOut:
    start = at_or_after(row.start)
    return ProofRowOut(
        channel=row.channel, start=row.start, seconds=_seconds(row.length), title=row.title, complete=row.complete,
        span=f"{start}-{start + row.length}",
    )  # fmt: skip


@operations.get(
    "/orders/{order}/proof/file", Right.LOGS, "Bukti siar sebagai berkas / The proof as a file", produces=FILES
)
async def proof_file(visit: Visit, params: ProofFileAsked) -> web.Response:
    """Return the proof of airing as CSV, XLSX or PDF."""
    found, advertiser, first, last = await _proof(visit, params)
    period = f"{advertiser}, {short_date(first)} sampai {short_date(last)}"
    report = proof_report([found], period, logs.letterhead(visit.office.planning, "", visit.now))
    return await _file(report, params.format, "bukti-siar", params.order)


# ---- takedowns --------------------------------------------------------------------------------------


@operations.get("/takedowns", Right.LOGS, "Siaran yang ditarik / What may not be watched")
async def takedowns(visit: Visit, params: OfChannelTakedowns) -> list[TakedownOut]:
    """Return takedowns, the newest first, lifted ones too."""
    found = await visit.office.takedowns.store.all(params.channel, limit=params.limit)
    return [takedown_out(t) for t in found]


@operations.post("/channels/{channel}/takedowns", Right.PUBLISH, "Tarik siaran / Take a span down", status=201)
async def take_down(visit: Visit, params: OfChannel, body: TakedownIn) -> TakedownOut:
    """Take a span of the past down, at once; needs the right to read the log, too."""
    _reads_logs(visit)
    desk = visit.office.takedowns
    return takedown_out(
        await desk.take_down(params.channel, body.start, body.end, body.reason, visit.actor, visit.now)
    )  # fmt: skip


@operations.post("/takedowns/{number}/lift", Right.PUBLISH, "Cabut penarikan / Lift a takedown")
async def lift(visit: Visit, params: OfTakedown) -> None:
    """Let the span be watched again; needs the right to read the log, too."""
    _reads_logs(visit)
    await visit.office.takedowns.lift(params.number, visit.actor, visit.now)


def _reads_logs(visit: Visit) -> None:
    if not visit.may(Right.LOGS):
        raise web.HTTPForbidden


def takedown_out(t: Takedown) -> TakedownOut:
    """Return a takedown as the API shows it."""
    return TakedownOut(
        number=t.id, channel=t.channel, start=starting(t.start), end=starting(t.end), reason=t.reason,
        author=t.author, made=t.made, lifted=t.lifted,
    )  # fmt: skip
