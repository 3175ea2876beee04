"""What a bench airs: sources made by ffmpeg, and a station's folder with a ready library made from them, once."""

import asyncio
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from lppl import process
from lppl.bench.scale import Scale
from lppl.bench.service import START_TIMEOUT_S, Home, NotMeasured, running
from lppl.config import Settings, load_settings
from lppl.database import migrate, open_database
from lppl.library import Library
from lppl.media import Profile
from lppl.station.builtin import BuiltinMaker
from streaming.conform import conform
from streaming.ingest import Ingest

TEMPLATE = "tv"
FFMPEG = ("ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", "-y")
MAKE_TIMEOUT_S = 600.0


@dataclass(frozen=True)
class Material:
    """The folder of a bench's material; whatever is found made is used again."""

    folder: Path
    scale: Scale
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)
    _laying_out: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def television(self) -> Path:
        """A 1080p30 source: moving pattern, film grain, sound."""
        return self.folder / f"tv-{self.scale.material_s}.mp4"

    @property
    def radio(self) -> Path:
        """A 44.1 kHz source without picture."""
        return self.folder / f"radio-{self.scale.radio_s}.flac"

    async def make_television(self) -> Path:
        """Make the TV source. Raises ProcessFailed."""
        picture = f"testsrc2=size=1920x1080:rate=30:duration={self.scale.material_s},noise=alls=6:allf=t"
        await self._make(
            self.television,
            ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", _sound(self.scale.material_s, 48000),
             "-c:v", "libx264", "-preset", "ultrafast", "-b:v", "12M", "-pix_fmt", "yuv420p",
             "-c:a", "aac", "-b:a", "160k", "-shortest"],
        )  # fmt: skip
        return self.television

    async def make_radio(self) -> Path:
        """Make the radio source. Raises ProcessFailed."""
        await self._make(
            self.radio, ["-f", "lavfi", "-i", _sound(self.scale.radio_s, 44100), "-c:a", "flac", "-ac", "2"]
        )
        return self.radio

    async def _make(self, out: Path, arguments: Sequence[str]) -> None:
        async with self._making:
            if await asyncio.to_thread(out.exists):
                return
            beside = out.with_name(f"making-{out.name}")
            await process.run([*FFMPEG, *arguments, str(beside)], timeout=MAKE_TIMEOUT_S)
            beside.rename(out)

    # --- a ready library ---

    async def template(self) -> tuple[Home, Settings]:
        """Return a station's folder whose library holds two conformed items; made on the first call."""
        async with self._laying_out:
            return await self._template()

    async def _template(self) -> tuple[Home, Settings]:
        home = Home(self.folder / f"station-{self.scale.material_s}{'-small' if self.scale.small else ''}", [TEMPLATE])
        ready = home.folder / "ready"
        made = await asyncio.to_thread(ready.exists)
        if not made:
            await asyncio.to_thread(shutil.rmtree, home.folder, ignore_errors=True)
        home.write(small=self.scale.small)
        settings = load_settings(home.folder / "lppl.toml", {})
        if not made:
            source = await self.make_television()
            await asyncio.to_thread(shutil.copyfile, source, home.folder / "media" / "satu.mp4")
            half = max(2, round(self.scale.material_s * 0.55))
            await self._make(
                home.folder / "media" / "dua.mp4", ["-i", str(source), "-t", str(half), "-map", "0", "-c", "copy"]
            )
            await _conform_all(settings)
            await _be_on_air_once(home)
            await asyncio.to_thread(ready.touch)
        return home, settings

    async def station(self, name: str, channels: Sequence[str] = (TEMPLATE,)) -> Home:
        """Return a fresh station folder that shares the template's house files and builtin material."""
        template, _ = await self.template()
        home = Home(self.folder / name, list(channels))

        def lay_out() -> None:
            shutil.rmtree(home.folder, ignore_errors=True)
            home.write(small=self.scale.small)
            (home.data / "house").symlink_to((template.data / "house").resolve(), target_is_directory=True)
            shutil.copyfile(template.data / "lppl.db", home.data / "lppl.db")
            shutil.copytree(template.folder / "media", home.folder / "media", dirs_exist_ok=True)
            (home.data / "state").mkdir()
            for channel in channels:
                shutil.copytree(template.data / "builtin" / TEMPLATE, home.data / "builtin" / channel)
                shutil.copyfile(_shelf(template, TEMPLATE), _shelf(home, channel))

        await asyncio.to_thread(lay_out)
        return home


def _sound(length: int, rate: int) -> str:
    music = "0.2*sin(2*PI*(220+60*floor(mod(t,8)))*t)*(0.6+0.4*sin(2*PI*2*t))"
    return f"aevalsrc='{music}+0.08*(random(0)-0.5)|{music}+0.08*(random(1)-0.5)':s={rate}:d={length}"


def _shelf(home: Home, channel: str) -> Path:
    """Where the air role remembers what a channel can air."""
    return home.data / "state" / f"shelf-{channel}.json"


async def _be_on_air_once(home: Home) -> None:
    """Let the service air the library, so that its folder is that of a station which has been on air before."""
    async with running(home) as service:
        end = time.monotonic() + START_TIMEOUT_S
        while not await asyncio.to_thread(_shelf(home, TEMPLATE).exists):
            if time.monotonic() > end:
                raise NotMeasured(f"the library is not remembered: {service.said()}")
            await asyncio.sleep(0.2)


async def _conform_all(settings: Settings) -> None:
    """Do what the worker role does, once, at full priority. Raises NotMeasured, LpplError, OSError."""
    profile: Profile = settings.profile(settings.channels[0])
    maker = BuiltinMaker(settings, settings.channels[0])
    await maker.slate()
    await maker.ident()
    await migrate(settings.database_url)
    engine = open_database(settings.database_url)
    try:
        library = Library(engine)
        ingest = Ingest(
            library, settings.media_dir, settings.data_dir / "house", settings.data_dir / "work",
            partial(conform, urgent=True), lambda _path, _facts: [profile], lambda: None, min_free=0, settle_s=0.0,
        )  # fmt: skip
        try:
            await ingest.start_up()
            for _ in range(5):
                await ingest.scan_once()
                while await ingest.work_once():
                    pass
                if len((await library.shelf(profile)).materials) == 2:
                    return
                await asyncio.sleep(0.5)
        finally:
            ingest.close()
    finally:
        await engine.dispose()
    raise NotMeasured("the material could not be conformed")
