"""The contract of what staff lay down, and of the queue that follows plans, over SQLite and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.database import migrate, open_database
from lppl.derived import Join, Tail, Variant, derived_id
from lppl.errors import LpplError
from lppl.library import Library
from lppl.media import AssetId, AudioFacts, AudioRung, ChannelKind, Facts, Profile, Tags, VideoFacts
from lppl.plan_store import EditRow, GridVersion, Json, Kind, PlanStore, Superseded, VersionState
from lppl.programme import AgeClass, Category, Details
from lppl.quanta import Quanta
from lppl.records import AiredRow, AssetState, FileStamp, HouseRecord, Job, JobRequest, LibraryFile

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RADIO = Profile(ChannelKind.RADIO, (), (AudioRung("a128", 128_000),), -16.0, -1.5, "veryfast")
OTHER = Profile(ChannelKind.RADIO, (), (AudioRung("a64", 64_000),), -16.0, -1.5, "veryfast")
AUDIO = AudioFacts(0, "mp3", 2, 44_100, 12.5)
VIDEO = VideoFacts(0, "h264", 640, 360, 0, 25.0, False, "yuv420p", "1:1", "bt709", 12.5)
AIR = Quanta(5_600_000_000)
FOUND = Details(cue_in_ms=40, outro_ms=9000, cue_out_ms=12_000, cues_sought=True)


def asset_id(n: int) -> AssetId:
    return AssetId(f"{n:040x}")


async def put(library: Library, n: int, *, seconds: float = 12.5, picture: bool = False, path: str = "") -> AssetId:
    """Record one examined asset with one file."""
    asset = asset_id(n)
    await library.add_asset(asset, 1000, "berkas", NOW)
    await library.record_files([LibraryFile(path or f"{n}.mp3", FileStamp(1000, n, n, 7), asset)])
    await library.examined(asset, Tags(f"Lagu {n}"), Facts("mp3", 0.0, seconds, VIDEO if picture else None, AUDIO))
    return asset


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    await migrate(database_url)
    opened = open_database(database_url)
    yield opened
    await opened.dispose()


@pytest.fixture
def store(engine: AsyncEngine) -> PlanStore:
    return PlanStore(engine)


@pytest.fixture
def library(engine: AsyncEngine) -> Library:
    return Library(engine)


# --- documents ---------------------------------------------------------------------------------------


async def test_documents_of_a_kind_come_by_id_and_are_replaced(store: PlanStore) -> None:
    for name, title in (("b", "Dua"), ("a", "Satu"), ("b", "Lain \u202e'\"")):
        await store.save_document(Kind.PROGRAMME, name, {"title": title, "days": [1, None]}, NOW)
    await store.save_document(Kind.PLAYLIST, "a", {}, NOW)
    found = await store.documents(Kind.PROGRAMME)
    assert list(found.items()) == [
        ("a", {"title": "Satu", "days": [1, None]}),
        ("b", {"title": "Lain \u202e'\"", "days": [1, None]}),
    ]
    assert await store.remove_document(Kind.PROGRAMME, "a")
    assert not await store.remove_document(Kind.PROGRAMME, "a")
    assert list(await store.documents(Kind.PROGRAMME)) == ["b"]
    assert list(await store.documents(Kind.PLAYLIST)) == ["a"]


async def test_a_document_is_shown_before_it_is_replaced_and_may_be_held_on_to(store: PlanStore) -> None:
    shown: list[Json | None] = []
    assert await store.save_document(Kind.PROGRAMME, "a", {"n": 1}, NOW, shown.append) is None
    assert await store.save_document(Kind.PROGRAMME, "a", {"n": 2}, NOW, shown.append) == {"n": 1}

    def refuse(_: Json | None) -> None:
        raise LpplError("tidak", "no")

    with pytest.raises(LpplError):
        await store.save_document(Kind.PROGRAMME, "a", {"n": 3}, NOW, refuse)
    assert shown == [None, {"n": 1}]
    assert await store.documents(Kind.PROGRAMME) == {"a": {"n": 2}}


async def test_every_change_raises_the_counter_and_a_new_database_has_none(store: PlanStore, library: Library) -> None:
    asset = await put(library, 1)
    assert await store.change_counter() == 0
    changes = [
        lambda: store.save_document(Kind.ORDER, "a", {}, NOW),
        lambda: store.remove_document(Kind.ORDER, "a"),
        lambda: store.save_draft("tv", {}, "Sari", NOW),
        lambda: store.publish("tv", 1, "Sari", NOW),
        lambda: store.withdraw("tv", 1, "keliru"),
        lambda: store.save_draft("tv", {}, "Sari", NOW),
        lambda: store.discard_draft("tv"),
        lambda: store.add_edit("tv", AIR, {}, "Sari", NOW),
        lambda: store.withdraw_edit("tv", 1, NOW),
        lambda: store.keep_order("tv", "x", AIR, {"ordered": "x"}, "Sari", NOW),
        lambda: store.save_details(asset, Details(), NOW),
        lambda: store.propose_cues({asset: FOUND}, NOW),
    ]
    seen = [0]
    for change in changes:
        await change()
        seen.append(await store.change_counter())
    assert seen == sorted(set(seen))


# --- versions of the grid ------------------------------------------------------------------------------


def told(version: GridVersion | None) -> tuple[int, VersionState, object] | None:
    return None if version is None else (version.number, version.state, version.document)


async def test_a_draft_is_kept_and_changed_until_it_is_published(store: PlanStore) -> None:
    assert await store.draft("tv") is None and await store.in_force("tv") is None
    first = await store.save_draft("tv", {"n": 1}, "Sari", NOW, note="rencana")
    again = await store.save_draft("tv", {"n": 2}, "Budi", NOW)
    assert (first.number, again.number, again.document, again.author) == (1, 1, {"n": 2}, "Budi")
    assert told(await store.draft("radio")) is None
    later = NOW + timedelta(hours=1)
    await store.publish("tv", 1, "Sari", later, reason="dijelaskan", findings=["berat: x"])
    assert await store.draft("tv") is None
    published = await store.in_force("tv")
    assert published is not None
    assert (published.published, published.reason, published.findings) == (later, "dijelaskan", ("berat: x",))
    third = await store.save_draft("tv", {"n": 3}, "Sari", NOW, base=1)
    assert (third.number, third.base) == (2, 1)
    assert told(await store.in_force("tv")) == (1, VersionState.PUBLISHED, {"n": 2})
    assert await store.discard_draft("tv") and not await store.discard_draft("tv")


async def test_withdrawing_puts_the_version_before_in_force_again(store: PlanStore) -> None:
    for n in (1, 2, 3):
        await store.save_draft("tv", {"n": n}, "Sari", NOW)
        await store.publish("tv", n, "Sari", NOW + timedelta(minutes=n))
    assert not await store.withdraw("tv", 9, "tidak ada")
    assert await store.withdraw("tv", 3, "keliru")
    assert not await store.withdraw("tv", 3, "lagi")
    assert told(await store.in_force("tv")) == (2, VersionState.PUBLISHED, {"n": 2})
    await store.publish("tv", 1, "Sari", NOW + timedelta(hours=1))  # published again, later than the second
    assert told(await store.in_force("tv")) == (1, VersionState.PUBLISHED, {"n": 1})
    listed = await store.versions("tv")
    assert [(v.number, v.state) for v in listed] == [
        (3, VersionState.WITHDRAWN),
        (2, VersionState.PUBLISHED),
        (1, VersionState.PUBLISHED),
    ]
    assert listed[0].reason == "keliru"
    assert [v.number for v in await store.versions("tv", limit=1)] == [3]


async def test_the_second_of_two_who_changed_the_same_grid_is_told_and_nothing_is_lost(store: PlanStore) -> None:
    first = await store.save_draft("tv", {"n": 1}, "Sari", NOW, expected=0)
    with pytest.raises(Superseded) as told:
        await store.save_draft("tv", {"n": 2}, "Budi", NOW, expected=0)
    assert told.value.current == first and "Sari" in told.value.indonesian
    second = await store.save_draft("tv", {"n": 2}, "Budi", NOW, expected=first.revision)
    assert second.revision > first.revision
    with pytest.raises(Superseded):
        await store.publish("tv", 1, "Sari", NOW, expected=first.revision)
    with pytest.raises(Superseded):
        await store.discard_draft("tv", expected=first.revision)
    assert (await store.draft("tv")) == second
    await store.publish("tv", 1, "Budi", NOW, expected=second.revision)
    third = await store.save_draft("tv", {"n": 3}, "Sari", NOW, expected=second.revision)  # over what is in force
    assert await store.discard_draft("tv", expected=third.revision)
    fourth = await store.save_draft("tv", {"n": 4}, "Sari", NOW, expected=second.revision)
    assert fourth.revision > third.revision, "a number of its own, though the third is gone"
    with pytest.raises(Superseded):
        await store.save_draft("tv", {"n": 5}, "Budi", NOW, expected=third.revision)


# --- edits, days, spots ------------------------------------------------------------------------------


class _Met(Exception):
    """Somebody was first."""


async def test_of_those_who_add_an_edit_at_one_instant_each_sees_the_ones_before(store: PlanStore) -> None:
    def alone(rows: Sequence[EditRow]) -> None:
        if rows:
            raise _Met

    def together(n: int) -> Coroutine[Any, Any, int]:
        return store.add_edit("tv", Quanta(AIR + n), {"n": n}, "Sari", NOW, alone)

    done = await asyncio.gather(*(together(n) for n in range(6)), return_exceptions=True)
    kept = [number for number in done if isinstance(number, int)]
    assert len(kept) == 1 and sum(isinstance(each, _Met) for each in done) == 5
    assert [row.id for row in await store.edits("tv", AIR)] == kept
    before = await store.change_counter()
    with pytest.raises(_Met):
        await together(9)
    assert await store.change_counter() == before, "nothing was changed"


async def test_edits_come_in_the_order_in_which_they_were_made(store: PlanStore) -> None:
    numbers = [await store.add_edit("tv", Quanta(AIR + at), {"n": at}, "Sari", NOW) for at in (50, 10, 30)]
    await store.add_edit("radio", AIR, {}, "Sari", NOW)
    assert [e.id for e in await store.edits("tv", Quanta(AIR + 20))] == [numbers[0], numbers[2]]
    assert await store.withdraw_edit("tv", numbers[0], NOW)
    assert not await store.withdraw_edit("tv", numbers[0], NOW)
    assert not await store.withdraw_edit("radio", numbers[1], NOW)
    assert [e.id for e in await store.edits("tv", AIR)] == numbers[1:]
    withdrawn = [e for e in await store.edits("tv", AIR, withdrawn=True) if e.withdrawn is not None]
    assert [(e.id, e.at, e.document, e.author, e.withdrawn) for e in withdrawn] == [
        (numbers[0], AIR + 50, {"n": 50}, "Sari", NOW)
    ]


async def test_an_operators_order_is_kept_once_as_it_is_now(store: PlanStore) -> None:
    order = "1795366125995-872957a3"
    edit = {"act": "tahan", "ordered": order, "until": 0}
    other = await store.add_edit("tv", AIR, {"act": "sisip"}, "Budi", NOW)
    number = await store.keep_order("tv", order, AIR, edit, "Sari", NOW)
    ended = edit | {"until": 9}
    assert await store.keep_order("tv", order, Quanta(AIR + 4), ended, "Sari", NOW) == number
    found = [(e.id, e.at, e.document, e.author) for e in await store.edits("tv", AIR)]
    assert found == [(other, AIR, {"act": "sisip"}, "Budi"), (number, AIR + 4, ended, "Sari")]
    assert await store.keep_order("radio", order, AIR, edit, "Sari", NOW) != number
    assert await store.withdraw_edit("tv", number, NOW)
    assert await store.keep_order("tv", order, AIR, edit, "Sari", NOW) == number
    assert [e.id for e in await store.edits("tv", Quanta(0))] == [other], "what was taken back stays so"


async def test_a_day_is_kept_once_as_it_was_planned(store: PlanStore) -> None:
    assert await store.kept_day("tv", "2026-11-22") is None
    assert await store.keep_day("tv", "2026-11-22", [{"start": 1}], NOW)
    assert not await store.keep_day("tv", "2026-11-22", [{"start": 2}], NOW)
    assert await store.kept_day("tv", "2026-11-22") == [{"start": 1}]
    assert await store.kept_day("radio", "2026-11-22") is None


async def test_days_long_past_are_let_go(store: PlanStore) -> None:
    for channel, day in (("tv", "2025-09-30"), ("radio", "2025-10-01"), ("tv", "2025-10-02")):
        await store.keep_day(channel, day, [], NOW)
    assert await store.forget_days("2025-10-01") == 1
    assert await store.kept_day("tv", "2025-09-30") is None
    assert await store.kept_day("radio", "2025-10-01") == []
    assert await store.forget_days("2025-10-01") == 0


async def test_spots_that_aired_are_told_once_also_where_a_file_lies_twice(store: PlanStore, library: Library) -> None:
    asset = await put(library, 1, path="iklan/b.mp3")
    await library.record_files([LibraryFile("iklan/a.mp3", FileStamp(1000, 9, 9, 7), asset)])
    house = RADIO.house(asset)

    def row(at: int, order: str, name: AssetId = asset) -> AiredRow:
        return AiredRow("tv", Quanta(AIR + at), Quanta(40), name, house, "item", "Iklan", "Jeda", order=order)

    await library.record_aired([row(0, "toko"), row(40, ""), row(80, "toko"), row(120, "lain", asset_id(9))])
    assert list(await store.spot_airings("tv", Quanta(AIR + 80))) == [
        ("toko", "iklan/a.mp3", AIR + 80, 40),
        ("lain", "", AIR + 120, 40),
    ]
    assert list(await store.spot_airings("radio", AIR)) == []


# --- details and cue points --------------------------------------------------------------------------


async def test_details_come_back_whole_and_reach_the_shelf(store: PlanStore, library: Library) -> None:
    asset = await put(library, 1)
    details = Details(
        category=Category.CULTURE, age=AgeClass.A, hours=((3600, 7200),), first_day=date(2026, 11, 1), cue_in_ms=0
    )
    before = await library.change_counter()
    await store.save_details(asset, details, NOW)
    assert await store.details([asset, asset_id(2)]) == {asset: details}
    assert await library.change_counter() != before
    await library.adopt_house(HouseRecord(RADIO.house(asset), Quanta(40), -18.0, 2.0, False), NOW)
    assert (await library.shelf(RADIO)).materials[asset].details == details
    await store.save_details(asset, Details(), NOW)
    assert await store.details([asset]) == {asset: Details()}


@pytest.mark.parametrize(
    ("known", "kept"),
    [
        (None, FOUND),
        (Details(), FOUND),
        (Details(speech=True, note="catatan"), FOUND.model_copy(update={"speech": True, "note": "catatan"})),
        (Details(cue_out_ms=7000), Details(cue_out_ms=7000, cues_sought=True)),
        (Details(intro_ms=0), Details(intro_ms=0, cues_sought=True)),
    ],
)
async def test_found_cues_never_stand_over_a_persons(
    store: PlanStore, library: Library, known: Details | None, kept: Details
) -> None:
    asset = await put(library, 1)
    if known is not None:
        await store.save_details(asset, known, NOW)
    await store.propose_cues({asset: FOUND}, NOW)
    assert await store.details([asset]) == {asset: kept}
    assert await library.without_cues("", 10) == ()


async def test_cues_are_looked_for_once_in_what_has_sound_only(store: PlanStore, library: Library) -> None:
    for n in range(1, 5):
        await put(library, n)
    await put(library, 5, picture=True)
    await library.add_asset(asset_id(6), 10, "baru", NOW)
    await library.forget_files(["4.mp3"])
    await store.save_details(asset_id(2), Details(category=Category.NEWS), NOW)
    await store.propose_cues({asset_id(3): Details(cues_sought=True)}, NOW)
    assert await library.without_cues("", 10) == (asset_id(1), asset_id(2))
    assert await library.without_cues("", 1) == (asset_id(1),)
    assert await library.without_cues(asset_id(1), 10) == (asset_id(2),)


# --- what plans want made ahead ----------------------------------------------------------------------


def tail(n: int, at: int = 0) -> Tail:
    return Tail(asset=asset_id(n), at=at, length=6)


async def queue(library: Library) -> list[tuple[AssetId, int | None]]:
    return [(job.asset, job.needed) for job in await library.jobs.waiting()]


async def test_derived_material_is_queued_by_air_time_before_what_nobody_plans(library: Library) -> None:
    one, two = await put(library, 1), await put(library, 2, seconds=300)
    await library.jobs.enqueue([JobRequest(one, RADIO, 12.5), JobRequest(two, OTHER, 300.0)], NOW)
    join = Join(before=one, after=two, before_at=20, after_at=0, length=9, fade_out=9)
    variant = Variant(asset=two, age=AgeClass.R)
    wishes = [(variant, Quanta(AIR + 9)), (join, Quanta(AIR + 5)), (Tail(asset="9" * 40, at=0, length=2), AIR)]
    assert await library.add_derived(wishes, RADIO, NOW) == 2
    assert await library.add_derived(wishes, RADIO, NOW) == 0
    assert await queue(library) == [
        (derived_id(join), AIR + 5),
        (derived_id(variant), AIR + 9),
        (one, None),
        (two, None),
    ]
    assert [(w.title, w.duration_s) for w in await library.jobs.waiting(RADIO.recipe)][:2] == [
        ("Lagu 2", 9 * 0.32),
        ("Lagu 2", 300.0),
    ]
    assert await library.derived(derived_id(join)) == join
    assert await library.derived(one) is None
    made = await library.asset(derived_id(variant))
    assert made is not None and made.state is AssetState.DERIVED


async def test_what_waits_takes_the_newest_time_and_leaves_when_no_plan_wishes_it(library: Library) -> None:
    await put(library, 1)
    a, b, c = (tail(1, at) for at in (1, 2, 3))
    await library.add_derived([(a, AIR), (b, Quanta(AIR + 1)), (c, Quanta(AIR + 2))], RADIO, NOW)
    await library.add_derived([(a, AIR)], OTHER, NOW)
    running = await library.jobs.claim("w", NOW)
    assert running is not None and running.asset == derived_id(a)
    await library.add_derived([(b, Quanta(AIR + 70))], RADIO, NOW)
    told = await library.change_counter()
    assert await library.jobs.drop_derived(RADIO.recipe, {derived_id(b)}) == 1
    assert await library.derived(derived_id(c)) is None and await library.asset(derived_id(c)) is None
    assert await library.derived(derived_id(a)) == a, "under way, and under another recipe"
    assert await library.change_counter() == told, "what waits is on no shelf"
    assert sorted(await queue(library)) == sorted([
        (derived_id(a), AIR),  # under way
        (derived_id(a), AIR),  # under another recipe
        (derived_id(b), AIR + 70),
    ])  # fmt: skip
    assert await library.add_derived([(c, Quanta(AIR + 5))], RADIO, NOW) == 1
    assert await library.change_counter() == told
    await library.jobs.finish(running, HouseRecord(RADIO.house(running.asset), Quanta(9), None, 0.0, False), NOW)
    assert await library.jobs.drop_derived(OTHER.recipe, ()) == 1
    assert await library.derived(derived_id(a)) == a, "what was rendered stays"


async def test_planned_files_go_by_air_time_with_what_is_rendered(library: Library) -> None:
    for n in (1, 2, 3):
        await put(library, n)
    await library.jobs.enqueue([JobRequest(asset_id(n), RADIO, 10.0 * n) for n in (1, 2, 3)], NOW)
    await library.jobs.enqueue([JobRequest(asset_id(3), OTHER, 1.0, priority=0)], NOW)
    await library.add_derived([(tail(1), Quanta(AIR + 6))], RADIO, NOW)
    await library.set_needed({asset_id(1): Quanta(AIR + 1), asset_id(2): Quanta(AIR + 2)}, RADIO.recipe)
    # the plan has changed: what it does not want any more goes back behind all
    await library.set_needed({asset_id(3): Quanta(AIR + 3), asset_id(2): Quanta(AIR + 8)}, RADIO.recipe)
    assert await queue(library) == [
        (asset_id(3), None),  # of the other recipe: the station's own, before all
        (asset_id(3), AIR + 3),
        (derived_id(tail(1)), AIR + 6),
        (asset_id(2), AIR + 8),
        (asset_id(1), None),
    ]
    order: list[Job] = []
    while (job := await library.jobs.claim("w", NOW)) is not None:
        order.append(job)
    assert [job.asset for job in order] == [asset for asset, _ in [
        (asset_id(3), 0), (asset_id(3), 0), (derived_id(tail(1)), 0), (asset_id(2), 0), (asset_id(1), 0)
    ]]  # fmt: skip


async def test_a_plan_that_wants_nothing_more_leaves_what_is_rendered_its_time(library: Library) -> None:
    await put(library, 1)
    await library.jobs.enqueue([JobRequest(asset_id(1), RADIO, 10.0)], NOW)
    await library.add_derived([(tail(1), Quanta(AIR + 6))], RADIO, NOW)
    await library.set_needed({asset_id(1): Quanta(AIR + 1)}, RADIO.recipe)
    await library.set_needed({}, RADIO.recipe)
    assert await queue(library) == [(derived_id(tail(1)), AIR + 6), (asset_id(1), None)]


async def test_assets_below_a_folder(library: Library) -> None:
    paths = {1: "musik/a.mp3", 2: "musik/pop/b.mp3", 3: "musik2/c.mp3", 4: "mus%k/d.mp3"}
    put_there = {n: await put(library, n, path=path) for n, path in paths.items()}
    assert await library.assets_below("musik") == {put_there[1], put_there[2]}
    assert await library.assets_below("mus%k/") == {put_there[4]}
    assert await library.assets_below(".") == set(put_there.values())


async def test_files_are_found_by_their_paths(library: Library) -> None:
    one, two = await put(library, 1, path="azan/a.mp3"), await put(library, 2)
    found = await library.assets_at(["azan/a.mp3", "2.mp3", "tiada.mp3"])
    assert found == {"azan/a.mp3": one, "2.mp3": two}
    assert await library.assets_at([]) == {}


async def test_what_was_rendered_stands_on_the_shelf_by_its_own_id(library: Library) -> None:
    one = await put(library, 1)
    await library.add_derived([(tail(1), AIR)], RADIO, NOW)
    job = await library.jobs.claim("w", NOW)
    assert job is not None
    made = HouseRecord(RADIO.house(job.asset), Quanta(6), None, 0.0, False)
    await library.jobs.finish(job, made, NOW)
    shelf = await library.shelf(RADIO)
    assert set(shelf.derived) == {derived_id(tail(1))} and one not in shelf.materials
    assert (await library.shelf(OTHER)).derived == {}
    assert [asset.id for asset in await library.ready_assets()] == [one]


async def test_the_speed_is_what_the_machine_does_and_not_its_pauses(library: Library) -> None:
    assert await library.jobs.speed(RADIO.recipe) is None
    minutes = (0, 1, 2, 62, 63)  # an hour's pause before the fourth
    for n, minute in enumerate(minutes, 1):
        asset = await put(library, n)
        await library.jobs.enqueue([JobRequest(asset, RADIO, 600.0)], NOW)
        job = await library.jobs.claim("w", NOW)
        assert job is not None
        made = HouseRecord(RADIO.house(asset), Quanta(40), -18.0, 2.0, False)
        await library.jobs.finish(job, made, NOW + timedelta(minutes=minute))
        assert (await library.jobs.speed(RADIO.recipe) is None) is (n == 1)
    assert await library.jobs.speed(RADIO.recipe) == 10.0
    assert await library.jobs.speed(OTHER.recipe) is None
