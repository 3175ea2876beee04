"""A strict player: follows every rendition of a live channel, keeps what it received, and notes every broken rule.

It forgives failed requests for at most `outage_s` in a row (a restart), never a broken rule.
"""

import asyncio
import contextlib
import hashlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import aiohttp

from tests.station import hls

EDGE_S = 20.0
"""How far behind the wall clock the newest segment may end: what a busy machine may cost, not what is promised."""
JOIN_SEGMENTS = 3
LEAST_WINDOW = 6
CLOSE = 0.0005


class Unanswered(Exception):
    """A request was not answered with 200; the message says which and how."""


@dataclass(frozen=True, slots=True)
class Received:
    """A segment as it came. `start`, `end`: air time in ticks; `at`: when, on the monotonic clock, in seconds."""

    number: int
    url: str
    start: int
    end: int
    samples: int
    size: int
    digest: str
    at: float


@dataclass
class Rendition:
    """What was received of one rendition."""

    name: str
    playlist: str
    file: str = ""
    handler: str = ""
    timescale: int = 1
    discontinuities: int = 0
    segments: list[Received] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Length of what was received."""
        return sum(s.end - s.start for s in self.segments) / self.timescale

    @property
    def samples(self) -> int:
        """Samples received: frames or AAC packets."""
        return sum(s.samples for s in self.segments)

    @property
    def start(self) -> float:
        """Air time of the first sample, seconds since the epoch."""
        return self.segments[0].start / self.timescale

    @property
    def peak(self) -> float:
        """Bit/s of the worst segment."""
        return max((s.size * 8 * self.timescale / (s.end - s.start) for s in self.segments), default=0.0)


@dataclass
class Watched:
    """The outcome of a watch."""

    faults: list[str] = field(default_factory=list)
    renditions: list[Rendition] = field(default_factory=list)
    ranges: dict[str, dict[str, str]] = field(default_factory=dict)
    """Every DATERANGE seen, by ID, with all its attributes."""

    def of(self, handler: str) -> list[Rendition]:
        """Return the renditions of picture (``vide``) or sound (``soun``)."""
        return [r for r in self.renditions if r.handler == handler]

    def to_json(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Watched":
        """Read what :meth:`to_json` wrote."""
        said = json.loads(text)
        renditions = [
            Rendition(**{**r, "segments": [Received(**s) for s in r["segments"]]}) for r in said["renditions"]
        ]
        return cls(said["faults"], renditions, said["ranges"])


class Watcher:
    """Watches one channel. `young`: it has just opened, so its window may be short. `ahead_s`: how far before the wall
    clock its newest segment may end. `substitutes`: the slate may stand in for damaged material, which is not cached.
    """

    def __init__(
        self,
        url: str,
        *,
        folder: Path | None = None,
        outage_s: float = 0.0,
        ahead_s: float = 1.0,
        young: bool = False,
        substitutes: bool = False,
    ) -> None:
        self.url, self.folder, self._outage_s, self.young = url, folder, outage_s, young
        self.ahead_s, self.substitutes = ahead_s, substitutes
        self.watched = Watched()
        self._inits: dict[str, bytes] = {}

    async def run(self, seconds: float, stop: asyncio.Event | None = None) -> Watched:
        """Watch for `seconds`, or until `stop` is set; return what was seen."""
        end = time.monotonic() + seconds
        stop = stop or asyncio.Event()
        timeout = aiohttp.ClientTimeout(15)
        async with aiohttp.ClientSession(timeout=timeout, headers={"Origin": "http://player.example"}) as self._http:
            try:
                _, body = await self.fetch(self.url)
            except Unanswered as why:
                self.watched.faults.append(f"master: {why}")
                return self.watched
            master = hls.master(body.decode(), self.url)
            self.watched.faults += [f"master: {fault}" for fault in master.faults]
            async with asyncio.TaskGroup() as group:
                for playlist in master.playlists:
                    rendition = Rendition(playlist.rsplit("/", 2)[-2], playlist)
                    self.watched.renditions.append(rendition)
                    follower = _Follower(self, rendition)
                    group.create_task(follower.run(end, stop))
        self.watched.faults += _bandwidth_faults(master, self.watched)
        self.watched.faults += _alignment_faults(self.watched)
        return self.watched

    async def fetch(self, url: str) -> tuple[dict[str, str], bytes]:
        """Fetch `url`, again and again while an outage is forgiven. Raises Unanswered."""
        begun = time.monotonic()
        while True:
            try:
                async with self._http.get(url, ssl=False) as answer:
                    if answer.status == 200:
                        return {k.lower(): v for k, v in answer.headers.items()}, await answer.read()
                    why = f"{url} answers {answer.status}"
            except (aiohttp.ClientError, TimeoutError) as error:
                why = f"{url}: {type(error).__name__}: {error}"
            if time.monotonic() - begun > self._outage_s:
                raise Unanswered(why)
            await asyncio.sleep(0.1)

    async def init(self, url: str) -> bytes:
        """Return an init segment, fetched once. Raises Unanswered."""
        if url not in self._inits:
            headers, self._inits[url] = await self.fetch(url)
            if "max-age" not in headers.get("cache-control", ""):
                self.watched.faults.append(f"{url} is not cacheable")
        return self._inits[url]


class _Follower:
    """Follows one rendition."""

    def __init__(self, watcher: Watcher, rendition: Rendition) -> None:
        self._watcher, self._rendition = watcher, rendition
        self._seen: dict[int, tuple[str, float]] = {}
        self._sequence = -1
        self._init = b""
        self._track = hls.Init(1, "", 0)
        self._end: int | None = None

    def _fault(self, what: str) -> None:
        self._watcher.watched.faults.append(f"{self._rendition.name}: {what}")

    async def run(self, end: float, stop: asyncio.Event) -> None:
        """Follow until the monotonic time `end`, or until `stop` is set."""
        first = True
        while time.monotonic() < end and not stop.is_set():
            try:
                headers, body = await self._watcher.fetch(self._rendition.playlist)
                playlist = hls.media(body.decode(), self._rendition.playlist)
                if first:
                    self._judge_headers(headers, playlist)
                await self._take(playlist, first)
            except (Unanswered, ValueError) as why:
                self._fault(str(why))
                return
            first = False
            await asyncio.sleep(0.4)
        if not self._rendition.segments:
            self._fault("no new segment in the whole watch")

    def _judge_headers(self, headers: dict[str, str], playlist: hls.Media) -> None:
        if "mpegurl" not in headers.get("content-type", "").lower():
            self._fault(f"playlist is {headers.get('content-type')}")
        if "access-control-allow-origin" not in headers:
            self._fault("no CORS header")
        if headers.get("content-encoding") != "gzip":
            self._fault("playlist is not gzipped for a client that takes gzip")
        if len(playlist.segments) < LEAST_WINDOW and not self._watcher.young:
            self._fault(f"live window holds {len(playlist.segments)} segments")
        if not playlist.segments[0].dated:
            self._fault("no PROGRAM-DATE-TIME at the first segment")

    async def _take(self, playlist: hls.Media, first: bool) -> None:
        """Judge a playlist and fetch what is new in it."""
        for fault in playlist.faults:
            self._fault(fault)
        if playlist.sequence < self._sequence:
            self._fault(f"media sequence went back {self._sequence} -> {playlist.sequence}")
        self._sequence = playlist.sequence
        self._take_ranges(playlist)
        skipped = len(playlist.segments) - JOIN_SEGMENTS if first else 0
        for i, listed in enumerate(playlist.segments):
            before = self._seen.get(listed.number)
            self._seen[listed.number] = (listed.url, listed.duration)
            if before is not None and before != (listed.url, listed.duration):
                self._fault(f"segment {listed.number} was rewritten")
            if before is None and i >= skipped:
                await self._fetch(listed)
        behind = time.time() - (playlist.segments[-1].start + playlist.segments[-1].duration)
        if not -self._watcher.ahead_s < behind < EDGE_S:
            self._fault(f"live edge is {behind:+.1f} s from the wall clock")

    def _take_ranges(self, playlist: hls.Media) -> None:
        """Attributes of a DATERANGE never change; an end may be added (RFC 8216bis 4.4.5.1)."""
        known = self._watcher.watched.ranges
        for name, said in playlist.ranges.items():
            old = known.setdefault(name, {})
            changed = [k for k in said if k in old and old[k] != said[k]]
            if changed:
                self._fault(f"DATERANGE {name} changed its {', '.join(changed)}")
            old.update(said)

    async def _fetch(self, listed: hls.Listed) -> None:
        """Fetch a segment and judge it against its playlist and the segment before it."""
        n, r = listed.number, self._rendition
        if listed.gap:
            self._fault(f"segment {n} is a GAP")
            return
        await self._take_init(listed)
        headers, body = await self._watcher.fetch(listed.url)
        if not headers.get("content-type", "").startswith(("video/", "audio/")):
            self._fault(f"segment {n} is {headers.get('content-type')}")
        if "max-age" not in headers.get("cache-control", "") and not self._watcher.substitutes:
            self._fault(f"segment {n} is not cacheable")
        scale = self._track.timescale
        parts = hls.fragments(body, self._track.default_duration)
        total = sum(p.ticks for p in parts) / scale
        if abs(total - listed.duration) > 0.0011:
            self._fault(f"segment {n}: samples last {total:.4f}, EXTINF says {listed.duration}")
        if self._track.handler == "vide" and not parts[0].sync:
            self._fault(f"segment {n} does not start with a key frame")
        if abs(parts[0].time / scale - listed.start) > 0.0011:
            self._fault(f"segment {n}: tfdt {parts[0].time / scale:.4f}, PROGRAM-DATE-TIME {listed.start:.4f}")
        for part in parts:
            if self._end is not None and part.time != self._end and not listed.discontinuity:
                self._fault(f"segment {n}: tfdt jumps by {(part.time - self._end) / scale:+.4f} s")
            self._end = part.time + part.ticks
        r.segments.append(
            Received(
                n, listed.url, parts[0].time, parts[-1].time + parts[-1].ticks, sum(p.samples for p in parts),
                len(body), hashlib.blake2b(body).hexdigest(), time.monotonic(),
            )
        )  # fmt: skip
        if r.file:
            await asyncio.to_thread(_append, Path(r.file), body)

    async def _take_init(self, listed: hls.Listed) -> None:
        data = await self._watcher.init(listed.init)
        r = self._rendition
        r.discontinuities += listed.discontinuity
        if listed.discontinuity and data == self._init:
            self._fault(f"segment {listed.number}: DISCONTINUITY though the init segment is the same")
        if data == self._init:
            return
        if self._init and not listed.discontinuity:
            self._fault(f"init segment changed at {listed.number} without DISCONTINUITY")
        self._init, self._track = data, hls.init(data)
        r.handler, r.timescale = self._track.handler, self._track.timescale
        if self._watcher.folder is not None and not r.file:
            r.file = str(self._watcher.folder / f"{r.name}.mp4")
            await asyncio.to_thread(_append, Path(r.file), data)


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as f:
        f.write(data)


def _bandwidth_faults(master: hls.Master, watched: Watched) -> list[str]:
    """Peak under 110 % of BANDWIDTH, as Apple's authoring specification counts it."""
    peaks = {r.playlist: r.peak for r in watched.renditions}
    faults = []
    for variant in master.variants:
        needed = peaks[variant.url] + peaks.get(master.audio.get(variant.said.get("AUDIO", ""), ""), 0.0)
        if needed > 1.1 * int(variant.said.get("BANDWIDTH", 0)):
            faults.append(f"master: BANDWIDTH {variant.said.get('BANDWIDTH')} but a segment needs {needed:.0f}")
    return faults


def _alignment_faults(watched: Watched) -> list[str]:
    """Every segment starts and ends at the same instant in all renditions, and none lags behind."""
    spans: dict[int, list[tuple[float, float]]] = {}
    for r in watched.renditions:
        for s in r.segments:
            spans.setdefault(s.number, []).append((s.start / r.timescale, s.end / r.timescale))
    faults = []
    for number, found in spans.items():
        for i, edge in enumerate(("starts", "ends")):
            apart = max(s[i] for s in found) - min(s[i] for s in found)
            if apart > CLOSE:
                faults.append(f"segment {number} {edge} {apart:.3f} s apart in the renditions")
    ends = [r.segments[-1].end / r.timescale for r in watched.renditions if r.segments]
    if ends and max(ends) - min(ends) > 8:
        faults.append(f"renditions end {max(ends) - min(ends):.1f} s apart")
    return faults


def starved(rendition: Rendition, buffer_s: float, longest_s: float) -> list[str]:
    """Return where a player would have run dry that holds `buffer_s` when the next segment is due.

    It starts when the second segment has come; `longest_s` is how long a segment lasts at most. Pure.
    """
    scale = rendition.timescale
    begin = rendition.segments[1]
    position = begin.end / scale - buffer_s - longest_s
    out = []
    for s in rendition.segments[2:]:
        needed_at = begin.at + s.start / scale - position
        if s.at > needed_at:
            out.append(f"{rendition.name}: segment {s.number} came {s.at - needed_at:.1f} s after it was needed")
    return out


@contextlib.asynccontextmanager
async def watching(watcher: Watcher) -> AsyncIterator[Watched]:
    """Watch for as long as the block lasts; what was seen is complete when it has been left."""
    stop = asyncio.Event()
    task = asyncio.create_task(watcher.run(3600.0, stop))
    try:
        yield watcher.watched
    finally:
        stop.set()
        await task
