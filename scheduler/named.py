"""What the documents of a channel name: the material that it may air, and so needs conformed. Pure.

Names are taken as they stand, whether or not their day has come: conforming ahead costs little, a missing item airs
filler.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lppl.media import AssetId
from scheduler.documents import Documents, desk_of, sheet_of
from scheduler.fixed import EVERY_HOUR, Anthem, FixedEvents
from scheduler.grid import Entry, Episodes, FromPlaylist, FromRotation, OneAsset, Playlist, Simulcast
from scheduler.laying_out import PLAYLIST, Desk
from scheduler.plan import FOLDER

HOUR = "{hh}"


@dataclass(frozen=True, slots=True)
class Named:
    """`paths`: files and folders of the media folder (``.``: all of it); `assets` that people put in by hand;
    `channels` whose material airs here too.
    """

    paths: frozenset[str] = frozenset()
    assets: frozenset[AssetId] = frozenset()
    channels: frozenset[str] = frozenset()


def named_by(channel: str, documents: Documents) -> Named:
    """Return what the documents of `channel` name; what cannot be read names nothing."""
    desk, sheet = desk_of(documents)[0], sheet_of(channel, documents)
    paths = {path for entry in sheet.grid.entries for path in entry_paths(entry, desk)}
    paths |= {source.partition(":")[2] for source in sheet.grid.filler}
    paths |= set(fixed_paths(sheet.rules.fixed))
    if sheet.rules.breaks:
        booked = (order for order in desk.orders if not order.channels or channel in order.channels)
        paths |= {path for order in booked for path in order.assets}
    return Named(
        frozenset(paths),
        frozenset(AssetId(edit.put.asset) for edit in sheet.edits.values() if edit.put is not None),
        frozenset(e.content.channel for e in sheet.grid.entries if isinstance(e.content, Simulcast)),
    )


def sources_of(channel: str, simulcasts: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the channels whose material `channel` airs: itself, what it simulcasts, and what those simulcast."""
    found: set[str] = set()
    waiting = [channel]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += simulcasts.get(each, ())
    return frozenset(found)


def entry_paths(entry: Entry, desk: Desk) -> Iterator[str]:
    """Yield the files and folders that fill an entry."""
    match entry.content:
        case OneAsset(path=path):
            yield path
        case Episodes(folder=folder, paths=paths):
            yield from paths
            if folder is not None:
                yield folder
        case FromPlaylist(playlist=name):
            yield from playlist_paths(name, desk.playlists, set())
        case FromRotation(rotation=rotation, folders=folders):
            rules = desk.rotations.get(rotation) if rotation is not None else None
            yield from folders if rules is None else rules.folders


def playlist_paths(name: str, playlists: Mapping[str, Playlist], seen: set[str]) -> Iterator[str]:
    """Yield the files and folders of a playlist and of those within it; `seen` grows by their names."""
    if name in seen or name not in playlists:
        return
    seen.add(name)
    for item in playlists[name].items:
        if item.startswith(PLAYLIST):
            yield from playlist_paths(item.removeprefix(PLAYLIST), playlists, seen)
        else:
            yield item.removeprefix(FOLDER)


def fixed_paths(fixed: FixedEvents) -> Iterator[str]:
    """Yield the files and folders of fixed events."""
    for event in fixed.events:
        said = (*event.items, *((event.opening,) if isinstance(event, Anthem) else ()))
        for path in said:
            yield from (path.replace(HOUR, f"{hour:02}") for hour in EVERY_HOUR) if HOUR in path else (path,)
        if event.folder:
            yield event.folder
