"""Lists of the library and what staff change of assets, over SQLite and PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest

from lppl.bench.row_search import catalogue, fill
from lppl.database import migrate, open_database
from lppl.library import Library
from lppl.media import AssetId, HouseId, Tags
from lppl.media_list import MediaList, Show, Sort, Sought
from lppl.media_store import MediaStore
from lppl.programme import AgeClass, Category, Details
from lppl.quanta import Quanta
from lppl.records import AiredRow, FileStamp, LibraryFile

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
    await store.save_details({IDS[1]: news, IDS[2]: Details(category=Category.NEWS), IDS[3]: Details(note="x")}, NOW)
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


async def test_names_and_what_is_removed(library: Library) -> None:
    store, asset = MediaStore(library.engine), IDS[0]
    await store.rename(asset, Tags("Walang Kekek", "Waldjinah"))
    assert (await library.page("walang kekek")).total == 1
    await store.move(
        LibraryFile(FILES[asset], FileStamp(0, 0, 0), asset), "baru/a.mp3", FileStamp(1, 2, 3, 4), Tags("W")
    )
    assert await library.assets_at(["baru/a.mp3", FILES[asset]]) == {"baru/a.mp3": asset}
    assert (await library.page("baru a.mp3")).total == 1
    assert await store.put_away([asset, asset], NOW) == 1
    assert (await store.removed([asset, IDS[1]])) == {asset: NOW} and await store.binned(NOW) == (asset,)
    await store.forget(["baru/a.mp3"], [])
    assert await store.binned(NOW) == () and await store.take_back([asset]) == 1
    assert await store.titles([asset]) == {asset: "Walang Kekek"}
