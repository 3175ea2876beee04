"""What staff should know about a running order: nothing here stops the air, everything here can be mended."""

from dataclasses import dataclass
from enum import StrEnum

from lppl.quanta import Quanta


class Rule(StrEnum):
    """Which rule a finding is about; stable words for pages, statistics and tests."""

    MISSING_ITEM = "missing_item"
    EMPTY_FOLDER = "empty_folder"
    BLOCK_OVERLONG = "block_overlong"
    BLOCK_SKIPPED = "block_skipped"
    TWO_HARD_STARTS = "two_hard_starts"
    ITEM_CUT = "item_cut"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. `where` names the entry of the file (``baris 12``), `at` the air time it shows at."""

    rule: Rule
    indonesian: str
    english: str
    where: str
    at: Quanta | None = None


class Findings:
    """Collects findings; the same sentence about the same place is kept once, the earliest."""

    def __init__(self) -> None:
        self._found: dict[tuple[Rule, str, str], Finding] = {}

    def add(self, rule: Rule, indonesian: str, english: str, where: str, at: Quanta | None = None) -> None:
        """Note one finding."""
        self._found.setdefault((rule, indonesian, where), Finding(rule, indonesian, english, where, at))

    def all(self) -> tuple[Finding, ...]:
        """Return them in the order they were found."""
        return tuple(self._found.values())
