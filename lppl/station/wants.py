"""Which files are conformed for which channel: what may air there, by its documents, its schedule file, or its kind."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lppl.config import ChannelSettings, Settings
from lppl.library import Library
from lppl.media import ChannelKind, Facts, Profile
from lppl.plan_store import PlanStore
from lppl.records import BUILTIN
from lppl.station.planning import documents_of
from scheduler.documents import Documents
from scheduler.named import Named, named_by, sources_of
from scheduler.planner import Origin, read_schedule_file
from scheduler.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Airs:
    """What one channel may air of its own: files and folders; with `suiting` also whatever suits its kind."""

    channel: ChannelSettings
    profile: Profile
    paths: frozenset[str] = frozenset()
    suiting: bool = False
    sources: frozenset[str] = frozenset()
    """The channels whose material airs here: itself, and those that it simulcasts."""

    def may_air(self, path: str, facts: Facts) -> bool:
        """Tell whether this channel may air a file of its own accord. TV suits what has a picture, radio what not."""
        if self.suiting and (facts.video is not None) is (self.channel.kind is ChannelKind.TV):
            return True
        return any(below(path, named) for named in self.paths)


def wanted(path: str, facts: Facts, channels: Sequence[Airs]) -> list[Profile]:
    """Return the profiles under which a file should be conformed: those of the channels that may air it.

    `folders` in the settings narrow that.
    """
    if path.startswith(BUILTIN):
        return []
    out: list[Profile] = []
    for each in channels:
        if each.profile in out or (each.channel.folders and not any(below(path, f) for f in each.channel.folders)):
            continue
        if any(other.may_air(path, facts) for other in channels if other.channel.id in each.sources):
            out.append(each.profile)
    return out


def with_lean(profiles: Sequence[Profile], settings: Settings) -> list[Profile]:
    """Return `profiles`, and behind them those of their leanest sound."""
    return [*profiles, *(lean for p in profiles if (lean := settings.lean(p)) is not None)]


def airs(
    channel: ChannelSettings, profile: Profile, schedule: Schedule | None, documents: Documents
) -> tuple[Airs, Named]:
    """Return what a channel may air, its simulcasts not yet followed, and what its documents name.

    Its schedule file (None: none) holds until a grid is published; without both whatever suits it may air.
    """
    named = named_by(channel.id, documents)
    if documents.grid is not None:
        return Airs(channel, profile, named.paths), named
    by_file = frozenset() if schedule is None else frozenset(named_paths(schedule))
    return Airs(channel, profile, named.paths | by_file, schedule is None), named


async def read_wants(settings: Settings, library: Library) -> tuple[Airs, ...]:
    """Return what all channels may air. Raises SQLAlchemyError, OSError."""
    store, now = PlanStore(library.engine), datetime.now(UTC)
    read: dict[str, tuple[Airs, Named]] = {}
    for c in settings.channels:
        file = await asyncio.to_thread(read_schedule_file, settings.schedule_file(c), c.kind)
        documents = await documents_of(store, c.id, now)
        schedule = None if file.origin is Origin.DEFAULT else file.schedule
        read[c.id] = airs(c, settings.profile(c), schedule, documents)
    simulcasts = {name: named.channels for name, (_, named) in read.items()}
    found: list[Airs] = []
    for name, (each, named) in read.items():
        by_hand = [await library.asset(asset) for asset in sorted(named.assets)]
        paths = each.paths.union(*(asset.paths for asset in by_hand if asset is not None))
        found.append(Airs(each.channel, each.profile, paths, each.suiting, sources_of(name, simulcasts)))
    return tuple(found)


def named_paths(schedule: Schedule) -> set[str]:
    """Return the files and folders that a schedule file names; a pattern counts as its folder."""
    names = {source.partition(":")[2] for source in schedule.filler}
    for block in schedule.block:
        names |= {*block.items, *block.rotation, *((block.folder,) if block.folder is not None else ())}
    names |= {at.item for at in schedule.at}
    return {n.split("{")[0].rpartition("/")[0] if "{" in n else n for n in names}


def below(path: str, named: str) -> bool:
    """Tell whether `path` is what is named, or lies in that folder."""
    named = named.strip("/")
    return named in ("", ".") or path == named or path.startswith(named + "/")
