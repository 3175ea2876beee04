"""Rude words in Indonesian, Javanese and English, also thinly disguised, so that nobody reads one out on the air.

Only whole words: *asu* is none in *kasus* or *asuransi*. An animal is no insult where it is spoken of as an animal.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lppl.cases.triage.word_list import listed
from lppl.cases.triage.words import unmasked
from lppl.intake.values import TEXT_LENGTH

__all__ = ["Rude", "rude"]


@dataclass(frozen=True, slots=True)
class Rude:
    """A rude word at ``text[start:end]``. `word`: as it is without disguise."""

    start: int
    end: int
    word: str


RUDE = listed(
    """
    asu asem anjing anjeng anjrit anjrot babi bangsat bajingan bajing bajigur bajindul bedebah bego biadab brengsek
    cocot congor cuk cukimai dancok dancuk diancuk goblok goblog gblk geblek gathel gatheli itil jancok jancuk jancik
    jembut jamput jangkrik kampret kampang keparat kimak kirik kontol kntl koplok kunyuk laknat lonte lonthe matamu
    mbokne memek monyet ndasmu ndhasmu ndlogok ngentot ngentod ngewe pantek pantat pecun pekok peli pepek perek picek
    pukimak puki raimu sialan silit sontoloyo sundal tai taik taek tahi telek tempik tolol turuk wedhus wedus
    fuck fucking fucker motherfucker shit bullshit bitch asshole bastard cunt dickhead whore
    """
)
"""As they are written; the station adds its own by proposing them, there is no list that is whole."""
_ANIMALS = listed("anjing anjeng babi monyet kirik kunyuk jangkrik kampret wedhus wedus bajing asem pantat asu")
_ANIMAL_CUES = listed(
    """
    liar peliharaan tetangga gila rabies galak seekor ekor kucing ayam sapi kambing menggonggong gonggong menggigit
    gigit digigit kandang daging hutan penangkaran pelihara memelihara ternak mati bangkai buah pohon sayur sambal
    vaksin vaksinasi steril kotoran bau pasar suara hewan satwa berkeliaran lepas dilepas panci kali jawa rasa dikejar
    pelacak ngepet panggang guling
    """
)
_DUNG = listed("tai taik taek tahi telek")
_DUNG_CUES = listed("kucing ayam sapi kambing anjing burung kuda bebek lalat kotoran bau tahu minyak")
_ENDINGS = ("nya", "lah", "mu", "lo", "ne", "e", "an", "s")
_CHUNK = re.compile(r"[^\s,;:?\"()\[\]{}<>/|]+")
_LETTERS = re.compile(r"[^\W_]+")
_SPACED = re.compile(r"(?<![\w@$!*])[^\W_](?:[ .\-_*]{1,2}[^\W_]){2,19}(?![\w@$!*])")
_LONG_DRAWN = re.compile(r"(.)\1+")
_DISGUISE = 24
"""Characters of the longest disguise that is looked through."""


def rude(text: str) -> tuple[Rude, ...]:
    """Return the rude words of a text, in its order, none overlapping another.

    Takes any text; of more than `TEXT_LENGTH` characters only those are read.
    """
    found: list[Rude] = []
    for hit in sorted((*_chunks(text), *_spaced(text)), key=lambda r: (r.start, -r.end)):
        if (not found or hit.start >= found[-1].end) and not _harmless(text, hit):
            found.append(hit)
    return tuple(found)


def _chunks(text: str) -> Iterator[Rude]:
    """Yield rude words among what stands between spaces: as a whole with its disguise, else part by part."""
    for chunk in _CHUNK.finditer(text, 0, TEXT_LENGTH):
        start, end = chunk.span()
        while end > start and text[end - 1] in "!?.'’-_~":
            end -= 1
        while start < end and text[start] in "!?.'’-_~#":
            start += 1
        word = _meant(text[start:end]) if end - start <= _DISGUISE else ""
        if word:
            yield Rude(start, end, word)
            continue
        for part in _LETTERS.finditer(text, start, end):
            word = _meant(part[0]) if part.end() - part.start() <= _DISGUISE else ""
            if word:
                yield Rude(part.start(), part.end(), word)


def _spaced(text: str) -> Iterator[Rude]:
    """Yield rude words that were written letter by letter: ``a s u``, ``a.n.j.i.n.g``."""
    for m in _SPACED.finditer(text, 0, TEXT_LENGTH):
        word = _plain("".join(_LETTERS.findall(m[0])))
        if word:
            yield Rude(m.start(), m.end(), word)


def _meant(written: str) -> str:
    """Return the rude word that is meant by a few characters; "" when none is."""
    if not any(c.isalpha() for c in written):
        return ""  # 450, 5*4: figures alone are figures
    if "*" in written:
        return _starred(written.casefold())
    return _plain(written)


def _plain(written: str) -> str:
    """Return the rude word in letters, figures for letters and signs between them."""
    folded = written.casefold()
    if len(folded) > 3 and folded[-1] == "2":  # asu2
        folded = folded[:-1]
    read = unmasked(folded)
    letters = "".join(c for c in read if c.isalpha())
    if len(letters) < len(read) - 3:
        return ""
    for word in (letters, _LONG_DRAWN.sub(r"\1", letters)):
        if word in RUDE:
            return word
        for ending in _ENDINGS:
            root = word.removesuffix(ending)
            if root != word and len(root) >= 3 and root in RUDE:
                return root
    return ""


@lru_cache(maxsize=1)
def _by_length() -> Mapping[int, Sequence[str]]:
    """Return the rude words by how many letters they have."""
    found: dict[int, list[str]] = {}
    for word in sorted(RUDE):
        found.setdefault(len(word), []).append(word)
    return found


def _starred(written: str) -> str:
    """Return the rude word of which some letters were starred out, at least half of them left: ``a*u``, ``anj**g``."""
    read = unmasked(written.replace("*", "\0")).strip()
    shown = [(i, c) for i, c in enumerate(read) if c != "\0"]
    if len(shown) < 2 or 2 * len(shown) < len(read):
        return ""
    for word in _by_length().get(len(read), ()):
        if all(word[i] == c for i, c in shown):
            return word
    return ""


def _harmless(text: str, hit: Rude) -> bool:
    """Tell whether an animal, its dung or a fruit is meant: a word beside it speaks of it as such."""
    cues = _ANIMAL_CUES if hit.word in _ANIMALS else _DUNG_CUES if hit.word in _DUNG else None
    if cues is None:
        return False
    before = _LETTERS.findall(text[max(0, hit.start - 40) : hit.start].casefold())[-3:]
    after = _LETTERS.findall(text[hit.end : hit.end + 40].casefold())[:3]
    return not cues.isdisjoint((*before, *after))
