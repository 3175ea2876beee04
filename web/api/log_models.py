"""What goes in and out of the API about what aired: lines, shares, comparisons, proofs, takedowns."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, ValidationInfo, field_validator

from lppl.desk.reports import FileKind
from lppl.programme import Category, Slug
from lppl.rundown import Kind
from lppl.settings import ChannelId, wrong
from scheduler.comparison import Outcome
from scheduler.findings import Rule
from web.api.people import Number, Strict

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
LONGEST_SHARES = timedelta(days=92)
LONGEST_PROOF = timedelta(days=400)
LONGEST_TAKEDOWN = timedelta(days=31)

Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
"""A local day."""
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000)]
Words = Annotated[str, Field(max_length=200)]


class OfDay(Strict):
    """A local day of a channel."""

    channel: ChannelId
    day: Day


class LogAsked(OfDay):
    """Which lines of the day's log; `words`: part of title, artist or programme."""

    category: Category | None = None
    kind: Kind | None = None
    words: Words = ""
    offset: Annotated[int, Field(ge=0, le=100_000)] = 0
    limit: Annotated[int, Field(ge=1, le=2000)] = 500


class FileAsked(OfDay):
    """As which kind of file."""

    format: FileKind


def _in_order(last: date | None, info: ValidationInfo, longest: timedelta) -> date | None:
    first = info.data.get("first")
    if first is None or last is None:
        return last
    if last < first:
        raise wrong("hari terakhir mendahului hari pertama", "the last day is before the first")
    if last - first > longest:
        raise wrong(f"paling lama {longest.days} hari", f"at most {longest.days} days")
    return last


class SharesAsked(Strict):
    """Local days of a channel, both included; a quarter of a year at most."""

    channel: ChannelId
    first: Day
    last: Day

    @field_validator("last")
    @classmethod
    def _span(cls, last: date, info: ValidationInfo) -> date:
        _in_order(last, info, LONGEST_SHARES - timedelta(days=1))
        return last


class SharesFileAsked(SharesAsked):
    """As which kind of file."""

    format: FileKind


class ProofAsked(Strict):
    """A spot order; without days its whole flight up to today."""

    order: Slug
    first: Day | None = None
    last: Day | None = None

    @field_validator("last")
    @classmethod
    def _span(cls, last: date | None, info: ValidationInfo) -> date | None:
        return _in_order(last, info, LONGEST_PROOF)


class ProofPageAsked(ProofAsked):
    """Which of its rows."""

    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=5000)] = 1000


class ProofFileAsked(ProofAsked):
    """As which kind of file."""

    format: FileKind


class LineOut(BaseModel):
    """A line of the log. `span`: its air time in quanta of 320 ms, as addresses of catch-up have it; empty off the air.

    `withheld`: it may not be watched later, because of its rights or a takedown.
    """

    start: AwareDatetime
    seconds: float
    title: str
    artist: str
    programme: str
    category: Category | None
    kind: Kind
    why: str
    order: str
    asset: str | None
    span: str
    withheld: bool


class ShareOut(BaseModel):
    """Airtime of a category; percent of what aired."""

    category: Category
    label: str
    seconds: float
    percent: float


class TotalsOut(BaseModel):
    """Airtime of a span; `unrecorded`: the journal says nothing of it."""

    categories: list[ShareOut]
    aired_seconds: float
    off_seconds: float
    unrecorded_seconds: float


class LogOut(BaseModel):
    """A day's log: the lines that were asked for, how many there are in all, and the totals of the whole day."""

    channel: str
    day: date
    start: AwareDatetime
    end: AwareDatetime
    total: int
    lines: list[LineOut]
    totals: TotalsOut


class RuledOut(BaseModel):
    """A share that rules watch. `limit` null: only reported; `kept` null: no limit, or nothing to share."""

    rule: Rule
    indonesian: str
    english: str
    percent: float | None
    limit: float | None
    is_most: bool
    kept: bool | None
    source: str


class DaySharesOut(BaseModel):
    """One day: percent by category, and the shares of commercials and public-service spots."""

    day: date
    aired_seconds: float
    percent: dict[Category, float]
    commercial_percent: float | None
    ilm_percent: float | None
    local_percent: float | None


class SharesOut(BaseModel):
    """Airtime by category of some days, what the rules ask, and each day."""

    channel: str
    first: date
    last: date
    totals: TotalsOut
    rules: list[RuledOut]
    days: list[DaySharesOut]


class SideOut(BaseModel):
    """What was planned, or what aired."""

    start: AwareDatetime
    seconds: float
    title: str
    programme: str
    kind: Kind


class DifferenceOut(BaseModel):
    """What became of a planned item, or what aired besides; `detail` Indonesian."""

    outcome: Outcome
    planned: SideOut | None
    aired: SideOut | None
    moved_seconds: float
    lost_seconds: float
    detail: str
    english: str


class ComparedOut(BaseModel):
    """Planned against aired for a day, in order of time."""

    channel: str
    day: date
    counts: dict[Outcome, int]
    differences: list[DifferenceOut]


class ProofRowOut(BaseModel):
    """One airing of a spot; `complete`: all that was meant to air did."""

    channel: str
    start: AwareDatetime
    seconds: float
    title: str
    complete: bool
    span: str


class ProofOut(BaseModel):
    """The proof of airing of an order."""

    order: str
    advertiser: str
    first: date
    last: date
    planned: int
    aired: int
    complete: int
    rows: list[ProofRowOut]


class OfChannelTakedowns(Strict):
    """Of which channel; without one of all."""

    channel: ChannelId | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


class OfChannel(Strict):
    """A channel."""

    channel: ChannelId


class OfTakedown(Strict):
    """Which takedown."""

    number: Number


def _in_time(value: AwareDatetime) -> AwareDatetime:
    if not FIRST_DAY.year <= value.year <= LAST_DAY.year:
        raise wrong(f"tahun {FIRST_DAY.year} sampai {LAST_DAY.year}", f"from {FIRST_DAY.year} to {LAST_DAY.year}")
    return value


class TakedownIn(Strict):
    """What may not be watched any more, and why."""

    start: AwareDatetime
    end: AwareDatetime
    reason: Reason

    @field_validator("start", "end")
    @classmethod
    def _year(cls, value: AwareDatetime) -> AwareDatetime:
        return _in_time(value)

    @field_validator("end")
    @classmethod
    def _span(cls, end: AwareDatetime, info: ValidationInfo) -> AwareDatetime:
        start = info.data.get("start")
        if start is not None and end <= start:
            raise wrong("harus sesudah awalnya", "must be after the start")
        if start is not None and end - start > LONGEST_TAKEDOWN:
            raise wrong(f"paling lama {LONGEST_TAKEDOWN.days} hari", f"at most {LONGEST_TAKEDOWN.days} days")
        return end


class TakedownOut(BaseModel):
    """A span that may not be watched; in force while `lifted` is null."""

    number: int
    channel: str
    start: AwareDatetime
    end: AwareDatetime
    reason: str
    author: str
    made: AwareDatetime
    lifted: AwareDatetime | None
