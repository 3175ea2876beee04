"""Operations on weekly grids: what stands, a week of it, what is wrong with it, changes of the draft, publishing."""

from datetime import timedelta

from aiohttp import web

from lppl.accounts import Right
from lppl.desk import grid as grids
from lppl.desk.grid import Imported
from scheduler.day_rule import LAST_DAY
from scheduler.grid import Change, Grid
from scheduler.grid_changes import ChangeRefused
from scheduler.hijri import in_ramadan
from scheduler.recurrence import dates, parse_words, words
from web.api.grid_models import (
    Addition,
    Alteration,
    Between,
    CheckOut,
    DaysOut,
    DayWords,
    GridFile,
    GridOut,
    ImportedOut,
    InForce,
    LateOut,
    OfChannel,
    OfEntry,
    OfRevision,
    OfVersion,
    OfVersions,
    OfWeek,
    OneVersion,
    OnlyRevision,
    Publication,
    PublishedOut,
    Removal,
    ToCheck,
    ToTry,
    VersionOut,
    WeekCopy,
    WeekOut,
    WholeGrid,
    Withdrawal,
    check_out,
    finding_out,
    grid_out,
    local,
    version_out,
    week_out,
)
from web.api.operations import Operations
from web.staff.visit import Visit

operations = Operations("pola acara")
SHOWN_DAYS = 6
AHEAD = timedelta(days=366 * 2)


# ---- looking ---------------------------------------------------------------------------------------


@operations.get("/channels/{channel}/grid", Right.VIEW, "Pola acara / The weekly grid")
async def grid(visit: Visit, params: OfVersion) -> GridOut:
    """Return what staff work on, or a version."""
    return grid_out(await visit.office.grids.state(params.channel, params.version))


@operations.get("/channels/{channel}/grid/week", Right.VIEW, "Satu minggu pola acara / A week of the grid")
async def week(visit: Visit, params: OfWeek) -> WeekOut:
    """Return seven days."""
    view = await visit.office.grids.week(params.channel, params.version, params.first, visit.now)
    return week_out(view, visit.office.planning.zone)


@operations.get("/channels/{channel}/grid/versions", Right.VIEW, "Versi-versi pola acara / Versions of the grid")
async def versions(visit: Visit, params: OfVersions) -> list[VersionOut]:
    """Return versions, the newest first."""
    force = (await visit.office.grids.state(params.channel)).in_force
    return [version_out(v, force) for v in await visit.office.grids.versions(params.channel, params.limit)]


@operations.get("/channels/{channel}/grid/changes", Right.VIEW, "Yang berbeda di antara dua versi / What differs")
async def changes(visit: Visit, params: Between) -> list[Change]:
    """Return the differences of two versions in words."""
    return list(await visit.office.planning.compare(params.channel, params.old, params.new))


@operations.get(
    "/channels/{channel}/grid/file", Right.VIEW, "Pola acara sebagai berkas / The grid as a file",
    produces=("application/toml",),
)  # fmt: skip
async def file(visit: Visit, params: OfVersion) -> web.Response:
    """Return a grid, with everything that it names, as TOML."""
    state = await visit.office.grids.state(params.channel, params.version)
    text = await grids.exported(visit.office.planning, params.channel, state.grid, visit.now)
    name = f"pola-{params.channel}-{state.version.number if state.version else 0}.toml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(text=text, content_type="application/toml", headers=headers)


@operations.post("/channels/{channel}/grid/check", Right.VIEW, "Periksa pola acara / Check the grid", asks=True)
async def check(visit: Visit, params: OfChannel, body: ToCheck) -> CheckOut:
    """Build the coming days and judge them; nothing is kept."""
    desk = visit.office.grids
    change = (body.change.entry, body.change.change) if body.change else None
    checked = await desk.check(params.channel, body.grid, change, body.until, visit.now)
    return check_out(checked, visit.office.planning.zone)


@operations.post("/grid-tries", Right.VIEW, "Coba satu perubahan / Try a change")
async def attempt(visit: Visit, body: ToTry) -> Grid:
    """Return a grid as a change would make it; nothing is kept."""
    return await visit.office.grids.tried(body.grid, body.entry, body.change, remove=body.remove)


@operations.post("/days", Right.VIEW, "Hari-hari dalam kata / Days in words")
async def days(visit: Visit, body: DayWords) -> DaysOut:
    """Return days as a recurrence, and the next of them from `first` on."""
    try:
        on = body.on or parse_words(body.words, body.first)
    except ValueError as error:
        indonesian, _, english = str(error).partition(" / ")
        raise ChangeRefused("words", indonesian, english or indonesian) from None
    table = (await visit.office.planning.laid_down()).hijri
    last = min(max(body.first, on.first) + AHEAD, LAST_DAY)
    found = dates(on, body.first, last, lambda day: in_ramadan(day, table))
    return DaysOut(on=on, words=words(on), next=list(found[:SHOWN_DAYS]))


# ---- the draft -------------------------------------------------------------------------------------


@operations.put("/channels/{channel}/draft", Right.PLAN, "Simpan seluruh rancangan / Keep a whole draft")
async def put(visit: Visit, params: OfChannel, body: WholeGrid) -> GridOut:
    """Keep a grid as the draft."""
    desk = visit.office.grids
    return grid_out(await desk.put(params.channel, body.grid, body.revision, visit.actor, visit.now, body.note))


@operations.delete("/channels/{channel}/draft", Right.PLAN, "Buang rancangan / Throw the draft away")
async def discard(visit: Visit, params: OfRevision) -> None:
    """Throw the draft away; what is in force stays."""
    await visit.office.grids.discard(params.channel, params.revision, visit.actor, visit.now)


@operations.post("/channels/{channel}/draft/entries", Right.PLAN, "Tambah entri / Add an entry", status=201)
async def add(visit: Visit, params: OfChannel, body: Addition) -> GridOut:
    """Add an entry to the draft."""
    desk = visit.office.grids
    state, entry = await desk.add(params.channel, body.entry.entry, body.revision, visit.actor, visit.now)
    return grid_out(state, entry.id)


@operations.patch("/channels/{channel}/draft/entries/{entry}", Right.PLAN, "Ubah entri / Change an entry")
async def change(visit: Visit, params: OfEntry, body: Alteration) -> GridOut:
    """Change an entry on one day, from a day on, or always."""
    state, entry = await visit.office.grids.change(
        params.channel, params.entry, body.change, body.revision, visit.actor, visit.now
    )
    return grid_out(state, entry.id)


@operations.delete("/channels/{channel}/draft/entries/{entry}", Right.PLAN, "Hapus entri / Remove an entry")
async def remove(visit: Visit, params: Removal) -> GridOut:
    """Take an entry out of the draft, or days of it."""
    state = await visit.office.grids.remove(
        params.channel, params.entry, params.scope, params.day, params.revision, visit.actor, visit.now
    )
    return grid_out(state)


@operations.post("/channels/{channel}/draft/week-copies", Right.PLAN, "Salin satu minggu / Copy a week")
async def copy(visit: Visit, params: OfChannel, body: WeekCopy) -> GridOut:
    """Lay a week over another, in the draft."""
    return grid_out(
        await visit.office.grids.copy_week(
            params.channel, body.source, body.target, body.revision, visit.actor, visit.now
        )
    )


@operations.post("/channels/{channel}/draft/file", Right.PLAN, "Baca pola acara dari berkas / Read a grid file")
async def import_file(visit: Visit, params: OfChannel, body: GridFile) -> ImportedOut:
    """Keep a grid file as the draft; what it names besides is in force at once."""
    done = await visit.office.grids.import_text(
        params.channel, body.text, body.source, body.revision, visit.actor, visit.now
    )
    return _imported(done)


@operations.post("/channels/{channel}/draft/schedule", Right.PLAN, "Rancangan dari berkas jadwal / From the schedule")
async def import_schedule(visit: Visit, params: OfChannel, body: OnlyRevision) -> ImportedOut:
    """Keep the channel's schedule file as the draft."""
    return _imported(await visit.office.grids.import_schedule(params.channel, body.revision, visit.actor, visit.now))


# ---- the air ---------------------------------------------------------------------------------------


@operations.post("/channels/{channel}/draft/publish", Right.PUBLISH, "Terbitkan rancangan / Publish the draft")
async def publish(visit: Visit, params: OfChannel, body: Publication) -> PublishedOut:
    """Put the draft in force."""
    done = await visit.office.grids.publish(params.channel, body.revision, body.reason, visit.actor, visit.now)
    zone = visit.office.planning.zone
    entries = {e["id"] for e in done.version.document["entries"]}
    return PublishedOut(
        number=done.version.number,
        findings=[finding_out(f, entries, zone) for f in done.findings],
        late=[LateOut(title=x.title, ready=local(x.ready, zone), needed=local(x.needed, zone)) for x in done.late],
    )


@operations.post(
    "/channels/{channel}/grid/versions/{number}/withdraw", Right.PUBLISH, "Cabut versi / Take a version back"
)
async def withdraw(visit: Visit, params: OneVersion, body: Withdrawal) -> InForce:
    """Take a published version back; the one before it is in force again."""
    force = await visit.office.grids.withdraw(params.channel, params.number, body.reason, visit.actor, visit.now)
    return InForce(number=force.number if force else None)


def _imported(done: Imported) -> ImportedOut:
    return ImportedOut(
        number=done.version.number, revision=done.version.revision, entries=len(done.version.document["entries"]),
        documents=[f"{kind.value} {name}" for kind, name in done.documents],
    )  # fmt: skip
