"""Every station's own last resorts: slate and ident of each channel, made once and conformed before anything airs."""

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path

from lppl.config import ChannelSettings, Settings
from lppl.errors import HouseFileDamaged
from lppl.media import AssetId, Material, Profile, Tags
from streaming.house import HouseSet, SetInfo, folder_of


@dataclass(frozen=True, slots=True)
class Builtins:
    """What a channel can always air; the ident joins a little later on the very first start."""

    ident: Material | None
    slate: Material


class BuiltinMaker:
    """Makes slate and ident of one channel, or finds them made."""

    def __init__(self, settings: Settings, channel: ChannelSettings) -> None:
        self.settings, self.channel = settings, channel
        self.profile: Profile = settings.profile(channel)
        self._folder = settings.data_dir / "builtin" / channel.id

    async def slate(self) -> Material:
        """Return the slate; the first time it takes about two seconds. Raises LpplError, OSError."""
        station, channel = self.settings.station.name, self.channel
        found = await asyncio.to_thread(self._made, "slate")
        if found is None:
            # drawing and encoding are loaded only when something is to be made: a start must be quick
            from lppl.demo.builtin import make_slate

            source = await make_slate(self._folder, station, channel.name, channel.kind)
            found = await self._conformed(source, "slate", "Mohon tunggu sebentar")
        return found

    def ident_if_made(self) -> Material | None:
        """Return the ident when it is ready. Reads small files."""
        return self._made("ident")

    async def ident(self) -> Material:
        """Return the ident; the first time it takes some seconds. Raises LpplError, OSError."""
        station, channel = self.settings.station, self.channel
        found = await asyncio.to_thread(self._made, "ident")
        if found is None:
            from lppl.demo.builtin import make_ident

            source = await make_ident(self._folder, station.name, channel.name, station.place, channel.kind)
            found = await self._conformed(source, "ident", channel.name)
        return found

    def _note(self, what: str) -> Path:
        """The file that names the asset; its own name changes with what the picture says."""
        about = "\0".join((self.settings.station.name, self.settings.station.place, self.channel.name))
        return self._folder / f"{what}-{hashlib.blake2b(about.encode(), digest_size=4).hexdigest()}.asset"

    def _made(self, what: str) -> Material | None:
        try:
            asset = AssetId(self._note(what).read_text().strip())
            # opened, not only read: a slate whose files are cut short must be made anew, or no start would succeed
            info = HouseSet(folder_of(self.settings.data_dir / "house", self.profile.house(asset))).info
        except (OSError, HouseFileDamaged):
            return None
        return material_of(info)

    async def _conformed(self, source: Path, what: str, title: str) -> Material:
        from streaming.conform import conform
        from streaming.probe import probe

        facts = await probe(source)
        asset = AssetId(await asyncio.to_thread(_hash, source))
        data = self.settings.data_dir
        await conform(
            source, facts, Tags(title), asset, self.profile, data / "house", data / "work", lambda _: None, urgent=True
        )
        await asyncio.to_thread(self._note(what).write_text, asset)
        made = await asyncio.to_thread(self._made, what)
        if made is None:
            raise HouseFileDamaged(str(source), "not there after conforming")
        return made


def material_of(info: SetInfo) -> Material:
    """Return the material of a house set."""
    return Material(info.house, info.asset, info.title, info.quanta, info.artist, info.album, (), info.has_picture)


def _hash(path: Path) -> str:
    return hashlib.blake2b(path.read_bytes(), digest_size=20).hexdigest()
