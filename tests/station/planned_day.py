"""A minute and a half of a station that airs what staff laid down, at the desk, and not a schedule file.

A grid with a rotation, crossfades, a time of azan, an ident each hour, graphics burnt in, edits by hand; then the power
fails, and with it the database.
"""

import asyncio
import contextlib
import functools
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel

from lppl import journal, process
from lppl.config import load_settings
from lppl.database import open_database
from lppl.desk.planning import PlanningDesk
from lppl.errors import LpplError
from lppl.journal import Entry
from lppl.library import Library
from lppl.media import Tags
from lppl.plan_store import Kind as Document
from lppl.programme import AgeClass, Category, Programme
from lppl.quanta import Quanta, at_or_after
from lppl.rundown import Kind, Line, lines_from_json
from scheduler import edits
from scheduler.fixed import ClockEvent, FixedEvents, Ident
from scheduler.grid import ChannelRules, Filling, FromPlaylist, FromRotation, Grid, Playlist, RotationRules
from scheduler.grid import Entry as Placed
from scheduler.plan import Start
from scheduler.recurrence import Recurrence
from tests.station.service import Home, NotReached, Service, eventually
from tests.station.watcher import Watched, Watcher, watching

CHANNELS = ("tv", "radio")
EVERY_DAY = "FREQ=DAILY"
ARTISTS = ("Waldjinah", "Gesang", "Sundari", "Mus Mulyadi", "Hetty")
SEPARATION = Quanta(188)
"""A minute: the rotation's rule."""
FADE = 10
"""Quanta in a crossfade of 3 s."""
SPEECH = "radio/Sunyi.flac"
SPOKEN = Path(SPEECH).stem
AZAN, IDENT = "azan/Wayang.ogg", "jingle/Pantun.wav"
LOGO = "logo.png"


@dataclass
class Station:
    """The station's folder, its desk, and its process."""

    home: Home
    desk: PlanningDesk
    service: Service

    def now(self) -> datetime:
        return datetime.now(UTC)

    def journal(self, channel: str) -> list[Entry]:
        return journal.read(self.home.data / "journal", Quanta(0)).get(channel, [])

    def planned(self, channel: str) -> tuple[Line, ...]:
        """Return what the air role tells that it has planned. Raises OSError."""
        return lines_from_json(self._rundown(channel).read_bytes())

    def _rundown(self, channel: str) -> Path:
        return self.home.data / "state" / f"rundown-{channel}.json"

    async def until_planned(
        self, channel: str, condition: Callable[[tuple[Line, ...]], bool], what: str, seconds: float = 90.0
    ) -> tuple[Line, ...]:
        """Wait for such a running order; return it. Each is read once: reading 10 MB all the time slows the service."""
        seen = 0
        lines: tuple[Line, ...] = ()

        async def planned() -> bool:
            nonlocal seen, lines
            with contextlib.suppress(FileNotFoundError):
                now = self._rundown(channel).stat().st_mtime_ns
                if now != seen:
                    lines, seen = await asyncio.to_thread(self.planned, channel), now
                    return condition(lines)
            return False

        await eventually(planned, what, seconds)
        return lines

    async def until_begun(self, channel: str, at: Quanta) -> None:
        """Wait until something that began at `at` or later is on the air."""
        await self.until_aired(channel, lambda e: e.item.start >= at and e.length > 10, f"{at} on {channel}", 90.0)

    async def until_aired(self, channel: str, condition: Callable[[Entry], bool], what: str, seconds: float) -> Entry:
        found: list[Entry] = []

        async def aired() -> bool:
            found[:] = [e for e in await asyncio.to_thread(self.journal, channel) if condition(e)]
            return bool(found)

        await eventually(aired, what, seconds)
        return found[0]


@dataclass
class Outcome:
    """What one run left. Times are air times in quanta."""

    journal: dict[str, list[Entry]] = field(default_factory=dict)
    planned: dict[str, tuple[Line, ...]] = field(default_factory=dict)
    watched: dict[str, Watched] = field(default_factory=dict)
    at: dict[str, Quanta] = field(default_factory=dict)
    seen: dict[str, object] = field(default_factory=dict)
    took: dict[str, float] = field(default_factory=dict)
    """Seconds since the start, by stage."""


# --- the run -----------------------------------------------------------------------------------------


def prepared(home: Home) -> None:
    """Take away the schedule files; put azan and ident in folders of their own, and a logo into the media folder."""
    shutil.rmtree(home.data / "schedule")
    for old, new in (("radio/Wayang.ogg", AZAN), ("radio/Pantun.wav", IDENT)):
        (home.media / new).parent.mkdir()
        (home.media / old).rename(home.media / new)
    drawn = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=red:s=48x48", "-frames:v", "1"]
    subprocess.run([*drawn, str(home.media / LOGO)], check=True)


async def described(station: Station) -> None:
    """Say of the radio's material who sings it, and what is music and what is speech."""
    library, store = station.desk.library, station.desk.store
    artists = iter((*ARTISTS, *ARTISTS))
    for asset in (a for a in await library.ready_assets() if a.paths[0].startswith("radio/")):
        assert asset.facts is not None
        speech = SPEECH in asset.paths
        tags = asset.tags if speech else replace_artist(asset.tags, next(artists))
        await library.examined(asset.id, tags, asset.facts, asset.paths[0])
        details = (await store.details([asset.id]))[asset.id]
        said = {"speech": speech, "category": Category.NEWS if speech else Category.ENTERTAINMENT}
        await store.save_details(asset.id, details.model_copy(update=said), station.now())


def replace_artist(tags: Tags, artist: str) -> Tags:
    return replace(tags, artist=artist)


def coming(now: datetime) -> tuple[datetime, datetime]:
    """Return times of azan and ident within the next minute and a bit, each after the other is over."""
    minute = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    if minute - now > timedelta(seconds=25):
        return minute + timedelta(seconds=10), minute
    return now.replace(microsecond=0) + timedelta(seconds=30), minute + timedelta(minutes=1)


async def laid_down(station: Station, out: Outcome) -> None:
    """Lay down and publish what both channels air."""
    desk, now = station.desk, station.now()
    zone = desk.zone
    azan, ident = coming(now)
    out.at |= {"azan": at_or_after(azan), "ident": at_or_after(ident)}
    local = azan.astimezone(zone)
    second = local.hour * 3600 + local.minute * 60 + local.second
    fixed = FixedEvents(
        events=(
            ClockEvent(id="azan-uji", title="Azan", items=(AZAN,), times=(second,)),
            Ident(id="ident", items=(IDENT,), hard=True, minutes=(ident.astimezone(zone).minute,)),
        )
    )
    documents: list[tuple[Document, str, BaseModel]] = [
        (Document.PROGRAMME, "lagu", Programme(id="lagu", title="Lagu Pilihan", category=Category.ENTERTAINMENT)),
        (Document.PROGRAMME, "wayang", Programme(id="wayang", title="Wayang", category=Category.CULTURE,
                                                 age=AgeClass.R)),
        (Document.PROGRAMME, "khusus", Programme(id="khusus", title="Acara Khusus", category=Category.NEWS)),
        (Document.ROTATION, "lagu", RotationRules(id="lagu", title="Lagu", folders=("radio",), artist_minutes=1,
                                                   title_minutes=0)),
        (Document.PLAYLIST, "wayang", Playlist(id="wayang", title="Wayang", items=("folder:tv",))),
        (Document.CHANNEL, "radio", ChannelRules(id="radio", fixed=fixed, fades_s={"hiburan": 3})),
        (Document.CHANNEL, "tv", ChannelRules(id="tv", labels=True, logo=LOGO)),
    ]  # fmt: skip
    for kind, name, document in documents:
        await desk.save(kind, name, document, now)
    await published(station, "radio", "lagu", FromRotation(rotation="lagu"))
    await published(station, "tv", "wayang", FromPlaylist(playlist="wayang", repeat=True))


async def published(station: Station, channel: str, programme: str, content: Filling) -> int:
    """Publish a grid that holds one programme all day; return the number of its version."""
    now = station.now()
    first = now.astimezone(station.desk.zone).date() - timedelta(days=1)
    entry = Placed(
        id=programme, programme=programme, on=Recurrence(first=first, rule=EVERY_DAY), start=0, length_s=86_400,
        content=content,
    )  # fmt: skip
    await station.desk.save_draft(channel, Grid(entries=(entry,)), "Sari", now)
    return (await station.desk.publish(channel, "Sari", now, reason="uji")).version.number


def in_force(programme: str) -> Callable[[tuple[Line, ...]], bool]:
    """Tell whether a running order is `programme`'s two days ahead."""

    def holds(lines: tuple[Line, ...]) -> bool:
        far = Quanta(at_or_after(datetime.now(UTC)) + 48 * 11_250)
        return lines[-1].end >= far and {x.programme_id for x in lines if x.start >= far - 11_250} == {programme}

    return holds


async def inserted(station: Station, channel: str, path: str, after_s: float) -> Quanta:
    """Insert an item by hand, to begin exactly some seconds from now; return when, once that is planned.

    On a machine that stands still for longer, the moment passes unplanned: then it is undone and put in later, as
    people do.
    """
    material = await station.desk.asset_at(channel, path)
    for again in range(3):
        at = at_or_after(station.now() + timedelta(seconds=after_s * (1 + again)))
        number = await station.desk.edit(
            channel, edits.insert(at, material.asset, material.title, Start.HARD), "Sari", station.now()
        )
        planned = functools.partial(_has_edit, at, number)
        try:
            await station.until_planned(channel, planned, f"edit {number} is planned", 20.0 + after_s * (1 + again))
        except NotReached:
            await station.desk.undo(channel, number, station.now())
        else:
            return at
    raise NotReached(f"no edit of {path} is ever planned")


def _has_edit(at: Quanta, number: int, lines: tuple[Line, ...]) -> bool:
    return any(x.start == at and x.edit == number for x in lines)


async def aired_day(home: Home) -> Outcome:
    """Run the station through all of it."""
    out = Outcome()
    began = time.monotonic()

    def stage(name: str) -> None:
        out.took[name] = round(time.monotonic() - began, 1)

    engine = open_database(f"sqlite:///{home.data / 'lppl.db'}")
    desk = PlanningDesk(load_settings(home.folder / "lppl.toml", {}), Library(engine))
    station = Station(home, desk, await Service.start(home))
    try:
        await station.service.on_air()
        stage("on air")
        async with contextlib.AsyncExitStack() as stack:
            for channel in CHANNELS:
                watcher = Watcher(f"{home.url}/hls/{channel}/master.m3u8", outage_s=60.0, young=True)
                out.watched[channel] = await stack.enter_async_context(watching(watcher))
            await _planned_and_aired(station, out, stage)
            await engine.dispose()
            await _without_database(station, out, stage)
        for channel in CHANNELS:
            out.journal[channel] = station.journal(channel)
        return out
    finally:
        await station.service.close()
        await engine.dispose()


async def _planned_and_aired(station: Station, out: Outcome, stage: Callable[[str], None]) -> None:
    """Publish, change by hand, publish another version and take it back, while the station airs it."""

    async def scanned() -> bool:
        with contextlib.suppress(LpplError):
            return bool(await station.desk.asset_at("radio", AZAN) and await station.desk.asset_at("radio", IDENT))
        return False

    await eventually(scanned, "the moved files are known")
    await described(station)
    stage("described")
    await laid_down(station, out)
    out.at["published"] = at_or_after(station.now())
    stage("published")
    await station.until_planned("radio", in_force("lagu"), "two days of radio")
    out.planned["tv at first"] = await station.until_planned("tv", in_force("wayang"), "two days of TV")
    stage("planned")
    out.at["inserted"] = await inserted(station, "tv", "tv/Kilat.mp4", 20)
    stage("inserted")
    number = await published(station, "tv", "khusus", FromRotation(folders=("tv",)))
    await station.until_planned("tv", in_force("khusus"), "the second version")
    stage("second version")
    restored = await station.desk.withdraw("tv", number, "keliru")
    await station.until_planned("tv", in_force("wayang"), "the first version again")
    out.seen["restored"] = restored.number if restored else None
    stage("withdrawn")
    await station.until_begun("radio", out.at["azan"])
    stage("azan")
    await station.until_aired("radio", lambda e: bool(e.item.source), "a crossfade", 90)
    await station.until_aired("tv", lambda e: bool(e.item.source) and e.length > 12, "graphics", 90)
    stage("rendered material")
    for channel in CHANNELS:
        out.planned[channel] = station.planned(channel)
        out.seen[f"vod {channel}"] = await _watched_later(station, channel)
    stage("catch-up")


async def _watched_later(station: Station, channel: str) -> tuple[int, int]:
    """Decode the last item that aired whole as catch-up shows it: (quanta aired, frames or packets' samples)."""
    out_by = Quanta(at_or_after(station.now()) - 40)  # what is committed has not aired yet
    aired = [e for e in station.journal(channel) if e.item.kind is Kind.ITEM and e.item.programme_id]
    entry = next(e for e in reversed(aired[:-1]) if e.end < out_by)
    url = f"{station.home.url}/hls/{channel}/vod/{entry.item.start}-{entry.end}/master.m3u8"
    stream = ["-map", "0:v:0", "-fps_mode", "passthrough"] if channel == "tv" else ["-map", "0:a:0"]
    quiet = ["ffmpeg", "-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-i", url]
    out = (await process.run([*quiet, *stream, "-progress", "pipe:1", "-f", "null", "-"])).decode()
    said = dict(line.split("=", 1) for line in out.splitlines())
    return entry.length, int(said["frame"]) if channel == "tv" else int(said["out_time_us"])


async def _without_database(station: Station, out: Outcome, stage: Callable[[str], None]) -> None:
    """End the service as a power cut does, take its database away, and start it again."""
    if -30 < out.at["ident"] - at_or_after(station.now()) < 100:
        await station.until_begun("radio", out.at["ident"])
    out.at["after restart"] = await inserted(station, "radio", "radio/Lama.mp2", 18)
    for channel in CHANNELS:
        out.planned[f"{channel} before"] = station.planned(channel)
    await station.service.kill()
    out.at["killed"] = at_or_after(station.now())
    for path in station.home.data.glob("lppl.db*"):
        path.rename(station.home.folder / path.name)
    (station.home.data / "lppl.db").mkdir()  # nothing can be made in its place
    station.service = await Service.start(station.home)
    await station.service.on_air()
    out.at["back"] = at_or_after(station.now())
    stage("back")
    for at in sorted((out.at["after restart"], out.at["ident"])):
        await station.until_begun("radio", at)
    await station.until_begun("tv", Quanta(out.at["back"] + 1))  # a start may take longer than all that
    stage("over")
