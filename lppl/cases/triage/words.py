"""Words of a text as people type it, folded so that the same word is found however it is written.

Offsets are those of the text as given: folding is done word by word. Nothing here knows what a word means.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lppl.cases.triage.word_list import ROOTS, SLANG, STOP_WORDS
from lppl.intake.values import TEXT_LENGTH

__all__ = ["STOP_WORDS", "Token", "bare", "near", "occurrences", "positions", "stem", "stems", "tokens", "unmasked"]

WORD_LENGTH = 40
"""Longer runs of letters are no words; they are cut, so that no step below costs more than a word."""
_WORD = re.compile(r"[^\W_]+(?:['’`][^\W_]+)*")
_LONG_DRAWN = re.compile(r"([^\W\d_])\1{2,}")
_CLITICS = ("nya", "lah", "kah", "pun", "ipun")
_SHORTEST = 4
_SIGNS = str.maketrans("013457869@$!", "oieastbggasi")


@dataclass(frozen=True, slots=True)
class Token:
    """A word at ``text[start:end]``. `plain`: folded, short forms resolved; `stem`: without affixes."""

    start: int
    end: int
    written: str
    plain: str
    stem: str

    @property
    def weighs(self) -> bool:
        """Whether it says something about what the text is about."""
        return len(self.plain) > 1 and self.plain not in STOP_WORDS and self.stem not in STOP_WORDS


def tokens(text: str) -> tuple[Token, ...]:
    """Return the words of the first `TEXT_LENGTH` characters, in their order. Any text will do."""
    found = []
    for m in _WORD.finditer(text, 0, TEXT_LENGTH):
        plain = _plain(m[0][:WORD_LENGTH])
        found.append(Token(m.start(), m.end(), m[0], plain, stem(plain)))
    return tuple(found)


def stems(text: str) -> tuple[str, ...]:
    """Return the stems that weigh, in their order, with repetitions; numbers are left out."""
    return tuple(t.stem for t in tokens(text) if t.weighs and not t.plain.isdigit())


@lru_cache(maxsize=16384)
def _plain(word: str) -> str:
    """Fold one word: compatibility forms, accents, case, long-drawn letters, ``anak2``, then short forms."""
    decomposed = unicodedata.normalize("NFKD", word)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c) and c.isalnum()).casefold()
    plain = _LONG_DRAWN.sub(r"\1", plain)
    if len(plain) > 4 and plain[-1] == "2" and plain[:-1].isalpha():
        plain = plain[:-1]
    if plain in SLANG:
        return SLANG[plain]
    for ending in ("ipun", "ne", "e"):  # Javanese "its"
        root = plain.removesuffix(ending)
        if root != plain and root in SLANG:
            return SLANG[root]
        if root != plain and root in ROOTS and plain not in ROOTS:
            return root
    return plain


def bare(word: str) -> str:
    """Return a folded word without the particles that change nothing of its meaning (-nya, -lah, -kah, -pun)."""
    if word in ROOTS:
        return word
    for clitic in _CLITICS:
        if word.endswith(clitic) and len(word) - len(clitic) >= _SHORTEST:
            return word.removesuffix(clitic)
    return word


def unmasked(word: str) -> str:
    """Return a folded word with figures and signs read as the letters that they stand for (``k3b4karan``)."""
    return word.translate(_SIGNS)


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Return a folded word without Indonesian affixes, as far as a short list of roots and its shape allow.

    Not a linguist's stem: two forms of one word get the same stem, that is all. Without a known root at least four
    letters are left. After Nazief & Adriani's order of affixes: particles, suffixes, prefixes.
    """
    if word in ROOTS or len(word) <= _SHORTEST or not word.isalpha():
        return word
    bases = tuple(_without_endings(word))
    for base in bases:
        if base in ROOTS:
            return base
    tried = [tuple(_without_prefixes(base)) for base in bases]
    for candidates in tried:
        for candidate in candidates:
            if candidate in ROOTS:
                return candidate
    # nobody's root: the shortest ending, then the plainest prefix off, if enough is left
    for candidates in reversed(tried):
        for candidate in candidates:
            if len(candidate) >= _SHORTEST:
                return candidate
    return min((b for b in bases if len(b) >= _SHORTEST), key=len, default=word)


def _without_endings(word: str) -> Iterator[str]:
    """Yield the word with fewer and fewer endings, itself first."""
    yield word
    base = word
    for clitic in _CLITICS:
        if word.endswith(clitic) and len(word) - len(clitic) >= _SHORTEST:
            base = word.removesuffix(clitic)
            yield base
            break
    for suffix in ("kan", "an", "i"):
        if base.endswith(suffix) and len(base) - len(suffix) >= 3:
            yield base.removesuffix(suffix)
            if suffix != "kan":
                break


_PREFIXES: Sequence[tuple[str, tuple[str, ...]]] = (
    ("memper", ("",)), ("diper", ("",)), ("keber", ("",)), ("keter", ("",)), ("pember", ("",)),
    ("menge", ("", "ke")), ("penge", ("", "ke")), ("meng", ("", "k")), ("peng", ("", "k")),
    ("meny", ("s", "ny")), ("peny", ("s", "ny")), ("mem", ("", "p", "m")), ("pem", ("", "p", "m")),
    ("men", ("", "t", "n")), ("pen", ("", "t", "n")), ("ber", ("",)), ("ter", ("",)), ("per", ("", "r")),
    ("di", ("",)), ("ke", ("",)), ("se", ("",)), ("me", ("",)), ("pe", ("",)), ("be", ("",)),
    ("ng", ("", "k")), ("ny", ("s", "c")),
)  # fmt: skip
"""A prefix, and what a root may have begun with where the prefix swallowed it."""
_VOWELS = frozenset("aeiou")


def _without_prefixes(word: str) -> Iterator[str]:
    """Yield what may be left of a word when its first prefix is taken off, likeliest first."""
    for prefix, starts in _PREFIXES:
        if not word.startswith(prefix):
            continue
        rest = word.removeprefix(prefix)
        if len(rest) < 2:
            continue
        swallowed = rest[0] in _VOWELS and prefix in ("mem", "pem", "men", "pen")
        order = (*starts[1:], starts[0]) if swallowed else starts
        for start in order:
            yield start + rest
    if word.startswith(("di", "ke", "se", "ber", "ter")):  # two of them: dipekerjakan, berkesinambungan
        for prefix in ("di", "ke", "se", "ber", "ter"):
            if word.startswith(prefix):
                for second in ("per", "pe", "ke", "ber", "ter"):
                    if word.startswith(prefix + second) and len(word) - len(prefix + second) >= _SHORTEST:
                        yield word.removeprefix(prefix + second)


def positions(found: Sequence[Token]) -> Mapping[str, list[int]]:
    """Return where every stem stands among the tokens: the index that :func:`occurrences` looks into."""
    index: dict[str, list[int]] = {}
    for i, token in enumerate(found):
        index.setdefault(token.stem, []).append(i)
    return index


def occurrences(
    index: Mapping[str, list[int]], found: Sequence[Token], phrase: Sequence[str], gap: int
) -> Iterable[tuple[int, ...]]:
    """Yield the positions at which the stems of a phrase follow one another, with at most `gap` words in between."""
    for first in index.get(phrase[0], ()):
        at = [first]
        for wanted in phrase[1:]:
            for i in range(at[-1] + 1, min(len(found), at[-1] + 2 + gap)):
                if found[i].stem == wanted:
                    at.append(i)
                    break
            else:
                break
        else:
            yield tuple(at)


def near(one: str, other: str) -> bool:
    """Tell whether two words are the same but for one letter: one more, one less, one other, or two exchanged."""
    if one == other:
        return True
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if len(long) - len(short) > 1:
        return False
    i = 0
    while i < len(short) and short[i] == long[i]:
        i += 1
    if len(short) < len(long):
        return short[i:] == long[i + 1 :]
    if short[i + 1 :] == long[i + 1 :]:
        return True
    return short[i : i + 2] == long[i : i + 2][::-1] and short[i + 2 :] == long[i + 2 :]
