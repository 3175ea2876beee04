"""Finding assets by words: one page of a listing and how many there are, quickly also among 100,000.

A word is found anywhere in what is recorded of an asset, also inside longer words (``harja`` in ``Soeharja``, ``07``
in a date), as before: staff remember titles by halves, and file names run words together. Both databases answer that
by looking through the recorded text, about 25 ms for 100,000 assets, which no index of words or of letters by threes
betters for a word that most of them hold. So there is nothing to keep in step but one ordinary index that holds all
that is looked at, in the order of titles, and rows are taken from the table only for the page that is shown: few hits
are put in order after they were found, and of many the page is reached from its nearer end.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lppl.records import AssetState, recorded_path
from lppl.tables import assets

QUERY_LENGTH = 1000
WORDS = 32
"""More words than a person types; of more, the longest count."""
FEW = 500
"""Up to so many hits are fetched at once, unordered: finding them is then all the work there is."""


def words_of(query: str) -> tuple[str, ...] | None:
    """Return the words that an asset must hold, folded, the longest (the rarest) first; None when none ever can.

    A word inside another is left out: who holds ``mp3`` holds ``mp``. Pure; takes any text.
    """
    text = recorded_path(query[:QUERY_LENGTH]).casefold()
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character: no database holds that
        return None
    if "\0" in text:
        return None
    found: list[str] = []
    for word in sorted(set(text.split()), key=lambda w: (-len(w), w)):
        if not any(word in longer for longer in found):
            found.append(word)
    return tuple(found[:WORDS])


def holding(words: Sequence[str]) -> list[ColumnElement[bool]]:
    """Return the conditions that an asset holds all `words`, in their order."""
    return [assets.c.words.like(f"%{_plain(word)}%", escape="/") for word in words]


def _plain(word: str) -> str:
    """Return `word` as a pattern that only fits itself."""
    for special in "/%_":
        word = word.replace(special, f"/{special}")
    return word


async def find(
    connection: AsyncConnection,
    query: str,
    state: AssetState | None,
    *,
    newest_first: bool,
    offset: int,
    limit: int,
) -> tuple[Sequence[Row[Any]], int]:
    """Return one page of rows of `assets`, by title or newest first, and how many match in all.

    What was rendered of other assets bears their titles and is no material to look for: only its `state` finds it.
    What is in the bin is not found.
    """
    words = words_of(query)
    if words is None:
        return (), 0
    wanted = [*holding(words), assets.c.removed.is_(None)]
    wanted.append(assets.c.state != AssetState.DERIVED if state is None else assets.c.state == state)
    chosen = select(assets.c.id).where(*wanted)
    order, backwards = _orders(newest_first)
    if words:
        few = (await connection.scalars(chosen.limit(FEW + 1))).all()
        if len(few) <= FEW:
            rows = select(assets).where(assets.c.id.in_(few)).order_by(*order).offset(offset).limit(limit)
            return (await connection.execute(rows)).all(), len(few)
    total = int(await connection.scalar(select(func.count()).select_from(assets).where(*wanted)) or 0)
    near = from_nearer_end(total, offset, limit)
    page = chosen.order_by(*(backwards if near.backwards else order)).offset(near.offset).limit(near.limit)
    ids = (await connection.scalars(page)).all()
    return (await connection.execute(select(assets).where(assets.c.id.in_(ids)).order_by(*order))).all(), total


class Near(NamedTuple):
    """A page of a listing as it is reached from its nearer end."""

    backwards: bool
    offset: int
    limit: int


def from_nearer_end(total: int, offset: int, limit: int) -> Near:
    """Return how a page of `total` rows is reached over the fewest of them. Pure."""
    behind = total - offset - limit
    if behind >= offset:
        return Near(False, offset, limit)
    return Near(True, max(0, behind), max(0, min(limit, limit + behind)))


def _orders(newest_first: bool) -> tuple[list[ColumnElement[Any]], list[ColumnElement[Any]]]:
    """Return the order of a listing, and the same backwards."""
    if newest_first:
        return [assets.c.added.desc(), assets.c.id], [assets.c.added, assets.c.id.desc()]
    return [assets.c.title, assets.c.id], [assets.c.title.desc(), assets.c.id.desc()]
