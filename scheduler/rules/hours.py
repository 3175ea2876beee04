"""Rules of hours: age classes, products that may be advertised only at night, azan and sahur of Ramadan.

Each takes what airs of one item on one local day and returns at most one finding, at the first quantum that breaks
the rule. An hour that a clock change repeats is read as the grid reads it: a window opens and closes at the first.
"""

from collections.abc import Callable, Iterable, Sequence

from lppl.quanta import Quanta
from scheduler.findings import Finding, Rule, Severity
from scheduler.rules.book import Sahur, hours_text
from scheduler.rules.planned import Day, Item, Piece, Span
from scheduler.rules.wording import PRODUCTS, moment, times

Broken = tuple[Piece, Quanta, int]
"""The first piece that breaks a rule, where it begins to, and how many pieces of the day do."""


def first_outside(piece: Piece, allowed: Iterable[Span]) -> Quanta | None:
    """Return the first quantum of `piece` outside the `allowed` spans (in order, apart); None when it lies within."""
    at = piece.start
    for start, end in allowed:
        if at < start:
            break
        at = max(at, end)
    return at if at < piece.end else None


def first_inside(piece: Piece, forbidden: Iterable[Span]) -> Quanta | None:
    """Return the first quantum of `piece` inside the `forbidden` spans, in order; None when it touches none."""
    for start, end in forbidden:
        if start < piece.end and piece.start < end and start < end:
            return max(start, piece.start)
    return None


def _broken(pieces: Sequence[Piece], breaks: Callable[[Piece], Quanta | None]) -> Broken | None:
    found = [(piece, at) for piece in pieces if (at := breaks(piece)) is not None]
    return (*found[0], len(found)) if found else None


def age_hours(day: Day, item: Item, pieces: Sequence[Piece]) -> Finding | None:
    """Age class against hours: the asset's class, else its programme's."""
    rule = day.law.ages.get(item.age) if item.age else None
    if item.age is None or rule is None or rule.hours is None:
        return None
    allowed = day.spans(rule.hours)
    broken = _broken(pieces, lambda piece: first_outside(piece, allowed))
    if broken is None:
        return None
    piece, at, count = broken
    (when, when_en), (often, often_en) = moment(at, day.zone), times(count)
    outside, outside_en, move = _outside(rule.hours)
    return Finding(
        Rule.AGE_HOURS,
        f"“{item.title}” ({item.age.label}) disiarkan {outside}: mulai {when}{often}.",
        f"“{item.title}” ({item.age.label}) airs {outside_en}: from {when_en}{often_en}.",
        piece.where,
        at,
        Severity.SEVERE,
        rule.source,
        item.title,
        f"{move} Ganti dengan materi lain, atau perbaiki klasifikasi usianya bila keliru.",
    )


def product_hours(day: Day, item: Item, pieces: Sequence[Piece]) -> Finding | None:
    """Cigarette and adult advertising against its hours."""
    rule = day.law.products.get(item.spot.product) if item.spot else None
    if item.spot is None or rule is None or rule.hours is None:
        return None
    allowed = day.spans(rule.hours)
    broken = _broken(pieces, lambda piece: first_outside(piece, allowed))
    if broken is None:
        return None
    piece, at, count = broken
    (product, product_en), (when, when_en), (often, often_en) = (
        PRODUCTS[rule.product],
        moment(at, day.zone),
        times(count),
    )
    outside, outside_en, move = _outside(rule.hours)
    return Finding(
        Rule.PRODUCT_HOURS,
        f"Iklan {product} “{item.title}”{_by(item)} disiarkan {outside}: mulai {when}{often}.",
        f"The {product_en} advertisement “{item.title}”{_by(item)} airs {outside_en}: from {when_en}{often_en}.",
        piece.where,
        at,
        Severity.SEVERE,
        rule.source,
        item.title,
        f"{move} Ubah jam tayang di pesanan iklannya.",
    )


def ramadan(day: Day, item: Item, pieces: Sequence[Piece]) -> Finding | None:
    """No advertising inside the azan; at sahur only what is safe for everybody. The azan is told first."""
    return _azan(day, item, pieces) or _sahur(day, item, pieces)


def _azan(day: Day, item: Item, pieces: Sequence[Piece]) -> Finding | None:
    rule = day.law.azan
    if item.spot is None or rule is None or not day.azan or (rule.ramadan_only and not day.ramadan):
        return None
    broken = _broken(pieces, lambda piece: first_inside(piece, day.azan))
    if broken is None:
        return None
    piece, at, count = broken
    (when, when_en), (often, often_en) = moment(at, day.zone), times(count)
    return Finding(
        Rule.RAMADAN,
        f"Iklan “{item.title}”{_by(item)} disiarkan di dalam azan: mulai {when}{often}.",
        f"The advertisement “{item.title}”{_by(item)} airs inside the azan: from {when_en}{often_en}.",
        piece.where,
        at,
        Severity.SEVERE,
        rule.source,
        item.title,
        "Geser iklan ke sebelum atau sesudah azan.",
    )


def _sahur(day: Day, item: Item, pieces: Sequence[Piece]) -> Finding | None:
    rule = day.law.sahur
    if rule is None or not day.ramadan or not _unsafe(item, rule):
        return None
    forbidden = day.spans(rule.hours)
    broken = _broken(pieces, lambda piece: first_inside(piece, forbidden))
    if broken is None:
        return None
    piece, at, count = broken
    (when, when_en), (often, often_en) = moment(at, day.zone), times(count)
    if item.spot and item.spot.product in rule.not_advertised:
        product, product_en = PRODUCTS[item.spot.product]
        what, what_en = f"iklan {product}", f"{product_en} advertising"
    else:
        what = what_en = item.age.label if item.age else ""
    hours = hours_text(rule.hours)
    return Finding(
        Rule.RAMADAN,
        f"“{item.title}” ({what}) disiarkan pada jam sahur ({hours}): mulai {when}{often}.",
        f"“{item.title}” ({what_en}) airs at sahur ({hours}): from {when_en}{often_en}.",
        piece.where,
        at,
        Severity.WARNING,
        rule.source,
        item.title,
        "Ganti dengan materi yang aman untuk semua umur, atau pindahkan ke luar jam sahur.",
    )


def _unsafe(item: Item, rule: Sahur) -> bool:
    if item.spot and item.spot.product in rule.not_advertised:
        return True
    return item.age is not None and item.age not in rule.classes


def _outside(hours: tuple[tuple[int, int], ...]) -> tuple[str, str, str]:
    """Say what lies outside `hours`: Indonesian, English, and where to move it, Indonesian."""
    if not hours:
        return "padahal dilarang pada jam apa pun", "although it is forbidden at any hour", "Keluarkan dari susunan."
    text = hours_text(hours)
    return f"di luar jam {text}", f"outside {text}", f"Pindahkan ke jam {text}."


def _by(item: Item) -> str:
    return f" ({item.spot.advertiser})" if item.spot and item.spot.advertiser else ""
