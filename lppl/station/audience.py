"""What the pages for the audience ask of the station, put together: guide, past, reminders, listeners.

Implements :class:`web.audience.view.AudienceView` and :class:`web.audience.view.Reminding`; in the web role.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from lppl.audience import OTHER, STREAM, Audience, LiveCount
from lppl.config import Settings
from lppl.errors import DatabaseAway, LpplError
from lppl.events import Bus, Lagged, ScheduleChanged
from lppl.journal import Entry
from lppl.media import LEAN
from lppl.quanta import Quanta, starting
from lppl.station.captions import Captions
from lppl.station.guide_book import GuideBook
from lppl.withheld import Withheld
from scheduler.guide import GuideEntry
from streaming.past import Past
from streaming.span import Span
from streaming.vod import CatchUp
from web.audience.guide import programme_key
from web.audience.view import Remembered, Wish
from web.programme import ChannelInfo, PortalView, Programme

if TYPE_CHECKING:
    from lppl.library import Library
    from lppl.reminders import Reminders
    from lppl.sealing import Seal

log = structlog.get_logger(__name__)

LOOK_S = 30.0
RECORD_S = 60.0


class AudienceDesk:
    """The audience's side of one web process."""

    def __init__(
        self,
        settings: Settings,
        view: PortalView,
        catch_up: Mapping[str, CatchUp],
        past: Past,
        now: Callable[[], Quanta],
        withheld: Callable[[str], Awaitable[Withheld]],
        streams: Callable[[], Mapping[str, int]],
    ) -> None:
        self._settings, self._view, self._catch_up, self._past = settings, view, catch_up, past
        self._now, self._withheld, self._streams = now, withheld, streams
        self.book = GuideBook(settings, past, now)
        self.captions = Captions(settings, past, lambda: self.library())
        self.audience = Audience({c.id: _qualities(settings, c.id) for c in settings.channels})
        self._reminders: Reminders | None = None
        self._key: str | None = None

    @property
    def library(self) -> "Callable[[], Library | None]":
        """The records; None while they are not open. Set once they are looked for."""
        return self.book.library

    @library.setter
    def library(self, known: "Callable[[], Library | None]") -> None:
        self.book.library = known

    # ---- loops ----

    async def follow(self, bus: Bus) -> None:
        """Have guides made anew when a schedule changes."""
        async with bus.subscribe(ScheduleChanged) as events:
            async for event in events:
                for channel in self._settings.channels:
                    if isinstance(event, Lagged) or getattr(event, "channel", None) == channel.id:
                        self.book.changed(channel.id)

    async def count(self) -> None:
        """Look at the audience now and then, and add what was heard to the records."""
        from sqlalchemy.exc import SQLAlchemyError

        from lppl.listening import Listening

        loop = asyncio.get_running_loop()
        looked = recorded = loop.time()
        try:
            while True:
                await asyncio.sleep(LOOK_S)
                now = loop.time()
                self.audience.streams(self._streams(), now - looked)
                self.audience.look()
                looked = now
                library = self.library()
                if library is not None and now - recorded >= RECORD_S:
                    recorded = now
                    taken = self.audience.take()
                    try:
                        await Listening(library.engine).add(taken)
                    except (SQLAlchemyError, OSError) as error:
                        self.audience.give_back(taken)
                        log.info("listening_not_recorded", reason=type(error).__name__)
        finally:
            await self.book.close()

    # ---- for the dashboard ----

    def live_counts(self) -> tuple[LiveCount, ...]:
        """Return who listens now, by channel and quality, as this process knows it."""
        return self.audience.live_counts()

    # ---- PortalView ----

    @property
    def station_name(self) -> str:
        """The station's name."""
        return self._view.station_name

    @property
    def place(self) -> str:
        """The station's town."""
        return self._view.place

    @property
    def zone(self) -> ZoneInfo:
        """The station's time zone."""
        return self._view.zone

    @property
    def channels(self) -> Sequence[ChannelInfo]:
        """The channels as the audience knows them."""
        return self._view.channels

    def programme(self, channel_id: str) -> Programme:
        """Return what a channel airs."""
        return self._view.programme(channel_id)

    def changes(self) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        """Open a subscription to changes."""
        return self._view.changes()

    # ---- AudienceView ----

    @property
    def today(self) -> date:
        """The local day of the air clock."""
        return self.book.today

    @property
    def now(self) -> datetime:
        """The air clock."""
        return starting(self._now())

    async def day(self, channel: str, day: date) -> Sequence[GuideEntry]:
        """Return the programmes that touch a local day."""
        return await self.book.day(channel, day)

    async def coming(self, channel: str) -> Sequence[GuideEntry]:
        """Return the programmes that have not ended."""
        now = self.now
        return [e for e in await self.book.present(channel) if e.end > now]

    async def recent(self, channel: str) -> Sequence[GuideEntry]:
        """Return the programmes that have ended, newest first."""
        now = self.now
        return [e for e in reversed(await self.book.present(channel)) if e.end <= now]

    async def at(self, channel: str, q: Quanta) -> GuideEntry | None:
        """Return the programme at `q`."""
        return await self.book.at(channel, q)

    async def named(self, channel: str, uid: str) -> GuideEntry | None:
        """Return the programme with that uid."""
        return await self.book.named(channel, uid)

    async def shown(self, channel: str, span: Span) -> None:
        """Return when something of `span` can be watched."""
        await self._catch_up[channel].document(span, "master", await self._withheld(channel))

    async def items(self, channel: str, span: Span) -> Sequence[Entry]:
        """Return what aired in `span`."""
        return await asyncio.to_thread(self._past.entries, channel, span.start, span.end)

    # ---- Reminding ----

    async def key(self) -> str:
        """Return the station's public key."""
        from lppl.station.push import public_key, vapid_key

        if self._key is None:
            try:
                seal = await asyncio.to_thread(_seal, self._settings)
                self._key = public_key(await asyncio.to_thread(vapid_key, self._settings.data_dir, seal))
            except OSError as error:
                raise _key_missing(error) from None
        return self._key

    async def remind(self, wish: Wish, entry: GuideEntry) -> None:
        """Remember that a browser wants to be told of `entry`."""
        from sqlalchemy.exc import SQLAlchemyError

        from lppl.reminders import Browser, Reminder

        browser = Browser(wish.endpoint, {"p256dh": wish.p256dh, "auth": wish.auth}, wish.language)
        reminder = Reminder(entry.channel, programme_key(entry), entry.start, entry.title)
        try:
            await (await self._store()).remind(browser, reminder, self.now)
        except (SQLAlchemyError, OSError):
            raise DatabaseAway from None

    async def forget(
        self, endpoint: str, channel: str = "", programme: str = "", start: datetime | None = None
    ) -> None:
        """Forget a reminder, or a browser."""
        from sqlalchemy.exc import SQLAlchemyError

        one = (channel, programme, start) if channel and start is not None else None
        try:
            await (await self._store()).forget(endpoint, one)
        except (SQLAlchemyError, OSError):
            raise DatabaseAway from None

    async def remembered(self, endpoint: str) -> Sequence[Remembered]:
        """Return what a browser will be reminded of."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            found = await (await self._store()).of(endpoint)
        except (SQLAlchemyError, OSError):
            raise DatabaseAway from None
        return [Remembered(r.channel, r.programme, r.start, r.title) for r in found]

    async def _store(self) -> "Reminders":
        from lppl.reminders import Reminders

        library = self.library()
        if library is None:
            raise DatabaseAway
        if self._reminders is None:
            self._reminders = Reminders(library.engine, await asyncio.to_thread(_seal, self._settings))
        return self._reminders


def _seal(settings: Settings) -> "Seal":
    from lppl.sealing import Seal

    return Seal.of(settings.data_dir)


def _key_missing(error: OSError) -> LpplError:
    return LpplError(
        f"Kunci pengingat tidak dapat disimpan ({error.strerror}); periksa folder data.",
        f"The key for reminders cannot be kept ({error.strerror}); check the data folder.",
    )


def _qualities(settings: Settings, channel: str) -> set[str]:
    profile = settings.profile(next(c for c in settings.channels if c.id == channel))
    return {r.name for r in profile.video} | {r.name for r in profile.audio} | {LEAN.name, STREAM, OTHER, "auto"}
