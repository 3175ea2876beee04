"""The long tests, run beside the others in one process of their own: each takes minutes and little processor time.

    python -m tests.station.background FOLDER JOB...

`record`: three minutes of both channels. `kill`: two crashes under a player's eyes. `outage`: a minute off the air
with pages open. Every job has a station of its own, and leaves ``JOB.json`` below FOLDER when it is over.
"""

import asyncio
import json
import sys
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path

from tests.station.browser import Seen, chromium, opened
from tests.station.material import lay_out, prepare
from tests.station.service import Home, Service, eventually, get, running
from tests.station.watcher import Rendition, Watched, Watcher

CHANNELS = ("tv", "radio")
RECORD_S = 180.0
QUIET_S = 14.0
"""Between crashes: some segments."""
OUTAGE_S = 60.0
FORGIVEN_S = 60.0
"""Failed requests while a killed service comes back; whether a player noticed is judged by its buffer."""


@dataclass
class Outcome:
    """What a job leaves: `failure` is how it went wrong, if it did; `watched` by channel; `notes` as the job says."""

    failure: str = ""
    watched: dict[str, str] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)

    def of(self, channel: str) -> Watched:
        """Return what was seen of `channel`."""
        return Watched.from_json(self.watched[channel])


def outcome_of(folder: Path, job: str) -> Outcome | None:
    """Return the outcome of `job`, None while it is under way. Raises ValueError when the file is damaged."""
    path = folder / f"{job}.json"
    return Outcome(**json.loads(path.read_text())) if path.exists() else None


def _master(home: Home, channel: str) -> str:
    return f"{home.url}/hls/{channel}/master.m3u8"


async def _watch(home: Home, seconds: float, outage_s: float = 0.0, stop: asyncio.Event | None = None) -> Outcome:
    watchers = {}
    for channel in CHANNELS:
        folder = home.folder / "recorded" / channel
        await asyncio.to_thread(folder.mkdir, parents=True)
        watchers[channel] = Watcher(_master(home, channel), folder=folder, outage_s=outage_s)
    done = await asyncio.gather(*(w.run(seconds, stop) for w in watchers.values()))
    return Outcome(watched={c: w.to_json() for c, w in zip(watchers, done, strict=True)})


async def record(home: Home) -> Outcome:
    """Record both channels, every rendition, for three minutes."""
    async with running(home):
        return await _watch(home, RECORD_S)


async def kill(home: Home) -> Outcome:
    """Kill the service twice while players watch; it is started again at once, as systemd does."""
    service = await Service.start(home)
    try:
        await service.on_air()
        stop = asyncio.Event()
        watching = asyncio.create_task(_watch(home, 600.0, FORGIVEN_S, stop))
        for _ in range(2):
            await asyncio.sleep(QUIET_S)
            await service.kill()
            service = await Service.start(home)
            await service.on_air()
        await asyncio.sleep(QUIET_S)
        stop.set()
        outcome = await watching
        for channel in CHANNELS:
            outcome.notes[channel] = await _changed(outcome.of(channel).renditions)
        return outcome
    finally:
        await service.close()


async def _changed(renditions: list[Rendition]) -> list[str]:
    """Fetch everything again that was received, and name what is no longer the same."""
    changed = []
    for rendition in renditions:
        for segment in rendition.segments:
            status, body = await get(segment.url)
            if status != 200 or blake2b(body).hexdigest() != segment.digest:
                changed.append(f"{segment.url} answers {status}, {len(body)} bytes instead of {segment.size}")
    return changed


async def outage(home: Home) -> Outcome:
    """Play both channels in open pages, be away for a minute, come back; nobody touches the pages."""
    service = await Service.start(home)
    try:
        await service.on_air()
        async with chromium() as browser:
            pages = [await opened(browser, home.url, channel) for channel in CHANNELS]
            for seen in pages:
                await seen.play()
                await seen.page.evaluate("window.untouched = true")
            await service.kill()
            await asyncio.sleep(OUTAGE_S)
            gone = [f"{seen.channel}: {(await seen.look())['status']}" for seen in pages]
            service = await Service.start(home)
            await service.on_air()
            await asyncio.gather(*(_back(seen) for seen in pages))
            complaints = [c for seen in pages for c in seen.complaints]
            untouched = [str(await seen.page.evaluate("window.untouched === true")) for seen in pages]
            return Outcome(notes={"during": gone, "complaints": complaints, "untouched": untouched})
    finally:
        await service.close()


async def _back(seen: Seen) -> None:
    """Wait until the page plays again, of the time after the outage, and shows no notice."""
    await seen.plays()

    async def clear() -> bool:
        return not (await seen.card.locator('[data-role="notice"]').inner_text()).strip()

    await eventually(clear, f"the notice of {seen.channel} goes away")


JOBS: dict[str, Callable[[Home], Awaitable[Outcome]]] = {"record": record, "kill": kill, "outage": outage}


async def _run(folder: Path, job: str) -> None:
    try:
        outcome = await JOBS[job](lay_out(folder / "house" / "template", folder / job))
    except Exception:  # noqa: BLE001 - a job's failure is a result, which its test reports
        outcome = Outcome(failure=traceback.format_exc())
    beside = folder / f".{job}.json"
    await asyncio.to_thread(beside.write_text, json.dumps(asdict(outcome)))
    await asyncio.to_thread(beside.rename, folder / f"{job}.json")


async def main(folder: Path, jobs: list[str]) -> None:
    """Run `jobs` at the same time."""
    await asyncio.to_thread(prepare, folder / "house")
    await asyncio.gather(*(_run(folder, job) for job in jobs))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
