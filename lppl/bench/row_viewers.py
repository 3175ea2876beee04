"""Row (g): 500 simulated viewers of the live ladder from aiohttp alone, beside nginx serving the same bytes from disk.

nginx serves a live copy: as segments come out of the service they are written beside its playlists, plain and
gzipped, so that the very same crowd can watch both. Then both are asked the same things as fast as they answer.
"""

import asyncio
import contextlib
import gzip
import itertools
import os
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lppl import durable, process
from lppl.bench.crowd import Orders, Viewer, parse
from lppl.bench.crowds import renditions, send
from lppl.bench.figures import Figure, Result, Sense, Wall
from lppl.bench.http import Connection
from lppl.bench.machine import children, cpu_seconds, find, free_port, on_core
from lppl.bench.material import Material
from lppl.bench.service import NotMeasured, Running, running

TITLE = "Penonton langsung dari aiohttp / Viewers from aiohttp alone"
SPREAD_S = 8.0
MIRROR_S = 0.1
P99_MS = 500.0
START_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Server:
    """Something that serves the ladder: its address, and the processes whose processor time counts."""

    name: str
    url: str
    pids: Sequence[int]

    def cpu(self) -> float:
        """Processor seconds used so far."""
        return sum(cpu_seconds(pid) for pid in self.pids)


async def measure(material: Material) -> Result:
    """Measure row (g). Raises NotMeasured, ProcessFailed, OSError."""
    if find("nginx") is None:
        raise NotMeasured("nginx is not installed")
    scale = material.scale
    home = await material.station("g")
    video, audio = await asyncio.to_thread(renditions, home.folder)
    viewers = audience(scale.viewers, video, audio)
    async with running(home, core=0) as service:
        ours = Server("lppl", home.url, [service.pid])
        live = Orders(ours.url, scale.viewers_s + SPREAD_S, viewers, spread_s=SPREAD_S)
        watched = await watch(ours, live)
        async with mirrored(service, material.folder / "mirror", [*video, *audio]) as root, nginx(root) as theirs:
            theirs_live = replace(live, url=theirs.url, seconds=scale.nginx_s + SPREAD_S)
            beside = await watch(theirs, theirs_live)
            paths = await asyncio.to_thread(_paths, root)
            fast, fast_beside = await _as_fast_as_possible(ours, theirs, paths, scale.closed_loop_s)
    return Result("g", TITLE, _figures(scale.viewers, watched, beside, fast, fast_beside),
                  {"lppl": watched, "nginx": beside, "lppl_loop": fast, "nginx_loop": fast_beside})  # fmt: skip


def audience(count: int, video: Sequence[str], audio: Sequence[str]) -> list[Viewer]:
    """Return viewers mixed over the rungs; the better half of them goes with the better sound, as in the master."""
    half = (len(video) + 1) // 2
    return [
        Viewer("tv", [video[i % len(video)], audio[0] if i % len(video) < half else audio[-1]]) for i in range(count)
    ]


def _figures(
    count: int, watched: dict[str, Any], beside: dict[str, Any], fast: dict[str, Any], fast_beside: dict[str, Any]
) -> tuple[Figure, ...]:
    who = f"{count} penonton / viewers"
    failures = watched["failures"] + watched["never_began"]
    rows = [
        Figure(f"{who}: segmen p99", watched["segment_ms"].get("p99", float("nan")), "ms",
               beside["segment_ms"].get("p99"), "nginx", Wall(Sense.AT_MOST, P99_MS)),
        Figure(f"{who}: tersendat / stalls", watched["stalls"] + failures, "kali", None, "",
               Wall(Sense.AT_MOST, 0)),
        Figure(f"{who}: CPU", watched["core"] * 1000, "ms/s", beside["core"] * 1000, "nginx"),
    ]  # fmt: skip
    loops = {"mixed": "campuran penonton / what viewers ask", "playlists": "playlist saja / playlists only"}
    for key, what in loops.items():
        mine, other = fast[key], fast_beside[key]
        for field, unit in (("requests_per_s", "permintaan/s"), ("mb_per_s", "MB/s")):
            rows.append(Figure(f"secepatnya / at full speed, {what}", mine[field], unit, other[field], "nginx"))
    return tuple(rows)


async def watch(server: Server, orders: Orders) -> dict[str, Any]:
    """Let a crowd watch, and add to what it saw the cores that the server used meanwhile."""
    cpu = server.cpu()
    seen = await send(orders, core=1)
    used = server.cpu() - cpu
    seen["core"] = round(used / seen["seconds"], 4)
    seen["cpu_us_per_request"] = round(used / max(1, seen["requests"]) * 1e6, 1)
    return seen


def _paths(root: Path) -> dict[str, list[str]]:
    """Return what the copy holds, as paths to ask for: playlists, and a mix of two playlists and two segments each."""
    playlists = sorted(f"/{p.relative_to(root)}" for p in root.rglob("live.m3u8"))
    newest: list[str] = []
    for folder in sorted({p.parent for p in root.rglob("*.m4s")}):
        newest += [f"/{p.relative_to(root)}" for p in sorted(folder.glob("*.m4s"))[-4:]]
    # a stride apart, so that neighbours in the list are of different renditions
    segments = newest[::4] + newest[1::4] + newest[2::4] + newest[3::4]
    mixed = [path for pair in zip(itertools.cycle(playlists), segments, strict=False) for path in pair]
    return {"mixed": mixed, "playlists": playlists}


async def _as_fast_as_possible(
    ours: Server, theirs: Server, paths: dict[str, list[str]], length: float
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ask both for the same paths in closed loops, in turn."""
    out: dict[str, dict[str, Any]] = {ours.name: {}, theirs.name: {}}
    for what, asked in paths.items():
        for server in (ours, theirs):
            out[server.name][what] = await watch(server, Orders(server.url, length, loop=asked))
    return out[ours.name], out[theirs.name]


# --- nginx beside -----------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def mirrored(service: Running, root: Path, names: Sequence[str]) -> AsyncIterator[Path]:
    """Keep a live copy of the media playlists and segments of channel ``tv`` below `root`."""
    port = service.home.port
    full = asyncio.Event()
    filled = set[str]()

    async def follow(name: str) -> None:
        folder = root / "hls" / "tv" / name
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        connection = Connection("127.0.0.1", port)
        known: set[str] = set()
        text = b""
        try:
            while True:
                answer = await connection.get(f"/hls/tv/{name}/live.m3u8", keep=True)
                if answer.status == 200 and answer.body != text:
                    text = answer.body
                    for _, uri, _ in parse(text.decode()):
                        if uri not in known:
                            segment = await connection.get(f"/hls/tv/{name}/{uri}", keep=True)
                            if segment.status == 200:
                                await asyncio.to_thread(durable.replace_file, folder / uri, segment.body)
                                known.add(uri)
                    await asyncio.to_thread(_put_playlist, folder, text)
                    filled.add(name)
                    if len(filled) == len(names):
                        full.set()
                await asyncio.sleep(MIRROR_S)
        finally:
            connection.close()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(follow(name)) for name in names]
        await full.wait()
        try:
            yield root
        finally:
            for task in tasks:
                task.cancel()


def _put_playlist(folder: Path, text: bytes) -> None:
    durable.replace_file(folder / "live.m3u8.gz", gzip.compress(text, 6))
    durable.replace_file(folder / "live.m3u8", text)


@contextlib.asynccontextmanager
async def nginx(root: Path) -> AsyncIterator[Server]:
    """Serve `root` by an nginx of one worker on the core that the service uses too."""
    folder = root.parent / "nginx"
    port = free_port()
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    configuration = folder / "nginx.conf"
    await asyncio.to_thread(configuration.write_text, _configuration(folder, root, port))
    argv = [find("nginx") or "nginx", "-p", str(folder), "-c", str(configuration), "-e", str(folder / "error.log")]
    async with process.started(on_core(argv, 0)) as child:
        end = time.monotonic() + START_TIMEOUT_S
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            if child.process.returncode is not None or time.monotonic() > end:
                raise NotMeasured(f"nginx does not start: {(folder / 'error.log').read_text()[-300:]}")
            await asyncio.sleep(0.05)
        yield Server("nginx", f"http://127.0.0.1:{port}", [child.process.pid, *children(child.process.pid)])


def _configuration(folder: Path, root: Path, port: int) -> str:
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""
daemon off; {user} worker_processes 1; worker_rlimit_nofile 8192; pid {folder}/pid;
events {{ worker_connections 4096; }}
http {{
  {temporary}
  types {{ video/mp4 m4s; application/vnd.apple.mpegurl m3u8; }}
  access_log off; sendfile on; tcp_nopush on; gzip_static on;
  keepalive_timeout 75; keepalive_requests 1000000;
  server {{ listen 127.0.0.1:{port} backlog=1024; root {root}; }}
}}
"""
