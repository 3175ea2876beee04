"""What the complaint desk keeps for itself, through the API: agencies, lists, views, notes between shifts; help with a
case; how channels are set up."""

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, ValidationError

from lppl.accounts import Right
from lppl.cases.desk_lists import LISTS
from lppl.cases.desk_store import Agency
from lppl.desk.errors import FieldsRefused
from lppl.errors import NotThere
from lppl.intake.channels import MODELS, NEEDED, Channel, plain
from lppl.intake.values import Source
from lppl.mistakes import said
from web.api.case_models import MadeOut, OfCase, Short
from web.api.operations import Operations
from web.api.people import Number, Strict
from web.staff.visit import Visit

operations = Operations("Meja aduan")

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=160)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
SECRET = "***"  # noqa: S105 - what stands for one
"""Shown in place of a secret that is set; sent back unchanged it stays."""


class NoList(NotThere):
    """There is no such list."""

    def __init__(self) -> None:
        super().__init__("Daftar itu tidak ada.", "There is no such list.")


# --- agencies ---


class AgencyIn(Strict):
    """An agency; `outside`: cases are only transferred to it."""

    name: Name
    short: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    outside: bool = False
    active: bool = True


class AgencyOut(AgencyIn):
    """An agency with its number."""

    id: int


class OfNumber(Strict):
    """Which one."""

    number: Number


@operations.get("/agencies", Right.CASES_READ, "Instansi / Agencies")
async def agencies(visit: Visit) -> list[AgencyOut]:
    """Return all agencies by name."""
    return [_agency(a) for a in await visit.office.case_lists.store.agencies()]


@operations.post("/agencies", Right.CASES, "Tambah instansi / Add an agency", status=201)
async def add_agency(visit: Visit, body: AgencyIn) -> MadeOut:
    """Keep a new agency."""
    number = await visit.office.case_lists.store.add_agency(body.name, body.short, body.outside)
    await visit.office.audit.record(
        visit.actor, "agency.added", visit.now, object=str(number), after=body.model_dump(mode="json")
    )
    return MadeOut(id=number)


@operations.put("/agencies/{number}", Right.CASES, "Ubah instansi / Change an agency")
async def change_agency(visit: Visit, params: OfNumber, body: AgencyIn) -> AgencyOut:
    """Change an agency; what it was given keeps the name that it had."""
    agency = Agency(params.number, body.name, body.short, body.outside, body.active)
    await visit.office.case_lists.store.change_agency(agency)
    await visit.office.audit.record(
        visit.actor, "agency.changed", visit.now, object=str(params.number), after=body.model_dump(mode="json")
    )
    return _agency(agency)


def _agency(agency: Agency) -> AgencyOut:
    return AgencyOut(id=agency.id, name=agency.name, short=agency.short, outside=agency.outside, active=agency.active)


# --- the desk's own lists ---


class OfList(Strict):
    """Which list."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,20}$")]


class ListOut(BaseModel):
    """A list as it is kept; `revision` 0: the default."""

    name: str
    revision: int
    author: str
    body: dict[str, Any]


class ListIn(Strict):
    """The successor of `revision`."""

    revision: Annotated[int, Field(ge=0, le=2**31 - 1)]
    body: dict[str, Any]


@operations.get("/desk-lists/{name}", Right.NOTES, "Daftar milik meja aduan / A list of the desk")
async def desk_list(visit: Visit, params: OfList) -> ListOut:
    """Return a list: categories, replies, places, rules, leave, policies, keeping."""
    if params.name not in LISTS:
        raise NoList
    found = await visit.office.case_lists.get(params.name)
    return ListOut(name=params.name, revision=found.revision, author=found.author, body=dict(found.body))


@operations.put("/desk-lists/{name}", Right.CASES, "Ubah daftar / Change a list")
async def keep_list(visit: Visit, params: OfList, body: ListIn) -> ListOut:
    """Keep a list; who comes second is told who was first. Deadlines follow by themselves."""
    if params.name not in LISTS:
        raise NoList
    try:
        checked = LISTS[params.name].model.model_validate(body.body).model_dump(mode="json")
    except ValidationError as error:
        fields = {
            ".".join(["body", *map(str, e["loc"])]): said(e)
            for e in error.errors(include_url=False, include_input=False)
        }
        raise FieldsRefused(fields) from None
    lists = visit.office.case_lists
    before = await lists.get(params.name)
    revision = await lists.keep(params.name, checked, body.revision, visit.me.name, visit.now)
    await visit.office.audit.record(
        visit.actor, f"desk.{params.name}", visit.now, before=dict(before.body), after=checked
    )
    return ListOut(name=params.name, revision=revision, author=visit.me.name, body=checked)


# --- views ---


class ViewIn(Strict):
    """A search to be seen again; `query`: as in the page's address."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    query: Annotated[str, StringConstraints(max_length=2000)]
    shared: bool = False


class ViewOut(ViewIn):
    """A saved view."""

    id: int
    mine: bool


@operations.get("/case-views", Right.CASES_READ, "Tampilan tersimpan / Saved views")
async def views(visit: Visit) -> list[ViewOut]:
    """Return one's own views, and those that others share."""
    me = visit.me.id
    return [
        ViewOut(id=v.id, name=v.name, query=v.query, shared=v.shared, mine=v.account_id == me)
        for v in await visit.office.case_lists.store.views(me)
    ]


@operations.post("/case-views", Right.CASES_READ, "Simpan tampilan / Keep a view", status=201)
async def keep_view(visit: Visit, body: ViewIn) -> MadeOut:
    """Keep a view; one's own of the same name is replaced."""
    store = visit.office.case_lists.store
    return MadeOut(id=await store.keep_view(visit.me.id, body.name, body.query, body.shared))


@operations.delete("/case-views/{number}", Right.CASES_READ, "Hapus tampilan / Forget a view")
async def drop_view(visit: Visit, params: OfNumber) -> None:
    """Forget one's own view."""
    await visit.office.case_lists.store.drop_view(visit.me.id, params.number)


# --- shifts ---


class Newest(Strict):
    """How many."""

    limit: Annotated[int, Field(ge=1, le=100)] = 5


class HandoverIn(Strict):
    """What the next shift has to know."""

    text: Text


class HandoverOut(BaseModel):
    """A note."""

    id: int
    at: AwareDatetime
    author: str
    text: str


@operations.get("/handover-notes", Right.CASES_READ, "Catatan serah terima / Notes between shifts")
async def handover(visit: Visit, params: Newest) -> list[HandoverOut]:
    """Return the newest notes."""
    notes = await visit.office.case_lists.store.handover(params.limit)
    return [HandoverOut(id=n.id, at=n.at, author=n.author, text=n.text) for n in notes]


@operations.post("/handover-notes", Right.CASES, "Tulis catatan serah terima / Write a note", status=201)
async def add_handover(visit: Visit, body: HandoverIn) -> MadeOut:
    """Keep a note for the next shift."""
    return MadeOut(id=await visit.office.case_lists.store.add_handover(visit.me.id, body.text, visit.now))


# --- help with a case ---


class SuggestionOut(BaseModel):
    """What might be right, with its reasons; it decides nothing. `score`: 0 to 1."""

    field: str
    value: str
    score: float
    indonesian: str
    english: str


class DuplicateOut(BaseModel):
    """A case that may be about the same."""

    id: int
    code: str
    title: str
    score: float
    indonesian: str
    english: str


class PlaceOut(BaseModel):
    """A place that the words name. `by_point`: the report's point is in it."""

    kelurahan: str
    kecamatan: str
    by_point: bool


class MarkOut(BaseModel):
    """Something personal, or rude, in the text as it is shown."""

    kind: str
    start: int
    end: int


class SuggestionsOut(BaseModel):
    """All help with a case."""

    suggestions: list[SuggestionOut]
    duplicates: list[DuplicateOut]
    places: list[PlaceOut]
    marks: list[MarkOut]
    rude: list[MarkOut]


@operations.get("/cases/{number}/suggestions", Right.CASES_READ, "Saran dengan alasannya / Suggestions with reasons")
async def suggestions(visit: Visit, params: OfCase) -> SuggestionsOut:
    """Return what the words suggest: class, category, agency, duplicates, places; marks of what is personal or rude."""
    found = await visit.office.triage.of(params.number, visit.now)
    return SuggestionsOut(
        suggestions=[
            SuggestionOut(field=s.field, value=s.value, score=s.score, indonesian=s.indonesian, english=s.english)
            for s in found.suggestions
        ],
        duplicates=[
            DuplicateOut(id=d.id, code=d.code, title=d.title, score=d.score, indonesian=d.indonesian, english=d.english)
            for d in found.duplicates
        ],
        places=[PlaceOut(kelurahan=p.kelurahan, kecamatan=p.kecamatan, by_point=p.by_point) for p in found.places],
        marks=[MarkOut(kind=m.kind, start=m.start, end=m.end) for m in found.marks],
        rude=[MarkOut(kind="kasar", start=m.start, end=m.end) for m in found.rude],
    )


# --- channels ---


class OfChannel(Strict):
    """Which channel."""

    source: Source


class SettingOut(BaseModel):
    """A setting; a secret that is set reads ``***``."""

    name: str
    value: Any
    secret: bool
    needed: bool
    choices: list[str] = []


class ChannelOut(BaseModel):
    """How a channel is set up, when it last worked, and with what it last failed."""

    source: str
    active: bool
    ready: bool
    lacking: list[str]
    settings: list[SettingOut]
    worked: AwareDatetime | None
    failed: AwareDatetime | None
    failure: str


class ChannelIn(Strict):
    """How it is to be set up; ``***`` leaves a secret as it is."""

    active: bool
    settings: dict[Short, Any] = Field(default={}, max_length=30)


class TriedOut(BaseModel):
    """What came of a test."""

    worked: bool
    indonesian: str
    english: str


@operations.get("/intake-channels", Right.ADMIN, "Kanal masuk / Channels")
async def channels(visit: Visit) -> list[ChannelOut]:
    """Return every channel."""
    return [_channel(c) for c in await visit.office.reception.channels.all()]


@operations.put("/intake-channels/{source}", Right.ADMIN, "Atur kanal / Set a channel up")
async def keep_channel(visit: Visit, params: OfChannel, body: ChannelIn) -> ChannelOut:
    """Keep how a channel is set up."""
    store = visit.office.reception.channels
    known = await store.get(params.source)
    model = MODELS[params.source]
    given = {
        name: plain(getattr(known.settings, name)) if value == SECRET and name in model.model_fields else value
        for name, value in body.settings.items()
    }
    unset = {name: plain(getattr(known.settings, name)) for name in model.model_fields if name not in given}
    try:
        settings = model.model_validate(unset | given)
    except ValidationError as error:
        fields = {
            ".".join(["settings", *map(str, e["loc"])]): said(e)
            for e in error.errors(include_url=False, include_input=False)
        }
        raise FieldsRefused(fields) from None
    await store.keep(params.source, body.active, settings)
    await visit.office.audit.record(
        visit.actor, "intake.channel", visit.now, object=params.source.value,
        after={"active": body.active, "settings": sorted(given)},
    )  # fmt: skip
    return _channel(await store.get(params.source))


@operations.post("/intake-channels/{source}/test", Right.ADMIN, "Uji kanal / Try a channel")
async def try_channel(visit: Visit, params: OfChannel) -> TriedOut:
    """Ask the other side whether it knows us."""
    intake = visit.office.intake()
    channel = await intake.open_reception.channels.get(params.source)
    if intake.probe is None:
        raise NoList
    tried = await intake.probe(channel)
    return TriedOut(worked=tried.worked, indonesian=tried.indonesian, english=tried.english)


def _channel(channel: Channel) -> ChannelOut:
    needed = NEEDED.get(channel.source, ())
    settings = []
    for name, info in MODELS[channel.source].model_fields.items():
        value = getattr(channel.settings, name)
        secret = plain(value) is not value
        shown = (SECRET if plain(value) else "") if secret else value
        choices = [str(c) for c in getattr(info.annotation, "__args__", ()) if isinstance(c, str)]
        settings.append(SettingOut(name=name, value=shown, secret=secret, needed=name in needed, choices=choices))
    return ChannelOut(
        source=channel.source.value, active=channel.active, ready=channel.ready, lacking=list(channel.lacking),
        settings=settings, worked=channel.worked, failed=channel.failed, failure=channel.failure,
    )  # fmt: skip
