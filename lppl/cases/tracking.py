"""What somebody who only has the code of a report may know of it: how far it is, in plain words, never what was said.

Whoever hears a code on the air or reads it over a shoulder has it, too. So nothing is told here that a person wrote:
no words of the report, of staff or of an agency's answer; names of agencies alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from lppl.cases.case_store import CaseStore
from lppl.cases.life import replay
from lppl.cases.tables import arrivals, cases
from lppl.cases.values import Act, Event, Status

MERGES_MOST = 20
"""How many times a case is followed to the one that it was merged into."""
_SAID: Mapping[Act, tuple[str, str]] = {
    Act.ARRIVED: ("Laporan diterima.", "The report arrived."),
    Act.ADDED: ("Anda menambahkan keterangan.", "You added something."),
    Act.VERIFIED: ("Laporan diperiksa dan lengkap.", "The report was checked and is complete."),
    Act.ASKED: (
        "Anda diminta melengkapi laporan ini; hubungi stasiun dengan menyebut kodenya.",
        "You were asked for more; please call the station and name the code.",
    ),
    Act.FORWARDED: ("Diteruskan kepada {who}.", "Forwarded to {who}."),
    Act.TAKEN: ("{who} mulai menangani.", "{who} has begun to work on it."),
    Act.ANSWERED: (
        "{who} sudah menjawab. Tanyakan isinya kepada stasiun dengan menyebut kode ini.",
        "{who} has answered. Ask the station for it and name this code.",
    ),
    Act.RETURNED: (
        "{who} mengembalikan laporan; petugas mencari instansi yang tepat.",
        "{who} gave it back; staff look for the right agency.",
    ),
    Act.TRANSFERRED: (
        "Bukan wewenang kota ini: dialihkan kepada {who}.",
        "Not the city's to decide: transferred to {who}.",
    ),
    Act.HEARD: ("Ada kabar dari {who}.", "There is news from {who}."),
    Act.MERGED: (
        "Digabung dengan laporan lain tentang hal yang sama; perkembangannya tetap tampil di sini.",
        "Joined with another report about the same; how that goes on is shown here.",
    ),
    Act.SPLIT_OFF: ("Dipisahkan dari laporan lain.", "Split off from another report."),
    Act.DONE: ("Selesai.", "Done."),
    Act.REJECTED: (
        "Tidak dapat dilanjutkan. Tanyakan alasannya kepada stasiun dengan menyebut kode ini.",
        "It cannot be followed up. Ask the station why and name this code.",
    ),
    Act.REOPENED: ("Dibuka kembali.", "Reopened."),
    Act.ARCHIVED: ("Ditutup dan disimpan.", "Closed and kept."),
    Act.HANDED_OVER: ("Diserahkan kepada layanan darurat.", "Handed over to the emergency service."),
    Act.EXTENDED: ("Waktu penyelesaian diperpanjang.", "More time was given."),
    Act.OBJECTED: ("Keberatan Anda dicatat.", "Your objection is on record."),
}
"""What is told of each act; of others nothing."""
_NOT_OF_ANOTHERS = frozenset({Act.ARRIVED, Act.ADDED, Act.MERGED, Act.SPLIT_OFF, Act.OBJECTED})
"""What concerns the reporter of the other case only."""
_STATION = ("Stasiun", "The station")
_AGENCY = ("Instansi", "The agency")


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened, in both languages."""

    at: datetime
    indonesian: str
    english: str


@dataclass(frozen=True, slots=True)
class Tracked:
    """How far a report is. `status`: None while it has not been read; `due`: when something is due next."""

    status: Status | None
    steps: Sequence[Step]
    due: datetime | None = None


def steps(events: Sequence[Event], since: datetime | None = None) -> list[Step]:
    """Return what is told of a history, oldest first. `since`: it is that of another case, joined then. Pure."""
    return list(_steps(events, since))


def _steps(events: Sequence[Event], since: datetime | None) -> Iterator[Step]:
    names: dict[int, str] = {}
    receiver = ""
    for event in events:
        if event.act is Act.FORWARDED:
            names |= {a["id"]: a["name"] for a in event.data["agencies"]}
        if event.act is Act.TRANSFERRED:
            receiver = event.data["receiver"]
        if event.act not in _SAID or (since is not None and (event.at < since or event.act in _NOT_OF_ANOTHERS)):
            continue
        who = _who(event, names, receiver)
        indonesian, english = (text.format(who=name) for text, name in zip(_SAID[event.act], who, strict=True))
        yield Step(event.at, indonesian, english)


def _who(event: Event, names: Mapping[int, str], receiver: str) -> tuple[str, str]:
    """Return whom an event is about."""
    if event.act is Act.FORWARDED:
        listed = [a["name"] for a in event.data["agencies"]]
        return ", ".join(listed), ", ".join(listed)
    if event.act in (Act.TRANSFERRED, Act.HEARD):
        return receiver, receiver
    number = event.data.get("agency")
    if number is None:
        return _STATION
    name = names.get(number)
    return (name, name) if name else _AGENCY


async def tracked(connection: AsyncConnection, store: CaseStore, code: str, now: datetime) -> Tracked | None:
    """Return how far the report with a code is; None when no report has it."""
    number = await connection.scalar(select(cases.c.id).where(cases.c.code == code))
    if number is None:
        received = await connection.scalar(select(arrivals.c.received).where(arrivals.c.code == code))
        return None if received is None else Tracked(None, [Step(received, *_SAID[Act.ARRIVED])])
    events = await store.history(connection, number)
    told, state = steps(events), replay(events)
    for _ in range(MERGES_MOST):
        if state.merged_into is None:
            break
        since = next(event.at for event in events if event.act is Act.MERGED)
        events = await store.history(connection, state.merged_into)
        told, state = told + steps(events, since), replay(events)
    due, _ = store.due(state, events, now)
    return Tracked(state.status, told, due)
