"""What planning does at a time of day: days kept as planned, nightly findings, notices before live slots."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lppl.config import Settings
from lppl.database import migrate, open_database
from lppl.desk.planning import PlanningDesk
from lppl.events import Alarm, MemoryBus
from lppl.library import Library
from lppl.plan_store import Kind
from lppl.programme import Programme
from lppl.rundown import lines_to_json
from lppl.station.nightly import JOURNAL_KEPT
from lppl.station.planning_jobs import LIVE_SOON, NOTICE, PLAN_SEVERE, LiveNotices, check_ahead, keep_days, live_slots
from lppl.station.state import rundown_file
from scheduler.grid import Entry, Grid, LiveSource
from scheduler.recurrence import Recurrence

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
LIVE = Entry(
    id="dialog",
    programme="dialog",
    on=Recurrence(first=date(2026, 11, 1), rule="FREQ=DAILY"),
    start=20 * 3600,
    length_s=3600,
    content=LiveSource(source="Studio"),
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[PlanningDesk]:
    """A desk over an empty station: whatever is planned is the slate."""
    settings = Settings(data_dir=tmp_path, media_dir=tmp_path / "media", demo=False)
    await migrate(settings.database_url)
    library = Library(open_database(settings.database_url))
    found = PlanningDesk(settings, library)
    await found.save(Kind.PROGRAMME, "dialog", Programme(id="dialog", title="Dialog Warga"), NOW)
    yield found
    await library.engine.dispose()


async def published(desk: PlanningDesk, *entries: Entry) -> None:
    await desk.save_draft("radio", Grid(entries=entries), "Sari", NOW)
    await desk.publish("radio", "Sari", NOW, reason="uji")


async def test_days_are_kept_once_as_they_were_planned(desk: PlanningDesk) -> None:
    await published(desk, LIVE)
    due = datetime(2026, 11, 22, 16, 58, tzinfo=UTC)  # 23.58 WIB
    await keep_days(desk, due)
    kept = await desk.planned_day("radio", date(2026, 11, 23))
    assert {line.slot for line in kept if line.slot} == {"dialog@2026-11-23"}
    await desk.save_draft("radio", Grid(), "Sari", NOW)
    await desk.publish("radio", "Sari", NOW, reason="uji")
    await keep_days(desk, due)
    assert await desk.planned_day("radio", date(2026, 11, 23)) == kept
    assert await desk.planned_day("radio", date(2026, 11, 25)) == ()


async def test_days_are_kept_as_long_as_the_journal(desk: PlanningDesk) -> None:
    due = datetime(2026, 11, 22, 16, 58, tzinfo=UTC)
    oldest = due.date() - JOURNAL_KEPT
    for day in (oldest, oldest - timedelta(days=1)):
        await desk.store.keep_day("tv", day.isoformat(), [], NOW)
    await keep_days(desk, due)
    assert await desk.store.kept_day("tv", oldest.isoformat()) == []
    assert await desk.store.kept_day("tv", (oldest - timedelta(days=1)).isoformat()) is None


async def test_severe_findings_are_an_alarm_until_they_are_mended(desk: PlanningDesk) -> None:
    bus = MemoryBus()
    clash = LIVE.model_copy(update={"id": "lain", "start": 20 * 3600 + 1800})
    await published(desk, LIVE, clash)
    async with bus, bus.subscribe(Alarm) as told:
        await check_ahead(desk, bus, NOW)
        by_channel = {a.channel: a for a in [await anext(told), await anext(told)] if isinstance(a, Alarm)}
        assert by_channel["radio"].active
        assert "bentrok" in by_channel["radio"].detail.lower()
        assert (by_channel["tv"].name, by_channel["tv"].active) == (PLAN_SEVERE, False)
        await published(desk, LIVE)
        await check_ahead(desk, bus, NOW)
        assert not any([(await anext(told)).active, (await anext(told)).active])  # type: ignore[union-attr]


async def test_a_live_slot_is_told_of_in_time_and_once(desk: PlanningDesk) -> None:
    await published(desk, LIVE)
    lines = await desk.rundown("radio", date(2026, 11, 22), NOW)
    starts = datetime(2026, 11, 22, 13, tzinfo=UTC)
    assert live_slots(lines) == ((starts - NOTICE, "Dialog Warga"),)
    path = rundown_file(desk.settings, "radio")
    bus = MemoryBus()
    notices = LiveNotices(desk.settings, "radio", bus)
    assert notices.next_after(NOW) is None  # nothing is written yet
    path.parent.mkdir(parents=True)
    path.write_bytes(lines_to_json(lines))
    due = notices.next_after(NOW)
    assert due == starts - NOTICE
    assert notices.next_after(due) is None
    async with bus, bus.subscribe(Alarm) as told:
        await notices.tell(due + timedelta(seconds=1))  # nothing is due then
        await notices.tell(due)
        alarm = await anext(told)
    assert isinstance(alarm, Alarm)
    assert (alarm.channel, alarm.name) == ("radio", LIVE_SOON)
    assert "Dialog Warga mulai 15 menit lagi" in alarm.detail
