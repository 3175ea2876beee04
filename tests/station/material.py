"""What the test station airs: short files of many kinds, conformed once by the product itself for all tests.

Every TV item wears a colour of its own in the middle of the picture, so that a test can tell from the picture alone
which item is shown. Sound is steady up to both ends of an item, so that a dip at a join is the join's.
"""

import asyncio
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lppl.break_in import GENERIC, notice_of
from lppl.config import Settings, load_settings
from lppl.database import migrate, open_database
from lppl.library import Library
from lppl.media import Shelf
from lppl.station.builtin import BuiltinMaker
from lppl.station.orders import write_prepared
from lppl.station.wants import with_lean
from streaming.conform import conform
from streaming.house import read_set
from streaming.impressions import Impressions
from streaming.ingest import Ingest
from streaming.level_store import LevelStore
from streaming.notices import render_notice
from streaming.pictures import Thumbs
from tests.station.service import Home

FFMPEG = ("ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", "-y")
READY = "ready"
NICE = 5


@dataclass(frozen=True)
class Source:
    """One file of the station: its path in the media folder and how ffmpeg makes it."""

    path: str
    seconds: float
    colour: tuple[int, int, int] | None
    picture: str
    sound: str
    options: Sequence[str]

    @property
    def title(self) -> str:
        """What the station calls it: the name of its file."""
        return Path(self.path).stem

    @property
    def channel(self) -> str:
        """The channel that airs it."""
        return self.path.split("/", 1)[0]

    def argv(self, out: Path) -> list[str]:
        """Return the ffmpeg command that makes it."""
        inputs: list[str] = []
        if self.picture:
            red, green, blue = self.colour or (0, 0, 0)
            box = f"drawbox=x=iw/3:y=ih/3:w=iw/3:h=ih/3:t=fill:color=0x{red:02x}{green:02x}{blue:02x}"
            inputs += ["-f", "lavfi", "-i", self.picture.replace("BOX", box)]
        inputs += ["-f", "lavfi", "-i", self.sound]
        return [*FFMPEG, "-threads", "1", *inputs, "-t", f"{self.seconds}", *self.options, str(out)]


def _tone(first: int, second: int, rate: int = 48000, *, mono: bool = False) -> str:
    """Two tones and pink noise, as loud at the ends as in the middle; left and right differ."""
    right = "" if mono else f"|0.1*sin(2*PI*{first}*t)+0.16*sin(2*PI*{second}*t)+0.1*(random(1)-0.5)"
    return f"aevalsrc='0.16*sin(2*PI*{first}*t)+0.1*sin(2*PI*{second}*t)+0.1*(random(0)-0.5){right}':s={rate}"


BEEP = "aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.1)+0.02*(random(0)-0.5)':s=48000"
"""1 kHz for a tenth of a second at each whole second."""
FLASH = "color=c=0x202020:s=426x240:r=25,drawbox=t=fill:color=white:enable='lt(mod(n,25),1)',BOX"
"""A white frame at each whole second."""
PEAKS = "aevalsrc='0.02*(random(0)-0.5)+0.01*sin(2*PI*330*t)+0.9*sin(2*PI*500*t)*lt(mod(t,2),0.004)':s=48000"
"""Quiet, with short peaks: cannot be brought to the target without limiting."""
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "60")

TV = (
    Source("tv/Pagi.mp4", 9.6, (208, 16, 16), "testsrc2=s=1920x1080:r=30,BOX", _tone(220, 660, 44100, mono=True),
           (*X264, "-c:a", "aac", "-b:a", "128k", "-ac", "1")),
    Source("tv/Kabar.mpg", 15.36, (16, 144, 16), "testsrc2=s=720x576:r=50,BOX,interlace",
           _tone(262, 524), ("-c:v", "mpeg2video", "-b:v", "4M", "-flags", "+ilme+ildct", "-aspect", "4:3",
                             "-c:a", "mp2", "-b:a", "192k")),
    Source("tv/Film.mkv", 15.36, (16, 16, 208), "testsrc2=s=854x480:r=24,BOX",
           _tone(330, 990), (*X264, "-c:a", "libmp3lame", "-b:a", "160k")),
    Source("tv/Telepon.mp4", 12.8, (208, 208, 16),
           "testsrc2=s=360x640:r=30,select='not(eq(mod(n,7),3)+eq(mod(n,11),5))',BOX",
           _tone(294, 588), (*X264, "-fps_mode", "vfr", "-c:a", "aac", "-b:a", "96k")),
    Source("tv/Kilat.mp4", 19.2, (208, 16, 208), FLASH, BEEP, (*X264, "-c:a", "aac", "-b:a", "128k")),
    Source("tv/Web.webm", 16, (16, 208, 208), "testsrc2=s=640x360:r=25,BOX", _tone(392, 784),
           # its threads would wait for one another by turning in circles
           ("-c:v", "libvpx", "-threads", "1", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M",
            "-c:a", "libopus")),
    Source("tv/Kamera.mov", 9.6, (224, 128, 16), "testsrc2=s=960x540:r=50,BOX", _tone(440, 880, mono=True),
           (*X264, "-c:a", "pcm_s16le", "-ac", "1")),
    Source("tv/Arsip.avi", 16, (112, 16, 112), "testsrc2=s=320x240:r=15,BOX", _tone(247, 741),
           ("-c:v", "mpeg4", "-q:v", "4", "-c:a", "ac3", "-b:a", "192k")),
)  # fmt: skip
RADIO = (
    Source("radio/Gending.flac", 16, None, "", _tone(220, 440, 44100), ("-c:a", "flac")),
    Source("radio/Wayang.ogg", 12.8, None, "", _tone(262, 786, 22050, mono=True), ("-c:a", "libvorbis", "-ac", "1")),
    Source("radio/Keroncong.m4a", 16, None, "", _tone(294, 882), ("-c:a", "aac", "-b:a", "128k")),
    Source("radio/Ceramah.mp3", 19.2, None, "", _tone(330, 660, 44100, mono=True), ("-c:a", "libmp3lame", "-ac", "1")),
    Source(
        "radio/Pantun.wav",
        9.6,
        None,
        "",
        _tone(349, 698, 96000),
        (
            "-c:a",
            "pcm_s24le",
        ),
    ),
    Source("radio/Obrolan.opus", 16, None, "", _tone(392, 784), ("-c:a", "libopus", "-b:a", "96k")),
    Source("radio/Sunyi.flac", 12.8, None, "", PEAKS, ("-c:a", "flac", "-ac", "2")),
    Source("radio/Lama.mp2", 15.36, None, "", _tone(440, 1320), ("-c:a", "mp2", "-b:a", "192k")),
)
SOURCES = {s.title: s for s in (*TV, *RADIO)}


def schedule_of(sources: Sequence[Source]) -> str:
    """Return a schedule file that airs `sources` in order, all week, again and again."""
    items = ", ".join(f'"{s.path}"' for s in sources)
    return f'[[block]]\nprogramme = "Uji Siar"\nstart = "00.00"\nend = "24.00"\nitems = [{items}]\nrepeat = true\n'


# --- the template ------------------------------------------------------------------------------------


def prepare(folder: Path) -> Path:
    """Return the template of a station with a ready library, made below `folder` by whoever comes first.

    Takes half a minute of processor time the first time. Raises subprocess.CalledProcessError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    template = folder / "template"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (template / READY).exists():
            # a process of its own: the caller may have an event loop running
            subprocess.run([sys.executable, "-m", "tests.station.material", str(template)], check=True)
    return template


def lay_out(template: Path, folder: Path, extra: str = "", *, scheme: str = "http") -> Home:
    """Return a fresh station with the template's ready library; its house files are its own to damage."""
    home = Home(folder, scheme=scheme).write(extra)
    shutil.copytree(template / "media", home.media, copy_function=os.link)
    shutil.copytree(template / "data", home.data)
    return home


def _make(template: Path) -> None:
    home = Home(template).write()
    for source in SOURCES.values():
        out = home.media / source.path
        out.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(source.argv(out), check=True)
    for channel, sources in (("tv", TV), ("radio", RADIO)):
        home.schedule(channel).parent.mkdir(parents=True, exist_ok=True)
        home.schedule(channel).write_text(schedule_of(sources))
    asyncio.run(_conform(load_settings(home.folder / "lppl.toml", {})))
    (template / READY).touch()


async def _conform(settings: Settings) -> None:
    """Do all that the service's worker does with a full media folder, so that no test's station does it again."""
    profiles = {c.id: settings.profile(c) for c in settings.channels}
    for channel in settings.channels:
        maker = BuiltinMaker(settings, channel)
        await maker.slate()
        await maker.ident()
        notice = notice_of(GENERIC, channel.name)
        await render_notice(notice, None, profiles[channel.id], settings.data_dir / "house", settings.data_dir / "work")
    # no more break-ins than that: they would be rendered at each start of a test's station
    write_prepared(settings, ())
    await migrate(settings.database_url)
    engine = open_database(settings.database_url)
    library = Library(engine)
    ingest = Ingest(
        library, settings.media_dir, settings.data_dir / "house", settings.data_dir / "work",
        partial(conform, urgent=True),
        lambda path, _facts: with_lean([profiles[path.split("/", 1)[0]]], settings), lambda: None,
        min_free=0, settle_s=0.0,
    )  # fmt: skip
    try:
        await ingest.start_up()
        shelves: dict[str, Shelf] = {}
        for _ in range(20):
            await ingest.scan_once()
            while await ingest.work_once() or await ingest.find_cues():
                pass
            shelves = {name: await library.shelf(profile) for name, profile in profiles.items()}
            if sum(len(s.materials) for s in shelves.values()) == len(SOURCES):
                break
            await asyncio.sleep(0.5)
        else:
            raise RuntimeError(f"conformed only {[m.title for s in shelves.values() for m in s.materials.values()]}")
        await _look(settings, library, {p.recipe for p in profiles.values()})
    finally:
        ingest.close()
        await engine.dispose()
    state = settings.data_dir / "state"
    state.mkdir(parents=True, exist_ok=True)
    for name, shelf in shelves.items():
        (state / f"shelf-{name}.json").write_bytes(shelf.to_json())


async def _look(settings: Settings, library: Library, recipes: set[str]) -> None:
    """Measure the levels of all house sets, the station's own among them, and make their pictures."""
    house = settings.data_dir / "house"
    builtin = [read_set(p.parent).house for p in house.glob("*/*/[!.]*/set.json")]
    impressions = Impressions(
        library, house, LevelStore(settings.data_dir / "levels"), Thumbs(settings.data_dir / "thumbs"),
        lambda path: settings.media_dir / path, recipes, lambda: builtin,
    )  # fmt: skip
    while await impressions.some():
        pass


if __name__ == "__main__":
    os.nice(NICE)
    _make(Path(sys.argv[1]))
