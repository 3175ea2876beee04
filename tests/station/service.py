"""The real service as tests run it: a station's folder, and its process: started, asked, stopped, killed.

Nothing of the product is imported: what a test knows of the service is what a station's staff can see of it.
"""

import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

COMMAND = (sys.executable, "-m", "lppl", "serve")
PATIENCE_S = 120.0
"""Longest wait for anything; a machine that builds may be very busy. Rules about the air have limits of their own."""
STOP_S = 20.0
POLL_S = 0.1

LADDER = """
preset = "ultrafast"
[station]
name = "Stasiun Uji"
place = "Pekalongan"
[[ladder]]
name = "v240"
width = 426
height = 240
bitrate = "300k"
[[ladder]]
name = "v144"
width = 256
height = 144
bitrate = "120k"
[[audio]]
name = "a128"
bitrate = "128k"
[[audio]]
name = "a64"
bitrate = "64k"
"""
"""Two small rungs: conforming and decoding must not take the time of the tests."""

CHANNELS = """
[[channels]]
id = "tv"
name = "TV Uji"
kind = "tv"
[[channels]]
id = "radio"
name = "Radio Uji"
kind = "radio"
"""


class NotReached(AssertionError):
    """A condition did not come true in time; the message says which, and how the service's log ends."""


def free_port() -> int:
    """Return a free port below the range that outgoing connections use, so that it stays free over a restart."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass(frozen=True)
class Home:
    """A station's folder: settings, data, media, and the port of its pages."""

    folder: Path
    port: int = field(default_factory=free_port)
    scheme: str = "http"

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def media(self) -> Path:
        """The media folder."""
        return self.folder / "media"

    @property
    def house(self) -> Path:
        """The folder of conformed material."""
        return self.data / "house"

    @property
    def url(self) -> str:
        """Where the service answers."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the service's processes print."""
        return self.folder / "log"

    def schedule(self, channel: str) -> Path:
        """Return the schedule file of `channel`."""
        return self.data / "schedule" / f"{channel}.toml"

    def write(self, extra: str = "", *, demo: bool = False, min_free_gb: float = 0.0) -> "Home":
        """Write ``lppl.toml``; `extra` holds further keys of the file's first table."""
        self.folder.mkdir(parents=True, exist_ok=True)
        head = [f"demo = {str(demo).lower()}", 'data_dir = "data"', 'media_dir = "media"', f"port = {self.port}"]
        head += [f"min_free_gb = {min_free_gb}", extra]
        (self.folder / "lppl.toml").write_text("\n".join(head) + LADDER + CHANNELS)
        return self

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of the service: nothing that is set for the tests reaches it."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("LPPL_")}
        return {**clean, "LPPL_CONFIG": str(self.folder / "lppl.toml"), **variables}

    def said(self) -> str:
        """Return the end of the service's log."""
        with contextlib.suppress(OSError):
            return self.log.read_text(errors="replace")[-3000:]
        return "-"


class Service:
    """One process of the service, in a group of its own."""

    def __init__(self, home: Home, process: asyncio.subprocess.Process) -> None:
        self.home, self.process = home, process
        self.begun = time.monotonic()

    @classmethod
    async def start(
        cls, home: Home, arguments: Sequence[str] = (), *, log: Path | None = None, **variables: str
    ) -> "Service":
        """Start the service; returns at once. `variables` are further environment variables, `log` another file."""
        with (log or home.log).open("ab") as out:
            process = await asyncio.create_subprocess_exec(
                *COMMAND, *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True, env=home.environment(variables), cwd=home.folder,
            )  # fmt: skip
        return cls(home, process)

    @property
    def running(self) -> bool:
        """True until the process has ended."""
        return self.process.returncode is None

    async def kill(self) -> None:
        """End it as a power cut does: at once, with everything that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()

    async def terminate(self) -> tuple[int, float]:
        """Ask it to stop; return its exit code and how long that took, in seconds."""
        begun = time.monotonic()
        self.process.terminate()
        async with asyncio.timeout(STOP_S):
            code = await self.process.wait()
        return code, time.monotonic() - begun

    async def ended(self) -> int:
        """Wait until it ends by itself; return its exit code."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.process.wait()

    async def close(self) -> None:
        """Stop it, whatever state it is in."""
        with contextlib.suppress(ProcessLookupError, TimeoutError):
            if self.running:
                await self.terminate()
        await self.kill()

    async def on_air(self, seconds: float = PATIENCE_S, kinds: Sequence[str] = ("item",)) -> dict[str, Any]:
        """Wait until every channel airs one of `kinds` and has a fresh segment; return what /healthz says."""

        def all_air(health: dict[str, Any]) -> bool:
            channels = health["channels"]
            fresh = all(c["segment_age_s"] is not None and c["segment_age_s"] < 15 for c in channels)
            return fresh and all(c["kind"] in kinds for c in channels)

        return await self.until(all_air, f"every channel airs {'/'.join(kinds)}", seconds)

    async def until(
        self, condition: Callable[[dict[str, Any]], bool], what: str, seconds: float = PATIENCE_S
    ) -> dict[str, Any]:
        """Ask /healthz until `condition` holds; return the answer. Raises NotReached."""
        health: dict[str, Any] = {}

        async def ask() -> bool:
            if not self.running:
                raise NotReached(f"{what}: the service ended with {self.process.returncode}\n{self.home.said()}")
            nonlocal health
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError, json.JSONDecodeError):
                health = await get_health(self.home)
                return condition(health)
            return False

        try:
            await eventually(ask, what, seconds)
        except NotReached as late:
            raise NotReached(f"{late}\n{json.dumps(health, indent=1)}\n{self.home.said()}") from None
        return health


async def eventually(condition: Callable[[], Awaitable[bool]], what: str, seconds: float = PATIENCE_S) -> None:
    """Poll `condition` until it holds. Raises NotReached after `seconds`."""
    end = time.monotonic() + seconds
    while not await condition():
        if time.monotonic() > end:
            raise NotReached(f"not within {seconds:.0f} s: {what}")
        await asyncio.sleep(POLL_S)


async def get(url: str, **headers: str) -> tuple[int, bytes]:
    """Return status and body. Raises aiohttp.ClientError."""
    timeout = aiohttp.ClientTimeout(10)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.get(url, headers=headers, ssl=False) as answer,
    ):
        return answer.status, await answer.read()


async def get_health(home: Home) -> dict[str, Any]:
    """Return what /healthz says. Raises aiohttp.ClientError."""
    _, body = await get(f"{home.url}/healthz")
    health: dict[str, Any] = json.loads(body)
    return health


def processes_of(home: Home) -> list[int]:
    """Return every process that runs for this station, children of the service among them."""
    wanted = f"LPPL_CONFIG={home.folder / 'lppl.toml'}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if wanted in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return found


def channel_of(health: dict[str, Any], channel: str) -> dict[str, Any]:
    """Return what /healthz says of one channel."""
    found: dict[str, Any] = next(c for c in health["channels"] if c["channel"] == channel)
    return found


@contextlib.asynccontextmanager
async def running(
    home: Home, arguments: Sequence[str] = (), *, log: Path | None = None, **variables: str
) -> AsyncIterator[Service]:
    """Run the service until the block is left; it is on air with planned items when the block begins."""
    service = await Service.start(home, arguments, log=log, **variables)
    try:
        await service.on_air()
        yield service
    finally:
        await service.close()
