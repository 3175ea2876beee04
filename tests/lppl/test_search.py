"""What a search asks for, whatever somebody types, and how SQLite looks for it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from lppl.database import migrate, open_database
from lppl.search import QUERY_LENGTH, WORDS, words_of


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", ()),
        ("  \t\n", ()),
        ("Bengawan SOLO", ("bengawan", "solo")),
        ("solo bengawan solo", ("bengawan", "solo")),
        ("mp mp3 3", ("mp3",)),
        ("STRASSE straße", ("strasse",)),
        ("lagu\udcff.mp3", ("lagu\uefff.mp3",)),  # a byte of a name that is no UTF-8, as records have it
        ("setengah \ud83d", None),
        ("nol\0", None),
        ("x" * 5000, ("x" * QUERY_LENGTH,)),
    ],
)
def test_words(query: str, words: tuple[str, ...] | None) -> None:
    assert words_of(query) == words


def test_many_words_are_limited_to_the_longest() -> None:
    words = words_of(" ".join(f"{n:02}" for n in range(99)) + " panjang")
    assert words is not None
    assert len(words) == WORDS
    assert words[0] == "panjang"


@given(st.text(), st.text())
def test_whoever_holds_the_words_holds_every_word_typed(query: str, text: str) -> None:
    words = words_of(query)
    folded = text.casefold()
    if words is not None:
        assert all(w in folded for w in words) == all(w in folded for w in query.casefold().split())


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM assets WHERE words LIKE '%a%' ESCAPE '/' AND state = 'ready'",
        "SELECT count(*) FROM assets WHERE words LIKE '%a%' ESCAPE '/' AND state != 'derived'",
        "SELECT id FROM assets WHERE words LIKE '%a%' ESCAPE '/' LIMIT 501",
        "SELECT id FROM assets WHERE words LIKE '%a%' ESCAPE '/' AND state = 'ready' ORDER BY title DESC, id DESC",
    ],
)
async def test_only_the_index_is_looked_through_and_in_its_order(tmp_path: Path, query: str) -> None:
    url = f"sqlite:///{tmp_path / 'lppl.db'}"
    await migrate(url)
    engine = open_database(url)
    async with engine.connect() as connection:
        plan = " ".join(str(row) for row in await connection.execute(text(f"EXPLAIN QUERY PLAN {query}")))
    await engine.dispose()
    assert "COVERING INDEX ix_assets_search" in plan
    assert "TEMP B-TREE" not in plan
