"""What the plans would have made ahead, as the air role tells it in files, put into the queue by air time."""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from lppl.config import Settings
from lppl.derived import SPECIFICATION, Specification, derived_id
from lppl.library import Library
from lppl.media import AssetId, Profile
from lppl.quanta import Quanta, at_or_after
from lppl.station.records import Records
from lppl.station.state import rundown_file, wishes_file
from lppl.station.wants import Airs
from scheduler.plan import FOLDER

LOOK_S = 8.0


@dataclass(frozen=True, slots=True)
class Wished:
    """What one channel's plan asks for: what to render, and which files it misses, each by an air time."""

    render: tuple[tuple[Specification, Quanta], ...] = ()
    missing: Mapping[str, Quanta] | None = None


class Wishes:
    """Follows the files of all channels. `airs` tells what each channel may air."""

    def __init__(self, settings: Settings, records: Records, airs: Callable[[], Sequence[Airs]]) -> None:
        self._settings, self._records, self._airs = settings, records, airs

    async def run(self) -> None:
        """Follow for ever; while the database is away, wait."""
        library = await self._records.opened()
        files = {c.id: wishes_file(self._settings, c.id) for c in self._settings.channels}
        seen: dict[Path, int] = {}
        while True:
            await asyncio.sleep(self._records.rest(LOOK_S))
            now = await asyncio.to_thread(stamps, list(files.values()))
            if now == seen:
                continue
            try:
                told = {name: await asyncio.to_thread(read_wishes, path) for name, path in files.items()}
                await self._queue(library, told, datetime.now(UTC))
                seen = now
            except (SQLAlchemyError, OSError) as error:
                self._records.failed(error)

    async def _queue(self, library: Library, told: Mapping[str, Wished], now: datetime) -> None:
        """Bring the queue in line. Channels of one profile share their material, so they are seen to together."""
        by_profile: dict[Profile, list[Airs]] = defaultdict(list)
        for each in self._airs():
            by_profile[each.profile].append(each)
        for profile, channels in by_profile.items():
            render = [wish for c in channels for wish in told[c.channel.id].render]
            render.sort(key=lambda wish: wish[1], reverse=True)  # of two times the earlier is told last, and stays
            await library.jobs.drop_derived(profile.recipe, {derived_id(specification) for specification, _ in render})
            await library.add_derived(render, profile, now)
            names = sorted(c.channel.id for c in channels)
            waiting = {job.asset for job in await library.jobs.waiting(profile.recipe)}
            if waiting:
                needed = await self._needed(library, names, told, now)
                await library.set_needed({a: q for a, q in needed.items() if a in waiting}, profile.recipe)

    async def _needed(
        self, library: Library, channels: Sequence[str], told: Mapping[str, Wished], now: datetime
    ) -> dict[AssetId, Quanta]:
        """Return when the running orders of `channels` first want each asset: what is planned, missing, in a folder.

        Of a channel that one of them simulcasts: what airs there meanwhile.
        """
        since = at_or_after(now)
        airings: list[tuple[AssetId, Quanta]] = []
        for channel in channels:
            own = await asyncio.to_thread(_planned, rundown_file(self._settings, channel))
            airings += [(line.asset, line.start) for line in own]
            for source in {line.mirrors for line in own if line.mirrors}:
                theirs = await asyncio.to_thread(_planned, rundown_file(self._settings, source))
                airings += meanwhile(theirs, [line for line in own if line.mirrors == source])
            missing = told[channel].missing or {}
            paths = {path: q for path, q in missing.items() if not path.startswith(FOLDER)}
            assets = await library.assets_at(list(paths))
            # a slot that runs already would take it at once
            airings += [(asset, Quanta(max(since, paths[path]))) for path, asset in assets.items()]
            for path in missing.keys() - paths.keys():
                below = await library.assets_below(path.removeprefix(FOLDER))
                airings += [(asset, Quanta(max(since, missing[path]))) for asset in below]
        return first_airings(airings, since)


class Airing(NamedTuple):
    """What a written running order says of one line, as far as the queue needs it."""

    asset: AssetId
    start: Quanta
    end: Quanta
    mirrors: str


def meanwhile(lines: Iterable[Airing], windows: Sequence[Airing]) -> list[tuple[AssetId, Quanta]]:
    """Return asset and start of those `lines` that air during any of `windows`."""
    return [(x.asset, x.start) for x in lines if any(x.start < w.end and x.end > w.start for w in windows)]


def first_airings(airings: Iterable[tuple[AssetId, Quanta]], since: Quanta) -> dict[AssetId, Quanta]:
    """Return the first air time of each asset from `since` on."""
    found: dict[AssetId, Quanta] = {}
    for asset, start in airings:
        if start >= since and start < found.get(asset, start + 1):
            found[asset] = start
    return found


def read_wishes(path: Path) -> Wished:
    """Return what a channel's plan asks for; what cannot be read is left out, all of it where there is no file."""
    try:
        said = json.loads(path.read_bytes())
        render, missing = said["render"], said["missing"]
    except (OSError, ValueError, KeyError, TypeError):
        return Wished()
    found: list[tuple[Specification, Quanta]] = []
    for specification, needed in render:
        with contextlib.suppress(ValidationError):
            found.append((SPECIFICATION.validate_python(specification), Quanta(needed)))
    return Wished(tuple(found), {path: Quanta(q) for path, q in missing.items()})


def _planned(path: Path) -> list[Airing]:
    """Return the lines of a running order; none while it cannot be read."""
    try:
        lines: list[dict[str, Any]] = json.loads(path.read_bytes())
        return [
            Airing(AssetId(x["asset"]), Quanta(x["start"]), Quanta(x["start"] + x["length"]), x.get("mirrors", ""))
            for x in lines
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def stamps(paths: Sequence[Path]) -> dict[Path, int]:
    """Return when each of some files was changed, in nanoseconds; blocking."""
    found: dict[Path, int] = {}
    for path in paths:
        with contextlib.suppress(OSError):  # it is replaced just now, or there is none
            found[path] = path.stat().st_mtime_ns
    return found
