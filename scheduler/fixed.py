"""What a channel airs at fixed times every day: azan and imsak, the anthem, time signals, idents, other clock events.

Values and pure functions: which event airs at which instant of which local day. Whether the material is there, and
what an event interrupts, is the rundown's business. What the law asks and what the station chooses:
docs/decisions/acara-tetap.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import Annotated, Literal, Self, cast
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, model_validator

from lppl.media import ChannelKind
from lppl.programme import Category, Document, Slug, Word
from scheduler.agenda import instant
from scheduler.hijri import HijriTable, in_ramadan
from scheduler.prayer import NO_CORRECTION, NO_TABLE, Official, Place, Prayer, Times, published
from scheduler.prayer_table import parse_official as parse_official
from scheduler.recurrence import Season
from scheduler.words import DAY_S, EVERY_DAY, clock, event_path, media_path, written
from scheduler.words import days as weekdays

HOUR_S = 3600
EVERY_HOUR = tuple(range(24))
AZAN = (Prayer.SUBUH, Prayer.DZUHUR, Prayer.ASHAR, Prayer.MAGHRIB, Prayer.ISYA)
PRAYER_NAMES = {
    Prayer.IMSAK: "Imsak",
    Prayer.SUBUH: "Subuh",
    Prayer.TERBIT: "Terbit",
    Prayer.DHUHA: "Duha",
    Prayer.DZUHUR: "Zuhur",
    Prayer.ASHAR: "Asar",
    Prayer.MAGHRIB: "Magrib",
    Prayer.ISYA: "Isya",
}
"""As they are spoken of: ``Azan Magrib``."""


class Priority(IntEnum):
    """Who goes first among fixed events of one instant: the lower."""

    PRAYER = 10
    ANTHEM = 20
    SIGNAL = 30
    CLOCK = 40
    IDENT = 45


@dataclass(frozen=True, slots=True)
class Dated:
    """One occurrence of a fixed event: `path` airs from `instant` (aware, UTC), or ends at it with `align_end`.

    `path` is a file, or with `folder` a folder of which one file airs (:meth:`file`).
    """

    instant: datetime
    key: str
    """``azan-maghrib@2026-02-19``, ``ident.0600@2026-02-19``: the same at every building of the day."""
    series: str
    """The event without time and day: a newer one replaces one that still waits."""
    path: str
    title: str
    hard: bool
    priority: int
    category: Category
    align_end: bool = False
    folder: bool = False
    turn: int = 0
    """Grows by one with each occurrence: what rotates takes its turn by it."""

    def file(self, in_folder: Sequence[str]) -> str | None:
        """Return the file that airs; of a folder's files, in path order, the one whose turn it is; None if empty."""
        if not self.folder:
            return self.path
        return in_folder[self.turn % len(in_folder)] if in_folder else None


def _clock(value: object) -> int:
    """Accept seconds after midnight too: so a document holds them."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= DAY_S:
        return value
    return clock(value)


def _days(value: object) -> tuple[int, ...]:
    if isinstance(value, list | tuple) and value and all(type(n) is int and 0 <= n <= 6 for n in value):
        return tuple(sorted(set(value)))
    return weekdays(value)


Clock = Annotated[int, BeforeValidator(_clock)]
"""Seconds after midnight, 0 to 86400; staff write ``06.00``."""
Days = Annotated[tuple[int, ...], BeforeValidator(_days)]
EventPath = Annotated[str, BeforeValidator(event_path)]
"""A file of the media folder; ``{hh}`` stands for the local hour."""
_Folder = Annotated[str, BeforeValidator(lambda value: value if value == "" else media_path(value))]
_Hour = Annotated[int, Field(ge=0, le=23)]
_Minute = Annotated[int, Field(ge=0, le=59)]


class Event(Document):
    """What every fixed event has: material (`items` that take turns, or a `folder`), and on which days it airs."""

    id: Slug
    title: Word = ""
    items: tuple[EventPath, ...] = ()
    folder: _Folder = ""
    hard: bool = True
    season: Season = Season.ALWAYS
    days: Days = EVERY_DAY
    category: Category = Category.SUPPORT

    @model_validator(mode="after")
    def _check_material(self) -> Self:
        if bool(self.items) == bool(self.folder):
            raise ValueError(
                f'acara tetap "{self.id}": isi "items" atau "folder", salah satu / '
                f'fixed event "{self.id}": give either items or a folder'
            )
        return self

    def holds(self, day: date, hijri: HijriTable) -> bool:
        """Return whether it airs on `day` at all."""
        return day.weekday() in self.days and self.season.holds(day, lambda d: in_ramadan(d, hijri))


class PrayerEvent(Event):
    """Airs `offset_s` seconds after a prayer time (before it, if negative)."""

    kind: Literal["salat"] = "salat"
    prayer: Prayer
    offset_s: Annotated[int, Field(ge=-7200, le=7200)] = 0

    @property
    def spoken(self) -> str:
        """Its title: what staff gave it, or ``Azan Magrib``, ``Menjelang Azan Magrib``, ``Imsak``."""
        if self.title:
            return self.title
        name = f"Azan {PRAYER_NAMES[self.prayer]}" if self.prayer in AZAN else PRAYER_NAMES[self.prayer]
        return name if not self.offset_s else f"{'Menjelang' if self.offset_s < 0 else 'Sesudah'} {name}"


class AnthemMode(StrEnum):
    """How the station's day begins and ends."""

    SIGN_ON_OFF = "buka-tutup"
    ALL_DAY = "24-jam"


class Anthem(Event):
    """Indonesia Raya when the station opens, a national song (lagu wajib) when it closes.

    `items` or `folder` are the closing songs, which take turns by day; `opening` is Indonesia Raya. A station that
    never closes plays them at 06.00 and 24.00 unless it says otherwise; one that does must say when.
    """

    kind: Literal["lagu"] = "lagu"
    mode: AnthemMode = AnthemMode.ALL_DAY
    opening: EventPath
    opens: Clock = 6 * HOUR_S
    closes: Clock = DAY_S

    @model_validator(mode="after")
    def _check_clocks(self) -> Self:
        if self.mode is AnthemMode.SIGN_ON_OFF and not {"opens", "closes"} <= self.model_fields_set:
            raise ValueError(
                'mode "buka-tutup" memerlukan jam buka ("opens") dan jam tutup ("closes") / '
                'the mode "buka-tutup" needs the clock times "opens" and "closes"'
            )
        return self


class TimeSignal(Event):
    """The pip: with `align_end` its last sample falls on the full hour, otherwise its first."""

    kind: Literal["tanda-waktu"] = "tanda-waktu"
    hours: Annotated[tuple[_Hour, ...], Field(min_length=1)] = EVERY_HOUR
    align_end: bool = True

    @property
    def seconds(self) -> tuple[int, ...]:
        """Local seconds after midnight, in order."""
        return tuple(hour * HOUR_S for hour in sorted(set(self.hours)))


class Ident(Event):
    """The station's ident at some minutes of each hour; it waits for the running item unless it is hard."""

    kind: Literal["ident"] = "ident"
    hard: bool = False
    hours: Annotated[tuple[_Hour, ...], Field(min_length=1)] = EVERY_HOUR
    minutes: Annotated[tuple[_Minute, ...], Field(min_length=1)] = (0,)

    @property
    def seconds(self) -> tuple[int, ...]:
        """Local seconds after midnight, in order."""
        return tuple(sorted({hour * HOUR_S + minute * 60 for hour in self.hours for minute in self.minutes}))


class ClockEvent(Event):
    """Anything else at clock times."""

    kind: Literal["jam"] = "jam"
    times: Annotated[tuple[Clock, ...], Field(min_length=1)]

    @property
    def seconds(self) -> tuple[int, ...]:
        """Local seconds after midnight, in order."""
        return tuple(sorted(set(self.times)))


FixedEvent = Annotated[PrayerEvent | Anthem | TimeSignal | Ident | ClockEvent, Field(discriminator="kind")]


class FixedEvents(Document):
    """The fixed events of one channel. Raises ValueError for an id that stands twice."""

    events: tuple[FixedEvent, ...] = ()

    @model_validator(mode="after")
    def _check_ids(self) -> Self:
        ids = [event.id for event in self.events]
        if double := sorted({one for one in ids if ids.count(one) > 1}):
            raise ValueError(f"acara tetap ganda: {', '.join(double)} / fixed events double: {', '.join(double)}")
        return self


def occurrences(
    fixed: FixedEvents,
    day: date,
    place: Place,
    hijri: HijriTable,
    official: Official = NO_TABLE,
    correction: Mapping[Prayer, int] = NO_CORRECTION,
) -> tuple[Dated, ...]:
    """Return what airs at fixed times of the local `day`, by instant; among equals who goes first stands first.

    24.00 belongs to the day that it ends. A clock time that a clock change leaps over means the first instant after
    it, one that comes twice the first. A prayer that a day has not, far north, has no event. `correction` in minutes.
    Raises OverflowError at the ends of the calendar.
    """
    found = [
        dated
        for event in fixed.events
        if event.holds(day, hijri)
        for dated in _of(event, day, place, official, correction)
    ]
    return tuple(sorted(found, key=lambda dated: (dated.instant, dated.priority)))


def _of(
    event: PrayerEvent | Anthem | TimeSignal | Ident | ClockEvent,
    day: date,
    place: Place,
    official: Official,
    correction: Mapping[Prayer, int],
) -> Iterator[Dated]:
    match event:
        case PrayerEvent():
            if at := prayer_times(day, place, official, correction)[event.prayer]:
                yield _dated(event, at + timedelta(seconds=event.offset_s), day, place, Priority.PRAYER, event.spoken)
        case Anthem():
            yield from _anthem(event, day, place)
        case TimeSignal():
            yield from _clocks(event, event.seconds, day, place, Priority.SIGNAL, "Tanda waktu", event.align_end)
        case Ident():
            yield from _clocks(event, event.seconds, day, place, Priority.IDENT, "Tanda pengenal stasiun")
        case ClockEvent():
            yield from _clocks(event, event.seconds, day, place, Priority.CLOCK, event.id)


def _anthem(event: Anthem, day: date, place: Place) -> Iterator[Dated]:
    opening = event.model_copy(update={"items": (event.opening,), "folder": ""})
    for part, series, second, title in (
        (opening, f"{event.id}.buka", event.opens, "Indonesia Raya"),
        (event, f"{event.id}.tutup", event.closes, event.title or "Lagu wajib nasional"),
    ):
        at = instant(day, second, _zone(place))
        yield _dated(part, at, day, place, Priority.ANTHEM, title, series=series)


def _clocks(
    event: Event,
    seconds: Sequence[int],
    day: date,
    place: Place,
    priority: Priority,
    title: str,
    align_end: bool = False,
) -> Iterator[Dated]:
    """Yield an event's occurrences at clock times; two that a clock change makes one instant are one."""
    before = None
    for n, second in enumerate(seconds):
        at = instant(day, second, _zone(place))
        if at != before:
            turn, name = day.toordinal() * len(seconds) + n, written(second).replace(".", "")
            yield _dated(
                event, at, day, place, priority, event.title or title, turn=turn, name=f".{name}", align_end=align_end
            )
        before = at


def _dated(
    event: Event,
    at: datetime,
    day: date,
    place: Place,
    priority: Priority,
    title: str,
    *,
    series: str = "",
    turn: int | None = None,
    name: str = "",
    align_end: bool = False,
) -> Dated:
    turn, series = day.toordinal() if turn is None else turn, series or event.id
    path = event.items[turn % len(event.items)] if event.items else event.folder
    return Dated(
        instant=at.astimezone(UTC),
        key=f"{series}{name}@{day}",
        series=series,
        path=path.replace("{hh}", f"{at.astimezone(place.zone).hour:02}") if event.items else path,
        title=title,
        hard=event.hard,
        priority=priority,
        category=event.category,
        align_end=align_end,
        folder=not event.items,
        turn=turn,
    )


def _zone(place: Place) -> ZoneInfo:
    return cast(ZoneInfo, place.zone)  # only what every tzinfo has is asked of it


# --- prayer times ------------------------------------------------------------------------------------


def prayer_times(
    day: date, place: Place, official: Official = NO_TABLE, correction: Mapping[Prayer, int] = NO_CORRECTION
) -> Mapping[Prayer, datetime | None]:
    """Return the published times of a day, aware, computed once for each place, day, table row and correction."""
    return _times(place, day, tuple(sorted(official.get(day, {}).items())), tuple(sorted(correction.items())))


@lru_cache(maxsize=4096)
def _times(
    place: Place, day: date, row: tuple[tuple[Prayer, time], ...], correction: tuple[tuple[Prayer, int], ...]
) -> Times:
    times = published(place, day, correction_minutes=dict(correction), official={day: dict(row)})
    # a table's clock time that a clock change leaps over or doubles is read as any other of the schedule
    seconds = {prayer: at.hour * HOUR_S + at.minute * 60 + at.second for prayer, at in row}
    return times | {prayer: instant(day, second, _zone(place)) for prayer, second in seconds.items()}


# --- where a station begins --------------------------------------------------------------------------


def default_fixed(kind: ChannelKind) -> FixedEvents:
    """Return the fixed events that a new channel begins with; who puts files at these paths hears them.

    The azan at its five times, imsak in Ramadan, the anthem of a station that never closes, an ident each hour, and
    on radio a time signal.
    """
    ending = "mp4" if kind is ChannelKind.TV else "mp3"
    azan = [PrayerEvent(id=f"azan-{prayer}", prayer=prayer, items=(f"azan/{prayer}.{ending}",)) for prayer in AZAN]
    imsak = PrayerEvent(id="imsak", prayer=Prayer.IMSAK, items=(f"azan/imsak.{ending}",), season=Season.RAMADAN)
    anthem = Anthem(id="lagu-kebangsaan", opening=f"lagu/indonesia-raya.{ending}", folder="lagu/wajib")
    ident = Ident(id="ident", folder="tanda-pengenal")
    signal = TimeSignal(id="tanda-waktu", items=("tanda-waktu/pip.mp3",))
    radio = (signal,) if kind is ChannelKind.RADIO else ()
    return FixedEvents(events=(imsak, *azan, anthem, *radio, ident))
