"""What a planned line and a journalled one have in common, and the pieces of one airing put together again.

One item may lie in several lines: its join with the next one is material of its own, and what an outage interrupted
goes on later. Guide, log, comparison and proof of airing all count *airings*. Pure; knows no clock and no file.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from lppl.journal import Entry
from lppl.media import AssetId, HouseId
from lppl.programme import Category
from lppl.quanta import GOP, Quanta
from lppl.rundown import Kind, Line

OFF_AIR = (Kind.OFF, Kind.PREROLL)
"""Time in which nothing was on the air: pre-roll is dated back into it."""
STAND_INS = (Kind.FILLER, Kind.IDENT, Kind.SLATE)
"""What airs where no programme does."""
CATEGORIES = {each.value: each for each in Category}
"""What a line's category is, by its word; an empty or unknown word is none."""


class Piece(NamedTuple):
    """One line, planned or aired: [start, end), meant to run up to `until`. Times in quanta."""

    start: Quanta
    end: Quanta
    until: Quanta
    house: HouseId | None
    asset: AssetId | None
    in_point: Quanta
    kind: Kind
    title: str
    artist: str
    programme: str
    programme_id: str
    category: str
    slot: str
    order: str
    why: str

    @property
    def length(self) -> Quanta:
        """Its length."""
        return Quanta(self.end - self.start)

    @property
    def derived(self) -> bool:
        """Whether it was rendered from its asset: a join, a faded end, a picture with graphics."""
        return self.house is not None and self.house.partition(".")[0] != self.asset


def planned_piece(line: Line) -> Piece:
    """Return a line of the running order as a piece."""
    m, end = line.material, line.end
    return Piece(
        line.start, end, end, m.house, m.asset, line.in_point, line.kind, m.title, m.artist,
        line.programme, line.programme_id, line.category, line.slot, line.order, line.why,
    )  # fmt: skip


def aired_piece(entry: Entry) -> Piece:
    """Return an entry of the journal as a piece."""
    i = entry.item
    until = Quanta(max(entry.end, i.start + i.planned))
    return Piece(
        i.start, entry.end, until, i.house, i.asset, i.in_point, i.kind, i.title, i.artist,
        i.programme, i.programme_id, i.category, i.slot, i.order, i.why,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Airing:
    """One item on the air, or planned: its pieces, oldest first; other things may lie between them."""

    pieces: tuple[Piece, ...]

    @property
    def head(self) -> Piece:
        """The piece that tells what it is."""
        return self.pieces[0]

    @property
    def start(self) -> Quanta:
        """Its first quantum."""
        return self.pieces[0].start

    @property
    def end(self) -> Quanta:
        """The first quantum after it."""
        return self.pieces[-1].end

    @property
    def length(self) -> Quanta:
        """How much of it airs; less than `end` - `start` where it is interrupted."""
        return Quanta(sum(p.end - p.start for p in self.pieces))

    def before(self, limit: Quanta) -> Quanta:
        """Return how much of it airs before `limit`."""
        return Quanta(sum(max(0, min(p.end, limit) - p.start) for p in self.pieces))


def airings(
    pieces: Iterable[Piece],
    *,
    across: bool = False,
    begins: Container[tuple[AssetId | None, Quanta]] = (),
) -> list[Airing]:
    """Put together what belongs to one airing; ordered by start. `pieces` come oldest first, empty ones are left out.

    `across`: also an item that something interrupted, and that went on within the time it was meant to have, is one
    airing. `begins` names assets and air times at which a new airing begins in any case.
    """
    found: list[list[Piece]] = []
    latest: dict[AssetId, list[Piece]] = {}
    for piece in pieces:
        if piece.end <= piece.start:
            continue
        asset = piece.asset
        before = latest.get(asset) if asset is not None else None
        if before and _goes_on(before, piece, across) and (asset, piece.start) not in begins:
            before.append(piece)
            continue
        found.append([piece])
        if asset is not None:
            latest[asset] = found[-1]
    return [Airing(tuple(each)) for each in found]


def _goes_on(before: list[Piece], piece: Piece, across: bool) -> bool:
    """Tell whether `piece` continues the airing of the same asset that `before` holds."""
    last = before[-1]
    if piece.kind is not last.kind:
        return False
    # up to a GOP may air twice: what is joined under way begins at the key frame before the right place
    further = piece.in_point > last.in_point and piece.in_point >= last.in_point + last.length - GOP
    if piece.start == last.end:
        return further or (piece.derived and piece.house != last.house)
    return across and further and piece.start < before[0].until
