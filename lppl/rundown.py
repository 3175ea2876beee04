"""The running order of a channel as a value: contiguous lines that cover every quantum of a span.

The scheduler builds it, playout airs it, pages show it.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lppl.media import AssetId, HouseId, Material
from lppl.quanta import Quanta


class Kind(StrEnum):
    """Why something airs; the order of the fallbacks is ITEM, FILLER, IDENT, SLATE."""

    ITEM = "item"
    FILLER = "filler"
    IDENT = "ident"
    SLATE = "slate"
    LIVE = "live"
    BREAK_IN = "break_in"
    """Sela Darurat: over everything that is planned, by an operator's order. Never in a rundown."""
    OFF = "off"
    """Off air: the service was not running. Only the journal holds such entries, never a rundown."""
    PREROLL = "preroll"
    """Back-dated so that a window is full when a channel opens; never in the as-run log."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the running order: `material` from `in_point`, airing during [start, start + length)."""

    start: Quanta
    length: Quanta
    material: Material
    in_point: Quanta
    kind: Kind
    programme: str
    hard: bool
    why: str
    """The rule that put it here, in Indonesian, for staff."""
    slot: str = ""
    """The occurrence it belongs to: ``<entry>@<local date>``; empty where nothing is scheduled."""
    programme_id: str = ""
    category: str = ""
    """Its category in the as-run log (:class:`lppl.programme.Category`)."""
    order: str = ""
    """The spot order that it serves."""
    edit: int = 0
    """The number of the edit that a person fixed it by."""
    event: str = ""
    """Names the occurrence of a fixed line; empty for what a slot's content gave."""
    mirrors: str = ""
    """The channel that its slot simulcasts."""
    live: bool = False
    """It stands in for a live source or relay that its slot is reserved for."""

    @property
    def end(self) -> Quanta:
        """The first quantum after this line."""
        return Quanta(self.start + self.length)


class Rundown:
    """Lines without gap or overlap. Raises ValueError when they are not contiguous or a length is < 1."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.lines = tuple(lines)
        for line in self.lines:
            if line.length < 1 or line.in_point < 0:
                raise ValueError(f"line of length {line.length} from {line.in_point}")
        for before, after in zip(self.lines, self.lines[1:], strict=False):
            if before.end != after.start:
                raise ValueError(f"{before.end} is followed by {after.start}")
        self._starts = [line.start for line in self.lines]

    @property
    def start(self) -> Quanta:
        """The first quantum covered; raises IndexError when empty."""
        return self.lines[0].start

    @property
    def end(self) -> Quanta:
        """The first quantum not covered; raises IndexError when empty."""
        return self.lines[-1].end

    def at(self, q: Quanta) -> Line | None:
        """Return the line that airs at `q`, or None outside the rundown."""
        i = bisect_right(self._starts, q) - 1
        return self.lines[i] if i >= 0 and q < self.lines[i].end else None

    def after(self, q: Quanta) -> tuple[Line, ...]:
        """Return the lines that start after `q`, in order."""
        return self.lines[bisect_right(self._starts, q) :]

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)


# ---- as text ----------------------------------------------------------------------------------------

_OF_MATERIAL = ("house", "asset", "title", "artist", "quanta")
_OF_LINE = tuple(name for name in Line.__slots__ if name not in ("material", "kind"))


def line_to_json(line: Line) -> dict[str, Any]:
    """Return a line as JSON can hold it; what only its material's file tells is left out."""
    said = {name: value for name in _OF_LINE if (value := getattr(line, name))}
    return said | {"kind": line.kind.value} | {name: getattr(line.material, name) for name in _OF_MATERIAL}


def line_from_json(said: Mapping[str, Any]) -> Line:
    """Return the line that :func:`line_to_json` wrote. Raises KeyError, TypeError, ValueError."""
    material = Material(
        HouseId(said["house"]), AssetId(said["asset"]), said["title"], Quanta(said["quanta"]), said["artist"]
    )
    given: dict[str, Any] = {"hard": False, "programme": "", "why": "", "in_point": 0}
    given |= {name: said[name] for name in _OF_LINE if name in said}
    return Line(**given, material=material, kind=Kind(said["kind"]))


def lines_to_json(lines: Iterable[Line]) -> bytes:
    """Return lines as text."""
    return json.dumps([line_to_json(line) for line in lines], ensure_ascii=False, separators=(",", ":")).encode()


def lines_from_json(data: bytes) -> tuple[Line, ...]:
    """Return the lines that :func:`lines_to_json` wrote. Raises ValueError, KeyError, TypeError."""
    return tuple(line_from_json(said) for said in json.loads(data))
