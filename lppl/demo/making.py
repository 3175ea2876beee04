"""Tools, child processes and files for making material: how a finished file gets its name.

A file is made under a hidden name in its own folder and renamed when it is whole, so neither a watcher of the
folder nor a kill at any moment ever leaves half a file under a real name.
"""

import asyncio
import contextlib
import json
import secrets
import shutil
import sys
import tempfile
import wave
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import lppl
from lppl import durable, process

Order = tuple[str, dict[str, object]]
"""A job of :mod:`lppl.demo.worker` with its arguments."""

VOICE = ("-v", "id", "-s", "138", "-p", "42", "-g", "3")
"""espeak-ng: Indonesian, an announcer's pace (words a minute), a lower pitch, short pauses between words."""


QUIET = ("-hide_banner", "-nostdin", "-loglevel", "warning", "-y")
"""-y: intermediate files are made again and again under one name, and nobody is there to be asked."""


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs to work with; `espeak` is None where no speech can be made."""

    ffmpeg: str = "ffmpeg"
    espeak: str | None = None

    @classmethod
    def find(cls, search: str | None = None) -> "Tools":
        """Look the programs up in `search` (in the form of PATH); None means the process's own PATH."""
        return cls(shutil.which("ffmpeg", path=search) or "ffmpeg", shutil.which("espeak-ng", path=search))


BENCH = ".lppl-demo-"
PART = "part"


@contextlib.asynccontextmanager
async def bench(parent: Path | None = None) -> AsyncIterator[Path]:
    """Yield a folder for intermediate files, hidden in `parent` or among the system's; it is gone afterwards."""
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix=BENCH, dir=parent))
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def work(orders: Sequence[Order], *, idle: bool = True) -> None:
    """Have a child process draw and compose. Raises ProcessFailed."""
    # The child finds this very package wherever it was imported from: a checkout, a wheel, an archive.
    home = str(Path(lppl.__file__).parents[1])
    code = f"import sys; sys.path.insert(0, {home!r}); from lppl.demo.worker import main; main(sys.argv[1])"
    await process.run([sys.executable, "-c", code, json.dumps(orders)], idle=idle)


async def encode(tools: Tools, arguments: Sequence[str], out: Path, *, idle: bool = True) -> None:
    """Run ffmpeg so that `out` (its suffix names the format) appears whole or not at all.

    Raises ProcessFailed or OSError; nothing is left behind then.
    """
    hidden = hidden_name(out)
    try:
        await process.run([tools.ffmpeg, *QUIET, *arguments, str(hidden)], idle=idle)
        await asyncio.to_thread(publish, hidden, out)
    finally:
        await asyncio.to_thread(hidden.unlink, missing_ok=True)


def hidden_name(out: Path) -> Path:
    """Return a new name under which to make `out`: a dot in front, the same suffix.

    It is never used twice: after a kill of the service, an ffmpeg left over may still be writing the old one.
    """
    return out.with_name(f".{out.stem}.{secrets.token_hex(4)}.{PART}{out.suffix}")


def sweep(folder: Path) -> None:
    """Remove what killed attempts left anywhere below `folder`: half files and intermediate folders."""
    for left in [*folder.rglob(f".*.{PART}.*"), *folder.glob(f"{BENCH}*")]:
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def publish(hidden: Path, out: Path) -> None:
    """Make a finished file durable and give it its name."""
    durable.sync_file(hidden)
    hidden.replace(out)
    durable.sync_folder(out.parent)


async def speak(tools: Tools, text: str, out: Path, *, idle: bool = True) -> float:
    """Speak Indonesian `text` into a wave file; return its length in seconds, 0 where no speech can be made."""
    if tools.espeak is None:
        return 0.0
    await process.run([tools.espeak, *VOICE, "-w", str(out), text], idle=idle)
    return await asyncio.to_thread(wave_seconds, out)


def wave_seconds(path: Path) -> float:
    """Return the length of a wave file."""
    with wave.open(str(path), "rb") as f:
        return f.getnframes() / f.getframerate()
