"""Running orders through the API: a day line by line, what is found about it, edits by hand, material to put in."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from lppl.accounts import Right
from lppl.desk.editing import EditsMeet, Looked
from lppl.desk.errors import WrongField
from lppl.desk.logs import letterhead
from lppl.desk.overlap import Seen
from lppl.desk.rundown import put_of
from lppl.media import AssetId
from lppl.plan_store import A_DAY
from lppl.quanta import Quanta, at_or_after, covering, seconds
from lppl.rundown import Line
from scheduler import edits
from scheduler.edits import Edit
from scheduler.exports.pdf import pdf_bytes, typefaces
from scheduler.exports.running_order import running_order_report
from scheduler.exports.tables import csv_bytes
from scheduler.exports.xlsx import xlsx_bytes
from web.api.operations import Operations
from web.api.problems import Detailed
from web.api.rundown_values import (
    Change,
    ChangeIn,
    CutIn,
    DayFindingOut,
    DayOut,
    EditOut,
    FillIn,
    HoldIn,
    InsertIn,
    KeptOut,
    LinesOut,
    MaterialOut,
    MaterialsOut,
    MoveIn,
    OfDay,
    OfEdit,
    OfExport,
    OfLines,
    OfMaterial,
    ReplaceIn,
    SkipIn,
    air_time,
    day_out,
    edit_out,
    finding_out,
    line_out,
    meeting_out,
)
from web.staff.visit import Visit

operations = Operations("Rundown")
MOST_FINDINGS = 500
TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


@operations.get("/channels/{channel}/rundown/{day}", Right.VIEW, "Satu hari / A day: slots, totals, edits")
async def day(visit: Visit, params: OfDay) -> DayOut:
    """Return a day without its lines."""
    desk = visit.office.days
    found = await desk.day(params.channel, params.day, visit.now)
    present = at_or_after(visit.now)
    open_from = await asyncio.to_thread(desk.planning.open_from, params.channel, present)
    return day_out(found, visit.now, open_from, desk.planning.zone)


@operations.get("/channels/{channel}/rundown/{day}/lines", Right.VIEW, "Baris / The lines of a day")
async def lines(visit: Visit, params: OfLines) -> LinesOut:
    """Return some lines: those that aired, then those planned."""
    desk = visit.office.days
    found = await desk.day(params.channel, params.day, visit.now)
    first = params.first - 1
    some = found.lines[first : first + params.count]
    states = await desk.states(params.channel, some)
    zone = desk.planning.zone
    shown = [
        line_out(n + 1, line, state, zone, aired=n < found.aired)
        for n, (line, state) in enumerate(zip(some, states, strict=True), first)
    ]
    return LinesOut.model_construct(lines=shown, total=len(found.lines), state=str(found.seen))


@operations.get("/channels/{channel}/rundown/{day}/findings", Right.VIEW, "Temuan / What should be mended")
async def findings(visit: Visit, params: OfDay) -> list[DayFindingOut]:
    """Return what is found about a day that is not over, at most 500."""
    found = await visit.office.days.findings(params.channel, params.day, visit.now)
    return [finding_out(f) for f in found[:MOST_FINDINGS]]


@operations.get(
    "/channels/{channel}/rundown/{day}/export", Right.VIEW, "Unduh / Download", produces=tuple(TYPES.values())
)
async def export(visit: Visit, params: OfExport) -> web.StreamResponse:
    """Send a day as a file."""
    desk = visit.office.days
    found = await desk.day(params.channel, params.day, visit.now)
    channel = desk.planning.channel(params.channel)
    head = letterhead(desk.planning, channel.name, visit.now)

    def made() -> bytes:
        report = running_order_report(found.date, found.start, found.end, found.lines, found.totals, head)
        if params.form == "csv":
            return csv_bytes(report.main, head.zone)
        return xlsx_bytes(report) if params.form == "xlsx" else pdf_bytes(report, typefaces())

    name = f"rundown-{params.channel}-{params.day}.{params.form}"
    place = "inline" if params.form == "pdf" else "attachment"
    return web.Response(
        body=await asyncio.to_thread(made), content_type=TYPES[params.form],
        headers={"Content-Disposition": f'{place}; filename="{name}"'},
    )  # fmt: skip


# ---- edits ------------------------------------------------------------------------------------------


@operations.post("/channels/{channel}/rundown/{day}/edits", Right.RUNDOWN, "Sunting / Change by hand", status=201)
async def edit(visit: Visit, params: OfDay, body: ChangeIn) -> KeptOut:
    """Keep an edit. 409 tells of edits that came since `seen` and are about the same lines or time."""
    desk, change = visit.office.editing, body.root
    at = Looked(params.channel, params.day, _seen(change.seen), _seen(change.accepts))
    made = await _made(visit, at, change)
    try:
        kept = await desk.keep(at, made, visit.actor, visit.now)
    except EditsMeet as met:
        more = meeting_out(met, desk.planning.zone)
        raise Detailed(met.indonesian, met.english, more) from None
    found = await desk.days.day(params.channel, params.day, visit.now)
    return KeptOut(edit=edit_out(kept, desk.planning.zone), state=str(found.seen))


@operations.get("/channels/{channel}/rundown/{day}/edits", Right.VIEW, "Suntingan sehari / The edits of a day")
async def listed(visit: Visit, params: OfDay) -> list[EditOut]:
    """Return what people changed about a day, oldest first, with what was taken back."""
    desk = visit.office.days
    found = await desk.day(params.channel, params.day, visit.now)
    return [edit_out(each, desk.planning.zone) for each in found.edits]


@operations.delete("/channels/{channel}/rundown/edits/{number}", Right.RUNDOWN, "Cabut suntingan / Take back an edit")
async def withdraw(visit: Visit, params: OfEdit) -> None:
    """Take an edit back."""
    await visit.office.editing.withdraw(params.channel, params.number, visit.actor, visit.now)


@operations.get("/channels/{channel}/material", Right.VIEW, "Cari materi / Find material that may air")
async def material(visit: Visit, params: OfMaterial) -> MaterialsOut:
    """Return one page of what may air on a channel."""
    found, total = await visit.office.editing.search(params.channel, params.words, params.offset, params.count)
    after = params.offset + params.count
    return MaterialsOut(
        found=[
            MaterialOut(
                asset=a.asset, title=a.title, artist=a.artist, path=a.path, seconds=round(seconds(a.quanta), 2),
                ready=a.ready, has_picture=a.has_picture,
            )
            for a in found
        ],
        next_offset=after if after < total else None,
    )  # fmt: skip


async def _made(visit: Visit, at: Looked, change: Change) -> Edit:
    """Return the edit that a change means. Raises NoSuchLine, NotThere, WrongField."""
    desk, zone = visit.office.editing, visit.office.planning.zone

    def when(moment: str) -> Quanta:
        return air_time(at.day, moment, zone)

    async def line(name: str) -> Line:
        return await desk.line(at, name, visit.now)

    match change:
        case InsertIn():
            put = await desk.material(at.channel, AssetId(change.asset))
            return edits.insert(when(change.at), put.asset, put.title[:200], change.begins)
        case ReplaceIn():
            put = await desk.material(at.channel, AssetId(change.asset))
            return edits.replace(await line(change.line), put.asset, put.title[:200])
        case MoveIn():
            moved = await line(change.line)
            before = await put_of(desk.planning, at.channel, moved)
            return edits.move(moved, when(change.to), change.begins, before)
        case CutIn():
            found = await line(change.line)
            first, last = Quanta(int(change.in_seconds / 0.32)), covering(change.out_seconds)
            last = min(last, found.material.quanta) if last - found.material.quanta <= 1 else last
            return _fitting("potong.out_seconds", lambda: edits.cut(found, first, last))
        case HoldIn():
            held = await line(change.line)
            # a hold that nobody ends lasts a day
            until = when(change.until) if change.until else Quanta(held.start + A_DAY)
            if until <= held.start:
                raise WrongField("tahan.until", "harus sesudah baris itu mulai", "must be after the line begins")
            return edits.hold(held, until)
        case SkipIn():
            left = await line(change.line)
            return _fitting("lewati.line", lambda: edits.skip(left))
        case FillIn():
            return _fitting("isi.until", lambda: edits.fill(when(change.at), when(change.until)))


def _fitting(field: str, make: Callable[[], Edit]) -> Edit:
    try:
        return make()
    except ValueError as error:
        indonesian, _, english = str(error).partition(" / ")
        raise WrongField(field, indonesian, english or indonesian) from None


def _seen(word: str | None) -> Seen | None:
    return None if word is None else Seen.read(word)
