"""Power loss at any moment of taking in a report with a photo: nothing that was acknowledged is lost or half there.

A node is watched by strace. From what it wrote and synced, the folder is put together as a power cut at every moment
could leave it, and opened by the product itself.
"""

import asyncio
import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select, text

from lppl.cases.tables import arrivals, enclosures, words
from lppl.database import open_database
from lppl.intake import web_form
from lppl.intake.files import SealedFiles
from lppl.intake.keyring import Keyring
from lppl.intake.values import Raw, Source
from tests.integration import power_trace
from tests.integration.power_cut import Folder, History, Named, Sync, Write

pytestmark = [pytest.mark.integration, pytest.mark.long]

NODE = Path(__file__).with_name("intake_node.py")
PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 300
WORDS = ("Lampu jalan mati di depan pasar", "Selokan di gang kami tersumbat sampah")
AFTER_S = 1.0
"""The worker goes on for so long after the last answer."""
SOME = 2
"""Chance states of each moment."""


def _strace() -> str:
    """Return where strace lies; the test is skipped where it is not, or may not watch."""
    found = shutil.which("strace")
    if found is None or subprocess.run([found, "-o", "/dev/null", "true"], check=False, capture_output=True).returncode:
        pytest.skip("strace is not installed, or may not watch processes")
    return found


@contextlib.asynccontextmanager
async def node(folder: Path, *before: str) -> AsyncIterator[int]:
    """Run a node, behind the command `before`; yield its port. It is killed, as by a power cut."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    root = str(Path(__file__).parents[2])
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LPPL_")} | {
        "LPPL_DATA_DIR": str(folder / "data"), "LPPL_MEDIA_DIR": str(folder / "media"),
        "LPPL_KEYS_DIR": str(folder / "keys"), "PYTHONPATH": root,
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *before, sys.executable, str(NODE), str(port), env=environ, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            while (line := await process.stdout.readline()) != b"ready\n":
                assert line, "the node ended"
        reading = asyncio.create_task(process.stdout.read())  # its log must not fill the pipe
        yield port
        assert not reading.done()
    finally:
        # the node itself, not who watches it: that writes down all it saw, and ends
        for child in _children(process.pid) if before else [process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        await process.wait()


def _children(pid: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def send(port: int, said: str) -> str:
    """Send a report with a photo; return its code."""
    form = aiohttp.FormData()
    form.add_field("token", said.replace(" ", "-"))
    form.add_field("text", said)
    form.add_field("files", PHOTO, filename="foto.jpg", content_type="image/jpeg")
    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{port}/lapor"
        async with session.post(url, data=form, allow_redirects=False) as answer:
            assert answer.status == 303
            return answer.headers["Location"].partition("kode=")[2].partition("&")[0]


def files_below(folder: Path) -> dict[str, bytes]:
    """Return all files; what SQLite keeps in memory only is none."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith("-shm")
    }  # fmt: skip


async def watched(folder: Path) -> tuple[History, dict[str, str]]:
    """Take in reports under strace; return what was done, and the codes that were told."""
    (folder / "data").mkdir()
    (folder / "media").mkdir()
    async with node(folder):
        pass  # records and keys are made
    before, trace = files_below(folder / "data"), folder / "trace"
    watching = (_strace(), "-f", "-y", "-x", "-s", "1000000", "--seccomp-bpf",
                "-e", "trace=" + ",".join(power_trace.CALLS), "-e", "signal=none", "-o", str(trace))  # fmt: skip
    async with node(folder, *watching) as port:
        codes = {said: await send(port, said) for said in WORDS}
        await asyncio.sleep(AFTER_S)
    return History.of(power_trace.read(trace), folder / "data", before), codes


async def test_no_moment_of_a_power_cut_loses_or_halves_a_report(tmp_path: Path) -> None:
    _strace()
    seen, codes = await watched(tmp_path)
    assert seen.written(max(seen.moments)).keys() == files_below(tmp_path / "data").keys()
    assert seen.written(max(seen.moments)) == files_below(tmp_path / "data")  # the replay is true
    told = {code: next(at for sent, at in seen.answers if code.encode() in sent) for code in codes.values()}
    for code, answered in told.items():
        in_order(seen, code, answered)
    known: dict[int, frozenset[str]] = {}
    chance = random.Random(7)
    for at in seen.moments:
        for state in states(seen, at, chance):
            which = hash(tuple(sorted(state.items())))
            if which not in known:
                known[which] = await kept(tmp_path, state)
            lost = {code for code, answered in told.items() if answered <= at} - known[which]
            assert not lost, f"acknowledged and lost at {at}"
    assert len(known) > 50


def states(seen: History, at: int, chance: random.Random) -> Iterator[Folder]:
    """Yield what a power cut at a moment may leave: least, most, and some in between."""
    yield seen.synced(at)
    yield seen.written(at)
    for _ in range(SOME):
        yield seen.some(at, chance)


def in_order(seen: History, code: str, answered: int) -> None:
    """Assert the order that an answer stands on: photo synced, named, folder synced; the row synced; the answer."""
    log = seen.file("lppl.db-wal")
    row = next(w for w in seen.writes if w.file == log and code.encode() in w.data)
    photo = max((n for n in seen.named if n.path.endswith(".raw") and n.ended <= row.began), key=_ended)
    assert photo.file is not None and photo.former
    written = max((w for w in seen.writes if w.file == photo.file), key=_ended)
    whole = synced(seen, photo.file, written)
    folder = synced(seen, str(Path(photo.path).parent), photo)
    committed = synced(seen, log, row)
    for one, other in pairwise((written, whole, photo, folder, row, committed)):
        assert one.ended <= other.began, f"{other} begins before {one} is done"
    assert committed.ended < answered


def synced(seen: History, what: int | str, after: Write | Named) -> Sync:
    """Return the first sync of a file or folder after something was done with it."""
    found = next((s for s in seen.syncs if s.what == what and s.began >= after.ended), None)
    assert found is not None, f"never synced after {after.ended}: {what}"
    return found


def _ended(each: Write | Named) -> int:
    return each.ended


async def kept(folder: Path, state: Folder) -> frozenset[str]:
    """Open what a power cut left; return the codes of its reports, each of which is whole."""
    left = folder / "left"
    shutil.rmtree(left, ignore_errors=True)
    for path, data in state.items():
        (left / path).parent.mkdir(parents=True, exist_ok=True)
        (left / path).write_bytes(data)
    keyring, files = Keyring.of(folder / "keys", make=False), SealedFiles(left)
    engine = open_database(f"sqlite:///{left}/lppl.db")
    try:
        async with engine.connect() as connection:
            assert await connection.scalar(text("PRAGMA quick_check")) == "ok"
            rows = (await connection.execute(select(arrivals))).all()
            photos = (await connection.execute(select(enclosures))).all()
            understood = set(await connection.scalars(select(words.c.arrival_id)))
    finally:
        await engine.dispose()
    for row in rows:
        body = keyring.unwrapped(row.wrapped).opened(row.body)
        (intake,) = web_form.parse(Raw(Source.WEB, body, web_form.CONTENT_TYPE, datetime.now(UTC))).intakes
        assert intake.text in WORDS
        (photo,) = [p for p in photos if p.arrival_id == row.id]
        assert b"".join(files.read(photo.id, keyring.unwrapped(photo.wrapped))) == PHOTO
        assert (row.state == "understood") == (row.id in understood)
    return frozenset(row.code for row in rows)
