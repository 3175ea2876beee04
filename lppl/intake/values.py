"""What arrives, as one value for every channel; and what a parser of a channel makes of what it was sent.

A parser is a pure function ``parse(raw: Raw) -> Parsed``. It never raises: what it cannot read it returns as
:class:`Unread`, which a person is shown. Nothing here touches a network, a database or a clock.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

TEXT_LENGTH = 20_000
"""Characters kept of one message; all of it stays in what was received."""
NAME_LENGTH = 200


class Source(StrEnum):
    """The channel by which a word comes. The values stand in records, addresses and settings."""

    CALL = "telepon"
    """A recorded call to the phone line, or by the browser's microphone."""
    NOTE = "catatan"
    """Typed by staff while somebody calls in to a show."""
    WEB = "web"
    EVENT = "acara"
    """Taken down at an event: ngaji bareng, teras walikota, dialog umat, pameran."""
    WHATSAPP = "whatsapp"
    TELEGRAM = "telegram"
    SMS = "sms"
    EMAIL = "email"
    TABLE = "tabel"
    """A table that another system exported: SP4N-LAPOR!, LaporGub, UP4."""
    APP = "aplikasi"
    """Another program, by the signed generic JSON."""
    OPEN311 = "open311"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    X = "x"


class Kind(StrEnum):
    """What an enclosure claims to be; what it is, its bytes decide later."""

    PICTURE = "gambar"
    SOUND = "suara"
    VIDEO = "video"
    FILE = "berkas"


class Visibility(StrEnum):
    """Who may know: `ANON` hides the name from the public, `SECRET` hides the whole report from it."""

    OPEN = "terbuka"
    ANON = "anonim"
    SECRET = "rahasia"  # noqa: S105 - the word for it


@dataclass(frozen=True, slots=True)
class Raw:
    """What a channel sent, byte for byte, and what has to be known to read it. `received`: aware UTC."""

    source: Source
    body: bytes
    content_type: str
    received: datetime


@dataclass(frozen=True, slots=True)
class Sender:
    """Who says it, as far as told. `handle` is the channel's own lasting id of a person; phone numbers may change hands
    or be missing, so nobody is known by them alone when there is a handle."""

    handle: str = ""
    name: str = ""
    phone: str = ""
    """As ``+62…`` when it could be read as a number (:func:`lppl.intake.numbers.international`), else as it came."""
    email: str = ""
    address: str = ""
    nik: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is about. Coordinates in degrees, both or neither."""

    text: str = ""
    kelurahan: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A picture, recording or file that belongs to a word. One of `ref`, `url`, `data` says where its bytes are:
    the channel's own id to fetch it by, an address that a stranger names, or the bytes themselves."""

    kind: Kind
    ref: str = ""
    url: str = ""
    data: bytes | None = None
    name: str = ""
    content_type: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """One word of one person. `key` is unique within the source and stays the same when it is delivered again."""

    source: Source
    key: str
    said: datetime
    """When it was said, by the channel's own clock; aware UTC."""
    text: str
    sender: Sender = field(default_factory=Sender)
    title: str = ""
    place: Place = field(default_factory=Place)
    enclosures: tuple[Enclosure, ...] = ()
    visibility: Visibility = Visibility.OPEN
    wanted: str = ""
    """What the sender calls it: a class (:class:`lppl.cases.life.CaseClass`), or the service code of Open311."""
    category: str = ""
    answers: str = ""
    """The key of the message that this one answers, where the channel says so."""
    corrects: str = ""
    """The key of the word that this one replaces: an edited message."""
    withdraws: str = ""
    """The key of the word that its sender deleted; the rest is empty then. Nothing is thrown away for it."""
    outside_ticket: str = ""
    """The number that another system gave it."""
    occasion: str = ""
    """At which event, or in which show, it was said."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of what was sent that nobody could read: why, in both languages, and where it stood."""

    reason: str
    """A stable word: ``damaged``, ``unknown-type``, ``encoding``, ``too-large``, ``empty``."""
    indonesian: str
    english: str
    where: str = ""
    """Which part, such as ``entry[0].changes[1]``; empty for all of it."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser made of it. `ignored` counts parts that are nobody's word: delivery receipts, own echoes."""

    intakes: tuple[Intake, ...] = ()
    unread: tuple[Unread, ...] = ()
    ignored: int = 0
