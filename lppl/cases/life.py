"""The life of a case, as a pure machine of append-only events: what may be done with it, and where it stands then.

A case is its history: :func:`replay` of all its events gives its state, always the same. Nothing here reads a clock, a
database or who may do what; deadlines are :mod:`lppl.cases.clocks`' business.

The main way is NEW → VERIFIED → FORWARDED → IN_PROGRESS → DONE. Beside it:

- INCOMPLETE waits for the reporter, whose next word leads back to where it was.
- TRANSFERRED ("bukan wewenang") is no end: news from the receiver follows it until they are final, or it is taken back.
- MERGED is final: whoever holds a word for it gives it to `merged_into`; a wrong merge is mended by SPLIT over there.
- An objection (PPID) against a closed case opens it again, and is decided by closing it again (DONE or REJECTED);
  until then the case can neither be transferred, merged nor archived, nor change its class.
- When a case is closed or transferred, agencies that have not answered no longer have it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from lppl.cases import told
from lppl.cases.values import (
    OPEN,
    Act,
    AgencyState,
    Assignment,
    CaseClass,
    CaseState,
    Event,
    NotAllowed,
    Status,
    Transfer,
)
from lppl.intake.values import Visibility

__all__ = [
    "OPEN",
    "Act",
    "AgencyState",
    "Assignment",
    "CaseClass",
    "CaseState",
    "Event",
    "NotAllowed",
    "Status",
    "Transfer",
    "allowed",
    "apply",
    "hindrance",
    "replay",
]

_ALL = frozenset(Status)
_NOT_MERGED = _ALL - {Status.MERGED}
_OURS = OPEN - {Status.TRANSFERRED}
_UNDERWAY = frozenset({Status.FORWARDED, Status.IN_PROGRESS})
_ASKING = frozenset({Status.NEW, Status.INCOMPLETE, Status.VERIFIED})

WHERE: Mapping[Act, frozenset[Status]] = {
    Act.ARRIVED: frozenset(),
    Act.ADDED: _NOT_MERGED,
    Act.CLASSIFIED: _NOT_MERGED,
    Act.CATEGORISED: _NOT_MERGED,
    Act.PLACED: _NOT_MERGED,
    Act.SHOWN: _ALL,
    Act.ASSIGNED: OPEN,
    Act.VERIFIED: frozenset({Status.NEW, Status.INCOMPLETE, Status.TRANSFERRED}),
    # an agency that lacks something answers the reporter; resting the clocks of a case that an agency holds would let
    # it put off its deadline by asking
    Act.ASKED: _ASKING,
    Act.FORWARDED: OPEN,
    Act.TAKEN: _UNDERWAY,
    Act.ANSWERED: _NOT_MERGED - {Status.ARCHIVED},
    Act.RETURNED: _UNDERWAY,
    Act.TRANSFERRED: OPEN,
    Act.HEARD: frozenset({Status.TRANSFERRED}),
    Act.JOINED: OPEN,
    Act.MERGED: _OURS,
    Act.SPLIT: _NOT_MERGED,
    Act.SPLIT_OFF: frozenset({Status.NEW}),
    Act.DONE: _OURS,
    Act.REJECTED: _OURS,
    Act.REOPENED: frozenset({Status.DONE, Status.REJECTED, Status.ARCHIVED}),
    Act.ARCHIVED: _ASKING | {Status.DONE, Status.REJECTED},
    Act.NOTED: _ALL,
    Act.EMERGENCY: _NOT_MERGED,
    Act.HANDED_OVER: _NOT_MERGED,
    Act.NOT_EMERGENCY: _NOT_MERGED,
    Act.EXTENDED: _OURS,
    Act.OBJECTED: _OURS | {Status.DONE, Status.REJECTED},
}
"""In which statuses an act may be done; :func:`hindrance` knows what else may stand in its way."""

_NOT_WHILE_OBJECTED = frozenset({Act.TRANSFERRED, Act.MERGED, Act.ARCHIVED, Act.CLASSIFIED, Act.EXTENDED, Act.OBJECTED})


def allowed(state: CaseState | None) -> frozenset[Act]:
    """Return what may be done next, with fitting data; None is a case that has not arrived."""
    if state is None:
        return frozenset({Act.ARRIVED})
    return frozenset(act for act in Act if hindrance(state, act) is None)


def hindrance(state: CaseState, act: Act) -> tuple[str, str] | None:
    """Return why an act cannot be done now, in Indonesian and English; None when it can."""
    if state.status not in WHERE[act]:
        if state.status is Status.MERGED and act is not Act.ARRIVED:
            into = state.merged_into
            return (
                f"Aduan ini telah digabung; lanjutkan pada aduan nomor {into}.",
                f"This case has been merged; go on with case number {into}.",
            )
        return (
            f"“{act.label}” tidak dapat dilakukan pada aduan berstatus {state.status.label}.",
            f'"{act.english}" cannot be done with a case that is {state.status.english.lower()}.',
        )
    if state.objected is not None and act in _NOT_WHILE_OBJECTED:
        return (
            "Ada keberatan yang belum diputus; putuskan dahulu (selesai atau ditolak).",
            "An objection has not been decided; decide it first (done or rejected).",
        )
    return _special(state, act)


def _special(state: CaseState, act: Act) -> tuple[str, str] | None:
    """Return what only concerns one act."""
    match act:
        case Act.TAKEN if not any(a.state is AgencyState.WAITING for a in state.agencies):
            return "Tidak ada instansi yang belum memulai.", "No agency has yet to begin."
        case Act.RETURNED if all(a.state is AgencyState.RETURNED for a in state.agencies):
            return "Tidak ada instansi yang memegang aduan ini.", "No agency has this case."
        case Act.SPLIT_OFF if state.seq != 1:
            return (
                "Asal pecahan dicatat tepat sesudah aduan masuk.",
                "What a case was split from is noted right after it arrived.",
            )
        case Act.EMERGENCY if state.emergency_waits:
            return "Aduan ini sudah ditandai darurat.", "This case is already marked as an emergency."
        case Act.HANDED_OVER | Act.NOT_EMERGENCY if not state.emergency:
            return "Aduan ini tidak ditandai darurat.", "This case is not marked as an emergency."
        case Act.EXTENDED | Act.OBJECTED if state.case_class is not CaseClass.PPID:
            return (
                "Hanya untuk permohonan informasi publik (PPID).",
                "Only for public information requests (PPID).",
            )
        case Act.EXTENDED if state.extended:
            return "Jangka waktu hanya dapat diperpanjang satu kali.", "The time can be extended only once."
    return None


def apply(state: CaseState | None, event: Event) -> CaseState:
    """Return where a case stands after one more event. Raises NotAllowed, and leaves everything as it was then."""
    due = 1 if state is None else state.seq + 1
    if event.seq != due:
        raise NotAllowed(
            "sequence",
            f"Urutan peristiwa harus {due}, bukan {event.seq}; muat ulang aduan ini.",
            f"The event's number must be {due}, not {event.seq}; reload this case.",
        )
    if event.at.utcoffset() is None:
        raise told.refuse("Waktu peristiwa harus memuat zona.", "The event's time must have a zone.")
    if state is None:
        return _arrive(event)
    stands = hindrance(state, event.act)
    if stands is not None:
        raise NotAllowed("status", *stands)
    return replace(_DEEDS[event.act](state, event), seq=event.seq, changed=event.at)


def replay(events: Iterable[Event]) -> CaseState:
    """Return what a case's events come to, in their order. Raises NotAllowed; without any event too."""
    state: CaseState | None = None
    for event in events:
        state = apply(state, event)
    if state is None:
        raise NotAllowed("sequence", "Aduan ini belum memiliki peristiwa.", "This case has no events yet.")
    return state


def _arrive(event: Event) -> CaseState:
    if event.act is not Act.ARRIVED:
        raise NotAllowed("status", "Peristiwa pertama harus “Masuk”.", 'The first event must be "Arrived".')
    data = event.data
    north, east = told.coordinates(data)
    return CaseState(
        seq=1,
        status=Status.NEW,
        case_class=told.choice(data, "class", CaseClass),
        category=told.optional_text(data, "category"),
        visibility=told.choice(data, "visibility", Visibility),
        arrived=event.at,
        changed=event.at,
        heard=event.at,
        kelurahan=told.optional_text(data, "kelurahan"),
        latitude=north,
        longitude=east,
        emergency=told.flag(data, "emergency"),
    )


def _noted(state: CaseState, event: Event) -> CaseState:
    told.text(event.data, "text")
    return state


def _added(state: CaseState, event: Event) -> CaseState:
    told.number(event.data, "word")
    if told.flag(event.data, "withdrawn"):
        return state  # nothing more was said: who awaits the reporter still does
    back = state.before_asking
    state = replace(state, heard=event.at)
    return state if back is None else _moved(state, back)


def _moved(state: CaseState, status: Status) -> CaseState:
    """Put it into a status in which nobody awaits the reporter."""
    return replace(state, status=status, awaiting_since=None, before_asking=None)


def _classified(state: CaseState, event: Event) -> CaseState:
    return replace(state, case_class=told.choice(event.data, "class", CaseClass))


def _categorised(state: CaseState, event: Event) -> CaseState:
    return replace(state, category=told.text(event.data, "category"))


def _placed(state: CaseState, event: Event) -> CaseState:
    kelurahan, north, east = told.place(event.data)
    return replace(state, kelurahan=kelurahan, latitude=north, longitude=east)


def _shown(state: CaseState, event: Event) -> CaseState:
    return replace(state, visibility=told.choice(event.data, "visibility", Visibility))


def _assigned(state: CaseState, event: Event) -> CaseState:
    return replace(state, assigned=told.optional_number(event.data, "account"))


def _verified(state: CaseState, _event: Event) -> CaseState:
    return replace(_moved(state, Status.VERIFIED), transfer=None)  # from TRANSFERRED: it is taken back


def _asked(state: CaseState, event: Event) -> CaseState:
    told.missing(event.data)
    if state.status is Status.INCOMPLETE:
        return state
    return replace(state, status=Status.INCOMPLETE, awaiting_since=event.at, before_asking=state.status)


def _forwarded(state: CaseState, event: Event) -> CaseState:
    chosen = told.agencies(event.data)
    for number, name in chosen:
        has = state.agency(number)
        if has is not None and has.pending:
            raise told.refuse(f"Aduan ini sudah ada pada {name}.", f"{name} already has this case.")
    numbers = {number for number, _ in chosen}
    agencies = tuple(a for a in state.agencies if a.agency not in numbers) + tuple(
        Assignment(number, name, AgencyState.WAITING, event.at) for number, name in chosen
    )
    return replace(_moved(state, _by_agencies(agencies)), agencies=agencies, transfer=None)


def _by_agencies(agencies: tuple[Assignment, ...]) -> Status:
    """Return how far a case is that the desk has verified, by how far its agencies are."""
    states = {a.state for a in agencies}
    if states & {AgencyState.IN_PROGRESS, AgencyState.ANSWERED}:
        return Status.IN_PROGRESS
    return Status.FORWARDED if AgencyState.WAITING in states else Status.VERIFIED


def _stepped(state: CaseState, event: Event, agency: int, to: AgencyState) -> CaseState:
    """Note how far an agency is now, and with it the case."""
    agencies = tuple(replace(a, state=to, since=event.at) if a.agency == agency else a for a in state.agencies)
    status = _by_agencies(agencies) if state.status in _UNDERWAY | {Status.VERIFIED} else state.status
    return replace(state, agencies=agencies, status=status)


def _holder(state: CaseState, agency: int) -> Assignment:
    has = state.agency(agency)
    if has is None or has.state is AgencyState.RETURNED:
        raise told.refuse("Instansi itu tidak memegang aduan ini.", "That agency does not have this case.")
    return has


def _taken(state: CaseState, event: Event) -> CaseState:
    agency = told.number(event.data, "agency")
    has = _holder(state, agency)
    if has.state is not AgencyState.WAITING:
        raise told.refuse(f"{has.name} sudah memulai.", f"{has.name} has already begun.")
    return _stepped(state, event, agency, AgencyState.IN_PROGRESS)


def _answered(state: CaseState, event: Event) -> CaseState:
    told.text(event.data, "text")
    agency = told.optional_number(event.data, "agency")
    state = replace(state, first_answer=state.first_answer or event.at)
    if agency is None:
        return state
    _holder(state, agency)
    return _stepped(state, event, agency, AgencyState.ANSWERED)


def _returned(state: CaseState, event: Event) -> CaseState:
    told.text(event.data, "reason")
    agency = told.number(event.data, "agency")
    _holder(state, agency)
    return _stepped(state, event, agency, AgencyState.RETURNED)


def _released(state: CaseState, status: Status) -> CaseState:
    """Put it into a status in which no agency owes an answer."""
    return replace(_moved(state, status), agencies=tuple(a for a in state.agencies if not a.pending))


def _transferred(state: CaseState, event: Event) -> CaseState:
    receiver, reason = told.text(event.data, "receiver"), told.text(event.data, "reason")
    transfer = Transfer(receiver, told.optional_text(event.data, "ticket"), reason, event.at)
    return replace(_released(state, Status.TRANSFERRED), transfer=transfer)


def _heard(state: CaseState, event: Event) -> CaseState:
    assert state.transfer is not None  # a transferred case has one
    news, final = told.text(event.data, "text"), told.flag(event.data, "final")
    ticket = told.optional_text(event.data, "ticket") or state.transfer.ticket
    transfer = replace(state.transfer, ticket=ticket, news=news, heard=event.at, final=final)
    state = replace(state, transfer=transfer)
    return _closed(state, event, Status.DONE) if final else state


def _joined(state: CaseState, event: Event) -> CaseState:
    other = told.number(event.data, "case")
    if other in state.joined:
        raise told.refuse("Aduan itu sudah digabungkan ke sini.", "That case has already been merged into this one.")
    return replace(state, joined=(*state.joined, other))


def _merged(state: CaseState, event: Event) -> CaseState:
    into = told.number(event.data, "case")
    if into in state.joined:
        raise told.refuse(
            "Aduan itu sendiri telah digabungkan ke sini.", "That case has itself been merged into this one."
        )
    return replace(_closed(state, event, Status.MERGED), merged_into=into)


def _split(state: CaseState, event: Event) -> CaseState:
    told.number(event.data, "case")
    return state


def _split_off(state: CaseState, event: Event) -> CaseState:
    return replace(state, split_from=told.number(event.data, "case"))


def _closed(state: CaseState, event: Event, status: Status) -> CaseState:
    """Close it; one that is closed already keeps the time of that."""
    return replace(_released(state, status), closed=state.closed or event.at, objected=None)


def _done(state: CaseState, event: Event) -> CaseState:
    return _closed(state, event, Status.DONE)


def _rejected(state: CaseState, event: Event) -> CaseState:
    told.text(event.data, "reason")
    return _closed(state, event, Status.REJECTED)


def _archived(state: CaseState, event: Event) -> CaseState:
    return _closed(state, event, Status.ARCHIVED)


def _reopened(state: CaseState, event: Event) -> CaseState:
    told.text(event.data, "reason")
    state = _moved(state, Status.VERIFIED)
    return replace(state, closed=None, transfer=None, reopened=state.reopened + 1)


def _emergency(state: CaseState, _event: Event) -> CaseState:
    return replace(state, emergency=True, handed_over=None)  # a second one has to be given on again


def _handed_over(state: CaseState, event: Event) -> CaseState:
    told.text(event.data, "to")
    return replace(state, handed_over=event.at)


def _not_emergency(state: CaseState, _event: Event) -> CaseState:
    return replace(state, emergency=False, handed_over=None)


def _extended(state: CaseState, event: Event) -> CaseState:
    told.text(event.data, "reason")
    return replace(state, extended=True)


def _objected(state: CaseState, event: Event) -> CaseState:
    told.text(event.data, "reason")
    state = replace(state, objected=event.at)
    return state if state.open else replace(_moved(state, Status.IN_PROGRESS), closed=None)


_DEEDS: Mapping[Act, Callable[[CaseState, Event], CaseState]] = {
    Act.ADDED: _added,
    Act.CLASSIFIED: _classified,
    Act.CATEGORISED: _categorised,
    Act.PLACED: _placed,
    Act.SHOWN: _shown,
    Act.ASSIGNED: _assigned,
    Act.VERIFIED: _verified,
    Act.ASKED: _asked,
    Act.FORWARDED: _forwarded,
    Act.TAKEN: _taken,
    Act.ANSWERED: _answered,
    Act.RETURNED: _returned,
    Act.TRANSFERRED: _transferred,
    Act.HEARD: _heard,
    Act.JOINED: _joined,
    Act.MERGED: _merged,
    Act.SPLIT: _split,
    Act.SPLIT_OFF: _split_off,
    Act.DONE: _done,
    Act.REJECTED: _rejected,
    Act.REOPENED: _reopened,
    Act.ARCHIVED: _archived,
    Act.NOTED: _noted,
    Act.EMERGENCY: _emergency,
    Act.HANDED_OVER: _handed_over,
    Act.NOT_EMERGENCY: _not_emergency,
    Act.EXTENDED: _extended,
    Act.OBJECTED: _objected,
}
