"""Broadcasting rules, watched and never silently enforced: a plan goes in, findings come out, the plan stays as it is.

Every number is in the :class:`RuleBook`, dated and with its source; each local day is judged by what is in force on
it. One finding for each item, rule and day, at the first quantum that breaks the rule. Pure: no clock, no file. What
publishing does about a severe finding is the business of whoever publishes.
"""

from collections.abc import Callable, Sequence
from datetime import date

from scheduler.findings import Finding
from scheduler.rules.book import Law, RuleBook, in_force
from scheduler.rules.grid import grid_findings
from scheduler.rules.hours import age_hours, product_hours, ramadan
from scheduler.rules.material import censorship, labels, language, repetition
from scheduler.rules.planned import Day, Gathering, Item, Piece, Planned, Scheduled, Span, Spot, day_of
from scheduler.rules.shares import DayShares, share_findings, shares_of

__all__ = [
    "DEFAULT_BOOK",
    "DayShares",
    "Law",
    "Planned",
    "RuleBook",
    "Scheduled",
    "Span",
    "Spot",
    "in_force",
    "shares",
    "watch",
]

DEFAULT_BOOK = RuleBook()

ItemRule = Callable[[Day, Item, Sequence[Piece]], Finding | None]
BY_ITEM: tuple[ItemRule, ...] = (age_hours, product_hours, ramadan, censorship, language)


def watch(planned: Planned, book: RuleBook = DEFAULT_BOOK) -> tuple[Finding, ...]:
    """Return what is wrong with the days of a plan by `book`, in order of air time.

    SEVERE: age hours, product hours, a missing censorship pass, an advertisement inside the azan. WARNING: shares, a
    missing label, sahur, clash. NOTE: language, repetition, gap. Shares are of whole days: a day that the lines do not
    cover is judged by what they cover.
    """
    gathering = Gathering(planned)
    days = [day_of(planned, each, book) for each in _in_order(planned.days)]
    scheduled = sorted(planned.scheduled, key=lambda entry: entry.start) if planned.scheduled is not None else None
    found = repetition(days, planned, gathering)
    for day in days:
        airings = gathering.airings(day.start, day.end)
        for item, pieces in airings.items():
            found += [finding for rule in BY_ITEM if (finding := rule(day, item, pieces)) is not None]
        found += labels(day, airings, planned)
        found += share_findings(day, shares_of(day, airings))
        if scheduled is not None:
            found += grid_findings(day, scheduled)
    return tuple(sorted(found, key=lambda finding: finding.at or 0))


def shares(planned: Planned) -> tuple[DayShares, ...]:
    """Return the shares of each day of a plan, in order, for reports: no book limits them here."""
    gathering = Gathering(planned)
    days = (day_of(planned, each, DEFAULT_BOOK) for each in _in_order(planned.days))
    return tuple(shares_of(day, gathering.airings(day.start, day.end)) for day in days)


def _in_order(days: Sequence[date]) -> list[date]:
    return sorted(set(days))
