"""The web role: streams, portal, health and metrics of all channels, read from the journal.

In the same process as the air role it is told of commits at once; alone it follows the journal's files and the air
role's state file, and nothing that happens here can reach the air.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web

from lppl.clock import AirClock
from lppl.config import ChannelSettings, Settings
from lppl.errors import NOT_OPEN_YET, DatabaseAway, LpplError
from lppl.events import Bus, ItemStarted, Lagged, ScheduleChanged
from lppl.journal import Entry, JournalFollower, Record
from lppl.media import LEAN
from lppl.quanta import QUANTUM_MS, Quanta, cell_start, covering, milliseconds, seconds
from lppl.rundown import Kind
from lppl.station.alarms import free_gb
from lppl.station.audience import AudienceDesk
from lppl.station.builtin import Builtins
from lppl.station.meters import Meters
from lppl.station.state import AirStatus
from lppl.withheld import Withheld
from streaming.channel import ChannelStream
from streaming.heads import Archive
from streaming.house import HouseStore
from streaming.level_store import LevelStore
from streaming.packager import Slate
from streaming.past import Past
from streaming.progressive import ProgressiveFeed
from streaming.timeline import due, published_at
from streaming.vod import CatchUp
from web.audience.setup import add_audience
from web.health import ChannelHealth, Health, add_health
from web.hls import add_hls
from web.intake.entrance import add_intake
from web.listen import add_listen
from web.metrics import add_metrics
from web.portal import add_portal
from web.programme import ChannelInfo, Programme, ProgrammeItem, Quality
from web.proxies import add_proxies
from web.staff.entrance import add_staff
from web.vod import add_vod

if TYPE_CHECKING:
    from lppl.desk.office import Office
    from lppl.station.intake import StationIntake

log = structlog.get_logger(__name__)

FOLLOW_S = 0.25
RECENT_MS = 15 * 60 * 1000
DISK_LOOK_S = 20.0
AHEAD_MOST = 100
"""Quanta; the air commits at most 6 ahead of itself."""


def dvr_cells(settings: Settings) -> int:
    """Return the length of the DVR in cells of 3.84 s."""
    return max(1, round(settings.dvr_hours * 3600 / 3.84))


def window_start(settings: Settings, now: Quanta) -> Quanta:
    """Return from when on the journal must be read to fill the DVR."""
    return Quanta(now - covering(settings.dvr_hours * 3600 + 120))


async def _unknown(_channel: str) -> Withheld:
    raise DatabaseAway


class Serving:
    """The streams and what pages are told of them."""

    def __init__(
        self, settings: Settings, store: HouseStore, clock: AirClock, builtins: Mapping[str, Builtins]
    ) -> None:
        self.settings, self.clock = settings, clock
        self._asked = asyncio.Event()
        self.streams: dict[str, ChannelStream] = {}
        self.catch_up: dict[str, CatchUp] = {}
        past = Past(settings.data_dir / "journal")
        archive = Archive(settings.data_dir / "house", settings.data_dir / "heads")
        for c in settings.channels:
            slate = Slate(store.get(builtins[c.id].slate.house))
            profile = settings.profile(c)
            self.streams[c.id] = ChannelStream(
                c.id, profile, store, slate, dvr_cells(settings), mark_joins=c.mark_joins, lean=settings.lean(profile)
            )
            self.catch_up[c.id] = CatchUp(
                c.id, profile, past, archive, slate, self._published_until, mark_joins=c.mark_joins
            )
        self.feeds = {
            c.id: ProgressiveFeed(self.streams[c.id], settings.profile(c).audio[0].name, self._asked)
            for c in settings.channels
        }
        leanest = {c.id: self.streams[c.id].names[-1] for c in settings.channels}
        self.lean_feeds = {
            name: ProgressiveFeed(self.streams[name], rung, self._asked) for name, rung in leanest.items()
        }
        self.audience = AudienceDesk(
            settings, self, self.catch_up, past, clock.now, lambda channel: self.withheld(channel), self._streaming
        )
        self.meters = Meters(self._airing, LevelStore(settings.data_dir / "levels"), clock)
        self.air_status: Callable[[], AirStatus] = lambda: AirStatus({})
        self.database_failure: Callable[[], str | None] = lambda: NOT_OPEN_YET
        self.withheld: Callable[[str], Awaitable[Withheld]] = _unknown
        self.conform_pause: Callable[[], str | None] = lambda: None
        self.outputs: Callable[[], tuple[dict[str, object], ...]] = lambda: ()
        self.office: Office | None = None
        """What staff work with; none before the records are first looked for."""
        self.intake: StationIntake | None = None
        """What takes citizens' words in."""
        self._listeners: set[asyncio.Queue[str]] = set()
        self._disk_free: float | None = None

    # --- what comes in ---

    def load(self, past: Mapping[str, Sequence[Entry]]) -> None:
        """Fill the windows from the journal."""
        for channel, stream in self.streams.items():
            stream.load(past.get(channel, ()))

    def take(self, records: Sequence[Record]) -> None:
        """Take durable records and publish what became whole."""
        touched = set()
        for record in records:
            stream = self.streams.get(record.channel)
            if stream is not None:
                stream.apply((record,))
                touched.add(record.channel)
        self._publish(touched)

    def _publish(self, channels: Iterable[str]) -> None:
        """Publish what is due; a fault in one channel is its own."""
        now = self.clock.now()
        for channel in channels:
            try:
                self.streams[channel].publish(now)
            except Exception:
                log.exception("publish_failed", channel=channel)

    async def pass_on(self, bus: Bus) -> None:
        """Tell open pages of what the bus carries: what began, what is planned anew."""
        async with bus.subscribe(ItemStarted, ScheduleChanged) as events:
            async for event in events:
                for channel in self.streams:
                    if isinstance(event, Lagged) or getattr(event, "channel", None) == channel:
                        self.tell(channel)

    def tell(self, channel: str) -> None:
        """Tell open pages that the programme of `channel` changed."""
        for queue in self._listeners:
            with contextlib.suppress(asyncio.QueueFull):  # it will read the newest programme anyway
                queue.put_nowait(channel)

    def _published_until(self) -> Quanta:
        """Return the end of the past: what is due is published, or playout is away."""
        return cell_start(due(self.clock.now()) + 1)

    # --- loops ---

    async def publish(self) -> None:
        """Publish every channel's segments as their cells become due."""
        while True:
            now = self.clock.now()
            self._publish(self.streams)
            await asyncio.sleep(max(0.001, self.clock.until(published_at(due(now) + 1))))

    async def feed(self) -> None:
        """Carry the progressive streams on, quantum by quantum, while anyone listens."""
        while True:
            feeds = (*self.feeds.items(), *self.lean_feeds.items())
            wanted = [(channel, feed) for channel, feed in feeds if feed.wanted]
            if not wanted:
                self._asked.clear()
                await self._asked.wait()
                continue
            now = self.clock.now()
            for channel, feed in wanted:
                try:
                    await feed.advance(now)
                except Exception:
                    log.exception("feed_failed", channel=channel)
            await asyncio.sleep(max(0.01, self.clock.until(Quanta(now + 1))))

    def _streaming(self) -> Mapping[str, int]:
        """Return how many take the continuous streams, by channel."""
        return {c: self.feeds[c].listeners + self.lean_feeds[c].listeners for c in self.feeds}

    async def look_at_disk(self) -> None:
        """Keep the free space known without a disk call on a request."""
        while True:
            self._disk_free = await asyncio.to_thread(free_gb, self.settings.data_dir)
            await asyncio.sleep(self.clock.rest(DISK_LOOK_S))

    async def follow(self, since: Quanta) -> None:
        """Follow the journal's files and the air role's state, when playout runs in another process."""
        follower = JournalFollower(self.settings.data_dir / "journal", since)
        state = self.settings.data_dir / "state" / "air.json"
        seen: AirStatus | None = None
        self.air_status = lambda: seen or AirStatus({})
        while True:
            try:
                self.take(await asyncio.to_thread(follower.poll))
                found = AirStatus.from_json(await asyncio.to_thread(state.read_bytes))
            except (OSError, ValueError, KeyError, TypeError) as error:
                log.debug("air_state_unread", error=str(error))
            else:
                if found != seen:
                    seen = found
                    for channel in self.streams:
                        self.tell(channel)
            self._keep_time()
            await asyncio.sleep(FOLLOW_S)

    def _keep_time(self) -> None:
        """Draw the clock to the air's: the air role, which does it otherwise, is another process here."""
        self.clock.steer()
        ends = [end for stream in self.streams.values() if (end := stream.timeline.end) is not None]
        if ends and max(ends) > self.clock.now() + AHEAD_MOST:
            self.clock.follow()  # the air is further than this clock says: it was set meanwhile

    def _airing(self, channel: str, start: Quanta, end: Quanta) -> Sequence[Entry]:
        return self.streams[channel].timeline.between(start, end)

    # --- PortalView ---

    @property
    def station_name(self) -> str:
        """The station's name."""
        return self.settings.station.name

    @property
    def place(self) -> str:
        """The station's town."""
        return self.settings.station.place

    @property
    def zone(self) -> ZoneInfo:
        """The station's time zone."""
        return ZoneInfo(str(self.settings.station.zone))

    @property
    def channels(self) -> Sequence[ChannelInfo]:
        """The channels as the audience knows them."""
        return [self._info(c) for c in self.settings.channels]

    def _info(self, c: ChannelSettings) -> ChannelInfo:
        p = self.settings.profile(c)
        half = (len(p.video) + 1) // 2
        qualities = [
            Quality(r.name, r.height, r.bitrate + (p.audio[0] if i < half else p.audio[-1]).bitrate)
            for i, r in enumerate(p.video)
        ]
        qualities += [Quality(a.name, None, a.bitrate) for a in p.audio]
        if self.streams[c.id].lean_offered:
            qualities.append(Quality(LEAN.name, None, LEAN.bitrate))
        oldest = self.streams[c.id].oldest
        since = milliseconds(oldest if oldest is not None else self.clock.now())
        return ChannelInfo(c.id, c.name, c.kind, tuple(qualities), round(self.settings.dvr_hours * 3600), since)

    def programme(self, channel_id: str) -> Programme:
        """Return what the channel airs: the recent past, now, and what comes."""
        stream = self.streams[channel_id]
        status = self.air_status().channels.get(channel_id)
        now = self.clock.now()
        items = []
        for entry in stream.timeline.between(Quanta(now - RECENT_MS // QUANTUM_MS), Quanta(now + 100)):
            item, end = entry.item, entry.end
            if status is not None and entry is stream.timeline.entries[-1]:
                end = Quanta(max(end, status.stop))
            items.append(
                ProgrammeItem(
                    item.id,
                    item.title,
                    item.artist,
                    item.programme,
                    milliseconds(item.start),
                    milliseconds(end),
                    item.kind,
                )
            )
        for line in status.coming[:4] if status else ():
            if items and line.start * QUANTUM_MS < items[-1].end_ms:
                continue
            items.append(
                ProgrammeItem(
                    f"{channel_id}-{line.start}",
                    line.title,
                    line.artist,
                    line.programme,
                    line.start * QUANTUM_MS,
                    line.end * QUANTUM_MS,
                    Kind(line.kind),
                )
            )
        return Programme(channel_id, tuple(items), status.fallback if status else None)

    @asynccontextmanager
    async def changes(self) -> AsyncIterator[AsyncIterator[str]]:
        """Yield channel ids as their programmes change."""
        queue: asyncio.Queue[str] = asyncio.Queue(256)

        async def each() -> AsyncIterator[str]:
            while True:
                yield await queue.get()

        self._listeners.add(queue)
        try:
            yield each()
        finally:
            self._listeners.discard(queue)

    # --- health ---

    def health(self) -> Health:
        """Return the state of the station as this process sees it."""
        status = self.air_status()
        channels = tuple(self._channel_health(c.id, status) for c in self.settings.channels)
        warnings = tuple(f"{c}: {s.schedule_error}" for c, s in status.channels.items() if s.schedule_error)
        findings = tuple(f"{c}: {finding}" for c, s in status.channels.items() for finding in s.findings)
        offset = status.clock_offset_ms
        if abs(offset) > 5_000:
            warnings += (f"Jam siaran berbeda {offset / 1000:.0f} s dari jam komputer; sedang disesuaikan perlahan.",)
        return Health(
            channels, status.clock_credible, round(offset, 1), status.journal, self.database_failure(),
            self.conform_pause(), self._disk_free, self.outputs(), warnings,
            findings,
        )  # fmt: skip

    def _channel_health(self, channel: str, status: AirStatus) -> ChannelHealth:
        stream = self.streams[channel]
        now_ms = self.clock.now_ms()
        now = self.clock.now()
        entry = stream.timeline.at(now)
        end = stream.timeline.end
        newest = stream.newest
        s = status.channels.get(channel)
        stop = s.stop if s is not None else (entry.end if entry else now)
        return ChannelHealth(
            channel,
            entry.item.title if entry else "",
            entry.item.kind.value if entry else "",
            round(max(0.0, seconds(stop) - now_ms / 1000), 2),
            round(seconds(end) - now_ms / 1000, 2) if end is not None else 0.0,
            round(now_ms / 1000 - seconds(newest.end), 2) if newest is not None else None,
            s.fallback if s is not None else None,
            s.lost if s is not None else (),
            stream.packager.substitutions,
        )

    # --- the application ---

    def application(self) -> web.Application:
        """Return the aiohttp application with every address of this issue's pages and streams."""
        app = web.Application(client_max_size=1 << 20)
        add_proxies(app, self.settings.trusted_proxies)
        add_vod(app, self.catch_up, lambda channel: self.withheld(channel), self.audience.captions.of)
        add_hls(app, self.streams)
        add_listen(app, self.feeds, {c.id: c.name for c in self.settings.channels}, self.lean_feeds)
        add_portal(app, self, now_ms=lambda: int(self.clock.now_ms()), public_url=self.settings.public_url)
        add_audience(app, self.audience, self.audience, self.audience.audience, public_url=self.settings.public_url)
        add_intake(app, self.audience, lambda: self.intake, public_url=self.settings.public_url)
        add_staff(app, lambda: self.office)
        add_health(app, self.health)
        add_metrics(app, self.health)
        return app


@asynccontextmanager
async def listening(app: web.Application, settings: Settings) -> AsyncIterator[None]:
    """Serve `app` at the configured address. Raises LpplError when it cannot be had, OSError for a bad certificate."""
    # streams and news never end by themselves; aiohttp waits twice, and players ask again
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=75, shutdown_timeout=0.5, handler_cancellation=True)
    await runner.setup()
    tls = tls_context(settings.tls_cert, settings.tls_key)
    try:
        site = web.TCPSite(runner, settings.host, settings.port, ssl_context=tls, backlog=1024, reuse_address=True)
        try:
            await site.start()
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            raise LpplError(
                f"alamat {where} tidak dapat dipakai, mungkin dipakai program lain: hentikan itu, atau ganti `port`",
                f"the address {where} cannot be used, perhaps another program has it ({error.strerror})",
            ) from None
        yield
    finally:
        await runner.cleanup()


def tls_context(cert: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """Return the TLS settings, or None for plain HTTP."""
    if cert is None or key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context
