"""The alarms of a running station, with everything beside them held by the test: what airs, how loud, the clock."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from lppl.alarms import ActiveAlarm, AlarmKind
from lppl.clock import AirClock
from lppl.config import Settings, read_settings
from lppl.database import migrate, open_database
from lppl.events import Alarm, MemoryBus
from lppl.incidents import Incident, Incidents
from lppl.journal import Entry, Item
from lppl.media import HouseId
from lppl.quanta import QUANTUM_MS, Quanta, covering, milliseconds, starting
from lppl.rundown import Kind
from lppl.station.alarms import DISK_LOOK, Alarms, read_alarms, stretches, to_json
from lppl.station.incident_writer import TAKE_UP_S, IncidentWriter
from lppl.station.meters import Meters
from streaming.levels import SILENCE_DB, Level

T0 = Quanta(5_600_000_000)
LOUD, QUIET = Level((-20.0, -22.0), (-9.0, -9.0)), Level((-60.0, SILENCE_DB), (-50.0, SILENCE_DB))
SONG, HUSH, UNKNOWN = HouseId("song.radio"), HouseId("hush.radio"), HouseId("unknown.radio")
SILENCE_S = 12.0
N = covering(SILENCE_S)


class Hearing:
    """Levels by house: a song is loud, a hush silent; of the unknown nothing is known."""

    def __init__(self) -> None:
        self.asked: list[HouseId] = []

    async def look(self, houses: Iterable[HouseId]) -> None:
        self.asked += houses

    def level(self, house: HouseId, q: int) -> Level | None:
        return {SONG: LOUD, HUSH: QUIET}.get(house)


@dataclass
class OneChannel:
    """What airs."""

    aired: list[Entry] = field(default_factory=list)
    stands_in: str | None = None
    journal_failure: str | None = None

    def entries(self, _channel: str) -> Sequence[Entry]:
        return self.aired

    def fallback(self, _channel: str) -> str | None:
        return self.stands_in

    def air(self, house: HouseId | None, length: int, kind: Kind = Kind.ITEM) -> None:
        start = self.aired[-1].end if self.aired else T0
        item = Item("radio", start, house, Quanta(0), Quanta(length), kind, str(house).partition(".")[0])
        self.aired.append(Entry(item, Quanta(start + length)))


@dataclass
class Kept:
    """What was noted for the records."""

    notes: list[tuple[str, int, int | None]] = field(default_factory=list)

    def began(self, alarm: ActiveAlarm) -> None:
        self.notes.append((alarm.kind.value, alarm.since - T0, None))

    def ended(self, alarm: ActiveAlarm, at: Quanta) -> None:
        self.notes.append((alarm.kind.value, alarm.since - T0, at - T0))


class Station:
    """A station of one radio channel, and the time."""

    def __init__(self, settings: Settings, bus: MemoryBus, former_end: Quanta | None = None) -> None:
        self.ms = float(milliseconds(T0))
        self.clock = AirClock(wall=lambda: self.ms / 1000, mono=lambda: self.ms / 1000)
        self.air, self.hearing, self.kept, self.free = OneChannel(), Hearing(), Kept(), 50.0
        self.database: str | None = None
        self.settings = settings
        self.alarms = Alarms(
            settings, self.air, self.clock, self.hearing, bus, self.kept, former_end, lambda: self.free
        )
        self.alarms.database_failure = lambda: self.database

    def pass_by(self, quanta: int, beat: int = 4) -> None:
        """Let so much time go by, looking at each beat."""
        for _ in range(quanta // beat):
            self.ms += beat * QUANTUM_MS
            self.alarms.look()

    @property
    def active(self) -> list[AlarmKind]:
        return [a.kind for a in self.alarms.active]


def settings_of(folder: Path, **channel: object) -> Settings:
    lines = [f"{k} = {v}" for k, v in channel.items()]
    text = f'data_dir = "{folder}"\nmin_free_gb = 2\n[[channels]]\nid = "radio"\nname = "RKB"\nkind = "radio"\n'
    return read_settings(text + "\n".join(lines), {})


@pytest.fixture
async def bus() -> AsyncIterator[MemoryBus]:
    async with MemoryBus() as bus:
        yield bus


@pytest.fixture
def station(tmp_path: Path, bus: MemoryBus) -> Station:
    return Station(settings_of(tmp_path), bus)


async def test_silence_begins_after_its_time_and_ends_with_sound(station: Station, bus: MemoryBus) -> None:
    station.air.air(SONG, 40)
    station.air.air(HUSH, 200)
    station.air.air(SONG, 400)
    async with bus.subscribe(Alarm) as events:
        station.pass_by(40 + N - 2)
        assert station.active == []
        station.pass_by(8)
        assert station.active == [AlarmKind.SILENCE]
        (alarm,) = station.alarms.active
        assert (alarm.since, alarm.channel) == (T0 + 40, "radio") and "RKB" in alarm.detail and "hush" in alarm.detail
        station.pass_by(400)
        assert station.active == []
        assert station.kept.notes == [("silence", 40, None), ("silence", 40, 240)]
        told = [await anext(events), await anext(events)]
    assert told == [Alarm("radio", "silence", True, alarm.detail), Alarm("radio", "silence", False, alarm.detail)]


async def test_a_click_ends_no_silence_and_a_pause_is_none(station: Station) -> None:
    for _ in range(4):
        station.air.air(HUSH, N - 1)
        station.air.air(SONG, 1)
    station.pass_by(3 * N)
    assert station.active == []
    station.air.air(HUSH, N + 8)
    for _ in range(6):
        station.air.air(SONG, 3)
        station.air.air(HUSH, 5)
    station.pass_by(2 * N + 40)
    assert station.active == [AlarmKind.SILENCE]


async def test_what_is_not_known_is_no_silence(station: Station) -> None:
    station.air.air(UNKNOWN, 400)
    station.pass_by(400)
    assert station.active == []


async def test_a_silence_that_goes_on_over_a_restart_is_known_at_once(tmp_path: Path, bus: MemoryBus) -> None:
    station = Station(settings_of(tmp_path), bus)
    station.air.air(HUSH, 500)
    station.ms += 100 * QUANTUM_MS
    restarted = Station(settings_of(tmp_path), bus)
    restarted.air, restarted.ms = station.air, station.ms
    restarted.alarms = Alarms(
        station.settings, station.air, station.clock, station.hearing, bus, restarted.kept, None, lambda: 9.0
    )
    restarted.alarms.look()
    assert restarted.active == [AlarmKind.SILENCE]


async def test_silence_can_be_set_and_put_out_of_force(tmp_path: Path, bus: MemoryBus) -> None:
    for channel, expected in (
        ({"silence_s": 0}, []),
        ({"silence_db": -61}, []),
        ({"silence_s": 100}, []),
        ({"silence_s": 3}, [AlarmKind.SILENCE]),
    ):
        station = Station(settings_of(tmp_path, **channel), bus)
        station.air.air(HUSH, 400)
        station.pass_by(100)
        assert station.active == expected, channel


async def test_a_fallback_on_air(station: Station) -> None:
    station.air.air(SONG, 1000)
    station.air.stands_in = "slate"
    station.pass_by(12)
    assert station.active == []
    station.pass_by(8)
    assert station.active == [AlarmKind.FALLBACK]
    station.air.stands_in = None
    station.pass_by(12)
    assert station.active == []


async def test_off_the_air(station: Station) -> None:
    station.air.air(SONG, 40)
    station.pass_by(60)
    assert station.active == [AlarmKind.OFF_AIR], "the journal goes no further"
    station.air.air(None, 30, Kind.OFF)
    station.air.air(SONG, 400)
    station.pass_by(100)
    assert station.kept.notes == [("off_air", 40, None), ("off_air", 40, 70)]


async def test_the_time_between_two_processes_is_told_and_recorded(tmp_path: Path, bus: MemoryBus) -> None:
    station = Station(settings_of(tmp_path), bus, former_end=Quanta(T0 - 9000))
    station.air.aired = [
        Entry(Item("radio", Quanta(T0 - 9500), SONG, Quanta(0), Quanta(500), Kind.ITEM, "a"), Quanta(T0 - 9000)),
        Entry(Item("radio", Quanta(T0 - 9000), None, Quanta(0), Quanta(8996), Kind.OFF, "-"), Quanta(T0 - 4)),
        Entry(Item("radio", Quanta(T0 - 4), SONG, Quanta(0), Quanta(900), Kind.ITEM, "b"), Quanta(T0 + 900)),
    ]
    station.pass_by(20)
    assert station.kept.notes == [("off_air", -9000, None), ("off_air", -9000, -4)]


async def test_what_endangers_the_station(station: Station) -> None:
    station.air.air(SONG, 5000)
    station.pass_by(4)
    station.air.journal_failure = "No space left on device"
    station.database = "OperationalError"
    station.pass_by(20)
    assert station.active == [AlarmKind.JOURNAL]
    station.pass_by(100)
    assert station.active == [AlarmKind.JOURNAL, AlarmKind.DATABASE]
    station.air.journal_failure = station.database = None
    station.pass_by(12)
    assert station.active == []
    assert all(a.channel == "" for a in station.alarms.active)


async def test_a_disk_that_fills_up(station: Station) -> None:
    station.air.air(SONG, 5000)

    async def with_free(free: float) -> list[AlarmKind]:
        station.free = free
        station.pass_by(DISK_LOOK)
        await station.alarms.learn()
        station.pass_by(8)
        return station.active

    assert await with_free(2.5) == []
    assert await with_free(1.94) == [AlarmKind.DISK]
    (alarm,) = station.alarms.active
    assert "1,9 GB" in alarm.detail
    assert await with_free(2.1) == [AlarmKind.DISK], "not enough yet"
    assert await with_free(2.3) == []


async def test_a_clock_that_cannot_be_believed(station: Station) -> None:
    station.air.air(SONG, 500)
    station.clock.credible = False
    station.pass_by(4)
    assert station.active == [AlarmKind.CLOCK]
    station.clock.credible = True
    station.pass_by(12)
    assert station.active == []


async def test_only_what_airs_is_asked_for(station: Station) -> None:
    for house in (SONG, HUSH, UNKNOWN):
        station.air.air(house, 20)
    await station.alarms.learn()
    assert station.hearing.asked == [HUSH, UNKNOWN]


def test_other_processes_read_what_goes_on(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    assert read_alarms(settings) == ()
    alarm = ActiveAlarm("radio", AlarmKind.SILENCE, "Sunyi / Silent", T0)
    (tmp_path / "state").mkdir()
    path = tmp_path / "state" / "alarms.json"
    path.write_bytes(to_json((alarm,)))
    assert read_alarms(settings) == (alarm,)
    path.write_bytes(b'[["radio", "nothing", "x", 5]]')
    assert read_alarms(settings) == ()


def test_stretches_name_holes() -> None:
    air = OneChannel()
    air.air(SONG, 10)
    air.air(HUSH, 10)
    air.aired[1] = replace(air.aired[1], item=replace(air.aired[1].item, start=Quanta(T0 + 14)))
    found = [(a - T0, b - T0, e and e.item.house) for a, b, e in stretches(air.aired, Quanta(T0 + 5), Quanta(T0 + 25))]
    assert found == [(5, 10, SONG), (10, 14, None), (14, 20, HUSH), (20, 25, None)]


async def test_meters_tell_what_is_committed_with_its_times(station: Station) -> None:
    station.air.air(SONG, 2)
    station.air.air(UNKNOWN, 2)
    station.air.air(HUSH, 1)
    meters = Meters(lambda channel, _start, _end: station.air.entries(channel), station.hearing, station.clock)
    values = await meters.ahead("radio")
    assert [v.level for v in values] == [LOUD, LOUD, None, None, QUIET]
    assert [v.at_ms for v in values] == [milliseconds(Quanta(T0 + n)) for n in range(5)]
    assert values[0].to_json() == {"at": milliseconds(T0), "rms": [-20.0, -22.0], "peak": [-9.0, -9.0]}
    assert values[2].to_json()["rms"] is None
    assert len(await meters.ahead("radio", 2)) == 2


# ---- on record --------------------------------------------------------------------------------------


@pytest.fixture
async def incidents(tmp_path: Path) -> AsyncIterator[Incidents]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'lppl.db'}"
    await migrate(url)
    engine = open_database(url)
    yield Incidents(engine)
    await engine.dispose()


def at(n: int) -> Quanta:
    return Quanta(T0 + n)


def alarm_of(n: int, kind: AlarmKind = AlarmKind.SILENCE) -> ActiveAlarm:
    return ActiveAlarm("radio", kind, "Sunyi / Silent", at(n))


async def all_of(incidents: Incidents) -> list[Incident]:
    return list(reversed(await incidents.during(starting(at(-99_999)), starting(at(99_999)))))


class Away(Incidents):
    """A database that answers only so often."""

    def __init__(self, incidents: Incidents, answers: int) -> None:
        super().__init__(incidents._engine)
        self.answers = answers

    async def open(self, *args: object) -> Incident:
        self.answers -= 1
        if self.answers < 0:
            raise OSError("away")
        return await super().open(*args)  # type: ignore[arg-type]


async def test_what_waited_for_the_database_is_written_in_order_and_once(incidents: Incidents) -> None:
    writer = IncidentWriter(T0, None)
    for n in (10, 50, 90):
        writer.began(alarm_of(n))
        writer.ended(alarm_of(n), at(n + 20))
    with pytest.raises(OSError, match="away"):
        await writer.write(Away(incidents, 2), at(120))
    assert len(await all_of(incidents)) == 2
    await writer.write(incidents, at(120))
    await writer.write(incidents, at(120))
    found = await all_of(incidents)
    assert [(i.began, i.ended) for i in found] == [(starting(at(n)), starting(at(n + 20))) for n in (10, 50, 90)]


async def test_an_alarm_that_goes_on_over_a_restart_is_one_incident(incidents: Incidents) -> None:
    before = IncidentWriter(T0, None)
    before.began(alarm_of(10))
    await before.write(incidents, at(20))
    again = IncidentWriter(at(100), at(95))
    again.began(alarm_of(103))
    await again.write(incidents, at(110))
    await again.write(incidents, Quanta(at(100) + covering(TAKE_UP_S) + 1))
    (going,) = await all_of(incidents)
    assert (going.began, going.ended) == (starting(at(10)), None)
    again.ended(alarm_of(103), at(400))
    await again.write(incidents, at(410))
    (over,) = await all_of(incidents)
    assert (over.id, over.ended) == (going.id, starting(at(400)))


async def test_what_does_not_come_again_ended_with_its_process(incidents: Incidents) -> None:
    before = IncidentWriter(T0, None)
    before.began(alarm_of(10))
    before.began(alarm_of(30, AlarmKind.FALLBACK))
    await before.write(incidents, at(40))
    again = IncidentWriter(at(100), at(95))
    await again.write(incidents, at(110))
    assert len(await incidents.open_now()) == 2, "they may come again"
    late = Quanta(at(100) + covering(TAKE_UP_S) + 1)
    await again.write(incidents, late)
    assert [i.ended for i in await all_of(incidents)] == [starting(at(95))] * 2
    again.began(replace(alarm_of(0), since=late))
    await again.write(incidents, late)
    assert len(await all_of(incidents)) == 3
