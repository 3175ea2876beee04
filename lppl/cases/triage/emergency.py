"""Words that may mean danger to somebody now, so that the sender is told of 112 at once and an officer looks first.

A miss may cost a life, a false alarm costs a glance: where a sentence can be read both ways it is an alarm. Left out is
only what cheaply shows itself as prevention, figure of speech, possibility or long past, and only within its sentence.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from lppl.cases.triage.emergency_words import (
    AFTER,
    BEFORE,
    BEFORE_GUARDED,
    BEFORE_ONE,
    FILLERS,
    HABIT,
    LONG_AGO,
    NOW,
    NOW_PHRASES,
    PERILS,
    PREVENTION,
    PREVENTION_PHRASES,
    Peril,
)
from lppl.cases.triage.values import Reason
from lppl.cases.triage.word_list import SLANG
from lppl.cases.triage.words import Token, bare, near, stem, tokens, unmasked

__all__ = ["emergency"]

GAP = 3
"""Words that may stand between the words of a term: *gas elpiji 3 kg di dapur bocor* is further than that."""
_MISTYPED = 7
"""Letters that a word has at least for one of them to be wrong."""
_STOP = re.compile(r"[.!?\n;]")
_LONGEST_SENTENCE = 60
"""Words; who writes without full stops is read in pieces."""


def emergency(text: str) -> tuple[Reason, ...]:
    """Return what in a text speaks of an emergency, in its order, each word of it once; empty when nothing does.

    Takes any text; of more than `TEXT_LENGTH` characters only those are read.
    """
    found: list[Reason] = []
    for sentence in _sentences(text):
        words = [_word(t) for t in sentence]
        taken: set[int] = set()
        hits = sorted(_hits(words), key=lambda hit: (-len(hit[0]), hit[0]))
        for at, peril in hits:
            if taken.isdisjoint(at) and not _excused(words, at, peril):
                taken.update(at)
                found.append(_reason(sentence, at, peril))
    return tuple(sorted(found, key=lambda r: (r.start, r.end)))


def _reason(sentence: Sequence[Token], at: Sequence[int], peril: Peril) -> Reason:
    """Return a reason that quotes the words of a term and nothing between them."""
    word = " ".join(sentence[i].written for i in at)[:80]
    return Reason(
        word,
        f"“{word}”: mungkin {peril.indonesian}",
        f'"{word}": may be {peril.english}',
        sentence[at[0]].start,
        sentence[at[-1]].end,
    )


def _sentences(text: str) -> Iterator[tuple[Token, ...]]:
    """Yield the words of each sentence."""
    sentence: list[Token] = []
    for token in tokens(text):
        ended = sentence and _STOP.search(text, sentence[-1].end, token.start)
        # “Jl.”, “No.”, “3.500”: a stop after a short form or figures ends nothing
        if (ended and not _short(sentence[-1], text, token.start)) or len(sentence) >= _LONGEST_SENTENCE:
            yield tuple(sentence)
            sentence = []
        sentence.append(token)
    if sentence:
        yield tuple(sentence)


def _short(token: Token, text: str, until: int) -> bool:
    """Tell whether the stop after a word is part of it: ``jl.``, ``rt.``, ``3.``."""
    return text[token.end : until].strip() == "." and (len(token.written) <= 2 or token.written.isdigit())


def _word(token: Token) -> str:
    """Return the word that terms are compared with: figures within letters read as letters, particles off."""
    plain = token.plain
    if not plain.isalpha() and sum(c.isalpha() for c in plain) >= 4:
        plain = unmasked(plain)
    return bare(plain)


class _Terms:
    """The terms of all perils, ready to be looked up by their first word."""

    def __init__(self, perils: Sequence[Peril]) -> None:
        self.first: dict[str, list[tuple[tuple[frozenset[str], ...], Peril]]] = {}
        self.mistyped: dict[str, list[str]] = {}
        """By first letter: words that may hold a mistake."""
        for peril in perils:
            for term in peril.terms:
                if term.startswith("*"):
                    self.first.setdefault(term, []).append(((), peril))
                    continue
                parts = tuple(frozenset(_folded(w) for w in part.split("/")) for part in term.lstrip("~").split())
                for word in parts[0]:
                    self.first.setdefault(word, []).append((parts[1:], peril))
                    if term.startswith("~") and len(word) >= _MISTYPED:
                        self.mistyped.setdefault(word[0], []).append(word)

    def meant(self, word: str) -> str:
        """Return the word of a term that somebody may have meant; "" when there is none."""
        if word in self.first:
            return word
        root = f"*{stem(word)}"
        if root in self.first:
            return root
        if len(word) >= _MISTYPED - 1:
            for right in self.mistyped.get(word[0], ()):
                if near(word, right):
                    return right
        return ""


def _folded(word: str) -> str:
    """Return a word of the lists as texts are folded."""
    return bare(SLANG.get(word, word))


@lru_cache(maxsize=1)
def _terms() -> _Terms:
    return _Terms(PERILS)


def _hits(words: Sequence[str]) -> Iterator[tuple[tuple[int, ...], Peril]]:
    """Yield where a term stands in a sentence."""
    terms = _terms()
    for i, word in enumerate(words):
        meant = terms.meant(word)
        for rest, peril in terms.first.get(meant, ()) if meant else ():
            at = [i]
            for part in rest:
                nearby = range(at[-1] + 1, min(len(words), at[-1] + 2 + GAP))
                next_at = next((k for k in nearby if _fits(words[k], part)), None)
                if next_at is None:
                    break
                at.append(next_at)
            else:
                yield tuple(at), peril


def _fits(word: str, part: frozenset[str]) -> bool:
    """Tell whether a word is one of a term's later words, or a long one of them mistyped."""
    if word in part:
        return True
    return len(word) >= _MISTYPED - 1 and any(len(right) >= _MISTYPED and near(word, right) for right in part)


def _excused(words: Sequence[str], at: Sequence[int], peril: Peril) -> bool:
    """Tell whether a sentence cheaply shows that this is no emergency now."""
    first = words[at[0]]
    meant = _terms().meant(first)
    after = words[at[-1] + 1] if at[-1] + 1 < len(words) else ""
    if len(at) == 1 and after in AFTER.get(meant, ()) and not _place(words, at[-1]):
        return True
    if len(at) == 1 and not BEFORE_ONE.get(meant, frozenset()).isdisjoint(words[max(0, at[0] - 3) : at[0]]):
        return True
    if _spoken_of(words, at[0], peril):
        return True
    if not peril.guarded:
        return bool(PREVENTION.intersection(words))
    now = bool(NOW.intersection(words)) or _holds(words, NOW_PHRASES)
    if PREVENTION.intersection(words) or _holds(words, PREVENTION_PHRASES):
        return not _holds(words, NOW_PHRASES)
    return not now and (bool(HABIT.intersection(words)) or _holds(words, LONG_AGO) or _year(words))


def _place(words: Sequence[str], at: int) -> bool:
    """Tell whether *jenggot* after *kebakaran* may be the kelurahan: an address or a call for help is beside it."""
    return words[at + 1] == "jenggot" and not {"jadi", "seperti", "langsung", "kayak", "pada", "malah"}.intersection(
        words[max(0, at - 2) : at]
    )


def _spoken_of(words: Sequence[str], first: int, peril: Peril) -> bool:
    """Tell whether the word before a term, over small words, says that it is only spoken of."""
    for i in range(first - 1, max(-1, first - 5), -1):
        word = words[i]
        if word in BEFORE or (peril.guarded and word in BEFORE_GUARDED and not _asks(words, i)):
            return True
        if word not in FILLERS:
            return False
    return False


def _asks(words: Sequence[str], at: int) -> bool:
    """Tell whether a guarding word is part of a call: *kirim petugas*, *mobil terbakar*, *tidak sadar*."""
    if words[at] in ("mobil", "kantor", "pos", "markas"):
        return at + 1 >= len(words) or words[at + 1] != "pemadam"
    if words[at] == "sampai":  # “macet sampai kecelakaan” may be one; “jangan sampai” is not
        return at == 0 or words[at - 1] != "jangan"
    return words[at] == "banyak" and at > 0 and words[at - 1] == "korban"


@lru_cache(maxsize=1)
def _pairs() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Return the phrases of the lists as folded words."""
    return {
        phrases: tuple(" ".join(_folded(w) for w in phrase.split()) for phrase in phrases)
        for phrases in (LONG_AGO, PREVENTION_PHRASES, NOW_PHRASES)
    }


def _holds(words: Sequence[str], phrases: tuple[str, ...]) -> bool:
    """Tell whether a sentence holds one of the phrases, word by word."""
    sentence = f" {' '.join(words)} "
    return any(f" {phrase} " in sentence for phrase in _pairs()[phrases])


def _year(words: Sequence[str]) -> bool:
    """Tell whether a sentence names a year: *kebakaran tahun 2019*."""
    return any(word == "tahun" and following.isdigit() and len(following) == 4 for word, following in pairwise(words))
