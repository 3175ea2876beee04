"""Searching a library, over SQLite and PostgreSQL: every page is what a plain look through the assets gives."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from lppl.bench.row_search import catalogue, fill
from lppl.config import Settings
from lppl.database import migrate, open_database
from lppl.derived import Tail, derived_id
from lppl.library import Library
from lppl.media import AssetId, AudioFacts, Facts, Tags
from lppl.quanta import Quanta
from lppl.records import AssetState
from lppl.search import FEW

COUNT = 1500
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FACTS = Facts("mp3", 0.0, 12.5, None, AudioFacts(0, "mp3", 2, 44_100, 12.5), ())


@pytest.fixture
async def library(database_url: str) -> AsyncIterator[Library]:
    await migrate(database_url)
    engine = open_database(database_url)
    yield Library(engine)
    await engine.dispose()


def expected(rows: Sequence[dict[str, Any]], words: str, state: AssetState | None, newest_first: bool) -> list[str]:
    """Return the ids that match, in order."""
    rows = [r for r in rows if all(w in r["words"] for w in words.split()) and state in (None, r["state"])]
    rows.sort(key=lambda r: (-r["size"], r["id"]) if newest_first else (r["title"], r["id"]))
    return [r["id"] for r in rows]


async def test_every_page_is_what_a_plain_look_gives(library: Library) -> None:
    await fill(library.engine, COUNT)
    rows = [asset for asset, _ in catalogue(COUNT)]
    sizes = set()
    for words in ("", "musik", "musik mp3 an", "keroncong", "waldjinah", "sungai carso", "0007", "zzzq"):
        for state in (None, AssetState.READY, AssetState.REFUSED):
            for newest_first in (False, True):
                ids = expected(rows, words, state, newest_first)
                total = len(ids)
                sizes.add((total > FEW, bool(total)))
                for offset in {0, total // 3, total * 2 // 3, max(0, total - 5), total + 9}:
                    page = await library.page(words, state, newest_first=newest_first, offset=offset, limit=20)
                    where = (words, state, newest_first, offset)
                    assert ([a.id for a in page.assets], page.total) == (ids[offset : offset + 20], total), where
    assert sizes == {(True, True), (False, True), (False, False)}


async def test_what_was_rendered_of_others_is_no_material(library: Library) -> None:
    profile, song = Settings().profile(Settings().channels[0]), AssetId("1" * 40)
    await library.add_asset(song, 1, "Bengawan Solo", NOW)
    tail = Tail(asset=song, at=5, length=6)
    assert await library.add_derived([(tail, Quanta(9))], profile, NOW) == 1
    for query in ("", "solo"):
        page = await library.page(query)
        assert ([a.id for a in page.assets], page.total) == ([song], 1)
    assert [a.id for a in (await library.page("solo", AssetState.DERIVED)).assets] == [derived_id(tail)]


@pytest.mark.parametrize("query", ["nol\0", "setengah \ud83d", "x" * 100_000, "%" * 900, "/ _ % ' \" \\", "a " * 9000])
async def test_any_text_may_be_typed(library: Library, query: str) -> None:
    await library.add_asset(AssetId("1" * 40), 1, "Bengawan Solo", NOW)
    total = (await library.page(query)).total
    assert total == (1 if query.startswith("a ") else 0)


async def test_signs_stand_for_themselves(library: Library) -> None:
    for n, title in enumerate(("100% sehat", "1000 sehat", "a_b", "axb", "a/b", "a\\b")):
        await library.add_asset(AssetId(str(n) * 40), 1, title, NOW)
    for query, title in (("100%", "100% sehat"), ("a_b", "a_b"), ("a/b", "a/b"), ("a\\b", "a\\b")):
        assert [a.tags.title for a in (await library.page(query)).assets] == [title]


async def test_the_longest_tags_of_the_largest_characters_can_be_recorded(library: Library) -> None:
    """PostgreSQL limits what an index entry holds."""
    huge = "".join(chr(0x20000 + n * 37 % 40_000) for n in range(3000))  # nothing that compresses
    asset = AssetId("f" * 40)
    await library.add_asset(asset, 1, huge, NOW)
    await library.examined(asset, Tags(huge, huge, huge, "", huge), FACTS, huge)
    assert (await library.page(huge[:20])).total == 1
