"""What the API takes and gives about weekly grids, as models; times of day in local time of the station."""

from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lppl.desk.grids import Checked, GridState, WeekView
from lppl.plan_store import GridVersion, VersionState
from lppl.programme import Document, Slug, Text
from lppl.quanta import Quanta, starting
from lppl.settings import ChannelId
from scheduler.findings import Finding, Rule, Severity
from scheduler.grid import ClockTime, Entry, Filling, Grid
from scheduler.grid_changes import EntryChange, Scope
from scheduler.plan import Start
from scheduler.recurrence import Recurrence, rank, words
from scheduler.words import DAY_S

WeekDay = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
Revision = Annotated[int, Field(ge=0, le=2**53)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Reason = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)]


class Given(BaseModel):
    """What comes in: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# ---- parameters ------------------------------------------------------------------------------------


class OfChannel(Given):
    """Names a channel."""

    channel: ChannelId


class OfVersion(OfChannel):
    """A version of a channel's grid; without a number the draft, else what is in force."""

    version: Number | None = None


class OfWeek(OfVersion):
    """Seven days from `first` on."""

    first: WeekDay


class OfVersions(OfChannel):
    """The newest versions."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Between(OfChannel):
    """Two versions; without numbers what is in force, and the draft."""

    old: Number | None = None
    new: Number | None = None


class OneVersion(OfChannel):
    """One version by its number."""

    number: Number


class OfEntry(OfChannel):
    """One entry of the draft."""

    entry: Slug


class Removal(OfEntry):
    """What of an entry goes; `day` is needed unless all of it does."""

    revision: Revision
    scope: Scope = Scope.ALL
    day: WeekDay | None = None


class OfRevision(OfChannel):
    """The draft as it was looked at."""

    revision: Revision


# ---- bodies ----------------------------------------------------------------------------------------


class NewEntry(Document):
    """An entry of the grid to be; its name is made of its programme's."""

    programme: Slug
    on: Recurrence
    start: Annotated[ClockTime, Field(ge=0, lt=DAY_S)]
    length_s: Annotated[int, Field(ge=1, le=DAY_S)]
    begins: Start = Start.NOT_BEFORE
    content: Filling
    note: Text = ""

    @property
    def entry(self) -> Entry:
        """The entry, under the name of its programme."""
        return Entry(id=self.programme, **dict(self))


class Addition(Given):
    """An entry to add to the draft."""

    revision: Revision
    entry: NewEntry


class Alteration(Given):
    """A change of an entry of the draft."""

    revision: Revision
    change: EntryChange


class WholeGrid(Given):
    """A whole grid to keep as the draft."""

    revision: Revision
    grid: Grid
    note: Annotated[str, StringConstraints(max_length=200)] = ""


class Tentative(Given):
    """A change that is only tried."""

    entry: Slug
    change: EntryChange


class ToTry(Given):
    """A change of an entry of `grid`, or with `remove` the removal of the days that it names."""

    grid: Grid
    entry: Slug
    change: EntryChange
    remove: bool = False


class ToCheck(Given):
    """What to judge: `grid` or what staff work on, as it would be after `change`; at least until the day `until`."""

    grid: Grid | None = None
    change: Tentative | None = None
    until: WeekDay | None = None


class Publication(Given):
    """Puts the draft in force; a `reason` is needed over severe findings."""

    revision: Revision
    reason: Reason = ""


class Withdrawal(Given):
    """Takes a published version back."""

    reason: Annotated[Reason, StringConstraints(min_length=1)]


class WeekCopy(Given):
    """Lays the week from one Monday over another."""

    revision: Revision
    source: WeekDay
    target: WeekDay


class GridFile(Given):
    """A grid as the TOML text of a file."""

    revision: Revision
    text: Annotated[str, StringConstraints(max_length=900_000)]
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "berkas"


class OnlyRevision(Given):
    """Nothing but the revision that was looked at."""

    revision: Revision


class DayWords(Given):
    """Days in words, as ``senin-jumat`` or ``jumat pertama``, or by RFC 5545; or a recurrence to be said in words."""

    words: Annotated[str, StringConstraints(max_length=400)] = ""
    on: Recurrence | None = None
    first: WeekDay


# ---- answers ---------------------------------------------------------------------------------------


class GridOut(BaseModel):
    """A grid: `revision` is what a change of it must name, `number` and `state` those of its version."""

    channel: str
    revision: int
    number: int | None
    state: VersionState | None
    in_force: int | None
    author: str
    changed: datetime | None
    grid: Grid
    findings: list["FindingOut"] = []
    entry: str | None = None
    """The entry that a change made or changed."""


class Block(BaseModel):
    """Time of a week that an entry has. `start` and `end` are local; `start_s` and `length_s` the entry's own."""

    entry: str
    programme: str
    title: str
    colour: str
    occurrence: date
    start: datetime
    end: datetime
    start_s: int
    length_s: int
    begins: Start
    once: bool
    special: bool
    goes_on: bool
    content: str
    days: str
    winner: str | None = None
    """Another entry of the same weight has this time: the two clash, and this one does not air."""


class Covered(BaseModel):
    """Time of a week that an entry was laid out for and one of more weight has, as a special over the ordinary week."""

    entry: str
    title: str
    occurrence: date
    start: datetime
    end: datetime
    winner: str


class FixedOut(BaseModel):
    """A fixed event of a week."""

    title: str
    series: str
    at: datetime
    hard: bool


class WeekOut(BaseModel):
    """Seven days of a grid."""

    channel: str
    revision: int
    first: date
    blocks: list[Block]
    covered: list[Covered]
    fixed: list[FixedOut]


class FindingOut(BaseModel):
    """Something to mend. `entry`: of the grid, or empty; `at`: local time."""

    rule: Rule
    severity: Severity
    detail: str
    english: str
    source: str
    remedy: str
    entry: str
    at: datetime | None


class LateOut(BaseModel):
    """What will be rendered after it is needed; local times."""

    title: str
    ready: datetime
    needed: datetime


class CheckOut(BaseModel):
    """What is wrong with a grid."""

    findings: list[FindingOut]
    late: list[LateOut]


class VersionOut(BaseModel):
    """A version of a grid, without its entries."""

    number: int
    state: VersionState
    in_force: bool
    author: str
    created: datetime
    published: datetime | None
    note: str
    reason: str
    findings: list[str]
    entries: int


class PublishedOut(BaseModel):
    """What became of publishing."""

    number: int
    findings: list[FindingOut]
    late: list[LateOut]


class ImportedOut(BaseModel):
    """What an import kept: the draft, and documents that are new or differ, in force at once."""

    number: int
    revision: int
    entries: int
    documents: list[str]


class InForce(BaseModel):
    """Which version is in force; none before the first."""

    number: int | None


class DaysOut(BaseModel):
    """Days as a recurrence, in words, and the next of them."""

    on: Recurrence
    words: str
    next: list[date]


# ---- values to answers -----------------------------------------------------------------------------


def local(at: Quanta | datetime, zone: ZoneInfo) -> datetime:
    """Return a local time without a zone, whole seconds."""
    found = at if isinstance(at, datetime) else starting(at)
    return found.astimezone(zone).replace(tzinfo=None, microsecond=0)


def grid_out(state: GridState, entry: str | None = None) -> GridOut:
    """Return the answer of a grid."""
    v = state.version
    return GridOut(
        channel=state.channel, revision=state.revision, number=v.number if v else None, state=v.state if v else None,
        in_force=state.in_force, author=v.author if v else "", changed=v.created if v else None, grid=state.grid,
        findings=[_unreadable(f) for f in state.findings], entry=entry,
    )  # fmt: skip


def week_out(view: WeekView, zone: ZoneInfo) -> WeekOut:
    """Return the answer of a week."""
    blocks = [
        _block(view, h.strip.key, h.occurrence, (h.start, h.end), zone, goes_on=h.goes_on) for h in view.week.held
    ]
    covered = []
    for lost in view.week.lost:
        if lost.strip.rank == lost.winner.rank:
            span = (lost.start, lost.end)
            blocks.append(_block(view, lost.strip.key, lost.day, span, zone, winner=lost.winner.key))
            continue
        covered.append(
            Covered(
                entry=lost.strip.key, title=lost.strip.programme, occurrence=lost.day, start=local(lost.start, zone),
                end=local(lost.end, zone), winner=lost.winner.key,
            )
        )  # fmt: skip
    fixed = [FixedOut(title=d.title, series=d.series, at=local(d.instant, zone), hard=d.hard) for d in view.fixed]
    return WeekOut(
        channel=view.state.channel, revision=view.state.revision, first=view.week.first, blocks=blocks,
        covered=covered, fixed=fixed,
    )  # fmt: skip


def _block(
    view: WeekView,
    name: str,
    occurrence: date,
    span: tuple[Quanta, Quanta],
    zone: ZoneInfo,
    *,
    goes_on: bool = False,
    winner: str | None = None,
) -> Block:
    entry = view.entries[name]
    programme = view.laid.desk.programmes.get(entry.programme)
    return Block(
        entry=name, programme=entry.programme, title=programme.title if programme else entry.programme,
        colour=programme.colour if programme else "#616876", occurrence=occurrence, start=local(span[0], zone),
        end=local(span[1], zone), start_s=entry.start, length_s=entry.length_s, begins=entry.begins,
        once=not entry.on.rule, special=rank(entry.on) == 1, goes_on=goes_on, content=said_content(entry.content),
        days=words(entry.on), winner=winner,
    )  # fmt: skip


def said_content(content: Any) -> str:
    """Say in a few signs what fills an entry: ``series tv/kabar``; pages have words for the kinds."""
    values = content.model_dump(exclude_defaults=True, exclude={"kind"})
    said = [v if isinstance(v, str) else ", ".join(v) for v in values.values() if isinstance(v, str | tuple) and v]
    return " ".join([content.kind, *said])[:300]


def finding_out(finding: Finding, entries: set[str], zone: ZoneInfo) -> FindingOut:
    """Return the answer of a finding; `entries` are the names in the grid."""
    entry = next((name for name in (finding.where, finding.item) if name in entries), "")
    return FindingOut(
        rule=finding.rule, severity=finding.severity, detail=finding.indonesian, english=finding.english,
        source=finding.source, remedy=finding.remedy, entry=entry,
        at=None if finding.at is None else local(finding.at, zone),
    )  # fmt: skip


def check_out(checked: Checked, zone: ZoneInfo) -> CheckOut:
    """Return the answer of a check."""
    entries = {e.id for e in checked.grid.entries}
    return CheckOut(
        findings=[finding_out(f, entries, zone) for f in checked.findings],
        late=[LateOut(title=x.title, ready=local(x.ready, zone), needed=local(x.needed, zone)) for x in checked.late],
    )


def version_out(version: GridVersion, in_force: int | None) -> VersionOut:
    """Return the answer of a version."""
    entries = version.document.get("entries", ())
    return VersionOut(
        number=version.number, state=version.state, in_force=version.number == in_force, author=version.author,
        created=version.created, published=version.published, note=version.note, reason=version.reason,
        findings=[*version.findings], entries=len(entries) if isinstance(entries, list) else 0,
    )  # fmt: skip


def _unreadable(finding: Finding) -> FindingOut:
    return finding_out(finding, set(), ZoneInfo("UTC"))
