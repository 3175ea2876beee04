"""The head's figures: hours on the air by recount, incidents, listeners, storage, the next days; kept for a minute."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.accounts import Role
from lppl.audience import Hour, LiveCount
from lppl.desk.dashboard import DashboardDesk, Health, air_time, health_told, listened
from lppl.desk.figures import DayFigures, shares_together, together
from lppl.desk.office import Office
from lppl.desk.storage import full_at, growth_a_day, sizes_by_recipe
from lppl.incidents import Incidents
from lppl.journal import Entry
from lppl.listening import Listening
from lppl.media import AssetId, HouseId
from lppl.occurrences import Occurrences
from lppl.programme import Category, Details
from lppl.quanta import Quanta, at_or_after, seconds
from lppl.records import AiredRow, FileStamp, LibraryFile
from lppl.report_store import Growth, ReportStore
from scheduler.agenda import day_bounds
from scheduler.as_run import Share, Totals
from scheduler.rules import DayShares
from tests.scheduler.aired import WIB, asset_of
from tests.web.staff.conftest import NOW, Site
from tests.web.staff.log_site import lay_down
from web.health import Health as Seen

LENGTHS = st.tuples(*[st.integers(0, 40_000)] * 5)


@pytest.fixture
async def past(office: Office) -> list[Entry]:
    """What tv aired."""
    return await lay_down(office)


async def test_the_board(site: Site, past: list[Entry]) -> None:
    engine = site.office.library.engine
    incidents = Incidents(engine)
    first = await incidents.open("tv", "silence", "Sunyi", NOW - timedelta(hours=2))
    await incidents.close("tv", "silence", first.began, first.began + timedelta(seconds=90))
    await incidents.acknowledge(first.id, "Sari", NOW)
    await incidents.open("", "disk", "Hampir penuh", NOW - timedelta(minutes=5))
    hour = NOW - timedelta(hours=1)
    hours = [Hour(hour, "tv", "v720", 3600, 4), Hour(hour, "tv", "a64", 1800, 2), Hour(hour, "radio", "a64", 900, 1)]
    await Listening(engine).add(hours)
    runs = Occurrences(engine)
    await runs.claim("backup", NOW, NOW)
    await runs.finished("backup", NOW, NOW, "OSError: penuh")
    asset = asset_of("berakhir")
    await site.office.library.add_asset(asset, 5_000_000, "Film Lama", NOW - timedelta(days=2))
    await site.office.library.record_files([LibraryFile("film.mp4", FileStamp(5_000_000, 1, 1, 1), asset)])
    ends = NOW.date() + timedelta(days=3)
    await site.office.planning.store.save_details(asset, Details(last_day=ends), NOW)

    head = await site.logged_in(Role.HEAD)
    answer = await head.get("/api/v1/dashboard")
    assert answer.status == 200
    board = await answer.json()
    tv = next(c for c in board["air"] if c["channel"] == "tv")
    aired, due = sum(e.length for e in past if e.item.house), sum(e.length for e in past)
    month = tv["spells"][-1]
    assert month["days"] == 30
    assert month["aired_seconds"] == pytest.approx(seconds(aired), abs=0.2)
    assert month["silent_seconds"] == pytest.approx(seconds(due - aired), abs=0.2)
    assert month["percent"] == pytest.approx(100 * aired / due, abs=0.01), "before its first air nothing was due"
    assert len(tv["days"]) == 30 and sum(d["aired_seconds"] for d in tv["days"]) == pytest.approx(seconds(aired), abs=2)
    disk, silence = board["incidents"]
    assert (disk["kind"], disk["ended"], disk["seconds"]) == ("disk", None, 300.0)
    assert (silence["seconds"], silence["acknowledged_by"]) == (90.0, "Sari")
    assert {(s["channel"], s["kind"]): (s["count"], s["seconds"]) for s in board["incident_sums"]} == {
        ("", "disk"): (1, 300.0), ("tv", "silence"): (1, 90.0)
    }  # fmt: skip
    assert [(x["channel"], x["average"], x["peak"]) for x in board["listened"]] == [("radio", 0.25, 1), ("tv", 1.5, 6)]
    assert [(r["title"], r["last_day"]) for r in board["rights"]] == [("Film Lama", str(ends))]
    assert [(j["job"], j["outcome"]) for j in board["jobs"]] == [("backup", "OSError: penuh")]
    assert board["storage"]["media"] == 5_000_000 and board["storage"]["journal"] > 0
    assert {o["channel"] for o in board["outlooks"]} == {"tv", "radio"}
    assert all(sum(o["counts"].values()) >= len(o["problems"]) for o in board["outlooks"])


async def test_figures_are_made_once_a_minute_and_the_last_stay_meanwhile(office: Office, past: list[Entry]) -> None:
    now = [0.0]
    desk = DashboardDesk(office.planning, office.figures, monotonic=lambda: now[0])
    both = await asyncio.gather(desk.board(NOW), desk.board(NOW))
    assert both[0] is both[1]
    now[0] = 59.0
    assert await desk.board(NOW) is both[0]
    now[0] = 61.0
    assert await desk.board(NOW + timedelta(minutes=1)) is both[0], "nobody waits while new ones are made"
    async with asyncio.timeout(30):
        while await desk.board(NOW + timedelta(minutes=1)) is both[0]:
            await asyncio.sleep(0.01)
    now[0] = 2000.0
    assert (await desk.board(NOW + timedelta(hours=1))).made == NOW + timedelta(hours=1), "too old to be shown"


async def test_present_is_never_kept(office: Office) -> None:
    live = [LiveCount("tv", "v720", 3)]
    desk = DashboardDesk(office.planning, office.figures, lambda: live, lambda: Health("ok", ()))
    assert [(x.channel, x.listeners) for x in desk.present().live] == [("tv", 3)]
    live.clear()
    assert desk.present().live == () and desk.present().health == Health("ok", ())


def test_health_as_staff_read_it() -> None:
    told = health_told(lambda: Seen((), database="Basis data tidak terjangkau", warnings=("Jam salah",)))
    assert told.warnings == ("Basis data tidak terjangkau", "Jam salah")


# ---- sums of days -----------------------------------------------------------------------------------


def figures(day: date, lengths: tuple[int, ...], off: int) -> DayFigures:
    start, end = day_bounds(day, WIB)
    shares = tuple(Share(c, Quanta(n), Decimal(0)) for c, n in zip(Category, lengths, strict=True))
    aired = sum(lengths)
    totals = Totals(shares, Quanta(aired), Quanta(off), Quanta(end - start - aired - off))
    return DayFigures(day, start, end, totals, DayShares(day, aired, lengths[4], off, 0, 0, aired, aired))


@given(st.lists(st.tuples(LENGTHS, st.integers(0, 30_000)), min_size=1, max_size=12))
def test_days_together_are_their_sum(found: list[tuple[tuple[int, ...], int]]) -> None:
    days = [figures(date(2026, 11, 1) + timedelta(days=n), lengths, off) for n, (lengths, off) in enumerate(found)]
    whole = together(days)
    for n, share in enumerate(whole.shares):
        assert share.length == sum(lengths[n] for lengths, _ in found)
    assert whole.aired == sum(sum(lengths) for lengths, _ in found) and whole.off == sum(off for _, off in found)
    assert whole.aired + whole.off + whole.unrecorded == sum(d.end - d.start for d in days)
    assert sum(s.percent for s in whole.shares) == (100 if whole.aired else 0)
    summed = shares_together(days)
    assert (summed.airtime, summed.commercial) == (whole.aired, sum(lengths[4] for lengths, _ in found))


@given(
    st.lists(st.tuples(LENGTHS, st.integers(0, 30_000)), min_size=1, max_size=30),
    st.integers(-40, 2), st.integers(0, 86_399),
)  # fmt: skip
def test_hours_on_the_air_never_exceed_what_was_due(
    found: list[tuple[tuple[int, ...], int]], began: int, second: int
) -> None:
    last = date(2026, 11, 30)
    days = [figures(last - timedelta(days=len(found) - 1 - n), lengths, off) for n, (lengths, off) in enumerate(found)]
    now = at_or_after(datetime(2026, 11, 29, 17, tzinfo=UTC) + timedelta(seconds=second))
    first = None if began > 1 else Quanta(now + began * 270_000)
    told = air_time("tv", "TV", days, first, now)
    for spell in told.spells:
        mine = told.days[-spell.days :]
        assert spell.aired_seconds == pytest.approx(sum(d.aired_seconds for d in mine), abs=2)
        assert spell.silent_seconds >= 0
        assert spell.percent is None or 0 <= spell.percent <= 100
    assert all(d.aired_seconds <= d.due_seconds for d in told.days)


def test_listeners_of_an_hour() -> None:
    hour = NOW.replace(minute=0)
    (found,) = listened([Hour(hour, "tv", "a", 7200, 3), Hour(hour, "tv", "b", 3600, 2)])
    assert (found.average, found.peak) == (3.0, 5)


# ---- the disk ---------------------------------------------------------------------------------------


def test_when_the_disk_is_full() -> None:
    gb = 1_000_000_000
    assert full_at(100 * gb, 10 * gb, 9 * gb, NOW) == NOW + timedelta(days=10)
    assert full_at(5 * gb, 10 * gb, gb, NOW) == NOW, "what conforming leaves free counts as full"
    assert full_at(100 * gb, 0, 0, NOW) is None and full_at(100_000 * gb, 0, gb, NOW) is None


def test_growth_is_media_and_what_was_made_of_it() -> None:
    growth = Growth(1400, MappingProxyType({"tv-a": 70, "radio-b": 14, "gone": 5}))
    house, quanta = {"tv-a": 10_000, "radio-b": 100}, {"tv-a": 1000, "radio-b": 100}
    assert growth_a_day(growth, house, quanta, 14.0, 7, True) == round((1400 + 700 + 14) / 14) + 7
    assert growth_a_day(growth, house, quanta, 14.0, 7, False) == round(714 / 14) + 7
    assert growth_a_day(Growth(0, {}), {}, {}, 0.0, 0, True) == 0


def test_sizes_of_recipes() -> None:
    sets = "4\t/d/house/0a/x1/tv-a\n8\t/d/house/0a/x1/radio-b\n12\t/d/house/0a/x1\n2\t/d/house/1b/x2/tv-a\n"
    said = f"{sets}20\t/d/house\n"
    assert sizes_by_recipe(said) == {"tv-a": 6 * 1024, "radio-b": 8 * 1024}
    assert sizes_by_recipe("") == {} and sizes_by_recipe("4\t/d/house\n") == {}


async def test_what_was_dated_back_was_never_due(office: Office) -> None:
    start = at_or_after(NOW - timedelta(hours=3))
    rows = [AiredRow("tv", Quanta(start - 188), Quanta(188), AssetId("a"), HouseId("a.tv"), "preroll", "Ident", "")]
    rows.append(AiredRow("tv", start, Quanta(900), AssetId("b"), HouseId("b.tv"), "item", "Lagu", ""))
    await office.library.record_aired(rows)
    assert await ReportStore(office.library.engine).first_aired("tv") == start
    assert await ReportStore(office.library.engine).first_aired("radio") is None
