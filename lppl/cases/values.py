"""What a case is made of: classes, statuses, the acts that may be done with it, and where it stands after them.

Values only; what may follow what is decided in :mod:`lppl.cases.life`. The values of the enums stand in records and
addresses: they are never changed. Times are aware; the machine itself never asks a clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from lppl.errors import LpplError
from lppl.intake.values import Visibility


class NotAllowed(LpplError):
    """An act that a case does not allow as it stands. `why`: ``sequence``, ``status`` or ``data``."""

    def __init__(self, why: str, indonesian: str, english: str) -> None:
        self.why = why
        super().__init__(indonesian, english)


class CaseClass(StrEnum):
    """What a word is, by the national rules; it decides how long it may take."""

    SUPERVISION = "berkadar-pengawasan"
    """About misconduct of officials: needs an inspection."""
    PLAIN = "tidak-berkadar-pengawasan"
    REQUEST = "permintaan-informasi"
    ASPIRATION = "aspirasi"
    PPID = "ppid"
    """A request under the law on public information (UU 14/2008)."""

    @property
    def label(self) -> str:
        """Its name in Indonesian."""
        return _CLASSES[self][0]

    @property
    def english(self) -> str:
        """Its name in English."""
        return _CLASSES[self][1]


class Status(StrEnum):
    """Where a case stands, in the words that the public knows."""

    NEW = "baru"
    INCOMPLETE = "tertunda"
    """The reporter was asked for what is missing, and has not said it yet."""
    VERIFIED = "diverifikasi"
    FORWARDED = "diteruskan"
    IN_PROGRESS = "diproses"
    DONE = "selesai"
    REJECTED = "ditolak"
    TRANSFERRED = "dialihkan"
    """Not the city's to decide: given to somebody else, and followed there."""
    MERGED = "digabung"
    ARCHIVED = "diarsipkan"

    @property
    def label(self) -> str:
        """Its name in Indonesian."""
        return _STATUSES[self][0]

    @property
    def english(self) -> str:
        """Its name in English."""
        return _STATUSES[self][1]


OPEN = frozenset(
    {Status.NEW, Status.INCOMPLETE, Status.VERIFIED, Status.FORWARDED, Status.IN_PROGRESS, Status.TRANSFERRED}
)
"""Statuses in which somebody still has something to do."""
CLOSED = frozenset(Status) - OPEN


class Act(StrEnum):
    """What was done with a case; what `data` must hold stands in :mod:`lppl.cases.told`."""

    ARRIVED = "masuk"
    """The first word; always the first event, and only that."""
    ADDED = "pelapor-menambah"
    CLASSIFIED = "diklasifikasi"
    CATEGORISED = "dikategorikan"
    PLACED = "lokasi-dicatat"
    SHOWN = "keterbukaan-diubah"
    ASSIGNED = "ditugaskan"
    VERIFIED = "diverifikasi"
    ASKED = "minta-dilengkapi"
    FORWARDED = "diteruskan"
    TAKEN = "diproses"
    """An agency began."""
    ANSWERED = "dijawab"
    """An answer to the reporter, of an agency or of the desk."""
    RETURNED = "dikembalikan"
    """An agency gives it back."""
    TRANSFERRED = "dialihkan"
    HEARD = "kabar-penerima"
    """News from whoever it was transferred to."""
    JOINED = "menerima-gabungan"
    """Another case was merged into this one."""
    MERGED = "digabung"
    """This one was merged into another."""
    SPLIT = "dipecah"
    """Words were moved out into a new case."""
    SPLIT_OFF = "pecahan"
    """This case came out of another."""
    DONE = "selesai"
    REJECTED = "ditolak"
    REOPENED = "dibuka-kembali"
    ARCHIVED = "diarsipkan"
    NOTED = "catatan"
    """A note among staff; the reporter never sees it."""
    EMERGENCY = "darurat"
    HANDED_OVER = "diserahkan-darurat"
    NOT_EMERGENCY = "bukan-darurat"
    EXTENDED = "diperpanjang"
    OBJECTED = "keberatan"

    @property
    def label(self) -> str:
        """Its name in Indonesian."""
        return _ACTS[self][0]

    @property
    def english(self) -> str:
        """Its name in English."""
        return _ACTS[self][1]


class AgencyState(StrEnum):
    """How far an agency is with a case that it was given."""

    WAITING = "menunggu"
    IN_PROGRESS = "diproses"
    ANSWERED = "dijawab"
    RETURNED = "dikembalikan"


_CLASSES: Mapping[CaseClass, tuple[str, str]] = {
    CaseClass.SUPERVISION: ("Pengaduan berkadar pengawasan", "Complaint for inspection"),
    CaseClass.PLAIN: ("Pengaduan tidak berkadar pengawasan", "Complaint"),
    CaseClass.REQUEST: ("Permintaan informasi", "Request for information"),
    CaseClass.ASPIRATION: ("Aspirasi", "Aspiration"),
    CaseClass.PPID: ("Permohonan informasi publik (PPID)", "Public information request (PPID)"),
}
_STATUSES: Mapping[Status, tuple[str, str]] = {
    Status.NEW: ("Baru", "New"),
    Status.INCOMPLETE: ("Tertunda", "Incomplete"),
    Status.VERIFIED: ("Diverifikasi", "Verified"),
    Status.FORWARDED: ("Diteruskan", "Forwarded"),
    Status.IN_PROGRESS: ("Diproses", "In progress"),
    Status.DONE: ("Selesai", "Done"),
    Status.REJECTED: ("Ditolak", "Rejected"),
    Status.TRANSFERRED: ("Dialihkan", "Transferred"),
    Status.MERGED: ("Digabung", "Merged"),
    Status.ARCHIVED: ("Diarsipkan", "Archived"),
}
_ACTS: Mapping[Act, tuple[str, str]] = {
    Act.ARRIVED: ("Masuk", "Arrived"),
    Act.ADDED: ("Pelapor menambahkan", "The reporter added"),
    Act.CLASSIFIED: ("Diklasifikasi", "Classified"),
    Act.CATEGORISED: ("Dikategorikan", "Categorised"),
    Act.PLACED: ("Lokasi dicatat", "Place noted"),
    Act.SHOWN: ("Keterbukaan diubah", "Visibility changed"),
    Act.ASSIGNED: ("Ditugaskan", "Assigned"),
    Act.VERIFIED: ("Diverifikasi", "Verified"),
    Act.ASKED: ("Pelapor diminta melengkapi", "The reporter was asked for more"),
    Act.FORWARDED: ("Diteruskan", "Forwarded"),
    Act.TAKEN: ("Mulai diproses", "Begun"),
    Act.ANSWERED: ("Dijawab", "Answered"),
    Act.RETURNED: ("Dikembalikan", "Given back"),
    Act.TRANSFERRED: ("Dialihkan", "Transferred"),
    Act.HEARD: ("Kabar dari penerima", "News from the receiver"),
    Act.JOINED: ("Menerima gabungan", "Another case joined"),
    Act.MERGED: ("Digabung", "Merged"),
    Act.SPLIT: ("Dipecah", "Split"),
    Act.SPLIT_OFF: ("Pecahan dari aduan lain", "Split off from another case"),
    Act.DONE: ("Selesai", "Done"),
    Act.REJECTED: ("Ditolak", "Rejected"),
    Act.REOPENED: ("Dibuka kembali", "Reopened"),
    Act.ARCHIVED: ("Diarsipkan", "Archived"),
    Act.NOTED: ("Catatan petugas", "Staff note"),
    Act.EMERGENCY: ("Ditandai darurat", "Marked as an emergency"),
    Act.HANDED_OVER: ("Diserahkan ke layanan darurat", "Handed over to the emergency service"),
    Act.NOT_EMERGENCY: ("Bukan darurat", "Not an emergency"),
    Act.EXTENDED: ("Diperpanjang", "Extended"),
    Act.OBJECTED: ("Keberatan diajukan", "Objection made"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done with a case. `seq` counts from 1 without gaps; `at`: aware UTC.

    `by`: the account of the staff; None for the system and the reporter. `data` can be written as JSON.
    """

    seq: int
    at: datetime
    act: Act
    by: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assignment:
    """An agency that a case was given to, how far it is, and since when."""

    agency: int
    name: str
    state: AgencyState
    since: datetime

    @property
    def pending(self) -> bool:
        """Tell whether the agency still owes its answer."""
        return self.state in (AgencyState.WAITING, AgencyState.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Transfer:
    """To whom a case was given that is not the city's to decide, and what was heard from there.

    `ticket`: the number there, empty until it is known. `news`: the newest, heard at `heard`.
    """

    receiver: str
    ticket: str
    reason: str
    since: datetime
    news: str = ""
    heard: datetime | None = None
    final: bool = False


@dataclass(frozen=True, slots=True)
class CaseState:
    """Where a case stands: what its events come to."""

    seq: int
    status: Status
    case_class: CaseClass
    category: str
    visibility: Visibility
    arrived: datetime
    changed: datetime
    """When anything was last done with it."""
    heard: datetime
    """The reporter's last word."""
    kelurahan: str = ""
    latitude: float | None = None
    longitude: float | None = None
    emergency: bool = False
    handed_over: datetime | None = None
    """When the emergency was given on; None while it still has to be, and when there is none."""
    agencies: tuple[Assignment, ...] = ()
    """Whom it was given to, as far as they still have it, answered or gave it back; in the order of the giving.
    An agency from which it was taken before it answered stands in the events alone."""
    transfer: Transfer | None = None
    merged_into: int | None = None
    joined: tuple[int, ...] = ()
    split_from: int | None = None
    assigned: int | None = None
    first_answer: datetime | None = None
    awaiting_since: datetime | None = None
    """Since when the reporter is awaited; None when not `INCOMPLETE`."""
    before_asking: Status | None = None
    reopened: int = 0
    """How many times."""
    extended: bool = False
    objected: datetime | None = None
    """Since when an objection (PPID) waits to be decided."""
    closed: datetime | None = None

    @property
    def open(self) -> bool:
        """Tell whether somebody still has something to do."""
        return self.status in OPEN

    @property
    def emergency_waits(self) -> bool:
        """Tell whether it is an emergency that nobody has given on yet."""
        return self.emergency and self.handed_over is None

    def agency(self, number: int) -> Assignment | None:
        """Return how an agency stands with it; None when it does not have it."""
        return next((a for a in self.agencies if a.agency == number), None)
