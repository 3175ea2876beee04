"""Staff as values: roles, what each may do, accounts and sessions. Nothing here touches a database or a password.

What a role may do is decided here alone; pages, the API and personal tokens all ask for a :class:`Right`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from lppl.settings import one_line

SESSION_IDLE = timedelta(hours=12)
"""A session that nobody uses for a shift ends."""
SESSION_LONGEST = timedelta(days=7)
LINK_LIFE = timedelta(hours=24)
LINK_LIFE_FIRST = timedelta(days=7)

Login = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{1,63}$")]
"""What somebody logs in with: small letters, digits, ``. _ -``."""
PersonName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(one_line)
]
Agency = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120), AfterValidator(one_line)]


class Right(StrEnum):
    """What may be asked for; also the scopes of personal tokens."""

    VIEW = "lihat"
    """Plans, running orders, what is on the air."""
    MEDIA = "materi"
    PLAN = "pola"
    """The weekly grid and everything that it names."""
    PUBLISH = "terbit"
    RUNDOWN = "rundown"
    """Changes of the day by hand."""
    CONTROL = "kendali"
    """What is on the air now: skip, hold, break in."""
    LOGS = "log"
    REPORT = "laporan"
    """The head's figures."""
    AUDIT = "jejak"
    """Who changed what."""
    ADMIN = "kelola"
    """Accounts, settings, webhooks, channels of citizens' words."""
    NOTES = "catat-aduan"
    """Taking citizens' words down: call notes, events."""
    CASES_READ = "lihat-aduan"
    """Cases, names and numbers masked."""
    CASES = "aduan"
    """Working cases, the tray, the desk's own lists."""
    PERSONAL = "data-pribadi"
    """Opening names and numbers; each opening is put on record."""


class Role(StrEnum):
    """What somebody is at the station."""

    ADMIN = "admin"
    PROGRAMME = "penata"
    OPERATOR = "operator"
    ANNOUNCER = "penyiar"
    COMPLAINTS = "aduan"
    AGENCY = "opd"
    HEAD = "pimpinan"
    VIEWER = "pengamat"

    @property
    def label(self) -> str:
        """Its name in Indonesian."""
        return _LABELS[self][0]

    @property
    def english(self) -> str:
        """Its name in English."""
        return _LABELS[self][1]

    @property
    def rights(self) -> frozenset[Right]:
        """What it may do."""
        return RIGHTS[self]


_LABELS: Mapping[Role, tuple[str, str]] = {
    Role.ADMIN: ("Administrator", "Administrator"),
    Role.PROGRAMME: ("Penata acara", "Programme staff"),
    Role.OPERATOR: ("Operator", "Operator"),
    Role.ANNOUNCER: ("Penyiar", "Announcer"),
    Role.COMPLAINTS: ("Petugas aduan", "Complaint officer"),
    Role.AGENCY: ("Pejabat penghubung (OPD)", "Agency officer"),
    Role.HEAD: ("Pimpinan", "Head"),
    Role.VIEWER: ("Pengamat", "Viewer"),
}

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right),
    Role.PROGRAMME: frozenset(
        {Right.VIEW, Right.MEDIA, Right.PLAN, Right.PUBLISH, Right.RUNDOWN, Right.LOGS, Right.REPORT, Right.NOTES}
    ),
    Role.OPERATOR: frozenset({Right.VIEW, Right.MEDIA, Right.RUNDOWN, Right.CONTROL, Right.LOGS, Right.NOTES}),
    Role.ANNOUNCER: frozenset({Right.VIEW, Right.LOGS, Right.NOTES}),
    Role.COMPLAINTS: frozenset({Right.VIEW, Right.NOTES, Right.CASES_READ, Right.CASES, Right.PERSONAL}),
    Role.AGENCY: frozenset(),
    Role.HEAD: frozenset({Right.VIEW, Right.LOGS, Right.REPORT, Right.AUDIT, Right.CASES_READ}),
    Role.VIEWER: frozenset({Right.VIEW}),
}


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody of the station. `has_totp`: a second factor is asked for; `has_password`: one has been set."""

    id: int
    login: str
    name: str
    role: Role
    agency: str
    language: str
    active: bool
    has_password: bool
    has_totp: bool
    made: datetime
    last_login: datetime | None

    def may(self, right: Right) -> bool:
        """Tell whether the account has a right."""
        return self.active and right in self.role.rights


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody logged in. `whole`: the second factor was given, where there is one; until then only it may be given."""

    id: str
    account_id: int
    whole: bool
    made: datetime
    seen: datetime
    expires: datetime
    address: str
    agent: str

    def lasts(self, now: datetime) -> bool:
        """Tell whether it still holds: not too old, and used within a shift."""
        return now < self.expires and now - self.seen <= SESSION_IDLE


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A personal token; of the token itself only its hash is kept."""

    id: int
    account_id: int
    name: str
    scopes: frozenset[Right]
    made: datetime
    used: datetime | None
    expires: datetime | None
    revoked: datetime | None


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    FIRST = "pertama"
    """Makes the first administrator."""
    PASSWORD = "sandi"  # noqa: S105 - the word for it
    """Sets the password of an account."""
