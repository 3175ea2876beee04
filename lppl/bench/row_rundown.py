"""Row (h): building running orders for a radio channel with a library of 20,000 items, a week and a year of them.

The plan is a station's ordinary one: music by a rotation that keeps artists and titles apart, news, a series, azan at
its computed times, idents twice an hour, commercial breaks. No other system builds a week at once, so there is no peer.
"""

import asyncio
import time
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from random import Random
from zoneinfo import ZoneInfo

from lppl.bench.figures import Figure, Result, Sense, Wall, median
from lppl.bench.material import Material as Folder
from lppl.media import AssetId, HouseId, Material, Shelf
from lppl.programme import Category, Details
from lppl.quanta import Quanta, at_or_after
from scheduler.documents import Documents, laid_out
from scheduler.plan import Plan
from scheduler.prayer import Place
from scheduler.rundown import Built, catalogue_of, compose

TITLE = "Menyusun rundown / Building running orders"
ROUNDS = 3
ZONE = ZoneInfo("Asia/Jakarta")
PEKALONGAN = Place(-6.888, 109.675, ZONE)
BEGIN = datetime(2026, 11, 22, 17, tzinfo=UTC)
DAY = 270_000
"""Quanta of a day."""
FOLDERS = {"berita": (60, 300, 700), "serial": (60, 4_200, 5_500), "sisipan": (25, 20, 190), "iklan": (12, 47, 188)}
"""Beside the music: how many items of how many quanta, least and most."""


async def measure(folder: Folder) -> Result:
    """Measure row (h)."""
    scale = folder.scale
    shelf = await asyncio.to_thread(shelf_of, scale.rundown_items)
    week: list[float] = []
    for _ in range(ROUNDS):
        took, built = await asyncio.to_thread(partial(timed, shelf, scale.rundown_days))
        week.append(took)
    year, lines = await asyncio.to_thread(partial(timed, shelf, scale.rundown_year_days))
    what = f"{scale.rundown_items:,} materi / items"
    figures = (
        Figure(f"{scale.rundown_days} hari / days, {what}", median(week), "s", wall=Wall(Sense.AT_MOST, 0.5)),
        Figure(f"{scale.rundown_year_days} hari / days, {what}", year, "s", wall=Wall(Sense.AT_MOST, 20.0)),
    )
    return Result("h", TITLE, figures, {"lines": len(built.rundown), "lines_year": len(lines.rundown), "week_s": week})


def timed(shelf: Shelf, days: int) -> tuple[float, Built]:
    """Return how long planning `days` days takes in seconds, from an unindexed shelf on, and what came of it."""
    slate, ident = _material("slate", 94), _material("ident", 30)
    start = at_or_after(BEGIN)
    began = time.perf_counter()
    plan = laid_out("radio", documents(), Plan(), ZONE, PEKALONGAN, start).plan
    catalogue = catalogue_of(shelf, ident, slate)
    built = compose(plan, catalogue, ident, slate, ZONE, start, Quanta(start + days * DAY), ())
    return time.perf_counter() - began, built


def shelf_of(items: int) -> Shelf:
    """Return a library of about `items` items, always the same one."""
    chance = Random(1)  # noqa: S311 - made-up lengths
    made = [
        _material(f"{name}/{n:03}", chance.randint(least, most))
        for name, (count, least, most) in FOLDERS.items()
        for n in range(count)
    ]
    made += [_material(f"azan/{name}", 620) for name in ("subuh", "dzuhur", "ashar", "maghrib", "isya")]
    music = Details(category=Category.ENTERTAINMENT)
    made += [
        _material(f"musik/{n:05}", chance.randint(450, 900), f"Artis {chance.randint(0, 1_500)}", music)
        for n in range(items - len(made))
    ]
    return Shelf({m.asset: m for m in made})


def _material(path: str, quanta: int, artist: str = "", details: Details | None = None) -> Material:
    asset = AssetId(blake2b(path.encode(), digest_size=20).hexdigest())
    return Material(
        HouseId(f"{asset}.radio-0"), asset, path, Quanta(quanta), artist, paths=(path,), details=details or Details()
    )


def documents() -> Documents:
    """Return the plan of an ordinary radio channel."""
    daily = {"first": "2026-01-05", "rule": "FREQ=DAILY"}
    entries = [
        ("malam", "00.00", 360, {"kind": "rotation", "rotation": "musik"}),
        ("kabar-pagi", "06.00", 60, {"kind": "rotation", "folders": ["berita"]}),
        ("serial", "07.00", 30, {"kind": "series", "folder": "serial", "repeat": True}),
        ("siang", "07.30", 270, {"kind": "rotation", "rotation": "musik"}),
        ("kabar-siang", "12.00", 60, {"kind": "rotation", "folders": ["berita"]}),
        ("sore", "13.00", 660, {"kind": "rotation", "rotation": "musik"}),
    ]
    azan = [
        {"kind": "salat", "id": f"azan-{p}", "prayer": p, "items": [f"azan/{p}"]}
        for p in ("subuh", "dzuhur", "ashar", "maghrib", "isya")
    ]
    ident = {"kind": "ident", "id": "ident", "folder": "iklan", "minutes": [0, 30]}
    order = {"advertiser": "Kopi", "first": "2026-01-01", "last": "2027-12-31", "times_a_day": 6}
    return Documents(
        grid={
            "entries": [
                {
                    "id": name, "programme": name, "on": daily, "start": start, "length_s": 60 * minutes,
                    "begins": "tepat" if "kabar" in name else "tidak-sebelum", "content": content,
                }
                for name, start, minutes, content in entries
            ],
            "filler": ["folder:sisipan"],
        },
        channel={
            "fixed": {"events": [*azan, ident]},
            "breaks": [{"minutes": [20, 50], "longest_s": 120, "start": "06.00", "until": "22.00"}],
        },
        programmes={name: {"id": name, "title": name.title()} for name, *_ in entries},
        rotations={
            "musik": {
                "id": "musik", "title": "Musik", "folders": ["musik"], "artist_minutes": 60, "title_minutes": 120,
                "again_hours": 24,
            }
        },
        orders={f"kopi-{n}": {"id": f"kopi-{n}", "assets": [f"iklan/{n:03}"]} | order for n in range(6)},
    )  # fmt: skip
