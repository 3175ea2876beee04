"""The real service as a bench starts it: own folder, free port, air and web roles, no demo."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from lppl import process
from lppl.bench.machine import free_port, on_core

WHOLE: tuple[str, ...] = (sys.executable, "-m", "lppl", "serve")
COMMAND = (*WHOLE, "--only", "air", "--only", "web")
START_TIMEOUT_S = 120.0


class NotMeasured(RuntimeError):
    """A row could not be measured; the message says why."""


@dataclass(frozen=True)
class Home:
    """A station's folder: settings file, data, and the port that it uses."""

    folder: Path
    channels: Sequence[str]
    port: int = field(default_factory=free_port)

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def url(self) -> str:
        """Where the service answers."""
        return f"http://127.0.0.1:{self.port}"

    def write(self, *, small: bool = False, demo: bool = False, proxied: bool = False) -> "Home":
        """Write ``lppl.toml``; every channel has the same name, so that they share one slate.

        `small` means two tiny pictures instead of the ordinary ladder; `demo` that the station makes its own material;
        `proxied` that loopback is a proxy, which says whom a request is from.
        """
        self.data.mkdir(parents=True, exist_ok=True)
        (self.folder / "media").mkdir(exist_ok=True)
        lines = [
            f"demo = {str(demo).lower()}",
            'data_dir = "data"',
            'media_dir = "media"',
            f"port = {self.port}",
            "min_free_gb = 0",
        ]
        if proxied:
            lines.append('trusted_proxies = ["127.0.0.1"]')
        if small:
            lines += ['ladder = [{ name = "v720", width = 256, height = 144, bitrate = "100k" },',
                      '          { name = "v360", width = 192, height = 108, bitrate = "60k" }]']  # fmt: skip
        for channel in self.channels:
            lines += ["[[channels]]", f'id = "{channel}"', 'name = "Bench"', 'kind = "tv"']
        (self.folder / "lppl.toml").write_text("\n".join(lines) + "\n")
        return self

    def environment(self) -> dict[str, str]:
        """The bench's own settings variables must not reach the service under test."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("LPPL_")}
        return clean | {"LPPL_CONFIG": str(self.folder / "lppl.toml")}


class Running:
    """A running service."""

    def __init__(self, home: Home, child: asyncio.subprocess.Process, spawned: float) -> None:
        self.home, self.process, self.spawned = home, child, spawned

    @property
    def pid(self) -> int:
        """Its process."""
        return self.process.pid

    async def on_air(self, timeout: float = START_TIMEOUT_S) -> None:
        """Wait until every channel is on air. Raises NotMeasured."""
        end = time.monotonic() + timeout
        async with aiohttp.ClientSession() as session:
            while time.monotonic() < end:
                if self.process.returncode is not None:
                    raise NotMeasured(f"the service ended with code {self.process.returncode}: {self.said()}")
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(f"{self.home.url}/healthz", timeout=aiohttp.ClientTimeout(5)) as answer:
                        health = await answer.json()
                        if answer.status == 200 and all(c["kind"] == "item" for c in health["channels"]):
                            return
                await asyncio.sleep(0.2)
        raise NotMeasured(f"not on air after {timeout:.0f} s: {self.said()}")

    def said(self) -> str:
        """The end of the service's log."""
        with contextlib.suppress(OSError):
            return (self.home.folder / "log").read_text(errors="replace")[-600:]
        return "-"

    async def health(self) -> dict[str, object]:
        """Return what /healthz says."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.home.url}/healthz") as answer:
            found: dict[str, object] = json.loads(await answer.read())
            return found

    async def kill(self) -> None:
        """Kill it as a crash would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> None:
        """Stop it, waiting."""
        await process.Child("lppl", self.process).stop()


async def spawn(home: Home, core: int | None = None, command: Sequence[str] = COMMAND) -> Running:
    """Start the service (its air and web roles) and return at once.

    Its log goes to a file: a pipe nobody reads would block it.
    """
    spawned = time.monotonic()
    with (home.folder / "log").open("ab") as log:
        child = await asyncio.create_subprocess_exec(
            *on_core(list(command), core),
            stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True, env=home.environment(), cwd=home.folder,
        )  # fmt: skip
    return Running(home, child, spawned)


@contextlib.asynccontextmanager
async def running(home: Home, core: int | None = None, *, wait: bool = True) -> AsyncIterator[Running]:
    """Run the service until the block is left; with `wait` it is on air when the block begins."""
    service = await spawn(home, core)
    try:
        if wait:
            await service.on_air()
        yield service
    finally:
        await asyncio.shield(service.stop())
