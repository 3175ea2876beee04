"""What staff set by pages: kept in ``<data_dir>/station.toml``, beneath ``lppl.toml`` and the ``LPPL_*`` variables.

Everything is checked with all sources together before a byte is written. What is kept holds from the next start on;
:meth:`SettingsDesk.restart` makes one, and refuses when the settings on disk would not let the service come up again.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import tomlkit

from lppl import durable
from lppl.audit import Actor, AuditLog
from lppl.config import STATION_FILE, Settings, Sources, VideoRungSettings, load_sources
from lppl.doctor import Check
from lppl.errors import LpplError
from lppl.station.builtin import BuiltinMaker

RUN = secrets.token_hex(8)
"""Differs after each start of the service."""
FOUND_KEPT_S = 10.0
HEAD = "Ditulis oleh halaman Pengaturan; lppl.toml dan variabel LPPL_* lebih diutamakan."

_LADDER = Settings().ladder
LADDERS: Mapping[str, tuple[VideoRungSettings, ...]] = {
    "penuh": _LADDER,
    "hemat": _LADDER[1:],
    "ringan": _LADDER[-2:],
}
"""Presets of the pictures' sizes: each saves disk, processor and the audience's data over the one before."""


def ladder_of(settings: Settings) -> str:
    """Return the name of the preset that holds; empty for a ladder of the station's own."""
    return next((name for name, rungs in LADDERS.items() if rungs == settings.ladder), "")


class SetElsewhere(LpplError):
    """A page would change what a file or a variable says; `key` dotted, `where` it is set."""

    def __init__(self, key: str, where: str) -> None:
        self.key, self.where = key, where
        super().__init__(
            f"{key} ditentukan oleh {where}; ubah di sana, atau hapus di sana lebih dulu.",
            f"{key} is set by {where}; change it there, or remove it there first.",
        )


class NoRestart(LpplError):
    """This process cannot start itself again."""

    def __init__(self) -> None:
        super().__init__(
            "Layanan ini tidak dapat memulai ulang dirinya; mulai ulang dari komputernya.",
            "This service cannot start itself again; do it on its computer.",
        )


class SettingsDesk:
    """Reads and keeps settings. `running`: those of this process; `again`: starts it anew, None where it cannot."""

    def __init__(self, running: Settings, audit: AuditLog, again: Callable[[], None] | None = None) -> None:
        self.running, self._audit, self._again = running, audit, again
        self._writing, self._examining = asyncio.Lock(), asyncio.Lock()
        self._found: tuple[float, Sequence[Check]] | None = None

    @property
    def file(self) -> Path:
        """Where pages keep what they set."""
        return self.running.data_dir / STATION_FILE

    async def sources(self) -> Sources:
        """Return the settings as they are on disk now. Raises SettingsInvalid."""
        return await asyncio.to_thread(load_sources)

    async def keep(self, values: Mapping[str, Any], actor: Actor, now: datetime) -> Settings:
        """Keep values by dotted key (``station.name``, ``channels``); None goes back to the usual.

        Lists are tuples of the models of :mod:`lppl.settings`. Return the settings of the next start. Raises
        SetElsewhere, SettingsInvalid, OSError; nothing has changed then.
        """
        async with self._writing:
            before = await self.sources()
            wanted = {k: v for k, v in values.items() if plain(v) != plain(_at(before.settings, k))}
            for key in wanted:
                if where := before.locked.get(key):
                    raise SetElsewhere(key, where)
            if not wanted:
                return before.settings
            after = await asyncio.to_thread(self._keep, wanted)
        await self._audit.record(
            actor, "settings.changed", now,
            before={k: plain(_at(before.settings, k)) for k in wanted},
            after={k: plain(_at(after, k)) for k in wanted},
        )  # fmt: skip
        return after

    def _keep(self, values: Mapping[str, Any]) -> Settings:
        """Write; blocking."""
        text = _changed(self.file.read_text("utf-8-sig") if self.file.is_file() else "", values)
        after = load_sources(kept=text).settings
        durable.write_file(self.file, text.encode())
        return after

    async def examined(self) -> Sequence[Check]:
        """Return what ``lppl doctor`` finds: one examination at a time, told again for a while."""
        from lppl.commands.examination import examine  # it loads the engines

        async with self._examining:
            if self._found is None or time.monotonic() - self._found[0] > FOUND_KEPT_S:
                self._found = time.monotonic(), await examine(self.running)
            return self._found[1]

    async def restart(self, actor: Actor, now: datetime) -> None:
        """Start the service anew, with the settings on disk.

        What a start would wait for is made before, so that the pause is short. Raises NoRestart, SettingsInvalid, and
        LpplError or OSError where a channel's slate cannot be made.
        """
        if self._again is None:
            raise NoRestart
        coming = (await self.sources()).settings
        for channel in coming.channels:
            await BuiltinMaker(coming, channel).slate()
        await self._audit.record(actor, "service.restart", now)
        self._again()


def _changed(text: str, values: Mapping[str, Any]) -> str:
    """Return the text of ``station.toml`` with values set, or taken out where they are None."""
    document = tomlkit.parse(text)
    if not text:
        document.add(tomlkit.comment(HEAD))
    for key, value in values.items():
        *above, last = key.split(".")
        holder: Any = document
        for name in above:
            holder = holder.setdefault(name, tomlkit.table())
        if value is None:
            holder.pop(last, None)
        elif isinstance(value, tuple):
            rows = tomlkit.aot()
            for row in plain(value):
                rows.append(tomlkit.item({k: v for k, v in row.items() if v is not None}))
            holder[last] = rows
        else:
            holder[last] = value
    return tomlkit.dumps(document)


def _at(settings: Settings, key: str) -> Any:
    found: Any = settings
    for name in key.split("."):
        found = getattr(found, name)
    return found


def plain(value: Any) -> Any:
    """Return a setting as JSON says it; what is as usual of a row is left out."""
    if isinstance(value, tuple):
        return [row.model_dump(mode="json", exclude_defaults=True) for row in value]
    return value if isinstance(value, bool | int | float | str | None) else str(value)
