"""Names of kelurahan and kecamatan in what citizens write, by the station's own table.

Names of seven letters and more may be mistyped by one, written apart or together. A name that is also an everyday word
(*jenggot*, a beard) needs a word beside it that says it is a place.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lppl.cases.triage.values import Reason
from lppl.cases.triage.word_list import listed
from lppl.cases.triage.words import near, tokens

__all__ = ["Kelurahan", "PlaceFound", "found", "letters"]

_CUES = listed(
    """
    kel kelurahan klurahan ds desa dsn dusun dk kp kampung kampoeng wilayah daerah dukuh lurah kec kecamatan camat
    """
)
_SMALL_CUES = listed("di ning neng nang teng ing ke dari warga asal sekitar perempatan pertigaan pasar masjid makam")
"""Before a name with a capital: *di Jenggot*."""
_STREETS = listed("jl jln jalan gg gang")
_MISTYPED = 7
_LONGEST = 4
"""Words of the longest name, as it may be written apart."""


@dataclass(frozen=True, slots=True)
class Kelurahan:
    """A kelurahan or desa of the station's table. Coordinates in degrees, both or neither.

    `aliases`: other names that people use for it, such as those of before a merger. `everyday`: those of its names that
    are also common words.
    """

    name: str
    kecamatan: str
    aliases: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    everyday: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """A place at ``text[start:end]``. `kelurahan`: None when only the kecamatan is named. `score`: 0 to 1."""

    kecamatan: str
    kelurahan: Kelurahan | None
    start: int
    end: int
    score: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class _Name:
    """A name of a place, its letters together."""

    letters: str
    kecamatan: str
    kelurahan: Kelurahan | None
    everyday: bool


def letters(name: str) -> str:
    """Return a name's letters and figures, folded and together."""
    return "".join(c for t in tokens(name) for c in t.written.casefold() if c.isalnum())


class _Index:
    """The names of a table, found by their letters, or by their letters but one."""

    def __init__(self, table: Sequence[Kelurahan]) -> None:
        self.names: dict[str, _Name] = {}
        self.but_one: dict[str, list[_Name]] = {}
        for place in table:
            everyday = {letters(n) for n in place.everyday}
            for name in (place.name, *place.aliases):
                together = letters(name)
                self._add(_Name(together, place.kecamatan, place, together in everyday or len(together) <= 4))
        for kecamatan in dict.fromkeys(place.kecamatan for place in table):
            together = letters(kecamatan)
            if together not in self.names:
                self._add(_Name(together, kecamatan, None, everyday=False))

    def _add(self, name: _Name) -> None:
        if not name.letters or name.letters in self.names:
            return
        self.names[name.letters] = name
        if len(name.letters) >= _MISTYPED:
            for key in {name.letters, *_but_one(name.letters)}:
                self.but_one.setdefault(key, []).append(name)

    def close(self, letters: str) -> _Name | None:
        """Return the one name that differs by a letter; None when there is none or more than one."""
        if len(letters) < _MISTYPED - 1 or len(letters) > 40:
            return None
        close = {
            name.letters: name
            for key in (letters, *_but_one(letters))
            for name in self.but_one.get(key, ())
            if near(letters, name.letters)
        }
        return next(iter(close.values())) if len(close) == 1 else None


def _but_one(letters: str) -> Iterator[str]:
    """Yield a word without each of its letters."""
    for i in range(len(letters)):
        yield letters[:i] + letters[i + 1 :]


@lru_cache(maxsize=8)
def _index(table: tuple[Kelurahan, ...]) -> _Index:
    return _Index(table)


def found(text: str, table: Iterable[Kelurahan]) -> tuple[PlaceFound, ...]:
    """Return the places of a table that a text names, in its order, none overlapping another.

    Exactly written ones score 1, mistyped ones 0.7, names of streets (*Jl. Kauman*, which may be anywhere) 0.4. Takes
    any text; of more than `TEXT_LENGTH` characters only those are read.
    """
    index = _index(tuple(table))
    words = tokens(text)
    written = [w.written.casefold() for w in words]
    places: list[PlaceFound] = []
    i = 0
    while i < len(words):
        for count in range(min(_LONGEST, len(words) - i), 0, -1):
            if not all(_together(text[words[k].end : words[k + 1].start]) for k in range(i, i + count - 1)):
                continue
            place = _named(text, written, i, count, words[i].start, words[i + count - 1].end, index)
            if place is not None:
                places.append(place)
                i += count - 1
                break
        i += 1
    return tuple(places)


def _together(between: str) -> bool:
    """Tell whether what stands between two words may stand within a name."""
    return len(between) <= 3 and between.strip(" ") in ("", "-", ".", "'")


def _named(
    text: str, written: Sequence[str], i: int, count: int, start: int, end: int, index: _Index
) -> PlaceFound | None:
    """Return the place that some words name; None when they name none."""
    letters = "".join(c for word in written[i : i + count] for c in word if c.isalnum())
    before = written[i - 1] if i else ""
    capital = text[start].isupper()
    cue = before in _CUES or (capital and before in _SMALL_CUES)
    name, score = index.names.get(letters), 1.0
    if name is None:
        # one letter wrong may as well be another word, unless it is written as a name
        name, score = index.close(letters) if capital or cue else None, 0.7
    if name is None or (name.everyday and not cue):
        return None
    if before in _STREETS:
        score = 0.4
    shown = text[start:end][:80]
    label = (name.kelurahan.name, "kelurahan") if name.kelurahan else (name.kecamatan, "kecamatan")
    return PlaceFound(
        name.kecamatan,
        name.kelurahan,
        start,
        end,
        score,
        Reason(shown, f"“{shown}”: {label[1]} {label[0]}", f'"{shown}": {label[1]} {label[0]}', start, end),
    )
