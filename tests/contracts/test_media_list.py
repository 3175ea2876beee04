"""Lists of the library and what staff change of assets, over SQLite and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from lppl.bench.row_search import catalogue, fill
from lppl.database import migrate, open_database
from lppl.library import Library
from lppl.media import AssetId, HouseId, Tags
from lppl.media_list import MediaList, Show, Sort, Sought
from lppl.media_store import MediaStore
from lppl.programme import AgeClass, Category, Details
from lppl.quanta import Quanta
from lppl.readiness import Readiness
from lppl.records import AiredRow, FileStamp, HouseRecord, LibraryFile
from tests.contracts.conftest import PostgresServer

COUNT = 300
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROWS = [asset for asset, _ in catalogue(COUNT)]
FILES = {file["asset_id"]: file["path"] for _, file in catalogue(COUNT)}
IDS = [AssetId(row["id"]) for row in ROWS]


@pytest.fixture
async def library(database_url: str) -> AsyncIterator[Library]:
    await migrate(database_url)
    engine = open_database(database_url)
    await fill(engine, COUNT)
    yield Library(engine)
    await engine.dispose()


async def test_filters_orders_and_pages(library: Library) -> None:
    lists, store = MediaList(library.engine), MediaStore(library.engine)
    news = Details(category=Category.NEWS, age=AgeClass.SU, group="gold", last_day=date(2026, 12, 1))
    known = {IDS[1]: news, IDS[2]: Details(category=Category.NEWS), IDS[3]: Details(note="x")}
    await store.change(known, {}, NOW)
    await store.put_away([IDS[4]], NOW)
    row = AiredRow("tv", Quanta(1), Quanta(2), IDS[5], HouseId(f"{IDS[5]}.x"), "item", "", "")
    await library.record_aired([row])

    async def ids(sought: Sought) -> set[str]:
        found = await lists.page(sought, limit=COUNT)
        assert found.total == len(found.ids)
        return set(found.ids)

    everything = {*IDS} - {IDS[4]}
    assert await ids(Sought()) == everything
    assert await ids(Sought(binned=True)) == {IDS[4]}
    assert await ids(Sought(category=Category.NEWS)) == {IDS[1], IDS[2]}
    assert await ids(Sought(category=Category.NEWS, age=AgeClass.SU, group="gold")) == {IDS[1]}
    assert await ids(Sought(rights_until=date(2026, 12, 1))) == {IDS[1]}
    assert await ids(Sought(rights_until=date(2026, 11, 30))) == set()
    assert await ids(Sought(bare=True)) == everything - {IDS[1]}
    assert await ids(Sought(unused=True)) == everything - {IDS[5]}
    assert (
        await ids(Sought(show=Show.REFUSED)) == {AssetId(r["id"]) for r in ROWS if r["state"] == "refused"} & everything
    )
    assert await ids(Sought(show=Show.GONE)) == await ids(Sought(show=Show.FAILED)) == set()
    assert await ids(Sought(picture=True)) == set()
    pop = {i for i in everything if FILES[i].startswith("musik/pop/")}
    assert await ids(Sought(folder="musik/pop")) == pop and pop
    assert await ids(Sought(folder="musik/po")) == set()
    words = {AssetId(r["id"]) for r in ROWS if "pop" in r["words"]} & everything
    assert await ids(Sought(words="POP")) == words
    for text in ("\0", "\ud83d", "x" * 9000):
        assert await ids(Sought(words=text)) == await ids(Sought(group=text)) == await ids(Sought(folder=text)) == set()
    newest = await lists.page(Sought(), Sort.ADDED, down=True, limit=3)
    assert list(newest.ids) == IDS[:-4:-1] and newest.total == COUNT - 1
    beyond = await lists.page(Sought(), offset=5000)
    assert (beyond.ids, beyond.total) == ((), COUNT - 1)
    assert await lists.groups() == ("gold",)
    folders = await lists.folders()
    assert sum(folders.values()) == COUNT
    assert folders[FILES[IDS[0]].rpartition("/")[0]] >= 1
    assert await lists.summary() == {"binned": 1, "refused": 0}


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("sought", [Sought(words="pop"), Sought(folder="musik/pop")])
async def test_any_page_is_that_part_of_the_whole_list(
    library: Library, sought: Sought, sort: Sort, down: bool
) -> None:
    lists = MediaList(library.engine)
    whole = (await lists.page(sought, sort, down=down, limit=COUNT)).ids
    rows = {row["id"]: row for row in ROWS}
    key = {Sort.TITLE: "title", Sort.ADDED: "added", Sort.LENGTH: "duration_s"}[sort]
    assert list(whole) == sorted(whole, key=lambda i: (rows[i][key], i), reverse=down) and len(whole) > 20
    for offset in (0, 3, len(whole) // 2, len(whole) - 7, len(whole) - 1, len(whole), len(whole) + 9):
        for limit in (1, 7, COUNT):
            page = await lists.page(sought, sort, down=down, offset=offset, limit=limit)
            assert (page.ids, page.total) == (whole[offset : offset + limit], len(whole)), (offset, limit)


async def test_what_is_in_the_bin_cannot_air(library: Library) -> None:
    store, asset = MediaStore(library.engine), next(AssetId(r["id"]) for r in ROWS if r["state"] == "ready")
    house = HouseId(f"{asset}.resep")
    await library.adopt_house(HouseRecord(house, Quanta(9), None, 0.0, False), NOW)
    readiness = Readiness(library.engine)
    assert await readiness.present([house]) == {house}
    await store.put_away([asset], NOW)
    assert await readiness.present([house]) == frozenset()
    assert asset in {a.id for a in await library.ready_assets(limit=COUNT)}, "what comes out of the bin is conformed"


async def test_paths_for_playlists(library: Library) -> None:
    store = MediaStore(library.engine)
    pop = sorted(path for path in FILES.values() if path.startswith("musik/pop/"))
    assert sorted(await store.paths("musik/pop")) == pop and len(pop) > 3
    assert len(await store.paths("musik/pop", 2)) == 2 and await store.paths("Musik/pop") == ()
    assert len(await store.paths()) == COUNT
    title = ROWS[0]["title"]
    bearing = {FILES[r["id"]] for r in ROWS if r["title"] == title}
    assert {path for *_, path in await store.candidates([title])} == bearing
    await store.put_away([IDS[0]], NOW)
    assert {path for *_, path in await store.candidates([title])} == bearing - {FILES[IDS[0]]}


async def test_names_and_what_is_removed(library: Library) -> None:
    store, asset = MediaStore(library.engine), IDS[0]
    await store.change({}, {asset: Tags("Walang Kekek", "Waldjinah")}, NOW)
    assert (await library.page("walang kekek")).total == 1
    await store.move(FILES[asset], LibraryFile("baru/a.mp3", FileStamp(1, 2, 3, 4), asset), Tags("W"))
    assert await library.assets_at(["baru/a.mp3", FILES[asset]]) == {"baru/a.mp3": asset}
    assert (await library.page("baru a.mp3")).total == 1
    assert await store.put_away([asset, asset], NOW) == 1
    assert (await store.removed([asset, IDS[1]])) == {asset: NOW} and await store.binned(NOW) == (asset,)
    await store.forget(["baru/a.mp3"], [])
    assert await store.binned(NOW) == () and await store.take_back([asset]) == 1
    assert await store.titles([asset]) == {asset: "Walang Kekek"}


@pytest.fixture
def by_language(postgres: PostgresServer) -> str:
    """The URL of an empty database that sorts as Indonesian does."""
    plain = postgres.new_database()
    named = make_url(plain)

    async def create() -> None:
        engine = create_async_engine(plain, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            how = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'id-ID'"
            await connection.exec_driver_sql(f"CREATE DATABASE {named.database}_id {how}")
        await engine.dispose()

    asyncio.run(create())
    return named.set(database=f"{named.database}_id").render_as_string(hide_password=False)


@pytest.mark.integration
async def test_folders_where_a_server_sorts_by_a_language(by_language: str) -> None:
    """To it a slash hardly counts: ``musik/pop`` comes behind ``musik0``."""
    await migrate(by_language)
    engine = open_database(by_language)
    try:
        await fill(engine, COUNT)
        library, lists = Library(engine), MediaList(engine)
        await library.record_files([LibraryFile("/builtin/ident.wav", FileStamp(1, 1, 1), IDS[0])])
        pop = {i for i in IDS if FILES[i].startswith("musik/pop/")}
        assert set((await lists.page(Sought(folder="musik/pop"), limit=COUNT)).ids) == pop - {IDS[0]} and len(pop) > 3
        assert IDS[0] not in (await lists.page(Sought(), limit=COUNT)).ids
        assert await library.assets_below("musik/pop") == pop
    finally:
        await engine.dispose()
