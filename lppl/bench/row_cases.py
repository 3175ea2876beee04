"""Row (m): the queue of complaints and its search, over a million cases.

Asked over HTTP with a session, as the desk's page does; the station is not on the air meanwhile. The peer is a plain
table of the same: LIKE without an index, a page in the same order. PostgreSQL is asked the same where it is installed.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.accounts import Role
from lppl.bench.city import ALWAYS, YEARS, City, fill_postgresql, fill_sqlite, rare_word
from lppl.bench.figures import Figure, Result, Sense, Wall, median, percentile, worst
from lppl.bench.material import Material
from lppl.bench.postgres import postgres
from lppl.cases.case_store import CaseStore
from lppl.cases.desk_lists import rules_of
from lppl.config import Settings, read_settings
from lppl.database import HEAD, READS, migrate, open_database
from lppl.desk.office import Office
from lppl.events import MemoryBus
from lppl.intake.keyring import Keyring
from lppl.intake.opening import Intake
from lppl.intake.reception import Reception
from lppl.intake.works import MemoryWorks
from lppl.library import Library
from lppl.sealing import Seal
from web.staff.entrance import add_staff
from web.static_files import FILES, StaticFiles

TITLE = "Antrean dan pencarian aduan / Queue and search of cases"
WALL_MS = 100.0
STATIC = Path(__file__).parents[2] / "web" / "static"
CATEGORY = "Jalan dan jembatan"

EMPTY = ("kata, kategori lain", "kata umum, bukan tugas siapa pun", "tidak ada", "nomor tak dikenal")
"""Questions to which there is no case: all that could be one is looked at, and left."""
PEERS: dict[str, str] = {
    "antrean": "open = 1 ORDER BY due IS NULL, due, id",
    "status": "status = 'diproses' ORDER BY id DESC",
    "kategori terbuka": f"open = 1 AND category = '{CATEGORY}' ORDER BY due IS NULL, due, id",
    "kata umum": "search LIKE '%jalan%' ORDER BY id DESC",
    "dua kata": "search LIKE '%lampu%' AND search LIKE '%jetayu%' ORDER BY id DESC",
    "kata langka": "search LIKE '%tiang333333x%' ORDER BY id DESC",
}  # fmt: skip
"""The same questions, put to a table without an index."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How long each question took, in milliseconds; `refused`: what did not answer as it should."""

    p50: Mapping[str, float]
    p99: Mapping[str, float]
    refused: tuple[str, ...]


def questions(city: City) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return what is asked of the queue, by name."""
    middle = city.count // 2
    first_year = (city.now - timedelta(days=365 * (YEARS - 1))).isoformat()
    return {
        "antrean": (("open", "true"),),
        "terlambat": (("late", "true"),),
        "status": (("status", "diproses"),),
        "status, terbuka": (("status", "baru"), ("status", "diverifikasi"), ("open", "true")),
        "status selesai": (("status", "selesai"),),
        "kategori": (("category", CATEGORY),),
        "kategori terbuka": (("category", CATEGORY), ("open", "true")),
        "kelurahan terbuka": (("kelurahan", "Medono"), ("open", "true")),
        "kategori dan kelurahan": (("category", CATEGORY), ("kelurahan", "Medono")),
        "darurat terbuka": (("emergency", "true"), ("open", "true")),
        "semua, terbaru": (("order", "newest"),),
        "terbuka, terbaru": (("open", "true"), ("order", "newest")),
        "kata umum": (("words", "jalan"),),
        "setiap kedua": (("words", ALWAYS),),
        "huruf pertama": (("words", "j"),),
        "dua kata": (("words", "lampu jetayu"),),
        "tiga kata umum": (("words", "jalan mohon warga"),),
        "kata langka": (("words", rare_word(city.rare)),),
        "kata umum, terbuka": (("words", "jalan"), ("open", "true")),
        "kata, kategori lain": (("words", "selokan"), ("category", CATEGORY)),
        "kata umum, bukan tugas siapa pun": (("words", "jalan"), ("assigned", "999999")),
        "kata umum, tahun pertama": (("words", "jalan"), ("until", first_year)),
        "tahun pertama": (("until", first_year), ("order", "newest")),
        "tidak ada": (("words", "zzzq"),),
        "kode": (("words", city.code(middle)),),
        "nomor telepon": (("words", city.phone(city.reporters // 2)),),
        "nomor tak dikenal": (("words", "081999999999"),),
    }  # fmt: skip


async def measure(material: Material) -> Result:
    """Measure row (m). Raises NotMeasured, SQLAlchemyError, OSError."""
    scale = material.scale
    settings = _settings(material.folder / f"cases-{HEAD}-{scale.cases}", "")
    city = await _city(settings, scale.cases)
    ours = await asked(settings, city, scale.questions)
    plain = await _plainly(settings)
    figures = [*_figures(f"{scale.cases:,} aduan / cases, SQLite", ours, worst(plain.values()))]
    details: dict[str, object] = {"p50_ms": ours.p50, "p99_ms": ours.p99, "refused": ours.refused, "peer_ms": plain}
    async with postgres(material.folder / f"postgresql-{HEAD}-{scale.cases_postgres}") as url:
        if url is not None:
            settings = _settings(material.folder / "cases-postgresql", url)
            city = await _city(settings, scale.cases_postgres)
            theirs = await asked(settings, city, scale.questions)
            figures += _figures(f"{scale.cases_postgres:,} aduan / cases, PostgreSQL", theirs)
            details["postgresql"] = {"p50_ms": theirs.p50, "p99_ms": theirs.p99, "refused": theirs.refused}
    return Result("m", TITLE, tuple(figures), details)


def _figures(what: str, seen: Asked, peer: float | None = None) -> tuple[Figure, ...]:
    name = "SQLite LIKE, NOT INDEXED" if peer is not None else ""
    wall = Wall(Sense.AT_MOST, WALL_MS)
    slowest = worst(seen.p50.values())
    return (
        Figure(f"{what}, paling lambat dari {len(seen.p50)} / slowest, p50", slowest, "ms", peer, name, wall),
        Figure(f"{what}, p99", worst(seen.p99.values()), "ms"),
        Figure(f"{what}, median / median", median([*seen.p50.values()]), "ms"),
    )


def _settings(folder: Path, url: str) -> Settings:
    folder.mkdir(parents=True, exist_ok=True)
    text = 'demo = false\ndata_dir = "data"\nmedia_dir = "media"\nkeys_dir = "keys"\n'
    return read_settings(text + (f'database_url = "{url}"\n' if url else ""), {}, base=folder)


async def _city(settings: Settings, count: int) -> City:
    """Return the city whose cases the records hold; they are made the first time."""
    settings.data_dir.mkdir(exist_ok=True)
    settings.media_dir.mkdir(exist_ok=True)
    await migrate(settings.database_url)
    keyring = await asyncio.to_thread(Keyring.of, settings.keys_dir)
    city = City(count, datetime.now(UTC), partial(keyring.hashed, "phone"))
    engine = open_database(settings.database_url)
    try:
        async with engine.connect() as connection:
            held = await connection.scalar(text("SELECT count(*) FROM cases"))
    finally:
        await engine.dispose()
    if held == count:
        return city
    if settings.database_file is not None:
        await asyncio.to_thread(fill_sqlite, settings.database_file, city)
    else:
        await fill_postgresql(settings.database_url.replace("+asyncpg", ""), city)
    return city


async def asked(settings: Settings, city: City, rounds: int) -> Asked:
    """Ask everything `rounds` times, in turn; the first time does not count."""
    taken: dict[str, list[float]] = {}
    refused: list[str] = []
    async with _served(settings) as (session, base):
        for name, query in questions(city).items():
            address = f"{base}/api/v1/cases?{urlencode(query)}"
            for _ in range(rounds + 1):
                began = time.perf_counter()
                async with session.get(address, allow_redirects=False) as answer:
                    body = await answer.json() if answer.status == 200 else {}
                taken.setdefault(name, []).append((time.perf_counter() - began) * 1000)
            if not body.get("cases") and name not in EMPTY:
                refused.append(f"{name}: {answer.status}")
    kept = {name: times[1:] for name, times in taken.items()}
    return Asked(
        {name: round(median(times), 2) for name, times in kept.items()},
        {name: round(percentile(times, 99), 2) for name, times in kept.items()}, tuple(refused),
    )  # fmt: skip


async def _plainly(settings: Settings) -> dict[str, float]:
    """Return how long the same takes without an index, in milliseconds; once each."""
    engine = open_database(settings.database_url)
    taken: dict[str, float] = {}
    try:
        async with engine.execution_options(**READS).connect() as connection:
            for name, wanted in PEERS.items():
                began = time.perf_counter()
                # the questions are our own
                (await connection.execute(text(f"SELECT * FROM cases NOT INDEXED WHERE {wanted} LIMIT 50"))).all()  # noqa: S608
                taken[name] = round((time.perf_counter() - began) * 1000, 1)
    finally:
        await engine.dispose()
    return taken


async def _intake(settings: Settings, engine: AsyncEngine) -> Intake:
    reception = await Reception.opened(
        engine, settings.keys_dir, MemoryWorks(), settings.data_dir, lambda: datetime.now(UTC)
    )
    async with engine.execution_options(**READS).connect() as connection:
        rules = await rules_of(connection, ZoneInfo(str(settings.station.zone)))
    return Intake(reception, CaseStore(reception.keyring, rules))


@asynccontextmanager
async def _served(settings: Settings) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    """Serve the desk on loopback; yield a browser that is logged in as an administrator."""
    engine = open_database(settings.database_url)
    library = Library(engine)
    try:
        intake = await _intake(settings, engine)
        async with MemoryBus() as bus:
            office = Office(settings, lambda: library, bus, Seal.of(settings.data_dir), intake=lambda: intake)
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
