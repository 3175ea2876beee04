"""The demo station: which files it has, in which order they are made.

Files appear one by one, the shortest and most useful first; what exists is never made again, so a start after
a kill goes on where it stopped. Schedule files come first.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from lppl import durable
from lppl.demo import formats, schedules
from lppl.demo import workshop as make
from lppl.demo.making import Tools, bench, publish, sweep
from lppl.demo.texts import NOTICES
from lppl.errors import ProcessFailed

log = structlog.get_logger(__name__)

Maker = Callable[[make.Workshop, Path], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class DemoStation:
    """Names as people know them, and the short name of the local time zone (WIB, WITA, WIT)."""

    station: str = "LPPL Kota Batik"
    tv: str = "Batik TV"
    radio: str = "Radio Kota Batik"
    place: str = "Pekalongan"
    zone: str = "WIB"
    first_hour: int = 6
    """The hour (0 to 23) whose clock is needed next; clocks are made from it on."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the demo: where it lies in the media folder, and how it is made."""

    path: str
    maker: Maker
    encoders: tuple[str, ...] = ()
    speech: bool = False
    """Senseless without a voice: left out where espeak-ng is missing."""


def _notice(folder: str, name: str, form: formats.Format, pattern: str, piece: str) -> Item:
    async def maker(shop: make.Workshop, out: Path) -> None:
        await make.notice_clip(shop, NOTICES[name], form, pattern, piece, out)

    return Item(f"{folder}/{name}{form.suffix}", maker, form.encoders)


def _atmosphere(path: str, pattern: str, piece: str | None, seconds: float, form: formats.Format, title: str) -> Item:
    async def maker(shop: make.Workshop, out: Path) -> None:
        await make.atmosphere(shop, pattern, piece, seconds, form, title, out)

    return Item(path + form.suffix, maker, form.encoders)


def _song(path: str, piece: str, title: str, pattern: str, seconds: float | None = None) -> Item:
    async def maker(shop: make.Workshop, out: Path) -> None:
        await make.song(shop, piece, title, pattern, seconds, out)

    return Item(path, maker, ("libopus",) if path.endswith(".opus") else ())


def _info(name: str, suffix: str, piece: str) -> Item:
    async def maker(shop: make.Workshop, out: Path) -> None:
        notice = NOTICES[name]
        await make.talk(shop, notice.speech, notice.title, notice.label, await shop.music(piece), 1.6, out)

    return Item(f"radio/info/{name}{suffix}", maker, speech=True)


def _jingle(name: str, words: str, title: str, *, rising: bool) -> Item:
    async def maker(shop: make.Workshop, out: Path) -> None:
        said = words.format(radio=shop.radio, place=shop.place)
        music = await shop.chime(8.0, rising=rising)
        await make.talk(shop, said, title.format(radio=shop.radio), "Jingle", music, 3.4, out)

    return Item(f"radio/jingle/{name}.mp3", maker)


def _bumper(name: str, above: str, form: formats.Format) -> Item:
    async def maker(shop: make.Workshop, out: Path) -> None:
        await make.bumper(shop, form, above, out)

    return Item(f"tv/bumper/{name}{form.suffix}", maker)


def _test_card(form: formats.Format) -> Item:
    return Item(f"tv/uji/gambar-uji{form.suffix}", lambda shop, out: make.test_card(shop, form, out))


def _clocks(hour: int) -> tuple[Item, Item]:
    return (
        Item(f"tv/jam/jam-{hour:02d}.mp4", lambda shop, out: make.clock_clip(shop, hour, out)),
        Item(f"radio/jam/jam-{hour:02d}.mp3", lambda shop, out: make.time_signal(shop, hour, out)),
    )


def catalogue(first_hour: int) -> Iterator[Item]:
    """Yield every file of the demo in the order in which it is made; clocks from `first_hour` on."""
    yield _jingle("sapaan", "{radio}. Suara warga {place}.", "Sapaan {radio}", rising=True)
    yield _atmosphere("filler/tv/kawung", "kawung", None, 6.4, formats.HD25, "Segera hadir")
    yield _bumper("selamat-datang", "Selamat datang", formats.FULL_HD)
    yield _song("filler/radio/hening-10.mp3", "hening", "Hening", "kawung", 9.6)
    yield _info("layanan-112", ".mp3", "hening")
    yield from _clocks(first_hour)
    yield _notice("tv/info", "layanan-112", formats.HD25, "kawung", "hening")
    yield _song("radio/musik/lancaran-pesisir.flac", "lancaran", "Lancaran Pesisir", "parang")
    yield _notice("tv/info", "menyampaikan-aduan", formats.PAL, "parang", "hening")
    yield _song("radio/musik/keroncong-senja.ogg", "keroncong", "Keroncong Senja", "mendung")
    yield _notice("tv/info", "jadwal-posyandu", formats.FILM, "mendung", "keroncong")
    yield _song("radio/musik/suling-sawah.mp3", "suling", "Suling Sawah", "mendung")
    yield _notice("tv/warga", "hemat-air", formats.PHONE, "parang", "keroncong")
    yield _info("menyampaikan-aduan", ".m4a", "hening")
    yield from _clocks((first_hour + 1) % 24)
    yield _notice("tv/berita", "contoh-berita-pasar", formats.TEN_BIT, "mendung", "lancaran")
    yield _song("radio/musik/ladrang-mega.m4a", "ladrang", "Ladrang Mega", "mendung")
    yield _atmosphere("tv/suasana/awan-tanpa-suara", "mendung", None, 2.56, formats.SILENT, "Mega mendung")
    yield _song("radio/musik/dolanan.opus", "dolanan", "Dolanan Bocah", "kawung")
    yield _notice("tv/berita", "contoh-berita-batik", formats.WEB, "kawung", "lancaran")
    yield _song("tv/suasana/gending-hening.mp3", "hening", "Gending Hening", "kawung")
    yield _test_card(formats.SPORT)
    yield _jingle("tetap-bersama", "Tetap bersama kami, di {radio}.", "Tetap bersama {radio}", rising=False)
    yield _notice("tv/info", "siaga-rob", formats.NTSC, "mendung", "suling")
    yield _info("hemat-air", ".ogg", "suling")
    yield _notice("tv/warga", "pilah-sampah", formats.CINEMA, "parang", "keroncong")
    yield _info("siaga-rob", ".mp3", "hening")
    yield _atmosphere("filler/tv/parang", "parang", "lancaran", 12.8, formats.HD25, "Segera hadir")
    yield _song("radio/musik/pantai-utara.flac", "pesisir", "Pantai Utara", "mendung")
    yield _atmosphere("filler/tv/mendung", "mendung", "suling", 25.6, formats.HD25, "Tetap bersama kami")
    yield _song("filler/radio/suling-20.mp3", "suling", "Suling", "mendung", 19.2)
    yield _song("filler/radio/lancaran-30.ogg", "lancaran", "Lancaran", "parang", 28.8)
    yield _notice("tv/berita", "contoh-berita-cuaca", formats.WEBCAM, "mendung", "ladrang")
    yield _info("pilah-sampah", ".mp3", "keroncong")
    for later in range(2, 24):
        yield from _clocks((first_hour + later) % 24)


async def make_demo(
    media: Path,
    schedule_folder: Path,
    station: DemoStation,
    on_file: Callable[[Path, Path], None] | None = None,
    *,
    tools: Tools | None = None,
) -> None:
    """Write the demo's schedule files and then its media, at idle priority; may be cancelled and run again.

    One call at a time may work on a `media` folder. `on_file` is called in a thread with the path of every new media
    file and where it still lies, right before it gets its name: what it notes is never too late. A file that cannot
    be made is logged and passed over, so that one missing codec does not cost the rest. Raises OSError when a folder
    cannot be written.
    """
    tools = tools or Tools.find()
    await asyncio.to_thread(write_schedules, schedule_folder, station)
    wanted = [item for item in catalogue(station.first_hour) if tools.espeak or not item.speech]
    missing = await asyncio.to_thread(_missing, media, wanted)
    if not missing:
        return
    await asyncio.to_thread(sweep, media)
    async with bench(media) as desk:
        shop = make.Workshop(tools, desk, station.station, station.tv, station.radio, station.place, station.zone)
        shop.encoders = await make.known_encoders(tools)
        for item in missing:
            if shop.encoders.issuperset(item.encoders):
                await _make_one(shop, item, media / item.path, on_file)


def _missing(media: Path, wanted: list[Item]) -> list[Item]:
    media.mkdir(parents=True, exist_ok=True)
    return [item for item in wanted if not (media / item.path).exists()]


async def _make_one(shop: make.Workshop, item: Item, out: Path, on_file: Callable[[Path, Path], None] | None) -> None:
    made = shop.desk / f"selesai-{out.name}"
    try:
        await item.maker(shop, made)
    except ProcessFailed as failure:
        log.warning("demo_file_not_made", path=item.path, reason=str(failure))
        return
    naming = asyncio.ensure_future(asyncio.to_thread(_name, made, out, on_file))
    try:
        await asyncio.shield(naming)
    except asyncio.CancelledError:
        await naming
        raise


def _name(made: Path, out: Path, on_file: Callable[[Path, Path], None] | None) -> None:
    """Have a finished file noted, and give it its name."""
    out.parent.mkdir(parents=True, exist_ok=True)
    if on_file:
        on_file(out, made)
    publish(made, out)


def write_schedules(folder: Path, station: DemoStation, on_file: Callable[[Path], None] | None = None) -> None:
    """Write the demo's schedule files into `folder` where they are absent; `on_file` is told. Raises OSError."""
    for name, text in schedules.texts(station.tv, station.radio, station.place).items():
        if not (folder / name).exists():
            durable.write_file(folder / name, text.encode())
            if on_file:
                on_file(folder / name)
