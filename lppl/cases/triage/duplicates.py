"""Cases that may be about the same thing: the same words, the same place, about the same time.

:func:`keys` gives the words by which a database finds candidates; :func:`likely` compares with each of them. A person
decides whether cases are joined.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lppl.cases.triage.values import Reason
from lppl.cases.triage.word_list import listed
from lppl.cases.triage.words import tokens

__all__ = ["Duplicate", "Frequencies", "Look", "frequencies", "haversine", "keys", "likely", "look"]

THRESHOLD = 0.5
MOST = 5
KEYS = 8
DECAY = timedelta(days=30)
"""After so long a case speaks only by a third (1/e) for being about the same."""
NEAR = 150.0
"""Metres at which a place speaks by a third for being the same."""
FAR = 2000.0
"""Metres beyond which two things are not the same, whatever the words."""
_FEWEST_WORDS = 0.15
"""Share of words in common below which place and time are not even looked at."""
_WEIGHTS = {"words": 0.55, "place": 0.2, "time": 0.1, "category": 0.15}
_EVERYDAY = listed(
    """
    jalan rusak warga lapor baik kota pekalongan rumah lama kondisi masalah ganggu daerah wilayah kelurahan kecamatan
    nomor lokasi depan belakang dekat samping besar kecil tindak lanjut respon adu keluh laku air lampu sampah mati
    pihak terkait dinas perintah anak bulan tahun minggu jam malam pagi parah gang rt rw lewat lalu kendara motor
    """
)
"""Stems that most complaints share: no candidates are looked for by them while there are others."""


@dataclass(frozen=True, slots=True)
class Look:
    """What of a case is compared. `stems`: see :func:`look`; `at`: aware; coordinates in degrees, both or neither."""

    number: int
    stems: frozenset[str]
    at: datetime
    category: str = ""
    kelurahan: str = ""
    latitude: float | None = None
    longitude: float | None = None
    written: Mapping[str, str] = field(default_factory=dict)
    """How each stem stands in the text, for people to read."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A case that may be about the same. `score`: 0 to 1."""

    number: int
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many of `documents` cases each stem stands; what weighs a word in common."""

    documents: int = 0
    stems: Mapping[str, int] = field(default_factory=dict)


def look(
    number: int,
    text: str,
    at: datetime,
    *,
    category: str = "",
    kelurahan: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
) -> Look:
    """Return what of a case is compared, from its text."""
    written: dict[str, str] = {}
    for token in tokens(text):
        if token.weighs:
            written.setdefault(token.stem, token.written.casefold())
    return Look(number, frozenset(written), at, category, kelurahan.casefold(), latitude, longitude, written)


def frequencies(looks: Iterable[Look]) -> Frequencies:
    """Return the document frequencies of some cases."""
    stems: Counter[str] = Counter()
    documents = 0
    for each in looks:
        documents += 1
        stems.update(each.stems)
    return Frequencies(documents, stems)


def keys(text: str, known: Frequencies | None = None) -> tuple[str, ...]:
    """Return the stems by which candidates are found, the rarest first; at most `KEYS`, none twice.

    Without frequencies, long words and those that few complaints share count as rare.
    """
    found = sorted({t.stem for t in tokens(text) if t.weighs and len(t.stem) > 2 and not t.plain.isdigit()})
    if known is not None and known.documents:
        found.sort(key=lambda stem: (known.stems.get(stem, 0), -len(stem), stem))
    else:
        found.sort(key=lambda stem: (stem in _EVERYDAY, -len(stem), stem))
    return tuple(found[:KEYS])


def likely(
    case: Look, others: Iterable[Look], now: datetime, known: Frequencies | None = None
) -> tuple[Duplicate, ...]:
    """Return the cases that may be about the same, likeliest first; at most `MOST`, all above `THRESHOLD`.

    `known`: document frequencies; those of `others` when not given. `now` is aware; the case itself among the others
    is left out. A place that one of the two does not tell neither speaks for nor against.
    """
    candidates = [other for other in others if other.number != case.number]
    known = known if known is not None else frequencies([case, *candidates])
    rare = {stem: math.log(1 + known.documents / (1 + count)) for stem, count in known.stems.items()}
    unseen = math.log(1 + known.documents) or 1.0
    own = sum(rare.get(stem, unseen) for stem in case.stems)
    found: list[Duplicate] = []
    for other in candidates:
        common = case.stems & other.stems
        if not common:
            continue
        shared = sum([rare.get(stem, unseen) for stem in common])
        if shared < _FEWEST_WORDS * own:
            continue
        whole = own + sum([rare.get(stem, unseen) for stem in other.stems]) - shared
        words = shared / whole if whole else 0.0
        if words < _FEWEST_WORDS:
            continue
        duplicate = _compared(case, other, now, words, sorted(common, key=lambda s: (-rare.get(s, unseen), s)))
        if duplicate is not None:
            found.append(duplicate)
    return tuple(sorted(found, key=lambda d: (-d.score, d.number))[:MOST])


def _compared(case: Look, other: Look, now: datetime, words: float, common: Sequence[str]) -> Duplicate | None:
    """Return another case as a duplicate with its reasons, or None when too little speaks for it."""
    shown = ", ".join(case.written.get(stem, stem) for stem in common[:6])
    reasons = [Reason("", f"Kata yang sama: {shown}", f"Words in common: {shown}")]
    spoken = {"words": words}
    place = _place(case, other)
    if place is not None:
        spoken["place"], reason = place
        if reason is None and spoken["place"] == 0:
            return None
        reasons += [reason] if reason else []
    age = abs(now - other.at)
    spoken["time"] = math.exp(-age / DECAY)
    days = age.days
    reasons.append(Reason("", f"Masuk {days} hari lalu", f"Came {days} day{'' if days == 1 else 's'} ago"))
    if case.category and other.category:
        spoken["category"] = float(case.category == other.category)
        if spoken["category"]:
            reasons.append(Reason("", f"Kategori sama: {case.category}", f"Same category: {case.category}"))
    weight = sum(_WEIGHTS[part] for part in spoken)
    score = sum(_WEIGHTS[part] * value for part, value in spoken.items()) / weight
    return Duplicate(other.number, round(score, 4), tuple(reasons)) if score >= THRESHOLD else None


def _place(case: Look, other: Look) -> tuple[float, Reason | None] | None:
    """Return how far places speak for being the same (0 to 1) and why; None when they are not told.

    Coordinates go before kelurahan. 0 without a reason: too far apart to be the same.
    """
    if None not in (case.latitude, case.longitude, other.latitude, other.longitude):
        metres = haversine(case, other)
        if metres > FAR:
            return 0.0, None
        shown = f"{metres:.0f} m"
        return math.exp(-metres / NEAR), Reason("", f"Jarak {shown}", f"{shown} apart")
    if case.kelurahan and other.kelurahan:
        if case.kelurahan != other.kelurahan:
            return 0.0, Reason("", "Kelurahan berbeda", "Different kelurahan")
        name = case.kelurahan.title()
        return 0.7, Reason("", f"Kelurahan sama: {name}", f"Same kelurahan: {name}")
    return None


def haversine(one: Look, other: Look) -> float:
    """Return metres between the places of two cases on a sphere of 6,371 km; 0 where one has none."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return 0.0
    north = math.radians(other.latitude - one.latitude)
    east = math.radians(other.longitude - one.longitude)
    a = (
        math.sin(north / 2) ** 2
        + math.cos(math.radians(one.latitude)) * math.cos(math.radians(other.latitude)) * math.sin(east / 2) ** 2
    )
    return 2 * 6_371_000 * math.asin(math.sqrt(min(1.0, a)))
