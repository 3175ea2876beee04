"""What a table says of the week, as a grid with its programmes. Pure.

A programme airs the folder that is called like it; where there is none, the folders of its kind (as in the first
week), so that an imported week is on the air at once and can be refined programme by programme.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from lppl.programme import Category, Programme
from scheduler.day_rule import WEEKDAYS as RULE_DAYS
from scheduler.file_grid import slug
from scheduler.first_week import COLOURS, Part, Parts, filled_by
from scheduler.grid import Entry, Filling, FromRotation, Grid, LiveSource
from scheduler.grid_text import Bundle
from scheduler.plan import FOLDER, Start
from scheduler.recurrence import Recurrence
from scheduler.sheet_grid import Broadcast
from scheduler.words import DAY_S, EVERY_DAY

_PARTS: Mapping[Category, Part] = {
    Category.NEWS: Part.NEWS,
    Category.EDUCATION: Part.INFO,
    Category.CULTURE: Part.CULTURE,
    Category.ENTERTAINMENT: Part.MUSIC,
    Category.SUPPORT: Part.FILLER,
}


def week_of(
    broadcasts: Sequence[Broadcast],
    programmes: Mapping[str, Programme],
    folders: Iterable[str],
    parts: Parts,
    first: date,
) -> Bundle:
    """Return the grid that begins on `first`; a programme of the same title that is there already is used."""
    by_name = {slug(folder.rsplit("/", 1)[-1]): folder for folder in sorted(folders, reverse=True)}
    titles = {p.title.casefold(): p for p in programmes.values()}
    names = set(programmes)
    fresh: list[Programme] = []
    entries: list[Entry] = []
    ids: set[str] = set()
    for each in broadcasts:
        key = each.title.casefold()
        if key not in titles:
            made = _programme(each, names)
            names.add(made.id)
            fresh.append(made)
            titles[key] = made
        programme = titles[key]
        ids.add(name := slug(each.title, ids))
        entries.append(
            Entry(
                id=name,
                programme=programme.id,
                on=Recurrence(first=first, rule=_rule(each.days)),
                start=each.start % DAY_S,
                length_s=min(DAY_S, each.until - each.start),
                begins=Start.HARD if each.live or programme.category is Category.NEWS else Start.NOT_BEFORE,
                content=_content(each, programme, by_name, parts),
                note=each.note,
            )
        )
    filler = tuple(f"{FOLDER}{folder}" for folder in filled_by(Part.FILLER, parts))
    return Bundle(Grid(entries=tuple(entries), filler=filler), tuple(fresh))


def _programme(each: Broadcast, names: Iterable[str]) -> Programme:
    category = each.category or Category.ENTERTAINMENT
    return Programme(
        id=slug(each.title, names), title=each.title, category=category, age=each.age,
        default_length_s=max(60, min(DAY_S, each.until - each.start)), colour=COLOURS[category], own=not each.relay,
    )  # fmt: skip


def _content(each: Broadcast, programme: Programme, by_name: Mapping[str, str], parts: Parts) -> Filling:
    if each.live:
        return LiveSource(source=each.title, relay=each.relay)
    own = by_name.get(slug(each.title))
    return FromRotation(folders=(own,) if own else filled_by(_PARTS[programme.category], parts))


def _rule(days: Sequence[int]) -> str:
    if tuple(days) == EVERY_DAY:
        return "FREQ=DAILY"
    return f"FREQ=WEEKLY;BYDAY={','.join(RULE_DAYS[n] for n in days)}"
