"""What the API tells of running orders, and what it is told: the models, and how desk values become them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, RootModel, StringConstraints

from lppl.desk.day import Day, DayFinding, State
from lppl.desk.editing import EditsMeet, name_of
from lppl.desk.overlap import SEEN
from lppl.desk.rundown import ToldEdit, sentences
from lppl.programme import Category
from lppl.quanta import Quanta, at_or_after, seconds, starting
from lppl.rundown import Kind, Line
from scheduler.agenda import instant
from scheduler.edits import Act
from scheduler.findings import Severity
from scheduler.plan import Start
from scheduler.timing import Timing
from scheduler.words import clock

MOST_LINES = 500
CHANNEL = StringConstraints(max_length=64)
ASSET = StringConstraints(pattern=r"^[0-9a-f]{40}$")


def _moment(value: str) -> str:
    whole, _, part = value.strip().partition(",")
    clock(whole)
    if part and not (part.isascii() and part.isdigit() and len(part) <= 3):
        raise ValueError(f'jam "{value}" tidak dikenal; tulis seperti "06.15.30" / unknown time "{value}"')
    return value.strip()


Moment = Annotated[str, StringConstraints(min_length=1, max_length=16), AfterValidator(_moment)]
"""A local time of the day: ``06.15``, ``06.15.30``, ``06.15.30,640``; up to ``24.00``."""
LineName = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,15}\.[0-9a-z.-]{0,60}$")]
"""The `id` of a line as it was shown."""
SeenWord = Annotated[str, StringConstraints(pattern=SEEN)]
"""The `state` of a day as it was shown."""


def air_time(day: date, moment: str, zone: ZoneInfo) -> Quanta:
    """Return the air time of a local :data:`Moment` of `day`."""
    whole, _, part = moment.partition(",")
    at = instant(day, clock(whole), zone)
    return at_or_after(at + timedelta(milliseconds=int(part.ljust(3, "0")) if part else 0))


def moment_of(q: int, zone: ZoneInfo) -> str:
    """Write an air time as a :data:`Moment`, exactly."""
    local = starting(Quanta(q)).astimezone(zone)
    part = local.microsecond // 1000
    return f"{local:%H.%M.%S}" + (f",{part:03}" if part else "")


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


# ---- asked ------------------------------------------------------------------------------------------


class OfDay(_In):
    """A local day of a channel."""

    channel: Annotated[str, CHANNEL]
    day: date


class OfLines(OfDay):
    """Which lines: `first` is a number from 1 on."""

    first: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    count: Annotated[int, Field(ge=1, le=MOST_LINES)] = 200


class OfEdit(_In):
    """An edit of a channel by its number."""

    channel: Annotated[str, CHANNEL]
    number: Annotated[int, Field(ge=1, le=2**31 - 1)]


class OfMaterial(_In):
    """What is looked for."""

    channel: Annotated[str, CHANNEL]
    words: Annotated[str, StringConstraints(max_length=200)] = ""
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    count: Annotated[int, Field(ge=1, le=100)] = 30


class OfExport(OfDay):
    """Which form: for a spreadsheet, or for paper."""

    form: Literal["csv", "xlsx", "pdf"] = "pdf"


class _Change(_In):
    """`seen`: the `state` of the day that was looked at; what came since is then compared.

    `accepts`: the `state` that a conflict told: what came up to then is known, and this goes on top of it.
    """

    seen: SeenWord | None = None
    accepts: SeenWord | None = None


class InsertIn(_Change):
    """Air an asset at a time: exactly then (``tepat``), or once what runs then has ended."""

    act: Literal["sisip"]
    at: Moment
    asset: Annotated[str, ASSET]
    begins: Start = Start.NOT_BEFORE


class ReplaceIn(_Change):
    """Air another asset in a line's place."""

    act: Literal["ganti"]
    line: LineName
    asset: Annotated[str, ASSET]


class MoveIn(_Change):
    """Air a line at another time of the day."""

    act: Literal["pindah"]
    line: LineName
    to: Moment
    begins: Start = Start.NOT_BEFORE


class CutIn(_Change):
    """Air only a part of a line's material, in seconds from its beginning."""

    act: Literal["potong"]
    line: LineName
    in_seconds: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
    out_seconds: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class HoldIn(_Change):
    """Air filler in a line's place up to a time; without one until the edit is taken back."""

    act: Literal["tahan"]
    line: LineName
    until: Moment | None = None


class SkipIn(_Change):
    """Leave a line out."""

    act: Literal["lewati"]
    line: LineName


class FillIn(_Change):
    """Air filler in [at, until)."""

    act: Literal["isi"]
    at: Moment
    until: Moment


Change = Annotated[InsertIn | ReplaceIn | MoveIn | CutIn | HoldIn | SkipIn | FillIn, Field(discriminator="act")]


class ChangeIn(RootModel[Change]):
    """One change, by what is done."""


# ---- told -------------------------------------------------------------------------------------------


class LineOut(BaseModel):
    """A line. `clock` is its exact local start, `seconds` how long it airs; `number` counts from 1 within the day."""

    number: int
    id: str
    start: AwareDatetime
    clock: str
    seconds: float
    title: str
    artist: str
    programme: str
    kind: Kind
    hard: bool
    why: str
    state: State
    category: str
    slot: str
    order: str
    edit: int
    asset: str
    in_seconds: float
    whole_seconds: float
    aired: bool


class LinesOut(BaseModel):
    """Some lines of a day; `total` is how many there are, `state` what they were made from."""

    lines: list[LineOut]
    total: int
    state: str


class SlotOut(BaseModel):
    """One occurrence of a grid entry: planned [start, end), and how its content comes out.

    `late_seconds`: how much later it begins; `over_seconds`: how far it runs past its end, negative: filler airs then.
    """

    slot: str
    programme: str
    entry: str
    start: AwareDatetime
    end: AwareDatetime
    airs: bool
    late_seconds: float
    over_seconds: float


class HeadingOut(BaseModel):
    """Before which line (its number) the content of which slot begins, or goes on."""

    number: int
    slot: str


class HourOut(BaseModel):
    """One hour: seconds by category, and how many of all are filler."""

    start: AwareDatetime
    seconds: dict[Category, float]
    filler_seconds: float


class PartOut(BaseModel):
    """A part of the day; `percent` of what airs."""

    name: str
    seconds: float
    percent: float


class EditOut(BaseModel):
    """An edit; `ordered`: it keeps an order of the control room."""

    number: int
    act: Act | None
    said: str
    english: str
    at: AwareDatetime
    author: str
    made: AwareDatetime
    withdrawn: AwareDatetime | None
    ordered: bool


class DayOut(BaseModel):
    """A day of a channel without its lines. `state` names what it was made from; `open_from`: what begins earlier
    airs, or is committed, and cannot be changed here."""

    channel: str
    day: date
    start: AwareDatetime
    end: AwareDatetime
    now: AwareDatetime
    open_from: AwareDatetime
    state: str
    total: int
    current: int | None
    slots: list[SlotOut]
    headings: list[HeadingOut]
    hours: list[HourOut]
    programmes: list[PartOut]
    categories: list[PartOut]
    filler_seconds: float
    edits: list[EditOut]


class DayFindingOut(BaseModel):
    """A finding; `number` is the line that it shows at."""

    number: int | None
    rule: str
    severity: Severity
    detail: str
    english: str
    where: str
    item: str
    remedy: str
    source: str


class KeptOut(BaseModel):
    """An edit that was kept, and the state of the day with it."""

    edit: EditOut
    state: str


class MaterialOut(BaseModel):
    """An asset that may air on the channel; `ready`: at once."""

    asset: str
    title: str
    artist: str
    path: str
    seconds: float
    ready: bool
    has_picture: bool


class MaterialsOut(BaseModel):
    """A page of what was found; `next_offset` is where the next begins."""

    found: list[MaterialOut]
    next_offset: int | None


# ---- from the desk ----------------------------------------------------------------------------------


def line_out(number: int, line: Line, state: State, zone: ZoneInfo, *, aired: bool) -> LineOut:
    """Return a line; `number` from 1."""
    return LineOut.model_construct(
        number=number, id=name_of(line), start=starting(line.start), clock=moment_of(line.start, zone),
        seconds=round(seconds(line.length), 2), title=line.material.title, artist=line.material.artist,
        programme=line.programme, kind=line.kind, hard=line.hard, why=line.why, state=state, category=line.category,
        slot=line.slot, order=line.order, edit=line.edit, asset=line.material.asset,
        in_seconds=round(seconds(line.in_point), 2), whole_seconds=round(seconds(line.material.quanta), 2),
        aired=aired,
    )  # fmt: skip


def edit_out(told: ToldEdit, zone: ZoneInfo) -> EditOut:
    """Return an edit."""
    said, english = sentences(told, zone)
    edit = told.edit
    return EditOut(
        number=told.row.id, act=edit.act if edit else None, said=said, english=english, at=starting(told.row.at),
        author=told.row.author, made=told.row.made, withdrawn=told.row.withdrawn, ordered=bool(edit and edit.ordered),
    )  # fmt: skip


def slot_out(t: Timing) -> SlotOut:
    """Return how a slot comes out."""
    return SlotOut(
        slot=t.slot, programme=t.programme, entry=t.where, start=starting(t.start), end=starting(t.end),
        airs=t.began is not None, late_seconds=round(seconds(t.late), 2), over_seconds=round(seconds(t.over), 2),
    )  # fmt: skip


def day_out(day: Day, now: datetime, open_from: Quanta, zone: ZoneInfo) -> DayOut:
    """Return a day without its lines."""
    shares = day.totals
    current = day.at(at_or_after(now))
    return DayOut(
        channel=day.channel, day=day.date, start=starting(day.start), end=starting(day.end), now=now,
        open_from=starting(open_from), state=str(day.seen), total=len(day.lines),
        current=None if current is None else current + 1, slots=[slot_out(t) for t in day.timings],
        headings=[HeadingOut(number=n + 1, slot=slot) for n, slot in day.headings],
        hours=[
            HourOut(
                start=starting(h.start), seconds={c: round(seconds(n), 2) for c, n in h.lengths.items()},
                filler_seconds=round(seconds(h.filler), 2),
            )
            for h in shares.hours
        ],
        programmes=[PartOut(name=p.name, seconds=round(seconds(p.length), 2), percent=float(p.percent))
                    for p in shares.programmes],
        categories=[PartOut(name=p.name, seconds=round(seconds(p.length), 2), percent=float(p.percent))
                    for p in shares.categories],
        filler_seconds=round(seconds(shares.filler), 2), edits=[edit_out(t, zone) for t in day.edits],
    )  # fmt: skip


def finding_out(found: DayFinding) -> DayFindingOut:
    """Return a finding."""
    f = found.finding
    return DayFindingOut(
        number=None if found.line is None else found.line + 1, rule=f.rule.value, severity=f.severity,
        detail=f.indonesian, english=f.english, where=f.where, item=f.item, remedy=f.remedy, source=f.source,
    )  # fmt: skip


def meeting_out(met: EditsMeet, zone: ZoneInfo) -> Mapping[str, object]:
    """Return what the second of two people is told, JSON-able: whose edits, the lines as they are, and with theirs."""

    def shown(lines: Sequence[Line]) -> list[dict[str, object]]:
        return [
            line_out(n, line, State.READY, zone, aired=False).model_dump(mode="json") for n, line in enumerate(lines, 1)
        ]

    return {
        "theirs": [edit_out(t, zone).model_dump(mode="json") for t in met.theirs],
        "now": shown(met.now), "mine": shown(met.mine), "state": str(met.seen),
    }  # fmt: skip
