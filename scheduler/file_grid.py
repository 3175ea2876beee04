"""A schedule file as a grid: what a station begins with when it goes over from the file to the planning desk. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date

from lppl.programme import Programme
from scheduler.day_rule import WEEKDAYS as RULE_DAYS
from scheduler.fixed import ClockEvent, FixedEvents
from scheduler.grid import (
    ChannelRules,
    Entry,
    Filling,
    FromPlaylist,
    FromRotation,
    Grid,
    OneAsset,
    Playlist,
)
from scheduler.grid_text import Bundle
from scheduler.plan import Start
from scheduler.recurrence import Recurrence
from scheduler.schedule import At, Block, Schedule
from scheduler.words import EVERY_DAY


def slug(title: str, taken: Iterable[str] = ()) -> str:
    """Return a short name for `title` that is not `taken`: ``kabar-pagi``, ``kabar-pagi-2``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:56].strip("-") or "acara"
    known, number, found = set(taken), 1, name
    while found in known:
        number += 1
        found = f"{name}-{number}"
    return found


def grid_of(
    schedule: Schedule,
    channel: str,
    programmes: Mapping[str, Programme],
    playlists: Iterable[str],
    rules: ChannelRules,
    first: date,
) -> Bundle:
    """Return `schedule` as a grid that recurs from `first` on, and the documents that it needs.

    `programmes` and `playlists` are there already: a programme of the same title is used, and no id is given twice.
    """
    known = {p.title: p.id for p in programmes.values()}
    names = {*programmes}
    fresh: list[Programme] = []
    lists: list[Playlist] = []
    entries: list[Entry] = []
    list_names = set(playlists)
    for block in schedule.block:
        if block.programme not in known:
            made = Programme(id=slug(block.programme, names), title=block.programme)
            known[made.title] = made.id
            names.add(made.id)
            fresh.append(made)
        content, needed = _content(block, channel, list_names)
        lists += [needed] if needed else []
        list_names |= {needed.id} if needed else set()
        entries.append(_entry(block, known[block.programme], content, first, [e.id for e in entries]))
    events = tuple(_event(n, at) for n, at in enumerate(schedule.at))
    kept = tuple(e for e in rules.fixed.events if e.id not in {event.id for event in events})
    changed = rules.model_copy(update={"fixed": FixedEvents(events=(*kept, *events))}) if events else None
    grid = Grid(entries=tuple(entries), filler=schedule.filler)
    return Bundle(grid, tuple(fresh), tuple(lists), (), changed)


def _entry(block: Block, programme: str, content: Filling, first: date, taken: Iterable[str]) -> Entry:
    days = ",".join(RULE_DAYS[n] for n in block.days)
    rule = "FREQ=DAILY" if block.days == EVERY_DAY else f"FREQ=WEEKLY;BYDAY={days}"
    return Entry(
        id=slug(programme, taken),
        programme=programme,
        on=Recurrence(first=first, rule=rule),
        start=block.start,
        length_s=block.until - block.start,
        begins=Start.HARD if block.hard else Start.NOT_BEFORE,
        content=content,
    )


def _content(block: Block, channel: str, taken: Iterable[str]) -> tuple[Filling, Playlist | None]:
    if block.rotation:
        return FromRotation(folders=block.rotation), None
    if block.folder is None and len(block.items) == 1 and not block.repeat:
        return OneAsset(path=block.items[0]), None
    items = block.items if block.folder is None else (f"folder:{block.folder}",)
    playlist = Playlist(id=slug(f"{channel}-{block.programme}", taken), title=block.programme, items=items)
    return FromPlaylist(playlist=playlist.id, repeat=block.repeat), playlist


def _event(number: int, at: At) -> ClockEvent:
    """Return a fixed item; its id is what the file's own is called, so that both at once are one."""
    title = at.programme or at.item.rpartition("/")[2].rpartition(".")[0]
    return ClockEvent(
        id=f"at-{number + 1}", title=title, items=(at.item,), hard=at.hard, days=at.days, times=at.seconds
    )
