"""Endurance test: watch a station for minutes or days, kill it now and then, and report every fault.

Starts the demo station in a folder of its own (or watches the one at --url), follows every rendition of every
channel as a player does, and checks that segments are contiguous, in time, and stamped with their air time, also
across kill -9. Prints one line per fault, and at the end how memory grew. Exit code 1 when there was any fault.
"""

import argparse
import asyncio
import os
import re
import signal
import struct
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin

import aiohttp

PAUSE_S = 1.0
OUTAGE_S = 15.0
"""A killed service may be away this long; a player's buffer is shorter, but the machine may be busy."""
TIMESCALES = (90_000, 48_000)


@dataclass(frozen=True, slots=True)
class Entry:
    """A segment as a playlist names it; times in milliseconds since the Unix epoch."""

    number: int
    uri: str
    start_ms: int
    length_ms: int
    gap: bool


@dataclass(frozen=True, slots=True)
class Playlist:
    """A media playlist; `target_s` is its EXT-X-TARGETDURATION."""

    target_s: int
    entries: tuple[Entry, ...]


def parse_playlist(text: str) -> Playlist:
    """Read a media playlist. Raises ValueError when a tag that must be there is missing."""
    target = sequence = start_ms = None
    length_ms, gap, entries = 0, False, list[Entry]()
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name == "#EXT-X-TARGETDURATION":
            target = int(value)
        elif name == "#EXT-X-MEDIA-SEQUENCE":
            sequence = int(value)
        elif name == "#EXT-X-PROGRAM-DATE-TIME":
            start_ms = round(datetime.fromisoformat(value).timestamp() * 1000)
        elif name == "#EXT-X-GAP":
            gap = True
        elif name == "#EXTINF":
            length_ms = round(float(value.split(",")[0]) * 1000)
        elif line and not line.startswith("#"):
            if sequence is None or start_ms is None:
                raise ValueError("segment before EXT-X-MEDIA-SEQUENCE or EXT-X-PROGRAM-DATE-TIME")
            entries.append(Entry(sequence + len(entries), line, start_ms, length_ms, gap))
            start_ms, gap = start_ms + length_ms, False
    if target is None:
        raise ValueError("no EXT-X-TARGETDURATION")
    return Playlist(target, tuple(entries))


def renditions(master: str) -> list[str]:
    """Return the addresses of all media playlists of a multivariant playlist, each once, I-frames left out."""
    named = re.findall(r'^#EXT-X-MEDIA:.*URI="([^"]+)"', master, re.MULTILINE)
    variants = re.findall(r"^#EXT-X-STREAM-INF:.*\n([^#\n]+)", master, re.MULTILINE)
    return list(dict.fromkeys([*variants, *named]))


def boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield type, payload start and payload end of the MP4 boxes in data[start:end]; stops at a cut one."""
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        if size < 8 or start + size > end:
            return
        yield kind, start + 8, start + size
        start += size


def decode_time(segment: bytes) -> int | None:
    """Return the first tfdt (version 1) of a segment, in its time scale."""
    for kind, start, end in boxes(segment, 0, len(segment)):
        if kind == b"moof":
            for traf, inner, inner_end in boxes(segment, start, end):
                for box, payload, _ in boxes(segment, inner, inner_end) if traf == b"traf" else ():
                    if box == b"tfdt" and segment[payload] == 1:
                        return int(struct.unpack_from(">Q", segment, payload + 4)[0])
    return None


def faults_of(before: Entry | None, entry: Entry, target_s: int, segment: bytes | None) -> list[str]:
    """Compare a segment with the one before it and with its own bytes (None: gap, there are none)."""
    faults = []
    if before and entry.number != before.number + 1:
        faults.append(f"{before.number} is followed by {entry.number}")
    elif before and abs(entry.start_ms - before.start_ms - before.length_ms) > 1:
        faults.append(f"{entry.number} starts {entry.start_ms - before.start_ms - before.length_ms} ms off")
    if round(entry.length_ms / 1000) > target_s:
        faults.append(f"{entry.number} is longer than the target duration")
    if segment is not None:
        stamp = decode_time(segment)
        if stamp is None or not any(stamp * 1000 == entry.start_ms * scale for scale in TIMESCALES):
            faults.append(f"{entry.number} is stamped {stamp}, but airs at {entry.start_ms} ms")
    return faults


@dataclass
class Station:
    """The service under test; until `down_until` (monotonic seconds) it may be away."""

    url: str
    process: asyncio.subprocess.Process | None = None
    down_until: float = 0.0
    faults: int = 0
    segments: int = 0
    memory_mib: list[float] = field(default_factory=list)

    def fault(self, where: str, what: str) -> None:
        """Report a fault at once, so that a long run need not end to be useful."""
        self.faults += 1
        print(f"{datetime.now().astimezone():%F %T} {where}: {what}", flush=True)

    @property
    def excused(self) -> bool:
        """True while the service may be starting."""
        return time.monotonic() < self.down_until

    async def start(self, folder: Path) -> None:
        """Start the service; its output goes to a file in `folder`."""
        port = self.url.rsplit(":", 1)[1]
        names = {"LPPL_DATA_DIR": "data", "LPPL_MEDIA_DIR": "media"}
        environment = os.environ | {"LPPL_PORT": port} | {k: str(folder / v) for k, v in names.items()}
        self.down_until = time.monotonic() + OUTAGE_S
        with (folder / "service.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                Path(sys.executable).with_name("lppl"), "serve", env=environment, cwd=folder, stdout=log, stderr=log
            )

    async def stop(self, sig: signal.Signals) -> None:
        """Send `sig` and wait for the end."""
        if self.process and self.process.returncode is None:
            self.process.send_signal(sig)
            await self.process.wait()


async def follow(station: Station, session: aiohttp.ClientSession, address: str) -> None:
    """Follow one media playlist for ever, like a player that keeps every segment."""
    before: Entry | None = None
    changed = time.monotonic()
    while True:
        try:
            async with session.get(address) as answer:
                answer.raise_for_status()
                playlist = parse_playlist(await answer.text())
            new = [e for e in playlist.entries if before is None or e.number > before.number]
            for entry in new[-1:] if before is None else new:
                segment = None
                if not entry.gap:
                    async with session.get(urljoin(address, entry.uri)) as answer:
                        answer.raise_for_status()
                        segment = await answer.read()
                for what in faults_of(before, entry, playlist.target_s, segment):
                    station.fault(address, what)
                before, changed = entry, time.monotonic()
                station.segments += 1
            if time.monotonic() - changed > 1.5 * playlist.target_s + PAUSE_S and not station.excused:
                station.fault(address, f"unchanged for {time.monotonic() - changed:.1f} s")
                changed = time.monotonic()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            if not station.excused:
                station.fault(address, f"{type(error).__name__}: {error}")
        await asyncio.sleep(PAUSE_S)


def resident_mib(pid: int) -> float | None:
    """Return the resident memory of a process in MiB; None when it is gone."""
    try:
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except FileNotFoundError:
        return None
    return int(found[1]) / 1024 if found else None


async def measure(station: Station) -> None:
    """Note the resident memory of the service every ten seconds, once the last start is a minute ago."""
    while True:
        await asyncio.sleep(10)
        settled = time.monotonic() > station.down_until + 45
        if station.process and settled and (mib := resident_mib(station.process.pid)):
            station.memory_mib.append(mib)


async def interrupt(station: Station, folder: Path, minutes: float) -> None:
    """Kill the service without warning, again and again, and start it as systemd would."""
    while minutes:
        await asyncio.sleep(minutes * 60)
        await station.stop(signal.SIGKILL)
        await asyncio.sleep(0.5)
        await station.start(folder)


async def playlists(station: Station, session: aiohttp.ClientSession, channels: list[str]) -> list[str]:
    """Return the media playlists of all channels. Raises TimeoutError when the station does not come on air."""
    found = []
    async with asyncio.timeout(60):
        for channel in channels:
            master = f"{station.url}/hls/{channel}/master.m3u8"
            while True:
                try:
                    async with session.get(master) as answer:
                        if answer.ok:
                            found += [urljoin(master, uri) for uri in renditions(await answer.text())]
                            break
                except aiohttp.ClientConnectionError:
                    pass
                await asyncio.sleep(0.2)
    return found


async def soak(arguments: argparse.Namespace) -> int:
    """Run the whole test; returns the exit code."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lppl-soak-")))
        station = Station(arguments.url or f"http://127.0.0.1:{arguments.port}")
        if not arguments.url:
            await station.start(folder)
            stack.push_async_callback(station.stop, signal.SIGTERM)
        timeout = aiohttp.ClientTimeout(total=10)
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        addresses = await playlists(station, session, arguments.channel)
        print(f"{len(addresses)} renditions, {arguments.minutes:g} min, log {folder}/service.log", flush=True)
        work = [follow(station, session, address) for address in addresses]
        if not arguments.url:
            work += [measure(station), interrupt(station, folder, arguments.kill_every)]
        tasks = [asyncio.create_task(w) for w in work]
        done, _ = await asyncio.wait(tasks, timeout=arguments.minutes * 60, return_when=asyncio.FIRST_EXCEPTION)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*(t for t in tasks if t not in done), return_exceptions=True)
        for task in done:
            task.result()
        if station.faults and not arguments.url:
            print("".join((folder / "service.log").read_text(errors="replace").splitlines(True)[-40:]))
    grown = f", {station.memory_mib[0]:.0f} -> {station.memory_mib[-1]:.0f} MiB" if station.memory_mib else ""
    print(f"{station.segments} segmen / segments, {station.faults} gangguan / faults{grown}")
    return 1 if station.faults or not station.segments else 0


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--kill-every", type=float, default=10, metavar="MINUTES", help="0: never")
    parser.add_argument("--channel", action="append", help="default: tv and radio")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--url", help="watch the station there instead of starting one")
    arguments = parser.parse_args()
    arguments.channel = arguments.channel or ["tv", "radio"]
    return asyncio.run(soak(arguments))


if __name__ == "__main__":
    sys.exit(main())
