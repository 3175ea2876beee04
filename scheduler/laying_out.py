"""From documents to a plan: the grid of a channel with its playlists, rotations, fixed events, breaks and edits.

Pure. Whatever cannot be meant as it stands (a playlist within itself, a programme nobody knows, a slot of no length)
becomes a finding, and the rest is laid out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from lppl.derived import Variant
from lppl.media import Material
from lppl.programme import Programme
from lppl.quanta import Quanta, at_or_after, covering, starting
from scheduler.agenda import instant
from scheduler.edits import Edit, beneath, fixed_lines, skips, stretches
from scheduler.findings import Finding, Rule, Severity
from scheduler.fixed import Priority, occurrences
from scheduler.grid import (
    ChannelRules,
    Entry,
    Episodes,
    FromPlaylist,
    FromRotation,
    Grid,
    LiveSource,
    OneAsset,
    Playlist,
    RotationRules,
    Simulcast,
)
from scheduler.hijri import HijriTable, in_ramadan
from scheduler.plan import (
    FOLDER,
    Content,
    Crossfade,
    Daily,
    Fixed,
    Folder,
    Listed,
    Mirror,
    Plan,
    Reserved,
    Rotating,
    Rules,
    Series,
    Strip,
)
from scheduler.prayer import Official, Place, Prayer
from scheduler.recurrence import Recurrence, dates, is_endless, rank
from scheduler.rules import DEFAULT_BOOK, RuleBook
from scheduler.spot_breaks import DailySpots
from scheduler.spots import SpotAiring, SpotOrder

PLAYLIST = "playlist:"


@dataclass(frozen=True)
class Desk:
    """Everything that staff have laid down, for all channels."""

    programmes: Mapping[str, Programme] = field(default_factory=dict)
    playlists: Mapping[str, Playlist] = field(default_factory=dict)
    rotations: Mapping[str, RotationRules] = field(default_factory=dict)
    orders: tuple[SpotOrder, ...] = ()
    hijri: HijriTable = field(default_factory=HijriTable)
    official: Official = field(default_factory=dict)
    correction: Mapping[Prayer, int] = field(default_factory=dict)
    book: RuleBook = DEFAULT_BOOK


@dataclass(frozen=True)
class Sheet:
    """What is laid down for one channel; `edits` by their number, `airings` of spots so far."""

    channel: str
    grid: Grid
    rules: ChannelRules
    edits: Mapping[int, Edit] = field(default_factory=dict)
    airings: Sequence[SpotAiring] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class GridDays:
    """The days of a recurrence, as plans ask for them."""

    recurrence: Recurrence
    in_ramadan: Callable[[date], bool]

    def between(self, first: date, last: date) -> tuple[date, ...]:
        """As `scheduler.plan.Days` says."""
        return dates(self.recurrence, first, last, self.in_ramadan)


def lay_out(sheet: Sheet, desk: Desk, zone: ZoneInfo, where: Place, now: Quanta) -> Plan:
    """Return the plan of a channel at air time `now`, with what is wrong with its documents."""
    told: list[Finding] = [*sheet.findings]

    @lru_cache(maxsize=4000)
    def ramadan(day: date) -> bool:
        return in_ramadan(day, desk.hijri)

    strips = [
        _strip(entry, sheet.channel, desk, ramadan, told) for entry in sheet.grid.entries if _has_length(entry, told)
    ]
    told += _times_that_do_not_exist(sheet.grid, zone, starting(now).astimezone(zone).date(), ramadan)
    plan = Plan(strips=tuple(strips), filler=sheet.grid.filler, findings=tuple(told))
    return with_rules(plan, sheet, desk, zone, where, now)


def with_rules(plan: Plan, sheet: Sheet, desk: Desk, zone: ZoneInfo, where: Place, now: Quanta) -> Plan:
    """Return `plan` with what holds beside the grid: fixed events, spots, crossfades, and what people edited."""
    daily: list[Daily] = [*plan.daily]
    told = plan.told
    if sheet.rules.fixed.events:
        daily.append(_fixed_events(sheet.rules, desk, where))
    if sheet.rules.breaks and desk.orders:
        spots = DailySpots(sheet.rules, sheet.airings, desk.orders, desk.book, zone, now)
        daily.append(spots.on)
        told = (*told, spots.told)
    fades = {category: covering(s) for category, s in sheet.rules.fades_s.items() if s}
    return replace(
        plan,
        daily=tuple(daily),
        told=told,
        fixed=fixed_lines(sheet.edits),
        skips=skips(sheet.edits.values()),
        stretches=stretches(sheet.edits),
        beneath=beneath(sheet.edits.values()),
        crossfade=Crossfade(fades) if fades else None,
    )


def dress(
    rules: ChannelRules, programmes: Mapping[str, Programme], logo: str
) -> Callable[[str, Material], Variant | None]:
    """Return which variant with graphics airs instead of material; `logo`: hash of the logo's file, or empty."""

    def of(programme_id: str, material: Material) -> Variant | None:
        programme = programmes.get(programme_id)
        age = material.details.age or (programme.age if programme else None)
        label = age if rules.labels and programme is not None and not material.details.labelled else None
        if not logo and label is None:
            return None
        return Variant(asset=material.asset, logo=logo, age=label, notice=label is not None)

    return of


# ---- entries --------------------------------------------------------------------------------------


def _has_length(entry: Entry, told: list[Finding]) -> bool:
    if entry.length_s:
        return True
    told.append(
        Finding(
            Rule.ZERO_LENGTH,
            f"Entri {entry.id} tidak punya lama; dilewati.",
            f"Entry {entry.id} has no length; it is skipped.",
            entry.id,
            None,
            Severity.WARNING,
            source="Pola acara",
            item=entry.id,
            remedy="Isi lamanya, paling sedikit satu menit.",
        )
    )
    return False


def _strip(entry: Entry, channel: str, desk: Desk, ramadan: Callable[[date], bool], told: list[Finding]) -> Strip:
    programme = desk.programmes.get(entry.programme)
    if programme is None:
        told.append(_unknown("mata acara", "programme", entry.programme, entry.id))
    if is_endless(entry.on):
        told.append(
            Finding(
                Rule.ENDLESS_RULE,
                f"Entri {entry.id} berulang tanpa akhir.",
                f"Entry {entry.id} recurs without end.",
                entry.id,
                None,
                Severity.NOTE,
                source="Pola acara",
                item=entry.id,
                remedy="Isi tanggal terakhirnya bila acara ini akan berakhir.",
            )
        )
    return Strip(
        key=entry.id,
        programme=programme.title if programme else entry.programme,
        on=GridDays(entry.on, ramadan),
        start_s=entry.start,
        until_s=entry.start + entry.length_s,
        content=_content(entry, channel, desk, told),
        begins=entry.begins,
        where=entry.id,
        programme_id=entry.programme,
        category=programme.category.value if programme else "",
        rank=rank(entry.on),
    )


def _content(entry: Entry, on_channel: str, desk: Desk, told: list[Finding]) -> Content:
    match entry.content:
        case OneAsset(path=path):
            return Listed((path,))
        case Episodes() as e:
            return Series(e.paths, e.folder or "", e.count, e.repeat, e.rerun)
        case FromPlaylist() as p:
            return _playlist(p, desk, entry.id, told)
        case FromRotation() as r:
            return _rotation(r, desk, entry.id, told)
        case Simulcast(channel=channel):
            if channel == on_channel:
                told.append(_of_itself(entry.id, channel))
                return Listed(())
            return Mirror(channel)
        case LiveSource(source=source):
            return Reserved(source)


def _playlist(content: FromPlaylist, desk: Desk, where: str, told: list[Finding]) -> Content:
    if content.playlist not in desk.playlists:
        told.append(_unknown("daftar putar", "playlist", content.playlist, where))
        return Listed(())
    items = tuple(_items(content.playlist, desk.playlists, (), where, told))
    if len(items) == 1 and items[0].startswith(FOLDER):
        return Folder(items[0].removeprefix(FOLDER), content.repeat)
    return Listed(items, content.repeat)


def _items(
    name: str, playlists: Mapping[str, Playlist], within: tuple[str, ...], where: str, told: list[Finding]
) -> Sequence[str]:
    """Return the paths of a playlist with those of the lists that it contains; a list within itself is left out."""
    found: list[str] = []
    for item in playlists[name].items:
        if not item.startswith(PLAYLIST):
            found.append(item)
            continue
        inner = item.removeprefix(PLAYLIST)
        if inner == name or inner in within:
            told.append(
                Finding(
                    Rule.PLAYLIST_LOOP,
                    f"Daftar putar {name} memuat dirinya sendiri (lewat {inner}); bagian itu dilewati.",
                    f"Playlist {name} contains itself (through {inner}); that part is skipped.",
                    where,
                    None,
                    Severity.WARNING,
                    source="Daftar putar",
                    item=name,
                    remedy=f"Keluarkan {item} dari daftar {name}.",
                )
            )
        elif inner not in playlists:
            told.append(_unknown("daftar putar", "playlist", inner, where))
        else:
            found += _items(inner, playlists, (*within, name), where, told)
    return found


def _rotation(content: FromRotation, desk: Desk, where: str, told: list[Finding]) -> Content:
    if content.rotation is None:
        return Rotating(content.folders)
    rules = desk.rotations.get(content.rotation)
    if rules is None:
        told.append(_unknown("rotasi", "rotation", content.rotation, where))
        return Rotating(content.folders)
    return Rotating(
        folders=rules.folders,
        rules=Rules(
            artist=covering(60 * rules.artist_minutes),
            title=covering(60 * rules.title_minutes),
            album=covering(60 * rules.album_minutes),
            again=covering(3600 * rules.again_hours),
        ),
        clock=rules.clock,
        name=rules.title,
    )


def _of_itself(where: str, channel: str) -> Finding:
    return Finding(
        Rule.PLAYLIST_LOOP,
        f"Entri {where}: kanal {channel} tidak dapat menyiarkan bersama dirinya sendiri; sisipan mengudara.",
        f"Entry {where}: channel {channel} cannot simulcast itself; filler airs.",
        where,
        None,
        Severity.WARNING,
        source="Pola acara",
        item=channel,
        remedy="Pilih kanal lain.",
    )


def _unknown(what: str, english: str, name: str, where: str) -> Finding:
    return Finding(
        Rule.UNKNOWN_NAME,
        f"{what.capitalize()} {name} tidak dikenal.",
        f"Unknown {english} {name}.",
        where,
        None,
        Severity.WARNING,
        source="Pola acara",
        item=name,
        remedy=f"Buat {what} itu, atau ganti namanya.",
    )


def _times_that_do_not_exist(
    grid: Grid, zone: ZoneInfo, today: date, ramadan: Callable[[date], bool]
) -> Sequence[Finding]:
    """Return a finding for each entry that a clock change of the coming year leaps over."""
    year = [today + timedelta(days=n) for n in range(371)]
    noons = [datetime.combine(day, time(12), zone).utcoffset() for day in year]
    changes = {day for day, a, b in zip(year[1:], noons, noons[1:], strict=False) if a != b}
    found: list[Finding] = []
    for entry in grid.entries if changes else ():
        for day in dates(entry.on, year[0], year[-1], ramadan):
            if day in changes and _leapt(day, entry.start, zone):
                found.append(
                    Finding(
                        Rule.NO_SUCH_TIME,
                        f"Entri {entry.id}: pada {day} jamnya tidak ada karena jam dimajukan; mulai sesudahnya.",
                        f"Entry {entry.id}: on {day} the clock leaps over its time; it begins right after.",
                        entry.id,
                        at_or_after(instant(day, entry.start, zone)),
                        Severity.NOTE,
                        source="Zona waktu",
                        item=entry.id,
                        remedy="Pilih jam lain untuk hari itu.",
                    )
                )
                break
    return found


def _leapt(day: date, second: int, zone: ZoneInfo) -> bool:
    local = instant(day, second, zone).astimezone(zone)
    return (local.hour * 3600 + local.minute * 60 + local.second) != second


# ---- fixed events ---------------------------------------------------------------------------------


def _fixed_events(rules: ChannelRules, desk: Desk, where: Place) -> Daily:
    @lru_cache(maxsize=800)
    def on(day: date) -> tuple[Fixed, ...]:
        return tuple(
            Fixed(
                at_or_after(dated.instant),
                dated.series,
                dated.path,
                dated.hard,
                dated.title,
                dated.series,
                dated.category.value,
                priority=dated.priority,
                turn=dated.turn if dated.folder else -1,
                ends=dated.align_end,
                late_ok=dated.priority != Priority.SIGNAL,
            )
            for dated in occurrences(rules.fixed, day, where, desk.hijri, desk.official, desk.correction)
        )

    return lambda day, _: on(day)
