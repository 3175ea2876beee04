"""Row (j): searching a library of 100,000 assets, as the studio's list does with every key typed.

The catalogue is made up from the words of Indonesian titles, always the same. The peer is a plain scan:
LIKE over the recorded text without an index, once for the count and once for the page in the order of titles.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.bench.figures import Figure, Result, Sense, Wall, median, worst
from lppl.bench.material import Material
from lppl.database import HEAD, migrate, open_database
from lppl.library import Library
from lppl.media import AudioFacts, Facts, Tags
from lppl.records import AssetState, facts_to_json, search_words
from lppl.stores import chunked
from lppl.tables import asset_files, assets

TITLE = "Pencarian di pustaka / Searching the library"
ROUNDS = 5
PAGE = 50
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)

_WORDS = (
    "cinta rindu malam bulan senja hujan kasih sayang bunga melati mawar desa kampung laut ombak pantai gunung sawah "
    "padi angin langit bintang pagi fajar kenangan janji hati jiwa mata senyum tangis bahagia duka lara merpati kupu "
    "perahu nelayan batik canting pekalongan semarang kendal kudus solo jakarta bengawan gambang kereta jalan pulang "
    "merantau ibu ayah anak guru sungai jembatan pasar kopi teh jawa ronggeng sinden gamelan kidung langgam keroncong "
    "dangdut campursari qasidah rebana sholawat jaipong gendhing ketawang ladrang lancaran macapat pangkur sinom "
    "asmaradana kinanthi mijil pocung warung berita siang dialog interaktif walikota warga aduan layanan publik "
    "kesehatan puskesmas posyandu pendidikan olahraga budaya sejarah museum kuliner megono kuliah subuh ramadan "
    "tausiyah adzan maghrib lebaran takbir syawalan pajak bumi bangunan listrik air minum sampah banjir rob cuaca"
)
_FIRST = (
    "Waldjinah Didi Rhoma Elvy Gesang Sundari Manthous Nurhana Iwan Broery Titiek Ebiet Vina Sri Agus Budi Dewi Rina "
    "Slamet Sugeng Joko Hadi Ahmad Fatimah Endang Wahyu Eko Tri Catur"
)
_LAST = (
    "Kempot Irama Sukaesih Soekoco Mulyadi Puspa Harahap Santoso Wibowo Lestari Handayani Prasetyo Kurniawan Hidayat "
    "Rahman Susanti Purnomo Utomo Saputra Wulandari Setiawan Nugroho Hartono"
)
GENRES = ("Keroncong", "Dangdut", "Campursari", "Pop", "Langgam", "Qasidah", "Gamelan", "Berita", "Bincang", "Iklan")

SEARCHES: dict[str, tuple[str, AssetState | None, int]] = {
    "rare word": ("060606", None, 0),
    "no hit": ("zzzq", None, 0),
    "one letter": ("a", None, 0),
    "common word": ("musik", None, 0),
    "common word, deep": ("musik", None, 40_000),
    "genre": ("keroncong", None, 0),
    "genre, deep": ("keroncong", None, 5_000),
    "artist and title": ("waldjinah senja", None, 0),
    "three common words": ("musik mp3 an", None, 0),
    "three common words, deep": ("musik mp3 an", None, 25_000),
    "inside a word": ("carso sungai", None, 0),
    "ready": ("musik", AssetState.READY, 40_000),
    "refused": ("musik", AssetState.REFUSED, 0),
    "everything": ("", None, 0),
    "everything, deep": ("", None, 50_000),
}
"""What is searched, in which state, from which hit on; deep is the middle, which is furthest from both ends."""


def catalogue(count: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield `count` assets and their files as rows of the tables, always the same ones."""
    chance = random.Random(1)  # noqa: S311 - made-up titles
    words, first, last = _WORDS.split(), _FIRST.split(), _LAST.split()
    artists = [f"{chance.choice(first)} {chance.choice(last)}" for _ in range(2000)]
    facts = facts_to_json(Facts("mp3", 0.0, 215.3, None, AudioFacts(0, "mp3", 2, 44_100, 215.3), ()))
    for n in range(count):
        title = " ".join(chance.choices(words, k=chance.randint(2, 5))).title()
        genre, artist = chance.choice(GENRES), chance.choice(artists)
        album = " ".join(chance.choices(words, k=2)).title() if chance.random() < 0.6 else ""
        path = f"musik/{genre.lower()}/{artist}/{n:06} {title}.mp3"
        if genre in ("Berita", "Bincang"):
            path = f"siaran/{genre.lower()}/{chance.randint(2015, 2026)}/{title} {n:06}.mp4"
        identity = blake2b(str(n).encode(), digest_size=20).hexdigest()
        held = search_words(Tags(title, artist, album, "", genre), path)
        yield (
            {"id": identity, "size": n, "added": BEGIN + timedelta(seconds=n), "title": title, "artist": artist,
             "state": AssetState.REFUSED if n % 50 == 0 else AssetState.READY, "album": album, "year": "",
             "genre": genre, "isrc": "", "has_cover": False, "duration_s": 215.3, "has_picture": False,
             "facts": facts, "words": held},
            {"path": path, "size": n, "mtime_ns": n, "inode": n, "device": 1, "asset_id": identity},
        )  # fmt: skip


async def fill(engine: AsyncEngine, count: int) -> None:
    """Record a catalogue of `count` assets in an empty library. Raises SQLAlchemyError."""
    rows = await asyncio.to_thread(lambda: list(catalogue(count)))
    async with engine.begin() as connection:
        for some in chunked(rows):
            await connection.execute(assets.insert(), [asset for asset, _ in some])
            await connection.execute(asset_files.insert(), [file for _, file in some])


async def measure(material: Material) -> Result:
    """Measure row (j). Raises SQLAlchemyError, OSError."""
    count = material.scale.assets
    database = material.folder / f"search-{HEAD}-{count}.db"
    if not await asyncio.to_thread(database.exists):
        await _make(database, count)
    engine = open_database(f"sqlite:///{database}")
    try:
        ours, plain = await searched(engine)
    finally:
        await engine.dispose()
    what = f"{count:,} materi, pencarian paling lambat / assets, slowest search"
    name = "SQLite LIKE, count(*) + ORDER BY title, NOT INDEXED"
    figures = (
        Figure(what, worst(ours.values()), "ms", worst(plain.values()), name, Wall(Sense.AT_MOST, 100.0)),
        Figure("median / median", median([*ours.values()]), "ms", median([*plain.values()]), name),
    )
    return Result("j", TITLE, figures, {"ms": ours, "peer_ms": plain})


async def _make(database: Path, count: int) -> None:
    """Make the database whole or not at all, so that it can be kept for the next run."""
    beside = database.with_name(f"making-{database.name}")
    await asyncio.to_thread(beside.unlink, missing_ok=True)
    await migrate(f"sqlite:///{beside}")
    engine = open_database(f"sqlite:///{beside}")
    try:
        await fill(engine, count)
    finally:
        await engine.dispose()
    await asyncio.to_thread(beside.rename, database)


async def searched(engine: AsyncEngine) -> tuple[dict[str, float], dict[str, float]]:
    """Return how long each search takes, in milliseconds, by the library and by the peer."""
    library = Library(engine)
    ours: dict[str, float] = {}
    plain: dict[str, float] = {}
    for name, (query, state, offset) in SEARCHES.items():
        ours[name] = await _timed(partial(library.page, query, state, offset=offset, limit=PAGE))
        plain[name] = await _timed(partial(_plain, engine, query.split(), state, offset))
    return ours, plain


async def _timed(search: Callable[[], Awaitable[object]]) -> float:
    """Return the median time of a search in milliseconds."""
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await search()
        taken.append((time.perf_counter() - began) * 1000)
    return round(median(taken), 2)


async def _plain(engine: AsyncEngine, words: Sequence[str], state: AssetState | None, offset: int) -> None:
    wanted = [f"words LIKE '%{word}%'" for word in words] + ([f"state = '{state.value}'"] if state else [])
    rows = f"FROM assets NOT INDEXED WHERE {' AND '.join(wanted) or '1'}"
    async with engine.connect() as connection:
        await connection.scalar(text(f"SELECT count(*) {rows}"))
        page = await connection.execute(text(f"SELECT * {rows} ORDER BY title, id LIMIT {PAGE} OFFSET {offset}"))
        page.all()
