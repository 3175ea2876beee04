"""Shares of a local day: commercials, public-service spots (ILM), local content, Indonesian.

The numbers are given for every day; findings only where the book sets a limit that is passed. Exactly the limit is
fine.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lppl.programme import SpotKind
from scheduler.findings import Finding, Rule, Severity
from scheduler.rules.planned import Airings, Day
from scheduler.rules.wording import day_text, percent_text

INDONESIAN = "id"


@dataclass(frozen=True, slots=True)
class DayShares:
    """How long what aired on one local day, in quanta. Each share is in percent, None where there is nothing to share.

    `of_known_locality` and `of_known_language` are programme time of which the origin, the language is known.
    """

    day: date
    airtime: int
    commercial: int
    ilm: int
    local: int
    of_known_locality: int
    indonesian: int
    of_known_language: int

    @property
    def commercial_percent(self) -> float | None:
        """Commercials, of all airtime."""
        return _percent(self.commercial, self.airtime)

    @property
    def ilm_percent(self) -> float | None:
        """ILM, of all advertising."""
        return _percent(self.ilm, self.commercial + self.ilm)

    @property
    def local_percent(self) -> float | None:
        """Local content, of the programme time whose origin is known."""
        return _percent(self.local, self.of_known_locality)

    @property
    def indonesian_percent(self) -> float | None:
        """Indonesian, of the programme time whose language is known."""
        return _percent(self.indonesian, self.of_known_language)


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def shares_of(day: Day, airings: Airings) -> DayShares:
    """Add up what airs on `day`."""
    airtime = commercial = ilm = local = of_known_locality = indonesian = of_known_language = 0
    for item, pieces in airings.items():
        length = sum(piece.end - piece.start for piece in pieces)
        airtime += length
        if item.spot is not None:
            if item.spot.kind is SpotKind.ILM:
                ilm += length
            else:
                commercial += length
        if item.content and item.local is not None:
            of_known_locality += length
            local += length if item.local else 0
        if item.content and item.language:
            of_known_language += length
            indonesian += length if item.language == INDONESIAN else 0
    return DayShares(day.date, airtime, commercial, ilm, local, of_known_locality, indonesian, of_known_language)


@dataclass(frozen=True, slots=True)
class _Limit:
    """One share with its bound: `part` of `whole` quanta, at most or at least `percent`."""

    rule: Rule
    part: int
    whole: int
    percent: float | None
    most: bool
    what: tuple[str, str]
    source: str
    remedy: str

    @property
    def passed(self) -> bool:
        """Whether the share lies beyond its bound; multiplied out, so that exactly the bound is exact."""
        if self.percent is None or not self.whole:
            return False
        share, bound = 100 * self.part, self.percent * self.whole
        return share > bound if self.most else share < bound


def share_findings(day: Day, shares: DayShares) -> list[Finding]:
    """Return what is beyond its limit on a day."""
    return [_finding(day, limit) for limit in _limits(day, shares) if limit.passed]


def _limits(day: Day, shares: DayShares) -> Iterable[_Limit]:
    law = day.law
    if law.commercial:
        yield _Limit(
            Rule.AD_SHARE,
            shares.commercial,
            shares.airtime,
            law.commercial.percent,
            True,
            ("Iklan niaga dari seluruh waktu siaran", "Commercials of all airtime"),
            law.commercial.source,
            "Kurangi iklan niaga hari itu, atau pindahkan sebagian ke hari lain.",
        )
    if law.ilm:
        yield _Limit(
            Rule.ILM_SHARE,
            shares.ilm,
            shares.commercial + shares.ilm,
            law.ilm.percent,
            False,
            ("Iklan layanan masyarakat dari seluruh iklan", "Public-service spots of all advertising"),
            law.ilm.source,
            "Tambah iklan layanan masyarakat hari itu, atau kurangi iklan niaga.",
        )
    if law.local:
        yield _Limit(
            Rule.LOCAL_SHARE,
            shares.local,
            shares.of_known_locality,
            law.local.percent,
            False,
            ("Muatan lokal dari waktu mata acara", "Local content of programme time"),
            law.local.source,
            "Tambah mata acara muatan lokal hari itu.",
        )
    if law.languages:
        yield _Limit(
            Rule.LANGUAGE,
            shares.indonesian,
            shares.of_known_language,
            law.languages.indonesian_percent,
            False,
            ("Bahasa Indonesia dari waktu mata acara", "Indonesian of programme time"),
            law.languages.source,
            "Tambah mata acara berbahasa Indonesia hari itu.",
        )


def _finding(day: Day, limit: _Limit) -> Finding:
    (share, share_en), (bound, bound_en) = (
        percent_text(100 * limit.part / limit.whole),
        percent_text(limit.percent or 0),
    )
    (date_id, date_en), (what, what_en) = day_text(day.date), limit.what
    side, side_en = ("paling banyak", "at most") if limit.most else ("paling sedikit", "at least")
    return Finding(
        limit.rule,
        f"{what} pada {date_id}: {share}, seharusnya {side} {bound}.",
        f"{what_en} on {date_en}: {share_en}, should be {side_en} {bound_en}.",
        day.date.isoformat(),
        day.start,
        Severity.WARNING,
        limit.source,
        what,
        limit.remedy,
    )
