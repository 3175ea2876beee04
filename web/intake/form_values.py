"""What a citizen typed into the public form, checked. Pure: the page reads the request, this says what it means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lppl.cases.values import CaseClass
from lppl.intake.numbers import international
from lppl.intake.values import Enclosure, Intake, Place, Sender, Source, Visibility

SHORTEST, LONGEST = 10, 5_000
FIELDS = (
    "kind", "text", "where", "kelurahan", "latitude", "longitude", "name", "phone", "email", "visibility", "token",
    "website",
)  # fmt: skip
"""`website` is a trap: people do not see it, programs that fill in everything do."""
KINDS = {"complaint": "", "aspiration": CaseClass.ASPIRATION.value, "request": CaseClass.REQUEST.value}
_EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$")
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{16,64}$")


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields as they were typed, and which of them are wrong (field -> key of a sentence)."""

    fields: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)


def checked(fields: Mapping[str, str], files: int) -> Typed:
    """Return what was typed with what is wrong about it; `files`: how many came with it."""
    found = {name: fields.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
    wrong: dict[str, str] = {}
    if len(found["text"]) < SHORTEST and not files:
        wrong["text"] = "wrong_text"
    elif len(found["text"]) > LONGEST:
        wrong["text"] = "wrong_long"
    if found["phone"] and not international(found["phone"]):
        wrong["phone"] = "wrong_phone"
    if found["email"] and (len(found["email"]) > 200 or not _EMAIL.match(found["email"])):
        wrong["email"] = "wrong_email"
    if not _TOKEN.match(found["token"]):
        wrong["token"] = "forged"  # noqa: S105 - the key of a sentence
    return Typed(found, wrong)


def intake_of(typed: Typed, now: datetime, enclosures: tuple[Enclosure, ...]) -> Intake:
    """Return the word that was typed."""
    fields = typed.fields
    visibility = next((v for v in Visibility if v.value == fields["visibility"]), Visibility.OPEN)
    latitude, longitude = _degrees(fields["latitude"], 90), _degrees(fields["longitude"], 180)
    if latitude is None or longitude is None:
        latitude = longitude = None
    return Intake(
        Source.WEB, fields["token"], now, fields["text"],
        sender=Sender(
            name=fields["name"][:200], phone=international(fields["phone"]), email=fields["email"].casefold()
        ),
        place=Place(fields["where"][:300], fields["kelurahan"][:80], latitude, longitude),
        enclosures=enclosures, visibility=visibility, wanted=KINDS.get(fields["kind"], ""),
    )  # fmt: skip


def _degrees(text: str, most: int) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) <= most else None  # not a number is no less than anything
