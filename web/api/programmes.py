"""Operations on what a grid names and what holds beside it: programmes, rules of channels, folders, Hijri months."""

import re
from collections.abc import Awaitable, Mapping, Sequence
from datetime import date
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, StringConstraints

from lppl.accounts import Right
from lppl.desk.documents import Overtaken, revision_of
from lppl.desk.paths import paths
from lppl.programme import AgeClass, Category, Programme, Slug
from scheduler.fixed import FixedEvents
from scheduler.grid import ChannelRules
from scheduler.grid_changes import ChangeRefused
from scheduler.hijri import ISBAT, MONTHS, MonthStart, hijri_date, month_start, with_start, without_start
from web.api.grid_models import Given, OfChannel
from web.api.operations import Operations
from web.api.problems import Detailed
from web.staff.visit import Visit

operations = Operations("mata acara")
T = TypeVar("T")
Words = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Revision = Annotated[str, StringConstraints(max_length=64)]
Month = Annotated[str, StringConstraints(pattern=r"^1[345][0-9]{2}-(0[1-9]|1[0-2])$")]


class Wanted(Given):
    """Which programmes: `words` in the title, of a category or age class; `after` the last id of the page before."""

    words: Words = ""
    category: Category | None = None
    age: AgeClass | None = None
    after: Annotated[str, StringConstraints(max_length=64)] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class ProgrammeGiven(Programme):
    """A programme as it comes in: its id is made of its title, or stands in the address.

    `revision`: the one that was looked at; where somebody else has changed it since, nothing is kept.
    """

    id: Slug = "baru"
    revision: Revision | None = None

    def named(self, name: str) -> Programme:
        """Return it under a name."""
        return Programme(**{k: v for k, v in dict(self).items() if k != "revision"} | {"id": name})


class ProgrammeOut(Programme):
    """A programme; `revision` is another one whenever it says something else."""

    revision: str


class RulesGiven(ChannelRules):
    """Rules of a channel as they come in; `revision` as with programmes."""

    revision: Revision | None = None

    def named(self, name: str) -> ChannelRules:
        """Return them for a channel."""
        return ChannelRules(**{k: v for k, v in dict(self).items() if k != "revision"} | {"id": name})


class RulesOut(ChannelRules):
    """Rules of a channel; `revision` is another one whenever they say something else."""

    revision: str


class OneProgramme(Given):
    """A programme by its id."""

    programme: Slug


class ProgrammesOut(BaseModel):
    """Programmes in the order of their ids; `total` counts all that match, `next` begins the next page."""

    programmes: list[ProgrammeOut]
    total: int
    next: str | None


class Typed(Given):
    """What somebody typed so far."""

    words: Words = ""


class PathsOut(BaseModel):
    """Folders and files of the media folder."""

    folders: list[str]
    files: list[str]


class OneMonth(Given):
    """A Hijri month, ``1448-09``."""

    month: Month


class Months(Given):
    """Hijri months from the present one on."""

    count: Annotated[int, Field(ge=1, le=36)] = 14


class StartOfMonth(Given):
    """When a month begins, as decided."""

    first: Annotated[date, Field(ge=date(1950, 1, 1), le=date(2150, 1, 1))]
    source: Annotated[str, StringConstraints(max_length=200)] = ISBAT


class MonthOut(BaseModel):
    """A Hijri month; `official`: entered, not calculated."""

    month: str
    name: str
    first: date
    official: bool
    source: str


# ---- programmes ------------------------------------------------------------------------------------


@operations.get("/programmes", Right.VIEW, "Mata acara / Programmes")
async def programmes(visit: Visit, params: Wanted) -> ProgrammesOut:
    """Return programmes, page by page."""
    known = (await visit.office.planning.programmes()).values()
    found = sorted((p for p in known if _matches(p, params)), key=lambda p: p.id)
    rest = [p for p in found if p.id > params.after]
    page = rest[: params.limit]
    return ProgrammesOut(
        programmes=[_programme(p) for p in page], total=len(found),
        next=page[-1].id if page and len(rest) > len(page) else None,
    )  # fmt: skip


@operations.post("/programmes", Right.PLAN, "Buat mata acara / Make a programme", status=201)
async def add_programme(visit: Visit, body: ProgrammeGiven) -> ProgrammeOut:
    """Keep a new programme; its id is made of its title, whatever the body's is."""
    return _programme(await visit.office.documents.add_programme(body.named(body.id), visit.actor, visit.now))


@operations.get("/programmes/{programme}", Right.VIEW, "Satu mata acara / A programme")
async def programme(visit: Visit, params: OneProgramme) -> ProgrammeOut:
    """Return a programme."""
    return _programme(await visit.office.documents.programme(params.programme))


@operations.put("/programmes/{programme}", Right.PLAN, "Ubah mata acara / Change a programme")
async def save_programme(visit: Visit, params: OneProgramme, body: ProgrammeGiven) -> ProgrammeOut:
    """Replace a programme; in force at once."""
    desk, given = visit.office.documents, body.named(params.programme)
    return _programme(await _unless_overtaken(desk.save_programme(given, visit.actor, visit.now, body.revision)))


@operations.delete("/programmes/{programme}", Right.PLAN, "Hapus mata acara / Remove a programme")
async def remove_programme(visit: Visit, params: OneProgramme) -> None:
    """Remove a programme that no grid names."""
    await visit.office.documents.remove_programme(params.programme, visit.actor, visit.now)


def _programme(programme: Programme) -> ProgrammeOut:
    return ProgrammeOut(**dict(programme), revision=revision_of(programme))


async def _unless_overtaken(saving: Awaitable[T]) -> T:
    """Return what was saved; a conflict says that it is one which whoever has looked again may settle."""
    try:
        return await saving
    except Overtaken as error:
        raise Detailed(error.indonesian, error.english, {"overtaken": True}) from None


def _matches(programme: Programme, wanted: Wanted) -> bool:
    said = f"{programme.title} {programme.presenter} {programme.id}".casefold()
    return (
        all(word in said for word in wanted.words.casefold().split())
        and wanted.category in (None, programme.category)
        and wanted.age in (None, programme.age)
    )


# ---- what holds beside the grid --------------------------------------------------------------------


@operations.get("/channels/{channel}/rules", Right.VIEW, "Aturan kanal / Rules of a channel")
async def rules(visit: Visit, params: OfChannel) -> RulesOut:
    """Return the rules of a channel."""
    return _rules(await visit.office.documents.rules(params.channel))


@operations.put("/channels/{channel}/rules", Right.PLAN, "Ubah aturan kanal / Change the rules of a channel")
async def save_rules(visit: Visit, params: OfChannel, body: RulesGiven) -> RulesOut:
    """Replace the rules of a channel; in force at once."""
    desk, given = visit.office.documents, body.named(params.channel)
    return _rules(await _unless_overtaken(desk.save_rules(given, visit.actor, visit.now, body.revision)))


def _rules(rules: ChannelRules) -> RulesOut:
    return RulesOut(**dict(rules), revision=revision_of(rules))


@operations.get("/channels/{channel}/usual-events", Right.VIEW, "Acara tetap biasa / The usual fixed events")
async def usual_events(visit: Visit, params: OfChannel) -> FixedEvents:
    """Return the fixed events that a new channel begins with; nothing is kept."""
    return visit.office.documents.usual_events(params.channel)


@operations.get("/paths", Right.VIEW, "Folder dan berkas materi / Folders and files of the media folder")
async def media_paths(visit: Visit, params: Typed) -> PathsOut:
    """Return folders and files that match."""
    found = await paths(visit.office.library.engine, params.words)
    return PathsOut(folders=[*found.folders], files=[*found.files])


# ---- the Hijri calendar ----------------------------------------------------------------------------


@operations.get("/hijri", Right.VIEW, "Kalender Hijriah / The Hijri calendar")
async def hijri(visit: Visit, params: Months) -> list[MonthOut]:
    """Return months from the present one on."""
    table = await visit.office.documents.hijri()
    today = visit.now.astimezone(visit.office.planning.zone).date()
    here = hijri_date(today, table)
    numbers = [here.year * 12 + here.month - 1 + n for n in range(params.count)]
    return [_month(n // 12, n % 12 + 1, table.starts, month_start(n // 12, n % 12 + 1, table)) for n in numbers]


@operations.put("/hijri/{month}", Right.PLAN, "Catat awal bulan / Enter the start of a month")
async def set_month(visit: Visit, params: OneMonth, body: StartOfMonth) -> MonthOut:
    """Enter when a month begins; in force at once."""
    year, number = map(int, params.month.split("-"))
    start = MonthStart(first=body.first, source=body.source or ISBAT, by=visit.actor.name)
    try:
        table = with_start(await visit.office.documents.hijri(), year, number, start)
    except ValueError as error:
        raise _refused(error) from None
    await visit.office.documents.save_hijri(table, visit.actor, visit.now)
    return _month(year, number, table.starts, month_start(year, number, table))


@operations.delete("/hijri/{month}", Right.PLAN, "Hitung lagi awal bulan / Calculate the start of a month again")
async def clear_month(visit: Visit, params: OneMonth) -> None:
    """Forget an entered start; it is calculated again."""
    year, number = map(int, params.month.split("-"))
    try:
        table = without_start(await visit.office.documents.hijri(), year, number)
    except ValueError as error:
        raise _refused(error) from None
    await visit.office.documents.save_hijri(table, visit.actor, visit.now)


def _month(year: int, month: int, starts: Mapping[str, MonthStart], start: tuple[date, bool]) -> MonthOut:
    key = f"{year}-{month:02}"
    source = starts[key].source if key in starts else ""
    return MonthOut(month=key, name=f"{MONTHS[month - 1]} {year} H", first=start[0], official=start[1], source=source)


def _refused(error: ValueError) -> ChangeRefused:
    said: Sequence[str] = re.findall(r"(?:Value error, )([^\[\n]+)", str(error)) or [str(error)]
    indonesian, _, english = said[0].strip().partition(" / ")
    return ChangeRefused("first", indonesian, english or indonesian)
