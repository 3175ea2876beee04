"""Watches what airs: silence, fallback, off air, and what endangers the air; each alarm begins and ends once.

Runs beside the commit loop in the air role's process and looks at each beat, when that is awake anyway. It asks only
what is in memory; level profiles and the disk's free space are read in threads. Nothing here can reach the air.
"""

import asyncio
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import structlog

from lppl import durable
from lppl.alarms import ActiveAlarm, AlarmKind, Turn, Watch, sentence
from lppl.clock import AirClock
from lppl.config import ChannelSettings, Settings
from lppl.events import Alarm, Bus
from lppl.journal import Entry
from lppl.media import HouseId
from lppl.quanta import Quanta, covering, seconds
from lppl.rundown import Kind
from streaming.levels import Level

LOOK_S = seconds(4)
DISK_LOOK = covering(20)
DISK_ENOUGH = 1.1
"""The disk has room again once this much more than the least is free."""
OFF_AIR_S = 2.0
JOURNAL_S = 5.0
DATABASE_S = 30.0
"""So long it may be away: a server that is started anew, a migration."""
CALM_S = 2.0
"""An alarm ends after so much of what is right: a click or a word does not end a silence."""
UNHEARD = (Kind.OFF, Kind.PREROLL)

log = structlog.get_logger(__name__)


class OnAir(Protocol):
    """What is asked of the air role; everything is in memory."""

    def entries(self, channel: str) -> Sequence[Entry]:
        """Return the last entries of the journal, oldest first."""
        ...

    def fallback(self, channel: str) -> str | None:
        """Return what airs for want of what was planned; None while all is well."""
        ...

    @property
    def journal_failure(self) -> str | None:
        """Why the journal is not durable."""
        ...


class Sound(Protocol):
    """Knows how loud quanta of house sets are. A live line tells its own levels by the same two methods."""

    async def look(self, houses: Iterable[HouseId]) -> None:
        """Make the levels of `houses` known, where they can be."""
        ...

    def level(self, house: HouseId, q: int) -> Level | None:
        """Return the level of quantum `q`; None while unknown, which is never taken for silence. Cheap."""
        ...


class Recorder(Protocol):
    """Keeps alarms on record, at leisure; neither call waits or raises."""

    def began(self, alarm: ActiveAlarm) -> None:
        """Note that an alarm began."""
        ...

    def ended(self, alarm: ActiveAlarm, at: Quanta) -> None:
        """Note that it ended."""
        ...


class Alarms:
    """The alarms of a station. `former_end` is where the journal ended when this process began."""

    def __init__(
        self,
        settings: Settings,
        air: OnAir,
        clock: AirClock,
        sound: Sound,
        bus: Bus,
        recorder: Recorder,
        former_end: Quanta | None,
        free_gb: Callable[[], float | None],
    ) -> None:
        self._settings, self._air, self._clock = settings, air, clock
        self._sound, self._bus, self._recorder, self._free_gb = sound, bus, recorder, free_gb
        self.database_failure: Callable[[], str | None] = lambda: None
        now = clock.now()
        self._seen = now
        self._aired = min(former_end if former_end is not None else now, now)
        self._watches = dict(_watches(settings))
        self._heard = {c.id: Quanta(now - covering(c.silence_s)) for c in settings.channels}
        self._active: dict[tuple[str, AlarmKind], ActiveAlarm] = {}
        self._free: float | None = None
        self._disk_at = now

    @property
    def active(self) -> tuple[ActiveAlarm, ...]:
        """What goes on, the oldest first."""
        return tuple(sorted(self._active.values(), key=lambda a: a.since))

    async def run(self) -> None:
        """Look at each beat, for ever."""
        path, written = alarms_file(self._settings), None
        while True:
            await self.learn()
            self.look()
            if self.active != written:
                written = self.active
                try:
                    await asyncio.to_thread(durable.replace_file, path, to_json(written))
                except OSError as error:
                    log.debug("alarms_not_told", error=str(error))
            await asyncio.sleep(self._clock.rest(LOOK_S))

    async def learn(self) -> None:
        """Have what must be read from disks known: levels of what airs, free space."""
        houses = [
            entry.item.house
            for c in self._settings.channels
            if c.silence_s
            for entry in self._air.entries(c.id)[-2:]
            if entry.item.house is not None
        ]
        await self._sound.look(houses)
        if self._clock.now() >= self._disk_at:
            self._disk_at = Quanta(self._clock.now() + DISK_LOOK)
            self._free = await asyncio.to_thread(self._free_gb)

    def look(self) -> None:
        """Take what was so since the last look, up to what airs now."""
        now = self._clock.now()
        for channel in self._settings.channels:
            self._look_at(channel, now)
        self._aired = now
        self._station("", AlarmKind.JOURNAL, now, self._air.journal_failure)
        self._station("", AlarmKind.CLOCK, now, None if self._clock.credible else "-")
        self._station("", AlarmKind.DISK, now, self._disk_short())
        self._station("", AlarmKind.DATABASE, now, self.database_failure())
        self._seen = now

    def _look_at(self, channel: ChannelSettings, now: Quanta) -> None:
        name, entries = channel.id, self._air.entries(channel.id)
        fallback = self._air.fallback(name)
        self._station(name, AlarmKind.FALLBACK, now, fallback and (_title(entries, now) or fallback))
        off = self._watches[name, AlarmKind.OFF_AIR]
        for start, end, entry in stretches(entries, self._aired, now):
            wrong = entry is None or entry.item.kind is Kind.OFF
            self._turned(name, AlarmKind.OFF_AIR, off.see(start, end, wrong), "")
        if channel.silence_s:
            self._listen(channel, entries, now)

    def _listen(self, channel: ChannelSettings, entries: Sequence[Entry], now: Quanta) -> None:
        watch, name = self._watches[channel.id, AlarmKind.SILENCE], channel.id
        # after a jump of the clock only the end counts
        first = max(self._heard[name], Quanta(now - 2 * covering(channel.silence_s)))
        for start, end, entry in stretches(entries, first, now):
            for q in range(start, end):
                silent = entry is not None and self._silent(entry, q, channel.silence_db)
                turn = watch.see(Quanta(q), Quanta(q + 1), silent)
                self._turned(name, AlarmKind.SILENCE, turn, entry.item.title if entry else "")
        self._heard[name] = now

    def _silent(self, entry: Entry, q: int, silence_db: float) -> bool:
        item = entry.item
        if item.house is None or item.kind in UNHEARD:
            return False
        level = self._sound.level(item.house, item.in_point + q - item.start)
        return level is not None and level.loudest < silence_db

    def _disk_short(self) -> str | None:
        least, free = self._settings.min_free_gb, self._free
        if self._watches["", AlarmKind.DISK].active:
            least *= DISK_ENOUGH
        return f"{free:.1f}".replace(".", ",") if free is not None and free < least else None

    def _station(self, channel: str, kind: AlarmKind, now: Quanta, wrong: str | None) -> None:
        """Take what is so at the moment for what was so since the last look."""
        turn = self._watches[channel, kind].see(self._seen, now, wrong is not None)
        self._turned(channel, kind, turn, wrong or "")

    def _turned(self, channel: str, kind: AlarmKind, turn: Turn | None, about: str) -> None:
        if turn is None:
            return
        if turn.active:
            name = next((c.name for c in self._settings.channels if c.id == channel), "")
            alarm = ActiveAlarm(channel, kind, sentence(kind, name, about), turn.at)
            self._active[channel, kind] = alarm
            self._recorder.began(alarm)
            log.warning("alarm", channel=channel, kind=kind.value, detail=alarm.detail)
        else:
            alarm = self._active.pop((channel, kind))
            self._recorder.ended(alarm, turn.at)
            log.info("alarm_over", channel=channel, kind=kind.value, lasted_s=round(seconds(turn.at - alarm.since), 1))
        self._bus.publish(Alarm(channel, kind.value, turn.active, alarm.detail))


def _watches(settings: Settings) -> Iterator[tuple[tuple[str, AlarmKind], Watch]]:
    calm = covering(CALM_S)
    for c in settings.channels:
        yield (c.id, AlarmKind.SILENCE), Watch(covering(c.silence_s), calm)
        yield (c.id, AlarmKind.FALLBACK), Watch(covering(c.fallback_s), calm)
        yield (c.id, AlarmKind.OFF_AIR), Watch(covering(OFF_AIR_S), calm)
    for kind, after_s in (
        (AlarmKind.JOURNAL, JOURNAL_S),
        (AlarmKind.CLOCK, 0.0),
        (AlarmKind.DISK, 0.0),
        (AlarmKind.DATABASE, DATABASE_S),
    ):
        yield ("", kind), Watch(covering(after_s), calm)


def stretches(entries: Sequence[Entry], start: Quanta, end: Quanta) -> Iterator[tuple[Quanta, Quanta, Entry | None]]:
    """Yield what aired in [start, end), piece by piece in order; None where the journal has nothing. Pure."""
    found: list[Entry] = []
    for entry in reversed(entries):  # what is asked for is the end of thousands
        if entry.end <= start:
            break
        if entry.item.start < end and entry.length:
            found.append(entry)
    at = start
    for entry in reversed(found):
        if at < entry.item.start:
            yield at, entry.item.start, None
            at = entry.item.start
        until = Quanta(min(end, entry.end))
        yield at, until, entry
        at = until
    if at < end:
        yield at, end, None


def _title(entries: Sequence[Entry], now: Quanta) -> str:
    return next((e.item.title for _, _, e in stretches(entries, now, Quanta(now + 1)) if e is not None), "")


def free_gb(folder: Path) -> float | None:
    """Return the free space of the disk that holds `folder`, in GB; None when it cannot be asked."""
    try:
        return round(shutil.disk_usage(folder).free / 1e9, 2)
    except OSError:
        return None


# ---- told to other processes ------------------------------------------------------------------------


def alarms_file(settings: Settings) -> Path:
    """Return where the air role tells other processes which alarms go on."""
    return settings.data_dir / "state" / "alarms.json"


def to_json(alarms: Sequence[ActiveAlarm]) -> bytes:
    """Return the text of the file."""
    return json.dumps([[a.channel, a.kind.value, a.detail, a.since] for a in alarms], ensure_ascii=False).encode()


def read_alarms(settings: Settings) -> tuple[ActiveAlarm, ...]:
    """Return the alarms that the air role told last; none when it told none. Blocking."""
    try:
        said = json.loads(alarms_file(settings).read_bytes())
        return tuple(ActiveAlarm(channel, AlarmKind(kind), detail, Quanta(q)) for channel, kind, detail, q in said)
    except (OSError, ValueError, TypeError):
        return ()
