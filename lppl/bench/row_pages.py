"""Row (k): how long pages of staff take, over 100,000 items and a year of what was planned and aired.

Asked over HTTP with a session, as a browser does; the station is not on the air meanwhile. There is no peer of the same
shape: the wall is what a person does not notice, 100 ms.
"""

import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import aiohttp
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.accounts import Role
from lppl.bench.figures import Figure, Result, Sense, Wall, median, worst
from lppl.bench.material import Material
from lppl.bench.row_search import fill
from lppl.config import Settings, read_settings
from lppl.database import HEAD, migrate, open_database
from lppl.desk.office import Office
from lppl.events import MemoryBus
from lppl.library import Library
from lppl.media import AssetId, HouseId
from lppl.media import Material as Media
from lppl.quanta import Quanta, at_or_after
from lppl.rundown import Kind, Line, line_to_json
from lppl.sealing import Seal
from lppl.stores import chunked
from lppl.tables import aired, planned_days
from scheduler.agenda import day_bounds
from web.staff.entrance import add_staff
from web.static_files import FILES, StaticFiles

TITLE = "Halaman petugas / Pages of staff"
ROUNDS = 5
ITEM_QUANTA = 700
"""Each item of the year lasts 3:44: 386 a day."""
CHANNELS = ("tv", "radio")
CATEGORIES = ("berita", "pendidikan", "kebudayaan", "hiburan", "iklan")
STATIC = Path(__file__).parents[2] / "web" / "static"

PAGES: dict[str, str] = {
    "materi": "/kerja/materi",
    "materi: cari": "/api/v1/media?words=senja&limit=50",
    "materi: huruf pertama": "/api/v1/media?words=a&limit=50",
    "materi: tengah": "/api/v1/media?offset=50000&limit=50",
    "materi: tengah, menurut waktu masuk": "/api/v1/media?offset=50000&limit=50&sort=masuk",
    "materi: ujung": "/api/v1/media?offset=99900&limit=50",
    "materi: saring": "/api/v1/media?category=hiburan&limit=50",
    "pola acara": "/kerja/pola",
    "rundown": "/kerja/rundown/tv/{today}",
    "rundown: hari lalu": "/api/v1/channels/tv/rundown/{past}/lines?first=1&count=100",
    "rundown: cari materi": "/api/v1/channels/tv/material?words=senja&count=30",
    "log: hari ini": "/api/v1/channels/tv/log?day={today}",
    "log: setahun lalu": "/api/v1/channels/tv/log?day={past}",
    "log: rencana": "/api/v1/channels/tv/log/compared?day={past}",
    "log: sebulan": "/api/v1/channels/tv/log/shares?first={month}&last={today}",
    "dasbor": "/kerja/dasbor",
    "dasbor: angka": "/api/v1/dashboard",
    "petugas": "/kerja/petugas",
    "jejak": "/api/v1/audit",
    "kendali": "/kerja/kendali",
}
"""What is asked; `past` is a day ten months ago."""


async def measure(material: Material) -> Result:
    """Measure row (k). Raises SQLAlchemyError, OSError."""
    scale = material.scale
    folder = material.folder / f"pages-{HEAD}-{scale.assets}-{scale.pages_days}"
    settings = read_settings('demo = false\ndata_dir = "data"\nmedia_dir = "media"\n', {}, base=folder)
    today = datetime.now(UTC).astimezone(settings.station.zone).date()
    if not settings.data_dir.exists():
        settings.media_dir.mkdir(parents=True)
        settings.data_dir.mkdir()
        await _make(settings, scale.assets, today, scale.pages_days)
    taken: dict[str, float] = {}
    refused: list[str] = []
    async with _served(settings) as (session, base):
        days = {
            "today": today, "past": today - timedelta(days=min(300, scale.pages_days - 1)),
            "month": today - timedelta(days=29),
        }  # fmt: skip
        for name, path in PAGES.items():
            address = base + path.format_map({key: day.isoformat() for key, day in days.items()})
            status, ms = await _timed(session, address)
            taken[name] = ms
            if status != 200:
                refused.append(f"{name}: {status}")
    what = f"paling lambat dari {len(PAGES)} / slowest, {scale.assets:,} materi, {scale.pages_days} hari"
    figures = (
        Figure(what, worst(taken.values()), "ms", wall=Wall(Sense.AT_MOST, 100.0)),
        Figure("median / median", median([*taken.values()]), "ms"),
    )
    return Result("k", TITLE, figures, {"ms": taken, "refused": refused})


async def _timed(session: aiohttp.ClientSession, address: str) -> tuple[int, float]:
    """Return the status, and the median time of an address in milliseconds; the first time does not count."""
    taken: list[float] = []
    status = 0
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        async with session.get(address, allow_redirects=False) as answer:
            await answer.read()
            status = answer.status
        taken.append((time.perf_counter() - began) * 1000)
    return status, round(median(taken[1:]), 2)


async def _make(settings: Settings, assets: int, today: date, days: int) -> None:
    """Make the records of a station that has been on the air for so many days."""
    await migrate(settings.database_url)
    engine = open_database(settings.database_url)
    try:
        await fill(engine, assets)
        for channel in CHANNELS:
            await _year(engine, settings, channel, today, days)
    finally:
        await engine.dispose()


async def _year(engine: AsyncEngine, settings: Settings, channel: str, today: date, days: int) -> None:
    """Record what aired and what was planned on a channel for so many days."""
    chance = random.Random(channel)  # noqa: S311 - made-up programmes
    now = at_or_after(datetime.now(UTC))
    start, _ = day_bounds(today - timedelta(days=days), settings.station.zone)
    rows: list[dict[str, object]] = []
    for n, at in enumerate(range(start, now - ITEM_QUANTA, ITEM_QUANTA)):
        asset, category = f"{n:040x}", chance.choice(CATEGORIES)
        rows.append(
            {"channel": channel, "start": at, "length": ITEM_QUANTA, "planned": ITEM_QUANTA, "in_point": 0,
             "asset_id": asset, "house_id": f"{asset}.{channel}-x", "kind": "item", "title": f"Acara {n}",
             "programme": f"Program {n % 40}", "programme_id": f"program-{n % 40}", "category": category,
             "slot": f"program-{n % 40}@{at // 8}", "order_id": "", "artist": "", "why": "Menurut pola acara"}
        )  # fmt: skip
    async with engine.begin() as connection:
        for some in chunked(rows, 1000):
            await connection.execute(aired.insert(), list(some))
        for number in range(days):
            day = today - timedelta(days=days - number)
            first, last = day_bounds(day, settings.station.zone)
            lines = [_line(r) for r in rows if first <= int(str(r["start"])) < last]
            made = {"channel": channel, "day": day.isoformat(), "document": lines, "made": datetime.now(UTC)}
            await connection.execute(planned_days.insert(), [made])


def _line(row: dict[str, object]) -> dict[str, object]:
    """Return a planned line as records keep it, of a row of what aired."""
    asset = AssetId(str(row["asset_id"]))
    held = Media(HouseId(str(row["house_id"])), asset, str(row["title"]), Quanta(ITEM_QUANTA))
    line = Line(
        Quanta(int(str(row["start"]))), Quanta(ITEM_QUANTA), held, Quanta(0), Kind.ITEM, str(row["programme"]), False,
        str(row["why"]), str(row["slot"]), str(row["programme_id"]), str(row["category"]),
    )  # fmt: skip
    return dict(line_to_json(line))


@asynccontextmanager
async def _served(settings: Settings) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    """Serve the pages on loopback; yield a browser that is logged in as an administrator."""
    engine = open_database(settings.database_url)
    library = Library(engine)
    try:
        async with MemoryBus() as bus:
            office = Office(settings, lambda: library, bus, Seal.of(settings.data_dir))
            app = web.Application()
            app[FILES] = StaticFiles(STATIC)
            add_staff(app, lambda: office)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            try:
                await web.TCPSite(runner, "127.0.0.1", 0).start()
                people, now = office.people, office.now()
                number = await people.store.add(f"ukur{now:%f}", "Ukur", Role.ADMIN, "", "id", now)
                account = await people.store.account(number) if number is not None else None
                assert account is not None
                cookie, _ = await people.admit(account, "127.0.0.1", "ukur", now, whole=True)
                headers = {"Cookie": f"lppl={cookie}", "Sec-Fetch-Site": "same-origin"}
                async with aiohttp.ClientSession(headers=headers, cookie_jar=aiohttp.DummyCookieJar()) as session:
                    yield session, f"http://127.0.0.1:{runner.addresses[0][1]}"
            finally:
                await runner.cleanup()
    finally:
        await engine.dispose()
