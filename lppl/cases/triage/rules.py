"""Keyword rules: which words speak for which class, category and agency. The station edits them; nothing is learned.

A rule's words are matched by their stems (*berlubang*, *lubangnya*), a phrase also with a few words in between
(*jalan di depan pasar berlubang*). What is proposed carries the words that led to it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lppl.cases.triage.values import Field, Reason, Suggestion
from lppl.cases.triage.words import Token, occurrences, positions, tokens
from lppl.cases.values import CaseClass
from lppl.errors import LpplError

__all__ = ["Rule", "RulesInvalid", "read_rules", "suggestions", "written_rules"]

GAP = 4
"""Words that may stand between the words of a phrase."""
RULES = 500
WORDS = 200
"""Most words of one rule; :func:`suggestions` is asked at every arrival."""
LENGTH = 80
_DOUBT = 1.0
"""Weight that stands for what the words do not say: one single word scores a half."""


class RulesInvalid(LpplError):
    """Rules hold mistakes; `mistakes` lists every one, in both languages."""

    def __init__(self, mistakes: Sequence[tuple[str, str]]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(
            "Aturan kata kunci salah:\n" + "\n".join(f"  - {m}" for m, _ in mistakes),
            "The keyword rules are wrong:\n" + "\n".join(f"  - {m}" for _, m in mistakes),
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """Words and phrases, and what any of them speaks for; at least one of the three is given."""

    words: tuple[str, ...]
    category: str = ""
    agency: str = ""
    case_class: CaseClass | None = None

    def says(self) -> Iterator[tuple[Field, str]]:
        """Yield what it speaks for."""
        if self.case_class is not None:
            yield Field.CLASS, self.case_class.value
        if self.category:
            yield Field.CATEGORY, self.category
        if self.agency:
            yield Field.AGENCY, self.agency


def written_rules(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """Return rules as JSON may hold them; :func:`read_rules` reads that back."""
    return [
        {
            "words": list(rule.words),
            "category": rule.category,
            "agency": rule.agency,
            "class": rule.case_class.value if rule.case_class else "",
        }
        for rule in rules
    ]


def read_rules(written: object) -> tuple[Rule, ...]:
    """Return rules from JSON: a list of ``{"words": […], "category": "", "agency": "", "class": ""}``.

    Raises RulesInvalid with every mistake.
    """
    if not isinstance(written, list) or len(written) > RULES:
        raise RulesInvalid(
            [(f"Harus daftar berisi paling banyak {RULES} aturan.", f"Must be a list of at most {RULES}.")]
        )
    rules: list[Rule] = []
    mistakes: list[tuple[str, str]] = []
    for number, each in enumerate(written, 1):
        found = tuple(_mistakes(each))
        mistakes += [(f"Aturan {number}: {i}", f"Rule {number}: {e}") for i, e in found]
        if not found:
            words = tuple(w.strip() for w in each["words"])
            wanted = each.get("class", "")
            case_class = CaseClass(wanted) if wanted else None
            rules.append(Rule(words, each.get("category", "").strip(), each.get("agency", "").strip(), case_class))
    if mistakes:
        raise RulesInvalid(mistakes)
    return tuple(rules)


def _mistakes(written: object) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with one rule."""
    if not isinstance(written, Mapping):
        yield "bukan objek.", "is no object."
        return
    words = written.get("words")
    if not isinstance(words, list) or not 0 < len(words) <= WORDS:
        yield f"“words” harus daftar 1 sampai {WORDS} kata.", f'"words" must be a list of 1 to {WORDS}.'
    else:
        for word in words:
            if not isinstance(word, str) or len(word) > LENGTH or not _phrase(word):
                yield f"“{str(word)[:LENGTH]}” bukan kata.", f'"{str(word)[:LENGTH]}" is no word.'
    for key in ("category", "agency"):
        value = written.get(key, "")
        if not isinstance(value, str) or len(value) > LENGTH:
            yield f"“{key}” harus teks paling panjang {LENGTH} huruf.", f'"{key}" must be text up to {LENGTH} letters.'
    wanted = written.get("class", "")
    if wanted and wanted not in [c.value for c in CaseClass]:
        yield f"kelas “{str(wanted)[:LENGTH]}” tidak dikenal.", f'class "{str(wanted)[:LENGTH]}" is unknown.'
    if not any(isinstance(written.get(key), str) and written[key].strip() for key in ("class", "category", "agency")):
        yield "tidak menyebut kelas, kategori, atau OPD.", "names no class, category or agency."


@lru_cache(maxsize=4096)
def _phrase(words: str) -> tuple[str, ...]:
    """Return the stems of a rule's word or phrase."""
    return tuple(t.stem for t in tokens(words[:LENGTH]))


def suggestions(text: str, rules: Sequence[Rule]) -> tuple[Suggestion, ...]:
    """Return what the rules propose for a text, best first within class, category and agency; may be empty.

    A phrase weighs more than a word; the score grows with what was matched and shrinks with what speaks for another
    value. Takes any text; of more than `TEXT_LENGTH` characters only those are read.
    """
    found = tokens(text)
    index = positions(found)
    weights: dict[tuple[Field, str], float] = {}
    reasons: dict[tuple[Field, str], dict[tuple[str, ...], Reason]] = {}
    for rule in rules:
        for words in rule.words:
            phrase = _phrase(words)
            at = next(iter(occurrences(index, found, phrase, GAP)), None) if phrase else None
            if at is None:
                continue
            for said in rule.says():
                if phrase not in reasons.setdefault(said, {}):
                    weights[said] = weights.get(said, 0.0) + (1.0 if len(phrase) == 1 else 2.0)
                    reasons[said][phrase] = _reason(found, at, said[1])
    totals: dict[Field, float] = {}
    for (field, _), weight in weights.items():
        totals[field] = totals.get(field, 0.0) + weight
    proposed = [
        Suggestion(field, value, round(weight / (totals[field] + _DOUBT), 4), _ordered(reasons[field, value].values()))
        for (field, value), weight in weights.items()
    ]
    return tuple(sorted(proposed, key=lambda s: (list(Field).index(s.field), -s.score, s.value)))


def _ordered(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Return reasons in the order of the text."""
    return tuple(sorted(reasons, key=lambda r: (r.start, r.end)))


def _reason(found: Sequence[Token], at: Sequence[int], value: str) -> Reason:
    """Return a reason that quotes the matched words and nothing between them."""
    word = " ".join(found[i].written for i in at)[:LENGTH]
    label = next(((c.label, c.english) for c in CaseClass if c.value == value), (value, value))
    return Reason(
        word,
        f"kata “{word}” → {label[0]}",
        f'the word "{word}" → {label[1]}',
        found[at[0]].start,
        found[at[-1]].end,
    )
