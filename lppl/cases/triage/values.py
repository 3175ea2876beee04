"""What triage says: a reason, and a suggestion that rests on reasons."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is thought, for a person to check.

    `word`: what led to it, as written there (words only, joined by spaces; never the text between them), or "".
    `start`, `end`: where in the text, in characters; both 0 when it is about no one place of it.
    """

    word: str
    indonesian: str
    english: str
    start: int = 0
    end: int = 0


class Field(StrEnum):
    """What of a case a suggestion is about."""

    CLASS = "class"
    CATEGORY = "category"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value that fits a field of a case. `score`: 0 to 1, comparable within one field and one source only."""

    field: Field
    value: str
    score: float
    reasons: tuple[Reason, ...]
