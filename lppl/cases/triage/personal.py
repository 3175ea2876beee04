"""Personal data in what citizens write: marks for staff, and the text without it for records that are searched.

A mark is what looks like it; a name without a cue or a number in a picture is not found. So nothing that must stay
secret rests on this alone: the original is sealed, and a person checks what goes on air.
"""

from collections.abc import Collection

from lppl.cases.triage.personal_kinds import Kind, Mark
from lppl.cases.triage.personal_numbers import number_marks
from lppl.cases.triage.personal_words import word_marks
from lppl.intake.values import TEXT_LENGTH

__all__ = ["SEALED_KINDS", "Kind", "Mark", "marks", "without"]

SEALED_KINDS = frozenset({Kind.NIK, Kind.KK, Kind.PHONE, Kind.EMAIL, Kind.ACCOUNT})
"""Taken out of the text of a case as it is searched and shown; the original is sealed under the reporter's key."""
_FIRST = (Kind.EMAIL, Kind.NIK, Kind.KK, Kind.PHONE, Kind.ACCOUNT, Kind.PLATE, Kind.ADDRESS, Kind.NAME)
"""Where marks overlap, the earlier kind here is kept."""


def marks(text: str) -> tuple[Mark, ...]:
    """Return the personal data in a text, in its order, none overlapping another.

    Of more than `TEXT_LENGTH` characters only those are read; takes any text, in time linear in its length.
    """
    text = text[:TEXT_LENGTH]
    return _apart([*number_marks(text), *word_marks(text)])


def _apart(found: Collection[Mark]) -> tuple[Mark, ...]:
    """Return marks without those that overlap one of a more telling kind, or a longer one of the same."""
    order = {kind: i for i, kind in enumerate(_FIRST)}
    kept: list[Mark] = []
    taken: set[int] = set()
    for mark in sorted(found, key=lambda m: (order[m.kind], m.start - m.end, m.start)):
        if taken.isdisjoint(range(mark.start, mark.end)):
            taken.update(range(mark.start, mark.end))
            kept.append(mark)
    return tuple(sorted(kept, key=lambda m: m.start))


def without(text: str, kinds: Collection[Kind]) -> str:
    """Return a text with personal data of some kinds replaced by ``[telepon]``, ``[NIK]`` and so on.

    Nothing of these kinds is found in what is returned; doing it twice is doing it once. What is longer than
    `TEXT_LENGTH` characters is cut there: nothing goes through that was not looked at.
    """
    text = text[:TEXT_LENGTH]
    while found := [m for m in marks(text) if m.kind in kinds]:
        pieces, last = [], 0
        for mark in found:
            pieces += [text[last : mark.start], mark.kind.placeholder]
            last = mark.end
        text = "".join([*pieces, text[last:]])[:TEXT_LENGTH]
    return text
