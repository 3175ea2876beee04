"""What staff should know about a plan: nothing here stops the air, everything here can be mended."""

from dataclasses import dataclass
from enum import StrEnum

from lppl.quanta import Quanta


class Rule(StrEnum):
    """Which rule a finding is about; stable words for pages, statistics and tests."""

    # the plan itself
    MISSING_ITEM = "missing_item"
    EMPTY_FOLDER = "empty_folder"
    BLOCK_OVERLONG = "block_overlong"
    BLOCK_SKIPPED = "block_skipped"
    TWO_HARD_STARTS = "two_hard_starts"
    ITEM_CUT = "item_cut"
    CLASH = "clash"
    GAP = "gap"
    ENDLESS_RULE = "endless_rule"
    NO_SUCH_TIME = "no_such_time"
    ZERO_LENGTH = "zero_length"
    UNKNOWN_NAME = "unknown_name"
    PLAYLIST_LOOP = "playlist_loop"
    EMPTY_CATEGORY = "empty_category"
    SERIES_ENDED = "series_ended"
    SEPARATION_BROKEN = "separation_broken"
    LIVE_RESERVED = "live_reserved"
    RIGHTS_OVER = "rights_over"
    PLAN_FAULT = "plan_fault"
    # spots
    SPOT_UNPLACED = "spot_unplaced"
    SPOT_NO_MATERIAL = "spot_no_material"
    # broadcasting rules
    AGE_HOURS = "age_hours"
    PRODUCT_HOURS = "product_hours"
    AD_SHARE = "ad_share"
    ILM_SHARE = "ilm_share"
    LOCAL_SHARE = "local_share"
    LANGUAGE = "language"
    CENSORSHIP = "censorship"
    LABEL = "label"
    RAMADAN = "ramadan"
    REPETITION = "repetition"


class Severity(StrEnum):
    """How much a finding weighs: publishing over a severe one needs a reason."""

    NOTE = "catatan"
    WARNING = "peringatan"
    SEVERE = "berat"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. `where` names the entry (``baris 12``, a grid entry), `at` the air time it shows at.

    `source` cites the rule (a law, a setting), `item` names what it is about, `remedy` says what to do, Indonesian;
    they are empty where the sentence says it all.
    """

    rule: Rule
    indonesian: str
    english: str
    where: str
    at: Quanta | None = None
    severity: Severity = Severity.WARNING
    source: str = ""
    item: str = ""
    remedy: str = ""


class Findings:
    """Collects findings; the same sentence about the same place is kept once, the earliest."""

    def __init__(self) -> None:
        self._found: dict[tuple[Rule, str, str], Finding] = {}

    def add(
        self,
        rule: Rule,
        indonesian: str,
        english: str,
        where: str,
        at: Quanta | None = None,
        severity: Severity = Severity.WARNING,
        *,
        source: str = "",
        item: str = "",
        remedy: str = "",
    ) -> None:
        """Note one finding."""
        found = Finding(rule, indonesian, english, where, at, severity, source, item, remedy)
        self._found.setdefault((rule, indonesian, where), found)

    def extend(self, findings: "tuple[Finding, ...]") -> None:
        """Note several."""
        for each in findings:
            self._found.setdefault((each.rule, each.indonesian, each.where), each)

    def all(self) -> tuple[Finding, ...]:
        """Return them in the order they were found."""
        return tuple(self._found.values())
