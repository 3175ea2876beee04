"""What staff see of a case: values without a name or a number in them, unless these were opened on purpose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lppl.cases.clocks import Clock
from lppl.cases.values import Act, CaseState, Event
from lppl.masking import MASK


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list."""

    id: int
    code: str
    status: str
    case_class: str
    category: str
    title: str
    kelurahan: str
    source: str
    visibility: str
    arrived: datetime
    heard: datetime
    due: datetime | None
    due_clock: str
    late: bool
    emergency: bool
    handed_over: datetime | None
    assigned: int | None
    seq: int


@dataclass(frozen=True, slots=True)
class EnclosureView:
    """An enclosure of a word. `parts`: which forms of it can be looked at."""

    id: str
    kind: str
    state: str
    content_type: str
    size: int
    parts: Sequence[str]
    outcome: str


@dataclass(frozen=True, slots=True)
class WordView:
    """One message as it was said, without personal data."""

    id: int
    said: datetime
    source: str
    text: str
    corrected: bool
    withdrawn: datetime | None
    enclosures: Sequence[EnclosureView]


@dataclass(frozen=True, slots=True)
class ReporterView:
    """Who said it, masked: the first letter of a name, the end of a number. `cases`: how many others are theirs."""

    id: int
    name: str
    phone: str
    email: str
    nik_end: str
    erased: bool
    cases: int


@dataclass(frozen=True, slots=True)
class CaseView:
    """All that the page of a case shows."""

    line: CaseLine
    text: str
    state: CaseState
    events: Sequence[Event]
    words: Sequence[WordView]
    reporter: ReporterView | None
    clocks: Sequence[Clock]
    allowed: frozenset[Act]
    names: Mapping[int, str] = field(default_factory=dict)
    """Of the accounts that appear in it."""
    others: Mapping[int, str] = field(default_factory=dict)
    """Codes of other cases that appear in it."""


def masked_name(name: str) -> str:
    """Return a name by its first letters alone: ``S… W…``. Pure."""
    return " ".join(f"{part[0]}…" for part in name.split()[:4])


def masked_phone(number: str) -> str:
    """Return the end of a number. Pure."""
    return f"{MASK}{number[-3:]}" if len(number) > 5 else (MASK if number else "")


def masked_email(address: str) -> str:
    """Return an address by its first letter and its domain. Pure."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}{MASK}@{domain}" if at else (MASK if address else "")


def masked(number: int, facts: Mapping[str, str], row: Any, others: int) -> ReporterView:
    """Return a reporter as everybody at the desk may see them. Pure."""
    return ReporterView(
        number, masked_name(facts.get("name", "")), masked_phone(facts.get("phone", "")),
        masked_email(facts.get("email", "")), row.nik_end, row.erased is not None, others,
    )  # fmt: skip
