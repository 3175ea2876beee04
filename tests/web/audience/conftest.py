"""A station for the pages of the audience: a guide of one day, a past of which some may not be watched."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from lppl.audience import Audience
from lppl.errors import DatabaseAway, LpplError
from lppl.journal import Entry, Item
from lppl.media import ChannelKind, HouseId
from lppl.programme import AgeClass, Category
from lppl.quanta import Quanta, at_or_after
from lppl.rundown import Kind
from scheduler.guide import GuideEntry
from streaming.span import Span
from web.audience.setup import add_audience
from web.audience.view import Remembered, Wish
from web.portal import add_portal
from web.programme import ChannelInfo, Programme, ProgrammeItem, Quality

NOW = datetime(2026, 11, 22, 12, 10, tzinfo=UTC)
"""19.10 WIB."""
JAKARTA = ZoneInfo("Asia/Jakarta")
Client = TestClient[web.Request, web.Application]


def programme(name: str, hour: int, length: float, **more: Any) -> GuideEntry:
    """A programme of 22 November that begins at a local hour."""
    start = datetime(2026, 11, 22, hour, tzinfo=JAKARTA).astimezone(UTC)
    title = more.pop("title", name.capitalize())
    told: dict[str, Any] = {
        "channel": "tv", "slot": f"{name}@2026-11-22", "part": 1, "programme_id": name, "title": title,
        "description": "", "category": Category.NEWS, "age": AgeClass.SU, "language": "id", "start": start,
        "end": start + timedelta(hours=length), "presenter": "", "picture": "", "is_live": False, "is_rerun": False,
        "aired": start <= NOW,
    }  # fmt: skip
    return GuideEntry(**(told | more))


@dataclass
class FakeStation:
    """What the pages ask; `refusal` is what the past answers."""

    now: datetime = NOW
    station_name: str = "LPPL Kota Batik"
    place: str = "Pekalongan"
    zone: ZoneInfo = JAKARTA
    refusal: LpplError | None = None
    lean: bool = True
    guide: list[GuideEntry] = field(
        default_factory=lambda: [
            programme("kabar", 18, 1, presenter="Sari", description="Berita kota."),
            programme("dialog", 19, 1, is_live=True, age=AgeClass.R, title="Dialog <b>Warga</b>"),
            programme("wayang", 21, 2, is_rerun=True),
        ]
    )
    wishes: list[tuple[Wish, GuideEntry]] = field(default_factory=list)
    away: bool = False

    @property
    def channels(self) -> Sequence[ChannelInfo]:
        sound = (Quality("a128", None, 128_000), Quality("a64", None, 64_000))
        sound += (Quality("a32", None, 32_000),) if self.lean else ()
        tv = ChannelInfo("tv", "Batik TV", ChannelKind.TV, (Quality("v720", 720, 2_628_000), *sound))
        return tv, ChannelInfo("radio", "Radio Kota Batik", ChannelKind.RADIO, sound)

    def programme(self, channel_id: str) -> Programme:
        start = round(self.now.timestamp() * 1000) - 60_000
        items = [
            ProgrammeItem(f"{channel_id}-{n}", f"Lagu {n}", "Sanggar", "Pagi", at, at + 240_000, Kind.ITEM)
            for n, at in enumerate(range(start, start + 960_000, 240_000))
        ]
        return Programme(channel_id, tuple(items))

    @contextlib.asynccontextmanager
    async def changes(self) -> AsyncIterator[AsyncIterator[str]]:
        async def never() -> AsyncIterator[str]:
            await asyncio.Event().wait()
            yield ""

        yield never()

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    async def day(self, channel: str, day: date) -> Sequence[GuideEntry]:
        return [replace(e, channel=channel) for e in self.guide if e.start.astimezone(self.zone).date() == day]

    async def coming(self, channel: str) -> Sequence[GuideEntry]:
        return [replace(e, channel=channel) for e in self.guide if e.end > self.now]

    async def recent(self, channel: str) -> Sequence[GuideEntry]:
        return [replace(e, channel=channel) for e in reversed(self.guide) if e.end <= self.now]

    async def at(self, channel: str, q: Quanta) -> GuideEntry | None:
        return next((e for e in self.guide if at_or_after(e.start) <= q < at_or_after(e.end)), None)

    async def named(self, channel: str, uid: str) -> GuideEntry | None:
        return next((e for e in self.guide if replace(e, channel=channel).uid == uid), None)

    async def shown(self, channel: str, span: Span) -> None:
        if self.refusal is not None:
            raise self.refusal

    async def items(self, channel: str, span: Span) -> Sequence[Entry]:
        out = []
        for n in range(3):
            start = Quanta(span.start + 400 * n)
            item = Item(channel, start, HouseId("a.b"), Quanta(0), Quanta(400), Kind.ITEM, f"Bagian {n}", "<i>Sari")
            out.append(Entry(item, Quanta(start + 400)))
        return out

    # ---- reminders ----

    async def key(self) -> str:
        if self.away:
            raise DatabaseAway
        return "BKey"

    async def remind(self, wish: Wish, entry: GuideEntry) -> None:
        if self.away:
            raise DatabaseAway
        self.wishes.append((wish, entry))

    async def forget(
        self, endpoint: str, channel: str = "", programme: str = "", start: datetime | None = None
    ) -> None:
        self.wishes = [
            (w, e)
            for w, e in self.wishes
            if w.endpoint != endpoint
            or (channel and (e.channel, e.programme_id, e.start) != (channel, programme, start))
        ]

    async def remembered(self, endpoint: str) -> Sequence[Remembered]:
        return [
            Remembered(e.channel, e.programme_id, e.start, e.title) for w, e in self.wishes if w.endpoint == endpoint
        ]


@pytest.fixture
def station() -> FakeStation:
    return FakeStation()


@pytest.fixture
def audience() -> Audience:
    return Audience({"tv": ("v720", "a64"), "radio": ("a128",)})


@pytest.fixture
async def client(station: FakeStation, audience: Audience) -> AsyncIterator[Client]:
    app = web.Application()
    add_portal(app, station, now_ms=lambda: round(station.now.timestamp() * 1000))
    add_audience(app, station, station, audience)
    async with TestClient(TestServer(app)) as connected:
        yield connected
