"""The past as plans read it: what aired, up to when, and how far it came. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from lppl.journal import Entry, Item
from lppl.ports import Aired
from lppl.quanta import Quanta
from lppl.rundown import Kind

NOT_PROGRAMME = (Kind.OFF, Kind.PREROLL, Kind.IDENT, Kind.SLATE, Kind.BREAK_IN)
"""What no schedule counts as aired."""


def aired_entries(entries: Sequence[Entry]) -> list[Aired]:
    """Return what of the journal's entries a plan counts as aired, as far as it was committed."""
    counted = (e for e in entries if e.item.asset is not None and e.item.kind not in NOT_PROGRAMME)
    return [aired_item(e.item, e.length) for e in counted]


def aired_item(item: Item, length: int) -> Aired:
    """Return what schedules need of an item; how far it came is not known of what was rendered from several."""
    assert item.asset is not None
    return Aired(item.asset, item.start, Quanta(length), Quanta(0 if item.source else item.in_point + length))


def aired_until(past: Iterable[Aired], at: Quanta) -> Iterator[Aired]:
    """Yield what aired before `at`; what reached beyond it, up to there."""
    for aired in past:
        over = aired.start + aired.length - at
        if over <= 0:
            yield aired
        elif over < aired.length:
            came = Quanta(max(0, aired.until - over)) if aired.until else aired.until
            yield replace(aired, length=Quanta(aired.length - over), until=came)
