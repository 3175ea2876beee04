"""Real processes: one is killed while somebody speaks, one may not write. Nobody's words are lost for it."""

import asyncio
import contextlib
import io
import json
import sys
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from lppl.phone.audiosocket import FRAME_S, Frame, Type
from lppl.phone.sound import HEAD_BYTES, SEALED_FRAME_BYTES
from lppl.phone.values import Stage
from tests.lppl.phone.exchange import Exchange, HandClock, Records, served, speech

ROOT = Path(__file__).parents[3]
UUID_1 = UUID(int=1)


@contextlib.asynccontextmanager
async def child(folder: Path, largest: int = -1) -> AsyncIterator[tuple[asyncio.subprocess.Process, Exchange]]:
    """A line in a process of its own, and the call that it serves."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.lppl.phone.child", str(folder), str(UUID_1), str(largest),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    exchange = None
    try:
        port = 0
        while not port:
            line = await asyncio.wait_for(process.stdout.readline(), 20)
            assert line
            port = int(line) if line.strip().isdigit() else 0
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        exchange = Exchange(reader, writer, HandClock())
        exchange.send(Frame(Type.UUID, UUID_1.bytes))
        yield process, exchange
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
        if exchange is not None:
            await exchange.leave()


async def heard(exchange: Exchange, name: str) -> None:
    """Listen in real time until `name` is said and over."""
    async with asyncio.timeout(10):
        while name not in exchange.said or exchange.saying == name:
            assert not exchange.over
            await exchange.hear()


async def test_after_kill_nine_what_was_said_is_found_and_handed_in_once(tmp_path: Path) -> None:
    said = speech(150)
    async with child(tmp_path) as (process, exchange):
        exchange.press("1")
        await heard(exchange, "SPEAK")
        exchange.send(*(Frame(Type.AUDIO, pcm) for pcm in said))
        path = tmp_path / f"{UUID_1}.sound"
        async with asyncio.timeout(10):
            while not path.exists() or path.stat().st_size < 43_000:
                await asyncio.sleep(0.01)
        process.kill()
        await process.wait()
    with path.open("ab") as f:
        f.write(b"\x01" * 100)  # the kill came in the middle of a write
    records = Records()
    for _ in range(2):
        async with served(tmp_path, desk=records) as station:
            await station.until(lambda: station.files() == [])
    assert [(call.uuid, call.stage) for call in records.asked] == [(UUID_1, Stage.WHOLE)]
    call = records.asked[0]
    assert (call.caller, call.line, call.pressed) == ("+628123456789", "0285-123456", "pengaduan")
    with wave.open(io.BytesIO(records.sounds[UUID_1])) as f:
        sound = f.readframes(f.getnframes())
    assert len(sound) >= 39_000
    assert call.recording is not None
    assert len(sound) == 16_000 * call.recording.seconds
    assert b"".join(said).startswith(sound)


@pytest.mark.parametrize("largest", [0, 20_000], ids=["full from the start", "full in the middle"])
async def test_a_full_disk_is_told_the_caller_and_the_call_is_handed_in(tmp_path: Path, largest: int) -> None:
    async with child(tmp_path, largest) as (process, exchange):
        assert process.stdout is not None
        exchange.press("2")
        if largest:
            await heard(exchange, "SPEAK")
            exchange.send(*(Frame(Type.AUDIO, pcm) for pcm in speech(150)))
        await heard(exchange, "DISTURBED")
        while True:
            line = await asyncio.wait_for(process.stdout.readline(), 20)
            if line.startswith(b"{"):
                told = json.loads(line)
                break
        while not exchange.over:
            await exchange.hear()
        assert exchange.said[-1] == "FAREWELL"
        assert exchange.hung_up
        assert process.returncode is None
    assert told["uuid"] == str(UUID_1)
    assert (told["caller"], told["pressed"], told["stage"]) == ("+628123456789", "aspirasi", "utuh")
    assert told["disturbed"] is True
    assert told["seconds"] == pytest.approx(max(0, largest - HEAD_BYTES) // SEALED_FRAME_BYTES * FRAME_S)
