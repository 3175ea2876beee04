"""When two people change a running order at once: which edits are about the same lines or the same time. Pure.

Every page says what it has seen (:class:`Seen`); whatever somebody else has done since is compared with what is asked
for now, and whoever comes second is told before anything is kept.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from lppl.plan_store import EditRow
from scheduler.edits import Edit

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SEEN = r"^[0-9]{1,15}-[0-9]{1,17}$"
LengthOf = Callable[[str], int]
"""The length in quanta that an asset airs; 0 while it is not known."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What of the edits somebody has seen: the newest number, and when the newest withdrawal was."""

    number: int = 0
    withdrawn: datetime = EPOCH

    @classmethod
    def of(cls, rows: Iterable[EditRow]) -> Self:
        """Return what somebody has seen who was shown all of `rows`, with those taken back."""
        known = tuple(rows)
        number = max((row.id for row in known), default=0)
        return cls(number, max((row.withdrawn for row in known if row.withdrawn), default=EPOCH))

    @classmethod
    def read(cls, word: str) -> Self:
        """Return what :meth:`__str__` wrote. Raises ValueError."""
        if not re.fullmatch(SEEN, word):
            raise ValueError("keadaan rundown tidak dikenal / unknown state of the running order")
        number, _, micros = word.partition("-")
        try:
            return cls(int(number), EPOCH + timedelta(microseconds=int(micros)))
        except OverflowError:
            raise ValueError("keadaan rundown tidak dikenal / unknown state of the running order") from None

    def __str__(self) -> str:
        """Write it as one word, for addresses and bodies."""
        return f"{self.number}-{(self.withdrawn - EPOCH) // timedelta(microseconds=1)}"

    def since(self, rows: Sequence[EditRow]) -> tuple[EditRow, ...]:
        """Return those of `rows` that came, or were taken back, after this; what came and went again is left out."""
        return tuple(
            row
            for row in rows
            if (row.withdrawn is None and row.id > self.number)
            or (row.withdrawn is not None and row.id <= self.number and row.withdrawn > self.withdrawn)
        )


@dataclass(frozen=True, slots=True)
class Touched:
    """What an edit is about: lines by name, and air time as [start, end) in quanta."""

    lines: frozenset[str]
    spans: tuple[tuple[int, int], ...]

    def meets(self, other: "Touched") -> bool:
        """Tell whether both are about one line, or about the same time."""
        if self.lines & other.lines:
            return True
        return any(a < d and c < b for a, b in self.spans for c, d in other.spans)


def touched(edit: Edit, length_of: LengthOf, number: int = 0) -> Touched:
    """Return what `edit` is about; `number` is its own once it is kept: what it puts in is a line by that name."""
    lines: set[str] = set()
    spans: list[tuple[int, int]] = []
    if edit.left is not None:
        asset = edit.left.asset
        lines.add(edit.left.event or f"{edit.left.slot}/{asset}")
        spans.append((edit.at, edit.at + max(1, length_of(asset) if asset else 0)))
    if edit.put is not None:
        put = edit.put
        spans.append((put.at, put.at + max(1, put.length or length_of(put.asset))))
        if number:
            lines.add(f"petugas-{number}@{put.at}")
    if edit.until > edit.at:
        spans.append((edit.at, edit.until))
    return Touched(frozenset(lines), tuple(spans))


def meeting(mine: Edit, rows: Sequence[EditRow], length_of: LengthOf) -> tuple[EditRow, ...]:
    """Return those of `rows` that are about what `mine` is about; what cannot be read any more is left out."""
    about = touched(mine, length_of)
    found = []
    for row in rows:
        try:
            edit = Edit.model_validate(row.document)
        except ValueError:
            continue
        if about.meets(touched(edit, length_of, row.id)):
            found.append(row)
    return tuple(found)
