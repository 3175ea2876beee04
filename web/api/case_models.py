"""What the API says of cases, and what it takes."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from lppl.cases.values import Act
from lppl.desk.case_views import CaseLine, CaseView
from web.api.people import Number, Strict

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Hex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Part = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,12}$")]


When = Annotated[AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
"""A moment that every zone can show."""


class OfCase(Strict):
    """Which case."""

    number: Number


class OfEnclosure(OfCase):
    """Which enclosure of which case, and which form of it."""

    enclosure: Hex
    part: Part


class Query(Strict):
    """What is looked for; what is left out asks for nothing. `words` may be a code or a telephone number."""

    words: Short = ""
    status: list[Short] = Field(default=[], max_length=20)
    case_class: list[Short] = Field(default=[], alias="class", max_length=10)
    category: Short = ""
    kelurahan: Short = ""
    source: Short = ""
    agency: Number | None = None
    assigned: Number | None = None
    open: bool | None = None
    late: bool = False
    emergency: bool | None = None
    since: When | None = None
    until: When | None = None
    order: Literal["due", "newest"] = "due"
    after: Short = ""


class CaseLineOut(BaseModel):
    """A case in a list. `due`: its earliest duty, of `due_clock`; `seq`: its newest event."""

    id: int
    code: str
    status: str
    case_class: str = Field(serialization_alias="class")
    category: str
    title: str
    kelurahan: str
    source: str
    visibility: str
    arrived: AwareDatetime
    heard: AwareDatetime
    due: AwareDatetime | None
    due_clock: str
    late: bool
    emergency: bool
    handed_over: AwareDatetime | None
    assigned: int | None
    seq: int


class CasesOut(BaseModel):
    """A page of cases. `after` leads to the next one; empty at the end."""

    cases: list[CaseLineOut]
    after: str


class CountOut(BaseModel):
    """How many; 10001 stands for more than 10,000."""

    count: int


class EventOut(BaseModel):
    """Something that was done with a case. `by`: who, "" for the reporter and the system."""

    seq: int
    at: AwareDatetime
    act: str
    label: str
    english: str
    by: str
    data: dict[str, Any]


class EnclosureOut(BaseModel):
    """An enclosure; `parts`: the forms of it that can be fetched."""

    id: str
    kind: str
    state: str
    content_type: str
    size: int
    parts: list[str]
    outcome: str


class WordOut(BaseModel):
    """A message, without personal data."""

    id: int
    said: AwareDatetime
    source: str
    text: str
    corrected: bool
    withdrawn: AwareDatetime | None
    enclosures: list[EnclosureOut]


class ReporterOut(BaseModel):
    """Who said it, masked."""

    id: int
    name: str
    phone: str
    email: str
    nik_end: str
    erased: bool
    cases: int


class StepOut(BaseModel):
    """A step in the life of a clock."""

    at: AwareDatetime
    indonesian: str
    english: str


class ClockOut(BaseModel):
    """A duty: when it is due, and why."""

    name: str
    label: str
    english: str
    agency: int | None
    started: AwareDatetime
    due: AwareDatetime | None
    ended: AwareDatetime | None
    state: str
    late: bool
    why: list[StepOut]


class AgencyStateOut(BaseModel):
    """How far an agency is with it."""

    agency: int
    name: str
    state: str
    since: AwareDatetime


class CaseOut(CaseLineOut):
    """A case with everything that belongs to it. `allowed`: what may be done with it now. Degrees: both or neither."""

    text: str
    latitude: float | None
    longitude: float | None
    agencies: list[AgencyStateOut]
    transfer: dict[str, Any] | None
    events: list[EventOut]
    words: list[WordOut]
    reporter: ReporterOut | None
    clocks: list[ClockOut]
    allowed: list[str]
    others: dict[int, str]


class ActIn(Strict):
    """What is done, as the case stood at event `expected`."""

    act: Act
    expected: Annotated[int, Field(ge=1, le=2**31 - 1)]
    data: dict[str, Any] = Field(default={}, max_length=20)


class DoneOut(BaseModel):
    """Where a case stands after it."""

    seq: int
    status: str


class MergeIn(Strict):
    """Into which case, by its code."""

    into: Short
    expected: Annotated[int, Field(ge=1, le=2**31 - 1)]


class SplitIn(Strict):
    """Which words go into a case of their own."""

    words: Annotated[list[Number], Field(min_length=1, max_length=500)]
    expected: Annotated[int, Field(ge=1, le=2**31 - 1)]


class MadeOut(BaseModel):
    """The number of what was made."""

    id: int


class UnmaskIn(Strict):
    """Why somebody's name and number are opened."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class OpenedOut(BaseModel):
    """A reporter's facts; words and texts of events as written, by number."""

    reporter: dict[str, str]
    words: dict[int, str]
    events: dict[int, dict[str, Any]]


class BulkIn(Strict):
    """The same done with several cases, each as it stood at `expected`."""

    cases: Annotated[list[tuple[Number, Number]], Field(min_length=1, max_length=200)]
    """(case, expected)"""
    act: Act
    data: dict[str, Any] = Field(default={}, max_length=20)


class BulkOut(BaseModel):
    """Which were done, and why the others were not."""

    done: list[int]
    refused: dict[int, str]


class NoteIn(Strict):
    """What somebody said by telephone or at an event, taken down by staff. `token`: the same is kept once."""

    token: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
    source: Literal["catatan", "acara"] = "catatan"
    name: Short = ""
    phone: Short = ""
    where: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    kelurahan: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    case_class: Annotated[str, StringConstraints(max_length=40)] = Field(default="", alias="class")
    category: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    visibility: Literal["terbuka", "anonim", "rahasia"] = "terbuka"
    said: AwareDatetime | None = None
    """When it was said; now, when left out. Notes of an event are sent later."""
    event: Short = ""
    """At which event, or in which show."""


class ReceiptOut(BaseModel):
    """It is kept. `urgent`: it sounds like an emergency; the caller is to be told to call 112."""

    code: str
    again: bool
    urgent: bool


class TrayOut(BaseModel):
    """Something that nobody could read."""

    id: int
    source: str
    code: str
    received: AwareDatetime
    content_type: str
    outcome: str
    attempts: int


def line_out(line: CaseLine) -> CaseLineOut:
    """Return a line as the API says it."""
    return CaseLineOut(**{name: getattr(line, name) for name in CaseLineOut.model_fields})


def case_out(view: CaseView) -> CaseOut:
    """Return a case as the API says it."""
    state, transfer = view.state, view.state.transfer
    given = {name: getattr(view.line, name) for name in CaseLineOut.model_fields}
    return CaseOut(
        **given,
        text=view.text,
        latitude=state.latitude,
        longitude=state.longitude,
        agencies=[
            AgencyStateOut(agency=a.agency, name=a.name, state=a.state.value, since=a.since) for a in state.agencies
        ],
        transfer=None
        if transfer is None
        else {
            "receiver": transfer.receiver, "ticket": transfer.ticket, "reason": transfer.reason,
            "since": transfer.since.isoformat(), "news": transfer.news, "final": transfer.final,
        },
        events=[
            EventOut(
                seq=e.seq, at=e.at, act=e.act.value, label=e.act.label, english=e.act.english,
                by=view.names.get(e.by or 0, ""), data=dict(e.data),
            )
            for e in view.events
        ],
        words=[
            WordOut(
                id=w.id, said=w.said, source=w.source, text=w.text, corrected=w.corrected, withdrawn=w.withdrawn,
                enclosures=[
                    EnclosureOut(
                        id=e.id, kind=e.kind, state=e.state, content_type=e.content_type, size=e.size,
                        parts=list(e.parts), outcome=e.outcome,
                    )
                    for e in w.enclosures
                ],
            )
            for w in view.words
        ],
        reporter=None
        if view.reporter is None
        else ReporterOut(**{name: getattr(view.reporter, name) for name in ReporterOut.model_fields}),
        clocks=[
            ClockOut(
                name=c.name.value, label=c.name.label, english=c.name.english, agency=c.agency, started=c.started,
                due=c.due, ended=c.ended, state=c.state.value, late=c.late,
                why=[StepOut(at=s.at, indonesian=s.indonesian, english=s.english) for s in c.why],
            )
            for c in view.clocks
        ],
        allowed=sorted(a.value for a in view.allowed),
        others=dict(view.others),
    )  # fmt: skip
