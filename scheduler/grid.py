"""The weekly grid (pola acara) of a channel as documents: entries, what fills them, playlists, rotations, house rules.

Documents are what staff edit and what versions keep. `read_grid` takes a kept one apart entry by entry, so that one bad
entry is a finding and never a stop; `scheduler.laying_out` turns documents into a plan.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, ValidationError
from pydantic_core import ErrorDetails

from lppl.programme import Document, Name, Slug, Text, Word
from scheduler.findings import Finding, Rule, Severity
from scheduler.fixed import FixedEvents
from scheduler.plan import Start
from scheduler.recurrence import Recurrence, dates, rank, words
from scheduler.words import DAY_S, EVERY_DAY, clock, filler_source, media_path, written

ClockTime = Annotated[int, BeforeValidator(lambda v: v if isinstance(v, int) else clock(v)), PlainSerializer(written)]
"""Local seconds after midnight; written ``06.00``."""
MediaPath = Annotated[str, BeforeValidator(media_path)]
Filler = Annotated[str, BeforeValidator(filler_source)]


class OneAsset(Document):
    """A fixed asset."""

    kind: Literal["asset"] = "asset"
    path: MediaPath


class Episodes(Document):
    """An episode list that advances: `count` in each occurrence; `rerun` airs the last ones again."""

    kind: Literal["series"] = "series"
    folder: MediaPath | None = None
    paths: tuple[MediaPath, ...] = ()
    count: Annotated[int, Field(ge=1, le=100)] = 1
    repeat: bool = False
    rerun: bool = False


class FromPlaylist(Document):
    """A playlist, once through, or over and over."""

    kind: Literal["playlist"] = "playlist"
    playlist: Slug
    repeat: bool = False


class FromRotation(Document):
    """A rotation by its rules, or simply some folders taking turns."""

    kind: Literal["rotation"] = "rotation"
    rotation: Slug | None = None
    folders: tuple[MediaPath, ...] = ()


class Simulcast(Document):
    """What another channel airs."""

    kind: Literal["simulcast"] = "simulcast"
    channel: Slug


class LiveSource(Document):
    """A live source or relay; until sources exist its time is reserved, and filler airs."""

    kind: Literal["live"] = "live"
    source: Name
    relay: bool = False


Filling = Annotated[
    OneAsset | Episodes | FromPlaylist | FromRotation | Simulcast | LiveSource, Field(discriminator="kind")
]


class Entry(Document):
    """One programme's place in the grid. `length_s` may carry it past midnight; 0 is kept, and found."""

    id: Slug
    programme: Slug
    on: Recurrence
    start: Annotated[ClockTime, Field(ge=0, lt=DAY_S)]
    length_s: Annotated[int, Field(ge=0, le=DAY_S)]
    begins: Start = Start.NOT_BEFORE
    content: Filling
    note: Text = ""


class Grid(Document):
    """All entries of a channel, and its filler, most preferred first (``folder:<path>`` or ``file:<path>``)."""

    entries: tuple[Entry, ...] = ()
    filler: tuple[Filler, ...] = ()


class Playlist(Document):
    """An ordered list: paths, ``folder:<path>``, or ``playlist:<id>``."""

    id: Slug
    title: Name
    items: tuple[Annotated[str, Field(min_length=1, max_length=1000)], ...] = ()


class RotationRules(Document):
    """A rotation: what takes turns, and what is kept apart. Zero asks for nothing."""

    id: Slug
    title: Name
    folders: tuple[MediaPath, ...] = ()
    artist_minutes: Annotated[int, Field(ge=0, le=10_080)] = 60
    title_minutes: Annotated[int, Field(ge=0, le=10_080)] = 180
    album_minutes: Annotated[int, Field(ge=0, le=10_080)] = 0
    again_hours: Annotated[int, Field(ge=0, le=336)] = 0
    clock: tuple[Word, ...] = ()
    """Groups (:attr:`lppl.programme.Details.group`) of an hour's items, in order, over and over."""


class BreakRule(Document):
    """Commercial breaks: at these minutes of the hours in [start, until), each at most `longest_s` long.

    The hours pass midnight where `until` is not after `start`.
    """

    minutes: Annotated[tuple[Annotated[int, Field(ge=0, le=59)], ...], Field(min_length=1)]
    start: ClockTime = 0
    until: ClockTime = DAY_S
    longest_s: Annotated[int, Field(ge=5, le=1800)] = 120
    days: tuple[Annotated[int, Field(ge=0, le=6)], ...] = EVERY_DAY


class ChannelRules(Document):
    """What holds for a whole channel beside its grid."""

    id: Slug
    fixed: FixedEvents = FixedEvents()
    breaks: tuple[BreakRule, ...] = ()
    separation_minutes: Annotated[int, Field(ge=0, le=240)] = 15
    """Breaks nearer than this hold no competitors."""
    fades_s: dict[str, Annotated[float, Field(ge=0, le=10)]] = Field(default_factory=dict)
    """Crossfade of radio by the category of the item that ends (``hiburan``: 3); what is not named is not faded."""
    logo: MediaPath | None = None
    """The station's logo (PNG) in the media folder, burnt into TV programmes; None: none."""
    labels: bool = False
    """Burn the age label and the parental notice into TV programmes."""


# ---- reading what was kept ------------------------------------------------------------------------


def read_grid(document: Mapping[str, Any]) -> tuple[Grid, tuple[Finding, ...]]:
    """Return the good part of a kept grid, and a finding for each entry that cannot be understood."""
    entries: dict[str, Entry] = {}
    findings: list[Finding] = []
    for n, each in enumerate(_list(document, "entries", findings)):
        try:
            entry = Entry.model_validate(each)
        except ValidationError as error:
            name = str(each.get("id", f"ke-{n + 1}")) if isinstance(each, Mapping) else f"ke-{n + 1}"
            findings.append(_unreadable(name, error))
            continue
        if entry.id in entries:
            findings.append(_not_used(entry.id, "nama ini sudah dipakai entri lain", "its name is taken"))
        else:
            entries[entry.id] = entry
    filler: list[str] = []
    for source in _list(document, "filler", findings):
        try:
            filler.append(filler_source(source))
        except ValueError as error:
            findings.append(Finding(Rule.UNKNOWN_NAME, str(error), str(error), "filler"))
    return Grid(entries=tuple(entries.values()), filler=tuple(filler)), tuple(findings)


def _list(document: Mapping[str, Any], name: str, findings: list[Finding]) -> Sequence[Any]:
    """Return a list of a kept grid; a finding where something else stands."""
    found = document.get(name, ()) if isinstance(document, Mapping) else None
    if isinstance(found, list | tuple):
        return found
    findings.append(_not_used(name, "isinya bukan daftar", "it is no list"))
    return ()


def mistakes_of(error: ValidationError) -> str:
    """Return what pydantic found wrong, as one line for staff."""
    return "; ".join(map(_mistake, error.errors()))


def _mistake(error: ErrorDetails) -> str:
    """Return what pydantic found wrong in one value as a sentence for staff."""
    place, given = ".".join(str(part) for part in error["loc"]), error["input"]
    about = error.get("ctx", {})
    if (cause := about.get("error")) is not None:
        return f"{place}: {cause}" if place else str(cause)
    match error["type"]:
        case "missing":
            return f"{place} belum diisi / {place} is missing"
        case "enum" | "literal_error":
            return f'{place}: "{given}" bukan salah satu dari {about["expected"]} / write one of these'
        case "string_pattern_mismatch" if place in ("id", "programme", "rotation", "playlist", "channel"):
            return f'{place}: "{given}": hanya huruf kecil, angka, dan tanda hubung / only a-z, 0-9 and hyphens'
        case "greater_than_equal" | "less_than_equal" | "greater_than" | "less_than":
            limit = next(iter(about.values()))
            return f"{place}: {given} di luar batas ({limit}) / out of bounds ({limit})"
    return f"{place}: {error['msg']}"


def _unreadable(name: str, error: ValidationError) -> Finding:
    recurs = any(m["loc"][:1] == ("on",) and m["type"] == "value_error" for m in error.errors())
    return _not_used(name, mistakes_of(error), "it cannot be read", Rule.ENDLESS_RULE if recurs else Rule.UNKNOWN_NAME)


def _not_used(name: str, why: str, english: str, rule: Rule = Rule.UNKNOWN_NAME) -> Finding:
    return Finding(
        rule,
        f"Entri {name} tidak dapat dibaca dan dilewati: {why}",
        f"Entry {name} is skipped: {english}",
        name,
        None,
        Severity.SEVERE,
        source="Pola acara",
        item=name,
        remedy="Perbaiki entri ini.",
    )


# ---- versions -------------------------------------------------------------------------------------


class Change(Document):
    """One difference between two versions. `before` and `after` are Indonesian; empty where there is none."""

    entry: str
    before: str
    after: str


def compare(old: Grid, new: Grid, titles: Mapping[str, str]) -> tuple[Change, ...]:
    """Return what differs between two grids, entry by entry; `titles`: programme id -> title."""
    before, after = ({e.id: e for e in grid.entries} for grid in (old, new))
    changes = [
        Change(
            entry=name,
            before=describe(before[name], titles) if name in before else "",
            after=describe(after[name], titles) if name in after else "",
        )
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]
    if old.filler != new.filler:
        changes.append(Change(entry="sisipan", before=", ".join(old.filler), after=", ".join(new.filler)))
    return tuple(changes)


def describe(entry: Entry, titles: Mapping[str, str]) -> str:
    """Say an entry in one line: ``Kabar Pagi, setiap hari, 06.00-07.00, tepat, series tv/kabar``."""
    until = written(entry.start + entry.length_s)
    title = titles.get(entry.programme, entry.programme)
    filling = entry.content.model_dump(exclude_defaults=True, exclude={"kind"})
    what = ", ".join(_said(name, value) for name, value in filling.items() if value not in (None, ()))
    return f"{title}, {words(entry.on)}, {written(entry.start)}-{until}, {entry.begins}, {entry.content.kind} {what}"


_OPTIONS = {"repeat": "berulang", "rerun": "siaran ulang", "relay": "relai"}


def _said(name: str, value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return _OPTIONS.get(name, name) if value is True else f"{value} episode" if name == "count" else str(value)


def copy_week(grid: Grid, source: date, target: date, suffix: str, in_ramadan: Callable[[date], bool]) -> Grid:
    """Return `grid` with the week from Monday `source` laid as one-off entries over the week from Monday `target`.

    Both must be Mondays; what occurs in the source week is copied with its exceptions resolved, and what gave way to
    something there gives way to it here. Raises ValueError.
    """
    if source.weekday() or target.weekday():
        raise ValueError("minggu mulai pada hari Senin / a week begins on a Monday")
    found = [
        (entry, day)
        for entry in sorted(grid.entries, key=lambda e: -rank(e.on))
        for day in dates(entry.on, source, source + timedelta(days=6), in_ramadan)
    ]
    copies: list[Entry] = []
    for entry, day in found:
        end = f"-{suffix}-{day.weekday() + 1}"
        # a single day by rule is of less rank than a single date
        gives_way = any(rank(other.on) > rank(entry.on) and _meet(entry, day, other, then) for other, then in found)
        on = Recurrence(first=day + (target - source), rule="FREQ=DAILY;COUNT=1" if gives_way else "")
        copies.append(entry.model_copy(update={"id": entry.id[: 64 - len(end)] + end, "on": on}))
    taken = {e.id for e in copies}
    return Grid(entries=(*(e for e in grid.entries if e.id not in taken), *copies), filler=grid.filler)


def _meet(one: Entry, day: date, other: Entry, then: date) -> bool:
    """Tell whether two entries want the same time on paper, on the days given."""
    apart = (then - day).days * DAY_S + other.start - one.start
    return -other.length_s < apart < one.length_s
