"""How soon an arrival is read: who may be in danger first, what staff bring in by the thousand last."""

import structlog

from lppl.cases.triage.emergency import emergency
from lppl.intake import parsers
from lppl.intake.values import Raw
from lppl.intake.works import Rank

log = structlog.get_logger(__name__)

SHORT = 64_000
"""Bytes up to which something is looked into before it is kept. What people write is far shorter."""


def rank_of(raw: Raw) -> Rank:
    """Return the rank of what just came, by the words in it. Takes well under a millisecond; never raises."""
    if len(raw.body) > SHORT:
        return Rank.ORDINARY
    try:
        said = [intake.text for intake in parsers.parse(raw).intakes]
    except Exception as error:  # noqa: BLE001 - a parser promises not to; whoever reads it finds the same
        log.warning("rank_unknown", source=raw.source.value, reason=type(error).__name__)
        return Rank.ORDINARY
    return Rank.URGENT if any(map(emergency, said)) else Rank.ORDINARY
