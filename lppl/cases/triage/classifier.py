"""Learning from the station's own closed cases which words go with which label: multinomial naive Bayes, small.

What is kept are counts of stems and pairs of stems per label: they can be taken back when a case is corrected or
erased, they are read by anybody, and they say which words weighed. Personal data is taken out before anything is
counted, numbers are never counted. With few examples, or when two labels are close, it says nothing.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from lppl.cases.triage.personal import Kind, without
from lppl.cases.triage.values import Field, Reason, Suggestion
from lppl.cases.triage.words import Token, tokens
from lppl.errors import LpplError

__all__ = ["Counts", "CountsDamaged", "LabelCounts", "added", "counted", "predict", "removed"]

LEAST = 20
"""Examples of all labels together below which nothing is said."""
LEAST_EACH = 5
"""Examples of a label below which it is not proposed."""
MARGIN = 0.2
"""How far the best must be before the second, of all that is certain (1)."""
SMOOTHING = 0.3
"""Lidstone's: a word never seen with a label is rare there, not impossible."""
CALM = 6
"""Features that count whole; of more, each weighs less: words of one text depend on each other, which Bayes forgets."""
REASONS = 5
_VERSION = 1


class CountsDamaged(LpplError):
    """Kept counts cannot be read; they can be made anew from the closed cases."""

    def __init__(self) -> None:
        super().__init__(
            "Hitungan kata untuk saran kategori rusak; hitung ulang dari aduan yang selesai.",
            "The word counts for suggestions are damaged; count the closed cases anew.",
        )


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """Examples of one label, their features in all, and how often each feature stood in them."""

    examples: int = 0
    total: int = 0
    features: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """What was learned, by label; never changed, :func:`added` and :func:`removed` return new ones."""

    labels: Mapping[str, LabelCounts] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON may hold it."""
        return {
            "version": _VERSION,
            "labels": {
                label: {"examples": c.examples, "features": dict(sorted(c.features.items()))}
                for label, c in sorted(self.labels.items())
            },
        }

    @classmethod
    def from_json(cls, kept: object) -> "Counts":
        """Return what :meth:`as_json` gave. Raises CountsDamaged."""
        if (
            not isinstance(kept, Mapping)
            or kept.get("version") != _VERSION
            or not isinstance(kept.get("labels"), Mapping)
        ):
            raise CountsDamaged
        labels = {}
        for label, each in kept["labels"].items():
            features = each.get("features") if isinstance(each, Mapping) else None
            if not isinstance(features, Mapping) or not _count(each.get("examples")):
                raise CountsDamaged
            if not all(isinstance(f, str) and _count(n) for f, n in features.items()):
                raise CountsDamaged
            labels[str(label)] = LabelCounts(each["examples"], sum(features.values()), dict(features))
        return cls(labels)


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _spans(found: Sequence[Token]) -> list[tuple[str, tuple[Token, ...]]]:
    """Return the features of a text: stems that weigh, and pairs of those that stand next to each other."""
    words = [t for t in found if t.weighs and t.plain.isalpha()]
    return [(t.stem, (t,)) for t in words] + [(f"{a.stem} {b.stem}", (a, b)) for a, b in pairwise(words)]


def _features(text: str) -> Counter[str]:
    """Return how often each feature stands in a text, personal data left out."""
    safe = without(text, frozenset(Kind))
    for kind in Kind:
        safe = safe.replace(kind.placeholder, " ")
    return Counter(feature for feature, _ in _spans(tokens(safe)))


def counted(examples: Iterable[tuple[str, str]]) -> Counts:
    """Return counts of many examples, each a text and its label. Quicker than adding them one by one."""
    numbers: Counter[str] = Counter()
    features: dict[str, Counter[str]] = {}
    for text, label in examples:
        numbers[label] += 1
        features.setdefault(label, Counter()).update(_features(text))
    return Counts({lb: LabelCounts(n, features[lb].total(), dict(features[lb])) for lb, n in numbers.items()})


def added(counts: Counts, text: str, label: str) -> Counts:
    """Return counts with one example more."""
    old = counts.labels.get(label, LabelCounts())
    features = Counter(old.features)
    features.update(_features(text))
    return Counts({**counts.labels, label: LabelCounts(old.examples + 1, features.total(), dict(features))})


def removed(counts: Counts, text: str, label: str) -> Counts:
    """Return counts without one example; the same when the label has none. Removes exactly what adding it added."""
    old = counts.labels.get(label)
    if old is None:
        return counts
    if old.examples == 1:
        return Counts({lb: c for lb, c in counts.labels.items() if lb != label})
    features = +(Counter(old.features) - _features(text))
    return Counts({**counts.labels, label: LabelCounts(old.examples - 1, features.total(), dict(features))})


def predict(
    counts: Counts, text: str, labels: Collection[str], about: Field = Field.CATEGORY
) -> tuple[Suggestion, ...]:
    """Return the label that a text most likely has, with the words that weighed most; empty when that is not clear.

    `labels`: those that may be proposed; others are left out as if never seen. The score is a probability calmed for
    the number of words. The same counts and text always give the same answer.
    """
    known = {label: counts.labels[label] for label in sorted(set(labels) & counts.labels.keys())}
    known = {label: c for label, c in known.items() if c.examples >= LEAST_EACH}
    if len(known) < 2 or sum(c.examples for c in known.values()) < LEAST:
        return ()
    spans = [(f, ts) for f, ts in _spans(tokens(text)) if any(f in c.features for c in known.values())]
    if not spans:
        return ()
    size = len(set().union(*(c.features for c in known.values())))
    evidence = {label: [_log(c, f, size) for f, _ in spans] for label, c in known.items()}
    calm = max(1.0, len(spans) / CALM)
    scores = {label: math.log(c.examples) + sum(evidence[label]) / calm for label, c in known.items()}
    chances = _chances(scores)
    best, second = sorted(chances, key=lambda label: (-chances[label], label))[:2]
    if chances[best] - chances[second] < MARGIN:
        return ()
    return (Suggestion(about, best, round(chances[best], 4), _reasons(spans, evidence, best)),)


def _log(counts: LabelCounts, feature: str, size: int) -> float:
    """Return the logarithm of how likely a feature is with a label."""
    return math.log((counts.features.get(feature, 0) + SMOOTHING) / (counts.total + SMOOTHING * size))


def _chances(scores: Mapping[str, float]) -> dict[str, float]:
    """Return logarithms as probabilities that sum to 1."""
    top = max(scores.values())
    raised = {label: math.exp(score - top) for label, score in scores.items()}
    total = sum(raised.values())
    return {label: value / total for label, value in raised.items()}


def _reasons(
    spans: Sequence[tuple[str, tuple[Token, ...]]], evidence: Mapping[str, Sequence[float]], best: str
) -> tuple[Reason, ...]:
    """Return the features that spoke for the best label against the average of the others, the strongest first."""
    others = [label for label in evidence if label != best]
    weighed: dict[str, tuple[float, tuple[Token, ...]]] = {}
    for i, (feature, at) in enumerate(spans):
        weight = evidence[best][i] - sum(evidence[label][i] for label in others) / len(others)
        if weight > 0 and feature not in weighed:
            weighed[feature] = weight, at
    strongest = sorted(weighed.items(), key=lambda item: (-item[1][0], item[0]))[:REASONS]
    found = []
    for _, (_, at) in strongest:
        word = " ".join(t.written for t in at)[:80]
        found.append(
            Reason(
                word,
                f"“{word}” sering ada pada aduan {best}",
                f'"{word}" is frequent in cases of {best}',
                at[0].start,
                at[-1].end,
            )
        )
    return tuple(found)
