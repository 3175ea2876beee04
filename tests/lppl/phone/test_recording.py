"""Recordings on their way to the disk: what is written is what was said, and nobody is held up by a disk."""

import asyncio
import io
import os
import threading
import wave
from pathlib import Path
from uuid import UUID

import pytest

from lppl.intake.keyring import Keyring, PersonKey
from lppl.phone.recording import PIECE_BYTES, WAITING_BYTES, Disk, Recording, recorded
from lppl.phone.sound import SealedSound

UUID_1 = UUID(int=1)


@pytest.fixture
def key(tmp_path: Path) -> PersonKey:
    return Keyring.of(tmp_path / "keys").new()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "calls").mkdir()
    return tmp_path / "calls"


def heard(sound: SealedSound | None) -> bytes:
    """The sound, as any player reads it."""
    assert sound is not None
    with wave.open(io.BytesIO(b"".join(sound.wav()))) as f:
        return f.readframes(f.getnframes())


async def record(folder: Path, key: PersonKey, pieces: list[bytes], longest_s: float = 300.0) -> Recording:
    disk = Disk(1)
    recording = Recording(folder, UUID_1, longest_s, disk)
    running = asyncio.create_task(recording.run(key))
    for piece in pieces:
        recording.append(piece)
        await asyncio.sleep(0)
    recording.end()
    await asyncio.wait_for(running, 10)
    disk.close()
    return recording


@pytest.mark.parametrize("sizes", [[320] * 200, [2] * 50, [PIECE_BYTES * 7], [640, 0, 2], [318] * 40, [4800, 6] * 5])
async def test_what_is_written_is_what_was_said(folder: Path, key: PersonKey, sizes: list[int]) -> None:
    pieces = [os.urandom(size) for size in sizes]
    assert (await record(folder, key, pieces)).fault is None
    sound = recorded(folder, UUID_1, key)
    assert heard(sound) == b"".join(pieces)
    assert sound is not None
    assert sound.seconds == sum(sizes) / 16_000
    assert sound.path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in folder.iterdir()] == [f"{UUID_1}.sound"]
    assert recorded(folder, UUID_1, key) == sound


async def test_no_more_than_the_longest_is_taken(folder: Path, key: PersonKey) -> None:
    await record(folder, key, [bytes(320)] * 100, longest_s=0.5)
    sound = recorded(folder, UUID_1, key)
    assert sound is not None
    assert sound.seconds == 0.5


async def test_nothing_said_is_no_recording(folder: Path, key: PersonKey) -> None:
    assert recorded(folder, UUID_1, key) is None
    await record(folder, key, [])
    assert recorded(folder, UUID_1, key) is None


async def test_a_file_that_is_there_is_never_gone_on_with(folder: Path, key: PersonKey) -> None:
    await record(folder, key, [b"\x01\x02" * 160])
    before = (folder / f"{UUID_1}.sound").read_bytes()
    assert isinstance((await record(folder, key, [b"\x03\x04" * 160])).fault, FileExistsError)
    assert (folder / f"{UUID_1}.sound").read_bytes() == before


async def test_a_folder_that_is_gone_is_a_fault_and_no_exception(folder: Path, key: PersonKey) -> None:
    recording = await record(folder / "gone", key, [bytes(320)] * 100)
    assert isinstance(recording.fault, FileNotFoundError)


async def test_a_disk_that_hangs_holds_up_nobody_and_fills_no_memory(folder: Path, key: PersonKey) -> None:
    disk, go_on = Disk(1), threading.Event()
    hanging = asyncio.create_task(disk.do(go_on.wait))
    recording = Recording(folder, UUID_1, 1000.0, disk)
    running = asyncio.create_task(recording.run(key))
    try:
        for _ in range(WAITING_BYTES // 320 + 10):
            recording.append(bytes(320))
        assert isinstance(recording.fault, TimeoutError)
        assert len(recording._waiting) <= WAITING_BYTES + 320
    finally:
        go_on.set()
        await hanging
        await asyncio.wait_for(running, 10)
        disk.close()


async def test_a_cancellation_loses_nothing_that_was_taken(folder: Path, key: PersonKey) -> None:
    disk, sound = Disk(1), os.urandom(PIECE_BYTES * 2 + 330)
    recording = Recording(folder, UUID_1, 300.0, disk)
    running = asyncio.create_task(recording.run(key))
    await asyncio.sleep(0)
    recording.append(sound)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert heard(recorded(folder, UUID_1, key)) == sound
    disk.close()


async def test_a_fifth_of_a_second_is_on_the_disk_before_more_comes(folder: Path, key: PersonKey) -> None:
    disk, sound = Disk(1), os.urandom(PIECE_BYTES + 100)
    recording = Recording(folder, UUID_1, 300.0, disk)
    running = asyncio.create_task(recording.run(key))
    recording.append(sound)
    async with asyncio.timeout(10):
        while recorded(folder, UUID_1, key) is None:
            await asyncio.sleep(0.002)
    assert heard(recorded(folder, UUID_1, key)) == sound[:PIECE_BYTES]
    recording.end()
    await asyncio.wait_for(running, 10)
    assert heard(recorded(folder, UUID_1, key)) == sound
    disk.close()
