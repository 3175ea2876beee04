"""Citizens' cases through the API: the queue, one case, what is done with it, notes taken down, the tray."""

import asyncio
from dataclasses import replace
from typing import Any

from aiohttp import web

from lppl.accounts import Right
from lppl.cases.case_store import CaseChanged, NoCase
from lppl.cases.queue import Wanted
from lppl.cases.triage.emergency import emergency
from lppl.cases.values import Act, NotAllowed
from lppl.intake.codes import read_code
from lppl.intake.numbers import international
from lppl.intake.values import Intake, Place, Raw, Sender, Source, Visibility
from lppl.intake.web_form import CONTENT_TYPE, written
from web.api.case_models import (
    ActIn,
    BulkIn,
    BulkOut,
    CaseOut,
    CasesOut,
    CountOut,
    DoneOut,
    MadeOut,
    MergeIn,
    NoteIn,
    OfCase,
    OfEnclosure,
    OpenedOut,
    Query,
    ReceiptOut,
    SplitIn,
    TrayOut,
    UnmaskIn,
    case_out,
    line_out,
)
from web.api.operations import Operations
from web.api.people import Strict
from web.staff.visit import Visit

operations = Operations("Aduan")

SHOWN = {
    "poster": "image/jpeg", "picture": "image/jpeg", "small": "image/jpeg", "sound": "audio/mp4", "video": "video/mp4",
}  # fmt: skip
"""Forms of an enclosure that were made by us, and may be shown; whatever else is only handed out to be kept."""
PIECE = 64 * 1024


class AgainIn(Strict):
    """Whether it is to be read once more; else it is done with."""

    again: bool = False


def wanted_of(query: Query) -> Wanted:
    """Return what a query asks for."""
    return Wanted(
        words=query.words, statuses=tuple(query.status), classes=tuple(query.case_class), category=query.category,
        kelurahan=query.kelurahan, source=query.source, agency=query.agency, assigned=query.assigned, open=query.open,
        late=query.late, emergency=query.emergency, since=query.since, until=query.until,
        newest_first=query.order == "newest", after=query.after,
    )  # fmt: skip


@operations.get("/cases", Right.CASES_READ, "Antrean dan pencarian aduan / The queue, and search")
async def all(visit: Visit, params: Query) -> CasesOut:
    """Return a page of cases: by what is due, in a search by newest."""
    lines, after = await visit.office.cases.page(wanted_of(params), visit.now)
    return CasesOut(cases=[line_out(line) for line in lines], after=after)


@operations.get("/cases/count", Right.CASES_READ, "Jumlah aduan / How many cases")
async def count(visit: Visit, params: Query) -> CountOut:
    """Return how many there are, up to 10,001."""
    return CountOut(count=await visit.office.cases.count(replace(wanted_of(params), after=""), visit.now))


@operations.get("/cases/{number}", Right.CASES_READ, "Satu aduan / One case")
async def one(visit: Visit, params: OfCase) -> CaseOut:
    """Return a case with its history, words and clocks; names and numbers masked."""
    return case_out(await visit.office.cases.one(params.number, visit.now))


@operations.post("/cases/{number}/acts", Right.CASES, "Lakukan sesuatu pada aduan / Do something with a case")
async def act(visit: Visit, params: OfCase, body: ActIn) -> DoneOut:
    """Do something with a case; who comes second is told what the first did."""
    desk = visit.office.cases
    state = await desk.do(params.number, body.act, body.data, visit.actor, body.expected, visit.now)
    return DoneOut(seq=state.seq, status=state.status.value)


@operations.post("/cases/bulk", Right.CASES, "Lakukan hal yang sama pada banyak aduan / The same with several cases")
async def bulk(visit: Visit, body: BulkIn) -> BulkOut:
    """Do the same with several cases; each for itself."""
    done, refused = [], {}
    for number, expected in body.cases:
        try:
            await visit.office.cases.do(number, body.act, body.data, visit.actor, expected, visit.now)
        except (NoCase, NotAllowed, CaseChanged) as error:
            refused[number] = error.indonesian if visit.language == "id" else error.english
        else:
            done.append(number)
    return BulkOut(done=done, refused=refused)


@operations.post("/cases/{number}/merge", Right.CASES, "Gabung ke aduan lain / Merge into another case")
async def merge(visit: Visit, params: OfCase, body: MergeIn) -> DoneOut:
    """Merge a case into another one ("saya juga mengalami")."""
    desk = visit.office.cases
    code = read_code(body.into)
    found = (await desk.page(Wanted(words=code), visit.now))[0] if code else ()
    into = next((line for line in found if line.code == code), None)
    if into is None:
        raise NoCase
    await desk.merge(params.number, into.id, visit.actor, body.expected, visit.now)
    return DoneOut(seq=into.seq + 1, status=into.status)


@operations.post("/cases/{number}/split", Right.CASES, "Pecah menjadi aduan baru / Split into a new case", status=201)
async def split(visit: Visit, params: OfCase, body: SplitIn) -> MadeOut:
    """Move some of its words into a case of their own."""
    desk = visit.office.cases
    return MadeOut(id=await desk.split(params.number, body.words, visit.actor, body.expected, visit.now))


@operations.post("/cases/{number}/unmask", Right.PERSONAL, "Buka data pelapor / Open the reporter's data")
async def unmask(visit: Visit, params: OfCase, body: UnmaskIn) -> OpenedOut:
    """Return name, number and the words as written; the opening is put on record with its reason."""
    return OpenedOut(**await visit.office.cases.unmask(params.number, body.reason, visit.actor, visit.now))


@operations.post("/cases/{number}/erase", Right.PERSONAL, "Hapus data pribadi pelapor / Erase the reporter's data")
async def erase(visit: Visit, params: OfCase, body: UnmaskIn) -> None:
    """Destroy the keys of the reporter and of all that they sent, for good; put on record with its reason.

    Every reporter has a case of their own, and it is asked for there. Needs the right to work cases, too.
    """
    if not visit.may(Right.CASES):  # a token may open names without being allowed to work cases
        raise web.HTTPForbidden
    await visit.office.cases.erase(params.number, body.reason, visit.actor, visit.now)


@operations.get(
    "/cases/{number}/enclosures/{enclosure}/{part}",
    Right.CASES_READ,
    "Lampiran aduan / An enclosure",
    produces=("application/octet-stream", *sorted(set(SHOWN.values()))),
)
async def enclosure(visit: Visit, params: OfEnclosure) -> web.StreamResponse:
    """Send a form of an enclosure; what a stranger sent as it is only ever as a file to be kept."""
    if params.part == "raw" and not visit.may(Right.PERSONAL):
        raise web.HTTPForbidden
    pieces, part = await visit.office.cases.enclosure(params.number, params.enclosure, params.part)
    shown = SHOWN.get(part)
    headers = {
        "Content-Type": shown or "application/octet-stream", "Cache-Control": "no-store",
        "Content-Disposition": "inline" if shown else f'attachment; filename="{params.enclosure[:12]}.bin"',
        "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'",
    }  # fmt: skip
    response = web.StreamResponse(headers=headers)
    first = await asyncio.to_thread(next, pieces, b"")  # a file that is not whole is found out before anything is sent
    await response.prepare(visit.request)
    while first:
        await response.write(first)
        first = await asyncio.to_thread(next, pieces, b"")
    await response.write_eof()
    return response


@operations.post("/case-notes", Right.NOTES, "Catat kata warga / Take a citizen's words down", status=201)
async def note(visit: Visit, body: NoteIn) -> ReceiptOut:
    """Keep what somebody said by telephone or at an event; the code is theirs."""
    reception = visit.office.reception
    now = visit.now
    said = min(body.said or now, now)
    intake = Intake(
        Source(body.source), body.token, said, body.text,
        sender=Sender(name=body.name, phone=international(body.phone) or body.phone),
        title="", place=Place(body.where, body.kelurahan), visibility=Visibility(body.visibility),
        wanted=body.case_class, category=body.category, occasion=body.event,
    )  # fmt: skip
    receipt = await reception.receive(Raw(intake.source, written(intake), CONTENT_TYPE, now), body.token)
    return ReceiptOut(code=receipt.code, again=receipt.again, urgent=bool(emergency(body.text)))


@operations.get("/intake-tray", Right.CASES, "Baki: yang tidak terbaca / The tray: what could not be read")
async def tray(visit: Visit) -> list[TrayOut]:
    """Return what nobody could read, newest first."""
    return [TrayOut(**row) for row in await visit.office.cases.tray()]


@operations.get(
    "/intake-tray/{number}", Right.PERSONAL, "Isi kiriman di baki / What was received",
    produces=("application/octet-stream",),
)  # fmt: skip
async def received(visit: Visit, params: OfCase) -> web.StreamResponse:
    """Send what was received, byte for byte, to be kept; the opening is put on record."""
    body, _ = await visit.office.cases.opened_arrival(params.number, visit.actor, visit.now)
    name = f'attachment; filename="kiriman-{params.number}.bin"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return web.Response(body=body, content_type="application/octet-stream", headers=headers)


@operations.post("/intake-tray/{number}", Right.CASES, "Kosongkan dari baki / Take it out of the tray")
async def cleared(visit: Visit, params: OfCase, body: AgainIn) -> None:
    """Have it read once more, or be done with it."""
    await visit.office.cases.clear_arrival(params.number, body.again, visit.actor, visit.now)


def acts() -> list[dict[str, Any]]:
    """Return every act with its names, for pages."""
    return [{"act": a.value, "id": a.label, "en": a.english} for a in Act]
